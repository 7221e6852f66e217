"""The words of a capture that every room shares: side, load, units and where numbers came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Side = Literal["left", "right"]
Load = Literal["unloaded", "sitting", "standing", "single_leg", "unknown"]
Source = Literal["scan", "entered"]

# The units that lengths come in, and millimetres in each.
MM_PER_UNIT: Mapping[str, float] = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4}
SIDES: tuple[Side, ...] = get_args(Side)
LOADS: tuple[Load, ...] = get_args(Load)
