"""Broken, lying and malicious files: always a scan or one line that says what is wrong, in little memory."""

from __future__ import annotations

import base64
import gzip
import io
import json
import struct
import tracemalloc
import warnings
import zipfile
from functools import cache

import numpy as np
import pytest
import trimesh

from fitter.errors import FitterError
from fitter.scan.formats import EXTENSIONS, RawScan, raw, read_scan
from fitter.scan.mesh import Mesh
from tests.scans import stl, stl_text

BALL = trimesh.creation.icosphere(subdivisions=2, radius=100)  # 162 corners, 320 triangles
MESH = Mesh(np.asarray(BALL.vertices, float), np.asarray(BALL.faces, np.int32))
POINTS = np.round(np.random.default_rng(0).normal(size=(600, 3)) * 100, 2)
MEMORY = 30e6  # bytes; the files below have less than 60 kB


def exported(kind: str, **options: object) -> bytes:
    data = BALL.export(file_type=kind, **options)
    return data.encode() if isinstance(data, str) else data


def ply_of_mixed_faces(order: str = "<") -> bytes:
    """A binary PLY whose faces are triangles and one quad."""
    name = {"<": "little", ">": "big"}[order]
    header = (
        f"ply\nformat binary_{name}_endian 1.0\nelement vertex 162\nproperty double x\nproperty double y\n"
        "property double z\nproperty uchar red\nproperty uchar green\nproperty uchar blue\n"
        "element face 321\nproperty uchar flag\nproperty list uchar uint vertex_indices\nend_header\n"
    )
    corners = b"".join(struct.pack(f"{order}3d3B", *p, 10, 20, 30) for p in MESH.vertices.tolist())
    faces = b"".join(struct.pack(f"{order}BB3I", 1, 3, *f) for f in MESH.faces.tolist())
    return header.encode() + corners + struct.pack(f"{order}BB4I", 1, 4, 0, 1, 2, 3) + faces


def pcd(kind: str) -> bytes:
    header = (
        "# .PCD v0.7\nVERSION 0.7\nFIELDS x y z _ rgb\nSIZE 4 4 4 1 4\nTYPE F F F U U\nCOUNT 1 1 1 4 1\n"
        f"WIDTH 600\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 600\nDATA {kind}\n"
    ).encode()
    if kind == "ascii":
        return header + b"".join(b"%.2f %.2f %.2f 0 0 0 0 %d\n" % (*p, 0x0A141E) for p in POINTS.tolist())
    return header + b"".join(struct.pack("<3f4xI", *p, 0x0A141E) for p in POINTS.tolist())


def points_text(separator: str = " ", more: str = "") -> bytes:
    rows = (separator.join(f"{v:.2f}" for v in p) + more for p in POINTS.tolist())
    return ("\n".join(rows) + "\n").encode()


def gltf_with_all_inside() -> bytes:
    glb = exported("glb")
    size = struct.unpack("<I", glb[12:16])[0]
    scene = json.loads(glb[20 : 20 + size])
    inside = base64.b64encode(glb[28 + size :]).decode()
    scene["buffers"][0]["uri"] = f"data:application/octet-stream;base64,{inside}"
    return json.dumps(scene).encode()


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name.replace("__", "."), data)
    return out.getvalue()


@cache
def valid() -> dict[str, bytes]:
    """A small good file of every kind that is read."""
    return {
        "binary.stl": stl(MESH),
        "text.stl": stl_text(MESH),
        "little.ply": exported("ply"),
        "text.ply": exported("ply", encoding="ascii"),
        "mixed.ply": ply_of_mixed_faces(),
        "big.ply": ply_of_mixed_faces(">"),
        "plain.obj": exported("obj"),
        "plain.off": exported("off"),
        "plain.glb": exported("glb"),
        "inside.gltf": gltf_with_all_inside(),
        "plain.3mf": exported("3mf"),
        "points.xyz": points_text(),
        "counted.pts": b"600\n" + points_text(more=" 17 10 20 30"),
        "commas.asc": points_text(","),
        "titles.txt": b"X;Y;Z\n" + points_text(";"),
        "text.pcd": pcd("ascii"),
        "binary.pcd": pcd("binary"),
        "packed.stl.gz": gzip.compress(stl(MESH), 1),
        "packed.zip": zipped(foot__obj=exported("obj"), foot__mtl=b"newmtl skin"),
    }


def outcome(name: str, data: bytes) -> RawScan | FitterError:
    """What reading gives; anything but a scan or one line fails the test."""
    found: RawScan | FitterError
    try:
        found = read_scan(name, data)
    except FitterError as error:
        found = error
    if isinstance(found, FitterError):
        assert "\n" not in str(found)
        assert str(found).startswith(name)
        return found
    vertices, faces = found.mesh.vertices, found.mesh.faces
    assert np.isfinite(vertices).all()
    assert len(faces) == 0 or (faces.min() >= 0 and faces.max() < len(vertices))
    assert found.colours is None or found.colours.shape == vertices.shape
    return found


