"""Trying on: what of the shelf was tried, how comfortable each was, and what was taken."""

from __future__ import annotations

import re
import tkinter as tk
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import customtkinter as ctk

from fitter import shop
from fitter.app import fold, keys, theme
from fitter.app.follow import follow
from fitter.app.model import Trying
from fitter.app.screens.by_hand import field
from fitter.app.state import AppState
from fitter.app.text import N_, _
from fitter.errors import FitterError
from fitter.exchange.wording import foot_range, try_on_lines
from fitter.language import current
from fitter.resources import table
from fitter.support.catalogue import Item
from fitter.support.trying import Tried, TryOn, try_on

if TYPE_CHECKING:
    from fitter.profile import FitResult
    from fitter.support.shelf import Shelf

_INTRO = N_(
    "Have two or three tried on, then ask how comfortable each was: from 0 (not at all) to 10 (as "
    "comfortable as can be)."
)
_NOTHING = N_("Once an insole is recommended, what is tried on can be written down here.")
_EXAMPLE = N_("An example: none of these exist. Import your own stock list under Try on.")
_CODE = N_("A scanner types its code into this field; of two sizes LEFT+RIGHT.")
_OFFERED = 3  # as many as anyone tries on
_NONE = "none"


class TryOnPage(ctk.CTkFrame):
    """The record as it is being made. ``by`` is who fits; ``choose_folder`` asks where a label goes,
    ``choose_list`` for a stock list."""

    def __init__(
        self,
        parent: Any,
        state: AppState,
        by: tk.StringVar,
        choose_folder: Callable[[], str],
        choose_list: Callable[[], str],
    ) -> None:
        super().__init__(parent, fg_color="transparent")
        self.state, self._by = state, by
        self._choose_folder, self._choose_list = choose_folder, choose_list
        self.lines: list[Line] = []
        self.code_text, self.reason = tk.StringVar(self), tk.StringVar(self)
        self.taken = tk.StringVar(self)
        self.code: Any = None
        self.offers: dict[tuple[str, ...], Any] = {}
        self.keep_button: Any = None
        self.forget_button: Any = None
        self.kept: Any = None
        self._labels: list[Any] = []
        self._area: Any = None
        self._result: FitResult | None = None
        self._note = ""
        self._offers_area: Any = None
        self._lines_area: Any = None
        self._items: Sequence[Item] = ()
        self._shelf: Shelf | None = None
        self._showing = False  # the list is being shown: nothing of it is written down just now
        for text in (self.taken, self.reason):
            text.trace_add("write", lambda *_changed: self.jot())
        follow(self, state, {"result", "shelf"}, self._show)
        follow(self, state, {"busy"}, self._allow)
        self._show()

    # ------------------------------------------------------------------ what there is to try

    def jot(self) -> None:
        """Keep the list as it stands with the work, so that no crash loses it."""
        result = self.state.now.result
        if result is None or self._showing:
            return
        lines = tuple((line.skus, line.name, line.comfort.get()) for line in self.lines)
        jotted = Trying(_scans_of(result), lines, self.taken.get(), self.reason.get())
        if self.state.now.trying is not None or jotted != Trying(jotted.feet):
            self.state.jot_trying(jotted)

    def _show(self) -> None:
        self._showing = True
        try:
            self._show_list()
        finally:
            self._showing = False

    def _show_list(self) -> None:
        result, before = self.state.now.result, self._result
        self._result = result
        recorded = result.profile.try_on if result else None
        listed = [(line.skus, line.name, line.comfort.get()) for line in self.lines]
        # What is being written down stays while it is about the same feet and the record is as it was.
        if not _same_feet(before, result) or recorded != (before.profile.try_on if before else None):
            tried = recorded.tried if recorded else ()
            listed = [(t.skus, t.name, f"{t.comfort:g}") for t in tried]
            self.taken.set(_key(recorded))
            self.reason.set(recorded.reason if recorded else "")
            jotted = self.state.now.trying
            if jotted is not None and result is not None and jotted.feet == _scans_of(result):
                listed = list(jotted.lines)  # taken up again as it was left
                self.taken.set(jotted.taken)
                self.reason.set(jotted.reason)
        focused = str(self.focus_get() or "").startswith(f"{self._area}.")
        self._match(result)
        self._rebuild(recorded)
        if self._lines_area is not None:
            for skus, name, comfort in listed:
                self._line(skus, name, comfort)
            self._offer()
            if focused:
                tk.Misc.focus_set(self.keep_button)

    def _offer_import(self, area: Any) -> None:
        self.import_button = theme.quiet(area, _("Import a stock list"), self._import, height=30)
        self.import_button.pack(anchor="w", pady=(6, 2))

    def _import(self) -> None:
        if path := self._choose_list():
            self.state.import_shelf(path)

    def _match(self, result: FitResult | None) -> None:
        self._items, self._shelf, self._note = (), None, ""
        if result is None:
            return
        try:
            catalogue = shop.kept()
        except (FitterError, OSError) as error:
            self._note = _(str(error))
            return
        self._note = "" if catalogue is not None else _(_EXAMPLE)
        self._items = (catalogue or shop.example()).items
        self._shelf = shop.match(result.profile, self._items, keep_sold_out=False)

    def _rebuild(self, recorded: TryOn | None) -> None:
        if self._area is not None:
            self._area.destroy()
        self.lines, self.offers, self._lines_area, self.code = [], {}, None, None
        self.keep_button = self.forget_button = None
        self._area = area = theme.scroll_area(self)
        area.pack(fill="both", expand=True)
        shelf = self._shelf
        if shelf is None or shelf.withheld is not None or not shelf.offers:
            told = self._note if shelf is None else shelf.statement
            fold.text(area, told or _(_NOTHING), text_color=theme.MUTED)
            self._offer_import(area)
            return
        fold.text(area, _(_INTRO), 13, text_color=theme.MUTED)
        if self._note:
            fold.text(area, self._note, 13, text_color=theme.MUTED)
        self._offer_import(area)
        self.code = field(area, _("Code"), self.code_text, "", self.add_code)
        fold.text(area, _(_CODE), 13, text_color=theme.MUTED)
        self._offers_area = ctk.CTkFrame(area, fg_color="transparent", height=0)
        self._offers_area.pack(fill="x", padx=(0, 6))
        self._lines_area = ctk.CTkFrame(area, fg_color="transparent", height=0)
        self._lines_area.pack(fill="x", padx=(0, 6))
        self._none = ctk.CTkRadioButton(
            area, text=_("Nothing was taken"), variable=self.taken, value=_NONE, font=theme.font(14)
        )
        field_line = field(area, _("Reason"), self.reason, "", self.keep).master
        self._none.pack(anchor="w", pady=(10, 0), before=field_line)
        told = _("Needed where the most comfortable, or what the match puts first, was not taken.")
        fold.text(area, told, 13, text_color=theme.MUTED)
        field(area, _("Who fits"), self._by, "", self.keep)
        buttons = ctk.CTkFrame(area, fg_color="transparent")
        buttons.pack(fill="x", pady=(12, 0))
        self.keep_button = theme.primary(buttons, _("Keep this"), self.keep, width=150)
        self.keep_button.pack(side="left")
        if recorded is not None:
            self.forget_button = theme.quiet(buttons, _("Take back"), self.forget, height=44, width=130)
            self.forget_button.pack(side="left", padx=(8, 0))
            for words in (_("Kept:"), *try_on_lines(recorded)):
                fold.text(area, words, text_color=theme.ACCENT_TEXT)
        keys.reachable(area)
        self._allow()

    def _offer(self) -> None:
        """A button for each of the nearest models that is not on the list yet."""
        for button in self.offers.values():
            button.destroy()
        self.offers = {}
        there = {line.skus for line in self.lines}
        offers = self._shelf.offers if self._shelf else ()
        for offer in [o for o in offers if o.suits][:_OFFERED] or offers[:1]:
            if offer.skus in there:
                continue
            told = _("Add {name} ({codes})").format(name=offer.name, codes=_codes(offer.skus))
            button = theme.quiet(
                self._offers_area, told, lambda o=offer: self.add(o.skus, o.name), anchor="w"
            )
            button.pack(fill="x", pady=(6, 0))
            self.offers[offer.skus] = button
        keys.reachable(self._offers_area)

    # ------------------------------------------------------------------ writing it down

    def add_code(self) -> None:
        """Take what was typed or scanned as one more that was tried; the field is ready for the next."""
        text = self.code_text.get().strip()
        if not text or self.code is None:
            return
        try:
            found = [shop.found(self._items, code) for code in text.split("+")]
        except FitterError as error:
            self.state.complain(str(error))
            self.code.select_range(0, "end")  # the next scan takes its place
            return
        self.code_text.set("")
        skus = tuple(dict.fromkeys(item.sku for item in found))
        self.add(self._pair(skus), found[0].name)
        self.code.focus()

    def _pair(self, skus: tuple[str, ...]) -> tuple[str, ...]:
        """Of one box the pair it belongs to, where the match takes another size for the other foot."""
        offers = self._shelf.offers if self._shelf else ()
        return next((o.skus for o in offers if len(skus) == 1 and skus[0] in o.skus), skus)

    def add(self, skus: tuple[str, ...], name: str) -> None:
        """One more that was tried; one that is there already is gone to."""
        most = table("support/shelf.toml")["comfort"]["most_tried"]
        line = next((each for each in self.lines if each.skus == skus), None)
        if line is None and len(self.lines) >= most:
            told = _("{most} are on the list. After more nobody remembers the first.").format(most=most)
            self.state.complain(told)
            return
        line = line or self._line(skus, name)
        line.field.focus()
        self._offer()

    def _line(self, skus: tuple[str, ...], name: str, comfort: str = "") -> Line:
        items = [item for item in self._items if item.sku in skus]
        line = Line(self, self._lines_area, skus, name, items, self.taken)
        line.comfort.set(comfort)
        line.comfort.trace_add("write", lambda *_changed: self.jot())
        line.field.bind("<Return>", lambda _event: self.code.focus(), add="+")
        self.lines.append(line)
        self.jot()
        keys.reachable(line)
        return line

    def remove(self, line: Line) -> None:
        """It was not tried after all."""
        self.lines.remove(line)
        if self.taken.get() == _joined(line.skus):
            self.taken.set("")
        line.destroy()
        self.jot()
        self._offer()
        if self.code is not None:
            self.code.focus()

    def keep(self) -> None:
        """Check the record and keep it; what is missing is told."""
        if self.state.now.busy or self._shelf is None:
            return
        try:
            record = self._record(self._shelf)
        except FitterError as error:
            self.state.complain(str(error))
            return
        self.state.try_on(record)

    def _record(self, shelf: Shelf) -> TryOn:
        tried = [Tried(line.skus, line.name, line.value()) for line in self.lines]
        taken = self.taken.get()
        if tried and not taken:
            raise FitterError(
                _("what was taken is not told"),
                todo=_("Choose one, or that nothing was taken"),
                code="try_on",
            )
        chosen = next((line.skus for line in self.lines if _joined(line.skus) == taken), ())
        suggested = shelf.offers[0].skus if shelf.offers and shelf.offers[0].suits else ()
        return try_on(tried, chosen, suggested=suggested, reason=self.reason.get(), by=self._by.get())

    def forget(self) -> None:
        """Take the record back."""
        if not self.state.now.busy:
            self.state.try_on(None)

    def label(self, item: Item) -> None:
        """Write the label of an article into a folder."""
        folder = "" if self.state.now.busy else self._choose_folder()
        if not folder:
            return

        def made(_progress: Any) -> dict[str, bytes]:
            from fitter.exchange.label import to_label  # noqa: PLC0415 - its fonts are slow to load

            return {f"label-{_plain(item.sku)}.pdf": to_label(item)}

        self.state.save(folder, made, _("Writing the label"))

    def _allow(self) -> None:
        """Nothing is kept while the feet are being measured anew."""
        for button in (self.keep_button, self.forget_button):
            if button is not None and button.winfo_exists():
                button.configure(state="disabled" if self.state.now.busy else "normal")


