"""Typing errors are caught and named, true feet are let through, and nothing is put right silently."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks.typos import SETTINGS, run, sizes_apart
from fitter.anatomy.measures import BY_ID
from fitter.anatomy.norms import SEXES, Person
from fitter.answers import answers_from_mapping
from fitter.entry import EnteredFoot, entered_value, measurements_from_entry
from fitter.entry_files import parse_measurement_file
from fitter.errors import FitterError
from fitter.journey import run_journey
from fitter.plausible import CHECKED, CHECKED_PRINTS, doubt, explanations, proposal
from fitter.quantity import COVERAGE, Quantity
from fitter.resources import data_folder, table
from models.norms.train_norms import MEASURES
from tests.example_profiles import RULER
from tests.test_norms import people

# The kinds that must be caught: other rows of the benchmark are told, since no size can tell them all apart.
MUST_BE_CAUGHT = (
    "inches typed as cm",
    "cm typed as inches",
    "cm typed as mm (25.1 for 251)",
    "mm typed as cm (251 for 25.1)",
    "a digit dropped",
    "a digit doubled",
    "two fields swapped, sizes apart",
)


def values(**mm: float) -> dict[str, Quantity]:
    return {name: Quantity(float(v), BY_ID[name].entered_u95, "mm") for name, v in mm.items()}


@pytest.fixture(scope="module")
def counts():
    simulated = {sex: np.round(people(sex, 100, seed=7)) for sex in SEXES}
    return run(simulated, most=40, reading_error=True)


@pytest.mark.parametrize("kind", MUST_BE_CAUGHT)
def test_each_kind_of_slip_is_caught_whatever_else_is_typed(counts, kind):
    for setting in SETTINGS:
        if kind == "two fields swapped, sizes apart" and len(setting.measures) == 1:
            continue
        found = counts[kind][setting.name]
        assert found.caught >= 0.95 * found.tried > 0


@pytest.mark.parametrize("kind", [k for k in MUST_BE_CAUGHT if "dropped" not in k])
def test_what_was_meant_is_offered(counts, kind):
    found = counts[kind]["all five"]
    assert found.named >= 0.8 * found.tried


@pytest.mark.parametrize("known", [False, True], ids=["nobody known", "sex, height and weight known"])
def test_true_people_are_let_through(known):
    rng = np.random.default_rng(3)
    alarms = 0
    for sex in SEXES:
        for row in people(sex, 300, seed=5):
            read = {
                m: row[i] + rng.normal(0, BY_ID[m].entered_u95 / COVERAGE) for i, m in enumerate(MEASURES)
            }
            person = Person(sex, row[5], row[6]) if known else Person()
            alarms += doubt(values(**{m: round(v) for m, v in read.items()}), person) is not None
    assert alarms < 0.01 * 600


def test_the_constructed_feet_go_together():
    told = json.loads(data_folder("sample_scans").joinpath("truth.json").read_bytes())["samples"]
    for name, sample in told.items():
        measures = sample.get("measures", sample)
        known = {m: measures[m] for m in CHECKED if m in measures}
        assert len(known) > 5, name
        assert doubt(values(**known)) is None, name


@pytest.mark.parametrize("length", [175, 190, 205, 220])
def test_a_childs_foot_is_no_typing_error(length):
    child = {m: v * length / RULER["foot_length"] for m, v in RULER.items() if m != "heel_breadth"}
    assert doubt(values(**child)) is None
    assert doubt(values(foot_length=length)) is None


def test_children_are_never_doubted_for_the_survey_holds_none():
    odd = values(**{**RULER, "ball_length": 148})
    assert doubt(odd) is not None
    assert doubt(odd, Person(age_band="under_16")) is None


@pytest.mark.parametrize(
    ("measure_id", "typed", "says"),
    [
        ("ball_length", 18.4, "did you mean 184 mm"),
        ("foot_length", 25.1, "did you mean 251 mm"),
        ("foot_length", 2510, "did you mean 251 mm"),
        ("foot_length", 9.88, "did you mean 251"),
        ("foot_length", 2551, "251 mm (a digit was typed twice)"),
        ("foot_length", 521, "251 mm (two digits changed places)"),
        ("ball_breadth", 9, "a digit was left out"),
        ("ball_breadth", 251, "is this the foot length"),
        ("heel_breadth", 9.8, "did you mean"),
    ],
)
def test_a_value_no_foot_has_is_answered_with_what_was_probably_meant(measure_id, typed, says):
    asked = proposal(measure_id, typed)
    assert says in asked[0].lower() + asked[1:]
    assert asked.endswith("?")


def test_the_question_is_in_the_unit_of_the_person():
    with pytest.raises(FitterError, match=r"Did you mean 25\.1 cm") as caught:
        entered_value("foot_length", "251", "cm")
    assert caught.value.code == "implausible"


def test_what_was_meant_is_always_a_foots():
    for measure_id in CHECKED:
        for typed in (1.0, 7.7, 12.0, 48.0, 999.0, 2222.0, 61000.0):
            for slip in explanations(measure_id, typed):
                for name, mm in slip.meant.items():
                    low, high = BY_ID[name].plausible
                    assert low <= mm <= high


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"foot_length": 215}, "foot length 215 mm is improbable beside the other measures"),
        ({"ball_length": 148}, "did you mean 184 mm (two digits changed places)?"),
        ({"instep_height": 36}, "did you mean 63 mm (two digits changed places)?"),
        ({"navicular_height": 14}, "did you mean 41 mm"),
        ({"ball_length": 244, "ball_girth": 184}, "typed into each other's field?"),
        ({"heel_breadth": 46}, "heel breadth 46 mm is improbable"),
    ],
)
def test_measures_that_hardly_go_together_are_doubted_by_name(changed, says):
    found = doubt(values(**{**RULER, **changed}))
    assert found is not None
    if says == "did you mean 41 mm":  # 14 mm is a rare navicular height, not an impossible one
        assert "navicular height 14 mm" in found.text
    else:
        assert says in found.text


def test_a_doubt_changes_nothing_and_stands_in_the_profile():
    foot = EnteredFoot("right", "standing", values(**{**RULER, "ball_length": 148}))
    profile = run_journey((), entered=(foot,)).profile
    assert profile.feet[0].measurements.get("ball_length").value == 148.0
    assert any("right foot: ball length 148 mm is improbable" in warning for warning in profile.warnings)
    plain = run_journey((), entered=(EnteredFoot("right", "standing", values(**RULER)),)).profile
    assert not any("improbable" in warning for warning in plain.warnings)


def test_the_answers_sharpen_the_doubt():
    foot = EnteredFoot("right", "standing", values(foot_length=215))
    tall = answers_from_mapping({"sex": "male", "height_cm": 190, "body_mass_kg": 95}, "answers")
    assert not any("improbable" in w for w in run_journey((), entered=(foot,)).profile.warnings)
    assert any("foot length 215 mm is improbable" in w for w in _warned(foot, tall))


def _warned(foot, answers):
    return run_journey((), entered=(foot,), answers=answers).profile.warnings


def test_two_fields_swapped_are_refused_with_the_question():
    foot = EnteredFoot("left", "standing", values(**{**RULER, "foot_length": 184, "ball_length": 251}))
    with pytest.raises(FitterError, match="Were foot length and ball length typed into each other's field"):
        measurements_from_entry(foot)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("feet.csv", "side,measure,value\nright,ball_length,18.4\n"),
        ("feet.json", '{"feet": [{"side": "right", "measurements": {"ball_length": 18.4}}]}'),
    ],
)
def test_files_ask_the_same_question(name, text):
    with pytest.raises(FitterError, match="Did you mean 184 mm"):
        parse_measurement_file(name, text.encode())


PRINT = {"print_midfoot_width": 30.0, "print_forefoot_width": 87.0, "print_heel_width": 50.0}


def _entered_with(**prints):
    return EnteredFoot("right", "standing", values(**{**RULER, **PRINT, **prints}))


def test_a_usual_print_goes_with_its_foot_and_so_does_a_parted_one():
    for middle in (0, 12, 30, 60):
        assert doubt(_entered_with(print_midfoot_width=middle).values) is None


def test_a_print_wider_in_its_middle_than_at_its_ball_is_refused():
    with pytest.raises(FitterError, match="must be more than footprint, narrowest midfoot"):
        measurements_from_entry(
            EnteredFoot(
                "right",
                "standing",
                values(**PRINT | {"print_midfoot_width": 75.0, "print_forefoot_width": 65.0}),
            )
        )


def test_a_middle_typed_in_cm_is_asked_about_and_kept():
    foot = _entered_with(print_midfoot_width=5.5)
    fit = run_journey((), entered=(foot,)).profile.feet[0]
    assert "is it 5.5 mm, or 5.5 cm?" in fit.quality.statement
    assert fit.measurements.get("chippaux_smirak_index").value == pytest.approx(100 * 5.5 / 87)
    # As many cm would be wider than the ball: it is a narrow bridge.
    assert doubt(_entered_with(print_midfoot_width=9.0).values) is None


@pytest.mark.parametrize("slip", [{"print_forefoot_width": 57.0}, {"print_forefoot_width": 64.0}])
def test_a_print_much_narrower_than_its_foot_is_doubted(slip):
    found = doubt(_entered_with(**slip).values)
    assert next(iter(slip)) in {name for s in found.slips[:2] for name in s.measures}


def test_what_the_rulers_error_allows_is_no_contradiction():
    """A print drawn around its wet edge may come out as wide as the foot."""
    close = values(ball_breadth=96.0, print_forefoot_width=96.5)
    assert measurements_from_entry(EnteredFoot("right", "standing", close)).get("ball_breadth").value == 96.0
    far = values(ball_breadth=96.0, print_forefoot_width=101.0)
    with pytest.raises(FitterError, match="must be more than"):
        measurements_from_entry(EnteredFoot("right", "standing", far))


def test_which_sizes_are_apart_follows_from_the_survey():
    apart = sizes_apart(table("norms/ansur2.toml"))
    assert ("foot_length", "ball_breadth") in apart
    assert ("foot_length", "ball_girth") not in apart


def test_every_share_and_prior_tells_where_it_comes_from():
    facts = table("norms/plausibility.toml")
    assert all(row["source"] and row["sure"] for row in facts["ratio"])
    assert {row["measure"] for row in facts["ratio"]} | set(MEASURES) == {*CHECKED, *CHECKED_PRINTS}
    assert facts["print_midfoot"]["source"]
    assert sum(v for k, v in facts["slip"].items() if k != "tenths") < 0.02
