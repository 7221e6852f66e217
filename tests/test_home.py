"""Measuring at home: words a person follows, pictures without words, a worksheet, and the same profile."""

from __future__ import annotations

import argparse
import io
import json
import re
import subprocess
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from benchmarks.home import cases_of_foot
from fitter import cli_home, home
from fitter.anatomy.measures import BY_ID, ENTERABLE
from fitter.app.guide_view import painted
from fitter.cli import main
from fitter.entry import WildReadingError, from_readings, measurements_from_entry, typed_reading
from fitter.entry_files import parse_measurement_file
from fitter.errors import FitterError
from fitter.exchange.worksheet import PAPERS, to_pdf
from fitter.picture.guides import DARK, LIGHT, NAMES, Shape, guide
from fitter.picture.svg import to_svg

TEXTS = [(s.title, text) for s in home.steps() for text in {s.text(True), s.text(False)}]


# ------------------------------------------------------------------ the words


def test_every_measure_a_person_can_take_has_one_step():
    taken = [m.id for step in home.steps() for m in step.measures]
    assert sorted(taken) == sorted(m.id for m in ENTERABLE)


def grade(text: str) -> float:
    """The US school grade a text asks for (Flesch & Kincaid 1975), syllables counted by groups of vowels."""
    sentences = len(re.findall(r"[.:!?](?:\s|$)", text))
    words = re.findall(r"[A-Za-z']+", text)
    syllables = sum(
        max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$|es$|ed$", "", w.lower())))) for w in words
    )
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


@pytest.mark.parametrize(("title", "text"), TEXTS)
def test_a_step_is_a_few_plain_sentences(title, text):
    assert grade(text) <= 8.0
    assert 2 <= len(re.findall(r"[.](?:\s|$)", text)) <= 5


def test_without_a_wall_no_step_asks_for_one():
    for step in home.steps():
        assert not re.search(r"\bwall\b|\bdoor\b", step.text(False)), step.title


def test_the_length_comes_first_because_the_instep_is_taken_at_its_half():
    order = [m.id for step in home.steps() for m in step.measures]
    assert order.index("foot_length") < order.index("instep_height") < order.index("instep_girth")
    assert home.step_of("instep_height").loads == ("sitting", "standing")


# ------------------------------------------------------------------ the pictures


@pytest.mark.parametrize("wall", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_a_picture_holds_no_word_and_stays_within_its_frame(name, wall):
    picture = guide(name, wall=wall)
    for part in picture.parts:
        points = part.points if isinstance(part, Shape) else (part.at,)
        assert all(0 <= x <= picture.width and 0 <= y <= picture.height for x, y in points)
        assert isinstance(part, Shape) or not re.search("[A-Za-z]", part.text)
    assert (
        any(isinstance(part, Shape) and part.fill == "measure" for part in picture.parts)
        or name == "ball_girth"
    )


def test_every_step_has_a_picture():
    assert {step.picture for step in home.steps()} == set(NAMES)


@pytest.mark.parametrize("dark", [True, False])
def test_a_picture_is_the_same_drawing_as_svg_and_in_the_window(dark):
    picture = guide("foot_length")
    tree = ET.fromstring(to_svg(picture, dark=dark))
    assert len(tree) == len(picture.parts)
    assert tree.get("viewBox") == f"0 0 {picture.width:g} {picture.height:g}"
    back = "#1E2428" if dark else "#FFFFFF"
    pixels = np.asarray(painted(picture, 320, back, dark=dark))
    skin = [int((DARK if dark else LIGHT)["skin"][k : k + 2], 16) for k in (1, 3, 5)]
    assert pixels[60, 150].tolist() == skin, "the foot lies where the picture says"
    assert pixels[2, 2].tolist() == [int(back[k : k + 2], 16) for k in (1, 3, 5)]


# ------------------------------------------------------------------ the worksheet


@pytest.mark.parametrize("paper", PAPERS)
def test_the_worksheet_has_a_box_for_every_reading_and_its_line_is_100_mm(paper, tmp_path):
    sheet = to_pdf(paper)
    assert sheet == to_pdf(paper), "the same bytes every time"
    (tmp_path / "sheet.pdf").write_bytes(sheet)
    told = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "sheet.pdf", "-"], capture_output=True, check=True
    )
    text = told.stdout.decode()
    for step in home.steps():
        assert step.title in text
    assert text.count("Right foot") == text.count("Left foot") == 1 + len(ENTERABLE)
    size = subprocess.run(
        ["pdfinfo", tmp_path / "sheet.pdf"], capture_output=True, check=True
    ).stdout.decode()
    wide, tall = (float(x) * 25.4 / 72 for x in re.search(r"([\d.]+) x ([\d.]+) pts", size).groups())
    assert (wide, tall) == pytest.approx(PAPERS[paper], abs=0.2)
    assert int(re.search(r"Pages:\s+(\d+)", size)[1]) <= 3
    subprocess.run(
        ["pdftoppm", "-r", "254", "-f", "1", "-l", "1", "-gray", tmp_path / "sheet.pdf", tmp_path / "page"],
        check=True,
    )
    (page,) = tmp_path.glob("page*.pgm")
    dark = np.asarray(Image.open(page)) < 80  # ink, and nothing that is drawn in the pictures' colours
    longest = max(len(run) for row in dark for run in "".join("x" if d else " " for d in row).split(" "))
    assert longest == pytest.approx(1000, abs=6), "the check line, at ten dots a millimetre"


