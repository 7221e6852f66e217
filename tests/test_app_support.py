"""Claims about the support screen in the real window: what a person sets, tries on and makes there."""

from __future__ import annotations

from types import SimpleNamespace

import customtkinter as ctk
import pytest
from example_profiles import RULER, fitted, typed
from test_app_pages import DeskDriver, folders, opened, start  # noqa: F401 - fixtures
from test_app_window import sample_scan

from fitter.app.screens.support import SupportScreen
from fitter.entry import EnteredFoot, entered_value
from fitter.errors import FitterError
from fitter.insoles import one_a_side
from fitter.resources import data_folder
from fitter.support.following import by_hand


def support_of(driver: DeskDriver) -> SupportScreen:
    driver.window.turn_to("Support")
    driver.update()
    return driver.window._screens["Support"]


def parameter(driver: DeskDriver, name: str):
    return next(p for p in driver.state.now.fit.support.parameters if p.id == name)


@pytest.fixture
def typed_foot(opened) -> DeskDriver:  # noqa: F811
    """A window with a right foot measured by hand."""
    driver = start(opened)
    driver.desk.begin()
    driver.window.type_measures()
    driver.window._close_page()
    entries = {name: entered_value(name, value) for name, value in RULER.items()}
    driver.state.enter_measures(EnteredFoot("right", "standing", entries))
    driver.wait(lambda: driver.state.now.result is not None, "the typed foot")
    driver.settle()
    return driver


# ------------------------------------------------------------------ set by hand


def test_a_height_is_set_by_keyboard_with_a_reason_marked_and_taken_back(typed_foot):
    driver = typed_foot
    screen = support_of(driver)
    page = screen.turn_to("By hand")
    driver.update()
    was = parameter(driver, "arch_support_height").value
    row = page.rows["arch_support_height"]
    driver.tab_to(page.by)
    driver.write("KM")
    driver.tab_to(row.fold.button)
    driver.press_key("<Return>")
    row.value.set(f"{was - 3:g}".replace(".", ","))
    row.reason.set("it pressed")
    driver.tab_to(row.set_button)
    driver.press_key("<space>")
    now = parameter(driver, "arch_support_height")
    assert (now.value, now.override.value, now.override.by) == (was - 3, was, "KM")
    assert "it pressed" in row.told.cget("text")
    assert "it pressed" in screen.content, "marked where the profile is read, too"
    driver.both("by_hand")
    driver.press_key("<Control-z>")
    assert parameter(driver, "arch_support_height").override is None
    assert not row.told.winfo_ismapped()
    driver.press_key("<Control-y>")
    assert by_hand(parameter(driver, "arch_support_height"))
    driver.tab_to(row.restore_button)
    driver.press_key("<Return>")
    assert parameter(driver, "arch_support_height").value == was
    assert row.restore_button.cget("state") == "disabled"


def test_what_follows_from_a_setting_says_from_which_and_goes_back_with_it(typed_foot):
    driver = typed_foot
    page = support_of(driver).turn_to("By hand")
    driver.state.set_by_hand("shell_stiffness", "soft", "as before", "KM")
    driver.update()
    following = [p for p in driver.state.now.fit.support.parameters if p.override and p.override.follows]
    assert following, "a softer shell has a thickness of its own"
    for p in following:
        assert "Follows from shell stiffness" in page.rows[p.id].told.cget("text")
        page.rows[p.id].fold.toggle()
        driver.update()
        assert page.rows[p.id].restore_button.cget("state") == "disabled", "it is taken back with its cause"
    page.rows["shell_stiffness"].fold.toggle()
    page.rows["shell_stiffness"].restore()
    assert all(p.override is None for p in driver.state.now.fit.support.parameters)


