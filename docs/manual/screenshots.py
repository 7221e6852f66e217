"""Takes the pictures of the manual from the running program: `python -m docs.manual.screenshots`.

`SHOTS` says for each picture what is done in the window before it is taken and what it shows. Everything is
reached by the words on its buttons and by the public names of the window, so a change of layout changes the
pictures and not this file; a shot whose button is gone fails by name. The window is on a virtual screen of
its own where Xvfb is installed, its settings and customers in a folder that is thrown away.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
IMAGES = HERE / "images"
WINDOW = "window"  # the picture in the README
MOST_BYTES = 80_000
_COLOURS = (256, 192, 128, 96, 64, 48, 32, 24, 16)  # tried in turn until a picture is small enough
_PATIENCE_S = 150.0  # for a machine that is busy with something else
_SOON_S = 4.0
_CALM_S = 0.07  # twice as long as the window waits before it looks at its state again
_LAST_S = 0.4  # before a picture: what follows a moment later has followed
_MARGIN = 6  # pixels around what a picture is cut out for
_SCREEN = "1400x900x24"
_PLACE = "1280x800+0+0"
_TODAY, _BEFORE = date(2026, 9, 14), date(2026, 3, 2)  # of the two visits; pictures hold no clock of ours


class NotThereError(Exception):
    """What a shot wants to press or to show is not in this program."""


Steps = Callable[["Hands"], Any]


@dataclass(frozen=True, slots=True)
class Upper:
    """The upper part of a widget, where the rest is empty."""

    widget: Any
    share: float


@dataclass(frozen=True, slots=True)
class Shot:
    """``steps`` lead to what is to be seen and return the widget to cut out, None for all of the
    window."""

    steps: Steps
    theme: str = "light"
    text_size: int = 100


SHOTS: dict[str, Shot] = {}


def shot(name: str, **how: Any) -> Callable[[Steps], Steps]:
    """Make a shot of the steps below it."""

    def kept(steps: Steps) -> Steps:
        SHOTS[name] = Shot(steps, **how)
        return steps

    return kept


def file_of(name: str, language: str = "en") -> Path:
    """Where a picture is kept."""
    if language != "en":
        return IMAGES / language / f"{name}.png"
    return HERE.parent / f"{name}.png" if name == WINDOW else IMAGES / f"{name}.png"


# ---------------------------------------------------------------------------------- install and first steps


@shot("first-questions")
def _first_questions(h: Hands) -> Any:
    h.window.show_settings(first=True)
    h.write_folder()


@shot("start")
def _start(h: Hands) -> Any:
    h.empty_desk()
    h.window.show_start()


@shot("settings")
def _settings(h: Hands) -> Any:
    h.window.show_settings()
    h.write_folder()
    h.to_end()


# ------------------------------------------------------------------------------------------------- the shop


@shot("customer-new")
def _customer_new(h: Hands) -> Any:
    h.empty_desk()
    h.window.show_customers()
    h.press("New customer")
    h.write("Name", "Alex Example")
    h.write("Number (if you use one)", "1042")
    h.write("Year of birth", "1980")


@shot("work-empty")
def _work_empty(h: Hands) -> Any:
    h.customer()


@shot("work")
def _work(h: Hands) -> Any:
    h.customer()
    h.open_pair()


@shot("assumed")
def _assumed(h: Hands) -> Any:
    h.open_pair()
    return h.window.source


@shot("questions")
def _questions(h: Hands) -> Any:
    h.open_pair()
    h.turn_to("Questions")
    return h.numbers


@shot("result")
def _result(h: Hands) -> Any:
    h.open_pair_with_answers()
    h.turn_to("Result", "Arch")
    return h.numbers


@shot("result-more")
def _result_more(h: Hands) -> Any:
    h.open_pair_with_answers()
    h.turn_to("Result", "Arch")
    h.unfold("More about the arch")
    return h.numbers


@shot("measures")
def _measures(h: Hands) -> Any:
    h.open_pair_with_answers()
    h.turn_to("Measures")
    h.state.pick_measure("ball_girth")


def _support_page(h: Hands, name: str) -> Any:
    h.open_pair_with_answers()
    h.turn_to("Support")
    h.press(name)
    return h.numbers


@shot("support")
def _support(h: Hands) -> Any:
    return _support_page(h, "Profile")


@shot("by-hand")
def _by_hand(h: Hands) -> Any:
    return _support_page(h, "By hand")


@shot("try-on")
def _try_on(h: Hands) -> Any:
    return _support_page(h, "Try on")


@shot("insole")
def _insole(h: Hands) -> Any:
    shown = _support_page(h, "Insole")
    h.state.make_insoles("full", "a4")
    return shown


@shot("print")
def _print(h: Hands) -> Any:
    h.open_pair_with_answers()
    h.window.show_print()


@shot("exported")
def _exported(h: Hands) -> Any:
    h.open_pair_with_answers()
    with h.within(h.made):
        h.folder = "alex"
        h.window.export()
        h.settle()
    return h.window.strip


@shot("compare")
def _compare(h: Hands) -> Any:
    h.two_visits()
    h.press("Compare two")


@shot("delete")
def _delete(h: Hands) -> Any:
    h.two_visits()
    h.press("Delete")


@shot("about")
def _about(h: Hands) -> Any:
    h.window.show_about()


# ---------------------------------------------------------------------------------------- the foot in 3D


@shot("view-sole")
def _view_sole(h: Hands) -> Any:
    h.open_pair_with_answers()
    h.state.look_from("sole")
    return h.feet


@shot("view-both")
def _view_both(h: Hands) -> Any:
    h.open_pair_with_answers()
    h.state.show(company="both")
    h.state.look_from("top")
    return h.feet


@shot("view-insole")
def _view_insole(h: Hands) -> Any:
    h.open_pair_with_answers()
    h.state.show(insole=True, landmarks=False, lines=False)
    h.state.look_from("medial")
    h.settle()
    return h.feet


@shot("landmarks")
def _landmarks(h: Hands) -> Any:
    h.open_pair_with_answers()
    h.state.look_from("medial")
    h.settle()
    h.press("Move landmarks")


@shot("section")
def _section(h: Hands) -> Any:
    h.open_pair_with_answers()
    h.state.look_from("oblique")
    h.settle()
    h.press("Section")
    h.live(1.0)  # it first goes to its usual place
    h.press("Arch")


# ---------------------------------------------------------------------------------------------- the knee


@shot("knee")
def _knee(h: Hands) -> Any:
    h.open_pair_with_answers()
    h.turn_to("Knee")
    return h.numbers


@shot("knee-chain")
def _knee_chain(h: Hands) -> Any:
    h.open_pair_with_answers()
    h.turn_to("Knee")
    h.unfold("From the heel to the kneecap")
    return h.numbers


@shot("stop")
def _stop(h: Hands) -> Any:
    h.open_pair_with_answers(stop=True)
    h.turn_to("Support")
    h.press("Profile")
    return Upper(h.numbers, 0.35)


# ---------------------------------------------------------------------------------------------- keys, looks


@shot("keys")
def _keys(h: Hands) -> Any:
    h.open_pair()
    h.turn_to("Measures")
    h.window.show_keys()


@shot("dark", theme="dark")
def _dark(h: Hands) -> Any:
    h.open_pair_with_answers()
    h.turn_to("Result", "Arch")


@shot("large-text", text_size=150)
def _large_text(h: Hands) -> Any:
    h.open_pair_with_answers()
    h.turn_to("Result", "Arch")


@shot("error")
def _error(h: Hands) -> Any:
    h.open_pair()
    nothing = h.made / "holiday.stl"
    nothing.write_bytes(b"this is no scan")
    h.state.open_files([nothing])
    h.settle()
    return h.window.strip


@shot(WINDOW)
def _window(h: Hands) -> Any:
    h.open_pair_with_answers()
    h.turn_to("Result", "Arch")


# -------------------------------------------------------------------------------------------- at home


@shot("home-1")
def _home_start(h: Hands) -> Any:
    h.home("")


@shot("home-2")
def _home_measure(h: Hands) -> Any:
    h.home("foot_length", right={"foot_length": ("251", "252", "251")}, left={"foot_length": ("247", "246")})


@shot("home-3")
def _home_doubt(h: Hands) -> Any:
    h.home("ball_length", right={"foot_length": ("251", "252", "251"), "ball_length": ("815",)})


@shot("home-4")
def _home_photo(h: Hands) -> Any:
    h.home_photo()


@shot("home-5")
def _home_summary(h: Hands) -> Any:
    read = {"foot_length": ("251", "252", "251"), "ball_length": ("184", "185", "185"),
            "ball_breadth": ("97", "98", "98"), "instep_height": ("63", "64", "63")}  # fmt: skip
    h.home("summary", right=read)


# ----------------------------------------------------------------------------------------------- the hands


class Hands:
    """Uses the window as a person would: presses what bears a text, types into fields, waits."""

    def __init__(self, window: Any, made: Path) -> None:
        self.window, self.state, self.root, self.made = window, window.state, window.root, made
        self.folder = ""
        self._open = ""  # what is fitted now
        self._unfolded: list[tuple[str, str]] = []  # tab and title
        window.desk._today = lambda: _TODAY

    @contextmanager
    def within(self, folder: Path) -> Iterator[None]:
        """In another current folder, so that a message names no folder of the machine."""
        before = Path.cwd()
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)

    # waiting

    def wait(self, until: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + _PATIENCE_S
        while not until():
            if time.monotonic() > end:
                raise NotThereError(f"waited {_PATIENCE_S:.0f} s for {what}: {self.state.now.notice}")
            self.root.update()
            time.sleep(0.005)

    def settle(self) -> None:
        """Nothing is computed, the foot is drawn, and nothing moves any more."""
        foot = self.window.foot
        self.live(_CALM_S)
        self.wait(lambda: not self.state.now.busy, "the work to end")
        self.live(_CALM_S)
        self.wait(
            lambda: foot.still or foot.shape is None or not foot.winfo_viewable(),
            "the picture of the foot",
        )
        self.live(_CALM_S)

    def live(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.root.update()
            time.sleep(0.005)

    # finding

    def _shown(self, widget: Any = None) -> Iterator[Any]:
        for child in (widget or self.root).winfo_children():
            yield from self._shown(child)
            if child.winfo_viewable():
                yield child

    def _bearing(self, text: str, kind: str = "") -> list[Any]:
        """What is seen and bears a text, uppermost first."""
        from fitter.app.text import _  # noqa: PLC0415

        found = []
        for widget in self._shown():
            with suppress(Exception):  # not every widget has a text
                if widget.cget("text") == _(text) and kind in type(widget).__name__:
                    found.append(widget)
        return found

    def button(self, text: str) -> Any:
        end = time.monotonic() + _SOON_S
        while not (found := [w for w in self._bearing(text) if hasattr(w, "invoke")]):
            if time.monotonic() > end:
                raise NotThereError(f"no button '{text}'")
            self.live(0.05)
        return found[-1]

    def press(self, text: str) -> None:
        self.button(text).invoke()
        self.settle()

    def unfold(self, title: str) -> None:
        """Fold out what has this title and bring it to the top; where it stands open anyway it stays so."""
        if (fold := self._titled(title)) is not None:
            fold.invoke()
            self._unfolded.append((self.window.tabs.get(), title))
            self.settle()
        self._scroll_to(title)

    def _titled(self, title: str) -> Any:
        from fitter.app.text import _  # noqa: PLC0415

        for widget in self._shown(self.numbers):
            if hasattr(widget, "invoke") and _(title) in str(widget.cget("text")):
                return widget
        return None

    def _fold_all(self) -> None:
        for tab, title in self._unfolded:
            self.window.turn_to(tab)
            self.live(0.1)
            if (fold := self._titled(title)) is not None:
                fold.invoke()
        self._unfolded.clear()

    def write(self, label: str, text: str) -> None:
        """Type into the field below a label."""
        for found in self._bearing(label, "Label"):
            siblings = found.master.winfo_children()
            for field in siblings[siblings.index(found) :]:
                if type(field).__name__ == "CTkEntry":
                    field.delete(0, "end")
                    field.insert(0, text)
                    return
        raise NotThereError(f"no field '{label}'")

    def write_folder(self) -> None:
        """A plain folder in place of the one the pictures are taken in."""
        self.settle()
        for field in self._shown():
            if type(field).__name__ == "CTkEntry" and str(self.made.parent) in field.get():
                field.delete(0, "end")
                field.insert(0, "/home/alex/.local/share/fitter")

    def turn_to(self, *names: str) -> None:
        """The first of these tabs that there is."""
        from fitter.app.text import _  # noqa: PLC0415

        there = self.window.tabs.cget("values")
        name = next((_(n) for n in names if _(n) in there), None)
        if name is None:
            raise NotThereError(f"no tab '{names[0]}'")
        self.window.turn_to(name)
        self.settle()

    def to_end(self) -> None:
        """Scroll what is shown to its end."""
        self.settle()
        for widget in self._shown():
            if type(widget).__name__ == "CTkScrollableFrame":
                widget._parent_canvas.yview_moveto(1.0)

    def _scroll_to(self, text: str) -> None:
        """Bring what bears a text to the top of the page of numbers."""
        from fitter.app.text import _  # noqa: PLC0415

        for page in self._shown(self.numbers):
            if type(page).__name__ != "CTkScrollableFrame":
                continue
            for widget in self._shown(page):
                with suppress(Exception):
                    if _(text) in str(widget.cget("text")):
                        at = (widget.winfo_rooty() - page.winfo_rooty()) / page.winfo_height()
                        page._parent_canvas.yview_moveto(at)
                        self.settle()
                        return

    @property
    def numbers(self) -> Any:
        """The panel with the tabs."""
        return self.window.tabs.master

    @property
    def feet(self) -> Any:
        """The panel with the foot."""
        return self.window.foot.master

    # work

    def fresh(self) -> None:
        """From a page or tool to the work, as it is when it opens."""
        if getattr(self.window, "close_tool", None):
            self.window.close_tool()
        for _time in range(4):
            self.window._escape()
        self._fold_all()
        with suppress(TypeError):  # a window without these
            self.state.show(company="one", insole=False, paint="", landmarks=True, lines=True)
        self.state.pick_measure("")
        self.state.dismiss()
        self.state.look_from("oblique")
        self.live(0.05)

    def empty_desk(self) -> None:
        self.window.desk.begin()
        self._open = ""
        self.settle()

    def customer(self) -> None:
        """A visit of a customer, with nothing in it yet."""
        self._begin(self._known("Alex Example", "1042", 1980))

    def _known(self, name: str, number: str, born: int) -> Any:
        from fitter.records.people import Customer  # noqa: PLC0415

        records = self.window.desk.records()
        known = next((listed.customer for listed in records.find(name)), None)
        return known or records.add(Customer(name, number=number, birth_year=born))

    def _begin(self, customer: Any) -> None:
        self.window.show_customers()
        self.settle()
        self.window.desk.begin(customer)
        self._open = ""
        self.fresh()
        self.settle()

    def open_pair(self) -> None:
        if self._open == "stop":
            self.open_pair_with_answers()
        elif self._open not in ("pair", "answered"):
            self._fit("pair", [_sample("pair_left.stl"), _sample("pair_right.stl")])
        self.fresh()
        self.settle()

    def open_pair_with_answers(self, *, stop: bool = False) -> None:
        from fitter.answers import STOP_IDS  # noqa: PLC0415

        wanted = "stop" if stop else "answered"
        if self._open != wanted:
            if self._open not in ("pair", "answered", "stop"):
                self._fit("pair", [_sample("pair_left.stl"), _sample("pair_right.stl")])
            told = dict.fromkeys(STOP_IDS, False) | {"body_mass_kg": 74, "height_cm": 176}
            if stop:
                told[STOP_IDS[0]] = True
            self.state.ask_all(told)
            self.state.answer(told)
            self.settle()
            self._open = wanted
        self.fresh()
        self.settle()

    def _fit(self, name: str, files: Sequence[Path], *, say_load: bool = True) -> None:
        self.fresh()
        self.state.open_files(list(files))
        self.settle()
        result = self.state.now.result
        if result is None:
            raise NotThereError(f"{name} was not fitted: {self.state.now.notice}")
        for foot in range(len(result.profile.feet) if say_load else 0):
            self.state.select_foot(foot)
            self.state.set_load("standing")
            self.settle()
        self._open = name

    def two_visits(self) -> None:
        """A customer seen in spring and in autumn, whose arch came down a little."""
        who = self._known("Robin Example", "1007", 1966)
        if len(self.window.desk.records().visits(who.id)) < 2:
            for day, files in ((_BEFORE, _spring(self.made)), (_TODAY, [_sample("pair_right.stl")])):
                self.window.desk._today = lambda day=day: day
                self._begin(who)
                self._fit("visit", files, say_load=False)
                self.wait(lambda: bool(self.state.now.visit), "the visit to be kept")
            self.window.desk._today = lambda: _TODAY
        self.window.desk.begin()
        self._open = ""
        self.window.show_customers()
        self.settle()
        page = next(w for w in self._shown() if type(w).__name__ == "CustomersPage")
        row = next(r for r in page.table.get_children() if who.name in page.table.item(r)["values"])
        page.table.selection_set(row)
        page.table.focus(row)
        self.settle()

    def home(self, page: str, *, right: dict[str, tuple[str, ...]] | None = None, left: Any = None) -> None:
        """The home wizard at a page, with readings of one foot or of both in it."""
        if not hasattr(self.window, "show_home"):
            raise NotThereError("no wizard for the home")
        from fitter.app import wizard  # noqa: PLC0415

        self.empty_desk()
        self.fresh()
        for side, typed in (("right", right or {}), ("left", left or {})):
            for measure, readings in typed.items():
                for repeat, text in enumerate(readings):
                    self.state.type_reading(side, measure, repeat, text)
        self.state.set_form(page=page or wizard.pages()[0])
        self.window.show_home()
        self.settle()

    def home_photo(self) -> None:
        """The wizard at a photo of a footprint, half of it picked."""
        self.open_pair()
        at, picture = _footprint(self.state.now.result.shapes[-1])
        file = self.made / "print.png"
        picture.save(file)
        self.home("photo right")
        from fitter.app.model import Photo  # noqa: PLC0415

        self.state.set_photo("right", Photo(str(file), "297 mm", tuple(at)))
        self.live(0.5)


def _footprint(foot: Any) -> tuple[list[tuple[float, float]], Any]:
    """A wet print of a scanned foot on a sheet of A4, as a photo of it would be; and the places a person
    picks: both ends of the sheet's long edge, both edges of the print in its middle and at the ball."""
    import numpy as np  # noqa: PLC0415
    from PIL import Image, ImageDraw, ImageFilter  # noqa: PLC0415

    scale, edge, touches = 3.0, 60, 1.5  # pixels a mm; pixels of floor around the sheet; mm above the floor
    wide, tall = round(210 * scale), round(297 * scale)
    places = np.asarray(foot.mesh.vertices)
    x = edge + wide / 2 + (places[:, 1].mean() - places[:, 1]) * scale
    y = edge + tall - (14 + places[:, 0]) * scale
    mask = Image.new("L", (wide + 2 * edge, tall + 2 * edge))
    draw = ImageDraw.Draw(mask)
    for face in np.asarray(foot.mesh.faces):
        if places[face, 2].mean() < touches:
            draw.polygon([(x[v], y[v]) for v in face], fill=255)
    round_edged = mask.filter(ImageFilter.GaussianBlur(9)).point(lambda value: 255 * (value > 127))
    mask = round_edged.filter(ImageFilter.GaussianBlur(3))
    photo = Image.new("RGB", mask.size, (104, 94, 84))
    photo.paste((214, 190, 150), (edge, edge, edge + wide, edge + tall))
    photo.paste(Image.new("RGB", mask.size, (146, 118, 82)), mask=mask.point(lambda value: value * 0.85))
    at: list[tuple[float, float]] = [(edge, edge), (edge, edge + tall)]
    rows = np.asarray(mask) > 100
    seen = np.flatnonzero(rows.any(axis=1))
    for share in (0.45, 0.72):  # from the heel
        row = int(seen[-1] - share * (seen[-1] - seen[0]))
        columns = np.flatnonzero(rows[row])
        at += [(float(columns[0]), row), (float(columns[-1]), row)]
    return at, photo


