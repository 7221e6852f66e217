"""Takes every measure of the registry from a posed foot, each with its uncertainty.

The stated uncertainty combines what this scan lets us know (noise, coarseness, how well a landmark can be
placed) with the published error of the definition on real feet (registry).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from fitter.anatomy.footprint import footprint, print_indices
from fitter.anatomy.gaps import gap_along
from fitter.anatomy.landmarks import (
    CELL,
    Landmark,
    Views,
    find_landmarks,
    heel_widths,
    hole_heights,
    medial_tangent,
)
from fitter.anatomy.measures import BY_ID, CONTACT_BAND_MM, CONTACT_MM, REGISTRY, Measure
from fitter.anatomy.sections import cut, girth
from fitter.errors import FitterError
from fitter.measurements import NEEDS_TWO_LOADS, Load, Measurements
from fitter.quantity import Missing, Quantity, Reading, combine_u95, propagate
from fitter.resources import table
from fitter.scan.depth import depth_map, least
from fitter.scan.foot import SOLE_KINDS, Foot


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Measurements of a foot and the landmarks they hang on."""

    measurements: Measurements
    landmarks: Mapping[str, Landmark | Missing]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A value and the part of its 95 % error that this scan lets us know."""

    value: float
    known_u95: float


def measure(foot: Foot) -> Measured:
    """Every measure of one foot."""
    views = Views.of(foot.mesh)
    scan = _Scan.of(foot)
    landmarks = find_landmarks(views, sole_seen=scan.sole_seen, sole_only=foot.quality.kind in SOLE_KINDS)
    raw = _take(foot, views, landmarks, scan)
    readings: dict[str, Reading] = {}
    for entry in REGISTRY:
        reading = foot.unsupported.get(entry.id) or raw.get(entry.id)
        if entry.kind == "pair":
            readings[entry.id] = NEEDS_TWO_LOADS
        elif entry.from_measures:
            readings[entry.id] = _index(entry.id, readings)
        elif isinstance(reading, _Reading):
            known = _widened(reading, foot.extra_u95.get(entry.id, 0.0))
            readings[entry.id] = _plausible(entry, _with_definition(entry.id, known))
        else:
            readings[entry.id] = reading or Missing("not_found", "Could not be found on this scan.")
    _refuse_proportions(readings)
    readings = _at_scale(foot, readings)
    return Measured(Measurements(foot.side, foot.load, "scan", readings), landmarks)


def _refuse_proportions(readings: Mapping[str, Reading]) -> None:
    """A shoe last can pass for a foot until it is measured."""
    for belief in table("scan/feet.toml")["proportion"]:
        part, whole = readings[belief["of"]], readings[belief["to"]]
        if isinstance(part, Missing) or isinstance(whole, Missing):
            continue
        share, (least_share, most_share) = part.value / whole.value, belief["range"]
        if not least_share <= share <= most_share:
            raise FitterError(
                f"this has not the proportions of a foot: {BY_ID[belief['of']].name.lower()} is "
                f"{100 * share:.0f} % of {BY_ID[belief['to']].name.lower()}, in feet it is "
                f"{100 * least_share:.0f} to {100 * most_share:.0f} %",
                todo="Check that the file holds one whole bare foot and nothing else",
                code="not_a_foot",
            )


def _with_definition(measure_id: str, reading: _Reading) -> Quantity:
    """The stated quantity: what the scan lets us know, and the published error of definition and scanner."""
    entry = BY_ID[measure_id]
    published = combine_u95([entry.definition_u95, entry.definition_u95_percent / 100.0 * abs(reading.value)])
    return Quantity(reading.value, combine_u95([reading.known_u95, published]), entry.unit)


def _plausible(entry: Measure, found: Quantity) -> Reading:
    """What came out beyond anything a foot has is an error, and not told as a number."""
    low, high = entry.plausible
    if low <= found.value <= high:
        return found
    return Missing(
        "implausible",
        f"Came out as {found.value:.4g} {entry.unit}, and feet have {low:g} to {high:g}: something is "
        "wrong with the scan here.",
    )


def _index(measure_id: str, readings: Mapping[str, Reading]) -> Reading:
    """A ratio of two measures already taken."""
    above, below = (readings[i] for i in BY_ID[measure_id].from_measures)
    for part in (above, below):
        if isinstance(part, Missing):
            return part
    assert isinstance(above, Quantity)
    assert isinstance(below, Quantity)
    return propagate(lambda a, b: a / b, above, below, unit="ratio")


@dataclass(frozen=True, slots=True)
class _Scan:
    """What this scan adds to the error of everything measured on it (95 %, mm).

    ``surface``: of one place on it, noise and the sag of coarse triangles. ``tip``: the same at the narrow
    tip of a toe. ``floor``: of the height of the floor. ``filled``: the sole was closed by a plane;
    ``sole_seen``: there is a sole at all.
    """

    surface: float
    tip: float
    floor: float
    filled: bool
    sole_seen: bool

    @staticmethod
    def of(foot: Foot) -> _Scan:
        """A chord of length h cuts h^2 / (8 R) off a surface of radius R."""
        noise, spacing = foot.quality.noise_mm, foot.quality.spacing_mm
        heel_sag, toe_sag = spacing**2 / (8.0 * _HEEL_RADIUS), spacing**2 / (8.0 * _TOE_RADIUS)
        codes = {why.code for why in foot.unsupported.values()}
        return _Scan(
            surface=combine_u95([noise, heel_sag, _LEAST_U95]),
            tip=combine_u95([noise, toe_sag, _LEAST_U95]),
            floor=_NO_SOLE_FLOOR if "sole_not_seen" in codes else 0.0,
            filled="sole_filled_flat" in codes,
            sole_seen="sole_not_seen" not in codes,
        )


_HEEL_RADIUS, _TOE_RADIUS = 15.0, 3.0  # mm: the sharpest curves of a heel and of a toe's tip
_LEAST_U95 = 0.25  # mm: of the measuring itself, on fine clean constructed feet
# Without a sole the floor is taken from the lowest edge of what was seen: up to 7 mm too high when the sides
# were cut 10 mm up, on constructed feet, and a tape misses 12 mm.
_NO_SOLE_FLOOR = 7.5
_NO_SOLE_GIRTH = 12.0


def _take(
    foot: Foot, views: Views, landmarks: Mapping[str, Landmark | Missing], scan: _Scan
) -> dict[str, _Reading | Missing]:
    return (
        _lengths_and_breadths(views, landmarks, scan)
        | _heights(landmarks, scan)
        | _girths(views, landmarks, scan)
        | _angles(views, landmarks)
        | _print(views, landmarks, foot.load)
    )


def _u95_of(landmarks: Mapping[str, Landmark | Missing], *names: str) -> list[float]:
    """The errors of place of those landmarks that were found."""
    return [mark.u95 for name in names if isinstance(mark := landmarks[name], Landmark)]


def _lengths_and_breadths(
    views: Views, landmarks: Mapping[str, Landmark | Missing], scan: _Scan
) -> dict[str, _Reading | Missing]:
    ends = _u95_of(landmarks, "pternion", "acropodion")
    sides = _u95_of(landmarks, "heel_medial", "heel_lateral")
    widest = float(heel_widths(views)[1].max())
    out: dict[str, _Reading | Missing] = {
        "foot_length": _Reading(views.length, combine_u95([scan.surface, scan.tip, *ends])),
        "heel_breadth": _Reading(widest, combine_u95([scan.surface, scan.surface, *sides])),
    }
    tibiale, fibulare = landmarks["metatarsale_tibiale"], landmarks["metatarsale_fibulare"]
    if isinstance(tibiale, Landmark):
        out["ball_length"] = _Reading(tibiale.x, combine_u95([scan.surface, tibiale.u95]))
    if isinstance(fibulare, Landmark):
        out["outer_ball_length"] = _Reading(fibulare.x, combine_u95([scan.surface, fibulare.u95]))
    if isinstance(tibiale, Landmark) and isinstance(fibulare, Landmark):
        out["ball_breadth"] = _Reading(
            tibiale.y - fibulare.y,
            combine_u95([scan.surface] * 2 + [_BREADTH_PER_LANDMARK * m.u95 for m in (tibiale, fibulare)]),
        )
    return out


_HEIGHTS = {
    "instep_height": "dorsum_50",
    "navicular_height": "navicular",
    "arch_height": "arch_apex",
    "medial_malleolus_height": "medial_malleolus",
}


def _heights(landmarks: Mapping[str, Landmark | Missing], scan: _Scan) -> dict[str, _Reading | Missing]:
    out: dict[str, _Reading | Missing] = {}
    for measure_id, name in _HEIGHTS.items():
        mark = landmarks[name]
        if isinstance(mark, Missing):
            out[measure_id] = mark
        else:
            out[measure_id] = _Reading(
                mark.z, combine_u95([scan.surface, scan.surface, scan.floor, mark.u95])
            )
    return out


# A sole filled flat is wider than the hollow it hides: 8 to 10 mm of girth on constructed feet.
_FILLED_GIRTH = 10.0  # mm
# A tape over a hole lies lower by up to this share of the hole's width, and a landmark set wrong along the
# foot turns the tape's plane: this share of its error goes into the girth. Both from constructed feet.
_GIRTH_PER_HOLE, _GIRTH_PER_LANDMARK = 0.8, 0.2
_BREADTH_PER_LANDMARK = 0.1  # of a landmark's error along the foot, in the breadth


def _girths(
    views: Views, landmarks: Mapping[str, Landmark | Missing], scan: _Scan
) -> dict[str, _Reading | Missing]:
    up, side, forward = np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])
    heights = hole_heights(views.length, sole_seen=scan.sole_seen)
    # A tape lies on the outermost points: noise and error of the surface enter all around.
    around = [2.0 * np.pi * scan.surface]
    around += [_FILLED_GIRTH] if scan.filled else []
    around += [] if scan.sole_seen else [_NO_SOLE_GIRTH]
    middle = np.array([0.5 * views.length, 0.0, 0.0])
    section = cut(views.mesh, middle, forward)
    # A leg may lean over the middle of the foot: the tape goes around the foot alone.
    section = section[section[:, 2] < table("scan/feet.toml")["likeness"]["leg"] * views.length]
    hole = _GIRTH_PER_HOLE * gap_along(views.mesh, middle, forward, heights)
    instep = girth(section, middle, side, up)[0]
    out = {"instep_girth": _girth_reading(instep, combine_u95([*around, hole]))}
    tibiale, fibulare = landmarks["metatarsale_tibiale"], landmarks["metatarsale_fibulare"]
    if isinstance(tibiale, Landmark) and isinstance(fibulare, Landmark):
        across = np.array([tibiale.x - fibulare.x, tibiale.y - fibulare.y, 0.0])
        across /= np.linalg.norm(across)
        start, normal = np.array([fibulare.x, fibulare.y, 0.0]), np.cross(across, up)
        hole = _GIRTH_PER_HOLE * gap_along(views.mesh, start, normal, heights)
        turned = [_GIRTH_PER_LANDMARK * mark.u95 for mark in (tibiale, fibulare)]
        ball = girth(cut(views.mesh, start, normal), start, across, up)[0]
        out["ball_girth"] = _girth_reading(ball, combine_u95([*around, hole, *turned]))
    return out


def _girth_reading(value: float, u95: float) -> _Reading | Missing:
    if not np.isfinite(value):
        return Missing("section_not_seen", "The scan has no surface to lay a tape around here.")
    return _Reading(value, u95)


def _angles(views: Views, landmarks: Mapping[str, Landmark | Missing]) -> dict[str, _Reading | Missing]:
    tibiale = landmarks["metatarsale_tibiale"]
    out: dict[str, _Reading | Missing] = {"rearfoot_angle": rearfoot_angle(views)}
    if isinstance(tibiale, Landmark):
        tip = landmarks["great_toe_tip"]
        end = tip.x if isinstance(tip, Landmark) else views.length
        out["hallux_outline_angle"] = _hallux_angle(views, tibiale, end)
    return out


def _hallux_angle(views: Views, tibiale: Landmark, toe_end: float) -> _Reading:
    """Medial tangent of heel and ball against the medial border of the great toe; valgus positive (deg)."""
    heel, ball = medial_tangent(views, tibiale)
    tangent = np.arctan2(ball[1] - heel[1], ball[0] - heel[0])
    toe = toe_end - tibiale.x
    inner = views.inner
    near = (inner.rows > tibiale.x + 0.25 * toe) & (inner.rows < tibiale.x + 0.75 * toe)
    x, y = inner.rows[near], inner.depth[near]
    slope = np.polyfit(x, y, 1)[0]
    # A curved border has no one direction: how far its halves differ goes into the error.
    half = len(x) // 2
    bend = np.polyfit(x[:half], y[:half], 1)[0] - np.polyfit(x[half:], y[half:], 1)[0]
    angle = float(np.degrees(tangent - np.arctan(slope)))
    bent = _ANGLE_PER_BEND * float(np.degrees(np.arctan(abs(bend))))
    placed = float(np.degrees(np.arctan(_TURN_PER_LANDMARK * tibiale.u95 / toe)))
    return _Reading(angle, combine_u95([_ANGLE_U95, bent, placed]))


# 95 % errors of an angle (deg) on clean constructed feet, and the share of a border's bend that goes into it.
_ANGLE_U95, _ANGLE_PER_BEND = 1.0, 0.15
_TURN_PER_LANDMARK = 0.5  # of the ball's error along the foot, across the big toe's length


def rearfoot_angle(views: Views) -> _Reading | Missing:
    """Lean of the midline of the heel seen from behind; everted positive (deg)."""
    length = views.length
    corners = views.mesh.corners
    low, high = 0.08 * length, 0.20 * length
    rear = corners[(least(corners[..., 0]) < 0.15 * length) & (least(corners[..., 2]) < high)]
    if len(rear) < 20:
        return Missing("heel_not_seen", "The back of the heel was not recorded.")
    within = (0.0, 0.15 * length), (low, high)
    inner = depth_map(rear, "medial", CELL).between(*within)
    outer = depth_map(rear, "lateral", CELL).between(*within)
    z = inner.columns
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a line across a hole sees nothing: NaN is right
        middle = 0.5 * (np.nanmax(inner.depth, axis=0) + np.nanmin(outer.depth, axis=0))
    seen = np.isfinite(middle)
    if seen.sum() < 10:
        return Missing("heel_not_seen", "The back of the heel was not recorded.")
    z, middle = z[seen], middle[seen]
    slope, offset = np.polyfit(z, middle, 1)
    residual = float(np.std(middle - (slope * z + offset)))
    return _Reading(
        float(np.degrees(np.arctan(slope))), combine_u95([_ANGLE_U95, np.degrees(residual / (high - low))])
    )


def _print(
    views: Views, landmarks: Mapping[str, Landmark | Missing], load: Load
) -> dict[str, _Reading | Missing]:
    """Indices of the print from shape; the contact threshold's effect goes into their error."""
    tibiale, fibulare = landmarks["metatarsale_tibiale"], landmarks["metatarsale_fibulare"]
    why = Missing("no_contact_print", "No contact print can be read from this scan.")
    ids = ("arch_index", "chippaux_smirak_index", "staheli_index")
    if load == "unloaded" or not (isinstance(tibiale, Landmark) and isinstance(fibulare, Landmark)):
        return dict.fromkeys(ids, why)
    at = {
        mm: print_indices(footprint(views.sole, tibiale, fibulare, views.length, mm))
        for mm in (CONTACT_BAND_MM[0], CONTACT_MM, CONTACT_BAND_MM[1])
    }
    if any(found is None for found in at.values()):
        return dict.fromkeys(ids, why)
    out: dict[str, _Reading | Missing] = {}
    for measure_id in ids:
        low, middle, high = (getattr(found, measure_id) for found in at.values())
        out[measure_id] = _Reading(middle, 0.5 * abs(high - low))
    return out


