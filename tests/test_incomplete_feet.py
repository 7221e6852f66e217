"""A foot with something missing, or covered, is posed upright and told, or refused: never turned."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from fitter.errors import FitterError
from fitter.profile import FitResult, FootFit
from fitter.quantity import Missing
from fitter.scan.mesh import Mesh
from fitter.scan.pose import Posed, pose
from fitter.scan.surface import prepare
from sample_scans import degrade
from sample_scans.construct import construct
from sample_scans.make import of_posture
from tests.scans import fit, stl

LENGTH = 252.0


@cache
def tall() -> degrade.Mesh:
    """A right foot with its leg, coarse, open at the knee."""
    foot = construct(of_posture(0.0, LENGTH), level=1, ankle=350.0, closed=False)
    return foot.points, foot.faces


@cache
def foot(ankle: float = 110.0) -> degrade.Mesh:
    return degrade.cropped(*tall(), ankle)


def turned(mesh: degrade.Mesh, seed: int, unit: str = "mm") -> tuple[Mesh, np.ndarray]:
    """The mesh turned anyhow and in a unit, and where up and forward went (2, 3)."""
    arrows = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    points, faces = degrade.any_pose(np.vstack([mesh[0], arrows]), mesh[1], np.random.default_rng(seed))
    ends = points[-2:] - points[-3]
    points, faces = degrade.in_unit(points[:-3], faces, unit)
    return Mesh(points, faces.astype(np.int32)), ends


def posed(mesh: degrade.Mesh, seed: int, unit: str = "mm") -> tuple[Posed, float, float]:
    """The pose, and how many degrees up and forward are off."""
    scan, ends = turned(mesh, seed, unit)
    found = pose(prepare(scan).mesh)
    rotation = found.placement.rotation
    off = [
        np.degrees(np.arccos(np.clip(rotation[k] @ end, -1, 1))) for k, end in zip((2, 0), ends, strict=True)
    ]
    return found, float(off[0]), float(off[1])


def measured(mesh: degrade.Mesh, seed: int = 3) -> FitResult:
    return fit(stl(turned(mesh, seed)[0]))


def only(result: FitResult) -> FootFit:
    (found,) = result.profile.feet
    return found


def value(found: FootFit, measure_id: str) -> float:
    reading = found.measurements.readings[measure_id]
    assert not isinstance(reading, Missing), reading
    return reading.value


# -- no sole, no floor --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("height", "ankle", "unit", "seed"),
    [
        (4.0, 110.0, "m", 1),
        (8.0, 80.0, "mm", 2),
        (12.0, 110.0, "in", 3),
        (16.0, 300.0, "cm", 4),
        (20.0, 70.0, "mm", 5),
    ],
)
def test_a_foot_without_sole_stands_upright(height: float, ankle: float, unit: str, seed: int) -> None:
    found, up, forward = posed(degrade.sole_lost(*foot(ankle), height), seed, unit)
    assert up < 2.0
    assert forward < 6.0
    assert found.side == "right"
    assert found.assumptions["units"].value == unit


def test_noise_and_holes_turn_a_foot_without_sole_no_further() -> None:
    rng = np.random.default_rng(8)
    mesh = degrade.noisy(*degrade.holed(*degrade.sole_lost(*foot(), 10.0), rng, 8, 8.0), rng, 0.5)
    found, up, _ = posed(mesh, 8)
    assert up < 2.0
    assert found.side == "right"


def test_a_left_foot_without_sole_is_a_left_one() -> None:
    found, up, _ = posed(degrade.mirrored(*degrade.sole_lost(*foot(), 8.0)), 9)
    assert up < 2.0
    assert found.side == "left"


def test_without_sole_no_sole_measure_is_given() -> None:
    found = only(measured(degrade.sole_lost(*foot(), 4.0)))
    reading = found.measurements.readings["arch_height"]
    assert isinstance(reading, Missing)
    assert reading.code == "sole_not_seen"
    assert value(found, "foot_length") == pytest.approx(LENGTH, abs=1.5)


# -- socks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("thickness", [1.0, 3.0])
def test_a_foot_in_a_sock_is_measured_and_told(thickness: float) -> None:
    found = only(measured(degrade.sock(*foot(), thickness)))
    assert found.side == "right"
    assert any("in a sock, merged" in note for note in found.quality.notes)
    assert LENGTH - 1.0 < value(found, "foot_length") < LENGTH + 2.0 * thickness + 1.0


def test_a_sock_without_sole_stands_upright() -> None:
    found, up, _ = posed(degrade.sole_lost(*degrade.sock(*foot()), 8.0), 4)
    assert up < 2.0
    assert found.side == "right"


# -- toes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("toes", [(5,)])
def test_a_missing_lesser_toe_changes_no_length(toes: tuple[int, ...]) -> None:
    found = only(measured(degrade.toes_missing(*foot(), toes)))
    assert found.side == "right"
    assert value(found, "foot_length") == pytest.approx(LENGTH, abs=1.5)


def test_without_a_great_toe_a_foot_is_upright_and_its_side_surely_told_or_doubted() -> None:
    found, up, _ = posed(degrade.toes_missing(*foot(), (1,)), 6)
    assert up < 2.0
    assert found.side == "right" or not found.assumptions["side"].certain


@pytest.mark.parametrize("toes", [(1,), (2,)])
@pytest.mark.parametrize("hallux", [8.0, 26.0])
def test_without_first_or_second_toe_no_neighbour_takes_its_place(
    toes: tuple[int, ...], hallux: float
) -> None:
    whole = construct(replace(of_posture(0.0, LENGTH), hallux_outline_angle=hallux), level=1)
    found = only(measured(degrade.toes_missing(whole.points, whole.faces, toes)))
    assert any("second metatarsal" in note for note in found.quality.notes)


def test_without_a_great_toe_there_is_no_hallux_angle() -> None:
    reading = only(measured(degrade.toes_missing(*foot(), (1,)))).measurements.readings[
        "hallux_outline_angle"
    ]
    assert isinstance(reading, Missing)
    assert reading.code == "great_toe_not_seen"


def test_curled_toes_are_measured() -> None:
    found = only(measured(degrade.toes_curled(*foot(), (2, 3, 4, 5))))
    assert found.side == "right"
    assert value(found, "foot_length") == pytest.approx(LENGTH, abs=1.0)


def test_without_a_forefoot_what_is_left_is_measured_and_told() -> None:
    mesh = degrade.forefoot_missing(*foot(), 0.72 * LENGTH)
    left = float(mesh[0][mesh[0][:, 2] < 60.0, 0].max())
    found = only(measured(mesh))
    assert found.side == "right" or not found.assumptions["side"].certain
    assert any("forefoot missing" in note for note in found.quality.notes)
    assert value(found, "foot_length") == pytest.approx(left, abs=3.0)
    reading = found.measurements.readings["ball_length"]
    assert isinstance(reading, Missing)
    assert reading.code == "forefoot_missing"


def test_what_has_neither_sole_nor_forefoot_is_no_foot() -> None:
    mesh = degrade.sole_lost(*degrade.forefoot_missing(*foot(), 0.72 * LENGTH), 8.0)
    with pytest.raises(FitterError, match="no whole foot"):
        measured(mesh)


# -- what is no foot ----------------------------------------------------------------------------------------


def last() -> degrade.Mesh:
    """A shoe last: the outline of a foot in a sock, narrowing upwards to a thin cone, with no ankle."""
    points, faces = degrade.sock(*degrade.cropped(*tall(), 75.0))
    narrow = 1.0 - 0.75 * np.clip((points[:, 2] - 25.0) / 40.0, 0.0, 1.0)
    return points * np.column_stack([np.ones(len(points)), narrow, np.ones(len(points))]), faces


def test_a_shoe_last_is_refused_for_its_missing_ankle() -> None:
    with pytest.raises(FitterError) as refused:
        measured(last())
    assert refused.value.code == "not_a_foot"
    assert "no ankle" in str(refused.value)


# -- what a scanner leaves in -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "what",
    [
        "tilted floor",
        "noisy floor",
        "strip of floor",
        "bars",
        "turntable",
        "plate",
        "table edge",
        "hem",
        "knee",
    ],
)
def test_what_a_scanner_leaves_in_changes_no_length(what: str) -> None:
    rng = np.random.default_rng(4)
    mesh = {
        "tilted floor": lambda: degrade.tilted_floor(*foot(), rng),
        "noisy floor": lambda: degrade.tilted_floor(*foot(), rng, degrees=0.0, noise=0.5),
        "strip of floor": lambda: degrade.floor_under_forefoot(*foot()),
        "bars": lambda: degrade.with_bars(*foot()),
        "turntable": lambda: degrade.with_turntable_rim(*foot()),
        "plate": lambda: degrade.with_calibration_plate(*foot()),
        "table edge": lambda: degrade.with_table_edge(*foot()),
        "hem": lambda: degrade.with_trouser_hem(*foot()),
        "knee": lambda: foot(345.0),
    }[what]()
    found = only(measured(mesh))
    assert found.side == "right"
    assert value(found, "foot_length") == pytest.approx(LENGTH, abs=1.0)


def test_feet_five_millimetres_apart_are_two() -> None:
    profile = measured(degrade.with_second_foot(*foot(), gap=5.0)).profile
    assert sorted(found.side for found in profile.feet) == ["left", "right"]


def test_feet_grown_together_are_two_or_refused() -> None:
    try:
        profile = measured(degrade.bridged(*foot())).profile
    except FitterError as refused:
        assert refused.code == "not_a_foot"  # noqa: PT017 - either outcome is right
        return
    assert sorted(found.side for found in profile.feet) == ["left", "right"]


def test_a_piece_of_wall_is_told_as_one() -> None:
    wall = degrade.plate((-6.0, -60.0, 20.0), (0.0, 120.0, 0.0), (0.0, 0.0, 260.0), 8.0)
    bent = wall[0] + np.column_stack([0.0006 * wall[0][:, 2] ** 1.9, *np.zeros((2, len(wall[0])))]) * -1.0
    found = only(measured(degrade.joined(foot(), (bent - np.array([30.0, 0.0, 0.0]), wall[1]))))
    assert "A wall was found and left out." in found.quality.notes