def _sample(name: str) -> Path:
    from fitter.resources import data_folder  # noqa: PLC0415

    return data_folder("sample_scans") / name


def _spring(folder: Path) -> list[Path]:
    """The right foot of the pair as it was half a year before: a little more arch, a little narrower."""
    from sample_scans import construct  # noqa: PLC0415
    from sample_scans.files import stl  # noqa: PLC0415
    from sample_scans.make import SAMPLES  # noqa: PLC0415

    wanted = SAMPLES["pair_right.stl"].foot
    now = replace(
        wanted, arch_height=wanted.arch_height + 2.5, navicular_height=wanted.navicular_height + 3.0,
        ball_breadth=wanted.ball_breadth - 2.0,
    )  # fmt: skip
    foot = construct(now, level=1)
    file = folder / "spring_right.stl"
    file.write_bytes(stl(foot.points, foot.faces))
    return [file]


# ------------------------------------------------------------------------------------------- taking pictures


def taken(hands: Hands, what: Any) -> Any:
    """The window, or what a widget of it covers, as an image."""
    from PIL import ImageGrab  # noqa: PLC0415

    root = hands.root
    x, y, wide, tall = root.winfo_rootx(), root.winfo_rooty(), root.winfo_width(), root.winfo_height()
    image = ImageGrab.grab((x, y, x + wide, y + tall), xdisplay=os.environ.get("DISPLAY") or None)
    if what is None:
        return image
    widget, share = (what.widget, what.share) if isinstance(what, Upper) else (what, 1.0)
    left, top = widget.winfo_rootx() - x - _MARGIN, widget.winfo_rooty() - y - _MARGIN
    right = left + widget.winfo_width() + 2 * _MARGIN
    bottom = top + round(widget.winfo_height() * share) + 2 * _MARGIN
    return image.crop((max(left, 0), max(top, 0), min(right, wide), min(bottom, tall)))


