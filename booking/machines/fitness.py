"""Whether this program may serve this database: it knows the schema, and has the key that the others have.

A program serves a newer schema too when that schema says so: each migration names the oldest migration that a program
must know to run on it (`runs_from`, CONTRIBUTING.md). So machines are brought to a new version one after the other.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from booking.kernel import schema
from booking.kernel.database import db, unit_of_work
from booking.machines import facts
from booking.machines.facts import SharedFact

MIGRATE = "flask --app app migrate"
ACCEPT = "flask --app app accept-key"
_STANDING = text(
    "SELECT version_num, (SELECT value FROM installation WHERE name = 'schema'),"
    " (SELECT value FROM installation WHERE name = 'key') FROM alembic_version"
)


class UnfitCause(StrEnum):
    """What a program and a database may disagree on."""

    SCHEMA = "schema"
    KEY = "key"


class Unfit(Exception):
    """This program must not serve this database; `str()` is one sentence for an operator."""

    def __init__(self, cause: UnfitCause, sentence: str) -> None:
        super().__init__(sentence)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class SchemaStanding:
    """What a database says of itself: its migration, the oldest that a program must know, the mark of the key."""

    version: str | None
    runs_from: str | None
    key: str


def standing() -> SchemaStanding:
    """How the database stands; one statement, and never one of the session's, so that any thread may ask."""
    try:
        with db.engine.connect() as connection:
            row = connection.execute(_STANDING).first()
    except (OperationalError, ProgrammingError):  # no such table: it is empty, or older than what is asked for
        return SchemaStanding(schema.current(), None, "")
    if row is None:
        return SchemaStanding(None, None, "")
    return SchemaStanding(row[0], _runs_from(row[0], _facts(row[1])), _facts(row[2]).get("mark", ""))


def _facts(written: str | None) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(written) if written else {}
    return kept


def _runs_from(version: str, kept: dict[str, Any]) -> str:
    """What was written for another migration, by one that was then broken off, says nothing of this one."""
    return str(kept["runs_from"]) if kept.get("version") == version else version


def needs_from_now_on(migration: str) -> None:
    """Let no program serve this database any more that does not know this migration; call inside a unit of work.

    For what may be there from now on and older programs cannot read, though they work on the schema until it is. Their
    servers leave at the next `/readyz`.
    """
    kept = facts.read(SharedFact.SCHEMA).get(SharedFact.SCHEMA)
    if kept is not None and str(kept["runs_from"]) < migration:
        facts.write(SharedFact.SCHEMA, {**kept, "runs_from": migration})


def must_fit(app: Flask) -> None:
    """Raises Unfit unless this program may serve the database as it stands; one statement where it may."""
    _judge(app, standing())


def join(app: Flask) -> None:
    """The same at a start; the first to come leaves the mark of its key for the others."""
    stands = standing() if _is_begun() else SchemaStanding(None, None, "")
    _judge(app, stands)
    if not stands.key:
        keep_key(app)


def _is_begun() -> bool:
    """Whether there is a database at all: a file that nobody has made yet is not one that has gone away."""
    return db.engine.dialect.name != "sqlite" or Path(db.engine.url.database or "").exists()


def _judge(app: Flask, stands: SchemaStanding) -> None:
    _must_know(app, stands)
    _must_have_its_key(app, stands)


def _must_know(app: Flask, stands: SchemaStanding) -> None:
    newest, known = schema.newest_of(app), schema.known(app)
    if stands.version == newest:
        return
    if stands.version is None:
        raise Unfit(UnfitCause.SCHEMA, f"The database has no tables yet: {MIGRATE}")
    if stands.version in known:
        raise Unfit(
            UnfitCause.SCHEMA,
            f"The database stands at migration {stands.version}, and this version needs {newest}: {MIGRATE}",
        )
    _must_run_on_newer(stands, newest, known)


def _must_run_on_newer(stands: SchemaStanding, newest: str, known: frozenset[str]) -> None:
    if stands.runs_from not in known:
        raise Unfit(
            UnfitCause.SCHEMA,
            f"The database stands at migration {stands.version}, made by a newer version that this one ({newest}) "
            "cannot work beside: install that version here too.",
        )


def _must_have_its_key(app: Flask, stands: SchemaStanding) -> None:
    if stands.key and not hmac.compare_digest(stands.key, mark_of(app.secret_key)):
        raise Unfit(
            UnfitCause.KEY,
            "SECRET_KEY is another than the one that this database is used with: set the same on every machine "
            f"(in a demo it lies in INSTANCE_DIR), or, if it is to be another from now on: {ACCEPT}",
        )


def mark_of(key: str | bytes | None) -> str:
    """What is kept of a key: it tells two apart, and opens nothing. A key is 32 random characters at least."""
    whole = key.encode() if isinstance(key, str) else key or b""
    return hmac.digest(whole, b"bestill: the key of an installation", "sha256").hex()[:32]


def bring_up(app: Flask) -> tuple[str | None, str | None]:
    """Bring the database to the newest migration, and keep the mark of the key if there is none; when nobody else does.

    Returns where it stood and where it stands. Raises Unfit, and has then changed nothing.
    """
    stands = standing()
    _must_have_its_key(app, stands)
    reached, known = schema.newest_of(app), schema.known(app)
    if stands.version is None or stands.version in known:
        schema.upgrade_if_needed(app)
    else:
        _must_run_on_newer(stands, reached, known)
        reached = stands.version
    if not stands.key:
        keep_key(app)
    return stands.version, reached


def keep_key(app: Flask) -> None:
    """Keep the mark of this machine's key as that of the installation unless there is one."""
    with unit_of_work():
        facts.write_first(SharedFact.KEY, {"mark": mark_of(app.secret_key)})


def accept_key(app: Flask) -> bool:
    """Let this machine's key be that of the installation from now on; False when it was already."""
    mine = mark_of(app.secret_key)
    with unit_of_work():
        if facts.read(SharedFact.KEY).get(SharedFact.KEY, {}).get("mark") == mine:
            return False
        facts.write(SharedFact.KEY, {"mark": mine})
    return True
