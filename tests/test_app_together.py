"""From files dropped to a result without a click: the second foot joins the first, a scan taken again takes
its place, and what was assumed has its other way one button away. Without a window."""

from __future__ import annotations

import pytest
from test_app_state import Later, journey, scan, settle  # noqa: F401 - a fixture

from fitter.answers import answers_from_mapping
from fitter.app.state import AppState
from fitter.app.watch import Arrived
from fitter.captures import Capture
from fitter.records.people import Customer


def by_content(captures, **more):
    """A stand-in journey that sees the side in the file, as the real one sees it in the shape."""
    sides = [Capture(c.name, c.data, "left" if b"left" in c.data else "right", c.load) for c in captures]
    return journey(sides, **more)


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def state(later) -> AppState:
    check = lambda values: answers_from_mapping(values, "Questions")  # noqa: E731
    return AppState(by_content, export=lambda r, f, p: [], check_answers=check, start=later)


def feet(state: AppState) -> list[tuple[str, str]]:
    assert state.now.result is not None, state.now.notice
    profile = state.now.result.profile
    return [(c.file, f.side) for f, c in zip(profile.feet, profile.captures, strict=True)]


@pytest.fixture
def left(scan):  # noqa: F811
    return scan("a.stl", "a left foot")


@pytest.fixture
def right(scan):  # noqa: F811
    return scan("b.stl", "a right foot")


def brought(state, later, *paths) -> None:
    state.bring(paths)
    settle(state, later)


def test_both_feet_dropped_at_once_are_both_there(state, later, left, right):
    brought(state, later, left, right)
    assert feet(state) == [("a.stl", "left"), ("b.stl", "right")]


def test_the_second_foot_joins_the_first_and_can_be_opened_alone(state, later, left, right):
    brought(state, later, left)
    brought(state, later, right)
    assert feet(state) == [("a.stl", "left"), ("b.stl", "right")]
    assert state.now.notice.text.startswith("Taken as the right foot of the same person.")
    assert state.now.notice.change == "Open it alone"
    assert state.now.foot == 1  # what came is looked at
    state.other_way()
    settle(state, later)
    assert feet(state) == [("b.stl", "right")]
    state.undo()
    assert len(feet(state)) == 2


def test_the_second_foot_may_come_while_the_first_is_still_read(state, later, left, right):
    state.bring([left])
    brought(state, later, right)
    assert feet(state) == [("a.stl", "left"), ("b.stl", "right")]


def test_without_a_customer_another_scan_of_the_same_side_is_somebody_else(state, later, left, scan):  # noqa: F811
    brought(state, later, left)
    brought(state, later, scan("c.stl", "another left foot"))
    assert feet(state) == [("c.stl", "left")]
    assert state.now.notice.change == "Keep both"
    state.other_way()
    settle(state, later)
    assert [file for file, _side in feet(state)] == ["a.stl", "c.stl"]


def test_without_a_customer_a_scan_beside_a_pair_is_somebody_else(state, later, left, right, scan):  # noqa: F811
    brought(state, later, left, right)
    brought(state, later, scan("c.stl", "another left foot"))
    assert feet(state) == [("c.stl", "left")]


def test_in_a_visit_a_foot_scanned_again_takes_its_own_place_only(state, later, left, right, scan):  # noqa: F811
    brought(state, later, left, right)
    state.belong_to(Customer("Anna", id="1"))
    brought(state, later, scan("c.stl", "the left foot again"))
    assert feet(state) == [("b.stl", "right"), ("c.stl", "left")]
    state.undo()
    assert feet(state) == [("a.stl", "left"), ("b.stl", "right")]


def test_the_same_file_dropped_twice_is_one_foot(state, later, left, right):
    brought(state, later, left, right)
    brought(state, later, left, right)
    assert len(feet(state)) == 2
    assert state.now.notice is None


def test_a_second_file_that_is_no_foot_leaves_the_first_as_it_was(state, later, left, scan):  # noqa: F811
    brought(state, later, left)
    brought(state, later, scan("bad.stl", "bad"))
    assert feet(state) == [("a.stl", "left")]
    assert "What was open is still here." in state.now.notice.text
    assert "FitterError" in state.now.notice.details


def test_what_came_into_the_watched_folder_is_offered_opened_or_put_aside(state, later, left, right):
    state.scans_arrived([Arrived(str(left), 1.0)])
    state.scans_arrived([Arrived(str(right), 2.0), Arrived(str(left), 3.0)])
    assert [one.name for one in state.now.arrived] == ["b.stl", "a.stl"]  # saved again: offered once
    state.open_arrived()
    settle(state, later)
    assert sorted(feet(state)) == [("a.stl", "left"), ("b.stl", "right")]
    assert state.now.arrived == ()
    state.scans_arrived([Arrived(str(left), 4.0)])
    state.put_aside()
    assert state.now.arrived == ()
