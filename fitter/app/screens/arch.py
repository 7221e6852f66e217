"""Arch: the continuum with its five zones, the score with its interval, and each index's own vote."""

from __future__ import annotations

import tkinter as tk
from typing import TYPE_CHECKING, Any

import customtkinter as ctk

from fitter.anatomy.measures import BY_ID
from fitter.app import theme, words
from fitter.app.follow import follow
from fitter.app.reader import Reader
from fitter.app.state import AppState
from fitter.app.text import _
from fitter.exchange.wording import (
    CLASS_WORDS,
    criteria_summary,
    criteria_words,
    flatfoot_words,
    flexibility_words,
    pair_of,
    side_words,
    sides_of,
    source_words,
    with_error,
)
from fitter.posture.posture import NAMED, Posture, Vote
from fitter.quantity import Quantity

if TYPE_CHECKING:
    from fitter.profile import FitProfile

_RANGE = 3.0  # the continuum is drawn from -3 to +3 standard deviations
_CUTS = (-3.0, -2.0, -1.0, 1.0, 2.0, 3.0)
# One hue family from low to high, lightest in the middle: the ends differ by hue (orange, blue) and not by
# red and green.
_ZONES: tuple[theme.Pair, ...] = (
    ("#E9B78F", "#8A5226"),
    ("#F4DCC6", "#5F4330"),
    ("#E6EBEE", "#37424A"),
    ("#CBE0EE", "#2B4A60"),
    ("#93BEDD", "#2B658F"),
)
_ZONE_HEIGHT, _TOP, _ROW = 40, 30, 34


class ArchScreen(ctk.CTkFrame):
    """What posture says of the selected foot."""

    def __init__(self, parent: Any, state: AppState) -> None:
        super().__init__(parent, fg_color="transparent")
        self.state = state
        self.title = theme.wrapped(theme.label(self, size=20, bold=True))
        self.statement = theme.wrapped(theme.label(self, size=14))
        self.statement.pack(fill="x", padx=8, pady=(4, 8))
        self.canvas = tk.Canvas(self, highlightthickness=0, borderwidth=0, height=theme.scaled(self, 280))
        self.canvas.pack(fill="x", padx=8)
        self.notes = Reader(self, height=4)
        self.notes.pack(fill="both", expand=True, pady=(theme.GAP, 0), padx=4)
        self.canvas.bind("<Configure>", lambda _event: self._redraw())
        follow(self, state, {"result", "foot", "preview"}, self._fill)
        self._fill()

    @property
    def posture(self) -> Posture | None:
        fit = self.state.now.told
        return fit.posture if fit else None

    def _fill(self) -> None:
        posture = self.posture
        if posture is None:
            self.title.pack_forget()
            told = _("Where the arch stands among adults appears here.")
            both = []
            if self.state.now.told is not None and self.state.now.result is not None:
                both = _both_captures(self.state.now.result.profile, self.state.now.foot)
            if both:
                told = _("The standing capture of this foot says how high its arch sits.")
            self.statement.configure(text=told, text_color=theme.MUTED)
            self.notes.fill(both)
        else:
            self.title.configure(text=words.class_title(posture))
            self.title.pack(fill="x", padx=8, pady=(4, 0), before=self.statement)
            self.statement.configure(text=posture.statement, text_color=theme.TEXT)
            assert self.state.now.result is not None
            profile, foot = self.state.now.result.profile, self.state.now.foot
            self.notes.fill(_notes(posture, _both_captures(profile, foot)))
        rows = len(posture.indices) if posture else 0
        self.canvas.configure(height=theme.scaled(self, _TOP + _ZONE_HEIGHT + 44 + _ROW * rows + 10))
        self._redraw()

    # ------------------------------------------------------------------ drawing

    def _x(self, score: float) -> float:
        left, right = theme.scaled(self, 6), self.canvas.winfo_width() - theme.scaled(self, 6)
        clipped = max(-_RANGE, min(_RANGE, score))
        return left + (clipped + _RANGE) / (2 * _RANGE) * (right - left)

    def _redraw(self) -> None:
        canvas, posture = self.canvas, self.posture
        canvas.delete("all")
        canvas.configure(background=theme.pick(theme.PANEL))
        if posture is None or canvas.winfo_width() < 50:
            return
        self._draw_zones()
        if posture.score is not None:
            self._draw_score(posture.score)
        y = theme.scaled(self, _TOP + _ZONE_HEIGHT + 54)
        for vote in posture.indices:
            self._draw_vote(vote, y)
            y += theme.scaled(self, _ROW)
        told = _("Above: all indices together. Below: each by itself. In SD of standing adults.")
        self._text(self._x(-_RANGE), y - theme.scaled(self, 8), told, anchor="w")

    def _draw_zones(self) -> None:
        top, bottom = theme.scaled(self, _TOP), theme.scaled(self, _TOP + _ZONE_HEIGHT)
        for zone, low, high in zip(_ZONES, _CUTS[:-1], _CUTS[1:], strict=True):
            self.canvas.create_rectangle(
                self._x(low), top, self._x(high), bottom, fill=theme.pick(zone), outline=""
            )
        short = (_("very low"), _("low"), _("neutral"), _("high"), _("very high"))
        for text, low, high in zip(short, _CUTS[:-1], _CUTS[1:], strict=True):
            self._text((self._x(low) + self._x(high)) / 2, top - theme.scaled(self, 6), text, anchor="s")
        for cut in _CUTS[1:-1]:
            sign = "+" if cut > 0 else "−"
            self._text(self._x(cut), bottom + theme.scaled(self, 4), f"{sign}{abs(cut):g}", anchor="n")
        self._text(self._x(0), bottom + theme.scaled(self, 4), "0", anchor="n")
        self._text(self._x(-_RANGE), bottom + theme.scaled(self, 4), "−3", anchor="nw")
        self._text(self._x(_RANGE), bottom + theme.scaled(self, 4), "+3", anchor="ne")

    def _draw_score(self, score: Quantity) -> None:
        middle = theme.scaled(self, _TOP + _ZONE_HEIGHT / 2)
        ink, r = theme.pick(theme.TEXT), theme.scaled(self, 7)
        self.canvas.create_line(
            self._x(score.low), middle, self._x(score.high), middle, fill=ink, width=theme.scaled(self, 3)
        )
        for end in (score.low, score.high):
            if abs(end) <= _RANGE:  # an interval that runs off the scale has no end mark
                self.canvas.create_line(self._x(end), middle - r, self._x(end), middle + r, fill=ink, width=2)
        x = self._x(score.value)
        fill, outline = theme.pick(theme.MARK), theme.pick(theme.PANEL)
        self.canvas.create_oval(x - r, middle - r, x + r, middle + r, fill=fill, outline=outline, width=2)

    def _draw_vote(self, vote: Vote, y: float) -> None:
        name = BY_ID[vote.index].name if vote.index in BY_ID else vote.index.replace("_", " ")
        muted, r = theme.pick(theme.MUTED), theme.scaled(self, 4)
        self.canvas.create_line(
            self._x(-_RANGE), y, self._x(_RANGE), y, fill=theme.pick(theme.LINE), dash=(1, 3)
        )
        self.canvas.create_line(self._x(vote.score.low), y, self._x(vote.score.high), y, fill=muted, width=2)
        x = self._x(vote.score.value)
        self.canvas.create_oval(
            x - r, y - r, x + r, y + r, fill=theme.pick(theme.ACCENT_TEXT), outline=theme.pick(theme.PANEL)
        )
        self._text(self._x(-_RANGE), y - r, _(name), anchor="sw")

    def _text(self, x: float, y: float, text: str, *, anchor: Any) -> int:
        return self.canvas.create_text(
            x, y, text=text, anchor=anchor, fill=theme.pick(theme.MUTED), font=theme.plain_font(self, 12)
        )

    def _set_appearance_mode(self, mode_string: str) -> None:
        super()._set_appearance_mode(mode_string)
        self._redraw()


