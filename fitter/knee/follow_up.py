"""How it went after 2 and 6 weeks: a change is called one only where it is larger than what counts as one.

Scales and limits: `models/knee/follow_up.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fitter.errors import FitterError
from fitter.knee.knee import FollowUp
from fitter.resources import table
from fitter.saying import joined, say

Change = Literal["better", "worse", "same", "no_before"]
SCALES = ("pain", "comfort")


@dataclass(frozen=True, slots=True)
class Course:
    """One scale, before and now: what of it may be called a change, and the sentence that says so."""

    scale: str
    before: float | None
    now: float
    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """What to say at one follow-up."""

    weeks: int
    courses: tuple[Course, ...]
    advice: str
    note: str


def follow_up(weeks: int, pain: float | None, comfort: float | None) -> FollowUp:
    """What was told after some weeks, checked."""
    at = table("knee/follow_up.toml")["weeks"]
    if weeks not in at:
        raise FitterError(
            say("a follow-up after {weeks} weeks is not planned", weeks=weeks),
            todo=say("It can be {str} weeks", str=joined(" or ", map(str, at))),
            code="usage",
        )
    for scale, value in (("pain", pain), ("comfort", comfort)):
        if value is not None and not 0.0 <= value <= 10.0:
            raise FitterError(
                say("{scale} is {value:g}, expected 0 to 10", scale=scale, value=value), code="usage"
            )
    if pain is None and comfort is None:
        raise FitterError("nothing was told", todo="Give pain, comfort or both", code="usage")
    return FollowUp(weeks, pain, comfort)


def with_follow_up(so_far: Sequence[FollowUp], new: FollowUp) -> tuple[FollowUp, ...]:
    """The record with one more, in order of weeks; telling the same week again takes the place of the old."""
    return tuple(sorted((*(f for f in so_far if f.weeks != new.weeks), new), key=lambda f: f.weeks))


def compared(now: FollowUp, *, pain_before: float | None, comfort_before: float | None) -> Told:
    """What changed since the beginning."""
    data = table("knee/follow_up.toml")
    pairs = (("pain", pain_before, now.pain), ("comfort", comfort_before, now.comfort))
    courses = tuple(
        _course(scale, before, value, data) for scale, before, value in pairs if value is not None
    )
    texts = data["texts"]
    pain = next((c.change for c in courses if c.scale == "pain"), "no_before")
    if pain == "worse":
        advice = "worse_todo"
    elif now.weeks < max(data["weeks"]):
        advice = "at_2"
    else:
        advice = {"better": "at_6_eased", "same": "at_6_not"}.get(pain, "six_unknown")
    return Told(now.weeks, courses, texts[advice], texts["not_from"])


def _course(scale: str, before: float | None, now: float, data: Mapping[str, Any]) -> Course:
    about, texts = data[scale], data["texts"]
    name = about["name"]
    if before is None:
        return Course(scale, None, now, "no_before", say(texts["no_before"], name=name, now=f"{now:g}"))
    more = now - before
    change: Change = "same"
    if abs(more) > about["matters"]:
        change = "better" if (more > 0) == (about["better"] == "more") else "worse"
    key = "same" if change == "same" else _TEXT[scale, change]
    text = say(
        texts[key],
        name=name,
        before=f"{before:g}",
        now=f"{now:g}",
        much=f"{abs(more):g}",
        matters=f"{about['matters']:g}",
    )
    return Course(scale, before, now, change, text)


_TEXT = {
    ("pain", "better"): "eased",
    ("pain", "worse"): "worse",
    ("comfort", "better"): "better",
    ("comfort", "worse"): "less",
}
