"""What a person tells about themselves: one table of questions, from which form, schema and checks come."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from fitter.errors import FitterError
from fitter.saying import joined, say
from fitter.terms import SIDES

SCHEMA_VERSION = "1.0"
MAX_BYTES = 1_000_000  # a filled form is a few kilobytes

Kind = Literal["number", "choice", "choices", "yes_no"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question: ``text`` as asked, ``why`` it is asked; ``low``, ``high`` bound a number in
    ``unit`` (0 elsewhere); ``choices`` are pairs of a stable word and its text; ``group`` is ``stop`` for the
    questions that decide whether an insole may be recommended at all.

    A self-check has ``how`` to do it, step by step, and ``stop_when``, the rule that ends it; both empty
    elsewhere. ``picture`` names the drawing beside it. Self-checks are for people whose stop questions are
    all answered with no (`may_try`)."""

    id: str
    text: str
    why: str
    kind: Kind
    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    choices: tuple[tuple[str, str], ...] = ()
    group: str = "you"
    how: tuple[str, ...] = ()
    stop_when: str = ""
    picture: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for word, _ in self.choices)


def _stop(question_id: str, text: str, why: str) -> Question:
    return Question(question_id, text, why, "yes_no", group="stop")


# Sources: NHS Gloucestershire knee red flags, NHS Devon referral page, NICE NG19, StatPearls and a BMJ review
# (tibialis posterior), the Cochrane review of pes cavus. Whom to see stands in models/knee/red_flags.toml.
_STOP = (
    _stop(
        "hot_swollen_knee",
        "Is a knee hot, red or swollen, or do you feel feverish or unwell with it?",
        "An inflamed or infected joint needs a doctor today.",
    ),
    _stop(
        "cannot_bear_weight",
        "Are you unable to take four steps, to bend the knee to a right angle, or to lift the leg with the "
        "knee straight?",
        "Each can point to a broken bone or a torn tendon.",
    ),
    _stop(
        "knee_locked",
        "Does the knee get stuck, so that it can't be straightened or bent?",
        "A locked knee can have a torn meniscus.",
    ),
    _stop("knee_gives_way", "Does the knee give way again and again?", "A ligament or meniscus may be hurt."),
    _stop(
        "recent_injury",
        "Did it begin with a fall, a blow, a twist or a pop, or did the kneecap jump out of place?",
        "A fresh injury should be examined before anything else.",
    ),
    _stop(
        "night_or_rest_pain",
        "Is there constant pain, pain at night that has nothing to do with activity, pain that gets rapidly "
        "worse, or weight loss you can't explain?",
        "Such pain is not what an insole is for.",
    ),
    _stop(
        "numb_or_weak",
        "Is there new numbness, tingling or weakness in the leg or foot?",
        "The nerves should be examined.",
    ),
    _stop(
        "recent_surgery",
        "Have you had an operation on the leg in the last year, or a joint replaced?",
        "The surgeon's advice comes first.",
    ),
    _stop(
        "inflammatory_arthritis",
        "Do you have rheumatoid or another inflammatory arthritis?",
        "Feet with inflamed joints need a clinician's care.",
    ),
    _stop(
        "diabetes_or_no_feeling",
        "Do you have diabetes, lost feeling in the feet, poor circulation, or ever had a foot ulcer?",
        "An insole that rubs can wound a foot that doesn't feel it.",
    ),
    _stop(
        "hot_swollen_foot",
        "Is a foot hot, red or swollen?",
        "With diabetes or lost feeling this is urgent, even without pain.",
    ),
    _stop(
        "new_flat_foot",
        "Has one arch become lower, does the inner ankle hurt, or can't you rise on tiptoe on one leg?",
        "A tendon behind the inner ankle may be failing; early care matters.",
    ),
    _stop(
        "stiff_painful_flat_foot",
        "Does a foot stay flat, with no arch at all, even when you sit or stand on tiptoe?",
        "A stiff flat foot should be examined.",
    ),
    _stop(
        "new_high_arch",
        "Has an arch become higher, is only one arch very high, or do high arches with weakness run in the "
        "family?",
        "This can come from nerves and muscles.",
    ),
)

