"""The real window on a virtual screen, driven through its widgets; screenshots go to tests/screenshots/."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if os.environ.get("FITTER_REQUIRE_DISPLAY") == "1":
    import tkinter as tk  # where the window must be tested, a missing Tk is a failure
else:
    tk = pytest.importorskip("tkinter", reason="this Python has no Tk")

import customtkinter as ctk
import numpy as np

from fitter.app import main, theme
from fitter.app import window as window_module
from fitter.app.picture_view import PictureView
from fitter.app.samples import samples
from fitter.app.state import AppState
from fitter.app.window import Window
from fitter.app.worker import Worker
from fitter.errors import FitterError
from fitter.picture import body_map
from fitter.scan.foot import Glimpse
from fitter.scan.repair import coarse
from tests.contrast import contrast

SHOTS = Path(__file__).parent / "screenshots"
PATIENCE_S = 240.0  # a bound for a machine that is busy with something else; nothing waits that long


class Driver:
    """A window and the hands of a person."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self.folder = ""
        self.troubles: list[BaseException] = []
        self.worker = Worker()
        self.state = AppState(
            self.worker, export=window_module._export, check_answers=window_module._check_answers,
            lie_under=self.worker.under,
        )  # fmt: skip
        self.window = Window(self.state, choose_files=lambda: self.files, choose_folder=lambda: self.folder)
        self.root = self.window.root
        calm = self.root.report_callback_exception

        def noted(kind, error, where):
            self.troubles.append(error)
            calm(kind, error, where)

        self.root.report_callback_exception = noted
        self.root.focus_force()
        self.settle()

    def wait(self, until: Callable[[], bool], what: str) -> None:
        """Let the window live until something is so."""
        end = time.monotonic() + PATIENCE_S
        while not until():
            if time.monotonic() > end:
                pytest.fail(f"waited {PATIENCE_S:.0f} s in vain for {what}; notice: {self.state.now.notice}")
            self.root.update()
            time.sleep(0.005)

    def settle(self) -> None:
        """Nothing is being computed, the still picture is shown, all drawing is done."""
        self.wait(lambda: not self.state.now.busy, "the work to end")
        self.wait(lambda: self.window.foot.still, "the still picture")
        self.root.update()

    def press(self, button) -> None:
        """A click as customtkinter sees one: it acts on the release."""
        for sequence in ("<Enter>", "<ButtonPress-1>", "<ButtonRelease-1>", "<Leave>"):
            button._canvas.event_generate(sequence, x=5, y=5)
        self.root.update()

    def key(self, widget, sequence: str) -> None:
        """A key pressed while ``widget`` has the focus."""
        tk.Misc.focus_force(widget)  # customtkinter would focus the label inside
        self.root.update()
        widget.event_generate(sequence)
        self.root.update()

    def shot(self, name: str) -> None:
        """A picture of the window for people to look at."""
        self.settle()
        self.grab(name)

    def grab(self, name: str) -> None:
        """The same, while something is still going on."""
        from PIL import ImageGrab  # noqa: PLC0415

        x, y = self.root.winfo_rootx(), self.root.winfo_rooty()
        box = (x, y, x + self.root.winfo_width(), y + self.root.winfo_height())
        SHOTS.mkdir(exist_ok=True)
        ImageGrab.grab(box, xdisplay=os.environ.get("DISPLAY") or None).save(SHOTS / f"{name}.png")


@pytest.fixture(scope="module")
def driver(display: str) -> Iterator[Driver]:
    """One window for all tests of this file: making one takes longer than using it."""
    driver = Driver()
    import customtkinter  # noqa: PLC0415

    customtkinter.set_appearance_mode("light")
    yield driver
    driver.window.close()
    driver.worker.close()
    # Tk's leftovers must be freed by this thread: freed by another one they would wait for an event loop.
    del driver.window, driver.root
    gc.collect()


@pytest.fixture
def seen(driver: Driver) -> Iterator[Driver]:
    """The window with a sample open and nothing else; fails the test if a callback went wrong."""
    driver.troubles.clear()
    driver.window._close_page()
    driver.state.dismiss()
    captures = driver.state.now.inputs.captures
    if [(c.name, c.side, c.load) for c in captures] != [(sample_scan().name, None, "unknown")]:
        driver.state.open_files([sample_scan()])
    driver.settle()
    driver.state.look_from("oblique")
    driver.window.turn_to("Measures")
    driver.settle()
    yield driver
    assert driver.troubles == []


def sample_scan() -> Path:
    return next(path for _name, path in samples() if path.name == "neutral_right.stl")


def cells(driver: Driver) -> dict[str, tuple[str, ...]]:
    table = driver.window._screens["Measures"].table
    return {row: tuple(map(str, table.item(row, "values"))) for row in table.get_children()}


