"""Measures taken by hand, from a form, the command line, a CSV or a JSON file, made into `Measurements`.

Two files say the same:

CSV, one row a reading (separator ``,`` ``;`` or tab; ``unit``, ``u95`` and ``repeat`` may be left out; rows
of one measure of one foot under one load are its repeats)::

    side,load,measure,value,unit,u95,repeat
    right,standing,foot_length,251,mm,3,1
    right,standing,foot_length,9 7/8,in,,2

JSON (a bare number is in mm; a list holds repeats)::

    {"feet": [{"side": "right", "load": "standing",
               "measurements": {"ball_length": [184, 186, "18.5 cm"],
                                "foot_length": {"value": 25.1, "unit": "cm", "u95": 0.3}}}]}

Repeats become one value: the mean, whose error comes from their spread (`quantity.mean_of_repeats`).
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import cast

from fitter.anatomy.measures import BY_ID, ENTERABLE, REGISTRY, Measure
from fitter.errors import FitterError
from fitter.lengths import UNIT_WORDS, as_written, division_mm, finite, shown
from fitter.measurements import LOADS, NEEDS_TWO_LOADS, SIDES, Load, Measurements, Side
from fitter.quantity import COVERAGE, Missing, Quantity, Reading, combine_u95, mean_of_repeats, propagate
from fitter.resources import table
from fitter.terms import MM_PER_UNIT

COLUMNS = ("side", "load", "measure", "value", "unit", "u95")
_OPTIONAL = ("repeat", "note")
_SIDE_WORDS: dict[str, str] = {**dict(zip(SIDES, SIDES, strict=True)), "l": "left", "r": "right"}
_WORDS: Mapping[str, Mapping[str, str]] = {
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
    return _word(text, _WORDS[field], field, where)


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
    measure = _enterable(measure_id, where)
    written = as_written(value)
    if written is None:
        raise FitterError(
            f"value is {_shown(value)}, expected a number",
            where=where,
            todo="" if value in (None, "") else "Write it as 251, 25.1 or 9 7/8",
        )
    stated = _word(unit, UNIT_WORDS, "unit", where) if unit else ""
    if stated and written.unit not in ("", stated):
        raise FitterError(
            f"value is {_shown(value)}, and its unit is given as {stated}",
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
    return replace(found, value=_scaled(found.value, 1.0), basis=f"mean of {len(readings)} readings")


def _usual_sd(u95: float, fixed_u95: float) -> float:
    return math.sqrt(u95**2 - fixed_u95**2) / COVERAGE


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
                f"{measure.name}: the two readings differ by too much ({both})",
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
            f"{measure.name}: reading {number + 1} ({shown(wild.mm, wild.unit)}) lies "
            f"{shown(round(off, 1), wild.unit)} from the others",
            number,
            where=wild.where,
            todo=f"Measure reading {number + 1} again, or leave it out",
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
        expected = f"above 0 and at most {half} ({_plain(most)} {unit})"
        raise FitterError(
            f"u95 is {_plain(u95)} {unit}, expected a number {expected}",
            where=where,
            todo="Give how far off the reading may be, or leave it out",
            code="implausible_u95",
        )


def _refuse_finer_than_ruler(u95: float, unit: str, parts: int, where: str) -> None:
    """An error smaller than half a division, which is how far a mark may be from the edge it is read for."""
    least = division_mm(unit, parts) / 2.0
    if u95 < least - 1e-6:
        written = f"{_plain(u95 / MM_PER_UNIT[unit])} {unit}"
        expected = f"at least {_plain(math.ceil(least / MM_PER_UNIT[unit] * 1e4 - 1e-6) / 1e4)} {unit}"
        raise FitterError(
            f"u95 is {written}, finer than a ruler can be read, expected {expected}",
            where=where,
            todo="Give how far off the reading may be, or leave it out",
            code="implausible_u95",
        )


def _enterable(text: str, where: str) -> Measure:
    measure = BY_ID[_word(text, _MEASURE_WORDS, "measure", where, offered=[m.id for m in ENTERABLE])]
    if measure.from_measures:
        raise FitterError(f"{measure.id} is computed, not entered", where=where, todo="Leave it out")
    if measure not in ENTERABLE:
        raise FitterError(
            f"{measure.id} can't be taken by hand, only from a scan", where=where, todo="Leave it out"
        )
    return measure


def _word(
    text: object, known: Mapping[str, str], field: str, where: str, offered: Sequence[str] | None = None
) -> str:
    """The stable word behind what a person wrote ("Foot length", "R", "Inches")."""
    words = list(offered or dict.fromkeys(known.values()))
    if not isinstance(text, str):
        raise FitterError(f"{field} is {_shown(text)}, expected one of {', '.join(words)}", where=where)
    key = re.sub(r"[\s\-]+", "_", text.strip().lower())
    if key in known:
        return known[key]
    nearest = get_close_matches(key, [*words, *known], n=1, cutoff=0.5)
    raise FitterError(
        f"{field} is {_shown(text)}, expected one of {', '.join(words)}",
        where=where,
        todo=f"The nearest is {known.get(nearest[0], nearest[0])}" if nearest else "",
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
        raise FitterError(f"{name} is {_shown(value)}, expected a number", where=where)
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
    fit = f"{_plain(raw)} {fits[0]} would fit: give the unit as {fits[0]}" if fits else ""
    todo = " ".join(part for part in (asked, fit) if part) or "Measure again"
    expected = f"{_plain(low / factor)} to {_plain(high / factor)} {unit}"
    raise FitterError(
        f"{measure.name} is {_plain(raw)} {unit}, expected {expected}",
        where=where,
        todo=todo,
        code="implausible",
    )


def _plain(number: float) -> str:
    """A number as a person writes it: no exponent below ten digits."""
    return f"{number:.10g}" if abs(number) >= 1e5 else f"{number:.6g}"


def _shown(value: object) -> str:
    """A person's own words back to them, short and on one line."""
    text = " ".join(value.split()) if isinstance(value, str) else json.dumps(value, default=str)
    text = text if len(text) <= 40 else text[:37] + "..."
    return f"'{text}'" if text else "empty"


