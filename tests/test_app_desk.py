"""Settings, visits that keep themselves, and work taken up again; without a window."""

from __future__ import annotations

import os
import time
from datetime import date
from functools import partial

import pytest
from example_profiles import RULER, measured_only, pair
from test_app_state import Later, journey

from fitter import settings
from fitter.answers import answers_from_mapping
from fitter.app.desk import Desk
from fitter.app.model import Trying
from fitter.app.session import Session, keep_newest, left_behind
from fitter.app.state import AppState
from fitter.app.watch import Watch
from fitter.entry import EnteredFoot, entered_value
from fitter.errors import FitterError
from fitter.exchange.json_profile import to_json
from fitter.records.people import Customer
from fitter.settings import Settings


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    monkeypatch.setenv(settings.DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.setenv(settings.FOLDER_VARIABLE, str(tmp_path / "config"))


FOREIGN = [measured.side for measured in pair()]  # a result with two feet, from elsewhere


class Shop:
    """A desk with its state, and the hands that let work finish."""

    def __init__(self, day: date = date(2026, 3, 1)) -> None:
        self.later = Later()
        check = lambda values: answers_from_mapping(values, "Questions")  # noqa: E731
        self.state = AppState(journey, export=lambda r, f, p: [], check_answers=check, start=self.later)
        self.desk = Desk(self.state, today=lambda: day, calm=0.0)
        self.desk.start()

    def settle(self) -> None:
        while self.later.waiting:
            self.later.run_all()
            self.state.poll()

    def measure(self, mm: float) -> None:
        values = {k: entered_value(k, v) for k, v in {**RULER, "foot_length": mm}.items()}
        self.state.enter_measures(EnteredFoot("right", "standing", values))
        self.settle()

    def killed(self) -> None:
        """The process ends without closing anything: the system takes its lock back."""
        self.desk.journal.flush()
        self.desk.journal._stop()
        self.desk.journal.session.release()


@pytest.fixture
def shop():
    shop = Shop()
    yield shop
    shop.desk.close()


@pytest.fixture
def anna(shop) -> Customer:
    return shop.desk.records().add(Customer("Anna"))


# ------------------------------------------------------------------ settings


def test_settings_come_back_and_what_makes_no_sense_is_the_default(tmp_path):
    chosen = Settings(True, "de", "in", "home", str(tmp_path), 150, "dark", "900x700+10+10")
    settings.save(chosen)
    assert settings.load() == chosen
    settings.settings_file().write_text('{"units": "furlong", "text_size": "big", "theme": "dark", "new": 1}')
    assert settings.load() == Settings(theme="dark")
    settings.settings_file().write_bytes(b"\xff{")
    assert settings.load() == Settings()


def test_the_chosen_data_folder_holds_everything_and_the_variable_beats_it(tmp_path, monkeypatch):
    from fitter import scanners, shop  # noqa: PLC0415

    monkeypatch.delenv(settings.DATA_VARIABLE)
    settings.save(Settings(data_folder=str(tmp_path / "mine")))
    assert scanners.data_file().parent == shop.catalogue_file().parent == tmp_path / "mine"
    monkeypatch.setenv(settings.DATA_VARIABLE, str(tmp_path / "other"))
    assert scanners.data_file().parent == tmp_path / "other"


def test_a_data_folder_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(settings.DATA_VARIABLE, str(tmp_path / "file"))
    with pytest.raises(FitterError, match="can't be written"):
        Shop()


# ------------------------------------------------------------------ visits keep themselves


def test_a_result_of_a_customer_is_kept_as_a_visit_and_every_edit_with_it(shop, anna):
    shop.desk.begin(anna)
    shop.measure(251)
    (head,) = shop.desk.records().visits(anna.id)
    assert head.day == date(2026, 3, 1)
    assert shop.state.now.visit == head.id
    shop.measure(255)
    (head,) = shop.desk.records().visits(anna.id)
    assert shop.desk.records().visit(head.id).entered[0].values["foot_length"].value == 255
    shop.state.undo()
    shop.settle()
    assert shop.desk.records().visit(head.id).entered[0].values["foot_length"].value == 251


def test_an_edit_of_an_old_visit_that_is_taken_back_is_taken_back_in_the_record_too(shop, anna):
    shop.desk.begin(anna)
    shop.measure(251)
    (head,) = shop.desk.records().visits(anna.id)
    shop.desk.open_visit(anna, shop.desk.records().visit(head.id))
    shop.settle()
    shop.measure(255)
    shop.state.undo()
    shop.settle()
    assert shop.state.now.undo == ""
    assert shop.desk.records().visit(head.id).entered[0].values["foot_length"].value == 251


def test_edits_faster_than_the_disk_end_with_the_last_one_kept_in_one_visit(shop, anna):
    shop.desk.begin(anna)
    for mm in (251, 252, 253):
        values = {"foot_length": entered_value("foot_length", mm)}
        shop.state.enter_measures(EnteredFoot("right", "standing", values))
        shop.later.waiting.pop()()
        shop.state.poll()
    shop.settle()
    (head,) = shop.desk.records().visits(anna.id)
    assert shop.desk.records().visit(head.id).entered[0].values["foot_length"].value == 253


def test_feet_of_nobody_are_kept_nowhere_until_they_are_given_to_someone(shop, anna):
    shop.measure(251)
    assert shop.desk.records().visits(anna.id) == []
    shop.desk.take(anna)
    shop.settle()
    assert len(shop.desk.records().visits(anna.id)) == 1


def test_the_next_customer_begins_with_nothing_and_the_first_ones_visit_stays(shop, anna):
    bela = shop.desk.records().add(Customer("Bela"))
    shop.desk.begin(anna)
    shop.measure(251)
    shop.desk.begin(bela)
    assert shop.state.now.result is None
    assert shop.state.now.inputs.empty
    shop.measure(270)
    for who, mm in ((anna, 251), (bela, 270)):
        (head,) = shop.desk.records().visits(who.id)
        assert shop.desk.records().visit(head.id).entered[0].values["foot_length"].value == mm


def test_a_visit_that_is_only_looked_at_is_not_written_again(shop, anna):
    shop.desk.begin(anna)
    shop.measure(251)
    (head,) = shop.desk.records().visits(anna.id)
    before = shop.desk.records().visit(head.id)
    kept = []
    real = shop.desk.records().keep
    shop.desk.records().keep = lambda visit: kept.append(visit) or real(visit)
    shop.desk.open_visit(anna, before)
    shop.settle()
    assert shop.state.now.result is not None
    assert kept == []
    shop.state.set_side("left")
    shop.settle()
    (again,) = shop.desk.records().visits(anna.id)
    assert (again.id, again.day) == (head.id, head.day)
    assert shop.desk.records().visit(again.id).profile.feet[0].side == "left"


def test_deleting_the_open_customer_leaves_nothing_of_them_open_or_on_the_disk(shop, anna, tmp_path):
    shop.desk.begin(anna)
    shop.measure(251.125)
    shop.state.type_reading("right", "foot_length", 0, "251.125")
    shop.desk.begin()  # Anna's unfinished work is left behind in a folder of its own
    shop.desk.go_on(next(left for left in shop.desk.left_behind() if left.customer == anna.id))
    shop.settle()
    shop.desk.delete_customer(anna)
    shop.settle()
    assert shop.state.now.customer is None
    assert shop.state.now.inputs.empty
    held = {p: p.read_bytes() for p in (tmp_path / "data").rglob("*") if p.is_file()}
    assert [p for p, data in held.items() if b"Anna" in data or b"251.125" in data] == []


def test_a_visit_that_cannot_be_kept_is_told_and_the_work_goes_on(shop, anna):
    shop.desk.begin(anna)
    shop.desk.records().delete_customer(anna.id)
    shop.measure(251)
    assert "not kept" in shop.state.now.notice.text
    assert shop.state.now.result is not None


# ------------------------------------------------------------------ going on


def test_after_a_kill_the_customer_the_feet_and_the_form_are_there_again(anna):
    first = Shop()
    first.desk.begin(anna)
    first.measure(251)
    first.state.type_reading("left", "ball_girth", 0, "24")
    first.killed()
    again = Shop()
    (left,) = [left for left in again.desk.left_behind() if not left.closed]
    assert left.title.startswith("Anna")
    again.desk.go_on(left)
    again.settle()
    now = again.state.now
    assert now.customer == anna
    assert now.result.profile.feet[0].measurements.get("foot_length").value == 251
    assert now.typed.row("left", "ball_girth") == ("24",)
    assert len(again.desk.records().visits(anna.id)) == 1, "no second visit of the same day's work"
    again.desk.close()


def test_killed_while_going_on_nothing_is_lost_either(shop):
    first = Shop()
    first.measure(251)
    first.killed()
    second = Shop()
    (left,) = left_behind(second.desk.folder)
    second.desk.go_on(left)  # still being measured again
    second.killed()
    session = Session(left.folder)
    assert session.load().inputs.entered[0].values["foot_length"].value == 251
    session.release()


def test_closing_in_peace_leaves_recent_work_and_old_files_belong_to_their_owner(shop):
    first = Shop()
    first.measure(251)
    first.desk.close()
    (left,) = shop.desk.left_behind()
    assert left.closed
    assert left.title == "Typed measures"
    if os.name != "nt":
        assert left.folder.stat().st_mode & 0o077 == 0


# ------------------------------------------------------------------ two windows, watched folder, trying on


def test_two_windows_on_one_visit_keep_both_and_say_so(shop, anna):
    shop.desk.begin(anna)
    shop.measure(250)
    other = Shop()
    head = other.desk.records().visits(anna.id)[0]
    other.desk.open_visit(anna, other.desk.records().visit(head.id))
    other.settle()
    other.measure(255)
    assert other.state.now.notice is None
    shop.measure(260)
    assert "Both are kept" in shop.state.now.notice.text
    records = shop.desk.records()
    lengths = {
        round(records.profile(visit.id).feet[0].measurements.get("foot_length").value)
        for visit in records.visits(anna.id)
    }
    assert lengths == {255, 260}
    shop.measure(261)
    assert len(records.visits(anna.id)) == 2  # its own from then on
    other.desk.close()


def test_after_a_kill_the_count_of_a_visit_is_known_and_no_second_one_is_made(shop, anna):
    shop.desk.begin(anna)
    shop.measure(250)
    shop.killed()
    again = Shop()
    again.desk.go_on(left_behind(again.desk.folder)[0])
    again.settle()
    again.measure(251)
    assert len(again.desk.records().visits(anna.id)) == 1
    again.desk.close()


def test_what_is_being_tried_on_is_there_after_a_kill(shop):
    trying = Trying((("a.stl", "12"),), ((("S-40", "S-40R"), "Soft 40", "7"),), "S-40+S-40R", "she said so")
    shop.measure(250)
    shop.state.jot_trying(trying)
    shop.killed()
    again = Shop()
    again.desk.go_on(left_behind(again.desk.folder)[0])
    again.settle()
    assert again.state.now.trying == trying
    again.desk.close()


def arrived(shop, folder, name: str, **opens) -> None:
    """A scanner saves a scan; the watch has seen it, and the window looks."""
    (folder / name).write_text("solid")
    end = time.monotonic() + 30.0
    came = []
    while not came and time.monotonic() < end:
        came = shop.desk._watch.poll()
        time.sleep(0.01)
    shop.state.scans_arrived(came)
    shop.desk.look(may_open=True, **opens)
    shop.settle()


@pytest.fixture
def scanner(shop, tmp_path, monkeypatch):
    monkeypatch.setattr("fitter.app.watch.LOOK_S", 0.01)
    folder = tmp_path / "scanner"
    folder.mkdir()
    shop.desk.choose(watched=str(folder))
    monkeypatch.setattr("fitter.app.desk.Watch", partial(Watch, every=0.01))
    shop.desk.watch()
    end = time.monotonic() + 30.0
    while not (shop.desk.folder / "watched.json").exists() and time.monotonic() < end:
        time.sleep(0.01)
    return folder


def test_what_a_scanner_saves_opens_by_itself_while_a_customer_is_fitted(shop, anna, scanner):
    arrived(shop, scanner, "nobody.stl")
    assert [one.name for one in shop.state.now.arrived] == ["nobody.stl"]  # offered, as nobody is fitted
    assert shop.state.now.result is None
    shop.state.put_aside()
    shop.desk.begin(anna)
    arrived(shop, scanner, "left.stl")
    assert [c.name for c in shop.state.now.inputs.captures] == ["left.stl"]
    assert shop.state.now.arrived == ()


def test_nothing_opens_by_itself_where_that_is_off_or_an_old_visit_is_looked_at(shop, anna, scanner):
    shop.desk.begin(anna)
    shop.measure(250)
    shop.desk._day = date(2020, 1, 1)
    arrived(shop, scanner, "left.stl")
    assert len(shop.state.now.arrived) == 1
    shop.state.put_aside()
    shop.desk._day = None
    shop.desk.choose(watch_opens=False)
    arrived(shop, scanner, "right.stl")
    assert len(shop.state.now.arrived) == 1
    assert shop.state.now.inputs.captures == ()


def test_a_result_from_a_file_opened_in_a_visit_is_not_this_customers(shop, anna, tmp_path):
    shop.desk.begin(anna)
    shop.measure(251)
    (head,) = shop.desk.records().visits(anna.id)
    path = tmp_path / "other.json"
    path.write_text(to_json(measured_only(*pair())))
    for open_it in (shop.state.open_files, shop.state.bring):
        shop.desk.open_visit(anna, shop.desk.records().visit(head.id))
        shop.settle()
        open_it([path])
        shop.settle()
        assert [f.side for f in shop.state.now.result.profile.feet] == FOREIGN
        assert shop.state.now.customer is None
        (only,) = shop.desk.records().visits(anna.id)
        assert shop.desk.records().visit(only.id).entered[0].values["foot_length"].value == 251


def test_a_result_without_its_scan_that_was_given_to_a_customer_is_shown_again(shop, anna, tmp_path):
    path = tmp_path / "other.json"
    path.write_text(to_json(measured_only(*pair())))
    shop.state.open_files([path])
    shop.settle()
    shop.desk.take(anna)
    shop.settle()
    (head,) = shop.desk.records().visits(anna.id)
    shop.desk.open_visit(anna, shop.desk.records().visit(head.id))
    shop.settle()
    assert [f.side for f in shop.state.now.result.profile.feet] == FOREIGN


def test_the_last_edit_reaches_its_visit_though_the_next_customer_is_begun_while_it_is_written(shop, anna):
    bela = shop.desk.records().add(Customer("Bela"))
    shop.desk.begin(anna)
    for mm in (251, 252):  # the first is still being written when the second is fitted
        values = {k: entered_value(k, v) for k, v in {**RULER, "foot_length": mm}.items()}
        shop.state.enter_measures(EnteredFoot("right", "standing", values))
        shop.later.waiting.pop()()
        shop.state.poll()
    shop.desk.begin(bela)
    shop.settle()
    (head,) = shop.desk.records().visits(anna.id)
    assert shop.desk.records().visit(head.id).entered[0].values["foot_length"].value == 252
    assert shop.desk.records().visits(bela.id) == []


def test_a_visit_that_is_read_late_is_not_opened_over_what_was_begun_meanwhile(shop, anna):
    shop.desk.begin(anna)
    shop.measure(251)
    (head,) = shop.desk.records().visits(anna.id)
    came = []
    shop.desk.load_visit(head, came.append)
    shop.desk.begin()
    shop.settle()
    assert came == []
    shop.desk.load_visit(head, came.append)
    shop.settle()
    assert len(came) == 1


def test_closed_work_of_a_customer_is_not_cleared_away(shop, anna):
    for who in (anna, None):
        shop.desk.begin(who)
        shop.state.type_reading("right", "foot_length", 0, "251")
    shop.desk.begin()
    keep_newest(shop.desk.folder, 0)
    assert [left.customer for left in shop.desk.left_behind()] == [anna.id]


def test_what_was_printed_long_ago_is_cleared_when_tidying(shop, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = tmp_path / "fitter-print"
    folder.mkdir()
    for name, age in (("old.pdf", 7200), ("new.pdf", 60)):
        (folder / name).write_bytes(b"%PDF")
        os.utime(folder / name, (time.time() - age,) * 2)
    shop.desk._tidy()
    assert [p.name for p in folder.iterdir()] == ["new.pdf"]
