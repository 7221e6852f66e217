"""The accuracy certificate as a PDF: one table a page."""

from __future__ import annotations

import datetime

from fpdf import FPDF, XPos, YPos

from fitter.certify.certificate import Certificate, Kind
from fitter.certify.text import COLUMNS, HEADING, LEGEND, MEANING, cells, trouble
from fitter.exchange.pdf_page import GREY, INK, LINE, MARGIN, WIDTH
from fitter.exchange.pdf_type import FONTS

_WIDTHS = (58.0, 14.0, 16.0, 20.0, 22.0, 18.0, 18.0, 16.0)  # mm, of the columns
_ROW = 5.4


def to_pdf(found: Certificate, made: datetime.date) -> bytes:
    """The certificate as PDF bytes, dated."""
    pdf = FPDF(unit="mm", format="A4")
    pdf.set_creation_date(datetime.datetime(made.year, made.month, made.day, tzinfo=datetime.UTC))
    pdf.set_producer(f"Fitter {found.program_version}")
    pdf.set_title("Accuracy certificate")
    pdf.set_lang("en")
    pdf.set_margin(MARGIN)
    pdf.add_font("noto", "", FONTS / "NotoSans-Regular.ttf")
    pdf.add_font("noto", "B", FONTS / "NotoSans-Bold.ttf")
    pdf.add_page()
    _line(pdf, f"Accuracy certificate: {HEADING.lower()}", 16, bold=True)
    _line(
        pdf,
        f"{found.everything.scans:,} scans, seed {found.seed}, Fitter {found.program_version}, {made}",
        9,
        color=GREY,
    )
    pdf.ln(2)
    _line(pdf, MEANING, 9)
    pdf.ln(1)
    _line(pdf, LEGEND, 8, color=GREY)
    for number, kind in enumerate((found.everything, *found.families, *found.kinds)):
        if number:
            pdf.add_page()
        _table(pdf, kind)
    return bytes(pdf.output())


def _line(
    pdf: FPDF, words: str, size: float, *, bold: bool = False, color: tuple[int, int, int] = INK
) -> None:
    pdf.set_font("noto", "B" if bold else "", size)
    pdf.set_text_color(*color)
    pdf.multi_cell(WIDTH, size * 0.48, words, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _table(pdf: FPDF, kind: Kind) -> None:
    pdf.ln(4)
    _line(pdf, f"{kind.name[0].upper()}{kind.name[1:]} ({kind.scans:,} scans)", 12, bold=True)
    _line(pdf, trouble(kind), 8, color=GREY)
    pdf.ln(1)
    pdf.set_draw_color(*LINE)
    for bold, row in ((True, COLUMNS), *((False, cells(line)) for line in kind.lines)):
        pdf.set_font("noto", "B" if bold else "", 8)
        pdf.set_text_color(*INK)
        for k, (width, cell) in enumerate(zip(_WIDTHS, row, strict=True)):
            pdf.cell(width, _ROW, cell, border="B", align="L" if k == 0 else "R")
        pdf.ln(_ROW)
