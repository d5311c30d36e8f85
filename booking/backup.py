"""Copies of the database: SQLite's online backup, PostgreSQL's own tools."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pysqlite3.dbapi2 as sqlite

from booking.kernel.database import db


def backup(file: Path) -> None:
    """Write a consistent copy while the database is in use; the file appears only when it is whole and sound."""
    part = file.with_name(file.name + ".part")
    part.unlink(missing_ok=True)
    if db.engine.dialect.name == "sqlite":
        _copy_sqlite(Path(str(db.engine.url.database)), part)
    else:
        subprocess.run(["pg_dump", "--format=custom", f"--file={part}", _postgres_url()], check=True)
    part.replace(file)


def restore(file: Path) -> None:
    """Replace the database by a copy made with `backup`; nobody else may be using it."""
    if db.engine.dialect.name == "sqlite":
        db.engine.dispose()
        _copy_sqlite(file, Path(str(db.engine.url.database)))
    else:
        command = ["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction"]
        subprocess.run([*command, f"--dbname={_postgres_url()}", str(file)], check=True)


def _copy_sqlite(source: Path, target: Path) -> None:
    reading, writing = sqlite.connect(f"file:{source}?mode=ro", uri=True), sqlite.connect(str(target))
    try:
        reading.backup(writing)
        (verdict,) = writing.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise OSError(f"the copy is not sound: {verdict}")
    finally:
        reading.close()
        writing.close()


def _postgres_url() -> str:
    return db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
