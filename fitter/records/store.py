"""The records' file: SQLite, one file, safe against a second window on the same file.

Scans are kept inside the file, not beside it, by their SHA-256: one file is one backup, a visit and its scans
are kept or lost together, the same scan in two visits is stored once, and deleting a customer overwrites the
scans with everything else. They are packed with zlib at its quickest, which halves an STL; the next levels
cost twice the time for a twentieth of the size. What doesn't shrink (zipped files, 3MF) is kept as it is.

Every connection: write-ahead log (readers never wait for a writer), foreign keys, ``secure_delete`` (deleted
bytes are overwritten with zeros), waiting up to ten seconds for another writer. What a drive keeps of
overwritten blocks is beyond any program: encrypt the drive.
"""

from __future__ import annotations

import json
import os
import sqlite3
import uuid
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, delete, event, func, insert, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError
from sqlalchemy.pool import NullPool

from fitter.captures import Capture, sha256
from fitter.errors import FitterError
from fitter.exchange.json_profile import from_json, to_json
from fitter.files import why
from fitter.records import codec
from fitter.records.people import Customer, Listed, Visit, VisitHead, checked, folded, search_key
from fitter.records.schema import APPLICATION_ID, CAPTURE, CUSTOMER, SCAN, STEPS, VISIT
from fitter.saying import say

if TYPE_CHECKING:
    from fitter.profile import FitProfile

FILE = "records.sqlite"
_WAIT_MS = 10_000
_LEVEL = 1


