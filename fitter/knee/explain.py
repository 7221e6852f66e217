"""The knee explained in proportion to the evidence, from the data files in `models/knee/`.

Everything said stands in those files, and a person's numbers are put in so that it can be said in another
language (`fitter.saying`); this module only chooses what applies. It never adds contributors up and never
gives a figure for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fitter import saying
from fitter.answers import BY_ID, Answers
from fitter.knee.facts import BORDERS, Feet, arch_kind, facts, one_a_side
from fitter.knee.knee import (
    ChainLink,
    Contributor,
    Exercise,
    KneeExplanation,
    Mode,
    RedFlags,
    Statement,
)
from fitter.posture.score import posture_sentence
from fitter.resources import table
from fitter.saying import begun, joined
from fitter.terms import SIDES

__all__ = ["disclaimer", "explain", "facts"]

_ARCHES = ("arch_mixed", "arch_border", "arch_low", "arch_high", "arch_neutral", "arch_unknown")


def explain(
    feet: Feet,
    answers: Answers | None,
    red_flags: RedFlags,
    *,
    mode: Mode = "home",
) -> KneeExplanation:
    """The whole story for one person; with a ``stop`` that nobody took upon themselves, only whom to see.

    ``mode`` chooses between two wordings of the same facts.
    """
    words = table("knee/contributors.toml")
    if red_flags.blocking:
        return _stopped(red_flags, mode)
    feet = one_a_side(feet)
    known = facts(feet, answers)
    say = _Words(mode)
    contributors = tuple(_contributor(c, known, feet, answers, say) for c in words["contributor"])
    first = (
        say.of(words["first_lines"], "cannot"),
        say.of(words["first_lines"], "known"),
        saying.say(
            say.of(words["first_lines"], "told"),
            all=len(contributors),
            known=sum(c.known for c in contributors),
        ),
    )
    # Exercises are strenuous: nobody is shown any whose stop questions were not asked.
    exercises = _exercises(known, say) if red_flags.asked else ()
    return KneeExplanation(
        summary=joined(" ", (*first, *_summary(known, feet, red_flags, say))),
        contributors=contributors,
        chain=tuple(ChainLink(i, name, _statement(i, say)) for i, name in words["chain"].items()),
        what_helps=_statements("helps", known, say),
        see_someone=say.of(words["see_someone"], "usual"),
        mode=mode,
        first_lines=first,
        exercises=exercises,
        support_option=say.of(words["support_option"], "text", "exact"),
        not_worth=_statements("not_worth", known, say),
    )


def disclaimer() -> str:
    """What Fitter is not, for every page that says something about a person."""
    return str(table("knee/disclaimer.toml")["text"])


class _Words:
    """Picks a text's wording for the mode."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode

    def of(self, row: Mapping[str, Any], key: str, exact: str = "") -> str:
        """The text at ``key``; for a professional the exact one beside it, where there is one."""
        other = exact or f"{key}_exact"
        chosen = row[other] if self.mode == "professional" and other in row else row[key]
        return str(chosen) if chosen else ""


def _stopped(red_flags: RedFlags, mode: Mode) -> KneeExplanation:
    words = table("knee/contributors.toml")
    whom = joined(" ", dict.fromkeys(f.whom_to_see for f in red_flags.blocking))
    first = (
        saying.say(words["first_lines"]["stop"], whom=whom),
        words["first_lines"]["stop_until"],
        words["first_lines"]["stop_cannot"],
    )
    see = saying.say(words["see_someone"]["stop"], whom=whom)
    summary = joined(" ", (*first, words["summary"]["stop"]))
    return KneeExplanation(summary, (), (), (), see, mode=mode, first_lines=first)


def _summary(known: frozenset[str], feet: Feet, flags: RedFlags, say: _Words) -> list[str]:
    words = table("knee/contributors.toml")["summary"]
    said = [
        saying.say(
            say.of(words, "overridden"),
            by=flag.overridden.by,
            what=flag.text,
            reason=flag.overridden.reason.rstrip("."),
        )
        for flag in flags.stop
        if flag.overridden is not None
    ]
    arch = next(arch for arch in _ARCHES if arch in known)
    sure = [(m, p) for m, p in feet if arch_kind(p) not in BORDERS | {"arch_unknown", "arch_neutral"}]
    if arch == "arch_border" and sure:
        # Beside a foot on the border, one that is surely low or high is not left out.
        arch = "arch_border_and_named"
    said.append(saying.say(say.of(words, arch), border=_borders(feet), named=_named(sure)))
    if "no_pain" in known:
        said.append(say.of(words, "no_pain"))
    if "pain_elsewhere" in known:
        said.append(say.of(words, "elsewhere"))
    if not flags.asked:
        said.append(say.of(words, "not_asked"))
    return said


def _borders(feet: Feet) -> str:
    """Which arch lies between what: "Your left arch is on the border between low arch and neutral arch"."""
    names, words = table("posture/jury.toml")["names"], table("knee/contributors.toml")["summary"]
    on_border = [(m, p) for m, p in feet if arch_kind(p) in BORDERS]
    alike = len({p.between for _, p in feet}) == 1

    def told(m: Any, p: Any, key: str) -> str:
        one, other = (names[n] for n in p.between)
        return saying.say(words["border"][key], side=words["sides"][m.side], one=one, other=other)

    if not on_border:
        return ""
    if alike or len(on_border) == 1:
        return told(*on_border[0], "alike" if alike else "one")
    first, second = (told(*foot, key) for foot, key in zip(on_border, ("one", "other"), strict=True))
    return saying.say(words["border"]["together"], first=first, second=second)


