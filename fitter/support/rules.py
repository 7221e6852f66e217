"""The support profile of one foot, from the table `models/support/rules.toml`; and the proof of the table."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from fitter.anatomy.measures import BY_ID
from fitter.answers import Answers
from fitter.measurements import Measurements
from fitter.posture.posture import Posture
from fitter.quantity import Missing
from fitter.resources import table
from fitter.support.support import Parameter, SupportProfile

EVIDENCE = ("trial", "measured", "expert", "convention", "fit")
# From the middle outwards: a borderline foot takes the row of its neighbour nearer to neutral.
_FROM_NEUTRAL = ("neutral", "low_arch", "high_arch", "very_low_arch", "very_high_arch")

Rule = Mapping[str, Any]


def recommend(
    measurements: Measurements, posture: Posture, answers: Answers | None, *, withheld: Missing | None
) -> SupportProfile:
    """What would support this foot comfortably, a parameter a line.

    With ``withheld`` (a red flag), or an answer that stops, nothing is recommended.
    """
    rules = table("support/rules.toml")
    rule_set = f"support rules {rules['version']}"
    if withheld is None and answers is not None and answers.stops:
        withheld = Missing("red_flag", "An answer says that someone should look at it first.")
    if withheld is not None:
        statement = f"{rules['texts']['withheld']} {withheld.text}"
        return SupportProfile(statement, "none", (), rule_set, withheld=withheld)
    where = place(posture, answers)
    found = {
        p["id"]: _parameter(p, _the_rule(p["id"], where), measurements, posture) for p in rules["parameter"]
    }
    waiting = [p["name"] for p in rules["parameter"] if found[p["id"]] is None]
    return SupportProfile(
        statement=_statement(where, posture, measurements, waiting),
        strategy=rules["strategy"][where["posture"]],
        parameters=tuple(p for p in found.values() if p is not None),
        rule_set=rule_set,
        watch_for=_watch_for(where),
    )


def insole_lengths(measurements: Measurements) -> tuple[Parameter, ...]:
    """How long an insole for this foot is, by the rows of the table that hang on nothing but its measures.

    The whole by the foot's length, the shell by the ball's (it must end where the toes bend), and neither by
    the size on a shoe: a size stands for half a centimetre of lengths, makers differ by more, and two feet of
    one length can have balls a centimetre apart.
    """
    rules = table("support/rules.toml")
    wanted = [p for p in rules["parameter"] if p["id"] in ("insole_length", "shell_length")]
    found = (_parameter(p, _the_rule(p["id"], {}), measurements, None) for p in wanted)
    return tuple(p for p in found if p is not None)


def place(posture: Posture, answers: Answers | None) -> dict[str, str]:
    """Where a foot and its person stand on every axis of the table."""
    class_ = min(posture.between, key=_FROM_NEUTRAL.index) if posture.between else posture.class_
    uncomfortable = answers is not None and answers.get("comfort_history") == "uncomfortable"
    return {
        "posture": class_,
        "body_mass": _mass_band(answers.get("body_mass_kg") if answers else None),
        "activity": (answers.get("activity") if answers else None) or "unknown",
        "inner_knee": "likely" if answers is not None and answers.inner_knee_wear_likely else "no_sign",
        "insoles_before": "uncomfortable" if uncomfortable else "fine",
    }


def check_rules(rules: Mapping[str, Any]) -> list[str]:
    """Everything wrong with a table of rules; empty when it is complete, free of conflict and within bounds.

    For each parameter every combination of the axes must be answered by exactly one row.
    """
    wrong = [*_wrong_rows(rules)]
    if wrong:
        return wrong
    axes = rules["axes"]
    for parameter in rules["parameter"]:
        rows = [r for r in rules["rule"] if r["parameter"] == parameter["id"]]
        used: set[str] = set()
        for combination in itertools.product(*axes.values()):
            where = dict(zip(axes, combination, strict=True))
            ids = [r["id"] for r in rows if _applies(r, where)]
            used.update(ids)
            if len(ids) != 1:
                found = " and ".join(ids) if ids else "no row"
                wrong.append(f"{parameter['id']}: {found} for {', '.join(combination)}")
        wrong += [f"{r['id']}: no foot ever gets here" for r in rows if r["id"] not in used]
    return wrong


def _wrong_rows(rules: Mapping[str, Any]) -> Iterator[str]:
    parameters = {p["id"]: p for p in rules["parameter"]}
    ids = [r["id"] for r in rules["rule"]]
    yield from (f"{i}: stands there twice" for i in sorted({i for i in ids if ids.count(i) > 1}))
    for r in rules["rule"]:
        if r["parameter"] not in parameters:
            yield f"{r['id']}: unknown parameter {r['parameter']}"
            continue
        yield from (
            f"{r['id']}: {problem}" for problem in _wrong_row(r, parameters[r["parameter"]], rules["axes"])
        )


def _wrong_row(r: Rule, parameter: Mapping[str, Any], axes: Mapping[str, list[str]]) -> Iterator[str]:
    for axis, known in axes.items():
        if axis in r and (not r[axis] or not set(r[axis]) <= set(known)):
            yield f"{axis} holds something the axis doesn't know"
    if r.get("evidence") not in EVIDENCE:
        yield f"evidence must be one of {', '.join(EVIDENCE)}"
    if not r.get("reason") or not r.get("source"):
        yield "needs a reason and a source"
    if "words" in parameter:
        if r.get("value") not in parameter["words"]:
            yield "its word is not among the parameter's words"
    elif "of" in r and r["of"] not in BY_ID:
        yield f"there is no measure {r['of']}"
    elif "of" not in r and "value" not in r:
        yield "gives no value"
    elif r.get("minus", 0) < 0 or r.get("more", 0) < 0:
        yield "its range is upside down"
    elif (
        "value" in r
        and not parameter["low"] <= r["value"] - r["minus"] <= r["value"] + r["more"] <= parameter["high"]
    ):
        yield f"leaves the bounds {parameter['low']:g} to {parameter['high']:g}"


def _applies(rule: Rule, where: Mapping[str, str]) -> bool:
    return all(where[axis] in rule[axis] for axis in where if axis in rule)


def _the_rule(parameter_id: str, where: Mapping[str, str]) -> Rule:
    """The one row that answers; `check_rules` proves that there is one."""
    rules = table("support/rules.toml")["rule"]
    return next(r for r in rules if r["parameter"] == parameter_id and _applies(r, where))


def _mass_band(body_mass_kg: float | None) -> str:
    if body_mass_kg is None:
        return "unknown"
    bands = table("support/rules.toml")["body_mass_from"]
    return str(max((b for b in bands if body_mass_kg >= bands[b]), key=lambda b: bands[b]))


def _parameter(
    parameter: Mapping[str, Any], rule: Rule, measurements: Measurements, posture: Posture | None
) -> Parameter | None:
    """The parameter as this rule answers it, or None where a measure it needs is missing."""
    fixed = (parameter["id"], parameter["name"])
    told = (rule["reason"], rule["evidence"], rule["source"], rule["id"])
    if "words" in parameter:
        return Parameter(*fixed, rule["value"], "", None, None, *told)
    number = _number(rule, measurements, posture)
    if number is None:
        return None
    value, u95 = number
    lowest, highest = parameter["low"], parameter["high"]
    value = _within(value, lowest, highest)
    minus = max(rule["minus"], u95) if rule.get("doubt_lowers") else rule["minus"]
    low = _within(value - minus, lowest, highest)
    high = _within(value + rule["more"], lowest, highest)
    return Parameter(*fixed, round(value, 1), parameter["unit"], round(low, 1), round(high, 1), *told)


def _number(rule: Rule, measurements: Measurements, posture: Posture | None) -> tuple[float, float] | None:
    """The rule's number and its error from the measure it hangs on."""
    measure = measurements.get(rule["of"]) if "of" in rule else None
    if measure is not None:
        share = rule.get("share", 1.0)
        if rule.get("times_load"):
            share *= table("support/rules.toml")["load_share"][measurements.load]
        return share * measure.value + rule.get("plus", 0.0), share * measure.u95
    if "value" not in rule:
        return None
    score = posture.score.value if posture is not None and posture.score is not None else 0.0
    return rule["value"] + rule.get("per_sd", 0.0) * score, 0.0


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def _statement(
    where: Mapping[str, str], posture: Posture, measurements: Measurements, waiting: list[str]
) -> str:
    rules = table("support/rules.toml")
    texts = rules["texts"]
    said = []
    if posture.class_ == "cannot_tell":
        reason = posture.reason.text.rstrip(".") if posture.reason else ""
        said.append(texts["cannot_tell"].format(reason=reason))
    said.append(texts["chosen"].format(strategy=rules["strategy"][where["posture"]]))
    if where["inner_knee"] == "likely":
        said.append(texts["inner_knee"])
    if measurements.get("arch_height") is not None and rules["load_share"][measurements.load] < 1.0:
        said.append(texts["lowered"])
    if waiting:
        said.append(texts["waits"].format(names=", ".join(dict.fromkeys(waiting)).lower()))
    return " ".join(said)


def _watch_for(where: Mapping[str, str]) -> tuple[str, ...]:
    watch = table("support/rules.toml")["watch_for"]
    knee = watch["inner_knee"] if where["inner_knee"] == "likely" else []
    return (*watch["always"], *knee, *watch["shoe"])
