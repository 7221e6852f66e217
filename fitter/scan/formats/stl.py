"""STL: triangles that share no corner, binary or text, without a unit."""

from __future__ import annotations

import re
from itertools import islice

import numpy as np

from fitter.errors import FitterError
from fitter.saying import say
from fitter.scan.formats.raw import RawScan, cut_off, damaged, limit_triangles, soup

_HEADER = 80
_TRIANGLE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
# Bounded repeats: the search stays linear on any bytes.
_VERTEX = re.compile(rb"vertex\s{1,40}(\S{1,40}\s{1,40}\S{1,40}\s{1,40}\S{1,40})", re.IGNORECASE)
_BATCH = 200_000


def is_stl(data: bytes) -> bool:
    return _is_binary(data, exact=True) or _is_text(data)


def read_stl(data: bytes) -> RawScan:
    return _read_binary(data) if _is_binary(data) else _read_text(data)


def _is_text(data: bytes) -> bool:
    start = data[:2000].lower()
    return start.lstrip().startswith(b"solid") and b"facet" in start and b"\0" not in start


def _is_binary(data: bytes, *, exact: bool = False) -> bool:
    """Binary by its size, not by its first word: binary files that begin with "solid" are common."""
    if len(data) < _HEADER + 4:
        return False
    promised = _HEADER + 4 + _TRIANGLE.itemsize * _count(data)
    if exact:
        return _count(data) > 0 and promised == len(data)
    if promised <= len(data) and _count(data) > 0:
        return not _is_text(data)
    return b"\x00" in data[:1000]


def _count(data: bytes) -> int:
    return int.from_bytes(data[_HEADER : _HEADER + 4], "little")


def _read_binary(data: bytes) -> RawScan:
    count, held = _count(data), (len(data) - _HEADER - 4) // _TRIANGLE.itemsize
    if held < count:
        raise cut_off(say("it promises {count:,} triangles and holds {held:,}", count=count, held=held))
    limit_triangles(count)
    triangles = np.frombuffer(data, dtype=_TRIANGLE, count=count, offset=_HEADER + 4)
    return RawScan(soup(triangles["corners"].reshape(-1, 3).astype(np.float64)), "STL")


def _read_text(data: bytes) -> RawScan:
    facets = data.count(b"endfacet") + data.count(b"ENDFACET")
    if facets == 0:
        raise FitterError(
            "is not an STL file", todo="Check the extension, or export again", code="wrong_extension"
        )
    if b"endsolid" not in data[-2000:].lower():
        raise cut_off("its last line is missing")
    limit_triangles(facets)
    found, parts = _VERTEX.finditer(data), []
    while batch := [m[1] for m in islice(found, _BATCH)]:
        parts.append(np.fromstring(b" ".join(batch), sep=" "))
    corners = np.concatenate(parts) if parts else np.zeros(0)
    if len(corners) != 9 * facets:
        raise damaged(
            say(
                "{facets:,} triangles have {corners:,} coordinates, not {facets2:,}",
                facets=facets,
                corners=len(corners),
                facets2=9 * facets,
            )
        )
    return RawScan(soup(corners.reshape(-1, 3)), "STL (text)")
