"""Exercises and self-checks, drawn: how each begins and how it ends, as a jointed figure with rounded limbs.

A figure is made from a few joints and angles (degrees from straight down, forwards positive); knees and
elbows follow from where hips, feet, shoulders and hands are. The muscles that work are tinted. No picture
holds a word.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from fitter.picture.guides import Guide, Ink, Point, Shape, Sign, smooth
from fitter.picture.limbs import arc, arrow_head, curved_arrow, disc, fused, joint, tapered

Part = Shape | Sign

# Lengths and half widths of a grown-up about 150 units tall, joint to joint.
_THIGH, _SHIN, _TORSO, _UPPER, _FORE = 37.0, 36.0, 44.0, 25.0, 22.0
_ANKLE_UP = 6.5  # the ankle above the sole
_FLOOR = 182.0


# ---------------------------------------------------------------------------------------- limbs


def _bend(start: Point, end: Point, first: float, second: float, way: float) -> Point:
    """The knee or elbow between two joints; ``way`` says on which side of the line it lies."""
    long = min(math.dist(start, end), first + second - 0.01)
    along = (first**2 - second**2 + long**2) / (2.0 * long)
    aside = way * math.sqrt(max(0.0, first**2 - along**2))
    ux, uy = (end[0] - start[0]) / long, (end[1] - start[1]) / long
    return (start[0] + ux * along + uy * aside, start[1] + uy * along - ux * aside)


_FOOT: tuple[Point, ...] = (
    (-5.5, 1.0), (-6.3, 4.5), (-4.5, 6.4), (4, 6.2), (14, 6.4), (17.5, 5.2), (16.5, 2.8), (10, -0.2),
    (4.5, -4),
    (0, -5), (-4, -4),
)  # fmt: skip


def _foot(ankle: Point, degrees: float, way: float = 1.0) -> tuple[Point, ...]:
    """A foot from the side whose toes point along ``degrees``; ``way`` is -1 where its sole is on the
    left."""
    t = math.radians(degrees)
    fx, fy = math.sin(t), math.cos(t)
    dx, dy = -way * fy, way * fx
    return smooth([(ankle[0] + fx * a + dx * b, ankle[1] + fy * a + dy * b) for a, b in _FOOT], steps=3)


def _leg(
    hip: Point, knee: Point, ankle: Point, foot: Sequence[Point], *, far: bool = False
) -> tuple[Shape, ...]:
    parts = (tapered(hip, knee, 9.2, 6.4), tapered(knee, ankle, 6.2, 3.7), _calf(knee, ankle), foot)
    return fused([p for p in parts if p], "shade" if far else "skin", "edge", 0.9)


def _calf(knee: Point, ankle: Point) -> tuple[Point, ...]:
    middle = (knee[0] + 0.32 * (ankle[0] - knee[0]), knee[1] + 0.32 * (ankle[1] - knee[1]))
    lean = math.degrees(math.atan2(ankle[1] - knee[1], ankle[0] - knee[0]))
    return disc(middle, 11.5, 6.7, lean)


def _arm(shoulder: Point, elbow: Point, hand: Point, *, far: bool = False) -> tuple[Shape, ...]:
    parts = (
        tapered(shoulder, elbow, 5.0, 3.8),
        tapered(elbow, hand, 3.9, 2.8),
        disc(hand, 3.7, 3.2),
    )
    return fused(parts, "shade" if far else "skin", "edge", 0.9)


def _head(neck: Point, degrees: float, *, face: float) -> tuple[Shape, ...]:
    """The head above (or beyond) a neck, along ``degrees``; ``face`` is the side on which the nose is (0: it
    looks at us)."""
    middle = joint(neck, degrees, 14.0)
    lean = 90.0 - degrees
    skull = disc(middle, 10.6, 8.8, lean)
    nose = joint(joint(middle, degrees, -1.5), degrees + 90.0 * face, 8.4)
    shapes = [tapered(neck, joint(neck, degrees, 7.0), 4.6, 4.2), skull]
    if face:
        shapes.append(disc(nose, 1.9))
    hair_from = joint(joint(middle, degrees, 1.6), degrees - 90.0 * face, 1.4 if face else 0.0)
    first, last = (degrees - 100.0, degrees + 100.0) if not face else (degrees - 60.0, degrees + 165.0)
    if face > 0:
        first, last = degrees - 165.0, degrees + 60.0
    hair = [(x, y) for x, y in arc(hair_from, 9.4, first, last)]
    return (*fused(shapes, "skin", "edge", 0.9), Shape(smooth(hair), "line", "line", 0.6))


def _torso(hip: Point, shoulder: Point) -> tuple[Shape, ...]:
    middle = (0.45 * hip[0] + 0.55 * shoulder[0], 0.45 * hip[1] + 0.55 * shoulder[1])
    return (
        *fused(
            (tapered(hip, middle, 9.4, 9.2), tapered(middle, shoulder, 9.6, 7.6)), "tool", "tool_edge", 0.9
        ),
    )


def _shorts(hip: Point, knee: Point, waist: Point) -> tuple[Shape, ...]:
    """Short trousers over the hip and the upper half of a thigh."""
    hem = (hip[0] + 0.5 * (knee[0] - hip[0]), hip[1] + 0.5 * (knee[1] - hip[1]))
    top = (hip[0] + 0.2 * (waist[0] - hip[0]), hip[1] + 0.2 * (waist[1] - hip[1]))
    return fused((tapered(hip, hem, 10.2, 8.6), tapered(top, hip, 9.6, 10.2)), "cloth", "cloth_edge", 0.9)


def _muscle(start: Point, end: Point, aside: float, wide: float) -> Shape:
    """A tinted belly along a limb, shifted ``aside`` (to the left of the way from start to end)."""
    long = math.dist(start, end)
    nx, ny = (end[1] - start[1]) / long, -(end[0] - start[0]) / long
    middle = (0.5 * (start[0] + end[0]) + nx * aside, 0.5 * (start[1] + end[1]) + ny * aside)
    lean = math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))
    return Shape(disc(middle, 0.36 * long, wide, lean), "muscle", "measure", 0.8)


# ---------------------------------------------------------------------------------------- things


def _chair(x: float, seat: float) -> tuple[Shape, ...]:
    """A chair facing right, its seat's front edge at ``x``."""
    return (
        _line((x - 31, seat - 40), (x - 33, _FLOOR), ink="wall_edge", thick=3.0),
        _line((x - 4, seat + 3), (x - 3, _FLOOR), ink="wall_edge", thick=3.0),
        Shape(((x - 33, seat), (x, seat), (x, seat + 5), (x - 33, seat + 5)), "wall", "wall_edge", 1.0),
    )


