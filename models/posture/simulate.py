"""Simulated people whose arch is known, measured as a scan or a ruler would: what the jury is tried on.

The generator is not a copy of the inference. For each person the world is drawn anew within what is known of
it: which of the published norms holds (one of those that conflict, not their mean), how far its mean is off,
whether men and women differ, how closely each index follows the arch; what an index has of its own and every
measuring error have heavier tails than a Gaussian; ratios are made from lengths with errors, and prints of
heavy people read flatter. With ``model=True`` people are drawn from the jury's own model instead, to compare.

Stated errors are those of `models/scan/errors.toml` and the registry for scans of ordinary noise, and the
registry's reading errors for a ruler.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy import stats

from fitter.anatomy.measures import BY_ID, IDS
from fitter.measurements import Load, Measurements
from fitter.quantity import COVERAGE, Missing, Quantity, Reading, propagate
from fitter.resources import table
from models.posture.train_norms import implied

_NOT_TAKEN = Missing("not_taken", "Not taken.")
PRINTS = ("arch_index", "chippaux_smirak_index", "staheli_index")
RATIOS = ("arch_height_index", "normalised_navicular_height")
# What the contact threshold of 1 to 3 mm adds to a print's definition, as in usual scans: our judgement.
THRESHOLD = {"arch_index": 0.03, "chippaux_smirak_index": 4.0, "staheli_index": 0.08}


@dataclass(frozen=True, slots=True)
class Person:
    """A foot whose arch (``arch``, SD of adults) is known, and what was measured of it."""

    arch: float
    measurements: Measurements
    body_mass_kg: float
    height_cm: float


def people(count: int, seed: int, *, model: bool = False, wrong_load: float = 0.0) -> Iterator[Person]:
    """``count`` people, the same for the same seed; ``wrong_load`` of them sat and said they stood."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield _person(rng, model, wrong_load)


def _person(rng: np.random.Generator, model: bool, wrong_load: float) -> Person:
    sex = "female" if rng.random() < 0.5 else "male"
    length, ball, mass, stature = _sizes(rng, sex)
    heavy = mass / (stature / 1000.0) ** 2 >= table("posture/jury.toml")["heavy"]["body_mass_index"]
    arch = float(rng.normal())
    load: Load = "sitting" if rng.random() < 0.15 else "standing"
    sat = wrong_load > 0 and load == "standing" and rng.random() < wrong_load
    true = {
        n["index"]: _true_value(rng, n, score, sex, heavy, sat, model)
        for n, score in zip(_norms(load), _scores(rng, arch, load, model), strict=True)
    }
    ruler = rng.random() < 1.0 / 3.0
    readings = _read(rng, true, length, ball, ruler, model)
    source = "entered" if ruler else "scan"
    return Person(arch, Measurements("right", load, source, readings), mass, stature / 10.0)


def _sizes(rng: np.random.Generator, sex: str) -> tuple[float, float, float, float]:
    """Foot length, ball length (mm), body mass (kg) and stature (mm) of one adult."""
    about = table("posture/people.toml")[sex]
    first = rng.normal()

    def along(key: str, correlation: float) -> float:
        mean, sd = about[key]
        return float(mean + sd * (correlation * first + math.sqrt(1 - correlation**2) * rng.normal()))

    length = float(about["foot_length"][0] + about["foot_length"][1] * first)
    ball = along("ball_length", about["length_to_ball"])
    mass = math.exp(along("log_mass", about["length_to_mass"]))
    return length, ball, mass, along("stature", about["length_to_stature"])


@cache
def _norms(load: str) -> tuple[Mapping[str, Any], ...]:
    return tuple(n for n in table("posture/norms.toml")["norm"] if n["load"] == load)


@cache
def _published(index: str, load: str) -> tuple[tuple[Mapping[str, Any], ...], tuple[float, ...]]:
    rows = [
        c
        for c in table("posture/criteria.toml")["criterion"]
        if c["index"] == index and c["load"] == load and c.get("weight", 0.0) > 0
    ]
    total = sum(c["weight"] for c in rows)
    return tuple(rows), tuple(c["weight"] / total for c in rows)


