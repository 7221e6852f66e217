"""The fit profile as plain text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import replace

from fitter.anatomy.measures import BY_ID, REGISTRY
from fitter.anatomy.norms import Norms, Person, compare
from fitter.anatomy.sizes import Sizes, foot_sizes
from fitter.exchange.wording import (
    EVIDENCE_WORDS,
    class_words,
    contributor_lines,
    contributor_words,
    criteria_summary,
    criteria_words,
    each_foot_sizes,
    exercise_lines,
    exercise_words,
    flag_words,
    flatfoot_words,
    flexibility_words,
    follow_up_lines,
    foot_title,
    not_measured,
    override_words,
    pair_of,
    parameter_words,
    percentile_words,
    plain,
    rules_of_all,
    side_words,
    sign,
    sizes_alike,
    statement_words,
    try_on_lines,
    verdict_words,
    vote_words,
    with_error,
)
from fitter.knee.knee import KneeExplanation, RedFlags
from fitter.measurements import Measurements
from fitter.plausible import CHECKED, doubt
from fitter.posture.posture import Posture
from fitter.profile import FitProfile, FootFit
from fitter.support.rule_set import RuleSet, shipped
from fitter.support.rules import insole_lengths
from fitter.support.support import SupportProfile
from fitter.support.trying import TryOn

WIDTH = 100
_NAME = 42
_VALUE = 23


def to_text(profile: FitProfile) -> str:
    """Everything the profile says, in the order a person asks: flags, feet, knee, notes."""
    lines = [
        *_flags(profile.red_flags),
        *(line for n, foot in enumerate(profile.feet) for line in _foot(foot, _gives(profile, n))),
        *_sides(profile),
        *_shoes(profile),
        *_tried_on(profile.try_on),
        *_knee(profile.knee),
        *_follow_up(profile),
        *(line for warning in profile.warnings for line in _wrapped(warning, "Note: ")),
        *(_wrapped(profile.disclaimer) if profile.disclaimer else ()),
    ]
    return "\n".join(lines).strip("\n") + "\n"


def _wrapped(text: str, label: str = "", indent: int = 0) -> list[str]:
    first = " " * indent + label
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first), break_on_hyphens=False
    )


def _row(name: str, value: str, more: str = "") -> list[str]:
    """Name, value and remark in three columns; what is too long for its column starts a new line."""
    head = f"  {name:<{_NAME - 1}} {value}"
    if not more:
        return [head]
    margin = " " * (2 + _NAME + _VALUE)
    fits = len(head) < len(margin)
    rest = textwrap.wrap(
        more, WIDTH, initial_indent=head.ljust(len(margin)) if fits else margin, subsequent_indent=margin
    )
    return rest if fits else [head, *rest]


def _flags(flags: RedFlags | None) -> Iterator[str]:
    if flags is None:
        return
    for flag in flags.stop:
        yield from _wrapped(flag_words(flag), "STOP: ")
    for flag in flags.mention:
        yield from _wrapped(flag_words(flag), "Worth showing: ")
    if not flags.asked:
        yield from _wrapped(
            "The questions that come first (pain, injury, numbness) were not asked (--answers)."
        )
    yield ""


def _gives(profile: FitProfile, foot: int) -> str:
    """How much a standing foot gives, where it was captured sitting too."""
    pair = pair_of(profile, foot)
    return flexibility_words(pair, profile) if pair is not None and pair.standing == foot else ""


def _sides(profile: FitProfile) -> Iterator[str]:
    if profile.sides:
        yield "LEFT AND RIGHT"
    for sides in profile.sides:
        yield from _wrapped(sides.statement, indent=2)
        for line in side_words(sides):
            yield from _wrapped(line, indent=4)
    if profile.sides:
        yield ""


def _foot(foot: FootFit, gives: str) -> Iterator[str]:
    yield foot_title(foot).upper()
    if verdict := verdict_words(foot):
        yield from _wrapped(" ".join((f"{verdict}.", *foot.quality.why)), indent=2)
    yield from _wrapped(foot.quality.statement, indent=2)
    for assumption in foot.assumptions.values():
        if not assumption.given:
            change = f" ({assumption.change})" if assumption.change else ""
            yield from _wrapped(assumption.text + change, "Assumed: ", 2)
    yield ""
    for m in REGISTRY:
        q = foot.measurements.get(m.id)
        if q is not None:
            value = f"{plain(q.value, m.unit):>6} ± {plain(q.u95, m.unit)}{sign(m.unit)}"
            among = percentile_words(foot.norms.percentiles.get(m.id, ())) if foot.norms else ""
            more = (f"from the {q.basis}" if q.basis else "", among)
            yield from _row(m.name, value, "; ".join(part for part in more if part))
    yield from _norms(foot.norms)
    for reason, names in not_measured(foot).items():
        yield from _wrapped(f"{', '.join(names)}. {reason}", "Not measured: ", 2)
    yield ""
    yield from _posture(foot.posture)
    if gives:
        yield from _wrapped(gives, indent=2)
        yield ""
    yield from _support(foot.support)


def _norms(norms: Norms | None) -> Iterator[str]:
    """Among whom the percentiles hold, or why there are none."""
    if norms is None:
        return
    told = f"how many in a hundred are smaller (95 % range), among {norms.population}." * bool(
        norms.percentiles
    )
    if told or norms.notes:
        yield from _wrapped(" ".join((told, *norms.notes)).strip(), "Percentile: ", 2)


def _shoes(profile: FitProfile) -> Iterator[str]:
    """Sizes of the pair where there is one, else of each foot."""
    every = [profile.sizes] if profile.sizes else [foot.sizes for foot in profile.feet if foot.sizes]
    shown = [s for s in every if s.sizes]
    each = each_foot_sizes(profile)
    if each:
        yield "EACH FOOT'S SHOE SIZE"
    for line in each:
        yield from _wrapped(line, indent=2)
    if each:
        yield ""
    for s in shown:
        yield from sizes_lines(s)
    if not shown and every:
        yield "SHOE SIZE"
        for reason in dict.fromkeys(s.refused.text for s in every if s.refused):
            yield from _wrapped(reason, indent=2)
        yield ""


def sizes_lines(sizes: Sizes) -> Iterator[str]:
    """A table of sizes with the assumption of each."""
    yield "SHOE SIZE"
    yield from _wrapped(f"For {sizes.of}.", indent=2)
    for names, words, assumption in sizes_alike(sizes):
        yield from _row(names, words)
        yield from _wrapped(assumption, indent=6)
    for note in sizes.notes:
        yield from _wrapped(note, indent=2)
    yield ""


def sizes_text(measurements: Measurements, person: Person, rules: RuleSet | None = None) -> str:
    """Sizes, insole length and percentiles of one typed foot; first, what is improbable about it. ``rules``
    are those of support, where they are not the program's own."""
    typed = {name: q for name in CHECKED if (q := measurements.get(name)) is not None}
    doubted = doubt(typed, person)
    lines = _wrapped(doubted.text, "Note: ") if doubted else []
    sizes = foot_sizes(measurements, person.sex)
    lines += sizes_lines(replace(sizes, of=sizes.of.replace("the right foot", "a foot")))
    for p in insole_lengths(measurements, rules):
        lines += _row(p.name, parameter_words(p), f"by {EVIDENCE_WORDS[p.evidence]}")
    if rules is not None and rules is not shipped():
        lines += _wrapped(f"Insole by {rules.name}, for a person of whom nothing else is known.", indent=2)
    norms = compare(measurements, person)
    lines.append("")
    for measure_id, percentiles in norms.percentiles.items():
        lines += _row(f"{BY_ID[measure_id].name}, percentile", percentile_words(percentiles))
    lines += _norms(norms)
    return "\n".join(lines) + "\n"


