"""Nothing is cut off with long words and large letters, and a foot that has no room beside its numbers is not
lost."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from test_app_pages import DeskDriver, folders, opened  # noqa: F401 - fixtures
from test_app_window import sample_scan

if os.environ.get("FITTER_REQUIRE_DISPLAY") != "1":
    pytest.importorskip("tkinter", reason="this Python has no Tk")

import customtkinter as ctk

from fitter import language as languages
from fitter.app.segments import Segments
from fitter.settings import Settings
from tests.layout import cut_off

SIZE = (1280, 800)


def settle(driver: DeskDriver) -> None:
    """All is laid out, and the foot drawn where it is seen."""
    driver.update()
    if driver.window.foot.winfo_viewable():
        driver.settle()


@pytest.fixture(autouse=True)
def scale() -> Iterator[None]:
    """No other test sees the language and the letters of these."""
    yield
    ctk.set_widget_scaling(1.0)
    languages.choose(languages.ENGLISH)


@pytest.fixture
def measured(opened: list[DeskDriver]) -> Callable[..., DeskDriver]:  # noqa: F811
    """A window with a foot open, in a language, with letters of so many per cent."""

    def make(language: str, text_size: int) -> DeskDriver:
        driver = DeskDriver(Settings(asked=True, language=language, text_size=text_size, theme="light"))
        opened.append(driver)
        driver.window.root.minsize(300, 300)
        driver.window.root.geometry("{}x{}".format(*SIZE))
        driver.window._close_page()
        driver.state.open_files([sample_scan()])
        driver.wait(lambda: driver.state.now.result is not None and not driver.state.now.busy, "the foot")
        settle(driver)
        return driver

    return make


@pytest.mark.parametrize("text_size", [100, 150])
def test_the_longest_language_has_room_on_every_screen(measured, text_size):
    driver = measured("de", text_size)
    window, cut = driver.window, {}
    for name in window.tab_names:
        window.turn_to(name)
        settle(driver)
        cut[name] = cut_off(window.root)
    for number in range(4):
        window._screens[window._support_tab].turn_to_page(number)
        window.turn_to(window._support_tab)
        settle(driver)
        cut[f"support {number}"] = cut_off(window.root)
    for name in ("landmarks", "section"):
        window.show_tool(name)
        settle(driver)
        cut[name] = cut_off(window.root)
    window.close_tool()
    pages = (window.show_start, window.show_customers, window.show_settings, window.show_print)
    for show in (*pages, window.show_home, window.type_measures):
        show()
        settle(driver)
        cut[show.__name__] = cut_off(window.root)
    assert {name: told for name, told in cut.items() if told} == {}


def test_with_the_largest_letters_the_foot_has_a_tab_of_its_own(measured):
    driver = measured("de", 200)
    window = driver.window
    assert len(window.tab_names) == len(window._screens) + 2
    window.turn_to(window.tab_names[1])
    settle(driver)
    assert window.foot.winfo_viewable()
    assert window.foot.winfo_width() > 0.8 * SIZE[0]
    assert window.foot.winfo_height() > 0.25 * SIZE[1]
    window.show_tool("landmarks")
    settle(driver)
    tool = window._tools["landmarks"]
    assert window.foot.winfo_viewable()
    assert tool.list.winfo_viewable()
    assert tool.notes.winfo_viewable()
    window.turn_to(window.tab_names[0])
    settle(driver)
    assert window.source.export_button.winfo_viewable()


def test_smaller_letters_bring_the_columns_back(measured):
    driver = measured("en", 200)
    window = driver.window
    window.turn_to(window.tab_names[3])
    name = window._tab
    for _step in range(10):
        window.resize_text(-1)
    settle(driver)
    assert window.tab_names == list(window._screens)
    assert window._tab == name
    assert window.source.winfo_viewable()
    assert window.foot.winfo_viewable()
    assert window.source.winfo_rootx() < window.foot.winfo_rootx() < window.tabs.winfo_rootx()


def test_another_language_keeps_tab_and_foot_with_large_letters(measured):
    driver = measured("en", 200)
    window = driver.window
    window.turn_to(window.tab_names[1])
    result = driver.state.now.result
    driver.desk.choose(language="de")
    window._look()
    settle(driver)
    assert window._tab == window.tab_names[1] == "Fuß"
    assert driver.state.now.result is result
    assert window.foot.winfo_viewable()


def test_a_row_of_choices_takes_rows_as_it_needs_and_gives_them_back(display):
    root = ctk.CTk()
    try:
        row = Segments(root, values=["one long word", "another long word", "and one more"])
        row.pack(fill="x")
        for width, rows in ((800, 1), (280, 2), (140, 3), (800, 1)):
            root.geometry(f"{width}x200")
            root.update()
            assert row.rows == rows
            assert cut_off(row) == []
    finally:
        for waiting in root.tk.call("after", "info"):
            root.tk.call("after", "cancel", waiting)
        root.destroy()
