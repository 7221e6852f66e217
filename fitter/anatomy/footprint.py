"""The contact print estimated from the shape of the sole, and the indices read from it.

It is a print from shape, not a pressure print.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitter.anatomy.landmarks import Landmark
from fitter.anatomy.measures import TOE_LINE_SHARE
from fitter.scan.depth import DepthMap


@dataclass(frozen=True, slots=True, eq=False)
class Footprint:
    """``contact`` (r, c): the share of each strip between two neighbouring cells that touches (0 to 1);
    ``rows`` (r,) x and ``columns`` (c,) y of the strips' middles, mm."""

    contact: NDArray[np.float64]
    rows: NDArray[np.float64]
    columns: NDArray[np.float64]

    @property
    def widths(self) -> NDArray[np.float64]:
        """(r,) width in contact at each x, mm."""
        widths: NDArray[np.float64] = self.contact.sum(axis=1) * (self.columns[1] - self.columns[0])
        return widths


@dataclass(frozen=True, slots=True)
class PrintIndices:
    arch_index: float
    chippaux_smirak_index: float
    staheli_index: float


def footprint(
    sole: DepthMap, tibiale: Landmark, fibulare: Landmark, length: float, contact_mm: float
) -> Footprint:
    """The part of ``sole`` (as scanned, seen from below) no higher than ``contact_mm``, without toes.

    Toes are what lies forward of the ball line moved forward by 8 % of ``length``.
    """
    # What lies far above the floor must not pull the print's edge inwards: it is cut off before smoothing.
    cap = 2.0 * contact_mm
    near = DepthMap(np.minimum(sole.depth, cap), sole.rows, sole.columns).smoothed(1.0)
    height = np.where(np.isfinite(near.depth), near.depth, cap)
    step = sole.rows[1] - sole.rows[0]
    middles = 0.5 * (sole.columns[:-1] + sole.columns[1:])
    x, y = np.meshgrid(sole.rows, middles, indexing="ij")
    slope = (tibiale.x - fibulare.x) / (tibiale.y - fibulare.y)
    toe_line = fibulare.x + slope * (y - fibulare.y) + TOE_LINE_SHARE * length
    behind = np.clip((toe_line - x) / step + 0.5, 0.0, 1.0)
    return Footprint(_share_below(height, contact_mm) * behind, sole.rows, middles)


def _share_below(height: NDArray[np.float64], limit: float) -> NDArray[np.float64]:
    """(r, c - 1) share of the way between neighbouring columns of (r, c) that lies at or below ``limit``."""
    low = np.minimum(height[:, :-1], height[:, 1:])
    high = np.maximum(height[:, :-1], height[:, 1:])
    share: NDArray[np.float64] = np.clip((limit - low) / np.maximum(high - low, 1e-9), 0.0, 1.0)
    return np.where(high <= limit, 1.0, share)


def print_indices(mark: Footprint) -> PrintIndices | None:
    """Arch, Chippaux-Smirak and Staheli index of a toeless print; None where there is no print."""
    widths = mark.widths
    rows = np.nonzero(widths > 1.0)[0]
    if len(rows) < 30:
        return None
    step = mark.rows[1] - mark.rows[0]
    rear, front = mark.rows[rows[0]] - step / 2, mark.rows[rows[-1]] + step / 2
    cuts = rear + (front - rear) * np.array([1.0, 2.0]) / 3.0
    # Area up to each cut, interpolated so that a cut between two rows splits a row's area.
    edges = np.append(mark.rows - step / 2, mark.rows[-1] + step / 2)
    area = np.append(0.0, np.cumsum(widths) * step)
    first, second = np.interp(cuts, edges, area)
    thirds = np.searchsorted(mark.rows, cuts)
    heel, middle, ball = np.split(widths, thirds)
    return PrintIndices(
        arch_index=float((second - first) / area[-1]),
        chippaux_smirak_index=float(100.0 * middle.min() / ball.max()),
        staheli_index=float(middle.min() / heel.max()),
    )
