"""What a person decided: insoles tried on, and settings of the support profile changed by hand.

Both are marked wherever the profile is shown, and an override is undone by `restored`. What follows from a
setting (`fitter.support.following`) changes and goes back with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fitter.errors import FitterError
from fitter.resources import table
from fitter.saying import joined, say
from fitter.support.following import Footing, as_ruled, by_hand, giving_way, settled
from fitter.support.support import Override, Parameter, SupportProfile

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Tried:
    """One candidate on the feet: its sku (of two different feet, left and right), and how comfortable it was
    from 0 (not at all) to 10 (as comfortable as can be)."""

    skus: tuple[str, ...]
    name: str
    comfort: float


@dataclass(frozen=True, slots=True)
class TryOn:
    """What was tried, in the order tried, what was taken (empty: none), and why where it was not the most
    comfortable, or not what the match put first (``suggested``)."""

    tried: tuple[Tried, ...]
    chosen: tuple[str, ...]
    suggested: tuple[str, ...] = ()
    reason: str = ""
    by: str = ""


def try_on(
    tried: Sequence[Tried],
    chosen: tuple[str, ...],
    *,
    suggested: tuple[str, ...] = (),
    reason: str = "",
    by: str = "",
) -> TryOn:
    """The record of trying on, checked.

    A reason is needed where what was taken was less comfortable than another by a difference that matters,
    where it is not what the match put first, and where nothing was taken.
    """
    scale = table("support/shelf.toml")["comfort"]
    if not 1 <= len(tried) <= scale["most_tried"]:
        raise FitterError(
            say(
                "{tried} insoles were tried, expected 1 to {most_tried}",
                tried=len(tried),
                most_tried=scale["most_tried"],
            ),
            todo="Try two or three: after more nobody remembers the first",
            code="try_on",
        )
    if len({t.skus for t in tried}) < len(tried):
        raise FitterError("an insole was tried twice", todo="Give each one comfort", code="try_on")
    for t in tried:
        if not scale["lowest"] <= t.comfort <= scale["highest"]:
            expected = say(
                "expected {lowest:g} to {highest:g}", lowest=scale["lowest"], highest=scale["highest"]
            )
            raise FitterError(
                say("comfort is {comfort:g}, {expected}", comfort=t.comfort, expected=expected),
                where=" and ".join(t.skus),
                code="try_on",
            )
    taken = next((t for t in tried if t.skus == chosen), None)
    if chosen and taken is None:
        raise FitterError(
            say("{chosen} was chosen but not tried", chosen=joined(" and ", chosen)),
            todo="Try it on first",
            code="try_on",
        )
    reason = _told(reason, "reason")
    if not reason and (why := _needs_reason(tried, taken, suggested, scale["matters"])):
        raise FitterError(say("{why}: say why", why=why), todo="Give a reason", code="needs_reason")
    return TryOn(tuple(tried), chosen, suggested, reason, _told(by, "by"))


def _needs_reason(
    tried: Sequence[Tried], taken: Tried | None, suggested: tuple[str, ...], matters: float
) -> str:
    if taken is None:
        return "nothing was taken"
    best = max(tried, key=lambda t: t.comfort)
    if best.comfort - taken.comfort >= matters:
        return say("{skus} was more comfortable", skus=joined(" and ", best.skus))
    # Comfort decides: no reason is asked of who takes what was clearly the most comfortable.
    others = [t.comfort for t in tried if t is not taken]
    clearly = bool(others) and taken.comfort - max(others) >= matters
    if suggested and taken.skus != suggested and not clearly:
        return say("{suggested} was suggested", suggested=joined(" and ", suggested))
    return ""


def overridden(
    support: SupportProfile, parameter_id: str, value: float | str, reason: str, by: str, footing: Footing
) -> SupportProfile:
    """The profile with one parameter set by hand; its range moves along with it, and what follows from it
    follows.

    Raises FitterError where the parameter isn't there, its value leaves the bounds of the rule table, or
    nobody says who set it and why.
    """
    changed = _set(support, parameter_id, value, reason, by)
    return settled(giving_way(changed, parameter_id, footing), footing)


def _set(
    support: SupportProfile, parameter_id: str, value: float | str, reason: str, by: str
) -> SupportProfile:
    parameter = _parameter(support, parameter_id)
    reason, by = _told(reason, "reason"), _told(by, "by")
    if not reason or not by:
        missing = "a reason" if not reason else "who sets it"
        raise FitterError(
            say("{missing} is missing", missing=missing), where=parameter_id, code="needs_reason"
        )
    _refuse_cautioned(support, parameter_id, value)
    original = parameter.override or Override(parameter.value, parameter.low, parameter.high, reason, by)
    mark = replace(original, reason=reason, by=by, follows="")
    if isinstance(value, str):
        if isinstance(original.value, float):
            raise FitterError(
                say("'{value}' is no number", value=value[:30]), where=parameter_id, code="out_of_bounds"
            )
        words = bounds(parameter_id).get("words", (original.value,))
        if value not in words:
            todo = say("It can be {words}", words=joined(", ", words))
            raise FitterError(
                say("'{value}' is none of its words", value=value[:30]),
                where=parameter_id,
                todo=todo,
                code="out_of_bounds",
            )
        return _with(support, replace(parameter, value=value, override=mark))
    if isinstance(original.value, str):
        raise FitterError("is a word, not a number", where=parameter_id, code="out_of_bounds")
    limits = bounds(parameter_id)
    lowest, highest = limits.get("low", original.value), limits.get("high", original.value)
    if not lowest <= value <= highest:
        raise FitterError(
            say("{value:g} {unit} leaves the bounds of the rule table", value=value, unit=parameter.unit),
            where=parameter_id,
            todo=say(
                "It can be {lowest:g} to {highest:g} {unit}",
                lowest=lowest,
                highest=highest,
                unit=parameter.unit,
            ),
            code="out_of_bounds",
        )
    low, high = (
        None if edge is None else round(min(max(value + edge - original.value, lowest), highest), 1)
        for edge in (original.low, original.high)
    )
    return _with(support, replace(parameter, value=float(value), low=low, high=high, override=mark))


def _refuse_cautioned(support: SupportProfile, parameter_id: str, value: float | str) -> None:
    """What no table of rules may give this person, no hand may give either."""
    rules = table("support/rules.toml")
    for caution in rules["caution"]:
        axes = [axis for axis in support.inputs if axis in caution]
        if caution["parameter"] != parameter_id or not axes:
            continue
        if not all(support.inputs[axis] in caution[axis] for axis in axes):
            continue
        if isinstance(value, str):
            fine = value in caution.get("words", (value,))
        else:
            fine = caution.get("low", value) <= value <= caution.get("high", value)
        if not fine:
            raise FitterError(
                caution["why"].rstrip("."),
                where=parameter_id,
                todo="Leave it as it is, or have a clinician look first",
                code="cautioned",
            )


def restored(support: SupportProfile, parameter_id: str, footing: Footing) -> SupportProfile:
    """The profile with that parameter, and what followed from it, as the rules gave them."""
    parameter = _parameter(support, parameter_id)
    was = parameter.override
    if was is None:
        raise FitterError("was not set by hand", where=parameter_id, code="not_overridden")
    if not by_hand(parameter):
        raise FitterError(
            say("was not set by hand, it follows from {follows}", follows=was.follows),
            where=parameter_id,
            todo=say("Restore {follows}, or set this one by hand as well", follows=was.follows),
            code="not_overridden",
        )
    return settled(_with(support, as_ruled(parameter)), footing)


def _parameter(support: SupportProfile, parameter_id: str) -> Parameter:
    found = next((p for p in support.parameters if p.id == parameter_id), None)
    if found is None:
        there = ", ".join(p.id for p in support.parameters)
        raise FitterError(
            say("the profile has no '{parameter_id}'", parameter_id=parameter_id[:40])
            + ("" if there else ", it recommends nothing"),
            todo=say("It can be {there}", there=there) if there else "",
            code="unknown_parameter",
        )
    return found


def _with(support: SupportProfile, changed: Parameter) -> SupportProfile:
    return replace(
        support, parameters=tuple(changed if p.id == changed.id else p for p in support.parameters)
    )


def bounds(parameter_id: str) -> Mapping[str, Any]:
    """What no hand may leave: ``low`` and ``high`` of a number, or the ``words`` it can be."""
    rows = table("support/rules.toml")["parameter"]
    return next((row for row in rows if row["id"] == parameter_id), {})


def _told(text: str, where: str) -> str:
    """What a person wrote, on one line."""
    words = " ".join(text.split())
    if len(words) > _LONGEST or not words.isprintable():
        raise FitterError(
            say("expected at most {longest} plain characters", longest=_LONGEST), where=where, code="bad_text"
        )
    return words
