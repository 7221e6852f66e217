"""A shop's catalogue: good rows are kept, bad ones told by line, column and reason."""

from __future__ import annotations

import io
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitter import shop
from fitter.cli import main
from fitter.errors import FitterError
from fitter.support.catalogue import COLUMNS, Catalogue, read_catalogue, to_csv

HEADER = "sku,name,size_from,size_to,arch_height_mm,firmness,thickness_mm,footwear,price,stock,barcode"
GOOD = "A-255,Arc,251,255,19,medium,5,everyday/work,39.90,3,2000000000015"


def read(*rows: str, header: str = HEADER) -> Catalogue:
    return read_catalogue("stock.csv", "\n".join((header, *rows)).encode())


def test_ten_kinds_of_bad_rows_are_listed_and_the_good_ones_kept() -> None:
    bad = {
        2: (",Arc,251,255,19,medium,5,work,39.90,3,", "sku", "is empty"),
        4: ("B-1,Arc,41,255,19,medium,5,work,39.90,3,", "size_from", "out of bounds"),
        5: ("B-2,Arc,260,251,19,medium,5,work,39.90,3,", "size_to", "before size_from"),
        6: ("B-3,Arc,251,255,high,medium,5,work,39.90,3,", "arch_height_mm", "no number"),
        7: ("B-4,Arc,251,255,19,squishy,5,work,39.90,3,", "firmness", "'squishy'"),
        8: ("B-5,Arc,251,255,19,medium,5,slippers,39.90,3,", "footwear", "no kind of shoe"),
        9: ("B-6,Arc,251,255,19,medium,5,work,39.90,2.5,", "stock", "no whole number"),
        10: ("B-7,Arc,251,255,19,medium,5,work,39.90,3,2000000000016", "barcode", "wrong last digit"),
        11: ("a-255,Arc,256,260,19,medium,5,work,39.90,3,", "sku", "already in line 3"),
        12: ("B-9,Arc,251,255,=1+18,medium,5,work,39.90,3,", "arch_height_mm", "is a formula"),
        13: ("B-10,Arc,251,255,19,medium,5,work,39,90,3,2,2", "", "13 cells"),
        14: ('B-11,"Arc,251,255,19,medium,5,work,39.90,3,', "", "not closed"),
        15: ("B-12,Arc,251,255,19,medium,5,work,1.250,3,", "price", "two prices"),
        16: ("B-13,Arc,251,255,19,medium,5,work,9,3,2.00E+12", "barcode", "rounded"),
    }
    rows = [bad[n][0] if n in bad else GOOD for n in range(2, 17)]
    found = read(*rows, "C-255,Low,251,255,14,soft,3,slim,29,0,")
    assert [item.sku for item in found.items] == ["A-255", "C-255"]
    assert [p.line for p in found.problems] == list(bad)
    for problem in found.problems:
        _, column, what = bad[problem.line]
        assert problem.column == column
        assert what in problem.what
        assert problem.todo, "every problem says what to do"


def test_a_row_with_several_faults_has_each_of_them_listed() -> None:
    found = read("B,,251,255,x,medium,5,work,39.90,-1,")
    assert [p.column for p in found.problems] == ["name", "arch_height_mm", "stock"]


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+49 soft", "-20 %", "@arc", "'=quoted"])
def test_what_looks_like_a_formula_stays_the_text_it_is_and_is_guarded_when_written(text: str) -> None:
    (item,) = read(GOOD.replace("Arc", text)).items
    assert item.name == text.removeprefix("'")
    written = to_csv([item])
    assert f"'{item.name}" in written
    assert read_catalogue("again.csv", written.encode()).items == (item,)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_separator_encoding_decimal_comma_and_units_are_taken_as_shops_write_them(
    separator: str, encoding: str
) -> None:
    header = separator.join(["SKU", "Name", "size from", "Size-To", "Arch height (mm)", "Price"])
    row = separator.join(["A-1", "Fußwärme", '"25,1 cm"', "255 mm", '"19,5"', '"39,90"'])
    (item,) = read_catalogue("stock.csv", f"{header}\r\n{row}\r\n".encode(encoding)).items
    assert (item.name, item.size_from, item.size_to) == ("Fußwärme", 251.0, 255.0)
    assert (item.arch_height_mm, item.price) == (19.5, 39.9)


def test_shore_a_becomes_a_word_and_is_not_forgotten() -> None:
    items = read(*(f"S-{a},Arc,251,255,19,{a},5,any,,,".replace("S-", f"S{n}-") for n, a in
                   enumerate(["25", "Shore A 45", "60 A"]))).items  # fmt: skip
    assert [(i.firmness, i.shore_a) for i in items] == [("soft", 25.0), ("medium", 45.0), ("firm", 60.0)]
    assert read_catalogue("again.csv", to_csv(items).encode()).items == items


