"""Connections: those that rested and died meanwhile are replaced before anybody meets them."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from booking.capacity.models import Slot
from booking.kernel.database import attempt, db, run, unit_of_work
from booking.kernel.server import postgres


def test_a_connection_that_died_while_it_rested_is_replaced(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no server that could go away")
    with db.engine.connect() as living:
        with db.engine.connect() as resting:
            pid = resting.scalar(select(func.pg_backend_pid()))
        living.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    monkeypatch.setattr(postgres, "RESTED", 0.0)
    for _ in range(3):
        assert run(select(func.count()).select_from(Slot)).scalar_one() == 0
        db.session.rollback()
    db.engine.dispose()  # another dead one may rest in the pool, and the next test comes too soon for it to be asked


def test_reading_begins_no_transaction_and_a_unit_of_work_does(app: Flask) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("a transaction costs SQLite no way to a server")
    began = select(func.now())  # of the transaction, if there is one
    assert run(began).scalar_one() != run(began).scalar_one()
    with unit_of_work():
        first = run(began).scalar_one()
        with attempt():
            assert run(began).scalar_one() == first
        assert run(began).scalar_one() == first
    assert run(began).scalar_one() != run(began).scalar_one()
    db.session.rollback()
    with db.engine.begin() as connection:
        assert connection.scalar(began) == connection.scalar(began)
