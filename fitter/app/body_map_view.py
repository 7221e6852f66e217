"""The figure to point at: which places of knee and foot, by mouse or by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import customtkinter as ctk

from fitter.app import theme
from fitter.app.picture_view import PictureView
from fitter.app.text import _
from fitter.picture import body_map

# From one place to the next with the arrows: down the right side, then down the left.
_ORDER = body_map.PLACES


class BodyMapView(ctk.CTkFrame):
    """A list of places in, a list of places out. Left and right arrows go from place to place, Space
    chooses."""

    def __init__(
        self,
        parent: Any,
        chosen: Sequence[str] = (),
        command: Callable[[tuple[str, ...]], None] = lambda places: None,
        *,
        ground: theme.Pair = theme.RAISED,
    ) -> None:
        super().__init__(parent, fg_color="transparent")
        self._command, self._pointed = command, ""
        self._chosen = set(chosen) & set(_ORDER)
        self.canvas = PictureView(self, ground=ground)
        self.canvas.configure(takefocus=True, cursor="hand2")
        self.canvas.pack(fill="x")
        self.told = theme.wrapped(theme.label(self, size=13), 4)
        self.told.pack(fill="x", pady=(4, 0))
        bind = self.canvas.bind
        bind("<Button-1>", self._clicked)
        bind("<Motion>", self._moved)
        bind("<Leave>", lambda _event: self._point(""))
        bind("<FocusIn>", lambda _event: self._point(self._pointed or self._first()))
        bind("<FocusOut>", lambda _event: self._point(""))
        for key, by in (("Right", 1), ("Down", 1), ("Left", -1), ("Up", -1)):
            bind(f"<{key}>", lambda _event, step=by: self._step(step))  # type: ignore[misc]
        for key in ("space", "Return", "KP_Enter"):
            bind(f"<{key}>", lambda _event: self._choose(self._pointed))
        self._show()

    @property
    def chosen(self) -> tuple[str, ...]:
        """What is chosen, in the order of the figure's places."""
        return tuple(place for place in _ORDER if place in self._chosen)

    def choose(self, places: Sequence[str]) -> None:
        """Show these as chosen, without telling anyone."""
        self._chosen = set(places) & set(_ORDER)
        self._show()

    def _first(self) -> str:
        return next(iter(self.chosen), _ORDER[0])

    def _clicked(self, event: Any) -> None:
        self.canvas.focus_set()
        place = body_map.hit(*self.canvas.place_of(event.x, event.y))
        if place:
            self._pointed = place
            self._choose(place)

    def _moved(self, event: Any) -> None:
        if self.canvas.picture is not None:
            self._point(body_map.hit(*self.canvas.place_of(event.x, event.y)) or "")

    def _step(self, by: int) -> str:
        at = _ORDER.index(self._pointed) + by if self._pointed else 0
        self._point(_ORDER[at % len(_ORDER)])
        return "break"

    def _choose(self, place: str) -> str:
        if place:
            self._chosen ^= {place}
            self._show()
            self._command(self.chosen)
        return "break"

    def _point(self, place: str) -> None:
        if place != self._pointed:
            self._pointed = place
            self._show()

    def _show(self) -> None:
        self.canvas.show(body_map.figure(self.chosen, self._pointed, _))
        names = "; ".join(body_map.name_of(place, _) for place in self.chosen)
        if self._pointed:
            self.told.configure(text=body_map.name_of(self._pointed, _), text_color=theme.MARK)
        else:
            said = names or _("Point at what hurts, or go there with the arrow keys and press Space.")
            self.told.configure(text=said, text_color=theme.TEXT if names else theme.MUTED)

    def _set_appearance_mode(self, mode_string: str) -> None:
        super()._set_appearance_mode(mode_string)
        self.canvas.paint()
