"""Write to whoever is hit: long work for the many, a look each minute for those who paid while it was closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select, update

from booking.bookings.models import Booking, State
from booking.bookings.store import lock, release
from booking.closures.close import bookings_in, list_hits, missing_hits
from booking.closures.models import Closure, ClosureHit
from booking.kernel import clock
from booking.kernel.database import db, run, unit_of_work
from booking.outbox.long_work import Progress, Work
from booking.outbox.promises import promise

BATCH = 100


def write_letters(work: Work) -> Progress:
    """One step of the long work: the next letters, and first of all the baskets that hold closed places let go.

    The cursor is the last booking written to. Doing a step twice promises nothing twice.
    """
    closure_id = int(work.about["closure_id"])
    if work.cursor == 0:
        let_baskets_go(closure_id, clock.now())
    with unit_of_work():
        last = write_batch(closure_id, work.cursor, clock.now())
        written, silent, total = _counted(closure_id)
    counts = {"closure_id": closure_id, "letters": written, "without_address": silent}
    return Progress(last, written + silent if last is not None else total, total, counts)


def write_batch(closure_id: int, after: int, now: datetime) -> int | None:
    """Promise a batch of letters; inside a unit of work. Returns the last booking written to, None when all are.

    Those without an address are left out of the count: they are called, and stand in nobody's way.
    """
    batch = run(_unwritten(closure_id).where(ClosureHit.booking_id > after).limit(BATCH)).scalars().all()
    _promise(closure_id, batch, now)
    return batch[-1] if len(batch) == BATCH else None


def _unwritten(closure_id: int) -> Select[int]:
    """Who has an address and no letter yet."""
    return (
        select(ClosureHit.booking_id)
        .join(Booking, Booking.id == ClosureHit.booking_id)
        .where(ClosureHit.closure_id == closure_id, ClosureHit.written_at.is_(None), Booking.email != "")
        .order_by(ClosureHit.booking_id)
    )


def _promise(closure_id: int, booking_ids: Sequence[int], now: datetime) -> None:
    for booking_id in booking_ids:
        about = {"booking_id": booking_id, "closure_id": closure_id}
        promise("mail.closure", f"closure:{closure_id}:{booking_id}", about)
    if booking_ids:
        run(
            update(ClosureHit)
            .where(ClosureHit.closure_id == closure_id, ClosureHit.booking_id.in_(booking_ids))
            .values(written_at=now)
        )


def let_baskets_go(closure_id: int, now: datetime) -> int:
    """Baskets that hold places in the closed slots are given up; those being paid are heard first. Returns how many."""
    held = list(run(bookings_in(closure_id, State.HELD)).scalars())
    if not held:
        return 0
    with unit_of_work():
        still = [booking for booking in lock(*held) if booking.state is State.HELD]
        release(still, State.CANCELLED, now)
    return len(still)


def catch_up(now: datetime) -> int:
    """Write to those who were hit after the list was made: a payment that was under way. Returns how many."""
    live = run(select(Closure.id).where(Closure.ends_at > now, Closure.reopened_at.is_(None))).scalars()
    late = [closure_id for closure_id in list(live) if run(missing_hits(closure_id).limit(1)).first() is not None]
    db.session.rollback()
    count = 0
    for closure_id in late:
        with unit_of_work():
            new = list_hits(closure_id)
            _promise(closure_id, run(_unwritten(closure_id).where(ClosureHit.booking_id.in_(new))).scalars().all(), now)
        count += len(new)
    return count


def _counted(closure_id: int) -> tuple[int, int, int]:
    written, total = run(
        select(func.count(ClosureHit.written_at), func.count()).where(ClosureHit.closure_id == closure_id)
    ).one()
    silent = run(
        select(func.count())
        .select_from(ClosureHit)
        .join(Booking, Booking.id == ClosureHit.booking_id)
        .where(ClosureHit.closure_id == closure_id, Booking.email == "")
    ).scalar_one()
    return written, silent, total
