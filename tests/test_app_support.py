"""Claims about the support screen in the real window: what a person sets, tries on and makes there."""

from __future__ import annotations

import pytest
from example_profiles import RULER
from test_app_pages import DeskDriver, folders, opened, start  # noqa: F401 - fixtures

from fitter.app.screens.support import SupportScreen
from fitter.entry import EnteredFoot, entered_value
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
    driver.window._at_home()
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
