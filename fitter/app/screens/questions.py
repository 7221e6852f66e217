"""Questions: the form made from the table of questions, the ones that may stop a recommendation first."""

from __future__ import annotations

import math
import tkinter as tk
from typing import Any

import customtkinter as ctk

from fitter.answers import QUESTIONS, Question
from fitter.app import keys, theme
from fitter.app.state import AppState
from fitter.app.text import _

_GROUPS = {
    "stop": _("Safety"),
    "you": _("You"),
    "load": _("Load"),
    "shoes": _("Shoes"),
    "pain": _("Pain"),
    "strength": _("Strength"),
}
_INTRO = {
    "stop": _("Asked first: with a yes here, someone should look at it before any insole is chosen."),
}
_NO, _YES = _("No"), _("Yes")
_UNANSWERED = _("Not answered")


class QuestionsScreen(ctk.CTkFrame):
    """One page a group; a page is built when it is first looked at, because forms are slow to make."""

    def __init__(self, parent: Any, state: AppState) -> None:
        super().__init__(parent, fg_color="transparent")
        self.state = state
        self.values: dict[str, object] = {}
        self._pages: dict[str, Any] = {}
        self._controls: dict[str, Any] = {}
        groups = list(dict.fromkeys(q.group for q in QUESTIONS))
        self._names = {_GROUPS.get(group, group.capitalize()): group for group in groups}
        self.groups = ctk.CTkSegmentedButton(
            self, values=list(self._names), command=self._turn_to, font=theme.font(13), height=30
        )
        self.groups.pack(fill="x", padx=8, pady=(4, 8))
        self._place = ctk.CTkFrame(self, fg_color="transparent")
        self._place.pack(fill="both", expand=True)
        theme.quiet(self, _("Use these answers"), self.submit, height=40).pack(fill="x", padx=8, pady=8)

    def shown(self) -> None:
        """The tab was opened."""
        if not self._pages:
            first = next(iter(self._names))
            self.groups.set(first)
            self._turn_to(first)

    def submit(self) -> None:
        """Hand the answers to the state; numbers that make no sense are refused there by name."""
        self.state.answer({key: value for key, value in self.values.items() if value not in (None, ())})

    # ------------------------------------------------------------------ pages

    def _turn_to(self, name: str) -> None:
        group = self._names[name]
        for page in self._pages.values():
            page.pack_forget()
        if group not in self._pages:
            self._pages[group] = self._page(group)
            keys.reachable(self._pages[group])
        self._pages[group].pack(fill="both", expand=True)

    def _page(self, group: str) -> Any:
        page = theme.scroll_area(self._place)
        page.columnconfigure(0, weight=1)
        if group in _INTRO:
            intro = theme.wrapped(theme.label(page, _INTRO[group], 13, muted=True), 8)
            intro.grid(row=0, column=0, columnspan=2, sticky="ew", pady=(0, 8))
        if group == "stop":
            none = theme.quiet(page, _("No to all of these"), self._none_apply)
            none.grid(row=1, column=0, columnspan=2, sticky="w", pady=(0, 8))
        asked = [q for q in QUESTIONS if q.group == group]
        for row, question in enumerate(asked, 2):
            self._ask(page, question, row)
        return page

    def _ask(self, page: Any, question: Question, row: int) -> None:
        box = ctk.CTkFrame(page, fg_color=theme.RAISED, corner_radius=8)
        box.grid(row=row, column=0, columnspan=2, sticky="ew", pady=(0, 8), padx=(0, 6))
        box.columnconfigure(0, weight=1)
        beside = question.kind in ("yes_no", "number")
        text = theme.wrapped(theme.label(box, _(question.text), 14), 4)
        text.grid(row=0, column=0, columnspan=1 if beside else 2, sticky="ew", padx=(12, 8), pady=(8, 0))
        why = theme.wrapped(theme.label(box, _(question.why), 12, muted=True), 4)
        why.grid(row=1, column=0, columnspan=1 if beside else 2, sticky="ew", padx=(12, 8), pady=(0, 8))
        control = getattr(self, f"_{question.kind}")(box, question)
        if beside:
            control.grid(row=0, column=1, rowspan=2, padx=(0, 12), pady=8, sticky="e")
        else:
            control.grid(row=2, column=0, columnspan=2, padx=12, pady=(0, 10), sticky="ew")

    def _none_apply(self) -> None:
        for question in QUESTIONS:
            if question.group == "stop":
                self.values[question.id] = False
                self._controls[question.id].set(_NO)

    # ------------------------------------------------------------------ one control a kind of question

    def _yes_no(self, box: Any, question: Question) -> Any:
        def chosen(word: str) -> None:
            self.values[question.id] = word == _YES

        control = ctk.CTkSegmentedButton(
            box,
            values=[_NO, _YES],
            command=chosen,
            font=theme.font(13),
            width=108,
            height=30,
            dynamic_resizing=False,
        )
        self._controls[question.id] = control
        return control

    def _choice(self, box: Any, question: Question) -> Any:
        by_text = {_(text): word for word, text in question.choices}

        def chosen(text: str) -> None:
            self.values[question.id] = by_text.get(text)

        control = ctk.CTkOptionMenu(
            box, values=[_UNANSWERED, *by_text], command=chosen, font=theme.font(14), height=32
        )
        control.set(_UNANSWERED)
        return control

    def _choices(self, box: Any, question: Question) -> Any:
        frame = ctk.CTkFrame(box, fg_color="transparent")
        ticks: dict[str, Any] = {}

        def changed() -> None:
            self.values[question.id] = tuple(word for word, tick in ticks.items() if tick.get())

        for word, text in question.choices:
            ticks[word] = theme.tick(frame, _(text), 14, command=changed)
            ticks[word].pack(anchor="w", pady=3)
        return frame

    def _number(self, box: Any, question: Question) -> Any:
        frame = ctk.CTkFrame(box, fg_color="transparent")
        text = tk.StringVar(self)
        entry = ctk.CTkEntry(frame, width=72, justify="right", font=theme.font(14), textvariable=text)
        entry.pack(side="left")
        theme.label(frame, question.unit, 13, muted=True, width=28).pack(side="left", padx=(6, 0))

        def typed(*_changed: Any) -> None:
            value = _number_in(text.get(), question)
            wrong = value is None and bool(text.get().strip())
            self.values[question.id] = value
            entry.configure(border_color=theme.MARK if wrong else theme.EDGE)

        text.trace_add("write", typed)
        return frame


def _number_in(text: str, question: Question) -> float | None:
    """The number typed, or None where it is none or outside what the question allows."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    low = -math.inf if question.low is None else question.low
    high = math.inf if question.high is None else question.high
    return value if low <= value <= high else None
