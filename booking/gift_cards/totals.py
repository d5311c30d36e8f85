"""What is owed on all cards together, and what moved it: sums that begin with what is on them now.

So a year of cards that are used up costs nothing: what is asked of the past is what has moved since.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, TextClause, func, literal, select, text

from booking.gift_cards.models import HAS_REST, IS_HELD, IS_KEPT, GiftCard, GiftCardEntry, GiftCardMove, GiftCardUse
from booking.kernel.database import run

# What makes more or less of what is owed. What a basket holds of a card is owed until it is bought.
LASTING = (
    GiftCardMove.ISSUED,
    GiftCardMove.REFUNDED,
    GiftCardMove.EXPIRED,
    GiftCardMove.REVIVED,
    GiftCardMove.WITHDRAWN,
)


def outstanding(until: datetime) -> int:
    """What was still on all cards at a moment, with what was only held of them; in minor units, in one statement."""
    on_cards = _sum(select(func.sum(GiftCard.balance)).where(text(HAS_REST)))
    held = _sum(select(func.sum(GiftCardUse.amount)).where(text(IS_HELD)))
    used = _sum(select(func.sum(GiftCardUse.amount)).where(text(IS_KEPT), GiftCardUse.ended_at >= until))
    moved: ColumnElement[int] = literal(0)
    for lasting in LASTING:
        since = select(func.sum(GiftCardEntry.amount)).where(GiftCardEntry.move == lasting, GiftCardEntry.at >= until)
        moved = moved + _sum(since)
    return int(run(select(on_cards + held + used - moved)).scalar_one())


def used_between(begin: datetime, end: datetime) -> tuple[ColumnElement[bool] | TextClause, ...]:
    """What cards have paid for bookings in a stretch of time."""
    return (text(IS_KEPT), GiftCardUse.ended_at >= begin, GiftCardUse.ended_at < end)


def _sum(query: Select[int]) -> ColumnElement[int]:
    total: ScalarSelect[int] = query.scalar_subquery()
    return func.coalesce(total, 0)
