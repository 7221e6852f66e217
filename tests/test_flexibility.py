"""One foot sitting and standing, and both feet side by side: what their differences can tell."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fitter.anatomy.measures import BY_ID, IDS
from fitter.answers import answers_from_mapping
from fitter.captures import Capture
from fitter.entry import EnteredFoot, entered_value, measurements_from_entry
from fitter.exchange.csv_profile import from_csv, to_csv
from fitter.exchange.json_profile import from_json, to_json
from fitter.exchange.text_report import to_text
from fitter.exchange.wording import flexibility_words, percent
from fitter.journey import run_journey
from fitter.measurements import NEEDS_TWO_LOADS, Load, Measurements, Side
from fitter.posture.flexibility import PAIR_IDS, flexibility, pair_readings, with_pair
from fitter.posture.sides import side_differences, sides_statement
from fitter.profile import FitProfile
from fitter.quantity import Missing, Quantity, Reading
from fitter.resources import table
from fitter.terms import Source
from tests.scans import sample

TYPICAL_DROP = next(n for n in table("posture/pairs.toml")["norm"] if n["measure"] == "arch_drop")["mean"]


def foot(
    load: Load = "standing",
    side: Side = "right",
    source: Source = "scan",
    u95: float = 2.0,
    known: float | None = 0.5,
    **values: float,
) -> Measurements:
    """A foot of which the named measures were taken, lengths with this error."""
    readings: dict[str, Reading] = {
        i: NEEDS_TWO_LOADS if i in PAIR_IDS else Missing("not_taken", "Not taken.") for i in IDS
    }
    for i, v in values.items():
        share = 1.0 if BY_ID[i].unit == "mm" else v / 65.0
        readings[i] = Quantity(v, u95 * share, BY_ID[i].unit, None if known is None else known * share)
    return Measurements(side, load, source, readings)


def drop_of(sitting: Measurements, standing: Measurements) -> Quantity:
    reading = pair_readings(sitting, standing)["arch_drop"]
    assert isinstance(reading, Quantity)
    return reading


def captured(drop: float, *, mass: float | None = 70.0, u95: float = 2.0) -> Measurements:
    """A standing foot whose instep was ``drop`` mm higher sitting."""
    ahi = {"arch_height_index": 0.34}
    standing = foot(instep_height=62.0, u95=u95, **ahi)
    sitting = foot("sitting", instep_height=62.0 + drop, u95=u95, arch_height_index=0.34 * (62 + drop) / 62)
    return with_pair(standing, pair_readings(sitting, standing, mass))


# ------------------------------------------------------------------ the measures of a pair


def test_the_pair_gives_drop_rigidity_and_flexibility() -> None:
    pair = captured(4.0)
    drop, rigidity, gives = (pair.get(i) for i in PAIR_IDS)
    assert drop is not None
    assert rigidity is not None
    assert gives is not None
    assert drop.value == pytest.approx(4.0)
    assert rigidity.value == pytest.approx(62 / 66)
    # 0.4 of 70 kg is 0.275 kN.
    assert gives.value == pytest.approx(4.0 / 0.27468)
    assert {q.basis for q in (drop, rigidity, gives)} == {"sitting capture"}


def test_an_error_that_both_captures_share_falls_out_of_their_difference() -> None:
    high, low = foot("sitting", instep_height=66.0), foot(instep_height=62.0)
    scans = drop_of(high, low)
    rulers = drop_of(
        foot("sitting", source="entered", instep_height=66.0), foot(source="entered", instep_height=62.0)
    )
    mixed = drop_of(high, foot(source="entered", instep_height=62.0))
    assert scans.u95 < rulers.u95 < mixed.u95
    assert mixed.u95 == pytest.approx(math.hypot(2.0, 2.0))


def test_what_a_scan_itself_leaves_open_is_never_shared() -> None:
    sure, unsure = (
        drop_of(foot("sitting", known=k, instep_height=66.0), foot(known=k, instep_height=62.0))
        for k in (0.0, 2.0)
    )
    assert unsure.u95 == pytest.approx(math.hypot(2.0, 2.0))
    assert sure.u95 < unsure.u95


@given(
    st.floats(0.1, 10),
    st.floats(0.1, 10),
    st.floats(1.0, 5.0),
    st.floats(0, 1),
    st.sampled_from(["scan", "entered"]),
)
def test_more_error_in_a_capture_never_gives_less_in_the_difference(
    one: float, other: float, times: float, known: float, source: Source
) -> None:
    def error(u95: float) -> float:
        high = foot("sitting", source=source, u95=u95, known=known * one, instep_height=66.0)
        return drop_of(high, foot(source=source, u95=other, known=known * other, instep_height=62.0)).u95

    assert error(one * times) >= error(one) - 1e-9


def test_flexibility_needs_the_body_mass_and_says_so() -> None:
    why = captured(4.0, mass=None).why_missing("arch_height_flexibility")
    assert why is not None
    assert why.code == "needs_body_mass"
    assert captured(4.0, mass=None).get("arch_drop") is not None


def test_a_capture_that_lacks_the_instep_says_which() -> None:
    why = pair_readings(foot("sitting"), foot(instep_height=62.0))["arch_drop"]
    assert isinstance(why, Missing)
    assert "sitting capture lacks its instep height" in why.text


# ------------------------------------------------------------------ stiff, typical, flexible


@pytest.mark.parametrize(("drop", "class_"), [(-1.0, "stiff"), (TYPICAL_DROP, "typical"), (10.0, "flexible")])
def test_an_arch_that_clearly_gives_little_or_much_is_named(drop: float, class_: str) -> None:
    gives = flexibility(captured(drop, mass=None))
    assert gives is not None
    assert gives.class_ == class_
    assert gives.measure == "arch_drop"
    assert sum(gives.probabilities.values()) == pytest.approx(1.0)


def test_with_the_body_mass_the_drop_is_judged_by_the_load() -> None:
    """6 mm is much for a light person and little for a heavy one."""
    light, heavy = (flexibility(captured(6.0, mass=kg)) for kg in (50.0, 120.0))
    assert light is not None
    assert heavy is not None
    assert light.measure == heavy.measure == "arch_height_flexibility"
    assert light.score is not None
    assert heavy.score is not None
    assert light.score.value > heavy.score.value


def test_a_ruler_that_reads_to_5_mm_can_not_tell() -> None:
    gives = flexibility(captured(0.0, u95=5.0, mass=None))
    assert gives is not None
    assert gives.class_ == "cannot_tell"
    assert gives.reason is not None
    assert gives.reason.text in gives.statement


@given(st.floats(-8, 16), st.floats(0.5, 6), st.floats(1, 10))
def test_more_error_never_makes_the_program_surer_of_how_an_arch_gives(
    drop: float, u95: float, times: float
) -> None:
    better, worse = (flexibility(captured(drop, mass=None, u95=u95 * k)) for k in (1.0, times))
    assert better is not None
    assert worse is not None
    # A better reading may show that the two heights don't belong together, which is less said, not more.
    if worse.class_ != "cannot_tell" and not (better.reason and better.reason.code == "impossible"):
        assert better.class_ == worse.class_


@given(st.floats(-8, 16), st.floats(0.01, 5))
def test_a_larger_drop_never_reads_as_stiffer(drop: float, more: float) -> None:
    less_, more_ = flexibility(captured(drop, mass=None)), flexibility(captured(drop + more, mass=None))
    assert less_ is not None
    assert more_ is not None
    assume(all(f.reason is None or f.reason.code != "impossible" for f in (less_, more_)))
    assert less_.score is not None
    assert more_.score is not None
    assert more_.score.value >= less_.score.value


def test_the_interval_of_flexibility_holds_for_19_in_20_simulated_feet() -> None:
    """Arches that give as the table says, measured with errors of which half the definition's is shared."""
    rng = np.random.default_rng(5)
    norm = next(n for n in table("posture/pairs.toml")["norm"] if n["measure"] == "arch_drop")
    known, of_definition = 0.5 / 1.96, math.sqrt(2.0**2 - 0.5**2) / 1.96
    inside, named, right, aside = 0, 0, 0, 0
    for z in rng.normal(size=1500):
        drop = norm["mean"] + norm["sd"] * (z + norm["norm_sd"] * rng.normal())
        own = rng.normal(size=2) * math.hypot(known, of_definition * math.sqrt(0.5))
        sitting, standing = (
            foot("sitting", instep_height=62.0 + drop + own[0]),
            foot(instep_height=62.0 + own[1]),
        )
        gives = flexibility(with_pair(standing, pair_readings(sitting, standing)))
        assert gives is not None
        if gives.reason is not None and gives.reason.code == "impossible":  # the bell curve goes below zero
            aside += 1
            continue
        assert gives.score is not None
        inside += gives.score.low <= z <= gives.score.high
        if gives.class_ != "cannot_tell":
            named += 1
            right += gives.class_ == ("stiff" if z < -1 else "flexible" if z > 1 else "typical")
    assert aside / 1500 < 0.02
    assert 0.93 <= inside / (1500 - aside) <= 0.97
    assert named > 750
    assert right / named > 0.8