# Where it may hurt on either side, in the words of the figure a person taps on.
PLACES: tuple[tuple[str, str], ...] = (
    ("knee_front", "around or behind the kneecap"),
    ("knee_inner", "inner side of the knee"),
    ("knee_outer", "outer side of the knee"),
    ("knee_back", "back of the knee"),
    ("ankle", "ankle"),
    ("foot_heel", "heel"),
    ("foot_arch", "arch of the foot"),
    ("foot_ball", "ball of the foot"),
    ("foot_toes", "toes"),
)
_PAIN_PLACES = (
    ("none", "No pain"),
    *((f"{side}_{place}", f"{side.capitalize()}: {text}") for side in SIDES for place, text in PLACES),
    ("elsewhere", "Somewhere else: shin, hip or back"),
)
# The words of `pain_where`, which names no side, and the places they stand for.
_WHERE = (
    ("none", "No pain"),
    ("around_kneecap", "Around or behind the kneecap"),
    ("inner_knee", "Inner side of the knee"),
    ("outer_knee", "Outer side of the knee"),
    ("below_kneecap", "Just below the kneecap"),
    ("back_of_knee", "Back of the knee"),
    ("shin", "Shin"),
    ("ankle", "Ankle"),
    ("heel", "Heel"),
    ("arch", "Arch of the foot"),
    ("ball_of_foot", "Ball of the foot"),
    ("hip_or_back", "Hip or lower back"),
)
_STANDS_FOR: Mapping[str, str] = {
    "around_kneecap": "knee_front",
    "below_kneecap": "knee_front",
    "inner_knee": "knee_inner",
    "outer_knee": "knee_outer",
    "back_of_knee": "knee_back",
    "heel": "foot_heel",
    "arch": "foot_arch",
    "ball_of_foot": "foot_ball",
    "ankle": "ankle",
    "shin": "elsewhere",
    "hip_or_back": "elsewhere",
}
_EASE = (("easy", "Easily"), ("hard", "With effort"), ("cannot", "No"), ("not_tried", "Not tried"))
_SQUAT = (
    ("over_foot", "The knee stays over the foot"),
    ("drops_in", "The knee drops inwards"),
    ("not_tried", "Not tried"),
)
_STOP_RULE = (
    "Stop at once if it hurts more than 2 of 10, if you feel dizzy or unsteady, or if the knee swells, "
    "locks or gives way."
)
# How a self-check is done: chair stand as in Rikli & Jones 1999 and the CDC's sheet; squat as Crossley 2011
# (10.1177/0363546510395456) had it rated, made shallower for home.
_SQUAT_HOW = (
    "Stand in front of a mirror, one hand near a wall or a table.",
    "Stand on one leg and bend the knee a little, as far as is easy, three times.",
    "Look where the middle of the kneecap points: over the foot, or inwards past the big toe.",
)

