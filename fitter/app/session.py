"""Unfinished work on the disk: kept while it is done, so that the next start goes on where this one ended.

Each window has a folder of its own below ``work`` in the data folder: ``work.json`` with everything that the
window's state holds of edits, and each scan once, by its SHA-256. Every file is written beside its place, put
on the disk (fsync) and then moved there, so at any moment there is a whole one. A lock that the system takes
back when the process ends, however it ends, tells work in use from work left behind. No widget here.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitter.app.model import Inputs, Model, Trying, Typed
from fitter.app.text import _
from fitter.errors import FitterError
from fitter.files import PART, why, write_files

if TYPE_CHECKING:
    from fitter.app.state import AppState
    from fitter.records.people import Customer

FOLDER = "work"
_WORK, _LOCK, _SCANS = "work.json", "lock", "scans"
_VERSION = 1
_CALM_S = 0.1  # letters typed in a row are saved together; well within half a second of the first
_PATIENCE_S = 0.5
_looking = threading.Lock()  # two looks at once would each take the other for a window (on Windows)
_EMPTY_AFTER_S = 3600.0  # a folder without work this old belongs to no window that is just starting
# What a restart must bring back; a change of any of them is saved.
JOURNALED = frozenset(
    {
        "inputs",
        "wanted",
        "opening",
        "adding",
        "typed",
        "asked",
        "foot",
        "customer",
        "visit",
        "visit_revision",
        "trying",
    }
)


@dataclass(frozen=True, slots=True)
class Work:
    """All that a window holds of edits; the fields as in `fitter.app.state.Model`."""

    inputs: Inputs = field(default_factory=Inputs)
    wanted: Inputs | None = None
    opening: tuple[str, ...] = ()
    adding: bool = False
    typed: Typed = field(default_factory=Typed)
    asked: Mapping[str, object] = field(default_factory=dict)
    foot: int = 0
    customer: Customer | None = None
    visit: str = ""
    visit_revision: int = 0
    trying: Trying | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing anyone would miss."""
        inputs = self.wanted or self.inputs
        nothing = inputs.empty and inputs.answers is None and not self.opening
        return nothing and self.typed.empty and not self.asked


def work_of(now: Model) -> Work:
    """The work in a model."""
    return Work(**{name: getattr(now, name) for name in JOURNALED})


def take_up(state: AppState, work: Work) -> None:
    """Give the state back what it held."""
    state.begin(**{f: getattr(work, f) for f in JOURNALED})


@dataclass(frozen=True, slots=True)
class Left:
    """Work found on the disk: in words, when it was saved last (seconds of the epoch), whether its window was
    closed in peace, whose it is, and whether it is ``owed`` to that customer: begun, and not in a visit."""

    folder: Path
    title: str
    when: float
    closed: bool
    customer: str
    owed: bool = False


# ---------------------------------------------------------------------------------------- one window's work


class Session:
    """The folder of one window. `save` may be called by one thread at a time."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, made if need be. Raises BlockingIOError where another window has it."""
        self.folder = folder
        (folder / _SCANS).mkdir(parents=True, exist_ok=True)
        with suppress(OSError):
            folder.chmod(0o700)  # it holds what people told of themselves
        self._lock = _locked_soon(folder / _LOCK)
        for half in (*folder.glob(f".*{PART}"), *(folder / _SCANS).glob(f".*{PART}")):
            half.unlink(missing_ok=True)
        self._kept = {p.name for p in (folder / _SCANS).iterdir()}

    def save(self, work: Work, *, closed: bool = False) -> None:
        """Put the work on the disk; what was there before stays until all of it is. Raises OSError."""
        scans: dict[str, bytes] = {}
        tree = _tree(work, scans, closed)
        for key in scans.keys() - self._kept:
            write_files({self.folder / _SCANS / key: scans[key]})
            self._kept.add(key)
        write_files({self.folder / _WORK: json.dumps(tree, ensure_ascii=False, indent=1).encode()})
        for key in self._kept - scans.keys():
            with suppress(OSError):
                (self.folder / _SCANS / key).unlink(missing_ok=True)
                self._kept.discard(key)

    def load(self) -> Work:
        """The work that was saved last. Raises FitterError where it can't be read."""
        return _loaded(self.folder)

    def close(self, work: Work) -> None:
        """The window ends in peace: the work stays to be found again, unless there is none."""
        if work.empty:
            self.discard()
            return
        self.save(work, closed=True)
        self._lock.release()

    def release(self) -> None:
        """Leave the folder as it is."""
        self._lock.release()

    def discard(self) -> None:
        """Delete everything of it."""
        self._lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)


def new_session(root: Path) -> Session:
    """A session of its own below ``root``, the data folder."""
    return Session(root / FOLDER / uuid.uuid4().hex[:12])


def left_behind(root: Path, *, now: float | None = None) -> list[Left]:
    """Work that no living window has, the newest first. What a start left that never had work is cleared."""
    with _looking:
        return _left_behind(root, time.time() if now is None else now)


