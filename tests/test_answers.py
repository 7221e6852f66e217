"""Answers: what a person tells is checked once, and a mistake is named in one line."""

from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitter.answers import (
    BY_ID,
    EVERY,
    QUESTIONS,
    STOP_IDS,
    Answers,
    answers_from_mapping,
    json_schema,
    parse_answers,
)
from fitter.errors import FitterError


def _document(**fields: object) -> bytes:
    return json.dumps({"schema_version": "1.0", **fields}).encode()


def _refusal(data: bytes) -> str:
    with pytest.raises(FitterError) as caught:
        parse_answers(data, "answers.json")
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith("answers.json: ")
    return text


def _said(data: bytes) -> str:
    """What the reader says against a document; nothing when it takes it."""
    try:
        parse_answers(data, "x")
    except FitterError as error:
        return str(error)
    return ""


def _value_of(question) -> st.SearchStrategy[object]:
    if question.kind == "yes_no":
        return st.booleans()
    if question.kind == "number":
        return st.floats(question.low, question.high)
    if question.kind == "choice":
        return st.sampled_from(question.words)
    return st.lists(st.sampled_from([w for w in question.words if w not in ("none", "nothing")]), unique=True)


ANY_ANSWERS = st.fixed_dictionaries({}, optional={q.id: _value_of(q) for q in QUESTIONS})


def test_the_questions_that_stop_are_asked_first() -> None:
    assert tuple(q.id for q in QUESTIONS[: len(STOP_IDS)]) == STOP_IDS
    assert all((q.group == "stop") == (q.id in STOP_IDS) for q in QUESTIONS)
    assert all(BY_ID[i].kind == "yes_no" for i in STOP_IDS)


def test_every_question_says_why_it_is_asked_and_has_an_id_of_its_own() -> None:
    assert len(BY_ID) == len(EVERY)
    assert all(q.text and q.why for q in EVERY)
    assert all(bool(q.choices) == (q.kind in ("choice", "choices")) for q in EVERY)
    assert all((q.low < q.high) == (q.kind == "number") for q in EVERY)


def test_every_self_check_says_how_and_when_to_stop() -> None:
    checks = [q for q in QUESTIONS if q.group == "strength"]
    assert {q.picture for q in checks} == {"chair_stand", "single_leg_squat", "side_leg_lift"}
    assert all(q.how and "Stop at once" in q.stop_when for q in checks)


def test_self_checks_are_only_for_people_whose_stop_questions_are_all_answered_with_no() -> None:
    clear = dict.fromkeys(STOP_IDS, False)
    assert answers_from_mapping(clear, "form").may_try
    assert not answers_from_mapping({}, "form").may_try
    assert not answers_from_mapping({**clear, "knee_locked": True}, "form").may_try


def test_a_place_that_hurts_counts_for_its_side_and_one_without_a_side_for_both() -> None:
    told = answers_from_mapping({"pain_places": ["left_knee_front", "right_foot_ball", "elsewhere"]}, "form")
    assert told.pains("left") == {"knee_front", "elsewhere"}
    assert told.pains("right") == {"foot_ball", "elsewhere"}
    older = answers_from_mapping({"pain_where": ["around_kneecap", "heel"]}, "form")
    assert older.pains("left") == older.pains("right") == {"knee_front", "foot_heel"}


def test_no_pain_is_told_and_not_the_same_as_nothing_told() -> None:
    none = answers_from_mapping({"pain_places": ["none"]}, "form")
    assert none.pain_told
    assert not none.pains()
    assert not answers_from_mapping({}, "form").pain_told


@pytest.mark.parametrize(
    ("trigger", "question"),
    [
        ("hot, red or swollen", "hot_swollen_knee"), ("four steps", "cannot_bear_weight"),
        ("lift the leg", "cannot_bear_weight"), ("no arch at all", "stiff_painful_flat_foot"),
        ("stuck", "knee_locked"), ("give way", "knee_gives_way"), ("jump out of place", "recent_injury"),
        ("at night", "night_or_rest_pain"), ("rapidly worse", "night_or_rest_pain"),
        ("weight loss", "night_or_rest_pain"), ("numbness", "numb_or_weak"), ("operation", "recent_surgery"),
        ("joint replaced", "recent_surgery"), ("rheumatoid", "inflammatory_arthritis"),
        ("ulcer", "diabetes_or_no_feeling"), ("circulation", "diabetes_or_no_feeling"),
        ("hot, red or swollen", "hot_swollen_foot"), ("tiptoe on one leg", "new_flat_foot"),
        ("stay flat", "stiff_painful_flat_foot"), ("run in the family", "new_high_arch"),
    ],
)  # fmt: skip
def test_each_published_reason_to_refer_is_asked(trigger: str, question: str) -> None:
    assert trigger in BY_ID[question].text


