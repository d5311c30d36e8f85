"""Rows that several tests only read: made once, and kept for as long as nobody commits anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from sqlalchemy import Connection, Engine, event

from booking.kernel.database import db

T = TypeVar("T")

_kept: list[tuple[object, object]] = []


def kept(empty: Callable[[], None], make: Callable[[], T]) -> T:
    """What `make` made in a database that `empty` had emptied, as it was left: any commit since, by any app of this
    process, has it made anew. So a test may write too, and tests may come in any order."""
    key = (make, db.engine)
    if not _kept or _kept[0][0] != key:
        db.session.remove()
        empty()
        made = make()
        db.session.remove()
        _kept[:] = [(key, made)]
    return cast(T, _kept[0][1])


@event.listens_for(Engine, "commit")
def _forget(_connection: Connection) -> None:
    _kept.clear()
