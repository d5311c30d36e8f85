"""Price, less what gift cards pay, is what is left for the payment provider: where a booking and its cards meet.

Whatever lowers a price in another way does so before, in the lines of the basket: a card pays what is left then.
"""

from __future__ import annotations

from datetime import datetime

from booking.bookings.models import Booking, Sold, State
from booking.bookings.rules import hold_time
from booking.bookings.store import lock_held
from booking.capacity.models import Channel
from booking.centre.facts import CentreFacts, the_centre
from booking.gift_cards import issue, spend
from booking.gift_cards.codes import hash_of
from booking.gift_cards.issue import WantedCard
from booking.gift_cards.refusals import AlreadyPaid
from booking.kernel.codes import new_reference, new_secret
from booking.kernel.writing import write_new


def cover(booking_id: int, code: str, now: datetime) -> int:
    """Let a card pay what it can of a booking that is held in time; returns how much. Call inside a unit of work.

    Raises WrongState, AlreadyPaid, NoSuchCode, CardBlocked, CardInOtherMoney, CardWithdrawn, CardOver.
    """
    booking = lock_held(booking_id, now)
    if booking.to_pay <= 0 or booking.sold is Sold.GIFT_CARD:
        raise AlreadyPaid
    today = the_centre().local(now).date()
    amount = spend.hold(booking.id, hash_of(code), booking.to_pay, booking.currency, now, today)
    booking.by_gift_card += amount
    return amount


def uncover(booking_id: int, now: datetime) -> None:
    """All that a booking which is held in time has of cards goes back to them; inside a unit of work. WrongState."""
    take_cards_off(lock_held(booking_id, now), now)


def take_cards_off(booking: Booking, now: datetime) -> None:
    """The same of a booking that is locked already."""
    if booking.by_gift_card:
        spend.let_go([booking.id], now)
        booking.by_gift_card = 0


def order_card(
    wanted: WantedCard,
    *,
    centre: CentreFacts,
    now: datetime,
    lang: str,
    holder: str = "",
    channel: Channel = Channel.PUBLIC,
) -> str:
    """A basket with a gift card in it, to be paid like any other; returns its secret. Call inside a unit of work.

    It is a booking of nobody, with no time of its own. Raises NotSold, OddAmount, OddDay.
    """
    send_at = issue.check(wanted, centre, now)
    secret = new_secret()
    row = write_new(
        Booking,
        {
            "reference": new_reference(), "secret": secret, "code": new_secret(), "state": State.HELD,
            "channel": channel, "lang": lang, "currency": centre.currency, "total": wanted.amount, "people": 0,
            "sells": Sold.GIFT_CARD, "starts_at": now, "created_at": now, "held_until": now + hold_time(0, centre),
            "holder": holder,
            "forgotten_as_of": send_at,  # until it has gone there, an address is needed
        },
    )  # fmt: skip
    issue.order(row, wanted, send_at, lang, now)
    return secret
