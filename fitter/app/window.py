"""The main window: puts the screens together, keeps the keyboard, and polls the state."""

from __future__ import annotations

import gc
import re
import sys
import tkinter as tk
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from tkinter import filedialog
from typing import Any

import customtkinter as ctk

from fitter import settings as settings_module
from fitter.app import icon, keys, theme, words
from fitter.app.desk import Desk
from fitter.app.foot_controls import FootControls
from fitter.app.foot_view import FootView
from fitter.app.landmark_hand import LandmarkHand, LandmarkTool
from fitter.app.later import Later
from fitter.app.samples import samples
from fitter.app.screens import start
from fitter.app.screens.arrivals import ArrivalsBar
from fitter.app.screens.source import SourceColumn
from fitter.app.section_view import SectionTool
from fitter.app.segments import Segments
from fitter.app.session import Left
from fitter.app.state import AppState
from fitter.app.text import N_, _, capital, current, languages, speak
from fitter.app.worker import Worker
from fitter.errors import FitterError
from fitter.picture.camera import View
from fitter.scan.formats import EXTENSIONS

_POLL_MS = 12
_QUIET_MS = 400  # what can wait until the first page stands is begun so long after it
_GAP = 12
_STRIP_HEIGHT = 56
_TABS = 480  # the width of the numbers at scale 1, where there is room
_WIDE_TABS = 540  # where the source column is one of them
_ROOM_FOR_ALL = 1100  # below it, as with large letters, the form for typed measures has the window to itself
_LEAST_TABS, _LEAST_FOOT, _SOURCE = 350, 280, 268  # the widths that the columns need to be of use
_TWO_TOOLS = 300  # at scale 1: the buttons of the tools stand side by side from here on
_SHORT = 480  # a panel less tall at scale 1 has no room for all that stands around the foot
_ONE_ROW = 480  # the width at scale 1 where the feet and the views stand in one row
_MAXIMISED = "maximised"
_ROOM_BESIDE = 480  # for a message and its own buttons
_ROOM_FOR_UNDO = 720  # of the bar, where its message has buttons of its own
_SUPPORT = 3  # its place among the tabs
_SEEN = 120  # pixels of a window that one can grab
_TURN = N_("Drag to turn the foot, wheel to enlarge it. F1 lists the keys.")
_KEYS = N_("F1 lists the keys.")
_SCANS = " ".join(f"*.{extension} *.{extension.upper()}" for extension in EXTENSIONS)


