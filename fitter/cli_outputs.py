"""Where a command's results go: files that were asked for, else stdout; never over anybody else's."""

# ruff: noqa: PLC0415 - heavy rooms are entered only by the command that needs them: help answers at once

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fitter.errors import FitterError
from fitter.exchange.folder import OUTPUTS, documents, refuse_foreign
from fitter.files import write_files
from fitter.language import codes, language, speaking

if TYPE_CHECKING:
    from fitter.profile import FitResult


class UsageError(FitterError):
    """The command itself is wrong, not what a file holds."""


def _targets(args: argparse.Namespace) -> list[Path]:
    files = [args.out / name for name in OUTPUTS] if args.out else []
    return files + ([Path(args.json)] if args.json not in (None, "-") else [])


def check_outputs(args: argparse.Namespace, inputs: Sequence[Path]) -> None:
    """Refuse, before any work, what could not be written or would destroy what is not ours."""
    read = {path.resolve() for path in inputs} | ({args.answers.resolve()} if args.answers else set())
    read |= {args.rules.resolve()} if getattr(args, "rules", None) else set()
    if args.out:
        expect_folder(args.out, "--out")
    for target in _targets(args):
        if target.parent != args.out and not target.parent.is_dir():
            raise UsageError(
                f"there is no folder {target.parent}", where=str(target), todo="Make it first, or use --out"
            )
        if target.is_dir():
            raise UsageError("is a folder, expected a file", where=str(target), todo="Name a file in it")
        if target.resolve() in read:
            raise UsageError("is an input of this command", where=str(target), todo="Choose another output")
    refuse_foreign(_targets(args))


def expect_folder(folder: Path, option: str) -> None:
    """Refuse a folder that is, or would lie in, a file."""
    there = next((p for p in (folder, *folder.parents) if p.exists()), None)
    if there is not None and not there.is_dir():
        what = "is a file, expected a folder" if there == folder else f"{there} is a file, expected a folder"
        raise UsageError(what, where=f"{option} {folder}", todo="Choose another folder")


def add_language(p: argparse.ArgumentParser) -> None:
    """The language of what is for people to keep; the terminal and files for programs speak English."""
    p.add_argument(
        "--language",
        choices=codes(),
        default="en",
        help="language of the PDF (default: en); profile.json and the terminal stay English",
    )


def deliver(result: FitResult, args: argparse.Namespace) -> None:
    """Make every output first, then write: a failure leaves no half of them."""
    from fitter.exchange.json_profile import to_json
    from fitter.exchange.text_report import to_text

    with speaking(language(args.language)):
        files = {args.out / name: data for name, data in documents(result).items()} if args.out else {}
    if args.json not in (None, "-"):
        files[Path(args.json)] = to_json(result.profile).encode()
    write(files)
    if args.json == "-":
        say(to_json(result.profile))
    elif args.json is None:
        say(to_text(result.profile))


def say(text: str) -> None:
    """To stdout in UTF-8 with plain line feeds, whatever the code page: the same bytes everywhere."""
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(text)
    else:
        sys.stdout.flush()
        stream.write(text.encode())
    sys.stdout.flush()


def write(files: Mapping[Path, bytes]) -> None:
    """Write all files, and say of each which of writing and replacing it was."""
    verbs = {path: "replaced" if path.is_file() else "wrote" for path in files}
    write_files(files)
    for path, verb in verbs.items():
        print(f"fitter: {verb} {path}", file=sys.stderr)
