"""What is printed reads the same in every language and script, and costs about the same."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fpdf import FPDF

from fitter import language as languages
from fitter.answers import answers_from_mapping
from fitter.cli import main
from fitter.entry import EnteredFoot, entered_value
from fitter.exchange import pdf_report, system_fonts, worksheet
from fitter.exchange.pdf_type import Type
from fitter.exchange.system_fonts import Face
from fitter.journey import run_journey
from fitter.language import ENGLISH, Language, language, speaking
from fitter.profile import FitResult
from fitter.saying import shown
from tests.example_profiles import ALL_CLEAR, RULER

ALEF, BET = "\u05d0", "\u05d1"
OTHERS = [code for code in languages.codes() if code != "en"]


@pytest.fixture(scope="module")
def typed_pair() -> FitResult:
    told = {"body_mass_kg": 82, "height_cm": 178, "chair_stand": 9, "footwear": "everyday"}
    told |= {"latest_run_km": 12, "longest_run_30d_km": 6}
    feet = [
        EnteredFoot(side, "standing", {key: entered_value(key, v + more) for key, v in RULER.items()})
        for side, more in (("left", 0.0), ("right", 5.0))
    ]
    return run_journey([], entered=feet, answers=answers_from_mapping({**ALL_CLEAR, **told}, "answers"))


# ---------------------------------------------------------------------------------------- once is enough


@pytest.mark.parametrize("code", OTHERS)
def test_what_a_report_has_said_is_not_searched_for_again(
    code: str, typed_pair: FitResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what the program keeps as plain English is: a value of a rule, a size, a word in a template."""
    told = Language(code, language(code)._texts)
    own = set(told._texts.values())
    searched: list[str] = []
    plainly = Language._look

    def noted(self: Language, text: str) -> str | None:
        searched.append(text)
        return plainly(self, text)

    monkeypatch.setattr(Language, "_look", noted)
    with speaking(told):
        pdf_report.to_pdf(typed_pair)
    assert searched  # the profile does hold some
    assert len(searched) < 200  # it was thousands
    # No sentence of the language itself is among them.
    assert [text for text in searched if text in own and " " in text] == []


def test_what_is_shown_stays_as_it_is_in_every_language() -> None:
    german = Language("de", {"Foot length": "Fußlänge", "Left": "Links"})
    assert german("Foot length") == "Fußlänge"
    assert german(shown("Foot length")) == "Foot length"
    assert german(german("Left")) == "Links"


def test_words_are_measured_once_for_all_the_sizes_a_page_is_tried_in() -> None:
    first = Type(FPDF(unit="mm"))
    words = "The arch sits a little lower than that of most adults."
    assert len(first.lines(words, 30.0, 8.0)) > len(first.lines(words, 60.0, 8.0)) == 2
    again = Type(FPDF(unit="mm"), first)
    again.pdf.get_string_width = lambda *_: pytest.fail("measured again")
    assert again.lines(words, 30.0, 8.0) == first.lines(words, 30.0, 8.0)


def test_no_line_is_longer_than_its_column_and_no_word_is_lost() -> None:
    type_ = Type(FPDF(unit="mm"))
    words = "Fußgewölbestützenhöhenverstellung: 251,0\u00a0±\u00a03,0\u00a0mm, an der Ferse"
    for width in (12.0, 25.0, 60.0):
        lines = type_.lines(words, width, 8.0)
        assert max(type_.width(line, 8.0) for line in lines) <= width + 0.1
        assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert any("251,0\u00a0±\u00a03,0\u00a0mm," in line for line in type_.lines(words, 25.0, 8.0))


# ---------------------------------------------------------------------------------------- other scripts


