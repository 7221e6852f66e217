"""Colours, fonts and distances of the window, light and dark, in one place."""

from __future__ import annotations

import threading
import time
import tkinter as tk
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from tkinter import font as tkfont
from tkinter import ttk
from typing import Any

import customtkinter as ctk

Pair = tuple[str, str]  # light, dark


class Colour(tuple[str, str]):
    """A colour in light and in dark; ``strong`` is what stands for it while high contrast is chosen.

    The library keeps the pair and asks it again whenever it draws, so all widgets follow a change at once.
    """

    strong: tuple[str, str]

    def __new__(cls, light: str, dark: str, strong: tuple[str, str] | None = None) -> Colour:
        pair = super().__new__(cls, (light, dark))
        pair.strong = strong or (light, dark)
        return pair

    def __getitem__(self, index: Any) -> Any:
        return (self.strong if _look.strong else tuple(self))[index]


class _Look:
    """What is chosen now: high contrast or not, and whether light and dark follow the system."""

    strong = False
    follows = False


_look = _Look()

_BLACK, _WHITE = "#000000", "#FFFFFF"
BACK = Colour("#EEF1F3", "#15191C", ("#D6D6D6", "#2A2A2A"))  # panels are told from it by their ground alone
PANEL = Colour("#FFFFFF", "#1E2428", (_WHITE, _BLACK))
RAISED = Colour("#F4F6F8", "#272E33", (_WHITE, _BLACK))
LINE = Colour("#D5DBE0", "#39434A", (_BLACK, _WHITE))
TEXT = Colour("#1B2227", "#E8EDF0", (_BLACK, _WHITE))
MUTED = Colour("#56626B", "#A3AFB7", ("#262626", "#E6E6E6"))
ACCENT = Colour("#0B6673", "#148290", ("#002B33", "#006570"))
ACCENT_HOVER = Colour("#084F59", "#196E7A", ("#00424C", "#005A66"))
ON_ACCENT = Colour("#FFFFFF", "#FFFFFF")
ACCENT_TEXT = Colour("#0B6673", "#5CC4D1", ("#00424C", "#7FE9F5"))
QUIET = Colour("#E3E9ED", "#2E373D", ("#DADFE2", "#333333"))
QUIET_HOVER = Colour("#D3DCE2", "#3A454C", ("#C4CBD0", "#4A4A4A"))
EDGE = Colour("#7B8790", "#7A868E", (_BLACK, _WHITE))
FOCUS = Colour("#000000", "#FFFFFF", ("#C84B00", "#FFE600"))
ERROR_BACK = Colour("#FBE6E1", "#4A2620", ("#FFE3DD", "#4A0E06"))
DONE_BACK = Colour("#DDF0EF", "#17383C", ("#D6F3F2", "#00343A"))
MARK = Colour("#A84008", "#FFA25C", ("#7A2A00", "#FFB37A"))  # orange: it points something out
SCENE = Colour("#F7F9FA", "#1A1F23", (_WHITE, _BLACK))
BOX = Colour("#6B7780", "#8C989F", (_BLACK, _WHITE))  # the edge of a box to tick
CHOSEN = Colour("#FFFFFF", "#4A5860", (_WHITE, "#00545E"))  # the tab that is chosen
BAR = Colour("#7C8890", "#7A868E", (_BLACK, _WHITE))  # of what scrolls
BAR_HOVER = Colour("#5F6B73", "#9AA5AC", ("#3A3A3A", "#CCCCCC"))
# What is switched off: still readable, and seen to be off.
OFF = Colour("#6E787F", "#8F9AA1", ("#4A4A4A", "#B8B8B8"))
OFF_ON_ACCENT = Colour("#C9DDE0", "#C6E4E8", ("#C9DDE0", "#C6E4E8"))

