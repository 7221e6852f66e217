"""What a scan of a sole, or an impression of one, can support: its kind, the measures it can't give, and what
its edge adds to the error of the others.

Which kind gives what (everything else is null with its reason):

plantar_with_walls
    Lengths, breadths, arch height, hallux angle where toes are told apart; print indices where the sole is
    pressed flat.
plantar
    The same, each with an error wider by how far the foot's outline lies beyond the skin's edge; none of
    those that hang on an outline that was not nearly seen.
foam_impression
    As plantar, without print indices; arch height carries the doubt of the depth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_fill_holes
from scipy.spatial import cKDTree

from fitter.errors import FitterError
from fitter.quantity import Missing
from fitter.saying import say
from fitter.scan.depth import border, depth_map
from fitter.scan.foot import Quality
from fitter.scan.mesh import Mesh
from fitter.scan.partial import WIDEST_HOLE, Kind, PosedSole, rim_loops
from fitter.scan.quality import (
    HELD_UP,
    LEAST_CONTACT,
    NO_TOES,
    PRINT_MEASURES,
    TOE_MEASURES,
    Support,
    contact_share,
    cut_across,
    holes_told,
)
from fitter.scan.surface import edge_length

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Place:
    """A stretch of the foot's outline: from ``rear`` to ``front`` (shares of length) on one ``side`` (1
    medial, -1 lateral, 0 the end itself), below ``ceiling`` mm. Skin of ``radius`` mm turns there from
    level to upright: on constructed feet, cut off at every steepness, the outline lay no more than
    radius (1 - sin steepness) beyond the skin's edge in 19 of 20."""

    rear: float
    front: float
    side: int
    ceiling: float
    radius: float

    @property
    def axes(self) -> tuple[int, int, int]:
        """The coordinate along the outline there, the one it bounds, and its sign outwards."""
        return (0, 1, self.side) if self.side else (1, 0, -1 if self.front < 0.5 else 1)


_PLACES = {
    "heel": _Place(0.0, 0.05, 0, 50.0, 20.0),
    "heel_medial": _Place(0.08, 0.20, 1, 40.0, 28.0),
    "heel_lateral": _Place(0.08, 0.20, -1, 40.0, 24.0),
    "ball_medial": _Place(0.62, 0.80, 1, 45.0, 12.0),
    "ball_lateral": _Place(0.52, 0.72, -1, 40.0, 9.0),
    "toes": _Place(0.93, 1.0, 0, 65.0, 12.0),
}
# Between which places a measure runs.
_BETWEEN = {
    "foot_length": ("heel", "toes"),
    "ball_length": ("heel", "ball_medial"),
    "outer_ball_length": ("heel", "ball_lateral"),
    "ball_breadth": ("ball_medial", "ball_lateral"),
    "heel_breadth": ("heel_medial", "heel_lateral"),
}
_MOST_SHORT = 8.0  # mm: with more of the outline unseen a breadth or length says little of the foot
_AROUND = 4.0  # mm: skin around a place of the edge that tells how steep it is there
_AT_OUTLINE = (
    1.5  # mm: an edge this close to the outline is the outline; further in, the skin has turned over
)
_UPRIGHT = 75.0  # degrees: skin this steep is a side wall
_WALLED = 0.85  # of the outline has side walls in a scan that shows them
_CUT_STEEPNESS = 47.0  # degrees: toes that end in skin flatter than this were cut or not seen
_TOES_SEEN = 0.95  # of a foot's length, by the widths along the outline

# An insole's front is flat to its edge (5 to 15 degrees); a foot's skin rises all around (45 and more).
_FOREFOOT = (_Place(0.66, 0.90, 1, 65.0, 12.0), _Place(0.60, 0.88, -1, 65.0, 9.0))
_INSOLE_STEEPNESS = 28.0
# The arch ends where the sole is 45 degrees steep (the registry): with an edge flatter than this beside it,
# its top may lie beyond the edge.
_ARCH = (0.30, 0.65)
_ARCH_STEEPNESS = 50.0
_TOES_SHORT = 4.0  # mm: with more of the toes unseen they count as cut off
# Foam gives, cuts and crumbles: heights from it are quoted with this share. A box of foam is 25 to 65 mm
# deep; a deeper hollow says that the file's heights are not in the unit of its plan.
_FOAM_HEIGHT = 0.25
_DEEPEST_FOAM = 0.27  # of length
_FOAM_OUTLINE = 3.0  # mm: foam crushed beside the foot, a breadth (our judgement)

