"""What is on a card, for whoever holds its code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select

from booking.gift_cards.codes import hash_of
from booking.gift_cards.models import GiftCard
from booking.kernel.database import as_values, run


@dataclass(frozen=True, slots=True)
class CardBalance:
    """A card as its holder sees it."""

    last_signs: str
    balance: int
    currency: str
    expires_on: date
    is_blocked: bool
    is_withdrawn: bool  # by who bought it


_BALANCE = select(
    GiftCard.last_signs,
    GiftCard.balance,
    GiftCard.currency,
    GiftCard.expires_on,
    GiftCard.is_stopped(),
    GiftCard.withdrawn_at.is_not(None),
).where(GiftCard.code_hash == bindparam("code"))


def balance_of(code: str) -> CardBalance | None:
    """The card with this code, in one statement."""
    return next(iter(as_values(CardBalance, run(_BALANCE, {"code": hash_of(code)}))), None)
