"""How quick and how calm the window is: start, building of screens, stalls while a large scan is measured,
memory after many scans.

    xvfb-run -s "-screen 0 1400x900x24" python -m benchmarks.window [start screens stall memory]
        [--triangles 1000000] [--scans 100]

A stall is the time between two beats of a heart in the window's own event loop (a timer of 5 ms). Beside the
seconds of the clock stand those of the processor that the window's thread itself took: on a machine that is
busy with something else the clock tells of that too. Settings and data are those of a temporary folder.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fitter import settings
from fitter.app import fonts

ctk = fonts.load()

BEAT_MS = 5
PATIENCE_S = 600.0

_START = """
import sys, time
from fitter.app import fonts, main
fonts.load()
import fitter.app.window as window
shown = window.Window.show_first
def first(self):
    shown(self)
    def answered():
        if not self._page.winfo_ismapped():
            return self.root.after(1, answered)
        print(time.monotonic() - float(sys.argv[1]), time.thread_time(), flush=True)
        self.root.after(1, self.close)
    self.root.after(1, answered)
window.Window.show_first = first
main([])
"""


class Heart:
    """Beats in the event loop of a window and keeps the longest times between two beats."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self.longest, self.busiest = 0.0, 0.0
        self._last = (time.perf_counter(), time.thread_time())
        self._id = root.after(BEAT_MS, self._beat)

    def _beat(self) -> None:
        now = (time.perf_counter(), time.thread_time())
        self.longest = max(self.longest, now[0] - self._last[0])
        self.busiest = max(self.busiest, now[1] - self._last[1])
        self._last = now
        self._id = self._root.after(BEAT_MS, self._beat)

    def taken(self) -> tuple[float, float]:
        """The longest times since this was asked last: of the clock, and of the window's thread (s)."""
        found = self.longest, self.busiest
        self.longest = self.busiest = 0.0
        return found

    def stop(self) -> None:
        self._root.after_cancel(self._id)


class Hands:
    """A real window with a desk, and the hands of a person."""

    def __init__(self) -> None:
        from fitter.app import window as module  # noqa: PLC0415 - the folders must be chosen before
        from fitter.app.desk import Desk  # noqa: PLC0415
        from fitter.app.state import AppState  # noqa: PLC0415
        from fitter.app.worker import Worker  # noqa: PLC0415

        self.worker = Worker()
        self.state = AppState(
            self.worker, export=module._export, check_answers=module._check_answers,
            make_insoles=self.worker.insoles,
        )  # fmt: skip
        self.folder = ""
        self.window = module.Window(
            self.state, desk=Desk(self.state), choose_files=tuple, choose_folder=lambda: self.folder
        )
        self.root = self.window.root
        self.troubles: list[BaseException] = []
        calm = self.root.report_callback_exception

        def noted(kind: Any, error: BaseException, where: Any) -> None:
            self.troubles.append(error)
            calm(kind, error, where)

        self.root.report_callback_exception = noted
        self.window.show_first()
        self.window.tidy()
        self.root.focus_force()
        self.root.update()

    def wait(self, until: Callable[[], bool]) -> None:
        """Let the window live until something is so; in one mainloop, as it really runs."""
        end = time.monotonic() + PATIENCE_S
        reached = False  # it may be over again before the mainloop ends

        def look() -> None:
            nonlocal reached
            reached = until()
            if reached or time.monotonic() > end:
                self.root.quit()
            else:
                self.root.after(BEAT_MS, look)

        look_id = self.root.after(BEAT_MS, look)
        self.root.mainloop()
        self.root.after_cancel(look_id)
        if not reached:
            raise TimeoutError(f"waited in vain; notice: {self.state.now.notice}")

    def settle(self) -> None:
        """Nothing is computed, the still picture stands, nothing waits to be drawn."""
        self.wait(lambda: not self.state.now.busy)
        if self.window.foot.winfo_ismapped() and self.window.foot.shape is not None:
            self.wait(lambda: self.window.foot.still)
        self.pause(0.1)

    def pause(self, seconds: float) -> None:
        """Let the window live for a while."""
        end = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() > end)

    def close(self) -> None:
        self.window.close()
        self.worker.close()


@contextmanager
def own_folders(asked: bool = True) -> Iterator[Path]:
    """Settings and data of a temporary folder, the first questions ``asked`` already."""
    with tempfile.TemporaryDirectory(prefix="fitter-bench-", ignore_cleanup_errors=True) as folder:
        os.environ[settings.FOLDER_VARIABLE] = str(Path(folder, "config"))
        os.environ[settings.DATA_VARIABLE] = str(Path(folder, "data"))
        settings.save(settings.Settings(asked=asked))
        yield Path(folder)


