"""OBJ: ``v x y z`` and ``f a/b/c ...`` lines, without a unit; materials and textures are left out."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitter.scan.formats.raw import (
    RawScan,
    as_bytes,
    cloud,
    damaged,
    fan,
    indexed,
    limit_corners,
    limit_triangles,
)
from fitter.scan.formats.text import blocks, numbers, with_newlines

_VERTEX = re.compile(rb"^[ \t]*v[ \t]+([^\r\n]+)", re.MULTILINE)
_FACE = re.compile(rb"^[ \t]*f[ \t]+([^\r\n]+)", re.MULTILINE)
_AFTER_SLASH = re.compile(rb"/[^ \t\r\n]*")  # texture and normal of a corner
_LOOKS = re.compile(rb"^[ \t]*v[ \t]+[-+.\d]", re.MULTILINE)


def is_obj(data: bytes) -> bool:
    return b"\0" not in data[:20_000] and _LOOKS.search(with_newlines(data[:20_000])) is not None


def read_obj(data: bytes) -> RawScan:
    """The corners and faces of an OBJ file."""
    text = with_newlines(data)
    if b"\\\n" in text or b"\\\r\n" in text:  # a line that goes on in the next
        text = text.replace(b"\\\r\n", b" ").replace(b"\\\n", b" ")
    vertices: list[NDArray[np.float64]] = []
    faces: list[NDArray[np.int64]] = []
    points = triangles = 0
    for block in blocks(text):
        found = _VERTEX.findall(block)
        limit_corners(points + len(found))
        if found:
            vertices.append(_vertices(found))
        rows = _FACE.findall(block)
        limit_triangles(triangles + len(rows))
        if rows:
            faces.append(_faces(rows, block, points))
            triangles += len(faces[-1])
        points += len(found)
    if not vertices:
        raise damaged("it has no corners (lines that begin with v)")
    return _raw(vertices, faces)


def _raw(vertices: list[NDArray[np.float64]], faces: list[NDArray[np.int64]]) -> RawScan:
    coloured = all(v.shape[1] == 6 for v in vertices)
    points = np.concatenate([v[:, :3] for v in vertices])
    mesh = indexed(points, np.concatenate(faces)) if faces else cloud(points)
    shades = as_bytes(np.concatenate([v[:, 3:] for v in vertices])) if coloured else None
    return RawScan(mesh, "OBJ", colours=shades)


def _vertices(rows: list[bytes]) -> NDArray[Any]:
    """(n, 6) with a colour behind each corner, else (n, 3)."""
    if len(rows[0].split()) >= 6:
        try:
            return numbers(iter(rows), range(6))
        except ValueError:  # some corners have no colour
            pass
    return numbers(iter(rows), range(3))


def _faces(rows: list[bytes], block: bytes, points: int) -> NDArray[np.int64]:
    """Triangles from 0 on; ``points`` corners came before this block."""
    plain = _AFTER_SLASH.sub(b"", b"\n".join(rows)).split(b"\n")
    try:
        table = numbers(iter(plain), None, np.int64)
        sizes, flat = np.full(len(table), table.shape[1], np.int64), table.ravel()
    except ValueError:  # triangles and quads mixed
        words = [row.split() for row in plain]
        sizes = np.array([len(w) for w in words], np.int64)
        flat = np.array([w for row in words for w in row], dtype=np.int64)
    if (flat == 0).any():
        raise damaged("a face asks for corner 0; OBJ counts from 1")
    if (flat < 0).any():
        flat = np.where(flat < 0, flat + np.repeat(_corners_before(block, points), sizes) + 1, flat)
        if (flat < 1).any():
            raise damaged("a face counts back beyond the first corner")
    return fan(sizes, flat - 1)


def _corners_before(block: bytes, points: int) -> NDArray[np.int64]:
    """For every face line, how many corners stand above it: negative indices count back from there."""
    corners = np.array([m.start() for m in _VERTEX.finditer(block)], np.int64)
    faces = np.array([m.start() for m in _FACE.finditer(block)], np.int64)
    return points + np.searchsorted(corners, faces).astype(np.int64)
