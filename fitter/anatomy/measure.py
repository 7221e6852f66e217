"""Takes every measure of the registry from a posed foot, each with its uncertainty.

The stated uncertainty combines what this scan lets us know (noise, coarseness, how well a landmark can be
placed) with the published error of the definition on real feet (registry).
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from fitter.anatomy.doubts import Doubts, known_u95
from fitter.anatomy.footprint import footprint, print_indices
from fitter.anatomy.gaps import Gaps
from fitter.anatomy.indices import index_of
from fitter.anatomy.landmarks import (
    AT_END_U95,
    CELL,
    Landmark,
    Views,
    find_landmarks,
    medial_tangent,
)
from fitter.anatomy.measures import BY_HAND_U95, BY_ID, CONTACT_BAND_MM, CONTACT_MM, REGISTRY, Measure
from fitter.anatomy.sections import cut, girth
from fitter.errors import FitterError
from fitter.measurements import NEEDS_TWO_LOADS, Load, Measurements
from fitter.quantity import Missing, Quantity, Reading, combine_u95
from fitter.resources import table
from fitter.saying import say
from fitter.scan.depth import depth_map, least
from fitter.scan.foot import Foot


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Measurements of a foot, the landmarks they hang on, and what is doubtful about each measure taken."""

    measurements: Measurements
    landmarks: Mapping[str, Landmark | Missing]
    doubts: Mapping[str, Doubts]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A value, what is doubtful about it, and further independent parts of its 95 % error (in its unit):
    those that the scan lets us know, and those that belong to the definition."""

    value: float
    doubts: Doubts
    further: tuple[float, ...] = ()
    of_definition: tuple[float, ...] = ()
    basis: str = ""
    marked: bool = False  # by hand: then its place is as sure as the hand that set it


def measure(foot: Foot, seen: Views | None = None) -> Measured:
    """Every measure of one foot. ``seen`` are its views, made before; taken where they still hold."""
    by_hand = {
        name: Landmark(float(x), float(y), float(z), BY_HAND_U95, by_hand=True)
        for name, (x, y, z) in foot.marks.items()
    }
    tip = by_hand.get("acropodion")
    views = seen if seen is not None and _holds(seen, foot, tip) else Views.of(foot.mesh, tip)
    codes = {why.code for why in foot.unsupported.values()}
    gaps = Gaps.of(foot, views.length, sole_seen="sole_not_seen" not in codes)
    landmarks = find_landmarks(views, gaps, by_hand)
    raw = _Taking(views, landmarks, gaps, Doubts.of(foot), frozenset(codes), foot.load).everything()
    readings: dict[str, Reading] = {}
    for entry in REGISTRY:
        reading = foot.unsupported.get(entry.id) or raw.get(entry.id)
        if entry.kind == "pair":
            readings[entry.id] = NEEDS_TWO_LOADS
        elif entry.from_measures:
            readings[entry.id] = index_of(entry.id, readings)
        elif isinstance(reading, _Reading):
            known = _widened(reading, foot.extra_u95.get(entry.id, 0.0), _of_kind(entry.id, codes))
            readings[entry.id] = _plausible(entry, _with_definition(entry.id, known))
        else:
            readings[entry.id] = reading or Missing("not_found", "Could not be found on this scan.")
    _refuse_proportions(readings, foot.marks.keys())
    doubts = {i: reading.doubts for i, reading in raw.items() if isinstance(reading, _Reading)}
    readings = _at_scale(foot, readings)
    return Measured(Measurements(foot.side, foot.load, "scan", readings), landmarks, doubts)


def _holds(seen: Views, foot: Foot, tip: Landmark | None) -> bool:
    """Whether views made before show this surface, with its toes ending where they do."""
    return seen.mesh is foot.mesh and (seen.tip == tip if tip is not None else not seen.tip.by_hand)


def taken_like(foot: Foot, measure_id: str, value: float, *, hole: float = 0.0) -> Reading:
    """A length (mm) taken on a foot in the way of a measure but at another place, as sure as that measure
    with a ``hole`` (width, mm) where it was taken."""
    why = foot.unsupported.get(measure_id)
    if why is not None:
        return why
    codes = {missing.code for missing in foot.unsupported.values()}
    reading = _Reading(value, Doubts.of(foot).at(hole=hole))
    known = _widened(reading, foot.extra_u95.get(measure_id, 0.0), _of_kind(measure_id, codes))
    if foot.scale_u95 is None:
        return _NO_SCALE
    return _with_scale_error(_with_definition(measure_id, known), foot.scale_u95)


def _refuse_proportions(readings: Mapping[str, Reading], by_hand: Collection[str]) -> None:
    """A shoe last can pass for a foot until it is measured. Where landmarks set ``by_hand`` have a part in
    it, they are what is wrong."""
    for belief in table("scan/feet.toml")["proportion"]:
        part, whole = readings[belief["of"]], readings[belief["to"]]
        if isinstance(part, Missing) or isinstance(whole, Missing):
            continue
        share, (least_share, most_share) = part.value / whole.value, belief["range"]
        unsure = part.u95 / whole.value  # a ball that is hard to find (sock, no sole) makes no last of a foot
        if not least_share - unsure <= share <= most_share + unsure:
            own = [mark for i in (belief["of"], belief["to"]) for mark in BY_ID[i].landmarks]
            marks = [mark for mark in (*own, *_OF_THE_FRAME) if mark in by_hand]
            if marks:
                raise FitterError(
                    say(
                        "with the landmark {marks} where it was set, {name} is {share:.0f} % of {name2}, in "
                        "feet it is {least_share:.0f} to {most_share:.0f} %",
                        marks=marks[0],
                        name=BY_ID[belief["of"]].name.lower(),
                        share=100 * share,
                        name2=BY_ID[belief["to"]].name.lower(),
                        least_share=100 * least_share,
                        most_share=100 * most_share,
                    ),
                    todo="Set the landmark again, or leave it out",
                    code="landmark_misplaced",
                )
            raise FitterError(
                say(
                    "this has not the proportions of a foot: {name} is {share:.0f} % of {name2}, in feet "
                    "it is {least_share:.0f} to {most_share:.0f} %",
                    name=BY_ID[belief["of"]].name.lower(),
                    share=100 * share,
                    name2=BY_ID[belief["to"]].name.lower(),
                    least_share=100 * least_share,
                    most_share=100 * most_share,
                ),
                todo="Check that the file holds one whole bare foot and nothing else",
                code="not_a_foot",
            )


# Landmarks that every other place on the foot hangs on.
_OF_THE_FRAME = ("pternion", "acropodion", "second_toe_tip")


def _with_definition(measure_id: str, reading: _Reading) -> Quantity:
    """The stated quantity: what the scan lets us know, and the published error of definition and scanner."""
    entry = BY_ID[measure_id]
    by_hand = (BY_HAND_U95,) if reading.marked else ()
    known = known_u95(measure_id, reading.doubts, *reading.further, *by_hand)
    published = [entry.definition_u95, entry.definition_u95_percent / 100.0 * abs(reading.value)]
    if reading.marked and entry.marked_u95:
        published = [entry.marked_u95]
    u95 = combine_u95([known, *published, *reading.of_definition])
    return Quantity(reading.value, u95, entry.unit, known, reading.basis)


def _plausible(entry: Measure, found: Quantity) -> Reading:
    """What came out beyond anything a foot has is an error, and not told as a number."""
    low, high = entry.plausible
    if low <= found.value <= high:
        return found
    return Missing(
        "implausible",
        say(
            "Came out as {value:.4g} {unit}, and feet have {low:g} to {high:g}: something is "
            "wrong with the scan here.",
            value=found.value,
            unit=entry.unit,
            low=low,
            high=high,
        ),
    )


# What a whole foot that shows no sole, or a false one, adds to the 95 % error (mm, deg), by the code of what
# it lacks: about the 95th percentile on constructed feet of both families, 40 of each kind.
# Without a sole the floor is taken from the lowest edge of what was seen, which lies too high by as much as
# is lost (3 to 12 mm), and so does the part of the heel whose lean is read; toe tips and ball go with it.
# A sole filled flat is wider than the hollow it hides, and a tape around it longer.
_OF_KIND: Mapping[str, Mapping[str, float]] = {
    "sole_not_seen": {
        "foot_length": 6.0,
        "ball_length": 2.5,
        "outer_ball_length": 8.0,
        "ball_breadth": 2.7,
        "heel_breadth": 2.2,
        "instep_height": 11.5,
        "navicular_height": 11.5,
        "ball_girth": 20.0,
        "instep_girth": 10.0,
        "hallux_outline_angle": 2.0,
        "rearfoot_angle": 8.5,
    },
    "sole_filled_flat": {
        "ball_breadth": 2.0,
        "instep_height": 0.7,
        "navicular_height": 0.7,
        "ball_girth": 16.0,
        "instep_girth": 17.5,
    },
}


def _of_kind(measure_id: str, codes: Collection[str]) -> float:
    return combine_u95([_OF_KIND[code].get(measure_id, 0.0) for code in codes if code in _OF_KIND])


_HEIGHTS = {
    "instep_height": "dorsum_50",
    "navicular_height": "navicular",
    "arch_height": "arch_apex",
    "medial_malleolus_height": "medial_malleolus",
}
_PRINT = ("arch_index", "chippaux_smirak_index", "staheli_index")


@dataclass(frozen=True, slots=True, eq=False)
class _Taking:
    """One foot while it is measured; ``codes`` tell why some measures are not supported."""

    views: Views
    landmarks: Mapping[str, Landmark | Missing]
    gaps: Gaps
    doubts: Doubts
    codes: frozenset[str]
    load: Load

    def everything(self) -> dict[str, _Reading | Missing]:
        """Every measure that is taken from the surface; those made from other measures come later."""
        return self.lengths() | self.widths() | self.heights() | self.girths() | self.angles() | self.print()

    def _found(self, *names: str) -> list[Landmark] | Missing:
        """The landmarks, or why the first of those that are missing is."""
        marks = [self.landmarks[name] for name in names]
        lost = next((mark for mark in marks if isinstance(mark, Missing)), None)
        return lost or [mark for mark in marks if isinstance(mark, Landmark)]

    def _hole(self, *marks: Landmark) -> float:
        """Width (mm) of the widest hole at these landmarks; one set by hand was seen by a person."""
        return max((self.gaps.at(mark.point) for mark in marks if not mark.by_hand), default=0.0)

    def _toes_lost(self) -> float:
        """Width (mm) of a hole in which the foremost toe may have been lost."""
        return self.gaps.beyond(0.93 * self.views.length)

    def lengths(self) -> dict[str, _Reading | Missing]:
        """Along the foot, from the pternion (mm)."""
        views, pternion = self.views, self.landmarks["pternion"]
        heel = self._hole(pternion) if isinstance(pternion, Landmark) else 0.0
        out: dict[str, _Reading | Missing] = {
            "foot_length": _Reading(
                views.length,
                self.doubts.at(hole=max(heel, self._toes_lost())),
                marked=views.tip.by_hand or _by_hand(pternion),
            )
        }
        for measure_id, name in (
            ("ball_length", "metatarsale_tibiale"),
            ("outer_ball_length", "metatarsale_fibulare"),
        ):
            mark = self.landmarks[name]
            if isinstance(mark, Landmark):
                doubts = self.doubts.at(hole=max(heel, self._hole(mark)), place=_straight(mark))
                out[measure_id] = _Reading(mark.x, doubts, _at_end(1.0, mark), marked=mark.by_hand)
            else:
                out[measure_id] = mark
        return out

    def widths(self) -> dict[str, _Reading | Missing]:
        """Across the foot, between two landmarks each (mm)."""
        out: dict[str, _Reading | Missing] = {}
        for measure_id, names in (
            ("ball_breadth", ("metatarsale_tibiale", "metatarsale_fibulare")),
            ("heel_breadth", ("heel_medial", "heel_lateral")),
        ):
            found = self._found(*names)
            if isinstance(found, Missing):
                out[measure_id] = found
            else:
                doubts, further = self.doubts.at(hole=self._hole(*found)), _at_end(_SLOPE, *found)
                marked = any(map(_by_hand, found))
                out[measure_id] = _Reading(found[0].y - found[1].y, doubts, further, marked=marked)
        return out

    def heights(self) -> dict[str, _Reading | Missing]:
        """Above the floor, each of one landmark (mm)."""
        out: dict[str, _Reading | Missing] = {}
        for measure_id, name in _HEIGHTS.items():
            mark = self.landmarks[name]
            if isinstance(mark, Missing):
                out[measure_id] = mark
                continue
            hole = self._hole(mark)
            if measure_id == "instep_height":
                # Half the length is half as uncertain as the length, and the dorsum falls away there.
                hole = max(hole, 0.5 * self._toes_lost())
            doubts = self.doubts.at(hole=hole, place=mark.along)
            out[measure_id] = _Reading(mark.z, doubts, marked=mark.by_hand)
        return out

    def girths(self) -> dict[str, _Reading | Missing]:
        """A tape around the ball and around the middle (mm): the convex hull of a section."""
        views, up = self.views, np.array([0.0, 0.0, 1.0])
        middle, forward = np.array([0.5 * views.length, 0.0, 0.0]), np.array([1.0, 0.0, 0.0])
        section = cut(views.mesh, middle, forward)
        # A leg may lean over the middle of the foot: the tape goes around the foot alone.
        section = section[section[:, 2] < table("scan/feet.toml")["likeness"]["leg"] * views.length]
        around = girth(section, middle, np.array([0.0, 1.0, 0.0]), up)[0]
        doubts = self.doubts.at(hole=max(self.gaps.along(middle, forward), 0.5 * self._toes_lost()))
        out = {"instep_girth": _girth_reading(around, doubts)}
        found = self._found("metatarsale_tibiale", "metatarsale_fibulare")
        if isinstance(found, Missing):
            return out | {"ball_girth": found}
        inner, outer = found
        across = np.array([inner.x - outer.x, inner.y - outer.y, 0.0])
        across /= np.linalg.norm(across)
        start, normal = np.array([outer.x, outer.y, 0.0]), np.cross(across, up)
        around = girth(cut(views.mesh, start, normal), start, across, up)[0]
        doubts = self.doubts.at(hole=self.gaps.along(start, normal), place=_straight(inner, outer))
        further = _at_end(_GIRTH_PER_BREADTH * _SLOPE, inner, outer)
        return out | {"ball_girth": _girth_reading(around, doubts, further)}

    def angles(self) -> dict[str, _Reading | Missing]:
        """Great toe and heel (deg); how straight the lines are that they lie between is their doubt."""
        lean = rearfoot_angle(self.views)
        out: dict[str, _Reading | Missing] = {}
        if isinstance(lean, Missing):
            out["rearfoot_angle"] = lean
        else:
            sides = self._found("heel_medial", "heel_lateral")
            hole = 0.0 if isinstance(sides, Missing) else self._hole(*sides)
            out["rearfoot_angle"] = _Reading(lean[0], self.doubts.at(hole=hole, place=lean[1]))
        tibiale, tip = self.landmarks["metatarsale_tibiale"], self.landmarks["great_toe_tip"]
        for mark in (tibiale, tip):
            if isinstance(mark, Missing):
                return out | {"hallux_outline_angle": mark}
        assert isinstance(tibiale, Landmark)
        assert isinstance(tip, Landmark)
        border = _hallux_angle(self.views, tibiale, tip.x)
        if isinstance(border, Missing):
            return out | {"hallux_outline_angle": border}
        angle, bend = border
        hole = max(self._hole(tibiale), self._toes_lost())
        return out | {"hallux_outline_angle": _Reading(angle, self.doubts.at(hole=hole, place=bend))}

    def _from_outline(self, measure_id: str, outline: float) -> _Reading:
        """An index of the print estimated from the outline of a sole that the scanner filled flat."""
        wider, u95 = _OUTLINE_WIDER[measure_id]
        return _Reading(max(outline - wider, 0.0), self.doubts, further=(u95,), basis="outline")

    def print(self) -> dict[str, _Reading | Missing]:
        """Indices of the print from shape; the contact threshold's effect belongs to the definition."""
        why = Missing("no_contact_print", "No contact print can be read from this scan.")
        found = self._found("metatarsale_tibiale", "metatarsale_fibulare")
        if self.load == "unloaded" or isinstance(found, Missing):
            return dict.fromkeys(_PRINT, why)
        low, middle, high = (
            print_indices(footprint(self.views.sole, found[0], found[1], self.views.length, mm))
            for mm in (CONTACT_BAND_MM[0], CONTACT_MM, CONTACT_BAND_MM[1])
        )
        if low is None or middle is None or high is None:
            return dict.fromkeys(_PRINT, why)
        if "sole_filled_flat" in self.codes:
            return {i: self._from_outline(i, getattr(middle, i)) for i in _PRINT}
        doubts = self.doubts.at(hole=self.gaps.below(_PRINT_REACH))
        length = self.views.length
        narrowest = self.gaps.below(_PRINT_REACH, *(share * length for share in _ISTHMUS))
        return {
            i: _Reading(
                getattr(middle, i),
                doubts,
                further=(narrowest * _OF_ISTHMUS.get(i, 0.0),),
                of_definition=(0.5 * abs(getattr(high, i) - getattr(low, i)),),
            )
            for i in _PRINT
        }


