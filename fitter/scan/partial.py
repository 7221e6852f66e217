"""Soles: scans that hold no whole foot but its underside, and impressions of it in foam.

A sole with side walls is a bowl that opens towards the dorsum. An impression is the same surface, hanging
from the flat foam around its rim. So the foam is cut away, the bowl is kept, and which side is down follows
from the bowl: its bottom is smooth and lies on a floor, its open rim is above. Winding is not asked: it may
be wrong, and a bowl turned over would be the other side's foot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, label
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from fitter.errors import FitterError
from fitter.quantity import combine_u95
from fitter.resources import table
from fitter.scan.depth import depth_map
from fitter.scan.foot import Placement
from fitter.scan.frame import (
    SETTLED,
    Axis,
    Frame,
    axis_through,
    foot_axis,
    metatarsal_axis,
    middle_axis,
    settle,
    toe_tips,
)
from fitter.scan.holes import open_edges
from fitter.scan.mesh import Mesh
from fitter.scan.pose import Posed, Scale, choose_scale, choose_side, probability_right, toe_end
from fitter.scan.repair import components, face_areas, without_unused
from fitter.scan.surface import Grain, Surface, prepare
from fitter.terms import Side

Vector = NDArray[np.float64]
Kind = Literal["plantar_with_walls", "plantar", "foam_impression"]


class FlatSurface(Protocol):
    """The points x with ``normal @ x == offset``, ``tolerance`` thick to either side."""

    @property
    def normal(self) -> NDArray[np.float64]: ...
    @property
    def offset(self) -> float: ...
    @property
    def tolerance(self) -> float: ...


@dataclass(frozen=True, slots=True, eq=False)
class Sole:
    """A sole in the file's own coordinates: the surface, the foot's upward direction (3,), the probability
    that it is not the downward one, and how deep its hollow in the foam is (0 where there is no foam)."""

    mesh: Mesh
    up: Vector
    up_probability: float
    foam_depth: float = 0.0
    notes: tuple[str, ...] = ()


def find_sole(mesh: Mesh, planes: Sequence[FlatSurface]) -> Sole | None:
    """The sole in a connected surface that was cut from ``planes``, or None where it is no open bowl."""
    for plane in planes:
        found = _in_foam(mesh, plane)
        if found is not None:
            return found
    surface = _foam_surface(mesh)
    hollow = None if surface is None else _hollow(mesh, surface)
    return hollow or _open_sheet(mesh)


# -- foam ---------------------------------------------------------------------------------------------------

_FOAM_RIM = 0.25  # of an impression's open edge lies at the foam's surface
_LEAST_DEPTH = 0.04  # of its size: a hollow less deep is the foam's own roughness
_LIP = 0.05  # of the hollow's depth: the foam's edge is rounded and crumbles


def _in_foam(mesh: Mesh, plane: FlatSurface) -> Sole | None:
    """The hollow below a flat surface that its open edge lies in."""
    height = mesh.vertices @ plane.normal - plane.offset
    size = float(np.linalg.norm(np.ptp(mesh.vertices, axis=0)))
    middle = float(np.median(height[mesh.faces]))
    up = -np.sign(middle) * plane.normal
    height *= -np.sign(middle)
    depth = -float(np.quantile(height, 0.02))
    if depth < _LEAST_DEPTH * size:
        return None
    rim = height[rim_vertices(mesh)]
    if len(rim) == 0 or (np.abs(rim) < max(3.0 * plane.tolerance, 0.15 * depth)).mean() < _FOAM_RIM:
        return None
    return _cut_out(mesh, height, up, depth, plane.tolerance)


def _cut_out(mesh: Mesh, height: Vector, up: Vector, depth: float, tolerance: float) -> Sole:
    """What of a surface lies well below the foam; ``height`` (n,) of its vertices above it."""
    cut = max(1.5 * tolerance, _LIP * depth)
    inside = (height < -cut)[mesh.faces].all(axis=1)
    hollow = _widest(Mesh(mesh.vertices, mesh.faces[inside]))
    notes = ("The foam around the foot was found and left out.",)
    return Sole(hollow, up, 1.0, depth, notes)


_FOAM_BIN = 0.004  # of the size: how thick the foam's surface is taken to be
_LEAST_FOAM, _LEAST_HOLLOW = 0.12, 0.12  # of the level part of the scan


@dataclass(frozen=True, slots=True, eq=False)
class _Surface:
    """A `FlatSurface` that was found here: a box of foam with its rim is one connected sheet. ``normal``
    points out of the hollow."""

    normal: Vector
    offset: float
    tolerance: float


def _foam_surface(mesh: Mesh) -> _Surface | None:
    """The level surface around a hollow in a sheet, or None."""
    areas, centres = face_areas(mesh), mesh.corners.mean(axis=1)
    total = areas.sum()
    if not total > 0.0:
        return None
    middle = areas @ centres / total
    spread = ((centres - middle) * areas[:, None]).T @ (centres - middle) / total
    size = float(np.sqrt(np.linalg.eigvalsh(spread)[-1] * 12.0))
    normal = _levelled(mesh, np.linalg.eigh(spread)[1][:, 0])
    cross = np.cross(mesh.corners[:, 1] - mesh.corners[:, 0], mesh.corners[:, 2] - mesh.corners[:, 0])
    fitted, centre, band = normal, middle, _FOAM_BIN * size
    for wide in (6.0, 2.0, 1.0):  # the sheet's level part may be some degrees off the foam's surface
        level = np.abs(cross @ fitted) > 0.95 * 2.0 * areas
        bins = np.floor((centres @ fitted) / (wide * band)).astype(np.int64)
        bins -= bins.min()
        if bins.max() > _MOST_BINS:
            return None
        amount = np.append(np.bincount(bins, weights=areas * level), 0.0)
        peak = int(np.argmax(amount[:-1] + amount[1:]))
        on = level & (bins >= peak) & (bins <= peak + 1)
        if areas[on].sum() < _LEAST_FOAM * total:
            return None
        centre = areas[on] @ centres[on] / areas[on].sum()
        about = (centres[on] - centre) * np.sqrt(areas[on])[:, None]
        new = np.linalg.eigh(about.T @ about)[1][:, 0]
        fitted = new * np.sign(new @ normal)
    off = centres @ fitted - float(fitted @ centre)
    for up in (1.0, -1.0):
        deep = up * off < -_LEAST_DEPTH * size
        if areas[deep].sum() > _LEAST_HOLLOW * total and _around(centres, fitted, on, deep):
            return _Surface(up * fitted, up * float(fitted @ centre), 2.0 * band)
    return None


_MOST_BINS = 2_000


def _around(centres: Vector, normal: Vector, on: NDArray[np.bool_], deep: NDArray[np.bool_]) -> bool:
    """True where the surface lies on all sides of most of the hollow, seen square-on."""
    across = np.linalg.svd(normal[None])[2][1:]
    rim, hollow = centres[on] @ across.T, centres[deep] @ across.T
    low, high = np.quantile(hollow, [0.02, 0.98], axis=0)
    beyond = [(rim[:, k] < low[k]).any() and (rim[:, k] > high[k]).any() for k in (0, 1)]
    middle = np.median(hollow, axis=0)
    turns = np.histogram(np.arctan2(*(rim - middle).T), bins=12, range=(-np.pi, np.pi))[0]
    return bool(all(beyond) and (turns > 0).sum() >= 11)


def _hollow(mesh: Mesh, surface: _Surface) -> Sole | None:
    height = mesh.vertices @ surface.normal - surface.offset
    below = height[mesh.faces].max(axis=1) < 0.0
    if not below.any():
        return None
    depth = -float(np.quantile(height[mesh.faces[below]], 0.02))
    sole = _cut_out(mesh, height, surface.normal, depth, surface.tolerance)
    # The heel cup behind an insole's flat front is a hollow too, but not of a sole's outline.
    return sole if len(sole.mesh.faces) and _refusal(sole, lay(sole)) is None else None


def _widest(mesh: Mesh) -> Mesh:
    """The connected piece with the largest surface."""
    if len(mesh.faces) == 0:
        return mesh
    number, labels = components(mesh)
    if number > 1:
        of_face = labels[mesh.faces[:, 0]]
        area = np.bincount(of_face, weights=face_areas(mesh))
        mesh = Mesh(mesh.vertices, mesh.faces[of_face == np.argmax(area)])
    return without_unused(mesh)


# -- sheets -------------------------------------------------------------------------------------------------

_MOST_LAYERS = 1.75  # of skin over each place of the plan: a sole has one, walls lean in; a whole foot two
_FLATTEST = 0.30  # of its length: a sole with walls is no higher


def _open_sheet(mesh: Mesh) -> Sole | None:
    """A single skin, open on one side."""
    areas = face_areas(mesh)
    centres = mesh.corners.mean(axis=1)
    weights = areas / areas.sum()
    middle = weights @ centres
    spread = ((centres - middle) * weights[:, None]).T @ (centres - middle)
    normal = np.linalg.eigh(spread)[1][:, 0]
    rim = rim_vertices(mesh)
    if len(rim) < 8:
        return None
    normal = _levelled(mesh, normal)
    height = mesh.vertices @ normal
    size = float(np.sqrt(np.linalg.eigvalsh(spread)[-1] * 12.0))
    if (
        np.ptp(np.quantile(height, [0.01, 0.99])) > _FLATTEST * size
        or _layers(mesh, normal, size) > _MOST_LAYERS
    ):
        return None
    rise = float(np.median(height[rim]) - np.median(height[mesh.faces])) / size
    up = normal if rise > 0 else -normal
    return Sole(mesh, up, float(1.0 / (1.0 + np.exp(-abs(rise) / _RISE))))


_RISE = 0.004  # of its length: a rim that much higher than the middle of the sheet tells up from down


def _levelled(mesh: Mesh, normal: Vector) -> Vector:
    """The direction square to most of the sheet's level part: walls of uneven height tilt its main axes."""
    cross = np.cross(mesh.corners[:, 1] - mesh.corners[:, 0], mesh.corners[:, 2] - mesh.corners[:, 0])
    cross *= np.sign(cross @ normal)[:, None]
    area = np.linalg.norm(cross, axis=1)
    for _ in range(6):
        level = cross @ normal > 0.8 * area
        if not level.any():
            break
        mean = cross[level].sum(axis=0)
        normal = mean / np.linalg.norm(mean)
    return normal


