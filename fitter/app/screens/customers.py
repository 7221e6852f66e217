"""Customers: find as you type, open, begin a visit, compare two, change, delete."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from tkinter import ttk
from typing import TYPE_CHECKING, Any

import customtkinter as ctk

from fitter.app import keys, theme
from fitter.app.desk import Desk
from fitter.app.reader import Reader
from fitter.app.text import _, current
from fitter.errors import FitterError

if TYPE_CHECKING:
    from fitter.profile import FitProfile
    from fitter.records.people import Customer, Listed, Visit, VisitHead
    from fitter.records.store import Records

_PAGE = 60  # rows read at a time, more than is seen at once: a list of any length costs the same to show
_FIND_AFTER_MS = 80
_NARROW = 420  # the width of the list below which it shows names and last visits only


class CustomersPage(ctk.CTkFrame):
    """The list on the left, the chosen customer on the right."""

    def __init__(
        self, parent: Any, desk: Desk, *, begin: Callable[[Customer], None], opened: Callable[[], None],
        back: Callable[[], None],
    ) -> None:  # fmt: skip
        super().__init__(parent, corner_radius=10)
        self.desk, self._begin, self._opened, self._back = desk, begin, opened, back
        self.customer: Customer | None = None
        self._shown: Customer | None = None  # the customer on the right, unless it is a form or a question
        self._nobody = False  # the right side says that nobody is chosen
        self._found: dict[str, Listed] = {}
        self._heads: dict[str, VisitHead] = {}
        self._more = False
        self._columns: Any = "#all"
        self._timer = ""
        self._build_head()
        body = ctk.CTkFrame(self, fg_color="transparent")
        body.pack(fill="both", expand=True, padx=24, pady=(0, 20))
        body.rowconfigure(0, weight=1)
        # Shares of the room there is, not widths: with large letters there is less of it.
        body.columnconfigure(0, weight=10, uniform="half")
        body.columnconfigure(1, weight=8, uniform="half")
        self._build_list(body).grid(row=0, column=0, sticky="nsew", padx=(0, 16))
        self._side = ctk.CTkFrame(body, fg_color=theme.RAISED, corner_radius=10)
        self._side.grid(row=0, column=1, sticky="nsew")
        self._side.pack_propagate(False)
        keys.reachable(self)
        self.refresh()

    # ------------------------------------------------------------------ the list

    def _build_head(self) -> None:
        head = ctk.CTkFrame(self, fg_color="transparent")
        head.pack(fill="x", padx=24, pady=(20, 12))
        theme.quiet(head, _("Back"), self._back, width=90, height=40).pack(side="left", padx=(0, 16))
        theme.label(head, _("Customers"), 22, bold=True).pack(side="left")
        self.new = theme.quiet(head, _("New customer"), self.edit_new, width=150, height=40)
        self.new.pack(side="right")
        self._text = tk.StringVar(self)
        self.search = ctk.CTkEntry(head, font=theme.font(15), height=40, width=140, textvariable=self._text)
        theme.label(head, _("Find"), 14, muted=True).pack(side="left", padx=(24, 0))
        self.search.pack(side="left", fill="x", expand=True, padx=(8, 16))
        self._text.trace_add("write", lambda *_changed: self._find_soon())
        self.search.bind("<Down>", lambda _event: self._into_list())
        self.search.bind("<Return>", lambda _event: self._into_list())

    def _build_list(self, parent: Any) -> Any:
        box = ctk.CTkFrame(parent, fg_color="transparent")
        columns = (
            ("name", _("Name"), 120), ("number", _("Number"), 80), ("born", _("Born"), 52),
            ("visits", _("Visits"), 52), ("last", _("Last visit"), 88),
        )  # fmt: skip
        self.table = ttk.Treeview(
            box, columns=[c[0] for c in columns], show="headings", style="Fitter.Treeview",
            selectmode="browse",
        )  # fmt: skip
        for name, title, _width in columns:
            self.table.heading(name, text=title, anchor="w")
            self.table.column(name, anchor="w")
        theme.columns(self.table, [(name, width) for name, _title, width in columns], wide="name")
        self.table.bind("<Configure>", self._fit_columns)
        bar = theme.scroll_bar(box, self.table)
        shown = self.table.cget("yscrollcommand")

        def scrolled(first: float, last: float) -> None:
            self.table.tk.call(shown, first, last)
            if self._more and float(last) > 0.9:
                self.after_idle(self._next_page)

        self.table.configure(yscrollcommand=scrolled)
        self.count = theme.label(box, "", 13, muted=True)
        self.count.pack(side="bottom", fill="x", pady=(6, 0))
        bar.pack(side="right", fill="y")
        self.table.pack(fill="both", expand=True)
        self.table.bind("<<TreeviewSelect>>", lambda _event: self._picked())
        self.table.bind("<<Open>>", lambda _event: self._act())
        self.table.bind("<Double-1>", lambda _event: self._act())
        return box

    def _fit_columns(self, event: Any) -> None:
        narrow = event.width < theme.scaled(self, _NARROW)
        wanted: Any = ("name", "last") if narrow else "#all"
        if self._columns != wanted:
            self._columns = wanted
            self.table.configure(displaycolumns=wanted)

    def _find_soon(self) -> None:
        if self._timer:
            self.after_cancel(self._timer)
        self._timer = self.after(_FIND_AFTER_MS, self.refresh)

    def refresh(self, chosen: str = "") -> None:
        """Read the list anew, and choose the customer of that id, or the only one there is."""
        self._timer = ""
        self.table.delete(*self.table.get_children())
        self._found = {}
        try:
            count = self.desk.records().count(self._text.get())
            self._next_page()
        except FitterError as error:
            self.count.configure(text=_(str(error)))
            self._show_nobody()
            return
        words = self._text.get().strip()
        none = _("Nobody fits. Add them with New customer.") if words else _("No customers yet.")
        some = _("1 customer") if count == 1 else _("{count} customers").format(count=count)
        self.count.configure(text=some if count else none)
        if chosen not in self._found:
            chosen = next(iter(self._found)) if len(self._found) == 1 else ""
        if chosen:
            self.table.focus(chosen)
            self.table.selection_set(chosen)
            self.table.see(chosen)
            self._show(self._found[chosen].customer)
        else:
            self._show_nobody()

    def _next_page(self) -> None:
        found = self.desk.records().find(self._text.get(), first=len(self._found), most=_PAGE)
        self._more = len(found) == _PAGE
        for one in found:
            c = one.customer
            if c.id not in self._found:
                values = (
                    c.name,
                    c.number,
                    c.birth_year or "",
                    one.visits,
                    current().date(one.last) if one.last else "",
                )
                self.table.insert("", "end", iid=c.id, values=values)
                self._found[c.id] = one

    def _find_now(self) -> None:
        """What was typed is found before something else is done: later it would take that away."""
        if self._timer:
            self.after_cancel(self._timer)
            self.refresh()

    def _into_list(self) -> str:
        self._find_now()
        rows = self.table.get_children()
        if rows:
            if not self.table.selection():
                self.table.selection_set(rows[0])
                self.table.focus(rows[0])
            self.table.focus_set()
        return "break"

    def _picked(self) -> None:
        chosen = self.table.selection()
        # Tk tells of a choice a moment later: what is shown already stays, with the focus in it.
        if chosen and self._found[chosen[0]].customer is not self._shown:
            self._show(self._found[chosen[0]].customer)

    def _act(self) -> None:
        if self.customer is not None:
            self._begin(self.customer)

    # ------------------------------------------------------------------ the chosen customer

    def _clear(self) -> Any:
        self._shown, self._nobody = None, False
        for child in self._side.winfo_children():
            child.destroy()
        # What is shown of a customer may be taller than the room: it scrolls.
        page = theme.scroll_area(self._side)
        page.pack(fill="both", expand=True, padx=(12, 4), pady=10)
        return page

    def _show_nobody(self) -> None:
        self.customer = None
        if self._nobody:  # while a name is typed: building it anew would be most of the work
            return
        page = self._clear()
        self._nobody = True
        text = _("Choose a customer in the list, or type a part of the name above.")
        theme.wrapped(theme.label(page, text, 14, muted=True)).pack(fill="x")

    def _show(self, customer: Customer) -> None:
        page = self._clear()
        self.customer = self._shown = customer
        theme.wrapped(theme.label(page, customer.name, 20, bold=True)).pack(fill="x")
        born = _("born {year}").format(year=customer.birth_year) if customer.birth_year else ""
        number = _("number {number}").format(number=customer.number) if customer.number else ""
        line = ", ".join(part for part in (number, born) if part)
        if line:
            theme.label(page, line, 14, muted=True).pack(fill="x")
        if customer.note:
            theme.wrapped(theme.label(page, customer.note, 14)).pack(fill="x", pady=(6, 0))
        self.start = theme.primary(page, _("Begin a visit"), self._act)
        self.start.pack(fill="x", pady=(14, 0))
        now = self.desk.state.now
        if now.result is not None and now.customer is None:
            text = _("Keep what is open as a visit")
            self.take = theme.quiet(page, text, self._take, height=36)
            self.take.pack(fill="x", pady=(8, 0))
        self._build_visits(page, customer)
        bar = ctk.CTkFrame(page, fg_color="transparent")
        bar.pack(fill="x", pady=(18, 0))
        theme.quiet(bar, _("Change"), self.edit, width=84).pack(side="left")
        self.delete = theme.quiet(bar, _("Delete"), self.ask_delete, width=84)
        self.delete.pack(side="right")
        keys.reachable(page)

    def _build_visits(self, page: Any, customer: Customer) -> None:
        visits = self.desk.records().visits(customer.id)
        self._heads = {head.id: head for head in visits}
        theme.label(page, _("Visits"), 15, bold=True).pack(fill="x", pady=(16, 4))
        if not visits:
            theme.label(page, _("None yet."), 14, muted=True).pack(fill="x")
            return
        self.visits = ttk.Treeview(
            page, columns=("day", "what"), show="headings", style="Fitter.Treeview", selectmode="extended",
            height=min(5, len(visits)),
        )  # fmt: skip
        for name, title in (("day", _("Day")), ("what", _("Taken"))):
            self.visits.heading(name, text=title, anchor="w")
            self.visits.column(name, anchor="w")
        theme.columns(self.visits, [("day", 110), ("what", 90)], wide="what")
        for head in visits:
            self.visits.insert("", "end", iid=head.id, values=(current().date(head.day), taken(head)))
        self.visits.selection_set(visits[0].id)
        self.visits.bind("<<Open>>", lambda _event: self.open_visit())
        self.visits.bind("<Double-1>", lambda _event: self.open_visit())
        self.visits.pack(fill="x")
        bar = ctk.CTkFrame(page, fg_color="transparent")
        bar.pack(fill="x", pady=(8, 0))
        self.open = theme.quiet(bar, _("Open visit"), self.open_visit, width=92)
        self.open.pack(side="left")
        if sum(head.measured for head in visits) > 1:
            self.compare = theme.quiet(bar, _("Compare two"), self.show_comparison, width=104)
            self.compare.pack(side="left", padx=(8, 0))
            tk.Frame.bind(bar, "<Configure>", self._share_bar, add="+")
        self.told = Reader(page, height=12)  # seen once there is something to tell

    def _share_bar(self, event: Any) -> None:
        """The buttons side by side, or one below the other where their words need it."""
        gap = theme.scaled(self, 8)
        beside = self.open.winfo_reqwidth() + gap + self.compare.winfo_reqwidth() <= event.width
        if beside != (self.compare.pack_info()["side"] == "left"):
            for button in (self.open, self.compare):
                first = button is self.open
                button.pack(
                    side="left" if beside else "top", fill="none" if beside else "x",
                    padx=(0 if first or not beside else 8, 0), pady=(0 if first or beside else 8, 0),
                )  # fmt: skip

    # ------------------------------------------------------------------ what can be done

    def open_visit(self) -> None:
        """Open the chosen visit (the newest of several)."""
        customer, chosen = self.customer, self.visits.selection()
        if customer is None or not chosen:
            return

        def done(visit: Visit) -> None:
            self.desk.open_visit(customer, visit)
            self._opened()

        self._safely(lambda: self.desk.load_visit(self._heads[chosen[0]], done))

    def show_comparison(self) -> None:
        """Compare the two chosen visits; with fewer chosen, that one and the next, or the last two."""
        from fitter.records.compare import compare, lines  # noqa: PLC0415

        measured = [head for head in self._heads.values() if head.measured]  # the newest first
        chosen = [head for head in measured if head.id in self.visits.selection()]
        if len(chosen) == 1:
            at = min(measured.index(chosen[0]), len(measured) - 2)
            chosen = measured[at : at + 2]
        pair = (chosen if len(chosen) == 2 else measured)[:2]
        self.visits.selection_set([head.id for head in pair])

        def read(records: Records) -> list[FitProfile | None]:
            return [records.profile(head.id) for head in pair]

        def compared(profiles: list[FitProfile | None]) -> None:
            after, before = profiles
            if before is not None and after is not None and bar.winfo_exists():
                title = _("{before} and {after}").format(
                    before=current().date(pair[1].day), after=current().date(pair[0].day)
                )
                self.told.pack(fill="x", pady=(10, 0), after=bar)
                self.told.fill([("lead", title), *lines(compare(before, after), _)])

        bar = self.open.master
        self._safely(lambda: self.desk.read(read, compared))

    def _take(self) -> None:
        if self.customer is not None:
            self.desk.take(self.customer)
            self._opened()

    def ask_delete(self) -> None:
        """A clear question first: what goes, and that it goes for good."""
        customer = self.customer
        if customer is None:
            return
        visits, scans = len(self._heads), sum(head.scans for head in self._heads.values())
        page = self._clear()
        head = _("Delete {name} for good?").format(name=customer.name)
        theme.wrapped(theme.label(page, head, 18, bold=True)).pack(fill="x")
        told = _(
            "{visits} visits with {scans} scans go too, and unfinished work. What they stood in is "
            "overwritten: nobody can bring them back. To keep a copy, export the customer first."
        ).format(visits=visits, scans=scans)
        theme.wrapped(theme.label(page, told, 14)).pack(fill="x", pady=(8, 16))
        self.keep = theme.primary(page, _("Keep this customer"), lambda: self._show(customer))
        self.keep.pack(fill="x")
        self.really = theme.quiet(
            page, _("Delete for good"), lambda: self._delete(customer), height=40, text_color=theme.MARK
        )
        self.really.pack(fill="x", pady=(10, 0))
        keys.reachable(page)
        tk.Misc.focus_set(self.keep)

    def _delete(self, customer: Customer) -> None:
        def deleted() -> None:
            self.desk.delete_customer(customer)
            self.refresh()
            self.search.focus()

        self._safely(deleted)

    def edit_new(self) -> None:
        """A form for a new customer; what was searched for is likely the name."""
        from fitter.records.people import Customer  # noqa: PLC0415

        self._find_now()
        self.table.selection_set(())
        self._form(Customer(self._text.get().strip()))

    def edit(self) -> None:
        """A form for the chosen customer."""
        if self.customer is not None:
            self._form(self.customer)

    def _form(self, customer: Customer) -> None:
        page = self._clear()
        title = _("Change customer") if customer.id else _("New customer")
        theme.label(page, title, 20, bold=True).pack(fill="x", pady=(0, 8))
        self.fields: dict[str, Any] = {}
        born = "" if customer.birth_year is None else str(customer.birth_year)
        for name, label, text in (
            ("name", _("Name"), customer.name),
            ("number", _("Number (if you use one)"), customer.number),
            ("birth_year", _("Year of birth"), born),
        ):
            theme.label(page, label, 13, muted=True).pack(fill="x", pady=(6, 0))
            field = ctk.CTkEntry(page, font=theme.font(15), height=36)
            field.insert(0, text)
            # Later: saving takes away the field whose key is being handled.
            field.bind("<Return>", lambda _event: self.after_idle(self._save, customer))
            field.pack(fill="x")
            self.fields[name] = field
        theme.label(page, _("Note"), 13, muted=True).pack(fill="x", pady=(6, 0))
        self.note = ctk.CTkTextbox(
            page,
            height=80,
            font=theme.font(14),
            border_width=2,
            border_color=theme.EDGE,
            fg_color=theme.PANEL,
        )
        self.note.insert("1.0", customer.note)
        self.note.pack(fill="x")
        self.fault = theme.wrapped(theme.label(page, "", 14, text_color=theme.MARK))
        self.fault.pack(fill="x", pady=(8, 0))
        bar = ctk.CTkFrame(page, fg_color="transparent")
        bar.pack(fill="x", pady=(14, 0))
        theme.quiet(bar, _("Cancel"), lambda: self.refresh(customer.id), width=110, height=44).pack(
            side="left"
        )
        self.save = theme.primary(bar, _("Save"), lambda: self._save(customer), width=150)
        self.save.pack(side="right")
        keys.reachable(page)
        self.fields["name"].focus()

    def _save(self, customer: Customer) -> None:
        text = self.fields["birth_year"].get().strip()
        try:
            if text and not text.isdecimal():
                raise FitterError(_("a year of birth is a number such as 1980"), code="bad_birth_year")
            changed = replace(
                customer,
                name=self.fields["name"].get(),
                number=self.fields["number"].get(),
                birth_year=int(text) if text else None,
                note=self.note.get("1.0", "end").strip(),
            )
            records = self.desk.records()
            kept = records.change(changed) if customer.id else records.add(changed)
        except FitterError as error:
            told = _(str(error))
            self.fault.configure(text=told[:1].upper() + told[1:])
            return
        if self._text.get():
            self._text.set("")
            self.after_cancel(self._timer)
        self.refresh(kept.id)
        if kept.id not in self._found:  # far down a long list
            self._show(kept)
        tk.Misc.focus_set(self.start)

    def _safely(self, act: Callable[[], None]) -> None:
        try:
            act()
        except FitterError as error:
            self.desk.state.complain(str(error))


def taken(head: VisitHead) -> str:
    """What a visit holds, in words."""
    scans = _("{count} scans").format(count=head.scans) if head.scans > 1 else _("1 scan")
    typed = _("{count} measured by hand").format(count=head.typed)
    parts = [*([scans] if head.scans else []), *([typed] if head.typed else [])]
    return ", ".join(parts) or (_("the profile only") if head.measured else _("nothing taken"))
