"""The way through the home protocol: its pages, and what is said of each number while it is typed.

No widget here: everything is made from `Typed`, the form as it stands in the state. Nothing typed is ever
changed by itself; what may have slipped comes as a `Fix` to press.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from fitter import home
from fitter.anatomy.measures import BY_ID, Measure
from fitter.anatomy.norms import NOBODY, Person
from fitter.answers import QUESTIONS, STOP_IDS
from fitter.app.model import FIRST_PAGE, Typed
from fitter.app.text import _, sentences
from fitter.entry import (
    EnteredFoot,
    TypedReading,
    WildReadingError,
    entered_foot,
    from_readings,
    measurements_from_entry,
    typed_reading,
    usual_difference,
)
from fitter.errors import FitterError
from fitter.language import current
from fitter.lengths import as_written, shown, shown_error
from fitter.measurements import SIDES, Load, Side
from fitter.plausible import Doubt, Slip, doubt, explanations
from fitter.quantity import Quantity, combine_u95
from fitter.terms import MM_PER_UNIT

SUMMARY = "summary"
PHOTO, ASK = "photo ", "ask "  # pages of a side's photo, of a group of questions
_WORTH_OFFERING = 0.2  # of the likeliest slip's probability; a less likely one is no help
Change = tuple[Side, str, int, str]


@dataclass(frozen=True, slots=True)
class Slot:
    """One measure of one foot under one load: a row of fields, one a repeat."""

    side: Side
    load: Load
    measure: Measure

    @property
    def key(self) -> str:
        """Its row in `Typed.texts`: the same as in the form with all measures on one page."""
        return f"{self.measure.id} sitting" if self.load == "sitting" else self.measure.id


@dataclass(frozen=True, slots=True)
class Fix:
    """What may have been meant, in words for a button, and the fields it changes."""

    text: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a slot: the value read back, what its repeats say; what must be mended (``trouble``) or
    is worth a look (``doubt``), with what may have been meant; ``accept`` is what to accept if right."""

    value: str = ""
    repeats: str = ""
    trouble: str = ""
    doubt: str = ""
    fixes: tuple[Fix, ...] = ()
    accept: str = ""


# ---------------------------------------------------------------------------------------- pages


@cache
def pages() -> tuple[str, ...]:
    """The pages in order: what to lay ready, a step each, questions a group each, and what was read."""
    steps = [step.picture for step in home.steps()]
    return (FIRST_PAGE, *steps, *[ASK + group for group in groups()], SUMMARY)


@cache
def groups() -> tuple[str, ...]:
    """The groups of questions. Age stands with those that may stop: this is for no child."""
    return tuple(dict.fromkeys("stop" if q.id == "age_band" else q.group for q in QUESTIONS))


def known_page(page: str) -> str:
    """The page, or the first where there is none of that name (kept by another version)."""
    return page if page in pages() or page.removeprefix(PHOTO) in SIDES else FIRST_PAGE


def step_on(page: str) -> home.Step | None:
    """The step of a page; None where it is no step."""
    return next((step for step in home.steps() if step.picture == page), None)


def beside(page: str, by: int) -> str:
    """The next page (``by`` 1) or the one before (-1); a photo lies on the page of the print."""
    if page.startswith(PHOTO):
        return print_page()
    order = pages()
    return order[min(max(order.index(page) + by, 0), len(order) - 1)]


@cache
def print_page() -> str:
    """The page of the wet footprint."""
    return home.step_of(home.PHOTO_WIDTHS[0]).picture


def progress(page: str) -> tuple[str, float]:
    """Where one is, in words and as a share of all pages."""
    at = print_page() if page.startswith(PHOTO) else page
    share = pages().index(at) / (len(pages()) - 1)
    if at == FIRST_PAGE:
        return _("Before you begin"), share
    if at == SUMMARY:
        return _("All steps done"), share
    if at.startswith(ASK):
        number = groups().index(at.removeprefix(ASK)) + 1
        return _("Questions, page {number} of {count}").format(number=number, count=len(groups())), share
    steps = [step.picture for step in home.steps()]
    text = _("Step {number} of {count}").format(number=steps.index(at) + 1, count=len(steps))
    return text, share


