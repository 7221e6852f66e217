"""From the base foot to a wanted one: smooth displacement fields, each driven by one control.

Every field is a function of where a point lies on the *base* (250 mm long, x forward, y medial, z up), so
the fields add up and the same controls give the same surface at every mesh resolution.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy.interpolate import PchipInterpolator

from sample_scans.parameters import FootParameters, Load
from sample_scans.sections import border
from sample_scans.surface import Floats, Ints, limit_surface, triangles

BASE_LENGTH = 250.0
# Names of the controls, in the order of a control vector; zero everywhere is the foot before solving.
CONTROLS = (
    "reach",  # mm the forefoot is drawn forward: foot length
    "inner_ball",  # mm the first metatarsal head goes forward
    "outer_ball",  # mm the fifth one
    "ball_width",  # mm each side of the ball goes out
    "heel_width",
    "instep",  # relative height of the midfoot
    "ankle",  # relative height of the rearfoot
    "forefoot",  # relative height of the forefoot
    "navicular",  # mm the medial bulge of the midfoot goes up
    "hollow",  # mm the medial sole goes up
    "band",  # share of breadth the hollow starts further out
    "hallux",  # slope the great toe turns outwards
    "eversion",  # slope of the heel
    "waist",  # mm each side of the midfoot goes out
)
# The tips of toes 1 to 5 moved forward (mm) for each form of toes.
TOE_REACH = {
    "egyptian": (6.0, -2.0, -3.0, -3.0, -1.0),
    "greek": (-5.0, 4.0, 0.0, -2.0, -1.0),
    "square": (0.0, 0.0, 7.0, 3.0, 2.0),
}
# The middle lines of the base's toes (mm, medial positive).
TOE_MIDDLE = (25.0, 1.5, -16.0, -30.0, -44.0)
# How far the pads of the toes go down to the ground (mm); a hanging foot keeps a third of it.
TOE_DOWN = (0.5, 3.6, 3.8, 3.4, 2.0)
# How deep the soft tissue is pressed (mm) under each load, and how softly the contact ends.
PRESS: dict[Load, float] = {"standing": 3.2, "sitting": 2.2, "unloaded": 0.0}
EDGE = 0.5


@dataclass(frozen=True)
class Base:
    """The base foot at one level: points (n, 3), toe weights (n, 5), quads (q, 4)."""

    points: Floats
    toes: Floats
    quads: Ints


@cache
def base(level: int) -> Base:
    """The base on its limit surface after ``level`` subdivisions."""
    with np.load(Path(__file__).with_name("base.npz")) as stored:
        values = np.column_stack([stored["points"], stored["toe_weights"]]).astype(float)
        quads = stored["quads"].astype(np.int64)
    values, quads = limit_surface(values, quads, level)
    return Base(values[:, :3], values[:, 3:], quads)


@cache
def _borders() -> tuple[PchipInterpolator, PchipInterpolator]:
    """Medial and lateral border of the base's plan outline, as smooth functions of x."""
    foot = base(2)
    mesh = foot.points[triangles(foot.quads, foot.points)]
    xs = np.array([6, 15, 25, 40, 60, 80, 100, 120, 140, 155, 170, 182, 195, 205.0])
    return tuple(PchipInterpolator(xs, border(mesh, xs, side, 45.0)) for side in (1, -1))  # type: ignore[return-value]


def ramp(value: Floats, start: float | Floats, end: float | Floats) -> Floats:
    """0 before ``start``, 1 after ``end``, smooth between (C2)."""
    t = np.clip((value - start) / (end - start), 0.0, 1.0)
    return t**3 * (t * (6.0 * t - 15.0) + 10.0)


def knots(x: Floats, at: tuple[float, ...], value: tuple[float, ...]) -> Floats:
    """Shape-keeping cubic through the knots, constant outside."""
    return PchipInterpolator(at, value)(np.clip(x, at[0], at[-1]))


def bell(x: Floats, centre: float | Floats, width: float) -> Floats:
    """Gaussian of height 1 and standard deviation ``width``."""
    return np.exp(-0.5 * ((x - centre) / width) ** 2)


