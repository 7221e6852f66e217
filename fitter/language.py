"""The languages: catalogues of texts, and how each writes numbers and dates.

A `Language` is called with an English text and gives it in its own. What the program put together (`say`) is
put together again in that language. What came from a file as plain English is looked up whole, else matched
against the templates, sentence by sentence; what is not found stays English.

There is one language that is spoken now, `current`: the window sets it (`choose`), a paper may be written in
another (`speaking`). What is computed and kept is English always.
"""

from __future__ import annotations

import gettext
import locale
import os
import re
import string
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from fitter.saying import N_, NAMES, Begun, Joined, Said, Shown

FOLDER = Path(__file__).parent / "locale"
NATIVE: Mapping[str, str] = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}
UNREVIEWED = N_("Translated; not yet reviewed by a clinician who speaks this language.")
# A name and what is said of it: the one text by which a language tells how it writes a colon.
PAIR = N_("{name}: {value}")
_NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Rules:
    """How a language writes numbers and dates (Unicode CLDR 45, "latn" symbols and the short numeric date).

    English dates are written as ISO 8601: 03/04 is another day in London than in New York.
    """

    decimal: str
    group: str
    day: str  # as of `str.format` with y, m, d
    percent: str  # what stands between a number and its per cent sign


RULES: Mapping[str, Rules] = {
    "en": Rules(".", ",", "{y:04d}-{m:02d}-{d:02d}", ""),
    "de": Rules(",", ".", "{d:02d}.{m:02d}.{y:04d}", _NBSP),
    "fr": Rules(",", _NBSP, "{d:02d}/{m:02d}/{y:04d}", _NBSP),
    "es": Rules(",", _NBSP, "{d:02d}/{m:02d}/{y:04d}", _NBSP),
}

# A number, perhaps with its error, a range, or a unit: what may be written another way and means the same.
_NUMBER = r"[−+±<>-]? ?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d+)?"
_NUMBERS = re.compile(
    rf"{_NUMBER}(?:(?: ?± ?| to |–|[ \u00a0]?/[ \u00a0]?){_NUMBER})*[ \u00a0]?(?:[^\W\d]{{1,4}}|%|°)?"
)
_END = re.compile(r"(?<=[.?!]) (?=[\"'(\w])")
_PLACEHOLDER = re.compile(r"\{[^}]*\}")
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]")
# A mark after a word without a space, or with one that could end the line; "12:30" and addresses are neither.
_BARE_MARK = re.compile(r"(?:(?<=[^\s:;!?]) |(?<=[^\s:;!?]))([:;!?])(?=\s|$)")
_HYPHEN_AS_MINUS = re.compile(r"(?<![^\s(\[])-(?=\d)")
_WORDLESS = 4  # letters: with fewer a template is hardly more than its placeholders
_ENOUGH = 8  # letters of its own that a template must have to be believed in a text that only looks like it
_MOST = 4000  # texts remembered, and letters of a text that is taken apart
_NOT_LOOKED_UP = "\0"
_LOOKING = threading.RLock()


