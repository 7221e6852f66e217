"""Support: a complete table gives each foot one comfortable insole, or nothing after a red flag."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitter.anatomy.measures import BY_ID, IDS
from fitter.answers import Answers, answers_from_mapping
from fitter.measurements import LOADS, Load, Measurements
from fitter.posture.posture import NAMED, Agreement, Flatfoot, Posture
from fitter.posture.score import assess
from fitter.quantity import Missing, Quantity, Reading
from fitter.resources import table
from fitter.support.rules import check_rules, recommend
from fitter.support.support import Parameter, SupportProfile

MISSING = Missing("not_taken", "Not taken.")
USUAL = {
    "foot_length": 260.0,
    "ball_length": 191.0,
    "ball_breadth": 100.0,
    "heel_breadth": 66.0,
    "arch_height": 20.0,
}


def foot(load: Load = "standing", **values: float) -> Measurements:
    readings: dict[str, Reading] = dict.fromkeys(IDS, MISSING)
    readings |= {i: Quantity(v, 0.02 * v, BY_ID[i].unit) for i, v in values.items()}
    return Measurements("right", load, "scan", readings)


def posture(class_: str, between: tuple[str, ...] = (), score: float = 0.0) -> Posture:
    return Posture(
        class_=class_,  # type: ignore[arg-type]
        statement="",
        score=Quantity(score, 0.8, "sd"),
        probabilities=dict.fromkeys(NAMED, 0.2),
        flatfoot=Flatfoot("unlikely", 0.0),
        agreement=Agreement("good", "", 0.1),
        indices=(),
        load="standing",
        between=between,
        reason=Missing("too_uncertain", "the scan is too rough.") if class_ == "cannot_tell" else None,
    )


def person(**values: object) -> Answers:
    return answers_from_mapping(values, "form")


def support(class_: str = "neutral", answers: Answers | None = None, **values: float) -> SupportProfile:
    return recommend(foot(**(USUAL | values)), posture(class_), answers, withheld=None)


def by_id(profile: SupportProfile) -> dict[str, Parameter]:
    return {p.id: p for p in profile.parameters}


# ------------------------------------------------------------------ the table


def test_the_table_is_complete_free_of_conflict_and_within_bounds() -> None:
    assert check_rules(table("support/rules.toml")) == []


def _row(rules: dict, rule_id: str) -> dict:
    return next(r for r in rules["rule"] if r["id"] == rule_id)


def _gap(rules: dict) -> None:
    rules["rule"].remove(_row(rules, "cup-usual"))


def _conflict(rules: dict) -> None:
    _row(rules, "cup-usual")["posture"].append("low_arch")


def _never_reached(rules: dict) -> None:
    row = copy.deepcopy(_row(rules, "cup-usual"))
    rules["rule"].append(row | {"id": "cup-nobody", "posture": []})


def _out_of_bounds(rules: dict) -> None:
    _row(rules, "posting-none")["more"] = 2.0


def _unknown_axis_value(rules: dict) -> None:
    _row(rules, "cup-usual")["posture"].append("flat")


def _unknown_parameter(rules: dict) -> None:
    _row(rules, "cup-usual")["parameter"] = "heel_cup"


def _unknown_word(rules: dict) -> None:
    _row(rules, "shell-medium")["value"] = "hard"


def _no_source(rules: dict) -> None:
    _row(rules, "cup-usual")["source"] = ""


def _unknown_evidence(rules: dict) -> None:
    _row(rules, "cup-usual")["evidence"] = "certain"


def _unknown_measure(rules: dict) -> None:
    _row(rules, "width")["of"] = "shoe_size"


def _twice(rules: dict) -> None:
    rules["rule"].append(copy.deepcopy(_row(rules, "cup-usual")))


def test_no_two_parameters_are_named_alike() -> None:
    names = [p["name"] for p in table("support/rules.toml")["parameter"]]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "spoil",
    [
        _gap, _conflict, _never_reached, _out_of_bounds, _unknown_axis_value, _unknown_parameter,
        _unknown_word, _no_source, _unknown_evidence, _unknown_measure, _twice,
    ],
)  # fmt: skip
def test_a_spoilt_table_is_found_out(spoil) -> None:
    rules = copy.deepcopy(table("support/rules.toml"))
    spoil(rules)
    assert check_rules(rules)


def test_every_parameter_says_how_well_it_is_supported_and_by_which_row() -> None:
    rows = {r["id"] for r in table("support/rules.toml")["rule"]}
    for p in support().parameters:
        assert p.rule in rows
        assert p.reason
        assert p.source
        assert p.evidence in ("trial", "measured", "expert", "convention", "fit")


# ------------------------------------------------------------------ when nothing may be recommended


def test_a_red_flag_withholds_everything_and_says_why() -> None:
    why = Missing("red_flag", "Please see a doctor first.")
    profile = recommend(foot(**USUAL), posture("neutral"), None, withheld=why)
    assert profile.parameters == ()
    assert profile.withheld == why
    assert why.text in profile.statement


@pytest.mark.parametrize("answers", [person(knee_locked=True), person(age_band="under_16")])
def test_a_stop_answer_withholds_even_if_the_caller_forgot(answers: Answers) -> None:
    profile = recommend(foot(**USUAL), posture("low_arch"), answers, withheld=None)
    assert profile.parameters == ()
    assert profile.withheld is not None


# ------------------------------------------------------------------ what is recommended

CLASSES = (*NAMED, "cannot_tell")
PEOPLE = st.fixed_dictionaries(
    {},
    optional={
        "body_mass_kg": st.floats(30, 250),
        "activity": st.sampled_from(["sitting", "standing", "walking", "running", "court_sport"]),
        "knee_osteoarthritis": st.booleans(),
        "comfort_history": st.sampled_from(["never", "helped", "no_difference", "uncomfortable"]),
    },
)
SIZES = st.fixed_dictionaries(
    {}, optional={i: st.floats(*BY_ID[i].plausible) for i in (*USUAL, "instep_height")}
)


@given(st.sampled_from(CLASSES), PEOPLE, SIZES, st.sampled_from(LOADS), st.floats(-4, 4))
def test_every_foot_gets_one_answer_a_parameter_within_safe_bounds(
    class_: str, told: dict[str, object], sizes: dict[str, float], load: Load, score: float
) -> None:
    profile = recommend(foot(load, **sizes), posture(class_, score=score), person(**told), withheld=None)
    known = {p["id"]: p for p in table("support/rules.toml")["parameter"]}
    assert len({p.id for p in profile.parameters}) == len(profile.parameters)
    for p in profile.parameters:
        if isinstance(p.value, str):
            assert p.value in known[p.id]["words"]
            continue
        assert p.low is not None
        assert p.high is not None
        assert known[p.id]["low"] <= p.low <= p.value <= p.high <= known[p.id]["high"]


@given(st.sampled_from(CLASSES), PEOPLE)
def test_no_foot_gets_a_tilt_under_the_heel(class_: str, told: dict[str, object]) -> None:
    tilt = by_id(support(class_, person(**told)))["rearfoot_posting"]
    assert (tilt.value, tilt.low, tilt.high) == (0.0, 0.0, 0.0)


def test_a_worn_inner_knee_gets_a_lower_softer_support_and_a_warning() -> None:
    usual = support("low_arch", person(body_mass_kg=90))
    worn = support("low_arch", person(body_mass_kg=90, knee_osteoarthritis=True))
    assert by_id(worn)["arch_support_height"].value < by_id(usual)["arch_support_height"].value
    assert by_id(usual)["shell_stiffness"].value == "firm"
    assert by_id(worn)["shell_stiffness"].value == "soft"
    assert any("clinician first" in w for w in worn.watch_for)
    assert by_id(worn)["rearfoot_posting"].rule == "posting-never"


def test_the_support_follows_the_foots_own_arch() -> None:
    low = by_id(support("neutral", arch_height=14.0))["arch_support_height"]
    high = by_id(support("neutral", arch_height=24.0))["arch_support_height"]
    assert (low.value, high.value) == (14.0, 24.0)


def test_a_foot_at_rest_gets_less_than_its_resting_arch() -> None:
    resting = recommend(foot("unloaded", **USUAL), posture("cannot_tell"), None, withheld=None)
    standing = recommend(foot(**USUAL), posture("cannot_tell"), None, withheld=None)
    height = by_id(resting)["arch_support_height"].value
    assert height < by_id(standing)["arch_support_height"].value
    assert "lowered" in resting.statement


def test_without_a_measured_arch_a_higher_posture_gets_a_higher_support() -> None:
    bare = {i: v for i, v in USUAL.items() if i != "arch_height"}
    heights = [
        by_id(recommend(foot(**bare), posture("neutral", score=s), None, withheld=None))[
            "arch_support_height"
        ]
        for s in (-0.9, 0.0, 0.9)
    ]
    assert heights[0].value < heights[1].value < heights[2].value


def test_doubt_about_the_arch_widens_the_range_downwards_only() -> None:
    def height(u95: float) -> Parameter:
        sure = foot(**USUAL)
        readings = dict(sure.readings) | {"arch_height": Quantity(20.0, u95, "mm")}
        doubtful = Measurements("right", "standing", "scan", readings)
        return by_id(recommend(doubtful, posture("neutral"), None, withheld=None))["arch_support_height"]

    assert height(8.0).low < height(1.0).low
    assert height(8.0).high == height(1.0).high


def test_a_heavier_person_gets_a_thicker_shell_and_an_unknown_mass_is_said() -> None:
    thickness = [
        by_id(support("low_arch", person(body_mass_kg=m)))["shell_thickness"].value for m in (74.9, 75)
    ]
    assert thickness == [4.0, 4.5]
    assert "not given" in by_id(support("low_arch"))["shell_thickness"].reason


def test_a_borderline_foot_takes_the_milder_neighbour() -> None:
    border = posture("borderline", ("very_low_arch", "low_arch"))
    milder = by_id(recommend(foot(**USUAL), border, None, withheld=None))
    assert milder == by_id(support("low_arch"))


def test_a_foot_that_could_not_be_placed_gets_a_soft_support_and_the_reason() -> None:
    profile = support("cannot_tell")
    assert "the scan is too rough" in profile.statement
    assert by_id(profile)["shell_stiffness"].value == "soft"
    assert by_id(profile)["arch_support_height"].value < 20.0


def test_a_parameter_whose_measure_is_missing_waits_and_the_rest_is_given() -> None:
    profile = recommend(foot(foot_length=260.0), posture("neutral"), None, withheld=None)
    assert {"insole_length", "heel_cup_depth"} <= set(by_id(profile))
    assert not {"insole_width", "heel_cup_width", "shell_length"} & set(by_id(profile))
    assert "Waiting for a measurement" in profile.statement


def test_length_and_width_come_from_the_foot_never_from_a_shoe() -> None:
    longer = by_id(support(foot_length=270.0))
    assert longer["insole_length"].value - by_id(support())["insole_length"].value == pytest.approx(10.0)
    assert by_id(support(ball_breadth=110.0))["insole_width"].value > longer["insole_width"].value


def test_past_discomfort_starts_soft_and_slow() -> None:
    profile = by_id(support("low_arch", person(comfort_history="uncomfortable", body_mass_kg=90)))
    assert profile["shell_stiffness"].value == "soft"
    assert "half an hour" in str(profile["break_in"].value)


def test_a_real_journey_from_measures_to_support() -> None:
    measured = foot(**USUAL, arch_height_index=0.25, normalised_navicular_height=0.105, arch_index=0.35)
    profile = recommend(measured, assess(measured), None, withheld=None)
    assert profile.strategy.startswith("Full contact under a very low arch")
    assert by_id(profile)["arch_support_height"].rule == "arch-very-low"
