"""Printing through the system: `lp` of CUPS on Linux and macOS, the program for PDF files on Windows.

Nothing is scaled: a template is cut out along its lines, so a millimetre must stay one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from fitter.app.text import _
from fitter.errors import FitterError

_WAIT_S = 30.0  # a print service that says nothing for this long is not there
_KEEP_S = 3600.0  # on Windows another program reads the file, who knows when


def can_choose() -> bool:
    """Whether a printer can be chosen here; on Windows it is the usual one of the system."""
    return sys.platform != "win32"


def printers() -> tuple[str, ...]:
    """The names of the printers that CUPS knows; none where it isn't there or doesn't answer."""
    if not can_choose() or shutil.which("lpstat") is None:
        return ()
    try:
        told = _run(["lpstat", "-e"])
    except (OSError, subprocess.SubprocessError):
        return ()
    lines = told.stdout.splitlines() if told.returncode == 0 else []
    return tuple(dict.fromkeys(line.split()[0] for line in lines if line.strip()))


def print_pdf(pdf: bytes, title: str, printer: str = "") -> None:
    """Hand a PDF to the system's printing; ``printer`` is empty for the usual one.

    Raises FitterError where nothing here prints. That it was taken says nothing of paper and ink.
    """
    if sys.platform == "win32":
        _by_its_program(pdf)
    else:
        _by_cups(pdf, title, printer)


def _by_cups(pdf: bytes, title: str, printer: str) -> None:
    if shutil.which("lp") is None:
        raise _nothing_prints(_("this computer has no print service (lp)"))
    with tempfile.TemporaryDirectory(prefix="fitter-print-") as folder:
        path = Path(folder) / "print.pdf"
        path.write_bytes(pdf)
        to = ["-d", printer] if printer else []
        try:
            told = _run(["lp", *to, "-t", title, "-o", "print-scaling=none", "--", str(path)])
        except subprocess.TimeoutExpired as error:
            raise _nothing_prints(_("the print service doesn't answer")) from error
        except OSError as error:
            raise _nothing_prints(_("the print service can't be started")) from error
    if told.returncode:
        lines = told.stderr.strip().splitlines()
        why = lines[-1].removeprefix("lp:").strip().rstrip(".") if lines else f"lp: {told.returncode}"
        raise _nothing_prints(_("the print service refused it ({reason})").format(reason=why))


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=_WAIT_S, check=False)


def _by_its_program(pdf: bytes) -> None:
    """Windows: the program that opens PDF files prints them, and takes its time: the file stays a while."""
    folder = _printed()
    folder.mkdir(parents=True, exist_ok=True)
    clear_printed()
    handle, name = tempfile.mkstemp(suffix=".pdf", dir=folder)
    with os.fdopen(handle, "wb") as stream:
        stream.write(pdf)
    start = getattr(os, "startfile", None)
    try:
        if start is None:
            raise OSError
        start(name, "print")
    except OSError as error:
        raise _nothing_prints(_("no program here prints PDF files")) from error


def _printed() -> Path:
    return Path(tempfile.gettempdir()) / "fitter-print"


def clear_printed() -> None:
    """Delete what was handed to another program to print and must be printed by now: it is of people."""
    for old in _printed().glob("*.pdf"):
        with suppress(OSError):
            if time.time() - old.stat().st_mtime > _KEEP_S:
                old.unlink()


def _nothing_prints(what: str) -> FitterError:
    return FitterError(
        what,
        where=_("Print"),
        todo=_("Add a printer in the system's settings, or export the file and print it from there"),
        code="cannot_print",
    )
