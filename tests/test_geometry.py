"""Depth maps, outlines, cuts and tapes against shapes whose truth is plain."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from fitter.anatomy.sections import cut, girth
from fitter.scan.depth import border, depth_map
from fitter.scan.frame import _peaks
from fitter.scan.mesh import Mesh
from fitter.scan.surface import edge_length as spacing
from fitter.scan.surface import roughness

UP = np.array([0.0, 0.0, 1.0])
X, Y = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])


def ball(radius: float, subdivisions: int = 5) -> Mesh:
    solid = trimesh.creation.icosphere(subdivisions=subdivisions, radius=radius)
    return Mesh(np.asarray(solid.vertices), np.asarray(solid.faces, np.int32))


@pytest.mark.parametrize(
    ("view", "sign"), [("below", -1), ("above", 1), ("medial", 1), ("lateral", -1), ("front", 1)]
)
def test_a_ball_looks_round_from_every_side(view: str, sign: int) -> None:
    seen = depth_map(ball(50.0).corners, view, 1.0)  # type: ignore[arg-type]
    r, c = np.meshgrid(seen.rows, seen.columns, indexing="ij")
    inside = np.hypot(r, c) < 45
    np.testing.assert_allclose(
        seen.depth[inside], sign * np.sqrt(2500 - r[inside] ** 2 - c[inside] ** 2), atol=0.1
    )


def test_coarse_and_fine_triangles_of_a_plane_give_one_map() -> None:
    corners = np.array([[[0.0, 0, 1], [40, 0, 5], [40, 30, 8]], [[0, 0, 1], [40, 30, 8], [0, 30, 4]]])
    fine = trimesh.Trimesh(corners.reshape(-1, 3), np.arange(6).reshape(2, 3), process=False)
    fine = fine.subdivide().subdivide().subdivide()
    a, b = depth_map(corners, "below", 1.0), depth_map(np.asarray(fine.triangles), "below", 1.0)
    np.testing.assert_allclose(a.depth, b.depth, atol=1e-9)
    assert np.isfinite(a.depth[1:-1, 1:-1]).all()


def test_a_fitted_summit_takes_nothing_off_a_rounded_tip() -> None:
    tip = ball(8.0)
    part = tip.corners[tip.corners[..., 0].min(axis=1) > 0]
    assert depth_map(part, "front", 1.0).summit(4.0)[2] == pytest.approx(8.0, abs=0.12)


def test_an_outline_is_exact_and_ends_at_its_ceiling() -> None:
    edge = border(ball(50.0).corners, 0, 1, 1, 1.0, ceiling=0.0)
    inside = np.abs(edge.rows) < 45
    np.testing.assert_allclose(edge.depth[inside], np.sqrt(2500 - edge.rows[inside] ** 2), atol=0.1)
    lower = border(ball(50.0).corners, 0, 1, 1, 1.0, ceiling=-30.0)
    assert np.nanmax(lower.depth) == pytest.approx(40.0, abs=0.5)


def test_a_tape_around_a_ball_is_its_circumference() -> None:
    origin = np.array([10.0, 0.0, 0.0])
    points = cut(ball(50.0), origin, X)
    np.testing.assert_allclose(points[:, 0], 10.0, atol=1e-9)
    assert girth(points, origin, Y, UP)[0] == pytest.approx(2 * np.pi * np.sqrt(2500 - 100), rel=2e-3)


def test_a_tape_lies_straight_over_a_hollow() -> None:
    outline = np.array([[0, 0, 0], [0, 40, 0], [0, 40, 30], [0, 20, 5], [0, 0, 30.0]])
    length, touched = girth(outline, np.zeros(3), Y, UP)
    assert length == pytest.approx(140.0)
    assert len(touched) == 4


def test_nothing_to_go_around_gives_no_girth() -> None:
    assert np.isnan(girth(cut(ball(10.0), np.array([99.0, 0, 0]), X), np.zeros(3), Y, UP)[0])


@pytest.mark.parametrize("noise", [0.1, 0.3, 0.5])
def test_the_noise_of_a_surface_is_seen(noise: float) -> None:
    mesh = ball(60.0)
    rough = np.random.default_rng(5).normal(scale=noise, size=mesh.vertices.shape)
    assert roughness(Mesh(mesh.vertices + rough, mesh.faces)) == pytest.approx(noise, rel=0.2)
    assert roughness(mesh) < 0.05
    assert spacing(mesh) == pytest.approx(2.0, abs=0.5)


def test_peaks_of_an_outline_are_those_scipy_finds() -> None:
    from scipy.signal import find_peaks  # noqa: PLC0415 - a peer, slow to import

    rng = np.random.default_rng(2)
    for _ in range(50):
        line = np.cumsum(rng.normal(size=80)) + 100.0
        expected, _ = find_peaks(np.pad(line, 1, constant_values=0.0), prominence=1.5)
        assert _peaks(line, 1.5) == [int(p) - 1 for p in expected]
