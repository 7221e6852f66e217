"""How to measure a foot at home, drawn: one picture a step, as plain polygons, lines and a few signs.

A picture is described once, in mm, y down, in named inks; `svg` writes it, the worksheet prints it, the
window paints it. No picture here holds a word, so none needs translating. The foot's outlines were traced
from the plain constructed foot of `sample_scans` (252 mm long, right); they carry no measure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

Point = tuple[float, float]
Ink = Literal[
    "skin", "edge", "tool", "tool_edge", "book", "book_edge", "wall", "wall_edge", "paper", "paper_edge",
    "measure", "ink", "water", "line", "known", "known_edge", "varies", "varies_edge", "open", "muscle",
    "cloth", "cloth_edge", "shade", "picked", "picked_edge", "place", "place_edge",
]  # fmt: skip

# What each ink looks like on white paper and on a dark window.
LIGHT: Mapping[Ink, str] = {
    "skin": "#F3E3D7", "edge": "#9A7B66", "tool": "#F2E3B0", "tool_edge": "#7C6A2C", "book": "#C3D4E6",
    "book_edge": "#4B6786", "wall": "#D3D8DC", "wall_edge": "#7D8890", "paper": "#FBFCFD",
    "paper_edge": "#B9C2C9", "measure": "#B4470B", "ink": "#2A333A", "water": "#A9CDE6", "line": "#5E6A72",
    "known": "#7FB2D9", "known_edge": "#0B5A94", "varies": "#F6CF8B", "varies_edge": "#A65F00",
    "open": "#6F7A82", "muscle": "#DE8C62", "cloth": "#9DB4BE", "cloth_edge": "#5D7782", "shade": "#E3CDBD",
    "picked": "#0B6673", "picked_edge": "#06434C", "place": "#F9EFE8", "place_edge": "#9A7B66",
}  # fmt: skip
DARK: Mapping[Ink, str] = {
    "skin": "#6B574B", "edge": "#D3B39E", "tool": "#5C5230", "tool_edge": "#D9C88A", "book": "#34495F",
    "book_edge": "#A9C3DF", "wall": "#3A434A", "wall_edge": "#8C979F", "paper": "#252C31",
    "paper_edge": "#66727A", "measure": "#FFA25C", "ink": "#E8EDF0", "water": "#3C6786", "line": "#A3AFB7",
    "known": "#2F6C9C", "known_edge": "#8CC8F5", "varies": "#7A5417", "varies_edge": "#F5C063",
    "open": "#98A4AC", "muscle": "#B8623A", "cloth": "#4B626C", "cloth_edge": "#9DB8C3", "shade": "#584539",
    "picked": "#2FA3B3", "picked_edge": "#9FE4EE", "place": "#77624F", "place_edge": "#D3B39E",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """A polygon (``fill``), a line (``line``) or both; ``thick`` in mm, ``dashed`` for what is only meant."""

    points: tuple[Point, ...]
    fill: Ink | None = None
    line: Ink | None = None
    thick: float = 0.8
    closed: bool = True
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """A digit, a fraction or a word given by the caller, its middle, start or end at a place; ``size`` is the
    height of its type in mm."""

    at: Point
    text: str
    size: float = 12.0
    ink: Ink = "ink"
    anchor: Literal["start", "middle", "end"] = "middle"


@dataclass(frozen=True, slots=True)
class Guide:
    """A picture, ``width`` by ``height`` mm; what comes later lies on top."""

    name: str
    width: float
    height: float
    parts: tuple[Shape | Sign, ...]


# ---------------------------------------------------------------------------------------- traced outlines

# From above: x forward, y medial.
_TOP: tuple[Point, ...] = (
    (0, 4), (2, -8), (7, -16), (18, -25), (32, -31), (40, -33), (69, -36), (110, -44), (149, -53), (164, -54),
    (178, -52), (187, -52), (196, -50), (204, -47), (204, -43), (201, -39), (194, -38), (185, -38),
    (188, -36.5), (199, -36), (210, -36), (215, -33), (215, -27), (208, -24), (198, -23.5), (192, -23),
    (199, -22), (220, -23), (227, -21), (231, -19), (231, -14), (226, -11), (220, -9), (208, -8.5),
    (199, -7.5), (203, -6.5), (211, -7), (231, -8), (239, -6), (242, -4), (242, 2), (238, 5), (231, 7),
    (214, 8.5), (202, 11.5), (205, 13), (226, 9), (241, 9), (247, 11), (250, 13), (252, 20), (251, 25),
    (248, 28), (233, 35), (226, 37), (212, 36), (200, 40), (189, 43), (177, 43), (158, 40.5), (135, 38),
    (114, 36), (94, 35), (75, 38), (62, 38), (44, 33), (25, 31), (16, 27), (9, 22), (4, 16), (1, 10),
)  # fmt: skip
# From the inner side: x forward, z up; the leg is cut straight.
_SIDE: tuple[Point, ...] = (
    (17, 150), (17, 117), (15, 94), (10, 70), (3, 45), (0, 22), (1, 14), (4, 8), (10, 2), (16, 0), (50, 0),
    (72, 3), (95, 10), (112, 13), (128, 11), (150, 5), (172, 0), (200, 0), (214, 2), (226, 0), (243, 0),
    (248, 3), (252, 9), (251, 13), (247, 17), (229, 22), (215, 25), (201, 29), (176, 39), (150, 51),
    (128, 62), (115, 71), (104, 84), (98, 98), (94, 117), (92, 133), (92, 150),
)  # fmt: skip
# Cut across at half the length, and through the ball: y medial, z up.
_MIDDLE: tuple[Point, ...] = (
    (-48, 9), (-47, 4), (-42, 0), (-20, 0), (-4, 3), (13, 8), (26, 12), (31, 16), (36, 27), (38, 37),
    (36, 45), (30, 54), (20, 61), (12, 63), (2, 60), (-19, 49), (-31, 39), (-44, 22), (-47, 15),
)  # fmt: skip
_BALL: tuple[Point, ...] = (
    (-55, 9), (-53, 4), (-48, 0), (34, 0), (38, 0), (42, 4), (45, 10), (45, 17), (44, 24), (38, 32),
    (31, 37), (24, 38), (4, 35), (-14, 29), (-27, 27), (-43, 23), (-51, 18), (-54, 14),
)  # fmt: skip
# A wet print without its toes, and the toes as ovals (x, y, length, width).
_PRINT: tuple[Point, ...] = (
    (12, 2), (14, -8), (24, -18), (37, -23), (54, -26), (70, -31), (84, -35), (102, -39), (119, -42),
    (149, -49), (168, -50), (184, -45), (190, -32), (193, -12), (197, 6), (200, 20), (196, 34), (187, 39),
    (174, 36), (164, 30), (158, 20), (153, 5), (146, -7), (132, -12), (116, -12), (100, -10), (89, -8),
    (77, -1), (66, 9), (56, 15), (46, 22), (32, 23), (21, 19), (14, 11),
)  # fmt: skip
_TOE_PRINTS = (
    (232.0, 22.0, 30.0, 22.0), (232.0, 0.0, 16.0, 12.0), (219.0, -15.0, 15.0, 11.0),
    (205.0, -29.5, 14.0, 10.0), (193.0, -44.0, 13.0, 9.0),
)  # fmt: skip
# How the inner ankle and the bone below it show under the skin.
_BONES: tuple[tuple[Point, ...], ...] = (
    ((54, 84), (57, 92), (65, 96), (74, 94), (81, 88), (84, 80)),
    ((53, 79), (55, 71), (61, 65)),
    ((101, 46), (105, 51), (111, 53), (118, 51), (122, 46)),
)
_HALF = 126.0
_INNER, _OUTER = (185.0, 43.0), (160.0, -53.5)  # the knobs at both sides of the ball
_TOE = (252.0, 21.0)
_NAVICULAR, _ANKLE = (111.0, 42.0), (68.0, 78.0)


# ---------------------------------------------------------------------------------------- pieces

Place = Callable[[float, float], Point]


def _placed(x: float, y: float, scale: float = 1.0) -> Place:
    """From (forward, up or medial) to the picture: its origin at (x, y)."""
    return lambda forward, up: (x + scale * forward, y - scale * up)


def _along(place: Place, points: Sequence[Point]) -> tuple[Point, ...]:
    return tuple(place(*p) for p in points)


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 5) -> tuple[Point, ...]:
    """A Catmull-Rom curve through ``points``."""
    n = len(points)
    curve: list[Point] = []
    for i in range(n if closed else n - 1):
        near = (i - 1, i, i + 1, i + 2)
        a, b, c, d = (points[k % n if closed else min(max(k, 0), n - 1)] for k in near)
        for s in range(steps):
            t = s / steps
            curve.append((_between(a[0], b[0], c[0], d[0], t), _between(a[1], b[1], c[1], d[1], t)))
    return tuple(curve if closed else [*curve, points[-1]])


def _between(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def _skin(place: Place, outline: Sequence[Point]) -> Shape:
    return Shape(smooth(_along(place, outline), closed=outline is not _SIDE), "skin", "edge", 1.1)


def _box(x: float, y: float, width: float, height: float, fill: Ink, line: Ink, thick: float = 0.8) -> Shape:
    return Shape(((x, y), (x + width, y), (x + width, y + height), (x, y + height)), fill, line, thick)


def _line(*points: Point, ink: Ink = "ink", thick: float = 0.8, dashed: bool = False) -> Shape:
    return Shape(points, None, ink, thick, closed=False, dashed=dashed)


def _oval(
    at: Point, across: float, down: float, fill: Ink | None, line: Ink | None = None, thick: float = 0.8
) -> Shape:
    turns = [2 * math.pi * k / 36 for k in range(36)]
    points = tuple((at[0] + across / 2 * math.cos(t), at[1] + down / 2 * math.sin(t)) for t in turns)
    return Shape(points, fill, line, thick)


def _arrow(start: Point, end: Point) -> tuple[Shape, ...]:
    """What is measured: a line with a head at both ends, on which it ends exactly."""
    long = math.dist(start, end)
    way = ((end[0] - start[0]) / long, (end[1] - start[1]) / long)
    head = min(8.0, 0.3 * long)

    def point(along: float, aside: float) -> Point:
        return (start[0] + way[0] * along - way[1] * aside, start[1] + way[1] * along + way[0] * aside)

    half = 0.42 * head
    return (
        _line(point(head * 0.8, 0), point(long - head * 0.8, 0), ink="measure", thick=2.2),
        Shape((start, point(head, half), point(head, -half)), "measure"),
        Shape((end, point(long - head, half), point(long - head, -half)), "measure"),
    )


def _ends(*lines: tuple[Point, Point]) -> tuple[Shape, ...]:
    """Thin dashed lines from what is measured to the arrow beside it."""
    return tuple(_line(a, b, ink="measure", thick=0.8, dashed=True) for a, b in lines)


def _target(at: Point) -> tuple[Shape, ...]:
    """The place to feel for."""
    return (_oval(at, 15, 15, None, "measure", 1.6), _oval(at, 4.5, 4.5, "measure"))


def _flat_ruler(x: float, y: float, length: float) -> tuple[Shape, ...]:
    marks = [
        _line((x + k, y), (x + k, y + (6.0 if k % 50 == 0 else 3.5)), ink="tool_edge", thick=0.6)
        for k in range(10, int(length), 10)
    ]
    return (_box(x, y, length, 15, "tool", "tool_edge"), *marks)


def _upright_ruler(x: float, floor: float, height: float) -> tuple[Shape, ...]:
    marks = [
        _line((x, floor - k), (x + (6.0 if k % 50 == 0 else 3.5), floor - k), ink="tool_edge", thick=0.6)
        for k in range(10, int(height), 10)
    ]
    return (_box(x, floor - height, 15, height, "tool", "tool_edge"), *marks)


def _wall(x: float, top: float, bottom: float, wide: float = 14.0) -> tuple[Shape, ...]:
    """A wall or a door, cut, whose face stands at ``x``."""
    hatch = [
        _line((x - wide, y + 10.0), (x, y), ink="wall_edge", thick=0.6)
        for y in range(int(top) + 4, int(bottom) - 10, 14)
    ]
    face = _line((x, top), (x, bottom), ink="wall_edge", thick=1.8)
    return (_box(x - wide, top, wide, bottom - top, "wall", "wall", 0.2), *hatch, face)


def _stop(wall: bool, x: float, top: float, bottom: float, wide: float = 14.0) -> tuple[Shape, ...]:
    """What the heel stands against: a wall, or a heavy book standing on the paper's edge."""
    if wall:
        return _wall(x, top, bottom, wide)
    short = 0.18 * (bottom - top)
    top, bottom = top + short, bottom - short
    pages = [
        _line((x - wide * s, top + 3), (x - wide * s, bottom - 3), ink="book_edge", thick=0.4)
        for s in (0.35, 0.5, 0.65)
    ]
    return (_box(x - wide, top, wide, bottom - top, "book", "book_edge", 1.2), *pages)


