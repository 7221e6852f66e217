"""The foot frame settled on a scan: floor, heel, length and foot axis, to a hundredth of a millimetre.

Starts from a rough frame and repeats: stand the sole on the floor, put the heel at the origin, turn to the
axis; until nothing moves. The frame itself is defined in `fitter.anatomy.measures`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitter.scan.depth import Border, DepthMap, border, depth_map, greatest, least
from fitter.scan.mesh import Mesh
from fitter.scan.repair import coarse, without_unused

Vector = NDArray[np.float64]

_CELL = 1.0  # mm, of the depth maps the frame is refined on
_ROUNDS = 8  # frame refinements; it has settled after four or five


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A frame being settled: rotation (3, 3), translation (3,), the foot's lower part (corners (m, 3, 3)) and
    its sole as seen in the frame."""

    rotation: NDArray[np.float64]
    translation: Vector
    corners: NDArray[np.float64]
    below: DepthMap
    length: float

    def sides_at(self, share: float, half_width: float) -> tuple[float, float]:
        """y of the medial and the lateral outline at ``share`` of the length, by lines fitted around it."""
        place = share * self.length
        x = self.corners[..., 0]
        here = self.corners[(greatest(x) > place - half_width) & (least(x) < place + half_width)]
        medial, lateral = (border(here, 0, 1, sign, _CELL, ceiling=BORDER_CEILING) for sign in (1, -1))
        return medial.value_at(place, half_width), lateral.value_at(place, half_width)

    def side_border(self, sign: int) -> Border:
        """The outline in plan towards +y (``sign`` 1) or -y (-1)."""
        return border(self.corners, 0, 1, sign, _CELL, ceiling=BORDER_CEILING)

    def front_border(self) -> Border:
        """The foremost x at every y, over the toes."""
        toes = self.corners[greatest(self.corners[..., 0]) > 0.6 * self.length]
        return border(toes, 1, 0, 1, _CELL, ceiling=0.25 * self.length)


BORDER_CEILING = 45.0  # mm: the outline of a foot in plan is the outline of what lies below this


Axis = Callable[[Frame], tuple[NDArray[np.float64], str]]


def settle(
    mesh: Mesh, start: NDArray[np.float64], *, axis: Axis, settled: float, floor: float | None = None
) -> tuple[Frame, str]:
    """Turn and shift a rough frame until floor, heel and axis stay where they are within ``settled`` rad.

    ``start`` (3, 3) holds the frame's axes as rows, times the scale to mm. A foot without a sole has no heel
    and balls to stand on: its frame is level already, and its ``floor`` (mm, along z) is given.
    """
    scale = float(np.cbrt(abs(np.linalg.det(start))))
    rotation = start / scale
    lower = _lower_part(mesh, rotation, scale)
    if len(lower.faces) > _MANY_FACES:
        copy = coarse(lower, _COARSE_CELL)
        if settled >= _NEARLY:
            rotation, axis_from = _turned(copy, rotation, axis, settled, floor)
            return _standing(copy, rotation, floor), axis_from
        # On a coarse copy an axis can settle on another toe: where it counts, the scan itself is turned.
        lower = _telling_part(lower, _standing(copy, rotation, floor))
    rotation, axis_from = _turned(lower, rotation, axis, settled, floor)
    return _standing(lower, rotation, floor), axis_from


_MANY_FACES, _COARSE_CELL = 40_000, 2.5  # mm
_NEARLY = 1e-4


def _telling_part(lower: Mesh, frame: Frame) -> Mesh:
    """Only the faces that floor, heel, toes and axis are read from, with room for a turn of some degrees."""
    points = lower.vertices @ frame.rotation.T + frame.translation
    x, z = points[:, 0] / frame.length, points[:, 2]
    sole = z < 14.0
    sides = (z < BORDER_CEILING + 2.0) & ((np.abs(x - 0.15) < 0.04) | (np.abs(x - 0.70) < 0.07))
    ends = ((x < 0.06) & (z < 52.0)) | ((x > 0.80) & (z < 0.27 * frame.length))
    told = sole | sides | ends
    return without_unused(Mesh(lower.vertices, lower.faces[told[lower.faces].any(axis=1)]))


def _turned(
    lower: Mesh, rotation: NDArray[np.float64], axis: Axis, settled: float, floor: float | None
) -> tuple[NDArray[np.float64], str]:
    """The rotation turned until it stays, and what the axis was taken from."""
    axis_from = ""
    for _ in range(_ROUNDS):
        frame = _standing(lower, rotation, floor)
        turn, axis_from = axis(frame)
        change = turn @ _floor_tilt(frame) if floor is None else turn
        rotation = change @ frame.rotation
        if np.abs(change - np.eye(3)).max() < settled:
            break
    return rotation, axis_from