def _across(p: Floats) -> Floats:
    """0 at the lateral border, 1 at the medial one, of the plan outline (n,)."""
    medial, lateral = _borders()
    x = np.clip(p[:, 0], 6, 205)
    inner, outer = medial(x), lateral(x)
    return np.clip((p[:, 1] - outer) / (inner - outer), 0.0, 1.0)


def toes_field(p: Floats, w: Floats, wanted: FootParameters, hallux: float) -> Floats:
    """Length of each toe, closing the gaps, toes turned with the hallux, pads to the ground."""
    move = np.zeros_like(p)
    along = ramp(p[:, 0], 185.0, 240.0)
    move[:, 0] = along * (w @ np.array(TOE_REACH[wanted.toe_form]))
    turned = np.array([1.0, 0.68, 0.52, 0.37, 0.22])
    lever = np.maximum(p[:, [0]] - np.array([184.0, 184.0, 181.0, 178.0, 177.0]), 0.0)
    # Toes that the hallux leans on have no gaps to close.
    gap = 1.0 - min(max(hallux / 0.3, 0.0), 1.0)
    closing = gap * np.array([-2.0, 0.0, 1.0, 1.7, 1.9])
    slim = 0.08 + 0.15 * (1.0 - gap)
    aside = p[:, [1]] - np.array(TOE_MIDDLE)
    move[:, 1] = -hallux * (w * lever) @ turned + w @ closing - slim * (w * aside)[:, 1:].sum(axis=1)
    down = np.array(TOE_DOWN) * (1.0 if wanted.load != "unloaded" else 0.3)
    move[:, 2] = -(w @ down) * ramp(p[:, 0], 186.0, 212.0)
    return move


def leg_field(p: Floats, eversion: float) -> Floats:
    """Shank upright, malleoli, lean of the heel."""
    x, y, z = p.T
    move = np.zeros_like(p)
    medial, lateral = ramp(y, 5.0, 25.0), 1.0 - ramp(y, -25.0, -5.0)
    lean = 0.145 * np.logaddexp(0.0, (z - 82.0) / 12.0) * 12.0
    waist = 3.2 * medial * bell(z, 112.0, 17.0) + 1.5 * medial * bell(z, 52.0, 10.0) * (
        1 - ramp(x, 85.0, 115.0)
    )
    knob = 4.4 * medial * bell(z, 79.0, 12.5) * bell(x, 68.0, 16.0)
    outer = 3.4 * lateral * bell(z, 68.0, 12.0) * bell(x, 52.0, 13.0)
    heel = (
        eversion * (55.0 * ramp(z, -20.0, 130.0) - 12.0) * (1.0 - ramp(x, 60.0, 135.0)) * ramp(z, -15.0, 20.0)
    )
    move[:, 1] = -lean - waist + knob - outer + heel
    move[:, 0] = 0.10 * np.logaddexp(0.0, (z - 110.0) / 20.0) * 20.0
    return move


def plan_field(p: Floats, c: dict[str, float]) -> Floats:
    """Lengths and breadths: the inner and the outer border move on their own, the rest between them."""
    x, _, z = p.T
    t = _across(p)
    inner = knots(x, (0, 70, 184, 206), (0, 0, c["inner_ball"], c["reach"]))
    outer = knots(x, (0, 70, 158, 205), (0, 0, c["outer_ball"], c["reach"]))
    heel, waist, ball = c["heel_width"], c["waist"], c["ball_width"]
    slim = waist - 0.3 * max(c["hollow"], 0.0)  # a high arch draws the inner border in
    m = knots(x, (0, 38, 108, 184, 215), (heel, heel, slim, ball, 0.6 * ball))
    m -= 0.5 * bell(x, 187.5, 8.0)  # the inner ball of the base is too pointed
    f = -knots(x, (0, 38, 115, 158, 205), (heel, heel, waist, ball, 0.6 * ball))
    move = np.zeros_like(p)
    move[:, 0] = t * inner + (1 - t) * outer
    soft = ramp(t, -0.3, 1.3)
    move[:, 1] = (soft * m + (1 - soft) * f) * (1.0 - ramp(z, 50.0, 95.0))
    return move


