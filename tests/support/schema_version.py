"""The word of a database for how far it is: tables that tests make at once have none from migrations."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from booking.kernel.database import db
from booking.kernel.schema import newest_of


def stand_at_the_newest_version(app: Flask) -> None:
    """As a database that came about by migrations."""
    set_version(newest_of(app))


def set_version(version: str) -> None:
    """Let the database say that it stands at this migration."""
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num varchar(32) NOT NULL)"))
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})
