"""Shoe sizes: what the error allows, never one number; and an insole by the foot, not by the shoe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitter.anatomy.norms import Person, compare
from fitter.anatomy.sizes import Size, foot_sizes, pair_sizes
from fitter.cli import main
from fitter.entry import EnteredFoot, measurements_from_entry
from fitter.exchange.csv_profile import from_csv, to_csv
from fitter.exchange.json_profile import from_json, to_json
from fitter.exchange.text_report import to_text
from fitter.exchange.wording import size_words
from fitter.journey import run_journey
from fitter.quantity import Quantity
from fitter.resources import table
from fitter.support.rules import insole_lengths
from tests.example_profiles import RULER


def foot(length, side="right", load="standing", u95=0.0, **more):
    values = {"foot_length": length, **more}
    entered = {name: Quantity(float(v), u95 or 0.001, "mm") for name, v in values.items()}
    return measurements_from_entry(EnteredFoot(side, load, entered))


def by_system(sizes) -> dict[str, Size]:
    return {s.system: s for s in sizes.sizes}


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        # EU 42.68, UK 9.03, US 10.03 by the published formulas
        (271.2, {"mondopoint": "270 mm", "eu": "42.5", "uk": "9", "us_men": "10", "japan": "27 cm"}),
        # EU 38.95, UK 6.09, US women 8.09
        (246.3, {"mondopoint": "245 mm", "eu": "39", "uk": "6", "us_women": "8", "china": "245 mm"}),
    ],
)
def test_sizes_follow_the_published_formulas(length, expected):
    found = by_system(foot_sizes(foot(length)))
    assert {system: found[system].likely for system in expected} == expected


@pytest.mark.parametrize(("sex", "other"), [("male", "us_women"), ("female", "us_men")])
def test_who_says_the_sex_gets_no_scale_of_the_other(sex, other):
    both, one = (by_system(foot_sizes(foot(251, ball_girth=244), told)) for told in (None, sex))
    assert set(both) - set(one) == {other, "jis_female" if sex == "male" else "jis_male"}


def test_variants_of_a_rule_widen_the_answer_even_of_an_exact_length():
    eu = by_system(foot_sizes(foot(270.0)))["eu"]
    assert (eu.likely, eu.smallest, eu.largest) == ("42.5", "42.5", "43")
    assert "quarter" in eu.assumption
    assert size_words(eu) == "42.5 to 43, most likely 42.5"


@given(st.floats(205.0, 330.0), st.floats(0.1, 4.0), st.floats(0.1, 6.0))
def test_more_error_never_allows_fewer_sizes(length, u95, more):
    for one, vaguer in zip(
        foot_sizes(foot(length, u95=u95)).sizes, foot_sizes(foot(length, u95=u95 + more)).sizes, strict=True
    ):
        number = [float(s.split()[0]) for s in (one.smallest, one.likely, one.largest)]
        wider = [float(s.split()[0]) for s in (vaguer.smallest, vaguer.likely, vaguer.largest)]
        assert wider[0] <= number[0] <= number[1] <= number[2] <= wider[2]


@pytest.mark.parametrize(
    ("sex", "length", "girth", "letter"),
    [
        ("male", 250, 243, "E"),
        ("male", 250, 249, "EE"),
        ("male", 270, 255, "E"),
        ("male", 250, 219, "A"),
        ("female", 235, 231, "E"),
        ("female", 230, 222, "D"),
        ("female", 230, 260, "wider than EEEE"),
        ("male", 250, 205, "narrower than A"),
    ],
)
def test_japanese_width_letters_are_six_millimetres_of_girth(sex, length, girth, letter):
    assert by_system(foot_sizes(foot(length, ball_girth=girth), sex))[f"jis_{sex}"].likely == letter


def test_a_width_letter_is_as_doubtful_as_the_girth():
    found = by_system(foot_sizes(foot(250, ball_girth=243, u95=5.0), "male"))["jis_male"]
    assert (found.smallest, found.likely, found.largest) == ("D", "E", "EE")


def test_mondopoint_has_the_breadth_behind_the_length():
    found = by_system(foot_sizes(foot(251, ball_breadth=98, u95=3.0)))["mondopoint_width"]
    assert (found.smallest, found.likely, found.largest) == ("250/95 mm", "250/98 mm", "255/101 mm")


def test_a_pair_is_sized_by_its_longer_and_its_wider_foot():
    left = foot(258, "left", ball_breadth=96, ball_girth=240)
    right = foot(251, ball_breadth=99, ball_girth=250)
    pair = pair_sizes([left, right], "male")
    assert by_system(pair)["mondopoint_width"].likely == "260/99 mm"
    assert by_system(pair)["eu"] == by_system(foot_sizes(left))["eu"]
    assert "258.0" in pair.of
    assert not any("longer can't be told" in note for note in pair.notes)
    assert pair_sizes([left], "male") is None


def test_which_foot_is_longer_is_not_claimed_within_the_error():
    pair = pair_sizes([foot(252, "left", u95=3.0), foot(251, u95=3.0)])
    assert "Which foot is longer can't be told: 1.0 mm is within the error." in pair.notes


def test_a_resting_foot_has_no_size_and_a_standing_capture_of_it_has():
    sitting = foot(249, load="sitting")
    assert foot_sizes(sitting).refused.code == "needs_standing"
    both = [sitting, foot(251), foot(256, "left")]
    assert "256" in pair_sizes(both).of


@pytest.mark.parametrize("small", [foot(185), foot(220)], ids=["short foot", "said to be a child"])
def test_children_get_only_systems_that_count_the_foots_own_length(small):
    found = foot_sizes(small, child=small.get("foot_length").value > 200)
    assert set(by_system(found)) == {"mondopoint", "japan", "korea", "china"}
    assert "Children" in found.notes[0]


def test_a_child_with_a_grown_ups_foot_gets_grown_ups_sizes_and_is_told_that_it_grows():
    child, adult = (foot_sizes(foot(270), child=young) for young in (True, False))
    assert by_system(child) == by_system(adult)
    assert "growing foot needs room" in child.notes[0]
    assert "another scale" not in " ".join(child.notes)


def test_the_one_girth_known_of_a_pair_sizes_it_and_is_said_to_be_that_foots():
    pair = pair_sizes([foot(258, "left"), foot(251, ball_girth=250)], "male")
    assert "jis_male" in by_system(pair)
    assert any("Only the right foot's ball girth" in note for note in pair.notes)


def test_an_unstated_load_widens_sizes_and_percentiles_and_is_noted():
    stood, unsaid = (foot(251, load=load, ball_breadth=98, u95=1.0) for load in ("standing", "unknown"))
    sure, unsure = (by_system(foot_sizes(f))["mondopoint_width"] for f in (stood, unsaid))
    assert (sure.smallest, unsure.smallest) == ("250/97 mm", "250/95 mm")
    places = [compare(f, Person("male")).percentiles["foot_length"][0] for f in (stood, unsaid)]
    assert places[1].high - places[1].low > places[0].high - places[0].low
    assert places[1].value == places[0].value
    said = "The load was not stated"
    assert foot_sizes(unsaid).notes[0].startswith(said)
    assert compare(unsaid).notes[0].startswith(said)
    assert not any(said in note for note in foot_sizes(stood).notes)
    assert any(said in note for note in pair_sizes([unsaid, foot(256, "left")]).notes)


def test_each_foot_of_a_pair_has_its_own_line_above_the_pair(profile):
    told = " ".join(to_text(profile).split())
    left, right = told.index("The left foot, 258.0"), told.index("The right foot, 251.0")
    assert left < right < told.index("For both feet")
    assert "EU" in told[right : told.index("For both feet")]


def test_no_length_no_size():
    measured = measurements_from_entry(
        EnteredFoot("right", "standing", {"ball_girth": Quantity(244, 5, "mm")})
    )
    assert foot_sizes(measured).refused.code == "not_measured"


def test_every_size_is_a_guideline_and_every_rule_has_a_source():
    rules = table("norms/sizes.toml")
    assert all(row["source"] and row["assumption"] for row in (*rules["system"], rules["jis"]))
    assert any("guideline" in note for note in foot_sizes(foot(251)).notes)


def test_an_insole_follows_foot_and_ball_and_never_a_size():
    short, long = ({p.id: p for p in insole_lengths(foot(250, ball_length=ball))} for ball in (178, 190))
    assert short["insole_length"] == long["insole_length"]
    assert long["shell_length"].value - short["shell_length"].value == 12.0
    # 248 and 252 mm are one Mondopoint size and two insoles.
    one, other = (insole_lengths(foot(length))[0].value for length in (248, 252))
    assert other - one == 4.0


@pytest.fixture(scope="module")
def profile():
    def entered(side, **changed):
        values = {k: Quantity(v, 3.0, "mm") for k, v in {**RULER, **changed}.items()}
        return EnteredFoot(side, "standing", values)

    return run_journey((), entered=(entered("left", foot_length=258.0), entered("right"))).profile


def test_sizes_and_percentiles_come_back_from_json_and_csv(profile):
    assert profile.sizes is not None
    written = to_json(profile)
    read = from_json(written.encode(), "profile.json")
    assert read.sizes == profile.sizes
    assert read.feet[0].norms == profile.feet[0].norms
    assert to_json(read) == written
    assert from_csv(to_csv(read).encode(), "profile.csv") == read


def test_the_terminal_tells_size_and_place_with_their_doubt(profile):
    told = to_text(profile)
    assert "For both feet, by the longer (258.0 ± 3.0 mm) and the wider." in told
    assert "most likely 40.5" in told
    assert "women" in told
    assert "US Army soldiers aged 17 to 58" in " ".join(told.split())


@pytest.mark.parametrize(
    "words", [["9 7/8 in"], ["9", "7/8", "in"], ["9", "7/8", "--units", "in"], ["25.1", "cm"], ["25.1cm"]]
)
def test_a_length_may_be_written_with_its_unit(words, capsys):
    assert main(["sizes", *words, "--sex", "female"]) == 0
    told = capsys.readouterr().out
    assert "245 to 255 mm, most likely 250" in told or "250 to 255 mm, most likely 250" in told


@pytest.mark.parametrize("girth", ["244", "24.4 cm", "9 5/8 in"])
def test_the_length_may_stand_behind_the_girth(girth, capsys):
    assert main(["sizes", "--ball-girth", girth, "9 7/8", "in"]) == 0
    assert "JIS" in capsys.readouterr().out


def test_the_command_needs_only_a_length(capsys):
    assert main(["sizes", "25.1", "--units", "cm", "--sex", "female"]) == 0
    told = capsys.readouterr().out
    assert "250 to 255 mm, most likely 250" in told
    assert "Insole length" in told
    assert main(["sizes", "25.1"]) == 3
    assert "Did you mean 251 mm" in capsys.readouterr().err
