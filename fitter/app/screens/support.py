"""Support: what the insole should be like, within which range, and why; and what a person does with it.

A page a thing to do, in the order of the work: read it, set what should be otherwise, have
insoles of the shelf tried on, or make one. Each is built when it
is first looked at.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import customtkinter as ctk

from fitter import shop
from fitter.app import keys, theme, words
from fitter.app.follow import follow
from fitter.app.reader import Reader
from fitter.app.screens.by_hand import ByHandPage
from fitter.app.screens.insole import InsolePage
from fitter.app.screens.trying import TryOnPage
from fitter.app.segments import Segments
from fitter.app.state import AppState
from fitter.app.text import _, current, sentences
from fitter.errors import FitterError
from fitter.exchange.wording import foot_range, override_words, parameter_words, price_words, try_on_lines
from fitter.knee.knee import Flag
from fitter.saying import begun
from fitter.support.following import as_ruled
from fitter.support.shelf import Offer, told
from fitter.support.support import Parameter, SupportProfile

if TYPE_CHECKING:
    from fitter.profile import FitProfile, FitResult


class SupportScreen(ctk.CTkFrame):
    """The support profile of the selected foot, and pages for what a person decides about it."""

    def __init__(
        self,
        parent: Any,
        state: AppState,
        choose_folder: Callable[[], str],
        choose_list: Callable[[], str],
    ) -> None:
        super().__init__(parent, fg_color="transparent")
        # Whoever fits writes their name once, whichever page asks for it.
        by = tk.StringVar(self)
        self._build: dict[str, Callable[[], Any]] = {
            _("Profile"): lambda: ProfilePage(self, state),
            _("By hand"): lambda: ByHandPage(self, state, by),
            _("Try on"): lambda: TryOnPage(self, state, by, choose_folder, choose_list),
        }
        if state.makes_insoles:
            self._build[_("Insole")] = lambda: InsolePage(self, state, choose_folder)
        self._pages: dict[str, Any] = {}
        self._page = ""
        self.pages = Segments(
            self, values=list(self._build), command=self.turn_to, font=theme.font(13), height=30
        )
        self.pages.pack(fill="x", padx=8, pady=(4, 8))
        self.profile: ProfilePage = self.turn_to(next(iter(self._build)))

    def turn_to(self, name: str) -> Any:
        """Show one of the pages, and give it."""
        self.pages.set(name)
        if self._page and self._page != name:
            self._pages[self._page].pack_forget()
        if name not in self._pages:
            self._pages[name] = self._build[name]()
            keys.reachable(self._pages[name])
        self._page = name
        self._pages[name].pack(fill="both", expand=True)
        return self._pages[name]

    @property
    def at(self) -> int:
        """Which page is shown, by number: its name changes with the language."""
        return list(self._build).index(self._page)

    def turn_to_page(self, number: int) -> None:
        """Show the page of that number."""
        self.turn_to(list(self._build)[number])

    @property
    def content(self) -> str:
        """What can be read of the profile."""
        return self.profile.content


class ProfilePage(Reader):
    """The support profile of the selected foot."""

    def __init__(self, parent: Any, state: AppState) -> None:
        super().__init__(parent)
        self.state = state
        self._matched: tuple[FitResult | None, int] = (None, 0)
        self._shelf: list[tuple[str, str]] = []
        self._catch_up = follow(self, state, {"result", "foot", "preview", "shelf"}, self._show)
        self._show()

    @property
    def content(self) -> str:
        self._catch_up()
        return super().content

    def _show(self) -> None:
        fit = self.state.now.told
        if fit is None or fit.support is None:
            self.fill([("note", _("The recommended insole appears here, with a reason for every number."))])
        else:
            flags = self.state.now.result.profile.red_flags if self.state.now.result else None
            self.fill(_told(fit.support, flags.stop if flags else (), self._from_shelf()))

    def _from_shelf(self) -> list[tuple[str, str]]:
        """What of the shop's shelf comes nearest; matched once a result and a stock list."""
        result, shelf = self.state.now.result, self.state.now.shelf
        if result is not self._matched[0] or shelf != self._matched[1]:
            self._matched = (result, shelf)
            self._shelf = _from_shelf(result.profile) if result is not None else []
        return self._shelf