def test_the_worksheet_is_written_but_never_over_something_else(tmp_path, capfd):
    assert main(["home", "--worksheet", str(tmp_path / "sheet.pdf"), "--paper", "letter"]) == 0
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")
    (tmp_path / "letter.txt").write_text("Dear friend")
    assert main(["home", "--worksheet", str(tmp_path / "letter.txt")]) == 2
    assert "was not written by Fitter" in capfd.readouterr().err
    theirs = tmp_path / "invoice.pdf"
    theirs.write_bytes(b"%PDF-1.4 theirs")
    assert main(["home", "--worksheet", str(theirs)]) == 2
    assert theirs.read_bytes() == b"%PDF-1.4 theirs"


# ------------------------------------------------------------------ asked step by step


def asked(typed: str, **options: object) -> tuple[cli_home.Typed, str]:
    given = {"unit": "mm", "foot": "right", "no_wall": False} | options
    screen = io.StringIO()
    typed_in = cli_home.ask(argparse.Namespace(**given), io.StringIO(typed), screen)
    return typed_in, screen.getvalue()


def test_what_is_typed_step_by_step_is_what_a_file_of_it_says(tmp_path, monkeypatch, capfd):
    typed = "yes\n251\n252\n251\n184\n\n\n\n\n66\n67\n66\n63\n62\n63\ndone\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    kept = tmp_path / "kept.csv"
    options = ["--unit", "mm", "--foot", "right", "--save", str(kept)]
    assert main(["home", *options, "--json", "-"]) == 0
    by_asking = json.loads(capfd.readouterr().out)
    assert main(["fit", str(kept), "--json", "-"]) == 0
    by_file = json.loads(capfd.readouterr().out)
    assert by_asking["feet"] == by_file["feet"]
    assert [foot["load"] for foot in by_asking["feet"]] == ["standing", "sitting"]


def test_a_wild_reading_is_asked_again_at_once():
    typed, screen = asked("251\n261\n252\n250\ndone\n")
    assert "reading 2 (261 mm) lies" in screen
    assert typed.feet[0].values["foot_length"].value == 251.0


def test_a_wild_reading_that_is_not_taken_again_is_left_out():
    typed, _ = asked("251\n261\n252\n\ndone\n")
    assert typed.feet[0].values["foot_length"].value == 251.5


def test_two_readings_that_differ_ask_for_the_third():
    typed, screen = asked("251\n215\n\n250\n251\ndone\n")
    assert "third time" in " ".join(screen.split())
    assert typed.feet[0].values["foot_length"].value == pytest.approx((251 + 250 + 251) / 3)


def test_a_slip_is_told_and_the_same_reading_asked_again():
    typed, screen = asked("25.1\n251\nlong\n?\nback\n250\n\ndone\n")
    assert "25.1 cm would fit" in screen
    assert "expected a number" in screen
    assert screen.count("Put the paper against the wall") == 2
    assert typed.feet[0].values["foot_length"].value == 250.0


def test_a_measure_that_contradicts_another_is_asked_again():
    typed, screen = asked("251\n\n262\n\n184\n\ndone\n")
    assert "must be more than ball length" in screen
    assert typed.feet[0].values["ball_length"].value == 184.0


def test_an_improbable_measure_is_worth_a_second_look_at_once_and_kept():
    typed, screen = asked("251\n\n148\n\ndone\n")
    assert "did you mean 184 mm" in " ".join(screen.split())
    assert typed.feet[0].values["ball_length"].value == 148.0


