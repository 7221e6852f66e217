"""The knee: the whole story in proportion to the evidence, red flags first, and no claim beyond it."""

from __future__ import annotations

import re
from itertools import product

import pytest

from benchmarks.knee import Foot, foot
from fitter.answers import EVERY, STOP_IDS, Answers, answers_from_mapping
from fitter.knee.claims import forbidden_in, texts_of
from fitter.knee.explain import disclaimer, explain, facts
from fitter.knee.knee import MODES, KneeExplanation, RedFlags
from fitter.knee.red_flags import find
from fitter.measurements import Side
from fitter.resources import table
from fitter.support.rules import recommend

STRENGTHS = ("strong", "moderate", "limited", "contested", "expert")


LOW, NEUTRAL, HIGH, UNTOLD = foot(0.25), foot(0.34), foot(0.43), foot(None)
# On the border to neutral.
LOWISH, HIGHISH = foot(0.298), foot(0.382)


def person(**values: object) -> Answers:
    return answers_from_mapping(values, "form")


def told(feet: list[Foot], answers: Answers | None = None) -> KneeExplanation:
    return explain(feet, answers, find(answers, feet))


CLEAR = dict.fromkeys(STOP_IDS, False)
PEOPLE = (
    None,
    person(latest_run_km=18, longest_run_30d_km=8, pain_where=["around_kneecap"], recent_change=["speed"]),
    person(latest_run_km=10, longest_run_30d_km=8, pain_where=["none"], chair_rise="hard"),
    person(latest_run_km=8, longest_run_30d_km=8, chair_rise="easy", side_leg_raise="hard", footwear="work"),
    person(recent_change=["shoes", "days"], side_leg_raise="easy", step_style="long", pain_where=["shin"]),
    person(recent_change=["nothing"], step_style="short_quick", body_mass_kg=70, height_cm=175),
    person(step_style="no_running", body_mass_kg=120, height_cm=170, knee_osteoarthritis=True),
    person(**dict.fromkeys(STOP_IDS, False)),
    person(doubled=True, chair_stand=9, single_leg_squat_left="drops_in", training_shoes="minimal"),
    person(latest_run_km=6, longest_run_30d_km=0, knee_osteoarthritis=True),
    person(doubled=False),
    person(chair_stand=25, age_band="30_to_44", single_leg_squat_right="over_foot", side_leg_lift="hard"),
    person(**CLEAR, chair_rise="cannot", pain_places=["left_knee_front"], pain_when=["stairs"]),
    person(**CLEAR, side_leg_lift="cannot", single_leg_squat_right="drops_in", sport=["running"]),
)
PAIRS = ([LOW], [NEUTRAL], [HIGH], [UNTOLD], [LOWISH], [HIGHISH], [foot(0.25, "left"), HIGH], [])


def everything_said() -> set[str]:
    """Every text these rooms can show: rendered for many people, and the data files as they stand."""
    said = set()
    for feet, answers, mode in product(PAIRS, PEOPLE, MODES):
        flags = find(answers, feet, mode=mode)
        said |= set(texts_of(explain(feet, answers, flags, mode=mode))) | set(texts_of(flags))
        for measured, posture in feet:
            support = recommend(measured, posture, answers, withheld=None)
            said |= set(texts_of(posture)) | set(texts_of(support))
    for name in ("statements", "contributors", "red_flags", "disclaimer", "exercises", "follow_up"):
        said |= set(texts_of(table(f"knee/{name}.toml")))
    said |= set(texts_of(EVERY))
    for name in ("jury", "pairs"):
        said |= set(texts_of(table(f"posture/{name}.toml")))
    for criterion in table("posture/criteria.toml")["criterion"]:
        said |= {criterion["name"], *criterion.get("labels", ())}
    return said | set(texts_of(table("support/rules.toml")))


# ------------------------------------------------------------------ what may not be said


def test_nothing_claims_more_than_the_evidence_allows() -> None:
    for text in everything_said():
        assert not forbidden_in(text), text


def test_every_reviewed_sentence_is_still_said() -> None:
    said = "\n".join(everything_said())
    assert all(row["text"] in said for row in table("knee/claims.toml")["reviewed"])
    assert all(row["why"] for row in table("knee/claims.toml")["reviewed"])


