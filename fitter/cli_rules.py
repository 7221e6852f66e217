"""`fitter rules`: the table of support rules checked, and a profile explained by it."""

# ruff: noqa: PLC0415 - heavy rooms are entered only when there is something to do: help answers at once

from __future__ import annotations

import argparse
import json
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fitter.profile import FitProfile, FootFit
    from fitter.support.explain import Fired
    from fitter.support.rule_set import RuleSet

HELP = """\
The support profile follows a table of rules that a person can read and a shop can change. To use rules
of your own, copy models/support/rules.toml of the program (fitter rules copy FILE), change it, check it,
and name it with --rules FILE, or keep it as support_rules.toml in your data folder (or in the folder
FITTER_DATA names). It is checked again before each use, and every profile names the rules it was made by.
"""
CHECK_HELP = """\
Proves that every foot and person gets exactly one answer a parameter, that no value leaves its safe
bounds, that what may not turn round never does (a higher arch never gets a lower support, a heavier
person never a softer shell), and that no row is idle. A failure names the row. Without FILE, the rules
in use are checked: those in your data folder, or those the program came with.
"""
EXPLAIN_HELP = """\
Says of each parameter which row of the rules answered and because of what, and the nearest change of an
input that another row would answer. PROFILE is the profile.json that fitter fit --out writes.
"""


def add_options(commands: Any, command: Any, json_target: Any, path: Any, exit_help: str) -> None:
    """The three commands below `fitter rules`; ``command`` makes one of them."""
    check = command(commands, "check", "prove a table of support rules sound", CHECK_HELP, exit_help)
    check.add_argument("file", nargs="?", metavar="FILE", type=path, help="rules of your own (TOML)")
    explain = command(commands, "explain", "which rules a profile follows", EXPLAIN_HELP, exit_help)
    explain.add_argument("file", metavar="PROFILE", type=path, help="a fit profile in JSON")
    explain.add_argument(
        "--rules", metavar="FILE", type=path, help="the rules it was made by (default: those in use)"
    )
    copy = command(commands, "copy", "copy the rules that the program came with", "", exit_help)
    copy.add_argument("file", metavar="FILE", type=path, help="the new file")
    for p, doing in ((check, "check"), (explain, "explain"), (copy, "copy")):
        p.set_defaults(rules_do=doing, answers=None, out=None)
        if doing != "copy":
            p.add_argument(
                "--json", metavar="FILE|-", type=json_target, help="write the result as JSON instead"
            )


@dataclass(frozen=True, slots=True)
class Done:
    """What a command has to say, for people and for programs, and whether all was well."""

    text: str
    json: str
    fine: bool = True


def copied() -> bytes:
    """The rules that the program came with, as they stand, comments and all."""
    from fitter.resources import data_folder

    return (data_folder("models") / "support" / "rules.toml").read_bytes()


def check(args: argparse.Namespace) -> Done:
    """A table of rules proved; raises FitterError where it can't be read."""
    from fitter import own_rules
    from fitter.support.check import check_rules
    from fitter.support.rule_set import shipped

    own = own_rules.own_file()
    path: Path | None = args.file or (own if own.is_file() else None)
    rules = own_rules.read(path) if path is not None else shipped()
    wrong = check_rules(rules.tree)
    of = str(path) if path is not None else "the rules that Fitter came with"
    if wrong:
        lines = [f"{rules.name} ({of}):", *(f"  {line}" for line in wrong)]
    else:
        counts = f"{len(rules.tree['rule'])} rows answer {len(rules.tree['parameter'])} parameters"
        lines = [
            f"{rules.name} ({of}): {counts}, each foot and person by one row.",
            "No gap, no contradiction, no idle row, no unsafe value, and nothing turns round that may not.",
        ]
        if path is None:
            lines.append(f"Rules of your own would be looked for in {own}.")
    tree = {"rule_set": rules.name, "file": None if path is None else str(path), "wrong": wrong}
    return _done(lines, tree, fine=not wrong)


