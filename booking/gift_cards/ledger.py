"""The one way that the balance of a card moves: a conditional UPDATE, and the line of the ledger that says why."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, update

from booking.gift_cards.models import GiftCard, GiftCardEntry, GiftCardMove
from booking.kernel.database import run
from booking.kernel.writing import write


def put_on(
    card_id: int, move: GiftCardMove, amount: int, at: datetime, key: str, booking_id: int = 0
) -> datetime | None:
    """Let a card have so much more; call inside a unit of work. When its buyer withdrew from it, if they did."""
    put = update(GiftCard).where(GiftCard.id == card_id).values(balance=GiftCard.balance + amount)
    withdrawn_at: datetime | None = run(put.returning(GiftCard.withdrawn_at)).scalar_one()
    enter(card_id, move, amount, at, key, booking_id)
    return withdrawn_at


def take_off(
    card_id: int,
    move: GiftCardMove,
    amount: int,
    at: datetime,
    key: str,
    booking_id: int = 0,
    *,
    only: ColumnElement[bool] | None = None,
) -> bool:
    """Take so much off a card that has it, `only` where this holds too; False, and nothing, otherwise.

    Call inside a unit of work: whoever comes second waits for the first and then reads what is left.
    """
    taken = update(GiftCard).where(GiftCard.id == card_id, GiftCard.balance >= amount)
    if only is not None:
        taken = taken.where(only)
    if run(taken.values(balance=GiftCard.balance - amount)).rowcount != 1:
        return False
    enter(card_id, move, -amount, at, key, booking_id)
    return True


def enter(card_id: int, move: GiftCardMove, amount: int, at: datetime, key: str, booking_id: int) -> None:
    """The line alone, of a card whose balance is written in the same unit of work."""
    line = {"card_id": card_id, "move": move, "amount": amount, "at": at, "booking_id": booking_id, "key": key}
    write(GiftCardEntry, [line])


def is_valid(today: date) -> ColumnElement[bool]:
    """That a card may be paid with today."""
    return ~GiftCard.is_stopped() & (GiftCard.expires_on >= today)
