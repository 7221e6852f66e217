"""The surface the foot stands on: its own sole, taken gently, corrected by the support profile.

Heights are mm above the level the heel rests on. The foot is a right one in the foot frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter, gaussian_filter1d, grey_erosion, map_coordinates

from fitter.resources import table
from fitter.saying import say
from fitter.support.insole.cup import inside_width, measured_at
from fitter.support.insole.design import Design
from fitter.support.insole.sole import CELL, Grid, Sole, smooth

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Contact:
    """``foot`` (r, c) is how high the foot stands over each cell, ``rim`` (r, c) how high the insole may
    follow it, ``surface`` (r, c) what the foot stands on, all above the heel's level; ``rows``, ``columns``
    the cells' x and y."""

    foot: Grid
    rim: Grid
    surface: Grid
    rows: Vector
    columns: Vector
    notes: tuple[str, ...]


def contact(sole: Sole, wanted: Design) -> Contact:
    """The designed surface of an insole for this sole."""
    beliefs = table("support/insole.toml")
    shape, bounds = beliefs["shape"], beliefs["bounds"]
    x, y = sole.rows, sole.columns
    foot, notes = _placed(sole, wanted)
    foot = below_slope(foot, float(np.tan(np.radians(bounds["steepest"]))))
    foot, more = _arch_corrected(foot, sole, wanted)
    flat_from = sole.ball_length + shape["flat_from_ball"] * sole.length
    rim = _rim(sole, wanted, flat_from)
    # The ball stands on a flat: what lies before it, toes and all, is left out.
    hollow = foot * smooth(x, flat_from + 0.02 * sole.length, flat_from - 0.12 * sole.length)[:, None]
    surface = gaussian_filter(np.minimum(hollow, rim), shape["smoothing"] / CELL, mode="nearest")
    surface = surface + _additions(sole, wanted, x[:, None], y[None, :])
    return Contact(foot, rim, surface, x, y, (*notes, *more))


def below_slope(height: Grid, slope: float) -> Grid:
    """The highest surface nowhere above ``height`` (r, c; 1 mm cells) and nowhere steeper than ``slope``: so
    the insole never enters the foot."""
    # Two cones of half the reach make the whole one, within 0.03 mm, in a third of the time.
    reach = int(np.ceil(40.0 / slope / CELL / 2))
    step = np.arange(-reach, reach + 1) * CELL
    cone = -slope * np.hypot(step[:, None], step[None, :])
    half = grey_erosion(height, structure=cone, mode="nearest")
    out: Grid = grey_erosion(half, structure=cone, mode="nearest")
    return out


def _placed(sole: Sole, wanted: Design) -> tuple[Grid, list[str]]:
    """The sole with its arch's highest point where the profile has room for it, and its heel as wide."""
    x, y = sole.rows, sole.columns
    apex = apex_place(sole)
    low, high = wanted.apex_range
    most = table("support/insole.toml")["shape"]["most_apex_shift"]
    shift = float(np.clip(np.clip(apex, low, high) - apex, -most, most))
    notes = []
    if abs(shift) >= 0.5:
        notes.append(
            say(
                "The arch's highest point was moved {shift:.0f} mm {word}, as the profile asks.",
                shift=abs(shift),
                word="forwards" if shift > 0 else "backwards",
            )
        )
    moved = shift * smooth(x, 0.15 * sole.length, apex) * smooth(x, sole.ball_length, apex)
    share = 1.0 + _room(sole, wanted)
    wide = 1.0 + (share - 1.0) * smooth(x, 0.40 * sole.length, 0.20 * sole.length)
    along, across = np.meshgrid(x - moved, y, indexing="ij")
    place = np.stack([along - x[0], across / wide[:, None] - y[0]]) / CELL
    out: Grid = map_coordinates(sole.height, place, order=1, mode="nearest")
    return out, notes


def _room(sole: Sole, wanted: Design) -> float:
    """How much wider than the heel its cup is drawn, as a share: the profile's room where a cup's width is
    measured, and what the surface's limits take off there."""
    beliefs = table("support/insole.toml")
    at = measured_at()
    heel = sole.rows < 0.3 * sole.length
    rows, foot = sole.rows[heel], np.minimum(sole.height[heel], 40.0)
    width = inside_width(foot, rows, sole.columns, sole.length, at)
    if width is None:
        return wanted.cup_clearance / sole.heel_breadth
    cup = below_slope(foot, float(np.tan(np.radians(beliefs["bounds"]["steepest"]))))
    cup = gaussian_filter(
        np.minimum(cup, wanted.cup_depth), beliefs["shape"]["smoothing"] / CELL, mode="nearest"
    )
    plain = inside_width(cup, rows, sole.columns, sole.length, at)
    return (wanted.cup_clearance + (0.0 if plain is None else width - plain)) / width


def apex_place(sole: Sole) -> float:
    """How far from the heel (mm) the sole stands highest, half way to its inner edge."""
    window = (sole.rows > 0.30 * sole.length) & (sole.rows < 0.65 * sole.length)
    x = sole.rows[window]
    half = 0.5 * sole.inner[window]
    rows = np.flatnonzero(window)
    place = np.stack([rows.astype(float), (half - sole.columns[0]) / CELL])
    height = gaussian_filter1d(map_coordinates(sole.height, place, order=1, mode="nearest"), 4.0)
    return float(x[int(np.argmax(height))])


