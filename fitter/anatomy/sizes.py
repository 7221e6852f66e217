"""Shoe sizes of a foot, and of a pair by its longer and its wider foot (`models/norms/sizes.toml`).

A size is never one number here: the error of the length, and published variants of a rule, allow a few, of
which one is the likeliest. Conversions are a guideline, and said to be.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fitter.anatomy.norms import STANDING, taken_as_standing
from fitter.measurements import Measurements
from fitter.quantity import Missing, Quantity, combine_u95
from fitter.resources import table
from fitter.saying import say
from fitter.terms import LOADS, SIDES

_LOAD_WORDS: Mapping[str, str] = {**{load: load for load in LOADS}, "unloaded": "without weight on it"}


@dataclass(frozen=True, slots=True)
class Size:
    """One system: the likeliest size, the smallest and the largest that the error allows, as on shoes."""

    system: str
    name: str
    likely: str
    smallest: str
    largest: str
    assumption: str


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes of one foot or a pair; ``of`` tells what they were read from, ``refused`` why there are none."""

    of: str
    sizes: tuple[Size, ...]
    notes: tuple[str, ...]
    refused: Missing | None = None


def foot_sizes(measurements: Measurements, sex: str | None = None, *, child: bool = False) -> Sizes:
    """The sizes of one foot. ``sex`` (female, male) chooses the scales of women or men; else both stand.

    A child's foot gets only those systems that count the foot's own length, until it is as long as a
    grown-up's.
    """
    rules = table("norms/sizes.toml")
    length = measurements.get("foot_length")
    of = say("the {side} foot", side=measurements.side)
    if length is None:
        return Sizes(of, (), (), Missing("not_measured", rules["texts"]["no_length"]))
    if measurements.load not in STANDING:
        told = say(rules["texts"]["load"], load=_LOAD_WORDS[measurements.load])
        return Sizes(of, (), (), Missing("needs_standing", told))
    breadth, girth = (_standing(m, measurements) for m in ("ball_breadth", "ball_girth"))
    standing = taken_as_standing(length, measurements.load)
    found = _sizes(
        say("{of}, {length} long", of=of, length=_mm(length)), standing, breadth, girth, sex, child
    )
    return replace(found, notes=(*_load_note(measurements), *found.notes))


def _standing(measure_id: str, foot: Measurements) -> Quantity | None:
    q = foot.get(measure_id)
    return None if q is None else taken_as_standing(q, foot.load)


def _load_note(*feet: Measurements) -> tuple[str, ...]:
    unstated = any(foot.load == "unknown" for foot in feet)
    return (table("norms/sizes.toml")["texts"]["load_not_stated"],) if unstated else ()


def pair_sizes(feet: Sequence[Measurements], sex: str | None = None, *, child: bool = False) -> Sizes | None:
    """The sizes for both feet: length of the longer, girth and breadth of the wider. None without both.

    Where a side was captured standing more than once, the capture that knows its length best counts.
    """
    known = [f for f in feet if f.load in STANDING and f.get("foot_length") is not None]
    if {f.side for f in known} != set(SIDES):
        return None
    one, other = (min((f for f in known if f.side == side), key=_length_u95) for side in SIDES)
    lengths = _of_both("foot_length", one, other)
    longer = max(lengths, key=lambda q: q.value)
    difference = abs(lengths[0].value - lengths[1].value)
    # As it stands beside the foot itself; that an unstated load widens its sizes is a note.
    told = max((q for f in (one, other) if (q := f.get("foot_length")) is not None), key=lambda q: q.value)
    of = say("both feet, by the longer ({told}) and the wider", told=_mm(told))
    wider = [_of_both(m, one, other) for m in ("ball_breadth", "ball_girth")]
    breadth, girth = (max(both, key=lambda q: q.value, default=None) for both in wider)
    found = _sizes(of, longer, breadth, girth, sex, child)
    found = replace(found, notes=(*_load_note(one, other), *_width_notes(one, other), *found.notes))
    if difference > combine_u95(q.u95 for q in lengths):
        return found
    unclear = say(table("norms/sizes.toml")["texts"]["longer_unclear"], difference=f"{difference:.1f}")
    return Sizes(found.of, found.sizes, (unclear, *found.notes), found.refused)


def _length_u95(foot: Measurements) -> float:
    q = foot.get("foot_length")
    return math.inf if q is None else q.u95


