"""Undo and redo: what stood before each edit, whole. No widget here.

A step is a snapshot, not a recipe for going back: everything in it is immutable and shared with the present,
so it is cheap, and going back is exact by construction. Only scans and shapes weigh anything; so that opening
scan after scan doesn't fill the memory, the oldest steps go once what they alone hold grows past a bound.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fitter.app.model import Inputs, Typed
    from fitter.profile import FitResult

# A few fine scans, or a hundred edits of one: more than anyone takes back.
_MOST_BYTES = 128_000_000
_MOST_STEPS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What stood before an edit (or, once it was undone, after it), and what the edit was in a word."""

    name: str
    inputs: Inputs
    typed: Typed
    asked: Mapping[str, object]
    result: FitResult | None
    foot: int


class History:
    """The steps back and the steps forth."""

    def __init__(self, *, most_bytes: int = _MOST_BYTES, most_steps: int = _MOST_STEPS) -> None:
        self._past: list[Step] = []
        self._future: list[Step] = []
        self._key: Hashable = None
        self._most_bytes, self._most_steps = most_bytes, most_steps

    @property
    def undoable(self) -> str:
        """The edit that would be undone, in a word; empty if none."""
        return self._past[-1].name if self._past else ""

    @property
    def redoable(self) -> str:
        return self._future[-1].name if self._future else ""

    def did(self, before: Step, key: Hashable = None) -> None:
        """An edit was made. Edits in a row with the same ``key`` (letters typed into one field) are one."""
        if key is not None and key == self._key and self._past and not self._future:
            return
        self._past.append(before)
        self._future.clear()
        self._key = key
        self._forget()

    def undo(self, now: Step) -> Step | None:
        """What to go back to from ``now``; None where there is nothing to undo."""
        return self._move(self._past, self._future, now)

    def redo(self, now: Step) -> Step | None:
        """What to go forth to from ``now``."""
        return self._move(self._future, self._past, now)

    def clear(self) -> None:
        """Begin anew: another person's work is not to be undone into."""
        self._past.clear()
        self._future.clear()
        self._key = None

    def _move(self, taken: list[Step], given: list[Step], now: Step) -> Step | None:
        self._key = None
        if not taken:
            return None
        step = taken.pop()
        given.append(Step(step.name, now.inputs, now.typed, now.asked, now.result, now.foot))
        return step

    def _forget(self) -> None:
        del self._past[: -self._most_steps]
        while len(self._past) > 1 and _weight(self._past) > self._most_bytes:
            del self._past[0]


def _weight(steps: list[Step]) -> int:
    """Bytes of the scans and shapes in them, each counted once."""
    return sum({id(thing): size for step in steps for thing, size in _heavy(step)}.values())


def _heavy(step: Step) -> Iterator[tuple[object, int]]:
    for capture in step.inputs.captures:
        yield capture.data, len(capture.data)
    for shape in step.result.shapes if step.result else ():
        if shape is not None:
            yield shape, shape.mesh.vertices.nbytes + shape.mesh.faces.nbytes
