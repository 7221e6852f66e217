"""How long the foot in 3D takes to follow the hand, and whether the window ever waits for it.

    python -m benchmarks.window_view [--triangles 250000 1000000] [--turns 60] [--mixed]

Drives the real widget, 900 x 700, on a virtual screen of its own (Xvfb; on the screen there is with
--here). A sample foot is cut into so many triangles, and shown as the window would show it. Printed, in
milliseconds of the clock, median and 95th percentile:

- "turning": from a move of the mouse to the new picture on the screen;
- "still": from the moment the hand is let go to the picture with smooth edges;
- "heartbeat": the longest gap of a clock in the event loop that wants to strike every 5 ms, while the foot
  is made ready to be drawn, and while stills are drawn;
- "ready": from the foot being found to its first picture.

--mixed has the triangles and corners in an order as bad as there is. Other work on the machine is in the
numbers: read the best of a few runs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.speed import split
from fitter.captures import Capture
from fitter.journey import run_journey
from fitter.profile import FitResult
from fitter.resources import data_folder
from fitter.scan.mesh import Mesh

SIZE = (900, 700)
BEAT_MS = 5


def result_of(triangles: int, mixed: bool) -> FitResult:
    """A sample foot, measured, and then drawn with so many triangles."""
    path = data_folder("sample_scans") / "neutral_right.stl"
    result = run_journey([Capture(path.name, path.read_bytes())])
    foot = result.shapes[0]
    assert foot is not None
    mesh = split(foot.mesh, max(round(float(np.sqrt(triangles / len(foot.mesh.faces)))), 1))
    return replace(result, shapes=(replace(foot, mesh=_mixed(mesh) if mixed else mesh),))


def _mixed(mesh: Mesh) -> Mesh:
    random = np.random.default_rng(1)
    corners, faces = random.permutation(len(mesh.vertices)), random.permutation(len(mesh.faces))
    place = np.empty(len(corners), np.int32)
    place[corners] = np.arange(len(corners))
    return Mesh(mesh.vertices[corners], place[mesh.faces[faces]])


class Bench:
    """The widget in a window of its own, and a clock in its event loop."""

    def __init__(self) -> None:
        import customtkinter as ctk  # noqa: PLC0415 - the display is chosen first

        from fitter.app import theme  # noqa: PLC0415
        from fitter.app.foot_view import FootView  # noqa: PLC0415
        from fitter.app.state import AppState  # noqa: PLC0415

        theme.load()
        self.root = ctk.CTk()
        self.root.geometry(f"{SIZE[0]}x{SIZE[1]}+0+0")
        self.state = AppState(_none, export=_none, check_answers=_none)
        self.view = FootView(self.root, self.state)
        self.view.pack(fill="both", expand=True)
        self.gaps: list[float] = []
        self._struck = time.perf_counter()
        self._beat()
        self.root.after(15, self._poll)
        self.until(lambda: self.view.extent[0] == SIZE[0])
        taller = SIZE[1] - self.view.extent[1]  # a line of text stands under the picture
        self.root.geometry(f"{SIZE[0]}x{SIZE[1] + taller}+0+0")
        self.until(lambda: self.view.extent == SIZE)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self._struck) * 1000.0)
        self._struck = now
        self.root.after(BEAT_MS, self._beat)

    def _calm(self) -> None:
        """Forget all gaps so far, and that one which just goes on."""
        self.gaps.clear()
        self._struck = time.perf_counter()

    def _poll(self) -> None:
        self.state.poll()
        self.root.after(15, self._poll)

    def until(self, so: Callable[[], bool]) -> None:
        while not so():
            self.root.update()
            time.sleep(0.0005)

    def ready(self, result: FitResult) -> tuple[float, float]:
        """Show a foot: ms to its first picture, and the longest gap meanwhile (till the still is there)."""
        frames = self.view.frames
        self._calm()
        start = time.perf_counter()
        self.state._change(result=result, camera=None)
        self.until(lambda: self.view.frames > frames)
        took = (time.perf_counter() - start) * 1000.0
        self.until(lambda: self.view.still)
        return took, max(self.gaps)

    def turning(self, moves: int) -> list[float]:
        """Move the mouse with the button held; ms until each new picture is on the screen."""
        canvas, times = self.view.canvas, []
        canvas.event_generate("<ButtonPress-1>", x=300, y=300)
        for move in range(moves):
            frames, start = self.view.frames, time.perf_counter()
            canvas.event_generate("<B1-Motion>", x=300 + 3 * move, y=300 + move % 40)
            while self.view.frames == frames:
                self.root.update()
            self.root.update()
            canvas.winfo_pointerx()  # answered by the server only after all that was drawn before
            times.append((time.perf_counter() - start) * 1000.0)
            time.sleep(0.004)
        canvas.event_generate("<ButtonRelease-1>", x=300, y=300)
        return times

    def stills(self, count: int) -> tuple[list[float], list[float]]:
        """Turn a little and let go; ms until the still is there, and the longest gap meanwhile."""
        times, gaps = [], []
        for _ in range(count):
            self.turning(2)
            self._calm()
            start = time.perf_counter()
            self.until(lambda: self.view.still)
            times.append((time.perf_counter() - start) * 1000.0)
            gaps.append(max(self.gaps, default=0.0))
            self.until(lambda: len(self.gaps) > 3)
            gaps[-1] = max(gaps[-1], *self.gaps)
        return times, gaps


def _none(*_arguments: Any, **_named: Any) -> Any:
    raise AssertionError("nothing is measured here")


def _told(values: list[float]) -> str:
    return f"{np.median(values):6.0f} {np.percentile(values, 95):6.0f}"


@contextmanager
def screen() -> Iterator[None]:
    """A virtual screen, 24 bits deep."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as answer:
        os.environ["DISPLAY"] = f":{answer.readline().strip()}"
    try:
        yield
    finally:
        server.terminate()
        server.wait(10)


def run(triangles: list[int], turns: int, mixed: bool) -> None:
    bench = Bench()
    print(f"{SIZE[0]} x {SIZE[1]}; ms: median, 95 %" + ("; mixed" if mixed else ""))
    print("triangles   turning       still         beat, stills  beat, making  ready", flush=True)
    for count in triangles:
        result = result_of(count, mixed)
        shape = result.shapes[0]
        assert shape is not None
        took, longest = bench.ready(result)
        moved = bench.turning(turns)
        bench.until(lambda: bench.view.still)
        still, gaps = bench.stills(max(turns // 6, 3))
        print(
            f"{len(shape.mesh.faces):9d} {_told(moved)} {_told(still)} {_told(gaps)} "
            f"{longest:10.0f} {took:8.0f}",
            flush=True,
        )
    bench.root.destroy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--triangles", type=int, nargs="+", default=[250_000, 1_000_000])
    parser.add_argument("--turns", type=int, default=60)
    parser.add_argument("--mixed", action="store_true", help="triangles and corners in random order")
    parser.add_argument("--here", action="store_true", help="on the screen there is")
    arguments = parser.parse_args()
    if arguments.here:
        run(arguments.triangles, arguments.turns, arguments.mixed)
        return
    with screen():
        run(arguments.triangles, arguments.turns, arguments.mixed)


if __name__ == "__main__":
    main()
