"""Measures: a table with errors, and in words what is defined how and what could not be told."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import TYPE_CHECKING, Any, Literal

import customtkinter as ctk

from fitter.anatomy.measures import BY_ID
from fitter.app import theme, words
from fitter.app.follow import follow
from fitter.app.reader import Reader
from fitter.app.state import AppState
from fitter.app.text import _
from fitter.exchange.wording import each_foot_sizes, not_measured, percentile_words

if TYPE_CHECKING:
    from fitter.profile import FitResult, FootFit

_COLUMNS: tuple[tuple[str, int, Literal["w", "e"]], ...] = (
    ("name", 110, "w"),  # the least: it takes what is left
    ("value", 56, "e"),
    ("error", 78, "e"),
    ("unit", 34, "w"),
    ("among", 92, "w"),
)
_MOST_ROWS = 14
_LEAST_TABLE = 0.66  # of the height there is
_NARROW = 430  # below it the column of percentiles goes; it is told when a row is picked


class MeasuresScreen(ctk.CTkFrame):
    """The readings of the selected foot. Picking a row points the measure out on the foot."""

    def __init__(self, parent: Any, state: AppState) -> None:
        super().__init__(parent, fg_color="transparent")
        self.state = state
        self._columns: Any = "#all"
        self.rowconfigure(1, weight=1)
        self.columnconfigure(0, weight=1)
        self.table = ttk.Treeview(
            self, columns=[name for name, _w, _a in _COLUMNS], show="headings", style="Fitter.Treeview",
            selectmode="browse",
        )  # fmt: skip
        heads = {
            "name": _("Measure"),
            "value": _("Value"),
            "error": _("95 % error"),
            "unit": _("Unit"),
            "among": "",
        }
        for name, _width, anchor in _COLUMNS:
            self.table.heading(name, text=heads[name], anchor=anchor)
            self.table.column(name, anchor=anchor)
        theme.columns(self.table, [(name, width) for name, width, _anchor in _COLUMNS], wide="name")
        self._bar = theme.scroll_bar(self, self.table)
        self.table.grid(row=0, column=0, sticky="nsew", padx=(4, 0))
        self._bar.grid(row=0, column=1, sticky="ns")
        self.notes = Reader(self, height=3)
        self.notes.grid(row=1, column=0, columnspan=2, sticky="nsew", pady=(theme.GAP, 0))
        self.table.bind("<Configure>", self._fit_columns)
        tk.Frame.bind(self, "<Configure>", lambda event: self._share(event.height), add="+")
        self.table.bind("<<TreeviewSelect>>", lambda _event: self._picked())
        follow(self, state, {"result", "foot", "preview"}, self._fill)
        follow(self, state, {"measure"}, self._tell)
        self._fill()

    def _fit_columns(self, event: Any) -> None:
        """Where there is little room, as with large letters, a number and its error come first."""
        self._share_columns(event.width)

    def _share_columns(self, width: int) -> None:
        every = [name for name, _width, _anchor in _COLUMNS]
        narrow = width < theme.scaled(self, _NARROW) or not theme.has_room(self.table, width, every)
        wanted: Any = ("name", "value", "error", "unit") if narrow else "#all"
        if self._columns != wanted:
            self._columns = wanted
            self.table.configure(displaycolumns=wanted)

    def _share(self, height: int) -> None:
        """Where there is little height, as with large letters, the table keeps two thirds of it."""
        needed = (len(self.table.get_children()) + 1) * theme.row_height(self.table)
        self.rowconfigure(0, minsize=min(needed, round(height * _LEAST_TABLE)))

    def _fill(self) -> None:
        self.table.delete(*self.table.get_children())
        fit = self.state.now.told
        rows = words.rows(fit.measurements, fit.norms) if fit else ()
        for row in rows:
            self.table.insert(
                "", "end", iid=row.id, values=(row.name, row.value, row.error, row.unit, row.among)
            )
        self.table.heading("among", text=words.percentile_title(fit.norms if fit else None))
        theme.columns(self.table, [(name, width) for name, width, _anchor in _COLUMNS], wide="name")
        if self.table.winfo_width() > 1:
            self._share_columns(self.table.winfo_width())
        # A short table is as tall as its rows; a long one shares the room with the notes, four to one.
        self.table.configure(height=min(max(len(rows), 1), _MOST_ROWS))
        self.rowconfigure(0, weight=4 if len(rows) > _MOST_ROWS else 0)
        self._share(self.winfo_height())
        for part in (self.table, self._bar):
            part.grid() if rows else part.grid_remove()
        self._tell()

    def _picked(self) -> None:
        chosen = self.table.selection()
        if chosen and chosen[0] != self.state.now.measure:
            self.state.pick_measure(chosen[0])

    def _tell(self) -> None:
        fit = self.state.now.told
        if fit is None:
            self.notes.fill([("note", _("The measures of a foot appear here, each with its error."))])
            return
        parts: list[tuple[str, str]] = []
        if self.state.now.measure:
            parts += _definition(self.state.now.measure)
            parts += _among(fit, self.state.now.measure)
        parts += _shoes(fit, self.state.now.result)
        missing = not_measured(fit)
        if missing:
            parts.append(("head", _("What this foot could not tell")))
        for reason, names in missing.items():
            parts += [("body", ", ".join(_(name) for name in names)), ("note", reason)]
        if not parts:
            parts.append(("note", _("Pick a measure to see how it is defined and where it lies.")))
        self.notes.fill(parts)


def _among(fit: FootFit, measure_id: str) -> list[tuple[str, str]]:
    """Where this measure lies among adults, with its range, and who they are."""
    if fit.norms is None:
        return []
    percentiles = fit.norms.percentiles.get(measure_id, ())
    notes = [("note", _(note)) for note in fit.norms.notes]
    if not percentiles:
        return notes if not fit.norms.percentiles else []
    told = _("Of a hundred adults so many are smaller: {places}. Among {population}.")
    return [
        ("note", told.format(places=percentile_words(percentiles, _), population=_(fit.norms.population))),
        *notes,
    ]


def _shoes(fit: FootFit, result: FitResult | None) -> list[tuple[str, str]]:
    """The shoe sizes of the pair where there is one, else of this foot."""
    sizes = (result.profile.sizes if result else None) or fit.sizes
    if sizes is None:
        return []
    lines = [("body", line) for line in words.size_lines(sizes)]
    head = _("Shoe size") if sizes.refused else _("Shoe size of {feet}").format(feet=_(sizes.of))
    each = each_foot_sizes(result.profile, _) if result else []
    return [
        *(("body", line) for line in each),
        ("head", head),
        *lines,
        *(("note", _(note)) for note in sizes.notes),
    ]


def _definition(measure_id: str) -> list[tuple[str, str]]:
    measure = BY_ID[measure_id]
    parts = [("head", _(measure.name)), ("body", _(measure.definition))]
    if measure.home:
        parts.append(("note", _("With a ruler: {how}").format(how=_(measure.home))))
    return [*parts, ("note", _("Reference: {source}").format(source=measure.reference))]
