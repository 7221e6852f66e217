"""The tables, and the steps that lead from any earlier version to them.

`TABLES` is what the program works with. A file on the disk gets there by the steps it has not yet had, all in
one transaction: it is either as before or wholly new. The version stands in SQLite's ``user_version``, and
``application_id`` tells our files from other people's. A step is never changed once it was released.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

from fitter.records.people import Customer, search_key

APPLICATION_ID = 0x46495452  # "FITR"

TABLES = MetaData()
CUSTOMER = Table(
    "customer",
    TABLES,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("birth_year", Integer),
    Column("note", Text, nullable=False),
    Column("search", Text, nullable=False),  # `search_key` of it
    Column("revision", Integer, nullable=False),
    Index("customer_by_search", "search"),
)
VISIT = Table(
    "visit",
    TABLES,
    Column("id", Text, primary_key=True),
    Column("customer", Text, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False),
    Column("day", Text, nullable=False),  # ISO 8601
    Column("entered", Text, nullable=False),  # JSON
    Column("answers", Text),  # JSON
    Column("by_hand", Text, nullable=False),  # JSON
    Column("try_on", Text),  # JSON
    Column("profile", Text),  # the profile's own JSON
    Column("revision", Integer, nullable=False),
    Index("visit_by_customer", "customer", "day"),
)
SCAN = Table(
    "scan",
    TABLES,
    Column("sha256", Text, primary_key=True),
    Column("packing", Text, nullable=False),  # zlib, or none
    Column("data", LargeBinary, nullable=False),
)
CAPTURE = Table(
    "capture",
    TABLES,
    Column("visit", Text, ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("scan", Text, ForeignKey("scan.sha256"), nullable=False),
    Column("stated", Text, nullable=False),  # JSON
    Index("capture_by_scan", "scan"),
)


def _first(db: Connection) -> None:
    for statement in (
        "CREATE TABLE customer (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, number TEXT NOT NULL,"
        " birth_year INTEGER, note TEXT NOT NULL)",
        "CREATE TABLE visit (id TEXT NOT NULL PRIMARY KEY,"
        " customer TEXT NOT NULL REFERENCES customer (id) ON DELETE CASCADE, day TEXT NOT NULL,"
        " entered TEXT NOT NULL, answers TEXT, profile TEXT)",
        "CREATE TABLE scan (sha256 TEXT NOT NULL PRIMARY KEY, packing TEXT NOT NULL, data BLOB NOT NULL)",
        "CREATE TABLE capture (visit TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE,"
        " position INTEGER NOT NULL, scan TEXT NOT NULL REFERENCES scan (sha256), stated TEXT NOT NULL,"
        " PRIMARY KEY (visit, position))",
        "CREATE INDEX visit_by_customer ON visit (customer, day)",
        "CREATE INDEX capture_by_scan ON capture (scan)",
    ):
        db.execute(text(statement))


def _found_and_decided(db: Connection) -> None:
    """Finding by part of a name, a count of changes, and what a person decided in the shop."""
    for statement in (
        "ALTER TABLE customer ADD COLUMN search TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE customer ADD COLUMN revision INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE visit ADD COLUMN by_hand TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE visit ADD COLUMN try_on TEXT",
        "CREATE INDEX customer_by_search ON customer (search)",
    ):
        db.execute(text(statement))
    for row in db.execute(text("SELECT id, name, number FROM customer")).all():
        key = search_key(Customer(row.name, row.number))
        db.execute(text("UPDATE customer SET search = :key WHERE id = :id"), {"key": key, "id": row.id})


def _visits_counted(db: Connection) -> None:
    """A count of the times a visit was kept: the last of two windows overwrote the other unseen."""
    db.execute(text("ALTER TABLE visit ADD COLUMN revision INTEGER NOT NULL DEFAULT 0"))


STEPS: tuple[Callable[[Connection], None], ...] = (_first, _found_and_decided, _visits_counted)
