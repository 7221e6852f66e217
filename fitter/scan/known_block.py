"""A block in a scan: which of its parallel faces lie an edge of known length apart, in which unit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from fitter.errors import FitterError
from fitter.saying import say
from fitter.scan.flat_faces import BAND, SAMPLES, Face, on_face, samples
from fitter.scan.mesh import Mesh
from fitter.scan.scanner import most_off
from fitter.terms import MM_PER_UNIT

Vector = NDArray[np.float64]

_PARALLEL = math.cos(math.radians(3.0))
_EDGE = 0.1  # of a face's breadth, at each side: rounded by the scanner
_PATCHES = 4  # a side: the face's means are taken over this many squared
_LEAST_PATCHES = 6
_WIDE = 2.5  # bands: the first plane leans on the rounded edges, and a band about it would cut one side more
_LEAST_VERTICES = 80  # of a face inside its edges; fewer, and points within its triangles are taken


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


def pairs_of(faces: Sequence[Face], mesh: Mesh) -> list[_Pair]:
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


def _opposite(one: Face, other: Face) -> bool:
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


def _fitted(mesh: Mesh, face: Face) -> _Fitted | None:
    """The plane through what lies on a face inside its edges, or None where that is too little."""
    reach = 1.0 - 2.0 * _EDGE
    inside = mesh.vertices[on_face(mesh.vertices, face, reach, _WIDE)]
    shrunk = 1.0
    if len(inside) < _LEAST_VERTICES and len(mesh.faces):
        # Large flat triangles: points within them, whose noise is that of three corners weighed evenly at
        # random (variance 1/2).
        points = samples(mesh, 4 * SAMPLES)[0]
        inside, shrunk = points[on_face(points, face, reach, _WIDE)], math.sqrt(2.0)
    if len(inside) < _LEAST_VERTICES:
        return None
    for _ in range(3):
        middle = inside.mean(axis=0)
        centred = inside - middle
        normal = np.linalg.eigh(centred.T @ centred)[1][:, 0]
        off = centred @ normal
        kept = np.abs(off) <= BAND * max(1.4826 * float(np.median(np.abs(off))), 0.1 * face.band)
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


def matched(pairs: Sequence[_Pair], edges: Sequence[float], unit: str | None) -> tuple[str, dict[int, _Pair]]:
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
            *(p for p in pairs if abs(mm * p.distance / edge - 1.0) <= most_off() and _small(p, edges, mm)),
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
    wanted = " or ".join(say("{edge:g} mm", edge=edge) for edge in edges)
    there = ", ".join(f"{d:.4g}" for d in sorted({round(p.distance, 6) for p in pairs})[:6])
    return FitterError(
        say(
            "no two parallel faces lie {wanted} apart in {unit} (found {there} in the file's own numbers)",
            wanted=wanted,
            unit="any unit" if unit is None else unit,
            there=there,
        ),
        todo="Check the length, and that both ends of that edge are seen in the scan",
        code="length_fits_no_unit",
    )
