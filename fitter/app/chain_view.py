"""The chain from heel to kneecap with the slider of what supports are known to change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import customtkinter as ctk

from fitter.app import fold, theme
from fitter.app.picture_view import PictureView
from fitter.app.text import _
from fitter.measurements import Measurements
from fitter.picture import chain
from fitter.posture.posture import Posture

_STEP = 0.5  # degrees: finer than any trial tells apart


class ChainView(ctk.CTkFrame):
    """Both legs of the feet given, and below them what moves with a support, what is disputed, what stays."""

    def __init__(
        self,
        parent: Any,
        feet: Sequence[tuple[Measurements, Posture | None]],
        *,
        ground: theme.Pair = theme.RAISED,
    ) -> None:
        super().__init__(parent, fg_color="transparent")
        self.feet = tuple(feet)
        told = chain.beliefs()["texts"]
        self.picture = PictureView(self, ground=ground)
        self.picture.pack(fill="x")
        known = any(leg.heel.basis != "unknown" for leg in chain.chains(self.feet).values())
        self.caption = fold.text(self, "", 14)
        steps = round(chain.most_support() / _STEP)
        self.slider = ctk.CTkSlider(
            self, from_=0.0, to=chain.most_support(), number_of_steps=steps, command=self._slid, height=20
        )
        self.slider.set(0.0)
        for leg in chain.chains(self.feet).values():
            fold.text(self, chain.heel_words(leg, _), 13)
        fold.text(self, _(told["standing"]), 13, text_color=theme.MUTED)
        self.notes = [fold.text(self, "", 13) for _each in range(4)]
        if known:
            self.slider.pack(fill="x", pady=(2, 4), after=self.caption)
        self._known = known
        self._slid(0.0)

    def _slid(self, degrees: float) -> None:
        told = chain.beliefs()["texts"]
        support = _STEP * round(float(degrees) / _STEP)
        legs = chain.chains(self.feet, support)
        self.picture.show(chain.figure(legs["left"], legs["right"], _))
        if not self._known:
            self.caption.configure(text=_(told["no_heel"]))
            self._say()
            return
        with_one = _(told["slider"]).format(degrees=f"{support:g}")
        self.caption.configure(text=with_one if support else _(told["none"]))
        self._say(told["moves"], told["disputed"], told["not_known"], told["more"])

    def _say(self, *texts: str) -> None:
        for label, said in zip(self.notes, (*texts, *([""] * len(self.notes))), strict=False):
            label.configure(text=_(said) if said else "")

    def _set_appearance_mode(self, mode_string: str) -> None:
        super()._set_appearance_mode(mode_string)
        self.picture.paint()
