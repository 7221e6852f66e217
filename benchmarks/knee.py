"""What is said about the knee to random people, read by rules of its own: `python -m benchmarks.knee [N]`.

For every person, in both modes: nothing forbidden is said, no red flag is passed over, every statement shown
has strength and source, the same person gets the same words, and the words for home read at US grade 8 or
below.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from fitter.anatomy.measures import BY_ID, IDS
from fitter.answers import QUESTIONS, STOP_IDS, Answers, Question, answers_from_mapping
from fitter.knee.claims import forbidden_in, texts_of
from fitter.knee.explain import explain
from fitter.knee.knee import MODES, KneeExplanation, RedFlags
from fitter.knee.red_flags import find
from fitter.measurements import Load, Measurements, Side
from fitter.posture.posture import Posture
from fitter.posture.score import assess
from fitter.quantity import Missing, Quantity, Reading
from fitter.support.rules import recommend

GRADE = 8.0
Foot = tuple[Measurements, Posture]


@dataclass(frozen=True, slots=True)
class Someone:
    """A random person: feet of 0 to 2 sides under any load, and answers (None: nobody asked)."""

    feet: tuple[Foot, ...]
    answers: Answers | None


def people(count: int, seed: int = 6) -> Iterator[Someone]:
    """Random people: every answer may be missing, every foot unmeasured, and one in five has a stop."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield Someone(tuple(_feet(rng)), _answers(rng))


def foot(
    ahi: float | None, side: Side = "right", load: Load = "standing", u95: float = 0.012, **more: float
) -> Foot:
    """A foot by its arch height index, with other measures known to within 1."""
    readings: dict[str, Reading] = dict.fromkeys(IDS, Missing("not_taken", "Not taken."))
    if ahi is not None:
        readings["arch_height_index"] = Quantity(ahi, u95, "ratio")
    readings |= {i: Quantity(v, 1.0, BY_ID[i].unit) for i, v in more.items()}
    measured = Measurements(side, load, "scan", readings)
    return measured, assess(measured)


def _feet(rng: np.random.Generator) -> Iterator[Foot]:
    sides: tuple[tuple[Side, ...], ...] = ((), ("left",), ("right",), ("left", "right"))
    middle = rng.normal(0.34, 0.045)
    for side in sides[rng.choice(4, p=(0.1, 0.15, 0.15, 0.6))]:
        load: Load = ("standing", "standing", "sitting", "unknown")[rng.integers(4)]
        ahi = None if rng.random() < 0.1 else float(np.clip(rng.normal(middle, 0.015), 0.2, 0.47))
        more = {"arch_drop": float(rng.uniform(0.2, 9.0))} if rng.random() < 0.4 else {}
        more |= {"hallux_outline_angle": float(rng.uniform(0.0, 30.0))} if rng.random() < 0.5 else {}
        yield foot(ahi, side, load, float(rng.uniform(0.006, 0.03)), **more)


def _answers(rng: np.random.Generator) -> Answers | None:
    kind = rng.random()
    if kind < 0.05:
        return None
    values: dict[str, object] = {}
    if kind < 0.85:
        values |= dict.fromkeys(STOP_IDS, False)
    if kind > 0.8:
        values |= {str(i): True for i in rng.choice(STOP_IDS, rng.integers(1, 4), replace=False)}
    share = rng.random()
    for q in QUESTIONS:
        if q.group != "stop" and rng.random() < share:
            values[q.id] = _answer(q, rng)
    return answers_from_mapping(values, "someone")


def _answer(q: Question, rng: np.random.Generator) -> object:
    if q.kind == "yes_no":
        return bool(rng.random() < 0.4)
    if q.kind == "number":
        # Runs of a usual size, so that one is often beyond the other.
        high = 25.0 if q.unit == "km" else q.high
        return round(float(rng.uniform(q.low, high)), 1)
    if q.kind == "choice":
        return str(rng.choice(q.words))
    chosen = [w for w in q.words if w not in ("none", "nothing") and rng.random() < 0.2]
    return chosen or [q.words[0]]


# ------------------------------------------------------------------------------------- what is wrong