# ------------------------------------------------------------------ the journey


def test_an_empty_window_says_what_to_do(driver):
    driver.shot("empty")
    texts = [
        driver.window.foot.canvas.itemcget(i, "text") for i in driver.window.foot.canvas.find_withtag("over")
    ]
    assert any("Drop a scan" in text for text in texts)
    assert driver.window.source.export_button.cget("state") == "disabled"


def test_the_window_opens_without_what_only_measuring_needs():
    code = (
        "import sys, fitter.app.window; sys.exit(any(m in sys.modules for m in ('scipy', 'trimesh', 'fpdf')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_sample_is_picked_measured_and_shown(driver):
    name, path = next((n, p) for n, p in samples() if p == sample_scan())
    driver.window.source.sample._dropdown_callback(name)
    driver.wait(lambda: driver.state.now.result is not None, "the sample's result")
    driver.settle()
    assert driver.state.now.inputs.captures[0].name == path.name
    row = cells(driver)["foot_length"]
    assert row[0] == "Foot length"
    assert 170 < float(row[1]) < 340
    assert row[2].startswith("± ")
    assert row[3] == "mm"
    missing = driver.window._screens["Measures"].notes.content
    assert "Arch drop" in missing
    driver.shot("measures")


def test_a_foot_is_on_the_screen_while_it_is_measured(seen):
    open_before = seen.state.now.result.shapes[0]
    found = Glimpse(coarse(open_before.mesh, 4.0), "left")
    seen.state._change(busy=True, preview=found)
    view = seen.window.foot
    seen.wait(lambda: view.scene is not None and view.scene.foot is found and view.still, "its picture")
    items = view.canvas.find_withtag("over")
    texts = [view.canvas.itemcget(item, "text") for item in items if view.canvas.type(item) == "text"]
    seen.grab("preview")
    assert "Being measured" in texts
    assert not [item for item in items if view.canvas.type(item) == "oval"], "it has no landmarks yet"
    assert not seen.window._screens["Measures"].table.get_children(), "another foot's numbers beside it"
    seen.state._change(busy=False, preview=None)
    seen.settle()
    assert view.scene.foot is open_before
    assert seen.window._screens["Measures"].table.get_children()


def test_every_tab_has_something_to_say_about_the_foot(seen):
    contents = {
        "Result": lambda: seen.window._screens["Result"].content,
        "Support": lambda: seen.window._screens["Support"].content,
        "Knee": lambda: seen.window._screens["Knee"].content,
    }
    for name, content in contents.items():
        button = seen.window.tabs._buttons_dict[name]
        seen.press(button)
        assert seen.window._screens[name].winfo_ismapped(), name
        assert len(content()) > 100, name
        seen.shot(name.lower())
    assert "How likely" not in contents["Result"](), "what is folded away is not read"
    seen.window._screens["Result"].folds["arch"].toggle()
    assert "often called a flat foot" in contents["Result"]()


def test_support_offers_at_most_three_from_the_shelf_and_says_when_it_is_an_example(
    seen, tmp_path, monkeypatch
):
    monkeypatch.setenv("FITTER_DATA", str(tmp_path))
    screen = seen.window._screens["Support"]
    seen.state.answer({"footwear": "everyday"})
    seen.wait(lambda: seen.state.now.inputs.answers is not None, "the answers to be taken")
    seen.settle()
    seen.window.turn_to("Support")
    seen.shot("shelf")
    shown = screen.content.partition("From your shelf")[2].partition("Arch support height")[0]
    assert "none of these exist" in shown
    assert "models suit" in shown
    assert 1 <= shown.count("EUR") <= 3


def test_two_captures_of_a_foot_and_both_feet_are_told_on_the_result(seen, tmp_path):
    rows = [
        f"{side},{load},{measure},{value}"
        for side, load, height, length in (
            ("right", "standing", 60, 251),
            ("right", "sitting", 64, 250),
            ("left", "standing", 60, 262),
        )
        for measure, value in (("foot_length", length), ("ball_length", 185), ("instep_height", height))
    ]
    path = tmp_path / "feet.csv"
    path.write_text("\n".join(("side,load,measure,value", *rows)), encoding="utf-8")
    seen.state.open_files([path])
    seen.settle()
    seen.window.turn_to("Result")
    seen.root.update()
    result = seen.window._screens["Result"]
    for each in result.folds.values():
        each.toggle()
    told = result.content
    assert "Sitting and standing" in told
    assert "Arch drop: 4.0 ±" in told
    assert "Left and right" in told
    assert "Foot length: left larger by 11.0 ±" in told
    assert "Williams 2001: usual" in told
    seen.shot("result_pair")


def test_the_foot_turns_with_the_hand_and_many_moves_make_few_frames(seen):
    canvas, view = seen.window.foot.canvas, seen.window.foot
    before, frames = view.camera, view.frames
    canvas.event_generate("<ButtonPress-1>", x=100, y=100)
    for step in range(40):
        canvas.event_generate("<B1-Motion>", x=100 + 2 * step, y=100 + step)
    canvas.event_generate("<ButtonRelease-1>", x=178, y=139)
    seen.settle()
    assert view.camera.azimuth != before.azimuth
    assert view.camera.elevation > before.elevation
    assert 1 <= view.frames - frames < 40
    seen.shot("turned")


def test_the_wheel_enlarges_under_the_pointer(seen):
    before = seen.window.foot.camera.span
    seen.window.foot.canvas.event_generate("<Button-4>", x=50, y=60)
    seen.settle()
    assert seen.window.foot.camera.span < before


def test_view_buttons_look_from_where_they_say(seen):
    seen.press(seen.window.views._buttons_dict["Top"])
    seen.settle()
    assert seen.window.foot.camera.elevation == 90.0
    seen.shot("top")
    seen.press(seen.window.views._buttons_dict["Sole"])
    seen.settle()
    assert seen.window.foot.camera.elevation == -90.0
    seen.shot("sole")


def test_a_measure_picked_in_the_table_is_pointed_out_on_the_foot(seen):
    table = seen.window._screens["Measures"].table
    table.selection_set("ball_breadth")
    seen.root.update()
    canvas = seen.window.foot.canvas
    texts = [canvas.itemcget(i, "text") for i in canvas.find_withtag("over") if canvas.type(i) == "text"]
    assert any(cells(seen)["ball_breadth"][1] in text for text in texts)
    assert "Ball breadth" in seen.window._screens["Measures"].notes.content


def test_landmarks_and_lines_can_be_switched_off(seen):
    canvas = seen.window.foot.canvas
    all_items = len(canvas.find_withtag("over"))
    seen.window.landmarks.toggle()
    seen.window.lines.toggle()
    seen.root.update()
    few = len(canvas.find_withtag("over"))
    seen.window.landmarks.toggle()
    seen.window.lines.toggle()
    seen.root.update()
    assert few < all_items / 3
    assert len(canvas.find_withtag("over")) == all_items


# ------------------------------------------------------------------ when something is wrong


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.stl", b""),
        ("letter.stl", b"Dear customer,\nhere is no foot."),
        ("noise.ply", bytes(range(256)) * 9),
    ],
)
def test_a_bad_file_shows_a_message_and_keeps_the_foot(seen, tmp_path, name, content):
    before = cells(seen)
    seen.files = [str(tmp_path / name)]
    Path(seen.files[0]).write_bytes(content)
    seen.press(seen.window.source.open_button)
    seen.wait(lambda: seen.state.now.notice is not None, "a message")
    seen.settle()
    assert name in seen.window.message.cget("text")
    assert "Traceback" not in seen.window.message.cget("text")
    assert cells(seen) == before
    if name == "letter.stl":
        seen.shot("bad_file")
    seen.press(seen.window._dismiss)
    assert seen.state.now.notice is None


