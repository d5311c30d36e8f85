"""Gift cards as staff look them up: by code, last signs, order or address; one with its ledger and where it was used.

Never the code: only its hash is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, CompoundSelect, String, and_, cast, func, literal, select, text

from booking.bookings.models import Booking
from booking.gift_cards.codes import SHOWN, hash_of, read_code
from booking.gift_cards.models import (
    IS_ADDRESSED,
    WANTS_SOMEBODY,
    GiftCard,
    GiftCardEntry,
    GiftCardMove,
    GiftCardOrder,
    GiftCardUse,
    UseState,
)
from booking.kernel.codes import ALPHABET, read_reference
from booking.kernel.database import as_values, run

MOST = 50  # of a list
MOST_LINES = 500  # of a ledger; no card that people have has as many


class CardState(StrEnum):
    """How a card stands, in one word: what stops it goes before what is on it."""

    BLOCKED = "blocked"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"  # its buyer has withdrawn, and nothing is on it
    RETURNED = "returned"  # no server took its letter
    OVER = "over"
    USED_UP = "used_up"
    WAITS = "waits"  # its morning is still to come
    NOT_SENT = "not_sent"  # on its way, or still to be handed over
    LIVES = "lives"


@dataclass(frozen=True, slots=True)
class GiftCardFacts:
    """A card as staff see it; sums in minor units. `reference` and `email` are of the order that bought it."""

    id: int
    booking_id: int
    reference: str
    name: str
    email: str
    last_signs: str
    amount: int
    balance: int
    currency: str
    issued_at: datetime
    expires_on: date
    send_at: datetime | None
    sent_at: datetime | None
    shown_until: datetime | None
    blocked_at: datetime | None
    disputed_at: datetime | None
    bounced_at: datetime | None
    withdrawn_at: datetime | None
    recipient: str
    recipient_email: str
    giver: str
    in_hand: bool

    @property
    def is_stopped(self) -> bool:
        """Whether nobody may pay with it."""
        return self.blocked_at is not None or self.disputed_at is not None

    def state(self, today: date) -> CardState:
        """How it stands on a day."""
        standing = (
            (self.blocked_at is not None, CardState.BLOCKED),
            (self.disputed_at is not None, CardState.DISPUTED),
            (self.withdrawn_at is not None and self.balance == 0, CardState.WITHDRAWN),
            (self.bounced_at is not None, CardState.RETURNED),
            (self.expires_on < today, CardState.OVER),
            (self.balance == 0, CardState.USED_UP),
            (self.send_at is not None, CardState.WAITS),
            (self.sent_at is None, CardState.NOT_SENT),
        )
        return next((state for holds, state in standing if holds), CardState.LIVES)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A line of a card's ledger. `left` is what was on it then, `use` what became of what a basket took.

    `reference` is none where the booking is no more.
    """

    at: datetime
    move: GiftCardMove
    amount: int
    left: int
    booking_id: int
    reference: str | None
    use: UseState | None


_COLUMNS = (
    GiftCard.id, GiftCard.booking_id, Booking.reference, Booking.name, Booking.email, GiftCard.last_signs,
    GiftCard.amount, GiftCard.balance, GiftCard.currency, GiftCard.issued_at, GiftCard.expires_on, GiftCard.send_at,
    GiftCard.sent_at, GiftCard.shown_until, GiftCard.blocked_at, GiftCard.disputed_at, GiftCard.bounced_at,
    GiftCard.withdrawn_at, GiftCardOrder.recipient, GiftCardOrder.recipient_email, GiftCardOrder.giver,
    GiftCardOrder.in_hand,
)  # fmt: skip


def card(card_id: int) -> GiftCardFacts | None:
    """One card."""
    return next(iter(_read(GiftCard.id == card_id, 1)), None)


def card_of_order(booking_id: int) -> int | None:
    """The card that an order bought, once it is paid."""
    return run(select(GiftCard.id).where(GiftCard.booking_id == booking_id)).scalar()


def found_by(typed: str) -> list[GiftCardFacts]:
    """The cards that somebody may mean by a code, its last signs, a reference or an address; the newest first.

    A reference is that of the order which bought a card, or of a booking that was paid with some.
    """
    code = read_code(typed)
    if code is not None:
        return _read(GiftCard.code_hash == hash_of(code), 1)
    if "@" in typed:
        return _read(GiftCard.id.in_(_of_address(typed.strip().lower())), MOST)
    signs = typed.strip().lstrip("….").upper()
    if len(signs) == SHOWN and all(sign in ALPHABET for sign in signs):
        return _read(GiftCard.last_signs == signs, MOST)
    reference = read_reference(typed)
    return _read(GiftCard.id.in_(_of_booking(reference)), MOST) if reference else []


def newest(most: int = 20) -> list[GiftCardFacts]:
    """Those that were sold last."""
    return _read(literal(True), most)


def that_want_somebody() -> list[GiftCardFacts]:
    """Those whose payment the bank asks back, and those whose letter no server took."""
    return _read(GiftCard.id.in_(select(GiftCard.id).where(text(f"({WANTS_SOMEBODY})"))), MOST)


def how_many_want_somebody() -> int:
    """So many."""
    return int(run(select(func.count()).select_from(GiftCard).where(text(f"({WANTS_SOMEBODY})"))).scalar_one())


def ledger(card_id: int) -> list[LedgerLine]:
    """All that befell a card, the oldest first, in one statement."""
    part = literal("held:").concat(cast(GiftCardUse.payment_key, String))
    query = (
        select(
            GiftCardEntry.at, GiftCardEntry.move, GiftCardEntry.amount,
            func.sum(GiftCardEntry.amount).over(order_by=GiftCardEntry.id), GiftCardEntry.booking_id,
            Booking.reference, GiftCardUse.state,
        )
        .outerjoin(Booking, Booking.id == GiftCardEntry.booking_id)
        .outerjoin(GiftCardUse, and_(GiftCardUse.card_id == card_id, part == GiftCardEntry.key))
        .where(GiftCardEntry.card_id == card_id)
        .order_by(GiftCardEntry.id)
        .limit(MOST_LINES)
    )  # fmt: skip
    return as_values(LedgerLine, run(query))


def _read(which: ColumnElement[bool], most: int) -> list[GiftCardFacts]:
    query = (
        select(*_COLUMNS)
        .join(Booking, Booking.id == GiftCard.booking_id)
        .join(GiftCardOrder, GiftCardOrder.booking_id == GiftCard.booking_id)
        .where(which)
        .order_by(GiftCard.id.desc())
        .limit(most)
    )
    return as_values(GiftCardFacts, run(query))


def _of_address(email: str) -> CompoundSelect[int]:
    bought = select(GiftCard.id).join(Booking, Booking.id == GiftCard.booking_id).where(Booking.email == email)
    given = (
        select(GiftCard.id)
        .join(GiftCardOrder, GiftCardOrder.booking_id == GiftCard.booking_id)
        .where(GiftCardOrder.recipient_email == email, text(f"gift_card_order.{IS_ADDRESSED}"))
    )
    return bought.union(given)


def _of_booking(reference: str) -> CompoundSelect[int]:
    bought = select(GiftCard.id).join(Booking, Booking.id == GiftCard.booking_id).where(Booking.reference == reference)
    used = (
        select(GiftCardUse.card_id)
        .join(Booking, Booking.id == GiftCardUse.booking_id)
        .where(Booking.reference == reference, GiftCardUse.state != UseState.RELEASED)
    )
    return bought.union(used)