def faults(someone: Someone) -> Iterator[str]:
    """Everything that should not be so, of what one person is told."""
    supports = [recommend(m, p, someone.answers, withheld=None) for m, p in someone.feet]
    for mode in MODES:
        flags = find(someone.answers, someone.feet, mode=mode)
        story = explain(someone.feet, someone.answers, flags, mode=mode)
        again = explain(
            someone.feet, someone.answers, find(someone.answers, someone.feet, mode=mode), mode=mode
        )
        if again != story:
            yield "the same person is told something else"
        for text in texts_of((story, flags, supports)):
            if why := forbidden_in(text):
                yield f"{why}: {text}"
        yield from _passed_over(someone, flags, story, [s.withheld is not None for s in supports])
        yield from _bare(story)
        yield from _not_in_place(someone.answers, story)
        if mode == "home" and (reads := grade(home_text(story, flags))) > GRADE:
            yield f"reads at grade {reads:.1f}"


def _passed_over(
    someone: Someone, flags: RedFlags, story: KneeExplanation, withheld: list[bool]
) -> Iterator[str]:
    """Red flags by rules written here once more, from the answers and measures themselves."""
    values = dict(someone.answers.values) if someone.answers else {}
    stops = {i for i in STOP_IDS if values.get(i) is True}
    stops |= {"under_16"} if values.get("age_band") == "under_16" else set()
    if {f.id for f in flags.stop} != stops:
        yield f"stops {stops} were told, {[f.id for f in flags.stop]} were raised"
    if stops and (story.contributors or story.exercises or story.what_helps or not all(withheld)):
        yield "something is recommended in spite of a stop"
    if stops and not all(f.whom_to_see in story.first_lines[0] for f in flags.stop):
        yield "the first line does not say whom to see"
    asked = all(i in values for i in STOP_IDS)
    if story.exercises and not asked:
        yield "exercises are shown to someone who was not asked"
    mentioned = {f.id for f in flags.mention}
    worst = values.get("pain_worst")
    due = {
        "bunion": values.get("bunion_picture") == "severe",
        "long_pain": values.get("pain_duration") in ("6_to_12_weeks", "longer"),
        "strong_pain": isinstance(worst, float) and worst >= 7.0,
        "big_toe": any(
            (toe := m.get("hallux_outline_angle")) is not None and toe.value - toe.u95 >= 16.2
            for m, _ in someone.feet
        ),
    }
    for flag_id, holds in due.items():
        if holds != (flag_id in mentioned):
            yield f"{flag_id} {'was passed over' if holds else 'was raised for nothing'}"
    apart = _apart(someone)
    if apart is not None and apart[0] <= 0.027 and "left_right" in mentioned:
        yield "a difference that most people have was mentioned"
    if apart is not None and apart[0] > max(0.027, apart[1]) and "left_right" not in mentioned:
        yield "a large difference between left and right was passed over"
    extreme = any(p.class_ in ("very_low_arch", "very_high_arch") for _, p in someone.feet)
    if not extreme and mentioned & {
        "very_low_arch", "very_low_and_stiff", "very_high_arch", "very_high_and_stiff",
    }:  # fmt: skip
        yield "an arch was mentioned that is neither very low nor very high"


def _apart(someone: Someone) -> tuple[float, float] | None:
    """How far apart the arches of both feet under one load are, and the most both errors make of it."""
    arches = [(m.load, m.get("arch_height_index")) for m, _ in someone.feet]
    if len(arches) < 2 or arches[0][0] != arches[1][0]:
        return None
    (_, one), (_, other) = arches
    return None if one is None or other is None else (abs(one.value - other.value), one.u95 + other.u95)


def _bare(story: KneeExplanation) -> Iterator[str]:
    """A statement without strength or source, or a contributor without its evidence."""
    shown = [s for c in story.contributors for s in c.statements]
    shown += [*story.what_helps, *story.not_worth, *(link.statement for link in story.chain)]
    for s in shown:
        if not all((s.strength, s.source, s.kind, s.direction, s.population, s.checked)):
            yield f"statement {s.id} lacks strength, kind, people or source"
    for c in story.contributors:
        if not all((c.strength, c.kind, c.evidence, c.sureness, c.about_you, c.statements)):
            yield f"{c.id} says less than it should"
    ids = {s["id"] for s in _all_statements()}
    for e in story.exercises:
        if not e.stop_when or not set(e.statements) <= ids:
            yield f"exercise {e.id} has no rule to stop or rests on nothing"


