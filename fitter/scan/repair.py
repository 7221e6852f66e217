"""Mending a raw surface: weld, drop what has no area, find pieces and spikes.

Nothing here moves a vertex, so nothing here can change a measure.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from fitter.scan.mesh import Mesh, Points

_SPIKE = 3.0  # times the usual distance of neighbours


def without_spikes(mesh: Mesh) -> tuple[Mesh, tuple[str, ...]]:
    """The surface without the faces at single vertices thrown far out, and what was done, in a sentence."""
    spikes = find_spikes(mesh)
    if not spikes.any():
        return mesh, ()
    number = int(spikes.sum())
    told = "1 spike was left out." if number == 1 else f"{number} spikes were left out."
    return Mesh(mesh.vertices, mesh.faces[~spikes[mesh.faces].any(axis=1)]), (told,)


def weld(mesh: Mesh) -> Mesh:
    """Vertices at exactly the same place become one (first one wins, order kept)."""
    first, label = _same_places(mesh.vertices + 0.0)  # -0.0 is 0.0
    order = np.argsort(first, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return Mesh(mesh.vertices[first[order]], rank[label[mesh.faces]].astype(np.int32))


def _same_places(points: Points) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Index of the first point at each distinct place, and the place of each point.

    By a 64-bit hash, several times faster than comparing rows; should two places share one, rows are
    compared.
    """
    bits = points.view(np.uint64)
    mix = (bits ^ (bits >> np.uint64(32))) * np.array(_HASH, dtype=np.uint64)
    key = mix[:, 0] ^ (mix[:, 1] >> np.uint64(7)) ^ (mix[:, 2] << np.uint64(9))
    _, first, label = np.unique(key, return_index=True, return_inverse=True)
    if not np.array_equal(points[first][label], points):
        _, first, label = np.unique(points, axis=0, return_index=True, return_inverse=True)
    return first, label.ravel()


_HASH = [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9]  # odd 64-bit constants (xxHash)


def drop_degenerate(mesh: Mesh) -> Mesh:
    """Without faces that use a vertex twice or stand there twice."""
    f = mesh.faces
    keep = (f[:, 0] != f[:, 1]) & (f[:, 1] != f[:, 2]) & (f[:, 2] != f[:, 0])
    f = f[keep]
    _, first = np.unique(_face_keys(f, len(mesh.vertices)), return_index=True)
    return Mesh(mesh.vertices, f[np.sort(first)])


def _face_keys(faces: NDArray[np.int32], n: int) -> NDArray[np.int64]:
    """(m,) one number a face, the same for the same three vertices in any order."""
    s = np.sort(faces, axis=1).astype(np.int64)
    if n >= 1 << 21:  # three indices no longer fit 63 bits
        rows: NDArray[np.int64] = np.unique(s, axis=0, return_inverse=True)[1].ravel()
        return rows
    packed: NDArray[np.int64] = (s[:, 0] << 42) | (s[:, 1] << 21) | s[:, 2]
    return packed


def components(mesh: Mesh) -> tuple[int, NDArray[np.int32]]:
    """How many connected pieces there are, and the piece of each vertex."""
    f = mesh.faces
    i = np.concatenate([f[:, 0], f[:, 1]])
    j = np.concatenate([f[:, 1], f[:, 2]])
    n = len(mesh.vertices)
    graph = coo_matrix((np.ones(len(i), np.int8), (i, j)), shape=(n, n)).tocsr()
    _, labels = connected_components(graph, directed=False)
    used = np.unique(labels[f[:, 0]])
    return len(used), labels


def find_spikes(mesh: Mesh) -> NDArray[np.bool_]:
    """(n,) vertices that stick out alone: far from every neighbour, and far from their middle.

    "Far" is many times the usual distance of neighbours; a corner of large triangles in a flat part is far
    from its neighbours too, but lies in their middle.
    """
    f, v = mesh.faces, mesh.vertices
    i = np.concatenate([f[:, 0], f[:, 1], f[:, 2]])
    j = np.concatenate([f[:, 1], f[:, 2], f[:, 0]])
    length = np.linalg.norm(v[i] - v[j], axis=1)
    nearest = np.full(len(v), np.inf)
    np.minimum.at(nearest, i, length)
    np.minimum.at(nearest, j, length)
    degree = np.bincount(i, minlength=len(v)) + np.bincount(j, minlength=len(v))
    total = np.stack(
        [
            np.bincount(i, weights=v[j, k], minlength=len(v))
            + np.bincount(j, weights=v[i, k], minlength=len(v))
            for k in range(3)
        ],
        axis=1,
    )
    off = np.linalg.norm(v - total / np.maximum(degree, 1)[:, None], axis=1)
    far = np.isfinite(nearest) & (nearest > _SPIKE * np.median(length))
    return np.asarray(far & (off > 0.5 * nearest))


def largest(mesh: Mesh, pieces: int, labels: NDArray[np.int32]) -> Mesh:
    """The piece with the largest surface."""
    face_labels = labels[mesh.faces[:, 0]]
    area = np.bincount(face_labels, weights=face_areas(mesh))
    return Mesh(mesh.vertices, mesh.faces[face_labels == np.argmax(area)])


def without_unused(mesh: Mesh) -> Mesh:
    """Without vertices that no face uses."""
    used = np.zeros(len(mesh.vertices), bool)
    used[mesh.faces.ravel()] = True
    rank = np.cumsum(used) - 1
    return Mesh(mesh.vertices[used], rank[mesh.faces].astype(np.int32))


def coarse(mesh: Mesh, cell: float) -> Mesh:
    """A coarser copy: the vertices in each cube of side ``cell`` become one, at their mean."""
    cube = np.floor((mesh.vertices - mesh.vertices.min(axis=0)) / cell).astype(np.int64)
    _, label, count = np.unique(
        (cube[:, 0] << 42) | (cube[:, 1] << 21) | cube[:, 2], return_inverse=True, return_counts=True
    )
    label = label.ravel()
    centres = [np.bincount(label, weights=mesh.vertices[:, k]) / count for k in range(3)]
    return drop_degenerate(Mesh(np.stack(centres, axis=1), label[mesh.faces].astype(np.int32)))


def face_areas(mesh: Mesh) -> NDArray[np.float64]:
    """(m,) areas."""
    a, b, c = np.moveaxis(mesh.corners, 1, 0)
    areas: NDArray[np.float64] = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2.0
    return areas
