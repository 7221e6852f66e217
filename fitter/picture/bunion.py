"""Four feet from above, the great toe leaning more and more to the others: to say which looks like one's own.

Drawn by the angle between great toe and first ray on X-rays: below 15 degrees usual, to 20 mild, 21 to 39
moderate, from 40 severe (J Foot Ankle Res 2009, 2:15, table 1). People rate themselves by such a row of four
as examiners do (weighted kappa .71 to .80 with photographs, Menz 2010, 10.1186/1471-2474-11-215); these
drawings were not tried so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache

from fitter.picture.guides import Guide, Point, Shape, smooth
from fitter.picture.limbs import arc, disc, fused, tapered

# Degrees drawn for each word, within its band.
LEANS: Mapping[str, float] = {"none": 7.0, "mild": 18.0, "moderate": 30.0, "severe": 44.0}
WORDS: tuple[str, ...] = tuple(LEANS)
WIDTH, HEIGHT = 110.0, 190.0

# A left foot from above without its toes: x to the outer side, y down the page, toes up. The first point of
# the inner border that a bunion pushes out is the knob of the ball.
_BODY: tuple[Point, ...] = (
    (29, 71), (33, 58), (44, 51), (58, 52), (72, 59), (83, 70), (88, 83), (87, 98), (83, 118), (78, 140),
    (73, 158), (64, 171), (52, 175), (40, 171), (33, 159), (31, 143), (33, 124), (33, 106), (30, 88),
)  # fmt: skip
_KNOB = (37.0, 69.0)  # the joint of the great toe
_TOES: tuple[tuple[Point, Point, float, float], ...] = (
    ((54, 62), (58, 28), 6.4, 6.2),
    ((64, 66), (70, 36), 5.8, 5.6),
    ((73, 73), (80, 47), 5.5, 5.3),
    ((80.5, 82), (89, 61), 5.2, 5.2),
)


def _pushed(lean: float, toe: int) -> float:
    """How far a great toe that leans over pushes a small toe aside (units)."""
    return max(0.0, lean - 16.0) * (0.30, 0.12, 0.04, 0.0)[toe]


def _toe(number: int, aside: float) -> tuple[Shape, ...]:
    """A small toe with its nail, its tip pushed aside."""
    root, (x, y), at_root, at_tip = _TOES[number]
    tip = (x + aside, y + 0.25 * aside)
    nail = Shape(disc((tip[0], tip[1] - 1.0), 0.52 * at_tip, 0.6 * at_tip), "place", "edge", 0.7)
    return (Shape(tapered(root, tip, at_root, at_tip), "skin", "edge", 1.4), nail)


@cache
def foot(word: str) -> Guide:
    """The foot of one of `WORDS`."""
    lean = LEANS[word]
    out = 0.22 * max(0.0, lean - 7.0)  # the first ray spreads, and the knob stands out
    knob = (_KNOB[0] - out, _KNOB[1])
    body = [(x - out * math.exp(-(((y - 72.0) / 16.0) ** 2)) if x < 45 else x, y) for x, y in _BODY]
    turn = math.radians(lean)
    tip = (knob[0] + 38.0 * math.sin(turn), knob[1] - 38.0 * math.cos(turn))
    middle = (knob[0] + 22.0 * math.sin(turn), knob[1] - 22.0 * math.cos(turn))
    great = (tapered(knob, middle, 11.5, 8.6), tapered(middle, tip, 8.8, 9.4))
    small = [_toe(n, _pushed(lean, n)) for n in range(len(_TOES))]
    under = [shape for toe in reversed(small) for shape in toe]
    # Where the sole's border crosses the roots of the toes there is no line.
    roots = [Shape(disc((x, y - 2.0), r - 0.2, r + 3.5), "skin") for (x, y), _tip, r, _t in _TOES]
    nail = Shape(disc(tip, 4.6, 5.4, lean), "place", "edge", 0.8)
    # A great toe that leans far lies beneath the second.
    over = small[0] if lean > 25.0 else ()
    first = (knob[0] + 0.5 * (44.0 - knob[0]), 118.0)
    lines: list[Shape] = [
        Shape(smooth(((48, 84), (50, 104), (52, 124)), closed=False), None, "shade", 1.6, False),
        Shape(smooth(((60, 84), (61, 104), (60, 124)), closed=False), None, "shade", 1.6, False),
        Shape(((first[0], first[1]), knob), None, "measure", 1.4, False, True),
        Shape((knob, (tip[0], tip[1])), None, "measure", 1.4, False, True),
    ]
    if lean > 10.0:
        # What stands out at the knob.
        bump = arc((knob[0] + 1.0, knob[1] + 1.0), 12.5, 225.0, 315.0)
        lines.append(Shape(bump, None, "measure", 1.8, closed=False))
    return Guide(
        f"bunion_{word}",
        WIDTH,
        HEIGHT,
        (
            *under,
            *fused((*great, smooth(body)), "skin", "edge", 1.0),
            *roots,
            nail,
            *over,
            *roots[:1],
            *lines,
        ),
    )