def _line(*points: Point, ink: Ink = "ink", thick: float = 0.9, dashed: bool = False) -> Shape:
    return Shape(points, None, ink, thick, closed=False, dashed=dashed)


def _floor(left: float, right: float, y: float = _FLOOR) -> Shape:
    return _line((left, y), (right, y), ink="wall_edge", thick=1.6)


def _then(x: float, y: float) -> tuple[Shape, ...]:
    """First this, then that."""
    return (_line((x - 11, y), (x + 5, y), ink="ink", thick=1.8), arrow_head((x + 11, y), 90.0, 8.0, "ink"))


# ---------------------------------------------------------------------------------------- figures, from the
# side


@dataclass(frozen=True, slots=True)
class _Side:
    """A figure from the side: where hip and shoulder are, both ankles (near, far) and how its feet point,
    both hands, which way knees and elbows bend, which way it faces and how its head is held."""

    hip: Point
    shoulder: Point
    ankles: tuple[Point, Point]
    feet: tuple[float, float]
    hands: tuple[Point, Point]
    head: float = 180.0
    face: float = -1.0
    knees: float = 1.0
    elbows: float = -1.0
    soles: float = -1.0


def _drawn(
    f: _Side, muscles: Callable[[_Side, Point], Sequence[Shape]] = lambda f, k: ()
) -> tuple[Part, ...]:
    near, far = (_bend(f.hip, a, _THIGH, _SHIN, f.knees) for a in f.ankles)
    elbows = [_bend(f.shoulder, h, _UPPER, _FORE, f.elbows) for h in f.hands]
    feet = [_foot(a, way, f.soles) for a, way in zip(f.ankles, f.feet, strict=True)]
    return (
        *_arm(f.shoulder, elbows[1], f.hands[1], far=True),
        *_leg(f.hip, far, f.ankles[1], feet[1], far=True),
        *_shorts(f.hip, far, f.shoulder),
        *_torso(f.hip, f.shoulder),
        *_head(joint(f.shoulder, f.head, 4.0), f.head, face=f.face),
        *_leg(f.hip, near, f.ankles[0], feet[0]),
        *_shorts(f.hip, near, f.shoulder),
        *muscles(f, near),
        *_arm(f.shoulder, elbows[0], f.hands[0]),
    )


