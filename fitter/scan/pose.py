"""Finds the foot frame in a scan of a whole foot: unit, floor, heel and toe, side, foot axis.

Nothing is assumed of the file. Every step is a function of the shape alone, so a turned, mirrored or
rescaled file is brought to the same frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitter.errors import FitterError
from fitter.resources import table
from fitter.scan.foot import Assumption, Placement
from fitter.scan.frame import (
    SETTLED,
    Axis,
    Frame,
    axis_through,
    foot_axis,
    metatarsal_axis,
    middle_axis,
    settle,
)
from fitter.scan.mesh import Mesh
from fitter.scan.rough import refuse_unlike, rim_floor, rough_frame, rough_length, share_seen
from fitter.terms import Side

Vector = NDArray[np.float64]

MM_PER: dict[str, float] = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4}
UNIT_NAMES = {"mm": "millimetres", "cm": "centimetres", "m": "metres", "in": "inches"}


@dataclass(frozen=True, slots=True)
class Posed:
    """A mesh in the foot frame and how it got there."""

    mesh: Mesh
    side: Side
    placement: Placement
    assumptions: dict[str, Assumption]
    axis_from: str  # "second_toe" or "second_metatarsal"


def pose(
    mesh: Mesh,
    *,
    file_unit: str | None = None,
    units: str | None = None,
    side: Side | None = None,
    second_toe: Vector | None = None,
) -> Posed:
    """Bring a whole foot into the foot frame (mm, right foot, standing on z = 0).

    ``file_unit`` is what the file itself states, ``units`` and ``side`` what the person states (they win),
    and ``second_toe`` (3,) is the tip of the second toe in the mesh's coordinates, where a person set it.
    Raises FitterError where no pose makes a foot of the shape, or no unit makes a foot of its length.
    """
    rough = rough_frame(mesh)
    length = rough_length(mesh, rough)
    unit, unit_assumption = _choose_unit(length, file_unit, units)
    scale = MM_PER[unit]
    frame = rough * scale  # rows: x, y, z of the frame, scaled to mm
    rim = rim_floor(mesh, rough)
    floor = None if rim is None else rim * scale
    unsided, _ = settle(mesh, frame, axis=middle_axis, settled=1e-3, floor=floor)
    shape, called, side_assumption = _choose_side(unsided, side)
    flip = np.diag([1.0, -1.0, 1.0]) if shape == "left" else np.eye(3)
    start = flip @ unsided.rotation * scale
    # The stump of a forefoot has dimples, and no toes.
    axis: Axis = foot_axis if share_seen(mesh, rough) == 1.0 else metatarsal_axis
    if second_toe is not None:
        axis = axis_through(second_toe * scale)
    settled, axis_from = settle(mesh, start, axis=axis, settled=SETTLED, floor=floor)
    _refuse_sheet(mesh, settled, scale)
    placed = mesh.moved(settled.rotation, settled.translation, scale)
    refuse_unlike(placed)
    return Posed(
        placed,
        called,
        Placement(scale, settled.rotation, settled.translation),
        {"units": unit_assumption, "side": side_assumption},
        axis_from,
    )


def _refuse_sheet(mesh: Mesh, frame: Frame, scale: float) -> None:
    """An insole has a foot's outline and no instep."""
    points = (mesh.vertices * scale) @ frame.rotation.T + frame.translation
    middle = np.abs(points[:, 0] - 0.5 * frame.length) < 0.1 * frame.length
    top = float(points[middle, 2].max()) if middle.any() else 0.0
    if top < 0.12 * frame.length:
        raise FitterError(
            f"this is no whole foot: at half its length it is only {top:.0f} mm high (an instep is about "
            f"{0.26 * frame.length:.0f} mm)",
            todo="Load a scan that shows the foot up to the ankle; soles and insoles can't be measured yet",
            code="not_a_foot",
        )


# -- unit and side --------------------------------------------------------------------------------------


