"""What this machine could do at best: a hello-world in the same server, and the bare UPDATE and INSERT of a booking."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import closing
from threading import Lock, local
from typing import Any

import psycopg
import pysqlite3.dbapi2

TABLES = (
    "CREATE TABLE bare_slot (id INTEGER PRIMARY KEY, capacity INTEGER NOT NULL, taken INTEGER NOT NULL)",
    "CREATE TABLE bare_booking (slot_id INTEGER NOT NULL, secret TEXT NOT NULL UNIQUE)",
)
TAKE = "UPDATE bare_slot SET taken = taken + 1 WHERE id = {0} AND taken < capacity"
BOOK = "INSERT INTO bare_booking (slot_id, secret) VALUES ({0}, {0})"


class Bare:
    """The two statements that no booking can do without, straight at the driver."""

    def __init__(self, url: str, slots: int) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.mark = "?" if self.is_sqlite else "%s"
        self.here = local()
        self.queue = Lock()
        with closing(self.connect()) as connection:
            for table in TABLES:
                connection.execute(table)
            for slot in range(slots):
                connection.execute(f"INSERT INTO bare_slot VALUES ({slot}, 1000000000, 0)")

    def connect(self) -> Any:  # noqa: ANN401  (either driver's)
        """A connection that commits when told to, as careful as ours."""
        if not self.is_sqlite:
            return psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True)
        connection = pysqlite3.dbapi2.connect(self.url.removeprefix("sqlite:///"), check_same_thread=False)
        connection.isolation_level = None
        for pragma in ("journal_mode=wal", "synchronous=full", "busy_timeout=15000"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def book(self, slot: int) -> None:
        """One booking: begin, take, write, commit."""
        if not hasattr(self.here, "connection"):
            self.here.connection = self.connect()
        connection = self.here.connection
        if self.is_sqlite:
            with self.queue:
                self._book(connection, slot, "BEGIN IMMEDIATE")
        else:
            self._book(connection, slot, "BEGIN")

    def _book(self, connection: Any, slot: int, begin: str) -> None:  # noqa: ANN401
        connection.execute(begin)
        connection.execute(TAKE.format(self.mark), (slot,))
        connection.execute(BOOK.format(self.mark), (slot, os.urandom(16).hex()))
        connection.execute("COMMIT")


def hello(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401  (WSGI)
    """The least that a server can answer."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"hello"]


def main() -> None:
    """Serve it as the application is served."""
    from booking.serve import Server

    options: dict[str, object] = {
        "bind": f"0.0.0.0:{os.environ['PORT']}",
        "workers": 2,
        "threads": 4,
        "worker_class": "gthread",
        "loglevel": "warning",
        "keepalive": 20,
    }
    Server(hello, options).run()  # type: ignore[arg-type]  # any WSGI application will do


if __name__ == "__main__":
    main()
