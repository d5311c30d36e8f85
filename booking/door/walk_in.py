"""Who comes without a ticket: places are held at once, paid on their own phone or in the centre's own till."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from booking.bookings.basket import Pick
from booking.bookings.confirm import confirm_locked
from booking.bookings.details import Contact, make_findable
from booking.bookings.hold import Hold, hold
from booking.bookings.models import State
from booking.bookings.refusals import WrongState
from booking.bookings.store import lock_with_parent
from booking.capacity.models import Channel
from booking.centre.facts import CentreFacts
from booking.payments.pay import take_in_till
from booking.records.audit import note


def hold_for_walk_in(
    picks: Collection[Pick], centre: CentreFacts, lang: str, now: datetime, basket_secret: str | None = None
) -> Hold:
    """Keep places for people at the desk; call inside a unit of work. Raises what `hold` raises.

    A time that has begun can still be sold until it ends, and no cap on baskets counts here.
    """
    return hold(picks, centre=centre, now=now, lang=lang, channel=Channel.DESK, basket_secret=basket_secret)


def sold_in_till(booking_id: int, receipt: str, contact: Contact | None, account_id: int, now: datetime) -> None:
    """Note that what is held was paid in the centre's own till, and confirm it; call inside a unit of work.

    A walk-in says who they are in `contact`; a change of a booking that costs more belongs to somebody known, None.
    We are no cash register (kassasystemlova): only the till's receipt number is kept. Raises WrongState unless held.
    """
    locked = lock_with_parent(booking_id)
    booking = locked[-1]
    if booking.state is not State.HELD or booking.held_until is None or booking.held_until <= now:
        raise WrongState(State.EXPIRED.value if booking.state is State.HELD else booking.state.value)
    booking.till_receipt = receipt
    if contact is not None:
        booking.name, booking.email, booking.phone = contact.name, contact.email, contact.phone
        make_findable(booking)
    if booking.total:
        take_in_till(booking, now)
    about = f"booking:{booking.changes_id or booking_id}"
    note(f"account:{account_id}", "door.till_sale", about, None, {"receipt": receipt})
    confirm_locked(locked, now, f"account:{account_id}")