def _front_thigh(f: _Side, knee: Point) -> Sequence[Shape]:
    start = (f.hip[0] + 0.16 * (knee[0] - f.hip[0]), f.hip[1] + 0.16 * (knee[1] - f.hip[1]))
    return (_muscle(start, knee, 2.4 * f.knees, 3.3),)


def _seat(f: _Side, knee: Point) -> Sequence[Shape]:
    """The buttock: at the back of the hip."""
    lean = math.degrees(math.atan2(f.shoulder[1] - f.hip[1], f.shoulder[0] - f.hip[0]))
    way = joint(f.hip, 90.0 - lean - 90.0 * f.knees, 4.6)
    return (Shape(disc(way, 7.0, 5.2, lean), "muscle", "measure", 0.8),)


def _outer_hip(f: _Side, knee: Point) -> Sequence[Shape]:
    lean = math.degrees(math.atan2(knee[1] - f.hip[1], knee[0] - f.hip[0]))
    return (Shape(disc((f.hip[0] + 1.0, f.hip[1] - 3.4), 9.5, 4.6, 0.4 * lean), "muscle", "measure", 0.8),)


def _belly(f: _Side, knee: Point) -> Sequence[Shape]:
    a = (f.hip[0] + 0.12 * (f.shoulder[0] - f.hip[0]), f.hip[1] + 0.12 * (f.shoulder[1] - f.hip[1]))
    b = (f.hip[0] + 0.72 * (f.shoulder[0] - f.hip[0]), f.hip[1] + 0.72 * (f.shoulder[1] - f.hip[1]))
    return (_muscle(a, b, 4.2 * f.knees, 3.8),)


def _standing(x: float, hands: float = 50.0) -> _Side:
    ankle = (x, _FLOOR - _ANKLE_UP)
    hip = (x - 1.0, ankle[1] - _THIGH - _SHIN + 0.6)
    shoulder = (x - 1.0, hip[1] - _TORSO)
    reach = (
        shoulder[0] + 40.0 * math.sin(math.radians(hands)),
        shoulder[1] + 40.0 * math.cos(math.radians(hands)),
    )
    return _Side(
        hip, shoulder, (ankle, (ankle[0] + 3, ankle[1])), (90, 90), (reach, (reach[0] + 3, reach[1] + 1))
    )


def _sitting(x: float, lean: float, hands: float, shin: float = 0.0) -> _Side:
    """On a chair whose seat's edge is at ``x``; the near shin lifted by ``shin`` degrees."""
    hip = (x - 17.0, _FLOOR - _SHIN - _ANKLE_UP - 1.0)
    knee = (hip[0] + _THIGH, hip[1])
    near, far = joint(knee, shin, _SHIN), joint(knee, -6.0, _SHIN)
    shoulder = joint(hip, 180.0 - lean, _TORSO)
    reach = joint(shoulder, hands, 40.0)
    return _Side(
        hip,
        shoulder,
        (near, far),
        (90.0 + shin, 90.0),
        (reach, (reach[0] + 3, reach[1] + 1)),
        head=180.0 - 0.6 * lean,
    )