# Outlines of ordinary balls are straight over this much (mm, half the stretch; 90 in 100 constructed feet);
# one that is straighter, in a sock or a thin cloud, hides where the ball is.
_USUALLY_STRAIGHT = 6.0


def _straight(*marks: Landmark) -> float:
    """By how much (mm) the outlines at landmarks are straighter than those of ordinary feet."""
    return max(sum(mark.along for mark in marks) - len(marks) * _USUALLY_STRAIGHT, 0.0)


# Where the place looked for is the end of the stretch it was looked for in, the outline runs 15 degrees off
# the axis and not along it: so much breadth for each mm of place. A tape is 2.5 times a ball's breadth.
_SLOPE, _GIRTH_PER_BREADTH = 0.27, 2.5


def _at_end(share: float, *marks: Landmark) -> tuple[float, ...]:
    """What it adds to a measure's 95 % error that landmarks were found where the search for them ended."""
    return tuple(share * AT_END_U95 for mark in marks if mark.at_end)


def _by_hand(mark: Landmark | Missing) -> bool:
    return isinstance(mark, Landmark) and mark.by_hand


# What a sole filled flat shows is the outline of what the scanner took for sole, and wider than a print: by
# so much (mean, and 95 % of the deviations from it), on 24 constructed feet filled 8, 12 and 16 mm deep.
# Three times the depth made three times the difference, and how deep a scanner fills isn't known.
_OUTLINE_WIDER = {
    "arch_index": (0.073, 0.093),
    "chippaux_smirak_index": (20.7, 15.9),
    "staheli_index": (0.229, 0.236),
}

