"""A worksheet to print: how to take each measure at home, with a picture and boxes for both feet."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Literal

from fpdf import FPDF
from fpdf.enums import RenderStyle

from fitter import __version__, home
from fitter.anatomy.measures import Measure
from fitter.exchange.pdf_page import GREY, INK, LINE
from fitter.exchange.pdf_type import Type
from fitter.exchange.wording import LOAD_WORDS, SIDE_WORDS
from fitter.language import current, spoken
from fitter.measurements import SIDES, Load, Side
from fitter.picture.guides import LIGHT, Guide, Shape, guide
from fitter.picture.svg import DASHES
from fitter.saying import N_, begun, say, shown

Paper = Literal["a4", "letter"]
PAPERS: dict[Paper, tuple[float, float]] = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}  # mm
MARGIN = 13.0
CHECK = 100.0  # mm, of the ruler that shows whether the page was printed at its own size
_PICTURE = 78.0  # mm, the width of a picture
_GUTTER = 6.0
_ROW = 7.4  # a box that a hand can write into
_BOX = 20.0
_GAP = 5.0

# What stands above the boxes.
_NAMES = {"print_midfoot_width": "1 middle", "print_forefoot_width": "2 ball", "print_heel_width": "3 heel"}


def to_pdf(paper: Paper = "a4", *, wall: bool = True, unit: str = "") -> bytes:
    """The worksheet as PDF bytes: the same bytes every time. ``unit`` is printed where one is chosen."""
    sheet = _Sheet(paper)
    sheet.opening(wall, unit)
    for number, step in enumerate(home.steps(), 1):
        sheet.step(number, step, wall)
    sheet.closing()
    return bytes(sheet.pdf.output())


def for_unit(unit: str, *, wall: bool = True) -> bytes:
    """The worksheet for who measures in ``unit`` ("mm", "cm", "in"; "" where none is chosen): on letter
    paper for inches, which are measured where that is the usual one."""
    named = {"mm": "millimetres", "cm": "centimetres", "in": "inches"}
    return to_pdf("letter" if unit == "in" else "a4", wall=wall, unit=named.get(unit, ""))


class _Sheet:
    """Pages that fill from top to bottom; a step is never parted."""

    def __init__(self, paper: Paper) -> None:
        self.page = PAPERS[paper]
        self.width = self.page[0] - 2 * MARGIN
        self.y = MARGIN
        self.pdf = pdf = FPDF(unit="mm", format=self.page)
        pdf.set_creation_date(datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC))
        pdf.set_producer(f"Fitter {__version__}")
        pdf.set_title(spoken("Measuring feet at home"))
        pdf.set_lang(current().code)
        pdf.set_auto_page_break(False)
        pdf.set_margin(0)
        pdf.c_margin = 0
        self.type = Type(pdf)
        pdf.add_page()

    # ------------------------------------------------------------------ parts of the sheet

    def opening(self, wall: bool, unit: str) -> None:
        """Whose feet, what to lay ready, what holds throughout, and the check ruler."""
        self._text(MARGIN, self.width, "Measuring feet at home", 18, bold=True)
        self.y += 1.0
        self._text(MARGIN, self.width, "Name: ______________________   Date: ______________", 10)
        self.y += 1.0
        words = (
            say("Write every number in {unit}.", unit=unit)
            if unit
            else "Unit of all numbers:  ☐ mm   ☐ cm   ☐ inches"
        )
        self._unit_line(words, ticks=not unit)
        top = self.y
        half = (self.width - _GUTTER) / 2
        self._text(MARGIN, half, "You need", 10.5, bold=True)
        for tool in home.tools():
            self._point(MARGIN, half, tool)
        ends, self.y = self.y, top
        right = MARGIN + half + _GUTTER
        self._text(right, half, "For every measure", 10.5, bold=True)
        for rule in home.before(wall):
            self._point(right, half, rule)
        self.y = max(ends, self.y) + 3.0
        self._check_ruler()

    def step(self, number: int, step: home.Step, wall: bool) -> None:
        """Picture and words of a step, and a table of boxes for both feet."""
        picture = guide(step.picture, wall=wall)
        tall = _PICTURE * picture.height / picture.width
        right = MARGIN + _PICTURE + _GUTTER
        column = self.width - _PICTURE - _GUTTER
        rows = [(side, load, m) for side in SIDES[::-1] for load in step.loads for m in step.measures]
        words, who = step.text(wall), home.WHO_WORDS[step.who]
        beside = 6.2 + self._height(column, words, 9.5) + self._height(column, who, 8.5) + 2.0
        table = _ROW * len(rows) + 5.0
        together = max(tall, beside + table)
        if self.y + together > self.page[1] - MARGIN:
            self.pdf.add_page()
            self.y = MARGIN
        top = self.y
        draw(self.pdf, picture, MARGIN, top, _PICTURE)
        self._text(right, column, shown(f"{number}. {spoken(step.title)}"), 12, bold=True)
        self.y += 0.6
        self._text(right, column, words, 9.5)
        self._text(right, column, who, 8.5, grey=True)
        self.y += 2.0
        self._boxes(right, rows)
        self.y = max(self.y, top + tall) + _GAP

    def closing(self) -> None:
        """What to do with the numbers."""
        words = (
            "Type the numbers into Fitter: press Type measures in the window, or write fitter home in a "
            "terminal. It tells you when a number looks wrong."
        )
        if self.y + self._height(self.width, words, 9.5) > self.page[1] - MARGIN:
            self.pdf.add_page()
            self.y = MARGIN
        self._text(MARGIN, self.width, words, 9.5)

    # ------------------------------------------------------------------ pieces

    def _boxes(self, x: float, rows: Sequence[tuple[Side, Load, Measure]]) -> None:
        """A row of boxes for each foot, load and measure."""
        pdf = self.pdf
        label = self.width + MARGIN - x - home.REPEATS * _BOX
        self._set(8, False, GREY)
        for k in range(home.REPEATS):
            pdf.set_xy(x + label + k * _BOX, self.y)
            pdf.cell(_BOX, 4.4, f"{k + 1}.", align="C")
        self.y += 4.6
        several_loads = len({load for _, load, _ in rows}) > 1
        for side, load, measure in rows:
            parts = [spoken(SIDE_WORDS[side])]
            parts += [spoken(LOAD_WORDS[load].split(" ")[0])] if several_loads else []
            parts += [spoken(_NAMES[measure.id])] if measure.id in _NAMES else []
            self._label(x, label - 2.0, ", ".join(parts))
            pdf.set_draw_color(*GREY)
            pdf.set_line_width(0.25)
            for k in range(home.REPEATS):
                pdf.rect(x + label + k * _BOX, self.y, _BOX, _ROW)
            self.y += _ROW

    def _label(self, x: float, width: float, words: str) -> None:
        """What a row of boxes is for, in the middle of its height; in two lines of smaller letters where it
        is long."""
        size, lines = 9.0, self.type.lines(words, width, 9.0)
        if len(lines) > 1:
            size, lines = 7.5, self.type.lines(words, width, 7.5)
        self.pdf.set_text_color(*INK)
        tall = _leading(size)
        top = self.y + (_ROW - tall * len(lines)) / 2
        for n, line in enumerate(lines):
            self.type.line(x, top + n * tall, width, tall, line, size=size)

    def _unit_line(self, words: str, *, ticks: bool) -> None:
        """The unit that was chosen, or three to tick."""
        if not ticks:
            self._text(MARGIN, self.width, words, 10)
            self.y += 3.0
            return
        x = MARGIN
        self._set(10, False, INK)
        for k, english in enumerate((N_("Unit of all numbers:"), "mm", "cm", N_("inches"))):
            word = spoken(english)
            if k:
                self.pdf.set_draw_color(*GREY)
                self.pdf.rect(x, self.y + 0.9, 3.4, 3.4)
                x += 5.0
            self.pdf.set_xy(x, self.y)
            self.pdf.cell(0, 5.2, word)
            x += self.pdf.get_string_width(word) + 6.0
        self.y += 8.0

    def _check_ruler(self) -> None:
        """A line of exactly 100 mm."""
        pdf, x = self.pdf, MARGIN
        pdf.set_draw_color(*INK)
        pdf.set_line_width(0.35)
        line = self.y + 6.0
        pdf.line(x, line, x + CHECK, line)
        for k in range(int(CHECK) + 1):
            tall = 4.0 if k % 10 == 0 else 2.8 if k % 5 == 0 else 1.6
            pdf.set_line_width(0.3 if k % 10 == 0 else 0.15)
            pdf.line(x + k, line - tall, x + k, line)
        self._set(7, False, INK)
        for k in range(0, int(CHECK) + 1, 50):
            pdf.set_xy(x + k - 5.0, line + 0.6)
            pdf.cell(10.0, 3.0, str(k), align="C")
        words = (
            "This line is 100 mm (3 15/16 inches) long on paper printed at its own size. Lay your ruler "
            "on it: if the two differ, check your ruler against another one before you measure."
        )
        keep = self.y
        self._text(x + CHECK + 8.0, self.width - CHECK - 8.0, words, 8, grey=True)
        self.y = max(keep + 12.0, self.y) + 5.0

    def _point(self, x: float, width: float, words: str) -> None:
        self.pdf.set_fill_color(*GREY)
        self.pdf.ellipse(x + 0.6, self.y + 1.8, 1.1, 1.1, style="F")
        self._text(x + 3.6, width - 3.6, begun(words), 9.5)
        self.y += 0.5

    def _text(
        self, x: float, width: float, words: str, size: float, *, bold: bool = False, grey: bool = False
    ) -> None:
        """Words in a column; moves down below them."""
        self._set(size, bold, GREY if grey else INK)
        for line in self.type.lines(spoken(words), width, size, bold):
            self.type.line(x, self.y, width, _leading(size), line, size=size, bold=bold)
            self.y += _leading(size)

    def _height(self, width: float, words: str, size: float) -> float:
        return len(self.type.lines(spoken(words), width, size)) * _leading(size)

    def _set(self, size: float, bold: bool, color: tuple[int, int, int]) -> None:
        self.pdf.set_font("noto", "B" if bold else "", size)
        self.pdf.set_text_color(*color)


def _leading(size: float) -> float:
    return size * 0.3528 * 1.3  # points to mm


def draw(pdf: FPDF, picture: Guide, x: float, y: float, width: float) -> None:
    """A guide at (x, y), ``width`` mm wide."""
    scale = width / picture.width
    for part in picture.parts:
        if isinstance(part, Shape):
            _shape(pdf, part, [(x + a * scale, y + b * scale) for a, b in part.points], scale)
        else:
            pdf.set_font("noto", "", part.size * scale / 0.3528)
            pdf.set_text_color(*_rgb(LIGHT[part.ink]))
            before = {"start": 0.0, "middle": 0.5, "end": 1.0}[part.anchor] * pdf.get_string_width(part.text)
            pdf.text(x + part.at[0] * scale - before, y + (part.at[1] + 0.35 * part.size) * scale, part.text)
    pdf.set_dash_pattern()
    pdf.set_draw_color(*LINE)


def _shape(pdf: FPDF, shape: Shape, points: list[tuple[float, float]], scale: float) -> None:
    if shape.fill:
        pdf.set_fill_color(*_rgb(LIGHT[shape.fill]))
    if shape.line:
        pdf.set_draw_color(*_rgb(LIGHT[shape.line]))
        pdf.set_line_width(shape.thick * scale)
        if shape.dashed:
            pdf.set_dash_pattern(DASHES[0] * scale, DASHES[1] * scale)
        else:
            pdf.set_dash_pattern()
    if shape.closed:
        style = (
            RenderStyle.DF if shape.fill and shape.line else RenderStyle.F if shape.fill else RenderStyle.D
        )
        pdf.polygon(points, style=style)
    else:
        pdf.polyline(points)


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
