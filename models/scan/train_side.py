"""Trains what tells a right foot from a left one, on constructed feet: `python -m models.scan.train_side`.

Writes side.toml. A mirrored foot has the same features with the other sign, so there is no intercept and
each foot is shown both ways. A third of the feet have their sole filled flat, a third their toes blurred
into one outline (a sock), as retail scanners leave them. Needs scikit-learn (the `train` extra).
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fitter.certify.feet import FAMILIES, draw
from fitter.scan.frame import SETTLED, middle_axis, settle
from fitter.scan.mesh import Mesh
from fitter.scan.pose import side_features

FEET = 120  # half of either family
SEED = 20261123
# Real feet vary more than constructed ones: the program is to be half as sure as the training would have it.
TEMPER = 0.5
NAMES = ("recession", "hollow", "lead")


def retail(mesh: Mesh, kind: int, rng: np.random.Generator) -> Mesh:
    """As scanned (0), with the sole filled flat (1), or with toes blurred into one outline (2); all rough."""
    points = mesh.vertices + rng.normal(scale=0.2, size=mesh.vertices.shape)
    if kind == 1:
        points[points[:, 2] < 12.0, 2] = 0.0
    if kind == 2:
        toes = points[:, 0] > 0.8 * points[:, 0].max()
        edge = np.polyfit(points[toes, 1], points[toes, 0], 2)
        points[toes, 0] = 0.4 * points[toes, 0] + 0.6 * np.polyval(edge, points[toes, 1])
    return Mesh(points, mesh.faces)


def features(mesh: Mesh) -> list[float]:
    frame, _ = settle(mesh, np.eye(3), axis=middle_axis, settled=1e3 * SETTLED)
    found = side_features(frame)
    return [found[name] for name in NAMES]


def example(number: int) -> list[float]:
    """Features of one right foot."""
    rng = np.random.default_rng((SEED, number))
    foot = draw(rng, FAMILIES[number % len(FAMILIES)])
    mesh = Mesh(foot.points, foot.faces.astype(np.int32))
    return features(retail(mesh, number // len(FAMILIES) % 3, rng))


def examples() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Features (2 n, 3) and whether each is a right foot."""
    with ProcessPoolExecutor() as pool:
        right = np.array(list(pool.map(example, range(FEET))))
    return np.vstack([right, -right]), np.repeat([1, 0], len(right))


@dataclass(frozen=True, slots=True)
class Trained:
    """The weights by feature, how many of how many examples were wrong in cross-validation, and how little
    sure the least sure of them was."""

    weights: dict[str, float]
    wrong: int
    examples: int
    doubt: float


def as_toml(found: Trained) -> str:
    """side.toml."""
    weights = "\n".join(f"{name} = {w:.3f}" for name, w in found.weights.items())
    return f"""\
# Written by train_side.py from {FEET} constructed feet of two families (a third with the sole filled, a third
# with blurred toes), each shown as right and as left. Logistic regression of scikit-learn, no intercept,
# penalty by cross-validated log loss, weights then halved (real feet vary more).
# Six-fold cross-validation: {found.wrong} of {found.examples} wrong, largest doubt {found.doubt:.3f}. This is
# agreement on constructed feet, not accuracy on people.
version = "1.0"

[weights]
{weights}
"""


def main() -> None:
    """Train, and write what came out beside this program."""
    # Only training needs it: what is written can be tested without.
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.model_selection import GridSearchCV, cross_val_predict  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    x, y = examples()
    # Scaled, so that the penalty treats a slope and a height alike; not centred, so that a mirror stays one.
    plain = make_pipeline(StandardScaler(with_mean=False), LogisticRegression(fit_intercept=False))
    # How strong the penalty is follows from the probabilities held-out feet get.
    penalties = {"logisticregression__C": np.logspace(-2, 3, 11)}
    search = GridSearchCV(plain, penalties, scoring="neg_log_loss", cv=6).fit(x, y)
    model = search.best_estimator_
    doubt = 1.0 - np.max(cross_val_predict(model, x, y, cv=6, method="predict_proba"), axis=1)
    wrong = int((cross_val_predict(model, x, y, cv=6) != y).sum())
    scaled = TEMPER * model[-1].coef_[0] / model[0].scale_
    weights = dict(zip(NAMES, map(float, scaled), strict=True))
    text = as_toml(Trained(weights, wrong, len(y), float(doubt.max())))
    Path(__file__).with_name("side.toml").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
