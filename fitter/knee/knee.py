"""What is said about the knee, and the red flags."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """One evidence statement: ``plain`` for a customer, ``exact`` for a professional, ``strength`` of
    evidence (``strong``, ``moderate``, ``limited``, ``contested``, ``expert``), its source and DOI or URL."""

    id: str
    plain: str
    exact: str
    strength: str
    source: str
    doi: str = ""


@dataclass(frozen=True, slots=True)
class Contributor:
    """One thing that can add to knee strain: what is known of this person, and what is known at all."""

    id: str
    name: str
    about_you: str
    strength: str
    statements: tuple[Statement, ...]
    what_helps: str


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One link of heel to shin to thigh to kneecap."""

    id: str
    name: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class KneeExplanation:
    """The whole story, ordered by strength of evidence; never summed into a risk figure."""

    summary: str
    contributors: tuple[Contributor, ...]
    chain: tuple[ChainLink, ...]
    what_helps: tuple[Statement, ...]
    see_someone: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A red flag: why, and whom to see."""

    id: str
    text: str
    whom_to_see: str


@dataclass(frozen=True, slots=True)
class RedFlags:
    """``asked`` is False when nobody asked: not asked is never the same as none."""

    asked: bool
    stop: tuple[Flag, ...] = ()
    mention: tuple[Flag, ...] = ()
