"""The sole an insole is shaped to: seen on a scan, or a template scaled to measures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter1d, map_coordinates

from fitter.errors import FitterError
from fitter.measurements import Measurements
from fitter.resources import data_folder, table
from fitter.saying import say
from fitter.scan.depth import Border, border, depth_map
from fitter.scan.foot import Foot
from fitter.terms import Side

Grid = NDArray[np.float64]

TEMPLATE_MARK = "trial template, not for wear"
CELL = 1.0  # mm
_LOW = 45.0  # mm: nothing of an insole reaches higher
_ABOVE = 60.0  # what stands for "the foot is nowhere near": above every rim
# Without these a surface under the foot would be made up.
_NEEDS = {
    "sole_not_seen": "it was not seen from below",
    "sole_filled_flat": "the scanner closed its sole with a flat plane",
    "forefoot_missing": "its forefoot is missing",
}


@dataclass(frozen=True, slots=True, eq=False)
class Sole:
    """The underside of a right foot in the foot frame (mm; a left one is mirrored).

    ``height`` (r, c) above the floor, as high as 60 where no foot is; ``rows`` (r,) x and ``columns`` (c,) y
    of its 1 mm cells. ``inner`` and ``outer`` (r,) are the foot's outline from above below 40 mm, NaN where
    it has none. ``mark`` says what must stand on everything made from it; ``notes`` what was taken as given.
    """

    side: Side
    height: Grid
    rows: NDArray[np.float64]
    columns: NDArray[np.float64]
    inner: NDArray[np.float64]
    outer: NDArray[np.float64]
    length: float
    ball_length: float
    ball_breadth: float
    heel_breadth: float
    arch_height: float
    mark: str = ""
    notes: tuple[str, ...] = ()


def sole_of_foot(foot: Foot, measured: Measurements) -> Sole:
    """The sole of a posed foot. Refused in one line where the scan can't carry an insole."""
    for why in foot.unsupported.values():
        if why.code in _NEEDS:
            raise _refused(_NEEDS[why.code])
    arch = _value(measured, "arch_height")
    if arch is None:
        raise _refused("its arch could not be measured")
    if foot.scale_u95 is None:
        raise _refused("its size is not known", "State the foot's length with --foot-length")
    length, ball = _needed(measured, "foot_length"), _needed(measured, "ball_length")
    breadth = _needed(measured, "ball_breadth")
    heel, notes = _heel(measured, breadth)
    vertices, faces = foot.mesh.vertices, foot.mesh.faces
    low = vertices[faces[(vertices[:, 2] < _LOW)[faces].any(axis=1)]]
    seen = depth_map(low, "below", CELL)
    rows, columns, height = _roomy(seen.rows, seen.columns, seen.depth)
    inner, outer = (_edge(border(low, 0, 1, sign, CELL, ceiling=40.0), rows) for sign in (1, -1))
    inside = (columns[None, :] < inner[:, None] - 1.0) & (columns[None, :] > outer[:, None] + 1.0)
    height = _closed(height, inside & np.isfinite(inner)[:, None])
    return Sole(
        foot.side, height, rows, columns, inner, outer, length, ball, breadth, heel, arch, notes=notes
    )


def sole_of_measures(measured: Measurements, arch_height: float | None = None) -> Sole:
    """A template scaled to what was measured, for trying the size: it is not this foot's sole.

    ``arch_height`` (mm) where the profile knows one and the measures don't.
    """
    template = _template()
    length = _needed(measured, "foot_length")
    notes = []
    ball = _value(measured, "ball_length")
    if ball is None:
        ball = length * float(template["ball_length"] / template["foot_length"])
        notes.append("Ball length was not measured: an average foot's stands for it.")
    breadth = _value(measured, "ball_breadth")
    if breadth is None:
        breadth = length * float(template["ball_breadth"] / template["foot_length"])
        notes.append("Ball breadth was not measured: an average foot's stands for it.")
    heel, more = _heel(measured, breadth)
    arch = _value(measured, "arch_height") or arch_height
    if arch is None:
        arch = float(template["arch_height"])
        notes.append(
            say("Arch height was not measured: an average foot's {arch:.0f} mm stand for it.", arch=arch)
        )
    return _scaled(template, measured.side, (length, ball, breadth, heel, arch), [*notes, *more])


