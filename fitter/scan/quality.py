"""What a posed scan can support and what it can't, in words and numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fitter.quantity import Missing
from fitter.resources import table
from fitter.saying import say
from fitter.scan.depth import DepthMap, depth_map, least
from fitter.scan.foot import Quality
from fitter.scan.mesh import Mesh, Points
from fitter.scan.rough import share_seen
from fitter.scan.surface import Grain

_CELL = 1.0
# A sole that rests nowhere flat on the floor bears no weight: below this share of the foot's plan area
# within 2 mm of the floor. Hanging feet have 0.05 to 0.15 of it, standing ones 0.35 to 0.7.
LEAST_CONTACT = 0.22
# A scanner that can't see under a foot closes the sole with a plane. Then most of the plan area lies on the
# floor, and along the inner midfoot the plane ends either in a step or in a long straight ramp. Skin does
# neither: a hollow arch rises gently, and a flat foot's side, close by, rises ever more steeply.
_FILLED_CONTACT = 0.66
_STEP_MM = 4.0  # rise within 2 mm of the edge
_RAMP = (0.5, 1.3)  # slope of the ramp, 5 to 10 mm from the edge
_STRAIGHT = 1.4  # and no more than this much steeper 10 to 15 mm from it
_RAMP_ROOM_MM = 17.0  # from the edge to the foot's inner border

LEAST_SOLE = 0.6
_CUT_MM = 3.0  # what ends this close to an open edge was cut off by it

SOLE_MEASURES = ("arch_height",)
PRINT_MEASURES = ("arch_index", "chippaux_smirak_index", "staheli_index")
DORSUM_MEASURES = ("instep_height", "instep_girth")
# Everything placed at a share of the foot's length hangs on where the toes end.
TOE_MEASURES = ("foot_length", "instep_height", "instep_girth", "navicular_height", "hallux_outline_angle")

# Of a foot whose forefoot is missing: what hangs on the ball, or on shares of a whole foot's length.
FOREFOOT_MEASURES = (
    "ball_length", "outer_ball_length", "ball_breadth", "ball_girth", "instep_height", "instep_girth",
    "navicular_height", "arch_height", "hallux_outline_angle", *PRINT_MEASURES,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Support:
    """The quality statement, the measures the scan can't support (id -> why), how it bears weight, and what
    its kind adds to the 95 % error of a measure."""

    quality: Quality
    unsupported: dict[str, Missing]
    bears_weight: bool
    extra_u95: dict[str, float] = field(default_factory=dict)


def assess(
    mesh: Mesh,
    axis_from: str,
    notes: tuple[str, ...],
    *,
    grain: Grain,
    rims: tuple[Points, ...],
    open_: Points,
) -> Support:
    """Judge a mesh in the foot frame. ``grain`` (mm) is that of its scan; ``rims`` are the edges of its
    holes that were closed, ``open_`` the corners on what stayed open."""
    length = float(mesh.vertices[:, 0].max())
    corners = mesh.corners
    # Of a foot that ends early the instep is as high as of a whole one.
    low = corners[least(corners[..., 2]) < 0.3 * length / share_seen(mesh, np.eye(3))]
    below, above = (depth_map(low, view, _CELL) for view in ("below", "above"))
    covered = _sole_covered(below, above)
    contact = contact_share(below)
    filled = _sole_filled(below, contact, length)
    open_sole = covered < LEAST_SOLE
    bears_weight = contact >= LEAST_CONTACT or open_sole
    if axis_from == "second_metatarsal":
        notes += (_TOES_MERGED,)
    edges = np.concatenate([*rims, open_])
    unsupported = _unsupported(mesh, edges, length, open_sole, filled, bears_weight)
    notes += holes_told(rims)
    if filled and not open_sole:
        notes += (_FROM_OUTLINE,)
    notes += tuple(w.text for w in (NO_TOES, _NO_FOREFOOT, _NO_DORSUM) if w in unsupported.values())
    quality = Quality(
        statement=_statement(open_sole, filled, bears_weight, grain.noise),
        kind="whole_foot",
        noise_mm=round(grain.noise, 3),
        spacing_mm=round(grain.spacing, 3),
        triangles=grain.triangles,
        coverage={"sole": round(covered, 3)},
        notes=notes,
    )
    return Support(quality, unsupported, bears_weight)


def holes_told(rims: tuple[Points, ...]) -> tuple[str, ...]:
    """What was closed, in a sentence; ``rims`` (k, 3) in mm."""
    if not rims:
        return ()
    widest = max(float(np.linalg.norm(np.ptp(rim, axis=0))) for rim in rims)
    what = "A hole was" if len(rims) == 1 else say("{rims} holes were", rims=len(rims))
    return (
        say("{what} closed by a smooth surface, {widest:.0f} mm at the widest.", what=what, widest=widest),
    )


def _unsupported(
    mesh: Mesh, edges: Points, length: float, open_sole: bool, filled: bool, bears_weight: bool
) -> dict[str, Missing]:
    """The measures this scan can't give, and why."""
    out: dict[str, Missing] = {}
    if open_sole:
        # The ankle is looked for by its height above a floor that was not seen: up to 26 mm off.
        out |= dict.fromkeys((*SOLE_MEASURES, *PRINT_MEASURES, "medial_malleolus_height"), _NO_SOLE)
    elif filled:
        out |= dict.fromkeys(SOLE_MEASURES, _FILLED)
    elif not bears_weight:
        out |= dict.fromkeys(PRINT_MEASURES, HELD_UP)
    if share_seen(mesh, np.eye(3)) < 1.0:
        out |= dict.fromkeys(FOREFOOT_MEASURES, _NO_FOREFOOT)
    elif toes_cut(mesh, edges, length):
        out |= dict.fromkeys(TOE_MEASURES, NO_TOES)
    x, z = mesh.vertices[:, 0], mesh.vertices[:, 2]
    middle = (np.abs(x - 0.5 * length) < 3.0) & (z < table("scan/feet.toml")["likeness"]["leg"] * length)
    if middle.any() and z[middle].max() > z.max() - _CUT_MM:
        out |= dict.fromkeys(DORSUM_MEASURES, _NO_DORSUM)
    return out


