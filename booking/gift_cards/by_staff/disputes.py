"""The payer's bank asks for the money back that bought a card: it pays nothing until the bank has decided for us."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from booking.gift_cards.models import GiftCard
from booking.kernel.database import run
from booking.records.audit import note


def stop(booking_id: int, now: datetime) -> None:
    """The payment of this order, which may have bought a card, is asked back or lost; call inside a unit of work."""
    stopped = update(GiftCard).where(GiftCard.booking_id == booking_id, GiftCard.disputed_at.is_(None))
    for card_id in run(stopped.values(disputed_at=now).returning(GiftCard.id)).scalars().all():
        note("provider", "gift_card.disputed", f"gift_card:{card_id}")


def free(booking_id: int) -> None:
    """The bank has decided for us; what staff have blocked stays so. Call inside a unit of work."""
    freed = update(GiftCard).where(GiftCard.booking_id == booking_id, GiftCard.disputed_at.is_not(None))
    for card_id in run(freed.values(disputed_at=None).returning(GiftCard.id)).scalars().all():
        note("provider", "gift_card.dispute_won", f"gift_card:{card_id}")
