"""Mending a raw surface: weld, drop what has no area, find pieces and spikes.

Only the coarser copies (`coarse`, `joined_in_cubes`) have vertices of their own; nothing else here moves one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csc_matrix
from scipy.sparse.csgraph import connected_components

from fitter.saying import say
from fitter.scan.mesh import Mesh, Points

_SPIKE = 3.0  # times the usual distance of neighbours


def without_spikes(mesh: Mesh) -> tuple[Mesh, tuple[str, ...]]:
    """The surface without the faces at single vertices thrown far out, and what was done, in a sentence."""
    spikes = find_spikes(mesh)
    if not spikes.any():
        return mesh, ()
    number = int(spikes.sum())
    told = "1 spike was left out." if number == 1 else say("{number} spikes were left out.", number=number)
    return Mesh(mesh.vertices, mesh.faces[~spikes[mesh.faces].any(axis=1)]), (told,)


def weld(mesh: Mesh) -> Mesh:
    """Vertices at exactly the same place become one (first one wins, order kept)."""
    points = mesh.vertices + 0.0  # -0.0 is 0.0
    first = _first_alike(hashed(points))
    if not all(np.array_equal(column[first], column) for column in points.T):
        # Two places share a hash: rows are compared.
        _, firsts, label = np.unique(points, axis=0, return_index=True, return_inverse=True)
        first = firsts[label.ravel()].astype(np.int32)
    new = first == np.arange(len(first))
    rank = np.cumsum(new, dtype=np.int32) - 1
    return Mesh(points[new], rank[first][mesh.faces].astype(np.int32, copy=False))


def hashed(points: Points) -> NDArray[np.uint64]:
    """(n,) 64-bit hashes of places."""
    key = np.zeros(len(points), np.uint64)
    for k, factor in enumerate(_HASH):
        bits = np.ascontiguousarray(points[:, k]).view(np.uint64)
        key ^= (bits ^ (bits >> np.uint64(32))) * np.uint64(factor) >> np.uint64(7 * k)
    return key * np.uint64(_HASH[0])


_HASH = [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9]  # odd 64-bit constants (xxHash)


def _first_alike(keys: NDArray[np.uint64]) -> NDArray[np.int32]:
    """(n,) for each key, where the same key is first.

    Each key writes its place into a table, the last to write being the first of them; who reads another's
    place there tries once more in another table. Twice as fast as sorting.
    """
    first = np.empty(len(keys), np.int32)
    bits = max(len(keys).bit_length(), 8)
    table = np.empty(1 << bits, np.int32)
    left = np.arange(len(keys), dtype=np.int32)
    factor = 1
    while len(left):
        mixed = keys[left] * np.uint64(factor)
        slot = (mixed >> np.uint64(64 - bits)).astype(np.int64)
        table[slot[::-1]] = left[::-1]
        found = table[slot]
        first[left] = found
        left = left[keys[found] != keys[left]]
        factor = factor * _HASH[1] % (1 << 64)
    return first


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


def largest(mesh: Mesh, labels: NDArray[np.int32]) -> Mesh:
    """The piece with the largest surface; ``labels`` (n,) say which vertices hang together."""
    face_labels = labels[mesh.faces[:, 0]]
    area = np.bincount(face_labels, weights=face_areas(mesh))
    return Mesh(mesh.vertices, mesh.faces[face_labels == np.argmax(area)])


def without_unused(mesh: Mesh) -> Mesh:
    """Without vertices that no face uses."""
    used = np.zeros(len(mesh.vertices), bool)
    used[mesh.faces.ravel()] = True
    old = np.flatnonzero(used)
    rank = np.empty(len(used), np.int32)
    rank[old] = np.arange(len(old), dtype=np.int32)
    return Mesh(mesh.vertices[old], rank[mesh.faces])


def coarse(mesh: Mesh, cell: float) -> Mesh:
    """A coarser copy: the vertices in each cube of side ``cell`` become one, at their mean."""
    return joined_in_cubes(mesh, cell)[0]


def joined_in_cubes(mesh: Mesh, cell: float) -> tuple[Mesh, NDArray[np.int32]]:
    """A coarser copy, and which of its vertices each of the mesh's became.

    The vertices in each cube of side ``cell`` become one, at their mean. The cubes stand along the surface's
    own principal axes, about its middle: a turned or mirrored surface falls into the same ones.
    """
    label, number = _numbered(_cubes(mesh.vertices, cell))
    sums = np.zeros((number, 3))
    for part in _parts(len(label)):
        some = label[part]
        # A matrix with one entry a column adds each point to its cube's sum, all in one pass.
        adding = csc_matrix((np.ones(len(some)), some, np.arange(len(some) + 1)), (number, len(some)))
        sums += adding @ mesh.vertices[part]
    centres = sums / np.bincount(label, minlength=number)[:, None]
    faces = label[mesh.faces]
    whole = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    return drop_degenerate(Mesh(centres, faces[whole])), label


def _parts(number: int) -> Iterator[slice]:
    """Stretches of a large array, so that what is computed on the way stays small."""
    return (slice(start, start + _PART) for start in range(0, number, _PART))


_PART = 400_000


def _cubes(points: Points, cell: float) -> NDArray[np.int16]:
    """(n, 3) the cube of side ``cell`` that each point lies in, counted from the middle."""
    some = points[:: max(1, len(points) // _PART)]
    middle = some.mean(axis=0)
    axes = np.linalg.eigh((some - middle).T @ (some - middle))[1]
    cubes = np.empty(points.shape, np.int16)
    for part in _parts(len(points)):
        # Rounded and not cut off: that makes no difference between one end of an axis and the other.
        place = np.rint((points[part] - middle) @ (axes / cell))
        cubes[part] = np.clip(place, -_MOST_CUBES, _MOST_CUBES)  # further out is no scan
    return cubes


def _numbered(cubes: NDArray[np.int16]) -> tuple[NDArray[np.int32], int]:
    """(n,) for each cube (n, 3) its number among the different ones, in the order of their place; and how
    many there are."""
    low = [int(c.min()) for c in cubes.T]
    size = [int(c.max()) - least + 1 for c, least in zip(cubes.T, low, strict=True)]
    key = np.zeros(len(cubes), np.int64)
    for k in range(3):
        key *= size[k]
        key += cubes[:, k]
        key -= low[k]
    if size[0] * size[1] * size[2] > max(_MOST_TABLE, 4 * len(cubes)):
        _, label = np.unique(key, return_inverse=True)
        return label.ravel().astype(np.int32), int(label.max()) + 1
    there = np.zeros(size[0] * size[1] * size[2], bool)
    there[key] = True
    filled = np.flatnonzero(there)
    number = np.empty(len(there), np.int32)
    number[filled] = np.arange(len(filled), dtype=np.int32)
    return number[key], len(filled)


_MOST_CUBES = 32_000  # to either side
_MOST_TABLE = 16_000_000  # cubes in the box around all


def face_areas(mesh: Mesh) -> NDArray[np.float64]:
    """(m,) areas."""
    a, b, c = np.moveaxis(mesh.corners, 1, 0)
    areas: NDArray[np.float64] = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2.0
    return areas
