"""What pages, letters and lists read of outreach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select

from booking.agreements.models import School
from booking.agreements.municipalities import key_of
from booking.bookings.models import Booking, State
from booking.capacity.models import Slot
from booking.catalogue.models import Activity
from booking.kernel.database import Texts, as_values, run
from booking.outreach.models import Outreach, OutreachVisit, Travel
from booking.outreach.rules import OfferedOutreach
from booking.records.audited_rows import find
from booking.visits.models import Visit

AHEAD = timedelta(days=400)
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class TravelWay:
    """How far a municipality is: minutes one way, and what the way costs in minor units."""

    municipality: str
    minutes: int
    fee: int


@dataclass(frozen=True, slots=True)
class OutreachRow:
    """A programme held at schools, as staff see it in their list; `price` in minor units."""

    id: int
    title: Texts
    active: bool
    minutes: int
    grade_from: int
    grade_to: int
    most_a_day: int
    instant: bool
    price: int


@dataclass(frozen=True, slots=True)
class WayRow:
    """A municipality in the staff's list; see TravelWay."""

    id: int
    municipality: str
    minutes: int
    fee: int


@dataclass(frozen=True, slots=True)
class Away:
    """One visit to a school."""

    visit_id: int
    booking_id: int
    activity_id: int
    slot_id: int
    title: Texts
    address: str
    room: str
    municipality: str
    travel_minutes: int
    starts_at: datetime
    ends_at: datetime
    leaves_at: datetime
    back_at: datetime
    school: str
    name: str
    on_the_day: str
    mobile: str
    people: int
    state: State
    reference: str


_OFFERED = (
    select(
        Activity.id, Activity.slug, Activity.title, Activity.summary, Activity.minutes, Activity.capacity,
        Outreach.grade_from, Outreach.grade_to, Outreach.price, Outreach.vat_rate, Outreach.most_a_day,
        Outreach.weekdays, Outreach.from_time, Outreach.until_time, Outreach.setup_minutes, Outreach.notice_days,
        Outreach.instant, Outreach.needs, Outreach.before, Activity.picture,
    )
    .join(Outreach, Outreach.activity_id == Activity.id)
    .where(Activity.active)
    .order_by(Outreach.grade_from, Activity.sort, Activity.id)
)  # fmt: skip
_AWAY: Select[*tuple[object, ...]] = (
    select(
        OutreachVisit.visit_id, Visit.booking_id, OutreachVisit.activity_id, OutreachVisit.slot_id, Activity.title,
        OutreachVisit.address, OutreachVisit.room, OutreachVisit.municipality, OutreachVisit.travel_minutes,
        OutreachVisit.starts_at, OutreachVisit.ends_at, Slot.starts_at, Slot.ends_at, School.name, Booking.name,
        Visit.on_the_day, Visit.mobile, Booking.people, Booking.state, Booking.reference,
    )
    .join(Visit, Visit.id == OutreachVisit.visit_id)
    .join(Booking, Booking.id == Visit.booking_id)
    .join(School, School.id == Visit.school_id)
    .join(Slot, Slot.id == OutreachVisit.slot_id)
    .join(Activity, Activity.id == OutreachVisit.activity_id)
)  # fmt: skip


def offered() -> list[OfferedOutreach]:
    """Every programme that is held at schools, lowest grade first, in one statement."""
    return as_values(OfferedOutreach, run(_OFFERED))


def with_slug(slug: str) -> OfferedOutreach | None:
    """The programme with this address."""
    return next((outreach for outreach in offered() if outreach.slug == slug), None)


def with_id(activity_id: int) -> OfferedOutreach | None:
    """The programme with this id."""
    return next(iter(as_values(OfferedOutreach, run(_OFFERED.where(Activity.id == activity_id)))), None)


def ways() -> list[TravelWay]:
    """Where the centre goes, by name."""
    rows = run(select(Travel.municipality, Travel.minutes, Travel.fee).order_by(Travel.key))
    return as_values(TravelWay, rows)


def programme_rows() -> list[OutreachRow]:
    """Every programme that is held at schools, also those not offered; one statement."""
    rows = run(
        select(
            Activity.id, Activity.title, Activity.active, Activity.minutes, Outreach.grade_from, Outreach.grade_to,
            Outreach.most_a_day, Outreach.instant, Outreach.price,
        )
        .join(Outreach, Outreach.activity_id == Activity.id)
        .order_by(Activity.active.desc(), Outreach.grade_from, Activity.sort, Activity.id)
    )  # fmt: skip
    return as_values(OutreachRow, rows)


def way_rows() -> list[WayRow]:
    """Where the centre goes, by name, for those who change it; one statement."""
    return as_values(
        WayRow, run(select(Travel.id, Travel.municipality, Travel.minutes, Travel.fee).order_by(Travel.key))
    )


def is_held_at_schools(activity_id: int) -> bool:
    """Whether a programme is held at schools; at most one statement, none when its row has been read already."""
    return find(Outreach, activity_id) is not None


def is_another_way_to(municipality: str, than: int) -> bool:
    """Whether a row other than this one says how far that municipality is; one statement."""
    same = select(func.count()).where(Travel.key == key_of(municipality), Travel.id != than)
    return bool(run(same).scalar())


def way_to(municipality: str) -> TravelWay | None:
    """How far a municipality is; None where nobody goes."""
    key = key_of(municipality)
    rows = run(select(Travel.municipality, Travel.minutes, Travel.fee).where(Travel.key == key))
    return next(iter(as_values(TravelWay, rows)), None)


def of_booking(booking_id: int) -> Away | None:
    """The visit to a school that a booking is; None for every other."""
    return next(iter(as_values(Away, run(_AWAY.where(Visit.booking_id == booking_id)))), None)


def coming(now: datetime) -> list[Away]:
    """Who is going where, soonest first."""
    rows = run(
        _AWAY.where(
            OutreachVisit.starts_at > now - timedelta(hours=12),
            OutreachVisit.starts_at < now + AHEAD,
            Booking.state.in_((State.PENDING, State.CONFIRMED)),
        )
        .order_by(OutreachVisit.starts_at)
        .limit(MOST_SHOWN)
    )
    return as_values(Away, rows)