def spoilt(data: bytes, rng: np.random.Generator) -> bytes:
    """The file with a few bytes turned, cut, doubled or set in; half of it in the first 200 bytes."""
    changed = bytearray(data)
    for _ in range(rng.integers(1, 4)):
        at = int(rng.integers(0, min(len(changed), 200) if rng.random() < 0.5 else len(changed)))
        match int(rng.integers(0, 6)):
            case 0:
                changed[at] = int(rng.integers(0, 256))
            case 1:
                changed[at : at + 4] = rng.choice(
                    [b"\xff\xff\xff\x7f", b"\0\0\0\0", b"9999", b"-1 e", b"nan "]
                )
            case 2:
                changed = changed[: at + 1]
            case 3:
                del changed[at : at + int(rng.integers(1, 30))]
            case 4:
                changed[at:at] = rng.bytes(int(rng.integers(1, 20)))
            case 5:
                changed[at:at] = changed[at : at + int(rng.integers(1, 200))]
        changed = changed or bytearray(b"\0")
    return bytes(changed)


def test_every_kind_of_file_in_these_tests_is_good_before_it_is_spoilt() -> None:
    for name, data in valid().items():
        found = outcome(name, data)
        assert isinstance(found, RawScan), found
        assert len(found.mesh.faces) in (0, 320, 322), name
    assert {n.rsplit(".", 1)[-1] for n in valid()} == set(EXTENSIONS)


@pytest.mark.parametrize("name", valid())
def test_a_spoilt_file_gives_a_scan_or_one_line_in_little_memory(name: str) -> None:
    rng = np.random.default_rng(7)
    tracemalloc.start()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for _ in range(60):
                outcome(name, spoilt(valid()[name], rng))
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()


# Formats that say how much they hold, or end in a mark: a cut is always seen.
COUNTED = [n for n in valid() if n not in ("plain.obj", "points.xyz", "commas.asc", "titles.txt")]


