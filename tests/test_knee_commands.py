"""`fitter what-if`, `fitter follow-up`, `fitter go-on` and the two modes at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fitter.answers import STOP_IDS
from fitter.cli import main
from fitter.exchange import pdf_page
from fitter.scanners import FOLDER_VARIABLE

FOOT = ["--side", "right", "--load", "standing", "--foot-length", "251", "--ball-length", "184",
        "--ball-breadth", "98", "--heel-breadth", "64", "--instep-height", "63"]  # fmt: skip
CLEAR = dict.fromkeys(STOP_IDS, False)


@pytest.fixture(autouse=True)
def empty_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "data"))


def profile(folder: Path, *more: str, **answers: object) -> Path:
    """A profile.json of a typed foot with these answers."""
    told = folder / "answers.json"
    told.write_text(json.dumps({"schema_version": "1.0", **CLEAR, **answers}))
    target = folder / "profile.json"
    assert main(["enter", *FOOT, "--answers", str(told), "--json", str(target), *more]) == 0
    return target


def said(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    capsys.readouterr()
    status = main(argv)
    told = capsys.readouterr()
    return status, told.out, told.err


def test_an_answer_set_otherwise_tells_what_it_would_change(tmp_path, capsys) -> None:
    made = profile(tmp_path, latest_run_km=18, longest_run_30d_km=8)
    status, out, _ = said(capsys, "what-if", str(made), "--set", "latest_run_km=8.5")
    assert status == 0
    assert "more than twice as long" in " ".join(out.split())
    assert "at most a tenth longer" in " ".join(out.split())
    status, out, _ = said(capsys, "what-if", str(made), "--set", "latest_run_km=18")
    assert (status, out) == (0, "Nothing would be said otherwise.\n")


def test_without_a_change_the_nearest_ones_are_told(tmp_path, capsys) -> None:
    made = profile(tmp_path, latest_run_km=18, longest_run_30d_km=8)
    status, out, _ = said(capsys, "what-if", str(made))
    assert status == 0
    assert "the arch would be called" in " ".join(out.split())
    assert "were 16 km (18 km told)" in " ".join(out.split())
    _, out, _ = said(capsys, "what-if", str(made), "--json", "-")
    near = json.loads(out)["nearest"]
    assert near["classes"][0]["errors"] > 0
    assert near["rows"]
    assert near["answers"]


def test_a_scan_or_a_table_of_measures_can_be_asked_too(tmp_path, capsys) -> None:
    feet = tmp_path / "feet.csv"
    feet.write_text(
        "side,load,measure,value\nright,standing,ball_length,184\nright,standing,instep_height,63\n"
    )
    status, out, _ = said(capsys, "what-if", str(feet), "--set", "step_style=long")
    assert status == 0
    assert "You run with long steps." in out


@pytest.mark.parametrize(
    ("argv", "status", "words"),
    [
        (["--set", "step_stile=long"], 3, "did you mean step_style?"),
        (["--set", "step_style=longer"], 3, "expected one of"),
        (["--set", "chair_stand=many"], 3, "expected a number from 0 to 60"),
        (["--measure", "right:arch_height_index=0.9"], 3, "lies outside what was measured"),
        (["--measure", "left:arch_height_index=0.3"], 3, "was not measured of this foot"),
        (["--measure", "right:arch=0.3"], 3, "there is no measure"),
    ],
)
def test_what_cannot_be_changed_is_told_in_one_line(tmp_path, capsys, argv, status, words) -> None:
    got, out, err = said(capsys, "what-if", str(profile(tmp_path)), *argv)
    if got != status:
        assert got == 2  # the command is not written as it should be
    assert out == ""
    assert words in err
    assert err.count("\n") == 1


def test_a_change_that_is_none_is_a_usage_error(tmp_path, capsys) -> None:
    with pytest.raises(SystemExit) as left:
        main(["what-if", "x.json", "--set", "nothing"])
    assert left.value.code == 2
    assert "is not QUESTION=ANSWER" in capsys.readouterr().err


def test_a_follow_up_is_told_and_kept(tmp_path, capsys) -> None:
    made = profile(tmp_path, pain_worst=6)
    argv = ["follow-up", str(made), "--weeks", "2", "--pain", "5.5", "--comfort", "8", "--json", str(made)]
    status, out, _ = said(capsys, *argv)
    assert status == 0
    assert "so we call it no change" in " ".join(out.split())
    status, out, _ = said(capsys, "follow-up", str(made), "--weeks", "6", "--pain", "3", "--json", str(made))
    assert "it eased" in " ".join(out.split())
    kept = json.loads(made.read_text())["follow_up"]
    assert [(f["weeks"], f["pain"]) for f in kept] == [(2, 5.5), (6, 3.0)]


def test_at_home_a_stop_stays_and_a_professional_may_go_on_and_undo_it(tmp_path, capsys) -> None:
    made = profile(tmp_path, knee_locked=True)
    signed = ["--by", "A. Smith", "--reason", "Examined today"]
    status, out, err = said(capsys, "go-on", str(made), "knee_locked", *signed)
    assert (status, out) == (3, "")
    assert "can't be set aside at home" in err
    argv = ["go-on", str(made), "knee_locked", "--mode", "professional"]
    status, _, err = said(capsys, *argv, "--by", "A. Smith")
    assert status == 3
    assert "the reason is missing" in err
    status, out, _ = said(capsys, *argv, *signed, "--json", str(made))
    assert status == 0
    assert "A. Smith went on in spite of this" in " ".join(out.split())
    tree = json.loads(made.read_text())
    assert tree["red_flags"]["stop"][0]["overridden"] == {"by": "A. Smith", "reason": "Examined today"}
    assert tree["feet"][0]["support"]["parameters"]
    status, out, _ = said(capsys, "go-on", str(made), "knee_locked", "--undo", "--json", str(made))
    tree = json.loads(made.read_text())
    assert "overridden" not in tree["red_flags"]["stop"][0]
    assert not tree["feet"][0]["support"]["parameters"]


def test_a_professionals_profile_is_worded_exactly_and_can_be_signed(tmp_path, capsys, monkeypatch) -> None:
    words: list[str] = []
    plainly = pdf_page.Page.text

    def noted(page, x, y, width, told, **how):
        words.append(told)
        return plainly(page, x, y, width, told, **how)

    monkeypatch.setattr(pdf_page.Page, "text", noted)
    answers = tmp_path / "a.json"
    answers.write_text(json.dumps({"schema_version": "1.0", **CLEAR}))
    for mode, signed in (("home", False), ("professional", True)):
        words.clear()
        folder = tmp_path / mode
        argv = ["enter", *FOOT, "--answers", str(answers), "--out", str(folder), "--mode", mode]
        assert main(argv) == 0
        assert ("Signature" in words) == signed
        assert any("HRR 2.28" in w for w in words) == signed
        assert any(w == "Exercises" for w in words)
        assert json.loads((folder / "profile.json").read_text()).get("mode", "home") == mode
