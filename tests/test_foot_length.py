"""A foot's length by a ruler sets the scale of its file, and nothing else may change it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from fitter.errors import FitterError
from fitter.profile import FootFit
from fitter.scan.mesh import Mesh
from fitter.scan.scanner import Scanner
from sample_scans import degrade
from tests.scans import fit, foot_of, stl, surface, values

SHOP = Scanner("shop", 1.03, 0.005, 0.1)


@cache
def foot() -> degrade.Mesh:
    """A right foot in the foot frame, coarse."""
    return degrade.decimated(surface().vertices, surface().faces, 2.5)


def data(mesh: degrade.Mesh, scale: float = 1.0) -> bytes:
    return stl(Mesh(scale * mesh[0], mesh[1].astype(np.int32)))


@cache
def alone() -> FootFit:
    return foot_of(data(foot()))


def pair(smaller: float = 0.94) -> bytes:
    """A right foot and a smaller left one beside it."""
    left, faces = degrade.mirrored(*foot())
    left = smaller * left + np.array([12.0, 200.0, 0.0])
    return data(degrade.joined(foot(), (left, faces)))


def own_length() -> float:
    return values(alone())["foot_length"]


def test_a_scanner_takes_nothing_from_a_length_by_ruler() -> None:
    found = foot_of(data(foot()), foot_length=own_length(), scanner=SHOP)
    length, without = (
        f.measurements.get("foot_length") for f in (found, foot_of(data(foot()), foot_length=own_length()))
    )
    assert length is not None
    assert without is not None
    assert length.value == pytest.approx(own_length(), abs=0.1)
    assert length.u95 == pytest.approx(without.u95, rel=0.02)
    assert "not corrected for the scanner shop" in found.assumptions["scanner"].text


def test_the_noise_of_a_scanner_is_told_with_a_ruler_too() -> None:
    found = foot_of(data(foot()), foot_length=own_length(), scanner=SHOP)
    assert found.quality.noise_mm >= SHOP.noise_mm


def test_the_length_of_one_foot_is_not_that_of_the_other() -> None:
    left, right = fit(pair(), side="right", foot_length=own_length()).profile.feet
    assert (left.side, right.side) == ("left", "right")
    assert values(right)["foot_length"] == pytest.approx(own_length(), abs=0.1)
    assert values(left)["foot_length"] == pytest.approx(0.94 * own_length(), abs=0.5)
    assert "whose length you gave" in left.assumptions["units"].text
    # A ruler's error is one of the scale, and so one of both feet.
    u95 = [f.measurements.get("foot_length").u95 for f in (left, right)]  # type: ignore[union-attr]
    assert u95[0] == pytest.approx(u95[1], rel=0.1)


def test_a_length_of_a_pair_without_the_side_is_refused() -> None:
    with pytest.raises(FitterError, match=r"holds 2 feet.*State the side") as refused:
        fit(pair(), foot_length=250.0)
    assert refused.value.code == "foot_length_of_which"


def test_the_length_is_kept_where_heel_and_toes_are_set_by_hand() -> None:
    heel, toes = alone().landmarks["pternion"], alone().landmarks["acropodion"]
    x, y, z = heel.in_file
    a, b, c = toes.in_file
    found = foot_of(
        data(foot()), foot_length=250.0, marks={"pternion": (x + 5.0, y, z), "acropodion": (a - 4.0, b, c)}
    )
    assert values(found)["foot_length"] == pytest.approx(250.0, abs=0.1)
    assert values(found)["ball_breadth"] == pytest.approx(
        values(alone())["ball_breadth"] * 250.0 / (own_length() - 9.0), abs=0.3
    )


@pytest.mark.parametrize(("stated", "certain"), [(1.01, True), (1.08, False)])
def test_a_length_far_from_what_the_file_shows_is_told(stated: float, certain: bool) -> None:
    found = foot_of(data(foot(), 0.001), foot_length=stated * own_length())
    told = found.assumptions["units"]
    assert values(found)["foot_length"] == pytest.approx(stated * own_length(), abs=0.1)
    assert told.certain is certain
    assert (f"in metres the foot would be {own_length():.0f} mm" in told.text) is not certain


def test_a_length_that_contradicts_a_stated_unit_is_told() -> None:
    found = foot_of(data(foot()), units="mm", foot_length=1.08 * own_length())
    assert not found.assumptions["units"].certain
    assert "in millimetres the foot would be" in found.assumptions["units"].text


def test_a_scanner_that_shows_too_much_explains_a_length_that_differs() -> None:
    """A scanner of 1.03 makes a foot of 250 mm one of 257.5: that is no slip of the pen."""
    found = foot_of(data(foot()), foot_length=own_length() / 1.05, scanner=Scanner("s", 1.05, 0.005, 0.1))
    assert found.assumptions["units"].certain


def test_a_length_without_any_unit_to_compare_with_is_taken() -> None:
    found = foot_of(data(foot(), 0.0567), foot_length=250.0)
    assert found.assumptions["units"].certain
