"""How far each measure is from the truth, on constructed feet spoilt as scanners and files spoil them.

    python -m benchmarks.accuracy --feet 20 --each 5 --family both

Two families of feet are there, which share no shape: `sample_scans.construct` warps one base foot, and
`sample_scans.modelled` puts feet together from their parts. What was tuned to one is found out by the other.
Prints per measure: how often it was given, bias, mean absolute error, 95th percentile, and how often the
stated error covered the truth; then how often unit and side were found. On constructed feet, not on people.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from fitter.anatomy.measures import BY_ID
from fitter.errors import FitterError
from fitter.profile import Capture, FootFit, run_journey
from fitter.scan.mesh import Mesh
from models.scan.train_side import random_parameters
from sample_scans import degrade
from sample_scans.construct import ConstructedFoot, construct
from sample_scans.modelled import ModelledFoot, random_modelled
from tests.scans import stl

AnyFoot = ConstructedFoot | ModelledFoot
UNITS = {"mm": "mm", "cm": "cm", "m": "m", "in": "in"}


@dataclass
class Tally:
    """What a sweep found."""

    errors: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    covered: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    wrong: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    silent: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    scans: int = 0


def feet(number: int, rng: np.random.Generator, family: str = "first") -> Iterator[AnyFoot]:
    """``number`` adult feet of every arch; parameters that contradict each other are drawn again."""
    made = 0
    while family == "second" and made < number:
        made += 1
        yield random_modelled(rng, load="standing")
    while made < number:
        try:
            foot = construct(random_parameters(rng))
        except ValueError:
            continue
        made += 1
        yield foot


def clean(foot: AnyFoot, rng: np.random.Generator) -> tuple[bytes, str, str]:
    """A scan file of the foot as it was made, in any pose."""
    points, faces = degrade.any_pose(foot.points, foot.faces, rng)
    return stl(Mesh(points, faces.astype(np.int32))), "mm", "right"


def spoilt(foot: AnyFoot, rng: np.random.Generator) -> tuple[bytes, str, str]:
    """A scan file of the foot with noise up to 0.5 mm, holes, coarser triangles, any pose, unit and side."""
    mesh: degrade.Mesh = (foot.points, foot.faces)
    if rng.random() < 0.5:
        mesh = degrade.decimated(*mesh, cell=rng.uniform(1.5, 3.0))
    if rng.random() < 0.5:
        mesh = degrade.remeshed(*mesh, rng)
    if rng.random() < 0.5:
        mesh = degrade.holed(*mesh, rng, number=int(rng.integers(1, 6)), radius=rng.uniform(2.0, 8.0))
    if rng.random() < 0.7:
        mesh = degrade.noisy(*mesh, rng, sd=rng.uniform(0.0, 0.5))
    if rng.random() < 0.3:
        mesh = degrade.flipped(*mesh, rng, share=0.05)
    side = "right"
    if rng.random() < 0.5:
        mesh, side = degrade.mirrored(*mesh), "left"
    mesh = degrade.any_pose(*mesh, rng)
    unit = str(rng.choice(list(UNITS)))
    points, faces = degrade.in_unit(*mesh, UNITS[unit])
    return stl(Mesh(points, faces.astype(np.int32))), unit, side


def weigh(tally: Tally, foot: AnyFoot, data: bytes, unit: str, side: str) -> None:
    """Measure one scan and add it to the tally."""
    tally.scans += 1
    try:
        found = run_journey([Capture("foot.stl", data)], only_measure=True).profile.feet[0]
    except FitterError as error:
        tally.wrong["refused"] += 1
        print("refused:", error, repr(error.__cause__), file=sys.stderr)
        return
    for name, truth in (("units", unit), ("side", side)):
        _weigh_assumption(tally, found, name, truth)
    for measure_id, value in foot.truth.measures.items():
        if value is None:
            continue
        tally.asked[measure_id] += 1
        reading = found.measurements.get(measure_id)
        if reading is not None:
            tally.errors[measure_id].append(reading.value - value)
            tally.covered[measure_id].append(abs(reading.value - value) <= reading.u95)


def _weigh_assumption(tally: Tally, found: FootFit, name: str, truth: str) -> None:
    assumption = found.assumptions[name]
    tally.wrong[name] += assumption.value != truth
    tally.silent[name] += assumption.value != truth and assumption.certain


def table(tally: Tally, family: str = "first") -> str:
    """The tally as text."""
    lines = [f"On constructed feet of the {family} family, {tally.scans} scans", ""]
    lines += [f"{'measure':<30}{'unit':>6}{'given':>7}{'bias':>9}{'mean':>9}{'95 %':>9}{'covered':>9}"]
    for measure_id, asked in tally.asked.items():
        off = np.array(tally.errors[measure_id])
        if len(off) == 0:
            lines += [f"{measure_id:<30}{'':>6}{0:>6.0f}%"]
            continue
        cells = (off.mean(), np.abs(off).mean(), np.quantile(np.abs(off), 0.95))
        numbers = "".join(f"{c:>9.3f}" for c in cells)
        share, covered = 100 * len(off) / asked, 100 * np.mean(tally.covered[measure_id])
        lines += [f"{measure_id:<30}{BY_ID[measure_id].unit:>6}{share:>6.0f}%{numbers}{covered:>8.0f}%"]
    lines += ["", f"refused: {tally.wrong['refused']} of {tally.scans}"]
    lines += [
        f"{name} wrong: {tally.wrong[name]} of {tally.scans}, said to be certain: {tally.silent[name]}"
        for name in ("units", "side")
    ]
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--feet", type=int, default=20, help="feet to construct (two seconds each)")
    options.add_argument("--each", type=int, default=5, help="scans of each foot")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--family", choices=("first", "second", "both"), default="first")
    options.add_argument("--clean", action="store_true", help="only turned, nothing spoilt")
    asked = options.parse_args()
    scan = clean if asked.clean else spoilt
    for family in ("first", "second") if asked.family == "both" else (asked.family,):
        rng = np.random.default_rng(asked.seed)
        tally = Tally()
        for foot in feet(asked.feet, rng, family):
            for _ in range(asked.each):
                weigh(tally, foot, *scan(foot, rng))
        print(table(tally, family), flush=True)


if __name__ == "__main__":
    main()
