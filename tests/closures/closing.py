"""What tests of closures do again and again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from booking.bookings import queries
from booking.bookings.queries import BookingFacts
from booking.capacity.models import Slot, SlotStatus
from booking.centre.facts import the_centre
from booking.closures import answer, close
from booking.closures import queries as closures
from booking.closures.close import ClosureRequest
from booking.closures.models import ClosedReason, ClosureChoice, ClosureHit
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox import long_work
from booking.outbox.long_work import Work
from booking.outbox.models import Promise
from booking.running.steps import STEPS
from tests.builders import (
    a_slot,
    tomorrow,
)


def closed(slot: int | None = None, **more: object) -> int:
    """Close a slot, or what the keywords say of the third day from now."""
    values: dict[str, object] = {"starts_at": tomorrow(0), "ends_at": tomorrow(0) + timedelta(days=1)}
    wish = ClosureRequest(**(values | {"why": ClosedReason.WEATHER, "slot_id": slot} | more))  # type: ignore[arg-type]
    with unit_of_work():
        return close.close_down(wish, now=clock.now(), account_id=None, actor="account:1")


def work_of(closure_id: int) -> Work:
    db.session.rollback()
    facts = closures.closure_with_id(closure_id)
    work = long_work.read(facts.work_id) if facts and facts.work_id else None
    assert work is not None
    return work


def write(closure_id: int) -> None:
    """Let the worker's steps be done."""
    work_id = work_of(closure_id).id
    db.session.rollback()
    long_work.go_on(work_id, STEPS)


def facts_of(booking_id: int) -> BookingFacts:
    db.session.rollback()
    facts = queries.by_id(booking_id)
    assert facts is not None
    return facts


def offers(booking_id: int) -> list[answer.NewTimes]:
    facts = facts_of(booking_id)
    shut = answer.closed_for(booking_id)
    assert shut is not None
    return answer.choices(facts, shut.slot_ids, the_centre(), clock.now())


def promised(kind: str) -> list[dict[str, object]]:
    db.session.rollback()
    return list(db.session.scalars(select(Promise.about).where(Promise.kind == kind).order_by(Promise.id)))


def status(slot: int) -> SlotStatus:
    db.session.rollback()
    return db.session.scalars(select(Slot.status).where(Slot.id == slot)).one()


def choice_of(booking_id: int) -> ClosureChoice | None:
    db.session.rollback()
    return db.session.scalars(select(ClosureHit.choice).where(ClosureHit.booking_id == booking_id)).one()


def another_day(slot: int, capacity: int = 10, days: int = 4) -> int:
    activity = db.session.scalars(select(Slot.activity_id).where(Slot.id == slot)).one()
    return a_slot(activity or 0, capacity, tomorrow(days=days))
