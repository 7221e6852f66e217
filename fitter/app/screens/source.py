"""The left column: what to open, what was assumed of it, and Export."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path
from tkinter import font as tkfont
from typing import Any

import customtkinter as ctk

from fitter.app import theme, words
from fitter.app.reader import Reader
from fitter.app.state import AppState
from fitter.app.text import _, sentences
from fitter.measurements import LOADS, SIDES

_INSIDE = (theme.PAD - 6, 2)  # beside the bar of what scrolls
_BESIDE, _ALL_BESIDE = 400, 560  # widths at scale 1 from which two, three ways to begin stand in a row
_ARROW = 42  # of a menu, with the margins of its word
_SHOWN = frozenset({"result", "foot", "busy", "inputs", "customer", "visit"})


class SourceColumn(ctk.CTkFrame):
    """Opening, the assumptions with their change controls, and what the scan supports."""

    def __init__(
        self,
        parent: Any,
        state: AppState,
        *,
        samples: Sequence[tuple[str, Path]],
        choose_files: Callable[[bool], None],
        type_measures: Callable[[], None],
        export: Callable[[], None],
        print_page: Callable[[], None],
        first_page: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(parent, corner_radius=10, width=268)
        self.pack_propagate(False)
        self.state = state
        self._samples = dict(samples)
        self._sides = {words.SIDE_WORDS[side]: side for side in SIDES}
        self._loads = {words.LOAD_WORDS[load]: load for load in LOADS}
        self._units = {text: unit or None for unit, text in words.UNIT_WORDS.items()}
        head = ctk.CTkFrame(self, fg_color="transparent")
        head.pack(fill="x", padx=theme.PAD, pady=(14, 10))
        theme.label(head, _("Fitter"), 22, bold=True).pack(side="left")
        if first_page is not None:
            theme.quiet(head, _("First page"), first_page, width=104, height=30).pack(side="right")
        self.whose = theme.wrapped(theme.label(self, "", 14, bold=True))
        self._ways = ctk.CTkFrame(self, fg_color="transparent")
        self._ways.pack(fill="x", padx=theme.PAD)
        self.open_button = theme.primary(self._ways, _("Open a scan"), lambda: choose_files(False))
        self.sample = self._menu(list(self._samples), self._use_sample, self._ways)
        self.sample.set(_("Try a sample"))
        self._type = theme.quiet(self._ways, _("Type measures"), type_measures)
        self._across = 0
        self._lay_ways(1)
        tk.Frame.bind(self, "<Configure>", self._fit_ways, add="+")
        bottom = ctk.CTkFrame(self, fg_color="transparent")
        bottom.pack(side="bottom", fill="x", padx=theme.PAD, pady=theme.PAD)
        self.export_button = theme.primary(bottom, _("Export"), export, width=120)
        self.export_button.pack(side="left", fill="x", expand=True)
        self.print_button = theme.quiet(bottom, _("Print"), print_page, width=84, height=44)
        self.print_button.pack(side="right", padx=(8, 0))
        self._details = theme.scroll_area(self)  # with large letters there is more than fits
        self._build_details(choose_files)
        state.listen(lambda fields: self._show() if fields & _SHOWN else None)
        self._show()

    def _fit_ways(self, event: Any) -> None:
        """Side by side where the column is a whole page."""
        wide = event.width / ctk.ScalingTracker.get_widget_scaling(self)
        self._lay_ways(3 if wide >= _ALL_BESIDE else 2 if wide >= _BESIDE else 1)

    def _lay_ways(self, across: int) -> None:
        if across == self._across:
            return
        self._across = across
        ways = [self.open_button, *([self.sample] if self._samples else []), self._type]
        places = {1: [(0, 0), (1, 0), (2, 0)], 2: [(0, 0), (1, 0), (1, 1)], 3: [(0, 0), (0, 1), (0, 2)]}[
            across
        ]
        for column in range(3):
            used = column < across
            self._ways.columnconfigure(column, weight=int(used), uniform="way" if used else "")
        for way, (row, column) in zip(ways, places, strict=False):
            way.grid(
                row=row, column=column, columnspan=across if across == 2 and row == 0 else 1, sticky="ew",
                padx=(theme.GAP if column else 0, 0), pady=(theme.GAP if row else 0, 0),
            )  # fmt: skip

    def _menu(self, values: list[str], command: Callable[[str], None], parent: Any = None) -> Any:
        return ctk.CTkOptionMenu(
            parent or self, values=values, command=command, height=34, font=theme.font(14),
            dropdown_font=theme.font(14), anchor="w", dynamic_resizing=False,
        )  # fmt: skip

    def _build_details(self, choose_files: Callable[[bool], None]) -> None:
        add = theme.quiet(self._details, _("Add another scan"), lambda: choose_files(True))
        add.pack(fill="x", padx=_INSIDE)
        line = ctk.CTkFrame(self._details, height=1, fg_color=theme.LINE)
        line.pack(fill="x", padx=_INSIDE, pady=14)
        self._why: list[Any] = []
        self.side = self._stated(_("Foot"), list(self._sides), lambda t: self.state.set_side(self._sides[t]))
        self.load = self._stated(_("Load"), list(self._loads), lambda t: self.state.set_load(self._loads[t]))
        self.units = self._stated(
            _("Units"), list(self._units), lambda t: self.state.set_units(self._units[t])
        )
        self.notes = Reader(self._details, height=6, whole=True)
        self.notes.pack(fill="x", padx=(6, 0), pady=(10, 0))

    def _stated(self, name: str, values: list[str], command: Callable[[str], None]) -> Any:
        """One assumption: what is taken, with its change beside it, and below where it came from."""
        row = ctk.CTkFrame(self._details, fg_color="transparent")
        row.pack(fill="x", padx=_INSIDE, pady=(0, 6))
        title = theme.label(row, name, 13, muted=True, width=48)
        title.grid(row=0, column=0, sticky="w")
        row.columnconfigure(1, weight=1)
        menu = self._menu(values, command, row)
        menu.grid(row=0, column=1, sticky="ew")
        why = theme.wrapped(theme.label(row, "", 13, muted=True))
        why.grid(row=2, column=0, columnspan=2, sticky="ew")
        self._why.append(why)

        def place(_event: Any = None) -> None:
            """The menu below its name where there is no room for its longest word beside it."""
            font = tkfont.Font(row, font=menu._text_label.cget("font"))
            needed = max(map(font.measure, values)) + theme.scaled(row, _ARROW)
            beside = title.winfo_reqwidth() + needed <= row.winfo_width()
            at = {"row": 0, "column": 1} if beside else {"row": 1, "column": 0, "columnspan": 2}
            if int(menu.grid_info()["row"]) != at["row"]:
                menu.grid_forget()
                menu.grid(sticky="ew", **at)

        tk.Frame.bind(row, "<Configure>", place, add="+")
        return menu

    def _use_sample(self, name: str) -> None:
        self.sample.set(_("Try a sample"))
        self.state.open_files([self._samples[name]])

    def _show(self) -> None:
        now, fit = self.state.now, self.state.now.fit
        self._show_customer()
        self.export_button.configure(state="normal" if fit and not now.busy else "disabled")
        # One main button at a time: Open until there is something to export.
        for button, main in ((self.open_button, fit is None), (self.export_button, fit is not None)):
            button.configure(
                fg_color=theme.ACCENT if main else theme.QUIET,
                hover_color=theme.ACCENT_HOVER if main else theme.QUIET_HOVER,
                text_color=theme.ON_ACCENT if main else theme.TEXT,
                text_color_disabled=theme.OFF_ON_ACCENT if main else theme.OFF,
            )
        if fit is None:
            self._details.pack_forget()
            return
        self._details.pack(fill="both", expand=True, padx=(6, 2), pady=(theme.GAP, 0))
        self.side.set(words.SIDE_WORDS[fit.side])
        self.load.set(words.LOAD_WORDS[fit.load])
        self.units.set(self._unit_word())
        self.units.configure(state="disabled" if fit.source == "entered" else "normal")
        parts = [("head", words.verdict(fit))] if fit.source == "scan" else []
        parts += [("body", why) for why in fit.quality.why]
        parts += [("body", text) for text in words.questions(fit)]
        told = ("side", "load", "units")
        for why, key in zip(self._why, told, strict=True):
            known = fit.assumptions.get(key)
            why.configure(
                text=sentences(known.text) if known else "",
                text_color=theme.MARK if known and not (known.certain or known.given) else theme.MUTED,
            )
        others = {key: a for key, a in fit.assumptions.items() if key not in told}
        parts += [("note", sentences(a.text)) for a in others.values()]
        head = _("How good is this scan?") if fit.source == "scan" else _("How good are these measures?")
        parts += [("head", head), ("body", fit.quality.statement)]
        self.notes.fill(parts + [("note", note) for note in fit.quality.notes])

    def _show_customer(self) -> None:
        """Whose feet these are, where they are a customer's."""
        customer = self.state.now.customer
        if customer is None:
            self.whose.pack_forget()
            return
        kept = _("{name}, kept as a visit") if self.state.now.visit else "{name}"
        self.whose.configure(text=kept.format(name=customer.name))
        self.whose.pack(fill="x", padx=theme.PAD, pady=(0, 10), before=self._ways)

    def _unit_word(self) -> str:
        fit = self.state.now.fit
        assumed = fit.assumptions.get("units") if fit else None
        return words.UNIT_WORDS.get(assumed.value if assumed else "mm", words.UNIT_WORDS["mm"])
