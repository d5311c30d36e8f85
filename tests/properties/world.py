"""What test_any_order plays with: a till behind a bad line, a worker without letters, and what rest is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Executable, func, select

from booking.bookings.models import Booking, State
from booking.capacity.models import Claim
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import Leased
from booking.payments.demo import DemoTill
from booking.payments.models import UNDER_WAY, DemoSession, Payment, PaymentState, Refund, RefundState
from booking.payments.provider import Order, RefundOrder, RefundStanding, Session, Standing, Unreachable
from booking.worker import Worker


class MoodyTill(DemoTill):
    """The demo till behind a bad line: it may not be reached, or do as told and the answer is lost."""

    line = "good"

    @contextmanager
    def _over_the_line(self) -> Iterator[None]:
        if self.line == "dead":
            raise Unreachable("no line")
        yield
        if self.line == "half dead":
            raise Unreachable("the answer was lost")

    def open(self, order: Order) -> Session:
        """As the demo till, over the line."""
        with self._over_the_line():
            return super().open(order)

    def look(self, ref: str) -> Standing:
        """As the demo till, over the line."""
        with self._over_the_line():
            return super().look(ref)

    def close(self, ref: str) -> Standing:
        """As the demo till, over the line."""
        with self._over_the_line():
            return super().close(ref)

    def refund(self, order: RefundOrder) -> RefundStanding:
        """As the demo till, over the line."""
        with self._over_the_line():
            return super().refund(order)


class Cashier(Worker):
    """The worker, except that it writes no letters: those are counted, not read, here."""

    def work(self) -> int:
        """Keep every promise that is due."""
        return self._promises()

    def _do(self, leased: Leased) -> None:
        if leased.kind.startswith("payment."):
            super()._do(leased)


def unrest() -> list[tuple[str, Executable]]:
    """What there must be nothing of once everything has come to rest."""
    counts = PaymentState.PAID, PaymentState.RETURNED
    ours = select(Payment.id).where(Payment.provider_ref == DemoSession.ref, Payment.state.in_(counts))
    confirmations = (
        select(func.count())
        .select_from(Promise)
        .where(Promise.key == func.concat("confirmation:", Booking.id))
        .scalar_subquery()
    )
    kept = (
        select(func.coalesce(func.sum(Payment.amount - Payment.refunded), 0))
        .where(Payment.booking_id == Booking.id, Payment.state == PaymentState.PAID)
        .scalar_subquery()
    )
    return [
        ("a payment is under way", select(Payment.id).where(Payment.state.in_(UNDER_WAY))),
        ("a basket keeps places", select(Booking.id).where(Booking.held_until.is_not(None))),
        ("a claim without a confirmed booking", claims_of_nobody()),
        ("a promise is not kept", select(Promise.id).where(Promise.state != PromiseState.DONE)),
        ("a refund is not sent", select(Refund.id).where(Refund.state != RefundState.DONE)),
        (
            "money at the till that is neither kept nor returned",
            select(DemoSession.ref).where(DemoSession.outcome.in_(("paid", "later")), ~ours.exists()),
        ),
        (
            "a confirmed booking without exactly one confirmation",
            select(Booking.id).where(
                Booking.confirmed_at.is_not(None), Booking.changes_id.is_(None), confirmations != 1
            ),
        ),
        (
            "an unconfirmed booking that keeps money",
            select(Booking.id).where(Booking.confirmed_at.is_(None), kept > 0),
        ),
    ]


def claims_of_nobody() -> Executable:
    """Claims whose booking does not live, or that belong to a change that was folded in."""
    living = (Booking.state == State.CONFIRMED) & Booking.changes_id.is_(None)
    return select(Claim.booking_id).join(Booking, Booking.id == Claim.booking_id).where(~living)
