"""The first page: two doors, what was left unfinished, recent work, and samples to try."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from tkinter import ttk
from typing import Any

import customtkinter as ctk

from fitter.app import keys, theme
from fitter.app.desk import Desk
from fitter.app.segments import Segments
from fitter.app.session import Left
from fitter.app.text import _, current
from fitter.errors import FitterError
from fitter.files import why


class StartPage(ctk.CTkFrame):
    """Where everyone begins; made anew each time it is shown, so that it tells what is there now."""

    def __init__(
        self,
        parent: Any,
        desk: Desk,
        *,
        samples: Sequence[tuple[str, Path]],
        fit_customer: Callable[[], None],
        at_home: Callable[[], None],
        go_on: Callable[[Left], None],
        back: Callable[[], None] | None,
        open_sample: Callable[[Path], None],
        settings: Callable[[], None],
        about: Callable[[], None],
        watch: Callable[[], None],
    ) -> None:
        super().__init__(parent, corner_radius=10)
        self._desk, self._go_on = desk, go_on
        self._samples = dict(samples)
        self.left = desk.left_behind()
        self._head(settings, about)
        body = theme.scroll_area(self)  # with large letters there is more than fits
        foot = ctk.CTkFrame(self, fg_color="transparent")
        foot.pack(side="bottom", fill="x", padx=28, pady=(0, 20))
        body.pack(fill="both", expand=True, padx=(28, 10), pady=(8, 12))
        body.columnconfigure((0, 1), weight=1, uniform="door")
        body.rowconfigure(2, weight=1)
        self.crashed = next((left for left in self.left if not left.closed), None)
        if self.crashed is not None:
            self._recovery(body, self.crashed)
        main = "home" if desk.settings.mode == "home" else "shop"
        self.shop = self._door(
            body, 0, _("Fit a customer"),
            _("Choose or add a customer, scan or measure both feet, keep the visit."), fit_customer,
            main == "shop" and self.crashed is None,
        )  # fmt: skip
        self.home = self._door(
            body, 1, _("Measure at home"),
            _("Ruler, wall and paper are enough. Every step is shown in a picture."), at_home,
            main == "home" and self.crashed is None,
        )  # fmt: skip
        self._watched(watch)
        self._recent(body)
        self._foot(foot, back, open_sample)
        keys.reachable(self)

    def _head(self, settings: Callable[[], None], about: Callable[[], None]) -> None:
        head = ctk.CTkFrame(self, fg_color="transparent")
        head.pack(fill="x", padx=28, pady=(22, 4))
        theme.label(head, _("Fitter"), 26, bold=True).pack(side="left")
        self.settings = theme.quiet(head, _("Settings"), settings, width=110)
        self.settings.pack(side="right")
        theme.quiet(head, _("About"), about, width=90).pack(side="right", padx=(0, 8))
        text = _("Measures a foot and says how sure it is. Everything stays on this computer.")
        theme.wrapped(theme.label(self, text, 14, muted=True)).pack(fill="x", padx=28)

    def _recovery(self, body: Any, left: Left) -> None:
        box = ctk.CTkFrame(body, fg_color=theme.DONE_BACK, corner_radius=10)
        box.grid(row=0, column=0, columnspan=2, sticky="ew", pady=(6, 12))
        box.columnconfigure(0, weight=1)
        theme.label(box, _("Go on where you stopped"), 16, bold=True).grid(
            row=0, column=0, sticky="w", padx=18, pady=(14, 0)
        )
        told = _("Fitter ended without being closed. Nothing was lost: {title}, {when}.")
        text = told.format(title=left.title or _("what you typed"), when=when(left.when))
        theme.wrapped(theme.label(box, text, 14)).grid(row=1, column=0, sticky="ew", padx=18, pady=(2, 14))
        self.recover = theme.primary(box, _("Go on"), lambda: self._go_on(left), width=150)
        self.recover.grid(row=0, column=1, rowspan=2, padx=18)

    def _door(
        self, body: Any, column: int, name: str, text: str, command: Callable[[], None], main: bool
    ) -> Any:
        card = ctk.CTkFrame(body, fg_color=theme.RAISED, corner_radius=10)
        card.grid(row=1, column=column, sticky="nsew", padx=(0, 8) if column == 0 else (8, 0))
        make = theme.primary if main else theme.quiet
        button = make(card, name, command)
        button.configure(height=56, font=theme.font(18, bold=True))
        button.pack(fill="x", padx=18, pady=(18, 10))
        theme.wrapped(theme.label(card, text, 14, muted=True)).pack(fill="x", padx=18, pady=(0, 16))
        return button

    def _watched(self, watch: Callable[[], None]) -> None:
        """Beside the door of the shop: the folder its scanner saves to."""
        chosen = self._desk.settings.watched
        row = ctk.CTkFrame(self.shop.master, fg_color="transparent")
        row.pack(fill="x", padx=18, pady=(0, 14))
        self.watch = theme.quiet(
            row, _("Change") if chosen else _("Choose"), watch, width=90, height=30, fg_color=theme.PANEL
        )
        self.watch.pack(side="right", padx=(10, 0))
        told = (
            _("What your scanner saves in {folder} is offered here.").format(
                folder=Path(chosen).name or chosen
            )
            if chosen
            else _("Your scanner's folder: choose it, and new scans are offered by themselves.")
        )
        theme.wrapped(theme.label(row, told, 13, muted=True)).pack(side="left", fill="x", expand=True)

    def _recent(self, body: Any) -> None:
        box = ctk.CTkFrame(body, fg_color="transparent")
        box.grid(row=2, column=0, columnspan=2, sticky="nsew", pady=(16, 0))
        theme.label(box, _("Recent work"), 15, bold=True).pack(fill="x")
        self.recent = ttk.Treeview(
            box, columns=("title", "when"), show="headings", style="Fitter.Treeview", selectmode="browse",
            height=min(12, max(3, len(self.left))),
        )  # fmt: skip
        self.recent.heading("title", text=_("What"), anchor="w")
        self.recent.heading("when", text=_("Last saved"), anchor="w")
        theme.columns(self.recent, [("title", 420), ("when", 180)], wide="title")
        rows = [left for left in self.left if left is not self.crashed]
        self._rows = {str(left.folder): left for left in rows}
        for row, left in self._rows.items():
            name = left.title or _("Work without a name")
            self.recent.insert("", "end", iid=row, values=(name, when(left.when)))
        for sequence in ("<<Open>>", "<Double-1>"):
            self.recent.bind(sequence, lambda _event: self._open_recent())
        if rows:
            bar = theme.scroll_bar(box, self.recent)
            bar.pack(side="right", fill="y")
            self.recent.pack(fill="both", expand=True, pady=(4, 0))
        else:
            nothing = _("What you do is kept by itself and can be opened again here.")
            theme.wrapped(theme.label(box, nothing, 14, muted=True)).pack(fill="x", pady=(4, 0))

    def _foot(self, foot: Any, back: Callable[[], None] | None, open_sample: Callable[[Path], None]) -> None:
        self.back: Any = None
        if back is not None:
            self.back = theme.quiet(foot, _("Back"), back, width=110, height=40)
            self.back.pack(side="left")
        self.open = theme.quiet(foot, _("Open what is chosen"), self._open_recent, width=190, height=40)
        if self._rows:
            self.open.pack(side="right")
        self.sample = ctk.CTkOptionMenu(
            foot, values=list(self._samples), height=40, font=theme.font(14), width=240,
            dropdown_font=theme.font(14), anchor="w", dynamic_resizing=False,
            command=lambda name: open_sample(self._samples[name]),
        )  # fmt: skip
        self.sample.set(_("Try a sample"))
        if self._samples:
            self.sample.pack(side="right", padx=(0, 12) if self._rows else 0)

    def _open_recent(self) -> None:
        chosen = self.recent.selection() or ((self.recent.focus(),) if self.recent.focus() else ())
        if chosen:
            self._go_on(self._rows[chosen[0]])


def when(seconds: float) -> str:
    """A time of the clock on this computer, with the day as the language writes it."""
    moment = datetime.fromtimestamp(seconds).astimezone()
    return f"{current().date(moment.date())} {moment:%H:%M}"


class SettingsPage(ctk.CTkFrame):
    """The few things that are asked once; the first time only those that must be known."""

    def __init__(
        self,
        parent: Any,
        desk: Desk,
        *,
        first: bool,
        languages: Sequence[tuple[str, str]],
        choose_folder: Callable[[], str],
        look: Callable[[], None],
        done: Callable[[], None],
    ) -> None:
        super().__init__(parent, corner_radius=10)
        self._desk, self._first, self._look, self._done = desk, first, look, done
        chosen = desk.settings
        title = _("Welcome") if first else _("Settings")
        theme.label(self, title, 26, bold=True).pack(fill="x", padx=28, pady=(22, 2))
        text = _("Four questions, then you can begin. All of this can be changed later under Settings.")
        if first:
            theme.wrapped(theme.label(self, text, 14, muted=True)).pack(fill="x", padx=28)
        bar = ctk.CTkFrame(self, fg_color="transparent")
        bar.pack(side="bottom", fill="x", padx=28, pady=20)
        self.begin = theme.primary(bar, _("Begin") if first else _("Done"), self._finish, width=180)
        self.begin.pack(side="right")
        self.fault = theme.wrapped(theme.label(bar, "", 14, text_color=theme.MARK))
        self.fault.pack(side="left", fill="x", expand=True, padx=(0, 16))
        area = theme.scroll_area(self)
        area.pack(fill="both", expand=True, padx=(28, 8), pady=(12, 0))
        area.columnconfigure(0, weight=1)
        self._area, self._row = area, 0
        self._languages = dict(languages)
        codes = {code: name for name, code in languages}
        self.language = self._menu(
            _("Language"), "", list(self._languages), codes.get(chosen.language, next(iter(self._languages))),
            lambda name: self._show(language=self._languages[name]),
        )  # fmt: skip
        self._units = {_("Millimetres"): "mm", _("Centimetres"): "cm", _("Inches"): "in"}
        self.units = self._segments(
            _("Units"), _("How lengths are typed, unless you write the unit behind a number."), self._units,
            chosen.units,
        )  # fmt: skip
        self._modes = {_("In a shop"): "shop", _("At home"): "home", _("Both"): ""}
        self.mode = self._segments(
            _("Where do you use Fitter?"), _("Only decides which door comes first."), self._modes, chosen.mode
        )
        self._ask_folder(choose_folder)
        if not first:
            self._ask_watched(choose_folder)
            self._looks()
        keys.reachable(self)

    # ------------------------------------------------------------------ one question after another

    def _question(self, name: str, why: str) -> Any:
        box = ctk.CTkFrame(self._area, fg_color=theme.RAISED, corner_radius=8)
        box.grid(row=self._row, column=0, sticky="ew", pady=(0, 10), padx=(0, 8))
        self._row += 1
        theme.label(box, name, 15, bold=True).pack(fill="x", padx=16, pady=(12, 0))
        if why:
            theme.wrapped(theme.label(box, why, 13, muted=True)).pack(fill="x", padx=16)
        inner = ctk.CTkFrame(box, fg_color="transparent")
        inner.pack(fill="x", padx=16, pady=(6, 14))
        return inner

    def _menu(self, name: str, why: str, values: list[str], chosen: str, command: Any) -> Any:
        menu = ctk.CTkOptionMenu(
            self._question(name, why), values=values, font=theme.font(14), dropdown_font=theme.font(14),
            height=36, width=260, anchor="w", dynamic_resizing=False,
        )  # fmt: skip
        menu.set(chosen)
        menu.configure(command=command)
        menu.pack(side="left")
        return menu

    def _segments(self, name: str, why: str, values: dict[str, Any], chosen: Any, command: Any = None) -> Any:
        row = Segments(
            self._question(name, why), values=list(values), font=theme.font(14), height=36, command=command
        )
        row.set(next((text for text, word in values.items() if word == chosen), next(iter(values))))
        row.pack(side="left")
        return row

    def _ask_folder(self, choose_folder: Callable[[], str]) -> None:
        why = _("Customers, visits, your shelf and unfinished work. It can be a folder of your own backup.")
        box = self._question(_("Where your data lives"), why)
        self.folder = ctk.CTkEntry(box, font=theme.font(14), height=36)
        self.folder.insert(0, str(self._desk.folder))
        self.folder.pack(side="left", fill="x", expand=True, padx=(0, 10))

        def choose() -> None:
            if chosen := choose_folder():
                self.folder.delete(0, "end")
                self.folder.insert(0, chosen)

        theme.quiet(box, _("Choose"), choose, width=110, height=36).pack(side="right")

    def _ask_watched(self, choose_folder: Callable[[], str]) -> None:
        why = _("What your scanner saves there is offered by itself. Leave it empty for none.")
        box = self._question(_("Your scanner's folder"), why)
        row = ctk.CTkFrame(box, fg_color="transparent")
        row.pack(fill="x")
        self.watched = ctk.CTkEntry(row, font=theme.font(14), height=36)
        self.watched.insert(0, self._desk.settings.watched)
        self.watched.pack(side="left", fill="x", expand=True, padx=(0, 10))

        def choose() -> None:
            if chosen := choose_folder():
                self.watched.delete(0, "end")
                self.watched.insert(0, chosen)

        theme.quiet(row, _("Choose"), choose, width=110, height=36).pack(side="right")
        self.watch_opens = theme.tick(box, _("Open it at once while a customer is fitted"), 14)
        if self._desk.settings.watch_opens:
            self.watch_opens.select()
        self.watch_opens.pack(anchor="w", pady=(8, 0))

    def _looks(self) -> None:
        from fitter.settings import SCALES  # noqa: PLC0415

        self._themes = {
            _("As the system"): "system", _("Light"): "light", _("Dark"): "dark",
            _("High contrast"): "contrast",
        }  # fmt: skip
        self.theme = self._segments(
            _("Colours"), "", self._themes, self._desk.settings.theme,
            command=lambda text: self._show(theme=self._themes[text]),
        )  # fmt: skip
        self._sizes = {f"{scale} %": scale for scale in SCALES}
        self.size = self._segments(
            _("Text size"), _("Ctrl + and Ctrl − change it anywhere."), self._sizes,
            self._desk.settings.text_size, command=lambda text: self._show(text_size=self._sizes[text]),
        )  # fmt: skip

    def _show(self, **chosen: Any) -> None:
        """Looks are shown at once."""
        try:
            self._desk.choose(**chosen)
        except FitterError as error:
            self._fault(_(str(error)))
        self._look()

    def _fault(self, text: str) -> None:
        self.fault.configure(text=text)

    def _finish(self) -> None:
        folder = self.folder.get().strip()
        watched: dict[str, Any] = {}
        if not self._first:
            text = self.watched.get().strip()
            where = str(Path(text).expanduser()) if text else ""
            if where and where != self._desk.settings.watched and not Path(where).is_dir():
                self._fault(_("The scanner's folder is not there. Choose another one, or leave it empty."))
                self.watched.focus()
                return
            watched = {"watched": where, "watch_opens": bool(self.watch_opens.get())}
        moved = folder and Path(folder).expanduser() != self._desk.folder
        try:
            if moved:
                Path(folder).expanduser().mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._fault(_("This folder can't be made ({why}). Choose another one.").format(why=why(error)))
            self.folder.focus()
            return
        try:
            self._desk.choose(
                asked=True,
                language=self._languages[self.language.get()],
                units=self._units[self.units.get()],
                mode=self._modes[self.mode.get()],
                **({"data_folder": folder} if moved else {}),
                **watched,
            )
            self._look()
            self._desk.start()
        except FitterError as error:
            self._fault(_(str(error)))
            return
        self._done()
