"""A PostgreSQL of a test's own, which may be stopped, frozen, filled and started again; and a standby of it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.support.house import free_port
from tests.support.postgres import FAST, programs
from tests.support.processes import children, send

PATIENCE = 60  # seconds for a server to come or go, on a machine that does other things as well


@dataclass
class Cluster:
    """A server with its folder; `address` is what the application is given."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    connections: int = 30
    more: tuple[str, ...] = ()  # settings that count before those of all tests

    @property
    def address(self) -> str:
        """Of the application's database, for SQLAlchemy."""
        return f"postgresql+psycopg://bestill@127.0.0.1:{self.port}/bestill"

    def ask(self, statement: str, database: str = "bestill") -> list[tuple[Any, ...]]:
        """Run a statement as its owner, past the application."""
        where = f"postgresql://bestill@127.0.0.1:{self.port}/{database}"
        with psycopg.connect(where, autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]  # a text of ours
            return cursor.fetchall() if cursor.description else []

    def start(self) -> None:
        """Start, and wait until it answers."""
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                ["postgres", "-D", f"{self.folder}/data", "-p", str(self.port), "-k", "", "-h", "127.0.0.1", *FAST,
                 "-c", f"max_connections={self.connections}", *self.more],
                executable=programs() / "postgres", stdout=log, stderr=log, cwd="/", **owner(),
            )  # fmt: skip
        until = time.monotonic() + PATIENCE
        while True:
            try:
                self.ask("SELECT 1", "postgres")
                return
            except psycopg.OperationalError:
                assert time.monotonic() < until, (self.folder / "log").read_text()
                time.sleep(0.05)

    def stop(self) -> None:
        """As an operator stops it: whoever is connected is cut off (a fast shutdown)."""
        assert self.process is not None
        self.thaw()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)

    def kill(self) -> None:
        """As when its machine dies; its children go with it."""
        if self.process is not None and self.process.poll() is None:
            send(signal.SIGKILL, self.pids())
            self.process.wait(PATIENCE)

    def freeze(self) -> None:
        """As when its machine hangs: everything stands still, nothing is refused."""
        send(signal.SIGSTOP, self.pids())

    def thaw(self) -> None:
        """Go on."""
        send(signal.SIGCONT, self.pids())

    def pids(self) -> list[int]:
        """The server and its children."""
        assert self.process is not None
        return [self.process.pid, *children(self.process.pid)]


def owner() -> dict[str, Any]:
    """Whom the server runs as: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    account = names.get("postgres") or names["nobody"]
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": ()}


@contextmanager
def cluster(*more: str) -> Iterator[Cluster]:
    """A running server with an empty database `bestill`; `more` are words of its command line."""
    with a_folder() as folder:
        server = Cluster(folder, more=more)
        initdb = ["initdb", "-D", f"{folder}/data", "-U", "bestill", "-A", "trust", "-E", "UTF8", "--no-sync"]
        _run(initdb)
        server.start()
        try:
            server.ask("CREATE DATABASE bestill", "postgres")
            yield server
        finally:
            server.kill()


@contextmanager
def standby_of(primary: Cluster) -> Iterator[Cluster]:
    """A second server that follows the first, and answers those who read."""
    with a_folder() as folder:
        copy_into(folder, primary, "-R")
        server = Cluster(folder, more=primary.more)
        server.start()
        try:
            yield server
        finally:
            server.kill()


def copy_into(folder: Path, server: Cluster, *how: str) -> None:
    """All of a running server, as its operator copies it."""
    source = ["-h", "127.0.0.1", "-p", str(server.port), "-U", "bestill"]
    _run(["pg_basebackup", *source, "-D", f"{folder}/data", *how, "-X", "stream", "-c", "fast", "--no-sync"])


@contextmanager
def a_folder() -> Iterator[Path]:
    """That the server's account may write in."""
    folder = Path(tempfile.mkdtemp(prefix="bestill-cluster-"))
    account = owner()
    if account:
        os.chown(folder, account["user"], account["group"])
        folder.chmod(0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str]) -> None:
    subprocess.run(
        command, executable=programs() / command[0], check=True, cwd="/", capture_output=True, timeout=120, **owner()
    )
