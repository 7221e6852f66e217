"""A landmark that a person sets is taken as it is, and everything that hangs on it follows."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest

from fitter.cli import main
from fitter.errors import FitterError
from fitter.journey import run_journey
from fitter.profile import FootFit
from fitter.scan.mesh import Mesh
from sample_scans.make import HERE
from tests.scans import Capture, foot_of, moved, stl, surface, values

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
