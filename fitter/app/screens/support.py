"""Support: what the insole should be like, within which range, and why."""

from __future__ import annotations

from typing import Any

from fitter.app import words
from fitter.app.reader import Reader
from fitter.app.state import AppState
from fitter.app.text import _
from fitter.exchange.wording import parameter_words
from fitter.support.support import SupportProfile


class SupportScreen(Reader):
    """The support profile of the selected foot."""

    def __init__(self, parent: Any, state: AppState) -> None:
        super().__init__(parent)
        self.state = state
        state.listen(lambda fields: self._show() if fields & {"result", "foot"} else None)
        self._show()

    def _show(self) -> None:
        fit = self.state.now.fit
        if fit is None or fit.support is None:
            self.fill([("note", _("The recommended insole appears here, with a reason for every number."))])
        else:
            self.fill(_told(fit.support))


def _told(support: SupportProfile) -> list[tuple[str, str]]:
    parts = [("lead", support.statement)]
    if support.withheld is not None:
        return [*parts, ("warn", support.withheld.text)]
    for parameter in support.parameters:
        parts += [
            ("head", _(parameter.name)),
            ("value", parameter_words(parameter)),
            ("body", parameter.reason),
            ("note", words.sentences(words.strength(parameter.evidence), parameter.source)),
        ]
    if support.watch_for:
        parts.append(("head", _("Watch for")))
        parts += [("body", text) for text in support.watch_for]
    return [*parts, ("note", _("Rules: {name}").format(name=support.rule_set))]
