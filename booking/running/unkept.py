"""What `flask check` asks of visits, courses and contests: that what was agreed on, and who comes, is kept with each.

Without kept terms a rule that is changed, or a day that is closed, later than the booking would change what somebody
owes.
"""

from __future__ import annotations

from sqlalchemy import Select, bindparam, func, select

from booking.bookings.models import Booking, Line, State, Ticket
from booking.capacity.models import Slot
from booking.catalogue.models import Activity, Kind
from booking.contests.models import ContestEntry, ContestMember, EntryState
from booking.courses.models import Enrolment
from booking.kernel import clock
from booking.kernel.database import UTCDateTime
from booking.visits.models import Visit

_LIVES = (State.PENDING, State.CONFIRMED)
# Asked each time that the question is put, since questions are built once.
_NOW = bindparam("now", callable_=clock.now, type_=UTCDateTime)


def questions() -> list[tuple[str, str, Select[int]]]:
    """As the questions of booking.running.check: a name, what is wrong, and whose it is."""
    return [
        (
            "terms",
            "visit to come without kept terms, booking",
            select(Visit.booking_id)
            .join(Booking, Booking.id == Visit.booking_id)
            .where(Visit.terms.is_(None), Visit.arrives_at > _NOW, Booking.state.in_(_LIVES)),
        ),
        (
            "terms",
            "places on a course to come without kept terms, booking",
            select(Enrolment.booking_id)
            .join(Booking, Booking.id == Enrolment.booking_id)
            .where(Enrolment.terms.is_(None), Booking.starts_at > _NOW, Booking.state.in_(_LIVES)),
        ),
        (
            "contest",
            "entries of a booking as it was bought that are not as many as its tickets there, booking",
            _with_other_entries(),
        ),
        ("contest", "entries without a ticket there, booking", _with_entries_too_many()),
        (
            "contest",
            "people of an entry whose name was forgotten, entry",
            select(ContestMember.entry_id)
            .join(ContestEntry, ContestEntry.id == ContestMember.entry_id)
            .where(ContestEntry.name == "")
            .distinct(),
        ),
        ("festival", "pass of which there are not as many on each of its days, booking", _with_uneven_pass()),
        ("festival", "pass that the door does not know on its last day, booking", _with_other_last_day()),
    ]


def _with_uneven_pass() -> Select[int]:
    """Of each ticket type, as many on the day that has most as on the day that has fewest."""
    of_day = (
        select(Line.booking_id, Line.ticket_type_id, func.sum(Line.quantity).label("many"))
        .where(Line.of_pass)
        .group_by(Line.booking_id, Line.ticket_type_id, Line.slot_id)
        .subquery()
    )
    return (
        select(of_day.c.booking_id)
        .group_by(of_day.c.booking_id, of_day.c.ticket_type_id)
        .having(func.min(of_day.c.many) != func.max(of_day.c.many))
    )


def _with_other_last_day() -> Select[int]:
    """Confirmed, with a day of a pass that begins after what is taken to be its last."""
    return (
        select(Booking.id)
        .join(Line, Line.booking_id == Booking.id)
        .join(Slot, Slot.id == Line.slot_id)
        .where(
            Line.of_pass,
            Booking.state == State.CONFIRMED,
            Slot.starts_at > func.coalesce(Booking.last_at, Booking.starts_at),
        )
        .distinct()
    )


def _with_other_entries() -> Select[int]:
    """Of bookings that told in the checkout who enters, and have not changed since."""
    entries = (
        select(
            ContestEntry.booking_id, func.count().label("many"), func.min(ContestEntry.entered_at).label("first_told")
        )
        .where(ContestEntry.state == EntryState.ENTERED)
        .group_by(ContestEntry.booking_id)
        .subquery()
    )
    tickets = (
        select(Ticket.booking_id, func.count().label("many"))
        .join(Slot, Slot.id == Ticket.slot_id)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(Activity.kind == Kind.CONTEST, Ticket.void.is_(False))
        .group_by(Ticket.booking_id)
        .subquery()
    )
    return (
        select(Booking.id)
        .join(entries, entries.c.booking_id == Booking.id)
        .outerjoin(tickets, tickets.c.booking_id == Booking.id)
        .where(
            Booking.state == State.CONFIRMED,
            Booking.changes_id.is_(None),
            Booking.version == 1,
            entries.c.first_told <= Booking.confirmed_at,
            entries.c.many != func.coalesce(tickets.c.many, 0),
        )
    )


def _with_entries_too_many() -> Select[int]:
    """Of bookings that stand: more who are in one contest than tickets for it."""
    tickets = (
        select(func.count())
        .select_from(Ticket)
        .join(Slot, Slot.id == Ticket.slot_id)
        .where(
            Ticket.booking_id == ContestEntry.booking_id,
            Ticket.void.is_(False),
            Slot.activity_id == ContestEntry.activity_id,
        )
        .correlate(ContestEntry)
        .scalar_subquery()
    )
    return (
        select(ContestEntry.booking_id)
        .join(Booking, Booking.id == ContestEntry.booking_id)
        .where(ContestEntry.state == EntryState.ENTERED, Booking.state == State.CONFIRMED, Booking.changes_id.is_(None))
        .group_by(ContestEntry.booking_id, ContestEntry.activity_id)
        .having(func.count() > tickets)
    )
