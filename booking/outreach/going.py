"""What booking and changing share: whether we can go there then, and the slot and the educator that it takes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, insert, select, update

from booking.agreements.rules import RulesForSchools
from booking.bookings.basket import Basket, PricedLine
from booking.bookings.models import LIVING, Booking
from booking.bookings.refusals import TooMany, Unknown
from booking.capacity.educators import NoEducator
from booking.capacity.models import Channel, Slot, SlotStatus
from booking.capacity.places import Full, Held, Want, swap
from booking.capacity.timetable import at
from booking.centre.facts import CentreFacts, closing_days
from booking.kernel.database import run
from booking.outreach import read
from booking.outreach.models import OutreachVisit
from booking.outreach.rules import DayIsFull, NotThen, OfferedOutreach, Trip, trip
from booking.planner.wish import Group
from booking.visits.models import Visit


def offered_one(activity_id: int) -> OfferedOutreach:
    """The programme. Raises Unknown."""
    outreach = read.with_id(activity_id)
    if outreach is None:
        raise Unknown
    return outreach


def check_trip(
    offered: OfferedOutreach, starts_at: datetime, group: Group, minutes: int, centre: CentreFacts, now: datetime
) -> Trip:
    """The trip to this group at that time. Raises TooMany, NotThen."""
    check_size(offered, group)
    offered.check_begins(starts_at, centre, now)
    on = centre.local(starts_at).date()
    if on in closing_days(on, on + timedelta(days=1)):
        raise NotThen
    return trip(offered, starts_at, minutes)


def check_size(offered: OfferedOutreach, group: Group) -> None:
    """Raises TooMany for a group that is too large, or has nobody in it."""
    if not group.pupils >= 1 or group.people > offered.capacity:
        raise TooMany(offered.capacity)


def check_day(offered: OfferedOutreach, going: Trip, centre: CentreFacts) -> None:
    """Raises DayIsFull. Under the lock of send_away: two who book at once are counted one after the other."""
    on = centre.local(going.starts_at).date()
    start, end = _day(on, centre)
    there = run(
        select(func.count())
        .select_from(OutreachVisit)
        .join(Visit, Visit.id == OutreachVisit.visit_id)
        .join(Booking, Booking.id == Visit.booking_id)
        .where(
            OutreachVisit.activity_id == offered.activity_id,
            OutreachVisit.starts_at >= start,
            OutreachVisit.starts_at < end,
            Booking.state.in_(LIVING),
        )
    ).scalar_one()
    if there >= offered.most_a_day:
        raise DayIsFull


def _day(on: date, centre: CentreFacts) -> tuple[datetime, datetime]:
    return at(on, time(0), centre.zone), at(on + timedelta(days=1), time(0), centre.zone)


def slot_for(offered: OfferedOutreach, going: Trip) -> int:
    """The slot from departure to return, made or taken up again. Raises Full when somebody goes then already."""
    same = (Slot.activity_id == offered.activity_id, Slot.starts_at == going.leaves_at)
    slot = run(select(Slot.id, Slot.taken).where(*same)).first()
    values = {"ends_at": going.back_at, "capacity": offered.capacity, "status": SlotStatus.OPEN, "by_hand": True}
    if slot is None:
        more = {"activity_id": offered.activity_id, "starts_at": going.leaves_at}
        slot_id: int = run(insert(Slot).returning(Slot.id), values | more).scalar_one()
        return slot_id
    if slot.taken:  # without a lock, which somebody who gives it up may hold while waiting for ours
        raise Full(slot.id, 0)
    run(update(Slot).where(Slot.id == slot.id).values(**values, version=Slot.version + 1))
    return int(slot.id)


def basket_of(
    offered: OfferedOutreach, slot_id: int, group: Group, price: int, going: Trip, rules: RulesForSchools
) -> Basket:
    """One line: the whole group at one price, in minor units."""
    kind = rules.pupil
    line = PricedLine(slot_id, kind.id, offered.title, kind.title, 1, group.people, price, offered.vat_rate)
    return Basket((line,), group.people, price, going.starts_at)


def claim(
    booking_id: int, slot_id: int, basket: Basket, wants: Sequence[Want], now: datetime, giving: Sequence[Held] = ()
) -> None:
    """Take the slot and the educator; the last thing in a unit of work. Raises NoEducator when none is left."""
    try:
        swap(booking_id, [Want(slot_id, basket.people), *wants], Channel.SCHOOL, now, giving)
    except Full as full:
        if full.slot_id == slot_id:
            raise
        raise NoEducator(basket.starts_at) from full
