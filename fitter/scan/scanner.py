"""How true a scanner is, as its checks on objects of known size showed it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from fitter.quantity import COVERAGE
from fitter.resources import table
from fitter.saying import say


@dataclass(frozen=True, slots=True)
class Scanner:
    """A scanner's scale error and noise, pooled over its checks; what a capture is corrected by.

    ``scale`` is what it shows of a true length of 1 (1.005: half a per cent too long); ``scale_u95`` the 95 %
    error of one scan's scale after the correction (relative): of the checks, and of the scanner's own
    scatter. ``noise_mm`` is the SD of the surface about the object's true form. ``repeat_sd`` is the SD of
    the scale over the checks (None where there is one). ``checked`` is the day of the newest check
    (ISO 8601), ``old`` whether that is too long ago.
    """

    name: str
    scale: float
    scale_u95: float
    noise_mm: float
    checks: int = 1
    repeat_sd: float | None = None
    checked: str = ""
    old: bool = False

    @property
    def bias_percent(self) -> float:
        """How much too long it shows lengths, in per cent."""
        return 100.0 * (self.scale - 1.0)

    def told(self) -> str:
        """What is done about it, as a sentence without a full stop."""
        count = "1 check" if self.checks == 1 else say("{checks} checks", checks=self.checks)
        way = "too long" if self.scale >= 1.0 else "too short"
        return say(
            "corrected for the scanner {name}, which shows lengths {bias_percent:.2f} % {way} (± "
            "{scale_u95:.2f} %, from {count})",
            name=self.name,
            bias_percent=abs(self.bias_percent),
            way=way,
            scale_u95=100.0 * self.scale_u95,
            count=count,
        )


@dataclass(frozen=True, slots=True)
class ScaleCheck:
    """What one check showed: as `Scanner`, of one scan."""

    scale: float
    scale_u95: float
    noise_mm: float
    checked: str


def pooled(name: str, checks: Sequence[ScaleCheck], *, old: bool = False) -> Scanner:
    """The scanner behind several checks of it (the newest last).

    The error of each check is mostly the object's own, and the same in all: it does not average out. Scatter
    between scans does in the mean, but one foot's scan has it whole. Few checks tell little of that scatter,
    so it is weighed with what is known of scanners (models/scan/scanner.toml).
    """
    belief = table("scan/scanner.toml")["pool"]
    count = len(checks)
    mean = sum(c.scale for c in checks) / count
    squares = sum((c.scale - mean) ** 2 for c in checks)
    weight = belief["repeat_weight"]
    scatter = math.sqrt((weight * belief["repeat_sd"] ** 2 + squares) / (weight + count - 1))
    of_checks = sum(c.scale_u95 for c in checks) / count
    return Scanner(
        name=name,
        scale=mean,
        scale_u95=math.hypot(of_checks, COVERAGE * scatter * math.sqrt(1.0 + 1.0 / count)),
        noise_mm=math.sqrt(sum(c.noise_mm**2 for c in checks) / count),
        checks=count,
        repeat_sd=math.sqrt(squares / (count - 1)) if count > 1 else None,
        checked=max(c.checked for c in checks),
        old=old,
    )


def most_off() -> float:
    """How far (share) a scanner may be off and still be taken for one of the unit."""
    return float(table("scan/scanner.toml")["check"]["most_off"])