def _lower_part(mesh: Mesh, rotation: NDArray[np.float64], scale: float) -> Mesh:
    """The foot without the leg above it, scaled to mm.

    A tilt of ten degrees moves the far end of a foot by a sixth of its length: that much more is kept.
    """
    vertices = mesh.vertices * scale
    height = vertices @ rotation[2]
    height -= height.min()
    length = float(np.ptp((vertices @ rotation[0])[height < 60.0]))
    return without_unused(Mesh(vertices, mesh.faces[least(height[mesh.faces]) < 0.45 * length]))


def _standing(lower: Mesh, rotation: NDArray[np.float64], floor: float | None) -> Frame:
    """The foot's lower part turned by ``rotation``: sole on z = 0, heel at x = 0, heel centre at y = 0."""
    points = lower.vertices @ rotation.T
    ground = points[:, 2].min()
    rough_length = float(np.ptp(points[points[:, 2] < ground + 60.0, 0]))
    low = least(points[:, 2][lower.faces]) < ground + 0.3 * rough_length
    corners = points[lower.faces[low]]
    below = depth_map(corners, "below", _CELL)
    level = _sole_level(below, ground, rough_length) if floor is None else floor
    pternion = _heel_end(corners, level)
    length = _toe_end(corners) - pternion
    corners -= np.array([pternion, 0.0, level])
    centre = _heel_centre(Frame(rotation, np.zeros(3), corners, below, length))
    corners -= np.array([0.0, centre, 0.0])
    shift = np.array([-pternion, -centre, -level])
    return Frame(rotation, shift, corners, below.shifted(*shift), length)


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
SETTLED = 5e-5  # rad: a smaller turn of the frame moves no point of a foot by 0.015 mm


def _sole_level(below: DepthMap, ground: float, length: float) -> float:
    """Height of the floor: where the lowest two-hundredth of the sole lies, so that one spike moves
    nothing."""
    smooth = below.smoothed(2.5).depth
    return float(np.nanquantile(smooth[smooth < ground + 0.15 * length], 0.005))


def _heel_centre(frame: Frame) -> float:
    """y of the midpoint of the width at 15 % of foot length."""
    return 0.5 * sum(frame.sides_at(0.15, 4.0))


# Where a foot bears on the floor, as shares of its length: rear to front, and which side of the middle.
@dataclass(frozen=True, slots=True)
class _Zone:
    """From ``rear`` to ``front``; ``side`` is 1 for medial of the middle, -1 for lateral, 0 for both."""

    rear: float
    front: float
    side: int


_BEARING = (_Zone(0.04, 0.26, 0), _Zone(0.62, 0.82, 1), _Zone(0.50, 0.75, -1))  # heel, inner and outer ball
_SOFTNESS = 0.7  # mm: how sharply the lowest part of a bearing area is singled out


def _floor_tilt(frame: Frame) -> NDArray[np.float64]:
    """The small rotation that puts heel, inner ball and outer ball on one level floor."""
    sole = frame.below.smoothed(3.0)
    x, y = np.meshgrid(sole.rows, sole.columns, indexing="ij")
    zones = [cells for zone in _BEARING if (cells := _bearing_cells(sole, x, y, frame.length, zone)).any()]
    if len(zones) < len(_BEARING):
        return np.eye(3)  # a bearing area was not scanned: the hull's floor is the best there is
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


def _bearing_cells(sole: DepthMap, x: Vector, y: Vector, length: float, zone: _Zone) -> NDArray[np.bool_]:
    """(r, c) True on the cells of the sole that lie in a bearing zone."""
    low = np.isfinite(sole.depth) & (sole.depth < 0.12 * length)
    inside = low & (x > zone.rear * length) & (x < zone.front * length)
    if zone.side == 0 or not inside.any():
        return inside
    middle = 0.5 * (y[inside].max() + y[inside].min())
    return np.asarray(inside & (zone.side * (y - middle) > 0))


def _rotation_between(a: Vector, b: Vector) -> NDArray[np.float64]:
    """The rotation that takes unit vector ``a`` to ``b`` by the shortest way (Rodrigues)."""
    v, c = np.cross(a, b), float(a @ b)
    k = np.array([[0.0, -v[2], v[1]], [v[2], 0.0, -v[0]], [-v[1], v[0], 0.0]])
    turn: NDArray[np.float64] = np.eye(3) + k + k @ k / (1.0 + c)
    return turn


