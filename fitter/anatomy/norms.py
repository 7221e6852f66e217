"""How large a foot is among adults: percentiles from a public survey (`models/norms/ansur2.toml`).

Only what the survey measured has a percentile. A percentile carries the interval that the measure's own error
leaves it. The survey's people are soldiers of one country who stood: the words say so beside every number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np

from fitter.measurements import Measurements
from fitter.quantity import Quantity
from fitter.resources import table
from fitter.saying import say
from fitter.terms import Load

Sex = Literal["female", "male"]
SEXES: tuple[Sex, ...] = get_args(Sex)
# Loads under which a foot is as long and broad as the survey's standing people's, near enough.
STANDING: tuple[Load, ...] = ("standing", "single_leg", "unknown")
# Age bands of the questions (fitter/answers.py) that the survey doesn't hold at all.
CHILDREN, OLDER = "under_16", "60_plus"


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of the person a foot belongs to. ``sex`` is None where it wasn't said."""

    sex: Sex | None = None
    stature_mm: float | None = None
    mass_kg: float | None = None
    age_band: str | None = None


NOBODY = Person()


@dataclass(frozen=True, slots=True)
class Percentile:
    """The share (%) of people who are smaller: ``value``, ``low`` to ``high`` by the measure's 95 % error.

    ``among`` is the sex it holds for; ``alike`` names what those people share with this person (``stature``,
    ``mass``), empty for everyone of that sex. Nothing is told below 0.5 and above 99.5: the survey's people
    are too few there, and a number at that end means "or beyond".
    """

    among: Sex
    alike: tuple[str, ...]
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Norms:
    """One foot among adults: who they are, measure id -> its percentiles, and what a reader must know."""

    population: str
    percentiles: Mapping[str, tuple[Percentile, ...]]
    notes: tuple[str, ...] = ()


def compare(measurements: Measurements, person: Person = NOBODY) -> Norms:
    """Every measure the survey holds, among adults; none, and the reason, where it can't be compared."""
    norms = table("norms/ansur2.toml")
    population = say(
        "{population} aged {youngest} to {oldest}, standing ({source})",
        population=norms["population"],
        youngest=norms["youngest"],
        oldest=norms["oldest"],
        source=norms["source"],
    )
    if person.age_band == CHILDREN:
        return Norms(population, {}, ("Not compared: the survey holds no children.",))
    if may_be_child(measurements, person):
        return Norms(population, {}, ("Not compared: a foot this short may be a child's. State the age.",))
    if measurements.load not in STANDING:
        return Norms(
            population, {}, ("Not compared: the survey's people stood, and a foot spreads under load.",)
        )
    found = {
        measure_id: tuple(_percentiles(measure_id, taken_as_standing(q, measurements.load), person))
        for measure_id in measured_by_survey()
        if (q := measurements.get(measure_id)) is not None
    }
    notes = _notes(norms, person) if found else ()
    if found and measurements.load == "unknown":
        notes = (table("norms/sizes.toml")["texts"]["load_not_stated"], *notes)
    return Norms(population, found, notes)


def taken_as_standing(q: Quantity, load: Load) -> Quantity:
    """A size (mm) as that of a standing foot: less sure where nobody said how the foot was loaded."""
    if load != "unknown":
        return q
    return replace(q, u95=math.hypot(q.u95, table("norms/sizes.toml")["unstated_load"]["u95"]))


def may_be_child(measurements: Measurements, person: Person) -> bool:
    """Whether a foot is shorter than adults' are and nobody said how old its owner is."""
    length = measurements.get("foot_length")
    shortest = table("norms/sizes.toml")["adult_from_mm"]
    return person.age_band is None and length is not None and length.value < shortest


def _notes(norms: Mapping[str, Any], person: Person) -> tuple[str, ...]:
    notes = ["Soldiers are fitter and younger than adults in general, so read a percentile as a rough place."]
    if person.sex is None:
        notes.append("Sex was not stated, so both are given.")
    elif not _built_like_survey(person):
        notes.append(
            "Height or weight lies beyond the survey's people: not compared with people of that build."
        )
    if person.age_band == OLDER:
        notes.append(
            say(
                "Nobody in the survey was older than {oldest}: compared with younger adults.",
                oldest=norms["oldest"],
            )
        )
    return tuple(notes)