class Line(ctk.CTkFrame):
    """One that was tried: what it is, how comfortable it was, and whether it was taken."""

    def __init__(
        self,
        page: TryOnPage,
        parent: Any,
        skus: tuple[str, ...],
        name: str,
        items: Sequence[Item],
        taken: tk.StringVar,
    ) -> None:
        super().__init__(parent, fg_color=theme.RAISED, corner_radius=8)
        self.pack(fill="x", pady=(8, 0))
        self.skus, self.name = skus, name
        self.comfort = tk.StringVar(self)
        head = ctk.CTkFrame(self, fg_color="transparent")
        head.pack(fill="x", padx=12, pady=(8, 0))
        # The buttons come first, so that large letters take the room of the words and never theirs.
        self.remove = theme.quiet(head, _("Remove"), lambda: page.remove(self), width=76)
        self.remove.pack(side="right", anchor="n")
        self.labels = [self._label(page, head, item, len(items) == 1) for item in reversed(items)]
        words = ctk.CTkFrame(head, fg_color="transparent")
        words.pack(side="left", fill="x", expand=True)
        theme.wrapped(theme.label(words, f"{name} ({_codes(skus)})", 14, bold=True), 4).pack(fill="x")
        sizes = _(" and ").join(dict.fromkeys(foot_range(item) for item in items))
        sizes = sizes if current().code == "de" else sizes.capitalize()  # nouns keep their capital
        theme.wrapped(theme.label(words, sizes, 13, muted=True), 4).pack(fill="x")
        below = ctk.CTkFrame(self, fg_color="transparent")
        below.pack(fill="x", padx=12, pady=(4, 8))
        theme.label(below, _("Comfort"), 14).pack(side="left")
        self.field = ctk.CTkEntry(
            below, textvariable=self.comfort, font=theme.font(14), width=52, height=32, justify="right"
        )
        self.field.pack(side="left", padx=(8, 6))
        theme.label(below, _("of 10"), 13, muted=True).pack(side="left")
        self.radio = ctk.CTkRadioButton(
            below, text=_("Taken"), variable=taken, value=_joined(skus), font=theme.font(14), width=76
        )
        self.radio.pack(side="left", padx=(16, 0))
        for key in ("<Key>", "<<Paste>>"):
            self.field.bind(key, lambda _event: self._wrong(False), add="+")

    def _label(self, page: TryOnPage, head: Any, item: Item, alone: bool) -> Any:
        """A button for the label of a box; of two boxes each has a line of its own."""
        text = _("Label") if alone else _("Label {sku}").format(sku=item.sku)
        button = theme.quiet(head if alone else self, text, lambda: page.label(item), width=60)
        if alone:
            button.pack(side="right", anchor="n", padx=(8, 6))
        else:
            button.pack(side="bottom", fill="x", padx=12, pady=(0, 6))
        return button

    def value(self) -> float:
        """The comfort. Raises FitterError where it is not told or no number; its range is checked later."""
        text = self.comfort.get().strip()
        try:
            return float(text.replace(",", "."))
        except ValueError:
            self._wrong(True)
            self.field.focus()
            what = _("'{text}' is no number").format(text=text[:30]) if text else _("its comfort is not told")
            raise FitterError(
                what, where=self.name, todo=_("Write a number from 0 to 10"), code="try_on"
            ) from None

    def _wrong(self, wrong: bool) -> None:
        self.field.configure(border_color=theme.MARK if wrong else theme.EDGE)


def _scans_of(result: FitResult) -> tuple[tuple[str, str], ...]:
    return tuple((c.file, c.sha256) for c in result.profile.captures)


def _same_feet(a: FitResult | None, b: FitResult | None) -> bool:
    """What was written down of one person is never shown for another."""
    if a is None or b is None:
        return a is b
    was, now = ({(c.file, c.sha256) for c in r.profile.captures} for r in (a, b))
    return was == now


def _key(recorded: TryOn | None) -> str:
    if recorded is None:
        return ""
    return _joined(recorded.chosen) if recorded.chosen else _NONE


def _joined(skus: tuple[str, ...]) -> str:
    return "+".join(skus)


def _codes(skus: tuple[str, ...]) -> str:
    return _(" and ").join(skus)


def _plain(sku: str) -> str:
    """A sku as part of a file's name on every system."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", sku).strip("-.") or "item"
