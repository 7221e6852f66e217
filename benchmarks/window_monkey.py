"""A person who presses whatever is there: random actions on the real window, the same for the same seed.

    xvfb-run -s "-screen 0 1400x900x24" python -m benchmarks.window_monkey [--seeds 20] [--actions 200]

After every action: nothing went wrong in a callback. At the end of a seed: what the disk holds is what the
state holds; killed and taken up again, nothing is missing; no thread, no timer and no half-written file is
left. Each seed runs in a process of its own, on folders of its own.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import tkinter as tk
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.window import Hands, ctk, own_folders
from fitter.app import keys
from fitter.app.samples import samples
from fitter.app.session import left_behind, work_of
from fitter.errors import FitterError
from fitter.records.people import Customer
from fitter.settings import SCALES

_KEYS = (
    "<Tab>", "<Shift-Tab>", "<space>", "<Return>", "<Left>", "<Right>", "<Up>", "<Down>", "<Home>", "<End>",
    "<Escape>", "<F1>", "<Control-z>", "<Control-y>", "<Control-m>", "<Control-n>", "<Control-f>",
)  # fmt: skip
_TYPED = "0123456789.,/ abcxyz"
_MOST_TIMERS = 40  # of Tk, in a window at rest: customtkinter's own, the poll, the blinking cursor


class Monkey:
    """Random hands on a window; ``log`` is what they did."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.dice, self.log, self.folder = random.Random(seed), list[str](), folder
        self.before = {thread.name for thread in threading.enumerate()}
        self.hands = Hands()
        self.scans = [path for _name, path in samples()]
        self.broken = folder / "broken.stl"
        self.broken.write_bytes(b"solid nothing\nendsolid nothing\n")
        self.hands.folder = str(folder / "export")
        self.hands.window._choose_files = self._files
        self._actions: tuple[tuple[int, Callable[[], object]], ...] = (
            (30, self._key), (12, self._click), (12, self._type), (10, self._tab), (10, self._answer),
            (6, self._undo), (6, self._redo), (4, self._open), (3, self._cancel), (3, self._side),
            (3, self._look), (3, self._turn), (2, self._customer), (1, self._forget), (2, self._page),
            (1, self._text_size), (1, self._theme), (2, self._export), (2, self._leave), (4, self._wait),
        )  # fmt: skip

    # ------------------------------------------------------------------ what it does

    def act(self) -> None:
        """One action, and what it brings."""
        weights, doing = zip(*self._actions, strict=True)
        action = self.dice.choices(doing, weights)[0]
        self.log.append(action.__name__)
        try:
            told = action()
        except FitterError as error:  # one line for the person, as where a visit is being written just now
            told = str(error)
        if told:
            self.log[-1] += f" {told}"
        self.hands.root.update()
        if self.hands.troubles:
            raise self.hands.troubles[0]

    def _files(self) -> list[str]:
        chosen = self.dice.choice([*self.scans, self.broken, self.folder / "missing.stl"])
        return [str(chosen)]

    def _key(self) -> str:
        sequence = self.dice.choice(_KEYS)
        widget = self.hands.root.focus_get() or self.hands.root
        if not isinstance(widget, tk.Menu):
            widget.event_generate(sequence)
        return f"{sequence} {widget}"

    def _type(self) -> str:
        widget = self.hands.root.focus_get()
        letter = self.dice.choice(_TYPED)
        if isinstance(widget, tk.Entry):
            widget.event_generate("<Key>", keysym={" ": "space", ".": "period", ",": "comma", "/": "slash"}
                                  .get(letter, letter))  # fmt: skip
        return letter

    def _click(self) -> str:
        """Press a button, tick a box, choose in a menu: any that is seen and on."""
        there = [w for w in _widgets(self.hands.root) if _can_press(w)]
        if not there:
            return ""
        widget = self.dice.choice(there)
        if isinstance(widget, ctk.CTkOptionMenu):
            values = widget.cget("values")
            if values:
                widget._dropdown_callback(self.dice.choice(values))
        elif isinstance(widget, ctk.CTkSegmentedButton):
            widget.set(self.dice.choice(widget.cget("values")), from_button_callback=True)
        elif isinstance(widget, ctk.CTkCheckBox):
            widget.toggle()
        else:
            widget.invoke()
        return str(widget)

    def _tab(self) -> str:
        name = self.dice.choice(list(self.hands.window._screens))
        self.hands.window.turn_to(name)
        return name

    def _answer(self) -> None:
        from fitter.answers import QUESTIONS  # noqa: PLC0415

        question = self.dice.choice(QUESTIONS)
        if question.kind == "yes_no":
            self.hands.state.ask(question.id, self.dice.choice([True, False, None]))
        elif question.kind == "number":
            self.hands.state.ask(question.id, self.dice.choice([question.low, "1", None]))

    def _undo(self) -> None:
        self.hands.state.undo()

    def _redo(self) -> None:
        self.hands.state.redo()

    def _open(self) -> None:
        self.hands.window.open_dialog(self.dice.random() < 0.3)

    def _cancel(self) -> None:
        self.hands.state.cancel()

    def _side(self) -> None:
        self.hands.state.set_side(self.dice.choice(("left", "right")))

    def _look(self) -> None:
        self.hands.state.look_from(self.dice.choice(("oblique", "top", "medial", "lateral", "heel", "sole")))

    def _turn(self) -> None:
        self.hands.window.foot._turn_by(self.dice.uniform(-30, 30), self.dice.uniform(-20, 20))

    def _customer(self) -> None:
        desk = self.hands.window.desk
        assert desk is not None
        customer = desk.records().add(Customer(f"Customer {self.dice.randrange(1000)}"))
        if self.dice.random() < 0.5:
            self.hands.window._fit_customer(customer)
        else:
            desk.take(customer)

    def _forget(self) -> None:
        desk = self.hands.window.desk
        assert desk is not None
        found = desk.records().find()
        if found:
            desk.delete_customer(self.dice.choice(found).customer)

    def _page(self) -> None:
        window = self.hands.window
        self.dice.choice((window.show_start, window.show_customers, window.show_settings, window.show_keys,
                          window.type_measures))()  # fmt: skip

    def _text_size(self) -> None:
        self.hands.window.resize_text(self.dice.choice((-1, 0, 1)))

    def _theme(self) -> None:
        desk = self.hands.window.desk
        assert desk is not None
        desk.choose(theme=self.dice.choice(("light", "dark")), text_size=self.dice.choice(SCALES))
        self.hands.window._look()

    def _export(self) -> None:
        self.hands.window.export()

    def _leave(self) -> None:
        self.hands.window._close_page()

    def _wait(self) -> None:
        if self.dice.random() < 0.3:
            self.hands.settle()
        else:
            self.hands.pause(0.05)

    # ------------------------------------------------------------------ what must hold

    def check(self) -> list[str]:
        """Everything that is not as it must be once the dust has settled."""
        state, desk = self.hands.state, self.hands.window.desk
        assert desk is not None
        self.hands.wait(lambda: not state.now.busy)
        self.hands.pause(0.3)
        wrong = [f"in a callback: {error!r}" for error in self.hands.troubles]
        work = work_of(state.now)
        if desk.journal is not None:
            if not desk.journal.flush():
                wrong.append("the journal did not come to rest")
            elif desk.journal.session.load() != work:
                wrong.append("the disk holds other work than the window")
        timers = len(self.hands.root.tk.call("after", "info"))
        if timers > _MOST_TIMERS:
            wrong.append(f"{timers} timers wait")
        data = desk.folder
        wrong += [f"half a file is left: {path}" for path in data.rglob("*.part")]
        wrong += self._killed(desk, work)
        self.hands.close()
        for thread in threading.enumerate():
            if thread.name.startswith("fitter-"):
                thread.join(120.0)  # a report once begun is set to its end
        for thread in threading.enumerate():
            if thread.name not in self.before and thread.ident in (frames := sys._current_frames()):
                where = "".join(traceback.format_stack(frames[thread.ident]))
                wrong.append(f"a thread is left: {thread.name}\n{where}")
        return wrong

    def _killed(self, desk: Any, work: Any) -> list[str]:
        """Give the session up as the system does for a process that was killed, and find the work again."""
        journal, desk.journal = desk.journal, None
        if journal is None:
            return []
        journal._stop()
        journal.session.release()
        found = [left for left in left_behind(desk.folder) if left.folder == journal.session.folder]
        if work.empty:
            return []
        if not found:
            return ["after the kill the work is not offered"]
        desk.go_on(found[0])
        self.hands.wait(lambda: not self.hands.state.now.busy)
        now = work_of(self.hands.state.now)
        same = now.inputs == work.inputs and now.typed == work.typed and dict(now.asked) == dict(work.asked)
        return [] if same else ["after the kill not all of the work is there"]


