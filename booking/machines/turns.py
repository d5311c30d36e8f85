"""One at a time: of several starts on one database, one brings it up while the others wait."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from booking.kernel.database import db

TURN = 0x626573746C  # the number of our lock; those of `one_at_a_time` are spread over 64 bits
# Whoever waits for a migration waits as long as it takes.
_PATIENT = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")


@contextmanager
def alone(waits: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Do what is inside while nobody else does, on any machine; calls `waits` once before waiting for another.

    Ends with the process that has it, however that ends. Not inside a unit of work.
    """
    if db.engine.dialect.name == "sqlite":
        file = Path(str(db.engine.url.database))
        with _alone_by_file(file.with_name(f"{file.name}.starting"), waits):
            yield
        return
    # A lock of a transaction, not of a connection: a pooler between us may give the connection to somebody else.
    with db.engine.connect() as connection:
        for limit in _PATIENT:
            connection.execute(text(f"SET LOCAL {limit} = 0"))
        if not connection.scalar(text("SELECT pg_try_advisory_xact_lock(:turn)"), {"turn": TURN}):
            waits()
            connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
        yield


@contextmanager
def _alone_by_file(path: Path, waits: Callable[[], None]) -> Iterator[None]:
    """The file stays: who took it away would take it from under somebody who waits."""
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waits()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
