"""The support profile of one foot, from a table of rules (`models/support/rules.toml`)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from fitter.answers import Answers
from fitter.errors import FitterError
from fitter.measurements import Measurements
from fitter.posture.posture import Posture
from fitter.quantity import Missing, Quantity, Reading
from fitter.saying import joined, say
from fitter.support.rule_set import Rule, RuleSet, Where, numbers, shipped, the_rule, with_derived
from fitter.support.support import Parameter, StrategyOption, SupportProfile

# The arch a foot at rest could hold, which no single capture shows: rules hang on it as on a measure.
HIGHEST_ARCH = "highest_arch"
STRATEGIES = ("total_contact", "accommodative", "highest_arch")
# Where a foot stands of which nothing but measures is known.
_NOTHING_TOLD = {
    "posture": "cannot_tell",
    "body_mass": "unknown",
    "activity": "unknown",
    "inner_knee": "no_sign",
    "insoles_before": "fine",
    "flexibility": "unknown",
    "footwear": "unknown",
    "big_toe": "unknown",
    "ball_pain": "not_told",
    "heel_pain": "not_told",
}
# From the middle outwards: a borderline foot takes the row of its neighbour nearer to neutral.
_FROM_NEUTRAL = ("neutral", "low_arch", "high_arch", "very_low_arch", "very_high_arch")


def recommend(
    measurements: Measurements,
    posture: Posture,
    answers: Answers | None,
    *,
    withheld: Missing | None,
    flexibility: str = "unknown",
    highest: Reading | None = None,
    strategy: str | None = None,
    rules: RuleSet | None = None,
    went_on: Collection[str] = (),
) -> SupportProfile:
    """What would support this foot comfortably, a parameter a line.

    ``flexibility`` is the class of `fitter.posture.flexibility`, ``highest`` the arch height that the foot
    holds at rest (`highest_arch`). ``strategy`` is the one a person chose; else that of the answers, else the
    table's default. With ``withheld`` (a red flag), or an answer that stops, nothing is recommended, but for
    the stops that a professional took upon themselves (``went_on``, their ids).

    Raises FitterError for a strategy that doesn't exist.
    """
    rule_set = rules or shipped()
    tree = rule_set.tree
    asked = asked_strategy(strategy, answers)
    if withheld is None and answers is not None and set(answers.stops) - set(went_on):
        withheld = Missing("red_flag", "An answer says that someone should look at it first.")
    if withheld is not None:
        statement = f"{tree['texts']['withheld']} {withheld.text}"
        return SupportProfile(statement, "none", (), rule_set.name, withheld=withheld)
    worn = answers is not None and answers.inner_knee_wear_likely
    options = _options(tree, highest, worn)
    taken = _taken(tree, options, asked)
    where = place(measurements, posture, answers, flexibility=flexibility, strategy=taken, rules=rule_set)
    found = {
        p["id"]: answered(tree, p, the_rule(tree, p["id"], where), measurements, posture, highest)
        for p in tree["parameter"]
    }
    waiting = [p["name"] for p in tree["parameter"] if found[p["id"]] is None]
    said = [*_statement(tree, where, posture, measurements, waiting), _chosen(tree, options, asked, taken)]
    return SupportProfile(
        statement=" ".join((*said, tree["texts"]["disputed"])),
        strategy=_in_words(tree, where),
        parameters=tuple(p for p in found.values() if p is not None),
        rule_set=rule_set.name,
        watch_for=_watch_for(tree, where, answers),
        strategy_id=taken,
        strategies=options,
        inputs=where,
    )


def insole_lengths(measurements: Measurements, rules: RuleSet | None = None) -> tuple[Parameter, ...]:
    """How long an insole for this foot is, as the rules answer where nothing but its measures is known.

    The whole by the foot's length, the shell by the ball's (it must end where the toes bend), and neither by
    the size on a shoe: a size stands for half a centimetre of lengths, makers differ by more, and two feet of
    one length can have balls a centimetre apart.
    """
    tree = (rules or shipped()).tree
    where = with_derived(tree, {**_NOTHING_TOLD, "strategy": _default(tree)})
    wanted = [p for p in tree["parameter"] if p["id"] in ("insole_length", "shell_length")]
    found = (answered(tree, p, the_rule(tree, p["id"], where), measurements, None, None) for p in wanted)
    return tuple(p for p in found if p is not None)


# ------------------------------------------------------------------------------------- where a foot stands


def place(
    measurements: Measurements,
    posture: Posture,
    answers: Answers | None,
    *,
    flexibility: str,
    strategy: str,
    rules: RuleSet,
) -> dict[str, str]:
    """Where a foot and its person stand on every axis of the table."""
    tree = rules.tree
    told = answers.get if answers is not None else lambda _: None
    pains = answers.pains(measurements.side) if answers is not None else frozenset()
    where = {
        "posture": min(posture.between, key=_FROM_NEUTRAL.index) if posture.between else posture.class_,
        "body_mass": _mass_band(tree, told("body_mass_kg")),
        "activity": told("activity") or "unknown",
        "inner_knee": "likely" if answers is not None and answers.inner_knee_wear_likely else "no_sign",
        "insoles_before": "uncomfortable" if told("comfort_history") == "uncomfortable" else "fine",
        "flexibility": "unknown" if flexibility == "cannot_tell" else flexibility,
        "footwear": tree["footwear_is"].get(told("footwear"), "unknown"),
        "strategy": strategy,
        "big_toe": _big_toe(tree, measurements.get("hallux_outline_angle")),
        "ball_pain": "told" if "foot_ball" in pains else "not_told",
        "heel_pain": "told" if "foot_heel" in pains else "not_told",
    }
    return with_derived(tree, where)


def _mass_band(tree: Mapping[str, Any], body_mass_kg: float | None) -> str:
    if body_mass_kg is None:
        return "unknown"
    bands = tree["body_mass_from"]
    return str(max((b for b in bands if body_mass_kg >= bands[b]), key=lambda b: bands[b]))


def _big_toe(tree: Mapping[str, Any], angle: Quantity | None) -> str:
    cut = tree["big_toe_leans"]["surely_above"]
    if angle is None:
        return "unknown"
    return "leaning" if angle.low > cut else "straight" if angle.value <= cut else "unknown"


# ------------------------------------------------------------------------------------- strategies


def asked_strategy(strategy: str | None, answers: Answers | None) -> str | None:
    """The strategy a person chose, by argument or among the answers; None where none was."""
    asked = strategy or (answers.get("support_strategy") if answers is not None else None)
    if asked is not None and asked not in STRATEGIES:
        raise FitterError(
            say("there is no strategy '{asked}'", asked=str(asked)[:40]),
            todo=say("Choose one of {strategies}", strategies=joined(", ", STRATEGIES)),
            code="usage",
        )
    return asked


def highest_arch(
    this: Measurements, captures: Sequence[tuple[Measurements, bool]], rules: RuleSet | None = None
) -> Reading:
    """The arch height that a foot holds at rest, from the captures of it, each with whether it is an
    impression in foam; Missing where none of them can show it.

    One standing capture can't: it shows how far the arch gave, not from where. A sitting one counts beside a
    standing one, since alone it may be either end.
    """
    tree = (rules or shipped()).tree
    own = [(m, foam) for m, foam in captures if m.side == this.side]
    loads = {m.load for m, _ in own}
    shares = tree["highest_arch_share"]
    found: dict[str, Quantity | None] = {}
    for m, foam in own:
        if foam and m.load not in ("standing", "single_leg"):
            found["foam"] = m.get("arch_height")
        elif m.load == "unloaded":
            found["unloaded"] = m.get("arch_height")
        elif m.load == "sitting" and loads & {"standing", "single_leg"}:
            found["sitting"] = m.get("arch_height")
    if not found:
        return Missing("one_load", tree["texts"]["one_load"])
    for kind in ("foam", "unloaded", "sitting"):
        arch = found.get(kind)
        if arch is not None:
            highest = Quantity(shares[kind] * arch.value, shares[kind] * arch.u95, "mm")
            standing = this.get("arch_height") if this.load in ("standing", "single_leg") else None
            # The error of either capture may put the standing arch above the resting one; no foot does.
            return standing if standing is not None and standing.value > highest.value else highest
    return Missing("no_rest_arch", tree["texts"]["no_rest_arch"])


def _options(tree: Mapping[str, Any], highest: Reading | None, worn: bool) -> tuple[StrategyOption, ...]:
    texts = tree["texts"]

    def refused(option: Mapping[str, Any]) -> str:
        if not option.get("needs_rest"):
            return ""
        if worn:
            return str(texts["inner_knee_highest"])
        if isinstance(highest, Quantity):
            return ""
        return highest.text if highest is not None else str(texts["one_load"])

    return tuple(
        StrategyOption(o["id"], o["name"], o["changes"], o["source"], refused(o))
        for o in tree["strategy_option"]
    )


def default_strategy(rules: RuleSet | None = None) -> str:
    """The strategy that is taken where nobody chooses one."""
    return _default((rules or shipped()).tree)


def _default(tree: Mapping[str, Any]) -> str:
    return next(str(o["id"]) for o in tree["strategy_option"] if o.get("default"))


def _taken(tree: Mapping[str, Any], options: Sequence[StrategyOption], asked: str | None) -> str:
    offered = {o.id for o in options if not o.refused}
    return asked if asked in offered else _default(tree)


def _chosen(tree: Mapping[str, Any], options: Sequence[StrategyOption], asked: str | None, taken: str) -> str:
    """Which strategy was taken, and why not the one asked for."""
    by_id = {o.id: o for o in options}
    texts = tree["texts"]
    if asked is None:
        return say(texts["by_default"], name=by_id[taken].name)
    if asked == taken:
        return say(texts["by_choice"], name=by_id[taken].name)
    refused = by_id[asked]
    return str(
        say(texts["not_offered"], asked=refused.name, why=refused.refused, taken=by_id[taken].name.lower())
    )


def _in_words(tree: Mapping[str, Any], where: Where) -> str:
    words = tree["strategy"]
    return str(words.get(where["strategy"], words[where["posture"]]))


# ------------------------------------------------------------------------------------- the table's answers


def answered(
    tree: Mapping[str, Any],
    parameter: Mapping[str, Any],
    rule: Rule,
    measurements: Measurements,
    posture: Posture | None,
    highest: Reading | None,
) -> Parameter | None:
    """The parameter as this row answers it, or None where a measure it needs is missing."""
    fixed = (parameter["id"], parameter["name"])
    changes = rule.get("changes", parameter["changes"])
    told = (rule["reason"], rule["evidence"], rule["source"], rule["id"], changes)
    if "words" in parameter:
        return Parameter(*fixed, rule["value"], "", None, None, *told)
    measure = None
    if rule.get("of") == HIGHEST_ARCH:
        measure = highest if isinstance(highest, Quantity) else None
    elif "of" in rule:
        measure = measurements.get(rule["of"])
    found = numbers(
        parameter,
        rule,
        None if measure is None else (measure.value, measure.u95),
        score=posture.score.value if posture is not None and posture.score is not None else 0.0,
        load_share=tree["load_share"][measurements.load],
    )
    if found is None:
        return None
    low, value, high = (round(n, 1) for n in found)
    return Parameter(*fixed, value, parameter["unit"], low, high, *told)


def _statement(
    tree: Mapping[str, Any], where: Where, posture: Posture, measurements: Measurements, waiting: list[str]
) -> list[str]:
    texts = tree["texts"]
    said = []
    if posture.class_ == "cannot_tell":
        reason = posture.reason.text.rstrip(".") if posture.reason else ""
        total = where["strategy"] != "highest_arch"
        said.append(say(texts["cannot_tell" if total else "cannot_tell_highest"], reason=reason))
    said.append(say(texts["chosen"], strategy=_in_words(tree, where)))
    if where["inner_knee"] == "likely":
        said.append(texts["inner_knee"])
    lowered = tree["load_share"][measurements.load] < 1.0 and where["strategy"] != "highest_arch"
    if lowered and measurements.get("arch_height") is not None:
        said.append(texts["lowered"])
    if waiting:
        said.append(
            say(texts["waits"], names=joined(", ", (name.lower() for name in dict.fromkeys(waiting))))
        )
    return said


def _watch_for(tree: Mapping[str, Any], where: Where, answers: Answers | None) -> tuple[str, ...]:
    watch = tree["watch_for"]
    told = {
        "inner_knee": where["inner_knee"] == "likely",
        "highest_arch": where["strategy"] == "highest_arch",
        "ball_pain": where["ball_pain"] == "told",
        "shoe": True,
        "open": answers is not None and answers.get("footwear") == "open",
    }
    return (*watch["always"], *(text for key, holds in told.items() if holds for text in watch[key]))


def beside_each_other(
    left: SupportProfile, right: SupportProfile, rules: RuleSet | None = None
) -> tuple[SupportProfile, SupportProfile]:
    """Both feet of a person, each as itself; where they differ, that is said to both, and what was said of
    it before (a height may have been changed since) no longer is."""
    tree = (rules or shipped()).tree
    left, right = (_without_difference(tree, s) for s in (left, right))
    heights = [
        next((p.value for p in s.parameters if p.id == "arch_support_height"), None) for s in (left, right)
    ]
    one, other = heights
    if not isinstance(one, float) or not isinstance(other, float):
        return left, right
    if abs(one - other) < tree["sides_differ"]["from_mm"]:
        return left, right
    text = say(tree["texts"]["sides_differ"], left=f"{one:g}", right=f"{other:g}")
    return (
        replace(left, watch_for=(*left.watch_for, text)),
        replace(right, watch_for=(*right.watch_for, text)),
    )


def _without_difference(tree: Mapping[str, Any], support: SupportProfile) -> SupportProfile:
    said = re.escape(tree["texts"]["sides_differ"])
    any_heights = re.compile(re.sub(r"\\{(left|right)\\}", r"[0-9.]+", said))
    return replace(support, watch_for=tuple(t for t in support.watch_for if not any_heights.fullmatch(t)))
