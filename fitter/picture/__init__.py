"""Drawing a posed foot: a pure camera, a software rasteriser, and named views."""

from fitter.picture.camera import Camera, project
from fitter.picture.views import HEIGHT_STEPS, VIEWS, render_view, shown, view_camera

__all__ = [
    "HEIGHT_STEPS",
    "VIEWS",
    "Camera",
    "project",
    "render_view",
    "shown",
    "view_camera",
]