def test_files_dropped_on_the_window_are_opened_whatever_their_names(seen, tmp_path):
    """Tk hands over a list in its own quoting: spaces, braces and other scripts must survive."""
    names = ["my foot.stl", "Fuß 足.stl", "plain.stl"]
    for name in names:
        (tmp_path / name).write_bytes(sample_scan().read_bytes())
    seen.window._dropped(" ".join(f"{{{tmp_path / name}}}" for name in names))
    seen.settle()
    assert [capture.name for capture in seen.state.now.inputs.captures] == names


def test_a_long_message_is_shown_whole(seen):
    seen.state.complain("This is what happened, told at length, and what to do about it. " * 8)
    seen.settle()
    seen.root.update()
    assert seen.window.message.winfo_reqheight() <= seen.window.strip.winfo_height()
    seen.shot("long_message")
    seen.state.dismiss()
    seen.settle()


def test_trouble_in_the_window_is_told_calmly_and_it_keeps_running(driver):
    driver.root.after(1, lambda: 1 / 0)
    driver.wait(lambda: driver.state.now.notice is not None, "a message")
    assert "ZeroDivisionError" in driver.state.now.notice.text
    assert "still here" in driver.state.now.notice.text
    driver.troubles.clear()
    driver.state.dismiss()


def test_cancel_is_there_while_something_runs(seen):
    seen.state.open_files([sample_scan()])
    assert seen.window._cancel.winfo_manager() == "pack"
    before = seen.state.now.result
    seen.press(seen.window._cancel)
    seen.settle()
    assert seen.state.now.result is before
    assert "Cancelled" in seen.window.message.cget("text")


