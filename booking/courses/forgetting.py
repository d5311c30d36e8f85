"""The end of participants' names: with the contact of their booking. What a certificate is checked by has no name.

Who pays a course by invoice is accounting, and stays for five years.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select, text

from booking.bookings.forgetting import ACCOUNTS_KEPT, BASKETS_KEPT, CONTACT_KEPT, end_of_year
from booking.bookings.models import Booking, State
from booking.courses.models import Enrolment, Participant, Paying
from booking.kernel.forgetting import Clear, Forgetting, Remove, Rows


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
    return (
        select(Enrolment.booking_id)
        .join(Booking, Booking.id == Enrolment.booking_id)
        .where(Booking.starts_at < before, *conditions)
    )


_PAYER = or_(Enrolment.employer != "", Enrolment.org_number != "")
_OWES = or_(and_(Enrolment.pays == Paying.INVOICE, Booking.total > 0), Enrolment.fee > 0)


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
    Forgetting("who owes for a course", ACCOUNTS_KEPT, Rows(_payers), _forget_payer),
)
