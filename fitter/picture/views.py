"""Named views of a posed foot, for the window and the report."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fitter.measurements import Side
from fitter.picture.camera import VIEWS, Camera, Size, framing, project, towards
from fitter.picture.colours import HEIGHT_STEPS, SCALES, SKIN
from fitter.picture.raster import Rgb, Surface, render, surface
from fitter.picture.shadow import floor_shadow
from fitter.scan.foot import Foot, Glimpse

__all__ = [
    "HEIGHT_STEPS", "SKIN", "VIEWS", "foot_surface", "height_colours", "project", "render_view", "shown",
    "view_camera",
]  # fmt: skip


def shown(side: Side, points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Points (n, 3) of the foot frame as they are shown: a left foot is mirrored back to a left foot."""
    return np.asarray(points, dtype=np.float64) * (1.0, 1.0 if side == "right" else -1.0, 1.0)


def height_colours(heights: NDArray[np.floating]) -> NDArray[np.float32]:
    """Colours (n, 3) in 0..1 for heights above the floor (mm)."""
    return SCALES["height"].colours(heights)


def foot_surface(foot: Foot | Glimpse, color: Rgb | None = SKIN) -> Surface:
    """The foot ready to be drawn, in one colour or (None) by height above the floor."""
    vertices, faces = shown(foot.side, foot.mesh.vertices), foot.mesh.faces
    if foot.side == "left":
        faces = faces[:, ::-1]  # a mirrored triangle turns the other way round
    paint = height_colours(vertices[:, 2]) if color is None else np.array(color) / 255.0
    return surface(vertices, faces, paint)


def view_camera(foot: Foot, view: str, size: Size) -> Camera:
    """The camera of `render_view`, to `project` landmarks and lines onto its picture."""
    if view not in VIEWS:
        raise ValueError(f"view must be one of {', '.join(VIEWS)}, not {view!r}")
    turned = towards(Camera(), view, foot.side)
    return framing(turned, shown(foot.side, foot.mesh.vertices), size)


def render_view(
    foot: Foot,
    view: str,
    size: Size,
    *,
    background: Rgb = (255, 255, 255),
    color: Rgb | None = None,
) -> NDArray[np.uint8]:
    """A still of the foot, (h, w, 3): ``size`` is (w, h). Without ``color`` the sole is coloured by its
    height above the floor (`HEIGHT_STEPS`) and every other view is skin."""
    paint = SKIN if color is None and view != "sole" else color
    camera = view_camera(foot, view, size)
    drawn = foot_surface(foot, paint)
    shadow = floor_shadow(drawn.vertices)
    return render(drawn, camera, size, background=background, supersample=2, shadow=shadow).rgb
