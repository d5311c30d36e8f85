"""The end of baskets that nobody bought, of words that staff wrote to refunds, and of the provider's events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, select, text

from booking.bookings.forgetting import BASKETS_KEPT, CONTACT_KEPT, forget_contact
from booking.bookings.models import HAS_CONTACT, Booking, Line, State
from booking.kernel.forgetting import Clear, Forgetting, Remove, Rows, nothing_stands_on
from booking.payments.models import TYPED, UNDER_WAY, Payment, PaymentState, ProviderEvent, Refund

EVENTS_KEPT = timedelta(days=90)  # a provider sends an event again for a month at most

# Money that may still come, or came and goes back, makes a basket a purchase: its contact stays as long as any other.
_HAS_MONEY = (*UNDER_WAY, PaymentState.PAID, PaymentState.RETURNED)


def _unbought(before: datetime) -> ColumnElement[bool]:
    money = select(Payment.id).where(Payment.booking_id == Booking.id, Payment.state.in_(_HAS_MONEY))
    return and_(
        Booking.state.in_((State.EXPIRED, State.CANCELLED)),
        Booking.confirmed_at.is_(None),
        Booking.created_at < before,
        func.coalesce(Booking.cancelled_at, Booking.created_at) < before,
        ~money.exists(),
    )


def of_baskets(is_request: Callable[[], ColumnElement[bool]]) -> tuple[Forgetting, ...]:
    """Baskets that nobody bought, a week later. `is_request` finds those that staff were asked about: they stay longer.

    A row that a payment or a place in a line stands on is emptied and kept, any other goes.
    """
    told = text(f"({HAS_CONTACT} OR needs <> '' OR holder <> '')")

    def people(before: datetime) -> Select[int]:
        return select(Booking.id).where(_unbought(before), ~is_request(), told)

    def rest(before: datetime) -> Select[int]:
        return select(Booking.id).where(_unbought(before), ~is_request(), _stands_alone())

    def requests(before: datetime) -> Select[int]:
        return select(Booking.id).where(_unbought(before), Booking.starts_at < before, _stands_alone())

    remove = Remove(Booking.id, Line.booking_id)
    return (
        Forgetting("baskets nobody bought: whose they were", BASKETS_KEPT, Rows(people), forget_contact),
        Forgetting(
            "baskets nobody bought: all of them where no payment stands on them", BASKETS_KEPT, Rows(rest), remove
        ),
        Forgetting("requests that came to nothing", CONTACT_KEPT, Rows(requests), remove),
    )


def _stands_alone() -> ColumnElement[bool]:
    return nothing_stands_on(Booking.id, Line)


def _words(before: datetime) -> Select[int]:
    """Only what staff typed: the other reasons are words of ours. Literally, as in the index it is found by."""
    return select(Refund.id).where(Refund.requested_at < before, text(f"({TYPED})"))


def _events(before: datetime) -> Select[str]:
    return select(ProviderEvent.id).where(ProviderEvent.received_at < before)


forget_words = Clear(Refund.id, {"reason": ""})

FORGETTINGS = (
    Forgetting("words of staff to a refund", CONTACT_KEPT, Rows(_words), forget_words),
    Forgetting("events of the payment provider", EVENTS_KEPT, Rows(_events), Remove(ProviderEvent.id)),
)
