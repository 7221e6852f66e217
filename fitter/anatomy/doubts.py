"""What a scan lets us know of the error of a measure: from what is doubtful about it to a 95 % error.

How much each doubt weighs was learned on constructed feet of two families (`models/scan/errors.toml`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache

from fitter.quantity import combine_u95
from fitter.resources import table
from fitter.scan.foot import Foot


@dataclass(frozen=True, slots=True)
class Doubts:
    """What may have moved one measure of one scan.

    ``noise`` (SD, mm) was on the surface; ``sag`` (mm) is how far a chord of the usual triangle lies inside
    a curve of 10 mm radius; ``thin`` (mm) the spacing of a surface put through loose points; ``axis`` 1
    where the foot axis had to be taken from the ball, as toes could not be told apart; ``hanging`` 1 where
    the floor is an agreement, as nothing was pressed flat; ``hole`` (mm) the width of what was missing
    where the measure is taken; ``place`` (in the measure's unit) how far the place looked for can lie along
    a nearly straight outline.
    """

    noise: float = 0.0
    sag: float = 0.0
    thin: float = 0.0
    axis: float = 0.0
    hanging: float = 0.0
    hole: float = 0.0
    place: float = 0.0

    @staticmethod
    def of(foot: Foot) -> Doubts:
        """The doubts that every measure of a foot shares."""
        spacing = foot.quality.spacing_mm
        return Doubts(
            noise=foot.quality.noise_mm,
            sag=spacing**2 / (8.0 * _RADIUS),
            thin=spacing if foot.from_points else 0.0,
            axis=float(foot.axis_from != "second_toe"),
            hanging=float(foot.load == "unloaded"),
        )

    def at(self, *, hole: float = 0.0, place: float = 0.0) -> Doubts:
        """The same with what is doubtful at one measure."""
        return replace(self, hole=hole, place=place)

    def values(self) -> dict[str, float]:
        return {name: getattr(self, name) for name in NAMES}


NAMES: tuple[str, ...] = tuple(field.name for field in fields(Doubts))
_RADIUS = 10.0  # mm


@cache
def _weights() -> Mapping[str, Mapping[str, float]]:
    weights: Mapping[str, Mapping[str, float]] = table("scan/errors.toml")["weights"]
    return weights


def known_u95(measure_id: str, doubts: Doubts, *further: float) -> float:
    """The 95 % error of a measure that a scan lets us know (in the measure's unit): the doubts, each by its
    weight, one on top of the other, and ``further`` independent parts."""
    weights = _weights()[measure_id]
    return combine_u95([weights["least"] + sum(weights[n] * v for n, v in doubts.values().items()), *further])
