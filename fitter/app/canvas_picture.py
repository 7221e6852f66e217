"""What is drawn on a canvas, drawn once more into a picture: for a file, at any size."""

from __future__ import annotations

import io
import tkinter as tk
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from tkinter import font as tkfont
from typing import Any

_FONTS = files("fitter.exchange") / "fonts"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on a canvas: its kind, where it is (pixels), and how it looks."""

    kind: str
    at: tuple[float, ...]
    fill: str = ""
    outline: str = ""
    width: float = 1.0
    dashed: bool = False
    text: str = ""
    anchor: str = "center"
    justify: str = "left"
    size: int = 12
    bold: bool = False
    room: float = 0.0  # where longer lines of text are broken; 0: nowhere


def items(canvas: tk.Canvas, tag: str) -> tuple[Item, ...]:
    """Everything with a tag, from the back to the front; pictures and windows are left out."""
    found = []
    for item in canvas.find_withtag(tag):
        if canvas.itemcget(item, "state") != "hidden" and (made := _item(canvas, item)) is not None:
            found.append(made)
    return tuple(found)


def _item(canvas: tk.Canvas, item: int) -> Item | None:
    kind, at = str(canvas.type(item)), tuple(canvas.coords(item))
    get = canvas.itemcget
    if kind == "text":
        face = tkfont.Font(canvas, font=get(item, "font"))
        return Item(
            "text", at, fill=_colour(canvas, get(item, "fill")), text=get(item, "text"),
            anchor=get(item, "anchor"), justify=get(item, "justify"), size=abs(int(face.cget("size"))),
            bold=face.cget("weight") == "bold", room=float(get(item, "width")),
        )  # fmt: skip
    if kind not in ("line", "oval", "rectangle", "polygon"):
        return None
    outline = "" if kind == "line" else _colour(canvas, get(item, "outline"))
    return Item(
        kind, at, _colour(canvas, get(item, "fill")), outline, float(get(item, "width")),
        bool(get(item, "dash")),
    )  # fmt: skip


def _colour(canvas: tk.Canvas, name: str) -> str:
    if not name:
        return ""
    red, green, blue = (value // 257 for value in canvas.winfo_rgb(name))
    return f"#{red:02x}{green:02x}{blue:02x}"


def drawn_over(picture: Any, over: tuple[Item, ...], scale: float) -> Any:
    """A picture (of PIL) with the items on it, ``scale`` times as large as on the canvas."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - only when a picture is saved

    # Drawn at twice the size and shrunk, as lines have no smooth edges otherwise.
    fine = 2
    layer = picture.resize((picture.width * fine, picture.height * fine), Image.Resampling.NEAREST)
    pen = ImageDraw.Draw(layer)
    for item in over:
        _draw(pen, item, scale * fine)
    return layer.resize(picture.size, Image.Resampling.BOX)


def _draw(pen: Any, item: Item, scale: float) -> None:
    at = [value * scale for value in item.at]
    width = max(1, round(item.width * scale))
    if item.kind == "text":
        _write(pen, item, at, scale)
    elif item.kind == "line":
        _stroke(pen, at, item, width, scale)
    elif item.kind == "polygon":
        pen.polygon(at, fill=item.fill or None, outline=item.outline or None, width=width)
    else:
        shape = pen.ellipse if item.kind == "oval" else pen.rectangle
        shape(at, fill=item.fill or None, outline=item.outline or None, width=width)


def _stroke(pen: Any, at: list[float], item: Item, width: int, scale: float) -> None:
    points = list(zip(at[::2], at[1::2], strict=True))
    if not item.dashed:
        pen.line(points, fill=item.fill, width=width, joint="curve")
        return
    on, off = 2 * scale, 4 * scale
    for (x1, y1), (x2, y2) in pairwise(points):
        length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
        done = 0.0
        while done < length:
            share, end = done / length, min(done + on, length) / length
            pen.line(
                [(x1 + (x2 - x1) * s, y1 + (y2 - y1) * s) for s in (share, end)], fill=item.fill, width=width
            )
            done += on + off


def _write(pen: Any, item: Item, at: list[float], scale: float) -> None:
    from PIL import ImageFont  # noqa: PLC0415

    name = "NotoSans-Bold.ttf" if item.bold else "NotoSans-Regular.ttf"
    # A size of Tk in pixels is that of the whole line, which Noto fills to less.
    face = ImageFont.truetype(
        io.BytesIO((_FONTS / name).read_bytes()), max(1, round(item.size * 0.88 * scale))
    )
    text = _broken(pen, face, item.text, item.room * scale) if item.room else item.text
    left, top, right, bottom = pen.multiline_textbbox((0, 0), text, font=face, align=item.justify)
    x, y = at
    if "e" in item.anchor and item.anchor != "center":
        x -= right - left
    elif "w" not in item.anchor:
        x -= (right - left) / 2
    if "s" in item.anchor:
        y -= bottom - top
    elif "n" not in item.anchor or item.anchor == "center":
        y -= (bottom - top) / 2
    pen.multiline_text((x - left, y - top), text, font=face, fill=item.fill, align=item.justify)


def _broken(pen: Any, face: Any, text: str, room: float) -> str:
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and pen.textlength(longer, font=face) > room:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return "\n".join(lines)
