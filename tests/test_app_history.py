"""Undo and redo: going back is exact, whatever was done and in whatever order."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from example_profiles import RULER, fitted, typed
from test_app_state import Later, journey

from fitter.answers import answers_from_mapping
from fitter.app.history import History, Step
from fitter.app.inputs import decide
from fitter.app.model import Inputs, Typed
from fitter.app.state import AppState
from fitter.captures import Capture
from fitter.entry import EnteredFoot, entered_value
from fitter.errors import FitterError
from fitter.exchange.json_profile import to_json
from fitter.profile import FitResult
from fitter.records.people import SetByHand
from fitter.scan.foot import Foot, Placement, Quality
from fitter.scan.mesh import Mesh
from fitter.support.trying import Tried, TryOn


def made(later: Later) -> AppState:
    check = lambda values: answers_from_mapping(values, "Questions")  # noqa: E731
    return AppState(journey, export=lambda r, f, p: [], check_answers=check, start=later)


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def state(later) -> AppState:
    return made(later)


def settle(state: AppState, later: Later) -> None:
    later.run_all()
    state.poll()


def held(state: AppState) -> tuple[object, ...]:
    """All that an edit may change."""
    now = state.now
    return now.inputs, now.typed, dict(now.asked), now.result


def length(side: str, mm: float) -> EnteredFoot:
    return EnteredFoot(side, "standing", {"foot_length": entered_value("foot_length", mm)})


def one_edit(state: AppState, chance: random.Random, scans: list[str]) -> None:
    """Something a person may do; some of it does nothing, or is refused."""
    what = chance.randrange(12)
    if what == 0:
        state.open_files([chance.choice(scans)], add=chance.random() < 0.4)
    elif what == 1:
        state.enter_measures(length(chance.choice(["left", "right"]), chance.uniform(220, 290)))
    elif what == 2:
        state.set_side(chance.choice(["left", "right"]))
    elif what == 3:
        state.set_load(chance.choice(["standing", "sitting"]))
    elif what == 4:
        state.set_units(chance.choice(["mm", "cm", None]))
    elif what == 5:
        state.answer({"body_mass_kg": chance.choice([60.0, 70.0, 9000.0])})
    elif what == 6:
        state.set_landmark("navicular", chance.choice([None, (chance.random(), 1.0, 2.0)]))
    elif what == 7:
        state.ask("height_cm", chance.choice([None, chance.uniform(150, 200)]))
    elif what == 8:
        state.set_form(unit=chance.choice(["mm", "cm", "in"]))
    elif what == 9:
        state.select_foot(chance.randrange(3))
    else:
        row = chance.choice(["foot_length", "ball_girth"])
        state.type_reading(chance.choice(["left", "right"]), row, chance.randrange(3), str(chance.random()))


@pytest.mark.parametrize("seed", range(8))
def test_every_edit_is_taken_back_exactly_and_done_again_exactly(tmp_path, seed):
    chance, later = random.Random(seed), Later()
    state = made(later)
    scans = []
    for name in ("one.stl", "two.stl", "bad.stl"):
        (tmp_path / name).write_text(name)
        scans.append(str(tmp_path / name))
    trail = [held(state)]
    for _ in range(60):
        one_edit(state, chance, scans)
        settle(state, later)
        if held(state) != trail[-1]:
            trail.append(held(state))
        if chance.random() < 0.3 and state.now.undo:
            back = chance.randint(1, 3)
            steps = 0
            while steps < back and state.now.undo:
                state.undo()
                steps += 1
            at = trail.index(held(state))
            for _again in range(steps):
                state.redo()
            assert held(state) == trail[-1]
            if chance.random() < 0.5:
                while held(state) != trail[at]:
                    state.undo()
                del trail[at + 1 :]
    while state.now.undo:
        state.undo()
        # Letters typed in a row into one field are one step, so some stations are passed over.
        at = max(k for k, station in enumerate(trail) if station == held(state))
        del trail[at + 1 :]
    assert len(trail) == 1
    assert held(state) == trail[0] == (Inputs(), Typed(), {}, None)


def test_a_word_typed_into_a_field_is_one_step_and_the_next_field_another(state):
    for text in ("2", "25", "251"):
        state.type_reading("right", "foot_length", 0, text)
    state.type_reading("right", "foot_length", 1, "2")
    state.undo()
    assert state.now.typed.row("right", "foot_length") == ("251",)
    assert state.now.redo == "typing"
    state.undo()
    assert state.now.typed.empty
    assert state.now.undo == ""
    state.redo()
    assert state.now.typed.row("right", "foot_length") == ("251",)


def test_a_new_edit_forgets_what_was_undone(state):
    state.type_reading("right", "foot_length", 0, "251")
    state.undo()
    state.type_reading("right", "foot_length", 0, "260")
    state.redo()
    assert state.now.typed.row("right", "foot_length") == ("260",)
    assert "nothing" in state.now.notice.text


def test_undo_while_a_scan_is_read_cancels_that_and_nothing_else(state, later, tmp_path):
    (tmp_path / "a.stl").write_text("a")
    state.open_files([tmp_path / "a.stl"])
    settle(state, later)
    before = held(state)
    state.set_side("left")
    state.undo()
    settle(state, later)
    assert held(state) == before
    assert state.now.inputs.captures, "the scan opened before is still there"


def test_two_corrections_in_a_row_are_both_kept_however_slow_the_fitting(state, later, tmp_path):
    (tmp_path / "a.stl").write_text("a")
    state.open_files([tmp_path / "a.stl"])
    settle(state, later)
    state.set_side("left")
    state.set_load("sitting")
    settle(state, later)
    (capture,) = state.now.inputs.captures
    assert (capture.side, capture.load) == ("left", "sitting")


def test_two_scans_dropped_one_after_the_other_are_both_kept(state, later, tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.stl").write_text(name)
    state.open_files([tmp_path / "a.stl"])
    settle(state, later)
    state.open_files([tmp_path / "b.stl"], add=True)
    state.open_files([tmp_path / "c.stl"], add=True)
    settle(state, later)
    assert [c.name for c in state.now.inputs.captures] == ["a.stl", "b.stl", "c.stl"]


def test_another_persons_work_is_never_undone_into(state, later, tmp_path):
    (tmp_path / "a.stl").write_text("a")
    state.open_files([tmp_path / "a.stl"])
    settle(state, later)
    state.begin()
    state.undo()
    assert state.now.inputs == Inputs()
    assert state.now.result is None


def test_a_hundred_scans_opened_in_a_row_weigh_no_more_than_a_few():
    history = History(most_bytes=10_000_000)
    quality = Quality("", "whole_foot", 0.0, 0.0, 1)
    for number in range(100):
        mesh = Mesh(np.full((20_000, 3), float(number)), np.zeros((1, 3), np.int32))
        shape = Foot(mesh, "right", "standing", Placement(1.0, np.eye(3), np.zeros(3)), {}, quality)
        result = FitResult(fitted(), (shape,), ({},))
        scan = Capture("a.stl", bytes(1_000_000))
        history.did(Step(str(number), Inputs((scan,)), Typed(), {}, result, 0))
    held = [step for step in history._past]  # noqa: C416
    assert 5 <= len(held) <= 7
    assert history.undoable == "99"


# ------------------------------------------------------------------ what a person decided


def supported() -> FitResult:
    return FitResult(fitted(typed("right", "standing", **RULER)), (None,), ({},))


def arch(result: FitResult):
    support = result.profile.feet[0].support
    return next(p for p in support.parameters if p.id == "arch_support_height")


def test_a_setting_by_hand_survives_measuring_again_and_is_taken_back():
    result = supported()
    rule = arch(result)
    setting = SetByHand("right", "arch_support_height", rule.value + 1.0, "pressed", "KM")
    wanted = Inputs(set_by_hand=(setting,))
    there = decide(result, Inputs(), wanted)
    assert arch(there).value == rule.value + 1.0
    assert arch(there).override.by == "KM"
    again = decide(supported(), None, wanted)
    assert arch(again) == arch(there)
    assert decide(there, wanted, Inputs()).profile == result.profile


def test_what_was_decided_in_a_result_from_a_file_outlives_another_decision_and_is_taken_back(tmp_path):
    setting = SetByHand("right", "arch_support_height", arch(supported()).value + 1.0, "pressed", "KM")
    tried = TryOn((Tried(("A",), "Arc", 7.0),), ("A",))
    path = tmp_path / "kept.json"
    path.write_text(to_json(decide(supported(), Inputs(), Inputs((), (), None, (setting,), tried)).profile))
    later = Later()
    state = AppState(journey, export=lambda r, f, p: [], check_answers=lambda v: v, start=later)
    state.open_files([path])
    later.run_all()
    state.poll()
    state.set_by_hand("shell_stiffness", "soft", "as before", "KM")
    assert state.now.result.profile.try_on == tried
    assert arch(state.now.result).override is not None
    state.restore("arch_support_height")
    assert arch(state.now.result).override is None
    assert arch(state.now.result).value == pytest.approx(arch(supported()).value, abs=0.05)


def test_a_setting_outside_the_rules_is_refused_when_made_and_told_when_it_no_longer_holds():
    setting = SetByHand("right", "arch_support_height", 99.0, "more", "KM")
    with pytest.raises(FitterError):
        decide(supported(), Inputs(), Inputs(set_by_hand=(setting,)))
    later = decide(supported(), None, Inputs(set_by_hand=(setting,)))
    assert "no longer holds" in later.profile.warnings[-1]
    assert arch(later) == arch(supported())


def test_what_was_tried_on_is_kept_undone_and_done_again(state, later):
    state.enter_measures(length("right", 251))
    settle(state, later)
    tried = TryOn((Tried(("A",), "Arc", 7.0),), ("A",))
    state.try_on(tried)
    assert state.now.result.profile.try_on == tried
    state.undo()
    assert state.now.result.profile.try_on is None
    state.redo()
    assert state.now.result.profile.try_on == tried
    state.set_load("sitting")
    settle(state, later)
    assert state.now.result.profile.try_on == tried, "measuring again forgets no decision"


def test_a_landmark_set_undone_and_set_again_reaches_the_journey(state, later, tmp_path):
    (tmp_path / "a.stl").write_text("a")
    state.open_files([tmp_path / "a.stl"])
    settle(state, later)
    state.set_landmark("navicular", (1.0, 2.0, 3.0))
    settle(state, later)
    assert state.now.inputs.captures[0].marks == {"navicular": (1.0, 2.0, 3.0)}
    state.undo()
    assert state.now.inputs.captures[0].marks == {}
    state.redo()
    state.set_landmark("navicular", None)
    settle(state, later)
    assert state.now.inputs.captures == (replace(state.now.inputs.captures[0], marks={}),)
