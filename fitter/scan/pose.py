"""Finds the foot frame in a scan of a whole foot: unit, floor, heel and toe, side, foot axis.

Nothing is assumed of the file. Every step is a function of the shape alone, so a turned, mirrored or
rescaled file is brought to the same frame.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fitter.errors import FitterError
from fitter.resources import table
from fitter.saying import say
from fitter.scan.depth import greatest
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
    toe_tip,
)
from fitter.scan.mesh import Mesh
from fitter.scan.rough import refuse_unlike, rim_floor, rough_frame, rough_length, share_seen
from fitter.terms import MM_PER_UNIT, Side

Vector = NDArray[np.float64]

UNIT_NAMES = {"mm": "millimetres", "cm": "centimetres", "m": "metres", "in": "inches"}


@dataclass(frozen=True, slots=True)
class Posed:
    """A mesh in the foot frame and how it got there."""

    mesh: Mesh
    side: Side
    placement: Placement
    assumptions: dict[str, Assumption]
    axis_from: str  # "second_toe" or "second_metatarsal"
    scale_u95: float | None = 0.0  # see `Foot`


def pose(
    mesh: Mesh,
    *,
    file_unit: str | None = None,
    units: str | None = None,
    side: Side | None = None,
    foot_length: float | None = None,
    scale: Scale | None = None,
    second_toe: Vector | None = None,
) -> Posed:
    """Bring a whole foot into the foot frame (mm, right foot, standing on z = 0).

    ``file_unit`` is what the file itself states, ``units``, ``side`` and ``foot_length`` (mm) what the person
    states (they win). ``scale`` takes the place of all that where it is known already, and ``second_toe``
    (3,) is the tip of the second toe in the mesh's coordinates, where a person set it. Raises FitterError
    where no pose makes a foot of the shape.
    """
    rough = rough_frame(mesh)
    if scale is not None:
        return _settled(mesh, rough, scale, side, second_toe)
    scale = choose_scale(rough_length(mesh, rough), file_unit, units, foot_length)
    posed = _settled(mesh, rough, scale, side, second_toe)
    if foot_length is None:
        return posed
    # The rough length is good to some percent: the frame is settled again at the scale that it shows.
    exact = scale.for_length(foot_length, toe_end(posed.mesh))
    return _settled(mesh, rough, exact, side, second_toe)


def toe_end(mesh: Mesh) -> float:
    """x (mm) of the foremost point of the toes of a mesh in the foot frame."""
    return toe_tip(mesh.corners[greatest(mesh.corners[..., 0]) > mesh.vertices[:, 0].max() - 25.0])[0]


def _settled(
    mesh: Mesh, rough: NDArray[np.float64], scale: Scale, side: Side | None, second_toe: Vector | None
) -> Posed:
    frame = rough * scale.factor  # rows: x, y, z of the frame, scaled to mm
    rim = rim_floor(mesh, rough)
    floor = None if rim is None else rim * scale.factor
    unsided, _ = settle(mesh, frame, axis=middle_axis, settled=1e-3, floor=floor)
    shape, called, side_assumption = choose_side(probability_right(unsided), side)
    flip = np.diag([1.0, -1.0, 1.0]) if shape == "left" else np.eye(3)
    start = flip @ unsided.rotation * scale.factor
    # The stump of a forefoot has dimples, and no toes.
    axis: Axis = foot_axis if share_seen(mesh, rough) == 1.0 else metatarsal_axis
    if second_toe is not None:
        axis = axis_through(second_toe * scale.factor)
    settled, axis_from = settle(mesh, start, axis=axis, settled=SETTLED, floor=floor)
    _refuse_sheet(mesh, settled, scale.factor)
    placed = mesh.moved(settled.rotation, settled.translation, scale.factor)
    refuse_unlike(placed)
    return Posed(
        placed,
        called,
        Placement(scale.factor, settled.rotation, settled.translation),
        {"units": scale.assumption, "side": side_assumption},
        axis_from,
        scale.u95,
    )


def _refuse_sheet(mesh: Mesh, frame: Frame, scale: float) -> None:
    """An insole has a foot's outline and no instep."""
    points = (mesh.vertices * scale) @ frame.rotation.T + frame.translation
    middle = np.abs(points[:, 0] - 0.5 * frame.length) < 0.1 * frame.length
    top = float(points[middle, 2].max()) if middle.any() else 0.0
    if top < 0.12 * frame.length:
        raise FitterError(
            say(
                "this is no whole foot: at half its length it is only {top:.0f} mm high (an instep "
                "is about {length:.0f} mm)",
                top=top,
                length=0.26 * frame.length,
            ),
            todo="Load a scan that shows the foot up to the ankle, or its whole sole from below",
            code="not_a_foot",
        )


