"""The knee explained in proportion to the evidence, from the statements in `models/knee/`.

Everything said stands in those files; this module only chooses what applies. It never adds contributors up
and never gives a figure for a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fitter.answers import BY_ID, Answers
from fitter.knee.knee import ChainLink, Contributor, KneeExplanation, RedFlags, Statement
from fitter.measurements import Measurements
from fitter.posture.posture import Posture
from fitter.resources import table

Feet = Sequence[tuple[Measurements, Posture]]

_ARCHES = ("arch_mixed", "arch_border", "arch_low", "arch_high", "arch_neutral", "arch_unknown")
_BORDERS = frozenset({"arch_low_border", "arch_high_border"})
_CHAIN = (
    ("heel_to_shin", "Heel to shin"),
    ("shin_to_thigh", "Shin to thigh"),
    ("thigh_to_kneecap", "Thigh to kneecap"),
)


def explain(feet: Feet, answers: Answers | None, red_flags: RedFlags) -> KneeExplanation:
    """The whole story for one person; with a ``stop`` flag only whom to see."""
    words = table("knee/contributors.toml")
    if red_flags.stop:
        whom = " ".join(dict.fromkeys(f.whom_to_see for f in red_flags.stop))
        return KneeExplanation(
            words["summary"]["stop"], (), (), (), words["see_someone"]["stop"].format(whom=whom)
        )
    feet = _one_a_side(feet)
    known = facts(feet, answers)
    return KneeExplanation(
        summary=_summary(known, feet, red_flags.asked),
        contributors=tuple(_contributor(c, known, feet, answers) for c in words["contributor"]),
        chain=tuple(ChainLink(i, name, _statement(i)) for i, name in _CHAIN),
        what_helps=_statements("helps", known),
        see_someone=words["see_someone"]["usual"],
    )


def disclaimer() -> str:
    """What Fitter is not, for every page that says something about a person."""
    return str(table("knee/disclaimer.toml")["text"])


def facts(feet: Feet, answers: Answers | None) -> frozenset[str]:
    """What is known of this person, as the words the data files' conditions are written in."""
    given = answers if answers is not None else Answers({}, False)
    return frozenset(
        {
            *_arch_facts(feet),
            *_load_facts(given),
            *_strength_facts(given),
            *_form_facts(given),
            *_shoe_and_mass_facts(given),
            _pain_fact(given),
        }
    )


def _arch_facts(feet: Feet) -> set[str]:
    """A word for each kind of arch among the feet, ``arch_mixed`` where they surely differ, and
    ``arch_border`` where one of them may be neutral or not."""
    told = {_arch_kind(p) for _, p in feet} - {"arch_unknown"}
    if len(told - _BORDERS) > 1:
        return told | {"arch_mixed"}
    return told | {"arch_border"} if told & _BORDERS else told or {"arch_unknown"}


def _one_a_side(feet: Feet) -> Feet:
    """One capture a side, the one its class rests on best: a foot may be there sitting and standing."""
    loads = ("standing", "unknown", "sitting", "single_leg", "unloaded")
    ranked = sorted(feet, key=lambda f: (f[1].class_ == "cannot_tell", loads.index(f[0].load)))
    best = {m.side: (m, p) for m, p in reversed(ranked)}
    return [best[side] for side in ("left", "right") if side in best]


def _arch_kind(posture: Posture) -> str:
    named = posture.between or (posture.class_,)
    if posture.class_ == "cannot_tell":
        return "arch_unknown"
    # What may as well be neutral is never told as low or high.
    border = "_border" if posture.between and "neutral" in named else ""
    if any(n in ("low_arch", "very_low_arch") for n in named):
        return f"arch_low{border}"
    if any(n in ("high_arch", "very_high_arch") for n in named):
        return f"arch_high{border}"
    return "arch_neutral"


def _load_facts(a: Answers) -> set[str]:
    found = set()
    latest, longest = a.get("latest_run_km"), a.get("longest_run_30d_km")
    if latest is not None and longest:
        ratio, limits = latest / longest, table("knee/contributors.toml")["limits"]
        longer = "jump_some" if ratio > limits["run_some"] else "jump_none"
        found.add("jump_double" if ratio > limits["run_double"] else longer)
    changes = a.get("recent_change")
    if changes:
        found.add("load_steady" if changes == ("nothing",) else "load_changed")
    if not found:
        found.add("load_unknown")
    if a.get("activity") == "running" or latest:
        found.add("runner")
    return found


def _strength_facts(a: Answers) -> set[str]:
    weak_or_strong = {"easy": "strong", "hard": "weak", "cannot": "weak"}
    tests = {"thigh": a.get("chair_rise"), "hip": a.get("side_leg_raise")}
    return {f"{part}_{weak_or_strong[told]}" for part, told in tests.items() if told in weak_or_strong}


