"""The window. `state` knows no widget; `screens` know no geometry."""

from __future__ import annotations

from collections.abc import Sequence

from fitter.errors import FitterError


def main(files: Sequence[str] = ()) -> int:
    """Open the window with ``files`` already being fitted; the exit code."""
    try:
        import tkinter  # noqa: F401, PLC0415 - not every Python has it
    except ImportError as error:
        raise FitterError(
            "this Python has no Tk, which the window needs",
            todo="Install it (Debian and Ubuntu: apt install python3-tk; Homebrew: brew install python-tk); "
            "fitter fit FILE --out DIR does the same job without a window",
            code="no_tk",
        ) from error
    from fitter.app import fonts  # noqa: PLC0415

    fonts.load()
    from fitter.app.window import open_window  # noqa: PLC0415 - the window is slow to load

    return open_window(files)
