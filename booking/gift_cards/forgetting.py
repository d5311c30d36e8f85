"""The end of what a gift card says of people: who it is for, who it is from, the greeting, and where it was sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, select, text

from booking.gift_cards.models import HAS_RECIPIENT, GiftCard, GiftCardOrder
from booking.kernel.forgetting import Clear, Forgetting, Rows

KEPT = timedelta(days=90)


def _told(before: datetime) -> Select[int]:
    """Those of cards whose letter has gone by then or never goes, and of orders that were never paid."""
    told_at = func.coalesce(GiftCard.sent_at, GiftCard.withdrawn_at, GiftCardOrder.ordered_at)
    waits = and_(GiftCard.id.is_not(None), GiftCard.sent_at.is_(None), GiftCard.withdrawn_at.is_(None))
    return (
        select(GiftCardOrder.booking_id)
        .outerjoin(GiftCard, GiftCard.booking_id == GiftCardOrder.booking_id)
        .where(GiftCardOrder.ordered_at < before, text(f"({HAS_RECIPIENT})"), ~waits, told_at < before)
    )


forget_people = Clear(GiftCardOrder.booking_id, {"recipient": "", "recipient_email": "", "giver": "", "greeting": ""})

FORGETTINGS = (Forgetting("who a gift card is for and from, and its greeting", KEPT, Rows(_told), forget_people),)
