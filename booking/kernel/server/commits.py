"""Whether anything has been committed to an SQLite file, as the file itself says."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import Dialect

File = tuple[int, int] | None  # which one it is: device and number; None where there is none
Version = tuple[int, int]

_serial = count(1)


class CommitWatch:
    """A connection that never writes, so that to it every commit is another's.

    `PRAGMA data_version` is another number after a commit of any other connection, of this process or another, and
    stays the same after one's own and after what is rolled back. Numbers of two connections say nothing to each
    other: with one connection for all threads they can be compared, as long as it is open (`serial`).
    """

    def __init__(self, path: Path, dialect: Dialect) -> None:
        self.path = path
        self.driver: Any = dialect.loaded_dbapi
        self.lock = Lock()
        self.connection: Any = None
        self.file: File = None
        self.serial = self.process = 0
        self.left: list[Any] = []  # our parent's: closing one here would take SQLite's locks from the others here

    def version(self) -> Version | None:
        """A pair that is the same again only if nothing has been committed since; None where the file cannot say."""
        with self.lock:
            try:
                self._open()
                # All rows, since the connection stays in the past for as long as its statement has not ended.
                return None if self.connection is None else (self.serial, self._ask())
            except self.driver.Error:
                return None

    def close(self, _engine: Engine) -> None:
        """Let go of the file, until somebody asks again."""
        with self.lock:
            self._drop()

    def _ask(self) -> int:
        number: int = self.connection.execute("PRAGMA data_version").fetchall()[0][0]
        return number

    def _open(self) -> None:
        """The connection to the file that is there now, whatever was there before."""
        file, process = number_of(self.path), os.getpid()
        if (file, process) == (self.file, self.process):
            return
        self._drop()
        if file is not None:
            address = f"{self.path.absolute().as_uri()}?mode=rw"
            self.connection = self.driver.connect(
                address, uri=True, timeout=0, isolation_level=None, check_same_thread=False
            )
        self.file, self.process, self.serial = file, process, next(_serial)

    def _drop(self) -> None:
        if self.connection is not None and self.process == os.getpid():
            self.connection.close()
        elif self.connection is not None:
            self.left.append(self.connection)
        self.connection, self.file, self.process = None, None, 0


_watches: WeakKeyDictionary[Engine, CommitWatch] = WeakKeyDictionary()


def join(engine: Engine, path: Path) -> None:
    """CommitWatch the file of an engine, as long as it is in use."""
    watch = _watches[engine] = CommitWatch(path, engine.dialect)
    event.listen(engine, "engine_disposed", watch.close)


def version(engine: Engine) -> Version | None:
    """Of the file of an engine; None where there is none to watch."""
    watch = _watches.get(engine)
    return None if watch is None else watch.version()


def number_of(path: Path) -> File:
    """Which file lies there."""
    try:
        file = os.stat(path)
    except OSError:
        return None
    return file.st_dev, file.st_ino
