"""The samples a newcomer can try, with names for people."""

from __future__ import annotations

from pathlib import Path

from fitter.resources import data_folder

_SCANS = {".stl", ".ply", ".obj", ".glb", ".3mf", ".xyz"}
_MEASURED = {".csv", ".json"}


def samples() -> tuple[tuple[str, Path], ...]:
    """Name and file of every committed sample, scans first and the plainest of them at the top."""
    found = [p for p in data_folder("sample_scans").rglob("*") if p.suffix.lower() in _SCANS | _MEASURED]
    usable = [p for p in found if p.stem != "truth" and "manifest" not in p.stem and "answers" not in p.stem]
    plainest_first = ("neutral", "pair")
    ordered = sorted(
        usable,
        key=lambda p: (p.suffix.lower() in _MEASURED, not p.name.startswith(plainest_first), p.name),
    )
    return tuple((_name(path), path) for path in ordered)


def _name(path: Path) -> str:
    return f"{path.stem.replace('_', ' ').capitalize()}  ({path.suffix[1:].upper()})"
