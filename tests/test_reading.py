"""Scan files: what is read, and what is refused in one line."""

from __future__ import annotations

import gzip
import io
import re
import struct
import zipfile

import numpy as np
import pytest
import trimesh

from fitter.errors import FitterError
from fitter.scan.formats import EXTENSIONS, read_scan
from fitter.scan.mesh import Mesh
from fitter.scan.repair import components, drop_degenerate, weld
from fitter.scan.scene import separate
from tests.scans import SAMPLES, foot_of, sample, stl, stl_text, surface, values


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
    "picture.stl": (b"\xff\xd8\xff\xe0" + b"\0" * 200, "unknown_format"),
    "collada.dae": (b'<?xml version="1.0"?><COLLADA></COLLADA>', "unknown_format"),
    "really_a_list.ply": (b"1 2 3\n" * 600, "damaged_file"),
    "two.zip": (lambda: zipped(**{"left.stl": stl(surface()), "right.stl": stl(surface())}), "several_scans"),
    "none.zip": (lambda: zipped(**{"readme.md": b"hello"}), "no_surface"),
    "really_a.glb": (b"glTF but not really", "damaged_file"),
    "really_a.3mf": (b"PK\x03\x04 but not really", "damaged_file"),
    "words.xyz": (b"one two three\nfour five six\n" * 300, "wrong_extension"),
    "few.xyz": (b"0 0 0\n1 1 1\n", "no_surface"),
    "no_triangles.stl": (b"\0" * 84, None),
    "zeros.stl": (b"\0" * 5000, None),
    "nan.stl": (lambda: stl(Mesh(surface().vertices * np.nan, surface().faces)), "damaged_file"),
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


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return out.getvalue()


def same_triangles(ours: Mesh, theirs: trimesh.Trimesh, atol: float = 1e-9) -> None:
    np.testing.assert_allclose(ours.corners, theirs.triangles, rtol=0, atol=atol)


BALL = trimesh.creation.icosphere(subdivisions=2, radius=100)
SAMPLE_SCANS = sorted(p.name for p in SAMPLES.iterdir() if p.suffix[1:] in EXTENSIONS)


@pytest.mark.parametrize("name", [n for n in SAMPLE_SCANS if not n.endswith(".xyz")])
def test_trimesh_reads_the_same_triangles_from_every_sample(name: str) -> None:
    theirs = trimesh.load_mesh(io.BytesIO(sample(name)), file_type=name.rsplit(".", 1)[-1], process=False)
    same_triangles(read_scan(name, sample(name)).mesh, theirs)


@pytest.mark.parametrize("name", ["foot.dat", "foot.ply", "foot.obj", "foot.xyz", "foot"])
def test_a_file_with_the_wrong_extension_is_read_as_what_it_is(name: str) -> None:
    found = read_scan(name, stl(surface()))
    np.testing.assert_array_equal(found.mesh.corners, read_scan("foot.stl", stl(surface())).mesh.corners)
    assert "an STL file" in found.notes[0]
    assert read_scan("foot.stl", stl(surface())).notes == ()


@pytest.mark.parametrize("kind", ["stl", "ply", "obj", "off", "glb", "3mf"])
def test_every_format_is_known_by_its_content(kind: str) -> None:
    wrong = "stl" if kind != "stl" else "glb"
    found = read_scan(f"foot.{wrong}", written(kind))
    assert len(found.mesh.faces) == len(surface().faces)
    assert kind.upper() in found.notes[0]


@pytest.mark.parametrize("kind", ["stl", "ply", "obj", "off", "glb", "3mf"])
def test_a_packed_scan_is_the_scan(kind: str) -> None:
    plain = read_scan(f"foot.{kind}", written(kind))
    for name, data in (
        (f"foot.{kind}.gz", gzip.compress(written(kind), 1)),
        (
            "foot.zip",
            zipped(**{f"a/Foot.{kind.upper()}": written(kind), "a/skin.jpg": b"", "a/.x.stl": b"1"}),
        ),
    ):
        found = read_scan(name, data)
        np.testing.assert_array_equal(found.mesh.corners, plain.mesh.corners)
        assert (found.format, found.unit, found.notes) == (plain.format, plain.unit, ())


