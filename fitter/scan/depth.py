"""Depth maps: the surface as seen square-on from one side, on a regular grid.

Every landmark and width is read off one of these, so that triangulation (fine, coarse, uneven, with holes)
does not change what is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

View = Literal["below", "above", "medial", "lateral", "front"]
Grid = NDArray[np.float64]

# Per view: the coordinate along rows, along columns, the depth axis, and whether the highest value is seen.
_AXES: dict[View, tuple[int, int, int, bool]] = {
    "below": (0, 1, 2, False),
    "above": (0, 1, 2, True),
    "medial": (0, 2, 1, True),
    "lateral": (0, 2, 1, False),
    "front": (1, 2, 0, True),
}


@dataclass(frozen=True, slots=True, eq=False)
class Border:
    """An outline: the outermost ``depth`` (n,) mm at each place ``rows`` (n,), NaN where nothing is."""

    depth: NDArray[np.float64]
    rows: NDArray[np.float64]

    def value_at(self, place: float, half_width: float = 4.0) -> float:
        """The border's value at ``place``, by a straight line fitted within ``half_width`` mm."""
        near = (np.abs(self.rows - place) <= half_width) & np.isfinite(self.depth)
        if near.sum() < 3:
            return float("nan")
        return float(np.polyfit(self.rows[near] - place, self.depth[near], 1)[1])


@dataclass(frozen=True, slots=True, eq=False)
class DepthMap:
    """``depth`` (r, c) mm, NaN where nothing is seen; ``rows`` (r,), ``columns`` (c,): cell centres."""

    depth: Grid
    rows: NDArray[np.float64]
    columns: NDArray[np.float64]

    def smoothed(self, sigma_mm: float) -> DepthMap:
        """Gaussian smoothing over what is seen (cells that see nothing neither give nor get)."""
        sigma = sigma_mm / (self.rows[1] - self.rows[0])
        seen = np.isfinite(self.depth)
        weight = gaussian_filter(seen.astype(float), sigma, mode="constant")
        total = gaussian_filter(np.where(seen, self.depth, 0.0), sigma, mode="constant")
        return DepthMap(np.where(seen, total / np.maximum(weight, 1e-9), np.nan), self.rows, self.columns)

    def summit(self, radius_mm: float) -> tuple[float, float, float]:
        """(row, column, depth) of the highest place, by a quadratic fitted within ``radius_mm`` of it.

        Unlike smoothing, a fit takes nothing off a rounded tip.
        """
        r, c = np.meshgrid(self.rows, self.columns, indexing="ij")
        start = self.smoothed(1.0).depth
        k = np.unravel_index(int(np.nanargmax(start)), start.shape)
        r, c = r - r[k], c - c[k]
        near = np.isfinite(self.depth) & (np.hypot(r, c) <= radius_mm)
        u, v, d = r[near], c[near], self.depth[near]
        if len(d) < 12:
            return float(self.rows[k[0]]), float(self.columns[k[1]]), float(start[k])
        terms = np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], axis=1)
        fit = np.linalg.lstsq(terms, d, rcond=None)[0]
        best = int(np.argmax(terms @ fit))
        return float(self.rows[k[0]] + u[best]), float(self.columns[k[1]] + v[best]), float(terms[best] @ fit)

    def shifted(self, rows: float, columns: float, depth: float) -> DepthMap:
        """The same map of the same surface moved by so much."""
        return DepthMap(self.depth + depth, self.rows + rows, self.columns + columns)

    def between(self, rows: tuple[float, float], columns: tuple[float, float]) -> DepthMap:
        """The part with cell centres inside both ranges."""
        r = (self.rows >= rows[0]) & (self.rows <= rows[1])
        c = (self.columns >= columns[0]) & (self.columns <= columns[1])
        return DepthMap(self.depth[np.ix_(r, c)], self.rows[r], self.columns[c])


