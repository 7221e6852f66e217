"""A drawn guide in the window: painted as a picture, so that its lines are smooth, and again when room or
colours change."""

from __future__ import annotations

import math
import tkinter as tk
from bisect import bisect_left
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont, ImageTk

from fitter.app import theme
from fitter.picture.guides import DARK, LIGHT, Guide, Point, Shape, guide
from fitter.picture.svg import DASHES

_FONT = Path(__file__).resolve().parents[1] / "exchange" / "fonts" / "NotoSans-Regular.ttf"
_ANCHORS = {"start": "lm", "middle": "mm", "end": "rm"}  # Pillow's names
_FINER = 3  # painted so many times larger and brought down: Pillow draws hard edges


def painted(picture: Guide, width: int, back: str, *, dark: bool) -> Image.Image:
    """The picture ``width`` pixels wide on a plain ground."""
    inks, scale = DARK if dark else LIGHT, _FINER * width / picture.width
    size = (_FINER * width, max(1, round(scale * picture.height)))
    image = Image.new("RGB", size, back)
    pen = ImageDraw.Draw(image)
    for part in picture.parts:
        if isinstance(part, Shape):
            points = [(x * scale, y * scale) for x, y in part.points]
            if part.fill:
                pen.polygon(points, fill=inks[part.fill])
            if part.line:
                thick = max(_FINER, round(part.thick * scale))
                for line in _strokes(points, part, scale):
                    pen.line(line, fill=inks[part.line], width=thick, joint="curve")
        else:
            font = ImageFont.truetype(_FONT, part.size * scale)
            at = (part.at[0] * scale, part.at[1] * scale)
            pen.text(at, part.text, fill=inks[part.ink], font=font, anchor=_ANCHORS[part.anchor])
    return image.resize((width, max(1, size[1] // _FINER)), Image.Resampling.LANCZOS)


def _strokes(points: list[Point], shape: Shape, scale: float) -> list[list[Point]]:
    """The lines to draw: all around, or along the way in dashes."""
    way = [*points, *points[: 1 if shape.closed else 0]]
    if not shape.dashed:
        return [[*points, *points[: 2 if shape.closed else 0]]]
    on, step = DASHES[0] * scale, sum(DASHES) * scale
    reached = [0.0, *accumulate(math.dist(a, b) for a, b in pairwise(way))]
    starts = [k * step for k in range(int(reached[-1] / step) + 1)]
    return [_part(way, reached, start, min(reached[-1], start + on)) for start in starts]


def _part(way: list[Point], reached: list[float], start: float, end: float) -> list[Point]:
    """The piece of a line between two lengths along it."""
    inner = [p for p, s in zip(way, reached, strict=True) if start < s < end]
    return [_at(way, reached, start), *inner, _at(way, reached, end)]


def _at(way: list[Point], reached: list[float], length: float) -> Point:
    k = min(max(1, bisect_left(reached, length)), len(way) - 1)
    (ax, ay), (bx, by) = way[k - 1], way[k]
    share = (length - reached[k - 1]) / max(1e-9, reached[k] - reached[k - 1])
    return (ax + (bx - ax) * share, ay + (by - ay) * share)


class GuideView(tk.Canvas):
    """The picture of a step, as large as its place lets it be."""

    def __init__(self, parent: Any, height: int) -> None:
        super().__init__(parent, highlightthickness=0, borderwidth=0, height=theme.scaled(parent, height))
        self.name, self.wall = "", True
        self._image: Any = None
        self.bind("<Configure>", lambda _event: self.paint(), add="+")

    def show(self, name: str, *, wall: bool = True) -> None:
        """Turn to the picture of a step, with or without a wall."""
        if (name, wall) != (self.name, self.wall):
            self.name, self.wall = name, wall
            self.paint()

    def paint(self) -> None:
        """Paint again: the room or the colours may be others now."""
        back = theme.pick(theme.PANEL)
        self.configure(background=back)
        self.delete("all")
        wide, tall = self.winfo_width(), self.winfo_height()
        if not self.name or wide < 20 or tall < 20:
            return
        picture = guide(self.name, wall=self.wall)
        width = max(20, int(min(wide, tall * picture.width / picture.height)))
        dark = back == theme.PANEL[1]
        self._image = ImageTk.PhotoImage(painted(picture, width, back, dark=dark), master=self)
        self.create_image(wide // 2, tall // 2, image=self._image)
