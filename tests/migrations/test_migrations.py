"""The migrations and the models say the same, and every step can be taken back."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, MetaData, inspect
from sqlalchemy.exc import IntegrityError

from booking import ROOT, create_app
from booking.kernel.database import Model, db
from booking.kernel.schema import current, know_migrations, newest, upgrade_if_needed
from tests.conftest import DATABASES, settings_for
from tests.support.postgres import PostgresServer

VERSIONS = ROOT / "migrations" / "versions"
STEPS = [step.revision for step in reversed(list(ScriptDirectory(str(VERSIONS.parent)).walk_revisions()))]


@pytest.fixture(params=DATABASES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app on a database with nothing in it, not even tables."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/empty.db"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.create_database(f"migrations_{os.getpid()}")
    app = create_app(settings_for(url, tmp_path))
    know_migrations(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def shape(engine: Engine) -> dict[str, dict[str, Any]]:
    """Everything that the database itself knows of its tables: columns, defaults, keys, checks, indexes."""
    database = inspect(engine)
    columns, primary, foreign = (
        database.get_multi_columns(),
        database.get_multi_pk_constraint(),
        database.get_multi_foreign_keys(),
    )
    unique, checks = database.get_multi_unique_constraints(), database.get_multi_check_constraints()
    indexes = database.get_multi_indexes()
    return {
        key[1]: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"]) for column in columns[key]
            },
            "primary key": primary[key],
            "foreign keys": _sorted(foreign[key]),
            "unique": _sorted(unique[key]),
            "checks": _sorted(checks[key]),
            "indexes": _sorted(indexes[key]),
        }
        for key in columns
        if key[1] != "alembic_version"
    }


def _sorted(things: Iterable[Any]) -> list[str]:
    return sorted(repr({key: _plain(value) for key, value in sorted(thing.items())}) for thing in things)


def _plain(value: object) -> object:
    """Values that can be compared: options hold SQL expressions, which are equal only to themselves."""
    return {key: str(part) for key, part in value.items()} if isinstance(value, dict) else value


def clear(engine: Engine) -> None:
    """Take every table away."""
    everything = MetaData()
    everything.reflect(engine)
    everything.drop_all(engine)


def test_upgrading_from_empty_leaves_nothing_that_alembic_would_still_change(empty: Flask) -> None:
    upgrade_if_needed(empty)
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Model.metadata) == []


def test_upgrading_from_empty_gives_the_same_checks_keys_and_indexes_as_the_models(empty: Flask) -> None:
    upgrade()
    migrated = shape(db.engine)
    clear(db.engine)
    Model.metadata.create_all(db.engine)
    modelled = shape(db.engine)
    assert sorted(migrated) == sorted(modelled)
    for table, described in modelled.items():
        assert migrated[table] == described, table
    assert sum(len(described["checks"]) for described in modelled.values()) >= 40
    assert sum(len(described["foreign keys"]) for described in modelled.values()) >= 20


def test_each_migration_can_go_down_and_up_again(empty: Flask) -> None:
    before, earlier = "base", shape(db.engine)
    for step in STEPS:
        upgrade(revision=step)
        reached = shape(db.engine)
        downgrade(revision=before)
        assert shape(db.engine) == earlier, step
        upgrade(revision=step)
        assert shape(db.engine) == reached, step
        before, earlier = step, reached


def test_the_newest_migration_is_read_from_the_files_as_alembic_reads_them() -> None:
    assert newest(VERSIONS) == STEPS[-1]


def test_no_migration_lets_older_programs_run_than_the_one_before_it() -> None:
    """What one has taken away the next does not give back."""
    steps = reversed(list(ScriptDirectory(str(VERSIONS.parent)).walk_revisions()))
    least = [getattr(step.module, "runs_from", step.revision) for step in steps]
    assert least == sorted(least)
    assert all(lowest <= step for lowest, step in zip(least, STEPS, strict=True))


def test_a_start_moves_an_old_database_once(empty: Flask) -> None:
    assert current() is None
    assert [upgrade_if_needed(empty), upgrade_if_needed(empty)] == [True, False]
    assert current() == STEPS[-1]


def test_a_migrated_database_refuses_an_orphan_and_a_wrong_counter(empty: Flask) -> None:
    upgrade()
    for wrong in (
        "INSERT INTO claim (booking_id, slot_id, places, channel) VALUES (1, 1, 1, 'public')",
        "INSERT INTO space (slug, name, capacity, is_house, sort) VALUES ('a', '{}', -1, false, 0)",
    ):
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.exec_driver_sql(wrong)


def test_a_journal_with_write_offs_does_not_go_down_to_a_build_that_knows_nothing_of_them(empty: Flask) -> None:
    upgrade()
    with db.engine.begin() as connection:
        for role, amount in (("bad_debt", 100), ("receivable", -100)):
            connection.exec_driver_sql(
                "INSERT INTO journal_entry"
                " (voucher_number, source, role, vat_rate, activity_id, invoice_id, amount, vat)"
                f" VALUES (1, 'write_off:1', '{role}', 0, 0, 1, {amount}, 0)"
            )
        connection.exec_driver_sql(
            "INSERT INTO voucher (number, kind, on_day, channel, written_at)"
            " VALUES (1, 'write_off', '2026-11-04', '', '2026-11-04 12:00:00+00:00')"
        )
    with pytest.raises(SystemExit):
        downgrade(revision="0030")
    assert str(current()) >= "0031"


GOES_NOT_DOWN = {
    ("0032", "0031"): (
        "INSERT INTO invoice_write_off (invoice_id, kind, amount, on_day, written_at, actor)"
        " VALUES (1, 'lapsed', -5, '2026-11-04', '2026-11-04 12:00:00+00:00', 'worker')",
        "INSERT INTO bank_late_share (row_id, fee, interest) VALUES (1, 3500, 0)",
    ),
    ("0035", "0034"): (
        "INSERT INTO payout (ref, on_day, amount, charges, taken_at, taken_back_at)"
        " VALUES ('po_1', '2026-11-04', 1, 0, '2026-11-04 12:00:00+00:00', '2026-11-04 12:00:00+00:00')",
    ),
}


def write_without_keys(row: str) -> None:
    """Where what it refers to is not there: a past may have any."""
    if db.engine.dialect.name == "sqlite":
        with sqlite3.connect(str(db.engine.url.database)) as file:
            file.execute(row)
        file.close()
        return
    with db.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql(row)


@pytest.mark.parametrize(("stands", "before"), GOES_NOT_DOWN)
def test_what_a_build_of_before_would_count_wrongly_does_not_go_down_to_it(
    empty: Flask, stands: str, before: str, caplog: pytest.LogCaptureFixture
) -> None:
    upgrade(revision=stands)
    for row in GOES_NOT_DOWN[stands, before]:
        write_without_keys(row)
        with pytest.raises(SystemExit):
            downgrade(revision=before)
        assert (current(), "a build of before" in caplog.text) == (stands, True)
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"DELETE FROM {row.split()[2]}")
    downgrade(revision=before)
    assert current() == before
