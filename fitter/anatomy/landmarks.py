"""Finds the landmarks of a posed foot, each with the uncertainty of its place.

The foot frame and every definition stand in `fitter.anatomy.measures`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, maximum_filter

from fitter.anatomy.gaps import Gaps
from fitter.anatomy.measures import DOWNWARD_LIMIT_DEG
from fitter.quantity import Missing
from fitter.scan.depth import Border, DepthMap, border, depth_map
from fitter.scan.frame import GREAT_TOE_AT, great_toe_missing, toe_tip, toe_tips
from fitter.scan.mesh import Mesh

Vector = NDArray[np.float64]

CELL = 1.0  # mm
# 95 % errors of place (mm) that every surface leaves: of a fitted tip, of a ridge, of a bulge, and of a
# landmark that was looked for in a stretch of the foot and found at the stretch's end.
_TIP_U95, _RIDGE_U95, _BULGE_U95, AT_END_U95 = 0.5, 0.8, 2.0, 8.0
_BALL_MEDIAL = (0.62, 0.80)  # of foot length
_BALL_LATERAL = (0.52, 0.72)
_HEEL = (0.08, 0.20)
_ARCH = (0.30, 0.65)
_NAVICULAR = 0.44
_MALLEOLUS_X, _MALLEOLUS_Z = (0.05, 0.40), (0.20, 0.45)


@dataclass(frozen=True, slots=True)
class Landmark:
    """A place on the foot: (x, y, z) in the foot frame (mm), and the 95 % uncertainty of its place along the
    direction in which it is hardest to tell (mm). ``along`` is half the stretch (mm) over which an outline
    is so straight that its outermost point could lie anywhere on it; ``at_end``: the outline went on outwards
    where the stretch it was looked for in ended; ``by_hand``: a person set it."""

    x: float
    y: float
    z: float
    u95: float
    along: float = 0.0
    by_hand: bool = False
    at_end: bool = False

    @property
    def point(self) -> Vector:
        return np.array([self.x, self.y, self.z])


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """A posed foot seen square-on from every side, made once and read by every landmark and measure."""

    mesh: Mesh
    length: float
    tip: Landmark
    sole: DepthMap  # as scanned, from below
    below: DepthMap  # smoothed, from below
    above: DepthMap  # around half the length
    medial: DepthMap  # from the heel to the navicular
    inner: Border  # medial outline below 45 mm
    outer: Border  # lateral outline below 40 mm
    heel_inner: Border  # medial outline below 40 mm
    toes: Vector  # corners (k, 3, 3) of the faces that the toes are made of

    @staticmethod
    def of(mesh: Mesh, tip: Landmark | None = None) -> Views:
        """See `mesh` (in the foot frame, mm) from all sides; ``tip`` is where the toes end, if a person set
        it."""
        x, y, z = mesh.vertices.T
        tip = tip or Landmark(*toe_tip(_faces_with(mesh, x > x.max() - 25.0)), _TIP_U95)
        length = tip.x
        # Each view is made of the faces it can need: on a fine scan that is a small part of them.
        low = _faces_with(mesh, z < 46.0)
        toes = _faces_with(mesh, (x > 0.6 * length) & (z < 0.25 * length))
        waist = _faces_with(mesh, (np.abs(x - 0.5 * length) < 8.0) & (z < 0.5 * length))
        inner_side = _faces_with(mesh, (x < 0.47 * length) & (y > 0.0) & (z < 0.5 * length))
        sole = depth_map(low, "below", CELL)
        return Views(
            mesh=mesh,
            length=length,
            tip=tip,
            sole=sole,
            below=sole.smoothed(1.2),
            above=depth_map(waist, "above", CELL).smoothed(1.5),
            medial=depth_map(inner_side, "medial", CELL).smoothed(2.0),
            inner=_smooth(border(low, 0, 1, 1, CELL, ceiling=45.0)),
            outer=_smooth(border(low, 0, 1, -1, CELL, ceiling=40.0)),
            heel_inner=_smooth(border(low, 0, 1, 1, CELL, ceiling=40.0)),
            toes=toes,
        )


def _faces_with(mesh: Mesh, near: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Corners (k, 3, 3) of the faces with a vertex among ``near`` (n,)."""
    corners: NDArray[np.float64] = mesh.vertices[mesh.faces[near[mesh.faces].any(axis=1)]]
    return corners