class Records:
    """The customers and visits of one file. Any thread may call; each call is one transaction."""

    def __init__(self, path: Path, *, steps: Sequence[Callable[[Connection], None]] = STEPS) -> None:
        """Open the file, made or brought up to date if need be.

        Raises FitterError where it is damaged, someone else's, or of a newer version.
        """
        self.path = path
        with _told(path):
            _make(path)
            self._engine = _engine(path)
            with self._engine.connect() as db:
                _expect_ours(db, path, len(steps))
            with self._writing() as db:
                _bring_up_to_date(db, path, steps)

    # ------------------------------------------------------------------ customers

    def add(self, customer: Customer) -> Customer:
        """Keep a new customer; gives it with its id."""
        new = replace(checked(customer), id=uuid.uuid4().hex, revision=0)
        with self._writing() as db:
            db.execute(insert(CUSTOMER).values(**_row(new)))
        return new

    def change(self, customer: Customer) -> Customer:
        """Keep changed fields. Raises FitterError where it was changed or deleted elsewhere meanwhile."""
        new = replace(checked(customer), revision=customer.revision + 1)
        with self._writing() as db:
            unchanged = (CUSTOMER.c.id == customer.id) & (CUSTOMER.c.revision == customer.revision)
            if db.execute(update(CUSTOMER).where(unchanged).values(**_row(new))).rowcount != 1:
                raise FitterError(
                    "was changed or deleted in another window meanwhile",
                    where=customer.name,
                    todo="Open it again and change it there",
                    code="changed_elsewhere",
                )
        return new

    def customer(self, customer_id: str) -> Customer:
        """One customer. Raises FitterError where there is none."""
        with self._reading() as db:
            row = db.execute(select(CUSTOMER).where(CUSTOMER.c.id == customer_id)).one_or_none()
        if row is None:
            raise FitterError("this customer is not there any more", code="no_customer")
        return _customer(row)

    def find(self, words: str = "", *, first: int = 0, most: int = 200) -> list[Listed]:
        """Customers whose name or number holds every word, whatever the accents; by name, page by page."""
        query = (
            select(CUSTOMER, func.count(VISIT.c.id).label("visits"), func.max(VISIT.c.day).label("last"))
            .join(VISIT, VISIT.c.customer == CUSTOMER.c.id, isouter=True)
            .where(*_holding(words))
            .group_by(CUSTOMER.c.id)
            .order_by(CUSTOMER.c.search, CUSTOMER.c.id)
            .offset(first)
            .limit(most)
        )
        with self._reading() as db:
            rows = db.execute(query).all()
        return [Listed(_customer(r), r.visits, date.fromisoformat(r.last) if r.last else None) for r in rows]

    def named(self, who: str, *, most: int = 6) -> list[Customer]:
        """Customers whose whole name or number this is, whatever the accents; however many are kept."""
        wanted = folded(who)
        key = CUSTOMER.c.search
        query = select(CUSTOMER).where(key.contains(wanted, autoescape=True)).order_by(key, CUSTOMER.c.id)
        with self._reading() as db:
            # Streamed: what only holds the words is let go of one by one.
            fitting = (
                _customer(row)
                for row in db.execute(query)
                if wanted and wanted in (folded(row.name), folded(row.number))
            )
            return list(islice(fitting, most))

    def with_id(self, beginning: str, *, most: int = 6) -> list[Customer]:
        """Customers whose id begins so."""
        wanted = beginning.strip().lower()
        query = select(CUSTOMER).where(CUSTOMER.c.id.startswith(wanted, autoescape=True)).limit(most)
        with self._reading() as db:
            return [_customer(row) for row in db.execute(query)] if wanted else []

    def count(self, words: str = "") -> int:
        """How many customers `find` would give in all."""
        with self._reading() as db:
            return db.execute(select(func.count()).select_from(CUSTOMER).where(*_holding(words))).scalar_one()

    # ------------------------------------------------------------------ visits

    def keep(self, visit: Visit) -> Visit:
        """Keep a visit, new or in place of what was kept of it; gives it with its id and revision.

        Where another window kept the visit meanwhile, both stay: this one becomes a visit of its own, and has
        another id than it was given.
        """
        kept = replace(visit, id=visit.id or uuid.uuid4().hex)
        packed = {sha256(c.data): c for c in kept.captures}
        with self._reading() as db:
            there = set(db.execute(select(SCAN.c.sha256).where(SCAN.c.sha256.in_(list(packed)))).scalars())
        # Packed before the file is locked: it takes a second for a large scan.
        scans = [_scan_row(key, capture) for key, capture in packed.items() if key not in there]
        with self._writing() as db:
            if db.execute(select(CUSTOMER.c.id).where(CUSTOMER.c.id == kept.customer)).first() is None:
                raise FitterError("this customer is not there any more", code="no_customer")
            there_now = select(VISIT.c.revision).where(VISIT.c.id == kept.id)
            revision = db.execute(there_now).scalar_one_or_none()
            if revision is not None and revision != visit.revision:
                kept, revision = replace(kept, id=uuid.uuid4().hex), None
            kept = replace(kept, revision=1 if revision is None else revision + 1)
            db.execute(delete(VISIT).where(VISIT.c.id == kept.id))
            db.execute(insert(VISIT).values(**_visit_row(kept)))
            now = set(db.execute(select(SCAN.c.sha256).where(SCAN.c.sha256.in_(list(packed)))).scalars())
            ready = {row["sha256"]: row for row in scans}
            for key in packed.keys() - now:
                # One that was there may have been deleted by another window meanwhile.
                row = ready[key] if key in ready else _scan_row(key, packed[key])
                db.execute(insert(SCAN).values(**row))
            for position, capture in enumerate(kept.captures):
                stated = codec.capture_tree(capture)
                db.execute(
                    insert(CAPTURE).values(
                        visit=kept.id, position=position, scan=stated["sha256"], stated=_json(stated)
                    )
                )
            _drop_unused_scans(db)
        return kept

    def visits(self, customer_id: str) -> list[VisitHead]:
        """The visits of a customer, the newest first."""
        scans = select(func.count()).where(CAPTURE.c.visit == VISIT.c.id).scalar_subquery()
        query = (
            select(
                VISIT.c.id,
                VISIT.c.customer,
                VISIT.c.day,
                scans.label("scans"),
                func.json_array_length(VISIT.c.entered).label("typed"),
                VISIT.c.profile.is_not(None).label("measured"),
            )
            .where(VISIT.c.customer == customer_id)
            .order_by(VISIT.c.day.desc(), VISIT.c.id)
        )
        with self._reading() as db:
            rows = db.execute(query).all()
        return [
            VisitHead(r.id, r.customer, date.fromisoformat(r.day), r.scans, r.typed, bool(r.measured))
            for r in rows
        ]

    def visit(self, visit_id: str) -> Visit:
        """One visit with all that was kept of it. Raises FitterError where there is none."""
        with self._reading() as db:
            row = db.execute(select(VISIT).where(VISIT.c.id == visit_id)).one_or_none()
            if row is None:
                raise FitterError("this visit is not there any more", code="no_visit")
            taken = db.execute(
                select(CAPTURE.c.stated, SCAN.c.packing, SCAN.c.data)
                .join(SCAN, SCAN.c.sha256 == CAPTURE.c.scan)
                .where(CAPTURE.c.visit == visit_id)
                .order_by(CAPTURE.c.position)
            ).all()
        where = say("{name}, the visit of {day}", name=self.path.name, day=row.day)
        return codec.reading(where, lambda: _visit(row, taken, where))

    def profile(self, visit_id: str) -> FitProfile | None:
        """Only the profile of a visit, without its scans: to list or to compare. Raises FitterError."""
        with self._reading() as db:
            query = select(VISIT.c.day, VISIT.c.profile).where(VISIT.c.id == visit_id)
            row = db.execute(query).one_or_none()
        if row is None:
            raise FitterError("this visit is not there any more", code="no_visit")
        where = f"{self.path.name}, the visit of {row.day}"
        return codec.reading(where, lambda: from_json(row.profile.encode(), where) if row.profile else None)

    def delete_visit(self, visit_id: str) -> bool:
        """Delete a visit for good; see `delete_customer`."""
        with self._writing() as db:
            db.execute(delete(VISIT).where(VISIT.c.id == visit_id))
            _drop_unused_scans(db)
        return self._wipe()

    def delete_customer(self, customer_id: str) -> bool:
        """Delete a customer with every visit and scan, and overwrite what they stood in.

        False where another window was reading just then: the log, which may still hold them, is then emptied
        when the last window is closed.
        """
        with self._writing() as db:
            if db.execute(delete(CUSTOMER).where(CUSTOMER.c.id == customer_id)).rowcount != 1:
                raise FitterError("this customer is not there any more", code="no_customer")
            _drop_unused_scans(db)
        return self._wipe()

    # ------------------------------------------------------------------ the file

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _told(self.path), self._engine.connect() as db:
            yield db

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that holds the right to write from its start, so that it never has to give up."""
        with _told(self.path), self._engine.connect() as db:
            db.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.exec_driver_sql("ROLLBACK")
                raise
            db.exec_driver_sql("COMMIT")

    def _wipe(self) -> bool:
        """Give back what was freed (overwritten already), and empty the log, which still holds it."""
        with _told(self.path), self._engine.connect() as db:
            # By the driver, as a script: each page that is given back is one step of it.
            driver: Any = db.connection.driver_connection
            driver.executescript("PRAGMA incremental_vacuum")
            busy, _log, _done = db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            return not busy


# ---------------------------------------------------------------------------------------- rows


def _row(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.id,
        "name": customer.name,
        "number": customer.number,
        "birth_year": customer.birth_year,
        "note": customer.note,
        "search": search_key(customer),
        "revision": customer.revision,
    }


def _customer(row: Any) -> Customer:
    return Customer(row.name, row.number, row.birth_year, row.note, row.id, row.revision)


def _holding(words: str) -> list[Any]:
    return [CUSTOMER.c.search.contains(word, autoescape=True) for word in folded(words).split()]


def _visit_row(visit: Visit) -> dict[str, Any]:
    tried = codec.try_on_tree(visit.try_on)
    answers = codec.answers_tree(visit.answers)
    return {
        "id": visit.id,
        "customer": visit.customer,
        "day": visit.day.isoformat(),
        "entered": _json(codec.entered_trees(visit.entered)),
        "answers": None if answers is None else _json(answers),
        "by_hand": _json(codec.by_hand_trees(visit.set_by_hand)),
        "try_on": None if tried is None else _json(tried),
        "profile": None if visit.profile is None else to_json(visit.profile),
        "revision": visit.revision,
    }


def _visit(row: Any, taken: Sequence[Any], where: str) -> Visit:
    captures = tuple(
        codec.capture_from(json.loads(c.stated), lambda _key, c=c: _unpacked(c))  # type: ignore[misc]
        for c in taken
    )
    return Visit(
        row.customer,
        date.fromisoformat(row.day),
        captures,
        codec.entered_from(json.loads(row.entered)),
        codec.answers_from(json.loads(row.answers)) if row.answers else None,
        codec.by_hand_from(json.loads(row.by_hand)),
        codec.try_on_from(json.loads(row.try_on)) if row.try_on else None,
        from_json(row.profile.encode(), where) if row.profile else None,
        row.id,
        row.revision,
    )


def _scan_row(key: str, capture: Capture) -> dict[str, Any]:
    packed = zlib.compress(capture.data, _LEVEL)
    if len(packed) < len(capture.data):
        return {"sha256": key, "packing": "zlib", "data": packed}
    return {"sha256": key, "packing": "none", "data": capture.data}


def _unpacked(row: Any) -> bytes:
    try:
        return zlib.decompress(row.data) if row.packing == "zlib" else bytes(row.data)
    except zlib.error:
        raise ValueError("a scan is damaged") from None


def _drop_unused_scans(db: Connection) -> None:
    db.execute(delete(SCAN).where(~select(CAPTURE.c.scan).where(CAPTURE.c.scan == SCAN.c.sha256).exists()))


def _json(tree: Any) -> str:
    return json.dumps(tree, ensure_ascii=False, allow_nan=False)


# ---------------------------------------------------------------------------------------- opening


def _make(path: Path) -> None:
    """An empty file that only its owner may read, where there is none: it will hold people's names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _engine(path: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # Transactions are begun by `_writing`, not by the driver, which would begin them too late.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
        # Heeded by an empty file only; in any other it would be a write, and each reader wait for it.
        if connection.execute("PRAGMA page_count").fetchone() == (0,):
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",  # what was said to be kept is on the disk
            "foreign_keys = ON",
            "secure_delete = ON",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()

    return engine


