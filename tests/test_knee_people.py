"""The knee, told to random people: proportion, honesty, reading ease, translation, and what comes later."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest

from benchmarks.knee import GRADE, _bare, _passed_over, faults, foot, grade, home_text, people
from fitter.answers import STOP_IDS, Answers, answers_from_mapping
from fitter.cli_knee import _difference_lines, _nearest_lines
from fitter.entry import EnteredFoot, entered_value
from fitter.errors import FitterError
from fitter.exchange.json_profile import from_json, to_json
from fitter.exchange.text_report import to_text
from fitter.exchange.wording import follow_up_lines
from fitter.journey import run_journey, told_again
from fitter.knee import red_flags
from fitter.knee.explain import explain
from fitter.knee.follow_up import compared, follow_up, with_follow_up
from fitter.knee.knee import FollowUp, KneeExplanation
from fitter.knee.red_flags import find
from fitter.picture import body_map
from fitter.posture.score import assess
from fitter.profile import FitProfile
from fitter.resources import table
from fitter.support.rule_set import shipped
from fitter.what_if import Nearest, answers_of, differences, nearest, what_if
from tests.catalogues import capitals, extracted
from tests.example_profiles import RULER

CLEAR = dict.fromkeys(STOP_IDS, False)
LOW, NEUTRAL, HIGH, UNTOLD = foot(0.25), foot(0.34), foot(0.43), foot(None)


def person(**values: object) -> Answers:
    return answers_from_mapping(values, "form")


def told(feet: tuple, answers: Answers | None = None, **how: object) -> KneeExplanation:
    return explain(feet, answers, find(answers, feet), **how)


def contributor(story: KneeExplanation, name: str):
    return next(c for c in story.contributors if c.id == name)


def profile_of(mode: str = "home", **values: object) -> FitProfile:
    """A foot measured with a ruler, with these answers."""
    typed = EnteredFoot("right", "standing", {k: entered_value(k, v) for k, v in RULER.items()})
    return run_journey((), entered=[typed], answers=person(**values), mode=mode).profile


# ------------------------------------------------------------------ random people


def test_no_random_person_is_told_what_they_should_not_be_or_spared_what_they_should() -> None:
    wrong = [(n, fault) for n, someone in enumerate(people(300, seed=1)) for fault in faults(someone)]
    assert wrong == []


def test_the_reader_of_people_sees_a_stop_that_was_dropped_and_a_statement_without_its_source() -> None:
    someone = next(s for s in people(200) if s.answers and s.answers.stops and s.feet)
    flags = find(someone.answers, someone.feet)
    story = explain(someone.feet, someone.answers, flags)
    assert not list(_passed_over(someone, flags, story, [True]))
    assert list(_passed_over(someone, replace(flags, stop=()), story, [True]))
    assert list(_passed_over(someone, flags, told((NEUTRAL,)), [True]))
    assert list(_passed_over(someone, flags, story, [False]))
    sound = told((NEUTRAL,))
    assert not list(_bare(sound))
    assert list(_bare(replace(sound, not_worth=(replace(sound.not_worth[0], source=""),))))
    assert list(_bare(replace(sound, not_worth=(replace(sound.not_worth[0], strength=""),))))


# ------------------------------------------------------------------ proportion

ANSWERS = (
    None,
    person(**CLEAR),
    person(latest_run_km=18, longest_run_30d_km=8, pain_places=["left_knee_front"], chair_stand=9),
    person(**CLEAR, step_style="long", side_leg_lift="hard", body_mass_kg=80, height_cm=180, doubled=True),
)


@pytest.mark.parametrize("answers", ANSWERS)
@pytest.mark.parametrize("mode", ["home", "professional"])
def test_people_who_differ_only_in_their_feet_are_told_the_same_but_for_posture(answers, mode) -> None:
    stories = [told((f,), answers, mode=mode) for f in (LOW, NEUTRAL, HIGH)]
    for one, other in product(stories, stories):
        for a, b in zip(one.contributors, other.contributors, strict=True):
            assert a == b or (
                a.id == "foot_posture" and a.strength == b.strength and a.evidence == b.evidence
            )
        assert one.first_lines == other.first_lines
        assert (one.exercises, one.what_helps, one.not_worth) == (
            other.exercises, other.what_helps, other.not_worth,
        )  # fmt: skip
        assert (one.chain, one.support_option, one.see_someone) == (
            other.chain, other.support_option, other.see_someone,
        )  # fmt: skip
        # In proportion: posture has one part of seven, and one sentence or two of the summary.
        apart = set(re.split(r"(?<=\.) ", one.more)) ^ set(re.split(r"(?<=\.) ", other.more))
        assert len(apart) <= 4


MONTH = {"longest_run_30d_km": 8}
OPPOSITES = [
    ("training_load", {"latest_run_km": 18, **MONTH}, {"latest_run_km": 8, **MONTH}),
    ("training_load", {"recent_change": ["speed"]}, {"recent_change": ["nothing"]}),
    ("training_load", {"doubled": True, "recent_change": ["nothing"]}, {"recent_change": ["nothing"]}),
    ("thigh_strength", {"chair_stand": 5}, {"chair_stand": 30}),
    ("thigh_strength", {"chair_rise": "cannot"}, {"chair_rise": "easy"}),
    ("hip_strength", {"side_leg_lift": "hard"}, {"side_leg_lift": "easy"}),
    ("hip_strength", {"single_leg_squat_left": "drops_in"}, {"single_leg_squat_left": "over_foot"}),
    ("form", {"step_style": "long"}, {"step_style": "short_quick"}),
    ("footwear", {"training_shoes": "minimal"}, {"training_shoes": "motion_control"}),
    ("body_mass", {"body_mass_kg": 120, "height_cm": 170}, {"body_mass_kg": 60, "height_cm": 170}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "one", "other"), OPPOSITES)
@pytest.mark.parametrize("mode", ["home", "professional"])
def test_opposite_facts_are_told_in_other_words(name, one, other, mode) -> None:
    said = [contributor(told((NEUTRAL,), person(**values), mode=mode), name) for values in (one, other, {})]
    assert len({c.about_you for c in said}) == 3
    assert [c.known for c in said] == [True, True, False]


def test_the_four_things_usually_named_appear_for_a_person_who_has_them() -> None:
    has = person(
        doubled=True, latest_run_km=18, **MONTH, chair_stand=8, side_leg_lift="cannot", step_style="long"
    )  # fmt: skip
    story = told((LOW,), has)
    for name, words in {
        "foot_posture": "rolls in and the shin turn together",
        "training_load": "more than twice as long. You told us that distance or speed doubled",
        "thigh_strength": "Standing up from a chair was hard",
        "hip_strength": "Lifting the leg sideways was hard",
        "form": "You run with long steps",
    }.items():
        assert words in contributor(story, name).about_you
        assert contributor(story, name).known


def test_what_nobody_asked_is_said_not_to_be_known() -> None:
    story = told((UNTOLD,))
    assert not any(c.known for c in story.contributors)
    assert all(c.about_you.startswith("Not known") for c in story.contributors)
    assert "Known for you: 0 of the 7 points below" in story.first_lines[2]


def test_of_a_younger_person_who_stands_up_often_no_more_is_said_than_is_known() -> None:
    about = contributor(told((), person(chair_stand=20, age_band="16_to_29", sex="male")), "thigh_strength")
    assert "no better yardstick" in about.about_you
    assert "strong" not in about.about_you


@pytest.mark.parametrize(
    ("stands", "sex", "age", "weak"),
    [
        (13, "male", "30_to_44", True), (14, "male", "30_to_44", False), (13, "female", "30_to_44", False),
        (11, "female", "45_to_59", True), (11, "male", "60_plus", True), (12, "male", "60_plus", False),
        (10, "female", "60_plus", False), (13, None, None, False), (11, None, None, True),
    ],
)  # fmt: skip
def test_nobody_is_called_weak_on_a_guess_of_age_or_sex(stands, sex, age, weak) -> None:
    about = contributor(
        told((), person(chair_stand=stands, sex=sex, age_band=age)), "thigh_strength"
    ).about_you
    assert ("worth training" in about) == weak


def test_conflicting_studies_of_posture_are_named_both_ways_whatever_the_foot() -> None:
    for f in (LOW, NEUTRAL, HIGH):
        evidence = contributor(told((f,)), "foot_posture").evidence
        assert "Nielsen 2014 saw no more" in evidence
        assert "Malisoux 2016 saw more" in evidence


def test_the_numbers_of_the_evidence_are_those_of_the_statements() -> None:
    rows = {s["id"]: s for s in table("knee/statements.toml")["statement"]}
    for c in table("knee/contributors.toml")["contributor"]:
        basis = " ".join(
            f"{rows[i]['exact']} {rows[i]['effect']} {rows[i]['interval']} {rows[i]['source']}"
            for i in c["from"]
        )
        known = [abs(float(n.replace(",", ""))) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", basis)]
        for text in (c["evidence"], c["evidence_exact"]):
            for number in re.findall(r"\d[\d,]*(?:\.\d+)?", text.replace("95 %", "")):
                n = float(number.replace(",", "").rstrip("."))
                decimals = len(number.partition(".")[2])
                near = any(abs(round(k, decimals) - n) < 1e-9 for k in known)
                assert near, (c["id"], number, text)


# ------------------------------------------------------------------ the first three lines


@pytest.mark.parametrize("mode", ["home", "professional"])
def test_who_reads_only_three_lines_is_told_what_is_and_what_is_not_known(mode) -> None:
    first = told((LOW,), person(**CLEAR), mode=mode).first_lines
    assert len(first) == 3
    assert "No scan" in first[0] or "Neither" in first[0]
    assert first[1].index("load" if mode == "professional" else "run") < first[1].index("oot")
    assert "not" in first[2]
    profile = profile_of(mode)
    page = to_text(profile).splitlines()
    at = page.index("KNEE")
    # Each fills one line of the page, so that they are its first three lines.
    assert tuple(line.strip() for line in page[at + 1 : at + 4]) == profile.knee.first_lines


def test_of_someone_with_a_stop_the_first_line_says_whom_to_see() -> None:
    story = told((LOW,), person(hot_swollen_knee=True))
    assert story.first_lines[0] == "Please see someone first: A doctor today."
    assert (story.contributors, story.exercises, story.what_helps, story.not_worth) == ((), (), (), ())


# ------------------------------------------------------------------ what may help


def test_load_comes_first_then_exercise_then_a_support_with_an_end() -> None:
    story = told((LOW,), person(**CLEAR))
    ids = [s.id for s in story.what_helps]
    assert ids[0] == "load_first"
    assert (
        ids.index("exercise") < ids.index("hip_exercise") < ids.index("support_short") < ids.index("reassess")
    )
    assert "six weeks" in story.support_option
    assert {s.id for s in story.not_worth} == {"support_choice", "not_custom", "not_higher", "not_cushion"}


def test_exercises_are_shown_only_to_people_whose_stop_questions_were_answered() -> None:
    assert told((LOW,)).exercises == ()
    assert told((LOW,), person(knee_locked=False)).exercises == ()
    ids = [e.id for e in told((LOW,), person(**CLEAR)).exercises]
    assert ids == [
        "thigh_sit_to_stand", "thigh_knee_extension", "hip_side_leg_lift", "hip_bridge", "step_down",
        "trunk_plank", "trunk_side_plank",
    ]  # fmt: skip


def test_both_kinds_of_chain_are_there_for_thigh_hip_and_trunk() -> None:
    exercises = told((), person(**CLEAR)).exercises
    assert {(e.trains, e.chain) for e in exercises} >= {
        ("quadriceps", "open"), ("quadriceps", "closed"), ("hip", "open"), ("hip", "closed"),
        ("trunk", "closed"),
    }  # fmt: skip
    assert all("therapist who has seen you walk" in e.with_therapist for e in exercises)
    assert all("Stop if pain" in e.stop_when for e in exercises)


def test_when_steps_hurt_the_free_foot_comes_first_and_says_why() -> None:
    first = told((), person(**CLEAR, pain_places=["left_knee_front"], pain_when=["stairs"])).exercises[0]
    assert (first.id, first.chain) == ("thigh_knee_extension", "open")
    assert "Steps or squats hurt" in first.suits


# ------------------------------------------------------------------ two modes


def test_both_modes_tell_the_same_facts_in_other_words() -> None:
    home, clinic = (told((LOW,), ANSWERS[3], mode=mode) for mode in ("home", "professional"))
    assert home.mode == "home"
    for a, b in zip(home.contributors, clinic.contributors, strict=True):
        assert (a.id, a.known, a.strength, a.kind) == (b.id, b.known, b.strength, b.kind)
        assert a.evidence != b.evidence
        assert [s.id for s in a.statements] == [s.id for s in b.statements]
    assert [e.id for e in home.exercises] == [e.id for e in clinic.exercises]
    assert home.first_lines != clinic.first_lines


def test_at_home_no_condition_is_named_as_the_persons() -> None:
    for someone in people(60, seed=3):
        flags = find(someone.answers, someone.feet)
        said = home_text(explain(someone.feet, someone.answers, flags), flags).lower()
        assert not re.search(r"patellofemoral|runner.s knee|tibialis|charcot|hallux valgus|neuropath", said)


# ------------------------------------------------------------------ how it reads


def test_each_part_of_the_home_page_reads_at_grade_eight_or_below() -> None:
    story = told((LOW,), ANSWERS[3])
    for c in story.contributors:
        assert grade(" ".join((c.about_you, c.sureness, c.evidence, c.article, c.what_helps))) <= GRADE, c.id
    for e in story.exercises:
        assert grade(" ".join((e.how, e.start, e.progress))) <= GRADE, e.id
    assert grade(" ".join(s.plain for s in (*story.what_helps, *story.not_worth))) <= GRADE
    assert grade(" ".join(story.first_lines)) <= GRADE


def test_the_grade_tells_a_hard_text_from_an_easy_one() -> None:
    easy = "Run less for a while. Then add a little each week."
    hard = "Individualised multimodal rehabilitation necessitates comprehensive biomechanical consideration."
    assert grade(easy) < 4
    assert grade(hard) > 14


# ------------------------------------------------------------------ translation


def left_quiet(*shown: str) -> set[str]:
    """The words that did not go through the translator; units and ids are none."""
    told = " ".join(shown)
    stops, statements = table("knee/red_flags.toml"), table("knee/statements.toml")["statement"]
    for name in (*stops["stop"], *stops["mention"], *(s["id"] for s in statements)):
        told = re.sub(rf"\b{name}\b", "", told)
    return set(re.findall(r"[a-z]{2,}", told)) - {"mm", "kg", "km", "hore"}


def test_every_sentence_about_the_knee_is_in_the_catalogue_of_the_translators() -> None:
    told = capitals()
    for someone, mode in product(people(60, seed=2), ("home", "professional")):
        flags = find(someone.answers, someone.feet, mode=mode)
        story = explain(someone.feet, someone.answers, flags, mode=mode)
        shown = [*story.first_lines, story.summary, story.more, story.see_someone, story.support_option]
        shown += [text for f in (*flags.stop, *flags.mention) for text in (f.text, f.whom_to_see)]
        for c in story.contributors:
            shown += [c.name, c.about_you, c.sureness, c.evidence, c.article, c.what_helps]
        for s in (
            *story.what_helps,
            *story.not_worth,
            *(s for c in story.contributors for s in c.statements),
        ):
            shown += [s.plain, s.exact, s.effect, s.interval, s.population]
        for e in story.exercises:
            shown += [e.name, e.how, e.start, e.progress, e.stop_when, e.with_therapist, e.suits]
        for text in shown:
            assert left_quiet(told(text)) == set(), (text, told(text))
            # The same from a file, where it is plain English and no more.
            assert left_quiet(told("".join(text))) == set(), (text, told("".join(text)))


def test_every_line_of_what_if_goes_through_the_translator_and_is_in_its_catalogue() -> None:
    mark = capitals()
    told = {
        "latest_run_km": 18,
        "longest_run_30d_km": 8,
        "chair_stand": 9,
        "body_mass_kg": 80,
        "doubled": True,
    }
    profile = profile_of(**CLEAR, **told)
    q = profile.feet[0].measurements.get("arch_height_index")
    near = nearest(profile, shipped(), mark)
    assert near.classes
    assert near.rows
    assert near.answers
    lines = [*_nearest_lines(near, mark), *_nearest_lines(Nearest((), (), ()), mark)]
    lines += _difference_lines((), False, mark)
    for answers, measures in (
        ({"latest_run_km": 8, "doubled": None}, {}),
        ({"knee_locked": True}, {}),
        ({"body_mass_kg": 120, "bunion_picture": "severe"}, {}),
        ({"pain_when": ["stairs"], "pain_places": ["left_ankle"]}, {("right", "arch_height_index"): q.low}),
    ):
        after, found = what_if(profile, answers=answers, measures=measures, translate=mark)
        # Why a support is withheld is worded elsewhere.
        found = tuple(d for d in found if not d.where.endswith(": SUPPORT"))
        assert found
        lines += _difference_lines(found, bool(after.red_flags.blocking), mark)
    assert left_quiet(*lines) == set()


def test_the_labels_of_the_figure_to_point_at_are_given_to_translators() -> None:
    asked: set[str] = set()
    body_map.figure(words=lambda text: asked.add(text) or text)
    assert {"From behind", "Right"} <= asked <= extracted()
    assert {"between {one} and {other}", "What may help: {text}"} <= extracted(), (
        "marked beside a table of words"
    )


def test_a_follow_up_can_be_told_in_another_language_too() -> None:
    told = capitals()
    for pain, before in product((0.0, 4.0, 9.0, None), (4.0, None)):
        for weeks in (2, 6):
            found = compared(FollowUp(weeks, pain, 5.0), pain_before=before, comfort_before=before)
            for text in (found.advice, found.note, *(course.text for course in found.courses)):
                assert left_quiet(told(text)) == set(), text


def test_ids_and_sources_are_not_given_to_translators() -> None:
    found = extracted()
    assert not found & {
        "training_load",
        "moderate",
        "prospective",
        "abstract",
        "open",
        "closed",
        "quadriceps",
    }
    assert not any(re.fullmatch(r"10\.\d+/.*", text) for text in found)


# ------------------------------------------------------------------ stops set aside


def test_a_stop_cannot_be_set_aside_at_home_nor_without_name_and_reason() -> None:
    flags = profile_of(knee_locked=True).red_flags
    for mode, by, reason, code in (
        ("home", "A. Smith", "Examined", "home_mode"),
        ("professional", " ", "Examined", "needs_reason"),
        ("professional", "A. Smith", "", "needs_reason"),
    ):
        with pytest.raises(FitterError) as refused:
            red_flags.went_on(flags, "knee_locked", by, reason, mode=mode)
        assert refused.value.code == code
    with pytest.raises(FitterError, match="knee_locked"):
        red_flags.went_on(flags, "numb_or_weak", "A. Smith", "Examined", mode="professional")


def test_a_professional_goes_on_with_name_and_reason_and_can_undo_it() -> None:
    stopped = profile_of("professional", **{**CLEAR, "knee_locked": True, "numb_or_weak": True})
    answers = answers_of(stopped)
    one = red_flags.went_on(
        stopped.red_flags, "knee_locked", "A. Smith", "Examined today", mode="professional"
    )
    halfway = told_again(stopped, answers=answers, went_on=one)
    assert [f.id for f in halfway.red_flags.blocking] == ["numb_or_weak"]
    assert halfway.feet[0].support.withheld is not None
    assert halfway.knee.exercises == ()
    both = red_flags.went_on(halfway.red_flags, "numb_or_weak", "A. Smith", "Referred", mode="professional")
    on = told_again(halfway, answers=answers, went_on=both)
    assert on.feet[0].support.withheld is None
    assert on.knee.exercises
    # The stops stay in the profile, in the text and through a file.
    assert [f.id for f in on.red_flags.stop] == ["knee_locked", "numb_or_weak"]
    said = " ".join(to_text(on).split())
    assert "A. Smith went on in spite of this. Reason: Examined today." in said
    assert "A. Smith took it upon themselves" in on.knee.summary
    assert from_json(to_json(on).encode(), "x") == from_json(to_json(on).encode(), "x")
    assert from_json(to_json(on).encode(), "x").red_flags == on.red_flags
    back = told_again(on, answers=answers, went_on=red_flags.held_again(on.red_flags, "knee_locked"))
    assert [f.id for f in back.red_flags.blocking] == ["knee_locked"]
    assert back.feet[0].support.withheld is not None
    undone = told_again(back, answers=answers, went_on={})
    assert to_json(undone) == to_json(stopped)


def test_new_answers_do_not_lift_a_stop_by_what_was_set_aside_before() -> None:
    stopped = profile_of("professional", **{**CLEAR, "knee_locked": True})
    aside = red_flags.went_on(stopped.red_flags, "knee_locked", "A. Smith", "Examined", mode="professional")
    on = told_again(stopped, answers=answers_of(stopped), went_on=aside)
    more = told_again(on, answers=person(**{**CLEAR, "knee_locked": True, "hot_swollen_foot": True}))
    assert [f.id for f in more.red_flags.blocking] == ["hot_swollen_foot"]


# ------------------------------------------------------------------ what if


def test_another_answer_changes_what_hangs_on_it_and_nothing_else() -> None:
    before = profile_of(**CLEAR, latest_run_km=18, longest_run_30d_km=8)
    _, found = what_if(before, answers={"latest_run_km": 8})
    assert found[0].where == "How load grew"
    assert all(d.where.startswith("How load grew") for d in found)
    assert "twice" in found[0].before
    assert what_if(before, answers={"latest_run_km": 18})[1] == ()


def test_a_stop_answered_with_yes_changes_everything() -> None:
    after, found = what_if(profile_of(**CLEAR), answers={"knee_locked": True})
    assert after.red_flags.blocking
    assert {"stop, knee_locked", "Foot posture"} <= {d.where for d in found}


def test_a_measure_moves_within_its_interval_only() -> None:
    profile = profile_of(**CLEAR)
    q = profile.feet[0].measurements.get("arch_height_index")
    after, _ = what_if(profile, measures={("right", "arch_height_index"): q.high})
    assert after.feet[0].posture.score.value > profile.feet[0].posture.score.value
    with pytest.raises(FitterError) as refused:
        what_if(profile, measures={("right", "arch_height_index"): q.high + 0.01})
    assert refused.value.code == "outside_interval"
    with pytest.raises(FitterError, match="not measured"):
        what_if(profile, measures={("left", "arch_height_index"): 0.3})


def test_a_moved_measure_moves_the_indices_made_from_it() -> None:
    profile = profile_of(**CLEAR)
    before = profile.feet[0].measurements
    instep, ball = before.get("instep_height"), before.get("ball_length")
    after, found = what_if(profile, measures={("right", "instep_height"): instep.high})
    moved = after.feet[0].measurements
    assert moved.get("arch_height_index").value == pytest.approx(instep.high / ball.value)
    assert moved.get("foot_length") == before.get("foot_length")
    assert after.feet[0].posture.score.value > profile.feet[0].posture.score.value
    assert found
    # Longer from heel to ball, the same instep is a lower arch; the index stays as sure as it was.
    lower = what_if(profile, measures={("right", "ball_length"): ball.high})[0].feet[0].measurements
    one, other = before.get("arch_height_index"), lower.get("arch_height_index")
    assert other.value < one.value
    assert other.u95 / other.value == pytest.approx(one.u95 / one.value)


def test_a_moved_measure_moves_how_much_the_arch_gives() -> None:
    loads = {"sitting": RULER["instep_height"] + 4.0, "standing": RULER["instep_height"]}
    typed = [
        EnteredFoot(
            "right", load, {k: entered_value(k, v) for k, v in {**RULER, "instep_height": high}.items()}
        )
        for load, high in loads.items()
    ]  # fmt: skip
    profile = run_journey((), entered=typed, answers=person(**CLEAR)).profile
    standing = next(f.measurements for f in profile.feet if f.load == "standing")
    low = standing.get("instep_height").low
    after, _ = what_if(profile, measures={("right", "instep_height"): low})
    then = next(f.measurements for f in after.feet if f.load == "standing")
    more = standing.get("instep_height").value - low
    assert then.get("arch_drop").value == pytest.approx(standing.get("arch_drop").value + more)
    with pytest.raises(FitterError, match="Move instep_height"):
        what_if(profile, measures={("right", "arch_drop"): standing.get("arch_drop").value})


def test_the_nearest_class_is_named_at_the_value_that_is_told_and_not_before() -> None:
    profile = profile_of(**CLEAR)
    (near,) = nearest(profile, shipped()).classes
    step = 0.01 * near.now.u95 * (1 if near.at > near.now.value else -1)
    foot_ = profile.feet[0]

    def named(value: float) -> tuple:
        readings = {**foot_.measurements.readings, near.measure: replace(near.now, value=value)}
        p = assess(replace(foot_.measurements, readings=readings))
        return p.class_, p.between

    here = named(near.now.value)
    assert named(near.at - step) == here
    assert named(near.at) != here
    assert near.within == (abs(near.at - near.now.value) <= near.now.u95)


def test_the_nearest_answer_of_a_contributor_changes_it() -> None:
    profile = profile_of(**CLEAR, latest_run_km=18, longest_run_30d_km=8, chair_stand=9, sex="male")
    found = {n.contributor: n for n in nearest(profile, shipped()).answers}
    assert found["training_load"].question == "latest_run_km"
    assert found["training_load"].would_be == "16 km"
    assert (found["thigh_strength"].question, found["thigh_strength"].would_be) == ("chair_stand", "14 times")
    _, changes = what_if(profile, answers={"chair_stand": 14})
    assert "Thigh strength" in {d.where for d in changes}


def test_a_profile_told_again_without_a_change_is_the_same_profile() -> None:
    profile = profile_of(**CLEAR, body_mass_kg=80, height_cm=180, sex="female")
    assert to_json(told_again(profile, answers=answers_of(profile))) == to_json(profile)
    assert differences(profile, profile) == ()


# ------------------------------------------------------------------ follow-up


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (6.0, 3.9, "better"),
        (6.0, 4.0, "same"),
        (4.0, 6.0, "same"),
        (4.0, 6.1, "worse"),
        (None, 3.0, "no_before"),
    ],
)
def test_pain_is_called_changed_only_beyond_what_matters(before, now, change) -> None:
    (course,) = compared(FollowUp(6, now, None), pain_before=before, comfort_before=None).courses
    assert course.change == change


def test_more_comfort_is_better_and_less_is_worse() -> None:
    def change(before: float, now: float) -> str:
        return compared(FollowUp(2, None, now), pain_before=None, comfort_before=before).courses[0].change

    assert (change(5.0, 6.1), change(5.0, 6.0), change(5.0, 3.9)) == ("better", "same", "worse")


def test_pain_that_did_not_ease_in_six_weeks_is_sent_to_someone_and_nothing_takes_the_credit() -> None:
    same = compared(FollowUp(6, 5.0, 8.0), pain_before=5.0, comfort_before=5.0)
    assert "see a physiotherapist or a doctor" in same.advice
    eased = compared(FollowUp(6, 1.0, 8.0), pain_before=5.0, comfort_before=5.0)
    assert "see a physiotherapist" not in eased.advice
    assert "says nothing about what brought it" in eased.note


def test_a_follow_up_stays_in_the_profile_and_telling_it_again_takes_its_place() -> None:
    profile = replace(profile_of(**CLEAR, pain_worst=6), follow_up=(follow_up(6, 5.0, None),))
    kept = with_follow_up(with_follow_up(profile.follow_up, follow_up(2, 6.0, 4.0)), follow_up(6, 2.0, None))
    assert [(f.weeks, f.pain) for f in kept] == [(2, 6.0), (6, 2.0)]
    profile = replace(profile, follow_up=kept)
    assert from_json(to_json(profile).encode(), "x").follow_up == kept
    assert "6 to 2" in " ".join(follow_up_lines(profile))
    assert "HOW IT WENT" in to_text(profile)


@pytest.mark.parametrize("wrong", [(3, 2.0, None), (2, None, None), (2, 11.0, None), (6, 1.0, -1.0)])
def test_a_follow_up_that_cannot_be_is_refused(wrong) -> None:
    with pytest.raises(FitterError):
        follow_up(*wrong)