def _sit_to_stand() -> Guide:
    first, last = _sitting(58.0, 22.0, 62.0, -8.0), _standing(176.0, 72.0)
    return Guide(
        "thigh_sit_to_stand", 236, 166,
        _moved((
            _floor(6, 106), _floor(130, 230), *_chair(58.0, _FLOOR - 33.0), *_drawn(first, _front_thigh),
            *_then(118, 100), *_chair(166.0, _FLOOR - 33.0), *_drawn(last, _front_thigh),
        ), 0.0, -22.0),
    )  # fmt: skip


def _knee_extension() -> Guide:
    parts: list[Part] = []
    for x, shin in ((54.0, 0.0), (170.0, 76.0)):
        f = _sitting(x, 0.0, 24.0, shin)
        parts += [_floor(x - 46, x + 56), *_chair(x, _FLOOR - 33.0), *_drawn(f, _front_thigh)]
        if shin:
            knee = (f.hip[0] + _THIGH, f.hip[1])
            parts += curved_arrow(knee, 31.0, 14.0, 58.0, "measure")
    return Guide("thigh_knee_extension", 236, 146, (*_moved(parts, 0.0, -42.0), *_then(113, 40)))


def _on_the_side(lift: float, top: float) -> tuple[Part, ...]:
    """Lying on one side, seen from the front: the lower knee bent towards us, the upper leg lifted by
    ``lift`` degrees."""
    hip = (96.0, top - 11.0)
    shoulder = (hip[0] - _TORSO, hip[1] + 1.5)
    over = joint(hip, 90.0 + lift, _THIGH + _SHIN - 0.5)
    knee, ankle = (hip[0] + 33.0, top - 7.5), (hip[0] + 57.0, top - 5.0)
    lower = (
        tapered((hip[0], top - 9.0), knee, 8.6, 7.4),
        tapered(knee, ankle, 7.0, 4.0),
        disc(ankle, 5.0, 4.6),
    )
    f = _Side(
        hip, shoulder, (over, over), (5.0 + lift, 5.0), ((hip[0] - 12, top - 2.5), (shoulder[0] - 45,
        top - 5)),
        head=264.0, face=0.0, elbows=1.0,
    )  # fmt: skip
    upper = joint(hip, 90.0 + lift, _THIGH)
    leg = fused(
        (tapered(hip, upper, 9.2, 6.4), tapered(upper, over, 6.2, 3.7), _calf(upper, over),
         disc(joint(over, f.feet[0], 3.0), 7.5, 4.6, 90.0 - f.feet[0])), "skin", "edge", 0.9,
    )  # fmt: skip
    hands = [_bend(shoulder, h, _UPPER, _FORE, f.elbows) for h in f.hands]
    return (
        *_arm(shoulder, hands[1], f.hands[1], far=True),
        *fused(lower, "shade", "edge", 0.9),
        Shape(disc((knee[0] - 1.0, knee[1] - 0.5), 3.4, 3.8), "place", "edge", 0.7),
        *_shorts((hip[0], top - 9.5), knee, shoulder),
        *_torso(hip, shoulder),
        *_head(joint(shoulder, f.head, 4.0), f.head, face=0.0),
        *leg,
        *_shorts(hip, upper, shoulder),
        *_outer_hip(f, upper),
        *_arm(shoulder, hands[0], f.hands[0]),
    )


def _side_leg_lift(name: str, *, check: bool = False) -> Guide:
    parts: list[Part] = []
    for floor, lift in ((38.0, 0.0), (122.0, 32.0)):
        parts += [_floor(8, 196, floor), *_on_the_side(lift, floor)]
        hip = (96.0, floor - 11.0)
        if lift:
            parts += curved_arrow(hip, 88.0, 96.0, 90.0 + lift, "measure")
            if check:
                parts.append(_line((hip[0] - _TORSO, hip[1]), joint(hip, 90.0, 96.0), thick=0.9, dashed=True))
    down = (_line((26, 54), (26, 68), thick=1.8), arrow_head((26, 74), 0.0, 8.0, "ink"))
    return Guide(name, 206, 130, (*parts, *down))


