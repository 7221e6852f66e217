"""The `fitter` command: results on stdout, everything else on stderr."""

# ruff: noqa: PLC0415 - heavy rooms are entered only by the command that needs them: help answers at once

from __future__ import annotations

import argparse
import json
import math
import os
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast, overload

from fitter import (
    __version__,
    cli_certify,
    cli_customers,
    cli_home,
    cli_insole,
    cli_knee,
    cli_rules,
    cli_scanner,
    cli_shelf,
    insoles,
)
from fitter.anatomy.measures import ENTERABLE, LANDMARKS
from fitter.entry import (
    entered_foot,
    entered_value,
    measurements_from_entry,
    stated_side,
    stated_word,
    typed_reading,
)
from fitter.entry_files import read_table
from fitter.errors import FitterError
from fitter.exchange.folder import OUTPUTS, documents, refuse_foreign, write_files
from fitter.measurements import LOADS, SIDES, Load, Side
from fitter.resources import data_folder
from fitter.terms import MM_PER_UNIT

if TYPE_CHECKING:
    from fitter.answers import Answers
    from fitter.captures import Capture, Progress
    from fitter.profile import FitProfile, FitResult
    from fitter.scan.foot import Foot
    from fitter.support.rule_set import RuleSet

DONE, USAGE, UNUSABLE, SOME_UNUSABLE, STOPPED = 0, 2, 3, 4, 130
# Those of the table of support rules.
STRATEGIES = ("total_contact", "accommodative", "highest_arch")
_STDOUT = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
# What sample scans come as.
SCAN_SUFFIXES = (".stl", ".ply", ".obj", ".glb", ".gltf", ".3mf", ".off", ".xyz")

