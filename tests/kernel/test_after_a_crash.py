"""After a crash of the database server no answer of before it is used again, though its numbers come again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Column, Integer, MetaData, Table, select

from booking import create_app
from booking.kernel.database import db
from booking.kernel.used_again import MarkedRow
from tests.conftest import settings_for
from tests.support.postgres import start_postgres

TOLD = Table("told", MetaData(), Column("number", Integer))
QUIET = ("wal_writer_delay = '10s'", "autovacuum = off")  # nothing but what is done here takes or writes down a number


@pytest.fixture
def url() -> Iterator[str]:
    """A server of its own, with a table of one row."""
    server = start_postgres()
    try:
        url = server.create_database("crashes")
        with again(url) as connection:
            for setting in QUIET:
                connection.execute(f"ALTER SYSTEM SET {setting}".encode())
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE TABLE told (number integer)")
            connection.execute("INSERT INTO told VALUES (1)")
            connection.execute("CHECKPOINT")
        yield url
    finally:
        server.stop()


def again(url: str) -> psycopg.Connection:
    """A connection whose commits are on the disk, as soon as the server takes one."""
    for _try in range(600):
        try:
            connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
            connection.execute("SET synchronous_commit = on")
            return connection
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise AssertionError("the server does not come back")


def sees(connection: psycopg.Connection) -> str:
    row = connection.execute("SELECT pg_current_snapshot()::text").fetchone()
    assert row is not None
    return str(row[0])


def test_a_number_that_comes_again_after_a_crash_brings_no_answer_of_before(url: str, tmp_path: Path) -> None:
    app = create_app(settings_for(url, tmp_path))
    told = MarkedRow(select(TOLD.c.number), lambda row: int(row[0]))
    with app.app_context():
        doomed = again(url)
        with doomed.transaction(force_rollback=True):
            doomed.execute("SELECT pg_current_xact_id()")  # a number that nothing on the disk tells of
        assert told.get() == 1
        db.session.rollback()
        before = sees(doomed)
        os.kill(doomed.info.backend_pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            doomed.execute("SELECT 1")
        with again(url) as connection:
            connection.execute("UPDATE told SET number = 2")
            assert sees(connection) == before, "the number has not come again: nothing is shown"
        db.engine.dispose()
        assert told.get() == 2
        db.session.remove()
        db.engine.dispose()