@pytest.mark.parametrize(
    ("value", "reason", "by", "says"),
    [
        ("60", "why not", "KM", "It can be 6 to 38 mm"),
        ("16", "", "KM", "a reason is missing"),
        ("16", "it pressed", "", "who sets it is missing"),
        ("high", "it pressed", "KM", "'high' is no number"),
        ("nan", "it pressed", "KM", "leaves the bounds"),
    ],
)
def test_what_may_not_be_set_is_told_and_changes_nothing(typed_foot, value, reason, by, says):
    driver = typed_foot
    page = support_of(driver).turn_to("By hand")
    row = page.rows["arch_support_height"]
    page._by.set(by)
    row.fold.toggle()
    row.value.set(value)
    row.reason.set(reason)
    row.apply()
    assert says in driver.state.now.notice.text
    assert parameter(driver, "arch_support_height").override is None
    assert row.value.get() == value, "what was typed stays to be mended"


# ------------------------------------------------------------------ trying on


def scan(driver: DeskDriver, page, code: str) -> None:
    """What a keyboard-type scanner does: it types the code and Return, wherever the focus is."""
    driver.root.focus_get().insert("insert", code)
    driver.press_key("<Return>")


def test_two_scanned_boxes_get_their_comfort_and_one_is_taken_by_keyboard(typed_foot):
    driver = typed_foot
    screen = support_of(driver)
    page = screen.turn_to("Try on")
    driver.update()
    first, second = list(page.offers)[:2]
    codes = [next(i for i in page._items if i.sku == skus[0]).barcode for skus in (first, second)]
    driver.tab_to(page.code)
    for code, comfort in zip(codes, ("6", "8.5"), strict=True):
        scan(driver, page, code)
        assert driver.root.focus_get() is page.lines[-1].field._entry, "its comfort comes next"
        driver.root.focus_get().insert("insert", comfort)
        driver.press_key("<Return>")
        assert driver.root.focus_get() is page.code._entry, "ready for the next box"
    assert [line.skus for line in page.lines] == [first, second]
    assert not {first, second} & page.offers.keys(), "what is on the list is not offered again"
    driver.tab_to(page.lines[1].radio)
    driver.press_key("<space>")
    driver.both("try_on_before")
    driver.tab_to(page.keep_button)
    driver.press_key("<Return>")
    kept = driver.state.now.result.profile.try_on
    assert [(t.skus, t.comfort) for t in kept.tried] == [(first, 6.0), (second, 8.5)]
    assert kept.chosen == second
    assert kept.suggested == first
    assert driver.state.now.inputs.try_on == kept, "what is kept with the visit"
    assert "8.5 of 10" in screen.content
    driver.both("try_on")
    driver.press_key("<Control-z>")
    assert driver.state.now.result.profile.try_on is None
    assert page.lines == []
    driver.press_key("<Control-y>")
    assert driver.state.now.result.profile.try_on == kept
    assert [line.comfort.get() for line in page.lines] == ["6", "8.5"]
    driver.tab_to(page.forget_button)
    driver.press_key("<space>")
    assert driver.state.now.result.profile.try_on is None


def test_what_is_missing_in_the_record_is_told_and_the_list_stays(typed_foot):
    driver = typed_foot
    page = support_of(driver).turn_to("Try on")
    first, second = list(page.offers)[:2]
    page.code_text.set("no such code")
    page.add_code()
    assert "no article has the sku or barcode" in driver.state.now.notice.text
    for skus in (first, second):
        page.offers[skus].invoke()
    page.lines[0].comfort.set("9")
    page.keep()
    assert "comfort is not told" in driver.state.now.notice.text
    page.lines[1].comfort.set("11")
    page.taken.set("+".join(second))
    page.keep()
    assert "expected 0 to 10" in driver.state.now.notice.text
    page.lines[1].comfort.set("5")
    page.keep()
    assert "was more comfortable: say why" in driver.state.now.notice.text
    driver.state.set_by_hand("heel_lift", 2.0, "a stiff ankle", "KM")
    driver.update()
    assert [line.comfort.get() for line in page.lines] == ["9", "5"], "another edit leaves the list alone"
    page.reason.set("the other was sold")
    page.keep()
    assert driver.state.now.result.profile.try_on.chosen == second
    driver.desk.begin()
    driver.update()
    assert page.lines == []
    assert page.taken.get() == page.reason.get() == "", "nothing of one person is shown for the next"


