"""A month before a card's last day whoever has it is told, once: what is left on it then is the house's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select, text, update

from booking.gift_cards.ledger import is_valid
from booking.gift_cards.models import TO_TELL, GiftCard, GiftCardOrder
from booking.kernel.database import as_values, run
from booking.outbox.promises import promise

BEFORE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class EndingCard:
    """A card as that letter says it. `recipient` and `recipient_email` are empty where they are forgotten."""

    booking_id: int
    last_signs: str
    balance: int
    currency: str
    expires_on: date
    recipient: str
    recipient_email: str
    lang: str


_ENDING = (
    select(
        GiftCard.booking_id, GiftCard.last_signs, GiftCard.balance, GiftCard.currency, GiftCard.expires_on,
        GiftCardOrder.recipient, GiftCardOrder.recipient_email, GiftCardOrder.lang,
    )
    .join(GiftCardOrder, GiftCardOrder.booking_id == GiftCard.booking_id)
    .where(GiftCard.id == bindparam("card"), GiftCard.balance > 0, GiftCard.sent_at.is_not(None))
)  # fmt: skip


def tell_due(today: date, now: datetime, most: int = 50) -> int:
    """Promise the letters of cards whose last day is near and that pay something; one unit of work. How many.

    Not of one that has not been sent: whoever is to have it hears of it then.
    """
    near = (
        select(GiftCard.id)
        .where(
            text(TO_TELL),
            GiftCard.expires_on <= today + BEFORE,
            GiftCard.issued_at <= now - BEFORE,  # what is sold for a month says its end itself
            GiftCard.sent_at.is_not(None),
            is_valid(today),
        )
        .order_by(GiftCard.expires_on)
        .limit(most)
        .with_for_update(skip_locked=True, key_share=True)
    )
    told = update(GiftCard).where(GiftCard.id.in_(near)).values(told_at=now)
    cards = run(told.returning(GiftCard.id, GiftCard.expires_on)).all()
    for card_id, expires_on in cards:
        promise("mail.gift_card_ends", f"gift_card_ends:{card_id}:{expires_on}", {"card_id": card_id})
    return len(cards)


def ending(card_id: int, today: date) -> EndingCard | None:
    """A card of which there is still something to tell, in one statement."""
    query = _ENDING.where(is_valid(today), GiftCard.expires_on <= today + BEFORE)
    return next(iter(as_values(EndingCard, run(query, {"card": card_id}))), None)
