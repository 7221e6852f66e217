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
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

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
from fitter.cli_inputs import Input, answers_of, captures_of, inputs_of, progress, readable, rules_of
from fitter.cli_outputs import UsageError, add_language, check_outputs, deliver, expect_folder, say, write
from fitter.entry import (
    entered_foot,
    measurements_from_entry,
    typed_reading,
)
from fitter.errors import FitterError
from fitter.exchange.folder import OUTPUTS, refuse_foreign
from fitter.files import write_files
from fitter.language import language, speaking
from fitter.measurements import LOADS, SIDES
from fitter.resources import data_folder
from fitter.terms import MM_PER_UNIT

if TYPE_CHECKING:
    from fitter.profile import FitProfile
    from fitter.scan.foot import Foot

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
        case UsageError() | FitterError(code="would_overwrite" | "usage" | "unknown_scanner"):
            status = USAGE
        case FitterError():
            pass
        case KeyboardInterrupt():
            line, status = "stopped", STOPPED
        case MemoryError():
            line = "there is not enough memory for this; close other programs or use a smaller scan"
        case OSError():
            line = str(readable(e))
        case _:
            what = f"unexpected {type(e).__name__}: {' '.join(line.split())[:200]}"
            line = f"{what}. This is a fault in Fitter; please report it (FITTER_DEBUG=1 shows where it is)."
    return line, status


def _told(line: str, status: int) -> int:
    print(f"fitter: {line}", file=sys.stderr)
    return status


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
    add_language(p)
    p.add_argument("--verbose", action="store_true", help="tell on stderr what is being done")


def _option(measure_id: str) -> str:
    return "--" + measure_id.replace("_", "-")


# ---------------------------------------------------------------------------------------- commands


def _app(args: argparse.Namespace) -> int:
    from fitter.app import main as open_window

    return open_window(args.files)


def _fit(args: argparse.Namespace) -> int:
    from fitter.journey import run_journey

    inputs = [entry for name in args.files for entry in inputs_of(name, args)]
    check_outputs(args, [path for path, *_ in inputs])
    answers = answers_of(args.answers)
    if args.landmark and len(inputs) > 1:
        raise UsageError("--landmark belongs to one scan", todo="Give one scan at a time")
    rules = None if args.only_measure else rules_of(args)
    captures, bad = captures_of(inputs, dict(args.landmark))
    result = None
    try:
        with progress(args.verbose) as tell:
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
    deliver(result, args)
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
        raise UsageError(
            "no measure was given", todo=f"Give at least one, such as {_option(ENTERABLE[0].id)} 251"
        )
    check_outputs(args, [])
    foot = entered_foot(args.side, args.load, readings)
    answers, rules = answers_of(args.answers), rules_of(args)
    with progress(args.verbose) as tell:
        result = run_journey(
            (),
            entered=(foot,),
            answers=answers,
            progress=tell,
            strategy=args.strategy,
            rules=rules,
            mode=args.mode,
        )
    deliver(result, args)
    return DONE


def _what_if(args: argparse.Namespace) -> int:
    inputs = [entry for name in args.files for entry in inputs_of(name, args)]
    check_outputs(args, [path for path, *_ in inputs])
    rules = rules_of(args)
    try:
        data = inputs[0][0].read_bytes() if len(inputs) == 1 else b""
    except OSError as e:
        raise readable(e) from None
    if cli_insole.is_profile(data):
        from fitter.exchange.json_profile import from_json

        profile = from_json(data, str(inputs[0][0]))
    else:
        from fitter.journey import run_journey

        captures, bad = captures_of(inputs, {})
        if bad:
            raise bad[0]
        with progress(False) as tell:
            profile = run_journey(
                captures, answers=answers_of(args.answers), progress=tell, strategy=args.strategy, rules=rules
            ).profile
    done = cli_knee.what_if(args, profile, rules)
    if args.json not in (None, "-"):
        write({Path(args.json): done.json.encode()})
    else:
        say(done.json if args.json == "-" else done.text)
    return DONE


def _profile_command(args: argparse.Namespace) -> int:
    """A command that reads a profile, adds to it, and tells or writes it."""
    from fitter.exchange.json_profile import from_json

    # The profile itself may be written over: it is what the command adds to.
    check_outputs(args, [])
    try:
        profile = from_json(args.file.read_bytes(), str(args.file))
    except OSError as e:
        raise readable(e) from None
    done = args.do(args, profile)
    if args.json not in (None, "-"):
        write({Path(args.json): done.json.encode()})
    say(done.json if args.json == "-" else done.text)
    return DONE


def _insole(args: argparse.Namespace) -> int:
    from fitter.exchange.json_profile import from_json

    inputs = [entry for name in args.files for entry in inputs_of(name, args)]
    expect_folder(args.out, "--out")
    refuse_foreign(insoles.targets(args.out))
    try:
        last = cli_insole.last_curve(args.last.read_bytes(), str(args.last)) if args.last else ()
        data = inputs[0][0].read_bytes() if len(inputs) == 1 else b""
    except OSError as e:
        raise readable(e) from None
    if cli_insole.is_profile(data):
        if args.profile is not None:
            raise UsageError("one profile is enough", todo="Give the scans, or the profile alone")
        profile = from_json(data, str(inputs[0][0]))
        shapes: tuple[Foot | None, ...] = (None,) * len(profile.feet)
    else:
        profile, shapes = _posed(args, inputs)
    with speaking(language(args.language)):
        made = insoles.make(profile, shapes, length=args.length, paper=args.paper, last=last)
    write({args.out / name: content for name, content in made.files.items()})
    say(made.text)
    return DONE


