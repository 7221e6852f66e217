"""What is looked at together: a foot, the other one or an earlier capture of it, the insole; painted.

All in the shown frame of the foot looked at, which stays where it is whatever stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from fitter.picture.camera import Size, pixels_per_mm
from fitter.picture.colours import SCALES, SKIN, Meaning, Scale
from fitter.picture.raster import Surface, coarse, smooth_normals, surface, unlit
from fitter.picture.shadow import Shadow, floor_shadow
from fitter.picture.views import shown
from fitter.scan.foot import Foot, Glimpse

if TYPE_CHECKING:
    from fitter.picture.camera import Camera
    from fitter.picture.lines import MeasureLine, Point
    from fitter.picture.under import Under

Company = Literal["one", "both", "beside", "change"]
Paint = Literal["", "height", "gap", "seen"]

_QUICK_FACES = 16_000  # turned under the hand
_STILL_FACES = 160_000  # beyond it a still is drawn from a copy, as long as its grain is finer than one sees
_GRAIN_PIXELS = 4.5
_APART_MM = 24.0  # between two feet that stand side by side
LIFT_MM = 45.0  # how far the foot is lifted off its insole
_UNLIKE_MM = 15.0  # what is further than this from the other capture is not on it: a leg cut lower, say
_OTHER: tuple[int, int, int] = (168, 190, 204)  # what stands beside the foot looked at: bluish


@dataclass(frozen=True, slots=True)
class Look:
    """What is shown beside the foot (``company``), as what it is painted, and whether on its ``insole``."""

    company: Company = "one"
    paint: Paint = ""
    insole: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A look at a ``foot``, ready to be drawn: whole (None while that is being made), as a copy for stills
    where the whole is large, and as one for turning. Faces up to ``own`` are the foot's."""

    foot: Foot | Glimpse
    look: Look
    other: Foot | None
    fine: Surface | None
    still: Surface | None
    quick: Surface
    grain: float
    own: int
    shadow: Shadow | None
    points: Mapping[str, Point]  # landmarks in the foot frame
    lines: tuple[MeasureLine, ...]
    scales: tuple[Scale, ...]

    def for_still(self, camera: Camera, size: Size) -> Surface:
        """What a still is drawn from: the copy as long as its grain isn't seen."""
        if self.fine is None:
            return self.quick
        if self.still is not None and self.grain * pixels_per_mm(camera, size) <= _GRAIN_PIXELS:
            return self.still
        return self.fine


def partner(feet: Sequence[tuple[str, str]], index: int, company: Company) -> int | None:
    """Which of ``feet`` (side, load) stands beside one: the other foot, if it can be under the same load, or
    another capture of the same foot, an earlier one if there is one."""
    side, load = feet[index]
    others = [n for n in range(len(feet)) if n != index and (feet[n][0] == side) == (company != "both")]
    if company == "one" or not others:
        return None
    if company == "both":
        return min(others, key=lambda n: (feet[n][1] != load, n))
    return max(others, key=lambda n: (n < index, -abs(n - index)))


def scenes(
    foot: Foot | Glimpse,
    look: Look,
    *,
    other: Foot | None = None,
    under: Under | None = None,
    marks: Mapping[str, Point],
    angles: Mapping[str, float] | None = None,
) -> Iterator[Scene]:
    """The scene as soon as it can be turned, and once more when stills can be drawn from it."""
    from fitter.picture.lines import measure_lines  # noqa: PLC0415 - brings SciPy, which no window waits for

    vertices, faces = _oriented(foot)
    colours, scales = _painted(foot, vertices, look, other, under)
    parts: list[Part] = [(vertices, faces, colours)]
    own = len(faces)
    if other is not None and look.company in ("both", "beside"):
        parts.append(_beside(vertices, other, look))
    if under is not None and look.insole:
        parts.append(
            (under.vertices - (0.0, 0.0, LIFT_MM), under.faces, SCALES["thickness"].colours(under.thickness))
        )
        scales = (*scales, SCALES["thickness"])
    bare = unlit(*_joined(parts))
    shadow = None if look.insole else floor_shadow(bare.vertices)
    quick, _grain = _copy(bare, _QUICK_FACES)
    lines = measure_lines(marks, foot.mesh, angles or {}) if marks else ()
    first = Scene(foot, look, other, None, None, quick, 0.0, own, shadow, dict(marks), lines, scales)
    yield first
    still, grain = _copy(bare, _STILL_FACES) if len(bare.faces) > 1.3 * _STILL_FACES else (None, 0.0)
    yield replace(first, fine=surface(bare.vertices, bare.faces, bare.colours), still=still, grain=grain)


Part = tuple[NDArray[np.floating], NDArray[np.int32], NDArray[np.float32]]  # vertices, faces, colours


