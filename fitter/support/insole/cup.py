"""The heel's cup, and where its width is measured.

The profile's `heel_cup_width` is the room for the heel where it is widest: its breadth and a little more.
Most cups end below that place, and close round a heel whose sides bend in towards the floor. So the width
inside a finished cup is read `[cup] measured_at` mm above its floor (`models/support/insole.toml`), where
it is widest. There it is the foot's own width at that height and the profile's room, which is heel_cup_width
less the heel's breadth.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fitter.resources import table

Vector = NDArray[np.float64]
Grid = NDArray[np.float64]


def measured_at() -> float:
    """How far above the cup's floor (mm) its width is measured."""
    return float(table("support/insole.toml")["cup"]["measured_at"])


def inside_width(height: Grid, rows: Vector, columns: Vector, length: float, above: float) -> float | None:
    """The widest distance (mm) across the heel between walls ``above`` mm over its floor, which is its lowest
    place; None where no row has both walls that high.

    ``height`` (r, c) at x ``rows`` (r,) and y ``columns`` (c,), NaN where nothing is; ``length`` of the foot.
    The heel's rows are those between which heel breadth is measured, 8 to 20 % of the foot's length.
    """
    heel = height[(rows >= 0.08 * length) & (rows <= 0.20 * length)]
    middle = np.where(np.abs(columns) < 15.0, heel, np.inf)
    middle = np.where(np.isfinite(middle), middle, np.inf)
    level = float(middle.min(initial=np.inf)) + above
    found = []
    for row, lowest in zip(heel, middle.argmin(axis=1), strict=True):
        if row[lowest] < level:
            ends = [_reaches(row, columns, int(lowest), step, level) for step in (-1, 1)]
            if ends[0] is not None and ends[1] is not None:
                found.append(ends[1] - ends[0])
    return max(found, default=None)


def _reaches(row: Vector, columns: Vector, start: int, step: int, level: float) -> float | None:
    """Where the surface first reaches a level on the way outwards."""
    outwards = row[start::step]
    high = np.flatnonzero(outwards >= level)
    if not len(high) or not np.isfinite(outwards[: high[0] + 1]).all():
        return None
    k = int(high[0])
    below, above = float(outwards[k - 1]), float(outwards[k])
    share = (level - below) / (above - below) if k else 0.0
    return float(columns[start] + step * (k - 1 + share) * (columns[1] - columns[0]))
