"""The arch score: several published indices, each with its error, read one hidden arch height.

The model and every number in it stand in `models/posture/`; `jury.toml` says where they come from.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fitter.anatomy.measures import BY_ID
from fitter.measurements import Measurements
from fitter.posture.continuum import band_shares, shrunk, sureness
from fitter.posture.criteria import what_criteria_say
from fitter.posture.posture import NAMED, Agreement, Flatfoot, Posture, PostureClass, Vote
from fitter.quantity import COVERAGE, Missing, Quantity
from fitter.resources import table
from fitter.saying import joined, say

Level = Literal["good", "fair", "poor", "one_index", "not_comparable", "none"]


@dataclass(frozen=True, slots=True)
class IndexReading:
    """One index on its own norm: ``score`` (sd), ``error`` its SD from measuring (sd), and its norm.

    ``common`` is the part of that error that comes from the length under it, in units of the arch: indices
    over the same length share it.
    """

    index: str
    value: Quantity
    score: float
    error: float
    norm: Mapping[str, Any]
    common: float = 0.0


@dataclass(frozen=True, slots=True)
class Doubt:
    """What the scores share beside the arch, as variances in units of the score: by group, and by load."""

    groups: Mapping[str, float]
    load: float


def assess(
    measurements: Measurements, *, body_mass_kg: float | None = None, height_cm: float | None = None
) -> Posture:
    """The arch of one foot on the continuum of standing adults.

    Parameters
    ----------
    measurements: readings of one foot under one load.
    body_mass_kg, height_cm: with both, footprints of heavy people are trusted less (they read flatter).

    Returns
    -------
    Posture whose ``score`` is in standard deviations of adults, higher arch positive.
    """
    norm_load = "standing" if measurements.load == "unknown" else measurements.load
    readings = read_indices(measurements, norm_load)
    if not readings:
        return _nothing_read(measurements, norm_load)
    doubt = _doubt(measurements.load, _heavy(body_mass_kg, height_cm))
    mean, sd = posterior(readings, doubt)
    probabilities = class_probabilities(mean, sd)
    class_, between, reason = _verdict(readings, doubt)
    if class_ in NAMED and _contradicted(class_, readings, doubt):
        class_, between, reason = "cannot_tell", (), _reason("indices_disagree")
    sure = _sure(class_, readings, doubt) if class_ in NAMED else None
    return Posture(
        class_=class_,
        statement=_statement(class_, between, reason, measurements.load),
        score=Quantity(mean, COVERAGE * sd, "sd"),
        probabilities=probabilities if _weighed(reason) else {},
        flatfoot=_flatfoot(probabilities, reason),
        agreement=_agreement(readings),
        indices=tuple(_vote(r, doubt) for r in readings),
        load=norm_load,
        between=between,
        reason=reason,
        criteria=what_criteria_say(measurements, norm_load),
        sureness=sure,
    )


def read_indices(measurements: Measurements, norm_load: str) -> tuple[IndexReading, ...]:
    """Every index that was measured and has a norm for this load, on that norm."""
    found = []
    for norm in table("posture/norms.toml")["norm"]:
        value = measurements.get(norm["index"])
        if norm["load"] == norm_load and value is not None:
            score = norm["sign"] * (value.value - norm["mean"]) / norm["sd"]
            error, common = value.sd / norm["sd"], _common_error(measurements, norm, value)
            found.append(
                IndexReading(norm["index"], value, score, error, norm, min(common, error / norm["loading"]))
            )
    return tuple(found)


def _common_error(measurements: Measurements, norm: Mapping[str, Any], value: Quantity) -> float:
    """SD that the error of the length under a ratio puts on it, in units of the arch; 0 for no ratio."""
    parts = BY_ID[norm["index"]].from_measures
    below = measurements.get(parts[1]) if len(parts) == 2 else None
    if below is None:
        return 0.0
    return float(abs(value.value) * below.sd / below.value / norm["sd"] / norm["loading"])


def posterior(readings: Sequence[IndexReading], doubt: Doubt) -> tuple[float, float]:
    """Mean and SD of the hidden arch height z, prior N(0, 1), in closed form."""
    reading, error = read_together(readings, doubt, np.ones((1, len(readings))))
    return shrunk(float(reading[0]), float(error[0]))


def read_together(
    readings: Sequence[IndexReading], doubt: Doubt, times: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """All readings as one reading of z and its error (SD), without the prior.

    ``times`` (k, n) multiplies the measuring error of each of the n readings; the result is (k,).

    The readings of a group are first put together into one reading of ``z + shared + load``, each by its own
    precision; what the group shares limits how much they can tell; then the groups are put together, and
    last the doubt about the load, which all of them share.

    Ratios over one length err together with it. Of that error, the part that acts on all of them as the arch
    itself would (the least ``common``) is shared; the rest stays each one's own. So every reading keeps its
    variance, no weight can turn negative, and a reading more never widens the interval.
    """
    precision, weighted = np.zeros(len(times)), np.zeros(len(times))
    groups = [r.norm["group"] for r in readings]
    for group in dict.fromkeys(groups):
        members = [i for i, g in enumerate(groups) if g == group]
        loading, score, error, common, own = np.array(
            [
                (r.norm["loading"], r.score, r.error, r.common, _own_variance(r))
                for r in map(readings.__getitem__, members)
            ]
        ).T
        shared = (times[:, members] * common).min(axis=1, keepdims=True) ** 2
        weights = loading / (own + (times[:, members] * error) ** 2 - shared * loading**2)
        inner = (weights * loading).sum(axis=1)
        group_precision = 1.0 / (1.0 / inner + doubt.groups[group] + shared[:, 0])
        precision += group_precision
        weighted += group_precision * (weights * score).sum(axis=1) / inner
    return weighted / precision, np.sqrt(1.0 / precision + doubt.load)


def class_probabilities(mean: float, sd: float) -> dict[str, float]:
    """Probability of each named class, from very low to very high; they sum to 1."""
    return dict(zip(NAMED, band_shares(mean, sd, _cuts()), strict=True))


def _cuts() -> tuple[float, ...]:
    return tuple(table("posture/jury.toml")["cuts"].values())


def _own_variance(r: IndexReading) -> float:
    """Variance of a score round ``loading * (z + shared)`` before measuring: its own, its norm's doubt."""
    shared = table("posture/jury.toml")["shared"][r.norm["group"]]
    own = 1.0 - r.norm["loading"] ** 2 * (1.0 + shared**2)
    # A spread that is off by a share of itself moves the score of a foot one SD out by that share.
    return float(own + r.norm["norm_sd"] ** 2 + r.norm["sd_doubt"] ** 2)


