"""Tables of money: payments, refunds, events the provider told us, and the demo provider's own till."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Model, UTCDateTime, stored
from booking.payments.provider import PayWay


class PaymentState(StrEnum):
    """Where a payment stands. PAID is kept; RETURNED was paid, could not be kept and goes back in full."""

    BEGUN = "begun"
    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    RETURNED = "returned"
    FAILED = "failed"
    EXPIRED = "expired"


# The "provider" of what is paid in the centre's own till: we note that it came and went, and send nothing ourselves.
TILL = "till"

# The "provider" of what gift cards pay: it was paid when they were bought, and goes back to them at once.
GIFT_CARD = "gift_card"

# Those whose money Vipps holds for us, or plays that it does; of the others that are not the till the card's provider.
OF_VIPPS = ("vipps", "demo_vipps", "vipps_desk", "demo_vipps_desk")

# Of these, those whose code is shown on the desk's screen.
AT_DESK = ("vipps_desk", "demo_vipps_desk")

# Those that may still succeed.
UNDER_WAY = (PaymentState.BEGUN, PaymentState.OPEN, PaymentState.PROCESSING)

# Those that somebody has something to do with, literally as in the partial index that they are found by. An index of
# every state tempts SQLite, which has no statistics of a new house, to read all that was ever paid for one booking's.
UNSETTLED = "state IN ('begun', 'open', 'processing', 'returned')"


# A booking is paid once, beside what gift cards pay; literally as in the unique index.
KEPT_ONCE = "state = 'paid' AND provider <> 'gift_card'"


class RefundState(StrEnum):
    """Where a refund stands."""

    REQUESTED = "requested"
    DONE = "done"
    FAILED = "failed"


# Refunds whose reason is in the words of staff: of keys that give_back writes.
TYPED = "reason <> '' AND substr(idempotency_key, 1, 6) = 'staff:'"


class Payment(Model):
    """One try to pay for one booking. `refunded` is the sum of its refunds, kept within `amount` by the database.

    `disputed_at` is set as long as the payer's bank may take the money or has taken it, `lost_at` once it has for good.
    `looked_at` is when the provider was last asked about its session; none while nobody has asked.
    """

    __tablename__ = "payment"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    provider: Mapped[str] = mapped_column(String(20))
    state: Mapped[PaymentState] = mapped_column(stored(PaymentState), default=PaymentState.BEGUN)
    amount: Mapped[int]
    refunded: Mapped[int] = mapped_column(default=0, server_default="0")
    currency: Mapped[str] = mapped_column(String(3))
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    provider_ref: Mapped[str | None] = mapped_column(String(255), unique=True)
    charge_ref: Mapped[str | None] = mapped_column(String(255), index=True)
    url: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    disputed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lost_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    looked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("refunded >= 0 AND refunded <= amount", name="refunded_within_amount"),
        Index(
            "uq_payment_one_kept",
            "booking_id",
            unique=True,
            sqlite_where=text(KEPT_ONCE),
            postgresql_where=text(KEPT_ONCE),
        ),
        Index(
            "ix_payment_unsettled",
            "state",
            "begun_at",
            sqlite_where=text(UNSETTLED),
            postgresql_where=text(UNSETTLED),
        ),
        Index("ix_payment_paid_at", "paid_at"),
        Index(
            "ix_payment_disputed",
            "disputed_at",
            sqlite_where=text("disputed_at IS NOT NULL"),
            postgresql_where=text("disputed_at IS NOT NULL"),
        ),
    )


class CaptureState(StrEnum):
    """Where money stands that a buyer has approved and that is not ours yet.

    DECIDED: so much is to be taken and the rest let go of; the provider is asked until it is DONE or has LAPSED.
    """

    WAITING = "waiting"
    DECIDED = "decided"
    DONE = "done"
    LAPSED = "lapsed"


# Those that are still to be taken, literally as in the partial index that they are found by.
TO_TAKE = "state IN ('waiting', 'decided')"


class Capture(Model):
    """What becomes of money that a buyer approved: one row for a payment whose provider only reserves it.

    `amount` is what is taken of it once that is decided, `due_at` when it is tried, the next time after a try.
    `failed_at` is when it was first tried: since then in vain, for whatever cause, as long as it is not DONE; `tries`
    is how often the provider has refused it. `lapses_at` is when we no longer count on its being there.
    """

    __tablename__ = "payment_capture"

    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), primary_key=True, autoincrement=False)
    state: Mapped[CaptureState] = mapped_column(stored(CaptureState), default=CaptureState.WAITING)
    approved: Mapped[int]
    amount: Mapped[int] = mapped_column(default=0, server_default="0")
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lapses_at: Mapped[datetime] = mapped_column(UTCDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("approved > 0", name="approved"),
        CheckConstraint("amount >= 0 AND amount <= approved", name="amount_within_approved"),
        Index("ix_payment_capture_due", "due_at", sqlite_where=text(TO_TAKE), postgresql_where=text(TO_TAKE)),
    )


LET_GO = "let_go:"  # how the provider's name begins for a refund of what was never taken


class Refund(Model):
    """Money promised back on one payment. The row comes first, then the call, then what the provider said.

    What was paid in the centre's own till waits until the desk has paid it out there; `till_receipt` is its number.
    """

    __tablename__ = "refund"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    state: Mapped[RefundState] = mapped_column(stored(RefundState), default=RefundState.REQUESTED)
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    provider_ref: Mapped[str | None] = mapped_column(String(255), unique=True)
    till_receipt: Mapped[str] = mapped_column(String(40), default="", server_default="")
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_refund_state", "state", "requested_at"),
        Index("ix_refund_done_at", "done_at"),
        Index("ix_refund_typed", "requested_at", sqlite_where=text(TYPED), postgresql_where=text(TYPED)),
    )


class FormerReceipt(Model):
    """A receipt of before each payment had one of its own: its number, and what the money was (minor units).

    None is added any more; that a number was given once is kept.
    """

    __tablename__ = "receipt"

    number: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))  # found by the unique index
    version: Mapped[int]
    paid: Mapped[int]
    kept: Mapped[int]
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        Index("uq_receipt_says", "booking_id", "version", "paid", "kept", unique=True),
    )


class ProviderEvent(Model):
    """An event the provider sent us, kept so that it is worked on once."""

    __tablename__ = "provider_event"

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    kind: Mapped[str] = mapped_column(String(80))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class DemoSession(Model):
    """The demo provider's till: what a real provider would keep on its own side. Never used in production."""

    __tablename__ = "demo_session"

    ref: Mapped[str] = mapped_column(String(26), primary_key=True)
    way: Mapped[PayWay] = mapped_column(stored(PayWay, check=False), default=PayWay.CARD, server_default="card")
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    description: Mapped[str] = mapped_column(String(500))
    lang: Mapped[str] = mapped_column(String(2))
    return_url: Mapped[str] = mapped_column(String(500))
    back_url: Mapped[str] = mapped_column(String(500))
    outcome: Mapped[str] = mapped_column(String(20), default="open", server_default="open")
    pays_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
