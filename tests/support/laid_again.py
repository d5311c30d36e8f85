"""What many tests begin with is made once: its rows are kept, and laid into the empty database of who wants it next.

A centre with schools takes fifty statements by its services, and a handful so. Only what begins in an empty database is
kept, and only for as long as time goes on evenly within one day: what is made depends on it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ParamSpec, TypeVar, cast

from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, Table, text

from booking.kernel import clock
from booking.kernel.database import Model, db
from tests.support.unguarded import unguarded

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Rows:
    """All rows of a table, as its driver gives and takes them."""

    table: Table
    columns: Sequence[str]
    rows: Any


@dataclass(frozen=True)
class Laid:
    """What was made in an empty database: its rows, how far its numbers are, and what its maker said."""

    value: object
    made: datetime
    tables: Sequence[Rows]
    numbers: str

    def holds(self) -> bool:
        """Whether it would be the same now."""
        now = clock.now()
        return self.made <= now and self.made.date() == now.date()


_laid: dict[object, Laid] = {}


def laid_again(make: Callable[P, T]) -> Callable[P, T]:
    """Have the rows that `make` makes in an empty database kept, for each set of words; it gives what nobody changes,
    such as ids and facts, and leaves nothing but rows."""

    @functools.wraps(make)
    def made(*words: P.args, **named: P.kwargs) -> T:
        db.session.rollback()
        key = (make, db.engine.dialect.name, repr(words), repr(sorted(named.items())))
        laid = _laid.get(key)
        with db.engine.begin() as connection:
            is_empty = not filled(connection)
            if is_empty and laid is not None and laid.holds():
                _lay(connection, laid)
                return cast(T, laid.value)
        value = make(*words, **named)
        if is_empty:
            _laid[key] = _taken(value)
        return value

    return made


def filled(connection: Connection) -> list[Table]:
    """The tables that hold a row: few of them do."""
    tables = {table.name: table for table in Model.metadata.tables.values()}
    question = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables)
    return [tables[name] for name in connection.scalars(text(question))]


def _taken(value: object) -> Laid:
    db.session.rollback()
    with db.engine.connect() as connection:
        tables = [_rows(connection, table) for table in filled(connection)]
        numbers = connection.scalar(text(_NUMBERS)) if connection.dialect.name == "postgresql" else ""
    return Laid(value, clock.now(), tables, numbers or "")


def _rows(connection: Connection, table: Table) -> Rows:
    columns = [column.name for column in table.columns]
    names = ", ".join(f'"{name}"' for name in columns)
    driver = connection.connection.driver_connection
    assert driver is not None
    if connection.dialect.name == "sqlite":
        return Rows(table, columns, driver.execute(f'SELECT {names} FROM "{table.name}"').fetchall())
    out = SQL("COPY {} ({}) TO STDOUT").format(Identifier(table.name), SQL(", ").join(map(Identifier, columns)))
    with driver.cursor() as cursor, cursor.copy(out) as copy:
        return Rows(table, columns, b"".join(copy))


def _lay(connection: Connection, laid: Laid) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys = on"))
        for part in laid.tables:
            places = ", ".join("?" * len(part.columns))
            names = ", ".join(f'"{name}"' for name in part.columns)
            connection.exec_driver_sql(f'INSERT INTO "{part.table.name}" ({names}) VALUES ({places})', part.rows)
        return
    with unguarded(connection), driver.cursor() as cursor:  # rows may come in any order
        for part in laid.tables:
            columns = SQL(", ").join(map(Identifier, part.columns))
            with cursor.copy(SQL("COPY {} ({}) FROM STDIN").format(Identifier(part.table.name), columns)) as copy:
                copy.write(part.rows)
        if laid.numbers:
            cursor.execute(laid.numbers)


# The statement by which numbers go on from where they are.
_NUMBERS = """SELECT 'SELECT ' || string_agg(format('setval(%L, %s)', format('%I.%I', schemaname, sequencename),
        last_value), ', ')
    FROM pg_sequences WHERE last_value IS NOT NULL"""
