"""A block or a ball of known size, found in a scan and measured: how true the scanner is.

The scan may lie in any pose and unit and stand on a floor. A block is measured between planes fitted to
opposite faces, well inside their edges, which scanners round; a ball by a sphere fitted to what is seen of
it. The error of each is taken from the means of patches, so that waves of the surface count, and not its
noise alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label
from scipy.spatial import cKDTree
from scipy.stats import t as student

from fitter.errors import FitterError
from fitter.quantity import combine_u95
from fitter.resources import table
from fitter.scan.mesh import Mesh, Points
from fitter.scan.repair import drop_degenerate, face_areas, weld, without_unused
from fitter.terms import MM_PER_UNIT

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class KnownLength:
    """One known size of the object and what the scan shows of it (mm); ``u95`` of that, the known size's own
    error included."""

    name: str
    known: float
    measured: float
    u95: float

    @property
    def bias(self) -> float:
        return self.measured - self.known


@dataclass(frozen=True, slots=True)
class ObjectCheck:
    """What the scan of an object showed. ``scale`` and ``scale_u95`` as in `Scanner`, of this scan alone;
    ``noise_mm`` the SD of the surface about the fitted planes or sphere; ``unit`` of the file;
    ``seen`` in words; ``notes`` further sentences."""

    kind: Literal["block", "ball"]
    unit: str
    lengths: tuple[KnownLength, ...]
    scale: float
    scale_u95: float
    noise_mm: float
    seen: str
    notes: tuple[str, ...] = ()


def check_block(
    mesh: Mesh, known: Mapping[str, float], *, unit: str | None = None, known_u95: float | None = None
) -> ObjectCheck:
    """Measure a block in a raw mesh or cloud; ``known`` is one to three of its edges, the longest among them
    (name -> mm).

    ``unit`` is the file's, where it is stated. Raises FitterError where no two parallel faces lie an edge's
    length apart in any unit.
    """
    names, edges = list(known), list(known.values())
    mesh = _tidy(mesh)
    pairs = _pairs(_faces(mesh), mesh)
    unit, chosen = _matched(pairs, edges, unit)
    mm = MM_PER_UNIT[unit]
    error = _known_u95(known_u95)
    lengths = []
    for k, pair in chosen.items():
        u95 = combine_u95([mm * pair.u95, error])
        lengths.append(KnownLength(names[k], edges[k], mm * pair.distance, u95))
    scale, scale_u95 = _weighed(
        [ln.measured / ln.known for ln in lengths], [ln.u95 / ln.known for ln in lengths]
    )
    faces = [face for pair in chosen.values() for face in pair.faces]
    noise = math.sqrt(float(np.mean([(mm * f.noise) ** 2 for f in faces])))
    unseen = [f"{names[k]} ({edges[k]:g} mm)" for k in range(len(edges)) if k not in chosen]
    notes = (f"Not measured, as its two faces were not both seen: {', '.join(unseen)}.",) if unseen else ()
    return ObjectCheck(
        "block", unit, tuple(lengths), scale, scale_u95, noise, f"{len(faces)} faces of a block", notes
    )


def check_ball(
    mesh: Mesh, diameter: float, *, unit: str | None = None, known_u95: float | None = None
) -> ObjectCheck:
    """Measure a ball of known ``diameter`` (mm) in a raw mesh or cloud; a third of it is enough.

    Raises FitterError where no sphere of that size is seen, or too little of one.
    """
    found = _sphere(_off_planes(_tidy(mesh)), diameter, [unit] if unit else list(MM_PER_UNIT))
    measured = KnownLength(
        "diameter", diameter, found.diameter, combine_u95([found.u95, _known_u95(known_u95)])
    )
    seen = f"{100 * found.seen:.0f} % of a ball's surface"
    return ObjectCheck(
        "ball",
        found.unit,
        (measured,),
        measured.measured / diameter,
        measured.u95 / diameter,
        found.noise,
        seen,
    )


def _known_u95(stated: float | None) -> float:
    return float(table("scan/scanner.toml")["check"]["known_u95"]) if stated is None else stated


def _most_off() -> float:
    return float(table("scan/scanner.toml")["check"]["most_off"])


def _weighed(ratios: Sequence[float], u95s: Sequence[float]) -> tuple[float, float]:
    """Weighted mean and its 95 % error, widened where the ratios disagree more than they should (Birge)."""
    weight = np.array(u95s) ** -2.0
    mean = float((weight * ratios).sum() / weight.sum())
    spread = (weight * (np.array(ratios) - mean) ** 2).sum() * 1.96**2 / max(len(ratios) - 1, 1)
    return mean, float(math.sqrt(max(1.0, spread) / weight.sum()))


def _tidy(mesh: Mesh) -> Mesh:
    return without_unused(drop_degenerate(weld(mesh))) if len(mesh.faces) else mesh


# -- faces of a block ---------------------------------------------------------------------------------------

_SAMPLES = 12_000  # points that stand for the surface while planes are looked for
_SEEDS = 240  # places where a plane is tried
_NEIGHBOURS = 40  # samples that give a seed's plane
_BAND = 4.0  # times its noise (SD): still the plane
_ROUNDING = 1e-5  # of the scene's size: numbers of a file
_LEAST_SAMPLES = 60  # of a face
# Where two planes hold most of the samples (a floor, a wall), few are left on the object: what no plane has
# claimed is sampled anew.
_PASSES, _MOST_CLAIMED = 3, 0.6
_PARALLEL = math.cos(math.radians(3.0))
_EDGE = 0.1  # of a face's breadth, at each side: rounded by the scanner
_PATCHES = 4  # a side: the face's means are taken over this many squared
_LEAST_PATCHES = 6
_WIDE = 2.5  # bands: the first plane leans on the rounded edges, and a band about it would cut one side more
_LEAST_VERTICES = 80  # of a face inside its edges; fewer, and points within its triangles are taken


@dataclass(frozen=True, slots=True, eq=False)
class _Face:
    """A flat part: unit ``normal`` (its sign as the triangles wind, where ``wound``), and its rectangle."""

    normal: Vector
    middle: Vector
    axes: NDArray[np.float64]  # (2, 3) in the plane, along the rectangle's sides
    half: Vector  # (2,) half its sides
    band: float
    wound: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Fitted:
    """A face's plane fitted inside its edges: what lies on it, and how surely its middle is known (u95 of it
    along the normal, with ``freedom`` degrees of freedom)."""

    middle: Vector
    scatter: NDArray[np.float64]  # (3, 3)
    normal: Vector
    noise: float
    middle_se: float
    freedom: int
    curvature: float


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """Two opposite faces, their distance and its 95 % error (file units), their common normal and the
    diagonal of the larger."""

    faces: tuple[_Fitted, _Fitted]
    distance: float
    u95: float
    normal: Vector
    diagonal: float


def _faces(mesh: Mesh) -> list[_Face]:
    """Every flat part of the surface."""
    size = float(np.linalg.norm(np.ptp(mesh.vertices, axis=0)))
    found: list[_Face] = []
    rest = mesh
    for _ in range(_PASSES):
        points, normals = _samples(rest)
        if len(points) < 2 * _NEIGHBOURS:
            break
        new = _planes(points, normals, size)
        found += new
        widest = sorted((float(_on_face(points, face, 1.05).mean()) for face in new), reverse=True)[:2]
        if sum(widest) < _MOST_CLAIMED:
            break
        rest = _off(rest, new)
    return found


def _off(mesh: Mesh, faces: Sequence[_Face]) -> Mesh:
    """The mesh without what lies on the faces."""
    on = np.zeros(len(mesh.vertices), bool)
    for face in faces:
        on |= _on_face(mesh.vertices, face, 1.05)
    return _left(mesh, on)


def _on_face(points: Points, face: _Face, reach: float, thick: float = 1.0) -> NDArray[np.bool_]:
    """(n,) which points lie on a face, within ``reach`` of its half sides and ``thick`` of its band."""
    off = points - face.middle
    inside = (np.abs(off @ face.axes.T) <= reach * face.half).all(axis=1)
    return np.asarray(inside & (np.abs(off @ face.normal) <= thick * face.band))


def _samples(mesh: Mesh, number: int = _SAMPLES) -> tuple[Points, Points | None]:
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


def _planes(points: Points, normals: Points | None, size: float) -> list[_Face]:
    """The flat parts among the samples."""
    tree = cKDTree(points)
    seeds = points[np.linspace(0, len(points) - 1, _SEEDS).astype(int)]
    distance, near = tree.query(seeds, k=_NEIGHBOURS)
    reach = distance[:, -1]
    spread, directions = _principal(points[near])
    thickness = np.sqrt(np.maximum(spread[:, 0], 0.0))
    flat = spread[:, 0] < 0.15 * spread[:, 1]
    noise = float(np.median(thickness[flat])) if flat.any() else 0.0
    band = max(_BAND * noise, _ROUNDING * size)
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


def _face(points: Points, normals: Points | None, band: float) -> _Face:
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
    return _Face(normal, middle + (0.5 * (low + high)) @ axes, axes, 0.5 * (high - low), band, wound)


def _least_rectangle(flat: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2, 2) rotation into the rectangle of least area around points (n, 2), to half a degree."""
    angle = np.radians(np.arange(0.0, 90.0, 0.5))
    u = flat @ np.stack([np.cos(angle), np.sin(angle)])
    v = flat @ np.stack([-np.sin(angle), np.cos(angle)])
    k = int(np.argmin(np.ptp(u, axis=0) * np.ptp(v, axis=0)))
    c, s = math.cos(angle[k]), math.sin(angle[k])
    return np.array([[c, s], [-s, c]])


