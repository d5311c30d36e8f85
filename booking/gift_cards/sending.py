"""What the letter with a card needs: its code, made for it, sealed until it has gone, and then forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from booking.gift_cards.codes import SHOWN, hash_of, new_code
from booking.gift_cards.models import GiftCard, GiftCardOrder
from booking.kernel.database import as_values, db, run, unit_of_work
from booking.staff.vault import Vault


@dataclass(frozen=True, slots=True)
class CardToSend:
    """A card as its letter says it; `code` is the only place where it stands in clear."""

    booking_id: int
    code: str
    amount: int
    balance: int
    currency: str
    expires_on: date
    recipient: str
    recipient_email: str
    giver: str
    greeting: str
    lang: str


_TOLD = (
    GiftCard.amount, GiftCard.balance, GiftCard.currency, GiftCard.expires_on, GiftCardOrder.recipient,
    GiftCardOrder.recipient_email, GiftCardOrder.giver, GiftCardOrder.greeting, GiftCardOrder.lang,
)  # fmt: skip


def to_send(card_id: int, turn: int, secret_key: str) -> CardToSend | None:
    """A card with its code, for the letter that was asked for the so-many-eth time; opens a unit of work of its own.

    None where another letter was asked for since, or this one has gone. However often it is tried, it says one code.
    """
    vault = Vault(secret_key)
    with unit_of_work():
        card = db.session.get_one(GiftCard, card_id, with_for_update={"key_share": True}, populate_existing=True)
        if card.asked != turn or card.sent_at is not None:
            return None
        code = vault.open(card.sealed) if card.sealed else None
        if code is None:
            code = new_code()
            card.code_hash, card.last_signs, card.sealed = hash_of(code), code[-SHOWN:], vault.seal(code)
    return card_with(card_id, code)


def card_with(card_id: int, code: str) -> CardToSend:
    """A card with the code that is known of it, in one statement."""
    query = select(GiftCard.booking_id, *_TOLD).join(GiftCardOrder, GiftCardOrder.booking_id == GiftCard.booking_id)
    rows = run(query.where(GiftCard.id == card_id))
    return as_values(lambda booking_id, *told: CardToSend(booking_id, code, *told), rows)[0]


def has_gone(card_id: int, turn: int, to: str, now: datetime) -> None:
    """The letter is with the mail server: its code is forgotten here; call inside a unit of work.

    Where it went to is kept, also where that was to its buyer: they are told before its last day.
    """
    gone = update(GiftCard).where(GiftCard.id == card_id, GiftCard.asked == turn, GiftCard.sent_at.is_(None))
    sent = gone.values(sealed="", sent_at=now, bounced_at=None).returning(GiftCard.booking_id)
    order_id = db.session.scalar(sent.execution_options(synchronize_session=False))
    if order_id is not None:
        run(update(GiftCardOrder).where(GiftCardOrder.booking_id == order_id).values(recipient_email=to))


def came_back(card_id: int, turn: int, now: datetime) -> None:
    """No server takes the letter: staff are told, and may send it anew; call inside a unit of work."""
    back = update(GiftCard).where(GiftCard.id == card_id, GiftCard.asked == turn, GiftCard.sent_at.is_(None))
    run(back.values(bounced_at=now))
