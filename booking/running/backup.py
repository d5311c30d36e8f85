"""Copies of the database: SQLite's online backup, PostgreSQL's own tools. How one is put back: restore.py."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import URL

from booking.kernel.database import db


class BackupFailed(Exception):
    """The copy could not be made or put back; the text says why. Nothing has been replaced."""


def backup(file: Path) -> None:
    """Write a consistent copy while the database is in use; the file appears only when it is whole and sound.

    Only its owner may read it: it holds names and addresses. Raises BackupFailed.
    """
    part = file.with_name(file.name + ".part")
    try:
        begin_private(part)
        if db.engine.dialect.name == "sqlite":
            copy_sqlite(Path(str(db.engine.url.database)), part)
        else:
            run_tool("pg_dump", db.engine.url, "--format=custom", f"--file={part}")
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def begin_private(file: Path) -> None:
    """An empty file that its owner alone may read. Raises BackupFailed."""
    try:
        file.unlink(missing_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        name = file.name.removesuffix(".part")
        raise BackupFailed(f"{file.with_name(name)} cannot be written ({error.strerror}).") from error


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database, also one that is in use, and look whether the copy is sound. Raises BackupFailed."""
    try:
        reading = sqlite.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)
        writing = sqlite.connect(str(target))
        try:
            reading.backup(writing)
            (verdict,) = writing.execute("PRAGMA integrity_check").fetchone()
            dangling = writing.execute("PRAGMA foreign_key_check").fetchone()
        finally:
            reading.close()
            writing.close()
    except sqlite.Error as error:
        raise BackupFailed(f"The copy failed ({error}).") from error
    if verdict != "ok":
        raise BackupFailed(f"The copy is not sound ({verdict}).")
    if dangling is not None:
        raise BackupFailed(
            f"The copy is not sound (a row of {dangling[0]} stands on one of {dangling[2]} that is gone)."
        )


def run_tool(program: str, url: URL, *options: str, given: str | None = None) -> str:
    """What one of PostgreSQL's own tools prints; the password goes by the environment, as all may see a command line.

    Raises BackupFailed.
    """
    environment = os.environ | ({"PGPASSWORD": url.password} if url.password else {})
    command = [program, f"--dbname={_way_to(url)}", *options]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, input=given)
    except FileNotFoundError as error:
        raise BackupFailed(f"{program} is not installed: it comes with PostgreSQL's client programs.") from error
    if done.returncode:
        raise BackupFailed(f"{program} failed: {_own_words(program, done.stderr)[:500]}")
    return done.stdout


def _way_to(url: URL) -> str:
    """The way that the application goes, with all its hosts, in the words of PostgreSQL's own programs."""
    from psycopg.conninfo import make_conninfo

    _none, words = url.get_dialect()().create_connect_args(url)
    return make_conninfo(**{name: value for name, value in words.items() if name != "password"})


def _own_words(program: str, told: str) -> str:
    """What went wrong, without the server's lines behind it (DETAIL, CONTEXT): those quote the row."""
    begins = (f"{program}:", "ERROR:", "FATAL:")
    return "\n".join(line for line in told.splitlines() if line.startswith(begins) and ": detail:" not in line)
