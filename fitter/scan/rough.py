"""The rough frame of a scan: which way is down, and which way the toes point.

Found from the shape's own proportions, good to some degrees; `fitter.scan.frame` settles the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from fitter.errors import FitterError
from fitter.resources import table
from fitter.saying import say
from fitter.scan.depth import View, depth_map, greatest, least
from fitter.scan.holes import open_edges
from fitter.scan.mesh import Mesh
from fitter.scan.repair import face_areas

Vector = NDArray[np.float64]


def rough_frame(mesh: Mesh) -> NDArray[np.float64]:
    """(3, 3) rows x, y, z of a right-handed frame, good to some degrees, from the shape's own proportions.

    Every stable way to lay the convex hull on a floor is tried; the one that looks like a standing foot wins.
    """
    samples = _Samples.of(mesh)
    ways = _ways_to_lie(mesh.vertices, samples.size)
    best, best_score = None, -np.inf
    for down, moment in ways:
        if np.log(moment / ways[0][1]) < best_score:
            break  # lies too loosely to win, however much it looks like a foot
        for frame in samples.frames_on(down):
            score = samples.foot_likeness(frame) + np.log(moment / ways[0][1])
            if score > best_score:
                best, best_score = frame, score
    if best is None or samples.foot_likeness(best) < _beliefs()["least"]:
        raise not_a_foot()
    if _sole_seen(mesh, best):
        return best
    best = _on_its_rim(mesh, best)
    _refuse_fringe(mesh, best)
    return best


def _refuse_fringe(mesh: Mesh, frame: NDArray[np.float64]) -> None:
    """Refuse a foot without a sole that has level skin low about it: remains of the floor, on which it
    would be posed askew."""
    size = rough_length(mesh, frame)
    corners = mesh.corners @ frame.T
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(normal, axis=1)
    floor = float((mesh.vertices @ frame[2]).min()) + size * float(
        np.quantile(lower[:, 2], _RIM_QUANTILE) if len(lower := _lower_rim(mesh, frame)) else 0.0
    )
    level = (np.abs(normal[:, 2]) > 0.85 * area) & (greatest(corners[..., 2]) < floor + 0.03 * size)
    sheet = float((mesh.vertices @ frame[2]).max()) < floor + 0.12 * size  # an insole: refused as that, later
    if not sheet and area[level].sum() > _MOST_FRINGE * area.sum():
        raise FitterError(
            "which way is up could not be found: remains of the floor hang on the foot, and its sole was "
            "not seen",
            todo="Cut the floor away around the foot, or scan again with the sole seen",
            code="no_pose",
        )


# Of the surface: 0.000 to 0.002 on depth-camera feet cut from their floor, 0.11 to 0.13 with fringes left on.
_MOST_FRINGE = 0.06


def rim_floor(mesh: Mesh, frame: NDArray[np.float64]) -> float | None:
    """Height (along z of a rough frame, file units) of the floor where the foot stands on the rim of a sole
    that was not seen; None where the sole was seen."""
    if _sole_seen(mesh, frame):
        return None
    size = rough_length(mesh, frame)
    lower = _lower_rim(mesh, frame)
    ground = float((mesh.vertices @ frame[2]).min())
    return ground + (size * float(np.quantile(lower[:, 2], _RIM_QUANTILE)) if len(lower) else 0.0)


def _sole_seen(mesh: Mesh, frame: NDArray[np.float64]) -> bool:
    """Whether under most of the front half there is a sole, and not the inside of the dorsum. (The rear half
    is open upwards where the leg ends.)"""
    corners = (mesh.vertices @ frame.T / rough_length(mesh, frame))[mesh.faces]
    low = corners[least(corners[..., 2]) < corners[..., 2].min() + 0.3]
    low = low[greatest(low[..., 0]) > low[..., 0].max() - 0.5]
    below, above = (depth_map(low, view, _SOLE_CELL).depth for view in _FROM_BELOW_AND_ABOVE)
    thickness = (above - below)[np.isfinite(above)]
    return bool((thickness > _LEAST_THICKNESS).mean() >= _LEAST_SOLE)


_FROM_BELOW_AND_ABOVE: tuple[View, View] = ("below", "above")
_SOLE_CELL, _LEAST_THICKNESS, _LEAST_SOLE = 0.01, 0.016, 0.6  # of the length; of the plan area


def _lower_rim(mesh: Mesh, frame: NDArray[np.float64]) -> Vector:
    """(k, 3) points on the lower open edge of a surface, in a rough frame, as shares of its length, height
    counted from the lowest point."""
    size = rough_length(mesh, frame)
    points = mesh.vertices[np.unique(open_edges(mesh))] @ frame.T / size
    points[:, 2] -= float((mesh.vertices @ frame[2]).min()) / size
    lower: Vector = points[points[:, 2] < _RIM_REACH]
    return lower


def _on_its_rim(mesh: Mesh, frame: NDArray[np.float64]) -> NDArray[np.float64]:
    """The frame made level on the lower rim of a surface without a sole.

    A cut through the foot's sides is level, and where skin hangs over (heel, hollow of the arch) it ends
    higher: the plane is laid low through the rim, by asymmetric least absolute deviations.
    """
    points = _lower_rim(mesh, frame)
    if len(points) < _LEAST_RIM:
        return frame
    terms = np.column_stack([points[:, :2], np.ones(len(points))])
    plane = np.zeros(3)
    for _ in range(_RIM_ROUNDS):
        off = points[:, 2] - terms @ plane
        weight = np.where(off > 0, _RIM_QUANTILE, 1.0 - _RIM_QUANTILE) / np.maximum(np.abs(off), 1e-3)
        root = np.sqrt(weight)
        plane = np.linalg.lstsq(terms * root[:, None], points[:, 2] * root, rcond=None)[0]
    up = np.array([-plane[0], -plane[1], 1.0])
    up /= np.linalg.norm(up)
    forward = np.array([1.0, 0.0, 0.0]) - up[0] * up
    forward /= np.linalg.norm(forward)
    level: NDArray[np.float64] = np.stack([forward, np.cross(up, forward), up]) @ frame
    return level


_RIM_REACH = 0.12  # of the length above the lowest point: the rim of a sole, and not of a leg
_RIM_QUANTILE, _RIM_ROUNDS, _LEAST_RIM = 0.3, 30, 30


def not_a_foot() -> FitterError:
    """What to say of a shape that stands in no way as a foot does."""
    return FitterError(
        "no whole foot was found in this scan: nothing in it stands on a sole, with low toes in front and an "
        "instep and ankle behind",
        todo="Check that the file holds one whole foot with the sole and at least some of the ankle, and "
        "nothing else",
        code="not_a_foot",
    )


def refuse_unlike(mesh: Mesh) -> None:
    """Refuse a mesh in the foot frame (mm) that, seen closely, looks like no foot."""
    samples = _Samples.of(mesh)
    if samples.foot_likeness(np.eye(3)) < _beliefs()["least"]:
        raise not_a_foot()
    width = samples.ankle_width()
    if width is not None and width < _beliefs()["least_ankle"]:
        raise FitterError(
            say(
                "this has no ankle: above the heel it narrows to {width:.0f} % of its length, as a "
                "shoe last does, and a leg is 24 % wide and more",
                width=100 * width,
            ),
            todo="Load a scan of a foot; shoe lasts can't be measured",
            code="not_a_foot",
        )


def share_seen(mesh: Mesh, frame: NDArray[np.float64]) -> float:
    """How much of a foot's length there is in a mesh standing in a frame: 1, or less without a forefoot."""
    return _Samples.of(mesh).share_seen(frame)


