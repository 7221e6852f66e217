"""Type measures: a form made from the home protocol, with a picture and words beside the field in use."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import customtkinter as ctk

from fitter import home
from fitter.anatomy.measures import Measure
from fitter.app import keys, theme, words
from fitter.app.guide_view import GuideView
from fitter.app.segments import Segments
from fitter.app.slices import Slices
from fitter.app.state import AppState
from fitter.app.text import _
from fitter.entry import (
    EnteredFoot,
    TypedReading,
    entered_foot,
    from_readings,
    measurements_from_entry,
    typed_reading,
)
from fitter.errors import FitterError
from fitter.lengths import shown, shown_error
from fitter.measurements import LOADS, SIDES, Load, Side

_FIELDS = 520  # the least width of names, fields and results
_AT_ONCE = 6  # rows that are there at once; the others follow while the first is read
_BESIDE = 340  # the width of the column with the picture
_SHORT = 440  # the height at scale 1 below which all room goes to the fields
_ONE_LINE = 760  # the width at scale 1 for foot, unit and load in a row


@dataclass(frozen=True, slots=True)
class Row:
    """One measure to type; ``load`` is None where the form's own load holds."""

    key: str
    measure: Measure
    load: Load | None
    name: str


def rows() -> tuple[Row, ...]:
    """Every measure of the protocol; one that is also taken sitting has two rows, the usual one last."""
    found = []
    for step in home.steps():
        for measure in step.measures:
            if "sitting" in step.loads:
                name = _("{measure}, sitting").format(measure=_(measure.name))
                found.append(Row(f"{measure.id} sitting", measure, "sitting", name))
            found.append(Row(measure.id, measure, None, _(measure.name)))
    return tuple(found)


def _units() -> dict[str, str]:
    return {_("mm"): "mm", _("cm"): "cm", _("inches"): "in"}


