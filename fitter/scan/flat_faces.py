"""Flat parts of a surface or cloud: found, grown to their edges, with their rectangles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label
from scipy.spatial import cKDTree

from fitter.scan.mesh import Mesh, Points
from fitter.scan.repair import face_areas, without_unused

Vector = NDArray[np.float64]

SAMPLES = 12_000  # points that stand for the surface while planes are looked for
_SEEDS = 240  # places where a plane is tried
NEIGHBOURS = 40  # samples that give a seed's plane
BAND = 4.0  # times its noise (SD): still the plane
_ROUNDING = 1e-5  # of the scene's size: numbers of a file
_LEAST_SAMPLES = 60  # of a face
# Where two planes hold most of the samples (a floor, a wall), few are left on the object: what no plane has
# claimed is sampled anew.
_PASSES, _MOST_CLAIMED = 3, 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A flat part: unit ``normal`` (its sign as the triangles wind, where ``wound``), and its rectangle."""

    normal: Vector
    middle: Vector
    axes: NDArray[np.float64]  # (2, 3) in the plane, along the rectangle's sides
    half: Vector  # (2,) half its sides
    band: float
    wound: bool


def faces_of(mesh: Mesh) -> list[Face]:
    """Every flat part of the surface."""
    size = float(np.linalg.norm(np.ptp(mesh.vertices, axis=0)))
    found: list[Face] = []
    rest = mesh
    for _ in range(_PASSES):
        points, normals = samples(rest)
        if len(points) < 2 * NEIGHBOURS:
            break
        new = planes(points, normals, size)
        found += new
        widest = sorted((float(on_face(points, face, 1.05).mean()) for face in new), reverse=True)[:2]
        if sum(widest) < _MOST_CLAIMED:
            break
        rest = _off(rest, new)
    return found


def _off(mesh: Mesh, faces: Sequence[Face]) -> Mesh:
    """The mesh without what lies on the faces."""
    on = np.zeros(len(mesh.vertices), bool)
    for face in faces:
        on |= on_face(mesh.vertices, face, 1.05)
    return without(mesh, on)


def on_face(points: Points, face: Face, reach: float, thick: float = 1.0) -> NDArray[np.bool_]:
    """(n,) which points lie on a face, within ``reach`` of its half sides and ``thick`` of its band."""
    off = points - face.middle
    inside = (np.abs(off @ face.axes.T) <= reach * face.half).all(axis=1)
    return np.asarray(inside & (np.abs(off @ face.normal) <= thick * face.band))


