"""A section of a foot, drawn in true millimetres in named inks: for the window, SVG and DXF alike.

Skin is drawn whole where it was seen, dashed where a hole was patched, and where nothing joins two ends of
it. The words are the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitter.anatomy.slices import Outline, Plane, Slice, Way
from fitter.picture.guides import Guide, Point, Shape, Sign
from fitter.scan.mesh import Mesh
from fitter.terms import Side

_MARGIN = 8.0  # mm around what is drawn
_FOOTER = 14.0  # mm below it for scale bar and words
_BAR = 50.0  # mm
_EDGE, _THIN = 0.7, 0.4


@dataclass(frozen=True, slots=True)
class Room:
    """What a picture has room for, in a plane's own mm: it stays while the plane slides, so that nothing
    jumps."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def size(self) -> Point:
        return (self.right - self.left + 2 * _MARGIN, self.top - self.bottom + 2 * _MARGIN + _FOOTER)


def room_for(mesh: Mesh, way: Way, side: Side, ceiling: float) -> Room:
    """The room that every section of a foot in one way needs; ``ceiling`` (mm) is where the leg begins."""
    low, high = mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)
    across = sorted(_turn("across", side) * y for y in (float(low[1]), float(high[1])))
    along, tall = (float(low[0]), float(high[0])), (0.0, min(float(high[2]), ceiling))
    if way == "across":
        return Room(across[0], across[1], *tall)
    return Room(*along, *tall) if way == "along" else Room(across[0], across[1], *along)


def _turn(way: Way, side: Side) -> float:
    """What a plane's own right is multiplied with: a foot is seen from behind or from above as it stands, so
    the inner side of a right one is at the left; lengthwise the toes are at the right."""
    return 1.0 if way == "along" or side == "left" else -1.0


def flat(plane: Plane, side: Side, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (n, 3) of the plane in the drawing's mm (n, 2): to the right and up; a slanting plane begins
    where its origin lies across the foot."""
    found = plane.flat(points)
    if plane.way != "along":  # measured from the foot's axis
        found[:, 0] += float(plane.origin[1])
    found[:, 0] *= _turn(plane.way, side)
    return found


def picture(
    cut: Slice,
    side: Side,
    room: Room,
    *,
    ends: tuple[str, str] = ("", ""),
    bar: str = "",
    notes: Sequence[str] = (),
) -> Guide:
    """The section with its floor, its tape and a scale bar of 50 mm; ``ends`` are the words at the left and
    at the right, ``bar`` those of the scale bar (none is drawn without), ``notes`` lines below."""
    width, height = room.size

    def at(points: NDArray[np.float64]) -> tuple[Point, ...]:
        xy = flat(cut.plane, side, points)
        return tuple((float(x) - room.left + _MARGIN, room.top + _MARGIN - float(y)) for x, y in xy)

    parts: list[Shape | Sign] = []
    floor = room.top + _MARGIN
    if cut.plane.way != "level":
        parts.append(Shape(((0.0, floor), (width, floor)), None, "line", _THIN, closed=False))
    parts += [Shape(at(o.points), "skin") for o in cut.outlines if o.closed]
    if len(cut.tape):
        parts.append(Shape(at(cut.tape), None, "measure", _THIN))
    for outline in cut.outlines:
        parts += _skin(outline, at)
    parts += [Shape(at(gap), None, "open", _EDGE, closed=False, dashed=True) for gap in cut.gaps]
    base = height - 5.0
    if bar:
        ends_at = (_MARGIN, _MARGIN + _BAR)
        parts.append(Shape(((ends_at[0], base), (ends_at[1], base)), None, "ink", _THIN, closed=False))
        parts += [
            Shape(((x, base - 1.5), (x, base + 1.5)), None, "ink", _THIN, closed=False) for x in ends_at
        ]
    parts += [
        Sign((_MARGIN + _BAR / 2, base - 3.2), bar, 4.2),
        Sign((1.5, height - _FOOTER + 1.0), ends[0], 4.2, "line", "start"),
        Sign((width - 1.5, height - _FOOTER + 1.0), ends[1], 4.2, "line", "end"),
    ]  # fmt: skip
    parts += [Sign((1.5, height + 6.0 * k + 3.0), text, 4.2, "ink", "start") for k, text in enumerate(notes)]
    more = 6.0 * len(notes) + 2.0 if notes else 0.0
    shown = tuple(part for part in parts if not isinstance(part, Sign) or part.text)
    return Guide("section", width, height + more, shown)


def _skin(outline: Outline, at: object) -> list[Shape]:
    """The line of the skin in runs: whole where seen, dashed over a patch."""
    points = at(outline.points)  # type: ignore[operator]
    if not outline.patched.any():
        return [Shape(points, None, "edge", _EDGE, closed=outline.closed)]
    way = (*points, points[0]) if outline.closed else points
    runs, start = [], 0
    for k in range(1, len(outline.patched) + 1):
        if k == len(outline.patched) or outline.patched[k] != outline.patched[start]:
            dashed = bool(outline.patched[start])
            ink = "open" if dashed else "edge"
            runs.append(Shape(way[start : k + 1], None, ink, _EDGE, closed=False, dashed=dashed))  # type: ignore[arg-type]
            start = k
    return runs
