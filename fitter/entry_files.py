"""Files of measures taken by hand. Two say the same:

CSV, one row a reading (separator ``,`` ``;`` or tab; ``unit``, ``u95`` and ``repeat`` may be left out; rows
of one measure of one foot under one load are its repeats)::

    side,load,measure,value,unit,u95,repeat
    right,standing,foot_length,251,mm,3,1
    right,standing,foot_length,9 7/8,in,,2

JSON (a bare number is in mm; a list holds repeats)::

    {"feet": [{"side": "right", "load": "standing",
               "measurements": {"ball_length": [184, 186, "18.5 cm"],
                                "foot_length": {"value": 25.1, "unit": "cm", "u95": 0.3}}}]}
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from typing import cast

from fitter.entry import (
    WORDS,
    EnteredFoot,
    TypedReading,
    as_typed,
    enterable,
    entered_foot,
    known_word,
    typed_reading,
)
from fitter.errors import FitterError
from fitter.measurements import Load, Side
from fitter.saying import N_, joined, say
from fitter.terms import MM_PER_UNIT

COLUMNS = ("side", "load", "measure", "value", "unit", "u95")
_OPTIONAL = ("repeat", "note")


def is_measurement_file(name: str, data: bytes) -> bool:
    """Whether these bytes are measures typed in a file rather than a scan: by name, else by their look."""
    if name.lower().endswith((".csv", ".tsv", ".json", ".fitprofile")):
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
        raise FitterError(
            "holds no measures",
            where=name,
            todo=say("Expected rows of {columns}", columns=joined(", ", COLUMNS)),
        )
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
                say(
                    "has {cells} cells where the header names {header}", cells=len(cells), header=len(header)
                ),
                where=say("{name}, line {n}", name=name, n=n),
                todo="If it holds a decimal comma, put that number in quotes or separate cells with ;",
            )
        rows.append((n, dict(zip(header, cells + [""] * len(header), strict=False))))
    return header, rows


def _from_csv(name: str, text: str) -> tuple[EnteredFoot, ...]:
    header, rows = _table(name, text)
    absent = [column for column in ("side", "measure", "value") if column not in header]
    if absent:
        raise FitterError(
            say("the first row names no column {absent}", absent=joined(N_(" or "), absent)),
            where=name,
            todo=say("Start the file with the row {columns}", columns=joined(",", COLUMNS)),
        )
    for column in header:
        known_word(
            column, {c: c for c in (*COLUMNS, *_OPTIONAL)}, "column", say("{name}, first row", name=name)
        )
    entries = []
    for n, row in rows:
        where = say("{name}, line {n}", name=name, n=n)
        side, load = _side_and_load(row["side"], row.get("load", ""), where)
        reading = typed_reading(
            row["measure"], row["value"], row.get("unit", ""), row.get("u95"), where=where
        )
        key = side, load, enterable(row["measure"], where).id
        entries.append((key, reading, _repeat(row.get("repeat", ""), where)))
    return _grouped(entries)


def _repeat(text: str, where: str) -> int | None:
    """The number of a repeat, where the file states one."""
    if not text:
        return None
    if not re.fullmatch(r"[1-9]\d?", text):
        raise FitterError(
            say("repeat is {text}, expected a number from 1 to 99", text=as_typed(text)), where=where
        )
    return int(text)


def _side_and_load(side: object, load: object, where: str) -> tuple[Side, Load]:
    return (
        cast(Side, known_word(side, WORDS["side"], "side", where)),
        cast(Load, known_word(load or "unknown", WORDS["load"], "load", where)),
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
                say(
                    "reading {number} of {measure_id} of the {side} foot ({load}) is given twice",
                    number=number,
                    measure_id=measure_id,
                    side=side,
                    load=load,
                ),
                where=reading.where,
                todo="Give each repeat a number of its own",
            )
        if number is not None:
            numbers.add((key, number))
        feet.setdefault((side, load), {}).setdefault(measure_id, []).append(reading)
    return tuple(entered_foot(side, load, readings) for (side, load), readings in feet.items())


def _from_json(name: str, text: str) -> tuple[EnteredFoot, ...]:
    try:
        tree = json.loads(text, object_pairs_hook=_no_key_twice)
    except FitterError as e:
        raise e.at(name) from None
    except (json.JSONDecodeError, RecursionError) as e:
        place = (
            say("line {lineno}: {msg}", lineno=e.lineno, msg=e.msg.lower())
            if isinstance(e, json.JSONDecodeError)
            else "nested too deep"
        )
        raise FitterError(say("is not valid JSON ({place})", place=place), where=name) from None
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
        entry
        for n, foot in enumerate(feet, 1)
        for entry in _json_foot(foot, say("{name}, foot {n}", name=name, n=n))
    )


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    keys = [key for key, _ in pairs]
    twice = [key for key in keys if keys.count(key) > 1]
    if twice:
        raise FitterError(say("{twice} is given twice", twice=as_typed(twice[0])))
    return dict(pairs)


def _json_foot(foot: object, where: str) -> list[tuple[_Key, TypedReading, int | None]]:
    if not isinstance(foot, dict) or not isinstance(foot.get("measurements"), dict):
        raise FitterError('expected {"side": ..., "load": ..., "measurements": {...}}', where=where)
    for key in foot:
        known_word(key, {k: k for k in ("side", "load", "measurements", "note")}, "field", where)
    side, load = _side_and_load(foot.get("side"), foot.get("load"), where)
    entries: list[tuple[_Key, TypedReading, int | None]] = []
    for key, raw in foot["measurements"].items():
        place = f"{where}, {key}"
        values, unit, u95 = _json_values(raw, place)
        for n, value in enumerate(values, 1):
            at = say("{place}, reading {n}", place=place, n=n) if len(values) > 1 else place
            reading = typed_reading(key, value, unit, u95, where=at)
            entries.append(((side, load, enterable(key, place).id), reading, None))
    return entries


def _json_values(raw: object, where: str) -> tuple[list[object], str, object]:
    """The readings of one measure, their unit ("" where none is stated) and their error."""
    tree = raw if isinstance(raw, dict) else {"value": raw}
    for key in tree:
        known_word(key, {k: k for k in ("value", "unit", "u95", "note")}, "field", where)
    unit = tree.get("unit", "")
    if not isinstance(unit, str):
        raise FitterError(
            say(
                "unit is {unit}, expected one of {mm_per_unit}",
                unit=as_typed(unit),
                mm_per_unit=joined(", ", MM_PER_UNIT),
            ),
            where=where,
        )
    value = tree.get("value")
    values = value if isinstance(value, list) else [value]
    if not values:
        raise FitterError("holds no reading", where=where, todo="Leave it out, or give a number")
    return values, unit, tree.get("u95")
