"""A shop's own support rules: a file in the user's data folder, or one that was named."""

from __future__ import annotations

from pathlib import Path

from fitter.errors import FitterError
from fitter.files import why
from fitter.saying import say
from fitter.scanners import data_file
from fitter.support.check import checked
from fitter.support.rule_set import RuleSet, parse_rules, shipped

FILE = "support_rules.toml"


def own_file() -> Path:
    """Where a shop's own rules are looked for, there or not: beside what is kept of its scanners."""
    return data_file().with_name(FILE)


def read(path: Path) -> RuleSet:
    """The rules of a file, not yet checked; raises FitterError where it can't be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FitterError(
            say("these rules can't be read ({why})", why=why(error)),
            where=str(path),
            todo="Check the path",
        ) from None
    return parse_rules(data, str(path))


def find(named: Path | None = None) -> RuleSet:
    """The rules to use: those named, else the shop's own, else those the program came with.

    Raises FitterError where they are not sound: a profile by other rules than the shop's would surprise it.
    """
    path = named or own_file()
    if named is None and not path.is_file():
        return shipped()
    return checked(read(path), str(path))


def behind(name: str, named: Path | None = None) -> RuleSet:
    """The rules that a profile with this stamp was made by: those named; else the shop's own or those the
    program came with, whichever bear that name; else those in use, which are then others."""
    used = find(named)
    return shipped() if named is None and used.name != name and shipped().name == name else used
