"""More of a group come than are booked: asked about, never refused unless the house is full, and remembered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func, select

from booking.capacity.models import Slot
from booking.capacity.timetable import at as moment_at
from booking.centre.facts import CentreFacts, the_centre
from booking.centre.models import Space
from booking.door.inside import USUAL_STAY, now_inside, parties_since
from booking.door.models import CheckIn, Trouble
from booking.door.refusals import MoreThanBooked, NoRoomInHouse
from booking.door.rules import PartyAtDoor
from booking.kernel.database import db


@dataclass(frozen=True, slots=True)
class Room:
    """How many more the house holds: `now`, by who is in it; `booked`, when all have come who are booked."""

    now: int
    booked: int


UNLIMITED = Room(10**6, 10**6)


def room_in_house(party: PartyAtDoor, now: datetime, centre: CentreFacts | None = None) -> Room:
    """Room in the house now, and in its half hours while the party is here; those beyond are in no half hour."""
    house = db.session.execute(select(Space.id, Space.capacity).where(Space.is_house).limit(1)).first()
    if house is None:
        return UNLIMITED
    facts = centre or the_centre()
    midnight = moment_at(facts.local(now).date(), time(0), facts.zone)
    until = max((ticket.ends_at for ticket in party.tickets), default=now)
    free = db.session.scalar(
        select(func.min(Slot.capacity - Slot.taken)).where(
            Slot.activity_id.is_(None),
            Slot.space_id == house.id,
            Slot.ends_at > now,
            Slot.starts_at < max(until, now + timedelta(minutes=USUAL_STAY)),
        )
    )
    beyond = sum(inside.more for inside in parties_since(midnight) if inside.leaves_at > now)
    by_people = house.capacity - now_inside(midnight, now)
    return Room(by_people, UNLIMITED.booked if free is None else free - beyond)


@dataclass(frozen=True, slots=True)
class Beyond:
    """A count that goes beyond the booking: `more` of all who `came`, where before it were `had` already.

    `entering` is by how many more people the house has with it.
    """

    came: int
    booked: int
    more: int
    entering: int
    had: int = 0


def agree(count: Beyond, agreed: int, room: Room) -> None:
    """Raises MoreThanBooked unless somebody has `agreed` on so many, and NoRoomInHouse whatever was agreed on."""
    new = count.more - count.had
    if new <= 0:
        return
    if count.entering > room.now:
        raise NoRoomInHouse(new, max(0, room.now - (count.entering - new)))
    if count.more > agreed:
        raise MoreThanBooked(count.came, count.booked, count.more, sold_out=new > room.booked)


def more_by(booking_ids: Collection[int]) -> dict[int, int]:
    """By booking, how many more than booked have come in; only bookings that have some."""
    if not booking_ids:
        return {}
    rows = db.session.execute(
        select(CheckIn.booking_id, func.sum(CheckIn.uncounted))
        .where(CheckIn.booking_id.in_(booking_ids), CheckIn.trouble == Trouble.MORE, CheckIn.undone_at.is_(None))
        .group_by(CheckIn.booking_id)
    )
    return {booking_id: int(people) for booking_id, people in rows}
