"""Smooth surfaces from few points: Catmull-Clark subdivision to the limit surface.

Every level samples the *same* limit surface, so a foot doesn't change when its mesh gets finer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def _edges(quads: Ints) -> tuple[Ints, Ints, Ints]:
    """Unique edges (E, 2), the edge of every quad side (Q, 4) and how many quads share each edge (E,)."""
    sides = np.stack([quads, np.roll(quads, -1, axis=1)], axis=2).reshape(-1, 2)
    edges, inverse, count = np.unique(np.sort(sides, axis=1), axis=0, return_inverse=True, return_counts=True)
    return edges, inverse.reshape(quads.shape), count


def _matrix(rows: Ints, cols: Ints, vals: Floats, shape: tuple[int, int]) -> csr_array:
    return csr_array((vals, (rows, cols)), shape=shape)


def _averages(quads: Ints, n: int) -> tuple[csr_array, csr_array, csr_array, Ints, Ints]:
    """Face points, edge midpoints, the vertex-to-edge incidence, the edges and the boundary edges."""
    q = len(quads)
    edges, _, count = _edges(quads)
    rows = np.repeat(np.arange(q), 4)
    face = _matrix(rows, quads.ravel(), np.full(4 * q, 0.25), (q, n))
    e = len(edges)
    mid = _matrix(np.repeat(np.arange(e), 2), edges.ravel(), np.full(2 * e, 0.5), (e, n))
    return face, mid, mid.T.tocsr() * 2.0, edges, np.flatnonzero(count == 1)


def subdivide(values: Floats, quads: Ints) -> tuple[Floats, Ints]:
    """One Catmull-Clark step on vertex values (n, k) and quads (q, 4); open borders become B-splines."""
    n, q = len(values), len(quads)
    face, mid, star, edges, border = _averages(quads, n)
    edge_of = _edges(quads)[1]
    f, m = face @ values, mid @ values
    touching = _matrix(edge_of.ravel(), np.repeat(np.arange(q), 4), np.ones(4 * q), (len(edges), q))
    e = 0.5 * m + 0.25 * (touching @ f)
    e[border] = m[border]
    valence = np.asarray(star.sum(axis=1)).reshape(-1, 1)
    at_face = _matrix(quads.ravel(), np.repeat(np.arange(q), 4), np.ones(4 * q), (n, q))
    v = ((at_face @ f) / valence + 2.0 * (star @ m) / valence + (valence - 3.0) * values) / valence
    rim = np.unique(edges[border])
    v[rim] = 0.5 * values[rim] + 0.25 * (star[:, border] @ m[border])[rim]
    corner = np.arange(n)[quads]
    after = n + edge_of
    before = np.roll(after, 1, axis=1)
    centre = np.repeat((n + len(edges) + np.arange(q))[:, None], 4, axis=1)
    return np.vstack([v, e, f]), np.stack([corner, after, centre, before], axis=2).reshape(-1, 4)


def to_limit(values: Floats, quads: Ints) -> Floats:
    """The points (n, k) of the limit surface that the vertices of a quad mesh run to."""
    n = len(values)
    _, mid, star, edges, border = _averages(quads, n)
    valence = np.asarray(star.sum(axis=1)).reshape(-1, 1)
    around = 2.0 * (star @ (mid @ values)) - valence * values
    across = np.zeros_like(values)
    for k in range(4):
        np.add.at(across, quads[:, k], values[quads[:, (k + 2) % 4]])
    out = (valence**2 * values + 4.0 * around + across) / (valence * (valence + 5.0))
    rim = np.unique(edges[border])
    ends = (star[:, border] @ (mid[border] @ values))[rim]  # half the sum of both neighbours, plus the vertex
    out[rim] = (4.0 * values[rim] + 2.0 * ends - 2.0 * values[rim]) / 6.0
    return out


def limit_surface(values: Floats, quads: Ints, level: int) -> tuple[Floats, Ints]:
    """Vertex values after ``level`` subdivisions, moved to the limit, and the quads joining them."""
    for _ in range(level):
        values, quads = subdivide(values, quads)
    return to_limit(values, quads), quads


def triangles(quads: Ints, points: Floats) -> Ints:
    """Each quad cut along its shorter diagonal: faces (2q, 3), same orientation."""
    a, b, c, d = quads.T
    short = np.linalg.norm(points[a] - points[c], axis=1) <= np.linalg.norm(points[b] - points[d], axis=1)
    first = np.where(short[:, None], np.stack([a, b, c], 1), np.stack([a, b, d], 1))
    second = np.where(short[:, None], np.stack([a, c, d], 1), np.stack([b, c, d], 1))
    return np.stack([first, second], axis=1).reshape(-1, 3)


def smoothing(quads: Ints, n: int) -> csr_array:
    """Row-stochastic matrix (n, n): each vertex becomes the mean of its neighbours."""
    edges = _edges(quads)[0]
    both = np.vstack([edges, edges[:, ::-1]])
    joined = _matrix(both[:, 0], both[:, 1], np.ones(len(both)), (n, n))
    return diags_array(1.0 / np.asarray(joined.sum(axis=1)).ravel()) @ joined