def sides(typed: Typed) -> tuple[Side, ...]:
    """Whose feet are measured, the right one first."""
    return tuple(side for side in SIDES[::-1] if typed.feet in ("both", side))


def slots(typed: Typed, step: home.Step) -> tuple[Slot, ...]:
    """What is read on the page of a step, in order."""
    return tuple(Slot(side, load, measure) for measure, side, load in home.positions(step, sides(typed)))


def texts(typed: Typed, slot: Slot) -> tuple[str, ...]:
    """What stands in the fields of a slot, one a repeat."""
    return (*typed.row(slot.side, slot.key), *[""] * home.REPEATS)[: home.REPEATS]


def is_empty(typed: Typed, step: home.Step) -> bool:
    """Whether nothing was typed on the page of a step."""
    return not any(text.strip() for slot in slots(typed, step) for text in texts(typed, slot))


def lost(step: home.Step) -> str:
    """What can't be told where a step is left out."""
    told = {
        "foot_length": _("no shoe size can be told, and an insole has no length"),
        "ball_length": _("the heights of your foot can't be set against its length, so they say less"),
        "outer_ball_length": _("your other numbers are checked against one less; nothing else changes"),
        "ball_breadth": _("no shoe width can be told"),
        "heel_breadth": _("the heel of an insole is sized by guess"),
        "instep_height": _("the height of your arch is judged by less, and how much it gives way not at all"),
        "navicular_height": _("one of the signs of a low or a high arch is missing"),
        "medial_malleolus_height": _("your other numbers are checked against one less; nothing else changes"),
        "ball_girth": _("the width of a shoe is told by the breadth alone"),
        "instep_girth": _("your other numbers are checked against one less; nothing else changes"),
        "wet_footprint": _("what your sole does on the floor isn't seen"),
    }
    return told[step.picture]


# ---------------------------------------------------------------------------------------- what was typed


def person_of(asked: Mapping[str, object]) -> Person:
    """The person as far as the questions tell already."""
    from fitter.anatomy.norms import person_from  # noqa: PLC0415

    return person_from(asked)


def readings(typed: Typed, slot: Slot) -> list[TypedReading]:
    """The readings of a slot. Raises FitterError at the first that makes no sense."""
    written = [text.strip() for text in texts(typed, slot) if text.strip()]
    return [typed_reading(slot.measure.id, text, usual_unit=typed.unit) for text in written]


def value(typed: Typed, slot: Slot) -> Quantity | None:
    """The value of a slot, or None where there is none that holds."""
    try:
        found = readings(typed, slot)
        return from_readings(slot.measure.id, found) if found else None
    except FitterError:
        return None


@cache
def _all_slots(side: Side) -> tuple[Slot, ...]:
    return tuple(Slot(side, load, m) for s in home.steps() for m, _side, load in home.positions(s, [side]))


def values(typed: Typed, side: Side, load: Load) -> dict[str, Quantity]:
    """What holds by itself of one foot under one load."""
    found = ((s.measure.id, value(typed, s)) for s in _all_slots(side) if s.load == load)
    return {measure_id: q for measure_id, q in found if q is not None}


def entered_feet(typed: Typed) -> tuple[EnteredFoot, ...]:
    """All feet that were measured, one a load, standing last. Raises FitterError where something can't be."""
    feet = []
    for side in sides(typed):
        for load in ("sitting", "standing"):
            found = {s.measure.id: readings(typed, s) for s in _all_slots(side) if s.load == load}
            given = {measure_id: each for measure_id, each in found.items() if each}
            if given:
                feet.append(entered_foot(side, load, given))
                measurements_from_entry(feet[-1])
    return tuple(feet)


def first_trouble(typed: Typed, person: Person = NOBODY) -> str:
    """The first page with a number that can't be used as it stands; empty where there is none."""
    return next(
        (
            step.picture
            for step in home.steps()
            if any(tell(typed, slot, person).trouble for slot in slots(typed, step))
        ),
        "",
    )


