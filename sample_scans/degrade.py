"""What scanners, files and people do to a clean foot. Pure functions on (vertices, faces).

Every function takes and returns ``points`` (n, 3) and ``faces`` (m, 3) in mm; those with chance in them take
a seeded ``numpy.random.Generator``. None changes its input. A foot is expected in the foot frame (z up,
floor at 0, x forward), so pose and unit come last.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import ConvexHull

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


def any_turn(rng: np.random.Generator) -> Floats:
    """Any rotation at all (3, 3)."""
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    turn = q * np.sign(np.diag(r))
    turn[:, 0] *= np.linalg.det(turn)
    return turn


def any_pose(points: Floats, faces: Ints, rng: np.random.Generator, reach: float = 500.0) -> Mesh:
    """Turned by any rotation at all and shifted by up to ``reach`` mm."""
    return posed(points, faces, any_turn(rng), tuple(rng.uniform(-reach, reach, 3)))


def mirrored(points: Floats, faces: Ints) -> Mesh:
    """The other side's foot."""
    return mesh.mirrored(points, faces)


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


# Socks and toes -------------------------------------------------------------------------------------------


def sock(points: Floats, faces: Ints, thickness: float = 2.0) -> Mesh:
    """A foot in a sock: ``thickness`` mm more all round, the toes under one stretched cloth, all smoother.

    ``points`` stand on z = 0; so does the sock.
    """
    length = points[points[:, 2] < 60.0, 0].max()
    points, faces = _toes_wrapped(points, faces, 0.66 * length)  # well behind the webs of the toes
    points = smoothed(points, faces, 4)
    points = points + thickness * vertex_normals(points, faces)
    points[:, 2] = np.maximum(points[:, 2] + thickness, 0.0)
    return points - np.array([points[points[:, 2] < 50.0, 0].min(), 0.0, points[:, 2].min()]), faces


def _toes_wrapped(points: Floats, faces: Ints, start: float) -> Mesh:
    """What lies forward of ``start`` (x, mm) replaced by its convex hull."""
    hull = ConvexHull(points[(points[:, 0] > start) & (points[:, 2] < 0.4 * start)]).equations
    points, faces = mesh.slice_below(points, faces, points[:, 0] - start)
    loop = max((r for r in mesh.rims(faces) if points[r, 0].min() > start - 1e-6), key=len)
    middle = points[loop].mean(axis=0)
    aside = points[loop] - middle
    own = np.linalg.norm(aside, axis=1, keepdims=True)
    # Rings of rays from the middle of the cut, ever more forward, out to the hull.
    shells = []
    for angle in np.linspace(0.0, 0.5 * np.pi, 40)[1:]:
        ray = np.cos(angle) * aside / own + np.array([np.sin(angle), 0.0, 0.0])
        speed, room = ray @ hull[:, :3].T, -(hull[:, :3] @ middle + hull[:, 3])
        reach = np.where(speed > 1e-9, room / np.maximum(speed, 1e-9), np.inf).min(axis=1)[:, None]
        grown = min(angle / 0.3, 1.0)  # the hull starts where the foot's own skin ends
        shells.append(middle + ray * (grown * reach + (1.0 - grown) * own))
    tip = shells.pop()[:1]
    n, k = len(points), len(loop)
    index = np.vstack([loop, n + np.arange(len(shells) * k).reshape(-1, k)])
    a, b = index[:-1], index[1:]
    c, d = np.roll(a, -1, axis=1), np.roll(b, -1, axis=1)
    last = index[-1]
    fan = np.stack([last, np.roll(last, -1), np.full(k, n + len(shells) * k)], axis=1)
    wrapped = [np.stack([q.ravel() for q in t], axis=1) for t in ((a, c, b), (c, d, b))]
    return np.vstack([points, *shells, tip]), np.vstack([faces, *wrapped, fan])


