"""The window stays calm: quick to start, never busy with what nobody looks at, and nothing is left behind."""

from __future__ import annotations

import gc
import mmap
import os
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

if os.environ.get("FITTER_REQUIRE_DISPLAY") == "1":
    import tkinter as tk  # where the window must be tested, a missing Tk is a failure
else:
    tk = pytest.importorskip("tkinter", reason="this Python has no Tk")

import customtkinter as ctk

from fitter.answers import answers_from_mapping
from fitter.app import fonts, theme
from fitter.app.follow import follow
from fitter.app.later import Later
from fitter.app.slices import Slices
from fitter.app.state import AppState
from fitter.resources import data_folder

HOME = data_folder("sample_scans").parent

_FIRST_PAGE = """
import sys
from fitter.app.desk import Desk
from fitter.app.state import AppState
from fitter.app import fonts
fonts.load()
from fitter.app import window
window.Worker.warm = lambda self: None
state = AppState(window.Worker(), export=None, check_answers=None)
shown = window.Window(state, desk=Desk(state))
shown.show_first()
shown.root.update()
assert shown._page.winfo_ismapped()
print(*sys.modules)
shown.close()
"""


@pytest.fixture
def root(display) -> Iterator[ctk.CTk]:
    theme.load()
    root = ctk.CTk()
    root.geometry("600x400")
    root.update()
    yield root
    root.update()
    root.destroy()
    gc.collect()


def plain_state() -> AppState:
    return AppState(
        lambda *_a, **_k: None,
        export=lambda r, f, p: [],
        check_answers=lambda values: answers_from_mapping(values, "Questions"),
        start=lambda work: None,
    )


# ------------------------------------------------------------------ the start


def test_the_first_page_stands_without_what_only_later_pages_need(display, tmp_path):
    (tmp_path / "settings.json").write_text('{"asked": true}')
    folders = {"FITTER_CONFIG": str(tmp_path), "FITTER_DATA": str(tmp_path / "data"), "PYTHONPATH": str(HOME)}
    done = subprocess.run(
        [sys.executable, "-c", _FIRST_PAGE], env={**os.environ, **folders}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    heavy = {"scipy", "trimesh", "fpdf", "sqlalchemy", "http.client", "shapely", "fitter.journey"}
    pages = {f"fitter.app.screens.{name}" for name in ("questions", "knee", "support", "arch", "customers")}
    assert not (heavy | pages) & set(done.stdout.split())


def test_a_screen_is_made_once_and_only_when_it_is_asked_for():
    made = []
    screens = Later({name: lambda name=name: made.append(name) or name for name in "ab"})
    assert (list(screens), len(screens), made) == (["a", "b"], 2, [])
    assert [screens["b"], screens["b"]] == ["b", "b"]
    assert made == ["b"]


def test_a_second_window_leaves_the_fonts_of_the_first_alone(tmp_path):
    font, fonts_in_use = tmp_path / "shapes.otf", tmp_path / "fonts"
    fonts_in_use.mkdir()
    font.write_bytes(b"first" * 2000)
    there = fonts_in_use / font.name
    fonts._put(str(font), str(fonts_in_use))
    before = there.stat()
    fonts._put(str(font), str(fonts_in_use))
    assert (there.stat().st_ino, there.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    with there.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as drawn_with:
        font.write_bytes(b"other")
        if os.name == "posix":  # Windows doesn't let a file in use be replaced, nor does it put fonts there
            fonts._put(str(font), str(fonts_in_use))
            assert there.read_bytes() == b"other"
        assert drawn_with[-5:] == b"first", "what another window has in its memory stays whole"
    assert [p.name for p in fonts_in_use.iterdir()] == [font.name]


# ------------------------------------------------------------------ building and filling


def test_a_long_form_comes_in_pieces_between_which_the_window_answers(root):
    built: list[int] = []
    rest = Slices(root, [lambda k=k: built.append(k) for k in range(30)], at_once=4)
    assert (built, rest.done) == ([0, 1, 2, 3], False)
    root.after(0, lambda: built.append(-1))
    root.update()
    assert rest.done
    assert [k for k in built if k >= 0] == list(range(30))
    assert built[-1] != -1, "who clicks is served before the rest is built"


def test_a_form_that_is_needed_whole_is_whole_and_one_that_is_gone_is_not_built(root):
    built: list[int] = []
    whole = Slices(root, [lambda k=k: built.append(k) for k in range(5)])
    whole.finish()
    assert built == [0, 1, 2, 3, 4]
    page = ctk.CTkFrame(root)
    gone = Slices(page, [lambda: built.append(9)])
    page.destroy()
    root.update()
    assert gone.done
    assert 9 not in built


def test_a_page_out_of_sight_is_filled_when_it_is_looked_at(root):
    state, filled = plain_state(), []
    page = ctk.CTkFrame(root)
    follow(page, state, {"view"}, lambda: filled.append(state.now.view))
    for view in ("top", "heel", "sole"):
        state.look_from(view)
    assert filled == []
    page.pack()
    root.update()
    assert filled == ["sole"]
    state.look_from("top")
    assert filled == ["sole", "top"]
    state.show(lines=False)
    page.pack_forget()
    root.update()
    page.pack()
    root.update()
    assert filled == ["sole", "top"], "nothing changed that it shows"


def test_a_page_that_is_gone_is_neither_told_nor_kept_in_memory(root):
    state = plain_state()
    before = len(state._listeners)
    page = ctk.CTkFrame(root)
    page.pack()
    follow(page, state, {"view"}, lambda page=page: page.configure(width=10))
    root.update()
    assert len(state._listeners) == before + 1
    page.destroy()
    root.update()
    assert len(state._listeners) == before
    state.look_from("top")
    kept = weakref.ref(page)
    del page
    gc.collect()
    assert kept() is None


def test_text_out_of_sight_does_not_break_its_lines_again_and_again(root):
    hidden = ctk.CTkFrame(root, fg_color="transparent")
    words = "A line that is broken at its own width would make the page narrower, and be broken again. " * 3
    told = theme.wrapped(theme.label(hidden, words), 8)
    told.pack(fill="x")
    for _ in range(5):
        root.update()
    assert told.cget("wraplength") == 280
    hidden.pack(fill="both", expand=True)
    for _ in range(3):
        root.update()
    scale = ctk.ScalingTracker.get_widget_scaling(told)
    assert abs(told.cget("wraplength") - (hidden.winfo_width() / scale - 8)) <= 2


# ------------------------------------------------------------------ random hands


def test_random_hands_leave_no_fault_and_lose_nothing(display):
    """A few of the actions of benchmarks/window_monkey.py, which has twenty seeds of two hundred."""
    command = [sys.executable, "-m", "benchmarks.window_monkey", "--one", "--first", "1", "--actions", "25"]
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "well", done.stdout + done.stderr
