"""Make, lease and settle promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Update, select, update

from booking.kernel import clock
from booking.kernel.database import db
from booking.kernel.writing import write
from booking.outbox.models import Promise, PromiseState

LEASE = timedelta(minutes=2)
GIVE_UP_AFTER = timedelta(hours=72)
LET_THROUGH = "let_through"  # in `about`: staff have asked for this letter, no cap holds it back


@dataclass(frozen=True, slots=True)
class Leased:
    """A promise that this worker has to itself until its lease ends. `attempts` counts this try."""

    id: int
    kind: str
    about: Mapping[str, Any]
    attempts: int
    made_at: datetime


def promise(kind: str, key: str, about: Mapping[str, Any], due_at: datetime | None = None) -> None:
    """Promise work inside the present unit of work; with a `key` that is already promised, nothing happens."""
    now = clock.now()
    values = {
        "kind": kind,
        "key": key,
        "about": dict(about),
        "state": PromiseState.WAITING,
        "made_at": now,
        "due_at": due_at or now,
        "booking_id": about.get("booking_id"),
    }
    write(Promise, [values], once="key")


def lease(worker: str, now: datetime, most: int = 1) -> list[Leased]:
    """Take up to `most` due promises for LEASE; call inside a unit of work. Two workers never get the same one.

    A worker that dies simply lets its lease run out: due_at is pushed ahead by the lease itself.
    """
    due = (
        select(Promise.id)
        .where(Promise.state == PromiseState.WAITING, Promise.due_at <= now)
        .order_by(Promise.due_at)
        .limit(most)
        .with_for_update(skip_locked=True, key_share=True)
        # By itself: PostgreSQL may run a subselect again for each row it meets, and find others each time.
        .cte("due")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    rows = db.session.execute(
        update(Promise)
        .where(Promise.id.in_(select(due.c.id)))
        .values(due_at=now + LEASE, leased_by=worker, attempts=Promise.attempts + 1)
        .returning(Promise.id, Promise.kind, Promise.about, Promise.attempts, Promise.made_at)
        .execution_options(synchronize_session=False)
    )
    return [Leased(*row) for row in rows]


def settle(leased: Leased, worker: str) -> None:
    """The work is done; call inside a unit of work."""
    _close(leased, worker, PromiseState.DONE, "")


def bury(leased: Leased, worker: str, why: str) -> None:
    """The work will never succeed; staff see it among the dead letters."""
    _close(leased, worker, PromiseState.DEAD, why)


def hold_back(leased: Leased, worker: str, why: str) -> None:
    """The letter does not go by itself; staff see it and may let it through."""
    _close(leased, worker, PromiseState.HELD_BACK, why)


def postpone(leased: Leased, worker: str, why: str, now: datetime) -> None:
    """The work failed for now: try again later, with growing pauses, for at most 72 hours."""
    if now - leased.made_at >= GIVE_UP_AFTER:
        bury(leased, worker, why)
        return
    db.session.execute(
        _mine(leased, worker).values(due_at=now + pause_before(leased.attempts + 1), leased_by="", last_error=why[:500])
    )


def pause_before(attempt: int) -> timedelta:
    """How long to wait before a try: 10 s, 20 s, 40 s, … at most two hours."""
    return min(timedelta(seconds=10 * 2 ** min(attempt - 2, 12)), timedelta(hours=2))


def revive(promise_id: int, now: datetime) -> bool:
    """Try a dead letter again from the start, or let one through that was held back; False for any other."""
    held = db.session.get(Promise, promise_id, with_for_update=True)
    if held is not None and held.state is PromiseState.HELD_BACK:
        held.about = {**held.about, LET_THROUGH: True}
        db.session.flush()
    done = db.session.execute(
        update(Promise)
        .where(Promise.id == promise_id, Promise.state.in_((PromiseState.DEAD, PromiseState.HELD_BACK)))
        .values(state=PromiseState.WAITING, due_at=now, made_at=now, attempts=0, leased_by="")
        .returning(Promise.id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None


def _close(leased: Leased, worker: str, state: PromiseState, why: str) -> None:
    db.session.execute(
        _mine(leased, worker).values(state=state, done_at=clock.now(), last_error=why[:500], leased_by="")
    )


def _mine(leased: Leased, worker: str) -> Update:
    return (
        update(Promise)
        .where(Promise.id == leased.id, Promise.leased_by == worker, Promise.attempts == leased.attempts)
        .execution_options(synchronize_session=False)
    )