_SHOWN = 3  # as many as anyone tries on


def _from_shelf(profile: FitProfile) -> list[tuple[str, str]]:
    try:
        kept = shop.kept()
    except (FitterError, OSError) as error:
        return [("head", _("From your shelf")), ("note", _(str(error)))]
    shelf = shop.match(profile, (kept or shop.example()).items)
    if shelf.withheld is not None or not shelf.offers:
        return []
    parts = [("head", _("From your shelf"))]
    if kept is None:
        parts.append(("note", _("An example: none of these exist. Import your own stock list under Try on.")))
    parts.append(("body", shelf.statement))
    for offer in [o for o in shelf.offers if o.suits][:_SHOWN] or shelf.offers[:1]:
        parts += [("value", _offer_head(offer)), ("body", _offer_words(offer))]
    if profile.try_on is not None:
        parts += [("body", line) for line in try_on_lines(profile.try_on)]
    return [*parts, *(("note", note) for note in shelf.notes)]


def _offer_head(offer: Offer) -> str:
    """Name, sizes and price: "Example Arc Low, foot 251 to 260 mm, 39.90 EUR"."""
    items = {c.item.sku: c.item for c in offer.candidates}.values()
    sizes = _(" and ").join(dict.fromkeys(foot_range(item) for item in items))
    prices = " + ".join(price_words(item) for item in items if item.price is not None)
    sold_out = _("sold out") if offer.sold_out else ""
    return ", ".join(
        part for part in (offer.name, begun(sizes, small=current().code != "de"), prices, sold_out) if part
    )


def _offer_words(offer: Offer) -> str:
    off = (*told(offer, "misses"), *told(offer, "near"), *told(offer, "not_stated"))
    shown = "; ".join(map(_, off)) or _("everything compared fits")
    return shown[0].upper() + shown[1:] + "."


def _told(
    support: SupportProfile, stop: tuple[Flag, ...], shelf: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    if support.withheld is not None:
        see = [("body", _("Whom to see: {whom}").format(whom=_(flag.whom_to_see))) for flag in stop]
        return [("warn", support.statement), *see]
    parts = [("lead", support.statement)]
    if current().unreviewed:
        parts.append(("note", current().unreviewed))
    parts += shelf
    for parameter in support.parameters:
        parts += [
            ("head", _(parameter.name)),
            ("value", parameter_words(parameter)),
            ("body", _why(parameter)),
            ("note", _set_by(parameter)),
        ]
        if parameter.changes:
            parts.append(("note", _("What would change it: {what}").format(what=_(parameter.changes))))
    if support.strategies:
        parts.append(("head", _("Strategies")))
    for strategy in support.strategies:
        taken = strategy.id == support.strategy_id
        name = _("{name} (taken here)").format(name=_(strategy.name)) if taken else _(strategy.name)
        refused = _("Not offered: {why}").format(why=_(strategy.refused)) if strategy.refused else ""
        parts += [
            ("value", name),
            ("body", sentences(strategy.changes, refused)),
            ("note", sentences(strategy.source)),
        ]
    if support.watch_for:
        parts.append(("head", _("Watch for")))
        parts += [("body", text) for text in support.watch_for]
    return [*parts, ("note", _("Rules: {name}").format(name=_(support.rule_set)))]


def _why(parameter: Parameter) -> str:
    """Its reason; of a value that was changed since, the reason is the rule's for what it was."""
    if parameter.override is None:
        return parameter.reason
    was = parameter_words(as_ruled(parameter))
    return _("The rules gave {was}: {reason}").format(was=was, reason=_(parameter.reason))


def _set_by(parameter: Parameter) -> str:
    by_hand = override_words(parameter)
    if by_hand:
        return f"{by_hand[0].upper()}{by_hand[1:]}"
    return sentences(words.set_by(parameter.evidence), parameter.source)