# ------------------------------------------------------------------ correcting, typing, answering, exporting


def test_stating_what_was_assumed_measures_again(seen):
    assert not seen.state.now.fit.assumptions["side"].given
    seen.window.source.side._dropdown_callback("Right foot")
    seen.wait(lambda: seen.state.now.fit.assumptions["side"].given, "the side as stated")
    seen.window.source.load._dropdown_callback("Standing on both feet")
    seen.wait(lambda: seen.state.now.fit.load == "standing", "the load as stated")
    seen.settle()
    assert seen.window.source.load.get() == "Standing on both feet"


def test_two_feet_are_switched_with_one_click(seen):
    by_name = {path.name: path for _name, path in samples()}
    seen.state.open_files([by_name["pair_left.stl"]])
    seen.settle()
    seen.state.open_files([by_name["pair_right.stl"]], add=True)
    seen.settle()
    left, right = seen.window.feet._buttons_dict.values()
    seen.press(left)
    assert seen.state.now.foot == 0
    seen.press(right)
    seen.settle()
    assert seen.state.now.foot == 1
    seen.shot("two_feet")
    seen.state.open_files([sample_scan()])
    seen.settle()
    assert not seen.window.feet.winfo_ismapped(), "one foot needs no switch"


def test_measures_are_typed_checked_and_measured(seen):
    seen.window.type_measures()
    form = seen.window._form
    seen.root.update()
    typed = {"foot_length": "251", "ball_length": "184", "ball_breadth": "98", "instep_height": "630"}
    for measure, text in typed.items():
        form.fields[measure].insert(0, text)
    seen.root.update()
    form.repeats["instep_height"][0].focus()
    seen.root.update()
    form.repeats["instep_height"][1].focus()
    seen.root.update()
    assert "630" in form._hints["instep_height"].cget("text")
    assert form.picture.name == "instep_height"
    seen.shot("typing")
    form.submit()
    assert not seen.state.now.busy, "an implausible value goes nowhere"
    form.fields["instep_height"].delete(0, "end")
    form.fields["instep_height"].insert(0, "63")
    form.submit()
    seen.wait(lambda: seen.state.now.fit.source == "entered", "the typed foot")
    seen.settle()
    assert not form.winfo_ismapped()
    assert cells(seen)["foot_length"][1] == "251.0"
    assert cells(seen)["arch_height_index"][1] == "0.342"
    seen.shot("typed")


def test_both_feet_both_loads_and_inches_are_typed_in_one_go(seen):
    seen.window.type_measures()
    form = seen.window._form
    for entries in form.repeats.values():
        for entry in entries:
            entry.delete(0, "end")
    form.unit.set("inches")
    form._recheck("inches")
    for key, written in {
        "foot_length": ("9 7/8", "9 15/16", "9-7/8"),
        "ball_length": ("7 1/4",),
        "instep_height sitting": ("2 5/8", "2 9/16"),
        "instep_height": ("2 1/2", "2 1/2"),
    }.items():
        for entry, text in zip(form.repeats[key], written, strict=False):
            entry.insert(0, text)
    seen.root.update()
    assert form._results["foot_length"].cget("text") == "9 7/8 in ± 1/8 in"
    form.side.set("Left foot")
    form._turn_side("Left foot")
    assert form.fields["foot_length"].get() == ""
    form.fields["foot_length"].insert(0, "10")
    form.repeats["foot_length"][1].insert(0, "12 1/8")
    form.repeats["foot_length"][2].insert(0, "10 1/16")
    seen.key(form.repeats["foot_length"][2]._entry, "<Tab>")
    assert "Foot length: reading 2 (12 1/8 in)" in form._hints["foot_length"].cget("text")
    theme.ctk.set_appearance_mode("dark")
    seen.root.update()
    seen.shot("typing_dark")
    theme.ctk.set_appearance_mode("light")
    form.repeats["foot_length"][1].delete(0, "end")
    form.fields["ball_length"].insert(0, "10 3/8")
    form.fields["outer_ball_length"].insert(0, "6 1/2")
    for key in ("ball_length", "outer_ball_length"):
        seen.key(form.repeats[key][0]._entry, "<FocusOut>")
    assert "must be more than ball length" in form._hints["ball_length"].cget("text")
    assert form._hints["outer_ball_length"].cget("text") == "", "a contradiction is told once"
    form.fields["ball_length"].delete(0, "end")
    form.fields["ball_length"].insert(0, "6")
    seen.key(form.repeats["ball_length"][0]._entry, "<FocusOut>")
    assert "improbable" in form._hints["ball_length"].cget("text")
    assert not form._faults["ball_length"], "a doubt holds nobody up"
    form.fields["ball_length"].delete(0, "end")
    form.submit()
    seen.wait(lambda: len(seen.state.now.inputs.entered) == 3, "two feet, one of them under two loads")
    seen.settle()
    entered = {(f.side, f.load): f.values for f in seen.state.now.inputs.entered}
    assert set(entered) == {("right", "standing"), ("right", "sitting"), ("left", "standing")}
    assert entered["right", "sitting"]["instep_height"].value == pytest.approx(2.59375 * 25.4)
    assert seen.state.now.fit.side == "left", "the foot that was typed last is shown"
    form.side.set("Right foot")
    form._turn_side("Right foot")
    form.unit.set("mm")
    for entries in form.repeats.values():
        for entry in entries:
            entry.delete(0, "end")


