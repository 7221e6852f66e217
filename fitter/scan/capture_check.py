"""Whether to keep a capture or to take it again, while the person still stands there.

Looks at the posed surface along the three axes of the foot frame: which parts of a foot were seen, whether
one skin lies doubled under another, and whether a part of the skin is set off from the rest, as it is where
the foot moved during the scan.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import convolve1d

from fitter.resources import table
from fitter.scan.depth import crossings, greatest, least
from fitter.scan.foot import SOLE_KINDS, Quality, Verdict
from fitter.scan.mesh import Mesh

Grid = NDArray[np.float64]
Corners = NDArray[np.float64]  # (m, 3, 3)

_CELL = 2.0  # mm: of the maps
_TOP = 0.36  # of the length: what is higher is leg
_STEEPEST = 0.4  # a triangle counts for a view where the cosine of its slant is above this
_PLANES = {0: (1, 2), 1: (0, 2), 2: (0, 1)}  # axis looked along -> axes of the grid

# Said of each fault: what it is, and what to do while the person still stands there.
MOVED = "The foot moved during the scan: its skin lies doubled or is set off. Scan again, standing still."
_UNSEEN = {
    "heel": "The heel was not seen whole. Scan again, and go around behind the heel.",
    "inner side": "The inner side is missing. Scan again from the inner side too.",
    "outer side": "The outer side is missing. Scan again from the outer side too.",
    "sole": "The sole was not seen. Scan again from below, the foot held up or on glass.",
    "toes": "The toes were not seen whole. Scan again from the front, down to the tips.",
    "dorsum": "The top of the foot was not seen whole, which the instep needs. Scan from above too.",
    "ankle": "The ankle was not seen all around. Scan up to above the ankle bones to have its height.",
}
# Of a scan that shows the sole alone, and of an impression in foam.
_SOLE_PARTLY = "Part of the sole was not seen. Scan again from below, heel to toes."
_ARCH_CUT = "The arch was not seen up to its top, so it has no height. Scan the sole from its inner side too."
_OUTLINE = (
    "The sole's edge was not seen up to where it turns upright, which breadths need. Scan its sides too."
)
_FOAM_PARTLY = "Part of the impression was not seen. Scan again from right above the box."
_FOAM_TOES = (
    "The toes left no whole mark, so there is no length. Make the impression again: press the toes in."
)
_FOAM_ARCH = "The arch left no mark in the foam, so it has no height. Press deeper, or scan the foot itself."
_TOES_CUT = "The toes are cut off, so there is no length. Scan again with the toes well inside the picture."
_HEEL_CUT = "The heel is cut off, so no length is right. Scan again with the heel well inside the picture."
_FILLED = "The scanner filled the sole flat, so there is no arch. Only a scan that sees the sole has one."
_NOISY = "The surface is very rough. Scan again, nearer or in better light."
_ROUGH = "The surface is rough, which widens every error. Scan nearer or in better light if you can."
_COARSE = "The scan is far too coarse. Scan again, or export it, with finer detail."
_RATHER_COARSE = "The scan is coarse, which widens every error. Export it with finer detail if you can."


def judged(mesh: Mesh, seen: Quality, codes: Collection[str]) -> Quality:
    """The quality of a mesh in the foot frame with the share seen of every region, the verdict, and why.

    ``codes`` are the reasons (of `Missing`) for which measures were found not to be supported. What was seen
    of a scan of the sole alone is judged before: it has one skin and no regions above it.
    """
    corners = _lower(mesh)
    length = float(mesh.vertices[:, 0].max())
    along = _layers(corners)
    coverage = dict(seen.coverage)
    faults: list[_Fault] = _faults_of_motion(along, length, seen)
    if seen.kind in SOLE_KINDS:
        faults += _faults_of_sole(seen, codes)
    else:
        coverage |= _coverage(along, corners, length)
        faults += _faults_of_coverage(coverage, codes)
        if _heel_cut(along[0], length, seen.noise_mm):
            faults.append(("retake", _HEEL_CUT))
    faults += _faults_of_surface(seen)
    coverage = {region: round(share, 3) for region, share in coverage.items()}
    return with_faults(replace(seen, coverage=coverage), faults)


_Fault = tuple[Verdict, str]
_RANK: Mapping[Verdict, int] = {"good": 0, "usable": 1, "retake": 2}


def with_faults(seen: Quality, faults: Sequence[_Fault]) -> Quality:
    """The quality with further faults, the worst first; the verdict is the worst's."""
    known: list[_Fault] = [(seen.verdict, text) for text in seen.why]
    every = sorted(dict.fromkeys((*known, *faults)), key=lambda fault: -_RANK[fault[0]])
    worst = every[0][0] if every else "good"
    return replace(seen, verdict=worst, why=tuple(dict.fromkeys(text for _, text in every)))


