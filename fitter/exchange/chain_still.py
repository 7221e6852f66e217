"""The chain from heel to kneecap as a still, for the report."""

from __future__ import annotations

from fpdf import FPDF

from fitter.exchange.worksheet import draw
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
