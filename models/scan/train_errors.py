"""Learns how much each doubt about a scan weighs in the error of each measure: `python -m
models.scan.train_errors`.

Writes errors.toml. Constructed feet of both families are spoilt in every way of the certificate that leaves
a whole foot (what other scans lack adds a part of its own, fitter/anatomy/measure.py) and measured; then, for
each measure, the weights (none negative) are chosen whose sum lies above the error in 95 of 100 scans and as
close to it as can be: quantile regression (Koenker & Bassett 1978), solved as a linear programme.
"""

from __future__ import annotations

import argparse
import os
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from fitter.anatomy.doubts import NAMES
from fitter.anatomy.measure import measure
from fitter.anatomy.measures import REGISTRY
from fitter.captures import Capture
from fitter.certify.damage import WHOLE, spoilt
from fitter.certify.feet import FAMILIES, draw
from fitter.errors import FitterError
from fitter.journey import run_journey

SEED = 20261124
# Of the scans it is learned from, all and of each kind of damage. Scans of one foot err alike: with 0.95 only
# 89 to 95 % of each kind of feet that were left out lay within; with these, 93 to 98 %.
COVERED, LEAST_COVERED = 0.97, 0.96
# What a weight can be at most: few scans are straighter or coarser than usual, and alone they would teach far
# more. Between the true and the found place of a most outward point lies at most the stretch over which an
# outline is straight, twice its half; a chord's sag is taken off both ends, and the frame moves so too.
MOST = {"place": 2.0, "sag": 4.0}
# A spare kind counts as often as its scans are met: mixed damage is the usual case.
TIMES = {"mixed": 3}
# A hole just at a landmark is rarer than the 5 scans in 100 that may lie outside, so the fit leaves it out.
# Of its width (mm) at least so much goes into the error of a measure of each kind, in the measure's unit:
# from constructed feet with holes of 8 and 14 mm radius at their landmarks.
LEAST_OF_HOLE = {"length": 0.25, "width": 0.10, "height": 0.06, "girth": 0.10, "angle": 0.05, "index": 0.0005}
LEAST_OF_HOLE_PERCENT = 0.05  # of the index that is given in per cent
# The errors of real feet are no part of this: the published error of each definition is added to it.
Row = tuple[str, str, float, list[float]]


def rows(number: int) -> list[Row]:
    """Kind of damage, measure, error and doubts of every measure taken of every scan of one foot."""
    rng = np.random.default_rng((SEED, number))
    foot = draw(rng, FAMILIES[number % len(FAMILIES)])
    found: list[Row] = []
    for kind in (k for k in WHOLE for _ in range(TIMES.get(k, 1))):
        scan = spoilt(foot, kind, rng)
        try:
            shape = run_journey(
                [Capture(scan.name, scan.data, load=foot.parameters.load)], only_measure=True
            ).shapes[0]
        except FitterError:
            continue
        if shape is None or shape.side != scan.side:
            continue  # a foot read as the other one is another matter than an error of measuring
        taken = measure(shape)
        for measure_id, doubts in taken.doubts.items():
            reading, truth = taken.measurements.get(measure_id), foot.truth.measures[measure_id]
            if reading is not None and truth is not None:
                found.append((kind, measure_id, abs(reading.value - truth), list(doubts.values().values())))
    return found


def weights(
    errors: NDArray[np.float64], doubts: NDArray[np.float64], *, in_mm: bool = False
) -> NDArray[np.float64]:
    """Least weight, then one for each doubt (k + 1,); of a measure ``in_mm`` none beyond `MOST`."""
    terms = np.column_stack([np.ones(len(errors)), doubts])
    size = np.maximum(terms.max(axis=0), 1e-9)
    n, k = terms.shape
    cost = np.concatenate([np.full(k, 1e-6), np.full(n, COVERED), np.full(n, 1.0 - COVERED)])
    within = np.hstack([terms / size, np.eye(n), -np.eye(n)])
    most = [(0.0, None)] * k
    for name, weight in MOST.items() if in_mm else ():
        column = 1 + NAMES.index(name)
        most[column] = (0.0, weight * size[column])
    bounds = most + [(0.0, None)] * (2 * n)
    solved = linprog(cost, A_eq=within, b_eq=errors, bounds=bounds, method="highs")
    return np.asarray(solved.x[:k] / size)


def enough_for_each(
    kinds: Sequence[str], errors: NDArray[np.float64], doubts: NDArray[np.float64], found: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The weights with the least one raised until every kind of damage is covered, not only their mean."""
    left = errors - doubts @ found[1:]
    of_kind = [left[np.array(kinds) == kind] for kind in dict.fromkeys(kinds)]
    least = max(found[0], *(float(np.quantile(part, LEAST_COVERED)) for part in of_kind))
    return np.concatenate([[least], found[1:]])


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--feet", type=int, default=120)
    asked = options.parse_args()
    by_measure: dict[str, list[tuple[str, float, list[float]]]] = defaultdict(list)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(rows, range(asked.feet)):
            for kind, measure_id, error, doubts in found:
                by_measure[measure_id].append((kind, error, doubts))
    lines, met = [], []
    for m in REGISTRY:
        if m.id not in by_measure:
            continue
        kinds = [kind for kind, _, _ in by_measure[m.id]]
        errors = np.array([e for _, e, _ in by_measure[m.id]])
        doubts = np.array([d for _, _, d in by_measure[m.id]])
        found = enough_for_each(kinds, errors, doubts, weights(errors, doubts, in_mm=m.unit == "mm"))
        hole = 1 + NAMES.index("hole")
        floor = LEAST_OF_HOLE_PERCENT if m.unit == "%" else LEAST_OF_HOLE[m.kind]
        found[hole] = max(found[hole], floor)
        covered = (errors <= found[0] + doubts @ found[1:] + 1e-9).mean()
        met.append(covered)
        cells = ", ".join(f"{n} = {w:.4g}" for n, w in zip(("least", *NAMES), found, strict=True))
        lines.append(f"{m.id} = {{ {cells} }}")
    head = f"""\
# Written by train_errors.py from {asked.feet} constructed feet of two families, {len(WHOLE)} kinds of damage.
# What a scan lets us know of a measure's 95 % error: "least" plus each doubt (fitter/anatomy/doubts.py)
# times its weight, in the measure's unit. By quantile regression, with floors for holes and for every kind of
# damage; {100 * min(met):.0f} to {100 * max(met):.0f} % of the scans it was learned from lie within it.
# It says nothing of the definition's error on people.
version = "1.0"

[weights]
"""
    text = head + "\n".join(lines)
    Path(__file__).with_name("errors.toml").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
