"""GLB and glTF with all data inside: scenes of meshes, in metres by the specification (Khronos glTF 2.0)."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitter.saying import say
from fitter.scan.formats.raw import (
    NO_FACES,
    Colours,
    RawScan,
    cloud,
    cut_off,
    damaged,
    indexed,
    joined,
    limit_bytes,
    limit_corners,
    limit_triangles,
    unsupported,
)

_MAX_MARKS = 500_000  # brackets and commas of a description: what it becomes in memory grows with them
_JSON, _BIN = 0x4E4F534A, 0x004E4942
_KINDS = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
_COMPRESSED = ("KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression")
_POINTS, _TRIANGLES, _STRIP = 0, 4, 5

_Json = dict[str, Any]


def is_glb(data: bytes) -> bool:
    return data[:4] == b"glTF"


def is_gltf(data: bytes) -> bool:
    return data[:100].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"asset"' in data


def read_glb(data: bytes) -> RawScan:
    """What a GLB file (version 2) shows."""
    if not is_glb(data) or len(data) < 20:
        raise damaged("it doesn't begin as a GLB file")
    version, length = (int.from_bytes(data[i : i + 4], "little") for i in (4, 8))
    if version != 2:
        raise unsupported(say("is glTF version {version}; this program reads version 2", version=version))
    if length > len(data):
        raise cut_off(say("it promises {length:,} bytes and has {data:,}", length=length, data=len(data)))
    chunks = dict(reversed(list(_chunks(data))))  # the first of a kind counts
    if _JSON not in chunks:
        raise damaged("it has no description of the scene")
    return _scan(_parsed(bytes(chunks[_JSON])), chunks.get(_BIN, memoryview(b"")), data, "glb")


def _chunks(data: bytes) -> Iterator[tuple[int, memoryview]]:
    view, at = memoryview(data), 12
    while at + 8 <= len(data):
        size, kind = (int.from_bytes(data[i : i + 4], "little") for i in (at, at + 4))
        if at + 8 + size > len(data):
            raise cut_off()
        yield kind, view[at + 8 : at + 8 + size]
        at += 8 + size


def read_gltf(data: bytes) -> RawScan:
    return _scan(_parsed(data), memoryview(b""), data, "gltf")


def _parsed(text: bytes) -> _Json:
    if sum(text.count(mark) for mark in (b"[", b"{", b",")) > _MAX_MARKS:
        raise unsupported("describes its scene with more parts than a scan has")
    found = json.loads(text)
    if not isinstance(found, dict):
        raise damaged("it doesn't describe a scene")
    return found


def _scan(scene: _Json, inside: memoryview, data: bytes, kind: str) -> RawScan:
    """Held against lies and limits by us, then taken apart by trimesh, which knows the format's corners."""
    if any(extension in scene.get("extensionsRequired", ()) for extension in _COMPRESSED):
        raise unsupported("is compressed (Draco or meshopt)", "Export it without compression")
    document = _Document(scene, inside)
    shown = [p for mesh in _shown(scene) for p in scene["meshes"][mesh].get("primitives", ())]
    for primitive in shown:
        document.check(primitive)
    _limit(document, shown)
    import trimesh  # noqa: PLC0415 - takes a third of a second, and few scans are glTF

    parts = trimesh.load_scene(io.BytesIO(data), file_type=kind).dump()
    surfaces = [p for p in parts if len(getattr(p, "faces", ()))] or parts
    if not surfaces:
        return RawScan(cloud(np.zeros((0, 3))), kind.upper(), "m")
    meshes = [indexed(np.asarray(p.vertices, np.float64), _faces(p)) for p in surfaces]
    shades = [c for p in surfaces if (c := _colours(p)) is not None]
    colours = np.concatenate(shades) if len(shades) == len(surfaces) else None
    mesh = joined(meshes)
    return RawScan(mesh if len(mesh.faces) else cloud(mesh.vertices), kind.upper(), "m", colours=colours)


def _faces(part: Any) -> NDArray[Any]:
    return np.asarray(getattr(part, "faces", NO_FACES))


def _colours(part: Any) -> Colours | None:
    """(n, 3) a colour a vertex, where the part has them."""
    if getattr(part.visual, "kind", None) != "vertex":
        return None
    return np.asarray(part.visual.vertex_colors[:, :3], np.uint8)


def _limit(document: _Document, primitives: list[_Json]) -> None:
    """A mesh may be placed many times: count before building."""
    corners = [document.count(p["attributes"]["POSITION"]) for p in primitives]
    indices = [
        document.count(p["indices"]) if "indices" in p else n
        for p, n in zip(primitives, corners, strict=True)
    ]
    limit_corners(sum(corners))
    limit_corners(sum(indices))
    limit_triangles(sum(indices) // 3)


def _shown(scene: _Json) -> Iterator[int]:
    """Every mesh of the scene, as often as it is placed. A node has one parent."""
    nodes = scene.get("nodes", [])
    scenes = scene.get("scenes")
    waiting = list(scenes[scene.get("scene", 0)].get("nodes", []) if scenes else range(len(nodes)))
    seen: set[int] = set()
    while waiting:
        index = waiting.pop()
        if index in seen and scenes:
            raise damaged("a part of its scene stands in two places")
        seen.add(index)
        if "mesh" in nodes[index]:
            yield nodes[index]["mesh"]
        if scenes:
            waiting += nodes[index].get("children", ())


class _Document:
    """The tables of numbers behind a scene's description, held against the bytes the file has."""

    def __init__(self, scene: _Json, inside: memoryview) -> None:
        self._scene, self._inside = scene, inside

    def count(self, accessor: int) -> int:
        return int(self._scene["accessors"][accessor]["count"])

    def check(self, primitive: _Json) -> None:
        """Refuse a part whose corners or triangles are not wholly in the file."""
        if any(extension in primitive.get("extensions", ()) for extension in _COMPRESSED):
            raise unsupported("is compressed (Draco or meshopt)", "Export it without compression")
        if primitive.get("mode", _TRIANGLES) not in (_POINTS, _TRIANGLES, _STRIP):
            raise unsupported("keeps its triangles as fans or lines")
        self._check_table(primitive["attributes"]["POSITION"])
        if "indices" in primitive:
            self._check_table(primitive["indices"])

    def _check_table(self, index: int) -> None:
        accessor = self._scene["accessors"][index]
        if "sparse" in accessor or "bufferView" not in accessor:
            raise unsupported("keeps its corners as differences (sparse accessors)")
        width = np.dtype(_KINDS[accessor["componentType"]]).itemsize * _WIDTHS[accessor["type"]]
        view = self._scene["bufferViews"][accessor["bufferView"]]
        start, size = int(view.get("byteOffset", 0)), int(view["byteLength"])
        if start < 0 or size < 0 or start + size > self._size(int(view["buffer"])):
            raise cut_off("a table of its data lies outside the file")
        step = int(view.get("byteStride", 0)) or width
        offset, count = int(accessor.get("byteOffset", 0)), self.count(index)
        if offset < 0 or count < 0 or (count and offset + (count - 1) * step + width > size):
            raise cut_off("a table of its data is shorter than promised")

    def _size(self, index: int) -> int:
        """Bytes of a buffer, which must be in the file."""
        uri = self._scene["buffers"][index].get("uri")
        if uri is None and index == 0:
            return len(self._inside)
        if isinstance(uri, str) and uri.startswith("data:"):
            limit_bytes(len(uri))
            return len(uri.split(",", 1)[1].rstrip("=")) * 3 // 4
        raise unsupported("keeps its data in other files", "Export it as GLB, one file with all inside")
