"""How busy this process's connections are; asks nothing of the database."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import QueuePool

from booking.kernel.database import db


@dataclass(frozen=True, slots=True)
class PoolNow:
    """Connections that the pool may open, has open, and has lent."""

    most: int
    open: int
    used: int


def pool_now(app: Flask) -> PoolNow:
    """As it is at this moment, for any thread."""
    with app.app_context():
        pool = db.engine.pool
    assert isinstance(pool, QueuePool)
    return PoolNow(pool.size() + max(pool._max_overflow, 0), pool.checkedin() + pool.checkedout(), pool.checkedout())