# ---------------------------------------------------------------------------------------- files


def is_measurement_file(name: str, data: bytes) -> bool:
    """Whether these bytes are measures typed in a file rather than a scan: by name, else by their look."""
    if name.lower().endswith((".csv", ".tsv", ".json")):
        return True
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"{"):
        return b'"feet"' in head and b'"measurements"' in head
    first = next(
        (line for line in head.decode("latin-1").splitlines() if line and not line.startswith("#")), ""
    )
    return {"side", "measure", "value"} <= set(_cells(first.lower(), _separator(first)))


def parse_measurement_file(name: str, data: bytes) -> tuple[EnteredFoot, ...]:
    """The feet of a CSV or JSON file, in the order they first appear; one entry a side and load."""
    text = _decoded(name, data)
    feet = _from_json(name, text) if text.lstrip().startswith(("{", "[")) else _from_csv(name, text)
    if not feet:
        raise FitterError("holds no measures", where=name, todo=f"Expected rows of {', '.join(COLUMNS)}")
    return feet


def to_csv(entered: Iterable[EnteredFoot]) -> str:
    """The feet as a measurement file that `parse_measurement_file` reads back unchanged."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for foot in entered:
        for measure_id, q in foot.values.items():
            writer.writerow((foot.side, foot.load, measure_id, repr(q.value), q.unit, repr(q.u95)))
    return out.getvalue()


def read_table(name: str, data: bytes) -> tuple[tuple[str, ...], list[tuple[int, dict[str, str]]]]:
    """A small hand-made table: its column names, and its rows as (line number, column -> cell).

    Takes a byte order mark, ``,`` ``;`` or tab, any case in the header, blank lines and ``#`` comments.
    """
    return _table(name, _decoded(name, data))


def _decoded(name: str, data: bytes) -> str:
    if not data.strip():
        raise FitterError("the file is empty", where=name, todo="Choose another file", code="empty_file")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # how Excel saves "Unicode text"
        return data.decode("utf-16", errors="replace")
    if b"\0" in data:
        raise FitterError("is not a text file, expected CSV or JSON", where=name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _separator(line: str) -> str:
    return max(",;\t", key=line.count)


def _cells(line: str, separator: str) -> list[str]:
    if line.count('"') % 2:  # a lone inch sign, which CSV would take for an opening quote
        line = re.sub(rf'(^|{separator})\s*"\s*(?={separator}|$)', r'\1""""', line)
    return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]


