"""Landmarks moved over the skin: the place is on the fine surface, what hangs on it follows and nothing else,
and undo gives back the very same result."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from unittest.mock import MagicMock

import numpy as np
import pytest

from fitter.anatomy.landmarks import Views
from fitter.anatomy.measure import measure
from fitter.anatomy.measures import BY_ID
from fitter.app.landmark_hand import LandmarkHand, Trial, changes
from fitter.app.state import AppState
from fitter.captures import Capture
from fitter.errors import FitterError
from fitter.exchange.json_profile import to_json
from fitter.exchange.wording import with_error
from fitter.journey import measured_again, run_journey
from fitter.picture.camera import Camera, framing, project, towards
from fitter.picture.skin import Skin
from fitter.picture.views import shown
from fitter.profile import FitResult, FootFit
from fitter.scan.foot import Foot
from fitter.scanned import with_mark
from tests.scans import SAMPLES, sample, values

SIZE = (640, 480)


@cache
def fitted(name: str) -> FitResult:
    return run_journey([Capture(name, sample(name))])


def foot_of(name: str) -> Foot:
    foot = fitted(name).shapes[0]
    assert foot is not None
    return foot


def length_of(name: str) -> float:
    return fitted(name).landmarks[0]["acropodion"][0]


def moved(file: str, mark: str, *shift: float) -> tuple[np.ndarray, FootFit]:
    """Where a landmark lies after such a shift over the skin, and the foot as measured again at once."""
    foot = foot_of(file)
    place = Skin(foot.mesh, foot.side).nearest(np.array(fitted(file).landmarks[0][mark]) + shift)[0]
    again = measure(with_mark(foot, mark, place, length_of(file)), Views.of(foot.mesh))
    return place, measured_again(fitted(file).profile, 0, again.measurements)


def hanging(mark: str) -> set[str]:
    """The measures that hang on a landmark by the registry, and those made from them."""
    found = {m.id for m in BY_ID.values() if mark in m.landmarks}
    return found | {m.id for m in BY_ID.values() if found & set(m.from_measures)}


@pytest.mark.parametrize(
    "file", ["neutral_right.stl", "greek_toes_left_m.glb", "very_high_arch_left_inch.3mf"]
)
@pytest.mark.parametrize(
    ("mark", "shift"),
    [("navicular", (0.0, 0.0, 5.0)), ("medial_malleolus", (0.0, 0.0, 5.0)), ("heel_medial", (0.0, 0.0, 5.0)),
     ("metatarsale_fibulare", (-5.0, 0.0, 0.0)), ("metatarsale_tibiale", (-5.0, 0.0, 0.0))],
)  # fmt: skip
def test_only_what_hangs_on_a_landmark_changes_with_it(file, mark, shift):
    before, (_place, after) = fitted(file).profile.feet[0], moved(file, mark, *shift)
    was, now = values(before), values(after)
    changed = {i for i in was if now.get(i) != pytest.approx(was[i], abs=1e-9)}
    # The print and the arch are cut off by the ball, the heel's breadth gives the tangent of the toe.
    also = {"chippaux_smirak_index", "staheli_index", "arch_height"} if mark.startswith("meta") else set()
    assert changed <= hanging(mark) | also
    assert changed or mark == "heel_medial"


@pytest.mark.parametrize("file", ["neutral_right.stl", "very_high_arch_left_inch.3mf"])
def test_what_is_told_while_dragging_is_what_comes_out(file):
    """The quick way, on the foot that is open, against the whole journey from the file."""
    place, at_once = moved(file, "metatarsale_tibiale", -5.0, 0.0, 0.0)
    x, y, z = foot_of(file).placement.to_file(place[None])[0].tolist()
    whole = run_journey([Capture(file, sample(file), marks={"metatarsale_tibiale": (x, y, z)})])
    after = whole.profile.feet[0]
    assert values(at_once) == pytest.approx(values(after), abs=1e-6)
    assert at_once.posture is not None
    assert after.posture is not None
    assert at_once.posture.class_ == after.posture.class_
    assert changes(fitted(file).profile.feet[0], at_once)


def test_a_heel_moved_at_once_is_measured_as_from_the_file():
    file = "neutral_right.stl"
    foot = foot_of(file)
    place = np.array(fitted(file).landmarks[0]["pternion"]) + np.array([4.0, 0.0, 0.0])
    at_once = measure(with_mark(foot, "pternion", place, length_of(file))).measurements
    x, y, z = foot.placement.to_file(place[None])[0].tolist()
    whole = run_journey([Capture(file, sample(file), marks={"pternion": (x, y, z)})])
    after = values(whole.profile.feet[0])
    quick = {i: q.value for i in after if (q := at_once.get(i)) is not None}
    assert quick == pytest.approx({i: after[i] for i in quick}, abs=1e-6)
    assert after["foot_length"] == pytest.approx(
        values(fitted(file).profile.feet[0])["foot_length"] - 4.0, abs=0.01
    )


def test_a_landmark_where_no_foot_has_it_is_refused_before_it_is_set():
    file = "neutral_right.stl"
    with pytest.raises(FitterError, match="the landmark navicular lies") as refused:
        with_mark(foot_of(file), "navicular", np.array([230.0, 20.0, 10.0]), length_of(file))
    assert refused.value.code == "landmark_misplaced"


# -- places on the skin --------------------------------------------------------------------------------------


def camera_of(foot: Foot, view: str) -> Camera:
    turned = towards(Camera(), view, foot.side)  # type: ignore[arg-type]
    return framing(turned, shown(foot.side, foot.mesh.vertices), SIZE)


@pytest.mark.parametrize("file", ["neutral_right.stl", "flat_left_cm.obj"])
def test_the_place_under_a_pixel_lies_on_the_fine_surface_and_under_that_pixel(file):
    foot = foot_of(file)
    skin, camera = Skin(foot.mesh, foot.side), camera_of(foot, "medial")
    place = skin.under(camera, SIZE, 320.0, 300.0)
    assert place is not None
    assert np.linalg.norm(skin.nearest(place)[0] - place) < 1e-6
    assert project(camera, shown(foot.side, place[None]), SIZE)[0, :2] == pytest.approx([320.0, 300.0])
    assert place[1] > 0, "from the inner side one sees the inner side, left or right"
    assert skin.under(camera, SIZE, 1.0, 1.0) is None


@pytest.mark.parametrize("file", ["neutral_right.stl", "flat_left_cm.obj"])
def test_a_step_to_the_right_goes_to_the_right_on_the_screen_by_its_length(file):
    foot = foot_of(file)
    skin, camera = Skin(foot.mesh, foot.side), camera_of(foot, "medial")
    here = skin.under(camera, SIZE, 320.0, 300.0)
    assert here is not None
    there = skin.stepped(here, camera, 2.0, 0.0)
    assert np.linalg.norm(there - here) == pytest.approx(2.0, abs=0.1)
    x = project(camera, shown(foot.side, np.stack([here, there])), SIZE)[:, 0]
    assert x[1] > x[0]


# -- the state -----------------------------------------------------------------------------------------------


def at_once(work) -> None:
    work()


@pytest.fixture
def state(tmp_path):
    def journey(captures, *, entered, answers, progress, preview=None):
        return run_journey(captures, entered=entered, answers=answers)

    state = AppState(journey, export=lambda *_a: (), check_answers=lambda v: v, start=at_once)
    state.open_files([SAMPLES / "flat_left_cm.obj"])
    state.poll()
    return state


def test_undo_gives_back_the_bytes_and_one_goes_on_looking_from_where_one_looked(state):
    before = to_json(state.now.result.profile)
    state.move_camera(Camera(azimuth=-80.0))
    state.set_landmark("navicular", state.now.fit.landmarks["navicular"].in_file)
    state.poll()
    assert state.now.result.profile.feet[0].landmarks["navicular"].by_hand
    assert to_json(state.now.result.profile) != before
    assert state.now.camera == Camera(azimuth=-80.0)
    state.undo()
    assert to_json(state.now.result.profile) == before
    assert state.now.camera == Camera(azimuth=-80.0)
    state.redo()
    assert state.now.result.profile.feet[0].landmarks["navicular"].by_hand


def test_all_landmarks_go_back_to_as_found_in_one_step(state):
    before = to_json(state.now.result.profile)
    for name in ("navicular", "arch_apex"):
        state.set_landmark(name, state.now.fit.landmarks[name].in_file)
        state.poll()
    state.reset_landmarks()
    state.poll()
    assert to_json(state.now.result.profile) == before
    state.undo()
    assert sum(place.by_hand for place in state.now.fit.landmarks.values()) == 2


def test_what_a_move_does_is_told_with_its_error_also_where_only_that_changes():
    before = fitted("neutral_right.stl").profile.feet[0]
    was = before.measurements.get("foot_length")
    assert was is not None
    readings = {**before.measurements.readings, "foot_length": replace(was, u95=was.u95 + 1.0)}
    after = replace(before, measurements=replace(before.measurements, readings=readings))
    [(_name, a, b)] = changes(before, after)
    assert (a, b) == (with_error(was), with_error(readings["foot_length"]))
    assert changes(before, before) == []


def test_a_landmark_that_was_not_moved_is_not_set_by_hand(state):
    before = to_json(state.now.result.profile)
    state.show(landmarks=False)
    hand = LandmarkHand(MagicMock(), state)
    at = np.array(state.now.result.landmarks[0]["navicular"])
    hand.trial = Trial("navicular", at, at, by_keys=True)
    hand.set()
    state.poll()
    assert hand.trial is None
    assert to_json(state.now.result.profile) == before
