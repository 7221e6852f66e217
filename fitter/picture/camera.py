"""Where one looks from: a frozen camera, and every movement as a function from camera to camera.

The camera is orthographic, so that a millimetre is the same length everywhere in the picture and a scale bar
is true. It looks at the *shown* frame: the foot frame for a right foot, its mirror image for a left one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from fitter.measurements import Side

View = Literal["top", "medial", "lateral", "sole", "heel", "oblique"]
VIEWS: tuple[View, ...] = get_args(View)
Size = tuple[int, int]  # width, height in pixels

# (azimuth, elevation) in degrees of the direction from the foot to the eye, for a right foot. Looking
# straight down at azimuth 180 and straight up at azimuth 0 both put the toes at the top of the picture.
_PRESETS: dict[View, tuple[float, float]] = {
    "top": (180.0, 90.0),
    "medial": (90.0, 0.0),
    "lateral": (-90.0, 0.0),
    "sole": (0.0, -90.0),
    "heel": (180.0, 0.0),
    "oblique": (52.0, 28.0),
}
_NEAREST_MM, _FARTHEST_MM = 5.0, 5000.0
_MARGIN = 1.12  # a foot fills the picture but for this


@dataclass(frozen=True, slots=True)
class Camera:
    """``azimuth`` and ``elevation`` (degrees) of the eye seen from ``target`` (mm); ``span`` is how many mm
    the shorter edge of the picture shows."""

    azimuth: float = 52.0
    elevation: float = 28.0
    target: tuple[float, float, float] = (0.0, 0.0, 0.0)
    span: float = 300.0

    @property
    def axes(self) -> NDArray[np.float64]:
        """(3, 3) rows: right on the screen, up on the screen, towards the eye."""
        a, e = np.radians([self.azimuth, self.elevation])
        right = np.array([-np.sin(a), np.cos(a), 0.0])
        eye = np.array([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)])
        return np.stack([right, np.cross(eye, right), eye])


def pixels_per_mm(camera: Camera, size: Size) -> float:
    """How many pixels a millimetre across the line of sight takes."""
    return min(size) / camera.span


def orbit(camera: Camera, right_deg: float, up_deg: float) -> Camera:
    """The foot turned under the hand by these angles; the floor never rolls."""
    azimuth = (camera.azimuth - right_deg + 180.0) % 360.0 - 180.0
    return replace(camera, azimuth=azimuth, elevation=float(np.clip(camera.elevation + up_deg, -90.0, 90.0)))


def pan(camera: Camera, dx: float, dy: float, size: Size) -> Camera:
    """The foot carried by ``dx`` pixels to the right and ``dy`` down."""
    right, up, _ = camera.axes
    moved = np.array(camera.target) + (up * dy - right * dx) / pixels_per_mm(camera, size)
    return replace(camera, target=(float(moved[0]), float(moved[1]), float(moved[2])))


def zoom(camera: Camera, factor: float, at: tuple[float, float], size: Size) -> Camera:
    """Enlarged by ``factor``, keeping what lies under the pixel ``at`` where it is."""
    span = float(np.clip(camera.span / factor, _NEAREST_MM, _FARTHEST_MM))
    dx, dy = size[0] / 2.0 - at[0], size[1] / 2.0 - at[1]
    centred = replace(pan(camera, dx, dy, size), span=span)
    return pan(centred, -dx, -dy, size)


def towards(camera: Camera, view: View, side: Side) -> Camera:
    """Turned to a preset view; the medial view of a left foot looks from the other hand."""
    azimuth, elevation = _PRESETS[view]
    return replace(camera, azimuth=azimuth if side == "right" else -azimuth, elevation=elevation)


def framing(camera: Camera, points: NDArray[np.floating], size: Size) -> Camera:
    """The same direction, with all ``points`` (n, 3) of the shown frame just inside the picture."""
    seen = np.asarray(points, dtype=np.float64) @ camera.axes.T
    low, high = seen.min(axis=0), seen.max(axis=0)
    centre = (low + high) / 2.0 @ camera.axes
    wide, tall = np.maximum(high - low, 1e-6)[:2]
    span = min(size) * max(wide / size[0], tall / size[1]) * _MARGIN
    target = (float(centre[0]), float(centre[1]), float(centre[2]))
    return replace(camera, target=target, span=float(np.clip(span, _NEAREST_MM, _FARTHEST_MM)))


def project(camera: Camera, points: NDArray[np.floating], size: Size) -> NDArray[np.float64]:
    """Points (n, 3) of the shown frame as (n, 3): pixels from the left, pixels from the top, and mm away
    from the eye (smaller is nearer)."""
    scale = pixels_per_mm(camera, size)
    seen = (np.asarray(points, dtype=np.float64) - np.array(camera.target)) @ camera.axes.T
    return np.stack(
        [size[0] / 2.0 + seen[:, 0] * scale, size[1] / 2.0 - seen[:, 1] * scale, -seen[:, 2]], axis=1
    )


def unproject(camera: Camera, seen: NDArray[np.floating], size: Size) -> NDArray[np.float64]:
    """The inverse of `project`: pixels and depth (n, 3) as points (n, 3) of the shown frame."""
    scale = pixels_per_mm(camera, size)
    at = np.asarray(seen, dtype=np.float64)
    own = np.stack(
        [(at[:, 0] - size[0] / 2.0) / scale, (size[1] / 2.0 - at[:, 1]) / scale, -at[:, 2]], axis=1
    )
    out: NDArray[np.float64] = own @ camera.axes + np.array(camera.target)
    return out
