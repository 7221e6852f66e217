"""Learns how large adults' feet are: `python -m models.norms.train_norms PATH_TO_CSV`.

Writes ansur2.toml. The table is the foot columns of ANSUR II, the anthropometric survey of the US Army of
2012 (Gordon and others 2014, NATICK/TR-15/007; a work of the US Government, in the public domain; copies of
its two public files, ANSUR II MALE Public and ANSUR II FEMALE Public, are easily found). One row a person:

    sex (F, M), age_y, stature_mm, mass_kg, foot_length_mm, ball_length_mm, ball_girth_mm, foot_breadth_mm,
    heel_breadth_mm

The public files name them Gender, Age, stature, weightkg (in units of 100 g), footlength, balloffootlength,
balloffootcircumference, footbreadthhorizontal and heelbreadth.

A percentile among everyone of a sex is read from the survey's own quantiles. What depends on stature and
mass, and what goes together, comes from one Student t distribution a sex, of the logarithms: they are
closer to normal than the values (skewness at most 0.18 instead of 0.55; the log-likelihood of a person is
higher by 0.01 to 0.04), and their tails are a little heavier than normal, which the degrees of freedom
hold.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

# Measure (or body dimension) -> its column.
COLUMNS: Mapping[str, str] = {
    "foot_length": "foot_length_mm",
    "ball_length": "ball_length_mm",
    "ball_girth": "ball_girth_mm",
    "ball_breadth": "foot_breadth_mm",
    "heel_breadth": "heel_breadth_mm",
    "stature": "stature_mm",
    "mass": "mass_kg",
}
MEASURES = tuple(COLUMNS)[:5]
SEXES = {"female": "F", "male": "M"}
PERCENTS = (0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 95.0, 97.5, 99.0, 99.5)

Rows = NDArray[np.float64]


def read(path: Path) -> dict[str, Rows]:
    """People of each sex (n, 7), in the order of `COLUMNS`, and the ages of everyone under ``age``."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    people = {
        sex: np.array([[float(row[c]) for c in COLUMNS.values()] for row in rows if row["sex"] == letter])
        for sex, letter in SEXES.items()
    }
    return people | {"age": np.array([float(row["age_y"]) for row in rows])}


def smooth_quantiles(values: Rows) -> list[float]:
    """Quantiles at `PERCENTS` of values rounded to whole numbers, as if they had not been rounded.

    A whole number stands for everything half a unit around it, so the share below it counts half of its own.
    """
    whole, counts = np.unique(values, return_counts=True)
    below = (np.cumsum(counts) - 0.5 * counts) / counts.sum()
    return [float(q) for q in np.interp(np.array(PERCENTS) / 100.0, below, whole)]


def fit(people: Rows) -> dict[str, Any]:
    """What is kept of one sex: n, quantiles, and the t distribution of the logarithms."""
    logs = np.log(people)
    mean, covariance = logs.mean(axis=0), np.cov(logs.T)

    def unlikely(freedom: float) -> float:
        scale = covariance * (freedom - 2.0) / freedom
        return -float(stats.multivariate_t(mean, scale, df=freedom).logpdf(logs).sum())

    freedom = optimize.minimize_scalar(unlikely, bounds=(5.0, 200.0), method="bounded").x
    return {
        "n": len(people),
        "quantiles": {m: smooth_quantiles(people[:, i]) for i, m in enumerate(MEASURES)},
        "mean_log": mean.tolist(),
        "covariance_log": covariance.tolist(),
        "freedom": float(freedom),
    }


def norms(people: Mapping[str, Rows]) -> dict[str, Any]:
    """The whole table, as the program reads it."""
    return {
        "percents": list(PERCENTS),
        "order": list(COLUMNS),
        **{sex: fit(people[sex]) for sex in SEXES},
    }


def to_toml(table: Mapping[str, Any], ages: Rows) -> str:
    lines = [
        "# How large the feet of adults are. Written by models/norms/train_norms.py; don't edit by hand.",
        "#",
        "# quantiles        mm at `percents`, of everyone of a sex",
        "# mean_log         of the natural logarithms, in the order of `order` (mm; stature mm; mass kg)",
        "# covariance_log   of the same",
        "# freedom          degrees of freedom of the t distribution that has this mean and covariance",
        'version = "1.0"',
        'source = "ANSUR II 2012; Gordon 2014, NATICK/TR-15/007"',
        'population = "US Army soldiers"',
        f"youngest = {int(ages.min())}",
        f"oldest = {int(ages.max())}",
        f"percents = {_list(table['percents'], 1)}",
        "order = [" + ", ".join(f'"{name}"' for name in table["order"]) + "]",
    ]
    for sex in SEXES:
        kept = table[sex]
        rows = ",\n".join("  " + _list(row, 8) for row in kept["covariance_log"])
        lines += [
            "",
            f"[{sex}]",
            f"n = {kept['n']}",
            f"freedom = {kept['freedom']:.1f}",
            f"mean_log = {_list(kept['mean_log'], 6)}",
            f"covariance_log = [\n{rows},\n]",
            f"[{sex}.quantiles]",
            *(f"{m} = {_list(q, 1)}" for m, q in kept["quantiles"].items()),
        ]
    return "\n".join(lines) + "\n"


def _list(numbers: Sequence[float], decimals: int) -> str:
    return "[" + ", ".join(f"{n:.{decimals}f}" for n in numbers) + "]"


def main() -> None:
    options = argparse.ArgumentParser(
        prog="python -m models.norms.train_norms",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("table", metavar="PATH_TO_CSV", type=Path, help="the foot columns of the survey")
    people = read(options.parse_args().table)
    target = Path(__file__).with_name("ansur2.toml")
    target.write_text(to_toml(norms(people), people["age"]), encoding="utf-8")


if __name__ == "__main__":
    main()