def test_one_box_of_two_sizes_stands_for_the_pair_that_the_match_puts_together(opened):  # noqa: F811
    driver = start(opened)
    driver.desk.begin()
    driver.window.type_measures()
    driver.window._close_page()
    feet = []
    for side, length in (("left", 247.0), ("right", 256.0)):
        entries = {name: entered_value(name, value) for name, value in RULER.items()}
        entries["foot_length"] = entered_value("foot_length", length)
        feet.append(EnteredFoot(side, "standing", entries))
    driver.state.enter_measures(*feet)
    driver.wait(lambda: driver.state.now.result is not None, "both feet")
    driver.settle()
    page = support_of(driver).turn_to("Try on")
    pair = next(skus for skus in page.offers if len(skus) == 2)
    for sku in pair:
        page.code_text.set(sku.lower())
        page.add_code()
    assert [line.skus for line in page.lines] == [pair], "both boxes are one thing tried"
    assert len(page.lines[0].labels) == 2, "and each box has its label"
    driver.window.resize_text(+3)
    driver.update()
    driver.both("try_on_pair_large")
    single = next(skus for skus in page.offers if len(skus) == 1)
    page.offers[single].invoke()
    driver.update()
    driver.both("try_on_large")
    for line in page.lines:
        for button in (line.remove, *line.labels):
            assert button._text_label.winfo_reqwidth() <= button.winfo_width(), "its word is cut off"
        assert line.radio.winfo_reqwidth() <= line.radio.winfo_width()


def test_a_label_of_what_was_tried_is_written_where_one_says(typed_foot, tmp_path):
    driver = typed_foot
    page = support_of(driver).turn_to("Try on")
    next(iter(page.offers.values())).invoke()
    driver.folder = str(tmp_path / "labels")
    page.lines[0].labels[0].invoke()
    driver.wait(lambda: not driver.state.now.busy, "the label")
    (label,) = (tmp_path / "labels").iterdir()
    assert label.name == f"label-{page.lines[0].skus[0]}.pdf"
    assert label.read_bytes().startswith(b"%PDF")
    assert label.name in driver.state.now.notice.text
    label.write_text("a letter")
    page.lines[0].labels[0].invoke()
    driver.wait(lambda: not driver.state.now.busy, "the refusal")
    assert "was not written by Fitter" in driver.state.now.notice.text
    assert label.read_text() == "a letter"


# ------------------------------------------------------------------ insoles


def made(driver: DeskDriver) -> bool:
    return not driver.state.now.busy and driver.state.now.insoles is not None


def test_a_trial_template_is_made_by_keyboard_told_first_and_saved_then(typed_foot, tmp_path):
    driver = typed_foot
    page = support_of(driver).turn_to("Insole")
    driver.update()
    driver.folder = str(tmp_path / "anna")
    driver.tab_to(page.length)
    driver.press_key("<End>")
    driver.tab_to(page.make_button)
    driver.press_key("<Return>")
    assert driver.state.now.busy, "the window does not wait for it"
    driver.wait(lambda: made(driver), "the insole")
    driver.update()
    assert not (tmp_path / "anna").exists(), "nothing is written before it was told"
    assert "three-quarter" in page.content
    assert "not for wear" in page.content.lower()
    driver.both("insole")
    driver.tab_to(page.save_button)
    driver.press_key("<space>")
    driver.wait(lambda: not driver.state.now.busy, "the files")
    names = {path.name for path in (tmp_path / "anna").iterdir()}
    assert {"insole-right.3mf", "insole-right.dxf", "insole-right.pdf", "insole-right-shell.stl"} <= names
    driver.state.set_by_hand("heel_cup_depth", 12.0, "a shallow shoe", "KM")
    driver.update()
    assert "has changed since" in page.content
    assert page.save_button is None, "an insole of another profile is not saved for this one"
    driver.press_key("<Control-z>")
    assert page.save_button is not None


