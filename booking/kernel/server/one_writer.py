"""SQLite has one writer at a time, of all processes: how one waits for another's turn to end.

SQLite itself sleeps ever longer between two looks, up to a tenth of a second, and whoever has just come looks more
often: with a server and its worker writing, somebody waits for a second now and then, though each turn lasts some
milliseconds. docs/decisions/10-what-is-written-together.md has the figures.
Within a process threads queue (`kernel/database.py`), so that only one of each looks.
"""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Connection

PAUSE = 0.001  # seconds between two looks
BUSY, LOW_BYTE = 5, 0xFF


def begin(connection: Connection, seconds: float) -> None:
    """Begin to write, as soon as nobody else does. Raises what SQLAlchemy does."""
    cursor: Any = connection.connection.cursor()
    cursor.execute("PRAGMA busy_timeout=0")
    try:
        if not _has_begun(cursor, connection.dialect.loaded_dbapi.Error, seconds):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # for the error
    finally:
        cursor.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")
        cursor.close()


def _has_begun(cursor: Any, failure: type[Exception], seconds: float) -> bool:  # noqa: ANN401  (the driver's)
    until = time.monotonic() + seconds
    while True:
        try:
            cursor.execute("BEGIN IMMEDIATE")
        except failure as error:
            code: int = getattr(error, "sqlite_errorcode", 0)
            if code & LOW_BYTE != BUSY or time.monotonic() >= until:
                return False
            _pause()
        else:
            return True


def _pause() -> None:
    time.sleep(PAUSE)