def samples(mesh: Mesh, number: int = SAMPLES) -> tuple[Points, Points | None]:
    """Points (s, 3) spread evenly over the surface, and the normals of their triangles; of a cloud, some of
    its own points."""
    if len(mesh.faces) == 0:
        return mesh.vertices[:: max(1, len(mesh.vertices) // number)], None
    total = np.cumsum(face_areas(mesh))
    k = np.arange(number)
    face = np.minimum(np.searchsorted(total, (k + 0.5) / number * total[-1]), len(total) - 1)
    # Places in the triangles by an additive recurrence (Roberts' R2): even, and the same in every run.
    u, v = (k * 0.7548776662466927) % 1.0, (k * 0.5698402909980532) % 1.0
    over = u + v > 1.0
    u, v = np.where(over, 1.0 - u, u)[:, None], np.where(over, 1.0 - v, v)[:, None]
    a, b, c = np.moveaxis(mesh.vertices[mesh.faces[face]], 1, 0)
    cross = np.cross(b - a, c - a)
    normals = cross / np.maximum(np.linalg.norm(cross, axis=1, keepdims=True), 1e-300)
    return a + u * (b - a) + v * (c - a), normals


def planes(points: Points, normals: Points | None, size: float) -> list[Face]:
    """The flat parts among the samples."""
    tree = cKDTree(points)
    seeds = points[np.linspace(0, len(points) - 1, _SEEDS).astype(int)]
    distance, near = tree.query(seeds, k=NEIGHBOURS)
    reach = distance[:, -1]
    spread, directions = _principal(points[near])
    thickness = np.sqrt(np.maximum(spread[:, 0], 0.0))
    flat = spread[:, 0] < 0.15 * spread[:, 1]
    noise = float(np.median(thickness[flat])) if flat.any() else 0.0
    band = max(BAND * noise, _ROUNDING * size)
    left = np.ones(len(points), bool)
    tried = np.zeros(len(points), bool)
    faces = []
    for k in np.flatnonzero(flat)[np.argsort(thickness[flat], kind="stable")]:
        if left[near[k]].mean() <= 0.8 or tried[near[k]].mean() > 0.3:
            continue
        on = _grown(points, seeds[k], directions[k, :, 0], reach[k], band, left)
        if on.sum() < _LEAST_SAMPLES:
            tried[near[k]] = True
            continue
        left &= ~on
        faces.append(_face(points[on], None if normals is None else normals[on], band))
    return faces


def _principal(groups: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Variances (k, 3), the least first, and directions (k, 3, 3) of groups of points (k, n, 3)."""
    centred = groups - groups.mean(axis=1, keepdims=True)
    values, vectors = np.linalg.eigh(np.swapaxes(centred, 1, 2) @ centred / groups.shape[1])
    return values, vectors


def _grown(
    points: Points, seed: Vector, normal: Vector, reach: float, band: float, left: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """(n,) the connected samples on the plane that a seed's neighbourhood grows to."""
    away = np.linalg.norm(points - seed, axis=1)
    middle = seed
    count = 0
    for _ in range(14):
        on = left & (away <= reach) & (np.abs((points - middle) @ normal) <= band)
        if on.sum() < 10 or (on.sum() == count and reach > 8.0 * away[on].max()):
            break
        count = int(on.sum())
        middle = points[on].mean(axis=0)
        normal = _principal((points[on] - middle)[None])[1][0, :, 0]
        reach *= 1.6
    on = left & (np.abs((points - middle) @ normal) <= band)
    return _joined_to(points, on, seed, normal)


def _joined_to(points: Points, on: NDArray[np.bool_], seed: Vector, normal: Vector) -> NDArray[np.bool_]:
    """Of the samples on a plane, those that hang together with the seed."""
    if on.sum() < _LEAST_SAMPLES:
        return on
    across = np.linalg.svd(normal[None])[2][1:]
    flat = (points[on] - seed) @ across.T
    cell = 2.5 * float(np.median(cKDTree(flat).query(flat, k=4)[0][:, 3]))
    place = np.floor((flat - flat.min(axis=0)) / max(cell, 1e-300)).astype(np.int64)
    grid = np.zeros(place.max(axis=0) + 1, bool)
    grid[tuple(place.T)] = True
    pieces, _ = label(grid, np.ones((3, 3)))
    of_point = pieces[tuple(place.T)]
    here = of_point[int(np.argmin((flat**2).sum(axis=1)))]
    out = np.zeros(len(points), bool)
    out[np.flatnonzero(on)[of_point == here]] = True
    return out


def _face(points: Points, normals: Points | None, band: float) -> Face:
    middle = points.mean(axis=0)
    normal = _principal((points - middle)[None])[1][0, :, 0]
    wound = False
    if normals is not None:
        lean = float((normals @ normal).mean())
        wound = abs(lean) > 0.6
        normal = normal * (np.sign(lean) or 1.0)
    across = np.linalg.svd(normal[None])[2][1:]
    flat = (points - middle) @ across.T
    turn = _least_rectangle(flat)
    turned = flat @ turn.T
    low, high = np.quantile(turned, 0.005, axis=0), np.quantile(turned, 0.995, axis=0)
    axes = turn @ across
    return Face(normal, middle + (0.5 * (low + high)) @ axes, axes, 0.5 * (high - low), band, wound)


def _least_rectangle(flat: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2, 2) rotation into the rectangle of least area around points (n, 2), to half a degree."""
    angle = np.radians(np.arange(0.0, 90.0, 0.5))
    u = flat @ np.stack([np.cos(angle), np.sin(angle)])
    v = flat @ np.stack([-np.sin(angle), np.cos(angle)])
    k = int(np.argmin(np.ptp(u, axis=0) * np.ptp(v, axis=0)))
    c, s = math.cos(angle[k]), math.sin(angle[k])
    return np.array([[c, s], [-s, c]])


def without(mesh: Mesh, on: NDArray[np.bool_]) -> Mesh:
    """The mesh without the vertices that are ``on`` something, nor the faces between such."""
    if len(mesh.faces) == 0:
        return Mesh(mesh.vertices[~on], mesh.faces)
    return without_unused(Mesh(mesh.vertices, mesh.faces[~on[mesh.faces].all(axis=1)]))