def _doubt(load: str, heavy: bool) -> Doubt:
    jury = table("posture/jury.toml")
    shared = {group: float(sd) ** 2 for group, sd in jury["shared"].items()}
    if heavy:
        shared["print"] = float(jury["heavy"]["print_shared"]) ** 2
    return Doubt(shared, float(jury["load"]["unknown_sd"]) ** 2 if load == "unknown" else 0.0)


def _heavy(body_mass_kg: float | None, height_cm: float | None) -> bool:
    if body_mass_kg is None or height_cm is None:
        return False
    return bool(
        body_mass_kg / (height_cm / 100.0) ** 2 >= table("posture/jury.toml")["heavy"]["body_mass_index"]
    )


def _comparable(readings: Sequence[IndexReading]) -> list[IndexReading]:
    """The readings that can contradict each other: not those of indices that hardly follow the arch or whose
    norm is itself in dispute."""
    bounds = table("posture/jury.toml")["agreement"]
    return [
        r
        for r in readings
        if r.norm["loading"] >= bounds["least_loading"] and r.norm["norm_sd"] <= bounds["most_norm_sd"]
    ]


def _spread(readings: Sequence[IndexReading]) -> float | None:
    """SD of the scores that can be compared; None where there are fewer than two."""
    scores = [r.score for r in _comparable(readings)]
    if len(scores) < 2:
        return None
    mean = math.fsum(scores) / len(scores)
    return math.sqrt(math.fsum((s - mean) ** 2 for s in scores) / (len(scores) - 1))


def _verdict(
    readings: Sequence[IndexReading], doubt: Doubt
) -> tuple[PostureClass, tuple[str, ...], Missing | None]:
    """The class, the two neighbours of a borderline, and why there is none."""
    limits = table("posture/jury.toml")["limits"]
    mean, sd = posterior(readings, doubt)
    spread = _spread(readings)
    if spread is not None and spread > limits["max_spread"]:
        return "cannot_tell", (), _reason("indices_disagree")
    if sd > limits["max_sd"]:
        return "cannot_tell", (), _reason("too_uncertain")
    probabilities = class_probabilities(mean, sd)
    likeliest = max(NAMED, key=lambda name: probabilities[name])
    named = limits["named"]
    if probabilities[likeliest] >= named and _sure(likeliest, readings, doubt) >= named:
        return likeliest, (), None
    pairs = list(itertools.pairwise(NAMED))
    pair = max(pairs, key=lambda two: probabilities[two[0]] + probabilities[two[1]])
    if probabilities[pair[0]] + probabilities[pair[1]] >= limits["between"]:
        return "borderline", pair, None
    return "cannot_tell", (), _reason("not_sure" if probabilities[likeliest] >= named else "spread_out")


# Each measuring error is tried at none, half and all of itself.
_TIMES = (0.0, 0.5, 1.0)


def _sure(class_: str, readings: Sequence[IndexReading], doubt: Doubt) -> float:
    """How sure the program is of a class: the least probability the same readings would give it if any of
    them had been measured better.

    So more error never makes it surer, not even where it takes weight from an index that disagrees: a class
    must hold whichever of the indices is right.
    """
    reading, error = read_together(readings, doubt, _every_time(len(readings)))
    return sureness(NAMED.index(class_), reading, error, _cuts())


@cache
def _every_time(count: int) -> NDArray[np.float64]:
    """All combinations of `_TIMES` for so many readings."""
    return np.array(list(itertools.product(_TIMES, repeat=count)))


