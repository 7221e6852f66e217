"""How much an arch gives: the same foot sitting and standing. Beliefs: `models/posture/pairs.toml`.

Not the navicular drop of the literature, which starts from a position that a sitting capture doesn't show.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from fitter.anatomy.measures import BY_ID
from fitter.measurements import NEEDS_TWO_LOADS, Measurements
from fitter.posture.continuum import band_shares, shrunk, sureness
from fitter.quantity import COVERAGE, Missing, Quantity, Reading, propagate
from fitter.resources import table
from fitter.saying import say
from fitter.terms import Source

FlexibilityClass = Literal["stiff", "typical", "flexible", "cannot_tell"]
PAIR_IDS = ("arch_drop", "arch_rigidity_index", "arch_height_flexibility")
BASIS = "sitting capture"


@dataclass(frozen=True, slots=True)
class Flexibility:
    """How much an arch gives under load, among adults.

    ``score`` is in SD of adults, more flexible positive; ``measure`` names the measure of the pair it was
    read from. ``probabilities`` of stiff, typical and flexible sum to 1, and are empty where too little is
    known.
    """

    class_: FlexibilityClass
    statement: str
    score: Quantity | None
    probabilities: Mapping[str, float]
    measure: str
    source: str
    reason: Missing | None = None


# ------------------------------------------------------------------------------------- the measures of a pair


def pair_readings(
    sitting: Measurements, standing: Measurements, body_mass_kg: float | None = None
) -> dict[str, Reading]:
    """The measures of one foot captured under two loads; what both share of their error falls out."""
    if sitting.side != standing.side:
        raise ValueError("a pair is two captures of one foot")
    drop = _drop(sitting, standing)
    return {
        "arch_drop": drop,
        "arch_rigidity_index": _rigidity(sitting, standing),
        "arch_height_flexibility": _flexibility(drop, body_mass_kg),
    }


def with_pair(standing: Measurements, readings: Mapping[str, Reading]) -> Measurements:
    """The standing capture with the measures that need its sitting counterpart."""
    return replace(standing, readings=dict(standing.readings) | dict(readings))


def standing_apart(sitting: Measurements) -> Measurements:
    """The sitting capture, which says where the measures of its pair stand."""
    there = Missing("with_standing_capture", "Stands with the standing capture of this foot.")
    return replace(sitting, readings=dict(sitting.readings) | dict.fromkeys(PAIR_IDS, there))


def shared_variance(a: Quantity, b: Quantity, sources: tuple[Source, Source], captures: str) -> float:
    """What two readings share of their error (variance of its 95 % bound): see ``[shared]`` in pairs.toml."""
    if sources[0] != sources[1]:
        return 0.0
    share = table("posture/pairs.toml")["shared"][captures][sources[0]]
    return float(share * min(_of_definition(a), _of_definition(b)))


def _of_definition(q: Quantity) -> float:
    """Square of the part of ``u95`` that doesn't come from the capture itself."""
    return q.u95**2 - (q.known_u95 or 0.0) ** 2


def difference(
    a: Quantity, b: Quantity, sources: tuple[Source, Source], captures: str, basis: str = ""
) -> Quantity:
    """``a - b`` of two captures; the error that both share falls out of it."""
    u95 = math.sqrt(a.u95**2 + b.u95**2 - 2.0 * shared_variance(a, b, sources, captures))
    known = None
    if a.known_u95 is not None and b.known_u95 is not None:
        known = math.hypot(a.known_u95, b.known_u95)
    return Quantity(a.value - b.value, u95, a.unit, known, basis)


def _drop(sitting: Measurements, standing: Measurements) -> Reading:
    high, low = _both("instep_height", sitting, standing)
    if not isinstance(high, Quantity) or not isinstance(low, Quantity):
        return high if isinstance(high, Missing) else cast(Missing, low)
    return difference(high, low, (sitting.source, standing.source), "one_foot", BASIS)


def _rigidity(sitting: Measurements, standing: Measurements) -> Reading:
    ball = standing.get("ball_length")
    if sitting.get("arch_height_index") is None and sitting.get("ball_length") is None and ball is not None:
        return _rigidity_of_heights(sitting, standing, ball)
    below, above = _both("arch_height_index", sitting, standing)
    if not isinstance(below, Quantity) or not isinstance(above, Quantity):
        return below if isinstance(below, Missing) else cast(Missing, above)
    # A ratio errs as the difference of its parts in units of each, to first order.
    parts = (_relative(above), _relative(below))
    change = difference(*parts, (standing.source, sitting.source), "one_foot")
    ratio = above.value / below.value
    known = None if change.known_u95 is None else ratio * change.known_u95
    return Quantity(ratio, ratio * change.u95, "ratio", known, BASIS)


