"""Texts that the program puts together: English, and they remember how they came about.

`say` gives a `str` like any other: it is written to JSON, compared and cut as plain English. As long as it
is whole it knows its template and what was put in, so that it can be said in another language when it is
shown (`fitter.language`). A profile is thus one and the same whatever language its window speaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

# What is put in under these names is a name that somebody gave (a file, a person): never translated.
NAMES = frozenset(
    {
        "file",
        "path",
        "where",
        "folder",
        "customer",
        "person",
        "by",
        "typed",
        "sku",
        "code",
        "kind_of",
    }
)


class Said(str):
    """A text put together from ``template`` and ``values``, English in itself."""

    template: str
    values: Mapping[str, Any]

    def __reduce__(self) -> tuple[Any, ...]:
        return _said, (str(self), self.template, dict(self.values))


class Joined(str):
    """Texts one after the other, each of which can be said in another language."""

    separator: str
    parts: tuple[str, ...]

    def __reduce__(self) -> tuple[Any, ...]:
        return _joined, (str(self), self.separator, self.parts)


class Begun(str):
    """A text that begins with another letter than in its sentence: small within one, capital ahead of one."""

    whole: str
    small: bool

    def __reduce__(self) -> tuple[Any, ...]:
        return _begun, (self.whole, self.small)


class Shown(str):
    """A text as it is shown, in the language spoken: it is not looked up again."""

    __slots__ = ()


def shown(text: str) -> str:
    """A text put together from parts that are said in the language spoken now."""
    return text if isinstance(text, Shown) else Shown(text)


def say(template: str, /, **values: Any) -> str:
    """``template`` with ``values`` put in (as `str.format`); a constant first argument is extracted for the
    translators. A value that is itself a word or a text of the program is translated with it."""
    return _said(template.format(**values), template, values)


def joined(separator: str, parts: Iterable[str]) -> str:
    """The parts that are not empty, with ``separator`` between them."""
    there = tuple(part for part in parts if part)
    return _joined(separator.join(there), separator, there)


def begun(text: str, *, small: bool = False) -> str:
    """``text`` with a capital letter to begin with, or a ``small`` one, and still to be said otherwise."""
    made = Begun((text[:1].lower() if small else text[:1].upper()) + text[1:])
    made.whole, made.small = text, small
    return made


def sentence(text: str) -> str:
    """``text`` as a sentence: a capital letter to begin with, a full stop at its end."""
    return begun(text) if text.endswith((".", "?", "!")) else say("{what}.", what=begun(text))


def N_(text: str) -> str:  # noqa: N802 - the name by which Babel knows it
    """``text`` as it is: marked for the translators here, translated where it is shown."""
    return text


def _said(text: str, template: str, values: Mapping[str, Any]) -> Said:
    made = Said(text)
    made.template, made.values = template, values
    return made


def _joined(text: str, separator: str, parts: tuple[str, ...]) -> Joined:
    made = Joined(text)
    made.separator, made.parts = separator, parts
    return made


def _begun(whole: str, small: bool) -> str:
    return begun(whole, small=small)