@pytest.mark.parametrize(
    "claim",
    [
        "Flat feet cause your knee pain.", "The insole corrects your arch.", "It prevents injury.",
        "This cures runner's knee.", "Your risk is high.", "30 % less knee load", "It reduces the load.",
        "You have overpronation.", "Relief from pain", "Your chances are 3 in 10.", "You have runner's knee.",
        "Your pain comes from your feet.", "A prescription for your arch", "It protects the knee.",
        "Your pain results from your arch.", "Flat feet are responsible for it.",
        "A low arch leads to knee pain.",
        "This is the reason for your pain.", "It stops injuries.", "It keeps pain away.", "It lowers pain.",
        "It aligns your leg.", "It lowers the load on the knee.", "Run injury-free.",
        "20 per cent less stress", "We diagnosed a flat foot.", "Your pronation is to blame.",
    ],
)  # fmt: skip
def test_the_reader_of_claims_finds_what_may_not_be_said(claim: str) -> None:
    assert forbidden_in(claim)


def test_what_the_program_is_not_may_be_said() -> None:
    assert not forbidden_in(disclaimer())
    assert forbidden_in("Fitter does diagnose.")


def test_no_figure_is_given_for_a_person_but_their_own_answers() -> None:
    for feet, answers in product(PAIRS, PEOPLE):
        own = {f"{v:g}" for v in (answers.values.values() if answers else ()) if isinstance(v, float)}
        for c in told(feet, answers).contributors:
            numbers = set(re.findall(r"\d+(?:\.\d+)?", c.about_you))
            assert numbers <= own | {"30"}, c.about_you


# ------------------------------------------------------------------ the story


def test_contributors_come_in_the_order_of_their_evidence() -> None:
    contributors = told([NEUTRAL]).contributors
    assert [c.id for c in contributors] == [
        "training_load", "thigh_strength", "hip_strength", "form", "foot_posture", "footwear", "body_mass",
    ]  # fmt: skip
    ranks = [STRENGTHS.index(c.strength) for c in contributors]
    assert ranks == sorted(ranks)
    assert all(c.statements and c.what_helps and c.about_you for c in contributors)


def test_the_chain_runs_from_heel_to_kneecap() -> None:
    assert [link.id for link in told([LOW]).chain] == ["heel_to_shin", "shin_to_thigh", "thigh_to_kneecap"]


def test_opposite_feet_are_told_different_things_and_posture_stays_contested() -> None:
    low, high = told([LOW]), told([HIGH])
    posture_low, posture_high = low.contributors[4], high.contributors[4]
    assert low.summary != high.summary
    assert posture_low.about_you != posture_high.about_you
    assert {s.id for s in posture_low.statements} != {s.id for s in posture_high.statements}
    assert posture_low.strength == posture_high.strength == "contested"


def test_studies_are_named_both_ways_for_a_low_arch() -> None:
    ids = {s.id for s in told([LOW]).contributors[4].statements}
    assert {"pronated_fewer", "pronated_more"} <= ids


def test_load_and_exercise_come_before_a_support() -> None:
    ids = [s.id for s in told([LOW]).what_helps]
    assert (
        ids.index("load_first") < ids.index("exercise") < ids.index("support_short") < ids.index("reassess")
    )


def test_feet_of_two_classes_are_told_apart() -> None:
    mixed = told([foot(0.25, "left"), foot(0.34, "right")])
    assert "different classes" in mixed.summary
    about = mixed.contributors[4].about_you
    assert about.index("Left") < about.index("Right")
    assert "supinated" not in {s.id for s in mixed.contributors[4].statements}


def test_a_foot_on_the_border_to_neutral_is_told_as_one_and_never_as_low_or_high() -> None:
    for border, names in (
        (LOWISH, "low arch and neutral arch"),
        (HIGHISH, "neutral arch and high arch"),
    ):
        assert border[1].class_ == "borderline"
        story = told([border])
        assert f"Your arch is on the border between {names}" in story.summary
        assert "than most adults" not in story.summary
        assert "on the border" in story.contributors[4].about_you
    both_ways = {s.id for s in told([LOWISH]).contributors[4].statements}
    assert {"pronated_fewer", "pronated_more"} <= both_ways


def test_only_the_side_on_the_border_is_said_to_be_there() -> None:
    one = told([foot(0.298, "left"), NEUTRAL]).summary
    assert "Your left arch is on the border between low arch and neutral arch;" in one
    assert "different classes" not in one
    unlike = told([foot(0.298, "left"), HIGHISH]).summary
    assert "Your left arch" in unlike
    assert "and your right arch is on the border between neutral arch and high arch;" in unlike
    assert "Your arch is on the border" in told([foot(0.298, "left"), LOWISH]).summary


def test_a_very_low_arch_is_not_left_out_beside_one_on_the_border() -> None:
    very_low = foot(0.23, "left")
    assert very_low[1].class_ == "very_low_arch"
    said = told([very_low, LOWISH]).summary
    assert "Your right arch is on the border between low arch and neutral arch" in said
    assert "and your left arch is much lower than most adults'" in said


