"""`fitter home`: measuring feet at home, step by step, or a worksheet to print first."""

# ruff: noqa: PLC0415 - heavy rooms are entered only when they are needed: help answers at once

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from fitter import home
from fitter.anatomy.measures import Measure
from fitter.entry import (
    EnteredFoot,
    TypedReading,
    WildReadingError,
    entered_foot,
    from_readings,
    measurements_from_entry,
    typed_reading,
)
from fitter.entry_files import parse_measurement_file
from fitter.errors import FitterError
from fitter.language import language, speaking
from fitter.lengths import as_written, shown, shown_error
from fitter.terms import SIDES, Load, Side

HELP = """\
Asks for each measure in turn: how to take it, then three readings of each foot. Press Enter to leave a
measure out, type ? for the words again, back for the last reading, and done to end. Numbers may be
written as 251, 25.1, 9 7/8 or 9-7/8, with or without a unit. What you gave is fitted as by fitter fit;
--save keeps the readings as a measurement file, after every measure, so that nothing is lost where it is
broken off. With --worksheet nothing is asked: the steps are written as a PDF with pictures, to print and
fill in.
"""
EXAMPLES = """\
examples:
  fitter home --worksheet feet.pdf --paper letter
  fitter home --unit in --save anna.csv --out anna

"""
UNITS = ("mm", "cm", "in")
_WIDTH = 88
_YES, _NO = ("y", "yes"), ("n", "no")


def add_options(p: argparse.ArgumentParser) -> None:
    """The options of `fitter home` beside those of every result."""
    p.add_argument("--worksheet", metavar="FILE.pdf", type=Path, help="write the steps as a PDF to print")
    p.add_argument("--paper", choices=("a4", "letter"), default="a4", help="its paper (default: a4)")
    p.add_argument("--unit", choices=UNITS, help="unit of the numbers (default: asked)")
    p.add_argument("--foot", choices=(*SIDES, "both"), help="which foot is measured (default: asked)")
    p.add_argument(
        "--no-wall",
        action="store_true",
        default=None,
        help="say how to do it without a wall (default: asked)",
    )
    p.add_argument("--save", metavar="FILE.csv", type=Path, help="keep the readings as a measurement file")


def worksheet(args: argparse.Namespace) -> bytes:
    """The PDF that was asked for."""
    from fitter.exchange.worksheet import to_pdf

    units = {"mm": "millimetres", "cm": "centimetres", "in": "inches"}
    with speaking(language(args.language)):
        return to_pdf(args.paper, wall=not args.no_wall, unit=units.get(args.unit or "", ""))


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed: the feet, and the measurement file they were read from."""

    feet: tuple[EnteredFoot, ...]
    file: str


def ask(
    args: argparse.Namespace,
    source: TextIO | None = None,
    screen: TextIO | None = None,
    keep: Callable[[str], None] | None = None,
) -> Typed:
    """Ask for everything; an end of input ends the questions. Raises FitterError where nothing was typed.

    ``keep`` is given the measurement file after every measure. Where asking breaks off, by Ctrl-C or a fault,
    nothing that was typed is lost: it is kept or, without ``keep``, shown.
    """
    talk = _Talk(source or sys.stdin, screen or sys.stderr, keep)
    try:
        unit = args.unit or talk.choose("In which unit do you measure: mm, cm or in?", UNITS, "mm")
        feet = args.foot or talk.choose("Which foot: right, left or both?", ("both", *SIDES), "both")
        wall = not args.no_wall
        if args.no_wall is None:
            wall = (
                talk.choose("Do you have a wall or a door to stand at: yes or no?", (*_YES, *_NO), "yes")
                in _YES
            )
        sides = [side for side in SIDES[::-1] if feet in ("both", side)]
        talk.say("")
        for line in home.before(wall):
            talk.say(line, bullet=True)
        for number, step in enumerate(home.steps(), 1):
            _ask_step(talk, number, step, sides, unit, wall)
    except _Done:
        talk.say("")
    except (KeyboardInterrupt, Exception):
        talk.rescue()
        raise
    if not talk.rows:
        raise FitterError(
            "no measure was typed", todo="Give at least the foot length", code="usage", where="fitter home"
        )
    file = home.measurement_file(talk.rows)
    return Typed(parse_measurement_file("what you typed", file.encode()), file)


class _Done(Exception):  # noqa: N818 - no error: the person has had enough, or the input ended
    """No more questions."""


@dataclass(slots=True)
class _Talk:
    """Questions on the screen, answers from the keyboard or a pipe, and what was kept of them."""

    source: TextIO
    screen: TextIO
    keep: Callable[[str], None] | None = None
    kept: bool = False  # whether ``keep`` has all rows
    rows: list[home.TypedRow] = field(default_factory=list)
    feet: dict[tuple[Side, Load], dict[str, list[TypedReading]]] = field(default_factory=dict)

    def say(self, text: str, *, bullet: bool = False) -> None:
        """Print a line for the person."""
        before, after = ("- ", "  ") if bullet else ("", "")
        wrapped = textwrap.wrap(text, _WIDTH, initial_indent=before, subsequent_indent=after) or [""]
        print("\n".join(wrapped), file=self.screen)

    def store(self, rows: Sequence[home.TypedRow]) -> None:
        """Keep these readings as well."""
        self.rows += rows
        self.kept = False
        if self.keep is not None:
            self.keep(home.measurement_file(self.rows))
            self.kept = True

    def rescue(self) -> None:
        """Say where what was typed is, or show it."""
        self.say("")
        if self.kept:
            self.say("Stopped. What you typed so far is kept in the file you named: fitter fit takes it.")
        elif self.rows:
            self.say("Stopped. Keep what you typed so far as a .csv file, and fitter fit takes it:")
            print(home.measurement_file(self.rows), file=self.screen)

    def answer(self, question: str) -> str:
        """The person's next line, without blanks around it."""
        print(question, end=" ", file=self.screen, flush=True)
        line = self.source.readline()
        if not self.source.isatty():
            print(line.strip(), file=self.screen)  # so that what was piped in can be followed
        if not line or line.strip().lower() in ("done", "quit", "exit"):
            raise _Done
        return line.strip()

    def choose(self, question: str, words: Sequence[str], usual: str) -> str:
        """One of some words; asked again until it is one of them."""
        while True:
            word = self.answer(f"{question} [{usual}]").lower()
            if not word:
                return usual
            fits = [w for w in words if w == word] or [w for w in words if w.startswith(word)]
            if len({f[0] for f in fits}) == 1:
                return fits[0]
            self.say(f"Please type one of: {', '.join(words)}.")


