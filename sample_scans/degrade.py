"""What scanners, files and people do to a clean foot. Pure functions on (vertices, faces).

Every function takes and returns ``points`` (n, 3) and ``faces`` (m, 3) in mm; those with chance in them take
a seeded ``numpy.random.Generator``. None changes its input. A foot is expected in the foot frame (z up,
floor at 0, x forward), so pose and unit come last.
"""

from __future__ import annotations

import numpy as np

from sample_scans import mesh
from sample_scans.sections import vertex_normals
from sample_scans.surface import Floats, Ints

Mesh = tuple[Floats, Ints]
PER_MM = {"mm": 1.0, "cm": 0.1, "m": 0.001, "in": 1.0 / 25.4}


# Files and frames ------------------------------------------------------------------------------------------


def in_unit(points: Floats, faces: Ints, unit: str) -> Mesh:
    """The same foot with its numbers in mm, cm, m or in(ch)es (in)."""
    return points * PER_MM[unit], faces


def rotation(axis: tuple[float, float, float], degrees: float) -> Floats:
    """Rotation matrix (3, 3) about an axis."""
    x, y, z = np.asarray(axis, float) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    a = np.radians(degrees)
    return np.eye(3) + np.sin(a) * cross + (1 - np.cos(a)) * cross @ cross


def posed(points: Floats, faces: Ints, turn: Floats, shift: tuple[float, float, float] = (0, 0, 0)) -> Mesh:
    """Turned by a rotation matrix (3, 3), then shifted (mm)."""
    return points @ np.asarray(turn).T + np.asarray(shift, float), faces


def any_pose(points: Floats, faces: Ints, rng: np.random.Generator, reach: float = 500.0) -> Mesh:
    """Turned by any rotation at all and shifted by up to ``reach`` mm."""
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    turn = q * np.sign(np.diag(r))
    turn[:, 0] *= np.linalg.det(turn)
    return posed(points, faces, turn, tuple(rng.uniform(-reach, reach, 3)))


def mirrored(points: Floats, faces: Ints) -> Mesh:
    """The other side's foot."""
    return mesh.mirrored(points, faces)


def axes_swapped(points: Floats, faces: Ints) -> Mesh:
    """y up instead of z up, as many programs write it."""
    return points[:, [0, 2, 1]] * np.array([1.0, 1.0, -1.0]), faces


# Mesh and sampling -----------------------------------------------------------------------------------------


def decimated(points: Floats, faces: Ints, cell: float) -> Mesh:
    """Coarser, by joining all vertices in each cube of ``cell`` mm into their mean."""
    key = np.floor(points / cell).astype(np.int64)
    _, index = np.unique(key, axis=0, return_inverse=True)
    index = index.ravel()
    count = np.bincount(index)
    joined = np.stack([np.bincount(index, weights=points[:, k]) / count for k in range(3)], axis=1)
    f = index[faces]
    whole = (f[:, 0] != f[:, 1]) & (f[:, 1] != f[:, 2]) & (f[:, 2] != f[:, 0])
    _, first = np.unique(np.sort(f[whole], axis=1), axis=0, return_index=True)
    return mesh.compact(joined, f[whole][np.sort(first)])


def remeshed(points: Floats, faces: Ints, rng: np.random.Generator, share: float = 0.5) -> Mesh:
    """The same surface in other triangles: each of a share of the faces gets a vertex of its own inside."""
    chosen = rng.random(len(faces)) < share
    f = faces[chosen]
    weight = rng.dirichlet((6.0, 6.0, 6.0), size=len(f))
    born = np.einsum("fk,fkd->fd", weight, points[f])
    new = np.arange(len(points), len(points) + len(f))
    fans = [np.stack([f[:, k], f[:, (k + 1) % 3], new], axis=1) for k in range(3)]
    out = np.vstack([faces[~chosen], *fans])
    return np.vstack([points, born]), out[rng.permutation(len(out))]


def noisy(points: Floats, faces: Ints, rng: np.random.Generator, sd: float) -> Mesh:
    """Every vertex off by normal noise of ``sd`` mm along the surface normal."""
    return points + vertex_normals(points, faces) * rng.normal(0.0, sd, (len(points), 1)), faces


def spiked(points: Floats, faces: Ints, rng: np.random.Generator, number: int, height: float) -> Mesh:
    """A few single vertices thrown ``height`` mm outwards."""
    at = rng.choice(len(points), number, replace=False)
    out = points.copy()
    out[at] += height * vertex_normals(points, faces)[at]
    return out, faces


def unwelded(points: Floats, faces: Ints) -> Mesh:
    """Three vertices of its own for each triangle, as STL has it."""
    return points[faces].reshape(-1, 3), np.arange(3 * len(faces)).reshape(-1, 3)


