"""The keyboard, for all widgets in one place.

Plain customtkinter puts only entries into the Tab order and its buttons ignore the keyboard. Here every
button, menu, box and row of tabs can be reached with Tab, shows where the focus is, and answers to Space and
Return.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import Any

import customtkinter as ctk

from fitter.app import theme
from fitter.app.text import _

SHORTCUTS: tuple[tuple[str, str, str], ...] = (
    ("<Control-o>", "Ctrl+O", _("Open a scan")),
    ("<Control-e>", "Ctrl+E", _("Export")),
    ("<Control-m>", "Ctrl+M", _("Type measures")),
    ("<Escape>", "Esc", _("Cancel what is running, close a page")),
    ("<F1>", "F1", _("Show these keys")),
)
HINTS: tuple[tuple[str, str], ...] = (
    ("Tab", _("Next button or field; Shift+Tab goes back")),
    (_("Space"), _("Press the button that has the focus")),
    (_("Arrows"), _("Turn the foot, move in a table or between tabs")),
    ("+  −", _("Enlarge or shrink the foot")),
)


def reachable(widget: tk.Misc) -> None:
    """Put ``widget`` and everything in it into the Tab order."""
    if isinstance(widget, ctk.CTkSegmentedButton):
        _segments(widget)
        return
    if isinstance(widget, ctk.CTkButton):
        _press_on(widget, widget.invoke)
    elif isinstance(widget, ctk.CTkCheckBox):
        _press_on(widget, widget.toggle)
    elif isinstance(widget, ctk.CTkSlider):
        _slide(widget)
    elif isinstance(widget, ctk.CTkEntry):
        _frame_while_typing(widget)
    elif isinstance(widget, ctk.CTkOptionMenu):
        _press_on(widget, lambda: _open_menu(widget), also=("<Down>",))
    for child in widget.winfo_children():
        reachable(child)


def _press_on(widget: Any, press: Callable[[], object], also: tuple[str, ...] = ()) -> None:
    """Focusable, with a ring while focused; Space, Return and ``also`` press it."""
    if getattr(widget, "_fitter_keys", False):
        return
    widget._fitter_keys = True
    tk.Frame.configure(widget, takefocus=True)

    def pressed(_event: Any) -> str:
        if widget.cget("state") != "disabled":
            press()
        return "break"

    for sequence in ("<space>", "<Return>", "<KP_Enter>", *also):
        tk.Frame.bind(widget, sequence, pressed)
    _ring(widget)


def _ring(widget: Any) -> None:
    """Show the focus as a frame around the widget, in a colour apart from every fill."""
    if isinstance(widget, ctk.CTkOptionMenu):
        plain = widget.cget("fg_color")
        shown: dict[str, Any] = {"fg_color": theme.QUIET_HOVER, "button_color": theme.QUIET_HOVER}
        hidden: dict[str, Any] = {"fg_color": plain, "button_color": plain}
    else:
        border = widget.cget("border_color")
        hidden = {"border_width": widget.cget("border_width"), "border_color": border}
        shown = {"border_width": max(2, widget.cget("border_width")), "border_color": theme.FOCUS}
    _follow_focus(widget, shown, hidden)


def _follow_focus(widget: Any, shown: dict[str, Any], hidden: dict[str, Any]) -> None:
    """Look like ``shown`` while the keyboard is here; a click puts the focus on the canvas inside."""

    def came(_event: Any) -> None:
        if widget.focus_get() is widget:
            widget.configure(**shown)

    tk.Frame.bind(widget, "<FocusIn>", came, add="+")
    tk.Frame.bind(widget, "<FocusOut>", lambda _event: widget.configure(**hidden), add="+")


def _frame_while_typing(entry: Any) -> None:
    """A field takes keys by itself; its border gets heavier, as its colour already tells right or wrong."""
    entry.bind("<FocusIn>", lambda _event: entry.configure(border_width=3), add="+")
    entry.bind("<FocusOut>", lambda _event: entry.configure(border_width=2), add="+")


def _open_menu(menu: Any) -> None:
    menu._open_dropdown_menu()  # the library has no public name for it


def _slide(slider: Any) -> None:
    """Left and right move a slider by a step; its knob shows where the focus is."""
    if getattr(slider, "_fitter_keys", False):
        return
    slider._fitter_keys = True
    tk.Frame.configure(slider, takefocus=True)

    def step(by: int) -> str:
        low, high = slider.cget("from_"), slider.cget("to")
        value = slider.get() + by * (high - low) / (slider.cget("number_of_steps") or 10)
        if slider.cget("state") != "disabled":
            slider.set(min(high, max(low, value)))
            slider.cget("command")(slider.get())
        return "break"

    for sequence, by in (("<Left>", -1), ("<Down>", -1), ("<Right>", 1), ("<Up>", 1)):
        tk.Frame.bind(slider, sequence, lambda _event, way=by: step(way))  # type: ignore[misc]
    plain = {"button_color": slider.cget("button_color")}
    _follow_focus(slider, {"button_color": theme.FOCUS}, plain)


def _segments(tabs: Any) -> None:
    """A row of tabs is one stop of the Tab key; the arrows move within it."""
    if getattr(tabs, "_fitter_keys", False):
        return
    tabs._fitter_keys = True
    tk.Frame.configure(tabs, takefocus=True)

    def step(by: int) -> str:
        if tabs.cget("state") == "disabled":
            return "break"
        values = list(tabs.cget("values"))
        chosen = values[(values.index(tabs.get()) + by) % len(values)] if tabs.get() in values else values[0]
        tabs.set(chosen)
        command = tabs.cget("command")
        if command:
            command(chosen)
        return "break"

    tk.Frame.bind(tabs, "<Left>", lambda _event: step(-1))
    tk.Frame.bind(tabs, "<Right>", lambda _event: step(+1))
    _follow_focus(tabs, {"fg_color": theme.FOCUS}, {"fg_color": tabs.cget("fg_color")})
