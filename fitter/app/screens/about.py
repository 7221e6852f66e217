"""About: version, what it may be used for, the licences of all that is bundled, and how to update."""

from __future__ import annotations

from collections.abc import Callable
from tkinter import ttk
from typing import Any

import customtkinter as ctk

from fitter import __version__
from fitter.app import keys, licences, theme
from fitter.app.reader import Reader
from fitter.app.text import _

_OWN = "own"  # the row of the program itself


class AboutPage(ctk.CTkFrame):
    """A page to read; everything in it can be copied."""

    def __init__(self, parent: Any, *, back: Callable[[], None]) -> None:
        super().__init__(parent, corner_radius=10)
        head = ctk.CTkFrame(self, fg_color="transparent")
        head.pack(fill="x", padx=24, pady=(20, 8))
        theme.quiet(head, _("Back"), back, width=90, height=40).pack(side="left", padx=(0, 16))
        theme.label(head, _("About Fitter"), 22, bold=True).pack(side="left")
        body = ctk.CTkFrame(self, fg_color="transparent")
        body.pack(fill="both", expand=True, padx=(24, 8), pady=(0, 16))
        body.rowconfigure(0, weight=1)
        body.columnconfigure((0, 1), weight=1, uniform="half")
        self.reader = Reader(body)
        self.reader.grid(row=0, column=1, sticky="nsew", padx=(12, 0))
        self._list(body).grid(row=0, column=0, sticky="nsew")
        self.reader.fill(parts())
        keys.reachable(self)

    def _list(self, parent: Any) -> Any:
        box = ctk.CTkFrame(parent, fg_color="transparent")
        theme.label(box, _("What comes with it, and its licence"), 15, bold=True).pack(fill="x", pady=(0, 4))
        self.table = ttk.Treeview(
            box, columns=("name", "version", "licence"), show="headings", style="Fitter.Treeview",
            selectmode="browse",
        )  # fmt: skip
        titles = (("name", _("Name")), ("version", _("Version")), ("licence", _("Licence")))
        for column, title in titles:
            self.table.heading(column, text=title, anchor="w")
            self.table.column(column, anchor="w")
        theme.columns(self.table, [("name", 130), ("version", 76), ("licence", 220)], wide="licence")
        self.table.bind("<Configure>", self._fit_columns)
        self._parts = {str(number): part for number, part in enumerate(licences.bundled())}
        own = ("Fitter", __version__, "Apache-2.0")
        self.table.insert("", "end", iid=_OWN, values=own)
        for row, part in self._parts.items():
            self.table.insert("", "end", iid=row, values=(part.name, part.version, part.licence))
        self.table.bind("<<TreeviewSelect>>", lambda _event: self._picked())
        bar = theme.scroll_bar(box, self.table)
        bar.pack(side="right", fill="y")
        self.table.pack(fill="both", expand=True)
        return box

    def _fit_columns(self, event: Any) -> None:
        narrow = event.width < theme.scaled(self, 480)
        wanted: Any = ("name", "licence") if narrow else "#all"
        if self.table.cget("displaycolumns") != wanted:
            self.table.configure(displaycolumns=wanted)

    def _picked(self) -> None:
        """The text of a licence, in its own words."""
        chosen = self.table.selection()
        if chosen and chosen[0] == _OWN:
            self.reader.fill(parts())
        elif chosen:
            part = self._parts[chosen[0]]
            self.reader.fill([("lead", f"{part.name} {part.version}".strip()), ("body", part.licence),
                              ("note", part.text)])  # fmt: skip


def parts() -> list[tuple[str, str]]:
    """The page: pairs of a style and its text."""
    return [
        ("lead", _("Fitter {version}").format(version=__version__)),
        ("body", _("Measures a foot and says how sure it is. Everything stays on this computer.")),
        ("note", _("It is no medical device: it doesn't diagnose, and doesn't replace an examination.")),
        ("head", _("Updating without a network")),
        (
            "body",
            _(
                "Fitter never looks for updates. Bring the new folder on a stick, unpack it beside this one "
                "and start it; delete this one when you are content. Customers, settings and unfinished work "
                "live in your data folder and stay."
            ),
        ),
        ("head", _("Licences")),
        (
            "body",
            _("Fitter itself: Apache License 2.0. Pick a part in the list to read its licence."),
        ),
    ]
