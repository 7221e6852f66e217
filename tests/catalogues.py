"""What the translators get, and languages made for tests from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from fitter.language import FOLDER, Language
from fitter.resources import data_folder

ROOT = data_folder("models").parent
TEMPLATE = FOLDER / "fitter.pot"


@cache
def texts_of(path: Path) -> dict[str, str]:
    """Text -> translation of a catalogue; translations marked as doubtful count as none."""
    with path.open("rb") as stream:
        return {str(m.id): "" if m.fuzzy else str(m.string) for m in read_po(stream) if m.id}


def extracted() -> frozenset[str]:
    """What a translator gets."""
    return frozenset(texts_of(TEMPLATE))


@cache
def found_now() -> frozenset[str]:
    """The texts there are in code and data at this moment, as Babel finds them by ``babel.cfg``."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as stream:
        methods, options = parse_mapping_cfg(stream)
    texts = extract_from_dir(str(ROOT), method_map=methods, options_map=options)
    return frozenset(str(text) for _file, _line, text, _comments, _context in texts)


def changed(text: str, change: object) -> str:
    """``text`` with all but its placeholders changed."""
    parts = re.split(r"(\{[^}]*\})", text)
    return "".join(part if part.startswith("{") else change(part) for part in parts)  # type: ignore[operator]


@cache
def capitals() -> Language:
    """A language that is English in capitals."""
    return Language("xx", {text: changed(text, str.upper) for text in extracted()})


@cache
def brackets() -> Language:
    """A language that is 40 % longer, and brackets every text it knows. What has no word of its own it
    leaves: brackets around the two sides of a colon would hide that they are English."""
    worded = (t for t in extracted() if re.search(r"[^\W\d_]", re.sub(r"\{[^}]*\}", "", t)))
    return Language("xx", {t: f"⟦{t}{'~' * max(1, round(0.4 * len(t)))}⟧" for t in worded})


def outside_brackets(text: str) -> str:
    """What of a text is not within any bracket."""
    out: list[str] = []
    deep = 0
    for letter in text:
        deep += (letter == "⟦") - (letter == "⟧")
        out += letter if deep == 0 and letter != "⟧" else ""
    return "".join(out)


def placeholders(text: str) -> Iterator[str]:
    """The names put into a text, with their formats."""
    yield from re.findall(r"\{[^{}]*\}", text)
