"""The `fitter` command: results on stdout, everything else on stderr."""

# ruff: noqa: PLC0415 - heavy rooms are entered only by the command that needs them: help answers at once

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from fitter import __version__
from fitter.anatomy.measures import ENTERABLE
from fitter.entry import MM_PER_UNIT, EnteredFoot, entered_value, read_table
from fitter.errors import FitterError
from fitter.exchange.folder import OUTPUTS, documents, refuse_foreign, write_files
from fitter.measurements import LOADS, SIDES, Load, Side
from fitter.resources import data_folder

if TYPE_CHECKING:
    from fitter.answers import Answers
    from fitter.profile import Capture, FitResult, Progress

DONE, USAGE, UNUSABLE, SOME_UNUSABLE, STOPPED = 0, 2, 3, 4, 130
SCAN_SUFFIXES = (".stl", ".ply", ".obj", ".glb", ".gltf", ".3mf", ".off", ".xyz")

_FILES_HELP = """\
FILE is a 3D scan (STL, PLY, OBJ, GLB, 3MF, OFF, XYZ) or a measurement file: CSV with the columns
side, load, measure, value, unit, u95, or the same as JSON. left:FILE or right:FILE states the side
of one file. A CSV with the columns file, side, load, units is a manifest: it names scans (paths
relative to it) and what is known of each. What is not stated is found from the scan, and the result
says what was assumed.
"""
_OUTPUT_HELP = """\
output:
  --json and --out write files; with neither, a table for people is printed. --out DIR writes
  profile.json, profile.csv (one row a value) and report.pdf (one page). Files Fitter wrote before
  are replaced, others never.
"""
_EXIT_HELP = """\
exit status:
  0  done
  2  the command is not written as it should be, or its output would destroy something
  3  this input can't be used; one line says why and what to do
  4  some of several inputs couldn't be used; the others are done
"""


class _UsageError(FitterError):
    """The command itself is wrong, not what a file holds."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status. A traceback is shown only where FITTER_DEBUG is set."""
    parser = _parser()
    args = parser.parse_args(argv)
    if args.run is None:
        parser.print_help(sys.stderr)
        return USAGE
    try:
        return cast(int, args.run(args))
    except BrokenPipeError:
        # The reader of our output (such as `head`) has had enough; keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (Exception, KeyboardInterrupt) as e:
        if os.environ.get("FITTER_DEBUG"):
            traceback.print_exc()
        return _told(*_failure(e))


def _failure(e: BaseException) -> tuple[str, int]:
    """One line for a person, and the exit status."""
    line, status = str(e), UNUSABLE
    match e:
        case _UsageError() | FitterError(code="would_overwrite"):
            status = USAGE
        case FitterError():
            pass
        case KeyboardInterrupt():
            line, status = "stopped", STOPPED
        case MemoryError():
            line = "there is not enough memory for this; close other programs or use a smaller scan"
        case OSError():
            line = str(_readable(e))
        case _:
            what = f"unexpected {type(e).__name__}: {' '.join(line.split())[:200]}"
            line = f"{what}. This is a fault in Fitter; please report it (FITTER_DEBUG=1 shows where it is)."
    return line, status


def _told(line: str, status: int) -> int:
    print(f"fitter: {line}", file=sys.stderr)
    return status


def _readable(e: OSError, where: str = "") -> FitterError:
    return FitterError((e.strerror or type(e).__name__).lower(), where=where or str(e.filename or "a file"))


# ---------------------------------------------------------------------------------------- the command line


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fitter",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures a foot from a 3D scan or a ruler, places its arch on the continuum, \n"
        "recommends an insole support profile and explains the knee. Every number comes with its 95 % error.",
        epilog="examples:\n"
        "  fitter app                                    open the window\n"
        "  fitter samples --copy scans                   get sample scans to try\n"
        "  fitter fit left:l.stl right:r.stl --out anna  fit two feet and write the three files\n"
        "  fitter measure foot.ply --json -              measures only, as JSON on stdout\n"
        "  fitter enter --side right --load standing --foot-length 251 --ball-length 184\n\n" + _EXIT_HELP,
    )
    parser.add_argument("--version", action="version", version=f"fitter {__version__}")
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_app(commands)
    _add_fit(commands)
    _add_measure(commands)
    _add_enter(commands)
    _add_samples(commands)
    return parser