_TOES_MERGED = (
    "Toes can't be told apart (in a sock, merged, or one missing): the foot axis runs to the second "
    "metatarsal head, and over a sock every length and width is that of the sock, 2 to 6 mm more than "
    "the foot's."
)
_NO_FOREFOOT = Missing(
    "forefoot_missing",
    "The foot ends early (toes or forefoot missing): its length is that of what is left, and what hangs on "
    "the ball or on shares of the length is not given.",
)
_NO_SOLE = Missing("sole_not_seen", "The scan has no sole: the foot was not seen from below.")
_FROM_OUTLINE = (
    "The footprint indices are estimated from the outline of the filled sole, which is wider than a print, "
    "and are far less sure for it."
)
_FILLED = Missing(
    "sole_filled_flat",
    "The scanner closed the sole with a flat plane, so the arch under the foot was not recorded.",
)
HELD_UP = Missing(
    "not_weight_bearing",
    "The sole is not pressed flat anywhere: the foot was held up, so there is no print to read.",
)
NO_TOES = Missing(
    "toes_cut_off", "The scan is cut open at the toes, so where the foot ends was not recorded."
)
_NO_DORSUM = Missing("dorsum_cut_off", "The scan ends below the instep at half the foot's length.")


def toes_cut(mesh: Mesh, edges: Points, length: float) -> bool:
    """True where the surface ends in a plane, open or closed, across the foremost end of the foot."""
    front = Mesh(mesh.vertices, mesh.faces[(mesh.vertices[:, 0] > length - 30.0)[mesh.faces].any(axis=1)])
    if _flat_end(front.corners[front.corners[..., 0].min(axis=1) > length - _END_MM]) > _TIP_AREA:
        return True
    return cut_across(edges, length)


def cut_across(edges: Points, length: float) -> bool:
    """True where open edges (n, 3) cross the foremost end of the foot in a plane."""
    end = edges[edges[:, 0] > length - _END_MM]
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


def _statement(open_sole: bool, filled: bool, bears_weight: bool, noise: float) -> str:
    if open_sole:
        seen = "A foot without its sole: what lies under it can't be measured"
    elif filled:
        seen = "A whole foot whose sole the scanner filled flat: everything but the arch can be measured"
    elif not bears_weight:
        seen = "A whole foot, held up without weight on it"
    else:
        seen = "A whole foot, with weight on it and the arch visible"
    rough = say("; the surface is rough (about {noise:.1f} mm of noise)", noise=noise) if noise > 0.5 else ""
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
    near, far = (rise[10] - rise[5]) / 5.0, (rise[15] - rise[10]) / 5.0
    return bool(_RAMP[0] <= near <= _RAMP[1] and far <= _STRAIGHT * near and rise[8] > 3.0)


def _sole_covered(below: DepthMap, above: DepthMap) -> float:
    """Share of the foot's plan area where a sole lies under the dorsum, and not the dorsum's own inside."""
    seen = np.isfinite(above.depth)
    thick = seen & np.isfinite(below.depth) & (above.depth - below.depth > 4.0)
    return float(thick.sum() / max(seen.sum(), 1))