# Bounds of height and mass only catch slips. A small child is within them, so that its answers get the stop
# that belongs to them.
_OPTIONAL = (
    Question("body_mass_kg", "Body mass", "Chooses how firm a shell should be.", "number", "kg", 8.0, 250.0),
    Question(
        "height_cm",
        "Height",
        "With body mass it tells how far a footprint can be trusted.",
        "number",
        "cm",
        60.0,
        230.0,
    ),
    Question(
        "age_band",
        "Age",
        "Nothing here is meant for a child; sizes are compared with adults of 17 to 58; some advice changes "
        "from the mid-forties.",
        "choice",
        choices=(
            ("under_16", "Under 16"),
            ("16_to_29", "16 to 29"),
            ("30_to_44", "30 to 44"),
            ("45_to_59", "45 to 59"),
            ("60_plus", "60 or over"),
        ),
    ),
    Question(
        "sex",
        "Sex",
        "Feet are compared with women's or men's, and shoe sizes are named differently for them.",
        "choice",
        choices=(("female", "Female"), ("male", "Male"), ("other", "Other or rather not said")),
    ),
    Question(
        "knee_osteoarthritis",
        "Has someone told you that you have osteoarthritis of the inner knee?",
        "Support under the arch can load the inner knee a little more.",
        "yes_no",
    ),
    Question(
        "activity",
        "What will the insole mostly be worn for?",
        "Chooses cushioning and firmness.",
        "choice",
        group="load",
        choices=(
            ("sitting", "Mostly sitting"),
            ("standing", "Standing for hours"),
            ("walking", "Walking"),
            ("running", "Running"),
            ("court_sport", "Field or court sport"),
        ),
    ),
    Question(
        "weekly_load_km",
        "Running or walking for sport in a usual week",
        "How running grew has firmer studies behind it than the shape of a foot.",
        "number",
        "km",
        0.0,
        300.0,
        group="load",
    ),
    Question(
        "weekly_load_hours",
        "Hours of sport in a usual week",
        "As above, for other sports.",
        "number",
        "h",
        0.0,
        80.0,
        group="load",
    ),
    Question(
        "sport",
        "Which sports do you do?",
        "What is known about load comes mostly from runners.",
        "choices",
        group="load",
        choices=(
            ("nothing", "None"),
            ("running", "Running"),
            ("walking", "Walking or hiking"),
            ("cycling", "Cycling"),
            ("ball_sport", "Ball or racket sports"),
            ("gym", "Gym or weights"),
            ("dance", "Dance or gymnastics"),
            ("other", "Another sport"),
        ),
    ),
    Question(
        "longest_run_30d_km",
        "Longest run of the 30 days before your latest one",
        "A single run far beyond it is linked with more injuries.",
        "number",
        "km",
        0.0,
        250.0,
        group="load",
    ),
    Question(
        "latest_run_km",
        "Your latest long run",
        "It is compared with the longest one before.",
        "number",
        "km",
        0.0,
        250.0,
        group="load",
    ),
    Question(
        "recent_change",
        "What changed in the weeks before it began?",
        "Pain often follows a change in load.",
        "choices",
        group="load",
        choices=(
            ("nothing", "Nothing"),
            ("distance", "Longer distances"),
            ("speed", "More speed"),
            ("hills", "More hills or stairs"),
            ("days", "More days a week"),
            ("surface", "Another surface"),
            ("shoes", "Other shoes"),
        ),
    ),
    Question(
        "doubled",
        "Did you double your distance or your speed within two weeks?",
        "It is often named as a trigger; long single runs are what has been studied.",
        "yes_no",
        group="load",
    ),
    Question(
        "step_style",
        "How do you run?",
        "In a laboratory model, long steps load the kneecap more than short ones.",
        "choice",
        group="load",
        choices=(
            ("short_quick", "Short, quick steps"),
            ("long", "Long steps"),
            ("not_sure", "Not sure"),
            ("no_running", "I don't run"),
        ),
    ),
    Question(
        "footwear",
        "Shoes worn most",
        "The insole has to fit them.",
        "choice",
        group="shoes",
        choices=(
            ("running", "Running shoes"),
            ("everyday", "Everyday or walking shoes"),
            ("work", "Work or safety shoes"),
            ("boot", "Boots"),
            ("slim", "Slim or dress shoes"),
            ("open", "Sandals or barefoot"),
        ),
    ),
    Question(
        "training_shoes",
        "Shoes you train in",
        "Studies of shoes and injuries disagree; comfort and a slow change count most.",
        "choice",
        group="shoes",
        choices=(
            ("neutral", "Ordinary cushioned running shoes"),
            ("motion_control", "Shoes that support the inner side (motion control, stability)"),
            ("minimal", "Thin, flat shoes"),
            ("sport", "Shoes for another sport"),
            ("no_training", "I don't train"),
        ),
    ),
    Question(
        "comfort_history",
        "How were insoles you wore before?",
        "Comfort is the measure of an insole.",
        "choice",
        group="shoes",
        choices=(
            ("never", "Never wore any"),
            ("helped", "They felt good"),
            ("no_difference", "No difference"),
            ("uncomfortable", "Uncomfortable"),
        ),
    ),
    Question(
        "support_strategy",
        "Which kind of support would you like?",
        "Podiatry disputes all of them; without a choice it is total contact.",
        "choice",
        group="shoes",
        choices=(
            ("total_contact", "Total contact: follows the foot as it stands"),
            ("accommodative", "Accommodative: lower and softer"),
            ("highest_arch", "The highest arch the foot holds comfortably"),
        ),
    ),
    Question(
        "pain_places",
        "Where does it hurt?",
        "The place of a pain says whether this page is about it.",
        "choices",
        choices=_PAIN_PLACES,
        group="pain",
        picture="pain_places",
    ),
    Question(
        "pain_when",
        "When does it hurt?",
        "What hurts now says which exercises to begin with.",
        "choices",
        group="pain",
        choices=(
            ("running", "While running"),
            ("after_sport", "After sport"),
            ("stairs", "On stairs, up or down"),
            ("squatting", "Squatting or kneeling"),
            ("long_sitting", "Sitting for long"),
            ("standing", "Standing or walking for long"),
            ("first_steps", "At the first steps in the morning"),
            ("other", "At other times"),
        ),
    ),
    Question(
        "pain_worst",
        "Worst pain in the last week, 0 none to 10 worst imaginable",
        "To see later whether it eased.",
        "number",
        "",
        0.0,
        10.0,
        group="pain",
    ),
    Question(
        "pain_duration",
        "For how long?",
        "Pain that doesn't ease in about six weeks should be seen.",
        "choice",
        group="pain",
        choices=(
            ("days", "A few days"),
            ("under_6_weeks", "Up to six weeks"),
            ("6_to_12_weeks", "Six to twelve weeks"),
            ("longer", "Longer"),
        ),
    ),
    Question(
        "chair_stand",
        "How often can you stand up from a chair in 30 seconds?",
        "A rough look at the thigh muscles, and a number to compare with later.",
        "number",
        "times",
        0.0,
        60.0,
        group="strength",
        how=(
            "Put a firm chair against a wall. Sit in the middle, feet flat, arms crossed on the chest.",
            "Stand up fully and sit down again, as often as you can in 30 seconds.",
            "If you need your hands, write 0.",
        ),
        stop_when=_STOP_RULE,
        picture="chair_stand",
    ),
    *(
        Question(
            f"single_leg_squat_{side}",
            f"Small squat on the {side} leg: what does the knee do?",
            "A rough look at how hip and thigh steady the knee.",
            "choice",
            choices=_SQUAT,
            group="strength",
            how=_SQUAT_HOW,
            stop_when=_STOP_RULE,
            picture="single_leg_squat",
        )
        for side in SIDES
    ),
    Question(
        "side_leg_lift",
        "Lying on your side, can you lift the upper leg straight twenty times? Answer for the weaker side.",
        "A rough look at the muscles at the side of the hip.",
        "choice",
        choices=_EASE,
        group="strength",
        how=(
            "Lie on your side, the lower knee bent, the upper leg straight and in line with the body.",
            "Lift the upper leg as high as is easy, toes pointing ahead, and lower it slowly.",
        ),
        stop_when=_STOP_RULE,
        picture="side_leg_lift",
    ),
    Question(
        "bunion_picture",
        "Which picture looks most like your big toe? Take the foot where it leans more.",
        "A big toe that leans far is worth showing, and needs room in the shoe.",
        "choice",
        choices=(
            ("none", "Straight"),
            ("mild", "Leans a little"),
            ("moderate", "Leans clearly"),
            ("severe", "Leans far, or crosses the next toe"),
        ),
        group="foot",
        picture="bunion_picture",
    ),
)

