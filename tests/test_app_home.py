"""Measuring at home in the real window: from the door to a printed report, by keyboard alone."""

from __future__ import annotations

import tkinter as tk

import customtkinter as ctk
import pytest
from PIL import Image
from test_app_pages import folders, opened, start  # noqa: F401 - fixtures are used by name
from test_home_wizard import NEUTRAL

from fitter import home
from fitter.answers import STOP_IDS
from fitter.app import wizard
from fitter.app.screens.home_wizard import HomeWizard
from fitter.app.screens.start import StartPage
from fitter.settings import Settings


def door(driver) -> HomeWizard:
    """Through the home door, by keyboard."""
    assert isinstance(driver.page, StartPage)
    driver.tab_to(driver.page.home)
    driver.press_key("<Return>")
    driver.wait(lambda: driver.root.focus_get() is driver.page.next_button, "the first page")
    return driver.page


def at_first_field(driver) -> None:
    row = next(iter(driver.page.rows.values()))
    driver.wait(lambda: driver.root.focus_get() is row.entries[0]._entry, "the focus in the first field")


def killed(driver) -> None:
    """The process is gone: nothing more is saved, and its lock is open."""
    assert driver.desk.journal.flush()
    driver.desk.journal.session.release()
    driver.desk.journal._over = True
    driver.desk.journal = None


def write(driver, text: str) -> None:
    for letter in text:
        driver.root.focus_get().event_generate("<Key>", keysym=letter)
    driver.update()


def test_from_the_home_door_to_a_printed_report_by_keyboard_alone(opened, tmp_path):  # noqa: F811
    driver = start(opened)
    page = door(driver)
    driver.tab_to(page.choices["feet"])
    driver.press_key("<Right>")  # of both, right and left
    driver.tab_to(page.next_button)
    driver.press_key("<Return>")
    for number, step in enumerate(home.steps()):
        assert page.page == step.picture
        assert page.picture.name == step.picture, "every step has its picture"
        at_first_field(driver)
        slots = wizard.slots(driver.state.now.typed, step)
        for slot in slots:
            length = int(NEUTRAL[slot.measure.id]) + (4 if slot.load == "sitting" else 0)
            for more in (0, 1, 0) if number == 0 else (0,):
                write(driver, str(length + more))
                driver.press_key("<Return>")
            for _ in range(0 if number == 0 or slot is slots[-1] else home.REPEATS - 1):
                driver.press_key("<Return>")
        if number:
            driver.press_key("<Alt-Right>")
    assert page.page == "ask stop"
    none = next(
        w for w in walk(page.questions) if isinstance(w, ctk.CTkButton) and "No to all" in w.cget("text")
    )
    driver.tab_to(none)
    driver.press_key("<space>")
    assert all(driver.state.now.asked[i] is False for i in STOP_IDS)
    driver.tab_to(page.next_button)
    driver.press_key("<Return>")
    assert page.page == "ask you"
    driver.tab_to(page.skip_button)
    driver.press_key("<space>")
    assert page.page == wizard.SUMMARY
    driver.wait(lambda: driver.root.focus_get() is page.next_button, "the main button")
    driver.press_key("<Return>")
    driver.wait(lambda: driver.state.now.result is not None, "the result")
    driver.settle()
    assert driver.page is None, "the result is shown"
    feet = driver.state.now.result.profile.feet
    assert {(f.side, f.load) for f in feet} == {("right", "sitting"), ("right", "standing")}
    assert driver.state.now.fit.load == "standing"
    assert driver.state.now.fit.measurements.get("foot_length").value == pytest.approx(252.3, abs=0.1)
    assert driver.state.now.fit.support is not None
    driver.folder = str(tmp_path / "out")
    driver.press_key("<Control-e>")
    driver.wait(lambda: not driver.state.now.busy, "the report")
    reports = list((tmp_path / "out").glob("*.pdf"))
    assert reports
    assert reports[0].read_bytes().startswith(b"%PDF")
    driver.press_key("<Control-z>")
    driver.wait(lambda: driver.page is not None, "the page where it was handed over")
    assert driver.page.page == wizard.SUMMARY
    driver.press_key("<Control-y>")
    driver.update()
    assert driver.page is None
    assert driver.state.now.result is not None


