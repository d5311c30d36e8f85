"""Answers used again while the database itself says that nothing has been committed since they were read.

What pages show is read as of the last commit, and between two commits it is the same each time. So a process keeps the
answers of the present *mark*: what the database gives as another value after each commit of anybody, whatever it was.
SQLite has `PRAGMA data_version` (`kernel/server/commits.py`). PostgreSQL has `pg_current_snapshot()`, which says what
a statement may see: two that are alike see the same, on one server since it was started or has recovered from a crash.
After that, and after a promotion, numbers may come again for other commits: what had one and was not written down never
was. So the mark also says when the server was started, and since when it counts what its writer does, which a crash
begins anew though the server stays the same. It comes with the row that every request reads first anyway (`MarkedRow`).

A transaction asks for the mark before it reads anything that it keeps or uses again. So what is used again was true at
a moment since it asked, as if it had been read then:

- the answer was read before that: then between the two equal marks nothing was committed;
- or after that, by another thread: then it is no older than what one would read.

No clock decides, but for what depends on one: such an answer says until when it holds (`used_until`). Whoever writes
reads for himself: inside a unit of work nothing is used again.
See docs/decisions/5-free-places-are-as-of-the-last-commit.md.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, Text, bindparam, case, cast, func, null, or_, select
from sqlalchemy.orm import SessionTransaction

from booking.kernel.database import begin_reading, db, is_writing
from booking.kernel.prepared import ReadyStatement, Row
from booking.kernel.server import commits

T = TypeVar("T")
Mark = Hashable
MOST = 64  # answers of one process: a month is some 50 kB
ASKED = "mark"  # where a session keeps the mark of its transaction


@dataclass(frozen=True, slots=True)
class _KeptAnswer(Generic[T]):
    """What was read, and when it is true, as far as that depends on the clock."""

    value: T
    begins: datetime | None = None
    ends: datetime | None = None

    def holds_at(self, now: datetime | None) -> bool:
        """Whether it would be the same now."""
        if now is None or self.begins is None:
            return True
        return self.begins <= now and (self.ends is None or now < self.ends)


class _KeptAnswers:
    """The answers of one mark, the last that was asked; of any other nobody will ask again."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.mark: Mark = None
        self.answers: dict[Hashable, _KeptAnswer[Any]] = {}

    def find(self, mark: Mark, key: Hashable) -> _KeptAnswer[Any] | None:
        """The answer of this mark, if there is one."""
        with self.lock:
            if mark != self.mark or key not in self.answers:
                return None
            answer = self.answers[key] = self.answers.pop(key)  # the last that was asked for goes last
            return answer

    def newest(self, key: Hashable) -> tuple[Mark, _KeptAnswer[Any] | None]:
        """The mark that answers are kept of, and its answer to this."""
        with self.lock:
            answer = self.answers.pop(key, None)
            if answer is not None:
                self.answers[key] = answer
            return self.mark, answer

    def turn_to(self, mark: Mark) -> None:
        """From now on keep answers of this mark alone."""
        with self.lock:
            if mark != self.mark:
                self.mark, self.answers = mark, {}

    def forget(self) -> None:
        """Keep none of this mark that are here by now."""
        with self.lock:
            self.answers = {}

    def keep(self, mark: Mark, key: Hashable, answer: _KeptAnswer[Any]) -> None:
        """Keep one more; of too many the one goes that was not asked for longest. None of a mark that is over."""
        with self.lock:
            if mark != self.mark:
                return
            self.answers.pop(key, None)
            self.answers[key] = answer
            if len(self.answers) > MOST:
                del self.answers[next(iter(self.answers))]


_kept = _KeptAnswers()
_ends: ContextVar[list[datetime] | None] = ContextVar("ends", default=None)  # of what the answer being read is made of


def used_again(key: Hashable, read: Callable[[], T]) -> T:
    """What `read` gives, which depends on the database and the key alone. Nobody may change it: others have it too."""
    return _again(key, None, lambda: (read(), None))