_SAMPLES = 20_000  # faces that stand for the whole shape
_HULL_CLUSTER = np.cos(np.radians(6.0))


def _beliefs() -> dict[str, Any]:
    """How a standing foot looks."""
    looks: dict[str, Any] = table("scan/feet.toml")["likeness"]
    return looks


def _ways_to_lie(vertices: Vector, size: float) -> list[tuple[Vector, float]]:
    """Outward directions of the large flat parts of the convex hull, which are the ways the shape can lie
    on a floor, and how firmly it lies so: the greatest second moment of its surface there. Firmest first.

    The hull, and not the surface itself: a foot seen only from above stands on the rim of its sole.
    """
    try:
        hull = ConvexHull(vertices)
    except QhullError:  # all in one plane
        raise not_a_foot() from None
    normals = hull.equations[:, :3]
    corners = vertices[hull.simplices]
    areas = (
        np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2.0
    )
    centres = corners.mean(axis=1)
    left = np.ones(len(areas), bool)
    found: list[tuple[Vector, float]] = []
    while left.any() and len(found) < 60:
        seed = int(np.argmax(np.where(left, areas, -1.0)))
        members = left & (normals @ normals[seed] > _HULL_CLUSTER)
        left &= ~members
        mean = areas[members] @ normals[members]
        down = mean / np.linalg.norm(mean)
        depth = centres @ down
        lying = (normals @ down > 0.8) & (depth > (vertices @ down).max() - 0.025 * size)
        found.append((down, _moment(corners[lying], areas[lying], down)))
    return [way for way in sorted(found, key=lambda pair: -pair[1])[:40] if way[1] > 0.0]


