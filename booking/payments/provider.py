"""What a payment provider can do. Made are Stripe's hosted Checkout, Vipps MobilePay, and demo tills that play both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol


class Unreachable(Exception):
    """The provider did not answer, or not sensibly; nothing is known, try again later."""


class Rejected(Exception):
    """The provider said no for good; `str()` is its reason, for operators."""


class Disputed(Rejected):
    """The payer's bank holds the money, or has taken it: nothing of it can be sent."""


class Lapsed(Rejected):
    """What the buyer approved is no longer there to be taken: it was let go of, or its time is over."""


# Kinds of events that are worked on, as Stripe names them.
SESSION_EVENTS = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
    }
)
REFUND_EVENTS = frozenset({"refund.created", "refund.updated", "refund.failed"})
DISPUTE_EVENTS = frozenset({"charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.closed"})
EVENTS = SESSION_EVENTS | REFUND_EVENTS | DISPUTE_EVENTS | {"charge.refunded"}


class DisputeStanding(StrEnum):
    """Where a dispute stands that takes money: with the bank, which decides, or decided."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class PaymentProgress(StrEnum):
    """How far a payment session has come at the provider."""

    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


class PayWay(StrEnum):
    """What a buyer chooses between at the checkout."""

    CARD = "card"
    VIPPS = "vipps"


@dataclass(frozen=True, slots=True)
class TakenWhen:
    """When money that a buyer has only approved is taken: at once or on the visit's day, and in any case `within`."""

    at_once: bool
    within: timedelta  # before it lapses


@dataclass(frozen=True, slots=True)
class ProviderTerms:
    """What is fixed about a provider.

    `lives` is how long a payment counts as payable from when it begins, `least_life` how long a session of the
    provider's own can be paid: what is between is for the call, its retries and a crash. `currency`: the only one that
    it takes. `taken`: what buyers approve is only reserved, and must be taken; None where paying is paying. `offered`:
    buyers may choose it; one that is not yet set up whole goes on with what was begun. `at_desk`: what it opens is
    shown on the desk's screen, as a code that the visitor's phone reads; nobody is sent there from a checkout.
    """

    way: PayWay
    lives: timedelta
    least_life: timedelta
    currency: str | None = None
    taken: TakenWhen | None = None
    offered: bool = True
    at_desk: bool = False


@dataclass(frozen=True, slots=True)
class OrderLine:
    """So many of one thing, at a unit price in minor units with VAT at `vat_rate` (1200 is 12 %) in it."""

    words: str
    unit_price: int
    quantity: int
    vat_rate: int


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """What is to be paid; built from rows only, so that the same order can be sent again after a crash."""

    idempotency_key: str
    booking_id: int
    reference: str
    title: str  # whose house it is, and the reference
    amount: int  # minor units
    currency: str
    lines: tuple[OrderLine, ...]  # sum to amount
    email: str
    lang: str
    expires_at: datetime
    return_url: str
    back_url: str


@dataclass(frozen=True, slots=True)
class CheckoutSession:
    """A session that the buyer can be sent to."""

    ref: str
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    """What the provider says of a session now. `charge_ref` is what refunds and events name."""

    ref: str
    progress: PaymentProgress
    amount: int
    currency: str
    charge_ref: str | None = None


@dataclass(frozen=True, slots=True)
class CaptureOrder:
    """Money to take of what a buyer approved (`approved`); the rest of it is let go of. Minor units."""

    idempotency_key: str
    payment_ref: str
    amount: int
    approved: int
    currency: str


@dataclass(frozen=True, slots=True)
class ReservedMoney:
    """What was approved, in minor units: what is taken of it, and what is left that is neither taken nor let go of."""

    taken: int
    left: int


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Money to send back on one payment."""

    idempotency_key: str
    payment_ref: str
    charge_ref: str | None
    amount: int
    currency: str
    booking_id: int


@dataclass(frozen=True, slots=True)
class RefundStanding:
    """What the provider says of a refund. `done` is None while it is under way."""

    ref: str
    done: bool | None


class Provider(Protocol):
    """One way to be paid. Every call may raise Unreachable; none may be made inside a unit of work."""

    @property
    def name(self) -> str:
        """As it stands in the rows of its payments."""

    @property
    def terms(self) -> ProviderTerms:
        """What is fixed about it."""

    def open(self, order: PaymentOrder) -> CheckoutSession:
        """Begin a session; the same idempotency key gives the same session again. Raises Rejected."""

    def look(self, ref: str) -> PaymentStatus:
        """How a session stands; raises Rejected when the provider does not know it."""

    def close(self, ref: str) -> PaymentStatus:
        """Try to make the session unpayable; the answer says what it is now, which may be PAID."""

    def capture(self, order: CaptureOrder) -> int:
        """Take what a buyer approved and let go of the rest, once for the same key; how much was taken in all.

        Raises Lapsed, Rejected.
        """

    def reserved(self, order: CaptureOrder) -> ReservedMoney:
        """How far the taking of it has come; raises Rejected when the provider does not know it."""

    def refund(self, order: RefundOrder) -> RefundStanding:
        """Send money back; the same idempotency key sends it once. Raises Rejected, Disputed."""

    def look_refund(self, ref: str) -> RefundStanding:
        """How a refund stands; raises Rejected when the provider does not know it."""

    def refunded(self, charge_ref: str) -> int:
        """How much of a charge has gone back so far, in minor units, whoever sent it. Raises Rejected if unknown."""

    def disputes_of(self, charge_ref: str) -> Mapping[str, DisputeStanding]:
        """Every dispute of a charge by its name, those that only ask left out. Raises Rejected if it is unknown."""

    def undelivered(self) -> list[dict[str, Any]]:
        """Events that the provider could not bring us, in the shape that the webhook takes."""
