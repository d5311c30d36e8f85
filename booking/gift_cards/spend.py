"""Paying with a card: so much is held with the places of a booking, becomes a payment, or goes back to the card."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, func, select, update

from booking.gift_cards.ledger import is_valid, put_on, take_off
from booking.gift_cards.models import GiftCard, GiftCardMove, GiftCardUse, UseState
from booking.gift_cards.refusals import CardBlocked, CardInOtherMoney, CardOver, CardSpent, CardWithdrawn, NoSuchCode
from booking.kernel.codes import new_secret
from booking.kernel.database import as_values, run
from booking.kernel.writing import write
from booking.outbox.promises import promise

RELEASED = "withdrawal.released"  # what a card's buyer is still to have, since no booking wants it any more
LIVES_AGAIN = timedelta(days=90)  # at least, once money has come back to a card


@dataclass(frozen=True, slots=True)
class UsedCard:
    """What a booking has of one card, and what is left on it; minor units."""

    card_id: int
    last_signs: str
    amount: int
    left: int


@dataclass(frozen=True, slots=True)
class PaidByCard:
    """A part of a card that pays for a booking from now on."""

    payment_key: str
    amount: int


_BY_HASH = (
    select(
        GiftCard.id,
        GiftCard.balance,
        GiftCard.currency,
        GiftCard.is_stopped().label("is_stopped"),
        GiftCard.expires_on,
        GiftCard.withdrawn_at,
    )
    .where(GiftCard.code_hash == bindparam("code"))
    .with_for_update(key_share=True)
)
_USES = (
    select(GiftCardUse.card_id, GiftCard.last_signs, func.sum(GiftCardUse.amount), GiftCard.balance)
    .join(GiftCard, GiftCard.id == GiftCardUse.card_id)
    .where(GiftCardUse.booking_id == bindparam("booking"), GiftCardUse.state == UseState.HELD)
    .group_by(GiftCardUse.card_id, GiftCard.last_signs, GiftCard.balance)
    .order_by(func.min(GiftCardUse.id))
)
_KEEP = (
    update(GiftCardUse)
    .where(GiftCardUse.booking_id == bindparam("booking"), GiftCardUse.state == UseState.HELD)
    .values(state=UseState.KEPT, ended_at=bindparam("now"))
    .returning(GiftCardUse.payment_key, GiftCardUse.amount)
)
_LOCK_CARDS = (
    select(GiftCard.id)
    .where(
        GiftCard.id.in_(
            select(GiftCardUse.card_id).where(
                GiftCardUse.booking_id.in_(bindparam("bookings", expanding=True)),
                GiftCardUse.state != UseState.RELEASED,
            )
        )
    )
    .order_by(GiftCard.id)
    .with_for_update(key_share=True)
)
_CARD_OF = select(GiftCardUse.card_id, GiftCardUse.booking_id).where(GiftCardUse.payment_key == bindparam("key"))


def lock_cards(booking_ids: Collection[int]) -> None:
    """Lock all cards that these bookings hold something of or were paid with, before any of them moves.

    Call inside a unit of work that has the bookings locked. Everybody locks in this order: bookings, their payments,
    cards in ascending id, counters of discounts, places. Who moves several cards one after the other, or comes to
    counters first, asks this before; one card alone, or what `let_go` sorts, needs no asking.
    """
    run(_LOCK_CARDS, {"bookings": sorted(booking_ids)})


def used_by(booking_id: int) -> list[UsedCard]:
    """The cards that a booking which is not bought yet has something of, in one statement."""
    return as_values(UsedCard, run(_USES, {"booking": booking_id}))


def hold(booking_id: int, code_hash: str, most: int, currency: str, now: datetime, today: date) -> int:
    """Take up to `most` of the card with this code for a booking that is locked; returns how much.

    Call inside a unit of work. Raises NoSuchCode, CardBlocked, CardInOtherMoney, CardWithdrawn, CardOver.
    """
    card = run(_BY_HASH, {"code": code_hash}).first()
    if card is None:
        raise NoSuchCode
    if card.is_stopped:
        raise CardBlocked
    if card.currency != currency:
        raise CardInOtherMoney(card.currency)
    amount, key = min(most, int(card.balance)), new_secret()
    if amount <= 0 and card.withdrawn_at is not None:
        raise CardWithdrawn
    if amount <= 0 or card.expires_on < today:
        raise CardOver
    if not take_off(card.id, GiftCardMove.HELD, amount, now, f"held:{key}", booking_id, only=is_valid(today)):
        raise CardOver
    use = {
        "card_id": card.id, "booking_id": booking_id, "state": UseState.HELD, "amount": amount, "payment_key": key,
        "held_at": now,
    }  # fmt: skip
    write(GiftCardUse, [use])
    return amount


def let_go(booking_ids: Collection[int], now: datetime) -> None:
    """What these bookings hold of cards goes back to them; call inside a unit of work that has the bookings locked."""
    released = (
        update(GiftCardUse)
        .where(GiftCardUse.booking_id.in_(booking_ids), GiftCardUse.state == UseState.HELD)
        .values(state=UseState.RELEASED, ended_at=now)
        .returning(
            GiftCardUse.card_id, GiftCardUse.amount, GiftCardUse.payment_key, GiftCardUse.booking_id,
            GiftCardUse.held_at,
        )
    )  # fmt: skip
    for card_id, amount, key, booking_id, held_at in sorted(run(released)):  # cards in everybody's order
        withdrawn_at = put_on(card_id, GiftCardMove.RELEASED, amount, now, f"released:{key}", booking_id)
        if withdrawn_at is not None and held_at <= withdrawn_at:
            promise(RELEASED, f"{RELEASED}:{key}", {"card_id": card_id, "amount": amount, "key": key})


def keep(booking_id: int, now: datetime) -> list[PaidByCard]:
    """What a locked booking holds pays for it; call inside the unit of work that confirms it."""
    return as_values(PaidByCard, run(_KEEP, {"booking": booking_id, "now": now}))


def hold_again(booking_id: int, amount: int, now: datetime) -> None:
    """A booking whose time had run out is paid after all: take again what its cards were to pay, the last tries first.

    Raises CardSpent where that is no longer on them.
    """
    query = (
        select(GiftCardUse.card_id, GiftCardUse.amount)
        .where(GiftCardUse.booking_id == booking_id, GiftCardUse.state == UseState.RELEASED)
        .order_by(GiftCardUse.id.desc())
    )
    left, parts = amount, []
    for card_id, part in run(query).all():
        if left > 0:
            parts.append((card_id, min(part, left)))
            left -= parts[-1][1]
    if left:
        raise CardSpent
    for card_id, part in sorted(parts):
        key = new_secret()
        if not take_off(card_id, GiftCardMove.HELD, part, now, f"held:{key}", booking_id):
            raise CardSpent
        use = {
            "card_id": card_id, "booking_id": booking_id, "state": UseState.HELD, "amount": part, "payment_key": key,
            "held_at": now,
        }  # fmt: skip
        write(GiftCardUse, [use])


def give_back(payment_key: str, amount: int, refund_key: str, now: datetime, today: date) -> None:
    """Money of a booking goes back to the card that it came from, which lives on for a while; inside a unit of work."""
    card_id, booking_id = run(_CARD_OF, {"key": payment_key}).one()
    put_on(card_id, GiftCardMove.REFUNDED, amount, now, f"refund:{refund_key}"[:80], booking_id)
    until = today + LIVES_AGAIN
    run(
        update(GiftCard)
        .where(GiftCard.id == card_id, GiftCard.expires_on < until)
        .values(expires_on=until, told_at=None)
    )