def measured_by_survey() -> tuple[str, ...]:
    """The measures that have a percentile, in the survey's order."""
    return tuple(table("norms/ansur2.toml")["female"]["quantiles"])


def _percentiles(measure_id: str, q: Quantity, person: Person) -> list[Percentile]:
    if person.sex is None:
        return [percentile(measure_id, q, sex) for sex in SEXES]
    whole = percentile(measure_id, q, person.sex)
    if (person.stature_mm is None and person.mass_kg is None) or not _built_like_survey(person):
        return [whole]
    return [whole, percentile(measure_id, q, person.sex, person.stature_mm, person.mass_kg)]


def _built_like_survey(person: Person) -> bool:
    """Whether height and weight lie within three standard deviations of the survey's people of that sex."""
    norms = table("norms/ansur2.toml")
    for name, value in (("stature", person.stature_mm), ("mass", person.mass_kg)):
        if value is not None and person.sex is not None:
            i = norms["order"].index(name)
            mean, variance = norms[person.sex]["mean_log"][i], norms[person.sex]["covariance_log"][i][i]
            if (math.log(value) - mean) ** 2 > 9.0 * variance:
                return False
    return True


def percentile(
    measure_id: str,
    q: Quantity,
    sex: Sex,
    stature_mm: float | None = None,
    mass_kg: float | None = None,
    *,
    norms: Mapping[str, Any] | None = None,
) -> Percentile:
    """Where a measure (mm) of `measured_by_survey` lies among adults of ``sex``, or among those of the same
    stature and mass where they are given. Raises KeyError for a measure the survey doesn't hold."""
    norms = table("norms/ansur2.toml") if norms is None else norms
    known = {k: v for k, v in (("stature", stature_mm), ("mass", mass_kg)) if v is not None}
    share = _share_alike(norms, measure_id, sex, known) if known else _share(norms, measure_id, sex)
    value, low, high = (100.0 * share(x) for x in (q.value, q.low, q.high))
    ends = norms["percents"][0], norms["percents"][-1]
    return Percentile(
        sex, tuple(known), *(round(min(max(p, ends[0]), ends[1]), 1) for p in (value, low, high))
    )


def _share(norms: Mapping[str, Any], measure_id: str, sex: Sex) -> Callable[[float], float]:
    """The share of a sex that is smaller, between the survey's own quantiles."""
    quantiles = norms[sex]["quantiles"][measure_id]
    shares = [p / 100.0 for p in norms["percents"]]
    return lambda x: float(np.interp(x, quantiles, shares))


def _share_alike(
    norms: Mapping[str, Any], measure_id: str, sex: Sex, known: Mapping[str, float]
) -> Callable[[float], float]:
    """The share of people of that sex and this stature or mass that is smaller: normal logarithms.

    The t distribution's degrees of freedom (50 and more) move no percentile by half a point.
    """
    at = [norms["order"].index(name) for name in (measure_id, *known)]
    mean = np.array(norms[sex]["mean_log"])[at]
    covariance = np.array(norms[sex]["covariance_log"])[np.ix_(at, at)]
    slope = np.linalg.solve(covariance[1:, 1:], covariance[1:, 0])
    centre = mean[0] + slope @ (np.log(list(known.values())) - mean[1:])
    spread = math.sqrt(covariance[0, 0] - slope @ covariance[1:, 0])
    return lambda x: 0.5 * math.erfc(-(math.log(max(x, 1e-9)) - centre) / (spread * math.sqrt(2.0)))


def person_from(answers: Mapping[str, object] | None) -> Person:
    """The person as far as the answers tell; "other or rather not said" counts as not said."""
    told = answers or {}
    sex, height, mass, age = (told.get(k) for k in ("sex", "height_cm", "body_mass_kg", "age_band"))
    return Person(
        next((known for known in SEXES if known == sex), None),
        10.0 * float(height) if isinstance(height, int | float) else None,
        float(mass) if isinstance(mass, int | float) else None,
        age if isinstance(age, str) else None,
    )
