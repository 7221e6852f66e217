"""Whose foot a new scan is: of the person whose foot is open, or of somebody else. No widget, no geometry.

A person has one left and one right foot. So what comes while one foot is open is taken as its other foot
where it is the other side, and takes the place of what is open where it is not. In a customer's visit both
feet may be there already: then only the foot that was scanned again makes room for its new scan.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from fitter.saying import N_

if TYPE_CHECKING:
    from fitter.app.model import Inputs
    from fitter.captures import Capture
    from fitter.profile import FitResult
    from fitter.terms import Side

Fitted = frozenset[tuple[str, str]]  # side and load of feet


@dataclass(frozen=True, slots=True)
class Joined:
    """What was made of new scans: the inputs and their result, whether all that was open stayed, in a
    sentence what was assumed, and the inputs of the other way."""

    inputs: Inputs
    result: FitResult
    kept: bool
    text: str
    instead: Inputs


def joined(
    before: Inputs, new: Sequence[Capture], fit: Callable[[Inputs], FitResult], *, whole_visit: bool
) -> Joined:
    """The new scans with what was open, as the sides of the feet in them say. ``whole_visit``: all that is
    open is one known person's, and so are the new ones.

    Raises FitterError where a scan can't be used.
    """
    fresh = {_mark(capture) for capture in new}
    # The same file once more takes its own place.
    open_before = tuple(c for c in before.captures if _mark(c) not in fresh)
    alone = replace(before, captures=tuple(new), set_by_hand=(), try_on=None)
    both = replace(before, captures=(*open_before, *new))
    if not open_before:
        return Joined(alone, fit(alone), True, "", alone)
    result = fit(both)
    older, newer = _feet(result, fresh, new=False), _feet(result, fresh, new=True)
    one_each = len(_sides(older)) == len(_sides(newer)) == 1 and _sides(older) != _sides(newer)
    if one_each or (whole_visit and not older & newer):
        side = next(iter(_sides(newer)))
        told = _joined_words(side) if one_each else N_("Added to what is open.")
        return Joined(both, result, True, told, alone)
    if not whole_visit:
        return Joined(alone, fit(alone), False, N_("Opened in place of what was open."), both)
    again = {
        mark
        for mark in (_mark(c) for c in open_before)
        if (shown := _feet(result, {mark}, new=True)) and shown <= newer
    }
    rest = tuple(c for c in open_before if _mark(c) not in again)
    chosen = replace(before, captures=(*rest, *new))
    told = N_("Scanned again: the new scan takes the place of the one before.")
    return Joined(chosen, fit(chosen) if again else result, not again, told, both)


def _joined_words(side: Side) -> str:
    return (
        N_("Taken as the left foot of the same person.")
        if side == "left"
        else N_("Taken as the right foot of the same person.")
    )


def _mark(capture: Capture) -> tuple[str, str]:
    return capture.name, sha256(capture.data).hexdigest()


def _feet(result: FitResult, marks: set[tuple[str, str]], *, new: bool) -> Fitted:
    """Side and load of the feet that came from the captures of these marks, or (not ``new``) from others."""
    pairs = zip(result.profile.feet, result.profile.captures, strict=True)
    return frozenset((f.side, f.load) for f, c in pairs if ((c.file, c.sha256) in marks) == new)


def _sides(feet: Fitted) -> set[Side]:
    return {side for side, _load in feet}  # type: ignore[misc]
