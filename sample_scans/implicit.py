"""Bodies given by a field that is negative inside: parts, their union, and the mesh of their skin.

A part's field is about the distance (mm) to its surface. The surface of a body is a formula, so a mesh of it
can be as fine as one likes and its vertices lie on it to a hundredth of a millimetre at any resolution.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sample_scans.surface import Floats, Ints

Field = Callable[[Floats], Floats]  # points (n, 3) -> values (n,), negative inside
_FAR = 14.0  # softnesses: a part further away adds less than a thousandth of a hundredth of a millimetre
_CHUNK = 4096  # points taken at a time: small enough for the processor's cache, and near each other


@dataclass(frozen=True, slots=True)
class Limb:
    """A round bar from ``a`` to ``b`` with radii ``ra`` and ``rb`` at its ends; ``narrow`` divides its
    breadth (y)."""

    a: tuple[float, float, float]
    b: tuple[float, float, float]
    ra: float
    rb: float
    narrow: float = 1.0

    @property
    def box(self) -> tuple[Floats, Floats]:
        reach = max(self.ra, self.rb)
        return np.minimum(self.a, self.b) - reach, np.maximum(self.a, self.b) + reach

    def __call__(self, points: Floats) -> Floats:
        way = np.subtract(self.b, self.a) * (1.0, self.narrow, 1.0)
        x, y, z = (points[:, k] - self.a[k] for k in range(3))
        y = y * self.narrow
        t = np.clip((x * way[0] + y * way[1] + z * way[2]) / (way @ way), 0.0, 1.0)
        # The radius has no kink at the ends, so the skin has no crease there.
        radius = self.ra + (self.rb - self.ra) * t * t * (3.0 - 2.0 * t)
        x -= t * way[0]
        y -= t * way[1]
        z -= t * way[2]
        return np.sqrt(x * x + y * y + z * z) - radius


@dataclass(frozen=True, slots=True)
class Bulb:
    """An ellipsoid."""

    centre: tuple[float, float, float]
    radii: tuple[float, float, float]

    @property
    def box(self) -> tuple[Floats, Floats]:
        return np.subtract(self.centre, self.radii), np.add(self.centre, self.radii)

    def __call__(self, points: Floats) -> Floats:
        x, y, z = ((points[:, k] - self.centre[k]) / self.radii[k] for k in range(3))
        far = np.sqrt(x * x + y * y + z * z)
        slope = np.sqrt((x / self.radii[0]) ** 2 + (y / self.radii[1]) ** 2 + (z / self.radii[2]) ** 2)
        return far * (far - 1.0) / np.maximum(slope, 1e-9)


Part = Limb | Bulb


def grown(parts: list[Part], softness: float) -> Field:
    """Parts grown together like flesh over bones: where n of them meet, the skin lies ``softness`` log n
    further out."""

    def field(points: Floats) -> Floats:
        low, high = (np.array([f(points[:, k]) for k in range(3)]) for f in (np.min, np.max))
        total = np.full(len(points), 1e-300)
        for part in parts:
            gap = np.maximum(np.maximum(part.box[0] - high, low - part.box[1]), 0.0)
            if gap @ gap < (_FAR * softness) ** 2:
                total += np.exp(np.minimum(part(points) / -softness, 200.0))
        return -softness * np.log(total)

    return field


def in_chunks(field: Field) -> Field:
    """The same field, taken a few points at a time."""

    def chunked(points: Floats) -> Floats:
        out = np.empty(len(points))
        for start in range(0, len(points), _CHUNK):
            out[start : start + _CHUNK] = field(points[start : start + _CHUNK])
        return out

    return chunked


def joined(a: Floats, b: Floats, softness: float) -> Floats:
    """Union of two fields (n,), rounded over ``softness`` mm where they cross."""
    near = np.maximum(softness - np.abs(a - b), 0.0)
    return np.minimum(a, b) - near * near / (4.0 * softness)


def cut_off(a: Floats, b: Floats, softness: float) -> Floats:
    """What lies inside both fields (n,), the edge rounded over ``softness`` mm."""
    return -joined(-a, -b, softness)


def skin(field: Field, low: Floats, high: Floats, step: float) -> tuple[Floats, Ints]:
    """The surface of a body inside the box ``low`` to ``high`` as a closed mesh with edges of about ``step``.

    Surface nets: one vertex in each grid cell that the surface crosses, one quad around each grid edge that
    it crosses. The vertices are then evened out and drawn onto the surface.
    """
    values, origin = _sampled(field, low, high, step)
    points, quads = _nets(values)
    points = projected(field, _evened(origin + step * points, quads), step)
    return points, _triangles(quads, points)


_COARSE = 3  # steps of the grid on which it is decided where the surface may be
_NEAR = 1.6  # coarse steps: further away the interpolated field decides on which side a grid point lies


def _sampled(field: Field, low: Floats, high: Floats, step: float) -> tuple[Floats, Floats]:
    """The field on a grid (a, b, c), exact near the surface, and the grid's origin."""
    wide = _COARSE * step
    cells = np.ceil((high - low) / wide).astype(int)
    axes = [low[k] + wide * np.arange(cells[k] + 1) for k in range(3)]
    coarse = field(_grid(axes)).reshape(cells + 1)
    fine = coarse
    for axis in range(3):
        fine = _between(fine, axis)
    axes = [low[k] + step * np.arange(fine.shape[k]) for k in range(3)]
    near = np.nonzero(np.abs(fine) < _NEAR * step)
    fine[near] = field(np.stack([axes[k][near[k]] for k in range(3)], axis=1))
    return fine, low


