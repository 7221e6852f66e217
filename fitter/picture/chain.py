"""The chain from the heel to the kneecap, drawn: both legs from the front and from behind.

The heel follows the foot that was measured. What lies above it no scan sees: there the figure shows how far
it differs between people, as a fan over the whole published range, and where nothing was measured at all,
only that. Ranges and sources stand in `models/knee/chain.toml`. Angles in degrees, inwards positive, at both
sides.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fitter.language import spoken
from fitter.measurements import Measurements
from fitter.picture.guides import Guide, Ink, Point, Shape, Sign, smooth
from fitter.picture.limbs import arc, arrow_head, disc, joint, mirrored
from fitter.posture.posture import Posture
from fitter.quantity import COVERAGE, Quantity
from fitter.resources import table
from fitter.terms import Side

Basis = Literal["measured", "arch", "unknown"]
Words = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Fan:
    """From how far to how far a part may turn."""

    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Heel:
    """How far the heel leans inwards (everted), the interval of that, and what it was read from."""

    lean: float
    low: float
    high: float
    basis: Basis


@dataclass(frozen=True, slots=True)
class Chain:
    """One leg: its ``heel`` as measured and with a support (``supported``), and the fans above it.

    ``shin`` follows the heel over the published range; ``thigh`` runs from nothing to all of the shin's turn.
    A support moves what supports are known to move; where studies disagree a fan only opens.
    """

    side: Side
    heel: Heel
    supported: Heel
    shin: Fan
    thigh: Fan
    support: float


UPRIGHT = Heel(0.0, 0.0, 0.0, "unknown")


def beliefs() -> Mapping[str, Any]:
    """What the drawing rests on."""
    return table("knee/chain.toml")


def most_support() -> float:
    """The most degrees that supports took off a heel's roll, on average over a group."""
    return float(beliefs()["support"]["most_deg"])


def heel_of(measured: Measurements | None, posture: Posture | None) -> Heel:
    """How the heel leans: as measured standing, else as the arch lets expect, else not known."""
    lean = measured.get("rearfoot_angle") if measured is not None else None
    # A foot in the air leans as its muscles hold it, and its heel says nothing of a standing one.
    if lean is not None and measured is not None and measured.load in ("standing", "single_leg", "unknown"):
        return _drawn(lean.value, lean.low, lean.high, "measured")
    if posture is not None and posture.score is not None:
        return _from_arch(posture.score)
    return UPRIGHT


def _drawn(lean: float, low: float, high: float, basis: Basis) -> Heel:
    """To a tenth of a degree, so that a profile read from a file, rounded, draws the same picture."""
    return Heel(round(lean, 1), round(low, 1), round(high, 1), basis)


def _from_arch(score: Quantity) -> Heel:
    """The heel's lean expected of a foot with this arch score, from the norm that reads the one as the other.

    Lean and score share ``loading`` of their spread, so most of the lean stays open. The score's own error
    widens it further.
    """
    norm = next(
        n
        for n in table("posture/norms.toml")["norm"]
        if n["index"] == "rearfoot_angle" and n["load"] == "standing"
    )
    slope = norm["sign"] * norm["loading"] * norm["sd"]  # a higher arch leans less
    lean = norm["mean"] + slope * score.value
    spread = math.sqrt(
        norm["sd"] ** 2 * (1.0 - norm["loading"] ** 2) + norm["norm_sd"] ** 2 + (slope * score.sd) ** 2
    )
    return _drawn(lean, lean - COVERAGE * spread, lean + COVERAGE * spread, "arch")


