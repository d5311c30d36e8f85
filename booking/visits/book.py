"""Book a visit: everything in its plan is claimed at once or not at all, and every payer's sum is written down."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from booking.agreements.closings import agreed_on
from booking.agreements.payers import move_allowances_of
from booking.agreements.prices import bill
from booking.agreements.rules import load_rules, price_list
from booking.agreements.terms import TermsToday, standing
from booking.bookings.models import State
from booking.bookings.refusals import NotOnSale
from booking.bookings.store import end, lock_by_secret
from booking.capacity.models import Channel, Slot
from booking.capacity.places import Full, Held, Want, claims_of, swap
from booking.centre.facts import CentreFacts
from booking.kernel.database import run
from booking.planner.plans import Plan, Timetable, wants_by_group
from booking.records.audit import note
from booking.visits.agree import BookingReady, agree
from booking.visits.lines import SlotsOfPlan, basket_of, kind_of, slots_of
from booking.visits.orders import SchoolOrder
from booking.visits.senders import sender_of
from booking.visits.shares import Turn, asked_of, check_open, take_shares
from booking.visits.write import Booked, NewVisit, write_visit


@dataclass(frozen=True, slots=True)
class VisitOrder(SchoolOrder):
    """All that a teacher has filled in for a visit in the house."""

    plan: Plan
    held: str = ""  # the secret of places that the waiting list keeps for this teacher
    turn: Turn | None = None  # of the release day's queue that it comes through


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseReady(BookingReady):
    """For a visit in the house also what stands in the slots of its plan."""

    slots: SlotsOfPlan


def standing_before(plan: Plan, centre: CentreFacts, now: datetime) -> TermsToday:
    """What cancelling would cost from now on if this were booked, in three statements. Raises NoSchools."""
    on, today = centre.local(plan.arrives_at).date(), centre.local(now).date()
    whole = bill(plan.groups, kind_of(plan), on, price_list(centre.currency)).whole
    return standing(agreed_on(load_rules().deadlines, on), whole, on, today, ())


def ready_for(order: VisitOrder, centre: CentreFacts, now: datetime) -> HouseReady:
    """Read what a booking goes by, in at most four statements; before its unit of work, or in it. Raises NoSchools."""
    rules, on = load_rules(), centre.local(order.plan.arrives_at).date()
    terms, sender = agreed_on(rules.deadlines, on), sender_of(order, now)
    return HouseReady(slots=slots_of(order.plan), rules=rules, terms=terms, sender=sender)


def book_visit(order: VisitOrder, *, centre: CentreFacts, now: datetime, ready: HouseReady | None = None) -> Booked:
    """Book the whole plan; call inside a unit of work. `ready` is what `ready_for` has read before it, if anybody has.

    Confirmed at once, or asked for where one of its programmes or its sender wants the staff's yes: the places are kept
    meanwhile.
    Raises Full or Closed when a place is gone, NotOnSale for a plan of yesterday, BillChanged, AllowanceUsed,
    CodeUnknown, TooManyGroups, ManyVisits; NotYetReleased, OthersFirst, ShareUsed or KeptForOthers where a release day
    has the say.
    """
    plan = order.plan
    if plan.arrives_at <= now:
        raise NotOnSale(plan.wants[0].slot_id, None)
    ready = ready or ready_for(order, centre, now)
    ready.slots.check_groups()
    releases = asked_of(plan, now)
    check_open(releases, now, order.turn)
    price = price_list(centre.currency)
    kind, needs_yes = kind_of(plan), ready.slots.wants_a_yes
    agreed = agree(order, plan.groups, plan.arrives_at, kind, price, ready, needs_yes=needs_yes, centre=centre, now=now)
    basket = basket_of(ready.slots, ready.rules, price)
    times = plan.arrives_at, plan.leaves_at
    new = NewVisit(order, agreed, basket, plan.timetables, *times, ready.terms, price, ready.rules.heads)
    booked = write_visit(new, centre=centre, now=now)
    facts = {"groups": len(plan.timetables), "people": basket.people}
    note("buyer", "visit.book", f"booking:{booked.booking_id}", None, facts)
    take_shares(booked.booking_id, agreed.school.id or 0, releases, now, order.turn)
    move_allowances_of(agreed.agreements, (), agreed.bill.dues, agreed.school, agreed.year)
    kept = _kept(order.held, now)
    claim(booked.booking_id, plan, ready.slots.alone, kept, now, own={held.booking_id for held in kept})
    return booked


def claim(
    booking_id: int,
    plan: Plan,
    alone: Collection[int],
    giving: Sequence[Held],
    now: datetime,
    own: Collection[int] = (),
) -> None:
    """Take all the places of a plan, giving back what the booking had; last before the unit of work ends.

    `alone` are its sessions that are for one visit alone. Raises Full, also where another class has come first into one
    of those; Closed.
    """
    taken = swap(booking_id, plan.wants, Channel.SCHOOL, now, giving, own)
    mine = {want.slot_id: want.places for want in plan.wants}
    unmoved = sorted(set(alone) - taken.keys())
    if unmoved:  # a change that has as many there as before
        taken |= {slot_id: there for slot_id, there in run(select(Slot.id, Slot.taken).where(Slot.id.in_(unmoved)))}
    for slot_id in sorted(alone):
        if taken[slot_id] != mine[slot_id]:
            raise Full(slot_id, 0)


def wants_of(timetables: Sequence[Timetable]) -> tuple[Want, ...]:
    """All places that groups take in their slots together; each group is a party, which is in the house once."""
    return wants_by_group([(timetable.group.people, timetable.claims) for timetable in timetables])


def _kept(secret: str, now: datetime) -> list[Held]:
    """What the waiting list keeps for this teacher: given up in the breath that takes the plan's places."""
    held = lock_by_secret(secret) if secret else None
    if held is None or held.state is not State.HELD or held.channel is not Channel.SCHOOL:
        return []
    places = claims_of([held.id])
    end([held], State.CANCELLED, now)
    return places
