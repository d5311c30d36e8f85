"""Statements that are made ready once: the short way to the database for what pages ask again and again.

SQLAlchemy prepares, runs and reads a statement in some 150 µs beside the database's own time, on a page of six
statements more than the page. Here its compiler is asked once for each database and each length of a list; then the
driver gets the text and the values. What SQLAlchemy's own way would give is given (tests/kernel/test_prepared.py holds
one against the other): types, errors, events, and whatever waits in the session is written first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import Compiled
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from booking.kernel.database import db, flush

Row = tuple[Any, ...]
Values = Mapping[str, Any]
Turn = Callable[[Any], Any]  # from a value of ours to one of the driver's, or back


class ReadyStatement:
    """A statement that a module keeps: it gives columns, never entities, and its values are bound by name.

    A list (`expanding`) may have any length, and holds single values. It is filled up with its last one to a power of
    two, so that there are as few texts as there are powers.
    """

    def __init__(self, statement: Executable) -> None:
        self.statement = statement
        self._forms: dict[tuple[object, ...], _Form] = {}

    def rows(self, values: Values | None = None) -> list[Row]:
        """All rows; none of a statement that gives none back. Raises what SQLAlchemy would."""
        flush()
        connection = db.session.connection()
        values = values or {}
        form = self._form(connection.dialect, values)
        parameters = form.fill(values)
        cursor = connection.connection.cursor()
        try:
            for see in connection.dispatch.before_cursor_execute:
                see(connection, cursor, form.sql, parameters, None, False)
            cursor.execute(form.sql, parameters)
            fetched = cursor.fetchall() if cursor.description else []
            if form.columns is None:
                form.columns = _columns(form.types, cursor.description, connection.dialect)
        except connection.dialect.loaded_dbapi.Error as error:
            connection._handle_dbapi_exception(error, form.sql, parameters, cursor, None)
        finally:
            cursor.close()
        return _turned(fetched, form.columns)

    def first(self, values: Values | None = None) -> Row | None:
        """The first row, or None; for a statement that gives one at most."""
        rows = self.rows(values)
        return rows[0] if rows else None

    def value(self, values: Values | None = None) -> Any:  # noqa: ANN401  (of whatever type the column is)
        """The first column of the first row, or None."""
        rows = self.rows(values)
        return rows[0][0] if rows else None

    def _form(self, dialect: Dialect, values: Values) -> _Form:
        key = dialect.name, *[_places(value) for value in values.values() if isinstance(value, (list, tuple))]
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = _formed(self.statement, dialect, values)
        return form


@dataclass(slots=True)
class _Form:
    """A statement as one driver takes it, for lists of these lengths."""

    sql: str
    types: Sequence[TypeEngine[Any]]
    order: Sequence[str] | None  # of values that the driver takes by their place
    fixed: dict[str, Any] = field(default_factory=dict)  # what stands in the statement itself, as the driver takes it
    asked: list[tuple[str, Callable[[], Any], Turn | None]] = field(default_factory=list)  # each time
    singles: list[tuple[str, str, Turn | None]] = field(default_factory=list)
    lists: list[tuple[Sequence[str], str, Turn | None]] = field(default_factory=list)
    columns: Sequence[tuple[int, Turn]] | None = None  # those that are not as the driver gives them

    def fill(self, values: Values) -> Any:  # noqa: ANN401  (a tuple or a mapping, as the driver wants it)
        """The values as the driver takes them. Raises KeyError for one that is missing."""
        filled = dict(self.fixed)
        for place, ask, turn in self.asked:
            filled[place] = ask() if turn is None else turn(ask())
        for place, name, turn in self.singles:
            filled[place] = values[name] if turn is None else turn(values[name])
        for places, name, turn in self.lists:
            for place, value in zip(places, _filled_up(values[name]), strict=True):
                filled[place] = value if turn is None else turn(value)
        return filled if self.order is None else tuple([filled[name] for name in self.order])


def _formed(statement: Executable, dialect: Dialect, values: Values) -> _Form:
    """Raises InvalidRequestError where a value is missing."""
    compiled: Compiled = statement.compile(dialect=dialect, column_keys=list(values))  # type: ignore[attr-defined]
    assert isinstance(compiled, SQLCompiler)
    if compiled.insert_prefetch or compiled.update_prefetch:
        raise ValueError("a column with a default of Python's must be given")
    spread = compiled.construct_expanded_state(
        {name: _filled_up(value) if isinstance(value, (list, tuple)) else value for name, value in values.items()}
    )
    form = _Form(
        sql=spread.statement,
        types=[column.type for column in compiled._result_columns],
        order=spread.positiontup if compiled.positional else None,
    )
    for bound, name in compiled.bind_names.items():
        turn = bound.type.dialect_impl(dialect).bind_processor(dialect)
        places = spread.parameter_expansion.get(name)
        if bound.key not in values and bound.callable is not None:
            form.asked.append((name, bound.callable, turn))
        elif bound.key not in values:
            for place in places or [name]:
                value = spread.parameters[place]
                form.fixed[place] = value if turn is None else turn(value)
        elif places is None:
            form.singles.append((name, bound.key, turn))
        else:
            form.lists.append((places, bound.key, turn))
    return form


def _places(values: Sequence[Any]) -> int:
    """How many values a list of this length is filled up to."""
    return 1 << (len(values) - 1).bit_length() if values else 0


def _filled_up(values: Sequence[Any]) -> Sequence[Any]:
    return [*values, *[values[-1]] * (_places(values) - len(values))] if values else values


def _columns(types: Sequence[TypeEngine[Any]], description: Any, dialect: Dialect) -> list[tuple[int, Turn]]:  # noqa: ANN401
    """How columns are read, as far as the statement says it (one in words of SQL does not); the driver has its say."""
    described = description or ()
    turns = [
        kind.dialect_impl(dialect).result_processor(dialect, told[1])
        for kind, told in zip(types, described, strict=False)
    ]
    return [(place, turn) for place, turn in enumerate(turns) if turn is not None]


def _turned(fetched: Sequence[Row], columns: Sequence[tuple[int, Turn]]) -> list[Row]:
    """The rows with our types: column by column, since a month has 267 rows."""
    if not fetched or not columns:
        return list(fetched)
    whole: list[Any] = list(zip(*fetched, strict=True))
    for place, turn in columns:
        whole[place] = map(turn, whole[place])
    return list(zip(*whole, strict=True))