def test_a_foot_captured_once_has_no_flexibility() -> None:
    assert flexibility(foot(instep_height=62.0)) is None


@pytest.mark.parametrize(
    ("sitting", "standing", "asks"), [(58.0, 64.0, "each other's field"), (92.0, 62.0, "check both")]
)
def test_heights_that_no_foot_shows_are_asked_about_and_never_a_finding(
    sitting: float, standing: float, asks: str
) -> None:
    profile = journey(typed("right", "standing", standing), typed("right", "sitting", sitting))
    assert profile.pairs[0].flexibility.class_ == "cannot_tell"
    (warning,) = (w for w in profile.warnings if asks in w)
    assert f"{sitting:.1f} mm" in warning
    assert f"{standing:.1f} mm" in warning


def test_a_heavy_person_may_drop_further_than_a_light_one() -> None:
    assert flexibility(captured(18.0, mass=140.0)).class_ == "flexible"  # type: ignore[union-attr]
    assert flexibility(captured(18.0, mass=50.0)).class_ == "cannot_tell"  # type: ignore[union-attr]


def test_lengths_that_one_person_hardly_has_are_told_with_both_values() -> None:
    one = journey(typed("right", "standing", 62.0), typed("right", "sitting", 66.0, 300.0))
    two = journey(typed("left", "standing", 62.0), typed("right", "standing", 62.0, 291.0))
    usual = journey(typed("left", "standing", 62.0, 246.0), typed("right", "standing", 62.0))
    assert any("300.0 mm sitting" in w and "251.0 mm standing" in w for w in one.warnings) or any(
        "251.0 mm standing" in w and "300.0 mm sitting" in w for w in one.warnings
    )
    assert any("251.0 mm long and the right 291.0 mm" in w for w in two.warnings)
    assert usual.warnings == ()


