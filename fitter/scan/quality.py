"""What a posed scan can support and what it can't, in words and numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix

from fitter.quantity import Missing
from fitter.resources import table
from fitter.scan.depth import DepthMap, depth_map, least
from fitter.scan.foot import Quality
from fitter.scan.mesh import Mesh
from fitter.scan.repair import without_unused

_CELL = 1.0
# A sole that rests nowhere flat on the floor bears no weight: below this share of the foot's plan area
# within 2 mm of the floor. Hanging feet have 0.05 to 0.15 of it, standing ones 0.35 to 0.7.
LEAST_CONTACT = 0.22
# A scanner that can't see under a foot closes the sole with a plane. Then most of the plan area lies on the
# floor, and along the inner midfoot the plane ends either in a step or in a long straight ramp. Skin does
# neither: a hollow arch rises gently, and a flat foot's side, close by, rises ever more steeply.
_FILLED_CONTACT = 0.66
_STEP_MM = 4.0  # rise within 2 mm of the edge
_RAMP = (0.5, 1.3)  # slope of the ramp, 8 to 13 mm from the edge
_RAMP_ROOM_MM = 17.0  # from the edge to the foot's inner border

LEAST_SOLE = 0.6
_CUT_MM = 3.0  # what ends this close to an open edge was cut off by it

SOLE_MEASURES = ("arch_height",)
PRINT_MEASURES = ("arch_index", "chippaux_smirak_index", "staheli_index")
DORSUM_MEASURES = ("instep_height", "instep_girth")
# Everything placed at a share of the foot's length hangs on where the toes end.
TOE_MEASURES = ("foot_length", "instep_height", "instep_girth", "navicular_height", "hallux_outline_angle")


@dataclass(frozen=True, slots=True)
class Support:
    """The quality statement, the measures the scan can't support (id -> why), how it bears weight, and what
    its kind adds to the 95 % error of a measure."""

    quality: Quality
    unsupported: dict[str, Missing]
    bears_weight: bool
    extra_u95: dict[str, float] = field(default_factory=dict)


def assess(mesh: Mesh, axis_from: str, notes: tuple[str, ...]) -> Support:
    """Judge a mesh in the foot frame."""
    length = float(mesh.vertices[:, 0].max())
    corners = mesh.corners
    low = corners[least(corners[..., 2]) < 0.3 * length]
    below, above = (depth_map(low, view, _CELL) for view in ("below", "above"))
    covered = _sole_covered(below, above)
    contact = contact_share(below)
    filled = _sole_filled(below, contact, length)
    open_sole = covered < LEAST_SOLE
    bears_weight = contact >= LEAST_CONTACT or open_sole
    if axis_from == "second_metatarsal":
        notes += ("Toes can't be told apart: the foot axis runs to the second metatarsal head.",)
    noise = roughness(_middle_part(mesh, length))
    unsupported = _unsupported(mesh, length, open_sole, filled, bears_weight)
    notes += tuple(w.text for w in (NO_TOES, _NO_DORSUM) if w in unsupported.values())
    quality = Quality(
        statement=_statement(open_sole, filled, bears_weight, noise),
        kind="whole_foot",
        noise_mm=round(noise, 3),
        spacing_mm=round(spacing(mesh), 3),
        triangles=len(mesh.faces),
        coverage={"sole": round(covered, 3)},
        notes=notes,
    )
    return Support(quality, unsupported, bears_weight)


def _unsupported(
    mesh: Mesh, length: float, open_sole: bool, filled: bool, bears_weight: bool
) -> dict[str, Missing]:
    """The measures this scan can't give, and why."""
    out: dict[str, Missing] = {}
    if open_sole:
        out |= dict.fromkeys(SOLE_MEASURES + PRINT_MEASURES, _NO_SOLE)
    elif filled:
        out |= dict.fromkeys(SOLE_MEASURES + PRINT_MEASURES, _FILLED)
    elif not bears_weight:
        out |= dict.fromkeys(PRINT_MEASURES, _HELD_UP)
    if _toes_cut(mesh, length):
        out |= dict.fromkeys(TOE_MEASURES, NO_TOES)
    x, z = mesh.vertices[:, 0], mesh.vertices[:, 2]
    middle = (np.abs(x - 0.5 * length) < 3.0) & (z < table("scan/feet.toml")["likeness"]["leg"] * length)
    if middle.any() and z[middle].max() > z.max() - _CUT_MM:
        out |= dict.fromkeys(DORSUM_MEASURES, _NO_DORSUM)
    return out


