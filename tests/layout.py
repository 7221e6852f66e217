"""Whether anything on a page of the window is cut off: what a widget asks for against what it was given."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator
from typing import Any

import customtkinter as ctk

SLACK = 2  # pixels: borders and rounding of scaled sizes


def cut_off(page: tk.Misc) -> list[str]:
    """A line for each text on ``page`` that has less room than it needs."""
    return [told for widget in _shown(page) if (told := _cut(widget))]


def _shown(widget: tk.Misc) -> Iterator[Any]:
    if not widget.winfo_ismapped():
        return
    yield widget
    for child in widget.winfo_children():
        yield from _shown(child)


def _cut(widget: Any) -> str:
    label = _text_of(widget)
    if label is None or not str(label.cget("text")).strip():
        return ""
    holder = widget.winfo_width(), widget.winfo_height()
    needs = label.winfo_reqwidth(), label.winfo_reqheight()
    # A label of the library may be cropped by its own frame though it believes to have all the room.
    has = min(label.winfo_width(), holder[0]), min(label.winfo_height(), holder[1])
    if needs[0] > has[0] + SLACK or needs[1] > has[1] + SLACK:
        return f"{type(widget).__name__} {label.cget('text')!r} needs {needs}, has {has}"
    return ""


def _text_of(widget: Any) -> Any:
    if isinstance(widget, ctk.CTkLabel):
        return widget._label
    if isinstance(widget, ctk.CTkButton | ctk.CTkOptionMenu | ctk.CTkCheckBox | ctk.CTkRadioButton):
        return widget._text_label
    return None
