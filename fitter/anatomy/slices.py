"""A foot cut by a plane: the outline in order, where it was not seen, and what is read off it.

`sections` gives the bare points that a tape is laid around; here they are joined as the surface joins them,
so that a gap in the scan is a gap in the outline.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fitter.anatomy.gaps import Gaps
from fitter.anatomy.measure import taken_like
from fitter.anatomy.sections import girth
from fitter.quantity import Missing, Reading
from fitter.resources import table
from fitter.scan.foot import Foot
from fitter.scan.mesh import Mesh

Vector = NDArray[np.float64]
Way = Literal["across", "along", "level"]
Marks = Mapping[str, tuple[float, float, float]]

_NORMALS: Mapping[Way, tuple[float, float, float]] = {
    "across": (1.0, 0.0, 0.0),
    "along": (0.0, 1.0, 0.0),
    "level": (0.0, 0.0, 1.0),
}
_UP = np.array([0.0, 0.0, 1.0])
_TALL = 4.0  # a face that reaches so many times further along an axis than most stands in a list of its own
_JOINED = 0.05  # mm: ends of an outline closer than this are one corner that a file kept twice


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Through ``origin`` (3,) with unit ``normal``; ``right`` and ``up`` (unit) span it. Foot frame."""

    way: Way
    origin: Vector
    normal: Vector
    right: Vector
    up: Vector

    def flat(self, points: Vector) -> Vector:
        """Points (n, 3) of the plane as (n, 2): to the right, and up."""
        return np.stack([(points - self.origin) @ self.right, (points - self.origin) @ self.up], axis=1)

    def standing(self, flat: Vector) -> Vector:
        """The inverse of `flat`."""
        return self.origin + flat[:, :1] * self.right + flat[:, 1:] * self.up


def plane_at(way: Way, place: float) -> Plane:
    """The plane at ``place`` (mm along the foot, to the medial side or above the floor).

    In it, right is the medial side (across), the toes (along) or again the medial side (level, toes up).
    """
    normal = np.array(_NORMALS[way])
    right = np.array([1.0, 0.0, 0.0]) if way == "along" else np.array([0.0, 1.0, 0.0])
    up = np.array([1.0, 0.0, 0.0]) if way == "level" else _UP
    return Plane(way, place * normal, normal, right, up)


