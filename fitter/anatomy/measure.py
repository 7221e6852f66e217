"""Takes every measure of the registry from a posed foot, each with its uncertainty.

The stated uncertainty combines what this scan lets us know (noise, coarseness, how well a landmark can be
placed) with the published error of the definition on real feet (registry).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fitter.anatomy.footprint import footprint, print_indices
from fitter.anatomy.landmarks import CELL, Landmark, Views, find_landmarks, heel_widths, medial_tangent
from fitter.anatomy.measures import BY_ID, CONTACT_BAND_MM, CONTACT_MM, REGISTRY
from fitter.anatomy.sections import cut, girth
from fitter.errors import FitterError
from fitter.measurements import Load, Measurements
from fitter.quantity import Missing, Quantity, Reading, combine_u95, propagate
from fitter.resources import table
from fitter.scan.depth import depth_map, least
from fitter.scan.foot import Foot

_PAIR = Missing("needs_two_loads", "Needs the same foot captured sitting and standing.")


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
    landmarks = find_landmarks(views)
    raw = _take(foot, views, landmarks)
    readings: dict[str, Reading] = {}
    for entry in REGISTRY:
        reading = foot.unsupported.get(entry.id) or raw.get(entry.id)
        if entry.kind == "pair":
            readings[entry.id] = _PAIR
        elif entry.from_measures:
            readings[entry.id] = _index(entry.id, readings)
        elif isinstance(reading, _Reading):
            readings[entry.id] = _with_definition(entry.id, reading)
        else:
            readings[entry.id] = reading or Missing("not_found", "Could not be found on this scan.")
    _refuse_proportions(readings)
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


def _index(measure_id: str, readings: Mapping[str, Reading]) -> Reading:
    """A ratio of two measures already taken."""
    above, below = (readings[i] for i in BY_ID[measure_id].from_measures)
    for part in (above, below):
        if isinstance(part, Missing):
            return part
    assert isinstance(above, Quantity)
    assert isinstance(below, Quantity)
    return propagate(lambda a, b: a / b, above, below, unit="ratio")


def _take(
    foot: Foot, views: Views, landmarks: Mapping[str, Landmark | Missing]
) -> dict[str, _Reading | Missing]:
    surface = _surface_u95(foot)
    return (
        _lengths_and_breadths(views, landmarks, surface)
        | _heights(landmarks, surface)
        | _girths(views, landmarks, surface, "arch_height" in foot.unsupported)
        | _angles(views, landmarks)
        | _print(views, landmarks, foot.load)
    )


def _surface_u95(foot: Foot) -> float:
    """95 % error of one place on the surface after smoothing (mm): noise, and the sag of coarse triangles.

    A chord of length h cuts h^2 / (8 R) off a surface of radius R; toes and heels have R of about 15 mm.
    """
    sag = foot.quality.spacing_mm**2 / (8.0 * 15.0)
    return combine_u95([1.0 * foot.quality.noise_mm, sag, 0.25])


def _lengths_and_breadths(
    views: Views, landmarks: Mapping[str, Landmark | Missing], surface: float
) -> dict[str, _Reading | Missing]:
    out: dict[str, _Reading | Missing] = {
        "foot_length": _Reading(views.length, combine_u95([surface, surface])),
        "heel_breadth": _Reading(float(heel_widths(views)[1].max()), combine_u95([surface, surface])),
    }
    tibiale, fibulare = landmarks["metatarsale_tibiale"], landmarks["metatarsale_fibulare"]
    if isinstance(tibiale, Landmark):
        out["ball_length"] = _Reading(tibiale.x, combine_u95([surface, tibiale.u95]))
    if isinstance(fibulare, Landmark):
        out["outer_ball_length"] = _Reading(fibulare.x, combine_u95([surface, fibulare.u95]))
    if isinstance(tibiale, Landmark) and isinstance(fibulare, Landmark):
        out["ball_breadth"] = _Reading(tibiale.y - fibulare.y, combine_u95([surface, surface, 0.25]))
    return out


_HEIGHTS = {
    "instep_height": "dorsum_50",
    "navicular_height": "navicular",
    "arch_height": "arch_apex",
    "medial_malleolus_height": "medial_malleolus",
}


def _heights(landmarks: Mapping[str, Landmark | Missing], surface: float) -> dict[str, _Reading | Missing]:
    out: dict[str, _Reading | Missing] = {}
    for measure_id, name in _HEIGHTS.items():
        mark = landmarks[name]
        out[measure_id] = (
            mark if isinstance(mark, Missing) else _Reading(mark.z, combine_u95([surface, surface, mark.u95]))
        )
    return out


_FILLED_GIRTH = 10.0  # mm


def _girths(
    views: Views, landmarks: Mapping[str, Landmark | Missing], surface: float, filled: bool
) -> dict[str, _Reading | Missing]:
    up, side = np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0])
    # A tape lies on the outermost points: noise and error of the surface enter all around.
    # A sole filled flat is wider than the hollow it hides: 8 to 10 mm of girth on constructed feet.
    around = combine_u95([2.0 * np.pi * surface, _FILLED_GIRTH if filled else 0.0])
    middle = np.array([0.5 * views.length, 0.0, 0.0])
    section = cut(views.mesh, middle, np.array([1.0, 0.0, 0.0]))
    # A leg may lean over the middle of the foot: the tape goes around the foot alone.
    section = section[section[:, 2] < table("scan/feet.toml")["likeness"]["leg"] * views.length]
    instep, _ = girth(section, middle, side, up)
    out = {"instep_girth": _girth_reading(instep, around)}
    tibiale, fibulare = landmarks["metatarsale_tibiale"], landmarks["metatarsale_fibulare"]
    if isinstance(tibiale, Landmark) and isinstance(fibulare, Landmark):
        across = np.array([tibiale.x - fibulare.x, tibiale.y - fibulare.y, 0.0])
        across /= np.linalg.norm(across)
        start = np.array([fibulare.x, fibulare.y, 0.0])
        ball, _ = girth(cut(views.mesh, start, np.cross(across, up)), start, across, up)
        # Where along the foot the landmarks are set shifts and turns the plane: a fifth goes into the girth.
        out["ball_girth"] = _girth_reading(ball, combine_u95([around, 0.2 * tibiale.u95, 0.2 * fibulare.u95]))
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
    angle = np.degrees(tangent - np.arctan(slope))
    return _Reading(float(angle), combine_u95([1.0, 0.15 * float(np.degrees(np.arctan(abs(bend))))]))


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
        float(np.degrees(np.arctan(slope))), combine_u95([1.0, np.degrees(residual / (high - low))])
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