def chain(side: Side, heel: Heel, support: float = 0.0) -> Chain:
    """What is known, and what is open, of the leg above this heel, with ``support`` degrees taken off it."""
    known = beliefs()
    support = min(max(0.0, support), most_support())
    lean, low, high = (_less(x, support) for x in (heel.lean, heel.low, heel.high))
    supported = heel if heel.basis == "unknown" else Heel(lean, low, high, heel.basis)
    # Without a foot the fans are those of a usual adult's heel: they show how far people differ.
    usual = known["heel"]["usual_deg"]
    before = Heel(usual, usual, usual, "unknown") if heel.basis == "unknown" else heel
    after = before if heel.basis == "unknown" else supported
    share = Fan(known["shin"]["lowest"], known["shin"]["highest"])
    shin, less = (
        _passed_on(Fan(before.low, before.high), share),
        _passed_on(Fan(after.low, after.high), share),
    )
    shin = Fan(
        min(shin.low, less.low), shin.high
    )  # some studies found less turning, others as much as before
    whole = _passed_on(Fan(before.low, before.high), share)
    thigh = _passed_on(whole, Fan(known["thigh"]["lowest"], known["thigh"]["highest"]))
    return Chain(side, heel, supported, shin, thigh, 0.0 if heel.basis == "unknown" else support)


def _less(lean: float, support: float) -> float:
    """A support takes inward roll away, as far as there is some."""
    return max(lean - support, min(lean, 0.0))


def _passed_on(turn: Fan, share: Fan) -> Fan:
    """Every turn of the one times every share of the other."""
    ends = [a * b for a in (turn.low, turn.high) for b in (share.low, share.high)]
    return Fan(min(ends), max(ends))


def chains(feet: Iterable[tuple[Measurements, Posture | None]], support: float = 0.0) -> Mapping[Side, Chain]:
    """Both legs of a person, each from the capture of its foot that tells most of its heel."""
    best: dict[Side, Heel] = {"left": UPRIGHT, "right": UPRIGHT}
    worth = ("unknown", "arch", "measured")
    for measured, posture in feet:
        heel = heel_of(measured, posture)
        if worth.index(heel.basis) > worth.index(best[measured.side].basis):
            best[measured.side] = heel
    return {side: chain(side, heel, support) for side, heel in best.items()}


def heel_words(leg: Chain, words: Words = spoken) -> str:
    """What is known of this leg's heel, as a sentence."""
    told, heel = beliefs()["texts"], leg.heel
    key = f"heel_{heel.basis}"
    if heel.basis == "measured" and heel.lean < 0:
        key = "heel_outwards"
    return words(told[key]).format(
        side=words(beliefs()["labels"][leg.side]).capitalize(),
        lean=f"{abs(heel.lean):.0f}",
        error=f"{0.5 * (heel.high - heel.low):.0f}",
    )


# ---------------------------------------------------------------------------------------- outlines

# One leg from the front (the right one), in cm: (from the midline, outwards; up from the floor). Drawn after
# the proportions of adults about 172 cm tall; they carry no measure. The outer border runs down, the inner
# one up.
_OUTER: tuple[Point, ...] = (
    (14.6, 101), (16.0, 96), (17.3, 90), (17.7, 84), (17.4, 77), (16.6, 70), (15.6, 63), (14.7, 57.5),
    (14.1, 53.5), (13.9, 50.5), (13.7, 47.5), (13.6, 45), (14.1, 41.5), (14.5, 37), (14.35, 32), (13.6, 26),
    (12.7, 20), (12.0, 14.5), (11.75, 11.5), (12.05, 9.2), (12.3, 7.8), (12.0, 6.2),
)  # fmt: skip
_INNER: tuple[Point, ...] = (
    (5.55, 7.0), (5.35, 8.4), (5.3, 9.7), (5.75, 11.6), (5.95, 14.5), (5.6, 20), (4.8, 26), (3.9, 31.5),
    (3.4, 36), (3.5, 40), (4.1, 43.2), (4.2, 45.5), (3.6, 48), (3.2, 50.5), (3.2, 53), (3.4, 55.5),
    (3.0, 60), (2.2, 66), (1.4, 73), (0.75, 79), (0.35, 82.5), (0.0, 83.2),
)  # fmt: skip
# The foot below the ankle from the front: a little turned out, its toes towards us.
_FRONT_FOOT: tuple[Point, ...] = (
    (12.5, 5.2), (13.3, 4.0), (14.2, 2.9), (14.75, 1.9), (14.8, 1.0), (14.3, 0.35), (13.5, 0.2), (12.9, 0.45),
    (12.3, 0.1), (11.6, 0.1), (11.1, 0.4), (10.5, 0.05), (9.8, 0.05), (9.3, 0.35), (8.7, 0.0), (7.9, 0.0),
    (7.45, 0.35), (6.6, -0.05), (5.5, 0.0), (4.75, 0.5), (4.5, 1.3), (4.75, 2.2), (5.2, 3.2), (5.5, 4.4),
    (5.6, 5.6),
)  # fmt: skip
# From behind: the heel, round below, and beside it what is seen of the foot's outer border.
_HEEL: tuple[Point, ...] = (
    (11.6, 5.3), (11.75, 4.2), (12.05, 3.0), (11.95, 1.6), (11.2, 0.5), (9.8, 0.0), (8.2, 0.0), (6.8, 0.5),
    (6.0, 1.6), (5.85, 3.0), (6.05, 4.2), (6.0, 5.3),
)  # fmt: skip
_BEHIND: tuple[Point, ...] = (
    (11.0, 4.2), (12.6, 3.6), (14.0, 2.5), (14.7, 1.4), (14.4, 0.5), (13.3, 0.15), (11.0, 0.15),
)  # fmt: skip
_ANKLE = (8.9, 6.5)  # about where the heel rolls under the shin
_KNEE = (8.55, 51.4)
_SCALE = 3.2  # figure units a cm
_FLOOR = 352.0


