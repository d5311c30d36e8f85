"""The statements that a PostgreSQL server got, by its own log: no build has a hand in the counting."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Self

import psycopg

# What a server must be started with: a line begins with the client's host and port.
OPTIONS = ("-c", "logging_collector=on", "-c", "log_line_prefix=%r|")
LINE = re.compile(r"^127\.0\.0\.1\((\d+)\)\|LOG:  (?:statement|execute [^:]*): (\w+)", re.MULTILINE)
NOT_COUNTED = {"BEGIN", "COMMIT", "ROLLBACK", "SET", "SHOW"}


class StatementLog:
    """Everything that connections to one database send, kept from `begin` on; no log at all on SQLite."""

    def __init__(self, url: str) -> None:
        self.is_kept = url.startswith("postgresql")
        self.url, self.database, self.from_ = url.replace("+psycopg", ""), url.rsplit("/", 1)[1], 0

    def __enter__(self) -> Self:
        self._log_statements("all")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._log_statements("none")

    def begin(self) -> None:
        """Forget what came before."""
        self.from_ = len(self._read())

    def count(self, ports: set[int]) -> int:
        """Statements since then from connections that come from these ports, beginnings and ends not counted."""
        lines = LINE.findall(self._read()[self.from_ :])
        return sum(int(port) in ports and word.upper() not in NOT_COUNTED for port, word in lines)

    def _log_statements(self, which: str) -> None:
        if self.is_kept:
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute(f"ALTER DATABASE \"{self.database}\" SET log_statement = '{which}'".encode())

    def _read(self) -> str:
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute("SELECT pg_read_file(pg_current_logfile())").fetchone()
            return str(row[0]) if row else ""