def border(
    corners: NDArray[np.float64], along: int, outward: int, sign: int, cell: float, *, ceiling: float
) -> Border:
    """The outline of what lies below ``ceiling`` mm: the extreme of axis ``outward`` (towards ``sign``) at
    every odd multiple of half a ``cell`` of axis ``along``. ``corners`` is (m, 3, 3).

    Exact below the ceiling: the extreme of a triangle's cut lies on its edges.
    """
    corners = corners[least(corners[..., 2]) < ceiling]
    start = corners.reshape(-1, 3)
    end = corners[:, (1, 2, 0)].reshape(-1, 3)
    u, v = start[:, along] / cell - 0.5, end[:, along] / cell - 0.5
    first = np.ceil(np.minimum(u, v)).astype(np.int64)
    count = np.maximum(np.floor(np.maximum(u, v)).astype(np.int64) - first + 1, 0)
    count[u == v] = 0
    edge = np.repeat(np.arange(len(u)), count)
    place = first[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    share = (place - u[edge]) / (v - u)[edge]
    a, b = start[:, outward] * sign, end[:, outward] * sign
    value = a[edge] + share * (b - a)[edge]
    height = start[edge, 2] + share * (end[edge, 2] - start[edge, 2])
    value, place = value[height <= ceiling], place[height <= ceiling]
    low = int(place.min())
    depth = np.full(int(place.max()) - low + 1, -np.inf)
    np.maximum.at(depth, place - low, value)
    rows = (np.arange(len(depth), dtype=np.float64) + low + 0.5) * cell
    return Border(np.where(np.isfinite(depth), depth * sign, np.nan), rows)


def depth_map(corners: NDArray[np.float64], view: View, cell: float) -> DepthMap:
    """What is seen from ``view`` of the triangles ``corners`` (m, 3, 3), on a grid of ``cell`` mm.

    Cell centres lie at odd multiples of half a cell, so that maps of the same foot share their grid.
    Exact at the cell centres: each triangle is filled in, nothing is splatted.
    """
    row_axis, column_axis, depth_axis, highest = _AXES[view]
    u, v = corners[..., row_axis] / cell - 0.5, corners[..., column_axis] / cell - 0.5
    d = corners[..., depth_axis] if highest else -corners[..., depth_axis]
    low_u, low_v = int(np.floor(u.min())), int(np.floor(v.min()))
    shape = (int(np.ceil(u.max())) - low_u + 1, int(np.ceil(v.max())) - low_v + 1)
    grid = np.full(shape[0] * shape[1], -np.inf)
    index, depth = _fill(u - low_u, v - low_v, d, shape[1])
    np.maximum.at(grid, index, depth)
    grid = np.where(np.isfinite(grid), grid if highest else -grid, np.nan).reshape(shape)
    rows = (np.arange(shape[0], dtype=np.float64) + low_u + 0.5) * cell
    columns = (np.arange(shape[1], dtype=np.float64) + low_v + 0.5) * cell
    return DepthMap(grid, rows, columns)


def crossings(
    corners: NDArray[np.float64],
    axes: tuple[int, int, int],
    groups: Sequence[NDArray[np.bool_]],
    cell: float,
) -> tuple[
    NDArray[np.float64], NDArray[np.float64], tuple[tuple[NDArray[np.int64], NDArray[np.float64]], ...]
]:
    """Every crossing of lines along ``axes[2]`` with each group (m,) of the triangles ``corners`` (m, 3, 3).

    The lines stand on a grid of ``cell`` mm over ``axes[0]`` (rows) and ``axes[1]`` (columns), as in
    `depth_map`. Gives row and column centres, and of each group the flat cell index and depth of every
    crossing.
    """
    u, v = corners[..., axes[0]] / cell - 0.5, corners[..., axes[1]] / cell - 0.5
    low_u, low_v = int(np.floor(u.min())), int(np.floor(v.min()))
    shape = (int(np.ceil(u.max())) - low_u + 1, int(np.ceil(v.max())) - low_v + 1)
    rows = (np.arange(shape[0], dtype=np.float64) + low_u + 0.5) * cell
    columns = (np.arange(shape[1], dtype=np.float64) + low_v + 0.5) * cell
    found = tuple(_fill(u[on] - low_u, v[on] - low_v, corners[on][..., axes[2]], shape[1]) for on in groups)
    return rows, columns, found


def _fill(u: Grid, v: Grid, d: Grid, width: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Flat cell index and depth of every grid point inside every triangle; ``u``, ``v``, ``d`` are (m, 3)."""
    # Column by column: a reduction over an axis of three is many times slower.
    (au, bu, cu), (av, bv, cv) = u.T, v.T
    first_u, last_u = np.ceil(least(u)).astype(np.int64), np.floor(greatest(u)).astype(np.int64)
    first_v, last_v = np.ceil(least(v)).astype(np.int64), np.floor(greatest(v)).astype(np.int64)
    double_area = (bu - au) * (cv - av) - (bv - av) * (cu - au)
    across = np.maximum(last_v - first_v + 1, 0)
    count = np.where(np.abs(double_area) > 1e-12, np.maximum(last_u - first_u + 1, 0) * across, 0)
    face = np.repeat(np.arange(len(u)), count)
    step = np.arange(len(face)) - np.repeat(np.cumsum(count) - count, count)
    along = step // across[face]
    i, j = first_u[face] + along, first_v[face] + step - along * across[face]
    pu, pv = i - au[face], j - av[face]
    w_b = (pu * (cv - av)[face] - pv * (cu - au)[face]) / double_area[face]
    w_c = (pv * (bu - au)[face] - pu * (bv - av)[face]) / double_area[face]
    # The slack keeps grid points on a shared edge from falling between its two triangles.
    inside = (w_b >= -1e-9) & (w_c >= -1e-9) & (w_b + w_c <= 1.0 + 1e-9)
    face, w_b, w_c = face[inside], w_b[inside], w_c[inside]
    da, db, dc = d.T
    depth = da[face] + w_b * (db - da)[face] + w_c * (dc - da)[face]
    return i[inside] * width + j[inside], depth


def least(values: Grid) -> NDArray[np.float64]:
    """The least of each row of (m, 3)."""
    out: NDArray[np.float64] = np.minimum(np.minimum(values[:, 0], values[:, 1]), values[:, 2])
    return out


def greatest(values: Grid) -> NDArray[np.float64]:
    """The greatest of each row of (m, 3)."""
    out: NDArray[np.float64] = np.maximum(np.maximum(values[:, 0], values[:, 1]), values[:, 2])
    return out
