"""From a sole and a support profile to the bodies of an insole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import map_coordinates, spline_filter
from shapely.geometry import Polygon

from fitter.errors import FitterError
from fitter.resources import table
from fitter.saying import say
from fitter.scan.mesh import Mesh
from fitter.support.insole.cup import inside_width, measured_at
from fitter.support.insole.design import Design, Length, design
from fitter.support.insole.outline import outlines
from fitter.support.insole.sole import CELL, Grid, Sole, smooth
from fitter.support.insole.solid import Plan, body, plan_of, rounding
from fitter.support.insole.top import Contact, contact
from fitter.support.support import SupportProfile
from fitter.terms import Side

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Insole:
    """A finished insole, as it lies on the table: mm, +x towards the toes, bottom at z = 0 (or on the last).

    A left one is a left one: its inner side is -y. ``bodies`` name -> closed surface ("shell", "cover");
    ``outline`` name -> polygon; ``top(x, y)`` the designed height of the cover's upper surface, rim
    included, NaN outside. ``foot_rise`` is how high the foot's floor has come to lie.
    """

    side: Side
    length: Length
    design: Design
    bodies: dict[str, Mesh]
    outline: dict[str, Polygon]
    top: Callable[[Vector, Vector], Vector]
    foot_rise: float
    foot_length: float
    ball_breadth: float
    mark: str
    notes: tuple[str, ...]
    rule_set: str


@dataclass(frozen=True, slots=True, eq=False)
class _Fields:
    """Height fields over the plan: each takes x, y and the distance from the edge."""

    bottom: Callable[[Vector, Vector, Vector], Vector]
    middle: Callable[[Vector, Vector, Vector], Vector]
    top: Callable[[Vector, Vector, Vector], Vector]


def make_insole(
    sole: Sole,
    profile: SupportProfile,
    *,
    length: Length = "full",
    last: Sequence[tuple[float, float]] = (),
) -> Insole:
    """The insole for a sole. ``last``: (x, height) mm of the shoe's floor from the heel on, where the bottom
    shall follow it; else the bottom is flat.

    Pure: the same sole and profile give the same bodies.
    """
    wanted = design(profile, sole, length)
    under = contact(sole, wanted)
    shell_line, cover_line = outlines(sole, wanted, under)
    fields = _fields(sole, wanted, under, _floor(last))
    cover_plan = plan_of(cover_line)
    shell_plan = cover_plan if shell_line is cover_line else plan_of(shell_line)
    bodies = {
        "shell": body(shell_plan, fields.bottom, fields.middle),
        "cover": body(cover_plan, fields.middle, fields.top),
    }
    insole = Insole(
        side=sole.side,
        length=length,
        design=wanted,
        bodies=bodies,
        outline={"shell": shell_line, "cover": cover_line},
        top=_designed(fields, cover_line),
        foot_rise=wanted.shell + wanted.cover,
        foot_length=sole.length,
        ball_breadth=sole.ball_breadth,
        mark=sole.mark,
        notes=(*wanted.notes, *under.notes, *_cup(sole, wanted, under)),
        rule_set=profile.rule_set,
    )
    return insole if sole.side == "right" else _mirrored(insole)


def _cup(sole: Sole, wanted: Design, under: Contact) -> tuple[str, ...]:
    """How wide the heel's cup is to a calliper, and how that goes with the profile's number."""
    at = measured_at()
    cup, heel = (
        inside_width(height, under.rows, under.columns, sole.length, at)
        for height in (under.surface, sole.height)
    )
    if cup is None or heel is None:
        return ()
    wide = sole.heel_breadth + wanted.cup_clearance
    return (
        say(
            "Heel cup inside, {at:g} mm above its floor: {cup:.1f} mm wide, where the heel is "
            "{heel:.1f} mm. The profile's {wide:.1f} mm are for the heel at its widest "
            "({heel_breadth:.1f} mm).",
            at=at,
            cup=cup,
            heel=heel,
            wide=wide,
            heel_breadth=sole.heel_breadth,
        ),
    )


def _designed(fields: _Fields, line: Polygon) -> Callable[[Vector, Vector], Vector]:
    def top(x: Vector, y: Vector) -> Vector:
        inwards = shapely.distance(line.exterior, shapely.points(x, y))
        inside = shapely.contains_xy(line, x, y)
        return np.where(inside, fields.top(x, y, inwards), np.nan)

    return top


def _mirrored(insole: Insole) -> Insole:
    """A right insole turned into a left one; faces keep looking outwards."""
    turn = np.diag([1.0, -1.0, 1.0])
    bodies = {name: mesh.moved(turn, np.zeros(3)) for name, mesh in insole.bodies.items()}
    outline = {
        name: Polygon((np.array(line.exterior.coords) * (1.0, -1.0))[::-1])
        for name, line in insole.outline.items()
    }
    right = insole.top
    return replace(insole, bodies=bodies, outline=outline, top=lambda x, y: right(x, -y))


def _floor(last: Sequence[tuple[float, float]]) -> Callable[[Vector], Vector]:
    """The height of the shoe's floor under the insole, without overshoot between the points given."""
    if not last:
        return np.zeros_like
    at = np.array(sorted(last), dtype=float)
    if len(at) < 2 or (np.diff(at[:, 0]) <= 0.0).any() or not np.isfinite(at).all():
        raise FitterError(
            "the curve of the shoe's last needs two or more places, each with one height",
            todo="Give x and height in mm, a pair a line",
            code="bad_last",
        )
    if np.abs(np.gradient(at[:, 1], at[:, 0])).max() > 1.0:
        raise FitterError(
            "the curve of the shoe's last is steeper than 45 degrees",
            todo="Give x and height in mm, from the heel on",
            code="bad_last",
        )
    curve = PchipInterpolator(at[:, 0], at[:, 1] - at[:, 1].min())
    return lambda x: np.asarray(curve(np.clip(x, at[0, 0], at[-1, 0])), dtype=np.float64)


