"""The one function of the journey: from inputs to the fit profile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from threadpoolctl import threadpool_limits

from fitter import __version__
from fitter.anatomy.norms import CHILDREN, Person, compare, may_be_child, person_from
from fitter.anatomy.sizes import foot_sizes, pair_sizes
from fitter.answers import Answers
from fitter.captures import Capture, Preview, Progress, Taken, entered_as_stated, quiet, sha256, take_entered
from fitter.entry import EnteredFoot
from fitter.entry_files import is_measurement_file, parse_measurement_file, to_csv
from fitter.errors import FitterError
from fitter.knee import red_flags
from fitter.knee.explain import disclaimer, explain
from fitter.knee.knee import Mode, Overridden
from fitter.measurements import Measurements
from fitter.plausible import CHECKED, doubt
from fitter.posture.doubts import capture_doubts
from fitter.posture.flexibility import flexibility, pair_readings, standing_apart, with_pair
from fitter.posture.posture import Posture
from fitter.posture.score import assess, not_compared
from fitter.posture.sides import side_differences, sides_statement
from fitter.profile import (
    SCHEMA_VERSION,
    CaptureRecord,
    FitProfile,
    FitResult,
    FootFit,
    FootPair,
    SidePair,
)
from fitter.quantity import Missing, Reading
from fitter.saying import say
from fitter.scan.foot import Assumption
from fitter.scanned import take_scan
from fitter.support.rule_set import RuleSet
from fitter.support.rules import (
    asked_strategy,
    beside_each_other,
    default_strategy,
    highest_arch,
    recommend,
)
from fitter.support.support import SupportProfile
from fitter.terms import LOADS, SIDES, Load, Side


def run_journey(
    captures: Sequence[Capture],
    *,
    entered: Sequence[EnteredFoot] = (),
    answers: Answers | None = None,
    only_measure: bool = False,
    progress: Progress = quiet,
    preview: Preview | None = None,
    refuse: Callable[[FitterError], None] | None = None,
    strategy: str | None = None,
    rules: RuleSet | None = None,
    mode: Mode = "home",
) -> FitResult:
    """From inputs to the fit profile: the one way through the program.

    ``captures`` are scans or measurement files, ``entered`` feet typed by hand. With ``only_measure`` the
    profile ends with the measures. ``preview`` is shown each foot before it is measured. ``strategy`` of the
    support is the one a person chose, and goes before that of the answers; ``rules`` are a shop's own,
    already checked; ``mode`` is whom the words are for. Pure: the same input gives the same profile.

    Raises FitterError for the first input that can't be used; with ``refuse``, that is told of each capture
    that can't, and the others are done.
    """
    asked_strategy(strategy, answers)
    taken: list[Taken] = []
    steps = len(captures) + len(entered) + (0 if only_measure else 1)
    for number, capture in enumerate(captures):
        try:
            taken += _take_capture(capture, _part_of(progress, number, steps), preview)
        except FitterError as error:
            if refuse is None:
                raise
            refuse(error)
    taken += [take_entered(foot, "typed measures", sha256(to_csv([foot]).encode())) for foot in entered]
    if not taken:
        raise FitterError(
            "there is nothing to measure", todo="Give a scan or a measurement file", code="no_input"
        )
    profile = _measured([t.fit for t in taken], [t.record for t in taken], answers)
    if not only_measure:
        progress((steps - 1) / steps, "weighing what was measured")
        profile = _told(profile, answers, strategy, rules, mode, {})
    progress(1.0, "done")
    return FitResult(profile, tuple(t.shape for t in taken), tuple(t.landmarks for t in taken))


def told_again(
    profile: FitProfile,
    *,
    answers: Answers | None,
    mode: Mode | None = None,
    went_on: Mapping[str, Overridden] | None = None,
    rules: RuleSet | None = None,
) -> FitProfile:
    """The profile of the same measured feet for these answers, this mode, and these stops set aside by a
    professional (None: as in the profile).

    What was tried on and told at follow-ups stays. Settings made by hand are made anew by the rules.
    """
    stops = profile.red_flags
    aside = (red_flags.overridden(stops) if stops else {}) if went_on is None else went_on
    taken = {f.support.strategy_id for f in profile.feet if f.support and f.support.strategy_id}
    # What is taken where nobody chooses is not passed on as a choice.
    strategy = next(iter(sorted(taken - {default_strategy(rules)})), None)
    chosen = answers.get("support_strategy") if answers else None
    bare = [replace(foot, posture=None, support=None) for foot in profile.feet]
    again = _measured(bare, profile.captures, answers)
    told = _told(again, answers, chosen or strategy, rules, mode or profile.mode, aside)
    return replace(told, try_on=profile.try_on, follow_up=profile.follow_up)


def measured_again(profile: FitProfile, number: int, measurements: Measurements) -> FootFit:
    """One foot of a profile with other measurements of the same capture: what its pair makes of them, and how
    its arch is judged; without what is recommended for it."""
    bare = [replace(foot, posture=None, support=None) for foot in profile.feet]
    bare[number] = replace(bare[number], measurements=measurements)
    answers = profile.answers or {}
    feet = _with_pairs(bare, _as_number(answers.get("body_mass_kg")))
    foot, person = feet[number], person_from(answers or None)
    if number in {sitting for sitting, _ in _sitting_and_standing(feet)}:
        return foot
    maybe_child = any(may_be_child(f.measurements, person) for f in feet)
    if person.age_band == CHILDREN or maybe_child:
        posture = not_compared(foot.measurements, "maybe_child" if maybe_child else "child")
    else:
        height = _as_number(answers.get("height_cm"))
        mass = _as_number(answers.get("body_mass_kg"))
        posture = assess(foot.measurements, body_mass_kg=mass, height_cm=height)
    return replace(foot, posture=posture)


def _measured(
    fits: Sequence[FootFit], records: Sequence[CaptureRecord], answers: Answers | None
) -> FitProfile:
    """The profile as far as measuring goes, with sizes and the place among people like this one."""
    person = person_from(answers.values if answers else None)
    child = person.age_band == CHILDREN
    feet = [
        replace(
            foot,
            norms=compare(foot.measurements, person),
            sizes=foot_sizes(foot.measurements, person.sex, child=child),
        )
        for foot in _with_pairs(fits, _number(answers, "body_mass_kg"))
    ]
    return FitProfile(
        schema_version=SCHEMA_VERSION,
        program_version=__version__,
        feet=tuple(feet),
        captures=tuple(records),
        warnings=(*_doubts(feet, person), *_warnings(feet, records)),
        sizes=pair_sizes([foot.measurements for foot in feet], person.sex, child=child),
    )


def _only(feet: Sequence[FootFit], side: Side, load: Load) -> int | None:
    """The place of the one capture of this foot under this load; None where there are none or several."""
    found = [n for n, f in enumerate(feet) if f.side == side and f.load == load]
    return found[0] if len(found) == 1 else None


def _sitting_and_standing(feet: Sequence[FootFit]) -> list[tuple[int, int]]:
    """Places of the captures that show one foot under both loads."""
    both = ((_only(feet, side, "sitting"), _only(feet, side, "standing")) for side in SIDES)
    return [(a, b) for a, b in both if a is not None and b is not None]


def _with_pairs(feet: Sequence[FootFit], body_mass_kg: float | None) -> list[FootFit]:
    """The feet; a standing one holds the measures that its sitting capture makes possible."""
    found = list(feet)
    for sitting, standing in _sitting_and_standing(feet):
        readings = pair_readings(feet[sitting].measurements, feet[standing].measurements, body_mass_kg)
        found[standing] = replace(
            feet[standing], measurements=with_pair(feet[standing].measurements, readings)
        )
        found[sitting] = replace(feet[sitting], measurements=standing_apart(feet[sitting].measurements))
    return found


def _pairs(feet: Sequence[FootFit]) -> tuple[FootPair, ...]:
    """How much each foot gives that was captured sitting and standing."""
    found = []
    for sitting, standing in _sitting_and_standing(feet):
        gives = flexibility(feet[standing].measurements)
        if gives is not None:
            found.append(FootPair(feet[standing].side, sitting, standing, gives))
    return tuple(found)


def _sides(feet: Sequence[FootFit]) -> tuple[SidePair, ...]:
    """Both feet side by side, for each load under which each was captured once."""
    found = []
    for load in LOADS:
        left, right = _only(feet, "left", load), _only(feet, "right", load)
        if left is not None and right is not None:
            apart = side_differences(feet[left].measurements, feet[right].measurements)
            found.append(SidePair(load, left, right, sides_statement(apart, load), apart))
    return tuple(found)


def _part_of(progress: Progress, number: int, steps: int) -> Progress:
    """Progress of one step as progress of the whole."""

    def tell(share: float, doing: str) -> None:
        progress((number + share) / steps, doing)

    return tell


def _take_capture(capture: Capture, progress: Progress, preview: Preview | None) -> list[Taken]:
    try:
        if is_measurement_file(capture.name, capture.data):
            feet = parse_measurement_file(capture.name, capture.data)
            return [
                take_entered(entered_as_stated(f, capture), capture.name, sha256(capture.data)) for f in feet
            ]
        # With matrices of three columns, more threads only wait for each other.
        with threadpool_limits(limits=1, user_api="blas"):
            return take_scan(capture, progress, preview)
    except FitterError as error:
        raise error.at(capture.name) from error


def _warnings(feet: Sequence[FootFit], records: Sequence[CaptureRecord]) -> list[str]:
    """What a person should check before trusting the rest, a sentence each."""
    doubtful = [
        say(
            "{side} foot: {text}{assumption}",
            side=foot.side,
            text=assumption.text,
            assumption=_stated_with(assumption),
        )
        for foot in feet
        for key, assumption in foot.assumptions.items()
        if key != "load" and not assumption.certain
    ]
    same = [
        say(
            "{twins} captures were taken as the {side} foot under the same load; each is reported by itself",
            twins=len(twins),
            side=side,
        )
        for side in ("left", "right")
        for load in LOADS
        if len(twins := [f for f in feet if f.side == side and f.load == load]) > 1
    ]
    old = [
        say(
            "the scanner {name} was last checked on {day}, more than a year ago; check it again",
            name=name,
            day=day,
        )
        for name, day in dict.fromkeys(
            (r.scanner.name, r.scanner.checked) for r in records if r.scanner and r.scanner.old
        )
    ]
    scans = Counter((r.file, r.sha256) for r in records if r.source == "scan")
    several = [
        say("{file} holds {count} feet; each is measured by itself", file=file, count=count)
        for (file, _), count in scans.items()
        if count > 1
    ]
    return doubtful + old + several + same


def _doubts(feet: Sequence[FootFit], person: Person) -> Iterator[str]:
    """Measures that hardly go together, of one foot or between captures. Nothing is changed by it."""
    for foot in feet:
        typed = {name: q for name in CHECKED if (q := foot.measurements.get(name)) is not None}
        doubted = doubt(typed, person) if foot.source == "entered" else None
        if doubted is not None:
            yield say("{side} foot: {text}", side=foot.side, text=doubted.text)
    yield from capture_doubts([foot.measurements for foot in feet], _sitting_and_standing(feet))


def _stated_with(assumption: Assumption) -> str:
    return say("; state it with {change}", change=assumption.change) if assumption.change else ""


def _told(
    profile: FitProfile,
    answers: Answers | None,
    strategy: str | None,
    rules: RuleSet | None,
    mode: Mode,
    went_on: Mapping[str, Overridden],
) -> FitProfile:
    """The profile with posture, support, knee and red flags."""
    mass, height = (_number(answers, key) for key in ("body_mass_kg", "height_cm"))
    person = person_from(answers.values if answers else None)
    maybe_child = any(may_be_child(f.measurements, person) for f in profile.feet)

    def posture_of(foot: FootFit) -> Posture:
        if person.age_band == CHILDREN or maybe_child:
            return not_compared(foot.measurements, "maybe_child" if maybe_child else "child")
        return assess(foot.measurements, body_mass_kg=mass, height_cm=height)

    judged = [(foot.measurements, posture_of(foot)) for foot in profile.feet]
    flags = red_flags.find(answers, judged, mode=mode, went_on=went_on)
    withheld = None
    if flags.blocking:
        withheld = Missing("red_flag", " ".join(f.text for f in flags.blocking))
    elif maybe_child:
        withheld = Missing("may_be_child", "A foot this short may be a child's. State the age to go on.")
    # An insole is stood on: of a foot captured twice the standing capture says what suits it.
    only_sitting = {sitting for sitting, _ in _sitting_and_standing(profile.feet)}
    supports: list[SupportProfile | None] = [
        None
        if number in only_sitting
        else recommend(
            measurements,
            posture,
            answers,
            withheld=withheld,
            flexibility=how_flexible(measurements),
            highest=arch_at_rest(profile.feet, number, rules),
            strategy=strategy,
            rules=rules,
            went_on=red_flags.overridden(flags),
        )
        for number, (measurements, posture) in enumerate(judged)
    ]
    side_by_side(profile.feet, supports, rules)
    feet = tuple(
        # A sitting height alone reads no arch: it is there for its pair, whose standing capture tells.
        replace(
            foot,
            posture=None if number in only_sitting and _reads_no_arch(posture) else posture,
            support=support,
        )
        for number, (foot, (_, posture), support) in enumerate(
            zip(profile.feet, judged, supports, strict=True)
        )
    )
    return replace(
        profile,
        feet=feet,
        pairs=_pairs(feet),
        sides=_sides(feet),
        answers=dict(answers.values) if answers else None,
        knee=explain(judged, answers, flags, mode=mode),
        mode=mode,
        red_flags=flags,
        disclaimer=disclaimer(),
    )


def _reads_no_arch(posture: Posture) -> bool:
    return posture.reason is not None and posture.reason.code == "no_index"


def how_flexible(measurements: Measurements) -> str:
    """The class of how much an arch gives; "unknown" where the foot was not captured under two loads."""
    gives = flexibility(measurements)
    return "unknown" if gives is None else gives.class_


def arch_at_rest(feet: Sequence[FootFit], number: int, rules: RuleSet | None = None) -> Reading:
    """The highest arch that the foot of this capture holds, from all captures of that foot."""
    captures = [(f.measurements, f.quality.kind == "foam_impression") for f in feet]
    return highest_arch(feet[number].measurements, captures, rules)


def side_by_side(
    feet: Sequence[FootFit], supports: list[SupportProfile | None], rules: RuleSet | None
) -> None:
    """Tell both feet where they differ, for each load under which each was captured once."""
    for load in LOADS:
        left, right = _only(feet, "left", load), _only(feet, "right", load)
        if left is None or right is None:
            continue
        one, other = supports[left], supports[right]
        if one is not None and other is not None:
            supports[left], supports[right] = beside_each_other(one, other, rules)


def _number(answers: Answers | None, key: str) -> float | None:
    return _as_number(answers.get(key) if answers else None)


def _as_number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
