"""A number with its 95 % uncertainty, and the one place where uncertainty is propagated."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

# A normal variable lies within 1.96 standard deviations of its mean 95 % of the time.
COVERAGE = 1.96


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with its expanded uncertainty: the truth lies within ``value ± u95`` 95 % of the time.

    ``unit`` is one of ``mm``, ``deg``, ``%``, ``ratio``, ``sd``, ``kg``, ``cm`` and so on, as plain text.
    ``known_u95`` is the part of ``u95`` that this capture itself lets us know (noise, holes, how well a place
    can be told); the rest is the published error of definition and scanner on real feet. None where the two
    were not told apart. ``basis`` names what it was read from where that is not the usual thing ("outline").
    """

    value: float
    u95: float
    unit: str
    known_u95: float | None = None
    basis: str = ""

    def __post_init__(self) -> None:
        known = 0.0 if self.known_u95 is None else self.known_u95
        if not (math.isfinite(self.value) and math.isfinite(self.u95) and 0 <= known <= self.u95 * 1.000001):
            raise ValueError(f"a quantity needs a finite value and a finite u95 >= 0, got {self!r}")

    @property
    def sd(self) -> float:
        """The standard uncertainty (one standard deviation)."""
        return self.u95 / COVERAGE

    @property
    def low(self) -> float:
        return self.value - self.u95

    @property
    def high(self) -> float:
        return self.value + self.u95


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a number could not be given: a stable code for programs and a sentence for people."""

    code: str
    text: str


Reading = Quantity | Missing


def combine_u95(parts: Iterable[float]) -> float:
    """Root sum of squares of independent uncertainties (GUM, JCGM 100:2008, 5.1.2)."""
    return math.hypot(*parts)


def propagate(
    f: Callable[..., float], *inputs: Quantity, unit: str, extra_u95: Iterable[float] = ()
) -> Quantity:
    """``f`` of independent quantities, error by differences over each ``u95`` (GUM 5.1.3 note 2).

    Of the two one-sided differences the larger counts. No difference is taken over more than half of an
    input, where a ratio would near its pole: beyond that the error grows in proportion, so that more error
    going in never gives less coming out. ``extra_u95`` holds further independent uncertainties in the unit
    of the result, none of them known by this capture. ``known_u95`` of the result comes from that of the
    inputs, where all of them tell it. Raises ValueError where ``f`` has no finite value.
    """
    values = [q.value for q in inputs]
    result = _finite(f, values)
    parts: list[float] = []
    for i, q in enumerate(inputs):
        step = min(q.u95, abs(q.value) / 2.0) if q.value else q.u95
        moved = (_finite(f, [*values[:i], q.value + way, *values[i + 1 :]]) for way in (-step, step))
        change = max((abs(m - result) for m in moved if not math.isnan(m)), default=math.nan)
        parts.append(change * (q.u95 / step) if step else 0.0)
    known = None
    if all(q.known_u95 is not None for q in inputs):
        shares = ((q.known_u95 or 0.0) / q.u95 if q.u95 else 0.0 for q in inputs)
        known = combine_u95(part * share for part, share in zip(parts, shares, strict=True))
    return Quantity(result, combine_u95([*parts, *extra_u95]), unit, known)


def mean_of_repeats(
    readings: Sequence[float],
    *,
    unit: str,
    usual_sd: float,
    usual_dof: float,
    division: float,
    fixed_u95: float,
) -> Quantity:
    """Repeated readings of one length as their mean; their spread becomes its error.

    The spread of a few readings says little of the spread of many: of two that happen to agree it would be
    nothing. So it is pooled with the spread that such readings usually have, which counts as ``usual_dof``
    degrees of freedom (GUM, JCGM 100:2008, G.4.2 and H.3.6), and the mean takes Student's t for all of them:

        u95^2 = t^2 s^2 / n + (1.96 division / sqrt(12))^2 + fixed_u95^2

    where s^2 = (usual_dof usual_sd^2 + sum (x - mean)^2) / (usual_dof + n - 1). ``division`` is the ruler's
    (read to the nearest mark, GUM F.2.2.1); repeats do not average it away, for the same edge falls beside
    the same mark. ``fixed_u95`` is what no repeat shows: how well the place is defined. ``known_u95`` of the
    result is all but the last.
    """
    from scipy.special import stdtrit  # noqa: PLC0415 - a tenth of a second that a single reading need not pay

    n = len(readings)
    mean = math.fsum(readings) / n
    dof = usual_dof + n - 1
    spread = math.fsum((x - mean) ** 2 for x in readings)
    variance = (usual_dof * usual_sd**2 + spread) / dof
    by_spread = float(stdtrit(dof, 0.975)) * math.sqrt(variance / n)
    known = combine_u95([by_spread, COVERAGE * division / math.sqrt(12.0)])
    return Quantity(mean, combine_u95([known, fixed_u95]), unit, known)


def _finite(f: Callable[..., float], values: Iterable[float]) -> float:
    """``f`` there, or NaN where it is not defined or not finite."""
    try:
        value = f(*values)
    except ArithmeticError:
        return math.nan
    return value if math.isfinite(value) else math.nan
