"""Writing the samples: small, plain writers whose bytes depend on the numbers alone."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path

import numpy as np

from sample_scans.surface import Floats, Ints

EPOCH = (2020, 1, 1, 0, 0, 0)


def _normals(points: Floats, faces: Ints) -> Floats:
    a, b, c = (points[faces[:, k]] for k in range(3))
    n = np.cross(b - a, c - a)
    return n / np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-30)


def stl(points: Floats, faces: Ints) -> bytes:
    """Binary STL."""
    record = np.zeros(len(faces), dtype=[("normal", "<3f4"), ("corners", "<9f4"), ("attribute", "<u2")])
    record["normal"] = _normals(points, faces)
    record["corners"] = points[faces].reshape(-1, 9)
    return b"constructed foot".ljust(80) + struct.pack("<I", len(faces)) + record.tobytes()


def stl_ascii(points: Floats, faces: Ints) -> bytes:
    """ASCII STL, two decimals."""
    out = ["solid foot"]
    for n, (a, b, c) in zip(_normals(points, faces), points[faces], strict=True):
        out.append("facet normal {:.3f} {:.3f} {:.3f}\nouter loop".format(*n))
        out += ["vertex {:.2f} {:.2f} {:.2f}".format(*p) for p in (a, b, c)]
        out.append("endloop\nendfacet")
    return "\n".join([*out, "endsolid foot\n"]).encode()


def ply(points: Floats, faces: Ints) -> bytes:
    """Binary little-endian PLY."""
    head = (
        f"ply\nformat binary_little_endian 1.0\nelement vertex {len(points)}\n"
        "property float x\nproperty float y\nproperty float z\n"
        f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    record = np.zeros(len(faces), dtype=[("count", "u1"), ("corners", "<3i4")])
    record["count"], record["corners"] = 3, faces
    return head.encode() + points.astype("<f4").tobytes() + record.tobytes()


def obj(points: Floats, faces: Ints) -> bytes:
    """Wavefront OBJ, four decimals."""
    lines = ["v {:.4f} {:.4f} {:.4f}".format(*p) for p in points]
    lines += ["f {} {} {}".format(*f) for f in faces + 1]
    return ("\n".join(lines) + "\n").encode()


def xyz(points: Floats) -> bytes:
    """Plain points, one a line, two decimals."""
    return ("\n".join("{:.2f} {:.2f} {:.2f}".format(*p) for p in points) + "\n").encode()


def glb(points: Floats, faces: Ints) -> bytes:
    """Binary glTF 2.0 with one mesh (the format's own unit is the metre, y up)."""
    index, place = faces.astype("<u4").tobytes(), points.astype("<f4").tobytes()
    stored = points.astype("<f4")
    limits = {"min": stored.min(axis=0).tolist(), "max": stored.max(axis=0).tolist()}
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 1}, "indices": 0}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5125, "count": faces.size, "type": "SCALAR"},
            {
                "bufferView": 1,
                "componentType": 5126,
                "count": len(points),
                "type": "VEC3",
                **limits,
            },
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": len(index), "target": 34963},
            {"buffer": 0, "byteOffset": len(index), "byteLength": len(place), "target": 34962},
        ],
        "buffers": [{"byteLength": len(index) + len(place)}],
    }
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    body = index + place
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(body), b"BIN\0") + body
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def three_mf(points: Floats, faces: Ints, unit: str) -> bytes:
    """3MF with one object, its unit named in the file."""
    vertices = "".join('<vertex x="{:.5f}" y="{:.5f}" z="{:.5f}"/>'.format(*p) for p in points)
    corners = "".join('<triangle v1="{}" v2="{}" v3="{}"/>'.format(*f) for f in faces)
    core = "http://schemas.microsoft.com/3dmanufacturing"
    package = "http://schemas.openxmlformats.org/package/2006"
    xml = '<?xml version="1.0" encoding="UTF-8"?>'
    kinds = "application/vnd."
    parts = {
        "[Content_Types].xml": f'{xml}<Types xmlns="{package}/content-types">'
        f'<Default Extension="rels" ContentType="{kinds}openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="model" ContentType="{kinds}ms-package.3dmanufacturing-3dmodel+xml"/></Types>',
        "_rels/.rels": f'{xml}<Relationships xmlns="{package}/relationships"><Relationship Id="r0" '
        f'Target="/3D/3dmodel.model" Type="{core}/2013/01/3dmodel"/></Relationships>',
        "3D/3dmodel.model": f'{xml}<model unit="{unit}" xml:lang="en-US" xmlns="{core}/core/2015/02">'
        f'<resources><object id="1" type="model"><mesh><vertices>{vertices}</vertices><triangles>{corners}'
        '</triangles></mesh></object></resources><build><item objectid="1"/></build></model>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            archive.writestr(entry, text)
    return out.getvalue()


def as_bytes(name: str, points: Floats, faces: Ints, unit: str) -> bytes:
    """The file's bytes, its format told by its name; coordinates are already in ``unit``."""
    match Path(name).suffix:
        case ".stl":
            return stl_ascii(points, faces) if "ascii" in name else stl(points, faces)
        case ".ply":
            return ply(points, faces)
        case ".obj":
            return obj(points, faces)
        case ".glb":
            return glb(points, faces)
        case ".3mf":
            return three_mf(
                points, faces, {"mm": "millimeter", "m": "meter", "cm": "centimeter", "in": "inch"}[unit]
            )
        case ".xyz":
            return xyz(points)
    raise ValueError(f"{name}: no writer for this kind of file")
