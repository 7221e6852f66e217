"""The way through the home protocol, without a window: what is said of a number while it stands there."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from benchmarks.home import read_at_home
from fitter import home
from fitter.anatomy.measures import BY_ID
from fitter.app import wizard
from fitter.app.model import Photo, Typed
from fitter.app.screens.home_photo import open_photo
from fitter.app.state import AppState
from fitter.app.wizard import Slot
from fitter.captures import Capture
from fitter.errors import FitterError
from fitter.journey import run_journey
from fitter.lengths import shown
from sample_scans import FootParameters, construct
from sample_scans.truth import Skin, at_x, contact_print, print_widths

SAMPLES = Path(__file__).parents[1] / "sample_scans"
TRUTH = json.loads((SAMPLES / "truth.json").read_text())["samples"]
# The right foot of `home_neutral_right.csv` and a print that goes with it, in millimetres.
NEUTRAL = {
    "foot_length": "252", "ball_length": "186", "outer_ball_length": "160", "ball_breadth": "97",
    "heel_breadth": "68", "instep_height": "65", "navicular_height": "44", "medial_malleolus_height": "78",
    "ball_girth": "238", "instep_girth": "238", "print_midfoot_width": "30", "print_forefoot_width": "88",
    "print_heel_width": "50",
}  # fmt: skip


def typed_in(rows: dict[str, str | tuple[str, ...]], side: str = "right", **stated) -> Typed:
    as_rows = {key: (text,) if isinstance(text, str) else text for key, text in rows.items()}
    return Typed(**{"feet": side, **stated}, texts={side: as_rows})


def told(typed: Typed, measure_id: str, side: str = "right", load: str = "standing") -> wizard.Told:
    return wizard.tell(typed, Slot(side, load, BY_ID[measure_id]))


def desk_state(typed: Typed | None = None) -> AppState:
    state = AppState(run_journey, export=lambda *_: (), check_answers=dict, start=lambda work: work())
    state.begin(typed=typed)
    return state


def mended(typed: Typed, fix: wizard.Fix) -> Typed:
    state = desk_state(typed)
    state.type_readings(fix.changes, "a correction")
    return state.now.typed


# ------------------------------------------------------------------ pages


def test_every_measure_has_one_page_and_the_way_leads_there_and_back():
    steps = [s for page in wizard.pages() if (s := wizard.step_on(page))]
    assert steps == list(home.steps())
    way, page = ["start"], "start"
    while page != wizard.SUMMARY:
        page = wizard.beside(page, +1)
        way.append(page)
    assert tuple(way) == wizard.pages()
    assert wizard.beside("start", -1) == "start"
    assert wizard.progress("ball_length")[0] == "Step 2 of 11"
    shares = [wizard.progress(page)[1] for page in wizard.pages()]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_the_instep_is_read_sitting_and_standing_and_only_of_the_feet_that_are_measured():
    step = home.step_of("instep_height")
    both = wizard.slots(Typed(), step)
    assert [(s.side, s.load) for s in both] == [
        ("right", "sitting"), ("right", "standing"), ("left", "sitting"), ("left", "standing"),
    ]  # fmt: skip
    assert {s.side for s in wizard.slots(Typed(feet="left"), step)} == {"left"}


# ------------------------------------------------------------------ typos are caught where they stand


@pytest.mark.parametrize(
    ("measure_id", "text", "meant"),
    [("foot_length", "522", "252"), ("foot_length", "25,2", "252"), ("ball_girth", "2380", "238")],
)
def test_a_length_no_foot_has_is_refused_with_what_was_likely_meant(measure_id, text, meant):
    typed = typed_in({**NEUTRAL, measure_id: text})
    said = told(typed, measure_id)
    assert "not possible" in said.trouble
    assert said.fixes[0].text == f"I meant {meant} mm"
    after = mended(typed, said.fixes[0])
    assert after.row("right", measure_id) == (meant,)
    assert told(after, measure_id).trouble == told(after, measure_id).doubt == ""


def test_a_swapped_digit_that_a_foot_could_have_is_doubted_beside_the_other_numbers():
    typed = typed_in({**NEUTRAL, "foot_length": "225"})
    said = told(typed, "foot_length")
    assert (said.trouble, bool(said.doubt)) == ("", True)
    assert "I meant 252 mm" in [fix.text for fix in said.fixes]
    assert said.value.startswith("225 mm"), "it is read back as it was typed, and not put right unasked"


def test_a_doubt_accepted_as_right_is_silent_until_the_number_changes():
    typed = typed_in({**NEUTRAL, "foot_length": "225"})
    said = told(typed, "foot_length")
    accepted = replace(typed, accepted=(said.accept,))
    assert told(accepted, "foot_length").doubt == ""
    other = replace(accepted, texts={"right": {**accepted.texts["right"], "foot_length": ("224",)}})
    assert told(other, "foot_length").doubt


def test_two_numbers_in_each_others_field_are_swapped_with_one_press():
    typed = typed_in({**NEUTRAL, "ball_breadth": "68", "heel_breadth": "97"})
    said = told(typed, "heel_breadth")
    swap = next(fix for fix in said.fixes if fix.text == "Swap the two")
    after = mended(typed, swap)
    assert (after.row("right", "ball_breadth")[0], after.row("right", "heel_breadth")[0]) == ("97", "68")
    assert not told(after, "heel_breadth").trouble


def test_of_three_readings_the_wild_one_is_named_with_the_slip_and_may_be_left_out():
    typed = typed_in({**NEUTRAL, "foot_length": ("252", "225", "251")})
    said = told(typed, "foot_length")
    assert said.trouble.startswith("Reading 2 (225 mm)")
    assert [fix.text for fix in said.fixes] == ["I meant 252 mm", "Leave this reading out"]
    assert told(mended(typed, said.fixes[1]), "foot_length").trouble == ""


def test_two_readings_apart_ask_for_a_third_and_two_that_agree_do_not_insist():
    apart = told(typed_in({"foot_length": ("252", "225")}), "foot_length")
    assert "third" in apart.trouble
    assert "Reading 2 is 252 mm" in [fix.text for fix in apart.fixes]
    alike = told(typed_in({"foot_length": ("252", "251")}), "foot_length")
    assert alike.trouble == ""
    assert "agree" in alike.repeats
    wide = told(typed_in({"foot_length": ("252", "256")}), "foot_length")
    assert "take a third" in wide.repeats


def test_inches_and_centimetres_are_read_back_and_mended_in_their_own_unit():
    assert told(typed_in({"foot_length": "9 7/8"}, unit="in"), "foot_length").value.startswith("9 7/8 in")
    said = told(typed_in({**NEUTRAL, "foot_length": "2.52 cm"}, unit="cm"), "foot_length")
    assert said.fixes[0].text == "I meant 25.2 cm"
    assert told(typed_in({"foot_length": "abc"}), "foot_length").trouble.startswith("“abc” is no length")


def test_a_foot_is_called_longer_than_the_other_only_where_the_readings_can_tell():
    rows = {"right": {"foot_length": ("252", "252", "252")}, "left": {"foot_length": ("246", "246", "246")}}
    clear = wizard.tell(Typed(texts=rows), Slot("right", "standing", BY_ID["foot_length"]))
    assert clear.value.endswith("6 mm more than the left foot")
    rows["left"]["foot_length"] = ("251", "251", "251")
    unclear = wizard.tell(Typed(texts=rows), Slot("right", "standing", BY_ID["foot_length"]))
    assert unclear.value.endswith("no clear difference from your other foot")


# ------------------------------------------------------------------ what is left out, and what is true


def result_of(rows: dict[str, str]):
    feet = wizard.entered_feet(typed_in(rows))
    return run_journey((), entered=feet).profile.feet[-1]


def test_skipping_a_step_loses_what_the_page_says_and_not_more():
    whole = result_of({**NEUTRAL, "instep_height sitting": "69"})

    def without(*ids: str):
        kept = {k: v for k, v in NEUTRAL.items() if k not in ids}
        return result_of(kept)

    assert whole.sizes.refused is None
    assert without("foot_length").sizes.refused is not None
    for checked_only in ("outer_ball_length", "medial_malleolus_height", "instep_girth"):
        foot, plain = without(checked_only), result_of(NEUTRAL)
        assert foot.posture.probabilities == plain.posture.probabilities
        assert foot.sizes == plain.sizes
    for lost, index in (
        ("ball_length", "arch_height_index"),
        ("instep_height", "arch_height_index"),
        ("navicular_height", "normalised_navicular_height"),
        ("print_midfoot_width", "staheli_index"),
    ):
        assert without(lost).measurements.get(index) is None
        assert result_of(NEUTRAL).measurements.get(index) is not None
    assert without("ball_breadth").sizes != result_of(NEUTRAL).sizes
    assert all(wizard.lost(step) for step in home.steps())


def test_with_the_length_alone_the_result_says_it_cannot_tell_the_arch():
    foot = result_of({"foot_length": "252"})
    assert foot.posture.class_ == "cannot_tell"
    assert foot.sizes.refused is None
    left = wizard.left_out(typed_in({"foot_length": "252"}))
    assert len(left) == len(home.steps()) - 1


@pytest.mark.parametrize("unit", ["mm", "in"])
def test_intervals_read_on_constructed_feet_hold_the_truth(unit):
    """A careful person reads three times, with the error the registry states: 95 in 100 intervals hold."""
    rng = np.random.default_rng(7)
    held = []
    for name in ("pair_right.stl", "pair_left.stl", "neutral_right.stl", "high_arch_right_ascii.stl") * 4:
        sample = TRUTH[name]
        true = {m.id: v for m in wizard_measures() if (v := sample["measures"].get(m.id)) is not None}
        state = desk_state(Typed(feet=sample["side"], unit=unit))
        for measure_id, length in true.items():
            for k, value in enumerate(read_at_home(length, measure_id, unit, rng)):
                state.type_reading(sample["side"], measure_id, k, f"{value:.6g}")
        for measure_id, length in true.items():
            q = wizard.value(state.now.typed, Slot(sample["side"], "standing", BY_ID[measure_id]))
            if q is not None:  # a wild reading is asked for again
                held.append(abs(q.value - length) <= q.u95)
    assert len(held) > 100
    assert np.mean(held) >= 0.93


def wizard_measures():
    return [m for step in home.steps() for m in step.measures]


# ------------------------------------------------------------------ what is kept, and undone


def test_a_page_and_everything_on_it_come_back_from_the_disk():
    typed = replace(
        typed_in({"foot_length": ("252", "", "251")}, page="photo left", alone=False, no_wall=True),
        accepted=("right foot_length=225",),
        photos={"left": Photo("/a/print.jpg", "297 mm", ((1.0, 2.5), (3.0, 4.0)))},
    )
    assert Typed.kept(json.loads(json.dumps(asdict(typed)))) == typed
    older = {k: v for k, v in asdict(typed).items() if k in ("side", "load", "unit", "no_wall", "texts")}
    assert Typed.kept(json.loads(json.dumps(older))).texts == typed.texts
    assert wizard.known_page("a page of another version") == "start"


def test_undo_goes_back_to_the_page_where_it_was_typed():
    state = desk_state()
    state.set_form(page="foot_length")
    state.type_reading("right", "foot_length", 0, "252")
    state.set_form(page="ball_length")
    state.type_reading("right", "ball_length", 0, "186")
    state.set_form(page="summary")
    state.undo()
    assert (state.now.typed.page, state.now.typed.row("right", "ball_length")) == ("ball_length", ())
    state.undo()
    assert (state.now.typed.page, state.now.typed.empty) == ("foot_length", False)
    assert state.now.typed.row("right", "foot_length") == ()


def test_the_result_is_made_of_what_stands_in_the_fields_and_nothing_older():
    state = desk_state(typed_in(NEUTRAL | {"instep_height sitting": "69"}))
    state.measure_at_home(wizard.entered_feet(state.now.typed), {})
    state.poll()
    assert {(f.side, f.load) for f in state.now.inputs.entered} == {
        ("right", "sitting"),
        ("right", "standing"),
    }
    state.type_reading("right", "instep_height sitting", 0, "")
    state.measure_at_home(wizard.entered_feet(state.now.typed), {})
    state.poll()
    assert {(f.side, f.load) for f in state.now.inputs.entered} == {("right", "standing")}


# ------------------------------------------------------------------ a photo of a print


@pytest.fixture(scope="module")
def constructed_print():
    foot = construct(FootParameters(), level=1)
    ends = [np.array(foot.truth.landmarks[f"metatarsale_{side}"][:2]) for side in ("tibiale", "fibulare")]
    skin = Skin(foot.points, foot.faces, np.empty((0, 3)))
    return contact_print(skin, foot.truth.measures["foot_length"], *ends)


def photographed(marks, path, *, pixels_a_mm=4.0, turn_deg=0.0) -> tuple[np.ndarray, np.ndarray]:
    """A picture of a print on A4, and the 2 x 2 turn and the shift from mm to its pixels."""
    a = np.radians(turn_deg)
    turn = pixels_a_mm * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    shift = np.array([300.0, 500.0])
    image = Image.new("RGB", (1500, 1000), (190, 160, 120))
    pen = ImageDraw.Draw(image)
    for triangle in marks:
        pen.polygon([tuple(turn @ p + shift) for p in triangle[:, :2]], fill=(120, 95, 70))
    image.save(path)
    return turn, shift


def row_edges(marks, x):
    """Both edges (mm) of the print at a place along the foot."""
    crossing = marks[(marks[:, :, 0].min(axis=1) <= x) & (marks[:, :, 0].max(axis=1) >= x)]
    across = at_x(crossing, x)[:, :, 1]
    return across.min(), across.max()


def test_widths_picked_on_a_photo_are_those_of_the_constructed_print(constructed_print, tmp_path):
    turn, shift = photographed(constructed_print, tmp_path / "print.png", turn_deg=20.0)
    image = np.asarray(open_photo(str(tmp_path / "print.png")))
    inked = image[:, :, 0] < 150
    wide = print_widths(constructed_print)
    back, front = constructed_print[:, :, 0].min(), constructed_print[:, :, 0].max()
    rows = np.arange(back + 1.0, front - 1.0)
    spans = {x: row_edges(constructed_print, x) for x in rows}
    third = len(rows) // 3
    places = (
        min(rows[third : 2 * third], key=lambda x: np.ptp(spans[x])),
        max(rows[2 * third :], key=lambda x: np.ptp(spans[x])),
        max(rows[:third], key=lambda x: np.ptp(spans[x])),
    )
    rng = np.random.default_rng(3)
    points = [turn @ np.array([0.0, -80.0]) + shift, turn @ np.array([200.0, -80.0]) + shift]
    for x in places:
        for y in spans[x]:
            points.append(turn @ np.array([x, y]) + shift + rng.normal(0, 1.0, 2))
    inner = (turn @ np.array([places[2], np.mean(spans[places[2]])]) + shift).astype(int)
    assert inked[inner[1], inner[0]], "the picture shows the print where it was made"
    found = home.photo_lengths([tuple(map(float, p)) for p in points], 200.0)
    for name, true in wide.items():
        assert abs(found[name].value - true) <= BY_ID[name].entered_u95, name


def test_a_photo_that_cannot_tell_millimetres_is_refused_by_name(tmp_path):
    with pytest.raises(FitterError, match="only 100 pixels"):
        home.photo_lengths([(0, 0), (100, 0)], 297.0)
    with pytest.raises(FitterError, match="same way"):
        home.photo_lengths([(0, 0), (500, 0), (10, 10), (10, 50), (100, 10), (140, 40)], 297.0)
    (tmp_path / "no.jpg").write_bytes(b"no picture")
    with pytest.raises(FitterError, match="can't be read"):
        open_photo(str(tmp_path / "no.jpg"))


def test_a_parted_print_has_a_middle_of_nothing_and_its_widths_go_into_the_first_free_field():
    points = ((0.0, 0.0), (594.0, 0.0), (50.0, 50.0), (50.0, 50.0), (90.0, 10.0), (90.0, 190.0))
    typed = Typed(
        texts={"right": {"print_midfoot_width": ("1",)}},
        photos={"right": Photo("print.jpg", "297", points)},
    )
    read = wizard.photo_read(typed, "right")
    assert {name: q.value for name, q in read.items()} == {
        "print_midfoot_width": 0.0, "print_forefoot_width": 90.0,
    }  # fmt: skip
    assert wizard.photo_changes(typed, "right") == (
        ("right", "print_midfoot_width", 1, "0"), ("right", "print_forefoot_width", 0, "90"),
    )  # fmt: skip
    assert shown(0.0, "mm") == "0 mm"


def test_the_widths_of_a_photo_are_used_once_however_often_they_are_asked_for():
    points = ((0.0, 0.0), (594.0, 0.0), (50.0, 50.0), (50.0, 60.0), (90.0, 10.0), (90.0, 190.0))
    typed = Typed(photos={"right": Photo("print.jpg", "297", points)})
    first = wizard.photo_changes(typed, "right")
    assert len(first) == 2
    used = replace(typed, texts={"right": {row: (text,) for _side, row, _k, text in first}})
    assert wizard.photo_changes(used, "right") == ()


def test_the_error_of_a_width_off_a_photo_grows_with_what_a_pixel_is_of_the_foot():
    edge = 95.0
    near, far = (
        home.photo_lengths([(0, 0), (297 * k, 0), (0, 0), (0, 0), (0, 0), (0, edge * k)], 297.0)
        for k in (5.0, 1.6)
    )
    name = "print_forefoot_width"
    assert far[name].value == pytest.approx(near[name].value) == pytest.approx(edge)
    assert BY_ID[name].entered_u95 < near[name].u95 < 3.2
    assert far[name].u95 > 3.9
    with pytest.raises(FitterError, match="only 300 pixels"):  # a millimetre to a pixel
        home.photo_lengths([(0, 0), (300, 0)], 297.0)


def test_a_measurement_file_and_the_wizard_give_the_same_foot():
    rows = [home.TypedRow("right", "standing", k, v, "mm", 1) for k, v in NEUTRAL.items()]
    by_file = run_journey((Capture("home.csv", home.measurement_file(rows).encode()),)).profile.feet[0]
    assert by_file.measurements.readings == result_of(NEUTRAL).measurements.readings