# -- pairs of faces -----------------------------------------------------------------------------------------


def _pairs(faces: Sequence[_Face], mesh: Mesh) -> list[_Pair]:
    """Opposite faces: parallel, square over each other, and turned away from each other."""
    fitted: dict[int, _Fitted | None] = {}
    pairs = []
    for i, j in combinations(range(len(faces)), 2):
        if not _opposite(faces[i], faces[j]):
            continue
        for k in (i, j):
            if k not in fitted:
                fitted[k] = _fitted(mesh, faces[k])
        one, other = fitted[i], fitted[j]
        if one is None or other is None:
            continue
        pair = _pair(one, other, max(float(np.hypot(*f.half)) * 2.0 for f in (faces[i], faces[j])))
        # Caps of a ball and strips of a can lie opposite each other too, bent around their common middle.
        if max(one.curvature, other.curvature) * pair.distance < 1.0:
            pairs.append(pair)
    return pairs


def _opposite(one: _Face, other: _Face) -> bool:
    if abs(one.normal @ other.normal) < _PARALLEL:
        return False
    wound = one.wound and other.wound
    if wound and one.normal @ other.normal > 0.0:
        return False  # the top of a block and the floor it stands on look the same way
    between = other.middle - one.middle
    if abs(between @ one.normal) < 5.0 * (one.band + other.band):
        return False
    reach = np.abs(other.axes @ one.axes.T).T @ other.half  # of the other's rectangle, along this one's sides
    apart = np.abs(one.axes @ between)
    shared = np.minimum(one.half, reach) - np.maximum(0.0, 0.5 * (apart - np.abs(one.half - reach)))
    if (shared < 0.6 * np.minimum(one.half, reach)).any():
        return False
    # Without windings a floor under a block is told from its bottom only by reaching further.
    most = 2.5 if wound else 1.25
    return bool((np.maximum(one.half, reach) <= most * np.minimum(one.half, reach)).all())