def walk(widget):
    yield widget
    for child in widget.winfo_children():
        yield from walk(child)


def test_killed_at_any_page_it_goes_on_at_that_page(opened):  # noqa: F811
    driver = start(opened)
    door(driver)
    driver.state.type_reading("right", "foot_length", 0, "25")
    # A step, one with two loads, the print and its photo, questions, the end; the way back is in the model.
    for page in ("foot_length", "instep_height", "photo left", "ask stop", wizard.SUMMARY):
        driver.state.set_form(page=page)
        driver.update()
        assert driver.page.page == page
        killed(driver)
        driver.close()
        opened.clear()
        driver = start(opened)
        assert driver.root.focus_get() is driver.page.recover
        driver.press_key("<Return>")
        assert isinstance(driver.page, HomeWizard)
        assert driver.page.page == page
        assert driver.state.now.typed.row("right", "foot_length") == ("25",)


def test_a_typo_is_caught_while_it_stands_there_and_mended_with_one_key(opened):  # noqa: F811
    driver = start(opened)
    page = door(driver)
    for key, text in NEUTRAL.items():
        if key != "foot_length":
            driver.state.type_reading("right", key, 0, text)
    page.go_to("foot_length")
    at_first_field(driver)
    row = next(iter(page.rows.values()))
    write(driver, "225")
    assert row.value.cget("text").startswith("225 mm"), "read back at once"
    driver.wait(lambda: bool(row.trouble.cget("text")), "the doubt, without leaving the field")
    assert [b.cget("text") for b in row.buttons] == ["I meant 252 mm", "It's right"]
    driver.tab_to(row.buttons[0])
    driver.press_key("<space>")
    assert driver.state.now.typed.row("right", "foot_length")[0] == "252"
    assert row.entries[0].get() == "252"
    assert row.trouble.cget("text") == ""
    driver.press_key("<Control-z>")
    assert row.entries[0].get() == "225"
    driver.tab_to(row.buttons[-1])
    driver.press_key("<space>")
    assert row.trouble.cget("text") == "", "who says it is right is believed"


def test_an_empty_page_asks_to_be_skipped_and_says_what_is_lost(opened):  # noqa: F811
    driver = start(opened)
    page = door(driver)
    page.go_to("ball_breadth")
    at_first_field(driver)
    assert "no shoe width" in page.told.cget("text")
    driver.press_key("<Alt-Right>")
    assert page.page == "ball_breadth"
    assert "press Skip" in page.told.cget("text")
    driver.tab_to(page.skip_button)
    driver.press_key("<Return>")
    assert page.page == "heel_breadth"
    driver.press_key("<Alt-Left>")
    assert page.page == "ball_breadth"


def test_a_number_that_cannot_be_used_stops_the_way_once_and_the_result_until_it_is_mended(opened):  # noqa: F811
    driver = start(opened)
    page = door(driver)
    page.go_to("foot_length")
    at_first_field(driver)
    write(driver, "999")
    driver.press_key("<Alt-Right>")
    assert page.page == "foot_length"
    driver.press_key("<Alt-Right>")
    assert page.page == "ball_length"
    page.go_to(wizard.SUMMARY)
    driver.press_key("<Alt-Right>")
    assert page.page == "foot_length"
    assert driver.state.now.result is None


