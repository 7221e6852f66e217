"""The measures of a constructed foot, straight from the registry's definitions, on its dense surface.

Written without a look at how the program measures: the two share no code, so agreement means something.
The surface stands in the foot frame already and nothing is damaged, so searches stay simple.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_scans.sections import (
    at_x,
    border,
    cap_height,
    cut,
    hull_length,
    keep_below,
    peak,
    plan_area,
    vertex_normals,
)
from sample_scans.surface import Floats, Ints

CONTACT = 2.0  # mm: the print is the sole no higher than this
STEEPEST_SOLE = 45.0  # degrees: steeper skin is the side of the foot
TOE_LINE = 0.08  # share of foot length the ball line is moved forward to cut the toes off
ROW = 0.5  # mm between the rows on which a print's width is taken


@dataclass(frozen=True)
class Truth:
    """``measures``: registry id -> value (None where a foot under this load has none); ``landmarks``: mm."""

    measures: dict[str, float | None]
    landmarks: dict[str, tuple[float, float, float]]


@dataclass(frozen=True)
class Skin:
    """A surface in the foot frame (a right foot), its triangles as corners (m, 3, 3), and the toe tips."""

    points: Floats
    faces: Ints
    toe_tips: Floats  # (5, 3), hallux first

    @property
    def corners(self) -> Floats:
        return self.points[self.faces]


def heel_breadth(corners: Floats, length: float) -> tuple[float, Floats, Floats]:
    """Breadth and the heel's medial and lateral points."""
    xs = np.arange(0.08 * length, 0.20 * length + 0.25, 0.5)
    m, f = border(corners, xs, 1, 40.0), border(corners, xs, -1, 40.0)
    i, j = int(m.argmax()), int(f.argmin())
    return float(m[i] - f[j]), np.array([xs[i], m[i]]), np.array([xs[j], f[j]])


def heel_centre(corners: Floats, length: float) -> Floats:
    """Midpoint (x, y) of the width at 15 % of length."""
    x = np.array([0.15 * length])
    mid = (border(corners, x, 1, 40.0) + border(corners, x, -1, 40.0)) / 2
    return np.array([x[0], mid[0]])


def ball_point(corners: Floats, length: float, side: int) -> tuple[Floats, float]:
    """Metatarsale tibiale (side 1) or fibulare (-1) in plan, and the outline's radius of curvature there."""
    lo, hi, below = (0.62, 0.80, 45.0) if side > 0 else (0.52, 0.72, 40.0)
    xs = np.arange(lo * length, hi * length + 0.25, 0.5)
    x, y, bend = peak(xs, side * border(corners, xs, side, below), 4.0)
    return np.array([x, side * y]), float("inf") if bend == 0 else -1.0 / bend


def height_at(corners: Floats, xy: Floats, side: int, below: float) -> float:
    """Height of the outermost skin at a plan position."""
    ends = cap_height(at_x(corners, float(xy[0])), below).reshape(-1, 3)
    return float(ends[(side * ends[:, 1]).argmax(), 2])


def medial_tangent(corners: Floats, length: float) -> tuple[float, float]:
    """The plan line y = slope x + offset resting on the medial heel and ball from outside."""
    heel = np.arange(0.08 * length, 0.30 * length, 0.5)
    ball = np.arange(0.62 * length, 0.80 * length, 0.5)
    h, b = border(corners, heel, 1, 45.0), border(corners, ball, 1, 45.0)
    slope = (b.max() - h.max()) / (0.5 * length)
    for _ in range(20):
        i, j = (h - slope * heel).argmax(), (b - slope * ball).argmax()
        slope = (b[j] - h[i]) / (ball[j] - heel[i])
    return float(slope), float(h[i] - slope * heel[i])


def arch_apex(skin: Skin, length: float, tangent: tuple[float, float]) -> Floats:
    """Highest point of the sole between axis and medial tangent, 30 to 65 % of length, facing down."""
    normals = vertex_normals(skin.points, skin.faces)
    x = skin.points[:, 0]
    inside = (x > 0.27 * length) & (x < 0.68 * length) & (normals[:, 2] < 0)
    near = inside[skin.faces].all(axis=1)
    faces = skin.faces[near]
    steep = normals[faces][:, :, 2] + np.cos(np.radians(STEEPEST_SOLE))
    t = np.concatenate([skin.points[faces], steep[:, :, None]], axis=2)
    t = keep_below(t, t[:, :, 3])
    t = keep_below(t, -t[:, :, 1])
    t = keep_below(t, t[:, :, 1] - tangent[0] * t[:, :, 0] - tangent[1])
    t = keep_below(t, 0.30 * length - t[:, :, 0])
    t = keep_below(t, t[:, :, 0] - 0.65 * length)
    p = t[:, :, :3].reshape(-1, 3)
    return p[p[:, 2].argmax()]


