"""The shape of the database: is it the newest, and bring it there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask import Flask
from sqlalchemy import inspect, text

from booking.kernel.database import db


def newest(versions: Path) -> str:
    """The newest migration, read from the files' own words: the one that no other comes after."""
    revisions = _revisions(versions)
    (head,) = set(revisions) - set(revisions.values())
    return head


def newest_of(app: Flask) -> str:
    """The newest migration of this program."""
    return newest(_folder(app) / "versions")


def known(app: Flask) -> frozenset[str]:
    """Every migration of this program."""
    return frozenset(_revisions(_folder(app) / "versions"))


@cache
def _revisions(versions: Path) -> Mapping[str, str | None]:
    """Each migration and the one before it: as they were when first asked for, since the next release may be unpacked
    under a program that runs.
    """
    revisions: dict[str, str | None] = {}
    for file in versions.glob("*.py"):
        words = file.read_text(encoding="utf-8")
        revision = re.search(r'^revision(?:: str)? = "(\w+)"', words, re.MULTILINE)
        earlier = re.search(r'^down_revision(?:: [^=]+)? = "(\w+)"', words, re.MULTILINE)
        if revision:
            revisions[revision[1]] = earlier[1] if earlier else None
    return revisions


def current() -> str | None:
    """The migration that the database stands at; None when it is empty."""
    if not inspect(db.engine).has_table("alembic_version"):
        return None
    with db.engine.connect() as connection:
        version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return version


def upgrade_if_needed(app: Flask) -> bool:
    """Bring the database to the newest migration; cheap when it stands there already. True when it moved."""
    if current() == newest(_folder(app) / "versions"):
        return False
    from flask_migrate import upgrade

    know_migrations(app)
    upgrade()
    return True


def know_migrations(app: Flask) -> None:
    """Join Flask-Migrate to the app. Only for those who migrate: its import takes as long as all of Flask's."""
    from flask_migrate import Migrate

    Migrate(app, db, directory=str(_folder(app)), render_as_batch=True, compare_type=True)


def _folder(app: Flask) -> Path:
    return Path(app.root_path).parent / "migrations"
