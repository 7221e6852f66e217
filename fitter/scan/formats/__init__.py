"""Bytes of a file to a bare surface: a table of formats, one reader each (docs/FORMATS.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from fitter.errors import FitterError
from fitter.saying import joined, say
from fitter.scan.formats.clouds import is_point_list, read_point_list
from fitter.scan.formats.gltf import is_glb, is_gltf, read_glb, read_gltf
from fitter.scan.formats.obj import is_obj, read_obj
from fitter.scan.formats.off import is_off, read_off
from fitter.scan.formats.packed import gunzip, is_gzip, is_zip, only_scan
from fitter.scan.formats.pcd import is_pcd, read_pcd
from fitter.scan.formats.ply import is_ply, read_ply
from fitter.scan.formats.raw import MAX_BYTES, MAX_TRIANGLES, RawScan, damaged, limit_bytes
from fitter.scan.formats.stl import is_stl, read_stl
from fitter.scan.formats.threemf import is_3mf, read_3mf
from fitter.scan.mesh import Mesh

__all__ = ["EXTENSIONS", "MAX_BYTES", "MAX_TRIANGLES", "RawScan", "read_scan"]

_MIN_POINTS = 500  # of a cloud; fewer leave no foot
_FARTHEST = 1e12  # no unit puts a foot there, and squares of it still have digits


@dataclass(frozen=True, slots=True)
class _Format:
    """``looks`` tells the format by its first bytes (or its size); ``read`` takes it apart."""

    name: str
    looks: Callable[[bytes], bool]
    read: Callable[[bytes], RawScan]


_POINT_LIST = _Format("a point list", is_point_list, read_point_list)
# In the order in which a file of an unknown kind is asked.
_FORMATS: dict[str, _Format] = {
    "ply": _Format("a PLY file", is_ply, read_ply),
    "glb": _Format("a GLB file", is_glb, read_glb),
    "3mf": _Format("a 3MF file", is_3mf, read_3mf),
    "stl": _Format("an STL file", is_stl, read_stl),
    "off": _Format("an OFF file", is_off, read_off),
    "pcd": _Format("a PCD file", is_pcd, read_pcd),
    "gltf": _Format("a glTF file", is_gltf, read_gltf),
    "obj": _Format("an OBJ file", is_obj, read_obj),
    "xyz": _POINT_LIST,
    "pts": _POINT_LIST,
    "asc": _POINT_LIST,
    "txt": _POINT_LIST,
}
_PACKED = ("gz", "zip")
EXTENSIONS: tuple[str, ...] = (*_FORMATS, *_PACKED)

# What people also drop on a window: named, so that they see what happened.
_OTHERS = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"%PDF", "a PDF document"),
    (b"ISO-10303-21", "a STEP drawing"),
    (b"Kaydara FBX", "an FBX file"),
    (b"<?xml", "an XML file (for example DAE)"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
)


def read_scan(name: str, data: bytes) -> RawScan:
    """The surface in a scan file; ``name`` gives the extension and the place in errors.

    A file whose content is another format than its extension says is read as what it is, with a note.
    Raises FitterError, one line, for anything that holds no usable surface.
    """
    if not data:
        raise FitterError(
            "the file is empty (0 bytes)", where=name, todo="Export the scan again", code="empty_file"
        )
    try:
        with np.errstate(all="ignore"):  # what isn't finite is refused below, not warned about
            return _unpacked_and_read(name, data)
    except FitterError as error:
        raise error.at(name) from None
    except Exception as error:  # a damaged file can fail anywhere inside a reader
        kind = _extension(name).upper() or "a scan"
        raise FitterError(
            say("can't be read as {kind}: it is damaged, cut off, or another kind of file", kind=kind),
            where=name,
            todo="Export the scan again, or check that the extension is right",
            code="damaged_file",
        ) from error


def _unpacked_and_read(name: str, data: bytes) -> RawScan:
    limit_bytes(len(data))
    if is_gzip(data):
        inner, unpacked = name.lower().removesuffix(".gz"), gunzip(data)
    elif is_zip(data) and not is_3mf(data):
        inner, unpacked = only_scan(data, tuple(_FORMATS))
    else:
        return _read(_extension(name), data)
    if not unpacked:
        raise damaged("what it packs is empty")
    if is_gzip(unpacked) or (is_zip(unpacked) and not is_3mf(unpacked)):
        raise FitterError(
            "packs another packed file", todo="Unpack it and open the scan in it", code="packed_twice"
        )
    return _read(_extension(inner), unpacked)


def _extension(name: str) -> str:
    return name.rsplit(".", 1)[-1].lower() if "." in name else ""


def _read(extension: str, data: bytes) -> RawScan:
    kind = _kind(extension, data)
    raw = _checked(kind.read(data))
    claimed = _FORMATS.get(extension)
    if claimed is kind:
        return raw
    said = (
        say("its extension says {extension}", extension=extension.upper())
        if extension
        else "it has no extension"
    )
    return replace(
        raw, notes=(*raw.notes, say("read as {name}, which it is; {said}", name=kind.name, said=said))
    )


def _kind(extension: str, data: bytes) -> _Format:
    """What the file is: what its extension says if it looks so, else what it looks like."""
    claimed = _FORMATS.get(extension)
    if claimed is not None and claimed.looks(data):
        return claimed
    others = (f for f in _FORMATS.values() if f is not _POINT_LIST)  # any table of numbers looks like one
    if found := next((f for f in others if f.looks(data)), None):
        return found
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if other := next((what for mark, what in _OTHERS if start.startswith(mark)), None):
        raise FitterError(
            say("is {other}, not a scan this program reads", other=other),
            todo="Export the scan as STL, PLY or OBJ",
            code="unknown_format",
        )  # fmt: skip
    if claimed is None:
        raise FitterError(
            say(
                "'{extension}' is not a scan format this program reads (it reads {extensions})",
                extension=extension or "no extension",
                extensions=joined(", ", sorted(EXTENSIONS)),
            ),
            todo="Export the scan as STL, PLY or OBJ",
            code="unknown_format",
        )
    return claimed  # its reader says what is wrong


def _checked(raw: RawScan) -> RawScan:
    """Refuse what has no surface; drop the points of a cloud that a scanner marked as not seen (NaN)."""
    vertices, faces = raw.mesh.vertices, raw.mesh.faces
    if len(faces) and vertices.min() > -_FARTHEST and vertices.max() < _FARTHEST:  # false for NaN
        return raw
    finite = np.asarray((np.abs(vertices) < _FARTHEST).all(axis=1))
    if len(faces) == 0:
        return _checked_cloud(raw, finite)
    used = np.zeros(len(vertices), bool)
    used[faces] = True
    if wrong := int((used & ~finite).sum()):
        raise damaged(
            say(
                "{wrong:,} of {sum:,} corners are no place (not a number, or infinite)",
                wrong=wrong,
                sum=int(used.sum()),
            )
        )
    return replace(raw, mesh=Mesh(np.where(finite[:, None], vertices, 0.0), faces))


def _checked_cloud(raw: RawScan, finite: np.ndarray) -> RawScan:
    if (count := int(finite.sum())) < _MIN_POINTS:
        raise FitterError(
            say("holds no surface ({count} points, no triangles)", count=count),
            todo="Export the scan again as a mesh or a point cloud",
            code="no_surface",
        )
    colours = None if raw.colours is None else raw.colours[finite]
    return replace(raw, mesh=Mesh(raw.mesh.vertices[finite], raw.mesh.faces), colours=colours)