DORSUM = ("instep_height", "instep_girth", "ball_girth", "arch_height_index")
ANKLE = ("navicular_height", "normalised_navicular_height", "medial_malleolus_height", "rearfoot_angle")


def assess_sole(found: PosedSole, notes: tuple[str, ...]) -> Support:
    """Judge a sole in the foot frame. Raises FitterError where it is an insole."""
    mesh = found.posed.mesh
    length = float(mesh.vertices[:, 0].max())
    edge = _Edge.of(mesh)
    _refuse_insole(mesh, edge, length)
    kind = _kind(found, edge, length)
    short = {name: edge.short(mesh, place, length) for name, place in _PLACES.items()}
    place = found.posed.placement
    rims = tuple(map(place.to_foot, found.surface.rims))
    toes_lost = found.seen < _TOES_SEEN or edge.front_steepness(mesh, length) < _CUT_STEEPNESS
    # Toes that walls show all around end, where they were cut, in holes of their own, which were closed.
    toes_lost = toes_lost or short["toes"] > _TOES_SHORT
    toes_lost = toes_lost or cut_across(np.concatenate([np.zeros((0, 3)), *rims]), length)
    bears_weight = (
        kind != "foam_impression" and contact_share(depth_map(mesh.corners, "below", 1.0)) >= LEAST_CONTACT
    )
    deep = found.sole.foam_depth * found.posed.placement.scale > _DEEPEST_FOAM * length / found.seen
    unsupported = _unsupported(kind, short, toes_lost, bears_weight, deep)
    if edge.cuts_arch(length):
        unsupported.setdefault("arch_height", _ARCH_CUT)
    if found.posed.axis_from != "second_toe":
        unsupported.setdefault("hallux_outline_angle", _TOES_MERGED)
    notes += found.sole.notes + holes_told(rims)
    notes += tuple(
        dict.fromkeys(w.text for k, w in unsupported.items() if k not in DORSUM + ANKLE + PRINT_MEASURES)
    )
    if kind == "foam_impression" and "arch_height" not in unsupported:
        notes += (_FOAM_ARCH,)
    if found.posed.axis_from == "second_metatarsal":
        notes += ("Toes can't be told apart: the foot axis runs to the second metatarsal head.",)
    widest = max((short[p] for pair in _BETWEEN.values() for p in pair), default=0.0)
    if kind == "plantar" and widest > 0.5:
        notes += (
            say(
                "The foot's outline lies up to {widest:.0f} mm beyond the edge of what was seen; "
                "lengths and breadths are wider by that.",
                widest=widest,
            ),
        )
    grain = found.surface.grain.scaled(place.scale)
    scanned = mesh.corners[: found.surface.seen]
    quality = Quality(
        statement=_statement(kind, toes_lost, bears_weight),
        kind=kind,
        noise_mm=round(grain.noise, 3),
        spacing_mm=round(grain.spacing, 3),
        triangles=grain.triangles,
        coverage={"sole": round(_seen(scanned), 3), "sides": round(edge.walled(mesh, length), 3)},
        notes=notes,
    )
    return Support(quality, unsupported, bears_weight, _extra(kind, short, length, edge))


def _seen(scanned: Vector) -> float:
    """Share of a sole's plan, within its edge, that was scanned; ``scanned`` (m, 3, 3) without patches."""
    there = np.isfinite(depth_map(scanned, "below", 1.0).depth)
    return float(there.sum() / max(binary_fill_holes(there).sum(), 1))


def _statement(kind: Kind, toes_lost: bool, bears_weight: bool) -> str:
    what = {
        "plantar_with_walls": "The sole of a foot and its side walls",
        "plantar": "The sole of a foot without its sides",
        "foam_impression": "An impression of a foot in foam, turned into the sole it came from "
        "(pressed in with part of the weight)",
    }[kind]
    held = "" if bears_weight or kind == "foam_impression" else ", held up without weight on it"
    toes = "; the toes were not seen whole" if toes_lost else ""
    return say("{what}{held}{toes}: what lies higher can't be measured.", what=what, held=held, toes=toes)


def _kind(found: PosedSole, edge: _Edge, length: float) -> Kind:
    if found.sole.foam_depth > 0:
        return "foam_impression"
    return "plantar_with_walls" if edge.walled(found.posed.mesh, length) >= _WALLED else "plantar"


