"""The fit profile, the document everything else reads or writes, and the one function of the journey."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fitter.knee.knee import KneeExplanation, RedFlags
from fitter.measurements import Load, Measurements, Side, Source
from fitter.posture.posture import Posture
from fitter.scan.foot import Assumption, Foot, Quality
from fitter.support.support import SupportProfile

SCHEMA_VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class Capture:
    """One input of the journey: the bytes of a scan or a measurement file and what the person stated."""

    name: str  # file name without folders: a path says more about a machine than about a foot
    data: bytes
    side: Side | None = None
    load: Load = "unknown"
    units: str | None = None


@dataclass(frozen=True, slots=True)
class CaptureRecord:
    """What the profile remembers of an input."""

    file: str
    sha256: str
    side: Side
    load: Load
    units: str
    source: Source


@dataclass(frozen=True, slots=True)
class FootFit:
    """Everything said of one foot. ``posture`` and ``support`` are None where only measuring was asked."""

    side: Side
    load: Load
    source: Source
    assumptions: Mapping[str, Assumption]
    quality: Quality
    measurements: Measurements
    posture: Posture | None = None
    support: SupportProfile | None = None


@dataclass(frozen=True, slots=True)
class FitProfile:
    """The document: no clock, no path, no name of a person unless someone adds it."""

    schema_version: str
    program_version: str
    feet: tuple[FootFit, ...]
    captures: tuple[CaptureRecord, ...]
    warnings: tuple[str, ...]
    answers: Mapping[str, object] | None = None
    knee: KneeExplanation | None = None
    red_flags: RedFlags | None = None
    disclaimer: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FitResult:
    """The profile, and the posed feet it was made from (None for a foot measured by hand) for pictures.

    ``landmarks`` of a foot: name -> (x, y, z) in the foot frame.
    """

    profile: FitProfile
    shapes: tuple[Foot | None, ...]
    landmarks: tuple[Mapping[str, tuple[float, float, float]], ...]


Progress = Callable[[float, str], None]  # share done 0..1, what is being done; may raise Cancelled