def _pen(tip: Point, long: float = 46.0) -> tuple[Shape, ...]:
    """A pen held upright at a mark, drawn leaning so that it is seen."""
    x, y = tip
    dx, dy = 0.5 * long, -0.87 * long
    nx, ny = 3.1, 1.8

    def point(share: float, side: float) -> Point:
        return (x + dx * share + side * nx, y + dy * share + side * ny)

    body = (point(0.2, 1), point(1, 1), point(1, -1), point(0.2, -1))
    return (Shape(body, "book", "book_edge"), Shape((tip, point(0.2, 1), point(0.2, -1)), "ink", "book_edge"))


def _book(x: float, y: float, width: float, height: float) -> tuple[Shape, ...]:
    """A book standing on its edge, seen from above: covers, and pages between."""
    pages = [
        _line((x + 3, y + height * s), (x + width, y + height * s), ink="book_edge", thick=0.4)
        for s in (0.35, 0.5, 0.65)
    ]
    return (_box(x, y, width, height, "book", "book_edge", 1.2), *pages)


def _floor(y: float, left: float, right: float) -> Shape:
    return _line((left, y), (right, y), ink="wall_edge", thick=1.8)


def _cross(at: Point) -> tuple[Shape, ...]:
    """A mark made with the pen."""
    x, y = at
    return (
        _line((x - 4, y - 4), (x + 4, y + 4), ink="ink", thick=1.5),
        _line((x - 4, y + 4), (x + 4, y - 4), ink="ink", thick=1.5),
    )


