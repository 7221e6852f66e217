"""The flat drawing of an insole for cutting and checking: outlines, sections and marks, in mm, by layers.

DXF, SVG and the paper template are all made from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from fitter.saying import N_, say
from fitter.scan.mesh import Mesh
from fitter.support.insole.make import Insole

# Shares of the insole's length at which it is cut across.
ACROSS = {"SECTION_HEEL": 0.15, "SECTION_ARCH": 0.42, "SECTION_BALL": 0.68}
ALONG = "SECTION_LONG"
# How much of the foot it reaches under, as the title tells it.
_LENGTH_WORDS = {"full": N_("full length"), "three-quarter": N_("three-quarter length")}
_GAP = 20.0  # mm between outline and sections


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A polyline (n, 2) on a layer; ``closed`` where its end meets its start."""

    layer: str
    points: NDArray[np.float64]
    closed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """``outlines`` and ``marks`` as the insole lies, toes up (x across, y along it); ``sections`` beside it,
    heights upwards; ``title`` and ``mark`` to stand on it."""

    outlines: tuple[Line, ...]
    marks: tuple[Line, ...]
    sections: tuple[Line, ...]
    title: str
    mark: str

    @property
    def lines(self) -> tuple[Line, ...]:
        return (*self.outlines, *self.marks, *self.sections)


def drawing(insole: Insole) -> Drawing:
    """The drawing seen from above: of a right insole the inner side is to the left."""
    cover, shell = insole.outline["cover"], insole.outline["shell"]
    outlines = [Line("OUTLINE", _turned(shapely.get_coordinates(cover.exterior)[:-1]), True)]
    if shell is not cover and not shell.equals(cover):
        outlines.append(Line("OUTLINE_SHELL", _turned(shapely.get_coordinates(shell.exterior)[:-1]), True))
    words = say("Insole, {side} foot, {length}", side=insole.side, length=_LENGTH_WORDS[insole.length])
    return Drawing(tuple(outlines), _marks(insole), _sections(insole), words, insole.mark)


def _turned(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Toes up: +x of the insole goes up the sheet, its inner side (+y of a right one) to the left."""
    return np.stack([-points[:, 1], points[:, 0]], axis=1)


def _marks(insole: Insole) -> tuple[Line, ...]:
    """The foot's axis, where each section is cut, and the end of the shell's stiff part."""
    x0, y0, x1, y1 = insole.outline["cover"].bounds
    lines = [Line("MARKS", _turned(np.array([[x0, 0.0], [x1, 0.0]])), False)]
    places = [x0 + share * (x1 - x0) for share in ACROSS.values()]
    if insole.length == "full":
        places.append(insole.design.shell_length)
    lines += [Line("MARKS", _turned(np.array([[x, y0], [x, y1]])), False) for x in places]
    return tuple(lines)


def _sections(insole: Insole) -> tuple[Line, ...]:
    """Every body cut across and along, laid out to the right of the outline."""
    x0, y0, x1, y1 = insole.outline["cover"].bounds
    right = -y0 + _GAP if insole.side == "right" else max(-y0, y1) + _GAP
    found: list[Line] = []
    floor = 0.0
    for layer, share in ACROSS.items():
        for mesh in insole.bodies.values():
            found += _cut(
                mesh,
                0,
                x0 + share * (x1 - x0),
                layer,
                (right - y0 if insole.side == "right" else right + y1, floor),
            )
        floor += 50.0
    for mesh in insole.bodies.values():
        found += _cut(mesh, 1, 0.0, ALONG, (right - x0, floor))
    return tuple(found)


def _cut(mesh: Mesh, axis: int, at: float, layer: str, origin: tuple[float, float]) -> list[Line]:
    """The closed curves in which a plane cuts a body, heights upwards, moved to ``origin``."""
    corners = mesh.corners
    off = corners[..., axis] - at - 1e-7  # no corner lies on the plane itself
    crossing = (off.min(axis=1) < 0.0) & (off.max(axis=1) > 0.0)
    corners, off = corners[crossing], off[crossing]
    ends: list[NDArray[np.float64]] = []
    other = 1 - axis
    for k in range(len(corners)):
        pair = []
        for a, b in ((0, 1), (1, 2), (2, 0)):
            if (off[k, a] < 0.0) != (off[k, b] < 0.0):
                t = off[k, a] / (off[k, a] - off[k, b])
                p = corners[k, a] + t * (corners[k, b] - corners[k, a])
                pair.append((-p[other] if axis == 0 else p[other], p[2]))
        ends.append(np.array(pair))
    if not ends:
        return []
    # Cut points of one edge agree to the last digits only.
    merged = shapely.line_merge(shapely.multilinestrings([shapely.linestrings(np.round(e, 6)) for e in ends]))
    return [
        Line(layer, shapely.get_coordinates(part)[:-1] + origin, True)
        for part in shapely.get_parts(merged)
        if part.is_closed and part.length > 2.0
    ]