def toes_missing(points: Floats, faces: Ints, toes: tuple[int, ...], stump: float = 4.0) -> Mesh:
    """Toes (1 the great one) lost behind their webs and healed: a rounded stump of ``stump`` mm is left.

    For all five at once, as through the metatarsals, see `forefoot_missing`.
    """
    out = points.copy()
    for toe in toes:
        root, members = _toe(points, faces, toe)
        out[members, 0] = _shortened(points[members, 0], root, stump)
    return smoothed(out, faces, 2), faces


def forefoot_missing(points: Floats, faces: Ints, x: float, stump: float = 14.0) -> Mesh:
    """Everything forward of ``x`` mm lost and healed round, as after an amputation behind the toes."""
    out = points.copy()
    members = (points[:, 0] > x) & (points[:, 2] < 0.5 * x)
    out[members, 0] = _shortened(points[members, 0], x, stump)
    return smoothed(out, faces, 3), faces


def toes_curled(points: Floats, faces: Ints, toes: tuple[int, ...], share: float = 0.35) -> Mesh:
    """Hammer toes: each shorter by ``share``, its knuckle raised by as much of a third of its length."""
    out = points.copy()
    for toe in toes:
        root, members = _toe(points, faces, toe)
        ahead = points[members, 0] - root
        whole = ahead.max()
        out[members, 0] = root + ahead * (1.0 - share * ahead / whole)
        out[members, 2] += whole * share / 3.0 * np.sin(np.pi * ahead / whole) ** 2
    return out, faces


def _shortened(x: Floats, root: float, stump: float) -> Floats:
    """Places forward of ``root`` drawn back onto a stump, smoothly."""
    return root + stump * np.tanh((x - root) / stump)


def _toe(points: Floats, faces: Ints, toe: int) -> tuple[float, Ints]:
    """Where (x, mm) a toe becomes free of the others, and its vertices forward of there."""
    length = points[points[:, 2] < 60.0, 0].max()
    tips = None
    for x in np.arange(0.97, 0.70, -0.005) * length:
        labels = _ahead(points, faces, x)
        sizes = np.bincount(labels[labels >= 0]) if (labels >= 0).any() else np.zeros(0)
        large = np.flatnonzero(sizes > 8)
        if len(large) == 5 and tips is None:
            order = sorted(large, key=lambda k: -points[labels == k, 1].mean())
            tips = [np.flatnonzero(labels == k)[points[labels == k, 0].argmax()] for k in order]
        if tips is None:
            continue
        own = labels[tips[toe - 1]]
        if any(labels[t] == own for k, t in enumerate(tips) if k != toe - 1):
            break
        root, members = float(x), np.flatnonzero(labels == own)
    if tips is None:
        raise ValueError("no five toes stand free in this foot")
    return root, members


def _ahead(points: Floats, faces: Ints, x: float) -> Ints:
    """(n,) which connected part of the mesh forward of ``x`` a vertex is in; -1 behind."""
    ahead = (points[:, 0] > x) & (points[:, 2] < 60.0)
    f = faces[ahead[faces].all(axis=1)]
    ends = np.concatenate([f[:, :2], f[:, 1:]])
    n = len(points)
    _, labels = connected_components(coo_matrix((np.ones(len(ends)), ends.T), shape=(n, n)), directed=False)
    used = np.unique(f)
    out = np.full(n, -1)
    out[used] = np.unique(labels[used], return_inverse=True)[1].ravel()
    return out


def smoothed(points: Floats, faces: Ints, rounds: int) -> Floats:
    """Each vertex half way to the middle of its neighbours, ``rounds`` times; open borders stay."""
    n = len(points)
    sides = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    there = coo_matrix((np.ones(len(sides)), sides.T), shape=(n, n)).tocsr()
    near = there + there.T
    border = np.unique(np.vstack(((there - there.T) != 0).nonzero()))
    degree = np.maximum(np.asarray(near.sum(axis=1)), 1.0)
    out = points
    for _ in range(rounds):
        step = 0.5 * (near @ out / degree - out)
        step[border] = 0.0
        out = out + step
    return out


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


