"""Feet to order: from named measures to a closed surface whose truth is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache

import numpy as np

from sample_scans.mesh import capped, mirrored, slice_below
from sample_scans.parameters import FootParameters
from sample_scans.surface import Floats, Ints, triangles
from sample_scans.truth import Skin, Truth, heel_centre, measure
from sample_scans.warp import CONTROLS, Base, base, warped

SOLVE_LEVEL = 2
TRUTH_LEVEL = 3
TOLERANCE = 0.05  # mm or degrees: solving stops here
REACHED = 0.25  # and gives up beyond this
ROUNDS = 24
REFINE = 4
APPROACH = 3
RESTING = 1.0  # mm of skin above its lowest point that a part of a hanging foot is set down on
# The ball's two sides are looked for here (shares of foot length), so they have to be there.
WITHIN = {"ball_length": (0.65, 0.79), "outer_ball_length": (0.55, 0.71)}
# Which measure each control is there for, and what one unit of the measure counts as in solving.
DRIVES = {
    "reach": "foot_length",
    "inner_ball": "ball_length",
    "outer_ball": "outer_ball_length",
    "ball_width": "ball_breadth",
    "heel_width": "heel_breadth",
    "instep": "instep_height",
    "ankle": "medial_malleolus_height",
    "forefoot": "ball_girth",
    "navicular": "navicular_height",
    "hollow": "arch_height",
    "band": "arch_index",
    "hallux": "hallux_outline_angle",
    "eversion": "rearfoot_angle",
    "waist": "instep_girth",
}
WEIGHT = {"arch_index": 200.0}
# Where solving starts, how far a control is moved to see what it does, and its longest step at a time.
START = {"instep": -0.12, "ankle": 0.02, "forefoot": -0.06}
STEP = {"instep": 0.02, "ankle": 0.02, "forefoot": 0.03, "band": 0.04, "hallux": 0.05, "eversion": 0.04}
LONGEST = {"instep": 0.12, "ankle": 0.1, "forefoot": 0.12, "band": 0.2, "hallux": 0.25, "eversion": 0.15}


@dataclass(frozen=True)
class ConstructedFoot:
    """A foot in the foot frame (mm; a left foot as it stands, so its medial side is -y).

    ``points`` (n, 3), ``faces`` (m, 3) counter-clockwise from outside; ``truth`` comes from the dense
    surface, whatever the resolution of this mesh.
    """

    parameters: FootParameters
    points: Floats
    faces: Ints
    truth: Truth


def levelled(points: Floats) -> Floats:
    """A hanging foot (n, 3) set down on heel, inner and outer half of the ball, as if on a floor that
    doesn't press.

    Each of the three rests on the skin within a millimetre of its lowest point.
    """
    out = points - points.min(axis=0) * np.array([0.0, 0.0, 1.0])
    for _ in range(6):
        low = out[out[:, 2] < 0.12 * 250.0]
        x, y = low[:, 0] / low[:, 0].max(), low[:, 1]
        zones = [(x > 0.04) & (x < 0.26)]
        for back, front, side in ((0.62, 0.82, 1.0), (0.50, 0.75, -1.0)):
            here = (x > back) & (x < front)
            middle = (y[here].max() + y[here].min()) / 2.0
            zones.append(here & (side * (y - middle) > 0.0))
        feet = [low[zone][low[zone, 2] < low[zone, 2].min() + RESTING].mean(axis=0) for zone in zones]
        normal = np.cross(feet[1] - feet[0], feet[2] - feet[0])
        normal *= np.sign(normal[2]) / np.linalg.norm(normal)
        side_way = np.cross(normal, [1.0, 0.0, 0.0])
        side_way /= np.linalg.norm(side_way)
        out = out @ np.stack([np.cross(side_way, normal), side_way, normal], axis=1)
        out[:, 2] -= out[:, 2].min()
    return out


def framed(points: Floats, foot: Base, faces: Ints, *, hanging: bool) -> tuple[Floats, Floats]:
    """Points (n, 3) turned into the foot frame, and the five toe tips (5, 3)."""
    if hanging:
        points = levelled(points)
    low = np.flatnonzero(points[:, 2] < 50.0)
    keep = (points[faces][:, :, 2].min(axis=1) < 40.0) & (foot.points[faces][:, :, 0].max(axis=1) < 80.0)
    out = points.copy()
    members = [np.flatnonzero(foot.toes[:, k] > 0.9) for k in range(5)]
    for _ in range(5):
        out[:, 0] -= out[low, 0].min()
        tips = np.array([out[m[out[m, 0].argmax()]] for m in members])
        centre = heel_centre(out[faces[keep]], float(tips[:, 0].max()))
        a = np.arctan2(tips[1, 1] - centre[1], tips[1, 0] - centre[0])
        turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
        out[:, :2] = (out[:, :2] - centre) @ turn.T
    out[:, 0] -= out[low, 0].min()
    tips = np.array([out[m[out[m, 0].argmax()]] for m in members])
    return out, tips


def skin(wanted: FootParameters, controls: Floats, level: int) -> Skin:
    """The right foot under the controls, open at the top of the shank, in the foot frame."""
    foot = base(level)
    faces = triangles(foot.quads, foot.points)
    hanging = wanted.load == "unloaded"
    points, tips = framed(warped(foot, wanted, controls), foot, faces, hanging=hanging)
    return Skin(points, faces, tips)


def _asked(wanted: FootParameters) -> dict[str, float]:
    """The control -> the value its measure has to reach; controls nobody asked for stay at their start."""
    values = {c: getattr(wanted, m) for c, m in DRIVES.items()}
    if wanted.load == "unloaded":
        values["band"] = None
    return {c: v for c, v in values.items() if v is not None}


def _answers(wanted: FootParameters, controls: Floats, names: list[str], level: int = SOLVE_LEVEL) -> Floats:
    """Weighted measures (k,) that the named controls drive."""
    measures = measure(skin(wanted, controls, level), wanted.load).measures
    return np.array([WEIGHT.get(DRIVES[n], 1.0) * float(measures[DRIVES[n]] or 0.0) for n in names])


def _jacobian(wanted: FootParameters, controls: Floats, names: list[str]) -> Floats:
    """What each named control does to each measure (k, k), by one step of each."""
    here = _answers(wanted, controls, names)
    columns = []
    for name in names:
        moved = controls.copy()
        moved[CONTROLS.index(name)] += STEP.get(name, 1.0)
        columns.append((_answers(wanted, moved, names) - here) / STEP.get(name, 1.0))
    return np.stack(columns, axis=1)


@cache
def _first_guess(load: str) -> tuple[Floats, Floats]:
    """Start and full Jacobian of an ordinary foot, from which every foot's solving sets out."""
    ordinary = FootParameters(load=load)  # type: ignore[arg-type]
    start = np.array([START.get(c, 0.0) for c in CONTROLS])
    names = [c for c in CONTROLS if load != "unloaded" or c != "band"]
    return start, _jacobian(ordinary, start, names)


