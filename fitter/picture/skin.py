"""Places on the skin of a foot: under the eye, and a step further over it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fitter.measurements import Side
from fitter.picture.camera import Camera, Size, pixels_per_mm
from fitter.picture.views import shown
from fitter.scan.mesh import Mesh

Vector = NDArray[np.float64]


class Skin:
    """The whole surface of a foot (foot frame, mm), whatever coarse copy of it is drawn meanwhile."""

    def __init__(self, mesh: Mesh, side: Side) -> None:
        self.mesh, self.side = mesh, side
        self._camera: Camera | None = None
        self._flat = np.zeros((0, 3, 2))  # corners of the faces in the picture's plane (mm), and
        self._low = self._high = np.zeros((0, 2))  # the box around each

    def under(self, camera: Camera, size: Size, x: float, y: float) -> Vector | None:
        """The place (3,) nearest to the eye under a pixel; None where there is no skin."""
        self._look(camera)
        scale = pixels_per_mm(camera, size)
        at = np.array([(x - size[0] / 2.0) / scale, (size[1] / 2.0 - y) / scale])
        at += camera.axes[:2] @ np.array(camera.target)
        inside = (self._low[:, 0] <= at[0]) & (at[0] <= self._high[:, 0])
        near = np.flatnonzero(inside & (self._low[:, 1] <= at[1]) & (at[1] <= self._high[:, 1]))
        shares = _shares(self._flat[near], at)
        hit = (shares >= -1e-9).all(axis=1)
        if not hit.any():
            return None
        corners = self.mesh.vertices[self.mesh.faces[near[hit]]]
        places = np.einsum("fk,fkx->fx", shares[hit], corners)
        nearest: Vector = places[np.argmax(shown(self.side, places) @ camera.axes[2])]
        return nearest

    def _look(self, camera: Camera) -> None:
        """Keep where every face lies in the picture: while something is dragged the camera stays."""
        if self._camera == camera:
            return
        flat = shown(self.side, self.mesh.vertices) @ camera.axes[:2].T
        a, b, c = (flat[self.mesh.faces[:, k]] for k in range(3))
        self._flat = np.stack([a, b, c], axis=1)
        # Twice as quick as the least along an axis of three.
        self._low = np.minimum(np.minimum(a, b), c)
        self._high = np.maximum(np.maximum(a, b), c)
        self._camera = camera

    def nearest(self, place: Vector) -> tuple[Vector, Vector]:
        """The place of the skin nearest to any place (3,), and its unit normal there."""
        vertices, faces = self.mesh.vertices, self.mesh.faces
        away = np.linalg.norm(vertices - place, axis=1)
        close = away <= np.partition(away, min(_NEIGHBOURS, len(away) - 1))[min(_NEIGHBOURS, len(away) - 1)]
        corners = vertices[faces[close[faces].any(axis=1)]]
        found = _closest(corners, place)
        best = int(np.argmin(np.linalg.norm(found - place, axis=1)))
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normal = normals[best] / max(float(np.linalg.norm(normals[best])), 1e-12)
        return found[best], normal

    def stepped(self, place: Vector, camera: Camera, right: float, up: float) -> Vector:
        """``place`` moved over the skin by so many mm, as one looks at it to the right and up."""
        here, normal = self.nearest(place)
        ways = shown(self.side, camera.axes[:2])  # the eye's right and up, in the foot frame
        way = right * ways[0] + up * ways[1]
        along = way - (way @ normal) * normal
        length, wanted = float(np.linalg.norm(along)), float(np.hypot(right, up))
        if length < 0.05 * wanted:  # the skin faces across this way: there is no step along it
            return here
        return self.nearest(here + along * wanted / length)[0]

    def disc(self, place: Vector, radius: float, corners: int = 32) -> Vector:
        """Corners (n, 3) of a disc that lies on the skin at ``place``, its true size."""
        here, normal = self.nearest(place)
        aside = np.cross(normal, [0.0, 0.0, 1.0] if abs(normal[2]) < 0.9 else [1.0, 0.0, 0.0])
        aside /= np.linalg.norm(aside)
        angles = np.linspace(0.0, 2.0 * np.pi, corners, endpoint=False)[:, None]
        rim: Vector = here + radius * (np.cos(angles) * aside + np.sin(angles) * np.cross(normal, aside))
        return rim


_NEIGHBOURS = 24  # corners around a place among whose faces the nearest one is looked for


def _shares(corners: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Barycentric shares (n, 3) of a place (2,) in flat triangles (n, 3, 2); negative outside."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    u, v, d = b - a, c - a, at - a
    area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    area = np.where(np.abs(area) > 1e-12, area, np.inf)
    second = (d[:, 0] * v[:, 1] - d[:, 1] * v[:, 0]) / area
    third = (u[:, 0] * d[:, 1] - u[:, 1] * d[:, 0]) / area
    first = np.where(np.isfinite(area), 1.0 - second - third, -1.0)
    return np.stack([first, second, third], axis=1)


def _closest(corners: NDArray[np.float64], place: Vector) -> NDArray[np.float64]:
    """The place (n, 3) of each triangle (n, 3, 3) nearest to ``place`` (3,)."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    normal = np.cross(b - a, c - a)
    square = np.maximum(np.einsum("nx,nx->n", normal, normal), 1e-18)
    foot = place - (np.einsum("nx,nx->n", place - a, normal) / square)[:, None] * normal
    inside = np.ones(len(corners), bool)
    best, least = foot, np.full(len(corners), np.inf)
    for p, q in ((a, b), (b, c), (c, a)):
        way = q - p
        inside &= np.einsum("nx,nx->n", np.cross(way, foot - p), normal) >= 0
        length = np.maximum(np.einsum("nx,nx->n", way, way), 1e-18)
        share = np.clip(np.einsum("nx,nx->n", place - p, way) / length, 0.0, 1.0)
        on = p + share[:, None] * way
        away = np.linalg.norm(on - place, axis=1)
        best = np.where((away < least)[:, None], on, best)
        least = np.minimum(least, away)
    out: NDArray[np.float64] = np.where(inside[:, None], foot, best)
    return out
