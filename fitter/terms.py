"""The words of a capture that every room shares: side, load and where numbers came from."""

from __future__ import annotations

from typing import Literal, get_args

Side = Literal["left", "right"]
Load = Literal["unloaded", "sitting", "standing", "single_leg", "unknown"]
Source = Literal["scan", "entered"]

SIDES: tuple[Side, ...] = get_args(Side)
LOADS: tuple[Load, ...] = get_args(Load)
