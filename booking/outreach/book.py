"""Book a programme at the school: an educator is away from departure to return, all claimed at once or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert

from booking.agreements.closings import agreed_on
from booking.agreements.payers import SchoolFacts, move_allowances_of
from booking.agreements.prices import Bill, SchoolPrice, VisitKind
from booking.agreements.rules import load_rules
from booking.agreements.terms import TermsToday, standing
from booking.bookings.basket import Basket
from booking.bookings.refusals import Unknown
from booking.capacity.educators import AWAY, Educators, educators, send_away
from booking.capacity.places import Want
from booking.centre.facts import CentreFacts
from booking.kernel.database import run
from booking.kernel.money import Money
from booking.outreach import read
from booking.outreach.going import basket_of, claim, day_there, offered_one, slot_for, trip_to
from booking.outreach.models import OutreachVisit
from booking.outreach.read import TravelWay
from booking.outreach.rules import NobodyGoesThere, OfferedOutreach, Trip, school_price
from booking.planner.plans import Part, PartKind, Timetable
from booking.planner.wish import Group
from booking.records.audit import note
from booking.visits.agree import AgreedOrder, BookingReady, agree, bill_for
from booking.visits.orders import BillChanged, SchoolOrder
from booking.visits.senders import sender_of
from booking.visits.write import Booked, NewVisit, write_visit


@dataclass(frozen=True, slots=True)
class OutreachOrder(SchoolOrder):
    """All that a teacher has filled in who wants a programme at the school."""

    activity_id: int
    starts_at: datetime
    group: Group
    address: str
    room: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TripReady(BookingReady):
    """For a visit to a school also what is held there, how far it is, and who could go."""

    offered: OfferedOutreach
    way: TravelWay
    educators: Educators


def owed_for(
    offered: OfferedOutreach,
    way: TravelWay,
    group: Group,
    starts_at: datetime,
    school: SchoolFacts,
    code: str,
    centre: CentreFacts,
) -> Bill:
    """What each payer would owe now if we came, in at most three statements. Raises CodeUnknown."""
    price = price_of(offered, way, centre)
    return bill_for([_taught(group, offered)], starts_at, school, code, centre, (), None, VisitKind.OUTREACH, price)


def price_of(offered: OfferedOutreach, way: TravelWay, centre: CentreFacts) -> SchoolPrice:
    """What it costs a group so far away."""
    return school_price(offered.activity_id, Money(offered.price + way.fee, centre.currency))


def _taught(group: Group, offered: OfferedOutreach) -> Group:
    return replace(group, programmes=(offered.activity_id,))


def standing_before(
    offered: OfferedOutreach, way: TravelWay, starts_at: datetime, centre: CentreFacts, now: datetime
) -> TermsToday:
    """What cancelling would cost from now on if this were booked, in two statements. Raises NoSchools."""
    on, today = centre.local(starts_at).date(), centre.local(now).date()
    price = Money(offered.price + way.fee, centre.currency)
    return standing(agreed_on(load_rules().deadlines, on), price, on, today, ())


def ready_for(order: OutreachOrder, centre: CentreFacts, now: datetime) -> TripReady:
    """Read what a booking goes by, in at most seven statements; before its unit of work, or in it.

    Raises NoSchools, Unknown, NobodyGoesThere.
    """
    rules, on = load_rules(), centre.local(order.starts_at).date()
    way = read.way_to(order.school.municipality)
    if way is None:
        raise NobodyGoesThere
    return TripReady(
        rules=rules,
        terms=agreed_on(rules.deadlines, on),
        sender=sender_of(order, now),
        offered=offered_one(order.activity_id),
        way=way,
        educators=educators(centre),
    )


def book(order: OutreachOrder, *, centre: CentreFacts, now: datetime, ready: TripReady | None = None) -> Booked:
    """Book it, or ask for it where staff have to say yes: the educator is kept meanwhile. Inside a unit of work.

    `ready` is what `ready_for` has read before it, if anybody has. Raises Unknown, NobodyGoesThere, NotThen, DayIsFull,
    NoEducator, TooMany, Full, BillChanged, AllowanceUsed, CodeUnknown, ManyVisits.
    """
    ready = ready or ready_for(order, centre, now)
    offered, way, group = ready.offered, ready.way, _taught(order.group, ready.offered)
    going = trip_to(offered, order.starts_at, group, way.minutes, centre, now)
    agreed = agree(
        order,
        [group],
        going.starts_at,
        VisitKind.OUTREACH,
        price_of(offered, way, centre),
        ready,
        needs_yes=not offered.instant,
        centre=centre,
        now=now,
        turn_at=[AWAY],
    )
    day = day_there(offered, way.municipality, going, centre)
    if day.price != offered.price + way.fee:
        raise BillChanged(order.seen or {}) if day.price is not None else Unknown
    day.check_open()
    day.check_free(offered)
    # Before any slot is locked, as all do who move allowances.
    move_allowances_of(agreed.agreements, (), agreed.bill.dues, agreed.school, agreed.year)
    wants = send_away(ready.educators, going.leaves_at, going.back_at, day.empty)
    slot_id = slot_for(offered, going, day)
    basket = basket_of(offered, slot_id, group, agreed.bill.whole.minor, going, ready.rules)
    booked = write_visit(_new_visit(order, agreed, going, basket, wants, ready), centre=centre, now=now)
    run(insert(OutreachVisit), _trip_row(booked.visit_id, order, going, slot_id, way))
    facts = {"people": basket.people, "slot": slot_id}
    note("buyer", "outreach.book", f"booking:{booked.booking_id}", None, facts)
    claim(booked.booking_id, slot_id, basket, wants, now, is_new=day.slot_id is None)
    return booked


def _new_visit(
    order: OutreachOrder, agreed: AgreedOrder, going: Trip, basket: Basket, wants: Sequence[Want], ready: TripReady
) -> NewVisit:
    """One group with one part; besides its slot it claims an educator by the half hour."""
    slot_id, times = basket.lines[0].slot_id, (going.starts_at, going.ends_at)
    part = Part(PartKind.PROGRAMME, (slot_id,), *times, activity_id=ready.offered.activity_id)
    day = Timetable(order.group, (part,), 0, (slot_id, *(want.slot_id for want in wants)))
    return NewVisit(order, agreed, basket, (day,), *times, ready.terms)


def _trip_row(visit_id: int, order: OutreachOrder, going: Trip, slot_id: int, way: TravelWay) -> dict[str, object]:
    return {
        "visit_id": visit_id,
        "activity_id": order.activity_id,
        "slot_id": slot_id,
        "address": order.address,
        "room": order.room,
        "municipality": order.school.municipality,
        "travel_minutes": way.minutes,
        "starts_at": going.starts_at,
        "ends_at": going.ends_at,
    }