def test_two_ruler_heights_give_the_rigidity_with_the_doubt_of_the_length_never_measured_sitting() -> None:
    height = {"instep_height": entered_value("instep_height", 66.0, "mm", 1.0)}
    whole = journey(typed("right", "standing", 62.0), typed("right", "sitting", 66.0))
    alone = journey(typed("right", "standing", 62.0), EnteredFoot("right", "sitting", height))
    best, told = (p.feet[0].measurements.get("arch_rigidity_index") for p in (whole, alone))
    assert best is not None
    assert told is not None
    assert told.value == pytest.approx(62 / 66, abs=1e-3)
    assert told.u95 > 0.016
    assert "standing ball length" in told.basis


def test_a_sitting_height_alone_gets_no_card_of_an_arch_that_can_not_be_told() -> None:
    height = {"instep_height": entered_value("instep_height", 66.0, "mm", 1.0)}
    profile = journey(typed("right", "standing", 62.0), EnteredFoot("right", "sitting", height))
    assert profile.feet[0].posture is not None
    assert profile.feet[1].posture is None
    assert "could be taken" not in to_text(profile)
    assert journey(EnteredFoot("right", "sitting", height)).feet[0].posture is not None
    assert from_json(to_json(profile).encode(), "x.json").feet[1].posture is None


def test_how_an_arch_gives_is_told_with_its_likelihood_and_among_whom() -> None:
    feet = typed("right", "standing", 62.0), typed("right", "sitting", 66.0)
    young, old = (
        run_journey([], entered=feet, answers=answers_from_mapping({"age_band": band}, "answers")).profile
        for band in ("30_to_44", "60_plus")
    )
    flex = young.pairs[0].flexibility
    said = flexibility_words(young.pairs[0], young)
    assert flex.class_ == "typical"
    assert f"{percent(flex.probabilities['typical'])} likely, compared with young soldiers" in said
    assert "60 and over" not in said
    assert "60 and over" in flexibility_words(old.pairs[0], old)


