"""A shop's catalogue of insoles: a table from CSV, a spreadsheet or SQLite, checked row by row.

Good rows are kept; of a bad one it is told which line, which column, what was expected and what to do.
Nothing in a cell is ever run: what looks like a formula stays the text it is.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitter.answers import QUESTIONS
from fitter.errors import FitterError
from fitter.lengths import as_written
from fitter.resources import table
from fitter.saying import joined, say
from fitter.terms import MM_PER_UNIT

FIRMNESS = ("soft", "medium", "firm")
FOOTWEAR = tuple(word for q in QUESTIONS if q.id == "footwear" for word in q.words)
ANY_SHOE = "any"

# A shop's whole stock is a few thousand rows; more is no catalogue, or a file made to fill the memory.
MOST_ROWS, MOST_BYTES, MOST_UNPACKED, LONGEST_TEXT = 50_000, 20_000_000, 200_000_000, 200
# What a spreadsheet would run; written behind an apostrophe, which reading takes off again.
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table. ``kind``: text, length (mm), number, whole, words or code; numbers lie within
    ``low`` and ``high``."""

    id: str
    kind: str
    text: str
    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    required: bool = False
    example: str = ""


# The bounds are those of anything sold as an insole, wider than what a rule recommends.
_SHOES = say(
    "The shoes it goes into: {footwear}, or {any_shoe}; several with / between.",
    footwear=joined(", ", FOOTWEAR),
    any_shoe=ANY_SHOE,
)
COLUMNS = (
    Column("sku", "text", "Your number of the article in this size; no two rows may share one.",
           required=True, example="EX-ARC-M-255"),
    Column("name", "text", "The model. Rows of one name are sizes of one model: different feet get "
           "the same model where they can.", required=True, example="Example Arc Medium"),
    Column("brand", "text", "Who makes it.", example="Example"),
    Column("size_from", "length", "The shortest foot it is for: Mondopoint, the length of the foot, not of "
           "the insole and no EU, UK or US number.", "mm", 100.0, 360.0, True, "251"),
    Column("size_to", "length", "The longest foot it is for.", "mm", 100.0, 360.0, True, "255"),
    Column("arch_height_mm", "length", "The highest point of its arch above its top in the middle of the "
           "heel, with nobody on it.", "mm", 0.0, 60.0, True, "20"),
    Column("arch_position_percent", "number", "How far ahead of the heel's end that point lies, in "
           "hundredths of the middle of its range of sizes.", "%", 25.0, 65.0, example="44"),
    Column("heel_cup_depth_mm", "length", "How high the rim stands above the top in the middle of the heel.",
           "mm", 0.0, 35.0, example="13"),
    Column("heel_cup_width_mm", "length", "The inside of the heel cup at its widest.", "mm", 30.0, 120.0,
           example="66"),
    Column("posting_deg", "number", "Tilt under the heel: positive raises the inner (medial) side, negative "
           "the outer.", "deg", -15.0, 15.0, example="0"),
    Column("firmness", "words", "What the arch is made of: soft, medium or firm, or its Shore A hardness.",
           "", 5.0, 100.0, example="medium"),
    Column("thickness_mm", "length", "How thick it is under the heel: what it takes of the shoe's room.",
           "mm", 0.5, 30.0, example="5"),
    Column("footwear", "words", _SHOES, example="everyday/work"),
    Column("price", "number", "For one pair.", "", 0.0, 100_000.0, example="49.90"),
    Column("currency", "code", "Three letters (ISO 4217).", example="EUR"),
    Column("stock", "whole", "Pairs on the shelf; 0 is sold out.", "", 0.0, 1_000_000.0, example="4"),
    Column("barcode", "code", "EAN-13, EAN-8 or UPC; its last digit is checked.", example="2000000000015"),
)  # fmt: skip
_BY_ID: Mapping[str, Column] = {c.id: c for c in COLUMNS}


