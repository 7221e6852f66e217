"""Looks whether a learned model would read the arch better than the jury:
`python -m models.posture.check_jury`.

On simulated people (simulate.py, in the world that differs from the jury's assumptions), what could be
learned is learned by scikit-learn and compared with the jury on people neither has seen: a Bayesian linear
model from the scores of all indices to the arch (BayesianRidge), and a monotone map from the jury's class
probabilities to how often they come true (IsotonicRegression). Writes check.toml and the calibration plot
calibration.svg. Nothing learned here is used by the program: as long as neither does better, the closed form
stays, because its every number has a source.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import BayesianRidge

from benchmarks.posture import Outcome, calibration_error, curve, errors, judged
from fitter.posture.posture import NAMED
from fitter.quantity import COVERAGE
from fitter.resources import table

HERE = Path(__file__).parent
SEED, COUNT = 20261124, 12_000
INDICES = [n["index"] for n in table("posture/norms.toml")["norm"] if n["load"] == "standing"]


def scores(outcome: Outcome) -> tuple[NDArray[np.float64], NDArray[np.float64], list[int]]:
    """Scores (n, indices) and arch (n) of the people in whom every index was read, and where they stand."""
    full = [i for i, p in enumerate(outcome.said) if len(p.indices) == len(INDICES)]
    read = np.array([[v.score.value for v in outcome.said[i].indices] for i in full])
    return read, outcome.arch[full], full


def linear(learn: Outcome, test: Outcome) -> dict[str, float]:
    """The jury and a Bayesian linear model on the same people: error of the score, coverage of intervals."""
    x, z, _ = scores(learn)
    model = BayesianRidge().fit(x, z)
    x, z, full = scores(test)
    mean, sd = model.predict(x, return_std=True)
    jury = np.array([(s.value, s.sd) for i in full if (s := test.said[i].score) is not None])
    return {
        "people_with_every_index": len(z),
        "jury_rms_error": _rms(jury[:, 0] - z),
        "linear_rms_error": _rms(mean - z),
        "jury_coverage": float(np.mean(np.abs(jury[:, 0] - z) <= COVERAGE * jury[:, 1])),
        "linear_coverage": float(np.mean(np.abs(mean - z) <= COVERAGE * sd)),
        "lowest_linear_weight": float(model.coef_.min()),
    }


def isotonic(learn: Outcome, test: Outcome) -> dict[str, float]:
    """Calibration error of the class probabilities as stated, and after a map was learned for each."""
    stated, truth = learn.stated()
    maps = [
        IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(stated[:, c], truth == c)
        for c in range(len(NAMED))
    ]
    stated, truth = test.stated()
    mapped = np.column_stack([m.predict(stated[:, c]) for c, m in enumerate(maps)])
    mapped /= mapped.sum(axis=1, keepdims=True)
    after = [calibration_error(mapped[:, c], truth == c) for c in range(len(NAMED))]
    likeliest, each = errors(test)
    top = mapped.argmax(axis=1)
    return {
        "calibration_error_likeliest": likeliest,
        "calibration_error_each": each,
        "isotonic_error_likeliest": calibration_error(mapped.max(axis=1), top == truth),
        "isotonic_error_each": float(np.mean(after)),
    }


def _rms(errors_: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(errors_**2)))


# ------------------------------------------------------------------------------------------------- the plot

_SIZE, _EDGE = 300, 46


def plot(outcome: Outcome) -> str:
    """Stated probability against how often it came true, all five classes together, as SVG."""
    stated, truth = outcome.stated()
    happened = np.eye(len(NAMED), dtype=bool)[truth]
    points = curve(stated.ravel(), happened.ravel())
    marks = "".join(_mark(p, f, n) for p, f, n in points)
    line = " ".join(f"{_x(p):.1f},{_y(f):.1f}" for p, f, _ in points)
    ticks = "".join(_tick(t) for t in (0.0, 0.25, 0.5, 0.75, 1.0))
    side = _SIZE + 2 * _EDGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" font-family="sans-serif" '
        f'font-size="11" fill="#333">\n<rect width="{side}" height="{side}" fill="white"/>\n{ticks}'
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#bbb" stroke-dasharray="4 3"/>\n'
        f'<polyline points="{line}" fill="none" stroke="#0B6874" stroke-width="2"/>\n{marks}'
        f'<text x="{side / 2}" y="{side - 8}" text-anchor="middle">stated probability of a class</text>\n'
        f'<text x="14" y="{side / 2}" text-anchor="middle" transform="rotate(-90 14 {side / 2})">'
        "how often it was so</text>\n"
        f'<text x="{side / 2}" y="24" text-anchor="middle">{len(outcome.said):,} simulated people, five '
        "classes; bars: 95 % of chance</text>\n</svg>\n"
    )


def _x(share: float) -> float:
    return _EDGE + share * _SIZE


def _y(share: float) -> float:
    return _EDGE + (1.0 - share) * _SIZE


def _mark(stated: float, happened: float, count: int) -> str:
    half = COVERAGE * np.sqrt(max(happened * (1.0 - happened), 1e-6) / count)
    return (
        f'<line x1="{_x(stated):.1f}" x2="{_x(stated):.1f}" y1="{_y(happened - half):.1f}" '
        f'y2="{_y(happened + half):.1f}" stroke="#0B6874"/>\n'
        f'<circle cx="{_x(stated):.1f}" cy="{_y(happened):.1f}" r="3.5" fill="#0B6874"/>\n'
    )


def _tick(share: float) -> str:
    return (
        f'<line x1="{_x(share)}" x2="{_x(share)}" y1="{_y(0)}" y2="{_y(1)}" stroke="#eee"/>'
        f'<line x1="{_x(0)}" x2="{_x(1)}" y1="{_y(share)}" y2="{_y(share)}" stroke="#eee"/>'
        f'<text x="{_x(share)}" y="{_y(0) + 16}" text-anchor="middle">{share:g}</text>'
        f'<text x="{_x(0) - 6}" y="{_y(share) + 4}" text-anchor="end">{share:g}</text>\n'
    )


def written(found: Sequence[tuple[str, float]]) -> str:
    lines = [f"{key} = {value if isinstance(value, int) else float(f'{value:.4g}')}" for key, value in found]
    return (
        "# Written by check_jury.py: what scikit-learn learned of simulated people, beside the jury, on\n"
        "# others. Nothing here is used by the program. linear: BayesianRidge on all scores; isotonic: a\n"
        "# monotone map of each class probability.\n"
        'version = "1.0"\n' + "\n".join(lines) + "\n"
    )


def main() -> None:
    learn, test = judged(COUNT, SEED), judged(COUNT, SEED + 1)
    found = {"learned_from": COUNT, "tried_on": COUNT, "coverage": test.coverage()}
    found |= linear(learn, test) | isotonic(learn, test)
    (HERE / "check.toml").write_text(written(list(found.items())), encoding="utf-8")
    (HERE / "calibration.svg").write_text(plot(test), encoding="utf-8")
    print(written(list(found.items())))


if __name__ == "__main__":
    main()