# What moved ------------------------------------------------------------------------------------------------


def moved_during_scan(
    points: Floats, faces: Ints, shift: tuple[float, float, float], turn: float = 0.0
) -> Mesh:
    """The foot twice, as it lay before and after it moved: turned about its upright middle (deg), shifted."""
    middle = points.mean(axis=0) * np.array([1.0, 1.0, 0.0])
    after = (points - middle) @ rotation((0, 0, 1), turn).T + middle + np.asarray(shift, float)
    return joined((points, faces), (after, faces))


def moved_halfway(
    points: Floats,
    faces: Ints,
    shift: tuple[float, float, float],
    normal: tuple[float, float, float],
    at: float,
) -> Mesh:
    """A step in the skin: all beyond the plane ``normal`` @ x == ``at`` (mm) displaced, as if it had been
    seen only after the foot moved; the triangles between are stretched."""
    beyond = points @ np.asarray(normal, float) > at
    return points + beyond[:, None] * np.asarray(shift, float), faces


# Scanner leftovers ----------------------------------------------------------------------------------------


def tilted_floor(
    points: Floats, faces: Ints, rng: np.random.Generator, *, degrees: float = 2.0, noise: float = 0.0
) -> Mesh:
    """A floor left in that is not quite level to the foot and rough by ``noise`` mm (SD)."""
    lo, hi = points[:, :2].min(axis=0) - 60.0, points[:, :2].max(axis=0) + 60.0
    floor, patches = plate((lo[0], lo[1], 0.0), (hi[0] - lo[0], 0, 0), (0, hi[1] - lo[1], 0), 6.0)
    floor[:, 2] += rng.normal(0.0, noise, len(floor)) if noise else 0.0
    middle = floor.mean(axis=0)
    turn = rotation((*rng.normal(size=2), 0.0), degrees)
    floor = (floor - middle) @ turn.T + middle
    # Pushed down until it only touches the foot.
    normal = turn[:, 2]
    floor[:, 2] += float(((points - middle) @ normal).min()) / normal[2] - 0.3
    return joined((points, faces), (floor, patches))


def floor_under_forefoot(points: Floats, faces: Ints, from_share: float = 0.55) -> Mesh:
    """A strip of floor left in under the forefoot only."""
    length = points[points[:, 2] < 60.0, 0].max()
    lo, hi = points[:, 1].min() - 50.0, points[:, 1].max() + 50.0
    start = from_share * length
    strip = plate((start, lo, -0.3), (1.25 * length - start, 0, 0), (0, hi - lo, 0), 6.0)
    return joined((points, faces), strip)


def with_bars(points: Floats, faces: Ints, radius: float = 8.0) -> Mesh:
    """Two of a scanner's bars beside the foot, along it, and one across in front."""
    length = points[points[:, 2] < 60.0, 0].max()
    side = np.abs(points[:, 1]).max() + 40.0
    along = [tube((-40.0, s * side, 20.0), (length + 40.0, s * side, 20.0), radius) for s in (-1, 1)]
    across = tube((length + 60.0, -side, 20.0), (length + 60.0, side, 20.0), radius)
    return joined((points, faces), *along, across)


def with_turntable_rim(points: Floats, faces: Ints, gap: float = 1.0) -> Mesh:
    """A round plate with an upright rim under the foot."""
    x = points[points[:, 2] < 60.0, 0]
    middle, radius = 0.5 * (x.min() + x.max()), 0.65 * np.ptp(x)
    turn = np.linspace(0.0, 2.0 * np.pi, 97)[:-1]
    rings = [(r, -gap) for r in np.linspace(0.02, 1.0, 30) * radius] + [(radius, h) for h in (4.0, 8.0, 12.0)]
    skin = np.vstack(
        [np.stack([middle + r * np.cos(turn), r * np.sin(turn), np.full(96, z)], axis=1) for r, z in rings]
    )
    return joined((points, faces), (skin, _woven(len(rings), 96)))


