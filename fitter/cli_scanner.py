"""`fitter scanner-check`: a block or a ball of known size, scanned on the shop's own scanner."""

# ruff: noqa: PLC0415 - heavy rooms are entered only when there is a scan to check: help answers at once

from __future__ import annotations

import argparse
import hashlib
import json
import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitter.errors import FitterError
from fitter.terms import MM_PER_UNIT

if TYPE_CHECKING:
    from fitter.scan.scanner import Scanner
    from fitter.scan.scanner_check import ObjectCheck

HELP = """\
Scan a block with straight, parallel faces, or a ball, whose size you know, as you scan feet, and give
its size in mm. The scan may lie in any pose and unit, stand on a floor, and have holes; of each edge
you name, both ends must be seen, and of a ball a third. With --scanner the result is kept, and
fit and measure --scanner NAME correct for it. Check a few times: only that shows how well a scanner
repeats itself.

What is kept stands in scanners.json in your data folder, or in the folder FITTER_DATA names.
"""
EXAMPLES = """\
examples:
  fitter scanner-check block.stl --length 250 --width 100 --height 60 --scanner shop
  fitter scanner-check ball.ply --ball 60
  fitter measure foot.stl --scanner shop
  fitter scanner-check --list

"""


def add_options(p: argparse.ArgumentParser) -> None:
    """The options of `fitter scanner-check`."""
    p.add_argument("scan", nargs="?", metavar="SCAN", help="a scan of the block or ball")
    p.add_argument("--length", metavar="MM", type=_size, help="the block's longest edge")
    p.add_argument("--width", metavar="MM", type=_size, help="its second edge, where known")
    p.add_argument("--height", metavar="MM", type=_size, help="its third edge, where known")
    p.add_argument("--ball", metavar="MM", type=_size, help="the ball's diameter")
    p.add_argument(
        "--tolerance",
        metavar="MM",
        type=_tolerance,
        help="how far off these sizes may be (default: 0.1, a caliper's)",
    )
    p.add_argument(
        "--units", choices=list(MM_PER_UNIT), help="unit of the file (default: found from the size)"
    )
    p.add_argument("--scanner", metavar="NAME", help="keep the result under this name")
    p.add_argument("--list", action="store_true", help="list the scanners that are kept")
    p.add_argument("--forget", metavar="NAME", help="forget a scanner")


def _size(text: str) -> float:
    return _number(text, 5.0, 2000.0)


def _tolerance(text: str) -> float:
    return _number(text, 0.001, 5.0)


def _number(text: str, least: float, most: float) -> float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"'{text[:20]}' is no size in mm, expected {least:g} to {most:g}")
    return number


def refuse_misuse(args: argparse.Namespace) -> None:
    """Raises FitterError where the options don't go together."""
    sizes = [name for name in ("length", "width", "height", "ball") if getattr(args, name) is not None]
    if args.list or args.forget is not None:
        if args.scan or sizes or args.scanner or (args.list and args.forget is not None):
            raise _misuse("--list and --forget stand alone")
    elif not args.scan:
        raise _misuse("no scan was named")
    elif "ball" in sizes and len(sizes) > 1:
        raise _misuse("a ball has a diameter only", "Give --ball, or the edges of a block")
    elif "ball" not in sizes and "length" not in sizes:
        raise _misuse("no known size was given", "Give --length (the block's longest edge) or --ball, in mm")
    elif args.length and max(args.length, args.width or 0.0, args.height or 0.0) > args.length:
        raise _misuse("--length is the longest edge, and another is longer", "Exchange them")


def _misuse(what: str, todo: str = "See fitter scanner-check --help") -> FitterError:
    return FitterError(what, todo=todo, code="usage")


def load(name: str) -> Scanner:
    """The scanner kept under a name, as known today."""
    from fitter import scanners

    return scanners.load(name, date.today())


@dataclass(frozen=True, slots=True)
class Done:
    """What a command has to say, for people and for programs."""

    text: str
    json: str


def run(args: argparse.Namespace) -> Done:
    """The scanners listed, one forgotten, or a scan of an object checked; raises OSError where files fail."""
    if args.list:
        return _listed()
    if args.forget is not None:
        return _forgotten(args.forget)
    return _checked(args)


# ---------------------------------------------------------------------------------------- what is kept


def _listed() -> Done:
    from fitter import scanners

    found = scanners.everything(date.today())
    lines = [_line(scanner) for scanner in found] or [
        "No scanner was checked yet (fitter scanner-check --help)."
    ]
    return _done(lines, {"scanners": [_scanner_tree(scanner) for scanner in found]})


def _forgotten(name: str) -> Done:
    from fitter import scanners

    count = scanners.forget(name)
    checks = "1 check" if count == 1 else f"{count} checks"
    return _done(
        [f"{name.strip()} and its {checks} are forgotten."], {"forgotten": name.strip(), "checks": count}
    )


def _line(scanner: Scanner) -> str:
    repeat = "" if scanner.repeat_sd is None else f", scatter {100 * scanner.repeat_sd:.2f} % (SD)"
    old = "; more than a year ago, check it again" if scanner.old else ""
    checks = "1 check" if scanner.checks == 1 else f"{scanner.checks} checks"
    return (
        f"{scanner.name}: {scanner.bias_percent:+.2f} % (± {100 * scanner.scale_u95:.2f} % of one scan), "
        f"noise {scanner.noise_mm:.2f} mm, {checks}{repeat}, the newest on {scanner.checked}{old}"
    ).replace("-0.00 %", "0.00 %")


