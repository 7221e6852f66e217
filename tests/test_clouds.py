"""A surface through a cloud of points measures as the foot the points lie on."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fitter.errors import FitterError
from fitter.scan.cloud import outward_normals, surface_from_points, thinned
from fitter.scan.mesh import Mesh
from sample_scans import degrade, files
from sample_scans.construct import construct
from sample_scans.make import NEUTRAL
from tests.scans import foot_of, stl, surface, values

NO_FACES = np.empty((0, 3), np.int64)
LEAST = {"hallux_outline_angle": 1.5, "rearfoot_angle": 1.0, "arch_index": 0.01, "arch_height_index": 0.01}


def cloud_of_points() -> NDArray[np.float64]:
    """Points as a scanner leaves them: spread evenly over the skin, about 2 mm apart."""
    mesh = trimesh.Trimesh(surface().vertices, surface().faces, process=False)
    points, _ = trimesh.sample.sample_surface_even(mesh, 18_000, seed=4)
    return np.asarray(points)


@cache
def stump(height: float) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """A constructed foot cut off above ``height`` mm and open there, as every real scan is."""
    foot = construct(NEUTRAL, level=1)
    return degrade.cropped(foot.points, foot.faces, height)


def points_on(height: float, number: int, noise: float = 0.0) -> NDArray[np.float64]:
    rng = np.random.default_rng(number)
    points = degrade.cloud(*stump(height), rng, number)
    return points + rng.normal(0.0, noise, points.shape)


def measured(points: NDArray[np.float64]) -> dict[str, float]:
    return values(foot_of(files.as_bytes("cloud.ply", points, NO_FACES, "mm"), "cloud.ply"))


@cache
def of_the_mesh(height: float) -> dict[str, float]:
    points, faces = stump(height)
    return values(foot_of(stl(Mesh(points, faces.astype(np.int32)))))


def test_a_point_cloud_measures_as_the_mesh_it_was_taken_from() -> None:
    points = cloud_of_points()
    cloud = foot_of("\n".join(f"{x:.4f} {y:.4f} {z:.4f}" for x, y, z in points).encode(), "foot.xyz")
    mesh = foot_of(stl(surface()))
    for measure_id, value in values(mesh).items():
        reading = cloud.measurements.get(measure_id)
        assert reading is not None, measure_id
        assert abs(reading.value - value) < max(1.5, 0.5 * reading.u95), measure_id


@pytest.mark.parametrize(("height", "number"), [(70.0, 40_000), (90.0, 20_000), (110.0, 60_000)])
def test_a_cloud_open_at_the_ankle_measures_as_its_mesh(height: float, number: int) -> None:
    cloud, mesh = measured(points_on(height, number)), of_the_mesh(height)
    for measure_id, least in (LEAST | {"foot_length": 0.5, "heel_breadth": 0.5, "arch_height": 0.7}).items():
        assert abs(cloud[measure_id] - mesh[measure_id]) < least, measure_id
    assert abs(cloud["ball_girth"] - mesh["ball_girth"]) < 1.5


@pytest.mark.parametrize("number", [5_000, 8_000])
def test_a_thin_cloud_keeps_its_heel_and_its_arch(number: int) -> None:
    cloud, mesh = measured(points_on(90.0, number)), of_the_mesh(90.0)
    assert abs(cloud["rearfoot_angle"] - mesh["rearfoot_angle"]) < 1.5
    assert abs(cloud["arch_height"] - mesh["arch_height"]) < 1.0
    assert abs(cloud["chippaux_smirak_index"] - mesh["chippaux_smirak_index"]) < 3.0


def test_noise_does_not_make_a_foot_larger() -> None:
    cloud, mesh = measured(points_on(90.0, 60_000, noise=0.3)), of_the_mesh(90.0)
    for measure_id in ("foot_length", "ball_breadth", "heel_breadth", "instep_height", "arch_height"):
        assert abs(cloud[measure_id] - mesh[measure_id]) < 0.5, measure_id
    assert abs(cloud["instep_girth"] - mesh["instep_girth"]) < 1.5


def test_the_skin_lies_on_the_points_and_leaves_no_hole() -> None:
    points, faces = stump(90.0)
    found = surface_from_points(points_on(90.0, 20_000))
    rng = np.random.default_rng(1)
    true = degrade.cloud(points, faces, rng, 60_000)
    skin = degrade.cloud(found.vertices, found.faces, rng, 60_000)
    assert np.quantile(cKDTree(skin).query(true)[0], 0.99) < 1.5
    assert np.quantile(cKDTree(true).query(skin)[0], 0.98) < 1.5


def test_normals_of_a_closed_cloud_point_outwards() -> None:
    points = cloud_of_points()
    mesh = trimesh.Trimesh(surface().vertices, surface().faces, process=False)
    nearest = cKDTree(mesh.triangles_center).query(points)[1]
    agree = (outward_normals(points) * mesh.face_normals[nearest]).sum(axis=1) > 0.0
    assert agree.mean() > 0.97


def test_a_turned_cloud_measures_the_same() -> None:
    points = points_on(90.0, 30_000)
    turned, _ = degrade.any_pose(points, NO_FACES, np.random.default_rng(5))
    here, there = measured(points), measured(turned)
    for measure_id in ("foot_length", "ball_breadth", "heel_breadth", "arch_height", "instep_height"):
        assert abs(here[measure_id] - there[measure_id]) < 0.3, measure_id


def test_a_crowded_spot_is_thinned() -> None:
    points = points_on(90.0, 10_000)
    spot = points[:1] + np.random.default_rng(2).normal(0.0, 0.2, (30_000, 3))
    kept = thinned(np.vstack([points, spot]))
    assert (np.linalg.norm(kept - points[0], axis=1) < 1.0).sum() < 100


@pytest.mark.parametrize("number", [20, 5_000])
def test_points_all_through_a_body_are_no_skin(number: int) -> None:
    points = np.random.default_rng(3).uniform(0.0, 100.0, (number, 3))
    with pytest.raises(FitterError, match="too few or too uneven"):
        surface_from_points(points)


def test_points_in_one_plane_are_refused_in_one_line() -> None:
    flat = np.random.default_rng(4).uniform(0.0, 100.0, (3_000, 3)) * [1.0, 1.0, 0.0]
    with pytest.raises(FitterError, match="too few or too uneven"):
        surface_from_points(flat)
