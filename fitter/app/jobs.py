"""Work beside the window: started in a thread, its results fetched by the window itself.

Tk may be touched by one thread only, so a job never calls back: it puts what it has to say in a queue, and
the window's own timer calls `Jobs.poll`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from fitter.errors import Cancelled

if TYPE_CHECKING:
    from fitter.captures import Progress

_LONG_S = 0.01  # what is handed over in one go; a picture alone takes longer

T = TypeVar("T")
Start = Callable[[Callable[[], None]], object]


def in_a_thread(work: Callable[[], None]) -> None:
    """The usual way to start work: a thread that does not keep the program alive."""
    threading.Thread(target=work, daemon=True, name="fitter-job").start()


class Job:
    """One piece of work that can be cancelled; a cancelled job is never heard of again."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    def cancel(self) -> None:
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        return self._stop.is_set()


class Report:
    """What a piece of work tells while it runs: called with the share done and what is being done; `show`
    hands over something to be looked at meanwhile. Either raises Cancelled where nobody waits any more."""

    def __init__(self, tell: Progress, show: Callable[[Any], None]) -> None:
        self._tell, self.show = tell, show

    def __call__(self, share: float, doing: str) -> None:
        self._tell(share, doing)


class Jobs:
    """Runs jobs through ``start`` and hands their results to whoever calls `poll`."""

    def __init__(self, start: Start = in_a_thread) -> None:
        self._start = start
        self._arrived: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def run(
        self,
        work: Callable[[Report], T],
        *,
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
        progressed: Progress = lambda share, doing: None,
        shown: Callable[[Any], None] = lambda content: None,
    ) -> Job:
        """Start ``work``; a later `poll` calls one of ``done`` and ``failed``, unless it is cancelled."""
        job = Job()

        def deliver(call: Callable[[], None]) -> None:
            self._arrived.put(lambda: None if job.cancelled else call())

        def report(share: float, doing: str) -> None:
            if job.cancelled:
                raise Cancelled
            deliver(lambda: progressed(share, doing))

        def show(content: Any) -> None:
            if job.cancelled:
                raise Cancelled
            deliver(lambda: shown(content))

        def body() -> None:
            try:
                result = work(Report(report, show))
            except Cancelled:
                return
            except Exception as error:  # the rim: whatever went wrong becomes one calm message
                deliver(lambda error=error: failed(error))  # type: ignore[misc]
            else:
                deliver(lambda: done(result))

        self._start(body)
        return job

    def poll(self) -> int:
        """Hand over what has arrived; how many pieces that were. After one that took long the rest waits for
        the next call, so that the window answers in between."""
        count, until = 0, time.monotonic() + _LONG_S
        while not count or time.monotonic() < until:
            try:
                call = self._arrived.get_nowait()
            except Empty:
                return count
            call()
            count += 1
        return count
