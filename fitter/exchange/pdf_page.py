"""One A4 page of the report: paper, inks, and how words, headings and rules are set on it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fpdf import FPDF
from fpdf.enums import RenderStyle

from fitter import __version__
from fitter.exchange.pdf_type import Align, Type
from fitter.language import current, spoken

PAGE = (210.0, 297.0)  # mm
MARGIN = 14.0
WIDTH = PAGE[0] - 2 * MARGIN
GUTTER = 7.0
TOP_OF_PAGE, FOOT_OF_PAGE = 11.0, PAGE[1] - 10.0

Rgb = tuple[int, int, int]
INK: Rgb = (33, 39, 48)
GREY: Rgb = (105, 113, 124)
LINE: Rgb = (213, 218, 224)
ACCENT: Rgb = (30, 78, 120)
ALARM: Rgb = (158, 42, 32)
ALARM_TINT: Rgb = (252, 239, 236)

# Sets one row of the report from a y (mm) on, and gives the y below it.
Row = Callable[["Page", float], float]


class Page:
    """An A4 page, lengths in mm; ``scale`` shrinks type and pictures, a ``trial`` leaves pictures and words
    out. Words that were measured for another page are not measured again for one made ``like`` it."""

    def __init__(self, scale: float, trial: bool = False, like: Page | None = None) -> None:
        self.scale, self.trial = scale, trial
        self.pdf = pdf = FPDF(unit="mm", format="A4")
        pdf.set_creation_date(datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC))
        pdf.set_producer(f"Fitter {__version__}")
        pdf.set_title(spoken("Fit profile"))
        pdf.set_lang(current().code)
        pdf.set_auto_page_break(False)
        pdf.set_margin(0)
        pdf.c_margin = 0
        self.type: Type = Type(pdf, like.type if like else None)
        pdf.add_page()

    def set(self, rows: Iterable[Row], y: float = TOP_OF_PAGE) -> float:
        """Rows one below the other; gives the y below them."""
        for row in rows:
            y = row(self, y)
        return y

    def text(
        self,
        x: float,
        y: float,
        width: float,
        words: str,
        *,
        size: float = 8.0,
        bold: bool = False,
        color: Rgb = INK,
        align: Align = "L",
    ) -> float:
        """Words in a column, wrapped, in the language spoken now; gives the y below them."""
        lines = self._lines(width, words, size, bold)
        if self.trial:
            return y + len(lines) * self._leading(size)
        self.pdf.set_text_color(*color)
        for line in lines:
            self.type.line(
                x, y, width, self._leading(size), line, size=size * self.scale, bold=bold, align=align
            )
            y += self._leading(size)
        return y

    def height(self, width: float, words: str, size: float, bold: bool = False) -> float:
        """How tall `text` will be."""
        return len(self._lines(width, words, size, bold)) * self._leading(size)

    def _lines(self, width: float, words: str, size: float, bold: bool) -> list[str]:
        return self.type.lines(spoken(words), width, size * self.scale, bold)

    def _leading(self, size: float) -> float:
        return size * self.scale * 0.3528 * 1.32  # points to mm

    def rule(self, x: float, y: float, width: float, color: Rgb = LINE, thick: float = 0.2) -> None:
        """A thin line across."""
        self.pdf.set_draw_color(*color)
        self.pdf.set_line_width(thick)
        self.pdf.line(x, y, x + width, y)

    def box(self, x: float, y: float, width: float, height: float, fill: Rgb) -> None:
        """A filled rectangle."""
        self.pdf.set_fill_color(*fill)
        self.pdf.rect(x, y, width, height, style=RenderStyle.F)

    def heading(self, x: float, y: float, width: float, words: str) -> float:
        """A heading; gives where what follows begins."""
        y = self.text(x, y, width, words, size=9.5, bold=True, color=ACCENT) + 0.4
        self.rule(x, y, width, ACCENT, 0.25)
        return y + 1.0 * self.scale


@dataclass(frozen=True, slots=True)
class Column:
    x: float
    width: float


def columns_of(count: int) -> list[Column]:
    width = (WIDTH - GUTTER * (count - 1)) / count
    return [Column(MARGIN + n * (width + GUTTER), width) for n in range(count)]
