"""Support: a complete table gives each foot one comfortable insole, or nothing after a red flag."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitter.anatomy.measures import BY_ID, IDS
from fitter.answers import Answers, answers_from_mapping
from fitter.errors import FitterError
from fitter.measurements import LOADS, Load, Measurements
from fitter.posture.posture import NAMED, Agreement, Flatfoot, Posture
from fitter.posture.score import assess
from fitter.quantity import Missing, Quantity, Reading
from fitter.resources import data_folder, table
from fitter.support.check import check_rules, checked
from fitter.support.explain import explain
from fitter.support.rule_set import RuleSet, parse_rules, shipped
from fitter.support.rules import STRATEGIES, beside_each_other, highest_arch, recommend
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
    readings |= {i: Quantity(v, 0.02 * abs(v), BY_ID[i].unit) for i, v in values.items()}
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


def support(
    class_: str = "neutral", answers: Answers | None = None, /, *, said: dict | None = None, **values: float
) -> SupportProfile:
    """The support of a usual foot; ``said`` goes to `recommend`."""
    return recommend(foot(**(USUAL | values)), posture(class_), answers, withheld=None, **(said or {}))


def by_id(profile: SupportProfile) -> dict[str, Parameter]:
    return {p.id: p for p in profile.parameters}


# ------------------------------------------------------------------ the table


def test_the_table_is_complete_free_of_conflict_and_within_bounds() -> None:
    assert check_rules(table("support/rules.toml")) == []


def _row(rules: dict, rule_id: str) -> dict:
    return next(r for r in rules["rule"] if r["id"] == rule_id)


def _parameter(rules: dict, parameter_id: str) -> dict:
    return next(p for p in rules["parameter"] if p["id"] == parameter_id)


def _add(rules: dict, of: str, **changed: object) -> None:
    rules["rule"].append(copy.deepcopy(_row(rules, of)) | changed)


# Each fault that a hand can make in the table, and what the check must name.
FAULTS = {
    "a gap": (lambda t: t["rule"].remove(_row(t, "cup-usual")), "heel_cup_depth: a gap"),
    "a gap for one kind of foot": (lambda t: _row(t, "cup-usual")["posture"].remove("neutral"), "cup-usual"),
    "an overlap": (lambda t: _add(t, "cup-usual", id="cup-again", posture=["neutral"]), "cup-again: overlap"),
    "a contradiction": (
        lambda t: _row(t, "cup-usual")["posture"].append("low_arch"),
        "cup-usual: contradict",
    ),
    "a row for nobody": (lambda t: _add(t, "cup-usual", id="cup-nobody", posture=[]), "cup-nobody"),
    "a row that no foot gets to": (
        # A sitting person without signs never gets a firm shell in total contact: only the table knows that.
        lambda t: (
            _row(t, "eva-firm").update(activity=["standing", "walking", "running", "court_sport", "unknown"]),
            _add(t, "eva-firm", id="eva-firm-light-sitting", activity=["sitting"], body_mass=["under_75"]),
            _add(
                t,
                "eva-firm",
                id="eva-firm-sitting",
                activity=["sitting"],
                body_mass=["75_to_100", "over_100", "unknown"],
            ),
        ),
        "eva-firm-light-sitting: no foot ever gets here",
    ),
    "a value out of bounds": (lambda t: _row(t, "posting-none").update(more=5.0), "posting-none: leaves"),
    "bounds made wider": (
        lambda t: _parameter(t, "rearfoot_posting").update(high=8.0),
        "rearfoot_posting: its bounds",
    ),
    "a tilt under the inner heel of a worn knee": (
        lambda t: _row(t, "posting-never").update(more=1.0),
        "posting-never: unsafe",
    ),
    "a firm shell for a worn knee": (
        lambda t: _row(t, "shell-soft-inner-knee").update(value="firm"),
        "shell-soft-inner-knee",
    ),
    "a firmer shell after discomfort": (
        lambda t: _row(t, "shell-soft-past").update(value="medium"),
        "shell-soft-past",
    ),
    "a caution struck out": (lambda t: t["caution"].pop(), "[caution]"),
    "a lower support for a higher arch": (
        lambda t: _row(t, "arch-very-high").update(share=0.9),
        "arch-usual to arch-very-high: falls",
    ),
    "a support that falls as the arch rises": (
        lambda t: _row(t, "arch-usual").update(share=-0.5),
        "arch-usual",
    ),
    "a support that falls with the score": (
        lambda t: _row(t, "arch-usual").update(per_sd=-1.0),
        "arch-usual",
    ),
    "a softer shell for a heavier person": (
        lambda t: _row(t, "shell-firm-low").update(value="soft"),
        "shell-medium-low to shell-firm-low: falls",
    ),
    "a thinner shell for a heavier person": (
        lambda t: _row(t, "thickness-heavy").update(value=3.5),
        "thickness-light to thickness-heavy: falls",
    ),
    "a higher support for a worn knee": (
        lambda t: _row(t, "arch-inner-knee").update(share=1.1),
        "to arch-inner-knee: rises",
    ),
    "an unknown word on an axis": (lambda t: _row(t, "cup-usual")["posture"].append("flat"), "cup-usual"),
    "an axis spelt wrongly": (
        lambda t: _row(t, "cup-usual").update(postrue=["neutral"]),
        "cup-usual: 'postrue'",
    ),
    "an unknown parameter": (lambda t: _row(t, "cup-usual").update(parameter="heel_cup"), "cup-usual"),
    "an unknown answer": (lambda t: _row(t, "shell-medium").update(value="hard"), "shell-medium"),
    "no source": (lambda t: _row(t, "cup-usual").update(source=""), "cup-usual"),
    "no reason": (lambda t: _row(t, "cup-usual").pop("reason"), "cup-usual"),
    "unknown evidence": (lambda t: _row(t, "cup-usual").update(evidence="certain"), "cup-usual"),
    "an unknown measure": (lambda t: _row(t, "width").update(of="shoe_size"), "width"),
    "a word where a number belongs": (lambda t: _row(t, "cup-usual").update(value="12"), "cup-usual"),
    "not a number": (lambda t: _row(t, "cup-usual").update(minus=float("nan")), "cup-usual"),
    "a range upside down": (lambda t: _row(t, "cup-usual").update(minus=-1.0), "cup-usual"),
    "a row twice": (lambda t: _add(t, "cup-usual"), "cup-usual: stands there twice"),
    "a row without an id": (lambda t: _row(t, "cup-usual").pop("id"), "needs id"),
    "a parameter left out": (lambda t: t["parameter"].pop(), "break_in"),
    "a text left out": (lambda t: t["texts"].pop("chosen"), "[texts] chosen"),
    "a placeholder that nothing fills": (
        lambda t: t["texts"].update(chosen="{strategy} {price}"),
        "[texts] chosen",
    ),
    "a foot that is higher under load": (
        lambda t: t["load_share"].update(unloaded=1.2),
        "[load_share] unloaded",
    ),
    "a strategy that few feet can have as the default": (
        lambda t: (t["strategy_option"][0].pop("default"), t["strategy_option"][2].update(default=True)),
        "highest_arch",
    ),
    "no warning left": (lambda t: t["watch_for"].update(always=[]), "[watch_for] always"),
    "an id that is no word": (lambda t: _row(t, "cup-usual").update(id=["cup"]), "needs id"),
    "a shoe of no kind": (lambda t: t["footwear_is"].update(boot="wide"), "[footwear_is] boot"),
    "bands of mass out of order": (lambda t: t["body_mass_from"].update(over_100=60.0), "[body_mass_from]"),
    "no version": (lambda t: t.pop("version"), "version"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_table_is_found_and_its_row_named(fault: str) -> None:
    spoil, named = FAULTS[fault]
    rules = copy.deepcopy(dict(table("support/rules.toml")))
    spoil(rules)
    wrong = check_rules(rules)
    assert any(named in problem for problem in wrong), wrong


def test_a_faulty_table_is_not_used() -> None:
    rules = copy.deepcopy(dict(table("support/rules.toml")))
    _row(rules, "cup-usual")["more"] = 30.0
    with pytest.raises(FitterError, match="cup-usual"):
        checked(RuleSet(rules, "spoilt"), "rules.toml")


def test_no_two_parameters_are_named_alike() -> None:
    names = [p["name"] for p in table("support/rules.toml")["parameter"]]
    assert len(set(names)) == len(names)


def test_every_parameter_says_how_well_it_is_supported_and_by_which_row() -> None:
    rows = {r["id"] for r in table("support/rules.toml")["rule"]}
    for p in support().parameters:
        assert p.rule in rows
        assert p.reason
        assert p.source
        assert p.evidence in ("trial", "measured", "expert", "convention", "fit")
        assert p.changes


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
        "footwear": st.sampled_from(["running", "everyday", "work", "boot", "slim", "open"]),
        "pain_where": st.lists(st.sampled_from(["ball_of_foot", "heel", "inner_knee"]), unique=True).map(
            tuple
        ),
        "age_band": st.sampled_from(["16_to_29", "60_plus"]),
        "support_strategy": st.sampled_from(STRATEGIES),
    },
)
SIZES = st.fixed_dictionaries(
    {},
    optional={i: st.floats(*BY_ID[i].plausible) for i in (*USUAL, "instep_height", "hallux_outline_angle")},
)
FLEXIBILITY = st.sampled_from(["stiff", "typical", "flexible", "cannot_tell", "unknown"])
HIGHEST = st.none() | st.floats(5.0, 40.0).map(lambda mm: Quantity(mm, 2.0, "mm"))


# What waits for its measure: the rows that hang on one and give no number without it.
HANGING = {
    r["parameter"]: r["of"] for r in table("support/rules.toml")["rule"] if "of" in r and "value" not in r
}


@given(
    st.sampled_from(CLASSES), PEOPLE, SIZES, st.sampled_from(LOADS), st.floats(-4, 4), FLEXIBILITY, HIGHEST
)
def test_every_foot_gets_one_answer_a_parameter_within_safe_bounds(
    class_: str,
    told: dict[str, object],
    sizes: dict[str, float],
    load: Load,
    score: float,
    gives: str,
    highest: Reading | None,
) -> None:
    answers = person(**told)
    profile = recommend(
        foot(load, **sizes),
        posture(class_, score=score),
        answers,
        withheld=None,
        flexibility=gives,
        highest=highest,
    )
    known = {p["id"]: p for p in table("support/rules.toml")["parameter"]}
    given_ = by_id(profile)
    assert len(given_) == len(profile.parameters)
    assert set(given_) == {i for i in known if i not in HANGING or HANGING[i] in sizes}
    for p in profile.parameters:
        if isinstance(p.value, str):
            assert p.value in known[p.id]["words"]
            continue
        assert p.low is not None
        assert p.high is not None
        assert known[p.id]["low"] <= p.low <= p.value <= p.high <= known[p.id]["high"]
    if answers.inner_knee_wear_likely:
        assert profile.strategy_id != "highest_arch"
        assert (given_["rearfoot_posting"].high, given_["forefoot_posting"].high) == (0.0, 0.0)
    if highest is None:
        assert profile.strategy_id != "highest_arch"


@given(st.sampled_from(CLASSES), PEOPLE, FLEXIBILITY)
def test_the_program_itself_tilts_no_foot_and_leaves_a_fitter_little(
    class_: str, told: dict[str, object], gives: str
) -> None:
    for name in ("rearfoot_posting", "forefoot_posting"):
        tilt = by_id(support(class_, person(**told), said={"flexibility": gives}))[name]
        assert tilt.value == 0.0
        # To the inner side only where a low arch was seen to give much.
        assert tilt.high in (0.0, 4.0)
        assert tilt.high == 0.0 or (gives == "flexible" and class_ in ("very_low_arch", "low_arch"))


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


# ------------------------------------------------------------------ flexibility, shoes, toes, pain


def value(profile: SupportProfile, name: str) -> float | str:
    return by_id(profile)[name].value


def test_an_arch_that_gives_much_is_held_more_firmly_than_a_stiff_one() -> None:
    heavy = person(body_mass_kg=90)
    stiff, flexible = (support("low_arch", heavy, said={"flexibility": f}) for f in ("stiff", "flexible"))
    assert (value(stiff, "shell_stiffness"), value(flexible, "shell_stiffness")) == ("medium", "firm")


def test_a_softer_shell_is_thinner_in_every_material() -> None:
    soft = support("low_arch", person(body_mass_kg=90, comfort_history="uncomfortable"))
    firm = support("low_arch", person(body_mass_kg=90))
    for name in ("shell_thickness", "shell_thickness_carbon", "shell_hardness_eva"):
        assert value(soft, name) < value(firm, name)  # type: ignore[operator]


def test_a_slim_shoe_gets_an_insole_that_takes_less_room() -> None:
    slim, roomy = (support("low_arch", person(footwear=f, activity="standing")) for f in ("slim", "boot"))
    for name in (
        "heel_cup_depth",
        "top_cover_thickness",
        "heel_cushion",
        "forefoot_cushioning",
        "shell_thickness_eva",
    ):
        assert value(slim, name) < value(roomy, name)  # type: ignore[operator]


def test_pain_under_the_ball_is_offered_a_pad_behind_it() -> None:
    sore = by_id(support("neutral", person(pain_where=("ball_of_foot",))))
    assert sore["metatarsal_pad"].value == "dome"
    assert sore["metatarsal_pad_height"].value == 4.0
    assert sore["metatarsal_pad_position"].high < USUAL["ball_length"]  # type: ignore[operator]
    assert value(support(), "metatarsal_pad") == "none"


@pytest.mark.parametrize(
    ("angle", "u95", "room"), [(22.0, 5.0, "soft recess"), (12.0, 5.0, "none"), (4.0, 5.0, "none")]
)
def test_only_a_big_toe_that_surely_leans_gets_room_for_its_joint(
    angle: float, u95: float, room: str
) -> None:
    turned = foot(**USUAL)
    readings = dict(turned.readings) | {"hallux_outline_angle": Quantity(angle, u95, "deg")}
    found = recommend(
        Measurements("right", "standing", "scan", readings), posture("neutral"), None, withheld=None
    )
    assert value(found, "toe_joint_accommodation") == room


# ------------------------------------------------------------------ strategies


def at_rest(mm: float) -> dict[str, object]:
    return {"highest": Quantity(mm, 2.0, "mm"), "strategy": "highest_arch"}


def test_without_a_choice_it_is_total_contact_and_says_so() -> None:
    profile = support()
    assert profile.strategy_id == "total_contact"
    assert "where nothing else was chosen" in profile.statement
    assert {s.id for s in profile.strategies} == set(STRATEGIES)
    assert "disputes" in profile.statement


def test_the_strategies_differ_in_height_border_and_shell() -> None:
    low, usual, high = (
        by_id(support("neutral", None, said={"strategy": s, "highest": Quantity(24.0, 2.0, "mm")}))
        for s in ("accommodative", "total_contact", "highest_arch")
    )
    for name in ("arch_support_height", "medial_contour_fill"):
        assert low[name].value < usual[name].value < high[name].value  # type: ignore[operator]
    assert high["arch_support_height"].value == 24.0
    assert low["shell_stiffness"].value == "soft"
    assert low["top_cover_thickness"].value > usual["top_cover_thickness"].value  # type: ignore[operator]


def test_an_answer_chooses_the_strategy_and_an_argument_goes_before_it() -> None:
    asked = person(support_strategy="accommodative")
    assert support("neutral", asked).strategy_id == "accommodative"
    assert support("neutral", asked, said={"strategy": "total_contact"}).strategy_id == "total_contact"


def test_one_standing_capture_is_not_offered_the_highest_arch_and_hears_why() -> None:
    profile = support("neutral", None, said={"strategy": "highest_arch"})
    assert profile.strategy_id == "total_contact"
    assert "one standing capture" in profile.statement
    refused = {s.id: s.refused for s in profile.strategies}
    assert refused["highest_arch"]
    assert not refused["total_contact"]


def test_a_worn_inner_knee_is_not_offered_the_highest_arch() -> None:
    profile = support("neutral", person(knee_osteoarthritis=True), said=at_rest(26.0))
    assert profile.strategy_id == "total_contact"
    assert value(profile, "arch_support_height") < 20.0  # type: ignore[operator]


def test_the_highest_arch_takes_its_stiffness_from_mass_flexibility_and_use() -> None:
    def shell(kg: float, gives: str, activity: str) -> float | str:
        told = person(body_mass_kg=kg, activity=activity)
        return value(
            support("neutral", told, said={**at_rest(24.0), "flexibility": gives}), "shell_stiffness"
        )

    assert shell(60, "stiff", "running") == "soft"
    assert shell(60, "typical", "running") == "medium"
    assert shell(90, "typical", "running") == "firm"
    assert shell(90, "flexible", "sitting") == "medium"
    assert shell(90, "flexible", "walking") == "firm"


@pytest.mark.parametrize(
    ("captures", "highest"),
    [
        ([("standing", 20.0, False)], None),
        ([("sitting", 24.0, False)], None),
        ([("standing", 20.0, False), ("sitting", 24.0, False)], 24.0),
        ([("standing", 20.0, False), ("sitting", 18.0, False)], 20.0),
        ([("unloaded", 25.0, False)], 25.0 * 0.91),
        ([("unknown", 25.0, True)], 25.0),
        ([("standing", 20.0, True)], None),
    ],
)
def test_the_highest_arch_needs_foam_a_hanging_foot_or_two_loads(
    captures: list[tuple[Load, float, bool]], highest: float | None
) -> None:
    taken = [(foot(load, **{**USUAL, "arch_height": arch}), foam) for load, arch, foam in captures]
    found = highest_arch(taken[0][0], taken)
    if highest is None:
        assert isinstance(found, Missing)
    else:
        assert isinstance(found, Quantity)
        assert found.value == pytest.approx(highest)


def test_the_other_foot_says_nothing_of_this_one() -> None:
    this, other = foot(**USUAL), foot("unloaded", **USUAL)
    left = Measurements("left", "unloaded", "scan", other.readings)
    assert isinstance(highest_arch(this, [(this, False), (left, False)]), Missing)


def test_a_strategy_that_does_not_exist_is_refused() -> None:
    with pytest.raises(FitterError, match="no strategy"):
        support("neutral", None, said={"strategy": "magic"})


def test_feet_that_differ_are_told_apart_and_feet_alike_are_not() -> None:
    low, high = support("neutral", None, arch_height=15.0), support("neutral", None, arch_height=24.0)
    left, right = beside_each_other(low, high)
    assert left.parameters == low.parameters
    assert right.parameters == high.parameters
    assert "15 and 24 mm" in left.watch_for[-1]
    assert left.watch_for[-1] == right.watch_for[-1]
    assert beside_each_other(low, low) == (low, low)


# ------------------------------------------------------------------ a table of one's own


def own(change: str = 'version = "2.0"', to: str = 'version = "shop 7"') -> bytes:
    text = (data_folder("models") / "support" / "rules.toml").read_text(encoding="utf-8")
    assert change in text
    return text.replace(change, to, 1).encode()


def test_the_table_itself_is_no_table_of_ones_own() -> None:
    assert parse_rules(own('version = "2.0"', 'version = "2.0"'), "rules.toml") is shipped()


def test_a_shops_own_table_answers_and_stamps_its_name_and_fingerprint() -> None:
    rules = checked(parse_rules(own(), "rules.toml"), "rules.toml")
    other = checked(parse_rules(own() + b"\n# another\n", "rules.toml"), "rules.toml")
    profile = support("neutral", None, said={"rules": rules})
    assert "shop 7" in profile.rule_set
    assert "sha256" in profile.rule_set
    assert rules.name != other.name
    assert support().rule_set == "support rules 2.0"


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"version = ", b"rule = 3\nversion = 'x'", b"[[rule]]\nid = 1"]
)
def test_what_is_no_table_of_rules_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(FitterError) as refused:
        checked(parse_rules(data, "rules.toml"), "rules.toml")
    assert "\n" not in str(refused.value)


# ------------------------------------------------------------------ which rows fired, and the nearest other


def explained(class_: str, score: float, told: dict[str, object]) -> dict:
    measured, placed, answers = foot(**USUAL), posture(class_, score=score), person(**told)
    profile = recommend(measured, placed, answers, withheld=None)
    return {f.id: f for f in explain(profile, measured, placed, answers, None, shipped())}


def test_the_nearest_change_of_a_heavy_runner_is_a_little_mass() -> None:
    shell = explained("low_arch", -1.8, {"body_mass_kg": 74.0, "activity": "running"})["shell_stiffness"]
    assert shell.rule == "shell-medium-low"
    assert "75 kg or more (74 kg told)" in shell.nearest.words
    assert (shell.nearest.rule, shell.nearest.becomes.value) == ("shell-firm-low", "firm")


def test_the_nearest_change_of_an_arch_near_a_border_is_its_score() -> None:
    cup = explained("neutral", -0.9, {})["heel_cup_depth"]
    assert "below -1 SD" in cup.nearest.words
    assert cup.nearest.rule == "cup-usual-deep"


def test_what_one_row_answers_has_no_nearest_other() -> None:
    assert explained("neutral", 0.0, {})["insole_length"].nearest is None


@given(st.sampled_from(NAMED), PEOPLE)
@settings(max_examples=15)
def test_the_rows_explained_are_those_of_the_profile(class_: str, told: dict[str, object]) -> None:
    score = {"very_low_arch": -2.5, "low_arch": -1.5, "neutral": 0.0, "high_arch": 1.5, "very_high_arch": 2.5}
    for fired in explained(class_, score[class_], told).values():
        assert fired.given is None or fired.given.rule == fired.rule
        assert fired.nearest is None or fired.nearest.rule != fired.rule
