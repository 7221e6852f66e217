"""The keyboard, for all widgets in one place.

Plain customtkinter puts only entries into the Tab order and its buttons ignore the keyboard. Here every
button, switch, box, menu, slider, list and row of tabs has its place in the Tab order, shows where the focus
is, and answers to Space, Return and the arrows. What is switched off, hidden, or lies under a page is passed
over.
"""

from __future__ import annotations

import tkinter as tk
import weakref
from collections.abc import Callable
from functools import partial
from tkinter import ttk
from typing import Any

import customtkinter as ctk

from fitter.app import theme
from fitter.app.text import _

SEQUENCES: tuple[str, ...] = (
    "<Control-n>", "<Control-o>", "<Control-m>", "<Control-e>", "<Control-p>", "<Control-f>", "<Control-c>",
    "<Control-l>", "<Control-t>", "<Control-z>", "<Control-y>", "<Control-plus>", "<Escape>", "<F1>",
)  # fmt: skip
# Other ways to write the same: another sequence -> the one of `SEQUENCES` it stands for.
ALSO: dict[str, str] = {
    "<Control-Shift-z>": "<Control-y>",
    "<Control-Shift-Z>": "<Control-y>",
    "<Control-equal>": "<Control-plus>",
    "<Control-KP_Add>": "<Control-plus>",
}


def listed() -> tuple[tuple[str, str], ...]:
    """Every key and what it does, as the page of keys shows it."""
    return (
        ("Ctrl+N", _("First page: new work, recent work, samples")),
        ("Ctrl+O", _("Open a scan")),
        ("Ctrl+M", _("Type measures")),
        ("Ctrl+E", _("Export")),
        ("Ctrl+P", _("Print")),
        ("Ctrl+F", _("Find a customer")),
        ("Ctrl+C", _("Copy the list or the table that has the focus, as text")),
        ("Ctrl+L", _("Move landmarks")),
        ("Ctrl+T", _("Cut the foot: a section that slides")),
        ("Ctrl+Z", _("Undo; while something runs, cancel it")),
        ("Ctrl+Y, Ctrl+Shift+Z", _("Do again what was undone")),
        ("Ctrl +  Ctrl −  Ctrl 0", _("Larger text, smaller text, usual size")),
        ("Esc", _("Cancel what is running, close a page")),
        ("F1, ?", _("Show these keys")),
        ("Tab", _("Next button or field; Shift+Tab goes back")),
        (_("Space, Return"), _("Press what has the focus")),
        (_("Arrows"), _("Turn the foot, move in a list, a menu or between tabs")),
        (_("Home, End"), _("First and last of a list or of tabs")),
        ("+  −", _("Enlarge or shrink the foot")),
        ("1 … 6", _("The foot from all sides: oblique, top, inner, outer, heel, sole")),
        ("S", _("Save the picture of the foot")),
    )


_TYPING = (tk.Entry, tk.Text, ttk.Entry)
_RING = 2  # pixels at scale 1

_ringed: weakref.WeakSet[Any] = weakref.WeakSet()
_page: list[str] = []  # the path of the page that has the keyboard to itself, if any


def attach(root: Any) -> None:
    """To be called once for a window: whatever gets the focus is brought into view."""
    root.bind_all("<FocusIn>", lambda event: into_view(event.widget), add="+")
    ctk.AppearanceModeTracker.add(_recolour)


def detach() -> None:
    """The window is closed."""
    ctk.AppearanceModeTracker.remove(_recolour)
    _page.clear()


def typing(root: Any) -> bool:
    """Whether letters go into a field now, so that they are no shortcuts."""
    focused = root.focus_get()
    return isinstance(focused, _TYPING) and str(focused.cget("state")) == "normal"


def confine(page: Any) -> None:
    """Tab stays within ``page``, which lies over the rest; None lets it go everywhere again."""
    _page[:] = [] if page is None else [str(page)]


def first_in(page: Any) -> None:
    """Put the focus on the first thing of a page that takes it."""
    for widget in _inside(page):
        if getattr(widget, "_fitter_focus", None) is not None and _may_focus(str(widget), widget):
            tk.Misc.focus_set(widget)
            return


