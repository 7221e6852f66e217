"""Scans packed as gzip or zip: one scan in each, and never more bytes than the limit."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable

from fitter.errors import FitterError
from fitter.saying import say
from fitter.scan.formats.raw import cut_off, damaged, limit_bytes, unsupported

_MAX_MEMBERS = 10_000
_PIECE = 1 << 20


def is_gzip(data: bytes) -> bool:
    return data[:3] == b"\x1f\x8b\x08"


def is_zip(data: bytes) -> bool:
    return data[:4] == b"PK\x03\x04"


def opened(data: bytes) -> zipfile.ZipFile:
    """A zip whose table of contents is short enough to be read."""
    if data.count(b"PK\x01\x02") > _MAX_MEMBERS:
        raise unsupported(say("is a zip of more than {max_members:,} files", max_members=_MAX_MEMBERS))
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError) as error:  # ValueError: an offset before the file begins
        raise damaged("it is packed as a zip that is cut off or changed") from error


def limited(package: zipfile.ZipFile, name: str) -> bytes:
    """One file of a zip; refused as soon as it grows beyond the limit, whatever its header promises."""
    if package.getinfo(name).flag_bits & 1:
        raise unsupported("is locked with a password", "Unpack it first")
    try:
        with package.open(name) as stream:
            return _pieces(stream.read)
    except (EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise damaged("what it packs can't be unpacked") from error


def gunzip(data: bytes) -> bytes:
    """What a gzip file holds, within the limit of bytes."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return _pieces(stream.read)
    except EOFError as error:
        raise cut_off() from error
    except (zlib.error, gzip.BadGzipFile) as error:
        raise damaged("what it packs can't be unpacked") from error


def _pieces(read: Callable[[int], bytes]) -> bytes:
    out = io.BytesIO()  # gives its bytes back without a copy
    while piece := read(_PIECE):
        limit_bytes(out.tell() + len(piece), "what it packs")
        out.write(piece)
    return out.getvalue()


def only_scan(data: bytes, extensions: tuple[str, ...]) -> tuple[str, bytes]:
    """The one scan in a zip, with its name; pictures, materials and texts beside it are left."""
    package = opened(data)
    scans = [n for n in package.namelist() if _is_scan(n, extensions)]
    if len(scans) != 1:
        shown = ", ".join(sorted(n.rsplit("/", 1)[-1] for n in scans)[:3])
        raise FitterError(
            say(
                "holds {scans} scans ({shown}{word})",
                scans=len(scans),
                shown=shown,
                word=", ..." if len(scans) > 3 else "",
            )
            if scans
            else "holds no scan",
            todo="Unpack it and open each scan by itself" if scans else "Pack the scan as STL, PLY or OBJ",
            code="several_scans" if scans else "no_surface",
        )
    return scans[0].rsplit("/", 1)[-1], limited(package, scans[0])


def _is_scan(name: str, extensions: tuple[str, ...]) -> bool:
    own = name.rsplit("/", 1)[-1]
    hidden = own.startswith(".") or name.startswith("__MACOSX/")
    return not hidden and "." in own and own.rsplit(".", 1)[-1].lower() in extensions
