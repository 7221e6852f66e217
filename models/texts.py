"""Hands the texts of code, data files and questions to Babel, for the translators.

    pybabel extract -F babel.cfg -c "" -o fitter/locale/fitter.pot .

`babel.cfg` names these functions. None needs Babel, and the program needs none of them.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fitter.anatomy.measures import BY_ID
from fitter.answers import EVERY, PLACES
from fitter.language import PAIR
from fitter.picture import body_map
from fitter.support.explain import plainly

# (line, name of the function it stood in, text, comments): what Babel asks an extractor for.
Message = tuple[int, None, str, list[str]]

# The same from a module: line, text, comments.
Told = tuple[int, str, list[str]]

_APP = Path(__file__).resolve().parent.parent / "fitter" / "app"
_UNITS = re.compile(r"(\W|\d|_|mm|cm|in|h|min|MB)*")  # nothing to translate
_SEVERAL = re.compile(r"[^\W\d_]{2,}.* .*[^\W\d_]", re.DOTALL)  # two words at least
_CODE = re.compile(
    r"^(SELECT|PRAGMA|CREATE|UPDATE|INSERT|DELETE|BEGIN|<|--)|[_\\]\w+\(|\n|={|^[a-z_]+=|%[YmdH]"
)
# What is called with texts that nobody sees, or only someone who programs.
_UNSEEN = frozenset(
    (
        *(
            "ValueError",
            "TypeError",
            "RuntimeError",
            "AssertionError",
            "TypeVar",
            "Measure",
            "CheckConstraint",
        ),
        *("compile", "match", "search", "fullmatch", "sub", "split", "startswith", "endswith", "cast"),
        *("execute", "exec_driver_sql", "executescript", "text", "add_argument", "getLogger"),
        *("set_producer", "set_creator", "set_title"),
    )
)

# Keys of `models/knee/*.toml` that hold words, ids or sources, never a text that is shown as a sentence.
NOT_SHOWN = frozenset(
    {
        "version", "id", "kind", "direction", "strength", "topic", "source", "doi", "checked", "when",
        "unless", "first_when", "statements", "from", "sure", "trains", "chain", "pattern", "why", "better",
        "from_word",
    }
)  # fmt: skip


def toml(fileobj: Any, keywords: object, comment_tags: object, options: object) -> Iterator[Message]:
    """Every text of a TOML file that is shown, with the line where it stands; with the option ``keys`` only
    what stands under one of them."""
    keys = set(str(getattr(options, "get", {}.get)("keys", "") or "").split())
    data = fileobj.read()
    source = data.decode("utf-8") if isinstance(data, bytes) else data
    lines = source.splitlines()
    seen = set()
    for place, text in _texts(tomllib.loads(source), ()):
        wanted = not keys or keys & set(place.split("/"))
        if text and text not in seen and wanted and not (keys and published(text)):
            seen.add(text)
            yield _line(lines, text), None, text, [place]
    if not keys:
        yield from _quoted(tomllib.loads(source))


def sources(fileobj: Any, keywords: object, comment_tags: object, options: object) -> Iterator[Message]:
    """What is quoted in the words of the program, under the key ``source`` of a TOML file."""
    data = fileobj.read()
    yield from _quoted(tomllib.loads(data.decode("utf-8") if isinstance(data, bytes) else data))


def _quoted(tree: dict[str, Any]) -> Iterator[Message]:
    rows = (
        row for table in tree.values() if isinstance(table, list) for row in table if isinstance(row, dict)
    )
    for text in dict.fromkeys(row["source"] for row in rows if "source" in row):
        if not published(text):
            yield 1, None, text, ["source"]


def published(text: str) -> bool:
    """Whether a text is no more than where something was published: "Telfer 2013, J Biomech 46:1489"."""
    words = (word.strip("().,:;") for word in text.split())
    return re.search(r"\b(19|20)\d{2}\b", text) is not None and not any(
        w.isalpha() and w.islower() for w in words
    )


def questions(fileobj: object, keywords: object, comment_tags: object, options: object) -> Iterator[Message]:
    """Every text of the questions, from the table itself: `fitter/answers.py` holds no calls to mark."""
    seen = set()
    yield from words(fileobj, keywords, comment_tags, options)
    for q in EVERY:
        for text in (q.text, q.why, q.unit, *q.how, q.stop_when, *(text for _, text in q.choices)):
            if text and text not in seen:
                seen.add(text)
                yield 1, None, text, [q.id]
    yield from ((1, None, text, [place]) for place, text in PLACES if text not in seen)


def measures(fileobj: object, keywords: object, comment_tags: object, options: object) -> Iterator[Message]:
    """The names of the measures, how each is defined and how it is taken with a ruler, from the registry."""
    yield from words(fileobj, keywords, comment_tags, options)
    told = {text: m.id for m in BY_ID.values() for text in (m.name, m.definition, m.home) if text}
    yield from ((1, None, text, [i]) for text, i in told.items())


def rules(fileobj: Any, keywords: object, comment_tags: object, options: object) -> Iterator[Message]:
    """What of the support rules is said in a few words: parameters, inputs, and the words they may be."""
    data = fileobj.read()
    tree = tomllib.loads(data.decode("utf-8") if isinstance(data, bytes) else data)
    told = {p["name"]: p["id"] for p in tree["parameter"]} | {n: i for i, n in tree["axis_names"].items()}
    told |= {plainly(word): axis for axis, words in tree["axes"].items() for word in words}
    values = (row.get("value") for row in tree["rule"])
    told |= {value.replace("_", " "): "value" for value in values if isinstance(value, str)}
    yield from ((1, None, text, [place]) for text, place in told.items())
    said = (
        *((text, f"texts/{name}") for name, text in tree["texts"].items()),
        *(
            (o[key], f"strategy_option/{o['id']}")
            for o in tree["strategy_option"]
            for key in ("name", "changes")
        ),
        *((text, f"strategy/{name}") for name, text in tree["strategy"].items()),
        *((text, "watch_for") for texts in tree["watch_for"].values() for text in _every(texts)),
        *((p["changes"], f"{p['id']}: what would change it") for p in tree["parameter"]),
        *((row["reason"], f"why {row['parameter']} is so") for row in tree["rule"]),
        *(
            (row["source"], "source")
            for row in (*tree["rule"], *tree["strategy_option"])
            if not published(row["source"])
        ),
    )
    for text, place in dict(said).items():
        if text not in told:
            yield 1, None, text, [place]


def _every(texts: Any) -> Iterator[str]:
    yield from ([texts] if isinstance(texts, str) else texts)


def words(fileobj: Any, keywords: object, comment_tags: object, options: object) -> Iterator[Message]:
    """The texts of the program itself: what is marked by `_`, `N_` or `say`; and in the engine, which says
    what it says in plain English, every text that reads as one, and the tables of words."""
    data = fileobj.read()
    tree = ast.parse(data)
    path = Path(getattr(fileobj, "name", "")).resolve()
    ours = not path.is_relative_to(_APP) and not path.name.startswith("cli")
    seen: dict[str, tuple[int, list[str]]] = {}
    for line, text, comments in (*_marked(tree), *(_plain(tree) if ours else ()), *_tables(tree)):
        if text == PAIR or not _UNITS.fullmatch(re.sub(r"\{[^}]*\}", "", text)):
            seen.setdefault(text, (line, comments))
    yield from ((line, None, text, comments) for text, (line, comments) in seen.items())


def figure(fileobj: Any, keywords: object, comment_tags: object, options: object) -> Iterator[Message]:
    """The labels of the figure that is pointed at, `fitter/picture/body_map.py`."""
    yield from words(fileobj, keywords, comment_tags, options)
    labels = (*body_map.VIEWS, *body_map.SIDE_NAMES.values())
    yield from ((1, None, text, ["body_map"]) for text in labels)


def _marked(tree: ast.AST) -> Iterator[Told]:
    """The texts in calls of `_`, `N_` and `say`, and what their placeholders stand for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in ("_", "N_", "say") and node.args:
            values = [f"{{{k.arg}}}: {ast.unparse(k.value)}" for k in node.keywords if k.arg]
            words = (
                part for k in node.keywords if isinstance(k.value, ast.IfExp) for part in _constants(k.value)
            )
            for text in (*_constants(node.args[0]), *words):
                yield text.lineno, str(text.value), values


def _plain(tree: ast.Module) -> Iterator[Told]:
    """Every text of more than one word that a person may be shown: no docstring, no query, no pattern."""
    passed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            passed |= {id(part) for part in node.values}
        elif isinstance(node, ast.Call) and _name(node.func) in _UNSEEN:
            inside = (*node.args, *(keyword.value for keyword in node.keywords))
            passed |= {id(part) for value in inside for part in ast.walk(value)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed:
            text = node.value
            if _SEVERAL.search(text) and text == text.strip() and not _CODE.search(text):
                yield node.lineno, text, []


def _tables(tree: ast.Module) -> Iterator[Told]:
    """The values of dicts named ..._WORDS, ..._NAMES and the like."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        named = any(
            isinstance(t, ast.Name) and re.search("(WORDS|NAMES|WORDING|LABELS)$", t.id) for t in targets
        )
        if named and isinstance(table := getattr(node, "value", None), ast.Dict):
            for value in table.values:
                for text in _constants(value):
                    yield text.lineno, str(text.value), []


def _constants(node: ast.AST) -> Iterator[ast.Constant]:
    """The texts an expression may come to."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, ast.IfExp):
        yield from (*_constants(node.body), *_constants(node.orelse))


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


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