def test_several_scans_in_a_zip_are_named() -> None:
    with pytest.raises(FitterError, match=r"holds 2 scans \(left.stl, right.stl\)"):
        read_scan("pair.zip", zipped(**{"left.stl": stl(surface()), "right.stl": stl(surface())}))


QUADS = b"""v 0 0 0
v 2 0 0 1
v 2 1 0
v 0 1 0
vt 0 0
vn 0 0 1
"""


@pytest.mark.parametrize(
    "faces",
    [
        b"f 1 2 3 4",
        b"f 1/1 2/1 3/1 4/1",
        b"f 1//1 2//1 3//1 4//1",
        b"f 1/1/1 2/1/1 3/1/1 4/1/1",
        b"f -4 -3 -2 -1",
        b"  f\t-4/-1/-1 -3/-1/-1 -2/-1/-1 -1/-1/-1 ",
        b"f 1 2 3\nf -4 -2 -1",
        b"f 1 2 \\\n 3 4",
        b"g sole\nusemtl skin\nf 1 2 3\ns off\nf 1 3 4\n# the end",
        b"f 1 2 3 4\nv 9 9 9\nv 9 9 8\nv 9 7 9\nf -1 -2 -3",
    ],
)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_an_obj_face_is_the_same_however_it_is_written(faces: bytes, line_end: bytes) -> None:
    text = (QUADS + faces + b"\n").replace(b"\n", line_end)
    mesh = read_scan("a.obj", text).mesh
    np.testing.assert_array_equal(mesh.faces[:2], [[0, 1, 2], [0, 2, 3]])
    np.testing.assert_array_equal(mesh.vertices[:4], [[0, 0, 0], [2, 0, 0], [2, 1, 0], [0, 1, 0]])
    assert len(mesh.faces) == 2 or mesh.faces[2].tolist() == [6, 5, 4]


@pytest.mark.parametrize("kind", ["stl", "ply", "obj", "off"])
def test_lines_that_end_in_a_carriage_return_alone_are_lines(kind: str) -> None:
    text = {
        "stl": stl_text(Mesh(BALL.vertices, BALL.faces.astype(np.int32))),
        "ply": BALL.export(file_type="ply", encoding="ascii"),
        "obj": BALL.export(file_type="obj").encode(),
        "off": BALL.export(file_type="off").encode(),
    }[kind]
    assert b"\r" not in text
    found = read_scan(f"a.{kind}", text.replace(b"\n", b"\r")).mesh
    np.testing.assert_array_equal(found.corners, read_scan(f"a.{kind}", text).mesh.corners)


@pytest.mark.parametrize("order", ["little", "big", "text"])
@pytest.mark.parametrize("size", ["uchar", "int"])
def test_a_ply_of_quads_and_triangles_is_read_in_every_order(order: str, size: str) -> None:
    kind = "ascii 1.0" if order == "text" else f"binary_{order}_endian 1.0"
    head = (
        f"ply\nformat {kind}\ncomment made by hand\nelement camera 1\nproperty list uchar float view\n"
        "element vertex 4\nproperty float x\nproperty uchar red\nproperty uchar green\n"
        "property uchar blue\nproperty float y\nproperty double z\nelement face 2\nproperty short flag\n"
        f"property list {size} int vertex_index\nproperty list uchar float texcoord\nend_header\n"
    ).encode()
    corners = [(0, 9, 8, 7, 0, 0), (2, 9, 8, 7, 0, 0), (2, 9, 8, 7, 1, 0), (0, 9, 8, 7, 1, 0)]
    if order == "text":
        rows = "2 5 5\n" + "".join(" ".join(map(str, c)) + "\n" for c in corners)
        body = (rows + "-1 4 0 1 2 3 2 .5 .5\n7 3 0 1 2 0\n").encode()
    else:
        mark, n = {"little": "<", "big": ">"}[order], {"uchar": "B", "int": "i"}[size]
        body = struct.pack(f"{mark}B2f", 2, 5, 5)
        body += b"".join(struct.pack(f"{mark}f3Bfd", *c) for c in corners)
        body += struct.pack(f"{mark}h{n}4iB2f", -1, 4, 0, 1, 2, 3, 2, 0.5, 0.5)
        body += struct.pack(f"{mark}h{n}3iB", 7, 3, 0, 1, 2, 0)
    found = read_scan("a.ply", head + body)
    np.testing.assert_array_equal(found.mesh.faces, [[0, 1, 2], [0, 2, 3], [0, 1, 2]])
    np.testing.assert_array_equal(found.mesh.vertices, [[0, 0, 0], [2, 0, 0], [2, 1, 0], [0, 1, 0]])
    np.testing.assert_array_equal(found.colours, [[9, 8, 7]] * 4)