def _smooth(edge: Border, sigma_mm: float = 1.5) -> Border:
    seen = np.isfinite(edge.depth)
    filled = np.interp(edge.rows, edge.rows[seen], edge.depth[seen])
    return Border(gaussian_filter1d(filled, sigma_mm / CELL), edge.rows)


Landmarks = Mapping[str, Landmark | Missing]


def find_landmarks(
    views: Views, gaps: Gaps, by_hand: Mapping[str, Landmark] = MappingProxyType({})
) -> dict[str, Landmark | Missing]:
    """Every landmark of the registry: set ``by_hand``, or found, or missing with the reason."""
    tibiale = by_hand.get("metatarsale_tibiale") or _on_border(views, views.inner, _BALL_MEDIAL, 1, 45.0)
    fibulare = _on_border(views, views.outer, _BALL_LATERAL, -1, 40.0)
    found: dict[str, Landmark | Missing] = {
        "pternion": _pternion(views),
        "acropodion": views.tip,
        "metatarsale_tibiale": tibiale,
        "metatarsale_fibulare": fibulare,
        "heel_medial": _heel_side(views, 1),
        "heel_lateral": _heel_side(views, -1),
        "great_toe_tip": _great_toe_tip(views),
        "dorsum_50": _dorsum(views),
        "navicular": _navicular(views),
        "arch_apex": arch_apex(views, tibiale),
        "medial_malleolus": _malleolus(views),
    }
    doubted = {name: _doubted(mark, gaps) for name, mark in found.items()}
    lost = _HOLE_SHARE * gaps.beyond(0.93 * views.length)
    doubted["acropodion"] = replace(views.tip, u95=float(np.hypot(_TIP_U95, lost)))
    dorsum = doubted["dorsum_50"]
    if isinstance(dorsum, Landmark):
        # Half the length is half as uncertain as the length, and the dorsum falls away there.
        shifted = 0.5 * lost * _DORSUM_SLOPE
        doubted["dorsum_50"] = replace(dorsum, u95=float(np.hypot(dorsum.u95, shifted)))
    return {**doubted, **by_hand}


_DORSUM_SLOPE = 0.7  # of the dorsum along the foot at half its length, on constructed and scanned feet


# How far a landmark can be moved by a hole it ends up beside, in widths of the hole: up to 1.1 half widths on
# constructed feet with holes of 8 to 36 mm.
_HOLE_SHARE = 0.75


def _doubted(mark: Landmark | Missing, gaps: Gaps) -> Landmark | Missing:
    """The landmark, less certain where the scan has a hole beside it."""
    if isinstance(mark, Missing):
        return mark
    hole = gaps.at(mark.point)
    if hole == 0.0:
        return mark
    return replace(mark, u95=float(np.hypot(mark.u95, _HOLE_SHARE * hole)))


def _pternion(views: Views) -> Landmark:
    """The rearmost point of the heel, where the frame begins."""
    low = views.mesh.vertices[views.mesh.vertices[:, 2] < 50.0]
    _, y, z = low[np.argmin(low[:, 0])]
    return Landmark(0.0, float(y), float(z), _TIP_U95)


def _great_toe_tip(views: Views) -> Landmark | Missing:
    """Foremost point of the great toe; of all toes where they can't be told apart."""
    inner, outer, toes_inner = (
        float(np.interp(share * views.length, edge.rows, edge.depth))
        for share, edge in ((0.70, views.inner), (0.70, views.outer), (GREAT_TOE_AT, views.inner))
    )
    tips = toe_tips(views.toes, views.length)
    if great_toe_missing(views.length, (inner, outer), toes_inner, tips[0] if tips else None):
        return Missing("great_toe_not_seen", "No great toe stands where one should.")
    if len(tips) < 2:
        return views.tip
    x, y = tips[0]
    return Landmark(x, y, views.tip.z, _TIP_U95)