def _both_captures(profile: FitProfile, foot: int) -> list[tuple[str, str]]:
    """What this foot tells together with another capture: sitting and standing, left and right."""
    parts = []
    if (pair := pair_of(profile, foot)) is not None:
        parts += [("head", _("Sitting and standing")), ("body", flexibility_words(pair, profile))]
    if (sides := sides_of(profile, foot)) is not None:
        parts += [("head", _("Left and right")), ("body", sides.statement)]
        parts += [("note", line) for line in side_words(sides, _)]
    return parts


def _notes(posture: Posture, both: list[tuple[str, str]]) -> list[tuple[str, str]]:
    parts = [("body", flatfoot_words(posture.flatfoot, _))]
    if posture.score is not None:
        parts.append(("note", _("Arch score {score}").format(score=with_error(posture.score))))
    likely = words.summary({name: posture.probabilities.get(name, 0.0) for name in NAMED})
    if likely:
        parts.append(("note", _("How likely: {classes}").format(classes=likely)))
    if posture.reason is not None and posture.reason.text != posture.statement:
        parts.append(("note", posture.reason.text))
    parts += both
    parts += [("head", _("Do the indices agree?")), ("body", posture.agreement.text)]
    for vote in posture.indices:
        name = BY_ID[vote.index].name if vote.index in BY_ID else vote.index
        told = _("{name} {value}: {label}. {source}")
        parts.append(
            (
                "note",
                told.format(
                    name=_(name),
                    value=with_error(vote.value),
                    label=_(CLASS_WORDS[vote.class_]),
                    source=source_words(vote.source),
                ),
            )
        )
    if posture.criteria:
        parts += [("head", _("Agreement with published criteria")), ("body", criteria_summary(posture, _))]
        parts += [("note", line) for line in criteria_words(posture, _)]
    return parts