class Language:
    """One language: ``code``, and the catalogue of its texts (none for English)."""

    def __init__(self, code: str, texts: Mapping[str, str] | None = None) -> None:
        self.code = code
        self.rules = RULES.get(code, RULES["en"])
        self._texts = dict(texts or {})
        self._known: dict[str, str | None] = {}
        self._open: set[str] = set()  # texts that are just being looked up
        self._made: set[str] = set()
        self._patterns: dict[tuple[bool, str], list[tuple[int, _Pattern]]] | None = None

    def __repr__(self) -> str:
        return f"Language({self.code!r})"

    def __call__(self, text: str) -> str:
        """``text`` in this language; English where it is not known."""
        if not self._texts or not text or isinstance(text, Shown):
            return text
        found = self._in_this(text)
        return text if found is None else Shown(found)

    def _in_this(self, text: str) -> str | None:
        if isinstance(text, Said):
            return self._said(text)
        if isinstance(text, Joined):
            between = self._colon if text.separator == ": " else text.separator
            between = self._texts.get(between, between)
            return between.join(self(part) for part in text.parts)
        if isinstance(text, Begun):
            return self._begun(self(text.whole), text)
        return self._find(text)

    # ------------------------------------------------------------------ numbers and dates

    def number(self, value: float, decimals: int = 1) -> str:
        """A number with a true minus sign and the decimal mark of the language."""
        text = f"{value:.{decimals}f}"
        return self.written(text.replace("-", "−") if float(text) else text.lstrip("-"))

    def written(self, number: str) -> str:
        """A number written the English way ("1,234.5"), perhaps with error and unit, in this one's."""
        if self.rules is RULES["en"]:
            return number
        marks = str.maketrans({".": self.rules.decimal, ",": self.rules.group})
        return re.sub(
            r"(?<=\d)%",
            f"{self.rules.percent}%",
            re.sub(r"(?<=\d)[.,](?=\d)", lambda m: m[0].translate(marks), number),
        )

    def pointed(self, text: str) -> str:
        """A text of this language with true minus signs, and with the space that marks keep before them in
        French, which never ends a line; texts put together from parts lack it."""
        text = _HYPHEN_AS_MINUS.sub("−", text)
        return _BARE_MARK.sub(f"{_NBSP}\\1", text) if self.code == "fr" else text

    def date(self, day: date) -> str:
        """A day, in the order of the language."""
        return self.rules.day.format(y=day.year, m=day.month, d=day.day)

    @property
    def unreviewed(self) -> str:
        """What stands under health texts in this language; empty for English, in which they were written."""
        return self(UNREVIEWED) if self._texts else ""

    @property
    def _colon(self) -> str:
        """The colon with the spaces around it."""
        found = re.fullmatch(r"\{name\}(.*)\{value\}", self._texts.get(PAIR, PAIR))
        return found[1] if found else ": "

    # ------------------------------------------------------------------ what was put together

    def _said(self, text: Said) -> str:
        template = self._texts.get(text.template)
        if template is None:
            if (whole := self._texts.get(str(text))) is not None:
                return whole
            if not text.values:
                return self._find(str(text)) or str(text)
            template = text.template.replace("}: {", f"}}{self._colon}{{")
        return self._filled(template, text.values)

    def _filled(self, template: str, values: Mapping[str, Any]) -> str:
        out = []
        try:
            for literal, name, spec, _conversion in string.Formatter().parse(template):
                out.append(literal)
                if name is not None:
                    out.append(self._value(name, values, spec or ""))
        except (KeyError, ValueError):  # a damaged catalogue costs a text, not the program
            return template
        return "".join(out)

    def _value(self, name: str, values: Mapping[str, Any], spec: str) -> str:
        value = values[name]
        if not isinstance(value, str):
            return self.written(format(value, spec))
        return str(value) if _is_name(name, values) and type(value) is str else self(value)

    # ------------------------------------------------------------------ what is plain English

    def _find(self, text: str) -> str | None:
        """``text`` in this language, or None."""
        text = str(text)
        if (exact := self._texts.get(text)) is not None:
            return exact
        if text in self._made:  # put together in this language already
            return None
        if (known := self._known.get(text, _NOT_LOOKED_UP)) is not _NOT_LOOKED_UP:
            return known
        with _LOOKING:  # a report is written beside the window, in a thread of its own
            if text in self._open:  # a text within itself is not known
                return None
            if (known := self._known.get(text, _NOT_LOOKED_UP)) is not _NOT_LOOKED_UP:
                return known
            if len(self._known) > _MOST:
                self._known.clear()
                self._made.clear()
            self._open.add(text)
            try:
                found = self._look(text) if len(text) <= _MOST else None
            finally:
                self._open.discard(text)
            if found:
                self._made.add(found)
            self._known[text] = found
            return found

    def _look(self, text: str) -> str | None:
        if _NUMBERS.fullmatch(text):
            return self.written(text)
        if not _LETTERS.search(text):
            return None
        return self._whole(text) or self._by_sentence(text) or self._listed(text)

    def _other_form(self, text: str) -> str | None:
        """The text with or without its full stop, with a small or a capital letter to begin with."""
        bare = text.rstrip(".")
        forms = {bare: "", f"{bare}.": ""} if text != bare else {f"{bare}.": ""}
        for form in (text, *forms):
            for start in (form[:1], form[:1].upper(), form[:1].lower()):
                found = self._texts.get(start + form[1:])
                if found:
                    found = found.rstrip(".") + ("." if text.endswith(".") else "")
                    return self._begun(found, text)
        return None

    def _begun(self, found: str, like: str) -> str:
        """A capital where the English has one. German nouns keep theirs."""
        if like[:1].isupper():
            return found[:1].upper() + found[1:]
        small = self.code != "de" and not found[1:2].isupper()
        return found[:1].lower() + found[1:] if small else found

    def _matched(self, text: str) -> str | None:
        """By the template that has most of the text in itself."""
        several = _END.search(text) is not None  # then the template has several sentences of its own
        for pattern in self._candidates(text, several):
            values = pattern.values(text)
            if values is None or any(_END.search(value) for value in values.values()):
                continue
            if pattern.letters < _WORDLESS:
                # "{share} of {people}" would be found in every sentence: what fills it must stand in the
                # catalogue as it is.
                believed = all(map(self._stands, values.values()))
            else:
                believed = pattern.letters >= _ENOUGH or all(
                    not v or _is_name(n, values) or self._find(v) is not None for n, v in values.items()
                )
            if believed:
                return self._refilled(self._texts[pattern.template], values)
        return None

    def _stands(self, text: str) -> bool:
        """Whether it is a number, or a text of the catalogue as it is."""
        return not text or bool(_NUMBERS.fullmatch(text)) or self._other_form(text) is not None

    def _candidates(self, text: str, several: bool) -> list[_Pattern]:
        """The templates of one or of several sentences that may have made ``text``, most letters first: those
        whose longest word is in it, by which nearly all are passed over at once."""
        if self._patterns is None:
            every = sorted((_Pattern(t) for t in self._texts if "{" in t), key=lambda p: -p.letters)
            self._patterns = {}
            for rank, pattern in enumerate(every):
                for kind in pattern.several:
                    self._patterns.setdefault((kind, pattern.word), []).append((rank, pattern))
        found: list[tuple[int, _Pattern]] = []
        for word in {*_WORD.findall(text), ""}:
            found += self._patterns.get((several, word), ())
        return [pattern for _rank, pattern in sorted(found, key=itemgetter(0))]

    def _refilled(self, template: str, values: Mapping[str, str]) -> str | None:
        out = []
        for literal, name, _spec, _conversion in string.Formatter().parse(template):
            out.append(literal)
            if name is not None:
                if name not in values:
                    return None
                out.append(values[name] if _is_name(name, values) else self(values[name]))
        return "".join(out)

    def _by_sentence(self, text: str) -> str | None:
        """Sentences one after the other; several that stand in the catalogue together are taken together."""
        parts, out, found_one = _END.split(text), [], False
        if len(parts) == 1:
            return None
        while parts:
            for count in range(min(len(parts), 6), 0, -1):
                head = " ".join(parts[:count])
                if head != text and (found := self._find(head) if count == 1 else self._whole(head)):
                    break
            else:
                count, found = 1, None
            found_one = found_one or found is not None
            out.append(found or parts[0])
            parts = parts[count:]
        return " ".join(out) if found_one else None

    def _whole(self, text: str) -> str | None:
        """A text that stands in the catalogue as it is, or is of one of its templates."""
        found = self._texts.get(text) or self._other_form(text)
        if found:
            return found
        stop = text.endswith(".")
        for form in (text, text[:-1] if stop else f"{text}."):
            for start in dict.fromkeys((form[:1], form[:1].swapcase())):
                if (made := self._matched(start + form[1:])) is not None:
                    made = made if start == form[:1] else self._begun(made, text)
                    return made if form == text else made.rstrip(".") + ("." if stop else "")
        return None

    def _listed(self, text: str) -> str | None:
        """Words in a list, or a name and what is said of it, where all of them are known."""
        for separator in ("; ", ": ", ", ", " and "):
            if separator not in text:
                continue
            # A name may hold a comma itself, and what is said after a colon further colons.
            first = text.split(separator, 1) if separator == ": " else text.split(separator)
            for pieces in (first, text.rsplit(separator, 1)):
                parts = [self._find(piece) for piece in pieces]
                if all(parts):
                    glue = {" and ": f" {self('and')} ", ": ": self._colon}.get(separator, separator)
                    return glue.join(part or "" for part in parts)
        return None