# Where the print is narrowest a hole has its whole effect: for each mm of it at most so much, with a hole of
# 24 mm under the lateral midfoot of constructed feet.
_ISTHMUS = (0.28, 0.56)  # of length
_OF_ISTHMUS = {"chippaux_smirak_index": 0.15, "staheli_index": 0.0025}
_PRINT_REACH = 6.0  # mm above the floor: a hole lower than this may have taken some of the print


def _girth_reading(value: float, doubts: Doubts, further: tuple[float, ...] = ()) -> _Reading | Missing:
    if not np.isfinite(value):
        return Missing("section_not_seen", "The scan has no surface to lay a tape around here.")
    return _Reading(value, doubts, further)


def _hallux_angle(views: Views, tibiale: Landmark, toe_end: float) -> tuple[float, float] | Missing:
    """Medial tangent of heel and ball against the medial border of the great toe, valgus positive (deg),
    and how far the two halves of that border differ in direction (deg)."""
    heel, ball = medial_tangent(views, tibiale)
    tangent = np.arctan2(ball[1] - heel[1], ball[0] - heel[0])
    toe = toe_end - tibiale.x
    inner = views.inner
    near = (inner.rows > tibiale.x + 0.25 * toe) & (inner.rows < tibiale.x + 0.75 * toe)
    x, y = inner.rows[near], inner.depth[near]
    if len(x) < _LEAST_BORDER:
        return Missing("toe_border_short", "Too little of the big toe lies between its joint and its tip.")
    slope = np.polyfit(x, y, 1)[0]
    half = len(x) // 2
    bend = np.polyfit(x[:half], y[:half], 1)[0] - np.polyfit(x[half:], y[half:], 1)[0]
    return float(np.degrees(tangent - np.arctan(slope))), float(np.degrees(np.arctan(abs(bend))))