def _layers(mesh: Mesh, up: Vector, size: float) -> float:
    """How many layers of skin lie over each place of the plan, on average."""
    across = np.linalg.svd(up[None])[2][1:]
    corners = mesh.corners
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    laid = float(np.abs(cross @ up).sum()) / 2.0
    cell = size / 60.0
    plan = np.unique(np.floor(corners.mean(axis=1) @ across.T / cell).astype(np.int64), axis=0)
    return laid / (len(plan) * cell**2)


def rim_vertices(mesh: Mesh) -> NDArray[np.int64]:
    """(k,) vertices on edges that only one face has."""
    rim: NDArray[np.int64] = np.unique(open_edges(mesh))
    return rim


def rim_loops(mesh: Mesh) -> list[NDArray[np.int64]]:
    """The connected open edges, each as its vertices (k,)."""
    edges = open_edges(mesh)
    if len(edges) == 0:
        return []
    used, ends = np.unique(edges, return_inverse=True)
    ends = ends.reshape(edges.shape)
    graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(len(used), len(used)))
    number, labels = connected_components(graph.tocsr(), directed=False)
    return [used[labels == k] for k in range(number)]


def openings(mesh: Mesh) -> Vector:
    """(n, 3) the corners of holes that stayed open in a sheet; what is around all of it is its edge."""
    loops = sorted(rim_loops(mesh), key=lambda loop: _extent(mesh.vertices[loop]))
    within = [mesh.vertices[loop] for loop in loops[:-1] if _extent(mesh.vertices[loop]) > WIDEST_HOLE]
    return np.concatenate([np.zeros((0, 3)), *within])


