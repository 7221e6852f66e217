"""Bytes of a file to a bare surface: a table of formats, one reader each."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fitter.errors import FitterError
from fitter.scan.mesh import Mesh, Points

# Enough for the finest hand-held scanner; more is refused before memory is spent.
MAX_BYTES = 500_000_000
MAX_TRIANGLES = 5_000_000

_STL_HEADER = 80
_STL_TRIANGLE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])


@dataclass(frozen=True, slots=True)
class RawScan:
    """What a file holds, in its own coordinates: ``mesh`` (no faces for a point cloud), the ``unit`` the
    file itself states (3MF and GLB do), or None."""

    mesh: Mesh
    format: str
    unit: str | None = None


def read_scan(name: str, data: bytes) -> RawScan:
    """The surface in a scan file; ``name`` gives the extension and the place in errors.

    Raises FitterError for anything that holds no usable surface.
    """
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    reader = _READERS.get(extension)
    if not data:
        raise FitterError(
            "the file is empty (0 bytes)", where=name, todo="Export the scan again", code="empty_file"
        )
    if reader is None:
        known = ", ".join(sorted(_READERS))
        raise FitterError(
            f"'{extension or 'no extension'}' is not a scan format this program reads (it reads {known})",
            where=name,
            todo="Export the scan as STL, PLY or OBJ",
            code="unknown_format",
        )
    if len(data) > MAX_BYTES:
        raise FitterError(
            f"the file has {len(data) / 1e6:.0f} MB; this program takes up to {MAX_BYTES / 1e6:.0f} MB",
            where=name,
            todo="Export a coarser scan",
            code="too_large",
        )
    try:
        raw = reader(data)
    except FitterError as error:
        raise error.at(name) from None
    except Exception as error:  # a damaged file can fail anywhere inside a reader
        raise FitterError(
            f"can't be read as {extension.upper()}: it is damaged, cut off, or another kind of file",
            where=name,
            todo="Export the scan again, or check that the extension is right",
            code="damaged_file",
        ) from error
    return _checked(raw, name)


def _checked(raw: RawScan, name: str) -> RawScan:
    vertices, faces = raw.mesh.vertices, raw.mesh.faces
    finite = np.asarray(np.isfinite(vertices).all(axis=1))
    if not finite.all():
        faces = faces[finite[faces].all(axis=1)]
    if len(faces) > MAX_TRIANGLES:
        raise FitterError(
            f"the scan has {len(faces):,} triangles, more than the {MAX_TRIANGLES:,} this program takes",
            where=name,
            todo="Export a coarser scan",
            code="too_many_triangles",
        )
    if len(faces) == 0 and finite.sum() < 500:
        raise FitterError(
            f"holds no surface ({int(finite.sum())} points, no triangles)",
            where=name,
            todo="Export the scan again as a mesh or a point cloud",
            code="no_surface",
        )
    if not finite.all() and len(raw.mesh.faces) == 0:
        vertices = vertices[finite]
    elif not finite.all():
        vertices = np.where(np.isfinite(vertices), vertices, 0.0)
    return RawScan(Mesh(vertices, faces), raw.format, raw.unit)


# -- readers: bytes in, RawScan out -----------------------------------------------------------------------


def _read_stl(data: bytes) -> RawScan:
    return _read_binary_stl(data) if _is_binary_stl(data) else _read_ascii_stl(data)


def _is_binary_stl(data: bytes) -> bool:
    """Binary by its size, not by its first word: binary files that begin with "solid" are common."""
    if len(data) < _STL_HEADER + 4:
        return False
    count = int.from_bytes(data[_STL_HEADER : _STL_HEADER + 4], "little")
    if len(data) >= _STL_HEADER + 4 + 50 * count and count > 0:
        return not (data[:5].lower() == b"solid" and b"facet" in data[:1000])
    return b"\x00" in data[:1000]


def _read_binary_stl(data: bytes) -> RawScan:
    count = int.from_bytes(data[_STL_HEADER : _STL_HEADER + 4], "little")
    held = (len(data) - _STL_HEADER - 4) // _STL_TRIANGLE.itemsize
    if held < count:
        raise FitterError(
            f"is cut off: it promises {count:,} triangles and holds {held:,}",
            todo="Export or copy the scan again",
            code="truncated",
        )
    triangles = np.frombuffer(data, dtype=_STL_TRIANGLE, count=count, offset=_STL_HEADER + 4)
    return RawScan(_soup(triangles["corners"].reshape(-1, 3).astype(np.float64)), "STL")


def _read_ascii_stl(data: bytes) -> RawScan:
    body = data.lower()
    facets = body.count(b"endfacet")
    if b"facet" not in body or facets == 0:
        raise FitterError(
            "is not an STL file", todo="Check the extension, or export again", code="wrong_extension"
        )
    if b"endsolid" not in body[-2000:]:
        raise FitterError(
            "is cut off: its last line is missing", todo="Export or copy the scan again", code="truncated"
        )
    rows = [line[6:] for line in map(bytes.strip, body.splitlines()) if line.startswith(b"vertex")]
    corners = np.array(b" ".join(rows).split(), dtype=np.float64)
    return RawScan(_soup(corners.reshape(-1, 3)), "STL (text)")


def _soup(corners: Points) -> Mesh:
    return Mesh(corners, np.arange(len(corners), dtype=np.int32).reshape(-1, 3))


def _read_text_cloud(data: bytes) -> RawScan:
    """Points as text: x y z first in each row, separators blank, comma, semicolon or tab."""
    text = data.decode("utf-8", errors="strict")
    lines = [row for row in (line.strip() for line in text.splitlines()) if row and row[0] not in "#/%"]
    table = str.maketrans(",;\t", "   ")
    rows = [line.translate(table).split() for line in lines]
    numbers = [row[:3] for row in rows if len(row) >= 3 and _is_number(row[0])]
    if len(numbers) < 0.9 * len(rows) - 2:
        raise FitterError(
            "is not a list of points (x y z a line)",
            todo="Export the scan as PLY or STL",
            code="wrong_extension",
        )
    return RawScan(
        Mesh(np.array(numbers, dtype=np.float64).reshape(-1, 3), np.zeros((0, 3), np.int32)), "point list"
    )


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


# What 3MF calls its units; glTF is in metres by its specification.
_UNIT_WORDS = {"millimeter": "mm", "millimeters": "mm", "centimeter": "cm", "centimeters": "cm"} | {
    "meter": "m",
    "meters": "m",
    "inch": "in",
    "inches": "in",
}


def _by_trimesh(kind: str) -> Callable[[bytes], RawScan]:
    """A reader by trimesh: slower than our own, but it knows the corners of these formats."""

    def read(data: bytes) -> RawScan:
        import trimesh  # noqa: PLC0415 - costs a third of a second, and most scans are STL

        scene = trimesh.load_scene(io.BytesIO(data), file_type=kind)
        unit = "m" if kind == "glb" else _UNIT_WORDS.get(scene.units or "")
        surfaces = [g for g in scene.dump() if isinstance(g, trimesh.Trimesh) and len(g.faces)]
        if surfaces:
            return RawScan(
                _joined(
                    [
                        Mesh(np.asarray(g.vertices, np.float64), np.asarray(g.faces, np.int32))
                        for g in surfaces
                    ]
                ),
                kind.upper(),
                unit,
            )
        clouds = [np.asarray(g.vertices, np.float64) for g in scene.dump() if len(getattr(g, "vertices", ()))]
        points = np.concatenate(clouds) if clouds else np.zeros((0, 3))
        return RawScan(Mesh(points, np.zeros((0, 3), np.int32)), kind.upper(), unit)

    return read


def _joined(parts: list[Mesh]) -> Mesh:
    offsets = np.cumsum([0] + [len(p.vertices) for p in parts[:-1]])
    faces = [p.faces + np.int32(o) for p, o in zip(parts, offsets, strict=True)]
    return Mesh(np.concatenate([p.vertices for p in parts]), np.concatenate(faces))


_READERS: dict[str, Callable[[bytes], RawScan]] = {
    "stl": _read_stl,
    "ply": _by_trimesh("ply"),
    "obj": _by_trimesh("obj"),
    "off": _by_trimesh("off"),
    "glb": _by_trimesh("glb"),
    "3mf": _by_trimesh("3mf"),
    "xyz": _read_text_cloud,
    "pts": _read_text_cloud,
    "asc": _read_text_cloud,
}
EXTENSIONS: tuple[str, ...] = tuple(_READERS)