@pytest.mark.parametrize("name", COUNTED)
def test_a_file_cut_off_anywhere_is_refused(name: str) -> None:
    data = valid()[name]
    # The last bytes of a text may be blanks, or digits of a number that stays a number without them.
    tail = 12
    for end in [*range(1, len(data) - tail, max(1, len(data) // 40)), len(data) - tail]:
        assert isinstance(outcome(name, data[:end]), FitterError), f"{name} cut at byte {end}"


def ply_header(vertices: int, faces: int = 0, kind: str = "ascii") -> bytes:
    return (
        f"ply\nformat {kind} 1.0\nelement vertex {vertices}\nproperty float x\nproperty float y\n"
        f"property float z\nelement face {faces}\nproperty list int int vertex_indices\nend_header\n"
    ).encode()


def glb(scene: object, inside: bytes = b"") -> bytes:
    text = json.dumps(scene).encode() if not isinstance(scene, bytes) else scene
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    chunks += struct.pack("<II", len(inside), 0x004E4942) + inside
    return b"glTF" + struct.pack("<II", 2, 12 + len(chunks)) + chunks


def glb_that_promises(count: int, *, stride: int = 0, copies: int = 1) -> bytes:
    return glb(
        {
            "asset": {"version": "2.0"},
            "scenes": [{"nodes": list(range(copies))}],
            "nodes": [{"mesh": 0}] * copies,
            "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
            "accessors": [{"bufferView": 0, "componentType": 5126, "type": "VEC3", "count": count}],
            "bufferViews": [{"buffer": 0, "byteLength": 36_000, "byteStride": stride}],
            "buffers": [{"byteLength": 36_000}],
        },
        b"\0" * 36_000,
    )


def threemf(inner: str, head: str = "") -> bytes:
    core = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
    xml = f'<?xml version="1.0"?>{head}<model unit="millimeter" xmlns="{core}">{inner}</model>'
    return zipped(**{"3D/3dmodel__model": xml.encode()})


def objects_of_objects(depth: int) -> str:
    """Each object is two of the one before it: ``2 ** depth`` copies of the first."""
    first = '<object id="0"><mesh><vertices><vertex x="0" y="0" z="0"/></vertices></mesh></object>'
    rest = "".join(
        f'<object id="{i}"><components>{f"""<component objectid="{i - 1}"/>""" * 2}</components></object>'
        for i in range(1, depth + 1)
    )
    return f'<resources>{first}{rest}</resources><build><item objectid="{depth}"/></build>'


LAUGHS = "<!DOCTYPE l [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
LYING = {
    "billions_of_triangles.stl": lambda: b"\0" * 80 + b"\xff" * 4 + b"\0" * 5000,
    "billions_of_points.ply": lambda: ply_header(4_000_000_000) + b"0 0 0\n",
    "millions_of_points.ply": lambda: ply_header(14_000_000) + b"0 0 0\n",
    "millions_of_points_binary.ply": lambda: ply_header(14_000_000, kind="binary_little_endian") + b"\0" * 99,
    "millions_of_faces.ply": lambda: ply_header(1, 4_900_000) + b"0 0 0\n3 0 0 0\n",
    "a_face_of_billions.ply": lambda: (
        ply_header(1, 1, "binary_little_endian") + b"\0" * 12 + b"\xff\xff\xff\x7f" + b"\0" * 100
    ),
    "a_face_of_less_than_nothing.ply": lambda: (
        ply_header(1, 1, "binary_little_endian") + b"\0" * 12 + b"\xff\xff\xff\xff" + b"\0" * 100
    ),
    "rows_of_nothing.ply": lambda: b"ply\nformat ascii 1.0\nelement vertex 14000000\nend_header\n",
    "corner_out_of_range.ply": lambda: ply_header(3, 1) + b"0 0 0\n1 0 0\n0 1 0\n3 0 1 3\n",
    "corner_below_zero.off": lambda: b"OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 -1\n",
    "billions.off": lambda: b"OFF\n4000000000 4000000000 0\n0 0 0\n",
    "corner_out_of_range.obj": lambda: b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 4\n",
    "corner_zero.obj": lambda: b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 0 1 2\n",
    "counts_back_too_far.obj": lambda: b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf -1 -2 -4\n",
    "a_line_without_end.obj": lambda: b"v 0 0 0 " * 1_000_000,
    "a_line_without_end.xyz": lambda: b"0 0 0 " * 1_000_000,
    "infinite.xyz": lambda: b"0 0 inf\n" * 600,
    "infinite_corner.obj": lambda: b"v 0 0 0\nv 1 0 0\nv 0 1e999 0\nf 1 2 3\n",
    "corner_beyond_any_unit.obj": lambda: b"v 0 0 0\nv 1 0 0\nv 0 1e200 0\nf 1 2 3\n",
    "no_number.stl": lambda: stl(Mesh(np.where(MESH.vertices > 99, np.nan, MESH.vertices), MESH.faces)),
    "billions.pcd": lambda: pcd("binary").replace(b"POINTS 600", b"POINTS 4000000000"),
    "millions.pcd": lambda: pcd("ascii").replace(b"POINTS 600", b"POINTS 4000000"),
    "compressed.pcd": lambda: pcd("binary").replace(b"DATA binary", b"DATA binary_compressed"),
    "billions.glb": lambda: glb_that_promises(4_000_000_000),
    "more_than_it_has.glb": lambda: glb_that_promises(3_001),
    "strides_out_of_the_file.glb": lambda: glb_that_promises(3_000, stride=252),
    "one_mesh_placed_often.glb": lambda: glb_that_promises(3_000, copies=6_000),
    "deep.gltf": lambda: b'{"asset":' + b"[" * 100_000,
    "wide.gltf": lambda: b'{"asset":[' + b"[]," * 700_000 + b"[]]}",
    "elsewhere.gltf": lambda: gltf_with_all_inside().replace(
        b"data:application/octet-stream;base64,", b"file:///"
    ),
    "a_billion_objects.3mf": lambda: threemf(objects_of_objects(30)),
    "a_billion_laughs.3mf": lambda: threemf("<metadata>&i;</metadata>", head=LAUGHS + "]>"),
    "outside_entity.3mf": lambda: threemf(
        "<metadata>&x;</metadata>", head='<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    ),
    "no_model.3mf": lambda: zipped(readme__txt=b"nothing"),
    "cut.zip": lambda: valid()["packed.zip"][:-30],
    "packed_twice.zip": lambda: zipped(foot__stl=gzip.compress(stl(MESH))),
    "packed_twice.stl.gz": lambda: gzip.compress(gzip.compress(stl(MESH))),
    "nothing_packed.stl.gz": lambda: gzip.compress(b""),
}


@pytest.mark.parametrize("name", LYING)
def test_a_lying_file_is_refused_before_memory_is_spent(name: str) -> None:
    data = LYING[name]()
    tracemalloc.start()
    try:
        found = outcome(name, data)
        assert tracemalloc.get_traced_memory()[1] < 4 * len(data) + 4e6
    finally:
        tracemalloc.stop()
    assert isinstance(found, FitterError)
    assert found.todo


@pytest.mark.parametrize("name", ["bomb.stl.gz", "bomb.zip", "bomb.3mf"])
def test_a_packed_file_that_grows_beyond_the_limit_is_refused_while_it_grows(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw, "MAX_BYTES", 3_000_000)
    zeros = b" " * 50_000_000
    kinds = {
        "gz": gzip.compress,
        "zip": lambda d: zipped(foot__stl=d),
        "3mf": lambda d: zipped(model__model=d),
    }
    data = kinds[name.rsplit(".", 1)[-1]](zeros)
    tracemalloc.start()
    try:
        found = outcome(name, data)
        assert tracemalloc.get_traced_memory()[1] < 12e6
    finally:
        tracemalloc.stop()
    assert isinstance(found, FitterError)
    assert found.code == "too_large"


def test_a_scan_above_the_limits_is_refused_by_its_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw, "MAX_TRIANGLES", 319)
    for name, data in valid().items():
        found = outcome(name, data)
        if isinstance(found, RawScan):
            assert len(found.mesh.faces) == 0, name
        else:
            assert found.code == "too_many_triangles", name
    monkeypatch.setattr(raw, "MAX_POINTS", 599)
    for name in ("points.xyz", "counted.pts"):
        error = outcome(name, valid()[name])
        assert isinstance(error, FitterError)
        assert error.code == "too_many_points"
