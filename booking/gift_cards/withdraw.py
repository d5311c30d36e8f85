"""Its buyer withdraws from the purchase of a card: what is left on it is taken off at once, and its letter stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from booking.gift_cards.ledger import take_off
from booking.gift_cards.models import GiftCard, GiftCardEntry, GiftCardMove, GiftCardUse, UseState
from booking.kernel.database import run


@dataclass(frozen=True, slots=True)
class CardLeft:
    """What is left on the card that a booking bought, and what of it baskets hold that nobody has paid; minor units."""

    card_id: int
    amount: int
    left: int
    in_baskets: int

    @property
    def used(self) -> int:
        """What it has paid for."""
        return max(self.amount - self.left - self.in_baskets, 0)


_HELD = (
    select(func.coalesce(func.sum(GiftCardUse.amount), 0))
    .where(GiftCardUse.card_id == GiftCard.id, GiftCardUse.state == UseState.HELD)
    .correlate(GiftCard)
    .scalar_subquery()
)
_LEFT = select(GiftCard.id, GiftCard.amount, GiftCard.balance, _HELD).where(GiftCard.booking_id == bindparam("booking"))
_LOCK = select(GiftCard.id).where(GiftCard.booking_id == bindparam("booking")).with_for_update(key_share=True)
_CARD = (
    select(GiftCard.booking_id, GiftCard.balance)
    .where(GiftCard.id == bindparam("card"))
    .with_for_update(key_share=True)
)


def left_of(booking_id: int) -> CardLeft | None:
    """The card that a booking bought, in one statement; none where it is not paid for."""
    row = run(_LEFT, {"booking": booking_id}).first()
    return None if row is None else CardLeft(*(int(value) for value in row))


def take_left(booking_id: int, now: datetime) -> CardLeft | None:
    """Take all that is left off the card that a locked booking bought, and let no letter with it go any more.

    Call inside a unit of work. Whoever pays with it at the same moment has its row first, or finds nothing on it.
    """
    run(_LOCK, {"booking": booking_id})
    card = left_of(booking_id)
    if card is None:
        return None
    if card.left:
        take_off(card.card_id, GiftCardMove.WITHDRAWN, card.left, now, f"withdrawn:{card.card_id}", booking_id)
    stopped = {
        "withdrawn_at": now, "send_at": None, "sealed": "", "shown_until": None, "bounced_at": None,
        "asked": GiftCard.asked + 1,
    }  # fmt: skip
    run(update(GiftCard).where(GiftCard.id == card.card_id).values(stopped))
    return card


def buyer_of(card_id: int) -> int:
    """The booking that bought a card."""
    return int(run(select(GiftCard.booking_id).where(GiftCard.id == card_id)).scalar_one())


def take_released(card_id: int, amount: int, use_key: str, now: datetime) -> int:
    """Take off a withdrawn card what a basket had of it and has given back, as far as it is there; how much.

    Call inside a unit of work that has its buyer's booking locked. Of one use once, however often it is asked for.
    """
    key = f"withdrawn:{use_key}"
    booking_id, balance = run(_CARD, {"card": card_id}).one()
    if run(select(GiftCardEntry.id).where(GiftCardEntry.key == key)).first() is not None:
        return 0
    part = min(amount, int(balance))
    if part <= 0 or not take_off(card_id, GiftCardMove.WITHDRAWN, part, now, key, int(booking_id)):
        return 0
    return part