# ---------------------------------------------------------------------------------------- what is said of it


def tell(typed: Typed, slot: Slot, person: Person = NOBODY) -> Told:
    """What is said of a slot as it stands."""
    if not any(text.strip() for text in texts(typed, slot)):
        return Told()
    for number, text in enumerate(texts(typed, slot)):
        if text.strip():
            try:
                typed_reading(slot.measure.id, text.strip(), usual_unit=typed.unit)
            except FitterError as error:
                return _refused(typed, slot, number, text.strip(), error, person)
    found = readings(typed, slot)
    try:
        q = from_readings(slot.measure.id, found)
    except WildReadingError as error:
        return _wild(typed, slot, error, person)
    except FitterError as error:
        return _disagreeing(typed, slot, error, person)
    told = Told(_read_back(typed, slot, q), _of_repeats(typed, slot, found))
    against = _against_others(typed, slot, person)
    return Told(told.value, told.repeats, against.trouble, against.doubt, against.fixes, against.accept)


def _read_back(typed: Typed, slot: Slot, q: Quantity) -> str:
    """ "25.1 cm, give or take 0.3 cm; 0.5 cm more than the left foot"."""
    kept = _("{value}, give or take {error}").format(
        value=_shown(q.value, typed.unit), error=_shown_error(q.u95, typed.unit)
    )
    other = Slot("left" if slot.side == "right" else "right", slot.load, slot.measure)
    there = value(typed, other) if other.side in sides(typed) else None
    if there is None:
        return kept
    by = q.value - there.value
    apart = _shown(abs(by), typed.unit)
    # The place that is felt for is the same on both feet: what no repeat shows is no difference of the feet.
    clear = abs(by) > combine_u95([q.known_u95 or q.u95, there.known_u95 or there.u95])
    if not clear:
        told = _("{value}; no clear difference from your other foot")
    elif slot.side == "right":
        told = (
            _("{value}; {apart} more than the left foot")
            if by > 0
            else _("{value}; {apart} less than the left foot")
        )
    else:
        told = (
            _("{value}; {apart} more than the right foot")
            if by > 0
            else _("{value}; {apart} less than the right foot")
        )
    return told.format(value=kept, apart=apart)


def _of_repeats(typed: Typed, slot: Slot, found: Sequence[TypedReading]) -> str:
    """How the repeats agree, and whether another is wanted."""
    if len(found) == 1:
        return _("One reading. Lift the foot, set it down again and measure once more.")
    lengths = [r.mm for r in found]
    apart = _shown(round(max(lengths) - min(lengths), 2), typed.unit)
    wide = max(lengths) - min(lengths) > usual_difference(slot.measure.id)
    if len(found) < home.REPEATS:
        if lengths[0] == lengths[1]:
            return _("Two readings, both the same. A third makes it surer still.")
        if wide:
            return _("Two readings, {apart} apart, which is more than usual: take a third.").format(
                apart=apart
            )
        return _("Two readings, {apart} apart. They agree; a third makes it surer still.").format(apart=apart)
    if wide:
        told = _("The mean of {count} readings, {apart} apart: more than usual, so its error is larger.")
    else:
        told = _("The mean of {count} readings, {apart} apart. They agree.")
    return told.format(count=len(found), apart=apart)


def _refused(typed: Typed, slot: Slot, number: int, text: str, error: FitterError, person: Person) -> Told:
    """A reading that is none, or that no foot has."""
    written = as_written(text)
    if written is None:
        told = _(
            "“{text}” is no length. Write it like 251, 25.1 or 9 7/8, with a unit behind it if you like."
        )
        return Told(trouble=told.format(text=text[:20]))
    if error.code != "implausible":
        return Told(trouble=sentences(str(error)))
    unit = written.unit or typed.unit
    low, high = (_shown(x, unit) for x in slot.measure.plausible)
    told = _("{measure}: {value} is not possible. Feet have {low} to {high}.").format(
        measure=_(slot.measure.name),
        value=_shown(written.number * MM_PER_UNIT[unit], unit),
        low=low,
        high=high,
    )
    slips = explanations(slot.measure.id, written.number * MM_PER_UNIT[unit], person)
    own = [s for s in slips if tuple(s.meant) == (slot.measure.id,)]
    return Told(trouble=told, fixes=_replacing(typed, slot, number, own))


