"""A house with a long past, for all who listen to what the database is asked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from booking import create_app
from booking.kernel.database import Model, db
from tests.conftest import DATABASES, settings_for
from tests.plans.past import close_a_long_past
from tests.support.crowd import BOOKINGS, SLOTS, Crowd, make_crowd
from tests.support.demos import lay_out_here
from tests.support.postgres import PostgresServer

PART = 1 if os.environ.get("CROWD") == "full" else 10


@dataclass
class Crowded:
    """An app whose database has a long past."""

    app: Flask
    crowd: Crowd


@pytest.fixture(scope="session", params=DATABASES)
def crowded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowded]:
    """The demo centre with years behind it, made once for all files of this folder."""
    folder = tmp_path_factory.mktemp("crowd")
    if request.param == "sqlite":
        url = f"sqlite:///{folder}/crowd.db"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.create_database(f"crowd_{os.getpid()}")
    app = create_app(settings_for(url, folder))
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        Model.metadata.create_all(db.engine)
        if request.param == "postgresql":
            with db.engine.begin() as connection:  # as on any disk without moving parts
                connection.exec_driver_sql(f"ALTER DATABASE crowd_{os.getpid()} SET random_page_cost = 1.1")
            db.engine.dispose()
        lay_out_here("vilvite")
        db.session.remove()
        crowd = make_crowd(db.engine, SLOTS // PART, BOOKINGS // PART)
        close_a_long_past()
        if request.param == "postgresql":
            with db.engine.begin() as connection:  # as the database does by itself before long
                connection.exec_driver_sql("ANALYZE")
        yield Crowded(app, crowd)
        db.session.remove()
        db.engine.dispose()
    for file in folder.glob("crowd.db*"):
        file.unlink()
