"""OFF: corners and polygons as text, without a unit."""

from __future__ import annotations

import re

from fitter.scan.formats.raw import RawScan, as_bytes, cloud, damaged, indexed, limit_corners, unsupported
from fitter.scan.formats.text import Lines

_KEYWORD = re.compile(rb"(?:\s*#[^\n]*\n)*\s*((?:ST)?C?N?4?n?)OFF\s")
_READ = {b"": 0, b"C": 3, b"N": 0, b"CN": 6}  # keyword before OFF: column of the colour, 0 without


def is_off(data: bytes) -> bool:
    return _KEYWORD.match(data[:4000]) is not None


def read_off(data: bytes) -> RawScan:
    """The corners and faces of a text OFF file."""
    lines = Lines(data)
    keyword, _, rest = next(lines, b"").strip().partition(b"OFF")
    if keyword not in _READ or b"BINARY" in rest:
        raise unsupported("is an OFF file of a kind this program doesn't read (binary or more than 3D)")
    counts = (rest.strip() or next(lines, b"")).split()
    if len(counts) < 2:
        raise damaged("it doesn't say how many corners and faces it has")
    points, faces = int(counts[0]), int(counts[1])
    limit_corners(points)
    shade = _READ[keyword]
    columns = (0, 1, 2, shade, shade + 1, shade + 2) if shade else (0, 1, 2)
    rows = lines.table(points, columns)
    triangles = lines.polygons(faces)
    mesh = indexed(rows[:, :3], triangles) if faces else cloud(rows[:, :3])
    return RawScan(mesh, "OFF", colours=as_bytes(rows[:, 3:]) if shade else None)
