"""When to send a person on: `stop` from what they answered, `mention` from what the scans show.

A stop stays in the profile. Nobody at home can take it away; a professional may go on in spite of it, with
name and reason (`went_on`), which can be undone (`held_again`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from fitter.answers import Answers
from fitter.errors import FitterError
from fitter.knee.facts import Feet
from fitter.knee.knee import Flag, Mode, Overridden, RedFlags
from fitter.measurements import Measurements
from fitter.posture.doubts import sides_too_far_apart
from fitter.posture.flexibility import difference, flexibility
from fitter.posture.posture import Posture
from fitter.resources import table
from fitter.saying import joined, say

_LONGEST = 200


def find(
    answers: Answers | None,
    feet: Feet,
    *,
    mode: Mode = "home",
    went_on: Mapping[str, Overridden] | None = None,
) -> RedFlags:
    """Every red flag of one person.

    ``asked`` is True only when every stop question was answered; one yes stops even so. A ``mention`` never
    blocks anything. ``went_on`` holds, by id, the stops a professional took upon themselves.
    """
    stops, taken = table("knee/red_flags.toml")["stop"], went_on or {}
    stop = tuple(
        Flag(i, _worded(stops[i], mode), stops[i]["whom_to_see"], taken.get(i))
        for i in (answers.stops if answers else ())
    )
    tell = _Say(mode)
    mention = (*_left_right(feet, tell), *_each_foot(feet, tell), *_told(answers, tell))
    return RedFlags(asked=bool(answers and answers.asked_stop), stop=stop, mention=mention)


def went_on(flags: RedFlags, flag_id: str, by: str, reason: str, *, mode: Mode) -> dict[str, Overridden]:
    """What stands as overridden once a professional goes on in spite of one stop, by id.

    Raises FitterError at home, for a stop that isn't there, and without a name or a reason.
    """
    by, reason = _told_by(by, "who goes on"), _told_by(reason, "the reason")
    if mode != "professional":
        raise FitterError(
            "a stop can't be set aside at home",
            where=flag_id,
            todo="Have the person named there look first; a professional can go on in professional mode",
            code="home_mode",
        )
    there = [flag.id for flag in flags.stop]
    if flag_id not in there:
        raise FitterError(
            say("no stop '{flag_id}' was raised", flag_id=flag_id[:40]),
            todo=say("It can be {there}", there=joined(", ", there)) if there else "There is none",
            code="unknown_flag",
        )
    return {**overridden(flags), flag_id: Overridden(by, reason)}


def held_again(flags: RedFlags, flag_id: str) -> dict[str, Overridden]:
    """What stands as overridden once one of them is taken back; the stop holds again."""
    standing = overridden(flags)
    if flag_id not in standing:
        raise FitterError(say("no stop '{flag_id}' was set aside", flag_id=flag_id[:40]), code="unknown_flag")
    return {i: told for i, told in standing.items() if i != flag_id}


def overridden(flags: RedFlags) -> dict[str, Overridden]:
    """The stops a professional took upon themselves, by id."""
    return {flag.id: flag.overridden for flag in flags.stop if flag.overridden is not None}


def _told_by(text: str, what: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise FitterError(
            say("{what} is missing", what=what), todo="Give name and reason", code="needs_reason"
        )
    if len(words) > _LONGEST or not words.isprintable():
        raise FitterError(
            say("{what}: expected at most {longest} plain characters", what=what, longest=_LONGEST),
            code="bad_text",
        )
    return words


def _worded(row: Mapping[str, str], mode: Mode) -> str:
    return row["exact"] if mode == "professional" and "exact" in row else row["text"]


class _Say:
    """Makes a mention in the words of the mode."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode

    def flag(self, flag_id: str, side: str = "", **words: object) -> Flag:
        row = table("knee/red_flags.toml")["mention"][flag_id]
        if side:
            words["side"] = table("knee/contributors.toml")["summary"]["sides"][side]
        return Flag(flag_id, say(_worded(row, self.mode), **words), row["whom_to_see"])


def _left_right(feet: Feet, tell: _Say) -> Iterator[Flag]:
    """Left and right arch under the same load, further apart than both errors, and than most people's."""
    large = table("knee/red_flags.toml")["mention"]["left_right"]["from_difference"]
    for (a, _), (b, _) in itertools.combinations(feet, 2):
        left, right = a.get("arch_height_index"), b.get("arch_height_index")
        if a.side == b.side or a.load != b.load or left is None or right is None:
            continue
        if sides_too_far_apart(a, b):  # a slip, more likely than two such feet
            continue
        apart = difference(left, right, (a.source, b.source), "both_feet")
        if abs(apart.value) > max(apart.u95, large):
            yield tell.flag("left_right", difference=f"{abs(apart.value):.3f}", error=f"{apart.u95:.3f}")
            return  # once is enough: the same feet may be there sitting and standing


def _each_foot(feet: Feet, tell: _Say) -> Iterator[Flag]:
    seen = set()
    for m, posture in feet:
        for flag_id, words in _of_one(m, posture, _gives(m.side, feet)):
            if (flag_id, m.side) not in seen:
                seen.add((flag_id, m.side))
                yield tell.flag(flag_id, side=m.side, **words)


def _of_one(m: Measurements, posture: Posture, gives: str) -> Iterator[tuple[str, dict[str, str]]]:
    """A very low or very high arch is mentioned where it is stiff, and gently where that is not known; one
    that was seen to give is not."""
    height = {"very_low_arch": "very_low", "very_high_arch": "very_high"}.get(posture.class_)
    if height and gives in ("stiff", "unknown"):
        yield (f"{height}_and_stiff" if gives == "stiff" else f"{height}_arch"), {}
    toe = m.get("hallux_outline_angle")
    if toe is not None and toe.low >= table("knee/red_flags.toml")["mention"]["big_toe"]["from_deg"]:
        yield "big_toe", {"angle": f"{toe.value:.0f}", "error": f"{toe.u95:.0f}"}


def _gives(side: str, feet: Feet) -> str:
    """How much the arch of this side was seen to give between sitting and standing: a class, or "unknown"."""
    found = [gives.class_ for m, _ in feet if m.side == side and (gives := flexibility(m)) is not None]
    told = [class_ for class_ in found if class_ != "cannot_tell"]
    return "stiff" if "stiff" in told else told[0] if told else "unknown"


def _told(answers: Answers | None, tell: _Say) -> Iterator[Flag]:
    if answers is None:
        return
    mention = table("knee/red_flags.toml")["mention"]
    if answers.get("bunion_picture") == mention["bunion"]["from_word"]:
        yield tell.flag("bunion")
    if answers.get("pain_duration") in ("6_to_12_weeks", "longer"):
        yield tell.flag("long_pain")
    worst = answers.get("pain_worst")
    if worst is not None and worst >= mention["strong_pain"]["from_worst"]:
        yield tell.flag("strong_pain")
    if answers.inner_knee_wear_likely:
        yield tell.flag("inner_knee_told" if answers.get("knee_osteoarthritis") else "inner_knee")