def _widgets(widget: Any) -> Any:
    yield widget
    for child in widget.winfo_children():
        yield from _widgets(child)


def _can_press(widget: Any) -> bool:
    kinds = (ctk.CTkButton, ctk.CTkOptionMenu, ctk.CTkSegmentedButton, ctk.CTkCheckBox)
    return (
        isinstance(widget, kinds)
        and not isinstance(widget.master, ctk.CTkSegmentedButton)
        and bool(widget.winfo_viewable())
        and keys._on(widget)
    )


def run(seed: int, actions: int) -> list[str]:
    """What went wrong with one seed, and what was done before it; nothing as a rule."""
    with own_folders() as folder:
        monkey = Monkey(seed, folder)
        from tkinter import filedialog  # noqa: PLC0415

        filedialog.askdirectory = lambda **_options: ""  # nobody is there to answer
        filedialog.asksaveasfilename = lambda **_options: ""
        try:
            for _number in range(actions):
                monkey.act()
            wrong = monkey.check()
        except Exception as error:
            wrong = ["".join(traceback.format_exception(error))]
        return [*wrong, "did: " + "; ".join(monkey.log[-12:])] if wrong else []


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--seeds", type=int, default=20)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--actions", type=int, default=200)
    options.add_argument("--one", action="store_true", help="only the first, in this process")
    asked = options.parse_args()
    if asked.one:
        wrong = run(asked.first, asked.actions)
        print("\n".join(wrong) or "well")
        sys.stdout.flush()
        os._exit(bool(wrong))
    bad = 0
    # A home of its own: another program may write over the fonts of all windows that run now.
    home = tempfile.TemporaryDirectory(prefix="monkey-home-")
    fine = {**os.environ, "HOME": home.name, "TMPDIR": home.name}
    for seed in range(asked.first, asked.first + asked.seeds):
        command = [sys.executable, "-X", "faulthandler", "-m", "benchmarks.window_monkey", "--one"]
        command += ["--first", str(seed), "--actions", str(asked.actions)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=fine)
        bad += done.returncode != 0
        print(f"seed {seed}: {done.stdout.strip() or f'died ({done.returncode})'}", flush=True)
        if done.returncode:
            print(done.stderr[-3000:], flush=True)
    left = [path.name for path in Path(home.name).iterdir() if not path.name.startswith(".")]
    print(f"{asked.seeds - bad} of {asked.seeds} seeds without a fault; temporary files left: {left or None}")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