def _fitted(mesh: Mesh, face: _Face) -> _Fitted | None:
    """The plane through what lies on a face inside its edges, or None where that is too little."""
    reach = 1.0 - 2.0 * _EDGE
    inside = mesh.vertices[_on_face(mesh.vertices, face, reach, _WIDE)]
    shrunk = 1.0
    if len(inside) < _LEAST_VERTICES and len(mesh.faces):
        # Large flat triangles: points within them, whose noise is that of three corners weighed evenly at
        # random (variance 1/2).
        points = _samples(mesh, 4 * _SAMPLES)[0]
        inside, shrunk = points[_on_face(points, face, reach, _WIDE)], math.sqrt(2.0)
    if len(inside) < _LEAST_VERTICES:
        return None
    for _ in range(3):
        middle = inside.mean(axis=0)
        centred = inside - middle
        normal = np.linalg.eigh(centred.T @ centred)[1][:, 0]
        off = centred @ normal
        kept = np.abs(off) <= _BAND * max(1.4826 * float(np.median(np.abs(off))), 0.1 * face.band)
        inside, off, centred = inside[kept], off[kept], centred[kept]
    flat = (inside - face.middle) @ face.axes.T / face.half
    means = _patch_means(flat / reach, off)
    if len(means) < _LEAST_PATCHES:
        return None
    freedom = len(means) - 3
    spread = math.sqrt(float(((means - means.mean()) ** 2).sum()) / freedom)
    return _Fitted(
        inside.mean(axis=0),
        centred.T @ centred,
        normal,
        shrunk * float(np.std(off)),
        spread / math.sqrt(len(means)),
        freedom,
        _curvature(centred @ face.axes.T, off),
    )


