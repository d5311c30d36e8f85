"""The migrations and the models say the same, and every step can be taken back."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, MetaData, inspect, select, text
from sqlalchemy.exc import IntegrityError

from booking import ROOT, create_app
from booking.capacity.models import Draw, Slot
from booking.centre.models import Space
from booking.check import breaches
from booking.closures.close import Wish, close_down
from booking.closures.models import Closure, Why
from booking.kernel import clock
from booking.kernel.database import Model, db, unit_of_work
from booking.kernel.schema import current, know_migrations, newest, upgrade_if_needed
from booking.schools.models import Allowance
from tests.builders import a_centre, tomorrow
from tests.conftest import DATABASES, settings_for
from tests.schools.visits import a_school_centre, a_visit
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
    found = inspect(engine)
    columns, primary, foreign = (
        found.get_multi_columns(),
        found.get_multi_pk_constraint(),
        found.get_multi_foreign_keys(),
    )
    unique, checks = found.get_multi_unique_constraints(), found.get_multi_check_constraints()
    indexes = found.get_multi_indexes()
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
    return {key: str(one) for key, one in value.items()} if isinstance(value, dict) else value


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


def test_what_a_class_has_taken_of_an_agreement_goes_along_to_the_key_of_its_school(empty: Flask) -> None:
    upgrade()
    centre = a_school_centre(class_visits=2)
    a_visit(centre, "6A"), a_visit(centre, "6a")
    of_class = select(Allowance.key, Allowance.visits).where(Allowance.holder == "class")
    before = db.session.execute(of_class).all()
    db.session.rollback()
    downgrade(revision="0019")
    mark = hashlib.sha256(b"974760673|6a").hexdigest()[:24]
    ((key, visits),) = db.session.execute(of_class).all()
    db.session.rollback()
    assert (key.rsplit(":", 1)[1], visits) == (mark, 2)
    upgrade()
    assert db.session.execute(of_class).all() == before


def test_a_class_that_was_counted_in_the_house_for_each_of_its_sessions_is_counted_once(empty: Flask) -> None:
    upgrade()
    centre = a_school_centre()
    programme = Slot.activity_id.in_([centre.bridges, centre.body])
    with unit_of_work():
        house = db.session.scalars(
            select(Slot.id).join(Space, Space.id == Slot.space_id).where(Slot.activity_id.is_(None), Space.is_house)
        ).all()
        sessions = db.session.scalars(select(Slot.id).where(programme)).all()
        db.session.add_all([Draw(slot_id=one, on_slot_id=stretch) for one in sessions for stretch in house])
    a_visit(centre, "6A", "6B")
    counters = select(Slot.id, Slot.taken, Slot.kept_taken).order_by(Slot.id)
    once = db.session.execute(counters).all()
    assert {row.taken for row in once if row.id in house} == {52}
    db.session.rollback()
    downgrade(revision="0027")
    assert {row.taken for row in db.session.execute(counters) if row.id in house} == {104}
    db.session.rollback()
    upgrade()
    assert db.session.execute(counters).all() == once
    assert breaches() == []


def test_what_staff_wrote_when_they_closed_becomes_the_words_of_the_first_language(empty: Flask) -> None:
    upgrade()
    a_centre()
    wish = Wish(tomorrow(0), tomorrow(23), Why.OTHER, {"lv": "Slēgts", "nb": "Stengt «nå»"}, days=(tomorrow().date(),))
    with unit_of_work():
        close_down(wish, now=clock.now(), account_id=None, actor="account:1")
        silent = replace(wish, words={}, starts_at=tomorrow(0, days=4), ends_at=tomorrow(23, days=4))
        close_down(silent, now=clock.now(), account_id=None, actor="account:1")
    downgrade(revision="0035")
    before = text("SELECT words FROM closure ORDER BY id")
    assert db.session.execute(before).scalars().all() == ["Stengt «nå»", ""]
    db.session.rollback()
    upgrade()
    kept = select(Closure.words).order_by(Closure.id)
    assert db.session.scalars(kept).all() == [{"nb": "Stengt «nå»"}, {}]


def test_the_newest_migration_is_read_from_the_files_as_alembic_reads_them() -> None:
    assert newest(VERSIONS) == STEPS[-1]


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
