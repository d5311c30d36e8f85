"""Open again what a closure cancelled, as far as no other closure is left on it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import and_, delete, exists, insert, or_, select, true, update
from sqlalchemy.orm import aliased

from booking.capacity.closed_hours import is_under_closure
from booking.capacity.educators import check_made
from booking.capacity.models import Claim, Slot, SlotStatus
from booking.capacity.planning import at
from booking.centre.facts import the_centre
from booking.centre.models import DayException
from booking.closures.close import NotClosed
from booking.closures.letters import write_batch
from booking.closures.models import Closure, ClosureHit, ClosureSlot
from booking.kernel.database import db, run
from booking.outbox.promises import promise
from booking.records.audit import note


def reopen(closure_id: int, *, now: datetime, actor: str) -> int:
    """Let what a closure cancelled be as it was; call inside a unit of work. Returns how many slots opened.

    A slot on which another closure is left stays cancelled, and whoever has places in it goes over to that one. All who
    were written to, have not chosen and have something that is open now are told so. Raises NotClosed, and
    NoEducator when one who would lead a session has been sent to a school meanwhile: then nothing is opened.
    """
    closure = _lock_with_those_beside(closure_id).get(closure_id)
    if closure is None or closure.reopened_at is not None:
        raise NotClosed
    closure.reopened_at = now
    db.session.flush()
    _lock_slots(closure_id)
    opened = _open(closure_id)
    told = _still_to_choose(closure_id)
    handed = _hand_over(closure_id, now)
    told -= handed - _with_something_open(closure_id, handed)
    _open_days(closure)
    for booking_id in sorted(told):
        about = {"booking_id": booking_id, "closure_id": closure_id}
        promise("mail.closure_over", f"closure_over:{closure_id}:{booking_id}", about)
    note(actor, "closure.reopen", f"closure:{closure_id}", None, {"slots": opened, "letters": len(told)})
    return opened


def _lock_with_those_beside(closure_id: int) -> dict[int, Closure]:
    """The closure and those that may be left on what it closed, in order: two that reopen wait for one another."""
    reopening = aliased(Closure)
    beside = and_(
        Closure.reopened_at.is_(None), Closure.starts_at < reopening.ends_at, Closure.ends_at > reopening.starts_at
    )
    query = (
        select(Closure)
        .join(reopening, reopening.id == closure_id)
        .where(or_(Closure.id == closure_id, beside))
        .order_by(Closure.id)
        .with_for_update(of=Closure, key_share=True)
        .execution_options(populate_existing=True)
    )
    return {closure.id: closure for closure in db.session.scalars(query)}


def _lock_slots(closure_id: int) -> None:
    """In the order in which buyers and closings take them, and in a statement of its own: what follows reads anew."""
    slot_ids = select(ClosureSlot.slot_id).where(ClosureSlot.closure_id == closure_id)
    run(select(Slot.id).where(Slot.id.in_(slot_ids)).order_by(Slot.id).with_for_update(key_share=True)).all()


def _open(closure_id: int) -> int:
    """Give its slots back the state they had before, those excepted on which another closure is left."""
    before = (
        select(ClosureSlot.was)
        .where(ClosureSlot.closure_id == closure_id, ClosureSlot.slot_id == Slot.id)
        .correlate(Slot)
        .scalar_subquery()
    )
    closed_slots = select(ClosureSlot.slot_id).where(
        ClosureSlot.closure_id == closure_id, ClosureSlot.was != SlotStatus.CANCELLED
    )
    opened = run(
        update(Slot)
        .where(Slot.id.in_(closed_slots), Slot.status == SlotStatus.CANCELLED, ~is_under_closure())
        .values(status=before, version=Slot.version + 1)
        .returning(Slot.activity_id, Slot.starts_at, Slot.ends_at)
    ).all()
    check_made([(slot.activity_id, slot.starts_at, slot.ends_at) for slot in opened if slot.activity_id is not None])
    return len(opened)


def _still_to_choose(closure_id: int) -> set[int]:
    """Who was written to and has not chosen."""
    query = select(ClosureHit.booking_id).where(
        ClosureHit.closure_id == closure_id, ClosureHit.choice.is_(None), ClosureHit.written_at.is_not(None)
    )
    return set(run(query).scalars())


def _hand_over(closure_id: int, now: datetime) -> set[int]:
    """Whoever has not chosen and is still hit by another closure goes on its list; returns them all."""
    reopened, other, listed = aliased(ClosureSlot), aliased(ClosureSlot), aliased(ClosureHit)
    still = (
        select(other.closure_id, ClosureHit.booking_id, ClosureHit.written_at, ClosureHit.called_at)
        .select_from(ClosureHit)
        .join(Claim, Claim.booking_id == ClosureHit.booking_id)
        .join(reopened, (reopened.slot_id == Claim.slot_id) & (reopened.closure_id == closure_id))
        .join(other, (other.slot_id == Claim.slot_id) & (other.closure_id != closure_id))
        .join(Closure, (Closure.id == other.closure_id) & Closure.reopened_at.is_(None))
        .where(ClosureHit.closure_id == closure_id, ClosureHit.choice.is_(None))
        .distinct()
    )
    rows = run(still).all()
    there = exists().where(listed.closure_id == other.closure_id, listed.booking_id == ClosureHit.booking_id)
    columns = ["closure_id", "booking_id", "written_at", "called_at"]
    run(insert(ClosureHit).from_select(columns, still.where(~there)))
    for other_id in sorted({row.closure_id for row in rows if row.written_at is None}):
        after: int | None = 0
        while after is not None:
            after = write_batch(other_id, after, now)
    return {row.booking_id for row in rows}


def _with_something_open(closure_id: int, booking_ids: set[int]) -> set[int]:
    """Those of them who have places in something that this closure had cancelled and that is open now."""
    open_now = (
        select(Claim.booking_id)
        .join(Slot, Slot.id == Claim.slot_id)
        .join(ClosureSlot, ClosureSlot.slot_id == Slot.id)
        .where(
            ClosureSlot.closure_id == closure_id,
            Claim.booking_id.in_(booking_ids),
            Slot.status != SlotStatus.CANCELLED,
        )
    )
    return set(run(open_now).scalars()) if booking_ids else set()


def _open_days(closure: Closure) -> None:
    """Days closed by it open, those excepted that another closure closes whole: they open with that one."""
    days = [date.fromisoformat(day) for day in closure.closed_days]
    opening = []
    for day in days:
        heir = _closing_all_of(day)
        if heir is None:
            opening.append(day)
        elif day.isoformat() not in heir.closed_days:
            heir.closed_days = sorted([*heir.closed_days, day.isoformat()])
    still_so = true() if closure.listed else DayException.opens.is_(None)  # else somebody has given it hours since
    db.session.execute(delete(DayException).where(DayException.on_date.in_(opening), still_so))
    db.session.flush()


def _closing_all_of(day: date) -> Closure | None:
    zone = the_centre().zone
    start, end = at(day, time(0), zone), at(day + timedelta(days=1), time(0), zone)
    query = select(Closure).where(
        Closure.reopened_at.is_(None),
        Closure.starts_at <= start,
        Closure.until >= end,
        Closure.space_id.is_(None),
        Closure.activity_id.is_(None),
        Closure.slot_id.is_(None),
        Closure.listed.is_(False),
    )
    return db.session.scalars(query.order_by(Closure.id).limit(1)).first()
