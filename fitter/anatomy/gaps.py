"""Holes of a scan where they matter: at a landmark, along a tape, at the toes.

Holes that were closed count as well: a patch is a guess at what was not seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitter.scan.foot import Foot

Vector = NDArray[np.float64]

_TOUCHING = 6.0  # mm: a landmark this close to the edge of a hole may have been moved by it
_WIDEST = 40.0  # mm: how far along an opening that stayed open is looked


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """What was not seen of a foot: ``rims`` (k, 3) of holes that were closed, and the corners ``open`` (n,
    3) of openings that are too wide to be closed and yet lie where skin should be. Foot frame, mm."""

    rims: tuple[Vector, ...]
    open: Vector

    @staticmethod
    def of(foot: Foot, length: float, *, sole_seen: bool) -> Gaps:
        """Openings at the ankle and below where the scan has no sole are where it ends and no holes; what is
        around a sole that was scanned alone is not among its openings."""
        low, high = -np.inf if sole_seen else 15.0, 0.36 * length
        rims = tuple(rim for rim in foot.rims if low < rim[:, 2].mean() < 0.45 * length)
        return Gaps(rims, foot.open[(foot.open[:, 2] > low) & (foot.open[:, 2] < high)])

    def at(self, point: Vector) -> float:
        """Width (mm) of the hole at ``point``, 0 where there is none."""
        widths = [_width(rim) for rim in self.rims if _touches(rim, point)]
        away = np.linalg.norm(self.open - point, axis=1) if len(self.open) else np.zeros(0)
        if (away < _TOUCHING).any():
            widths.append(_width(self.open[away < _WIDEST]))
        return max(widths, default=0.0)

    def along(self, origin: Vector, normal: Vector) -> float:
        """Width (mm) of what is missing where the plane through ``origin`` with unit ``normal`` passes."""
        widths = [_width(rim) for rim in self.rims if np.ptp(np.sign((rim - origin) @ normal)) > 0]
        near = self.open[np.abs((self.open - origin) @ normal) < 3.0]  # the edge of a hole zigzags this much
        return float(np.hypot.reduce([*widths, _width(near)])) if len(near) or widths else 0.0

    def below(self, z: float, rear: float = -np.inf, front: float = np.inf) -> float:
        """Width (mm) of the widest hole that reaches lower than ``z`` between ``rear`` and ``front`` (x)."""
        low = [rim for rim in self.rims if rim[:, 2].min() < z]
        return max((_width(r) for r in low if r[:, 0].max() > rear and r[:, 0].min() < front), default=0.0)

    def beyond(self, x: float) -> float:
        """Width (mm) of the widest hole further forward than ``x``: a toe may have been lost with it."""
        widths = [_width(rim) for rim in self.rims if rim[:, 0].max() > x]
        ahead = self.open[self.open[:, 0] > x]
        return max([*widths, _width(ahead)], default=0.0)


def _width(points: Vector) -> float:
    return float(np.linalg.norm(np.ptp(points, axis=0))) if len(points) else 0.0


def _touches(rim: Vector, point: Vector) -> bool:
    middle = rim.mean(axis=0)
    inside = float(np.linalg.norm(rim - middle, axis=1).max())
    return bool(
        np.linalg.norm(point - middle) < inside + _TOUCHING
        and (np.linalg.norm(rim - point, axis=1).min() < _TOUCHING or np.linalg.norm(point - middle) < inside)
    )
