"""The result at a glance: what the charts claim about a foot, and how one gets at the numbers behind them."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

if os.environ.get("FITTER_REQUIRE_DISPLAY") == "1":
    import tkinter as tk
else:
    tk = pytest.importorskip("tkinter", reason="this Python has no Tk")

import customtkinter as ctk

from fitter.app import figures, theme
from fitter.app.chart_view import BAND, CONTINUUM, ChartView
from fitter.captures import Capture
from fitter.journey import run_journey
from fitter.posture.sides import SideDifference
from fitter.profile import FitProfile, SidePair
from fitter.quantity import Quantity
from fitter.terms import Side
from tests.contrast import contrast
from tests.layout import cut_off
from tests.scans import sample


@pytest.fixture(scope="module")
def pair() -> FitProfile:
    """Two feet on which everything is told."""
    return run_journey([Capture(n, sample(n)) for n in ("pair_left.stl", "pair_right.stl")]).profile


@pytest.fixture
def view(display: str):
    root = ctk.CTk()
    root.geometry("600x2600")  # as tall as what scrolls on a page
    chart = ChartView(root)
    chart.pack(fill="both", expand=True)
    root.update()
    yield chart
    for waiting in root.tk.call("after", "info"):
        root.tk.call("after", "cancel", waiting)
    root.destroy()


def difference(apart: float, error: float) -> SideDifference:
    larger: Side | None = None if abs(apart) <= error else "left" if apart > 0 else "right"
    both = Quantity(60.0 + apart, 1.0, "mm"), Quantity(60.0, 1.0, "mm")
    return SideDifference("instep_height", *both, Quantity(apart, error, "mm"), larger)


def side_chart(apart: float, error: float) -> figures.Chart:
    return figures.left_and_right(SidePair("standing", 0, 1, "", (difference(apart, error),)))


def test_the_continuum_draws_the_stated_interval_and_every_vote(pair, view):
    posture = pair.feet[0].posture
    chart = figures.continuum(posture)
    view.show(chart)
    view.update()
    assert chart.lead is not None
    left, right, _height = view._places[0]
    assert left == pytest.approx(view.x_of(max(posture.score.low, chart.low)), abs=1)
    assert right == pytest.approx(view.x_of(posture.score.high), abs=1)
    assert len(chart.rows[0].marks) == len(posture.indices) == len(figures.votes(posture).rows)


def test_a_difference_within_its_error_is_not_called_one():
    alike, other = side_chart(1.9, 2.0), side_chart(2.1, 2.0)
    assert abs(alike.marks[0].value) < 1.0 < abs(other.marks[0].value)
    assert "No difference beyond the error" in alike.marks[0].told
    assert "Left larger by 2.1 ± 2.0 mm" in other.marks[0].told
    assert alike.table[1][-1] != other.table[1][-1]


def test_the_larger_foot_lies_on_its_own_side_of_the_chart():
    assert side_chart(6.0, 2.0).marks[0].value == -3.0
    assert side_chart(-6.0, 2.0).marks[0].value == 3.0


def test_a_percentile_is_drawn_as_wide_as_its_doubt(pair):
    chart = figures.among_adults(pair.feet[0])
    assert chart is not None
    told = [p for each in pair.feet[0].norms.percentiles.values() for p in each]
    assert [(m.low, m.value, m.high) for m in chart.marks] == [(p.low, p.value, p.high) for p in told]


def test_a_foot_that_cannot_be_compared_has_no_chart_of_adults(pair):
    fit = pair.feet[0]
    assert figures.among_adults(replace(fit, norms=replace(fit.norms, percentiles={}))) is None


def test_pointing_and_arrows_tell_the_number_behind_a_mark(pair, view):
    view.show(figures.among_adults(pair.feet[0]))
    view.update()
    left, right, height = view._places[2]
    view.canvas.event_generate("<Motion>", x=int((left + right) / 2), y=int(height))
    assert view.told.cget("text") == view.chart.marks[2].told
    view.canvas.event_generate("<Leave>")
    assert view.told.cget("text") == view.chart.caption
    view.canvas.focus_force()
    view.update()
    view.canvas.event_generate("<Down>")
    assert view.told.cget("text") == view.chart.marks[1].told
    view.canvas.event_generate("<End>")
    assert view.told.cget("text") == view.chart.marks[-1].told


def test_what_is_copied_is_a_table_with_a_line_a_row(pair, view):
    view.show(figures.votes(pair.feet[0].posture))
    view.copy()
    lines = view.clipboard_get().splitlines()
    assert len(lines) == 2 + len(pair.feet[0].posture.indices)
    assert {line.count("\t") for line in lines} == {3}


def test_what_lies_beyond_the_scale_is_drawn_at_its_end(view):
    view.show(side_chart(-90.0, 2.0))
    view.update()
    assert view._places[0][1] == view.x_of(figures.SIDES_RANGE)


def test_nothing_is_cut_off_at_any_size_of_letters(pair, view):
    for scale in (1.0, 1.5, 2.0):
        ctk.set_widget_scaling(scale)
        try:
            for chart in (figures.continuum(pair.feet[0].posture), figures.left_and_right(pair.sides[0])):
                view.show(chart)
                view.update()
                view.update()
                assert cut_off(view) == []
                boxes = [view.canvas.bbox(i) for i in view.canvas.find_all()]
                assert max(box[2] for box in boxes) <= view.canvas.winfo_width() + 4
                assert max(box[3] for box in boxes) <= int(float(view.canvas.cget("height"))) + 4
        finally:
            ctk.set_widget_scaling(1.0)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_words_stand_out_from_the_band_and_the_score_from_its_zones(mode):
    assert all(contrast(ink[mode], BAND[0][mode]) >= 4.5 for ink in (theme.TEXT, theme.MUTED))
    assert all(contrast(theme.TEXT[mode], zone[mode]) >= 3.0 for zone in CONTINUUM)
