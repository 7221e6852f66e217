"""The command line as a person or a script meets it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from example_profiles import ALL_CLEAR, RULER

from fitter import __version__, captures, cli, journey
from fitter.anatomy.measures import ENTERABLE, IDS, PRINT_WIDTHS
from fitter.cli import _parser, main
from fitter.cli_inputs import inputs_of
from fitter.entry_files import parse_measurement_file
from fitter.exchange.csv_profile import from_csv
from fitter.exchange.json_profile import from_json
from fitter.files import write_files
from fitter.resources import data_folder
from fitter.scan.mesh import Mesh
from sample_scans import objects
from tests.scans import stl

SCAN = data_folder("sample_scans") / "neutral_right.stl"
HOME = "side,load,measure,value,unit\n" + "".join(f"right,standing,{k},{v},mm\n" for k, v in RULER.items())
ENTER = ["enter", "--side", "right", "--load", "standing"] + [
    word for key, value in RULER.items() for word in (f"--{key.replace('_', '-')}", str(value))
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "feet.csv"
    path.write_text(HOME)
    return path


def printed(capfd: pytest.CaptureFixture[str]) -> dict:
    return json.loads(capfd.readouterr().out)


def run(*args: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fitter", *args],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        **more,
    )


@pytest.mark.parametrize("args", [["--help"], ["fit", "--help"], ["enter", "--help"], ["--version"]])
def test_help_answers(args):
    done = run(*args)
    assert done.returncode == 0
    assert done.stdout


def test_help_enters_no_heavy_room():
    heavy = ("numpy", "fpdf", "cattrs", "tkinter")
    code = f"import sys, fitter.cli; sys.exit(any(m in sys.modules for m in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_version_is_the_packages(capsys):
    with pytest.raises(SystemExit) as done:
        main(["--version"])
    assert done.value.code == 0
    assert capsys.readouterr().out == f"fitter {__version__}\n"


def test_every_command_and_option_is_explained(capsys):
    for args in (
        ["fit"],
        ["measure"],
        ["enter"],
        ["home"],
        ["sizes"],
        ["samples"],
        ["app"],
        ["scanner-check"],
        ["certify"],
    ):
        with pytest.raises(SystemExit):
            main([*args, "--help"])
        text = capsys.readouterr().out
        assert "exit status:" in text
        for option in re.findall(r"^  (--[a-z-]+)(?: \S+)?(?:, -\w)?$", text, flags=re.MULTILINE):
            assert re.search(rf"{option}[^\n]*\n +\w", text), option


def test_no_command_is_a_usage_error(capfd):
    assert main([]) == 2
    assert "commands" in capfd.readouterr().err


def test_typed_measures_become_a_fit_on_stdout_only(capfd):
    assert main([*ENTER, "--json", "-"]) == 0
    out, err = capfd.readouterr()
    (foot,) = json.loads(out)["feet"]
    assert foot["side"] == "right"
    length = foot["measurements"]["foot_length"]
    assert (length["value"], length["u95"], length["unit"]) == (251.0, 3.0, "mm")
    assert foot["posture"]["class"] == "neutral"
    assert err == ""


@pytest.mark.parametrize("cell", ["25.1 cm", "251", "251 mm", "9 7/8 in"])
def test_the_length_that_sets_a_scale_may_have_its_unit(cell, tmp_path):
    (tmp_path / "scans.csv").write_text(f"file,foot_length\nfoot.stl,{cell}\n")
    options = ["measure", str(tmp_path / "scans.csv")]
    by_cell = next(inputs_of(options[1], _parser().parse_args(options)))[4]
    by_option = next(inputs_of("foot.stl", _parser().parse_args([*options, "--foot-length", cell])))[4]
    assert by_cell == by_option == pytest.approx(251.0, abs=0.2)


def test_every_measure_a_person_can_take_can_be_entered(capfd):
    middle = {m.id: sum(m.plausible) / 2 for m in ENTERABLE} | {"ball_girth": 245.0, "navicular_height": 41.0}
    words = [w for k, v in middle.items() for w in (f"--{k.replace('_', '-')}", str(v))]
    assert main(["enter", "--side", "left", "--json", "-", *words]) == 0
    readings = printed(capfd)["feet"][0]["measurements"]
    of_the_print = {m.id for m in PRINT_WIDTHS}
    typed = {k: v for k, v in middle.items() if k not in of_the_print}
    assert {k: readings[k]["value"] for k in typed} == pytest.approx(typed)
    by_hand = 100 * middle["print_midfoot_width"] / middle["print_forefoot_width"]
    assert readings["chippaux_smirak_index"]["value"] == pytest.approx(by_hand, abs=0.01)
    assert readings["chippaux_smirak_index"]["basis"] == "wet footprint"


def test_entering_centimetres_is_entering_the_same_foot(capfd):
    assert main([*ENTER, "--json", "-"]) == 0
    in_mm = printed(capfd)
    in_cm = [str(float(w) / 10) if re.fullmatch(r"[\d.]+", w) else w for w in ENTER]
    assert main([*in_cm, "--units", "cm", "--json", "-"]) == 0
    assert printed(capfd) == in_mm


def test_a_file_and_the_options_say_the_same(capfd, home):
    assert main(["fit", str(home), "--json", "-"]) == 0
    from_file = printed(capfd)
    assert main([*ENTER, "--json", "-"]) == 0
    typed = printed(capfd)
    assert from_file.pop("captures") != typed.pop("captures")
    assert from_file == typed


def test_measuring_alone_stops_at_the_measures(capfd, home):
    assert main(["measure", str(home), "--json", "-"]) == 0
    tree = printed(capfd)
    assert set(tree) == {"schema_version", "program_version", "feet", "captures", "warnings"}
    assert list(tree["feet"][0]["measurements"]) == list(IDS)


def test_not_asked_is_said_and_asked_is_said(capfd, home, tmp_path):
    assert main(["fit", str(home), "--json", "-"]) == 0
    assert printed(capfd)["red_flags"]["asked"] is False
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"schema_version": "1.0", **ALL_CLEAR}))
    assert main(["fit", str(home), "--json", "-", "--answers", str(answers)]) == 0
    assert printed(capfd)["red_flags"]["asked"] is True
    answers.write_text(json.dumps({"schema_version": "1.0", **ALL_CLEAR, "knee_locked": True}))
    assert main(["fit", str(home), "--json", "-", "--answers", str(answers)]) == 0
    stopped = printed(capfd)
    assert stopped["red_flags"]["stop"]
    assert stopped["feet"][0]["support"]["parameters"] == []


def test_without_a_place_to_write_a_person_gets_a_table(capfd, home):
    assert main(["fit", str(home)]) == 0
    out = capfd.readouterr().out
    for words in ("RIGHT FOOT, STANDING", "251.0 ± 3.0 mm", "Arch score", "Not measured", "Support", "KNEE"):
        assert words in out
    assert re.search(r"Lower than most adults, often called a flat foot: unlikely \(.*%\)\.", out)
    assert not re.search(r"^ *Flat foot", out, flags=re.MULTILINE)
    assert main(["measure", str(home)]) == 0
    assert "KNEE" not in capfd.readouterr().out


def test_out_writes_three_files_that_are_the_same_every_time(capfd, home, tmp_path):
    out = tmp_path / "anna" / "today"
    assert main(["fit", str(home), "--out", str(out)]) == 0
    stdout, err = capfd.readouterr()
    assert "RIGHT FOOT, STANDING" in stdout  # a person at the terminal sees the result too
    assert [line.split()[1] for line in err.splitlines()] == ["wrote"] * 3
    first = {p.name: p.read_bytes() for p in out.iterdir()}
    assert set(first) == {"profile.json", "profile.csv", "report.pdf"}
    assert from_json(first["profile.json"], "a") == from_csv(first["profile.csv"], "b")
    assert first["report.pdf"].startswith(b"%PDF")
    assert main(["fit", str(home), "--out", str(out)]) == 0
    assert [line.split()[1] for line in capfd.readouterr().err.splitlines()] == ["replaced"] * 3
    assert {p.name: p.read_bytes() for p in out.iterdir()} == first


@pytest.mark.parametrize("name", ["profile.json", "profile.csv", "report.pdf"])
def test_what_fitter_did_not_write_is_never_written_over(capfd, home, tmp_path, name):
    (tmp_path / name).write_bytes(b"my own work")
    assert main(["fit", str(home), "--out", str(tmp_path)]) == 2
    assert "not written by Fitter" in capfd.readouterr().err
    assert (tmp_path / name).read_bytes() == b"my own work"
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["feet.csv", name])


@pytest.mark.parametrize(
    "where",
    [["--json", "{home}"], ["--json", "nowhere/x.json"], ["--json", "{home.parent}"], ["--out", "{home}"]],
)
def test_an_output_that_would_destroy_or_not_work_is_a_usage_error(capfd, home, where):
    assert main(["fit", str(home), *(word.format(home=home) for word in where)]) == 2
    assert len(capfd.readouterr().err.splitlines()) == 1
    assert home.read_text() == HOME


BAD = {
    "empty.stl": b"",
    "zeros.stl": b"\0" * 200,
    "text.stl": b"Dear shop, here is my foot.\n",
    "words.obj": b"hello\n",
    "short.ply": b"ply\nformat binary_little_endian 1.0\nelement vertex 9\n",
    "slip.csv": b"side,measure,value\nright,foot_lenght,251\n",
    "half.json": b'{"feet": [',
}


@pytest.mark.parametrize("name", BAD)
def test_an_input_that_cannot_be_used_gets_one_line_and_exit_3(capfd, tmp_path, name):
    (tmp_path / name).write_bytes(BAD[name])
    assert main(["fit", str(tmp_path / name), "--json", "-"]) == 3
    out, err = capfd.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    assert line.startswith(f"fitter: {tmp_path / name}")


def test_a_file_that_is_not_there_gets_one_line_and_exit_3(capfd, tmp_path):
    assert main(["fit", str(tmp_path / "no.stl")]) == 3
    err = capfd.readouterr().err
    assert "no such file" in err
    assert "Check the path" in err
    assert main(["fit", str(tmp_path)]) == 3
    err = capfd.readouterr().err
    assert "directory" in err
    assert "one by one" in err


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("LEFT:x.stl", "Write left:x.stl to state the side"),
        ("up:x.stl", "write left:x.stl or right:x.stl"),
        ("x.stl", "Check the path"),
    ],
)
def test_a_side_stated_wrongly_gets_a_hint(capfd, typed, says):
    assert main(["fit", typed]) == 3
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith(f"fitter: {typed}: ")
    assert says in line


def test_files_of_one_name_are_told_apart_by_the_path_as_typed(capfd, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for folder, text in (("a", HOME), ("b", HOME.replace("251", "25.1")), ("c", HOME + "right,dance\n")):
        Path(folder).mkdir()
        Path(folder, "feet.csv").write_text(text)
    Path("d").mkdir()
    Path("d", "feet.csv").write_text("side,measure,value\nright,foot_length,200\nright,ball_length,210\n")
    files = [f"{folder}/feet.csv" for folder in "abcd"]
    assert main(["measure", *files, "--json", "-"]) == 4
    told = capfd.readouterr().err.splitlines()
    for line, place in zip(
        told, ("b/feet.csv, line 2: ", "c/feet.csv, line 9: ", "d/feet.csv, right foot: "), strict=True
    ):
        assert line.startswith(f"fitter: {place}")


def test_the_good_ones_are_done_when_some_are_bad(capfd, tmp_path, home):
    for name in ("empty.stl", "slip.csv"):
        (tmp_path / name).write_bytes(BAD[name])
    files = [str(tmp_path / "empty.stl"), str(home), str(tmp_path / "slip.csv"), str(tmp_path / "gone.stl")]
    assert main(["fit", *files, "--json", "-"]) == 4
    out, err = capfd.readouterr()
    assert [c["file"] for c in json.loads(out)["captures"]] == ["feet.csv"]
    assert len(err.splitlines()) == 3
    for name in ("empty.stl", "slip.csv", "gone.stl"):
        assert name in err


def test_every_good_one_is_measured_once(capfd, monkeypatch, tmp_path, home):
    (tmp_path / "slip.csv").write_bytes(BAD["slip.csv"])
    measured, measure = [], captures.measurements_from_entry
    monkeypatch.setattr(
        captures, "measurements_from_entry", lambda foot: measured.append(foot.side) or measure(foot)
    )
    assert main(["fit", str(home), str(tmp_path / "slip.csv"), "--json", "-"]) == 4
    assert measured == ["right"]
    assert "slip.csv" in capfd.readouterr().err


def test_when_all_are_bad_nothing_is_written(capfd, tmp_path):
    (tmp_path / "slip.csv").write_bytes(BAD["slip.csv"])
    assert (
        main(["fit", str(tmp_path / "slip.csv"), str(tmp_path / "no.stl"), "--out", str(tmp_path / "out")])
        == 3
    )
    assert not (tmp_path / "out").exists()
    assert len(capfd.readouterr().err.splitlines()) == 2


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["enter", "--side", "right"], "no measure"),
        (["enter", "--side", "right", "--foot-length", "25.1"], "--foot-length: Foot length is 25.1 mm"),
        (["enter", "--side", "right", "--foot-length", "long"], "--foot-length: value is 'long'"),
        (
            ["enter", "--side", "right", "--foot-length", "250", "--ball-length", "260"],
            "Foot length (250 mm)",
        ),
    ],
)
def test_a_slip_in_a_typed_measure_names_the_option(capfd, args, says):
    assert main(args) in (2, 3)
    (line,) = capfd.readouterr().err.splitlines()
    assert says in line


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["fit"], "required: FILE"),
        (["fit", "x", "--side", "middle"], "invalid choice: 'middle'"),
        (["fit", "x", "--units", "ell"], "invalid choice: 'ell'"),
        (["fit", "x", "--dance"], "unrecognized arguments: --dance"),
        (["measure", "x", "--load", "standing", "--verb"], "unrecognized arguments: --verb"),
        (["fit", "x", "--json"], "--json: expected one argument"),
        (["fit", "x", "--json", ""], "--json: it is empty"),
        (["fit", "x", "--out", ""], "--out: it is empty"),
        (["fit", "x", "--answers", " "], "--answers: it is empty"),
        (["fit", ""], "FILE: it is empty"),
        (["app", ""], "FILE: it is empty"),
        (["samples", "--copy", ""], "--copy: it is empty"),
        (["samples", "--cop", "x"], "unrecognized arguments: --cop x"),
        (["enter"], "required: --side"),
        (["dance"], "invalid choice: 'dance'"),
    ],
)
def test_a_command_written_wrong_is_one_line_and_exit_2(capfd, args, says):
    with pytest.raises(SystemExit) as done:
        main(args)
    assert done.value.code == 2
    out, err = capfd.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    assert line.startswith("fitter: ")
    assert says in line
    command = "fitter" if args == ["dance"] else f"fitter {args[0]}"
    assert line.endswith(f"See {command} --help.")


def stated(name: str, *options: str) -> list[tuple]:
    """File, side, load, units and foot length of each; no scanner is named in these."""
    args = cli._parser().parse_args(["fit", name, *options])
    found = list(inputs_of(name, args))
    assert [entry[5] for entry in found] == [None] * len(found)
    return [entry[:5] for entry in found]


def test_a_side_before_a_path_is_stated_and_a_drive_letter_is_not():
    assert stated("left:a/b.stl") == [(Path("a/b.stl"), "left", "unknown", None, None)]
    assert stated("right:C:\\scans\\r.stl") == [(Path("C:\\scans\\r.stl"), "right", "unknown", None, None)]
    assert stated("C:\\left.stl", "--units", "cm") == [(Path("C:\\left.stl"), None, "unknown", "cm", None)]
    assert stated("left:a.stl", "--side", "right")[0][1] == "left"


def test_a_manifest_states_side_load_and_units_of_files_beside_it(tmp_path):
    manifest = tmp_path / "scans.csv"
    manifest.write_text(
        "File;Side;Load;Units\n# Monday\na.stl;left;standing;\nsub/b.ply;;;cm\nc.stl;L;Single leg;Inches\n"
    )
    assert stated(str(manifest), "--load", "sitting", "--side", "right") == [
        (tmp_path / "a.stl", "left", "standing", None, None),
        (tmp_path / "sub/b.ply", "right", "sitting", "cm", None),
        (tmp_path / "c.stl", "left", "single_leg", "in", None),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("file,side\na.stl,middle\n", "line 2: side is 'middle'"),
        ("file,site\na.stl,left\n", "column 'site'"),
        ("file,side\n,left\n", "line 2: names no file"),
        ("file,side\n", "names no file"),
    ],
)
def test_a_slip_in_a_manifest_gets_one_line(capfd, tmp_path, text, says):
    (tmp_path / "scans.csv").write_text(text)
    assert main(["fit", str(tmp_path / "scans.csv")]) == 3
    (line,) = capfd.readouterr().err.splitlines()
    assert says in line


@pytest.mark.parametrize(
    ("raised", "status", "says"),
    [
        (MemoryError(), 3, "not enough memory"),
        (KeyboardInterrupt(), 130, "stopped"),
        (OSError(28, "No space left on device", "x.json"), 3, "x.json: no space left"),
        (ZeroDivisionError("division\nby zero"), 3, "please report it"),
    ],
)
def test_no_failure_shows_a_traceback(capfd, monkeypatch, home, raised, status, says):
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(journey, "run_journey", fail)
    monkeypatch.delenv("FITTER_DEBUG", raising=False)
    assert main(["fit", str(home)]) == status
    (line,) = capfd.readouterr().err.splitlines()
    assert says in line
    monkeypatch.setenv("FITTER_DEBUG", "1")
    assert main(["fit", str(home)]) == status
    assert "Traceback" in capfd.readouterr().err


def test_a_reader_that_stops_early_is_no_failure(home):
    command = [sys.executable, "-m", "fitter", "fit", str(home), "--json", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


def test_a_scan_goes_from_file_to_json_and_the_same_bytes_come_out(capfd):
    texts = []
    for _ in range(2):
        assert main(["fit", f"right:{SCAN}", "--load", "standing", "--json", "-"]) == 0
        texts.append(capfd.readouterr().out)
    assert texts[0] == texts[1]
    tree = json.loads(texts[0])
    assert tree["captures"][0]["file"] == SCAN.name
    assert str(SCAN.parent) not in texts[0]
    assert tree["feet"][0]["side"] == "right"


def test_progress_is_told_on_stderr_when_asked_for(capfd):
    assert main(["measure", str(SCAN), "--json", "-", "--verbose"]) == 0
    out, err = capfd.readouterr()
    json.loads(out)
    assert len(err.splitlines()) >= 3
    assert all(line.startswith("fitter: ") for line in err.splitlines())


def test_samples_are_listed_and_copied_as_they_are(capfd, tmp_path):
    assert main(["samples"]) == 0
    listed = [line.split()[0] for line in capfd.readouterr().out.splitlines()]
    assert SCAN.name in listed
    for words in ("wrote", "replaced"):
        assert main(["samples", "--copy", str(tmp_path / "scans")]) == 0
        assert words in capfd.readouterr().err
    assert sorted(p.name for p in (tmp_path / "scans").iterdir()) == sorted(listed)
    assert (tmp_path / "scans" / SCAN.name).read_bytes() == SCAN.read_bytes()
    (tmp_path / "scans" / SCAN.name).write_bytes(b"mine")
    assert main(["samples", "--copy", str(tmp_path / "scans")]) == 2
    assert (tmp_path / "scans" / SCAN.name).read_bytes() == b"mine"


@pytest.mark.parametrize("inside", ["", "/new/folder"])
def test_a_file_is_no_folder_to_write_into(capfd, home, inside):
    for command in (["samples", "--copy"], ["fit", str(SCAN), "--out"]):
        assert main([*command, f"{home}{inside}"]) == 2
        (line,) = capfd.readouterr().err.splitlines()
        assert "is a file, expected a folder" in line
        assert ".part" not in line
    assert home.read_text() == HOME


def test_a_write_that_fails_names_the_file_asked_for_and_leaves_nothing(tmp_path):
    (tmp_path / "b").mkdir()  # a file can't replace it
    with pytest.raises(OSError, match="directory") as failed:
        write_files({tmp_path / "b": b"text"})
    assert failed.value.filename == str(tmp_path / "b")
    assert [p.name for p in tmp_path.iterdir()] == ["b"]


@pytest.mark.skipif(os.name != "posix", reason="such files are a posix matter")
def test_json_can_go_to_a_device_and_through_a_link(capfd, home, tmp_path):
    assert main(["measure", str(home), "--json", "-"]) == 0
    expected = capfd.readouterr().out
    assert main(["measure", str(home), "--json", "/dev/stdout"]) == 0
    assert capfd.readouterr() == (expected, "")
    with Path(os.devnull).open("rb") as null:
        before = os.fstat(null.fileno())
    assert main(["measure", str(home), "--json", os.devnull]) == 0
    assert Path(os.devnull).stat().st_rdev == before.st_rdev
    assert not Path(os.devnull).is_file()
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    for _ in range(2):
        assert main(["measure", str(home), "--json", str(tmp_path / "link.json")]) == 0
        assert (tmp_path / "link.json").is_symlink()
        assert (tmp_path / "real.json").read_text() == expected


@pytest.mark.skipif(os.name != "posix", reason="such files are a posix matter")
def test_json_can_go_into_a_pipe(home):
    read, write = os.pipe()
    try:
        done = run("measure", str(home), "--json", f"/dev/fd/{write}", pass_fds=[write])
    finally:
        os.close(write)
    assert done.returncode == 0, done.stderr
    with os.fdopen(read) as stream:
        assert json.load(stream)["feet"][0]["side"] == "right"


def test_sample_measurements_at_home_can_be_read():
    for path in data_folder("sample_scans").glob("home*.csv"):
        assert parse_measurement_file(path.name, path.read_bytes())


def test_the_window_gets_the_files(monkeypatch):
    import fitter.app  # noqa: PLC0415 - only this test needs it

    opened = []
    monkeypatch.setattr(fitter.app, "main", lambda files: opened.append(list(files)) or 0)
    assert main(["app", "a.stl", "b.stl"]) == 0
    assert opened == [["a.stl", "b.stl"]]


@pytest.mark.skipif(os.name != "posix", reason="file rights are a posix matter")
def test_outputs_have_the_rights_of_any_new_file(home, tmp_path):
    assert main(["fit", str(home), "--json", str(tmp_path / "p.json")]) == 0
    (tmp_path / "other").write_text("x")
    assert (tmp_path / "p.json").stat().st_mode == (tmp_path / "other").stat().st_mode


# ---------------------------------------------------------------------------------------- a scanner's check


@pytest.fixture
def block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A block of 250 x 100 x 60 mm from a scanner that shows lengths 2 % too long."""
    monkeypatch.setenv("FITTER_DATA", str(tmp_path / "data"))
    points, faces = objects.block(250.0, 100.0, 60.0, step=4.0, rounding=2.0)
    path = tmp_path / "block.stl"
    path.write_bytes(stl(Mesh(1.02 * points, faces.astype(np.int32))))
    return path