def _posed(args: argparse.Namespace, inputs: Sequence[Input]) -> tuple[FitProfile, tuple[Foot | None, ...]]:
    """The profile that insoles follow, made from scans or given beside them, and the shape of each foot."""
    from fitter.exchange.json_profile import from_json
    from fitter.journey import run_journey

    given = args.profile
    if given is not None and (args.answers or args.strategy or args.rules):
        raise UsageError(
            "--profile already holds what --answers, --strategy and --rules lead to", todo="Leave them out"
        )
    try:
        profile = None if given is None else from_json(given.read_bytes(), str(given))
    except OSError as e:
        raise readable(e) from None
    captures, bad = captures_of(inputs, {})
    if bad:
        raise bad[0]
    answers, rules = answers_of(args.answers), rules_of(args) if profile is None else None
    with progress(False) as tell:
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
    say(sizes_text(measurements_from_entry(foot), Person(args.sex), rules_of(args)))
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


def _expect_own_pdf(target: Path) -> None:
    """Refuse a place where no file can be, or where somebody else's is: a PDF of theirs is one, too."""
    if target.is_dir() or not target.parent.is_dir():
        raise UsageError("is no file that can be written", where=str(target), todo="Name another file")
    try:
        refuse_foreign([target])
    except FitterError as error:
        raise UsageError(error.what, where=error.where, todo=error.todo, code=error.code) from error


def _home(args: argparse.Namespace) -> int:
    from fitter.journey import run_journey

    if args.worksheet is not None:
        _expect_own_pdf(args.worksheet)
        write({args.worksheet: cli_home.worksheet(args)})
        return DONE
    check_outputs(args, [])
    if args.save is not None and (args.save.exists() or not args.save.parent.is_dir()):
        what = "exists already" if args.save.exists() else f"there is no folder {args.save.parent}"
        raise UsageError(what, where=str(args.save), todo="Name another file")
    answers, rules = answers_of(args.answers), rules_of(args)
    save = args.save
    keep = None if save is None else lambda file: write_files({save: file.encode()})
    typed = cli_home.ask(args, keep=keep)
    if save is not None:
        print(f"fitter: wrote {save}", file=sys.stderr)
    with progress(args.verbose) as tell:
        result = run_journey(
            (),
            entered=typed.feet,
            answers=answers,
            progress=tell,
            strategy=args.strategy,
            rules=rules,
            mode=args.mode,
        )
    deliver(result, args)
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
        say(
            "".join(
                f"{path.name:<{widest}}  {known.get(path.name, 'measured with a ruler')}\n" for path in found
            )
        )
        return DONE
    expect_folder(args.copy, "--copy")
    contents = {args.copy / path.name: path.read_bytes() for path in found}
    for target, data in contents.items():
        if target.exists() and target.read_bytes() != data:
            raise UsageError("exists and is something else", where=str(target), todo="Choose another folder")
    write(contents)
    return DONE


def _scanner_check(args: argparse.Namespace) -> int:
    cli_scanner.refuse_misuse(args)
    check_outputs(args, [Path(args.scan)] if args.scan else [])
    try:
        done = cli_scanner.run(args)
    except OSError as e:
        raise readable(e) from None
    if args.json not in (None, "-"):
        write({Path(args.json): done.json.encode()})
    else:
        say(done.json if args.json == "-" else done.text)
    return DONE


def _shelf(args: argparse.Namespace) -> int:
    args.json = None if args.json is None else _json_target(args.json)
    check_outputs(args, [])
    try:
        done = cli_shelf.run(args)
    except OSError as e:
        raise readable(e) from None
    files = dict(done.files)
    if args.json not in (None, "-"):
        files[Path(args.json)] = done.json.encode()
    write(files)
    say(done.json if args.json == "-" else "" if args.json else done.text)
    return SOME_UNUSABLE if done.some_bad else DONE


def _customers(args: argparse.Namespace) -> int:
    if args.json not in (None, "-"):
        check_outputs(argparse.Namespace(json=args.json, out=None, answers=None), [])
    done = cli_customers.run(args)
    if args.json not in (None, "-"):
        write({Path(args.json): done.json.encode()})
    say(done.json if args.json == "-" else "" if args.json else done.text)
    return DONE


def _rules(args: argparse.Namespace) -> int:
    if args.rules_do == "copy":
        if args.file.exists() or not args.file.parent.is_dir():
            what = "exists already" if args.file.exists() else f"there is no folder {args.file.parent}"
            raise UsageError(what, where=str(args.file), todo="Name another file")
        write({args.file: cli_rules.copied()})
        return DONE
    check_outputs(args, [args.file] if args.file is not None else [])
    try:
        done = cli_rules.check(args) if args.rules_do == "check" else cli_rules.explain(args)
    except OSError as e:
        raise readable(e) from None
    if args.json not in (None, "-"):
        write({Path(args.json): done.json.encode()})
    else:
        say(done.json if args.json == "-" else done.text)
    return DONE if done.fine else UNUSABLE


def _certify(args: argparse.Namespace) -> int:
    args.json = None if args.json is None else _json_target(args.json)
    check_outputs(args, [])
    papers = {} if args.pdf is None else {Path(args.pdf): b""}
    for target in papers:
        _expect_own_pdf(target)
    with progress(True) as tell:
        done = cli_certify.run(args, tell)
    files = dict.fromkeys(papers, done.pdf or b"")
    if args.json not in (None, "-"):
        files[Path(args.json)] = done.json.encode()
    write(files)
    if args.json == "-":
        say(done.json)
    elif not files:
        say(done.text)
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