def _about_z(angle: float) -> NDArray[np.float64]:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def middle_axis(frame: Frame) -> tuple[NDArray[np.float64], str]:
    """Towards the middle of the forefoot: knows no side."""
    return _towards(frame, *_across_ball(frame, 0.5)), "middle"


def foot_axis(frame: Frame) -> tuple[NDArray[np.float64], str]:
    """Towards the tip of the second toe, or of the second metatarsal head where toes can't be told apart."""
    tips = toe_tips(frame.corners, frame.length)
    if not tips:
        return metatarsal_axis(frame)
    ball = frame.sides_at(0.70, 8.0)
    if great_toe_missing(frame.length, ball, frame.sides_at(GREAT_TOE_AT, 2.0)[0], tips[0]):
        return metatarsal_axis(frame)
    great, second = (_crossing(frame.length, ball, tip) for tip in tips[:2])
    turned = _BROUGHT_TOGETHER * max(great - _USUAL_GREAT, 0.0)
    if great < _GREAT_CROSSES and second - great < _SECOND_WITHIN - turned:
        return _towards(frame, *tips[1]), "second_toe"
    # Missing, or hidden by the great toe: where it usually is beside such a great toe.
    return _towards(frame, *_across_ball(frame, great + _SECOND_USUALLY - turned)), "second_metatarsal"


def metatarsal_axis(frame: Frame) -> tuple[NDArray[np.float64], str]:
    """Towards the second metatarsal head: asks for no toes."""
    return _towards(frame, *_across_ball(frame, SECOND_METATARSAL_SHARE)), "second_metatarsal"


# Share of the ball's width, from its medial side, at which the foot axis crosses the ball.
SECOND_METATARSAL_SHARE = 0.40


def axis_through(point: Vector) -> Axis:
    """Towards a second toe's tip that a person set: (3,) in the mesh's coordinates, scaled to mm."""

    def axis(frame: Frame) -> tuple[NDArray[np.float64], str]:
        x, y, _ = frame.rotation @ point + frame.translation
        return _towards(frame, float(x), float(y)), "second_toe"

    return axis


# Where the lines from the heel centre to the toes' tips cross the ball, as shares of its width from the
# medial side. The great toe's: 0.21 to 0.36, with a bunion to 0.58. The second toe's lies 0.17 to 0.22
# further out, and the third's 0.27 to 0.31, where the great toe's crosses at 0.24; both by 0.32 less for each
# share that a bunion brings them together. On scanned and constructed feet.
_USUAL_GREAT, _GREAT_CROSSES, _SECOND_USUALLY, _SECOND_WITHIN = 0.24, 0.55, 0.175, 0.255
_BROUGHT_TOGETHER = 0.32
# How far inside the ball's medial border the toes' lies at 88 % of the length, as a share of where the line
# to the first tip crosses the ball: 0.0 to 0.42 with a great toe (bunions of 30 degrees included), 0.72 and
# more without one. Where no tips can be told apart, as a share of the ball's width: to 0.24, and from 0.30.
GREAT_TOE_AT, _NO_GREAT_TOE, _NO_GREAT_TOE_OF_WIDTH = 0.88, 0.57, 0.27


def great_toe_missing(
    length: float, ball: tuple[float, float], toes_inner: float, tip: tuple[float, float] | None
) -> bool:
    """Whether no great toe stands where one should: ``ball`` are the inner and outer border (y, mm) at 70 %
    of the length, ``toes_inner`` the inner one at 88 %; ``tip`` (x, y) is the first tip, where tips are told
    apart."""
    inset = (ball[0] - toes_inner) / (ball[0] - ball[1])
    if tip is None:
        return inset > _NO_GREAT_TOE_OF_WIDTH
    return inset > _NO_GREAT_TOE * _crossing(length, ball, tip)


def _crossing(length: float, ball: tuple[float, float], tip: tuple[float, float]) -> float:
    """Where the line from the heel centre to a tip crosses the ball, as a share of its width from inside."""
    x, y = tip
    return (ball[0] - y * (0.70 - 0.15) * length / (x - 0.15 * length)) / (ball[0] - ball[1])


def _across_ball(frame: Frame, share: float) -> tuple[float, float]:
    """(x, y) at 70 % of the length, ``share`` of the way from the medial to the lateral border."""
    inner, outer = frame.sides_at(0.70, 8.0)
    return 0.70 * frame.length, inner + share * (outer - inner)


