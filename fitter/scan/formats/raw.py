"""What every reader gives back, the limits all of them keep, and the refusals they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitter.errors import FitterError
from fitter.saying import say
from fitter.scan.mesh import Mesh, Points

# Enough for the finest hand-held scanner. Each is checked before memory is spent: a count that a header
# promises is also held against the bytes the file has.
MAX_BYTES = 500_000_000  # a file, and what comes out of a packed one
MAX_TRIANGLES = 5_000_000
MAX_CORNERS = 3 * MAX_TRIANGLES
MAX_POINTS = 5_000_000  # a cloud without triangles

Colours = NDArray[np.uint8]  # (n, 3) red, green, blue
NO_FACES = np.zeros((0, 3), np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class RawScan:
    """What a file holds, in its own coordinates: ``mesh`` (no faces for a point cloud), the ``unit`` the
    file itself states (3MF and glTF do) or None, ``notes`` for the person, and a ``colours`` row for each
    vertex (n, 3) uint8 where the file has them."""

    mesh: Mesh
    format: str
    unit: str | None = None
    notes: tuple[str, ...] = ()
    colours: Colours | None = None


def cut_off(what: str = "its end is missing") -> FitterError:
    return FitterError(
        say("is cut off: {what}", what=what), todo="Export or copy the scan again", code="truncated"
    )


def damaged(what: str) -> FitterError:
    return FitterError(
        say("is damaged: {what}", what=what), todo="Export the scan again", code="damaged_file"
    )


def unsupported(what: str, todo: str = "Export the scan as a plain STL or PLY") -> FitterError:
    return FitterError(what, todo=todo, code="unsupported_variant")


def limit(count: int, most: int, what: str, code: str) -> None:
    """Refuse a ``count`` no scan has, before an array of that size is made."""
    if count < 0:
        raise damaged(say("it promises {count:,} {what}", count=count, what=what))
    if count > most:
        raise FitterError(
            say(
                "has {count:,} {what}, more than the {most:,} this program takes",
                count=count,
                what=what,
                most=most,
            ),
            todo="Export a coarser scan",
            code=code,
        )


def limit_triangles(count: int) -> None:
    limit(count, MAX_TRIANGLES, "triangles", "too_many_triangles")


def limit_corners(count: int) -> None:
    limit(count, MAX_CORNERS, "points", "too_many_points")


def limit_bytes(count: int, what: str = "the file") -> None:
    """Refuse more bytes than any scan needs, before memory is spent on them."""
    if count > MAX_BYTES:
        raise FitterError(
            say(
                "{what} has more than the {max_bytes:.0f} MB this program takes",
                what=what,
                max_bytes=MAX_BYTES / 1000000.0,
            ),
            todo="Export a coarser scan",
            code="too_large",
        )


def indexed(vertices: Points, faces: NDArray[Any]) -> Mesh:
    """A mesh whose indices (any integer type) are known to point at corners."""
    limit_triangles(len(faces))
    if len(faces) and (faces.min() < 0 or faces.max() >= len(vertices)):
        wrong = int(faces.min()) if faces.min() < 0 else int(faces.max())
        raise damaged(
            say("a triangle asks for corner {wrong:,} of {vertices:,}", wrong=wrong, vertices=len(vertices))
        )
    return Mesh(np.ascontiguousarray(vertices, np.float64), np.ascontiguousarray(faces, np.int32))


def soup(corners: Points) -> Mesh:
    """Triangles that share no corner, (3 m, 3) corners in a row."""
    return Mesh(corners, np.arange(len(corners), dtype=np.int32).reshape(-1, 3))


def cloud(points: Points) -> Mesh:
    limit(len(points), MAX_POINTS, "points", "too_many_points")
    return Mesh(np.ascontiguousarray(points, np.float64), NO_FACES)


def fan(sizes: NDArray[np.int64], flat: NDArray[Any]) -> NDArray[Any]:
    """Triangles (m, 3) that fan out from the first corner of each polygon; polygon i has ``sizes[i]``
    corners, which follow one another in ``flat``."""
    if len(sizes) and sizes.min() < 3:
        raise damaged("a face has fewer than three corners")
    each = sizes - 2
    limit_triangles(int(each.sum()))
    first = np.repeat(np.cumsum(sizes) - sizes, each)
    step = np.arange(len(first)) - np.repeat(np.cumsum(each) - each, each)
    return np.stack([flat[first], flat[first + step + 1], flat[first + step + 2]], axis=1)


def joined(parts: Sequence[Mesh]) -> Mesh:
    """Several meshes as one."""
    offsets = np.cumsum([0] + [len(p.vertices) for p in parts[:-1]])
    faces = [p.faces + np.int32(o) for p, o in zip(parts, offsets, strict=True)]
    return Mesh(np.concatenate([p.vertices for p in parts]), np.concatenate(faces))


def as_bytes(colours: NDArray[Any]) -> Colours | None:
    """Colours of 0..255 or 0..1 as bytes; None where they are neither."""
    if colours.dtype == np.uint8:
        return np.ascontiguousarray(colours)
    top = colours.max(initial=0)
    if not (colours.min(initial=0) >= 0 and top <= 255):  # a NaN fails as well
        return None
    fraction = colours.dtype.kind == "f" and top <= 1
    return np.asarray(np.rint(colours * 255 if fraction else colours), np.uint8)