def _of_both(measure_id: str, *feet: Measurements) -> list[Quantity]:
    return [q for foot in feet if (q := _standing(measure_id, foot)) is not None]


def _width_notes(one: Measurements, other: Measurements) -> Iterator[str]:
    """Whose breadth or girth it is, where the other foot's is not known."""
    words = table("norms/sizes.toml")["texts"]["width_of_one"]
    for measure_id, what in (("ball_breadth", "ball breadth"), ("ball_girth", "ball girth")):
        whose = [foot.side for foot in (one, other) if foot.get(measure_id) is not None]
        if len(whose) == 1:
            yield say(words, side=whose[0], what=what)


def _sizes(
    of: str, length: Quantity, breadth: Quantity | None, girth: Quantity | None, sex: str | None, child: bool
) -> Sizes:
    rules = table("norms/sizes.toml")
    texts = rules["texts"]
    small = length.value < rules["child_adult_from_mm" if child else "adult_from_mm"]
    found = [_size(s, length) for s in rules["system"] if _wanted(s, sex, small)]
    if breadth is not None:
        found.append(_with_width(rules, length, breadth))
    if girth is not None and not small:
        found += _jis(rules["jis"], length, girth, sex)
    notes = [texts["child"]] if small else [texts["growing"]] if child else []
    notes += [texts["guideline"], texts["no_letters"], texts["insole"]]
    return Sizes(of, tuple(found), tuple(notes))


def _wanted(system: Mapping[str, Any], sex: str | None, small: bool) -> bool:
    """Whether this system is for a foot: a scale of one sex only for that sex or where none was said."""
    return (system["children"] or not small) and sex in (None, system.get("sex", sex))


def _size(system: Mapping[str, Any], length: Quantity) -> Size:
    def at(mm: float, plus: float) -> float:
        return float(system["per_mm"]) * mm + plus

    every = (system["plus"], *system["also_plus"])
    numbers = (
        at(length.value, system["plus"]),
        at(length.low, min(every)),
        at(length.high, max(every)),
    )
    unit = f" {system['unit']}" if system["unit"] else ""
    printed = (f"{_stepped(n, system['step']):g}" for n in numbers)
    likely, smallest, largest = (f"{text}{unit}" for text in printed)
    return Size(system["id"], system["name"], likely, smallest, largest, system["assumption"])


def _stepped(number: float, step: float) -> float:
    """To the nearest size; halfway between two, the larger: a shoe too long is the lesser evil."""
    return math.floor(number / step + 0.5) * step


def _with_width(rules: Mapping[str, Any], length: Quantity, breadth: Quantity) -> Size:
    step = next(s["step"] for s in rules["system"] if s["id"] == "mondopoint")
    pairs = ((length.value, breadth.value), (length.low, breadth.low), (length.high, breadth.high))
    likely, smallest, largest = (
        say("{mm:g}/{wide:.0f} mm", mm=_stepped(mm, step), wide=wide) for mm, wide in pairs
    )
    row = rules["mondopoint_width"]
    return Size("mondopoint_width", row["name"], likely, smallest, largest, row["assumption"])


def _jis(rules: Mapping[str, Any], length: Quantity, girth: Quantity, sex: str | None) -> Iterator[Size]:
    for who, word in (("female", "women"), ("male", "men")):
        row, step = rules[who], rules["step"]
        shortest, longest = row["shortest"] - 2.5, row["longest"] + 2.5  # the first and last size of 5 mm
        if sex not in (who, None) or not shortest <= length.value < longest:
            continue
        e = row["e_girth"] + row["per_mm"] * (length.value - row["e_length"])
        steps = (girth.value - e) / step
        u95 = combine_u95((girth.u95, row["per_mm"] * length.u95)) / step
        likely, smallest, largest = (_letter(row["letters"], steps + way * u95) for way in (0, -1, 1))
        yield Size(f"jis_{who}", f"{rules['name']}, {word}", likely, smallest, largest, rules["assumption"])


def _letter(letters: Sequence[str], steps_from_e: float) -> str:
    at = letters.index("E") + math.floor(steps_from_e + 0.5)
    if at < 0:
        return say("narrower than {letters}", letters=letters[0])
    return letters[at] if at < len(letters) else say("wider than {letters}", letters=letters[-1])


def _mm(q: Quantity) -> str:
    return say("{value:.1f} ± {u95:.1f} mm", value=q.value, u95=q.u95)