def _is_name(name: str, values: Mapping[str, Any]) -> bool:
    """Whether a person or a file gave what is put in; a reason is a person's where it is told whose."""
    return name in NAMES or (name == "reason" and "by" in values)


class _Pattern:
    """A template, to be found again in a text that was made from it."""

    __slots__ = ("_literals", "_names", "_regex", "letters", "several", "template", "word")

    def __init__(self, template: str) -> None:
        self.template = template
        self._literals: list[str] = []
        self._names: list[str] = []
        pending = ""
        try:
            for literal, name, _spec, _conversion in string.Formatter().parse(template):
                pending += literal
                if name is not None:
                    self._literals.append(pending)
                    self._names.append(name)
                    pending = ""
        except ValueError:  # braces that are no placeholder
            self._names = []
        self._literals.append(pending)
        self.letters = sum(len(_LETTERS.findall(literal)) for literal in self._literals)
        # What is put in may be a sentence itself, so a template can be of one and of several.
        of_one = _END.search(_PLACEHOLDER.sub("x", template)) is None
        of_several = _END.search(_PLACEHOLDER.sub("x.", template)) is not None
        self.several = {kind for kind, holds in ((False, of_one), (True, of_several)) if holds}
        self.word = self._longest_word()
        self._regex: re.Pattern[str] | None = None

    def _longest_word(self) -> str:
        """The longest word that any text of the template holds as a whole: it ends at no gap."""
        whole = [""]
        last = len(self._literals) - 1
        for n, literal in enumerate(self._literals):
            for found in _WORD.finditer(literal):
                if (n == 0 or found.start() > 0) and (n == last or found.end() < len(literal)):
                    whole.append(found[0])
        return max(whole, key=len)

    def values(self, text: str) -> dict[str, str] | None:
        """What was put in, by name; None where the text is not of this template."""
        first, last = self._literals[0], self._literals[-1]
        if not self._names or not text.startswith(first) or not text.endswith(last):
            return None
        if any(literal not in text for literal in self._literals):
            return None
        if self._regex is None:
            gaps = [f"{re.escape(literal)}(.*?)" for literal in self._literals[:-1]]
            self._regex = re.compile("".join(gaps) + re.escape(last), re.DOTALL)
        found = self._regex.fullmatch(text)
        if found is None:
            return None
        values: dict[str, str] = {}
        for name, value in zip(self._names, found.groups(), strict=True):
            if values.setdefault(name, value) != value:
                return None
        return values