# Not asked any more, and still understood: pain without a side, and two rougher looks at strength.
ALSO_READ: tuple[Question, ...] = (
    Question(
        "pain_where",
        "Where does it hurt? (no side)",
        "Use pain_places, which names the side.",
        "choices",
        choices=_WHERE,
        group="pain",
    ),
    Question(
        "chair_rise",
        "Can you rise from a chair on one leg, without hands, ten times?",
        "Use chair_stand, which is safer.",
        "choice",
        choices=_EASE,
        group="strength",
    ),
    Question(
        "side_leg_raise",
        "Lying on your side, can you lift the upper leg straight twenty times?",
        "Use side_leg_lift.",
        "choice",
        choices=_EASE,
        group="strength",
    ),
)

QUESTIONS: tuple[Question, ...] = _STOP + _OPTIONAL
EVERY: tuple[Question, ...] = QUESTIONS + ALSO_READ
BY_ID: Mapping[str, Question] = MappingProxyType({q.id: q for q in EVERY})
STOP_IDS: tuple[str, ...] = tuple(q.id for q in _STOP)


@dataclass(frozen=True, slots=True)
class Answers:
    """Checked answers: ``values`` by question id, in the order of the table; unanswered questions are absent.

    ``asked_stop`` is True only when every stop question was answered yes or no.
    """

    values: Mapping[str, object]
    asked_stop: bool

    def get(self, question_id: str) -> Any:
        """The answer (bool, float, str or tuple of str), or None where there is none."""
        return self.values.get(question_id)

    @property
    def stops(self) -> tuple[str, ...]:
        """Every reason to recommend nothing: stop questions answered yes, and ``under_16``."""
        yes = tuple(i for i in STOP_IDS if self.values.get(i) is True)
        return yes + (("under_16",) if self.values.get("age_band") == "under_16" else ())

    @property
    def inner_knee_wear_likely(self) -> bool:
        """Told of wear at the inner knee, or pain there from 45 on (our rule: a caution, no diagnosis)."""
        older = self.values.get("age_band") in ("45_to_59", "60_plus")
        return self.values.get("knee_osteoarthritis") is True or (older and "knee_inner" in self.pains())

    @property
    def may_try(self) -> bool:
        """Whether self-checks may be offered: every stop question answered, none with yes."""
        return self.asked_stop and not self.stops

    def pains(self, side: str | None = None) -> frozenset[str]:
        """The places that hurt (`PLACES`, and ``elsewhere``), of one side or of both. A place told without
        a side counts for both. Empty where nothing hurts, and where nothing was told."""
        told = self.get("pain_places") or ()
        sides = (side,) if side else SIDES
        named = {place for word in told for s, _, place in (word.partition("_"),) if s in sides}
        older = {_STANDS_FOR[word] for word in self.get("pain_where") or () if word in _STANDS_FOR}
        return frozenset(named | older | ({"elsewhere"} & set(told)))

    @property
    def pain_told(self) -> bool:
        """Whether anything was said of pain, even that there is none."""
        return bool(self.get("pain_places") or self.get("pain_where"))


