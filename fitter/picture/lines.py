"""Where each measure lies on the foot: lines between landmarks and tapes around, to draw over a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitter.anatomy.measures import BY_ID, CONTACT_MM, TOE_LINE_SHARE
from fitter.anatomy.sections import cut, girth
from fitter.scan.mesh import Mesh

Point = tuple[float, float, float]
Marks = Mapping[str, Point]


@dataclass(frozen=True, slots=True, eq=False)
class MeasureLine:
    """The way of one measure through ``points`` (n, 3) of the foot frame (mm); a tape is ``closed``. What is
    ``asked`` for is drawn only while its measure is picked: it would lie over others."""

    measure: str
    points: NDArray[np.float64]
    closed: bool = False
    asked: bool = False

    @property
    def length(self) -> float:
        return float(np.linalg.norm(np.diff(self.points, axis=0), axis=1).sum())

    def sampled(self, step_mm: float) -> NDArray[np.float64]:
        """Points (k, 3) along the way, about ``step_mm`` apart."""
        reached = np.concatenate([[0.0], np.linalg.norm(np.diff(self.points, axis=0), axis=1).cumsum()])
        at = np.linspace(0.0, reached[-1], max(2, int(np.ceil(reached[-1] / step_mm)) + 1))
        return np.stack([np.interp(at, reached, self.points[:, k]) for k in range(3)], axis=1)


_NONE: Mapping[str, float] = {}
_BESIDE_MM = 5.0
# A height runs from its landmark down to the floor, a length from the heel's rearmost point forward along x.
_HEIGHTS = {
    "instep_height": "dorsum_50",
    "navicular_height": "navicular",
    "arch_height": "arch_apex",
    "medial_malleolus_height": "medial_malleolus",
}
_LENGTHS = {
    "foot_length": "acropodion",
    "ball_length": "metatarsale_tibiale",
    "outer_ball_length": "metatarsale_fibulare",
}
_WIDTHS = {
    "ball_breadth": ("metatarsale_tibiale", "metatarsale_fibulare"),
    "heel_breadth": ("heel_medial", "heel_lateral"),
}


def measure_lines(
    landmarks: Marks, mesh: Mesh | None = None, angles: Mapping[str, float] = _NONE
) -> tuple[MeasureLine, ...]:
    """The way of every length, width and height whose landmarks are known, and on a ``mesh`` of girths, of
    the print, and of the ``angles`` that were measured (id -> degrees)."""
    plain = (*_lengths(landmarks), *_widths(landmarks), *_heights(landmarks), *_girths(landmarks, mesh))
    if mesh is None or not len(mesh.faces):
        return plain
    return (*plain, *_hallux(landmarks, mesh, angles), *_rearfoot(mesh, angles), *_print(landmarks, mesh))


def ways_of(measure: str) -> frozenset[str]:
    """The measures whose lines show a measure: its own, and of an index those that it is made from."""
    found, new = frozenset[str](), frozenset({measure})
    while new:
        found |= new
        new = frozenset(one for known in new if known in BY_ID for one in BY_ID[known].from_measures) - found
    return found


def _straight(measure: str, start: Point, end: Point) -> MeasureLine:
    return MeasureLine(measure, np.array([start, end]))


def _lengths(landmarks: Marks) -> list[MeasureLine]:
    """On the floor beside the foot, as in a drawing: ball length inside, the others outside."""
    heel = landmarks.get("pternion")
    if heel is None:
        return []
    sides = [point[1] for point in landmarks.values()]
    beside = {
        "foot_length": min(sides) - 2 * _BESIDE_MM,
        "ball_length": max(sides) + _BESIDE_MM,
        "outer_ball_length": min(sides) - _BESIDE_MM,
    }
    return [
        _straight(measure, (heel[0], beside[measure], 0.0), (landmarks[name][0], beside[measure], 0.0))
        for measure, name in _LENGTHS.items()
        if name in landmarks
    ]


def _widths(landmarks: Marks) -> list[MeasureLine]:
    """Across the foot axis, half-way between the two landmarks."""
    lines = []
    for measure, (one, other) in _WIDTHS.items():
        if one in landmarks and other in landmarks:
            (x1, y1, z1), (x2, y2, z2) = landmarks[one], landmarks[other]
            x, z = (x1 + x2) / 2, (z1 + z2) / 2
            lines.append(_straight(measure, (x, y1, z), (x, y2, z)))
    return lines


def _heights(landmarks: Marks) -> list[MeasureLine]:
    known = ((measure, landmarks[name]) for measure, name in _HEIGHTS.items() if name in landmarks)
    return [_straight(measure, (x, y, z), (x, y, 0.0)) for measure, (x, y, z) in known]


def _girths(landmarks: Marks, mesh: Mesh | None) -> list[MeasureLine]:
    """The tapes, in the planes in which they are measured."""
    if mesh is None or not len(mesh.faces):
        return []
    planes: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
    if "acropodion" in landmarks:
        middle = np.array([landmarks["acropodion"][0] / 2.0, 0.0, 0.0])
        planes["instep_girth"] = (middle, np.array([0.0, 1.0, 0.0]))
    if "metatarsale_tibiale" in landmarks and "metatarsale_fibulare" in landmarks:
        start, end = (np.array([*landmarks[name][:2], 0.0]) for name in reversed(_WIDTHS["ball_breadth"]))
        planes["ball_girth"] = (start, (end - start) / np.linalg.norm(end - start))
    up = np.array([0.0, 0.0, 1.0])
    tapes = {
        measure: girth(cut(mesh, origin, np.cross(across, up)), origin, across, up)[1]
        for measure, (origin, across) in planes.items()
    }
    return [
        MeasureLine(measure, np.vstack([tape, tape[:1]]), closed=True)
        for measure, tape in tapes.items()
        if len(tape)
    ]


def _hallux(landmarks: Marks, mesh: Mesh, angles: Mapping[str, float]) -> list[MeasureLine]:
    """From the heel along the inner tangent to the ball, and on along the border of the big toe."""
    heel, ball, tip = (landmarks.get(n) for n in ("heel_medial", "metatarsale_tibiale", "acropodion"))
    angle = angles.get("hallux_outline_angle")
    if heel is None or ball is None or tip is None or angle is None:
        return []
    toe = tip[0] - ball[0]
    x, y = mesh.vertices[:, 0], mesh.vertices[:, 1]
    near = (x > ball[0] + 0.25 * toe) & (x < ball[0] + 0.75 * toe)
    border = _outermost(x[near], y[near])
    if not len(border):
        return []
    slope = np.tan(np.arctan2(ball[1] - heel[1], ball[0] - heel[0]) - np.radians(angle))
    x0, y0 = border.mean(axis=0)
    height = 0.5 * ball[2]
    ends = [(at, y0 + slope * (at - x0), height) for at in (ball[0] + 0.1 * toe, ball[0] + toe)]
    way = [(*heel[:2], height), (*ball[:2], height), *ends]
    return [MeasureLine("hallux_outline_angle", np.array(way), asked=True)]


_ROW_MM = 4.0


def _outermost(along: NDArray[np.float64], out: NDArray[np.float64]) -> NDArray[np.float64]:
    """(k, 2) the point that lies furthest out in every row."""
    rows = np.floor(along / _ROW_MM)
    order = np.lexsort((out, rows))
    last = np.flatnonzero(np.append(np.diff(rows[order]) != 0, True)) if len(rows) else order
    return np.stack([along[order][last], out[order][last]], axis=1)


def _rearfoot(mesh: Mesh, angles: Mapping[str, float]) -> list[MeasureLine]:
    """Seen from behind: the midline of the heel, and the vertical through its foot."""
    angle = angles.get("rearfoot_angle")
    if angle is None:
        return []
    length = float(mesh.vertices[:, 0].max())
    x, y, z = mesh.vertices.T
    rear = (x < 0.15 * length) & (z > 0.08 * length) & (z < 0.20 * length)
    if not rear.any():
        return []
    middle, height = 0.5 * (y[rear].min() + y[rear].max()), 0.14 * length
    behind, top, foot = float(x.min()) - 1.0, 0.26 * length, 0.02 * length
    lean = np.tan(np.radians(angle))  # everted: the heel's top leans inwards
    low = middle + lean * (foot - height)
    way = [(behind, middle + lean * (top - height), top), (behind, low, foot), (behind, low, top)]
    return [MeasureLine("rearfoot_angle", np.array(way), asked=True)]


def _print(landmarks: Marks, mesh: Mesh) -> list[MeasureLine]:
    """The outline of the print without toes: where the sole is as high as a print is counted."""
    inside, outside = (landmarks.get(n) for n in _WIDTHS["ball_breadth"])
    if inside is None or outside is None:
        return []
    edge = _segments(mesh, CONTACT_MM)
    rows = np.arange(0.0, mesh.vertices[:, 0].max(), _ROW_MM / 2.0)
    inner, outer = [], []
    for row in rows:
        crossing = (edge[:, 0, 0] < row) != (edge[:, 1, 0] < row)
        if not crossing.any():
            continue
        a, b = edge[crossing, 0], edge[crossing, 1]
        y = a[:, 1] + (row - a[:, 0]) / (b[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
        inner.append((row, float(y.max())))
        outer.append((row, float(y.min())))
    slant = (inside[0] - outside[0]) / (inside[1] - outside[1])
    ends = TOE_LINE_SHARE * float(mesh.vertices[:, 0].max()) + outside[0]
    around = np.array([*inner, *reversed(outer)]).reshape(-1, 2)
    around = around[around[:, 0] < ends + slant * (around[:, 1] - outside[1])]
    if len(around) < 8:
        return []
    points = np.column_stack([around, np.full(len(around), CONTACT_MM)])
    points = np.vstack([points, points[:1]])
    prints = ("arch_index", "chippaux_smirak_index", "staheli_index")
    return [MeasureLine(measure, points, closed=True, asked=True) for measure in prints]


def _segments(mesh: Mesh, height: float) -> NDArray[np.float64]:
    """(k, 2, 2) where the level plane at a height crosses faces, in plan."""
    above = mesh.vertices[:, 2] - height
    count = (above[mesh.faces] < 0).sum(axis=1)
    corners = mesh.faces[(count == 1) | (count == 2)]
    ends = []
    for k in range(3):
        a, b = corners[:, k], corners[:, (k + 1) % 3]
        rise = above[a] - above[b]
        share = above[a] / np.where(rise == 0, 1.0, rise)
        at = mesh.vertices[a, :2] + share[:, None] * (mesh.vertices[b, :2] - mesh.vertices[a, :2])
        ends.append(np.where(((above[a] < 0) != (above[b] < 0))[:, None], at, np.nan))
    every = np.stack(ends, axis=1)  # of three edges two are crossed
    order = np.argsort(np.isnan(every[:, :, 0]), axis=1, kind="stable")[:, :2]
    return np.take_along_axis(every, order[:, :, None], axis=1)