@dataclass(frozen=True, slots=True)
class _Leg:
    """Where a leg stands on the page: ``way`` is +1 where its outer side points right."""

    middle: float
    way: float

    def at(self, point: Point) -> Point:
        return (self.middle + self.way * _SCALE * point[0], _FLOOR - _SCALE * point[1])

    def along(self, points: Iterable[Point]) -> tuple[Point, ...]:
        return tuple(self.at(p) for p in points)


def _rolled(points: Sequence[Point], lean: float, sole: float = 0.0) -> list[Point]:
    """Points below the ankle of a heel that leans inwards by ``lean`` degrees: its sole stays on the floor
    and comes to lie further out under the ankle; what is at height ``sole`` or below keeps its height."""
    slope = math.tan(math.radians(lean))
    return [
        (x + slope * max(0.0, _ANKLE[1] - z), z) if z < _ANKLE[1] else (x, z)
        for x, z in points
    ]  # fmt: skip


def _leg_outline(foot: Sequence[Point]) -> list[Point]:
    return [*_OUTER, *foot, *_INNER]


def _line(leg: _Leg, *points: Point, ink: Ink = "edge", thick: float = 0.8, dashed: bool = False) -> Shape:
    way = leg.along(points)
    return Shape(smooth(way, closed=False) if len(way) > 2 else way, None, ink, thick, False, dashed)


def _front(leg: _Leg, heel: Heel) -> tuple[Shape, ...]:
    """A leg from the front."""
    lean = max(-12.0, min(16.0, heel.lean))
    # From the front a roll shows at the inner ankle, which sinks and comes inwards, and at the arch beside
    # it.
    foot = [(x - 0.035 * lean * (1.0 if x < 6.0 and 1.0 < z < 6.0 else 0.0), z) for x, z in _FRONT_FOOT]
    outline = smooth(leg.along(_leg_outline(foot)), closed=False)
    unknown = heel.basis == "unknown"
    toes = [
        _line(leg, (5.0, 1.55), (5.6, 2.0), (6.6, 1.75), (7.2, 1.1), thick=0.7),
        *[_line(leg, (x, 0.4), (x + 0.05, 1.1), (x - 0.15, 1.6), thick=0.7) for x in (9.3, 11.1, 12.9)],
        _line(leg, (7.45, 0.4), (7.35, 1.3), (7.7, 2.0), thick=0.7),
        *[
            _line(leg, (x - 0.55, 0.75), (x, 0.95), (x + 0.55, 0.75), thick=0.5)
            for x in (8.35, 10.2, 11.95, 13.7)
        ],
        _line(leg, (8.0, 3.0), (8.3, 4.4), (8.6, 5.6), thick=0.5),
    ]
    return (
        Shape(outline, "skin", None),
        Shape(outline, None, "edge", 1.3, closed=False),
        # the ankles, the edge of the shin, the calf behind it, the muscle above the inner knee, the groin
        _line(leg, (6.0, 9.6), (6.6, 8.6), (6.5, 7.4)),
        _line(leg, (11.5, 8.9), (11.1, 7.9), (11.3, 6.8)),
        _line(leg, (9.3, 42.5), (8.9, 36), (8.6, 28), (8.5, 20), (8.6, 15), thick=0.6),
        _line(leg, (5.6, 57.8), (4.7, 55.2), (4.6, 52.9), (5.5, 51.7), thick=0.7),
        _line(leg, (12.2, 60), (12.5, 56.5), (12.1, 53.6), thick=0.6),
        _line(leg, (7.9, 46.6), (8.6, 45.6), (9.3, 46.5), thick=0.7),
        *toes,
        *([_line(leg, *foot[1:-2], ink="open", thick=1.2, dashed=True)] if unknown else []),
    )


