"""A drawn foot with its dimensions, for the report of a foot measured by hand: a diagram, not a likeness."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fpdf import FPDF
from fpdf.enums import RenderStyle

from fitter.anatomy.measures import BY_ID
from fitter.exchange.wording import plain
from fitter.language import spoken
from fitter.measurements import Measurements

# The outline of a right foot seen from above: share of length from the heel, and share of ball breadth,
# medial positive, counter-clockwise from the back of the heel. Drawn by hand; carries no measure.
_OUTLINE: tuple[tuple[float, float], ...] = (
    (0.0, 0.0), (0.01, -0.14), (0.06, -0.28), (0.16, -0.34), (0.32, -0.38), (0.48, -0.44), (0.62, -0.50),
    (0.73, -0.46), (0.80, -0.42), (0.845, -0.34), (0.885, -0.20), (0.925, -0.06), (0.965, 0.07),
    (0.995, 0.20), (1.0, 0.30), (0.985, 0.40), (0.94, 0.45), (0.86, 0.46), (0.78, 0.49), (0.70, 0.50),
    (0.60, 0.44), (0.48, 0.32), (0.36, 0.27), (0.22, 0.30), (0.10, 0.31), (0.03, 0.22), (0.005, 0.10),
)  # fmt: skip
_SKIN, _EDGE, _DIMENSION = (240, 226, 216), (170, 140, 120), (105, 113, 124)
_LABEL = 8.5  # mm, room for "104.0" beside the breadth

Write = Callable[..., float]


def draw_outline(
    pdf: FPDF, x: float, y: float, width: float, height: float, measured: Measurements, write: Write
) -> float:
    """The outline, toes to the right, about ``width`` by ``height`` (mm) at ``x``, ``y``, with the length and
    ball breadth that were entered; gives the y below it."""
    length = min(0.74 * width, 0.94 * width - 4.0 - _LABEL)
    breadth = 0.39 * length
    left, middle = x + 0.06 * width, y + 0.44 * height
    up = -1.0 if measured.side == "right" else 1.0  # medial is up for a right foot seen from above

    def place(along: float, medial: float) -> tuple[float, float]:
        return left + along * length, middle + up * medial * breadth

    pdf.set_fill_color(*_SKIN)
    pdf.set_draw_color(*_EDGE)
    pdf.set_line_width(0.3)
    pdf.polygon([place(*point) for point in _smooth(_OUTLINE)], style=RenderStyle.DF)
    pdf.set_draw_color(*_DIMENSION)
    pdf.set_line_width(0.2)
    bottom = middle + breadth / 2 + 3.0
    _length_line(pdf, left, left + length, bottom)
    below = write(
        left, bottom + 0.6, length, _label(measured, "foot_length"), size=7, color=_DIMENSION, align="C"
    )
    _breadth_line(pdf, left + length + 3.0, middle - breadth / 2, middle + breadth / 2)
    breadth_of = measured.get("ball_breadth")
    label = plain(breadth_of.value, breadth_of.unit) if breadth_of else ""
    write(left + length + 4.0, middle - 2.5, x + width - left - length - 4.0, label, size=7, color=_DIMENSION)
    note = "A drawing: this foot was measured by hand."
    return write(x, below + 0.5, width, note, size=6.2, color=_DIMENSION, align="C")


def _label(measured: Measurements, measure_id: str) -> str:
    q = measured.get(measure_id)
    name = BY_ID[measure_id].name
    return f"{spoken(name)} {plain(q.value, q.unit)}" if q is not None else name


def _length_line(pdf: FPDF, start: float, end: float, y: float) -> None:
    pdf.line(start, y, end, y)
    for tick in (start, end):
        pdf.line(tick, y - 1.0, tick, y + 1.0)


def _breadth_line(pdf: FPDF, x: float, top: float, bottom: float) -> None:
    pdf.line(x, top, x, bottom)
    for tick in (top, bottom):
        pdf.line(x - 1.0, tick, x + 1.0, tick)


def _smooth(points: Sequence[tuple[float, float]], steps: int = 8) -> list[tuple[float, float]]:
    """A closed Catmull-Rom curve through ``points``."""
    count = len(points)
    curve = []
    for i in range(count):
        a, b, c, d = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        curve += [
            (_blend(a[0], b[0], c[0], d[0], s / steps), _blend(a[1], b[1], c[1], d[1], s / steps))
            for s in range(steps)
        ]
    return curve


def _blend(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
