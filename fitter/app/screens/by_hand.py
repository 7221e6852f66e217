"""Settings by hand: each parameter of the support of the foot looked at, with who changed it and why."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from functools import partial
from typing import Any

import customtkinter as ctk

from fitter.app import fold, keys, theme
from fitter.app.follow import follow
from fitter.app.slices import Slices
from fitter.app.state import AppState
from fitter.app.text import N_, _, current
from fitter.exchange.wording import SIDE_WORDS, override_words, parameter_words
from fitter.support.following import by_hand
from fitter.support.support import Parameter, SupportProfile
from fitter.support.trying import bounds

_INTRO = N_(
    "Open what should be otherwise. What follows from it changes along with it, and both are marked wherever "
    "the profile is shown."
)
_NOTHING = N_("Once an insole is recommended, each of its settings can be changed here.")

_AT_ONCE = 5  # as many as are seen without scrolling


class ByHandPage(ctk.CTkFrame):
    """One fold a parameter. ``by`` is who sets it."""

    def __init__(self, parent: Any, state: AppState, by: tk.StringVar) -> None:
        super().__init__(parent, fg_color="transparent")
        self.state, self._by = state, by
        self._rows: dict[str, Row] = {}
        self._rest: Slices | None = None
        self._area: Any = None
        self._shown: object = None
        follow(self, state, {"result", "foot", "preview"}, self._show)
        follow(self, state, {"busy"}, self._allow)
        self._show()

    def _show(self) -> None:
        """The settings as they are now; what is opened and typed stays where it is the same foot."""
        fit = self.state.now.told
        support = self._support()
        parameters = support.parameters if support is not None else ()
        told = support.statement if support is not None and support.withheld is not None else _(_NOTHING)
        shown = (self.state.now.foot, fit.side if fit else "", tuple(p.id for p in parameters) or told)
        if shown != self._shown:
            self._shown = shown
            self._rebuild(SIDE_WORDS.get(fit.side, "") if fit else "", support, told)
        else:
            for parameter in parameters:
                self.rows[parameter.id].show(parameter)

    def _support(self) -> SupportProfile | None:
        """Of the foot looked at: of its captures under several loads, one says what supports it."""
        fit, result = self.state.now.told, self.state.now.result
        if fit is None or result is None:
            return None
        others = (f.support for f in result.profile.feet if f.side == fit.side and f.support is not None)
        return fit.support or next(others, None)

    def _rebuild(self, foot: str, support: SupportProfile | None, told: str) -> None:
        if self._area is not None:
            self._area.destroy()
        self._rows, self._rest = {}, None
        self._area = area = theme.scroll_area(self)
        area.pack(fill="both", expand=True)
        if support is None or not support.parameters:
            fold.text(area, told, text_color=theme.MUTED)
            return
        fold.text(area, _(foot), 15)
        fold.text(area, _(_INTRO), 13, text_color=theme.MUTED)
        self.by = field(area, _("Who sets it"), self._by)
        keys.reachable(area)
        pieces = [partial(self._build, area, parameter) for parameter in support.parameters]
        self._rest = Slices(area, pieces, _AT_ONCE)

    def _build(self, area: Any, parameter: Parameter) -> None:
        row = self._rows[parameter.id] = Row(area, self.state, parameter, self._by)
        row.show(parameter)
        keys.reachable(row.fold)

    @property
    def rows(self) -> dict[str, Row]:
        """What can be set, by parameter."""
        if self._rest is not None:
            self._rest.finish()
        return self._rows

    def _allow(self) -> None:
        for row in self.rows.values():
            row.allow()


class Row:
    """One parameter: what it is now, and folded away what it takes to change it."""

    def __init__(self, area: Any, state: AppState, parameter: Parameter, by: tk.StringVar) -> None:
        self._state, self._by, self._parameter = state, by, parameter
        self.value, self.reason = tk.StringVar(area), tk.StringVar(area)
        self.fold = fold.Fold(area, _(parameter.name), self._fill)
        self.fold.pack(fill="x", pady=(8, 0), padx=(0, 6))
        top = self.fold.top
        self.now = theme.wrapped(theme.label(top, "", 14, bold=True, text_color=theme.ACCENT_TEXT), 4)
        self.now.pack(fill="x", padx=(30, 10))
        self.told = theme.wrapped(theme.label(top, "", 13, text_color=theme.MUTED), 4)
        top.pack(fill="x", pady=(0, 8))
        self.set_button: Any = None
        self.restore_button: Any = None

    def show(self, parameter: Parameter) -> None:
        """What it is now."""
        if parameter != self._parameter or not self.value.get():
            self.value.set(_typed(parameter))
            self.reason.set(parameter.override.reason if parameter.override and by_hand(parameter) else "")
        self._parameter = parameter
        self.now.configure(text=parameter_words(parameter))
        told = override_words(parameter)
        self.told.configure(text=told[:1].upper() + told[1:])
        if told:
            self.told.pack(fill="x", padx=(30, 10))
        else:
            self.told.pack_forget()
        self.allow()

    def allow(self) -> None:
        """Nothing is set while the foot is being measured anew."""
        if self.set_button is not None:
            busy = self._state.now.busy
            self.set_button.configure(state="disabled" if busy else "normal")
            back = by_hand(self._parameter) and not busy
            self.restore_button.configure(state="normal" if back else "disabled")

    def _fill(self, body: Any) -> None:
        parameter, limits = self._parameter, bounds(self._parameter.id)
        fold.text(body, _("By the rules: {reason}").format(reason=_(parameter.reason)), 13)
        if parameter.changes:
            told = _("What would change it: {what}").format(what=_(parameter.changes))
            fold.text(body, told, 13, text_color=theme.MUTED)
        words = limits.get("words")
        if words:
            line = ctk.CTkFrame(body, fg_color="transparent")
            line.pack(fill="x", pady=(10, 0))
            theme.label(line, _("To be"), 14).pack(fill="x")  # above: the words are long
            self._choose_word(line, words)
        else:
            within = _("{low} to {high} {unit}").format(
                low=current().written(f"{limits.get('low', parameter.low):g}"),
                high=current().written(f"{limits.get('high', parameter.high):g}"),
                unit=_(parameter.unit),
            )
            field(body, _("To be"), self.value, within, self.apply)
        field(body, _("Reason"), self.reason, "", self.apply)
        buttons = ctk.CTkFrame(body, fg_color="transparent")
        buttons.pack(fill="x", pady=(10, 0))
        self.set_button = theme.primary(buttons, _("Set by hand"), self.apply, width=150)
        self.set_button.pack(side="left")
        self.restore_button = theme.quiet(buttons, _("Take back"), self.restore, height=44, width=130)
        self.restore_button.pack(side="left", padx=(8, 0))
        self.allow()

    def _choose_word(self, line: Any, words: Sequence[str]) -> None:
        """A menu of the words a setting may be, told in the language; the value stays the rules' own word."""
        shown = {_(word.replace("_", " ")): word for word in words}
        choice = ctk.CTkOptionMenu(
            line, values=list(shown), font=theme.font(14), command=lambda text: self.value.set(shown[text])
        )
        theme.calm(choice).pack(fill="x")

        def follow(*_changed: object) -> None:
            if choice.winfo_exists():
                choice.set(next((text for text, word in shown.items() if word == self.value.get()), ""))

        self.value.trace_add("write", follow)
        follow()

    def apply(self) -> None:
        """Set what the fields say; what is missing or out of bounds is told, and nothing is changed."""
        if self._state.now.busy:
            return
        text = self.value.get().strip()
        value: float | str = text
        if not isinstance(self._parameter.value, str):
            try:
                value = float(text.replace(",", "."))
            except ValueError:
                told = _("'{text}' is no number: {name}").format(text=text[:30], name=_(self._parameter.name))
                self._state.complain(told)
                return
        self._state.set_by_hand(self._parameter.id, value, self.reason.get(), self._by.get())

    def restore(self) -> None:
        """Give it back to the rules."""
        self._state.restore(self._parameter.id)


def field(parent: Any, name: str, text: tk.StringVar, note: str = "", done: Any = None) -> Any:
    """A line with a field to type into; Return in it does what there is to be done."""
    line = ctk.CTkFrame(parent, fg_color="transparent")
    line.pack(fill="x", pady=(10, 0), padx=(0, 6))
    theme.label(line, name, 14, width=96).pack(side="left")
    entry = ctk.CTkEntry(line, textvariable=text, font=theme.font(14), height=34, width=90)
    if note:
        entry.pack(side="left", padx=(8, 0))
        theme.label(line, note, 13, muted=True).pack(side="left", padx=(8, 0))
    else:
        entry.pack(side="left", fill="x", expand=True, padx=(8, 0))
    if done is not None:
        for key in ("<Return>", "<KP_Enter>"):
            entry.bind(key, lambda _event: done(), add="+")
    return entry


def _typed(parameter: Parameter) -> str:
    return parameter.value if isinstance(parameter.value, str) else current().written(f"{parameter.value:g}")