def explain(args: argparse.Namespace) -> Done:
    """A profile explained; raises FitterError where it is none, or was made by other rules."""
    from fitter import own_rules
    from fitter.errors import FitterError
    from fitter.exchange.json_profile import from_json

    where = str(args.file)
    profile = from_json(args.file.read_bytes(), where)
    rules = own_rules.find(args.rules)
    feet = [(number, foot) for number, foot in enumerate(profile.feet) if foot.support is not None]
    if not feet:
        raise FitterError(
            "holds no support profile", where=where, todo="Make it with fitter fit", code="no_support"
        )
    other = next(
        (f.support.rule_set for _, f in feet if f.support and f.support.rule_set != rules.name), None
    )
    if other is not None:
        raise FitterError(
            f"was made by {other}, and the rules here are {rules.name}",
            where=where,
            todo="Name the rules it was made by with --rules, or make the profile again",
            code="other_rules",
        )
    lines: list[str] = []
    trees = []
    for number, foot in feet:
        text, tree = _foot(profile, number, foot, rules)
        lines += [*text, ""]
        trees.append(tree)
    return _done(lines[:-1], {"rule_set": rules.name, "feet": trees})


def _foot(
    profile: FitProfile, number: int, foot: FootFit, rules: RuleSet
) -> tuple[list[str], dict[str, Any]]:
    from fitter.answers import answers_from_mapping
    from fitter.journey import arch_at_rest
    from fitter.support.explain import explain as explained
    from fitter.support.explain import plainly

    support, posture = foot.support, foot.posture
    title = f"{foot.side.upper()} FOOT, {foot.load.replace('_', ' ')}, by {rules.name}"
    tree: dict[str, Any] = {"side": foot.side, "load": foot.load}
    if support is None or posture is None or support.withheld is not None:
        said = support.statement if support is not None else "No support was recommended."
        return [title, f"  {said} No rule fired."], {**tree, "withheld": said, "parameters": []}
    answers = answers_from_mapping(profile.answers, "the profile") if profile.answers else None
    highest = arch_at_rest(profile.feet, number, rules)
    fired = explained(support, foot.measurements, posture, answers, highest, rules)
    names = rules.tree["axis_names"]
    at = ", ".join(f"{names[axis]} {plainly(word)}" for axis, word in support.inputs.items())
    lines = [title, *textwrap.wrap(f"Inputs: {at}.", 100, initial_indent="  ", subsequent_indent="  ")]
    for one in fired:
        lines += _told(one)
    tree |= {"inputs": dict(support.inputs), "parameters": [_tree(one) for one in fired]}
    return lines, tree


def _told(fired: Fired) -> Iterator[str]:
    from fitter.exchange.wording import override_words, parameter_words

    value = "waits for a measurement" if fired.given is None else parameter_words(fired.given)
    yield f"  {fired.name}: {value}"
    if fired.given is not None and (hand := override_words(fired.given)):
        yield f"      {hand}"
    yield f"      row {fired.rule}, {'for ' + fired.because if fired.because else 'which answers everyone'}"
    if fired.nearest is not None:
        becomes = fired.nearest.becomes
        then = "waits for a measurement" if becomes is None else parameter_words(becomes)
        yield f"      nearest other: {fired.nearest.words}: {then} (row {fired.nearest.rule})"
    elif fired.because:
        yield "      nearest other: no single change, nor any two, that this foot can have"


def _tree(fired: Fired) -> dict[str, Any]:
    near = fired.nearest
    return {
        "id": fired.id,
        "value": None if fired.given is None else fired.given.value,
        "rule": fired.rule,
        "because": fired.because,
        "nearest": None
        if near is None
        else {
            "change": near.words,
            "rule": near.rule,
            "value": None if near.becomes is None else near.becomes.value,
        },
    }


def _done(lines: list[str], tree: dict[str, Any], *, fine: bool = True) -> Done:
    tree = {"schema_version": "1.0", **tree}
    return Done("\n".join(lines) + "\n", json.dumps(tree, indent=2, ensure_ascii=False) + "\n", fine)
