"""The program's icon, drawn here: a footprint with its arch, and the line that measures it.

Drawn when it is needed, in any size, so there is no picture beside the program that could go stale. The
recipe of the built program makes the icons of each system from it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

SIZES = (16, 24, 32, 48, 64, 128, 256)
_GROUND, _PRINT, _LINE = "#0B6673", "#FFFFFF", "#FFA25C"
_FINE = 4  # drawn larger and made smaller, for smooth edges

# In a square of 100: the sole of a right foot from ball to heel along its outer side, as points of a closed
# curve; the toes as centre and radius.
_SOLE = (
    (35, 34), (44, 29), (56, 31), (66, 37), (69, 46), (65, 56), (61, 66), (62, 76), (60, 86), (52, 91),
    (44, 88), (41, 79), (45, 69), (49, 60), (45, 52), (37, 47), (33, 40),
)  # fmt: skip
_TOES = ((38, 20, 7.0), (51, 17, 5.0), (60, 20, 4.4), (67.5, 25, 3.8), (73, 32, 3.2))
_MEASURE = ((26, 34), (26, 91))


def draw(size: int) -> Any:
    """The icon as a picture (Pillow, RGBA) of ``size`` pixels a side."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - not needed to know that there is an icon

    scale = size * _FINE / 100
    picture = Image.new("RGBA", (size * _FINE, size * _FINE))
    pen = ImageDraw.Draw(picture)

    def box(x: float, y: float, r: float) -> tuple[float, float, float, float]:
        return ((x - r) * scale, (y - r) * scale, (x + r) * scale, (y + r) * scale)

    pen.rounded_rectangle((0, 0, 100 * scale, 100 * scale), 20 * scale, fill=_GROUND)
    pen.polygon([(x * scale, y * scale) for x, y in _smooth(_SOLE)], fill=_PRINT)
    for x, y, r in _TOES:
        pen.ellipse(box(x, y, r), fill=_PRINT)
    (x, top), (_x, bottom) = _MEASURE
    wide = 3.4 * scale
    pen.line([(x * scale, top * scale), (x * scale, bottom * scale)], fill=_LINE, width=round(wide))
    for y in (top, bottom):
        pen.line([((x - 6) * scale, y * scale), ((x + 6) * scale, y * scale)], fill=_LINE, width=round(wide))
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def _smooth(points: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    """The closed curve through points whose corners are cut again and again (Chaikin)."""
    curve = [(float(x), float(y)) for x, y in points]
    for _round in range(4):
        pairs = zip(curve, curve[1:] + curve[:1], strict=True)
        curve = [
            (ax + share * (bx - ax), ay + share * (by - ay))
            for (ax, ay), (bx, by) in pairs
            for share in (0.25, 0.75)
        ]
    return curve


def write(folder: Path) -> None:
    """``fitter.png``, ``fitter.ico`` (Windows) and ``fitter.icns`` (macOS)."""
    folder.mkdir(parents=True, exist_ok=True)
    draw(256).save(folder / "fitter.png")
    draw(256).save(folder / "fitter.ico", sizes=[(size, size) for size in SIZES])
    draw(1024).save(folder / "fitter.icns")


def show_on(root: Any) -> None:
    """The icon of a window, in task bar and title."""
    from PIL import ImageTk  # noqa: PLC0415

    pictures = [ImageTk.PhotoImage(draw(size), master=root) for size in (64, 32)]
    root.iconphoto(True, *pictures)
    root.fitter_icons = pictures  # Tk keeps no reference of its own


if __name__ == "__main__":
    write(Path(sys.argv[1]))
