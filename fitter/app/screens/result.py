"""Result: what the foot, its arch and its support are, in three lines; the continuum, the place among adults,
left against right; what this scan could not tell. Everything else folds out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import customtkinter as ctk

from fitter.app import figures, fold, keys, theme, words
from fitter.app.chart_view import ChartView
from fitter.app.follow import follow
from fitter.app.slices import Slices
from fitter.app.state import AppState
from fitter.app.text import _
from fitter.exchange.wording import (
    criteria_summary,
    criteria_words,
    flatfoot_words,
    flexibility_words,
    not_measured,
    pair_of,
    side_words,
    sides_of,
    with_error,
)
from fitter.posture.posture import NAMED, Posture

if TYPE_CHECKING:
    from fitter.profile import FitProfile, FootFit


class ResultScreen(ctk.CTkFrame):
    """The selected foot at a glance."""

    def __init__(self, parent: Any, state: AppState) -> None:
        super().__init__(parent, fg_color="transparent")
        self.state = state
        self._charts: dict[str, ChartView] = {}
        self._folds: dict[str, fold.Fold] = {}
        self._area: Any = None
        self._rest: Slices | None = None  # what is still being built, a part at a time
        follow(self, state, {"result", "foot", "preview"}, self._show)
        self._show()

    @property
    def charts(self) -> dict[str, ChartView]:
        """The charts of the page, by what they show."""
        self._finish()
        return self._charts

    @property
    def folds(self) -> dict[str, fold.Fold]:
        """What folds out, by what it holds."""
        self._finish()
        return self._folds

    def _finish(self) -> None:
        if self._rest is not None:
            self._rest.finish()

    @property
    def content(self) -> str:
        """Everything that can be read on the page now, charts aside."""
        self._finish()
        return "\n".join(_texts(self._area))

    @property
    def summary(self) -> str:
        """The three lines, to be copied."""
        fit, result = self.state.now.told, self.state.now.result
        return "\n".join(words.summary_lines(fit, result.profile)) if fit and result else ""

    def _show(self) -> None:
        opened = {name for name, each in self._folds.items() if each.is_open}
        if self._area is not None:
            self._area.destroy()
        self._charts, self._folds, self._rest = {}, {}, None
        self._area = area = theme.scroll_area(self)
        area.pack(fill="both", expand=True)
        fit, result = self.state.now.told, self.state.now.result
        if fit is None or result is None:
            told = _("What the foot is like, and what suits it, appears here.")
            fold.text(area, told, text_color=theme.MUTED)
            return
        parts = (self._summary, self._arch_part, self._among_part, self._sides_part, self._untold)
        pieces = [partial(part, area, fit, result.profile) for part in parts]
        # The three lines at once; the rest in pieces, as building all of it would hold the window.
        self._rest = Slices(area, [*pieces, partial(self._whole, area, opened)], 1)

    def _whole(self, area: Any, opened: set[str]) -> None:
        """Every part stands: what was folded out before is so again, and the keyboard reaches it all."""
        for name in opened & self._folds.keys():
            self._folds[name].toggle()
        keys.reachable(area)

    def _arch_part(self, area: Any, fit: FootFit, profile: FitProfile) -> None:
        if fit.posture is not None:
            self._chart(area, "arch", figures.continuum(fit.posture))
            posture = fit.posture
            self._fold(area, "arch", _("More about the arch"), lambda body: self._arch(body, posture))
        if (pair := pair_of(profile, self.state.now.foot)) is not None:
            fold.heading(area, _("Sitting and standing"))
            if fit.posture is None:
                fold.text(area, _("The standing capture of this foot says how high its arch sits."))
            fold.text(area, flexibility_words(pair, profile))

    def _among_part(self, area: Any, fit: FootFit, _profile: FitProfile) -> None:
        if (among := figures.among_adults(fit)) is not None:
            fold.heading(area, _("Among adults"))
            self._chart(area, "among", among)

    def _sides_part(self, area: Any, fit: FootFit, profile: FitProfile) -> None:
        if (sides := sides_of(profile, self.state.now.foot)) is not None:
            fold.heading(area, _("Left and right"))
            fold.text(area, sides.statement)
            self._chart(area, "sides", figures.left_and_right(sides))
            if lines := side_words(sides, _):
                self._fold(area, "sides", _("What differs"), lambda body: _paragraphs(body, lines))

    def _summary(self, area: Any, fit: FootFit, profile: FitProfile) -> None:
        title = words.class_title(fit.posture) if fit.posture else words.SIDE_WORDS[fit.side]
        fold.heading(area, title, 20, above=2)
        for line in words.summary_lines(fit, profile):
            fold.text(area, line, 15)
        row = ctk.CTkFrame(area, fg_color="transparent")
        row.pack(fill="x", pady=(8, 4))
        self.copy_button = theme.quiet(row, _("Copy the summary"), self._copy, height=30, font=theme.font(13))
        self.copy_button.pack(side="left")

    def _copy(self) -> None:
        self.clipboard_clear()
        self.clipboard_append(self.summary)
        self.copy_button.configure(text=_("Copied"))

    def _chart(self, area: Any, name: str, chart: figures.Chart) -> None:
        view = ChartView(area)
        view.pack(fill="x", pady=(6, 2), padx=(0, 6))
        view.show(chart)
        self._charts[name] = view

    def _arch(self, body: Any, posture: Posture) -> None:
        _paragraphs(body, _sureness(posture))
        if posture.indices:
            view = ChartView(body, ground=theme.RAISED)
            view.pack(fill="x", pady=(8, 0))
            view.show(figures.votes(posture))
            self._charts["votes"] = view
        _paragraphs(body, _criteria(posture))

    def _fold(self, area: Any, name: str, title: str, fill: Callable[[Any], None]) -> None:
        self._folds[name] = fold.Fold(area, title, fill)
        self._folds[name].pack(fill="x", pady=4, padx=(0, 6))

    def _untold(self, area: Any, fit: FootFit, _profile: FitProfile) -> None:
        """What this foot could not tell, and why: how many, and all of them in the fold."""
        missing = not_measured(fit)
        count = sum(map(len, missing.values()))
        if not count:
            return
        title = _("What this foot could not tell ({count})").format(count=count)
        lines = [line for why, names in missing.items() for line in (", ".join(map(_, names)), why)]
        self._fold(area, "untold", title, lambda body: _paragraphs(body, lines))


def _paragraphs(body: Any, lines: Any) -> None:
    for line in lines:
        fold.text(body, line)


def _sureness(posture: Posture) -> list[str]:
    """How sure the class is, and whether the indices agree."""
    lines = [flatfoot_words(posture.flatfoot, _)]
    if posture.score is not None:
        lines.append(_("Arch score {score}").format(score=with_error(posture.score)))
    likely = words.summary({name: posture.probabilities.get(name, 0.0) for name in NAMED})
    if likely:
        lines.append(_("How likely: {classes}").format(classes=likely))
    if posture.reason is not None and posture.reason.text != posture.statement:
        lines.append(_(posture.reason.text))
    return [*lines, _(posture.agreement.text)]


def _criteria(posture: Posture) -> list[str]:
    """What published criteria call this arch."""
    return [criteria_summary(posture, _), *criteria_words(posture, _)] if posture.criteria else []


def _texts(widget: Any) -> list[str]:
    found = []
    if isinstance(widget, ctk.CTkLabel | ctk.CTkButton) and widget.cget("text"):
        found.append(str(widget.cget("text")))
    for child in widget.winfo_children():
        found += _texts(child)
    return found
