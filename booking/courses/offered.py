"""The courses on offer and their sessions, with the places that are free at the last commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from booking.capacity.availability import Availability, Free, slots_between, slots_of
from booking.capacity.models import Channel
from booking.catalogue.models import Activity, Kind
from booking.catalogue.queries import TicketOffer, offers_of
from booking.centre.facts import CentreFacts, is_public_holiday
from booking.kernel.database import Texts, as_values, run
from booking.pictures.facts import PictureFacts

AHEAD = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class OfferedCourse:
    """A course as teachers see it."""

    activity_id: int
    slug: str
    title: Texts
    summary: Texts
    minutes: int
    capacity: int
    picture: PictureFacts | None


@dataclass(frozen=True, slots=True)
class CourseDate:
    """One time that a course is held, and its price a participant in minor units (None: not sold)."""

    slot: Free
    ticket_type_id: int
    price: int | None
    vat_rate: int

    @property
    def can_be_booked(self) -> bool:
        """Whether somebody gets in now."""
        return bool(self.slot.open) and self.slot.free > 0


_COLUMNS = (
    Activity.id, Activity.slug, Activity.title, Activity.summary, Activity.minutes, Activity.capacity,
    Activity.picture,
)  # fmt: skip
_COURSES = select(*_COLUMNS).where(Activity.kind == Kind.COURSE, Activity.active).order_by(Activity.sort, Activity.id)


def courses() -> list[OfferedCourse]:
    """Every course on offer, in one statement."""
    return as_values(OfferedCourse, run(_COURSES))


def course_with_slug(slug: str) -> OfferedCourse | None:
    """The course with this address."""
    return next((course for course in courses() if course.slug == slug), None)


def sessions(activity_id: int, centre: CentreFacts, now: datetime) -> list[CourseDate]:
    """The sessions of a course to come, in two statements; full and closed ones are among them."""
    offer = next(iter(offers_of([activity_id])[activity_id]), None)
    slots = slots_between(activity_id, now, now + AHEAD, Channel.SCHOOL, now)
    return [_session(slot, offer, centre) for slot in slots] if offer is not None else []


def next_sessions(of: Sequence[OfferedCourse], centre: CentreFacts, now: datetime) -> dict[int, CourseDate]:
    """For each course the first session that somebody gets into."""
    first_sessions = {}
    for course in of:
        first = next((session for session in sessions(course.activity_id, centre, now) if session.can_be_booked), None)
        if first is not None:
            first_sessions[course.activity_id] = first
    return first_sessions


def first_free(of: Sequence[OfferedCourse], begin: datetime, end: datetime, now: datetime) -> dict[int, datetime]:
    """When each of these courses has a place next in [begin, end), in one statement."""
    starts: dict[int, datetime] = {}
    for slot in slots_of([course.activity_id for course in of], begin, end, Channel.SCHOOL, now) if of else []:
        if slot.standing(1, 0, now) is Availability.FREE:
            starts.setdefault(slot.activity_id, slot.starts_at)
    return starts


def _session(slot: Free, offer: TicketOffer, centre: CentreFacts) -> CourseDate:
    start = centre.local(slot.starts_at)
    price = offer.price_at(start, is_public_holiday(centre.country, start.date()))
    return CourseDate(slot, offer.ticket_type_id, price, offer.vat_rate)
