"""Whether the typed measures of one foot go together, and which slip of the hand would explain it if not.

Two steps, both Bayesian (`models/norms/plausibility.toml`). *What goes together*: the survey's joint
distribution of sizes, widened by the error of each reading, by measures it doesn't hold as shares of those
it does, and by people it doesn't hold, of the same proportions at any size. *What else it may be*: each
slip undone (another unit, a digit left out, typed twice or swapped, two fields swapped, or anything else in
one field) is a rival whose likelihood is that of the foot it leads back to. Nothing is ever put right by
itself: a doubt is told, with the likeliest slip as a question.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fitter.anatomy.measures import BY_ID
from fitter.anatomy.norms import CHILDREN, NOBODY, SEXES, Person, Sex
from fitter.quantity import Quantity
from fitter.resources import table
from fitter.saying import N_, begun, joined, say

Kind = Literal["unit", "dropped", "doubled", "swapped", "fields", "other"]
Floats = NDArray[np.float64]

# How each kind is told, after the value it would mean.
WORDS: Mapping[Kind, str] = {
    "unit": "the decimal point or the unit slipped",
    "dropped": "a digit was left out",
    "doubled": "a digit was typed twice",
    "swapped": "two digits changed places",
}
# A second explanation is named when it is at least this share as likely as the first.
_WORTH_NAMING = 0.2


@dataclass(frozen=True, slots=True)
class Slip:
    """One explanation: ``meant`` maps measures to what would have been meant (mm); empty for ``other``.

    ``probability`` is among all explanations, "nothing slipped" included.
    """

    kind: Kind
    measures: tuple[str, ...]
    meant: Mapping[str, float]
    probability: float


@dataclass(frozen=True, slots=True)
class Doubt:
    """Typed measures that hardly go together: the likeliest slip first, and the whole as one sentence.

    ``usual``: where each measure mostly lies (mm) beside the others."""

    slips: tuple[Slip, ...]
    no_slip: float
    text: str
    usual: Mapping[str, tuple[float, float]] = field(default_factory=dict)


# ---------------------------------------------------------------------------------------- what goes together


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """People of one kind: weight, and a t distribution of the logarithms of all `_ORDER`."""

    weight: float
    mean: Floats
    scale: Floats
    freedom: float


_DIGITS = "0123456789"
_SURVEY = ("foot_length", "ball_length", "ball_girth", "ball_breadth", "heel_breadth")
_HANGING = (
    "outer_ball_length",
    "instep_height",
    "navicular_height",
    "medial_malleolus_height",
    "instep_girth",
)
# What can be checked: what the survey holds, and what hangs on it (the rows of plausibility.toml).
CHECKED: tuple[str, ...] = (*_SURVEY, *_HANGING)
# The same of a wet footprint, whose widths are no measures of the foot itself. The narrowest place of its
# middle is not among them: it may be 0, and has a question of its own (`_midfoot_asked`).
CHECKED_PRINTS: tuple[str, ...] = ("print_forefoot_width", "print_heel_width")
_MIDFOOT, _FOREFOOT = "print_midfoot_width", "print_forefoot_width"
_TYPED: tuple[str, ...] = (*CHECKED, *CHECKED_PRINTS)
_ORDER: tuple[str, ...] = (*_TYPED, "stature", "mass")


def groups(norms: Mapping[str, Any], sex: Sex | None) -> tuple[Group, ...]:
    """The people a foot may belong to: of that sex, or of both where it wasn't said; of the survey or not."""
    unlike = table("norms/plausibility.toml")["unlike"]
    sexes = SEXES if sex is None else (sex,)
    power = {"stature": 1.0, "mass": unlike["mass_power"]}
    size = np.array([unlike["size_sd"] * power.get(name, 1.0) for name in _ORDER])
    found = []
    for each in sexes:
        mean, covariance = _all_measures(norms, each)
        freedom = norms[each]["freedom"]
        shrink = (freedom - 2.0) / freedom
        for share, extra in ((1.0 - unlike["share"], 0.0), (unlike["share"], 1.0)):
            scale = shrink * (covariance + extra * np.outer(size, size))
            found.append(Group(share / len(sexes), mean, scale, freedom))
    return tuple(found)


