"""Writing results: all files or none, and never over a file that isn't Fitter's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from fitter.errors import FitterError
from fitter.files import cant_write, is_stream, write_files

if TYPE_CHECKING:
    from fitter.profile import FitProfile, FitResult

# How the files of an insole begin: STL, OBJ, DXF, SVG and the gate's words.
_INSOLE_HEADS = (b"Fitter mm ", b"# Fitter", b"999\nFitter", b"<!-- Fitter", b"Fitter ")
OUTPUTS = ("profile.json", "profile.csv", "report.pdf")


def documents(result: FitResult) -> dict[str, bytes]:
    """File name -> bytes: the profile for programs, the table for spreadsheets, the report for people."""
    from fitter.exchange.csv_profile import to_csv  # noqa: PLC0415 - fonts and PDF are slow to load
    from fitter.exchange.json_profile import to_json  # noqa: PLC0415
    from fitter.exchange.pdf_report import to_pdf  # noqa: PLC0415

    profile = result.profile
    made = (to_json(profile).encode(), to_csv(profile).encode(), to_pdf(result))
    return dict(zip(OUTPUTS, made, strict=True))


def write_folder(
    result: FitResult, folder: Path, *, before_writing: Callable[[], None] = lambda: None
) -> tuple[Path, ...]:
    """Write every document into ``folder``, made if needed; ``before_writing`` may raise Cancelled.

    Raises FitterError where the folder can't be written, or holds a file of that name that isn't Fitter's.
    """
    refuse_foreign(folder / name for name in OUTPUTS)
    files = {folder / name: data for name, data in documents(result).items()}
    before_writing()
    try:
        write_files(files)
    except OSError as error:
        raise cant_write(error, folder) from error
    return tuple(files)


def in_step(
    path: Path, profile: FitProfile, *, insoles: Iterable[str] = ()
) -> tuple[dict[Path, bytes], tuple[str, ...]]:
    """What stands beside the profile at ``path`` and is older than it now: the table and the report of the
    same captures, made anew, and a sentence on everything that can't be.

    ``insoles``: the feet (sides) whose insoles, where there are any, no longer are as their profile.
    """
    from fitter.exchange.csv_profile import to_csv  # noqa: PLC0415 - fonts and PDF are slow to load
    from fitter.exchange.pdf_report import remade  # noqa: PLC0415

    folder, files, told = path.parent, dict[Path, bytes](), []
    table, report = folder / OUTPUTS[1], folder / OUTPUTS[2]
    if table != path and table.is_file():
        if _same_captures(table, profile):
            files[table] = to_csv(profile).encode()
        else:
            told.append(f"{table.name} is no table of this profile and was left as it is.")
    if report.is_file():
        new = remade(profile, report.read_bytes())
        if new is not None:
            files[report] = new
        else:
            told.append(
                f"{report.name} could not be made anew and still tells what was before: don't hand it out."
            )
    for side in insoles:
        if old := sorted(p.name for p in folder.glob(f"insole-{side}[.-]*")):
            told.append(
                f"{old[0]} and {len(old) - 1} more were made before this change: make them again with fitter "
                f"insole SCAN --profile {path.name}."
            )
    return files, tuple(told)


def _same_captures(table: Path, profile: FitProfile) -> bool:
    from fitter.exchange.csv_profile import from_csv  # noqa: PLC0415

    try:
        found = from_csv(table.read_bytes(), str(table))
    except FitterError:
        return False
    return [c.sha256 for c in found.captures] == [c.sha256 for c in profile.captures]


def refuse_foreign(targets: Iterable[Path]) -> None:
    """Raises FitterError for the first of the files that is there and was not written by Fitter."""
    for target in targets:
        if target.exists() and not is_stream(target) and not _is_ours(target):
            raise FitterError(
                "exists and was not written by Fitter",
                where=str(target),
                todo="Choose another place",
                code="would_overwrite",
            )


def _is_ours(path: Path) -> bool:
    """Whether Fitter wrote this file (or it is empty), so that writing over it loses nothing."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        head = stream.read(200).lstrip()
        stream.seek(max(0, path.stat().st_size - 4096))
        tail = stream.read()
    ours = head.startswith((b'{\n  "schema_version"', b"foot,side,load,section,id,value"))
    ours = ours or head.startswith(_INSOLE_HEADS) or (head.startswith(b"PK") and tail.endswith(b"Fitter"))
    return not head or ours or (head.startswith(b"%PDF") and b"/Producer (Fitter" in tail)