def _unsupported(
    kind: Kind, short: dict[str, float], toes_lost: bool, bears_weight: bool, deep: bool
) -> dict[str, Missing]:
    out = dict.fromkeys(DORSUM, _NO_DORSUM) | dict.fromkeys(ANKLE, _NO_ANKLE)
    if kind == "foam_impression":
        out |= dict.fromkeys(PRINT_MEASURES, _FOAM_PRINT)
        if deep:
            out["arch_height"] = _FOAM_DEEP
    elif not bears_weight:
        out |= dict.fromkeys(PRINT_MEASURES, HELD_UP)
    for measure_id, ends in _BETWEEN.items():
        if sum(short[end] for end in ends) > _MOST_SHORT:
            out[measure_id] = _NO_OUTLINE
    if toes_lost:
        out |= {i: NO_TOES for i in TOE_MEASURES if i not in DORSUM + ANKLE}
    return out


_NO_DORSUM = Missing("dorsum_not_seen", "The scan shows the sole only: the top of the foot was not recorded.")
_NO_ANKLE = Missing(
    "ankle_not_seen", "The scan shows the sole only: the foot up to its ankle was not recorded."
)
_FOAM_PRINT = Missing(
    "foam_has_no_print", "Foam gives way under the whole sole: an impression shows no contact print."
)
_FOAM_DEEP = Missing(
    "depth_doubtful",
    "The hollow in the foam is deeper than a foam box: the heights in the file can't be trusted.",
)
_ARCH_CUT = Missing(
    "arch_cut_off", "The scan ends in the hollow of the arch, so how high the sole rises was not recorded."
)
_TOES_MERGED = Missing("toes_not_told", "The toes can't be told apart, so the big toe's border is not known.")
_NO_OUTLINE = Missing(
    "outline_not_seen",
    "The skin ends too flat to tell how far the foot's outline lies beyond what was seen.",
)


def _extra(kind: Kind, short: dict[str, float], length: float, edge: _Edge) -> dict[str, float]:
    """What the kind of scan adds to the 95 % error of each measure, mm (hallux: degrees)."""
    out = {
        measure_id: _along(measure_id, short) if "ball_length" in measure_id else sum(short[e] for e in ends)
        for measure_id, ends in _BETWEEN.items()
    }
    # The great toe's border and the ball lie beyond the edge by different amounts, over a third of a foot.
    out["hallux_outline_angle"] = float(np.degrees(np.arctan(2.0 * short["ball_medial"] / (0.25 * length))))
    if kind == "foam_impression":
        out = {i: float(np.hypot(u, _FOAM_OUTLINE)) for i, u in out.items()}
        out["outer_ball_length"] = float(np.hypot(out["outer_ball_length"], _FOAM_OUTER_BALL))
        out["arch_height"] = _FOAM_HEIGHT * _USUAL_ARCH
    if kind == "plantar_with_walls" and len(edge.places):
        low = max(_WALL_HEIGHT - float(np.median(edge.places[:, 2])), 0.0)
        out = {i: float(np.hypot(u, _PER_LOW_WALL.get(i, 0.0) * low)) for i, u in out.items()}
    if kind != "foam_impression":
        out |= {i: float(np.hypot(out.get(i, 0.0), u)) for i, u in _SOLE_ALONE.items()}
    return {i: round(u, 3) for i, u in out.items() if u > 0.0}


# What a sole alone adds to the 95 % error, in each measure's unit: the 95th percentile of 40 constructed
# soles with walls of 20 to 40 mm, where it was more than a whole foot's.
_SOLE_ALONE = {
    "outer_ball_length": 2.0,
    "heel_breadth": 2.2,
    "arch_height": 1.3,
    "hallux_outline_angle": 0.6,
    "chippaux_smirak_index": 1.1,
    "staheli_index": 0.012,
}
# Walls cut lower than this (mm) may end below where a foot is widest: by so much (mm) for each mm, and where
# the little toe's ball stands out is hard to tell in foam (mm), on constructed feet.
_WALL_HEIGHT, _PER_LOW_WALL = 32.0, {"ball_breadth": 0.12, "heel_breadth": 0.24, "foot_length": 0.08}
_FOAM_OUTER_BALL = 7.0
_USUAL_ARCH = 20.0  # mm
_FOAM_ARCH = "Where the arch did not touch the foam, the foam's own surface is taken for it."


def _along(measure_id: str, short: dict[str, float]) -> float:
    """Where the ball is widest shifts along the foot where its edge was not seen."""
    heel, ball = (short[end] for end in _BETWEEN[measure_id])
    return heel + _SHIFT_PER_SHORT * ball


_SHIFT_PER_SHORT = 2.0  # mm along the foot for each mm of outline unseen, on constructed feet


