"""A folder that is watched: what a scanner saves there is offered, once it is all there. No widget.

A thread of its own looks with `os.scandir`, about once a second: notifications of the system don't reach
folders on a network, and those are what scanners write to. A folder that doesn't answer keeps only that
thread waiting. What was offered is remembered in the data folder, so a restart doesn't offer it again.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from fitter.files import write_files

FILE = "watched.json"
LOOK_S = 1.0
# A file is all there when two looks in a row find it alike and it opens: scanners write a scan in one go, and
# a copy over a network moves the time of change or the size within a second.
_SILENT_S = 10.0  # a look that takes longer is told as a folder that doesn't answer

Stamp = tuple[int, int]  # bytes, nanoseconds of the last change


@dataclass(frozen=True, slots=True)
class Arrived:
    """A scan that is new in the watched folder: where, and when it was saved (seconds of the epoch)."""

    path: str
    when: float

    @property
    def name(self) -> str:
        return Path(self.path).name


def scans_in(folder: Path, extensions: frozenset[str]) -> dict[str, Stamp]:
    """The scans of a folder by name, not those in folders within it. Raises OSError where it isn't there."""
    found = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith((".", "~")) or _extension(entry.name) not in extensions:
                continue
            with suppress(OSError):  # gone between two looks, or a link to nothing
                if entry.is_file():
                    known = entry.stat()
                    found[entry.name] = (known.st_size, known.st_mtime_ns)
    return found


def _extension(name: str) -> str:
    return Path(name).suffix.lower().lstrip(".")


def complete(path: Path, stamp: Stamp) -> bool:
    """Whether a file can be read to its end. On Windows one that is still being written can't be opened."""
    size, _changed = stamp
    if size == 0:
        return False
    try:
        with path.open("rb") as stream:
            stream.seek(size - 1)
            return len(stream.read(2)) == 1
    except OSError:
        return False


@dataclass(slots=True)
class Watching:
    """What is known of one folder, look by look; pure but for the disk.

    ``told`` are the files that were offered, or were there when the watching began. ``last`` is what the last
    look found.
    """

    folder: Path
    extensions: frozenset[str]
    told: dict[str, Stamp] | None = None  # None: never looked at before
    last: Mapping[str, Stamp] | None = None

    def look(self) -> list[Arrived]:
        """Look once; the scans that are new and all there, the oldest first. Raises OSError."""
        found = scans_in(self.folder, self.extensions)
        if self.told is None:  # what a folder holds when it is chosen is nothing new
            self.told = dict(found)
        before, self.last = self.last or {}, found
        self.told = {name: stamp for name, stamp in self.told.items() if name in found}
        new = [
            (stamp[1], name)
            for name, stamp in found.items()
            if self.told.get(name) != stamp
            and before.get(name) == stamp
            and complete(self.folder / name, stamp)
        ]
        for _when, name in new:
            self.told[name] = found[name]
        return [Arrived(str(self.folder / name), changed / 1e9) for changed, name in sorted(new)]


class Watch:
    """Watches a folder in a thread of its own; the window takes what it found with `poll`."""

    def __init__(
        self, folder: Path, data: Path, extensions: frozenset[str], *, every: float = LOOK_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.folder = folder
        self._memory, self._every, self._clock = data / FILE, every, clock
        self._extensions = extensions
        self._found: SimpleQueue[Arrived] = SimpleQueue()
        self._over = threading.Event()
        self._gone = False
        self._looked = clock()
        self._told = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="fitter-watch")
        self._thread.start()

    def _run(self) -> None:
        watching = Watching(self.folder, self._extensions, remembered(self._memory, self.folder))
        kept: dict[str, Stamp] | None = None
        while not self._over.is_set():
            try:
                arrived = watching.look()
            except OSError:
                self._gone = True
            else:
                self._gone = False
                if watching.told != kept:
                    kept = dict(watching.told or {})
                    with suppress(OSError):  # then it is offered again after a restart, and no harm done
                        remember(self._memory, self.folder, kept)
                for one in arrived:
                    self._found.put(one)
            self._looked = self._clock()
            self._over.wait(self._every)

    def poll(self) -> list[Arrived]:
        """What came since the last call."""
        found = []
        with suppress(Empty):
            while True:
                found.append(self._found.get_nowait())
        return found

    @property
    def reachable(self) -> bool:
        """Whether the folder is there and answers."""
        return not self._gone and self._clock() - self._looked < _SILENT_S + self._every

    def news(self) -> bool | None:
        """True when the folder has come back, False when it has gone; None where nothing changed."""
        gone = not self.reachable
        if gone == self._told:
            return None
        self._told = gone
        return not gone

    def stop(self) -> None:
        """Look no more; a look that hangs is left to end by itself."""
        self._over.set()
        self._thread.join(0.2)


# ---------------------------------------------------------------------------------------- what was offered


def remembered(memory: Path, folder: Path) -> dict[str, Stamp] | None:
    """What was offered from this folder; None where it is not the folder that was watched last."""
    try:
        tree = json.loads(memory.read_text(encoding="utf-8"))
        if tree["folder"] != str(folder):
            return None
        return {str(name): (int(size), int(changed)) for name, (size, changed) in tree["told"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def remember(memory: Path, folder: Path, told: Mapping[str, Stamp]) -> None:
    """Keep what was offered, whole or not at all. Raises OSError."""
    tree = {"folder": str(folder), "told": {name: list(stamp) for name, stamp in sorted(told.items())}}
    write_files({memory: json.dumps(tree, ensure_ascii=False, indent=1).encode()})