def test_tab_goes_through_the_fields_in_reading_order_and_brings_them_into_view(seen):
    seen.window.type_measures()
    form = seen.window._form
    seen.root.update()
    order = [entry for row in form.rows for entry in form.repeats[row.key]]
    tk.Misc.focus_force(order[0]._entry)
    seen.root.update()
    for after in order[1:]:
        seen.root.focus_get().event_generate("<Tab>")
        seen.root.update()
        assert seen.root.focus_get() is after._entry
    last = order[-1]
    top = last.winfo_rooty() - form._area._parent_canvas.winfo_rooty()
    assert 0 <= top < form._area._parent_canvas.winfo_height()
    assert form.picture.name == "wet_footprint"
    seen.shot("typing_last")
    seen.window._close_page()


def test_a_stop_answer_withholds_the_recommendation(seen):
    seen.window.turn_to("Questions")
    screen = seen.window._screens["Questions"]
    seen.shot("questions")
    screen._none_apply()
    screen._controls["knee_locked"].set("Yes", from_button_callback=True)
    screen.submit()
    seen.wait(lambda: seen.state.now.inputs.answers is not None, "the answers to be taken")
    seen.settle()
    assert seen.state.now.fit.support.withheld is not None
    assert seen.state.now.result.profile.red_flags.asked
    seen.window.turn_to("Support")
    seen.shot("stopped")
    screen._none_apply()
    screen.submit()
    seen.wait(lambda: not seen.state.now.inputs.answers.stops, "the corrected answers")
    seen.settle()
    assert seen.state.now.fit.support.withheld is None


def test_the_knee_page_begins_with_three_lines_and_one_thing_to_do(seen):
    seen.window.turn_to("Knee")
    seen.settle()
    screen = seen.window._screens["Knee"]
    first = seen.state.now.result.profile.knee.first_lines
    assert len(first) == 3
    assert screen.content.startswith("\n".join(first))
    assert not any(each.is_open for each in screen.folds.values()), "the rest is folded away"
    asked = seen.state.now.result.profile.red_flags.asked
    assert screen.action.cget("text") == ("Answer more questions" if asked else "Answer the safety questions")
    assert "Not known about you" in screen.content
    seen.press(screen.action)
    assert seen.window.tabs.get() == "Questions"


def test_the_chain_is_opened_and_its_slider_moved_by_keyboard(seen):
    seen.window.turn_to("Knee")
    seen.settle()
    screen = seen.window._screens["Knee"]
    seen.key(screen.folds["chain"].button, "<space>")
    seen.settle()
    view = screen.chain
    before = view.picture.picture
    assert "Without a support" in screen.content
    seen.key(view.slider, "<Right>")
    assert "0.5 degrees" in view.caption.cget("text")
    assert view.picture.picture != before
    assert "not known to change them" in screen.content
    for _ in range(20):
        view.slider.event_generate("<Right>")
    seen.root.update()
    assert "takes 4 degrees" in view.caption.cget("text"), "no further than the strongest in a trial"
    seen.shot("chain")
    seen.key(screen.folds["chain"].button, "<Return>")
    assert not screen.folds["chain"].is_open


def test_exercises_with_pictures_come_only_after_the_safety_questions(seen):
    screen = seen.window._screens["Questions"]
    seen.window.turn_to("Questions")
    screen._open("Safety")
    screen._none_apply()
    screen.submit()
    seen.wait(lambda: seen.state.now.result.profile.red_flags.asked, "the answers to be taken")
    seen.settle()
    seen.window.turn_to("Knee")
    seen.settle()
    knee = seen.window._screens["Knee"]
    knee.folds["exercises"].toggle()
    seen.settle()
    drawn = [w for w in widgets(knee.folds["exercises"]) if isinstance(w, PictureView) and w.picture]
    assert len(drawn) == len(seen.state.now.result.profile.knee.exercises) > 0
    seen.shot("exercises")


