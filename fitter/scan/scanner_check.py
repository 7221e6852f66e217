"""A block or a ball of known size, found in a scan and measured: how true the scanner is.

The scan may lie in any pose and unit and stand on a floor. A block is measured between planes fitted to
opposite faces, well inside their edges, which scanners round; a ball by a sphere fitted to what is seen of
it. The error of each is taken from the means of patches, so that waves of the surface count, and not its
noise alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fitter.quantity import combine_u95
from fitter.resources import table
from fitter.saying import joined, say
from fitter.scan.flat_faces import faces_of
from fitter.scan.known_ball import off_planes, sphere
from fitter.scan.known_block import matched, pairs_of
from fitter.scan.mesh import Mesh
from fitter.scan.repair import drop_degenerate, weld, without_unused
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
    pairs = pairs_of(faces_of(mesh), mesh)
    unit, chosen = matched(pairs, edges, unit)
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
    unseen = [
        say("{names} ({edges:g} mm)", names=names[k], edges=edges[k])
        for k in range(len(edges))
        if k not in chosen
    ]
    notes = (
        (say("Not measured, as its two faces were not both seen: {unseen}.", unseen=joined(", ", unseen)),)
        if unseen
        else ()
    )
    return ObjectCheck(
        "block",
        unit,
        tuple(lengths),
        scale,
        scale_u95,
        noise,
        say("{faces} faces of a block", faces=len(faces)),
        notes,
    )


def check_ball(
    mesh: Mesh, diameter: float, *, unit: str | None = None, known_u95: float | None = None
) -> ObjectCheck:
    """Measure a ball of known ``diameter`` (mm) in a raw mesh or cloud; a third of it is enough.

    Raises FitterError where no sphere of that size is seen, or too little of one.
    """
    found = sphere(off_planes(_tidy(mesh)), diameter, [unit] if unit else list(MM_PER_UNIT))
    measured = KnownLength(
        "diameter", diameter, found.diameter, combine_u95([found.u95, _known_u95(known_u95)])
    )
    seen = say("{seen:.0f} % of a ball's surface", seen=100 * found.seen)
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


def _weighed(ratios: Sequence[float], u95s: Sequence[float]) -> tuple[float, float]:
    """Weighted mean and its 95 % error, widened where the ratios disagree more than they should (Birge)."""
    weight = np.array(u95s) ** -2.0
    mean = float((weight * ratios).sum() / weight.sum())
    spread = (weight * (np.array(ratios) - mean) ** 2).sum() * 1.96**2 / max(len(ratios) - 1, 1)
    return mean, float(math.sqrt(max(1.0, spread) / weight.sum()))


def _tidy(mesh: Mesh) -> Mesh:
    return without_unused(drop_degenerate(weld(mesh))) if len(mesh.faces) else mesh