def _fields(sole: Sole, wanted: Design, under: Contact, floor: Callable[[Vector], Vector]) -> _Fields:
    """The three surfaces. Upwards from the foot's: the cover is as thick square to the surface as it should
    be, the shell is what is left below it and never less than its bound."""
    beliefs = table("support/insole.toml")
    shape, least = beliefs["shape"], beliefs["bounds"]["shell_least"]
    shell, cover = _thicknesses(sole, wanted, under.rows)
    steep = np.hypot(*np.gradient(under.surface, CELL))
    cover_up = cover[:, None] * np.sqrt(1.0 + steep**2)
    middle = (shell + cover)[:, None] + under.surface - cover_up
    middle = np.maximum(middle, shell[:, None])  # under a steep wall the cover's foot would eat the shell
    cover_up = np.maximum((shell + cover)[:, None] + under.surface - middle, cover[:, None])
    middle_at, cover_at = _spline(middle, under), _spline(cover_up, under)

    def bottom(x: Vector, y: Vector, inwards: Vector) -> Vector:
        slack = np.maximum(middle_at(x, y) - least, 0.0)
        chamfer = np.minimum(shape["bottom_chamfer"], 0.25 * slack)
        raised: Vector = np.maximum(chamfer - inwards, 0.0)
        return floor(x) + raised

    def between(x: Vector, y: Vector, inwards: Vector) -> Vector:
        height = middle_at(x, y)
        radius = np.minimum(shape["rim_radius"], 0.7 * np.maximum(height - least, 0.0))
        return floor(x) + height - rounding(inwards, radius)

    def top(x: Vector, y: Vector, inwards: Vector) -> Vector:
        thick = cover_at(x, y)
        spare = np.maximum(wanted.cover - beliefs["bounds"]["cover_least"], 0.0)
        radius = np.minimum(shape["cover_rim_radius"], spare)
        return floor(x) + middle_at(x, y) + thick - rounding(inwards, np.full_like(x, radius))

    return _Fields(bottom, between, top)


def _thicknesses(sole: Sole, wanted: Design, x: Vector) -> tuple[Vector, Vector]:
    """Shell and cover (r,) under a level foot, along it: the shell thins before the ball, or towards its end
    where it is three-quarter long; the cover takes the forefoot's cushioning."""
    shape = table("support/insole.toml")["shape"]
    fade, end = shape["front_fade"], wanted.shell_length
    if wanted.length == "three-quarter":
        # The edge is oblique, so it thins along with the outer side as well.
        before = smooth(x, end - 0.1 * sole.length - fade, end)
        return wanted.shell + before * (shape["three_quarter_edge"] - wanted.shell), np.full_like(
            x, wanted.cover
        )
    before = smooth(x, end - fade, end)
    shell = wanted.shell + before * (shape["front_base"] - wanted.shell)
    return shell, wanted.cover + before * wanted.cushioning


def _spline(values: Grid, under: Contact) -> Callable[[Vector, Vector], Vector]:
    """A smooth function through the cells' values."""
    fitted = spline_filter(values, order=3)

    def at(x: Vector, y: Vector) -> Vector:
        place = np.stack([(x - under.rows[0]) / CELL, (y - under.columns[0]) / CELL])
        out: Vector = map_coordinates(fitted, place, order=3, mode="nearest", prefilter=False)
        return out

    return at


__all__ = ["Insole", "Plan", "make_insole"]