def _replacing(typed: Typed, slot: Slot, number: int, slips: Sequence[Slip]) -> tuple[Fix, ...]:
    """One reading replaced by what may have been meant, at most two ways."""
    likely = [s for s in slips if s.probability >= _WORTH_OFFERING * slips[0].probability][:2]
    lengths = [s.meant[slot.measure.id] for s in likely]
    return tuple(
        Fix(
            _("I meant {value}").format(value=current().written(written(mm, typed.unit, signed=True))),
            ((slot.side, slot.key, number, written(mm, typed.unit)),),
        )
        for mm in lengths
    )


def _shown(mm: float, unit: str) -> str:
    """A length as it is told, with the decimal mark of the language."""
    return current().written(shown(mm, unit))


def _shown_error(mm: float, unit: str) -> str:
    return current().written(shown_error(mm, unit))


def written(mm: float, unit: str, *, signed: bool = False) -> str:
    """A length as its person would type it, exactly: inches as decimals where no sixteenth meets it."""
    plain = shown(mm, unit)
    back = as_written(plain)
    if back is None or abs(back.number * MM_PER_UNIT[unit] - mm) > 0.05:
        plain = f"{mm / MM_PER_UNIT[unit]:.3f} {unit}"
    return plain if signed else plain.removesuffix(f" {unit}")


def _places(typed: Typed, slot: Slot) -> list[int]:
    """Which fields of a slot hold its readings."""
    return [k for k, text in enumerate(texts(typed, slot)) if text.strip()]


def _wild(typed: Typed, slot: Slot, error: WildReadingError, person: Person) -> Told:
    """One reading far off the others, which agree."""
    found, places = readings(typed, slot), _places(typed, slot)
    wild = found[error.number]
    rest = [r.mm for k, r in enumerate(found) if k != error.number]
    middle = math.fsum(rest) / len(rest)
    told = _("Reading {number} ({value}) lies {apart} from the others. Did it slip?").format(
        number=places[error.number] + 1,
        value=_shown(wild.mm, typed.unit),
        apart=_shown(round(abs(wild.mm - middle), 1), typed.unit),
    )
    place = places[error.number]
    near = _near(slot, wild.mm, middle, person)
    out = Fix(_("Leave this reading out"), ((slot.side, slot.key, place, ""),))
    return Told(trouble=told, fixes=(*_replacing(typed, slot, place, near), out))


def _near(slot: Slot, mm: float, other: float, person: Person) -> list[Slip]:
    """The slips that lead from a reading to the neighbourhood of the others."""
    usual = usual_difference(slot.measure.id)
    slips = explanations(slot.measure.id, mm, person)
    return [s for s in slips if abs(s.meant.get(slot.measure.id, math.inf) - other) <= usual]


def _disagreeing(typed: Typed, slot: Slot, error: FitterError, person: Person) -> Told:
    """Two readings so far apart that neither can be believed."""
    if error.code != "repeats_disagree":
        return Told(trouble=sentences(str(error)))
    found, places = readings(typed, slot), _places(typed, slot)
    both = (_shown(found[0].mm, typed.unit), _shown(found[1].mm, typed.unit))
    told = _("The two readings ({one} and {other}) lie too far apart. Measure a third time, or mend one.")
    fixes = [
        fix
        for here, there in ((0, 1), (1, 0))
        for fix in _replacing(
            typed, slot, places[here], _near(slot, found[here].mm, found[there].mm, person)
        )[:1]
    ]
    named = tuple(
        Fix(
            _("Reading {number} is {value}").format(
                number=fix.changes[0][2] + 1, value=current().written(f"{fix.changes[0][3]} {typed.unit}")
            ),
            fix.changes,
        )
        for fix in fixes
    )
    return Told(trouble=told.format(one=both[0], other=both[1]), fixes=named)


