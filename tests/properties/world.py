"""What test_any_order plays with: a till behind a bad line, a worker without letters, and what rest is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Executable, case, func, select

from booking.bookings.models import Booking, State
from booking.capacity.models import Claim
from booking.kernel.database import db
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import Leased
from booking.payments.demo import DemoTill, read_session
from booking.payments.models import UNDER_WAY, DemoSession, Payment, PaymentState, Refund, RefundState
from booking.payments.provider import (
    CheckoutSession,
    Disputed,
    DisputeStanding,
    PaymentOrder,
    PaymentStatus,
    RefundOrder,
    RefundStanding,
    Rejected,
    Unreachable,
)
from booking.running.worker import Worker


class MoodyTill(DemoTill):
    """The demo till behind a bad line: it may not be reached, or do as told and the answer is lost."""

    line = "good"

    def __init__(self, public_url: str) -> None:
        super().__init__(public_url)
        self.sent: dict[str, tuple[str, int]] = {}  # by idempotency key: the charge and the amount that went back
        self.by_hand: dict[str, int] = defaultdict(int)  # by charge, what staff sent in the dashboard
        self.disputed: set[str] = set()  # charges of which the payer's bank lets nothing go back
        self.lost: set[str] = set()  # those of them that the bank has given to the payer
        self.disputes: dict[str, list[str]] = defaultdict(list)  # by charge, each dispute of it

    @contextmanager
    def _over_the_line(self) -> Iterator[None]:
        if self.line == "dead":
            raise Unreachable("no line")
        yield
        if self.line == "half dead":
            raise Unreachable("the answer was lost")

    def open(self, order: PaymentOrder) -> CheckoutSession:
        """As the demo till, over the line."""
        with self._over_the_line():
            return super().open(order)

    def look(self, ref: str) -> PaymentStatus:
        """As the demo till, over the line."""
        with self._over_the_line():
            return super().look(ref)

    def close(self, ref: str) -> PaymentStatus:
        """As the demo till, over the line."""
        with self._over_the_line():
            return super().close(ref)

    def refund(self, order: RefundOrder) -> RefundStanding:
        """As the demo till, over the line; as at Stripe nothing of what is disputed, and no more than is left."""
        with self._over_the_line():
            charge = order.charge_ref or ""
            if order.idempotency_key not in self.sent:
                if charge in self.disputed:
                    raise Disputed("the bank holds it")
                if order.amount > self.left(charge):
                    raise Rejected("not of this charge")
                self.sent[order.idempotency_key] = (charge, order.amount)
            return super().refund(order)

    def refunded(self, charge_ref: str) -> int:
        """All that went back of a charge."""
        ours = sum(amount for charge, amount in self.sent.values() if charge == charge_ref)
        return ours + self.by_hand[charge_ref]

    def disputes_of(self, charge_ref: str) -> dict[str, DisputeStanding]:
        """All of them; each but the last was won."""
        standing = DisputeStanding.OPEN if charge_ref in self.disputed else DisputeStanding.WON
        if charge_ref in self.lost:
            standing = DisputeStanding.LOST
        told = dict.fromkeys(self.disputes.get(charge_ref, []), DisputeStanding.WON)
        return told | dict.fromkeys([*told][-1:], standing)

    def left(self, charge_ref: str) -> int:
        """What can still go back of a charge."""
        session = read_session(charge_ref.removeprefix("demo_charge_"))
        return (session.amount if session else 0) - self.refunded(charge_ref)


class Cashier(Worker):
    """The worker, except that it writes no letters: those are counted, not read, here."""

    def work(self) -> int:
        """Keep every promise that is due."""
        return self._promises()

    def _do(self, leased: Leased) -> None:
        if not leased.kind.startswith("mail."):
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
        (
            "a refund is not sent",
            select(Refund.id)
            .join(Payment, Payment.id == Refund.payment_id)
            .where(Refund.state != RefundState.DONE, Payment.lost_at.is_(None)),
        ),
        (
            "money waits for a bank that has decided for us",
            select(Booking.id).where(
                Booking.held_back > 0, ~select(Payment.id).where(Payment.lost_at.is_not(None)).exists()
            ),
        ),
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


def told_and_written() -> list[tuple[str, int, int]]:
    """Letters that say another sum than was written down to go back in the same moment: (key, said, written)."""
    about = func.substr(Promise.key, len("refund:") + 1)
    key = case(
        (Promise.kind == "mail.cancellation", func.concat("refund:", Booking.id, ":", Booking.version, ":")),
        (Promise.key.like("refund:won:%"), func.concat(about, ":")),
        (Promise.kind == "mail.refund", func.concat("staff:", about, ":")),
        else_=func.concat("refund:", about, ":"),
    )
    written = (
        select(func.coalesce(func.sum(Refund.amount), 0))
        .where(Refund.idempotency_key.startswith(key))
        .scalar_subquery()
    )
    letters = (
        select(Promise.key, Promise.about, written)
        .join(Booking, Booking.id == Promise.booking_id)
        .where(Promise.kind.in_(("mail.change", "mail.cancellation", "mail.refund")))
    )
    rows = [(key, int(about.get("refund", 0)), int(amount)) for key, about, amount in db.session.execute(letters)]
    return [row for row in rows if row[1] != row[2]]


def claims_of_nobody() -> Executable:
    """Claims whose booking does not live, or that belong to a change that was folded in."""
    living = (Booking.state == State.CONFIRMED) & Booking.changes_id.is_(None)
    return select(Claim.booking_id).join(Booking, Booking.id == Claim.booking_id).where(~living)
