"""How strong the evidence is, as a sign beside the words: bars, or two arrows against each other."""

from __future__ import annotations

import tkinter as tk
from typing import Any

from fitter.app import theme

_BARS = {"strong": 4, "moderate": 3, "limited": 2, "expert": 1}


class StrengthSign(tk.Canvas):
    """Four bars, as many filled as the evidence is strong; studies that disagree are two arrows."""

    def __init__(self, parent: Any, strength: str, ground: theme.Pair = theme.RAISED) -> None:
        self._strength, self._ground = strength, ground
        super().__init__(
            parent, highlightthickness=0, borderwidth=0, width=theme.scaled(parent, 34),
            height=theme.scaled(parent, 22),
        )  # fmt: skip
        self.paint()

    def paint(self) -> None:
        """Paint again: the colours may be others now."""
        self.delete("all")
        self.configure(background=theme.pick(self._ground))
        ink, empty = theme.pick(theme.ACCENT_TEXT), theme.pick(theme.EDGE)
        s = float(theme.scaled(self, 100)) / 100
        if self._strength == "contested":
            mark, head = theme.pick(theme.MARK), (6 * s, 7 * s, 3.5 * s)
            self.create_line(2 * s, 8 * s, 16 * s, 8 * s, arrow="last", arrowshape=head, width=2, fill=mark)
            self.create_line(
                32 * s, 15 * s, 18 * s, 15 * s, arrow="last", arrowshape=head, width=2, fill=mark
            )
            return
        for n in range(4):
            x, tall = (2 + 8 * n) * s, (6 + 4 * n) * s
            fill = ink if n < _BARS.get(self._strength, 0) else ""
            self.create_rectangle(
                x, 20 * s - tall, x + 5 * s, 20 * s, fill=fill, outline=fill or empty, width=1
            )