def _scaled(
    t: dict[str, Any], side: Side, to: tuple[float, float, float, float, float], notes: list[str]
) -> Sole:
    length, ball, breadth, heel, arch = to
    # The same place on the template: lengths by heel, ball and tip; breadths by heel and ball.
    places = (0.0, ball, length)
    own = (0.0, float(t["ball_length"]), float(t["foot_length"]))
    rows = np.arange(-8.0, np.ceil(length) + 24.0) + 0.5
    half = np.ceil(0.75 * breadth) + 12.0
    columns = np.arange(-half, half) + 0.5
    u = np.interp(rows, places, own)
    u = np.where(rows < 0.0, rows, np.where(rows > length, own[2] + rows - length, u))
    u = np.where((rows > 0.0) & (rows < length), gaussian_filter1d(u, 6.0), u)
    wide = np.interp(
        rows,
        (0.15 * length, 0.85 * ball),
        (heel / float(t["heel_breadth"]), breadth / float(t["ball_breadth"])),
    )
    wide = gaussian_filter1d(wide, 8.0)
    v = columns[None, :] / wide[:, None]
    place = [(u[:, None] - t["rows"][0]) + 0.0 * v, v - t["columns"][0]]
    height = map_coordinates(t["height"].astype(float), place, order=1, mode="nearest")
    # Only the hollow is raised or lowered: walls and toes keep their height.
    scale = arch / float(t["arch_height"])
    start, end = table("support/insole.toml")["shape"]["arch_window"]
    inside = _bump(rows / length, start, end)[:, None]
    height = height * (1.0 + inside * (scale - 1.0))
    inner, outer = (
        np.interp(u, t["rows"], t[name], left=np.nan, right=np.nan) for name in ("inner", "outer")
    )
    return Sole(
        side, np.minimum(height, _ABOVE), rows, columns, inner * wide, outer * wide,
        length, ball, breadth, heel, arch, TEMPLATE_MARK, tuple(notes),
    )  # fmt: skip


@cache
def _template() -> dict[str, Any]:
    with np.load(data_folder("models") / "support" / "template.npz") as stored:
        return {name: stored[name] for name in stored.files}


def _bump(x: NDArray[np.float64], start: float, end: float) -> NDArray[np.float64]:
    """0 outside ``start`` to ``end``, 1 over its middle half, smooth between."""
    quarter = 0.25 * (end - start)
    return smooth(x, start, start + quarter) * smooth(x, end, end - quarter)


def smooth(x: NDArray[np.float64], none: float, full: float) -> NDArray[np.float64]:
    """0 at ``none``, 1 at ``full`` (which may lie before it), without a kink at either."""
    t = np.clip((x - none) / (full - none), 0.0, 1.0)
    out: NDArray[np.float64] = t * t * t * (t * (6.0 * t - 15.0) + 10.0)
    return out


def _roomy(
    rows: NDArray[np.float64], columns: NDArray[np.float64], depth: Grid
) -> tuple[NDArray[np.float64], NDArray[np.float64], Grid]:
    """The map with room for an insole that reaches beyond the foot."""
    before, beside = 24, 16
    wide = np.pad(depth, ((before, before), (beside, beside)), constant_values=np.nan)
    x = np.arange(len(rows) + 2 * before) * CELL + rows[0] - before * CELL
    y = np.arange(len(columns) + 2 * beside) * CELL + columns[0] - beside * CELL
    return x, y, wide


def _closed(height: Grid, inside: NDArray[np.bool_]) -> Grid:
    """Gaps in the sole take the height beside them; where no foot is there is nothing near the floor."""
    seen = np.isfinite(height)
    nearest = distance_transform_edt(~seen, return_distances=False, return_indices=True)
    filled = np.where(inside & ~seen, height[tuple(nearest)], height)
    return np.where(np.isfinite(filled), np.minimum(filled, _ABOVE), _ABOVE)


def _edge(found: Border, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    seen = np.isfinite(found.depth)
    out: NDArray[np.float64] = np.interp(rows, found.rows[seen], found.depth[seen], left=np.nan, right=np.nan)
    return out


def _value(measured: Measurements, name: str) -> float | None:
    found = measured.get(name)
    return None if found is None else found.value


def _needed(measured: Measurements, name: str) -> float:
    found = _value(measured, name)
    if found is None:
        raise _refused(say("its {name} is not known", name=name.replace("_", " ")))
    return found


def _heel(measured: Measurements, breadth: float) -> tuple[float, tuple[str, ...]]:
    """How broad the heel is (mm), and what is to be said of it where it was not measured."""
    found = _value(measured, "heel_breadth")
    if found is not None:
        return found, ()
    share = table("support/insole.toml")["instead"]["heel_breadth_of_ball"]
    said = say(
        "Heel breadth was not measured: {share:g} of the ball's breadth, as adults have on "
        "average, stands for it ({share2:.0f} mm). Measure the heel before the cup is made.",
        share=share,
        share2=share * breadth,
    )
    return share * breadth, (said,)


def _refused(why: str, todo: str = "Scan the foot again so that its whole sole is seen") -> FitterError:
    return FitterError(
        say("no insole can be shaped to this foot: {why}", why=why), todo=todo, code="no_insole"
    )
