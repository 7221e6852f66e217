"""The window in another language: at once, whole, and with everything that was open."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import customtkinter as ctk
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from test_app_pages import DeskDriver, folders, opened  # noqa: F401 - fixtures
from test_app_window import sample_scan

from fitter import language as languages
from fitter.app.reader import Reader
from fitter.app.screens.start import SettingsPage
from fitter.picture.camera import Camera
from fitter.resources import table
from fitter.settings import Settings
from tests.catalogues import brackets, extracted, outside_brackets

# What is a name, a number, a code or a source of its own, and the names of the languages.
_NAMES = ("neutral_right", "Fitter", *languages.NATIVE.values(), "support rules", "Example Arc")


@pytest.fixture
def longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A language in which every text stands in brackets and is 40 % longer."""
    told, catalogue = brackets(), Catalog(locale="en")
    for text in extracted():
        catalogue.add(text, told(text))
    file = tmp_path / "locale" / "xx" / "LC_MESSAGES" / "fitter.mo"
    file.parent.mkdir(parents=True)
    with file.open("wb") as stream:
        write_mo(stream, catalogue)
    monkeypatch.setattr(languages, "FOLDER", tmp_path / "locale")
    languages.language.cache_clear()
    yield
    languages.choose(languages.ENGLISH)
    languages.language.cache_clear()


def shown(widget: Any) -> Iterator[str]:
    """Every text that can be read in a widget now."""
    if isinstance(widget, Reader):
        yield from widget.content.splitlines()
        return
    if isinstance(widget, ctk.CTkSegmentedButton):
        yield from widget.cget("values")
        return
    if isinstance(widget, ctk.CTkLabel | ctk.CTkButton | ctk.CTkCheckBox):
        yield str(widget.cget("text"))
        return
    if isinstance(widget, ctk.CTkOptionMenu):
        yield widget.get()
        return
    if isinstance(widget, tk.Canvas):
        yield from (widget.itemcget(i, "text") for i in widget.find_all() if widget.type(i) == "text")
    for child in widget.winfo_children():
        yield from shown(child)


def sources() -> set[str]:
    """What stays as it was published, or as the rule table quotes it."""
    rules, norms = table("support/rules.toml"), table("posture/norms.toml")["norm"]
    rows = (*rules["rule"], *rules["strategy_option"], *norms)
    told = {source.split("(")[0].rstrip(". ") for row in rows for source in row["source"].split("; ")}
    return told | {row["name"] for row in table("posture/criteria.toml")["criterion"]}


def untranslated(root: Any) -> set[str]:
    """What is not in brackets, of more than names, units and sources."""
    quoted = {source[1:] for source in (*sources(), *_NAMES)}  # a sentence begins them with a capital
    return {
        text
        for text in shown(root)
        if any(len(word) > 3 and word.isalpha() and word.islower() for word in outside_brackets(text).split())
        and not any(source in text for source in quoted)
    }


def measured(opened: list[DeskDriver]) -> DeskDriver:  # noqa: F811
    driver = DeskDriver(Settings(asked=True, language="en"))
    opened.append(driver)
    driver.state.open_files([sample_scan()])
    driver.wait(lambda: driver.state.now.result is not None and not driver.state.now.busy, "the foot")
    driver.settle()
    return driver


def test_another_language_is_spoken_at_once_and_everything_stays_open(opened, longer):  # noqa: F811
    driver = measured(opened)
    driver.state.answer({"body_mass_kg": 80.0})
    driver.wait(lambda: not driver.state.now.busy, "the foot again")
    driver.state.move_camera(Camera())
    before = driver.state.now
    tabs = driver.window.tabs.cget("values")
    driver.window.turn_to(tabs[2])
    driver.window.show_settings()
    page = driver.page
    chosen = next(name for name, code in page._languages.items() if code == "xx")
    page.language.cget("command")(chosen)
    driver.update()
    assert isinstance(driver.page, SettingsPage)
    assert driver.page is not page
    assert driver.page.language.get() == chosen
    driver.window._close_page()
    driver.update()
    now = driver.state.now
    assert (now.result, now.camera, now.undo) == (before.result, before.camera, before.undo)
    assert driver.window.tabs.get() == driver.window.tabs.cget("values")[2] == brackets()(tabs[2])
    driver.state.undo()
    driver.wait(lambda: driver.state.now.result is not before.result, "undone")
    driver.window.desk.choose(language="en")
    driver.window._look()
    driver.update()
    assert driver.window.tabs.get() == tabs[2]


def test_no_text_of_the_window_stays_english(opened, longer):  # noqa: F811
    driver = measured(opened)
    driver.window.desk.choose(language="xx")
    driver.window._look()
    driver.update()
    found: dict[str, set[str]] = {}
    for tab in list(driver.window._screens):
        driver.window.turn_to(tab)
        driver.update()
        found[tab] = untranslated(driver.root)
    screen = driver.window._screens[driver.window._support_tab]
    for page in list(screen._build):
        screen.turn_to(page)
        driver.update()
        found[page] = untranslated(screen)
    for show in (
        driver.window.show_keys,
        driver.window.show_settings,
        driver.window.show_start,
        driver.window.show_customers,
        driver.window.type_measures,
    ):
        show()
        driver.update()
        found[show.__name__] = untranslated(driver.root)
    left = set().union(*found.values())
    assert left == set(), "\n".join(sorted(left))