def small_png(image: Any) -> bytes:
    """As a PNG with as many colours as fit into `MOST_BYTES`."""
    from PIL import Image  # noqa: PLC0415

    data = b""
    for colours in _COLOURS:
        out = io.BytesIO()
        # By coverage: the few pixels of a mark keep their colour beside the many of the skin.
        few = image.convert("RGB").quantize(colours, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=0)
        few.save(out, "PNG", optimize=True)
        data = out.getvalue()
        if len(data) <= MOST_BYTES:
            break
    return data


def take_all(window: Any, made: Path, wanted: Sequence[str], language: str) -> list[str]:
    """Take the pictures; what went wrong, a line each."""
    from tkinter import filedialog  # noqa: PLC0415

    hands, wrong = Hands(window, made), []
    filedialog.askdirectory = lambda **_options: hands.folder  # what a person would choose
    window.root.geometry(_PLACE)
    hands.settle()
    for name in wanted:
        each = SHOTS[name]
        try:
            look(window, each.theme, each.text_size)
            hands.fresh()
            what = each.steps(hands)
            hands.settle()
            hands.live(_LAST_S)
            file = file_of(name, language)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(small_png(taken(hands, what)))
        except NotThereError as error:
            wrong.append(f"{name}: {error}")
        except AttributeError as error:
            wrong.append(f"{name}: {error} ({traceback.extract_tb(error.__traceback__)[-1].lineno})")
        except Exception:
            wrong.append(f"{name}: {traceback.format_exc()}")
        print(wrong[-1] if wrong and wrong[-1].startswith(name) else name, file=sys.stderr)
    return wrong


