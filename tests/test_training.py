"""What the training programs write can be read by what uses it."""

from __future__ import annotations

import tomllib

import pytest

from fitter.resources import table
from models.scan import train_side


def test_the_weights_of_the_side_are_written_as_they_are_read() -> None:
    weights = {"recession": 4.2, "hollow": -0.31, "lead": 0.5}
    written = tomllib.loads(train_side.as_toml(train_side.Trained(weights, 1, 240, 0.2)))
    assert written["weights"] == pytest.approx(weights)
    assert written.keys() == table("scan/side.toml").keys()
    assert written["weights"].keys() == table("scan/side.toml")["weights"].keys()