def _scores(rng: np.random.Generator, arch: float, load: str, model: bool) -> list[float]:
    """What each index would read of this arch on a perfect norm, without error (SD)."""
    world, beside = table("posture/people.toml")["world"], table("posture/jury.toml")["shared"]
    loose = 0.0 if model else 1.0
    shared_sd = {g: sd * math.exp(loose * world["shared_spread"] * rng.normal()) for g, sd in beside.items()}
    shared = {g: sd * rng.normal() for g, sd in shared_sd.items()}
    scores = []
    for n in _norms(load):
        most = 0.98 / math.sqrt(
            1.0 + shared_sd[n["group"]] ** 2
        )  # no index follows the arch closer than this
        drawn = math.tanh(math.atanh(n["loading"]) + loose * world["loading_spread"] * rng.normal())
        loading = min(drawn, most) if loose else n["loading"]
        own = math.sqrt(1.0 - loading**2 * (1.0 + shared_sd[n["group"]] ** 2))
        scores.append(
            loading * (arch + shared[n["group"]]) + own * _drawn(rng, 0.0 if model else world["own_tails"])
        )
    return scores


def _drawn(rng: np.random.Generator, tails: float) -> float:
    """A number of mean 0 and SD 1: Gaussian, or Student's t with so many degrees of freedom."""
    return float(rng.normal() if tails == 0 else rng.standard_t(tails) / math.sqrt(tails / (tails - 2.0)))


def _true_value(
    rng: np.random.Generator,
    n: Mapping[str, Any],
    score: float,
    sex: str,
    heavy: bool,
    sat: bool,
    model: bool,
) -> float:
    """The index of this foot, in its unit, in the world that was drawn."""
    if model:
        # The jury's own view: one norm, its mean and its spread off by as much as it says.
        off = math.hypot(n["norm_sd"], n["sd_doubt"]) * rng.normal()
        return float(n["mean"] + n["sign"] * n["sd"] * (score + off))
    world, beliefs = table("posture/people.toml")["world"], table("posture/criteria.toml")
    rows, weights = _published(n["index"], n["load"])
    row = rows[rng.choice(len(rows), p=weights)]
    said = implied(row)
    sd = (said.sd or n["sd"]) * math.exp(said.sd_doubt * rng.normal())
    shift = beliefs["doubt"][row["sure"]] * rng.normal()
    if n["index"] in beliefs["sex"]:
        shift += (0.5 if sex == "male" else -0.5) * rng.choice(world["sex_difference"])
    if heavy and n["group"] == "print":
        shift -= world["heavy_flatter"]
    if sat:
        shift += world["load_step"]
    return float(said.mean + n["sign"] * sd * (score + shift))


def _read(
    rng: np.random.Generator, true: Mapping[str, float], length: float, ball: float, ruler: bool, model: bool
) -> dict[str, Reading]:
    """What a ruler or a scan reads of the foot, with the error each states."""
    doubts = {"least": 1.0, "noise": float(rng.uniform(0.0, 0.6)), "thin": float(rng.uniform(0.0, 1.0))}
    tails = 0.0 if model else table("posture/people.toml")["world"]["tails"]

    def read(measure_id: str, value: float) -> Quantity:
        u95 = BY_ID[measure_id].entered_u95 if ruler else _scan_u95(measure_id, doubts)
        return Quantity(value + _error(rng, u95, tails), u95, BY_ID[measure_id].unit)

    readings: dict[str, Reading] = dict.fromkeys(IDS, _NOT_TAKEN)
    readings["foot_length"] = read("foot_length", length)
    below = readings["ball_length"] = read("ball_length", ball)
    for ratio in RATIOS:
        if ratio in true and (not ruler or ratio == "arch_height_index" or rng.random() < 0.5):
            height = BY_ID[ratio].from_measures[0]
            above = readings[height] = read(height, true[ratio] * ball)
            readings[ratio] = propagate(lambda a, b: a / b, above, below, unit="ratio")
    sole = rng.random() < 0.8  # some scanners fill it
    for index in (*PRINTS, "rearfoot_angle"):
        if index in true and not ruler and (sole or index == "rearfoot_angle"):
            readings[index] = read(index, true[index])
    return readings


def _scan_u95(measure_id: str, doubts: Mapping[str, float]) -> float:
    weights = table("scan/errors.toml")["weights"][measure_id]
    known = sum(weights[name] * amount for name, amount in doubts.items())
    return math.hypot(known, BY_ID[measure_id].definition_u95, THRESHOLD.get(measure_id, 0.0))


def _error(rng: np.random.Generator, u95: float, tails: float) -> float:
    """An error that lies within ``u95`` 95 times in 100."""
    if tails == 0:
        return float(u95 / COVERAGE * rng.normal())
    return float(u95 * rng.standard_t(tails) / _t95(tails))


@cache
def _t95(tails: float) -> float:
    return float(stats.t.ppf(0.975, tails))