def _standing(x: float, floor: float) -> tuple[Shape, ...]:
    """A small person standing."""
    return (
        _oval((x, floor - 50), 11, 11, "skin", "edge"),
        _line((x, floor - 44), (x, floor - 23), ink="ink", thick=2.6),
        _line((x - 1, floor - 40), (x - 7, floor - 25), ink="ink", thick=1.6),
        _line((x + 1, floor - 40), (x + 7, floor - 25), ink="ink", thick=1.6),
        _line((x, floor - 23), (x - 3, floor - 2), (x + 3, floor - 2), ink="ink", thick=2.2),
        _line((x, floor - 23), (x + 4, floor - 2), (x + 11, floor - 2), ink="measure", thick=2.6),
    )


def _sitting(x: float, floor: float) -> tuple[Shape, ...]:
    """A small person on a chair, the foot flat on the floor below the knee."""
    return (
        _line((x - 9, floor - 34), (x - 9, floor), ink="wall_edge", thick=1.8),
        _line((x - 9, floor - 17), (x + 7, floor - 17), (x + 7, floor), ink="wall_edge", thick=1.8),
        _oval((x - 3, floor - 46), 11, 11, "skin", "edge"),
        _line((x - 3, floor - 40), (x - 4, floor - 19), ink="ink", thick=2.6),
        _line((x - 3, floor - 36), (x + 7, floor - 24), ink="ink", thick=1.6),
        _line((x - 4, floor - 20), (x + 13, floor - 20), ink="ink", thick=2.6),
        _line((x + 13, floor - 20), (x + 13, floor - 2), (x + 20, floor - 2), ink="measure", thick=2.6),
    )


