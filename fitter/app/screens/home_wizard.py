"""Measure at home: through the protocol one step a page, with its picture, fields for both feet, what is read
back and what looks wrong at once; then the questions, and what was read.

Everything that is typed or chosen lives in the state, the page that is open too; `fitter.app.wizard` says
what stands on it.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import customtkinter as ctk

from fitter import home
from fitter.app import fold, keys, theme, wizard
from fitter.app.guide_view import GuideView
from fitter.app.model import FIRST_PAGE
from fitter.app.screens.home_photo import PhotoPage
from fitter.app.screens.questions import QuestionsScreen
from fitter.app.segments import Segments
from fitter.app.state import AppState
from fitter.app.text import _, sentences
from fitter.app.wizard import Slot
from fitter.errors import FitterError
from fitter.measurements import Side

_BESIDE = 800  # the width at scale 1 from which picture and fields stand side by side
_SHORT = 440  # the height at scale 1 below which head and foot of the page make room for what is between
_CALM_MS = 600  # a number half typed is not yet wrong; when the field is left it is judged at once
_FIELD = 74
_NAME = 104  # where a name of a row of fields goes on in a second line


class HomeWizard(ctk.CTkFrame):
    """The way through the protocol, in place of the work. ``done`` shows the result, ``leave`` goes to the
    first page of the program, ``one_page`` to the form with all measures at once."""

    def __init__(
        self,
        parent: Any,
        state: AppState,
        *,
        leave: Callable[[], None],
        done: Callable[[], None],
        one_page: Callable[[], None],
        choose_folder: Callable[[], str],
        choose_photo: Callable[[], str],
    ) -> None:
        super().__init__(parent, corner_radius=10)
        self.state = state
        self._leave, self._done, self._one_page = leave, done, one_page
        self._choose_folder, self._choose_photo = choose_folder, choose_photo
        self.page = ""  # the page that is built
        self.rows: dict[Slot, _SlotRow] = {}
        self.picture: GuideView | None = None
        self.questions: QuestionsScreen | None = None
        self.body: Any = None
        self._help: Any = None
        self._waiting = False
        self._let_go = ""  # the page on which a number that can't be used was seen, and Next was pressed
        self._wide: bool | None = None
        self._short = False
        self._shape: tuple[object, ...] = ()
        self._head()
        self._foot()
        self._place = ctk.CTkFrame(self, fg_color="transparent")
        self._place.pack(fill="both", expand=True, padx=(24, 8))
        self._place.rowconfigure(0, weight=1)
        self._place.columnconfigure(0, weight=1)
        self._ways = {"<Alt-Left>": self.back, "<Alt-Right>": self.next, "<Control-Return>": self.next}
        for sequence, act in self._ways.items():
            self.winfo_toplevel().bind(sequence, partial(self._pressed, act))
        self._unlisten = state.listen(self._changed)
        ctk.AppearanceModeTracker.add(self._recolour)
        tk.Frame.bind(self, "<Configure>", self._fit, add="+")
        if not state.now.typed.page:
            state.set_form(page=FIRST_PAGE)
        self.show()

    def destroy(self) -> None:
        self._unlisten()
        ctk.AppearanceModeTracker.remove(self._recolour)
        super().destroy()

    def _lead_on(self, widget: Any) -> None:
        """Where arrows and Return have a meaning of their own, they go on and back with Alt all the same."""
        if getattr(widget, "_fitter_focus", None) is not None and not getattr(widget, "_fitter_ways", False):
            widget._fitter_ways = True
            for sequence, act in self._ways.items():
                tk.Misc.bind(widget, sequence, partial(self._pressed, act))
        for child in widget.winfo_children():
            self._lead_on(child)

    def _pressed(self, act: Callable[[], None], _event: Any = None) -> str | None:
        if not self.winfo_exists() or not self.winfo_ismapped():
            return None
        act()
        return "break"

    # ------------------------------------------------------------------ the frame around every page

    def _head(self) -> None:
        head = ctk.CTkFrame(self, fg_color="transparent")
        head.pack(fill="x", padx=24, pady=(14, 0))
        self.help = theme.quiet(head, _("Help"), self.toggle_help, width=80)
        self.help.pack(side="right", padx=(8, 0))
        self.close_button = theme.quiet(head, _("Stop for now"), self._leave, width=120)
        self.close_button.pack(side="right")
        self.where = theme.label(head, "", 13, muted=True)
        self.where.pack(side="top", fill="x")
        self.title = theme.wrapped(theme.label(head, "", 22, bold=True))
        self.title.pack(side="top", fill="x")
        self.bar = ctk.CTkProgressBar(self, height=6)
        self.bar.pack(fill="x", padx=24, pady=(6, 8))

    def _foot(self) -> None:
        bar = self._bottom = ctk.CTkFrame(self, fg_color="transparent")
        bar.pack(side="bottom", fill="x", padx=24, pady=12)
        self.back_button = theme.quiet(bar, _("Back"), self.back, height=44, width=100)
        self.back_button.pack(side="left")
        self.next_button = theme.primary(bar, _("Next"), self.next, width=150)
        self.next_button.pack(side="right")
        self.skip_button = theme.quiet(bar, _("Skip"), self.skip, height=44, width=90)
        self.told = theme.wrapped(theme.label(bar, "", 13, muted=True))
        self.told.pack(side="left", fill="x", expand=True, padx=14)

    # ------------------------------------------------------------------ going

    def next(self) -> None:
        """The one main action of the page."""
        page = self.page
        if page == wizard.SUMMARY:
            self.finish()
            return
        if page.startswith(wizard.PHOTO):
            self._use_photo()
            return
        step = wizard.step_on(page)
        if step is not None and wizard.is_empty(self.state.now.typed, step):
            self._say(_("Type at least one reading, or press Skip."), mark=True)
            next(iter(self.rows.values())).entries[0].focus()
            return
        faulty = next((row for row in self.rows.values() if row.check().trouble), None)
        if faulty is not None and self._let_go != page:
            self._let_go = page
            self._say(_("Mend what is marked, or press Next again to leave it for later."), mark=True)
            faulty.entries[0].focus()
            return
        self.go_to(wizard.beside(page, +1))

    def back(self) -> None:
        """To the page before; from the first one away."""
        if self.page == FIRST_PAGE:
            self._leave()
        else:
            self.go_to(wizard.beside(self.page, -1))

    def skip(self) -> None:
        """Leave this step out: go on to the next one, from the questions to what was read."""
        asks = self.page.startswith(wizard.ASK) and self.page != wizard.ASK + "stop"
        self.go_to(wizard.SUMMARY if asks else wizard.beside(self.page, +1))

    def go_to(self, page: str) -> None:
        """Turn to a page by its name."""
        self._let_go = ""
        self.state.set_form(page=page)

    def finish(self) -> None:
        """Hand everything over, or go to what must be mended first."""
        now = self.state.now
        trouble = wizard.first_trouble(now.typed, wizard.person_of(now.asked))
        if trouble:
            self.go_to(trouble)
            self._say(_("This number can't be used as it stands. Mend it or clear its field."), mark=True)
            return
        try:
            feet = wizard.entered_feet(now.typed)
        except FitterError as error:
            self.state.complain(str(error))
            return
        if not feet:
            self._say(_("Nothing was measured yet. Foot length is the start."), mark=True)
            return
        self._waiting = True
        self.state.measure_at_home(feet, now.asked)
        self._waiting = self._waiting and self.state.now.busy

    # ------------------------------------------------------------------ showing a page

    def show(self) -> None:
        """Build the page that the state names."""
        typed = self.state.now.typed
        page = wizard.known_page(typed.page)
        self.page = page
        self._shape = (page, typed.feet, typed.no_wall, typed.alone)
        self.rows, self.picture, self._help = {}, None, None
        if self.body is not None:
            self.body.destroy()
        if self.questions is not None:
            self.questions.grid_remove()
        where, share = wizard.progress(page)
        self.where.configure(text=_("Measure at home · {where}").format(where=where))
        self.bar.set(share)
        step = wizard.step_on(page)
        self.next_button.configure(text=_("Next"))
        self._say("")
        if page.startswith(wizard.ASK):
            self.body = None
            self._show_questions(page.removeprefix(wizard.ASK))
        elif page.startswith(wizard.PHOTO):
            self._show_photo("left" if page.endswith("left") else "right")
        else:
            self.body = theme.scroll_area(self._place)
            self.body.grid(row=0, column=0, sticky="nsew")
            if step is not None:
                self._show_step(step)
            elif page == wizard.SUMMARY:
                self._show_summary()
            else:
                self._show_start()
        keys.reachable(self)
        self._lead_on(self)
        self._show_skip(step)
        self.after_idle(self._first_focus)

    def _first_focus(self) -> None:
        if not self.winfo_exists():
            return
        if not self.winfo_ismapped():  # it is being put into the window
            self.after(20, self._first_focus)
            return
        empty = [entry for row in self.rows.values() for entry in row.entries if not entry.get()]
        if not empty:
            tk.Misc.focus_set(self.next_button)
            return
        empty[0].focus()
        # The page is read from its top: what has the focus comes into view with the first letter.
        self.update_idletasks()
        self.after(20, self._to_top)

    def _to_top(self) -> None:
        if self.winfo_exists() and self.rows and self.body is not None:
            self.body._parent_canvas.yview_moveto(0.0)  # the library has no public name for it

    def _show_skip(self, step: home.Step | None) -> None:
        typed = self.state.now.typed
        empty = step is not None and wizard.is_empty(typed, step)
        later = self.page.startswith(wizard.ASK)
        if empty or later:
            stop = self.page == wizard.ASK + "stop"
            self.skip_button.configure(text=_("Skip") if empty or stop else _("Skip the rest"))
            self.skip_button.pack(side="right", padx=(0, 10), after=self.next_button)
        else:
            self.skip_button.pack_forget()
        if empty and step is not None:
            self._say(_("If you skip this: {what}.").format(what=wizard.lost(step)))
        elif self.page == wizard.ASK + "stop":
            self._say(_("If you skip this: no insole can be recommended."))
        elif step is not None and not self._let_go:
            self._say("")

    def _say(self, text: str, *, mark: bool = False) -> None:
        self.told.configure(text=text, text_color=theme.MARK if mark else theme.MUTED)

    # ------------------------------------------------------------------ pages

    def _show_start(self) -> None:
        typed, body = self.state.now.typed, self.body
        self.title.configure(text=_("About ten minutes"))
        self.next_button.configure(text=_("Begin"))
        choices = ctk.CTkFrame(body, fg_color=theme.RAISED, corner_radius=8)
        choices.pack(fill="x", padx=(0, 8), pady=(0, 10))
        choices.columnconfigure(1, weight=1)
        feet = {_("Both feet"): "both", _("Right"): "right", _("Left"): "left"}
        wall = {_("A wall or a door"): False, _("No wall"): True}
        who = {_("I am alone"): True, _("Someone helps"): False}
        unit = {_("mm"): "mm", _("cm"): "cm", _("inches"): "in"}
        self.choices = {
            "feet": self._choice(choices, 0, _("Which feet"), feet, "feet", typed.feet),
            "no_wall": self._choice(choices, 1, _("To stand at"), wall, "no_wall", typed.no_wall),
            "alone": self._choice(choices, 2, _("Who measures"), who, "alone", typed.alone),
            "unit": self._choice(choices, 3, _("Unit"), unit, "unit", typed.unit),
        }
        lists = ctk.CTkFrame(body, fg_color="transparent")
        lists.pack(fill="x", padx=(0, 8))
        lists.columnconfigure((0, 1), weight=1, uniform="list")
        self._list(lists, 0, _("You need"), home.tools())
        self._list(lists, 1, _("For every measure"), home.before(not typed.no_wall))
        other = ctk.CTkFrame(body, fg_color="transparent")
        other.pack(fill="x", pady=(12, 8))
        self.sheet = theme.quiet(other, _("Print the worksheet instead"), self.print_sheet)
        self.sheet.pack(side="left", padx=(0, 8))
        self.all_at_once = theme.quiet(other, _("Type all on one page"), self._one_page)
        self.all_at_once.pack(side="left")

    def _choice(
        self, parent: Any, row: int, name: str, values: dict[str, Any], field: str, chosen: object
    ) -> Any:
        theme.label(parent, name, 14).grid(row=row, column=0, sticky="w", padx=(16, 12), pady=6)
        control = Segments(
            parent, values=list(values), font=theme.font(14), height=34,
            command=lambda text: self.state.set_form(**{field: values[text]}),
        )  # fmt: skip
        control.set(next(text for text, word in values.items() if word == chosen))
        control.grid(row=row, column=1, sticky="w", padx=(0, 16), pady=6)
        return control

    def _list(self, parent: Any, column: int, title: str, lines: Sequence[str]) -> None:
        box = ctk.CTkFrame(parent, fg_color="transparent")
        box.grid(row=0, column=column, sticky="new", padx=(0, 16))
        theme.label(box, title, 15, bold=True).pack(fill="x")
        for line in lines:
            text = _(line)
            fold.text(box, f"•  {text[:1].upper()}{text[1:]}", 13)

    def print_sheet(self) -> None:
        """Write the steps as a PDF to print."""
        folder = self._choose_folder()
        if not folder:
            return
        typed = self.state.now.typed

        def make(progress: Any) -> dict[str, bytes]:
            from fitter.exchange import worksheet  # noqa: PLC0415

            progress(0.1, _("Drawing the worksheet"))
            return {"worksheet.pdf": worksheet.for_unit(typed.unit, wall=not typed.no_wall)}

        self.state.save(folder, make, _("Drawing the worksheet"))

    def _show_step(self, step: home.Step) -> None:
        typed = self.state.now.typed
        wall = not typed.no_wall
        self.title.configure(text=_(step.title))
        self._picture_box = ctk.CTkFrame(self.body, fg_color="transparent")
        self.picture = GuideView(self._picture_box, 290)
        self.picture.pack(fill="x")
        self.picture.show(step.picture, wall=wall)
        tools = _("You need: {tools}.").format(tools="; ".join(_(home.tool(name)) for name in step.tools))
        fold.text(self._picture_box, tools, 13, muted=True)
        who = _(home.WHO_WORDS[step.who])
        if typed.alone and step.who == "helper":
            who = _(
                "Easier with a second person. Alone: read it sitting down, with the foot flat, or skip it."
            )
        fold.text(self._picture_box, who, 13, muted=True)
        self._text_box = ctk.CTkFrame(self.body, fg_color="transparent")
        fold.text(self._text_box, _(step.text(wall)), 15)
        self._grid = ctk.CTkFrame(self.body, fg_color="transparent")
        self._grid.columnconfigure(home.REPEATS + 1, weight=1)
        for k in range(home.REPEATS):
            head = theme.label(self._grid, f"{k + 1}.", 12, muted=True)
            head.grid(row=0, column=1 + k, sticky="w", padx=(4, 0))
        for slot in wizard.slots(typed, step):
            self.rows[slot] = _SlotRow(self, self._grid, slot, _slot_name(slot, step))
        if step.picture == wizard.print_page():
            for side in wizard.sides(typed):
                name = (
                    _("Read the right print off a photo")
                    if side == "right"
                    else _("Read the left print off a photo")
                )
                button = theme.quiet(self._grid, name, lambda side=side: self.go_to(wizard.PHOTO + side))
                button.grid(row=900 + len(side), column=0, columnspan=5, sticky="w", pady=(10, 0))
        self._wide = None
        self._arrange()

    def _arrange(self) -> None:
        """Picture and fields side by side, or one below the other where there is no room."""
        if self.picture is None:
            return
        wide = self.winfo_width() >= theme.scaled(self, _BESIDE)
        if wide == self._wide:
            return
        self._wide = wide
        body = self.body
        for box in (self._picture_box, self._text_box, self._grid):
            box.grid_forget()
        if wide:
            body.columnconfigure((0, 1), weight=1, uniform="half")
            body.rowconfigure(1, weight=1)
            self._picture_box.grid(row=0, column=0, rowspan=2, sticky="new", padx=(0, 20))
            self._text_box.grid(row=0, column=1, sticky="new", padx=(0, 8))
            self._grid.grid(row=1, column=1, sticky="new", padx=(0, 8), pady=(8, 0))
        else:
            body.columnconfigure(0, weight=1, uniform="")
            body.columnconfigure(1, weight=0, uniform="")
            self._text_box.grid(row=0, column=0, sticky="new", padx=(0, 8))
            self._picture_box.grid(row=1, column=0, sticky="new", padx=(0, 8), pady=8)
            self._grid.grid(row=2, column=0, sticky="new", padx=(0, 8))

    def _fit(self, event: Any) -> None:
        self._shrink(event.height < theme.scaled(self, _SHORT))
        self._arrange()

    def _shrink(self, short: bool) -> None:
        """With large letters the page itself has the room: its head is one line, its foot has no margins."""
        if short == self._short:
            return
        self._short = short
        if short:
            self.where.pack_forget()
        else:
            self.where.pack(side="top", fill="x", before=self.title)
        self.title.configure(font=theme.font(17 if short else 22, bold=True))
        self.title.master.pack_configure(pady=(6 if short else 14, 0))
        self.bar.pack_configure(pady=(2, 2) if short else (6, 8))
        self._bottom.pack_configure(pady=4 if short else 12)
        for button in (self.back_button, self.next_button, self.skip_button):
            button.configure(height=34 if short else 44)

    def _show_questions(self, group: str) -> None:
        self.title.configure(text=_("A few questions"))
        if self.questions is None:
            self.questions = QuestionsScreen(self._place, self.state)
            self.questions.lead(lambda group: self.go_to(wizard.ASK + group))
        with theme.calmly():
            self.questions.show_group(group)
        self.questions.grid(row=0, column=0, sticky="nsew")

    def _show_photo(self, side: Side) -> None:
        self.title.configure(
            text=_("The right footprint, off a photo")
            if side == "right"
            else _("The left footprint, off a photo")
        )
        self.next_button.configure(text=_("Use these widths"))
        self.body = PhotoPage(self._place, self.state, side, self._choose_photo)
        self.body.grid(row=0, column=0, sticky="nsew", padx=(0, 16))

    def _use_photo(self) -> None:
        side: Side = "left" if self.page.endswith("left") else "right"
        typed = self.state.now.typed
        try:
            read = wizard.photo_read(typed, side) if side in typed.photos else {}
            changes = wizard.photo_changes(typed, side) if read else ()
        except FitterError as error:
            self._say(sentences(str(error)), mark=True)
            return
        if not read:
            self._say(_("Load a photo and pick the places first."), mark=True)
            return
        if changes:  # else they stand there already
            self.state.type_readings(changes, _("widths off a photo"))
        self.go_to(wizard.print_page())

    def _show_summary(self) -> None:
        now, body = self.state.now, self.body
        self.title.configure(text=_("What you measured"))
        self.next_button.configure(text=_("Show my result"))
        table = ctk.CTkFrame(body, fg_color="transparent")
        table.pack(fill="x", padx=(0, 8))
        sides = wizard.sides(now.typed)
        names = {"right": _("Right"), "left": _("Left")}
        for column, side in enumerate(sides, 1):
            theme.label(table, names[side], 13, muted=True).grid(row=0, column=column, sticky="w", padx=12)
        read = wizard.read_so_far(now.typed)
        for row, line in enumerate(read, 1):
            theme.label(table, line.name, 14).grid(row=row, column=0, sticky="w", pady=1, padx=(0, 24))
            for column, side in enumerate(sides, 1):
                told = theme.label(table, line.values[side] or "–", 14)
                told.grid(row=row, column=column, sticky="w", padx=12)
        if not read:
            fold.text(body, _("Nothing was measured yet. Foot length is the start."), 14)
        trouble = wizard.first_trouble(now.typed, wizard.person_of(now.asked))
        if trouble:
            fold.text(body, _("A number can't be used as it stands."), 14, text_color=theme.MARK)
            mend = theme.quiet(body, _("Show me"), lambda: self.go_to(trouble))
            mend.pack(anchor="w", pady=4)
        if safety := wizard.safety(now.asked):
            fold.text(body, safety, 14, text_color=theme.MARK)
            ask = theme.quiet(body, _("To the safety questions"), lambda: self.go_to(wizard.ASK + "stop"))
            ask.pack(anchor="w", pady=4)
        missing = wizard.left_out(now.typed)
        if missing:
            theme.label(body, _("Left out"), 15, bold=True).pack(fill="x", pady=(12, 0))
        for title, lost, page in missing:
            line = ctk.CTkFrame(body, fg_color="transparent")
            line.pack(fill="x", pady=2, padx=(0, 8))
            button = theme.quiet(line, _("Measure it"), lambda page=page: self.go_to(page), width=110)
            button.pack(side="right")
            told = _("{step}: {what}.").format(step=title, what=lost)
            theme.wrapped(theme.label(line, told, 13)).pack(side="left", fill="x", expand=True)

    # ------------------------------------------------------------------ help

    def toggle_help(self) -> None:
        """Show or hide how this works, above the page."""
        if self._help is not None:
            self._help.destroy()
            self._help = None
            return
        self._help = box = ctk.CTkFrame(self, fg_color=theme.DONE_BACK, corner_radius=8)
        box.pack(fill="x", padx=24, pady=(0, 8), before=self._place)
        for line in (
            _("Numbers may be written as 251, 25.1 or 9 7/8, with a unit behind them if you like (25.1 cm)."),
            _("Measure each foot up to three times; the program takes the mean and says how sure it is."),
            _("Return goes to the next field and then to the next page; Alt+Left goes back."),
            _("Everything is kept as you type. Stop at any time: you go on where you stopped."),
        ):
            told = theme.wrapped(theme.label(box, line, 13))
            told.pack(fill="x", padx=14, pady=3)

    # ------------------------------------------------------------------ following the state

    def field_returned(self, row: _SlotRow, repeat: int) -> None:
        """Return in a field: the next one, after the last of them the next page."""
        fields = [(r, k) for r in self.rows.values() for k in range(home.REPEATS)]
        at = fields.index((row, repeat)) + 1
        if at < len(fields):
            there, k = fields[at]
            there.entries[k].focus()
        else:
            self.next()

    def retell(self, but: _SlotRow | None = None) -> None:
        """Something changed: what is said of the other numbers of this page may be something else now."""
        for row in self.rows.values():
            if row is not but and row.judged:
                row.check()
        step = wizard.step_on(self.page)
        if step is not None and not self._let_go:
            self._show_skip(step)

    def _changed(self, fields: frozenset[str]) -> None:
        if not self.winfo_exists():
            return
        if "typed" in fields:
            typed = self.state.now.typed
            shape = (wizard.known_page(typed.page), typed.feet, typed.no_wall, typed.alone)
            if not typed.page:
                self._done()
                return
            if shape[0] != self.page or (shape != self._shape and wizard.step_on(self.page)):
                self.show()
            elif shape != self._shape:
                self._shape = shape
            for row in self.rows.values():
                row.follow()
        if self._waiting and "result" in fields and self.state.now.result is not None:
            self._waiting = False
            self.state.set_form(page="")  # which closes this
        elif self._waiting and "busy" in fields and not self.state.now.busy:
            self._waiting = False

    def _recolour(self, _mode: str) -> None:
        if self.picture is not None:
            self.after_idle(self.picture.paint)


def _slot_name(slot: Slot, step: home.Step) -> str:
    right = slot.side == "right"
    if len(step.loads) > 1 and slot.load == "sitting":
        return _("Right foot, sitting") if right else _("Left foot, sitting")
    if len(step.loads) > 1:
        return _("Right foot, standing") if right else _("Left foot, standing")
    if len(step.measures) > 1:
        names = {
            "print_midfoot_width": _("Right, 1 middle") if right else _("Left, 1 middle"),
            "print_forefoot_width": _("Right, 2 ball") if right else _("Left, 2 ball"),
            "print_heel_width": _("Right, 3 heel") if right else _("Left, 3 heel"),
        }
        return names[slot.measure.id]
    return _("Right foot") if right else _("Left foot")


class _SlotRow:
    """The fields of one slot, and below them what is said of what stands there."""

    def __init__(self, page: HomeWizard, grid: Any, slot: Slot, name: str) -> None:
        self.page, self.slot = page, slot
        self.judged = False
        self._showing = False
        self._after = ""
        self._told: wizard.Told | None = None
        at = 1 + 2 * len(page.rows)
        theme.label(grid, name, 14, bold=True, wraplength=_NAME).grid(
            row=at, column=0, sticky="w", padx=(0, 6), pady=(6, 0)
        )
        self.texts: list[tk.StringVar] = []
        self.entries: list[Any] = []
        for k in range(home.REPEATS):
            text = tk.StringVar(grid)
            entry = ctk.CTkEntry(
                grid, width=_FIELD, height=36, justify="right", font=theme.font(16), textvariable=text
            )
            entry.grid(row=at, column=1 + k, padx=(0, 4), pady=(6, 0))
            entry.bind("<Return>", lambda _event, k=k: self._returned(k))
            entry.bind("<KP_Enter>", lambda _event, k=k: self._returned(k))
            entry.bind("<FocusOut>", lambda _event: self._left(), add="+")
            text.trace_add("write", lambda *_changed, k=k: self._typed(k))
            self.texts.append(text)
            self.entries.append(entry)
        unit = page.state.now.typed.unit
        theme.label(grid, _("inches") if unit == "in" else unit, 13, muted=True).grid(
            row=at, column=1 + home.REPEATS, sticky="w", pady=(6, 0)
        )
        self.below = ctk.CTkFrame(grid, fg_color="transparent")
        self._at = at + 1
        self.value = theme.wrapped(theme.label(self.below, "", 14))
        self.repeats = theme.wrapped(theme.label(self.below, "", 12, muted=True))
        self.trouble = theme.wrapped(theme.label(self.below, "", 14, text_color=theme.MARK))
        self.buttons: list[Any] = []
        self.follow()

    @property
    def state(self) -> AppState:
        return self.page.state

    def follow(self) -> None:
        """Show what the state holds, where the fields show something else."""
        held = wizard.texts(self.state.now.typed, self.slot)
        if list(held) == [text.get() for text in self.texts]:
            if self._told is None:
                self.check()
            return
        self._showing = True
        try:
            for text, shown in zip(self.texts, held, strict=True):
                text.set(shown)
        finally:
            self._showing = False
        self.check()

    def _typed(self, repeat: int) -> None:
        if self._showing:
            return
        self.page._let_go = ""
        keys.into_view(self.entries[repeat]._entry)
        self.state.type_reading(self.slot.side, self.slot.key, repeat, self.texts[repeat].get())
        told = wizard.tell(self.state.now.typed, self.slot, self._person())
        if told.trouble or told.doubt:  # perhaps only half typed: the old words go, the new ones wait
            self._show(wizard.Told(told.value, told.repeats))
            self._wait()
        else:
            self._cancel()
            self._show(told)
        self.judged = True
        self.page.retell(self)

    def _wait(self) -> None:
        self._cancel()
        self._after = self.below.after(_CALM_MS, self._calm)

    def _cancel(self) -> None:
        if self._after:
            self.below.after_cancel(self._after)
            self._after = ""

    def _calm(self) -> None:
        self._after = ""
        if self.below.winfo_exists():
            self.check()

    def _left(self) -> None:
        if self._after:
            self._cancel()
            self.check()

    def _returned(self, repeat: int) -> str:
        self._left()
        self.page.field_returned(self, repeat)
        return "break"

    def _person(self) -> Any:
        return wizard.person_of(self.state.now.asked)

    def check(self) -> wizard.Told:
        """Judge what stands in the fields now."""
        self._cancel()
        told = wizard.tell(self.state.now.typed, self.slot, self._person())
        self.judged = True
        self._show(told)
        return told

    def _show(self, told: wizard.Told) -> None:
        if told == self._told:
            return
        self._told = told
        wrong = told.trouble or told.doubt
        self.value.configure(text=told.value)
        self.repeats.configure(text=told.repeats)
        self.trouble.configure(text=wrong)
        for label in (self.value, self.repeats, self.trouble):
            label.pack_forget()
            if label.cget("text"):
                label.pack(fill="x")
        focused = self.below.focus_get()
        had = any(focused is button for button in self.buttons)
        for button in self.buttons:
            button.master.destroy()
        self.buttons = []
        for fix in told.fixes:
            self._button(fix.text, partial(self._mend, fix))
        if told.accept:
            self._button(_("It's right"), lambda: self._accept(told.accept))
        for button in self.buttons:
            keys.reachable(button)
        if had:
            self.entries[0].focus()
        if told == wizard.Told():  # an empty frame would keep the height it had
            self.below.grid_forget()
        else:
            self.below.grid(row=self._at, column=0, columnspan=home.REPEATS + 2, sticky="ew")
        for entry in self.entries:
            entry.configure(border_color=theme.MARK if told.trouble else theme.EDGE)

    def _button(self, text: str, command: Callable[[], None]) -> None:
        line = ctk.CTkFrame(self.below, fg_color="transparent")
        line.pack(fill="x", pady=(4, 0))
        button = theme.quiet(line, text, command, height=32)
        button.pack(side="left")
        self.buttons.append(button)

    def _mend(self, fix: wizard.Fix) -> None:
        self.state.type_readings(fix.changes, _("a correction"))
        self.page.retell()

    def _accept(self, accept: str) -> None:
        self.state.set_form(accepted=(*self.state.now.typed.accepted, accept))
        self.check()
        self.page.retell()
