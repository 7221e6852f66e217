"""`fitter insole`: insoles that can be printed, milled or cut, from scans, measures or a profile."""

# ruff: noqa: PLC0415 - heavy rooms are entered only when an insole is made: help answers at once

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fitter.errors import FitterError

if TYPE_CHECKING:
    from fitter.profile import FitProfile, FitResult, FootFit
    from fitter.scan.foot import Foot
    from fitter.support.insole import Gate, Insole
    from fitter.support.support import SupportProfile

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
KINDS = ("3mf", "obj", "dxf", "svg", "pdf", "txt")


@dataclass(frozen=True, slots=True)
class Made:
    """What is to be written (file name -> bytes), and what is to be said."""

    files: dict[str, bytes]
    text: str


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


def make(
    profile: FitProfile,
    shapes: tuple[Foot | None, ...],
    *,
    length: str,
    paper: str,
    last: tuple[tuple[float, float], ...] = (),
) -> Made:
    """The files of every foot of a profile that support was recommended for.

    Raises FitterError where none can be made, or one isn't fit to be made.
    """
    files: dict[str, bytes] = {}
    said: list[str] = []
    names: set[str] = set()
    for foot, shape in zip(profile.feet, shapes, strict=True):
        if foot.support is None:
            continue
        _refuse_guessed(foot)
        insole, gate = _one(foot, shape, length, last)
        name = f"insole-{foot.side}"
        if name in names:
            raise FitterError(
                f"there are two captures of the {foot.side} foot, and each would give an insole",
                todo="Give one capture of each foot",
                code="two_of_one_foot",
            )
        names.add(name)
        told = report(insole, gate, _to_know(profile, foot.support))
        said.append(told)
        files |= dict(documents(insole, told, name, paper))
    if not files:
        raise FitterError(
            "no insole can be made: the profile holds no recommended support",
            todo="Use fitter fit, not fitter measure, for the profile",
            code="no_insole",
        )
    return Made(files, "\n".join(said))


def _refuse_guessed(foot: FootFit) -> None:
    """An insole for the wrong foot, or of the wrong size, is made from a guess that nobody confirmed."""
    for name in ("side", "units"):
        taken = foot.assumptions.get(name)
        if taken is not None and not taken.certain and not taken.given:
            raise FitterError(
                f"no insole is made on a guess: {taken.text.rstrip('.')}",
                todo=f"State it with {taken.change}" if taken.change else "State it",
                code="not_certain",
            )


def _to_know(profile: FitProfile, support: SupportProfile) -> tuple[str, ...]:
    """What whoever makes or wears the insole should know beside its shape."""
    from fitter.exchange.wording import flag_words

    asked = profile.red_flags is not None and profile.red_flags.asked
    questions = "The questions that come first (pain, injury, numbness) were not asked (--answers)."
    stops = profile.red_flags.stop if profile.red_flags is not None else ()
    aside = (flag_words(flag) for flag in stops if flag.overridden is not None)
    return (*aside, *(() if asked else (questions,)), *profile.warnings, *support.watch_for)


def _one(
    foot: FootFit, shape: Foot | None, length: str, last: tuple[tuple[float, float], ...]
) -> tuple[Insole, Gate]:
    from fitter.support.insole import examine, make_insole, sole_of_foot, sole_of_measures

    assert foot.support is not None
    if shape is not None:
        sole = sole_of_foot(shape, foot.measurements)
    else:
        known = {p.id: p.value for p in foot.support.parameters}
        arch = known.get("arch_support_height")
        sole = sole_of_measures(foot.measurements, arch if isinstance(arch, float | int) else None)
    insole = make_insole(
        sole, foot.support, length="full" if length == "full" else "three-quarter", last=last
    )
    gate = examine(insole)
    if not gate.ready:
        raise FitterError(
            f"the {foot.side} insole is not ready to print: {' '.join(gate.problems).rstrip('.')}",
            todo="Change the profile, or scan the foot again",
            code="not_ready",
        )
    return insole, gate


def report(insole: Insole, gate: Gate, to_know: tuple[str, ...] = ()) -> str:
    """What the gate found, what was assumed and what is good ``to_know``, for a person."""
    from fitter import __version__

    head = f"Fitter {__version__} insole, {insole.side} foot, {insole.length}, {insole.rule_set}"
    thin = ", ".join(f"{name} {mm:.1f} mm" for name, mm in gate.thinnest.items())
    return "\n".join([head, gate.text, f"Thinnest: {thin}.", *insole.notes, *to_know, ""])


def documents(insole: Insole, told: str, name: str, paper: str) -> Iterator[tuple[str, bytes]]:
    """Every file of an insole: name and bytes. The same insole gives the same bytes."""
    from fitter import __version__
    from fitter.exchange import dxf, insole_svg, insole_template, obj, stl, threemf
    from fitter.exchange.insole_drawing import drawing

    title = f"insole {insole.side} {insole.length}"
    mark = insole.mark.upper()
    metadata = {
        "Title": f"{title}{', ' + mark if mark else ''}",
        "Description": " ".join(told.splitlines()),
        "Application": f"Fitter {__version__}",
    }
    for body, mesh in insole.bodies.items():
        yield f"{name}-{body}.stl", stl.to_stl(mesh, f"{title} {body} {mark}")
    yield f"{name}.3mf", threemf.to_3mf(insole.bodies, metadata, together=title)
    yield f"{name}.obj", obj.to_obj(insole.bodies, (title, insole.mark))
    drawn = drawing(insole)
    yield f"{name}.dxf", dxf.to_dxf(drawn)
    yield f"{name}.svg", insole_svg.to_svg(drawn).encode()
    yield f"{name}.pdf", insole_template.to_pdf(drawn, "letter" if paper == "letter" else "a4")
    yield f"{name}.txt", told.encode()


def targets(out: Path) -> list[Path]:
    """Every file that may be written."""
    return [
        out / f"insole-{side}{rest}"
        for side in ("left", "right")
        for rest in ("-shell.stl", "-cover.stl", *(f".{kind}" for kind in KINDS))
    ]
