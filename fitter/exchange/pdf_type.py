"""Words on paper: the bundled fonts and those of the computer, where lines end, what can't be printed."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Literal

from fpdf import FPDF

from fitter.exchange.system_fonts import Face, face_for
from fitter.language import current
from fitter.saying import say

FONTS = Path(__file__).resolve().parent / "fonts"
Align = Literal["L", "R", "C"]
_MEASURED_AT = 10.0  # points; a width grows with the size
_MOST_TOLD = 6  # characters that a line tells of
_MOST_FACES = 8  # fonts of the computer in one document


class Type:
    """Sets words on a document, in points and mm. ``lost`` gathers the characters no font has."""

    def __init__(self, pdf: FPDF, like: Type | None = None) -> None:
        self.pdf = pdf
        pdf.add_font("noto", "", FONTS / "NotoSans-Regular.ttf")
        pdf.add_font("noto", "B", FONTS / "NotoSans-Bold.ttf")
        pdf.add_font("math", "", FONTS / "NotoSansMath-Regular.ttf")
        pdf.set_text_shaping(True)
        self._names = ["math"]
        self._has = {code for name in ("noto", "math") for code in pdf.fonts[name].cmap}
        self._faces: dict[Face, str] = {}
        self.lost: set[str] = like.lost if like else set()
        # Widths hold for every document with the same fonts: measuring costs far more than setting.
        self._widths: dict[tuple[str, bool], float] = like._widths if like else {}
        pdf.set_fallback_fonts(self._names, exact_match=False)

    def printable(self, words: str) -> str:
        """The words in one line, with a question mark for what no font here has."""
        words = current().pointed(words.replace("\n", " "))
        if all(ord(c) in self._has for c in words):
            return words
        return "".join(map(self._drawn, words))

    def _drawn(self, character: str) -> str:
        if ord(character) in self._has or self._found(character):
            return character
        if unicodedata.category(character) in ("Cf", "Cc"):  # marks that are not seen
            return ""
        self.lost.add(character)
        return "?"

    def _found(self, character: str) -> bool:
        """Takes a font of the computer into the document for a character that no other has."""
        face = face_for(character)
        if face is None or face in self._faces or len(self._faces) >= _MOST_FACES:
            return False
        name = f"other{len(self._faces)}"
        self._faces[face] = name
        try:
            self.pdf.add_font(name, "", face.path, collection_font_number=face.number)
        except Exception:  # whatever is wrong with a font of the computer costs a letter only
            return False
        self._names.append(name)
        self._has |= set(self.pdf.fonts[name].cmap)
        self.pdf.set_fallback_fonts(self._names, exact_match=False)
        return ord(character) in self._has

    @property
    def note(self) -> str:
        """What could not be printed, in one line; empty where all could."""
        if not self.lost:
            return ""
        told = [
            f"{unicodedata.name(c, '').split(' ')[0].title().replace('Cjk', 'CJK')} U+{ord(c):04X}"
            for c in sorted(self.lost)
        ]
        characters = ", ".join(told[:_MOST_TOLD]) + (", …" if len(told) > _MOST_TOLD else "")
        return say(
            "Printed as ?, since this computer has no font for it: {characters}.", characters=characters
        )

    def width(self, words: str, size: float, bold: bool = False) -> float:
        """How long printable words are in one line (mm)."""
        key = words, bold
        if (found := self._widths.get(key)) is None:
            self.pdf.set_font("noto", "B" if bold else "", _MEASURED_AT)
            found = self._widths[key] = float(self.pdf.get_string_width(words)) / _MEASURED_AT
        return found * size

    def lines(self, words: str, width: float, size: float, bold: bool = False) -> list[str]:
        """The words in lines of at most ``width`` mm. A line ends at a space, within a word only where the
        word alone is too long."""
        space = self.width(" ", size, bold)
        lines: list[str] = []
        line, long = "", 0.0
        for word in self.printable(words).split(" "):
            wide = self.width(word, size, bold)
            if line and long + space + wide > width:
                lines.append(line)
                line, long = "", 0.0
            if wide > width:  # alone in its line now
                *whole, line = self._cut(word, width, size, bold)
                lines += whole
                long = self.width(line, size, bold)
                continue
            long += wide + (space if line else 0.0)
            line = f"{line} {word}" if line else word
        return [*lines, line] if line else lines

    def _cut(self, word: str, width: float, size: float, bold: bool) -> list[str]:
        """A word that is too long for a line, in pieces."""
        pieces, piece = [], ""
        for character in word:
            if piece and self.width(piece + character, size, bold) > width:
                pieces.append(piece)
                piece = ""
            piece += character
        return [*pieces, piece]

    def line(
        self,
        x: float,
        y: float,
        width: float,
        tall: float,
        words: str,
        *,
        size: float,
        bold: bool = False,
        align: Align = "L",
    ) -> None:
        """One line of printable words in a box of ``width`` x ``tall`` mm, in the color that is set."""
        self.pdf.set_font("noto", "B" if bold else "", size)
        self.pdf.set_xy(x, y)
        self.pdf.cell(width, tall, words, align=align)