def _arch_corrected(foot: Grid, sole: Sole, wanted: Design) -> tuple[Grid, list[str]]:
    """The hollow of the arch as high as the profile wants it, and the same shape."""
    shape = table("support/insole.toml")["shape"]
    most = shape["most_arch_scale"]
    scale = wanted.arch_height / max(sole.arch_height, 1.0)
    notes = []
    if scale > most:
        notes.append("The profile's arch is far above the foot's: the fill was limited.")
        scale = most
    start, end = (share * sole.length for share in shape["arch_window"])
    x, y = sole.rows[:, None], sole.columns[None, :]
    third = (end - start) / 3.0
    here = smooth(x, start, start + third) * smooth(x, end, end - third)
    here = here * smooth(y, -0.15 * sole.ball_breadth, 0.08 * sole.ball_breadth)
    return foot * (1.0 + here * (scale - 1.0)), notes


def _rim(sole: Sole, wanted: Design, flat_from: float) -> Grid:
    """How high the insole's edge may stand: the cup's depth around the heel, the arch's height beside the
    arch, less outside, nothing before the ball."""
    shape = table("support/insole.toml")["shape"]
    x, length = sole.rows, sole.length
    cup = shape["cup_until"] * length
    apex = float(np.clip(apex_place(sole), *wanted.apex_range))
    end = flat_from + 0.02 * length
    apex = float(np.clip(apex, cup + 0.02 * length, end - 0.02 * length))  # on a small foot the cup ends late
    beside = shape["lateral_at"] * length
    inner = _curve(x, (cup, wanted.cup_depth), (apex, wanted.arch_height), (end, 0.0))
    outer = _curve(
        x, (cup, wanted.cup_depth), (beside, shape["lateral_share"] * wanted.cup_depth), (end, 0.0)
    )
    # From outside to inside across the middle of the foot.
    middle = 0.5 * (np.nan_to_num(sole.inner) + np.nan_to_num(sole.outer))
    middle = gaussian_filter1d(middle, 10.0)
    half = 0.22 * sole.ball_breadth
    share = smooth((sole.columns[None, :] - middle[:, None]) / half, -1.0, 1.0)
    out: Grid = outer[:, None] + (inner - outer)[:, None] * share
    return out


def _curve(x: Vector, *through: tuple[float, float]) -> Vector:
    """A curve without overshoot through points, level before the first and after the last."""
    at, value = zip(*through, strict=True)
    out: Vector = PchipInterpolator(
        (at[0] - 20.0, *at, at[-1] + 20.0), (value[0], *value, value[-1])
    )(np.clip(x, at[0] - 20.0, at[-1] + 20.0))  # fmt: skip
    return out


def _additions(sole: Sole, wanted: Design, x: Grid, y: Grid) -> Grid:
    """What the profile adds to the sole's own form: wedges, heel lift, metatarsal dome."""
    return _wedges(sole, wanted, x, y) + _lift(sole, wanted, x) + _dome(sole, wanted, x, y)


def _wedges(sole: Sole, wanted: Design, x: Grid, y: Grid) -> Grid:
    """Each wedge begins at nothing on its low side, so that nowhere gets thinner by it."""
    posting, length = table("support/insole.toml")["posting"], sole.length
    rear = smooth(x, posting["rear_none_from"] * length, posting["rear_full_until"] * length)
    full = posting["fore_full_from"] * length
    fore = smooth(x, posting["fore_none_until"] * length, full)
    fore = fore * smooth(x, sole.ball_length + 0.20 * length, sole.ball_length + 0.05 * length)
    heel, ball = 0.5 * sole.heel_breadth, 0.5 * sole.ball_breadth
    return _wedge(wanted.rearfoot_posting, y, heel) * rear + _wedge(wanted.forefoot_posting, y, ball) * fore


def _wedge(degrees: float, y: Grid, half: float) -> Grid:
    rise = np.tan(np.radians(abs(degrees)))
    across = y if degrees >= 0.0 else -y
    # Beyond the foot's edge the rim goes on level.
    sharp = rise * (half + np.clip(across, -half, half))
    out: Grid = gaussian_filter1d(sharp, 3.0, axis=1, mode="nearest")
    return out


def _lift(sole: Sole, wanted: Design, x: Grid) -> Grid:
    lift = table("support/insole.toml")["lift"]
    none = sole.ball_length + lift["none_from_ball"] * sole.length
    return wanted.heel_lift * smooth(x, none, lift["full_until"] * sole.length)


def _dome(sole: Sole, wanted: Design, x: Grid, y: Grid) -> Grid:
    """A drop-shaped rise behind the heads of the middle metatarsals."""
    if wanted.pad_height == 0.0:
        return np.zeros(np.broadcast_shapes(x.shape, y.shape))
    dome = table("support/insole.toml")["metatarsal_dome"]
    behind = sole.ball_length - dome["behind_ball"] * sole.length
    centre = wanted.pad_at if wanted.pad_at is not None else behind - 0.2 * dome["length"] * sole.length
    row = int(np.argmin(np.abs(sole.rows - centre)))
    middle = 0.5 * (sole.inner[row] + sole.outer[row]) + dome["across"] * sole.ball_breadth
    # Steeper towards the toes than towards the heel.
    long = np.where(x > centre, 0.38, 0.62) * dome["length"] * sole.length
    away = np.hypot((x - centre) / long, (y - middle) / (0.5 * dome["breadth_share"] * sole.ball_breadth))
    out: Grid = wanted.pad_height * smooth(away, 1.0, 0.1)
    return out