# -- unit and side --------------------------------------------------------------------------------------

NO_UNIT = "none"  # the file has no usable scale


@dataclass(frozen=True, slots=True)
class Scale:
    """mm per unit of the file and how that came about; ``u95`` as `Foot.scale_u95`."""

    factor: float
    assumption: Assumption
    u95: float | None = 0.0

    def for_length(self, foot_length: float, length: float) -> Scale:
        """The scale that makes a foot that is ``length`` mm long at this one ``foot_length`` mm long."""
        return replace(self, factor=self.factor * foot_length / length)


def choose_scale(
    length: float, file_unit: str | None, units: str | None, foot_length: float | None, seen: float = 1.0
) -> Scale:
    """The scale of a foot of which ``seen`` (a share of its length) is ``length`` long in file coordinates.

    What a person states wins: the foot's length (mm), then the unit. Else the unit by how long feet are.
    """
    length /= seen
    if units is not None:
        _refuse_length(length * MM_PER_UNIT[units], units)
    if foot_length is not None:
        return _scale_by_length(length, units, foot_length)
    if units is not None:
        said = Assumption(
            units, say("read as {unit_names}, as you said", unit_names=UNIT_NAMES[units]), given=True
        )
        return Scale(MM_PER_UNIT[units], said)
    chances = unit_probabilities(length, file_unit)
    unit = max(chances, key=lambda u: chances[u])
    if unit == NO_UNIT:
        return _no_scale(length, chances[unit])
    return Scale(MM_PER_UNIT[unit], _unit_assumption(unit, length, file_unit, chances[unit]))


def unit_probabilities(length: float, file_unit: str | None = None) -> dict[str, float]:
    """How probable each unit is, and that there is none, for a foot ``length`` long in the file's numbers.

    By Bayes, from how long people's feet are and how often files come in each unit (models/scan/feet.toml).
    """
    beliefs = table("scan/feet.toml")["length"]
    prior: dict[str, float] = dict(beliefs["unit"])
    if file_unit is not None:
        others = 1.0 - beliefs["stated"]
        prior = {u: beliefs["stated"] if u == file_unit else others * p for u, p in prior.items()}
    weights = {u: p * _length_density(length * MM_PER_UNIT[u]) for u, p in prior.items()}
    weights[NO_UNIT] = beliefs["no_scale"] / (beliefs["decades"] * np.log(10.0))
    total = sum(weights.values())
    return {u: float(w / total) for u, w in weights.items()}


def _length_density(mm: float) -> float:
    """Density of foot length, over its logarithm, so that units compare."""
    beliefs = table("scan/feet.toml")["length"]
    if not beliefs["range"][0] <= mm <= beliefs["range"][1]:
        return 0.0
    people = [
        p["weight"] / (p["sd"] * np.sqrt(2.0 * np.pi)) * np.exp(-0.5 * ((mm - p["mean"]) / p["sd"]) ** 2)
        for p in beliefs["people"]
    ]
    return float(mm * sum(people))


CERTAIN = 0.95  # a guess less probable than this is told as one
_UNITS_FLAG = "--units mm|cm|m|in"
_SIDE_FLAG = "--side left|right"


def _unit_assumption(unit: str, length: float, file_unit: str | None, probability: float) -> Assumption:
    about = say("that makes the foot about {length:.0f} mm long", length=length * MM_PER_UNIT[unit])
    certain = probability >= CERTAIN
    if file_unit is None:
        text = say(
            "read as {unit_names} ({about}{word})",
            unit_names=UNIT_NAMES[unit],
            about=about,
            word="" if certain else ", which few feet are",
        )
    elif file_unit == unit:
        text = say("read as {unit_names}, as the file says", unit_names=UNIT_NAMES[unit]) + (
            "" if certain else f" ({about})"
        )
    else:
        text = say(
            "read as {unit_names} ({about}), though the file says {unit_names2}",
            unit_names=UNIT_NAMES[unit],
            about=about,
            unit_names2=UNIT_NAMES[file_unit],
        )
        certain = False
    return Assumption(unit, text, certain=certain, change=_UNITS_FLAG, probability=probability)


