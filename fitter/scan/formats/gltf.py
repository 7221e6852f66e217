"""GLB and glTF with all data inside: scenes of meshes, in metres by the specification (Khronos glTF 2.0)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitter.scan.formats.raw import (
    NO_FACES,
    Colours,
    RawScan,
    as_bytes,
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
from fitter.scan.mesh import Mesh

_MAX_MARKS = 500_000  # brackets and commas of a description: what it becomes in memory grows with them
_JSON, _BIN = 0x4E4F534A, 0x004E4942
_KINDS = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
_COMPRESSED = ("KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression")
_POINTS, _TRIANGLES, _STRIP, _FAN = 0, 4, 5, 6

_Json = dict[str, Any]
_Matrix = NDArray[np.float64]


def is_glb(data: bytes) -> bool:
    return data[:4] == b"glTF"


def is_gltf(data: bytes) -> bool:
    return data[:100].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"asset"' in data


def read_glb(data: bytes) -> RawScan:
    if not is_glb(data) or len(data) < 20:
        raise damaged("it doesn't begin as a GLB file")
    version, length = (int.from_bytes(data[i : i + 4], "little") for i in (4, 8))
    if version != 2:
        raise unsupported(f"is glTF version {version}; this program reads version 2")
    if length > len(data):
        raise cut_off(f"it promises {length:,} bytes and has {len(data):,}")
    chunks = dict(reversed(list(_chunks(data))))  # the first of a kind counts
    if _JSON not in chunks:
        raise damaged("it has no description of the scene")
    return _scan(_parsed(bytes(chunks[_JSON])), chunks.get(_BIN, memoryview(b"")), "GLB")


def _chunks(data: bytes) -> Iterator[tuple[int, memoryview]]:
    view, at = memoryview(data), 12
    while at + 8 <= len(data):
        size, kind = (int.from_bytes(data[i : i + 4], "little") for i in (at, at + 4))
        if at + 8 + size > len(data):
            raise cut_off()
        yield kind, view[at + 8 : at + 8 + size]
        at += 8 + size


def read_gltf(data: bytes) -> RawScan:
    return _scan(_parsed(data), memoryview(b""), "glTF")


def _parsed(text: bytes) -> _Json:
    if sum(text.count(mark) for mark in (b"[", b"{", b",")) > _MAX_MARKS:
        raise unsupported("describes its scene with more parts than a scan has")
    found = json.loads(text)
    if not isinstance(found, dict):
        raise damaged("it doesn't describe a scene")
    return found


def _scan(scene: _Json, inside: memoryview, name: str) -> RawScan:
    if any(extension in scene.get("extensionsRequired", ()) for extension in _COMPRESSED):
        raise unsupported("is compressed (Draco or meshopt)", "Export it without compression")
    document = _Document(scene, inside)
    placed = list(_placed(scene))
    parts = [(p, matrix) for mesh, matrix in placed for p in scene["meshes"][mesh].get("primitives", ())]
    _limit(document, parts)
    found = [document.part(p, matrix) for p, matrix in parts if p.get("mode", _TRIANGLES) in _READ]
    surfaces = [f for f in found if len(f[0].faces)] or found
    if not surfaces:
        return RawScan(cloud(np.zeros((0, 3))), name, "m")
    mesh = joined([m for m, _ in surfaces])
    shades = [c for _, c in surfaces if c is not None]
    colours = np.concatenate(shades) if len(shades) == len(surfaces) else None
    return RawScan(mesh if len(mesh.faces) else cloud(mesh.vertices), name, "m", colours=colours)


def _limit(document: _Document, parts: list[tuple[_Json, _Matrix]]) -> None:
    """A mesh may be placed many times: count before building."""
    corners = [document.count(p["attributes"]["POSITION"]) for p, _ in parts]
    indices = [
        document.count(p["indices"]) if "indices" in p else n
        for (p, _), n in zip(parts, corners, strict=True)
    ]
    limit_corners(sum(corners))
    limit_corners(sum(indices))
    limit_triangles(sum(indices) // 3)


def _placed(scene: _Json) -> Iterator[tuple[int, _Matrix]]:
    """Every mesh of the scene that is shown, with the matrix that places it. A node has one parent."""
    nodes = scene.get("nodes", [])
    scenes = scene.get("scenes")
    roots = scenes[scene.get("scene", 0)].get("nodes", []) if scenes else range(len(nodes))
    waiting = [(root, np.eye(4)) for root in roots]
    seen: set[int] = set()
    while waiting:
        index, parent = waiting.pop()
        if index in seen and scenes:
            raise damaged("a part of its scene stands in two places")
        seen.add(index)
        matrix = parent @ _local(nodes[index])
        if "mesh" in nodes[index]:
            yield nodes[index]["mesh"], matrix
        if scenes:
            waiting += [(child, matrix) for child in nodes[index].get("children", ())]


def _local(node: _Json) -> _Matrix:
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    x, y, z, w = np.array(node.get("rotation", (0, 0, 0, 1)), np.float64)
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrix = np.eye(4)
    matrix[:3, :3] = turn * np.array(node.get("scale", (1, 1, 1)), np.float64)
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix


_READ = (_POINTS, _TRIANGLES, _STRIP, _FAN)


class _Document:
    """The numbers behind a scene's description."""

    def __init__(self, scene: _Json, inside: memoryview) -> None:
        self._scene, self._inside = scene, inside
        self._buffers: dict[int, memoryview] = {}

    def count(self, accessor: int) -> int:
        return int(self._scene["accessors"][accessor]["count"])

    def part(self, primitive: _Json, matrix: _Matrix) -> tuple[Mesh, Colours | None]:
        if any(extension in primitive.get("extensions", ()) for extension in _COMPRESSED):
            raise unsupported("is compressed (Draco or meshopt)", "Export it without compression")
        attributes = primitive["attributes"]
        points = self._numbers(attributes["POSITION"], 3).astype(np.float64)
        shades = as_bytes(self._numbers(attributes["COLOR_0"], 3)) if "COLOR_0" in attributes else None
        colours = shades if shades is not None and len(shades) == len(points) else None
        mode = primitive.get("mode", _TRIANGLES)
        if mode == _POINTS:
            faces: NDArray[Any] = NO_FACES
        elif "indices" in primitive:
            faces = _triangles(self._numbers(primitive["indices"], 1).ravel().astype(np.int64), mode)
        else:
            faces = _triangles(np.arange(len(points)), mode)
        mesh = indexed(points, faces)
        return mesh.moved(matrix[:3, :3], matrix[:3, 3]), colours

    def _numbers(self, index: int, width: int) -> NDArray[Any]:
        """An accessor's rows, their first ``width`` columns; normalised integers as 0..1."""
        accessor = self._scene["accessors"][index]
        if "sparse" in accessor or "bufferView" not in accessor:
            raise unsupported("keeps its corners as differences (sparse accessors)")
        kind = np.dtype(_KINDS[accessor["componentType"]])
        columns, count = _WIDTHS[accessor["type"]], self.count(index)
        view = self._scene["bufferViews"][accessor["bufferView"]]
        start, size = int(view.get("byteOffset", 0)), int(view["byteLength"])
        buffer = self._buffer(int(view["buffer"]))
        if start < 0 or size < 0 or start + size > len(buffer) or columns < width:
            raise cut_off("a table of its data lies outside the file")
        step = int(view.get("byteStride", 0)) or columns * kind.itemsize
        offset = int(accessor.get("byteOffset", 0))
        if (
            offset < 0
            or count < 0
            or (count and offset + (count - 1) * step + columns * kind.itemsize > size)
        ):
            raise cut_off("a table of its data is shorter than promised")
        rows = np.ndarray((count, columns), kind, buffer[start : start + size], offset, (step, kind.itemsize))
        if accessor.get("normalized") and kind.kind != "f":
            return rows[:, :width] / float(np.iinfo(kind).max)
        return rows[:, :width]

    def _buffer(self, index: int) -> memoryview:
        if index not in self._buffers:
            uri = self._scene["buffers"][index].get("uri")
            if uri is None and index == 0:
                self._buffers[index] = self._inside
            elif isinstance(uri, str) and uri.startswith("data:"):
                limit_bytes(len(uri))
                self._buffers[index] = memoryview(base64.b64decode(uri.split(",", 1)[1], validate=True))
            else:
                raise unsupported(
                    "keeps its data in other files", "Export it as GLB, one file with all inside"
                )
        return self._buffers[index]


def _triangles(indices: NDArray[np.int64], mode: int) -> NDArray[np.int64]:
    if mode == _TRIANGLES:
        return indices[: len(indices) // 3 * 3].reshape(-1, 3)
    if len(indices) < 3:
        return np.zeros((0, 3), np.int64)
    if mode == _FAN:
        return np.stack([np.full(len(indices) - 2, indices[0]), indices[1:-1], indices[2:]], axis=1)
    strip = np.stack([indices[:-2], indices[1:-1], indices[2:]], axis=1)
    strip[1::2] = strip[1::2, [1, 0, 2]]  # every second triangle of a strip runs the other way
    return strip