_NO_SOLE = Missing("sole_not_seen", "The scan has no sole: the foot was not seen from below.")
_FILLED = Missing(
    "sole_filled_flat",
    "The scanner closed the sole with a flat plane, so the arch under the foot was not recorded.",
)
_HELD_UP = Missing(
    "not_weight_bearing",
    "The sole is not pressed flat anywhere: the foot was held up, so there is no print to read.",
)
NO_TOES = Missing(
    "toes_cut_off", "The scan is cut open at the toes, so where the foot ends was not recorded."
)
_NO_DORSUM = Missing("dorsum_cut_off", "The scan ends below the instep at half the foot's length.")


def _middle_part(mesh: Mesh, length: float) -> Mesh:
    """The foot between 30 and 60 % of its length, where that alone is many triangles; else all of it."""
    x = mesh.vertices[:, 0] / length
    middle = mesh.faces[((x > 0.3) & (x < 0.6))[mesh.faces].all(axis=1)]
    return without_unused(Mesh(mesh.vertices, middle)) if len(middle) > 20_000 else mesh


def _toes_cut(mesh: Mesh, length: float) -> bool:
    """True where the surface ends in a plane, open or closed, across the foremost end of the foot."""
    front = Mesh(mesh.vertices, mesh.faces[(mesh.vertices[:, 0] > length - 30.0)[mesh.faces].any(axis=1)])
    if _flat_end(front.corners[front.corners[..., 0].min(axis=1) > length - _END_MM]) > _TIP_AREA:
        return True
    rim = _rim(front)
    end = rim[rim[:, 0] > length - _END_MM]
    if len(end) < 8:
        return False
    # A crack or a small hole near a toe is no cut, and neither is the edge of a sole that was not seen.
    across = np.ptp(end[:, 1]) > 8.0 and np.ptp(end[:, 2]) > 6.0
    thickness = np.linalg.svd(end - end.mean(axis=0), compute_uv=False)[-1] / np.sqrt(len(end))
    return bool(across and thickness < _FLAT_MM)


# Within so much of a plane lie at most some 60 mm2 of rounded toe tips; a cut through one toe 4 mm behind its
# tip is 150 mm2. The foot may have been cut at a slant to its axis: the end is looked for over some depth.
_FLAT_MM, _TIP_AREA, _END_MM = 0.5, 110.0, 8.0


def _flat_end(corners: NDArray[np.float64]) -> float:
    """Area (mm2) of triangles (k, 3, 3) facing forward that lie in the one plane furthest forward."""
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(cross, axis=1) / 2.0
    cross *= np.sign(cross[:, :1])  # the winding may be wrong
    forward = (area > 0) & (cross[:, 0] > 0.9 * 2.0 * area)
    if not forward.any():
        return 0.0
    normal = cross[forward].sum(axis=0)
    depth = corners[forward].mean(axis=1) @ (normal / np.linalg.norm(normal))
    return float(area[forward][depth > depth.max() - _FLAT_MM].sum())


