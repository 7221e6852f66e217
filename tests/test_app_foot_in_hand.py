"""The foot taken in hand in the real window: a landmark dragged, moved by keys and taken back; a section slid
through it, with the mouse and with the keyboard alone."""

from __future__ import annotations

import gc
import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from fitter.app.landmark_hand import marks_of
from tests.test_app_window import Driver, sample_scan

CLOCK = itertools.count(10_000, 2_000)


@pytest.fixture(scope="module")
def driver(display: str) -> Iterator[Driver]:
    driver = Driver()
    import customtkinter  # noqa: PLC0415

    customtkinter.set_appearance_mode("light")
    driver.state.open_files([sample_scan()])
    driver.wait(lambda: driver.state.now.result is not None, "the sample")
    yield driver
    driver.window.close()
    driver.worker.close()
    del driver.window, driver.root
    gc.collect()


@pytest.fixture
def seen(driver: Driver) -> Iterator[Driver]:
    driver.troubles.clear()
    driver.window.close_tool()
    driver.state.dismiss()
    driver.state.look_from("medial")
    looking(driver)
    yield driver
    assert driver.troubles == []


def looking(driver: Driver) -> None:
    """The foot that is open is on the screen."""
    driver.settle()
    view = driver.window.foot
    driver.wait(
        lambda: view.scene is not None and view.scene.foot is view.shape and view.still, "its picture"
    )
    driver.root.update()


def pixel(driver: Driver, place) -> tuple[int, int]:
    x, y, _depth = driver.window.foot.pixels([place])[0]
    return int(x), int(y)


def drag(driver: Driver, start: tuple[int, int], end: tuple[int, int]) -> None:
    canvas = driver.window.foot.canvas
    canvas.event_generate("<Motion>", x=start[0], y=start[1])
    # Two seconds after the last one: else a press at the same place would be a double click.
    canvas.event_generate("<ButtonPress-1>", x=start[0], y=start[1], time=next(CLOCK))
    for k in range(1, 9):
        x, y = (round(a + (b - a) * k / 8) for a, b in zip(start, end, strict=True))
        canvas.event_generate("<B1-Motion>", x=x, y=y)
        driver.root.update()


def let_go(driver: Driver, at: tuple[int, int]) -> None:
    driver.window.foot.canvas.event_generate("<ButtonRelease-1>", x=at[0], y=at[1])
    driver.root.update()
    looking(driver)


def told(driver: Driver) -> str:
    return "\n".join(text for _style, text in driver.window.hand.told())


def test_a_landmark_is_dragged_with_its_effect_and_taken_back(seen):
    hand, before = seen.window.hand, seen.state.now.result
    start = pixel(seen, marks_of(seen.state)["navicular"].at)
    end = (start[0], start[1] - 14)
    drag(seen, start, end)
    assert hand.over == "navicular"
    assert seen.window.foot.canvas.cget("cursor") == "hand2"
    seen.wait(lambda: "→" in told(seen), "the effect")
    seen.grab("landmark_dragged")
    assert "Navicular height: " in told(seen)
    assert seen.state.now.result is before, "nothing is changed before it is let go"
    let_go(seen, end)
    place = marks_of(seen.state)["navicular"]
    assert place.by_hand
    assert np.hypot(*(np.array(pixel(seen, place.at)) - end)) < 4
    assert place.at[2] > marks_of(seen.state)["arch_apex"].at[2]
    assert "landmark" in seen.state.now.undo
    seen.state.undo()
    looking(seen)
    assert seen.state.now.result is before
    seen.state.redo()
    looking(seen)
    assert marks_of(seen.state)["navicular"].by_hand
    seen.state.undo()
    looking(seen)


def test_a_landmark_let_go_where_no_foot_has_it_is_put_back_and_that_is_told(seen):
    before = seen.state.now.result
    marks = marks_of(seen.state)
    start, end = pixel(seen, marks["navicular"].at), pixel(seen, marks["heel_medial"].at)
    drag(seen, start, end)
    let_go(seen, end)
    assert seen.state.now.result is before
    assert seen.state.now.notice is not None
    assert "the landmark navicular lies" in seen.state.now.notice.text
    assert "put back" in seen.state.now.notice.text


def test_a_click_on_a_landmark_moves_nothing_and_beside_one_the_foot_turns(seen):
    before = seen.state.now.result
    at = pixel(seen, marks_of(seen.state)["navicular"].at)
    drag(seen, at, at)
    let_go(seen, at)
    assert seen.state.now.result is before
    assert seen.state.now.camera is None
    drag(seen, (20, 20), (60, 20))
    let_go(seen, (60, 20))
    assert seen.state.now.camera is not None


