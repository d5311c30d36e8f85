"""Annual passes at the door: scanned like a ticket, and straight in while there is room."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from booking.annual_passes import own, uses
from booking.annual_passes.own import PassFacts
from booking.annual_passes.standing import PassStanding
from booking.bookings.basket import Pick
from booking.bookings.confirm import confirm
from booking.bookings.details import make_findable
from booking.bookings.models import Booking
from booking.bookings.store import lock
from booking.capacity.models import Slot, SlotStatus
from booking.catalogue.models import Activity, Kind, Offer, TicketType
from booking.centre.facts import CentreFacts
from booking.door import admit
from booking.door.admit import Admitting, DoorAnswer
from booking.door.rules import DoorVerdict, Post
from booking.door.walk_in import hold_for_walk_in
from booking.kernel.database import attempt, db, run
from booking.kernel.refusals import Refusal

TRIES = 3  # times to come in for

_STANDS = {
    PassStanding.WITHDRAWN: DoorVerdict.CANCELLED,
    PassStanding.BLOCKED: DoorVerdict.PASS_BLOCKED,
    PassStanding.ENDED: DoorVerdict.PASS_ENDED,
    PassStanding.NOT_YET: DoorVerdict.PASS_NOT_YET,
}


class PassUsedMeanwhile(Exception):
    """Somebody has come in with it at this very moment: ask once more."""


class _NotFree(Refusal):
    """A ticket for who has a pass costs something here."""


def scan(code: str, post: Post, how: Admitting, centre: CentreFacts, *, ask: bool = False) -> DoorAnswer:
    """As `admit.scan`, of passes too; call inside a unit of work. Raises PassUsedMeanwhile, then call it once more.

    One with a booking today is that booking's; else its people come straight in, while there is room. More than one
    are counted first.
    """
    answer = admit.scan(code, post, how, centre, ask=ask)
    if answer.verdict is DoorVerdict.UNKNOWN:
        bought = own.pass_by_code(code)
        if bought is None:
            return replace(answer, verdict=DoorVerdict.PASS_REPLACED) if own.was_replaced(code) else answer
        return _with_pass(bought, post, how, centre, ask=ask)
    if answer.party is not None and answer.party.by_pass:
        return replace(answer, passes=tuple(own.passes_on(answer.party.booking_id)))
    return answer


def _with_pass(bought: PassFacts, post: Post, how: Admitting, centre: CentreFacts, *, ask: bool) -> DoorAnswer:
    today = centre.local(how.at).date()
    stands = _STANDS.get(bought.standing(today))
    if stands is not None:
        return DoorAnswer(stands, passes=(bought,))
    booking_id = uses.booking_on(bought.id, today)
    if booking_id is None:
        if post.space_id is not None:
            return DoorAnswer(DoorVerdict.ELSEWHERE, passes=(bought,))
        uses.lock(bought.id)
        if uses.booking_on(bought.id, today) is not None:
            raise PassUsedMeanwhile  # and let its booking be locked before the pass, as everybody does
        booking_id = _straight_in(bought, how, centre)
        if booking_id is None:
            return DoorAnswer(DoorVerdict.PASS_NO_ROOM, passes=(bought,))
    code = run(select(Booking.code).where(Booking.id == booking_id)).scalar_one()
    answer = admit.scan(code, post, how, centre, ask=ask or bought.admits > 1)
    return replace(answer, passes=(bought,))


def _straight_in(bought: PassFacts, how: Admitting, centre: CentreFacts) -> int | None:
    """A booking of its people for the present time; none where no time has room, or none is for who has a pass."""
    for slot_id, ticket_type_id, places in _present(how.at, centre):
        try:
            with attempt():
                return _booked(bought, Pick(slot_id, ticket_type_id, -(-bought.admits // places)), how, centre)
        except Refusal:
            continue
    return None


def _booked(bought: PassFacts, pick: Pick, how: Admitting, centre: CentreFacts) -> int:
    """Raises what holding places raises, and _NotFree."""
    held = hold_for_walk_in([pick], centre, bought.order.lang, how.at)
    if held.total:
        raise _NotFree
    (booking,) = lock(held.booking_id)
    booking.name = next(iter(bought.order.names), "")
    make_findable(booking)
    today = centre.local(how.at).date()
    booking.by_pass = bought.admits
    uses.hold(booking.id, [bought.code], bought.admits, today, today, how.at, at_once=True)
    confirm(booking.id, how.at)
    db.session.flush()
    return booking.id


def _present(now: datetime, centre: CentreFacts) -> list[tuple[int, int, int]]:
    """The entry times that one may come in for now, the nearest first: (slot, ticket type, how many it admits)."""
    early, late = timedelta(minutes=centre.door_early_minutes), timedelta(minutes=centre.door_late_minutes)
    rows = run(
        select(Slot.id, Offer.ticket_type_id, TicketType.places, Slot.starts_at)
        .join(Activity, Activity.id == Slot.activity_id)
        .join(Offer, Offer.activity_id == Activity.id)
        .join(TicketType, TicketType.id == Offer.ticket_type_id)
        .where(
            Activity.kind == Kind.ADMISSION,
            TicketType.of_passes,
            TicketType.active,
            Slot.status == SlotStatus.OPEN,
            Slot.starts_at <= now + early,
            Slot.starts_at > now - late,
            Slot.ends_at > now,
        )
        .order_by(TicketType.places, TicketType.id)
    ).all()
    nearest = sorted(rows, key=lambda row: (abs(row[3] - now), row[2]))
    return [(slot_id, kind, places) for slot_id, kind, places, _starts_at in nearest[:TRIES]]
