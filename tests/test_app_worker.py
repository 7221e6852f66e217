"""Claims about the process the window measures in: it can be cancelled, it can die, it never stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from example_profiles import ALL_CLEAR

from fitter.answers import answers_from_mapping
from fitter.app.state import AppState
from fitter.app.worker import Worker
from fitter.errors import FitterError
from fitter.resources import data_folder

SCAN = data_folder("sample_scans") / "neutral_right.stl"
LONG = [SCAN] * 100  # minutes of work, far more than any test waits for
PATIENCE_S = 240.0


class Face:
    """A state with the real worker, and someone who waits."""

    def __init__(self) -> None:
        self.worker = Worker()
        self.state = AppState(
            self.worker,
            export=lambda result, folder, progress: (),
            check_answers=lambda values: answers_from_mapping(values, "Questions"),
        )

    def wait(self, until: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not until():
            assert time.monotonic() < end, self.state.now
            self.state.poll()
            time.sleep(0.01)

    def settle(self) -> None:
        self.wait(lambda: not self.state.now.busy)

    def at_work(self) -> None:
        """The process is measuring."""
        self.wait(lambda: self.state.now.doing == "measuring")

    @property
    def pid(self) -> int:
        return self.worker._ready()[0].pid


@pytest.fixture(scope="module")
def shared() -> Iterator[Face]:
    """One process for the file: starting one takes longer than using it."""
    face = Face()
    yield face
    face.worker.close()


@pytest.fixture
def face(shared: Face) -> Face:
    shared.state.cancel()
    shared.state.dismiss()
    return shared


def fits(face: Face) -> bool:
    face.state.open_files([SCAN])
    face.settle()
    assert face.state.now.notice is None
    return face.state.now.fit.side == "right"


def gone(pid: int) -> bool:
    """Whether the process has ended; one that was ended and not yet asked about counts as ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1].startswith("Z")
    except FileNotFoundError:
        return True


def test_a_foot_is_measured_in_the_other_process_and_its_shape_comes_back(face):
    assert fits(face)
    assert len(face.state.now.result.shapes[0].mesh.faces) > 1000
    assert face.pid != os.getpid()


def test_a_foot_is_seen_before_it_is_measured(face):
    seen = []

    def look(changed):
        if "preview" in changed and face.state.now.preview:
            seen.append((face.state.now.preview, face.state.now.busy))

    face.state.listen(look)
    assert fits(face)
    ((foot, busy),) = seen
    assert busy
    assert foot.side == "right"
    length = face.state.now.fit.measurements.get("foot_length").value
    assert abs(float(foot.mesh.vertices[:, 0].max()) - length) < 1.0, "it stands in the foot frame"


def test_answers_cross_over_and_the_same_process_serves_again(face):
    assert fits(face)
    before = face.pid
    face.state.answer(ALL_CLEAR)
    face.settle()
    assert face.state.now.result.profile.red_flags.asked
    assert face.pid == before


def test_a_bad_file_is_told_as_the_journey_tells_it(face, tmp_path):
    (tmp_path / "letter.stl").write_bytes(b"Dear customer,\nhere is no foot.")
    from fitter.captures import Capture  # noqa: PLC0415
    from fitter.journey import run_journey  # noqa: PLC0415

    with pytest.raises(FitterError) as here:
        run_journey([Capture("letter.stl", (tmp_path / "letter.stl").read_bytes())])
    told = []
    face.state._failed, shown = (lambda error: (told.append(error), shown(error))), face.state._failed
    before = face.pid
    face.state.open_files([tmp_path / "letter.stl"])
    face.settle()
    face.state._failed = shown
    (there,) = told
    assert (there.what, there.where, there.todo, there.code) == (
        here.value.what, here.value.where, here.value.todo, here.value.code,
    )  # fmt: skip
    assert str(there) == str(here.value)
    assert face.pid == before, "a bad file is no reason for a new process"


def test_cancel_ends_the_process_itself_and_the_next_fit_works(face):
    face.state.open_files(LONG)
    face.at_work()
    pid = face.pid
    face.state.cancel()
    assert not face.state.now.busy
    face.wait(lambda: gone(pid))
    assert fits(face)


def test_a_new_file_takes_the_place_of_what_is_running(face):
    face.state.open_files(LONG)
    face.at_work()
    assert fits(face)
    assert len(face.state.now.result.profile.feet) == 1


@pytest.mark.skipif(os.name != "posix", reason="the signal is a posix matter")
def test_a_process_that_is_killed_is_told_in_one_line_and_the_next_fit_works(face):
    assert fits(face)
    before = face.state.now.result
    face.state.open_files(LONG)
    face.at_work()
    os.kill(face.pid, signal.SIGKILL)
    face.settle()
    assert face.state.now.notice.kind == "error"
    assert "memory" in face.state.now.notice.text
    assert "still here" in face.state.now.notice.text
    assert face.state.now.result is before
    assert fits(face)


@pytest.mark.skipif(os.name != "posix", reason="the signal is a posix matter")
def test_a_process_that_died_while_idle_is_not_even_noticed(face):
    assert fits(face)
    process = face.worker._living[0]
    os.kill(process.pid, signal.SIGKILL)
    face.wait(lambda: not process.is_alive())
    assert fits(face)


def test_closing_ends_the_process_and_the_job_that_waits_for_it(tmp_path):
    face = Face()
    face.state.open_files(LONG)
    face.at_work()
    process = face.worker._living[0]
    face.worker.close()
    face.wait(lambda: not process.is_alive())
    face.wait(lambda: not face.worker._turn.locked())
    assert face.state.now.notice is None


_WINDOW = """
import signal, sys, threading, time
from fitter.app.worker import Worker
from fitter.captures import Capture
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    worker, data = Worker(), open(sys.argv[1], "rb").read()
    told = lambda share, doing: doing == "measuring" and print(worker._living[0].pid, flush=True)
    worker([Capture("a.stl", data)] * 100, entered=(), answers=None, progress=told)
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks into /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_however_the_window_ends_nothing_stays_behind(tmp_path, how):
    script = tmp_path / "window.py"
    script.write_text(_WINDOW)
    with subprocess.Popen(
        [sys.executable, str(script), str(SCAN)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(data_folder("sample_scans").parent)},
    ) as window:
        pid = int(window.stdout.readline())
        window.send_signal(how)
        end = time.monotonic() + PATIENCE_S
        while not gone(pid):
            assert time.monotonic() < end
            time.sleep(0.05)