# ---------------------------------------------------------------------------------------- the pictures


def _foot_length(wall: bool) -> Guide:
    heel, middle = 30.0, 62.0
    foot = _placed(heel, middle)
    mark, line = foot(*_TOE), middle + 72.0
    return Guide(
        "foot_length",
        320,
        170,
        (
            _box(heel, 8, 274, 118, "paper", "paper_edge"),
            *_stop(wall, heel, 4, 130),
            _skin(foot, _TOP),
            *_ends((mark, (mark[0], line + 6)), ((heel, line - 8), (heel, line + 6))),
            *_arrow((heel, line), (mark[0], line)),
            *_flat_ruler(heel, line + 10, 280),
            *_pen(mark, 42),
        ),
    )


def _ball_mark(name: str, wall: bool, knob: Point, beside: float, line: float, ruler: float) -> Guide:
    """How far ahead of the heel a knob of the ball lies."""
    heel, middle = 30.0, 96.0 if beside > 0 else 70.0
    foot = _placed(heel, middle)
    at, mark = foot(*knob), foot(knob[0], knob[1] + beside)
    paper_top = 34.0 if beside > 0 else 8.0
    return Guide(
        name,
        320,
        170,
        (
            _box(heel, paper_top, 274, 126, "paper", "paper_edge"),
            *_stop(wall, heel, paper_top - 4, paper_top + 130),
            _skin(foot, _TOP),
            *_target(at),
            *_ends((mark, (mark[0], line)), ((heel, line - 8), (heel, line + 8))),
            *_cross(mark),
            *_flat_ruler(heel, ruler, 280),
            *_arrow((heel, line), (mark[0], line)),
        ),
    )


