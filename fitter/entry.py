"""Measures taken by hand, from a form, the command line, a CSV or a JSON file, made into `Measurements`.

Two files say the same:

CSV, one row a value (separator ``,`` ``;`` or tab; ``unit`` and ``u95`` may be left out)::

    side,load,measure,value,unit,u95
    right,standing,foot_length,251,mm,3

JSON (a bare number is in mm)::

    {"feet": [{"side": "right", "load": "standing",
               "measurements": {"ball_length": 184,
                                "foot_length": {"value": 25.1, "unit": "cm", "u95": 0.3}}}]}
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import cast

from fitter.anatomy.measures import BY_ID, ENTERABLE, REGISTRY, Measure
from fitter.errors import FitterError
from fitter.measurements import LOADS, NEEDS_TWO_LOADS, SIDES, Load, Measurements, Side
from fitter.quantity import Missing, Quantity, Reading, propagate
from fitter.terms import MM_PER_UNIT

COLUMNS = ("side", "load", "measure", "value", "unit", "u95")
_UNIT_WORDS: dict[str, str] = {
    **dict(zip(MM_PER_UNIT, MM_PER_UNIT, strict=True)),
    **dict.fromkeys(("millimetre", "millimetres", "millimeter", "millimeters"), "mm"),
    **dict.fromkeys(("centimetre", "centimetres", "centimeter", "centimeters"), "cm"),
    **dict.fromkeys(("metre", "metres", "meter", "meters"), "m"),
    **dict.fromkeys(("inch", "inches", '"', "″", "”", "''"), "in"),
}
_SIDE_WORDS: dict[str, str] = {**dict(zip(SIDES, SIDES, strict=True)), "l": "left", "r": "right"}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "side": _SIDE_WORDS,
    "load": {word: word for word in LOADS},
    "units": _UNIT_WORDS,
}
_MEASURE_WORDS = {m.id: m.id for m in REGISTRY} | {m.name.lower().replace(" ", "_"): m.id for m in REGISTRY}

# What no foot can do, whatever its shape: (measure, times, must be smaller than).
_ORDER: tuple[tuple[str, int, str], ...] = (
    ("ball_length", 1, "foot_length"),
    ("outer_ball_length", 1, "foot_length"),
    ("ball_breadth", 1, "foot_length"),
    ("heel_breadth", 1, "ball_breadth"),
    ("navicular_height", 1, "instep_height"),
    ("navicular_height", 1, "medial_malleolus_height"),
    ("ball_breadth", 2, "ball_girth"),
    ("instep_height", 2, "instep_girth"),
)


@dataclass(frozen=True, slots=True)
class EnteredFoot:
    """What a person measured on one foot: measure id -> length in mm with its error. Not yet judged."""

    side: Side
    load: Load
    values: Mapping[str, Quantity]


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


def entered_value(
    measure_id: str, value: object, unit: str = "mm", u95: object = None, *, where: str = ""
) -> Quantity:
    """One typed value (a number, or text with a decimal point or comma) as a plausible `Quantity` in mm.

    ``u95`` is in ``unit`` too; left out, it is the registry's error of one careful reading.
    """
    measure = _enterable(measure_id, where)
    factor = MM_PER_UNIT[_word(unit or "mm", _UNIT_WORDS, "unit", where)]
    length = _scaled(_number(value, "value", where), factor)
    _refuse_implausible(measure, length, unit or "mm", factor, where)
    if u95 is None or u95 == "":
        return Quantity(length, measure.entered_u95, measure.unit)
    error = _scaled(_number(u95, "u95", where), factor)
    _refuse_error(length / factor, error / factor, unit or "mm", where)
    return Quantity(length, error, measure.unit)


def _refuse_error(value: float, u95: float, unit: str, where: str) -> None:
    """An error that says nothing, or so much that the value says nothing."""
    if not 0 < u95 <= value / 2:
        expected = f"above 0 and at most half of the value ({_plain(value / 2)} {unit})"
        raise FitterError(
            f"u95 is {_plain(u95)} {unit}, expected a number {expected}",
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


def _number(value: object, field: str, where: str) -> float:
    """A finite number from a number or a text; one comma and no point is a decimal comma."""
    if isinstance(value, str):
        text = value.strip().replace("\u00a0", "").replace("\u2212", "-")
        text = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
        try:
            number = float(text)
        except ValueError:
            number = math.nan
    else:
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not math.isfinite(number) or (isinstance(value, str) and "_" in value):
        unit = re.fullmatch(r"[-+.,\d\s]+(\D{1,12})", value.strip()) if isinstance(value, str) else None
        with_unit = unit is not None and unit[1].strip().lower() in _UNIT_WORDS
        todo = "Write the number alone; its unit is stated apart from it" if with_unit else ""
        raise FitterError(f"{field} is {_shown(value)}, expected a number", where=where, todo=todo)
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
    todo = f"{_plain(raw)} {fits[0]} would fit: give the unit as {fits[0]}" if fits else "Measure again"
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
        _word(column, {c: c for c in (*COLUMNS, "note")}, "column", f"{name}, first row")
    entries = []
    for n, row in rows:
        where = f"{name}, line {n}"
        side, load = _side_and_load(row["side"], row.get("load", ""), where)
        q = entered_value(row["measure"], row["value"], row.get("unit", ""), row.get("u95"), where=where)
        entries.append((side, load, _enterable(row["measure"], where).id, q, where))
    return _grouped(entries)


def _side_and_load(side: object, load: object, where: str) -> tuple[Side, Load]:
    return (
        cast(Side, _word(side, _WORDS["side"], "side", where)),
        cast(Load, _word(load or "unknown", _WORDS["load"], "load", where)),
    )


def _grouped(entries: Iterable[tuple[Side, Load, str, Quantity, str]]) -> tuple[EnteredFoot, ...]:
    feet: dict[tuple[Side, Load], dict[str, Quantity]] = {}
    for side, load, measure_id, q, where in entries:
        values = feet.setdefault((side, load), {})
        if measure_id in values:
            raise FitterError(f"{measure_id} of the {side} foot ({load}) is given twice", where=where)
        values[measure_id] = q
    return tuple(EnteredFoot(side, load, values) for (side, load), values in feet.items())


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


def _json_foot(foot: object, where: str) -> list[tuple[Side, Load, str, Quantity, str]]:
    if not isinstance(foot, dict) or not isinstance(foot.get("measurements"), dict):
        raise FitterError('expected {"side": ..., "load": ..., "measurements": {...}}', where=where)
    for key in foot:
        _word(key, {k: k for k in ("side", "load", "measurements", "note")}, "field", where)
    side, load = _side_and_load(foot.get("side"), foot.get("load"), where)
    entries = []
    for key, raw in foot["measurements"].items():
        place = f"{where}, {key}"
        value, unit, u95 = _json_value(raw, place)
        q = entered_value(key, value, unit, u95, where=place)
        entries.append((side, load, _enterable(key, place).id, q, place))
    return entries


def _json_value(raw: object, where: str) -> tuple[object, str, object]:
    if not isinstance(raw, dict):
        return raw, "mm", None
    for key in raw:
        _word(key, {k: k for k in ("value", "unit", "u95", "note")}, "field", where)
    unit = raw.get("unit", "mm")
    if not isinstance(unit, str):
        raise FitterError(f"unit is {_shown(unit)}, expected one of {', '.join(MM_PER_UNIT)}", where=where)
    return raw.get("value"), unit, raw.get("u95")


# ---------------------------------------------------------------------------------------- measurements


def measurements_from_entry(foot: EnteredFoot) -> Measurements:
    """Every measure of the registry, as far as a ruler can give it, once the entered values make sense."""
    where = f"{foot.side} foot"
    for measure_id, q in foot.values.items():
        _refuse_implausible(_enterable(measure_id, where), q.value, q.unit, 1.0, where)
        _refuse_error(q.value, q.u95, q.unit, f"{where}, {measure_id}")
    _refuse_contradiction(foot.values, where)
    readings = {m.id: _reading(m, foot.values) for m in REGISTRY}
    return Measurements(foot.side, foot.load, "entered", readings)


def _refuse_contradiction(values: Mapping[str, Quantity], where: str) -> None:
    for small, times, large in _ORDER:
        if small in values and large in values and times * values[small].value >= values[large].value:
            twice = "twice the " if times == 2 else ""
            raise FitterError(
                f"{BY_ID[large].name} ({_plain(values[large].value)} mm) must be more than "
                f"{twice}{BY_ID[small].name.lower()} ({_plain(values[small].value)} mm)",
                where=where,
                todo="Measure both again",
                code="contradiction",
            )


def _reading(measure: Measure, values: Mapping[str, Quantity]) -> Reading:
    if measure.id in values:
        return values[measure.id]
    if measure in ENTERABLE:
        return Missing("not_entered", "Not entered.")
    if measure.kind == "pair":
        return NEEDS_TWO_LOADS
    absent = [BY_ID[part].name.lower() for part in measure.from_measures if part not in values]
    if not measure.from_measures:
        return Missing("needs_scan", "Can't be taken with a ruler; needs a scan.")
    if absent:
        return Missing("not_entered", f"Needs {' and '.join(absent)}, not entered.")
    top, bottom = (values[part] for part in measure.from_measures)
    return propagate(lambda a, b: a / b, top, bottom, unit=measure.unit)
