"""Make, lease and settle promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import SelectBase, bindparam, literal_column, select, text, update
from sqlalchemy.sql.dml import ReturningUpdate

from booking.kernel import clock, origin
from booking.kernel.database import UTCDateTime, db, run
from booking.kernel.writing import write
from booking.outbox.models import Promise, PromiseState
from booking.outbox.ranks import rank_of

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
    request_id: str = ""


def promise(kind: str, key: str, about: Mapping[str, Any], due_at: datetime | None = None) -> None:
    """Promise work inside the present unit of work; with a `key` that is already promised, nothing happens."""
    now = clock.now()
    values = {
        "kind": kind,
        "key": key,
        "about": dict(about),
        "state": PromiseState.WAITING,
        "rank": rank_of(kind),
        "made_at": now,
        "due_at": due_at or now,
        "booking_id": about.get("booking_id"),
        "request_id": origin.request_id(),
    }
    write(Promise, [values], once="key")


def lease(worker: str, now: datetime, most: int = 1, *, longest_due: bool = False) -> list[Leased]:
    """Take up to `most` due promises for LEASE; call inside a unit of work. Two workers never get the same one.

    By rank, then the longest due; `longest_due`: whatever their rank, so that none waits for ever where that is asked
    from time to time. A worker that dies simply lets its lease run out: due_at is pushed ahead by the lease itself.
    """
    values = {"worker": worker, "now": now, "until": now + LEASE, "most": most}
    return [Leased(*row) for row in run(_leasing(db.engine.dialect.name, longest_due), values)]


# SQLite is told which index: left to itself it looks up all that waits by its state, and sorts it for each promise.
_NEXT = """
    SELECT id FROM outbox INDEXED BY ix_outbox_turn
    WHERE state = 'waiting' AND due_at <= :now ORDER BY rank, due_at LIMIT :most
"""
_LONGEST_DUE = """
    SELECT id FROM outbox INDEXED BY ix_outbox_due
    WHERE state = 'waiting' AND due_at <= :now ORDER BY due_at LIMIT :most
"""


@cache
def _leasing(dialect: str, longest_due: bool) -> ReturningUpdate[Any]:
    """Built once: building a statement costs more than running it."""
    if dialect == "sqlite":
        now = bindparam("now", type_=UTCDateTime())
        due: SelectBase = text(_LONGEST_DUE if longest_due else _NEXT).bindparams(now).columns(Promise.id)
    else:
        chosen = (
            select(Promise.id)
            .where(Promise.state == literal_column("'waiting'"), Promise.due_at <= bindparam("now"))
            .order_by(*((Promise.due_at,) if longest_due else (Promise.rank, Promise.due_at)))
            .limit(bindparam("most"))
            .with_for_update(skip_locked=True, key_share=True)
            # By itself: PostgreSQL may run a subselect again for each row it meets, and find others each time.
            .cte("due")
            .prefix_with("MATERIALIZED", dialect="postgresql")
        )
        due = select(chosen.c.id)
    return (
        update(Promise)
        .where(Promise.id.in_(due))
        .values(due_at=bindparam("until"), leased_by=bindparam("worker"), attempts=Promise.attempts + 1)
        .returning(Promise.id, Promise.kind, Promise.about, Promise.attempts, Promise.made_at, Promise.request_id)
    )


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
    due_at = now + pause_before(leased.attempts + 1)
    run(_POSTPONE, {**_mine(leased, worker), "due": due_at, "why": why[:500]})


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


_MINE = update(Promise).where(
    Promise.id == bindparam("promise"),
    Promise.leased_by == bindparam("worker"),
    Promise.attempts == bindparam("attempt"),
)
_POSTPONE = _MINE.values(due_at=bindparam("due"), leased_by="", last_error=bindparam("why"))
_CLOSE = _MINE.values(state=bindparam("end"), done_at=bindparam("now"), last_error=bindparam("why"), leased_by="")


def _close(leased: Leased, worker: str, state: PromiseState, why: str) -> None:
    run(_CLOSE, {**_mine(leased, worker), "end": state, "now": clock.now(), "why": why[:500]})


def _mine(leased: Leased, worker: str) -> dict[str, object]:
    """That it is still this worker's, at this try."""
    return {"promise": leased.id, "worker": worker, "attempt": leased.attempts}
