"""Customers and visits: what was kept comes back, is found, is compared, and is really gone when deleted."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import zlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import example_profiles as examples
import pytest
from sqlalchemy import create_engine, inspect, text

from fitter.captures import Capture
from fitter.cli import main
from fitter.entry import EnteredFoot, entered_value
from fitter.errors import FitterError
from fitter.exchange.json_profile import to_json
from fitter.profile import FitProfile
from fitter.quantity import Quantity
from fitter.records import schema, store
from fitter.records.compare import compare, lines
from fitter.records.folder import documents, export
from fitter.records.people import Customer, SetByHand, Visit, folded
from fitter.records.store import FILE, Records
from fitter.scan.scanner import Scanner
from fitter.support.trying import Tried, TryOn

MARCH, JUNE = date(2025, 3, 1), date(2026, 6, 2)
SCAN = bytes(range(256)) * 40 + b"a scan of one foot only"


@pytest.fixture
def records(tmp_path) -> Records:
    return Records(tmp_path / FILE)


@pytest.fixture
def anna(records) -> Customer:
    return records.add(Customer("Anna  Müller", "K-17", 1980, "likes wide shoes"))


def measured(load: str = "standing", **other: float) -> FitProfile:
    """The profile of a typed right foot, some of its measures other than usual."""
    return examples.fitted(examples.typed("right", load, **{**examples.RULER, **other}))


def full_visit(customer: str) -> Visit:
    foot = EnteredFoot(
        "left", "sitting", {"foot_length": Quantity(250.123456789, 3.0, "mm")}, {"foot_length": "in"}
    )
    desk = Scanner("desk", 1.001, 0.002, 0.1, 2, 0.001, "2025-01-02", False)
    capture = Capture(
        "foot.stl", SCAN, "right", "standing", "cm", desk,
        {"navicular": (1.5, -2.25, 1 / 3)}, 251.0,
    )  # fmt: skip
    return Visit(
        customer,
        MARCH,
        (capture, Capture("again.stl", SCAN)),
        (foot,),
        {"body_mass_kg": 70.5, "pain_where": ("heel", "arch"), "knee_locked": False},
        (SetByHand("left", "arch_support_height", 16.0, "pressed", "KM"),),
        TryOn((Tried(("A", "B"), "Arc", 7.5),), ("A", "B"), by="KM"),
        examples.fitted(*examples.pair(), answers=examples.ALL_CLEAR),
    )


# ------------------------------------------------------------------ keeping


def test_a_visit_comes_back_exactly_as_it_was_kept(records, anna):
    kept = records.keep(full_visit(anna.id))
    back = Records(records.path).visit(kept.id)
    assert replace(back, profile=None) == replace(kept, profile=None)
    assert to_json(back.profile) == to_json(kept.profile)
    assert back.captures[0].marks["navicular"] == (1.5, -2.25, 1 / 3)
    assert back.entered[0].units == {"foot_length": "in"}


def test_the_same_scan_is_stored_once_packed_and_goes_with_its_last_visit(records, anna):
    first, second = (records.keep(full_visit(anna.id)) for _ in range(2))
    with sqlite3.connect(records.path) as db:
        ((packing, data),) = db.execute("SELECT packing, data FROM scan").fetchall()
    assert packing == "zlib"
    assert zlib.decompress(data) == SCAN
    records.delete_visit(first.id)
    assert records.visit(second.id).captures[0].data == SCAN
    records.delete_visit(second.id)
    with sqlite3.connect(records.path) as db:
        assert db.execute("SELECT count(*) FROM scan").fetchone() == (0,)


def test_keeping_a_visit_again_replaces_it(records, anna):
    kept = records.keep(full_visit(anna.id))
    records.keep(replace(kept, captures=(), day=JUNE))
    (head,) = records.visits(anna.id)
    assert (head.day, head.scans, head.typed, head.measured) == (JUNE, 0, 1, True)


def test_a_customer_is_tidied_and_a_nameless_one_refused(records, anna):
    assert anna.name == "Anna Müller"
    with pytest.raises(FitterError, match="needs a name"):
        records.add(Customer("   "))
    with pytest.raises(FitterError, match="no year of birth"):
        records.add(Customer("B", birth_year=190))


def test_a_change_made_meanwhile_in_another_window_is_not_written_over(records, anna):
    other = Records(records.path)
    other.change(replace(anna, note="from the other window"))
    with pytest.raises(FitterError, match="another window"):
        records.change(replace(anna, note="too late"))
    assert records.customer(anna.id).note == "from the other window"


def test_a_visit_of_someone_deleted_meanwhile_is_refused(records, anna):
    Records(records.path).delete_customer(anna.id)
    with pytest.raises(FitterError, match="not there any more"):
        records.keep(full_visit(anna.id))


# ------------------------------------------------------------------ finding


@pytest.mark.parametrize("words", ["muller", "MÜLLER", "mueller", "nna mül", "ller anna", "k-17", ""])
def test_people_are_found_by_part_of_a_name_whatever_the_accents(records, anna, words):
    records.add(Customer("Zoë Żółw"))
    assert anna in [found.customer for found in records.find(words)]


@pytest.mark.parametrize("words", ["muler", "%", "_", "anna zoe", "1980"])
def test_others_are_not_found(records, anna, words):
    assert records.find(words) == []


def test_names_fold_as_someone_with_a_plain_keyboard_types_them():
    assert folded("Łukasz ŻÓŁW-Straße  Ørsted É") == "lukasz zolw-strasse orsted e"


def test_a_long_list_comes_by_the_page_in_the_order_of_names(records):
    for number in range(30):
        records.add(Customer(f"Person {29 - number:02d}"))
    pages = [[f.customer.name for f in records.find(first=k, most=10)] for k in (0, 10, 20)]
    assert sum(pages, []) == [f"Person {n:02d}" for n in range(30)]  # noqa: RUF017
    assert records.count("person 1") == 12


# ------------------------------------------------------------------ deleting


def test_nothing_of_a_deleted_customer_is_left_in_any_file(records, anna):
    secret = b"solid SECRETFOOT" + bytes(range(256)) * 300
    glb = b"\x00SECRETGLB" + zlib.compress(bytes(range(256)) * 999)
    visit = replace(full_visit(anna.id), captures=(Capture("s.stl", secret), Capture("s.glb", glb)))
    records.keep(visit)
    other = records.add(Customer("Someone Else"))
    records.keep(replace(full_visit(other.id)))
    size = records.path.stat().st_size
    packed = zlib.compress(secret, 1)
    assert packed in everything(records.path) or packed[100:900] in everything(records.path)
    assert records.delete_customer(anna.id)
    left = everything(records.path)
    for trace in (b"ller", b"K-17", b"wide shoes", packed[100:900], b"SECRETGLB", b"s.stl"):
        assert trace not in left
    assert records.path.stat().st_size < size
    with sqlite3.connect(records.path) as db:
        assert db.execute("PRAGMA freelist_count").fetchone() == (0,), "the room is given back"
    assert records.find("someone")[0].visits == 1


def everything(path: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(path.parent.glob(f"{path.name}*")))


def test_the_file_is_for_its_owner_alone(records):
    if sys.platform == "win32":
        pytest.skip("Windows keeps rights elsewhere")
    assert records.path.stat().st_mode & 0o077 == 0


# ------------------------------------------------------------------ versions, damage, other windows


def first_version(path: Path) -> None:
    """A file as the first version of the tables made it, with a person and a visit."""
    Records(path, steps=schema.STEPS[:1])
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO customer VALUES ('c1', 'Jürgen Öz', '5', 1970, 'old friend')")
        db.execute(
            "INSERT INTO visit VALUES ('v1', 'c1', '2024-12-24', '[]', '{\"body_mass_kg\": 80}', NULL)"
        )
        db.execute("INSERT INTO scan VALUES ('abc', 'none', x'010203')")
        db.execute("""INSERT INTO capture VALUES ('v1', 0, 'abc', '{"name": "f.stl", "sha256": "abc"}')""")


def test_a_file_of_the_first_version_is_brought_up_to_date_with_all_that_is_in_it(tmp_path):
    first_version(tmp_path / FILE)
    records = Records(tmp_path / FILE)
    (found,) = records.find("jurgen oez")
    assert (found.customer.note, found.visits) == ("old friend", 1)
    visit = records.visit("v1")
    assert visit.captures == (Capture("f.stl", b"\x01\x02\x03"),)
    assert visit.answers == {"body_mass_kg": 80}
    assert records.change(replace(found.customer, note="new")).revision == 1


def dumped(path: Path) -> list[str]:
    with sqlite3.connect(path) as db:
        return [*db.iterdump(), str(db.execute("PRAGMA user_version").fetchone())]


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path):
    first_version(tmp_path / FILE)
    before = dumped(tmp_path / FILE)

    def breaks(db):
        db.execute(text("ALTER TABLE customer ADD COLUMN half TEXT"))
        db.execute(text("UPDATE customer SET name = 'lost'"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Records(tmp_path / FILE, steps=(schema.STEPS[0], breaks))
    assert dumped(tmp_path / FILE) == before
    assert Records(tmp_path / FILE).find()[0].customer.name == "Jürgen Öz"


def test_the_steps_lead_to_the_tables_the_program_works_with(records):
    engine = create_engine(f"sqlite:///{records.path}")
    there = inspect(engine)
    for table in schema.TABLES.sorted_tables:
        columns = {c["name"]: (str(c["type"]), c["nullable"]) for c in there.get_columns(table.name)}
        assert columns == {c.name: (str(c.type), c.nullable) for c in table.columns}
        assert {i["name"] for i in there.get_indexes(table.name)} == {i.name for i in table.indexes}
        keys = {
            (k["constrained_columns"][0], k["referred_table"]) for k in there.get_foreign_keys(table.name)
        }
        assert keys == {(k.parent.name, k.column.table.name) for k in table.foreign_keys}
    engine.dispose()


def test_a_newer_file_a_damaged_one_and_someone_elses_are_told_apart_and_not_touched(tmp_path):
    newer = tmp_path / "newer.sqlite"
    Records(newer)
    with sqlite3.connect(newer) as db:
        db.execute(f"PRAGMA user_version = {len(schema.STEPS) + 1}")
    db.close()  # the last one out writes the log into the file
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(b"SQLite format 3\x00" + b"\x07" * 5000)
    foreign = tmp_path / "foreign.sqlite"
    with sqlite3.connect(foreign) as db:
        db.execute("CREATE TABLE songs (name)")
    for path, told in ((newer, "newer version"), (damaged, "can't be used"), (foreign, "another program")):
        before = path.read_bytes()
        with pytest.raises(FitterError, match=told):
            Records(path)
        if path is not foreign:
            assert path.read_bytes() == before
    with sqlite3.connect(foreign) as db:
        assert db.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (1,)


def test_a_damaged_scan_is_told_in_one_line(records, anna):
    kept = records.keep(full_visit(anna.id))
    with sqlite3.connect(records.path) as db:
        db.execute("UPDATE scan SET data = x'0011'")
    with pytest.raises(FitterError, match="can't read"):
        records.visit(kept.id)


_WRITER = """
import sys
from datetime import date
from pathlib import Path
from fitter.captures import Capture
from fitter.records.people import Customer, Visit
from fitter.records.store import Records
records = Records(Path(sys.argv[1]))
for n in range(25):
    customer = records.add(Customer(f"{sys.argv[2]} {n}"))
    records.keep(Visit(customer.id, date(2026, 1, 1), (Capture("f.stl", sys.argv[2].encode() * 500),)))
    records.find("a")
