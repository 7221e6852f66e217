"""Knee: the chain from heel to kneecap, and the whole story in proportion to its evidence."""

from __future__ import annotations

import tkinter as tk
from typing import Any

import customtkinter as ctk

from fitter.app import theme, words
from fitter.app.reader import Reader
from fitter.app.state import AppState
from fitter.app.text import _, sentences
from fitter.knee.knee import ChainLink, Flag, KneeExplanation, RedFlags, Statement

_HEIGHT = 76
_JOINTS = (_("Heel"), _("Shin"), _("Thigh"), _("Kneecap"))


class KneeScreen(ctk.CTkFrame):
    """What is said about the knee, once for the person."""

    def __init__(self, parent: Any, state: AppState) -> None:
        super().__init__(parent, fg_color="transparent")
        self.state = state
        self.canvas = tk.Canvas(self, highlightthickness=0, borderwidth=0, height=theme.scaled(self, _HEIGHT))
        self.text = Reader(self)
        self.text.pack(fill="both", expand=True, padx=4)
        self.canvas.bind("<Configure>", lambda _event: self._redraw())
        state.listen(lambda fields: self._show() if fields & {"result", "preview"} else None)
        self._show()

    def _show(self) -> None:
        result = None if self.state.now.preview else self.state.now.result
        knee = result.profile.knee if result else None
        if result is None or knee is None:
            self.text.fill([("note", _("How foot, shin, thigh and kneecap hang together appears here."))])
        else:
            flags, last = result.profile.red_flags, result.profile.disclaimer
            end = [("note", last)] if last else []
            self.text.fill([*(_flags(flags) if flags else []), *_told(knee), *end])
        if knee is not None and knee.chain:
            self.canvas.pack(fill="x", padx=8, pady=(4, 0), before=self.text)
        else:
            self.canvas.pack_forget()
        self._redraw()

    # ------------------------------------------------------------------ the chain

    def _redraw(self) -> None:
        self.canvas.delete("all")
        self.canvas.configure(background=theme.pick(theme.PANEL))
        result = None if self.state.now.preview else self.state.now.result
        knee = result.profile.knee if result else None
        if knee is None or not knee.chain or self.canvas.winfo_width() < 50:
            return
        step = self.canvas.winfo_width() / len(_JOINTS)
        y, half = theme.scaled(self, 40), theme.scaled(self, 38)
        for i, joint in enumerate(_JOINTS):
            self._draw_joint(joint, step * (i + 0.5), y, half)
        for i, link in enumerate(knee.chain[: len(_JOINTS) - 1]):
            self._draw_link(link, i + 1, step * (i + 0.5) + half, step * (i + 1.5) - half, y)

    def _draw_joint(self, name: str, x: float, y: float, half: int) -> None:
        tall = theme.scaled(self, 17)
        self.canvas.create_rectangle(
            x - half, y - tall, x + half, y + tall, fill=theme.pick(theme.DONE_BACK),
            outline=theme.pick(theme.ACCENT_TEXT),
        )  # fmt: skip
        font = theme.plain_font(self, 14, bold=True)
        self.canvas.create_text(x, y, text=name, fill=theme.pick(theme.TEXT), font=font)

    def _draw_link(self, link: ChainLink, number: int, start: float, end: float, y: float) -> None:
        ink = theme.pick(theme.MUTED)
        self.canvas.create_line(start + 3, y, end - 3, y, arrow="last", width=2, fill=ink, dash=_dash(link))
        self.canvas.create_text(
            (start + end) / 2, y - theme.scaled(self, 5), text=str(number), anchor="s", fill=ink,
            font=theme.plain_font(self, 13, bold=True),
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
        parts += [
            ("head", _(contributor.name)),
            ("note", sentences(words.strength(contributor.strength))),
        ]
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
    source = sentences(words.strength(statement.strength), f"{statement.source}  {statement.doi}")
    return [("body", statement.plain), ("note", source)]


def _flags(flags: RedFlags) -> list[tuple[str, str]]:
    if not flags.asked:
        note = _("The safety questions were not answered yet. See the tab Questions.")
        return [("note", note), *_mentions(flags.mention)]
    stops = [
        part
        for flag in flags.stop
        for part in (("warn", flag.text), ("body", _("Whom to see: {whom}").format(whom=flag.whom_to_see)))
    ]
    return [*stops, *_mentions(flags.mention)]


def _mentions(flags: tuple[Flag, ...]) -> list[tuple[str, str]]:
    told = _("Worth showing to a clinician: {text}")
    return [("body", told.format(text=flag.text)) for flag in flags]
