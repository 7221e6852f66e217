"""Long forms built a piece at a time, so that the window answers in between."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable
from typing import Any


class Slices:
    """Calls ``pieces`` one after the other: the first ``at_once`` of them now, each other one when the window
    has nothing else to do. `finish` calls all that are left, for whoever needs the whole."""

    def __init__(self, widget: Any, pieces: Iterable[Callable[[], None]], at_once: int = 0) -> None:
        self._widget, self._window, self._pieces = widget, widget.nametowidget("."), list(pieces)
        for _number in range(min(at_once, len(self._pieces))):
            self._pieces.pop(0)()
        self._go_on()

    @property
    def done(self) -> bool:
        return not self._pieces

    def finish(self) -> None:
        """Build all that is still to come, now."""
        while self._pieces:
            self._pieces.pop(0)()

    def _go_on(self) -> None:
        if self._pieces:
            # By the window, as what waits for a widget that is gone ends in an error of Tk.
            self._window.after_idle(self._next)

    def _next(self) -> None:
        try:
            if not self._widget.winfo_exists():
                self._pieces.clear()
        except tk.TclError:  # the whole window is gone
            self._pieces.clear()
        if self._pieces:
            self._pieces.pop(0)()
        self._go_on()
