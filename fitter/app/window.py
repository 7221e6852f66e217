"""The main window: puts the screens together, keeps the keyboard, and polls the state."""

from __future__ import annotations

import re
import tkinter as tk
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from tkinter import filedialog
from typing import Any

import customtkinter as ctk

from fitter import settings as settings_module
from fitter.app import keys, theme, words
from fitter.app.desk import Desk
from fitter.app.foot_view import FootView
from fitter.app.later import Later
from fitter.app.samples import samples
from fitter.app.screens import start
from fitter.app.screens.measures import MeasuresScreen
from fitter.app.screens.source import SourceColumn
from fitter.app.session import Left
from fitter.app.state import AppState
from fitter.app.text import _, languages
from fitter.app.worker import Worker
from fitter.errors import FitterError
from fitter.picture.camera import View
from fitter.scan.formats import EXTENSIONS

_POLL_MS = 30
_QUIET_MS = 400  # what can wait until the first page stands is begun so long after it
_GAP = 12
_STRIP_HEIGHT = 56
_TABS = 480  # the width of the numbers at scale 1, where there is room
_ROOM_FOR_ALL = 1100  # below it, as with large letters, the form for typed measures has the window to itself
_LEAST_TABS, _LEAST_FOOT = 350, 280
_SEEN = 120  # pixels of a window that one can grab
_TURN = _("Drag to turn the foot, wheel to enlarge it. F1 lists the keys.")
_KEYS = _("F1 lists the keys.")
_SCANS = " ".join(f"*.{extension} *.{extension.upper()}" for extension in EXTENSIONS)
_VIEWS: dict[str, View] = {
    _("Oblique"): "oblique",
    _("Top"): "top",
    _("Inner"): "medial",
    _("Outer"): "lateral",
    _("Heel"): "heel",
    _("Sole"): "sole",
}
ChooseFiles = Callable[[], Sequence[str]]
ChooseFolder = Callable[[], str]


