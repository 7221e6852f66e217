"""What is said about the knee, and the red flags."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

# General information in plain words with no condition named as theirs; or the exact wording for a clinician.
Mode = Literal["home", "professional"]
MODES: tuple[Mode, ...] = get_args(Mode)

# Every text of `models/knee/` goes through one of these before its numbers are put in.
Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Statement:
    """One evidence statement: ``plain`` for a customer, ``exact`` for a professional, ``strength`` of
    evidence (``strong``, ``moderate``, ``limited``, ``contested``, ``expert``), its source and DOI or URL.

    ``direction`` is what was seen to go with what was looked at: ``more`` trouble, ``less``, ``no_link``,
    ``mixed`` (studies disagree) or ``describes``. ``kind`` is how it was found (``prospective``, ``trial``,
    ``cross_sectional``, ``laboratory``, ``expert``), in whom (``population``), and how the number was seen by
    us (``checked``). ``effect`` and ``interval`` are empty where no number is given.
    """

    id: str
    plain: str
    exact: str
    strength: str
    source: str
    doi: str = ""
    direction: str = ""
    kind: str = ""
    effect: str = ""
    interval: str = ""
    population: str = ""
    checked: str = ""


@dataclass(frozen=True, slots=True)
class Contributor:
    """One thing that can add to knee strain: what is known of this person, and what is known at all.

    ``known`` is False where nothing was asked or measured; ``about_you`` then says so. ``kind`` is how it was
    studied (``prospective``, ``laboratory``, ``cross_sectional``, ``expert`` or ``contested``), ``evidence``
    a sentence on how strong that is, with the effect in plain words, ``sureness`` one on how sure we are
    about this person, and ``article`` what is often said beyond the evidence (may be empty).
    """

    id: str
    name: str
    about_you: str
    strength: str
    statements: tuple[Statement, ...]
    what_helps: str
    known: bool = True
    kind: str = ""
    evidence: str = ""
    sureness: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One link of heel to shin to thigh to kneecap."""

    id: str
    name: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise theme: which muscles (``quadriceps``, ``hip``, ``trunk``), with the foot on the ground
    (``closed``) or free (``open``), how it goes, where to begin, how to go on, when to stop, what to leave to
    ``with_therapist``, and the statements it rests on. ``suits`` says why it stands where it does for this
    person (empty where nothing told speaks for it)."""

    id: str
    name: str
    trains: str
    chain: str
    how: str
    start: str
    progress: str
    stop_when: str
    with_therapist: str
    statements: tuple[str, ...]
    suits: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class KneeExplanation:
    """The whole story, ordered by strength of evidence; never summed into a risk figure.

    ``first_lines`` come before anything else: what this can't tell, what is best supported, how much of it is
    known of this person. ``exercises`` is empty where someone should be seen first.
    """

    summary: str
    contributors: tuple[Contributor, ...]
    chain: tuple[ChainLink, ...]
    what_helps: tuple[Statement, ...]
    see_someone: str
    mode: Mode = "home"
    first_lines: tuple[str, ...] = ()
    exercises: tuple[Exercise, ...] = ()
    support_option: str = ""
    not_worth: tuple[Statement, ...] = ()

    @property
    def more(self) -> str:
        """The summary without the first lines it begins with."""
        return self.summary.removeprefix(" ".join(self.first_lines)).strip()


@dataclass(frozen=True, slots=True)
class Overridden:
    """A professional's decision to go on in spite of a stop: who, and why."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A red flag: why, and whom to see; ``overridden`` where a professional decided to go on."""

    id: str
    text: str
    whom_to_see: str
    overridden: Overridden | None = None


@dataclass(frozen=True, slots=True)
class RedFlags:
    """``asked`` is False when nobody asked: not asked is never the same as none."""

    asked: bool
    stop: tuple[Flag, ...] = ()
    mention: tuple[Flag, ...] = ()

    @property
    def blocking(self) -> tuple[Flag, ...]:
        """The stops that still stop: those nobody took upon themselves."""
        return tuple(flag for flag in self.stop if flag.overridden is None)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """How it went after some weeks: worst pain and comfort, 0 to 10 (None where not told)."""

    weeks: int
    pain: float | None
    comfort: float | None
