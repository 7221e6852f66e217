"""The knee's pictures in the report: the chain from heel to kneecap as a still, and the exercises."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fpdf import FPDF

from fitter.exchange.worksheet import draw
from fitter.knee.knee import Exercise
from fitter.picture import exercises
from fitter.picture.chain import chains, figure
from fitter.picture.guides import Guide
from fitter.profile import FitProfile

TALLEST = 0.9  # of its width: the figure with every row its legend can have


def still(profile: FitProfile) -> Guide:
    """The figure of this person's feet, without a support."""
    legs = chains((foot.measurements, foot.posture) for foot in profile.feet)
    return figure(legs["left"], legs["right"])


def draw_chain(pdf: FPDF, x: float, y: float, width: float, profile: FitProfile) -> float:
    """The still at (x, y), ``width`` mm wide; gives the y below it."""
    picture = still(profile)
    draw(pdf, picture, x, y, width)
    return y + width * picture.height / picture.width


def draw_exercises(
    pdf: FPDF, x: float, y: float, width: float, shown: Sequence[Exercise], write: Callable[..., float]
) -> float:
    """A picture for each exercise, two in a row, with its name below; gives the y below them."""
    cell, gap = 0.48 * width, 0.04 * width
    for n in range(0, len(shown), 2):
        bottoms = []
        row = shown[n : n + 2]
        pictures = [exercises.exercise(e.picture or e.id) for e in row]
        tall = max(cell * p.height / p.width for p in pictures)
        for k, (e, picture) in enumerate(zip(row, pictures, strict=True)):
            left, high = x + k * (cell + gap), cell * picture.height / picture.width
            draw(pdf, picture, left, y + tall - high, cell)
            bottoms.append(write(left, y + tall + 0.8, cell, e.name, size=7.6, align="C"))
        y = max(bottoms) + 4.0
    return y
