"""Change a visit to a school: another time, more or fewer pupils; and take away times at which nobody goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from booking.agreements.prices import VisitKind
from booking.agreements.rules import load_rules, school_year
from booking.agreements.terms import Terms, as_kept
from booking.bookings.details import make_findable
from booking.bookings.models import State
from booking.bookings.refusals import TooLate, WrongState
from booking.bookings.store import begin_at, lines_of, lock, next_version, write_lines, write_tickets
from booking.capacity.apply_patterns import take_away
from booking.capacity.educators import AWAY, educators, send_away
from booking.capacity.models import Slot, SlotStatus
from booking.capacity.places import Want, claims_of
from booking.centre.facts import CentreFacts
from booking.kernel.database import one_at_a_time, run
from booking.kernel.money import Money
from booking.outbox.promises import promise
from booking.outreach import read
from booking.outreach.going import basket_of, check_size, claim, day_there, offered_one, slot_for, trip_to
from booking.outreach.models import Outreach, OutreachVisit
from booking.outreach.read import Away
from booking.outreach.rules import Trip, school_price, trip
from booking.planner.wish import Group
from booking.records.audit import note
from booking.visits.change import standing_of, terms_on
from booking.visits.models import Visit, VisitGroup, VisitPart
from booking.visits.read import of_booking as visit_of
from booking.visits.rebill import new_bill, write_new_bill


def change(
    booking_id: int,
    starts_at: datetime,
    pupils: int,
    adults: int,
    *,
    centre: CentreFacts,
    now: datetime,
    actor: str = "buyer",
) -> None:
    """Another time, more or fewer pupils; inside a unit of work. The new time is taken before the old is given back.

    The price stays, and so does who pays. Teachers may move as long as it is free to cancel. Raises TooLate,
    WrongState, and what `book` raises.
    """
    bookings, away = lock(booking_id), read.of_booking(booking_id)
    seen = visit_of(booking_id, centre.currency)
    if not bookings or away is None or seen is None or bookings[0].state not in (State.CONFIRMED, State.PENDING):
        raise WrongState(State.CANCELLED.value)
    (booking,), offered = bookings, offered_one(away.activity_id)
    (before,) = (timetable.group for timetable in seen.timetables)
    moves = starts_at != away.starts_at
    if actor == "buyer" and (
        away.starts_at <= now or (moves and not standing_of(seen, booking.total, centre, now).can_move)
    ):
        raise TooLate(away.starts_at)
    group = Group(before.name, pupils, adults, before.grade, (away.activity_id,))
    if moves:
        going = trip_to(offered, starts_at, group, away.travel_minutes, centre, now)
    else:
        check_size(offered, group)
        going = trip(offered, starts_at, away.travel_minutes)
    price = school_price(away.activity_id, Money(booking.total, centre.currency))
    billed = new_bill(seen, [group], going.starts_at, VisitKind.OUTREACH, centre, price)
    giving = claims_of([booking_id])
    one_at_a_time([AWAY])
    slot_id, day = away.slot_id, day_there(offered, away.municipality, going, centre) if moves else None
    if day is not None:
        day.check_open()
        if centre.local(starts_at).date() != centre.local(away.starts_at).date():
            day.check_free(offered)
    write_new_bill(seen, billed)  # before any slot is locked, as all do who move allowances
    own = {held.slot_id for held in giving}
    wants = send_away(educators(centre), going.leaves_at, going.back_at, own.union(day.empty if day else ()))
    if day is not None:
        slot_id = slot_for(offered, going, day)
    basket = basket_of(offered, slot_id, group, booking.total, going, load_rules())
    write_lines(booking_id, basket, replacing=True)
    facts = {"starts_at": away.starts_at.isoformat(), "people": booking.people}
    booking.people = basket.people
    begin_at(booking, going.starts_at)
    next_version(booking)
    make_findable(booking)
    if booking.state is State.PENDING:
        booking.held_until = going.starts_at
    else:
        write_tickets(booking_id, lines_of(booking_id))
        promise("mail.change", f"change:{booking_id}:{booking.version}", {"booking_id": booking_id})
    _rewrite(away, group, going, slot_id, wants, centre, terms_on(seen, going.starts_at, centre))
    after = {"starts_at": going.starts_at.isoformat(), "people": basket.people}
    note(actor, "outreach.change", f"booking:{booking_id}", facts, after)
    claim(booking_id, slot_id, basket, wants, now, giving)
    if moves:
        end_slots(now, [away.slot_id])  # no others: they might be below what is locked already


def end_slots(now: datetime, slot_ids: Sequence[int] | None = None) -> int:
    """Take times away at which nobody goes any more, so that they keep no educator; inside a unit of work.

    Only those of `slot_ids`, if given. One that something still names is cancelled instead. Returns how many there
    were.
    """
    programmes = list(run(select(Outreach.activity_id)).scalars())
    if not programmes:
        return 0
    times = select(Slot.id).where(Slot.activity_id.in_(programmes), Slot.starts_at > now)
    if slot_ids is not None:
        times = times.where(Slot.id.in_(slot_ids))
    ids = sorted(run(times.where(Slot.taken == 0, Slot.status == SlotStatus.OPEN)).scalars())
    if ids:
        take_away(ids)
        run(update(Slot).where(Slot.id.in_(ids), Slot.taken == 0).values(status=SlotStatus.CANCELLED))
    return len(ids)


def _rewrite(
    away: Away, group: Group, going: Trip, slot_id: int, wants: list[Want], centre: CentreFacts, terms: Terms
) -> None:
    times = {"starts_at": going.starts_at, "ends_at": going.ends_at}
    visit = {
        "arrives_at": going.starts_at,
        "leaves_at": going.ends_at,
        "year": school_year(centre.local(going.starts_at).date()),
        "terms": as_kept(terms),
    }
    run(update(Visit).where(Visit.id == away.visit_id).values(**visit))
    claims = [slot_id, *(want.slot_id for want in wants)]
    numbers = {"pupils": group.pupils, "adults": group.adults, "claims": claims}
    run(update(VisitGroup).where(VisitGroup.visit_id == away.visit_id).values(**numbers))
    groups = select(VisitGroup.id).where(VisitGroup.visit_id == away.visit_id)
    run(update(VisitPart).where(VisitPart.group_id.in_(groups)).values(slot_id=slot_id, **times))
    run(update(OutreachVisit).where(OutreachVisit.visit_id == away.visit_id).values(slot_id=slot_id, **times))
