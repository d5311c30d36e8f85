"""Who is in the building: how many now, how many are expected, each against its limit, and a list for evacuation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import case, func, insert, select

from booking.bookings.models import Booking, Ticket
from booking.capacity.models import Slot
from booking.catalogue.models import Activity
from booking.centre.models import Space
from booking.door.board import SlotToday
from booking.door.models import CheckIn, CheckInLine, Departure, HeadCount, Trouble
from booking.door.rules import HouseCount, Stay, people_inside
from booking.kernel.database import Texts, as_values, db

AHEAD = timedelta(hours=3)
USUAL_STAY = 120  # minutes, where nothing says how long
HALF_HOUR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class SpaceNow:
    """People in one space, counted in at what goes on there, and its limit."""

    space_id: int
    name: Texts
    is_house: bool
    people: int
    limit: int


@dataclass(frozen=True, slots=True)
class Expected:
    """People expected in one space in one half hour, and its limit that day."""

    space_id: int
    name: Texts
    is_house: bool
    starts_at: datetime
    people: int
    limit: int


@dataclass(frozen=True, slots=True)
class Inside:
    """One party that is in the house as far as anybody knows. `more` of its people are more than it booked."""

    booking_id: int
    reference: str
    name: str
    group_name: str
    phone: str
    needs: str
    came_at: datetime
    leaves_at: datetime
    people: int
    more: int


def now_inside(start: datetime, now: datetime) -> int:
    """How many are in the house now; `start` is the day's midnight."""
    stays = [Stay(inside.came_at, inside.leaves_at, inside.people) for inside in parties_since(start)]
    left = as_values(
        HouseCount, db.session.execute(select(Departure.at, Departure.people).where(Departure.at >= start))
    )
    return people_inside(stays, left, last_count(start), now)


def last_count(start: datetime) -> HouseCount | None:
    """What staff last counted since `start`."""
    latest = select(HeadCount.at, HeadCount.people).where(HeadCount.at >= start).order_by(HeadCount.at.desc()).limit(1)
    row = db.session.execute(latest).first()
    return HouseCount(*row) if row else None


def parties_since(start: datetime) -> list[Inside]:
    """Every party let into the house since `start`, the latest first; shows inside the house bring nobody new in."""
    stay = func.max(case((Activity.stay_minutes > 0, Activity.stay_minutes), else_=Activity.minutes))
    brings = func.coalesce(func.sum(case((Activity.needs_admission.is_(False), CheckInLine.heads), else_=0)), 0)
    rows = db.session.execute(
        select(
            Booking.id, Booking.reference, Booking.name, Booking.group_name, Booking.phone, Booking.needs, CheckIn.at,
            func.coalesce(stay, USUAL_STAY), brings + CheckIn.uncounted,
            case((CheckIn.trouble == Trouble.MORE, CheckIn.uncounted), else_=0),
        )
        .join(Booking, Booking.id == CheckIn.booking_id)
        .outerjoin(CheckInLine, CheckInLine.check_in_id == CheckIn.id)
        .outerjoin(Ticket, Ticket.id == CheckInLine.ticket_id)
        .outerjoin(Slot, Slot.id == Ticket.slot_id)
        .outerjoin(Activity, Activity.id == Slot.activity_id)
        .where(CheckIn.at >= start, CheckIn.undone_at.is_(None))
        .group_by(CheckIn.at, CheckIn.id, Booking.id)  # in the order of the index on `at`, so that it is used
        .order_by(CheckIn.at.desc())
    )  # fmt: skip
    return as_values(
        Inside,
        [
            (*about, came_at, came_at + timedelta(minutes=minutes), people, more)
            for *about, came_at, minutes, people, more in rows
            if people
        ],
    )


def parties_now(start: datetime, now: datetime) -> list[Inside]:
    """Each party that is in now once, with all who came in on its booking: those who came first and the latecomers."""
    by_booking: dict[int, Inside] = {}
    for inside in parties_since(start):
        if inside.leaves_at <= now:
            continue
        later = by_booking.get(inside.booking_id)  # the list begins with the latest
        by_booking[inside.booking_id] = (
            inside
            if later is None
            else replace(
                later, came_at=inside.came_at, people=later.people + inside.people, more=later.more + inside.more
            )
        )
    return list(by_booking.values())


def spaces_now(slots: Sequence[SlotToday], house: int, now: datetime) -> list[SpaceNow]:
    """Each space with the people who were counted in at what goes on there now; the house has them all."""
    arrived: dict[int, int] = defaultdict(int)
    for slot in slots:
        if slot.space_id is not None and slot.starts_at <= now + HALF_HOUR / 3 and now < slot.ends_at:
            arrived[slot.space_id] += slot.arrived
    spaces = db.session.execute(select(Space.id, Space.name, Space.is_house, Space.capacity).order_by(Space.sort))
    return [
        SpaceNow(space_id, name, is_house, house if is_house else arrived[space_id], limit)
        for space_id, name, is_house, limit in spaces
    ]


def expected(now: datetime) -> list[Expected]:
    """The half hours of every space from now on for three hours, from the counters that sales go by."""
    rows = db.session.execute(
        select(Space.id, Space.name, Space.is_house, Slot.starts_at, Slot.taken, Slot.capacity)
        .join(Space, Space.id == Slot.space_id)
        .where(Slot.activity_id.is_(None), Slot.ends_at > now, Slot.starts_at < now + AHEAD)
        .order_by(Space.sort, Slot.starts_at)
    )
    return as_values(Expected, rows)


def count(people: int, account_id: int | None, now: datetime) -> None:
    """Staff counted everybody in the house; call inside a unit of work."""
    db.session.execute(insert(HeadCount).values(at=now, people=people, account_id=account_id))


def leave(people: int, account_id: int | None, now: datetime) -> None:
    """Staff saw so many leave; call inside a unit of work."""
    db.session.execute(insert(Departure).values(at=now, people=people, account_id=account_id))
