"""Text files read line by line: never a second copy of the text, never a line without end."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitter.saying import say
from fitter.scan.formats.raw import cut_off, damaged, fan, limit_triangles

MAX_LINE = 10_000
_BLOCK = 1 << 22


def with_newlines(data: bytes) -> bytes:
    """The same text with lines that end in a newline (old programs end them with a carriage return)."""
    start = data[:MAX_LINE]
    return data.replace(b"\r", b"\n") if b"\r" in start and b"\n" not in start else data


def blocks(data: bytes) -> Iterator[bytes]:
    """The text in pieces of whole lines."""
    start = 0
    while start < len(data):
        end = min(start + _BLOCK, len(data))
        if end < len(data):
            end = data.rfind(b"\n", start, end) + 1
            if end == 0:
                raise damaged("a line has no end")
        yield data[start:end]
        start = end


class Lines:
    """The lines of a text that say something, from ``start`` on."""

    def __init__(self, data: bytes, start: int = 0, comments: tuple[bytes, ...] = (b"#",)) -> None:
        self._stream = io.BytesIO(with_newlines(data))
        self._stream.seek(start)
        self._comments = comments
        self._left = len(data) - start

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        while line := self._stream.readline(MAX_LINE):
            if len(line) == MAX_LINE:
                raise damaged("a line has no end")
            if not line.isspace() and not line.startswith(self._comments):
                return line
        raise StopIteration

    def promised(self, rows: int) -> None:
        """Refuse a row count that the bytes left can't hold: a row has two bytes at least."""
        if rows > self._left // 2 + 1:
            raise cut_off(
                say("it promises {rows:,} lines and has {left:,} bytes for them", rows=rows, left=self._left)
            )

    def table(self, rows: int, columns: Sequence[int], dtype: type = np.float64) -> NDArray[Any]:
        """The next ``rows`` lines as numbers, (rows, len(columns))."""
        self.promised(rows)
        if rows == 0:
            return np.zeros((0, len(columns)), dtype)
        found = numbers(islice(self, rows), columns, dtype)
        if len(found) < rows:
            raise cut_off(say("it promises {rows:,} lines and holds {found:,}", rows=rows, found=len(found)))
        return found

    def polygons(self, rows: int, skip: int = 0) -> NDArray[np.int64]:
        """The next ``rows`` lines, each ``n i j k ...`` behind ``skip`` numbers, as triangles (m, 3)."""
        limit_triangles(rows)
        self.promised(rows)
        here = self._stream.tell()
        try:
            found = self.table(rows, range(skip, skip + 4), np.int64)
            if (found[:, 0] == 3).all():
                return found[:, 1:]
        except ValueError:  # a line with fewer columns
            pass
        self._stream.seek(here)
        return self._mixed(rows, skip)

    def _mixed(self, rows: int, skip: int) -> NDArray[np.int64]:
        sizes, flat = np.zeros(rows, np.int64), []
        for row in range(rows):
            words = next(self, b"").split()[skip:]
            if not words:
                raise cut_off(say("it promises {rows:,} faces and holds {row:,}", rows=rows, row=row))
            size = int(words[0])
            if not 0 < size < len(words):
                raise damaged(
                    say("a face promises {size:,} corners and has {words:,}", size=size, words=len(words) - 1)
                )
            sizes[row] = size
            flat.append(np.array(words[1 : size + 1], dtype=np.int64))
        return fan(sizes, np.concatenate(flat) if flat else np.zeros(0, np.int64))


def numbers(lines: Iterator[bytes], columns: Sequence[int] | None, dtype: type = np.float64) -> NDArray[Any]:
    """``lines`` as numbers, only the ``columns`` named; ValueError where a line hasn't got them."""
    first = next(lines, None)
    if first is None:  # numpy warns about no lines at all
        return np.zeros((0, len(columns or ())), dtype)
    return np.loadtxt(chain([first], lines), dtype=dtype, usecols=columns, ndmin=2, comments=None)