# ------------------------------------------------------------------ left and right


def test_a_difference_is_named_only_beyond_its_error() -> None:
    left = foot(side="left", foot_length=251.0, instep_height=66.0)
    right = foot(foot_length=250.0, instep_height=62.0)
    apart = {d.measure: d for d in side_differences(left, right)}
    assert apart["foot_length"].larger is None
    assert apart["instep_height"].larger == "left"
    assert apart["instep_height"].difference.value == pytest.approx(4.0)
    said = sides_statement(tuple(apart.values()), "standing")
    assert "instep height" in said
    assert "foot length" not in said


def test_one_difference_among_many_measures_is_said_to_be_possible_chance() -> None:
    same = {"ball_length": 184.0, "ball_breadth": 98.0, "heel_breadth": 64.0, "instep_height": 62.0}
    one = side_differences(foot(side="left", foot_length=260.0, **same), foot(foot_length=250.0, **same))
    assert "One difference among 5 measures can be chance." in sides_statement(one, "standing")
    few = side_differences(foot(side="left", foot_length=260.0), foot(foot_length=250.0))
    assert "chance" not in sides_statement(few, "standing")
    two = side_differences(
        foot(side="left", foot_length=260.0, **same),
        foot(foot_length=250.0, **{**same, "heel_breadth": 80.0}),
    )
    assert "chance" not in sides_statement(two, "standing")


def test_many_differences_are_counted_and_the_clearest_named() -> None:
    left = foot(side="left", foot_length=260.0, ball_length=200.0, instep_height=90.0, ball_girth=250.0)
    right = foot(foot_length=250.0, ball_length=180.0, instep_height=60.0, ball_girth=245.0)
    said = sides_statement(side_differences(left, right), "standing")
    assert "4 of 4 measures, most of all in instep height, ball length and foot length" in said


def test_equal_feet_differ_by_chance_in_one_comparison_of_twenty() -> None:
    rng = np.random.default_rng(6)
    share = table("posture/pairs.toml")["shared"]["both_feet"]["scan"]
    known, of_definition = 0.5 / 1.96, math.sqrt(2.0**2 - 0.5**2) / 1.96
    own = rng.normal(size=(4000, 2)) * math.hypot(known, of_definition * math.sqrt(1.0 - share))
    named = 0
    for left, right in 62.0 + own:
        (apart,) = side_differences(foot(side="left", instep_height=left), foot(instep_height=right))
        named += apart.larger is not None
    assert 0.04 <= named / 4000 <= 0.06


@given(st.floats(40, 90), st.floats(40, 90))
def test_swapping_the_feet_swaps_the_answer(one: float, other: float) -> None:
    assume(abs(one - other) > 1e-6)
    (a,) = side_differences(foot(side="left", instep_height=one), foot(instep_height=other))
    (b,) = side_differences(foot(side="left", instep_height=other), foot(instep_height=one))
    assert a.difference.value == pytest.approx(-b.difference.value)
    assert {a.larger, b.larger} in ({None}, {"left", "right"})


def test_feet_under_different_loads_are_not_compared() -> None:
    with pytest.raises(ValueError, match="under one load"):
        side_differences(foot("sitting", "left"), foot())


# ------------------------------------------------------------------ the journey


def typed(side: Side, load: Load, instep: float, length: float = 251.0) -> EnteredFoot:
    values = {"foot_length": length, "ball_length": 0.74 * length, "instep_height": instep}
    return EnteredFoot(side, load, {k: entered_value(k, v, "mm", 1.0) for k, v in values.items()})


def journey(*feet: EnteredFoot, mass: float | None = 70.0) -> FitProfile:
    answers = None if mass is None else answers_from_mapping({"body_mass_kg": mass}, "answers")
    return run_journey([], entered=feet, answers=answers).profile


def test_a_sitting_and_a_standing_capture_of_one_foot_are_paired() -> None:
    profile = journey(typed("right", "standing", 60.0), typed("right", "sitting", 64.0))
    (pair,) = profile.pairs
    assert (pair.side, pair.standing, pair.sitting) == ("right", 0, 1)
    drop = profile.feet[0].measurements.get("arch_drop")
    assert drop is not None
    assert drop.value == pytest.approx(4.0)
    why = profile.feet[1].measurements.why_missing("arch_drop")
    assert why is not None
    assert why.code == "with_standing_capture"
    assert pair.flexibility.statement in " ".join(to_text(profile).split())


