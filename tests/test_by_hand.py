"""What a fitter sets by hand takes along what follows from it, says so, and gives it back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from example_profiles import RULER, fitted, pair, typed

from fitter.by_hand import set_by_hand, taken_back
from fitter.cli import main
from fitter.errors import FitterError
from fitter.exchange.csv_profile import from_csv
from fitter.exchange.folder import OUTPUTS
from fitter.exchange.json_profile import from_json, to_json
from fitter.exchange.pdf_report import pictures_in, remade
from fitter.exchange.wording import override_words
from fitter.profile import FitProfile
from fitter.resources import data_folder, table
from fitter.scan.formats import read_scan
from fitter.scanners import FOLDER_VARIABLE
from fitter.support.rule_set import parse_rules, shipped
from fitter.support.support import Parameter
from fitter.terms import Side

ANSWERS = {"footwear": "everyday", "body_mass_kg": 82.0}


def one() -> FitProfile:
    """A usual right foot of 251 mm: medium shell, no pad."""
    return fitted(answers=ANSWERS)


def by_id(profile: FitProfile, foot: int = 0) -> dict[str, Parameter]:
    support = profile.feet[foot].support
    assert support is not None
    return {p.id: p for p in support.parameters}


def changed(profile: FitProfile, side: Side = "right", **settings: float | str) -> FitProfile:
    for parameter_id, value in settings.items():
        profile = set_by_hand(profile, side, parameter_id, value, "wished", "KM", shipped())
    return profile


def test_every_setting_that_hangs_on_a_derived_axis_follows_it() -> None:
    tree = shipped().tree
    hanging = {r["parameter"] for r in tree["rule"] if "stiffness" in r}
    assert hanging == {"shell_thickness", "shell_thickness_carbon", "shell_hardness_eva"}
    before, firm = by_id(one()), by_id(changed(one(), shell_stiffness="soft"))
    for parameter_id, p in firm.items():
        followed = p.override is not None and p.override.follows == "shell_stiffness"
        assert followed == (parameter_id in hanging), parameter_id
        assert (p.value != before[parameter_id].value) == (followed or parameter_id == "shell_stiffness")


@pytest.mark.parametrize(
    ("stiffness", "polypropylene", "carbon", "hardness"),
    [("soft", 3.5, 1.6, 40.0), ("firm", 4.5, 2.0, 60.0)],
)
def test_a_shell_made_softer_or_firmer_by_hand_is_thinner_or_thicker_in_every_material(
    stiffness: str, polypropylene: float, carbon: float, hardness: float
) -> None:
    now = by_id(changed(one(), shell_stiffness=stiffness))
    assert now["shell_thickness"].value == polypropylene
    assert now["shell_thickness_carbon"].value == carbon
    assert now["shell_hardness_eva"].value == hardness


def test_what_follows_is_what_the_rules_give_a_foot_that_gets_that_shell_itself() -> None:
    soft_by_rule = by_id(fitted(answers={**ANSWERS, "comfort_history": "uncomfortable"}))
    soft_by_hand = by_id(changed(one(), shell_stiffness="soft"))
    assert soft_by_rule["shell_stiffness"].value == "soft"
    for parameter_id in ("shell_thickness", "shell_thickness_carbon", "shell_hardness_eva"):
        ruled, followed = soft_by_rule[parameter_id], soft_by_hand[parameter_id]
        assert (followed.value, followed.low, followed.high) == (ruled.value, ruled.low, ruled.high)


def test_what_follows_says_from_what_and_goes_back_with_it() -> None:
    soft = changed(one(), shell_stiffness="soft")
    said = override_words(by_id(soft)["shell_thickness_carbon"])
    assert said.startswith("follows from shell stiffness, set by hand by KM, was 1.8 mm")
    assert taken_back(soft, "right", "shell_stiffness", shipped()) == one()
    assert from_json(to_json(soft).encode(), "p.json").feet[0].support == soft.feet[0].support


def test_what_only_follows_is_not_taken_back_by_itself() -> None:
    soft = changed(one(), shell_stiffness="soft")
    with pytest.raises(FitterError, match="follows from shell_stiffness"):
        taken_back(soft, "right", "shell_thickness", shipped())


@pytest.mark.parametrize(
    "order", [("shell_stiffness", "shell_thickness"), ("shell_thickness", "shell_stiffness")]
)
def test_what_a_hand_set_as_well_does_not_follow_and_follows_again_when_it_is_taken_back(
    order: tuple[str, str],
) -> None:
    wanted: dict[str, float | str] = {"shell_stiffness": "soft", "shell_thickness": 5.0}
    both = changed(one(), **{i: wanted[i] for i in order})
    thickness = by_id(both)["shell_thickness"]
    assert thickness.value == 5.0
    assert thickness.override is not None
    assert (thickness.override.value, thickness.override.follows) == (4.5, "")
    follows = taken_back(both, "right", "shell_thickness", shipped())
    assert follows == changed(one(), shell_stiffness="soft")
    stays = taken_back(both, "right", "shell_stiffness", shipped())
    assert stays == changed(one(), shell_thickness=5.0)


def test_the_highest_point_of_the_arch_is_one_place_in_millimetres_and_per_cent() -> None:
    moved = by_id(changed(one(), arch_apex_position=120.0))
    assert moved["arch_apex_share"].value == pytest.approx(100 * 120.0 / 251.0, abs=0.06)
    shared = by_id(changed(one(), arch_apex_share=46.0))
    assert shared["arch_apex_position"].value == pytest.approx(0.46 * 251.0, abs=0.06)
    # Told twice, the later word holds.
    last = by_id(changed(one(), arch_apex_share=46.0, arch_apex_position=108.0))
    assert last["arch_apex_share"].value == pytest.approx(43.0, abs=0.06)
    assert last["arch_apex_share"].override is not None
    assert last["arch_apex_share"].override.follows == "arch_apex_position"


def test_a_highest_point_whose_share_no_arch_has_is_refused() -> None:
    with pytest.raises(FitterError, match="arch_apex_share would be 63"):
        changed(one(), arch_apex_position=160.0)


def test_a_pad_has_a_height_and_a_height_has_a_pad() -> None:
    pad = by_id(changed(one(), metatarsal_pad="dome"))["metatarsal_pad_height"]
    assert (pad.value, pad.low, pad.high) == (4.0, 3.0, 6.0)
    slim = changed(fitted(answers={**ANSWERS, "footwear": "slim"}), metatarsal_pad="dome")
    assert by_id(slim)["metatarsal_pad_height"].value == 3.0, "a slim shoe has little room for it"
    assert by_id(changed(one(), metatarsal_pad_height=5.0))["metatarsal_pad"].value == "dome"
    sore = fitted(answers={**ANSWERS, "pain_where": ["ball_of_foot"]})
    assert by_id(sore)["metatarsal_pad"].value == "dome"
    gone = by_id(changed(sore, metatarsal_pad="none"))["metatarsal_pad_height"]
    assert (gone.value, gone.low, gone.high) == (0.0, 0.0, 0.0)


def test_a_pad_and_its_height_set_by_hand_agree_or_the_later_word_holds() -> None:
    agree = by_id(changed(one(), metatarsal_pad="dome", metatarsal_pad_height=5.0))
    assert [agree[i].override.follows for i in ("metatarsal_pad", "metatarsal_pad_height")] == ["", ""]
    against = by_id(changed(one(), metatarsal_pad_height=5.0, metatarsal_pad="none"))
    assert against["metatarsal_pad_height"].value == 0.0


def test_that_left_and_right_differ_is_told_of_the_heights_as_they_are_now() -> None:
    profile = fitted(typed("left"), typed("right"), answers=ANSWERS)
    right = by_id(profile, 1)["arch_support_height"].value
    lower = changed(profile, "left", arch_support_height=11.0)
    assert all(any(f"11 and {right} mm" in t for t in f.support.watch_for) for f in lower.feet if f.support)
    lowest = changed(lower, "left", arch_support_height=10.0)
    for foot in lowest.feet:
        assert foot.support is not None
        said = [t for t in foot.support.watch_for if "Left and right differ" in t]
        assert len(said) == 1
        assert f"10 and {right} mm" in said[0]
    assert taken_back(lowest, "left", "arch_support_height", shipped()) == profile


def test_what_goes_together_names_settings_that_there_are() -> None:
    known = {p["id"]: p for p in table("support/rules.toml")["parameter"]}
    together = table("support/together.toml")
    for row in together["same_place"]:
        assert {row["mm"], row["percent"]} <= set(known)
    for row in together["thing"]:
        assert {row["none"], row["some"]} == set(known[row["word"]]["words"])
        assert known[row["amount"]]["low"] == 0.0


def own_rules_bytes() -> bytes:
    """A shop's own table in which soft carbon shells are a little thicker."""
    text = (data_folder("models") / "support" / "rules.toml").read_text(encoding="utf-8")
    for before, after in (
        ('version = "2.0"', 'version = "shop 7"'),
        ('stiffness = ["soft"]\nbody_mass = ["75_to_100"]\nvalue = 1.6',
         'stiffness = ["soft"]\nbody_mass = ["75_to_100"]\nvalue = 1.7'),
    ):  # fmt: skip
        assert before in text
        text = text.replace(before, after, 1)
    return text.encode()


