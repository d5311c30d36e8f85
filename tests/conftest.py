"""What every test may ask for: an app on an empty database, once on SQLite and once on a real PostgreSQL."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import Engine, event, text

from booking import create_app
from booking.books.models import ClosedMonth, JournalEntry, Voucher
from booking.invoicing.models import Invoice
from booking.kernel import clock
from booking.kernel.database import Model, db
from booking.kernel.server.patience import Process, become
from booking.payments.providers import tills
from booking.settings import Settings, settings_of
from booking.staff import passwords
from tests.support import one_day
from tests.support.chromium import chromium
from tests.support.compiled import compiled_templates
from tests.support.dealing import Dealer, tried_elsewhere, turn_of
from tests.support.demos import demos_of_a_run
from tests.support.laid_again import filled
from tests.support.postgres import PostgresServer, start_postgres
from tests.support.schema_version import stand_at_the_newest_version
from tests.support.unguarded import unguarded

os.environ["TZ"] = "UTC"
one_day.begin()
# Passwords that are slow on purpose are for those who guess; tests/staff/test_secrets.py looks at the real costs.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
DATABASES = ("sqlite", "postgresql")
HERE = Path(__file__).parent
ALLOCATED = 20_000  # objects more than let go, before the collector looks for circles


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Pages on one of the databases, unless somebody asks for more; slow ones first, so that no process is left alone
    with them at the end."""
    if not (config.option.keyword or os.environ.get("EVERY_PAGE_TWICE")):
        elsewhere = tried_elsewhere([item.nodeid for item in items])
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in elsewhere])
        items[:] = [item for item in items if item.nodeid not in elsewhere]
    items.sort(key=lambda item: turn_of(item.nodeid))


def pytest_configure(config: pytest.Config) -> None:
    """Whoever starts the run keeps the demo centres that its processes share."""
    if not hasattr(config, "workerinput"):
        kept = ExitStack()
        kept.enter_context(demos_of_a_run())
        config.add_cleanup(kept.close)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """All that is loaded to find the tests stays: looking for rubbish in it takes a tenth of the time, as it does of a
    server's (booking/serve.py). What tests leave behind is looked for now and then."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(ALLOCATED)
        gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Dealer:
    """What is made for a file or a folder is made once for each database, and not in every process."""
    return Dealer(config, log)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One real server for this test process."""
    server = start_postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session", params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database of our own, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('sqlite')}/bestill.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.create_database(f"tests_{os.getpid()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for this test process."""
    with chromium() as running:
        yield running


def settings_for(database_url: str, instance: Path, **more: str) -> Settings:
    """Demo settings with rate limits off; `more` are further variables of the environment."""
    environment = {
        "DATABASE_URL": database_url,
        "INSTANCE_DIR": str(instance),
        "RATE_LIMITS": "off",
        "PUBLIC_URL": "http://localhost",
    }
    return Settings.from_environment(environment | more)


@pytest.fixture(scope="session")
def made_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The app with its tables, made once for each database."""
    app = create_app(settings_for(database_url, tmp_path_factory.mktemp("instance")))
    app.testing = True
    app.jinja_env.bytecode_cache = compiled_templates()
    with app.app_context():
        hurry(db.engine)
        Model.metadata.create_all(db.engine)
        stand_at_the_newest_version(app)
    yield app
    with app.app_context():
        db.engine.dispose()


def hurry(engine: Engine) -> None:
    """Let SQLite not wait for the disk, as our PostgreSQL does not: nobody pulls the plug here."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=off"))


@pytest.fixture
def app(made_app: Flask) -> Iterator[Flask]:
    """An app whose database is empty, inside its app context."""
    with made_app.app_context():
        tills.init_app(made_app, settings_of(made_app))  # another test's app may have taken over
        empty_database()
        empty_folder(settings_of(made_app).instance_dir)
        yield made_app
        db.session.rollback()
        db.session.remove()


@pytest.fixture(autouse=True)
def tool() -> Iterator[None]:
    """Tests are a tool; one that was a server or a worker for a while is none to the next."""
    yield
    become(Process.TOOL)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripting, so to say."""
    return app.test_client()


@pytest.fixture
def now() -> datetime:
    """The present moment, for tests that pass it on."""
    return clock.now()


def empty_folder(folder: Path) -> None:
    """Take away what earlier tests had the app write, like letters; its style sheets are made once, at the start."""
    for path in folder.iterdir():
        if path.name == "static":
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def empty_database() -> None:
    """Take every row out of every table, and let numbers begin at one again."""
    with db.engine.begin() as connection:
        tables = filled(connection)
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # rows may go in any order
            for table in tables:
                connection.execute(table.delete())
            connection.execute(text(_RESTART))
            return
        connection.execute(text("PRAGMA defer_foreign_keys = on"))
        kept = {table.__table__ for table in (Invoice, Voucher, JournalEntry, ClosedMonth)}
        with unguarded(connection, needed=bool(kept & set(tables))):
            for table in tables:
                connection.execute(table.delete())


_RESTART = """SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL"""