def _on_border(
    views: Views, edge: Border, window: tuple[float, float], sign: int, ceiling: float
) -> Landmark:
    """The outermost point of an outline in a window of the foot's length.

    How far along it lies is hard to tell where the outline is nearly straight: its uncertainty is half the
    stretch over which the outline stays within 0.25 mm of its extreme.
    """
    near = (edge.rows >= window[0] * views.length) & (edge.rows <= window[1] * views.length)
    rows, out = edge.rows[near], sign * edge.depth[near]
    x, y = _peak(rows, out, half_width=12.0, degree=4)
    at_edge = x <= rows[0] + 1.0 or x >= rows[-1] - 1.0
    z = _height_on_side(views, x, sign, ceiling)
    if at_edge:
        return Landmark(x, sign * y, z, AT_END_U95, at_end=True)
    along = _flat_stretch(rows, out)
    return Landmark(x, sign * y, z, max(along, _RIDGE_U95), along)


def _peak(rows: Vector, values: Vector, half_width: float, degree: int = 2) -> tuple[float, float]:
    """Place and value of the maximum, by a polynomial through the points around the highest one.

    Degree 4 follows a bump that is steeper on one side.
    """
    best = int(np.argmax(values))
    near = np.abs(rows - rows[best]) <= half_width
    x = rows[near] - rows[best]
    if near.sum() < 2 * degree:
        return float(rows[best]), float(values[best])
    fit = np.polyfit(x, values[near], degree)
    fine = np.linspace(max(x[0], -half_width / 2), min(x[-1], half_width / 2), 241)
    fitted = np.polyval(fit, fine)
    k = int(np.argmax(fitted))
    return float(rows[best] + fine[k]), float(fitted[k])


def _flat_stretch(rows: Vector, values: Vector) -> float:
    """Half the stretch over which ``values`` stay within 0.25 mm of their maximum: how ill the place of the
    maximum can be told."""
    return 0.5 * float(np.ptp(rows[values > values.max() - 0.25]))


def _height_on_side(views: Views, x: float, sign: int, ceiling: float) -> float:
    """Height of the outermost skin at ``x``, below ``ceiling``."""
    points = views.mesh.vertices
    near = points[(np.abs(points[:, 0] - x) < 4.0) & (points[:, 2] < ceiling)]
    return float(near[np.argmax(sign * near[:, 1]), 2]) if len(near) else 0.5 * ceiling


def _heel_side(views: Views, sign: int) -> Landmark:
    """Where the heel reaches furthest to one side: each side by itself, as the jaws of a calliper touch
    it."""
    edge = views.heel_inner if sign > 0 else views.outer
    near = (edge.rows >= _HEEL[0] * views.length) & (edge.rows <= _HEEL[1] * views.length)
    x, out = _peak(edge.rows[near], sign * edge.depth[near], half_width=6.0)
    return Landmark(x, sign * out, _height_on_side(views, x, sign, 40.0), _RIDGE_U95)


def _dorsum(views: Views) -> Landmark | Missing:
    """Highest point of the dorsum in the plane at half the length."""
    columns, heights = _row(views.above, 0.5 * views.length)
    if len(columns) < 10:
        return Missing("dorsum_not_seen", "The top of the foot was not recorded at half its length.")
    y, z = _peak(columns, heights, half_width=5.0)
    return Landmark(0.5 * views.length, y, z, _RIDGE_U95)


def _row(seen: DepthMap, place: float) -> tuple[Vector, Vector]:
    """Columns and depths along one line of a map, between its two nearest rows."""
    right = int(np.clip(np.searchsorted(seen.rows, place), 1, len(seen.rows) - 1))
    share = (place - seen.rows[right - 1]) / (seen.rows[right] - seen.rows[right - 1])
    line = (1 - share) * seen.depth[right - 1] + share * seen.depth[right]
    ok = np.isfinite(line)
    return seen.columns[ok], line[ok]


def _navicular(views: Views) -> Landmark | Missing:
    """The most medial skin at 44 % of length: where the tuberosity stands out if it does."""
    place = _NAVICULAR * views.length
    columns, out = _row(views.medial, place)
    use = (columns > 0.03 * views.length) & (columns < 0.30 * views.length)
    if use.sum() < 10:
        return Missing("inner_side_not_seen", "The inner side of the midfoot was not recorded.")
    columns, out = columns[use], out[use]
    z, y = _peak(columns, out, half_width=5.0)
    along = _flat_stretch(columns, out)
    return Landmark(place, y, z, max(along, _RIDGE_U95), along)