def moved_between(one: Mesh, other: Mesh, *, sole: bool = False) -> bool:
    """Whether two pieces of one file, both in the frame of the first, are the same skin seen before and after
    the foot moved; ``sole``: the first is a sole alone."""
    length = float(one.vertices[:, 0].max())
    low, high = one.vertices.min(axis=0), one.vertices.max(axis=0)
    inside = ((other.vertices > low - 8.0) & (other.vertices < high + 8.0)).all(axis=1)
    if inside.mean() < 0.5:
        return False
    if sole:  # level skin moved aside lies less than the least gap from where it was, but over itself
        return _share_above(one, other) > 0.5
    corners = np.concatenate([_lower(one), _lower(other, _TOP * length)])
    share = _doubled_share(_layers(corners), length, _LEAST_GAP)
    return bool(share > table("scan/capture.toml")["moved"]["doubled"])


def _share_above(one: Mesh, other: Mesh) -> float:
    """Share of the plan of one mesh that lies over or under another's."""
    plans = [np.unique(np.floor(m.corners[..., :2].mean(axis=1) / _PLAN_CELL), axis=0) for m in (one, other)]
    both = len(np.unique(np.concatenate(plans), axis=0))
    return (len(plans[0]) + len(plans[1]) - both) / max(len(plans[1]), 1)


_PLAN_CELL = 4.0  # mm


def _lower(mesh: Mesh, top: float | None = None) -> Corners:
    corners = mesh.corners
    top = _TOP * float(mesh.vertices[:, 0].max()) if top is None else top
    low: Corners = corners[least(corners[..., 2]) < top]
    return low


# -- layers -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Layers:
    """What lies along one axis over a grid of the other two: every crossing of the skin facing down the axis,
    and of that facing up. Of each: (k,) flat index of the grid, and (k,) depth (mm)."""

    axis: int
    rows: Grid
    columns: Grid
    facing: tuple[tuple[NDArray[np.int64], Grid], ...]

    def outermost(self, way: int) -> Grid:
        """(r, c) the outermost crossing towards + (``way`` 1) or - (-1), whichever way the skin faces; NaN
        where there is none."""
        grid = np.full(len(self.rows) * len(self.columns), -np.inf)
        for cell, depth in self.facing:
            np.maximum.at(grid, cell, way * depth)
        grid = np.where(np.isfinite(grid), way * grid, np.nan)
        return grid.reshape(len(self.rows), len(self.columns))

    def place(self, axis: int) -> Grid:
        """The coordinate along an axis of the grid, to compare with its maps."""
        return self.rows[:, None] if _PLANES[self.axis][0] == axis else self.columns[None, :]

    def within(self, **ranges: tuple[float, float]) -> NDArray[np.bool_]:
        """(r, c) the cells inside ranges (mm) of x, y or z."""
        inside = np.ones((len(self.rows), len(self.columns)), bool)
        for name, (low, high) in ranges.items():
            place = self.place("xyz".index(name))
            inside &= (place >= low) & (place <= high)
        return inside


def _layers(corners: Corners) -> dict[int, _Layers]:
    """The layers along each axis."""
    # On a fine scan most triangles hold no line of a grid and need no further look.
    first, last = (np.sort(corners, axis=1)[:, k] / _CELL - 0.5 for k in (0, 2))
    hit = np.ceil(first) <= np.floor(last)
    return {axis: _along(corners[hit[:, i] & hit[:, j]], axis) for axis, (i, j) in _PLANES.items()}


def _along(corners: Corners, axis: int) -> _Layers:
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    normal = np.cross(b - a, c - a)
    lean = normal[:, axis] / np.maximum(np.linalg.norm(normal, axis=1), 1e-300)
    rows, columns, facing = crossings(
        corners, (*_PLANES[axis], axis), [lean < -_STEEPEST, lean > _STEEPEST], _CELL
    )
    return _Layers(axis, rows, columns, facing)


# -- what was seen ------------------------------------------------------------------------------------------