def _ask_step(
    talk: _Talk, number: int, step: home.Step, sides: Sequence[Side], unit: str, wall: bool
) -> None:
    talk.say("")
    talk.say(f"{number} of {len(home.steps())}: {step.title}")
    explain = f"{step.text(wall)} {home.WHO_WORDS[step.who]}"
    talk.say(explain)
    for measure, side, load in home.positions(step, sides):
        position = f", {load}" if len(step.loads) > 1 else ""
        asked = _Asked(talk, measure, side, load, unit, explain, f"{measure.name}, {side} foot{position}")
        while not asked.taken():
            pass


@dataclass(slots=True)
class _Asked:
    """One measure of one foot under one load, being asked for."""

    talk: _Talk
    measure: Measure
    side: Side
    load: Load
    unit: str
    explain: str
    name: str
    texts: list[str] = field(default_factory=list)
    readings: list[TypedReading] = field(default_factory=list)
    stored: bool = False

    def taken(self) -> bool:
        """Ask for the readings and keep them; False where they contradict what was typed before."""
        self.texts, self.readings, self.stored = [], [], False
        try:
            self._ask()
            return self._keep()
        except _Done:
            self._keep()
            raise
        except (KeyboardInterrupt, Exception):
            if not self.stored:
                self._store()
            raise

    def _ask(self) -> None:
        at = 0  # the reading that is asked for
        while at < home.REPEATS:
            text = self.talk.answer(f"{self.name}, reading {at + 1} of {home.REPEATS} ({self.unit}):")
            if text == "?":
                self.talk.say(self.explain)
                continue
            if text.lower() == "back":
                at = max(0, at - 1)
                del self.texts[at:], self.readings[at:]
                continue
            if text and not self._read(text, at):
                continue
            if not text:
                del self.texts[at : at + 1], self.readings[at : at + 1]  # a wild one that is not taken again
            wild = self._wild() if not text or len(self.readings) == home.REPEATS else None
            at = len(self.readings) if wild is None else wild
            if not text and wild is None:
                return

    def _read(self, text: str, at: int) -> bool:
        try:
            reading = typed_reading(self.measure.id, text, usual_unit=self.unit)
        except FitterError as error:
            self.talk.say(str(error))
            return False
        self.texts[at : at + 1], self.readings[at : at + 1] = [text], [reading]
        return True

    def _wild(self) -> int | None:
        """The reading to take (again) because those typed disagree; None where they agree."""
        if not self.readings:
            return None
        try:
            from_readings(self.measure.id, self.readings)
        except WildReadingError as error:
            self.talk.say(str(error))
            return error.number
        except FitterError as error:
            if error.code != "repeats_disagree":
                return None  # told when they are put together
            self.talk.say(str(error))
            return len(self.readings)
        return None

    def _keep(self) -> bool:
        if not self.readings:
            return True
        kept = self.talk.feet.setdefault((self.side, self.load), {})
        try:
            found = from_readings(self.measure.id, self.readings)
            measurements_from_entry(
                entered_foot(self.side, self.load, {**kept, self.measure.id: self.readings})
            )
        except FitterError as error:
            self.talk.say(f"{error}. Type this measure again, or press Enter to leave it out.")
            return False
        kept[self.measure.id] = self.readings
        told = f"{shown(found.value, self.unit)}, give or take {shown_error(found.u95, self.unit)}"
        self.talk.say(f"   {self.name}: {told}")
        self._store()
        self._doubt(kept)
        return True

    def _store(self) -> None:
        self.stored = True
        if self.texts:
            self.talk.store(
                [
                    home.TypedRow(
                        self.side, self.load, self.measure.id, text, _unit_beside(text, self.unit), k
                    )
                    for k, text in enumerate(self.texts, 1)
                ]
            )

    def _doubt(self, kept: Mapping[str, Sequence[TypedReading]]) -> None:
        """Say what is improbable about this measure beside the others of the foot. It is kept, though."""
        from fitter.plausible import doubt

        texts = []
        for names in (kept.keys(), kept.keys() - {self.measure.id}):
            found = doubt({name: from_readings(name, kept[name]) for name in kept if name in names})
            texts.append(found.text if found else "")
        if texts[0] != texts[1] and texts[0]:
            self.talk.say(f"   Worth a second look: {texts[0]}")


def _unit_beside(text: str, unit: str) -> str:
    """The unit to state in the file: none where the text has its own."""
    written = as_written(text)
    return "" if written is not None and written.unit else unit