_Commands = argparse._SubParsersAction  # the only name argparse has for it


def _command(
    commands: _Commands[argparse.ArgumentParser], name: str, what: str, more: str, epilog: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=what,
        description=f"{what[0].upper()}{what[1:]}.\n\n{more}",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _add_app(commands: _Commands[argparse.ArgumentParser]) -> None:
    p = _command(commands, "app", "open the window", "Files named here are opened in it.", _EXIT_HELP)
    p.add_argument("files", nargs="*", metavar="FILE", help="a scan or a measurement file to open")
    p.set_defaults(run=_app)


def _add_fit(commands: _Commands[argparse.ArgumentParser]) -> None:
    examples = (
        "examples:\n"
        "  fitter fit foot.stl\n"
        "  fitter fit left:l.stl right:r.stl --load standing --answers anna.json --out anna\n"
        "  fitter fit feet.csv --json - | jq .feet[0].posture\n\n"
    )
    what = "the whole journey: measures, arch, support and knee, from scans or measurement files"
    p = _command(commands, "fit", what, _FILES_HELP, examples + _OUTPUT_HELP + "\n" + _EXIT_HELP)
    _add_inputs(p)
    _add_outputs(p)
    p.set_defaults(run=_fit, only_measure=False)


def _add_measure(commands: _Commands[argparse.ArgumentParser]) -> None:
    examples = "examples:\n  fitter measure foot.stl\n  fitter measure scans.csv --json measures.json\n\n"
    what = "measures only, with the error of each"
    p = _command(commands, "measure", what, _FILES_HELP, examples + _OUTPUT_HELP + "\n" + _EXIT_HELP)
    _add_inputs(p)
    _add_outputs(p)
    p.set_defaults(run=_fit, only_measure=True)


def _add_enter(commands: _Commands[argparse.ArgumentParser]) -> None:
    example = (
        "example:\n  fitter enter --side right --load standing --foot-length 251 --ball-length 184 "
        "--ball-breadth 98 --instep-height 63\n\n"
    )
    what = "the whole journey from measures you took of one foot with a ruler and a tape"
    more = "Give what you have. The arch needs ball length, and instep or navicular height.\n"
    p = _command(commands, "enter", what, more, example + _OUTPUT_HELP + "\n" + _EXIT_HELP)
    p.add_argument("--side", choices=SIDES, required=True, help="which foot")
    _add_load(p)
    p.add_argument(
        "--units", choices=list(MM_PER_UNIT), default="mm", help="unit of the numbers (default: mm)"
    )
    group = p.add_argument_group("measures (how to take them)")
    for m in ENTERABLE:
        group.add_argument(_option(m.id), dest=m.id, metavar="NUMBER", help=m.home.replace("%", "%%"))
    _add_outputs(p)
    p.set_defaults(run=_enter, only_measure=False)


def _add_samples(commands: _Commands[argparse.ArgumentParser]) -> None:
    p = _command(commands, "samples", "list the sample scans, or copy them", "", _EXIT_HELP)
    p.add_argument("--copy", metavar="DIR", type=Path, help="copy them into this folder (made if needed)")
    p.set_defaults(run=_samples)


def _add_inputs(p: argparse.ArgumentParser) -> None:
    p.add_argument("files", nargs="+", metavar="FILE", help="a scan, a measurement file or a manifest")
    p.add_argument("--side", choices=SIDES, help="side of every file that states none (default: found)")
    p.add_argument(
        "--units", choices=list(MM_PER_UNIT), help="unit of the files (default: found from the size)"
    )
    _add_load(p)


def _add_load(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--load",
        choices=LOADS,
        default="unknown",
        help="how the foot was loaded (default: unknown, taken as standing)",
    )


def _add_outputs(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--answers", metavar="FILE", type=Path, help="JSON answers about the person (pain, load, ...)"
    )
    p.add_argument(
        "--json", metavar="FILE|-", help="write the profile as JSON to a file, or to stdout with -"
    )
    p.add_argument("--out", metavar="DIR", type=Path, help=f"write {', '.join(OUTPUTS)} into this folder")
    p.add_argument("--verbose", action="store_true", help="tell on stderr what is being done")


def _option(measure_id: str) -> str:
    return "--" + measure_id.replace("_", "-")


# ---------------------------------------------------------------------------------------- commands


def _app(args: argparse.Namespace) -> int:
    from fitter.app import main as open_window

    return open_window(args.files)


def _fit(args: argparse.Namespace) -> int:
    from fitter.profile import run_journey

    inputs = [entry for name in args.files for entry in _inputs(name, args)]
    _check_outputs(args, [path for path, *_ in inputs])
    answers = _answers(args.answers)
    captures, bad = _read(inputs)
    result = None
    try:
        with _progress(args.verbose) as tell:
            result = run_journey(
                captures, answers=answers, only_measure=args.only_measure, progress=tell, refuse=bad.append
            )
    except FitterError as nothing_left:
        if nothing_left.code != "no_input":
            raise
    for error in bad:
        _told(str(error), UNUSABLE)
    if result is None:
        return UNUSABLE
    _deliver(result, args)
    return SOME_UNUSABLE if bad else DONE


def _enter(args: argparse.Namespace) -> int:
    from fitter.profile import run_journey

    values = {
        m.id: entered_value(m.id, getattr(args, m.id), args.units, where=_option(m.id))
        for m in ENTERABLE
        if getattr(args, m.id) is not None
    }
    if not values:
        raise _UsageError(
            "no measure was given", todo=f"Give at least one, such as {_option(ENTERABLE[0].id)} 251"
        )
    _check_outputs(args, [])
    foot = EnteredFoot(args.side, args.load, values)
    with _progress(args.verbose) as tell:
        result = run_journey((), entered=(foot,), answers=_answers(args.answers), progress=tell)
    _deliver(result, args)
    return DONE


def _samples(args: argparse.Namespace) -> int:
    folder = data_folder("sample_scans")
    found = (
        sorted(p for p in folder.iterdir() if p.suffix.lower() in (*SCAN_SUFFIXES, ".csv"))
        if folder.is_dir()
        else []
    )
    if not found:
        raise FitterError("there are no sample scans here", where=str(folder), todo="Install Fitter again")
    if args.copy is None:
        known = _known_of_samples(folder)
        widest = max(len(path.name) for path in found)
        _print(
            "".join(
                f"{path.name:<{widest}}  {known.get(path.name, 'measured with a ruler')}\n" for path in found
            )
        )
        return DONE
    contents = {args.copy / path.name: path.read_bytes() for path in found}
    for target, data in contents.items():
        if target.exists() and target.read_bytes() != data:
            raise _UsageError("exists and is something else", where=str(target), todo="Choose another folder")
    _write(contents)
    return DONE


def _known_of_samples(folder: Path) -> dict[str, str]:
    """A line on each constructed foot: what it is and what was done to its file."""
    try:
        told = json.loads((folder / "truth.json").read_bytes())["samples"]
    except FileNotFoundError:
        return {}
    lines = {}
    for name, sample in told.items():
        posture = (sample["posture"] or "no class for this load").replace("_", " ")
        lines[name] = (
            f"{sample['side']} foot, {sample['load']}, {posture}; in {sample['unit']}; {sample['note']}"
        )
    return lines


# ---------------------------------------------------------------------------------------- inputs


_Input = tuple[Path, Side | None, Load, str | None]


def _inputs(name: str, args: argparse.Namespace) -> Iterator[_Input]:
    """One FILE of the command line as the files it stands for, each with what was stated of it."""
    # A drive letter is one letter, so C:\\left.stl is never taken for a side.
    stated = re.fullmatch(r"(left|right):(.+)", name)
    side = cast("Side | None", stated[1] if stated else args.side)
    path = Path(stated[2] if stated else name)
    manifest = _manifest(path)
    if manifest is None:
        yield path, side, args.load, args.units
        return
    for line, row in manifest:
        where = f"{path.name}, line {line}"
        if not row["file"]:
            raise FitterError("names no file", where=where)
        yield (
            path.parent / row["file"],
            cast("Side | None", _cell(row, "side", SIDES, where) or side),
            cast(Load, _cell(row, "load", LOADS, where) or args.load),
            _cell(row, "units", tuple(MM_PER_UNIT), where) or args.units,
        )


def _manifest(path: Path) -> list[tuple[int, dict[str, str]]] | None:
    """The rows of a manifest, or None where the file is none (or can't be read: that is told later)."""
    if path.suffix.lower() not in (".csv", ".tsv"):
        return None
    try:
        header, rows = read_table(path.name, path.read_bytes())
    except (OSError, FitterError):
        return None
    if "file" not in header:
        return None
    unknown = [column for column in header if column not in ("file", "side", "load", "units", "note")]
    if unknown or not rows:
        what = f"column '{unknown[0]}' is unknown" if unknown else "the manifest names no file"
        raise FitterError(
            what, where=path.name, todo="Expected the columns file, side, load, units and a row a file"
        )
    return rows


def _cell(row: dict[str, str], column: str, known: tuple[str, ...], where: str) -> str | None:
    word = row.get(column, "").lower()
    if word and word not in known:
        raise FitterError(f"{column} is '{word[:40]}', expected one of {', '.join(known)}", where=where)
    return word or None


def _read(inputs: Sequence[_Input]) -> tuple[list[Capture], list[FitterError]]:
    from fitter.profile import Capture

    captures, bad = [], []
    for path, side, load, units in inputs:
        try:
            captures.append(Capture(path.name, path.read_bytes(), side, load, units))
        except OSError as e:
            bad.append(_readable(e, str(path)))
    return captures, bad


def _answers(path: Path | None) -> Answers | None:
    if path is None:
        return None
    from fitter.answers import parse_answers

    try:
        return parse_answers(path.read_bytes(), path.name)
    except OSError as e:
        raise _readable(e, str(path)) from None


@contextmanager
def _progress(verbose: bool) -> Iterator[Progress]:
    """How far the journey is: one line written over on a screen, or a line a stage with --verbose."""
    last = ""

    def tell(share: float, doing: str) -> None:
        nonlocal last
        if sys.stderr.isatty():
            print(f"\r\x1b[K{share:4.0%} {doing}"[:120], end="", file=sys.stderr, flush=True)
        elif verbose and doing != last:
            print(f"fitter: {doing}", file=sys.stderr)
        last = doing

    try:
        yield tell
    finally:
        if last and sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


# ---------------------------------------------------------------------------------------- outputs


def _targets(args: argparse.Namespace) -> list[Path]:
    files = [args.out / name for name in OUTPUTS] if args.out else []
    return files + ([Path(args.json)] if args.json not in (None, "-") else [])


def _check_outputs(args: argparse.Namespace, inputs: Sequence[Path]) -> None:
    """Refuse, before any work, what could not be written or would destroy what is not ours."""
    read = {path.resolve() for path in inputs} | ({args.answers.resolve()} if args.answers else set())
    if args.out and args.out.exists() and not args.out.is_dir():
        raise _UsageError("is a file, expected a folder", where=f"--out {args.out}")
    for target in _targets(args):
        if target.parent != args.out and not target.parent.is_dir():
            raise _UsageError(f"there is no folder {target.parent}", where=str(target))
        if target.resolve() in read:
            raise _UsageError("is an input of this command", where=str(target), todo="Choose another output")
    refuse_foreign(_targets(args))


def _deliver(result: FitResult, args: argparse.Namespace) -> None:
    """Make every output first, then write: a failure leaves no half of them."""
    from fitter.exchange.json_profile import to_json
    from fitter.exchange.text_report import to_text

    files = {args.out / name: data for name, data in documents(result).items()} if args.out else {}
    if args.json not in (None, "-"):
        files[Path(args.json)] = to_json(result.profile).encode()
    _write(files)
    if args.json == "-":
        _print(to_json(result.profile))
    elif args.json is None:
        _print(to_text(result.profile))


def _print(text: str) -> None:
    """To stdout in UTF-8 with plain line feeds, whatever the code page: the same bytes everywhere."""
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(text)
    else:
        sys.stdout.flush()
        stream.write(text.encode())
    sys.stdout.flush()


def _write(files: Mapping[Path, bytes]) -> None:
    """Write all files, and say of each which of writing and replacing it was."""
    verbs = {path: "replaced" if path.exists() else "wrote" for path in files}
    write_files(files)
    for path, verb in verbs.items():
        print(f"fitter: {verb} {path}", file=sys.stderr)
