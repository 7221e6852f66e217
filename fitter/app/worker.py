"""The journey, and the making of insoles, in a process of its own: no scan, however large, can make the
window wait.

Python runs one thread at a time; a process has its own. It is started before it is needed, fits one thing
after the other, is ended by Cancel and replaced by a fresh one, and ends with the window, however that ends.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any

from fitter.app import details
from fitter.errors import Cancelled, FitterError
from fitter.language import current, language, speaking
from fitter.saying import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fitter.answers import Answers
    from fitter.captures import Capture, Preview, Progress
    from fitter.entry import EnteredFoot
    from fitter.insoles import Made
    from fitter.picture.under import Under
    from fitter.profile import FitResult, FootFit
    from fitter.scan.foot import Foot, Glimpse

_LOOK_S = 0.05  # how often a waiting job looks whether it was cancelled
_END_S = 2.0  # how long a process may take to end before it is killed


class Worker:
    """Runs the journey in another process; called from a job's thread, like the journey itself."""

    def __init__(self) -> None:
        self._turn = threading.Lock()  # held while a job is with the process
        self._guard = threading.Lock()  # held for a moment, while the process is started or ended
        self._living: tuple[BaseProcess, Connection] | None = None
        self._closed = False

    def warm(self) -> None:
        """Start the process beside the window, so that the first fit finds everything imported."""

        def start() -> None:
            with suppress(Cancelled, OSError):  # closed meanwhile; or told when there is something to fit
                self._ready()

        threading.Thread(target=start, daemon=True, name="fitter-warm").start()

    def __call__(
        self,
        captures: Sequence[Capture],
        *,
        entered: Sequence[EnteredFoot],
        answers: Answers | None,
        progress: Progress,
        preview: Preview | None = None,
    ) -> FitResult:
        """As `fitter.journey.run_journey`, with the same exceptions; ``progress`` may raise Cancelled.

        Raises FitterError where the process died.
        """
        found: FitResult = self._answer(("fit", captures, entered, answers), progress, preview)
        return found

    def insoles(
        self, result: FitResult, feet: tuple[int, ...], *, length: str, paper: str, progress: Progress
    ) -> Made:
        """As `fitter.insoles.make` for those feet of a result, with the same exceptions."""
        profile = result.profile
        chosen = replace(
            profile,
            feet=tuple(profile.feet[n] for n in feet),
            captures=tuple(profile.captures[n] for n in feet),
        )
        shapes = tuple(result.shapes[n] for n in feet)
        made: Made = self._answer(("insoles", chosen, shapes, length, paper, current().code), progress, None)
        return made

    def under(self, fit: FootFit, foot: Foot, progress: Progress) -> Under:
        """As `fitter.picture.under.insole_under`, with the same exceptions."""
        made: Under = self._answer(("under", fit, foot), progress, None)
        return made

    def _answer(self, question: tuple[Any, ...], progress: Progress, preview: Preview | None) -> Any:
        with self._our_turn(progress):
            try:
                kind, answer = self._asked(question, progress, preview)
            except (EOFError, OSError, pickle.UnpicklingError) as error:
                self._renew()
                raise self._died() from error
            except BaseException:  # cancelled: what it still does is of no use
                self._renew()
                raise
        if kind == "failed":
            raise answer
        return answer

    @contextmanager
    def _our_turn(self, progress: Progress) -> Iterator[None]:
        """One job at a time; who waits can be cancelled."""
        while not self._turn.acquire(timeout=_LOOK_S):
            progress(0.0, N_("Starting"))
        try:
            yield
        finally:
            self._turn.release()

    def _asked(self, question: Any, progress: Progress, preview: Preview | None) -> tuple[str, Any]:
        """Hand the question over, pass on what is told, and wait for the answer."""
        process, line = self._ready()
        _hand_over(line, question)
        told = (0.0, N_("Starting"))
        while True:
            if line.poll(_LOOK_S):
                kind, content = line.recv()
                if kind == "progress":
                    told = content
                elif kind == "preview":
                    if preview is not None:
                        preview(content)
                else:
                    return kind, content
            elif not process.is_alive():
                raise EOFError
            progress(*told)

    def _died(self) -> Exception:
        if self._closed:
            return Cancelled()
        return FitterError(
            N_("the part of Fitter that measures stopped, perhaps for want of memory"),
            todo=N_("Try again, or make the scan smaller first"),
            code="worker_died",
        )

    # ------------------------------------------------------------------ the process

    def _ready(self) -> tuple[BaseProcess, Connection]:
        """A living process and the line to it; started if there is none."""
        with self._guard:
            if self._closed:
                raise Cancelled
            if self._living is None or not self._living[0].is_alive():
                self._living = _started()
            return self._living

    def _renew(self) -> None:
        """End the process, whatever it does, and have a fresh one started beside the window."""
        with self._guard:
            ended, self._living = self._living, None
        if ended is not None:
            _end(*ended)
        self.warm()

    def close(self) -> None:
        """End the process for good; a job that waits for it ends as cancelled."""
        with self._guard:
            self._closed = True
            if self._living is not None:
                self._living[0].terminate()


