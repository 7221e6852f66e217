"""Where it hurts, to point at: both knees from the front and from behind, both feet from below and inside.

A place is a word such as ``left_knee_front``; several drawn regions may be the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache

from fitter.answers import PLACES as PAIN_PLACES
from fitter.language import spoken
from fitter.picture.chain import _INNER, _OUTER
from fitter.picture.guides import _SIDE, _TOP, Guide, Point, Shape, Sign, smooth
from fitter.picture.limbs import disc
from fitter.saying import begun
from fitter.terms import Side

NAMES: dict[str, str] = dict(PAIN_PLACES)
SIDES: tuple[Side, ...] = ("right", "left")
PLACES: tuple[str, ...] = tuple(f"{side}_{name}" for side in SIDES for name in NAMES)
SIDE_NAMES = {"right": "Right", "left": "Left"}
VIEWS = ("From the front", "From behind", "From below", "From the inner side")
Words = Callable[[str], str]

WIDTH, HEIGHT = 456.0, 372.0
_KNEES, _SOLES, _SIDES = 154.0, 350.0, (270.0, 350.0)  # where the pictures stand, y down


@dataclass(frozen=True, slots=True)
class Region:
    """A polygon of the figure that stands for ``place``."""

    place: str
    points: tuple[Point, ...]


# ---------------------------------------------------------------------------------------- cutting


def _kept(points: Sequence[Point], a: float, b: float, least: float) -> list[Point]:
    """The part of a polygon where a x + b y >= least (Sutherland and Hodgman)."""
    found: list[Point] = []
    for start, end in zip(points, [*points[1:], points[0]], strict=True):
        s, e = a * start[0] + b * start[1] - least, a * end[0] + b * end[1] - least
        if s >= 0:
            found.append(start)
        if (s >= 0) != (e >= 0):
            t = s / (s - e)
            found.append((start[0] + t * (end[0] - start[0]), start[1] + t * (end[1] - start[1])))
    return found


def _between(points: Sequence[Point], a: float, b: float, low: float, high: float) -> list[Point]:
    return _kept(_kept(points, a, b, low), -a, -b, -high)


# ---------------------------------------------------------------------------------------- the pieces

Placed = Callable[[Point], Point]


@dataclass(frozen=True, slots=True)
class _Piece:
    """One drawn thing: its outline, its quiet lines and its regions."""

    outline: tuple[Point, ...]
    closed: bool
    lines: tuple[tuple[Point, ...], ...]
    regions: tuple[Region, ...]


_LEG = 4.7  # units a cm
_LOWEST, _HIGHEST = 39.0, 64.0  # cm from the floor


def _knee(side: Side, middle: float, way: float, *, front: bool) -> _Piece:
    """The leg from mid shin to mid thigh; ``way`` is +1 where its outer side points right."""

    def place(p: Point) -> Point:
        return (middle + way * _LEG * (p[0] - 8.9), _KNEES - _LEG * (p[1] - _LOWEST))

    curve = list(smooth([*_OUTER, *_INNER], closed=False))
    leg = _between(curve, 0.0, 1.0, _LOWEST, _HIGHEST)
    joint = _between(leg, 0.0, 1.0, 43.5, 58.5)
    if front:
        cuts = {
            "knee_inner": _kept(joint, -1.0, 0.0, -6.0),
            "knee_front": _between(joint, 1.0, 0.0, 6.0, 11.4),
            "knee_outer": _kept(joint, 1.0, 0.0, 11.4),
        }
        cap = disc((8.6, 51.4), 2.3, 2.75)
        lines = [(*cap, cap[0]), ((7.9, 46.8), (8.6, 45.6), (9.3, 46.8))]
    else:
        cuts = {"knee_back": _between(joint, 0.0, 1.0, 45.0, 56.5)}
        lines = [
            ((5.0, 50.6), (7.0, 49.9), (9.0, 50.0), (12.0, 50.8)),
            ((6.5, 58), (6.1, 54), (6.6, 51)),
            ((11.3, 58), (11.6, 54), (11.2, 51)),
        ]
    return _piece(side, leg, lines, cuts, place)


def _sole(side: Side, middle: float, way: float) -> _Piece:
    """The foot from below, toes up; ``way`` is +1 where its inner side points right."""
    size = 0.56

    def place(p: Point) -> Point:
        return (middle + way * size * p[1], _SOLES - size * p[0])

    foot = list(smooth(_TOP))
    # The toes begin along a line that runs back towards the small ones.
    slant = -0.32
    cuts = {
        "foot_heel": _kept(foot, -1.0, 0.0, -66.0),
        "foot_arch": _kept(_kept(foot, 1.0, 0.0, 66.0), -1.0, -slant, -140.0),
        "foot_ball": _between(foot, 1.0, slant, 140.0, 190.0),
        "foot_toes": _kept(foot, 1.0, slant, 190.0),
    }
    lines = [((60, 34), (95, 24), (130, 22), (152, 28))]
    return _piece(side, foot, lines, cuts, place)


def _inside(side: Side, left: float, floor: float, way: float) -> _Piece:
    """The foot from its inner side; ``way`` is +1 where the toes point right."""
    size = 0.5

    def place(p: Point) -> Point:
        return (left + (size * p[0] if way > 0 else size * (252 - p[0])), floor - size * p[1])

    foot = _kept(list(smooth(_SIDE, closed=False)), 0.0, -1.0, -132.0)
    low = _kept(foot, 0.35, -1.0, -45.0)  # below a line that rises forwards
    cuts = {
        "ankle": _between(_kept(foot, -0.35, 1.0, 45.0), 0.0, 1.0, 0.0, 118.0),
        "foot_heel": _kept(low, -1.0, 0.0, -66.0),
        "foot_arch": _between(low, 1.0, 0.0, 66.0, 152.0),
        "foot_ball": _between(low, 1.0, 0.0, 152.0, 200.0),
        "foot_toes": _kept(low, 1.0, 0.0, 200.0),
    }
    lines = [
        ((54, 84), (57, 92), (65, 96), (74, 94), (81, 88), (84, 80)),
        ((236, 19), (243, 18), (248, 15)),
        ((88, 10), (112, 15), (134, 12)),
    ]
    return _piece(side, foot, lines, cuts, place)


def _piece(
    side: Side,
    outline: Sequence[Point],
    lines: Sequence[Sequence[Point]],
    cuts: dict[str, list[Point]],
    place: Placed,
) -> _Piece:
    regions = tuple(Region(f"{side}_{name}", tuple(map(place, points))) for name, points in cuts.items())
    quiet = tuple(smooth([place(p) for p in line], closed=False) for line in lines)
    return _Piece(tuple(map(place, outline)), True, quiet, regions)


@cache
def _pieces() -> tuple[_Piece, ...]:
    found: list[_Piece] = []
    for side, front_x, back_x, sole_x in (("right", 62.0, 394.0, 66.0), ("left", 152.0, 304.0, 150.0)):
        way = -1.0 if side == "right" else 1.0  # seen from the front a right leg's outer side points left
        found.append(_knee(side, front_x, way, front=True))  # type: ignore[arg-type]
        found.append(_knee(side, back_x, -way, front=False))  # type: ignore[arg-type]
        found.append(_sole(side, sole_x, -way))  # type: ignore[arg-type]
        found.append(_inside(side, 286.0, _SIDES[0 if side == "right" else 1], way))  # type: ignore[arg-type]
    return tuple(found)


@cache
def regions() -> tuple[Region, ...]:
    """Every region of the figure."""
    return tuple(region for piece in _pieces() for region in piece.regions)


def hit(x: float, y: float) -> str | None:
    """The place drawn at (x, y), or None."""
    return next((r.place for r in regions() if _holds(r.points, x, y)), None)


def _holds(points: Sequence[Point], x: float, y: float) -> bool:
    """Whether a point lies within a polygon (even-odd)."""
    inside = False
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            inside = not inside
    return inside


def name_of(place: str, words: Words = spoken) -> str:
    """A place in words: "Left: around the kneecap"."""
    side, _, region = place.partition("_")
    return f"{words(SIDE_NAMES[side])}: {words(begun(NAMES[region], small=True))}"


# ---------------------------------------------------------------------------------------- the figure


def figure(chosen: Collection[str] = (), pointed: str = "", words: Words = spoken) -> Guide:
    """The figure with what is ``chosen``, and the place ``pointed`` at by keyboard or mouse."""
    parts: list[Shape | Sign] = []
    for piece in _pieces():
        parts.append(Shape(piece.outline, "skin", "edge", 1.2))
        for region in piece.regions:
            if region.place in chosen:
                parts.append(Shape(region.points, "picked", "picked_edge", 1.2))
            else:
                parts.append(Shape(region.points, "place", "place_edge", 0.8, dashed=True))
        parts += [Shape(line, None, "edge", 0.8, closed=False) for line in piece.lines]
        parts.append(Shape(piece.outline, None, "edge", 1.2))
        parts += [_tick(r.points) for r in piece.regions if r.place in chosen]
    # What is pointed at lies on top, so that no neighbour hides its frame.
    parts += [Shape(r.points, None, "measure", 2.6) for r in regions() if r.place == pointed]
    return Guide("body_map", WIDTH, HEIGHT, (*parts, *_labels(words)))


def _tick(points: Sequence[Point]) -> Shape:
    """A tick, so that a choice is told by more than its colour."""
    x = 0.5 * (min(p[0] for p in points) + max(p[0] for p in points))
    y = 0.5 * (min(p[1] for p in points) + max(p[1] for p in points))
    return Shape(((x - 5, y), (x - 1.5, y + 4), (x + 5, y - 5)), None, "paper", 2.4, closed=False)


def _labels(words: Words) -> list[Sign]:
    heads = ((107.0, 12.0), (349.0, 12.0), (108.0, 193.0), (349.0, 193.0))
    signs = [Sign(at, words(text), 13) for at, text in zip(heads, VIEWS, strict=True)]
    for side, at in (
        ("right", (62.0, 164.0)), ("left", (152.0, 164.0)), ("left", (304.0, 164.0)), ("right", (394.0,
        164.0)),
        ("right", (66.0, 363.0)), ("left", (150.0, 363.0)), ("right", (304.0, 238.0)), ("left", (394.0,
        318.0)),
    ):  # fmt: skip
        signs.append(Sign(at, words(SIDE_NAMES[side]), 12, "line"))
    return signs