def test_an_insole_follows_the_sole_of_a_scan_and_can_be_cancelled(opened):  # noqa: F811
    driver = start(opened, files=[str(sample_scan())])
    driver.wait(lambda: driver.state.now.result is not None, "the scan")
    driver.settle()
    page = support_of(driver).turn_to("Insole")
    page.make_button.invoke()
    driver.wait(lambda: driver.state.now.doing.startswith("shaping"), "the shaping")
    driver.press_key("<Control-z>")
    assert not driver.state.now.busy
    assert driver.state.now.insoles is None, "what was cancelled is never heard of again"
    page.make_button.invoke()
    driver.wait(lambda: made(driver), "the insole")
    driver.update()
    assert page.save_button is not None, page.content
    assert "Ready to print" in page.content
    assert "not for wear" not in page.content.lower()
    driver.both("insole_scan")


def test_an_insole_that_is_refused_says_why_and_leaves_nothing_to_save(typed_foot):
    driver = typed_foot

    def refuse(*_given, **_options):
        raise FitterError(
            "no insole is made on a guess: side", todo="State it with --side", code="not_certain"
        )

    driver.state._make_insoles = refuse
    page = support_of(driver).turn_to("Insole")
    page.make_button.invoke()
    driver.wait(lambda: made(driver), "the refusal")
    driver.update()
    assert "No insole is made on a guess" in page.content
    assert "State it in the column on the left" in page.content, "the window has no options to type"
    assert page.save_button is None
    driver.both("insole_refused")


def test_a_foot_captured_under_two_loads_gets_one_insole_and_its_settings_on_either(typed_foot):
    driver = typed_foot
    entries = {name: entered_value(name, value) for name, value in RULER.items()}
    driver.state.enter_measures(EnteredFoot("right", "sitting", entries))
    driver.wait(lambda: len(driver.state.now.result.profile.feet) == 2, "both captures")
    driver.settle()
    screen = support_of(driver)
    for looked_at in (0, 1):
        driver.state.select_foot(looked_at)
        assert driver.state.insole_feet() == (0,), "the standing one says what supports it"
        assert "arch_support_height" in screen.turn_to("By hand").rows


def test_of_two_captures_alike_the_one_looked_at_gets_the_insole():
    result = SimpleNamespace(profile=fitted(typed("left"), typed("right"), typed("right")))
    assert one_a_side(result, 0) == (0, 1)
    assert one_a_side(result, 2) == (0, 2)


# ------------------------------------------------------------------ the shop's own stock list


def texts(widget) -> list[str]:
    """Everything that can be read in it."""
    found = [str(widget.cget("text"))] if isinstance(widget, ctk.CTkLabel | ctk.CTkButton) else []
    return found + [text for child in widget.winfo_children() for text in texts(child)]


def test_a_stock_list_is_imported_in_the_window_and_offered_at_once(typed_foot, tmp_path):
    driver = typed_foot
    page = support_of(driver).turn_to("Try on")
    driver.update()
    assert "none of these exist" in " ".join(texts(page))
    example = (data_folder("models") / "support" / "example_catalogue.csv").read_text(encoding="utf-8")
    head, *rows = example.splitlines()
    own = tmp_path / "stock.csv"
    own.write_text("\n".join([head, *rows[:-1], rows[-1].replace(",", ";", 3)]), encoding="utf-8")
    page._choose_list = lambda: str(own)
    driver.tab_to(page.import_button)
    driver.press_key("<Return>")
    driver.wait(lambda: driver.state.now.shelf == 1, "the list to be read")
    driver.settle()
    assert f"{len(rows) - 1} articles kept. 1 rows were left out" in driver.state.now.notice.text
    assert "none of these exist" not in " ".join(texts(page))
    support_of(driver).turn_to("Profile")
    driver.update()
    assert "none of these exist" not in support_of(driver).content


def test_what_is_no_stock_list_is_refused_and_the_one_before_stays(typed_foot, tmp_path):
    driver = typed_foot
    support_of(driver).turn_to("Try on")
    other = tmp_path / "notes.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    driver.state.import_shelf(other)
    driver.settle()
    assert driver.state.now.notice.kind == "error"
    assert "notes.csv" in driver.state.now.notice.text
    assert driver.state.now.shelf == 0