def _inside(widget: Any) -> Any:
    yield widget
    for child in widget.winfo_children():
        yield from _inside(child)


def reachable(widget: tk.Misc) -> None:
    """Put ``widget`` and everything in it into the Tab order; what is there already is left as it is."""
    if isinstance(widget, ctk.CTkSegmentedButton):
        _once(widget, _segments)
        return  # its buttons are no stops of their own
    for kind, make in _KINDS:
        if isinstance(widget, kind):
            _once(widget, make)
            break
    for child in widget.winfo_children():
        reachable(child)


def _once(widget: Any, make: Callable[[Any], None]) -> None:
    if not getattr(widget, "_fitter_keys", False):
        widget._fitter_keys = True
        make(widget)


# ---------------------------------------------------------------------------------------- the Tab order


def _stop(widget: Any, owner: Any = None) -> None:
    """Make it a stop of the Tab key, as long as its ``owner`` (itself, as a rule) is on and in reach."""
    of = widget if owner is None else owner
    widget._fitter_focus = of
    # Tk asks this command; what it is given is the path of the widget.
    command = widget.register(lambda path: int(_may_focus(path, of)))
    _plain(widget, takefocus=command)


def _plain(widget: Any, **options: Any) -> None:
    """Options of Tk itself, which the library's own ``configure`` doesn't know."""
    configure: Any = tk.Misc.configure
    configure(widget, **options)


def _may_focus(path: str, owner: Any) -> bool:
    if _page and not (path == _page[0] or path.startswith(_page[0] + ".")):
        return False
    return _on(owner) and bool(owner.tk.call("winfo", "viewable", path))


def _on(widget: Any) -> bool:
    try:
        return str(widget.cget("state")) != "disabled" or isinstance(widget, tk.Text)
    except (ValueError, tk.TclError):  # it has no state
        return True


def into_view(widget: Any) -> None:
    """Scroll the page around it so that it is seen whole."""
    if not isinstance(widget, tk.Misc):
        return
    holder: Any = widget
    while holder is not None and not isinstance(holder, ctk.CTkScrollableFrame):
        holder = holder.master
    if holder is None or holder is widget:
        return
    canvas = holder._parent_canvas  # the library has no public name for it
    if not str(widget).startswith(str(canvas)):
        return
    tall, seen = holder.winfo_height(), canvas.winfo_height()
    top = widget.winfo_rooty() - holder.winfo_rooty()
    first, margin = canvas.canvasy(0), widget.winfo_height() // 2
    if top - margin < first or top + widget.winfo_height() + margin > first + seen:
        canvas.yview_moveto(max(0.0, (top - seen / 2) / max(1, tall)))


# ---------------------------------------------------------------------------------------- each kind


def _press_on(widget: Any, press: Callable[[], object], also: tuple[str, ...] = ()) -> None:
    """Space, Return and ``also`` press it."""
    _stop(widget)

    def pressed(_event: Any) -> str:
        if _on(widget):
            press()
        return "break"

    for sequence in ("<space>", "<Return>", "<KP_Enter>", *also):
        tk.Frame.bind(widget, sequence, pressed)


def _button(button: Any) -> None:
    _press_on(button, button.invoke)
    border = button.cget("border_color")
    hidden = {"border_width": button.cget("border_width"), "border_color": border}
    _follow_focus(button, {"border_width": 2, "border_color": theme.FOCUS}, hidden)


def _box(box: Any) -> None:
    _press_on(box, box.toggle)
    _ring(box)


def _radio(radio: Any) -> None:
    _press_on(radio, radio.invoke)
    _ring(radio)