ENGLISH = Language("en")


# ---------------------------------------------------------------------------------------- which there are


def codes() -> tuple[str, ...]:
    """The languages there are catalogues for, and English."""
    there = {path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/fitter.mo")} - {"en"}
    return ("en", *(code for code in NATIVE if code in there), *sorted(there - NATIVE.keys()))


@cache
def language(code: str) -> Language:
    """The language of that code ("de", "de_AT"); English where there is no catalogue of it."""
    code = code.replace("-", "_").split("_")[0].split(".")[0].lower()
    path = FOLDER / code / "LC_MESSAGES" / "fitter.mo"
    if not re.fullmatch("[a-z]{2,3}", code) or code == "en" or not path.is_file():
        return ENGLISH
    try:
        with path.open("rb") as stream:
            texts: Mapping[Any, Any] = vars(gettext.GNUTranslations(stream))["_catalog"]
    except (OSError, ValueError, KeyError):  # a damaged catalogue must not stop the program
        return ENGLISH
    return Language(code, {k: v for k, v in texts.items() if isinstance(k, str) and k and v})


def of_the_system() -> Language:
    """The language the computer speaks, as far as there is a catalogue."""
    wanted = [os.environ.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415

        wanted = [locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")]
    elif not any(wanted):  # a program started from the Finder has no such variables
        wanted = [locale.getlocale()[0] or ""]
    first = next((w for w in wanted if w), "en")
    return next(
        (found for w in first.split(":") if (found := language(w)) is not ENGLISH or w[:2] == "en"), ENGLISH
    )


# ---------------------------------------------------------------------------------------- which is spoken now

_chosen: list[Language] = [ENGLISH]
_spoken: ContextVar[Language | None] = ContextVar("spoken", default=None)


def current() -> Language:
    """The language spoken now."""
    return _spoken.get() or _chosen[0]


def choose(spoken: Language) -> None:
    """From now on the whole program speaks this language."""
    _chosen[0] = spoken


@contextmanager
def speaking(spoken: Language) -> Iterator[None]:
    """Another language for a while, in this thread."""
    before = _spoken.set(spoken)
    try:
        yield
    finally:
        _spoken.reset(before)


def spoken(text: str) -> str:
    """``text`` in the language spoken now."""
    return current()(text)
