"""The same foot gives the same numbers, however the file shows it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from fitter.anatomy.measures import BY_ID
from fitter.profile import FootFit
from fitter.scan.mesh import Mesh
from fitter.scan.repair import weld
from tests.scans import foot_of, mirrored, moved, stl, surface, values

# What a change of 0.1 mm in two lengths does to an index of them.
SMALL = {"mm": 1.0, "deg": 1.0, "%": 1.0, "ratio": 0.01}


def assert_same(found: dict[str, float], expected: dict[str, float], within: float) -> None:
    assert found.keys() == expected.keys()
    off = {
        i: abs(found[i] - expected[i])
        for i in expected
        if abs(found[i] - expected[i]) > within * SMALL[BY_ID[i].unit]
    }
    assert not off, f"changed by more than {within}: {off}"


@cache
def as_scanned() -> FootFit:
    return foot_of(stl(surface()))


@pytest.fixture(scope="module")
def twin() -> dict[str, float]:
    return values(as_scanned())


def test_a_mirrored_foot_is_the_other_foot_with_the_same_numbers(twin: dict[str, float]) -> None:
    other = foot_of(stl(mirrored(surface())))
    assert other.side == "left"
    assert_same(values(other), twin, within=0.1)


@settings(max_examples=6, deadline=None, derandomize=True)
@given(st.integers(0, 10_000))
def test_a_turned_and_shifted_foot_measures_the_same(seed: int) -> None:
    rotation = Rotation.random(random_state=seed).as_matrix()
    turned = foot_of(stl(moved(surface(), rotation, (100.0, -40.0, 900.0))))
    assert turned.side == "right"
    assert_same(values(turned), values(as_scanned()), within=0.3)


@pytest.mark.parametrize(("unit", "mm"), [("cm", 10.0), ("m", 1000.0), ("in", 25.4)])
def test_a_foot_in_another_unit_is_recognised_and_measures_the_same(
    twin: dict[str, float], unit: str, mm: float
) -> None:
    mesh = surface()
    foot = foot_of(stl(Mesh(mesh.vertices / mm, mesh.faces)))
    assert foot.assumptions["units"].value == unit
    assert_same(values(foot), twin, within=0.01)


def test_the_order_and_winding_of_triangles_do_not_matter(twin: dict[str, float]) -> None:
    mesh = surface()
    shuffled = np.random.default_rng(1).permutation(mesh.faces)
    shuffled[::2] = shuffled[::2, ::-1]
    assert_same(values(foot_of(stl(Mesh(mesh.vertices, shuffled)))), twin, within=0.05)


def test_finer_triangles_of_the_same_surface_measure_the_same(twin: dict[str, float]) -> None:
    assert_same(values(foot_of(stl(_split(surface())))), twin, within=0.15)


def test_a_very_fine_scan_is_lightened_and_measures_the_same_and_tells_its_own_noise() -> None:
    fine = weld(_split(_split(_split(surface()))))
    noise = np.random.default_rng(3).normal(scale=0.05, size=fine.vertices.shape)
    foot = foot_of(stl(Mesh(fine.vertices + noise, fine.faces)))
    found, expected = values(foot), values(as_scanned())
    for measure_id in (
        "foot_length",
        "ball_breadth",
        "heel_breadth",
        "ball_girth",
        "instep_height",
        "arch_height",
    ):
        assert found[measure_id] == pytest.approx(expected[measure_id], abs=0.5), measure_id
    assert foot.quality.noise_mm == pytest.approx(0.05, rel=0.35)
    assert foot.quality.triangles > 0.99 * len(fine.faces)
    assert any("say the same" in note for note in foot.quality.notes)


def _split(mesh: Mesh) -> Mesh:
    """Every triangle in four, no point moved."""
    a, b, c = np.moveaxis(mesh.corners, 1, 0)
    ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
    corners = np.concatenate(
        [np.stack(t, axis=1) for t in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))]
    )
    return Mesh(corners.reshape(-1, 3), np.arange(3 * len(corners), dtype=np.int32).reshape(-1, 3))


def test_scanner_noise_moves_measures_by_less_than_their_stated_error() -> None:
    mesh = surface()
    noise = np.random.default_rng(7).normal(scale=0.3, size=mesh.vertices.shape)
    rough = foot_of(stl(Mesh(mesh.vertices + noise, mesh.faces)))
    smooth = as_scanned()
    assert rough.quality.noise_mm == pytest.approx(0.3, rel=0.35)
    for measure_id, value in values(smooth).items():
        reading = rough.measurements.get(measure_id)
        assert reading is not None
        assert abs(reading.value - value) < reading.u95, measure_id


def test_a_foot_stated_as_the_other_side_is_read_as_a_mirror_image(twin: dict[str, float]) -> None:
    foot = foot_of(stl(surface()), side="left")
    assert foot.side == "left"
    assert "its shape is a right one" in foot.assumptions["side"].text
    assert not foot.assumptions["side"].certain
    assert_same(values(foot), twin, within=0.1)