@given(ANY_ANSWERS)
def test_a_document_of_answers_reads_back_the_same(values: dict[str, object]) -> None:
    answers = parse_answers(_document(**values), "x")
    again = parse_answers(_document(**dict(answers.values)), "x")
    assert again == answers
    assert set(answers.values) == set(values)
    assert pickle.loads(pickle.dumps(answers)) == answers


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_the_schema_and_the_reader_draw_the_same_line(question) -> None:
    rule = json_schema()["properties"][question.id]
    inside = {
        "yes_no": [True, False],
        "number": [rule.get("minimum"), rule.get("maximum")],
        "choice": rule.get("enum"),
        "choices": [[word] for word in rule.get("items", {}).get("enum", [])],
    }[question.kind]
    outside = {
        "yes_no": [1],
        "number": [question.low - 0.01, question.high + 0.01],
        "choice": ["?"],
        "choices": [["?"]],
    }[question.kind]
    assert inside
    assert all(_said(_document(**{question.id: value})) == "" for value in inside)
    assert all(question.id in _said(_document(**{question.id: value})) for value in outside)


def test_the_schema_holds_every_question_and_nothing_else() -> None:
    schema = json_schema()
    assert set(schema["properties"]) == {"schema_version", *BY_ID}
    assert schema["additionalProperties"] is False
    assert schema["properties"]["body_mass_kg"]["maximum"] == BY_ID["body_mass_kg"].high
    json.dumps(schema)


def test_not_asked_is_not_the_same_as_none() -> None:
    assert not answers_from_mapping({}, "form").asked_stop
    all_but_one = dict.fromkeys(STOP_IDS[1:], False)
    assert not answers_from_mapping(all_but_one, "form").asked_stop
    assert answers_from_mapping(dict.fromkeys(STOP_IDS, False), "form").asked_stop


def test_one_yes_stops_even_when_other_questions_were_left_out() -> None:
    answers = answers_from_mapping({"knee_locked": True}, "form")
    assert not answers.asked_stop
    assert answers.stops == ("knee_locked",)


def test_a_child_is_a_stop() -> None:
    assert answers_from_mapping({"age_band": "under_16"}, "form").stops == ("under_16",)
    assert answers_from_mapping({"age_band": "16_to_29"}, "form").stops == ()


def test_a_small_child_can_be_described_and_is_a_stop() -> None:
    """A child of five is 110 cm and 19 kg: its answers are told that nothing here is for it, not that
    they are wrong."""
    said = parse_answers(_document(age_band="under_16", height_cm=110, body_mass_kg=19), "child.json")
    assert said.get("height_cm") == 110.0
    assert said.get("body_mass_kg") == 19.0


def test_inner_knee_pain_from_45_on_counts_as_likely_wear() -> None:
    def likely(**values: object) -> bool:
        return answers_from_mapping(values, "form").inner_knee_wear_likely

    assert likely(age_band="45_to_59", pain_where=["inner_knee"])
    assert likely(knee_osteoarthritis=True)
    assert not likely(age_band="45_to_59", pain_where=["around_kneecap"])
    assert not likely(age_band="16_to_29", pain_where=["inner_knee"])
    assert not likely()


def test_an_empty_field_counts_as_not_answered() -> None:
    assert answers_from_mapping({"body_mass_kg": None}, "form") == Answers({}, False)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"body_mas_kg": 70}, "did you mean body_mass_kg?"),
        ({"body_mass_kg": "70"}, 'body_mass_kg is "70", expected a number from 8 to 250 kg'),
        ({"body_mass_kg": True}, "body_mass_kg is true"),
        ({"body_mass_kg": 700}, "expected a number from 8 to 250 kg"),
        ({"body_mass_kg": 10**400}, "body_mass_kg is a number of very many digits"),
        ({"knee_locked": "no"}, 'knee_locked is "no", expected true or false'),
        ({"knee_locked": 0}, "knee_locked is 0, expected true or false"),
        ({"activity": "runing"}, "did you mean running?"),
        ({"activity": ["running"]}, "activity is"),
        ({"pain_where": "shin"}, "expected a list of words"),
        ({"pain_where": ["shin", "shin"]}, "each word once"),
        ({"pain_where": ["none", "shin"]}, "either nothing or something"),
        ({"pain_where": ["sin"]}, "did you mean shin?"),
    ],
)
def test_a_mistake_is_named_with_its_field(fields: dict[str, object], said: str) -> None:
    assert said in _refusal(_document(**fields))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not a JSON file"),
        (b"\xff\xfe\x00", "not a JSON file"),
        (b"[" * 100_000, "not a JSON file"),
        (b"[]", "expected one JSON object"),
        (b"{}", "schema_version is missing"),
        (b'{"schema_version": "9"}', 'schema_version is "9", expected "1.0"'),
        (b'{"schema_version": "1.0", "body_mass_kg": NaN}', "NaN is not a number"),
        (b'{"schema_version": "1.0", "sex": "male", "sex": "female"}', '"sex" stands there twice'),
        (b" " * 1_000_001, "at most 1 MB"),
    ],
)
def test_a_broken_file_is_refused_in_one_line(data: bytes, said: str) -> None:
    assert said in _refusal(data)


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    assert "\n" not in _said(data)


ANYTHING = st.none() | st.integers() | st.text() | st.lists(st.text())


@given(st.dictionaries(st.sampled_from([*BY_ID, "other"]), ANYTHING))
def test_no_document_crashes_the_reader(fields: dict[str, object]) -> None:
    assert "\n" not in _said(_document(**fields))
