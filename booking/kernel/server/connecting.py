"""Connections to whatever the database is: each kind is made and kept in its own way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from booking.kernel.server import commits
from booking.kernel.server.patience import Process, Waits, this_process

CANNOT_OPEN = 14


class TheFile:
    """The file that an SQLite database is. Where it has gone SQLite would make a new one, or write on in the old."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def expect(self, dialect: Dialect, *_how: object) -> None:
        """Whoever serves or works has seen it before: only a tool makes one."""
        if this_process() is not Process.TOOL and commits.number_of(self.path) is None:
            error: Any = dialect.loaded_dbapi.OperationalError("unable to open database file")
            error.sqlite_errorcode, error.sqlite_errorname = CANNOT_OPEN, "SQLITE_CANTOPEN"  # as SQLite's own
            raise error

    def note(self, _dbapi_connection: object, record: ConnectionPoolEntry) -> None:
        """Which file this connection has open."""
        record.info["file"] = commits.number_of(self.path)

    def compare(self, _dbapi_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        """Whether it is the one that is there. Raises DisconnectionError."""
        if record.info.get("file") != commits.number_of(self.path):
            raise DisconnectionError


def join(engine: Engine, waits: Waits) -> None:
    """Have an engine's connections made and kept here."""
    if engine.dialect.name == "postgresql":
        from booking.kernel.server import postgres

        postgres.join(engine, waits)
    else:
        file = TheFile(Path(engine.url.database or ""))
        event.listen(engine, "do_connect", file.expect)
        event.listen(engine, "connect", file.note)
        event.listen(engine, "checkout", file.compare)
        if engine.url.database:
            commits.join(engine, file.path)