def test_what_follows_is_told_by_the_rules_of_the_profile_or_not_at_all() -> None:
    others = parse_rules(own_rules_bytes(), "own")
    with pytest.raises(FitterError) as error:
        set_by_hand(one(), "right", "shell_stiffness", "soft", "wished", "KM", others)
    assert error.value.code == "other_rules"
    # What nothing in the rules hangs on needs none.
    assert set_by_hand(one(), "right", "heel_cup_depth", 11.0, "wished", "KM", others)


def test_the_command_uses_the_shops_own_rules_for_its_own_profiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    old = tmp_path / "old.json"
    old.write_text(to_json(fitted(*pair(), answers=ANSWERS)))
    (tmp_path / "support_rules.toml").write_bytes(own_rules_bytes())
    foot = [
        "--side",
        "right",
        "--load",
        "standing",
        *(f"--{k.replace('_', '-')}={v}" for k, v in RULER.items()),
    ]
    (tmp_path / "answers.json").write_text(json.dumps({"schema_version": "1.0", **ANSWERS}))
    new = tmp_path / "new.json"
    assert main(["enter", *foot, "--answers", str(tmp_path / "answers.json"), "--json", str(new)]) == 0
    for path, carbon in ((old, 1.6), (new, 1.7)):
        soft = ["shelf", "set", str(path), "shell_stiffness=soft", "--side", "right", "--by", "KM"]
        assert main([*soft, "--reason", "wished"]) == 0, capsys.readouterr().err
        assert f"Shell thickness (carbon or similar): {carbon} mm" in capsys.readouterr().out