SIZE = ["--length", "250", "--width", "100", "--height", "60"]


def test_a_checked_scanner_is_kept_listed_used_and_forgotten(capfd, block):
    assert main(["scanner-check", "--list"]) == 0
    assert "No scanner was checked yet" in capfd.readouterr().out
    assert main(["scanner-check", str(block), *SIZE, "--scanner", "shop"]) == 0
    out, err = capfd.readouterr()
    assert "bias      +2.00 %" in out
    assert "Kept as shop" in out
    assert err == ""
    assert main(["scanner-check", "--list", "--json", "-"]) == 0
    (kept,) = printed(capfd)["scanners"]
    assert (kept["name"], kept["scale"]) == ("shop", pytest.approx(1.02, abs=1e-4))
    assert main(["measure", str(SCAN), "--json", "-"]) == 0
    plain = printed(capfd)["feet"][0]
    assert main(["measure", str(SCAN), "--scanner", "shop", "--json", "-"]) == 0
    told = printed(capfd)
    length = told["feet"][0]["measurements"]["foot_length"]
    assert length["value"] == pytest.approx(plain["measurements"]["foot_length"]["value"] / 1.02, abs=0.3)
    assert length["u95"] > plain["measurements"]["foot_length"]["u95"]
    assert told["captures"][0]["scanner"]["name"] == "shop"
    assert "2.00 % too long" in told["feet"][0]["assumptions"]["scanner"]["text"]
    assert main(["scanner-check", "--forget", "shop"]) == 0
    assert main(["measure", str(SCAN), "--scanner", "shop"]) == 2
    assert "no scanner 'shop' is known" in capfd.readouterr().err


