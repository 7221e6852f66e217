"""Cuts through a surface by a plane, and a tape around them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from fitter.scan.mesh import Mesh

Vector = NDArray[np.float64]


def cut(mesh: Mesh, origin: Vector, normal: Vector) -> Vector:
    """Where the plane through ``origin`` with unit ``normal`` crosses the surface's edges: (n, 3) points.

    Needs no closed surface and no winding: a hole leaves a gap in the points and nothing else.
    """
    height = (mesh.vertices - origin) @ normal
    f = mesh.faces
    start = f.ravel()
    end = f[:, (1, 2, 0)].ravel()
    crossing = (height[start] < 0) != (height[end] < 0)
    a, b = start[crossing], end[crossing]
    share = height[a] / (height[a] - height[b])
    points: Vector = mesh.vertices[a] + share[:, None] * (mesh.vertices[b] - mesh.vertices[a])
    return points


def girth(points: Vector, origin: Vector, across: Vector, up: Vector) -> tuple[float, Vector]:
    """Length of a tape around ``points`` (n, 3) of one plane, and the points it touches (k, 3) in order.

    A tape lies straight over hollows: it is the convex hull. ``across`` and ``up`` are unit vectors that
    span the plane. NaN and no points where there is nothing to go around.
    """
    plan = np.stack([(points - origin) @ across, (points - origin) @ up], axis=1)
    try:
        hull = ConvexHull(plan)
    except (QhullError, ValueError):
        return float("nan"), np.zeros((0, 3))
    touched = plan[hull.vertices]
    return float(hull.area), origin + touched[:, :1] * across + touched[:, 1:] * up