def _against_others(typed: Typed, slot: Slot, person: Person) -> Told:
    """What doesn't go together with the other measures of this foot under this load."""
    known = values(typed, slot.side, slot.load)
    without = {measure_id: q for measure_id, q in known.items() if measure_id != slot.measure.id}
    units = dict.fromkeys(known, typed.unit)
    contradiction = _contradiction(EnteredFoot(slot.side, slot.load, known, units))
    found = doubt(known, person)
    fixes = _undoing(typed, slot, known, found) if found else ()
    if contradiction and contradiction != _contradiction(EnteredFoot(slot.side, slot.load, without, units)):
        return Told(trouble=sentences(contradiction), fixes=fixes)
    if found is None or contradiction:
        return Told()
    before = doubt(without, person)
    if before is not None and before.text == found.text:
        return Told()  # it is told beside another one
    accept = _accept(typed, slot, found)
    if accept in typed.accepted:
        return Told()
    return Told(doubt=_doubted(typed, known, found), fixes=fixes, accept=accept)


def _contradiction(foot: EnteredFoot) -> str:
    try:
        measurements_from_entry(foot)
    except FitterError as error:
        return error.what
    return ""


def _accept(typed: Typed, slot: Slot, found: Doubt) -> str:
    """A doubt as one word: whose numbers it is about, and what they are."""
    blamed = found.slips[0].measures if found.slips else home.PHOTO_WIDTHS[:1]
    rows = [Slot(slot.side, slot.load, BY_ID[m]) for m in blamed]
    return " ".join([slot.side, *[f"{row.key}={'/'.join(typed.row(row.side, row.key))}" for row in rows]])


def _doubted(typed: Typed, known: Mapping[str, Quantity], found: Doubt) -> str:
    """A doubt in the person's unit."""
    if not found.slips:
        asked = _(found.text)
        return f"{asked[:1].upper()}{asked[1:]}"
    first = found.slips[0]
    if first.kind == "fields":
        one, other = (_named(typed, m, known[m]) for m in first.measures)
        told = _("{one} and {other} hardly go together. Did each get into the other's field?")
        return told.format(one=one, other=other)
    blamed = first.measures[0]
    low, high = (_shown(round(x), typed.unit) for x in found.usual[blamed])
    told = (
        _("{number} is unusual beside your other numbers: mostly it is {low} to {high}.")
        if len(known) > 1
        else _("{number} is unusual for an adult: mostly it is {low} to {high}.")
    )
    return told.format(number=_named(typed, blamed, known[blamed]), low=low, high=high)


def _named(typed: Typed, measure_id: str, q: Quantity) -> str:
    return _("{measure} of {value}").format(
        measure=_(BY_ID[measure_id].name), value=_shown(q.value, typed.unit)
    )


def _undoing(typed: Typed, slot: Slot, known: Mapping[str, Quantity], found: Doubt) -> tuple[Fix, ...]:
    """The slips that explain a doubt, as changes of the fields; a slip of the hand made in several readings
    alike is none, but for the unit."""
    likely = [
        s for s in found.slips if s.meant and s.probability >= _WORTH_OFFERING * found.slips[0].probability
    ]
    return tuple(_fixes(typed, slot, known, likely[:2]))


def _fixes(typed: Typed, slot: Slot, known: Mapping[str, Quantity], likely: Sequence[Slip]) -> Iterator[Fix]:
    for slip in likely:
        rows = [Slot(slot.side, slot.load, BY_ID[m]) for m in slip.measures]
        if slip.kind == "fields" and len(rows) == 2:
            here, there = (texts(typed, row) for row in rows)
            changes = [(slot.side, rows[0].key, k, text) for k, text in enumerate(there)]
            changes += [(slot.side, rows[1].key, k, text) for k, text in enumerate(here)]
            yield Fix(_("Swap the two"), tuple(changes))
            continue
        row, meant = rows[0], slip.meant[slip.measures[0]]
        places, found = _places(typed, row), readings(typed, row)
        if len(places) > 1 and slip.kind != "unit":
            continue
        times = meant / known[row.measure.id].value
        name = _("I meant {value}") if row.measure == slot.measure else _("{measure} should be {value}")
        yield Fix(
            name.format(
                measure=_(row.measure.name), value=current().written(written(meant, typed.unit, signed=True))
            ),
            tuple(
                (row.side, row.key, k, written(round(r.mm * times, 4), typed.unit))
                for k, r in zip(places, found, strict=True)
            ),
        )


