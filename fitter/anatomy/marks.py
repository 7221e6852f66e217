"""Whether a landmark that a person set lies where feet have it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fitter.resources import table
from fitter.saying import say


def misplaced(name: str, place: NDArray[np.float64]) -> str | None:
    """What is wrong with the ``place`` (3,) of a landmark, as a sentence without a full stop; None where feet
    have it there (`models/scan/landmarks.toml`). The place in the foot frame, in shares of the length."""
    region = table("scan/landmarks.toml")["region"][name]
    wrong = [
        (_WAYS[way](share), _WAYS[way](low), _WAYS[way](high))
        for way, share in zip(_WAYS, place.tolist(), strict=True)
        for low, high in (region[way],)
        if not low <= share <= high
    ]
    if not wrong:
        return None
    lies, low, high = (" and ".join(part) for part in zip(*wrong, strict=True))
    return say(
        "the landmark {name} lies {lies}, in shares of foot length; feet have it from {low} to {high}",
        name=name,
        lies=lies,
        low=low,
        high=high,
    )


def _along(share: float) -> str:
    return say(
        "{share:.0%} {word} the heel", share=abs(share), word="in front of" if share >= 0 else "behind"
    )


def _across(share: float) -> str:
    return say("{share:.0%} to the {word} side", share=abs(share), word="inner" if share >= 0 else "outer")


def _up(share: float) -> str:
    return say("{share:.0%} {word} the floor", share=abs(share), word="above" if share >= 0 else "below")


_WAYS = {"along": _along, "across": _across, "up": _up}