def test_the_worksheet_is_printed_from_the_first_page_in_the_unit_that_was_chosen(opened, tmp_path):  # noqa: F811
    driver = start(opened)
    page = door(driver)
    driver.tab_to(page.choices["unit"])
    driver.press_key("<Right>")
    assert driver.state.now.typed.unit == "cm"
    driver.folder = str(tmp_path)
    driver.tab_to(page.sheet)
    driver.press_key("<space>")
    driver.wait(lambda: not driver.state.now.busy, "the worksheet")
    assert (tmp_path / "worksheet.pdf").read_bytes().startswith(b"%PDF")


def test_a_photo_of_a_print_is_picked_by_keyboard_and_fills_the_fields(opened, tmp_path):  # noqa: F811
    Image.new("RGB", (1200, 900), (190, 160, 120)).save(tmp_path / "print.png")
    driver = start(opened)
    page = door(driver)
    driver.window._choose_photo = lambda: str(tmp_path / "print.png")
    page._choose_photo = driver.window._choose_photo
    page.go_to("photo right")
    photo = page.body
    driver.tab_to(photo.load)
    driver.press_key("<space>")
    driver.wait(lambda: photo.image is not None, "the picture")
    driver.update()
    driver.tab_to(photo.length_entry)
    write(driver, "200")
    driver.tab_to(photo.canvas)
    photo._cursor = (0.1, 0.1)
    driver.press_key("<space>")
    for _ in range(20):
        driver.press_key("<Shift-Right>")
    driver.press_key("<space>")
    assert len(photo.photo.points) == 2
    long = photo.photo.points[1][0] - photo.photo.points[0][0]
    assert long > 300
    for x, wide in ((500.0, 30.0), (600.0, 90.0), (300.0, 50.0)):
        pixels = wide * long / 200.0
        photo.pick(x, 200.0)
        photo.pick(x, 200.0 + pixels)
    assert "90 mm" in photo.found.cget("text")
    driver.grab("home_photo")
    driver.tab_to(photo.canvas)
    driver.press_key("<Alt-Right>")  # where an arrow alone moves the cross
    assert page.page == "wet_footprint"
    typed = driver.state.now.typed
    got = [float(typed.row("right", name)[0]) for name in home.PHOTO_WIDTHS]
    assert got == pytest.approx([30.0, 90.0, 50.0], abs=0.1)
    driver.press_key("<Control-z>")
    assert driver.state.now.typed.row("right", "print_heel_width") in ((), ("",))


@pytest.mark.parametrize("scale", [100, 150, 200])
def test_no_page_is_wider_than_the_window_and_its_buttons_are_seen(opened, scale):  # noqa: F811
    driver = start(opened, Settings(asked=True, theme="light", text_size=scale))
    driver.root.geometry("1280x800+0+0")
    driver.update()
    page = door(driver)
    for name in wizard.pages():
        page.go_to(name)
        for _ in range(4):
            driver.update()
        right = driver.root.winfo_rootx() + driver.root.winfo_width()
        bottom = driver.root.winfo_rooty() + driver.root.winfo_height()
        for widget in (page.next_button, page.back_button, page.help, page.close_button):
            assert widget.winfo_ismapped(), name
            assert widget.winfo_rootx() + widget.winfo_width() <= right, name
            assert widget.winfo_rooty() + widget.winfo_height() <= bottom, name
        for row in page.rows.values():
            for entry in row.entries:
                assert entry.winfo_rootx() + entry.winfo_width() <= right, name
        if page.picture is not None:
            assert page.picture._image.width() >= 400, "the picture is clear"


def test_what_is_left_by_escape_waits_behind_the_first_page(opened):  # noqa: F811
    driver = start(opened)
    page = door(driver)
    page.go_to("foot_length")
    at_first_field(driver)
    write(driver, "252")
    driver.press_key("<Escape>")
    assert isinstance(driver.page, StartPage)
    tk.Misc.focus_set(driver.page.back)
    driver.press_key("<Return>")
    assert isinstance(driver.page, HomeWizard)
    assert driver.page.page == "foot_length"
    assert next(iter(driver.page.rows.values())).entries[0].get() == "252"
