"""Alembic's entry: migrations run on the app's own engine, in one transaction where the database can."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app

from booking.kernel.database import Json, Model, UTCDateTime, db


def plain(kind: str, item: Any, _context: object) -> str | bool:
    """Migrations name only SQLAlchemy's own types, so that they stay true when ours change."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Json):
        return "sa.Text()"
    return False


def run() -> None:
    """Run the migrations that were asked for."""
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Model.metadata, render_item=plain, **options)
        with context.begin_transaction():
            context.run_migrations()


run()