@dataclass(frozen=True, slots=True)
class Item:
    """One article of the shelf in one size (see `COLUMNS`); None and "" where the catalogue doesn't say.

    ``firmness`` is one of `FIRMNESS` or "", ``shore_a`` the hardness where that was given instead.
    """

    sku: str
    name: str
    brand: str
    size_from: float
    size_to: float
    arch_height_mm: float
    arch_position_percent: float | None = None
    heel_cup_depth_mm: float | None = None
    heel_cup_width_mm: float | None = None
    posting_deg: float | None = None
    firmness: str = ""
    shore_a: float | None = None
    thickness_mm: float | None = None
    footwear: tuple[str, ...] = ()
    price: float | None = None
    currency: str = ""
    stock: int | None = None
    barcode: str = ""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row was left out: its line in the file, the column ("" for the row itself), and the sentence."""

    line: int
    column: str
    what: str
    todo: str

    def __str__(self) -> str:
        where = say("line {line}", line=self.line) + (
            say(", column {column}", column=self.column) if self.column else ""
        )
        return f"{where}: {self.what}. {self.todo}."


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The good rows of a file in their order, the bad ones, and what was noticed beside that."""

    file: str
    items: tuple[Item, ...]
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[str, ...] = ()


_Row = tuple[int, Sequence[str]]


def read_catalogue(name: str, data: bytes) -> Catalogue:
    """The catalogue in a file; which kind it is, its first bytes tell.

    Raises FitterError where the file as a whole is no catalogue.
    """
    if not data.strip():
        raise FitterError("the file is empty", where=name, todo="Choose another file", code="empty_file")
    if len(data) > MOST_BYTES:
        raise FitterError("is too large for a catalogue", where=name, todo="Export the insoles only")
    notes: list[str] = []
    if data.startswith(b"SQLite format 3\0"):
        header, rows = _from_sqlite(name, data)
    elif data.startswith(b"PK\x03\x04"):
        header, rows = _from_spreadsheet(name, data)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise FitterError("is an old Excel file", where=name, todo="Save it as .xlsx or as CSV")
    else:
        header, rows = _from_text(name, _decoded(name, data, notes))
    return _checked(name, header, rows, notes)


