"""The insole that would lie under a foot, to be looked at together with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitter.measurements import Measurements
from fitter.scan.foot import Foot
from fitter.scan.mesh import Mesh
from fitter.support.support import SupportProfile

_DOWNWARD = -0.3  # z of the normal below which skin looks at the insole


@dataclass(frozen=True, slots=True, eq=False)
class Under:
    """``vertices`` (n, 3) of shell and cover in the shown frame of the foot that stands on them (mm, the
    foot's floor at z = 0), ``faces`` (m, 3), the ``thickness`` (n,) of the whole insole there, and the
    ``gap`` (k,) from every corner of the foot's mesh down to the insole: negative where the skin is pressed
    in, NaN beside the insole and where the skin doesn't face it."""

    vertices: NDArray[np.float64]
    faces: NDArray[np.int32]
    thickness: NDArray[np.float32]
    gap: NDArray[np.float32]


def insole_under(foot: Foot, measured: Measurements, support: SupportProfile) -> Under:
    """The full-length insole of a recommendation, as it lies under the foot. Raises FitterError where the
    scan supports none."""
    from fitter.support.insole import make_insole, sole_of_foot  # noqa: PLC0415 - heavy, and seldom needed

    insole = make_insole(sole_of_foot(foot, measured), support, length="full")
    meshes = list(insole.bodies.values())
    vertices = np.concatenate([mesh.vertices for mesh in meshes])
    starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    faces = np.concatenate([mesh.faces + start for mesh, start in zip(meshes, starts, strict=False)])
    top = insole.top(vertices[:, 0], vertices[:, 1])
    # On its very edge nothing lies above a corner but itself; the bottom is flat.
    thickness = np.where(np.isnan(top), vertices[:, 2], top).astype(np.float32)
    down = np.array([0.0, 0.0, insole.foot_rise])
    return Under(vertices - down, faces.astype(np.int32), thickness, _gap(foot, insole.top, insole.foot_rise))


def _gap(foot: Foot, top: object, rise: float) -> NDArray[np.float32]:
    mesh = foot.mesh
    way = 1.0 if foot.side == "right" else -1.0
    facing = np.flatnonzero(_normals_z(mesh) < _DOWNWARD)
    x, y, z = mesh.vertices[facing].T
    out = np.full(len(mesh.vertices), np.nan, np.float32)
    out[facing] = z + rise - top(x, way * y)  # type: ignore[operator]
    return out


def _normals_z(mesh: Mesh) -> NDArray[np.float32]:
    from fitter.picture.raster import smooth_normals  # noqa: PLC0415

    return smooth_normals(mesh.vertices.astype(np.float32), mesh.faces)[:, 2]
