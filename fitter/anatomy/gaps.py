"""Holes of a scan where they matter: at a landmark, or along a tape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fitter.scan.mesh import Mesh

Vector = NDArray[np.float64]

_TOUCHING = 9.0  # mm: a landmark this close to an open edge may have been moved by it
_WIDEST = 40.0  # mm: a wider opening is where the scan ends, not a hole


Heights = tuple[
    float, float
]  # mm: open edges outside are where the scan ends, at the ankle or a missing sole


def gap_at(mesh: Mesh, point: Vector, heights: Heights) -> float:
    """Width (mm) of the hole at ``point``, 0 where there is none."""
    if len(_rim(mesh, point, _TOUCHING, heights)) == 0:
        return 0.0
    rim = _rim(mesh, point, _WIDEST, heights)
    return float(np.linalg.norm(np.ptp(rim, axis=0)))


def gap_along(mesh: Mesh, origin: Vector, normal: Vector, heights: Heights) -> float:
    """Width (mm) of what is missing where the plane through ``origin`` with unit ``normal`` cuts the mesh."""
    distance = np.abs((mesh.vertices - origin) @ normal)
    reach = 3.0  # mm: the edge of a hole zigzags this much
    rim = _open_vertices(mesh, distance < 3.0 * reach)
    near = rim[(distance[rim] < reach) & _between(mesh.vertices[rim, 2], heights)]
    return float(np.linalg.norm(np.ptp(mesh.vertices[near], axis=0))) if len(near) else 0.0


def gap_beyond(mesh: Mesh, x: float, heights: Heights) -> float:
    """Width (mm) of what is missing further forward than ``x``: a toe may have been lost with its hole."""
    place = mesh.vertices[:, 0]
    rim = _open_vertices(mesh, place > x - 10.0)
    rim = rim[(place[rim] > x) & _between(mesh.vertices[rim, 2], heights)]
    return float(np.linalg.norm(np.ptp(mesh.vertices[rim], axis=0))) if len(rim) else 0.0


def _between(z: Vector, heights: Heights) -> NDArray[np.bool_]:
    return np.asarray((z > heights[0]) & (z < heights[1]))


def _rim(mesh: Mesh, point: Vector, radius: float, heights: Heights) -> Vector:
    """Vertices (k, 3) on open edges within ``radius`` of ``point`` and between ``heights``."""
    distance = np.linalg.norm(mesh.vertices - point, axis=1)
    rim = _open_vertices(mesh, distance < radius + 10.0)
    rim = rim[(distance[rim] < radius) & _between(mesh.vertices[rim, 2], heights)]
    near: Vector = mesh.vertices[rim]
    return near


def _open_vertices(mesh: Mesh, near: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Vertices on edges with one face, looked for among faces with a vertex in ``near``.

    The faces at the outer border of what is looked at have such edges too: ask for more than is needed.
    """
    f = mesh.faces[near[mesh.faces].any(axis=1)].astype(np.int64)
    edges = np.sort(np.concatenate([f[:, :2], f[:, 1:], f[:, [2, 0]]]), axis=1)
    keys, count = np.unique(edges[:, 0] * len(mesh.vertices) + edges[:, 1], return_counts=True)
    single = keys[count == 1]
    return np.unique(np.concatenate([single // len(mesh.vertices), single % len(mesh.vertices)]))