def parse_answers(data: bytes, where: str) -> Answers:
    """Answers from a JSON document: an object with ``schema_version`` and any of the question ids."""
    if len(data) > MAX_BYTES:
        raise FitterError(
            say("a file of answers has at most {max_bytes} MB", max_bytes=MAX_BYTES // 1000000),
            where=where,
            todo="Check that this is the right file",
        )
    try:
        document = json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_no_twins, parse_constant=_no_constant
        )
    except FitterError as error:
        raise error.at(where) from None
    except (ValueError, RecursionError) as error:
        raise FitterError(
            say("this is not a JSON file of answers ({problem})", problem=_first_line(error)),
            where=where,
            todo="Save the answers from the program again",
        ) from None
    if not isinstance(document, dict):
        raise FitterError(
            "expected one JSON object with the answers",
            where=where,
            todo='Begin with {"schema_version": "1.0"}',
        )
    version = document.pop("schema_version", None)
    if version != SCHEMA_VERSION:
        found = "is missing" if version is None else say("is {version}", version=_show(version))
        raise FitterError(
            say(
                'field schema_version {found}, expected "{schema_version}"',
                found=found,
                schema_version=SCHEMA_VERSION,
            ),
            where=where,
            todo="Add it, or save the answers from the program again",
        )
    return answers_from_mapping(document, where)


