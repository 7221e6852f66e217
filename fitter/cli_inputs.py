"""What a command line names: files and what is stated of each, answers, rules, and how progress is told."""

# ruff: noqa: PLC0415 - heavy rooms are entered only by the command that needs them: help answers at once

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast, overload

from fitter import cli_scanner
from fitter.entry import (
    entered_value,
    stated_side,
    stated_word,
)
from fitter.entry_files import read_table
from fitter.errors import FitterError
from fitter.files import why
from fitter.measurements import SIDES, Load, Side

if TYPE_CHECKING:
    from fitter.answers import Answers
    from fitter.captures import Capture, Progress
    from fitter.support.rule_set import RuleSet


_OS_TODO: Mapping[type[OSError], str] = {
    FileNotFoundError: "Check the path",
    IsADirectoryError: "Name the files in it one by one",
    NotADirectoryError: "Check the path: a part of it is a file",
    PermissionError: "Check that you have the right to read or write there",
}


def readable(e: OSError, where: str = "", todo: str = "") -> FitterError:
    """What the system refused, as one line for a person."""
    what = why(e)
    return FitterError(
        what, where=where or str(e.filename or "a file"), todo=todo or _OS_TODO.get(type(e), "")
    )


Input = tuple[Path, Side | None, Load, str | None, float | None, str | None]


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


def inputs_of(name: str, args: argparse.Namespace) -> Iterator[Input]:
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


def captures_of(
    inputs: Sequence[Input], marks: Mapping[str, tuple[float, float, float]]
) -> tuple[_Captures, list[FitterError]]:
    """The files read, with ``marks`` (landmark -> x, y, z of the file) each; and why others can't be read."""
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
            bad.append(readable(e, str(path), _side_hint(path)))
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


def answers_of(path: Path | None) -> Answers | None:
    """The checked answers of a file."""
    if path is None:
        return None
    from fitter.answers import parse_answers

    try:
        return parse_answers(path.read_bytes(), str(path))
    except OSError as e:
        raise readable(e, str(path)) from None


def rules_of(args: argparse.Namespace) -> RuleSet:
    """The support rules to use, found sound."""
    from fitter import own_rules

    return own_rules.find(args.rules)


@contextmanager
def progress(verbose: bool) -> Iterator[Progress]:
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
