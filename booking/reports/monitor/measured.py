"""How things stand, as a monitor asks every quarter of a minute: each by an index, and never more rows than MOST."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select, text

from booking.bookings.models import Booking, State
from booking.invoicing.sending.queries import too_long_on_their_way
from booking.kernel import schema
from booking.kernel.database import db, run
from booking.machines.last_runs import LastCheck, LastPurge, last_backup, last_runs
from booking.outbox.models import Heartbeat, Promise, PromiseState, Rank
from booking.payments.models import UNDER_WAY, UNSETTLED, Payment, PaymentState
from booking.reports.health import WORKER_SILENT

MOST = 10_000  # counted of one kind: who has more is told so many
PROMISE_WAITS: ColumnElement[bool] = literal_column(
    "state = 'waiting'"
)  # as in the partial index that they are found by


@dataclass(frozen=True, slots=True)
class DatabaseConnections:
    """Of all who use this database of the server, and how many the server takes."""

    open: int
    most: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What lies in the database, of all machines together."""

    at: datetime
    migration: str | None
    due: Mapping[Rank, int]
    oldest_due: datetime | None
    given_up: int
    held_back: int
    workers: int  # seen within a minute
    worker_seen: datetime | None
    worker_skew_ms: int | None  # of the worker whose machine is furthest off; None where none tells
    holds: Mapping[State, int]
    payments: Mapping[PaymentState, int]
    invoices_late: int
    check: LastCheck | None
    purge: LastPurge | None
    backup: datetime | None
    connections: DatabaseConnections | None  # SQLite has none


def measure(now: datetime) -> Measured:
    """How things stand; ten statements, on PostgreSQL eleven."""
    check, purge = last_runs()
    due, holds, payments = _due(now), _holds(now), _payments()
    here = Heartbeat.beat_at > now - WORKER_SILENT
    furthest = func.max(func.abs(Heartbeat.skew_ms)).filter(here)
    workers, seen, skew_ms = run(select(func.count().filter(here), func.max(Heartbeat.beat_at), furthest)).one()
    return Measured(
        at=now,
        migration=schema.current(),
        due={rank: due.get(rank, 0) for rank in Rank},
        oldest_due=run(select(func.min(Promise.due_at)).where(PROMISE_WAITS, Promise.due_at <= now)).scalar_one(),
        given_up=_promises(PromiseState.DEAD),
        held_back=_promises(PromiseState.HELD_BACK),
        workers=workers,
        worker_seen=seen,
        worker_skew_ms=skew_ms,
        holds={state: holds.get(state, 0) for state in (State.HELD, State.PENDING)},
        payments={state: payments.get(state, 0) for state in UNDER_WAY},
        invoices_late=too_long_on_their_way(now),
        check=check,
        purge=purge,
        backup=last_backup(),
        connections=_connections(),
    )


def _due(now: datetime) -> dict[int, int]:
    return _counted(select(Promise.rank.label("kind")).where(PROMISE_WAITS, Promise.due_at <= now))


def _holds(now: datetime) -> dict[State, int]:
    return _counted(select(Booking.state.label("kind")).where(Booking.held_until > now))


def _payments() -> dict[PaymentState, int]:
    return _counted(select(Payment.state.label("kind")).where(text(UNSETTLED), Payment.state.in_(UNDER_WAY)))


def _counted(kinds: Select[Any]) -> dict[Any, int]:
    few = kinds.limit(MOST).subquery()
    return {kind: number for kind, number in run(select(few.c.kind, func.count()).group_by(few.c.kind))}


def _promises(state: PromiseState) -> int:
    few = select(Promise.id).where(Promise.state == state).limit(MOST).subquery()
    return int(run(select(func.count()).select_from(few)).scalar_one())


def _connections() -> DatabaseConnections | None:
    if db.engine.dialect.name != "postgresql":
        return None
    return DatabaseConnections(*run(_CONNECTIONS).one())


_CONNECTIONS = text(
    "SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),"
    " CAST(current_setting('max_connections') AS integer)"
)
