"""What is done to a foot before it is measured: one kind of degradation at a time, and all of them mixed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitter.anatomy.measures import REGISTRY
from sample_scans import ConstructedFoot, degrade, files
from sample_scans.modelled import ModelledFoot

_Mesh = degrade.Mesh
_MOST_HOLES = 0.05  # of the skin's area
_NO_FACES = np.empty((0, 3), np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """A scan file and what is true of it. ``frame`` (3, 3): the foot frame's axes (of a right foot) as
    rows, in the file's coordinates, all of length one."""

    name: str
    data: bytes
    kind: str
    unit: str
    side: str
    frame: NDArray[np.float64]


def _clean(foot: _Mesh, rng: np.random.Generator) -> _Mesh:
    return foot


def _noise(foot: _Mesh, rng: np.random.Generator) -> _Mesh:
    return degrade.noisy(*foot, rng, sd=rng.uniform(0.1, 0.5))


def _holes(foot: _Mesh, rng: np.random.Generator) -> _Mesh:
    """Some round holes that take up to a twentieth of the skin together."""
    number = int(rng.integers(1, 13))
    share = rng.uniform(0.2, 1.0) * _MOST_HOLES
    radius = np.sqrt(share * _area(*foot) / (number * np.pi))
    return degrade.holed(*foot, rng, number=number, radius=float(radius))


def _pinholes(foot: _Mesh, rng: np.random.Generator) -> _Mesh:
    """Single triangles missing everywhere."""
    points, faces = foot
    return points, faces[rng.random(len(faces)) > rng.uniform(0.01, _MOST_HOLES)]


def _coarse(foot: _Mesh, rng: np.random.Generator) -> _Mesh:
    return degrade.decimated(*foot, cell=rng.uniform(2.0, 4.0))


def _other_triangles(foot: _Mesh, rng: np.random.Generator) -> _Mesh:
    mesh = degrade.remeshed(*foot, rng)
    return degrade.flipped(*mesh, rng, share=0.05)


def _scene(foot: _Mesh, rng: np.random.Generator) -> _Mesh:
    """The floor left in, now and then with crumbs."""
    mesh = degrade.with_floor(*foot, gap=float(rng.uniform(0.1, 0.5)))
    return degrade.with_islands(*mesh, rng, 4) if rng.random() < 0.5 else mesh


def _mixed(foot: _Mesh, rng: np.random.Generator) -> _Mesh:
    """Noise up to 0.5 mm and holes up to a twentieth of the skin, on other or coarser triangles."""
    change = rng.random()
    mesh = foot
    if change < 0.3:
        mesh = degrade.decimated(*mesh, cell=rng.uniform(1.5, 3.0))
    elif change < 0.5:
        mesh = degrade.remeshed(*mesh, rng)
    mesh = _holes(mesh, rng) if rng.random() < 0.8 else _pinholes(mesh, rng)
    mesh = degrade.noisy(*mesh, rng, sd=rng.uniform(0.0, 0.5))
    return degrade.flipped(*mesh, rng, share=0.03) if rng.random() < 0.3 else mesh


def _points(foot: _Mesh, rng: np.random.Generator) -> _Mesh:
    """Points without triangles."""
    points = degrade.cloud(*foot, rng, int(rng.integers(20_000, 60_000)))
    return points + rng.normal(0.0, rng.uniform(0.0, 0.3), points.shape), _NO_FACES


def _sole_with_walls(foot: _Mesh, rng: np.random.Generator) -> _Mesh:
    return degrade.cropped(*foot, rng.uniform(20.0, 40.0))


def _foam(foot: _Mesh, rng: np.random.Generator) -> _Mesh:
    """An impression in a box of foam, which is 25 to 65 mm deep."""
    return degrade.foam_impression(*foot, rng.uniform(28.0, 42.0), holes=2, rng=rng)


def _no_sole(foot: _Mesh, rng: np.random.Generator) -> _Mesh:
    return degrade.sole_lost(*foot, rng.uniform(3.0, 12.0))


def _sole_filled(foot: _Mesh, rng: np.random.Generator) -> _Mesh:
    return degrade.sole_filled(*foot, rng.uniform(8.0, 16.0))


def _sock(foot: _Mesh, rng: np.random.Generator) -> _Mesh:
    return degrade.sock(*foot, rng.uniform(1.0, 2.5))


KINDS: Mapping[str, Callable[[_Mesh, np.random.Generator], _Mesh]] = {
    "clean": _clean,
    "noise": _noise,
    "holes": _holes,
    "pinholes": _pinholes,
    "coarse": _coarse,
    "other triangles": _other_triangles,
    "points": _points,
    "floor": _scene,
    "mixed": _mixed,
    # New kinds come last: what is drawn of the others stays as it was.
    "sole with walls": _sole_with_walls,
    "foam": _foam,
    "no sole": _no_sole,
    "sole filled": _sole_filled,
    "sock": _sock,
}

_PRINT = frozenset(("arch_index", "chippaux_smirak_index", "staheli_index"))
_OUTLINE = frozenset(("foot_length", "ball_length", "outer_ball_length", "ball_breadth", "heel_breadth"))
_ALL = frozenset(m.id for m in REGISTRY)
# The measures that a scan of no whole foot can support (docs/MEASURES.md). A sock hides the skin, whose
# lengths and breadths no scan of it shows; its heel leans as the foot's.
SUPPORTED: Mapping[str, frozenset[str]] = {
    "sole with walls": _OUTLINE | _PRINT | {"arch_height", "hallux_outline_angle"},
    "foam": _OUTLINE | {"arch_height"},
    "no sole": _ALL - _PRINT - {"arch_height", "medial_malleolus_height"},
    "sole filled": _ALL - {"arch_height"},
    "sock": frozenset(("rearfoot_angle",)),
}
WHOLE = tuple(kind for kind in KINDS if kind not in SUPPORTED)
INCOMPLETE = tuple(SUPPORTED)


def supports(kind: str, measure: str) -> bool:
    """Whether a scan of this kind can give the measure at all."""
    return measure in SUPPORTED.get(kind, _ALL)


def spoilt(foot: ConstructedFoot | ModelledFoot, kind: str, rng: np.random.Generator) -> Scan:
    """A scan file of the foot: damaged, on either side, in any pose and any unit."""
    mesh = KINDS[kind]((foot.points, foot.faces), rng)
    left = rng.random() < 0.5
    if left:
        mesh = degrade.mirrored(*mesh)
    mesh, turn = _any_pose(mesh, rng)
    unit = str(rng.choice(list(degrade.PER_MM)))
    points, faces = degrade.in_unit(*mesh, unit)
    name = "foot.ply" if len(faces) == 0 else "foot.stl"
    frame = turn @ np.diag([1.0, -1.0 if left else 1.0, 1.0])
    return Scan(
        name, files.as_bytes(name, points, faces, unit), kind, unit, "left" if left else "right", frame.T
    )


def _any_pose(mesh: _Mesh, rng: np.random.Generator) -> tuple[_Mesh, NDArray[np.float64]]:
    turn = degrade.any_turn(rng)
    shift = rng.uniform(-500.0, 500.0, 3)
    return degrade.posed(*mesh, turn, (float(shift[0]), float(shift[1]), float(shift[2]))), turn


def _area(points: NDArray[np.float64], faces: NDArray[np.int64]) -> float:
    a, b, c = (points[faces[:, k]] for k in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2.0)
