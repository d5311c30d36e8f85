"""Change: another time, more or fewer people, as a swap that never risks the places one has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from booking.bookings.basket import Basket, Pick, price_again
from booking.bookings.by_code.discounted import may_have_more
from booking.bookings.confirm import other_lines_come, reissue
from booking.bookings.hold import Hold, new_booking
from booking.bookings.limits.combinations import check_combination
from booking.bookings.limits.places import check_more_free
from booking.bookings.models import Booking, Sold, State
from booking.bookings.numbers import Numbers, numbers_for
from booking.bookings.purse import Sent, purses
from booking.bookings.queries import BookingFacts
from booking.bookings.refusals import AlreadyUsed, AnotherSum, TooLate, WrongState
from booking.bookings.rules import (
    Agreed,
    Holding,
    Settlement,
    change_deadline,
    hold_time,
    settle,
    settle_change,
    settle_in_full,
)
from booking.bookings.store import as_noted, has_been_used, lines_of, lock, next_version, release, write_lines
from booking.capacity.models import Channel
from booking.capacity.places import Becoming, Want, claims_of, swap
from booking.centre.facts import CentreFacts
from booking.gift_cards import spend
from booking.kernel.database import db
from booking.outbox.promises import promise
from booking.records.audit import note

CLOSURE = "closure"  # the reason of money that goes back since we have closed


@dataclass(frozen=True, slots=True)
class Changed:
    """The change is made, and this is what it meant in money; `sent` is where what is due goes."""

    money: Settlement
    sent: Sent

    @property
    def refund(self) -> int:
        """What goes back to the buyer, in minor units."""
        return self.money.due


def price_change(
    booking: Booking | BookingFacts,
    picks: Collection[Pick],
    centre: CentreFacts,
    now: datetime,
    actor: str = "buyer",
    knows: Collection[str] | None = None,
    without: Collection[int] = (),
) -> Basket:
    """What the booking would be after the change; what is kept stays as it was bought.

    `knows` are the warnings that have been read; what it has in the slots `without` is given up, a pass's days there
    too. Raises what `basket.price_again` and, of what the change brings with it, `check_combination` raise.
    """
    owned = [line for line in lines_of(booking.id) if line.slot_id not in without]
    basket = price_again(owned, picks, booking.channel, centre, now, may_have_more(booking, owned, centre, now))
    if booking.channel is Channel.PUBLIC or (booking.channel is Channel.DESK and actor == "buyer"):
        check_combination(basket.lines, centre, knows, owned)  # what was sold at the desk, the desk judges
    return basket


def agreed(booking: Booking | BookingFacts) -> Agreed:
    """What a booking stands for in money."""
    return Agreed(booking.total, booking.late_total, booking.kept_by_rule, booking.held_back)


def what_if(
    facts: BookingFacts,
    picks: Collection[Pick],
    *,
    centre: CentreFacts,
    now: datetime,
    actor: str = "buyer",
    knows: Collection[str] | None = None,
    numbers: Numbers | None = None,
) -> tuple[Basket, Settlement]:
    """What this change would make of the booking and mean in money, for the page that asks.

    Raises what `what_it_means` raises, NeedsNumber and OddNumber.
    """
    basket, money = what_it_means(facts, picks, centre=centre, now=now, actor=actor, knows=knows)
    numbers_for(facts.id, basket.lines, numbers, must=actor == "buyer")
    return basket, money


def what_it_means(
    facts: BookingFacts,
    picks: Collection[Pick],
    *,
    centre: CentreFacts,
    now: datetime,
    actor: str = "buyer",
    knows: Collection[str] | None = None,
) -> tuple[Basket, Settlement]:
    """The same while one still chooses, whatever numbers the tickets ask for. Raises as `price_change`."""
    basket = price_change(facts, picks, centre, now, actor, knows)
    holding = purses.purse.holding(facts.id)
    return basket, settle_change(agreed(facts), basket.total, facts.starts_at, now, centre, holding)


def what_if_cancelled(
    facts: BookingFacts, holding: Holding, *, centre: CentreFacts, now: datetime, whole_refund: bool = False
) -> Settlement:
    """What a cancellation would mean in money, for the page before it."""
    if whole_refund:
        return settle_in_full(agreed(facts), 0, holding)
    return settle_change(agreed(facts), 0, facts.starts_at, now, centre, holding)


def change(
    booking_id: int,
    picks: Collection[Pick],
    *,
    centre: CentreFacts,
    now: datetime,
    actor: str = "buyer",
    shown: int | None = None,
    knows: Collection[str] | None = None,
    holder: str = "",
    numbers: Numbers | None = None,
) -> Changed | Hold:
    """Make a confirmed booking what `picks` say; call inside a unit of work.

    Costs it the same or less, the places are swapped at once and what comes back by the centre's rule is promised.
    Costs it more, only the extra places are held, as a booking of its own that is paid like any other; the answer is
    then that hold, and the booking changes once it is paid. `shown` is what the buyer was told comes back, `knows`
    the warnings that have been read; `holder` is an opaque mark of the visitor as in `hold`, for limits on what costs
    nothing, `numbers` those that tickets ask for.

    Raises what `price_change` raises, Full, Closed, TooLate after the deadline, AlreadyUsed, WrongState, TooManyHolds,
    NeedsNumber, OddNumber, and AnotherSum when what comes back is not what was shown.
    """
    booking = lock_changeable(booking_id, centre, now, actor)
    drop_waiting_changes(booking.id, now)
    basket = price_change(booking, picks, centre, now, actor, knows)
    if actor == "buyer":
        check_more_free(booking, basket.people, basket.starts_at, basket.total, now, holder)
    return go_over_to(booking, basket, numbers, centre, now, actor, shown)


def go_over_to(
    booking: Booking,
    basket: Basket,
    numbers: Numbers | None,
    centre: CentreFacts,
    now: datetime,
    actor: str,
    shown: int | None = None,
) -> Hold | Changed:
    """Let a locked booking be what a basket says: at once, or, where it is dearer, once the rest is paid.

    Raises NeedsNumber, OddNumber, AnotherSum when what comes back is not what was `shown`, Full, Closed.
    """
    holding = purses.purse.locked(booking.id)
    money = settle_change(agreed(booking), basket.total, booking.starts_at, now, centre, holding)
    check_shown(shown, money.due)
    has = numbers_for(booking.id, basket.lines, numbers, must=actor == "buyer")
    if money.to_pay:
        return hold_extra(booking, basket, money.after, centre, now, has)
    booking.numbers = has
    return make_smaller(booking, basket, money, "change", actor, now)


def make_smaller(
    booking: Booking, basket: Basket, money: Settlement, reason: str, actor: str, now: datetime
) -> Changed:
    """Let a locked booking be what the basket says, which costs no more, and promise what is due."""
    giving = claims_of([booking.id])
    before = as_noted(booking, [held.slot_id for held in giving])
    other_lines_come(booking.id)
    write_lines(booking.id, basket, replacing=True)
    next_version(booking)
    done = settle_up(booking, money, reason)
    reissue(booking, lines_of(booking.id), basket.people, basket.starts_at, told_of_money(done), basket.last_at)
    after = as_noted(booking, [want.slot_id for want in basket.wants])
    sent = done.sent
    back = {"refund": sent.online + sent.in_till, "in_till": sent.in_till, **sent.of_cards} if money.due else {}
    action = "booking.part_back" if reason == CLOSURE else "booking.change"
    note(actor, action, f"booking:{booking.id}", before, after | back)
    swap(booking.id, basket.wants, booking.channel, now, giving)
    return done


def cancel(
    booking_id: int,
    *,
    centre: CentreFacts,
    now: datetime,
    actor: str = "buyer",
    whole_refund: bool = False,
    shown: int | None = None,
) -> Changed:
    """Cancel a confirmed booking and promise what comes back by rule, or all of it; call inside a unit of work.

    Cancelling what is cancelled changes nothing. Raises TooLate, AlreadyUsed, WrongState, and AnotherSum when what
    comes back is not what was `shown`.
    """
    (booking,) = lock(booking_id)
    if booking.state is State.CANCELLED:
        return Changed(settle(agreed(booking), agreed(booking), 0, Holding()), Sent())
    booking = lock_changeable(booking_id, centre, now, actor)
    drop_waiting_changes(booking.id, now)
    holding, stood = purses.purse.locked(booking.id), agreed(booking)
    if whole_refund:
        money = settle_in_full(stood, 0, holding)
    else:
        money = settle_change(stood, 0, booking.starts_at, now, centre, holding)
    check_shown(shown, money.due)
    next_version(booking)
    done = settle_up(booking, money, "cancel")
    promise("mail.cancellation", f"cancellation:{booking.id}", {"booking_id": booking.id, **told_of_money(done)})
    note(actor, "booking.cancel", f"booking:{booking.id}", {"total": booking.total}, {"refund": money.due})
    release([booking], State.CANCELLED, now)
    return done


def check_shown(shown: int | None, due: int) -> None:
    """Nobody gets another sum back than they agreed to; None where nothing was shown. Raises AnotherSum."""
    if shown is not None and shown != due:
        raise AnotherSum(due)


def settle_up(booking: Booking, money: Settlement, reason: str) -> Changed:
    """Let a locked booking stand for what was settled, and promise what is due; its version is the new one already.

    The total itself follows from the lines; of a cancelled booking it stays what it was.
    """
    booking.late_total, booking.kept_by_rule = money.after.late, money.after.kept
    booking.held_back = money.after.held
    if not money.due:
        return Changed(money, Sent())
    key = f"refund:{booking.id}:{booking.version}"
    return Changed(money, purses.purse.give_back(booking.id, money.due, reason, key))


def told_of_money(done: Changed) -> dict[str, int]:
    """What the letter says of the money, in minor units: just what was promised with it."""
    money = done.money
    return {
        "refund": done.sent.online + done.sent.in_till,
        "in_till": done.sent.in_till,
        **done.sent.of_cards,
        "given_up": money.given_up if money.holding.paid else 0,
        "by_rule": money.by_rule,
        "disputed": money.holding.undecided,
    }


def lock_changeable(booking_id: int, centre: CentreFacts, now: datetime, actor: str) -> Booking:
    """The confirmed booking, locked, if it may still be changed: buyers until the deadline, staff at any time."""
    (booking,) = lock(booking_id)
    if booking.state is not State.CONFIRMED or booking.changes_id is not None or booking.sold is not Sold.PLACES:
        raise WrongState(booking.state.value)
    until = change_deadline(booking.starts_at, centre)
    if actor == "buyer" and now > until:
        raise TooLate(until)
    if has_been_used(booking.id):
        raise AlreadyUsed
    return booking


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
    if waiting:
        changes = db.session.scalars(select(Booking.id).where(Booking.changes_id == booking_id)).all()
        spend.lock_cards([booking_id, *changes])
    release(waiting, State.CANCELLED, now)


def hold_extra(
    booking: Booking,
    basket: Basket,
    after: Agreed,
    centre: CentreFacts,
    now: datetime,
    numbers: Mapping[str, list[str]],
) -> Hold:
    """Hold what the basket has beyond a locked booking, as a booking of its own that waits for its money.

    `numbers` are those of all its tickets.
    """
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
        discount=0,  # its booking has it
        late_total=after.late,
        kept_by_rule=after.kept,
        version=booking.version,
        name=booking.name,
        email=booking.email,
        phone=booking.phone,
        numbers=numbers,
    )
    write_lines(child.booking_id, basket, replacing=False)
    swap(child.booking_id, extra, booking.channel, now, giving=(), becoming=Becoming(had, basket.wants))
    return child
