"""What lies around the work in the window: settings, customers, and the journal that keeps it. No widget.

A result that belongs to a customer is kept as a visit by itself, whenever it changes. A kept visit that is
only looked at is not written again: a newer version of the program may measure the same scans differently.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fitter import settings as settings_module
from fitter.app import session as sessions
from fitter.app.model import Inputs, Typed
from fitter.app.session import Journal, Left, Session, new_session, take_up
from fitter.app.state import AppState
from fitter.app.text import _
from fitter.app.watch import Watch
from fitter.errors import FitterError
from fitter.files import why

if TYPE_CHECKING:
    from fitter.records.people import Customer, Visit, VisitHead
    from fitter.records.store import Records

T = TypeVar("T")
_MOST_RECENT = 8  # what was closed in peace and belongs to nobody; older goes


@dataclass(frozen=True, slots=True)
class _ToKeep:
    """A visit as it stood, to be written; ``turn`` is the work it is of."""

    turn: int
    visit: Visit


class Desk:
    """One desk a window. ``today`` is asked for the day of a new visit."""

    def __init__(
        self,
        state: AppState,
        *,
        today: Callable[[], date] = lambda: datetime.now().astimezone().date(),
        calm: float | None = None,
    ) -> None:
        self.state, self.settings = state, settings_module.load()
        self.journal: Journal | None = None
        self._today, self._calm = today, calm
        self._records: Records | None = None
        self._guard = threading.Lock()
        self._day: date | None = None  # of the visit that is open
        self._turn = 0  # which work is open; what comes late for another is dropped
        self._keeping = self._must_keep = False
        self._waiting: list[_ToKeep] = []  # one for each visit, the oldest first
        self._watch: Watch | None = None
        state.listen(self._changed, lasting=True)

    @property
    def folder(self) -> Path:
        """Where everything is kept."""
        return settings_module.kept_folder()

    # ------------------------------------------------------------------ beginning and ending

    def start(self) -> None:
        """Begin to keep what is done. Raises FitterError where the data folder can't be written."""
        if self.journal is not None:
            return
        options: dict[str, Any] = {} if self._calm is None else {"calm": self._calm}
        self.journal = Journal(self.state, self._new_session(), **options)

    def tidy(self) -> None:
        """Beside the window, and once its first page stands: load what the records need, and let go of old
        work that belongs to nobody."""
        threading.Thread(target=self._tidy, daemon=True, name="fitter-tidy").start()

    def watch(self) -> None:
        """Watch the folder that is set now; none where none is."""
        from fitter.scan.formats import EXTENSIONS  # noqa: PLC0415

        chosen = self.settings.watched
        if self._watch is not None and str(self._watch.folder) == chosen:
            return
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
            self.state.put_aside()
        if chosen:
            self._watch = Watch(Path(chosen), self.folder, frozenset(EXTENSIONS))

    def look(self, *, may_open: bool) -> None:
        """Take what came into the watched folder; to be called by the window now and then.

        It opens by itself where that is set, a customer's new visit is open and ``may_open`` (the work is in
        view); else it is offered.
        """
        if self._watch is None:
            return
        if found := self._watch.poll():
            self.state.scans_arrived(found)
        news = self._watch.news()
        if news is not None:
            self.state.folder_missed("" if news else self._watch.folder.name or str(self._watch.folder))
        now = self.state.now
        todays = self._day is None or self._day == self._today()  # an old visit is looked at, not added to
        by_itself = self.settings.watch_opens and may_open and now.customer is not None and todays
        if now.arrived and by_itself and not now.busy:
            self.state.open_arrived()

    def _new_session(self) -> Session:
        try:
            return new_session(self.folder)
        except OSError as error:
            raise FitterError(
                _("the data folder can't be written ({reason})").format(reason=why(error)),
                where=str(self.folder),
                todo=_("Choose another one in the settings"),
                code="unwritable_folder",
            ) from error

    def _tidy(self) -> None:
        from fitter.app.printing import clear_printed  # noqa: PLC0415 - not in the window's start

        with suppress(FitterError, OSError):
            sessions.keep_newest(self.folder, _MOST_RECENT)
            clear_printed()
            self.records()

    def close(self) -> None:
        """The window is closed in peace."""
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
        if self.journal is not None:
            with suppress(OSError):
                self.journal.close()
            self.journal = None

    def trouble(self) -> str:
        """Why the work can't be kept, told once."""
        why = self.journal.trouble() if self.journal else ""
        told = _("What you do can't be saved ({why}). Free some space, or export it now.")
        return told.format(why=why) if why else ""

    def choose(self, **chosen: Any) -> None:
        """Keep settings. Raises FitterError where they can't be written."""
        self.settings = replace(self.settings, **chosen)
        try:
            settings_module.save(self.settings)
        except OSError as error:
            raise FitterError(
                _("the settings can't be written ({reason})").format(reason=why(error)),
                where=str(settings_module.settings_file()),
                code="unwritable_folder",
            ) from error

    # ------------------------------------------------------------------ which work is open

    def left_behind(self) -> list[Left]:
        """Work of windows that are gone, the newest first; what a crash left is not closed."""
        return sessions.left_behind(self.folder)

    def begin(self, customer: Customer | None = None) -> None:
        """Put the work away, to be found again, and begin anew."""
        self._turn_to(self._new_session(), None)
        self.state.begin(typed=Typed(unit=self.settings.units), customer=customer)

    def go_on(self, left: Left) -> None:
        """Take up work of a window that is gone. Raises FitterError where it can't be read."""
        try:
            session = Session(left.folder)
        except OSError as error:
            raise FitterError(
                _("this work is open in another window"), where=left.title, code="work_in_use"
            ) from error
        try:
            work = session.load()
        except FitterError:
            session.release()
            raise
        day = None
        if work.visit:
            with suppress(FitterError):
                day = self.records().visit(work.visit).day
        self._turn_to(session, day)
        self._must_keep = True
        take_up(self.state, work)

    def open_visit(self, customer: Customer, visit: Visit) -> None:
        """Open a kept visit, to look at or to go on with."""
        answers = None
        if visit.answers is not None:
            from fitter.answers import answers_from_mapping  # noqa: PLC0415

            answers = answers_from_mapping(visit.answers, _("Questions"))
        inputs = Inputs(visit.captures, visit.entered, answers, visit.set_by_hand, visit.try_on)
        self._turn_to(self._new_session(), visit.day)
        typed = Typed(unit=self.settings.units)
        self.state.begin(
            inputs, typed=typed, asked=visit.answers, customer=customer, visit=visit.id,
            visit_revision=visit.revision, profile=visit.profile,
        )  # fmt: skip

    def _turn_to(self, session: Session, day: date | None) -> None:
        if self.journal is None:
            self.start()
        assert self.journal is not None
        self.journal.begin(session)
        self._turn += 1
        self._day, self._must_keep = day, False

    # ------------------------------------------------------------------ customers

    def records(self) -> Records:
        """The customers' file, opened when first needed. Raises FitterError."""
        from fitter.records.store import FILE, Records  # noqa: PLC0415 - half a second

        with self._guard:
            path = self.folder / FILE
            if self._records is None or self._records.path != path:
                self._records = Records(path)
            return self._records

    def load_visit(self, head: VisitHead, done: Callable[[Visit], None]) -> None:
        """Read a visit beside the window: its scans are unpacked. One that comes when other work was begun
        meanwhile is not opened over it."""
        turn = self._turn
        self.read(
            lambda records: records.visit(head.id), lambda visit: done(visit) if turn == self._turn else None
        )

    def read(self, wanted: Callable[[Records], T], done: Callable[[T], None]) -> None:
        """Read something of the records beside the window."""
        records = self.records()
        self.state.jobs.run(
            lambda _report: wanted(records), done=done, failed=lambda error: self._tell(str(error), error)
        )

    def take(self, customer: Customer) -> None:
        """What is open is this customer's, and is kept as a visit."""
        self._turn += 1  # what comes late for whoever had it before is dropped
        self._day, self._must_keep = None, True
        self.state.belong_to(customer)
        self._keep()

    def delete_customer(self, customer: Customer) -> bool:
        """Delete a customer for good, unfinished work and what is open of them too; as `Records`."""
        if self.state.now.customer is not None and self.state.now.customer.id == customer.id:
            self._turn += 1
            self._waiting = [one for one in self._waiting if one.visit.customer != customer.id]
            self.state.begin(typed=Typed(unit=self.settings.units))
            if self.journal is not None:
                self.journal.flush()
        sessions.forget(self.folder, lambda left: left.customer == customer.id)
        return self.records().delete_customer(customer.id)

    # ------------------------------------------------------------------ keeping visits

    def _changed(self, fields: frozenset[str]) -> None:
        if "result" in fields and self.state.now.customer is not None:
            self._keep()

    def _keep(self) -> None:
        """Keep what is open as a visit, one writing after the other and the last state of it always."""
        now = self.state.now
        looked_at = bool(now.visit) and not now.undo and not self._must_keep
        if now.result is None or now.customer is None or looked_at:
            return
        self._must_keep = True  # an edit taken back leaves nothing to undo, and is kept all the same
        from fitter.records.people import Visit  # noqa: PLC0415

        self._day = self._day or self._today()
        inputs = now.inputs
        answers = inputs.answers.values if inputs.answers else None
        visit = Visit(
            now.customer.id, self._day, inputs.captures, inputs.entered, answers, inputs.set_by_hand,
            inputs.try_on, now.result.profile, now.visit, now.visit_revision,
        )  # fmt: skip
        # As it stands now, whatever is opened before its turn comes; only the last state of each visit.
        others = [one for one in self._waiting if one.turn != self._turn]
        self._waiting = [*others, _ToKeep(self._turn, visit)]
        self._keep_next()

    def _keep_next(self) -> None:
        """Write the visit that waits longest, unless one is being written."""
        if self._keeping or not self._waiting:
            return
        self._keeping = True
        one = self._waiting.pop(0)
        turn, visit = one.turn, one.visit

        def done(kept: Visit) -> None:
            self._keeping = False
            self._waiting = [
                _ToKeep(turn, replace(w.visit, id=kept.id, revision=kept.revision)) if w.turn == turn else w
                for w in self._waiting
            ]
            whose = self.state.now.customer
            if turn == self._turn and whose is not None and whose.id == visit.customer:
                self.state.belong_to(whose, kept.id, kept.revision)
                if visit.id not in ("", kept.id):
                    self.state.tell(
                        _(
                            "This visit was changed in another window meanwhile. Both are kept: what is open "
                            "here is a visit of its own now."
                        )
                    )
            self._keep_next()

        def failed(error: Exception) -> None:
            self._keeping = False
            self._tell(_("This visit was not kept: {why}").format(why=error), error)
            self._keep_next()

        self.state.jobs.run(lambda _report: self.records().keep(visit), done=done, failed=failed)

    def _tell(self, text: str, error: Exception) -> None:
        self.state.complain(text, error)
