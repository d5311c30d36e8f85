"""Alembic's entry: migrations run on the app's own engine, in one transaction where the database can.

In the end the database is told which programs may run on it, for those that know nothing of its newest migration.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from booking.kernel import clock
from booking.kernel.database import Json, Model, UTCDateTime, db

INSTALLATION = sa.table(
    "installation", sa.column("name"), sa.column("value"), sa.column("written_at", sa.DateTime(timezone=True))
)


def plain(kind: str, item: Any, _context: object) -> str | bool:
    """Migrations name only SQLAlchemy's own types, so that they stay true when ours change."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Json):
        return "sa.Text()"
    return False


def say_what_runs_on_it(connection: sa.Connection) -> None:
    """Write the `runs_from` of the newest migration; one that names none runs with programs that know it, and no other.

    What was demanded since by what has been written (`fitness.needs_from_now_on`) stays, unless it goes down to before.

    A database that goes down to before the table was there has nowhere to say it, and none asks.
    """
    (version,) = context.get_context().get_current_heads() or ("",)
    if not version or not sa.inspect(connection).has_table(INSTALLATION.name):
        return
    newest = context.script.get_revision(version)
    kept = connection.execute(sa.select(INSTALLATION.c.value).where(INSTALLATION.c.name == "schema")).scalar()
    demanded = str(json.loads(kept)["runs_from"]) if kept else ""
    runs_from = str(getattr(newest.module, "runs_from", version))
    value = {"version": version, "runs_from": demanded if runs_from < demanded <= version else runs_from}
    connection.execute(INSTALLATION.delete().where(INSTALLATION.c.name == "schema"))
    connection.execute(INSTALLATION.insert(), {"name": "schema", "value": json.dumps(value), "written_at": clock.now()})
    if connection.dialect.name == "sqlite":
        connection.commit()  # there each migration is a transaction by itself


def run() -> None:
    """Run the migrations that were asked for."""
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Model.metadata, render_item=plain, **options)
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":  # what may take a page a second may take a big table an hour
                connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
            context.run_migrations()
            say_what_runs_on_it(connection)


run()