def _ball_length(wall: bool) -> Guide:
    return _ball_mark("ball_length", wall, _INNER, 12.0, 26.0, 4.0)


def _outer_ball_length(wall: bool) -> Guide:
    return _ball_mark("outer_ball_length", wall, _OUTER, -12.0, 144.0, 151.0)


def _breadth(name: str, inner: float, outer: float, books: tuple[float, float], gap: float) -> Guide:
    """Two books beside the foot, and the gap between them; all x forward of the heel."""
    left = 14.0 - min(0.0, books[0])
    foot = _placed(left, 85)
    top, bottom = foot(0, inner)[1], foot(0, outer)[1]
    start, long = foot(books[0], 0)[0], books[1] - books[0]
    across = foot(gap, 0)[0]
    return Guide(
        name,
        max(left + 262, start + long) + 12,
        170,
        (
            _skin(foot, _TOP),
            *_book(start, top - 24, long, 24),
            *_book(start, bottom, long, 24),
            _box(across + 7, top, 15, bottom - top, "tool", "tool_edge"),
            *[
                _line((across + 7, y), (across + 11, y), ink="tool_edge", thick=0.6)
                for y in range(int(top) + 10, int(bottom), 10)
            ],
            *_arrow((across, top), (across, bottom)),
        ),
    )


def _ball_breadth() -> Guide:
    return _breadth("ball_breadth", 43.6, -54.4, (140.0, 300.0), 272.0)


def _heel_breadth() -> Guide:
    return _breadth("heel_breadth", 33.4, -34.4, (-96.0, 48.0), -60.0)


