"""A picture of every screen of the window, and a list of what is cut off on it.

    xvfb-run -s "-screen 0 1400x900x24" python -m benchmarks.window_screens --to FOLDER
        [--language de] [--text-size 150] [--theme dark] [--size 1280x800] [--only knee ...]

The real window with made-up customers on temporary folders goes through every page. One PNG each is saved
into FOLDER, a line is printed for each text that has less room than it needs (`tests.layout.cut_off`), and
at the end how many there were. ``--sheet`` also pastes all pictures, six at a time, onto sheets.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from PIL import Image, ImageGrab

from benchmarks.window import Hands, own_folders
from fitter import settings
from fitter.app.samples import samples
from fitter.records.people import Customer
from tests.layout import cut_off

_PEOPLE = ("Amalia Bergström-Hohenfels", "Bo Li", "Maximiliane von Weißenburg", "José María Echeverría")
Shown = tuple[str, Callable[[], object]]


class Tour:
    """Through all screens, in an order in which each finds what it needs."""

    def __init__(self, chosen: argparse.Namespace, folder: Path) -> None:
        self.chosen, self.folder, self.faults = chosen, folder, 0
        self.hands = Hands()
        self.window, self.state, self.root = self.hands.window, self.hands.state, self.hands.root
        self.root.minsize(300, 300)
        self.root.geometry(f"{chosen.size}+0+0")
        self.hands.pause(0.3)
        self.files = {path.name: path for _name, path in samples()}

    def go(self) -> None:
        for name, act in self._screens():
            wanted = not self.chosen.only or any(word in name for word in self.chosen.only)
            if not wanted and not name.startswith("="):
                continue
            act()
            self.hands.settle()
            for error in self.hands.troubles:
                print(f"{name}: {traceback.format_exception(error)[-2:]}", flush=True)
                self.faults += 1
            self.hands.troubles.clear()
            if not name.startswith("="):
                self.hands.pause(self.chosen.calm)
                self._keep(name)
        self.hands.close()

    def _keep(self, name: str) -> None:
        self.root.update()
        x, y = self.root.winfo_rootx(), self.root.winfo_rooty()
        box = (x, y, x + self.root.winfo_width(), y + self.root.winfo_height())
        picture = ImageGrab.grab(xdisplay=os.environ.get("DISPLAY", "")).crop(box)
        picture.save(self.folder / f"{name}.png")
        for told in cut_off(self.root):
            self.faults += 1
            print(f"{name}: {told}", flush=True)

    # ------------------------------------------------------------------ where it goes

    def _screens(self) -> Iterator[Shown]:
        """A name and what leads there; "=" before the name: only on the way."""
        window, desk = self.window, self.window.desk
        assert desk is not None
        yield "00-first-questions", lambda: window.show_settings(first=True)
        yield "=asked", lambda: desk.choose(asked=True)
        yield "=begun", desk.start
        yield "01-first-page-empty", window.show_start
        yield "=people", self._people
        yield "02-first-page", window.show_start
        yield "03-customers", window.show_customers
        yield "04-customer", lambda: self._customer(0)
        yield "05-visits-compared", lambda: window._page.show_comparison()  # noqa: PLW0108 - the page comes later
        yield "06-new-customer", lambda: window._page.edit_new()  # noqa: PLW0108
        yield "07-delete", self._delete
        yield "08-settings", window.show_settings
        yield "09-about", window.show_about
        yield "10-print", window.show_print
        yield "=leave", window._close_page
        yield "11-keys", window.show_keys
        yield "=leave", window._close_page
        yield "12-typing", window.type_measures
        yield "=leave", window._close_page
        yield from self._home()
        yield "=new", lambda: (desk.begin(), window._close_page())
        yield "30-nothing-open", lambda: None
        yield "=scan", lambda: self._open("pair_left.stl", "pair_right.stl")
        yield from self._tabs()
        yield from self._tools()
        yield "80-error", self._error
        yield "=calm", self.state.dismiss
        yield "=home", window._close_page
        yield "=large", lambda: self.state.open_files([self.files["neutral_right.stl"]])
        yield "=busy", self._progress

    def _home(self) -> Iterator[Shown]:
        from fitter.app import wizard  # noqa: PLC0415

        window = self.window
        yield "=home", window._at_home
        yield "20-home-start", lambda: None
        pages = wizard.pages()
        steps = [p for p in pages if wizard.step_on(p) is not None]
        typed = {
            "foot_length": ("251", "250"), "ball_breadth": ("98", "99"), "instep_height": ("66", "93"),
        }  # fmt: skip
        for page in steps if self.chosen.all_steps else steps[:3]:
            yield f"21-home-{page}", lambda page=page: self._step(page, typed)
        yield "22-home-footprint", lambda: window._page.go_to(wizard.print_page())
        yield "23-home-photo", lambda: window._page.go_to(f"{wizard.PHOTO}right")
        for page in [p for p in pages if p.startswith(wizard.ASK)]:
            yield f"24-home-{page.replace(' ', '-')}", lambda page=page: window._page.go_to(page)
        yield "25-home-summary", lambda: window._page.go_to(wizard.SUMMARY)
        yield "26-home-help", lambda: window._page.toggle_help()  # noqa: PLW0108

    def _step(self, page: str, typed: dict[str, tuple[str, ...]]) -> None:
        from fitter.app import wizard  # noqa: PLC0415

        self.window._page.go_to(page)
        self.hands.settle()
        step = wizard.step_on(page)
        assert step is not None
        for slot in wizard.slots(self.state.now.typed, step):
            for number, text in enumerate(typed.get(slot.measure.id, ())):
                self.state.type_reading(slot.side, slot.key, number, text)

    def _tabs(self) -> Iterator[Shown]:
        window = self.window
        names = list(window._screens)
        for place, name in enumerate(self._extra_tabs()):
            yield f"39-extra-{place}", lambda name=name: window.turn_to(name)
        yield "40-result", lambda: window.turn_to(names[0])
        yield "=answers", lambda: self.state.answer({"body_mass_kg": 80.0, "age_band": "30_to_44"})
        yield "41-result-open", lambda: self._unfold(names[0])
        yield "42-result-open-below", lambda: self._scroll(names[0], 0.5)
        yield "43-result-open-end", lambda: self._scroll(names[0], 1.0)
        yield "44-measures", lambda: self._measures(names[1])
        yield "50-questions", lambda: window.turn_to(names[2])
        yield from self._questions(names[2])
        yield "60-support", lambda: window.turn_to(names[3])
        yield "61-by-hand", lambda: self._support(names[3], 1)
        yield "62-by-hand-open", lambda: self._unfold(names[3])
        yield "63-try-on", lambda: self._support(names[3], 2)
        yield "64-insole", lambda: self._support(names[3], 3)
        yield "=made", lambda: self._make(names[3])
        yield "65-insole-made", lambda: None
        yield "66-insole-under-foot", self._insole
        yield "70-knee", lambda: window.turn_to(names[4])
        yield "71-knee-open", lambda: self._unfold(names[4])
        yield "72-knee-open-below", lambda: self._scroll(names[4], 0.4)
        yield "73-knee-open-end", lambda: self._scroll(names[4], 1.0)
        yield "74-both-feet", lambda: self.state.show(company="both")
        yield "=one", lambda: self.state.show(company="one")

    def _extra_tabs(self) -> list[str]:
        """The tabs that a narrow window has besides."""
        return [name for name in getattr(self.window, "tab_names", ()) if name not in self.window._screens]

    def _tools(self) -> Iterator[Shown]:
        yield "75-landmarks", lambda: self.window.show_tool("landmarks")
        yield "76-landmark-moved", self._move
        yield "77-section", lambda: self.window.show_tool("section")
        yield "=closed", self.window.close_tool

    def _questions(self, tab: str) -> Iterator[Shown]:
        from fitter.answers import STOP_IDS  # noqa: PLC0415

        screen = lambda: self.window._screens[tab]  # noqa: E731
        for place in range(1, 9):

            def turn(place: int = place) -> None:
                names = list(screen()._names)
                if place < len(names):
                    screen()._open(names[place])

            yield f"51-questions-{place}", turn
        yield "=safe", lambda: [self.state.ask(i, False) for i in STOP_IDS]
        yield "52-questions-self-checks", lambda: screen()._open(list(screen()._names)[-1])

    # ------------------------------------------------------------------ what it does there

    def _people(self) -> None:
        desk = self.window.desk
        assert desk is not None
        for name in _PEOPLE:
            desk.records().add(Customer(name, note="Left heel; runs on Tuesdays and Thursdays."))
        first = desk.records().find()[0].customer
        for number, scan in enumerate(("neutral_right.stl", "bunion_right.ply")):
            self.window._fit_customer(first)
            desk._today = lambda number=number: date(2026, 3, 1 + number)
            self.state.open_files([self.files[scan]])
            self.hands.settle()
            self.hands.wait(lambda: bool(self.state.now.visit))

    def _customer(self, number: int) -> None:
        page = self.window._page
        page.table.selection_set(page.table.get_children()[number])

    def _delete(self) -> None:
        self.window.show_customers()
        self.hands.settle()
        self._customer(0)
        self.hands.settle()
        self.window._page.ask_delete()

    def _open(self, *names: str) -> None:
        self.state.open_files([self.files[name] for name in names])

    def _measures(self, tab: str) -> None:
        self.window.turn_to(tab)
        self.hands.settle()
        for table in _all(self.window._screens[tab], "Treeview"):
            if rows := table.get_children():
                table.selection_set(rows[3])

    def _pages(self, tab: str) -> list[str]:
        return list(self.window._screens[tab]._build)

    def _support(self, tab: str, page: int) -> None:
        self.window.turn_to(tab)
        self.window._screens[tab].turn_to_page(page)

    def _unfold(self, tab: str) -> None:
        self.window.turn_to(tab)
        for fold in list(_all(self.window._screens[tab], "Fold")):
            if fold.winfo_viewable() and not fold.is_open:
                fold.toggle()

    def _scroll(self, tab: str, share: float) -> None:
        for area in _all(self.window._screens[tab], "CTkScrollableFrame"):
            if area.winfo_viewable():
                area._parent_canvas.yview_moveto(share)

    def _make(self, tab: str) -> None:
        page = self.window._screens[tab]._pages.get(self._pages(tab)[3])
        if page is not None:
            page.make()

    def _insole(self) -> None:
        if self._extra_tabs():
            with suppress(IndexError):
                self.window.turn_to(self._extra_tabs()[1])
        self.state.show(insole=True, paint="gap")

    def _move(self) -> None:
        self.hands.settle()
        tool = self.window._tools["landmarks"]
        self.window.hand.begin(tool.chosen, by_keys=True)
        for _number in range(4):
            self.window.hand.step(1, 0, far=True)
            self.hands.pause(0.2)

    def _error(self) -> None:
        broken = self.folder / "a broken scan with quite a long name.stl"
        broken.write_bytes(b"solid nothing\nendsolid nothing\n")
        self.window._close_page()
        self.state.open_files([broken])

    def _progress(self) -> None:
        self.state.set_side("left")
        self.hands.wait(lambda: self.state.now.busy)
        self._keep("81-progress")
        self.state.cancel()


def _all(widget: Any, kind: str) -> Iterator[Any]:
    if type(widget).__name__ == kind:
        yield widget
    for child in widget.winfo_children():
        yield from _all(child, kind)


def sheets(folder: Path, across: int = 2, down: int = 3) -> None:
    """All pictures of a folder, a few at a time."""
    found = sorted(p for p in folder.glob("*.png") if not p.name.startswith("sheet"))
    for number, start in enumerate(range(0, len(found), across * down)):
        pictures = [Image.open(p).convert("RGB") for p in found[start : start + across * down]]
        wide, tall = pictures[0].size
        sheet = Image.new("RGB", (across * (wide + 6), down * (tall + 6)), "#d0006f")
        for place, picture in enumerate(pictures):
            sheet.paste(picture, ((place % across) * (wide + 6), (place // across) * (tall + 6)))
        sheet.save(folder / f"sheet-{number:02d}.png")


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--to", type=Path, required=True)
    options.add_argument("--language", default="en", choices=("en", "de", "fr", "es"))
    options.add_argument("--text-size", type=int, default=100, choices=settings.SCALES)
    options.add_argument("--theme", default="light", choices=("light", "dark", "contrast"))
    options.add_argument("--size", default="1280x800")
    options.add_argument("--only", nargs="*", default=[], help="parts of the names of pictures")
    options.add_argument("--calm", type=float, default=0.2, help="seconds before each picture")
    options.add_argument("--all-steps", action="store_true")
    options.add_argument("--sheet", action="store_true")
    chosen = options.parse_args()
    chosen.to.mkdir(parents=True, exist_ok=True)
    with own_folders(asked=False):
        kept = replace(
            settings.load(), language=chosen.language, text_size=chosen.text_size, theme=chosen.theme
        )
        settings.save(kept)
        tour = Tour(chosen, chosen.to.resolve())
        tour.go()
    if chosen.sheet:
        sheets(chosen.to)
    print(f"{chosen.language} {chosen.text_size} % {chosen.theme} {chosen.size}: {tour.faults} cut off")
    return int(tour.faults > 0)


if __name__ == "__main__":
    sys.stdout.flush()
    os._exit(main())