def _scanner_tree(scanner: Scanner) -> dict[str, Any]:
    return {
        "name": scanner.name,
        "scale": round(scanner.scale, 7),
        "scale_u95": round(scanner.scale_u95, 7),
        "bias_percent": round(scanner.bias_percent, 4),
        "noise_mm": round(scanner.noise_mm, 4),
        "checks": scanner.checks,
        "repeat_sd": None if scanner.repeat_sd is None else round(scanner.repeat_sd, 7),
        "checked": scanner.checked,
        "old": scanner.old,
    }


# ---------------------------------------------------------------------------------------- a check


def _checked(args: argparse.Namespace) -> Done:
    from fitter import scanners
    from fitter.scan.formats import read_scan
    from fitter.scan.scanner import ScaleCheck, pooled
    from fitter.scan.scanner_check import check_ball, check_block

    path, today = Path(args.scan), date.today()
    data = path.read_bytes()
    raw = read_scan(path.name, data)
    edges = {name: getattr(args, name) for name in ("length", "width", "height") if getattr(args, name)}
    try:
        if args.ball is not None:
            found = check_ball(raw.mesh, args.ball, unit=args.units, known_u95=args.tolerance)
        else:
            found = check_block(raw.mesh, edges, unit=args.units, known_u95=args.tolerance)
    except FitterError as error:
        raise error.at(str(path)) from None
    size = " x ".join(f"{edge:g}" for edge in edges.values()) if edges else f"{args.ball:g}"
    known = f"{found.kind} {size} mm"
    kept = None
    if args.scanner is not None:
        scan = hashlib.sha256(data).hexdigest()[:32]
        check = scanners.KeptCheck(
            known, today.isoformat(), scan, found.scale, found.scale_u95, found.noise_mm
        )
        kept = scanners.add(args.scanner, check, today)
    once = ScaleCheck(found.scale, found.scale_u95, found.noise_mm, today.isoformat())
    on_foot = _on_a_foot(kept or pooled("this scanner", [once]))
    tree = {
        "file": path.name,
        "object": known,
        "units": found.unit,
        "lengths": [
            {
                "name": ln.name,
                "known_mm": ln.known,
                "measured_mm": round(ln.measured, 4),
                "bias_mm": round(ln.bias, 4),
                "u95_mm": round(ln.u95, 4),
            }
            for ln in found.lengths
        ],
        "scale": round(found.scale, 7),
        "scale_u95": round(found.scale_u95, 7),
        "bias_percent": round(100.0 * (found.scale - 1.0), 4),
        "noise_mm": round(found.noise_mm, 4),
        "seen": found.seen,
        "notes": list(found.notes),
        "on_a_foot": on_foot,
        "scanner": None if kept is None else _scanner_tree(kept),
    }
    return _done(_told(known, found, kept, on_foot), tree)


def _on_a_foot(scanner: Scanner) -> list[dict[str, Any]]:
    """What the scanner does to some measures of an ordinary foot, uncorrected and corrected (mm)."""
    from fitter.resources import table

    return [
        {
            "measure": measure,
            "value_mm": value,
            "off_mm": round(value * (scanner.scale - 1.0), 3),
            "left_u95_mm": round(value * scanner.scale_u95, 3),
        }
        for measure, value in table("scan/scanner.toml")["example"].items()
    ]


def _told(known: str, found: ObjectCheck, kept: Scanner | None, on_foot: list[dict[str, Any]]) -> list[str]:
    of = "fitted planes" if found.kind == "block" else "fitted sphere"
    lines = [f"{known[0].upper()}{known[1:]}, read as {found.unit}, from {found.seen}", ""]
    lines += [
        f"  {ln.name:<9} {ln.measured:8.2f} ± {ln.u95:.2f} mm, known {ln.known:g} mm: {_signed(ln.bias)} mm"
        for ln in found.lengths
    ]
    lines += [
        "",
        f"  bias      {_signed(100 * (found.scale - 1.0))} % ± {100 * found.scale_u95:.2f} %"
        + (" (no error of scale can be told from 0)" if abs(found.scale - 1.0) <= found.scale_u95 else ""),
        f"  noise     {found.noise_mm:.2f} mm (SD of the surface about the {of})",
        *(f"  {note}" for note in found.notes),
        "",
        "On a foot, without correction and what stays uncertain with it:",
        *(
            f"  {row['measure'].replace('_', ' '):<14} of {row['value_mm']:3.0f} mm: "
            f"{_signed(row['off_mm'])} mm, then ± {row['left_u95_mm']:.2f} mm"
            for row in on_foot
        ),
        f"  The noise adds about {found.noise_mm:.2f} mm to where any one place of the skin is.",
        "",
    ]
    if kept is None:
        return [*lines, "Not kept: give --scanner NAME to keep it and to correct scans for it."]
    lines.append(f"Kept as {_line(kept)}")
    if kept.checks == 1:
        lines.append(
            "One check can't show how well a scanner repeats itself: scan the object again, and check."
        )
    return lines


def _signed(number: float) -> str:
    text = f"{number:+.2f}"
    return "0.00" if float(text) == 0.0 else text.replace("-", "−")


def _done(lines: list[str], tree: dict[str, Any]) -> Done:
    tree = {"schema_version": "1.0", **tree}
    return Done("\n".join(lines) + "\n", json.dumps(tree, indent=2, ensure_ascii=False) + "\n")