def _coverage(along: Mapping[int, _Layers], corners: Corners, length: float) -> dict[str, float]:
    """Region -> the share of it (0..1) that has skin where a foot has some. Ranges are shares of the length
    that hold for every foot: inside the outline, above the floor, below the ankle."""
    x, y, z = along[0], along[1], along[2]
    rear, front = x.outermost(-1), x.outermost(1)
    lateral, medial = y.outermost(-1), y.outermost(1)
    bottom, top = z.outermost(-1), z.outermost(1)
    walls = medial - lateral > _WALLS * length
    low_side = _inside(y, length, x=(0.15, 0.70), z=(0.03, 0.09))
    high_side = _inside(y, length, x=(0.15, 0.70), z=(0.05, 0.11))  # above the arch's hollow
    # Where only one wall is seen, it is the side that it lies on.
    inner, outer = walls | (medial > 0.0), walls | (lateral < 0.0)
    heel = _inside(x, length, y=(-0.07, 0.07), z=(0.03, 0.14))
    tips = _inside(x, length, y=(-0.12, 0.10), z=(0.012, 0.04))
    above_toes = _inside(z, length, x=(0.80, 0.95)) & (np.isfinite(top) | np.isfinite(bottom))
    above = _inside(z, length, x=(0.48, 0.75)) & (np.isfinite(top) | np.isfinite(bottom))
    plan = _plan(y, z, length) & _inside(z, length, x=(0.04, 0.75))
    under_leg = z.place(0) < 0.45 * length  # whose top is not looked at
    dorsum = (top - bottom > _SKIN) | (top > 0.08 * length)
    toes = (
        _share(front > 0.70 * length, tips),
        _share((top - bottom > _SKIN) | (top > 0.04 * length), above_toes),
    )
    return {
        "heel": _share(rear < 0.15 * length, heel),
        "inner side": _share(inner, high_side),
        "outer side": _share(outer, low_side),
        "sole": _share((bottom < 0.15 * length) & ((top - bottom > _SKIN) | under_leg), plan),
        "toes": min(toes),
        "dorsum": _share(dorsum, above),
        "ankle": _ankle_seen(corners, length),
    }


_WALLS = 0.08  # of the length: two walls of a foot are further apart
_SKIN = 3.0  # mm: two layers of one skin are nearer, top and bottom of a toe are not


def _plan(y: _Layers, z: _Layers, length: float) -> NDArray[np.bool_]:
    """(r, c) the cells of the view along z that lie well inside the outline of the foot's walls."""
    low = y.within(z=(-np.inf, 0.2 * length))
    left = np.where(low & np.isfinite(y.outermost(-1)), y.outermost(-1), np.inf).min(axis=1)
    right = np.where(low & np.isfinite(y.outermost(1)), y.outermost(1), -np.inf).max(axis=1)
    left, right = (np.interp(z.rows, y.rows, side) for side in (left, right))
    inside = (z.columns > left[:, None] + _RIM) & (z.columns < right[:, None] - _RIM)
    return np.asarray(inside)


_RIM = 8.0  # mm: the sole turns up into the sides


def _inside(along: _Layers, length: float, **shares: tuple[float, float]) -> NDArray[np.bool_]:
    return along.within(**{name: (low * length, high * length) for name, (low, high) in shares.items()})


def _share(seen: NDArray[np.bool_], expected: NDArray[np.bool_]) -> float:
    return float(seen[expected].mean()) if expected.any() else 0.0


_TURNS, _SLABS = 12, 4  # of the ankle: cells of 30 degrees, in four slabs
_FINE = 2.0  # mm: of so small a triangle the corners are close enough
_ANKLE = (0.25, 0.34)  # of the length: from below the ankle bones to above them


def _ankle_seen(corners: Corners, length: float) -> float:
    """Share of the wall around the ankle that has skin."""
    low, high = (share * length for share in _ANKLE)
    near = (
        (least(corners[..., 2]) < high)
        & (greatest(corners[..., 2]) > low)
        & (least(corners[..., 0]) < 0.5 * length)
    )
    some = corners[near]
    # Points within the triangles, so close that no cell is missed on a coarse mesh.
    edge = float(np.median(np.linalg.norm(some[:, 0] - some[:, 1], axis=1))) if len(some) else 0.0
    parts = 1 if edge < _FINE else 6
    weights = (
        np.array([(i, j, parts - i - j) for i in range(parts + 1) for j in range(parts + 1 - i)]) / parts
    )
    points = np.einsum("wk,mkd->mwd", weights, some).reshape(-1, 3)
    points = points[(points[:, 2] > low) & (points[:, 2] < high)]
    if len(points) < _TURNS:
        return 0.0
    middle = 0.5 * (points[:, :2].min(axis=0) + points[:, :2].max(axis=0))
    angle = np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0])
    turn = np.minimum((angle + np.pi) / (2.0 * np.pi) * _TURNS, _TURNS - 1).astype(int)
    slab = np.minimum((points[:, 2] - low) / (high - low) * _SLABS, _SLABS - 1).astype(int)
    return len(np.unique(turn * _SLABS + slab)) / (_TURNS * _SLABS)