def most_medial(corners: Floats, length: float) -> tuple[Floats, Floats]:
    """The navicular (most medial at 44 % of length) and the inner ankle (most medial of the ankle)."""
    ends = at_x(corners, 0.44 * length).reshape(-1, 3)
    z, y, _ = _peak_height(ends, np.arange(5.0, 0.40 * length, 0.5))
    navicular = np.array([0.44 * length, y, z])
    zs = np.arange(0.20 * length, 0.45 * length + 0.25, 0.5)
    ys, xs = np.empty_like(zs), np.empty_like(zs)
    reach, top = corners[:, :, 0].min(axis=1), corners[:, :, 2].max(axis=1)
    corners = corners[(reach < 0.41 * length) & (top > 0.14 * length) & (corners[:, :, 1].max(axis=1) > 0)]
    for i, level in enumerate(zs):
        ends = cut(corners, corners[:, :, 2] - level).reshape(-1, 3)
        ends = ends[(ends[:, 0] >= 0.05 * length) & (ends[:, 0] <= 0.40 * length)]
        k = ends[:, 1].argmax()
        xs[i], ys[i] = ends[k, :2]
    # Where a level lies furthest medially at the front end of the search, the skin goes on outwards to the
    # midfoot: that is the side of a flat foot, no bulge of the ankle.
    ys[xs > 0.38 * length] = -np.inf
    z, y, _ = peak(zs, ys, 3.0)
    return navicular, np.array([xs[ys.argmax()], y, z])


def _peak_height(ends: Floats, zs: Floats) -> tuple[float, float, float]:
    """Height at which a section's points (k, 3) lie furthest medially."""
    top = ends[ends[:, 1].argmax()]
    near = ends[(np.abs(ends[:, 2] - top[2]) < 5.0) & (ends[:, 1] > top[1] - 4.0)]
    a, b, _ = np.polyfit(near[:, 2] - top[2], near[:, 1], 2)
    at = float(np.clip(-b / (2 * a), -4.0, 4.0)) if a < 0 else 0.0
    return float(np.clip(top[2] + at, zs[0], zs[-1])), float(top[1]), float(a)


def girth(corners: Floats, a: Floats, b: Floats) -> float:
    """A tape around the section by the vertical plane through two plan points."""
    along = (b - a) / np.linalg.norm(b - a)
    across = np.array([-along[1], along[0]])
    ends = cut(corners, (corners[:, :, :2] - a) @ across).reshape(-1, 3)
    return hull_length(np.column_stack([(ends[:, :2] - a) @ along, ends[:, 2]]))


def hallux_angle(corners: Floats, inner: Floats, tip: Floats, slope: float) -> float:
    """Medial tangent against the border of the great toe, valgus positive."""
    way = tip[0] - inner[0]
    xs = np.arange(inner[0] + 0.25 * way, inner[0] + 0.75 * way, 0.5)
    toe = np.polyfit(xs, border(corners, xs, 1, np.inf), 1)[0]
    return float(np.degrees(np.arctan(slope) - np.arctan(toe)))


def rearfoot_angle(corners: Floats, length: float) -> float:
    """Lean of the heel's midline, everted positive."""
    zs = np.arange(0.08 * length, 0.20 * length + 0.25, 0.5)
    rear = corners[corners[:, :, 0].min(axis=1) < 0.15 * length]
    mids = np.empty_like(zs)
    for i, level in enumerate(zs):
        ends = cut(rear, rear[:, :, 2] - level).reshape(-1, 3)
        y = ends[ends[:, 0] <= 0.15 * length, 1]
        mids[i] = (y.min() + y.max()) / 2
    return float(np.degrees(np.arctan(np.polyfit(zs, mids, 1)[0])))


def contact_print(skin: Skin, length: float, inner: Floats, outer: Floats) -> Floats:
    """The toeless print: down-facing skin no higher than the contact, as triangles (m, 3, 3)."""
    t = skin.corners
    t = t[t[:, :, 2].min(axis=1) < CONTACT]
    turn = np.cross(t[:, 1] - t[:, 0], t[:, 2] - t[:, 0])[:, 2]
    t = keep_below(t[turn < 0], t[turn < 0][:, :, 2] - CONTACT)
    along = (outer - inner) / (outer - inner)[1]
    line = inner[0] + TOE_LINE * length + along[0] * (t[:, :, 1] - inner[1])
    return keep_below(t, t[:, :, 0] - line)


