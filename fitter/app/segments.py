"""A row of choices of which one holds; in several rows where their words have no room in one."""

from __future__ import annotations

import tkinter as tk
from typing import Any

import customtkinter as ctk


class Segments(ctk.CTkSegmentedButton):
    """As the library's, but no word is ever cropped: with large letters or long words it takes more rows."""

    def __init__(self, parent: Any, **options: Any) -> None:
        self._rows = 1
        super().__init__(parent, **options)
        tk.Frame.bind(self, "<Configure>", lambda event: self._share(event.width), add="+")

    @property
    def rows(self) -> int:
        """In how many rows they stand."""
        return self._rows

    def _create_button_grid(self) -> None:
        super()._create_button_grid()
        self._rows = 1
        for column in range(len(self._value_list)):
            self.grid_columnconfigure(column, minsize=0)  # the library's is the height, also of several rows
        if self.winfo_width() > 1:
            self._share(self.winfo_width())

    def _share(self, width: int) -> None:
        """Take as few rows as have room in ``width`` (pixels)."""
        buttons = list(self._buttons_dict.values())
        if not buttons:
            return
        wide = [_needed(button) for button in buttons]
        rows = next((n for n in range(1, len(wide)) if _width(wide, n) <= width), len(wide))
        if rows != self._rows:
            self._rows = rows
            self._lay(buttons)

    def _lay(self, buttons: list[Any]) -> None:
        across = -(-len(buttons) // self._rows)
        for column in range(len(buttons)):
            self.grid_columnconfigure(column, weight=int(column < across), minsize=0)
        for number, button in enumerate(buttons):
            row, column = divmod(number, across)
            last = number == len(buttons) - 1
            self.grid_rowconfigure(row, weight=1)
            # The last one takes what is left of its row.
            button.grid(row=row, column=column, columnspan=across - column if last else 1, sticky="nsew")
            if self._rows == 1:
                self._configure_button_corners_for_index(number)
            else:
                button.configure(background_corner_colors=(self._bg_color,) * 4)


def _needed(button: Any) -> int:
    """The width (pixels) at which a button shows all of its word, with its borders."""
    return max(int(button.winfo_reqwidth()), int(button._text_label.winfo_reqwidth()) + 2 * _border(button))


def _border(button: Any) -> int:
    inside = max(button._corner_radius, button._border_width + 1, button._border_spacing)
    return int(button._apply_widget_scaling(inside))


def _width(wide: list[int], rows: int) -> int:
    """How wide so many rows of buttons are: every column as wide as its widest."""
    across = -(-len(wide) // rows)
    return sum(max(wide[column::across]) for column in range(across))