def _instep_height(wall: bool) -> Guide:
    floor, heel = 146.0, 22.0
    side, front = _placed(heel, floor, 0.62), _placed(268, floor, 1.0)
    half, toe = side(_HALF, 0)[0], side(_TOE[0], 0)[0]
    mark, under, line = side(_HALF, 63), front(0, 63.4)[1], floor + 12
    return Guide(
        "instep_height",
        372,
        180,
        (
            *(_wall(heel, 40, floor, 12) if wall else _book(heel - 12, floor - 66, 12, 66)),
            _skin(side, _SIDE),
            _floor(floor, 6, 186),
            *_ends((mark, (half, line + 5)), ((toe, floor - 4), (toe, line + 5))),
            *_ends(((heel, floor), (heel, line + 5))),
            *_arrow((heel, line), (half, line)),
            *_arrow((half, line), (toe, line)),
            Sign(((heel + half) / 2, line + 11), "½", 15),
            Sign(((half + toe) / 2, line + 11), "½", 15),
            *_target(mark),
            _floor(floor, 200, 362),
            _skin(front, _MIDDLE),
            *_upright_ruler(front(62, 0)[0], floor, 96),
            _box(front(-64, 0)[0], under - 6, 142, 6, "book", "book_edge", 1.2),
            *_arrow((front(53, 0)[0], floor), (front(53, 0)[0], under)),
            *_sitting(150, 60),
            *_arrow_on((180, 40), (196, 40)),
            *_standing(216, 60),
        ),
    )  # fmt: skip


def _arrow_on(start: Point, end: Point) -> tuple[Shape, ...]:
    """First this, then that."""
    x, y = end
    return (
        _line(start, (x - 5, y), ink="ink", thick=1.6),
        Shape(((x, y), (x - 7, y - 4), (x - 7, y + 4)), "ink"),
    )


def _height(name: str, knob: Point) -> Guide:
    """From the floor to a dot on the inner side."""
    floor = 160.0
    side = _placed(24, floor)
    dot = side(*knob)
    return Guide(
        name,
        300,
        170,
        (
            _skin(side, _SIDE),
            _floor(floor, 8, 292),
            *[_line(*smooth(_along(side, bone), closed=False), ink="edge", thick=0.9) for bone in _BONES],
            *_upright_ruler(dot[0] + 16, floor, knob[1] + 36),
            *_ends((dot, (dot[0] + 31, dot[1]))),
            *_arrow((dot[0] + 8, floor), (dot[0] + 8, dot[1])),
            *_target(dot),
        ),
    )


def _navicular_height() -> Guide:
    return _height("navicular_height", _NAVICULAR)


def _ankle_height() -> Guide:
    return _height("medial_malleolus_height", _ANKLE)


def _tape(place: Place, section: Sequence[Point]) -> tuple[Shape, ...]:
    """A tape around a cut foot: what spans its hollows, with the loose end hanging out on top."""
    around = _along(place, _taut(section))
    top = min(around, key=lambda p: p[1])
    return (
        Shape(around, None, "measure", 3.4),
        _line(top, (top[0] + 20, top[1] - 8), (top[0] + 36, top[1] - 9), ink="measure", thick=3.4),
    )


def _taut(points: Sequence[Point]) -> tuple[Point, ...]:
    """The convex hull, counter-clockwise."""
    ordered = sorted(points)
    hull: list[Point] = []
    for way in (ordered, ordered[::-1]):
        start = len(hull)
        for p in way:
            while len(hull) >= start + 2 and _turn(hull[-2], hull[-1], p) <= 0:
                hull.pop()
            hull.append(p)
        hull.pop()
    return tuple(hull)


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _girth(name: str, inner: Point, outer: Point, section: Sequence[Point], half: bool) -> Guide:
    """A band over the foot from above, and the same tape around the cut foot."""
    heel = 22.0
    foot = _placed(heel, 66 if half else 74, 0.78)
    cut = _placed(302, 118, 1.05)
    a, b = foot(*inner), foot(*outer)
    long = math.dist(a, b)
    aside = (3.4 * (b[1] - a[1]) / long, -3.4 * (b[0] - a[0]) / long)
    band = (
        (a[0] - aside[0], a[1] - aside[1]), (a[0] + aside[0], a[1] + aside[1]),
        (b[0] + aside[0], b[1] + aside[1]), (b[0] - aside[0], b[1] - aside[1]),
    )  # fmt: skip
    ticks = [
        _line(
            (a[0] + (b[0] - a[0]) * s, a[1] + (b[1] - a[1]) * s),
            (a[0] + (b[0] - a[0]) * s + aside[0], a[1] + (b[1] - a[1]) * s + aside[1]),
            ink="tool_edge",
            thick=0.6,
        )
        for s in (k / 9 for k in range(1, 9))
    ]
    halves: tuple[Shape | Sign, ...] = (*_target(a), *_target(b))
    if half:
        middle, toe, line = foot(_HALF, 0)[0], foot(_TOE[0], 0)[0], 128.0
        halves = (
            *_ends(((heel, 66), (heel, line + 5))),
            *_ends((b, (middle, line + 5)), (foot(*_TOE), (toe, line + 5))),
            *_arrow((heel, line), (middle, line)),
            *_arrow((middle, line), (toe, line)),
            Sign(((heel + middle) / 2, line + 12), "½", 15),
            Sign(((middle + toe) / 2, line + 12), "½", 15),
        )
    return Guide(
        name,
        372,
        158,
        (
            _skin(foot, _TOP),
            *halves,
            Shape(band, "tool", "measure", 1.6),
            *ticks,
            _floor(118, 232, 364),
            _skin(cut, section),
            *_tape(cut, section),
        ),
    )


