"""`fitter certify`: how exact the program is, measured on this machine."""

# ruff: noqa: PLC0415 - heavy rooms are entered only when there is something to certify: help answers at once

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fitter import __version__
from fitter.errors import FitterError

HELP = """\
Without a folder: constructs feet of two independent families over the range of adults, spoils them as
scanners and files do, measures them, and prints for each measure its bias, mean error, 95th percentile
and how often the truth lay within the error that a scan lets us know; then how often unit, side and
pose were wrong. After these whole feet come scans that show less (a sole, an impression in foam, a sole not
seen or filled flat, a sock), each by itself. It says nothing of people. 500 scans take some minutes.

With a folder of scans, each of one foot: changes each scan in ways that leave the foot as it is (mirrored,
turned, other unit, coarser, other triangles, noise, ankle cut off, floor added, holes) and prints how far
the measures move. No truth is needed. A cloud of points is changed in the ways that need no triangles.
"""
EXAMPLES = """\
examples:
  fitter certify
  fitter certify --n 2000 --seed 7 --pdf certificate.pdf
  fitter certify scans/ --json -

"""
_PDF = "certificate.pdf"
_SCANS, _SEED = 500, 1


def add_options(p: argparse.ArgumentParser) -> None:
    """The options of `fitter certify`."""
    p.add_argument("folder", nargs="?", metavar="FOLDER", type=Path, help="a folder of scans to change")
    p.add_argument(
        "--n", type=_count, metavar="SCANS", help=f"how many scans of whole feet (default: {_SCANS})"
    )
    p.add_argument("--seed", type=_seed, help=f"the same seed gives the same scans (default: {_SEED})")
    p.add_argument("--json", nargs="?", const="-", metavar="FILE|-", help="as JSON, to a file or to stdout")
    p.add_argument("--pdf", nargs="?", const=_PDF, metavar="FILE", help=f"as PDF (default: {_PDF})")


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"'{text[:20]}' is no number of scans, expected 1 to 100000")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal() or len(text) > _LONGEST_SEED:
        raise argparse.ArgumentTypeError(f"'{text[:20]}' is no seed, expected a whole number, 0 or more")
    return int(text)


_LONGEST_SEED = 18  # digits: fits a JSON reader's integers


@dataclass(frozen=True, slots=True)
class Done:
    """What a command has to say: for people, for programs, and on paper where it was asked for."""

    text: str
    json: str
    pdf: bytes | None = None


def run(args: argparse.Namespace, tell: Callable[[float, str], None]) -> Done:
    """The certificate on constructed feet, or the invariance of a folder of scans."""
    return _certificate(args, tell) if args.folder is None else _invariance(args, tell)


def _certificate(args: argparse.Namespace, tell: Callable[[float, str], None]) -> Done:
    from fitter.certify import pdf, text
    from fitter.certify.certificate import certificate
    from fitter.certify.sweep import run_all

    scans, seed = _SCANS if args.n is None else args.n, _SEED if args.seed is None else args.seed
    trials = run_all(scans, seed, tell=lambda share: tell(share, "measuring constructed feet"))
    found = certificate(trials, version=__version__, seed=seed)
    paper = pdf.to_pdf(found, date.today()) if args.pdf else None
    return Done(text.to_text(found), json.dumps(text.to_tree(found), indent=2) + "\n", paper)


def _invariance(args: argparse.Namespace, tell: Callable[[float, str], None]) -> Done:
    from fitter.certify import text
    from fitter.certify.invariance import ask
    from fitter.scan.formats import EXTENSIONS

    for option, given in (("--pdf", args.pdf), ("--n", args.n), ("--seed", args.seed)):
        if given is not None:
            raise FitterError(
                f"{option} is for the certificate alone", todo="Leave it or the folder out", code="usage"
            )
    if not args.folder.is_dir():
        raise FitterError("is no folder", where=str(args.folder), todo="Name a folder of scans")
    files = sorted(p for p in args.folder.iterdir() if p.suffix.lower().removeprefix(".") in EXTENSIONS)
    if not files:
        raise FitterError("holds no scan", where=str(args.folder), todo="Name a folder of scans")
    asked, refused = [], []
    for number, path in enumerate(files):

        def told(share: float, number: int = number) -> None:
            tell((number + share) / len(files), "changing scans")

        try:
            asked += ask(path.name, path.read_bytes(), tell=told)
        except FitterError as error:
            refused.append(str(error))
    lines = "".join(f"Not asked: {line}\n" for line in refused)
    tree = {**text.invariance_tree(asked), "not_asked": refused}
    return Done(text.invariance_text(asked) + lines, json.dumps(tree, indent=2) + "\n")
