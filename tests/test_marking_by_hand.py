"""A landmark that a person sets is taken as it is, and everything that hangs on it follows."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from fitter.anatomy.marks import misplaced
from fitter.anatomy.measure import measure
from fitter.anatomy.measures import LANDMARKS
from fitter.cli import main
from fitter.errors import FitterError
from fitter.journey import run_journey
from fitter.profile import FitResult, FootFit
from fitter.quantity import Missing
from fitter.scan.mesh import Mesh
from sample_scans import degrade
from sample_scans.make import HERE
from tests.scans import Capture, fit, foot_of, moved, stl, surface, values

TURN = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
SHIFT = np.array([70.0, -30.0, 500.0])


@cache
def data() -> bytes:
    """The foot turned by a right angle, shifted, in cm."""
    mesh = moved(surface(), TURN, tuple(SHIFT))
    return stl(Mesh(mesh.vertices / 10.0, mesh.faces))


@cache
def unmarked() -> FootFit:
    return foot_of(data())


def marked(**marks: tuple[float, float, float]) -> FootFit:
    """Landmarks given in the foot frame (mm), set as a person does: in the file's own numbers."""
    there = unmarked().landmarks["pternion"]
    to_file = np.array(there.in_file) - (TURN @ np.array(there.in_foot)) / 10.0
    places = {name: tuple((TURN @ np.array(xyz)) / 10.0 + to_file) for name, xyz in marks.items()}
    capture = Capture("foot.stl", data(), marks=places)  # type: ignore[arg-type]
    return run_journey([capture], only_measure=True).profile.feet[0]


def place(name: str) -> tuple[float, float, float]:
    return unmarked().landmarks[name].in_foot


def shifted(name: str, dx: float, dy: float, dz: float) -> tuple[float, float, float]:
    x, y, z = place(name)
    return x + dx, y + dy, z + dz


def test_a_place_in_the_profile_can_be_given_back() -> None:
    found = unmarked().landmarks["navicular"].in_file
    again = run_journey([Capture("foot.stl", data(), marks={"navicular": found})], only_measure=True)
    foot = again.profile.feet[0]
    assert foot.landmarks["navicular"].by_hand
    assert values(foot) == pytest.approx(values(unmarked()), abs=0.05)


def test_the_navicular_follows_and_its_index_too() -> None:
    foot = marked(navicular=shifted("navicular", 4.0, 0.0, 6.0))
    before, after = values(unmarked()), values(foot)
    assert after["navicular_height"] == pytest.approx(before["navicular_height"] + 6.0, abs=0.05)
    index = after["navicular_height"] / after["ball_length"]
    assert after["normalised_navicular_height"] == pytest.approx(index)
    assert after["foot_length"] == pytest.approx(before["foot_length"], abs=0.01)


def test_a_marked_navicular_is_surer_than_one_guessed_from_skin() -> None:
    guessed = unmarked().measurements.get("navicular_height")
    known = marked(navicular=place("navicular")).measurements.get("navicular_height")
    assert guessed is not None
    assert known is not None
    assert known.u95 < 0.7 * guessed.u95


def test_the_ball_moves_lengths_breadth_girth_and_the_arch_height_index() -> None:
    foot = marked(metatarsale_tibiale=shifted("metatarsale_tibiale", -6.0, 0.0, 0.0))
    before, after = values(unmarked()), values(foot)
    assert after["ball_length"] == pytest.approx(before["ball_length"] - 6.0, abs=0.3)
    assert after["arch_height_index"] > before["arch_height_index"]
    assert after["ball_girth"] != pytest.approx(before["ball_girth"], abs=0.05)


def test_a_heel_and_toes_set_by_hand_give_the_length_and_all_its_shares() -> None:
    heel = shifted("pternion", 3.0, 0.0, 0.0)
    toes = shifted("acropodion", -4.0, 0.0, 0.0)
    before, after = values(unmarked()), values(marked(pternion=heel, acropodion=toes))
    assert after["foot_length"] == pytest.approx(before["foot_length"] - 7.0, abs=0.2)
    assert after["ball_length"] == pytest.approx(before["ball_length"] - 3.0, abs=0.5)


def test_another_second_toe_turns_the_foot_axis() -> None:
    foot = marked(second_toe_tip=(236.0, 12.0, 10.0))
    assert foot.landmarks["second_toe_tip"].in_foot[1] == pytest.approx(0.0, abs=0.05)
    assert foot.landmarks["acropodion"].in_foot[1] < place("acropodion")[1] - 8.0


def test_a_landmark_off_the_foot_is_refused_in_one_line() -> None:
    with pytest.raises(FitterError, match=r"the landmark navicular lies [0-9]+ mm from the foot"):
        marked(navicular=(110.0, 200.0, 40.0))


def test_the_command_line_takes_landmarks(capsys: pytest.CaptureFixture[str]) -> None:
    scan = str(HERE / "neutral_right.stl")
    assert main(["measure", scan, "--landmark", "navicular=110.5,41,44", "--json", "-"]) == 0
    foot = json.loads(capsys.readouterr().out)["feet"][0]
    assert foot["landmarks"]["navicular"]["by_hand"]
    assert foot["landmarks"]["navicular"]["in_file"] == pytest.approx([110.5, 41.0, 44.0])
    assert foot["measurements"]["navicular_height"]["value"] == pytest.approx(44.0, abs=0.3)


@pytest.mark.parametrize(
    "text", ["navicular", "navicular=1,2", "navicular=a,b,c", "knee=1,2,3", "navicular=1,2,nan"]
)
def test_a_landmark_that_is_none_is_a_usage_error(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["measure", "foot.stl", "--landmark", text])
    assert done.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


