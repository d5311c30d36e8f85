"""What is left on a card after its last day is the house's, once: the journal makes income of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, text

from booking.gift_cards.ledger import take_off
from booking.gift_cards.models import HAS_REST, GiftCard, GiftCardMove
from booking.kernel.codes import new_secret
from booking.kernel.database import run


def expire_due(today: date, now: datetime, most: int = 50) -> int:
    """Take what is left off cards whose last day is past; one unit of work. How many.

    Who pays with a card at the same moment has its row first, or finds it over.
    """
    due = (
        select(GiftCard.id, GiftCard.balance)
        .where(GiftCard.expires_on < today, text(HAS_REST))
        .order_by(GiftCard.expires_on, GiftCard.id)  # by id alone SQLite goes through all cards
        .limit(most)
        .with_for_update(skip_locked=True, key_share=True)
    )
    cards = run(due).all()
    for card_id, left in cards:
        key = f"expired:{card_id}:{new_secret()}"  # what was only held comes back after the end, and ends for itself
        take_off(card_id, GiftCardMove.EXPIRED, left, now, key, only=GiftCard.expires_on < today)
    return len(cards)