# ---------------------------------------------------------------------------------------- the end of the way


@dataclass(frozen=True, slots=True)
class Read:
    """One line of the summary: a measure and its value on each foot, "" where it is missing."""

    name: str
    values: Mapping[Side, str]
    page: str


def read_so_far(typed: Typed) -> tuple[Read, ...]:
    """All that was measured, in order; what is missing on both feet is told by `left_out`."""
    found = []
    for step in home.steps():
        for load in step.loads:
            for measure in step.measures:
                here = {side: value(typed, Slot(side, load, measure)) for side in sides(typed)}
                if any(q is not None for q in here.values()):
                    name = _(measure.name)
                    if load == "sitting":
                        name = _("{measure}, sitting").format(measure=name)
                    told = {
                        side: ""
                        if q is None
                        else f"{_shown(q.value, typed.unit)} ± {_shown_error(q.u95, typed.unit)}"
                        for side, q in here.items()
                    }
                    found.append(Read(name, told, step.picture))
    return tuple(found)


def left_out(typed: Typed) -> tuple[tuple[str, str, str], ...]:
    """The steps nobody took: title, what is lost by it, page."""
    return tuple((_(step.title), lost(step), step.picture) for step in home.steps() if is_empty(typed, step))


def safety(asked: Mapping[str, object]) -> str:
    """What stands of the questions that may stop a recommendation."""
    if any(asked.get(i) is True for i in STOP_IDS):
        return _("You answered a safety question with yes: the result says who should look at it first.")
    if not all(i in asked for i in STOP_IDS):
        return _("Not all safety questions were answered, so no insole will be recommended.")
    return ""


# ---------------------------------------------------------------------------------------- a photo of a print


def photo_asks(points: int) -> str:
    """What to pick next on the photo of a print, after so many places."""
    told = (
        _("Pick one end of the length you know."),
        _("Pick its other end."),
        _("The narrowest place of the middle: pick its inner edge. Parted there? Pick one place twice."),
        _("Pick the outer edge of the same place."),
        _("The widest place of the ball: pick its inner edge."),
        _("Pick the outer edge of the same place."),
        _("The widest place of the heel: pick one edge."),
        _("Pick the other edge of the same place."),
    )
    return (
        told[points] if points < len(told) else _("All places are picked. Look at the widths, then use them.")
    )


def photo_read(typed: Typed, side: Side) -> dict[str, Quantity]:
    """The widths (mm) read off the photo of one side. Raises FitterError."""
    photo = typed.photos[side]
    known = as_written(photo.length)
    if known is None or known.number <= 0:
        raise FitterError(_("the known length is missing"), todo=_("Type it, as 297 mm"), code="usage")
    return home.photo_lengths(photo.points, known.number * MM_PER_UNIT[known.unit or typed.unit])


def photo_changes(typed: Typed, side: Side) -> tuple[Change, ...]:
    """The widths of a photo as readings: each in the first free field of its row, else in the last.

    One that stands in its row already is no repeat: nothing is changed by it."""
    changes = []
    for measure_id, q in photo_read(typed, side).items():
        slot = Slot(side, "standing", BY_ID[measure_id])
        there = [text.strip() for text in texts(typed, slot)]
        reading = written(round(q.value, 1), typed.unit)
        if reading in there:
            continue
        place = there.index("") if "" in there else home.REPEATS - 1
        changes.append((side, slot.key, place, reading))
    return tuple(changes)
