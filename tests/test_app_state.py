"""Claims about the window's model, made without a window: what was open stays, work can be cancelled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from fitter.answers import answers_from_mapping
from fitter.app import words
from fitter.app.model import Notice
from fitter.app.state import AppState
from fitter.entry import EnteredFoot, entered_value, measurements_from_entry
from fitter.errors import FitterError
from fitter.exchange.wording import flatfoot_words, not_measured, source_words
from fitter.picture.camera import Camera
from fitter.posture.posture import Agreement, Flatfoot, Posture
from fitter.posture.score import assess
from fitter.profile import CaptureRecord, FitProfile, FitResult, FootFit
from fitter.quantity import Quantity
from fitter.scan.foot import Foot, Glimpse, Placement, Quality
from fitter.scan.mesh import Mesh

QUALITY = Quality("A test foot.", "whole_foot", 0.1, 1.0, 1)
TRIANGLE = Mesh(np.array([[0.0, 0, 0], [250, 0, 0], [0, 90, 60]]), np.array([[0, 1, 2]], np.int32))


def fitted(side: str, load: str, source: str, values: dict[str, Quantity]) -> FootFit:
    measured = measurements_from_entry(EnteredFoot(side, load, values))
    return FootFit(side, load, source, {}, QUALITY, measured)


def journey(captures, *, entered, answers, progress, preview=None) -> FitResult:
    """A stand-in with the shape of the real journey: files holding the word "bad" are refused."""
    feet, shapes, records = [], [], []
    length = {"foot_length": entered_value("foot_length", 250)}
    for number, capture in enumerate(captures):
        progress(number / len(captures), "measuring")
        if preview:
            preview(Glimpse(TRIANGLE, capture.side or "right"))
        if b"bad" in capture.data:
            raise FitterError("this is not a foot", where=capture.name, todo="Open a scan of one foot")
        if b"broken" in capture.data:
            raise ZeroDivisionError("inside")
        feet.append(fitted(capture.side or "right", capture.load, "scan", length))
        shapes.append(
            Foot(TRIANGLE, feet[-1].side, capture.load, Placement(1.0, np.eye(3), np.zeros(3)), {}, QUALITY)
        )
        digest = sha256(capture.data).hexdigest()
        records.append(CaptureRecord(capture.name, digest, feet[-1].side, capture.load, "mm", "scan"))
    for foot in entered:
        feet.append(fitted(foot.side, foot.load, "entered", dict(foot.values)))
        shapes.append(None)
        records.append(CaptureRecord("typed measures", "", foot.side, foot.load, "mm", "entered"))
    warnings = ("answers were given",) if answers else ()
    profile = FitProfile("1.0", "0", tuple(feet), tuple(records), warnings)
    return FitResult(profile, tuple(shapes), tuple({} for _ in feet))


class Later:
    """An executor that waits to be told: nothing in these tests depends on the speed of the machine."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def __call__(self, work: Callable[[], None]) -> None:
        self.waiting.append(work)

    def run_all(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def state(later) -> AppState:
    def export(result, folder, progress):
        (folder / "profile.json").write_text(result.profile.schema_version)
        return [folder / "profile.json"]

    check = lambda values: answers_from_mapping(values, "Questions")  # noqa: E731
    return AppState(journey, export=export, check_answers=check, start=later)


@pytest.fixture
def scan(tmp_path) -> Callable[..., Path]:
    def make(name: str = "foot.stl", content: str = "solid foot") -> Path:
        path = tmp_path / name
        path.write_text(content)
        return path

    return make


def settle(state: AppState, later: Later) -> None:
    later.run_all()
    state.poll()


def opened(state: AppState, later: Later, *paths: object) -> AppState:
    state.open_files(paths)
    settle(state, later)
    return state


# ------------------------------------------------------------------ opening


def test_opening_returns_at_once_and_the_result_comes_with_a_poll(state, later, scan):
    state.open_files([scan()])
    assert state.now.busy
    assert state.now.result is None
    later.run_all()
    assert state.now.result is None, "nothing may change behind the window's back"
    state.poll()
    assert not state.now.busy
    assert state.now.fit.side == "right"


def test_the_foot_is_shown_while_it_is_measured_and_its_measures_take_that_place(state, later, scan):
    seen = []
    state.listen(
        lambda changed: seen.append((state.now.preview, state.now.busy)) if "preview" in changed else None
    )
    opened(state, later, scan())
    (shown, busy), (after, _) = seen
    assert shown.mesh is TRIANGLE
    assert busy
    assert after is None
    assert state.now.result is not None


def test_a_foot_that_turns_out_to_be_none_is_not_shown_any_longer(state, later, scan):
    before = opened(state, later, scan()).now.result
    opened(state, later, scan("bad.stl", "bad"))
    assert state.now.preview is None
    assert state.now.result is before


def test_nothing_is_shown_of_a_foot_whose_fit_was_cancelled(state, later, scan):
    state.open_files([scan()])
    later.run_all()
    state.cancel()
    state.poll()
    assert state.now.preview is None


def test_a_foot_that_is_open_stays_in_view_while_an_answer_changes_its_result(state, later, scan):
    opened(state, later, scan())
    seen = []
    state.listen(lambda changed: seen.append(state.now.preview) if "preview" in changed else None)
    state.set_load("sitting")
    settle(state, later)
    assert state.now.fit.load == "sitting"
    assert not seen


def test_the_side_can_be_stated_with_the_path(state, later, scan):
    assert opened(state, later, f"left:{scan()}").now.fit.side == "left"


def test_of_a_foot_whose_arch_was_not_read_no_class_is_called_likely():
    length = {"foot_length": entered_value("foot_length", 250)}
    posture = assess(measurements_from_entry(EnteredFoot("right", "standing", length)))
    assert words.summary(posture.probabilities) == ""


@pytest.mark.parametrize("content", ["bad", "broken"])
def test_a_bad_file_gives_one_line_and_what_was_open_stays(state, later, scan, content):
    opened(state, later, scan())
    before = state.now.result
    opened(state, later, scan("other.stl", content))
    assert state.now.result is before
    assert state.now.inputs.captures[0].name == "foot.stl"
    assert state.now.notice.kind == "error"
    assert "still here" in state.now.notice.text
    assert "\n" not in state.now.notice.text
    assert "Traceback" not in state.now.notice.text
    assert not state.now.busy


def test_a_missing_file_is_named_and_the_next_step_told(state, later, tmp_path):
    opened(state, later, tmp_path / "gone.stl")
    assert "gone.stl" in state.now.notice.text
    assert "Check" in state.now.notice.text
    assert str(tmp_path) not in state.now.notice.text


def test_opening_replaces_and_adding_keeps(state, later, scan):
    opened(state, later, scan())
    opened(state, later, scan("second.stl", "solid second"))
    assert [c.name for c in state.now.inputs.captures] == ["second.stl"]
    state.open_files([scan("third.stl", "solid third")], add=True)
    settle(state, later)
    assert [c.name for c in state.now.inputs.captures] == ["second.stl", "third.stl"]
    assert state.now.foot == 1, "the foot just added is looked at"


def test_opening_nothing_changes_nothing(state):
    state.open_files([])
    assert not state.now.busy


# ------------------------------------------------------------------ cancelling


def test_cancel_stops_the_work_itself(scan):
    """The stage finds out at its next report of progress, and its thread ends."""
    stopped, at_work = threading.Event(), threading.Event()

    def endless(captures, *, entered, answers, progress, preview):
        try:
            while True:
                at_work.set()
                progress(0.5, "measuring")
        finally:
            stopped.set()

    state = AppState(endless, export=lambda r, f, p: [], check_answers=lambda v: None)
    state.open_files([scan()])
    assert at_work.wait(10)
    state.cancel()
    assert stopped.wait(10)
    state.poll()
    assert not state.now.busy
    assert state.now.result is None
    assert state.now.notice.kind == "done"


def test_a_cancelled_result_never_arrives(state, later, scan):
    opened(state, later, scan())
    before = state.now.result
    state.open_files([scan("late.stl", "solid late")])
    state.cancel()
    settle(state, later)
    assert state.now.result is before


def test_only_the_latest_of_two_openings_is_shown(state, later, scan):
    state.open_files([scan("slow.stl", "solid slow")])
    state.open_files([scan("quick.stl", "solid quick")])
    settle(state, later)
    assert state.now.inputs.captures[0].name == "quick.stl"
    assert state.poll() == 0


# ------------------------------------------------------------------ correcting what was assumed


def test_stating_the_side_refits_that_foot_only(state, later, scan):
    opened(state, later, scan(), scan("two.stl", "solid two"))
    state.select_foot(1)
    state.set_side("left")
    settle(state, later)
    assert [foot.side for foot in state.now.result.profile.feet] == ["right", "left"]
    assert state.now.foot == 1


def test_load_and_units_are_stated_to_the_journey(state, later, scan):
    opened(state, later, scan())
    state.set_load("sitting")
    settle(state, later)
    state.set_units("cm")
    settle(state, later)
    assert (state.now.inputs.captures[0].load, state.now.inputs.captures[0].units) == ("sitting", "cm")


def test_stating_something_with_nothing_open_does_nothing(state):
    state.set_side("left")
    assert not state.now.busy


# ------------------------------------------------------------------ typing measures and answering


def typed(side: str, length: float) -> EnteredFoot:
    return EnteredFoot(side, "standing", {"foot_length": entered_value("foot_length", length)})


def test_typed_measures_of_both_feet_stand_side_by_side_and_can_be_typed_again(state, later):
    for foot in (typed("right", 251), typed("left", 249), typed("right", 252)):
        state.enter_measures(foot)
        settle(state, later)
    lengths = {f.side: f.measurements.get("foot_length").value for f in state.now.result.profile.feet}
    assert lengths == {"left": 249, "right": 252}
    assert state.now.fit.side == "right"


def test_typing_measures_after_a_scan_puts_the_scan_away(state, later, scan):
    opened(state, later, scan())
    state.enter_measures(typed("left", 249))
    settle(state, later)
    assert state.now.inputs.captures == ()


def test_the_side_of_typed_measures_can_be_corrected(state, later):
    state.enter_measures(typed("right", 251))
    settle(state, later)
    state.set_side("left")
    settle(state, later)
    assert [foot.side for foot in state.now.result.profile.feet] == ["left"]


def test_answers_reach_the_journey_now_or_with_the_next_foot(state, later, scan):
    state.answer({"body_mass_kg": 70.0})
    assert not state.now.busy
    opened(state, later, scan())
    assert state.now.result.profile.warnings == ("answers were given",)


def test_an_impossible_answer_is_refused_and_nothing_is_lost(state, later, scan):
    opened(state, later, scan())
    before = state.now.result
    state.answer({"body_mass_kg": 7000.0})
    assert state.now.notice.kind == "error"
    assert state.now.result is before


# ------------------------------------------------------------------ exporting, looking, observing


def test_export_says_where(state, later, scan, tmp_path):
    opened(state, later, scan())
    state.export(tmp_path)
    settle(state, later)
    assert (tmp_path / "profile.json").exists()
    assert str(tmp_path) in state.now.notice.text


def test_export_into_a_folder_that_is_gone_is_told_calmly(state, later, scan, tmp_path):
    opened(state, later, scan())
    state.export(tmp_path / "gone")
    settle(state, later)
    assert state.now.notice.kind == "error"
    assert state.now.result is not None


def test_export_of_nothing_says_what_to_do(state):
    state.export("anywhere")
    assert state.now.notice == Notice("error", "There is nothing to export yet. Open a scan first.")


def test_a_preset_view_lets_go_of_the_hand_turned_camera(state):
    state.move_camera(Camera(10.0, 10.0))
    state.look_from("top")
    assert state.now.camera is None
    assert state.now.view == "top"


def test_listeners_hear_what_changed_and_only_that(state):
    heard = []
    state.listen(heard.append)
    state.show(landmarks=False)
    state.show(landmarks=False)
    state.pick_measure("foot_length")
    assert heard == [frozenset({"landmarks"}), frozenset({"measure"})]


def test_a_foot_that_is_not_there_is_not_selected(state, later, scan):
    opened(state, later, scan())
    state.select_foot(5)
    assert state.now.foot == 0


# ------------------------------------------------------------------ words


def test_every_measure_is_either_in_the_table_or_told_with_a_reason():
    measured = measurements_from_entry(typed("right", 251))
    shown = words.rows(measured)
    told = not_measured(FootFit("right", "standing", "entered", {}, QUALITY, measured))
    assert shown[0] == words.Row("foot_length", "Foot length", "251.0", "± 3.0", "mm")
    assert len(shown) + sum(map(len, told.values())) == len(measured.readings)
    assert all(told)


def test_flatfoot_is_worded_for_home():
    told = flatfoot_words(Flatfoot("likely", 0.8))
    assert told.replace("\xa0", " ") == "Lower than most adults, often called a flat foot: likely (80 %)"


def test_a_norm_not_read_in_its_paper_is_told_in_plain_words_and_kept_in_the_data():
    measured = measurements_from_entry(
        EnteredFoot(
            "right",
            "sitting",
            {
                "ball_length": entered_value("ball_length", 184),
                "instep_height": entered_value("instep_height", 65),
            },
        )
    )
    (vote,) = assess(measured).indices
    assert "remembered, to be confirmed" in vote.source
    assert "remembered" not in source_words(vote.source)
    assert "not yet checked against the paper" in source_words(vote.source)


def test_a_borderline_arch_names_both_neighbours():
    posture = Posture(
        "borderline", "", None, {}, Flatfoot("unlikely", 0.0), Agreement("good", "", 0.1), (), "standing",
        ("low_arch", "neutral"),
    )  # fmt: skip
    assert words.class_title(posture) == "Between low arch and neutral arch"


def test_two_captures_of_one_side_get_different_names(state, later, scan):
    opened(state, later, scan(), scan("two.stl", "solid two"))
    names = words.foot_names(state.now.result.profile.feet)
    assert len(set(names)) == 2


def test_a_profile_opens_as_the_result_it_is(state, later, tmp_path):
    """Somebody double-clicks what was exported: it is shown, and says that it can't be measured again."""
    from example_profiles import RULER, typed  # noqa: PLC0415
    from example_profiles import fitted as measured  # noqa: PLC0415

    from fitter.exchange.json_profile import to_json  # noqa: PLC0415

    profile = measured(typed("left", "standing", **RULER))
    for name in ("profile.json", "anna.fitprofile"):
        path = tmp_path / name
        path.write_text(to_json(profile))
        opened(state, later, path)
        assert state.now.result is not None, state.now.notice
        assert to_json(state.now.result.profile) == to_json(profile)
        assert "not measured again" in state.now.notice.text
    path.write_text('{"schema_version": "1.0", "captures": 3}')
    opened(state, later, path)
    assert state.now.notice.kind == "error"
    assert to_json(state.now.result.profile) == to_json(profile)  # what was open is still here


# ------------------------------------------------------------------ what is begun while something runs


def test_answers_given_while_the_first_scan_is_read_are_taken_into_it(state, later, scan):
    state.open_files([scan()])
    state.answer({"body_mass_kg": 70.0})
    settle(state, later)
    assert state.now.fit is not None
    assert state.now.inputs.answers is not None
    assert state.now.result.profile.warnings == ("answers were given",)


def test_an_edit_while_a_dropped_scan_is_read_loses_neither(state, later, scan):
    opened(state, later, scan("a.stl"))
    state.open_files([scan("b.stl", "solid other")], add=True)
    state.set_side("left")
    settle(state, later)
    assert [c.name for c in state.now.inputs.captures] == ["a.stl", "b.stl"]
    assert state.now.inputs.captures[0].side == "left"


def test_an_edit_outlives_a_file_opened_over_it_that_can_not_be_read(state, later, scan):
    opened(state, later, scan("a.stl"))
    state.set_side("left")
    state.open_files([scan("b.stl", "bad")])
    while later.waiting:
        settle(state, later)
    assert state.now.fit.side == "left"
    assert state.now.notice.kind == "error"


def test_an_export_asked_for_while_an_edit_is_fitted_is_of_the_edit(state, later, scan, tmp_path):
    opened(state, later, scan())
    state.set_side("left")
    state.export(tmp_path)
    while later.waiting:
        settle(state, later)
    assert state.now.fit.side == "left"
    assert (tmp_path / "profile.json").exists()


def test_adding_a_scan_while_the_first_is_read_opens_both(state, later, scan):
    state.open_files([scan("a.stl")])
    state.open_files([scan("b.stl", "solid other")], add=True)
    settle(state, later)
    assert [c.name for c in state.now.inputs.captures] == ["a.stl", "b.stl"]
