"""Whether anything on a page of the window is cut off: what a widget asks for against what it was given."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator
from tkinter import font as tkfont
from tkinter import ttk
from typing import Any

import customtkinter as ctk

SLACK = 2  # pixels: borders and rounding of scaled sizes


def cut_off(page: tk.Misc) -> list[str]:
    """A line for each text on ``page`` that has less room than it needs, and each part with no room at all.

    What scrolls may go on below its canvas; nothing may go on beyond it sideways.
    """
    return [told for widget in _shown(page) for told in _told(widget)]


def _shown(widget: tk.Misc) -> Iterator[Any]:
    if not widget.winfo_ismapped():
        return
    yield widget
    for child in widget.winfo_children():
        if not isinstance(child, tk.Toplevel | tk.Menu):
            yield from _shown(child)


def _told(widget: Any) -> Iterator[str]:
    for child in widget.winfo_children():
        # What is packed and has no room left is not drawn at all.
        here = child.winfo_manager() == "pack" and str(child.pack_info()["in"]) == str(widget)  # type: ignore[attr-defined]
        if here and not child.winfo_ismapped() and _has_words(child):
            yield f"{_name(child)} has no room at all"
    if isinstance(widget, ttk.Treeview):
        yield from _cut_cells(widget)
    elif isinstance(widget, tk.Canvas) and not isinstance(widget, ctk.CTkCanvas):
        yield from _cut_drawing(widget)
    elif cut := _cut(widget):
        yield cut


def _has_words(widget: Any) -> bool:
    label = _text_of(widget)
    own = label is not None and bool(str(label.cget("text")).strip())
    return own or any(_has_words(child) for child in widget.winfo_children())


def _name(widget: Any) -> str:
    label = _text_of(widget)
    text = f" {label.cget('text')!r}" if label is not None else ""
    return f"{type(widget).__name__}{text}"


def _cut(widget: Any) -> str:
    label = _text_of(widget)
    if label is None or not str(label.cget("text")).strip():
        return ""
    needs = label.winfo_reqwidth(), label.winfo_reqheight()
    # A label of the library may be cropped by its own frame though it believes to have all the room, and
    # that one by whatever it stands in.
    left, top, right, bottom = _seen(label, widget)
    has = min(label.winfo_width(), right - left), min(label.winfo_height(), bottom - top)
    if needs[0] > has[0] + SLACK or needs[1] > has[1] + SLACK:
        return f"{_name(widget)} needs {needs}, has {has}"
    return ""


def _seen(label: Any, widget: Any) -> tuple[int, int, int, int]:
    """The rectangle of a label that no holder crops (left, top, right, bottom; pixels of the screen)."""
    left, top = label.winfo_rootx(), label.winfo_rooty()
    right, bottom = left + label.winfo_width(), top + label.winfo_height()
    scrolls, holder = False, widget
    while holder is not None:
        x, y = holder.winfo_rootx(), holder.winfo_rooty()
        left, right = max(left, x), min(right, x + holder.winfo_width())
        scrolls = scrolls or (isinstance(holder, tk.Canvas) and bool(holder.cget("yscrollcommand")))
        if not scrolls:
            top, bottom = max(top, y), min(bottom, y + holder.winfo_height())
        holder = holder.master if holder is not holder.winfo_toplevel() else None
    return left, top, right, bottom


def _text_of(widget: Any) -> Any:
    if isinstance(widget, ctk.CTkLabel):
        return widget._label
    if isinstance(widget, ctk.CTkButton | ctk.CTkOptionMenu | ctk.CTkCheckBox | ctk.CTkRadioButton):
        return widget._text_label
    return None


def _cut_drawing(canvas: Any) -> Iterator[str]:
    """Texts that are drawn beyond the canvas."""
    if not canvas.cget("scrollregion"):
        for item in canvas.find_all():
            if canvas.type(item) == "text" and canvas.itemcget(item, "state") != "hidden":
                box = canvas.bbox(item)
                wide, tall = canvas.winfo_width(), canvas.winfo_height()
                if box and (min(box[:2]) < -SLACK or box[2] > wide + SLACK or box[3] > tall + SLACK):
                    yield f"{canvas.itemcget(item, 'text')!r} at {box} of a canvas {wide} x {tall}"


def _cut_cells(table: Any) -> Iterator[str]:
    """Headings and cells that are wider than their columns, and columns beyond the table."""
    style = ttk.Style(table)
    named = table.cget("style") or "Treeview"
    cell = tkfont.Font(table, font=style.lookup(named, "font"))
    head = tkfont.Font(table, font=style.lookup(f"{named}.Heading", "font"))
    columns = table.cget("displaycolumns")
    names = table.cget("columns") if columns in ("#all", ("#all",)) else columns
    names = ["#0", *names] if "tree" in str(table.cget("show")) else list(names)
    if sum(table.column(name, "width") for name in names) > table.winfo_width() + SLACK:
        yield f"the columns {', '.join(names)} are wider than their table"
    for name in names:
        wide = table.column(name, "width")
        text = table.heading(name, "text")
        if head.measure(text) > wide:
            yield f"heading {text!r} needs {head.measure(text)}, has {wide}"
        for row in table.get_children():
            text = table.item(row, "text") if name == "#0" else str(table.set(row, name))
            if cell.measure(text) > wide:
                yield f"cell {text!r} of {name} needs {cell.measure(text)}, has {wide}"
