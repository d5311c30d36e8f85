"""A centre that is laid again is as its services made it, and goes on as that would."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Connection, select, text

from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db
from booking.running.check import breaches
from tests.builders import a_space, a_stretch
from tests.conftest import empty_database
from tests.support import laid_again
from tests.support.laid_again import Laid, filled
from tests.visits.booked import a_school_centre, a_visit


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in filled(connection)
        }


def how_often(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """One for each time that rows are laid."""
    times: list[object] = []
    lay = laid_again._lay

    def count(connection: Connection, laid: Laid) -> None:
        times.append(laid)
        lay(connection, laid)

    monkeypatch.setattr(laid_again, "_lay", count)
    return times


def test_it_is_row_for_row_what_was_made_and_goes_on_from_there(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    first, made = a_school_centre(reference_pattern="123"), everything()
    again = a_space()
    empty_database()
    times = how_often(monkeypatch)
    assert a_school_centre(reference_pattern="123") == first
    assert everything() == made
    assert len(times) == 1
    assert a_space() == again  # the next number is the next
    assert the_centre() == first.facts
    a_visit(first)
    assert breaches() == []


def test_it_is_made_by_its_services_where_there_is_something_or_it_is_another_day(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = a_school_centre(most_visits=11)
    empty_database()
    times = how_often(monkeypatch)
    a_stretch(a_space())
    second = a_school_centre(most_visits=11)
    assert second.bridges == first.bridges  # the first activities
    empty_database()
    with time_machine.travel(clock.now() + timedelta(weeks=1), tick=True):
        assert a_school_centre(most_visits=11).on == first.on + timedelta(weeks=1)
    empty_database()
    a_school_centre(most_visits=12)
    assert times == []


def test_what_a_test_does_to_it_is_not_there_for_the_next(app: Flask) -> None:
    centre = a_school_centre()
    a_visit(centre)
    db.session.execute(text("UPDATE agreement SET payer = 'Another'"))
    db.session.commit()
    empty_database()
    a_school_centre()
    assert db.session.scalars(text("SELECT payer FROM agreement")).all() == ["Bergen kommune"]
    assert db.session.scalar(text("SELECT count(*) FROM visit")) == 0