def _oriented(foot: Foot | Glimpse) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Vertices and faces as shown: a mirrored triangle turns the other way round."""
    faces = foot.mesh.faces if foot.side == "right" else np.ascontiguousarray(foot.mesh.faces[:, ::-1])
    return shown(foot.side, foot.mesh.vertices), faces


def _plain(count: int, colour: tuple[int, int, int]) -> NDArray[np.float32]:
    return np.broadcast_to(np.array(colour, np.float32) / np.float32(255.0), (count, 3))


def _joined(parts: Sequence[Part]) -> Part:
    if len(parts) == 1:
        return parts[0]
    starts = np.cumsum([0, *(len(vertices) for vertices, _, _ in parts)])
    faces = [faces + start for (_, faces, _), start in zip(parts, starts, strict=False)]
    return (
        np.concatenate([vertices for vertices, _, _ in parts]),
        np.concatenate(faces).astype(np.int32),
        np.concatenate([colours for _, _, colours in parts]),
    )


def _beside(vertices: NDArray[np.float64], other: Foot, look: Look) -> Part:
    """The other foot on its own side, or the other capture outside of the foot looked at."""
    theirs, faces = _oriented(other)
    room = _APART_MM
    # A right foot stands on the right of its left one: towards -y.
    towards = 1.0 if other.side == "left" else -1.0
    if towards > 0:
        shift = vertices[:, 1].max() + room - theirs[:, 1].min()
    else:
        shift = vertices[:, 1].min() - room - theirs[:, 1].max()
    if look.paint == "height":
        colours = SCALES["height"].colours(theirs[:, 2])
    elif look.paint == "seen":
        colours = SCALES["seen"].colours(seen_shares(other))
    else:
        colours = _plain(len(theirs), SKIN if look.company == "both" else _OTHER)
    return theirs + np.array([0.0, shift, 0.0]), faces, colours


def _painted(
    foot: Foot | Glimpse, vertices: NDArray[np.float64], look: Look, other: Foot | None, under: Under | None
) -> tuple[NDArray[np.float32], tuple[Scale, ...]]:
    """The colours of the foot's corners and the scales that tell what they mean."""
    meaning: Meaning | Literal[""] = look.paint
    values: NDArray[np.floating] | None = None
    if look.company == "change" and other is not None and isinstance(foot, Foot):
        meaning, values = "change", change(foot, other)
    elif meaning == "height":
        values = vertices[:, 2]
    elif meaning == "seen" and isinstance(foot, Foot):
        values = seen_shares(foot)
    elif meaning == "gap" and under is not None:
        values = under.gap
    if values is None or meaning == "":
        return _plain(len(vertices), SKIN), ()
    return SCALES[meaning].colours(values), (SCALES[meaning],)


def change(foot: Foot, before: Foot) -> NDArray[np.float64]:
    """How far (mm, outwards positive) the skin of a foot lies from that of another capture of it, both laid
    heel on heel in the foot frame; NaN where the other has no skin nearby."""
    from scipy.spatial import cKDTree  # noqa: PLC0415 - heavy, and seldom needed

    theirs = before.mesh.vertices
    away, nearest = cKDTree(theirs).query(foot.mesh.vertices)
    normals = smooth_normals(theirs.astype(np.float32), before.mesh.faces)[nearest]
    apart = ((foot.mesh.vertices - theirs[nearest]) * normals).sum(axis=1)
    out: NDArray[np.float64] = np.where(away < _UNLIKE_MM, apart, np.nan)
    return out


def seen_shares(foot: Foot) -> NDArray[np.float64]:
    """For every corner how much (per cent) of its region of the foot the scanner saw; NaN where no region is
    told. The regions are those of the scan's quality."""
    x, y, z = foot.mesh.vertices.T
    length = max(float(x.max()), 1e-6)
    normals = smooth_normals(foot.mesh.vertices.astype(np.float32), foot.mesh.faces)
    told = {region: 100.0 * share for region, share in foot.quality.coverage.items()}
    sides = told.get("sides", np.nan)
    out = np.where(y > 0, told.get("inner side", sides), told.get("outer side", sides))
    for region, where in (
        ("dorsum", (normals[:, 2] > 0.5) & (x > 0.45 * length)),
        ("heel", (x < 0.15 * length) & (normals[:, 0] < -0.3)),
        ("toes", x > 0.8 * length),
        ("sole", (normals[:, 2] < -0.5) & (z < 0.15 * length)),
        ("ankle", z > 0.25 * length),
    ):
        out = np.where(where, told.get(region, np.nan), out)
    return out


def _copy(bare: Surface, limit: int) -> tuple[Surface, float]:
    """A copy with at most so many faces, or points, and the size of its cells (mm)."""
    if max(len(bare.faces), len(bare.vertices)) <= limit:
        return surface(bare.vertices, bare.faces, bare.colours), 0.0
    a, b, c = (bare.vertices[bare.faces[:, k]] for k in range(3))
    u, v = b - a, c - a
    double = [u[:, i] * v[:, j] - u[:, j] * v[:, i] for i, j in ((0, 1), (1, 2), (2, 0))]
    area = float(np.sqrt(double[0] ** 2 + double[1] ** 2 + double[2] ** 2).sum()) / 2.0
    # A cell of a surface that runs slantwise through it makes 2.6 faces on average.
    cell = max(float(np.sqrt(2.6 * area / limit)), 0.3)
    while True:
        copy = coarse(bare, cell)
        if max(len(copy.faces), len(copy.vertices)) <= limit:
            return copy, cell
        cell *= 1.15
