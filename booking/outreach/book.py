"""Book a programme at the school: an educator is away from departure to return, all claimed at once or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, insert, select, update

from booking.bookings.basket import Basket, PricedLine
from booking.bookings.confirm import confirm_locked
from booking.bookings.details import Contact, Details, make_findable, write_details
from booking.bookings.hold import new_booking
from booking.bookings.models import LIVING, Booking, State
from booking.bookings.rules import TooLate, TooMany, Unknown, WrongState
from booking.bookings.store import lines_of, lock, move, write_lines, write_tickets
from booking.capacity.applying import take_away
from booking.capacity.educators import NoEducator, send_away
from booking.capacity.models import Channel, Slot, SlotStatus
from booking.capacity.places import Full, Held, Want, claims_of, swap
from booking.capacity.timetable import at
from booking.centre.facts import CentreFacts, closing_days
from booking.kernel.database import db, run
from booking.kernel.money import Money
from booking.outbox.promises import promise
from booking.outreach import read
from booking.outreach.models import Outreach, OutreachVisit
from booking.outreach.read import Away, Way
from booking.outreach.rules import DayIsFull, NobodyGoesThere, NotThen, Offered, Trip, school_price, trip
from booking.schools.book import BillChanged, Booked, bill_for, called, write_dues
from booking.schools.change import fee_now
from booking.schools.models import Approval, Visit, VisitGroup, VisitPart
from booking.schools.owing import owe_again, owing_again
from booking.schools.payers import SchoolFacts, agreements_for, move_allowances, write_school
from booking.schools.plans import PartKind
from booking.schools.prices import Bill, VisitKind
from booking.schools.read import of_booking as visit_of
from booking.schools.rules import Rules, load_rules, school_year
from booking.schools.visit import Group
from booking.staff.audit import note


@dataclass(frozen=True, slots=True)
class Order:
    """All that a teacher has filled in who wants a programme at the school. `seen` is as in schools.book.Order."""

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
    seen: Mapping[int | None, int] | None = None


def owed_for(
    offered: Offered, way: Way, group: Group, starts_at: datetime, school: SchoolFacts, code: str, centre: CentreFacts
) -> Bill:
    """What each payer would owe now if we came, in at most six statements. Raises CodeUnknown, NoSchools."""
    going = replace(group, programmes=(offered.activity_id,))
    price = school_price(offered.activity_id, Money(offered.price + way.fee, centre.currency))
    return bill_for([going], starts_at, school, code, centre, kind=VisitKind.OUTREACH, price=price)


def book(order: Order, *, centre: CentreFacts, now: datetime) -> Booked:
    """Book it, or ask for it where staff have to say yes: the educator is kept meanwhile. Inside a unit of work.

    Raises Unknown, NobodyGoesThere, NotThen, DayIsFull, NoEducator, TooMany, Full, BillChanged, AllowanceUsed,
    CodeUnknown.
    """
    offered, rules = _offered(order.activity_id), load_rules(centre.currency)
    way = read.way_to(order.school.municipality)
    if way is None:
        raise NobodyGoesThere
    going = _checked(offered, order.starts_at, order.group, way.minutes, centre, now)
    agreements = agreements_for(order.school, order.code)
    owed = owed_for(offered, way, order.group, order.starts_at, order.school, order.code, centre)
    if order.seen is not None and order.seen != owed.in_minor_units():
        raise BillChanged
    wants = send_away(going.leaves_at, going.back_at)
    _check_day(offered, going, centre)
    slot_id = _slot(offered, going)
    basket = _basket(offered, slot_id, order.group, owed.whole.minor, going, rules)
    held = new_booking(basket, centre, now, going.starts_at, order.lang, Channel.SCHOOL, holder="")
    write_lines(held.booking_id, basket, replacing=False)
    (booking,) = lock(held.booking_id)
    booking.group_name = called(order.school.name, [order.group])
    write_details(booking, Details(order.contact, order.lang), now)
    approval = Approval.NOT_NEEDED if offered.instant else Approval.ASKED
    visit = Visit(
        booking_id=booking.id,
        school_id=write_school(order.school),
        mobile=order.mobile,
        on_the_day=order.on_the_day,
        order_number=order.order_number,
        invoice_reference=order.invoice_reference,
        code=order.code,
        arrives_at=going.starts_at,
        leaves_at=going.ends_at,
        year=school_year(centre.local(going.starts_at).date()),
        approval=approval,
    )
    db.session.add(visit)
    db.session.flush()
    _write(visit.id, order, offered, way.minutes, going, slot_id, [slot_id, *(want.slot_id for want in wants)])
    write_dues(visit.id, owed.dues)
    if approval is Approval.ASKED:
        move(booking, State.PENDING, now, held_until=going.starts_at)
        promise("mail.visit_asked", f"visit_asked:{booking.id}", {"booking_id": booking.id})
    else:
        confirm_locked([booking], now)
    note("buyer", "outreach.book", f"booking:{booking.id}", None, {"people": booking.people, "slot": slot_id})
    move_allowances((), owed.dues, order.school, agreements, visit.year)
    _claim(booking.id, slot_id, basket, wants, now)
    return Booked(booking.id, booking.secret, approval)


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
    found, away = lock(booking_id), read.of_booking(booking_id)
    seen = visit_of(booking_id, centre.currency)
    if not found or away is None or seen is None or found[0].state not in (State.CONFIRMED, State.PENDING):
        raise WrongState(State.CANCELLED.value)
    (booking,), offered = found, _offered(away.activity_id)
    (before,) = (one.group for one in seen.timetables)
    moves = starts_at != away.starts_at
    if actor == "buyer" and (away.starts_at <= now or (moves and fee_now(seen, booking.total, centre, now).percent)):
        raise TooLate(away.starts_at)
    group = Group(before.name, pupils, adults, before.grade, (away.activity_id,))
    if moves:
        going = _checked(offered, starts_at, group, away.travel_minutes, centre, now)
    else:
        _check_size(offered, group)
        going = trip(offered, starts_at, away.travel_minutes)
    price = school_price(away.activity_id, Money(booking.total, centre.currency))
    owing = owing_again(seen, [group], going.starts_at, VisitKind.OUTREACH, centre, price)
    giving = claims_of([booking_id])
    wants = send_away(going.leaves_at, going.back_at)
    if centre.local(starts_at).date() != centre.local(away.starts_at).date():
        _check_day(offered, going, centre)
    slot_id = _slot(offered, going) if moves else away.slot_id
    basket = _basket(offered, slot_id, group, booking.total, going, load_rules(centre.currency))
    write_lines(booking_id, basket, replacing=True)
    facts = {"starts_at": away.starts_at.isoformat(), "people": booking.people}
    booking.people, booking.starts_at = basket.people, going.starts_at
    booking.version += 1
    make_findable(booking)
    if booking.state is State.PENDING:
        booking.held_until = going.starts_at
    else:
        write_tickets(booking_id, lines_of(booking_id))
        promise("mail.change", f"change:{booking_id}:{booking.version}", {"booking_id": booking_id})
    _rewrite(away, group, going, slot_id, wants, centre)
    after = {"starts_at": going.starts_at.isoformat(), "people": basket.people}
    note(actor, "outreach.change", f"booking:{booking_id}", facts, after)
    owe_again(seen, owing)
    _claim(booking_id, slot_id, basket, wants, now, giving)
    if moves:
        end_slots(now)


def end_slots(now: datetime) -> int:
    """Take times away at which nobody goes any more, so that they keep no educator; inside a unit of work.

    One that something still names is cancelled instead. Returns how many there were.
    """
    programmes = list(run(select(Outreach.activity_id)).scalars())
    if not programmes:
        return 0
    times = select(Slot.id).where(Slot.activity_id.in_(programmes), Slot.starts_at > now)
    ids = sorted(run(times.where(Slot.taken == 0, Slot.status == SlotStatus.OPEN)).scalars())
    if ids:
        take_away(ids)
        run(update(Slot).where(Slot.id.in_(ids), Slot.taken == 0).values(status=SlotStatus.CANCELLED))
    return len(ids)


def _offered(activity_id: int) -> Offered:
    found = read.with_id(activity_id)
    if found is None:
        raise Unknown
    return found


def _checked(
    offered: Offered, starts_at: datetime, group: Group, minutes: int, centre: CentreFacts, now: datetime
) -> Trip:
    _check_size(offered, group)
    offered.check_begins(starts_at, centre, now)
    on = centre.local(starts_at).date()
    if on in closing_days(on, on + timedelta(days=1)):
        raise NotThen
    return trip(offered, starts_at, minutes)


def _check_size(offered: Offered, group: Group) -> None:
    if not group.pupils >= 1 or group.people > offered.capacity:
        raise TooMany(offered.capacity)


def _check_day(offered: Offered, going: Trip, centre: CentreFacts) -> None:
    """Under the lock that sending somebody away has taken: two who book at once are counted one after the other."""
    on = centre.local(going.starts_at).date()
    start, end = _day(on, centre)
    there = run(
        select(func.count())
        .select_from(OutreachVisit)
        .join(Visit, Visit.id == OutreachVisit.visit_id)
        .join(Booking, Booking.id == Visit.booking_id)
        .where(
            OutreachVisit.activity_id == offered.activity_id,
            OutreachVisit.starts_at >= start,
            OutreachVisit.starts_at < end,
            Booking.state.in_(LIVING),
        )
    ).scalar_one()
    if there >= offered.most_a_day:
        raise DayIsFull


def _day(on: date, centre: CentreFacts) -> tuple[datetime, datetime]:
    return at(on, time(0), centre.zone), at(on + timedelta(days=1), time(0), centre.zone)


def _slot(offered: Offered, going: Trip) -> int:
    """The slot from departure to return, made or taken up again. Raises Full when somebody goes then already."""
    same = (Slot.activity_id == offered.activity_id, Slot.starts_at == going.leaves_at)
    found = run(select(Slot.id, Slot.taken).where(*same)).first()
    values = {"ends_at": going.back_at, "capacity": offered.capacity, "status": SlotStatus.OPEN, "by_hand": True}
    if found is None:
        more = {"activity_id": offered.activity_id, "starts_at": going.leaves_at}
        slot_id: int = run(insert(Slot).returning(Slot.id), values | more).scalar_one()
        return slot_id
    if found.taken:  # without a lock, which somebody who gives it up may hold while waiting for ours
        raise Full(found.id, 0)
    run(update(Slot).where(Slot.id == found.id).values(**values, version=Slot.version + 1))
    return int(found.id)


def _basket(offered: Offered, slot_id: int, group: Group, price: int, going: Trip, rules: Rules) -> Basket:
    kind = rules.pupil
    line = PricedLine(slot_id, kind.id, offered.title, kind.title, 1, group.people, price, offered.vat_rate)
    return Basket((line,), group.people, price, going.starts_at)


def _claim(
    booking_id: int, slot_id: int, basket: Basket, wants: Sequence[Want], now: datetime, giving: Sequence[Held] = ()
) -> None:
    """Take the slot and the educator; the last thing in a unit of work. Raises NoEducator when none is left."""
    try:
        swap(booking_id, [Want(slot_id, basket.people), *wants], Channel.SCHOOL, now, giving)
    except Full as full:
        if full.slot_id == slot_id:
            raise
        raise NoEducator(basket.starts_at) from full


def _write(
    visit_id: int, order: Order, offered: Offered, minutes: int, going: Trip, slot_id: int, claims: list[int]
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


def _rewrite(away: Away, group: Group, going: Trip, slot_id: int, wants: list[Want], centre: CentreFacts) -> None:
    times = {"starts_at": going.starts_at, "ends_at": going.ends_at}
    visit = {
        "arrives_at": going.starts_at,
        "leaves_at": going.ends_at,
        "year": school_year(centre.local(going.starts_at).date()),
    }
    run(update(Visit).where(Visit.id == away.visit_id).values(**visit))
    claims = [slot_id, *(want.slot_id for want in wants)]
    numbers = {"pupils": group.pupils, "adults": group.adults, "claims": claims}
    run(update(VisitGroup).where(VisitGroup.visit_id == away.visit_id).values(**numbers))
    groups = select(VisitGroup.id).where(VisitGroup.visit_id == away.visit_id)
    run(update(VisitPart).where(VisitPart.group_id.in_(groups)).values(slot_id=slot_id, **times))
    run(update(OutreachVisit).where(OutreachVisit.visit_id == away.visit_id).values(slot_id=slot_id, **times))
