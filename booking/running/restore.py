"""A copy put back: looked at and brought to the present version beside the database first, and only then in its place.

What was there before is kept beside. Until the very last step nothing has changed.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import URL, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from booking.kernel import schema
from booking.kernel.database import db, engine_options, watch
from booking.kernel.server import connecting
from booking.kernel.server.patience import Waits
from booking.running import check
from booking.running.backup import BackupFailed, backup, begin_private, copy_sqlite, run_tool

LETS_GO_IN = 2.0  # seconds that somebody may take to end
IN_USE = "The database is in use. Stop the server, the worker and everything else that has it open, then restore."
OVERDUE = "forgetting overdue"  # an old copy holds who was forgotten since; the next night forgets them again


class Breached(BackupFailed):
    """The copy does not hold what must always hold."""

    def __init__(self, breaches: list[str]) -> None:
        lines = "\n".join(f"  {breach}" for breach in breaches[:20])
        super().__init__(f"The copy does not hold what must always hold:\n{lines}")


def restore(file: Path, app: Flask, now: datetime, *, despite_breaches: bool = False) -> str:
    """Put a copy in the database's place; nobody else may be using it. Returns where the old one lies.

    Raises BackupFailed: the copy is damaged, of a newer version, or breaks an invariant; nothing has been replaced.
    """
    mark = f"{now:%Y%m%dT%H%M%S%f}"  # two within a second keep both
    url = db.engine.url
    if db.engine.dialect.name == "sqlite":
        return _restore_sqlite(file, Path(str(url.database)), app, mark, despite_breaches)
    read_copy(file)
    if _may_make_databases(url):
        return _restore_beside(file, url, app, mark, despite_breaches)
    return _restore_in_place(file, url, app, mark)


def _restore_sqlite(file: Path, live: Path, app: Flask, mark: str, despite_breaches: bool) -> str:
    part = live.with_name(f".{live.name}.restoring")
    _close_for_all(live)
    try:
        begin_private(part)
        copy_sqlite(file, part)
        _bring_up(f"sqlite:///{part}", app, despite_breaches)
        _close_for_all(live)  # making the copy ready takes a while, and somebody may have started meanwhile
        kept = live.with_name(f"{live.name}.before-{mark}")
        if live.exists():
            os.link(live, kept)  # the name is never without a database
        for tail in ("-wal", "-shm"):  # they belong to the old one, and would be played into the new
            if (log := live.with_name(live.name + tail)).exists():
                log.replace(kept.with_name(kept.name + tail))
        part.replace(live)
        return str(kept)
    except OSError as error:
        raise BackupFailed(f"The copy cannot be put in place ({error.strerror}).") from error
    finally:
        for tail in ("", "-wal", "-shm"):
            part.with_name(part.name + tail).unlink(missing_ok=True)


def _close_for_all(live: Path) -> None:
    """Make sure that nobody has the database open, by a lock that SQLite gives to one alone, and put its log into it.

    Whoever had it open would go on writing into what is put aside. Raises BackupFailed.
    """
    db.session.remove()
    db.engine.dispose()  # our own
    if not live.exists():
        return
    driver: Any = db.engine.dialect.loaded_dbapi
    connection = driver.connect(str(live), timeout=LETS_GO_IN, isolation_level=None)
    try:
        connection.execute("PRAGMA locking_mode = exclusive")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except driver.DatabaseError as error:
        if "locked" in str(error):
            raise BackupFailed(IN_USE) from error
        # What is damaged is what one restores over.
    finally:
        connection.close()


def _restore_beside(file: Path, url: URL, app: Flask, mark: str, despite_breaches: bool) -> str:
    """Into a fresh database, which then takes the name."""
    fresh, kept = f"{url.database}_restoring_{mark}".lower(), f"{url.database}_before_{mark}".lower()
    with _maintenance(url) as run:
        run(f'CREATE DATABASE "{fresh}"')
    try:
        run_tool("pg_restore", url.set(database=fresh), "--no-owner", "--exit-on-error", str(file))
        _bring_up(url.set(database=fresh).render_as_string(hide_password=False), app, despite_breaches)
        db.session.remove()
        db.engine.dispose()
        with _maintenance(url) as run:
            run(
                f'ALTER DATABASE "{url.database}" RENAME TO "{kept}"',
                f'ALTER DATABASE "{fresh}" RENAME TO "{url.database}"',
            )
    except BackupFailed:
        with _maintenance(url) as run:
            run(f'DROP DATABASE IF EXISTS "{fresh}"')
        raise
    return f"the database {kept}"


def _restore_in_place(file: Path, url: URL, app: Flask, mark: str) -> str:
    """Where no database may be made beside: all of it in one transaction, after a copy of what is there."""
    version = _version_of(read_copy(file, "--data-only", "--table=alembic_version", "--file=-"))
    _check_version(version, app)
    kept = Path(app.instance_path) / f"before-{mark}.dump"
    backup(kept)
    db.session.remove()
    db.engine.dispose()
    with _engine(url).connect() as connection:
        schema_name = connection.scalar(text("SELECT current_schema()"))
    words = read_copy(file, "--no-owner", "--no-privileges", "--file=-")
    words = words.replace(f"CREATE SCHEMA {schema_name};", "")
    fresh = (
        f'SET client_min_messages = warning;\nDROP SCHEMA "{schema_name}" CASCADE;\nCREATE SCHEMA "{schema_name}";\n'
    )
    run_tool("psql", url, "--single-transaction", "--quiet", "--set=ON_ERROR_STOP=1", given=fresh + words)
    _bring_up(url.render_as_string(hide_password=False), app, despite_breaches=True)
    return str(kept)


def read_copy(file: Path, *options: str) -> str:
    """What pg_restore reads in a copy, without any database: by default its table of contents. Raises BackupFailed."""
    try:
        done = subprocess.run(
            ["pg_restore", *(options or ("--list",)), str(file)], capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise BackupFailed("pg_restore is not installed: it comes with PostgreSQL's client programs.") from error
    if done.returncode:
        raise BackupFailed(f"{file} is no copy of this application's database ({done.stderr.strip()[:200]}).")
    return done.stdout


def _bring_up(url: str, app: Flask, despite_breaches: bool) -> None:
    """Look at a copy where it lies, and bring it to the version that this program is."""
    beside = Flask(app.import_name, root_path=app.root_path, instance_path=app.instance_path)
    beside.config["SQLALCHEMY_DATABASE_URI"] = url
    beside.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url, 2)
    db.init_app(beside)
    with beside.app_context():
        watch(db.engine, Waits())
        try:
            _check_version(schema.current(), app)
            schema.upgrade_if_needed(beside)
            _learn_sizes()
            breaches = [breach for breach in check.breaches() if not breach.startswith(OVERDUE)]
        except DBAPIError as error:
            raise BackupFailed(f"The copy cannot be used ({str(error.orig).splitlines()[0]}).") from error
        finally:
            db.session.remove()
            db.engine.dispose()
    if breaches and not despite_breaches:
        raise Breached(breaches)


def _check_version(version: str | None, app: Flask) -> None:
    if version is None:
        raise BackupFailed("The copy is no copy of this application's database: it holds no version.")
    if version not in schema.known(app):
        raise BackupFailed(
            f"The copy was made by a newer version of the application (migration {version}, here "
            f"{schema.newest_of(app)}). Install that version, then restore."
        )


def _learn_sizes() -> None:
    """A copy carries no statistics, and PostgreSQL without any chooses slow ways until it has looked by itself."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


def _version_of(words: str) -> str | None:
    """The version among the rows that pg_restore prints."""
    lines = words.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("COPY ") and "alembic_version" in line:
            return lines[number + 1].strip()
    return None


def _may_make_databases(url: URL) -> bool:
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            allowed = text("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            owns = text(
                "SELECT pg_has_role(current_user, datdba, 'USAGE') FROM pg_database WHERE datname = current_database()"
            )
            return bool(connection.scalar(allowed)) and bool(connection.scalar(owns))
    finally:
        engine.dispose()


def _engine(url: URL) -> Engine:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", hide_parameters=True)
    connecting.join(engine, Waits())
    return engine


@contextmanager
def _maintenance(url: URL) -> Iterator[Callable[..., None]]:
    """Runs statements about whole databases, from another one; several are one transaction. Raises BackupFailed."""
    engine = _engine(url.set(database="postgres"))

    def run(*statements: str) -> None:
        with engine.connect() as connection:
            connection.exec_driver_sql("; ".join(statements))

    try:
        yield run
    except DBAPIError as error:
        why = str(error.orig).splitlines()[0]
        raise BackupFailed(
            f"PostgreSQL refused ({why}). Has everything that uses the database been stopped?"
        ) from error
    finally:
        engine.dispose()
