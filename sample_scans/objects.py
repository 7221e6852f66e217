"""Blocks and balls of exactly known size, as shops scan them to check a scanner. All in mm."""

from __future__ import annotations

import numpy as np

from sample_scans.degrade import Mesh, joined, plate


def block(length: float, width: float, height: float, *, step: float = 2.0, rounding: float = 0.0) -> Mesh:
    """A block standing on z = 0, its middle above the origin; ``rounding`` is the radius that a scanner
    makes of its edges (the faces stay where they are)."""
    half = np.array([length, width, height]) / 2.0
    sides = []
    for axis in range(3):
        u, v = np.eye(3)[(axis + 1) % 3], np.eye(3)[(axis + 2) % 3]
        for sign in (1.0, -1.0):
            middle = sign * half * np.eye(3)[axis]
            first, second = (u, v) if sign > 0 else (v, u)  # wound outwards
            corner = middle - half * first - half * second
            sides.append(plate(tuple(corner), tuple(2 * half * first), tuple(2 * half * second), step))
    points, faces = joined(*sides)
    points, index = np.unique(points.round(9), axis=0, return_inverse=True)
    faces = index.ravel()[faces]
    if rounding:
        inner = np.clip(points, rounding - half, half - rounding)
        out = points - inner
        points = inner + rounding * out / np.linalg.norm(out, axis=1, keepdims=True)
    return points + np.array([0.0, 0.0, half[2]]), faces


def ball(diameter: float, *, step: float = 2.0) -> Mesh:
    """A ball resting on z = 0 above the origin; every corner lies on the sphere."""
    cube, faces = block(2.0, 2.0, 2.0, step=4.0 * step / diameter)
    cube = cube - np.array([0.0, 0.0, 1.0])
    cube = np.tan(cube * np.pi / 4.0)  # evens the size of the triangles out
    points = 0.5 * diameter * cube / np.linalg.norm(cube, axis=1, keepdims=True)
    return points + np.array([0.0, 0.0, 0.5 * diameter]), faces