def _versions(db: Connection) -> tuple[int, int, int]:
    """Whose the file is, its version, and how many tables it has."""
    whose = db.exec_driver_sql("PRAGMA application_id").scalar_one()
    version = db.exec_driver_sql("PRAGMA user_version").scalar_one()
    tables = db.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one()
    return whose, version, tables


def _expect_ours(db: Connection, path: Path, newest: int) -> None:
    whose, version, tables = _versions(db)
    if whose != APPLICATION_ID and (tables or version):
        raise FitterError(
            "is a database of another program",
            where=str(path),
            todo="Move it away, or choose another data folder",
            code="foreign_records",
        )
    if version > newest:
        raise FitterError(
            "was written by a newer version of Fitter",
            where=str(path),
            todo="Update Fitter",
            code="newer_records",
        )


def _bring_up_to_date(db: Connection, path: Path, steps: Sequence[Callable[[Connection], None]]) -> None:
    """Take the steps the file has not had; within one transaction, begun by the caller."""
    _expect_ours(db, path, len(steps))  # once more: another window may have been quicker
    version = db.exec_driver_sql("PRAGMA user_version").scalar_one()
    for step in steps[version:]:
        step(db)
    if version < len(steps):
        db.exec_driver_sql(f"PRAGMA user_version = {len(steps)}")
        db.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What SQLite and the system say, as one line for a person."""
    try:
        yield
    except IntegrityError:
        raise
    except (DatabaseError, sqlite3.DatabaseError) as error:
        locked = isinstance(error, OperationalError | sqlite3.OperationalError) and "locked" in str(error)
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise FitterError(
            "is held by another program" if locked else say("can't be used ({reason})", reason=reason),
            where=str(path),
            todo="Close the other program and try again" if locked else "Put back a copy of it",
            code="records_busy" if locked else "damaged_records",
        ) from error
    except OSError as error:
        raise FitterError(
            say("can't be used ({why})", why=why(error)),
            where=str(path),
            todo="Check the data folder",
            code="unwritable_folder",
        ) from error