class EntryForm(ctk.CTkFrame):
    """A page over the result; it stays as typed until the feet were measured."""

    def __init__(self, parent: Any, state: AppState, close: Callable[[], None]) -> None:
        super().__init__(parent, corner_radius=10)
        self.state, self._close = state, close
        self.rows = rows()
        self._entries: dict[str, tuple[Any, ...]] = {}
        self._texts: dict[str, list[tk.StringVar]] = {}
        self._results: dict[str, Any] = {}
        self._hints: dict[str, Any] = {}
        self._faults: dict[str, str] = {}
        self._waiting = False
        self._context: tuple[str, str, str] | None = None  # side, load and unit that are shown
        self._showing = False  # the state is being shown: what changes in the fields was not typed
        self._row = self.rows[0]
        self._sides: dict[str, Side] = {words.SIDE_WORDS[side]: side for side in SIDES}
        self._loads = {words.LOAD_WORDS[load]: load for load in LOADS}
        self._head()
        body = ctk.CTkFrame(self, fg_color="transparent")
        self._foot()
        body.pack(fill="both", expand=True, padx=(20, 8))
        self._beside(body)
        self._fields(body)
        keys.reachable(self)
        self._show_step(self.rows[0])
        self._show_typed()
        self._rest = Slices(self._area, [partial(self._line, row) for row in self.rows[_AT_ONCE:]])
        ctk.AppearanceModeTracker.add(self._recolour)
        state.listen(self._changed)

    def begin(self) -> None:
        """Put the focus on the first field."""
        self._entries[self.rows[0].key][0].focus()

    @property
    def repeats(self) -> dict[str, tuple[Any, ...]]:
        """The fields of each row."""
        self._rest.finish()
        return self._entries

    @property
    def fields(self) -> dict[str, Any]:
        """The first field of each row."""
        return {key: entries[0] for key, entries in self.repeats.items()}

    def destroy(self) -> None:
        ctk.AppearanceModeTracker.remove(self._recolour)
        super().destroy()

    # ------------------------------------------------------------------ what is on the page

    def _head(self) -> None:
        theme.label(self, _("Type measures"), 20, bold=True).pack(fill="x", padx=20, pady=(16, 0))
        text = _(
            "Measure what you can, up to three times, and leave the rest empty. Foot length is the start."
        )
        self._intro = theme.wrapped(theme.label(self, text, 14, muted=True))
        self._intro.pack(fill="x", padx=20, pady=(2, 10))
        bar = ctk.CTkFrame(self, fg_color="transparent")
        bar.pack(fill="x", padx=20, pady=(0, 10))
        self.side = self._segments(bar, list(self._sides), 200, self._turn_side)
        self.side.pack(side="left")
        self._bar, self._second_bar = bar, ctk.CTkFrame(self, fg_color="transparent")
        self._second_bar.pack(fill="x", padx=20)
        self._second_bar.configure(height=1)
        self.load = ctk.CTkOptionMenu(
            self, values=list(self._loads), font=theme.font(14), width=120, height=34, command=self._recheck
        )
        self.unit = self._segments(bar, list(_units()), 170, self._recheck)
        self.unit.pack(side="left", padx=16)
        self._load_beside = False
        self._place_load(True)

    def _segments(self, parent: Any, values: list[str], width: int, command: Callable[[str], None]) -> Any:
        return Segments(
            parent, values=values, font=theme.font(14), height=34, width=width, command=command,
        )  # fmt: skip

    def _beside(self, body: Any) -> None:
        """Picture and words of the step in use."""
        column = ctk.CTkFrame(body, fg_color="transparent", width=_BESIDE)
        column.pack(side="right", fill="y", padx=(16, 12))
        column.pack_propagate(False)
        self._column = column
        tk.Frame.bind(self, "<Configure>", self._fit_width, add="+")
        self.picture = GuideView(column, 190)
        self.picture.pack(fill="x", pady=(4, 8))
        self._title = theme.label(column, "", 16, bold=True)
        self._title.pack(fill="x")
        self._how = theme.wrapped(theme.label(column, "", 14))
        self._how.pack(fill="x", pady=(4, 6))
        self._who = theme.wrapped(theme.label(column, "", 13, muted=True))
        self._who.pack(fill="x")
        self.no_wall = theme.tick(column, _("I have no wall or door to stand at"), 13, command=self._no_wall)
        self.no_wall.pack(fill="x", pady=(12, 0))

    def _fit_width(self, event: Any) -> None:
        """Where there is no room for the fields and the picture, as with large letters, the fields stay."""
        if event.height < theme.scaled(self, _SHORT):
            self._intro.pack_forget()
        elif not self._intro.winfo_manager():
            self._intro.pack(fill="x", padx=20, pady=(2, 10), before=self._bar)
        self._place_load(event.width >= theme.scaled(self, _ONE_LINE))
        room = event.width >= theme.scaled(self, _BESIDE + _FIELDS)
        if room and not self._column.winfo_manager():
            self._column.pack(side="right", fill="y", padx=(16, 12), before=self._area_holder)
        elif not room:
            self._column.pack_forget()

    def _place_load(self, beside: bool) -> None:
        """How the foot bears weight: beside the foot and the unit, or with large letters below them."""
        if beside != self._load_beside:
            self._load_beside = beside
            line = self._bar if beside else self._second_bar
            self.load.pack(in_=line, side="left", fill="x", expand=True, pady=(0, 0 if beside else 8))

    def _fields(self, body: Any) -> None:
        area = theme.scroll_area(body)
        area.pack(side="left", fill="both", expand=True)
        area.columnconfigure(home.REPEATS + 1, weight=1)
        self._area, self._area_holder = area, area._parent_frame  # the library has no public name for it
        for row in self.rows[:_AT_ONCE]:
            self._line(row)

    def _line(self, row: Row) -> None:
        area, at = self._area, 2 * self.rows.index(row)
        name = theme.label(area, row.name, 14, width=190)
        name.grid(row=at, column=0, sticky="w", pady=(6, 0))
        texts, entries = [], []
        for k in range(home.REPEATS):
            text = tk.StringVar(self)  # followed instead of the keys, so that pasting is seen too
            entry = ctk.CTkEntry(
                area, width=72, height=32, justify="right", font=theme.font(15), textvariable=text
            )
            entry.grid(row=at, column=1 + k, padx=(0, 6), pady=(6, 0))
            keys.reachable(entry)
            entry.bind("<Return>", lambda _event: self.submit())
            entry.bind("<FocusIn>", lambda _event, r=row: self._show_step(r), add="+")
            entry.bind("<FocusOut>", lambda _event, r=row: self._left(r), add="+")
            text.trace_add("write", lambda *_changed, r=row, k=k: self._typed_in(r, k))
            texts.append(text)
            entries.append(entry)
        result = theme.label(area, "", 13, muted=True)
        result.grid(row=at, column=home.REPEATS + 1, sticky="ew", padx=(4, 8), pady=(6, 0))
        hint = theme.wrapped(theme.label(area, "", 13, text_color=theme.MARK), 8)
        hint.grid(row=at + 1, column=0, columnspan=home.REPEATS + 2, sticky="ew", padx=(0, 8))
        hint.grid_remove()
        self._entries[row.key], self._texts[row.key] = tuple(entries), texts
        self._results[row.key], self._hints[row.key] = result, hint
        self._faults[row.key] = ""
        if self._context is not None and any(self._held(row)):
            self._show_row(row)

    def _foot(self) -> None:
        bar = ctk.CTkFrame(self, fg_color="transparent")
        bar.pack(side="bottom", fill="x", padx=20, pady=14)
        theme.quiet(bar, _("Back"), self._close, height=44, width=110).pack(side="left")
        theme.primary(bar, _("Measure these feet"), self.submit, width=190).pack(side="right")

    # ------------------------------------------------------------------ the step in use

    def _show_step(self, row: Row) -> None:
        self._row = row
        step = home.step_of(row.measure.id)
        self._title.configure(text=_(step.title))
        self._who.configure(text=_(home.WHO_WORDS[step.who]))
        self._show_how()

    def _show_how(self) -> None:
        step = home.step_of(self._row.measure.id)
        wall = not self.no_wall.get()
        self._how.configure(text=_(step.text(wall)))
        self.picture.show(step.picture, wall=wall)

    def _no_wall(self) -> None:
        self.state.set_form(no_wall=bool(self.no_wall.get()))
        self._show_how()

    def _recolour(self, _mode: str) -> None:
        self.after_idle(self.picture.paint)

    # ------------------------------------------------------------------ what is typed lives in the state

    @property
    def _side(self) -> Side:
        """The foot that is shown."""
        return self.state.now.typed.side

    def _typed_in(self, row: Row, repeat: int) -> None:
        """A letter more or less in one field."""
        if not self._showing:
            text = self._texts[row.key][repeat].get()
            self.state.type_reading(self._side, row.key, repeat, text)
            self._typed(row)

    def _show_typed(self) -> None:
        """Show what the state holds, where the fields show something else: after undo, or taken up again."""
        typed, self._showing = self.state.now.typed, True
        context = (typed.side, typed.load, typed.unit)
        try:
            self.side.set(words.SIDE_WORDS[typed.side])
            self.load.set(words.LOAD_WORDS[typed.load])
            self.unit.set(next(name for name, unit in _units().items() if unit == typed.unit))
            if bool(self.no_wall.get()) != typed.no_wall:
                self.no_wall.select() if typed.no_wall else self.no_wall.deselect()
                self._show_how()
        finally:
            self._showing = False
        other, self._context = context != self._context, context
        for row in self.rows:
            if row.key in self._texts and (other or self._now(row) != self._held(row)):
                self._show_row(row)

    def _show_row(self, row: Row) -> None:
        self._showing = True
        try:
            for text, value in zip(self._texts[row.key], self._held(row), strict=True):
                text.set(value)
        finally:
            self._showing = False
        self._typed(row)
        self._left(row)

    def _held(self, row: Row) -> list[str]:
        """What the state holds of a row of the foot that is shown."""
        typed = self.state.now.typed
        return [*typed.row(typed.side, row.key), *[""] * home.REPEATS][: home.REPEATS]

    # ------------------------------------------------------------------ checking and handing over

    def _load_of(self, row: Row) -> Load:
        return row.load or self._loads[self.load.get()]

    def _readings(self, row: Row, texts: Sequence[str]) -> list[TypedReading]:
        unit = _units()[self.unit.get()]
        typed = [text.strip() for text in texts if text.strip()]
        return [typed_reading(row.measure.id, text, usual_unit=unit) for text in typed]

    def _now(self, row: Row) -> list[str]:
        return [text.get() for text in self._texts[row.key]]

    def _fault(self, row: Row) -> str:
        """What is wrong with a row, by itself or beside the others of this foot; empty if nothing."""
        try:
            readings = self._readings(row, self._now(row))
            if not readings:
                return ""
            from_readings(row.measure.id, readings)
        except FitterError as error:
            return _(str(error))
        beside = self._contradiction(row, None)
        # What the others say without this row is told beside one of them.
        return "" if beside == self._contradiction(row, row) else beside

    def _contradiction(self, row: Row, without: Row | None) -> str:
        """What doesn't go together on the foot of a row, under its load."""
        try:
            for foot in self._feet_of(self._side, skip_faulty=True, without=without):
                if foot.load == self._load_of(row):
                    measurements_from_entry(foot)
        except FitterError as error:
            return _(str(error))
        return ""

    def _typed(self, row: Row) -> None:
        """Show what comes of the readings while they are typed; what is wrong is said on leaving them."""
        text = ""
        try:
            readings = self._readings(row, self._now(row))
            if readings:
                found, unit = from_readings(row.measure.id, readings), _units()[self.unit.get()]
                text = f"{shown(found.value, unit)} ± {shown_error(found.u95, unit)}"
                self._tell(row, "")
        except FitterError:
            pass
        self._results[row.key].configure(text=text)

    def _left(self, row: Row) -> None:
        fault = self._fault(row)
        self._tell(row, fault, "" if fault else self._doubt(row))

    def _doubt(self, row: Row) -> str:
        """What is improbable about a row beside the others of this foot: worth a look, and no more."""
        from fitter.anatomy.norms import person_from  # noqa: PLC0415 - only once something was typed
        from fitter.plausible import doubt  # noqa: PLC0415

        answers = self.state.now.inputs.answers
        person = person_from(answers.values if answers else None)
        told = []
        for without in (None, row):
            feet = self._feet_of(self._side, skip_faulty=True, without=without)
            found = [doubt(foot.values, person) for foot in feet if foot.load == self._load_of(row)]
            told.append(found[0].text if found and found[0] else "")
        return "" if told[0] == told[1] or not any(t.get() for t in self._texts[row.key]) else told[0]

    def _tell(self, row: Row, fault: str, doubt: str = "") -> None:
        """Beside a row: what must be mended, or else what is worth a look."""
        hint = self._hints[row.key]
        text = fault or doubt
        self._faults[row.key] = fault
        hint.configure(text=f"{text[:1].upper()}{text[1:]}", text_color=theme.MARK if fault else theme.MUTED)
        if text:
            hint.grid()
        else:
            hint.grid_remove()
        for entry in self._entries[row.key]:
            entry.configure(border_color=theme.MARK if fault else theme.EDGE)

    def _recheck(self, _chosen: str) -> None:
        """The unit or the load is another one now."""
        self.state.set_form(unit=_units()[self.unit.get()])
        self.state.set_form(load=self._loads[self.load.get()])

    def _turn_side(self, name: str) -> None:
        """Keep what was typed of one foot and show what was typed of the other."""
        self.state.set_form(side=self._sides[name])

    def _feet_of(
        self, side: Side, *, skip_faulty: bool = False, without: Row | None = None
    ) -> list[EnteredFoot]:
        """The entries of one foot, one a load, the form's own load last. Raises FitterError."""
        loads: dict[Load, dict[str, list[TypedReading]]] = {}
        for row in (r for r in self.rows if r is not without):
            texts = self.state.now.typed.row(side, row.key)
            try:
                readings = self._readings(row, texts)
                if readings:
                    from_readings(row.measure.id, readings)
                    loads.setdefault(self._load_of(row), {}).setdefault(row.measure.id, []).extend(readings)
            except FitterError:
                if not skip_faulty:
                    raise
        own = self._loads[self.load.get()]
        return [entered_foot(side, load, loads[load]) for load in sorted(loads, key=lambda load: load == own)]

    def submit(self) -> None:
        """Measure the feet from what was typed, or go to the first field that makes no sense."""
        self._rest.finish()
        for row in self.rows:
            self._left(row)
            if self._faults[row.key]:
                self.repeats[row.key][0].focus()
                return
        try:
            others = [side for side in SIDES if side != self._side]
            feet = [foot for side in (*others, self._side) for foot in self._feet_of(side)]
        except FitterError as error:  # on the foot that is not shown
            self.state.complain(str(error))
            return
        if not feet:
            self.state.complain(_("Nothing was typed yet. Foot length is the start."))
            self.repeats[self.rows[0].key][0].focus()
            return
        self._waiting = True
        self.state.enter_measures(*feet)

    def _changed(self, fields: frozenset[str]) -> None:
        if "typed" in fields and not self._showing:
            self._show_typed()
        if self._waiting and "result" in fields:
            self._waiting = False
            self._close()
        elif "busy" in fields and not self.state.now.busy:
            self._waiting = False