def _bridge() -> Guide:
    parts: list[Part] = []
    floor = _FLOOR
    for x, up in ((62.0, 0.0), (220.0, 26.0)):
        shoulder = (x - 22.0, floor - 8.5)
        hip = (shoulder[0] + math.sqrt(_TORSO**2 - up**2), shoulder[1] - up)
        ankle = (shoulder[0] + 84.0, floor - _ANKLE_UP)
        hand = (shoulder[0] + 46.0, floor - 3.5)
        f = _Side(
            hip, shoulder, (ankle, (ankle[0] + 2, ankle[1])), (90, 90), (hand, hand), head=270.0, face=-1.0,
            knees=1.0, elbows=1.0,
        )  # fmt: skip
        parts += [_floor(x - 58, x + 86, floor), *_drawn(f, _under_hip)]
        if up:
            parts += [
                _line((hip[0] - 4, floor - 4), (hip[0] - 4, hip[1] + 20), ink="measure", thick=1.8),
                arrow_head((hip[0] - 4, hip[1] + 14), 180.0, 7.0, "measure"),
            ]
    return Guide("hip_bridge", 312, 96, (*_moved(parts, 0.0, -92.0), *_then(150, 24)))


def _under_hip(f: _Side, knee: Point) -> Sequence[Shape]:
    """The buttock of someone on their back: below the hip."""
    lean = math.degrees(math.atan2(f.hip[1] - f.shoulder[1], f.hip[0] - f.shoulder[0]))
    return (Shape(disc((f.hip[0] + 1.5, f.hip[1] + 4.6), 8.0, 4.4, lean), "muscle", "measure", 0.8),)


def _moved(parts: Sequence[Part], x: float, y: float) -> tuple[Part, ...]:
    return tuple(
        Shape(tuple((a + x, b + y) for a, b in p.points), p.fill, p.line, p.thick, p.closed, p.dashed)
        if isinstance(p, Shape)
        else Sign((p.at[0] + x, p.at[1] + y), p.text, p.size, p.ink, p.anchor)
        for p in parts
    )


def _step_down() -> Guide:
    parts: list[Part] = []
    rise = 22.0
    for x, down in ((58.0, False), (180.0, True)):
        step = _FLOOR - rise
        ankle = (x, step - _ANKLE_UP)
        drop = 15.0 if down else 2.0
        hip = (x - (5.0 if down else 0.0), ankle[1] - _THIGH - _SHIN + drop)
        shoulder = joint(hip, 180.0 - (12.0 if down else 2.0), _TORSO)
        other = (x + 29.0, _FLOOR - _ANKLE_UP - 2.0) if down else (x + 22.0, step - _ANKLE_UP - 6.0)
        hands = (joint(shoulder, 30.0, 42.0), joint(shoulder, 38.0, 42.0))
        f = _Side(hip, shoulder, (ankle, other), (90, 105.0), hands, head=176.0 - (6.0 if down else 0.0))
        stair = ((x - 44, step), (x + 20, step), (x + 20, _FLOOR), (x - 44, _FLOOR))
        parts += [Shape(stair, "wall", "wall_edge", 1.2), _floor(x - 46, x + 58), *_drawn(f, _front_thigh)]
    return Guide("step_down", 242, 194, (*_moved(parts, 0.0, 8.0), *_then(118, 52)))