def start(runs: int = 5) -> None:
    """A fresh process of the program until its first page is there and answers; the files warm."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    found = []
    for _ in range(runs + 1):
        run = subprocess.run(
            [sys.executable, "-c", _START, str(time.monotonic())], env=environment, check=True,
            capture_output=True, text=True,
        )  # fmt: skip
        found.append(tuple(map(float, run.stdout.split())))
    seconds, busy = min(found[1:])
    print(f"| start to the first page | {seconds:.2f} s | {busy:.2f} s |", flush=True)


def timed(name: str, hands: Hands, act: Callable[[], object]) -> None:
    """The longest wait of the event loop while something is built that comes in pieces."""
    heart = Heart(hands.root)
    hands.root.after(2 * BEAT_MS, act)
    hands.pause(0.3)
    hands.settle()
    wall, busy = heart.taken()
    heart.stop()
    print(f"| {name} | {wall * 1e3:.0f} ms | {busy * 1e3:.0f} ms |", flush=True)


def screens(scan: Path) -> None:
    """The longest wait while each screen and page is built, at first look, with a foot open."""
    hands = Hands()
    window = hands.window
    window._open_sample(scan)
    hands.settle()
    for name in list(window._screens):
        timed(f"tab {name}", hands, lambda name=name: window.turn_to(name))  # type: ignore[misc]
        pages = getattr(window._screens[name], "pages", None)
        for page in list(pages.cget("values"))[1:] if pages is not None else ():
            turn = window._screens[name].turn_to
            timed(f"page {name}: {page}", hands, lambda page=page, turn=turn: turn(page))  # type: ignore[misc]
        groups = getattr(window._screens[name], "groups", None)
        for page in list(groups.cget("values"))[1:] if groups is not None else ():
            timed(f"page {name}: {page}", hands, lambda s=window._screens[name], page=page: s._open(page))  # type: ignore[misc]
    timed("form for typed measures", hands, window.type_measures)
    timed("first page", hands, window.show_start)
    timed("customers", hands, window.show_customers)
    timed("settings", hands, window.show_settings)
    timed("keys", hands, window.show_keys)
    hands.close()


def stall(scan: Path, folder: Path) -> None:
    """The longest wait of the event loop while a large scan is read, fitted, looked at and saved."""
    hands = Hands()
    window, state = hands.window, hands.state
    hands.pause(2.0)
    state.begin()
    window._close_page()
    hands.settle()
    for name in list(window._screens):  # built beforehand: that is measured by itself
        window.turn_to(name)
        hands.settle()
    window.turn_to(next(iter(window._screens)))
    hands.settle()
    heart = Heart(hands.root)
    hands.pause(1.0)

    def told(name: str) -> None:
        wall, busy = heart.taken()
        print(f"| {name} | {wall * 1e3:.0f} ms | {busy * 1e3:.0f} ms |", flush=True)

    told("(nothing going on)")
    state.open_files([scan])
    hands.wait(lambda: state.now.preview is not None or not state.now.busy)
    told("file read, foot found")
    hands.wait(lambda: not state.now.busy)
    hands.pause(0.05)
    told("fitted, result received")
    hands.settle()
    told("scene made, still picture")
    for name in list(window._screens):
        window.turn_to(name)
        hands.settle()
        told(f"look at {name}")
    window.turn_to(next(iter(window._screens)))
    for step in range(12):
        hands.root.after(20 * step, lambda: window.foot._turn_by(7, 3))
    hands.pause(0.4)
    hands.settle()
    told("turned")
    state.set_side("left" if state.now.fit and state.now.fit.side == "right" else "right")
    hands.settle()
    told("side stated, fitted again")
    state.undo()
    hands.settle()
    told("undone")
    state.redo()
    hands.settle()
    told("done again")
    hands.folder = str(folder / "export")
    window.export()
    hands.settle()
    told("exported")
    heart.stop()
    hands.close()


def memory(scan: Path, count: int) -> None:
    """Resident memory of the window and its worker after ten scans and after many, each opened and closed."""
    hands = Hands()
    after: dict[int, tuple[float, float]] = {}
    for number in range(1, count + 1):
        hands.window._open_sample(scan)
        hands.settle()
        hands.window.show_start()
        hands.state.begin()
        hands.settle()
        if number in (10, count // 2, count):
            gc.collect()
            worker = hands.worker._living
            after[number] = resident_mb(os.getpid()), resident_mb(worker[0].pid) if worker else 0.0
            ours, theirs = after[number]
            print(f"| memory after {number} scans | {ours:.0f} MB | {theirs:.0f} MB |", flush=True)
    hands.close()


def resident_mb(pid: int | None) -> float:
    """Resident memory of a process (MB)."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024.0  # type: ignore[index]


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("what", nargs="*", help="start, screens, stall, memory; all of them as a rule")
    options.add_argument("--triangles", type=int, default=1_000_000)
    options.add_argument("--scans", type=int, default=100)
    asked = options.parse_args()
    what = asked.what or ["start", "screens", "stall", "memory"]
    from fitter.app.samples import samples  # noqa: PLC0415

    sample = samples()[0][1]
    with own_folders() as folder:
        print("| what | clock (memory: window) | window's thread (memory: worker) |\n|---|---|---|")
        if "start" in what:
            start()
        if "screens" in what:
            screens(sample)
        if "stall" in what:
            from benchmarks.speed import scan_of  # noqa: PLC0415

            large = folder / "large.stl"
            large.write_bytes(scan_of(asked.triangles))
            stall(large, folder)
        if "memory" in what:
            memory(sample, asked.scans)


if __name__ == "__main__":
    main()
