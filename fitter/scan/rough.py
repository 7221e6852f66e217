"""The rough frame of a scan: which way is down, and which way the toes point.

Found from the shape's own proportions, good to some degrees; `fitter.scan.frame` settles the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from fitter.errors import FitterError
from fitter.resources import table
from fitter.scan.mesh import Mesh
from fitter.scan.repair import face_areas

Vector = NDArray[np.float64]


def rough_frame(mesh: Mesh) -> NDArray[np.float64]:
    """(3, 3) rows x, y, z of a right-handed frame, good to some degrees, from the shape's own proportions.

    Every stable way to lay the convex hull on a floor is tried; the one that looks like a standing foot wins.
    """
    samples = _Samples.of(mesh)
    floors = sorted(_hull_directions(mesh.vertices), key=samples.contact_moment, reverse=True)
    strongest = max(samples.contact_moment(f) for f in floors)
    best, best_score = None, -np.inf
    for down in floors:
        for frame in samples.frames_on(down):
            likeness = samples.foot_likeness(frame)
            score = likeness + np.log(samples.contact_moment(down) / strongest + 1e-12)
            if score > best_score:
                best, best_score = frame, score
    if best is None or samples.foot_likeness(best) < _beliefs()["least"]:
        raise not_a_foot()
    return best


def not_a_foot() -> FitterError:
    return FitterError(
        "no whole foot was found in this scan: nothing in it stands on a sole, with low toes in front and an "
        "instep and ankle behind",
        todo="Check that the file holds one whole foot with the sole and at least some of the ankle, and "
        "nothing else",
        code="not_a_foot",
    )


def refuse_unlike(mesh: Mesh) -> None:
    """Refuse a mesh in the foot frame (mm) that, seen closely, looks like no foot."""
    if _Samples.of(mesh).foot_likeness(np.eye(3)) < _beliefs()["least"]:
        raise not_a_foot()


_SAMPLES = 20_000  # faces that stand for the whole shape
_HULL_CLUSTER = np.cos(np.radians(6.0))


def _beliefs() -> dict[str, Any]:
    """How a standing foot looks."""
    looks: dict[str, Any] = table("scan/feet.toml")["likeness"]
    return looks


def _hull_directions(vertices: Vector) -> list[Vector]:
    """Outward directions of the large flat parts of the convex hull: the ways it can lie on a floor."""
    try:
        hull = ConvexHull(vertices)
    except QhullError:  # all in one plane
        raise not_a_foot() from None
    normals = hull.equations[:, :3]
    corners = vertices[hull.simplices]
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    left = np.ones(len(areas), bool)
    directions: list[tuple[float, Vector]] = []
    while left.any() and len(directions) < 60:
        seed = int(np.argmax(np.where(left, areas, -1.0)))
        members = left & (normals @ normals[seed] > _HULL_CLUSTER)
        mean = areas[members] @ normals[members]
        directions.append((float(areas[members].sum()), mean / np.linalg.norm(mean)))
        left &= ~members
    return [d for _, d in sorted(directions, key=lambda pair: -pair[0])[:40]]


@dataclass(frozen=True, slots=True, eq=False)
class _Samples:
    """Face centres with areas and normals (sign of the normal unknown), and the shape's overall size."""

    centres: Vector
    normals: Vector
    areas: Vector
    size: float

    @staticmethod
    def of(mesh: Mesh) -> _Samples:
        step = max(1, len(mesh.faces) // _SAMPLES)
        part = Mesh(mesh.vertices, mesh.faces[::step])
        corners = part.corners
        cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        areas = face_areas(part)
        centres = corners.mean(axis=1)
        spread = np.cov(centres.T, aweights=areas + 1e-300)
        axis = np.linalg.eigh(spread)[1][:, -1]
        size = float(np.ptp(mesh.vertices @ axis))
        return _Samples(centres, cross / np.maximum(2 * areas, 1e-300)[:, None], areas, size)

    def contact_moment(self, down: Vector) -> float:
        """How long and large the surface is that lies on a floor in direction ``down``: area times spread."""
        depth = self.centres @ down
        lying = (depth > depth.max() - 0.025 * self.size) & (np.abs(self.normals @ down) > 0.8)
        if lying.sum() < 3:
            return 0.0
        plan = self.centres[lying] - np.outer(depth[lying], down)
        weights = self.areas[lying]
        centred = plan - weights @ plan / weights.sum()
        return float(np.linalg.eigvalsh((centred * weights[:, None]).T @ centred)[-1])

    def frames_on(self, down: Vector) -> list[NDArray[np.float64]]:
        """The two frames (toes this way or that way) standing on ``down`` along the longest way."""
        depth = self.centres @ down
        low = depth > depth.max() - 0.18 * self.size
        plan = self.centres[low] - np.outer(depth[low], down)
        centred = plan - plan.mean(axis=0)
        forward = np.linalg.eigh((centred * self.areas[low][:, None]).T @ centred)[1][:, -1]
        frames = []
        for x in (forward, -forward):
            z = -down
            frames.append(np.stack([x, np.cross(z, x), z]))
        return frames

    def foot_likeness(self, frame: NDArray[np.float64]) -> float:
        """Minus half the sum of squared deviations from how a standing foot looks; 0 is perfect."""
        looks = _beliefs()
        x, y, z = frame @ self.centres.T
        z = z - z.min()
        low = z < 0.18 * self.size
        length = float(np.ptp(x[low]))
        share = (x - x[low].min()) / max(length, 1e-300)
        foot = z < looks["leg"] * length
        deviations = [
            (_height(z[foot & (np.abs(share - at["place"]) < 0.04)]) / length - at["mean"]) / at["sd"]
            for at in looks["top"]
        ] + [
            (_width(y[low & (np.abs(share - at["place"]) < 0.04)]) / length - at["mean"]) / at["sd"]
            for at in looks["width"]
        ]
        return -0.5 * float(np.square(deviations).sum())


def _height(z: Vector) -> float:
    return _at(z, 0.98)[0] if len(z) else 0.0


def _width(y: Vector) -> float:
    if not len(y):
        return 0.0
    high, low = _at(y, 0.99, 0.01)
    return high - low


def _at(values: Vector, *shares: float) -> list[float]:
    """As numpy.quantile, which takes longer to check what it is given than to answer: it is asked often."""
    ranks = [share * (len(values) - 1) for share in shares]
    near = sorted({k for rank in ranks for k in (int(rank), min(int(rank) + 1, len(values) - 1))})
    placed = np.partition(values, near)
    out = []
    for rank in ranks:
        low, high = float(placed[int(rank)]), float(placed[min(int(rank) + 1, len(values) - 1)])
        out.append(low + (rank - int(rank)) * (high - low))
    return out


def rough_length(mesh: Mesh, frame: NDArray[np.float64]) -> float:
    x, _, z = frame @ mesh.vertices.T
    low = z < z.min() + 0.3 * np.ptp(x)
    return float(np.ptp(x[low]))