WIDEST_HOLE = 40.0  # mm: a wider opening of a sole may be where the scan ends


def _extent(points: Vector) -> float:
    return float(np.linalg.norm(np.ptp(points, axis=0)))


# -- heel and toes ------------------------------------------------------------------------------------------

_SEEN = (1.0, 0.97, 0.94, 0.91, 0.88, 0.85)  # shares of the length that a sole without toe tips may show
_UNSEEN_SD = 0.06  # how unlikely missing toes are before looking, as a share of the length


@dataclass(frozen=True, slots=True, eq=False)
class Lying:
    """A sole laid down: rows x, y, z of its rough frame, its length in file coordinates, how much of a foot's
    length that is likely to be, and how like a foot its outline is (0 is perfect, as `foot_likeness`)."""

    frame: NDArray[np.float64]
    length: float
    seen: float
    likeness: float


def lay(sole: Sole) -> Lying:
    """Heel and toes told by the widths along the outline."""
    z = sole.up
    centres, weights = sole.mesh.corners.mean(axis=1), face_areas(sole.mesh)
    plan = centres - np.outer(centres @ z, z)
    centred = plan - weights @ plan / weights.sum()
    long = np.linalg.eigh((centred * weights[:, None]).T @ centred)[1][:, -1]
    tried = [way for x in (long, -long) for way in _ways(sole, np.stack([x, np.cross(z, x), z]))]
    best = max(tried, key=lambda way: way.likeness)
    return replace(best, frame=_levelled_frame(sole, best))


