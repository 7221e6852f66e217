"""Pieces of bodies for drawings: limbs that taper, and parts that grow together under one outline."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fitter.picture.guides import Ink, Point, Shape


def fused(parts: Sequence[Sequence[Point]], fill: Ink, line: Ink, thick: float = 1.1) -> tuple[Shape, ...]:
    """Polygons as one body: all outlines first, then all fills, so that no line runs through it."""
    under = [Shape(tuple(p), line, line, 2.0 * thick) for p in parts]
    return (*under, *(Shape(tuple(p), fill) for p in parts))


def tapered(start: Point, end: Point, at_start: float, at_end: float, steps: int = 12) -> tuple[Point, ...]:
    """The hull of two circles (radii ``at_start`` and ``at_end``): a limb between two joints."""
    long = math.dist(start, end)
    if long <= abs(at_start - at_end):
        return disc(start if at_start > at_end else end, max(at_start, at_end))
    way = math.atan2(end[1] - start[1], end[0] - start[0])
    lean = math.acos((at_start - at_end) / long)  # where the common tangents touch

    def arc(middle: Point, radius: float, first: float, last: float) -> list[Point]:
        turns = [first + (last - first) * k / steps for k in range(steps + 1)]
        return [(middle[0] + radius * math.cos(t), middle[1] + radius * math.sin(t)) for t in turns]

    back = arc(start, at_start, way + lean, way + 2.0 * math.pi - lean)
    return (*back, *arc(end, at_end, way - lean, way + lean))


def disc(at: Point, across: float, down: float | None = None, lean: float = 0.0) -> tuple[Point, ...]:
    """An ellipse of radii ``across`` and ``down``, turned by ``lean`` degrees (clockwise on the page)."""
    high = across if down is None else down
    c, s = math.cos(math.radians(lean)), math.sin(math.radians(lean))
    turns = [2.0 * math.pi * k / 40 for k in range(40)]
    flat = [(across * math.cos(t), high * math.sin(t)) for t in turns]
    return tuple((at[0] + x * c - y * s, at[1] + x * s + y * c) for x, y in flat)


def joint(start: Point, degrees: float, length: float) -> Point:
    """The far end of a limb: ``degrees`` from straight down, positive forward (to the right)."""
    turn = math.radians(degrees)
    return (start[0] + length * math.sin(turn), start[1] + length * math.cos(turn))


def arc(middle: Point, radius: float, first: float, last: float, steps: int = 16) -> tuple[Point, ...]:
    """Points on a circle from ``first`` to ``last`` degrees, measured as in `joint`."""
    turns = [first + (last - first) * k / steps for k in range(steps + 1)]
    return tuple(joint(middle, t, radius) for t in turns)


def arrow_head(tip: Point, degrees: float, size: float, ink: Ink) -> Shape:
    """A filled head whose ``tip`` points along ``degrees`` (as in `joint`)."""
    back = joint(tip, degrees + 180.0, size)
    return Shape((tip, joint(back, degrees + 90.0, 0.5 * size), joint(back, degrees - 90.0, 0.5 * size)), ink)


def curved_arrow(
    middle: Point, radius: float, first: float, last: float, ink: Ink, thick: float = 1.8, head: float = 6.0
) -> tuple[Shape, ...]:
    """An arc that ends in a head."""
    way = 1.0 if last > first else -1.0
    bare = last - way * math.degrees(0.8 * head / radius)
    return (
        Shape(arc(middle, radius, first, bare), None, ink, thick, closed=False),
        arrow_head(joint(middle, last, radius), last + way * 90.0, head, ink),
    )


def mirrored(points: Sequence[Point], about: float) -> tuple[Point, ...]:
    """The points on the other side of a vertical line."""
    return tuple((2.0 * about - x, y) for x, y in points)