# -- kinds of scans, and their scale ------------------------------------------------------------------------


def _widened(reading: _Reading, extra_u95: float) -> _Reading:
    """With what the kind of scan adds to the error."""
    return replace(reading, known_u95=combine_u95([reading.known_u95, extra_u95]))


_NO_SCALE = Missing("no_scale", "The file has no usable scale: give the foot's length with --foot-length MM.")


def _at_scale(foot: Foot, readings: dict[str, Reading]) -> dict[str, Reading]:
    """Lengths with the error of the scale, or without any where the scale is unknown.

    A ratio or an angle needs no scale, but some are read at thresholds in mm: there, what changes when the
    foot is as much larger or smaller as feet are goes into the error.
    """
    if foot.scale_u95 is None:
        spread = table("scan/feet.toml")["length"]["spread"]
        others = [_measured_at(foot, 1.0 + way * spread) for way in (-1.0, 1.0)]
        return {i: _without_scale(i, reading, others) for i, reading in readings.items()}
    return {i: _with_scale_error(reading, foot.scale_u95) for i, reading in readings.items()}


def _with_scale_error(reading: Reading, scale_u95: float) -> Reading:
    if isinstance(reading, Missing) or reading.unit != "mm" or scale_u95 == 0.0:
        return reading
    return replace(reading, u95=combine_u95([reading.u95, scale_u95 * abs(reading.value)]))


def _without_scale(measure_id: str, reading: Reading, others: list[Mapping[str, Reading]]) -> Reading:
    if isinstance(reading, Missing):
        return reading
    if reading.unit == "mm":
        return _NO_SCALE
    moved = [abs(o.value - reading.value) for at in others if isinstance(o := at[measure_id], Quantity)]
    return replace(reading, u95=combine_u95([reading.u95, max(moved, default=0.0)]))


def _measured_at(foot: Foot, factor: float) -> Mapping[str, Reading]:
    """The readings of the same foot at ``factor`` times its nominal size."""
    larger = foot.mesh.moved(np.eye(3), np.zeros(3), factor)
    return measure(replace(foot, mesh=larger, scale_u95=0.0)).measurements.readings