def _ways(sole: Sole, frame: NDArray[np.float64]) -> Iterator[Lying]:
    x, y, _ = frame @ sole.mesh.vertices.T
    low, high = np.quantile(x, [0.001, 0.999])
    length = float(high - low)
    for seen in _SEEN:
        share = (x - low) / length * seen
        deviations = [
            (_width(y[np.abs(share - at["place"]) < 0.03]) / length * seen - at["mean"]) / at["sd"]
            for at in table("scan/feet.toml")["likeness"]["width"]
            if at["place"] < seen - 0.04
        ]
        off = np.square(deviations).mean() * len(table("scan/feet.toml")["likeness"]["width"])
        yield Lying(frame, length, seen, -0.5 * float(off + ((1.0 - seen) / _UNSEEN_SD) ** 2))


def _width(y: Vector) -> float:
    return float(np.quantile(y, 0.995) - np.quantile(y, 0.005)) if len(y) else 0.0


# -- the foot frame -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class PosedSole:
    """A sole in the foot frame, what it was, and how much of a foot's length it shows; ``surface``: what was
    made of it before it was posed (file coordinates)."""

    posed: Posed
    sole: Sole
    seen: float
    surface: Surface


def pose_sole(
    mesh: Mesh,
    planes: Sequence[FlatSurface],
    *,
    grain: Grain | None = None,
    file_unit: str | None = None,
    units: str | None = None,
    side: Side | None = None,
    foot_length: float | None = None,
    scale: Scale | None = None,
    second_toe: Vector | None = None,
) -> PosedSole | None:
    """Bring a sole, or an impression of one, into the foot frame, without its noise and its holes; None where
    the surface is no open bowl.

    Arguments as of `fitter.scan.pose.pose`; ``planes`` are what ``mesh`` was cut from, ``grain`` is as of
    `prepare`.
    """
    sole = find_sole(mesh, planes)
    if sole is None:
        return None
    if sole.foam_depth > 0:
        sole = _without_shoulders(sole, lay(sole))
    surface = prepare(sole.mesh, grain)
    sole = replace(sole, mesh=surface.mesh)
    lying = lay(sole)
    refusal = _refusal(sole, lying)
    if refusal is not None:
        raise refusal
    if scale is not None:
        return PosedSole(_settled(sole, lying, scale, side, second_toe), sole, lying.seen, surface)
    scale = choose_scale(lying.length, file_unit, units, foot_length, lying.seen)
    posed = _settled(sole, lying, scale, side, second_toe)
    if foot_length is not None:
        exact = scale.for_length(foot_length * lying.seen, toe_end(posed.mesh))
        if lying.seen < 1.0:
            exact = replace(exact, u95=combine_u95([exact.u95 or 0.0, _UNSEEN_U95]))
        posed = _settled(sole, lying, exact, side, second_toe)
    return PosedSole(posed, sole, lying.seen, surface)


_UNSEEN_U95 = 0.05  # of the length: how well the share that is seen is known from the widths of the outline


def _settled(sole: Sole, lying: Lying, scale: Scale, side: Side | None, second_toe: Vector | None) -> Posed:
    mesh = _facing_out(sole)
    start = lying.frame * scale.factor
    unsided, _ = settle(mesh, start, axis=middle_axis, settled=1e-3)
    right = probability_right(unsided)
    # Turned over, or heel for toe, it would be the other foot.
    surely = sole.up_probability
    shape, called, told = choose_side(surely * right + (1.0 - surely) * (1.0 - right), side)
    flip = np.diag([1.0, -1.0, 1.0]) if shape == "left" else np.eye(3)
    toes_axis = foot_axis if sole.foam_depth > 0 else _toe_axis  # toes stand apart in foam
    axis: Axis = toes_axis if lying.seen > _TOES_SEEN else metatarsal_axis
    if second_toe is not None:
        axis = axis_through(second_toe * scale.factor)
    settled, axis_from = settle(mesh, flip @ unsided.rotation * scale.factor, axis=axis, settled=SETTLED)
    return Posed(
        mesh.moved(settled.rotation, settled.translation, scale.factor),
        called,
        Placement(scale.factor, settled.rotation, settled.translation),
        {"units": scale.assumption, "side": told},
        axis_from,
        scale.u95,
    )


_TOES_SEEN = 0.96  # of the length: with less, toe tips are missing
_LEAST_TOES = 3  # tips that stand out: the edge of a sole without toes has a notch or two by chance


def _toe_axis(frame: Frame) -> tuple[NDArray[np.float64], str]:
    """Towards the second toe where toes are surely seen, else the second metatarsal head."""
    seen = len(toe_tips(frame.corners, frame.length)) >= _LEAST_TOES
    return foot_axis(frame) if seen else metatarsal_axis(frame)