def test_feet_of_different_sides_or_twice_under_one_load_are_not_paired() -> None:
    assert journey(typed("right", "standing", 60.0), typed("left", "sitting", 64.0)).pairs == ()
    twice = journey(
        typed("right", "standing", 60.0), typed("right", "standing", 61.0), typed("right", "sitting", 64.0)
    )
    assert twice.pairs == ()
    assert twice.feet[0].measurements.why_missing("arch_drop") == NEEDS_TWO_LOADS


def test_both_feet_are_compared_in_the_profile_and_told() -> None:
    profile = journey(typed("left", "standing", 60.0, 258.0), typed("right", "standing", 60.0))
    (sides,) = profile.sides
    assert (sides.left, sides.right, sides.load) == (0, 1, "standing")
    assert "foot length" in sides.statement
    assert "left larger by 7.0 ±" in to_text(profile)


def test_a_profile_with_pairs_and_sides_reads_back_from_json_and_csv() -> None:
    profile = journey(
        typed("left", "standing", 60.0, 258.0),
        typed("right", "standing", 60.0),
        typed("right", "sitting", 64.0),
    )
    assert profile.pairs
    assert profile.sides
    text = to_json(profile)
    assert to_json(from_json(text.encode(), "x.json")) == text
    table_ = to_csv(profile)
    assert to_csv(from_csv(table_.encode(), "x.csv")) == table_
    assert to_json(from_csv(table_.encode(), "x.csv")) == text


def test_two_scans_of_constructed_feet_give_the_true_difference_within_its_error() -> None:
    """A sitting and a standing sample: their instep heights are known."""
    loads = {"sitting_right.ply": "sitting", "neutral_right.stl": "standing"}
    samples = json.loads(sample("truth.json"))["samples"]
    true = {name: samples[name]["measures"]["instep_height"] for name in loads}
    captures = [Capture(n, sample(n), side="right", load=load) for n, load in loads.items()]
    profile = run_journey(captures, only_measure=True).profile
    drop = next(f for f in profile.feet if f.load == "standing").measurements.get("arch_drop")
    assert drop is not None
    assert drop.known_u95 is not None
    apart = true["sitting_right.ply"] - true["neutral_right.stl"]
    assert abs(drop.value - apart) <= 0.5
    assert drop.known_u95 < drop.u95


def test_measuring_alone_gives_the_drop_too() -> None:
    rows = "side,load,measure,value\nright,standing,instep_height,60\nright,sitting,instep_height,64\n"
    profile = run_journey([Capture("feet.csv", rows.encode())], only_measure=True).profile
    assert profile.feet[0].measurements.get("arch_drop") is not None
    assert profile.pairs == ()


def _typed_drop(sitting: str, standing: str) -> Quantity:
    rows = "side,load,measure,value\n"
    for load, heights in (("sitting", sitting), ("standing", standing)):
        rows += "".join(f"right,{load},instep_height,{mm}\n" for mm in heights.split())
    profile = run_journey([Capture("feet.csv", rows.encode())], only_measure=True).profile
    drop = next(f for f in profile.feet if f.load == "standing").measurements.get("arch_drop")
    assert drop is not None
    return drop


def test_measuring_again_never_makes_the_drop_less_sure() -> None:
    """Two captures of one foot share how its place is defined, never how a ruler was read: once or twice."""
    once, twice, both = _typed_drop("66", "62"), _typed_drop("66", "62 62"), _typed_drop("66 66", "62 62")
    assert once.u95 > twice.u95 > both.u95
    # By hand: 3 mm each, of which 2 mm are of the definition, and 0.3 of that is shared.
    assert once.u95 == pytest.approx(math.sqrt(3.0**2 + 3.0**2 - 2 * 0.3 * 2.0**2), abs=1e-6)


def test_an_index_of_single_readings_knows_what_is_the_rulers() -> None:
    high, low = (measurements_from_entry(typed("right", load, 63.0)) for load in ("sitting", "standing"))
    index = low.get("arch_height_index")
    assert index is not None
    assert index.known_u95 is not None
    assert index.known_u95 <= index.u95
    rigidity = pair_readings(high, low)["arch_rigidity_index"]
    assert isinstance(rigidity, Quantity)
    assert rigidity.known_u95 is not None
