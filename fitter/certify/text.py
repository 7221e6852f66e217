"""Certificates as text for a terminal, and as plain trees for programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from fitter.anatomy.measures import BY_ID
from fitter.certify.certificate import Certificate, Kind, Line
from fitter.certify.invariance import Asked

HEADING = "On constructed feet"
MEANING = (
    "Feet of two independent families, whose truth is known, spoilt as scanners and files spoil them, in any "
    "pose, unit and side, and measured on this machine. It says nothing of people: for a real foot the "
    "published error of each measure's definition is added (docs/MEASURES.md)."
)
COLUMNS = ("measure", "unit", "given", "bias", "mean error", "95 %", "covered", "width")
LEGEND = (
    "given: of the measures the truth has. 95 %: 95th percentile of the error. covered: how often the truth "
    "lay within the part of the stated error that a scan lets us know, which should be 95 %. width: the "
    "median of that part over the 95th percentile; 1 is ideal, much more would be hedging."
)
_DIGITS: Mapping[str, int] = {"mm": 2, "deg": 2, "%": 2}


def to_text(found: Certificate) -> str:
    """The certificate as a table, then one for each kind of degradation."""
    lines = [
        f"{HEADING}: {found.everything.scans:,} scans, seed {found.seed}, Fitter {found.program_version}",
        "",
    ]
    lines += [MEANING, "", LEGEND, ""]
    for kind in (found.everything, *found.families, *found.kinds):
        lines += [*_kind(kind), ""]
    return "\n".join(lines)


def _kind(kind: Kind) -> Iterator[str]:
    yield f"{kind.name} ({kind.scans:,} scans)"
    yield trouble(kind)
    yield f"{COLUMNS[0]:<30}" + "".join(f"{name:>11}" for name in COLUMNS[1:])
    for line in kind.lines:
        name, *rest = cells(line)
        yield f"{name:<30}" + "".join(f"{cell:>11}" for cell in rest)


def trouble(kind: Kind) -> str:
    """What went wrong, in a line."""
    parts = [f"refused {kind.wrong['refused']}"]
    if kind.wrong["feet"]:
        parts.append(f"not one foot found {kind.wrong['feet']}")
    parts += [
        f"{name} wrong {kind.wrong[key]} (silently {kind.silent[key]})"
        for key, name in (("units", "unit"), ("side", "side"), ("pose", "pose"))
    ]
    return ", ".join(parts)


def cells(line: Line) -> tuple[str, ...]:
    """One measure as the cells of a row."""
    digits = _DIGITS.get(line.unit, 4)

    def number(value: float | None) -> str:
        return "-" if value is None else f"{value:.{digits}f}"

    def percent(value: float | None) -> str:
        return "-" if value is None else f"{100 * value:.0f} %"

    width = "-" if line.width is None else f"{line.width:.2f}"
    numbers = (number(line.bias), number(line.mean_error), number(line.p95))
    return (line.measure, line.unit, percent(line.given), *numbers, percent(line.covered), width)


def to_tree(found: Certificate) -> dict[str, Any]:
    """The certificate as plain dicts, numbers rounded."""
    return {"heading": HEADING, "meaning": MEANING, **_rounded(asdict(found))}


def _rounded(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _rounded(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_rounded(value) for value in node]
    return round(node, 5) if isinstance(node, float) else node


# ---------------------------------------------------------------------------------------- invariance


def invariance_tree(asked: Sequence[Asked]) -> dict[str, Any]:
    """What was asked of each scan as plain dicts, numbers rounded."""
    return {
        "heading": "How far a changed scan moves the measures of the same foot",
        "scans": _rounded([asdict(a) for a in asked]),
    }


def invariance_text(asked: Sequence[Asked]) -> str:
    """The spread of each measure for each change, over all scans."""
    lines = ["How far a changed scan moves the measures of the same foot (no truth is needed)", ""]
    by_change: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        by_change[one.change].append(one)
    for change, ones in by_change.items():
        lines += [*_change(change, ones), ""]
    return "\n".join(lines)


def _change(change: str, ones: Iterable[Asked]) -> Iterator[str]:
    ones = list(ones)
    refused = [one for one in ones if one.refused]
    wrong = [one for one in ones if not one.side_right]
    yield f"{change}: {len(ones)} scans, refused {len(refused)}, side lost {len(wrong)}"
    for one in refused:
        yield f"  {one.file}: {one.refused}"
    moved: dict[str, list[tuple[float, bool, bool]]] = defaultdict(list)
    lost: dict[str, int] = defaultdict(int)
    for one in ones:
        for measure in one.lost:
            lost[measure] += 1
        for each in one.changes:
            moved[each.measure].append((abs(each.moved), each.within, each.within_stated))
    if moved or lost:
        head = f"{'unit':>7}{'median':>10}{'largest':>10}{'within known error':>20}{'stated':>9}{'lost':>6}"
        yield f"  {'measure':<30}{head}"
    for measure in (m for m in BY_ID if m in moved or m in lost):
        found, start = moved[measure], f"  {measure:<30}{BY_ID[measure].unit:>7}"
        if not found:
            yield f"{start}{'-':>10}{'-':>10}{'-':>20}{'-':>9}{lost[measure]:>6}"
            continue
        sizes = np.array([size for size, _, _ in found])
        known, stated = (100 * np.mean([each[k] for each in found]) for k in (1, 2))
        digits = _DIGITS.get(BY_ID[measure].unit, 4)
        numbers = f"{np.median(sizes):>10.{digits}f}{sizes.max():>10.{digits}f}"
        yield f"{start}{numbers}{known:>18.0f} %{stated:>7.0f} %{lost[measure]:>6}"
