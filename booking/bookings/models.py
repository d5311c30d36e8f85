"""Tables of bookings: the booking, its lines, its tickets, the waiting list."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.capacity.models import Channel
from booking.discounts.taken import MOST, TakenOff, TakenOffColumn
from booking.kernel.database import Id, Json, Model, Texts, Translated, UTCDateTime, stored


class State(StrEnum):
    """Where a booking stands."""

    HELD = "held"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


# From where to where a booking may go. A late payment may wake an expired one if its places are still free.
TRANSITIONS: dict[State, frozenset[State]] = {
    State.HELD: frozenset({State.PENDING, State.CONFIRMED, State.CANCELLED, State.EXPIRED}),
    State.PENDING: frozenset({State.HELD, State.CONFIRMED, State.CANCELLED, State.EXPIRED}),
    State.CONFIRMED: frozenset({State.CANCELLED}),
    State.CANCELLED: frozenset(),
    State.EXPIRED: frozenset({State.CONFIRMED}),
}


class Sold(StrEnum):
    """What a booking sells."""

    PLACES = "places"
    GIFT_CARD = "gift_card"
    ANNUAL_PASS = "annual_pass"  # noqa: S105


def what_is_sold(sells: Sold, people: int) -> Sold:
    """A release before this one, at work beside it, says that it sells a gift card by nobody's coming alone."""
    return Sold.GIFT_CARD if sells is Sold.PLACES and not people else sells


LIVING = (State.HELD, State.PENDING, State.CONFIRMED)

# What tells whose a booking is, literally as in the partial indexes that the forgetting finds it by.
HAS_NEEDS = "needs <> ''"
HAS_CONTACT = "email <> '' OR name <> '' OR phone <> '' OR group_name <> '' OR search <> ''"