def test_one_foot_sitting_and_standing_is_told_once() -> None:
    about = told([foot(0.363, load="sitting"), foot(0.25)]).contributors[4].about_you
    assert about.count("Right") == 1
    assert "much lower" in about


def test_a_run_more_than_twice_the_longest_is_named_in_the_persons_own_numbers() -> None:
    about = told([NEUTRAL], person(latest_run_km=17, longest_run_30d_km=8)).contributors[0].about_you
    assert "17 km" in about
    assert "8 km" in about
    assert "twice" in about


@pytest.mark.parametrize(
    ("latest", "fact"), [(8.8, "jump_none"), (8.9, "jump_some"), (16.0, "jump_some"), (16.1, "jump_double")]
)
def test_runs_are_sorted_at_the_studys_own_cuts(latest: float, fact: str) -> None:
    assert fact in facts([], person(latest_run_km=latest, longest_run_30d_km=8))


def about_load(**values: object) -> str:
    return told([NEUTRAL], person(**values)).contributors[0].about_you


def test_a_shorter_run_is_not_said_to_be_as_long_as_the_longest() -> None:
    about = about_load(latest_run_km=5, longest_run_30d_km=10)
    assert "at most a tenth longer than the longest of the 30 days before, 10 km" in about


def test_a_run_after_a_month_without_one_is_not_passed_over_nor_measured_by_the_study() -> None:
    about = about_load(latest_run_km=6, longest_run_30d_km=0)
    assert "You ran 6 km after 30 days without a run" in about
    assert "twice" not in about
    assert about_load(latest_run_km=0, longest_run_30d_km=0).startswith("Not known")


def test_no_doubling_is_an_answer_and_clears_nothing_else() -> None:
    assert "neither distance nor speed doubled" in about_load(doubled=False)
    assert "single long run can still matter" in about_load(doubled=False)
    assert about_load(doubled=False, recent_change=["nothing"]) == about_load(recent_change=["nothing"])


def test_not_asked_is_said() -> None:
    assert "not all answered" in told([NEUTRAL]).summary
    assert "not all answered" not in told([NEUTRAL], person(**dict.fromkeys(STOP_IDS, False))).summary


# ------------------------------------------------------------------ the data


def reached() -> set[str]:
    return set().union(*(facts(feet, answers) for feet, answers in product(PAIRS, PEOPLE)))


def test_every_condition_can_come_true_and_every_sentence_is_shown_to_someone() -> None:
    conditions = {w for s in table("knee/statements.toml")["statement"] for w in s["when"]}
    conditions |= {w for e in table("knee/exercises.toml")["exercise"] for w in e.get("first_when", ())}
    abouts = [a for c in table("knee/contributors.toml")["contributor"] for a in c["about"]]
    conditions |= {w for a in abouts for w in (a.get("when"), *a.get("unless", ())) if w}
    assert conditions <= reached()
    shown = "\n".join(everything_rendered())
    for s in table("knee/statements.toml")["statement"]:
        assert s["plain"] in shown, s["id"]
        assert s["exact"] in shown
    for e in table("knee/exercises.toml")["exercise"]:
        assert all(e[key] in shown for key in ("name", "how", "exact", "start", "progress"))
        assert all(e[key] in shown for key in ("suits", "suits_exact", "with_therapist") if key in e), e["id"]
    for about in abouts:
        for text in (about["text"], about.get("exact", about["text"])):
            pattern = re.sub(r"\\\{\w+\\\}", ".*", re.escape(text))
            assert re.search(pattern, shown), text


def everything_rendered() -> set[str]:
    shown: set[str] = set()
    for feet, answers, mode in product(PAIRS, PEOPLE, MODES):
        flags = find(answers, feet, mode=mode)
        shown |= set(texts_of(explain(feet, answers, flags, mode=mode)))
    return shown


def test_every_statement_names_its_source_people_and_how_it_was_seen() -> None:
    topics = {c["id"] for c in table("knee/contributors.toml")["contributor"]}
    topics |= {"chain", "helps", "not_worth"}
    ids = [s["id"] for s in table("knee/statements.toml")["statement"]]
    assert len(ids) == len(set(ids))
    for s in table("knee/statements.toml")["statement"]:
        assert s["topic"] in topics
        assert s["strength"] in STRENGTHS
        assert s["checked"] in ("abstract", "table", "secondary")
        assert s["direction"] in ("more", "less", "no_link", "mixed", "describes")
        assert s["kind"] in ("prospective", "trial", "cross_sectional", "laboratory", "expert")
        assert all(s[k] for k in ("plain", "exact", "population", "source"))
        assert bool(s["interval"]) <= bool(s["effect"])
        assert s.get("doi", "10.").startswith("10.")