def test_a_manifest_names_the_scanner_of_each_file(capfd, block, tmp_path):
    assert main(["scanner-check", str(block), *SIZE, "--scanner", "shop"]) == 0
    manifest = tmp_path / "scans.csv"
    manifest.write_text(f"file,scanner\n{SCAN},shop\n{SCAN},\n")
    capfd.readouterr()
    assert main(["measure", str(manifest), "--json", "-"]) == 0
    assert ["scanner" in capture for capture in printed(capfd)["captures"]] == [True, False]


def test_a_check_that_is_not_kept_changes_nothing(capfd, block, tmp_path):
    assert main(["scanner-check", str(block), *SIZE, "--json", "-"]) == 0
    tree = printed(capfd)
    assert tree["bias_percent"] == pytest.approx(2.0, abs=0.01)
    assert [length["name"] for length in tree["lengths"]] == ["length", "width", "height"]
    assert tree["scanner"] is None
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ([], "no scan was named"),
        (["block.stl"], "no known size was given"),
        (["block.stl", "--width", "100"], "no known size was given"),
        (["block.stl", "--ball", "60", "--length", "250"], "a ball has a diameter only"),
        (["block.stl", "--length", "60", "--width", "250"], "--length is the longest edge"),
        (["block.stl", "--list"], "stand alone"),
        (["--forget", "nobody"], "no scanner 'nobody' is known"),
    ],
)
def test_a_check_written_wrong_is_a_usage_error_in_one_line(capfd, block, args, says):
    assert main(["scanner-check", *args]) == 2
    err = capfd.readouterr().err
    assert says in err
    assert err.count("\n") == 1


def test_a_scan_without_the_block_is_unusable_in_one_line(capfd, block):
    assert main(["scanner-check", str(SCAN), "--length", "250"]) == 3
    err = capfd.readouterr().err
    assert str(SCAN) in err
    assert err.count("\n") == 1
    assert main(["scanner-check", str(block.with_name("none.stl")), "--length", "250"]) == 3
