"""What changing a scan, and not the foot, does to its measures: no truth is needed, so real scans can be
asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from fitter.anatomy.measures import IDS
from fitter.captures import Capture
from fitter.errors import FitterError
from fitter.journey import run_journey
from fitter.profile import FitResult
from fitter.quantity import Quantity
from fitter.scan.formats import read_scan
from fitter.scan.mesh import Mesh
from fitter.scan.repair import coarse, weld
from sample_scans import degrade, files

_M = degrade.Mesh
_FINEST = 20_000  # triangles that a decimated scan keeps
_SEED = 20
_AS_FILED = "in inches"  # nothing but the unit changes: the foot lies in the file as it did


@dataclass(frozen=True, slots=True)
class Change:
    """One measure of one changed scan: how far it moved, whether that is ``within`` the error that the two
    scans let us know, and ``within_stated`` the whole error stated of both, definition included."""

    measure: str
    moved: float
    within: bool
    within_stated: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """One change of one scan. ``side_right``: a mirrored foot came out as the other side, and else the same.
    ``refused`` tells why where it did not come out at all; ``lost`` names measures that were given before."""

    file: str
    change: str
    side_right: bool = True
    refused: str = ""
    lost: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


_Way = Callable[[_M, np.random.Generator], _M]


def changes(*, of_points: bool) -> Mapping[str, _Way]:
    """Ways to change the file of a posed foot that leave the foot as it is, each on (points, faces) in the
    foot frame (mm). A cloud ``of_points`` has no triangles to change, to add to, or to take away."""
    any_file: dict[str, _Way] = {
        "mirrored": lambda m, rng: degrade.mirrored(*m),
        "turned": lambda m, rng: degrade.any_pose(*m, rng),
        _AS_FILED: lambda m, rng: degrade.in_unit(*m, "in"),
    }
    cloud: dict[str, _Way] = {
        "noise of 0.3 mm": lambda m, rng: (m[0] + rng.normal(0.0, 0.3, m[0].shape), m[1]),
        "ankle cut off": lambda m, rng: (m[0][m[0][:, 2] < _ankle_cut(m)], m[1]),
    }
    surface: dict[str, _Way] = {
        "20,000 triangles": lambda m, rng: _decimated(m),
        "other triangles": lambda m, rng: degrade.remeshed(*m, rng),
        "noise of 0.3 mm": lambda m, rng: degrade.noisy(*m, rng, 0.3),
        "ankle cut off": lambda m, rng: degrade.cropped(*m, _ankle_cut(m)),
        "floor added": lambda m, rng: degrade.with_floor(*m),
        "holes of 5 %": _holed,
    }
    return any_file | (cloud if of_points else surface)


def ask(file: str, data: bytes, *, tell: Callable[[float], None] = lambda share: None) -> list[Asked]:
    """Every change of one file that holds one foot, compared with the foot as it was scanned.

    Raises FitterError where the file itself can't be used.
    """
    before = run_journey([Capture(file, data)], only_measure=True)
    foot = before.shapes[0]
    if len(before.shapes) != 1 or foot is None:
        raise FitterError("holds more than one foot", where=file, todo="Give a file of one foot")
    raw = weld(read_scan(file, data).mesh)
    placed = foot.placement.to_foot(raw.vertices), raw.faces.astype(np.int64)
    filed = raw.vertices * foot.placement.scale, placed[1]
    if foot.placement.mirrored:
        placed = placed[0], placed[1][:, ::-1]
    found = []
    ways = changes(of_points=len(placed[1]) == 0)
    for number, (name, way) in enumerate(ways.items()):
        rng = np.random.default_rng(_SEED)
        found.append(_compared(file, name, before, way(filed if name == _AS_FILED else placed, rng)))
        tell((number + 1) / len(ways))
    return found


def _compared(file: str, name: str, before: FitResult, mesh: _M) -> Asked:
    """The changed scan measured. What was brought to the foot frame was made a right foot, so a right one is
    expected back."""
    first = before.profile.feet[0]
    data = files.as_bytes("foot.ply", *mesh, "mm")
    try:
        second = run_journey([Capture("foot.ply", data, load=first.load)], only_measure=True).profile.feet[0]
    except FitterError as error:
        return Asked(file, name, refused=str(error))
    moved, lost = [], []
    for measure in IDS:
        a, b = (f.measurements.readings[measure] for f in (first, second))
        if isinstance(a, Quantity) and isinstance(b, Quantity):
            known = np.hypot(a.known_u95 or 0.0, b.known_u95 or 0.0)
            off, stated = b.value - a.value, np.hypot(a.u95, b.u95)
            moved.append(Change(measure, off, bool(abs(off) <= known), bool(abs(off) <= stated)))
        elif isinstance(a, Quantity):
            lost.append(measure)
    side = {"mirrored": "left", _AS_FILED: first.side}.get(name, "right")
    return Asked(file, name, second.side == side, "", tuple(lost), tuple(moved))


def _decimated(mesh: _M) -> _M:
    """The coarsest of some joinings of vertices that leaves 20,000 triangles; a coarser scan as it is."""
    points, faces = mesh
    for cell in np.arange(0.5, 6.0, 0.25):
        if len(faces) <= _FINEST:
            break
        joined = coarse(Mesh(mesh[0], mesh[1].astype(np.int32)), float(cell))
        points, faces = joined.vertices, joined.faces.astype(np.int64)
    return points, faces


def _ankle_cut(mesh: _M) -> float:
    """A height (mm) a little below where the scan ends."""
    return float(max(0.85 * mesh[0][:, 2].max(), 75.0))


def _holed(mesh: _M, rng: np.random.Generator) -> _M:
    a, b, c = (mesh[0][mesh[1][:, k]] for k in range(3))
    area = float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2.0)
    return degrade.holed(*mesh, rng, number=8, radius=float(np.sqrt(0.05 * area / (8.0 * np.pi))))
