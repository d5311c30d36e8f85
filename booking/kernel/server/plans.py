"""How PostgreSQL reads what it is asked often: with one plan for all values, but where that would be a bad one.

SQLite plans each statement once as well, and knows nothing of values at any time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from booking.kernel.database import db


def plan_anew() -> None:
    """Have PostgreSQL think again how it reads, where much has just been written that further rows refer to.

    For each connection it keeps the way that was best when the tables were small, through all of them, and it takes
    that way for the foreign key of each row: ten thousand rows then take a minute.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.connection().exec_driver_sql("DISCARD PLANS")


@contextmanager
def planned_for_their_values() -> Iterator[None]:
    """Have PostgreSQL plan each statement of the block for the values it comes with, however often it is asked.

    After some times it keeps one plan for all values alike, which knows nothing of how long a range is that somebody
    chose: three days then take as long as ten years.
    """
    if db.engine.dialect.name != "postgresql":
        yield
        return
    connection = db.session.connection().connection
    driver: Any = connection.driver_connection
    # By the driver alone: a setting of the server would be a way there and back, and stay where a pooler hands on.
    usual = connection.info.setdefault("prepare_threshold", driver.prepare_threshold)
    driver.prepare_threshold = None
    try:
        yield
    finally:
        driver.prepare_threshold = usual