def _back(leg: _Leg, heel: Heel) -> tuple[Shape, ...]:
    """A leg from behind."""
    lean = max(-14.0, min(20.0, heel.lean))
    heel_line = _rolled(_HEEL, lean)
    outline = smooth(leg.along(_leg_outline(heel_line)), closed=False)
    beside = smooth(leg.along(_rolled(_BEHIND, 0.4 * lean)))
    return (
        Shape(beside, "shade", "edge", 1.0),
        Shape(outline, "skin", None),
        Shape(outline, None, "edge", 1.3, closed=False),
        # the fold behind the knee, the two heads of the calf, the heel cord, the ankles
        _line(leg, (5.2, 50.4), (7.0, 49.8), (9.0, 49.9), (11.6, 50.6), thick=0.8),
        _line(leg, (6.6, 55.5), (6.2, 52.8), (6.6, 50.6), thick=0.6),
        _line(leg, (11.2, 55.5), (11.5, 52.8), (11.2, 50.6), thick=0.6),
        _line(leg, (8.9, 47.5), (8.95, 42), (8.9, 36), thick=0.6),
        _line(leg, (5.3, 33.5), (6.4, 30.4), (8.0, 29.6), (8.9, 31.0), (9.9, 30.6), (11.6, 31.6), (13.0,
        34.6),
              thick=0.7),
        _line(leg, (7.6, 22), (7.9, 16), (7.75, 11.5), (7.5, 8.5), thick=0.7),
        _line(leg, (10.2, 22), (9.9, 16), (10.05, 11.5), (10.3, 8.5), thick=0.7),
        _line(leg, (6.2, 9.8), (6.6, 8.9), (6.4, 7.9), thick=0.7),
        _line(leg, (11.4, 9.0), (11.0, 8.0), (11.2, 7.0), thick=0.7),
    )  # fmt: skip


def _kneecap(leg: _Leg) -> tuple[Shape, ...]:
    """The kneecap, and beside it where it may run as well: the same for everyone, since it is open."""
    ghosts = [
        Shape(disc(leg.at((_KNEE[0] + aside, _KNEE[1])), 7.4, 8.6), None, "open", 1.1, dashed=True)
        for aside in (-1.6, 1.6)
    ]
    return (*ghosts, Shape(disc(leg.at(_KNEE), 7.4, 8.6), "place", "edge", 1.2))


# ---------------------------------------------------------------------------------------- fans

_FAN, _INNER_EDGE = 43.0, 5.0
# Cut across and seen from above, front down, outer side right, in figure units from the middle.
_SHIN_CUT: tuple[Point, ...] = (
    (-4, 20), (-12, 16), (-17, 8), (-19, -3), (-16, -14), (-7, -21), (3, -22), (13, -18), (18, -8), (18, 3),
    (13, 13), (5, 19),
)  # fmt: skip
_SHINBONE: tuple[Point, ...] = ((-6, 17), (-11, 10), (-8, 3), (0, 3), (3, 9), (-1, 16))
_THIGH_CUT: tuple[Point, ...] = (
    (0, 25), (-13, 23), (-23, 14), (-26, 0), (-22, -14), (-11, -23), (2, -25), (15, -21), (23, -10), (24, 4),
    (19, 16), (10, 23),
)  # fmt: skip


