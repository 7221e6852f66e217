"""Bodies between two height fields over one outline.

They are closed, oriented and free of self-intersection by how they are made: both sides share one
triangulation of the plane, and the upper lies above the lower.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Delaunay
from shapely.geometry import Polygon

from fitter.errors import FitterError
from fitter.scan.mesh import Mesh

Vector = NDArray[np.float64]
# (n,) heights at x (n,), y (n,) that lie ``inwards`` (n,) mm from the edge.
HeightField = Callable[[Vector, Vector, Vector], Vector]

GRID = 1.75  # mm between points inside
# Rings of points inside the edge, where the rims are rounded.
RINGS = (0.0, 0.03, 0.12, 0.3, 0.6, 1.0, 1.6, 2.6)
DEEP = RINGS[-1] + 0.6 * GRID


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A triangulated outline: ``points`` (n, 2), ``faces`` (m, 3) counter-clockwise from above, ``edge``
    (k, 2) the directed edges around it, ``inwards`` (n,) mm from the edge. Farther in than the rings nothing
    is rounded: all points there count as `DEEP` mm from it."""

    points: NDArray[np.float64]
    faces: NDArray[np.int64]
    edge: NDArray[np.int64]
    inwards: Vector


def plan_of(outline: Polygon) -> Plan:
    """An evenly pointed outline, triangulated: rings near its edge, a grid inside."""
    near, away = _rings(outline)
    inside = _grid(outline)
    points, inwards = np.concatenate([near, inside]), np.concatenate([away, np.full(len(inside), DEEP)])
    faces = Delaunay(points).simplices.astype(np.int64)
    centre = points[faces].mean(axis=1)
    faces = faces[shapely.contains_xy(outline, centre[:, 0], centre[:, 1])]
    (ax, ay), (bx, by), (cx, cy) = (points[faces[:, k]].T for k in range(3))
    twice = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    faces = np.where((twice > 0)[:, None], faces, faces[:, ::-1])[np.abs(twice) > 1e-9]
    used, back = np.unique(faces, return_inverse=True)
    points, faces, inwards = points[used], back.reshape(-1, 3), inwards[used]
    edge = _edge(faces)
    inwards[np.unique(edge)] = 0.0
    return Plan(points, faces, edge, inwards)


def _rings(outline: Polygon) -> tuple[NDArray[np.float64], Vector]:
    """The outline's points, and each of them again on every ring, square inwards: so that triangles run along
    the rim and none cuts across its rounding. Beside them, how far from the edge each lies."""
    edge = shapely.get_coordinates(outline.exterior)[:-1]
    along = np.roll(edge, -1, axis=0) - np.roll(edge, 1, axis=0)
    inward = np.stack([-along[:, 1], along[:, 0]], axis=1)  # the outline runs counter-clockwise
    inward /= np.linalg.norm(inward, axis=1, keepdims=True)
    rings, far = [edge], [np.zeros(len(edge))]
    for distance in RINGS[1:]:
        ring = edge + distance * inward
        away = shapely.distance(outline.exterior, shapely.points(ring))
        inside = shapely.contains_xy(outline, ring[:, 0], ring[:, 1])
        kept = inside & (away > 0.8 * distance)  # in a tight bend they would crowd
        rings.append(ring[kept])
        far.append(away[kept])
    return np.concatenate(rings), np.concatenate(far)


def _grid(outline: Polygon) -> NDArray[np.float64]:
    inner = outline.buffer(-DEEP)
    x0, y0, x1, y1 = inner.bounds
    along, across = np.meshgrid(np.arange(x0, x1, GRID), np.arange(y0, y1, GRID), indexing="ij")
    across = across + np.where(np.arange(len(along)) % 2, 0.5 * GRID, 0.0)[:, None]  # even triangles
    x, y = along.ravel(), across.ravel()
    inside = shapely.contains_xy(inner, x, y)
    return np.stack([x[inside], y[inside]], axis=1)


def _edge(faces: NDArray[np.int64]) -> NDArray[np.int64]:
    """The directed edges with a face on one side only; refused where they are not one simple loop."""
    directed = np.concatenate([faces[:, (0, 1)], faces[:, (1, 2)], faces[:, (2, 0)]])
    count = int(faces.max()) + 1
    key, opposite = directed[:, 0] * count + directed[:, 1], directed[:, 1] * count + directed[:, 0]
    edge = directed[~np.isin(key, opposite)]
    if len(np.unique(edge[:, 0])) != len(edge):
        raise FitterError(
            "no insole can be built on this outline: it touches itself",
            todo="Check the profile's lengths",
            code="no_insole",
        )
    return edge


def body(plan: Plan, lower: HeightField, upper: HeightField) -> Mesh:
    """The body between two height fields, its faces counter-clockwise from outside."""
    x, y = plan.points.T
    low, high = lower(x, y, plan.inwards), upper(x, y, plan.inwards)
    count = len(x)
    vertices = np.concatenate([np.stack([x, y, low], axis=1), np.stack([x, y, high], axis=1)])
    a, b = plan.edge.T
    walls = np.concatenate([np.stack([a, b, b + count], 1), np.stack([a, b + count, a + count], 1)])
    faces = np.concatenate([plan.faces[:, ::-1], plan.faces + count, walls])
    return Mesh(vertices, faces.astype(np.int32))


def rounding(inwards: Vector, radius: Vector) -> Vector:
    """How far a rounded edge of this radius lies below the flat, ``inwards`` mm from it."""
    r = np.maximum(radius, 1e-9)
    t = np.clip(r - inwards, 0.0, r)
    out: Vector = r - np.sqrt(np.maximum(r * r - t * t, 0.0))
    return out


def volume(mesh: Mesh) -> float:
    """mm3 that the faces enclose."""
    a, b, c = (mesh.corners[:, k] for k in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0)


def area(mesh: Mesh) -> float:
    """mm2 of all faces."""
    a, b, c = (mesh.corners[:, k] for k in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2.0)
