"""Change: another time, more or fewer people, as a swap that never risks the places one has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from booking.bookings.basket import Basket, Pick, price
from booking.bookings.confirm import rewrite
from booking.bookings.hold import Hold, new_booking
from booking.bookings.models import Booking, State
from booking.bookings.rules import AlreadyUsed, TooLate, WrongState, change_deadline, comes_back, hold_time
from booking.bookings.store import has_been_used, lines_of, lock, release, write_lines
from booking.capacity.places import Becoming, Want, claims_of, swap
from booking.centre.facts import CentreFacts
from booking.kernel.database import db
from booking.outbox.promises import promise
from booking.staff.audit import note


@dataclass(frozen=True, slots=True)
class Changed:
    """The change is made. `refund` (minor units) goes back to the buyer."""

    refund: int


def price_change(booking: Booking, picks: Collection[Pick], centre: CentreFacts, now: datetime) -> Basket:
    """What the booking would be after the change; what is kept keeps the price it was bought at."""
    bought = {(line.slot_id, line.ticket_type_id): line.unit_price for line in lines_of(booking.id)}
    return price(picks, booking.channel, centre, now, bought)


def change(
    booking_id: int,
    picks: Collection[Pick],
    *,
    centre: CentreFacts,
    now: datetime,
    actor: str = "buyer",
) -> Changed | Hold:
    """Make a confirmed booking what `picks` say; call inside a unit of work.

    Costs it the same or less, the places are swapped at once and what comes back by the centre's rule is promised.
    Costs it more, only the extra places are held, as a booking of its own that is paid like any other; the answer is
    then that hold, and the booking changes once it is paid.

    Raises what `basket.price` raises, Full, Closed, TooLate after the deadline, AlreadyUsed, WrongState.
    """
    booking = lock_changeable(booking_id, centre, now, actor)
    drop_waiting_changes(booking.id, now)
    basket = price_change(booking, picks, centre, now)
    if basket.total > booking.total:
        return _hold_extra(booking, basket, centre, now)
    refund = comes_back(booking.total - basket.total, booking.starts_at, now, centre)
    before = {"starts_at": booking.starts_at.isoformat(), "people": booking.people, "total": booking.total}
    giving = claims_of([booking.id])
    write_lines(booking.id, basket, replacing=True)
    rewrite(booking, lines_of(booking.id), basket.people, basket.starts_at)
    promise_refund(booking, refund, "change")
    after = {"starts_at": booking.starts_at.isoformat(), "people": booking.people, "total": booking.total}
    note(actor, "booking.change", f"booking:{booking.id}", before, after)
    swap(booking.id, basket.wants, booking.channel, now, giving)
    return Changed(refund)


def cancel(
    booking_id: int, *, centre: CentreFacts, now: datetime, actor: str = "buyer", whole_refund: bool = False
) -> Changed:
    """Cancel a confirmed booking and promise what comes back by rule, or all of it; call inside a unit of work.

    Cancelling what is cancelled changes nothing. Raises TooLate, AlreadyUsed, WrongState.
    """
    (booking,) = lock(booking_id)
    if booking.state is State.CANCELLED:
        return Changed(0)
    booking = lock_changeable(booking_id, centre, now, actor)
    drop_waiting_changes(booking.id, now)
    refund = booking.total if whole_refund else comes_back(booking.total, booking.starts_at, now, centre)
    booking.version += 1
    promise_refund(booking, refund, "cancel")
    told = {"booking_id": booking.id, "refund": refund, "in_till": booking.till_receipt != ""}
    promise("mail.cancellation", f"cancellation:{booking.id}", told)
    note(actor, "booking.cancel", f"booking:{booking.id}", {"total": booking.total}, {"refund": refund})
    release([booking], State.CANCELLED, now)
    return Changed(refund)


def lock_changeable(booking_id: int, centre: CentreFacts, now: datetime, actor: str) -> Booking:
    """The confirmed booking, locked, if it may still be changed: buyers until the deadline, staff at any time."""
    (booking,) = lock(booking_id)
    if booking.state is not State.CONFIRMED or booking.changes_id is not None:
        raise WrongState(booking.state.value)
    until = change_deadline(booking.starts_at, centre)
    if actor == "buyer" and now > until:
        raise TooLate(until)
    if has_been_used(booking.id):
        raise AlreadyUsed
    return booking


def promise_refund(booking: Booking, minor: int, reason: str) -> None:
    """Promise money back; who pays it out finds the payments of the booking and of its changes.

    What was paid in the centre's own till is paid back there, by hand.
    """
    if minor > 0 and not booking.till_receipt:
        promise(
            "payment.refund",
            f"refund:{booking.id}:{booking.version}",
            {"booking_id": booking.id, "amount": minor, "reason": reason},
        )


def drop_waiting_changes(booking_id: int, now: datetime) -> None:
    """A new change takes the place of one that is still only held; one that is being paid stands in the way."""
    waiting = db.session.scalars(
        select(Booking)
        .where(Booking.changes_id == booking_id, Booking.held_until.is_not(None))
        .order_by(Booking.id)
        .with_for_update(key_share=True)
    ).all()
    if any(change.state is State.PENDING for change in waiting):
        raise WrongState(State.PENDING.value)
    release(waiting, State.CANCELLED, now)


def _hold_extra(booking: Booking, basket: Basket, centre: CentreFacts, now: datetime) -> Hold:
    has: dict[int, int] = defaultdict(int)
    had = claims_of([booking.id])
    for held in had:
        has[held.slot_id] += held.places
    needs: dict[int, int] = defaultdict(int)
    for want in basket.wants:
        needs[want.slot_id] += want.places
    extra = [Want(slot, places - has[slot]) for slot, places in sorted(needs.items()) if places > has[slot]]
    until = now + hold_time(basket.people, centre)
    child = new_booking(
        basket,
        centre,
        now,
        until,
        booking.lang,
        booking.channel,
        holder="",
        changes_id=booking.id,
        total=basket.total - booking.total,
        version=booking.version,
        name=booking.name,
        email=booking.email,
        phone=booking.phone,
    )
    write_lines(child.booking_id, basket, replacing=False)
    swap(child.booking_id, extra, booking.channel, now, giving=(), becoming=Becoming(had, basket.wants))
    return child
