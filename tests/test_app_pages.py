"""First page, customers and settings in the real window, by keyboard alone where it counts."""

from __future__ import annotations

import gc
import os
import tkinter as tk
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import customtkinter as ctk
import pytest
from example_profiles import RULER, fitted, typed
from test_app_window import Driver, sample_scan

from fitter import settings
from fitter.answers import STOP_IDS
from fitter.app import keys, printing, theme
from fitter.app import window as window_module
from fitter.app.desk import Desk
from fitter.app.screens.customers import CustomersPage
from fitter.app.screens.home_wizard import HomeWizard
from fitter.app.screens.start import SettingsPage, StartPage
from fitter.app.session import Session, left_behind, new_session
from fitter.app.state import AppState
from fitter.app.watch import Arrived
from fitter.app.window import Window
from fitter.app.worker import Worker
from fitter.records.people import Customer, Visit
from fitter.records.store import FILE, Records
from fitter.settings import Settings


class DeskDriver(Driver):
    """A window with a desk, and the hands of a person."""

    def __init__(self, chosen: Settings | None = None, files: Sequence[str] = ()) -> None:
        if chosen is not None:
            settings.save(chosen)
        self.files, self.folder, self.troubles = [], "", []
        self.worker = Worker()
        self.state = AppState(
            self.worker,
            export=window_module._export,
            check_answers=window_module._check_answers,
            make_insoles=self.worker.insoles,
        )
        self.desk = Desk(self.state, today=lambda: date(2026, 6, 2), calm=0.0)
        self.window = Window(
            self.state,
            choose_files=lambda: self.files,
            choose_folder=lambda: self.folder,
            desk=self.desk,
        )
        self.root = self.window.root
        calm = self.root.report_callback_exception

        def noted(kind, error, where):
            self.troubles.append(error)
            calm(kind, error, where)

        self.root.report_callback_exception = noted
        self.root.focus_force()
        self.root.update()
        self.state.open_files(files)
        self.window.show_first()
        self.update()

    def update(self) -> None:
        for _ in range(3):
            self.root.update()

    @property
    def page(self):
        return self.window._page

    def press_key(self, sequence: str) -> None:
        """A key, wherever the focus is."""
        widget = self.root.focus_get() or self.root
        widget.event_generate(sequence)
        self.update()

    def write(self, text: str) -> None:
        for letter in text:
            self.root.focus_get().event_generate("<Key>", keysym="space" if letter == " " else letter)
        self.update()

    def tab_to(self, widget) -> None:
        """Tab until the widget has the focus."""
        inner = getattr(widget, "_entry", widget)
        for _ in range(80):
            if self.root.focus_get() is inner:
                return
            self.press_key("<Tab>")
        pytest.fail(f"Tab never reached {widget}")

    def both(self, name: str) -> None:
        """A picture in light and in dark."""
        for mode in ("light", "dark"):
            ctk.set_appearance_mode(mode)
            self.update()
            self.grab(f"{name}_{mode}")
        ctk.set_appearance_mode("light")
        self.update()

    def close(self) -> None:
        self.window.close()
        self.worker.close()