def test_self_checks_are_locked_until_every_stop_question_was_answered_with_no(seen):
    screen = seen.window._screens["Questions"]
    seen.window.turn_to("Questions")
    screen._open("Safety")
    screen._none_apply()
    screen._controls["knee_locked"].set("Yes", from_button_callback=True)
    screen._open("Strength")
    seen.root.update()
    assert screen._pages["locked"].winfo_ismapped()
    screen._open("Safety")
    screen._none_apply()
    screen._open("Strength")
    seen.root.update()
    assert not screen._pages["locked"].winfo_ismapped()
    assert [w for w in widgets(screen._pages["strength"]) if isinstance(w, PictureView)]
    seen.shot("self_checks")


def test_where_it_hurts_is_pointed_at_by_mouse_and_by_keyboard(seen):
    screen = seen.window._screens["Questions"]
    seen.window.turn_to("Questions")
    screen._open("Pain")
    seen.settle()
    figure = screen._controls["pain_places"]
    canvas = figure.canvas
    region = next(r for r in body_map.regions() if r.place == "left_knee_inner")
    x, y = (sum(c) / len(region.points) for c in zip(*region.points, strict=True))
    scale = canvas.shown_width / canvas.picture.width
    canvas.event_generate("<Button-1>", x=int(x * scale), y=int(y * scale))
    seen.root.update()
    assert screen.values["pain_places"] == ("left_knee_inner",)
    seen.key(canvas, "<Right>")
    canvas.event_generate("<space>")
    seen.root.update()
    assert len(screen.values["pain_places"]) == 2
    seen.shot("pain_places")
    for _each in range(2):
        figure.choose(figure.chosen[1:])
    figure._command(figure.chosen)
    assert "pain_places" not in screen.values


def test_no_pain_goes_with_no_place(seen):
    screen = seen.window._screens["Questions"]
    seen.window.turn_to("Questions")
    screen._open("Pain")
    seen.settle()
    figure = screen._controls["pain_places"]
    none = next(
        w for w in widgets(figure.master) if isinstance(w, ctk.CTkCheckBox) and w.cget("text") == "No pain"
    )
    figure.choose(("right_ankle",))
    none.toggle()
    assert screen.values["pain_places"] == ("none",)
    assert figure.chosen == ()
    figure._choose("right_ankle")
    assert screen.values["pain_places"] == ("right_ankle",)
    assert not none.get()
    figure._choose("right_ankle")


def test_every_control_of_the_questions_is_reached_with_tab_and_comes_into_view(seen):
    screen = seen.window._screens["Questions"]
    seen.window.turn_to("Questions")
    for name, group in screen._names.items():
        if group == "strength":
            continue
        screen._open(name)
        seen.settle()
        page = screen._pages[group]
        seen.root.focus_force()
        widget, met = screen.groups, []
        for _each in range(80):
            widget = seen.root.nametowidget(seen.root.tk.call("tk_focusNext", widget))
            if widget is screen.use:
                break
            met.append(widget)
        assert widget is screen.use, name
        assert met, name
        tk.Misc.focus_force(met[-1])
        seen.root.update()
        top = met[-1].winfo_rooty() - page._parent_canvas.winfo_rooty()
        assert -1 <= top < page._parent_canvas.winfo_height(), name


def widgets(parent) -> list:
    """Everything in a widget."""
    return [parent, *(w for child in parent.winfo_children() for w in widgets(child))]


def test_export_writes_all_three_and_says_where(seen, tmp_path):
    seen.folder = str(tmp_path / "out")
    seen.press(seen.window.source.export_button)
    seen.wait(lambda: seen.state.now.notice is not None, "a message")
    assert seen.state.now.notice.kind == "done", seen.state.now.notice.text
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "profile.csv",
        "profile.json",
        "report.pdf",
    ]
    assert (tmp_path / "out" / "report.pdf").read_bytes().startswith(b"%PDF")
    assert str(tmp_path / "out") in seen.window.message.cget("text")
    seen.press(seen.window.source.export_button)
    seen.wait(lambda: not seen.state.now.busy, "the second export")
    assert seen.state.now.notice.kind == "done", "what Fitter wrote it may replace"


def test_export_never_writes_over_someone_elses_file(seen, tmp_path):
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.4 a letter to a friend")
    seen.folder = str(tmp_path)
    seen.press(seen.window.source.export_button)
    seen.wait(lambda: seen.state.now.notice is not None, "a message")
    assert "report.pdf" in seen.window.message.cget("text")
    assert seen.state.now.notice.kind == "error"
    assert [p.name for p in tmp_path.iterdir()] == ["report.pdf"]
    assert b"friend" in (tmp_path / "report.pdf").read_bytes()