def _rigidity_of_heights(sitting: Measurements, standing: Measurements, ball: Quantity) -> Reading:
    """The index of two instep heights over the one ball length that was measured: their ratio."""
    below, above = _both("instep_height", sitting, standing)
    if not isinstance(below, Quantity) or not isinstance(above, Quantity):
        return below if isinstance(below, Missing) else cast(Missing, above)
    about = table("posture/pairs.toml")["rigidity"]
    parts = (_relative(above), _relative(below))
    change = difference(*parts, (standing.source, sitting.source), "one_foot")
    ratio = above.value / below.value
    u95 = ratio * math.hypot(change.u95, about["ball_length_u95"] / ball.value)
    known = None if change.known_u95 is None else ratio * change.known_u95
    return Quantity(ratio, u95, "ratio", known, about["basis"])


def _relative(q: Quantity) -> Quantity:
    known = None if q.known_u95 is None else q.known_u95 / q.value
    return Quantity(1.0, q.u95 / q.value, "ratio", known)


def _flexibility(drop: Reading, body_mass_kg: float | None) -> Reading:
    load = table("posture/pairs.toml")["load"]
    if isinstance(drop, Missing):
        return drop
    if body_mass_kg is None:
        return Missing("needs_body_mass", table("posture/pairs.toml")["reasons"]["needs_body_mass"])
    change = Quantity(load["change"], load["change_u95"], "ratio")
    mass = Quantity(body_mass_kg, load["body_mass_u95"], "kg")

    gravity = float(load["gravity"])

    def per_kilonewton(mm: float, share: float, kg: float) -> float:
        return mm / (share * kg * gravity / 1000.0)

    return replace(propagate(per_kilonewton, drop, change, mass, unit="mm/kN"), basis=BASIS)


def _both(measure_id: str, sitting: Measurements, standing: Measurements) -> tuple[Reading, Reading]:
    """A measure of both captures; where one lacks it, why."""
    found: list[Reading] = []
    for m in (sitting, standing):
        reading = m.readings[measure_id]
        if isinstance(reading, Missing):
            name = BY_ID[measure_id].name.lower()
            reading = Missing(
                reading.code,
                say("The {load} capture lacks its {name}. {text}", load=m.load, name=name, text=reading.text),
            )
        found.append(reading)
    return found[0], found[1]


# ------------------------------------------------------------------------------------- stiff or flexible


def flexibility(standing: Measurements) -> Flexibility | None:
    """How much this foot gives, from the measures of its pair; None where it was not paired."""
    if standing.load != "standing" or standing.readings["arch_drop"] == NEEDS_TWO_LOADS:
        return None
    if impossible_drop(standing):
        reason = _reason("impossible")
        return Flexibility(
            "cannot_tell", _statement("cannot_tell", standing.side, reason), None, {}, "", "", reason
        )
    for norm in table("posture/pairs.toml")["norm"]:
        change = standing.get(norm["measure"])
        if change is not None:
            return _placed(change, norm, standing.side)
    reason = _reason("no_change")
    return Flexibility(
        "cannot_tell", _statement("cannot_tell", standing.side, reason), None, {}, "", "", reason
    )


def impossible_drop(standing: Measurements) -> Literal["higher_standing", "too_large"] | None:
    """How the heights of a pair contradict each other, where they do: a slip, no finding about a foot."""
    drop = standing.get("arch_drop")
    if drop is not None and drop.high < 0.0:
        return "higher_standing"
    about = table("posture/pairs.toml")
    # A heavy foot drops further and a light one less: only what is too much by every measure is impossible.
    known = [(q.value, norm) for norm in about["norm"] if (q := standing.get(norm["measure"])) is not None]
    most = about["plausible"]["drop_sds"]
    too_large = known and all(value > n["mean"] + most * n["sd"] for value, n in known)
    return "too_large" if too_large else None


def _placed(change: Quantity, norm: Mapping[str, Any], side: str) -> Flexibility:
    about = table("posture/pairs.toml")["flexibility"]
    error = math.hypot(change.sd / norm["sd"], norm["norm_sd"])
    reading = (change.value - norm["mean"]) / norm["sd"]
    mean, sd = shrunk(reading, error)
    shares = band_shares(mean, sd, about["cuts"])
    likeliest = max(range(len(shares)), key=shares.__getitem__)
    class_: FlexibilityClass = "cannot_tell"
    reason = None
    if sd > about["max_sd"]:
        reason = _reason("too_uncertain")
    elif sureness(likeliest, reading, error, about["cuts"]) >= about["named"]:
        class_ = about["classes"][likeliest]
    else:
        one, other = max(
            itertools.pairwise(range(len(shares))), key=lambda two: shares[two[0]] + shares[two[1]]
        )
        reason = _reason("spread_out", one=about["classes"][one], other=about["classes"][other])
    told = reason is None or reason.code == "spread_out"
    return Flexibility(
        class_,
        _statement(class_, side, reason),
        Quantity(mean, COVERAGE * sd, "sd"),
        dict(zip(about["classes"], shares, strict=True)) if told else {},
        norm["measure"],
        f"{norm['source']} ({norm['sure']})",
        reason,
    )


def _statement(class_: str, side: str, reason: Missing | None) -> str:
    text: str = table("posture/pairs.toml")["statements"][class_]
    return say(text, side=side, reason=reason.text if reason else "")


def _reason(code: str, **words: str) -> Missing:
    return Missing(code, say(table("posture/pairs.toml")["reasons"][code], **words))
