"""Which rows of the rules fired for a foot, and the nearest change of an input that would fire another."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fitter.answers import Answers
from fitter.measurements import Measurements
from fitter.posture.posture import Posture
from fitter.quantity import Reading
from fitter.support.rule_set import RuleSet, Where, rows_of, the_rule, with_derived
from fitter.support.rules import answered
from fitter.support.support import Parameter, SupportProfile

# How far a change is: one word on an axis counts as much as this many kg, or one SD of the arch score.
_KG = 10.0
_NOT_TOLD = ("unknown", "cannot_tell")
Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of inputs in words, the row that would then answer, and what with (None where a measure is
    missing for it)."""

    words: str
    rule: str
    becomes: Parameter | None


@dataclass(frozen=True, slots=True)
class Fired:
    """A parameter as a profile gives it (None where it waits for a measure), the row that answered, what the
    row names of the inputs, and the nearest change that another row would answer; None where none would."""

    id: str
    name: str
    given: Parameter | None
    rule: str
    because: str
    nearest: Change | None


@dataclass(frozen=True, slots=True)
class _Foot:
    measurements: Measurements
    posture: Posture
    answers: Answers | None
    highest: Reading | None


def explain(
    support: SupportProfile,
    measurements: Measurements,
    posture: Posture,
    answers: Answers | None,
    highest: Reading | None,
    rules: RuleSet,
    translate: Translate = str,
) -> tuple[Fired, ...]:
    """Every parameter of a foot's profile with its row and the nearest other one, the change that leads to it
    in words that went through ``translate``."""
    tree, foot = rules.tree, _Foot(measurements, posture, answers, highest)
    given = {p.id: p for p in support.parameters}
    refused = {o.id for o in support.strategies if o.refused}
    found = []
    for p in tree["parameter"]:
        rule = the_rule(tree, p["id"], support.inputs)
        named = {axis: word for axis, word in support.inputs.items() if axis in rule}
        because = ", ".join(f"{tree['axis_names'][axis]} {plainly(word)}" for axis, word in named.items())
        nearest = _nearest(tree, p, rule["id"], support.inputs, foot, refused, translate)
        found.append(Fired(p["id"], p["name"], given.get(p["id"]), rule["id"], because, nearest))
    return tuple(found)


def _nearest(
    tree: Mapping[str, Any],
    parameter: Mapping[str, Any],
    fired: str,
    where: Where,
    foot: _Foot,
    refused: set[str],
    _: Translate,
) -> Change | None:
    axes = _axes_that_matter(tree, parameter["id"])
    changes = [
        (axis, word)
        for axis in axes
        for word in tree["axes"][axis]
        if word != where[axis] and word not in _NOT_TOLD and not (axis == "strategy" and word in refused)
    ]
    for count in (1, 2):
        best: tuple[float, tuple[tuple[str, str], ...], str] | None = None
        for moved in itertools.combinations(changes, count):
            if len({axis for axis, _ in moved}) < count:
                continue
            there = with_derived(tree, {**where, **dict(moved)})
            rule = the_rule(tree, parameter["id"], there)["id"]
            far = sum(_distance(tree, axis, where[axis], word, foot) for axis, word in moved)
            if rule != fired and (best is None or far < best[0]):
                best = far, moved, rule
        if best is not None:
            moved, rule = best[1:]
            row = next(r for r in tree["rule"] if r["id"] == rule)
            words = _(" and ").join(_said(tree, axis, where[axis], word, foot, _) for axis, word in moved)
            becomes = answered(tree, parameter, row, foot.measurements, foot.posture, foot.highest)
            return Change(words, rule, becomes)
    return None


def _axes_that_matter(tree: Mapping[str, Any], parameter_id: str) -> list[str]:
    """The axes that the rows of a parameter name, and those beneath a derived one."""

    def named(id_: str) -> Iterator[str]:
        for axis in tree["axes"]:
            if any(axis in r for r in rows_of(tree, id_)):
                if axis in tree["derived"]:
                    yield from named(tree["derived"][axis])
                else:
                    yield axis

    return [*dict.fromkeys(named(parameter_id))]


def _distance(tree: Mapping[str, Any], axis: str, here: str, there: str, foot: _Foot) -> float:
    mass, score = _mass(foot), _score(foot)
    if axis == "body_mass" and mass is not None:
        return abs(_mass_edge(tree, mass, there) - mass) / _KG
    if axis == "posture" and score is not None and here not in _NOT_TOLD:
        return abs(_score_edge(tree, here, there) - score)
    if axis == "posture" and here not in _NOT_TOLD:
        order = tree["axes"]["posture"]
        return float(abs(order.index(there) - order.index(here)))
    return 1.0


def _said(tree: Mapping[str, Any], axis: str, here: str, there: str, foot: _Foot, _: Translate) -> str:
    mass, score = _mass(foot), _score(foot)
    if axis == "body_mass" and mass is not None:
        edge = _mass_edge(tree, mass, there)
        told = {"edge": f"{edge:g}", "mass": f"{mass:g}"}
        if edge > mass:
            return _("a body mass of {edge} kg or more ({mass} kg told)").format(**told)
        return _("a body mass below {edge} kg ({mass} kg told)").format(**told)
    if axis == "posture" and score is not None and here not in _NOT_TOLD:
        edge = _score_edge(tree, here, there)
        order = tree["axes"]["posture"]
        told = {"edge": f"{edge:+g}", "score": f"{score:+.1f}", "arch": _(plainly(there))}
        if order.index(there) > order.index(here):
            return _("an arch score above {edge} SD ({score} now; {arch})").format(**told)
        return _("an arch score below {edge} SD ({score} now; {arch})").format(**told)
    told = {"what": _(tree["axis_names"][axis]), "there": _(plainly(there)), "here": _(plainly(here))}
    if here in _NOT_TOLD:
        return _("{what}: {there}, if it were known").format(**told)
    return _("{what}: {there} instead of {here}").format(**told)


def plainly(word: str) -> str:
    """A word of the table for people: "75 to 100 kg", "very low arch"."""
    kilograms = " kg" if any(letter.isdigit() for letter in word) else ""
    return word.replace("_", " ") + kilograms


def _mass(foot: _Foot) -> float | None:
    told = foot.answers.get("body_mass_kg") if foot.answers else None
    return float(told) if told is not None else None


def _score(foot: _Foot) -> float | None:
    return foot.posture.score.value if foot.posture.score is not None else None


def _mass_edge(tree: Mapping[str, Any], mass: float, band: str) -> float:
    """The end of a band of body mass that is nearer."""
    starts = sorted(tree["body_mass_from"].values())
    start = tree["body_mass_from"][band]
    if start > mass:
        return float(start)
    return float(starts[starts.index(start) + 1])


def _score_edge(tree: Mapping[str, Any], here: str, there: str) -> float:
    """The arch score at which a class is entered on the way from another."""
    order, cuts = tree["axes"]["posture"][:5], tree["arch_score"]["cuts"]
    at = order.index(there)
    return float(cuts[at - 1] if at > order.index(here) else cuts[at])
