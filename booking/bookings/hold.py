"""Hold: keep places while somebody fills in and pays. Also renew, take up again after a waiting payment, and expire."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert

from booking.bookings.basket import Basket, Pick, price
from booking.bookings.by_code.discounted import discount_of, may_have_now, uses_of
from booking.bookings.by_gift_card import take_cards_off
from booking.bookings.limits.combinations import check_combination
from booking.bookings.limits.places import Keeper, check_places
from booking.bookings.models import Booking, Sold, State
from booking.bookings.products.by_pass import let_passes_go
from booking.bookings.refusals import WrongState
from booking.bookings.rules import hold_time
from booking.bookings.store import change_state, end, lock, lock_by_secret, lock_run_out, release, write_lines
from booking.capacity.models import Channel
from booking.capacity.places import claims_of, swap
from booking.centre.facts import CentreFacts
from booking.discounts import uses
from booking.gift_cards import spend
from booking.kernel.codes import new_reference, new_secret
from booking.kernel.database import run
from booking.kernel.writing import write_new


@dataclass(frozen=True, slots=True)
class Hold:
    """Places that are kept: the secret opens the checkout, `until` says how long."""

    booking_id: int
    secret: str
    until: datetime
    total: int


_NEW = insert(Booking).returning(Booking.id, Booking.secret, Booking.total)


def hold(
    picks: Collection[Pick],
    *,
    centre: CentreFacts,
    now: datetime,
    lang: str,
    channel: Channel = Channel.PUBLIC,
    holder: str = "",
    basket_secret: str | None = None,
    keep_for: timedelta | None = None,
    person: str = "",
    knows: Collection[str] | None = None,
) -> Hold:
    """Keep places for one buyer, all or none; call inside a unit of work.

    With the secret of the buyer's own basket, that basket is changed: the new places are taken and the old ones given
    back together. Holds of others that have run out are released in the same statement. `holder` is an opaque mark of
    the visitor ("" is not counted), `person` that of a mailbox where it is known already; see limits/places.py.
    `keep_for` replaces the centre's holding time.

    `knows` are the warnings that the buyer has read; see limits/combinations.py. A basket keeps its discount codes.

    Raises what `basket.price` and `check_combination` raise, Full, TooManyHolds, DiscountUsedUp, and WrongState
    when the basket's payment is under way.
    """
    booking = _own_basket(basket_secret)
    may_have = may_have_now(booking, channel, centre, now)
    basket = price(picks, channel, centre, now, may_have)
    if channel is Channel.PUBLIC:
        check_combination(basket.lines, centre, knows, sale=basket.sale)
    keeper = Keeper(holder, person) if booking is None else Keeper(booking.holder, booking.person)
    check_places(keeper, basket.people, basket.starts_at, centre, now, but=booking.id if booking else 0)
    until = now + (keep_for or hold_time(basket.people, centre))
    ran_out = lock_run_out(now) if basket.sale is None or basket.sale.ran_out else []
    run_out = [other for other in ran_out if booking is None or other.id != booking.id]
    giving = claims_of([other.id for other in (*run_out, booking) if other is not None])
    taken = uses_of(basket.lines, may_have)
    ended = [other.id for other in (*run_out, booking) if other is not None and other.discount]
    covered = [other.id for other in (*run_out, booking) if other is not None and other.by_gift_card]
    if len(covered) > 1:
        spend.lock_cards(covered)
    end(run_out, State.EXPIRED, now, keeping_uses=True)
    draws = basket.sale.draws if basket.sale is not None else {}
    if booking is None:
        uses.move(ended, taken, now)  # asked before anything is written, which then goes as one statement
        values = _new(basket, centre, now, until, lang, channel, holder) | {"person": person}
        row = write_new(Booking, values)
        write_lines(row, basket, replacing=False)
        uses.keep(row, taken, now)
        swap(row, basket.wants, channel, now, giving, draws=draws)
        return Hold(row.id, str(values["secret"]), until, basket.total)
    take_cards_off(booking, now)
    let_passes_go(booking, now)
    if taken or ended:
        uses.swap(ended, booking.id, taken, now)
    booking.discount = discount_of(basket.lines)
    booking.total, booking.people, booking.starts_at = basket.total, basket.people, basket.starts_at
    booking.last_at = basket.last_at
    booking.lang, booking.held_until, booking.asked_at = lang, until, None
    write_lines(booking.id, basket, replacing=True)
    swap(booking.id, basket.wants, channel, now, giving, draws=draws)
    return Hold(booking.id, booking.secret, until, basket.total)


def renew(booking_id: int, centre: CentreFacts, now: datetime) -> datetime:
    """Start the holding time anew, a limited number of times (WCAG 2.2.1); returns until when.

    Raises WrongState when it is not held any more or was renewed as often as the centre allows.
    """
    (booking,) = lock(booking_id)
    if booking.state is not State.HELD or booking.renewals >= centre.hold_renewals:
        raise WrongState(booking.state.value)
    if booking.held_until is not None and booking.held_until <= now:
        raise WrongState(State.EXPIRED.value)
    booking.renewals += 1
    booking.held_until = now + hold_time(booking.people, centre)
    return booking.held_until


def drop(booking_id: int, now: datetime) -> bool:
    """Give up a basket that is still held; False when there was nothing to give up."""
    held = [booking for booking in lock(booking_id) if booking.state is State.HELD]
    release(held, State.CANCELLED, now)
    return bool(held)


def back_to_basket(booking_id: int, centre: CentreFacts, now: datetime) -> None:
    """The payment was given up and can no longer be paid: the buyer gets the holding time once more.

    Call only when the provider has said that the session is closed. Nothing happens unless it was pending.
    """
    (booking,) = lock(booking_id)
    if booking.state is State.PENDING:
        change_state(booking, State.HELD, now, held_until=now + hold_time(booking.people, centre))


def expire_run_out(now: datetime, most: int = 50) -> int:
    """Release held bookings whose time is over; returns how many. One unit of work; the worker calls it each second."""
    run_out = lock_run_out(now, most)
    release(run_out, State.EXPIRED, now)
    return len(run_out)


def expire_pending(booking_id: int, now: datetime) -> bool:
    """Release a booking whose payment can no longer be paid; False when it was not pending."""
    pending = [booking for booking in lock(booking_id) if booking.state is State.PENDING]
    release(pending, State.EXPIRED, now)
    return bool(pending)


def _own_basket(secret: str | None) -> Booking | None:
    booking = lock_by_secret(secret) if secret else None
    if booking is not None and booking.state is State.PENDING:
        raise WrongState(booking.state.value)
    if (
        booking is None
        or booking.state is not State.HELD
        or booking.changes_id is not None
        or booking.sold is not Sold.PLACES
    ):
        return None
    return booking


def new_booking(
    basket: Basket,
    centre: CentreFacts,
    now: datetime,
    until: datetime,
    lang: str,
    channel: Channel,
    holder: str,
    **otherwise: object,
) -> Hold:
    """A held booking with fresh codes, written but not yet with lines or places; `otherwise` are columns by name."""
    values = _new(basket, centre, now, until, lang, channel, holder) | otherwise
    booking_id, secret, total = run(_NEW, values).one()
    return Hold(booking_id, secret, until, total)


def _new(
    basket: Basket, centre: CentreFacts, now: datetime, until: datetime, lang: str, channel: Channel, holder: str
) -> dict[str, object]:
    """The columns of a held booking with fresh codes."""
    return {
        "reference": new_reference(),
        "secret": new_secret(),
        "code": new_secret(),
        "state": State.HELD,
        "channel": channel,
        "lang": lang,
        "currency": centre.currency,
        "total": basket.total,
        "discount": discount_of(basket.lines),
        "people": basket.people,
        "starts_at": basket.starts_at,
        "last_at": basket.last_at,
        "created_at": now,
        "held_until": until,
        "holder": holder,
    }