def test_columns_nobody_knows_are_told_and_missing_ones_refuse_the_file() -> None:
    assert "colour" in read(GOOD + ",red", header=HEADER + ",colour").notes[0]
    with pytest.raises(FitterError, match="no column arch_height_mm"):
        read("A,Arc,251,255", header="sku,name,size_from,size_to")
    with pytest.raises(FitterError, match="two columns price"):
        read(GOOD + ",3", header=HEADER + ",Price")


def test_one_barcode_is_one_article() -> None:
    found = read(GOOD, GOOD.replace("A-255", "A-260"))
    assert found.problems[0].column == "barcode"
    assert "line 2" in found.problems[0].what


def test_a_spreadsheet_gives_its_rows_and_its_formulas_as_text() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["nothing here"])
    sheet = book.create_sheet("stock")
    sheet.append(HEADER.split(","))
    sheet.append([10255, "=CMD()", 251, 255, 19.5, "medium", 5, "any", 39.9, 3, 2000000000015])
    sheet.append(["B", "Arc", 251, 255, "=19+1", "medium", 5, "any", 39.9, 3, None])
    out = io.BytesIO()
    book.save(out)
    found = read_catalogue("stock.xlsx", out.getvalue())
    (item,) = found.items
    assert (item.sku, item.name, item.barcode) == ("10255", "=CMD()", "2000000000015")
    assert [(p.line, p.column) for p in found.problems] == [(3, "arch_height_mm")]


def test_a_database_gives_the_rows_of_its_table(tmp_path: Path) -> None:
    path = tmp_path / "stock.db"
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE customers (name)")
    base.execute("CREATE TABLE stock (sku, name, size_from REAL, size_to REAL, arch_height_mm)")
    base.executemany(
        "INSERT INTO stock VALUES (?, ?, ?, ?, ?)", [("A", "Arc", 251, 255, 19), ("B", "Arc", 1, 2, 3)]
    )
    base.commit()
    base.close()
    found = read_catalogue("stock.db", path.read_bytes())
    assert [i.sku for i in found.items] == ["A"]
    assert {p.line for p in found.problems} == {2}
    damaged = path.read_bytes()[:2000] + b"\xff" * 3000
    with pytest.raises(FitterError):
        read_catalogue("stock.db", damaged)


@given(st.binary(max_size=300))
def test_any_file_is_read_or_refused_in_one_line(data: bytes) -> None:
    for start in (b"", HEADER.encode() + b"\n", b"PK\x03\x04", b"SQLite format 3\0", b"\xd0\xcf\x11\xe0"):
        try:
            read_catalogue("stock", start + data)
        except FitterError as error:
            told = str(error)
            assert "\n" not in told


def test_the_example_catalogue_is_whole_and_says_that_it_is_an_example() -> None:
    found = shop.example()
    assert not found.problems
    assert 35 <= len(found.items) <= 45
    assert all(i.brand == "Example" and i.name.startswith("Example ") for i in found.items)
    assert all(i.barcode.startswith("2") for i in found.items), "numbers 20 to 29 are for use inside a shop"
    assert {i.firmness for i in found.items} == {"soft", "medium", "firm"}


def test_importing_keeps_the_good_rows_and_says_which_were_bad(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("FITTER_DATA", str(tmp_path / "data"))
    source = tmp_path / "stock.csv"
    source.write_text("\n".join((HEADER, GOOD, "B,Arc,41,42,19,,,,,,")))
    assert shop.kept() is None
    assert main(["shelf", "import", str(source)]) == 4
    told = capsys.readouterr().out
    assert f"{source}, line 3, column size_from: is 41, out of bounds" in told
    assert "1 good rows (1 models), 1 bad" in told
    assert [i.sku for i in shop.kept().items] == ["A-255"]
    assert main(["shelf", "find", " a-255 "]) == 0
    assert main(["shelf", "find", "2000000000015"]) == 0
    assert capsys.readouterr().out.count("A-255") == 2
    assert main(["shelf", "find", "123"]) == 3


def test_importing_writes_over_no_file_of_somebody_else(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("FITTER_DATA", str(tmp_path))
    other = tmp_path / "shelf.csv"
    other.write_text("\n".join((HEADER, GOOD)))
    before = other.read_bytes()
    assert main(["shelf", "import", str(other)]) != 0
    assert other.read_bytes() == before
    assert "not written by Fitter" in capsys.readouterr().err


def test_every_column_has_an_example_that_is_read() -> None:
    header = ",".join(c.id for c in COLUMNS)
    found = read(",".join(c.example for c in COLUMNS), header=header)
    assert not found.problems
    assert len(found.items) == 1