def ball_plane(landmarks: Marks) -> Plane | None:
    """The upright plane through both sides of the ball, in which the ball's girth is taken."""
    if "metatarsale_tibiale" not in landmarks or "metatarsale_fibulare" not in landmarks:
        return None
    inner, outer = (np.array(landmarks[f"metatarsale_{side}"]) for side in ("tibiale", "fibulare"))
    right = np.array([inner[0] - outer[0], inner[1] - outer[1], 0.0])
    right /= np.linalg.norm(right)
    return Plane("across", np.array([outer[0], outer[1], 0.0]), np.cross(right, _UP), right, _UP)


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A piece of skin in the plane: corners ``points`` (n, 3) in order; ``closed`` where its end meets its
    start; ``patched``: for each stretch from a corner to the next whether it crosses a patch over a hole."""

    points: Vector
    closed: bool
    patched: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """What a plane shows of a foot. ``gaps`` are straight ways (2, 3) between the ends of skin that was not
    seen to meet; the readings are in mm: ``width`` to the right, ``height`` above the floor (across, along)
    or the length (level), ``girth`` of a tape around."""

    plane: Plane
    outlines: tuple[Outline, ...]
    gaps: tuple[Vector, ...]
    width: Reading
    height: Reading
    girth: Reading
    tape: Vector

    @property
    def points(self) -> Vector:
        """All corners of the outlines (n, 3)."""
        return np.concatenate([o.points for o in self.outlines]) if self.outlines else np.zeros((0, 3))


class Slicer:
    """Cuts one surface again and again: its faces sorted along each axis once, a cut reads those that can
    reach the plane."""

    def __init__(self, foot: Foot, length: float) -> None:
        self.foot, self.length = foot, length
        self._sorted = {axis: _Sorted.of(foot.mesh, axis) for axis in range(3)}
        codes = {why.code for why in foot.unsupported.values()}
        self._gaps = Gaps.of(foot, length, sole_seen="sole_not_seen" not in codes)
        self.leg = float(table("scan/feet.toml")["likeness"]["leg"]) * length

    def at(self, plane: Plane) -> Slice:
        """The foot in this plane, with what is read there."""
        outlines = tuple(self._outlines(plane))
        # What begins above the foot is leg that leans over it, and no part of this section.
        foot = [o for o in outlines if o.points[:, 2].min() < self.leg or plane.way == "level"]
        gaps = tuple(_between_ends(foot))
        width, height = self._sizes(plane, foot)
        around, tape = self._around(plane, foot, gaps)
        return Slice(plane, outlines, gaps, width, height, around, tape)

    def _outlines(self, plane: Plane) -> list[Outline]:
        mesh, axis = self.foot.mesh, int(np.argmax(np.abs(plane.normal)))
        if plane.normal[axis] == 1.0:
            near = self._sorted[axis].near(float(plane.origin[axis]))
        else:
            below = ((mesh.vertices - plane.origin) @ plane.normal < 0)[mesh.faces]
            near = np.flatnonzero(below.any(axis=1) & ~below.all(axis=1))
        seen = len(mesh.faces) if self.foot.scanned is None else self.foot.scanned
        return _joined(*_segments(mesh, near, plane), seen)

    def _sizes(self, plane: Plane, outlines: list[Outline]) -> tuple[Reading, Reading]:
        if not outlines:
            return _NOTHING, _NOTHING
        points = np.concatenate([o.points for o in outlines])
        flat, hole = plane.flat(points), self._gaps.along(plane.origin, plane.normal)
        wide = float(np.ptp(flat[:, 0]))
        tall: Reading
        if plane.way == "level":
            tall = taken_like(self.foot, "foot_length", float(np.ptp(flat[:, 1])), hole=hole)
        elif flat[:, 1].max() > self.leg:
            tall = _LEG_GOES_ON
        else:
            tall = taken_like(self.foot, "instep_height", float(flat[:, 1].max()), hole=hole)
        if plane.way != "level" and flat[:, 1].max() > self.leg:
            low = flat[flat[:, 1] <= self.leg, 0]
            wide = float(np.ptp(low))
        return taken_like(self.foot, self._like(plane), wide, hole=hole), tall

    def _like(self, plane: Plane) -> str:
        if plane.way == "along":
            return "foot_length"
        rear = plane.way == "across" and plane.origin[0] < 0.4 * self.length
        return "heel_breadth" if rear else "ball_breadth"

    def _around(
        self, plane: Plane, outlines: list[Outline], gaps: tuple[Vector, ...]
    ) -> tuple[Reading, Vector]:
        nothing = np.zeros((0, 3))
        if plane.way == "along":
            return _NO_TAPE, nothing
        if not outlines:
            return _NOTHING, nothing
        points = np.concatenate([o.points for o in outlines])
        if plane.way == "across" and points[:, 2].max() > self.leg:
            return _LEG_GOES_ON, nothing
        if gaps:
            return _OPEN, nothing
        value, tape = girth(points, plane.origin, plane.right, plane.up)
        if not np.isfinite(value):
            return _NOTHING, nothing
        hole = self._gaps.along(plane.origin, plane.normal)
        like = "ball_girth" if plane.normal[1] != 0.0 else "instep_girth"
        return taken_like(self.foot, like, value, hole=hole), tape


_NOTHING = Missing("section_not_seen", "The scan has no surface here.")
_OPEN = Missing("section_open", "The scan has a gap here, so no tape is laid around.")
_LEG_GOES_ON = Missing("leg_goes_on", "The leg goes on above, so this is not told here.")
_NO_TAPE = Missing("no_tape", "No tape is laid around a foot lengthwise.")


@dataclass(frozen=True, slots=True, eq=False)
class _Sorted:
    """Faces by where they begin along an axis (``order`` and ``starts``); most reach at most ``reach`` mm
    further, those that reach more are ``tall``."""

    order: NDArray[np.int64]
    starts: Vector
    reach: float
    tall: NDArray[np.int64]

    @staticmethod
    def of(mesh: Mesh, axis: int) -> _Sorted:
        a, b, c = (mesh.vertices[mesh.faces[:, k], axis] for k in range(3))
        low = np.minimum(np.minimum(a, b), c)
        reaches = np.maximum(np.maximum(a, b), c) - low
        limit = _TALL * float(np.quantile(reaches, 0.9)) if len(reaches) else 0.0
        order = np.argsort(low, kind="stable")
        return _Sorted(order, low[order], limit, np.flatnonzero(reaches > limit))

    def near(self, place: float) -> NDArray[np.int64]:
        """Faces that can reach ``place``, among a few others."""
        first, last = np.searchsorted(self.starts, [place - self.reach, place], side="left")
        last = int(np.searchsorted(self.starts, place, side="right"))
        near: NDArray[np.int64] = np.union1d(self.order[first:last], self.tall)
        return near


def _segments(
    mesh: Mesh, near: NDArray[np.int64], plane: Plane
) -> tuple[Vector, NDArray[np.int64], NDArray[np.int64]]:
    """Where a plane crosses edges: places (n, 3); the two places (k, 2) on each face crossed; that face."""
    faces = mesh.faces[near].astype(np.int64)
    height = (mesh.vertices[faces] - plane.origin) @ plane.normal  # (k, 3)
    below = height < 0
    crossed = below.any(axis=1) & ~below.all(axis=1)
    faces, height, below = faces[crossed], height[crossed], below[crossed]
    start, end = faces, faces[:, (1, 2, 0)]
    crosses = below != below[:, (1, 2, 0)]  # exactly two edges of each face
    a, b = start[crosses], end[crosses]
    low, high = np.minimum(a, b), np.maximum(a, b)
    _, first, node = np.unique(low * len(mesh.vertices) + high, return_index=True, return_inverse=True)
    low, high = low[first], high[first]
    from_, to = mesh.vertices[low], mesh.vertices[high]
    h1, h2 = (from_ - plane.origin) @ plane.normal, (to - plane.origin) @ plane.normal
    share = h1 / np.where(h1 == h2, 1.0, h1 - h2)
    places = from_ + share[:, None] * (to - from_)
    return places, node.reshape(-1, 2), near[crossed]


def _joined(
    places: Vector, links: NDArray[np.int64], faces: NDArray[np.int64], scanned: int
) -> list[Outline]:
    """Places linked in pairs, as outlines in order; of a corner where more than two meet one way is taken."""
    at: dict[int, list[tuple[int, int]]] = {}
    for number, (a, b) in enumerate(links.tolist()):
        if a != b:
            at.setdefault(a, []).append((b, number))
            at.setdefault(b, []).append((a, number))
    used = np.zeros(len(links), bool)
    found = []
    # Open ends first: begun elsewhere, an open outline would come in two pieces.
    for begin in sorted(at, key=lambda node: len(at[node]) != 1):
        while True:
            way, crossed = _followed(begin, at, used)
            if not crossed:
                break
            closed = way[0] == way[-1]
            points = places[way[:-1] if closed else way]
            found.append(Outline(points, closed, faces[crossed] >= scanned))
    return found


def _followed(
    begin: int, at: Mapping[int, list[tuple[int, int]]], used: NDArray[np.bool_]
) -> tuple[list[int], list[int]]:
    """From one place along links not yet used until there is none."""
    way: list[int] = [begin]
    crossed: list[int] = []
    while True:
        step = next(((to, link) for to, link in at[way[-1]] if not used[link]), None)
        if step is None:
            return way, crossed
        used[step[1]] = True
        way.append(step[0])
        crossed.append(step[1])
        if step[0] == begin:
            return way, crossed


def _between_ends(outlines: Iterable[Outline]) -> list[Vector]:
    """The shortest ways from end to end of outlines that do not close, each end once."""
    ends = [o.points[k] for o in outlines if not o.closed for k in (0, -1)]
    if not ends:
        return []
    points = np.array(ends)
    away = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(away, np.inf)
    ways = []
    while np.isfinite(away).any():
        i, j = np.unravel_index(int(np.argmin(away)), away.shape)
        if away[i, j] > _JOINED:
            ways.append(np.stack([points[i], points[j]]))
        away[[i, j], :] = away[:, [i, j]] = np.inf
    return ways


def places(way: Way, mesh: Mesh) -> tuple[float, float]:
    """From where to where a plane meets a surface (mm)."""
    axis = {"across": 0, "along": 1, "level": 2}[way]
    values = mesh.vertices[:, axis]
    return float(values.min()), float(values.max())