# ---------------------------------------------------------------------------------------- what stands beside


def scanned(folder: Path, *more: str) -> Path:
    """What `fitter fit --out` writes of one scanned foot."""
    scan = str(data_folder("sample_scans") / "neutral_right.stl")
    assert main(["fit", scan, "--side", "right", "--load", "standing", "--out", str(folder), *more]) == 0
    return folder / "profile.json"


def test_a_report_made_anew_of_an_unchanged_profile_is_the_same_report(tmp_path: Path) -> None:
    path = scanned(tmp_path)
    report = (tmp_path / "report.pdf").read_bytes()
    assert remade(from_json(path.read_bytes(), "p"), report) == report
    assert remade(one(), report) is None, "another person's"


def test_the_report_and_the_table_beside_a_profile_change_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = scanned(tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in OUTPUTS}
    change = ["heel_cup_depth=15", "--side", "right", "--by", "KM", "--reason", "heel slipped"]
    assert main(["shelf", "set", str(path), *change]) == 0
    now = {name: (tmp_path / name).read_bytes() for name in OUTPUTS}
    assert all(now[name] != before[name] for name in OUTPUTS)
    assert from_csv(now["profile.csv"], "t") == from_json(now["profile.json"], "p")
    assert len(pictures_in(now["report.pdf"])) == 3, "the foot is still seen from three sides"
    assert main(["shelf", "restore", str(path), "heel_cup_depth", "--side", "right"]) == 0
    assert {name: (tmp_path / name).read_bytes() for name in OUTPUTS} == before
    assert "hand it out" not in capsys.readouterr().out


def test_what_cannot_be_made_anew_is_told_to_be_old(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = scanned(tmp_path)
    (tmp_path / "report.pdf").write_bytes(b"%PDF another report")
    (tmp_path / "profile.csv").write_text("another,table\n")
    (tmp_path / "insole-right.pdf").write_bytes(b"%PDF")
    (tmp_path / "insole-right-shell.stl").write_bytes(b"")
    change = ["heel_cup_depth=15", "--side", "right", "--by", "KM", "--reason", "heel slipped"]
    assert main(["shelf", "set", str(path), *change]) == 0
    out = capsys.readouterr().out
    assert "report.pdf could not be made anew and still tells what was before" in out
    assert "profile.csv is no table of this profile" in out
    assert "insole-right-shell.stl and 1 more were made before this change" in out
    assert (tmp_path / "report.pdf").read_bytes() == b"%PDF another report"


def test_an_insole_is_made_from_the_scan_with_what_was_set_by_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = scanned(tmp_path)
    change = ["heel_cup_depth=18", "--side", "right", "--by", "KM", "--reason", "heel slipped"]
    assert main(["shelf", "set", str(path), *change]) == 0
    scan = str(data_folder("sample_scans") / "neutral_right.stl")
    stated = [scan, "--side", "right", "--load", "standing", "--profile", str(path)]
    assert main(["insole", *stated, "--out", str(tmp_path)]) == 0, capsys.readouterr().err
    assert "not for wear" not in capsys.readouterr().out
    cover = read_scan("c.stl", (tmp_path / "insole-right-cover.stl").read_bytes()).mesh.vertices
    heel = cover[cover[:, 0] < 30.0]
    flat = cover[(abs(cover[:, 0] - 35.0) < 5.0) & (abs(cover[:, 1]) < 8.0), 2]
    assert heel[:, 2].max() - np.percentile(flat, 90) == pytest.approx(18.0, abs=2.0)
    other = str(data_folder("sample_scans") / "pair_left.stl")
    assert main(["insole", other, "--load", "standing", "--profile", str(path), "--out", str(tmp_path)]) == 3
    assert "not among the scans given" in capsys.readouterr().err


def test_the_window_tells_the_rules_reason_of_what_the_rules_gave() -> None:
    pytest.importorskip("tkinter", reason="this Python has no Tk")
    from fitter.app.screens.support import _told  # noqa: PLC0415 - where there is a Tk

    support = changed(one(), shell_stiffness="soft").feet[0].support
    assert support is not None
    said = [text for _, text in _told(support, (), [])]
    at = said.index("Shell thickness (polypropylene)")
    assert said[at + 1].startswith("3.5 mm")
    assert said[at + 2].startswith("The rules gave 4.5 mm")
    assert said[at + 3].startswith("Follows from shell stiffness, set by hand by KM")