def test_the_colour_of_the_skin_is_kept() -> None:
    rng = np.random.default_rng(2)
    rgba = np.column_stack([rng.integers(0, 256, (len(BALL.vertices), 3)), np.full(len(BALL.vertices), 255)])
    solid = trimesh.Trimesh(BALL.vertices, BALL.faces, vertex_colors=rgba.astype(np.uint8), process=False)
    for kind in ("ply", "obj", "glb"):
        data = solid.export(file_type=kind)
        found = read_scan(f"a.{kind}", data.encode() if isinstance(data, str) else data)
        np.testing.assert_array_equal(found.colours, rgba[:, :3], err_msg=kind)
    off = b"COFF\n3 1 0\n0 0 0 1 2 3 255\n1 0 0 4 5 6 255\n0 1 0 7 8 9 255\n3 0 1 2 255 0 0\n"
    np.testing.assert_array_equal(read_scan("a.off", off).colours, [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    assert read_scan("a.stl", stl(surface())).colours is None


def cloud_lines(row: str) -> bytes:
    return "".join(row.format(x=i / 4, y=-i / 2, z=1.5e-3 * i) + "\n" for i in range(600)).encode()


@pytest.mark.parametrize(
    "data",
    [
        cloud_lines("{x} {y} {z}"),
        cloud_lines("  {x}\t{y}\t{z}\t0.5 0.5 0.5"),
        cloud_lines("{x}, {y}, {z}"),
        b"x;y;z;name\n" + cloud_lines("{x};{y};{z};4"),
        cloud_lines("{x};{y};{z}").replace(b".", b","),
        cloud_lines("{x:.6f} {y:.6f} {z:.6f}").replace(b".", b","),
        b"//X Y Z R G B\n600\n" + cloud_lines("{x} {y} {z} 9 8 7"),
        b"\xef\xbb\xbf# made by a scanner\r\n" + cloud_lines("{x} {y} {z}").replace(b"\n", b"\r\n"),
    ],
)
@pytest.mark.parametrize("extension", ["xyz", "pts", "asc", "txt"])
def test_a_list_of_points_is_read_however_it_is_separated(data: bytes, extension: str) -> None:
    i = np.arange(600.0)
    found = read_scan(f"a.{extension}", data)
    np.testing.assert_allclose(found.mesh.vertices, np.column_stack([i / 4, -i / 2, 1.5e-3 * i]), atol=1e-12)
    assert (found.colours is not None) == (b"9 8 7" in data)


def test_points_that_a_scanner_did_not_see_are_left_out() -> None:
    data = cloud_lines("{x} {y} {z}") + b"nan nan nan\n" * 5
    assert len(read_scan("a.xyz", data).mesh.vertices) == 600


def in_a_scene() -> trimesh.Scene:
    """Two balls in different places, one of them turned inside a moved group and mirrored."""
    scene = trimesh.Scene()
    turn = trimesh.transformations.rotation_matrix(0.7, (1, 2, 3))
    turn[:3, 3] = (10, 20, 300)
    scene.add_geometry(BALL, node_name="a", transform=turn)
    mirror = trimesh.transformations.translation_matrix((500, 0, 0)) @ np.diag([1.0, -2.0, 1.0, 1.0])
    scene.add_geometry(BALL, node_name="b", parent_node_name="a", transform=mirror)
    return scene


def test_parts_of_a_glb_stand_where_its_scene_puts_them() -> None:
    scene = in_a_scene()
    found = read_scan("a.glb", scene.export(file_type="glb")).mesh
    ours, theirs = trimesh.Trimesh(found.vertices, found.faces, process=False), scene.to_mesh()
    np.testing.assert_allclose(ours.bounds, theirs.bounds, atol=1e-3)
    # A mirrored part keeps its outside out.
    assert ours.volume == pytest.approx(theirs.volume, rel=1e-6)
    assert ours.volume == pytest.approx(3 * BALL.volume, rel=1e-6)


def test_parts_of_a_3mf_stand_where_its_build_puts_them() -> None:
    """An object made of an object of another model file, placed twice, once mirrored."""
    core = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
    more = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06"
    corners = "".join(
        f'<vertex z="{z}" x="{x}" y="{y}" />' for x, y, z in np.vstack([np.zeros(3), np.eye(3)])
    )
    mesh = (
        f"<mesh><vertices>{corners}</vertices><triangles><triangle v1='0' v2='2' v3='1' pid='1' p1='0'/>"
        '<triangle v3="3" v1="0" v2="1"/></triangles></mesh>'
    )
    part = f'<model xmlns="{core}"><resources><object id="1">{mesh}</object></resources><build/></model>'
    whole = (
        f'<model unit="inch" xmlns="{core}" xmlns:p="{more}"><resources><object id="1"><components>'
        '<component p:path="/3D/Objects/part.model" objectid="1" transform="0 1 0 -1 0 0 0 0 1 5 0 0"/>'
        '</components></object><object id="2"><mesh><vertices/><triangles/></mesh></object></resources>'
        '<build><item objectid="1"/><item objectid="1" transform="1 0 0 0 1 0 0 0 -2 0 0 7"/></build></model>'
    )
    found = read_scan(
        "a.3mf", zipped(**{"3D/Objects/part.model": part.encode(), "3D/a.model": whole.encode()})
    )
    assert (found.unit, found.format) == ("in", "3MF")
    # Row vectors: x' = x M, first the component's, then the item's transform.
    placed = np.array([[5, 0, 0], [5, 1, 0], [4, 0, 0], [5, 0, 1]], float)
    mirrored = placed * (1, 1, -2) + (0, 0, 7)
    expected = [placed[[0, 2, 1]], placed[[0, 1, 3]], mirrored[[1, 2, 0]], mirrored[[3, 1, 0]]]
    assert sorted(found.mesh.corners.tolist()) == sorted(triangle.tolist() for triangle in expected)


@pytest.mark.parametrize(
    ("word", "unit"), [("millimeter", "mm"), ("inch", "in"), ("meter", "m"), (None, "mm")]
)
def test_a_3mf_states_its_unit(word: str | None, unit: str) -> None:
    model = re.sub(rb' unit="\w+"', f' unit="{word}"'.encode() if word else b"", model_of(written("3mf")))
    assert read_scan("a.3mf", zipped(**{"3D/3dmodel.model": model})).unit == unit
    assert read_scan("a.glb", written("glb")).unit == "m"
    assert read_scan("a.ply", written("ply")).unit is None


def model_of(package: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return opened.read(next(n for n in opened.namelist() if n.endswith(".model")))


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
    scene = separate(both)
    (piece,) = scene.pieces
    assert components(piece.mesh)[0] == 1
    assert len(piece.mesh.faces) == len(mesh.faces)
    assert "1 smaller" in scene.notes[0]


def test_loose_triangles_are_no_foot() -> None:
    rng = np.random.default_rng(3)
    loose = Mesh(rng.normal(size=(3000, 3)), np.arange(3000, dtype=np.int32).reshape(-1, 3))
    with pytest.raises(FitterError, match="loose pieces"):
        separate(loose)


def test_spikes_are_left_out_and_told() -> None:
    mesh = surface()
    rng = np.random.default_rng(6)
    spiky = mesh.vertices.copy()
    some = rng.choice(np.unique(mesh.faces[:4000]), 12, replace=False)
    spiky[some] += 30.0 * rng.normal(size=(12, 3))
    (piece,), (plain,) = separate(Mesh(spiky, mesh.faces)).pieces, separate(mesh).pieces
    assert any("spikes" in note for note in piece.notes)
    assert plain.notes == ()
    spoilt, whole = values(foot_of(stl(Mesh(spiky, mesh.faces)))), values(foot_of(stl(mesh)))
    assert abs(spoilt["foot_length"] - whole["foot_length"]) < 0.5
    assert abs(spoilt["ball_girth"] - whole["ball_girth"]) < 2.0
