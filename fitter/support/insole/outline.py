"""The insole seen from above: as long and wide as the profile says, shaped as the foot."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from shapely.geometry import Polygon, box

from fitter.errors import FitterError
from fitter.resources import table
from fitter.support.insole.design import Design
from fitter.support.insole.sole import CELL, Sole, smooth
from fitter.support.insole.top import Contact

STEP = 1.0  # mm between neighbouring points of an outline
_LEAST_RIM = 6.0  # mm: so high up the foot its outline is taken where the insole has no rim
_ABOVE_BALL = 30.0  # the same at the ball
_TOE_BOX = 34.0  # mm: least radius of the front


def outlines(sole: Sole, wanted: Design, under: Contact) -> tuple[Polygon, Polygon]:
    """The outline of the shell and of the cover, evenly pointed, counter-clockwise."""
    whole = _whole(sole, wanted, under)
    if wanted.length == "three-quarter":
        whole = _ended(whole, sole, wanted)
    cover = _even(whole)
    if not wanted.first_ray_cut_out:
        return cover, cover
    shell = whole.difference(_first_ray(whole, sole))
    corner = table("support/insole.toml")["first_ray_cut_out"]["corner"]
    rounded = _largest(shell.buffer(-corner / 2).buffer(corner).buffer(-corner / 2))
    return _even(rounded), cover


def _whole(sole: Sole, wanted: Design, under: Contact) -> Polygon:
    land = table("support/insole.toml")["bounds"]["rim_land"]
    behind = _behind_ball(sole, under).buffer(land)
    before = _before_ball(sole).buffer(land)
    union = _largest(shapely.union_all([behind, before]))
    # Closing fills dents such as the one behind the little toe's ball, opening takes corners off.
    union = _largest(union.buffer(60.0).buffer(-70.0).buffer(10.0))
    points = _rounded(_widened(_points(union, STEP), sole, wanted))
    # The length is the profile's: the toes' part is drawn out to it, heel and ball stay where they are.
    x = points[:, 0]
    lacking = x.min() + wanted.insole_length - x.max()
    start = 0.8 * sole.ball_length
    points[:, 0] = x + lacking * np.clip((x - start) / (x.max() - start), 0.0, 1.0) ** 1.5
    return _largest(Polygon(points).buffer(0))


def _behind_ball(sole: Sole, under: Contact) -> Polygon:
    """Where the foot stands no higher over the floor than the rim reaches."""
    # Outside this the foot's own wall; the map's cells are too coarse for the crossing itself.
    x = under.rows[:, None]
    level = np.maximum(under.rim, _LEAST_RIM)
    # Towards the ball the edge goes over into the outline of the foot from above.
    level = np.maximum(level, _ABOVE_BALL * smooth(x, 0.45 * sole.length, sole.ball_length))
    beyond = 10.0 * smooth(under.rows, 0.45 * sole.length, 0.25 * sole.length)  # a cup's wall leans outwards
    until = sole.ball_length + 0.02 * sole.length
    gap = under.foot - level
    sides: list[list[tuple[float, float]]] = [[], []]
    for k in np.flatnonzero(under.rows < until):
        inside = np.flatnonzero(gap[k] <= 0.0)
        if len(inside) < 4:
            continue
        first, last = int(inside[0]), int(inside[-1])
        outer = _crossing(under.columns, gap[k], first, first - 1)
        inner = _crossing(under.columns, gap[k], last, last + 1)
        sides[0].append((under.rows[k], float(np.fmax(outer, sole.outer[k] - beyond[k]))))
        sides[1].append((under.rows[k], float(np.fmin(inner, sole.inner[k] + beyond[k]))))
    if len(sides[0]) < 50:
        raise FitterError(
            "no insole can be shaped to this foot: its sole is seen in part only",
            todo="Scan the foot again so that its whole sole is seen",
            code="no_insole",
        )
    return _largest(Polygon([*sides[0], *sides[1][::-1]]).buffer(0))


def _crossing(columns: NDArray[np.float64], gap: NDArray[np.float64], inside: int, outside: int) -> float:
    a, b = gap[inside], gap[outside]
    share = -a / (b - a) if b > a else 0.0
    return float(columns[inside] + share * (columns[outside] - columns[inside]))


def _before_ball(sole: Sole) -> Polygon:
    """The hull of forefoot and toes, its corners as round as a toe box."""
    start = sole.ball_length - 0.04 * sole.length
    seen = np.isfinite(sole.inner) & np.isfinite(sole.outer) & (sole.rows > start)
    x = sole.rows[seen]
    points = np.concatenate([np.stack([x, sole.inner[seen]], 1), np.stack([x, sole.outer[seen]], 1)])
    # Drawn out backwards, so that only its front corners are rounded.
    back = points[[0, len(x)]] - (2.0 * _TOE_BOX, 0.0)
    hull = shapely.convex_hull(shapely.multipoints(np.concatenate([points, back])))
    round_ = hull.buffer(-_TOE_BOX).buffer(_TOE_BOX)
    return _largest(round_.intersection(box(start, -200.0, 500.0, 200.0)))


def _widened(points: NDArray[np.float64], sole: Sole, wanted: Design) -> NDArray[np.float64]:
    """As wide at the ball as the profile says, the heel left as it is."""
    x, y = points.T
    at = (x > 0.55 * sole.length) & (x < 0.85 * sole.length)
    low, high = float(y[at].min()), float(y[at].max())
    share = wanted.insole_width / (high - low)
    middle = 0.5 * (low + high)
    full = smooth(x, 0.42 * sole.length, 0.62 * sole.length)
    return np.stack([x, y + full * (share - 1.0) * (y - middle)], axis=1)


def _ended(whole: Polygon, sole: Sole, wanted: Design) -> Polygon:
    """Ends behind the ball, oblique as the line of the ball is, its corners round."""
    low, high = whole.bounds[1] - 10.0, whole.bounds[3] + 10.0
    front = wanted.shell_length
    y = np.linspace(low, high, 60)
    inner = float(np.nanmax(sole.inner))
    # The outer ball lies about 0.1 of the length behind the inner one; the edge is slightly arched.
    share = np.clip((inner - y) / sole.ball_breadth, -0.2, 1.2)
    edge = front - 0.09 * sole.length * share + 0.02 * sole.length * np.sin(np.pi * np.clip(share, 0, 1))
    region = Polygon([(-100.0, low), *zip(edge.tolist(), y.tolist(), strict=True), (-100.0, high)])
    cut = _largest(whole.intersection(region.buffer(0)))
    return _largest(cut.buffer(-9.0).buffer(9.0))


def _first_ray(whole: Polygon, sole: Sole) -> Polygon:
    """What is taken from under the head of the first metatarsal and before it."""
    cut = table("support/insole.toml")["first_ray_cut_out"]
    back = sole.ball_length - cut["behind_ball"] * sole.length
    inner = whole.intersection(box(back, -200.0, sole.ball_length + 5.0, 200.0)).bounds[3]
    corner = cut["corner"]
    region = box(back, inner - cut["breadth_share"] * sole.ball_breadth, 500.0, inner + 60.0)
    return region.buffer(-corner).buffer(corner)


def _rounded(points: NDArray[np.float64], sd: float = 5.0) -> NDArray[np.float64]:
    """Smoothed along a closed curve, and what smoothing takes off given back."""
    once = gaussian_filter1d(points, sd / STEP, axis=0, mode="wrap")
    twice = gaussian_filter1d(once, sd / STEP, axis=0, mode="wrap")
    out: NDArray[np.float64] = 2.0 * once - twice
    return out


def _points(polygon: Polygon, step: float) -> NDArray[np.float64]:
    ring = polygon.exterior
    count = max(round(ring.length / step), 24)
    at = np.arange(count) * (ring.length / count)
    out: NDArray[np.float64] = shapely.get_coordinates(shapely.line_interpolate_point(ring, at))
    return out


def _even(polygon: Polygon) -> Polygon:
    """The same outline with its points ``STEP`` apart, counter-clockwise."""
    return shapely.orient_polygons(Polygon(_points(polygon, STEP)))


def _largest(shape: shapely.Geometry) -> Polygon:
    parts = [p for p in shapely.get_parts(shape) if isinstance(p, Polygon)]
    if not parts:
        raise FitterError("no insole can be shaped to this foot: nothing is left of its outline",
                          todo="Check the profile's lengths", code="no_insole")  # fmt: skip
    largest = max(parts, key=lambda p: p.area)
    return Polygon(largest.exterior)


__all__ = ["CELL", "STEP", "outlines"]