def _table(name: str, text: str) -> tuple[tuple[str, ...], list[tuple[int, dict[str, str]]]]:
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip(' \t,;"')]
    lines = [(n, line) for n, line in lines if not line.lstrip(' "').startswith("#")]
    if not lines:
        raise FitterError("holds no rows", where=name, code="empty_file")
    separator = _separator(lines[0][1])
    header = tuple(re.sub(r"[\s\-]+", "_", cell.lower()) for cell in _cells(lines[0][1], separator))
    rows = []
    for n, line in lines[1:]:
        cells = _cells(line, separator)
        if any(cells[len(header) :]):
            raise FitterError(
                f"has {len(cells)} cells where the header names {len(header)}",
                where=f"{name}, line {n}",
                todo="If it holds a decimal comma, put that number in quotes or separate cells with ;",
            )
        rows.append((n, dict(zip(header, cells + [""] * len(header), strict=False))))
    return header, rows


def _from_csv(name: str, text: str) -> tuple[EnteredFoot, ...]:
    header, rows = _table(name, text)
    absent = [column for column in ("side", "measure", "value") if column not in header]
    if absent:
        raise FitterError(
            f"the first row names no column {' or '.join(absent)}",
            where=name,
            todo=f"Start the file with the row {','.join(COLUMNS)}",
        )
    for column in header:
        _word(column, {c: c for c in (*COLUMNS, *_OPTIONAL)}, "column", f"{name}, first row")
    entries = []
    for n, row in rows:
        where = f"{name}, line {n}"
        side, load = _side_and_load(row["side"], row.get("load", ""), where)
        reading = typed_reading(
            row["measure"], row["value"], row.get("unit", ""), row.get("u95"), where=where
        )
        key = side, load, _enterable(row["measure"], where).id
        entries.append((key, reading, _repeat(row.get("repeat", ""), where)))
    return _grouped(entries)


def _repeat(text: str, where: str) -> int | None:
    """The number of a repeat, where the file states one."""
    if not text:
        return None
    if not re.fullmatch(r"[1-9]\d?", text):
        raise FitterError(f"repeat is {_shown(text)}, expected a number from 1 to 99", where=where)
    return int(text)


def _side_and_load(side: object, load: object, where: str) -> tuple[Side, Load]:
    return (
        cast(Side, _word(side, _WORDS["side"], "side", where)),
        cast(Load, _word(load or "unknown", _WORDS["load"], "load", where)),
    )


_Key = tuple[Side, Load, str]


def _grouped(entries: Iterable[tuple[_Key, TypedReading, int | None]]) -> tuple[EnteredFoot, ...]:
    """Readings put together by foot and measure. ``repeat`` numbers may be left out, but none comes twice."""
    feet: dict[tuple[Side, Load], dict[str, list[TypedReading]]] = {}
    numbers: set[tuple[_Key, int]] = set()
    for key, reading, number in entries:
        side, load, measure_id = key
        if number is not None and (key, number) in numbers:
            raise FitterError(
                f"reading {number} of {measure_id} of the {side} foot ({load}) is given twice",
                where=reading.where,
                todo="Give each repeat a number of its own",
            )
        if number is not None:
            numbers.add((key, number))
        feet.setdefault((side, load), {}).setdefault(measure_id, []).append(reading)
    return tuple(entered_foot(side, load, readings) for (side, load), readings in feet.items())


def entered_foot(side: Side, load: Load, readings: Mapping[str, Sequence[TypedReading]]) -> EnteredFoot:
    """One foot from the readings of each measure."""
    values = {measure_id: from_readings(measure_id, repeats) for measure_id, repeats in readings.items()}
    return EnteredFoot(side, load, values, {measure_id: r[0].unit for measure_id, r in readings.items()})


