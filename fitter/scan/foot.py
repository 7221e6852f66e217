"""A posed foot: what every later stage reads. Nothing behind this file handles unit, pose or side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fitter.quantity import Missing
from fitter.scan.mesh import Mesh, Points
from fitter.terms import Load, Side

# Kinds of scans that end all around the sole.
SOLE_KINDS = ("plantar_with_walls", "plantar", "foam_impression")


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """How the file's coordinates become the foot frame: ``x -> scale * rotation @ x + translation`` (mm).

    ``rotation`` (3, 3) is a reflection (determinant -1) for a left foot.
    """

    scale: float
    rotation: NDArray[np.float64]
    translation: NDArray[np.float64]

    @property
    def mirrored(self) -> bool:
        return bool(np.linalg.det(self.rotation) < 0)

    def to_file(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (n, 3) of the foot frame, in the file's own coordinates and units."""
        back: NDArray[np.float64] = (points - self.translation) @ self.rotation / self.scale
        return back

    def to_foot(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (n, 3) of the file, in the foot frame."""
        there: NDArray[np.float64] = self.scale * points @ self.rotation.T + self.translation
        return there


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something the program took as given: told in one line, recorded, changed with one flag or click.

    ``certain`` is False where the program had to guess; ``text`` is a sentence for a person, ``change`` the
    command-line option that states it. ``probability`` (0..1) is how likely it is, where that was reckoned.
    """

    value: str
    text: str
    given: bool = False
    certain: bool = True
    change: str = ""
    probability: float | None = None


Verdict = Literal["good", "usable", "retake"]


@dataclass(frozen=True, slots=True)
class Quality:
    """What a scan supports, in words and numbers.

    ``statement`` one sentence for a person; ``kind`` such as ``whole_foot``; ``noise_mm`` the estimated
    roughness of the surface (SD, mm); ``spacing_mm`` the median edge length; ``triangles`` used;
    ``coverage`` the share of the region seen (0..1) by region; ``notes`` further sentences. ``verdict`` says
    whether to keep the capture while the person still stands there, ``why`` what is wrong with it and what
    to do, a sentence each.
    """

    statement: str
    kind: str
    noise_mm: float
    spacing_mm: float
    triangles: int
    coverage: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    verdict: Verdict = "good"
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """A foot just found and posed, to be looked at while it is measured: as `Foot`, but coarse."""

    mesh: Mesh
    side: Side


@dataclass(frozen=True, slots=True, eq=False)
class Foot:
    """A foot in the foot frame (mm, floor at z = 0, +x forward, +y medial): a left one is mirrored here.

    ``unsupported``: measure id -> why this scan can't give it. ``extra_u95``: measure id -> what this kind of
    scan adds to its 95 % error, in the measure's unit. ``scale_u95``: 95 % error of the scale as a share of
    every length; None where the scale is unknown and the foot is kept at a nominal length. ``rims`` (k, 3)
    are the edges of the holes that were closed, ``open`` (n, 3) the corners on what stayed open;
    ``from_points``: the scan was a cloud, and its surface is ours; ``axis_from`` is "second_toe", or
    "second_metatarsal" where toes can't be told apart; ``marks``: landmark -> (3,) where a person set it;
    the first ``scanned`` faces were scanned and the rest are patches over holes (None: all were scanned).
    """

    mesh: Mesh
    side: Side
    load: Load
    placement: Placement
    assumptions: Mapping[str, Assumption]
    quality: Quality
    unsupported: Mapping[str, Missing] = field(default_factory=dict)
    extra_u95: Mapping[str, float] = field(default_factory=dict)
    scale_u95: float | None = 0.0
    rims: tuple[Points, ...] = ()
    open: Points = field(default_factory=lambda: np.zeros((0, 3)))
    from_points: bool = False
    axis_from: str = "second_toe"
    marks: Mapping[str, Points] = field(default_factory=dict)
    scanned: int | None = None


def length_of(foot: Foot | None, places: Mapping[str, Sequence[float]]) -> float:
    """How long a foot is (mm, foot frame): to its longest toe where that is among the ``places`` of its
    landmarks, else as far as its skin goes; 1 without a foot, so that shares of it can be taken."""
    if "acropodion" in places:
        return float(places["acropodion"][0])
    return float(foot.mesh.vertices[:, 0].max()) if foot is not None else 1.0
