"""A real server and its worker on a database that holds one centre with a time to sell: ready in a few seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from booking import create_app
from booking.kernel.database import Model, db
from booking.kernel.schema import newest_of
from tests.builders import a_sale
from tests.conftest import settings_for
from tests.support.house import House, open_house


@dataclass
class SmallHouse:
    """A house and what is sold there."""

    house: House
    slot: int
    ticket: int


@contextmanager
def small_house(folder: Path, database_url: str = "", **environment: str) -> Iterator[SmallHouse]:
    """It is filled from here, and served by processes of its own."""
    database_url = database_url or f"sqlite:///{folder / 'bestill.db'}"
    slot, ticket = filled(database_url, folder)
    environment = {"DATABASE_URL": database_url, "DEMO_CENTRE": "none", **environment}
    with open_house(folder, **environment) as house:
        yield SmallHouse(house, slot, ticket)


def filled(database_url: str, folder: Path) -> tuple[int, int]:
    """A centre with a time to sell in an empty database, which stands where migrations would have brought it."""
    app = create_app(settings_for(database_url, folder))
    with app.app_context():
        Model.metadata.create_all(db.engine)
        with db.engine.begin() as connection:
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest_of(app)})
        _centre, slot, ticket = a_sale(capacity=100)
        db.session.remove()
        db.engine.dispose()
    return slot, ticket