def _moment(corners: Vector, areas: Vector, down: Vector) -> float:
    """The greatest second moment of area of triangles (k, 3, 3) seen along ``down``."""
    if len(areas) == 0:
        return 0.0
    middle = areas @ corners.mean(axis=1) / areas.sum()
    flat = corners - middle
    flat = flat - (flat @ down)[..., None] * down
    # Of one triangle: a twelfth of its area times the squares of its corners and of their sum.
    both = np.concatenate([flat, flat.sum(axis=1, keepdims=True)], axis=1)
    return float(np.linalg.eigvalsh(np.einsum("f,fki,fkj->ij", areas / 12.0, both, both))[-1])


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
        """Minus half the squared deviation from how a standing foot looks; 0 is perfect."""
        return max(self._likeness_by_share(frame).values())

    def share_seen(self, frame: NDArray[np.float64]) -> float:
        """The share of a foot's length that makes it look most like one."""
        by_share = self._likeness_by_share(frame)
        return max(by_share, key=lambda share: by_share[share])

    def _likeness_by_share(self, frame: NDArray[np.float64]) -> dict[float, float]:
        """Likeness to the whole of a foot (1.0) and, where that is none, to the rear part of one."""
        looks = _beliefs()
        x, y, z = frame @ self.centres.T
        z = z - z.min()
        low = z < 0.18 * self.size
        length = float(np.ptp(x[low]))
        place = (x - x[low].min()) / max(length, 1e-300)
        profile = _Profile(place, y / max(length, 1e-300), z / max(length, 1e-300), low)
        found = {1.0: profile.likeness(1.0)}
        if found[1.0] < looks["least"]:
            found |= {share: profile.likeness(share) - looks["cut_short"] for share in looks["cut_at"]}
        return found

    def ankle_width(self) -> float | None:
        """Narrowest width above the heel, as a share of the length, in the foot frame; None where it was not
        seen."""
        x, y, z = self.centres.T
        length = float(np.ptp(x[z < 0.18 * self.size]))
        rear = x < 0.5 * length
        top = min(_ANKLE[1] * length, float(z[rear].max(initial=0.0)) - _BAND * length)
        levels = np.arange(_ANKLE[0] * length, top, _BAND * length)
        bands = [y[rear & (np.abs(z - level) < _BAND * length)] for level in levels]
        return min((_width(band) / length for band in bands if len(band) >= 10), default=None)


_ANKLE, _BAND = (0.18, 0.40), 0.02  # heights, as shares of the length: above the heel, below the calf


@dataclass(frozen=True, slots=True, eq=False)
class _Profile:
    """Face centres in a frame, as shares of the length: place along it, y, height; and which are ``low``."""

    place: Vector
    y: Vector
    z: Vector
    low: NDArray[np.bool_]

    def likeness(self, share: float) -> float:
        """Likeness to the rear ``share`` of a standing foot."""
        looks = _beliefs()
        seen = [k for k, at in enumerate((*looks["top"], *looks["width"])) if at["place"] < share - _END]
        deviations = np.array([self._at(k, share) for k in seen]) * share
        wanted = np.array([(*looks["top"], *looks["width"])[k]["mean"] for k in seen])
        precision = np.linalg.inv(_covariance()[np.ix_(seen, seen)])
        off = deviations - wanted
        return -0.5 * float(off @ precision @ off)

    def _at(self, k: int, share: float) -> float:
        """Height, or for the later k width, at a place of the whole foot."""
        looks = _beliefs()
        near = np.abs(self.place - (*looks["top"], *looks["width"])[k]["place"] / share) < 0.04
        if k < len(looks["top"]):
            return _height(self.z[near & (self.z * share < looks["leg"])])
        return _width(self.y[near & self.low])


_END = 0.06  # of the length: the last of what is left is rounded


@cache
def _covariance() -> NDArray[np.float64]:
    """Of the deviations, heights first: each place's own spread, all widths together (broad feet, socks) and
    all heights together (what is missing of the sole)."""
    looks = _beliefs()
    top, width = looks["top"], looks["width"]
    own = np.diag([at["sd"] ** 2 for at in (*top, *width)])
    low = np.array([1.0] * len(top) + [0.0] * len(width))
    broad = np.array([0.0] * len(top) + [at["mean"] for at in width])
    shared = looks["height_shift"] ** 2 * np.outer(low, low) + looks["width_factor"] ** 2 * np.outer(
        broad, broad
    )
    covariance: NDArray[np.float64] = own + shared
    return covariance


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
    """Length (file units) of the lower part of a mesh in a rough frame: a leg leaning back adds nothing."""
    x, _, z = frame @ mesh.vertices.T
    low = z < z.min() + 0.3 * np.ptp(x)
    return float(np.ptp(x[low]))
