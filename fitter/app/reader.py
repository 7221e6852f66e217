"""A page of text to read: headings, values and quiet notes, wrapped to the width there is, and copyable."""

from __future__ import annotations

import tkinter as tk
from tkinter import font as tkfont
from typing import Any

import customtkinter as ctk

from fitter.app import theme
from fitter.app.text import _

_STYLES: dict[str, tuple[int, bool, theme.Pair, int]] = {  # size, bold, colour, space above
    "lead": (16, False, theme.TEXT, 2),
    "head": (15, True, theme.TEXT, 16),
    "body": (14, False, theme.TEXT, 4),
    "value": (14, True, theme.ACCENT_TEXT, 2),
    "note": (13, False, theme.MUTED, 3),
    "warn": (14, True, theme.MARK, 8),
}


class Reader(ctk.CTkFrame):
    """Read-only text with a scroll bar; or ``whole``, as tall as its text, on a page that scrolls."""

    def __init__(self, parent: Any, *, height: int = 8, whole: bool = False) -> None:
        super().__init__(parent, fg_color="transparent")
        self._whole, self._page = whole, parent
        self.text = tk.Text(
            self, wrap="word", height=height, width=20, relief="flat", borderwidth=0, highlightthickness=0,
            state="disabled", cursor="arrow", takefocus=True,
        )  # fmt: skip
        self.text.pack(side="left", fill="both", expand=True)
        if whole:
            self.text.bind("<Configure>", lambda _event: self._fit(), add="+")
        else:
            theme.scroll_bar(self, self.text).pack(side="right", fill="y")
        self.text.bind("<1>", lambda _event: self.text.focus_set())
        for key, step in (("Down", 3), ("Up", -3)):
            self.text.bind(f"<{key}>", lambda _event, s=step: self._scroll(s))  # type: ignore[misc]
        self._paint()

    def _scroll(self, lines: int) -> str:
        if self._whole:
            self._page._parent_canvas.yview_scroll(lines, "units")  # the library has no public name for it
        else:
            self.text.yview_scroll(lines, "units")
        return "break"

    def _fit(self) -> None:
        """As tall as its text is at the width it has."""
        if self._whole and self.text.winfo_width() > 1:
            counted: Any = self.text.count("1.0", "end", "update", "ypixels")
            pixels = counted[0] if isinstance(counted, tuple) else counted or 0
            line = tkfont.Font(self, font=self.text.cget("font")).metrics("linespace")
            height = max(1, -(-int(pixels) // max(1, line)))
            if height != int(self.text.cget("height")):
                self.text.configure(height=height)

    def fill(self, parts: list[tuple[str, str]]) -> None:
        """Show paragraphs, each a pair of a style and its text, from the top, in the language spoken now."""
        self.text.configure(state="normal")
        self.text.delete("1.0", "end")
        for style, words in parts:
            self.text.insert("end", _(words) + "\n", style)
        self.text.configure(state="disabled")
        self._fit()

    @property
    def content(self) -> str:
        return self.text.get("1.0", "end").strip()

    def _paint(self) -> None:
        pad = theme.scaled(self, 4)
        self.text.configure(
            background=theme.pick(theme.PANEL), foreground=theme.pick(theme.TEXT), padx=pad, pady=pad,
            selectbackground=theme.pick(theme.DONE_BACK), selectforeground=theme.pick(theme.TEXT),
        )  # fmt: skip
        for style, (size, bold, colour, above) in _STYLES.items():
            self.text.tag_configure(
                style, font=theme.plain_font(self, size, bold=bold), foreground=theme.pick(colour),
                spacing1=theme.scaled(self, above), spacing2=theme.scaled(self, 2),
                spacing3=theme.scaled(self, 2),
            )  # fmt: skip
        self.text.tag_raise("sel")

    def _set_scaling(self, *scalings: float) -> None:
        super()._set_scaling(*scalings)
        self._paint()

    def _set_appearance_mode(self, mode_string: str) -> None:
        super()._set_appearance_mode(mode_string)
        self._paint()
