"""Closing the holes of a scan: each gets a patch that goes on as the skin around it bends.

A patch is spanned over the hole's rim and then bent until it, and the way it meets the skin, is as smooth
as it can be (the bilaplacian of the surface vanishes inside; Botsch & Kobbelt 2004, Liepa 2003). No vertex
of the scan is moved. Openings too wide to guess at stay open: the ankle, a sole that was not seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix, diags_array
from scipy.sparse.linalg import spsolve
from scipy.spatial import Delaunay, QhullError

from fitter.scan.mesh import Mesh, Points

# Of the piece's size (about 280 mm): a wider opening is where the scan ends.
_WIDEST = 0.20
_FEW = 6  # corners of a rim that a fan closes well enough: two or three triangles are missing
_MOST_INSIDE = 500  # points of one patch
_ROUGHLY = 0.1  # of a rim's area: a patch that covers so much more or less of it is none
_MOST_OPEN = 60_000  # open edges; more are no holes in a surface but loose triangles


@dataclass(frozen=True, slots=True, eq=False)
class Closed:
    """``mesh`` with its holes closed and the ``rims`` (k, 3) of those that were more than pinholes; ``open``
    (n, 3): the corners on what stayed open."""

    mesh: Mesh
    rims: tuple[Points, ...]
    open: Points


def close_holes(mesh: Mesh, size: float) -> Closed:
    """Close every hole narrower than a share of ``size``, the diameter of the piece."""
    edges = open_edges(mesh)
    if not 0 < len(edges) <= _MOST_OPEN:
        return Closed(mesh, (), mesh.vertices[np.unique(edges)])
    small: list[NDArray[np.int64]] = []
    wide: list[NDArray[np.int64]] = []
    stays = [np.zeros(0, np.int64)]
    for loop in _loops(edges):
        if float(np.linalg.norm(np.ptp(mesh.vertices[loop], axis=0))) > _WIDEST * size:
            stays.append(loop)
        else:
            (small if len(loop) <= _FEW else wide).append(loop)
    faces, points, rims = [mesh.faces], [mesh.vertices], []
    count = len(mesh.vertices)
    neighbours = _neighbours(mesh) if wide else None
    outward = _directions(edges)
    for loop in small:
        middle = mesh.vertices[loop].mean(axis=0)[None]
        patch = _fan(loop, count) if len(loop) > 3 else loop[None]
        if len(loop) > 3:
            points.append(middle)
            count += 1
        faces.append(_turned(patch, outward).astype(np.int32))
    for loop in wide:
        patch, inside = _patch(mesh, loop, count, neighbours)
        faces.append(_turned(patch, outward).astype(np.int32))
        points.append(inside)
        count += len(inside)
        rims.append(mesh.vertices[loop])
    closed = Mesh(np.concatenate(points), np.concatenate(faces))
    return Closed(closed, tuple(rims), mesh.vertices[np.concatenate(stays)])


def open_edges(mesh: Mesh) -> NDArray[np.int64]:
    """(k, 2) edges of one face only, in the direction of that face."""
    f = mesh.faces.astype(np.int64)
    edges = np.concatenate([f[:, :2], f[:, 1:], f[:, [2, 0]]])
    low, high = edges.min(axis=1), edges.max(axis=1)
    key = low * len(mesh.vertices) + high
    order = np.argsort(key, kind="stable")
    same = key[order][1:] == key[order][:-1]
    alone = np.ones(len(key), bool)
    alone[1:] &= ~same
    alone[:-1] &= ~same
    found: NDArray[np.int64] = edges[order[alone]]
    return found


def _loops(edges: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The rims that open edges make, each a cycle of vertices.

    Winding may be wrong, so edges are walked either way. Where two holes touch in a corner, the walk comes
    back to a vertex it has passed: what lies between is a rim of its own.
    """
    ways: dict[int, list[int]] = {}
    for a, b in edges.tolist():
        ways.setdefault(a, []).append(b)
        ways.setdefault(b, []).append(a)
    loops = []
    for start in sorted(ways):
        path, at = [start], {start: 0}
        while ways[path[-1]]:
            here = path[-1]
            there = ways[here].pop()
            ways[there].remove(here)
            if there in at:
                first = at[there]
                cycle = path[first:]
                if len(cycle) > 2:
                    loops.append(np.array(cycle, dtype=np.int64))
                for gone in cycle[1:]:
                    del at[gone]
                del path[first + 1 :]
            else:
                at[there] = len(path)
                path.append(there)
    return loops


def _directions(edges: NDArray[np.int64]) -> set[tuple[int, int]]:
    return {(int(a), int(b)) for a, b in edges}


def _turned(patch: NDArray[np.int64], outward: set[tuple[int, int]]) -> NDArray[np.int64]:
    """The patch's faces wound as the skin around them: they pass the rim the other way."""
    votes = 0
    for a, b in np.concatenate([patch[:, :2], patch[:, 1:], patch[:, [2, 0]]]).tolist():
        votes += ((b, a) in outward) - ((a, b) in outward)
    return patch if votes >= 0 else patch[:, ::-1]


def _fan(loop: NDArray[np.int64], middle: int) -> NDArray[np.int64]:
    return np.stack([loop, np.roll(loop, -1), np.full(len(loop), middle)], axis=1)


def _neighbours(mesh: Mesh) -> csr_matrix:
    """(n, n) 1 where two vertices share an edge."""
    f = mesh.faces
    i = np.concatenate([f[:, 0], f[:, 1], f[:, 2]])
    j = np.concatenate([f[:, 1], f[:, 2], f[:, 0]])
    n = len(mesh.vertices)
    near = coo_matrix((np.ones(len(i)), (i, j)), shape=(n, n)).tocsr()
    near = near + near.T
    near.data[:] = 1.0
    return near


