"""The watched folder: what a scanner saves is offered once it is whole, once only, and however often the
program starts; a folder that goes away is told and waited for."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from fitter.app import watch as watch_module
from fitter.app.watch import Watch, Watching, remember, remembered

STL = frozenset({"stl", "ply"})


@pytest.fixture
def folder(tmp_path) -> Path:
    path = tmp_path / "scanner"
    path.mkdir()
    return path


def names(arrived) -> list[str]:
    return [one.name for one in arrived]


def test_what_the_folder_holds_when_it_is_chosen_is_nothing_new(folder):
    (folder / "old.stl").write_bytes(b"solid")
    watching = Watching(folder, STL)
    assert [watching.look(), watching.look()] == [[], []]


def test_a_scan_is_offered_once_and_only_when_two_looks_found_it_alike(folder):
    watching = Watching(folder, STL)
    watching.look()
    (folder / "left_0412.stl").write_bytes(b"solid left")
    assert watching.look() == []
    assert names(watching.look()) == ["left_0412.stl"]
    assert watching.look() == []


def test_a_scan_that_is_still_growing_is_waited_for(folder):
    watching = Watching(folder, STL)
    watching.look()
    for size in (10, 20, 30):
        (folder / "left.stl").write_bytes(b"s" * size)
        assert watching.look() == []
    assert names(watching.look()) == ["left.stl"]


def test_an_empty_or_unreadable_file_a_hidden_one_and_other_kinds_are_not_offered(folder, monkeypatch):
    watching = Watching(folder, STL)
    watching.look()
    (folder / "empty.stl").touch()
    (folder / ".part.stl").write_bytes(b"s")
    (folder / "notes.txt").write_bytes(b"s")
    (folder / "folder.stl").mkdir()
    (folder / "locked.stl").write_bytes(b"s")
    real = Path.open

    def locked(path, *mode, **more):
        if path.name == "locked.stl":
            raise PermissionError
        return real(path, *mode, **more)

    monkeypatch.setattr(Path, "open", locked)
    assert [watching.look(), watching.look()] == [[], []]
    monkeypatch.undo()  # the scanner lets go of it
    assert names(watching.look()) == ["locked.stl"]


def test_a_scan_saved_again_under_its_name_is_new(folder):
    watching = Watching(folder, STL)
    watching.look()
    for content in (b"first", b"second"):
        (folder / "scan.stl").write_bytes(content)
        watching.look()
        assert names(watching.look()) == ["scan.stl"]


def test_several_scans_come_in_the_order_they_were_saved(folder):
    watching = Watching(folder, STL)
    watching.look()
    for name, when in (("b.stl", 100), ("a.ply", 200)):
        (folder / name).write_bytes(b"s")
        os.utime(folder / name, (when, when))
    watching.look()
    found = watching.look()
    assert names(found) == ["b.stl", "a.ply"]
    assert [one.when for one in found] == [100.0, 200.0]


def test_after_a_restart_only_what_came_meanwhile_is_offered(folder, tmp_path):
    memory = tmp_path / "watched.json"
    first = Watching(folder, STL)
    first.look()
    (folder / "seen.stl").write_bytes(b"s")
    first.look(), first.look()
    remember(memory, folder, first.told)
    (folder / "while_off.stl").write_bytes(b"s")
    again = Watching(folder, STL, remembered(memory, folder))
    again.look()
    assert names(again.look()) == ["while_off.stl"]


def test_another_folder_begins_anew_and_a_damaged_memory_is_no_trouble(folder, tmp_path):
    memory = tmp_path / "watched.json"
    remember(memory, folder, {"a.stl": (1, 2)})
    assert remembered(memory, folder) == {"a.stl": (1, 2)}
    assert remembered(memory, tmp_path) is None
    for damaged in (b"{", b'{"folder": 1}', b"[]", b'{"folder": "%s", "told": {"a": 1}}' % bytes(folder)):
        memory.write_bytes(damaged)
        assert remembered(memory, folder) is None


# ------------------------------------------------------------------ the thread


def until(true, what: str) -> None:
    end = time.monotonic() + 30.0
    while not true():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.005)


@pytest.fixture
def watch(folder, tmp_path):
    watch = Watch(folder, tmp_path, STL, every=0.01)
    until((tmp_path / watch_module.FILE).exists, "the first look")
    yield watch
    watch.stop()


def test_the_window_takes_what_the_thread_found(folder, watch):
    (folder / "left.stl").write_bytes(b"s")
    found: list = []
    until(lambda: found.extend(watch.poll()) or found, "the scan")
    assert names(found) == ["left.stl"]
    assert watch.poll() == []


def test_a_folder_that_vanishes_is_told_once_and_so_is_its_return(folder, watch):
    assert watch.news() is None
    folder.rmdir()
    until(lambda: not watch.reachable, "the folder to be missed")
    assert [watch.news(), watch.news()] == [False, None]
    folder.mkdir()
    (folder / "late.stl").write_bytes(b"s")
    until(lambda: watch.reachable, "the folder to be found again")
    assert [watch.news(), watch.news()] == [True, None]
    found: list = []
    until(lambda: found.extend(watch.poll()) or found, "what came meanwhile")


def test_a_folder_that_does_not_answer_keeps_nobody_waiting(folder, tmp_path, monkeypatch):
    answer, now = threading.Event(), [0.0]
    monkeypatch.setattr(watch_module, "scans_in", lambda *_: answer.wait(30.0) and {})
    watch = Watch(folder, tmp_path, STL, every=0.01, clock=lambda: now[0])
    assert watch.poll() == []
    assert watch.reachable
    now[0] = 60.0
    assert watch.news() is False
    before = time.monotonic()
    watch.stop()
    assert time.monotonic() - before < 5.0
    answer.set()
