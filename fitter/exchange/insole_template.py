"""A paper template of an insole at its own size, to cut by hand.

It goes over as many A4 or Letter pages as it takes, with a ruler to check the printer by and crosses to
lay the pages together.
"""

from __future__ import annotations

import datetime
import math

import numpy as np
from fpdf import FPDF

from fitter import __version__
from fitter.exchange.insole_drawing import Drawing, Line
from fitter.exchange.pdf_type import Type
from fitter.exchange.worksheet import PAPERS, Paper
from fitter.language import current, spoken
from fitter.saying import N_, begun, joined, say

MARGIN = 12.0  # mm that printers leave white
OVERLAP = 15.0  # mm of each page that the next shows again
RULER = 100.0
_CROSS = 5.0
_FOOT = 26.0  # mm at the page's foot for ruler and words


def to_pdf(drawn: Drawing, paper: Paper = "a4") -> bytes:
    """The template as PDF bytes: the same bytes every time."""
    wide, tall = PAPERS[paper]
    view = (wide - 2 * MARGIN, tall - 2 * MARGIN - _FOOT)
    shown = (*drawn.outlines, *drawn.marks)
    points = np.concatenate([line.points for line in shown])
    low, high = points.min(axis=0) - 3.0, points.max(axis=0) + 3.0
    columns, rows = (_pages(high[k] - low[k], view[k]) for k in (0, 1))
    pdf = FPDF(unit="mm", format=(wide, tall))
    pdf.set_creation_date(datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC))
    pdf.set_producer(f"Fitter {__version__}")
    pdf.set_title(spoken(drawn.title))
    pdf.set_lang(current().code)
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.viewer_preferences = _as_it_is()
    Type(pdf)
    for row in range(rows):
        for column in range(columns):
            pdf.add_page()
            # Of this page's window: its left edge and its top, in the drawing.
            left = low[0] + column * (view[0] - OVERLAP)
            top = high[1] - row * (view[1] - OVERLAP)
            _window(pdf, shown, left, top, view)
            _crosses(pdf, (column, row), (columns, rows), view)
            _foot(pdf, drawn, row * columns + column + 1, rows * columns, view)
    return bytes(pdf.output())


def _pages(length: float, window: float) -> int:
    return 1 if length <= window else 1 + math.ceil((length - window) / (window - OVERLAP))


def _as_it_is() -> object:
    """Asks the viewer not to fit the page to the paper."""
    from fpdf import ViewerPreferences  # noqa: PLC0415

    class AsItIs(ViewerPreferences):  # type: ignore[misc] # fpdf has no types
        def serialize(self, *args: object, **kwargs: object) -> str:
            return str(super().serialize(*args, **kwargs)).replace(">>", "/PrintScaling /None>>")

    return AsItIs()


def _window(pdf: FPDF, lines: tuple[Line, ...], left: float, top: float, view: tuple[float, float]) -> None:
    """What lies in the page's window, drawn at its own size."""
    with pdf.rect_clip(MARGIN, MARGIN, *view):
        for line in lines:
            outline = line.layer.startswith("OUTLINE")
            pdf.set_draw_color(0 if outline else 150)
            pdf.set_line_width(0.35 if outline else 0.15)
            at = [(MARGIN + x - left, MARGIN + top - y) for x, y in line.points.tolist()]
            pdf.polygon(at) if line.closed else pdf.polyline(at)


def _crosses(pdf: FPDF, place: tuple[int, int], pages: tuple[int, int], view: tuple[float, float]) -> None:
    """Two crosses in the middle of every strip that two pages share, in the same place on both."""
    half = OVERLAP / 2
    at: list[tuple[float, float]] = []
    for axis in (0, 1):
        strips = [half] if place[axis] > 0 else []
        strips += [view[axis] - half] if place[axis] < pages[axis] - 1 else []
        for strip in strips:
            for share in (0.25, 0.75):
                along = share * view[1 - axis]
                at.append((strip, along) if axis == 0 else (along, strip))
    pdf.set_draw_color(0)
    pdf.set_line_width(0.15)
    for x, y in at:
        cx, cy = MARGIN + x, MARGIN + y
        pdf.line(cx - _CROSS, cy, cx + _CROSS, cy)
        pdf.line(cx, cy - _CROSS, cx, cy + _CROSS)
        pdf.circle(cx, cy, 2.0)


def _foot(pdf: FPDF, drawn: Drawing, page: int, pages: int, view: tuple[float, float]) -> None:
    """The check ruler and what the page is."""
    top = MARGIN + view[1] + 6.0
    pdf.set_draw_color(0)
    pdf.set_line_width(0.25)
    pdf.line(MARGIN, top, MARGIN + RULER, top)
    for k in range(int(RULER) + 1):
        tick = 4.0 if k % 10 == 0 else 2.8 if k % 5 == 0 else 1.6
        pdf.line(MARGIN + k, top - tick, MARGIN + k, top)
    pdf.set_text_color(0)
    pdf.set_font("noto", "", 7)
    pdf.text(MARGIN, top + 3.4, "0")
    pdf.text(MARGIN + RULER - 4.0, top + 3.4, "100 mm")
    beside = MARGIN + RULER + 9.0  # clear of the "100 mm" under the ruler's end
    pdf.text(beside, top, spoken(N_("Print at 100 %, not fitted to the page.")))
    pdf.text(beside, top + 3.4, spoken(N_("Is this line 100 mm by a ruler?")))
    pdf.set_font("noto", "B", 9)
    words = joined(
        " ",
        (
            say("{title}. Page {page} of {pages}.", title=drawn.title, page=page, pages=pages),
            "" if pages == 1 else N_("Lay cross on cross."),
        ),
    )
    pdf.text(MARGIN, top + 10.0, spoken(words))
    if drawn.mark:
        pdf.text(MARGIN, top + 15.0, spoken(say("{what}.", what=begun(drawn.mark))))
