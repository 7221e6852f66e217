"""A folder of results: the profile for programs, the table for spreadsheets and the report for people."""

from __future__ import annotations

import os
from pathlib import Path

from fitter.errors import FitterError
from fitter.profile import FitResult

OUTPUTS = ("profile.json", "profile.csv", "report.pdf")


def documents(result: FitResult) -> dict[str, bytes]:
    """File name -> bytes of every output."""
    from fitter.exchange.csv_profile import to_csv  # noqa: PLC0415 - fonts and PDF are slow to load
    from fitter.exchange.json_profile import to_json  # noqa: PLC0415
    from fitter.exchange.pdf_report import to_pdf  # noqa: PLC0415

    profile = result.profile
    made = (to_json(profile).encode(), to_csv(profile).encode(), to_pdf(result))
    return dict(zip(OUTPUTS, made, strict=True))


def write_folder(result: FitResult, folder: Path) -> tuple[Path, ...]:
    """Write every output into ``folder``, made if needed: all or, where something is in the way, none.

    Raises FitterError where the folder can't be written, or holds a file of that name that isn't Fitter's.
    """
    for name in OUTPUTS:
        if (folder / name).exists() and not is_ours(folder / name):
            raise FitterError(
                "exists and was not written by Fitter",
                where=str(folder / name),
                todo="Choose another folder",
                code="would_overwrite",
            )
    made = documents(result)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in made.items():
            write_whole(folder / name, data)
    except OSError as error:
        raise FitterError(
            f"can't write here ({error.strerror or type(error).__name__})",
            where=str(folder),
            todo="Choose another folder",
            code="unwritable_folder",
        ) from error
    return tuple(folder / name for name in made)


def is_ours(path: Path) -> bool:
    """Whether Fitter wrote this file (or it is empty), so that writing over it loses nothing."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        head = stream.read(200).lstrip()
        stream.seek(max(0, path.stat().st_size - 4096))
        tail = stream.read()
    ours = head.startswith((b'{\n  "schema_version"', b"foot,side,load,section,id,value"))
    return not head or ours or (head.startswith(b"%PDF") and b"/Producer (Fitter" in tail)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data)
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