class Window:
    """The window of one `AppState`. ``choose_files`` and ``choose_folder`` ask the person.

    Without a ``desk`` it opens on the work itself, keeps nothing and has no first page.
    """

    def __init__(
        self,
        state: AppState,
        *,
        choose_files: ChooseFiles | None = None,
        choose_folder: ChooseFolder | None = None,
        desk: Desk | None = None,
    ) -> None:
        theme.load()
        if desk is not None:
            ctk.set_appearance_mode(desk.settings.theme)
            ctk.set_widget_scaling(desk.settings.text_size / 100)
        self.root = _make_root()
        self.root.report_callback_exception = self._trouble
        self.state = state
        self._choose_files = choose_files or self._ask_for_files
        self._choose_folder = choose_folder or self._ask_for_folder
        self._form: Any = None
        self._help: Any = None
        self._page: Any = None  # the first page, customers or settings, in place of the work
        self.desk = desk
        self._tab = ""
        self._alone = False  # no room for the foot beside its numbers
        self.root.title(_("Fitter"))
        self._place()
        theme.style_tables(self.root)
        self._build()
        ctk.AppearanceModeTracker.add(self._recolour)
        state.listen(self._changed)
        self._bind()
        keys.attach(self.root)
        self._tick_id = self.root.after(_POLL_MS, self._tick)

    def _place(self) -> None:
        wide = min(1280, self.root.winfo_screenwidth() - 20)
        tall = min(800, self.root.winfo_screenheight() - 60)
        self.root.geometry(f"{wide}x{tall}")
        self.root.minsize(min(1120, wide), min(680, tall))
        if self.desk is not None and _on_screen(self.root, self.desk.settings.window):
            self.root.geometry(self.desk.settings.window)

    # ------------------------------------------------------------------ building

    def _build(self) -> None:
        root = self.root
        root.columnconfigure(1, weight=1)
        root.rowconfigure(0, weight=1)
        self.source = SourceColumn(
            root, self.state, samples=samples(), choose_files=self.open_dialog,
            type_measures=self.type_measures, export=self.export,
            first_page=self.show_start if self.desk is not None else None,
        )  # fmt: skip
        self.source.grid(row=0, column=0, rowspan=2, sticky="nsew", padx=(_GAP, 0), pady=_GAP)
        self._main = ctk.CTkFrame(root, fg_color="transparent")
        self._main.grid(row=0, column=1, sticky="nsew", padx=_GAP, pady=(_GAP, 8))
        self._main.rowconfigure(0, weight=1)
        self._main.columnconfigure(0, weight=1)
        self._panels = (self._build_foot(self._main), self._build_tabs(self._main))
        self._panels[0].grid(row=0, column=0, sticky="nsew", padx=(0, _GAP))
        self._allow_looking()
        self._panels[1].grid(row=0, column=1, sticky="nsew")
        tk.Frame.bind(self._main, "<Configure>", lambda _event: self._fit_panels(), add="+")
        self._build_strip(root).grid(row=1, column=1, sticky="ew", padx=_GAP, pady=(0, _GAP))
        keys.reachable(root)

    def _fit_panels(self) -> None:
        """Share out the width there is: with large letters the numbers get narrower, then the foot goes."""
        scale = ctk.ScalingTracker.get_widget_scaling(self._panels[1])
        left = self._main.winfo_width() / scale - _GAP
        width = min(max(left - _LEAST_FOOT, _LEAST_TABS), _TABS)
        alone = left < _LEAST_TABS + _LEAST_FOOT / 2
        if alone != self._alone:
            self._alone = alone
            self._main.columnconfigure(0, weight=0 if alone else 1)
            self._main.columnconfigure(1, weight=1 if alone else 0)
            if self._panels[1].winfo_manager():
                self._show_panels()
        if abs(width - self._panels[1].cget("width")) > 1:
            self._panels[1].configure(width=width)

    def _show_panels(self) -> None:
        self._panels[1].grid()
        if self._alone:
            self._panels[0].grid_remove()
        else:
            self._panels[0].grid()

    def _build_foot(self, parent: Any) -> Any:
        panel = ctk.CTkFrame(parent, corner_radius=10)
        self.feet = ctk.CTkSegmentedButton(
            panel, values=[""], command=self._select_foot, font=theme.font(14), height=34
        )
        self.views = ctk.CTkSegmentedButton(
            panel, values=list(_VIEWS), font=theme.font(13), height=32,
            command=lambda name: self.state.look_from(_VIEWS[name]),
        )  # fmt: skip
        self.views.pack(fill="x", padx=12, pady=(12, 8))
        self.foot = FootView(panel, self.state)
        bottom = ctk.CTkFrame(panel, fg_color="transparent")
        bottom.pack(side="bottom", fill="x", padx=12, pady=8)
        self.foot.pack(fill="both", expand=True, padx=12)
        self.landmarks = self._tick_box(bottom, _("Landmarks"), lambda on: self.state.show(landmarks=on))
        self.lines = self._tick_box(bottom, _("Measure lines"), lambda on: self.state.show(lines=on))
        return panel

    def _tick_box(self, parent: Any, text: str, command: Callable[[bool], None]) -> Any:
        box = theme.tick(parent, text, 13)
        box.select()
        box.configure(command=lambda: command(bool(box.get())))
        box.pack(side="left", padx=(0, 12))
        return box

    def _build_tabs(self, parent: Any) -> Any:
        panel = ctk.CTkFrame(parent, corner_radius=10, width=_TABS)
        panel.pack_propagate(False)
        ask = lambda: self.turn_to(_("Questions"))  # noqa: E731
        self._screens = Later(
            {
                _("Measures"): lambda: MeasuresScreen(panel, self.state),
                _("Arch"): lambda: _screen("arch").ArchScreen(panel, self.state),
                _("Support"): lambda: _screen("support").SupportScreen(
                    panel, self.state, self._choose_folder
                ),
                _("Knee"): lambda: _screen("knee").KneeScreen(panel, self.state, ask=ask),
                _("Questions"): lambda: _screen("questions").QuestionsScreen(panel, self.state),
            },
            then=keys.reachable,
        )
        self.tabs = ctk.CTkSegmentedButton(
            panel, values=list(self._screens), command=self.turn_to, font=theme.font(14), height=34
        )
        self.tabs.pack(fill="x", padx=12, pady=(12, 8))
        self.tabs.set(next(iter(self._screens)))
        self.turn_to(next(iter(self._screens)))
        return panel

    def _build_strip(self, parent: Any) -> Any:
        """The bar under everything: a message, or progress with Cancel."""
        self.strip = ctk.CTkFrame(parent, corner_radius=10, height=_STRIP_HEIGHT)
        self.strip.pack_propagate(False)
        self.message = theme.wrapped(theme.label(self.strip, size=14), 8)
        self._bar = ctk.CTkProgressBar(self.strip, height=8)
        self._cancel = theme.quiet(self.strip, _("Cancel"), self.state.cancel, width=90)
        self._dismiss = theme.quiet(self.strip, _("OK"), self.state.dismiss, width=70, fg_color=theme.PANEL)
        self.undo_button = theme.quiet(self.strip, _("Undo"), self.state.undo, width=76)
        self.redo_button = theme.quiet(self.strip, _("Redo"), self.state.redo, width=76)
        self._show_strip()
        return self.strip

    # ------------------------------------------------------------------ what the person does

    def turn_to(self, name: str) -> None:
        """Show one of the tabs."""
        if self._tab == name:
            return
        if self._tab:
            self._screens[self._tab].pack_forget()
        self._tab = name
        self.tabs.set(name)
        screen = self._screens[name]
        screen.pack(fill="both", expand=True, padx=8, pady=(0, 8))
        if shown := getattr(screen, "shown", None):
            shown()

    def open_dialog(self, add: bool = False) -> None:
        """Ask for files and open them."""
        self._close_page()
        self.state.open_files(list(self._choose_files()), add=add)

    def _ask_for_files(self) -> Sequence[str]:
        kinds = [
            (_("Scans and measurement files"), f"{_SCANS} *.csv *.json"),
            (_("All files"), "*"),
        ]
        return filedialog.askopenfilenames(parent=self.root, title=_("Open a scan"), filetypes=kinds)

    def _ask_for_folder(self) -> str:
        return filedialog.askdirectory(parent=self.root, title=_("Export into this folder"))

    def export(self) -> None:
        """Ask for a folder and write everything into it."""
        if self.state.now.result is None:
            self.state.export("")
            return
        folder = self._choose_folder()
        if folder:
            self.state.export(folder)

    def type_measures(self) -> None:
        """Show the form for typed measures over the result."""
        self._close_page()
        if self._form is None:
            self._form = _screen("entry_form").EntryForm(self._main, self.state, self._close_page)
        for panel in self._panels:  # what it covers is no stop of the Tab key
            panel.grid_remove()
        if self.root.winfo_width() < theme.scaled(self.source, _ROOM_FOR_ALL):
            self.source.grid_remove()
        self._form.place(x=0, y=0, relwidth=1, relheight=1)
        self._form.lift()
        self._form.begin()

    def _close_page(self) -> None:
        if self._form is not None and self._form.winfo_manager():
            self._form.place_forget()
            self.source.grid()
            self._show_panels()
        self._leave_page()
        keys.confine(None)
        if self._help is not None:
            self._help.destroy()
            self._help = None
        self.root.focus_set()

    def _select_foot(self, name: str) -> None:
        result = self.state.now.result
        if result:
            self.state.select_foot(words.foot_names(result.profile.feet).index(name))

    def show_keys(self) -> None:
        """List the shortcuts; again or Escape closes the list."""
        if self._help is not None:
            self._close_help()
            return
        page = ctk.CTkFrame(self.root, corner_radius=0, border_width=1)
        theme.label(page, _("Keys"), 18, bold=True).grid(row=0, column=0, columnspan=2, sticky="w", **_PAGE)
        listed = [(key, text) for _sequence, key, text in keys.SHORTCUTS] + list(keys.HINTS)
        for row, (key, text) in enumerate(listed, 1):
            theme.label(page, key, 14, bold=True).grid(row=row, column=0, sticky="w", padx=(24, 16), pady=3)
            theme.label(page, text, 14).grid(row=row, column=1, sticky="w", padx=(0, 24), pady=3)
        close = theme.quiet(page, _("Close"), self._close_help, width=100)
        close.grid(row=len(listed) + 1, column=0, columnspan=2, **_PAGE)
        keys.reachable(page)
        page.place(relx=0.5, rely=0.5, anchor="center")
        self._help = page
        keys.confine(page)
        tk.Misc.focus_set(close)

    def _close_help(self) -> None:
        """Close the list of keys, and leave the page below it as it is."""
        if self._help is not None:
            self._help.destroy()
            self._help = None
            keys.confine(None)
            self.root.focus_set()

    # ------------------------------------------------------------------ pages in place of the work

    def _turn_page(self, page: Any) -> None:
        self._close_page()
        self._page = page
        self.source.grid_remove()
        self._main.grid_remove()
        page.grid(row=0, column=0, columnspan=2, sticky="nsew", padx=_GAP, pady=(_GAP, 8))
        self.strip.grid(row=1, column=0, columnspan=2, sticky="ew", padx=_GAP, pady=(0, _GAP))

    def _leave_page(self) -> None:
        if self._page is None:
            return
        self._page.destroy()
        self._page = None
        self.strip.grid(row=1, column=1, columnspan=1, sticky="ew", padx=_GAP, pady=(0, _GAP))
        self.source.grid()
        self._main.grid()

    @property
    def _has_work(self) -> bool:
        """Whether something is open that one can go back to."""
        now = self.state.now
        return bool(now.result or now.busy or now.customer) or not (now.inputs.empty and now.typed.empty)

    def show_first(self) -> None:
        """What a start shows: the files it was given; else the first questions once, later the first page."""
        if self.desk is None:
            return
        if not self.desk.settings.asked and not self._has_work:
            self.show_settings(first=True)
            return
        try:
            self.desk.start()
        except FitterError as error:
            self.state.complain(str(error))
            self.show_settings()
            return
        if not self._has_work:
            self.show_start()

    def _asks_first(self, desk: Desk) -> bool:
        """True where the first questions are still open; nothing leads around them but a file to look at."""
        if not desk.settings.asked and self._page is None:
            self.show_settings(first=True)
        return not desk.settings.asked

    def show_start(self) -> None:
        """The first page: two doors, recent work, samples."""
        if self.desk is None or self._asks_first(self.desk):
            return
        page = start.StartPage(
            self.root, self.desk, samples=samples(), fit_customer=self.show_customers, at_home=self._at_home,
            go_on=self._go_on, back=self._close_page if self._has_work else None,
            open_sample=self._open_sample, settings=self.show_settings,
        )  # fmt: skip
        self._turn_page(page)
        tk.Misc.focus_set(page.recover if page.crashed else page.shop)

    def show_customers(self) -> None:
        """The list of customers."""
        if self.desk is None or self._asks_first(self.desk):
            return
        page = _screen("customers").CustomersPage(
            self.root, self.desk, begin=self._fit_customer, opened=self._close_page, back=self._go_back
        )
        self._turn_page(page)
        page.search.focus()

    def show_settings(self, first: bool = False) -> None:
        """The first questions, or all of the settings."""
        if self.desk is None:
            return
        page = start.SettingsPage(
            self.root, self.desk, first=first, languages=languages(), look=self._look,
            choose_folder=self._choose_data_folder, done=self._settled,
        )  # fmt: skip
        self._turn_page(page)
        tk.Misc.focus_set(page.language)

    def _settled(self) -> None:
        if self._has_work:
            self._close_page()
        else:
            self.show_start()

    def _go_back(self) -> None:
        """From customers or settings: to the work where there is some, else to the first page."""
        self._settled()

    def _choose_data_folder(self) -> str:
        return filedialog.askdirectory(parent=self.root, title=_("Where your data lives"))

    def _fit_customer(self, customer: Any) -> None:
        if self.desk is not None:
            self.desk.begin(customer)
            self._close_page()
            tk.Misc.focus_set(self.source.open_button)

    def _at_home(self) -> None:
        if self.desk is not None:
            self.desk.begin()
            self.type_measures()

    def _open_sample(self, path: Path) -> None:
        if self.desk is not None:
            self.desk.begin()
        self._close_page()
        self.state.open_files([path])

    def _go_on(self, left: Left) -> None:
        if self.desk is None:
            return
        try:
            self.desk.go_on(left)
        except FitterError as error:
            self.state.complain(str(error))
            return
        now = self.state.now
        if now.inputs.empty and not now.busy and not now.typed.empty:
            self.type_measures()
        else:
            self._close_page()

    def _look(self) -> None:
        """Colours and text size as they are set now."""
        if self.desk is None:
            return
        ctk.set_appearance_mode(self.desk.settings.theme)
        scale = self.desk.settings.text_size / 100
        if abs(ctk.ScalingTracker.widget_scaling - scale) > 1e-6:
            ctk.set_widget_scaling(scale)
            theme.style_tables(self.root)
            self._fit_panels()
            self.foot.refresh()
            self._show_strip()

    def resize_text(self, steps: int) -> None:
        """Larger or smaller text by steps; 0 for the usual size."""
        if self.desk is None:
            return
        scales = settings_module.SCALES
        here = scales.index(self.desk.settings.text_size) if steps else scales.index(100)
        self.desk.choose(text_size=scales[min(max(here + steps, 0), len(scales) - 1)])
        self._look()

    def _escape(self) -> None:
        if self._help is not None:
            self._close_help()
        elif self._page is not None:
            asked = self.desk is not None and self.desk.settings.asked
            if asked and (self._has_work or not isinstance(self._page, start.StartPage)):
                self._go_back()
        elif self._form is not None and self._form.winfo_ismapped():
            self._close_page()
        else:
            self.state.cancel()

    def _bind(self) -> None:
        actions: dict[str, Callable[[], None]] = {
            "<Control-o>": self.open_dialog,
            "<Control-e>": self.export,
            "<Control-m>": self.type_measures,
            "<Control-n>": self.show_start,
            "<Control-f>": self.show_customers,
            "<Control-z>": self.state.undo,
            "<Control-y>": self.state.redo,
            "<Control-plus>": lambda: self.resize_text(+1),
            "<Escape>": self._escape,
            "<F1>": self.show_keys,
        }
        self._bind_keys(actions)
        self.root.protocol("WM_DELETE_WINDOW", self.close)
        _accept_files(self.root, self._dropped)

    def _bind_keys(self, actions: dict[str, Callable[[], None]]) -> None:
        root = self.root
        stand_for = {s: s for s, _key, _text in keys.SHORTCUTS} | keys.ALSO
        for sequence, stands_for in stand_for.items():
            root.bind(sequence, lambda _event, act=actions[stands_for]: act())
        smaller = {"<Control-minus>": -1, "<Control-KP_Subtract>": -1, "<Control-Key-0>": 0}
        for sequence, steps in smaller.items():
            root.bind(sequence, lambda _event, by=steps: self.resize_text(by))
        root.bind("<question>", lambda _event: None if keys.typing(root) else self.show_keys())

    def _dropped(self, data: str) -> None:
        self._close_page()
        self.state.open_files(self.root.tk.splitlist(data))

    # ------------------------------------------------------------------ following the state

    def _changed(self, fields: frozenset[str]) -> None:
        if fields & {"busy", "notice", "foot", "undo", "redo"}:
            self._show_strip()
        elif fields & {"share", "doing"} and self.state.now.busy:
            self._show_progress()
        if fields & {"result", "foot"}:
            self._show_feet()
            self._allow_looking()
        if fields & {"view", "camera", "result"}:
            now = self.state.now
            name = next((n for n, view in _VIEWS.items() if view == now.view), "")
            self.views.set(name if now.camera is None and now.result else "")

    def _show_feet(self) -> None:
        result = self.state.now.result
        names = words.foot_names(result.profile.feet) if result else ()
        if len(names) < 2:
            self.feet.pack_forget()
            return
        if tuple(self.feet.cget("values")) != names:
            self.feet.configure(values=list(names))
        self.feet.set(names[self.state.now.foot])
        self.feet.pack(fill="x", padx=12, pady=(12, 0), before=self.views)

    def _allow_looking(self) -> None:
        """Where there is no shape there is nothing to look at from anywhere."""
        for control in (self.views, self.landmarks, self.lines):
            control.configure(state="normal" if self.foot.shape else "disabled")

    def _show_strip(self) -> None:
        now = self.state.now
        parts = (self.message, self._bar, self._cancel, self._dismiss, self.undo_button, self.redo_button)
        for widget in parts:
            widget.pack_forget()
        back = theme.PANEL
        if now.busy:
            self._cancel.pack(side="right", padx=12)
            self._show_progress()
            self._bar.pack(side="bottom", fill="x", padx=(16, 4), pady=(0, 12))
            self.message.pack(side="top", fill="x", padx=(16, 4), pady=(6, 0))
        elif now.notice is not None:
            back = theme.ERROR_BACK if now.notice.kind == "error" else theme.DONE_BACK
            self._show_undo()
            self._dismiss.pack(side="right", padx=12)
            self.message.configure(text=now.notice.text, text_color=theme.TEXT)
            self.message.pack(fill="both", expand=True, padx=(16, 4), pady=4)
        else:
            self._show_undo()
            self.message.configure(text=_TURN if self.foot.shape else _KEYS, text_color=theme.MUTED)
            self.message.pack(fill="both", expand=True, padx=(16, 4), pady=4)
        self.strip.configure(fg_color=back)
        self.root.after_idle(self._fit_strip)

    def _show_progress(self) -> None:
        self.message.configure(text=_(self.state.now.doing).capitalize(), text_color=theme.TEXT)
        self._bar.set(self.state.now.share)

    def _show_undo(self) -> None:
        """Undo and Redo stand at one place always, where there is something to undo or to do again."""
        now = self.state.now
        for button, there in ((self.redo_button, now.redo), (self.undo_button, now.undo)):
            if now.undo or now.redo:
                button.configure(state="normal" if there else "disabled")
                button.pack(side="right", padx=(0, 12) if button is self.redo_button else (0, 6))

    def _fit_strip(self) -> None:
        """A long message makes the bar taller instead of being cut off."""
        scale = ctk.ScalingTracker.get_widget_scaling(self.strip)
        needed = round(self.message.winfo_reqheight() / scale) + 14
        height = max(_STRIP_HEIGHT, needed) if self.state.now.notice else _STRIP_HEIGHT
        if height != self.strip.cget("height"):
            self.strip.configure(height=height)

    def _recolour(self, _mode: str) -> None:
        theme.style_tables(self.root)

    def _tick(self) -> None:
        try:
            self.state.poll()
            if self.desk is not None and (why := self.desk.trouble()):
                self.state.complain(why)
        finally:
            self._tick_id = self.root.after(_POLL_MS, self._tick)

    def _trouble(self, kind: type[BaseException], error: BaseException, _where: Any) -> None:
        """Something in the window itself failed: say so calmly and keep running."""
        if isinstance(error, FitterError):
            self.state.complain(str(error))
            return
        told = _("Something went wrong in the window ({kind}). What is open is still here.")
        self.state.complain(told.format(kind=kind.__name__))

    def tidy(self) -> None:
        """What the desk does in the background once the window stands and the first questions are over."""
        if self.desk is not None and self.desk.journal is not None:
            self.desk.tidy()
        elif self.desk is not None:
            self.root.after(10 * _QUIET_MS, self.tidy)

    # ------------------------------------------------------------------ running and closing

    def run(self) -> None:
        """Show the window until it is closed."""
        self.root.mainloop()

    def close(self) -> None:
        """Stop everything and go."""
        self.state.cancel()
        if self.desk is not None:
            self.desk.close()
            if self.desk.settings.asked:
                with suppress(FitterError):
                    self.desk.choose(window=self.root.geometry())
        ctk.AppearanceModeTracker.remove(self._recolour)
        keys.detach()
        for waiting in self.root.tk.call("after", "info"):
            self.root.tk.call("after", "cancel", waiting)
        self.root.destroy()