def _plank() -> Guide:
    parts: list[Part] = []
    for x, knees in ((34.0, True), (206.0, False)):
        floor = _FLOOR
        elbow = (x + 104.0, floor - 4.5)
        shoulder = (elbow[0], elbow[1] - _UPPER + 1.0)
        hand = (elbow[0] + _FORE, floor - 3.6)
        hip = joint(shoulder, 270.0 + 6.0, _TORSO)
        if knees:
            knee = (hip[0] - 29.0, floor - 6.6)
            ankle = joint(knee, 268.0, _SHIN)
            legs = fused(
                (tapered(hip, knee, 9.2, 6.4), tapered(knee, ankle, 6.2, 3.7), _calf(knee, ankle),
                 _foot(ankle, 275.0, 1.0)), "skin", "edge", 0.9,
            )  # fmt: skip
        else:
            ankle = joint(hip, 275.5, _THIGH + _SHIN)
            knee = joint(hip, 275.5, _THIGH)
            legs = fused(
                (tapered(hip, knee, 9.2, 6.4), tapered(knee, ankle, 6.2, 3.7), _calf(knee, ankle),
                 _foot(ankle, 8.0, 1.0)), "skin", "edge", 0.9,
            )  # fmt: skip
        arm = _arm(shoulder, elbow, hand)
        f = _Side(hip, shoulder, (ankle, ankle), (0, 0), (hand, hand), knees=-1.0)
        parts += [
            _floor(x - 26, x + 134), *_head(joint(shoulder, 100.0, 5.0), 100.0, face=-1.0), *legs,
            *_torso(hip, shoulder), *_shorts(hip, knee, shoulder), *_belly(f, knee), *arm,
        ]  # fmt: skip
        if not knees:
            parts.append(_line(shoulder, ankle, ink="ink", thick=0.9, dashed=True))
    return Guide("trunk_plank", 348, 92, (*_moved(parts, 0.0, -96.0), *_then(160, 20)))


def _side_plank() -> Guide:
    parts: list[Part] = []
    for x, up in ((10.0, False), (178.0, True)):
        floor = _FLOOR
        elbow = (x + 30.0, floor - 4.5)
        shoulder = (elbow[0], elbow[1] - _UPPER + (1.0 if up else 3.0))
        foot_y = floor - 6.0
        if up:
            hip = (shoulder[0] + 43.0, shoulder[1] + 0.40 * (foot_y - shoulder[1]))
        else:
            hip = (shoulder[0] + 41.0, floor - 10.0)
        ankle = (hip[0] + math.sqrt((_THIGH + _SHIN) ** 2 - (foot_y - hip[1]) ** 2), foot_y)
        knee = (0.5 * (hip[0] + ankle[0]), 0.5 * (hip[1] + ankle[1]))
        hand = (elbow[0] - 3.0, floor - 3.5)
        resting = (hip[0] - 2.0, hip[1] - 7.0)
        legs = fused(
            (tapered(hip, knee, 9.2, 6.4), tapered(knee, ankle, 6.4, 4.2),
             disc((ankle[0] + 1.0, ankle[1] - 0.5), 4.8, 6.4, 8.0)), "skin", "edge", 0.9,
        )  # fmt: skip
        lean = math.degrees(math.atan2(hip[0] - shoulder[0], hip[1] - shoulder[1]))
        head = lean + 180.0 + (4.0 if up else -16.0)
        flank = (
            (shoulder[0] + 0.3 * (hip[0] - shoulder[0]), shoulder[1] + 0.3 * (hip[1] - shoulder[1]) + 3.6),
            (hip[0], hip[1] + 3.6),
        )
        parts += [
            _floor(x - 4, x + 158), *_head(joint(shoulder, head, 4.0), head, face=0.0), *legs,
            *_torso(hip, shoulder), *_shorts(hip, knee, shoulder), _muscle(*flank, 0.0, 3.8),
            *_arm(shoulder, elbow, hand),
            *_arm((shoulder[0] + 3.0, shoulder[1] - 5.0), _bend((shoulder[0] + 3.0, shoulder[1] - 5.0),
            resting, _UPPER, _FORE, 1.0), resting),
        ]  # fmt: skip
        if up:
            parts += [
                _line(shoulder, ankle, ink="ink", thick=0.9, dashed=True),
                _line((hip[0] + 8, floor - 1), (hip[0] + 8, floor - 5), ink="measure", thick=1.8),
                arrow_head((hip[0] + 8, floor - 10.5), 180.0, 6.5, "measure"),
            ]
    return Guide("trunk_side_plank", 344, 92, (*_moved(parts, 0.0, -96.0), *_then(160, 20)))


