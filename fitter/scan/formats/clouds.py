"""Point lists (XYZ, PTS, ASC, TXT): ``x y z`` first in each line, without a unit."""

from __future__ import annotations

import re
from itertools import chain, islice

from fitter.errors import FitterError
from fitter.saying import say
from fitter.scan.formats.raw import MAX_POINTS, RawScan, as_bytes, cloud, cut_off
from fitter.scan.formats.text import Lines, numbers

_MARK = b"\xef\xbb\xbf"  # some editors put it before a text
_COMMENTS = (b"#", b"/", b"%", b"!")
_MAX_TITLES = 10  # lines of words above the numbers
_BLANKS = bytes.maketrans(b",;\t", b"   ")
_POINTS = bytes.maketrans(b",;\t", b".  ")
_COMMA_NUMBER = re.compile(rb"[-+]?\d+,\d+(?:[eE][-+]?\d+)?")


def is_point_list(data: bytes) -> bool:
    """Whether bytes look like lines of numbers, a point a line."""
    if b"\0" in data[:2000]:
        return False
    lines = Lines(data.removeprefix(_MARK)[:20_000], comments=_COMMENTS)
    return any(_is_point(line.translate(_BLANKS)) for line, _ in zip(lines, range(_MAX_TITLES), strict=False))


def read_point_list(data: bytes) -> RawScan:
    """A list of points as a cloud."""
    lines = Lines(data.removeprefix(_MARK), comments=_COMMENTS)
    promised, first = None, b""
    for _ in range(_MAX_TITLES):
        first = next(lines, b"")
        if _is_point(first.translate(_BLANKS)):
            break
        promised = int(first) if first.strip().isdigit() else promised  # a PTS file counts its points
    else:
        raise _no_points()
    separators = _POINTS if _has_decimal_commas(first) else _BLANKS
    shades = _colour_columns(first.translate(separators).split())
    rows = (line.translate(separators) for line in chain([first], lines))
    try:
        found = numbers(islice(rows, MAX_POINTS + 1), [0, 1, 2, *shades])
    except ValueError as error:
        raise _no_points() from error
    if promised is not None and len(found) < promised:
        raise cut_off(
            say("it promises {promised:,} points and holds {found:,}", promised=promised, found=len(found))
        )
    return RawScan(cloud(found[:, :3]), "point list", colours=as_bytes(found[:, 3:]) if shades else None)


def _no_points() -> FitterError:
    return FitterError(
        "is not a list of points (x y z in every line)",
        todo="Export the scan as PLY or STL",
        code="wrong_extension",
    )


def _is_point(line: bytes) -> bool:
    words = line.split()
    return len(words) >= 3 and all(map(_is_number, words[:3]))


def _is_number(word: bytes) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _has_decimal_commas(line: bytes) -> bool:
    """``1,5;2,5;3,5`` and ``1,5 2,5 3,5``: commas inside the numbers, something else between them."""
    words = line.replace(b";", b" ").split()
    return len(words) >= 3 and all(_COMMA_NUMBER.fullmatch(word) for word in words[:3])


def _colour_columns(words: list[bytes]) -> tuple[int, ...]:
    """Red, green, blue stand behind x y z, or behind x y z and an intensity; normals have fractions."""
    start = 4 if len(words) == 7 else 3
    shades = words[start : start + 3]
    if len(shades) == 3 and all(w.isdigit() and int(w) <= 255 for w in shades):
        return (start, start + 1, start + 2)
    return ()
