"""Selling a card: what is ordered, and the card that follows once it is paid for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import bindparam, insert, select, update

from booking.centre.facts import CentreFacts
from booking.centre.months import months_later
from booking.gift_cards import ledger
from booking.gift_cards.models import GiftCard, GiftCardMove, GiftCardOrder
from booking.gift_cards.refusals import NotSold, OddAmount, OddDay
from booking.kernel.database import as_values, run
from booking.kernel.writing import NewRow, write
from booking.outbox.promises import promise

SENT_AT = time(8)  # the wall clock of the chosen morning
AHEAD = timedelta(days=365)
MOST_GREETING = 500


@dataclass(frozen=True, slots=True)
class WantedCard:
    """A card as somebody orders it. `on` is the day that it is to be sent, none for at once; texts are plain.

    `in_hand`: the desk hands it over, and nothing is sent.
    """

    amount: int
    recipient: str = ""
    recipient_email: str = ""
    giver: str = ""
    greeting: str = ""
    on: date | None = None
    in_hand: bool = False


@dataclass(frozen=True, slots=True)
class OrderedCard:
    """An order as its pages show it."""

    amount: int
    recipient: str
    recipient_email: str
    giver: str
    greeting: str
    lang: str
    send_at: datetime | None
    in_hand: bool = False


_COLUMNS = [getattr(GiftCardOrder, name) for name in OrderedCard.__dataclass_fields__]
_ORDER = select(*_COLUMNS).where(GiftCardOrder.booking_id == bindparam("booking"))


def check(wanted: WantedCard, centre: CentreFacts, now: datetime) -> datetime | None:
    """When it is to be sent, none for at once. Raises NotSold, OddAmount, OddDay."""
    if not centre.sells_gift_cards:
        raise NotSold
    beyond = wanted.amount - centre.gift_card_least
    if wanted.amount <= 0 or beyond < 0 or wanted.amount > centre.gift_card_most or beyond % centre.gift_card_step:
        raise OddAmount
    today = centre.local(now).date()
    if wanted.on is None or wanted.on == today:
        return None
    if not today < wanted.on <= today + AHEAD:
        raise OddDay
    return datetime.combine(wanted.on, SENT_AT, centre.zone)


def order(booking_id: int | NewRow, wanted: WantedCard, send_at: datetime | None, lang: str, now: datetime) -> None:
    """Write what is ordered; call inside the unit of work that makes its booking."""
    values = {
        "booking_id": booking_id, "amount": wanted.amount, "recipient": wanted.recipient,
        "recipient_email": wanted.recipient_email, "giver": wanted.giver, "greeting": wanted.greeting,
        "lang": lang, "send_at": send_at, "in_hand": wanted.in_hand, "ordered_at": now,
    }  # fmt: skip
    write(GiftCardOrder, [values])


def ordered(booking_id: int) -> OrderedCard | None:
    """What is ordered with a booking, in one statement."""
    return next(iter(as_values(OrderedCard, run(_ORDER, {"booking": booking_id}))), None)


def issue(booking_id: int, currency: str, centre: CentreFacts, now: datetime) -> None:
    """The card that was paid for; call inside the unit of work that confirms its booking. Its letter is promised.

    Of one that the desk hands over there is none.
    """
    wanted = ordered(booking_id)
    if wanted is None:
        raise LookupError(booking_id)
    sends_later = wanted.send_at is not None and wanted.send_at > now
    values = {
        "booking_id": booking_id, "amount": wanted.amount, "balance": wanted.amount, "currency": currency,
        "issued_at": now, "expires_on": months_later(centre.local(now).date(), centre.gift_card_months),
        "send_at": wanted.send_at if sends_later else None,
    }  # fmt: skip
    card_id = int(run(_NEW, values).scalar_one())
    ledger.enter(card_id, GiftCardMove.ISSUED, wanted.amount, now, f"issued:{card_id}", booking_id)
    if wanted.in_hand:
        return
    promise("mail.gift_card_bought", f"gift_card_bought:{booking_id}", {"booking_id": booking_id})
    if not sends_later:
        promise_letter(card_id, 1)


_NEW = insert(GiftCard).returning(GiftCard.id)


def promise_letter(card_id: int, turn: int) -> None:
    """The card itself, in a letter of its own; the same time of asking is one letter."""
    promise("mail.gift_card", f"gift_card:{card_id}:{turn}", {"card_id": card_id, "asked": turn})


def send_due(now: datetime, most: int = 50) -> int:
    """Promise the letters of cards whose morning has come, and that nothing stops; one unit of work. How many."""
    due = select(GiftCard.id).where(GiftCard.send_at <= now, ~GiftCard.is_stopped())
    due = due.order_by(GiftCard.send_at).limit(most).with_for_update(skip_locked=True, key_share=True)
    sent = update(GiftCard).where(GiftCard.id.in_(due)).values(send_at=None).returning(GiftCard.id, GiftCard.asked)
    cards = run(sent).all()
    for card_id, turn in cards:
        promise_letter(card_id, turn)
    return len(cards)
