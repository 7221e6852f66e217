"""The one kind of error a person ever sees: what is wrong, where, what was expected, what to do."""

from __future__ import annotations

from fitter.saying import say


class FitterError(Exception):
    """An input that can't be used, told in one line.

    Parameters
    ----------
    what: what is wrong and what was expected, as a sentence without a full stop.
    where: the file, field or option concerned.
    todo: what the person can do now, as a sentence without a full stop, or a question.
    code: a stable id for programs, for example ``empty_file``.
    """

    def __init__(self, what: str, *, where: str = "", todo: str = "", code: str = "unusable_input") -> None:
        self.what, self.where, self.todo, self.code = what, where, todo, code
        super().__init__(str(self))

    def __str__(self) -> str:
        line = say("{where}: {what}", where=self.where, what=self.what) if self.where else self.what
        if not self.todo:
            return say("{what}.", what=line)
        asks = self.todo.endswith("?")
        return say("{what}. {todo}" if asks else "{what}. {todo}.", what=line, todo=self.todo)

    def at(self, where: str) -> FitterError:
        """The same error with its place named, where the raiser could not know it."""
        return self if self.where else FitterError(self.what, where=where, todo=self.todo, code=self.code)


class Cancelled(Exception):  # noqa: N818 - not an error: a person pressed Cancel
    """Raised inside a stage when the person pressed Cancel."""
