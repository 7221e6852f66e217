"""What can be printed of the work that is open, each by one button, on a printer of one's choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import customtkinter as ctk

from fitter.app import keys, printing, theme
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
        self._choose()
        now = state.now
        result, made, tried = now.result, now.insoles, now.inputs.try_on
        self._line(
            "report", _("Report"), _("Everything that was found, to hand over."),
            "" if result else _("Open a scan or type measures first."), lambda _report: report(result),
        )  # fmt: skip
        self._line(
            "worksheet", _("Worksheet for measuring"),
            _("Every step in a picture, with room to write: for measuring without a scanner."), "",
            lambda _report: worksheet(self._unit),
        )  # fmt: skip
        codes = tried.chosen if tried else ()
        self._line(
            "label", _("Label"), _("Name and bar code of what the customer took."),
            "" if codes else _("Keep what was taken under Support, Try on, first."),
            lambda _report: labels(codes),
        )  # fmt: skip
        whole = bool(made and made.files and made.result is result)
        self._line(
            "template", _("Insole template"), _("The outline in its real size, to cut along."),
            "" if whole else _("Make the insoles under Support, Insole, first."),
            lambda _report: {n: d for n, d in (made.files.items() if made else ()) if n.endswith(".pdf")},
        )  # fmt: skip
        keys.reachable(self)

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

    def _line(self, key: str, name: str, what: str, lacking: str, make: Make) -> None:
        box = ctk.CTkFrame(self._area, fg_color=theme.RAISED, corner_radius=10)
        box.pack(fill="x", pady=(0, 10), padx=(0, 8))
        box.columnconfigure(0, weight=1)
        theme.label(box, name, 16, bold=True).grid(row=0, column=0, sticky="w", padx=16, pady=(12, 0))
        told = theme.wrapped(theme.label(box, lacking or what, 14, muted=True))
        told.grid(row=1, column=0, sticky="ew", padx=16, pady=(0, 12))
        button = theme.quiet(
            box, _("Print"), lambda: self.state.print_files(make, name, self._printer()), width=110, height=40
        )
        button.grid(row=0, column=1, rowspan=2, padx=16)
        button.configure(state="disabled" if lacking else "normal")
        self.buttons[key] = button

    def _printer(self) -> str:
        chosen = self.printer.get() if self.printer is not None else self._usual
        return "" if chosen == self._usual else chosen


# Made beside the window; the libraries behind are loaded there.


def report(result: Any) -> Mapping[str, bytes]:
    from fitter.exchange.pdf_report import to_pdf  # noqa: PLC0415

    return {"report.pdf": to_pdf(result)}


def worksheet(unit: str) -> Mapping[str, bytes]:
    from fitter.exchange.worksheet import to_pdf  # noqa: PLC0415

    named = {"mm": "millimetres", "cm": "centimetres", "in": "inches"}
    return {"worksheet.pdf": to_pdf(unit=named.get(unit, ""))}


def labels(codes: tuple[str, ...]) -> Mapping[str, bytes]:
    """A label for each box that was taken."""
    from fitter import shop  # noqa: PLC0415
    from fitter.exchange.label import to_label  # noqa: PLC0415

    items = (shop.kept() or shop.example()).items
    return {f"label-{code}.pdf": to_label(shop.found(items, code)) for code in codes}