@pytest.fixture
def folders(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv(settings.DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.setenv(settings.FOLDER_VARIABLE, str(tmp_path / "config"))
    return tmp_path


@pytest.fixture
def opened(display, folders) -> Iterator[list[DeskDriver]]:
    """The windows of one test; each is closed, and no callback may have gone wrong."""
    windows: list[DeskDriver] = []
    yield windows
    troubles = [error for driver in windows for error in driver.troubles]
    for driver in windows:
        driver.close()
    windows.clear()
    ctk.set_widget_scaling(1.0)
    gc.collect()
    assert troubles == []


def start(opened, chosen: Settings | None = None, files: Sequence[str] = ()) -> DeskDriver:
    driver = DeskDriver(chosen or Settings(asked=True, theme="light"), files)
    opened.append(driver)
    return driver


def some_customers(folder: Path) -> Records:
    records = Records(folder / "data" / FILE)
    anna = records.add(Customer("Anna Müller", "K-17", 1980, "Likes wide shoes; comes with her own insoles."))
    records.add(Customer("Béla Kovács", "K-18", 1955))
    records.add(Customer("Zoë van der Heijden"))
    for day, girth in ((date(2025, 3, 1), 244.0), (date(2026, 2, 11), 290.0)):
        foot = typed("right", "standing", **{**RULER, "ball_girth": girth})
        records.keep(Visit(anna.id, day, profile=fitted(foot)))
    return records


# ------------------------------------------------------------------ the first start


def test_the_first_start_asks_four_things_by_keyboard_and_remembers_them(opened, folders):
    driver = start(opened, Settings(theme="light"))
    assert isinstance(driver.page, SettingsPage)
    driver.both("first_run")
    questions = driver.page._area.winfo_children()
    assert len(questions) == 4, "language, units, mode, where data lives, and nothing else"
    driver.press_key("<Control-n>")
    driver.press_key("<Escape>")
    assert isinstance(driver.page, SettingsPage), "nothing leads around the questions"
    driver.tab_to(driver.page.units)
    driver.press_key("<Right>")
    driver.tab_to(driver.page.mode)
    driver.press_key("<End>")
    driver.tab_to(driver.page.begin)
    driver.press_key("<space>")
    assert isinstance(driver.page, StartPage)
    chosen = settings.load()
    assert (chosen.asked, chosen.units, chosen.mode) == (True, "cm", "")
    assert (folders / "data" / "work").is_dir()


def test_a_start_with_a_file_shows_the_foot_at_once_and_asks_later(opened):
    driver = start(opened, Settings(theme="light"), files=[str(sample_scan())])
    assert driver.page is None
    assert driver.state.now.busy or driver.state.now.result
    driver.window.show_start()
    assert isinstance(driver.page, SettingsPage), "the questions stay, and come when the first page would"


def test_a_data_folder_that_cannot_be_made_is_told_on_the_page(opened, folders):
    driver = start(opened, Settings(theme="light"))
    (folders / "file").write_text("")
    driver.page.folder.delete(0, "end")
    driver.page.folder.insert(0, str(folders / "file" / "below"))
    driver.page._finish()
    assert "can't be made" in driver.page.fault.cget("text")
    assert not settings.load().asked


# ------------------------------------------------------------------ two doors


def test_the_first_page_has_two_doors_and_samples_and_tells_where_data_stays(opened):
    driver = start(opened)
    assert isinstance(driver.page, StartPage)
    assert driver.root.focus_get() is driver.page.shop
    assert driver.page.back is None, "there is nothing to go back to"
    driver.both("start")
    driver.tab_to(driver.page.home)
    driver.press_key("<Return>")
    assert isinstance(driver.page, HomeWizard)


def test_a_sample_is_one_choice_away(opened):
    driver = start(opened)
    name = next(n for n, p in driver.page._samples.items() if p == sample_scan())
    driver.page.sample._dropdown_callback(name)
    driver.wait(lambda: driver.state.now.result is not None, "the sample's result")
    driver.settle()
    driver.shot("sample_from_start")
    driver.press_key("<Control-n>")
    assert isinstance(driver.page, StartPage)
    driver.press_key("<Escape>")
    assert driver.page is None
    assert driver.state.now.result is not None


def test_what_a_crash_left_is_offered_first_and_taken_up_with_one_key(opened, folders):
    left = start(opened)
    left.desk.begin()
    left.window.type_measures()
    form = left.window._form
    form.fields["foot_length"].insert(0, "251")
    form.fields["ball_length"].insert(0, "184")
    left.update()
    form.submit()
    left.wait(lambda: left.state.now.result is not None, "the typed foot")
    left.settle()
    left.state.type_reading("left", "foot_length", 0, "25")
    assert left.desk.journal.flush()
    left.desk.journal.session.release()  # as the system does for a process that was killed
    left.desk.journal._over = True
    driver = start(opened)
    assert driver.page.crashed is not None
    assert driver.root.focus_get() is driver.page.recover
    driver.both("recovery")
    driver.press_key("<Return>")
    driver.wait(lambda: driver.state.now.result is not None, "the work taken up")
    driver.settle()
    assert driver.state.now.typed.row("left", "foot_length") == ("25",)
    assert driver.state.now.fit.measurements.get("foot_length").value == 251
    left.desk.journal = None


def questions_of(driver: DeskDriver, *names: str):
    """The questions, with these pages opened one after the other."""
    driver.window._close_page()
    driver.window.turn_to("Questions")
    screen = driver.window._screens["Questions"]
    for name in names:
        screen._open(name)
        driver.update()
    return screen


def test_questions_half_answered_survive_a_crash(opened):
    left = start(opened)
    screen = questions_of(left, "Safety", "You", "Load", "Pain", "Foot")
    screen._controls["knee_locked"].set("No", from_button_callback=True)
    screen._controls["height_cm"].insert(0, "18")  # of 180: no height yet, and kept as typed
    screen._controls["body_mass_kg"].insert(0, "70,5")
    screen._controls["age_band"]._dropdown_callback("30 to 44")
    screen._controls["recent_change"]["speed"].toggle()
    screen._controls["pain_places"]._choose("left_knee_front")
    screen._controls["bunion_picture"]["mild"].invoke()
    left.update()
    assert left.desk.journal.flush()
    left.desk.journal.session.release()  # as the system does for a process that was killed
    left.desk.journal._over = True
    driver = start(opened)
    driver.press_key("<Return>")
    assert driver.state.now.asked == {
        "knee_locked": False, "height_cm": "18", "body_mass_kg": 70.5, "age_band": "30_to_44",
        "recent_change": ("speed",), "pain_places": ("left_knee_front",), "bunion_picture": "mild",
    }  # fmt: skip
    screen = questions_of(driver, "Safety", "You", "Load", "Pain", "Foot")
    shown = screen._controls
    assert shown["knee_locked"].get() == "No"
    assert (shown["height_cm"].get(), shown["body_mass_kg"].get()) == ("18", "70.5")
    assert shown["age_band"].get() == "30 to 44"
    assert [word for word, tick in shown["recent_change"].items() if tick.get()] == ["speed"]
    assert shown["pain_places"].chosen == ("left_knee_front",)
    assert shown["bunion_picture"]["mild"].cget("fg_color") == theme.ACCENT
    assert shown["bunion_picture"]["severe"].cget("fg_color") == theme.QUIET
    left.desk.journal = None


def test_undo_and_redo_show_in_the_questions(opened):
    driver = start(opened)
    screen = questions_of(driver, "Safety", "You", "Load")
    shown = screen._controls
    screen._none_apply()
    assert all(shown[i].get() == "No" for i in STOP_IDS)
    for letter in "80":
        shown["body_mass_kg"].insert("end", letter)
    shown["sport"]["running"].toggle()
    shown["sport"]["nothing"].toggle()
    assert screen.values["sport"] == ("nothing",)
    assert not shown["sport"]["running"].get()
    driver.state.undo()  # both ticks of one question, as letters of one field
    assert not shown["sport"]["nothing"].get()
    driver.state.undo()
    assert shown["body_mass_kg"].get() == ""
    assert screen.may_try
    driver.state.undo()  # no to all of them was one edit
    assert all(shown[i].get() == "" for i in STOP_IDS)
    assert not screen.may_try
    for _ in range(3):
        driver.state.redo()
    assert all(shown[i].get() == "No" for i in STOP_IDS)
    assert shown["body_mass_kg"].get() == "80"
    assert shown["sport"]["nothing"].get()
    assert driver.state.now.redo == ""


def test_self_checks_are_taken_away_where_undo_or_the_age_takes_away_their_leave(opened):
    driver = start(opened)
    screen = questions_of(driver, "Safety")  # age is asked there
    screen._none_apply()
    questions_of(driver, "Strength")
    assert screen._pages["strength"].winfo_ismapped()
    driver.state.undo()
    driver.update()
    assert screen._pages["locked"].winfo_ismapped()
    driver.state.redo()
    driver.update()
    assert screen._pages["strength"].winfo_ismapped()
    screen._controls["age_band"]._dropdown_callback("Under 16")
    driver.update()
    assert screen._pages["locked"].winfo_ismapped(), "nobody under 16 is told to test their strength"


def test_a_number_that_cannot_be_is_refused_by_name_and_not_dropped(opened):
    driver = start(opened)
    screen = questions_of(driver, "You")
    screen._controls["height_cm"].insert(0, "1800")
    screen.submit()
    driver.update()
    assert driver.state.now.notice.kind == "error"
    assert "height_cm" in driver.state.now.notice.text
    assert driver.state.now.inputs.answers is None


def test_recent_work_is_listed_and_opened_from_the_list(opened, folders):
    first = new_session(folders / "data")
    from test_app_session import full_work  # noqa: PLC0415

    work = full_work()
    first.close(type(work)(typed=work.typed))
    driver = start(opened)
    assert driver.page.crashed is None
    (row,) = driver.page.recent.get_children()
    assert driver.page.recent.item(row, "values")[0] == "Typed measures"
    driver.grab("recent")
    driver.tab_to(driver.page.recent)
    driver.press_key("<Return>")
    assert driver.window._form.winfo_ismapped(), "typed measures open in their form"
    driver.window._form._turn_side("Left foot")
    assert driver.window._form.fields["foot_length"].get() == "9 7/8"


# ------------------------------------------------------------------ customers


def test_a_customer_is_added_fitted_and_kept_by_keyboard_alone(opened, folders):
    driver = start(opened)
    driver.press_key("<space>")  # Fit a customer has the focus
    page = driver.page
    assert isinstance(page, CustomersPage)
    driver.write("Dora")
    driver.tab_to(page.new)
    driver.press_key("<space>")
    assert page.fields["name"].get() == "Dora", "what was searched for is the name"
    driver.tab_to(page.fields["birth_year"])
    driver.write("1990")
    driver.grab("customer_new")
    driver.press_key("<Return>")
    assert driver.root.focus_get() is page.start
    driver.press_key("<space>")
    assert driver.page is None
    assert driver.state.now.customer.name == "Dora"
    assert driver.root.focus_get() is driver.window.source.open_button
    driver.files = [str(sample_scan())]
    driver.press_key("<space>")
    driver.wait(lambda: driver.state.now.visit != "", "the visit to be kept")
    driver.settle()
    assert "Dora, kept as a visit" in driver.window.source.whose.cget("text")
    driver.both("customer_work")
    records = Records(folders / "data" / FILE)
    (found,) = records.find("dora")
    (head,) = records.visits(found.customer.id)
    assert records.visit(head.id).captures[0].data == sample_scan().read_bytes()


def test_customers_are_found_while_typing_and_the_list_is_walked_with_arrows(opened, folders):
    some_customers(folders)
    driver = start(opened)
    driver.press_key("<Control-f>")
    page = driver.page
    assert len(page.table.get_children()) == 3
    driver.both("customers")
    driver.press_key("<Down>")
    assert page.customer.name == "Anna Müller"
    driver.press_key("<End>")
    assert page.customer.name == "Zoë van der Heijden"
    driver.press_key("<Home>")
    driver.press_key("<Down>")
    assert page.customer.name == "Béla Kovács"
    page.search.focus()
    driver.write("kov")
    driver.wait(lambda: len(page.table.get_children()) == 1, "the list to follow")
    assert page.customer.name == "Béla Kovács", "the only one is chosen"
    driver.write("x")
    driver.wait(lambda: not page.table.get_children(), "the list to follow")
    assert "Nobody fits" in page.count.cget("text")


def test_two_visits_are_compared_on_the_page(opened, folders):
    some_customers(folders)
    driver = start(opened)
    driver.press_key("<Control-f>")
    driver.press_key("<Down>")
    page = driver.page
    driver.tab_to(page.compare)
    driver.press_key("<Return>")
    driver.wait(lambda: page.told.content, "both profiles")
    assert "Ball girth: 244.0 → 290.0" in page.told.content
    assert len(page.visits.selection()) == 2
    driver.both("compare")


def test_deleting_asks_first_and_keeping_is_the_easy_answer(opened, folders):
    records = some_customers(folders)
    driver = start(opened)
    driver.press_key("<Control-f>")
    driver.press_key("<Down>")
    page = driver.page
    driver.tab_to(page.delete)
    driver.press_key("<space>")
    assert driver.root.focus_get() is page.keep
    driver.both("delete")
    driver.press_key("<space>")
    assert records.count() == 3
    page.ask_delete()
    driver.tab_to(page.really)
    driver.press_key("<space>")
    assert [found.customer.name for found in records.find()] == ["Béla Kovács", "Zoë van der Heijden"]


def test_a_kept_visit_is_opened_again(opened, folders):
    driver = start(opened)
    records = driver.desk.records()
    anna = records.add(Customer("Anna"))
    from fitter.captures import Capture  # noqa: PLC0415

    records.keep(Visit(anna.id, date(2025, 3, 1), (Capture("n.stl", sample_scan().read_bytes()),)))
    driver.press_key("<Control-f>")
    driver.wait(lambda: driver.page.customer is not None, "the only customer")
    driver.tab_to(driver.page.open)
    driver.press_key("<space>")
    driver.wait(lambda: driver.state.now.result is not None, "the visit measured again")
    driver.settle()
    assert driver.page is None
    assert driver.state.now.customer == anna


def test_five_thousand_customers_show_as_quickly_as_fifty(opened, folders):
    records = Records(folders / "data" / FILE)
    from fitter.records.schema import CUSTOMER  # noqa: PLC0415
    from fitter.records.store import _row  # noqa: PLC0415

    rows = [_row(Customer(f"Person {n:04d}", id=f"p{n}")) for n in range(5000)]
    with records._writing() as db:
        db.execute(CUSTOMER.insert(), rows)
    driver = start(opened)
    driver.press_key("<Control-f>")
    page = driver.page
    assert len(page.table.get_children()) < 100, "only what can be seen is there"
    assert page.count.cget("text") == "5000 customers"
    tk.Misc.focus_set(page.table)
    for _ in range(3):
        driver.press_key("<End>")
        driver.update()
    assert len(page.table.get_children()) > 150, "the rest comes with the scrolling"
    page.search.focus()
    driver.write("4321")
    driver.wait(lambda: len(page.table.get_children()) == 1, "the one")
    assert page.customer.name == "Person 4321"


# ------------------------------------------------------------------ keyboard


def stops(driver: DeskDriver) -> list[str]:
    """Everything that Tab reaches from where the focus is, in order, until it comes round."""
    first = widget = driver.root.focus_get()
    met = [str(first)]
    for _ in range(300):
        widget = driver.root.nametowidget(driver.root.tk.call("tk_focusNext", widget))
        if widget is first:
            return met
        met.append(str(widget))
    return met


def pressable(widget) -> Iterator[tk.Misc]:
    """Every widget a mouse can use that is on the screen and on."""
    kinds = (ctk.CTkButton, ctk.CTkCheckBox, ctk.CTkSwitch, ctk.CTkOptionMenu, ctk.CTkSlider, ctk.CTkEntry)
    if isinstance(widget, ctk.CTkSegmentedButton):
        if widget.winfo_viewable() and widget.cget("state") != "disabled":
            yield widget
        return
    if isinstance(widget, kinds) and widget.winfo_viewable() and widget.cget("state") != "disabled":
        yield getattr(widget, "_entry", widget)
        return
    for child in widget.winfo_children():
        yield from pressable(child)


def test_on_every_page_tab_reaches_everything_that_can_be_pressed_and_nothing_else(opened, folders):
    some_customers(folders)
    driver = start(opened)
    visited = 0
    for show in (
        driver.window.show_start, driver.window.show_customers, driver.window.show_settings,
        driver.window.type_measures, driver.window.show_keys, driver.window._close_help,
        driver.window._close_page,
    ):  # fmt: skip
        show()
        driver.update()
        if driver.window._help is None and driver.root.focus_get() in (None, driver.root):
            tk.Misc.focus_force(driver.window.source.open_button)
            driver.update()
        met = set(stops(driver))
        top = driver.window._help if driver.window._help is not None else driver.root
        wanted = {str(widget) for widget in pressable(top)}
        assert wanted <= met, (show.__name__, sorted(wanted - met))
        for path in met:
            assert driver.root.tk.call("winfo", "viewable", path), (show.__name__, path)
        visited += 1
    assert visited == 7


def test_every_kind_of_widget_answers_to_the_keyboard_and_shows_its_focus(opened):
    driver = start(opened)
    place = ctk.CTkFrame(driver.root)
    place.place(x=0, y=0)
    done: list[str] = []
    button = theme.quiet(place, "Button", lambda: done.append("button"))
    box = theme.tick(place, "Box", 13, command=lambda: done.append("box"))
    switch = ctk.CTkSwitch(place, text="Switch", command=lambda: done.append("switch"))
    radio = ctk.CTkRadioButton(place, text="Radio", command=lambda: done.append("radio"))
    slider = ctk.CTkSlider(place, from_=0, to=10, number_of_steps=10, command=lambda v: done.append(f"{v:g}"))
    tabs = ctk.CTkSegmentedButton(place, values=["a", "b", "c"], command=done.append)
    off = theme.quiet(place, "Off", lambda: done.append("off"), state="disabled")
    for widget in (button, box, switch, radio, slider, tabs, off):
        widget.pack()
    keys.reachable(place)
    keys.reachable(place)  # twice is once
    slider.set(5)
    driver.update()
    for widget, key, said in (
        (button, "<space>", "button"), (button, "<Return>", "button"), (box, "<space>", "box"),
        (switch, "<Return>", "switch"), (radio, "<space>", "radio"), (slider, "<Right>", "6"),
        (slider, "<Home>", "0"), (slider, "<Down>", "0"), (slider, "<End>", "10"), (tabs, "<space>", "a"),
        (tabs, "<End>", "c"), (tabs, "<Right>", "a"), (tabs, "<Left>", "c"),
    ):  # fmt: skip
        done.clear()
        driver.key(widget, key)
        assert done == [said], (widget, key)
    driver.key(off, "<space>")
    assert done == ["c"], "what is off stays off"
    tk.Misc.focus_set(button)
    assert str(off) not in stops(driver)
    place.destroy()


def test_the_focus_is_seen_on_every_stop_of_the_work(opened):
    """Each stop of the Tab key looks different with the focus than without."""
    from PIL import ImageChops, ImageGrab  # noqa: PLC0415

    driver = start(opened)
    driver.window._close_page()
    driver.state.open_files([sample_scan()])
    driver.settle()
    tk.Misc.focus_force(driver.window.source.open_button)
    driver.update()

    def picture():
        driver.update()
        driver.settle()
        x, y = driver.root.winfo_rootx(), driver.root.winfo_rooty()
        box = (x, y, x + driver.root.winfo_width(), y + driver.root.winfo_height())
        return ImageGrab.grab(box, xdisplay=os.environ.get("DISPLAY") or None).convert("RGB")

    for path in stops(driver):
        widget = driver.root.nametowidget(path)
        driver.root.focus_set()
        without = picture()
        tk.Misc.focus_set(widget)
        difference = ImageChops.difference(without, picture()).getbbox()
        assert difference is not None, path


def test_a_question_mark_lists_the_keys_but_not_while_typing(opened):
    driver = start(opened)
    driver.press_key("<question>")
    assert driver.window._help is not None
    driver.grab("keys_all")
    driver.press_key("<Escape>")
    assert driver.window._help is None
    assert isinstance(driver.page, StartPage), "closing the list leaves the page below it"
    driver.press_key("<Control-f>")
    driver.press_key("<question>")
    assert driver.window._help is None


def test_letters_typed_in_the_form_are_undone_and_done_again_with_keys(opened):
    driver = start(opened)
    driver.desk.begin()
    driver.window.type_measures()
    driver.update()
    form = driver.window._form
    driver.wait(lambda: driver.root.focus_get() is form.fields["foot_length"]._entry, "the first field")
    driver.write("251")
    driver.press_key("<Control-z>")
    assert form.fields["foot_length"].get() == ""
    driver.press_key("<Control-Shift-Z>")
    assert form.fields["foot_length"].get() == "251"
    driver.press_key("<Control-z>")
    driver.press_key("<Control-y>")
    assert form.fields["foot_length"].get() == "251"
    assert driver.window.undo_button.winfo_ismapped()
    driver.grab("undo")


# ------------------------------------------------------------------ looks


@pytest.mark.parametrize("size", [80, 150, 200])
def test_pages_are_whole_at_other_text_sizes(opened, folders, size):
    """Nothing that can be pressed is outside the window or narrower than its text."""
    some_customers(folders)
    driver = start(opened, Settings(asked=True, theme="light", text_size=size))
    for name, show in (
        ("start", driver.window.show_start), ("customers", driver.window.show_customers),
        ("settings", driver.window.show_settings),
    ):  # fmt: skip
        show()
        driver.update()
        if name == "customers":
            driver.press_key("<Down>")
        driver.grab(f"{name}_{size}")
        root = driver.root
        for widget in pressable(driver.page):
            # What scrolls comes into view with the focus; the rest must be there.
            tk.Misc.focus_set(widget)
            driver.update()
            left, top = widget.winfo_rootx() - root.winfo_rootx(), widget.winfo_rooty() - root.winfo_rooty()
            assert left >= 0, (name, widget)
            assert top >= 0, (name, widget)
            assert left + widget.winfo_width() <= root.winfo_width() + 1, (name, widget)
            assert top + widget.winfo_height() <= root.winfo_height() + 1, (name, widget)
            if isinstance(widget, ctk.CTkButton) and widget._text_label is not None:
                assert widget._text_label.winfo_reqwidth() <= widget.winfo_width(), (name, widget)


@pytest.mark.parametrize("size", [80, 150, 200])
def test_the_work_is_whole_at_other_text_sizes(opened, size):
    driver = start(opened, Settings(asked=True, theme="light", text_size=size))
    driver.window._close_page()
    driver.state.open_files([sample_scan()])
    driver.wait(lambda: driver.state.now.result is not None, "the sample's result")
    for name in ("Measures", "Questions"):
        driver.window.turn_to(name)
        driver.update()
        driver.grab(f"work_{name.lower()}_{size}")
    right = driver.root.winfo_rootx() + driver.root.winfo_width()
    driver.window.turn_to("Measures")
    driver.update()
    for widget in pressable(driver.root):
        assert widget.winfo_rootx() + widget.winfo_width() <= right, widget
    driver.window.type_measures()
    driver.update()
    driver.grab(f"typing_{size}")


def test_text_grows_and_shrinks_with_keys_and_is_remembered(opened):
    driver = start(opened)
    driver.press_key("<Control-plus>")
    driver.press_key("<Control-plus>")
    assert settings.load().text_size == 125
    assert ctk.ScalingTracker.widget_scaling == 1.25
    driver.press_key("<Control-Key-0>")
    assert settings.load().text_size == 100
    for _ in range(5):
        driver.press_key("<Control-minus>")
    assert settings.load().text_size == 80


def test_colours_are_chosen_in_the_settings_and_shown_at_once(opened):
    driver = start(opened)
    driver.window.show_settings()
    driver.update()
    driver.tab_to(driver.page.theme)
    driver.press_key("<Right>")
    assert ctk.get_appearance_mode() == "Dark"
    driver.grab("settings_dark")
    driver.press_key("<Left>")
    driver.grab("settings_light")
    assert settings.load().theme == "light"


def test_the_window_comes_back_where_it_was_unless_that_is_off_the_screen(opened):
    first = start(opened)
    first.root.geometry("1130x700+37+29")
    first.update()
    opened.remove(first)
    first.close()
    assert settings.load().window.startswith("1130x700")
    again = start(opened, settings.load())
    again.update()
    assert (again.root.winfo_width(), again.root.winfo_height()) == (1130, 700)
    assert not window_module._on_screen(again.root, "1130x700+9000+20")
    assert not window_module._on_screen(again.root, "9130x700+0+20")
    assert not window_module._on_screen(again.root, "nonsense")


def test_closing_releases_the_work_for_the_next_start(opened, folders):
    first = start(opened)
    first.desk.begin()
    first.window.type_measures()
    first.window._form.fields["foot_length"].insert(0, "251")
    first.update()
    opened.remove(first)
    first.close()
    (left,) = left_behind(folders / "data")
    assert left.closed
    assert Session(left.folder).load().typed.row("right", "foot_length") == ("251",)


# ------------------------------------------------------------------ scanner, printing, copying, about


def test_what_a_scanner_saved_is_offered_on_every_page_and_opened_by_keyboard(opened, folders):
    driver = start(opened)
    driver.state.scans_arrived([Arrived(str(sample_scan()), 0.0)])
    driver.update()
    bar = driver.window.arrivals
    assert bar.winfo_viewable()
    assert bar.text.cget("text").startswith("New scan: neutral_right.stl, ")
    driver.grab("arrived")
    driver.tab_to(bar.open)
    driver.press_key("<space>")
    driver.wait(lambda: driver.state.now.result is not None, "the foot")
    assert driver.page is None
    assert not bar.winfo_viewable()
    driver.state.folder_missed("scans")
    driver.update()
    assert "can't be reached just now" in bar.text.cget("text")
    driver.tab_to(bar.aside)
    driver.press_key("<space>")
    assert not bar.winfo_viewable()


def test_a_folder_to_watch_is_set_in_the_settings_and_one_that_is_not_there_refused(opened, folders):
    driver = start(opened)
    driver.window.show_settings()
    driver.page.watched.insert(0, str(folders / "nowhere"))
    driver.page._finish()
    assert "is not there" in driver.page.fault.cget("text")
    (folders / "nowhere").mkdir()
    driver.page._finish()
    assert settings.load().watched == str(folders / "nowhere")
    assert driver.desk._watch is not None


def test_the_other_way_of_what_was_assumed_is_a_button_in_the_message(opened):
    driver = start(opened, files=[str(sample_scan().with_name("pair_right.stl"))])
    driver.settle()
    driver.window._dropped(str(sample_scan().with_name("pair_left.stl")))
    driver.settle()
    assert [foot.side for foot in driver.state.now.result.profile.feet] == ["right", "left"]
    assert driver.window._change.cget("text") == "Open it alone"
    driver.tab_to(driver.window._change)
    driver.press_key("<Return>")
    driver.settle()
    assert [foot.side for foot in driver.state.now.result.profile.feet] == ["left"]


def test_printing_is_a_page_of_its_own_and_says_what_is_lacking(opened, monkeypatch):
    printed = []
    monkeypatch.setattr(printing, "printers", lambda: ("Office",))
    monkeypatch.setattr(printing, "print_pdf", lambda *asked: printed.append(asked))
    driver = start(opened)
    driver.press_key("<Control-p>")
    page = driver.page
    driver.wait(lambda: "Office" in page.printer.cget("values"), "the printers")
    states = {key: button.cget("state") for key, button in page.buttons.items()}
    assert states == {
        "report": "disabled",
        "worksheet": "normal",
        "label": "disabled",
        "template": "disabled",
    }
    page.printer.set("Office")
    driver.both("print")
    driver.tab_to(page.buttons["worksheet"])
    driver.press_key("<space>")
    driver.settle()
    ((pdf, title, printer),) = printed
    assert pdf.startswith(b"%PDF")
    assert (title, printer) == ("Fitter: Worksheet for measuring", "Office")
    # What comes while the page is open can be printed.
    driver.state.open_files([sample_scan()])
    driver.settle()
    assert driver.page is page
    assert page.buttons["report"].cget("state") == "normal"


def test_a_list_is_copied_as_a_table(opened, folders):
    some_customers(folders)
    driver = start(opened)
    driver.press_key("<Control-f>")
    tk.Misc.focus_force(driver.page.table)
    driver.update()
    driver.press_key("<Control-c>")
    lines = driver.root.clipboard_get().splitlines()
    assert lines[0].split("\t") == ["Name", "Number", "Born", "Visits", "Last visit"]
    assert lines[1].split("\t") == ["Anna Müller", "K-17", "1980", "2", "2026-02-11"]
    assert len(lines) == 4


def test_about_shows_every_part_and_its_licence(opened):
    driver = start(opened)
    driver.window.show_about()
    driver.update()
    table = driver.page.table
    names = [table.set(row, "name") for row in table.get_children()]
    assert {"Python", "numpy"} <= set(names)
    table.selection_set(table.get_children()[names.index("numpy")])
    driver.update()
    assert "Redistribution" in driver.page.reader.content
    driver.both("about")
    driver.press_key("<Escape>")
    assert isinstance(driver.page, StartPage)


@pytest.mark.parametrize("size", [150, 200])
def test_the_keys_scroll_where_they_do_not_fit(opened, size):
    driver = start(opened, Settings(asked=True, theme="light", text_size=size))
    driver.press_key("<F1>")
    page = driver.window._help
    assert page.winfo_y() >= 0
    assert page.winfo_y() + page.winfo_height() <= driver.root.winfo_height()
    assert page.winfo_x() >= 0
    area = next(w for w in page.winfo_children()[-1].winfo_children() if isinstance(w, tk.Canvas))
    driver.press_key("<Down>")
    assert area.yview()[0] > 0.0


def test_high_contrast_is_chosen_in_the_settings_and_undone(opened):
    driver = start(opened)
    driver.window.show_settings()
    driver.page._show(theme="contrast")
    driver.update()
    assert theme.pick(theme.TEXT) in ("#000000", "#FFFFFF")
    driver.grab("contrast")
    driver.page._show(theme="light")
    driver.update()
    assert theme.pick(theme.TEXT) == "#1B2227"