def _all_measures(norms: Mapping[str, Any], sex: str) -> tuple[Floats, Floats]:
    """Mean and covariance of the logarithms of `_ORDER`: the survey's, and those that hang on them."""
    names = list(norms["order"])
    mean = list(norms[sex]["mean_log"])
    covariance = np.array(norms[sex]["covariance_log"])
    for ratio in table("norms/plausibility.toml")["ratio"]:
        at = names.index(ratio["of"])
        variance = (ratio["sd"] / ratio["mean"]) ** 2
        row = covariance[at]
        covariance = np.block([[covariance, row[:, None]], [row[None, :], row[at] + variance]])
        mean.append(mean[at] + math.log(ratio["mean"]))
        names.append(ratio["measure"])
    order = [names.index(name) for name in _ORDER]
    return np.array(mean)[order], covariance[np.ix_(order, order)]


@cache
def _groups(sex: Sex | None) -> tuple[Group, ...]:
    return groups(table("norms/ansur2.toml"), sex)


class _Foot:
    """The typed logarithms of one foot under one group: how likely, and each measure given all others."""

    def __init__(self, group: Group, names: Sequence[str], logs: Floats, relative_sd: Floats) -> None:
        at = [_ORDER.index(name) for name in names]
        scale = group.scale[np.ix_(at, at)] + np.diag(relative_sd**2)
        self._precision = np.linalg.inv(scale)
        self._log_det = float(np.linalg.slogdet(scale)[1])
        self._mean = group.mean[at]
        self.freedom, self.size = group.freedom, len(at)
        d = logs - self._mean
        weighted = self._precision @ d
        own = 1.0 / np.diag(self._precision)
        apart = float(d @ weighted)
        # Each measure given the others: a t of one dimension about `centre`, with `spread`.
        self.centre = logs - weighted * own
        apart_without = np.maximum(apart - weighted**2 * own, 0.0)
        self.spread = np.sqrt(own * (self.freedom + apart_without) / (self.freedom + self.size - 1))
        self.log_others = _log_t(apart_without, self._log_det - np.log(own), self.size - 1, self.freedom)

    def log_joint(self, logs: Floats) -> float:
        d = logs - self._mean
        apart = np.array(float(d @ self._precision @ d))
        return float(_log_t(apart, np.array(self._log_det), self.size, self.freedom))

    def log_given_others(self, i: int, log_value: Floats) -> Floats:
        """log density of measure ``i`` at these logarithms, given the others, times that of the others."""
        z = (log_value - self.centre[i]) / self.spread[i]
        one = _log_t(z**2, np.array(2.0 * math.log(self.spread[i])), 1, self.freedom + self.size - 1)
        found: Floats = one + self.log_others[i]
        return found


def _log_t(apart: Floats, log_det: Floats, size: int, freedom: float) -> Floats:
    """Log density of a t distribution from the squared distance and the scale's log determinant."""
    constant = math.lgamma((freedom + size) / 2) - math.lgamma(freedom / 2)
    constant -= size / 2 * math.log(freedom * math.pi)
    tail = (freedom + size) / 2 * np.log1p(np.asarray(apart) / freedom)
    out: Floats = np.asarray(constant - 0.5 * np.asarray(log_det) - tail)
    return out


# ---------------------------------------------------------------------------------------- what else it may be


def _unslipped(mm: float) -> Iterator[tuple[Kind, float, float]]:
    """Each value (mm) that a slip may have turned into this one: kind, value, log prior.

    In the prior of a digit is that it keeps the resolution of a reading (1 mm); a unit does not.
    """
    facts = table("norms/plausibility.toml")
    slip, factors = facts["slip"], facts["unit"]["factors"]
    for factor in factors:
        yield "unit", mm * factor, math.log(slip["unit"] / len(factors))
    text, unit = _spelling(mm)
    digits = text.replace(".", "")
    tenths = math.log(slip["tenths"]) if "." in text and unit == 1.0 else 0.0
    pairs = [(text[:i], text[i], text[i + 1], text[i + 2 :]) for i in range(len(text) - 1)]
    meant_by: tuple[tuple[Kind, list[str], int], ...] = (
        # Each digit of what was meant is as likely to be left out, typed twice or swapped as any other.
        (
            "dropped",
            [text[:i] + d + text[i:] for i in range(len(text) + 1) for d in _DIGITS],
            len(digits) + 1,
        ),
        ("doubled", [a + x + b for a, x, y, b in pairs if x == y], max(len(digits) - 1, 1)),
        ("swapped", [a + y + x + b for a, x, y, b in pairs if x != y and "." not in x + y], len(pairs) or 1),
    )
    for kind, texts, ways in meant_by:
        for meant in set(texts):
            value = float(meant) * unit
            if value > 0 and not re.match(r"0\d", meant):
                yield kind, value, math.log(slip[kind] / ways * mm / value) + tenths


