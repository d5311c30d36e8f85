"""What the books ask of gift cards each night: that the ledger, the balances and what was paid with them agree."""

from __future__ import annotations

from sqlalchemy import Select, and_, func, select

from booking.gift_cards.models import GiftCard, GiftCardEntry, GiftCardMove, GiftCardUse, UseState


def questions() -> list[tuple[str, str, Select[int]]]:
    """As the questions of booking.running.check: a name, what is wrong, and whose it is."""
    ledger = (
        select(GiftCardEntry.card_id, func.sum(GiftCardEntry.amount).label("total"))
        .group_by(GiftCardEntry.card_id)
        .subquery()
    )
    taken = func.coalesce(func.sum(GiftCardEntry.amount), 0)
    of_uses = (
        select(func.coalesce(func.sum(GiftCardUse.amount), 0))
        .where(GiftCardUse.card_id == GiftCard.id, GiftCardUse.state != UseState.RELEASED)
        .correlate(GiftCard)
        .scalar_subquery()
    )
    held = and_(
        GiftCardEntry.card_id == GiftCard.id,
        GiftCardEntry.move.in_((GiftCardMove.HELD, GiftCardMove.RELEASED)),
    )
    return [
        (
            "gift cards",
            "balance unlike the sum of its ledger, card",
            select(GiftCard.id)
            .outerjoin(ledger, ledger.c.card_id == GiftCard.id)
            .where(GiftCard.balance != func.coalesce(ledger.c.total, 0)),
        ),
        (
            "gift cards",
            "taken for bookings unlike what they have of it, card",
            select(GiftCard.id).outerjoin(GiftCardEntry, held).group_by(GiftCard.id).having(taken + of_uses != 0),
        ),
        (
            "gift cards",
            "code kept of a card that has been sent or handed over, card",
            select(GiftCard.id).where(GiftCard.sealed != "", GiftCard.sent_at.is_not(None)),
        ),
    ]
