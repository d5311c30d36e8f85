"""Who comes at another time of the day than their ticket's: move it to the present time where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from booking.bookings.move import move
from booking.bookings.refusals import WrongState
from booking.bookings.store import lock
from booking.capacity.models import Slot, SlotStatus
from booking.capacity.places import Closed, Full
from booking.catalogue.models import Kind
from booking.centre.facts import CentreFacts
from booking.door.rules import PartyAtDoor, TicketAtDoor
from booking.kernel.database import attempt, db

TRIES = 2  # the time that is running, and the one that comes


def move_to_present(
    party: PartyAtDoor, tickets: Sequence[TicketAtDoor], now: datetime, centre: CentreFacts
) -> int | None:
    """Move the party's admission to the nearest present time; call inside a unit of work that holds it locked.

    Returns the slot it was moved from; None when nothing was moved: no such time, no room, somebody in already, or the
    ticket is for more than a walk through the house.
    """
    from_slot = _movable_from(party, tickets)
    if from_slot is None:
        return None
    for slot_id, _free in _present(party, tickets[0].activity_id, now, centre):
        try:
            with attempt():  # a full time must not undo what stands
                (booking,) = lock(party.booking_id)
                move(booking, {from_slot: slot_id}, now, tell=False)
        except (Full, Closed, WrongState):
            continue
        return from_slot
    return None


def present_slot(party: PartyAtDoor, tickets: Sequence[TicketAtDoor], now: datetime, centre: CentreFacts) -> int | None:
    """The present time that seems to have room for the party's admission; whether it has, only the taking knows."""
    from_slot = _movable_from(party, tickets)
    if from_slot is None:
        return None
    people = sum(ticket.admits for ticket in party.tickets if ticket.slot_id == from_slot)
    near = _present(party, tickets[0].activity_id, now, centre)
    return next((slot_id for slot_id, free in near if free >= people), None)


def _movable_from(party: PartyAtDoor, tickets: Sequence[TicketAtDoor]) -> int | None:
    """The one admission time of these tickets, if nobody is in by it."""
    slots = {ticket.slot_id for ticket in tickets}
    if len(slots) != 1 or tickets[0].kind is not Kind.ADMISSION:
        return None
    (from_slot,) = slots
    if any(ticket.admitted for ticket in party.tickets if ticket.slot_id == from_slot):
        return None
    return from_slot


def _present(party: PartyAtDoor, activity_id: int, now: datetime, centre: CentreFacts) -> list[tuple[int, int]]:
    """The times that the party may come in for now and has no tickets for, the nearest first: (slot, places free)."""
    early, late = timedelta(minutes=centre.door_early_minutes), timedelta(minutes=centre.door_late_minutes)
    rows = db.session.execute(
        select(Slot.id, Slot.starts_at, Slot.capacity - Slot.taken).where(
            Slot.activity_id == activity_id,
            Slot.status == SlotStatus.OPEN,
            Slot.starts_at <= now + early,
            Slot.starts_at > now - late,
            Slot.ends_at > now,
        )
    )
    elsewhere = {ticket.slot_id for ticket in party.tickets}
    nearest = sorted(rows, key=lambda row: abs(row[1] - now))[:TRIES]
    return [(slot_id, free) for slot_id, _starts_at, free in nearest if slot_id not in elsewhere]
