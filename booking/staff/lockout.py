"""Guesses are counted before they are looked at, each by one statement: none slips by, however many come at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, literal, or_, update
from sqlalchemy import null as nothing
from sqlalchemy.dialects import postgresql, sqlite

from booking.kernel.database import UTCDateTime, db
from booking.kernel.refusals import Refusal
from booking.staff.models import SignInCount

FREE_GUESSES = 5  # wrong ones in a row; the fifth begins the first wait
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
IN_A_ROW = timedelta(hours=24)
MOST_FROM_ONE_PLACE = 30
PLACE_WINDOW = timedelta(hours=1)
FORGET_AFTER = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Wait(Refusal):
    """Too many wrong guesses: nothing is looked at for so many seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Guess:
    """What a guess came to. `heard` says whether it may be looked at."""

    heard: bool
    failures: int
    until: datetime | None

    def seconds(self, now: datetime) -> int:
        """How long to wait."""
        return max(1, ceil((self.until - now).total_seconds())) if self.until else 1


def key_of(kind: str, name: object) -> str:
    """What the table keeps of an address: key_of("account", "kari@example.org")."""
    return hashlib.sha256(f"{kind}:{name}".encode()).hexdigest()


def wait_after(failures: int) -> timedelta | None:
    """How long the account rests after so many wrong guesses in a row: 1, 2, 4 … at most 60 minutes."""
    if failures < FREE_GUESSES:
        return None
    doublings = min(failures - FREE_GUESSES, 16)
    return min(timedelta(seconds=FIRST_WAIT.total_seconds() * (1 << doublings)), LONGEST_WAIT)


def count_for_account(key: str, now: datetime) -> Guess:
    """Count one guess at an account; call inside a unit of work that commits, whatever becomes of the guess."""
    table = SignInCount
    fresh = table.since <= now - IN_A_ROW
    failures = case((fresh, 1), else_=table.failures + 1)
    resting = and_(table.until.is_not(None), table.until > now)
    waits: list[tuple[ColumnElement[bool], Any]] = [(resting, table.until), (failures < FREE_GUESSES, nothing())]
    number = FREE_GUESSES
    while (wait := wait_after(number)) != LONGEST_WAIT:
        waits.append((failures == number, _moment(now + (wait or FIRST_WAIT))))
        number += 1
    until = case(*waits, else_=_moment(now + LONGEST_WAIT))
    return _upsert(key, now, {"failures": failures, "since": now, "until": until, "heard": ~resting})


def count_for_place(key: str, now: datetime) -> Guess:
    """Count one guess from a network address; call inside a unit of work that commits."""
    table = SignInCount
    over = table.since <= now - PLACE_WINDOW
    failures = case((over, 1), else_=table.failures + 1)
    since = case((over, _moment(now)), else_=table.since)
    until = case((over, _moment(now + PLACE_WINDOW)), else_=table.until)
    heard = or_(over, table.failures < MOST_FROM_ONE_PLACE)
    values = {"failures": failures, "since": since, "until": until, "heard": heard}
    return _upsert(key, now, values, until=now + PLACE_WINDOW)


def clear(key: str) -> None:
    """Somebody was right: begin at nought; call inside a unit of work."""
    db.session.execute(delete(SignInCount).where(SignInCount.key == key))


def uncount(key: str) -> None:
    """The guess just counted was right: take that one back; call inside a unit of work."""
    db.session.execute(
        update(SignInCount)
        .where(SignInCount.key == key, SignInCount.failures > 0)
        .values(failures=SignInCount.failures - 1)
        .execution_options(synchronize_session=False)
    )


def forget(now: datetime) -> None:
    """Drop counters that nobody has touched for days; call inside a unit of work."""
    db.session.execute(delete(SignInCount).where(SignInCount.since < now - FORGET_AFTER))


def _moment(value: datetime) -> ColumnElement[Any]:
    return literal(value, UTCDateTime())


def _upsert(key: str, now: datetime, values: dict[str, Any], until: datetime | None = None) -> Guess:
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    first = {"key": key, "failures": 1, "since": now, "until": until, "heard": True}
    statement = (
        insert(SignInCount)
        .values(**first)
        .on_conflict_do_update(index_elements=["key"], set_=values)
        .returning(SignInCount.heard, SignInCount.failures, SignInCount.until)
    )
    return Guess(*db.session.execute(statement).one())