def look(window: Any, theme: str, text_size: int) -> None:
    """Colours and size of the text."""
    from fitter.settings import SCALES  # noqa: PLC0415

    if window.desk.settings.theme != theme or window.desk.settings.text_size != text_size:
        window.desk.choose(theme=theme, text_size=100)
        window.resize_text(0)  # shows it
        window.resize_text(SCALES.index(text_size) - SCALES.index(100))


@contextmanager
def _screen() -> Iterator[None]:
    """A virtual screen: a window on the desktop of whoever runs this would catch their mouse."""
    if shutil.which("Xvfb") is None:
        yield
        return
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", _SCREEN, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as answer:
        os.environ["DISPLAY"] = f":{answer.readline().strip()}"
    try:
        yield
    finally:
        server.terminate()
        server.wait(10)


def _settings_for(folder: Path, language: str) -> None:
    """Before anything of the window is loaded, which may read them."""
    os.environ["FITTER_CONFIG"], os.environ["FITTER_DATA"] = str(folder / "config"), str(folder / "data")
    (folder / "config").mkdir()
    chosen = {"asked": True, "language": language, "theme": "light", "text_size": 100}
    (folder / "config" / "settings.json").write_text(json.dumps(chosen), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Take all of them, or those that are named."""
    parser = argparse.ArgumentParser(prog="python -m docs.manual.screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these (default: all)")
    parser.add_argument("--language", default="en", help="of the window: en, de, fr or es (default: en)")
    told = parser.parse_args(arguments)
    if unknown := set(told.names) - set(SHOTS):
        parser.error(f"no such picture: {', '.join(sorted(unknown))}")
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="fitter-manual-") as folder, _screen():
        _settings_for(Path(folder), told.language)
        made = Path(folder) / "made"
        made.mkdir()
        from fitter.app import window as window_module  # noqa: PLC0415

        # The program opens its window itself; only whoever sits before it is another.
        def run(window: Any) -> None:
            wrong.extend(take_all(window, made, told.names or list(SHOTS), told.language))
            window.close()

        window_module.Window.run = run
        window_module.open_window([])
    print(f"not taken: {', '.join(line.partition(':')[0] for line in wrong) or 'none'}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