def _heel_cut(along: _Layers, length: float, noise: float) -> bool:
    """True where the rearmost part is a plane, as of a scan cut off and closed there: a heel is round."""
    if noise > _HEEL_NOISE:
        return False
    rear = along.outermost(-1)
    y, z = np.broadcast_arrays(along.place(1), along.place(2))
    end = np.isfinite(rear) & (rear < _HEEL_DEPTH) & (z < 0.25 * length)
    terms = np.stack([np.ones(int(end.sum())), y[end], z[end]], axis=1)
    depth, on = rear[end], np.ones(len(terms), bool)
    for band in (1.5, 1.0, 0.6, 0.4, _HEEL_BAND, _HEEL_BAND):
        if on.sum() < 10:
            return False
        on = np.abs(depth - terms @ np.linalg.lstsq(terms[on], depth[on], rcond=None)[0]) < band
    return bool(on.sum() * _CELL**2 > _HEEL_AREA)


# Within 0.25 mm to either side of any plane lie some 90 mm2 of a heel of 28 mm radius; a cut 5 mm in has 800.
# Above some noise the two can't be told apart.
_HEEL_DEPTH, _HEEL_BAND, _HEEL_AREA, _HEEL_NOISE = 4.0, 0.25, 300.0, 0.4


# -- did it move? -------------------------------------------------------------------------------------------

_LEAST_GAP, _MOST_GAP = 1.0, 8.0  # mm between two layers of the same skin; nearer, and it is noise of a seam


def _faults_of_motion(along: Mapping[int, _Layers], length: float, seen: Quality) -> list[_Fault]:
    if seen.noise_mm > table("scan/capture.toml")["surface"]["most_noise"]:
        return []  # folds of so rough a skin look doubled
    belief = table("scan/capture.toml")["moved"]
    doubled = _doubled_share(along, length, max(_LEAST_GAP, belief["gap_per_noise"] * seen.noise_mm))
    # A single skin is its own other side, and bends: only between two walls is a step none of its form.
    views = _STEP_VIEWS.get(seen.kind, (1, 2))
    step = _largest_step([along[axis] for axis in views], length)
    least_step = max(
        belief["step"], belief["step_per_noise"] * seen.noise_mm, belief["step_per_spacing"] * seen.spacing_mm
    )
    moved = doubled > belief["doubled"] or step > least_step
    return [("retake", MOVED)] if moved else []


_STEP_VIEWS = {"plantar_with_walls": (1,), "plantar": (), "foam_impression": ()}


def _doubled_share(along: Mapping[int, _Layers], length: float, least_gap: float) -> float:
    """Share of the skin under which, 1 to 8 mm further, lies a second one that faces the same way.

    A single skin never does that, however rough: between two layers facing one way lies one facing the
    other. The toes, which may lie over each other, and the leg are left out.
    """
    doubled = seen = 0
    for view in along.values():
        ranges = {"x": (-np.inf, 0.78 * length), "z": (-np.inf, 0.30 * length)}
        kept = view.within(**{n: r for n, r in ranges.items() if "xyz".index(n) != view.axis}).ravel()
        for cells, depths in view.facing:
            order = np.lexsort((depths, cells))
            order = order[kept[cells[order]]]
            cell, depth = cells[order], depths[order]
            gap = np.diff(depth)
            two = (np.diff(cell) == 0) & (gap > least_gap) & (gap < _MOST_GAP)
            doubled += len(np.unique(cell[1:][two]))
            seen += len(np.unique(cell))
    return doubled / max(seen, 1)


_WINDOW = np.arange(2.0, 6.0)  # cells: the skin 4 to 10 mm to either side of a step
_LEAST_RUN = 8  # cells along a step


