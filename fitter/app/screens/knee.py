"""Knee: the chain from heel to kneecap, and the whole story in proportion to its evidence."""

from __future__ import annotations

import tkinter as tk
from typing import Any

import customtkinter as ctk

from fitter.app import theme, words
from fitter.app.reader import Reader
from fitter.app.state import AppState
from fitter.app.text import _
from fitter.knee.knee import ChainLink, Flag, KneeExplanation, RedFlags, Statement

_HEIGHT = 96


class KneeScreen(ctk.CTkFrame):
    """What is said about the knee, once for the person."""

    def __init__(self, parent: Any, state: AppState) -> None:
        super().__init__(parent, fg_color="transparent")
        self.state = state
        self.canvas = tk.Canvas(self, highlightthickness=0, borderwidth=0, height=theme.scaled(self, _HEIGHT))
        self.canvas.pack(fill="x", padx=8, pady=(4, 0))
        self.text = Reader(self)
        self.text.pack(fill="both", expand=True, padx=4)
        self.canvas.bind("<Configure>", lambda _event: self._redraw())
        state.listen(lambda fields: self._show() if "result" in fields else None)
        self._show()

    def _show(self) -> None:
        result = self.state.now.result
        knee = result.profile.knee if result else None
        if result is None or knee is None:
            self.text.fill([("note", _("How foot, shin, thigh and kneecap hang together appears here."))])
        else:
            flags, last = result.profile.red_flags, result.profile.disclaimer
            end = [("note", last)] if last else []
            self.text.fill([*(_flags(flags) if flags else []), *_told(knee), *end])
        self._redraw()

    # ------------------------------------------------------------------ the chain

    def _redraw(self) -> None:
        self.canvas.delete("all")
        self.canvas.configure(background=theme.pick(theme.PANEL))
        result = self.state.now.result
        knee = result.profile.knee if result else None
        if knee is None or not knee.chain or self.canvas.winfo_width() < 50:
            return
        step = self.canvas.winfo_width() / len(knee.chain)
        y, r = theme.scaled(self, 28), theme.scaled(self, 15)
        for i, link in enumerate(knee.chain):
            x = step * (i + 0.5)
            if i:
                self.canvas.create_line(
                    x - step + r + 4, y, x - r - 4, y, arrow="last", width=2, fill=theme.pick(theme.MUTED),
                    dash=_dash(link),
                )  # fmt: skip
            self._draw_link(link, i + 1, x, y, r, step)

    def _draw_link(self, link: ChainLink, place: int, x: float, y: float, r: int, room: float) -> None:  # noqa: PLR0917
        self.canvas.create_oval(
            x - r, y - r, x + r, y + r, fill=theme.pick(theme.DONE_BACK),
            outline=theme.pick(theme.ACCENT_TEXT), width=2,
        )  # fmt: skip
        ink = theme.pick(theme.TEXT)
        self.canvas.create_text(x, y, text=str(place), fill=ink, font=theme.plain_font(self, 14, bold=True))
        self.canvas.create_text(
            x, y + r + theme.scaled(self, 6), text=_(link.name), anchor="n", fill=ink, width=room - 4,
            justify="center", font=theme.plain_font(self, 13),
        )  # fmt: skip

    def _set_appearance_mode(self, mode_string: str) -> None:
        super()._set_appearance_mode(mode_string)
        self._redraw()


def _dash(link: ChainLink) -> tuple[int, ...]:
    """A weakly supported link of the chain is drawn as a broken line."""
    return () if link.statement.strength in ("strong", "moderate") else (4, 4)


def _told(knee: KneeExplanation) -> list[tuple[str, str]]:
    parts = [("body", knee.summary)]
    for contributor in knee.contributors:
        parts += [("head", _(contributor.name)), ("note", words.strength(contributor.strength).capitalize())]
        parts.append(("body", contributor.about_you))
        parts += [part for statement in contributor.statements for part in _statement(statement)]
        if contributor.what_helps:
            parts.append(("body", _("What helps: {text}").format(text=contributor.what_helps)))
    if knee.chain:
        parts.append(("head", _("From the heel to the kneecap")))
    for i, link in enumerate(knee.chain, 1):
        parts += [("value", f"{i}  {_(link.name)}"), *_statement(link.statement)]
    if knee.what_helps:
        parts.append(("head", _("What helps")))
    parts += [part for statement in knee.what_helps for part in _statement(statement)]
    return [*parts, ("head", _("When to see someone")), ("body", knee.see_someone)]


def _statement(statement: Statement) -> list[tuple[str, str]]:
    source = f"{words.strength(statement.strength).capitalize()}. {statement.source}"
    return [("body", statement.plain), ("note", f"{source}  {statement.doi}".strip())]


def _flags(flags: RedFlags) -> list[tuple[str, str]]:
    if not flags.asked:
        note = _("The safety questions were not answered yet. See the tab Questions.")
        return [("note", note), *_mentions(flags.mention)]
    stops = [
        part
        for flag in flags.stop
        for part in (("warn", flag.text), ("body", _("See: {whom}").format(whom=flag.whom_to_see)))
    ]
    return [*stops, *_mentions(flags.mention)]


def _mentions(flags: tuple[Flag, ...]) -> list[tuple[str, str]]:
    told = _("Worth showing to a clinician: {text}")
    return [("body", told.format(text=flag.text)) for flag in flags]
