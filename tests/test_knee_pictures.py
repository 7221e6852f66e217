"""Claims about the knee's pictures: the chain follows the foot and no further; what hurts is pointed at."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st

from fitter.anatomy.measures import IDS
from fitter.answers import QUESTIONS
from fitter.exchange import chain_still, worksheet
from fitter.exchange.pdf_type import FONTS
from fitter.measurements import Measurements
from fitter.picture import body_map, bunion, chain, exercises
from fitter.picture.chain import UPRIGHT, Heel, figure, heel_of
from fitter.picture.guides import DARK, LIGHT, Guide, Shape, Sign
from fitter.picture.svg import to_svg
from fitter.posture.posture import Agreement, Flatfoot, Posture
from fitter.quantity import Missing, Quantity, Reading
from fitter.resources import table

leans = st.floats(-15.0, 25.0)
errors = st.floats(0.0, 10.0)
supports = st.floats(0.0, 4.0)
SHIN = chain.beliefs()["shin"]


def heel(lean: float, error: float = 3.0) -> Heel:
    return Heel(lean, lean - error, lean + error, "measured")


def drawn(left: Heel, right: Heel, support: float = 0.0) -> Guide:
    return figure(chain.chain("left", left, support), chain.chain("right", right, support))


def heel_line(picture: Guide, side: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """The line through the heel seen near: the thick one in the ink of what is known."""
    lines = [p for p in picture.parts if isinstance(p, Shape) and p.line == "known_edge" and p.thick == 2.6]
    lines.sort(key=lambda p: p.points[0][0])  # from behind, left stands left
    return lines[0 if side == "left" else -1].points  # type: ignore[return-value]


def lean_of(picture: Guide, side: str) -> float:
    (ax, ay), (bx, by) = heel_line(picture, side)
    return math.degrees(math.atan2(bx - ax, by - ay))


def fans(picture: Guide, fill: str | None, edge: str) -> list[Shape]:
    return [
        p
        for p in picture.parts
        if isinstance(p, Shape) and p.closed and p.fill == fill and p.line == edge and len(p.points) > 30
    ]


# ------------------------------------------------------------------ the chain


@given(leans, errors)
def test_the_heel_is_drawn_as_far_over_as_it_was_measured(lean, error):
    picture = drawn(heel(lean, error), heel(2.0))
    assert -lean_of(picture, "left") == pytest.approx(lean, abs=1e-6), (
        "a left heel's sole comes out to the left"
    )


def test_a_foot_that_rolls_more_is_drawn_with_more_roll_and_a_wider_fan():
    some, more = chain.chain("right", heel(3.0)), chain.chain("right", heel(9.0))
    assert more.shin.high > some.shin.high
    assert more.shin.width > some.shin.width
    assert more.thigh.high > some.thigh.high
    flat, rolled = drawn(heel(3.0), heel(3.0)), drawn(heel(9.0), heel(9.0))
    assert lean_of(rolled, "right") > lean_of(flat, "right") > 0.0


def test_left_and_right_are_mirror_images():
    a, b = drawn(heel(8.0), heel(2.0)), drawn(heel(2.0), heel(8.0))
    assert lean_of(a, "left") == pytest.approx(-lean_of(b, "right"))
    one, other = fans(a, "varies", "varies_edge"), fans(b, "varies", "varies_edge")
    assert len(one) == len(other) == 2
    widths = [max(x for x, _ in f.points) - min(x for x, _ in f.points) for f in (*one, *other)]
    assert widths[0] == pytest.approx(widths[3])
    assert widths[1] == pytest.approx(widths[2])


@given(leans, errors, supports)
def test_no_fan_is_narrower_than_what_was_published(lean, error, support):
    leg = chain.chain("left", heel(lean, error), support)
    for study in SHIN["study"]:
        for share in (study.get("low"), study.get("high")):
            if share is not None:
                for end in (lean - error, lean, lean + error):
                    assert leg.shin.low - 1e-9 <= share * end <= leg.shin.high + 1e-9
    assert leg.thigh.low <= 0.0 <= leg.thigh.high, "it may not turn at all"
    assert leg.thigh.high >= leg.shin.high - 1e-9, "or as far as the shin"


def test_the_range_drawn_holds_every_study_it_names():
    for study in SHIN["study"]:
        if "low" in study:
            assert SHIN["lowest"] <= study["low"] <= study["high"] <= SHIN["highest"]


@given(leans, errors, supports)
def test_a_support_moves_only_what_supports_are_known_to_move(lean, error, support):
    bare, with_one = chain.chain("left", heel(lean, error)), chain.chain("left", heel(lean, error), support)
    assert with_one.heel == bare.heel, "what was measured stays what was measured"
    assert with_one.thigh == bare.thigh
    assert with_one.shin.high == bare.shin.high, "one study saw no less turning"
    assert with_one.shin.low <= bare.shin.low
    assert 0.0 <= bare.supported.lean - with_one.supported.lean <= support + 1e-9
    assert with_one.supported.lean >= min(0.0, lean) - 1e-9, "it takes roll away, it adds none the other way"


def test_the_slider_draws_another_heel_and_the_same_thigh_and_kneecap():
    bare, with_one = drawn(heel(9.0), heel(9.0)), drawn(heel(9.0), heel(9.0), 4.0)
    assert lean_of(with_one, "right") == pytest.approx(lean_of(bare, "right") - 4.0)
    assert fans(bare, None, "open") == fans(with_one, None, "open")
    ovals = [[p for p in g.parts if isinstance(p, Shape) and p.fill == "place"] for g in (bare, with_one)]
    assert ovals[0] == ovals[1]


def test_no_support_is_drawn_stronger_than_the_strongest_in_a_trial():
    assert chain.most_support() == 4.0
    assert chain.chain("left", heel(12.0), 30.0) == chain.chain("left", heel(12.0), 4.0)


def test_a_heel_that_was_not_measured_stands_upright_and_no_support_moves_it():
    leg = chain.chain("left", UPRIGHT, 3.0)
    assert leg.supported == UPRIGHT
    assert leg.support == 0.0
    assert leg == chain.chain("left", UPRIGHT)
    picture = drawn(UPRIGHT, UPRIGHT)
    assert not [
        p for p in picture.parts if isinstance(p, Shape) and p.thick == 2.6 and p.line == "known_edge"
    ]
    told = [p.text for p in picture.parts if isinstance(p, Sign)]
    assert "Not measured: drawn upright" in told
    assert "Measured, with its error" not in told


def measured(load: str, lean: float | None) -> Measurements:
    readings: dict[str, Reading] = {i: Missing("not_taken", "Not taken.") for i in IDS}
    if lean is not None:
        readings["rearfoot_angle"] = Quantity(lean, 4.0, "deg")
    return Measurements("right", load, "scan", readings)


def posture(score: float, u95: float = 0.5) -> Posture:
    return Posture(
        "neutral", "", Quantity(score, u95, "sd"), {}, Flatfoot("unlikely", 0.1), Agreement("none", "", None),
        (), "standing",
    )  # fmt: skip


def test_the_heel_is_the_measured_one_then_what_the_arch_lets_expect_then_not_known():
    assert heel_of(measured("standing", 7.0), posture(0.0)) == Heel(7.0, 3.0, 11.0, "measured")
    assert heel_of(measured("unloaded", 7.0), posture(0.0)).basis == "arch", (
        "in the air a heel hangs as it likes"
    )
    assert heel_of(measured("unloaded", 7.0), None) == UPRIGHT
    assert heel_of(None, None) == UPRIGHT


def test_a_lower_arch_lets_expect_more_lean_but_hardly_tells_it():
    low, high = heel_of(None, posture(-2.0)), heel_of(None, posture(2.0))
    assert low.lean > high.lean
    assert low.low < high.lean < low.high, "arch and heel go together only a little"
    assert heel_of(None, posture(0.0, 2.0)).high > heel_of(None, posture(0.0, 0.2)).high


def test_of_two_captures_of_a_foot_the_one_that_shows_its_heel_is_drawn():
    legs = chain.chains([(measured("unloaded", 2.0), posture(0.0)), (measured("standing", 9.0), None)])
    assert legs["right"].heel.lean == 9.0
    assert legs["left"].heel == UPRIGHT


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (heel(5.4, 2.6), "Left heel: leans 5 ± 3 degrees inwards"),
        (heel(-4.0), "Left heel: leans 4 ± 3 degrees outwards"),
        (UPRIGHT, "Left heel: not measured"),
    ],
)
def test_what_is_known_of_a_heel_is_said_with_its_error(found, words):
    assert chain.heel_words(chain.chain("left", found)).startswith(words)


def test_no_label_gives_a_number_for_what_no_scan_sees():
    told = [p.text for p in drawn(heel(9.0), heel(2.0)).parts if isinstance(p, Sign)]
    assert not [text for text in told if any(c.isdigit() for c in text)]


def test_every_label_is_translated():
    picture = figure(chain.chain("left", UPRIGHT), chain.chain("right", heel(3.0)), lambda text: f"<{text}>")
    assert all(p.text.startswith("<") for p in picture.parts if isinstance(p, Sign))


# ------------------------------------------------------------------ where it hurts


def middle(region: body_map.Region) -> tuple[float, float]:
    """A point well inside a region."""
    xs, ys = zip(*region.points, strict=True)
    grid = [
        (min(xs) + (max(xs) - min(xs)) * i / 20, min(ys) + (max(ys) - min(ys)) * j / 20)
        for i in range(1, 20)
        for j in range(1, 20)
    ]
    inside = [p for p in grid if body_map._holds(region.points, *p)]
    return min(inside, key=lambda p: math.dist(p, (sum(xs) / len(xs), sum(ys) / len(ys))))


def test_every_place_is_drawn_and_hit_where_it_is_drawn():
    assert {r.place for r in body_map.regions()} == set(body_map.PLACES)
    for region in body_map.regions():
        assert body_map.hit(*middle(region)) == region.place


def test_no_two_places_overlap():
    for x in range(0, int(body_map.WIDTH), 3):
        for y in range(0, int(body_map.HEIGHT), 3):
            assert len({r.place for r in body_map.regions() if body_map._holds(r.points, x, y)}) <= 1


def test_beside_the_body_nothing_is_hit():
    assert body_map.hit(2.0, 2.0) is None
    assert body_map.hit(228.0, 100.0) is None


def test_the_inner_sides_of_both_knees_face_each_other_from_the_front():
    inner = [middle(r)[0] for r in body_map.regions() if r.place.endswith("knee_inner")]
    outer = [middle(r)[0] for r in body_map.regions() if r.place.endswith("knee_outer")]
    assert max(inner) - min(inner) < max(outer) - min(outer)


def test_the_places_are_the_answers_of_the_question():
    question = next(q for q in QUESTIONS if q.id == "pain_places")
    assert set(body_map.PLACES) <= set(question.words)


def test_what_is_chosen_is_told_by_more_than_colour():
    plain, chosen = body_map.figure(), body_map.figure(("left_knee_front",))
    ticks = [p for p in chosen.parts if isinstance(p, Shape) and p.line == "paper" and not p.closed]
    assert len(ticks) == 1
    assert not [p for p in plain.parts if isinstance(p, Shape) and p.line == "paper" and not p.closed]


# ------------------------------------------------------------------ exercises, self-checks, big toes


def test_every_exercise_has_a_picture():
    for exercise in table("knee/exercises.toml")["exercise"]:
        assert exercise.get("picture") or exercise["id"] in exercises.EXERCISES, exercise["id"]


def test_every_question_with_a_picture_has_one():
    drawn_elsewhere = {"pain_places", "bunion_picture"}
    for question in QUESTIONS:
        if question.picture:
            assert question.picture in exercises.PICTURES or question.picture in drawn_elsewhere, question.id
    bunions = next(q for q in QUESTIONS if q.picture == "bunion_picture")
    assert bunions.words == bunion.WORDS


EVERY = {
    "chain": drawn(heel(18.0, 12.0), heel(-9.0, 12.0), 2.0),
    "body": body_map.figure(("right_ankle",), "left_foot_toes"),
    **{name: exercises.exercise(name) for name in exercises.PICTURES},
    **{word: bunion.foot(word) for word in bunion.WORDS},
}


@pytest.mark.parametrize("name", EVERY)
def test_a_picture_stays_within_its_frame_and_is_drawn_in_both_lights(name):
    picture = EVERY[name]
    for part in picture.parts:
        points = part.points if isinstance(part, Shape) else (part.at,)
        assert all(-0.5 <= x <= picture.width + 0.5 and -0.5 <= y <= picture.height + 0.5 for x, y in points)
    for dark in (False, True):
        assert len(ET.fromstring(to_svg(picture, dark=dark))) == len(picture.parts)


@pytest.mark.parametrize("name", exercises.PICTURES)
def test_pictures_of_exercises_hold_no_word(name):
    assert not [p for p in exercises.exercise(name).parts if isinstance(p, Sign)]


def test_the_great_toe_leans_within_the_band_of_its_word():
    bands = {"none": (0, 15), "mild": (15, 20), "moderate": (21, 39), "severe": (40, 60)}
    for word, (low, high) in bands.items():
        assert low <= bunion.LEANS[word] <= high


def test_knee_over_foot_and_knee_dropping_in_differ_in_the_knee():
    good, bad = (exercises.exercise(f"single_leg_squat_{word}") for word in ("good", "knee_in"))
    lines = [
        next(p for p in g.parts if isinstance(p, Shape) and p.line == "measure" and p.thick == 2.0)
        for g in (good, bad)
    ]

    def off(line: Shape) -> float:
        (ax, ay), (kx, ky), (hx, hy) = line.points
        return abs(ax + (hx - ax) * (ky - ay) / (hy - ay) - kx)

    assert off(lines[0]) < 1.0
    assert off(lines[1]) > 8.0


def test_inks_have_both_lights():
    assert set(LIGHT) == set(DARK)


# ------------------------------------------------------------------ in the report


def test_the_still_in_the_report_is_that_of_these_feet_and_fits_the_room_kept_for_it():
    still = chain_still.figure(
        chain.chain("left", Heel(2.0, -3.0, 7.0, "arch")), chain.chain("right", heel(9.0))
    )
    mixed = figure(chain.chain("left", UPRIGHT), chain.chain("right", Heel(2.0, -3.0, 7.0, "arch")))
    for picture in (still, mixed):
        assert picture.height <= chain_still.TALLEST * picture.width


def test_pictures_are_drawn_into_a_page():
    def page(*, empty: bool) -> bytes:
        pdf = FPDF(unit="mm", format="A4")
        pdf.add_font("noto", "", FONTS / "NotoSans-Regular.ttf")
        pdf.add_page()
        if not empty:
            worksheet.draw(pdf, drawn(heel(9.0), UPRIGHT), 10.0, 10.0, 90.0)
        return bytes(pdf.output())

    assert len(page(empty=False)) > len(page(empty=True)) + 5000
