"""The database that a run uses, and what may befall it: a server of our own, or a file."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Protocol

from tests.outages.cluster import Cluster, cluster
from tests.support.processes import send

# A backend that is killed takes the server's memory with it: what was acknowledged must be out of it by then.
LASTING = ("-c", "synchronous_commit=on", "-c", "max_connections=60")


class Store(Protocol):
    """What a mishap may do to a database."""

    name: str
    address: str

    def kill(self, dice: Random) -> bool:
        """A process that serves it dies; False where there is none."""

    def freeze(self) -> None:
        """It stands still until `thaw`."""

    def thaw(self) -> None:
        """It goes on."""

    def stop(self) -> bool:
        """It is shut down until `start`; False where that cannot be."""

    def start(self) -> None:
        """It is there again."""


class Server:
    """PostgreSQL."""

    name = "postgresql"

    def __init__(self, server: Cluster) -> None:
        self.server, self.address = server, server.address

    def kill(self, dice: Random) -> bool:
        """One backend by -9: the server ends all others, forgets its memory and recovers."""
        backends = [pid for (pid,) in self.server.ask("SELECT pid FROM pg_stat_activity WHERE usename IS NOT NULL")]
        send(signal.SIGKILL, [dice.choice(backends)])
        return True

    def freeze(self) -> None:
        self.server.freeze()

    def thaw(self) -> None:
        self.server.thaw()

    def stop(self) -> bool:
        self.server.stop()
        return True

    def start(self) -> None:
        self.server.start()


class File:
    """SQLite: nobody serves it. It stands still while another program has it to itself."""

    name = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path, self.address = path, f"sqlite:///{path}"
        self.holder: sqlite3.Connection | None = None

    def kill(self, dice: Random) -> bool:
        return False

    def freeze(self) -> None:
        self.holder = sqlite3.connect(self.path, timeout=10, isolation_level=None, check_same_thread=False)
        with suppress(sqlite3.OperationalError):  # so busy that we do not get it: no mishap then
            self.holder.execute("BEGIN IMMEDIATE")

    def thaw(self) -> None:
        if self.holder is not None:
            self.holder.close()
            self.holder = None

    def stop(self) -> bool:
        return False

    def start(self) -> None:
        pass


@contextmanager
def a_store(name: str, folder: Path) -> Iterator[Store]:
    """An empty database of this kind."""
    if name == "sqlite":
        yield File(folder / "bestill.db")
        return
    with cluster(*LASTING) as server:
        yield Server(server)