def _contradicted(class_: str, readings: Sequence[IndexReading], doubt: Doubt) -> bool:
    """Whether without one of the readings the rest would name a class on the other side of neutral."""
    side = NAMED.index(class_) - NAMED.index("neutral")
    for left_out in readings:
        rest = [r for r in readings if r is not left_out]
        if not rest or side * posterior(rest, doubt)[0] >= 0.0:
            continue
        other = _verdict(rest, doubt)[0]
        if other in NAMED and side * (NAMED.index(other) - NAMED.index("neutral")) < 0:
            return True
    return False


def _weighed(reason: Missing | None) -> bool:
    """Whether the probabilities say something of this foot and not of adults at large."""
    return reason is None or reason.code in ("spread_out", "not_sure")


def _flatfoot(probabilities: Mapping[str, float], reason: Missing | None) -> Flatfoot:
    if not _weighed(reason):
        return Flatfoot("cannot_tell", None)
    limits = table("posture/jury.toml")["limits"]
    very_low = probabilities["very_low_arch"]
    if very_low >= limits["flatfoot_likely"]:
        return Flatfoot("likely", very_low)
    if very_low + probabilities["low_arch"] >= limits["flatfoot_possible"]:
        return Flatfoot("possible", very_low)
    return Flatfoot("unlikely", very_low)


def _vote(r: IndexReading, doubt: Doubt) -> Vote:
    """What this index alone would say."""
    class_, _, _ = _verdict([r], doubt)
    # The spread of a score round the arch it reads: everything but the arch itself.
    beside = doubt.groups[r.norm["group"]] + doubt.load
    around = math.sqrt(_own_variance(r) + r.error**2 + r.norm["loading"] ** 2 * beside)
    source = f"{r.norm['source']} ({r.norm['sure']})"
    return Vote(r.index, r.value, Quantity(r.score, COVERAGE * around, "sd"), class_, source)


def _agreement(readings: Sequence[IndexReading]) -> Agreement:
    jury = table("posture/jury.toml")
    count, spread = len(readings), _spread(readings)
    level: Level
    if spread is None:
        level = ("one_index" if count == 1 else "not_comparable") if count else "none"
    else:
        bounds = jury["agreement"]
        level = "good" if spread < bounds["good"] else "fair" if spread < bounds["fair"] else "poor"
    text = say(jury["agreements"][level], n=count, measures=_compared(readings))
    return Agreement(level, text, spread)


def _compared(readings: Sequence[IndexReading]) -> str:
    """How many measures were compared, and which where it was not all of them."""
    compared, words = _comparable(readings), table("posture/jury.toml")["agreements"]
    names = [BY_ID[r.index].name for r in compared]
    kind = "all_of_them" if len(compared) == len(readings) else "some_of_them"
    return say(words[kind], n=len(compared), all=len(readings), names=joined(", ", names))


def _statement(class_: PostureClass, between: tuple[str, ...], reason: Missing | None, load: str) -> str:
    note = table("posture/jury.toml")["load_notes"].get(load, "")
    return joined(" ", (_sentence(class_, between, reason.text if reason else ""), note))


def posture_sentence(posture: Posture, load: str) -> str:
    """What a posture is called, in one sentence: its statement without the note on the load.

    ``load`` is that of the capture."""
    words, reason = table("posture/jury.toml"), posture.reason
    why = ""
    if reason is not None:
        template = words["reasons"].get(reason.code)
        why = reason.text
        if template is not None:
            why = say(template, load=words["load_words"][load])
    return _sentence(posture.class_, posture.between, why)


def _sentence(class_: PostureClass, between: tuple[str, ...], reason: str) -> str:
    words = table("posture/jury.toml")
    lower, higher = (words["names"][name] for name in between) if between else ("", "")
    return say(words["statements"][class_], lower=lower, higher=higher, reason=reason)


def _nothing_read(measurements: Measurements, norm_load: str) -> Posture:
    """No index could be read: either the load has no norm, or nothing was measured."""
    norms = table("posture/norms.toml")["norm"]
    code = "no_index" if any(n["load"] == norm_load for n in norms) else "no_norm"
    reason = _reason(code, load=table("posture/jury.toml")["load_words"][measurements.load])
    return _untold(reason, norm_load, measurements.load if code == "no_index" else "")


def not_compared(measurements: Measurements, code: str) -> Posture:
    """No class, for a foot that published norms don't speak of: ``code`` is "child" or "maybe_child"."""
    return _untold(_reason(code), measurements.load, "")


def _untold(reason: Missing, norm_load: str, load: str) -> Posture:
    return Posture(
        class_="cannot_tell",
        statement=_statement("cannot_tell", (), reason, load),
        score=None,
        probabilities={},
        flatfoot=Flatfoot("cannot_tell", None),
        agreement=_agreement(()),
        indices=(),
        load=norm_load,
        reason=reason,
    )


def _reason(code: str, **words: str) -> Missing:
    return Missing(code, say(table("posture/jury.toml")["reasons"][code], **words))