def font_of(*characters: str) -> bytes:
    """A font that has these characters, each a square, the later ones with less room beside them."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 600), (600, 600), (600, 0)):
        pen.lineTo(corner)
    pen.closePath()
    square, names = pen.glyph(), [f"u{ord(c):04X}" for c in characters]
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", *names])
    builder.setupCharacterMap({ord(c): name for c, name in zip(characters, names, strict=True)})
    builder.setupGlyf(dict.fromkeys((".notdef", *names), square))
    widths = {name: (700 - 100 * n, 0) for n, name in enumerate(names)}
    builder.setupHorizontalMetrics({".notdef": (700, 0), **widths})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Squares", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, fsType=0)
    builder.setupPost()
    made = io.BytesIO()
    builder.save(made)
    return made.getvalue()


@pytest.fixture
def fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Face]]:
    """The fonts of the computer; none to begin with."""
    there: list[Face] = []
    monkeypatch.setattr(system_fonts, "_candidates", lambda _: tuple(there))
    system_fonts.face_for.cache_clear()
    yield there
    system_fonts.face_for.cache_clear()


def test_a_name_in_a_script_that_is_not_bundled_is_printed_with_a_font_of_the_computer(
    fonts: list[Face], tmp_path: Path
) -> None:
    (tmp_path / "squares.ttf").write_bytes(font_of(ALEF, BET))
    fonts.append(Face(tmp_path / "squares.ttf"))
    type_ = Type(FPDF(unit="mm"))
    assert type_.printable(f"Anna {ALEF}{BET}") == f"Anna {ALEF}{BET}"
    assert type_.note == ""
    assert type_.width(ALEF + BET, 10.0) == pytest.approx((0.7 + 0.6) * 10.0 * 0.3528, rel=0.01)
    type_.pdf.add_page()
    type_.line(10.0, 10.0, 80.0, 5.0, f"Anna {ALEF}{BET}", size=10.0)
    assert b"Squares" in bytes(type_.pdf.output())


def test_what_no_font_has_is_told_in_one_line(fonts: list[Face]) -> None:
    type_ = Type(FPDF(unit="mm"))
    assert type_.printable(f"Anna {ALEF}\u200f!") == "Anna ?!"
    assert "Hebrew U+05D0" in type_.note
    assert "\n" not in type_.note


def test_a_font_that_may_not_be_embedded_or_is_broken_is_passed_over(
    fonts: list[Face], tmp_path: Path
) -> None:
    (tmp_path / "broken.ttf").write_bytes(font_of(ALEF)[:200])
    (tmp_path / "picture.png").write_bytes(b"no font")
    fonts += [Face(tmp_path / "broken.ttf"), Face(tmp_path / "picture.png"), Face(tmp_path / "none.ttf")]
    assert system_fonts.face_for(ALEF) is None


def test_a_hebrew_name_is_set_from_right_to_left(fonts: list[Face], tmp_path: Path) -> None:
    """The last letter stands first on the paper."""
    (tmp_path / "squares.ttf").write_bytes(font_of(ALEF, BET))
    fonts.append(Face(tmp_path / "squares.ttf"))
    type_ = Type(FPDF(unit="mm"))
    type_.pdf.add_page()
    for words in (BET, ALEF, ALEF + BET):
        type_.line(10.0, 10.0, 80.0, 5.0, type_.printable(words), size=10.0)
    page = type_.pdf.pages[1].contents.decode("latin-1")
    bet, alef, both = re.findall(r"\(((?:[^()]|\n)*)\) Tj", page)
    assert both == bet + alef != alef + bet


# ---------------------------------------------------------------------------------------- languages


def test_french_has_a_space_before_its_double_marks_that_ends_no_line() -> None:
    french = Language("fr", {"x": "y"})
    assert french.pointed("Longueur du pied: 4,0; et ?") == "Longueur du pied\u00a0: 4,0\u00a0; et\u00a0?"
    assert french.pointed("déjà\u00a0: bien") == "déjà\u00a0: bien"
    assert french.pointed("https://doi.org/10.1 à 12:30, ???") == "https://doi.org/10.1 à 12:30, ???"
    assert ENGLISH.pointed("Foot length: 4; and?") == "Foot length: 4; and?"


@pytest.mark.parametrize("code", ["en", *OTHERS])
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_no_label_of_the_worksheet_runs_into_its_boxes(
    code: str, paper: worksheet.Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = []
    plainly = Type.line

    def noted(self: Type, x: float, y: float, width: float, tall: float, words: str, **how: object) -> None:
        if self.width(words, float(str(how["size"])), bool(how.get("bold"))) > width + 0.2:
            long.append(words)
        plainly(self, x, y, width, tall, words, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(Type, "line", noted)
    with speaking(language(code)):
        worksheet.to_pdf(paper)
    assert long == []


def test_a_language_that_is_not_there_is_refused_in_one_line_with_those_that_are(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit):
        main(["fit", "right.stl", "--out", str(tmp_path), "--language", "xx"])
    told = capfd.readouterr().err.strip()
    assert "\n" not in told
    assert all(f"'{code}'" in told for code in languages.codes())