# ---------------------------------------------------------------------------------------- figures, from the
# front


def _squat(x: float, knee_in: float) -> tuple[Part, ...]:
    """On one leg before a mirror, the standing knee ``knee_in`` units to the inside of the foot."""
    ankle = (x + 7.0, _FLOOR - _ANKLE_UP + 1.0)
    tilt = 4.5 if knee_in else 0.0  # the free side of the pelvis drops
    hip = (x + 7.5, ankle[1] - 60.0)
    other = (x - 9.5, hip[1] + tilt)
    knee = (ankle[0] + 0.5 - knee_in, ankle[1] - 32.0)
    lean = 5.0 if knee_in else 0.0
    neck = (x - 1.0 + lean, hip[1] - 47.0)
    shoulders = ((neck[0] + 15.5, neck[1] + 4.0 - 0.4 * tilt), (neck[0] - 15.5, neck[1] + 4.0 + 0.4 * tilt))
    free_knee = (other[0] - 3.0, other[1] + 27.0)
    free_ankle = (free_knee[0] + 1.5, free_knee[1] + 17.0)
    standing_foot = smooth(
        [(ankle[0] - 5, ankle[1]), (ankle[0] - 5.5, ankle[1] + 4.5), (ankle[0] - 1, ankle[1] + 5.8),
         (ankle[0] + 5, ankle[1] + 5.8), (ankle[0] + 8.5, ankle[1] + 4.2), (ankle[0] + 5.5, ankle[1] - 0.5)]
    )  # fmt: skip
    chest = (
        (shoulders[0][0] + 1, shoulders[0][1] - 2), (neck[0] + 5, neck[1] - 3), (neck[0] - 5, neck[1] - 3),
        (shoulders[1][0] - 1, shoulders[1][1] - 2), (shoulders[1][0] + 3.0, shoulders[1][1] + 16),
        (other[0] - 4.0, other[1] - 12), (other[0] - 5.0, other[1] - 2), (hip[0] + 5.0, hip[1] - 2),
        (hip[0] + 4.0, hip[1] - 12), (shoulders[0][0] - 3.0, shoulders[0][1] + 16),
    )  # fmt: skip
    pelvis = (
        (hip[0] + 7.5, hip[1] - 8), (hip[0] + 9.0, hip[1] + 2), (hip[0] + 2, hip[1] + 10), (x - 1,
        hip[1] + 11),
        (other[0] - 2, other[1] + 10), (other[0] - 9.0, other[1] + 2), (other[0] - 7.5, other[1] - 8),
    )  # fmt: skip
    arms: list[Shape] = []
    for n, way in ((0, 1.0), (1, -1.0)):
        hand = ((hip if n == 0 else other)[0] + way * 6.0, (hip if n == 0 else other)[1] - 7.0)
        arms += _arm(shoulders[n], _bend(shoulders[n], hand, _UPPER, _FORE, way), hand)
    hem = (hip[0] + 0.5 * (knee[0] - hip[0]), hip[1] + 0.5 * (knee[1] - hip[1]))
    free_hem = (other[0] + 0.5 * (free_knee[0] - other[0]), other[1] + 0.5 * (free_knee[1] - other[1]))
    return (
        *fused((tapered(other, free_knee, 9.0, 6.6), tapered(free_knee, free_ankle, 5.6, 4.2),
                disc((free_ankle[0], free_ankle[1] + 1.5), 4.4, 4.0)), "shade", "edge", 0.9),
        *fused((tapered(hip, knee, 9.2, 6.6), tapered(knee, ankle, 6.6, 4.0), standing_foot), "skin",
        "edge", 0.9),
        Shape(disc((knee[0], knee[1] - 0.5), 3.2, 3.6), "place", "edge", 0.8),
        *_head((neck[0], neck[1] + 2.0), 180.0 - (6.0 if knee_in else 0.0), face=0.0),
        Shape(smooth(chest), "tool", "tool_edge", 0.9),
        *fused((smooth(pelvis), tapered(hip, hem, 9.4, 8.4), tapered(other, free_hem, 9.4, 8.2)),
        "cloth", "cloth_edge", 0.9),
        *arms,
        _line((ankle[0], ankle[1] + 2), knee, hip, ink="measure", thick=2.0),
        *[Shape(disc(p, 2.3), "measure") for p in (hip, knee, (ankle[0], ankle[1] + 2))],
    )  # fmt: skip