def _started() -> tuple[BaseProcess, Connection]:
    # Spawned everywhere: a forked copy of a program with threads and a window may hang.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True, name="fitter-worker")
    process.start()
    theirs.close()  # held by the process alone, so that its end is noticed here
    return process, ours


def _end(process: BaseProcess, line: Connection) -> None:
    line.close()
    process.terminate()
    process.join(_END_S)
    if process.is_alive():
        process.kill()
        process.join(_END_S)


def _hand_over(line: Connection, question: tuple[Any, ...]) -> None:
    """Send a question, the bytes of its scans beside it: pickled with it they would be copied, all at once
    and with the whole window waiting."""
    kind, *rest = question
    scans: list[bytes] = []
    if kind == "fit":
        captures, *others = rest
        scans = [capture.data for capture in captures]
        rest = [tuple(replace(capture, data=b"") for capture in captures), *others]
    line.send((kind, len(scans), *rest))
    for scan in scans:
        line.send_bytes(scan)


# ---------------------------------------------------------------------------------------- over there


def _taken(line: Connection) -> tuple[Any, ...]:
    """The question that was handed over."""
    kind, count, *rest = line.recv()
    scans = [line.recv_bytes() for _number in range(count)]
    if scans:
        captures, *others = rest
        rest = [[replace(c, data=scan) for c, scan in zip(captures, scans, strict=True)], *others]
    return (kind, *rest)


def _serve(line: Connection) -> None:
    """The life of the process: answer questions until the window is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is for the window
    threading.Thread(target=_end_with_the_window, daemon=True).start()
    import fitter.journey  # noqa: F401, PLC0415 - what takes long to load is there before it is asked for

    def tell(share: float, doing: str) -> None:
        line.send(("progress", (share, doing)))

    def show(glimpse: Glimpse) -> None:
        line.send(("preview", glimpse))

    while True:
        try:
            question = _taken(line)
        except (EOFError, OSError):
            return
        line.send(_answered(question, tell, show))


def _answered(question: tuple[Any, ...], tell: Progress, show: Preview) -> tuple[str, Any]:
    # The window's own process never needs them.
    from fitter.insoles import make  # noqa: PLC0415
    from fitter.journey import run_journey  # noqa: PLC0415
    from fitter.own_rules import find  # noqa: PLC0415
    from fitter.picture.under import insole_under  # noqa: PLC0415

    kind, *rest = question
    try:
        if kind == "insoles":
            profile, shapes, length, paper, code = rest
            with speaking(language(code)):
                return "done", make(profile, shapes, length=length, paper=paper, progress=tell)
        if kind == "under":
            fit, foot = rest
            return "done", insole_under(foot, fit.measurements, fit.support)
        captures, entered, answers = rest
        return "done", run_journey(
            captures, entered=entered, answers=answers, progress=tell, preview=show, rules=find()
        )
    except Exception as error:
        if os.environ.get("FITTER_DEBUG"):
            traceback.print_exc()
        return "failed", _portable(error)


def _portable(error: Exception) -> Exception:
    """The error itself where it survives the way to the window, else its name and text."""
    # A traceback doesn't survive the way; the places it names do.
    setattr(error, details.TRACE, details.trace(error))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        plain = RuntimeError(f"{type(error).__name__}: {error}")
        setattr(plain, details.TRACE, getattr(error, details.TRACE))
        return plain
    return error


def _end_with_the_window() -> None:
    """However the window ends, even killed: nothing is left behind."""
    window = multiprocessing.parent_process()
    if window is not None:
        window.join()
        os._exit(1)
