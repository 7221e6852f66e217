"""Whether the arch score's intervals and class probabilities hold, on simulated people whose arch is known.

    python -m benchmarks.posture [--n 20000] [--seed 11]

Three worlds (models/posture/simulate.py): one that differs from the jury's assumptions in every way we could
think of, the same with some loads told wrongly, and the jury's own model. It says nothing about clinicians.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitter.posture.posture import NAMED, Posture
from fitter.posture.score import assess
from fitter.resources import table
from models.posture.simulate import Person, people

BINS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What the jury said of simulated people: true arch (n), posture (n)."""

    arch: NDArray[np.float64]
    said: tuple[Posture, ...]
    kind: tuple[str, ...] = ()

    def of_kind(self, kind: str) -> Outcome:
        """The people measured so: by scan, by ruler or sitting."""
        rows = [i for i, k in enumerate(self.kind) if k == kind]
        return Outcome(self.arch[rows], tuple(self.said[i] for i in rows))

    @property
    def truth(self) -> NDArray[np.int64]:
        """The class that the true arch lies in, as a place in NAMED."""
        return np.searchsorted(list(table("posture/jury.toml")["cuts"].values()), self.arch)

    def coverage(self) -> float:
        """Share of feet whose arch lies within the stated 95 % interval of the score."""
        inside = [
            p.score.low <= z <= p.score.high
            for z, p in zip(self.arch, self.said, strict=True)
            if p.score is not None
        ]
        return float(np.mean(inside))

    def stated(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Stated probabilities (n, 5) of the feet that have them, and their true classes."""
        rows = [i for i, p in enumerate(self.said) if p.probabilities]
        table_ = np.array([[self.said[i].probabilities[name] for name in NAMED] for i in rows])
        return table_, self.truth[rows]

    def named(self) -> tuple[float, float, float, float]:
        """Share of feet with a named class; of those how often it is right, how often stated to be, and how
        often it is more than one class off."""
        rows = [i for i, p in enumerate(self.said) if p.class_ in NAMED]
        told = np.array([NAMED.index(self.said[i].class_) for i in rows])
        stated = np.array([self.said[i].probabilities[self.said[i].class_] for i in rows])
        off = np.abs(told - self.truth[rows])
        return (
            len(rows) / len(self.said),
            float(np.mean(off == 0)),
            float(stated.mean()),
            float(np.mean(off > 1)),
        )


def judged(count: int, seed: int, *, model: bool = False, wrong_load: float = 0.0) -> Outcome:
    drawn = list(people(count, seed, model=model, wrong_load=wrong_load))
    said = tuple(assess(p.measurements, body_mass_kg=p.body_mass_kg, height_cm=p.height_cm) for p in drawn)
    return Outcome(np.array([p.arch for p in drawn]), said, tuple(_kind(p) for p in drawn))


def _kind(person: Person) -> str:
    if person.measurements.load == "sitting":
        return "sitting"
    return "scan" if person.measurements.source == "scan" else "ruler"


def calibration_error(probability: NDArray[np.float64], happened: NDArray[np.bool_]) -> float:
    """Expected calibration error: mean distance of stated probability and frequency over ten bins."""
    return float(sum(abs(p - f) * n for p, f, n in curve(probability, happened)) / len(probability))


def curve(
    probability: NDArray[np.float64], happened: NDArray[np.bool_]
) -> Sequence[tuple[float, float, int]]:
    """(mean stated probability, how often it happened, of how many) for each bin that holds any."""
    place = np.minimum((probability * BINS).astype(int), BINS - 1)
    return [
        (float(probability[place == b].mean()), float(happened[place == b].mean()), int((place == b).sum()))
        for b in range(BINS)
        if (place == b).any()
    ]


def errors(outcome: Outcome) -> tuple[float, float]:
    """Expected calibration error of the likeliest class, and the mean over the five classes of each one's."""
    stated, truth = outcome.stated()
    top = stated.argmax(axis=1)
    first = calibration_error(stated.max(axis=1), top == truth)
    each = [calibration_error(stated[:, c], truth == c) for c in range(len(NAMED))]
    return first, float(np.mean(each))


def row(name: str, outcome: Outcome) -> str:
    likeliest, each = errors(outcome)
    share, right, said, far = outcome.named()
    return (
        f"| {name} | {len(outcome.said):,} | {outcome.coverage():.1%} | {likeliest:.3f} | {each:.3f} "
        f"| {share:.0%} | {right:.0%} ({said:.0%}) | {far:.1%} |"
    )


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--n", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=11)
    asked = options.parse_args()
    wrong = table("posture/people.toml")["world"]["wrong_load"]
    print(
        "| world | people | score within its 95 % interval | calibration error, likeliest class | each class "
        "| named | right (stated) | two classes off |\n|---|---:|---:|---:|---:|---:|---:|---:|"
    )
    other = judged(asked.n, asked.seed)
    print(row("other than assumed", other), flush=True)
    for kind in ("scan", "ruler", "sitting"):
        print(row(f"of these, by {kind}" if kind != "sitting" else "of these, sitting", other.of_kind(kind)))
    print(
        row(f"and {wrong:.0%} told a wrong load", judged(asked.n, asked.seed + 1, wrong_load=wrong)),
        flush=True,
    )
    print(row("as the jury assumes", judged(asked.n, asked.seed + 2, model=True)))


if __name__ == "__main__":
    main()
