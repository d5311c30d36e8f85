"""What booking and changing share: whether we can go there then, and the slot and the educator that it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func, insert, select, update

from booking.agreements.municipalities import key_of
from booking.agreements.rules import RulesForSchools
from booking.bookings.basket import Basket, PricedLine
from booking.bookings.models import LIVING, Booking
from booking.bookings.refusals import TooMany, Unknown
from booking.capacity.educators import NoEducator
from booking.capacity.models import Channel, Slot, SlotStatus
from booking.capacity.places import Full, Held, Want, swap
from booking.capacity.timetable import at
from booking.catalogue.models import Activity
from booking.centre.facts import CentreFacts
from booking.centre.models import DayException
from booking.kernel.database import run
from booking.outreach import read
from booking.outreach.models import Outreach, OutreachVisit, Travel
from booking.outreach.rules import DayIsFull, NotThen, OfferedOutreach, Trip, trip
from booking.planner.wish import Group
from booking.visits.models import Visit


def offered_one(activity_id: int) -> OfferedOutreach:
    """The programme. Raises Unknown."""
    outreach = read.with_id(activity_id)
    if outreach is None:
        raise Unknown
    return outreach


def trip_to(
    offered: OfferedOutreach, starts_at: datetime, group: Group, minutes: int, centre: CentreFacts, now: datetime
) -> Trip:
    """The trip to this group at that time, as the programme has it. Raises TooMany, NotThen."""
    check_size(offered, group)
    offered.check_begins(starts_at, centre, now)
    return trip(offered, starts_at, minutes)


def check_size(offered: OfferedOutreach, group: Group) -> None:
    """Raises TooMany for a group that is too large, or has nobody in it."""
    if not group.pupils >= 1 or group.people > offered.capacity:
        raise TooMany(offered.capacity)


@dataclass(frozen=True, slots=True)
class DayThere:
    """What there is already on the day of a trip: how many are seen, whether we are closed, the slot at its departure.

    `price` is what it costs now, the way included, in minor units; None where it is held no more, or nobody goes.
    `taken` is read without a lock, which somebody who gives the slot up may hold while waiting for ours.
    """

    visits: int
    is_closed: bool
    price: int | None
    slot_id: int | None
    taken: int | None

    @property
    def empty(self) -> tuple[int, ...]:
        """The slot at its departure if nobody goes then: it is taken up again."""
        return () if self.slot_id is None or self.taken else (self.slot_id,)

    def check_open(self) -> None:
        """Raises NotThen when we are closed."""
        if self.is_closed:
            raise NotThen

    def check_free(self, offered: OfferedOutreach) -> None:
        """Raises DayIsFull when as many are seen as can be."""
        if self.visits >= offered.most_a_day:
            raise DayIsFull


def day_there(offered: OfferedOutreach, municipality: str, going: Trip, centre: CentreFacts) -> DayThere:
    """The day of a trip, in one statement; after one's turn at `AWAY`, where all who go wait for each other."""
    on = centre.local(going.starts_at).date()
    start, end = at(on, time(0), centre.zone), at(on + timedelta(days=1), time(0), centre.zone)
    visits = (
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
    )
    closed = select(DayException.id).where(DayException.on_date == on, DayException.opens.is_(None)).exists()
    price = (
        select(Outreach.price + Travel.fee)
        .join(Activity, Activity.id == Outreach.activity_id)
        .join(Travel, Travel.key == key_of(municipality))
        .where(Outreach.activity_id == offered.activity_id, Activity.active)
    )
    columns = (visits.scalar_subquery().label("visits"), closed.label("closed"), price.scalar_subquery().label("price"))
    day = select(*columns).subquery()
    same = (Slot.activity_id == offered.activity_id) & (Slot.starts_at == going.leaves_at)
    return DayThere(*run(select(day, Slot.id, Slot.taken).outerjoin(Slot, same)).one())


def slot_for(offered: OfferedOutreach, going: Trip, day: DayThere) -> int:
    """The slot from departure to return, made or taken up again. Raises Full when somebody goes then already."""
    values = {"ends_at": going.back_at, "capacity": offered.capacity, "status": SlotStatus.OPEN, "by_hand": True}
    if day.slot_id is None:
        more = {"activity_id": offered.activity_id, "starts_at": going.leaves_at}
        slot_id: int = run(insert(Slot).returning(Slot.id), values | more).scalar_one()
        return slot_id
    if day.taken:
        raise Full(day.slot_id, 0)
    run(update(Slot).where(Slot.id == day.slot_id).values(**values, version=Slot.version + 1))
    return day.slot_id


def basket_of(
    offered: OfferedOutreach, slot_id: int, group: Group, price: int, going: Trip, rules: RulesForSchools
) -> Basket:
    """One line: the whole group at one price, in minor units."""
    kind = rules.pupil
    line = PricedLine(slot_id, kind.id, offered.title, kind.title, 1, group.people, price, offered.vat_rate)
    return Basket((line,), group.people, price, going.starts_at)


def claim(
    booking_id: int,
    slot_id: int,
    basket: Basket,
    wants: Sequence[Want],
    now: datetime,
    giving: Sequence[Held] = (),
    *,
    is_new: bool = False,
) -> None:
    """Take the slot and the educator; the last thing in a unit of work. Raises NoEducator when none is left.

    `is_new`: the unit of work has made the slot.
    """
    mine = [want.slot_id for want in wants] + [slot_id] * is_new
    try:
        swap(booking_id, [Want(slot_id, basket.people), *wants], Channel.SCHOOL, now, giving, mine=mine)
    except Full as full:
        if full.slot_id == slot_id:
            raise
        raise NoEducator(basket.starts_at) from full
