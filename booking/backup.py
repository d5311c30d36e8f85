"""Copies of the database: SQLite's online backup, PostgreSQL's own tools."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pysqlite3.dbapi2 as sqlite

from booking.kernel.database import db


class BackupFailed(Exception):
    """The copy could not be made or put back; the text says why. Nothing has been replaced."""


def backup(file: Path) -> None:
    """Write a consistent copy while the database is in use; the file appears only when it is whole and sound.

    Only its owner may read it: it holds names and addresses. Raises BackupFailed.
    """
    part = file.with_name(file.name + ".part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise BackupFailed(f"{file} cannot be written ({error.strerror}).") from error
    try:
        if db.engine.dialect.name == "sqlite":
            _copy_sqlite(Path(str(db.engine.url.database)), part)
        else:
            _run("pg_dump", "--format=custom", f"--file={part}")
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def restore(file: Path) -> None:
    """Replace the database by a copy made with `backup`; nobody else may be using it. Raises BackupFailed."""
    if db.engine.dialect.name == "sqlite":
        _check_sqlite(file)
        db.engine.dispose()
        _copy_sqlite(file, Path(str(db.engine.url.database)))
    else:
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(file))


def _check_sqlite(file: Path) -> None:
    """That it is a copy of ours, before anything is overwritten."""
    try:
        reading = sqlite.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
        try:
            reading.execute("SELECT count(*) FROM booking").fetchone()
        finally:
            reading.close()
    except sqlite.Error as error:
        raise BackupFailed(f"{file} is no copy of this application's database ({error}).") from error


def _copy_sqlite(source: Path, target: Path) -> None:
    try:
        reading = sqlite.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)
        writing = sqlite.connect(str(target))
        try:
            reading.backup(writing)
            (verdict,) = writing.execute("PRAGMA integrity_check").fetchone()
        finally:
            reading.close()
            writing.close()
    except sqlite.Error as error:
        raise BackupFailed(f"The copy failed ({error}).") from error
    if verdict != "ok":
        raise BackupFailed(f"The copy is not sound ({verdict}).")


def _run(program: str, *options: str) -> None:
    """One of PostgreSQL's own tools; the password goes by the environment, since everybody may see a command line."""
    url = db.engine.url.set(drivername="postgresql")
    plain = url.set(password=None).render_as_string()
    environment = os.environ | ({"PGPASSWORD": url.password} if url.password else {})
    command = [program, f"--dbname={plain}", *options]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise BackupFailed(f"{program} is not installed: it comes with PostgreSQL's client programs.") from error
    if done.returncode:
        raise BackupFailed(f"{program} failed: {done.stderr.strip()[:500]}")