class Booking(Model):
    """What one buyer orders. `secret` opens its page, `code` admits the whole party, `reference` is for people.

    `group_name` is what a class or a club calls itself, `expected_at` when they now say they come, if not on time;
    `till_receipt` is the number of a sale in the centre's own till. `late_total` is the part of `total` that only the
    late share comes back of, `kept_by_rule` what late changes left with the centre (both as in rules.Agreed).
    `version` goes up with each change the buyer is told of. A booking with `changes_id` is a change that costs more
    and waits for its money; confirmed, it is folded into the booking it changes.
    `holder` and `person` are digests of a network address and a mailbox, there only while they count for limits; see
    limits.py. `asked_at`: when a free one was asked by mail for a yes. `topics`: news wished for, asked about once it
    is bought. `forgotten_as_of` is when the time that its contact is kept begins where its buyer wants it kept for
    longer than from its own day; see visits/forgetting.py. `numbers` are those that tickets ask for, by the id of their
    type; see numbers.py.

    `last_at` is when the last of its days begins where it has several, as who has a pass for a festival.
    `discount` is what campaigns have taken off its lines, which `total` is without; see discounts/.
    `by_gift_card` is the part of `total` that gift cards pay, held with the places until it is bought. `by_pass` is
    how many come on annual passes; see annual_passes/uses.py.
    `sells` says what it buys. What is not places has no `people` and no time of its own, and stands in the room of what
    it is: read it as `sold`.
    """

    __tablename__ = "booking"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(String(8), unique=True)
    secret: Mapped[str] = mapped_column(String(26), unique=True)
    code: Mapped[str] = mapped_column(String(26), unique=True)
    state: Mapped[State] = mapped_column(stored(State))
    channel: Mapped[Channel] = mapped_column(stored(Channel))
    changes_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    lang: Mapped[str] = mapped_column(String(2))
    currency: Mapped[str] = mapped_column(String(3))
    total: Mapped[int]
    late_total: Mapped[int] = mapped_column(default=0, server_default="0")
    kept_by_rule: Mapped[int] = mapped_column(default=0, server_default="0")
    held_back: Mapped[int] = mapped_column(default=0, server_default="0")
    by_gift_card: Mapped[int] = mapped_column(default=0, server_default="0")
    by_pass: Mapped[int] = mapped_column(default=0, server_default="0")
    discount: Mapped[int] = mapped_column(default=0, server_default="0")
    people: Mapped[int]
    sells: Mapped[Sold] = mapped_column(stored(Sold, check=False), default=Sold.PLACES, server_default="places")
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    held_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    renewals: Mapped[int] = mapped_column(default=0, server_default="0")
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    holder: Mapped[str] = mapped_column(String(32), default="", server_default="")
    person: Mapped[str] = mapped_column(String(32), default="", server_default="")
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    topics: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    news_wording: Mapped[str] = mapped_column(String(16), default="", server_default="")

    name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    phone: Mapped[str] = mapped_column(String(40), default="", server_default="")
    search: Mapped[str] = mapped_column(String(500), default="", server_default="")
    needs: Mapped[str] = mapped_column(String(500), default="", server_default="")
    group_name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    numbers: Mapped[dict[str, list[str]]] = mapped_column(Json, default=dict, server_default="{}")
    forgotten_as_of: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    till_receipt: Mapped[str] = mapped_column(String(40), default="", server_default="")

    __table_args__ = (
        CheckConstraint("total >= 0", name="total"),
        CheckConstraint("people >= 0", name="people"),
        CheckConstraint("(state IN ('held', 'pending')) = (held_until IS NOT NULL)", name="held_until"),
        Index(
            "ix_booking_due",
            "held_until",
            sqlite_where=text("held_until IS NOT NULL"),
            postgresql_where=text("held_until IS NOT NULL"),
        ),
        Index("ix_booking_email", "email"),
        # Of changes alone: an index of every booking's "no change" tempts SQLite to read them all.
        Index(
            "ix_booking_changes_id",
            "changes_id",
            sqlite_where=text("changes_id IS NOT NULL"),
            postgresql_where=text("changes_id IS NOT NULL"),
        ),
        # For the nightly forgetting: each holds only what is still to be forgotten.
        Index(
            "ix_booking_needs",
            "starts_at",
            sqlite_where=text(HAS_NEEDS),
            postgresql_where=text(HAS_NEEDS),
        ),
        Index(
            "ix_booking_contact",
            "starts_at",
            sqlite_where=text(HAS_CONTACT),
            postgresql_where=text(HAS_CONTACT),
        ),
        Index(
            "ix_booking_unbought",
            "created_at",
            sqlite_where=text("confirmed_at IS NULL"),
            postgresql_where=text("confirmed_at IS NULL"),
        ),
        Index(
            "ix_booking_forgotten_as_of",
            "forgotten_as_of",
            sqlite_where=text("forgotten_as_of IS NOT NULL"),
            postgresql_where=text("forgotten_as_of IS NOT NULL"),
        ),
        Index("ix_booking_starts_at", "starts_at"),
        # Of visits of several days alone.
        Index(
            "ix_booking_last_at",
            "last_at",
            sqlite_where=text("last_at IS NOT NULL"),
            postgresql_where=text("last_at IS NOT NULL"),
        ),
        # Of what counts for limits alone: the marks go when it is paid for, or over.
        Index("ix_booking_holder", "holder", sqlite_where=text("holder <> ''"), postgresql_where=text("holder <> ''")),
        Index(
            "ix_booking_counted",
            "starts_at",
            sqlite_where=text("holder <> ''"),
            postgresql_where=text("holder <> ''"),
        ),
        Index("ix_booking_person", "person", sqlite_where=text("person <> ''"), postgresql_where=text("person <> ''")),
    )

    @property
    def to_pay(self) -> int:
        """What is left for the payment provider once gift cards have paid their part, in minor units."""
        return self.total - self.by_gift_card

    @property
    def sold(self) -> Sold:
        """What it sells."""
        return what_is_sold(self.sells, self.people)


