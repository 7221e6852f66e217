"""What a foot measures, whether it came from a scan or from a ruler: the one form that posture reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fitter.anatomy.measures import IDS
from fitter.quantity import Missing, Quantity, Reading
from fitter.terms import LOADS, SIDES, Load, Side, Source

__all__ = ["LOADS", "NEEDS_TWO_LOADS", "SIDES", "Load", "Measurements", "Side", "Source"]

# Why a measure of a pair of captures is missing, whether from a scan or a ruler.
NEEDS_TWO_LOADS = Missing(
    "needs_two_loads",
    "Needs one foot measured sitting and standing, each once.",
)


@dataclass(frozen=True, slots=True)
class Measurements:
    """Readings of one foot under one load.

    ``readings`` holds every id of the registry, in its order: a `Quantity`, or a `Missing` that says why not.
    """

    side: Side
    load: Load
    source: Source
    readings: Mapping[str, Reading]

    def __post_init__(self) -> None:
        if tuple(self.readings) != IDS:
            raise ValueError("readings must hold every measure of the registry, in its order")

    def get(self, measure_id: str) -> Quantity | None:
        """The quantity, or None where it is missing."""
        reading = self.readings[measure_id]
        return reading if isinstance(reading, Quantity) else None

    def why_missing(self, measure_id: str) -> Missing | None:
        """Why a measure could not be given, or None where it was."""
        reading = self.readings[measure_id]
        return reading if isinstance(reading, Missing) else None
