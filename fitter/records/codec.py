"""Inputs as plain trees and back, loss-free; the bytes of scans stay out, known by their SHA-256.

Shared by the records and by what the window keeps of unfinished work. Unlike a profile, which is rounded once
when written, nothing is rounded here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from cattrs import Converter
from cattrs.errors import BaseValidationError

from fitter.captures import Capture, sha256
from fitter.entry import EnteredFoot
from fitter.errors import FitterError
from fitter.records.people import SetByHand
from fitter.saying import say
from fitter.support.trying import TryOn

Tree = Any
T = TypeVar("T")


@cache
def _converter() -> Converter:
    c = Converter(unstruct_collection_overrides={Mapping: dict, tuple: list})
    c.register_structure_hook_func(lambda t: t == float | str, lambda value, _: value)
    return c


def capture_tree(capture: Capture) -> Tree:
    """What was stated of a scan, with its fingerprint and size instead of its bytes."""
    tree = _converter().unstructure(replace(capture, data=b""), Capture)
    del tree["data"]
    return {**tree, "sha256": sha256(capture.data), "size": len(capture.data)}


def capture_from(tree: Tree, data_of: Callable[[str], bytes]) -> Capture:
    """The inverse; ``data_of`` gives the bytes of a fingerprint."""
    stated = {key: value for key, value in tree.items() if key not in ("sha256", "size")}
    bare = _converter().structure({**stated, "data": b""}, Capture)
    return replace(bare, data=data_of(tree["sha256"]))


def entered_trees(feet: tuple[EnteredFoot, ...]) -> Tree:
    return _converter().unstructure(feet, tuple[EnteredFoot, ...])


def entered_from(tree: Tree) -> tuple[EnteredFoot, ...]:
    return _converter().structure(tree, tuple[EnteredFoot, ...])


def by_hand_trees(settings: tuple[SetByHand, ...]) -> Tree:
    return _converter().unstructure(settings, tuple[SetByHand, ...])


def by_hand_from(tree: Tree) -> tuple[SetByHand, ...]:
    return _converter().structure(tree, tuple[SetByHand, ...])


def try_on_tree(tried: TryOn | None) -> Tree:
    return None if tried is None else _converter().unstructure(tried, TryOn)


def try_on_from(tree: Tree) -> TryOn | None:
    return None if tree is None else _converter().structure(tree, TryOn)


def answers_tree(answers: Mapping[str, object] | None) -> Tree:
    """Answers by question; several choices as a list."""
    return None if answers is None else json.loads(json.dumps(dict(answers)))


def answers_from(tree: Tree) -> dict[str, object] | None:
    if tree is None:
        return None
    return {key: tuple(value) if isinstance(value, list) else value for key, value in tree.items()}


def reading(where: str, make: Callable[[], T]) -> T:
    """What ``make`` gives. Raises FitterError where what was kept is not what it should be."""
    try:
        return make()
    except (BaseValidationError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise FitterError(
            say("holds something this version can't read ({problem})", problem=type(error).__name__),
            where=where,
            todo="Update Fitter, or go back to a copy of it",
            code="damaged_record",
        ) from error