def _fan(at: Point, way: float, fan: Fan, *, thigh: bool) -> tuple[Shape, ...]:
    """A limb cut across, seen from above with its front down, and how far it may turn."""
    known = beliefs()["drawn"]
    most, times = float(known["most_turn_deg"]), float(known["turns_times"])

    def turned(degrees: float) -> float:
        return -way * times * max(-most, min(most, degrees))

    first, last = turned(fan.low), turned(fan.high)
    cut = [(at[0] + way * x, at[1] + y) for x, y in (_THIGH_CUT if thigh else _SHIN_CUT)]
    bones: tuple[Shape, ...]
    if thigh:
        bones = (Shape(disc(at, 6.5), "place", "edge", 0.9),)
    else:
        bones = (
            Shape(smooth([(at[0] + way * x, at[1] + y) for x, y in _SHINBONE]), "place", "edge", 0.9),
            Shape(disc((at[0] + way * 9.0, at[1] + 0.5), 2.6), "place", "edge", 0.9),
        )
    sector = (*arc(at, _INNER_EDGE, last, first), *arc(at, _FAN, first, last))
    edge: Ink = "open" if thigh else "varies_edge"
    ribs = max(2, round(abs(last - first) / 7.0))
    hatch = [
        Shape((joint(at, t, _INNER_EDGE), joint(at, t, _FAN)), None, edge, 0.6, False, dashed=thigh)
        for t in (first + (last - first) * k / ribs for k in range(1, ribs))
    ]
    ahead = Shape((joint(at, 0.0, _INNER_EDGE), joint(at, 0.0, _FAN + 5.0)), None, "ink", 0.9, False, True)
    return (
        Shape(smooth(cut), "skin", "edge", 1.1),
        *bones,
        Shape(sector, None if thigh else "varies", edge, 1.4, dashed=thigh),
        *hatch,
        ahead,
    )


def _hoop(
    leg: _Leg, height: float, outer: float, inner: float, ink: Ink, *, dashed: bool
) -> tuple[Shape, ...]:
    """An arrow around the front of a limb, inwards."""
    middle, half = 0.5 * (outer + inner), 0.5 * (outer - inner)
    dip = 0.28 * half
    turns = [math.radians(t) for t in range(8, 150, 7)]
    way = [(middle + half * math.cos(t), height - dip * math.sin(t)) for t in turns]
    tip, before = way[-1], way[-3]
    a, b = leg.at(before), leg.at(tip)
    lean = math.degrees(math.atan2(b[0] - a[0], b[1] - a[1]))
    return (
        Shape(leg.along(way[:-1]), None, ink, 1.8, closed=False, dashed=dashed),
        arrow_head(joint(b, lean, 2.0), lean, 8.0, ink),
    )


_ZOOM = 7.6  # units a cm in the heel seen near


