"""Where each measure lies on the foot: straight lines between landmarks, to be drawn over a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """The line of one measure, in the foot frame (mm). Its length is the measure's value."""

    measure: str
    start: Point
    end: Point


# A height runs from its landmark down to the floor, a length from the heel's rearmost point forward along x.
_BESIDE_MM = 5.0
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


def measure_lines(landmarks: Mapping[str, Point]) -> tuple[MeasureLine, ...]:
    """The lines of every length, width and height whose landmarks are known."""
    lines = [*_lengths(landmarks), *_widths(landmarks)]
    for measure, name in _HEIGHTS.items():
        if name in landmarks:
            x, y, z = landmarks[name]
            lines.append(MeasureLine(measure, (x, y, z), (x, y, 0.0)))
    return tuple(lines)


def _lengths(landmarks: Mapping[str, Point]) -> list[MeasureLine]:
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
        MeasureLine(measure, (heel[0], beside[measure], 0.0), (landmarks[name][0], beside[measure], 0.0))
        for measure, name in _LENGTHS.items()
        if name in landmarks
    ]


def _widths(landmarks: Mapping[str, Point]) -> list[MeasureLine]:
    """Across the foot axis, half-way between the two landmarks."""
    lines = []
    for measure, (one, other) in _WIDTHS.items():
        if one in landmarks and other in landmarks:
            (x1, y1, z1), (x2, y2, z2) = landmarks[one], landmarks[other]
            x, z = (x1 + x2) / 2, (z1 + z2) / 2
            lines.append(MeasureLine(measure, (x, y1, z), (x, y2, z)))
    return lines
