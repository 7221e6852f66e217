"""PCD, the Point Cloud Library's format: text or binary, without a unit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitter.saying import say
from fitter.scan.formats.raw import (
    MAX_POINTS,
    Colours,
    RawScan,
    cloud,
    cut_off,
    damaged,
    limit,
    unsupported,
)
from fitter.scan.formats.text import Lines

_MAX_HEADER = 20_000
_KINDS = {"F": "f", "I": "i", "U": "u"}


def is_pcd(data: bytes) -> bool:
    """Whether bytes begin as a PCD file does."""
    start = data[:_MAX_HEADER]
    return (
        b"FIELDS" in start and b"\nDATA " in start and start.lstrip()[:6] in (b"# .PCD", b"VERSIO", b"FIELDS")
    )


def read_pcd(data: bytes) -> RawScan:
    """A PCD file, text or binary, as a cloud."""
    head = data[:_MAX_HEADER]
    at = head.find(b"\nDATA ")
    end = head.find(b"\n", at + 1) + 1
    if at < 0 or end == 0:
        raise cut_off("its header has no end")
    words = {w[0]: w[1:] for line in head[:end].decode("latin-1").splitlines() if (w := line.split())}
    fields, count = words["FIELDS"], int(words["POINTS"][0])
    limit(count, MAX_POINTS, "points", "too_many_points")
    if not {"x", "y", "z"} <= set(fields):
        raise damaged("its points have no x, y and z")
    repeats = [int(n) for n in words.get("COUNT", ["1"] * len(fields))]
    kinds = [f"<{_KINDS[t]}{int(s)}" for t, s in zip(words["TYPE"], words["SIZE"], strict=True)]
    match words["DATA"]:
        case ["binary"]:
            rows = _binary(data, end, count, list(zip(fields, kinds, repeats, strict=True)))
        case ["ascii"]:
            rows = _text(Lines(data, end), count, fields, repeats)
        case _:
            raise unsupported("is a compressed PCD file", "Save it as a binary or ascii PCD, or as PLY")
    points = np.stack([np.asarray(rows[axis], np.float64).reshape(count) for axis in "xyz"], axis=1)
    colours = _colours(rows["rgb"], kinds[fields.index("rgb")]) if "rgb" in fields else None
    return RawScan(cloud(points), "PCD", colours=colours)


def _binary(
    data: bytes, start: int, count: int, fields: list[tuple[str, str, int]]
) -> dict[str, NDArray[Any]]:
    kind = np.dtype(
        [(f"{i}", k, (n,)) for i, (_, k, n) in enumerate(fields)]
    )  # "_" may stand twice as a name
    if count * kind.itemsize > len(data) - start:
        raise cut_off(
            say(
                "it promises {count:,} points and holds {data:,}",
                count=count,
                data=(len(data) - start) // kind.itemsize,
            )
        )
    rows = np.frombuffer(data, kind, count, start)
    return {name: rows[f"{i}"] for i, (name, _, _) in enumerate(fields)}


def _text(lines: Lines, count: int, fields: list[str], repeats: list[int]) -> dict[str, NDArray[Any]]:
    starts = np.cumsum([0, *repeats])
    wanted = [name for name in ("x", "y", "z", "rgb") if name in fields]
    table = lines.table(count, [int(starts[fields.index(name)]) for name in wanted])
    return {name: table[:, i] for i, name in enumerate(wanted)}


def _colours(packed: NDArray[Any], kind: str) -> Colours | None:
    """Red, green and blue are the lower three bytes of a number that is often stored as a float."""
    if kind[1:] not in ("f4", "u4", "i4"):
        return None
    number = packed.reshape(-1).astype("<f4" if kind[1] == "f" else "<i8")
    bits = number.view("<u4") if kind[1] == "f" else number & 0xFFFFFFFF
    return np.stack([(bits >> shift & 255).astype(np.uint8) for shift in (16, 8, 0)], axis=1)
