"""Type measures: a form made from the registry, with how to measure beside each field."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import Any

import customtkinter as ctk

from fitter.anatomy.measures import ENTERABLE, Measure
from fitter.app import keys, theme, words
from fitter.app.state import AppState
from fitter.app.text import _
from fitter.entry import EnteredFoot, entered_value
from fitter.errors import FitterError
from fitter.measurements import LOADS, SIDES, Side
from fitter.quantity import Quantity


class EntryForm(ctk.CTkFrame):
    """A page over the result; it stays as typed until the foot was measured."""

    def __init__(self, parent: Any, state: AppState, close: Callable[[], None]) -> None:
        super().__init__(parent, corner_radius=10)
        self.state, self._close = state, close
        self.fields: dict[str, Any] = {}
        self._hints: dict[str, Any] = {}
        self._waiting = False
        self._sides: dict[str, Side] = {words.SIDE_WORDS[side]: side for side in SIDES}
        self._loads = {words.LOAD_WORDS[load]: load for load in LOADS}
        self._head()
        self._rows()
        self._foot()
        keys.reachable(self)
        state.listen(self._changed)

    def _head(self) -> None:
        theme.label(self, _("Type measures"), 20, bold=True).pack(fill="x", padx=20, pady=(16, 0))
        text = _("Measure what you can in millimetres and leave the rest empty. Foot length is the start.")
        theme.wrapped(theme.label(self, text, 14, muted=True)).pack(fill="x", padx=20, pady=(2, 10))
        bar = ctk.CTkFrame(self, fg_color="transparent")
        bar.pack(fill="x", padx=20, pady=(0, 10))
        self.side = ctk.CTkSegmentedButton(
            bar, values=list(self._sides), font=theme.font(14), height=34, width=220, dynamic_resizing=False
        )
        self.side.set(words.SIDE_WORDS["right"])
        self.side.pack(side="left")
        theme.label(bar, _("measured while")).pack(side="left", padx=(16, 8))
        self.load = ctk.CTkOptionMenu(
            bar, values=list(self._loads), font=theme.font(14), width=210, height=34
        )
        self.load.set(words.LOAD_WORDS["standing"])
        self.load.pack(side="left")

    def _rows(self) -> None:
        area = theme.scroll_area(self)
        area.pack(fill="both", expand=True, padx=(20, 8))
        area.columnconfigure(3, weight=1)
        for row, measure in enumerate(ENTERABLE):
            self._row(area, row, measure)

    def _row(self, area: Any, row: int, measure: Measure) -> None:
        theme.label(area, _(measure.name), 14, bold=True, width=130).grid(
            row=row, column=0, sticky="w", pady=7
        )
        text = tk.StringVar(self)  # followed instead of the keys, so that pasting is checked too
        entry = ctk.CTkEntry(
            area, width=84, height=32, justify="right", font=theme.font(15), textvariable=text
        )
        entry.grid(row=row, column=1, padx=(8, 6))
        entry.bind("<Return>", lambda _event: self.submit())
        theme.label(area, measure.unit, 13, muted=True).grid(row=row, column=2, padx=(0, 14))
        hint = theme.wrapped(theme.label(area, _(measure.home), 13, muted=True), 8)
        hint.grid(row=row, column=3, sticky="ew", padx=(0, 8))
        self.fields[measure.id], self._hints[measure.id] = entry, hint
        text.trace_add("write", lambda *_changed: self._check(measure))

    def _foot(self) -> None:
        bar = ctk.CTkFrame(self, fg_color="transparent")
        bar.pack(fill="x", padx=20, pady=14)
        theme.quiet(bar, _("Back"), self._close, height=44, width=110).pack(side="left")
        theme.primary(bar, _("Measure this foot"), self.submit, width=190).pack(side="right")

    # ------------------------------------------------------------------ checking and handing over

    def _value(self, measure: Measure) -> Quantity | None:
        text = self.fields[measure.id].get().strip()
        return entered_value(measure.id, text, measure.unit) if text else None

    def _check(self, measure: Measure) -> bool:
        """Say beside the field what is wrong with it, as it is typed."""
        try:
            self._value(measure)
        except FitterError as error:
            self._hints[measure.id].configure(text=str(error), text_color=theme.MARK)
            self.fields[measure.id].configure(border_color=theme.MARK)
            return False
        self._hints[measure.id].configure(text=_(measure.home), text_color=theme.MUTED)
        self.fields[measure.id].configure(border_color=theme.EDGE)
        return True

    def submit(self) -> None:
        """Measure the foot from what was typed, or go to the first field that makes no sense."""
        wrong = [measure for measure in ENTERABLE if not self._check(measure)]
        if wrong:
            self.fields[wrong[0].id].focus()
            return
        values = {m.id: q for m in ENTERABLE if (q := self._value(m)) is not None}
        if not values:
            self.state.complain(_("Nothing was typed yet. Foot length is the start."))
            self.fields[ENTERABLE[0].id].focus()
            return
        self._waiting = True
        side, load = self._sides[self.side.get()], self._loads[self.load.get()]
        self.state.enter_measures(EnteredFoot(side, load, values))

    def _changed(self, fields: frozenset[str]) -> None:
        if self._waiting and "result" in fields:
            self._waiting = False
            self._close()
        elif "busy" in fields and not self.state.now.busy:
            self._waiting = False
