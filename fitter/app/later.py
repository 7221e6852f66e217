"""Screens made when they are first asked for: none that nobody looks at makes the start slower."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


class Later(Mapping[str, Any]):
    """What each of the functions makes, by name; each is called once, when it is first asked for, and what
    it made is handed to ``then``."""

    def __init__(
        self, makers: Mapping[str, Callable[[], Any]], then: Callable[[Any], object] = lambda made: None
    ) -> None:
        self._then = then
        self._makers, self._made = dict(makers), dict[str, Any]()

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._makers[name]()
            self._then(self._made[name])
        return self._made[name]

    def made(self, name: str) -> Any:
        """What was made by that name, or None where nobody asked for it yet."""
        return self._made.get(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
