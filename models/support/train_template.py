"""Writes `template.npz`: the sole of an average constructed foot, to stand for a foot that was only measured.

    python -m models.support.train_template

The foot is the constructed family's neutral adult foot; its sole is kept as seen from below, in millimetres,
together with the measures by which the program scales it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fitter.scan.depth import border, depth_map
from sample_scans import FootParameters, construct

KEPT = ("foot_length", "ball_length", "ball_breadth", "heel_breadth", "arch_height")
OUT = Path(__file__).with_name("template.npz")


def main() -> None:
    foot = construct(FootParameters())
    corners = foot.points[foot.faces]
    low = corners[corners[..., 2].min(axis=1) < 45.0]
    seen = depth_map(low, "below", 1.0)
    room = 14
    height = np.pad(seen.depth, room, constant_values=np.nan)
    height = np.where(np.isfinite(height), np.minimum(height, 60.0), 60.0)
    rows = np.arange(height.shape[0]) + seen.rows[0] - room
    columns = np.arange(height.shape[1]) + seen.columns[0] - room
    edges = {}
    for name, sign in (("inner", 1), ("outer", -1)):
        found = border(low, 0, 1, sign, 1.0, ceiling=40.0)
        on = np.isfinite(found.depth)
        edges[name] = np.interp(rows, found.rows[on], found.depth[on], left=np.nan, right=np.nan)
    truth = foot.truth.measures
    np.savez_compressed(
        OUT,
        height=height.astype(np.float32),
        rows=rows,
        columns=columns,
        **edges,
        **{name: np.float64(truth[name]) for name in KEPT},
    )


if __name__ == "__main__":
    main()
