"""The line under everything that offers what a scanner saved, or says that its folder is not there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import customtkinter as ctk

from fitter.app import keys, theme
from fitter.app.state import AppState
from fitter.app.text import _
from fitter.app.watch import Arrived


class ArrivalsBar(ctk.CTkFrame):
    """Shown while there is something to offer; on every page, so that nobody has to look for it."""

    def __init__(self, parent: Any, state: AppState, open_them: Callable[[], None]) -> None:
        super().__init__(parent, corner_radius=10, fg_color=theme.DONE_BACK)
        self.state = state
        self.aside = theme.quiet(self, _("Not now"), state.put_aside, width=96, fg_color=theme.PANEL)
        self.open = theme.quiet(self, _("Open"), open_them, width=96, fg_color=theme.PANEL)
        self.text = theme.wrapped(theme.label(self, "", 14), 8)
        self.aside.pack(side="right", padx=12, pady=8)
        self.text.pack(side="left", fill="x", expand=True, padx=(16, 4), pady=8)
        keys.reachable(self)
        state.listen(lambda fields: self._show() if fields & {"arrived", "missed"} else None)
        self._show()

    def _show(self) -> None:
        now = self.state.now
        if not now.arrived and not now.missed:
            self.grid_remove()
            return
        self.text.configure(text=offer(now.arrived) if now.arrived else missing(now.missed))
        self.aside.configure(text=_("Not now") if now.arrived else _("OK"))
        if now.arrived:
            self.open.pack(side="right", after=self.aside)
        else:
            self.open.pack_forget()
        self.grid(row=2, column=0, columnspan=2, sticky="ew", padx=12, pady=(0, 12))


def offer(arrived: tuple[Arrived, ...]) -> str:
    """What came, in one line: the last of several by name."""
    last = arrived[-1]
    when = datetime.fromtimestamp(last.when).astimezone().strftime("%H:%M")
    if len(arrived) == 1:
        return _("New scan: {name}, {time}").format(name=last.name, time=when)
    told = _("{count} new scans, the last: {name}, {time}")
    return told.format(count=len(arrived), name=last.name, time=when)


def missing(folder: str) -> str:
    """That the watched folder is not there, calmly."""
    return _("The scanner's folder {name} can't be reached just now. Fitter goes on looking.").format(
        name=folder
    )
