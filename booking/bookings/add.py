"""Add a show or a workshop to a booking: nothing of it is given up, so no deadline and nobody inside is in the way."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from booking.bookings.basket import Pick
from booking.bookings.change import Changed, drop_waiting_changes, go_over_to, price_change
from booking.bookings.hold import Hold
from booking.bookings.models import State
from booking.bookings.numbers import Numbers
from booking.bookings.refusals import Nothing, Unknown, WrongState
from booking.bookings.store import lines_of, lock
from booking.capacity.models import Slot
from booking.catalogue.models import EVENTS, Activity, Kind
from booking.centre.facts import CentreFacts
from booking.kernel.database import run


def add(
    booking_id: int,
    picks: Collection[Pick],
    *,
    centre: CentreFacts,
    now: datetime,
    actor: str = "buyer",
    knows: Collection[str] | None = None,
    numbers: Numbers | None = None,
) -> Changed | Hold:
    """Let a confirmed booking have these besides all that it has; call inside a unit of work.

    What costs nothing is theirs at once. Else only the new places are held, as a booking of its own that is paid like
    any other, and folded in when it is; the answer is then that hold. Each is asked at today's price and sale. `knows`
    are the warnings that have been read, `numbers` those that tickets ask for. Raises Nothing, Unknown, what
    `price_change` raises, Full, Closed, WrongState, NeedsNumber and OddNumber.
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
    basket = price_change(booking, whole, centre, now, actor, knows)
    _check_added({pick.slot_id for pick in wanted})
    return go_over_to(booking, basket, numbers, centre, now, actor)


def _check_added(slot_ids: Collection[int]) -> None:
    """Only what there is to see on a day, which is added to a visit. Raises Unknown."""
    kinds = select(Activity.kind).join(Slot, Slot.activity_id == Activity.id).where(Slot.id.in_(slot_ids))
    if not set(EVENTS).issuperset(Kind(kind) for kind in run(kinds).scalars()):
        raise Unknown
