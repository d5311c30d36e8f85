"""Connections to PostgreSQL: how one is made, how long its server may be silent, and what its errors say.

Imported only where the database is such a server: its driver is 5 MB of every process.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from threading import Lock
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from booking.kernel import clock
from booking.kernel.server.looking_up import look
from booking.kernel.server.outage import Outage, is_lost
from booking.kernel.server.patience import Process, Waits, this_process

REST = 1.0  # seconds between two tries to reach a server that could not be reached
PING = 2.0  # seconds that a connection which has rested may take to say that it lives
RESTED = 1.0  # seconds after which it is asked


class SilentServer(psycopg.OperationalError):
    """The server has said nothing for longer than it would have needed to say that it ends the statement."""

    outage = Outage.SILENT


class PatientConnection(psycopg.Connection[Any]):
    """A connection to PostgreSQL that waits for an answer only so long, and whose errors quote no values.

    psycopg waits for ever, which is how long a frozen server takes. And what the server says of a failure quotes the
    row (`DETAIL: Key (email)=(…)`), which SQLAlchemy, tracebacks and commands would repeat.
    """

    patience: float | None = None

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """psycopg's hook: everything that is asked over the connection comes by here."""
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.errors._WaitTimeout:
            if timeout is not None:
                raise
            self.close()  # an answer may still come, and would be taken for that of the next question
            raise SilentServer("no answer in time") from None
        except psycopg.Error as error:
            error.args = (in_our_words(error),)
            raise


# Classes of errors whose first line names parts of the schema and no value; of the others (22: `invalid input syntax
# for type date: "…"`; whatever a trigger raises) only the class is told.
WITHOUT_VALUES = ("08", "0A", "23", "25", "28", "2B", "3D", "3F", "40", "42", "53", "55", "57", "58")


def in_our_words(error: psycopg.Error) -> str:
    """What an error is about, without what was written; why a connection failed is told as it is."""
    state, told = error.sqlstate, error.diag
    if state is None:
        return " ".join(str(argument) for argument in error.args)
    return f"{told.message_primary or state}" if state.startswith(WITHOUT_VALUES) else f"SQLSTATE {state}"


class Door:
    """The way to a server. While nobody answers, one thread of a web process tries, and the others are told at once."""

    def __init__(self, waits: Waits) -> None:
        self.waits = waits
        self.lock = Lock()
        self.shut: psycopg.OperationalError | None = None
        self.next_try = 0.0

    def connect(
        self, _dialect: Dialect, _record: ConnectionPoolEntry, place: Sequence[Any], words: dict[str, Any]
    ) -> psycopg.Connection[Any]:
        """SQLAlchemy's hook `do_connect`. What DATABASE_URL says counts before our settings."""
        self._give_up_early()
        try:
            connection = PatientConnection.connect(*place, **self._limits(words))
            ask_the_time(connection)  # this server may be another than the one before, with another clock
        except psycopg.OperationalError as error:
            with self.lock:
                self.shut, self.next_try = error, time.monotonic() + REST
            raise
        self.shut = None
        connection.patience = self.waits.here.answer
        return connection

    def _give_up_early(self) -> None:
        if self.shut is None or this_process() is not Process.WEB:
            return
        with self.lock:
            shut, now = self.shut, time.monotonic()
            if shut is None or now >= self.next_try:
                self.next_try = now + self.waits.connect + REST  # for whoever comes while this thread tries
                return
        raise type(shut)(*shut.args)

    def _limits(self, words: dict[str, Any]) -> dict[str, Any]:
        network = self.waits.network
        limits = {
            "connect_timeout": self.waits.connect,
            "keepalives_idle": max(network // 2, 1),
            "keepalives_interval": max(network // 8, 1),
            "keepalives_count": 3,
            "tcp_user_timeout": network * 1000,
            "application_name": f"bestill {this_process()}",
        } | words
        if self.waits.pooled:
            # What was prepared or set on one connection is not there on the next, and a pooler refuses `options`.
            return limits | {"prepare_threshold": None}
        options = [*self._ended_by_the_server(), str(words.get("options", ""))]
        return limits | ({"options": " ".join(options).strip()} if any(options) else {})

    def _ended_by_the_server(self) -> list[str]:
        here = self.waits.here
        limits = {
            "statement_timeout": here.statement,
            "lock_timeout": here.lock,
            "idle_in_transaction_session_timeout": here.idle,
        }
        return [f"-c {name}={seconds * 1000}" for name, seconds in limits.items() if seconds]


def wake(dbapi_connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:  # noqa: ANN401
    """Ask a connection that has rested how late it is, and so whether it lives, or when it is time to look again.

    Asking each time would be a third of all round trips.
    """
    rested = time.monotonic() - record.info.get("rests_since", time.monotonic())
    if rested < RESTED and not clock.is_time_to_look():
        return
    try:
        ask_the_time(dbapi_connection)
    except psycopg.Error as error:
        raise InvalidatePoolError from error  # the pool then makes a fresh one, and asks the others no more


def ask_the_time(connection: PatientConnection) -> None:
    """Look at the server's clock, in no transaction. Raises, and closes it, when no answer comes within PING."""
    patience, by_itself = connection.patience, connection.autocommit
    connection.patience = PING
    try:
        connection.autocommit = True
        look(connection)
        connection.autocommit = by_itself
    except psycopg.Error:
        connection.close()
        raise
    connection.patience = patience


def note_rest(_dbapi_connection: object, record: ConnectionPoolEntry) -> None:
    """It goes back to the pool."""
    record.info["rests_since"] = time.monotonic()


def note_loss(context: ExceptionContext) -> None:
    """A server that shuts down or has become a standby is left, with all connections to it."""
    if context.original_exception is not None and is_lost(context.original_exception):
        context.is_disconnect = True


def join(engine: Engine, waits: Waits) -> None:
    """Have an engine's connections made and kept here."""
    event.listen(engine, "do_connect", Door(waits).connect)
    event.listen(engine, "checkin", note_rest)
    event.listen(engine, "checkout", wake)
    event.listen(engine, "handle_error", note_loss)
