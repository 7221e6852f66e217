"""Colours: what is read or must be seen stands out in all four looks, computed as WCAG 2.2 does."""

from __future__ import annotations

import pytest

pytest.importorskip("customtkinter")

import customtkinter as ctk

from fitter.app import theme
from tests.contrast import contrast

LOOKS = [(strong, dark) for strong in (False, True) for dark in (0, 1)]


def faint(pairs, strong: bool, dark: int, least: float) -> list[str]:
    names = {id(pair): name for name, pair in vars(theme).items() if isinstance(pair, theme.Colour)}
    shown = lambda pair: (pair.strong if strong else tuple(pair))[dark]  # noqa: E731
    return [
        f"{names[id(front)]} on {names[id(back)]}: {found:.2f}"
        for front, backs in pairs
        for back in backs
        if (found := contrast(shown(front), shown(back))) < least
    ]


def test_the_formula_gives_the_published_ends():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("strong", "dark"), LOOKS)
def test_every_text_stands_out_from_its_ground(strong, dark):
    assert faint(theme.READ_ON, strong, dark, 6.5 if strong else 4.5) == []


@pytest.mark.parametrize(("strong", "dark"), LOOKS)
def test_the_focus_ring_and_every_edge_are_seen(strong, dark):
    assert faint(theme.SEEN_ON, strong, dark, 3.0) == []


def test_every_colour_of_the_theme_is_checked_or_is_a_ground():
    checked = {id(pair) for front, backs in (*theme.READ_ON, *theme.SEEN_ON) for pair in (front, *backs)}
    left = {name for name, p in vars(theme).items() if isinstance(p, theme.Colour) and id(p) not in checked}
    assert left == {"LINE", "BAR_HOVER"}  # a rule between parts, and a bar that is seen already


def test_a_pair_gives_the_strong_colour_while_high_contrast_is_chosen():
    before = ctk.get_appearance_mode()
    try:
        theme.show("contrast")
        assert theme.pick(theme.TEXT) in theme.TEXT.strong
        assert theme.PANEL[1] == "#000000"
        theme.show("dark")
        assert theme.pick(theme.TEXT) == "#E8EDF0"
    finally:
        theme.show(before.lower())


def test_light_and_dark_follow_the_system_while_that_is_set(monkeypatch):
    monkeypatch.setattr(theme._system, "ask", lambda wait=0.0: None)
    before = ctk.get_appearance_mode()
    try:
        for chosen, follows in (("system", True), ("light", False), ("contrast", True)):
            theme.show(chosen)
            monkeypatch.setattr(theme._system, "mode", "Dark")
            theme.follow()
            assert (ctk.get_appearance_mode() == "Dark") == follows
            monkeypatch.setattr(theme._system, "mode", "Light")
            theme.follow()
            assert ctk.get_appearance_mode() == "Light"
    finally:
        theme.show(before.lower())
