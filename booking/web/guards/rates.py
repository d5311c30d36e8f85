"""Rate limits that all processes of a machine share without another service: a small file that may be lost."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pysqlite3.dbapi2 as driver
from limits.storage import Storage

from booking.kernel import clock

SCHEME = "counters"
TIDY_EVERY = 1000  # counts of one process between two looks for what is over

_TABLE = "CREATE TABLE IF NOT EXISTS hits (key TEXT PRIMARY KEY, count INTEGER, until REAL) WITHOUT ROWID"
_COUNT = """INSERT INTO hits VALUES (:key, :amount, :until) ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN until <= :now THEN :amount ELSE count + :amount END,
    until = CASE WHEN until <= :now THEN :until ELSE until END
    RETURNING count"""


class CountersInAFile(Storage):
    """A storage of the library `limits`: counts in an SQLite file, each by one statement that no process can split.

    Nothing is waited for on the disk (`synchronous=off`): after a power cut counting begins anew. A file that cannot be
    used raises, and Flask-Limiter then counts in memory until it can be again.
    """

    STORAGE_SCHEME = [SCHEME]

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: Any) -> None:  # noqa: ANN401
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self.path = unquote(urlsplit(uri).path)
        self.local = threading.local()
        self.counted = 0

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What a broken file raises."""
        return (driver.Error, OSError)

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, and say how many there are now in this window."""
        now = _now()
        values = {"key": key, "amount": amount, "now": now, "until": now + expiry}
        count = int(self._ask(_COUNT, values)[0][0])
        self.counted += 1
        if self.counted % TIDY_EVERY == 0:
            self._ask("DELETE FROM hits WHERE until <= :now", {"now": now})
        return count

    def get(self, key: str) -> int:
        """How many there are in the present window."""
        rows = self._ask("SELECT count FROM hits WHERE key = :key AND until > :now", {"key": key, "now": _now()})
        return int(rows[0][0]) if rows else 0

    def get_expiry(self, key: str) -> float:
        """When the present window ends, in seconds since 1970."""
        rows = self._ask("SELECT until FROM hits WHERE key = :key", {"key": key})
        return float(rows[0][0]) if rows else _now()

    def check(self) -> bool:
        """Whether the file can be used."""
        try:
            self._ask("SELECT 1 FROM hits LIMIT 1", {})
        except self.base_exceptions:
            return False
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        return len(self._ask("DELETE FROM hits RETURNING key", {}))

    def clear(self, key: str) -> None:
        """Forget one count."""
        self._ask("DELETE FROM hits WHERE key = :key", {"key": key})

    def _ask(self, statement: str, values: dict[str, object]) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self._connection().execute(statement, values).fetchall()
        return rows

    def _connection(self) -> sqlite3.Connection:
        """One for each thread of each process: a connection may not be carried over a fork."""
        pid, connection = getattr(self.local, "mine", (0, None))
        if pid != os.getpid() or connection is None:
            connection = _opened(Path(self.path))
            self.local.mine = (os.getpid(), connection)
        return connection


def _now() -> float:
    """Seconds since 1970, as the library reckons."""
    return clock.now().timestamp()


def address_of(folder: Path) -> str:
    """What Flask-Limiter calls the counters in this folder."""
    return f"{SCHEME}://{folder / 'counters.db'}"


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # ours alone, from the first byte
    connection: sqlite3.Connection = driver.connect(str(path), timeout=2, isolation_level=None)
    for pragma in ("journal_mode=wal", "synchronous=off", "busy_timeout=2000", "cache_size=-200"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.execute(_TABLE)
    return connection