def _patch_means(flat: NDArray[np.float64], off: Vector) -> Vector:
    """Mean of ``off`` in each patch of a rectangle whose points ``flat`` (n, 2) are in -1..1."""
    place = np.clip(np.floor((flat + 1.0) / 2.0 * _PATCHES), 0, _PATCHES - 1).astype(np.int64)
    patch = place[:, 0] * _PATCHES + place[:, 1]
    count = np.bincount(patch, minlength=_PATCHES**2)
    total = np.bincount(patch, weights=off, minlength=_PATCHES**2)
    return np.asarray(total[count >= 4] / count[count >= 4])


def _curvature(flat: NDArray[np.float64], off: Vector) -> float:
    """The larger principal curvature of heights ``off`` over a plane."""
    x, y = flat.T
    terms = np.stack([np.ones_like(x), x, y, 0.5 * x * x, x * y, 0.5 * y * y], axis=1)
    fit = np.linalg.lstsq(terms, off, rcond=None)[0]
    return float(np.abs(np.linalg.eigvalsh([[fit[3], fit[4]], [fit[4], fit[5]]])).max())


def _pair(one: _Fitted, other: _Fitted, diagonal: float) -> _Pair:
    """The distance of two parallel planes with one common normal."""
    normal = np.linalg.eigh(one.scatter + other.scatter)[1][:, 0]
    between = other.middle - one.middle
    distance = abs(float(between @ normal))
    # Where only parts of the faces are seen, their middles don't lie square over each other, and a tilt
    # between the planes enters.
    aside = float(np.linalg.norm(between - (between @ normal) * normal))
    tilt = math.acos(min(1.0, abs(float(one.normal @ other.normal))))
    reach = float(student.ppf(0.975, one.freedom + other.freedom))
    u95 = math.hypot(reach * math.hypot(one.middle_se, other.middle_se), 0.5 * aside * tilt)
    return _Pair((one, other), distance, u95, normal, diagonal)


def _matched(
    pairs: Sequence[_Pair], edges: Sequence[float], unit: str | None
) -> tuple[str, dict[int, _Pair]]:
    """The unit, and the pair of faces of each edge (its place in ``edges``) that was seen.

    As many edges as possible, then the choice whose ratios agree best with each other and with 1.
    """
    best: tuple[tuple[float, ...], str, dict[int, _Pair]] | None = None
    for name in [unit] if unit else MM_PER_UNIT:
        for chosen in _choices(pairs, edges, MM_PER_UNIT[name]):
            ratios = [MM_PER_UNIT[name] * p.distance / edges[k] for k, p in chosen.items()]
            off = [abs(r - 1.0) for r in ratios]
            rank = (-len(chosen), max(ratios) - min(ratios) + 0.1 * max(off))
            if best is None or rank < best[0]:
                best = (rank, name, chosen)
    if best is None:
        raise _no_block(pairs, edges, unit)
    return best[1], best[2]


def _choices(pairs: Sequence[_Pair], edges: Sequence[float], mm: float) -> Iterator[dict[int, _Pair]]:
    """Every way to give edges pairs of faces of about their length, square to each other."""
    fits = [
        [
            None,
            *(p for p in pairs if abs(mm * p.distance / edge - 1.0) <= _most_off() and _small(p, edges, mm)),
        ]
        for edge in edges
    ]
    for way in product(*fits):
        chosen = {k: p for k, p in enumerate(way) if p is not None}
        normals = [p.normal for p in chosen.values()]
        if chosen and all(abs(a @ b) < 0.1 for a, b in combinations(normals, 2)):
            yield chosen


def _small(pair: _Pair, edges: Sequence[float], mm: float) -> bool:
    """No face of a block reaches further than its longest edge allows: a 100 mm edge of a 250 mm block is no
    250 mm edge in inches."""
    return mm * pair.diagonal <= 1.1 * math.sqrt(2.0) * max(edges)


def _no_block(pairs: Sequence[_Pair], edges: Sequence[float], unit: str | None) -> FitterError:
    if not pairs:
        return FitterError(
            "no two parallel flat faces opposite each other were found: this is no block, or it was seen "
            "from one side only",
            todo="Scan the block so that both ends of a known edge are seen, or use a ball (--ball)",
            code="no_block",
        )
    wanted = " or ".join(f"{edge:g} mm" for edge in edges)
    there = ", ".join(f"{d:.4g}" for d in sorted({round(p.distance, 6) for p in pairs})[:6])
    return FitterError(
        f"no two parallel faces lie {wanted} apart in {'any unit' if unit is None else unit} (found {there} "
        "in the file's own numbers)",
        todo="Check the length, and that both ends of that edge are seen in the scan",
        code="length_fits_no_unit",
    )


