"""Colours, fonts and distances of the window, light and dark, in one place."""

from __future__ import annotations

import tkinter as tk
import weakref
from collections.abc import Sequence
from contextlib import suppress
from tkinter import font as tkfont
from tkinter import ttk
from typing import Any

import customtkinter as ctk

Pair = tuple[str, str]  # light, dark

BACK: Pair = ("#EEF1F3", "#15191C")
PANEL: Pair = ("#FFFFFF", "#1E2428")
RAISED: Pair = ("#F4F6F8", "#272E33")
LINE: Pair = ("#D5DBE0", "#39434A")
TEXT: Pair = ("#1B2227", "#E8EDF0")
MUTED: Pair = ("#56626B", "#A3AFB7")
ACCENT: Pair = ("#0B6673", "#14808F")
ACCENT_HOVER: Pair = ("#084F59", "#196E7A")
ON_ACCENT: Pair = ("#FFFFFF", "#FFFFFF")
ACCENT_TEXT: Pair = ("#0B6673", "#5CC4D1")
QUIET: Pair = ("#E3E9ED", "#2E373D")
QUIET_HOVER: Pair = ("#D3DCE2", "#3A454C")
EDGE: Pair = ("#87939B", "#66727A")
FOCUS: Pair = ("#1B2227", "#FFFFFF")
ERROR_BACK: Pair = ("#FBE6E1", "#4A2620")
DONE_BACK: Pair = ("#DDF0EF", "#17383C")
MARK: Pair = ("#B4470B", "#FFA25C")  # what points something out: orange, apart from the blue-green accent
SCENE: Pair = ("#F7F9FA", "#1A1F23")

_tables: weakref.WeakKeyDictionary[ttk.Treeview, tuple[tuple[tuple[str, int], ...], str]] = (
    weakref.WeakKeyDictionary()
)

GAP = 8
PAD = 16


def pick(pair: Pair) -> str:
    """The colour of a pair for the mode shown now."""
    return pair[1] if ctk.get_appearance_mode() == "Dark" else pair[0]


def rgb(pair: Pair) -> tuple[int, int, int]:
    """The same as numbers, for pictures."""
    text = pick(pair)
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def font(size: int = 14, *, bold: bool = False) -> Any:
    """A font for customtkinter widgets, scaled with the screen."""
    return ctk.CTkFont(size=size, weight="bold" if bold else "normal")


def scaled(widget: tk.Misc, length: float) -> int:
    """Pixels on this screen for a length given at scale 1: plain Tk widgets know no scaling of their own."""
    return max(1, round(length * ctk.ScalingTracker.get_widget_scaling(widget)))


def plain_font(widget: tk.Misc, size: int = 14, *, bold: bool = False) -> tuple[str, int, str]:
    """The same font for plain Tk widgets; a negative size is in pixels."""
    family = ctk.ThemeManager.theme["CTkFont"]["family"]
    return family, -scaled(widget, size), "bold" if bold else "normal"


def _fill(kind: str, **values: Any) -> None:
    ctk.ThemeManager.theme[kind].update({key: list(value) for key, value in values.items()})


