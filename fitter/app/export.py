"""Export: the profile for programs, the table for spreadsheets and the report for people, in one folder."""

from __future__ import annotations

from pathlib import Path

from fitter.errors import FitterError
from fitter.profile import FitResult


def write_all(result: FitResult, folder: Path) -> tuple[Path, ...]:
    """Write ``profile.json``, ``profile.csv`` and ``report.pdf``: all are made before one is written."""
    from fitter.exchange import csv_profile, json_profile, pdf_report  # noqa: PLC0415 - fonts and PDF are slow

    made: dict[str, bytes] = {
        "profile.json": _as_bytes(json_profile.to_json(result.profile)),
        "profile.csv": _as_bytes(csv_profile.to_csv(result.profile)),
        "report.pdf": pdf_report.to_pdf(result),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in made.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise FitterError(
            f"can't write here ({error.strerror or type(error).__name__})",
            where=str(folder),
            todo="Choose another folder",
            code="unwritable_folder",
        ) from error
    return tuple(folder / name for name in made)


def _as_bytes(document: str | bytes) -> bytes:
    return document.encode("utf-8") if isinstance(document, str) else document
