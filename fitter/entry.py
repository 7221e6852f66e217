"""Measures taken by hand, from a form, the command line or a file, made into `Measurements`.

Repeats become one value: the mean, whose error comes from their spread (`quantity.mean_of_repeats`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import cast

from fitter.anatomy.measures import BY_ID, ENTERABLE, REGISTRY, Measure
from fitter.errors import FitterError
from fitter.lengths import UNIT_WORDS, as_written, division_mm, finite, shown
from fitter.measurements import LOADS, NEEDS_TWO_LOADS, SIDES, Load, Measurements, Side
from fitter.quantity import COVERAGE, Missing, Quantity, Reading, combine_u95, mean_of_repeats, propagate
from fitter.resources import table
from fitter.saying import N_, joined, say
from fitter.terms import MM_PER_UNIT

_SIDE_WORDS: dict[str, str] = {**dict(zip(SIDES, SIDES, strict=True)), "l": "left", "r": "right"}
WORDS: Mapping[str, Mapping[str, str]] = {
    "side": _SIDE_WORDS,
    "load": {word: word for word in LOADS},
    "units": UNIT_WORDS,
}
_MEASURE_WORDS = {m.id: m.id for m in BY_ID.values()} | {
    m.name.lower().replace(",", "").replace(" ", "_"): m.id for m in BY_ID.values()
}

# What no foot can do, whatever its shape: (measure, times, must be smaller than); refused beyond the error of
# both.
_ORDER: tuple[tuple[str, int, str], ...] = (
    ("ball_length", 1, "foot_length"),
    ("outer_ball_length", 1, "foot_length"),
    ("ball_breadth", 1, "foot_length"),
    ("heel_breadth", 1, "ball_breadth"),
    ("navicular_height", 1, "instep_height"),
    ("navicular_height", 1, "medial_malleolus_height"),
    ("ball_breadth", 2, "ball_girth"),
    ("instep_height", 2, "instep_girth"),
    ("print_forefoot_width", 1, "ball_breadth"),
    ("print_heel_width", 1, "heel_breadth"),
    ("print_midfoot_width", 1, "print_forefoot_width"),
)

# What the widths of a wet footprint give: index -> (top, bottom, times).
WET_FOOTPRINT = "wet footprint"
_PRINT_INDICES: Mapping[str, tuple[str, str, float]] = {
    "chippaux_smirak_index": ("print_midfoot_width", "print_forefoot_width", 100.0),
    "staheli_index": ("print_midfoot_width", "print_heel_width", 1.0),
}


@dataclass(frozen=True, slots=True)
class EnteredFoot:
    """What a person measured on one foot: measure id -> length in mm with its error. Not yet judged.

    ``units``: measure id -> the unit it was written in, to show it back so (mm where it isn't named).
    """

    side: Side
    load: Load
    values: Mapping[str, Quantity]
    units: Mapping[str, str] = field(default_factory=dict, compare=False)

    def shown(self, measure_id: str) -> str:
        """A value as its person would write it."""
        return shown(self.values[measure_id].value, self.units.get(measure_id, "mm"))


# ---------------------------------------------------------------------------------------- what is stated


def stated_side(text: str) -> tuple[Side | None, str]:
    """A file as typed, ``left:PATH`` or ``right:PATH`` where its side is stated: the side, and the path.

    A drive letter is one letter, so ``C:\\left.stl`` is never taken for a side.
    """
    stated = re.fullmatch(rf"({'|'.join(SIDES)}):(.+)", text, flags=re.DOTALL)
    return (cast(Side, stated[1]), stated[2]) if stated else (None, text)


def stated_word(field: str, text: str, where: str) -> str:
    """The stable word of a ``side``, ``load`` or ``units`` cell ("R", "Single leg", "inches")."""
    return known_word(text, WORDS[field], field, where)


# ---------------------------------------------------------------------------------------- one value


@dataclass(frozen=True, slots=True)
class TypedReading:
    """One reading as it was written: its length and, where one was stated, its error, both in mm, the unit it
    was written in, the denominator of its fraction (0 for a decimal number), and where it stands."""

    mm: float
    unit: str
    parts: int = 0
    u95: float | None = None
    where: str = ""


def typed_reading(
    measure_id: str,
    value: object,
    unit: str = "",
    u95: object = None,
    *,
    usual_unit: str = "mm",
    where: str = "",
) -> TypedReading:
    """One plausible reading from a number or a text: "251", "25,1 cm", "9 7/8 in", "9⅞".

    ``unit`` is a stated one, which the text may only repeat; without it the text's own counts, else
    ``usual_unit``. ``u95`` is in the same unit.
    """
    measure = enterable(measure_id, where)
    written = as_written(value)
    if written is None:
        raise FitterError(
            say("value is {value}, expected a number", value=as_typed(value)),
            where=where,
            todo="" if value in (None, "") else "Write it as 251, 25.1 or 9 7/8",
        )
    stated = known_word(unit, UNIT_WORDS, "unit", where) if unit else ""
    if stated and written.unit not in ("", stated):
        raise FitterError(
            say("value is {value}, and its unit is given as {stated}", value=as_typed(value), stated=stated),
            where=where,
            todo="Write the unit once",
            code="unit_conflict",
        )
    used = written.unit or stated or usual_unit
    factor = MM_PER_UNIT[used]
    length = _scaled(written.number, factor)
    _refuse_implausible(measure, length, used, factor, where)
    error = None
    if u95 is not None and u95 != "":
        error = _scaled(_number(u95, "u95", where), factor)
        _refuse_error(measure, length / factor, error / factor, used, where)
        _refuse_finer_than_ruler(error, used, written.parts, where)
    return TypedReading(length, used, written.parts, error, where)


def entered_value(
    measure_id: str,
    value: object,
    unit: str = "",
    u95: object = None,
    *,
    usual_unit: str = "mm",
    where: str = "",
) -> Quantity:
    """One typed value as a plausible `Quantity` in mm, with its stated error or that of a careful reading.

    See `typed_reading`.
    """
    reading = typed_reading(measure_id, value, unit, u95, usual_unit=usual_unit, where=where)
    return from_readings(measure_id, [reading])


def from_readings(measure_id: str, readings: Sequence[TypedReading]) -> Quantity:
    """One to many readings of a measure as a `Quantity` in mm; a reading far off the others is refused.

    The usual spread of a reading is what is left of its error (a stated one, else the registry's
    ``entered_u95``) beside the part that no repeat shows (``fixed_u95``). Only the latter is shared by two
    readings of one foot, so that also of a single one ``known_u95`` is all but that.
    """
    measure = BY_ID[measure_id]
    stated = max((r.u95 for r in readings if r.u95 is not None), default=measure.entered_u95)
    fixed = min(measure.fixed_u95, stated)
    if len(readings) == 1:
        return Quantity(readings[0].mm, stated, measure.unit, math.sqrt(stated**2 - fixed**2))
    _refuse_wild(measure, readings)
    parts = max(r.parts for r in readings)
    found = mean_of_repeats(
        [r.mm for r in readings],
        unit=measure.unit,
        usual_sd=_usual_sd(stated, fixed),
        usual_dof=table("home/protocol.toml")["repeats"]["usual_dof"],
        division=max(division_mm(r.unit, parts if r.unit == "in" else r.parts) for r in readings),
        fixed_u95=fixed,
    )
    _refuse_error(measure, found.value, found.u95, measure.unit, readings[-1].where)
    return replace(
        found,
        value=_scaled(found.value, 1.0),
        basis=say("mean of {readings} readings", readings=len(readings)),
    )


def _usual_sd(u95: float, fixed_u95: float) -> float:
    return math.sqrt(u95**2 - fixed_u95**2) / COVERAGE


def usual_difference(measure_id: str) -> float:
    """How far apart (mm) two careful readings of a measure lie at most, 95 times in 100."""
    measure = BY_ID[measure_id]
    return COVERAGE * math.sqrt(2.0) * _usual_sd(measure.entered_u95, measure.fixed_u95)


def _refuse_wild(measure: Measure, readings: Sequence[TypedReading]) -> None:
    """Name the one reading that lies far from the others, which lie close together.

    Of two that differ so much, neither can be named: a third one tells.
    """
    limits = table("home/protocol.toml")["repeats"]
    usual = limits["wild_sd"] * _usual_sd(measure.entered_u95, measure.fixed_u95)
    lengths = [r.mm for r in readings]
    if len(readings) == 2:
        if abs(lengths[0] - lengths[1]) > usual * math.sqrt(2.0):
            both = " and ".join(shown(r.mm, r.unit) for r in readings)
            raise FitterError(
                say("{name}: the two readings differ by too much ({both})", name=measure.name, both=both),
                where=readings[-1].where,
                todo="Measure a third time, or take the wrong one out",
                code="repeats_disagree",
            )
        return
    off, number, beside = max(
        (abs(x - math.fsum(rest) / len(rest)), k, max(rest) - min(rest))
        for k, x in enumerate(lengths)
        for rest in [lengths[:k] + lengths[k + 1 :]]
    )
    allowed = max(usual * math.sqrt(1.0 + 1.0 / (len(readings) - 1)), limits["wild_times"] * beside)
    if off > allowed:
        wild = readings[number]
        raise WildReadingError(
            say(
                "{name}: reading {number} ({mm}) lies {off} from the others",
                name=measure.name,
                number=number + 1,
                mm=shown(wild.mm, wild.unit),
                off=shown(round(off, 1), wild.unit),
            ),
            number,
            where=wild.where,
            todo=say("Measure reading {number} again, or leave it out", number=number + 1),
        )


class WildReadingError(FitterError):
    """One of several readings lies far from the others; ``number`` counts them from 0."""

    def __init__(self, what: str, number: int, *, where: str = "", todo: str = "") -> None:
        super().__init__(what, where=where, todo=todo, code="wild_reading")
        self.number = number


def _refuse_error(measure: Measure, value: float, u95: float, unit: str, where: str) -> None:
    """An error that says nothing, or so much that the value says nothing.

    A width that may be 0 has no such half: its error may be up to a quarter of its widest.
    """
    quarter = 0.0 if measure.plausible[0] else measure.plausible[1] / 4 / MM_PER_UNIT[unit]
    most = max(value / 2, quarter)
    if not 0 < u95 <= most:
        half = "a quarter of its widest" if most > value / 2 else "half of the value"
        expected = say("above 0 and at most {half} ({most} {unit})", half=half, most=_plain(most), unit=unit)
        raise FitterError(
            say(
                "u95 is {u95} {unit}, expected a number {expected}",
                u95=_plain(u95),
                unit=unit,
                expected=expected,
            ),
            where=where,
            todo="Give how far off the reading may be, or leave it out",
            code="implausible_u95",
        )


def _refuse_finer_than_ruler(u95: float, unit: str, parts: int, where: str) -> None:
    """An error smaller than half a division, which is how far a mark may be from the edge it is read for."""
    least = division_mm(unit, parts) / 2.0
    if u95 < least - 1e-6:
        written = f"{_plain(u95 / MM_PER_UNIT[unit])} {unit}"
        expected = say(
            "at least {least} {unit}",
            least=_plain(math.ceil(least / MM_PER_UNIT[unit] * 10000.0 - 1e-06) / 10000.0),
            unit=unit,
        )
        raise FitterError(
            say(
                "u95 is {written}, finer than a ruler can be read, expected {expected}",
                written=written,
                expected=expected,
            ),
            where=where,
            todo="Give how far off the reading may be, or leave it out",
            code="implausible_u95",
        )


def enterable(text: str, where: str) -> Measure:
    """The measure that a person named, where it is one that can be measured by hand."""
    measure = BY_ID[known_word(text, _MEASURE_WORDS, "measure", where, offered=[m.id for m in ENTERABLE])]
    if measure.from_measures:
        raise FitterError(
            say("{id} is computed, not entered", id=measure.id), where=where, todo="Leave it out"
        )
    if measure not in ENTERABLE:
        raise FitterError(
            say("{id} can't be taken by hand, only from a scan", id=measure.id),
            where=where,
            todo="Leave it out",
        )
    return measure


def known_word(
    text: object, known: Mapping[str, str], field: str, where: str, offered: Sequence[str] | None = None
) -> str:
    """The stable word behind what a person wrote ("Foot length", "R", "Inches")."""
    words = list(offered or dict.fromkeys(known.values()))
    told = say(
        "{field} is {text}, expected one of {words}",
        field=field,
        text=as_typed(text),
        words=joined(", ", words),
    )
    if not isinstance(text, str):
        raise FitterError(told, where=where)
    key = re.sub(r"[\s\-]+", "_", text.strip().lower())
    if key in known:
        return known[key]
    nearest = get_close_matches(key, [*words, *known], n=1, cutoff=0.5)
    raise FitterError(
        told,
        where=where,
        todo=say("The nearest is {known}", known=known.get(nearest[0], nearest[0])) if nearest else "",
        code=f"unknown_{field}",
    )


def _number(value: object, name: str, where: str) -> float:
    """A finite number from a number or a text; one comma and no point is a decimal comma."""
    if isinstance(value, str):
        text = value.strip().replace("\u00a0", "").replace("\u2212", "-")
        text = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
        try:
            number = float(text)
        except ValueError:
            number = math.nan
    else:
        number = finite(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not math.isfinite(number) or (isinstance(value, str) and "_" in value):
        raise FitterError(
            say("{name} is {value}, expected a number", name=name, value=as_typed(value)), where=where
        )
    return number


def _scaled(number: float, factor: float) -> float:
    # 25.1 cm is 251 mm, not 251.00000000000003.
    return round(number * factor, 9)


def _refuse_implausible(measure: Measure, length: float, unit: str, factor: float, where: str) -> None:
    low, high = measure.plausible
    if low <= length <= high:
        return
    raw = length / factor
    fits = [u for u, f in MM_PER_UNIT.items() if f != factor and low <= raw * f <= high]
    from fitter.plausible import proposal  # noqa: PLC0415 - numpy, only where something is wrong

    asked = proposal(measure.id, length, unit, factor)
    fit = (
        say("{raw} {fits} would fit: give the unit as {fits}", raw=_plain(raw), fits=fits[0]) if fits else ""
    )
    todo = " ".join(part for part in (asked, fit) if part) or "Measure again"
    expected = say("{low} to {high} {unit}", low=_plain(low / factor), high=_plain(high / factor), unit=unit)
    raise FitterError(
        say(
            "{name} is {raw} {unit}, expected {expected}",
            name=measure.name,
            raw=_plain(raw),
            unit=unit,
            expected=expected,
        ),
        where=where,
        todo=todo,
        code="implausible",
    )


def _plain(number: float) -> str:
    """A number as a person writes it: no exponent below ten digits."""
    return f"{number:.10g}" if abs(number) >= 1e5 else f"{number:.6g}"


def as_typed(value: object) -> str:
    """A person's own words back to them, short and on one line."""
    text = " ".join(value.split()) if isinstance(value, str) else json.dumps(value, default=str)
    text = text if len(text) <= 40 else text[:37] + "..."
    return f"'{text}'" if text else "empty"


def entered_foot(side: Side, load: Load, readings: Mapping[str, Sequence[TypedReading]]) -> EnteredFoot:
    """One foot from the readings of each measure."""
    values = {measure_id: from_readings(measure_id, repeats) for measure_id, repeats in readings.items()}
    return EnteredFoot(side, load, values, {measure_id: r[0].unit for measure_id, r in readings.items()})


# ---------------------------------------------------------------------------------------- measurements


def measurements_from_entry(foot: EnteredFoot) -> Measurements:
    """Every measure of the registry, as far as a ruler can give it, once the entered values make sense."""
    where = say("{side} foot", side=foot.side)
    for measure_id, q in foot.values.items():
        unit = foot.units.get(measure_id, q.unit)
        _refuse_implausible(enterable(measure_id, where), q.value, unit, MM_PER_UNIT[unit], where)
        _refuse_error(BY_ID[measure_id], q.value, q.u95, q.unit, f"{where}, {measure_id}")
    _refuse_contradiction(foot, where)
    readings = {m.id: _reading(m, foot.values) for m in REGISTRY}
    return Measurements(foot.side, foot.load, "entered", readings)


def _refuse_contradiction(foot: EnteredFoot, where: str) -> None:
    values = foot.values
    for small, times, large in _ORDER:
        if small not in values or large not in values:
            continue
        one, other = values[small], values[large]
        # What two rulers may err: a print of 96.5 mm under a ball of 96 mm is no impossible foot.
        allowed = combine_u95([times * one.u95, other.u95])
        if times * one.value - other.value >= allowed:
            from fitter.plausible import contradiction  # noqa: PLC0415 - numpy, only where something is wrong

            twice = N_("twice the ") if times == 2 else ""
            raise FitterError(
                say(
                    "{name} ({large}) must be more than {twice}{name2} ({small})",
                    name=BY_ID[large].name,
                    large=foot.shown(large),
                    twice=twice,
                    name2=BY_ID[small].name.lower(),
                    small=foot.shown(small),
                ),
                where=where,
                todo=contradiction(values, (small, large)) or "Measure both again",
                code="contradiction",
            )


def _reading(measure: Measure, values: Mapping[str, Quantity]) -> Reading:
    if measure in ENTERABLE:
        return values.get(measure.id, Missing("not_entered", "Not entered."))
    if measure.kind == "pair":
        return NEEDS_TWO_LOADS
    if measure.id in _PRINT_INDICES:
        return _from_print(measure, values)
    absent = [BY_ID[part].name.lower() for part in measure.from_measures if part not in values]
    if not measure.from_measures:
        return Missing("needs_scan", "Can't be taken with a ruler; needs a scan.")
    if absent:
        return Missing("not_entered", say("Needs {absent}, not entered.", absent=joined(" and ", absent)))
    top, bottom = (values[part] for part in measure.from_measures)
    return propagate(lambda a, b: a / b, top, bottom, unit=measure.unit)


def _from_print(measure: Measure, values: Mapping[str, Quantity]) -> Reading:
    """An index of the widths of a wet footprint, with their errors and that of its definition."""
    *parts, times = _PRINT_INDICES[measure.id]
    absent = [BY_ID[part].name.lower() for part in parts if part not in values]
    if absent:
        return Missing(
            "not_entered", say("Needs a scan, or {absent}, not entered.", absent=joined(" and ", absent))
        )
    widths = [values[part] for part in parts]
    read = propagate(lambda a, b: times * a / b, *widths, unit=measure.unit)
    u95 = combine_u95([read.u95, measure.definition_u95])
    return Quantity(read.value, u95, measure.unit, read.known_u95, WET_FOOTPRINT)