_FILES_HELP = """\
FILE is a 3D scan (STL, PLY, OBJ, OFF, GLB, glTF, 3MF, PCD or a list of points, also packed with gzip
or zip) or a measurement file: CSV with the columns side, load, measure, value, unit, u95, or the same
as JSON. left:FILE or right:FILE states the side of one file. A CSV with the columns file, side, load,
units, foot_length, scanner is a manifest: it names scans (paths relative to it) and what is known of
each. What is not stated is found from the scan, and the result says what was assumed.
"""
_OUTPUT_HELP = """\
output:
  --json and --out write files; without --json a table for people is printed. --out DIR writes
  profile.json, profile.csv (one row a value) and report.pdf (one page, more where it must). Files
  Fitter wrote before are replaced, others never.
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


class _Parser(argparse.ArgumentParser):
    """Tells what is wrong with a command in one line, and where its help is."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"fitter: {' '.join(message.split())}. See {self.prog} --help.\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status. A traceback is shown only where FITTER_DEBUG is set."""
    parser = _parser()
    args, unknown = parser.parse_known_args(argv)
    if unknown:
        args.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
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
        case _UsageError() | FitterError(code="would_overwrite" | "usage" | "unknown_scanner"):
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


_OS_TODO: Mapping[type[OSError], str] = {
    FileNotFoundError: "Check the path",
    IsADirectoryError: "Name the files in it one by one",
    NotADirectoryError: "Check the path: a part of it is a file",
    PermissionError: "Check that you have the right to read or write there",
}


def _readable(e: OSError, where: str = "", todo: str = "") -> FitterError:
    what = (e.strerror or type(e).__name__).lower()
    return FitterError(
        what, where=where or str(e.filename or "a file"), todo=todo or _OS_TODO.get(type(e), "")
    )


# ---------------------------------------------------------------------------------------- the command line


def _parser() -> _Parser:
    parser = _Parser(
        prog="fitter",
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures a foot from a 3D scan or a ruler, places its arch on the continuum, \n"
        "recommends an insole support profile and explains the knee. Every number comes with its 95 % error.",
        epilog="examples:\n"
        "  fitter app                                    open the window\n"
        "  fitter samples --copy scans                   get sample scans to try\n"
        "  fitter fit left:l.stl right:r.stl --out anna  fit two feet and write the three files\n"
        "  fitter measure foot.ply --json -              measures only, as JSON on stdout\n"
        "  fitter enter --side right --load standing --foot-length 251 --ball-length 184\n"
        "  fitter home --worksheet feet.pdf              print how to measure at home, then: fitter home\n\n"
        + _EXIT_HELP,
    )
    parser.add_argument("--version", action="version", version=f"fitter {__version__}")
    parser.set_defaults(run=None, parser=parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_app(commands)
    _add_fit(commands)
    _add_measure(commands)
    _add_enter(commands)
    _add_insole(commands)
    _add_sizes(commands)
    _add_home(commands)
    _add_what_if(commands)
    _add_follow_up(commands)
    _add_go_on(commands)
    _add_samples(commands)
    _add_shelf(commands)
    _add_customers(commands)
    _add_scanner_check(commands)
    _add_certify(commands)
    _add_rules(commands)
    return parser


_Commands = argparse._SubParsersAction  # the only name argparse has for it


def _command(commands: _Commands[_Parser], name: str, what: str, more: str, epilog: str) -> _Parser:
    p = commands.add_parser(
        name,
        allow_abbrev=False,
        help=what,
        description=f"{what[0].upper()}{what[1:]}.\n\n{more}",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    p.set_defaults(parser=p)
    return p


def _some(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty, expected a path")
    return text


def _path(text: str) -> Path:
    return Path(_some(text))


def _json_target(text: str) -> str:
    # What the shell calls standard output may be a pipe or a file; we write to it, not over it.
    return "-" if text in _STDOUT else _some(text)


def _add_app(commands: _Commands[_Parser]) -> None:
    p = _command(commands, "app", "open the window", "Files named here are opened in it.", _EXIT_HELP)
    p.add_argument(
        "files", nargs="*", type=_some, metavar="FILE", help="a scan or a measurement file to open"
    )
    p.set_defaults(run=_app)


def _add_fit(commands: _Commands[_Parser]) -> None:
    examples = (
        "examples:\n"
        "  fitter fit foot.stl\n"
        "  fitter fit left:l.stl right:r.stl --load standing --answers anna.json --out anna\n"
        "  fitter fit feet.csv --json - | jq .feet[0].posture\n\n"
    )
    what = "the whole journey: measures, arch, support and knee, from scans or measurement files"
    p = _command(commands, "fit", what, _FILES_HELP, examples + _OUTPUT_HELP + "\n" + _EXIT_HELP)
    _add_inputs(p)
    _add_landmarks(p)
    _add_outputs(p)
    p.set_defaults(run=_fit, only_measure=False)


def _add_measure(commands: _Commands[_Parser]) -> None:
    examples = "examples:\n  fitter measure foot.stl\n  fitter measure scans.csv --json measures.json\n\n"
    what = "measures only, with the error of each"
    p = _command(commands, "measure", what, _FILES_HELP, examples + _OUTPUT_HELP + "\n" + _EXIT_HELP)
    _add_inputs(p)
    _add_landmarks(p)
    _add_outputs(p)
    p.set_defaults(run=_fit, only_measure=True)


def _add_enter(commands: _Commands[_Parser]) -> None:
    example = (
        "examples:\n  fitter enter --side right --load standing --foot-length 251 --ball-length 184 "
        "--ball-breadth 98 --instep-height 63\n"
        "  fitter enter --side left --units in --foot-length 9 7/8 9 15/16 9 7/8 --ball-length 7 1/4\n\n"
    )
    what = "the whole journey from measures you took of one foot with a ruler and a tape"
    more = (
        "Give what you have. The arch needs ball length, and instep or navicular height, or the widths of a\n"
        "wet footprint. Several numbers after an option are repeats: their spread becomes the error.\n"
        "fitter home asks for each measure and says how to take it.\n"
    )
    p = _command(commands, "enter", what, more, example + _OUTPUT_HELP + "\n" + _EXIT_HELP)
    p.add_argument("--side", choices=SIDES, required=True, help="which foot")
    _add_load(p)
    p.add_argument(
        "--units", choices=list(MM_PER_UNIT), default="mm", help="unit of the numbers (default: mm)"
    )
    group = p.add_argument_group("measures (how to take them)")
    for m in ENTERABLE:
        group.add_argument(
            _option(m.id), dest=m.id, nargs="+", metavar="NUMBER", help=m.home.replace("%", "%%")
        )
    _add_outputs(p)
    p.set_defaults(run=_enter, only_measure=False)


def _add_insole(commands: _Commands[_Parser]) -> None:
    what = "insoles to print, mill or cut, from scans, measures or a profile"
    p = _command(commands, "insole", what, cli_insole.HELP, cli_insole.EXAMPLES + _EXIT_HELP)
    _add_inputs(p)
    p.add_argument("--answers", metavar="FILE", type=_path, help="JSON answers about the person")
    _add_support_choice(p)
    cli_insole.add_options(p)
    p.set_defaults(run=_insole, json=None)


def _add_sizes(commands: _Commands[_Parser]) -> None:
    example = "example:\n  fitter sizes 251 --ball-girth 244 --sex female\n\n"
    what = "shoe sizes, insole length and place among adults, from the length of a foot"
    more = "Of a foot that stands, from the wall behind the heel to the longest toe.\n"
    p = _command(commands, "sizes", what, more, example + _EXIT_HELP)
    p.add_argument(
        "foot_length", metavar="LENGTH", nargs="+", help="foot length, such as 251, 25.1 cm or 9 7/8 in"
    )
    for m in ENTERABLE:
        if m.id in ("ball_length", "ball_breadth", "ball_girth"):
            # One word, in quotes where it is more: the length may stand behind it.
            p.add_argument(_option(m.id), dest=m.id, metavar="NUMBER", help=m.home.replace("%", "%%"))
    p.add_argument(
        "--units", choices=list(MM_PER_UNIT), default="mm", help="unit of the numbers (default: mm)"
    )
    p.add_argument("--sex", choices=("female", "male"), help="whose scales (default: both)")
    p.add_argument(
        "--rules", metavar="FILE", type=_path, help="a table of support rules (default: those in use)"
    )
    p.set_defaults(run=_sizes, out=None, answers=None)


def _add_home(commands: _Commands[_Parser]) -> None:
    what = "measure feet at home, step by step, or print how"
    p = _command(commands, "home", what, cli_home.HELP, cli_home.EXAMPLES + _OUTPUT_HELP + "\n" + _EXIT_HELP)
    cli_home.add_options(p)
    _add_outputs(p)
    p.set_defaults(run=_home, only_measure=False)


def _add_what_if(commands: _Commands[_Parser]) -> None:
    what = "what another answer or measure would change, and how far the nearest change is"
    p = _command(commands, "what-if", what, cli_knee.WHAT_IF_HELP, cli_knee.WHAT_IF_EXAMPLES + _EXIT_HELP)
    _add_inputs(p)
    p.add_argument("--answers", metavar="FILE", type=_path, help="JSON answers about the person")
    _add_support_choice(p)
    cli_knee.add_what_if_options(p)
    p.add_argument("--json", metavar="FILE|-", type=_json_target, help="write the result as JSON instead")
    p.set_defaults(run=_what_if, out=None)


def _add_follow_up(commands: _Commands[_Parser]) -> None:
    what = "how it went after 2 or 6 weeks, and whether that is a change"
    p = _command(commands, "follow-up", what, cli_knee.FOLLOW_UP_HELP, _EXIT_HELP)
    cli_knee.add_follow_up_options(p)
    p.add_argument("--json", metavar="FILE|-", type=_json_target, help="write the profile with it, as JSON")
    p.set_defaults(run=_profile_command, do=cli_knee.follow_up, out=None, answers=None)


def _add_go_on(commands: _Commands[_Parser]) -> None:
    what = "for professionals: go on in spite of a stop, with name and reason, or undo that"
    p = _command(commands, "go-on", what, cli_knee.GO_ON_HELP, _EXIT_HELP)
    cli_knee.add_go_on_options(p)
    p.add_argument("--json", metavar="FILE|-", type=_json_target, help="write the profile with it, as JSON")
    p.set_defaults(run=_profile_command, do=cli_knee.go_on, out=None, answers=None)


def _add_samples(commands: _Commands[_Parser]) -> None:
    p = _command(commands, "samples", "list the sample scans, or copy them", "", _EXIT_HELP)
    p.add_argument("--copy", metavar="DIR", type=_path, help="copy them into this folder (made if needed)")
    p.set_defaults(run=_samples)


def _add_scanner_check(commands: _Commands[_Parser]) -> None:
    what = "how true your scanner is, from a scan of a block or ball of known size"
    p = _command(commands, "scanner-check", what, cli_scanner.HELP, cli_scanner.EXAMPLES + _EXIT_HELP)
    cli_scanner.add_options(p)
    p.add_argument("--json", metavar="FILE|-", type=_json_target, help="write the result as JSON instead")
    p.set_defaults(run=_scanner_check, out=None, answers=None)


def _add_shelf(commands: _Commands[_Parser]) -> None:
    what = "the shop's catalogue of insoles: import it, match it with a profile, record trying on"
    p = _command(commands, "shelf", what, cli_shelf.HELP, cli_shelf.EXAMPLES + _EXIT_HELP)
    cli_shelf.add_options(p)
    p.set_defaults(run=_shelf, out=None, answers=None, json=None)


def _add_customers(commands: _Commands[_Parser]) -> None:
    what = "the customers kept on this machine: list, show, compare visits, export, delete"
    p = _command(commands, "customers", what, cli_customers.HELP, cli_customers.EXAMPLES + _EXIT_HELP)
    cli_customers.add_options(p, _json_target, _path)
    p.set_defaults(run=_customers, answers=None)


def _add_certify(commands: _Commands[_Parser]) -> None:
    what = "how exact the program is, measured on this machine"
    p = _command(commands, "certify", what, cli_certify.HELP, cli_certify.EXAMPLES + _EXIT_HELP)
    cli_certify.add_options(p)
    p.set_defaults(run=_certify, out=None, answers=None)


def _add_rules(commands: _Commands[_Parser]) -> None:
    what = "the table of support rules: check it, explain a profile by it, copy it"
    p = _command(commands, "rules", what, cli_rules.HELP, _EXIT_HELP)
    beneath = p.add_subparsers(title="commands", metavar="COMMAND", required=True)
    cli_rules.add_options(beneath, _command, _json_target, _path, _EXIT_HELP)
    p.set_defaults(run=_rules, answers=None, out=None, json=None)


def _add_inputs(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "files", nargs="+", type=_some, metavar="FILE", help="a scan, a measurement file or a manifest"
    )
    p.add_argument("--side", choices=SIDES, help="side of every file that states none (default: found)")
    p.add_argument(
        "--units", choices=list(MM_PER_UNIT), help="unit of the files (default: found from the size)"
    )
    p.add_argument("--scanner", metavar="NAME", help="correct for a scanner kept by fitter scanner-check")
    p.add_argument(
        "--foot-length",
        metavar="LENGTH",
        help="length of the foot by a ruler, in mm or as '9 7/8 in'; sets the scale of the files (default: "
        "the files' own). "
        "Where a file holds both feet, that of the side you state",
    )
    _add_load(p)


def _add_landmarks(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--landmark",
        action="append",
        default=[],
        type=_landmark,
        metavar="NAME=X,Y,Z",
        help="set a landmark yourself, in the file's own coordinates and unit; everything follows. May be "
        f"given again. NAME is one of {', '.join(LANDMARKS)}",
    )


def _landmark(text: str) -> tuple[str, tuple[float, float, float]]:
    """``navicular=10.5,-3,42`` as a name and a place."""
    name, equals, place = text.partition("=")
    try:
        x, y, z = map(float, place.split(","))
    except ValueError:
        equals = ""
    if not equals or not all(map(math.isfinite, (x, y, z))):
        raise argparse.ArgumentTypeError(f"'{text}' is not NAME=X,Y,Z, such as navicular=10.5,-3,42")
    if name not in LANDMARKS:
        raise argparse.ArgumentTypeError(f"'{name}' is no landmark; it can be {', '.join(LANDMARKS)}")
    return name, (x, y, z)


def _add_load(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--load",
        choices=LOADS,
        default="unknown",
        help="how the foot was loaded (default: unknown, taken as standing)",
    )


def _add_support_choice(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--strategy",
        choices=STRATEGIES,
        help="strategy of the support (default: that of the answers, else total_contact)",
    )
    p.add_argument(
        "--rules",
        metavar="FILE",
        type=_path,
        help="support rules of your own (default: support_rules.toml in your data folder, where it is there)",
    )


def _add_outputs(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--answers", metavar="FILE", type=_path, help="JSON answers about the person (pain, load, ...)"
    )
    _add_support_choice(p)
    p.add_argument(
        "--mode",
        choices=("home", "professional"),
        default="home",
        help="whom the words are for: general information, or exact wording to be signed (default: home)",
    )
    p.add_argument(
        "--json",
        metavar="FILE|-",
        type=_json_target,
        help="write the profile as JSON to a file, or to stdout with -",
    )
    p.add_argument("--out", metavar="DIR", type=_path, help=f"write {', '.join(OUTPUTS)} into this folder")
    p.add_argument("--verbose", action="store_true", help="tell on stderr what is being done")


def _option(measure_id: str) -> str:
    return "--" + measure_id.replace("_", "-")


# ---------------------------------------------------------------------------------------- commands


def _app(args: argparse.Namespace) -> int:
    from fitter.app import main as open_window

    return open_window(args.files)


def _fit(args: argparse.Namespace) -> int:
    from fitter.journey import run_journey

    inputs = [entry for name in args.files for entry in _inputs(name, args)]
    _check_outputs(args, [path for path, *_ in inputs])
    answers = _answers(args.answers)
    if args.landmark and len(inputs) > 1:
        raise _UsageError("--landmark belongs to one scan", todo="Give one scan at a time")
    rules = None if args.only_measure else _own_rules(args)
    captures, bad = _read(inputs, dict(args.landmark))
    result = None
    try:
        with _progress(args.verbose) as tell:
            result = run_journey(
                captures,
                answers=answers,
                only_measure=args.only_measure,
                progress=tell,
                strategy=args.strategy,
                rules=rules,
                mode=args.mode,
                refuse=lambda error: bad.append(captures.named(error)),
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
    from fitter.journey import run_journey

    readings = {
        m.id: [
            typed_reading(m.id, text, usual_unit=args.units, where=_option(m.id))
            for text in _numbers(getattr(args, m.id))
        ]
        for m in ENTERABLE
        if getattr(args, m.id) is not None
    }
    if not readings:
        raise _UsageError(
            "no measure was given", todo=f"Give at least one, such as {_option(ENTERABLE[0].id)} 251"
        )
    _check_outputs(args, [])
    foot = entered_foot(args.side, args.load, readings)
    answers, rules = _answers(args.answers), _own_rules(args)
    with _progress(args.verbose) as tell:
        result = run_journey(
            (),
            entered=(foot,),
            answers=answers,
            progress=tell,
            strategy=args.strategy,
            rules=rules,
            mode=args.mode,
        )
    _deliver(result, args)
    return DONE


def _what_if(args: argparse.Namespace) -> int:
    inputs = [entry for name in args.files for entry in _inputs(name, args)]
    _check_outputs(args, [path for path, *_ in inputs])
    rules = _own_rules(args)
    try:
        data = inputs[0][0].read_bytes() if len(inputs) == 1 else b""
    except OSError as e:
        raise _readable(e) from None
    if cli_insole.is_profile(data):
        from fitter.exchange.json_profile import from_json

        profile = from_json(data, str(inputs[0][0]))
    else:
        from fitter.journey import run_journey

        captures, bad = _read(inputs, {})
        if bad:
            raise bad[0]
        with _progress(False) as tell:
            profile = run_journey(
                captures, answers=_answers(args.answers), progress=tell, strategy=args.strategy, rules=rules
            ).profile
    done = cli_knee.what_if(args, profile, rules)
    if args.json not in (None, "-"):
        _write({Path(args.json): done.json.encode()})
    else:
        _print(done.json if args.json == "-" else done.text)
    return DONE


def _profile_command(args: argparse.Namespace) -> int:
    """A command that reads a profile, adds to it, and tells or writes it."""
    from fitter.exchange.json_profile import from_json

    # The profile itself may be written over: it is what the command adds to.
    _check_outputs(args, [])
    try:
        profile = from_json(args.file.read_bytes(), str(args.file))
    except OSError as e:
        raise _readable(e) from None
    done = args.do(args, profile)
    if args.json not in (None, "-"):
        _write({Path(args.json): done.json.encode()})
    _print(done.json if args.json == "-" else done.text)
    return DONE


def _insole(args: argparse.Namespace) -> int:
    from fitter.exchange.json_profile import from_json

    inputs = [entry for name in args.files for entry in _inputs(name, args)]
    _expect_folder(args.out, "--out")
    refuse_foreign(insoles.targets(args.out))
    try:
        last = cli_insole.last_curve(args.last.read_bytes(), str(args.last)) if args.last else ()
        data = inputs[0][0].read_bytes() if len(inputs) == 1 else b""
    except OSError as e:
        raise _readable(e) from None
    if cli_insole.is_profile(data):
        if args.profile is not None:
            raise _UsageError("one profile is enough", todo="Give the scans, or the profile alone")
        profile = from_json(data, str(inputs[0][0]))
        shapes: tuple[Foot | None, ...] = (None,) * len(profile.feet)
    else:
        profile, shapes = _posed(args, inputs)
    made = insoles.make(profile, shapes, length=args.length, paper=args.paper, last=last)
    _write({args.out / name: content for name, content in made.files.items()})
    _print(made.text)
    return DONE


def _posed(args: argparse.Namespace, inputs: Sequence[_Input]) -> tuple[FitProfile, tuple[Foot | None, ...]]:
    """The profile that insoles follow, made from scans or given beside them, and the shape of each foot."""
    from fitter.exchange.json_profile import from_json
    from fitter.journey import run_journey

    given = args.profile
    if given is not None and (args.answers or args.strategy or args.rules):
        raise _UsageError(
            "--profile already holds what --answers, --strategy and --rules lead to", todo="Leave them out"
        )
    try:
        profile = None if given is None else from_json(given.read_bytes(), str(given))
    except OSError as e:
        raise _readable(e) from None
    captures, bad = _read(inputs, {})
    if bad:
        raise bad[0]
    answers, rules = _answers(args.answers), _own_rules(args) if profile is None else None
    with _progress(False) as tell:
        result = run_journey(
            captures,
            answers=answers,
            only_measure=profile is not None,
            progress=tell,
            strategy=args.strategy,
            rules=rules,
        )
    if profile is None:
        return result.profile, result.shapes
    return profile, cli_insole.shaped(profile, result, str(given))


def _sizes(args: argparse.Namespace) -> int:
    from fitter.anatomy.norms import Person
    from fitter.exchange.text_report import sizes_text

    names = ("foot_length", "ball_length", "ball_breadth", "ball_girth")
    readings = {
        name: [
            typed_reading(name, text, usual_unit=args.units, where=name.replace("_", " "))
            for text in _numbers([given] if isinstance(given, str) else given)
        ]
        for name in names
        if (given := getattr(args, name)) is not None
    }
    foot = entered_foot("right", "standing", readings)
    _print(sizes_text(measurements_from_entry(foot), Person(args.sex), _own_rules(args)))
    return DONE


def _numbers(words: Sequence[str]) -> list[str]:
    """The readings among the words after an option: "9 7/8 in" is three words and one reading."""
    found: list[str] = []
    for word in words:
        goes_on = re.fullmatch(r"\d+[/\u2044]\d+.*|[¼-¾⅐-⅞]|[^\W\d]+\.?|[\"″”]|''", word)
        if goes_on and found:
            found[-1] = f"{found[-1]} {word}"
        else:
            found.append(word)
    return found


def _home(args: argparse.Namespace) -> int:
    from fitter.journey import run_journey

    if args.worksheet is not None:
        target = args.worksheet
        if target.is_dir() or not target.parent.is_dir():
            raise _UsageError("is no file that can be written", where=str(target), todo="Name another file")
        if target.is_file() and not target.read_bytes().startswith(b"%PDF"):
            raise _UsageError("exists and is no PDF", where=str(target), todo="Name another file")
        _write({target: cli_home.worksheet(args)})
        return DONE
    _check_outputs(args, [])
    if args.save is not None and (args.save.exists() or not args.save.parent.is_dir()):
        what = "exists already" if args.save.exists() else f"there is no folder {args.save.parent}"
        raise _UsageError(what, where=str(args.save), todo="Name another file")
    answers, rules = _answers(args.answers), _own_rules(args)
    save = args.save
    keep = None if save is None else lambda file: write_files({save: file.encode()})
    typed = cli_home.ask(args, keep=keep)
    if save is not None:
        print(f"fitter: wrote {save}", file=sys.stderr)
    with _progress(args.verbose) as tell:
        result = run_journey(
            (),
            entered=typed.feet,
            answers=answers,
            progress=tell,
            strategy=args.strategy,
            rules=rules,
            mode=args.mode,
        )
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
    _expect_folder(args.copy, "--copy")
    contents = {args.copy / path.name: path.read_bytes() for path in found}
    for target, data in contents.items():
        if target.exists() and target.read_bytes() != data:
            raise _UsageError("exists and is something else", where=str(target), todo="Choose another folder")
    _write(contents)
    return DONE


def _scanner_check(args: argparse.Namespace) -> int:
    cli_scanner.refuse_misuse(args)
    _check_outputs(args, [Path(args.scan)] if args.scan else [])
    try:
        done = cli_scanner.run(args)
    except OSError as e:
        raise _readable(e) from None
    if args.json not in (None, "-"):
        _write({Path(args.json): done.json.encode()})
    else:
        _print(done.json if args.json == "-" else done.text)
    return DONE


def _shelf(args: argparse.Namespace) -> int:
    args.json = None if args.json is None else _json_target(args.json)
    _check_outputs(args, [])
    try:
        done = cli_shelf.run(args)
    except OSError as e:
        raise _readable(e) from None
    files = dict(done.files)
    if args.json not in (None, "-"):
        files[Path(args.json)] = done.json.encode()
    _write(files)
    _print(done.json if args.json == "-" else "" if args.json else done.text)
    return SOME_UNUSABLE if done.some_bad else DONE


def _customers(args: argparse.Namespace) -> int:
    if args.json not in (None, "-"):
        _check_outputs(argparse.Namespace(json=args.json, out=None, answers=None), [])
    done = cli_customers.run(args)
    if args.json not in (None, "-"):
        _write({Path(args.json): done.json.encode()})
    _print(done.json if args.json == "-" else "" if args.json else done.text)
    return DONE


def _rules(args: argparse.Namespace) -> int:
    if args.rules_do == "copy":
        if args.file.exists() or not args.file.parent.is_dir():
            what = "exists already" if args.file.exists() else f"there is no folder {args.file.parent}"
            raise _UsageError(what, where=str(args.file), todo="Name another file")
        _write({args.file: cli_rules.copied()})
        return DONE
    _check_outputs(args, [args.file] if args.file is not None else [])
    try:
        done = cli_rules.check(args) if args.rules_do == "check" else cli_rules.explain(args)
    except OSError as e:
        raise _readable(e) from None
    if args.json not in (None, "-"):
        _write({Path(args.json): done.json.encode()})
    else:
        _print(done.json if args.json == "-" else done.text)
    return DONE if done.fine else UNUSABLE


def _certify(args: argparse.Namespace) -> int:
    args.json = None if args.json is None else _json_target(args.json)
    _check_outputs(args, [])
    papers = {} if args.pdf is None else {Path(args.pdf): b""}
    for target in papers:
        if target.is_dir() or not target.parent.is_dir():
            raise _UsageError("is no file that can be written", where=str(target), todo="Name another file")
        if target.is_file() and not target.read_bytes().startswith(b"%PDF"):
            raise _UsageError("exists and is no PDF", where=str(target), todo="Name another file")
    with _progress(True) as tell:
        done = cli_certify.run(args, tell)
    files = dict.fromkeys(papers, done.pdf or b"")
    if args.json not in (None, "-"):
        files[Path(args.json)] = done.json.encode()
    _write(files)
    if args.json == "-":
        _print(done.json)
    elif not files:
        _print(done.text)
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


_Input = tuple[Path, Side | None, Load, str | None, float | None, str | None]


class _Captures(Sequence["Capture"]):
    """What was read, in order. It knows which one the journey is at, so that an error can name the path as it
    was typed: two files in different folders may have one name."""

    def __init__(self, read: Sequence[tuple[Path, Capture]]) -> None:
        self._read = read
        self._at = 0

    def __len__(self) -> int:
        return len(self._read)

    @overload
    def __getitem__(self, at: int) -> Capture: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Capture]: ...
    def __getitem__(self, at: int | slice) -> Capture | Sequence[Capture]:
        if isinstance(at, slice):
            return [capture for _, capture in self._read[at]]
        capture = self._read[at][1]
        self._at = at
        return capture

    def named(self, error: FitterError) -> FitterError:
        """The error of the capture taken last, with its path."""
        path, capture = self._read[self._at]
        inside = error.where.removeprefix(capture.name).removeprefix(", ")
        where = f"{path}, {inside}" if inside else str(path)
        return FitterError(error.what, where=where, todo=error.todo, code=error.code)


def _inputs(name: str, args: argparse.Namespace) -> Iterator[_Input]:
    """One FILE of the command line as the files it stands for, each with what was stated of it."""
    stated, rest = stated_side(name)
    side, path = stated or args.side, Path(rest)
    manifest = _manifest(path)
    length = _foot_length(args.foot_length, "--foot-length")
    if manifest is None:
        yield path, side, args.load, args.units, length, args.scanner
        return
    for line, row in manifest:
        where = f"{path}, line {line}"
        if not row["file"]:
            raise FitterError("names no file", where=where)
        yield (
            path.parent / row["file"],
            cast("Side | None", _cell(row, "side", where) or side),
            cast(Load, _cell(row, "load", where) or args.load),
            _cell(row, "units", where) or args.units,
            _foot_length(row.get("foot_length"), where) or length,
            row.get("scanner") or args.scanner,
        )


def _foot_length(text: str | None, where: str) -> float | None:
    """A foot's length (mm) that sets a scale."""
    return entered_value("foot_length", text, usual_unit="mm", where=where).value if text else None


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
    unknown = [column for column in header if column not in _MANIFEST]
    if unknown or not rows:
        what = f"column '{unknown[0]}' is unknown" if unknown else "the manifest names no file"
        raise FitterError(
            what,
            where=str(path),
            todo="Expected the columns file, side, load, units, foot_length, scanner and a row a file",
        )
    return rows