def _largest_step(views: Sequence[_Layers], length: float) -> float:
    """The largest shift (mm) of the skin on one side of a plane x, y or z against the other side.

    Seen on both walls, or above and below, and the same on both: a foot's own form steps out on one wall
    and in on the other. Not found: a shift along the plane's own normal, and planes aslant to the axes.
    """
    steps = []
    for view in views:
        seen = view.within(x=(0.06 * length, 0.74 * length))
        seen &= (
            view.within(z=(3.0, 0.30 * length))
            if view.axis == 1
            else view.within(y=(-0.09 * length, 0.09 * length))
        )
        maps = [np.where(seen, view.outermost(way), np.nan) for way in (-1, 1)]
        for across in (0, 1):
            low, high = (_typical(_jumps(depth, across), 1 - across) for depth in maps)
            least_of, most_of = np.minimum(abs(low), abs(high)), np.maximum(abs(low), abs(high))
            rigid = (low * high > 0.0) & (least_of > 0.6 * most_of)
            steps.append(float(np.where(rigid, least_of, 0.0).max(initial=0.0)))
    return max(steps, default=0.0)


def _jumps(depth: Grid, axis: int) -> Grid:
    """How far the surface is set off at each cell along a grid axis: lines through what lies to either side,
    carried to the cell, ahead minus behind. Bends cancel out. NaN near what was not seen."""
    carried = np.linalg.pinv(np.stack([np.ones_like(_WINDOW), _WINDOW], axis=1))[0]
    weights = np.concatenate([-carried[::-1], np.zeros(3), carried])
    out: Grid = convolve1d(depth, weights[::-1], axis=axis, mode="constant", cval=np.nan)
    return out


def _typical(jump: Grid, axis: int) -> Grid:
    """Median along an axis, 0 where too little is seen."""
    ordered = np.sort(jump, axis=axis)  # NaN last
    count = np.isfinite(jump).sum(axis=axis)
    at = np.expand_dims(np.maximum(count - 1, 0) // 2, axis)
    middle = np.take_along_axis(ordered, at, axis=axis).squeeze(axis)
    out: Grid = np.where(count >= _LEAST_RUN, np.nan_to_num(middle), 0.0)
    return out


# -- the other faults ---------------------------------------------------------------------------------------


def _faults_of_sole(seen: Quality, codes: Collection[str]) -> list[_Fault]:
    """What is wrong with a scan of the sole alone, or of its impression."""
    foam = seen.kind == "foam_impression"
    faults: list[_Fault] = []
    if "toes_cut_off" in codes:
        faults.append(("retake", _FOAM_TOES if foam else _TOES_CUT))
    if seen.coverage["sole"] < table("scan/capture.toml")["coverage"]["sole_alone"]:
        faults.append(("retake", _FOAM_PARTLY if foam else _SOLE_PARTLY))
    if "arch_cut_off" in codes:
        faults.append(("usable", _FOAM_ARCH if foam else _ARCH_CUT))
    if "outline_not_seen" in codes:
        faults.append(("usable", _OUTLINE))
    return faults


def _faults_of_coverage(coverage: Mapping[str, float], codes: Collection[str]) -> list[_Fault]:
    wanted = table("scan/capture.toml")["coverage"]
    faults: list[_Fault] = []
    if "toes_cut_off" in codes:
        faults.append(("retake", _TOES_CUT))
    elif coverage["toes"] < wanted["toes"]:
        faults.append(("retake", _UNSEEN["toes"]))
    if coverage["sole"] < wanted["sole"]:
        faults.append(("retake", _UNSEEN["sole"]))
    if "sole_filled_flat" in codes:
        faults.append(("usable", _FILLED))
    faults += [
        ("retake", _UNSEEN[region])
        for region in ("heel", "inner side", "outer side")
        if coverage[region] < wanted[region]
    ]
    if "dorsum_cut_off" in codes or coverage["dorsum"] < wanted["dorsum"]:
        faults.append(("usable", _UNSEEN["dorsum"]))
    if coverage["ankle"] < wanted["ankle"]:
        faults.append(("usable", _UNSEEN["ankle"]))
    return faults


def _faults_of_surface(seen: Quality) -> list[_Fault]:
    limit = table("scan/capture.toml")["surface"]
    faults: list[_Fault] = []
    if seen.noise_mm > limit["most_noise"]:
        faults.append(("retake", _NOISY))
    elif seen.noise_mm > limit["rough"]:
        faults.append(("usable", _ROUGH))
    if seen.spacing_mm > limit["most_spacing"]:
        faults.append(("retake", _COARSE))
    elif seen.spacing_mm > limit["coarse"]:
        faults.append(("usable", _RATHER_COARSE))
    return faults
