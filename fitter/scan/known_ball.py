"""A ball in a scan: the sphere of known size that fits best, and how much of it was seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.stats import t as student

from fitter.errors import FitterError
from fitter.resources import table
from fitter.saying import say
from fitter.scan.flat_faces import BAND, NEIGHBOURS, on_face, planes, samples, without
from fitter.scan.mesh import Mesh, Points
from fitter.scan.scanner import most_off
from fitter.terms import MM_PER_UNIT

Vector = NDArray[np.float64]

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


def off_planes(mesh: Mesh) -> Mesh:
    """The mesh without the floor, wall or table it stands on: flat parts far wider than caps of a ball."""
    size = float(np.linalg.norm(np.ptp(mesh.vertices, axis=0)))
    points, normals = samples(mesh, _TRIAL_POINTS)
    if len(points) < 2 * NEIGHBOURS:
        return mesh
    for face in planes(points, normals, size):
        if on_face(points, face, 1.05).mean() > 0.15:
            mesh = without(mesh, on_face(mesh.vertices, face, 1.2))
    return mesh


def sphere(mesh: Mesh, diameter: float, units: Sequence[str]) -> _Ball:
    points = mesh.vertices
    if len(points) < 100:
        raise _no_ball(diameter)
    tried = _tried_spheres(samples(mesh, _TRIAL_POINTS)[0], diameter, units)
    if tried is None:
        raise _no_ball(diameter)
    unit, middle, radius = tried
    middle, radius, on = _settled_sphere(points, middle, radius)
    mm = MM_PER_UNIT[unit]
    if on.sum() < 100 or abs(2.0 * mm * radius / diameter - 1.0) > most_off():
        raise _no_ball(diameter)
    away = points[on] - middle
    off = np.linalg.norm(away, axis=1) - radius
    way = away / np.linalg.norm(away, axis=1, keepdims=True)
    seen = _share_seen(way)
    least = table("scan/scanner.toml")["check"]["least_ball"]
    if seen < least:
        raise FitterError(
            say(
                "too little of the ball was seen: {seen:.0f} % of its surface, a third is needed",
                seen=100 * seen,
            ),
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
        fits = np.abs(radii / radius - 1.0) <= 2.0 * most_off()
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
        narrower = min(band, max(BAND * noise, 1e-4 * radius))
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
        say("no ball of {diameter:g} mm was found in any unit", diameter=diameter),
        todo="Check the diameter, and that a third of the ball or more is seen in the scan",
        code="no_ball",
    )