# -- a ball -------------------------------------------------------------------------------------------------

_TRIALS = 600
_TRIED = 150  # of the trials whose sphere has about the right size
_TRIAL_POINTS = 3_000
_DRAWN_FROM = 1_500  # nearest of them
_DIRECTIONS = 400  # evenly over the sphere: how much of it is seen
_REGIONS = 60  # patches of the sphere whose means give the error


@dataclass(frozen=True, slots=True)
class _Ball:
    """A fitted sphere: unit of the file, diameter and its 95 % error (mm), noise (SD, mm), share seen."""

    unit: str
    diameter: float
    u95: float
    noise: float
    seen: float


def _off_planes(mesh: Mesh) -> Mesh:
    """The mesh without the floor, wall or table it stands on: flat parts far wider than caps of a ball."""
    size = float(np.linalg.norm(np.ptp(mesh.vertices, axis=0)))
    points, normals = _samples(mesh, _TRIAL_POINTS)
    if len(points) < 2 * _NEIGHBOURS:
        return mesh
    for face in _planes(points, normals, size):
        if _on_face(points, face, 1.05).mean() > 0.15:
            mesh = _left(mesh, _on_face(mesh.vertices, face, 1.2))
    return mesh


def _left(mesh: Mesh, on: NDArray[np.bool_]) -> Mesh:
    """The mesh without the vertices that are ``on`` something, nor the faces between such."""
    if len(mesh.faces) == 0:
        return Mesh(mesh.vertices[~on], mesh.faces)
    return without_unused(Mesh(mesh.vertices, mesh.faces[~on[mesh.faces].all(axis=1)]))


def _sphere(mesh: Mesh, diameter: float, units: Sequence[str]) -> _Ball:
    points = mesh.vertices
    if len(points) < 100:
        raise _no_ball(diameter)
    tried = _tried_spheres(_samples(mesh, _TRIAL_POINTS)[0], diameter, units)
    if tried is None:
        raise _no_ball(diameter)
    unit, middle, radius = tried
    middle, radius, on = _settled_sphere(points, middle, radius)
    mm = MM_PER_UNIT[unit]
    if on.sum() < 100 or abs(2.0 * mm * radius / diameter - 1.0) > _most_off():
        raise _no_ball(diameter)
    away = points[on] - middle
    off = np.linalg.norm(away, axis=1) - radius
    way = away / np.linalg.norm(away, axis=1, keepdims=True)
    seen = _share_seen(way)
    least = table("scan/scanner.toml")["check"]["least_ball"]
    if seen < least:
        raise FitterError(
            f"too little of the ball was seen: {100 * seen:.0f} % of its surface, a third is needed",
            todo="Scan the ball from more sides",
            code="ball_not_seen",
        )
    noise = mm * float(np.std(off))
    return _Ball(unit, 2.0 * mm * radius, mm * _diameter_u95(way, off), noise, seen)


def _tried_spheres(points: Points, diameter: float, units: Sequence[str]) -> tuple[str, Vector, float] | None:
    """The sphere of about the known size, in one of the units, that most of the points lie on: through four
    points each, drawn near each other (always the same ones)."""
    rng = np.random.default_rng(0)
    best: tuple[float, str, Vector, float] | None = None
    tree = cKDTree(points)
    size = float(np.linalg.norm(np.ptp(points, axis=0)))
    for unit in units:
        radius = 0.5 * diameter / MM_PER_UNIT[unit]
        if size < 1.5 * radius:
            continue  # a third of a ball is 1.9 radii wide
        first = rng.integers(0, len(points), _TRIALS)
        near, number = _drawn(tree, points, first, 1.4 * radius, rng)
        if number == 0:
            continue
        middles, radii = _through_four(points[near])
        fits = np.abs(radii / radius - 1.0) <= 2.0 * _most_off()
        for middle, r in zip(middles[fits][:_TRIED], radii[fits][:_TRIED], strict=True):
            on = np.abs(np.linalg.norm(points - middle, axis=1) - r) <= 0.02 * r
            score = float(on.mean())
            if best is None or score > best[0]:
                best = (score, unit, middle, float(r))
    return None if best is None or best[0] < 0.02 else best[1:]


