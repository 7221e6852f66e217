"""Exact plane geometry on triangle meshes: cutting, clipping, outlines. All lengths mm."""

from __future__ import annotations

import numpy as np
from scipy.spatial import ConvexHull

from sample_scans.surface import Floats, Ints


def vertex_normals(points: Floats, faces: Ints) -> Floats:
    """Area-weighted unit normals (n, 3)."""
    a, b, c = (points[faces[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    out = np.zeros_like(points)
    for k in range(3):
        for axis in range(3):
            out[:, axis] += np.bincount(faces[:, k], weights=face[:, axis], minlength=len(points))
    return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)


def cut(triangles: Floats, field: Floats) -> Floats:
    """Where triangles (m, 3, d) meet field (m, 3) = 0: segments (s, 2, d)."""
    below = field < 0
    crossed = np.flatnonzero((below[:, 0] != below[:, 1]) | (below[:, 1] != below[:, 2]))
    t, f, b = triangles[crossed], field[crossed], below[crossed]
    lone_below = b.sum(axis=1) == 1
    lone = np.where(lone_below, b.argmax(axis=1), (~b).argmax(axis=1))
    row = np.arange(len(t))
    ends = []
    for step in (1, 2):
        other = (lone + step) % 3
        share = f[row, lone] / (f[row, lone] - f[row, other])
        ends.append(t[row, lone] + share[:, None] * (t[row, other] - t[row, lone]))
    return np.stack(ends, axis=1)


def keep_below(triangles: Floats, field: Floats) -> Floats:
    """The part of triangles (m, 3, d) where the linear field (m, 3) is negative, as triangles, same turn."""
    below = field < 0
    count = below.sum(axis=1)
    out = [triangles[count == 3]]
    for number in (1, 2):
        t, f, b = (a[count == number] for a in (triangles, field, below))
        lone = b.argmax(axis=1) if number == 1 else (~b).argmax(axis=1)
        row = np.arange(len(t))
        p, q, r = (t[row, (lone + s) % 3] for s in range(3))
        fp, fq, fr = (f[row, (lone + s) % 3] for s in range(3))
        pq = p + (fp / (fp - fq))[:, None] * (q - p)
        pr = p + (fp / (fp - fr))[:, None] * (r - p)
        pieces = [(p, pq, pr)] if number == 1 else [(pq, q, r), (pq, r, pr)]
        out += [np.stack(piece, axis=1) for piece in pieces]
    return np.concatenate(out)


def at_x(triangles: Floats, x: float) -> Floats:
    """Segments (s, 2, 3) of the section across the foot axis at ``x``."""
    return cut(triangles, triangles[:, :, 0] - x)


def plan_area(triangles: Floats) -> float:
    """Area in plan (mm²) of triangles that all face one way."""
    a, b, c = (triangles[:, k, :2] for k in range(3))
    u, v = b - a, c - a
    return float(np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]).sum() / 2)


def hull_length(points: Floats) -> float:
    """Length of a tape drawn around points (n, 2)."""
    return float(ConvexHull(points).area)


def border(triangles: Floats, xs: Floats, side: int, below: float) -> Floats:
    """Outermost y (len(xs),) of the skin below a height, medial (+1) or lateral (-1); NaN where none is."""
    out = np.full(len(xs), np.nan)
    lo, hi = triangles[:, :, 0].min(axis=1), triangles[:, :, 0].max(axis=1)
    inner = triangles[:, :, 1].min(axis=1) if side > 0 else -triangles[:, :, 1].max(axis=1)
    near = (triangles[:, :, 2].min(axis=1) < below) & (hi >= xs.min()) & (lo <= xs.max()) & (inner > -5.0)
    near = np.flatnonzero(near)[lo[near].argsort(kind="stable")]
    triangles, lo = triangles[near], lo[near]
    widest = float((hi[near] - lo).max(initial=0.0))
    for i, x in enumerate(xs):
        start, end = np.searchsorted(lo, [x - widest, x], side="right")
        ends = at_x(triangles[start:end], x)
        ends = cap_height(ends, below).reshape(-1, 3)
        if len(ends):
            out[i] = side * (side * ends[:, 1]).max()
    return out


def cap_height(segments: Floats, top: float) -> Floats:
    """Segments (s, 2, 3) cut off above a height."""
    order = segments[:, :, 2].argsort(axis=1)
    row = np.arange(len(segments))
    low, high = segments[row, order[:, 0]], segments[row, order[:, 1]]
    kept = low[:, 2] < top
    low, high = low[kept], high[kept]
    share = np.clip((top - low[:, 2]) / np.maximum(high[:, 2] - low[:, 2], 1e-9), 0, 1)
    return np.stack([low, low + share[:, None] * (high - low)], axis=1)


def peak(xs: Floats, ys: Floats, reach: float) -> tuple[float, float, float]:
    """Place, value and second derivative of the greatest y, from a parabola over ``reach`` about it."""
    i = int(np.nanargmax(ys))
    near = (np.abs(xs - xs[i]) <= reach) & np.isfinite(ys)
    a, b, c = np.polyfit(xs[near] - xs[i], ys[near], 2)
    if a >= 0:
        return float(xs[i]), float(ys[i]), 0.0
    at = float(np.clip(-b / (2 * a), -reach, reach))
    return float(xs[i] + at), float(a * at * at + b * at + c), float(2 * a)
