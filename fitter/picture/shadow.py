"""The soft shadow a foot throws on the floor, so that one sees where it touches and where it stands off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitter.picture.camera import Camera, Size, pixels_per_mm

_CELL_MM = 4.0
_MARGIN_MM = 48.0
_FADES_MM = 22.0  # a point this high above the floor throws 1/e of the shadow of one that touches it
_BLUR_CELLS = 3
_DARKEST = 0.42
_LEAST_SLOPE = 0.05  # sine of the elevation below which the floor is seen edge on


@dataclass(frozen=True, slots=True, eq=False)
class Shadow:
    """``share`` (nx, ny): how dark the floor is, 0..1, on a grid that starts at ``origin`` (mm)."""

    share: NDArray[np.float32]
    origin: tuple[float, float]


def floor_shadow(vertices: NDArray[np.floating]) -> Shadow:
    """The shadow of points (n, 3) of the shown frame on the floor z = 0."""
    low = vertices[:, :2].min(axis=0) - _MARGIN_MM
    cells = ((vertices[:, :2] - low) / _CELL_MM).astype(np.int64)
    wide, deep = cells.max(axis=0) + 1 + int(_MARGIN_MM / _CELL_MM)
    lowest = np.full(wide * deep, np.inf, np.float32)
    np.minimum.at(lowest, cells[:, 0] * deep + cells[:, 1], vertices[:, 2].astype(np.float32))
    share = np.exp(-np.maximum(lowest, 0.0) / _FADES_MM).reshape(wide, deep)
    steps = range(-_BLUR_CELLS, _BLUR_CELLS + 1)
    for axis in (0, 1, 0, 1, 0, 1):  # three box blurs come close to a Gaussian
        share = np.mean([np.roll(share, k, axis) for k in steps], axis=0)
    return Shadow(share.astype(np.float32), (float(low[0]), float(low[1])))


def darkness(shadow: Shadow, camera: Camera, size: Size, pixels: NDArray[np.integer]) -> NDArray[np.float32]:
    """What is left of the light (0..1) at ``pixels`` (flat indices) that show the floor, seen from above."""
    right, up, eye = camera.axes
    if eye[2] < _LEAST_SLOPE:
        return np.ones(len(pixels), np.float32)
    scale = pixels_per_mm(camera, size)
    across = ((pixels % size[0]) + 0.5 - size[0] / 2.0) / scale
    upward = (size[1] / 2.0 - (pixels // size[0]) - 0.5) / scale
    away = -(camera.target[2] + up[2] * upward) / eye[2]
    grid = [
        (camera.target[k] + right[k] * across + up[k] * upward + eye[k] * away - shadow.origin[k]) / _CELL_MM
        - 0.5
        for k in (0, 1)
    ]
    out: NDArray[np.float32] = (1.0 - _DARKEST * _bilinear(shadow.share, *grid)).astype(np.float32)
    return out


def _bilinear(
    share: NDArray[np.float32], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    wide, deep = share.shape
    inside = (x >= 0) & (y >= 0) & (x < wide - 1) & (y < deep - 1)
    i, j = np.where(inside, x, 0).astype(np.int64), np.where(inside, y, 0).astype(np.int64)
    u, v = np.where(inside, x - i, 0.0), np.where(inside, y - j, 0.0)
    flat, at = share.ravel(), i * deep + j
    near = flat[at] * (1 - v) + flat[at + 1] * v
    far = flat[at + deep] * (1 - v) + flat[at + deep + 1] * v
    return np.where(inside, near * (1 - u) + far * u, 0.0)
