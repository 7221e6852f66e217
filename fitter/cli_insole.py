"""`fitter insole`: insoles that can be printed, milled or cut, from scans, measures or a profile."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from fitter.cli_outputs import add_language
from fitter.errors import FitterError

if TYPE_CHECKING:
    from fitter.profile import FitProfile, FitResult
    from fitter.scan.foot import Foot

HELP = """\
Each foot becomes two bodies, a shell and a cover, shaped to its own sole and corrected by its support
profile. A gate looks at each solid first and says whether it is ready to print; what isn't is not written.
A foot that was only measured, and a profile.json, which holds no shape, give a trial template: an average
sole at the measured size, marked not for wear. A scan whose sole was not seen is refused.

FILE is as for fitter fit, or one profile.json written by it.
"""
EXAMPLES = """\
examples:
  fitter insole foot.stl --load standing --out anna
  fitter insole left:l.ply right:r.ply --answers anna.json --out anna --length three-quarter
  fitter insole left:l.ply right:r.ply --profile anna/profile.json --out anna
  fitter insole anna/profile.json --out trial --paper letter

output, a set for each foot:
  insole-right.3mf, insole-right.obj          both bodies, in mm
  insole-right-shell.stl, insole-right-cover.stl
  insole-right.dxf, insole-right.svg          outline, sections, marks, in mm, by layers
  insole-right.pdf                            paper template at its own size, over as many pages as it takes
  insole-right.txt                            what the gate found, print time and material, what was assumed

"""
# A profile is written to a thousandth of a millimetre; more is another scale.
_SAME_MM = 0.01


def add_options(p: argparse.ArgumentParser) -> None:
    """The options of `fitter insole` beside the inputs."""
    p.add_argument("--out", metavar="DIR", type=Path, required=True, help="write the files into this folder")
    p.add_argument(
        "--length",
        choices=("full", "three-quarter"),
        default="full",
        help="how far it reaches (default: full)",
    )
    p.add_argument(
        "--paper", choices=("a4", "letter"), default="a4", help="the template's paper (default: a4)"
    )
    add_language(p)
    p.add_argument(
        "--profile",
        metavar="PROFILE.json",
        type=Path,
        help="take the support of this profile of the same scans, with what was set by hand in it (fitter "
        "shelf set); default: recommended anew",
    )
    p.add_argument(
        "--last",
        metavar="FILE",
        type=Path,
        help="the shoe's floor under the foot: x from the heel and height in mm, a pair a line; the bottom "
        "follows it (default: flat)",
    )


def shaped(profile: FitProfile, result: FitResult, where: str) -> tuple[Foot | None, ...]:
    """The shapes of the feet of a profile that was made before, from the same scans posed again.

    Raises FitterError where a foot of the profile that was scanned isn't among them, or lies another way.
    """
    there = {
        (record.sha256, foot.side, foot.load): (foot, shape)
        for record, foot, shape in zip(
            result.profile.captures, result.profile.feet, result.shapes, strict=True
        )
    }
    found: list[Foot | None] = []
    for record, foot in zip(profile.captures, profile.feet, strict=True):
        if foot.source != "scan":
            found.append(None)
            continue
        again, shape = there.get((record.sha256, foot.side, foot.load), (None, None))
        if again is None:
            raise FitterError(
                f"the {foot.side} foot ({foot.load}) of this profile was made from {record.file}, which is "
                "not among the scans given, or not stated the same way",
                where=where,
                todo="Give the scans of the profile with the same side, load and units",
                code="other_scan",
            )
        here, then = (f.measurements.get("foot_length") for f in (again, foot))
        if here is not None and then is not None and abs(here.value - then.value) > _SAME_MM:
            raise FitterError(
                f"the {foot.side} foot is {here.value:.1f} mm long here, {then.value:.1f} mm in the profile",
                where=where,
                todo="State units, foot length and scanner as for the profile",
                code="other_scan",
            )
        found.append(shape)
    return tuple(found)


def is_profile(data: bytes) -> bool:
    """Whether these are the bytes of a fit profile (and not of measures in JSON)."""
    head = data[:400].lstrip(b"\xef\xbb\xbf \r\n\t")
    return head.startswith(b"{") and b'"schema_version"' in head and b'"program_version"' in data[:2000]


def last_curve(data: bytes, where: str) -> tuple[tuple[float, float], ...]:
    """The pairs of numbers of a text file; separated by comma, semicolon, tab or space."""
    found = []
    for number, line in enumerate(data.decode("utf-8-sig", "replace").splitlines(), 1):
        words = line.replace(";", " ").replace(",", " ").split()
        if not words or words[0].startswith("#"):
            continue
        try:
            x, z = map(float, words)
        except ValueError:
            raise FitterError(
                "expected two numbers, x and height in mm",
                where=f"{where}, line {number}",
                todo="Mend the line, or leave it out",
                code="bad_last",
            ) from None
        found.append((x, z))
    if len(found) < 2:
        raise FitterError(
            "holds no shoe's floor",
            where=where,
            todo="Write a pair a line: x from the heel and height, both in mm; at least two",
            code="bad_last",
        )
    return tuple(found)
