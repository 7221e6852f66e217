"""What goes to the clipboard with "Copy details": enough to mend the program, and nothing of a person.

No names, no file names, no answers, no measures, no words of an error (they may quote any of these): only
which kind of error it was, where in the program, in which surroundings, and how much was open.
"""

from __future__ import annotations

import platform
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from fitter import __version__
from fitter.errors import FitterError

if TYPE_CHECKING:
    from fitter.app.model import Model

_PACKAGE = Path(__file__).resolve().parents[1]
_MOST_FRAMES = 12
_KNOWN_KINDS = frozenset(
    ["stl", "ply", "obj", "glb", "gltf", "3mf", "xyz", "csv", "json", "zip", "gz", "off", "asc", "pts", "txt"]
)
TRACE = "fitter_trace"  # what an error carries of its way through another process


def trace(error: BaseException) -> tuple[str, ...]:
    """The places in the program that the error came through, the innermost last, each without its folders;
    of an error from another process those over there too."""
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    there = getattr(error, TRACE, ())
    return (*(f"{_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames), *there)


def _place(path: str) -> str:
    """A module without the folders it lies in, which may bear a person's name."""
    file = Path(path)
    try:
        return Path("fitter", file.resolve().relative_to(_PACKAGE)).as_posix()
    except (ValueError, OSError):
        return f"{file.parent.name}/{file.name}" if "site-packages" in file.parts else file.name


def kind(error: BaseException) -> str:
    """The kind of an error, the system's number or our code where there is one, and what it came from."""
    name = type(error).__name__
    if isinstance(error, FitterError):
        name = f"{name} {error.code}"
    elif isinstance(error, OSError) and error.errno is not None:
        name = f"{name} {error.errno}"
    cause = error.__cause__
    return f"{name}, from {kind(cause)}" if cause is not None else name


def details(error: BaseException, now: Model) -> str:
    """The whole text, in English whatever the window speaks: it is for whoever mends the program."""
    lines = [
        f"Fitter {__version__}",
        f"Python {platform.python_version()}, {platform.system()} {platform.release()}, {platform.machine()}"
        + (", built program" if getattr(sys, "frozen", False) else ""),
        f"Error: {kind(error)}",
        *(f"  at {place}" for place in trace(error)),
        f"Open: {_open(now)}",
    ]
    return "\n".join(lines) + "\n"


def _open(now: Model) -> str:
    inputs = now.wanted or now.inputs
    scans = ", ".join(f"{_kind_of(c.name)} {len(c.data) / 1e6:.1f} MB" for c in inputs.captures)
    feet = len(now.result.profile.feet) if now.result else 0
    return (
        f"{len(inputs.captures)} scans ({scans or 'none'}), {len(inputs.entered)} typed, "
        f"{feet} feet measured, "
        f"{'a customer' if now.customer else 'no customer'}{', busy' if now.busy else ''}"
    )


def _kind_of(name: str) -> str:
    suffix = Path(name).suffix.lower().lstrip(".")
    return suffix if suffix in _KNOWN_KINDS else "other"
