"""The inputs of the journey: one capture, what the person stated of it, and the feet it gave."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from fitter.entry import (
    EnteredFoot,
    measurements_from_entry,
)
from fitter.errors import FitterError
from fitter.plausible import print_doubt
from fitter.profile import CaptureRecord, FootFit
from fitter.saying import say
from fitter.scan.foot import Assumption, Foot, Glimpse, Quality
from fitter.scan.scanner import Scanner
from fitter.terms import Load, Side


@dataclass(frozen=True, slots=True)
class Capture:
    """One input of the journey: the bytes of a scan or a measurement file and what the person stated."""

    name: str  # file name without folders: a path says more about a machine than about a foot
    data: bytes
    side: Side | None = None
    load: Load = "unknown"
    units: str | None = None
    scanner: Scanner | None = None  # what took the scan, where it was checked: lengths are corrected for it
    marks: Mapping[str, tuple[float, float, float]] = field(
        default_factory=dict
    )  # landmark -> place in the file
    foot_length: float | None = None  # mm, by a ruler: sets the scale


Progress = Callable[[float, str], None]  # share done 0..1, what is being done; may raise Cancelled
Preview = Callable[[Glimpse], None]  # told each foot found in a scan, before it is measured


def quiet(share: float, doing: str) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """One foot, measured: what goes into the profile, and what pictures are made from."""

    fit: FootFit
    record: CaptureRecord
    shape: Foot | None
    landmarks: Mapping[str, tuple[float, float, float]]


LOAD_NOT_STATED = "load not stated: read as standing, and the arch result is less certain for it"
LOAD_WORDS: dict[Load, str] = {
    "standing": "standing",
    "sitting": "sitting",
    "unloaded": "held up without weight",
    "single_leg": "standing on one leg",
}


def entered_as_stated(foot: EnteredFoot, capture: Capture) -> EnteredFoot:
    """A foot from a measurement file under what the person stated of the file."""
    if capture.side not in (None, foot.side):
        raise FitterError(
            say("holds a {side} foot and was given as {side2}", side=foot.side, side2=capture.side),
            todo="Leave the side out, or correct the file",
            code="side_conflict",
        )
    if capture.units is not None:
        raise FitterError(
            "names the unit of each value itself, and was given as " + capture.units,
            todo="Leave the units out, or write them into the file's unit column",
            code="units_conflict",
        )
    if capture.scanner is not None:
        raise FitterError(
            say("was measured by hand, and was given as scanned by {name}", name=capture.scanner.name),
            todo="Leave the scanner out",
            code="scanner_conflict",
        )
    if capture.foot_length is not None:
        raise FitterError(
            "holds measures, and a foot length was given for it",
            todo="Leave the foot length out: it sets the scale of a scan",
            code="scale_conflict",
        )
    if capture.marks:
        raise FitterError(
            say("holds measures, and the landmark {marks} was set for it", marks=next(iter(capture.marks))),
            todo="Leave the landmark out: it is set on a scan",
            code="landmark_conflict",
        )
    if capture.load not in ("unknown", foot.load) and foot.load != "unknown":
        raise FitterError(
            say(
                "was measured {load_words} and was given as {load_words2}",
                load_words=LOAD_WORDS[foot.load],
                load_words2=LOAD_WORDS[capture.load],
            ),
            todo="Leave the load out, or correct the file",
            code="load_conflict",
        )
    return replace(foot, load=capture.load) if foot.load == "unknown" else foot


def take_entered(foot: EnteredFoot, name: str, sha256: str) -> Taken:
    """A foot measured by hand as the journey keeps it; ``sha256`` of what it was entered with."""
    measurements = measurements_from_entry(foot)
    given = foot.load != "unknown"
    load = Assumption(
        foot.load,
        say("load: {load_words}, as you said", load_words=LOAD_WORDS[foot.load])
        if given
        else LOAD_NOT_STATED,
        given=given,
        certain=given,
        change="" if given else "--load standing|sitting|unloaded|single_leg",
    )
    assumptions = {
        "units": Assumption("mm", "lengths kept in millimetres", given=True),
        "side": Assumption(foot.side, say("a {side} foot, as you said", side=foot.side), given=True),
        "load": load,
    }
    text = "Measured by hand: what a ruler can't reach was left out."
    if asked := print_doubt(foot.values):
        text = say("{text} Worth a second look: {asked}", text=text, asked=asked)
    words = Quality(text, "entered", 0.0, 0.0, 0)
    fit = FootFit(foot.side, foot.load, "entered", assumptions, words, measurements)
    return Taken(fit, CaptureRecord(name, sha256, foot.side, foot.load, "mm", "entered"), None, {})


def sha256(data: bytes) -> str:
    """The fingerprint (hex) by which an input is known again."""
    return hashlib.sha256(data).hexdigest()
