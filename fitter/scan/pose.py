"""Finds the foot frame in a scan of a whole foot: unit, floor, heel and toe, side, foot axis.

Nothing is assumed of the file. Every step is a function of the shape alone, so a turned, mirrored or
rescaled file is brought to the same frame.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks
from scipy.spatial import ConvexHull

from fitter.errors import FitterError
from fitter.terms import Load, Side
from fitter.scan.depth import Border, DepthMap, border, depth_map, greatest, least
from fitter.scan.foot import Assumption, Placement
from fitter.scan.mesh import Mesh
from fitter.scan.repair import face_areas

Vector = NDArray[np.float64]

MM_PER: dict[str, float] = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4}
UNIT_NAMES = {"mm": "millimetres", "cm": "centimetres", "m": "metres", "in": "inches"}
# Foot length of adults, men and women together (ANSUR II 2012: 246 +- 12 and 271 +- 13), and the range
# outside which a length is no foot of anyone who buys shoes.
_LENGTH_MEAN, _LENGTH_SD = 259.0, 18.0
_LENGTH_RANGE = (150.0, 345.0)

_CELL = 1.0  # mm, of the depth maps the frame is refined on
_ROUNDS = 8  # frame refinements; it has settled after four or five


@dataclass(frozen=True, slots=True)
class Posed:
    """A mesh in the foot frame and how it got there."""

    mesh: Mesh
    side: Side
    placement: Placement
    assumptions: dict[str, Assumption]
    axis_from: str  # "second_toe" or "second_metatarsal"


def pose(
    mesh: Mesh, *, file_unit: str | None = None, units: str | None = None, side: Side | None = None
) -> Posed:
    """Bring a whole foot into the foot frame (mm, right foot, standing on z = 0).

    ``file_unit`` is what the file itself states, ``units`` and ``side`` what the person states (they win).
    Raises FitterError where no pose makes a foot of the shape, or no unit makes a foot of its length.
    """
    rough = _rough_frame(mesh)
    length = _rough_length(mesh, rough)
    unit, unit_assumption = _choose_unit(length, file_unit, units)
    scale = MM_PER[unit]
    frame = rough * scale  # rows: x, y, z of the frame, scaled to mm
    unsided, _ = _settle(mesh, frame, axis=_middle_axis)
    chosen, side_assumption = _choose_side(unsided, side)
    flip = np.diag([1.0, -1.0, 1.0]) if chosen == "left" else np.eye(3)
    settled, axis_from = _settle(mesh, flip @ unsided.rotation * scale, axis=_foot_axis)
    _refuse_sheet(mesh, settled, scale)
    placed = mesh.moved(settled.rotation, settled.translation, scale)
    return Posed(
        placed,
        chosen,
        Placement(scale, settled.rotation, settled.translation),
        {"units": unit_assumption, "side": side_assumption},
        axis_from,
    )


# -- the rough frame: which way is down, which way is forward ------------------------------------------------


def _rough_frame(mesh: Mesh) -> NDArray[np.float64]:
    """(3, 3) rows x, y, z of a right-handed frame, good to some degrees, from the shape's own proportions.

    Every stable way to lay the convex hull on a floor is tried; the one that looks like a standing foot wins.
    """
    samples = _Samples.of(mesh)
    floors = sorted(_hull_directions(mesh.vertices), key=samples.contact_moment, reverse=True)[:_FLOORS_TRIED]
    strongest = max(samples.contact_moment(f) for f in floors)
    best, best_score = None, -np.inf
    for down in floors:
        for frame in samples.frames_on(down):
            likeness = samples.foot_likeness(frame)
            score = likeness + np.log(samples.contact_moment(down) / strongest + 1e-12)
            if score > best_score:
                best, best_score = frame, score
    if best is None or samples.foot_likeness(best) < _LEAST_LIKENESS:
        raise FitterError(
            "no foot was found in this scan: nothing in it stands on a sole, with low toes in front and an "
            "instep and ankle behind",
            todo="Check that the file holds one whole foot with the sole and at least some of the ankle",
            code="not_a_foot",
        )
    return best


_FLOORS_TRIED = 8
_LEAST_LIKENESS = -12.0
_HULL_CLUSTER = np.cos(np.radians(6.0))
# How a standing foot looks, as shares of its length: mean and spread over scans and constructed feet.
# Width of the lower part, then height of the top at these places along the length, heel to toe.
_LOOKS_WIDTH = (0.39, 0.05)
_LOOKS_TOP = {0.18: (0.38, 0.10), 0.50: (0.27, 0.05), 0.75: (0.17, 0.045), 0.93: (0.09, 0.04)}


def _hull_directions(vertices: Vector) -> list[Vector]:
    """Outward directions of the large flat parts of the convex hull: the ways it can lie on a floor."""
    hull = ConvexHull(vertices)
    normals = hull.equations[:, :3]
    corners = vertices[hull.simplices]
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    left = np.ones(len(areas), bool)
    directions: list[tuple[float, Vector]] = []
    while left.any() and len(directions) < 60:
        seed = int(np.argmax(np.where(left, areas, -1.0)))
        members = left & (normals @ normals[seed] > _HULL_CLUSTER)
        mean = areas[members] @ normals[members]
        directions.append((float(areas[members].sum()), mean / np.linalg.norm(mean)))
        left &= ~members
    return [d for _, d in sorted(directions, key=lambda pair: -pair[0])[:40]]


@dataclass(frozen=True, slots=True, eq=False)
class _Samples:
    """Face centres with areas and normals (sign of the normal unknown), and the shape's overall size."""

    centres: Vector
    normals: Vector
    areas: Vector
    size: float

    @staticmethod
    def of(mesh: Mesh) -> _Samples:
        step = max(1, len(mesh.faces) // 60_000)
        part = Mesh(mesh.vertices, mesh.faces[::step])
        corners = part.corners
        cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        areas = face_areas(part)
        centres = corners.mean(axis=1)
        spread = np.cov(centres.T, aweights=areas + 1e-300)
        axis = np.linalg.eigh(spread)[1][:, -1]
        size = float(np.ptp(mesh.vertices @ axis))
        return _Samples(centres, cross / np.maximum(2 * areas, 1e-300)[:, None], areas, size)

    def contact_moment(self, down: Vector) -> float:
        """How long and large the surface is that lies on a floor in direction ``down``: area times spread."""
        depth = self.centres @ down
        lying = (depth > depth.max() - 0.025 * self.size) & (np.abs(self.normals @ down) > 0.8)
        if lying.sum() < 3:
            return 0.0
        plan = self.centres[lying] - np.outer(depth[lying], down)
        weights = self.areas[lying]
        centred = plan - weights @ plan / weights.sum()
        return float(np.linalg.eigvalsh((centred * weights[:, None]).T @ centred)[-1])

    def frames_on(self, down: Vector) -> list[NDArray[np.float64]]:
        """The two frames (toes this way or that way) standing on ``down`` along the longest way."""
        depth = self.centres @ down
        low = depth > depth.max() - 0.18 * self.size
        plan = self.centres[low] - np.outer(depth[low], down)
        centred = plan - plan.mean(axis=0)
        forward = np.linalg.eigh((centred * self.areas[low][:, None]).T @ centred)[1][:, -1]
        frames = []
        for x in (forward, -forward):
            z = -down
            frames.append(np.stack([x, np.cross(z, x), z]))
        return frames

    def foot_likeness(self, frame: NDArray[np.float64]) -> float:
        """Minus half the sum of squared deviations from how a standing foot looks; 0 is perfect."""
        x, y, z = frame @ self.centres.T
        z = z - z.min()
        low = z < 0.18 * self.size
        length = float(np.ptp(x[low]))
        share = (x - x[low].min()) / max(length, 1e-300)
        width = (np.quantile(y[low], 0.995) - np.quantile(y[low], 0.005)) / max(length, 1e-300)
        deviations = [(width - _LOOKS_WIDTH[0]) / _LOOKS_WIDTH[1]]
        for place, (mean, sd) in _LOOKS_TOP.items():
            here = np.abs(share - place) < 0.05
            top = float(np.quantile(z[here], 0.98)) / length if here.any() else 1.0
            # An ankle or a leg may be cut anywhere above the instep: higher than expected is no fault there.
            high = mean if place < 0.3 and top > mean else top
            deviations.append((high - mean) / sd)
        return -0.5 * float(np.square(deviations).sum())


def _rough_length(mesh: Mesh, frame: NDArray[np.float64]) -> float:
    x, _, z = frame @ mesh.vertices.T
    low = z < z.min() + 0.3 * np.ptp(x)
    return float(np.ptp(x[low]))


def _refuse_sheet(mesh: Mesh, frame: _Frame, scale: float) -> None:
    """An insole has a foot's outline and no instep."""
    points = (mesh.vertices * scale) @ frame.rotation.T + frame.translation
    middle = np.abs(points[:, 0] - 0.5 * frame.length) < 0.1 * frame.length
    top = float(points[middle, 2].max()) if middle.any() else 0.0
    if top < 0.12 * frame.length:
        raise FitterError(
            f"this is no whole foot: at half its length it is only {top:.0f} mm high (an instep is about "
            f"{0.26 * frame.length:.0f} mm)",
            todo="Load a scan that shows the foot up to the ankle; soles and insoles can't be measured yet",
            code="not_a_foot",
        )


# -- unit and side --------------------------------------------------------------------------------------


def _choose_unit(length: float, file_unit: str | None, units: str | None) -> tuple[str, Assumption]:
    """The unit that makes a foot of ``length`` (file coordinates), by how long adults' feet are."""
    if units is not None:
        _refuse_length(length * MM_PER[units], units)
        return units, Assumption(units, f"read as {UNIT_NAMES[units]}, as you said", given=True)
    plausible = {u: length * f for u, f in MM_PER.items() if _LENGTH_RANGE[0] <= length * f <= _LENGTH_RANGE[1]}
    if file_unit in plausible:
        text = f"read as {UNIT_NAMES[file_unit]}, as the file says"
        return file_unit, Assumption(file_unit, text, change="--units mm|cm|m|in")
    if not plausible:
        raise FitterError(
            f"no unit makes a foot of this shape: it is {length:.4g} long in the file's own numbers, and a "
            f"foot is {_LENGTH_RANGE[0]:.0f} to {_LENGTH_RANGE[1]:.0f} mm",
            todo="Export the scan in mm, or say the unit with --units mm|cm|m|in",
            code="no_scale",
        )
    weight = {u: np.exp(-0.5 * ((mm - _LENGTH_MEAN) / _LENGTH_SD) ** 2) for u, mm in plausible.items()}
    unit = max(weight, key=lambda u: weight[u])
    certain = weight[unit] / (sum(weight.values()) + 1e-12) > 0.95
    text = f"read as {UNIT_NAMES[unit]} (that makes the foot about {plausible[unit]:.0f} mm long)"
    return unit, Assumption(unit, text, certain=bool(certain), change="--units mm|cm|m|in")


def _refuse_length(mm: float, unit: str) -> None:
    if not _LENGTH_RANGE[0] <= mm <= _LENGTH_RANGE[1]:
        raise FitterError(
            f"in {UNIT_NAMES[unit]} this foot would be {mm:.4g} mm long, and a foot is "
            f"{_LENGTH_RANGE[0]:.0f} to {_LENGTH_RANGE[1]:.0f} mm",
            todo="Leave --units out to let the program find the unit",
            code="implausible_units",
        )


def _choose_side(frame: _Frame, side: Side | None) -> tuple[Side, Assumption]:
    """Right or left, by where the toes recede and where the arch is hollow."""
    right = _probability_right(frame)
    seen: Side = "right" if right >= 0.5 else "left"
    certain = max(right, 1 - right) > 0.95
    if side is None:
        text = f"taken as a {seen} foot, by its shape" + ("" if certain else " (not certain)")
        return seen, Assumption(seen, text, certain=certain, change="--side left|right")
    if side != seen and certain:
        text = f"taken as a {side} foot, as you said; its shape looks like a {seen} one"
        return side, Assumption(side, text, given=True, certain=False)
    return side, Assumption(side, f"taken as a {side} foot, as you said", given=True)


def _probability_right(frame: _Frame) -> float:
    """In a right foot (frame: x forward, z up) the toes recede and the sole rests to the right (-y)."""
    front = frame.front_border()
    tip = np.nanmax(front.depth)
    recession = _slope(front.rows, np.where(front.depth > tip - 0.25 * frame.length, front.depth, np.nan))
    sole = frame.below.smoothed(2.0).between(
        (0.35 * frame.length, 0.60 * frame.length), (-0.3 * frame.length, 0.3 * frame.length)
    )
    heights = np.clip(sole.depth, 0.0, 25.0)
    y = np.broadcast_to(sole.columns, heights.shape)
    seen = np.isfinite(heights)
    middle = np.nanmean(np.where(seen, y, np.nan), axis=1, keepdims=True)
    hollow = np.nanmean(heights[seen & (y > middle)]) - np.nanmean(heights[seen & (y <= middle)])
    return float(1.0 / (1.0 + np.exp(-np.clip(12.0 * recession + 0.4 * hollow, -50.0, 50.0))))


def _slope(x: Vector, y: Vector) -> float:
    seen = np.isfinite(y)
    return float(np.polyfit(x[seen], y[seen], 1)[0]) if seen.sum() > 2 else 0.0


# -- the frame, settled ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """A frame being settled: rotation (3, 3), translation (3,), the foot's lower part (corners (m, 3, 3)) and
    its sole as seen in the frame."""

    rotation: NDArray[np.float64]
    translation: Vector
    corners: NDArray[np.float64]
    below: DepthMap
    length: float

    def medial_border(self) -> Border:
        return border(self.corners, 0, 1, 1, _CELL, ceiling=BORDER_CEILING)

    def lateral_border(self) -> Border:
        return border(self.corners, 0, 1, -1, _CELL, ceiling=BORDER_CEILING)

    def front_border(self) -> Border:
        """The foremost x at every y, over the toes."""
        toes = self.corners[greatest(self.corners[..., 0]) > 0.6 * self.length]
        return border(toes, 1, 0, 1, _CELL, ceiling=0.25 * self.length)


BORDER_CEILING = 45.0  # mm: the outline of a foot in plan is the outline of what lies below this


Axis = Callable[[_Frame], tuple[NDArray[np.float64], str]]


def _settle(mesh: Mesh, start: NDArray[np.float64], *, axis: Axis) -> tuple[_Frame, str]:
    """Turn and shift a rough frame until floor, heel and axis stay where they are.

    ``start`` (3, 3) holds the frame's axes as rows, times the scale to mm.
    """
    scale = float(np.cbrt(abs(np.linalg.det(start))))
    rotation = start / scale
    vertices = mesh.vertices * scale
    height = vertices @ rotation[2]
    length = float(np.ptp((vertices @ rotation[0])[height < height.min() + 60.0]))
    # A tilt of ten degrees moves the far end of a foot by a sixth of its length: keep that much and more.
    lower = vertices[mesh.faces[least((height - height.min())[mesh.faces]) < 0.45 * length]]
    axis_from = ""
    for _ in range(_ROUNDS):
        frame = _standing(lower, rotation)
        turn, axis_from = axis(frame)
        change = turn @ _floor_tilt(frame)
        rotation = change @ frame.rotation
        if np.abs(change - np.eye(3)).max() < _SETTLED:
            break
    return _standing(lower, rotation), axis_from


def _standing(lower: NDArray[np.float64], rotation: NDArray[np.float64]) -> _Frame:
    """The foot's lower part turned by ``rotation``, sole on z = 0, heel at x = 0, centred on the heel in y."""
    corners = (lower.reshape(-1, 3) @ rotation.T).reshape(lower.shape)
    x, z = corners[..., 0], corners[..., 2]
    ground = z.min()
    rough_length = float(np.ptp(x[z < ground + 60.0]))
    corners = corners[least(z) < ground + 0.3 * rough_length]
    below = depth_map(corners, "below", _CELL)
    level = _sole_level(below, ground, rough_length)
    pternion = _heel_end(corners, level)
    length = _toe_end(corners) - pternion
    corners = corners - np.array([pternion, 0.0, level])
    frame = _Frame(rotation, np.zeros(3), corners, below, length)
    centre = _heel_centre(frame)
    shift = np.array([-pternion, -centre, -level])
    return _Frame(rotation, shift, corners - np.array([0.0, centre, 0.0]), below.shifted(*shift), length)


def _heel_end(corners: NDArray[np.float64], level: float) -> float:
    """x of the rearmost point of the heel below 50 mm."""
    rear = corners[least(corners[..., 0]) < corners[..., 0].min() + 40.0]
    heel = rear[greatest(rear[..., 2]) < level + 50.0] * np.array([-1.0, 1.0, 1.0])
    return -depth_map(heel, "front", _CELL).summit(_HEEL_TIP)[2]


def _toe_end(corners: NDArray[np.float64]) -> float:
    """x of the foremost point of the toes."""
    return toe_tip(corners)[0]


def toe_tip(corners: NDArray[np.float64]) -> tuple[float, float, float]:
    """(x, y, z) of the foremost point of the toes (acropodion) of ``corners`` (m, 3, 3)."""
    front = corners[greatest(corners[..., 0]) > corners[..., 0].max() - 25.0]
    y, z, x = depth_map(front, "front", _CELL).summit(_TOE_TIP)
    return x, y, z


_HEEL_TIP, _TOE_TIP = 8.0, 4.0  # mm: radii over which heel and toe tip are still a bowl and not a ball
_SETTLED = 1e-6  # a change of the frame smaller than this moves no point of a foot by 0.001 mm


def _sole_level(below: DepthMap, ground: float, length: float) -> float:
    """Height of the floor: where the lowest fiftieth of the sole lies, so that one spike moves nothing."""
    smooth = below.smoothed(2.5).depth
    return float(np.nanquantile(smooth[smooth < ground + 0.15 * length], 0.02))


def _heel_centre(frame: _Frame) -> float:
    """y of the midpoint of the width at 15 % of foot length."""
    at = 0.15 * frame.length
    return 0.5 * (frame.medial_border().value_at(at) + frame.lateral_border().value_at(at))


# Where a foot bears on the floor, as shares of its length: rear to front, and which side of the middle.
_BEARING = {"heel": (0.04, 0.26, 0), "inner ball": (0.62, 0.82, 1), "outer ball": (0.50, 0.75, -1)}
_SOFTNESS = 0.7  # mm: how sharply the lowest part of a bearing area is singled out


def _floor_tilt(frame: _Frame) -> NDArray[np.float64]:
    """The small rotation that puts heel, inner ball and outer ball on one level floor."""
    sole = frame.below.smoothed(3.0)
    x, y = np.meshgrid(sole.rows, sole.columns, indexing="ij")
    zones = [_bearing_cells(sole, x, y, frame.length, *zone) for zone in _BEARING.values()]
    plane = np.zeros(3)
    for _ in range(30):
        rows, heights, weights = [], [], []
        for cells in zones:
            above = sole.depth[cells] - plane @ np.stack([x[cells], y[cells], np.ones(cells.sum())])
            near = np.exp(-np.clip((above - above.min()) / _SOFTNESS, 0.0, 60.0))
            rows.append(np.stack([x[cells], y[cells], np.ones(cells.sum())], axis=1))
            heights.append(sole.depth[cells])
            weights.append(near / near.sum())
        a, h, w = np.concatenate(rows), np.concatenate(heights), np.concatenate(weights)
        new = np.linalg.lstsq(a * np.sqrt(w)[:, None], h * np.sqrt(w), rcond=None)[0]
        done = np.abs(new - plane).max() < 1e-9
        plane = new
        if done:
            break
    normal = np.array([-plane[0], -plane[1], 1.0])
    return _rotation_between(normal / np.linalg.norm(normal), np.array([0.0, 0.0, 1.0]))


def _bearing_cells(
    sole: DepthMap, x: Vector, y: Vector, length: float, rear: float, front: float, side: int
) -> NDArray[np.bool_]:
    inside = np.isfinite(sole.depth) & (x > rear * length) & (x < front * length) & (sole.depth < 0.12 * length)
    if side == 0:
        return inside
    middle = 0.5 * (y[inside].max() + y[inside].min())
    return inside & (side * (y - middle) > 0)


def _rotation_between(a: Vector, b: Vector) -> NDArray[np.float64]:
    """The rotation that takes unit vector ``a`` to ``b`` by the shortest way (Rodrigues)."""
    v, c = np.cross(a, b), float(a @ b)
    k = np.array([[0.0, -v[2], v[1]], [v[2], 0.0, -v[0]], [-v[1], v[0], 0.0]])
    turn: NDArray[np.float64] = np.eye(3) + k + k @ k / (1.0 + c)
    return turn


def _about_z(angle: float) -> NDArray[np.float64]:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def _middle_axis(frame: _Frame) -> tuple[NDArray[np.float64], str]:
    """Towards the middle of the forefoot: knows no side."""
    return _towards(frame, *_across_ball(frame, 0.5)), "middle"


def _foot_axis(frame: _Frame) -> tuple[NDArray[np.float64], str]:
    """Towards the tip of the second toe, or of the second metatarsal head where toes can't be told apart."""
    tip = second_toe(frame.front_border(), frame.length)
    if tip is not None:
        return _towards(frame, *tip), "second_toe"
    return _towards(frame, *_across_ball(frame, SECOND_METATARSAL_SHARE)), "second_metatarsal"


# Share of the ball's width, from its medial side, at which the foot axis crosses the ball.
SECOND_METATARSAL_SHARE = 0.40


def _across_ball(frame: _Frame, share: float) -> tuple[float, float]:
    """(x, y) at 70 % of the length, ``share`` of the way from the medial to the lateral border."""
    ball = 0.70 * frame.length
    inner = frame.medial_border().value_at(ball, 8.0)
    outer = frame.lateral_border().value_at(ball, 8.0)
    return ball, inner + share * (outer - inner)


def _towards(frame: _Frame, x: float, y: float) -> NDArray[np.float64]:
    """The turn about z that brings the line from the heel centre to (x, y) onto the x axis."""
    return _about_z(-np.arctan2(y, x - 0.15 * frame.length))


_TOE_NOTCH_MM = 1.5  # a dip shallower than this between two toes is skin, not a gap
_TOES_APART = (0.04, 0.18)  # of foot length, in y, from the great toe's tip to the second's


def second_toe(front: Border, length: float) -> tuple[float, float] | None:
    """(x, y) of the second toe's tip from the front outline, or None where toes are merged or hidden.

    The toes are the peaks of the outline; the great toe is the most medial of them.
    """
    filled = np.where(np.isfinite(front.depth), front.depth, np.nanmin(front.depth))
    peaks, _ = find_peaks(np.pad(filled, 1, constant_values=0.0), prominence=_TOE_NOTCH_MM)
    tips = [p for p in (peaks - 1)[::-1] if filled[p] > 0.85 * length]  # medial first
    if len(tips) < 2:
        return None
    apart = (front.rows[tips[0]] - front.rows[tips[1]]) / length
    if not _TOES_APART[0] < apart < _TOES_APART[1]:
        return None
    near = slice(max(tips[1] - 3, 0), tips[1] + 4)
    rows = front.rows[near] - front.rows[tips[1]]
    a, b, c = np.polyfit(rows, filled[near], 2)
    y = float(np.clip(-b / (2 * a), -3.0, 3.0)) if a < 0 else 0.0
    return float(np.polyval([a, b, c], y)), float(front.rows[tips[1]]) + y
