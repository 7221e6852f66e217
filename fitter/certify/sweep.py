"""Many constructed scans through the program, each compared with its truth."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from fitter.captures import Capture
from fitter.certify import damage, feet
from fitter.errors import FitterError
from fitter.journey import run_journey
from fitter.profile import FitResult
from fitter.quantity import Quantity
from sample_scans import ConstructedFoot
from sample_scans.modelled import ModelledFoot

Foot = ConstructedFoot | ModelledFoot

EACH = 8  # scans of a foot: constructing it takes longer than measuring it
_POSE_DEGREES = 5.0  # a floor or an axis further off than this is a wrong pose


@dataclass(frozen=True, slots=True)
class Case:
    """One measure of one scan: its error and the errors stated of it (None where it was not given)."""

    measure: str
    error: float | None
    known_u95: float | None
    u95: float | None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """One scan measured: what was wrong and whether that was said, and every measure that its truth has and
    its kind of scan supports.

    ``wrong`` and ``silent`` name "refused", "feet" (not one foot was found), "units", "side" or "pose";
    ``silent`` those told as certain.
    """

    family: str
    kind: str
    wrong: tuple[str, ...]
    silent: tuple[str, ...]
    cases: tuple[Case, ...]


def run(
    scans: int,
    seed: int,
    *,
    kinds: Sequence[str] = damage.WHOLE,
    processes: int | None = None,
    tell: Callable[[float], None] = lambda share: None,
) -> list[Trial]:
    """``scans`` trials, the kinds of degradation in turn; the same seed gives the same trials."""
    jobs = list(_jobs(scans, seed, kinds))
    processes = processes or os.cpu_count() or 1
    trials: list[Trial] = []
    if processes == 1 or len(jobs) == 1:
        for job in jobs:
            trials += _trials(job)
            tell(len(trials) / scans)
        return trials
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        for done in pool.map(_trials, jobs):
            trials += done
            tell(len(trials) / scans)
    return trials


def run_all(scans: int, seed: int, *, tell: Callable[[float], None] = lambda share: None) -> list[Trial]:
    """``scans`` trials of whole feet, then a tenth as many of the kinds of scan that show less."""
    more = scans // 10
    share = scans / (scans + more)
    whole = run(scans, seed, tell=lambda done: tell(share * done))
    if not more:
        return whole
    return whole + run(
        more, seed, kinds=damage.INCOMPLETE, tell=lambda done: tell(share + (1.0 - share) * done)
    )


@dataclass(frozen=True, slots=True)
class _Job:
    """One foot and the kinds of scan to make of it."""

    seed: tuple[int, int]
    kinds: tuple[str, ...]


def _jobs(scans: int, seed: int, kinds: Sequence[str]) -> Iterator[_Job]:
    order = [kinds[k % len(kinds)] for k in range(scans)]
    for number, start in enumerate(range(0, scans, EACH)):
        yield _Job((seed, number), tuple(order[start : start + EACH]))


def _trials(job: _Job) -> list[Trial]:
    rng = np.random.default_rng(job.seed)
    family = feet.family_of(job.seed[1])
    foot = feet.draw(rng, family)
    return [tried(foot, damage.spoilt(foot, kind, rng), family) for kind in job.kinds]


def tried(foot: Foot, scan: damage.Scan, family: str) -> Trial:
    """One scan of a foot measured and compared. The load is stated, as a shop states it."""
    capture = Capture(scan.name, scan.data, load=foot.parameters.load)
    try:
        result = run_journey([capture], only_measure=True)
    except FitterError as error:
        return Trial(family, scan.kind, ("refused",), (), _not_given(foot, scan.kind, error.code))
    found = result.profile.feet[0]
    wrong, silent = [], []
    if len(result.profile.feet) != 1:
        wrong.append("feet")
        silent.append("feet")
    for name, truth in (("units", scan.unit), ("side", scan.side)):
        if found.assumptions[name].value != truth:
            wrong.append(name)
            silent += [name] if found.assumptions[name].certain else []
    tilt, turn = _off_frame(result, scan)
    if max(tilt, turn) > _POSE_DEGREES:
        wrong.append("pose")
        # An axis that did not find the second toe is told; a floor aslant is not told by that.
        told = result.shapes[0] is not None and result.shapes[0].axis_from != "second_toe"
        silent += [] if told and tilt <= _POSE_DEGREES else ["pose"]
    cases = []
    for measure, value in foot.truth.measures.items():
        reading = found.measurements.readings[measure]
        if value is None or not damage.supports(scan.kind, measure):
            continue
        if isinstance(reading, Quantity):
            cases.append(Case(measure, reading.value - value, reading.known_u95, reading.u95))
        else:
            cases.append(Case(measure, None, None, None, reading.code))
    return Trial(family, scan.kind, tuple(wrong), tuple(silent), tuple(cases))


def _not_given(foot: Foot, kind: str, code: str) -> tuple[Case, ...]:
    return tuple(
        Case(measure, None, None, None, code)
        for measure, v in foot.truth.measures.items()
        if v is not None and damage.supports(kind, measure)
    )


def _off_frame(result: FitResult, scan: damage.Scan) -> tuple[float, float]:
    """How far (degrees) the floor that was found is tilted from the true one, and the foot axis turned."""
    shape = result.shapes[0]
    if shape is None:
        return 180.0, 180.0
    back = shape.placement.rotation @ scan.frame.T  # the axes found, in the true frame
    tilt = np.arccos(np.clip(back[2, 2], -1.0, 1.0))
    turn = np.arctan2(back[0, 1], back[0, 0])
    return float(np.degrees(tilt)), float(abs(np.degrees(turn)))