def _natural_band(wanted: FootParameters) -> float:
    """Control of the lateral band for an arch index nobody asked for: a higher arch, a narrower band."""
    share = wanted.arch_height / wanted.foot_length
    return float(np.interp(share, (0.02, 0.071, 0.12, 0.16), (0.0, 0.10, 0.31, 0.42)))


def _start(wanted: FootParameters, names: list[str]) -> tuple[Floats, Floats]:
    """Controls to set out from, and the Jacobian of the named ones there."""
    controls, full = _first_guess(wanted.load)
    controls = controls.copy()
    if "band" not in names:
        controls[CONTROLS.index("band")] = _natural_band(wanted)
    every = [c for c in CONTROLS if wanted.load != "unloaded" or c != "band"]
    pick = [every.index(n) for n in names]
    return controls, full[np.ix_(pick, pick)].copy()


def _refuse_outside(measures: Mapping[str, float | None]) -> None:
    """Raise ValueError where a side of the ball lies outside the window in which it is looked for."""
    for name, (lowest, highest) in WITHIN.items():
        if not lowest < (measures[name] or 0.0) / (measures["foot_length"] or 1.0) < highest:
            raise ValueError(f"no such foot: {name} must be {lowest} to {highest} of foot length")


def approached(wanted: FootParameters) -> Floats:
    """Controls whose foot comes near the wanted measures: a few steps of Newton's method along one Jacobian.

    For sweeps, where a foot's truth counts and not the order it was made to: several times quicker than
    `solve`.
    """
    names = list(_asked(wanted))
    controls, jacobian = _start(wanted, names)
    weight = np.array([WEIGHT.get(DRIVES[n], 1.0) for n in names])
    goal = weight * np.array([_asked(wanted)[n] for n in names])
    longest = np.array([LONGEST.get(n, 8.0) for n in names])
    for _ in range(APPROACH):
        step = -np.linalg.lstsq(jacobian, _answers(wanted, controls, names) - goal, rcond=1e-6)[0]
        controls = controls.copy()
        controls[[CONTROLS.index(n) for n in names]] += step / max(1.0, float((np.abs(step) / longest).max()))
    return controls.round(6)


