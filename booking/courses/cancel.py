"""Cancel an enrolment by rule: what is owed stays owed, the rest of what was paid goes back."""

from __future__ import annotations

from datetime import datetime

from booking.bookings.change import agreed, drop_waiting_changes, settle_up, told_of_money
from booking.bookings.models import State
from booking.bookings.purse import purses
from booking.bookings.refusals import AlreadyUsed, TooLate, WrongState
from booking.bookings.rules import Agreed, settle
from booking.bookings.store import has_been_used, lock, next_version, release
from booking.centre.facts import CentreFacts
from booking.courses.models import Enrolment
from booking.courses.owed import note_otherwise
from booking.courses.rules import standing_of, terms_of
from booking.kernel.database import db
from booking.outbox.promises import promise
from booking.records.audit import note


def cancel(booking_id: int, *, centre: CentreFacts, now: datetime, actor: str = "buyer", waive: bool = False) -> int:
    """Cancel the whole enrolment; call inside a unit of work. Returns the fee in minor units, 0 where staff waive it.

    Everybody who had a place is written to. Twice is once. Raises AlreadyUsed, TooLate, WrongState.
    """
    bookings = lock(booking_id)
    enrolment = db.session.get(Enrolment, booking_id, populate_existing=True)
    if not bookings or enrolment is None:
        raise WrongState(State.CANCELLED.value)
    (booking,) = bookings
    if booking.state is State.CANCELLED:
        return enrolment.fee
    if booking.state is not State.CONFIRMED:
        raise WrongState(booking.state.value)
    if has_been_used(booking_id):
        raise AlreadyUsed
    if now >= booking.starts_at and actor == "buyer":
        raise TooLate(booking.starts_at)
    drop_waiting_changes(booking_id, now)
    terms = terms_of(enrolment.terms)
    standing = standing_of(booking_id, terms, booking.total, booking.starts_at, centre, now)
    fee = 0 if waive else standing.fee.amount.minor
    enrolment.fee += fee  # places given up before may have cost something
    next_version(booking)
    stood = agreed(booking)
    after = Agreed(0, 0, stood.kept + fee)
    done = settle_up(booking, settle(stood, after, stood.total - fee, purses.purse.locked(booking_id)), "cancel")
    promise("mail.cancellation", f"cancellation:{booking_id}", {"booking_id": booking_id, **told_of_money(done)})
    facts = {"fee": fee, "refund": done.refund}
    note(actor, "course.cancel", f"booking:{booking_id}", {"total": booking.total}, facts)
    release([booking], State.CANCELLED, now)
    note_otherwise(booking_id)
    return fee
