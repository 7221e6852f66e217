"""Measuring feet at home: the steps of the protocol, and what a person read, as a measurement file.

The steps, their order and their words stand in `models/home/protocol.toml`.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from fitter.anatomy.measures import BY_ID, Measure
from fitter.entry_files import COLUMNS
from fitter.errors import FitterError
from fitter.quantity import Quantity
from fitter.resources import table
from fitter.saying import N_, say
from fitter.terms import Load, Side

Who = Literal["alone", "helper"]
REPEATS = int(table("home/protocol.toml")["repeats"]["count"])
WHO_WORDS: dict[Who, str] = {"alone": "You can do this alone.", "helper": "Easier with a second person."}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: what is measured, in which positions, with what, and in words. ``picture`` names a
    drawing of `fitter.picture.guides`."""

    title: str
    measures: tuple[Measure, ...]
    loads: tuple[Load, ...]
    tools: tuple[str, ...]
    who: Who
    picture: str
    with_wall: str
    without_wall: str

    def text(self, wall: bool) -> str:
        """How to do it, with a wall or a door, or without."""
        return self.with_wall if wall else self.without_wall


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One reading as it was typed, on its way into a measurement file."""

    side: Side
    load: Load
    measure: str
    value: str
    unit: str
    repeat: int


@cache
def steps() -> tuple[Step, ...]:
    """The protocol, in the order that is natural for a person."""
    return tuple(
        Step(
            title=raw["title"],
            measures=tuple(BY_ID[i] for i in raw["measures"]),
            loads=cast("tuple[Load, ...]", tuple(raw["loads"])),
            tools=tuple(raw["tools"]),
            who=raw["who"],
            picture=raw["picture"],
            with_wall=raw["text"],
            without_wall=raw["without_wall"] or raw["text"],
        )
        for raw in table("home/protocol.toml")["step"]
    )


@cache
def step_of(measure_id: str) -> Step:
    """The step in which a measure is taken."""
    return next(s for s in steps() if measure_id in (m.id for m in s.measures))


def tools() -> tuple[str, ...]:
    """What to lay ready, in words."""
    return tuple(table("home/protocol.toml")["tools"].values())


def tool(name: str) -> str:
    """One of the things to lay ready, in words."""
    return str(table("home/protocol.toml")["tools"][name])


def before(wall: bool) -> tuple[str, ...]:
    """What holds for all steps, in sentences."""
    general = table("home/protocol.toml")["general"]
    return (*general["before"], general["wall" if wall else "no_wall"])


def measurement_file(rows: Iterable[TypedRow]) -> str:
    """The readings as typed, as a CSV file that `fitter fit` takes."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([c for c in COLUMNS if c != "u95"] + ["repeat"])
    for row in rows:
        writer.writerow((row.side, row.load, row.measure, row.value, row.unit, row.repeat))
    return out.getvalue()


def positions(step: Step, sides: Sequence[Side]) -> list[tuple[Measure, Side, Load]]:
    """What is read in a step, in order: one foot after the other, sitting before standing."""
    return [(m, side, load) for side in sides for load in step.loads for m in step.measures]


# ---------------------------------------------------------------------------------------- a photo of a print

PHOTO_WIDTHS = ("print_midfoot_width", "print_forefoot_width", "print_heel_width")
# What is picked on a photo, two places each: the ends of a length that is known, then both edges of the print
# at each width.
PHOTO_PLACES: tuple[str, ...] = ("known", *PHOTO_WIDTHS)
# A place is picked to within about 3 pixels (95 %), at an edge of the print as at an end of the known length.
_PICKED_U95 = 3.0
# A length this long is known to 1.4 %: of a ball of 95 mm that is 1.3 mm, less than the error that a width
# of a wet print has in any case (3 mm in the registry).
_LEAST_PIXELS = 300.0
# And both edges of a width are picked too, so a millimetre must have so many pixels: then they add at most
# 2.8 mm, less than that error.
_LEAST_PIXELS_PER_MM = 1.5
# Widths are taken across the foot. One that leans by this much is 3 % too long.
_MOST_LEAN_DEG = 15.0


def photo_lengths(points: Sequence[tuple[float, float]], known_mm: float) -> dict[str, Quantity]:
    """The widths (mm) of a footprint picked on a photo, as far as both places of each are there: each with
    the error of any print and of the picking.

    ``points`` (pixels) come in the order of `PHOTO_PLACES`, two each; ``known_mm`` is the length between the
    first two. The photo must be taken from straight above: how much it leans can't be told from two places.
    Raises FitterError where a millimetre can't be told, or where the widths don't run the same way.
    """
    pairs = list(zip(points[::2], points[1::2], strict=False))
    if not pairs:
        return {}
    pixels = math.dist(*pairs[0])
    least = max(_LEAST_PIXELS, _LEAST_PIXELS_PER_MM * known_mm)
    if pixels < least:
        raise FitterError(
            say("the known length is only {pixels:.0f} pixels long on this photo", pixels=pixels),
            todo=say("Take the photo from nearer: of this length {least:.0f} pixels are needed", least=least),
            code="coarse_photo",
        )
    widths = dict(zip(PHOTO_WIDTHS, pairs[1:], strict=False))
    # Of a print that is parted both places are the same, and tell no direction.
    ways = [math.atan2(b[1] - a[1], b[0] - a[0]) for a, b in widths.values() if math.dist(a, b) > 3.0]
    leans = [abs(math.remainder(way - ways[0], math.pi)) for way in ways]
    if max(leans, default=0.0) > math.radians(_MOST_LEAN_DEG):
        raise FitterError(
            N_("the widths don't run the same way"),
            todo=N_("Pick each straight across the foot"),
            code="slanting_widths",
        )
    mm = known_mm / pixels
    return {name: _photo_width(name, math.dist(a, b), pixels, mm) for name, (a, b) in widths.items()}


def _photo_width(measure_id: str, pixels: float, known_pixels: float, mm: float) -> Quantity:
    """A width of a print (pixels, of ``mm`` each): the error of any print, and in quadrature that of its two
    edges and of the two ends of the known length as they were picked."""
    measure, value = BY_ID[measure_id], pixels * mm
    edges = math.sqrt(2.0) * _PICKED_U95 * mm
    known = math.sqrt(2.0) * _PICKED_U95 / known_pixels * value
    return Quantity(value, math.hypot(measure.entered_u95, edges, known), measure.unit)