def _from_json(name: str, text: str) -> tuple[EnteredFoot, ...]:
    try:
        tree = json.loads(text, object_pairs_hook=_no_key_twice)
    except FitterError as e:
        raise e.at(name) from None
    except (json.JSONDecodeError, RecursionError) as e:
        place = (
            f"line {e.lineno}: {e.msg.lower()}" if isinstance(e, json.JSONDecodeError) else "nested too deep"
        )
        raise FitterError(f"is not valid JSON ({place})", where=name) from None
    except ValueError:  # Python reads no integer of more than 4300 digits
        raise FitterError("is not valid JSON (a number in it is too long)", where=name) from None
    if isinstance(tree, dict) and "schema_version" in tree:
        raise FitterError(
            "is a fit profile, a result and not a measurement file",
            where=name,
            todo="Give the scan or the measures it was made from",
        )
    feet = tree.get("feet") if isinstance(tree, dict) else None
    if not isinstance(feet, list):
        raise FitterError(
            'expected {"feet": [{"side": ..., "load": ..., "measurements": {...}}]}', where=name
        )
    return _grouped(
        entry for n, foot in enumerate(feet, 1) for entry in _json_foot(foot, f"{name}, foot {n}")
    )


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    keys = [key for key, _ in pairs]
    twice = [key for key in keys if keys.count(key) > 1]
    if twice:
        raise FitterError(f"{_shown(twice[0])} is given twice")
    return dict(pairs)


def _json_foot(foot: object, where: str) -> list[tuple[_Key, TypedReading, int | None]]:
    if not isinstance(foot, dict) or not isinstance(foot.get("measurements"), dict):
        raise FitterError('expected {"side": ..., "load": ..., "measurements": {...}}', where=where)
    for key in foot:
        _word(key, {k: k for k in ("side", "load", "measurements", "note")}, "field", where)
    side, load = _side_and_load(foot.get("side"), foot.get("load"), where)
    entries: list[tuple[_Key, TypedReading, int | None]] = []
    for key, raw in foot["measurements"].items():
        place = f"{where}, {key}"
        values, unit, u95 = _json_values(raw, place)
        for n, value in enumerate(values, 1):
            at = f"{place}, reading {n}" if len(values) > 1 else place
            reading = typed_reading(key, value, unit, u95, where=at)
            entries.append(((side, load, _enterable(key, place).id), reading, None))
    return entries


def _json_values(raw: object, where: str) -> tuple[list[object], str, object]:
    """The readings of one measure, their unit ("" where none is stated) and their error."""
    tree = raw if isinstance(raw, dict) else {"value": raw}
    for key in tree:
        _word(key, {k: k for k in ("value", "unit", "u95", "note")}, "field", where)
    unit = tree.get("unit", "")
    if not isinstance(unit, str):
        raise FitterError(f"unit is {_shown(unit)}, expected one of {', '.join(MM_PER_UNIT)}", where=where)
    value = tree.get("value")
    values = value if isinstance(value, list) else [value]
    if not values:
        raise FitterError("holds no reading", where=where, todo="Leave it out, or give a number")
    return values, unit, tree.get("u95")


# ---------------------------------------------------------------------------------------- measurements


def measurements_from_entry(foot: EnteredFoot) -> Measurements:
    """Every measure of the registry, as far as a ruler can give it, once the entered values make sense."""
    where = f"{foot.side} foot"
    for measure_id, q in foot.values.items():
        unit = foot.units.get(measure_id, q.unit)
        _refuse_implausible(_enterable(measure_id, where), q.value, unit, MM_PER_UNIT[unit], where)
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

            twice = "twice the " if times == 2 else ""
            raise FitterError(
                f"{BY_ID[large].name} ({foot.shown(large)}) must be more than "
                f"{twice}{BY_ID[small].name.lower()} ({foot.shown(small)})",
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
        return Missing("not_entered", f"Needs {' and '.join(absent)}, not entered.")
    top, bottom = (values[part] for part in measure.from_measures)
    return propagate(lambda a, b: a / b, top, bottom, unit=measure.unit)


def _from_print(measure: Measure, values: Mapping[str, Quantity]) -> Reading:
    """An index of the widths of a wet footprint, with their errors and that of its definition."""
    *parts, times = _PRINT_INDICES[measure.id]
    absent = [BY_ID[part].name.lower() for part in parts if part not in values]
    if absent:
        return Missing("not_entered", f"Needs a scan, or {' and '.join(absent)}, not entered.")
    widths = [values[part] for part in parts]
    read = propagate(lambda a, b: times * a / b, *widths, unit=measure.unit)
    u95 = combine_u95([read.u95, measure.definition_u95])
    return Quantity(read.value, u95, measure.unit, read.known_u95, WET_FOOTPRINT)