# -- whose landmark it is, and where it may lie -------------------------------------------------------------


@cache
def coarse() -> degrade.Mesh:
    """A right foot in the foot frame, coarse."""
    return degrade.decimated(surface().vertices, surface().faces, 2.5)


def as_file(mesh: degrade.Mesh) -> bytes:
    return stl(Mesh(mesh[0], mesh[1].astype(np.int32)))


@cache
def coarse_alone() -> FitResult:
    return fit(as_file(coarse()))


def on_coarse(name: str) -> tuple[float, float, float]:
    return coarse_alone().profile.feet[0].landmarks[name].in_file


def test_a_landmark_on_one_foot_of_a_pair_leaves_the_other_as_it_was() -> None:
    pair = as_file(degrade.with_second_foot(*coarse()))
    navicular, toe = on_coarse("navicular"), on_coarse("acropodion")
    before = {f.side: f for f in fit(pair).profile.feet}
    after = {f.side: f for f in fit(pair, marks={"navicular": navicular, "second_toe_tip": toe}).profile.feet}
    assert after.keys() == {"left", "right"}
    assert after["right"].landmarks["navicular"].by_hand
    assert after["right"].landmarks["second_toe_tip"].by_hand
    assert values(after["left"]) == values(before["left"])
    assert after["left"].landmarks == before["left"].landmarks


def test_a_landmark_on_no_foot_of_a_pair_is_refused() -> None:
    pair = as_file(degrade.with_second_foot(*coarse()))
    with pytest.raises(FitterError, match=r"the landmark navicular lies [0-9]+ mm from the foot"):
        fit(pair, marks={"navicular": (110.0, 75.0, 300.0)})


def test_a_landmark_on_the_foot_that_was_not_asked_for_is_refused() -> None:
    pair = as_file(degrade.with_second_foot(*coarse()))
    with pytest.raises(FitterError, match="the landmark navicular lies"):
        fit(pair, side="left", marks={"navicular": on_coarse("navicular")})


def test_a_second_toe_set_on_a_sole_turns_its_axis() -> None:
    sole = as_file(degrade.cropped(*coarse(), 30.0))
    before = foot_of(sole)
    x, y, z = before.landmarks["acropodion"].in_file
    after = foot_of(sole, marks={"second_toe_tip": (x, y, z)})
    assert after.landmarks["second_toe_tip"].in_foot[1] == pytest.approx(0.0, abs=0.05)
    assert after.landmarks["acropodion"].in_foot[1] < before.landmarks["acropodion"].in_foot[1] - 5.0


def test_a_landmark_of_measures_taken_by_hand_is_refused() -> None:
    rows = b"side,load,measure,value,unit\nright,standing,foot_length,251,mm\n"
    with pytest.raises(FitterError, match="Leave the landmark out") as refused:
        run_journey([Capture("feet.csv", rows, marks={"navicular": (1.0, 2.0, 3.0)})])
    assert refused.value.code == "landmark_conflict"


@pytest.mark.parametrize(
    ("name", "where", "told"),
    [
        ("metatarsale_tibiale", "metatarsale_fibulare", r"to the outer side.*to the inner side"),
        ("great_toe_tip", "metatarsale_tibiale", r"7[0-9]% in front of the heel.*from 84%"),
        ("navicular", "medial_malleolus", r"in front of the heel"),
        ("medial_malleolus", "heel_medial", r"above the floor"),
    ],
)
def test_a_landmark_where_no_foot_has_it_is_what_is_blamed(name: str, where: str, told: str) -> None:
    with pytest.raises(FitterError, match=f"the landmark {name} lies .*{told}") as refused:
        fit(as_file(coarse()), marks={name: on_coarse(where)})
    assert refused.value.code == "landmark_misplaced"


def test_what_is_found_by_itself_lies_where_a_person_may_set_it() -> None:
    length = values(coarse_alone().profile.feet[0])["foot_length"]
    for name in LANDMARKS:
        if name != "second_toe_tip":
            place = np.array(coarse_alone().profile.feet[0].landmarks[name].in_foot)
            assert misplaced(name, place / length) is None, name


def test_a_big_toe_without_a_border_has_no_angle() -> None:
    """Its end set beside its joint: nothing is left to lay a line along."""
    foot = coarse_alone().shapes[0]
    assert foot is not None
    joint = np.array(coarse_alone().profile.feet[0].landmarks["metatarsale_tibiale"].in_foot)
    found = measure(replace(foot, marks={"great_toe_tip": joint})).measurements.readings
    angle = found["hallux_outline_angle"]
    assert isinstance(angle, Missing)
    assert angle.code == "toe_border_short"


def test_a_landmark_set_anywhere_on_a_foot_gives_measures_or_is_blamed() -> None:
    """Corners of the foot's skin, far apart: none may end in an error of the program itself."""
    foot = coarse_alone().shapes[0]
    assert foot is not None
    skin = foot.mesh.vertices
    length = values(coarse_alone().profile.feet[0])["foot_length"]
    places = [
        near[np.argmax(near @ way)]
        for share in (0.1, 0.5, 0.9)
        for near in (skin[np.abs(skin[:, 0] / length - share) < 0.04],)
        for way in np.array([[0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]])
    ]
    blamed = 0
    for name in LANDMARKS:
        for place in places:
            if misplaced(name, place / length) is not None:
                blamed += 1
                continue
            try:
                measure(replace(foot, marks={name: place}))
            except FitterError as refused:
                assert refused.code == "landmark_misplaced", (name, place)  # noqa: PT017
    assert 60 < blamed < 140
