"""A copy of an older version, put back over a newer one through real migrations, is brought up to it."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest
from flask_migrate import upgrade
from sqlalchemy import func, make_url, select

from booking import create_app
from booking.capacity.models import Slot
from booking.check import breaches
from booking.kernel.database import db
from booking.kernel.schema import current, know_migrations, newest_of, upgrade_if_needed
from tests.builders import a_sale
from tests.conftest import settings_for
from tests.support.postgres import PostgresServer
from tests.test_backup import run, tools

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
        upgrade(revision="0018")
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
        upgrade(revision="0018")
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
