"""The shop's own catalogue: one CSV file in the user's data folder, checked when it was imported."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from fitter import scanners
from fitter.errors import FitterError
from fitter.files import write_files
from fitter.resources import data_folder
from fitter.saying import say
from fitter.support.catalogue import COLUMNS, Catalogue, Item, read_catalogue, to_csv
from fitter.support.shelf import Shelf, Wanted, on_shelf
from fitter.terms import SIDES

if TYPE_CHECKING:
    from fitter.profile import FitProfile

FILE = "shelf.csv"
_EXAMPLE = "support/example_catalogue.csv"
_OURS = ",".join(c.id for c in COLUMNS).encode()


def catalogue_file() -> Path:
    """The file the catalogue is kept in, there or not: beside the scanners' checks."""
    return scanners.data_file().with_name(FILE)


def keep(catalogue: Catalogue) -> Path:
    """Keep the good rows of a catalogue in place of what was kept before; gives the file.

    Raises FitterError where no row is good, or where a file of that name is somebody else's.
    """
    target = catalogue_file()
    if not catalogue.items:
        raise FitterError("no row of it can be used", where=catalogue.file, code="no_good_rows")
    if target.exists() and not target.read_bytes().startswith(_OURS):
        raise FitterError(
            "exists and was not written by Fitter",
            where=str(target),
            todo="Move it away",
            code="would_overwrite",
        )
    write_files({target: to_csv(catalogue.items).encode()})
    return target


def example() -> Catalogue:
    """The catalogue that comes with the program; none of it exists."""
    path = data_folder("models") / _EXAMPLE
    return read_catalogue(path.name, path.read_bytes())


def kept() -> Catalogue | None:
    """What was imported, or None."""
    path = catalogue_file()
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=1)
def _read(path: Path, _mtime_ns: int, _size: int) -> Catalogue:
    """The file as it is at that time: the window asks again for every foot, and a thousand rows take time."""
    return read_catalogue(str(path), path.read_bytes())


def found(items: Sequence[Item], code: str) -> Item:
    """The item of a sku or a barcode, as a scanner types it (any case, a leading 0 of a UPC more or less)."""
    asked = code.strip().lower()
    for item in items:
        if asked == item.sku.lower():
            return item
    for item in items:
        if item.barcode and asked.lstrip("0") == item.barcode.lstrip("0"):
            return item
    raise FitterError(
        say("no article has the sku or barcode '{code}'", code=code.strip()[:40]),
        todo="Scan it again",
        code="unknown_sku",
    )


def wanted(profile: FitProfile) -> tuple[Wanted, ...]:
    """The feet of a profile that look for an insole, left before right: of each side the first capture that
    says what supports it."""
    footwear = str((profile.answers or {}).get("footwear") or "")
    feet = []
    for side in SIDES:
        of_side = [f for f in profile.feet if f.side == side and f.support is not None]
        best = next(
            (f for f in of_side if f.support and f.support.parameters), of_side[0] if of_side else None
        )
        if best is not None and best.support is not None:
            feet.append(Wanted(side, best.support, best.measurements.get("foot_length"), footwear))
    return tuple(feet)


def match(profile: FitProfile, items: Sequence[Item], *, keep_sold_out: bool = True) -> Shelf:
    """The shelf against the feet of a profile."""
    return on_shelf(wanted(profile), items, keep_sold_out=keep_sold_out)
