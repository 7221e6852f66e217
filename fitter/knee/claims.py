"""What may not be said towards a person, and the reviewed exceptions: `models/knee/claims.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from fitter.resources import table


@lru_cache(maxsize=4096)
def forbidden_in(text: str) -> str:
    """Why this text may not be shown, with the words that say it; empty where it may."""
    for reviewed in table("knee/claims.toml")["reviewed"]:
        text = text.replace(reviewed["text"], "")
    for pattern, why in _patterns():
        found = pattern.search(text)
        if found:
            return f"{why} ({found[0]!r})"
    return ""


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = table("knee/claims.toml")["forbidden"]
    return tuple((re.compile(row["pattern"], re.IGNORECASE), row["why"]) for row in rows)


def texts_of(thing: Any) -> Iterator[str]:
    """Every text inside a document, a dataclass or a data file."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from texts_of(value)
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from texts_of(value)
    elif hasattr(thing, "__dataclass_fields__"):
        for name in thing.__dataclass_fields__:
            yield from texts_of(getattr(thing, name))
