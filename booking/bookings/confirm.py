"""Confirm: the booking is the buyer's. Makes the tickets and promises the mail, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from booking.annual_passes import issue as annual_passes
from booking.bookings.basket import LineFacts
from booking.bookings.models import Booking, Sold, State
from booking.bookings.products.by_pass import follow as follow_passes
from booking.bookings.products.by_pass import hold_again
from booking.bookings.purse import purses
from booking.bookings.queries import BookedLine, BookedTicket
from booking.bookings.refusals import AlreadyUsed, WrongState
from booking.bookings.store import (
    as_noted,
    begin_at,
    change_state,
    copy_lines,
    has_been_used,
    issue_tickets,
    lines_of,
    lock_with_parent,
    next_version,
    only_adds,
    places_of,
    write_tickets,
)
from booking.capacity.places import Want, claims_of, swap
from booking.centre.facts import the_centre
from booking.discounts import uses
from booking.discounts.taken import by_campaign
from booking.gift_cards.issue import issue
from booking.kernel import clock
from booking.newsletter import subscribers
from booking.newsletter.consents import AskedBy
from booking.outbox.promises import promise
from booking.records.audit import note

# Who stands above and keeps something for each ticket of a booking: told of a locked one that has other tickets now.
_followers: list[Callable[[int], None]] = []


def tell_of_other_tickets(*followers: Callable[[int], None]) -> None:
    """Let these be who follows, once, when the application is made."""
    _followers[:] = followers


# Who stands above and keeps what a booking was when money moved: told of a locked one that is to have other lines, and
# of the change that brings them, 0 where none does.
_witnesses: list[Callable[[int, int], None]] = []


def tell_before_other_lines(*witnesses: Callable[[int, int], None]) -> None:
    """Let these be who is told, once, when the application is made."""
    _witnesses[:] = witnesses


def other_lines_come(booking_id: int, change_id: int = 0) -> None:
    """A confirmed, locked booking is just about to get other lines."""
    for witness in _witnesses:
        witness(booking_id, change_id)


def confirm(booking_id: int, now: datetime) -> bool:
    """Confirm a booking that is paid or costs nothing; call inside a unit of work. False when it already was.

    An expired one takes its places again first. Raises Full, Closed or DiscountUsedUp when they are gone, WrongState
    when cancelled; the caller's unit of work must then end without a commit.
    """
    return confirm_locked(lock_with_parent(booking_id), now)


def confirm_locked(locked: Sequence[Booking], now: datetime, actor: str = "buyer") -> bool:
    """As `confirm`, for what `lock_with_parent` gave. `actor` is who pays, or takes the money in the till."""
    *parents, booking = locked
    if booking.state is State.CONFIRMED:
        return False
    lines = lines_of(booking.id)
    if not parents:
        confirm_as_known(booking, lines, now)
        return True
    if booking.by_gift_card:
        purses.purse.pay_by_gift_card(booking, now)
    change_state(booking, State.CONFIRMED, now)
    fold(parents[0], booking, lines, now, actor)
    return True


def confirm_as_known(
    booking: Booking, lines: Sequence[LineFacts] | Sequence[BookedLine], now: datetime
) -> list[BookedTicket]:
    """As `confirm`, for a locked booking that changes no other and has these lines; returns its tickets."""
    was_expired = booking.state is State.EXPIRED
    if booking.by_gift_card:
        purses.purse.pay_by_gift_card(booking, now)  # cards before the counters of discounts, like everybody
    if was_expired and booking.by_pass:
        hold_again(booking, now)
    if was_expired and booking.discount:
        uses.take_again(booking.id, now)
    change_state(booking, State.CONFIRMED, now)
    tickets = issue_tickets(booking.id, places_of(lines)) if lines else []
    if booking.topics:
        asked_by = AskedBy(subscribers.FROM_CHECKOUT, booking.lang, booking.news_wording)
        subscribers.ask(booking.email, booking.topics, booking.lang, now, asked_by, once=f"booking:{booking.id}")
    if booking.sold is not Sold.PLACES:
        booking.starts_at = now
        _ISSUE[booking.sold](booking.id, booking.currency, the_centre(), now)
        return tickets
    promise("mail.confirmation", f"confirmation:{booking.id}", {"booking_id": booking.id})
    if was_expired:
        wants = [Want(line.slot_id, line.quantity * line.admits) for line in lines]
        swap(booking.id, wants, booking.channel, now, giving=())
    return tickets


_ISSUE = {Sold.GIFT_CARD: issue, Sold.ANNUAL_PASS: annual_passes.issue}


def fold(parent: Booking, change: Booking, lines: Sequence[LineFacts], now: datetime, actor: str = "buyer") -> None:
    """Fold a paid change into the booking it changes: its lines, places and tickets become the parent's.

    Raises WrongState when the parent is no longer confirmed, AlreadyUsed when somebody has come in on it meanwhile
    unless nothing of it is given up, Full or Closed when an expired change lost its places.
    """
    if parent.state is not State.CONFIRMED or parent.version != change.version:
        raise WrongState(parent.state.value)
    if has_been_used(parent.id) and not only_adds(lines_of(parent.id), lines):
        raise AlreadyUsed
    giving = claims_of([parent.id, change.id])
    before = as_noted(parent, [held.slot_id for held in giving if held.booking_id == parent.id])
    other_lines_come(parent.id, change.id)
    copy_lines(change.id, parent.id)
    parent.late_total, parent.kept_by_rule = change.late_total, change.kept_by_rule
    next_version(parent)
    parent.numbers = change.numbers
    reissue(parent, lines, change.people, change.starts_at, {"paid": change.total}, change.last_at)
    after = as_noted(parent, [line.slot_id for line in lines]) | {"paid": change.total}
    note(actor, "booking.change", f"booking:{parent.id}", before, after)
    wants = [Want(line.slot_id, line.quantity * line.admits) for line in lines]
    swap(parent.id, wants, parent.channel, now, giving, own={parent.id, change.id})


def reissue(
    booking: Booking,
    lines: Sequence[LineFacts],
    people: int,
    starts_at: datetime,
    money: Mapping[str, int],
    last_at: datetime | None = None,
) -> None:
    """Let a confirmed booking be what its new lines say: sum and tickets; and promise the mail that tells it.

    Its version is the new one already. `money` is what the mail says of it (minor units): what was paid or goes back.
    """
    booking.total = sum(line.quantity * line.unit_price for line in lines)
    booking.people = people
    discounts = by_campaign(lines)
    if booking.discount or discounts:
        uses.become(booking.id, discounts, clock.now())
        booking.discount = discounts.total()
    if booking.total:
        booking.holder = booking.person = ""  # what is paid for is nobody's limit
    moves = starts_at != booking.starts_at
    begin_at(booking, starts_at, last_at)
    write_tickets(booking.id, lines)
    if moves:
        purses.purse.moved(booking.id)
    follow_passes(booking, clock.now())
    for follow in _followers:
        follow(booking.id)
    promise("mail.change", f"change:{booking.id}:{booking.version}", {"booking_id": booking.id, **money})