def used_until(key: Hashable, now: datetime, read: Callable[[], tuple[T, datetime | None]]) -> T:
    """As `used_again`, of what also depends on `now`: `read` says with it at which later moment it may be another.

    It holds no longer than whatever `read` uses again.
    """
    return _again(key, now, read)


def _again(key: Hashable, now: datetime | None, read: Callable[[], tuple[T, datetime | None]]) -> T:
    mark = _mark()
    if mark is None:
        return read()[0]
    answer: _KeptAnswer[T] | None = _kept.find(mark, key)
    if answer is None or not answer.holds_at(now):
        answer = _read(now, read)
        _kept.keep(mark, key, answer)
    of_whole = _ends.get()
    if of_whole is not None and answer.ends is not None:
        of_whole.append(answer.ends)
    return answer.value


def _read(now: datetime | None, read: Callable[[], tuple[T, datetime | None]]) -> _KeptAnswer[T]:
    """Raises ValueError for what says nothing of the clock and is made of what does."""
    ends: list[datetime] = []
    token = _ends.set(ends)
    try:
        value, its_end = read()
    finally:
        _ends.reset(token)
    if its_end is not None:
        ends.append(its_end)
    if ends and now is None:
        raise ValueError("an answer that ends, without a moment")
    return _KeptAnswer(value, now, min(ends, default=None))


def forget() -> None:
    """Keep nothing of what was read until now."""
    _kept.forget()


class MarkedRow(Generic[T]):
    """A row that every request reads first, made into a value: with it PostgreSQL says its mark.

    Where that is the mark that the value is kept of, the database leaves the row out. Its first column is never null.
    """

    def __init__(self, statement: Select[Any], make: Callable[[Row], T]) -> None:
        self._plain, self._make = ReadyStatement(statement), make
        its, mark = statement.subquery(), select(_MARK.label("mark")).subquery()
        is_new = or_(mark.c.mark.is_(None), mark.c.mark.is_distinct_from(bindparam("known", type_=Text)))
        self._marked = ReadyStatement(select(mark.c.mark, is_new, its).select_from(mark.outerjoin(its, is_new)))

    def get(self) -> T | None:
        """The value; None where there is no such row. One statement."""
        if is_writing():
            return self._of(self._plain.first())
        if db.engine.dialect.name == "postgresql":
            return self._with_mark()
        return used_again(self, lambda: self._of(self._plain.first()))

    def _with_mark(self) -> T | None:
        known, kept = _kept.newest(self)
        answer = self._marked.first({"known": known if kept is not None else None})
        assert answer is not None
        mark, is_new, *row = answer
        _note(mark)
        if kept is not None and not is_new:
            value: T | None = kept.value
            return value
        made = self._of(tuple(row) if row[0] is not None else None)
        if mark is not None:
            _kept.keep(mark, self, _KeptAnswer(made))
        return made

    def _of(self, row: Row | None) -> T | None:
        return None if row is None else self._make(row)


# The database's name, since one server counts for all that it has; a standby sees what its own snapshot does not tell.
_MARK = case(
    (func.pg_is_in_recovery(), null()),
    else_=func.concat_ws(
        " ",
        func.current_database(),
        func.pg_postmaster_start_time(),
        func.pg_stat_get_bgwriter_stat_reset_time(),
        cast(func.pg_current_snapshot(), Text),
    ),
)


def _mark() -> Mark:
    """The mark that this transaction has asked for before it read anything; None where it may use nothing again."""
    if is_writing():
        return None
    session = db.session()
    transaction = session.get_transaction()
    known: tuple[SessionTransaction, Mark] | None = session.info.get(ASKED)
    if known is not None and known[0] is transaction:
        return known[1]
    if transaction is not None or db.engine.dialect.name != "sqlite":
        return None
    begin_reading()
    mark = commits.version(db.engine)
    _note(mark)
    return mark


def _note(mark: Mark) -> None:
    """Say which mark the transaction of this session has asked for; with it this is forgotten."""
    _kept.turn_to(mark)
    session = db.session()
    session.info[ASKED] = session.get_transaction(), mark
