"""An entry leaves a contest: whoever booked withdraws it, or the staff take it out and say why.

Its place is free at once. A booking of this entry alone is cancelled with it; of several, the others keep theirs. The
letter that tells of the money says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from booking.bookings.basket import Pick
from booking.bookings.change import (
    agreed,
    cancel,
    check_shown,
    drop_waiting_changes,
    lock_changeable,
    make_smaller,
    price_change,
    what_if,
)
from booking.bookings.models import Ticket
from booking.bookings.purse import purses
from booking.bookings.queries import BookingFacts
from booking.bookings.refusals import AlreadyUsed, TooLate, Unknown
from booking.bookings.rules import Settlement, change_deadline, settle_change, settle_in_full
from booking.bookings.store import has_been_used, lines_of
from booking.capacity.models import Slot
from booking.centre.facts import CentreFacts
from booking.contests.enter import locked_entry
from booking.contests.models import TRANSITIONS, ContestEntry, EntryState
from booking.contests.read import EntryFacts
from booking.contests.refusals import EntryOut, ReasonWanted
from booking.kernel.database import db, run
from booking.records.audit import note

LONGEST_REASON = 400


def withdraw(entry_id: int, *, centre: CentreFacts, now: datetime, shown: int | None = None) -> int:
    """Whoever booked gives an entry up; inside a unit of work. Returns what comes back, in minor units.

    Raises what `bookings.change.cancel` raises, EntryOut, Unknown, and AnotherSum when it is not what was `shown`.
    """
    entry = locked_entry(entry_id)
    note("buyer", "contest.withdraw", f"booking:{entry.booking_id}", None, {"entry": entry.id})
    due = _leave(entry, EntryState.WITHDRAWN, "buyer", False, centre, now)
    check_shown(shown, due)
    return due


def what_if_withdrawn(facts: BookingFacts, entry: EntryFacts, centre: CentreFacts, now: datetime) -> Settlement | None:
    """What giving this one up would mean in money, for the page before it; None where it is all that was booked.

    Raises what `withdraw` would: TooLate, AlreadyUsed, and what `bookings.change.what_if` raises.
    """
    until = change_deadline(facts.starts_at, centre)
    if now > until:
        raise TooLate(until)
    if has_been_used(facts.id):
        raise AlreadyUsed
    slot_id, ticket_type_id = _place_of(entry)
    picks = _without(facts.id, slot_id, ticket_type_id)
    return what_if(facts, picks, centre=centre, now=now, actor="staff")[1] if picks else None


def take_out(
    entry_id: int, reason: str, *, centre: CentreFacts, now: datetime, actor: str, whole_refund: bool = False
) -> int:
    """The staff take an entry out; inside a unit of work. Returns what goes back, in minor units.

    By the centre's rules, or all of it where `whole_refund` says so. Raises ReasonWanted, AlreadyUsed, EntryOut,
    Unknown, WrongState.
    """
    if not reason:
        raise ReasonWanted
    entry = locked_entry(entry_id)
    entry.reason = reason[:LONGEST_REASON]
    note(actor, "contest.take_out", f"booking:{entry.booking_id}", None, {"entry": entry.id})
    return _leave(entry, EntryState.TAKEN_OUT, actor, whole_refund, centre, now)


def leave_without_ticket(booking_id: int) -> None:
    """Let those leave for whom a locked booking has no ticket any more, since it has fewer now or others.

    They are who was written last: the first entry has the first ticket, and so on. Their names are free again, and
    they do not come back with a ticket that is bought later.
    """
    which = (ContestEntry.booking_id == booking_id, ContestEntry.state == EntryState.ENTERED)
    standing = run(select(ContestEntry.id, ContestEntry.activity_id).where(*which).order_by(ContestEntry.id)).all()
    if not standing:
        return
    booked = (
        select(Slot.activity_id)
        .join(Ticket, Ticket.slot_id == Slot.id)
        .where(Ticket.booking_id == booking_id, Ticket.void.is_(False))
    )
    left, gone = Counter(run(booked).scalars()), []
    for entry_id, activity_id in standing:
        if left[activity_id]:
            left[activity_id] -= 1
        else:
            gone.append(entry_id)
    if gone:
        out = {"state": EntryState.WITHDRAWN, "name_key": "", "version": ContestEntry.version + 1}
        run(update(ContestEntry).where(ContestEntry.id.in_(gone)).values(out))


def _leave(
    entry: ContestEntry, state: EntryState, actor: str, whole_refund: bool, centre: CentreFacts, now: datetime
) -> int:
    """Let go of the entry first and of its place last; see capacity/places.py."""
    slot_id, ticket_type_id = _place_of(entry)
    if state not in TRANSITIONS[entry.state]:
        raise EntryOut
    entry.state, entry.name_key = state, ""
    entry.version += 1
    picks = _without(entry.booking_id, slot_id, ticket_type_id)
    if not picks:
        done = cancel(entry.booking_id, centre=centre, now=now, actor=actor, whole_refund=whole_refund)
        return done.refund
    booking = lock_changeable(entry.booking_id, centre, now, actor)
    drop_waiting_changes(booking.id, now)
    basket = price_change(booking, picks, centre, now, "staff")
    holding, stood = purses.purse.locked(booking.id), agreed(booking)
    if whole_refund:
        money = settle_in_full(stood, basket.total, holding)
    else:
        money = settle_change(stood, basket.total, booking.starts_at, now, centre, holding)
    return make_smaller(booking, basket, money, "change", actor, now).refund


def _place_of(entry: ContestEntry | EntryFacts) -> tuple[int, int]:
    """The slot and the ticket type of an entry's ticket: its first entry has the first, and so on."""
    standing = _ids_standing(entry)
    tickets = run(
        select(Ticket.slot_id, Ticket.ticket_type_id)
        .join(Slot, Slot.id == Ticket.slot_id)
        .where(
            Ticket.booking_id == entry.booking_id, Ticket.void.is_(False), Slot.activity_id == entry.activity_id
        )
        .order_by(Slot.starts_at, Ticket.id)
    ).all()  # fmt: skip
    place = standing.index(entry.id) if entry.id in standing else len(tickets)
    if place >= len(tickets):
        raise Unknown
    return tickets[place].slot_id, tickets[place].ticket_type_id


def _ids_standing(entry: ContestEntry | EntryFacts) -> Sequence[int]:
    query = select(ContestEntry.id).where(
        ContestEntry.booking_id == entry.booking_id,
        ContestEntry.activity_id == entry.activity_id,
        ContestEntry.state == EntryState.ENTERED,
    )
    return db.session.scalars(query.order_by(ContestEntry.id)).all()


def _without(booking_id: int, slot_id: int, ticket_type_id: int) -> list[Pick]:
    """What the booking has but one such ticket."""
    picks, is_left_out = [], False
    for line in lines_of(booking_id):
        takes = not is_left_out and (line.slot_id, line.ticket_type_id) == (slot_id, ticket_type_id)
        is_left_out = is_left_out or takes
        if line.quantity > takes:
            picks.append(Pick(line.slot_id, line.ticket_type_id, line.quantity - takes))
    return picks
