"""The waiting list of a full session: the first in line gets its places kept for a day by mail; then the next."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from booking.bookings.basket import Basket, PricedLine
from booking.bookings.hold import new_booking
from booking.bookings.models import Booking, State
from booking.bookings.rules import NotOnSale, TooMany, Unknown
from booking.bookings.store import lock, write_lines
from booking.capacity.models import Channel, Slot, SlotStatus
from booking.capacity.places import Closed, Full, Want, swap
from booking.catalogue.models import Activity
from booking.centre.facts import CentreFacts
from booking.kernel.database import db, run, unit_of_work
from booking.outbox.promises import promise
from booking.schools.models import Programme, VisitWaiting
from booking.schools.releases import NotYetReleased, openings
from booking.schools.rules import load_rules

KEPT_FOR = timedelta(days=1)
MOST_LOOKED_AT = 50


def wait(slot_id: int, people: int, email: str, lang: str, now: datetime) -> None:
    """Put a teacher on the list of one session; call inside a unit of work. Twice is once, with the later number.

    Raises Unknown, NotOnSale for what is over, TooMany for more than the session ever takes, NotYetReleased.
    """
    slot = db.session.scalar(
        select(Slot).join(Programme, Programme.activity_id == Slot.activity_id).where(Slot.id == slot_id)
    )
    if slot is None:
        raise Unknown
    if slot.starts_at <= now:
        raise NotOnSale(slot_id, None)
    if people > slot.capacity:
        raise TooMany(slot.capacity)
    closed = openings(now, {slot.activity_id or 0}).closed(slot.activity_id, slot.starts_at, now)
    if closed is not None:
        raise NotYetReleased(closed)
    same = (VisitWaiting.slot_id == slot_id, VisitWaiting.email == email)
    db.session.execute(delete(VisitWaiting).where(*same))
    db.session.add(VisitWaiting(slot_id=slot_id, lang=lang, email=email, people=people, created_at=now))


def offer_next(centre: CentreFacts, now: datetime) -> int:
    """Keep places for those in line where a session has come free; returns how many got an offer.

    Not inside a unit of work: each offer is one of its own.
    """
    waiting = run(
        select(VisitWaiting.id, Slot.activity_id, Slot.starts_at)
        .join(Slot, Slot.id == VisitWaiting.slot_id)
        .join(Programme, Programme.activity_id == Slot.activity_id)
        .where(
            VisitWaiting.offered_at.is_(None),
            Slot.starts_at > now,
            Slot.status == SlotStatus.OPEN,
            Slot.taken + VisitWaiting.people <= Slot.capacity,
            Programme.shared | (Slot.taken == 0),
        )
        .order_by(VisitWaiting.created_at, VisitWaiting.id)
        .limit(MOST_LOOKED_AT)
    )
    rows = waiting.all()
    released = openings(now, {activity_id for _, activity_id, _ in rows})
    ids = [one for one, activity_id, starts_at in rows if not released.closed(activity_id, starts_at, now)]
    offered = 0
    for waiting_id in ids:
        try:
            with unit_of_work():
                offered += _offer(waiting_id, centre, now)
        except (Full, Closed):
            continue  # the house or the room is full then: the next may be fewer
    return offered


def kept_booking(secret: str) -> int | None:
    """The booking that keeps places for a teacher who waited; None when it no longer does."""
    found = select(Booking.id).where(
        Booking.secret == secret, Booking.state == State.HELD, Booking.channel == Channel.SCHOOL
    )
    booking_id: int | None = run(found).scalar()
    return booking_id


def _offer(waiting_id: int, centre: CentreFacts, now: datetime) -> bool:
    one = db.session.scalars(
        select(VisitWaiting).where(VisitWaiting.id == waiting_id).with_for_update(key_share=True)
    ).one()
    slot, title, shared = db.session.execute(
        select(Slot, Activity.title, Programme.shared)
        .join(Activity, Activity.id == Slot.activity_id)
        .join(Programme, Programme.activity_id == Slot.activity_id)
        .where(Slot.id == one.slot_id)
        .execution_options(populate_existing=True)
    ).one()
    if one.offered_at is not None or (slot.taken and not shared):
        return False  # somebody before them in the line has it now
    rules = load_rules(centre.currency)
    each = rules.price.pupil.minor
    kind = rules.pupil
    line = PricedLine(slot.id, kind.id, title, kind.title, 1, one.people, each * one.people, kind.vat_rate)
    basket = Basket((line,), one.people, each * one.people, slot.starts_at)
    until = min(now + KEPT_FOR, slot.starts_at)
    held = new_booking(basket, centre, now, until, one.lang, Channel.SCHOOL, holder="", email=one.email)
    write_lines(held.booking_id, basket, replacing=False)
    one.offered_at, one.booking_id = now, held.booking_id
    promise("mail.visit_offer", f"visit_offer:{held.booking_id}", {"booking_id": held.booking_id})
    lock(held.booking_id)
    swap(held.booking_id, [Want(slot.id, one.people)], Channel.SCHOOL, now, giving=())
    if not shared and run(select(Slot.taken).where(Slot.id == slot.id)).scalar_one() != one.people:
        raise Full(slot.id, 0)
    return True
