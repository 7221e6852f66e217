"""Knee: three lines first, then what adds to it in the order of its evidence, the chain, and what may help.

Everything said comes from the profile; what is folded away is built when it is first opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import customtkinter as ctk

from fitter.app import fold, keys, theme
from fitter.app.chain_view import ChainView
from fitter.app.follow import follow
from fitter.app.picture_view import PictureView
from fitter.app.state import AppState
from fitter.app.strength_view import StrengthSign
from fitter.app.text import _, current
from fitter.exchange.wording import (
    contributor_lines,
    contributor_words,
    exercise_lines,
    exercise_words,
    flag_words,
    follow_up_lines,
    rules_of_all,
    statement_words,
)
from fitter.knee.knee import Contributor, Exercise, KneeExplanation, RedFlags, Statement
from fitter.picture import exercises

if TYPE_CHECKING:
    from fitter.profile import FitProfile


class KneeScreen(ctk.CTkFrame):
    """What is said about the knee, once for the person; ``ask`` leads to the questions."""

    def __init__(self, parent: Any, state: AppState, ask: Callable[[], None] = lambda: None) -> None:
        super().__init__(parent, fg_color="transparent")
        self.state, self._ask = state, ask
        self.folds: dict[str, fold.Fold] = {}
        self.chain: ChainView | None = None
        self.action: Any = None
        self._area: Any = None
        follow(self, state, {"result", "preview"}, self._show)
        self._show()

    @property
    def content(self) -> str:
        """Everything that can be read on the page now."""
        return "\n".join(_texts(self._area))

    def _show(self) -> None:
        if self._area is not None:
            self._area.destroy()
        self.folds, self.chain, self.action = {}, None, None
        self._area = area = theme.scroll_area(self)
        area.pack(fill="both", expand=True)
        result = None if self.state.now.preview else self.state.now.result
        if result is None or result.profile.knee is None:
            told = _("How foot, shin, thigh and kneecap hang together appears here.")
            fold.text(area, told, text_color=theme.MUTED)
            return
        self._fill(area, result.profile, result.profile.knee)
        keys.reachable(area)

    def _fill(self, area: Any, profile: FitProfile, knee: KneeExplanation) -> None:
        if profile.red_flags:
            self._flags(area, profile.red_flags)
        first = knee.first_lines or (knee.summary,)
        for line in first:
            fold.text(area, line, 15)
        if current().unreviewed:
            fold.text(area, current().unreviewed, 12, text_color=theme.MUTED)
        self._main_action(area, profile, knee)
        if knee.first_lines and knee.more:
            self._fold(area, "more", _("About you"), lambda body: _paragraphs(body, knee.more))
        if knee.contributors:
            fold.heading(area, _("What can add to it, best supported first"))
            for c in knee.contributors:
                self._contributor(area, c)
        if knee.chain:
            self._fold(
                area,
                "chain",
                _("From the heel to the kneecap"),
                lambda body: self._chain(body, profile, knee),
            )
        if knee.what_helps:
            self._fold(area, "helps", _("What may help"), lambda body: self._helps(body, knee))
        if knee.exercises:
            self._fold(area, "exercises", _("Exercises"), lambda body: self._exercises(body, knee))
        if knee.not_worth:
            self._fold(
                area,
                "not_worth",
                _("Not worth paying for"),
                lambda body: _statements(body, knee.not_worth, knee),
            )
        if profile.follow_up:
            self._fold(
                area,
                "follow_up",
                _("How it went"),
                lambda body: _paragraphs(body, *follow_up_lines(profile, _)),
            )
        fold.heading(area, _("When to see someone"))
        fold.text(area, knee.see_someone)
        if profile.disclaimer:
            fold.text(area, profile.disclaimer, 12, text_color=theme.MUTED)

    # ------------------------------------------------------------------ above everything

    def _flags(self, area: Any, flags: RedFlags) -> None:
        if flags.stop:
            box = ctk.CTkFrame(area, fg_color=theme.ERROR_BACK, corner_radius=8)
            box.pack(fill="x", pady=(2, 8), padx=(0, 6))
            held = _("Please see someone first")
            title = held if flags.blocking else _("A professional went on in spite of this")
            for words, bold in ((title, True), *((flag_words(flag, _), False) for flag in flags.stop)):
                told = theme.wrapped(theme.label(box, words, 15 if bold else 14, bold=bold), 4)
                told.pack(fill="x", padx=12, pady=(8 if bold else 2, 4))
        for flag in flags.mention:
            box = ctk.CTkFrame(area, fg_color=theme.DONE_BACK, corner_radius=8)
            box.pack(fill="x", pady=(2, 4), padx=(0, 6))
            told = _("Worth showing to a clinician: {text}").format(text=flag_words(flag, _))
            theme.wrapped(theme.label(box, told, 14), 4).pack(fill="x", padx=12, pady=6)

    def _main_action(self, area: Any, profile: FitProfile, knee: KneeExplanation) -> None:
        """The one thing to do next: what was not asked yet, safety first."""
        if profile.red_flags is None or not profile.red_flags.asked:
            told = _("Answer the safety questions")
        elif not knee.contributors or all(c.known for c in knee.contributors):
            return
        else:
            told = _("Answer more questions")
        self.action = theme.primary(area, told, self._ask)
        self.action.pack(fill="x", pady=(10, 8), padx=(0, 6))

    # ------------------------------------------------------------------ what folds out

    def _fold(
        self, area: Any, name: str, title: str, fill: Callable[[Any], None], note: str = ""
    ) -> fold.Fold:
        self.folds[name] = fold.Fold(area, title, fill, note=note)
        self.folds[name].pack(fill="x", pady=(8, 0), padx=(0, 6))
        return self.folds[name]

    def _contributor(self, area: Any, c: Contributor) -> None:
        told = self._fold(area, c.id, _(c.name), lambda body: _paragraphs(body, *contributor_lines(c, _)))
        line = ctk.CTkFrame(told.top, fg_color="transparent")
        line.pack(fill="x", padx=(30, 10), pady=(0, 8))
        StrengthSign(line, c.strength).pack(side="left", padx=(0, 8))
        known = _("Known about you") if c.known else _("Not known about you")
        ink = theme.ACCENT_TEXT if c.known else theme.MUTED
        words = f"{_upper(contributor_words(c, _))}. {known}."
        theme.wrapped(theme.label(line, words, 13, text_color=ink), 4).pack(
            side="left", fill="x", expand=True
        )
        told.top.pack(fill="x")

    def _chain(self, body: Any, profile: FitProfile, knee: KneeExplanation) -> None:
        self.chain = ChainView(body, [(foot.measurements, foot.posture) for foot in profile.feet])
        self.chain.pack(fill="x")
        for link in knee.chain:
            theme.wrapped(theme.label(body, _(link.name), 14, bold=True), 4).pack(fill="x", pady=(10, 0))
            _statements(body, (link.statement,), knee)

    def _helps(self, body: Any, knee: KneeExplanation) -> None:
        _statements(body, knee.what_helps, knee)
        if knee.support_option:
            fold.text(body, knee.support_option)

    def _exercises(self, body: Any, knee: KneeExplanation) -> None:
        every = rules_of_all(knee.exercises)
        _paragraphs(body, *every)
        for e in knee.exercises:
            self._exercise(body, e, every)

    def _exercise(self, body: Any, e: Exercise, every: tuple[str, ...]) -> None:
        theme.wrapped(theme.label(body, exercise_words(e, _), 14, bold=True), 4).pack(fill="x", pady=(14, 2))
        drawn = e.picture or e.id
        if drawn in exercises.PICTURES:
            picture = PictureView(body, widest=330.0, ground=theme.RAISED)
            picture.pack(fill="x", pady=(2, 0))
            picture.show(exercises.exercise(drawn))
        own = (rule for rule in (e.stop_when, e.with_therapist) if rule not in every)
        _paragraphs(body, *exercise_lines(e, _), *own)

    def _set_appearance_mode(self, mode_string: str) -> None:
        super()._set_appearance_mode(mode_string)
        if self._area is not None:
            self.after_idle(lambda: _repaint(self._area) if self.winfo_exists() else None)


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def _paragraphs(body: Any, *texts: str) -> None:
    for words in texts:
        if words:
            fold.text(body, words)


def _statements(body: Any, statements: tuple[Statement, ...], knee: KneeExplanation) -> None:
    for statement in statements:
        fold.text(body, statement_words(statement, knee.mode, _))


def _repaint(widget: Any) -> None:
    """Pictures and signs know nothing of a change of colours by themselves."""
    if isinstance(widget, PictureView | StrengthSign):
        widget.paint()
    for child in widget.winfo_children():
        _repaint(child)


def _texts(widget: Any) -> Iterator[str]:
    if isinstance(widget, ctk.CTkLabel | ctk.CTkButton):
        yield str(widget.cget("text"))
        return
    for child in widget.winfo_children():
        yield from _texts(child)
