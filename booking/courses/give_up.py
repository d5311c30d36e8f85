"""Give up one colleague's place by rule: the others keep theirs, and the place is free at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from booking.bookings.change import agreed, drop_waiting_changes, settle_up, told_of_money
from booking.bookings.confirm import other_lines_come, reissue
from booking.bookings.models import Line, State, Ticket
from booking.bookings.purse import purses
from booking.bookings.refusals import AlreadyUsed, TooLate, Unknown, WrongState
from booking.bookings.rules import Agreed, settle
from booking.bookings.store import lines_of, lock, next_version
from booking.capacity.places import Want, claims_of, swap
from booking.centre.facts import CentreFacts
from booking.courses.cancel import cancel
from booking.courses.models import Enrolment, Participant
from booking.courses.owed import note_otherwise
from booking.courses.people import make_findable_by_names, of_booking
from booking.courses.rules import standing_of, terms_of
from booking.kernel.database import db, run
from booking.records.audit import note


def give_up(booking_id: int, participant_id: int, *, centre: CentreFacts, now: datetime, actor: str = "buyer") -> int:
    """Give up this person's place; call inside a unit of work. Returns what it costs in minor units.

    The last one's is the whole enrolment. Twice costs nothing. Raises AlreadyUsed, TooLate, Unknown, WrongState.
    """
    bookings, enrolment = lock(booking_id), db.session.get(Enrolment, booking_id, populate_existing=True)
    if not bookings or enrolment is None or bookings[0].state is not State.CONFIRMED:
        raise WrongState(State.CANCELLED.value)
    (booking,) = bookings
    participant = db.session.get(Participant, participant_id, populate_existing=True)
    if participant is None or participant.booking_id != booking_id:
        raise Unknown
    if now >= booking.starts_at and actor == "buyer":
        raise TooLate(booking.starts_at)
    ticket = db.session.get(Ticket, participant.ticket_id) if participant.ticket_id is not None else None
    if ticket is not None and ticket.void:
        return 0
    if ticket is not None and ticket.admitted:
        raise AlreadyUsed
    if len(of_booking(booking_id)) == 1:
        return cancel(booking_id, centre=centre, now=now, actor=actor)
    drop_waiting_changes(booking_id, now)
    giving, (line,) = claims_of([booking_id]), lines_of(booking_id)
    terms = terms_of(enrolment.terms)
    fee = standing_of(booking_id, terms, line.unit_price, booking.starts_at, centre, now).fee.amount.minor
    enrolment.fee += fee
    if ticket is None:
        db.session.delete(participant)  # nobody has told them that they come
    else:
        ticket.void = True  # the worker tells them; see people.follow_up
    other_lines_come(booking_id)
    run(update(Line).where(Line.id == line.id).values(quantity=Line.quantity - 1))
    db.session.flush()
    stood, price = agreed(booking), line.unit_price
    after = Agreed(stood.total - price, stood.late, stood.kept + fee)
    next_version(booking)
    done = settle_up(booking, settle(stood, after, price - fee, purses.purse.locked(booking_id)), "change")
    reissue(booking, lines_of(booking_id), booking.people - 1, booking.starts_at, told_of_money(done))
    make_findable_by_names(booking)
    facts = {"participant": participant_id, "fee": fee, "refund": done.refund}
    note(actor, "course.give_up", f"booking:{booking_id}", None, facts)
    note_otherwise(booking_id)
    swap(booking_id, [Want(held.slot_id, held.places - 1) for held in giving], booking.channel, now, giving)
    return fee
