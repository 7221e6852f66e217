"""From trials to a certificate: how far each measure is from the truth, and how true its stated error is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from fitter.anatomy.measures import REGISTRY
from fitter.certify.damage import INCOMPLETE
from fitter.certify.sweep import Trial

_TROUBLES = ("refused", "feet", "units", "side", "pose")


@dataclass(frozen=True, slots=True)
class Line:
    """What the trials say of one measure, in its own unit.

    ``asked`` how often the truth has it; ``given`` the share of those that were given; ``bias``,
    ``mean_error`` (absolute), ``p95`` (95th percentile of the absolute error); ``covered`` how often the
    truth lay within ``known_u95``, the part of the stated error that a scan lets us know, and ``width`` its
    median over ``p95``; ``covered_stated`` the same of the whole stated error. None where nothing was given.
    """

    measure: str
    unit: str
    asked: int
    given: float
    bias: float | None = None
    mean_error: float | None = None
    p95: float | None = None
    covered: float | None = None
    width: float | None = None
    covered_stated: float | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of degradation: how many scans, what went wrong and was not said, and the measures."""

    name: str
    scans: int
    wrong: dict[str, int]
    silent: dict[str, int]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """``everything`` of whole feet together, then each family of feet and each kind of degradation by itself;
    last each kind of scan that shows no whole foot, of whose measures only those it supports are asked."""

    program_version: str
    seed: int
    everything: Kind
    families: tuple[Kind, ...]
    kinds: tuple[Kind, ...]


def certificate(trials: Sequence[Trial], *, version: str, seed: int) -> Certificate:
    """What the trials of one sweep (``seed``) say together, by family of feet and by kind of degradation."""
    whole = [trial for trial in trials if trial.kind not in INCOMPLETE]
    families = list(dict.fromkeys(trial.family for trial in whole))
    kinds = sorted(dict.fromkeys(trial.kind for trial in trials), key=lambda kind: kind in INCOMPLETE)
    return Certificate(
        version,
        seed,
        _kind("all together", whole),
        tuple(_kind(f"{name} feet", [t for t in whole if t.family == name]) for name in families),
        tuple(_kind(name, [t for t in trials if t.kind == name]) for name in kinds),
    )


def _kind(name: str, trials: Sequence[Trial]) -> Kind:
    def count(tags: Iterable[tuple[str, ...]]) -> dict[str, int]:
        found = [tag for each in tags for tag in each]
        return {trouble: found.count(trouble) for trouble in _TROUBLES}

    errors = defaultdict(list)
    asked: dict[str, int] = defaultdict(int)
    for trial in trials:
        for case in trial.cases:
            asked[case.measure] += 1
            if case.error is not None:
                errors[case.measure].append((case.error, case.known_u95 or 0.0, case.u95 or 0.0))
    lines = tuple(_line(m.id, m.unit, asked[m.id], errors[m.id]) for m in REGISTRY if asked[m.id])
    return Kind(name, len(trials), count(t.wrong for t in trials), count(t.silent for t in trials), lines)


def _line(measure: str, unit: str, asked: int, found: Sequence[tuple[float, float, float]]) -> Line:
    if not found:
        return Line(measure, unit, asked, 0.0)
    off, known, stated = np.array(found).T
    size = np.abs(off)
    p95 = float(np.quantile(size, 0.95))
    return Line(
        measure,
        unit,
        asked,
        len(found) / asked,
        bias=float(off.mean()),
        mean_error=float(size.mean()),
        p95=p95,
        covered=float((size <= known).mean()),
        width=float(np.median(known) / p95) if p95 > 0 else None,
        covered_stated=float((size <= stated).mean()),
    )
