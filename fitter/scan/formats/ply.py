"""PLY: a table of corners and one of faces, as text or binary of either byte order, without a unit."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitter.saying import say
from fitter.scan.formats.raw import (
    MAX_CORNERS,
    Colours,
    RawScan,
    as_bytes,
    cloud,
    cut_off,
    damaged,
    fan,
    indexed,
    limit,
    limit_corners,
    limit_triangles,
    unsupported,
)
from fitter.scan.formats.text import Lines

_MAX_HEADER = 100_000
_END = re.compile(rb"\nend_header[ \t]*\r?\n")
_OLD_END = re.compile(rb"\rend_header[ \t]*\r")  # lines end in a carriage return alone
_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2",
    "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
    "double": "f8", "float64": "f8",
}  # fmt: skip
_ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
_INDICES = ("vertex_indices", "vertex_index")


@dataclass(frozen=True, slots=True)
class _Property:
    name: str
    item: str  # type of the value, or of each item of a list
    length: str = ""  # type of the length of a list, or "" for a single value

    @property
    def least(self) -> int:
        """Bytes it takes at least."""
        return int((self.length or self.item)[-1])


@dataclass(frozen=True, slots=True)
class _Element:
    name: str
    count: int
    properties: tuple[_Property, ...]

    @property
    def has_lists(self) -> bool:
        return any(p.length for p in self.properties)

    def place(self, *names: str) -> int:
        """Where the first of ``names`` that it has stands among the properties, or -1."""
        mine = [p.name for p in self.properties]
        return next((mine.index(n) for n in names if n in mine), -1)


def is_ply(data: bytes) -> bool:
    return data[:4] in (b"ply\n", b"ply\r", b"ply ")


def read_ply(data: bytes) -> RawScan:
    """A PLY file, text or binary, as a mesh or a cloud."""
    is_old = data[3:4] == b"\r" and data[4:5] != b"\n"
    end = (_OLD_END if is_old else _END).search(data[:_MAX_HEADER])
    if not is_ply(data) or end is None:
        raise cut_off("its header has no end") if is_ply(data) else damaged("it doesn't begin as a PLY file")
    order, elements = _header(data[: end.start()].decode("latin-1"))
    if order:
        vertices, colours, faces = _read_binary(data, end.end(), order, elements)
    else:
        vertices, colours, faces = _read_text(Lines(data, end.end()), elements)
    mesh = cloud(vertices) if faces is None or len(faces) == 0 else indexed(vertices, faces)
    return RawScan(mesh, "PLY" if order else "PLY (text)", colours=colours)


def _header(text: str) -> tuple[str, list[_Element]]:
    order = ""
    elements: list[_Element] = []
    for line in text.splitlines():
        match line.split():
            case ["format", kind, *_]:
                order = _ORDERS[kind]
            case ["element", name, count]:
                elements.append(_Element(name, int(count), ()))
            case ["property", "list", length, item, name]:
                elements[-1] = _with(elements[-1], _Property(name, _TYPES[item], _TYPES[length]))
            case ["property", item, name]:
                elements[-1] = _with(elements[-1], _Property(name, _TYPES[item]))
    for element in elements:
        limit(element.count, MAX_CORNERS, say("rows of '{name}'", name=element.name), "too_many_points")
        if element.count and not element.properties:
            raise damaged(say("it doesn't say what a '{name}' holds", name=element.name))
        if element.count and element.name == "tristrips":
            raise unsupported("holds its triangles as strips, which this program doesn't read")
    return order, elements


def _with(element: _Element, more: _Property) -> _Element:
    return _Element(element.name, element.count, (*element.properties, more))


def _places(element: _Element) -> tuple[list[int], list[int]]:
    """Columns of x, y, z, and of red, green, blue or none."""
    xyz = [element.place(axis) for axis in "xyz"]
    rgb = [element.place(c, f"diffuse_{c}", c[0]) for c in ("red", "green", "blue")]
    if min(xyz) < 0 or element.has_lists:
        raise damaged("its corners have no x, y and z")
    limit_corners(element.count)
    return xyz, rgb if min(rgb) >= 0 else []


_Tables = tuple[NDArray[np.float64], Colours | None, NDArray[Any] | None]


def _read_text(lines: Lines, elements: list[_Element]) -> _Tables:
    vertices, colours, faces = np.zeros((0, 3)), None, None
    for element in elements:
        if element.name == "vertex":
            xyz, rgb = _places(element)
            rows = lines.table(element.count, [*xyz, *rgb])
            vertices = rows[:, :3]
            colours = as_bytes(rows[:, 3:]) if rgb else None
        elif element.name == "face" and element.place(*_INDICES) >= 0:
            at = element.place(*_INDICES)
            if any(p.length for p in element.properties[:at]):
                raise unsupported("has faces with another list before their corners")
            faces = lines.polygons(element.count, skip=at)
        else:
            lines.promised(element.count)
            next(islice(lines, element.count, element.count), None)
    return vertices, colours, faces


def _read_binary(data: bytes, offset: int, order: str, elements: list[_Element]) -> _Tables:
    vertices, colours, faces = np.zeros((0, 3)), None, None
    for element in elements:
        least = element.count * sum(p.least for p in element.properties)
        if least > len(data) - offset:
            raise cut_off(
                say(
                    "it promises {count:,} rows of '{name}' and ends before them",
                    count=element.count,
                    name=element.name,
                )
            )
        if element.has_lists:
            at = element.place(*_INDICES) if element.name == "face" else -1
            found, offset = _lists(data, offset, order, element, at)
            faces = found if at >= 0 else faces
            continue
        kind = np.dtype([(p.name, order + p.item) for p in element.properties])
        rows = np.frombuffer(data, kind, element.count, offset)
        offset += rows.nbytes
        if element.name == "vertex":
            xyz, rgb = _places(element)
            vertices = _columns(rows, element, xyz).astype(np.float64)
            colours = as_bytes(_columns(rows, element, rgb)) if rgb else None
    return vertices, colours, faces


def _columns(rows: NDArray[Any], element: _Element, places: list[int]) -> NDArray[Any]:
    return np.stack([rows[element.properties[i].name] for i in places], axis=1)


def _lists(
    data: bytes, offset: int, order: str, element: _Element, at: int
) -> tuple[NDArray[Any] | None, int]:
    """The polygons of a table with lists as triangles, and where the table ends; None where ``at`` (the
    property with the corners) is -1 and the table is only passed over."""
    if element.count == 0:
        return None, offset
    limit_triangles(element.count)
    if (rows := _uniform(data, offset, order, element)) is not None:
        offset += rows.nbytes
        if at < 0:
            return None, offset
        corners = rows[f"items {at}"]
        if corners.shape[1] == 3:
            return corners, offset
        return fan(np.full(len(rows), corners.shape[1], np.int64), corners.ravel()), offset
    starts, sizes, offset = _walk(data, offset, order, element, at)
    return (None if at < 0 else _gathered(data, starts, sizes, order + element.properties[at].item)), offset


def _uniform(data: bytes, offset: int, order: str, element: _Element) -> NDArray[Any] | None:
    """The whole table at once, where every list is as long as in the first row."""
    fields: list[Any] = []
    place = offset
    for i, p in enumerate(element.properties):
        size = 1
        if p.length:
            size = int(_one(data, place, order + p.length))
            fields.append((f"length {i}", order + p.length))
            place += int(p.length[-1])
        if not 0 < size <= len(data):
            return None
        fields.append((f"items {i}", order + p.item, (size,)))
        place += size * int(p.item[-1])
    kind = np.dtype(fields)
    if offset + element.count * kind.itemsize > len(data):
        return None
    rows = np.frombuffer(data, kind, element.count, offset)
    same = all(
        (rows[f"length {i}"] == rows[f"length {i}"][0]).all()
        for i, p in enumerate(element.properties)
        if p.length
    )
    return rows if same else None


def _one(data: bytes, offset: int, kind: str) -> Any:
    if offset + int(kind[-1]) > len(data):
        raise cut_off()
    return np.frombuffer(data, kind, 1, offset)[0]


def _walk(
    data: bytes, offset: int, order: str, element: _Element, at: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Row by row, for lists of different lengths: where the corners of each face start, and how many."""
    starts, sizes = array("q"), array("q")
    endian = "big" if order == ">" else "little"
    steps = [
        (int(p.length[-1]) if p.length else 0, p.length[:1] == "i", int(p.item[-1]))
        for p in element.properties
    ]
    for _ in range(element.count):
        for i, (wide, signed, item) in enumerate(steps):
            size = 1
            if wide:
                size = int.from_bytes(data[offset : offset + wide], endian, signed=signed)  # type: ignore[arg-type]
                offset += wide
            if i == at:
                starts.append(offset)
                sizes.append(size)
            offset += size * item
            if size < 0 or offset > len(data):
                raise cut_off(say("its '{name}' table ends in a row", name=element.name))
    return np.array(starts, np.int64), np.array(sizes, np.int64), offset


def _gathered(
    data: bytes, starts: NDArray[np.int64], sizes: NDArray[np.int64], kind: str
) -> NDArray[np.int64]:
    """Triangles from polygons of different sizes that lie apart in ``data``."""
    wide = int(kind[-1])
    limit_triangles(int(np.maximum(sizes - 2, 0).sum()))
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    where = np.repeat(starts, sizes) + wide * within
    raw = np.frombuffer(data, np.uint8)[where[:, None] + np.arange(wide)]
    return fan(sizes, np.ascontiguousarray(raw).view(kind).ravel().astype(np.int64))
