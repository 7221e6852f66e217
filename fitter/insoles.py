"""The files of insoles that can be printed, milled or cut, once the gate found each solid ready."""

# ruff: noqa: PLC0415 - heavy rooms are entered only when an insole is made

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fitter.errors import FitterError
from fitter.language import spoken
from fitter.saying import joined, say

if TYPE_CHECKING:
    from fitter.profile import FitProfile, FitResult, FootFit
    from fitter.scan.foot import Foot
    from fitter.support.insole import Gate, Insole
    from fitter.support.support import SupportProfile

KINDS = ("3mf", "obj", "dxf", "svg", "pdf", "txt")
Tell = Callable[[float, str], None]  # the share done (0..1) and what is being done


@dataclass(frozen=True, slots=True)
class Made:
    """What is to be written (file name -> bytes), and what is to be said, line by line."""

    files: dict[str, bytes]
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines in English, as a terminal shows them."""
        return "\n".join(self.lines)


def one_a_side(result: FitResult, looked_at: int) -> tuple[int, ...]:
    """Which feet of a result get an insole: of each side the one looked at, else the first with a support."""
    chosen: dict[str, int] = {}
    numbers = range(len(result.profile.feet))
    for number in sorted(numbers, key=lambda n: n != looked_at):
        foot = result.profile.feet[number]
        if foot.support is not None and foot.support.parameters:
            chosen.setdefault(foot.side, number)
    return tuple(sorted(chosen.values()))


def make(
    profile: FitProfile,
    shapes: tuple[Foot | None, ...],
    *,
    length: str,
    paper: str,
    last: tuple[tuple[float, float], ...] = (),
    progress: Tell = lambda share, doing: None,
) -> Made:
    """The files of every foot of a profile that support was recommended for.

    Raises FitterError where none can be made, or one isn't fit to be made; ``progress`` may raise Cancelled.
    """
    files: dict[str, bytes] = {}
    said: list[str] = []
    names: set[str] = set()
    for number, (foot, shape) in enumerate(zip(profile.feet, shapes, strict=True)):
        if foot.support is None:
            continue
        _refuse_guessed(foot)
        progress(number / len(profile.feet), say("shaping the {side} insole", side=foot.side))
        insole, gate = _one(foot, shape, length, last)
        name = f"insole-{foot.side}"
        if name in names:
            raise FitterError(
                say(
                    "there are two captures of the {side} foot, and each would give an insole", side=foot.side
                ),
                todo="Give one capture of each foot",
                code="two_of_one_foot",
            )
        names.add(name)
        told = report(insole, gate, _to_know(profile, foot.support))
        said += told
        # Of a foot, solids and their gate take about three quarters of the time.
        progress((number + 0.75) / len(profile.feet), say("drawing the {side} insole", side=foot.side))
        files |= dict(documents(insole, told, name, paper))
    if not files:
        raise FitterError(
            "no insole can be made: the profile holds no recommended support",
            todo="Use fitter fit, not fitter measure, for the profile",
            code="no_insole",
        )
    return Made(files, tuple(said))


def _refuse_guessed(foot: FootFit) -> None:
    """An insole for the wrong foot, or of the wrong size, is made from a guess that nobody confirmed."""
    for name in ("side", "units"):
        taken = foot.assumptions.get(name)
        if taken is not None and not taken.certain and not taken.given:
            raise FitterError(
                say("no insole is made on a guess: {text}", text=taken.text.rstrip(".")),
                todo=say("State it with {change}", change=taken.change) if taken.change else "State it",
                code="not_certain",
            )


def _to_know(profile: FitProfile, support: SupportProfile) -> tuple[str, ...]:
    """What whoever makes or wears the insole should know beside its shape."""
    from fitter.exchange.wording import flag_words

    asked = profile.red_flags is not None and profile.red_flags.asked
    questions = "The questions that come first (pain, injury, numbness) were not asked."
    stops = profile.red_flags.stop if profile.red_flags is not None else ()
    aside = (flag_words(flag, str) for flag in stops if flag.overridden is not None)
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
            say(
                "the {side} insole is not ready to print: {problems}",
                side=foot.side,
                problems=" ".join(gate.problems).rstrip("."),
            ),
            todo="Change the profile, or scan the foot again",
            code="not_ready",
        )
    return insole, gate


LENGTH_WORDS = {"full": "full length", "three-quarter": "three-quarter length"}


def report(insole: Insole, gate: Gate, to_know: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What the gate found, what was assumed and what is good ``to_know``, for a person: line by line."""
    from fitter import __version__
    from fitter.support.insole.gate import BODIES

    head = say(
        "Fitter {version} insole, {side} foot, {length}, {rules}",
        version=__version__,
        side=insole.side,
        length=LENGTH_WORDS[insole.length],
        rules=insole.rule_set,
    )
    thinnest = [say("{body} {mm:.1f} mm", body=BODIES[name], mm=mm) for name, mm in gate.thinnest.items()]
    thin = say("Thinnest: {thin}.", thin=joined(", ", thinnest))
    return (head, *gate.lines, thin, *insole.notes, *to_know, "")


def documents(insole: Insole, told: Sequence[str], name: str, paper: str) -> Iterator[tuple[str, bytes]]:
    """Every file of an insole: name and bytes. The same insole gives the same bytes.

    What is for people alone, the paper template and the text, is in the language spoken now."""
    from fitter import __version__
    from fitter.exchange import dxf, insole_svg, insole_template, obj, stl, threemf
    from fitter.exchange.insole_drawing import drawing

    title = f"insole {insole.side} {insole.length}"
    mark = insole.mark.upper()
    metadata = {
        "Title": f"{title}{', ' + mark if mark else ''}",
        "Description": " ".join(line for lines in told for line in lines.splitlines()),
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
    yield f"{name}.txt", "\n".join(map(spoken, told)).encode()


def targets(out: Path) -> list[Path]:
    """Every file that may be written."""
    return [
        out / f"insole-{side}{rest}"
        for side in ("left", "right")
        for rest in ("-shell.stl", "-cover.stl", *(f".{kind}" for kind in KINDS))
    ]