def _near_heel(at: Point, way: float, chain_: Chain) -> tuple[Shape | Sign, ...]:
    """The heel from behind, larger: its lean and how sure that is, beside an upright line."""

    def place(point: Point) -> Point:
        return (at[0] + way * _ZOOM * (point[0] - _ANKLE[0]), at[1] - _ZOOM * (point[1] - _ANKLE[1]))

    def outline(heel: Heel) -> tuple[Point, ...]:
        lean = max(-14.0, min(20.0, heel.lean))
        shank = [(11.75, 11.3), (12.0, 9.4), (12.25, 7.8), (11.95, 6.5)]
        inner = [(5.75, 6.6), (5.45, 8.2), (5.4, 9.4), (5.75, 11.3)]
        return smooth([place(p) for p in [*shank, *_rolled(_HEEL, lean), *inner]], closed=False)

    heel, moved = chain_.supported, chain_.support > 0.0
    shown: list[Shape | Sign] = []
    unknown = heel.basis == "unknown"
    drawn = outline(heel)
    beside = [place(p) for p in _rolled(_BEHIND, 0.4 * max(-14.0, min(20.0, heel.lean)))]
    ground = place((0.0, -0.1))[1]
    shown += [
        Shape(smooth(beside), "shade", "edge", 1.0),
        Shape(drawn, "skin", None),
        Shape(drawn, None, "open" if unknown else "edge", 1.4, False, dashed=unknown),
    ]
    for knob in (((6.1, 9.4), (6.55, 8.6), (6.4, 7.7)), ((11.5, 8.9), (11.15, 8.0), (11.35, 7.1))):
        shown.append(Shape(smooth([place(p) for p in knob], closed=False), None, "edge", 0.7, False))
    shown.append(Shape(((at[0] - 42, ground), (at[0] + 42, ground)), None, "wall_edge", 1.2, False))
    if moved:
        shown.append(Shape(outline(chain_.heel), None, "open", 1.0, False, dashed=True))
    top, foot = place(_ANKLE), 7.2 * _ZOOM
    upright = Shape((place((_ANKLE[0], 11.0)), (top[0], top[1] + foot + 3.0)), None, "ink", 0.9, False, True)
    if not unknown:
        low, high = (way * max(-30.0, min(30.0, x)) for x in (heel.low, heel.high))
        wedge = (top, *arc(top, foot, low, high))
        shown.append(Shape(wedge, "known", "known_edge", 1.0))
        shown.append(upright)
        shown.append(Shape((top, joint(top, way * heel.lean, foot)), None, "known_edge", 2.6, False))
    else:
        shown.append(upright)
    for cord in (-1.3, 1.3):
        line = ((cord * 0.95, 11.0), (cord * 0.85, 9.2), (cord, 7.2))
        shown.append(
            Shape(
                smooth([place((_ANKLE[0] + x, z)) for x, z in line], closed=False), None, "edge", 0.8, False
            )
        )
    return tuple(shown)


# ---------------------------------------------------------------------------------------- the figure

WIDTH = 520.0
_COLUMNS = (46.0, 256.0, 464.0)
_FRONT_AT, _BACK_AT = 151.0, 361.0
_THIGH_Y, _KNEECAP_Y, _SHIN_Y, _HEEL_Y = 74.0, 133.0, 190.0, 291.0
_TYPE = 13.0


def figure(left: Chain, right: Chain, words: Words = spoken) -> Guide:
    """Both legs from the front and from behind; ``words`` translates the labels."""
    legs = {"right": right, "left": left}
    front = {"right": _Leg(_FRONT_AT, -1.0), "left": _Leg(_FRONT_AT, 1.0)}
    back = {"left": _Leg(_BACK_AT, -1.0), "right": _Leg(_BACK_AT, 1.0)}
    beside = {"right": _COLUMNS[0], "left": _COLUMNS[1]}
    heels = {"left": _COLUMNS[1], "right": _COLUMNS[2]}
    parts: list[Shape | Sign] = []
    for side, leg in legs.items():
        parts += [*_front(front[side], leg.supported), *_kneecap(front[side])]
        parts += [*_hoop(front[side], 68.0, 15.6, 2.6, "open", dashed=True)]
        parts += [*_hoop(front[side], 34.0, 14.2, 4.0, "varies_edge", dashed=False)]
        parts += _back(back[side], leg.supported)
        way = front[side].way
        parts += _fan((beside[side], _THIGH_Y), way, leg.thigh, thigh=True)
        parts += _fan((beside[side], _SHIN_Y), way, leg.shin, thigh=False)
        parts += _near_heel((heels[side], _HEEL_Y), back[side].way, leg)
    parts += [*_shorts(_FRONT_AT), *_shorts(_BACK_AT), *_floors()]
    rows = _legend_rows(legs)
    top = _FLOOR + 26.0
    parts += [*_labels(beside, heels, words), *_legend(rows, top, words)]
    return Guide("chain", WIDTH, top + _ROW * (len(rows) + 1), tuple(parts))


