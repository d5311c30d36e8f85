"""Book a programme at the school: an educator is away from departure to return, all claimed at once or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from booking.agreements.payers import SchoolFacts, agreements_for, as_known_here, move_allowances, write_school
from booking.agreements.prices import Bill, VisitKind
from booking.agreements.rules import load_rules, school_year
from booking.agreements.terms import TermsToday, as_kept, standing
from booking.bookings.confirm import confirm_locked
from booking.bookings.details import Contact, Details, write_details
from booking.bookings.hold import new_booking
from booking.bookings.models import State
from booking.bookings.store import lock, move, write_lines
from booking.capacity.educators import send_away
from booking.capacity.models import Channel
from booking.centre.facts import CentreFacts
from booking.kernel.database import db
from booking.kernel.money import Money
from booking.outbox.promises import promise
from booking.outreach import read
from booking.outreach.going import basket_of, check_day, check_trip, claim, offered_one, slot_for
from booking.outreach.models import OutreachVisit
from booking.outreach.read import TravelWay
from booking.outreach.rules import NobodyGoesThere, OfferedOutreach, Trip, school_price
from booking.planner.plans import PartKind
from booking.planner.wish import Group
from booking.records.audit import note
from booking.visits.book import BillChanged, Booked, bill_for, called, terms_for, write_dues
from booking.visits.models import Approval, Visit, VisitGroup, VisitPart
from booking.visits.senders import Sender, yes_for


@dataclass(frozen=True, slots=True)
class OutreachOrder:
    """All that a teacher has filled in who wants a programme at the school. `seen` is as in visits.book.VisitOrder."""

    activity_id: int
    starts_at: datetime
    group: Group
    school: SchoolFacts
    address: str
    contact: Contact
    lang: str
    room: str = ""
    on_the_day: str = ""
    mobile: str = ""
    order_number: str = ""
    invoice_reference: str = ""
    code: str = ""
    holder: str = ""  # as in visits.book.VisitOrder
    proven: bool = False
    seen: Mapping[int | None, int] | None = None


def owed_for(
    offered: OfferedOutreach,
    way: TravelWay,
    group: Group,
    starts_at: datetime,
    school: SchoolFacts,
    code: str,
    centre: CentreFacts,
) -> Bill:
    """What each payer would owe now if we came, in at most six statements. Raises CodeUnknown, NoSchools."""
    going = replace(group, programmes=(offered.activity_id,))
    price = school_price(offered.activity_id, Money(offered.price + way.fee, centre.currency))
    return bill_for([going], starts_at, school, code, centre, kind=VisitKind.OUTREACH, price=price)


def standing_before(
    offered: OfferedOutreach, way: TravelWay, starts_at: datetime, centre: CentreFacts, now: datetime
) -> TermsToday:
    """What cancelling would cost from now on if this were booked, in four statements. Raises NoSchools."""
    on, today = centre.local(starts_at).date(), centre.local(now).date()
    price = Money(offered.price + way.fee, centre.currency)
    return standing(terms_for(starts_at, load_rules(centre.currency), centre), price, on, today, ())


def book(order: OutreachOrder, *, centre: CentreFacts, now: datetime) -> Booked:
    """Book it, or ask for it where staff have to say yes: the educator is kept meanwhile. Inside a unit of work.

    Raises Unknown, NobodyGoesThere, NotThen, DayIsFull, NoEducator, TooMany, Full, BillChanged, AllowanceUsed,
    CodeUnknown, ManyVisits.
    """
    offered, rules = offered_one(order.activity_id), load_rules(centre.currency)
    way = read.way_to(order.school.municipality)
    if way is None:
        raise NobodyGoesThere
    going = check_trip(offered, order.starts_at, order.group, way.minutes, centre, now)
    school = as_known_here(order.school)
    agreements = agreements_for(school, order.code)
    owed = owed_for(offered, way, order.group, order.starts_at, school, order.code, centre)
    if order.seen is not None and order.seen != owed.in_minor_units():
        raise BillChanged(order.seen)
    wants = send_away(going.leaves_at, going.back_at)
    check_day(offered, going, centre)
    slot_id = slot_for(offered, going)
    basket = basket_of(offered, slot_id, order.group, owed.whole.minor, going, rules)
    held = new_booking(basket, centre, now, going.starts_at, order.lang, Channel.SCHOOL, holder="")
    write_lines(held.booking_id, basket, replacing=False)
    (booking,) = lock(held.booking_id)
    booking.group_name = called(order.school.name, [order.group])
    write_details(booking, Details(order.contact, order.lang), now)
    sender = Sender(order.contact.email, order.holder, order.proven, order.code)
    yes = yes_for(not offered.instant, sender, basket.people, owed, agreements, now)
    visit = Visit(
        booking_id=booking.id,
        school_id=write_school(school),
        mobile=order.mobile,
        on_the_day=order.on_the_day,
        order_number=order.order_number,
        invoice_reference=order.invoice_reference,
        code=order.code,
        arrives_at=going.starts_at,
        leaves_at=going.ends_at,
        year=school_year(centre.local(going.starts_at).date()),
        approval=yes.approval,
        asked_for=yes.because,
        terms=as_kept(terms_for(going.starts_at, rules, centre)),
        holder=order.holder,
    )
    db.session.add(visit)
    db.session.flush()
    _write(visit.id, order, offered, way.minutes, going, slot_id, [slot_id, *(want.slot_id for want in wants)])
    write_dues(visit.id, owed.dues)
    if yes.approval is Approval.ASKED:
        move(booking, State.PENDING, now, held_until=going.starts_at)
        promise("mail.visit_asked", f"visit_asked:{booking.id}", {"booking_id": booking.id})
    else:
        confirm_locked([booking], now)
    note("buyer", "outreach.book", f"booking:{booking.id}", None, {"people": booking.people, "slot": slot_id})
    move_allowances((), owed.dues, replace(school, id=visit.school_id), agreements, visit.year)
    claim(booking.id, slot_id, basket, wants, now)
    return Booked(booking.id, booking.secret, yes.approval)


def _write(
    visit_id: int,
    order: OutreachOrder,
    offered: OfferedOutreach,
    minutes: int,
    going: Trip,
    slot_id: int,
    claims: list[int],
) -> None:
    group = VisitGroup(
        visit_id=visit_id,
        name=order.group.name,
        grade=order.group.grade,
        pupils=order.group.pupils,
        adults=order.group.adults,
        claims=claims,
    )
    db.session.add(group)
    db.session.flush()
    db.session.add(
        VisitPart(
            group_id=group.id,
            kind=PartKind.PROGRAMME,
            slot_id=slot_id,
            activity_id=offered.activity_id,
            starts_at=going.starts_at,
            ends_at=going.ends_at,
        )
    )
    db.session.add(
        OutreachVisit(
            visit_id=visit_id,
            activity_id=offered.activity_id,
            slot_id=slot_id,
            address=order.address,
            room=order.room,
            municipality=order.school.municipality,
            travel_minutes=minutes,
            starts_at=going.starts_at,
            ends_at=going.ends_at,
        )
    )
    db.session.flush()
