"""A set of support rules: the one the program came with, or a shop's own."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from fitter.errors import FitterError
from fitter.resources import table

MAX_BYTES = 2_000_000  # the shipped table has some 50 kilobytes

Rule = Mapping[str, Any]
Where = Mapping[str, str]  # axis -> where foot and person stand on it


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """``tree`` is the table (see the head of `models/support/rules.toml`), ``name`` what a profile is stamped
    with. Read-only."""

    tree: Mapping[str, Any]
    name: str


@cache
def shipped() -> RuleSet:
    """The rules that the program came with."""
    tree = table("support/rules.toml")
    return RuleSet(tree, f"support rules {tree['version']}")


def parse_rules(data: bytes, where: str) -> RuleSet:
    """A set of rules from the bytes of a TOML file, not yet checked; ``where`` names it in errors.

    Its name holds the beginning of the file's SHA-256: two shops may both call theirs 2.1.
    """
    if len(data) > MAX_BYTES:
        raise FitterError(
            f"a file of rules has at most {MAX_BYTES // 1_000_000} MB",
            where=where,
            todo="Check that this is the right file",
        )
    try:
        tree = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise FitterError(
            f"this is not a TOML file of rules ({' '.join(str(error).split())[:120]})",
            where=where,
            todo="Begin with a copy of the rules that Fitter came with",
        ) from None
    if tree == shipped().tree:
        return shipped()
    version = " ".join(str(tree.get("version", "without version")).split())[:40]
    return RuleSet(tree, f"support rules {version} (own, sha256 {hashlib.sha256(data).hexdigest()[:12]})")


def applies(rule: Rule, where: Where) -> bool:
    """Whether a row answers here; an axis that ``where`` or the row lacks doesn't matter."""
    return all(word in rule[axis] for axis, word in where.items() if axis in rule)


def rows_of(tree: Mapping[str, Any], parameter_id: str) -> list[Rule]:
    return [r for r in tree["rule"] if r["parameter"] == parameter_id]


def the_rule(tree: Mapping[str, Any], parameter_id: str, where: Where) -> Rule:
    """The one row that answers; `check_rules` proves that there is one."""
    return next(r for r in rows_of(tree, parameter_id) if applies(r, where))


def with_derived(tree: Mapping[str, Any], where: Where) -> dict[str, str]:
    """The place with the axes that are themselves answers of rules, such as the shell's stiffness."""
    answers = {axis: the_rule(tree, p, where)["value"] for axis, p in tree["derived"].items()}
    return {axis: answers.get(axis) or where[axis] for axis in tree["axes"]}


def within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def numbers(
    parameter: Mapping[str, Any],
    rule: Rule,
    measure: tuple[float, float] | None,
    *,
    score: float = 0.0,
    load_share: float = 1.0,
) -> tuple[float, float, float] | None:
    """Low, value and high of a number as this row answers it; None where the measure it needs is missing.

    ``measure`` is the value and 95 % error of the measure the row hangs on, ``score`` the arch score in SD.
    """
    u95 = 0.0
    if "of" in rule and measure is not None:
        share = rule.get("share", 1.0) * (load_share if rule.get("times_load") else 1.0)
        value, u95 = share * measure[0] + rule.get("plus", 0.0), share * measure[1]
    elif "value" in rule:
        value = float(rule["value"]) + rule.get("per_sd", 0.0) * score
    else:
        return None
    lowest, highest = float(parameter["low"]), float(parameter["high"])
    value = within(value, lowest, highest)
    minus = max(rule["minus"], u95) if rule.get("doubt_lowers") else rule["minus"]
    return within(value - minus, lowest, highest), value, within(value + rule["more"], lowest, highest)