def with_calibration_plate(points: Floats, faces: Ints) -> Mesh:
    """A thick square plate lying beside the foot."""
    y = points[:, 1].max() + 25.0
    top = plate((40.0, y, 6.0), (150.0, 0, 0), (0, 150.0, 0), 6.0)
    bottom = plate((40.0, y, 0.0), (150.0, 0, 0), (0, 150.0, 0), 6.0)
    return joined((points, faces), top, (bottom[0], bottom[1][:, ::-1]))


def with_table_edge(points: Floats, faces: Ints, drop: float = 90.0) -> Mesh:
    """The table the foot stands on, ending beside it, and its front board going down."""
    lo, hi = points[:, :2].min(axis=0) - 80.0, points[:, :2].max(axis=0) + 15.0
    top = plate((lo[0], lo[1], -0.3), (hi[0] + 65.0 - lo[0], 0, 0), (0, hi[1] - lo[1], 0), 8.0)
    board = plate((lo[0], hi[1], -0.3), (hi[0] + 65.0 - lo[0], 0, 0), (0, 0, -drop), 8.0)
    return joined((points, faces), top, board)


def with_trouser_hem(points: Floats, faces: Ints, height: float = 70.0, room: float = 8.0) -> Mesh:
    """A loose ring of cloth about the ankle, and above it."""
    near = points[np.abs(points[:, 2] - height) < 12.0]
    near = near[near[:, 0] < np.quantile(points[:, 0], 0.5)]
    middle, reach = near.mean(axis=0), 0.5 * np.ptp(near[:, :2], axis=0) + room
    turn = np.linspace(0.0, 2.0 * np.pi, 73)[:-1]
    heights = np.arange(height, height + 45.0, 5.0)
    wave = 1.0 + 0.04 * np.sin(5.0 * turn)
    skin = [
        np.stack(
            [
                middle[0] + reach[0] * wave * np.cos(turn),
                middle[1] + reach[1] * wave * np.sin(turn),
                turn * 0 + z,
            ],
            axis=1,
        )
        for z in heights
    ]
    return joined((points, faces), (np.vstack(skin), _woven(len(heights), 72)))


def bridged(points: Floats, faces: Ints, gap: float = 3.0, number: int = 6) -> Mesh:
    """A pair of feet standing close, grown together by a few triangles where they are nearest."""
    own = len(points)
    points, faces = with_second_foot(points, faces, gap)
    left, right = points[:own], points[own:]
    low_a, low_b = np.flatnonzero(left[:, 2] < 60.0), np.flatnonzero(right[:, 2] < 60.0)
    a = low_a[left[low_a, 1].argsort()[-number:]]
    b = low_b[right[low_b, 1].argsort()[:number]] + own
    born = np.stack([a[:-1], a[1:], b[:-1]], axis=1)
    return points, np.vstack([faces, born])


def tube(start: tuple[float, ...], end: tuple[float, ...], radius: float, around: int = 24) -> Mesh:
    """An open round bar between two points (mm)."""
    a, b = np.asarray(start, float), np.asarray(end, float)
    across = np.linalg.svd((b - a)[None])[2][1:]
    turn = np.linspace(0.0, 2.0 * np.pi, around + 1)[:-1]
    ring = radius * (np.cos(turn)[:, None] * across[0] + np.sin(turn)[:, None] * across[1])
    places = np.linspace(0.0, 1.0, max(2, round(float(np.linalg.norm(b - a)) / 6.0)))
    return np.vstack([a + s * (b - a) + ring for s in places]), _woven(len(places), around)


def _woven(rings: int, around: int) -> Ints:
    """Faces between closed rings of vertices, one after the other."""
    index = np.arange(rings * around).reshape(rings, around)
    a, b = index[:-1], index[1:]
    c, d = np.roll(a, -1, axis=1), np.roll(b, -1, axis=1)
    return np.vstack([np.stack([p.ravel() for p in t], axis=1) for t in ((a, c, b), (c, d, b))])
