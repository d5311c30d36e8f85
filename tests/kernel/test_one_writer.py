"""On SQLite whoever wants to write has the turn as soon as another process is done, and is told when it is not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from booking.kernel.database import BUSY_SECONDS, db, engine_options, unit_of_work
from booking.kernel.server import one_writer
from booking.kernel.server.outage import Outage, outage_in
from tests.builders import a_centre

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def another(app: Flask) -> Iterator[Connection]:
    """Another program that writes and is not done."""
    a_centre()
    engine = create_engine(db.engine.url, module=engine_options("sqlite", 1)["module"])
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.execute(text("UPDATE centre SET few_left = 7"))
        yield connection
    engine.dispose()


def test_the_turn_is_had_at_the_first_look_after_another_is_done(
    another: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = count(1)

    def wait() -> None:
        if next(looks) == 40:  # SQLite itself would sleep for a tenth of a second by then
            another.commit()

    monkeypatch.setattr(one_writer, "_pause", wait)
    with unit_of_work():
        assert db.session.execute(text("SELECT few_left FROM centre")).scalar() == 7
        db.session.execute(text("UPDATE centre SET few_left = 8"))
    assert next(looks) == 41
    assert _patience() == BUSY_SECONDS * 1000


def test_who_has_no_turn_in_time_is_told_that_it_is_locked(
    another: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("booking.kernel.database.BUSY_SECONDS", 0.01)
    with pytest.raises(OperationalError) as error, unit_of_work():
        db.session.execute(text("UPDATE centre SET few_left = 9"))
    assert outage_in(error.value) is Outage.LOCKED
    another.rollback()
    with unit_of_work():
        db.session.execute(text("UPDATE centre SET few_left = 8"))


def _patience() -> int:
    """Milliseconds that all else waits."""
    milliseconds: int = db.session.execute(text("PRAGMA busy_timeout")).scalar_one()
    return milliseconds
