"""A label for an insole's box: name, size, what it is, and a code that a keyboard-type scanner types."""

from __future__ import annotations

import datetime
import re

from fpdf import FPDF

from fitter import __version__
from fitter.errors import FitterError
from fitter.exchange.pdf_page import GREY, INK
from fitter.exchange.pdf_type import Align, Type
from fitter.exchange.wording import foot_range, price_words
from fitter.language import current, spoken
from fitter.saying import say
from fitter.support.catalogue import Item

# A common roll of address labels; the printer may shrink nothing, or the bars run together.
WIDTH, HEIGHT, MARGIN = 89.0, 36.0, 4.0  # mm
# Code 39 (ISO/IEC 16388): every scanner reads it as it comes. A bar is narrow or three times as wide; with a
# space after it a character is 16 narrow ones. Narrower than 0.19 mm office printers blur.
_CODE39 = r"[0-9A-Z. $/+%-]+"
_PER_CHARACTER, _NARROWEST, _WIDEST = 16, 0.19, 0.33
_QUIET = 10  # narrow bars of white at both ends


def to_label(item: Item) -> bytes:
    """The label as PDF bytes, the same for the same item.

    The code is the barcode of the item, else its sku. Raises FitterError where the sku can't be a code.
    """
    code = item.barcode or item.sku.upper()
    narrow = min(_WIDEST, (WIDTH - 2 * MARGIN) / ((len(code) + 2) * _PER_CHARACTER + 2 * _QUIET))
    if not re.fullmatch(_CODE39, code) or narrow < _NARROWEST:
        what = f"its sku '{item.sku[:40]}' can't be printed as a code"
        raise FitterError(
            what, todo="Use up to 22 letters A to Z, digits, . and -, or give it a barcode", code="bad_code"
        )
    pdf = FPDF(unit="mm", format=(WIDTH, HEIGHT))
    pdf.set_creation_date(datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC))
    pdf.set_producer(f"Fitter {__version__}")
    pdf.set_title(item.sku)
    pdf.set_lang(current().code)
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.c_margin = 0
    type_ = Type(pdf)
    pdf.add_page()
    _line(type_, 3.0, item.name, 11.0, bold=True)
    _line(type_, 8.6, foot_range(item), 9.0)
    _line(type_, 13.0, _details(item), 7.5, grey=True)
    pdf.set_fill_color(0, 0, 0)
    bars = ((len(code) + 2) * _PER_CHARACTER - 1) * narrow
    pdf.code39(f"*{code}*", x=(WIDTH - bars) / 2, y=17.5, w=3 * narrow, h=11.5)
    _line(
        type_, 29.8, code if code.upper() == item.sku.upper() else f"{code}   {item.sku}", 8.0, centred=True
    )
    return bytes(pdf.output())


def _details(item: Item) -> str:
    arch = spoken(say("arch {height:g} mm", height=item.arch_height_mm))
    parts = [arch, spoken(item.firmness), price_words(item)]
    return " · ".join(part for part in parts if part)


def _line(
    type_: Type,
    y: float,
    text: str,
    size: float,
    *,
    bold: bool = False,
    grey: bool = False,
    centred: bool = False,
) -> None:
    """One line, shortened with an ellipsis where the label is too narrow for it."""
    text, room = type_.printable(text), WIDTH - 2 * MARGIN
    while type_.width(text, size, bold) > room:
        text = text.rstrip("…")[:-1] + "…"
    type_.pdf.set_text_color(*(GREY if grey else INK))
    align: Align = "C" if centred else "L"
    type_.line(MARGIN, y, room, size * 0.42, text, size=size, bold=bold, align=align)