def _grid(axes: list[Floats]) -> Floats:
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)


def _between(values: Floats, axis: int) -> Floats:
    """Values along an axis, with ``_COARSE`` - 1 linear ones put between every two."""
    v = np.moveaxis(values, axis, 0)
    out = np.empty(((len(v) - 1) * _COARSE + 1, *v.shape[1:]))
    for k in range(_COARSE):
        share = k / _COARSE
        out[k::_COARSE][: len(v) - 1] = (1 - share) * v[:-1] + share * v[1:]
    out[-1] = v[-1]
    return np.moveaxis(out, 0, axis)


def _nets(values: Floats) -> tuple[Floats, Ints]:
    """Vertices (n, 3) in grid steps and quads (q, 4), counter-clockwise from outside (positive values)."""
    inside = values < 0
    shape = np.array(values.shape)
    strides = np.array([shape[1] * shape[2], shape[2], 1])
    flat = values.ravel()
    sums, corners, turned = [], [], []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        here = np.moveaxis(inside, axis, 0)
        a = np.stack(np.nonzero(np.moveaxis(here[:-1] != here[1:], 0, axis)), axis=1)
        start = a @ strides
        f, g = flat[start], flat[start + strides[axis]]
        crossing = a.astype(float)
        crossing[:, axis] += f / (f - g)
        around = [start, start - strides[u], start - strides[u] - strides[v], start - strides[v]]
        corners.append(np.stack(around, axis=1))
        turned.append(f >= 0)
        sums.append(np.repeat(crossing, 4, axis=0))
    cell = np.concatenate(corners)
    _, index = np.unique(cell, return_inverse=True)
    index = index.reshape(cell.shape)
    where = np.concatenate(sums)
    number = np.bincount(index.ravel())
    points = np.stack([np.bincount(index.ravel(), weights=where[:, k]) / number for k in range(3)], axis=1)
    quads = np.where(np.concatenate(turned)[:, None], index[:, ::-1], index)
    return points, quads


def projected(field: Field, points: Floats, step: float, rounds: int = 3) -> Floats:
    """Points (n, 3) drawn onto the surface along the field's slope, no further than ``step``."""
    small = 1e-3
    value = field(points)
    slope = np.stack([field(points + small * np.eye(3)[k]) - value for k in range(3)], axis=1) / small
    size = np.maximum(np.linalg.norm(slope, axis=1), 1e-6)
    way = slope / size[:, None]
    out, moved = points, np.zeros(len(points))
    for k in range(rounds):
        moved = np.clip(moved - value / size, -step, step)
        out = points + moved[:, None] * way
        if k + 1 < rounds:
            value = field(out)
    return out


def _evened(points: Floats, quads: Ints) -> Floats:
    """Every vertex half-way to the mean of its neighbours: quads of like size."""
    total, number = np.zeros_like(points), np.zeros(len(points))
    for k in range(4):
        for other in (1, 3):
            a, b = quads[:, k], quads[:, (k + other) % 4]
            number += np.bincount(a, minlength=len(points))
            for axis in range(3):
                total[:, axis] += np.bincount(a, weights=points[b, axis], minlength=len(points))
    return 0.5 * points + 0.5 * total / number[:, None]


def _triangles(quads: Ints, points: Floats) -> Ints:
    """Each quad cut along its shorter diagonal."""
    a, b, c, d = quads.T
    short = np.linalg.norm(points[a] - points[c], axis=1) <= np.linalg.norm(points[b] - points[d], axis=1)
    first = np.where(short[:, None], np.stack([a, b, c], 1), np.stack([a, b, d], 1))
    second = np.where(short[:, None], np.stack([a, c, d], 1), np.stack([b, c, d], 1))
    return np.concatenate([first, second])