def _views() -> dict[str, View]:
    """What the presets are called, and which they are."""
    return {
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
            theme.show(desk.settings.theme)
            ctk.set_widget_scaling(desk.settings.text_size / 100)
        self.root = _make_root()
        self.root.report_callback_exception = self._trouble
        self.state = state
        self._choose_files = choose_files or self._ask_for_files
        self._choose_folder = choose_folder or self._ask_for_folder
        self._choose_photo: Callable[[], str] = self._ask_for_photo
        self._choose_list: Callable[[], str] = self._ask_for_list
        self._form: Any = None
        self._help: Any = None
        self._page: Any = None  # the first page, customers or settings, in place of the work
        self.desk = desk
        self._tab = ""
        self._stacked = False  # the strip's buttons stand below its message
        self._normal = ""  # its place while it is not maximised
        self._extra = 0  # of source column and foot, in this order, so many have no room beside the numbers
        self._speak()
        self.root.title(_("Fitter"))
        self._place()
        theme.style_tables(self.root)
        self._build()
        ctk.AppearanceModeTracker.add(self._recolour)
        state.listen(self._changed, lasting=True)
        self._bind()
        keys.attach(self.root)
        self.root.after_idle(self._show_icon)
        self._tick_id = self.root.after(_POLL_MS, self._tick)

    def _show_icon(self) -> None:
        with suppress(tk.TclError):  # a desktop without icons
            icon.show_on(self.root)

    def _place(self) -> None:
        wide = min(1280, self.root.winfo_screenwidth() - 20)
        tall = min(800, self.root.winfo_screenheight() - 60)
        self.root.geometry(f"{wide}x{tall}")
        self.root.minsize(min(1120, wide), min(680, tall))
        place, _space, state = (self.desk.settings.window if self.desk is not None else "").partition(" ")
        if _on_screen(self.root, place):
            self.root.geometry(place)
            if state == _MAXIMISED:
                self.root.after_idle(self._maximise)

    def _maximise(self) -> None:
        """On the screen where it stands."""
        with suppress(tk.TclError):  # not every window manager can
            if sys.platform.startswith("linux"):
                self.root.attributes("-zoomed", True)
            else:
                self.root.state("zoomed")

    def _place_now(self) -> str:
        """Where the window is, to be found again; of a maximised one where it was before that."""
        with suppress(tk.TclError):
            linux = sys.platform.startswith("linux")
            if self.root.attributes("-zoomed") if linux else self.root.state() == "zoomed":
                before = self._normal or self.root.geometry()
                return f"{before} {_MAXIMISED}"
        return self.root.geometry()

    def _moved(self) -> None:
        place = self._place_now()
        if not place.endswith(_MAXIMISED):
            self._normal = place

    # ------------------------------------------------------------------ building

    def _build(self) -> None:
        root = self.root
        root.columnconfigure(1, weight=1)
        root.rowconfigure(0, weight=1)
        self.source = SourceColumn(
            root, self.state, samples=samples(), choose_files=self.open_dialog,
            type_measures=self.type_measures, export=self.export, print_page=self.show_print,
            first_page=self.show_start if self.desk is not None else None,
        )  # fmt: skip
        self.source.grid(row=0, column=0, rowspan=2, sticky="nsew", padx=(_GAP, 0), pady=_GAP)
        self._main = ctk.CTkFrame(root, fg_color="transparent")
        self._main.grid(row=0, column=1, sticky="nsew", padx=_GAP, pady=(_GAP, 8))
        self._columns = (_("The scan"), _("Foot"))  # as tabs; in the language that is spoken now
        self._fitted = (0, 0.0)  # the width of the window (pixels) and the scale it is laid out for
        self._main.rowconfigure(0, weight=1)
        self._main.columnconfigure(0, weight=1)
        self._panels = (self._build_foot(self._main), self._build_tabs(self._main))
        self._panels[0].grid(row=0, column=0, sticky="nsew", padx=(0, _GAP))
        self._allow_looking()
        self._panels[1].grid(row=0, column=1, sticky="nsew")
        for sequence in ("<Configure>", "<Map>"):
            tk.Frame.bind(self._main, sequence, lambda _event: self._fit_panels(), add="+")
        self._build_strip(root)
        self._place_strip()
        self.arrivals = ArrivalsBar(root, self.state, self._open_arrived)
        keys.reachable(root)

    def _speak(self) -> bool:
        """Speak the language that is set; whether it is another than before."""
        before = current()
        return self.desk is not None and speak(self.desk.settings.language) is not before

    @property
    def _support_tab(self) -> str:
        return list(self._screens)[_SUPPORT]

    @property
    def _at_wizard(self) -> bool:
        return type(self._page).__name__ == "HomeWizard"

    def _build_anew(self) -> None:
        """Put the screens together again, in another language; work, tab, camera and undo are the state's."""
        tab = self.tab_names.index(self._tab) - self._extra
        extra = self._extra
        support = self._screens.made(self._support_tab)
        support_page = support.at if support is not None else None
        page, form = type(self._page).__name__, self._form is not None and bool(self._form.winfo_manager())
        first = page == start.SettingsPage.__name__ and self.desk is not None and not self.desk.settings.asked
        self._close_page()
        self.state.forget_screens()
        for part in (self.source, self._main, self.strip, self.arrivals, self._form):
            if part is not None:
                part.destroy()
        self._form, self._tab, self._extra = None, "", 0
        self.root.title(_("Fitter"))
        self._build()
        self._put_beside(extra)
        self.turn_to(self.tab_names[tab + extra])
        if support_page is not None:
            self._screens[self._support_tab].turn_to_page(support_page)
        self._changed(frozenset({"busy", "result", "foot", "view", "undo"}))
        shown = {
            "StartPage": self.show_start,
            "CustomersPage": self.show_customers,
            "HomeWizard": self.show_home,
            "PrintPage": self.show_print,
            "AboutPage": self.show_about,
        }
        if page == start.SettingsPage.__name__:
            self.show_settings(first=first)
        elif page in shown:
            shown[page]()
        elif form:
            self.type_measures()

    @property
    def tab_names(self) -> list[str]:
        """The tabs from left to right; where there is no room beside them, scan and foot are tabs too."""
        return [*self._columns[: self._extra], *self._screens]

    def _fit_panels(self) -> None:
        """Share out the width there is: with large letters the numbers get narrower, then the source column
        becomes a tab, then the foot too."""
        scale = ctk.ScalingTracker.get_widget_scaling(self._panels[1])
        if not self._main.winfo_ismapped() or (self.root.winfo_width(), scale) == self._fitted:
            return
        self._fitted = self.root.winfo_width(), scale
        room = self._fitted[0] / scale - 2 * _GAP
        two = _LEAST_FOOT + _GAP + _LEAST_TABS
        extra = 0 if room >= _SOURCE + _GAP + two else 1 if room >= two else 2
        left = room - (0 if extra else _SOURCE + _GAP) - _GAP
        width = min(max(left - _LEAST_FOOT, _LEAST_TABS), _TABS if not extra else _WIDE_TABS)
        if abs(width - self._panels[1].cget("width")) > 1:
            self._panels[1].configure(width=width)
        if extra != self._extra:
            tab, tool = self._tab, self._tool
            self._put_beside(extra)
            if tab in self.tab_names:
                self.turn_to(tab)
            if extra and not self._has_work:  # there is nothing to read yet, but something to open
                self.turn_to(self.tab_names[0])
            if tool:
                self.show_tool(tool)

    def _put_beside(self, extra: int) -> None:
        """Make tabs of the first so many of source column and foot, columns of the others."""
        self.close_tool()
        self._take_away()
        self._extra, self._tab = extra, ""
        self.tabs.configure(values=self.tab_names)
        self.source.grid_forget()
        if self._page is None:
            self._show_source()
        if extra < 2:
            self._panels[0].lower(self._panels[1])  # their order is that of the Tab key
        self._place_strip()
        if self._panels[1].winfo_manager():
            self._show_panels()
        self.turn_to(self.tab_names[extra])

    def _show_source(self) -> None:
        """The left column, where it is one."""
        if not self._extra:
            self.source.lower(self._main)
            self.source.grid(row=0, column=0, rowspan=2, sticky="nsew", padx=(_GAP, 0), pady=_GAP)

    def _place_strip(self) -> None:
        """Main part and bar have the whole width where no column stands beside them."""
        alone = int(self._extra > 0)
        self._place_strip_below(1 - alone)
        if self._page is None:
            self._main.grid(
                row=0, column=1 - alone, columnspan=1 + alone, sticky="nsew", padx=_GAP, pady=(_GAP, 8)
            )

    def _place_strip_below(self, column: int) -> None:
        """From this column on to the right edge."""
        self.strip.grid(row=1, column=column, columnspan=2 - column, sticky="ew", padx=_GAP, pady=(0, _GAP))

    @property
    def _is_short(self) -> bool:
        """Whether there is little height for letters of this size."""
        return bool(1 < self.root.winfo_height() < theme.scaled(self.source, _SHORT))

    def _show_panels(self) -> None:
        """The numbers, and beside them the foot where there is room or a tool needs it."""
        beside = self._extra < 2 or bool(self._tool)
        self._main.columnconfigure(0, weight=1 if beside else 0)
        self._main.columnconfigure(1, weight=0 if beside else 1)
        self._panels[1].grid(row=0, column=1, sticky="nsew")
        if beside:
            self._panels[0].grid(row=0, column=0, sticky="nsew", padx=(0, _GAP))
        elif self._panels[0].winfo_manager() == "grid":
            self._panels[0].grid_forget()

    def _part(self, name: str) -> Any:
        """What a tab shows."""
        if name in self._screens:
            return self._screens[name]
        return (self.source, self._panels[0])[self.tab_names.index(name)]

    def _take_away(self) -> None:
        """Nothing is shown under the tabs."""
        if self._tab:
            self._part(self._tab).pack_forget()

    def _show_steps_below(self, always: bool) -> None:
        """Back, Help and Next; a foot and a tool have controls of their own and need the room, where it is
        little."""
        if always or not self._is_short:
            self._steps.pack(side="bottom", fill="x", padx=12, pady=(0, 12))
        else:
            self._steps.pack_forget()

    def _show_part(self) -> Any:
        """Show what the tab holds; a column that became a tab lies over the place of the others."""
        part = self._part(self._tab)
        self._show_steps_below(self._tab in self._screens)
        if self._tab in self._screens:
            part.pack(fill="both", expand=True, padx=8, pady=(0, 8))
        else:
            part.pack(in_=self._panels[1], fill="both", expand=True, padx=8, pady=(0, 8))
            part.lift()
        return part

    def _build_foot(self, parent: Any) -> Any:
        panel = ctk.CTkFrame(parent, corner_radius=10)
        above, below = (ctk.CTkFrame(panel, fg_color="transparent") for _place in range(2))
        above.pack(fill="x", padx=12, pady=(12, 8))
        self.feet = Segments(above, values=[""], command=self._select_foot, font=theme.font(14), height=34)
        self.views = Segments(
            above, values=list(_views()), font=theme.font(13), height=32,
            command=lambda name: self.state.look_from(_views()[name]),
        )  # fmt: skip
        self.foot = FootView(panel, self.state)
        self._tool_row = ctk.CTkFrame(below, fg_color="transparent")
        self.look = FootControls(below, self.state, self.foot, choose_folder=self._choose_folder)
        self._below = below
        below.pack(side="bottom", fill="x", padx=12, pady=8)
        self.foot.pack(fill="both", expand=True, padx=12)
        below.lift()  # Tab goes from the foot to what is below it
        self._build_tools()
        self.landmarks, self.lines = self.look.landmarks, self.look.lines
        self._laid: tuple[bool, ...] = ()
        self._lay_foot(panel)
        tk.Frame.bind(panel, "<Configure>", lambda _event: self._lay_foot(panel), add="+")
        return panel

    def _lay_foot(self, panel: Any) -> None:
        """Put what stands above and below the foot side by side where the picture needs the room."""
        scale = ctk.ScalingTracker.get_widget_scaling(panel)
        wide, tall = panel.winfo_width() / scale, panel.winfo_height() / scale
        short = 1 < tall < _SHORT
        beside, tools = short and wide >= _ONE_ROW, not (short and self._tool)
        two = self.state.now.result is not None and len(self.state.now.result.profile.feet) > 1
        if (short, beside, tools, two) == self._laid:
            return
        self._laid = (short, beside, tools, two)
        for part in (self.feet, self.views, self._tool_row, self.look):
            part.pack_forget()
        if two and tools:
            self.feet.pack(side="left" if beside else "top", fill="x", padx=0, pady=0 if beside else (0, 8))
        self.views.pack(
            side="right" if beside else "top", fill="x", expand=beside, padx=(8, 0) if beside else 0
        )
        self.look.tight = short
        if beside:
            self.look.configure(width=_ONE_ROW / 3)
        if tools:
            self._tool_row.pack(side="left" if beside else "top", fill="x", expand=beside)
            self.look.pack(
                side="right" if beside else "top", fill="x", pady=0 if beside else (8, 0),
                padx=(8, 0) if beside else 0,
            )  # fmt: skip
        self._below.configure(height=1)
        self.look.follow()

    def _build_tools(self) -> None:
        """What takes the foot in hand; either opens in place of the numbers."""
        self.hand = LandmarkHand(self.foot, self.state)
        self._tools: dict[str, Any] = {}
        self._tool = ""
        row = self._tool_row
        self.tool_buttons = {
            "landmarks": theme.quiet(row, _("Move landmarks"), lambda: self.show_tool("landmarks"), width=20),
            "section": theme.quiet(row, _("Section"), lambda: self.show_tool("section"), width=20),
        }
        tk.Frame.bind(row, "<Configure>", lambda event: self._place_tools(row, event.width), add="+")

    def _place_tools(self, row: Any, width: int) -> None:
        """Side by side, or with large letters one below the other."""
        beside = width >= theme.scaled(row, _TWO_TOOLS)
        row.columnconfigure(0, weight=1, uniform="tool")
        row.columnconfigure(1, weight=1 if beside else 0, uniform="tool" if beside else "")
        for place, button in enumerate(self.tool_buttons.values()):
            at = (0, place) if beside else (place, 0)
            button.grid(
                row=at[0], column=at[1], sticky="ew", padx=(0 if at[1] == 0 else 8, 0),
                pady=(0 if at[0] == 0 else 6, 0),
            )  # fmt: skip

    def show_tool(self, name: str) -> None:
        """Open a tool in place of the numbers; the same again closes it."""
        if self._tool == name:
            self.close_tool()
            return
        self.close_tool()
        if name not in self._tools:
            parent = self._panels[1]
            self._tools[name] = (
                LandmarkTool(parent, self.hand, self.close_tool)
                if name == "landmarks"
                else SectionTool(parent, self.foot, self.state, self.close_tool, self._choose_folder)
            )
            keys.reachable(self._tools[name])
        tool = self._tools[name]
        self._tool = name
        self.hand.asleep = name == "section"
        self.tabs.pack_forget()
        self._take_away()
        self._show_panels()
        self._lay_foot(self._panels[0])
        self._show_steps_below(False)
        tool.pack(fill="both", expand=True, padx=8, pady=(4, 8))
        tool.open()

    def close_tool(self) -> None:
        """Back to the numbers."""
        if not self._tool:
            return
        tool, self._tool = self._tools[self._tool], ""
        self.hand.asleep = False
        tool.pack_forget()
        tool.closed()
        self.tabs.pack(fill="x", padx=12, pady=(12, 8))
        self._show_panels()
        self._show_part()
        self._lay_foot(self._panels[0])

    def _build_tabs(self, parent: Any) -> Any:
        panel = ctk.CTkFrame(parent, corner_radius=10, width=_TABS)
        panel.pack_propagate(False)
        ask = lambda: self.turn_to(_("Questions"))  # noqa: E731
        self._screens = Later(
            {
                _("Result"): lambda: _screen("result").ResultScreen(panel, self.state),
                _("Measures"): lambda: _screen("measures").MeasuresScreen(panel, self.state),
                _("Questions"): lambda: _screen("questions").QuestionsScreen(panel, self.state),
                _("Support"): lambda: _screen("support").SupportScreen(
                    panel, self.state, self._choose_folder, self._choose_list
                ),
                _("Knee"): lambda: _screen("knee").KneeScreen(panel, self.state, ask=ask),
            },
            then=keys.reachable,
        )
        self.tabs = Segments(
            panel, values=list(self._screens), command=self.turn_to, font=theme.font(14), height=34
        )
        self.tabs.pack(fill="x", padx=12, pady=(12, 8))
        self._steps = self._build_steps(panel)
        self.tabs.set(next(iter(self._screens)))
        self.turn_to(next(iter(self._screens)))
        return panel

    def _build_steps(self, parent: Any) -> Any:
        """Back, Help and Next at one place under every tab: they lead through the journey."""
        row = ctk.CTkFrame(parent, fg_color="transparent")
        self.back = theme.quiet(row, _("Back"), lambda: self._step(-1), width=84)
        self.back.pack(side="left")
        self.help = theme.quiet(row, _("Help"), self.show_keys, width=84)
        self.help.pack(side="left", padx=(8, 0))
        self.next = theme.quiet(row, "", lambda: self._step(+1), width=84)
        self.next.pack(side="right")
        return row

    def _step(self, by: int) -> None:
        """To the tab before or after this one; after the last one everything is exported."""
        names = self.tab_names
        there = names.index(self._tab) + by
        if there == len(names):
            self.export()
        elif there >= 0:
            self.turn_to(names[there])

    def _show_steps(self) -> None:
        names = self.tab_names
        here = names.index(self._tab)
        self.back.configure(state="normal" if here else "disabled")
        after = names[here + 1] if here + 1 < len(names) else _("Export")
        self.next.configure(text=_("Next: {what}").format(what=after))

    def _build_strip(self, parent: Any) -> Any:
        """The bar under everything: a message, or progress with Cancel."""
        self.strip = ctk.CTkFrame(parent, corner_radius=10, height=_STRIP_HEIGHT)
        self.strip.pack_propagate(False)
        self.message = theme.wrapped(theme.label(self.strip, size=14), 8)
        tk.Frame.bind(
            self.message, "<Configure>", lambda _event: self.root.after_idle(self._fit_strip), add="+"
        )
        self._bar = ctk.CTkProgressBar(self.strip, height=8)
        self._buttons = ctk.CTkFrame(self.strip, fg_color="transparent")
        self._cancel = theme.quiet(self._buttons, _("Cancel"), self.state.cancel, width=90)
        self._change = theme.quiet(self._buttons, "", self.state.other_way, width=90, fg_color=theme.PANEL)
        self._copy = theme.quiet(
            self._buttons, _("Copy details"), self._copy_details, width=110, fg_color=theme.PANEL
        )
        self._dismiss = theme.quiet(
            self._buttons, _("OK"), self.state.dismiss, width=70, fg_color=theme.PANEL
        )
        self.undo_button = theme.quiet(self._buttons, _("Undo"), self.state.undo, width=76)
        self.redo_button = theme.quiet(self._buttons, _("Redo"), self.state.redo, width=76)
        self._show_strip()
        return self.strip

    # ------------------------------------------------------------------ what the person does

    def turn_to(self, name: str) -> None:
        """Show one of the tabs."""
        self.close_tool()
        if self._tab == name:
            return
        self._take_away()
        self._tab = name
        self.tabs.set(name)
        screen = self._show_part()
        tk.Misc.lift(self._steps)  # the Tab key comes to it after what it stands under
        self._show_steps()
        if shown := getattr(screen, "shown", None):
            shown()

    def open_dialog(self, add: bool = False) -> None:
        """Ask for files and open them."""
        self._close_page()
        self.state.set_form(page="")
        self.state.open_files(list(self._choose_files()), add=add)

    def _ask_for_files(self) -> Sequence[str]:
        kinds = [
            (_("Scans and measurement files"), f"{_SCANS} *.csv *.json *.fitprofile"),
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
        self.state.set_form(page="")
        if self._form is None:
            self._form = _screen("entry_form").EntryForm(self._main, self.state, self._close_page)
        for panel in self._panels:  # what it covers is no stop of the Tab key
            panel.grid_forget()
        if self.root.winfo_width() < theme.scaled(self.source, _ROOM_FOR_ALL):
            self.source.grid_forget()
        self._form.place(x=0, y=0, relwidth=1, relheight=1)
        self._form.lift()
        self._show_strip()
        self._form.begin()

    def _close_page(self) -> None:
        if self._form is not None and self._form.winfo_manager():
            self._form.place_forget()
            self._show_source()
            self._place_strip()
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
        frame = ctk.CTkFrame(self.root, corner_radius=0, border_width=1)
        theme.label(frame, _("Keys"), 18, bold=True).pack(fill="x", **_PAGE)
        close = theme.quiet(frame, _("Close"), self._close_help, width=100)
        close.pack(side="bottom", **_PAGE)
        page = theme.scroll_area(frame)  # with large letters there are more than fit
        page.pack(fill="both", expand=True, padx=(2, 4))
        page.columnconfigure(1, weight=1)
        listed = keys.listed()
        for row, (key, text) in enumerate(listed, 1):
            theme.label(page, key, 14, bold=True).grid(row=row, column=0, sticky="w", padx=(24, 16), pady=3)
            told = theme.wrapped(theme.label(page, text, 14))
            told.grid(row=row, column=1, sticky="ew", padx=(0, 12), pady=3)
        scroll = page._parent_canvas.yview_scroll  # the library has no public name for it
        tk.Frame.bind(close, "<Down>", lambda _event: scroll(3, "units"))
        tk.Frame.bind(close, "<Up>", lambda _event: scroll(-3, "units"))
        keys.reachable(frame)
        scale = ctk.ScalingTracker.get_widget_scaling(frame)
        wide, tall = (self.root.winfo_width() / scale, self.root.winfo_height() / scale)
        frame.configure(width=min(600, wide - 24), height=min(700, tall - 24))
        frame.pack_propagate(False)
        frame.place(relx=0.5, rely=0.5, anchor="center")
        self._help = frame
        keys.confine(frame)
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
        self.source.grid_forget()  # not removed: another text size would bring it back
        self._main.grid_forget()
        page.grid(row=0, column=0, columnspan=2, sticky="nsew", padx=_GAP, pady=(_GAP, 8))
        self._place_strip_below(0)
        self.root.after_idle(self._show_strip)

    def _leave_page(self) -> None:
        if self._page is None:
            return
        self._page.destroy()
        self._page = None
        self._show_source()
        self._place_strip()

    @property
    def _has_work(self) -> bool:
        """Whether something is open that one can go back to."""
        now = self.state.now
        return bool(now.result or now.busy or now.customer) or not (now.inputs.empty and now.typed.empty)

    def show_first(self) -> None:
        """What a start shows: the files it was given; else the first questions once, later the first page."""
        if self.desk is None:
            return
        self.desk.watch()
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
            go_on=self._go_on, back=self._settled if self._has_work else None,
            open_sample=self._open_sample, settings=self.show_settings, about=self.show_about,
            watch=self._choose_watched,
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

    def show_print(self) -> None:
        """What can be printed."""
        unit = self.desk.settings.units if self.desk is not None else ""
        page = _screen("print_page").PrintPage(self.root, self.state, back=self._leave_for_work, unit=unit)
        self._turn_page(page)
        keys.first_in(page)

    def show_about(self) -> None:
        """Version, licences, and how to update."""
        page = _screen("about").AboutPage(self.root, back=self._leave_for_work)
        self._turn_page(page)
        keys.first_in(page)

    def _leave_for_work(self) -> None:
        """From a page that belongs to no work: to the work where there is some, else to the first page."""
        if self.desk is None:
            self._close_page()
        else:
            self._go_back()

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
        if self.desk is not None:
            self.desk.watch()
        if self.state.now.typed.page:
            self.show_home()
        elif self._has_work:
            self._close_page()
        else:
            self.show_start()

    def _go_back(self) -> None:
        """From customers or settings: to the work where there is some, else to the first page."""
        self._settled()

    def _choose_watched(self) -> None:
        """Choose the folder a scanner saves to, from the first page."""
        folder = filedialog.askdirectory(parent=self.root, title=_("The folder your scanner saves to"))
        if folder and self.desk is not None:
            self.desk.choose(watched=folder)
            self.desk.watch()
            self.show_start()

    def _choose_data_folder(self) -> str:
        return filedialog.askdirectory(parent=self.root, title=_("Where your data lives"))

    def _fit_customer(self, customer: Any) -> None:
        if self.desk is not None:
            self.desk.begin(customer)
            self._close_page()
            if self._extra:
                self.turn_to(self.tab_names[0])
            tk.Misc.focus_set(self.source.open_button)

    def _at_home(self) -> None:
        if self.desk is not None:
            self.desk.begin()
            self.show_home()

    def show_home(self) -> None:
        """The way through the home protocol, at the page where it was left."""
        if self._at_wizard:
            return
        self._turn_page(
            _screen("home_wizard").HomeWizard(
                self.root, self.state, leave=self.show_start, done=self._close_page,
                one_page=self.type_measures, choose_folder=self._choose_folder,
                choose_photo=self._choose_photo,
            )
        )  # fmt: skip

    def _ask_for_photo(self) -> str:
        kinds = [
            (_("Pictures"), "*.jpg *.jpeg *.png *.JPG *.JPEG *.PNG *.webp *.bmp *.tif *.tiff"),
            (_("All files"), "*"),
        ]
        return filedialog.askopenfilename(parent=self.root, title=_("Choose a photo"), filetypes=kinds)

    def _ask_for_list(self) -> str:
        kinds = [(_("Stock lists"), "*.csv *.xlsx *.sqlite *.db"), (_("All files"), "*")]
        return filedialog.askopenfilename(parent=self.root, title=_("Import a stock list"), filetypes=kinds)

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
        if now.typed.page:
            self.show_home()
        elif now.inputs.empty and not now.busy and not now.typed.empty:
            self.type_measures()
        else:
            self._close_page()

    def _look(self) -> None:
        """Colours and text size as they are set now."""
        if self.desk is None:
            return
        if self._speak():
            # Not from within the widget that asked for it, which goes with the others.
            self.root.after_idle(self._build_anew)
        theme.show(self.desk.settings.theme)
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
            if self._at_wizard:
                self.state.cancel() if self.state.now.busy else self.show_start()
            elif asked and (self._has_work or not isinstance(self._page, start.StartPage)):
                self._go_back()
        elif self._form is not None and self._form.winfo_ismapped():
            self._close_page()
        elif self._tool and not self.state.now.busy:
            self.close_tool()
        else:
            self.state.cancel()

    def _bind(self) -> None:
        actions: dict[str, Callable[[], None]] = {
            "<Control-o>": self.open_dialog,
            "<Control-e>": self.export,
            "<Control-m>": self.type_measures,
            "<Control-p>": self.show_print,
            "<Control-n>": self.show_start,
            "<Control-f>": self.show_customers,
            "<Control-z>": self.state.undo,
            "<Control-y>": self.state.redo,
            "<Control-plus>": lambda: self.resize_text(+1),
            "<Escape>": self._escape,
            "<F1>": self.show_keys,
            "<Control-l>": lambda: self.show_tool("landmarks"),
            "<Control-t>": lambda: self.show_tool("section"),
        }
        self._bind_keys(actions)
        self.root.protocol("WM_DELETE_WINDOW", self.close)
        self.root.bind("<Configure>", lambda e: self._moved() if e.widget is self.root else None, add="+")
        _accept_files(self.root, self._dropped)

    def _bind_keys(self, actions: dict[str, Callable[[], None]]) -> None:
        root = self.root
        stand_for = {s: s for s in keys.SEQUENCES if s in actions} | keys.ALSO
        for sequence, stands_for in stand_for.items():
            root.bind(sequence, lambda _event, act=actions[stands_for]: act())
        smaller = {"<Control-minus>": -1, "<Control-KP_Subtract>": -1, "<Control-Key-0>": 0}
        for sequence, steps in smaller.items():
            root.bind(sequence, lambda _event, by=steps: self.resize_text(by))
        root.bind("<question>", lambda _event: None if keys.typing(root) else self.show_keys())

    def _dropped(self, data: str) -> None:
        self._close_page()
        self.state.set_form(page="")
        self.state.bring(self.root.tk.splitlist(data))

    def _open_arrived(self) -> None:
        self._close_page()
        self.state.set_form(page="")
        self.state.open_arrived()

    def _copy_details(self) -> None:
        """Put what whoever mends the program needs on the clipboard; nothing of a person is in it."""
        if self.state.now.notice is not None:
            self.root.clipboard_clear()
            self.root.clipboard_append(self.state.now.notice.details)

    # ------------------------------------------------------------------ following the state

    def _changed(self, fields: frozenset[str]) -> None:
        if fields & {"busy", "notice", "foot", "undo", "redo"}:
            self._show_strip()
        elif fields & {"share", "doing"} and self.state.now.busy:
            self._show_progress()
        # What was undone may lie in the way through the protocol: there it is shown.
        if "typed" in fields and self.state.now.typed.page and self._page is None and self.desk is not None:
            self.show_home()
        if fields & {"result", "foot"}:
            self._show_feet()
            self._allow_looking()
        if fields & {"view", "camera", "result"}:
            now = self.state.now
            name = next((n for n, view in _views().items() if view == now.view), "")
            self.views.set(name if now.camera is None and now.result else "")

    def _show_feet(self) -> None:
        result = self.state.now.result
        names = words.foot_names(result.profile.feet) if result else ()
        self._lay_foot(self._panels[0])
        if len(names) < 2:
            return
        if tuple(self.feet.cget("values")) != names:
            self.feet.configure(values=list(names))
        self.feet.set(names[self.state.now.foot])

    def _allow_looking(self) -> None:
        """Where there is no shape there is nothing to look at from anywhere."""
        for control in (self.views, *self.tool_buttons.values()):
            control.configure(state="normal" if self.foot.shape else "disabled")

    def _show_strip(self) -> None:
        now = self.state.now
        parts = (
            self._buttons, self.message, self._bar, self._cancel, self._dismiss, self._copy, self._change,
            self.undo_button, self.redo_button,
        )  # fmt: skip
        for widget in parts:
            widget.pack_forget()
        back = theme.PANEL
        # A message that needs its buttons stands above them where there is little room beside them.
        room = self.strip.winfo_width() / ctk.ScalingTracker.get_widget_scaling(self.strip)
        more = bool(now.notice and (now.notice.change or (now.notice.kind == "error" and now.notice.details)))
        self._stacked = more and not now.busy and 1 < room < _ROOM_BESIDE
        self._buttons.pack(side="bottom" if self._stacked else "right", anchor="e")
        if now.busy:
            self._cancel.pack(side="right", padx=12)
            self._show_progress()
            self._bar.pack(side="bottom", fill="x", padx=(16, 4), pady=(0, 12))
            self.message.pack(side="top", fill="x", padx=(16, 4), pady=(6, 0))
        elif now.notice is not None:
            back = theme.ERROR_BACK if now.notice.kind == "error" else theme.DONE_BACK
            if not more or room > _ROOM_FOR_UNDO:
                self._show_undo()  # where there is no room for all, what the message needs comes first
            self._dismiss.pack(side="right", padx=12)
            if now.notice.kind == "error" and now.notice.details:
                self._copy.pack(side="right")
            if now.notice.change:
                self._change.configure(text=_(now.notice.change))
                self._change.pack(side="right")
            self.message.configure(text=_(now.notice.text), text_color=theme.TEXT)
            self.message.pack(fill="both", expand=True, padx=(16, 4), pady=4)
        else:
            self._show_undo()
            self.message.configure(text=_(_TURN) if self.foot.shape else _(_KEYS), text_color=theme.MUTED)
            self.message.pack(fill="both", expand=True, padx=(16, 4), pady=4)
        self.strip.configure(fg_color=back)
        idle = not now.busy and now.notice is None
        form = self._form is not None and bool(self._form.winfo_manager())
        if (form or self._page is not None) and idle and self._is_short:
            self.strip.grid_forget()  # with nothing to tell, a page with large letters has its room too
        elif self._page is not None:
            self._place_strip_below(0)
        elif form or not self.strip.winfo_manager():
            self._place_strip()
        self.root.after_idle(self._fit_strip)

    def _show_progress(self) -> None:
        self.message.configure(text=capital(_(self.state.now.doing)), text_color=theme.TEXT)
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
        needed = round(self.message.winfo_reqheight() / scale) + (56 if self._stacked else 14)
        height = max(_STRIP_HEIGHT, needed) if self.state.now.notice else _STRIP_HEIGHT
        if height != self.strip.cget("height"):
            self.strip.configure(height=height)

    def _recolour(self, _mode: str) -> None:
        theme.style_tables(self.root)

    def _tick(self) -> None:
        try:
            self.state.poll()
            theme.follow()
            if self.desk is not None:
                self.desk.look(may_open=self._page is None)
                if why := self.desk.trouble():
                    self.state.complain(why)
        finally:
            self._tick_id = self.root.after(_POLL_MS, self._tick)

    def _trouble(self, kind: type[BaseException], error: BaseException, _where: Any) -> None:
        """Something in the window itself failed: say so calmly and keep running."""
        if isinstance(error, FitterError):
            self.state.complain(str(error), error)
            return
        told = _(
            "Something went wrong in the window ({kind}). What is open is still here: go on, or close and "
            "start again; Copy details has what whoever mends it needs."
        )
        self.state.complain(told.format(kind=kind.__name__), error)

    def tidy(self) -> None:
        """What the desk does in the background once the window stands and the first questions are over."""
        # What was loaded to stand here stays: looking through it for rubbish held the window for 0.1 s.
        gc.collect()
        gc.freeze()
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
        if self.desk is not None:
            self.desk.close()  # before what runs is stopped: it is taken up again at the next start
        self.state.cancel()
        if self.desk is not None and self.desk.settings.asked:
            with suppress(FitterError):
                self.desk.choose(window=self._place_now())
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
    state = AppState(
        worker, export=_export, check_answers=_check_answers, make_insoles=worker.insoles,
        lie_under=worker.under,
    )  # fmt: skip
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

    return write_folder(result, folder, before_writing=lambda: progress(0.9, N_("Writing the report")))


def _check_answers(values: Any) -> Any:
    from fitter.answers import answers_from_mapping  # noqa: PLC0415

    return answers_from_mapping(values, N_("Questions"))
