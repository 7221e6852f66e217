"""Pieces of a page that folds out: a title that opens what lies below it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import customtkinter as ctk

from fitter.app import keys, theme
from fitter.app.text import _

CLOSED, OPEN = "▸", "▾"


class Fold(ctk.CTkFrame):
    """A title to press; ``fill`` builds what it opens the first time it is looked at."""

    def __init__(
        self, parent: Any, title: str, fill: Callable[[Any], None], *, note: str = "", size: int = 15
    ) -> None:
        super().__init__(parent, fg_color=theme.RAISED, corner_radius=8)
        self._heading, self._build, self._built = title, fill, False
        self.button = theme.quiet(
            self, "", self.toggle, anchor="w", fg_color="transparent", font=theme.font(size, bold=True)
        )
        self.button.pack(fill="x", padx=2, pady=(2, 0 if note else 2))
        theme.wrapped_button(self.button)
        self.top = ctk.CTkFrame(self, fg_color="transparent")
        if note:
            self.note(note)
            self.top.pack(fill="x")
        self.body = ctk.CTkFrame(self, fg_color="transparent")
        self._caption()

    def note(self, text: str, pair: theme.Pair = theme.MUTED) -> None:
        """A quiet line that is seen while the rest is folded away."""
        told = theme.wrapped(theme.label(self.top, text, 13, text_color=pair), 4)
        told.pack(fill="x", padx=(30, 10), pady=(0, 6))

    @property
    def is_open(self) -> bool:
        return bool(self.body.winfo_manager())

    def toggle(self) -> None:
        """Open what is folded, fold what is open."""
        if self.is_open:
            self.body.pack_forget()
        else:
            if not self._built:
                self._build(self.body)
                keys.reachable(self.body)
                self._built = True
            self.body.pack(fill="x", padx=14, pady=(0, 12))
        self._caption()

    def _caption(self) -> None:
        self.button.configure(text=f"{OPEN if self.is_open else CLOSED}  {self._heading}")


def heading(parent: Any, words: str, size: int = 15, *, above: int = 16) -> None:
    """A title above what follows."""
    theme.wrapped(theme.label(parent, words, size, bold=True), 4).pack(fill="x", pady=(above, 0))


def text(parent: Any, words: str, size: int = 14, **options: Any) -> Any:
    """A paragraph below the last one, in the language spoken now."""
    told = theme.wrapped(theme.label(parent, _(words), size, **options), 4)
    told.pack(fill="x", pady=(6, 0))
    return told
