"""Lengths as people write them, and back: 251, "25,1 cm", "9 7/8 in", "9-7/8", "9⅞", 9.875."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from fitter.terms import MM_PER_UNIT

UNIT_WORDS: Mapping[str, str] = {
    **dict(zip(MM_PER_UNIT, MM_PER_UNIT, strict=True)),
    **dict.fromkeys(("millimetre", "millimetres", "millimeter", "millimeters"), "mm"),
    **dict.fromkeys(("centimetre", "centimetres", "centimeter", "centimeters"), "cm"),
    **dict.fromkeys(("metre", "metres", "meter", "meters"), "m"),
    **dict.fromkeys(("inch", "inches", '"', "″", "”", "''"), "in"),
}
# The finest marks of a common ruler (mm): a millimetre, or a sixteenth of an inch.
_MARK_MM: Mapping[str, float] = {"mm": 1.0, "cm": 1.0, "m": 1.0, "in": 25.4 / 16}
# Rulers and tapes are divided no finer than this; "9 7/1000" is a slip.
_FINEST = 64

_NUMBER = r"[-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?|[-+]?[.,]\d+"
# More digits than any ruler has are no slip of a length: such a number is refused before it is counted.
_FRACTION = r"(?:(?P<whole>\d{1,9})[\s\-]+)?(?P<top>\d{1,9})\s*/\s*(?P<bottom>\d{1,9})"
_WRITTEN = re.compile(rf"(?:{_FRACTION}|(?P<number>{_NUMBER}))\s*(?P<unit>[^\W\d]+\.?|[\"″”]|'')?")


@dataclass(frozen=True, slots=True)
class Written:
    """A length as it was written: the number, its unit where one was written with it ("" otherwise), and the
    denominator of a fraction (0 for a decimal number)."""

    number: float
    unit: str = ""
    parts: int = 0


def as_written(value: object) -> Written | None:
    """What a person wrote as a length; None where it is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = finite(value)
        return None if math.isnan(number) else Written(number)
    if not isinstance(value, str):
        return None
    found = _WRITTEN.fullmatch(_plain_signs(value))
    unit = (found["unit"] or "").rstrip(".").lower() if found else ""
    if found is None or (unit and unit not in UNIT_WORDS):
        return None
    number, parts = _decimal(found["number"]), 0
    if found["number"] is None:
        number, parts = _fraction(found["whole"], int(found["top"]), int(found["bottom"]))
    return Written(number, UNIT_WORDS.get(unit, ""), parts) if math.isfinite(number) else None


def finite(number: float) -> float:
    """As a float; NaN where it is none, be it an integer too long for one."""
    try:
        as_float = float(number)
    except OverflowError:
        return math.nan
    return as_float if math.isfinite(as_float) else math.nan


def _decimal(text: str | None) -> float:
    return math.nan if text is None else float(text.replace(",", "."))


def _fraction(whole: str | None, top: int, bottom: int) -> tuple[float, int]:
    if not 0 < top < bottom <= _FINEST:
        return math.nan, 0
    return int(whole or 0) + top / bottom, bottom


def _plain_signs(text: str) -> str:
    """Without the typographic signs of a number: "9⅞" becomes "9 7/8"."""
    apart = "".join(f" {c}" if unicodedata.category(c) == "No" else c for c in text)
    plain = apart if apart == text else unicodedata.normalize("NFKC", apart)
    return plain.replace("\u2044", "/").replace("\u00a0", " ").replace("\u2212", "-").strip()


def division_mm(unit: str, parts: int = 0) -> float:
    """The division (mm) of the ruler that was read in ``unit``; ``parts`` is the finest fraction written.

    Who writes fractions of an inch and never a finer one than an eighth read an eighth: a half may stand for
    four of them.
    """
    if not parts:
        return _MARK_MM[unit]
    return MM_PER_UNIT[unit] / (max(parts, 8) if unit == "in" else parts)


def shown(mm: float, unit: str) -> str:
    """A length (mm) in a person's own unit, as they would write it: "9 7/8 in", "25.1 cm", "251 mm"."""
    if unit == "in":
        return f"{_in_sixteenths(mm / MM_PER_UNIT['in'])} in"
    decimals = {"mm": 1, "cm": 2, "m": 4}[unit]
    number = f"{mm / MM_PER_UNIT[unit]:.{decimals}f}"
    return f"{number.rstrip('0').rstrip('.') if '.' in number else number} {unit}"


def shown_error(mm: float, unit: str) -> str:
    """An error (mm) in a person's own unit, never smaller than it is: of inches the next sixteenth up, of the
    other units the next digit that is shown."""
    step = MM_PER_UNIT["in"] / 16 if unit == "in" else 0.1
    # What lies above a step by no more than the last bits of a float stands on it.
    return shown(math.ceil(mm / step - 1e-9) * step, unit)


def _in_sixteenths(inches: float) -> str:
    nearest = Fraction(round(abs(inches) * 16), 16)
    whole, rest = divmod(nearest, 1)
    minus = "-" if inches < 0 and nearest else ""
    if not rest:
        return f"{minus}{whole}"
    return f"{minus}{whole} {rest}" if whole else f"{minus}{rest}"
