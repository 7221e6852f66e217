"""One customer as files: everything that is kept of a person, to hand over or to take elsewhere."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fitter.errors import FitterError
from fitter.exchange.csv_profile import to_csv
from fitter.exchange.json_profile import to_json
from fitter.files import cant_write, write_files
from fitter.records import codec
from fitter.records.people import Customer, Visit
from fitter.records.store import Records


def documents(records: Records, customer_id: str) -> dict[str, bytes]:
    """Path in the folder -> bytes: ``customer.json``, and for each visit a folder named by its day with what
    was stated (``visit.json``), the profile, and the scans as they came."""
    customer = records.customer(customer_id)
    files = {"customer.json": _json(_person(customer))}
    days: set[str] = set()
    for head in reversed(records.visits(customer_id)):
        files |= _visit(records.visit(head.id), _free(head.day.isoformat(), days))
    return files


def export(records: Records, customer_id: str, folder: Path) -> tuple[Path, ...]:
    """Write them into a folder that is new or empty; whole or not at all. Raises FitterError."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FitterError(
            "is not empty" if folder.is_dir() else "is a file, expected a folder",
            where=str(folder),
            todo="Name a new folder: what stands there is not written over",
            code="would_overwrite",
        )
    files = {folder / name: data for name, data in documents(records, customer_id).items()}
    try:
        write_files(files)
    except OSError as error:
        raise cant_write(error, folder) from error
    return tuple(files)


def _person(customer: Customer) -> dict[str, Any]:
    tree = asdict(customer)
    del tree["revision"]
    return tree


def _visit(visit: Visit, at: str) -> dict[str, bytes]:
    names: set[str] = set()
    files, scans = {}, []
    for capture in visit.captures:
        name = _free(_safe(capture.name), names)
        files[f"{at}/scans/{name}"] = capture.data
        scans.append({"file": f"scans/{name}", **codec.capture_tree(capture)})
    tree = {
        "day": visit.day.isoformat(),
        "scans": scans,
        "entered": codec.entered_trees(visit.entered),
        "answers": codec.answers_tree(visit.answers),
        "set_by_hand": codec.by_hand_trees(visit.set_by_hand),
        "try_on": codec.try_on_tree(visit.try_on),
    }
    files[f"{at}/visit.json"] = _json(tree)
    if visit.profile is not None:
        files[f"{at}/profile.json"] = to_json(visit.profile).encode()
        files[f"{at}/profile.csv"] = to_csv(visit.profile).encode()
    return files


# What no system has in a file name, and device names of Windows.
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def _safe(name: str) -> str:
    """A file name as it was, without what would lead out of the folder or can't be written."""
    bare = _NOT_IN_NAMES.sub("_", name).strip(" .") or "scan"
    return f"_{bare}" if _DEVICES.fullmatch(bare) else bare


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number where it is taken already (whatever the case)."""
    stem, dot, suffix = name.partition(".")
    number, free = 2, name
    while free.lower() in taken:
        free, number = f"{stem}_{number}{dot}{suffix}", number + 1
    taken.add(free.lower())
    return free


def _json(tree: Any) -> bytes:
    return (json.dumps(tree, indent=2, ensure_ascii=False) + "\n").encode()
