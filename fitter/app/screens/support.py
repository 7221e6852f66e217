"""Support: what the insole should be like, within which range, and why."""

from __future__ import annotations

from typing import Any

from fitter.app import words
from fitter.app.reader import Reader
from fitter.app.state import AppState
from fitter.app.text import _, sentences
from fitter.exchange.wording import parameter_words
from fitter.knee.knee import Flag
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
            flags = self.state.now.result.profile.red_flags if self.state.now.result else None
            self.fill(_told(fit.support, flags.stop if flags else ()))


def _told(support: SupportProfile, stop: tuple[Flag, ...]) -> list[tuple[str, str]]:
    if support.withheld is not None:
        see = [("body", _("Whom to see: {whom}").format(whom=flag.whom_to_see)) for flag in stop]
        return [("warn", support.statement), *see]
    parts = [("lead", support.statement)]
    for parameter in support.parameters:
        parts += [
            ("head", _(parameter.name)),
            ("value", parameter_words(parameter)),
            ("body", parameter.reason),
            ("note", sentences(words.set_by(parameter.evidence), parameter.source)),
        ]
        if parameter.changes:
            parts.append(("note", _("What would change it: {what}").format(what=parameter.changes)))
    if support.strategies:
        parts.append(("head", _("Strategies")))
    for strategy in support.strategies:
        taken = strategy.id == support.strategy_id
        name = _("{name} (taken here)").format(name=_(strategy.name)) if taken else _(strategy.name)
        refused = _("Not offered: {why}").format(why=strategy.refused) if strategy.refused else ""
        parts += [
            ("value", name),
            ("body", sentences(strategy.changes, refused)),
            ("note", sentences(strategy.source)),
        ]
    if support.watch_for:
        parts.append(("head", _("Watch for")))
        parts += [("body", text) for text in support.watch_for]
    return [*parts, ("note", _("Rules: {name}").format(name=support.rule_set))]