# ------------------------------------------------------------------ keyboard and looks


def test_every_button_is_reached_with_tab(seen):
    seen.root.focus_force()
    start = widget = seen.window.source.open_button
    met = []
    for _ in range(200):
        met.append(str(widget))
        widget = seen.root.nametowidget(seen.root.tk.call("tk_focusNext", widget))
        if widget is start:
            break
    for button in (
        seen.window.source.export_button,
        seen.window.tabs,
        seen.window.views,
        seen.window.landmarks,
    ):
        assert str(button) in met
    assert str(seen.window.foot.canvas) in met


def test_space_presses_the_focused_button_and_the_focus_is_seen(seen):
    button = seen.window.source.open_button
    seen.files = []
    pressed = []
    seen.window._choose_files = lambda: pressed.append(True) or []
    seen.key(button, "<FocusIn>")
    assert button.cget("border_width") >= 2
    seen.key(button, "<space>")
    seen.window._choose_files = lambda: seen.files
    assert pressed == [True]


def test_arrows_move_between_tabs_and_turn_the_foot(seen):
    seen.key(seen.window.tabs, "<Right>")
    assert seen.window.tabs.get() == "Questions"
    before = seen.window.foot.camera.azimuth
    seen.key(seen.window.foot.canvas, "<Left>")
    seen.settle()
    assert seen.window.foot.camera.azimuth != before


def test_f1_lists_the_keys_and_escape_closes_them(seen):
    seen.key(seen.root, "<F1>")
    assert seen.window._help.winfo_ismapped()
    seen.shot("keys")
    seen.key(seen.root, "<Escape>")
    assert seen.window._help is None


def test_dark_mode_repaints_the_foot_too(seen):
    import customtkinter  # noqa: PLC0415

    def corner() -> int:
        return sum(seen.window.foot._photo._PhotoImage__photo.get(1, 1))

    light = corner()
    customtkinter.set_appearance_mode("dark")
    seen.settle()
    try:
        assert corner() < light / 3
        for name in ("Result", "Measures", "Questions", "Support", "Knee"):
            seen.window.turn_to(name)
            seen.shot(f"dark_{name.lower()}")
    finally:
        customtkinter.set_appearance_mode("light")
        seen.settle()


def test_nothing_is_cut_off_in_the_left_column(seen):
    """Menus and buttons have at least the width their text asks for."""
    source = seen.window.source
    for menu in (source.side, source.load, source.units):
        assert menu._text_label.winfo_reqwidth() <= menu._text_label.winfo_width() + 1


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        (theme.TEXT, theme.PANEL), (theme.TEXT, theme.QUIET), (theme.TEXT, theme.QUIET_HOVER),
        (theme.TEXT, theme.ERROR_BACK), (theme.TEXT, theme.DONE_BACK), (theme.TEXT, theme.RAISED),
        (theme.MUTED, theme.PANEL), (theme.MUTED, theme.RAISED), (theme.MUTED, theme.SCENE),
        (theme.ACCENT_TEXT, theme.PANEL), (theme.MARK, theme.PANEL), (theme.ON_ACCENT, theme.ACCENT),
        (theme.ON_ACCENT, theme.ACCENT_HOVER),
    ],
)  # fmt: skip
def test_every_text_stands_out_from_its_ground(ink, paper, mode):
    assert contrast(ink[mode], paper[mode]) >= 4.5


def test_without_a_screen_one_line_says_what_does_the_same_job(monkeypatch):
    if sys.platform in ("win32", "darwin"):
        pytest.skip("there always is a screen here")
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(FitterError, match="fitter fit FILE --out DIR"):
        main([])


# ---------------------------------------------------------------------------------------- the foot in 3D


@pytest.fixture
def plain(seen: Driver) -> Iterator[Driver]:
    """The usual look, before and after."""
    yield seen
    seen.state.show(paint="", company="one", insole=False, landmarks=True, lines=True)
    seen.state.look_from("oblique")
    seen.settle()


def canvas_texts(driver: Driver) -> list[str]:
    canvas = driver.window.foot.canvas
    return [canvas.itemcget(i, "text") for i in canvas.find_withtag("over") if canvas.type(i) == "text"]


def test_the_insole_under_the_foot_is_the_one_that_is_set_now(plain):
    state, view = plain.state, plain.window.foot
    state.show(insole=True)
    plain.settle()
    before, found = view.scene, state.now.fit.support
    state.set_by_hand("heel_cup_depth", 12.0, "a shallow shoe", "KM")
    plain.settle()
    assert state.now.fit.support != found
    assert view.scene.look.insole
    assert view.scene is not before
    assert view._under[1] == state.now.fit.support
    state.undo()
    plain.settle()
    assert view._under[1] == found


