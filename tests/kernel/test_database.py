"""Connections: those that rested and died meanwhile are replaced before anybody meets them."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from booking.capacity.models import Slot
from booking.kernel import database
from booking.kernel.database import db, run


def test_a_connection_that_died_while_it_rested_is_replaced(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no server that could go away")
    with db.engine.connect() as living:
        with db.engine.connect() as resting:
            pid = resting.scalar(select(func.pg_backend_pid()))
        living.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    monkeypatch.setattr(database, "RESTED", 0.0)
    for _ in range(3):
        assert run(select(func.count()).select_from(Slot)).scalar_one() == 0
        db.session.rollback()
    db.engine.dispose()  # another dead one may rest in the pool, and the next test comes too soon for it to be asked