def height_field(p: Floats, c: dict[str, float]) -> Floats:
    """Heights of ankle, instep and forefoot, and of the medial bulge over the navicular."""
    x, y, z = p.T
    ankle, instep = c["ankle"], c["instep"]
    lower = min(instep + 0.1, 0.0)
    ball = (
        c["forefoot"] + 0.25 * (instep + 0.1) + 0.3 * lower
    )  # the forefoot of a fallen arch goes down with it
    slopes = (0.4 * ankle + 0.6 * instep, 0.75 * instep + 0.25 * ball)
    stretch = knots(
        x, (30, 64, 98, 126, 152, 178, 215), (ankle, ankle, slopes[0], instep, slopes[1], ball, -0.02)
    )
    move = np.zeros_like(p)
    limited = z - 15.0 * np.logaddexp(0.0, (z - 110.0) / 15.0)
    move[:, 2] = stretch * limited
    bulge = ramp(y, 0.0, 30.0) * bell(x, 111.0, 26.0)
    top = 100.0 - 0.5 * np.clip(x - 90.0, 0.0, 60.0)
    move[:, 2] += c["navicular"] * bulge * ramp(z, 8.0, 38.0) * (1.0 - ramp(z, 44.0, top))
    knob = 1.4 * bell(x, 111.0, 11.0) * bell(z, 43.0, 9.0) * ramp(y, 15.0, 28.0)
    move[:, 1] = knob
    return move


def sole_field(p: Floats, wanted: FootParameters, c: dict[str, float]) -> Floats:
    """The medial hollow and the lateral band; under a hanging foot also the roundness of heel and ball."""
    x, y, z = p.T
    half = 0.5 * wanted.arch_length / wanted.foot_length * BASE_LENGTH
    t = _across(p)
    start = 0.44 - c["band"]
    if c["hollow"] > 0:
        hollow = c["hollow"] * bell(x, 110.0, 0.5 * half) * ramp(t, start - 0.12, start + 0.62)
    else:  # the base's own arch is filled, as far as it reaches
        along = ramp(x, 40.0, 85.0) * (1.0 - ramp(x, 108.0, 160.0))
        arch = along * ramp(t, 0.25, 0.85)
        edge = 0.4 * bell(x, 153.0, 14.0) * ramp(t, 0.7, 1.0)
        hollow = c["hollow"] * (arch + edge)
    # The rim between lateral band and hollow: shifts the print's border and leaves the apex alone.
    rim = 9.0 * c["band"] * bell(x, 110.0, 0.55 * half) * bell(t, 0.38 - 0.3 * c["band"], 0.2)
    band = -3.4 * bell(x, 105.0, 34.0) * (1.0 - ramp(t, 0.2, 0.6))
    lift = hollow + rim + band
    if wanted.load == "unloaded":
        heel = 4.0 * bell(x, 33.0, 20.0) * bell(y, 0.0, 14.0)
        ball = 2.5 * bell(x, 172.0, 14.0) * bell(y, -4.0, 30.0)
        lift = lift - heel - ball
    move = np.zeros_like(p)
    move[:, 2] = lift * (1.0 - ramp(z, 6.0, 66.0))
    return move


def press_flat(z: Floats, load: Load) -> Floats:
    """Heights after the sole has been pressed on a flat floor: exactly 0 in contact, smooth at its edge."""
    sunk = z - PRESS[load]
    if load == "unloaded":
        return sunk
    near = np.clip(sunk, -EDGE, EDGE)
    return np.where(sunk > EDGE, sunk, (near + EDGE) ** 2 / (4 * EDGE))


def warped(foot: Base, wanted: FootParameters, controls: Floats) -> Floats:
    """Points (n, 3) of the base under the controls, mm, not yet in the foot frame, a right foot."""
    c = dict(zip(CONTROLS, controls, strict=True))
    p = foot.points
    scale = wanted.foot_length / BASE_LENGTH
    moved = (
        p
        + toes_field(p, foot.toes, wanted, c["hallux"])
        + leg_field(p, c["eversion"])
        + plan_field(p, c)
        + height_field(p, c)
        + sole_field(p, wanted, c)
    ) * scale
    bears = (p[:, 2] < 45.0) & ((p[:, 0] < 45.0) | ((p[:, 0] > 150.0) & (p[:, 0] < 185.0) & (p[:, 1] < 25.0)))
    moved[:, 2] = press_flat(moved[:, 2] - moved[bears, 2].min(), wanted.load)
    if wanted.load == "unloaded":
        moved[:, 2] -= moved[:, 2].min()
    return moved
