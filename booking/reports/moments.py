"""Moments reckoned with inside the database, alike on each kind of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, SQLColumnExpression
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

QUARTER = 900  # seconds; every clock of the world is a whole number of quarters of an hour from UTC


class epoch(FunctionElement[int]):  # noqa: N801  (a function of SQL)
    """Seconds since 1970 of a moment, rounded down."""

    type = BigInteger()
    inherit_cache = True


@compiles(epoch, "postgresql")
def _in_postgresql(element: epoch, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401  (the compiler's own)
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **more)})) AS bigint)"


@compiles(epoch, "sqlite")
def _in_sqlite(element: epoch, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401  (the compiler's own)
    return f"unixepoch({compiler.process(element.clauses, **more)})"


def quarter_of(moment: SQLColumnExpression[Any]) -> ColumnElement[int]:
    """The number of the quarter of an hour that a moment lies in: to group by what no day of two zones shares."""
    return epoch(moment) // QUARTER


def moment_of(quarter: int) -> datetime:
    """When a quarter of an hour begins."""
    return datetime.fromtimestamp(int(quarter) * QUARTER, UTC)


def days_between(earlier: SQLColumnExpression[Any], later: SQLColumnExpression[Any]) -> ColumnElement[int]:
    """Full days from one moment to another."""
    return (epoch(later) - epoch(earlier)) // 86_400
