"""Numbers on the skin as colours: one scale for all of them, readable with any colour vision.

From dark blue over grey to yellow lightness rises throughout (after cividis: Nunez, Anderton & Renslow 2018,
PLoS ONE 13:e0199239), so the order of two colours is the order of their lightness, in grey print as well. A
scale is even between its steps; what lies beyond its ends has the end's colour, and what has no number is
skin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Rgb = tuple[int, int, int]
Meaning = Literal["height", "gap", "seen", "change", "thickness"]

SKIN: Rgb = (226, 186, 158)
_RAMP: tuple[Rgb, ...] = (
    (0, 48, 110), (40, 74, 112), (88, 105, 118), (138, 135, 121), (198, 178, 104), (253, 226, 82),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scale:
    """``steps``: a number and its colour, rising; ``unit`` of the numbers."""

    meaning: Meaning
    unit: str
    steps: tuple[tuple[float, Rgb], ...]

    def colours(self, values: NDArray[np.floating]) -> NDArray[np.float32]:
        """Colours (n, 3) in 0..1; skin where a value is NaN."""
        at = [value for value, _ in self.steps]
        table = np.array([rgb for _, rgb in self.steps]) / 255.0
        out = np.stack([np.interp(values, at, table[:, k]) for k in range(3)], axis=1)
        out[np.isnan(values)] = np.array(SKIN) / 255.0
        return out.astype(np.float32)


def _scale(meaning: Meaning, unit: str, *values: float) -> Scale:
    return Scale(meaning, unit, tuple(zip(values, _RAMP, strict=True)))


# Steps stand close where a difference matters: near the floor, and where skin and insole nearly touch.
SCALES: dict[Meaning, Scale] = {
    scale.meaning: scale
    for scale in (
        _scale("height", "mm", 0.0, 2.0, 5.0, 10.0, 18.0, 30.0),
        _scale("gap", "mm", 0.0, 1.0, 2.0, 4.0, 7.0, 12.0),
        _scale("seen", "%", 0.0, 50.0, 70.0, 85.0, 95.0, 100.0),
        _scale("change", "mm", -5.0, -3.0, -1.0, 1.0, 3.0, 5.0),
        _scale("thickness", "mm", 1.0, 3.0, 5.0, 9.0, 15.0, 25.0),
    )
}
HEIGHT_STEPS = SCALES["height"].steps
