"""A piece of a scan made ready to be posed: its noise told and taken off, its holes closed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix, diags_array

from fitter.scan.holes import close_holes, open_edges
from fitter.scan.mesh import Mesh, Points

# Noise (SD) beside the distance of vertices: a quieter surface is left as it is.
_NOISY = 0.02
# And beside the size of the piece (0.07 mm on a foot): less can be the bend of coarse triangles.
_LEAST_NOISE = 2.5e-4
# Low-pass filter of Taubin 1995: each pair of steps smooths and pushes back, so nothing shrinks. The band let
# through is given by 1 / LAMBDA + 1 / MU.
_LAMBDA, _MU = 0.50, -0.53
_PASSES = 5
_WOUND = 0.2  # share of faces wound outwards less that wound inwards: 0.8 and more where wound one way


@dataclass(frozen=True, slots=True)
class Grain:
    """How rough and how fine a scan is: ``noise`` (SD along the normal) and ``spacing`` (median edge) in
    its own unit, and the number of its ``triangles``."""

    noise: float
    spacing: float
    triangles: int

    def scaled(self, scale: float) -> Grain:
        """In a unit ``scale`` times as small."""
        return Grain(self.noise * scale, self.spacing * scale, self.triangles)


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """``mesh`` without noise and holes, of whose faces the first ``seen`` were scanned and the rest are
    patches; the ``grain`` of the scan as it came (file units); the ``rims`` of the holes that were closed
    and the corners that stayed ``open`` (n, 3)."""

    mesh: Mesh
    seen: int
    grain: Grain
    rims: tuple[Points, ...]
    open: Points


def prepare(mesh: Mesh, grain: Grain | None = None) -> Surface:
    """Make a piece of a scan ready to be posed; ``grain`` is the scan's where ``mesh`` is a coarser copy."""
    own = Grain(roughness(mesh), edge_length(mesh), len(mesh.faces))
    size = 2.0 * float(np.linalg.norm(mesh.vertices - mesh.vertices.mean(axis=0), axis=1).max())
    if own.noise > max(_NOISY * own.spacing, _LEAST_NOISE * size):
        mesh = smoothed(mesh, _PASSES)
    closed = close_holes(mesh, size)
    return Surface(closed.mesh, len(mesh.faces), grain or own, closed.rims, closed.open)


def edge_length(mesh: Mesh) -> float:
    """Median edge length (mm)."""
    a, b = mesh.vertices[mesh.faces[:, 0]], mesh.vertices[mesh.faces[:, 1]]
    return float(np.median(np.linalg.norm(a - b, axis=1)))


def smoothed(mesh: Mesh, passes: int) -> Mesh:
    """Every vertex moved towards the mean of its neighbours and most of the way back, ``passes`` times; on
    an open edge only neighbours along the edge count."""
    mean = _means(mesh)
    v = mesh.vertices
    for _ in range(passes):
        for step in (_LAMBDA, _MU):
            v = v + step * (mean @ v - v)
    return Mesh(v, mesh.faces)


def _means(mesh: Mesh) -> csr_matrix:
    """(n, n) rows that take the mean of a vertex's neighbours."""
    n = len(mesh.vertices)
    f = mesh.faces
    i = np.concatenate([f[:, 0], f[:, 1], f[:, 2]])
    j = np.concatenate([f[:, 1], f[:, 2], f[:, 0]])
    edges = open_edges(mesh)
    rim = np.zeros(n, bool)
    rim[edges] = True
    within = ~rim[i], ~rim[j]
    rows = np.concatenate([i[within[0]], j[within[1]], edges[:, 0], edges[:, 1]])
    columns = np.concatenate([j[within[0]], i[within[1]], edges[:, 1], edges[:, 0]])
    near = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(n, n)).tocsr()
    near.data[:] = 1.0
    degree = np.asarray(near.sum(axis=1)).ravel()
    alone = degree == 0.0
    mean = diags_array(1.0 / np.maximum(degree, 1.0)) @ near
    return (mean + diags_array(alone.astype(float))).tocsr()


def roughness(mesh: Mesh) -> float:
    """Estimated scanner noise (SD, in the mesh's unit) along the surface normal.

    Each vertex is compared with the mean of its neighbours, and that difference with the mean of the
    neighbours' differences, which takes curvature out. For independent noise of SD s and six neighbours the
    result has SD 1.19 s; the median absolute value makes it robust to edges.
    """
    n = len(mesh.vertices)
    f = mesh.faces
    i = np.concatenate([f[:, 0], f[:, 1], f[:, 2], f[:, 1], f[:, 2], f[:, 0]])
    j = np.concatenate([f[:, 1], f[:, 2], f[:, 0], f[:, 0], f[:, 1], f[:, 2]])
    near = coo_matrix((np.ones(len(i)), (i, j)), shape=(n, n)).tocsr()
    near.data[:] = 1.0
    degree = np.maximum(np.asarray(near.sum(axis=1)).ravel(), 1.0)
    offset = ((mesh.vertices - near @ mesh.vertices / degree[:, None]) * _normals(mesh)).sum(axis=1)
    second = offset - near @ offset / degree
    return float(1.4826 * np.median(np.abs(second)) / 1.19)


def _normals(mesh: Mesh) -> NDArray[np.float64]:
    corners = mesh.corners
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    # Where the winding is mixed, the faces are turned away from the middle, in which neighbours mostly agree.
    way = np.sign((cross * (corners.mean(axis=1) - mesh.vertices.mean(axis=0))).sum(axis=1))
    if abs(float(way.mean())) < _WOUND:
        cross *= way[:, None]
    total = np.zeros_like(mesh.vertices)
    for k in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(mesh.faces[:, k], weights=cross[:, axis], minlength=len(total))
    norm = np.linalg.norm(total, axis=1, keepdims=True)
    normals: NDArray[np.float64] = total / np.maximum(norm, 1e-300)
    return normals