def _rim(mesh: Mesh) -> NDArray[np.float64]:
    """(k, 3) vertices on an open edge of the surface."""
    f = mesh.faces.astype(np.int64)
    edges = np.sort(np.concatenate([f[:, :2], f[:, 1:], f[:, [2, 0]]]), axis=1)
    keys, count = np.unique(edges[:, 0] * len(mesh.vertices) + edges[:, 1], return_counts=True)
    single = keys[count == 1]
    ends = np.unique(np.concatenate([single // len(mesh.vertices), single % len(mesh.vertices)]))
    rim: NDArray[np.float64] = mesh.vertices[ends]
    return rim


def _statement(open_sole: bool, filled: bool, bears_weight: bool, noise: float) -> str:
    if open_sole:
        seen = "A foot without its sole: what lies under it can't be measured"
    elif filled:
        seen = "A whole foot whose sole the scanner filled flat: everything but the arch can be measured"
    elif not bears_weight:
        seen = "A whole foot, held up without weight on it"
    else:
        seen = "A whole foot, with weight on it and the arch visible"
    rough = f"; the surface is rough (about {noise:.1f} mm of noise)" if noise > 0.5 else ""
    return f"{seen}{rough}."


def contact_share(below: DepthMap) -> float:
    """Share of the foot's plan area that lies within 2 mm of the floor."""
    seen = np.isfinite(below.depth)
    return float((below.depth[seen] < 2.0).mean())


def _sole_filled(below: DepthMap, contact: float, length: float) -> bool:
    """True where the sole's flat part ends, along the inner midfoot, as a plane would."""
    if contact < _FILLED_CONTACT:
        return False
    middle = below.between((0.38 * length, 0.58 * length), (-np.inf, np.inf))
    by_plane = [_ends_as_plane(heights) for heights in middle.depth if np.nanmin(heights) < 0.5]
    return len(by_plane) > 0 and bool(np.mean(by_plane) > 0.5)


def _ends_as_plane(heights: NDArray[np.float64]) -> bool:
    """One line across the sole, lateral to medial, a height a mm."""
    edge = int(np.nonzero(heights < 0.5)[0][-1])
    rise = heights[edge:]
    room = int(np.argmax(~np.isfinite(rise))) if not np.isfinite(rise).all() else len(rise)
    if room > 2 and rise[2] > _STEP_MM:
        return True
    if room < _RAMP_ROOM_MM:
        return False
    return bool(_RAMP[0] <= (rise[13] - rise[8]) / 5.0 <= _RAMP[1] and rise[8] > 3.0)


def _sole_covered(below: DepthMap, above: DepthMap) -> float:
    """Share of the foot's plan area where a sole lies under the dorsum, and not the dorsum's own inside."""
    seen = np.isfinite(above.depth)
    thick = seen & np.isfinite(below.depth) & (above.depth - below.depth > 4.0)
    return float(thick.sum() / max(seen.sum(), 1))


def spacing(mesh: Mesh) -> float:
    """Median edge length (mm)."""
    a, b = mesh.vertices[mesh.faces[:, 0]], mesh.vertices[mesh.faces[:, 1]]
    return float(np.median(np.linalg.norm(a - b, axis=1)))


def roughness(mesh: Mesh) -> float:
    """Estimated scanner noise (SD, mm) along the surface normal.

    Each vertex is compared with the mean of its neighbours, and that difference with the mean of the
    neighbours' differences, which takes curvature out. For independent noise of SD s and six neighbours the
    result has SD 1.19 s; the median absolute value makes it robust to edges.
    """
    n = len(mesh.vertices)
    f = mesh.faces
    i = np.concatenate([f[:, 0], f[:, 1], f[:, 2], f[:, 1], f[:, 2], f[:, 0]])
    j = np.concatenate([f[:, 1], f[:, 2], f[:, 0], f[:, 0], f[:, 1], f[:, 2]])
    near = coo_matrix((np.ones(len(i)), (i, j)), shape=(n, n)).tocsr()
    near.data[:] = 1.0
    degree = np.maximum(np.asarray(near.sum(axis=1)).ravel(), 1.0)
    offset = ((mesh.vertices - near @ mesh.vertices / degree[:, None]) * _normals(mesh)).sum(axis=1)
    second = offset - near @ offset / degree
    return float(1.4826 * np.median(np.abs(second)) / 1.19)


def _normals(mesh: Mesh) -> NDArray[np.float64]:
    corners = mesh.corners
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.zeros_like(mesh.vertices)
    for k in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(mesh.faces[:, k], weights=cross[:, axis], minlength=len(total))
    norm = np.linalg.norm(total, axis=1, keepdims=True)
    normals: NDArray[np.float64] = total / np.maximum(norm, 1e-300)
    return normals
