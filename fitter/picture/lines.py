"""Where each measure lies on the foot: lines between landmarks and tapes around, to draw over a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitter.anatomy.sections import cut, girth
from fitter.scan.mesh import Mesh

Point = tuple[float, float, float]
Marks = Mapping[str, Point]


@dataclass(frozen=True, slots=True, eq=False)
class MeasureLine:
    """The way of one measure through ``points`` (n, 3) of the foot frame (mm); a tape is ``closed``."""

    measure: str
    points: NDArray[np.float64]
    closed: bool = False

    @property
    def length(self) -> float:
        return float(np.linalg.norm(np.diff(self.points, axis=0), axis=1).sum())

    def sampled(self, step_mm: float) -> NDArray[np.float64]:
        """Points (k, 3) along the way, about ``step_mm`` apart."""
        reached = np.concatenate([[0.0], np.linalg.norm(np.diff(self.points, axis=0), axis=1).cumsum()])
        at = np.linspace(0.0, reached[-1], max(2, int(np.ceil(reached[-1] / step_mm)) + 1))
        return np.stack([np.interp(at, reached, self.points[:, k]) for k in range(3)], axis=1)


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


def measure_lines(landmarks: Marks, mesh: Mesh | None = None) -> tuple[MeasureLine, ...]:
    """The way of every length, width and height whose landmarks are known, and of girths around ``mesh``."""
    return (*_lengths(landmarks), *_widths(landmarks), *_heights(landmarks), *_girths(landmarks, mesh))


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
