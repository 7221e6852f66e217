"""The support profile of one foot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fitter.quantity import Missing


@dataclass(frozen=True, slots=True)
class Override:
    """What a parameter was by its rule before a person set it, why, and who did. ``follows`` names the
    parameter that was set where this one only follows from it, and is "" where a hand set this one."""

    value: float | str
    low: float | None
    high: float | None
    reason: str
    by: str
    follows: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the insole. ``value`` is a number in ``unit`` or a word (unit ""); ``low`` and
    ``high`` bound what would do as well; ``reason`` is one sentence; ``evidence`` its strength
    (``trial``, ``measured``, ``expert``, ``convention``, ``fit``); ``rule`` the row it came from;
    ``changes`` what would change it; ``override`` what it was before a person set it, None where it stands as
    its rule gave it."""

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
    changes: str = ""
    override: Override | None = None


@dataclass(frozen=True, slots=True)
class StrategyOption:
    """A strategy by name, what it changes and where it comes from; ``refused`` says why this foot can't be
    offered it, and is "" where it can."""

    id: str
    name: str
    changes: str
    source: str
    refused: str = ""


@dataclass(frozen=True, slots=True)
class SupportProfile:
    """``parameters`` is empty and ``withheld`` says why where nothing may be recommended.

    ``strategy`` is the strategy in words for this foot, ``strategy_id`` its stable name, ``strategies`` all
    there are. ``inputs`` is where foot and person stand on every axis of the rules; ``rule_set`` names the
    rules and, where they are not those the program came with, their fingerprint.
    """

    statement: str
    strategy: str
    parameters: tuple[Parameter, ...]
    rule_set: str
    watch_for: tuple[str, ...] = ()
    withheld: Missing | None = None
    strategy_id: str = ""
    strategies: tuple[StrategyOption, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