"""


def test_three_windows_at_once_make_and_fill_one_file_without_losing_anything(tmp_path):
    path = tmp_path / FILE
    names = ("anna", "bela", "cora")
    running = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(path), name], stderr=subprocess.PIPE)
        for name in names
    ]
    for process in running:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said.decode()
    records = Records(path)
    assert records.count() == 75
    assert {found.visits for found in records.find()} == {1}
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("SELECT count(*) FROM scan").fetchone() == (3,)


# ------------------------------------------------------------------ comparing


def test_only_what_changed_by_more_than_both_errors_is_called_a_change():
    before, after = measured(ball_girth=244.0), measured(ball_girth=244.0 + 30.0)
    (foot,) = compare(before, after).feet
    assert {c.measure for c in foot.changed} == {"ball_girth"}
    (change,) = foot.changed
    assert change.difference.value == pytest.approx(30.0)
    u = entered_value("ball_girth", 244.0).u95
    assert change.difference.u95 == pytest.approx(u * 2**0.5)
    (foot,) = compare(before, measured(ball_girth=244.0 + 1.40 * u)).feet
    assert not foot.changed
    (foot,) = compare(before, measured(ball_girth=244.0 + 1.42 * u)).feet
    assert foot.changed


def test_comparing_is_the_same_both_ways_round():
    a, b = measured(), measured(ball_girth=280.0, instep_height=50.0)
    forth, back = compare(a, b).feet[0], compare(b, a).feet[0]
    assert [c.measure for c in forth.changed] == [c.measure for c in back.changed]
    assert [c.difference.value for c in forth.changed] == [-c.difference.value for c in back.changed]
    assert (forth.class_before, forth.class_after) == (back.class_after, back.class_before)


def test_another_load_is_not_compared_and_it_is_said():
    found = compare(measured(), measured("sitting"))
    assert found.feet == ()
    assert len(found.alone) == 2
    told = "\n".join(text for _, text in lines(found))
    assert "only in the earlier visit" in told
    assert "nothing compares" in told


def test_a_lower_arch_is_told_with_its_class_and_number():
    told = "\n".join(text for _, text in lines(compare(measured(), measured(instep_height=48))))
    assert "Instep height: 63.0 → 48.0 (−15.0 ±" in told
    assert "Class:" in told
    assert "by chance" in told


# ------------------------------------------------------------------ handing over


def test_one_customer_leaves_as_files_that_hold_everything(records, anna, tmp_path):
    records.keep(full_visit(anna.id))
    records.keep(replace(full_visit(anna.id), captures=(Capture("../../evil.stl", b"x"),)))
    written = export(records, anna.id, tmp_path / "anna")
    names = sorted(p.relative_to(tmp_path / "anna").as_posix() for p in written)
    assert "2025-03-01/profile.json" in names
    assert "2025-03-01_2/scans/_.._evil.stl" in names or "2025-03-01/scans/_.._evil.stl" in names
    assert any(p.read_bytes() == SCAN for p in written)
    assert all(p.resolve().is_relative_to((tmp_path / "anna").resolve()) for p in written)
    tree = json.loads((tmp_path / "anna" / "customer.json").read_bytes())
    assert (tree["name"], tree["birth_year"]) == ("Anna Müller", 1980)
    with pytest.raises(FitterError, match="not empty"):
        export(records, anna.id, tmp_path / "anna")
    assert documents(records, anna.id) == documents(records, anna.id)


# ------------------------------------------------------------------ the command


def test_the_command_lists_shows_compares_exports_and_deletes(records, anna, tmp_path, capsys):
    data = ["--data", str(tmp_path)]
    records.keep(Visit(anna.id, MARCH, profile=measured()))
    records.keep(Visit(anna.id, JUNE, profile=measured(ball_girth=280.0)))
    assert main(["customers", "list", "mull", *data]) == 0
    assert "2 visits, the last on 2026-06-02" in capsys.readouterr().out
    assert main(["customers", "show", anna.id[:8], *data]) == 0
    assert "born 1980" in capsys.readouterr().out
    assert main(["customers", "compare", "anna", "--json", "-", *data]) == 0
    tree = json.loads(capsys.readouterr().out)
    assert tree["days"] == ["2025-03-01", "2026-06-02"]
    assert tree["feet"][0]["measures"]["ball_girth"]["beyond_error"] is True
    assert main(["customers", "compare", "anna", "--days", "2026-06-02", "2025-03-01", *data]) == 0
    assert "Ball girth: 244.0 → 280.0" in capsys.readouterr().out
    assert main(["customers", "export", "anna", "--out", str(tmp_path / "out"), *data]) == 0
    assert (tmp_path / "out" / "2026-06-02" / "profile.json").is_file()
    assert main(["customers", "delete", "anna", *data]) == 2, "nothing is deleted unasked"
    assert records.count() == 1
    assert main(["customers", "delete", "anna", "--yes", *data]) == 0
    assert records.count() == 0
    assert main(["customers", "show", "anna", *data]) == 3


def test_the_command_never_guesses_between_two_people(records, anna, tmp_path, capsys):
    records.add(Customer("Anna Maier"))
    assert main(["customers", "delete", "anna", "--yes", "--data", str(tmp_path)]) == 3
    assert "2 customers fit" in capsys.readouterr().err
    assert records.count() == 2


def test_where_nothing_is_kept_no_file_is_made(tmp_path, capsys):
    assert main(["customers", "list", "--data", str(tmp_path)]) == 0
    assert "No customers are kept yet" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------------ two windows, long lists


def test_of_two_windows_on_one_visit_neither_loses_what_it_kept(records, anna):
    first = records.keep(Visit(anna.id, JUNE, profile=measured()))
    here = records.keep(replace(first, profile=measured(ball_girth=250.0)))
    assert (here.id, here.revision) == (first.id, 2)
    there = records.keep(replace(first, profile=measured(ball_girth=240.0)))  # read before that
    assert there.id != first.id
    kept = {visit.id: records.profile(visit.id) for visit in records.visits(anna.id)}
    girths = {id_: p.feet[0].measurements.get("ball_girth").value for id_, p in kept.items()}
    assert girths == {first.id: 250.0, there.id: 240.0}
    assert records.keep(there).id == there.id  # and from then on each goes its own way


def test_a_visit_deleted_in_another_window_is_kept_by_the_one_that_works_on_it(records, anna):
    visit = records.keep(Visit(anna.id, JUNE, profile=measured()))
    records.delete_visit(visit.id)
    assert records.keep(visit).id == visit.id
    assert len(records.visits(anna.id)) == 1


def test_the_profile_of_a_visit_is_read_without_its_scans(records, anna):
    visit = records.keep(replace(full_visit(anna.id), profile=measured()))
    with records._writing() as db:
        db.execute(text("UPDATE scan SET data = x'00', packing = 'zlib'"))  # unreadable from now on
    assert to_json(records.profile(visit.id)) == to_json(measured())
    assert records.profile(records.keep(Visit(anna.id, MARCH)).id) is None
    with pytest.raises(FitterError, match="not there any more"):
        records.profile("nobody's")


def test_among_thousands_of_the_same_name_an_id_and_an_exact_number_find_their_one(records):
    from fitter.cli_customers import find_one  # noqa: PLC0415

    rows = [
        store._row(Customer(f"Anna {n:04d}", number=f"{n}", id=f"{n:032x}", revision=0)) for n in range(1500)
    ]
    last = Customer("Zoë", number="77", id="feed" * 8)
    with records._writing() as db:
        db.execute(schema.CUSTOMER.delete())
        db.execute(schema.CUSTOMER.insert(), [*rows, store._row(last)])
    assert find_one(records, "feedfeed") == last
    assert find_one(records, "1499").name == "Anna 1499"  # 1,000 others come before it
    assert find_one(records, "ANNA 1490").number == "1490"
    with pytest.raises(FitterError, match="2 customers fit '77'"):
        find_one(records, "77")  # the number of two, and a part of many more: never guessed