def _spelling(mm: float) -> tuple[str, float]:
    """How the number was written, and the unit it was written in (mm): digits only make sense there."""
    for unit, decimals in ((1.0, 1), (25.4, 3)):
        text = f"{mm / unit:.{decimals}f}"
        if abs(float(text) * unit - mm) < 1e-6:
            return text.rstrip("0").rstrip("."), unit
    return f"{mm:.1f}", 1.0


def _explained(
    values: Mapping[str, Quantity], person: Person, people: Sequence[Group], only: str | None = None
) -> tuple[float, list[Slip], dict[str, tuple[float, float]]]:
    """P(nothing slipped), every slip by falling probability, each measure's usual range by the others (mm).

    ``only``: this value is known to be wrong (no foot has it), so that slips of it alone are asked for.
    """
    facts = table("norms/plausibility.toml")
    ids = list(values)
    names, logs, relative_sd = _observed(values, person)
    feet = [_Foot(g, names, logs, relative_sd) for g in people]
    weights = np.log([g.weight for g in people])

    def mixed(each: Sequence[Floats]) -> Floats:
        stacked = np.array([w + e for w, e in zip(weights, each, strict=True)])
        out: Floats = np.logaddexp.reduce(stacked, axis=0)
        return out

    whole = float(mixed([np.array(f.log_joint(logs)) for f in feet]))
    rivals: list[tuple[Kind, tuple[str, ...], Mapping[str, float], float]] = []
    for i, measure_id in enumerate(ids):
        if only not in (None, measure_id):
            continue
        low, high = BY_ID[measure_id].plausible
        ways = [w for w in _unslipped(values[measure_id].value) if low <= w[1] <= high]
        if ways:
            likely = mixed([f.log_given_others(i, np.log([w[1] for w in ways])) for f in feet])
            rivals += [
                (kind, (measure_id,), {measure_id: meant}, prior + float(p))
                for (kind, meant, prior), p in zip(ways, likely, strict=True)
            ]
        others = float(mixed([f.log_others[i] for f in feet]))
        anything = math.log(facts["slip"]["other"] / math.log(high / low))
        rivals.append(("other", (measure_id,), {}, others + anything))
    for a, b in combinations(range(len(ids)), 2) if only is None else ():
        meant = {ids[a]: values[ids[b]].value, ids[b]: values[ids[a]].value}
        if all(BY_ID[k].plausible[0] <= v <= BY_ID[k].plausible[1] for k, v in meant.items()):
            other_way = logs.copy()
            other_way[[a, b]] = logs[[b, a]]
            likely = mixed([np.array(f.log_joint(other_way)) for f in feet])
            prior = math.log(facts["slip"]["fields"])
            rivals.append(("fields", (ids[a], ids[b]), meant, prior + float(likely)))
    if only is not None:
        whole = -math.inf
        rivals += _elsewhere(only, values[only].value, people)
    total = float(np.logaddexp.reduce([whole, *(r[3] for r in rivals)]))
    slips = [Slip(kind, who, meant, math.exp(p - total)) for kind, who, meant, p in rivals]
    best = feet[int(np.argmax([w + f.log_joint(logs) for w, f in zip(weights, feet, strict=True)]))]
    usual = {
        name: (math.exp(best.centre[i] - 2 * best.spread[i]), math.exp(best.centre[i] + 2 * best.spread[i]))
        for i, name in enumerate(ids)
    }
    return math.exp(whole - total), sorted(slips, key=lambda s: -s.probability), usual


