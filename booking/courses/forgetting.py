"""The end of participants' names: with the contact of their booking. What a certificate is checked by has no name.

Who pays a course by invoice is accounting, and stays for five years.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select, text

from booking.bookings.forgetting import ACCOUNTS_KEPT, BASKETS_KEPT, CONTACT_KEPT, end_of_year
from booking.bookings.models import Booking, State
from booking.courses.models import SAYS, Enrolment, Participant, Paying
from booking.kernel.forgetting import Clear, Forgetting, Reckoned, Remove, Rows


def _names(before: datetime) -> Select[int]:
    named = text("name <> ''")  # literally, as in the partial index that it is found by
    return select(Participant.id).where(Participant.starts_at < before, named)


def _unseated(before: datetime) -> Select[int]:
    return (
        select(Participant.id)
        .join(Booking, Booking.id == Participant.booking_id)
        .where(
            Participant.ticket_id.is_(None),
            Participant.name != "",
            Booking.state.in_((State.EXPIRED, State.CANCELLED)),
            Booking.created_at < before,
        )
    )


def _of(before: datetime, *conditions: ColumnElement[bool]) -> Select[int]:
    # Of those that still say something the booking is looked at, never the other way round: there are a few of them,
    # and nearly all bookings that ever were are of earlier days.
    says = text(f"({SAYS})")
    starts_at = select(Booking.starts_at).where(Booking.id == Enrolment.booking_id).scalar_subquery()
    return select(Enrolment.booking_id).where(says, starts_at < before, *conditions)


_PAYER = or_(Enrolment.employer != "", Enrolment.org_number != "")
_TOTAL = select(Booking.total).where(Booking.id == Enrolment.booking_id).scalar_subquery()
_OWES = or_(and_(Enrolment.pays == Paying.INVOICE, _TOTAL > 0), Enrolment.fee > 0)


def _marks(before: datetime) -> Select[int]:
    return _of(before, or_(Enrolment.invoice_reference != "", Enrolment.order_number != ""))


def _employers(before: datetime) -> Select[int]:
    return _of(before, _PAYER, ~_OWES)


def _payers(before: datetime) -> Select[int]:
    return _of(end_of_year(before), _PAYER)


_forget_payer = Clear(Enrolment.booking_id, {"employer": "", "org_number": ""})

forget_names = Clear(Participant.id, {"name": "", "email": "", "code": ""})
forget_marks = Clear(Enrolment.booking_id, {"invoice_reference": "", "order_number": ""})

FORGETTINGS = (
    Forgetting("names on a course", CONTACT_KEPT, Rows(_names), forget_names),
    Forgetting("names of a course that nobody bought", BASKETS_KEPT, Rows(_unseated), Remove(Participant.id)),
    Forgetting(
        "order number and reference of a course",
        CONTACT_KEPT,
        Rows(_marks),
        forget_marks,
    ),
    Forgetting("who sent them to a course, where nothing is owed", CONTACT_KEPT, Rows(_employers), _forget_payer),
    Forgetting("who owes for a course", ACCOUNTS_KEPT, Reckoned(_payers), _forget_payer),
)