def test_the_disclaimer_says_what_the_program_is_not() -> None:
    assert "no medical device" in disclaimer()


# ------------------------------------------------------------------ red flags


def test_nobody_asked_is_not_the_same_as_no_flag() -> None:
    assert find(None, []) == RedFlags(asked=False)
    assert find(person(), []) == RedFlags(asked=False)
    assert find(person(**dict.fromkeys(STOP_IDS, False)), []) == RedFlags(asked=True)


@pytest.mark.parametrize("question", STOP_IDS)
def test_each_stop_question_stops_and_says_whom_to_see(question: str) -> None:
    flags = find(person(**{question: True}), [NEUTRAL])
    assert [f.id for f in flags.stop] == [question]
    assert flags.stop[0].whom_to_see
    story = explain([NEUTRAL], None, flags)
    assert story.contributors == story.chain == story.what_helps == ()
    assert flags.stop[0].whom_to_see in story.see_someone


def test_a_child_is_sent_on() -> None:
    assert [f.id for f in find(person(age_band="under_16"), []).stop] == ["under_16"]


def test_every_flag_of_the_table_belongs_to_a_question() -> None:
    assert set(table("knee/red_flags.toml")["stop"]) == {*STOP_IDS, "under_16"}


def mentioned(feet: list[Foot], answers: Answers | None = None) -> list[str]:
    flags = find(answers, feet)
    assert flags.stop == ()
    return [f.id for f in flags.mention]


def test_left_and_right_are_mentioned_only_beyond_the_error() -> None:
    assert mentioned([foot(0.34, "left"), foot(0.35, "right")]) == []
    assert mentioned([foot(0.32, "left"), foot(0.35, "right")]) == ["left_right"]
    assert mentioned([foot(0.32, "left", "sitting"), foot(0.35, "right")]) == []
    assert mentioned([foot(0.32, "right"), foot(0.35, "right")]) == []


def test_very_low_and_very_high_arches_and_a_leaning_toe_are_mentioned() -> None:
    assert mentioned([LOW]) == ["very_low_arch"]
    assert mentioned([HIGH]) == ["very_high_arch"]
    assert mentioned([foot(0.34, hallux_outline_angle=20.0)]) == ["big_toe"]
    assert mentioned([NEUTRAL]) == []


def test_a_toe_is_mentioned_only_where_it_surely_leans_that_far() -> None:
    limit = table("knee/red_flags.toml")["mention"]["big_toe"]["from_deg"]
    assert mentioned([foot(0.34, hallux_outline_angle=limit + 0.9)]) == []  # known to within 1 degree
    assert mentioned([foot(0.34, hallux_outline_angle=limit + 1.1)]) == ["big_toe"]


def test_an_arch_that_does_not_drop_is_called_stiff_only_with_both_loads_measured() -> None:
    assert mentioned([foot(0.25, arch_drop=0.5)]) == ["very_low_and_stiff"]
    assert mentioned([foot(0.43, arch_drop=0.5)]) == ["very_high_and_stiff"]
    assert mentioned([foot(0.25)]) == ["very_low_arch"]  # not known whether it gives: said gently


def test_a_very_low_arch_that_was_seen_to_give_is_not_worth_a_visit() -> None:
    assert mentioned([foot(0.25, arch_drop=6.0)]) == []


def test_a_difference_most_people_have_is_no_flag_however_well_it_was_measured() -> None:
    def well(ahi: float, side: Side) -> Foot:
        return foot(ahi, side, u95=0.002)

    assert mentioned([well(0.33, "left"), well(0.35, "right")]) == []
    assert mentioned([well(0.32, "left"), well(0.35, "right")]) == ["left_right"]


def test_a_severe_big_toe_by_its_picture_is_mentioned() -> None:
    assert mentioned([], person(bunion_picture="severe")) == ["bunion"]
    assert mentioned([], person(bunion_picture="moderate")) == []


def test_what_a_scan_mentions_never_blocks_and_is_worded_gently() -> None:
    feet = [foot(0.25, "left", hallux_outline_angle=25.0), HIGH]
    flags = find(None, feet)
    assert len(flags.mention) == 4
    assert all("worth showing to a clinician" in f.text for f in flags.mention)
    assert explain(feet, None, flags).contributors


def test_long_or_strong_pain_and_a_worn_inner_knee_are_mentioned() -> None:
    assert mentioned([], person(pain_duration="longer", pain_worst=8)) == ["long_pain", "strong_pain"]
    assert mentioned([], person(age_band="60_plus", pain_where=["inner_knee"])) == ["inner_knee"]
    # Who was told of wear is not told of what may come from the mid-forties on.
    assert mentioned([], person(age_band="30_to_44", knee_osteoarthritis=True)) == ["inner_knee_told"]