def _all_statements() -> list[dict[str, Any]]:
    from fitter.resources import table  # noqa: PLC0415 - the data file, not the room

    rows: list[dict[str, Any]] = table("knee/statements.toml")["statement"]
    return rows


def _not_in_place(answers: Answers | None, story: KneeExplanation) -> Iterator[str]:
    """Causes told of are known, and what was not asked is said not to be known."""
    if not story.contributors:
        return
    told = answers.get if answers else lambda _: None
    runs = bool(told("latest_run_km")) and told("longest_run_30d_km") is not None
    lifted = told("side_leg_lift") not in (None, "not_tried")
    squatted = {told(f"single_leg_squat_{s}") for s in ("left", "right")} & {"drops_in", "over_foot"}
    known = {
        "training_load": runs or told("doubled") is not None or bool(told("recent_change")),
        "thigh_strength": told("chair_stand") is not None,
        "hip_strength": lifted or bool(squatted),
        "form": told("step_style") not in (None, "not_sure"),
        "body_mass": told("body_mass_kg") is not None and told("height_cm") is not None,
    }
    for c in story.contributors:
        if c.id in known and c.known != known[c.id]:
            yield f"{c.id} is {'not ' if known[c.id] else ''}known, and told otherwise"
        if not c.known and "ot known" not in c.about_you:
            yield f"{c.id} does not say that it is not known"


# ------------------------------------------------------------------------------------- how it reads


def home_text(story: KneeExplanation, flags: RedFlags) -> str:
    """What a person at home reads about the knee, without sources."""
    parts = [*story.first_lines, story.more]
    parts += [f"{f.text} {f.whom_to_see}" for f in (*flags.stop, *flags.mention)]
    for c in story.contributors:
        parts += [
            c.about_you,
            c.sureness,
            c.evidence,
            c.article,
            c.what_helps,
            *(s.plain for s in c.statements),
        ]
    parts += [link.statement.plain for link in story.chain]
    parts += [s.plain for s in (*story.what_helps, *story.not_worth)]
    for e in story.exercises:
        parts += [e.how, e.start, e.progress, e.suits, e.with_therapist, e.stop_when]
    return " ".join((*parts, story.support_option, story.see_someone))


def grade(text: str) -> float:
    """The US school grade by Flesch and Kincaid (1975), from words a sentence and syllables a word.

    Our own counting, as the usual library fetches a dictionary over the network when it is first used.
    Syllables are groups of vowels, without a silent e at the end; a number is a word of two syllables.
    On 60 of these texts it gave 0.7 grades more on average than textstat 0.7.3, whose highest was 6.9.
    """
    text = re.sub(r"\d+(?:[.,]\d+)*", "number", text)
    sentences = [s for s in re.split(r"[.!?]+(?=\s|$)", text) if re.search(r"\w", s)]
    words = re.findall(r"[A-Za-z]+(?:['’][a-z]+)?", text)
    if not words:
        return 0.0
    syllables = sum(map(_syllables, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    word = re.sub(r"['’].*", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", word))
    if re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$|[^aeiouysxzhcg]es$", word):
        groups -= 1
    return max(1, groups)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    found: Counter[str] = Counter()
    grades, stopped, mentions = [], 0, Counter[str]()
    for someone in people(count):
        found.update(faults(someone))
        flags = find(someone.answers, someone.feet)
        stopped += bool(flags.stop)
        mentions.update(f.id for f in flags.mention)
        grades.append(grade(home_text(explain(someone.feet, someone.answers, flags), flags)))
    print(f"{count} people, {stopped} with a stop; mentions: {dict(mentions)}")
    print(f"grade: mean {np.mean(grades):.2f}, highest {max(grades):.2f}")
    print(f"faults: {sum(found.values())}")
    for fault, times in found.most_common(20):
        print(f"  {times:5d}  {fault[:160]}")


if __name__ == "__main__":
    main()
