"""A copy of an older version, put back over a newer one through real migrations, is brought up to it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from flask_migrate import upgrade
from sqlalchemy import func, make_url, select

from booking import create_app
from booking.capacity.models import Slot
from booking.kernel.database import db
from booking.kernel.schema import current, know_migrations, newest_of, upgrade_if_needed
from booking.running.check import breaches
from booking.running.restore import IN_USE
from tests.builders import a_sale
from tests.conftest import settings_for
from tests.running.test_backup import run, tools
from tests.support.postgres import PostgresServer

ROOT = Path(__file__).parents[2]
__all__ = ["tools"]  # the fixture


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_older_copy_over_a_newer_database_is_brought_up_and_the_next_start_works(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Through real migrations: copied two versions ago, put back today."""
    url = f"sqlite:///{tmp_path}/one.db"
    if kind == "postgresql":
        url = request.getfixturevalue("postgres").create_database(f"older_{os.getpid()}")
    other = create_app(settings_for(url, tmp_path / "instance"))
    with other.app_context():
        know_migrations(other)
        upgrade(revision="0012")
        run(other, "backup", str(tmp_path / "copy"))
        upgrade()
        done = run(other, "restore", str(tmp_path / "copy"))
        assert done.exit_code == 0, done.output
        assert current() == newest_of(other)
        assert not upgrade_if_needed(other)
        a_sale()
        assert breaches() == []
        db.session.remove()
        db.engine.dispose()


def test_without_the_right_to_make_databases_all_goes_in_one_transaction(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    url = make_url(postgres.create_database(f"plain_{os.getpid()}"))
    role = f"plain_{os.getpid()}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN")
        connection.execute(f"ALTER DATABASE {url.database} OWNER TO {role}")
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(False), autocommit=True) as connection:
        connection.execute(f"ALTER SCHEMA public OWNER TO {role}")
    theirs = url.set(username=role).render_as_string(False)
    other = create_app(settings_for(theirs, tmp_path / "instance"))
    with other.app_context():
        know_migrations(other)
        upgrade(revision="0012")
        run(other, "backup", str(tmp_path / "copy"))
        upgrade()
        a_sale()
        done = run(other, "restore", str(tmp_path / "copy"))
        assert done.exit_code == 0, done.output
        assert current() == newest_of(other)
        assert db.session.scalar(select(func.count()).select_from(Slot)) == 0
        assert len(list((tmp_path / "instance").glob("before-*.dump"))) == 1
        (tmp_path / "dirty").write_bytes((tmp_path / "copy").read_bytes()[:-5000])
        assert run(other, "restore", str(tmp_path / "dirty")).exit_code == 1
        assert current() == newest_of(other)
        db.session.remove()
        db.engine.dispose()


# Another process of ours that has asked the database something and now waits for the next request.
HOLDS_IT = """
import sys
from sqlalchemy import text
from booking import create_app
from booking.kernel.database import db
with create_app().app_context():
    db.session.execute(text("SELECT count(*) FROM slot"))
    db.session.rollback()
    print("open", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def another_process(settings: dict[str, str]) -> Iterator[None]:
    """A server that has the database open and does nothing just now."""
    command = [sys.executable, "-c", HOLDS_IT]
    there = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | settings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert there.stdout is not None
    try:
        assert there.stdout.readline() == "open\n"
        yield
    finally:
        there.communicate("\n", timeout=20)


def test_a_running_server_is_noticed_before_its_database_is_taken_away(tmp_path: Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/one.db", "INSTANCE_DIR": str(tmp_path / "instance")}
    other = create_app(settings_for(settings["DATABASE_URL"], tmp_path / "instance"))
    with other.app_context():
        upgrade_if_needed(other)
        run(other, "backup", str(tmp_path / "copy"))
        a_sale()
        db.session.remove()
        with another_process(settings):
            began = time.monotonic()
            done = run(other, "restore", str(tmp_path / "copy"))
            assert (done.exit_code, IN_USE in done.output) == (1, True), done.output
            assert time.monotonic() - began < 10
            assert db.session.scalar(select(func.count()).select_from(Slot)) == 1
            db.session.remove()
        assert sorted(path.name for path in tmp_path.glob("*one.db*") if "-" not in path.name) == ["one.db"]
        done = run(other, "restore", str(tmp_path / "copy"))
        assert done.exit_code == 0, done.output
        assert db.session.scalar(select(func.count()).select_from(Slot)) == 0
        db.session.remove()
        db.engine.dispose()


def test_a_database_that_is_damaged_is_restored_over(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path}/one.db", tmp_path / "one.db"
    other = create_app(settings_for(url, tmp_path / "instance"))
    with other.app_context():
        upgrade_if_needed(other)
        run(other, "backup", str(tmp_path / "copy"))
        db.session.remove()
        db.engine.dispose()
        file.write_bytes(b"no database at all" * 1000)
        done = run(other, "restore", str(tmp_path / "copy"))
        assert done.exit_code == 0, done.output
        assert breaches() == []
        db.session.remove()
        db.engine.dispose()