_PAGE: dict[str, Any] = {"padx": 24, "pady": (18, 12)}


def _on_screen(root: Any, place: str) -> bool:
    """Whether enough of a window at that place ("1280x800+20+20") would be seen on the screens there are."""
    parts = re.fullmatch(r"(\d+)x(\d+)\+(-?\d+)\+(-?\d+)", place)
    if parts is None:
        return False
    wide, tall, x, y = map(int, parts.groups())
    left, top = root.winfo_vrootx(), root.winfo_vrooty()
    right, bottom = left + root.winfo_vrootwidth(), top + root.winfo_vrootheight()
    fits = wide <= right - left and tall <= bottom - top
    return fits and x + wide > left + _SEEN and x < right - _SEEN and top - 1 <= y < bottom - _SEEN


def _screen(name: str) -> Any:
    """The module of a screen, loaded when it is first looked at."""
    return import_module(f"fitter.app.screens.{name}")


def _make_root() -> Any:
    """The root window, able to take dropped files where tkinterdnd2 is there."""
    try:
        from tkinterdnd2 import TkinterDnD  # noqa: PLC0415 - optional at run time
    except ImportError:
        return ctk.CTk()
    return type("Root", (ctk.CTk, TkinterDnD.DnDWrapper), {})()


def _accept_files(root: Any, dropped: Callable[[str], None]) -> None:
    """Take files dropped on the window; without the library for this system the buttons remain."""
    try:
        from tkinterdnd2 import DND_FILES, TkinterDnD  # noqa: PLC0415

        TkinterDnD._require(root)
    except (ImportError, RuntimeError, tk.TclError):
        return
    root.drop_target_register(DND_FILES)
    root.dnd_bind("<<Drop>>", lambda event: dropped(event.data))


def open_window(files: Sequence[str]) -> int:
    """Open the window with ``files`` already being fitted; 0 when the person closed it."""
    worker = Worker()
    state = AppState(worker, export=_export, check_answers=_check_answers, make_insoles=worker.insoles)
    try:
        window = Window(state, desk=Desk(state))
    except tk.TclError as error:
        raise FitterError(
            "no screen to open a window on",
            todo="Start it from a desktop session; fitter fit FILE --out DIR does the same job without "
            "a window",
            code="no_display",
        ) from error
    state.open_files(files)
    window.show_first()
    window.root.after(_QUIET_MS, worker.warm)
    window.root.after(2 * _QUIET_MS, window.tidy)
    try:
        window.run()
    finally:
        worker.close()
    return 0


# The heavy libraries behind these are loaded in a background thread, when they are first needed.


def _export(result: Any, folder: Path, progress: Any) -> Sequence[Path]:
    from fitter.exchange.folder import write_folder  # noqa: PLC0415

    return write_folder(result, folder, before_writing=lambda: progress(0.9, _("Writing the report")))


def _check_answers(values: Any) -> Any:
    from fitter.answers import answers_from_mapping  # noqa: PLC0415

    return answers_from_mapping(values, "Questions")
