"""Tables of gift cards: the order, the card, its ledger, and what bookings have of it.

A card's `balance` is the sum of its ledger, moved in the same statement that the database refuses to take below nought.
The ledger is only ever added to: both databases refuse to change a row of it or take one away.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    String,
    event,
    false,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Model, UTCDateTime, stored

# Literally as in the partial indexes.
HAS_WORDS = "recipient <> '' OR giver <> '' OR greeting <> ''"
HAS_REST = "balance > 0"
TO_SEND = "send_at IS NOT NULL"
TO_TELL = "balance > 0 AND told_at IS NULL"
IS_ADDRESSED = "recipient_email <> ''"
WANTS_SOMEBODY = "disputed_at IS NOT NULL OR bounced_at IS NOT NULL"
IS_SHOWN = "shown_until IS NOT NULL"
IS_HELD, IS_KEPT = "state = 'held'", "state = 'kept'"


class GiftCardOrder(Model):
    """What somebody orders for a booking of no people, which pays for it: a card of so much, for whom, sent when.

    `send_at` is the moment it goes, none for as soon as it is paid. `recipient_email` is empty where it is to go to
    whoever pays, to be printed or handed over; once it has gone it says where. `in_hand`: the desk sells it and gives
    it over the counter, without a letter.
    """

    __tablename__ = "gift_card_order"

    booking_id: Mapped[int] = mapped_column(
        ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    amount: Mapped[int]
    recipient: Mapped[str] = mapped_column(String(80), default="", server_default="")
    recipient_email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    giver: Mapped[str] = mapped_column(String(80), default="", server_default="")
    greeting: Mapped[str] = mapped_column(String(600), default="", server_default="")
    lang: Mapped[str] = mapped_column(String(2))
    send_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    in_hand: Mapped[bool] = mapped_column(default=False, server_default=false())
    ordered_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index(
            "ix_gift_card_order_told",
            "ordered_at",
            sqlite_where=text(HAS_WORDS),
            postgresql_where=text(HAS_WORDS),
        ),
        Index(
            "ix_gift_card_order_recipient",
            "recipient_email",
            sqlite_where=text(IS_ADDRESSED),
            postgresql_where=text(IS_ADDRESSED),
        ),
    )


class GiftCard(Model):
    """A card that is paid for. Of its code only `code_hash` is kept, and the last signs for people to tell it by.

    There is no code until its letter is written. From then until it has gone the code is kept `sealed`, so that a
    letter that is tried again says the same. `asked` counts how often it was to be sent, so that each time is one
    letter; `expires_on` is its last day. `send_at` is when its letter is to be promised, none once that was done.
    `bounced_at`: no server would take its letter. At the desk there is none: the code is shown there, and stays sealed
    until it was handed over, or until `shown_until`.

    `blocked_at` is when staff blocked it, `disputed_at` when the payer's bank asked for the money back that bought it.
    `withdrawn_at` is when its buyer withdrew from the purchase: it stays empty then, but for what comes back from a
    booking that it has paid for. `told_at` is when whoever has it was to be told that its last day comes near.
    """

    __tablename__ = "gift_card"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    last_signs: Mapped[str] = mapped_column(String(4), default="", server_default="")
    sealed: Mapped[str] = mapped_column(String(400), default="", server_default="")
    asked: Mapped[int] = mapped_column(default=1, server_default="1")
    amount: Mapped[int]
    balance: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_on: Mapped[date] = mapped_column(Date)
    send_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    blocked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    disputed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    bounced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    shown_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("balance >= 0", name="balance"),
        Index("ix_gift_card_last_signs", "last_signs"),
        Index("ix_gift_card_send_at", "send_at", sqlite_where=text(TO_SEND), postgresql_where=text(TO_SEND)),
        Index("ix_gift_card_rest", "expires_on", sqlite_where=text(HAS_REST), postgresql_where=text(HAS_REST)),
        Index("ix_gift_card_to_tell", "expires_on", sqlite_where=text(TO_TELL), postgresql_where=text(TO_TELL)),
        Index("ix_gift_card_balance", "balance", sqlite_where=text(HAS_REST), postgresql_where=text(HAS_REST)),
        Index("ix_gift_card_wants", "id", sqlite_where=text(WANTS_SOMEBODY), postgresql_where=text(WANTS_SOMEBODY)),
        Index("ix_gift_card_shown", "shown_until", sqlite_where=text(IS_SHOWN), postgresql_where=text(IS_SHOWN)),
    )

    @classmethod
    def is_stopped(cls) -> ColumnElement[bool]:
        """That nobody may pay with it now."""
        return or_(cls.blocked_at.is_not(None), cls.disputed_at.is_not(None))


class GiftCardMove(StrEnum):
    """Why the balance of a card moved."""

    ISSUED = "issued"
    HELD = "held"  # with the places of a booking
    RELEASED = "released"  # they were given up
    REFUNDED = "refunded"  # of a booking that was paid with it
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # its buyer has withdrawn from the purchase: it goes back as money
    REVIVED = "revived"  # what had run out, given back by staff


class GiftCardEntry(Model):
    """A line of a card's ledger. `key` names what it is of, so that nothing is written twice.

    `booking_id` is kept without a key: a basket that nobody bought is forgotten before it.
    """

    __tablename__ = "gift_card_entry"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("gift_card.id"), index=True)
    move: Mapped[GiftCardMove] = mapped_column(stored(GiftCardMove))
    amount: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    booking_id: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    key: Mapped[str] = mapped_column(String(80), unique=True)

    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_gift_card_entry_move", "move", "at", "amount"),
    )


class UseState(StrEnum):
    """What has become of a part of a card that a booking took."""

    HELD = "held"
    KEPT = "kept"
    RELEASED = "released"


class GiftCardUse(Model):
    """So much of a card for one booking. `payment_key` is that of the payment that it becomes when it is KEPT."""

    __tablename__ = "gift_card_use"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("gift_card.id"), index=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)
    state: Mapped[UseState] = mapped_column(stored(UseState), default=UseState.HELD)
    amount: Mapped[int]
    payment_key: Mapped[str] = mapped_column(String(64), unique=True)
    held_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_gift_card_use_held", "amount", sqlite_where=text(IS_HELD), postgresql_where=text(IS_HELD)),
        Index(
            "ix_gift_card_use_kept", "ended_at", "amount", sqlite_where=text(IS_KEPT), postgresql_where=text(IS_KEPT)
        ),
    )


NEVER_CHANGED, STILL_KEPT = "the ledger of gift cards is only added to", "the ledger of gift cards is kept"


def guards() -> list[tuple[str, str]]:
    """What refuses to change the ledger: a statement for each database's dialect."""
    statements = []
    for name, when, words in (
        ("gift_card_entry_unchanged", "UPDATE", NEVER_CHANGED),
        ("gift_card_entry_kept", "DELETE", STILL_KEPT),
    ):
        trigger = f"CREATE TRIGGER {name} BEFORE {when} ON gift_card_entry"
        statements += [
            ("sqlite", f"{trigger} BEGIN SELECT RAISE(ABORT, '{words}'); END"),
            (
                "postgresql",
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
            ),
            ("postgresql", f"{trigger} FOR EACH ROW EXECUTE FUNCTION {name}()"),
        ]
    return statements


for _dialect, _statement in guards():
    event.listen(
        GiftCardEntry.__table__,
        "after_create",
        DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
    )