_MANIFEST = ("file", "side", "load", "units", "foot_length", "scanner", "note")


def _cell(row: dict[str, str], column: str, where: str) -> str | None:
    text = row.get(column, "")
    return stated_word(column, text, where) if text else None


def _read(
    inputs: Sequence[_Input], marks: Mapping[str, tuple[float, float, float]]
) -> tuple[_Captures, list[FitterError]]:
    from fitter.captures import Capture

    scanners = {name: cli_scanner.load(name) for *_, name in inputs if name is not None}
    read, bad = [], []
    for path, side, load, units, length, scanner in inputs:
        known = None if scanner is None else scanners[scanner]
        try:
            data = path.read_bytes()
            capture = Capture(
                path.name, data, side, load, units, foot_length=length, scanner=known, marks=marks
            )
            read.append((path, capture))
        except OSError as e:
            bad.append(_readable(e, str(path), _side_hint(path)))
    return _Captures(read), bad


def _side_hint(path: Path) -> str:
    """What to do about a file that isn't there because of how its side was stated."""
    # A drive letter is one letter.
    stated = re.fullmatch(r"([^\W\d_]{2,}):(.*)", str(path))
    if stated is None or path.exists():
        return ""
    side = stated[1].lower()
    if side in SIDES:
        return f"Write {side}:{stated[2]} to state the side"
    return f"To state a side, write left:{stated[2]} or right:{stated[2]}"