def _form_facts(a: Answers) -> set[str]:
    styles = {"long": "long_steps", "short_quick": "short_steps", "no_running": "no_running"}
    return {styles.get(a.get("step_style"), "form_unknown")}


def _shoe_and_mass_facts(a: Answers) -> set[str]:
    found = set()
    if "shoes" in (a.get("recent_change") or ()):
        found.add("shoes_changed")
    if a.get("footwear"):
        found.add("shoes_known")
    mass, height = a.get("body_mass_kg"), a.get("height_cm")
    if mass is not None and height is not None:
        heavy = table("knee/contributors.toml")["limits"]["heavy"]
        found.add("heavy" if mass / (height / 100.0) ** 2 > heavy else "mass_known")
    if a.inner_knee_wear_likely:
        found.add("inner_knee")
    return found


def _pain_fact(a: Answers) -> str:
    places = set(a.get("pain_where") or ())
    if not places:
        return "pain_unknown"
    if places == {"none"}:
        return "no_pain"
    return "pain_kneecap" if places & {"around_kneecap", "below_kneecap"} else "pain_elsewhere"


def _summary(known: frozenset[str], feet: Feet, asked: bool) -> str:
    words = table("knee/contributors.toml")["summary"]
    said = [words["open"]]
    arch = next(arch for arch in _ARCHES if arch in known)
    sure = [(m, p) for m, p in feet if _arch_kind(p) not in _BORDERS | {"arch_unknown", "arch_neutral"}]
    if arch == "arch_border" and sure:
        # Beside a foot on the border, one that is surely low or high is not left out.
        arch = "arch_border_and_named"
    said.append(words[arch].format(border=_borders(feet), named=_named(sure)))
    if "no_pain" in known:
        said.append(words["no_pain"])
    if "pain_elsewhere" in known:
        said.append(words["elsewhere"])
    if not asked:
        said.append(words["not_asked"])
    return " ".join(said)


def _borders(feet: Feet) -> str:
    """Which arch lies between what: "Your left arch is on the border between low arch and neutral arch"."""
    names = table("posture/jury.toml")["names"]
    alike = len({p.between for _, p in feet}) == 1
    told = {
        f"our {'' if alike else f'{m.side} '}arch is on the border between "
        f"{' and '.join(names[n] for n in p.between)}": None
        for m, p in feet
        if _arch_kind(p) in _BORDERS
    }
    return "Y" + ", and y".join(told)


def _named(feet: Feet) -> str:
    """The arches that are surely low or high: "your left arch is much lower than most adults'"."""
    names = table("knee/contributors.toml")["summary"]["named"]
    either = {
        "arch_low": "low_arch",
        "arch_high": "high_arch",
    }  # between low and very low, or high and very high
    return " and ".join(
        names[p.class_ if p.class_ in names else either[_arch_kind(p)]].format(side=m.side) for m, p in feet
    )


def _contributor(
    row: Mapping[str, Any], known: frozenset[str], feet: Feet, answers: Answers | None
) -> Contributor:
    about = next(a["text"] for a in row["about"] if "when" not in a or a["when"] in known)
    return Contributor(
        id=row["id"],
        name=row["name"],
        about_you=about.format(**_told(feet, answers)),
        strength=row["strength"],
        statements=_statements(row["id"], known),
        what_helps=row["what_helps"],
    )


def _told(feet: Feet, answers: Answers | None) -> dict[str, str]:
    """The person's own words and numbers, for the sentences about them."""

    def number(question_id: str) -> str:
        value = answers.get(question_id) if answers else None
        return f"{value:g}" if value is not None else ""

    def texts(question_id: str) -> str:
        value = answers.get(question_id) if answers else None
        chosen = (value,) if isinstance(value, str) else value or ()
        return ", ".join(text.lower() for word, text in BY_ID[question_id].choices if word in chosen)

    # The first sentence only: what follows is about the scan, and stands with the posture itself.
    first = [(m.side, p.statement.split(". ")[0].rstrip(".")) for m, p in feet]
    sentences = [f"{side.capitalize()}: {said[0].lower()}{said[1:]}." for side, said in first]
    return {
        "latest": number("latest_run_km"),
        "longest": number("longest_run_30d_km"),
        "changes": texts("recent_change"),
        "shoes": texts("footwear"),
        "feet": " ".join(sentences) or "No foot was measured.",
    }


def _statements(topic: str, known: frozenset[str]) -> tuple[Statement, ...]:
    """The statements of a topic whose condition holds."""
    rows = table("knee/statements.toml")["statement"]
    return tuple(
        _statement(r["id"]) for r in rows if r["topic"] == topic and (not r["when"] or known & set(r["when"]))
    )


def _statement(statement_id: str) -> Statement:
    rows = table("knee/statements.toml")["statement"]
    row = next(r for r in rows if r["id"] == statement_id)
    return Statement(
        row["id"], row["plain"], row["exact"], row["strength"], row["source"], row.get("doi", "")
    )
