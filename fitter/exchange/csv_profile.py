"""The fit profile as a long table, both ways: one row a value, for a spreadsheet or a statistics program.

================  ===========================================================================================
column            what stands there
================  ===========================================================================================
foot              1, 2, ... ; empty where the row is about the whole profile
side, load        of that foot
section           the top-level name in the JSON profile: ``measurements``, ``posture``, ``knee``, ...
id                the measure, or the place below the section: names and ``[n]`` (from 0) joined by ``/``
value             a number, or ``true``, ``false``, ``null``, ``[]``, ``{}`` as in JSON
u95, unit         of a reading
basis             what a reading was read from, where that is not the usual thing (outline, wet footprint)
known_u95         the part of u95 that the scan, or the spread of repeats, lets us know
code              why a reading is missing, for programs
text              a text; for a missing reading, why
================  ===========================================================================================

A text that a spreadsheet would run as a formula is preceded by an apostrophe, which reading takes off again.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

from fitter.errors import FitterError
from fitter.exchange.json_profile import Tree, from_tree, to_tree
from fitter.profile import FitProfile

COLUMNS = (
    "foot", "side", "load", "section", "id", "value", "u95", "known_u95", "unit", "basis", "code", "text",
)  # fmt: skip
_READING = {"value", "u95", "unit"}
_SCANNED = _READING | {"known_u95"}
_READING_KEYS = (
    _READING,
    _SCANNED,
    _READING | {"basis"},
    _SCANNED | {"basis"},
    _READING | {"interval"},
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")

Row = dict[str, str]


def to_csv(profile: FitProfile) -> str:
    """The profile as CSV text with a header row, lines ended by a line feed."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for row in _rows(to_tree(profile)):
        writer.writerow({k: _guarded(v) if k in ("id", "text", "code") else v for k, v in row.items()})
    return out.getvalue()


def from_csv(data: bytes, where: str) -> FitProfile:
    """The profile of a table `to_csv` wrote; ``where`` names it in errors."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FitterError("is not UTF-8 text, expected a fit profile in CSV", where=where) from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise FitterError(f"is not a fit profile: expected the columns {','.join(COLUMNS)}", where=where)
        tree: Tree = {"feet": []}
        for row in reader:
            _place(tree, {k: v or "" for k, v in row.items()}, f"{where}, line {reader.line_num}")
    except csv.Error as e:
        raise FitterError(f"is not valid CSV ({e})", where=where) from None
    return from_tree(_listed(tree), where)


# ---------------------------------------------------------------------------------------- writing


def _rows(tree: Tree) -> Iterator[Row]:
    for section, node in tree.items():
        if section == "feet":
            for n, foot in enumerate(node, 1):
                yield from _foot_rows(n, foot)
        else:
            for place, cells in _leaves(node):
                yield {"section": section, "id": "/".join(place), **cells}


def _foot_rows(number: int, foot: Tree) -> Iterator[Row]:
    for section, node in foot.items():
        if section not in ("side", "load"):
            for place, cells in _leaves(node):
                envelope = {"foot": str(number), "side": foot["side"], "load": foot["load"]}
                yield {**envelope, "section": section, "id": "/".join(place), **cells}


def _leaves(node: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Row]]:
    """Every value below ``node`` with its place and its cells."""
    if isinstance(node, dict) and set(node) in _READING_KEYS:
        yield (
            place,
            {key: json.dumps(node[key]) for key in ("value", "u95", "known_u95") if key in node}
            | {key: node[key] for key in ("unit", "basis") if key in node},
        )
    elif isinstance(node, dict) and set(node) == {"value", "reason"}:
        yield place, node["reason"]
    elif isinstance(node, dict) and node:
        for key, child in node.items():
            yield from _leaves(child, (*place, _escaped(key)))
    elif isinstance(node, list | tuple) and node:
        for n, child in enumerate(node):
            yield from _leaves(child, (*place, f"[{n}]"))
    elif isinstance(node, str):
        yield place, {"text": node}
    else:
        yield place, {"value": json.dumps(node)}


def _escaped(key: str) -> str:
    # As in JSON Pointer (RFC 6901), and ~2 keeps a key apart from a list place; ~3 is the empty key.
    return key.replace("~", "~0").replace("/", "~1").replace("[", "~2") or "~3"


def _unescaped(token: str) -> str:
    return token.replace("~3", "").replace("~2", "[").replace("~1", "/").replace("~0", "~")


def _guarded(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA) else text


# ---------------------------------------------------------------------------------------- reading


def _place(tree: Tree, row: Row, where: str) -> None:
    """Put one row's value where it belongs in the tree; lists are dicts of ``[n]`` until the end."""
    row = {k: v[1:] if k in ("id", "text", "code") and v.startswith("'") else v for k, v in row.items()}
    target = tree
    if row["foot"]:
        target = _foot(tree["feet"], row, where)
    *path, last = (row["section"] + ("/" + row["id"] if row["id"] else "")).split("/")
    for token in path:
        target = target.setdefault(token, {})
        if not isinstance(target, dict):
            raise FitterError(f"{row['section']} {row['id']} is both a value and a group", where=where)
    if not last or last in target:
        raise FitterError(f"{row['section']} {row['id']} is given twice or has no name", where=where)
    target[last] = _value(row, where)


def _foot(feet: list[Tree], row: Row, where: str) -> Tree:
    envelope = {"side": row["side"], "load": row["load"]}
    if row["foot"] == str(len(feet) + 1):
        feet.append(dict(envelope))
    if not row["foot"].isdecimal() or not 1 <= int(row["foot"]) <= len(feet):
        raise FitterError(f"foot is {row['foot'][:20]!r}, expected 1, 2, ... in order", where=where)
    foot: Tree = feet[int(row["foot"]) - 1]
    if {key: foot[key] for key in envelope} != envelope:
        raise FitterError(f"foot {row['foot']} has another side or load than before", where=where)
    return foot


def _value(row: Row, where: str) -> object:
    if row["code"]:
        return {"value": None, "reason": {"code": row["code"], "text": row["text"]}}
    try:
        value = json.loads(row["value"]) if row["value"] else row["text"]
        if not row["u95"]:
            return value
        more = {"known_u95": json.loads(row["known_u95"])} if row["known_u95"] else {}
        more |= {"basis": row["basis"]} if row["basis"] else {}
        return {"value": value, "u95": json.loads(row["u95"]), "unit": row["unit"], **more}
    except (json.JSONDecodeError, RecursionError):
        raise FitterError(f"value is {row['value'][:20]!r}, expected a number", where=where) from None


def _listed(node: Any) -> Any:
    """The tree with every group of ``[0]``, ``[1]``, ... made a list and every key unescaped."""
    if not isinstance(node, dict):
        return [_listed(child) for child in node] if isinstance(node, list) else node
    if node and all(re.fullmatch(r"\[\d+\]", key) for key in node):
        return [_listed(child) for child in node.values()]
    return {_unescaped(key): _listed(child) for key, child in node.items()}
