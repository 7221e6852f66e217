"""A quantity on a continuum, cut into named bands: how likely each band is, and when one may be named."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

# Shares of the error at which a band is looked at on the way to it: even steps, and one close by.
_SHARES = (*(i / 20 for i in range(1, 20)), 0.99, 1.0)


def band_shares(mean: float, sd: float, cuts: Sequence[float]) -> list[float]:
    """Probability of each band of a Gaussian, from below the first cut to above the last; they sum to 1."""
    below = [0.0, *(_below(cut, mean, sd) for cut in cuts), 1.0]
    return [high - low for low, high in itertools.pairwise(below)]


def shrunk(reading: float, error: float) -> tuple[float, float]:
    """Mean and SD of a quantity that is N(0, 1) among adults, once it was read with this error (SD)."""
    variance = 1.0 / (1.0 + 1.0 / error**2)
    return reading * (1.0 - variance), math.sqrt(variance)


def earned(band: int, mean: float, sd: float, cuts: Sequence[float]) -> bool:
    """Whether a band is likely because of what was read, and not because so many adults are in it.

    A poor reading is drawn towards the average, and so the middle band grows likelier the less is known. A
    band is earned while its probability has only fallen as the error of the same reading grew from nothing
    to what it is. So more error never makes the program surer of a band that it names.
    """
    precision = 1.0 / sd**2 - 1.0
    if precision <= 0.0:
        return False
    reading, error = mean / (1.0 - sd**2), 1.0 / math.sqrt(precision)
    sure = [band_shares(*shrunk(reading, share * error), cuts)[band] for share in _SHARES]
    return all(worse <= better + 1e-9 for better, worse in itertools.pairwise(sure))


def _below(cut: float, mean: float, sd: float) -> float:
    if sd == 0.0:
        return float(mean < cut)
    return 0.5 * math.erfc((mean - cut) / sd / math.sqrt(2.0))
