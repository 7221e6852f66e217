"""3MF: a zip of XML models (3MF core specification 1.3), with a stated unit.

The XML is never expanded: no document type, hence no entities, is let in; the long lists of corners and
triangles are cut out and read as numbers, and only the short rest goes through the XML parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from fitter.errors import FitterError
from fitter.saying import say
from fitter.scan.formats.packed import limited, opened
from fitter.scan.formats.raw import (
    RawScan,
    cloud,
    damaged,
    indexed,
    joined,
    limit_bytes,
    limit_corners,
    limit_triangles,
    unsupported,
)
from fitter.scan.mesh import Mesh

_UNITS = {"millimeter": "mm", "centimeter": "cm", "meter": "m", "inch": "in"}
_MAX_PLACED = 10_000  # objects placed, counted through objects made of objects
_BATCH = 200_000

_Key = tuple[str, str]  # model file and object in it
_Matrix = NDArray[np.float64]  # (4, 3), for row vectors


@dataclass(slots=True)
class _Model:
    """What the models of a package say: meshes, objects made of others, and what is to be built."""

    meshes: dict[_Key, Mesh] = field(default_factory=dict)
    parts: dict[_Key, list[tuple[_Key, _Matrix]]] = field(default_factory=dict)
    build: list[tuple[_Key, _Matrix]] = field(default_factory=list)
    unit: str = "millimeter"


def is_3mf(data: bytes) -> bool:
    """Whether these bytes are a package that holds a 3MF model."""
    if data[:4] != b"PK\x03\x04":
        return False
    try:
        return any(name.lower().endswith(".model") for name in opened(data).namelist())
    except FitterError:
        return False


def read_3mf(data: bytes) -> RawScan:
    """What a 3MF package builds, with the unit it names."""
    package = opened(data)
    names = [n for n in package.namelist() if n.lower().endswith(".model")]
    # The model to build stands in 3D/; further files hold only objects.
    names.sort(key=lambda n: (n.count("/"), n))
    limit_bytes(sum(package.getinfo(n).file_size for n in names), "its unpacked model")
    model = _Model()
    for i, name in enumerate(names):
        _read_model(limited(package, name), f"/{name}", model, is_root=i == 0)
    if model.unit not in _UNITS:
        raise unsupported(say("is in {unit}s, which no foot scan is", unit=model.unit))
    placed = _all_placed(model)
    mesh = joined(placed) if placed else cloud(np.zeros((0, 3)))
    return RawScan(mesh, "3MF", _UNITS[model.unit])


def _read_model(xml: bytes, path: str, model: _Model, *, is_root: bool) -> None:
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise unsupported("declares a document type, which 3MF forbids")
    if b"\0" in xml[:200]:
        raise unsupported("has a model that isn't UTF-8 text")
    bodies, rest = _cut(xml)
    _Parser(model, path, is_root, bodies).run(rest)


def _cut(xml: bytes) -> tuple[list[bytes], bytes]:
    """The inside of every mesh, and the XML without them."""
    bodies, rest, at = [], [], 0
    while (start := xml.find(b"<mesh>", at)) >= 0:
        end = xml.find(b"</mesh>", start)
        if end < 0:
            raise damaged("a mesh has no end")
        bodies.append(xml[start + 6 : end])
        rest.append(xml[at : start + 6])
        at = end
    return bodies, b"".join([*rest, xml[at:]])


class _Parser:
    """Follows the short rest of a model's XML and fills ``model``."""

    def __init__(self, model: _Model, path: str, is_root: bool, bodies: list[bytes]) -> None:
        self._model, self._path, self._is_root, self._bodies = model, path, is_root, iter(bodies)
        self._object: _Key = (path, "")

    def run(self, xml: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.StartDoctypeDeclHandler = self._no_document_type
        parser.Parse(xml, True)
        if next(self._bodies, None) is not None:
            raise damaged("a mesh stands outside its objects")

    def _no_document_type(self, *_: object) -> None:
        raise unsupported("declares a document type, which 3MF forbids")

    def _start(self, name: str, given: dict[str, str]) -> None:
        kind = name.rsplit(" ", 1)[-1]
        if kind == "model" and self._is_root:
            self._model.unit = given.get("unit", "millimeter")
        elif kind == "object":
            self._object = (self._path, given["id"])
        elif kind == "mesh":
            self._model.meshes[self._object] = _mesh(next(self._bodies, b""))
        elif kind == "component":
            self._model.parts.setdefault(self._object, []).append(self._reference(given))
        elif kind == "item" and self._is_root:
            self._model.build.append(self._reference(given))

    def _reference(self, given: dict[str, str]) -> tuple[_Key, _Matrix]:
        path = next((value for key, value in given.items() if key.endswith(" path")), self._path)
        words = given.get("transform", "1 0 0 0 1 0 0 0 1 0 0 0").split()
        return (path, given["objectid"]), np.array(words, np.float64).reshape(4, 3)


def _mesh(body: bytes) -> Mesh:
    corners, triangles = body.count(b"<vertex "), body.count(b"<triangle ")
    limit_corners(corners)
    limit_triangles(triangles)
    points = np.stack([_attribute(body, axis, corners) for axis in (b"x", b"y", b"z")], axis=1)
    faces = [_attribute(body, axis, triangles) for axis in (b"v1", b"v2", b"v3")]
    return indexed(points, np.stack(faces, axis=1).astype(np.int64))


def _attribute(body: bytes, name: bytes, count: int) -> NDArray[np.float64]:
    """An attribute of every corner or triangle, in their order."""
    found = re.finditer(rb"\s%s=[\"']([^\"'<]{1,40})[\"']" % name, body)
    parts = [np.array(batch, np.float64) for batch in _batches(found)]
    values = np.concatenate(parts) if parts else np.zeros(0)
    if len(values) != count:
        raise damaged(
            say(
                "{count:,} corners or triangles have {values:,} values of {name}",
                count=count,
                values=len(values),
                name=name.decode(),
            )
        )
    return values


def _batches(found: Iterator[re.Match[bytes]]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for match in found:
        batch.append(match[1])
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _all_placed(model: _Model) -> list[Mesh]:
    """Every mesh where the build puts it; all meshes where they are if nothing is built."""
    waiting = list(model.build) or [(key, np.eye(4, 3)) for key in model.meshes]
    placed: list[Mesh] = []
    seen = triangles = 0
    while waiting:
        key, matrix = waiting.pop()
        seen += 1
        if seen > _MAX_PLACED:
            raise unsupported(say("places more than {max_placed:,} objects", max_placed=_MAX_PLACED))
        if key in model.meshes:
            triangles += len(model.meshes[key].faces)
            limit_triangles(triangles)
            placed.append(model.meshes[key].moved(matrix[:3].T, matrix[3]))
        inner = model.parts.get(key, ())
        if len(waiting) + len(inner) > _MAX_PLACED:
            raise unsupported(say("places more than {max_placed:,} objects", max_placed=_MAX_PLACED))
        waiting += [(child, _after(local, matrix)) for child, local in inner]
    return placed


def _after(local: _Matrix, outer: _Matrix) -> _Matrix:
    """First ``local``, then ``outer``."""
    return np.vstack([local[:3] @ outer[:3], local[3] @ outer[:3] + outer[3]])
