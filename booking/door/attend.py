"""Tick who was there: each by name, through the one way in that the door has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from booking.bookings.models import Ticket
from booking.bookings.refusals import Unknown
from booking.bookings.store import lock
from booking.centre.facts import CentreFacts
from booking.courses.certificates import withdraw
from booking.courses.models import Participant
from booking.door.admit import Admitting, admit
from booking.door.models import CheckIn, CheckInLine, EntryWay
from booking.door.refusals import NotYetHeld
from booking.door.undo import undo
from booking.kernel.codes import new_secret
from booking.kernel.database import db

REASON = "attendance list"


def tick(participant_id: int, *, centre: CentreFacts, account_id: int | None, now: datetime) -> None:
    """This person was there; call inside a unit of work. Twice is once. Raises Unknown, NotYetHeld.

    They came when the course began, or now if it has not begun today: who ticks a list days later puts nobody into the
    house.
    """
    participant, ticket = _with_ticket(participant_id)
    if ticket.admitted:
        return
    if centre.local(now).date() < centre.local(participant.starts_at).date():
        raise NotYetHeld(participant.starts_at)
    _admit(participant.booking_id, [ticket], centre, account_id, min(now, participant.starts_at))


def untick(participant_id: int, *, centre: CentreFacts, account_id: int | None, now: datetime) -> None:
    """They were not there after all: their certificate no longer holds; call inside a unit of work. Raises Unknown.

    Others who came in by the same admission stay in.
    """
    participant, ticket = _with_ticket(participant_id)
    if not ticket.admitted:
        return
    admissions = db.session.execute(
        select(CheckIn.id, CheckIn.mark, CheckIn.at)
        .join(CheckInLine, CheckInLine.check_in_id == CheckIn.id)
        .where(CheckInLine.ticket_id == ticket.id, CheckIn.undone_at.is_(None))
    ).all()
    for check_in_id, mark, came_at in admissions:
        others = select(CheckInLine.ticket_id).where(
            CheckInLine.check_in_id == check_in_id, CheckInLine.ticket_id != ticket.id
        )
        stay = db.session.scalars(select(Ticket).where(Ticket.id.in_(others)).order_by(Ticket.id)).all()
        undo(mark, REASON, account_id, now)
        if stay:
            _admit(participant.booking_id, stay, centre, account_id, came_at)
    withdraw(participant, now, f"account:{account_id}")


def _admit(
    booking_id: int, tickets: Sequence[Ticket], centre: CentreFacts, account_id: int | None, came_at: datetime
) -> None:
    heads = Counter((ticket.slot_id, ticket.ticket_type_id) for ticket in tickets)
    how = Admitting(new_secret(), came_at, EntryWay.LIST, account_id, reason=REASON)
    admit(booking_id, heads, how, centre, only=[ticket.id for ticket in tickets])


def _with_ticket(participant_id: int) -> tuple[Participant, Ticket]:
    booking_id = db.session.scalar(select(Participant.booking_id).where(Participant.id == participant_id))
    if booking_id is None:
        raise Unknown
    lock(booking_id)
    row = db.session.execute(
        select(Participant, Ticket)
        .join(Ticket, Ticket.id == Participant.ticket_id)
        .where(Participant.id == participant_id)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise Unknown
    return row[0], row[1]
