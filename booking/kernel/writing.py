"""Rows that a unit of work writes and does not read again: kept back, and sent as one statement with what comes next.

On PostgreSQL each statement is a way to the server and back, often while others wait for a row that is locked. So what
is only written waits (`write`) until the unit of work reads, ends, or calls `write_last`; then it goes, together with
what has changed in the session, as one statement with a part for each. SQLite lives in the same process: there every
row is written at once. docs/decisions/10-what-is-written-together.md has the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Executable, TextClause, event, insert, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import ORMExecuteState, Session, attributes

from booking.kernel.database import WAITING, Model, db, insert_into, run

Values = Mapping[str, Any]
MOST_ROWS = 500  # of one statement
_DIALECT = postgresql.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]


@dataclass(eq=False, slots=True)
class NewRow:
    """A row that others of the same unit of work name; its `id` is known once it is written."""

    id: int = 0


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of one table that wait: all name the same columns."""

    table: type[Model]
    columns: tuple[str, ...]
    once: str
    new: NewRow | None
    rows: list[Values]

    def part(self, place: int, parents: Mapping[NewRow, int]) -> _Part:
        """As the part of a statement that has this place in it, after those that insert what is named here."""
        first = self.rows[0]
        named = {name: parents[first[name]] for name in self.columns if _is_to_come(first[name])}
        ways = [(name, _to_driver(self.table, name)) for name in self.columns if name not in named]
        values = {
            f"{place}_{n}_{name}": way(_number(row[name])) for n, row in enumerate(self.rows) for name, way in ways
        }
        shape = tuple((name, named.get(name)) for name in self.columns)
        sql = _insert_sql(self.table.__tablename__, place, shape, len(self.rows), self.once, self.new is not None)
        return _Part(sql, values)


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the changes that are sent together: its SQL, and the values by the names that stand in it."""

    sql: str
    values: Values


@dataclass(slots=True)
class _Waiting:
    """What one session keeps back."""

    parts: list[_Rows] = field(default_factory=list)

    def add(self, table: type[Model], rows: Sequence[Values], once: str = "", new: NewRow | None = None) -> None:
        """Keep rows back, those of a kind in the order they come."""
        columns = tuple(rows[0])
        for waiting in self.parts:
            same = (waiting.table, waiting.columns, waiting.once) == (table, columns, once)
            if same and new is None and not any(map(_is_to_come, (*rows[0].values(), *waiting.rows[0].values()))):
                waiting.rows.extend(rows)
                break
        else:
            self.parts.append(_Rows(table, columns, once, new, [*rows]))
        if sum(len(waiting.rows) for waiting in self.parts) > MOST_ROWS:
            self.send()

    def meets(self, table: type[Model]) -> bool:
        """Whether rows of this table wait: of one row PostgreSQL keeps only one of two changes in a statement."""
        written = [*[waiting.table for waiting in self.parts], *map(type, db.session.dirty)]
        return table in written

    def send(self) -> None:
        """Write it now."""
        self.send_with("", {})

    def send_with(self, last: str, values: Values) -> list[Sequence[Any]]:
        """Write it now, and with it one more statement; the rows that this one returns."""
        session = db.session()
        waiting, self.parts = self.parts, []
        if session.new or session.deleted:
            session.flush()  # whole new entities go by the session's own ways
        places = {rows.new: place for place, rows in enumerate(waiting) if rows.new is not None}
        parts = [rows.part(place, places) for place, rows in enumerate(waiting)]
        parts += _changes(session, len(parts))
        sql = _together(tuple(part.sql for part in parts), tuple(places.values()), last)
        sent = {name: value for part in parts for name, value in part.values.items()} | dict(values)
        answer = session.connection().exec_driver_sql(sql, sent)
        rows = answer.all() if answer.returns_rows else []
        if rows:
            for new, number in zip(places, rows[0], strict=False):
                new.id = number
        return [row[len(places) :] for row in rows] if last else []


def write(table: type[Model], rows: Sequence[Values], once: str = "") -> None:
    """Insert rows that this unit of work does not read again; call inside one.

    All rows name the same columns, and each that has no default in the database; a value may be a NewRow. Where there
    is a row with the same value in the unique column `once`, nothing happens.
    """
    if not rows:
        return
    if _keeps_back():
        _waiting().add(table, rows, once)
        return
    session = db.session()
    if session.new:
        session.flush()  # they may be named; what has only changed is written once, by whoever changes it last
    numbered = [{name: _number(value) for name, value in row.items()} for row in rows]
    session.connection().execute(_insert(table, once), numbered)


def write_new(table: type[Model], values: Values) -> NewRow:
    """Insert a row that other rows of this unit of work name; call inside one."""
    new = NewRow()
    if _keeps_back():
        _waiting().add(table, [values], new=new)
    else:
        new.id = run(_insert_new(table), values).scalar_one()
    return new


def write_last(changed: type[Model], statement: TextClause, values: Values) -> Sequence[Sequence[Any]]:
    """Run a statement that changes rows of one table and returns some of them, in one with all that waits."""
    if _keeps_back() and _waiting().parts and not _waiting().meets(changed):
        return _waiting().send_with(_sql_of(statement), values)
    return run(statement, values).all()


def _keeps_back() -> bool:
    return db.engine.dialect.name == "postgresql"


def _waiting() -> _Waiting:
    kept: _Waiting = db.session.info.setdefault(WAITING, _Waiting())
    return kept


@cache
def _insert(table: type[Model], once: str) -> Executable:
    return insert_into(table).on_conflict_do_nothing(index_elements=[once]) if once else insert(table)


@cache
def _insert_new(table: type[Model]) -> Executable:
    return insert(table).returning(table.__table__.c.id)


def _is_to_come(value: object) -> bool:
    return isinstance(value, NewRow) and not value.id


def _number(value: object) -> object:
    return value.id if isinstance(value, NewRow) else value


def _changes(session: Session, place: int) -> Iterator[_Part]:
    """What has changed in entities of the session, which then counts as written."""
    for entity in session.dirty:
        state = inspect(entity)
        names = tuple(sorted(state.committed_state))
        if not names:
            continue
        key = state.identity[0]
        changed = {name: getattr(entity, name) for name in names}
        table: type[Model] = type(entity)
        values = {f"{place}_{name}": _to_driver(table, name)(value) for name, value in changed.items()}
        yield _Part(_update_sql(entity.__tablename__, place, names), values | {f"{place}_id": key})
        for name, value in changed.items():
            attributes.set_committed_value(entity, name, value)
        place += 1


@lru_cache(maxsize=512)
def _to_driver(table: type[Model], column: str) -> Callable[[Any], Any]:
    """How a value of a column is handed to the driver."""
    return table.__table__.c[column].type.dialect_impl(_DIALECT).bind_processor(_DIALECT) or _as_it_is


def _as_it_is(value: object) -> object:
    return value


_INSERT_PART = "INSERT INTO {table} ({columns}) VALUES {lines}{end}"
_UPDATE_PART = "UPDATE {table} SET {changes} WHERE id = %({place}_id)s"
_NUMBER_OF = "(SELECT id FROM part{})"


@lru_cache(maxsize=512)
def _insert_sql(
    table: str, place: int, shape: tuple[tuple[str, int | None], ...], rows: int, once: str, is_new: bool
) -> str:
    """An INSERT of so many rows; `shape` names the columns, each with the part that it has its value from, if any."""
    lines = [
        ", ".join(f"%({place}_{n}_{name})s" if parent is None else _NUMBER_OF.format(parent) for name, parent in shape)
        for n in range(rows)
    ]
    return _INSERT_PART.format(
        table=table,
        columns=", ".join(name for name, _parent in shape),
        lines=", ".join(f"({line})" for line in lines),
        end=f" ON CONFLICT ({once}) DO NOTHING" if once else " RETURNING id" if is_new else "",
    )


@lru_cache(maxsize=512)
def _update_sql(table: str, place: int, names: tuple[str, ...]) -> str:
    changes = ", ".join(f"{name} = %({place}_{name})s" for name in names)
    return _UPDATE_PART.format(table=table, changes=changes, place=place)


@lru_cache(maxsize=512)
def _together(parts: tuple[str, ...], new: tuple[int, ...], last: str) -> str:
    """All parts and the last statement as one; it returns the numbers of new rows, then what the last one returns."""
    *before, main = (*parts, last) if last else parts
    if new or (last and before):
        before.append(main)
        wanted = [_NUMBER_OF.format(place) for place in new]
        main = "SELECT " + ", ".join([*wanted, "last.*"] if last else wanted)
        main += f" FROM part{len(parts)} AS last" if last else ""
    named = ", ".join(f"part{place} AS ({sql})" for place, sql in enumerate(before))
    return f"WITH {named} {main}" if before else main


@lru_cache(maxsize=512)
def _sql_of(statement: TextClause) -> str:
    return str(statement.compile(dialect=_DIALECT))


def _send_first(execution: ORMExecuteState) -> None:
    _send_of(execution.session)


def _send_of(session: Session) -> None:
    waiting: _Waiting | None = session.info.get(WAITING)
    if waiting is not None and waiting.parts:
        waiting.send()


def _forget(session: Session, *_more: object) -> None:
    waiting: _Waiting | None = session.info.get(WAITING)
    if waiting is not None:
        waiting.parts.clear()


event.listen(db.session, "do_orm_execute", _send_first)
event.listen(db.session, "before_commit", _send_of)
event.listen(db.session, "after_soft_rollback", _forget)
