"""The database: tables' base, column types, and the unit of work, the only place that commits."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, lru_cache
from threading import Lock
from typing import Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    CursorResult,
    DateTime,
    Engine,
    Enum,
    Executable,
    Integer,
    MetaData,
    String,
    Text,
    event,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from booking.kernel import clock
from booking.kernel.origin import LONGEST
from booking.kernel.server import connecting, one_writer
from booking.kernel.server.patience import Waits
from booking.kernel.server.turns import Jammed, Turns

T = TypeVar("T")
_AT_ONCE = 1000  # values of one statement
WAITING = "waiting"  # where a session keeps what `kernel/writing.py` keeps back

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite counts rows up by itself only in a column declared exactly INTEGER PRIMARY KEY.
Id = BigInteger().with_variant(Integer(), "sqlite")
# In byte order, so that a beginning is a range of the index.
RequestId = String(LONGEST).with_variant(String(LONGEST, collation="C"), "postgresql")


class UTCDateTime(TypeDecorator[datetime]):
    """A moment. Takes aware datetimes only, keeps UTC, gives back aware UTC (SQLite alone would give naive ones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """A month page reads a thousand moments: SQLite's texts are read in one step, and each once."""
        return _from_text if dialect.name == "sqlite" else _from_driver


@lru_cache(maxsize=2048)  # the same slots are read again and again
def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")


def _from_driver(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A small JSON value kept as text, alike on every database; never searched into."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def stored(kind: type[StrEnum], *, check: bool = True) -> Enum:
    """Column type for one of our enums: its value as text, with a CHECK, alike on every database.

    Without the check for a column that a table gets later: SQLite adds no CHECK to a table that is there.
    """
    return Enum(
        kind,
        native_enum=False,
        create_constraint=check,
        length=20,
        values_callable=lambda e: [str(x.value) for x in e],
    )


def as_values(kind: Callable[..., T], rows: Iterable[Sequence[Any]]) -> list[T]:
    """Rows as values of one of our dataclasses, whose fields stand in the order of the columns selected."""
    return [kind(*row) for row in rows]


Texts = Mapping[str, str]


class Translated(Json):
    """A text in the centre's languages: {"nb": …, "en": …}. Read it with `in_language`."""

    cache_ok = True


def in_language(texts: Texts, lang: str) -> str:
    """The text in `lang`, else the nearest relative, else whatever there is; an empty mapping gives ""."""
    for choice in (lang, {"nn": "nb", "nb": "nn"}.get(lang, "en"), "en", *texts):
        if texts.get(choice):
            return texts[choice]
    return ""


class Model(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Model, session_options={"expire_on_commit": False})

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_sqlite_queue = Lock()
turns = Turns()
BUSY_SECONDS = 15  # that SQLite waits for its turn to write, where nothing else is said
POOL_SECONDS = 5  # until a connection of the pool is free, which it is unless there are fewer than threads


@contextmanager
def unit_of_work() -> Iterator[None]:
    """One transaction that writes: commits when the block ends, rolls back when it raises.

    Opens a fresh transaction (SQLite: BEGIN IMMEDIATE, so that nothing read inside can be stale), ending any read that
    was under way. Keep it short: no network, no rendering, no sleep. They do not nest.
    """
    if _writing.get():
        raise RuntimeError("a unit of work inside another")
    db.session.rollback()
    token = _writing.set(True)
    try:
        with turns.turn(), _turn():
            try:
                yield
                db.session.commit()
            except BaseException:
                db.session.info.pop(WAITING, None)
                db.session.rollback()
                raise
    finally:
        _writing.reset(token)


def is_writing() -> bool:
    """Whether a unit of work is under way here."""
    return _writing.get()


@contextmanager
def attempt() -> Iterator[None]:
    """A part of a unit of work that may be given up without the rest: undone when the block raises, which goes on."""
    flush()
    with db.session.begin_nested():
        yield


@contextmanager
def _turn() -> Iterator[None]:
    """SQLite has one writer at a time and lets those who wait poll: within a process they queue here instead."""
    if db.engine.dialect.name != "sqlite":
        yield
        return
    if not _sqlite_queue.acquire(timeout=BUSY_SECONDS):
        raise Jammed
    try:
        yield
    finally:
        _sqlite_queue.release()


def in_pieces(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """A long list in lengths that every database takes in one statement."""
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def run(statement: Executable, values: Any = None) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement that reads or writes columns, never whole entities, past the session's machinery for those.

    That machinery costs more than the statement. What waits in the session is written first, as the session would.
    """
    flush()
    return db.session.connection().execute(statement, values)


def flush() -> None:
    """Write what waits in the session, and what `kernel/writing.py` keeps back there."""
    session = db.session()
    waiting = session.info.get(WAITING)
    if waiting is not None and waiting.parts:
        waiting.send()
    session.flush()


def one_at_a_time(keys: Iterable[str]) -> None:
    """Let nobody else who gives one of these keys go on until this unit of work ends; call inside one.

    For what must be counted and then written: on PostgreSQL locks of our own, in ascending order; SQLite has one writer
    at a time anyway.
    """
    if db.engine.dialect.name != "postgresql":
        return
    numbers = {int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], signed=True) for key in keys}
    if numbers:
        run(_LOCK, {"numbers": sorted(numbers)})


# One after the other as they stand in the list, which is ascending.
_LOCK = text("SELECT pg_advisory_xact_lock(number) FROM unnest(CAST(:numbers AS bigint[])) AS number")


def insert_once(table: type[Model], key: str, values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with the same unique `key` column is there; True when it was inserted."""
    return _inserted(table, key, key, values) is not None


def insert_new(table: type[Model], key: str, values: Mapping[str, Any]) -> int | None:
    """As `insert_once`: the id of the new row, or None where there was one."""
    new: int | None = _inserted(table, key, "id", values)
    return new


def _inserted(table: type[Model], key: str, wanted: str, values: Mapping[str, Any]) -> Any:
    return run(_insert_once(table, key, wanted, db.engine.dialect.name), values).scalar()


@cache
def _insert_once(table: type[Model], key: str, wanted: str, dialect: str) -> Executable:
    return _insert(table, dialect).on_conflict_do_nothing(index_elements=[key]).returning(getattr(table, wanted))


def insert_into(table: type[Model]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of the database in use, which can say what to do where the row is there."""
    return _insert(table, db.engine.dialect.name)


def _insert(table: type[Model], dialect: str) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def look_at_its_clock() -> None:
    """Go by the database's clock from here on, where it is a server's that this process has not asked anything yet."""
    if not clock.has_looked() and db.engine.dialect.name == "postgresql":
        db.engine.connect().close()


def give_up() -> None:
    """Drop whatever was under way, after something broke."""
    db.session.rollback()


def begin_reading() -> None:
    """Begin a transaction in which nothing has been read; the database hears of it with the first statement."""
    db.session.begin()


def end_reading() -> None:
    """Give the connection back before something slow (the network); what was read stays usable."""
    db.session.expunge_all()
    db.session.rollback()


def _no_driver_transactions(waits: Waits) -> Callable[[Any, object], None]:
    def prepare(dbapi_connection: Any, _record: object) -> None:
        dbapi_connection.isolation_level = None  # else the driver begins by itself, too late and in the wrong mode
        cursor = dbapi_connection.cursor()
        for pragma in (
            "journal_mode=wal",
            f"busy_timeout={(waits.here.lock or BUSY_SECONDS) * 1000}",
            "foreign_keys=on",
            "synchronous=full",
            "cache_size=-4000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return prepare


def _begin_to_write(session: Session, _transaction: object, connection: Connection) -> None:
    """On PostgreSQL only a unit of work begins a transaction; reading needs none.

    Each statement sees what was committed when it began, in a transaction or not (READ COMMITTED): BEGIN and its end
    would be two more ways to the server for each page.
    """
    if connection.dialect.name == "postgresql":
        driver = connection.connection.dbapi_connection
        if driver is not None and driver.autocommit is _writing.get():
            driver.autocommit = not _writing.get()


event.listen(db.session, "after_begin", _begin_to_write)


def _begin_by_itself(dbapi_connection: Any, _record: object) -> None:
    """As whoever takes a connection past the session expects."""
    if dbapi_connection is not None and dbapi_connection.autocommit:
        dbapi_connection.autocommit = False


def _begin(connection: Connection, waits: Waits) -> None:
    if _writing.get():
        one_writer.begin(connection, waits.here.lock or BUSY_SECONDS)
    else:  # waits for nobody and cannot fail: past SQLAlchemy, whose way costs ten times the statement
        connection.connection.cursor().execute("BEGIN")


def watch(engine: Engine, waits: Waits) -> None:
    """Teach one engine our transactions, and how long it may wait; call once for each engine made."""
    connecting.join(engine, waits)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _no_driver_transactions(waits))
        event.listen(engine, "begin", lambda connection: _begin(connection, waits))
    else:
        event.listen(engine, "checkin", _begin_by_itself)


def engine_options(url: str, pool_size: int) -> dict[str, Any]:
    """What create_engine needs for this address: a fixed SQLite, a small pool, no surprises.

    A hot row gets slower with more connections, so the pool stays as small as the number of threads. What a statement
    was given is kept out of the exceptions' texts: names and needs.
    """
    options: dict[str, Any] = {"pool_size": pool_size, "pool_timeout": POOL_SECONDS, "hide_parameters": True}
    if url.startswith("sqlite"):
        import pysqlite3.dbapi2  # Debian's own library may lose commits in WAL mode (the WAL-reset bug)

        return options | {"module": pysqlite3.dbapi2, "max_overflow": 0}
    return options | {"max_overflow": 2}


def sqlite_version() -> tuple[int, ...]:
    """Version of the SQLite library that the application uses."""
    try:
        import pysqlite3.dbapi2 as driver
    except ImportError:
        driver = sqlite3
    return tuple(int(part) for part in driver.sqlite_version.split("."))


def count_statements(engine: Engine, seen: Callable[[str], None]) -> None:
    """Call `seen(sql)` for every statement the engine runs (BEGIN and COMMIT are not statements)."""

    def before(_c: object, _cur: object, statement: str, _p: object, _ctx: object, _many: bool) -> None:
        seen(statement)

    event.listen(engine, "before_cursor_execute", before)


def count_own_statements(seen: Callable[[str], None]) -> None:
    """The same for the application's own engine; call inside its context."""
    count_statements(db.engine, seen)