# What is read on what, and what is seen beside what. `tests/test_app_theme.py` computes every contrast.
READ_ON: tuple[tuple[Colour, tuple[Colour, ...]], ...] = (
    (TEXT, (BACK, PANEL, RAISED, QUIET, QUIET_HOVER, ERROR_BACK, DONE_BACK, CHOSEN, SCENE)),
    (MUTED, (BACK, PANEL, RAISED, SCENE, DONE_BACK)),
    (ON_ACCENT, (ACCENT, ACCENT_HOVER)),
    (ACCENT_TEXT, (PANEL, RAISED, BACK)),
    (MARK, (PANEL, RAISED, BACK, QUIET)),
)
SEEN_ON: tuple[tuple[Colour, tuple[Colour, ...]], ...] = (
    (FOCUS, (BACK, PANEL, RAISED, QUIET, ACCENT, DONE_BACK, ERROR_BACK)),
    (EDGE, (PANEL, RAISED)),
    (BOX, (PANEL, RAISED, BACK)),
    (ACCENT, (PANEL, RAISED)),
    (ACCENT_TEXT, (QUIET,)),
    (BAR, (PANEL, RAISED)),
    (OFF, (PANEL, QUIET)),
    (OFF_ON_ACCENT, (ACCENT,)),
)

_tables: weakref.WeakKeyDictionary[ttk.Treeview, tuple[tuple[tuple[str, int], ...], str]] = (
    weakref.WeakKeyDictionary()
)

_PATIENCE_S = 0.2
_ASK_S = 2.0  # a change of the system is seen within this
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
    ctk.ThemeManager.theme[kind].update(values)


def load() -> None:
    """Give customtkinter these colours. Call before the first widget is made."""
    _whole_shapes()
    _calm_canvases()
    # On Linux asking for the system's mode starts a program; customtkinter would do so in the midst of the
    # event loop. `show` and `follow` ask in a thread of their own.
    ctk.set_appearance_mode("light")
    ctk.AppearanceModeTracker.update_loop_interval = 60_000
    _fill("CTk", fg_color=BACK)
    ctk.ThemeManager.theme["CTkFrame"]["corner_radius"] = 0  # drawn by letters of a font: dear where unseen
    _fill("CTkFrame", fg_color=PANEL, top_fg_color=PANEL, border_color=LINE)
    _fill("CTkLabel", text_color=TEXT)
    _fill("CTkButton", fg_color=ACCENT, hover_color=ACCENT_HOVER, text_color=ON_ACCENT, border_color=FOCUS)
    _fill("CTkButton", text_color_disabled=OFF_ON_ACCENT)
    _fill("CTkEntry", fg_color=PANEL, border_color=EDGE, text_color=TEXT)
    _fill("CTkEntry", placeholder_text_color=MUTED)
    _fill("CTkCheckBox", fg_color=ACCENT, hover_color=ACCENT_HOVER, border_color=BOX)
    _fill("CTkCheckBox", text_color=TEXT)
    _fill("CTkRadioButton", fg_color=ACCENT, hover_color=ACCENT_HOVER, border_color=BOX)
    _fill("CTkRadioButton", text_color=TEXT)
    _fill("CTkOptionMenu", fg_color=QUIET, button_color=QUIET, button_hover_color=QUIET_HOVER)
    _fill("CTkOptionMenu", text_color=TEXT, text_color_disabled=OFF)
    _fill("CTkProgressBar", fg_color=QUIET, progress_color=ACCENT_TEXT)
    _fill("CTkSegmentedButton", fg_color=QUIET, selected_color=CHOSEN)
    _fill("CTkSegmentedButton", selected_hover_color=CHOSEN, unselected_color=QUIET)
    _fill("CTkSegmentedButton", unselected_hover_color=QUIET_HOVER, text_color=TEXT)
    _fill("CTkScrollableFrame", label_fg_color=PANEL)
    _fill("DropdownMenu", fg_color=PANEL, hover_color=QUIET, text_color=TEXT)


def show(chosen: str) -> None:
    """Show the theme of the settings: system, light, dark, or contrast (light or dark as the system)."""
    _look.follows = chosen in ("system", "contrast")
    strong = chosen == "contrast"
    if _look.follows:
        _system.ask(wait=_PATIENCE_S)  # so that a dark desktop sees no light window first
    mode = {"light": "Light", "dark": "Dark"}.get(chosen, _system.mode)
    _repaint(mode, strong)


def _repaint(mode: str, strong: bool) -> None:
    """Draw everything anew, where it looks different now."""
    tracker = ctk.AppearanceModeTracker
    if strong == _look.strong:
        ctk.set_appearance_mode(mode)
        return
    _look.strong = strong
    tracker.appearance_mode_set_by, tracker.appearance_mode = "user", int(mode == "Dark")
    tracker.update_callbacks()


