"""Depth maps: the surface as seen square-on from one side, on a regular grid.

Every landmark and width is read off one of these, so that triangulation (fine, coarse, uneven, with holes)
does not change what is measured.
"""

from __future__ import annotations

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
class DepthMap:
    """``depth`` (r, c) mm, NaN where nothing is seen; ``rows`` (r,) and ``columns`` (c,) the cell centres."""

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

    def between(self, rows: tuple[float, float], columns: tuple[float, float]) -> DepthMap:
        """The part with cell centres inside both ranges."""
        r = (self.rows >= rows[0]) & (self.rows <= rows[1])
        c = (self.columns >= columns[0]) & (self.columns <= columns[1])
        return DepthMap(self.depth[np.ix_(r, c)], self.rows[r], self.columns[c])


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
    rows = (np.arange(shape[0]) + low_u + 0.5) * cell
    columns = (np.arange(shape[1]) + low_v + 0.5) * cell
    return DepthMap(grid, rows, columns)


def _fill(u: Grid, v: Grid, d: Grid, width: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Flat cell index and depth of every grid point inside every triangle; ``u``, ``v``, ``d`` are (m, 3)."""
    first_u, last_u = np.ceil(u.min(1)).astype(np.int64), np.floor(u.max(1)).astype(np.int64)
    first_v, last_v = np.ceil(v.min(1)).astype(np.int64), np.floor(v.max(1)).astype(np.int64)
    across = np.maximum(last_v - first_v + 1, 0)
    count = np.maximum(last_u - first_u + 1, 0) * across
    face = np.repeat(np.arange(len(u)), count)
    step = np.arange(len(face)) - np.repeat(np.cumsum(count) - count, count)
    i = first_u[face] + step // across[face]
    j = first_v[face] + step % across[face]
    a, b, c = np.moveaxis(np.stack([u, v], axis=-1)[face], 1, 0)
    point = np.stack([i, j], axis=-1).astype(float)
    double_area = _cross(b - a, c - a)
    solid = np.abs(double_area) > 1e-12
    with np.errstate(divide="ignore", invalid="ignore"):
        w_b = _cross(point - a, c - a) / double_area
        w_c = _cross(b - a, point - a) / double_area
    w_a = 1.0 - w_b - w_c
    # The slack keeps grid points on a shared edge from falling between its two triangles.
    inside = solid & (w_a >= -1e-9) & (w_b >= -1e-9) & (w_c >= -1e-9)
    corner_depth = d[face[inside]]
    weights = np.stack([w_a[inside], w_b[inside], w_c[inside]], axis=-1)
    return i[inside] * width + j[inside], (corner_depth * weights).sum(axis=1)


def _cross(p: Grid, q: Grid) -> Grid:
    return p[..., 0] * q[..., 1] - p[..., 1] * q[..., 0]
