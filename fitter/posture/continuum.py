"""A quantity on a continuum, cut into named bands: how likely each band is, and how sure one may be of it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

# Shares of the error at which a band is looked at on the way to it: even steps, and one close by.
_SHARES = np.array([*(i / 20 for i in range(1, 20)), 0.99, 1.0])


def band_shares(mean: float, sd: float, cuts: Sequence[float]) -> list[float]:
    """Probability of each band of a Gaussian, from below the first cut to above the last; they sum to 1."""
    below = [0.0, *(_below(cut, mean, sd) for cut in cuts), 1.0]
    return [high - low for low, high in itertools.pairwise(below)]


def shrunk(reading: float, error: float) -> tuple[float, float]:
    """Mean and SD of a quantity that is N(0, 1) among adults, once it was read with this error (SD)."""
    variance = 1.0 / (1.0 + 1.0 / error**2)
    return reading * (1.0 - variance), math.sqrt(variance)


def sureness(band: int, readings: ArrayLike, errors: ArrayLike, cuts: Sequence[float]) -> float:
    """How sure one may be of a band: the least probability it has at any of these readings, each with its
    error (SD) or any smaller one.

    The probability alone won't do. A poor reading is drawn towards the average, where most people are, so
    the middle band grows likelier the less is known. As the least over all smaller errors, sureness only
    falls as an error grows; where a reading lies outside the band it is 0.
    """
    reading, error = (np.asarray(v, dtype=float)[..., None] for v in (readings, errors))
    variance = 1.0 / (1.0 + 1.0 / (_SHARES * error) ** 2)
    mean, sd = reading * (1.0 - variance), np.sqrt(variance)
    edges = [-math.inf, *cuts, math.inf]
    low, high = edges[band], edges[band + 1]
    within = ((low <= reading) & (reading <= high)).all()
    return float((ndtr((high - mean) / sd) - ndtr((low - mean) / sd)).min()) if within else 0.0


def _below(cut: float, mean: float, sd: float) -> float:
    if sd == 0.0:
        return float(mean < cut)
    return 0.5 * math.erfc((mean - cut) / sd / math.sqrt(2.0))
