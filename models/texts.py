"""Hands the texts of data files and questions to Babel, so that a translator gets them with all others.

    pip install babel
    pybabel extract -F babel.cfg -k _ -o fitter/app/locale/fitter.pot .

`babel.cfg` names these functions. None needs Babel, and the program needs none of them.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Container, Iterator
from typing import Any

from fitter.anatomy.measures import BY_ID
from fitter.answers import EVERY, PLACES
from fitter.exchange import wording
from fitter.picture import body_map
from fitter.support.explain import plainly

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
        for text in (q.text, q.why, q.unit, *q.how, q.stop_when, *(text for _, text in q.choices)):
            if text and text not in seen:
                seen.add(text)
                yield 1, None, text, [q.id]
    yield from ((1, None, text, [place]) for place, text in PLACES if text not in seen)


def measures(fileobj: object, keywords: object, comment_tags: object, options: object) -> Iterator[Message]:
    """The names of the measures, from the registry itself."""
    yield from ((1, None, name, [i]) for name, i in {m.name: m.id for m in BY_ID.values()}.items())


def rules(fileobj: Any, keywords: object, comment_tags: object, options: object) -> Iterator[Message]:
    """What of the support rules is said in a few words: parameters, inputs, and the words they may be."""
    data = fileobj.read()
    tree = tomllib.loads(data.decode("utf-8") if isinstance(data, bytes) else data)
    told = {p["name"]: p["id"] for p in tree["parameter"]} | {n: i for i, n in tree["axis_names"].items()}
    told |= {plainly(word): axis for axis, words in tree["axes"].items() for word in words}
    values = (row.get("value") for row in tree["rule"])
    told |= {value.replace("_", " "): "value" for value in values if isinstance(value, str)}
    yield from ((1, None, text, [place]) for text, place in told.items())


def words(fileobj: Any, keywords: object, comment_tags: object, options: object) -> Iterator[Message]:
    """The words of `fitter/exchange/wording.py`: those in tables, translated where they are used, and those
    marked by `_`, which Babel's own reader no longer sees once this function was named for the file."""
    tables = {name: told for name, told in vars(wording).items() if name.endswith("_WORDS")}
    seen: dict[str, str] = {}
    for name, told in tables.items():
        for text in told.values():
            seen.setdefault(text, name)
    yield from ((1, None, text, [name]) for text, name in seen.items())
    yield from _marked(fileobj.read(), seen)


def figure(fileobj: Any, keywords: object, comment_tags: object, options: object) -> Iterator[Message]:
    """The labels of the figure that is pointed at, `fitter/picture/body_map.py`."""
    labels = (*body_map.VIEWS, *body_map.SIDE_NAMES.values())
    yield from ((1, None, text, ["body_map"]) for text in labels)


def _marked(source: bytes | str, seen: Container[str]) -> Iterator[Message]:
    """The texts in calls of `_`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            text = node.args[0]
            if isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value not in seen:
                yield text.lineno, None, text.value, []


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