def to_csv(items: Iterable[Item]) -> str:
    """The items as the CSV that `read_catalogue` reads."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([c.id for c in COLUMNS])
    for item in items:
        writer.writerow([_written(item, c) for c in COLUMNS])
    return out.getvalue()


def _written(item: Item, column: Column) -> str:
    value = item.shore_a if column.id == "firmness" and item.shore_a is not None else getattr(item, column.id)
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "/".join(value)
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    text = str(value)
    return "'" + text if column.kind == "text" and text.startswith((*_FORMULA, "'")) else text


# ---------------------------------------------------------------------------------------- files to cells


def _decoded(name: str, data: bytes, notes: list[str]) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # how Excel saves "Unicode text"
        return data.decode("utf-16", errors="replace")
    if b"\0" in data:
        raise FitterError("is no table", where=name, todo="Expected CSV, .xlsx or SQLite")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        notes.append("The file is not UTF-8; it was read as Windows text (cp1252).")
        return data.decode("cp1252", errors="replace")


def _from_text(name: str, text: str) -> tuple[list[str], Iterator[_Row]]:
    """Line by line: a quotation mark that is never closed costs its own row, not all that follow."""
    lines = [(n, line) for n, line in enumerate(re.split(r"\r\n|\n|\r", text), 1) if line.strip(' \t,;"')]
    if not lines:
        raise FitterError("holds no rows", where=name, code="empty_file")
    separator = max(",;\t", key=lines[0][1].count)

    def cells(line: str) -> list[str]:
        try:
            return [cell.strip() for cell in next(csv.reader([line], delimiter=separator, strict=False), [])]
        except csv.Error:
            return []

    return cells(lines[0][1]), ((n, ['"'] if line.count('"') % 2 else cells(line)) for n, line in lines[1:])


def _from_spreadsheet(name: str, data: bytes) -> tuple[list[str], Iterator[_Row]]:
    """The first sheet with a column sku. A formula comes as its text, since nothing here reckons."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
            is_sheet = "xl/workbook.xml" in packed.namelist()
    except zipfile.BadZipFile:
        raise FitterError("is a damaged spreadsheet", where=name, todo="Save it again") from None
    if unpacked > MOST_UNPACKED:
        raise FitterError("unpacks to more than a catalogue holds", where=name, todo="Save it as CSV")
    if not is_sheet:
        raise FitterError("is no Excel spreadsheet", where=name, todo="Save it as .xlsx or as CSV")
    try:
        import openpyxl  # noqa: PLC0415 - an extra: most shops export CSV
    except ImportError:
        raise FitterError(
            "reading spreadsheets needs openpyxl, which is not installed",
            where=name,
            todo="Save the sheet as CSV, or install insole-fitter[shop]",
            code="needs_extra",
        ) from None
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        for sheet in book.worksheets:
            rows = (
                (n, [_cell_text(value) for value in row])
                for n, row in enumerate(sheet.iter_rows(values_only=True, max_row=MOST_ROWS + 2), 1)
            )
            kept = [(n, row) for n, row in rows if any(row)]
            if kept and "sku" in map(_plain, kept[0][1]):
                return list(kept[0][1]), iter(kept[1:])
    except Exception:  # openpyxl fails in many ways on a damaged file
        raise FitterError("is a damaged spreadsheet", where=name, todo="Save it again, or as CSV") from None
    raise FitterError("no sheet of it begins with a row of column names that has sku", where=name)


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _from_sqlite(name: str, data: bytes) -> tuple[list[str], Iterator[_Row]]:
    """The table ``catalogue``, or the only one with a column sku; its rows are counted from 1."""
    import sqlite3  # noqa: PLC0415
    from contextlib import closing  # noqa: PLC0415

    try:
        with closing(sqlite3.connect(":memory:")) as base:
            base.deserialize(data)
            base.execute("PRAGMA trusted_schema = OFF")  # a view or trigger of the file runs nothing
            base.execute("PRAGMA query_only = ON")
            named = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            tables = {t: [str(c[1]) for c in base.execute(f"PRAGMA table_info({_quoted(t)})")]
                      for (t,) in base.execute(named).fetchall()}  # fmt: skip
            with_sku = [t for t, columns in tables.items() if "sku" in map(_plain, columns)]
            chosen = "catalogue" if "catalogue" in with_sku else with_sku[0] if len(with_sku) == 1 else None
            if chosen is None:
                raise FitterError(
                    "no table of it has a column sku" if not with_sku else "several of its tables have a sku",
                    where=name,
                    todo="Name the table catalogue",
                )
            columns = tables[chosen]
            wanted = ", ".join(_quoted(c) for c in columns)
            found = base.execute(f"SELECT {wanted} FROM {_quoted(chosen)} LIMIT {MOST_ROWS + 1}").fetchall()
    except (sqlite3.Error, OverflowError):
        raise FitterError("is a damaged database", where=name, todo="Export the table as CSV") from None
    return columns, ((n, [_cell_text(value) for value in row]) for n, row in enumerate(found, 1))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _plain(header: str) -> str:
    """A column's name as people write it: "Arch height (mm)" is arch_height_mm."""
    return re.sub(r"[^a-z0-9]+", "_", header.lower().replace("%", " percent ").replace("°", " deg ")).strip(
        "_"
    )


# ---------------------------------------------------------------------------------------- cells to items


def _checked(name: str, header: Sequence[str], rows: Iterator[_Row], notes: list[str]) -> Catalogue:
    columns = [_plain(cell) for cell in header]
    while columns and not columns[-1]:
        columns.pop()
    known = [c for c in columns if c in _BY_ID]
    absent = [c.id for c in COLUMNS if c.required and c.id not in known]
    twice = sorted({c for c in known if known.count(c) > 1})
    if absent or twice:
        what = (
            say("has no column {absent}", absent=absent[0])
            if absent
            else say("has two columns {twice}", twice=twice[0])
        )
        raise FitterError(
            what, where=name, todo="The columns are told in docs/CATALOGUE.md", code="not_a_catalogue"
        )
    if unknown := [c for c in columns if c and c not in _BY_ID]:
        notes.append(say("Not used: {unknown}.", unknown=", ".join(unknown)[:LONGEST_TEXT]))
    items: list[Item] = []
    problems: list[RowProblem] = []
    lines: dict[str, int] = {}
    for count, (line, cells) in enumerate(rows, 1):
        if count > MOST_ROWS:
            raise FitterError(
                say("holds more than {most_rows} rows", most_rows=MOST_ROWS),
                where=name,
                todo="Export insoles only",
            )
        wrong: Item | list[RowProblem] = _row_shape(line, cells, len(columns))
        if not wrong:
            wrong = _item(line, dict(zip(columns, [*cells, *[""] * len(columns)], strict=False)))
        if isinstance(wrong, Item) and (again := _again(line, wrong, lines)):
            wrong = [again]
        if isinstance(wrong, Item):
            items.append(wrong)
            lines |= {f"{kind} {code.lower()}": line for kind, code in _codes(wrong)}
        else:
            problems += wrong
    return Catalogue(name, tuple(items), tuple(problems), tuple(notes))


