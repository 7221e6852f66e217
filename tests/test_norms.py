"""Percentiles: a foot's place among the survey's adults, with the error it is known to."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitter.anatomy.norms import SEXES, Percentile, Person, compare, measured_by_survey, percentile
from fitter.exchange.wording import percentile_cell
from fitter.quantity import Quantity
from fitter.resources import table
from models.norms.train_norms import COLUMNS, MEASURES, fit, norms, read, to_toml
from tests.example_profiles import typed

NORMS = table("norms/ansur2.toml")


def mm(value: float, u95: float = 0.0) -> Quantity:
    return Quantity(value, u95, "mm")


def people(sex: str, count: int, seed: int = 1) -> np.ndarray:
    """Simulated adults (count, 7) in the order of the table."""
    mean, covariance = np.array(NORMS[sex]["mean_log"]), np.array(NORMS[sex]["covariance_log"])
    return np.exp(np.random.default_rng(seed).multivariate_normal(mean, covariance, count))


@pytest.mark.parametrize("sex", SEXES)
def test_the_survey_holds_five_sizes_of_enough_people(sex):
    assert measured_by_survey() == MEASURES
    assert NORMS[sex]["n"] > 1900
    covariance = np.array(NORMS[sex]["covariance_log"])
    assert (np.linalg.eigvalsh(covariance) > 0).all()
    assert np.allclose(covariance, covariance.T)


def test_an_average_woman_is_in_the_middle_of_women_and_low_among_men():
    women, men = (percentile("foot_length", mm(246.1), sex) for sex in SEXES)
    assert women.value == pytest.approx(50.0, abs=1.0)
    assert men.value < 5.0


@pytest.mark.parametrize("sex", SEXES)
@pytest.mark.parametrize("measure_id", MEASURES)
def test_the_surveys_quantiles_and_its_distribution_say_the_same(sex, measure_id):
    i = NORMS["order"].index(measure_id)
    centre, spread = NORMS[sex]["mean_log"][i], NORMS[sex]["covariance_log"][i][i] ** 0.5
    for z, share in ((-1.645, 5.0), (-0.674, 25.0), (0.0, 50.0), (0.674, 75.0), (1.645, 95.0)):
        found = percentile(measure_id, mm(float(np.exp(centre + z * spread))), sex).value
        assert found == pytest.approx(share, abs=2.5)


@given(
    st.sampled_from(MEASURES),
    st.sampled_from(SEXES),
    st.floats(30.0, 330.0),
    st.floats(0.0, 20.0),
    st.sampled_from([(None, None), (1700.0, None), (1700.0, 75.0)]),
)
def test_a_larger_foot_is_never_placed_lower_and_more_error_never_narrows(measure_id, sex, value, more, body):
    one = percentile(measure_id, mm(value, 2.0), sex, *body)
    larger = percentile(measure_id, mm(value + more, 2.0), sex, *body)
    vaguer = percentile(measure_id, mm(value, 2.0 + more), sex, *body)
    assert larger.value >= one.value
    assert vaguer.low <= one.low <= one.value <= one.high <= vaguer.high


@pytest.mark.parametrize("sex", SEXES)
def test_among_people_of_the_same_build_percentiles_are_even(sex):
    i = MEASURES.index("ball_girth")
    found = np.array([percentile("ball_girth", mm(p[i]), sex, p[5], p[6]).value for p in people(sex, 1500)])
    for share in (10, 25, 50, 75, 90):
        assert (found < share).mean() * 100 == pytest.approx(share, abs=3.5)


def test_a_foot_is_shorter_among_the_tall_than_among_the_small():
    tall, small = (
        percentile("foot_length", mm(265.0), "male", stature, 80.0) for stature in (1900.0, 1650.0)
    )
    assert tall.value < 10.0
    assert small.value > 50.0
    assert tall.alike == ("stature", "mass")


def test_only_what_the_survey_measured_has_a_percentile():
    found = compare(typed()).percentiles
    assert set(found) == set(MEASURES)
    assert not set(found) & {"instep_height", "navicular_height", "arch_height_index"}


def test_without_a_sex_both_are_given_and_it_is_said():
    unsaid = compare(typed())
    assert [p.among for p in unsaid.percentiles["foot_length"]] == list(SEXES)
    assert any("both are given" in note for note in unsaid.notes)
    said = compare(typed(), Person("male"))
    assert [p.among for p in said.percentiles["foot_length"]] == ["male"]
    built = compare(typed(), Person("male", 1800.0, 80.0)).percentiles["foot_length"]
    assert [p.alike for p in built] == [(), ("stature", "mass")]


@pytest.mark.parametrize(
    ("measured", "person", "why"),
    [
        (typed(), Person(age_band="under_16"), "no children"),
        (typed(load="sitting"), Person(), "stood"),
        (typed(load="unloaded"), Person(), "stood"),
    ],
)
def test_who_the_survey_does_not_hold_is_not_compared_and_told_why(measured, person, why):
    found = compare(measured, person)
    assert not found.percentiles
    assert why in found.notes[0]


def test_the_old_are_compared_with_the_younger_and_it_is_said():
    found = compare(typed(), Person("female", age_band="60_plus"))
    assert found.percentiles
    assert any("older than 58" in note for note in found.notes)


def test_a_build_beyond_the_survey_is_not_extrapolated():
    found = compare(typed(), Person("male", 1300.0, 80.0))
    assert [p.alike for p in found.percentiles["foot_length"]] == [()]
    assert any("beyond the survey" in note for note in found.notes)


def test_beyond_the_survey_a_percentile_says_no_more_than_its_end():
    assert percentile("foot_length", mm(335.0), "female").value == 99.5
    assert percentile("foot_length", mm(175.0), "male").value == 0.5


def test_training_finds_the_people_it_was_shown():
    shown = people("male", 3000)
    learned = fit(np.round(shown))
    assert np.allclose(learned["mean_log"], NORMS["male"]["mean_log"], atol=0.01)
    correlation = np.corrcoef(np.log(shown).T)
    covariance = np.array(learned["covariance_log"])
    spread = np.sqrt(np.diag(covariance))
    assert np.allclose(covariance / np.outer(spread, spread), correlation, atol=0.02)
    assert learned["quantiles"]["foot_length"][8] == pytest.approx(np.median(shown[:, 0]), abs=0.5)


def test_training_writes_what_the_program_reads(tmp_path):
    lines = [",".join(("sex", "age_y", *COLUMNS.values()))]
    for sex, letter in (("female", "F"), ("male", "M")):
        lines += [f"{letter},30," + ",".join(f"{v:.1f}" for v in row) for row in people(sex, 60)]
    (tmp_path / "survey.csv").write_text("\n".join(lines))
    data = read(tmp_path / "survey.csv")
    written = tomllib.loads(to_toml(norms(data), data["age"]))
    assert written["male"]["n"] == 60
    assert set(written) == set(NORMS)
    assert set(written["female"]["quantiles"]) == set(NORMS["female"]["quantiles"])


def test_beyond_the_ends_a_percentile_is_told_by_the_near_end_of_its_range():
    assert percentile_cell(Percentile("male", (), 99.3, 97.0, 99.5)) == "over 97"
    assert percentile_cell(Percentile("male", (), 0.6, 0.5, 3.0)) == "under 3"
    assert percentile_cell(Percentile("male", (), 99.5, 99.5, 99.5)) == "over 99"
    assert percentile_cell(Percentile("male", (), 49.0, 41.0, 59.0)) == "49 (41–59)"
