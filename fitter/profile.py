"""The fit profile: the document everything else reads or writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fitter.anatomy.norms import Norms
from fitter.anatomy.sizes import Sizes
from fitter.knee.knee import FollowUp, KneeExplanation, Mode, RedFlags
from fitter.measurements import Measurements
from fitter.posture.flexibility import Flexibility
from fitter.posture.posture import Posture
from fitter.posture.sides import SideDifference
from fitter.scan.foot import Assumption, Foot, Quality
from fitter.scan.scanner import Scanner
from fitter.support.support import SupportProfile
from fitter.support.trying import TryOn
from fitter.terms import Load, Side, Source

SCHEMA_VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class CaptureRecord:
    """What the profile remembers of an input."""

    file: str
    sha256: str
    side: Side
    load: Load
    units: str
    source: Source
    scanner: Scanner | None = None  # what it was corrected for


@dataclass(frozen=True, slots=True)
class Place:
    """Where a landmark lies: (x, y, z) in the foot frame (mm; a left foot as a right one) and in the file's
    own coordinates and unit, the 95 % uncertainty of its place (mm), and whether a person set it."""

    in_foot: tuple[float, float, float]
    in_file: tuple[float, float, float]
    u95: float
    by_hand: bool


@dataclass(frozen=True, slots=True)
class FootFit:
    """Everything said of one foot. ``posture`` and ``support`` are None where only measuring was asked;
    ``norms`` places its sizes among adults, ``sizes`` are those of shoes."""

    side: Side
    load: Load
    source: Source
    assumptions: Mapping[str, Assumption]
    quality: Quality
    measurements: Measurements
    posture: Posture | None = None
    support: SupportProfile | None = None
    landmarks: Mapping[str, Place] = field(default_factory=dict)
    norms: Norms | None = None
    sizes: Sizes | None = None


@dataclass(frozen=True, slots=True)
class FootPair:
    """One foot captured sitting and standing: where the two stand in ``feet``, and how much its arch gives.

    The measures of the pair themselves (arch drop and what follows from it) stand among those of the standing
    capture, with the basis "sitting capture", because every reader of measures looks there.
    """

    side: Side
    sitting: int
    standing: int
    flexibility: Flexibility


@dataclass(frozen=True, slots=True)
class SidePair:
    """Both feet under one load: where they stand in ``feet``, and what differs."""

    load: Load
    left: int
    right: int
    statement: str
    differences: tuple[SideDifference, ...]


@dataclass(frozen=True, slots=True)
class FitProfile:
    """The document: no clock, no path, no name of a person unless someone adds it. ``sizes`` are those of a
    pair, None where it holds no pair that stood; ``try_on`` is what a person tried on in the shop,
    ``follow_up`` how it went some weeks later. ``mode`` is whom its words are for."""

    schema_version: str
    program_version: str
    feet: tuple[FootFit, ...]
    captures: tuple[CaptureRecord, ...]
    warnings: tuple[str, ...]
    pairs: tuple[FootPair, ...] = ()
    sides: tuple[SidePair, ...] = ()
    answers: Mapping[str, object] | None = None
    knee: KneeExplanation | None = None
    red_flags: RedFlags | None = None
    disclaimer: str | None = None
    sizes: Sizes | None = None
    try_on: TryOn | None = None
    mode: Mode = "home"
    follow_up: tuple[FollowUp, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class FitResult:
    """The profile, and the posed feet it was made from (None for a foot measured by hand) for pictures.

    ``landmarks`` of a foot: name -> (x, y, z) in the foot frame.
    """

    profile: FitProfile
    shapes: tuple[Foot | None, ...]
    landmarks: tuple[Mapping[str, tuple[float, float, float]], ...]
