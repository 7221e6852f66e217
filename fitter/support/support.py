"""The support profile of one foot."""

from __future__ import annotations

from dataclasses import dataclass

from fitter.quantity import Missing


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the insole. ``value`` is a number in ``unit`` or a word (unit ""); ``low`` and
    ``high`` bound what would do as well; ``reason`` is one sentence; ``evidence`` its strength
    (``trial``, ``measured``, ``expert``, ``convention``, ``fit``); ``rule`` the row it came from."""

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


@dataclass(frozen=True, slots=True)
class SupportProfile:
    """``parameters`` is empty and ``withheld`` says why where nothing may be recommended."""

    statement: str
    strategy: str
    parameters: tuple[Parameter, ...]
    rule_set: str
    watch_for: tuple[str, ...] = ()
    withheld: Missing | None = None