def print_widths(marks: Floats) -> dict[str, float]:
    """The three widths (mm) of print triangles (m, 3, 3) that a person measures on a wet footprint."""
    back, front = marks[:, :, 0].min(), marks[:, :, 0].max()
    xs = np.arange(back + ROW / 2, front, ROW)
    width = np.array([np.abs(np.diff(at_x(marks, x)[:, :, 1], axis=1)).sum() for x in xs])
    third = np.digitize(xs, _thirds(marks))
    return {
        "print_midfoot_width": float(width[third == 1].min()),
        "print_forefoot_width": float(width[third == 2].max()),
        "print_heel_width": float(width[third == 0].max()),
    }


def print_indices(marks: Floats) -> dict[str, float]:
    """Arch index, Chippaux-Smirak and Staheli index of print triangles (m, 3, 3)."""
    rear, front = _thirds(marks)
    middle = keep_below(marks, rear - marks[:, :, 0])
    middle = keep_below(middle, middle[:, :, 0] - front)
    width = print_widths(marks)
    return {
        "arch_index": plan_area(middle) / plan_area(marks),
        "chippaux_smirak_index": 100 * width["print_midfoot_width"] / width["print_forefoot_width"],
        "staheli_index": width["print_midfoot_width"] / width["print_heel_width"],
    }


def _thirds(marks: Floats) -> Floats:
    """Where a print is cut into three parts of equal length."""
    back, front = marks[:, :, 0].min(), marks[:, :, 0].max()
    return back + (front - back) * np.array([1 / 3, 2 / 3])


def measure(skin: Skin, load: str) -> Truth:
    """Every measure of the registry that one foot has."""
    corners = skin.corners
    low = skin.points[skin.points[:, 2] < 50.0]
    length = float(skin.toe_tips[:, 0].max() - low[:, 0].min())
    near = corners[corners[:, :, 2].min(axis=1) < 0.5 * length]
    breadth, heel_in, heel_out = heel_breadth(near, length)
    inner, _ = ball_point(near, length, 1)
    outer, _ = ball_point(near, length, -1)
    tangent = medial_tangent(near, length)
    apex = arch_apex(skin, length, tangent)
    navicular, ankle = most_medial(near, length)
    middle = at_x(near, 0.5 * length).reshape(-1, 3)
    dorsum = middle[middle[:, 2].argmax()]
    m: dict[str, float | None] = {
        "foot_length": length,
        "ball_length": float(inner[0]),
        "outer_ball_length": float(outer[0]),
        "ball_breadth": float(inner[1] - outer[1]),
        "heel_breadth": breadth,
        "instep_height": float(dorsum[2]),
        "navicular_height": float(navicular[2]),
        "arch_height": float(apex[2]),
        "medial_malleolus_height": float(ankle[2]),
        "ball_girth": girth(near, inner, outer),
        "instep_girth": hull_length(middle[:, 1:]),
        "hallux_outline_angle": hallux_angle(near, inner, skin.toe_tips[0], tangent[0]),
        "rearfoot_angle": rearfoot_angle(near, length),
        "arch_height_index": float(dorsum[2] / inner[0]),
        "normalised_navicular_height": float(navicular[2] / inner[0]),
        "arch_index": None,
        "chippaux_smirak_index": None,
        "staheli_index": None,
    }
    if load != "unloaded":
        m.update(print_indices(contact_print(skin, length, inner, outer)))
    back = low[low[:, 0].argmin()]
    marks = {
        "pternion": back,
        "acropodion": skin.toe_tips[skin.toe_tips[:, 0].argmax()],
        "metatarsale_tibiale": [*inner, height_at(near, inner, 1, 45.0)],
        "metatarsale_fibulare": [*outer, height_at(near, outer, -1, 40.0)],
        "heel_medial": [*heel_in, height_at(near, heel_in, 1, 40.0)],
        "heel_lateral": [*heel_out, height_at(near, heel_out, -1, 40.0)],
        "dorsum_50": dorsum,
        "navicular": navicular,
        "arch_apex": apex,
        "medial_malleolus": ankle,
        **{f"toe_tip_{i + 1}": tip for i, tip in enumerate(skin.toe_tips)},
    }
    return Truth(m, {k: tuple(float(round(v, 4)) for v in xyz) for k, xyz in marks.items()})
