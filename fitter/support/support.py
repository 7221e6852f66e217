"""The support profile of one foot."""

from __future__ import annotations

from dataclasses import dataclass

from fitter.quantity import Missing


@dataclass(frozen=True, slots=True)
class Override:
    """What a parameter was by its rule before a person set it, why, and who did."""

    value: float | str
    low: float | None
    high: float | None
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the insole. ``value`` is a number in ``unit`` or a word (unit ""); ``low`` and
    ``high`` bound what would do as well; ``reason`` is one sentence; ``evidence`` its strength
    (``trial``, ``measured``, ``expert``, ``convention``, ``fit``); ``rule`` the row it came from;
    ``override`` what it was before a person set it, None where it stands as its rule gave it."""

    id: str
    name: str
    value: float | str
    unit: str
    low: float | None
    high: float | None
    reason: str
    evidence: str
    source: str
    rule: str
    override: Override | None = None


@dataclass(frozen=True, slots=True)
class SupportProfile:
    """``parameters`` is empty and ``withheld`` says why where nothing may be recommended."""

    statement: str
    strategy: str
    parameters: tuple[Parameter, ...]
    rule_set: str
    watch_for: tuple[str, ...] = ()
    withheld: Missing | None = None
