"""What if an answer or a measure were another, and how far the nearest change of class, row or statement is.

A measure may be moved within its 95 % interval only: beyond it the question is about another foot. Every
sentence goes through a translator (``_``) before its numbers are put in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fitter.anatomy.indices import with_moved
from fitter.anatomy.measures import BY_ID as MEASURES
from fitter.answers import QUESTIONS, Answers, Question, answers_from_mapping
from fitter.errors import FitterError
from fitter.exchange.wording import (
    SIDE_WORDS,
    class_words,
    flatfoot_words,
    foot_title,
    parameter_words,
    plain,
    sign,
    with_error,
)
from fitter.journey import arch_at_rest, told_again
from fitter.knee.facts import facts
from fitter.knee.knee import KneeExplanation, Translate
from fitter.measurements import Measurements
from fitter.posture.posture import Posture
from fitter.posture.score import assess
from fitter.profile import FitProfile, FootFit
from fitter.quantity import Quantity
from fitter.resources import table
from fitter.support.explain import explain as rows_fired
from fitter.support.rule_set import RuleSet
from fitter.terms import Side

# How far outwards a border is looked for, in errors of the measure, and how finely.
_FAR, _STEPS = 6.0, 8
# A changed number counts as its share of itself; a changed word as one, and one not told yet as two.
_WORD, _UNTOLD = 1.0, 2.0


@dataclass(frozen=True, slots=True)
class Difference:
    """Something the profile says otherwise: where, before and after ("" where it wasn't there)."""

    where: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class NearestClass:
    """The nearest value of one measure at which a foot's arch would be called otherwise."""

    side: Side
    load: str
    measure: str
    now: Quantity
    at: float
    becomes: str
    within: bool
    text: str

    @property
    def errors(self) -> float:
        """How far, in 95 % errors of the measure."""
        return _errors(self.now, self.at)


@dataclass(frozen=True, slots=True)
class NearestRow:
    """The nearest change of an input that another rule of the support profile would answer."""

    side: Side
    load: str
    parameter: str
    text: str


@dataclass(frozen=True, slots=True)
class NearestAnswer:
    """The nearest answer that would change what is said of one contributor: the question, what was told (""
    for nothing) and what it would be; ``far`` sorts them."""

    contributor: str
    name: str
    question: str
    told: str
    would_be: str
    far: float
    text: str


@dataclass(frozen=True, slots=True)
class Nearest:
    """How far the nearest changes are, of class, support profile and statements."""

    classes: tuple[NearestClass, ...]
    rows: tuple[NearestRow, ...]
    answers: tuple[NearestAnswer, ...]


# ------------------------------------------------------------------------------------- changing something


def what_if(
    profile: FitProfile,
    *,
    answers: Mapping[str, object] | None = None,
    measures: Mapping[tuple[Side, str], float] | None = None,
    rules: RuleSet | None = None,
    translate: Translate = str,
) -> tuple[FitProfile, tuple[Difference, ...]]:
    """The profile with other answers (None takes one back) and measures, and what it says otherwise.

    Raises FitterError for an answer that can't be one, and for a measure that isn't there or leaves its
    interval.
    """
    feet = profile.feet
    for (side, measure), value in (measures or {}).items():
        feet = _moved(feet, side, measure, value)
    told = answers_of(profile)
    other = told
    if answers:
        values = {**(told.values if told else {}), **answers}
        other = answers_from_mapping({k: v for k, v in values.items() if v is not None}, "what if")
    # Told again without a change first, so that nothing but the change is a difference.
    before = told_again(profile, answers=told, rules=rules)
    after = told_again(replace(profile, feet=feet), answers=other, rules=rules)
    return after, differences(before, after, translate)


def answers_of(profile: FitProfile) -> Answers | None:
    """The answers a profile was made with, checked again."""
    return None if profile.answers is None else answers_from_mapping(profile.answers, "the profile")


def _moved(feet: Sequence[FootFit], side: Side, measure: str, value: float) -> tuple[FootFit, ...]:
    where = f"{side}:{measure}"
    if measure not in MEASURES:
        raise FitterError(f"there is no measure '{measure[:40]}'", where=where, code="usage")
    if MEASURES[measure].kind == "pair":
        raise FitterError(
            "is computed from the sitting and the standing capture",
            where=where,
            todo=f"Move {' or '.join(_taken(measure))} of this foot",
            code="usage",
        )
    found = [n for n, f in enumerate(feet) if f.side == side and f.measurements.get(measure) is not None]
    if not found:
        raise FitterError("was not measured of this foot", where=where, code="usage")
    number = next((n for n in found if feet[n].load == "standing"), found[0])
    foot = feet[number]
    q = foot.measurements.get(measure)
    assert q is not None
    if not q.low <= value <= q.high:
        between = f"{plain(q.low, q.unit)} to {plain(q.high, q.unit)}{sign(q.unit)}"
        raise FitterError(
            f"{value:g} lies outside what was measured, {between}",
            where=where,
            todo="Stay within the interval, or measure again",
            code="outside_interval",
        )
    measured = _with_value(foot.measurements, measure, value)
    return (*feet[:number], replace(foot, measurements=measured), *feet[number + 1 :])


def _taken(measure: str) -> tuple[str, ...]:
    """The measures of one capture that a computed one goes back to."""
    parts = MEASURES[measure].from_measures
    if MEASURES[measure].kind != "pair":
        return (measure,)
    return tuple(dict.fromkeys(taken for part in parts for taken in _taken(part)))


def _with_value(m: Measurements, measure: str, value: float) -> Measurements:
    """The measures with one value moved, and the indices made from it. Those of a pair of captures are
    computed when the profile is told again."""
    return replace(m, readings=with_moved(m.readings, measure, value))


# ------------------------------------------------------------------------------------- what is different


def differences(before: FitProfile, after: FitProfile, _: Translate = str) -> tuple[Difference, ...]:
    """Everything that two profiles of the same captures say otherwise, in the order of the profile."""
    one, other = dict(_said(before, _)), dict(_said(after, _))
    places = dict.fromkeys((*one, *other))
    return tuple(
        Difference(place, one.get(place, ""), other.get(place, ""))
        for place in places
        if one.get(place, "") != other.get(place, "")
    )


def _said(profile: FitProfile, _: Translate) -> Iterator[tuple[str, str]]:
    """Each thing a profile says of the person, by its place."""
    flags = profile.red_flags
    for flag in flags.stop if flags else ():
        yield _("stop, {id}").format(id=flag.id), _(flag.text)
    for foot in profile.feet:
        yield from _said_of(foot, _)
    for pair in profile.pairs:
        where = _("{foot}: how much the arch gives").format(foot=_(SIDE_WORDS[pair.side]))
        yield where, _(pair.flexibility.statement)
    for n, flag in enumerate(flags.mention if flags else ()):
        yield _("worth showing, {id} {number}").format(id=flag.id, number=n), _(flag.text)
    if profile.knee is not None:
        yield from _said_of_knee(profile.knee, _)


def _said_of(foot: FootFit, _: Translate) -> Iterator[tuple[str, str]]:
    of = foot_title(foot, _)
    if foot.posture is not None:
        yield _("{foot}: arch").format(foot=of), class_words(foot.posture, _)
        yield _("{foot}: flat foot").format(foot=of), flatfoot_words(foot.posture.flatfoot, _)
    if foot.support is not None:
        if foot.support.withheld is not None:
            yield _("{foot}: support").format(foot=of), _(foot.support.statement)
        for p in foot.support.parameters:
            yield _("{name}: {value}").format(name=of, value=_(p.name)), parameter_words(p, _)


def _said_of_knee(knee: KneeExplanation, _: Translate) -> Iterator[tuple[str, str]]:
    for c in knee.contributors:
        yield _(c.name), _(c.about_you)
        for s in c.statements:
            yield _("{name}, statement {id}").format(name=_(c.name), id=s.id), _(s.plain)
    for s in (*knee.what_helps, *knee.not_worth):
        yield _("what may help, statement {id}").format(id=s.id), _(s.plain)
    for n, e in enumerate(knee.exercises, 1):
        yield _("exercise {number}").format(number=n), _(e.name)


# ------------------------------------------------------------------------------------- the nearest changes


def nearest(profile: FitProfile, rules: RuleSet, translate: Translate = str) -> Nearest:
    """The nearest changes of one profile; of the support only where its rules are the ones given."""
    told = answers_of(profile)
    return Nearest(
        tuple(_nearest_classes(profile.feet, told, translate)),
        tuple(_nearest_rows(profile, told, rules, translate)),
        tuple(_nearest_answers(profile, told, translate)),
    )


def _nearest_classes(feet: Sequence[FootFit], told: Answers | None, _: Translate) -> Iterator[NearestClass]:
    """For each foot whose arch was read, the one measure that is nearest to another name."""
    for foot in feet:
        if foot.posture is None or not foot.posture.indices:
            continue
        found = [n for vote in foot.posture.indices for n in _borders(foot, vote.index, told, _)]
        if found:
            yield min(found, key=lambda n: n.errors)


def _borders(foot: FootFit, measure: str, told: Answers | None, _: Translate) -> Iterator[NearestClass]:
    q = foot.measurements.get(measure)
    if q is None or q.u95 <= 0.0:
        return
    numbers = {key: told.get(key) if told else None for key in ("body_mass_kg", "height_cm")}

    def at(value: float) -> Posture:
        return assess(_with_value(foot.measurements, measure, value), **numbers)

    here = _name(at(q.value))
    for way in (-1.0, 1.0):
        inner = q.value
        for step in range(1, int(_FAR * _STEPS) + 1):
            outer = q.value + way * step * q.u95 / _STEPS
            if outer <= 0.0:
                break
            if _name(at(outer)) != here:
                edge = _edge(lambda v: _name(at(v)) == here, inner, outer, q.u95 / 1000.0)
                within = q.low <= edge <= q.high
                becomes = class_words(at(edge), _)
                text = _class_line(measure, q, edge, becomes, within, _)
                yield NearestClass(foot.side, foot.load, measure, q, edge, becomes, within, text)
                break
            inner = outer


def _class_line(measure: str, now: Quantity, at: float, becomes: str, within: bool, _: Translate) -> str:
    told = {
        "measure": _(MEASURES[measure].name),
        "now": with_error(now),
        "at": f"{plain(at, now.unit)}{sign(now.unit)}",
        "becomes": becomes,
    }
    if within:
        return _("{measure} {now}: at {at}, within its error, the arch would be called: {becomes}").format(
            **told
        )
    return _(
        "{measure} {now}: at {at}, {times} times its error away, the arch would be called: {becomes}"
    ).format(**told, times=f"{_errors(now, at):.1f}")


def _errors(now: Quantity, at: float) -> float:
    """How far a value is from a reading, in 95 % errors of it."""
    return abs(at - now.value) / now.u95


def _name(posture: Posture) -> tuple[str, tuple[str, ...]]:
    return posture.class_, posture.between


def _edge(same: Any, inner: float, outer: float, fine: float) -> float:
    """Where ``same`` ends between a value that is and one that isn't, on the far side of the border."""
    while abs(outer - inner) > fine:
        middle = (inner + outer) / 2.0
        inner, outer = (middle, outer) if same(middle) else (inner, middle)
    return outer


def _nearest_rows(
    profile: FitProfile, told: Answers | None, rules: RuleSet, _: Translate
) -> Iterator[NearestRow]:
    for number, foot in enumerate(profile.feet):
        support, posture = foot.support, foot.posture
        if support is None or posture is None or support.withheld or support.rule_set != rules.name:
            continue
        highest = arch_at_rest(profile.feet, number, rules)
        for row in rows_fired(support, foot.measurements, posture, told, highest, rules, _):
            if row.nearest is not None:
                becomes = row.nearest.becomes
                then = _("waits for a measurement") if becomes is None else parameter_words(becomes, _)
                text = _("{name}: {value}").format(name=row.nearest.words, value=then)
                yield NearestRow(foot.side, foot.load, _(row.name), text)


def _nearest_answers(profile: FitProfile, told: Answers | None, _: Translate) -> Iterator[NearestAnswer]:
    """For each contributor the one answer that is nearest to changing what is said of it."""
    feet = [(f.measurements, f.posture) for f in profile.feet if f.posture is not None]
    values = dict(told.values) if told else {}
    here = facts(feet, told)
    moves = [
        (question, value, far, facts(feet, answers_from_mapping({**values, question.id: value}, "what if")))
        for question in QUESTIONS
        if question.group != "stop"
        for value, far in _other_answers(question, values, feet)
    ]
    for row in table("knee/contributors.toml")["contributor"]:
        hangs_on = _conditions(row)
        changing = [
            (far, order, question, value)
            for order, (question, value, far, there) in enumerate(moves)
            if (there ^ here) & hangs_on
        ]
        if changing:
            far, _order, question, value = min(changing, key=lambda move: move[:2])
            was, would_be = (_shown(question, v, _) for v in (values.get(question.id), value))
            text = _answer_line(_(row["name"]), question, was, would_be, _)
            yield NearestAnswer(row["id"], _(row["name"]), question.id, was, would_be, far, text)


def _answer_line(name: str, question: Question, was: str, would_be: str, _: Translate) -> str:
    told = {"name": name, "question": _(question.text).rstrip("?."), "would_be": would_be}
    if not was:
        return _("{name}: if the answer to \u201c{question}\u201d were {would_be} (not told)").format(**told)
    return _("{name}: if the answer to \u201c{question}\u201d were {would_be} ({was} told)").format(
        **told, was=was
    )


def _conditions(row: Mapping[str, Any]) -> frozenset[str]:
    """The facts that what is said of a contributor hangs on."""
    about = {fact for a in row["about"] for fact in (a.get("when"), *a.get("unless", ())) if fact}
    statements = table("knee/statements.toml")["statement"]
    return frozenset(about | {fact for s in statements if s["topic"] == row["id"] for fact in s["when"]})


def _other_answers(
    question: Question, values: Mapping[str, object], feet: Any
) -> Iterator[tuple[object, float]]:
    """Other answers to one question, each with how far it is from what was told."""
    told = values.get(question.id)
    far = _UNTOLD if told is None else _WORD
    if question.kind == "yes_no":
        yield from ((v, far) for v in (True, False) if v is not told)
    elif question.kind == "choice":
        yield from ((word, far) for word in question.words if word != told)
    elif question.kind == "choices":
        chosen = told if isinstance(told, tuple) else ()
        for word in question.words:
            alone = word in ("none", "nothing")
            now = (word,) if alone else tuple(w for w in chosen if w not in ("none", "nothing"))
            toggled = tuple(w for w in now if w != word) if word in chosen else (*now, word)
            if toggled and toggled != chosen:
                yield tuple(dict.fromkeys(toggled)), far
    elif isinstance(told, int | float):
        yield from _other_numbers(question, values, float(told), feet)


def _other_numbers(
    question: Question, values: Mapping[str, object], told: float, feet: Any
) -> Iterator[tuple[float, float]]:
    """The nearest number on either side of the one told at which something known of the person changes."""

    def known(value: float) -> frozenset[str]:
        return facts(feet, answers_from_mapping({**values, question.id: value}, "what if"))

    here = known(told)
    for end in (question.low, question.high):
        span = (end - told) / 400.0
        inner, way = told, 1.0 if end > told else -1.0
        for step in range(1, 401):
            outer = end if step == 400 else told + step * span
            if known(outer) != here:
                edge = _edge(lambda v: known(v) == here, inner, outer, 0.001)
                # As round a number as still makes the difference.
                rounds = (round(edge + side * 0.04, digits) for digits in (0, 1) for side in (0.0, way))
                value = next((v for v in rounds if abs(v - edge) < 0.1 and known(v) != here), edge)
                yield value, abs(value - told) / max(abs(told), 1.0)
                break
            inner = outer


def _shown(question: Question, value: object, _: Translate) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return f"{value:g} {_(question.unit) if question.unit else ''}".strip()
    words = (value,) if isinstance(value, str) else tuple(str(v) for v in value)  # type: ignore[attr-defined]
    return ", ".join(_(text) for word, text in question.choices if word in words)
