"""Indices: ratios of two measures of one foot (``from_measures`` of the registry)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fitter.anatomy.measures import BY_ID, REGISTRY
from fitter.quantity import Missing, Quantity, Reading, propagate


def index_of(measure_id: str, readings: Mapping[str, Reading]) -> Reading:
    """A ratio of two measures already taken."""
    above, below = (readings[i] for i in BY_ID[measure_id].from_measures)
    for part in (above, below):
        if isinstance(part, Missing):
            return part
    assert isinstance(above, Quantity)
    assert isinstance(below, Quantity)
    stated = propagate(lambda a, b: a / b, above, below, unit="ratio")
    known = propagate(lambda a, b: a / b, _as_known(above), _as_known(below), unit="ratio")
    return replace(stated, known_u95=known.u95)


def with_moved(readings: Mapping[str, Reading], measure_id: str, value: float) -> dict[str, Reading]:
    """The readings with one at another ``value``, and with it the indices made from it.

    An index errs by the same share of itself as before: what its parts have in common, such as the error of
    the scan's scale, stays out of it. One that was not read stays so.
    """
    moved = readings[measure_id]
    assert isinstance(moved, Quantity)
    found = {**readings, measure_id: replace(moved, value=value)}
    for entry in REGISTRY:
        before = readings.get(entry.id)
        if entry.kind != "index" or measure_id not in entry.from_measures or not isinstance(before, Quantity):
            continue
        after = index_of(entry.id, found)
        if isinstance(after, Quantity):
            times = after.value / before.value
            known = None if before.known_u95 is None else before.known_u95 * times
            found[entry.id] = replace(before, value=after.value, u95=before.u95 * times, known_u95=known)
    return found


def _as_known(quantity: Quantity) -> Quantity:
    """The quantity with only the error that the scan lets us know."""
    return replace(quantity, u95=quantity.known_u95 or 0.0)