def _facing_out(sole: Sole) -> Mesh:
    """The sole's faces turned as a foot's are, outwards: an impression's look into the hollow."""
    mesh = sole.mesh
    cross = np.cross(mesh.corners[:, 1] - mesh.corners[:, 0], mesh.corners[:, 2] - mesh.corners[:, 0])
    up = float((cross @ sole.up).sum()) > 0
    return Mesh(mesh.vertices, np.ascontiguousarray(mesh.faces[:, ::-1])) if up else mesh


# Foam beside the foot that sank with it: level ground high up in the hollow that reaches its edge.
_SHOULDER_HEIGHT, _SHOULDER_SLOPE = 0.55, 0.35  # of the hollow's depth; rise a run


def _without_shoulders(sole: Sole, lying: Lying) -> Sole:
    """The hollow without the foam that sank beside the foot."""
    scale = table("scan/feet.toml")["length"]["nominal"] * lying.seen / lying.length
    placed = sole.mesh.moved(lying.frame, np.zeros(3), scale)
    seen = depth_map(placed.corners, "below", 1.0)
    smooth = seen.smoothed(2.0)
    known = np.isfinite(smooth.depth)
    steep = np.hypot(*np.gradient(smooth.depth))
    bottom = float(np.nanquantile(smooth.depth, 0.02))
    high = known & (smooth.depth - bottom > _SHOULDER_HEIGHT * sole.foam_depth * scale)
    level = high & ~(steep > _SHOULDER_SLOPE)  # beside the edge the slope is not known: level too
    places, _ = label(level, np.ones((3, 3)))
    outside = binary_dilation(~known, iterations=2) & level
    shoulders = np.isin(places, np.setdiff1d(np.unique(places[outside]), [0]))
    centres = placed.corners.mean(axis=1)
    i = np.clip(np.round(centres[:, 0] - seen.rows[0]).astype(int), 0, len(seen.rows) - 1)
    j = np.clip(np.round(centres[:, 1] - seen.columns[0]).astype(int), 0, len(seen.columns) - 1)
    gone = shoulders[i, j]
    if not gone.any() or gone.mean() > 0.5:
        return sole
    return replace(sole, mesh=_widest(Mesh(sole.mesh.vertices, sole.mesh.faces[~gone])))


# A foot may have sunk in aslant: from heel to ball the floor is found before the frame is settled.
_HEEL_PART, _BALL_PART = (0.06, 0.24), (0.60, 0.80)  # of length


def _levelled_frame(sole: Sole, lying: Lying) -> NDArray[np.float64]:
    """The rough frame turned about y until heel and ball lie equally high."""
    frame = lying.frame
    for _ in range(4):
        x, _, z = frame @ sole.mesh.vertices.T
        share = (x - x.min()) / lying.length * lying.seen
        low = []
        for rear, front in (_HEEL_PART, _BALL_PART):
            part = (share > rear) & (share < front)
            if part.sum() < 20:
                return frame
            k = z[part] <= np.quantile(z[part], 0.10)
            low.append((x[part][k].mean(), z[part][k].mean()))
        tilt = np.arctan2(low[1][1] - low[0][1], low[1][0] - low[0][0])
        c, s = np.cos(tilt), np.sin(tilt)
        frame = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]]) @ frame
        if abs(tilt) < 1e-3:
            break
    return frame


# Degrees between the floor of heel and ball and the foam's surface or the sheet's own level part: a dorsum
# that was seen from below, its sole lost, lies further aslant.
_MOST_ASLANT = 20.0


def _refusal(sole: Sole, lying: Lying) -> FitterError | None:
    """Why a bowl is no sole, by how aslant it lies and by its outline."""
    if float(lying.frame[2] @ sole.up) < np.cos(np.radians(_MOST_ASLANT)):
        return no_sole()
    if lying.likeness < table("scan/feet.toml")["likeness"]["least"]:
        return _no_impression() if sole.foam_depth > 0 else no_sole()
    return None


def _no_impression() -> FitterError:
    return FitterError(
        "this is a hollow in a flat surface, as a foot leaves in a foam box, but not of a whole sole: its "
        "heel or ball is missing, or it is no foot's",
        todo="Scan the impression again with heel and ball in one piece",
        code="impression_incomplete",
    )


def no_sole() -> FitterError:
    """What to say of a surface that is neither a whole foot nor the sole of one."""
    return FitterError(
        "no foot was found in this scan: neither a whole one nor the sole of one",
        todo="Check that the file holds one bare foot, or its sole, and nothing else",
        code="not_a_foot",
    )