def load() -> None:
    """Give customtkinter these colours. Call before the first widget is made."""
    _whole_shapes()
    _calm_canvases()
    ctk.set_appearance_mode("system")
    # On Linux asking for the system's mode starts a program; customtkinter would do so 33 times a second.
    ctk.AppearanceModeTracker.update_loop_interval = 2000
    _fill("CTk", fg_color=BACK)
    ctk.ThemeManager.theme["CTkFrame"]["corner_radius"] = 0  # drawn by letters of a font: dear where unseen
    _fill("CTkFrame", fg_color=PANEL, top_fg_color=PANEL, border_color=LINE)
    _fill("CTkLabel", text_color=TEXT)
    _fill("CTkButton", fg_color=ACCENT, hover_color=ACCENT_HOVER, text_color=ON_ACCENT, border_color=FOCUS)
    _fill("CTkButton", text_color_disabled=("#C9DDE0", "#6F8F95"))
    _fill("CTkEntry", fg_color=PANEL, border_color=EDGE, text_color=TEXT)
    _fill("CTkEntry", placeholder_text_color=MUTED)
    _fill("CTkCheckBox", fg_color=ACCENT, hover_color=ACCENT_HOVER, border_color=("#6B7780", "#8C989F"))
    _fill("CTkCheckBox", text_color=TEXT)
    _fill("CTkRadioButton", fg_color=ACCENT, hover_color=ACCENT_HOVER, border_color=("#6B7780", "#8C989F"))
    _fill("CTkRadioButton", text_color=TEXT)
    _fill("CTkOptionMenu", fg_color=QUIET, button_color=QUIET, button_hover_color=QUIET_HOVER)
    _fill("CTkOptionMenu", text_color=TEXT, text_color_disabled=("#9AA4AB", "#667077"))
    _fill("CTkProgressBar", fg_color=QUIET, progress_color=ACCENT)
    _fill("CTkSegmentedButton", fg_color=QUIET, selected_color=("#FFFFFF", "#4A5860"))
    _fill("CTkSegmentedButton", selected_hover_color=("#FFFFFF", "#4A5860"), unselected_color=QUIET)
    _fill("CTkSegmentedButton", unselected_hover_color=QUIET_HOVER, text_color=TEXT)
    _fill("CTkScrollableFrame", label_fg_color=PANEL)
    _fill("DropdownMenu", fg_color=PANEL, hover_color=QUIET, text_color=TEXT)


def _whole_shapes() -> None:
    """Without its shapes font customtkinter draws broken corners; polygons look right everywhere."""
    if ctk.DrawEngine.preferred_drawing_method == "circle_shapes":
        ctk.DrawEngine.preferred_drawing_method = "polygon_shapes"


def _calm_canvases() -> None:
    """Menus and scroll bars lay out all that waits while they are made: in the midst of a long form that is
    the whole window, over and over, every text at a width that isn't its last. Tk does it once by itself.
    """
    ctk.CTkCanvas.update_idletasks = lambda _canvas: None


def style_tables(root: tk.Misc) -> None:
    """Give ttk tables the colours and the font of the mode shown now."""
    style = ttk.Style(root)
    for table in list(_tables):
        with suppress(tk.TclError):  # gone with its window, and not yet collected
            _size_columns(table)
    style.theme_use("clam")  # the only built-in theme that takes all colours on every system
    body = plain_font(root, 14)
    height = tkfont.Font(root, font=body).metrics("linespace") + scaled(root, 10)
    style.configure(
        "Fitter.Treeview",
        background=pick(PANEL), fieldbackground=pick(PANEL), foreground=pick(TEXT), font=body,
        rowheight=height, borderwidth=0, relief="flat",
        bordercolor=pick(PANEL), lightcolor=pick(PANEL), darkcolor=pick(PANEL),
    )  # fmt: skip
    style.configure(
        "Fitter.Treeview.Heading",
        background=pick(PANEL), foreground=pick(MUTED), font=plain_font(root, 12), relief="flat",
        borderwidth=0, padding=(scaled(root, 4), scaled(root, 6)),
        bordercolor=pick(PANEL), lightcolor=pick(PANEL), darkcolor=pick(PANEL),
    )  # fmt: skip
    style.map("Fitter.Treeview.Heading", background=[("active", pick(PANEL))])
    style.map(
        "Fitter.Treeview", background=[("selected", pick(DONE_BACK))], foreground=[("selected", pick(TEXT))]
    )
    # The outline of the field is the ring that shows the focus.
    inner: Any = [
        ("Treeview.padding", {"sticky": "nswe", "children": [("Treeview.treearea", {"sticky": "nswe"})]})
    ]
    outer: Any = [("Treeview.field", {"sticky": "nswe", "border": "1", "children": inner})]
    style.layout("Fitter.Treeview", outer)
    ring = [("focus", pick(FOCUS))]
    style.map("Fitter.Treeview", bordercolor=ring, lightcolor=ring, darkcolor=ring)