def _menu(menu: Any) -> None:
    _press_on(menu, menu._open_dropdown_menu, also=("<Down>", "<Up>"))  # it has no public name
    # It keeps its size whatever is in it, so a ring of Tk's own would cut it off: this one is drawn on it.
    canvas, width = menu._canvas, theme.scaled(menu, _RING)

    def draw(_event: Any = None) -> None:
        canvas.delete("ring")
        if menu.focus_get() is menu:
            box = (width // 2, width // 2, menu.winfo_width() - width, menu.winfo_height() - width)
            canvas.create_rectangle(*box, outline=theme.pick(theme.FOCUS), width=width, tags="ring")

    for sequence in ("<FocusIn>", "<Configure>"):
        tk.Frame.bind(menu, sequence, draw, add="+")
    tk.Frame.bind(menu, "<FocusOut>", lambda _event: canvas.delete("ring"), add="+")


def _slider(slider: Any) -> None:
    """The arrows move it by a step (a twentieth where it has none), Home and End to its ends."""
    _stop(slider)

    def move(to: float) -> str:
        low, high = sorted((slider.cget("from_"), slider.cget("to")))
        if _on(slider):
            slider.set(min(max(to, low), high))
            if command := slider.cget("command"):
                command(slider.get())
        return "break"

    def step() -> float:
        return float(slider.cget("to") - slider.cget("from_")) / (slider.cget("number_of_steps") or 20)

    def stepped(sign: int, _event: Any) -> str:
        return move(slider.get() + sign * step())

    for key, sign in (("<Left>", -1), ("<Down>", -1), ("<Right>", 1), ("<Up>", 1)):
        tk.Frame.bind(slider, key, partial(stepped, sign))
    tk.Frame.bind(slider, "<Home>", lambda _event: move(slider.cget("from_")))
    tk.Frame.bind(slider, "<End>", lambda _event: move(slider.cget("to")))
    _ring(slider)


def _field(field: Any) -> None:
    """A field takes keys by itself; its border gets heavier, as its colour already tells right or wrong."""
    _stop(field._entry, field)
    field.bind("<FocusIn>", lambda _event: field.configure(border_width=3), add="+")
    field.bind("<FocusOut>", lambda _event: field.configure(border_width=2), add="+")


def _page_of_text(text: Any) -> None:
    """Text to read, or to write."""
    if str(text.cget("takefocus")) == "0":
        return
    _stop(text)
    _ring(text)
    # Tab leaves it; in a text to write it would else make a gap that nobody sees.
    text.bind("<Tab>", lambda _event: _leave(text, "tk_focusNext"))
    text.bind("<Shift-Tab>", lambda _event: _leave(text, "tk_focusPrev"))


def _leave(text: Any, where: str) -> str:
    text.tk.call("focus", text.tk.call(where, text))
    return "break"


def _picture(canvas: Any) -> None:
    """A canvas that takes keys of its own, and shows the focus itself."""
    if str(canvas.cget("takefocus")) == "1":
        _stop(canvas)


def _list(table: Any) -> None:
    """Arrows by Tk; Home and End are added, and whoever comes by Tab stands on a row. Return opens it: the
    list gets ``<<Open>>``. Its ring is in the style, see `theme.style_tables`."""
    _stop(table)

    def stand(row: str) -> str:
        table.focus(row)
        table.selection_set(row)
        table.see(row)
        return "break"

    def came(_event: Any) -> None:
        rows = table.get_children()
        if rows and not table.focus():
            chosen = table.selection()
            table.focus(chosen[0] if chosen else rows[0])

    def end(index: int) -> str:
        rows = table.get_children()
        return stand(rows[index]) if rows else "break"

    def page(sign: int) -> str:
        rows = list(table.get_children())
        if not rows:
            return "break"
        here = rows.index(table.focus()) if table.focus() in rows else 0
        seen = max(1, int(table.cget("height")) - 1)
        return stand(rows[min(max(here + sign * seen, 0), len(rows) - 1)])

    def opened(_event: Any) -> str:
        if table.focus():
            table.event_generate("<<Open>>")
        return "break"

    table.bind("<Control-c>", lambda _event: copy_rows(table))
    table.bind("<FocusIn>", came, add="+")
    table.bind("<Home>", lambda _event: end(0))
    table.bind("<End>", lambda _event: end(-1))
    table.bind("<Prior>", lambda _event: page(-1))
    table.bind("<Next>", lambda _event: page(+1))
    table.bind("<Return>", opened)
    table.bind("<KP_Enter>", opened)


def copy_rows(table: Any) -> str:
    """Put a list on the clipboard with its headings, for a spreadsheet: the chosen rows of a list of several
    choices, else all that are there."""
    shown = [str(c) for c in table.cget("displaycolumns")]
    columns = [str(c) for c in table.cget("columns")] if shown == ["#all"] else shown
    several = table.selection() if str(table.cget("selectmode")) == "extended" else ()
    lines = [[str(table.heading(column, "text")) for column in columns]]
    for row in several if len(several) > 1 else table.get_children():
        lines.append([str(table.set(row, column)) for column in columns])
    table.clipboard_clear()
    table.clipboard_append("".join("\t".join(" ".join(c.split()) for c in line) + "\n" for line in lines))
    return "break"


def _segments(tabs: Any) -> None:
    """A row of tabs is one stop of the Tab key; the arrows, Home and End move within it."""
    _stop(tabs)

    def choose(pick: Callable[[int, int], int]) -> str:
        values = list(tabs.cget("values"))
        if not _on(tabs) or not values:
            return "break"
        here = values.index(tabs.get()) if tabs.get() in values else -1
        chosen = values[pick(here, len(values))]
        if chosen != tabs.get():
            tabs.set(chosen)
            if command := tabs.cget("command"):
                command(chosen)
        return "break"

    moves: dict[str, Callable[[int, int], int]] = {
        "<Left>": lambda here, count: (here - 1) % count if here >= 0 else 0,
        "<Right>": lambda here, count: (here + 1) % count,
        "<Home>": lambda here, count: 0,
        "<End>": lambda here, count: count - 1,
    }
    for key, pick in moves.items():
        tk.Frame.bind(tabs, key, lambda _event, p=pick: choose(p))  # type: ignore[misc]
    # Space and Return choose the first where none is chosen, as no arrow was pressed yet.
    for key in ("<space>", "<Return>"):
        tk.Frame.bind(tabs, key, lambda _event: choose(lambda here, _count: max(here, 0)))
    _follow_focus(tabs, {"fg_color": theme.FOCUS}, {"fg_color": tabs.cget("fg_color")})


_KINDS: tuple[tuple[Any, Callable[[Any], None]], ...] = (
    (ctk.CTkButton, _button),
    (ctk.CTkCheckBox, _box),
    (ctk.CTkSwitch, _box),
    (ctk.CTkRadioButton, _radio),
    (ctk.CTkOptionMenu, _menu),
    (ctk.CTkSlider, _slider),
    (ctk.CTkEntry, _field),
    (ctk.CTkComboBox, _field),
    (ttk.Treeview, _list),
    (tk.Text, _page_of_text),
    (tk.Canvas, _picture),
)


# ---------------------------------------------------------------------------------------- where the focus is


def _follow_focus(widget: Any, shown: dict[str, Any], hidden: dict[str, Any]) -> None:
    """Look like ``shown`` while the keyboard is here; a click puts the focus on the canvas inside."""

    def came(_event: Any) -> None:
        if widget.focus_get() is widget:
            widget.configure(**shown)

    tk.Frame.bind(widget, "<FocusIn>", came, add="+")
    tk.Frame.bind(widget, "<FocusOut>", lambda _event: widget.configure(**hidden), add="+")


def _ring(widget: Any) -> None:
    """Tk's own ring around a widget that has the focus; its room is there always, so nothing moves."""
    _plain(widget, highlightthickness=theme.scaled(widget, _RING))
    _ringed.add(widget)
    _paint(widget)


def _paint(widget: Any) -> None:
    ground = theme.PANEL if isinstance(widget, tk.Text) else _ground(widget)
    _plain(widget, highlightcolor=theme.pick(theme.FOCUS), highlightbackground=theme.pick(ground))


def _ground(widget: Any) -> Any:
    """The colour behind a widget of the library, which knows it by no public name."""
    known = widget._bg_color
    return (known, known) if isinstance(known, str) else tuple(known)


def _recolour(_mode: str) -> None:
    for widget in list(_ringed):
        try:
            _paint(widget)
        except tk.TclError:  # gone, and not yet collected
            _ringed.discard(widget)
