"""What is kept: customers, and what a visit holds. No file here, and no clock: days come from the caller."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from fitter.captures import Capture
from fitter.entry import EnteredFoot
from fitter.errors import FitterError
from fitter.saying import say
from fitter.terms import Side

if TYPE_CHECKING:
    from fitter.profile import FitProfile
    from fitter.support.trying import TryOn

LONGEST_NAME = 120
LONGEST_NOTE = 4000
LONGEST_NUMBER = 40
_FIRST_YEAR = 1880  # nobody older is alive


@dataclass(frozen=True, slots=True)
class Customer:
    """One person. ``id`` is given when first kept; ``revision`` counts the changes, so that a change made
    meanwhile by another window is seen."""

    name: str
    number: str = ""
    birth_year: int | None = None
    note: str = ""
    id: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A customer in a list: how many visits there are, and the day of the last."""

    customer: Customer
    visits: int
    last: date | None


@dataclass(frozen=True, slots=True)
class SetByHand:
    """A setting of the support profile that a person changed: of the foot of that side, ``parameter`` to
    ``value``."""

    side: Side
    parameter: str
    value: float | str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: what it was made from, what a person decided, and the profile that came of it.

    Inputs are kept beside the profile, so that a later version of the program can measure the same scans
    again. ``id`` is given when first kept; ``revision`` counts the times it was kept, so that what another
    window kept meanwhile is seen.
    """

    customer: str
    day: date
    captures: tuple[Capture, ...] = ()
    entered: tuple[EnteredFoot, ...] = ()
    answers: Mapping[str, object] | None = None
    set_by_hand: tuple[SetByHand, ...] = ()
    try_on: TryOn | None = None
    profile: FitProfile | None = None
    id: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class VisitHead:
    """A visit in a list: its day, how many scans and typed feet it has, and whether it has a profile."""

    id: str
    customer: str
    day: date
    scans: int
    typed: int
    measured: bool


def checked(customer: Customer) -> Customer:
    """The customer with its texts tidied. Raises FitterError where a field can't be right."""
    name, number = " ".join(customer.name.split()), " ".join(customer.number.split())
    note = customer.note.strip()
    if not name:
        raise FitterError("a customer needs a name", where="name", todo="Type a name", code="bad_name")
    for field, text, longest in (("name", name, LONGEST_NAME), ("number", number, LONGEST_NUMBER)):
        if len(text) > longest or not text.isprintable():
            raise FitterError(
                say("expected at most {longest} plain characters", longest=longest),
                where=field,
                code=f"bad_{field}",
            )
    if len(note) > LONGEST_NOTE:
        raise FitterError(
            say("expected at most {longest_note} characters", longest_note=LONGEST_NOTE),
            where="note",
            code="bad_note",
        )
    year = customer.birth_year
    if year is not None and not _FIRST_YEAR <= year <= 9999:
        raise FitterError(
            say(
                "{year} is no year of birth, expected {first_year} or later",
                year=year,
                first_year=_FIRST_YEAR,
            ),
            where="birth year",
            todo="Leave it empty if it isn't known",
            code="bad_birth_year",
        )
    return replace(customer, name=name, number=number, note=note)


# Letters that are no letter with a mark to Unicode, as someone without them on the keyboard types them.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


def folded(text: str) -> str:
    """Text as it is compared when finding: no accents, no capitals, one space between words."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in apart if not unicodedata.combining(c)).translate(_PLAIN)
    return " ".join(bare.split())


def search_key(customer: Customer) -> str:
    """What finding looks in. Müller is found as muller and as mueller; starts with the name, to sort by."""
    name = unicodedata.normalize("NFC", customer.name.casefold())
    plain, spelt = folded(customer.name), folded(name.translate(_SPELT_OUT))
    return "\n".join(dict.fromkeys((plain, spelt, folded(customer.number))))