def test_a_landmark_is_moved_by_the_keyboard_alone(seen):
    before = marks_of(seen.state)["metatarsale_tibiale"]
    seen.key(seen.root, "<Control-l>")
    listed = seen.window._tools["landmarks"].list
    assert seen.root.focus_get() is listed
    while listed.focus() != "metatarsale_tibiale":
        seen.key(listed, "<Down>")
    seen.key(listed, "<Return>")
    for _step in range(4):
        seen.key(listed, "<Right>")
    trial = seen.window.hand.trial
    assert trial is not None
    assert trial.moved == pytest.approx(2.0, abs=0.1)
    seen.wait(lambda: "Ball length" in told(seen), "the effect")
    assert "Ball length" in seen.window._tools["landmarks"].notes.content
    seen.key(listed, "<Escape>")
    assert seen.window.hand.trial is None
    assert seen.window._tool == "landmarks", "Esc puts the landmark back, and only then closes the list"
    seen.key(listed, "<Return>")
    seen.key(listed, "<Shift-Left>")
    seen.key(listed, "<Return>")
    looking(seen)
    after = marks_of(seen.state)["metatarsale_tibiale"]
    assert after.by_hand
    assert np.linalg.norm(np.array(after.at) - before.at) == pytest.approx(2.0, abs=0.3)
    seen.shot("landmarks")
    assert listed.set("metatarsale_tibiale", "set") == "by hand"
    seen.press(seen.window._tools["landmarks"].all)
    looking(seen)
    assert not marks_of(seen.state)["metatarsale_tibiale"].by_hand
    seen.key(listed, "<Escape>")
    assert seen.window._tool == ""


def section(driver: Driver):
    driver.window.show_tool("section")
    tool = driver.window._tools["section"]
    driver.wait(lambda: tool.cut is not None, "the section")
    driver.root.update()
    return tool


def test_a_section_slides_with_the_keyboard_and_stops_at_the_ball(seen):
    tool = section(seen)
    tool.go_to("instep")
    seen.root.update()
    place = tool.place
    for _step in range(3):
        seen.key(tool.slider, "<Right>")
    assert place + 1.5 < tool.place < place + 4.5
    seen.key(tool.stop_buttons["ball"], "<space>")
    fit = seen.state.now.fit
    assert f"{fit.measurements.get('ball_girth').value:.1f}" in tool.notes.content
    assert tool.cut.girth.value == pytest.approx(fit.measurements.get("ball_girth").value, abs=0.1)
    assert seen.window.foot.canvas.find_withtag("section")
    seen.shot("section")
    tool.copy()
    assert "Girth" in seen.root.clipboard_get()


def test_the_plane_is_dragged_along_the_foot(seen):
    tool = section(seen)
    tool._face("across", 150.0, "")
    seen.root.update()
    at = seen.window.foot.pixels(tool.cut.points)
    seen_ones = at[seen.window.foot.seen(at, 1.5)]
    x, y, _depth = seen_ones[len(seen_ones) // 2]
    start, end = (int(x), int(y)), (int(x) - 30, int(y))
    drag(seen, start, end)
    mm = 30.0 * seen.window.foot.camera.span / min(seen.window.foot.extent)
    assert tool.place == pytest.approx(150.0 + mm, abs=1.5), "in the inner view toes are at the left"
    let_go(seen, end)
    assert seen.state.now.camera is None


def test_a_section_is_saved_in_true_size(seen, tmp_path):
    tool = section(seen)
    seen.folder = str(tmp_path)
    tool.go_to("ball")
    for button, kind in zip(tool.buttons[:2], ("svg", "dxf"), strict=True):
        seen.press(button)
        seen.settle()
        assert (tmp_path / f"section_right_ball.{kind}").exists()
    text = (tmp_path / "section_right_ball.svg").read_text()
    assert 'mm"' in text
    assert "Girth" in text


def test_turning_to_a_tab_closes_the_tool(seen):
    section(seen)
    seen.window.turn_to("Measures")
    seen.root.update()
    assert seen.window._tool == ""
    assert seen.window._screens["Measures"].winfo_ismapped()
    assert not seen.window.foot.canvas.find_withtag("section")
    seen.window.turn_to("Measures")
