"""Demo centres that are loaded once in a run, and copied to where tests want one: loading takes ten seconds each time.

`tests/demo` and `tests/test_serve.py` load them for themselves: there it is the loading that is tried.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flask import current_app
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, Table, text

from booking import create_app
from booking.demo.invoices import FILE_TO_TRY
from booking.demo.load import load_if_empty
from booking.kernel.database import Model, db
from booking.machines import fitness
from booking.settings import Settings, settings_of
from tests.support.schema_version import stand_at_the_newest_version
from tests.support.unguarded import unguarded

ROOT = Path(__file__).parents[2]
FOLDER = "DEMOS_OF_THIS_RUN"
DATABASE = "bestill.db"
NOT_COPIED = "installation"  # what a database says of itself


@contextmanager
def demos_of_a_run() -> Iterator[None]:
    """A folder for them, which all processes of the run find in the environment."""
    with tempfile.TemporaryDirectory(prefix="bestill-demos-") as folder:
        os.environ[FOLDER] = folder
        yield


def lay_out(name: str, folder: Path, url: str) -> None:
    """What `make run` leaves in an empty folder and an empty database, before the server begins."""
    kept = _loaded(name)
    shutil.copy(kept / FILE_TO_TRY, folder)
    if url.startswith("sqlite"):
        shutil.copy(kept / "secret_key", folder)
        shutil.copy(kept / DATABASE, url.partition(":///")[2])
        return
    app = create_app(Settings.from_environment({"DATABASE_URL": url, "INSTANCE_DIR": str(folder), "DEMO_CLOCK": ""}))
    with app.app_context():
        Model.metadata.create_all(db.engine)
        stand_at_the_newest_version(app)
        _copy_rows(kept / DATABASE)
        db.engine.dispose()


def lay_out_here(name: str) -> None:
    """The rows of a demo centre, into the empty tables of the app whose context this is."""
    kept = _loaded(name)
    shutil.copy(kept / FILE_TO_TRY, settings_of(current_app).instance_dir)
    db.session.remove()
    _copy_rows(kept / DATABASE)


def _loaded(name: str) -> Path:
    """The folder in which this demo centre has been loaded; by the first process that asks."""
    folder = Path(os.environ[FOLDER])
    whole = folder / f"{name}.whole"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            subprocess.run([sys.executable, "-m", __name__, name, folder / name], cwd=ROOT, check=True)
            whole.touch()
    return folder / name


def _load(name: str, folder: Path) -> None:
    environment = {"INSTANCE_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder / DATABASE}"}
    app = create_app(Settings.from_environment(environment | {"DEMO_CLOCK": os.environ["DEMO_CLOCK"]}))
    with app.app_context():
        fitness.bring_up(app)
        load_if_empty(name)
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.session.remove()
        db.engine.dispose()


def _copy_rows(file: Path) -> None:
    tables = [table for table in Model.metadata.sorted_tables if table.name != NOT_COPIED]
    with db.engine.begin() as connection, closing(sqlite3.connect(file)) as source:
        if connection.dialect.name == "postgresql":
            _into_postgresql(connection, source, tables)
        else:
            _into_sqlite(connection, source, tables)


def _columns(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)


def _into_sqlite(connection: Connection, source: sqlite3.Connection, tables: list[Table]) -> None:
    connection.execute(text("PRAGMA defer_foreign_keys = on"))
    with unguarded(connection):
        for table in tables:
            rows = source.execute(f'SELECT {_columns(table)} FROM "{table.name}"').fetchall()
            if rows:
                places = ", ".join("?" * len(rows[0]))
                connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({_columns(table)}) VALUES ({places})', rows)


def _into_postgresql(connection: Connection, source: sqlite3.Connection, tables: list[Table]) -> None:
    """As text, which both read alike; times in SQLite are UTC without saying so."""
    connection.execute(text("SET LOCAL session_replication_role = replica"))  # rows may go in any order
    connection.execute(text("SET LOCAL TimeZone = 'UTC'"))
    driver = connection.connection.driver_connection
    assert driver is not None
    for table in tables:
        into = SQL("COPY {} ({}) FROM STDIN").format(
            Identifier(table.name), SQL(", ").join(Identifier(column.name) for column in table.columns)
        )
        with driver.cursor() as cursor, cursor.copy(into) as copy:
            for row in source.execute(f'SELECT {_columns(table)} FROM "{table.name}"'):
                copy.write_row(row)
    connection.execute(text(_GO_ON))


# Numbers go on from the highest that is there.
_GO_ON = """SELECT setval(pg_get_serial_sequence(format('%I.%I', table_schema, table_name), column_name), highest)
    FROM (SELECT table_schema, table_name, column_name,
            (xpath('/row/n/text()', query_to_xml(
                format('SELECT max(%I) AS n FROM %I.%I', column_name, table_schema, table_name), false, true, ''
            )))[1]::text::bigint AS highest
        FROM information_schema.columns
        WHERE table_schema = current_schema()
            AND (column_default LIKE 'nextval(%' OR is_identity = 'YES')) AS numbered
    WHERE highest IS NOT NULL"""


if __name__ == "__main__":
    _load(sys.argv[1], Path(sys.argv[2]))