_LEAST_BORDER = 6  # rows (mm) of outline: each half needs three to have a direction


def rearfoot_angle(views: Views) -> tuple[float, float] | Missing:
    """Lean of the midline of the heel seen from behind, everted positive (deg), and how far that line is from
    straight (deg)."""
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
    return float(np.degrees(np.arctan(slope))), float(np.degrees(residual / (high - low)))


# -- kinds of scans, and their scale ------------------------------------------------------------------------


def _widened(reading: _Reading, *extra_u95: float) -> _Reading:
    """With what the kind of scan adds to the error."""
    return replace(reading, further=(*reading.further, *extra_u95))


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
    return _less_sure(reading, scale_u95 * abs(reading.value))


def _less_sure(reading: Quantity, by: float) -> Quantity:
    """With an independent part more of what the scan lets us know."""
    known = combine_u95([reading.known_u95 or 0.0, by])
    return replace(reading, u95=combine_u95([reading.u95, by]), known_u95=known)


def _without_scale(measure_id: str, reading: Reading, others: list[Mapping[str, Reading]]) -> Reading:
    if isinstance(reading, Missing):
        return reading
    if reading.unit == "mm":
        return _NO_SCALE
    moved = [abs(o.value - reading.value) for at in others if isinstance(o := at[measure_id], Quantity)]
    return _less_sure(reading, max(moved, default=0.0))


def _measured_at(foot: Foot, factor: float) -> Mapping[str, Reading]:
    """The readings of the same foot at ``factor`` times its nominal size."""
    larger = foot.mesh.moved(np.eye(3), np.zeros(3), factor)
    rims = tuple(rim * factor for rim in foot.rims)
    resized = replace(foot, mesh=larger, scale_u95=0.0, rims=rims, open=foot.open * factor, marks={})
    return measure(resized).measurements.readings