def _row_shape(line: int, cells: Sequence[str], columns: int) -> list[RowProblem]:
    if list(cells) == ['"']:
        return [
            RowProblem(line, "", "a quotation mark is not closed", "Close it, or write in without a sign")
        ]
    if any(cells[columns:]):
        what = say("has {cells} cells where the header names {columns}", cells=len(cells), columns=columns)
        return [RowProblem(line, "", what, "Put a number with a decimal comma in quotes, or separate with ;")]
    return []


def _codes(item: Item) -> Iterator[tuple[str, str]]:
    yield "sku", item.sku
    if item.barcode:
        yield "barcode", item.barcode


def _again(line: int, item: Item, lines: Mapping[str, int]) -> RowProblem | None:
    """A sku or barcode that stands further up already: whoever scans it must get one article."""
    for kind, code in _codes(item):
        first = lines.get(f"{kind} {code.lower()}")
        if first is not None:
            what = say("{kind} '{code}' stands already in line {first}", kind=kind, code=code, first=first)
            return RowProblem(
                line, kind, what, "Give each size a sku and barcode of its own, or delete one row"
            )
    return None


def _item(line: int, cells: Mapping[str, str]) -> Item | list[RowProblem]:
    """The item of a row, or everything that is wrong with it."""
    found: dict[str, Any] = {}
    wrong: list[RowProblem] = []
    for column in COLUMNS:
        text = cells.get(column.id, "")
        try:
            found[column.id] = _value(column, text)
        except FitterError as error:
            wrong.append(RowProblem(line, column.id, error.what, error.todo))
    if not wrong and found["size_to"] < found["size_from"]:
        what = say(
            "ends at {size_to:g} mm, before size_from ({size_from:g} mm)",
            size_to=found["size_to"],
            size_from=found["size_from"],
        )
        wrong.append(RowProblem(line, "size_to", what, "Exchange the two"))
    if wrong:
        return wrong
    firmness = found["firmness"]
    found["shore_a"] = firmness if isinstance(firmness, float) else None
    found["firmness"] = _firmness_class(firmness) if isinstance(firmness, float) else firmness or ""
    found["footwear"] = found["footwear"] or ()
    found |= {key: "" for key in _TEXTS if found[key] is None}
    return Item(**found)


_TEXTS = ("brand", "currency", "barcode")


def _value(column: Column, text: str) -> Any:
    """The value in a cell, None where it is empty; raises FitterError with what was expected."""
    text = text.strip()
    if len(text) > LONGEST_TEXT:
        raise FitterError(
            say("is longer than {longest_text} characters", longest_text=LONGEST_TEXT), todo="Shorten it"
        )
    if not text:
        if column.required:
            raise FitterError("is empty", todo=say("Expected {column}", column=_expected(column)))
        return None
    if column.kind == "text":
        text = text[1:] if text.startswith("'") and text[1:].startswith((*_FORMULA, "'")) else text
        if not text.isprintable():
            raise FitterError("holds characters that can't be shown", todo="Type it again")
        return text
    if text.startswith("="):
        raise FitterError(say("is a formula ({text})", text=_short(text)), todo="Paste its value instead")
    return _READERS.get(column.id, _number)(column, text)


def _expected(column: Column) -> str:
    unit = f" {column.unit}" if column.unit else ""
    between = (
        say(", from {low:g} to {high:g}{unit}", low=column.low, high=column.high, unit=unit)
        if column.high
        else ""
    )
    return say("something like {example}{between}", example=column.example, between=between)


def _matching(pattern: str, text: str, column: Column, shown: str) -> str:
    if not re.fullmatch(pattern, text):
        raise FitterError(
            say("is '{shown}'", shown=_short(shown)), todo=say("Expected {column}", column=_expected(column))
        )
    return text


