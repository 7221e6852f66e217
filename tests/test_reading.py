"""Scan files: what is read, and what is refused in one line."""

from __future__ import annotations

import io

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray

from fitter.errors import FitterError
from fitter.scan.formats import read_scan
from fitter.scan.mesh import Mesh
from fitter.scan.repair import clean, components, drop_degenerate, surface_from_points, weld
from tests.scans import foot_of, stl, stl_text, surface, values


def written(kind: str) -> bytes:
    mesh = surface()
    solid = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    data = solid.export(file_type=kind)
    return data.encode() if isinstance(data, str) else data


@pytest.mark.parametrize("kind", ["stl", "ply", "obj", "off", "glb", "3mf"])
def test_every_format_holds_the_same_foot(kind: str) -> None:
    raw = read_scan(f"foot.{kind}", written(kind)).mesh
    assert len(raw.faces) == len(surface().faces)
    # 3MF and STL keep seven digits.
    np.testing.assert_allclose(np.ptp(raw.vertices, axis=0), np.ptp(surface().vertices, axis=0), atol=1e-3)


def test_our_stl_readers_agree_with_trimesh() -> None:
    theirs = trimesh.load_mesh(io.BytesIO(stl(surface())), file_type="stl", process=False).triangles
    binary = read_scan("a.stl", stl(surface())).mesh.corners
    text = read_scan("a.stl", stl_text(surface())).mesh.corners
    np.testing.assert_array_equal(binary, theirs)
    np.testing.assert_allclose(text, surface().corners, rtol=0, atol=1e-12)


def test_a_binary_stl_that_begins_with_solid_is_read_as_binary() -> None:
    data = stl(surface(), header=b"solid exported by a CAD program")
    assert len(read_scan("a.stl", data).mesh.faces) == len(surface().faces)


def test_bytes_after_the_last_triangle_are_ignored() -> None:
    assert len(read_scan("a.stl", stl(surface()) + b"\0" * 17).mesh.faces) == len(surface().faces)


def test_an_upper_case_extension_is_the_same_format() -> None:
    assert len(read_scan("FOOT.STL", stl(surface())).mesh.faces) == len(surface().faces)


BROKEN = {
    "empty.stl": (b"", "empty_file"),
    "cut.stl": (lambda: stl(surface())[:-1000], "truncated"),
    "cut_text.stl": (lambda: stl_text(surface())[:-5000], "truncated"),
    "letter.stl": (b"Dear shop, here is my scan.\n" * 20, "wrong_extension"),
    "picture.jpg": (b"\xff\xd8\xff\xe0" + b"\0" * 200, "unknown_format"),
    "noextension": (b"abc", "unknown_format"),
    "really_a.ply": (lambda: stl(surface()), "damaged_file"),
    "really_a.glb": (b"glTF but not really", "damaged_file"),
    "really_a.3mf": (b"PK\x03\x04 but not really", "damaged_file"),
    "words.xyz": (b"one two three\nfour five six\n" * 300, "wrong_extension"),
    "few.xyz": (b"0 0 0\n1 1 1\n", "no_surface"),
    "no_triangles.stl": (b"\0" * 84, None),
    "zeros.stl": (b"\0" * 5000, None),
    "nan.stl": (lambda: stl(Mesh(surface().vertices * np.nan, surface().faces)), "no_surface"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_gets_one_line_that_names_it(name: str) -> None:
    data, code = BROKEN[name]
    with pytest.raises(FitterError) as refused:
        foot_of(data() if callable(data) else data, name)
    line = str(refused.value)
    assert line.startswith(name)
    assert "\n" not in line
    assert refused.value.todo, "says what to do"
    if code is not None:
        assert refused.value.code == code


def test_welding_joins_equal_corners_and_moves_nothing() -> None:
    soup = read_scan("a.stl", stl(surface())).mesh
    welded = weld(soup)
    assert len(welded.vertices) < len(soup.vertices) / 4
    np.testing.assert_array_equal(welded.corners, soup.corners)


def test_double_and_empty_triangles_are_dropped() -> None:
    mesh = surface()
    spoilt = np.concatenate([mesh.faces, mesh.faces[:50, ::-1], mesh.faces[:50, [0, 0, 1]]])
    assert len(drop_degenerate(Mesh(mesh.vertices, spoilt)).faces) == len(mesh.faces)


def test_crumbs_beside_the_foot_are_left_out_and_told() -> None:
    mesh = surface()
    crumb = np.array([[0, 0, 500.0], [5, 0, 500.0], [0, 5, 500.0]])
    n = len(mesh.vertices)
    both = Mesh(
        np.vstack([mesh.vertices, crumb]), np.vstack([mesh.faces, [[n, n + 1, n + 2]]]).astype(np.int32)
    )
    found, notes = clean(both)
    assert components(found)[0] == 1
    assert len(found.faces) == len(mesh.faces)
    assert "1 smaller" in notes[0]


def test_loose_triangles_are_no_foot() -> None:
    rng = np.random.default_rng(3)
    loose = Mesh(rng.normal(size=(3000, 3)), np.arange(3000, dtype=np.int32).reshape(-1, 3))
    with pytest.raises(FitterError, match="loose pieces"):
        clean(loose)


def cloud_of_points() -> NDArray[np.float64]:
    """Points as a scanner leaves them: spread evenly over the skin, about 2 mm apart."""
    mesh = trimesh.Trimesh(surface().vertices, surface().faces, process=False)
    points, _ = trimesh.sample.sample_surface_even(mesh, 18_000, seed=4)
    return np.asarray(points)


def test_a_point_cloud_measures_as_the_mesh_it_was_taken_from() -> None:
    points = cloud_of_points()
    cloud = foot_of("\n".join(f"{x:.4f} {y:.4f} {z:.4f}" for x, y, z in points).encode(), "foot.xyz")
    mesh = foot_of(stl(surface()))
    for measure_id, value in values(mesh).items():
        reading = cloud.measurements.get(measure_id)
        assert reading is not None, measure_id
        assert abs(reading.value - value) < max(1.5, 0.5 * reading.u95), measure_id


def test_a_surface_through_points_encloses_what_the_mesh_encloses() -> None:
    mesh = surface()
    found = surface_from_points(cloud_of_points())
    volume = trimesh.Trimesh(found.vertices, found.faces).volume
    assert volume == pytest.approx(trimesh.Trimesh(mesh.vertices, mesh.faces).volume, rel=0.03)


def test_spikes_are_left_out_and_told() -> None:
    mesh = surface()
    rng = np.random.default_rng(6)
    spiky = mesh.vertices.copy()
    some = rng.choice(np.unique(mesh.faces[:4000]), 12, replace=False)
    spiky[some] += 30.0 * rng.normal(size=(12, 3))
    _, notes = clean(Mesh(spiky, mesh.faces))
    assert any("spikes" in note for note in notes)
    assert clean(mesh)[1] == ()
    spoilt, whole = values(foot_of(stl(Mesh(spiky, mesh.faces)))), values(foot_of(stl(mesh)))
    assert abs(spoilt["foot_length"] - whole["foot_length"]) < 0.5
    assert abs(spoilt["ball_girth"] - whole["ball_girth"]) < 2.0
