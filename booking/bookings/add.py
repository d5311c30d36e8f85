"""Add a show or a workshop to a booking: nothing of it is given up, so no deadline and nobody inside is in the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from booking.bookings.basket import Basket, Pick, price_again
from booking.bookings.change import Changed, agreed, drop_waiting_changes, hold_extra, make_smaller
from booking.bookings.hold import Hold
from booking.bookings.models import State
from booking.bookings.purse import purses
from booking.bookings.rules import Nothing, Unknown, WrongState, settle_change
from booking.bookings.store import lines_of, lock
from booking.capacity.models import Slot
from booking.catalogue.models import Activity, Kind
from booking.centre.facts import CentreFacts
from booking.kernel.database import Texts, run
from booking.kernel.refusals import Refusal

ADDED = frozenset({Kind.SHOW, Kind.WORKSHOP, Kind.EVENT})


class Clashes(Refusal):
    """More people would be at things of the same time than have entry. `title` is what was asked for."""

    def __init__(self, title: Texts) -> None:
        super().__init__("at the same time as something else of theirs")
        self.title = title


def add(
    booking_id: int, picks: Collection[Pick], *, centre: CentreFacts, now: datetime, actor: str = "buyer"
) -> Changed | Hold:
    """Let a confirmed booking have these besides all that it has; call inside a unit of work.

    What costs nothing is theirs at once. Else only the new places are held, as a booking of its own that is paid like
    any other, and folded in when it is; the answer is then that hold. Each is asked at today's price and sale. Raises
    Nothing, Unknown, Clashes, what `basket.price_again` raises, Full, Closed, and WrongState.
    """
    (booking,) = lock(booking_id)
    if booking.state is not State.CONFIRMED or booking.changes_id is not None:
        raise WrongState(booking.state.value)
    wanted = [pick for pick in picks if pick.quantity > 0]
    if not wanted:
        raise Nothing
    drop_waiting_changes(booking.id, now)
    owned = lines_of(booking.id)
    whole = [*(Pick(line.slot_id, line.ticket_type_id, line.quantity) for line in owned), *wanted]
    basket = price_again(owned, whole, booking.channel, centre, now)
    _check_times(basket, {pick.slot_id for pick in wanted})
    holding = purses.purse.locked(booking.id)
    money = settle_change(agreed(booking), basket.total, booking.starts_at, now, centre, holding)
    if money.to_pay:
        return hold_extra(booking, basket, money.after, centre, now)
    return make_smaller(booking, basket, money, "change", actor, now)


def _check_times(basket: Basket, added: Collection[int]) -> None:
    """Only what is added to a visit, and nobody at two things at once. Raises Unknown, Clashes."""
    there: dict[int, int] = defaultdict(int)
    for line in basket.lines:
        there[line.slot_id] += line.quantity * line.admits
    rows = run(
        select(Slot.id, Slot.starts_at, Slot.ends_at, Activity.kind, Activity.needs_admission, Activity.title)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(Slot.id.in_(there))
    )
    slots = {row.id: row for row in rows}
    if not all(Kind(slots[slot_id].kind) in ADDED for slot_id in added):
        raise Unknown
    inside = sum(heads for slot_id, heads in there.items() if not slots[slot_id].needs_admission)
    seated = [one for one in slots.values() if one.needs_admission]
    for slot_id in added:
        asked = slots[slot_id]
        together = [one for one in seated if one.starts_at < asked.ends_at and asked.starts_at < one.ends_at]
        if len(together) > 1 and sum(there[one.id] for one in together) > inside:
            raise Clashes(asked.title)
