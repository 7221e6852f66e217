"""`fitter rules` and a shop's own rules: checked before use, named in the profile, explained row by row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fitter import own_rules
from fitter.captures import Capture
from fitter.cli import main
from fitter.journey import run_journey
from fitter.resources import data_folder
from fitter.scanners import FOLDER_VARIABLE

FOOT = ["--side", "right", "--load", "standing", "--foot-length", "251", "--ball-length", "184",
        "--ball-breadth", "98", "--heel-breadth", "64", "--instep-height", "63"]  # fmt: skip


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a shop that has kept nothing yet."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    return folder


def own(path: Path, *changes: tuple[str, str]) -> Path:
    """A shop's copy of the rules with some of its text changed."""
    text = (data_folder("models") / "support" / "rules.toml").read_text(encoding="utf-8")
    for before, after in (('version = "2.0"', 'version = "shop 7"'), *changes):
        assert before in text
        text = text.replace(before, after, 1)
    path.write_text(text, encoding="utf-8")
    return path


CUP = 'posture = ["neutral", "cannot_tell"]\nfootwear = ["roomy", "unknown"]\nvalue = 12.0'
DEEPER = CUP.replace("12.0", "13.0")


def said(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    status = main(argv)
    told = capsys.readouterr()
    return status, told.out, told.err


def profile_of(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> dict:
    status, _, err = said(capsys, "enter", *FOOT, "--out", str(folder), *more)
    assert status == 0, err
    return json.loads((folder / "profile.json").read_bytes())


def cup(profile: dict) -> float:
    support = profile["feet"][0]["support"]
    return next(p["value"] for p in support["parameters"] if p["id"] == "heel_cup_depth")


def test_the_rules_of_the_program_check_out(capsys: pytest.CaptureFixture[str], shop: Path) -> None:
    status, out, _ = said(capsys, "rules", "check")
    assert status == 0
    assert "No gap" in out
    assert str(shop) in out


def test_a_faulty_file_is_told_by_its_row_and_fails(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    faulty = own(tmp_path / "mine.toml", (CUP, CUP.replace("12.0", "30.0")))
    status, out, _ = said(capsys, "rules", "check", str(faulty))
    assert status == 3
    assert "cup-usual: leaves the bounds" in out
    status, _, err = said(capsys, "enter", *FOOT, "--rules", str(faulty))
    assert status == 3
    assert "cup-usual" in err
    assert err.count("\n") == 1


def test_rules_named_or_kept_are_used_and_stamped(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, shop: Path
) -> None:
    assert cup(profile_of(tmp_path / "a", capsys)) == 12.0
    mine = own(tmp_path / "mine.toml", (CUP, DEEPER))
    named = profile_of(tmp_path / "b", capsys, "--rules", str(mine))
    assert cup(named) == 13.0
    own(shop / own_rules.FILE, (CUP, DEEPER))
    kept = profile_of(tmp_path / "c", capsys)
    assert cup(kept) == 13.0
    stamp = kept["feet"][0]["support"]["rule_set"]
    assert stamp == named["feet"][0]["support"]["rule_set"]
    assert "shop 7" in stamp
    assert "sha256" in stamp


def test_a_file_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, _, err = said(capsys, "enter", *FOOT, "--rules", str(tmp_path / "none.toml"))
    assert status == 3
    assert err.count("\n") == 1


def test_a_profile_is_explained_by_its_rows(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    profile_of(tmp_path / "a", capsys)
    path = str(tmp_path / "a" / "profile.json")
    status, out, _ = said(capsys, "rules", "explain", path)
    assert status == 0
    assert "row cup-usual" in out
    assert "nearest other: an arch score above +1 SD" in out
    status, out, _ = said(capsys, "rules", "explain", path, "--json", "-")
    rows = {p["id"]: p for p in json.loads(out)["feet"][0]["parameters"]}
    assert rows["heel_cup_depth"]["rule"] == "cup-usual"


def test_a_profile_by_other_rules_is_not_explained(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    mine = own(tmp_path / "mine.toml", (CUP, DEEPER))
    profile_of(tmp_path / "a", capsys, "--rules", str(mine))
    path = str(tmp_path / "a" / "profile.json")
    status, _, err = said(capsys, "rules", "explain", path)
    assert status == 3
    assert "shop 7" in err
    status, out, _ = said(capsys, "rules", "explain", path, "--rules", str(mine))
    assert status == 0
    assert "13 mm" in out


def test_the_rules_can_be_copied_but_over_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "mine.toml"
    assert said(capsys, "rules", "copy", str(target))[0] == 0
    assert said(capsys, "rules", "check", str(target))[0] == 0
    assert said(capsys, "rules", "copy", str(target))[0] == 2


def test_a_strategy_on_the_command_line_is_taken(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    soft = profile_of(tmp_path / "a", capsys, "--strategy", "accommodative")["feet"][0]["support"]
    assert soft["strategy_id"] == "accommodative"
    refused = profile_of(tmp_path / "b", capsys, "--strategy", "highest_arch")["feet"][0]["support"]
    assert refused["strategy_id"] == "total_contact"
    assert "one standing capture" in refused["statement"]


def test_a_foot_scanned_sitting_and_standing_can_have_its_highest_arch() -> None:
    folder = data_folder("sample_scans")
    captures = [
        Capture(name, (folder / name).read_bytes(), "right", load)  # type: ignore[arg-type]
        for name, load in (("sitting_right.ply", "sitting"), ("very_low_arch_right.ply", "standing"))
    ]
    profile = run_journey(captures, strategy="highest_arch").profile
    sitting, standing = profile.feet
    assert sitting.support is None
    assert standing.support is not None
    assert standing.support.strategy_id == "highest_arch"
    height = next(p for p in standing.support.parameters if p.id == "arch_support_height")
    at_rest = sitting.measurements.get("arch_height")
    assert at_rest is not None
    assert height.value == pytest.approx(at_rest.value, abs=0.06)


def test_insole_lengths_without_a_profile_follow_the_shops_own_rules_and_say_so(
    capsys: pytest.CaptureFixture[str], shop: Path
) -> None:
    status, out, err = said(capsys, "sizes", "251")
    assert status == 0, err
    assert "256 mm" in out
    assert "own, sha256" not in out
    longer = 'of = "foot_length"\nshare = 1.0\nplus = 5.0'
    own(shop / "support_rules.toml", (longer, longer.replace("5.0", "8.0")))
    status, out, err = said(capsys, "sizes", "251")
    assert status == 0, err
    assert "259 mm" in out
    assert "Insole by support rules shop 7 (own, sha256" in out