def follow() -> None:
    """To be called now and then by the window: light and dark as the system is by now, where that is set."""
    if _look.follows:
        _system.ask()
        if _system.mode != ctk.get_appearance_mode():
            _repaint(_system.mode, _look.strong)


class _System:
    """The mode of the system, asked for beside the window: on Linux the answer starts a program."""

    def __init__(self) -> None:
        self.mode = "Light"
        self._asked = 0.0
        self._asking: threading.Thread | None = None

    def ask(self, wait: float = 0.0) -> None:
        """Ask again, unless that was done a moment ago or still goes on; ``wait`` so many seconds for it."""
        now = time.monotonic()
        if now - self._asked > _ASK_S and (self._asking is None or not self._asking.is_alive()):
            self._asked = now
            self._asking = threading.Thread(target=self._ask, daemon=True, name="fitter-theme")
            self._asking.start()
        if wait and self._asking is not None:
            self._asking.join(wait)

    def _ask(self) -> None:
        import darkdetect  # type: ignore[import-untyped]  # noqa: PLC0415 - comes with customtkinter

        with suppress(Exception):  # whatever a desktop answers: it stays as it is
            self.mode = "Dark" if darkdetect.theme() == "Dark" else "Light"


_system = _System()


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
    height = row_height(root)
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


def row_height(widget: tk.Misc) -> int:
    """How tall a row of a table is (pixels)."""
    linespace = tkfont.Font(widget, font=plain_font(widget, 14)).metrics("linespace")
    return int(linespace) + scaled(widget, 10)


def columns(table: ttk.Treeview, widths: Sequence[tuple[str, int]], *, wide: str) -> None:
    """The widths of a table's columns at scale 1; ``wide`` takes what is left. They follow the scale."""
    _tables[table] = (tuple(widths), wide)
    _size_columns(table)


def _size_columns(table: ttk.Treeview) -> None:
    widths, wide = _tables[table]
    head = tkfont.Font(table, font=plain_font(table, 12))
    for name, width in widths:
        words = head.measure(table.heading(name, "text")) + scaled(_holder(table), 12)
        table.column(name, width=max(scaled(_holder(table), width), words), stretch=name == wide)


def has_room(table: ttk.Treeview, width: int, columns: Sequence[str]) -> bool:
    """Whether the longest word of the first of ``columns`` has room in a table of that width (pixels) with
    the others beside it."""
    font = tkfont.Font(table, font=plain_font(table, 14))
    words = [font.measure(str(table.set(row, columns[0]))) for row in table.get_children()]
    others = sum(int(table.column(name, "width")) for name in columns[1:])
    return max(words, default=0) + scaled(_holder(table), 10) + others <= width


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


@contextmanager
def calmly() -> Iterator[None]:
    """The same while widgets are made: a menu lays out all that waits within its own making."""
    kept = ctk.CTkCanvas.update_idletasks
    ctk.CTkCanvas.update_idletasks = lambda _self: None
    try:
        yield
    finally:
        ctk.CTkCanvas.update_idletasks = kept


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
    colour = BAR if needed else PANEL
    if bar.cget("button_color") != colour:
        bar.configure(button_color=colour, button_hover_color=BAR_HOVER if needed else PANEL)
    if bar.get() != (float(first), float(last)):
        bar.set(float(first), float(last))


def primary(parent: Any, text: str, command: Any, **options: Any) -> Any:
    """The one main button of a place."""
    return ctk.CTkButton(parent, text=text, command=command, height=44, font=font(15, bold=True), **options)


def quiet(parent: Any, text: str, command: Any, **options: Any) -> Any:
    """Every other button."""
    settings = {
        "height": 34, "font": font(14), "fg_color": QUIET, "hover_color": QUIET_HOVER, "text_color": TEXT,
        "text_color_disabled": OFF,
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


def wrapped_button(button: Any, margin: int = 24) -> Any:
    """A button that breaks its words at the width it is given."""

    def fit(_event: Any) -> None:
        words = button._text_label  # the library has no public name for it
        width = max(60, button.winfo_width() - scaled(button, margin))
        if words is not None and button.winfo_viewable() and width != int(str(words.cget("wraplength"))):
            words.configure(wraplength=width, justify="left" if button.cget("anchor") == "w" else "center")

    for sequence in ("<Configure>", "<Map>"):
        tk.Frame.bind(button, sequence, fit, add="+")
    return button