def flipped(points: Floats, faces: Ints, rng: np.random.Generator, share: float) -> Mesh:
    """A share of the faces turned inside out."""
    out = faces.copy()
    turn = rng.random(len(faces)) < share
    out[turn] = out[turn][:, ::-1]
    return points, out


def cloud(points: Floats, faces: Ints, rng: np.random.Generator, number: int) -> Floats:
    """Points (number, 3) spread evenly over the surface; no faces are left."""
    a, b, c = (points[faces[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    at = rng.choice(len(faces), number, p=area / area.sum())
    u, v = rng.random((2, number, 1))
    over = u + v > 1
    u, v = np.where(over, 1 - u, u), np.where(over, 1 - v, v)
    return a[at] + u * (b - a)[at] + v * (c - a)[at]


# What is missing -------------------------------------------------------------------------------------------


def holed(points: Floats, faces: Ints, rng: np.random.Generator, number: int, radius: float) -> Mesh:
    """Round holes (mm) at random places of the skin."""
    middle = points[faces].mean(axis=1)
    at = middle[rng.choice(len(faces), number, replace=False)]
    gone = (np.linalg.norm(middle[:, None] - at[None], axis=2) < radius).any(axis=1)
    return mesh.compact(points, faces[~gone])


def cropped(points: Floats, faces: Ints, height: float, *, closed: bool = False) -> Mesh:
    """Everything above ``height`` mm cut off: an ankle stump, or only the foot's plantar side."""
    points, faces = mesh.slice_below(points, faces, points[:, 2] - height)
    return mesh.capped(points, faces) if closed else (points, faces)


def toes_clipped(points: Floats, faces: Ints, x: float) -> Mesh:
    """Everything forward of ``x`` mm lost."""
    return mesh.slice_below(points, faces, points[:, 0] - x)


def plantar_only(points: Floats, faces: Ints, steepest: float = 75.0, height: float = 25.0) -> Mesh:
    """Only what a glass-plate scanner sees: skin facing down, below ``height`` mm."""
    facing = -_face_normals(points, faces)[:, 2] > np.cos(np.radians(steepest))
    return mesh.compact(points, faces[facing & (points[faces][:, :, 2].max(axis=1) < height)])


def foam_impression(
    points: Floats,
    faces: Ints,
    depth: float = 30.0,
    *,
    step: float = 1.5,
    margin: float = 25.0,
    rim: float = 12.0,
    holes: int = 0,
    spikes: int = 0,
    rng: np.random.Generator | None = None,
) -> Mesh:
    """What a scanner sees of the box of foam that the foot was pressed ``depth`` mm into: the hollow, the
    foam's surface around it and the box's rim ``rim`` mm higher, as heights on a grid of ``step`` mm, facing
    up.

    The foot itself is gone; ``holes`` round places were not seen, ``spikes`` points lie far too high.
    """
    lo, hi = points[:, :2].min(axis=0) - margin, points[:, :2].max(axis=0) + margin
    x, y = (np.arange(lo[k], hi[k] + step, step) for k in (0, 1))
    z = np.minimum(_heights_from_below(points, faces, x, y, depth), depth)
    box = np.ones_like(z, bool)
    box[3:-3, 3:-3] = False
    z[box] += rim
    index = np.arange(z.size).reshape(z.shape)
    a, b, c, d = (
        index[:-1, :-1].ravel(),
        index[1:, :-1].ravel(),
        index[1:, 1:].ravel(),
        index[:-1, 1:].ravel(),
    )
    f = np.vstack([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    p = np.column_stack([*(g.ravel() for g in np.meshgrid(x, y, indexing="ij")), z.ravel()])
    rng = rng or np.random.default_rng(0)
    p[rng.choice(len(p), spikes, replace=False), 2] += 40.0
    at = p[rng.choice(len(p), holes, replace=False)]
    gone = (np.linalg.norm(p[:, None, :2] - at[None, :, :2], axis=2) < 4.0).any(axis=1)
    return mesh.compact(p, f[~gone[f].any(axis=1)])


def _heights_from_below(points: Floats, faces: Ints, x: Floats, y: Floats, below: float) -> Floats:
    """(len(x), len(y)) height of the lowest skin over each place, infinite where there is none ``below``."""
    z = np.full((len(x), len(y)), np.inf)
    step = x[1] - x[0]
    for a, b, c in points[faces[points[faces][:, :, 2].min(axis=1) < below]]:
        low, high = np.minimum(np.minimum(a, b), c)[:2], np.maximum(np.maximum(a, b), c)[:2]
        first = np.ceil((low - (x[0], y[0])) / step).astype(int)
        last = np.floor((high - (x[0], y[0])) / step).astype(int) + 1
        double = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if (last <= first).any() or abs(double) < 1e-12:
            continue
        u, v = x[first[0] : last[0], None] - a[0], y[None, first[1] : last[1]] - a[1]
        s = (u * (c[1] - a[1]) - v * (c[0] - a[0])) / double
        t = (v * (b[0] - a[0]) - u * (b[1] - a[1])) / double
        inside = (s >= -1e-9) & (t >= -1e-9) & (s + t <= 1 + 1e-9)
        height = np.where(inside, a[2] + s * (b[2] - a[2]) + t * (c[2] - a[2]), np.inf)
        part = z[first[0] : last[0], first[1] : last[1]]
        np.minimum(part, height, out=part)
    return z


def sole_lost(points: Floats, faces: Ints, height: float = 4.0) -> Mesh:
    """No sole: a standing foot scanned from above and around."""
    hidden = (points[faces][:, :, 2].max(axis=1) < height) | (
        (_face_normals(points, faces)[:, 2] < -0.5) & (points[faces][:, :, 2].max(axis=1) < 40.0)
    )
    return mesh.compact(points, faces[~hidden])


def sole_filled(points: Floats, faces: Ints, height: float = 12.0) -> Mesh:
    """All down-facing skin below ``height`` mm set flat on the floor, as a shop's scanner has it."""
    out = points.copy()
    down = (vertex_normals(points, faces)[:, 2] < 0) & (points[:, 2] < height)
    out[down, 2] = 0.0
    return out, faces


def _face_normals(points: Floats, faces: Ints) -> Floats:
    a, b, c = (points[faces[:, k]] for k in range(3))
    n = np.cross(b - a, c - a)
    return n / np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-12)


# What is too much ------------------------------------------------------------------------------------------


def joined(*meshes: Mesh) -> Mesh:
    """Several meshes in one file."""
    offsets = np.cumsum([0] + [len(p) for p, _ in meshes[:-1]])
    return np.vstack([p for p, _ in meshes]), np.vstack(
        [f + o for (_, f), o in zip(meshes, offsets, strict=True)]
    )


def plate(
    corner: tuple[float, float, float], u: tuple[float, ...], v: tuple[float, ...], step: float
) -> Mesh:
    """A flat patch of triangles spanned by two edges (mm), about ``step`` mm fine."""
    along, across = (max(2, round(float(np.linalg.norm(e)) / step) + 1) for e in (u, v))
    s, t = np.meshgrid(np.linspace(0, 1, along), np.linspace(0, 1, across), indexing="ij")
    points = np.asarray(corner) + s.reshape(-1, 1) * np.asarray(u) + t.reshape(-1, 1) * np.asarray(v)
    index = np.arange(along * across).reshape(along, across)
    a, b, c, d = (
        index[:-1, :-1].ravel(),
        index[1:, :-1].ravel(),
        index[1:, 1:].ravel(),
        index[:-1, 1:].ravel(),
    )
    return points, np.vstack([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def with_floor(
    points: Floats, faces: Ints, margin: float = 60.0, step: float = 8.0, gap: float = 0.3
) -> Mesh:
    """The floor left in, just under the foot."""
    lo, hi = points[:, :2].min(axis=0) - margin, points[:, :2].max(axis=0) + margin
    floor = plate((lo[0], lo[1], -gap), (hi[0] - lo[0], 0, 0), (0, hi[1] - lo[1], 0), step)
    return joined((points, faces), floor)


def with_wall(
    points: Floats, faces: Ints, gap: float = 3.0, height: float = 150.0, step: float = 8.0
) -> Mesh:
    """The wall behind the heel left in."""
    lo, hi = points[:, 1].min() - 60.0, points[:, 1].max() + 60.0
    wall = plate((points[:, 0].min() - gap, lo, 0), (0, hi - lo, 0), (0, 0, height), step)
    return joined((points, faces), wall)


def with_second_foot(points: Floats, faces: Ints, gap: float = 60.0) -> Mesh:
    """The other foot of the pair beside it (a mirror image, a little ahead)."""
    other, turned = mirrored(points, faces)
    shift = points[:, 1].max() + gap - other[:, 1].min()
    return joined((points, faces), (other + np.array([12.0, shift, 0.0]), turned))


def with_islands(
    points: Floats, faces: Ints, rng: np.random.Generator, number: int, size: float = 6.0
) -> Mesh:
    """Small loose lumps floating around the foot."""
    lo, hi = points.min(axis=0) - 40.0, points.max(axis=0) + 40.0
    corners = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1.0]])
    sides = np.array([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]])
    lumps = [(corners * size * rng.uniform(0.3, 1.0) + rng.uniform(lo, hi), sides) for _ in range(number)]
    return joined((points, faces), *lumps)
