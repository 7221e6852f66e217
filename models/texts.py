"""Hands the texts of data files and questions to Babel, so that a translator gets them with all others.

    pip install babel
    pybabel extract -F babel.cfg -k _ -o fitter/app/locale/fitter.pot .

`babel.cfg` names these two functions. Neither needs Babel, and the program needs neither.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from fitter.answers import EVERY, PLACES
from fitter.exchange import wording

# (line, name of the function it stood in, text, comments): what Babel asks an extractor for.
Message = tuple[int, None, str, list[str]]

# Keys of `models/knee/*.toml` that hold words, ids or sources, never a text that is shown as a sentence.
NOT_SHOWN = frozenset(
    {
        "version", "id", "kind", "direction", "strength", "topic", "source", "doi", "checked", "when",
        "unless", "first_when", "statements", "from", "sure", "trains", "chain", "pattern", "why", "better",
        "from_word",
    }
)  # fmt: skip


def toml(fileobj: Any, keywords: object, comment_tags: object, options: object) -> Iterator[Message]:
    """Every text of a TOML file that is shown, with the line where it stands."""
    data = fileobj.read()
    source = data.decode("utf-8") if isinstance(data, bytes) else data
    lines = source.splitlines()
    seen = set()
    for place, text in _texts(tomllib.loads(source), ()):
        if text and text not in seen:
            seen.add(text)
            yield _line(lines, text), None, text, [place]


def questions(fileobj: object, keywords: object, comment_tags: object, options: object) -> Iterator[Message]:
    """Every text of the questions, from the table itself: `fitter/answers.py` holds no calls to mark."""
    seen = set()
    for q in EVERY:
        for text in (q.text, q.why, *q.how, q.stop_when, *(text for _, text in q.choices)):
            if text and text not in seen:
                seen.add(text)
                yield 1, None, text, [q.id]
    yield from ((1, None, text, [place]) for place, text in PLACES if text not in seen)


def words(fileobj: object, keywords: object, comment_tags: object, options: object) -> Iterator[Message]:
    """The words of `fitter/exchange/wording.py` that stand in tables, translated where they are used."""
    tables = {name: told for name, told in vars(wording).items() if name.endswith("_WORDS")}
    seen: dict[str, str] = {}
    for name, told in tables.items():
        for text in told.values():
            seen.setdefault(text, name)
    yield from ((1, None, text, [name]) for text, name in seen.items())


def _texts(thing: Any, place: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(thing, str):
        yield "/".join(place), thing
    elif isinstance(thing, list):
        for value in thing:
            name = value.get("id", "") if isinstance(value, dict) else ""
            yield from _texts(value, (*place, name) if name else place)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            # `chain` is a word of an exercise, and elsewhere a table of names.
            if key not in NOT_SHOWN or isinstance(value, dict):
                yield from _texts(value, (*place, key))


def _line(lines: list[str], text: str) -> int:
    start = re.escape(text[:30].partition('"')[0])
    return next((n for n, line in enumerate(lines, 1) if re.search(start, line)), 1)
