"""What follows from settings of the support profile that a person changed.

A stiffer shell set by hand is a thicker one, by the same rules that made the profile: what hangs on a changed
setting is answered again, marked as following from it, and goes back with it. Two ways of saying one thing
(`models/support/together.toml`) never contradict each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from fitter.errors import FitterError
from fitter.measurements import Measurements
from fitter.posture.posture import Posture
from fitter.quantity import Reading
from fitter.resources import table
from fitter.saying import say
from fitter.support.rule_set import RuleSet, applies, rows_of, the_rule, within
from fitter.support.rules import answered
from fitter.support.support import Override, Parameter, SupportProfile

_HALF_STEP = 0.05  # mm and % are given to a tenth


@dataclass(frozen=True, slots=True)
class Footing:
    """What rules need of a foot to answer again: its measures, its posture, the highest arch it holds at
    rest, and the rules its profile was made by."""

    measurements: Measurements
    posture: Posture | None
    highest: Reading | None
    rules: RuleSet


def by_hand(p: Parameter) -> bool:
    """Whether a person set this very parameter."""
    return p.override is not None and not p.override.follows


def as_ruled(p: Parameter) -> Parameter:
    """The parameter as its rule gave it."""
    was = p.override
    return p if was is None else replace(p, value=was.value, low=was.low, high=was.high, override=None)


def settled(support: SupportProfile, footing: Footing) -> SupportProfile:
    """The profile with everything that follows from what stands by hand in it, and nothing that followed
    from what no longer does.

    Raises FitterError where rules are needed and these are not the profile's, and where what follows would
    leave its bounds.
    """
    known = {p.id: p if by_hand(p) else as_ruled(p) for p in support.parameters}
    for source in [p for p in known.values() if by_hand(p)]:
        followers = (
            *_derived(source, known, support, footing),
            *_same_thing(source, known, support, footing),
        )
        for p, value, low, high, why in followers:
            if (value, low, high) != (p.value, p.low, p.high):
                assert source.override is not None
                mark = Override(p.value, p.low, p.high, why, source.override.by, source.id)
                known[p.id] = replace(p, value=value, low=low, high=high, override=mark)
    return replace(support, parameters=tuple(known.values()))


def giving_way(support: SupportProfile, changed: str, footing: Footing) -> SupportProfile:
    """The profile in which what a person set earlier, and what was set now contradicts, is no longer set."""
    known = {p.id: p for p in support.parameters}
    for pair, agree in _pairs(footing):
        if changed not in pair or any(i not in known for i in pair):
            continue
        other = known[pair[1 - pair.index(changed)]]
        if by_hand(other) and not agree(known[pair[0]].value, known[pair[1]].value):
            known[other.id] = as_ruled(other)
    return replace(support, parameters=tuple(known.values()))


_Followed = tuple[Parameter, float | str, float | None, float | None, str]


def _derived(
    source: Parameter, known: Mapping[str, Parameter], support: SupportProfile, footing: Footing
) -> Iterator[_Followed]:
    """What the rules answer where the axis that this parameter makes is what a person set."""
    tree = footing.rules.tree
    for axis in (axis for axis, of in tree["derived"].items() if of == source.id):
        hanging = [p for p in known.values() if any(axis in row for row in rows_of(tree, p.id))]
        if hanging and footing.rules.name != support.rule_set:
            raise FitterError(
                say(
                    "was made by {rule_set}, and the rules here are {name}: what follows from {id} can't "
                    "be told",
                    rule_set=support.rule_set,
                    name=footing.rules.name,
                    id=source.id,
                ),
                todo="Name the rules it was made by with --rules, or make the profile again",
                code="other_rules",
            )
        for p in hanging:
            if by_hand(p):
                continue
            rule = the_rule(tree, p.id, {**support.inputs, axis: str(source.value)})
            parameter = next(row for row in tree["parameter"] if row["id"] == p.id)
            found = answered(tree, parameter, rule, footing.measurements, footing.posture, footing.highest)
            if found is not None:
                yield p, found.value, found.low, found.high, found.reason


def _same_thing(
    source: Parameter, known: Mapping[str, Parameter], support: SupportProfile, footing: Footing
) -> Iterator[_Followed]:
    """The other way of saying what a person set."""
    together = table("support/together.toml")
    for row in together["same_place"]:
        other = known.get(row["percent"] if source.id == row["mm"] else row["mm"])
        of = footing.measurements.get(row["of"])
        if source.id in (row["mm"], row["percent"]) and other and not by_hand(other) and of is not None:
            share = 100.0 / of.value if source.id == row["mm"] else of.value / 100.0
            yield _moved(other, round(float(source.value) * share, 1), "The same place, told the other way.")
    for row in together["thing"]:
        word, amount = known.get(row["word"]), known.get(row["amount"])
        if word is None or amount is None:
            continue
        if source is word and not by_hand(amount):
            if source.value == row["none"]:
                yield amount, 0.0, 0.0, 0.0, "There is none."
            elif float(amount.value) == 0.0:
                yield from _some(row, amount, support, footing)
        if source is amount and not by_hand(word):
            some = row["some"] if float(source.value) > 0.0 else row["none"]
            yield word, some, None, None, "As its height says."


def _some(
    row: Mapping[str, Any], amount: Parameter, support: SupportProfile, footing: Footing
) -> Iterator[_Followed]:
    """How much the rules give of a thing to those who get it, elsewhere standing where this foot stands."""
    tree = footing.rules.tree
    elsewhere = {axis: word for axis, word in support.inputs.items() if axis != row["axis"]}
    rules = [r for r in rows_of(tree, amount.id) if applies(r, elsewhere) and r.get("value", 0.0) > 0.0]
    parameter = next(p for p in tree["parameter"] if p["id"] == amount.id)
    for rule in rules[:1]:
        found = answered(tree, parameter, rule, footing.measurements, footing.posture, footing.highest)
        if found is not None:
            yield amount, found.value, found.low, found.high, found.reason


def _moved(p: Parameter, value: float, why: str) -> _Followed:
    """A number with its range moved along; refused where it leaves the bounds of the shipped table."""
    rows: list[Mapping[str, Any]] = table("support/rules.toml")["parameter"]
    bounds = next((row for row in rows if row["id"] == p.id), {})
    lowest, highest = float(bounds.get("low", value)), float(bounds.get("high", value))
    if not lowest <= value <= highest:
        raise FitterError(
            say(
                "with it {id} would be {value:g} {unit}, which leaves the bounds of the rule table",
                id=p.id,
                value=value,
                unit=p.unit,
            ),
            where=p.id,
            todo=say(
                "It can be {lowest:g} to {highest:g} {unit}", lowest=lowest, highest=highest, unit=p.unit
            ),
            code="out_of_bounds",
        )
    low, high = (
        None if edge is None else round(within(value + edge - float(p.value), lowest, highest), 1)
        for edge in (p.low, p.high)
    )
    return p, value, low, high, why


def _pairs(footing: Footing) -> Iterator[tuple[tuple[str, str], Callable[[Any, Any], bool]]]:
    """Pairs that say one thing, each with how to tell whether two values of them agree."""
    together = table("support/together.toml")
    for row in together["same_place"]:
        of = footing.measurements.get(row["of"])
        if of is not None:
            yield (row["mm"], row["percent"]), partial(_same_place, of.value / 100.0)
    for row in together["thing"]:
        yield (row["word"], row["amount"]), partial(_same_amount, row["some"])


def _same_place(per_cent: float, mm: float, share: float) -> bool:
    return abs(mm - share * per_cent) <= _HALF_STEP * (1.0 + per_cent)


def _same_amount(some: str, word: str, much: float) -> bool:
    return (word == some) == (much > 0.0)