def _tried_on(tried: TryOn | None) -> Iterator[str]:
    if tried is None:
        return
    yield "TRIED ON"
    for line in try_on_lines(tried):
        yield from _wrapped(line, indent=2)
    yield ""


def _posture(posture: Posture | None) -> Iterator[str]:
    if posture is None:
        return
    yield from _row("Arch", class_words(posture))
    if posture.score is not None:
        yield from _row("Arch score", with_error(posture.score), "0 is the average adult")
    yield from _wrapped(posture.statement, indent=2)
    yield from _wrapped(f"{flatfoot_words(posture.flatfoot)}.", indent=2)
    for vote in posture.indices:
        yield from _row(f"  {BY_ID[vote.index].name} alone", vote_words(vote))
    yield from _wrapped(posture.agreement.text, indent=2)
    if posture.criteria:
        named = "; ".join(criteria_words(posture))
        yield from _wrapped(f"{criteria_summary(posture)} {named}.", indent=2)
    yield ""


def _support(support: SupportProfile | None) -> Iterator[str]:
    if support is None:
        return
    yield from _wrapped(support.statement, "Support: ", 2)
    for p in support.parameters:
        set_by = override_words(p) or f"by {EVIDENCE_WORDS[p.evidence]}"
        yield from _row(p.name, parameter_words(p), set_by)
    for line in support.watch_for:
        yield from _wrapped(line, "Watch for: ", 2)
    yield ""


def _knee(knee: KneeExplanation | None) -> Iterator[str]:
    if knee is None:
        return
    yield "KNEE"
    # Who reads only these three lines is not misled.
    for line in knee.first_lines:
        yield from _wrapped(line, indent=2)
    yield from _wrapped(knee.more, indent=2)
    yield ""
    for c in knee.contributors:
        yield f"  {c.name} ({contributor_words(c)})"
        for line in contributor_lines(c):
            yield from _wrapped(line, indent=4)
        for s in c.statements if knee.mode == "professional" else ():
            yield from _wrapped(statement_words(s, knee.mode), "- ", 4)
    if knee.what_helps:
        yield ""
        yield "WHAT MAY HELP"
    for s in knee.what_helps:
        yield from _wrapped(statement_words(s, knee.mode), "- ", 2)
    yield from _wrapped(knee.support_option, indent=2)
    yield from _exercises(knee)
    if knee.not_worth:
        yield ""
        yield "NOT WORTH PAYING FOR"
    for s in knee.not_worth:
        yield from _wrapped(statement_words(s, knee.mode), "- ", 2)
    yield ""
    yield "WHEN TO SEE SOMEONE"
    yield from _wrapped(knee.see_someone, indent=2)
    yield ""


def _exercises(knee: KneeExplanation) -> Iterator[str]:
    if not knee.exercises:
        return
    yield ""
    yield "EXERCISES"
    every = rules_of_all(knee.exercises)
    for rule in every:
        yield from _wrapped(rule, indent=2)
    for e in knee.exercises:
        yield f"  {exercise_words(e)}"
        own = (rule for rule in (e.stop_when, e.with_therapist) if rule not in every)
        for line in (*exercise_lines(e), *own):
            yield from _wrapped(line, indent=4)


def _follow_up(profile: FitProfile) -> Iterator[str]:
    if not profile.follow_up:
        return
    yield "HOW IT WENT"
    for line in follow_up_lines(profile):
        yield from _wrapped(line, indent=2)
    yield ""