def _ball_girth() -> Guide:
    return _girth("ball_girth", (185.5, 43.5), (160.0, -54.5), _BALL, half=False)


def _instep_girth() -> Guide:
    return _girth("instep_girth", (126.0, 38.0), (126.0, -48.5), _MIDDLE, half=True)


def _wet_footprint() -> Guide:
    print_ = _placed(98, 86)
    drops = [_drop((x, y)) for x, y in ((34, 62), (50, 48), (66, 62))]
    outline = smooth(_along(print_, _PRINT))
    toes = [_oval(print_(x, y), long, wide, "water", "water") for x, y, long, wide in _TOE_PRINTS]
    arrows = ((122.0, -12.0, -42.5), (178.0, 37.5, -48.0), (38.0, 22.5, -23.0))
    numbers = ((print_(122, 6), "1"), (print_(178, 52), "2"), (print_(38, 38), "3"))
    return Guide(
        "wet_footprint",
        370,
        160,
        (
            _box(92, 8, 268, 144, "paper", "paper_edge"),
            Shape(((16, 92), (84, 92), (78, 112), (22, 112)), "wall", "wall_edge", 1.4),
            Shape(((18, 96), (82, 96), (79, 106), (21, 106)), "water", "water"),
            *drops,
            *_arrow_on((40, 126), (84, 126)),
            *toes,
            Shape(outline, "water", "ink", 1.4),
            *[part for x, top, low in arrows for part in _arrow(print_(x, top), print_(x, low))],
            *[Sign(at, text, 17) for at, text in numbers],
        ),
    )  # fmt: skip


def _drop(at: Point) -> Shape:
    x, y = at
    return Shape(
        smooth(
            ((x, y - 9), (x + 3.5, y - 1), (x + 4.5, y + 3), (x, y + 8), (x - 4.5, y + 3), (x - 3.5, y - 1))
        ),
        "water",
        "water",
    )


_AT_A_WALL: Mapping[str, Callable[[bool], Guide]] = {
    "foot_length": _foot_length,
    "ball_length": _ball_length,
    "outer_ball_length": _outer_ball_length,
    "instep_height": _instep_height,
}
_ANYWHERE: Mapping[str, Callable[[], Guide]] = {
    "ball_breadth": _ball_breadth,
    "heel_breadth": _heel_breadth,
    "navicular_height": _navicular_height,
    "medial_malleolus_height": _ankle_height,
    "ball_girth": _ball_girth,
    "instep_girth": _instep_girth,
    "wet_footprint": _wet_footprint,
}
NAMES: tuple[str, ...] = (*_AT_A_WALL, *_ANYWHERE)


@cache
def guide(name: str, *, wall: bool = True) -> Guide:
    """The picture of a step, the heel at a wall or at a book in its place."""
    return _AT_A_WALL[name](wall) if name in _AT_A_WALL else _ANYWHERE[name]()
