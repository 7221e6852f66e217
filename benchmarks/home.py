"""Ruler against scanner: do a home entry and a scan of the same constructed foot agree as they say they do?

    python -m benchmarks.home [--n 500] [--seed 5] [--processes 1]

Each case is one constructed foot, scanned and spoilt as in the certificate, and measured at home by a person
who reads every measure three times. The person's errors are drawn from those stated of a careful reading: one
for the whole measure (the place that was felt or marked) and one for each repeat; then it is rounded to the
marks of the ruler, millimetres or sixteenths of an inch in turn, and written as a measurement file. Agreement
means: the two values lie no further apart than their stated errors, combined, allow; of a measure, that is
expected in 95 %. Of a case with some fourteen measures it is also told how often all agree, and how often all
pairs of intervals overlap.
Five hundred take a quarter of an hour.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from fitter.anatomy.measures import BY_ID, ENTERABLE
from fitter.captures import Capture
from fitter.certify import damage, feet
from fitter.certify.sweep import Foot
from fitter.entry import WildReadingError
from fitter.errors import FitterError
from fitter.journey import run_journey
from fitter.lengths import division_mm
from fitter.quantity import COVERAGE, Quantity
from fitter.terms import MM_PER_UNIT
from sample_scans.truth import Skin, contact_print, print_widths

EACH = 4  # cases of a foot: constructing it takes longer than scanning it
COUNT = 3


@dataclass(frozen=True, slots=True)
class Case:
    """One measure of one foot both ways: by ruler minus by scan, and both stated errors."""

    measure: str
    apart: float
    home_u95: float
    scan_u95: float

    @property
    def agrees(self) -> bool:
        return abs(self.apart) <= float(np.hypot(self.home_u95, self.scan_u95))

    @property
    def overlaps(self) -> bool:
        """Whether some value lies in both stated intervals."""
        return abs(self.apart) <= self.home_u95 + self.scan_u95


def true_lengths(foot: Foot) -> dict[str, float]:
    """All that a person can measure on this foot, a wet footprint included where it bears load (mm).

    What is so near the end of what feet have that a reading may be refused is left out, as a person would.
    """
    truth = foot.truth
    lengths = {m.id: v for m in ENTERABLE if (v := truth.measures.get(m.id)) is not None}
    if truth.measures["staheli_index"] is not None:
        ends = [np.array(truth.landmarks[f"metatarsale_{side}"][:2]) for side in ("tibiale", "fibulare")]
        skin = Skin(foot.points, foot.faces, np.empty((0, 3)))
        lengths |= print_widths(contact_print(skin, lengths["foot_length"], *ends))
    return {measure_id: v for measure_id, v in lengths.items() if _enterable(measure_id, v)}


def _enterable(measure_id: str, length: float) -> bool:
    low, high = BY_ID[measure_id].plausible
    room = 2.0 * BY_ID[measure_id].entered_u95
    return (low == 0 or low + room <= length) and length <= high - room


def read_at_home(length: float, measure_id: str, unit: str, rng: np.random.Generator) -> list[float]:
    """A length (mm) read three times by a careful person, in ``unit``."""
    measure = BY_ID[measure_id]
    spread = np.sqrt(measure.entered_u95**2 - measure.fixed_u95**2) / COVERAGE
    meant = length + rng.normal(0.0, measure.fixed_u95 / COVERAGE)
    mark = division_mm(unit)
    read = np.maximum(np.round(rng.normal(meant, spread, COUNT) / mark) * mark, 0.0)
    return [float(value) for value in read / MM_PER_UNIT[unit]]


def entry_file(
    lengths: Mapping[str, float], side: str, load: str, unit: str, rng: np.random.Generator
) -> str:
    """The measurement file of one foot."""
    rows = ["side,load,measure,value,unit,repeat"]
    for measure_id, length in lengths.items():
        for repeat, value in enumerate(read_at_home(length, measure_id, unit, rng), 1):
            rows.append(f"{side},{load},{measure_id},{value:.6g},{unit},{repeat}")
    return "\n".join(rows) + "\n"


def compare(foot: Foot, kind: str, unit: str, rng: np.random.Generator) -> list[Case]:
    """One foot scanned and measured at home. Raises FitterError where its scan is refused."""
    load = foot.parameters.load
    scan = damage.spoilt(foot, kind, rng)
    scanned = _measured(Capture(scan.name, scan.data, load=load))
    by_hand = _home(true_lengths(foot), scan.side, load, unit, rng)
    cases = []
    for measure_id, a in by_hand.items():
        b = scanned.get(measure_id)
        if b is not None:
            cases.append(Case(measure_id, a.value - b.value, a.u95, b.u95))
    return cases


def _home(
    lengths: Mapping[str, float], side: str, load: str, unit: str, rng: np.random.Generator
) -> Mapping[str, Quantity]:
    """What the program makes of a home entry; who is told of a slip measures again."""
    while True:
        data = entry_file(lengths, side, load, unit, rng).encode()
        try:
            return _measured(Capture("home.csv", data))
        except WildReadingError:
            continue
        except FitterError as error:
            if error.code not in ("contradiction", "wild_reading"):
                raise


def _measured(capture: Capture) -> Mapping[str, Quantity]:
    found = run_journey([capture], only_measure=True).profile.feet[0].measurements
    return {i: q for i, q in found.readings.items() if isinstance(q, Quantity)}


def cases_of_foot(job: tuple[int, int, int]) -> list[list[Case]]:
    """The cases of one foot (seed, number, how many), each a list of measures; [] where refused."""
    seed, number, count = job
    rng = np.random.default_rng((seed, number))
    foot = feet.draw(rng, feet.family_of(number))
    kinds = list(damage.WHOLE)
    found = []
    for k in range(count):
        unit = ("mm", "cm", "in")[(number + k) % 3]
        try:
            found.append(compare(foot, kinds[(number * EACH + k) % len(kinds)], unit, rng))
        except FitterError as error:
            print(f"\nfoot {number}, case {k}: {error}", file=sys.stderr)
            found.append([])
    return found


def table(cases: Iterable[Case]) -> str:
    """Agreement of each measure, in text."""
    by_measure: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by_measure[case.measure].append(case)
    lines = [f"{'measure':<30}{'n':>5}{'agree':>8}{'median apart':>14}{'95 % apart':>12}{'home u95':>10}"]
    for measure_id, found in by_measure.items():
        apart = np.abs([c.apart for c in found])
        digits = 3 if BY_ID[measure_id].unit == "ratio" else 1
        numbers = (np.median(apart), np.quantile(apart, 0.95), np.median([c.home_u95 for c in found]))
        share = 100.0 * np.mean([c.agrees for c in found])
        lines.append(
            f"{measure_id:<30}{len(found):>5}{share:>7.1f}%"
            + "".join(f"{v:>{w}.{digits}f}" for v, w in zip(numbers, (14, 12, 10), strict=True))
        )
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--n", type=int, default=500)
    options.add_argument("--seed", type=int, default=5)
    options.add_argument("--processes", type=int, default=1)
    asked = options.parse_args()
    jobs = [
        (asked.seed, number, min(EACH, asked.n - start))
        for number, start in enumerate(range(0, asked.n, EACH))
    ]
    done: list[list[Case]] = []
    with ProcessPoolExecutor(asked.processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        for found in pool.map(cases_of_foot, jobs):
            done += found
            print(f"\r{len(done)} of {asked.n}", end="", file=sys.stderr, flush=True)
    everything = [case for found in done for case in found]
    print(f"\n{len(done)} cases, seed {asked.seed}; {sum(not found for found in done)} refused")
    print(table(everything))
    shares = [np.mean([c.agrees for c in found]) for found in done if found]
    print(f"all measures together: {100 * np.mean([c.agrees for c in everything]):.2f} % agree")
    print(f"cases in which every measure agrees: {100 * np.mean([s == 1.0 for s in shares]):.1f} %")
    whole = [all(c.overlaps for c in found) for found in done if found]
    print(f"cases in which the intervals of every measure overlap: {100 * np.mean(whole):.1f} %")


if __name__ == "__main__":
    main()