def _elsewhere(
    measure_id: str, mm: float, people: Sequence[Group]
) -> Iterator[tuple[Kind, tuple[str, ...], Mapping[str, float], float]]:
    """A value no foot has here, as another measure's: that measure, and log prior times likelihood."""
    prior = math.log(table("norms/plausibility.toml")["slip"]["fields"])
    for i, other in enumerate(CHECKED):
        low, high = BY_ID[other].plausible
        if other != measure_id and low <= mm <= high:
            likely = [
                math.log(g.weight)
                + float(
                    _log_t(
                        np.array((math.log(mm) - g.mean[i]) ** 2 / g.scale[i, i]),
                        np.log(g.scale[i, i]),
                        1,
                        g.freedom,
                    )
                )
                for g in people
            ]
            yield "fields", (measure_id, other), {other: mm}, prior + float(np.logaddexp.reduce(likely))


def _observed(values: Mapping[str, Quantity], person: Person) -> tuple[list[str], Floats, Floats]:
    """Names, logarithms and relative standard errors of what is known of a foot and its person."""
    known = {"stature": person.stature_mm, "mass": person.mass_kg}
    body = {name: value for name, value in known.items() if value}
    logs = [math.log(q.value) for q in values.values()] + [math.log(v) for v in body.values()]
    errors = [q.sd / q.value for q in values.values()] + [0.0] * len(body)
    return [*values, *body], np.array(logs), np.array(errors)


# ---------------------------------------------------------------------------------------- what is told


def doubt(
    values: Mapping[str, Quantity], person: Person = NOBODY, *, people: Sequence[Group] | None = None
) -> Doubt | None:
    """What is improbable about these typed measures (mm) of one foot, or None; only those `CHECKED` count,
    and the widths of a wet footprint.

    Children are never doubted: the survey holds none.
    """
    if person.age_band == CHILDREN:
        return None
    asked = _midfoot_asked(values)
    values = {name: q for name, q in values.items() if name in _TYPED}
    if not values:
        return Doubt((), 1.0, asked) if asked else None
    no_slip, slips, usual = _explained(values, person, people or _groups(person.sex))
    if no_slip >= table("norms/plausibility.toml")["doubt"]["below"]:
        return Doubt((), no_slip, asked) if asked else None
    merged = _merged(slips)
    built = person.stature_mm is not None or person.mass_kg is not None
    told = _told(merged, values, usual, built)
    return Doubt(tuple(merged), no_slip, f"{told.rstrip('?.')}; {asked}" if asked else told, usual)


def print_doubt(values: Mapping[str, Quantity], person: Person = NOBODY) -> str:
    """What is improbable about the widths of a wet footprint, alone and beside the foot's other typed
    measures; empty where nothing is, or where the other measures are in doubt without them."""
    of_foot = {name: q for name, q in values.items() if not name.startswith("print_")}
    whole = doubt(values, person) if len(of_foot) < len(values) else None
    without = doubt(of_foot, person) if whole else None
    return whole.text if whole and without is None else _midfoot_asked(values) if whole else ""


def _midfoot_asked(values: Mapping[str, Quantity]) -> str:
    """Whether so narrow a middle of a footprint was typed in cm; empty where it can't have been.

    0 is a print that is parted, and as many cm as were typed must be narrower than the ball of the print.
    """
    middle, ball = values.get(_MIDFOOT), values.get(_FOREFOOT)
    below = table("norms/plausibility.toml")["print_midfoot"]["ask_below"]
    widest = ball.value if ball else BY_ID[_FOREFOOT].plausible[1]
    if middle is None or not 0 < middle.value < below or 10 * middle.value >= widest:
        return ""
    mm = _plain(middle.value)
    named = _named(_MIDFOOT, middle.value)
    return say(
        "{named} is rarely so narrow without being parted: is it {mm} mm, or {mm} cm?", named=named, mm=mm
    )


def _merged(slips: Sequence[Slip]) -> list[Slip]:
    """One slip a kind and field, with its likeliest value and the probability of all of them."""
    found: dict[tuple[Kind, tuple[str, ...]], Slip] = {}
    for s in slips:  # likeliest first
        key = (s.kind, s.measures)
        first = found.get(key, Slip(s.kind, s.measures, s.meant, 0.0))
        found[key] = Slip(s.kind, s.measures, first.meant, first.probability + s.probability)
    return sorted(found.values(), key=lambda s: -s.probability)