def _drawn(
    tree: cKDTree, points: Points, first: NDArray[np.int64], reach: float, rng: np.random.Generator
) -> tuple[NDArray[np.int64], int]:
    """(k, 4) places of points, each four within ``reach`` of the first."""
    distance, near = tree.query(points[first], k=min(len(points), _DRAWN_FROM), distance_upper_bound=reach)
    number = np.isfinite(distance).sum(axis=1)
    enough = number >= 20
    drawn = (rng.random((len(first), 3)) * number[:, None]).astype(np.int64)
    rows = np.concatenate([first[:, None], np.take_along_axis(near, drawn, axis=1)], axis=1)[enough]
    return rows, len(rows)


def _through_four(four: NDArray[np.float64]) -> tuple[Points, Vector]:
    """Middles (k, 3) and radii (k,) of the spheres through four points each (k, 4, 3)."""
    a = 2.0 * (four[:, 1:] - four[:, :1])
    b = (four[:, 1:] ** 2).sum(axis=2) - (four[:, :1] ** 2).sum(axis=2)
    sound = np.abs(np.linalg.det(a)) > 1e-12 * np.linalg.norm(a, axis=(1, 2)) ** 3
    middles = np.linalg.solve(a[sound], b[sound][..., None])[..., 0]
    return middles, np.linalg.norm(four[sound, 0] - middles, axis=1)


def _settled_sphere(points: Points, middle: Vector, radius: float) -> tuple[Vector, float, NDArray[np.bool_]]:
    """Middle and radius by least squares of what lies within the sphere's own noise, and which points do."""
    band = 0.03 * radius
    on = np.ones(len(points), bool)
    for _ in range(30):
        away = points - middle
        distance = np.linalg.norm(away, axis=1)
        off = distance - radius
        on = np.abs(off) <= band
        if on.sum() < 20:
            break
        way = away[on] / distance[on, None]
        terms = np.concatenate([way, np.ones((len(way), 1))], axis=1)
        step = np.linalg.lstsq(terms, off[on], rcond=None)[0]
        middle, radius = middle + step[:3], radius + float(step[3])
        left = off[on] - terms @ step
        noise = 1.4826 * float(np.median(np.abs(left)))
        narrower = min(band, max(_BAND * noise, 1e-4 * radius))
        if np.abs(step).max() < 1e-7 * radius and narrower > 0.99 * band:
            break
        band = max(narrower, 0.5 * band)
    return middle, radius, on


def _share_seen(way: Points) -> float:
    """Share of the sphere's surface that directions (n, 3) from its middle cover."""
    even = _even_directions(_DIRECTIONS)
    # Two even directions lie about sqrt(4 pi / n) apart; a seen one has a point within that.
    reach = math.sqrt(4.0 * math.pi / _DIRECTIONS)
    return float((cKDTree(way).query(even)[0] < 0.6 * reach).mean())


def _even_directions(number: int) -> Points:
    """(n, 3) unit vectors evenly over the sphere (a Fibonacci spiral)."""
    k = np.arange(number) + 0.5
    z = 1.0 - 2.0 * k / number
    turn = k * math.pi * (3.0 - math.sqrt(5.0))
    r = np.sqrt(1.0 - z * z)
    return np.stack([r * np.cos(turn), r * np.sin(turn), z], axis=1)


def _diameter_u95(way: Points, off: Vector) -> float:
    """95 % error of the fitted diameter, from the scatter of the means of patches (file units)."""
    patch = cKDTree(_even_directions(_REGIONS)).query(way)[1]
    count = np.bincount(patch, minlength=_REGIONS)
    full = count >= max(4.0, 0.1 * float(np.median(count[count > 0])))
    total = [np.bincount(patch, weights=values, minlength=_REGIONS)[full] for values in (off, *way.T)]
    means = total[0] / count[full]
    middles = np.stack(total[1:], axis=1) / count[full, None]
    terms = np.concatenate([middles, np.ones((len(means), 1))], axis=1)
    freedom = len(means) - 4
    if freedom < 3:
        return 2.0 * float(np.std(off))
    left = means - terms @ np.linalg.lstsq(terms, means, rcond=None)[0]
    spread = float((left**2).sum()) / freedom
    radius_se = math.sqrt(spread * float(np.linalg.pinv(terms.T @ terms)[3, 3]))
    return 2.0 * radius_se * float(student.ppf(0.975, freedom))


def _no_ball(diameter: float) -> FitterError:
    return FitterError(
        f"no ball of {diameter:g} mm was found in any unit",
        todo="Check the diameter, and that a third of the ball or more is seen in the scan",
        code="no_ball",
    )