def columns(table: ttk.Treeview, widths: Sequence[tuple[str, int]], *, wide: str) -> None:
    """The widths of a table's columns at scale 1; ``wide`` takes what is left. They follow the scale."""
    _tables[table] = (tuple(widths), wide)
    _size_columns(table)


def _size_columns(table: ttk.Treeview) -> None:
    widths, wide = _tables[table]
    for name, width in widths:
        table.column(name, width=scaled(_holder(table), width), stretch=name == wide)


def _holder(widget: Any) -> Any:
    """The widget of the library around it: a plain one is not known to its scaling."""
    return widget.master


def calm(widget: Any) -> Any:
    """A scroll bar or a menu that lays out only itself when it is drawn.

    customtkinter lays out all that waits, in the midst of laying out: on a page with much wrapped text that
    goes on within itself until Python gives up.
    """
    widget._canvas.update_idletasks = lambda: None
    return widget


def scroll_bar(parent: Any, scrolled: Any) -> Any:
    """A bar that is seen only while there is something to scroll; its room stays, so nothing jumps."""
    bar = calm(ctk.CTkScrollbar(parent, command=scrolled.yview, width=14, button_color=PANEL))
    scrolled.configure(yscrollcommand=lambda first, last: _moved(bar, first, last))
    return bar


def scroll_area(parent: Any) -> Any:
    """A frame that scrolls, with a bar as in `scroll_bar`."""
    area = ctk.CTkScrollableFrame(parent, fg_color="transparent", corner_radius=6)
    bar = calm(area._scrollbar)  # the library has no public name for it
    area._parent_canvas.configure(yscrollcommand=lambda first, last: _moved(bar, first, last))
    return area


def _moved(bar: Any, first: str, last: str) -> None:
    needed = float(first) > 0.0 or float(last) < 1.0
    colour = ("#9AA5AC", "#5D6971") if needed else PANEL
    if bar.cget("button_color") != colour:
        hover = ("#7C8890", "#7A868E") if needed else PANEL
        bar.configure(button_color=colour, button_hover_color=hover)
    if bar.get() != (float(first), float(last)):
        bar.set(float(first), float(last))


def primary(parent: Any, text: str, command: Any, **options: Any) -> Any:
    """The one main button of a place."""
    return ctk.CTkButton(parent, text=text, command=command, height=44, font=font(15, bold=True), **options)


def quiet(parent: Any, text: str, command: Any, **options: Any) -> Any:
    """Every other button."""
    settings = {
        "height": 34, "font": font(14), "fg_color": QUIET, "hover_color": QUIET_HOVER, "text_color": TEXT,
        "text_color_disabled": ("#8A949B", "#7B868D"),
    } | options  # fmt: skip
    return ctk.CTkButton(parent, text=text, command=command, **settings)


def tick(parent: Any, text: str, size: int, **options: Any) -> Any:
    """A box to tick."""
    settings = {"checkbox_width": 20, "checkbox_height": 20, "border_width": 2} | options
    return ctk.CTkCheckBox(parent, text=text, font=font(size), **settings)


def label(
    parent: Any, text: str = "", size: int = 14, *, bold: bool = False, muted: bool = False, **options: Any
) -> Any:
    """A text that starts at the left."""
    settings = {"anchor": "w", "justify": "left", "text_color": MUTED if muted else TEXT} | options
    return ctk.CTkLabel(parent, text=text, font=font(size, bold=bold), **settings)


def wrapped(widget: Any, margin: int = 0) -> Any:
    """A label that breaks its lines at its own width, whatever that becomes."""

    def fit(_event: Any) -> None:
        # A page that is not shown is as wide as its longest line: each break would make it narrower again.
        if not widget.winfo_viewable():
            return
        scale = ctk.ScalingTracker.get_widget_scaling(widget)
        width = max(60, int(widget.winfo_width() / scale) - margin)
        if abs(width - int(widget.cget("wraplength") or 0)) > 1:
            widget.configure(wraplength=width)

    # Until its place is known a line must not be so long that it widens the page it stands on.
    widget.configure(wraplength=280)
    for sequence in ("<Configure>", "<Map>"):
        tk.Frame.bind(widget, sequence, fit, add="+")
    return widget