# The clothes: from the waist to the groin, as the outer border runs.
_SHORTS: tuple[Point, ...] = (
    (0, 101), (14.6, 101), (16.0, 96), (17.3, 90), (17.7, 84), (17.5, 78.5), (9.0, 77.5), (1.2, 77.0),
    (0.35, 81.5), (0, 82.6),
)  # fmt: skip


def _shorts(middle: float) -> tuple[Shape, ...]:
    half = [(middle + _SCALE * x, _FLOOR - _SCALE * z) for x, z in _SHORTS]
    cut = (*half, *mirrored(half, middle)[::-1])
    seam = ((middle, half[0][1]), (middle, half[-1][1]))
    belt = ((middle - _SCALE * 15.2, half[0][1] + 7), (middle + _SCALE * 15.2, half[0][1] + 7))
    lines = [Shape(way, None, "cloth_edge", 0.8, closed=False) for way in (seam, belt)]
    return (Shape(cut, "cloth", "cloth_edge", 1.3), *lines)


def _floors() -> tuple[Shape, ...]:
    return tuple(
        Shape(((x - 56.0, _FLOOR + 1.0), (x + 56.0, _FLOOR + 1.0)), None, "wall_edge", 1.4, False)
        for x in (_FRONT_AT, _BACK_AT)
    )


def _labels(beside: Mapping[str, float], heels: Mapping[str, float], words: Words) -> list[Shape | Sign]:
    told = beliefs()["labels"]
    signs: list[Shape | Sign] = [
        Sign((_FRONT_AT, 12), words(told["front"]), _TYPE + 1),
        Sign((_BACK_AT, 12), words(told["behind"]), _TYPE + 1),
    ]
    knee = _FLOOR - _SCALE * _KNEE[1]
    for side, x in beside.items():
        way = -1.0 if side == "right" else 1.0
        signs.append(Sign((x, _THIGH_Y - 35), words(told["thigh"]), _TYPE))
        signs.append(Sign((x, _KNEECAP_Y), words(told["kneecap"]), _TYPE))
        end = (_FRONT_AT + way * _SCALE * (_KNEE[0] + 4.0), knee - 7.0)
        signs.append(Shape(((x - way * 22, _KNEECAP_Y + 9), end), None, "line", 0.8, closed=False))
        signs.append(Sign((x, _SHIN_Y - 31), words(told["shin"]), _TYPE))
    for x in heels.values():
        signs.append(Sign((x, _HEEL_Y - 44), words(told["heel"]), _TYPE))
    for x, way in ((_FRONT_AT, 1.0), (_BACK_AT, -1.0)):
        signs.append(Sign((x - way * 28, _FLOOR + 11), words(told["right"]), _TYPE - 1, "line"))
        signs.append(Sign((x + way * 28, _FLOOR + 11), words(told["left"]), _TYPE - 1, "line"))
    return signs


_Row = tuple[Ink | None, Ink, bool, str]
_ROW = 15.0


def _legend_rows(legs: Mapping[str, Chain]) -> list[_Row]:
    bases = dict.fromkeys(leg.heel.basis for leg in legs.values())
    known: dict[Basis, _Row] = {
        "measured": ("known", "known_edge", False, "measured"),
        "arch": ("known", "known_edge", False, "arch"),
        "unknown": (None, "open", True, "unknown"),
    }
    return [
        *(known[b] for b in bases),
        ("varies", "varies_edge", False, "varies"),
        (None, "open", True, "open"),
    ]


def _legend(rows: Sequence[_Row], y: float, words: Words) -> list[Shape | Sign]:
    told = beliefs()["labels"]
    shown: list[Shape | Sign] = []
    for fill, edge, dashed, key in rows:
        box = ((8, y), (30, y), (30, y + 10), (8, y + 10))
        shown.append(Shape(box, fill, edge, 1.2, dashed=dashed))
        shown.append(Sign((38, y + 5), words(told[key]), _TYPE - 1, "ink", "start"))
        y += _ROW
    return [*shown, Sign((8, y + 5), words(told["larger"]), _TYPE - 1, "line", "start")]
