"""Every text of the window goes through `_` when it is shown, and so follows the language that is chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from fitter.language import NATIVE, Language, choose, codes, current, language, of_the_system
from fitter.saying import N_

__all__ = ["N_", "Words", "_", "capital", "current", "languages", "sentences", "speak"]


def _(text: str) -> str:
    """``text`` in the language spoken now."""
    return current()(text)


def speak(code: str) -> Language:
    """From now on speak the language of that code; empty for that of the system."""
    choose(language(code) if code else of_the_system())
    return current()


def languages() -> tuple[tuple[str, str], ...]:
    """The languages there are: name in its own language, and code; that of the system (no code) first."""
    return ((_("As the system"), ""), *((NATIVE.get(code, code), code) for code in codes()))


class Words(Mapping[str, str]):
    """A table of words, in the language spoken when one is asked for."""

    def __init__(self, table: Mapping[str, str], form: Callable[[str], str] = str) -> None:
        self._table, self._form = table, form

    def __getitem__(self, word: str) -> str:
        return self._form(_(self._table[word]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


def capital(text: str) -> str:
    """``text`` with a capital letter to begin with; what follows stays, as German nouns have theirs."""
    return text[:1].upper() + text[1:]


def sentences(*texts: str) -> str:
    """Texts set one after the other as sentences, each with a capital letter, in the language spoken now."""
    parts = (_(text).strip().rstrip(".") for text in texts)
    return " ".join(f"{part[:1].upper()}{part[1:]}." for part in parts if part)