def _good(at: Point) -> Shape:
    x, y = at
    return _line((x - 7, y), (x - 2, y + 6), (x + 8, y - 7), ink="known_edge", thick=3.2)


def _bad(at: Point) -> tuple[Shape, ...]:
    x, y = at
    return (
        _line((x - 6, y - 6), (x + 6, y + 6), ink="measure", thick=3.2),
        _line((x - 6, y + 6), (x + 6, y - 6), ink="measure", thick=3.2),
    )


def _one_leg(name: str, x: float, knee_in: float, mark: Sequence[Shape]) -> Guide:
    return Guide(name, 110, 162, _moved((_floor(14, 96), *_squat(x, knee_in), *mark), 0.0, -25.0))


def _squat_good() -> Guide:
    return _one_leg("single_leg_squat_good", 54.0, 0.0, (_good((92, 44)),))


def _squat_knee_in() -> Guide:
    return _one_leg("single_leg_squat_knee_in", 54.0, 13.0, _bad((92, 44)))


def _both_squats() -> Guide:
    left, right = _squat_good(), _squat_knee_in()
    return Guide("single_leg_squat", 220, 162, (*left.parts, *_moved(right.parts, 110.0, 0.0)))


def _chair_stand() -> Guide:
    """Rising with the arms crossed over the chest, as often as one can."""
    parts: list[Part] = []
    for x, f in ((58.0, _sitting(58.0, 16.0, 90.0, -8.0)), (166.0, _standing(176.0))):
        chest = joint(f.shoulder, 28.0 if x < 100 else 10.0, 17.0)
        hand = (chest[0] + 7.0, chest[1] - 8.0)
        crossed = _Side(
            f.hip,
            f.shoulder,
            f.ankles,
            f.feet,
            (hand, (hand[0] - 2, hand[1] + 6)),
            f.head,
            f.face,
            f.knees,
            f.elbows,
        )
        parts += [_floor(x - 52, x + 64), *_chair(x, _FLOOR - 33.0), *_drawn(crossed, _front_thigh)]
    back = (
        _line((108, 84), (122, 84), thick=1.8), arrow_head((129, 84), 90.0, 8.0, "ink"),
        _line((114, 98), (128, 98), thick=1.8), arrow_head((107, 98), 270.0, 8.0, "ink"),
    )  # fmt: skip
    return Guide("chair_stand", 240, 166, _moved((*parts, *back), 0.0, -22.0))


EXERCISES: Mapping[str, Callable[[], Guide]] = {
    "thigh_sit_to_stand": _sit_to_stand,
    "thigh_knee_extension": _knee_extension,
    "hip_side_leg_lift": lambda: _side_leg_lift("hip_side_leg_lift"),
    "hip_bridge": _bridge,
    "step_down": _step_down,
    "trunk_plank": _plank,
    "trunk_side_plank": _side_plank,
}
CHECKS: Mapping[str, Callable[[], Guide]] = {
    "chair_stand": _chair_stand,
    "single_leg_squat": _both_squats,
    "single_leg_squat_good": _squat_good,
    "single_leg_squat_knee_in": _squat_knee_in,
    "side_leg_lift": lambda: _side_leg_lift("side_leg_lift", check=True),
}
PICTURES: Mapping[str, Callable[[], Guide]] = {**EXERCISES, **CHECKS}


@cache
def exercise(name: str) -> Guide:
    """The picture of an exercise or a self-check."""
    return PICTURES[name]()