def _towards(frame: Frame, x: float, y: float) -> NDArray[np.float64]:
    """The turn about z that brings the line from the heel centre to (x, y) onto the x axis."""
    return _about_z(-np.arctan2(y, x - 0.15 * frame.length))


_TOE_NOTCH_MM = 1.5  # a dip shallower than this between two toes is skin, not a gap
# Of foot length, in y, from the great toe's tip to the second's: a bunion brings them together.
_TOES_APART = (0.025, 0.18)


def toe_tips(corners: NDArray[np.float64], length: float) -> list[tuple[float, float]]:
    """(x, y) of the tips that stand out of the toes' outline, the great toe's first; empty where the toes
    are merged or hidden. ``corners`` (m, 3, 3) hold at least the toes.

    The toes are the peaks of the outline; the great toe is the most medial of them. The outline is seen from
    the heel centre, where a toe stands out as much whichever way the frame is turned, and then, as some toes
    hide there, from the front.
    """
    toes = corners[greatest(corners[..., 0]) > 0.6 * length]
    for found in (_tips_from_heel(toes, length), _tips_from_front(toes, length)):
        if len(found) > 1 and _TOES_APART[0] < (found[0][1] - found[1][1]) / length < _TOES_APART[1]:
            return found
    return []


_TOES_AWAY = 0.85  # of length, from the heel centre


def _tips_from_heel(toes: NDArray[np.float64], length: float) -> list[tuple[float, float]]:
    x, y, z = np.moveaxis(toes, 2, 0)
    forward = x - (1.0 - _TOES_AWAY) * length
    # How far the skin reaches in each direction, which is given as an arc (mm) at the toes.
    around = np.stack([np.hypot(forward, y), np.arctan2(y, forward) * _TOES_AWAY * length, z], axis=2)
    tips = []
    for reach, arc in _standing_out(around, length, _TOES_AWAY - _SHORTEST_TOE):
        angle = arc / (_TOES_AWAY * length)
        tips.append(
            ((1.0 - _TOES_AWAY) * length + reach * float(np.cos(angle)), reach * float(np.sin(angle)))
        )
    return tips


def _tips_from_front(toes: NDArray[np.float64], length: float) -> list[tuple[float, float]]:
    return _standing_out(toes, length, 1.0 - _SHORTEST_TOE)


_SHORTEST_TOE = 0.15  # of length behind the foremost: what stands out there is no toe


def _standing_out(toes: NDArray[np.float64], length: float, least: float) -> list[tuple[float, float]]:
    """(reach, place) of the peaks of the outline of ``toes`` along its first axis, medial first, that reach
    further than ``least`` of the length."""
    outline = border(toes, 1, 0, 1, _CELL, ceiling=0.25 * length)
    reach = np.where(np.isfinite(outline.depth), outline.depth, np.nanmin(outline.depth))
    peaks = [p for p in _peaks(reach, _TOE_NOTCH_MM) if reach[p] > least * length]
    return [_tip(outline.rows, reach, p) for p in reversed(peaks)]


def _peaks(line: Vector, prominence: float) -> list[int]:
    """Places of the peaks that stand at least ``prominence`` above the higher of the dips beside them.

    As scipy.signal.find_peaks, whose import takes longer than measuring a foot.
    """
    found = []
    for k, top in enumerate(line):
        if (k > 0 and line[k - 1] >= top) or (k + 1 < len(line) and line[k + 1] > top):
            continue
        dips = []
        for beside in (line[:k][::-1], line[k + 1 :]):
            higher = np.nonzero(beside > top)[0]
            stretch = beside[: higher[0]] if len(higher) else beside
            # Past the end of the outline there is nothing: the deepest dip of all.
            dips.append(float(stretch.min()) if len(higher) and len(stretch) else -np.inf)
        if top - max(dips) >= prominence:
            found.append(k)
    return found


def _tip(rows: Vector, front: Vector, peak: int) -> tuple[float, float]:
    """(reach, place) of a peak of the outline, by a parabola through the points around it."""
    near = slice(max(peak - 3, 0), peak + 4)
    offset = rows[near] - rows[peak]
    a, b, c = np.polyfit(offset, front[near], 2)
    y = float(np.clip(-b / (2 * a), -3.0, 3.0)) if a < 0 else 0.0
    return float(np.polyval([a, b, c], y)), float(rows[peak]) + y