def _no_scale(length: float, probability: float) -> Scale:
    nominal = table("scan/feet.toml")["length"]["nominal"]
    text = say(
        "the file has no usable scale (the foot is {length:.4g} long in its own numbers, and "
        "no unit makes that a foot's length): only ratios and angles are given",
        length=length,
    )
    told = Assumption(
        NO_UNIT,
        text,
        certain=False,
        change=say("--foot-length MM or {units_flag}", units_flag=_UNITS_FLAG),
        probability=probability,
    )
    return Scale(nominal / length, told, None)


def _scale_by_length(length: float, units: str | None, foot_length: float) -> Scale:
    """The scale that makes the foot as long as a ruler said, with the ruler's error."""
    in_unit = foot_length if units is None else length * MM_PER_UNIT[units]
    if units is not None and abs(in_unit / foot_length - 1.0) > _LENGTHS_APART:
        raise FitterError(
            say(
                "in {unit_names} the foot is about {in_unit:.0f} mm long, and you gave {foot_length:g} mm",
                unit_names=UNIT_NAMES[units],
                in_unit=in_unit,
                foot_length=foot_length,
            ),
            todo="Give the unit or the foot's length, not both",
            code="scale_conflict",
        )
    scale = foot_length / length
    unit = next((u for u, f in MM_PER_UNIT.items() if abs(scale / f - 1.0) <= _LENGTHS_APART), NO_UNIT)
    text = say("scaled to a foot length of {foot_length:g} mm, as you said", foot_length=foot_length)
    ruler = table("scan/feet.toml")["length"]["ruler_u95"]
    return Scale(scale, Assumption(unit, text, given=True), ruler / foot_length)


def doubted_length(
    told: Assumption, foot_length: float, length: float, file_unit: str | None, units: str | None
) -> Assumption:
    """The assumption that a ruler set the scale, in doubt where the file's own unit is known as well (or
    stated) and the foot, ``length`` long in the file's numbers, is another length in it."""
    chances = {units: 1.0} if units is not None else unit_probabilities(length, file_unit)
    unit = max(chances, key=lambda u: chances[u])
    if unit == NO_UNIT or chances[unit] < CERTAIN:
        return told
    in_unit = length * MM_PER_UNIT[unit]
    if abs(in_unit / foot_length - 1.0) <= _RULER_APART:
        return told
    text = say(
        "{text}; in {unit_names} the foot would be {in_unit:.0f} mm",
        text=told.text,
        unit_names=UNIT_NAMES[unit],
        in_unit=in_unit,
    )
    return replace(told, text=text, certain=False)


# A ruler is 1 % off, a scanner that is not checked 1 or 2: more is another foot, or a slip of the pen.
_RULER_APART = 0.03
_LENGTHS_APART = 0.15  # a ruler and the file's own unit may differ by so much (a shoe's length, a bent toe)


def _refuse_length(mm: float, unit: str) -> None:
    shortest, longest = table("scan/feet.toml")["length"]["range"]
    if not shortest <= mm <= longest:
        raise FitterError(
            say(
                "in {unit_names} this foot would be {mm:.4g} mm long, and a foot is {shortest:.0f} "
                "to {longest:.0f} mm",
                unit_names=UNIT_NAMES[unit],
                mm=mm,
                shortest=shortest,
                longest=longest,
            ),
            todo="Leave --units out to let the program find the unit",
            code="implausible_units",
        )


def choose_side(right: float, side: Side | None) -> tuple[Side, Side, Assumption]:
    """The side the shape is read as, the side it is called, and how that came about; ``right`` is the
    probability of a right foot.

    They differ where a person states one side and the shape is surely the other: then the file is a mirror
    image (exports do that), and read as the foot it shows, every measure is right.
    """
    seen: Side = "right" if right >= 0.5 else "left"
    probability = max(right, 1 - right)
    certain = probability >= CERTAIN
    if side is None:
        text = say("taken as a {seen} foot, by its shape", seen=seen) + ("" if certain else " (not certain)")
        guess = Assumption(seen, text, certain=certain, change=_SIDE_FLAG, probability=probability)
        return seen, seen, guess
    agreed = right if side == "right" else 1 - right
    if side != seen and certain:
        text = say(
            "taken as a {side} foot, as you said, but its shape is a {seen} one: read as a mirror image",
            side=side,
            seen=seen,
        )
        return seen, side, Assumption(side, text, given=True, certain=False, probability=agreed)
    said = Assumption(
        side, say("taken as a {side} foot, as you said", side=side), given=True, probability=agreed
    )
    return side, side, said


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