def _named(feet: Feet) -> str:
    """The arches that are surely low or high: "your left arch is much lower than most adults'"."""
    words = table("knee/contributors.toml")["summary"]
    # Between low and very low, or high and very high.
    either = {"arch_low": "low_arch", "arch_high": "high_arch"}
    told = [
        saying.say(
            words["named"][p.class_ if p.class_ in words["named"] else either[arch_kind(p)]],
            side=words["sides"][m.side],
        )
        for m, p in feet
    ]
    if len(told) < 2:
        return "".join(told)
    return saying.say(words["border"]["together"], first=told[0], second=told[1])


# ------------------------------------------------------------------------------------- contributors


def _contributor(
    row: Mapping[str, Any], known: frozenset[str], feet: Feet, answers: Answers | None, say: _Words
) -> Contributor:
    holds = [a for a in row["about"] if a.get("when") in known and not known & set(a.get("unless", ()))]
    told = holds or [a for a in row["about"] if "when" not in a]
    own = _told(feet, answers)
    about = joined(" ", (saying.say(say.of(a, "text", "exact").strip(), **own) for a in told))
    sure = dict.fromkeys(a["sure"] for a in told)
    sureness = table("knee/contributors.toml")["sureness"]
    return Contributor(
        id=row["id"],
        name=row["name"],
        about_you=about,
        strength=row["strength"],
        statements=_statements(row["id"], known, say),
        what_helps=say.of(row, "what_helps"),
        known=bool(holds),
        kind=row["kind"],
        evidence=say.of(row, "evidence"),
        sureness=joined(" ", (say.of(sureness[s], "text", "exact") for s in sure)),
        article=say.of(row, "article"),
    )


def _told(feet: Feet, answers: Answers | None) -> dict[str, str]:
    """The person's own words and numbers, for the sentences about them."""

    def number(question_id: str) -> str:
        value = answers.get(question_id) if answers else None
        return f"{value:g}" if value is not None else ""

    def texts(question_id: str) -> str:
        value = answers.get(question_id) if answers else None
        chosen = (value,) if isinstance(value, str) else value or ()
        return joined(
            ", ", (begun(text, small=True) for word, text in BY_ID[question_id].choices if word in chosen)
        )

    sides = table("knee/contributors.toml")["summary"]["sides"]
    dropped = [s for s in SIDES if answers and answers.get(f"single_leg_squat_{s}") == "drops_in"]
    sentences = [
        saying.say(
            "{side}: {sentence}",
            side=begun(sides[m.side]),
            sentence=begun(posture_sentence(p, m.load), small=True),
        )
        for m, p in feet
    ]
    nothing = table("knee/contributors.toml")["summary"]["arch_unmeasured"]
    return {
        "latest": number("latest_run_km"),
        "longest": number("longest_run_30d_km"),
        "stands": number("chair_stand"),
        "changes": texts("recent_change"),
        "shoes": texts("footwear"),
        "training_shoes": texts("training_shoes"),
        "squat": joined(", ", (sides[side] for side in dropped)),
        "feet": joined(" ", sentences) or nothing,
    }


# ------------------------------------------------------------------------------------- statements


def _statements(topic: str, known: frozenset[str], say: _Words) -> tuple[Statement, ...]:
    """The statements of a topic whose condition holds."""
    rows = table("knee/statements.toml")["statement"]
    return tuple(
        _statement(r["id"], say)
        for r in rows
        if r["topic"] == topic and (not r["when"] or known & set(r["when"]))
    )


def _statement(statement_id: str, say: _Words) -> Statement:
    rows = table("knee/statements.toml")["statement"]
    row = next(r for r in rows if r["id"] == statement_id)
    return Statement(
        row["id"],
        row["plain"],
        row["exact"],
        row["strength"],
        row["source"],
        row.get("doi", ""),
        row["direction"],
        row["kind"],
        say.of(row, "effect"),
        say.of(row, "interval"),
        say.of(row, "population"),
        row["checked"],
    )


# ------------------------------------------------------------------------------------- exercises


def _exercises(known: frozenset[str], say: _Words) -> tuple[Exercise, ...]:
    """Every theme, those first that something told of this person speaks for."""
    data = table("knee/exercises.toml")
    rows = sorted(data["exercise"], key=lambda row: not known & set(row.get("first_when", ())))
    return tuple(_exercise(row, data["rules"], known, say) for row in rows)


def _exercise(
    row: Mapping[str, Any], rules: Mapping[str, str], known: Iterable[str], say: _Words
) -> Exercise:
    suits = say.of(row, "suits") if set(row.get("first_when", ())) & set(known) else ""
    return Exercise(
        id=row["id"],
        name=row["name"],
        trains=row["trains"],
        chain=row["chain"],
        how=say.of(row, "how", "exact"),
        start=row["start"],
        progress=row["progress"],
        stop_when=row.get("stop_when", rules["stop_when"]),
        with_therapist=row.get("with_therapist", rules["with_therapist"]),
        statements=tuple(row["statements"]),
        suits=suits,
        picture=row["id"],
    )
