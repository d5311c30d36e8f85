"""A sale at the desk that is paid from a code on its screen: is it shown, how does it go, was it left?"""

from __future__ import annotations

from sqlalchemy import bindparam, select

from booking.bookings import queries
from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.kernel.database import run
from booking.payments.models import AT_DESK, Payment, PaymentState
from booking.payments.pay import UnderWay, ask_provider, under_way
from booking.payments.provider import Rejected, Unreachable
from booking.payments.providers import tills

_LAST = (
    select(Payment.provider, Payment.state)
    .where(Payment.booking_id == bindparam("booking"))
    .order_by(Payment.id.desc())
    .limit(1)
)


def is_to_be_had(facts: BookingFacts) -> bool:
    """Whether what is left to pay of a sale may be paid from a code on the desk's screen."""
    return facts.to_pay > 0 and tills.at_desk(facts.currency) is not None


def code_on_screen(booking_id: int) -> UnderWay | None:
    """The payment that waits for somebody to scan it from the desk's screen; one statement."""
    payment = under_way(booking_id)
    return payment if payment is not None and payment.provider in AT_DESK else None


def was_left(booking_id: int) -> bool:
    """Whether the last try was by such a code, and nothing came of it: they said no, or ran out of time."""
    last = run(_LAST, {"booking": booking_id}).first()
    return last is not None and last.provider in AT_DESK and last.state in (PaymentState.EXPIRED, PaymentState.FAILED)


def follow(facts: BookingFacts) -> BookingFacts:
    """The sale as it stands once the provider was asked, where its money is waited for; not inside a unit of work."""
    if facts.state is not State.PENDING:
        return facts
    try:
        settled = ask_provider(facts.id)
    except (Unreachable, Rejected):
        return facts
    return facts if settled is None else queries.by_id(facts.id) or facts