def _answers(path: Path | None) -> Answers | None:
    if path is None:
        return None
    from fitter.answers import parse_answers

    try:
        return parse_answers(path.read_bytes(), str(path))
    except OSError as e:
        raise _readable(e, str(path)) from None


def _own_rules(args: argparse.Namespace) -> RuleSet:
    """The support rules to use, found sound."""
    from fitter import own_rules

    return own_rules.find(args.rules)


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
    read |= {args.rules.resolve()} if getattr(args, "rules", None) else set()
    if args.out:
        _expect_folder(args.out, "--out")
    for target in _targets(args):
        if target.parent != args.out and not target.parent.is_dir():
            raise _UsageError(
                f"there is no folder {target.parent}", where=str(target), todo="Make it first, or use --out"
            )
        if target.is_dir():
            raise _UsageError("is a folder, expected a file", where=str(target), todo="Name a file in it")
        if target.resolve() in read:
            raise _UsageError("is an input of this command", where=str(target), todo="Choose another output")
    refuse_foreign(_targets(args))


def _expect_folder(folder: Path, option: str) -> None:
    """Refuse a folder that is, or would lie in, a file."""
    there = next((p for p in (folder, *folder.parents) if p.exists()), None)
    if there is not None and not there.is_dir():
        what = "is a file, expected a folder" if there == folder else f"{there} is a file, expected a folder"
        raise _UsageError(what, where=f"{option} {folder}", todo="Choose another folder")


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
    verbs = {path: "replaced" if path.is_file() else "wrote" for path in files}
    write_files(files)
    for path, verb in verbs.items():
        print(f"fitter: {verb} {path}", file=sys.stderr)