def _choose_unit(length: float, file_unit: str | None, units: str | None) -> tuple[str, Assumption]:
    """The unit that makes a foot of ``length`` (file coordinates), by how long people's feet are."""
    if units is not None:
        _refuse_length(length * MM_PER[units], units)
        return units, Assumption(units, f"read as {UNIT_NAMES[units]}, as you said", given=True)
    shortest, longest = table("scan/feet.toml")["length"]["range"]
    # The range is narrower than from one unit to the next (2.54): at most one makes a foot.
    unit = next((u for u, f in MM_PER.items() if shortest <= length * f <= longest), None)
    if unit is None:
        raise FitterError(
            f"no unit makes a foot of this shape: it is {length:.4g} long in the file's own numbers, and a "
            f"foot is {shortest:.0f} to {longest:.0f} mm",
            todo="Export the scan in mm, or say the unit with --units mm|cm|m|in",
            code="no_scale",
        )
    about = f"that makes the foot about {length * MM_PER[unit]:.0f} mm long"
    if file_unit is None:
        return unit, Assumption(unit, f"read as {UNIT_NAMES[unit]} ({about})", change=_UNITS_FLAG)
    if file_unit == unit:
        return unit, Assumption(unit, f"read as {UNIT_NAMES[unit]}, as the file says", change=_UNITS_FLAG)
    text = f"read as {UNIT_NAMES[unit]} ({about}), though the file says {UNIT_NAMES[file_unit]}"
    return unit, Assumption(unit, text, certain=False, change=_UNITS_FLAG)


_UNITS_FLAG = "--units mm|cm|m|in"


def _refuse_length(mm: float, unit: str) -> None:
    shortest, longest = table("scan/feet.toml")["length"]["range"]
    if not shortest <= mm <= longest:
        raise FitterError(
            f"in {UNIT_NAMES[unit]} this foot would be {mm:.4g} mm long, and a foot is "
            f"{shortest:.0f} to {longest:.0f} mm",
            todo="Leave --units out to let the program find the unit",
            code="implausible_units",
        )


def _choose_side(frame: Frame, side: Side | None) -> tuple[Side, Side, Assumption]:
    """The side the shape is read as, the side it is called, and how that came about.

    They differ where a person states one side and the shape is surely the other: then the file is a mirror
    image (exports do that), and read as the foot it shows, every measure is right.
    """
    right = probability_right(frame)
    seen: Side = "right" if right >= 0.5 else "left"
    certain = max(right, 1 - right) > 0.95
    if side is None:
        text = f"taken as a {seen} foot, by its shape" + ("" if certain else " (not certain)")
        return seen, seen, Assumption(seen, text, certain=certain, change="--side left|right")
    if side != seen and certain:
        text = f"taken as a {side} foot, as you said, but its shape is a {seen} one: read as a mirror image"
        return seen, side, Assumption(side, text, given=True, certain=False)
    return side, side, Assumption(side, f"taken as a {side} foot, as you said", given=True)


def probability_right(frame: Frame) -> float:
    """How surely a foot in an unsided frame (x forward, z up) is a right one, by a logistic regression."""
    weights = table("scan/side.toml")["weights"]
    score = sum(weights[name] * value for name, value in side_features(frame).items())
    return float(1.0 / (1.0 + np.exp(-np.clip(score, -50.0, 50.0))))


def side_features(frame: Frame) -> dict[str, float]:
    """What tells right from left; a mirrored foot has the same values with the other sign.

    ``recession``: how fast the toes' outline recedes towards -y (mm a mm). ``hollow``: how much higher the
    midfoot's sole is on the +y side (mm). ``lead``: how far the ball's +y side lies ahead of its -y side (per
    cent of length); toes and arch can't fool it.
    """
    front = frame.front_border()
    near = front.depth > np.nanmax(front.depth) - 0.25 * frame.length
    recession = float(np.polyfit(front.rows[near], front.depth[near], 1)[0])
    length = frame.length
    sole = frame.below.smoothed(2.0).between((0.35 * length, 0.60 * length), (-0.3 * length, 0.3 * length))
    seen = np.isfinite(sole.depth)
    across = (seen * sole.columns).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    inner = sole.columns > across[:, None]
    heights = np.clip(sole.depth, 0.0, 25.0)
    sides = [heights[seen & part] for part in (inner, ~inner)]
    hollow = float(sides[0].mean() - sides[1].mean()) if all(len(s) for s in sides) else 0.0
    return {"recession": recession, "hollow": hollow, "lead": _ball_lead(frame)}


def _ball_lead(frame: Frame) -> float:
    """How far the outermost skin of the ball's +y side lies ahead of that of its -y side, per cent of
    length."""
    places = []
    for sign in (1, -1):
        edge = frame.side_border(sign)
        ball = (edge.rows > 0.5 * frame.length) & (edge.rows < 0.8 * frame.length) & np.isfinite(edge.depth)
        if not ball.any():
            return 0.0
        out = sign * edge.depth[ball]
        places.append(float(edge.rows[ball][out > out.max() - 0.5].mean()))
    return 100.0 * (places[0] - places[1]) / frame.length