def _patch(
    mesh: Mesh, loop: NDArray[np.int64], first: int, neighbours: csr_matrix
) -> tuple[NDArray[np.int64], Points]:
    """Faces over a rim, and the points inside it that they use (numbered from ``first``)."""
    rim = mesh.vertices[loop]
    plan = _plan(rim)
    inside = _grid(plan)
    triangles = _triangulated(plan, inside)
    if triangles is None:
        return _fan(loop, first), rim.mean(axis=0)[None]
    # A point that no triangle uses can't be placed: it lies outside a rim that is hardly open.
    used = np.unique(triangles[triangles >= len(loop)])
    rank = np.concatenate([np.arange(len(loop)), np.full(len(inside), -1)])
    rank[used] = len(loop) + np.arange(len(used))
    triangles, inside = rank[triangles], inside[used - len(loop)]
    ids = np.concatenate([loop, np.arange(first, first + len(inside))])
    if len(inside) == 0:
        return ids[triangles], np.zeros((0, 3))
    return ids[triangles], _bent(mesh, loop, triangles, len(inside), neighbours)


def _plan(rim: Points) -> NDArray[np.float64]:
    """(k, 2) the rim seen along its own area vector."""
    centred = rim - rim.mean(axis=0)
    normal = np.cross(centred, np.roll(centred, -1, axis=0)).sum(axis=0)
    axes = np.linalg.svd(normal[None])[2] if normal.any() else np.linalg.svd(centred)[2][[2, 0, 1]]
    flat: NDArray[np.float64] = centred @ axes[1:].T
    return flat


def _grid(plan: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (k, 2) inside the rim, about as far apart as the rim's own."""
    step = float(np.median(np.linalg.norm(plan - np.roll(plan, -1, axis=0), axis=1)))
    low, high = plan.min(axis=0), plan.max(axis=0)
    step = max(step, float(np.sqrt(np.prod(np.maximum(high - low, 1e-12)) / _MOST_INSIDE)))
    u, v = np.meshgrid(
        np.arange(low[0], high[0], step), np.arange(low[1], high[1], 0.866 * step), indexing="ij"
    )
    u = u + np.where(np.arange(u.shape[1]) % 2 == 1, 0.5 * step, 0.0)
    points = np.stack([u.ravel(), v.ravel()], axis=1)
    points = points[_within(points, plan)]
    if len(points) == 0:
        return points
    away = np.linalg.norm(points[:, None] - plan[None], axis=2).min(axis=1)
    kept: NDArray[np.float64] = points[away > 0.6 * step]
    return kept


def _within(points: NDArray[np.float64], polygon: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,) which points lie inside a closed polygon (even-odd rule)."""
    a, b = polygon, np.roll(polygon, -1, axis=0)
    x, y = points[:, :1], points[:, 1:]
    crosses = (a[:, 1] > y) != (b[:, 1] > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
    inside: NDArray[np.bool_] = (crosses & (x < at)).sum(axis=1) % 2 == 1
    return inside


def _triangulated(plan: NDArray[np.float64], inside: NDArray[np.float64]) -> NDArray[np.int64] | None:
    """Triangles over rim and inner points; None where the rim crosses itself in plan or is lost."""
    points = np.concatenate([plan, inside])
    try:
        found = Delaunay(points).simplices.astype(np.int64)
    except QhullError:
        return None
    kept = found[_within(points[found].mean(axis=1), plan)]
    # Teeth of the rim may be cut across or left open: a crack of one tooth matters to nothing that is
    # measured.
    u, v = np.moveaxis(points[kept[:, 1:]] - points[kept[:, :1]], 1, 0)
    covered = 0.5 * np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]).sum()
    x, y = plan.T
    area = 0.5 * abs(float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum()))
    return kept if abs(covered - area) < _ROUGHLY * area else None


def _bent(
    mesh: Mesh, loop: NDArray[np.int64], triangles: NDArray[np.int64], inner: int, neighbours: csr_matrix
) -> Points:
    """The inner points (inner, 3) placed so that patch, rim and the skin beside it bend evenly."""
    k = len(loop)
    beside = np.setdiff1d(neighbours[loop].indices, loop)
    local = {int(v): i for i, v in enumerate(loop)} | {int(v): k + inner + i for i, v in enumerate(beside)}
    edges = [triangles[:, :2], triangles[:, 1:], triangles[:, [2, 0]]]
    rows, columns = neighbours[loop].nonzero()
    outer = np.array([(r, local[int(c)]) for r, c in zip(rows, columns, strict=True)], dtype=np.int64)
    pairs = np.concatenate([*edges, outer])
    n = k + inner + len(beside)
    near = coo_matrix((np.ones(len(pairs)), pairs.T), shape=(n, n)).tocsr()
    near = near + near.T
    near.data[:] = 1.0
    degree = np.asarray(near.sum(axis=1)).ravel()
    bend = (diags_array(np.ones(n)) - diags_array(1.0 / np.maximum(degree, 1.0)) @ near).tocsr()[: k + inner]
    known = np.r_[np.arange(k), np.arange(k + inner, n)]
    free = np.arange(k, k + inner)
    fixed = bend[:, known] @ np.concatenate([mesh.vertices[loop], mesh.vertices[beside]])
    a = bend[:, free]
    solved: Points = spsolve((a.T @ a).tocsc(), -(a.T @ fixed)).reshape(inner, 3)
    return solved