# -- the edge -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Edge:
    """The open edge of a sole: places (k, 3) and how steep the skin is there (k,), degrees."""

    places: Vector
    steepness: Vector

    @staticmethod
    def of(mesh: Mesh) -> _Edge:
        loops = rim_loops(mesh)
        outer = [loop for loop in loops if np.linalg.norm(np.ptp(mesh.vertices[loop], axis=0)) > WIDEST_HOLE]
        places = mesh.vertices[np.concatenate(outer)] if outer else np.zeros((0, 3))
        corners = mesh.corners
        cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        area, level = np.linalg.norm(cross, axis=1), np.abs(cross[:, 2])
        near = cKDTree(corners.mean(axis=1)).query_ball_point(places, max(_AROUND, 1.5 * edge_length(mesh)))
        share = [level[k].sum() / max(area[k].sum(), 1e-12) for k in near]
        steep = np.degrees(np.arccos(np.clip(share, 0.0, 1.0)))
        return _Edge(places, steep)

    def short(self, mesh: Mesh, place: _Place, length: float) -> float:
        """How far (mm) the foot's outline may lie beyond the skin's edge at a place."""
        steep = self.steepness_at(mesh, place, length)
        if len(steep) == 0:
            return 0.0
        return place.radius * float(1.0 - np.sin(np.radians(np.quantile(steep, 0.3))))

    def steepness_at(self, mesh: Mesh, place: _Place, length: float) -> Vector:
        """Steepness of the skin (90 where it has turned over below its edge) along part of the outline."""
        along, outward, sign = place.axes
        x = self.places[:, 0] / length
        outline = border(mesh.corners, along, outward, sign, 1.0, ceiling=place.ceiling)
        near = (x > place.rear - 0.02) & (x < place.front + 0.02)
        if place.side:
            near &= place.side * self.places[:, 1] > 0
        out = np.interp(
            self.places[near, along], outline.rows, np.where(np.isfinite(outline.depth), outline.depth, 0.0)
        )
        at_edge = np.abs(self.places[near, outward] - out) < _AT_OUTLINE
        tree_at = self.places[near, along][at_edge]
        steep = self.steepness[near][at_edge]
        rows = outline.rows[self._rows_of(outline.rows, outline.depth, place, length)]
        if len(rows) == 0:
            return np.zeros(0)
        if len(tree_at) == 0:
            return np.full(len(rows), 90.0)
        apart = np.abs(rows[:, None] - tree_at[None])
        k = np.argmin(apart, axis=1)
        return np.where(apart[np.arange(len(rows)), k] < _ROW_REACH, steep[k], 90.0)

    @staticmethod
    def _rows_of(rows: Vector, depth: Vector, place: _Place, length: float) -> NDArray[np.bool_]:
        where = rows if place.side else depth
        return np.asarray((where > (place.rear - 0.01) * length) & (where < (place.front + 0.01) * length))

    def cuts_arch(self, length: float) -> bool:
        """True where the skin ends under the arch before the sole gets steep."""
        x, y = self.places[:, 0] / length, self.places[:, 1]
        beside = (x > _ARCH[0]) & (x < _ARCH[1]) & (y > 0.0)
        return bool(beside.any() and np.quantile(self.steepness[beside], 0.2) < _ARCH_STEEPNESS)

    def walled(self, mesh: Mesh, length: float) -> float:
        """Share of the outline with side walls."""
        steep = np.concatenate([self.steepness_at(mesh, p, length) for p in _PLACES.values() if p.side])
        return float((steep > _UPRIGHT).mean()) if len(steep) else 0.0

    def front_steepness(self, mesh: Mesh, length: float) -> float:
        """How steep the skin is where the foremost toes end (degrees; a lower quartile)."""
        steep = self.steepness_at(mesh, _PLACES["toes"], length)
        return float(np.quantile(steep, 0.25)) if len(steep) else 0.0


_ROW_REACH = 3.0  # mm from a place of the outline to the next vertex of the edge


def _refuse_insole(mesh: Mesh, edge: _Edge, length: float) -> None:
    """Refuse a sheet whose front lies flat to its edge."""
    steep = np.concatenate([edge.steepness_at(mesh, place, length) for place in _FOREFOOT])
    if len(steep) and np.median(steep) < _INSOLE_STEEPNESS:
        raise FitterError(
            "this looks like an insole and no foot: in front it lies flat to its edge (a foot's skin rises "
            "around ball and toes)",
            todo="Load a scan of the foot itself, from below or whole",
            code="insole",
        )