def _told(
    slips: Sequence[Slip],
    values: Mapping[str, Quantity],
    usual: Mapping[str, tuple[float, float]],
    built: bool,
) -> str:
    """The doubt as a sentence; ``built`` where height or weight, which may be wrong as well, are known."""
    again = ", and check height and weight" if built else ""
    first = slips[0]
    if first.kind == "fields":
        names = joined(N_(" and "), (_named(i, values[i].value) for i in first.measures))
        return say("{names} hardly go together: were the two typed into each other's field?", names=names)
    blamed = first.measures[0]
    low, high = usual[blamed]
    alone = "for an adult of this build" if built else "for an adult"
    beside = "beside the other measures" if len(values) > 1 else alone
    head = say(
        "{blamed} is improbable {beside} (usually {low:.0f} to {high:.0f} mm)",
        blamed=_named(blamed, values[blamed].value),
        beside=beside,
        low=low,
        high=high,
    )
    rivals = {s.measures for s in slips if s.probability > 0.5 * first.probability}
    if first.kind == "other" and len(rivals) > 1:
        pair = joined(N_(" and "), (_named(i[0], values[i[0]].value) for i in sorted(rivals)[:2]))
        return say("{pair} hardly go together: measure both again{again}", pair=pair, again=again)
    asked = question([s for s in slips if s.measures == (blamed,)])
    return (
        joined(": ", (head, begun(asked, small=True)))
        if asked
        else say("{head}: measure it again{again}", head=head, again=again)
    )


def _named(measure_id: str, mm: float) -> str:
    return say("{name} {mm} mm", name=BY_ID[measure_id].name.lower(), mm=_plain(mm))


def question(slips: Sequence[Slip], unit: str = "mm", factor: float = 1.0) -> str:
    """The likeliest explanations of one value as a question; empty where there is none."""
    told = [s for s in slips if s.meant]
    if not told or slips[0].kind == "other":
        return ""
    likely = [s for s in told if s.probability >= _WORTH_NAMING * told[0].probability][:2]
    first, *second = (_meaning(s, unit, factor) for s in likely)
    if not second:
        return say("{asked}?", asked=begun(first))
    return say("{asked}, or {other}?", asked=begun(first), other=second[0])


def _meaning(slip: Slip, unit: str, factor: float) -> str:
    ((measure_id, meant),) = slip.meant.items()
    if slip.kind == "fields":
        return say("is this the {name}, typed into the wrong field", name=BY_ID[measure_id].name.lower())
    return say(
        "did you mean {meant} {unit} ({words})",
        meant=_plain(meant / factor),
        unit=unit,
        words=WORDS[slip.kind],
    )


def _plain(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def proposal(
    measure_id: str, mm: float, unit: str = "mm", factor: float = 1.0, person: Person = NOBODY
) -> str:
    """What a person may have meant by a value no foot has, as a question in their unit; empty if unknown."""
    return question(explanations(measure_id, mm, person), unit, factor)


def explanations(
    measure_id: str, mm: float, person: Person = NOBODY, *, people: Sequence[Group] | None = None
) -> list[Slip]:
    """The slips that may have made this impossible value (mm) of one measure, the likeliest first."""
    if measure_id not in _TYPED or not 0.0 < mm < 1e7:
        return []
    values = {measure_id: Quantity(mm, 0.0, "mm")}
    _, slips, _ = _explained(values, person, people or _groups(person.sex), only=measure_id)
    return [s for s in _merged(slips) if s.kind != "other"]


def contradiction(values: Mapping[str, Quantity], pair: Sequence[str]) -> str:
    """What may have happened where these two measures contradict each other, as a question; or empty."""
    checked = {name: q for name, q in values.items() if name in _TYPED}
    _, slips, _ = _explained(checked, NOBODY, _groups(None)) if checked else (0.0, [], {})
    merged = [s for s in _merged(slips) if set(s.measures) & set(pair)]
    if merged and merged[0].kind == "fields":
        names = joined(N_(" and "), (BY_ID[i].name.lower() for i in merged[0].measures))
        return say("Were {names} typed into each other's field?", names=names)
    asked = question([s for s in merged if s.measures == merged[0].measures]) if merged else ""
    return joined(": ", (BY_ID[merged[0].measures[0]].name, begun(asked, small=True))) if asked else ""
