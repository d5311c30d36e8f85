"""Book a programme at the school: an educator is away from departure to return, all claimed at once or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert

from booking.agreements.closings import agreed_on
from booking.agreements.models import Agreement
from booking.agreements.payers import SchoolFacts, agreements_for, enter_school, move_allowances_of
from booking.agreements.prices import Bill, VisitKind
from booking.agreements.rules import RulesForSchools, load_rules
from booking.agreements.terms import Terms, TermsToday, standing
from booking.capacity.educators import send_away
from booking.centre.facts import CentreFacts
from booking.kernel.database import run
from booking.kernel.money import Money
from booking.outreach import read
from booking.outreach.going import basket_of, check_day, check_trip, claim, offered_one, slot_for
from booking.outreach.models import OutreachVisit
from booking.outreach.read import TravelWay
from booking.outreach.rules import NobodyGoesThere, OfferedOutreach, school_price
from booking.planner.plans import Part, PartKind, Timetable
from booking.planner.wish import Group
from booking.records.audit import note
from booking.visits.book import bill_for
from booking.visits.orders import BillChanged, SchoolOrder
from booking.visits.senders import Sender, sender_of, yes_for
from booking.visits.write import Booked, NewVisit, write_visit


@dataclass(frozen=True, slots=True)
class OutreachOrder(SchoolOrder):
    """All that a teacher has filled in who wants a programme at the school."""

    activity_id: int
    starts_at: datetime
    group: Group
    address: str
    room: str = ""


@dataclass(frozen=True, slots=True)
class TripReady:
    """As visits.book.HouseReady, for a visit to a school."""

    rules: RulesForSchools
    terms: Terms
    sender: Sender


def owed_for(
    offered: OfferedOutreach,
    way: TravelWay,
    group: Group,
    starts_at: datetime,
    school: SchoolFacts,
    code: str,
    centre: CentreFacts,
    agreements: list[Agreement] | None = None,
) -> Bill:
    """What each payer would owe now if we came, in at most three statements. Raises CodeUnknown.

    `agreements` as in `bill_for`.
    """
    going = replace(group, programmes=(offered.activity_id,))
    price = school_price(offered.activity_id, Money(offered.price + way.fee, centre.currency))
    return bill_for([going], starts_at, school, code, centre, (), agreements, VisitKind.OUTREACH, price)


def standing_before(
    offered: OfferedOutreach, way: TravelWay, starts_at: datetime, centre: CentreFacts, now: datetime
) -> TermsToday:
    """What cancelling would cost from now on if this were booked, in two statements. Raises NoSchools."""
    on, today = centre.local(starts_at).date(), centre.local(now).date()
    price = Money(offered.price + way.fee, centre.currency)
    return standing(agreed_on(load_rules().deadlines, on), price, on, today, ())


def ready_for(order: OutreachOrder, centre: CentreFacts, now: datetime) -> TripReady:
    """Read what a booking goes by, in at most three statements; before its unit of work, or in it. Raises NoSchools."""
    rules, on = load_rules(), centre.local(order.starts_at).date()
    return TripReady(rules, agreed_on(rules.deadlines, on), sender_of(order, now))


def book(order: OutreachOrder, *, centre: CentreFacts, now: datetime, ready: TripReady | None = None) -> Booked:
    """Book it, or ask for it where staff have to say yes: the educator is kept meanwhile. Inside a unit of work.

    `ready` is what `ready_for` has read before it, if anybody has. Raises Unknown, NobodyGoesThere, NotThen, DayIsFull,
    NoEducator, TooMany, Full, BillChanged, AllowanceUsed, CodeUnknown, ManyVisits.
    """
    offered, ready = offered_one(order.activity_id), ready or ready_for(order, centre, now)
    way = read.way_to(order.school.municipality)
    if way is None:
        raise NobodyGoesThere
    going = check_trip(offered, order.starts_at, order.group, way.minutes, centre, now)
    school = enter_school(order.school)
    agreements = agreements_for(school, order.code, locked=True)
    owed = owed_for(offered, way, order.group, order.starts_at, school, order.code, centre, agreements)
    if order.seen is not None and order.seen != owed.in_minor_units():
        raise BillChanged(order.seen)
    wants = send_away(going.leaves_at, going.back_at)
    check_day(offered, going, centre)
    slot_id = slot_for(offered, going)
    basket = basket_of(offered, slot_id, order.group, owed.whole.minor, going, ready.rules)
    yes = yes_for(not offered.instant, ready.sender, ready.rules, basket.people, owed, agreements, now)
    times = (going.starts_at, going.ends_at)
    part = Part(PartKind.PROGRAMME, (slot_id,), *times, activity_id=offered.activity_id)
    day = Timetable(order.group, (part,), 0, (slot_id, *(want.slot_id for want in wants)))
    new = NewVisit(order, school, basket, (day,), *times, owed.dues, ready.terms, yes)
    booked = write_visit(new, centre=centre, now=now)
    trip = {
        "visit_id": booked.visit_id,
        "activity_id": offered.activity_id,
        "slot_id": slot_id,
        "address": order.address,
        "room": order.room,
        "municipality": order.school.municipality,
        "travel_minutes": way.minutes,
        "starts_at": going.starts_at,
        "ends_at": going.ends_at,
    }
    run(insert(OutreachVisit), trip)
    facts = {"people": basket.people, "slot": slot_id}
    note("buyer", "outreach.book", f"booking:{booked.booking_id}", None, facts)
    move_allowances_of(agreements, (), owed.dues, school, new.year(centre))
    claim(booked.booking_id, slot_id, basket, wants, now)
    return booked
