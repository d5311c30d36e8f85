"""What the law wants kept can be taken away by tests that begin anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text


@contextmanager
def unguarded(connection: Connection, needed: bool = True) -> Iterator[None]:
    """Without the triggers that keep what the law wants kept, until this transaction's end."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
    guarding = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    guards = connection.execute(guarding).all() if needed and connection.dialect.name == "sqlite" else []
    for name, _sql in guards:
        connection.execute(text(f"DROP TRIGGER {name}"))
    yield
    for _name, sql in guards:
        connection.execute(text(sql))
