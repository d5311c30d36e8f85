"""What pages, letters and lists read of courses, in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import false, func, or_, select

from booking.agreements.terms import USUAL, Terms
from booking.bookings.models import Booking, State, Ticket, Waiting, WaitingSlot, WaitingState
from booking.capacity.models import Slot, SlotStatus
from booking.catalogue.models import Activity, Kind
from booking.courses.models import Enrolment, Participant, ParticipantTold, Paying
from booking.courses.rules import terms_of
from booking.kernel.collation import in_order
from booking.kernel.database import Texts, as_values, run
from booking.pictures.facts import PictureFacts

BACK, AHEAD = timedelta(days=60), timedelta(days=400)
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A participant as whoever booked sees them; `code` is that of their certificate, "" while there is none."""

    id: int
    name: str
    email: str
    code: str
    admitted: int | None
    ticket_code: str | None


@dataclass(frozen=True, slots=True)
class EnrolmentFacts:
    """What an enrolment has beyond its booking; `fee` in minor units."""

    pays: Paying
    employer: str
    org_number: str
    invoice_reference: str
    order_number: str
    fee: int
    people: tuple[PersonFacts, ...]
    terms: Terms = USUAL  # as they were agreed on when it was booked


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """One participant's place, for a letter to them."""

    id: int
    booking_id: int
    name: str
    email: str
    code: str
    told: ParticipantTold
    lang: str
    reference: str
    version: int
    ticket_code: str | None
    activity_id: int
    title: Texts
    minutes: int
    starts_at: datetime
    ends_at: datetime
    activity_slug: str = ""
    picture: PictureFacts | None = None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session of a course in the staff's list."""

    slot_id: int
    activity_id: int
    title: Texts
    starts_at: datetime
    ends_at: datetime
    status: SlotStatus
    capacity: int
    taken: int
    version: int
    participants: int
    came: int
    certificates: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Attendance:
    """One line of the attendance list."""

    id: int
    name: str
    email: str
    employer: str
    pays: Paying
    booking_id: int
    reference: str
    booked_by: str
    ticket_id: int | None
    admitted: int | None
    code: str


_ENROLMENT = (
    Enrolment.pays, Enrolment.employer, Enrolment.org_number, Enrolment.invoice_reference, Enrolment.order_number,
    Enrolment.fee, Enrolment.terms,
)  # fmt: skip
_PERSON = (Participant.id, Participant.name, Participant.email, Participant.code, Ticket.admitted, Ticket.code)
_PLACE = (
    Participant.id, Participant.booking_id, Participant.name, Participant.email, Participant.code, Participant.told,
    Booking.lang, Booking.reference, Participant.version, Ticket.code, Activity.id, Activity.title, Activity.minutes,
    Slot.starts_at, Slot.ends_at, Activity.slug, Activity.picture,
)  # fmt: skip

# Of a booking that stands a void ticket is a place that was given up.
_COMES = func.coalesce(Ticket.void, false()).is_(False)


def of_booking(booking_id: int) -> EnrolmentFacts | None:
    """The enrolment of a booking, in two statements; None when it is not one."""
    row = run(select(*_ENROLMENT).where(Enrolment.booking_id == booking_id)).first()
    if row is None:
        return None
    people = run(
        select(*_PERSON)
        .outerjoin(Ticket, Ticket.id == Participant.ticket_id)
        .join(Booking, Booking.id == Participant.booking_id)
        .where(Participant.booking_id == booking_id, or_(_COMES, Booking.state != State.CONFIRMED))
        .order_by(Participant.id)
    )
    *facts, terms = row
    return as_values(EnrolmentFacts, [(*facts, tuple(as_values(PersonFacts, people)), terms_of(terms))])[0]


def is_enrolment(booking_id: int) -> bool:
    """Whether a booking is of places on a course."""
    return run(select(Enrolment.booking_id).where(Enrolment.booking_id == booking_id)).first() is not None


def place(participant_id: int) -> PlaceFacts | None:
    """One participant's place; None for one whose name is forgotten."""
    rows = run(
        select(*_PLACE)
        .join(Booking, Booking.id == Participant.booking_id)
        .join(Slot, Slot.id == Participant.slot_id)
        .join(Activity, Activity.id == Slot.activity_id)
        .outerjoin(Ticket, Ticket.id == Participant.ticket_id)
        .where(Participant.id == participant_id, Participant.name != "")
    )
    return next(iter(as_values(PlaceFacts, rows)), None)


def session_rows(now: datetime, slot_id: int | None = None) -> list[SessionRow]:
    """The sessions of courses of late and to come, in order; or just one."""
    courses = select(Activity.id).where(Activity.kind == Kind.COURSE)
    here = (Participant.slot_id == Slot.id, Booking.state == State.CONFIRMED)
    counted = select(func.count()).select_from(Participant).join(Booking, Booking.id == Participant.booking_id)
    with_ticket = counted.join(Ticket, Ticket.id == Participant.ticket_id)
    coming = counted.outerjoin(Ticket, Ticket.id == Participant.ticket_id).where(_COMES)
    waiting = (
        select(func.coalesce(func.sum(Waiting.people), 0))
        .join(WaitingSlot, WaitingSlot.waiting_id == Waiting.id)
        .where(WaitingSlot.slot_id == Slot.id, Waiting.state == WaitingState.WAITING)
    )
    query = (
        select(
            Slot.id, Slot.activity_id, Activity.title, Slot.starts_at, Slot.ends_at, Slot.status, Slot.capacity,
            Slot.taken, Slot.version,
            coming.where(*here).correlate(Slot).scalar_subquery(),
            with_ticket.where(*here, Ticket.admitted > 0).correlate(Slot).scalar_subquery(),
            counted.where(*here, Participant.code != "").correlate(Slot).scalar_subquery(),
            waiting.correlate(Slot).scalar_subquery(),
        )
        .join(Activity, Activity.id == Slot.activity_id)
        .order_by(Slot.starts_at, Slot.id)
        .limit(MOST_SHOWN)
    )  # fmt: skip
    if slot_id is not None:
        return as_values(SessionRow, run(query.where(Slot.id == slot_id, Activity.kind == Kind.COURSE)))
    span = (Slot.starts_at > now - BACK, Slot.starts_at < now + AHEAD)
    return as_values(SessionRow, run(query.where(Slot.activity_id.in_(courses), *span)))


def attendance(slot_id: int, lang: str = "en") -> list[Attendance]:
    """Who comes to a session, by name as a reader of this language sorts."""
    rows = run(
        select(
            Participant.id, Participant.name, Participant.email, Enrolment.employer, Enrolment.pays,
            Participant.booking_id, Booking.reference, Booking.name, Participant.ticket_id, Ticket.admitted,
            Participant.code,
        )
        .join(Booking, Booking.id == Participant.booking_id)
        .join(Enrolment, Enrolment.booking_id == Booking.id)
        .outerjoin(Ticket, Ticket.id == Participant.ticket_id)
        .where(Participant.slot_id == slot_id, Booking.state == State.CONFIRMED, _COMES)
        .order_by(Participant.id)
    )  # fmt: skip
    return in_order(as_values(Attendance, rows), lang, lambda person: person.name)
