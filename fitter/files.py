"""Writing files: whole or not at all, and on the disk when it returns; and what to say where that fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from fitter.errors import FitterError
from fitter.saying import N_, say

PART = ".part"  # how files end that are being written; left only where the power failed


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write every file whole, their folders made if needed; no file is touched before all are on the disk.

    Raises OSError that names the file asked for.
    """
    # A link stays a link: what it points to is replaced.
    real = {path: path.resolve() for path in files if not is_stream(path)}
    # Two windows may write the same file: each has a part of its own, and the last to finish stays, whole.
    parts = {path: target.with_name(f".{target.name}.{os.getpid()}{PART}") for path, target in real.items()}
    path = Path()
    try:
        for path, part in parts.items():
            part.parent.mkdir(parents=True, exist_ok=True)
            _write(part, files[path])
        for path, part in parts.items():
            os.replace(part, real[path])
        for path in files.keys() - real.keys():
            path.write_bytes(files[path])
    except OSError as error:
        for part in parts.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror or type(error).__name__, str(path)) from error
    for folder in {target.parent for target in real.values()}:
        _moved_for_good(folder)


def is_stream(path: Path) -> bool:
    """Whether it is a pipe or a device such as ``/dev/null``: nothing there can be lost or replaced."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        with suppress(OSError):  # some network folders can't; they have it when it is closed
            os.fsync(stream.fileno())


def _moved_for_good(folder: Path) -> None:
    if sys.platform == "win32":  # there a folder can't be opened, and a move is on the disk by itself
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# ---------------------------------------------------------------------------------------- where it fails


def why(error: BaseException) -> str:
    """What the system says of an error, to stand in brackets."""
    return (getattr(error, "strerror", None) or type(error).__name__).lower()


def cant_write(error: OSError, folder: str | Path) -> FitterError:
    """The one line for a folder that takes no files."""
    return FitterError(
        say("can't write here ({reason})", reason=why(error)),
        where=str(folder),
        todo=N_("Choose another folder"),
        code="unwritable_folder",
    )
