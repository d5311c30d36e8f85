"""The end of what a gift card says of people: who it is for and from, the greeting; and where it was sent.

That address is kept for as long as the card pays: whoever has it is told before its last day.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, or_, select, text

from booking.gift_cards.models import HAS_WORDS, IS_ADDRESSED, GiftCard, GiftCardOrder
from booking.kernel.forgetting import Clear, Forgetting, Reckoned, Rows

CARDS_KEPT = timedelta(days=90)


def _told(before: datetime) -> Select[int]:
    """Those of cards whose letter has gone by then or never goes, and of orders that were never paid."""
    told_at = func.coalesce(GiftCard.sent_at, GiftCard.withdrawn_at, GiftCardOrder.ordered_at)
    waits = and_(GiftCard.id.is_not(None), GiftCard.sent_at.is_(None), GiftCard.withdrawn_at.is_(None))
    return (
        select(GiftCardOrder.booking_id)
        .outerjoin(GiftCard, GiftCard.booking_id == GiftCardOrder.booking_id)
        .where(GiftCardOrder.ordered_at < before, text(f"({HAS_WORDS})"), ~waits, told_at < before)
    )


def _ended(before: datetime) -> Select[int]:
    """Those of cards that pay nothing any more: spent, run out, withdrawn from; and of orders that nobody paid."""
    pays_nothing = or_(GiftCard.balance == 0, GiftCard.expires_on < before.date())
    gone_at = func.coalesce(GiftCard.sent_at, GiftCard.withdrawn_at)
    ended = or_(GiftCard.id.is_(None), and_(gone_at < before, pays_nothing))
    return (
        select(GiftCardOrder.booking_id)
        .outerjoin(GiftCard, GiftCard.booking_id == GiftCardOrder.booking_id)
        .where(text(f"gift_card_order.{IS_ADDRESSED}"), GiftCardOrder.ordered_at < before, ended)
    )


_WORDS, _ADDRESS = {"recipient": "", "giver": "", "greeting": ""}, {"recipient_email": ""}

forget_people = Clear(GiftCardOrder.booking_id, _WORDS | _ADDRESS)  # of one who asks for it

FORGETTINGS = (
    Forgetting(
        "who a gift card is for and from, and its greeting", CARDS_KEPT, Rows(_told),
        Clear(GiftCardOrder.booking_id, _WORDS),
    ),
    Forgetting(
        "where a gift card was sent, once it pays nothing", CARDS_KEPT, Reckoned(_ended),
        Clear(GiftCardOrder.booking_id, _ADDRESS),
    ),
)  # fmt: skip
