"""A scan file and the feet in it, measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.spatial import QhullError

from fitter.anatomy.landmarks import Landmark
from fitter.anatomy.marks import misplaced
from fitter.anatomy.measure import measure
from fitter.anatomy.measures import REGISTRY
from fitter.captures import LOAD_NOT_STATED, LOAD_WORDS, Capture, Preview, Progress, Taken, quiet, sha256
from fitter.errors import FitterError
from fitter.profile import CaptureRecord, FootFit, Place
from fitter.quantity import Missing, combine_u95
from fitter.saying import say
from fitter.scan import capture_check, quality
from fitter.scan.foot import SOLE_KINDS, Assumption, Foot, Glimpse, Placement, Quality
from fitter.scan.formats import read_scan
from fitter.scan.mesh import Mesh, Points
from fitter.scan.partial import find_sole, openings, pose_sole
from fitter.scan.pose import Posed, Scale, doubted_length, pose, toe_end
from fitter.scan.repair import coarse
from fitter.scan.rough import not_a_foot
from fitter.scan.scanner import Scanner
from fitter.scan.scene import Piece, Scene, separate
from fitter.scan.sole_quality import assess_sole
from fitter.scan.surface import prepare
from fitter.terms import Load, Side

# What the geometry raises of a surface that is no surface.
_BROKEN = (ValueError, IndexError, ArithmeticError, np.linalg.LinAlgError, QhullError)


def take_scan(capture: Capture, progress: Progress, preview: Preview | None) -> list[Taken]:
    """Every foot in a scan file, the left before the right."""
    progress(0.0, "reading")
    raw = read_scan(capture.name, capture.data)
    progress(0.15, "finding what is in the file")
    try:
        scene = separate(raw.mesh)
    except _BROKEN as error:
        raise _told_plainly(error) from error
    feet, others, look = _feet_of(scene, capture, raw.unit, progress, preview)
    feet, others = _seen_once(feet, others, scene)
    told = []
    if len(feet) > 1:
        told.append(say("The file holds {feet} feet: each is measured by itself.", feet=len(feet)))
        feet = _both_sides(feet, look, _Stated(capture, raw.unit, scene=scene))
        if capture.foot_length is not None:
            feet, more = _at_one_scale(feet, look, _Stated(capture, raw.unit, scene=scene))
        else:
            feet, more = _asked_for(feet, capture.side)
        told += more
    _refuse_lost_marks(capture, [taken for taken, _ in feet])
    if others:
        what = (
            "1 larger piece that is no foot was"
            if others == 1
            else say("{others} larger pieces that are no feet were", others=others)
        )
        told.append(say("{what} left out.", what=what))
    found = [_noted(taken, scene, (*raw.notes, *told)) for taken, _ in feet]
    return sorted(found, key=lambda taken: taken.fit.side)  # how the file is turned must not decide the order


def _feet_of(
    scene: Scene, capture: Capture, unit: str | None, progress: Progress, preview: Preview | None
) -> tuple[list[_Taken], int, _Look]:
    """The pieces of a scene that are feet, measured; how many others there were; and what the feet were taken
    for.

    Raises why the largest is none where none is.
    """
    feet: list[_Taken] = []
    refused: list[Exception] = []
    # Which of several feet a stated side means is only known once they are measured.
    alone = len(scene.pieces) == 1
    # Only where no piece is a whole foot may one be the sole of a foot.
    for look, start in ((_whole_foot, 0.35), (_sole, 0.8)):
        for number, piece in enumerate(scene.pieces):
            part = _share_of(progress, start, number, len(scene.pieces))
            said = _Stated(capture, unit, capture.side if alone else None, scene=scene)
            try:
                taken = _take_piece(piece, look, said, part, preview)
            except _NoSoleError:
                continue
            except (FitterError, *_BROKEN) as error:
                if isinstance(error, FitterError) and error.code in _MARK_CODES:
                    raise  # a foot, and a landmark on it set wrong: no other piece makes that good
                refused.append(error)
                continue
            if not feet or taken.record.units == feet[0][0].record.units:
                feet.append((taken, piece))
        if feet:
            break
    if not feet and scene.scattered:
        raise FitterError(
            say(
                "this is no foot's skin: it is made of {scattered} separate bodies, as a skeleton is",
                scattered=scene.scattered,
            ),
            todo="Load a scan of the foot's surface; bones can't be measured",
            code="not_a_foot",
        )
    if not feet:
        # Where a piece has the form of a sole, why it is none says more than that it is no whole foot.
        raise _told_plainly(refused[-1] if len(refused) > len(scene.pieces) else refused[0])
    others = len(scene.pieces) - len(feet)
    if len(feet) == 1 and not alone and capture.side is not None:
        feet = [_again(feet[0][1], look, _Stated(capture, unit, capture.side, scene=scene))]
    return feet, others, look


def _again(piece: Piece, look: _Look, said: _Stated) -> _Taken:
    """A piece that was measured, measured again under what is known of it by now."""
    try:
        return _take_piece(piece, look, said, quiet), piece
    except (FitterError, _NoSoleError, *_BROKEN) as error:
        raise _told_plainly(error) from error


def _seen_once(feet: list[_Taken], others: int, scene: Scene) -> tuple[list[_Taken], int]:
    """The feet without second views of one and the same foot, which moved between the two: of those the
    larger is kept, and said to be taken again. And how many other pieces are no feet and no such views."""
    kept: list[_Taken] = []
    views: list[Piece] = []  # pieces that show a kept foot again
    for taken, piece in feet:
        if any(piece is view for view in views):
            continue
        again = [p for p in scene.pieces if p is not piece and _shows_again(taken, p)]
        views += again
        if again and taken.shape is not None:
            seen = capture_check.with_faults(taken.fit.quality, [("retake", capture_check.MOVED)])
            taken = replace(  # noqa: PLW2901
                taken, fit=replace(taken.fit, quality=seen), shape=replace(taken.shape, quality=seen)
            )
        kept.append((taken, piece))
    feet_pieces = [piece for _, piece in feet]
    no_feet = sum(not any(view is piece for piece in feet_pieces) for view in views)
    return kept, max(others - no_feet, 0)


def _shows_again(taken: Taken, piece: Piece) -> bool:
    """Whether a piece shows the skin of a foot once more, some millimetres off."""
    if taken.shape is None:
        return False
    there = taken.shape.placement
    other = piece.mesh.moved(there.rotation, there.translation, there.scale)
    sole = taken.shape.quality.kind in SOLE_KINDS
    return capture_check.moved_between(taken.shape.mesh, other, sole=sole)


def _told_plainly(error: Exception) -> FitterError:
    """A surface so broken that the geometry itself fails: the person needs a way on, not a traceback."""
    if isinstance(error, FitterError):
        return error
    return FitterError(
        "could not be measured: its surface is too broken or too incomplete",
        todo="Scan the foot again, or export it as one clean mesh",
        code="could_not_measure",
    )


def _share_of(progress: Progress, start: float, number: int, steps: int) -> Progress:
    """Progress of one of some equal steps after ``start`` as progress of the whole."""

    def tell(share: float, doing: str) -> None:
        progress(start + (1.0 - start) * (number + share) / steps, doing)

    return tell


def _both_sides(feet: list[_Taken], look: _Look, said: _Stated) -> list[_Taken]:
    """Of two feet whose side one is sure of, and the other is not and would be the same: a pair."""
    doubtful = [k for k, (taken, _) in enumerate(feet) if not taken.fit.assumptions["side"].certain]
    if len(feet) != 2 or len(doubtful) != 1 or feet[0][0].fit.side != feet[1][0].fit.side:
        return feet
    other: Side = "left" if feet[0][0].fit.side == "right" else "right"
    text = say(
        "taken as a {other} foot, as the other foot in the file is surely a {side} one",
        other=other,
        side=feet[0][0].fit.side,
    )
    side = Assumption(other, text, certain=False, change="--side left|right")
    taken, piece = _again(feet[doubtful[0]][1], look, replace(said, side=other))
    fit = replace(taken.fit, assumptions={**taken.fit.assumptions, "side": side})
    shape = replace(taken.shape, assumptions=fit.assumptions) if taken.shape else None
    return [
        (replace(taken, fit=fit, shape=shape), piece) if k == doubtful[0] else foot
        for k, foot in enumerate(feet)
    ]


def _asked_for(feet: list[_Taken], side: Side | None) -> tuple[list[_Taken], list[str]]:
    """Several feet of one file: only the stated side's, where one was stated; and what was done, in
    sentences."""
    if side is None:
        return feet, []
    asked = [foot for foot in feet if foot[0].fit.side == side]
    if not asked:
        raise FitterError(
            say("holds {feet} feet, and none looks like a {side} one", feet=len(feet), side=side),
            todo="Leave the side out",
            code="side_conflict",
        )
    return asked, [say("You asked for the {side} side only.", side=side)] if len(asked) < len(feet) else []


def _at_one_scale(feet: list[_Taken], look: _Look, said: _Stated) -> tuple[list[_Taken], list[str]]:
    """Several feet of one file, all at the scale of the one whose length was stated, and that said: a file
    has one scale, and its feet need not be equally long."""
    side, length = said.capture.side, said.capture.foot_length
    if side is None:
        raise FitterError(
            say(
                "holds {feet} feet, and one foot length was given: it is not known of which foot",
                feet=len(feet),
            ),
            todo="State the side of the foot you measured, with --side left or --side right",
            code="foot_length_of_which",
        )
    of = [k for k, (taken, _) in enumerate(feet) if taken.fit.side == side]
    if len(of) != 1:
        raise FitterError(
            say(
                "holds {feet} feet, and {of} of them look like a {side} one: it is not known which "
                "has the foot length that was given",
                feet=len(feet),
                of=len(of) or "none",
                side=side,
            ),
            todo="Leave the foot length out, or give a file of one foot",
            code="side_conflict",
        )
    first = feet[of[0]][0]
    assert first.shape is not None
    unit = first.fit.assumptions["units"]
    text = say("scaled as the {side} foot, whose length you gave as {length:g} mm", side=side, length=length)
    told = Assumption(unit.value, text, given=True, certain=unit.certain)
    scale = Scale(first.shape.placement.scale, told, first.shape.scale_u95)
    feet = [
        foot if k == of[0] else _again(foot[1], look, replace(said, side=foot[0].fit.side, scale=scale))
        for k, foot in enumerate(feet)
    ]
    return feet, [say("The {side} foot's length set the scale of the whole file.", side=side)]


def _noted(taken: Taken, scene: Scene, told: tuple[str, ...]) -> Taken:
    """A foot with what was left out of its file among its notes."""
    shape = taken.shape
    if shape is None:
        return taken
    # The plane around an impression is its foam, and that was told.
    others = scene.notes if shape.quality.kind == "foam_impression" else scene.notes_for(shape.placement)
    seen = replace(shape.quality, notes=shape.quality.notes + others + told)
    return replace(taken, fit=replace(taken.fit, quality=seen), shape=replace(shape, quality=seen))


@dataclass(frozen=True, slots=True, eq=False)
class _Stated:
    """What a scan file and the person state of it; ``scale`` where another foot in the file has set it."""

    capture: Capture
    file_unit: str | None
    side: Side | None = None
    scene: Scene | None = None
    scale: Scale | None = None

    def marks_on(self, piece: Piece) -> dict[str, Points]:
        """The landmarks that a person set on this piece, and not on another one (in the file's numbers)."""
        pieces = self.scene.pieces if self.scene else (piece,)
        marks = {name: np.array(xyz) for name, xyz in self.capture.marks.items()}
        return {
            name: point
            for name, point in marks.items()
            if min(pieces, key=lambda p: _away(p.mesh, point)) is piece
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A piece of a scan posed and judged; the edges of its holes (foot frame); how many of its faces were
    scanned, the rest being patches over holes; the share of the foot's length that it shows; and the
    ``marks`` that a person set on it (foot frame)."""

    posed: Posed
    seen: quality.Support
    scanned: int
    rims: tuple[Points, ...] = ()
    open: Points = field(default_factory=lambda: np.zeros((0, 3)))
    shown: float = 1.0
    marks: Mapping[str, Points] = field(default_factory=dict)


class _NoSoleError(Exception):
    """A piece that is neither a whole foot nor a sole."""


_Look = Callable[[Piece, _Stated], _Found]
_Taken = tuple[Taken, Piece]
# A piece posed and judged at a scale that is known (else it is looked for), its axis through a second toe (in
# the file's numbers) that is known.
_Pose = Callable[[Scale | None, Points | None], _Found]


def _whole_foot(piece: Piece, said: _Stated) -> _Found:
    surface = prepare(piece.mesh, piece.grain)

    def at(scale: Scale | None, second_toe: Points | None) -> _Found:
        posed = pose(
            surface.mesh,
            file_unit=said.file_unit,
            units=said.capture.units,
            side=said.side,
            foot_length=said.capture.foot_length,
            scale=scale,
            second_toe=second_toe,
        )
        posed = _corrected(posed, said)
        piece.refuse_contradiction(posed.placement, float(posed.mesh.vertices[:, 2].max()))
        place = posed.placement
        rims, still_open = tuple(map(place.to_foot, surface.rims)), place.to_foot(surface.open)
        grain = surface.grain.scaled(place.scale)
        seen = quality.assess(
            posed.mesh, posed.axis_from, piece.notes, grain=grain, rims=rims, open_=still_open
        )
        if seen.quality.coverage["sole"] < quality.LEAST_SOLE and _is_sole(surface.mesh, posed):
            raise not_a_foot()
        if {"sole_not_seen", "forefoot_missing"} <= {why.code for why in seen.unsupported.values()}:
            raise not_a_foot()  # with neither end to tell it by, a box's rim passes as well
        return _Found(posed, seen, surface.seen, rims, still_open)

    return _by_marks(piece, said, at)


def _is_sole(mesh: Mesh, posed: Posed) -> bool:
    """True where what could be a foot without a sole is a bowl open upwards: a sole without a foot."""
    sole = find_sole(mesh, ())
    return sole is not None and abs(float(posed.placement.rotation[2] @ sole.up)) > 0.9


def _sole(piece: Piece, said: _Stated) -> _Found:
    length = said.capture.foot_length

    def at(scale: Scale | None, second_toe: Points | None) -> _Found:
        found = pose_sole(
            piece.mesh,
            piece.cut_from,
            grain=piece.grain,
            file_unit=said.file_unit,
            units=said.capture.units,
            side=said.side,
            foot_length=length,
            scale=scale,
            second_toe=second_toe,
        )
        if found is None:
            raise _NoSoleError
        seen = assess_sole(found, piece.notes)
        posed = _corrected(found.posed, said)
        if length is not None and posed.scale_u95 is not None and scale is None:
            # What of the length was not seen is an error of the scale too.
            unseen = seen.extra_u95.get("foot_length", 0.0) / length
            posed = replace(posed, scale_u95=combine_u95([posed.scale_u95, unseen]))
        surface, place = found.surface, posed.placement
        rims, still_open = tuple(map(place.to_foot, surface.rims)), openings(posed.mesh)
        return _Found(posed, seen, surface.seen, rims, still_open, shown=found.seen)

    return _by_marks(piece, said, at)


def _by_marks(piece: Piece, said: _Stated, at: _Pose) -> _Found:
    """A piece posed by what is stated of it, and posed again where a landmark that a person set turns its
    axis or says how long it is."""
    found = at(said.scale, None)
    there = said.marks_on(piece)
    if there:
        _refuse_misplaced(there, found)
        toe, scale = there.get("second_toe_tip"), said.scale
        if toe is not None:
            found = _turned_to(toe, scale, at)
        length = said.capture.foot_length
        if length is not None and scale is None and not there.keys().isdisjoint(("pternion", "acropodion")):
            was = found.posed
            stated = Scale(was.placement.scale, was.assumptions["units"], was.scale_u95)
            found = at(stated.for_length(length, _length_by(there, found)), toe)
        found = replace(found, marks={n: found.posed.placement.to_foot(xyz) for n, xyz in there.items()})
    if said.capture.foot_length is None or said.scale is not None:
        return found
    return replace(found, posed=_ruler_weighed(found.posed, said))


def _turned_to(toe: Points, scale: Scale | None, at: _Pose) -> _Found:
    """A piece that is a foot as it was found, with its axis through a second toe that a person set."""
    try:
        return at(scale, toe)
    except (FitterError, *_BROKEN) as error:
        raise FitterError(
            "with the landmark second_toe_tip where it was set, this is no foot any more",
            todo="Set the landmark again, or leave it out",
            code="landmark_misplaced",
        ) from error


def _length_by(marks: Mapping[str, Points], found: _Found) -> float:
    """The foot's length (mm) from a heel or to a toe tip that a person set (in the file's numbers)."""
    to_foot = found.posed.placement.to_foot
    heel = float(to_foot(marks["pternion"])[0]) if "pternion" in marks else 0.0
    if "acropodion" in marks:
        return float(to_foot(marks["acropodion"])[0]) - heel
    return toe_end(found.posed.mesh) / found.shown - heel


def _ruler_weighed(posed: Posed, said: _Stated) -> Posed:
    """With a stated length in doubt where it is far from what the file shows."""
    capture = said.capture
    assert capture.foot_length is not None
    shown = capture.foot_length / posed.placement.scale / (capture.scanner.scale if capture.scanner else 1.0)
    told = posed.assumptions["units"]
    told = doubted_length(told, capture.foot_length, shown, said.file_unit, capture.units)
    return replace(posed, assumptions=posed.assumptions | {"units": told})


def _take_piece(
    piece: Piece,
    look: _Look,
    said: _Stated,
    progress: Progress,
    preview: Preview | None = None,
) -> Taken:
    """One piece of a scene, posed and measured as what ``look`` takes it for."""
    progress(0.0, "finding floor, heel and toes")
    foot = _posed_foot(look(piece, said), said.capture, piece.from_points)
    if preview is not None:
        preview(Glimpse(coarse(foot.mesh, _PREVIEW_MM), foot.side))
    progress(0.55, "measuring")
    return _measured(foot, said.capture)


def _posed_foot(found: _Found, capture: Capture, from_points: bool) -> Foot:
    """The foot as the measures take it: marks set by hand brought along, quality judged, load told."""
    posed, seen, rims, still_open = found.posed, found.seen, found.rims, found.open
    marks = dict(found.marks)
    if "pternion" in marks:  # everything is measured from there
        posed, shift = _from_heel(posed, marks["pternion"])
        marks = {name: point + shift for name, point in marks.items()}
        rims, still_open = tuple(rim + shift for rim in rims), still_open + shift
    codes = {why.code for why in seen.unsupported.values()}
    scanned = Mesh(posed.mesh.vertices, posed.mesh.faces[: found.scanned])
    # Smoothing hides noise from a look at one scan: what is known of the scanner has a say in the verdict.
    judged = capture_check.judged(scanned, _as_noisy_as(seen.quality, capture.scanner), codes)
    _refuse_askew(judged)
    load, load_assumption = _load(capture.load, seen)
    return Foot(
        mesh=posed.mesh,
        side=posed.side,
        load=load,
        placement=posed.placement,
        assumptions=posed.assumptions | {"load": load_assumption},
        quality=judged,
        unsupported=seen.unsupported,
        extra_u95=seen.extra_u95,
        scale_u95=posed.scale_u95,
        rims=rims,
        open=still_open,
        from_points=from_points,
        axis_from=posed.axis_from,
        marks=marks,
        scanned=found.scanned,
    )


def _refuse_askew(seen: Quality) -> None:
    """Refuse what has, as it was stood, neither a heel nor sides where a foot has them: it lies some other
    way, and would be measured as another foot."""
    seen_of = [seen.coverage.get(wall, 1.0) for wall in ("heel", "inner side", "outer side")]
    if seen.kind in SOLE_KINDS or sum(seen_of) > _LEAST_WALLS:
        return
    raise FitterError(
        "which way is up could not be found: neither heel nor sides are where a standing foot has them",
        todo="Scan again, all around the foot and its heel",
        code="no_pose",
    )


# Of heel, inner and outer side together (shares): two of 2,000 constructed scans, stood on their front, had
# 0.8 and 1.0; feet with holes of 5 % have 2.4 and more, one without a side and half its heel has 1.5.
_LEAST_WALLS = 1.2


def _measured(foot: Foot, capture: Capture) -> Taken:
    """What the profile and the pictures keep of a foot."""
    measured = measure(foot)
    marked = {
        name: mark
        for name, mark in measured.landmarks.items()
        if isinstance(mark, Landmark) and _supported(name, foot.unsupported)
    }
    landmarks = {name: (mark.x, mark.y, mark.z) for name, mark in marked.items()}
    # Without a scale the file has no millimetres, and a place in them would be one of a foot of a usual size.
    places = {} if foot.scale_u95 is None else {n: _place(m, foot.placement) for n, m in marked.items()}
    fit = FootFit(
        foot.side,
        foot.load,
        "scan",
        foot.assumptions,
        foot.quality,
        measured.measurements,
        landmarks=places,
    )
    units = foot.assumptions["units"].value
    record = CaptureRecord(
        capture.name, sha256(capture.data), foot.side, foot.load, units, "scan", capture.scanner
    )
    return Taken(fit, record, foot, landmarks)


_PREVIEW_MM = 2.0  # between the corners of what is shown at first: toes can be told apart


def _place(mark: Landmark, placement: Placement) -> Place:
    x, y, z = placement.to_file(mark.point).tolist()
    return Place((mark.x, mark.y, mark.z), (x, y, z), mark.u95, mark.by_hand)


_ON_SKIN = 15.0  # mm: a landmark further from the skin was not meant for this foot


_MARK_CODES = ("landmark_off_foot", "landmark_misplaced")


def _away(mesh: Mesh, point: Points) -> float:
    """How far a point lies from a surface, in its own unit."""
    return float(np.linalg.norm(mesh.vertices - point, axis=1).min())


def _refuse_misplaced(marks: Mapping[str, Points], found: _Found) -> None:
    """Refuse a landmark (in the file's numbers) off the foot, or where no foot has it."""
    posed = found.posed
    codes = {why.code for why in found.seen.unsupported.values()}
    length = toe_end(posed.mesh) / found.shown
    for name, xyz in marks.items():
        point = posed.placement.to_foot(xyz)
        away = _away(posed.mesh, point)
        if away > _ON_SKIN:
            raise _off_foot(name, away)
        # Of a foot without its forefoot the length is not known, of which all places are shares.
        fault = None if "forefoot_missing" in codes else misplaced(name, point / length)
        if fault is not None:
            raise FitterError(
                fault,
                todo="Give it in the file's own coordinates and unit; if it is right, state the side",
                code="landmark_misplaced",
            )


def _refuse_lost_marks(capture: Capture, taken: list[Taken]) -> None:
    """Refuse a landmark that lies on none of the feet that were measured."""
    shapes = [t.shape for t in taken if t.shape is not None]
    for name, xyz in capture.marks.items():
        if not any(name in shape.marks for shape in shapes):
            away = min(_away(s.mesh, s.placement.to_foot(np.array(xyz))) for s in shapes)
            raise _off_foot(name, away)


def _off_foot(name: str, away: float) -> FitterError:
    return FitterError(
        say("the landmark {name} lies {away:.0f} mm from the foot", name=name, away=away),
        todo="Give it in the file's own coordinates and unit, as --landmark NAME=X,Y,Z",
        code="landmark_off_foot",
    )


def _from_heel(posed: Posed, pternion: Points) -> tuple[Posed, Points]:
    """The foot shifted along its axis so that it begins at a pternion that a person set, and the shift."""
    shift = np.array([-float(pternion[0]), 0.0, 0.0])
    placement = replace(posed.placement, translation=posed.placement.translation + shift)
    mesh = Mesh(posed.mesh.vertices + shift, posed.mesh.faces)
    return replace(posed, mesh=mesh, placement=placement), shift


# Landmarks that move more than themselves where one is set: the axis turns, and the file is posed anew.
TURNS_THE_FOOT = ("second_toe_tip",)


def with_mark(foot: Foot, name: str, place: Points, length: float) -> Foot:
    """The foot with a landmark at ``place`` (3,) of its own frame, without reading its file again; ``length``
    (mm) is the foot's.

    As the journey would have it, but for `TURNS_THE_FOOT` and for a heel or toe tip that a stated length
    scales the file by. Raises FitterError where no foot has the landmark there.
    """
    codes = {why.code for why in foot.unsupported.values()}
    fault = None if "forefoot_missing" in codes else misplaced(name, place / length)
    if fault is not None:
        raise FitterError(fault, todo="Put it back, or where it belongs", code="landmark_misplaced")
    marks = {**foot.marks, name: place}
    if name != "pternion":
        return replace(foot, marks=marks)
    shift = np.array([-float(place[0]), 0.0, 0.0])  # everything is measured from there
    there = foot.placement
    return replace(
        foot,
        mesh=Mesh(foot.mesh.vertices + shift, foot.mesh.faces),
        placement=replace(there, translation=there.translation + shift),
        rims=tuple(rim + shift for rim in foot.rims),
        open=foot.open + shift,
        marks={key: at + shift for key, at in marks.items()},
    )


def _corrected(posed: Posed, said: _Stated) -> Posed:
    """A posed foot with its lengths corrected for what its scanner is known to show wrong."""
    scanner = said.capture.scanner
    if scanner is None:
        return posed
    if said.capture.foot_length is not None:
        # A ruler on the foot itself: what the scanner shows wrong went out with the file's own scale.
        text = say(
            "not corrected for the scanner {name}: the foot length you gave sets the scale", name=scanner.name
        )
        return replace(posed, assumptions=posed.assumptions | {"scanner": Assumption(scanner.name, text)})
    mesh = Mesh(posed.mesh.vertices / scanner.scale, posed.mesh.faces)
    place = posed.placement
    told = Assumption(scanner.name, scanner.told(), change="--scanner NAME")
    return replace(
        posed,
        mesh=mesh,
        placement=Placement(place.scale / scanner.scale, place.rotation, place.translation / scanner.scale),
        assumptions=posed.assumptions | {"scanner": told},
        scale_u95=None if posed.scale_u95 is None else combine_u95([posed.scale_u95, scanner.scale_u95]),
    )


def _as_noisy_as(seen: Quality, scanner: Scanner | None) -> Quality:
    """A scan is at least as noisy as its scanner's checks."""
    if scanner is None or scanner.noise_mm <= seen.noise_mm:
        return seen
    told = say(
        "The scanner's checks showed {noise_mm:.2f} mm of noise, and so much is reckoned with.",
        noise_mm=scanner.noise_mm,
    )
    return replace(seen, noise_mm=round(scanner.noise_mm, 3), notes=(*seen.notes, told))


def _supported(landmark: str, unsupported: Mapping[str, Missing]) -> bool:
    """False for a landmark that only measures hang on that this scan can't give: it is none either."""
    hanging = [m.id for m in REGISTRY if landmark in m.landmarks]
    return not hanging or any(i not in unsupported for i in hanging)


def _load(stated: Load, seen: quality.Support) -> tuple[Load, Assumption]:
    """The load a scan was taken under: as stated, or unloaded where the sole shows it."""
    if stated != "unknown":
        return stated, Assumption(
            stated, say("load: {load_words}, as you said", load_words=LOAD_WORDS[stated]), given=True
        )
    change = "--load standing|sitting|unloaded|single_leg"
    if seen.quality.kind == "foam_impression":
        return "unknown", Assumption("unknown", _FOAM_LOAD, certain=False, change=change)
    if not seen.bears_weight:
        text = "taken as held up without weight: the sole is not pressed flat"
        return "unloaded", Assumption("unloaded", text, certain=False, change=change)
    return "unknown", Assumption("unknown", LOAD_NOT_STATED, certain=False, change=change)


_FOAM_LOAD = "load not stated: an impression in foam is made with part of the weight on the foot"