class BookingWord(Model):
    """A word that a booking is found by, letters folded. In byte order, so that a beginning is a range of the key."""

    __tablename__ = "booking_word"

    word: Mapped[str] = mapped_column(
        String(40).with_variant(String(40, collation="C"), "postgresql"), primary_key=True
    )
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True, index=True)


class Line(Model):
    """So many of one ticket type in one slot. Title, price and VAT rate are as they were when bought.

    `discounts` are taken off its price already. `of_pass`: it is a day of a pass for all days of a festival.

    What was added later at another price is a line of its own.
    """

    __tablename__ = "line"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))  # found by the unique index
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), index=True)  # a slot that goes is looked for here
    ticket_type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"))
    activity_title: Mapped[Texts] = mapped_column(Translated)
    ticket_title: Mapped[Texts] = mapped_column(Translated)
    quantity: Mapped[int]
    admits: Mapped[int]
    unit_price: Mapped[int]
    vat_rate: Mapped[int]
    discounts: Mapped[TakenOff] = mapped_column(TakenOffColumn(MOST), default=(), server_default="")
    of_pass: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("admits > 0", name="admits"),
        CheckConstraint("unit_price >= 0", name="unit_price"),
        Index(
            "uq_line_as_bought",
            "booking_id",
            "slot_id",
            "ticket_type_id",
            "unit_price",
            "vat_rate",
            "admits",
            "discounts",
            unique=True,
        ),
    )


class Ticket(Model):
    """What is shown at the door: a code that admits so many people in one slot. It goes with its booking."""

    __tablename__ = "ticket"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), index=True)
    ticket_type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"))
    code: Mapped[str] = mapped_column(String(26), unique=True)
    admits: Mapped[int]
    admitted: Mapped[int] = mapped_column(default=0, server_default="0")
    void: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    __table_args__ = (
        CheckConstraint("admits > 0", name="admits"),
        CheckConstraint("admitted >= 0 AND admitted <= admits", name="admitted_within_admits"),
    )


class FormerTime(Model):
    """A time that a confirmed booking once had and gave up for another, so that calendars can take it away again.

    It holds what a calendar needs, since the slot itself may be gone by then.
    """

    __tablename__ = "former_time"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    slot_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)  # no foreign key: slots may go
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    title: Mapped[Texts] = mapped_column(Translated)


class WaitingState(StrEnum):
    """Where a place in the waiting list stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    ENDED = "ended"


class Waiting(Model):
    """A whole party that waits for any one of several slots; `hindered` names what stood in the way of an offer."""

    __tablename__ = "waiting"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    secret: Mapped[str] = mapped_column(String(26), unique=True)
    state: Mapped[WaitingState] = mapped_column(stored(WaitingState), default=WaitingState.WAITING)
    lang: Mapped[str] = mapped_column(String(2))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    picks: Mapped[list[list[int]]] = mapped_column(Json)
    people: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    hindered: Mapped[str | None] = mapped_column(String(60))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    holder: Mapped[str] = mapped_column(String(32), default="", server_default="")
    person: Mapped[str] = mapped_column(String(32), default="", server_default="")

    __table_args__ = (
        Index("ix_waiting_holder", "holder", sqlite_where=text("holder <> ''"), postgresql_where=text("holder <> ''")),
        Index("ix_waiting_person", "person", sqlite_where=text("person <> ''"), postgresql_where=text("person <> ''")),
        CheckConstraint("people > 0", name="people"),
        Index("ix_waiting_state", "state", "created_at"),
        Index(
            "ix_waiting_booking_id",
            "booking_id",
            sqlite_where=text("booking_id IS NOT NULL"),
            postgresql_where=text("booking_id IS NOT NULL"),
        ),
    )


class WaitingSlot(Model):
    """One of the slots that would do for a waiting party."""

    __tablename__ = "waiting_slot"

    waiting_id: Mapped[int] = mapped_column(ForeignKey("waiting.id", ondelete="CASCADE"), primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), primary_key=True, index=True)
