"""A drawn picture in the window, as wide as its place, and where something can be pointed at in it."""

from __future__ import annotations

import tkinter as tk
from typing import Any

from PIL import ImageTk

from fitter.app import theme
from fitter.app.guide_view import painted
from fitter.picture.guides import Guide


class PictureView(tk.Canvas):
    """A picture that fills the width it is given (at most ``widest``, at scale 1) and takes the height it
    needs."""

    def __init__(self, parent: Any, *, widest: float = 640.0, ground: theme.Pair = theme.PANEL) -> None:
        super().__init__(parent, highlightthickness=0, borderwidth=0, height=10, width=10)
        self.picture: Guide | None = None
        self.ground, self._widest = ground, widest
        self._image: Any = None
        self._painted: tuple[object, ...] = ()
        self.bind("<Configure>", lambda _event: self.paint(), add="+")

    def show(self, picture: Guide) -> None:
        """Turn to a picture."""
        self.picture = picture
        self.paint()

    @property
    def shown_width(self) -> int:
        return max(1, min(self.winfo_width(), theme.scaled(self, self._widest)))

    def paint(self) -> None:
        """Paint again: the room or the colours may be others now."""
        back = theme.pick(self.ground)
        if self.picture is None or self.winfo_width() < 20:
            self.configure(background=back)
            return
        width = self.shown_width
        drawn = (self.picture, width, back)
        if drawn == self._painted:
            return
        self._painted = drawn
        dark = back == self.ground[1]
        image = painted(self.picture, width, back, dark=dark)
        self._image = ImageTk.PhotoImage(image, master=self)
        self.delete("all")
        self.configure(background=back)
        self.create_image(0, 0, image=self._image, anchor="nw")
        if abs(int(float(self.cget("height"))) - image.height) > 1:
            self.configure(height=image.height)

    def place_of(self, x: float, y: float) -> tuple[float, float]:
        """A pixel in the picture's own units."""
        assert self.picture is not None
        scale = self.picture.width / self.shown_width
        return (x * scale, y * scale)