def test_a_landmark_is_found_again_under_its_pixel(plain):
    """Picking where a landmark is drawn gives its place, while the foot turns and when it stands still."""
    view = plain.window.foot
    place = plain.state.now.result.landmarks[0]["medial_malleolus"]
    for look in ("medial", "oblique"):
        plain.state.look_from(look)
        plain.settle()
        (x, y, _depth) = view.pixels([place])[0]
        found = view.pick(x, y)
        assert found is not None
        assert found.foot == 0
        assert found.place == pytest.approx(place, abs=2.0)
        corners = view.shape.mesh.corners[found.face]
        away = np.linalg.norm(corners - found.place, axis=1)
        assert away.min() < 8.0, "a corner of the face is near"
    assert view.pick(2, 2) is None, "no skin in the corner of the picture"


def test_what_is_taken_by_a_hand_does_not_turn_the_foot(plain):
    class Taking:
        def __init__(self) -> None:
            self.told: list[tuple[str, float]] = []

        def grab(self, x: float, y: float) -> bool:
            self.told.append(("grab", x))
            return x < 50

        def drag(self, x: float, y: float) -> None:
            self.told.append(("drag", x))

        def drop(self, x: float, y: float) -> None:
            self.told.append(("drop", x))

    view, taking = plain.window.foot, Taking()
    view.hand(taking)
    before = view.camera
    for start in (20, 120):
        view.canvas.event_generate("<ButtonPress-1>", x=start, y=100)
        view.canvas.event_generate("<B1-Motion>", x=start + 9, y=100)
        view.canvas.event_generate("<ButtonRelease-1>", x=start + 9, y=100)
        assert (view.camera == before) == (start == 20)
    view._hands.remove(taking)
    assert taking.told == [("grab", 20), ("drag", 29), ("drop", 29), ("grab", 120)]


def test_zooming_by_the_wheel_keeps_the_skin_under_the_pointer(plain):
    view = plain.window.foot
    x, y = view.extent[0] * 0.45, view.extent[1] * 0.55
    before = view.pick(x, y)
    for _ in range(3):
        view.canvas.event_generate("<Button-4>", x=int(x), y=int(y))
    plain.settle()
    after = view.pick(int(x), int(y))
    assert before is not None
    assert after is not None
    assert after.place == pytest.approx(before.place, abs=1.0)


def test_number_keys_look_from_all_sides(plain):
    for key, view in zip("23456", ("top", "medial", "lateral", "heel", "sole"), strict=True):
        plain.key(plain.window.foot.canvas, f"<Key-{key}>")
        assert plain.state.now.view == view
        assert plain.state.now.camera is None


def test_colours_come_with_their_scale_and_a_line_that_says_what_they_mean(plain):
    plain.state.show(paint="seen")
    plain.settle()
    assert any("region" in text for text in canvas_texts(plain))
    assert "scanner saw" in plain.window.foot.told.cget("text")
    assert {"0", "50", "100"} <= set(canvas_texts(plain))
    plain.state.show(paint="")
    plain.settle()
    assert not any("region" in text for text in canvas_texts(plain))
    assert "inside and above" in plain.window.foot.told.cget("text")


def test_the_insole_is_laid_under_the_foot_and_taken_away_again(plain):
    alone = len(plain.window.foot.scene.fine.faces)
    plain.key(plain.window.look.insole, "<space>")
    plain.settle()
    assert plain.state.now.insole
    assert len(plain.window.foot.scene.fine.faces) > alone
    assert any("thickness" in text for text in canvas_texts(plain))
    plain.shot("insole_under")
    plain.key(plain.window.look.insole, "<space>")
    plain.settle()
    assert len(plain.window.foot.scene.fine.faces) == alone


def test_the_picture_is_saved_with_its_scale_of_colours_at_twice_its_size(plain, tmp_path):
    from PIL import Image  # noqa: PLC0415

    plain.folder = str(tmp_path)
    plain.state.look_from("sole")
    plain.settle()
    width, height = plain.window.foot.extent
    for _ in range(2):
        plain.key(plain.window.foot.canvas, "<Key-s>")
        plain.settle()
    names = ["foot-right-sole-2.png", "foot-right-sole.png"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names, "none is replaced"
    with Image.open(tmp_path / names[1]) as picture:
        assert picture.size == (2 * width, 2 * height)
        colours = {colour for _count, colour in picture.convert("RGB").getcolors(1 << 22)}
    assert {(0, 48, 110), (253, 226, 82)} <= colours, "both ends of the scale"
    plain.folder = ""