def test_everything_can_be_answered_at_the_prompt_and_the_input_may_just_end():
    typed, screen = asked("in\nboth\nno\n9 7/8\n\n10", unit=None, foot=None, no_wall=None)
    assert {f.side: f.values["foot_length"].value for f in typed.feet} == pytest.approx(
        {"right": 250.825, "left": 254.0}
    )
    assert "your heel just touching the book" in " ".join(screen.split())
    assert "9 7/8 in, give or take 1/8 in" in screen


class _Interrupted(io.StringIO):
    """A keyboard on which Ctrl-C is pressed after the last line, or on which something goes wrong."""

    def __init__(self, typed: str, end: BaseException) -> None:
        super().__init__(typed)
        self.end = end

    def readline(self, *size: int) -> str:
        line = super().readline(*size)
        if not line:
            raise self.end
        return line


@pytest.mark.parametrize(("end", "status"), [(KeyboardInterrupt(), 130), (RuntimeError("broken"), 3)])
def test_what_was_typed_before_it_broke_off_is_kept(end, status, tmp_path, monkeypatch, capfd):
    kept = tmp_path / "kept.csv"
    monkeypatch.setattr("sys.stdin", _Interrupted("yes\n251\n252\n251\n184\n", end))
    assert main(["home", "--unit", "mm", "--foot", "right", "--save", str(kept)]) == status
    assert "kept in the file you named" in capfd.readouterr().err
    (foot,) = parse_measurement_file("kept.csv", kept.read_bytes())
    assert foot.values["foot_length"].value == pytest.approx(251.333, abs=0.001)
    assert foot.values["ball_length"].value == 184.0


def test_without_a_file_what_was_typed_is_shown_when_it_breaks_off():
    screen = io.StringIO()
    options = argparse.Namespace(unit="mm", foot="right", no_wall=False)
    with pytest.raises(KeyboardInterrupt):
        cli_home.ask(options, _Interrupted("251\n\n", KeyboardInterrupt()), screen)
    assert "right,standing,foot_length,251,mm,1" in screen.getvalue()


def test_nothing_typed_is_said_in_one_line():
    with pytest.raises(FitterError, match="no measure was typed"):
        asked("\n" * 40)


def test_repeats_and_fractions_are_words_after_an_option(capfd):
    options = ["--side", "left", "--units", "in", "--foot-length", "9", "7/8", "9-7/8", "9⅞", "--json", "-"]
    assert main(["enter", *options]) == 0
    found = json.loads(capfd.readouterr().out)["feet"][0]["measurements"]["foot_length"]
    assert found["value"] == pytest.approx(250.8, abs=0.1)
    assert found["basis"] == "mean of 3 readings"


# ------------------------------------------------------------------ of equal rank to a scan


def test_a_home_entry_and_a_scan_of_the_same_foot_agree():
    (cases,) = cases_of_foot((11, 0, 1))
    assert {"foot_length", "arch_height_index", "chippaux_smirak_index", "staheli_index"} <= {
        c.measure for c in cases
    }
    assert np.mean([c.agrees for c in cases]) >= 0.9


def test_a_home_entry_gives_the_arch_its_print_and_its_height():
    typed, _ = asked("251\n\n184\n\n\n\n\n\n63\n\n\n\n\n\n30\n\n90\n\n55\n\n")
    m = measurements_from_entry(typed.feet[0])
    for index in ("arch_height_index", "chippaux_smirak_index", "staheli_index"):
        assert m.get(index) is not None


@pytest.mark.parametrize(("clumsier", "holds"), [(1.0, 0.94), (2.0, 0.90)])
@pytest.mark.parametrize("measure_id", ["foot_length", "ball_length"])
def test_the_error_of_three_repeats_holds_also_for_a_clumsier_hand(measure_id, clumsier, holds):
    measure = BY_ID[measure_id]
    usual = (measure.entered_u95**2 - measure.fixed_u95**2) ** 0.5 / 1.96
    rng = np.random.default_rng(2)
    within = []
    for truth in rng.uniform(*np.add(measure.plausible, (30.0, -30.0)), 400):
        meant = truth + rng.normal(0.0, measure.fixed_u95 / 1.96)
        read = rng.normal(meant, clumsier * usual, 3).round()
        try:
            found = from_readings(measure_id, [typed_reading(measure_id, float(x)) for x in read])
        except WildReadingError:
            continue  # told, and measured again
        within.append(abs(found.value - truth) <= found.u95)
    assert np.mean(within) >= holds
