"""What captures of one person can hardly show together. Limits and words: `models/posture/pairs.toml`.

Nothing is changed by a doubt; it is told, and no finding is made of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from fitter.measurements import Measurements
from fitter.posture.flexibility import impossible_drop
from fitter.quantity import Quantity
from fitter.resources import table
from fitter.saying import say


def capture_doubts(feet: Sequence[Measurements], pairs: Sequence[tuple[int, int]]) -> Iterator[str]:
    """A sentence for each contradiction; ``pairs`` are the places of a sitting and its standing capture."""
    for sitting, standing in pairs:
        yield from _of_drop(feet[sitting], feet[standing])
    yield from _of_one_foot(feet)
    yield from _of_both_feet(feet)


def sides_too_far_apart(left: Measurements, right: Measurements) -> bool:
    """Whether two feet differ in length as hardly any pair does."""
    a, b = left.get("foot_length"), right.get("foot_length")
    most = table("posture/pairs.toml")["plausible"]["sides_length"]
    return a is not None and b is not None and abs(a.value - b.value) > most


def _of_drop(sitting: Measurements, standing: Measurements) -> Iterator[str]:
    high, low, kind = sitting.get("instep_height"), standing.get("instep_height"), impossible_drop(standing)
    if kind is None or high is None or low is None:
        return
    words = table("posture/pairs.toml")["doubts"]
    slip = words["slip_entered" if "entered" in (sitting.source, standing.source) else "slip_scan"]
    yield say(words[kind], side=standing.side, sitting=_mm(high), standing=_mm(low), slip=slip)


def _of_one_foot(feet: Sequence[Measurements]) -> Iterator[str]:
    about = table("posture/pairs.toml")
    for one, other in itertools.combinations(feet, 2):
        a, b = one.get("foot_length"), other.get("foot_length")
        if one.side != other.side or a is None or b is None:
            continue
        if abs(a.value - b.value) > about["plausible"]["one_foot_length"]:
            loads = (about["load_words"][m.load] for m in (one, other))
            yield say(
                about["doubts"]["one_foot"],
                side=one.side,
                one=_mm(a),
                other=_mm(b),
                **dict(zip(("one_load", "other_load"), loads, strict=True)),
            )


def _of_both_feet(feet: Sequence[Measurements]) -> Iterator[str]:
    """Of several captures those that lie closest: a slip within one foot is told of that foot."""
    known = [(m, q) for m in feet if (q := m.get("foot_length")) is not None]
    both = [(a, b) for a, b in itertools.product(known, known) if (a[0].side, b[0].side) == ("left", "right")]
    if not both:
        return
    left, right = min(both, key=lambda two: abs(two[0][1].value - two[1][1].value))
    if sides_too_far_apart(left[0], right[0]):
        words = table("posture/pairs.toml")["doubts"]["both_feet"]
        yield say(words, left=_mm(left[1]), right=_mm(right[1]))


def _mm(q: Quantity) -> str:
    return say("{value:.1f} mm", value=q.value)
