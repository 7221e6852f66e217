"""What posture says of one foot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from fitter.quantity import Missing, Quantity

PostureClass = Literal[
    "very_low_arch", "low_arch", "neutral", "high_arch", "very_high_arch", "borderline", "cannot_tell"
]
NAMED: tuple[PostureClass, ...] = ("very_low_arch", "low_arch", "neutral", "high_arch", "very_high_arch")


@dataclass(frozen=True, slots=True)
class Vote:
    """One index read on the arch scale: ``score`` (sd of standing adults, higher arch positive) with its
    error and spread, the class that index alone would name, and where its norm comes from."""

    index: str
    value: Quantity
    score: Quantity
    class_: PostureClass
    source: str


@dataclass(frozen=True, slots=True)
class Flatfoot:
    """``probability`` = P(score < -2)."""

    answer: Literal["likely", "possible", "unlikely", "cannot_tell"]
    probability: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the indices agree: ``level`` and a sentence; ``spread`` is the SD of their scores (sd),
    of those whose norm is clear enough to be compared."""

    level: Literal["good", "fair", "poor", "one_index", "not_comparable", "none"]
    text: str
    spread: float | None


@dataclass(frozen=True, slots=True)
class CriterionSays:
    """What one published criterion, by its own name, calls this foot.

    ``label`` is the word of its scheme for the band in which the value most likely lies, ``arch`` what that
    says of the arch (-2 very low to +2 very high, None where it says nothing of it), ``share`` the
    probability of that band with the measurement's error.
    """

    id: str
    name: str
    index: str
    value: Quantity
    label: str
    arch: int | None
    share: float
    source: str


@dataclass(frozen=True, slots=True)
class Posture:
    """The latent arch score of one foot and the class it gets (or why none).

    ``probabilities`` sum to 1 over the five named classes, and are empty where too little could be read of
    this foot. ``between`` names the two neighbours of ``borderline``. ``load`` is the load the norms were
    taken for. ``criteria`` is what published cut-offs for that load say, whether or not they agree.
    ``sureness`` of a named class is the least probability it would have if any index had been measured
    better and read the same: at most its probability, and never raised by more error.
    """

    class_: PostureClass
    statement: str
    score: Quantity | None
    probabilities: Mapping[str, float]
    flatfoot: Flatfoot
    agreement: Agreement
    indices: tuple[Vote, ...]
    load: str
    between: tuple[str, ...] = ()
    reason: Missing | None = None
    criteria: tuple[CriterionSays, ...] = ()
    sureness: float | None = None
