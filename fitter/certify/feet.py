"""Feet to measure: drawn over what adults have, with a truth of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sample_scans import ConstructedFoot, FootParameters, construct
from sample_scans.modelled import ModelledFoot, random_modelled

# One foot in so many is of the second family, which the measuring was not tuned to.
_SECOND = 3
FAMILIES = ("warped", "modelled")

# The arch in standard deviations of standing adults: from flat to cavus.
_ARCH = (-3.0, 3.0)
_TOES = ("egyptian", "greek", "square")


def draw(rng: np.random.Generator, family: str) -> ConstructedFoot | ModelledFoot:
    """An adult right foot (mm, foot frame) of any arch, toe form and load; its truth is exact.

    What contradicts itself is drawn again: the constructor refuses it.
    """
    if family == "modelled":
        return random_modelled(rng)
    while True:
        try:
            return construct(parameters(rng), exact=False, ankle=float(rng.uniform(95.0, 160.0)))
        except ValueError:
            continue


def family_of(number: int) -> str:
    """The family of foot ``number`` of a sweep."""
    return FAMILIES[number % _SECOND == _SECOND - 1]


def parameters(rng: np.random.Generator) -> FootParameters:
    """Parameters of one foot.

    Length is drawn evenly from the 1st percentile of women to the 99th of men of ANSUR II (2012, public
    domain), 219 to 302 mm. Proportions are normal, cut at 2 SD, about its means but narrower, as the
    constructor warps one foot and can't be led further without contradicting itself: ball length 0.740 of
    length, SD 0.012 (ANSUR II 0.014); breadth 0.380, SD 0.014 (0.376, 0.018); heel breadth 0.70 of breadth,
    SD 0.03 (0.712, 0.047). So feet more slender, broader or narrower at the heel are not asked about. Arch
    drawn evenly, so that rare feet count as much as common ones; one foot in five has a big toe turned 18
    degrees and more.
    """
    length, arch = rng.uniform(219.0, 302.0), rng.uniform(*_ARCH)
    ball = length * _normal(rng, 0.740, 0.012)
    breadth = length * _normal(rng, 0.380, 0.014)
    bunion = rng.random() < 0.2
    foot = FootParameters(
        foot_length=length,
        ball_length=ball,
        outer_ball_length=ball - length * _normal(rng, 0.10, 0.008),
        ball_breadth=breadth,
        heel_breadth=breadth * _normal(rng, 0.70, 0.03),
        instep_height=ball * (0.340 + 0.030 * arch * (0.8 if arch < 0 else 1.0)),
        navicular_height=ball * (0.225 + 0.030 * arch),
        arch_height=max(3.0, 18.0 + 5.0 * arch),
        medial_malleolus_height=length * _normal(rng, 0.31, 0.012),
        hallux_outline_angle=rng.uniform(18.0, 30.0) if bunion else rng.uniform(0.0, 18.0),
        rearfoot_angle=rng.normal(4.0, 2.5),
        toe_form=str(rng.choice(_TOES)),  # type: ignore[arg-type]
    )
    load = rng.random()
    if load < 0.1:
        return replace(foot, load="unloaded")
    return replace(foot, load="sitting") if load < 0.3 else foot


def _normal(rng: np.random.Generator, mean: float, sd: float) -> float:
    """Normal within two standard deviations."""
    return mean + sd * float(np.clip(rng.normal(), -2.0, 2.0))
