"""Book a visit: everything in its plan is claimed at once or not at all, and every payer's sum is written down."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from booking.agreements.closings import agreed_on
from booking.agreements.models import Agreement
from booking.agreements.payers import (
    SchoolFacts,
    agreements_for,
    as_known_here,
    enter_school,
    move_allowances_of,
    with_what_is_left,
)
from booking.agreements.prices import Bill, Due, SchoolPrice, VisitKind, bill
from booking.agreements.rules import RulesForSchools, load_rules, price_list, school_year
from booking.agreements.terms import Terms, TermsToday, standing
from booking.bookings.models import State
from booking.bookings.refusals import NotOnSale
from booking.bookings.store import end, lock_by_secret
from booking.capacity.models import Channel, Slot
from booking.capacity.places import Full, Held, Want, claims_of, swap
from booking.centre.facts import CentreFacts
from booking.kernel.database import run
from booking.planner.plans import Plan, Timetable, wants_by_group
from booking.planner.wish import Group
from booking.records.audit import note
from booking.visits.lines import SlotsOfPlan, basket_of, kind_of, slots_of
from booking.visits.orders import BillChanged, SchoolOrder
from booking.visits.senders import Sender, sender_of, yes_for
from booking.visits.shares import Turn, asked_of, check_open, take_shares
from booking.visits.write import Booked, NewVisit, write_visit


@dataclass(frozen=True, slots=True)
class VisitOrder(SchoolOrder):
    """All that a teacher has filled in for a visit in the house."""

    plan: Plan
    held: str = ""  # the secret of places that the waiting list keeps for this teacher
    turn: Turn | None = None  # of the release day's queue that it comes through


@dataclass(frozen=True, slots=True)
class HouseReady:
    """What a booking goes by that nobody else can take from it: read before its unit of work, so that others wait less.

    Sums, agreements, allowances, releases and places are none of it: those are decided inside.
    """

    slots: SlotsOfPlan
    rules: RulesForSchools
    terms: Terms
    sender: Sender


def bill_for(
    groups: Sequence[Group],
    starts_at: datetime,
    school: SchoolFacts,
    code: str,
    centre: CentreFacts,
    own: Sequence[Due] = (),
    agreements: Sequence[Agreement] | None = None,
    kind: VisitKind = VisitKind.PROGRAMME,
    price: SchoolPrice | None = None,
) -> Bill:
    """What each payer would owe now, in at most four statements. Raises CodeUnknown, NoSchools.

    `agreements` are those of a visit that is booked already, in place of the ones that hold today; `kind` is what
    they come for, since agreements may be for some kinds only; `price` what it costs in place of the centre's own.
    """
    on, school = centre.local(starts_at).date(), as_known_here(school)
    holding = agreements_for(school, code) if agreements is None else agreements
    left = with_what_is_left(holding, school, groups, school_year(on), own)
    return bill(groups, kind, on, price or price_list(centre.currency), left)


def standing_before(plan: Plan, centre: CentreFacts, now: datetime) -> TermsToday:
    """What cancelling would cost from now on if this were booked, in three statements. Raises NoSchools."""
    on, today = centre.local(plan.arrives_at).date(), centre.local(now).date()
    whole = bill(plan.groups, kind_of(plan), on, price_list(centre.currency)).whole
    return standing(agreed_on(load_rules().deadlines, on), whole, on, today, ())


def ready_for(order: VisitOrder, centre: CentreFacts, now: datetime) -> HouseReady:
    """Read what a booking goes by, in at most four statements; before its unit of work, or in it. Raises NoSchools."""
    rules, on = load_rules(), centre.local(order.plan.arrives_at).date()
    return HouseReady(slots_of(order.plan), rules, agreed_on(rules.deadlines, on), sender_of(order, now))


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
    school, price = enter_school(order.school), price_list(centre.currency)
    agreements = agreements_for(school, order.code, locked=True)
    on, groups = centre.local(plan.arrives_at).date(), plan.groups
    left = with_what_is_left(agreements, school, groups, school_year(on))
    owed = bill(groups, kind_of(plan), on, price, left)
    if order.seen is not None and order.seen != owed.in_minor_units():
        raise BillChanged(order.seen)
    basket = basket_of(ready.slots, ready.rules, price)
    yes = yes_for(ready.slots.wants_a_yes, ready.sender, ready.rules, basket.people, owed, agreements, now)
    times = (plan.arrives_at, plan.leaves_at)
    new = NewVisit(order, school, basket, plan.timetables, *times, owed.dues, ready.terms, yes, price)
    booked = write_visit(new, centre=centre, now=now)
    facts = {"groups": len(plan.timetables), "people": basket.people}
    note("buyer", "visit.book", f"booking:{booked.booking_id}", None, facts)
    take_shares(booked.booking_id, school.id or 0, releases, now, order.turn)
    move_allowances_of(agreements, (), owed.dues, school, new.year(centre))
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