def answers_from_mapping(mapping: Mapping[str, object], where: str) -> Answers:
    """Checked answers from a form or a decoded document; None counts as not answered."""
    for key in mapping:
        if key not in BY_ID:
            raise FitterError(
                say("there is no question {key}{key2}", key=_show(key), key2=_nearest(str(key), BY_ID)),
                where=where,
            )
    values = {q.id: _checked(q, mapping[q.id], where) for q in EVERY if mapping.get(q.id) is not None}
    return Answers(values, all(i in values for i in STOP_IDS))


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a document of answers."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Answers for Fitter",
        "type": "object",
        "properties": {
            "schema_version": {"const": SCHEMA_VERSION},
            **{q.id: _schema_of(q) for q in EVERY},
        },
        "required": ["schema_version"],
        "additionalProperties": False,
    }


def _schema_of(q: Question) -> dict[str, Any]:
    head = {"title": q.text, "description": f"{q.why} ({q.unit})" if q.unit else q.why}
    if q.kind == "yes_no":
        return {**head, "type": ["boolean", "null"]}
    if q.kind == "number":
        return {**head, "type": ["number", "null"], "minimum": q.low, "maximum": q.high}
    if q.kind == "choice":
        return {**head, "enum": [*q.words, None]}
    items = {"enum": list(q.words)}
    return {**head, "type": ["array", "null"], "items": items, "uniqueItems": True}


def _checked(q: Question, value: object, where: str) -> object:
    """The answer in its own type, or one line naming the field."""
    if q.kind == "yes_no":
        if not isinstance(value, bool):
            raise _bad(q, value, "true or false", where)
        return value
    if q.kind == "number":
        return _number(q, value, where)
    if q.kind == "choice":
        return _word(q, value, where)
    if not isinstance(value, list | tuple):
        raise _bad(q, value, "a list of words", where)
    chosen = [_word(q, v, where) for v in value]
    if len(set(chosen)) != len(chosen):
        raise _bad(q, value, "each word once", where)
    if len(chosen) > 1 and {"none", "nothing"} & set(chosen):
        raise _bad(q, value, "either nothing or something, not both", where)
    return tuple(w for w in q.words if w in chosen)


def _number(q: Question, value: object, where: str) -> float:
    expected = say(
        "a number from {low:g} to {high:g}{unit}", low=q.low, high=q.high, unit=" " + q.unit if q.unit else ""
    )
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _bad(q, value, expected, where)
    if not q.low <= value <= q.high:
        raise _bad(q, value, expected, where)
    return float(value)


def _word(q: Question, value: object, where: str) -> str:
    if not isinstance(value, str) or value not in q.words:
        near = _nearest(value, q.words) if isinstance(value, str) else ""
        raise _bad(q, value, say("one of {words}{near}", words=joined(", ", q.words), near=near), where)
    return value


def _bad(q: Question, value: object, expected: str, where: str) -> FitterError:
    return FitterError(
        say("field {id} is {value}, expected {expected}", id=q.id, value=_show(value), expected=expected),
        where=where,
    )


def _nearest(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word[:60], list(known), n=1, cutoff=0.5)
    return say(" (did you mean {near}?)", near=near[0]) if near else ""


def _show(value: object) -> str:
    """The value on one line, short enough for a message."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**15:
        return "a number of very many digits"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else text[:37] + "..."


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:80]


def _no_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise FitterError(say("field {key} stands there twice", key=_show(key)), todo="Keep one of them")
        found[key] = value
    return found


def _no_constant(word: str) -> float:
    raise FitterError(say("{word} is not a number", word=word), todo="Leave the field out instead")
