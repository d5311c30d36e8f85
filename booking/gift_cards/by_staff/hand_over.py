"""A card over the counter: its code is shown and printed at once, kept sealed as long as that takes, then forgotten."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Update, select, update

from booking.gift_cards.by_staff.acts import locked, renew
from booking.gift_cards.codes import SHOWN, hash_of, new_code
from booking.gift_cards.models import GiftCard, GiftCardOrder
from booking.gift_cards.refusals import HandedOver, NothingOnCard, StoppedCard
from booking.gift_cards.sending import CardToSend, card_with
from booking.kernel.database import run
from booking.records.audit import note
from booking.staff.vault import Vault

SHOWN_FOR = timedelta(minutes=30)


def hand_over(card_id: int, secret_key: str, actor: str, now: datetime) -> None:
    """Make the code of a card that the desk has sold; call inside a unit of work. Pressed twice it is one code.

    Raises HandedOver where it has had one: another is the office's to give; StoppedCard, NothingOnCard.
    """
    card = locked(card_id)
    if card.shown_until is not None and card.shown_until > now:
        return
    if card.blocked_at is not None or card.disputed_at is not None:
        raise StoppedCard
    if card.balance <= 0:
        raise NothingOnCard
    in_hand = run(select(GiftCardOrder.in_hand).where(GiftCardOrder.booking_id == card.booking_id)).scalar_one()
    if not in_hand or card.code_hash is not None or card.asked > 1:
        raise HandedOver
    _show(card, secret_key, now)
    note(actor, "gift_card.hand_over", f"gift_card:{card_id}")


def renew_in_hand(card_id: int, reason: str, secret_key: str, actor: str, now: datetime, today: date) -> None:
    """Another code, shown here instead of sent; the old one dies now. Call inside a unit of work.

    Raises StillToSend, StoppedCard, NothingOnCard.
    """
    card = locked(card_id)
    renew(card, today)
    _show(card, secret_key, now)
    note(actor, "gift_card.new_code", f"gift_card:{card_id}", None, {"reason": reason, "way": "counter"})


def shown(card_id: int, secret_key: str, now: datetime) -> CardToSend | None:
    """The card with its code, while it is being handed over."""
    query = select(GiftCard.sealed).where(GiftCard.id == card_id, GiftCard.shown_until > now)
    sealed = run(query).scalar()
    code = Vault(secret_key).open(sealed) if sealed else None
    return card_with(card_id, code) if code is not None else None


def handed(card_id: int, now: datetime) -> None:
    """Whoever is to have it has it: its code is forgotten here; call inside a unit of work."""
    run(_given(now).where(GiftCard.id == card_id, GiftCard.shown_until.is_not(None)))


def end_shown(now: datetime) -> None:
    """The same of every card that nobody has said it of in time; one unit of work."""
    over = select(GiftCard.id).where(GiftCard.shown_until <= now)
    run(_given(now).where(GiftCard.id.in_(over.with_for_update(skip_locked=True, key_share=True))))


def _show(card: GiftCard, secret_key: str, now: datetime) -> None:
    code = new_code()
    card.code_hash, card.last_signs, card.sealed = hash_of(code), code[-SHOWN:], Vault(secret_key).seal(code)
    card.shown_until = now + SHOWN_FOR


def _given(now: datetime) -> Update:
    return update(GiftCard).values(sealed="", shown_until=None, sent_at=now)
