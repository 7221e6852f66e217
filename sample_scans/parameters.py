"""What a constructed foot is asked to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ToeForm = Literal["egyptian", "greek", "square"]
Side = Literal["left", "right"]
Load = Literal["standing", "sitting", "unloaded"]


@dataclass(frozen=True, slots=True)
class FootParameters:
    """A foot in named measures (mm, degrees).

    Each name that is a measure of the registry is reached exactly (within 0.3 mm or degrees). The default
    is a neutral adult right foot, standing. The girths and the arch index follow from the rest where they
    are ``None``; given, the ball girth is met by the height of the forefoot, the instep girth by the breadth
    of the midfoot and the arch index by the breadth of the lateral band. ``arch_length`` is how far the
    medial hollow reaches along the foot.
    """

    foot_length: float = 252.0
    ball_length: float = 185.0
    outer_ball_length: float = 160.0
    ball_breadth: float = 97.0
    heel_breadth: float = 66.8
    instep_height: float = 63.0
    navicular_height: float = 42.0
    arch_height: float = 18.0
    arch_length: float = 100.0
    medial_malleolus_height: float = 78.0
    hallux_outline_angle: float = 6.0
    rearfoot_angle: float = 4.0
    ball_girth: float | None = None
    instep_girth: float | None = None
    arch_index: float | None = None
    toe_form: ToeForm = "egyptian"
    side: Side = "right"
    load: Load = "standing"
