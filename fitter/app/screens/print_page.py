"""What can be printed of the work that is open, each by one button, on a printer of one's choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import customtkinter as ctk

from fitter.app import keys, printing, theme
from fitter.app.follow import follow
from fitter.app.state import AppState
from fitter.app.text import _

if TYPE_CHECKING:
    from fitter.captures import Progress

Make = Callable[["Progress"], Mapping[str, bytes]]


class PrintPage(ctk.CTkFrame):
    """One line a document, with the reason where there is nothing to print yet."""

    def __init__(self, parent: Any, state: AppState, *, back: Callable[[], None], unit: str) -> None:
        super().__init__(parent, corner_radius=10)
        self.state, self._unit = state, unit
        self._usual = _("The usual one")
        head = ctk.CTkFrame(self, fg_color="transparent")
        head.pack(fill="x", padx=24, pady=(20, 12))
        theme.quiet(head, _("Back"), back, width=90, height=40).pack(side="left", padx=(0, 16))
        theme.label(head, _("Print"), 22, bold=True).pack(side="left")
        self._area = theme.scroll_area(self)
        self._area.pack(fill="both", expand=True, padx=(24, 8), pady=(0, 16))
        self.buttons: dict[str, Any] = {}
        self._told: dict[str, Any] = {}
        self._choose()
        self._lines = ctk.CTkFrame(self._area, fg_color="transparent")
        self._lines.pack(fill="x")
        self._fill()
        keys.reachable(self)
        follow(self, state, {"result", "insoles", "inputs", "typed"}, self._fill)

    def _documents(self) -> tuple[tuple[str, str, str, str, Make], ...]:
        """What there is to print now: key, name, what it is, what is lacking for it, and what makes it."""
        now = self.state.now
        result, made, tried = now.result, now.insoles, now.inputs.try_on
        codes = tried.chosen if tried else ()
        whole = bool(made and made.files and made.result is result)
        unit, wall = self._unit, not now.typed.no_wall
        return (
            (
                "report", _("Report"), _("Everything that was found, to hand over."),
                "" if result else _("Open a scan or type measures first."), lambda _report: report(result),
            ),
            (
                "worksheet", _("Worksheet for measuring"),
                _("Every step in a picture, with room to write: for measuring without a scanner."), "",
                lambda _report: worksheet(unit, wall=wall),
            ),
            (
                "label", _("Label"), _("Name and bar code of what the customer took."),
                "" if codes else _("Keep what was taken under Support, Try on, first."),
                lambda _report: labels(codes),
            ),
            (
                "template", _("Insole template"), _("The outline in its real size, to cut along."),
                "" if whole else _("Make the insoles under Support, Insole, first."),
                lambda _report: {n: d for n, d in (made.files.items() if made else ()) if n.endswith(".pdf")},
            ),
        )  # fmt: skip

    def _fill(self) -> None:
        """Say of each document what it is, or what is lacking for it; made of what is there now."""
        for key, name, what, lacking, make in self._documents():
            if key not in self.buttons:
                self._line(key, name)
            self._told[key].configure(text=lacking or what)
            self.buttons[key].configure(
                state="disabled" if lacking else "normal",
                command=partial(self._print, make, name),
            )

    def _print(self, make: Make, name: str) -> None:
        self.state.print_files(make, name, self._printer())

    def _choose(self) -> None:
        self.printer: Any = None
        if not printing.can_choose():
            return
        box = ctk.CTkFrame(self._area, fg_color="transparent")
        box.pack(fill="x", pady=(0, 12))
        theme.label(box, _("Printer"), 14, muted=True).pack(side="left", padx=(0, 12))
        self.printer = ctk.CTkOptionMenu(
            box, values=[self._usual], font=theme.font(14), dropdown_font=theme.font(14), height=36,
            width=280, anchor="w", dynamic_resizing=False,
        )  # fmt: skip
        self.printer.set(self._usual)
        self.printer.pack(side="left")

        def found(names: tuple[str, ...]) -> None:
            if self.winfo_exists():
                self.printer.configure(values=[self._usual, *names])

        # Asked beside the window: the print service may take its time.
        self.state.jobs.run(lambda _report: printing.printers(), done=found, failed=lambda _error: None)

    def _line(self, key: str, name: str) -> None:
        box = ctk.CTkFrame(self._lines, fg_color=theme.RAISED, corner_radius=10)
        box.pack(fill="x", pady=(0, 10), padx=(0, 8))
        box.columnconfigure(0, weight=1)
        theme.label(box, name, 16, bold=True).grid(row=0, column=0, sticky="w", padx=16, pady=(12, 0))
        self._told[key] = theme.wrapped(theme.label(box, "", 14, muted=True))
        self._told[key].grid(row=1, column=0, sticky="ew", padx=16, pady=(0, 12))
        self.buttons[key] = theme.quiet(box, _("Print"), lambda: None, width=110, height=40)
        self.buttons[key].grid(row=0, column=1, rowspan=2, padx=16)

    def _printer(self) -> str:
        chosen = self.printer.get() if self.printer is not None else self._usual
        return "" if chosen == self._usual else chosen


# Made beside the window; the libraries behind are loaded there.


def report(result: Any) -> Mapping[str, bytes]:
    """The report of a result, by the name of its file."""
    from fitter.exchange.pdf_report import to_pdf  # noqa: PLC0415

    return {"report.pdf": to_pdf(result)}


def worksheet(unit: str, *, wall: bool = True) -> Mapping[str, bytes]:
    """The pages to write on while measuring, by the name of their file."""
    from fitter.exchange.worksheet import for_unit  # noqa: PLC0415

    return {"worksheet.pdf": for_unit(unit, wall=wall)}


def labels(codes: tuple[str, ...]) -> Mapping[str, bytes]:
    """A label for each box that was taken."""
    from fitter import shop  # noqa: PLC0415
    from fitter.exchange.label import to_label  # noqa: PLC0415

    items = (shop.kept() or shop.example()).items
    return {f"label-{code}.pdf": to_label(shop.found(items, code)) for code in codes}
