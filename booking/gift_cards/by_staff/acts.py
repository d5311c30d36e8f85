"""Acts of the office: each has a reason, is in the log, and is refused where it makes no sense."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update

from booking.gift_cards.issue import promise_letter
from booking.gift_cards.ledger import put_on
from booking.gift_cards.models import GiftCard, GiftCardEntry, GiftCardMove, GiftCardOrder
from booking.gift_cards.refusals import BlockedAlready, NotBlocked, NothingOnCard, OddEnd, StillToSend, StoppedCard
from booking.kernel.codes import new_secret
from booking.kernel.database import db, run
from booking.records.audit import note

LONGEST_LIFE = timedelta(days=3653)  # from today


def block(card_id: int, reason: str, actor: str, now: datetime) -> None:
    """Nobody pays with it from now on; call inside a unit of work. What a basket holds of it already still pays.

    Raises BlockedAlready.
    """
    card = locked(card_id)
    if card.blocked_at is not None:
        raise BlockedAlready
    card.blocked_at = now
    note(actor, "gift_card.block", f"gift_card:{card_id}", None, {"reason": reason})


def unblock(card_id: int, reason: str, actor: str) -> None:
    """It pays again, whoever had stopped it; call inside a unit of work. Raises NotBlocked."""
    card = locked(card_id)
    if card.blocked_at is None and card.disputed_at is None:
        raise NotBlocked
    card.blocked_at = card.disputed_at = None
    note(actor, "gift_card.unblock", f"gift_card:{card_id}", None, {"reason": reason})


def extend(card_id: int, until: date, reason: str, actor: str, now: datetime, today: date) -> int:
    """Another, later last day; returns what comes back to it of what had run out. Call inside a unit of work.

    That is a line of its ledger and, from there, a voucher of the journal: income that is owed again.
    Raises OddEnd, NothingOnCard.
    """
    card = locked(card_id)
    if not max(card.expires_on, today) < until <= today + LONGEST_LIFE:
        raise OddEnd
    gone = select(func.coalesce(func.sum(GiftCardEntry.amount), 0)).where(
        GiftCardEntry.card_id == card_id,
        GiftCardEntry.move.in_((GiftCardMove.EXPIRED, GiftCardMove.REVIVED)),
    )
    back = -int(run(gone).scalar_one())
    if card.balance + back <= 0:
        raise NothingOnCard
    before, card.expires_on, card.told_at = card.expires_on, until, None
    if back:
        db.session.flush()
        put_on(card_id, GiftCardMove.REVIVED, back, now, f"revived:{card_id}:{new_secret()}")
    facts = {"expires_on": until.isoformat(), "reason": reason}
    note(
        actor,
        "gift_card.extend",
        f"gift_card:{card_id}",
        {"expires_on": before.isoformat()},
        facts | ({"back_on_card": back} if back else {}),
    )
    return back


def send_anew(card_id: int, email: str, reason: str, actor: str, today: date) -> None:
    """A new code goes by letter to this address, "" for whoever bought it; the old one dies now. In a unit of work.

    A card whose morning is still to come only gets the address. Raises StoppedCard, NothingOnCard.
    """
    card = locked(card_id)
    if card.send_at is None:
        renew(card, today)
    sent_to = {"recipient_email": email, "in_hand": False}
    run(update(GiftCardOrder).where(GiftCardOrder.booking_id == card.booking_id).values(sent_to))
    if card.send_at is not None:
        note(actor, "gift_card.address", f"gift_card:{card_id}", None, {"reason": reason})
        return
    promise_letter(card_id, card.asked)
    note(actor, "gift_card.new_code", f"gift_card:{card_id}", None, {"reason": reason, "way": "letter"})


def renew(card: GiftCard, today: date) -> None:
    """Let a locked card have no code: what it had opens nothing any more, and letters on their way say nothing.

    Raises StillToSend, StoppedCard, NothingOnCard.
    """
    if card.send_at is not None:
        raise StillToSend
    if card.blocked_at is not None or card.disputed_at is not None:
        raise StoppedCard
    if card.balance <= 0 or card.expires_on < today:
        raise NothingOnCard
    card.asked += 1
    card.code_hash, card.sealed, card.last_signs = None, "", ""
    card.sent_at = card.bounced_at = card.shown_until = None


def locked(card_id: int) -> GiftCard:
    """The card, so that nobody else moves it until this unit of work ends. Raises LookupError."""
    card = db.session.get(GiftCard, card_id, with_for_update={"key_share": True}, populate_existing=True)
    if card is None:
        raise LookupError(card_id)
    return card
