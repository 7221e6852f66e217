"""When to send a person on: `stop` from what they answered, `mention` from what the scans show."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from fitter.answers import Answers
from fitter.knee.knee import Flag, RedFlags
from fitter.measurements import Measurements
from fitter.posture.doubts import sides_too_far_apart
from fitter.posture.flexibility import difference, flexibility
from fitter.posture.posture import Posture
from fitter.resources import table

Feet = Sequence[tuple[Measurements, Posture]]


def find(answers: Answers | None, feet: Feet) -> RedFlags:
    """Every red flag of one person.

    ``asked`` is True only when every stop question was answered; one yes stops even so.
    A ``mention`` never blocks anything.
    """
    stops = table("knee/red_flags.toml")["stop"]
    stop = tuple(
        Flag(i, stops[i]["text"], stops[i]["whom_to_see"]) for i in (answers.stops if answers else ())
    )
    mention = (*_left_right(feet), *_each_foot(feet), *_told(answers))
    return RedFlags(asked=bool(answers and answers.asked_stop), stop=stop, mention=mention)


def _flag(flag_id: str, **words: object) -> Flag:
    row = table("knee/red_flags.toml")["mention"][flag_id]
    return Flag(flag_id, row["text"].format(**words), row["whom_to_see"])


def _left_right(feet: Feet) -> Iterator[Flag]:
    """Left and right arch under the same load, further apart than both errors together."""
    for (a, _), (b, _) in itertools.combinations(feet, 2):
        left, right = a.get("arch_height_index"), b.get("arch_height_index")
        if a.side == b.side or a.load != b.load or left is None or right is None:
            continue
        if sides_too_far_apart(a, b):  # a slip, more likely than two such feet
            continue
        apart = difference(left, right, (a.source, b.source), "both_feet")
        if abs(apart.value) > apart.u95:
            yield _flag("left_right", difference=f"{abs(apart.value):.3f}", error=f"{apart.u95:.3f}")
            return  # once is enough: the same feet may be there sitting and standing


def _each_foot(feet: Feet) -> Iterator[Flag]:
    seen = set()
    for m, posture in feet:
        for flag_id, words in _of_one(m, posture, _stiff(m.side, feet)):
            if (flag_id, m.side) not in seen:
                seen.add((flag_id, m.side))
                yield _flag(flag_id, side=m.side, **words)


def _of_one(m: Measurements, posture: Posture, stiff: bool) -> Iterator[tuple[str, dict[str, str]]]:
    if posture.class_ == "very_low_arch":
        yield ("very_low_and_stiff" if stiff else "very_low_arch"), {}
    if posture.class_ == "very_high_arch":
        yield ("very_high_and_stiff" if stiff else "very_high_arch"), {}
    toe = m.get("hallux_outline_angle")
    if toe is not None and toe.low >= table("knee/red_flags.toml")["mention"]["big_toe"]["from_deg"]:
        yield "big_toe", {"angle": f"{toe.value:.0f}", "error": f"{toe.u95:.0f}"}


def _stiff(side: str, feet: Feet) -> bool:
    """The arch of this side was measured sitting and standing, and gives surely less than most adults'."""
    gives = [flexibility(m) for m, _ in feet if m.side == side]
    return any(g is not None and g.class_ == "stiff" for g in gives)


def _told(answers: Answers | None) -> Iterator[Flag]:
    if answers is None:
        return
    if answers.get("pain_duration") in ("6_to_12_weeks", "longer"):
        yield _flag("long_pain")
    worst = answers.get("pain_worst")
    if worst is not None and worst >= table("knee/red_flags.toml")["mention"]["strong_pain"]["from_worst"]:
        yield _flag("strong_pain")
    if answers.inner_knee_wear_likely:
        yield _flag("inner_knee")