def solve(wanted: FootParameters) -> Floats:
    """Controls whose foot has the wanted measures: Broyden's method, with a new Jacobian when it stalls.

    Raises ValueError naming the measure that can't be reached.
    """
    _refuse_outside(asdict(wanted))
    asked = _asked(wanted)
    names = list(asked)
    controls, jacobian = _start(wanted, names)
    weight = np.array([WEIGHT.get(DRIVES[n], 1.0) for n in names])
    goal = weight * np.array([asked[n] for n in names])
    slots = [CONTROLS.index(n) for n in names]
    longest = np.array([LONGEST.get(n, 8.0) for n in names])
    miss = _answers(wanted, controls, names) - goal
    best, least = controls, miss
    stalled = 0
    for _ in range(ROUNDS):
        if np.abs(least).max() < TOLERANCE:
            break
        if stalled == 3:
            controls, miss, stalled = best, least, 0
            jacobian = _jacobian(wanted, controls, names)
        step = -np.linalg.lstsq(jacobian, miss, rcond=1e-6)[0]
        step /= max(1.0, float((np.abs(step) / longest).max()))
        controls = controls.copy()
        controls[slots] += step
        after = _answers(wanted, controls, names) - goal
        jacobian += np.outer(after - miss - jacobian @ step, step / longest**2) / (step**2 / longest**2).sum()
        miss = after
        better = np.abs(miss).max() < np.abs(least).max()
        best, least, stalled = (controls, miss, 0) if better else (best, least, stalled + 1)
    worst = int(np.abs(least).argmax())
    if abs(least[worst]) > REACHED:
        raise ValueError(f"no such foot: {DRIVES[names[worst]]} can't be met along with the other parameters")
    return _refined(wanted, best, names, jacobian, goal)


def _refined(
    wanted: FootParameters, controls: Floats, names: list[str], slope: Floats, goal: Floats
) -> Floats:
    """The controls after a few small steps against what the coarser surface hid."""
    slots = [CONTROLS.index(n) for n in names]
    best, least = controls, np.inf
    for _ in range(REFINE):
        controls = controls.round(6)
        miss = _answers(wanted, controls, names, TRUTH_LEVEL) - goal
        if np.abs(miss).max() < least:
            best, least = controls, np.abs(miss).max()
        if least < 2 * TOLERANCE:
            break
        controls = controls.copy()
        controls[slots] -= 0.8 * np.linalg.lstsq(slope, miss, rcond=1e-6)[0]
    return best


@cache
def _solved(wanted: FootParameters) -> tuple[Floats, Truth]:
    """Controls and truth of a right foot; the truth is taken on the dense surface."""
    controls = solve(wanted)
    return controls, measure(skin(wanted, controls, TRUTH_LEVEL), wanted.load)


@cache
def _approached(wanted: FootParameters) -> tuple[Floats, Truth]:
    """The same of a right foot that only comes near its parameters."""
    controls = approached(wanted)
    truth = measure(skin(wanted, controls, TRUTH_LEVEL), wanted.load)
    _refuse_outside(truth.measures)
    return controls, truth


def construct(
    wanted: FootParameters, *, level: int = 2, ankle: float = 120.0, closed: bool = True, exact: bool = True
) -> ConstructedFoot:
    """A foot with the wanted measures; without ``exact`` near them, in a fraction of the time. Its truth is
    exact in both cases.

    ``level`` sets the resolution (1: about 9,000 triangles, 2: 34,000, 3: 140,000), ``ankle`` the height
    (mm) at which the leg ends, 100 to 350, ``closed`` whether the cut is capped.
    """
    controls, truth = (_solved if exact else _approached)(replace(wanted, side="right"))
    surface = skin(wanted, controls, level)
    points, faces = slice_below(surface.points, surface.faces, surface.points[:, 2] - ankle)
    if closed:
        points, faces = capped(points, faces)
    if wanted.side == "left":
        points, faces = mirrored(points, faces)
        truth = Truth(truth.measures, {k: (x, -y, z) for k, (x, y, z) in truth.landmarks.items()})
    return ConstructedFoot(wanted, points, faces, truth)