def _number(column: Column, text: str) -> float | int:
    if column.kind == "length":
        written = as_written(text)
        number = written.number * MM_PER_UNIT[written.unit or "mm"] if written else None
    else:
        number = _plain_number(column, text)
    if number is None:
        raise FitterError(
            say("is '{text}', no number", text=_short(text)),
            todo=say("Expected {column}", column=_expected(column)),
        )
    if not column.low <= number <= column.high:
        todo = say("Expected {column}", column=_expected(column))
        if column.id.startswith("size_"):
            todo += "; shoe sizes differ between makers, so give millimetres of foot"
        raise FitterError(say("is {text}, out of bounds", text=_short(text)), todo=todo)
    if column.kind != "whole":
        return round(number, 4)
    if number != int(number):
        raise FitterError(
            say("is {text}, no whole number", text=_short(text)),
            todo=say("Expected {column}", column=_expected(column)),
        )
    return int(number)


def _plain_number(column: Column, text: str) -> float | None:
    sign = {"%": r"\s*%", "deg": r"\s*(?:°|deg|degrees?)"}.get(column.unit, "")
    found = re.fullmatch(rf"([-+\u2212]?\d+(?:[.,]\d+)*)(?:{sign})?", text)
    if found is None:
        return None
    digits = found[1].replace("\u2212", "-")
    if "." in digits and "," in digits:  # 1.234,50 and 1,234.50: the last sign is the decimal one
        thousands = "." if digits.rindex(",") > digits.rindex(".") else ","
        digits = digits.replace(thousands, "")
    elif re.search(r"[.,]\d{3}$", digits) and not re.search(r"^[-+]?0?[.,]", digits) and column.id == "price":
        raise FitterError(
            say("is {text}, which can mean two prices", text=_short(text)), todo="Write it as 1234.50"
        )
    digits = digits.replace(",", ".")
    return float(digits) if digits.count(".") <= 1 else None


def _firmness(column: Column, text: str) -> str | float:
    word = text.lower()
    if word in FIRMNESS:
        return word
    hardness = _plain_number(column, re.sub(r"^shore\s*a\s*|\s*(?:sh\s*a|shore\s*a|a)$", "", word))
    if hardness is None:
        raise FitterError(
            say("is '{text}'", text=_short(text)), todo="Expected soft, medium or firm, or Shore A such as 45"
        )
    if not column.low <= hardness <= column.high:
        raise FitterError(
            say("is {text}, out of bounds", text=_short(text)),
            todo=say("Expected Shore A {low:g} to 100", low=column.low),
        )
    return hardness


def _firmness_class(shore_a: float) -> str:
    edges = table("support/shelf.toml")["shore_a_from"]
    return max((word for word in FIRMNESS if shore_a >= edges[word]), key=lambda word: edges[word])


def _currency(column: Column, text: str) -> str:
    return _matching(r"[A-Z]{3}", text.upper(), column, text)


def _shoes(_: Column, text: str) -> tuple[str, ...]:
    words = [w for w in re.split(r"[/|+;,\s]+", text.lower()) if w]
    for word in words:
        if word not in (*FOOTWEAR, ANY_SHOE):
            todo = say(
                "Expected {footwear} or {any_shoe}, several with / between",
                footwear=joined(", ", FOOTWEAR),
                any_shoe=ANY_SHOE,
            )
            raise FitterError(say("'{word}' is no kind of shoe", word=_short(word)), todo=todo)
    return (ANY_SHOE,) if ANY_SHOE in words else tuple(w for w in FOOTWEAR if w in words)


def _barcode(column: Column, text: str) -> str:
    digits = re.sub(r"[\s\-]", "", text)
    if re.fullmatch(r"\d(?:[.,]\d+)?[eE]\+?\d+", digits):
        raise FitterError(
            say("is {text}: a spreadsheet has rounded it", text=_short(text)),
            todo="Format the column as text, type it again",
        )
    _matching(r"\d{8}|\d{12,13}", digits, column, text)
    # The check digit of GS1: from the right, digits weigh 1 and 3 in turn; the sum is a multiple of ten.
    if sum(int(d) * (1, 3)[n % 2] for n, d in enumerate(reversed(digits))) % 10:
        raise FitterError(say("{text} has a wrong last digit", text=_short(text)), todo="Scan it once more")
    return digits


_READERS: Mapping[str, Callable[[Column, str], Any]] = {
    "firmness": _firmness,
    "footwear": _shoes,
    "currency": _currency,
    "barcode": _barcode,
}


def _short(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)[:30]