def _left_behind(root: Path, now: float) -> list[Left]:
    found = []
    for folder in _folders(root):
        try:
            lock = _locked(folder / _LOCK, looking=True)
        except OSError:  # in use by another window, or gone meanwhile
            continue
        try:
            left = _found(folder)
            if left is None and now - folder.stat().st_mtime > _EMPTY_AFTER_S:
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue
        finally:
            lock.release()
        if left is not None:
            found.append(left)
    return sorted(found, key=lambda left: -left.when)


def forget(root: Path, wanted: Callable[[Left], bool]) -> int:
    """Delete left work for which ``wanted`` says so; how many."""
    gone = [left for left in left_behind(root) if wanted(left)]
    for left in gone:
        with suppress(OSError):
            Session(left.folder).discard()
    return len(gone)


def keep_newest(root: Path, most: int) -> None:
    """Delete work closed in peace beyond the newest ``most``; never unasked what a crash left, nor what was
    begun for a customer and is not in their record."""
    closed = [left for left in left_behind(root) if left.closed]
    gone = {left.folder for left in closed[most:] if not left.owed}
    forget(root, lambda left: left.folder in gone)


def _folders(root: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from sorted(p for p in (root / FOLDER).iterdir() if p.is_dir())


def _found(folder: Path) -> Left | None:
    try:
        tree = json.loads((folder / _WORK).read_bytes())
    except FileNotFoundError:
        return None
    except ValueError:
        # Written whole or not at all: this is not from us, or the disk is failing. It is not ours to delete.
        return None
    try:
        return Left(
            folder,
            str(tree["title"]),
            (folder / _WORK).stat().st_mtime,
            bool(tree["closed"]),
            (tree["customer"] or {}).get("id", ""),
            bool(tree["customer"]) and not _in_a_visit(tree),
        )
    except (KeyError, TypeError, AttributeError):
        return None


def _in_a_visit(tree: Any) -> bool:
    """Whether nothing stands in kept work that its visit lacks: no edit or scan that was still being fitted,
    no form that was still being filled in."""
    half_done = tree["wanted"] or tree["opening"] or tree.get("trying") or tree["typed"]["texts"]
    return bool(tree["visit"]) and not half_done and tree["asked"] in (tree["inputs"]["answers"], None, {})


# ---------------------------------------------------------------------------------------- as text and back


def _tree(work: Work, scans: dict[str, bytes], closed: bool) -> Any:
    """The work as a tree; the bytes of its scans go into ``scans``."""
    from fitter.records import codec  # noqa: PLC0415 - in the journal's thread, not in the window's start

    return {
        "schema_version": _VERSION,
        "title": title(work),
        "closed": closed,
        "inputs": _inputs_tree(work.inputs, scans),
        "wanted": None if work.wanted is None else _inputs_tree(work.wanted, scans),
        "opening": list(work.opening),
        "adding": work.adding,
        "typed": asdict(work.typed),
        "asked": codec.answers_tree(work.asked),
        "foot": work.foot,
        "customer": None if work.customer is None else asdict(work.customer),
        "visit": work.visit,
        "visit_revision": work.visit_revision,
        "trying": None if work.trying is None else asdict(work.trying),
    }


def _inputs_tree(inputs: Inputs, scans: dict[str, bytes]) -> Any:
    from fitter.records import codec  # noqa: PLC0415

    trees = [codec.capture_tree(capture) for capture in inputs.captures]
    scans |= {tree["sha256"]: c.data for tree, c in zip(trees, inputs.captures, strict=True)}
    return {
        "captures": trees,
        "entered": codec.entered_trees(inputs.entered),
        "answers": codec.answers_tree(inputs.answers.values) if inputs.answers else None,
        "set_by_hand": codec.by_hand_trees(inputs.set_by_hand),
        "try_on": codec.try_on_tree(inputs.try_on),
    }


def _loaded(folder: Path) -> Work:
    from fitter.records import codec  # noqa: PLC0415

    try:
        tree = json.loads((folder / _WORK).read_bytes())
        return codec.reading(str(folder), lambda: _work(tree, folder))
    except (OSError, ValueError) as error:
        raise FitterError(
            _("this work can't be read ({kind})").format(kind=type(error).__name__),
            where=str(folder),
            todo=_("It is left as it is"),
            code="damaged_work",
        ) from error


def _work(tree: Any, folder: Path) -> Work:
    from fitter.records import codec  # noqa: PLC0415
    from fitter.records.people import Customer  # noqa: PLC0415

    if tree["schema_version"] != _VERSION:
        raise ValueError("another version")
    known: dict[str, bytes] = {}

    def data_of(key: str) -> bytes:
        if key not in known:
            known[key] = (folder / _SCANS / key).read_bytes()
        return known[key]

    return Work(
        _inputs_from(tree["inputs"], data_of),
        None if tree["wanted"] is None else _inputs_from(tree["wanted"], data_of),
        tuple(tree["opening"]),
        tree["adding"],
        Typed.kept(tree["typed"]),
        codec.answers_from(tree["asked"]) or {},
        tree["foot"],
        None if tree["customer"] is None else Customer(**tree["customer"]),
        tree["visit"],
        # Not there in what versions before it left behind.
        tree.get("visit_revision", 0),
        _trying(tree.get("trying")),
    )


def _trying(tree: Any) -> Trying | None:
    if tree is None:
        return None
    lines = tuple((tuple(skus), name, comfort) for skus, name, comfort in tree["lines"])
    return Trying(**{**tree, "lines": lines, "feet": tuple(tuple(mark) for mark in tree["feet"])})


def _inputs_from(tree: Any, data_of: Callable[[str], bytes]) -> Inputs:
    from fitter.answers import answers_from_mapping  # noqa: PLC0415
    from fitter.records import codec  # noqa: PLC0415

    answers = codec.answers_from(tree["answers"])
    return Inputs(
        tuple(codec.capture_from(c, data_of) for c in tree["captures"]),
        codec.entered_from(tree["entered"]),
        None if answers is None else answers_from_mapping(answers, _("Questions")),
        codec.by_hand_from(tree["set_by_hand"]),
        codec.try_on_from(tree["try_on"]),
    )


def title(work: Work) -> str:
    """The work in a few words, for a list."""
    inputs = work.wanted or work.inputs
    names = [c.name for c in inputs.captures] or [Path(path).name for path in work.opening]
    if not names and (inputs.entered or not work.typed.empty):
        names = [_("Measuring at home") if work.typed.page else _("Typed measures")]
    if not names and (inputs.answers or work.asked):
        names = [_("Answers")]
    whose = [work.customer.name] if work.customer else []
    shown = names[:2] + ([_("and {count} more").format(count=len(names) - 2)] if len(names) > 2 else [])
    return ", ".join(whose + shown)


class _Lock:
    """A lock on a file, held until released or until the process ends."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _locked_soon(path: Path) -> _Lock:
    """As `_locked`; who only looks has it for a moment, who works for long."""
    end = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return _locked(path)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def _locked(path: Path, *, looking: bool = False) -> _Lock:
    """Raises BlockingIOError (or PermissionError, on Windows) where another process holds it. Who is only
    ``looking`` doesn't keep others from looking."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(handle, (fcntl.LOCK_SH if looking else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise
    return _Lock(handle)


# ---------------------------------------------------------------------------------------- beside the window


class Journal:
    """Saves the work of a state soon after every change, in a thread of its own: a disk may be slow."""

    def __init__(
        self,
        state: AppState,
        session: Session,
        *,
        saved: Callable[[int, Work], None] = lambda number, work: None,
        calm: float = _CALM_S,
    ) -> None:
        """``saved`` is told, in that thread, the number of each change that is on the disk, and the work."""
        self.session, self._state, self._saved, self._calm = session, state, saved, calm
        self._news = threading.Condition()
        self._newest: tuple[int, Work] = (0, work_of(state.now))
        self._written = 0
        self._over = False
        self._trouble = ""
        self._told = ""
        self._end = state.listen(self._changed, lasting=True)
        self._thread = threading.Thread(target=self._run, daemon=True, name="fitter-journal")
        self._thread.start()

    @property
    def number(self) -> int:
        """The number of the newest change."""
        return self._newest[0]

    def _changed(self, fields: frozenset[str]) -> None:
        if fields & JOURNALED and not self._over:
            with self._news:
                self._newest = (self._newest[0] + 1, work_of(self._state.now))
                self._news.notify_all()

    def _run(self) -> None:
        while True:
            with self._news:
                while self._written == self._newest[0] and not self._over:
                    self._news.wait()
                if self._over:
                    return
                self._news.wait(self._calm)
                (number, work), session = self._newest, self.session
            self._save(session, number, work)

    def _save(self, session: Session, number: int, work: Work) -> None:
        try:
            session.save(work)
        except (
            Exception
        ) as error:  # the rim of the thread: told once in the window, tried again with a change
            self._trouble = why(error)
        else:
            self._trouble = ""
            self._saved(number, work)
        with self._news:
            self._written = number
            self._news.notify_all()

    def trouble(self) -> str:
        """Why the work can't be saved, once for each reason; to be asked by the window now and then."""
        if self._trouble == self._told:
            return ""
        self._told = self._trouble
        return self._trouble

    def flush(self, seconds: float = 10.0) -> bool:
        """Wait until everything is on the disk."""
        with self._news:
            return self._news.wait_for(lambda: self._written == self._newest[0], seconds)

    def close(self) -> None:
        """Stop saving and close the session with what there is now. Raises OSError."""
        self._stop()
        self.session.close(work_of(self._state.now))

    def begin(self, session: Session) -> None:
        """Go on in another session; the one until now is closed as it stands."""
        self.flush()
        with self._news:
            before, self.session = self.session, session
            self._written = self._newest[0]
        with suppress(OSError):
            before.close(work_of(self._state.now))

    def _stop(self) -> None:
        self._end()
        with self._news:
            self._over = True
            self._news.notify_all()
        self._thread.join(30.0)
