"""The end of personal data: each capability says what it keeps of people, for how long, and how that is forgotten.

The values stand in a `forgetting.py` of each capability, and are gathered in
`booking/running/forgetting.py`, above them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, delete, literal, select, true, update
from sqlalchemy.orm import InstrumentedAttribute

from booking.kernel.database import Model, UTCDateTime, db, unit_of_work
from booking.kernel.prepared import ReadyStatement

BATCH = 1000  # rows of each kind at a time: buyers write between two batches

Keys = Sequence[Any]


# Does it to the rows of these keys; inside a unit of work. Doing it twice is doing it once.
Forget = Callable[[Keys], None]


@dataclass(frozen=True, slots=True)
class Forgetting:
    """One thing kept of people, and its end.

    `name` is its line in the table of docs/operations.md. `over` gives at most a batch of what was over at a moment,
    and is asked with the present less `kept`; what it gives must no longer be given once it is forgotten.
    """

    name: str
    kept: timedelta
    over: Callable[[datetime], Keys]
    forget: Forget

    def forget_batch(self, now: datetime) -> int:
        """Forget a batch in a unit of work of its own; again until it returns 0."""
        with unit_of_work():
            keys = self.over(now - self.kept)
            if keys:
                self.forget(keys)
        return len(keys)

    def late(self, now: datetime, grace: timedelta) -> int:
        """How many are still there so long after their time, a batch at most."""
        return len(self.over(now - self.kept - grace))


class Reckoned:
    """What is over, found by a query for keys that reckons with the moment: which day, which year."""

    def __init__(self, query: Callable[[datetime], Select[Any]]) -> None:
        self.query = query

    def __call__(self, before: datetime) -> Keys:
        """A batch of them."""
        return db.session.scalars(self.query(before).limit(BATCH)).all()


class Rows(Reckoned):
    """What is over, found by a query for keys that only compares with the moment: so it is made once, and ready."""

    @cached_property
    def _ready(self) -> ReadyStatement:
        before: Any = bindparam("before", type_=UTCDateTime())
        return ReadyStatement(self.query(before).limit(BATCH))

    def __call__(self, before: datetime) -> Keys:
        """A batch of them."""
        return [key for (key,) in self._ready.rows({"before": before})]


class Clear:
    """Empties columns; the row stays, since others stand on it or sums need it."""

    def __init__(
        self, key: InstrumentedAttribute[Any], values: Mapping[str, object], also: Forget | None = None
    ) -> None:
        self.key, self.values, self.also = key, values, also

    @property
    def columns(self) -> frozenset[str]:
        """What it empties, as "table.column"."""
        return frozenset(f"{self.key.class_.__tablename__}.{name}" for name in self.values)

    def __call__(self, keys: Keys) -> None:
        """Empty them."""
        cleared = update(self.key.class_).where(self.key.in_(keys)).values(**self.values)
        db.session.execute(cleared.execution_options(synchronize_session=False))
        if self.also is not None:
            self.also(keys)


class Remove:
    """Takes whole rows away, after the rows of `first` that hang on them by this column."""

    def __init__(self, key: InstrumentedAttribute[Any], *first: InstrumentedAttribute[Any]) -> None:
        self.key, self.first = key, first

    def __call__(self, keys: Keys) -> None:
        """Take them away."""
        for column in (*self.first, self.key):
            gone = delete(column.class_).where(column.in_(keys))
            db.session.execute(gone.execution_options(synchronize_session=False))


@cache
def nothing_stands_on(key: InstrumentedAttribute[Any], *apart_from: type[Model]) -> ColumnElement[bool]:
    """That no row refers to this one by a foreign key for which the database would refuse to let it go.

    Asked of the schema, so that a table that comes later is asked too; once, as the schema is whole by then.
    """
    table, apart = key.class_.__table__, {model.__table__ for model in apart_from}
    standing = [
        ~_stands(other, link.parent.name, key)
        for other in Model.metadata.sorted_tables
        if other not in apart
        for link in other.foreign_keys
        if link.column.table is table and link.ondelete is None
    ]
    return and_(true(), *standing)


def _stands(other: Table, column: str, key: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    alias = other.alias()
    return select(literal(1)).select_from(alias).where(alias.c[column] == key).exists()