def _malleolus(views: Views) -> Landmark | Missing:
    """The bulge of the inner ankle: a place more medial than all around it."""
    length = views.length
    part = views.medial.between(
        (_MALLEOLUS_X[0] * length, _MALLEOLUS_X[1] * length),
        (_MALLEOLUS_Z[0] * length, _MALLEOLUS_Z[1] * length),
    )
    why = Missing("ankle_not_seen", "The inner ankle was not recorded, or does not stand out.")
    if part.depth.size == 0 or not np.isfinite(part.depth).any():
        return why
    out = np.where(np.isfinite(part.depth), part.depth, -np.inf)
    tops = (out == maximum_filter(out, size=17, mode="constant", cval=-np.inf)) & np.isfinite(out)
    inside = np.zeros_like(tops)
    inside[4:-4, 4:-4] = True
    # A top at the border of what was seen is where the scan ends, not where the ankle bulges.
    complete = np.isfinite(maximum_filter(-out, size=9, mode="constant", cval=np.inf))
    tops &= inside & complete
    if not tops.any():
        return why
    i, j = np.unravel_index(int(np.argmax(np.where(tops, out, -np.inf))), out.shape)
    row = slice(max(j - 8, 0), j + 9)
    seen = np.isfinite(out[i, row])  # a scan may end close above the ankle
    z, y = _peak(part.columns[row][seen], out[i, row][seen], half_width=6.0)
    return Landmark(float(part.rows[i]), y, z, _BULGE_U95)


def medial_tangent(views: Views, tibiale: Landmark) -> tuple[Vector, Vector]:
    """The line that touches heel and ball on the medial side: (x, y) at the heel and at the ball."""
    inner = views.inner
    heel = (inner.rows > 0.03 * views.length) & (inner.rows < 0.30 * views.length)
    rise = (inner.depth[heel] - tibiale.y) / (tibiale.x - inner.rows[heel])
    k = int(np.argmax(rise))
    return np.array([inner.rows[heel][k], inner.depth[heel][k]]), np.array([tibiale.x, tibiale.y])


def arch_apex(views: Views, tibiale: Landmark) -> Landmark | Missing:
    """The highest point of the sole between the foot axis and the medial tangent, while it faces down.

    Going from the foot axis towards the medial side, the sole ends where it first gets steeper than 45
    degrees: beyond lies the side of the foot.
    """
    length = views.length
    sole = views.below.between((_ARCH[0] * length, _ARCH[1] * length), (-5.0, np.inf))
    steepness = np.hypot(*np.gradient(sole.depth, sole.rows, sole.columns))
    heel, ball = medial_tangent(views, tibiale)
    limit = float(np.tan(np.radians(DOWNWARD_LIMIT_DEG)))
    best: Landmark | None = None
    for i, x in enumerate(sole.rows):
        edge_y = float(np.interp(x, [heel[0], ball[0]], [heel[1], ball[1]]))
        found = _highest_before(sole.columns, sole.depth[i], steepness[i], limit, edge_y)
        if found is not None and (best is None or found[1] > best.z):
            best = Landmark(float(x), found[0], found[1], _RIDGE_U95)
    if best is None:
        return Missing("sole_not_seen", "The sole was not recorded under the arch.")
    return best


def _highest_before(
    y: Vector, z: Vector, steepness: Vector, limit: float, edge_y: float
) -> tuple[float, float] | None:
    """(y, z) of the highest point of one line across the sole, from the axis to the first steep place."""
    use = (y >= 0.0) & (y <= edge_y)
    seen = np.isfinite(z) & use
    if not seen.any():
        return None
    first = int(np.argmax(seen))
    bad = np.nonzero(~np.isfinite(z[first:]) | ~(steepness[first:] <= limit) | (y[first:] > edge_y))[0]
    end = first + (int(bad[0]) if len(bad) else len(z) - first)
    if end == first:
        return None
    k = first + int(np.argmax(z[first:end]))
    top_y, top_z = float(y[k]), float(z[k])
    if (
        k == end - 1
        and end < len(z)
        and np.isfinite(steepness[end])
        and np.isfinite(z[end])
        and y[end] <= edge_y
    ):
        # The limit of steepness is crossed between two cells.
        share = (limit - steepness[k]) / max(steepness[end] - steepness[k], 1e-9)
        share = float(np.clip(share, 0.0, 1.0))
        top_y, top_z = top_y + share * float(y[end] - y[k]), top_z + share * float(z[end] - z[k])
    return top_y, top_z
