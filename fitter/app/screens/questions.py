"""Questions: the ones that may stop a recommendation first, on a page of their own; the rest can be skipped.

Self-checks come only once every stop question was answered with no.

What stands in the form lives in the state (`asked`), letter by letter: so it is saved with the work, comes
back after a crash, and goes back and forth with undo and redo.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial
from typing import Any

import customtkinter as ctk

from fitter.answers import QUESTIONS, STOP_IDS, Answers, Question
from fitter.app import fold, keys, theme
from fitter.app.body_map_view import BodyMapView
from fitter.app.picture_view import PictureView
from fitter.app.segments import Segments
from fitter.app.slices import Slices
from fitter.app.state import AppState
from fitter.app.text import N_, Words, _
from fitter.picture import body_map, bunion, exercises

_GROUPS = Words(
    {
        "stop": N_("Safety"),
        "you": N_("You"),
        "load": N_("Load"),
        "shoes": N_("Shoes"),
        "pain": N_("Pain"),
        "strength": N_("Strength"),
        "foot": N_("Foot"),
    }
)
_INTRO = Words(
    {
        "stop": N_("Asked first: with a yes here, someone should look at it before any insole is chosen."),
        "strength": N_("Three small tests to try at home, each only if you like. Stop at once if it hurts."),
    }
)
_LATER = N_("Every question here may be left open; two minutes are enough.")
_LOCKED = N_(
    "These tests come after the safety questions, and only if all of them were answered with no. "
    "Someone should look first where one was answered with yes. They are not for anyone under 16."
)
_NO, _YES, _SKIP = N_("No"), N_("Yes"), N_("Skip")
_UNANSWERED = N_("Not answered")
_AT_ONCE = 4  # questions: as many as are seen without scrolling
_FOUR_TOES = 430  # the width at scale 1 for four pictures of toes in a row, with their words
_ALONE = ("none", "nothing")  # answers that go with no other


class QuestionsScreen(ctk.CTkFrame):
    """One page a group; a page is built when it is first looked at, because forms are slow to make."""

    def __init__(self, parent: Any, state: AppState) -> None:
        super().__init__(parent, fg_color="transparent")
        self.state = state
        self._pages: dict[str, Any] = {}
        self._open_page = ""
        self._shown: dict[str, object] = {}  # by question, what its control shows now
        self._show: dict[str, Callable[[object], None]] = {}
        self._made: dict[str, Any] = {}
        self._rest: list[Slices] = []  # pages that are being built
        self._pictures: list[PictureView] = []
        groups = list(dict.fromkeys(map(_page_of, QUESTIONS)))
        self._names = {_GROUPS.get(group, group.capitalize()): group for group in groups}
        self.groups = Segments(
            self, values=list(self._names), command=self._turn_to, font=theme.font(13), height=30
        )
        self.groups.pack(fill="x", padx=8, pady=(4, 8))
        below = ctk.CTkFrame(self, fg_color="transparent")
        below.pack(side="bottom", fill="x", padx=8, pady=8)  # first: a tall page must leave it its room
        self._place = ctk.CTkFrame(self, fg_color="transparent")
        self._place.pack(fill="both", expand=True)
        below.lift()
        self.use = theme.primary(below, _("Use these answers"), self.submit)
        self.next = theme.quiet(below, "", self._go_on, height=44, width=130)
        self.use.pack(side="left", fill="x", expand=True)
        self.next.pack(side="left", padx=(8, 0))
        self._turn: Callable[[str], None] | None = None
        self._unlisten = state.listen(self._changed)

    def _changed(self, fields: frozenset[str]) -> None:
        if "asked" in fields:
            self._show_asked()

    def destroy(self) -> None:
        self._unlisten()
        super().destroy()

    def shown(self) -> None:
        """The tab was opened."""
        if not self._pages:
            self._open(next(iter(self._names)))

    def lead(self, turn: Callable[[str], None]) -> None:
        """Somebody else turns the pages (``turn``, by group) and hands the answers over: no buttons and no
        tabs of its own."""
        self._turn = turn
        self.groups.pack_forget()
        self.use.master.pack_forget()

    def show_group(self, group: str) -> None:
        """Turn to the page of a group of questions."""
        self._open(next(name for name, word in self._names.items() if word == group))

    def submit(self) -> None:
        """Hand the answers to the state; numbers that make no sense are refused there by name."""
        self.state.answer(self.values)

    @property
    def values(self) -> dict[str, object]:
        """What stands in the form, by question; a number that is none yet as the text that was typed."""
        return dict(self.state.now.asked)

    @property
    def may_try(self) -> bool:
        """Whether self-checks may be shown."""
        values = self.values
        return Answers(values, all(i in values for i in STOP_IDS)).may_try

    @property
    def group(self) -> str:
        """The page that is open."""
        return self._names.get(self.groups.get(), "")

    def _open(self, name: str) -> None:
        self.groups.set(name)
        self._turn_to(name)

    def _go_on(self) -> None:
        """The next page; whatever was left open here stays open."""
        names = list(self._names)
        self._open(names[(names.index(self.groups.get()) + 1) % len(names)])
        self.groups.focus_set()

    # ------------------------------------------------------------------ pages

    def _turn_to(self, name: str) -> None:
        group = self._names[name]
        for page in self._pages.values():
            page.pack_forget()
        # Self-checks are locked until the stop questions allow them, and again when an answer changes.
        shown = group if group != "strength" or self.may_try else "locked"
        if shown not in self._pages:
            self._pages[shown] = self._page(group) if shown != "locked" else self._locked()
            keys.reachable(self._pages[shown])
        self._pages[shown].pack(fill="both", expand=True)
        self._open_page = shown
        last = name == list(self._names)[-1]
        self.next.configure(text=_("From the start") if last else _("Next page"))

    def _locked(self) -> Any:
        page = theme.scroll_area(self._place)
        fold.text(page, _(_LOCKED))
        first = next(iter(self._names))
        theme.quiet(page, _("To the safety questions"), lambda: self._to_safety(first)).pack(
            anchor="w", pady=12
        )
        return page

    def _to_safety(self, first: str) -> None:
        self._turn(self._names[first]) if self._turn else self._open(first)

    def _page(self, group: str) -> Any:
        page = theme.scroll_area(self._place)
        page.columnconfigure(0, weight=1)
        intro = theme.wrapped(theme.label(page, _INTRO.get(group, _(_LATER)), 13, muted=True), 8)
        intro.grid(row=0, column=0, columnspan=2, sticky="ew", pady=(0, 8))
        if group == "stop":
            none = theme.quiet(page, _("No to all of these"), self._none_apply)
            none.grid(row=1, column=0, columnspan=2, sticky="w", pady=(0, 8))
        keys.reachable(page)
        asked = [q for q in QUESTIONS if _page_of(q) == group]
        pieces = [partial(self._ask, page, question, row) for row, question in enumerate(asked, 2)]
        self._rest = [r for r in self._rest if not r.done] + [Slices(page, pieces, _AT_ONCE)]
        return page

    @property
    def _controls(self) -> dict[str, Any]:
        """What asks, by question, on the pages that were opened."""
        for rest in self._rest:
            rest.finish()
        return self._made

    def _ask(self, page: Any, question: Question, row: int) -> None:
        box = ctk.CTkFrame(page, fg_color=theme.RAISED, corner_radius=8)
        box.grid(row=row, column=0, columnspan=2, sticky="ew", pady=(0, 8), padx=(0, 6))
        box.columnconfigure(0, weight=1)
        beside = question.kind in ("yes_no", "number")
        span = 1 if beside else 2
        lines = [(_(question.text), 14, False), (_(question.why), 12, True)]
        for row_, (words, size, muted) in enumerate(lines):
            told = theme.wrapped(theme.label(box, words, size, muted=muted), 4)
            told.grid(
                row=row_, column=0, columnspan=span, sticky="ew", padx=(12, 8), pady=(8, 0) if not row_ else 0
            )
        control = getattr(self, f"_{_kind(question)}")(box, question)
        if beside:
            control.grid(row=0, column=1, rowspan=2, padx=(0, 12), pady=8, sticky="e")
        else:
            control.grid(row=3, column=0, columnspan=2, padx=12, pady=(6, 10), sticky="ew")
        if question.how:
            self._how(box, question).grid(row=2, column=0, columnspan=2, padx=12, pady=(4, 4), sticky="ew")
        else:
            box.rowconfigure(1, pad=8)
        keys.reachable(box)

    def _how(self, box: Any, question: Question) -> Any:
        """How a self-check goes: its picture, its steps, and when to stop."""
        frame = ctk.CTkFrame(box, fg_color="transparent")
        if question.picture in exercises.PICTURES:
            picture = PictureView(frame, widest=300.0, ground=theme.RAISED)
            picture.pack(fill="x")
            picture.show(exercises.exercise(question.picture))
            self._pictures.append(picture)
        for number, step in enumerate(question.how, 1):
            fold.text(frame, f"{number}. {_(step)}", 13)
        if question.stop_when:
            fold.text(frame, _(question.stop_when), 13, text_color=theme.MARK)
        return frame

    def _none_apply(self) -> None:
        self.state.ask_all(dict.fromkeys(STOP_IDS, False))

    # ------------------------------------------------------------------ what is asked lives in the state

    def _take(self, question: Question, value: object) -> None:
        """A person changed an answer."""
        value = None if value in ((), "") else value
        self._shown[question.id] = value
        self.state.ask(question.id, value)

    def _follow(self, question: Question, show: Callable[[object], None]) -> None:
        """``show`` puts an answer (None for none) into the control of a question: what the state holds now,
        and later whatever the control doesn't show yet, as after undo or when work is taken up again."""
        self._show[question.id] = show
        self._show_one(question.id)

    def _show_one(self, question_id: str) -> None:
        value = self.state.now.asked.get(question_id)
        if value != self._shown.get(question_id):
            self._shown[question_id] = value
            self._show[question_id](value)

    def _show_asked(self) -> None:
        for question_id in self._show:
            self._show_one(question_id)
        if self.group == "strength" and (self._open_page == "locked") == self.may_try:
            self._turn_to(self.groups.get())

    # ------------------------------------------------------------------ one control a kind of question

    def _yes_no(self, box: Any, question: Question) -> Any:
        def chosen(word: str) -> None:
            self._take(question, None if word == _(_SKIP) else word == _(_YES))

        def show(value: object) -> None:
            control.set("" if value is None else _(_YES) if value else _(_NO))

        stops = question.group == "stop"
        control = Segments(
            box,
            values=[_(word) for word in ((_NO, _YES) if stops else (_NO, _YES, _SKIP))],
            command=chosen,
            font=theme.font(13),
            width=108 if stops else 156,
            height=30,
            dynamic_resizing=False,
        )
        self._made[question.id] = control
        self._follow(question, show)
        return control

    def _choice(self, box: Any, question: Question) -> Any:
        by_text = {_(text): word for word, text in question.choices}

        def chosen(text: str) -> None:
            self._take(question, by_text.get(text))

        control = ctk.CTkOptionMenu(
            box, values=[_(_UNANSWERED), *by_text], command=chosen, font=theme.font(14), height=32
        )
        theme.calm(control).set(_(_UNANSWERED))
        told = {word: text for text, word in by_text.items()}
        self._made[question.id] = control
        self._follow(question, lambda value: control.set(told.get(str(value), _(_UNANSWERED))))
        return control

    def _choices(self, box: Any, question: Question) -> Any:
        frame = ctk.CTkFrame(box, fg_color="transparent")
        ticks: dict[str, Any] = {}

        def take(ticked: str) -> None:
            _alone(ticked, ticks)
            self._take(question, tuple(word for word, tick in ticks.items() if tick.get()))

        for word, text in question.choices:
            ticks[word] = theme.tick(frame, _(text), 14, command=lambda word=word: take(word))
            ticks[word].pack(anchor="w", pady=3)
        self._made[question.id] = ticks
        self._follow(question, lambda value: _tick(ticks, value))
        return frame

    def _places(self, box: Any, question: Question) -> Any:
        """The figure to point at, and boxes for what it doesn't show."""
        frame = ctk.CTkFrame(box, fg_color="transparent")
        ticks: dict[str, Any] = {}

        def take(ticked: str = "") -> None:
            if _alone(ticked, ticks):
                figure.choose(())
            told = {*figure.chosen, *(word for word, tick in ticks.items() if tick.get())}
            self._take(question, tuple(word for word in question.words if word in told))

        def show(value: object) -> None:
            figure.choose(value if isinstance(value, tuple) else ())
            _tick(ticks, value)

        figure = BodyMapView(frame, command=lambda _places: take())
        figure.pack(fill="x")
        for word, text in question.choices:
            if word not in body_map.PLACES:
                ticks[word] = theme.tick(frame, _(text), 14, command=lambda word=word: take(word))
                ticks[word].pack(anchor="w", pady=3)
        self._made[question.id] = figure
        self._pictures.append(figure.canvas)
        self._follow(question, show)
        return frame

    def _big_toe(self, box: Any, question: Question) -> Any:
        """Four feet in a row, a button below each."""
        frame = ctk.CTkFrame(box, fg_color="transparent")
        buttons: dict[str, Any] = {}

        def choose(word: str) -> None:
            told = None if self.values.get(question.id) == word else word
            self._take(question, told)
            show(told)

        def show(value: object) -> None:
            for each, button in buttons.items():
                picked = value == each
                button.configure(
                    fg_color=theme.ACCENT if picked else theme.QUIET,
                    text_color=theme.ON_ACCENT if picked else theme.TEXT,
                    hover_color=theme.ACCENT_HOVER if picked else theme.QUIET_HOVER,
                )

        pictures: list[PictureView] = []
        for word, text in question.choices:
            picture = PictureView(frame, widest=104.0, ground=theme.RAISED)
            picture.show(bunion.foot(word))
            picture.bind("<Button-1>", lambda _event, word=word: choose(word))  # type: ignore[misc]
            self._pictures.append(picture)
            buttons[word] = theme.quiet(
                frame, _(text), lambda word=word: choose(word), width=40, font=theme.font(12)
            )
            theme.wrapped_button(buttons[word], 14)
            pictures.append(picture)
        across = 0

        def lay(event: Any) -> None:
            """Two rows of two where long words or large letters leave no room for four."""
            nonlocal across
            fits = len(pictures) if event.width >= theme.scaled(self, _FOUR_TOES) else 2
            if fits == across:
                return
            across = fits
            for column in range(len(pictures)):
                used = column < across
                frame.columnconfigure(column, weight=int(used), uniform="toes" if used else "")
            for number, (picture, button) in enumerate(zip(pictures, buttons.values(), strict=True)):
                row, column = divmod(number, across)
                picture.grid(row=2 * row, column=column, sticky="ew", padx=2)
                button.grid(row=2 * row + 1, column=column, sticky="nsew", padx=2, pady=(4, 6))

        tk.Frame.bind(frame, "<Configure>", lay, add="+")
        frame.columnconfigure(0, weight=1)
        self._made[question.id] = buttons
        self._follow(question, show)
        return frame

    def _set_appearance_mode(self, mode_string: str) -> None:
        super()._set_appearance_mode(mode_string)
        for picture in self._pictures:
            self.after_idle(picture.paint)

    def _number(self, box: Any, question: Question) -> Any:
        frame = ctk.CTkFrame(box, fg_color="transparent")
        text = tk.StringVar(self)
        entry = ctk.CTkEntry(frame, width=72, justify="right", font=theme.font(14), textvariable=text)
        entry.pack(side="left")
        theme.label(frame, question.unit, 13, muted=True, width=28).pack(side="left", padx=(6, 0))

        showing = False

        def typed(*_changed: Any) -> None:
            words = text.get().strip()
            value = _number_in(words, question)
            wrong = value is None and bool(words)
            entry.configure(border_color=theme.MARK if wrong else theme.EDGE)
            if not showing:
                self._take(question, words if wrong else value)

        def show(value: object) -> None:
            nonlocal showing
            showing = True
            try:
                number = isinstance(value, int | float)
                text.set(f"{value:.10g}" if number else str(value or ""))
            finally:
                showing = False

        text.trace_add("write", typed)
        self._made[question.id] = entry
        self._follow(question, show)
        return frame


def _page_of(question: Question) -> str:
    """The page a question stands on. Age can stop as those of the first page do: this is for no child."""
    return "stop" if question.id == "age_band" else question.group


def _alone(ticked: str, ticks: dict[str, Any]) -> bool:
    """Take back what doesn't go with the box just ticked; True where it goes with nothing else at all."""
    alone = ticked in _ALONE and bool(ticks[ticked].get())
    for word, tick in ticks.items():
        if word != ticked and (alone or word in _ALONE):
            tick.deselect()
    return alone


def _tick(ticks: dict[str, Any], value: object) -> None:
    """Tick the boxes of the words in ``value``."""
    chosen = value if isinstance(value, tuple) else ()
    for word, tick in ticks.items():
        tick.select() if word in chosen else tick.deselect()


def _kind(question: Question) -> str:
    """Which control asks: some questions are asked with a picture to choose from."""
    if question.picture == "pain_places":
        return "places"
    return "big_toe" if question.picture == "bunion_picture" else question.kind


def _number_in(text: str, question: Question) -> float | None:
    """The number typed, or None where it is none or outside what the question allows."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if question.low <= value <= question.high else None
