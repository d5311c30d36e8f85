"""Book a visit: everything in its plan is claimed at once or not at all, and every payer's sum is written down."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert, select

from booking.agreements import kept_price
from booking.agreements.closings import closings_before
from booking.agreements.limits import check_groups
from booking.agreements.models import Agreement
from booking.agreements.payers import (
    SchoolFacts,
    agreements_for,
    as_known_here,
    move_allowances,
    with_what_is_left,
    write_school,
)
from booking.agreements.prices import Bill, Due, SchoolPrice, VisitKind, bill, lunch_of, price_of
from booking.agreements.rules import LineType, RulesForSchools, load_rules, school_year
from booking.agreements.terms import Terms, TermsToday, agreed, as_kept, standing
from booking.bookings.basket import Basket, PricedLine
from booking.bookings.confirm import confirm_locked
from booking.bookings.details import Contact, Details, write_details
from booking.bookings.hold import new_booking
from booking.bookings.models import State
from booking.bookings.refusals import Nothing, NotOnSale
from booking.bookings.store import end, lock, lock_by_secret, move, write_lines
from booking.capacity.models import Channel, Slot
from booking.capacity.places import Full, Held, Want, claims_of, swap
from booking.catalogue.models import Activity
from booking.centre.facts import CentreFacts
from booking.kernel.database import Texts, db, run
from booking.kernel.refusals import Refusal
from booking.outbox.promises import promise
from booking.planner.plans import PartKind, Plan, Timetable, wants_by_group
from booking.planner.wish import Group
from booking.programmes.models import Programme
from booking.records.audit import note
from booking.visits.models import Approval, Visit, VisitDue, VisitGroup, VisitPart
from booking.visits.senders import Sender, yes_for
from booking.visits.shares import Turn, asked_of, check_open, take_shares


class BillChanged(Refusal):
    """What the payers owe is no longer what the teacher has seen; `seen` is empty where nothing had been shown."""

    def __init__(self, seen: Mapping[int | None, int]) -> None:
        super().__init__("the bill is another")
        self.seen = seen


@dataclass(frozen=True, slots=True)
class VisitOrder:
    """All that a teacher has filled in. `seen` is what each payer owed when they pressed the button, in minor units."""

    plan: Plan
    school: SchoolFacts
    contact: Contact
    lang: str
    code: str = ""
    on_the_day: str = ""
    mobile: str = ""
    order_number: str = ""
    invoice_reference: str = ""
    seen: Mapping[int | None, int] | None = None
    held: str = ""  # the secret of places that the waiting list keeps for this teacher
    turn: Turn | None = None  # of the release day's queue that it comes through
    holder: str = ""  # an opaque mark of the visitor; "" where nobody is limited
    proven: bool = False  # whether the browser has shown that it reads the address's mail


@dataclass(frozen=True, slots=True)
class Booked:
    """The visit is booked, or asked for: the secret opens its page."""

    booking_id: int
    secret: str
    approval: Approval


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
    """What each payer would owe now, in at most seven statements. Raises CodeUnknown, NoSchools.

    `agreements` are those of a visit that is booked already, in place of the ones that hold today; `kind` is what
    they come for, since agreements may be for some kinds only; `price` what it costs in place of the centre's own.
    """
    on, school = centre.local(starts_at).date(), as_known_here(school)
    holding = agreements_for(school, code) if agreements is None else agreements
    left = with_what_is_left(holding, school, groups, school_year(on), own)
    return bill(groups, kind, on, price or load_rules(centre.currency).price, left)


def terms_for(starts_at: datetime, rules: RulesForSchools, centre: CentreFacts) -> Terms:
    """What is agreed on with who books now for a day, in one statement."""
    on = centre.local(starts_at).date()
    return agreed(rules.deadlines, on, closings_before(on, rules.deadlines.longest))


def standing_before(plan: Plan, centre: CentreFacts, now: datetime) -> TermsToday:
    """What cancelling would cost from now on if this were booked, in five statements. Raises NoSchools."""
    rules = load_rules(centre.currency)
    on, today = centre.local(plan.arrives_at).date(), centre.local(now).date()
    whole = bill(plan.groups, kind_of(plan), on, rules.price).whole
    return standing(terms_for(plan.arrives_at, rules, centre), whole, on, today, ())


def kind_of(plan: Plan) -> VisitKind:
    """What a visit is for: its programmes, or the exhibition alone."""
    kinds = {part.kind for one in plan.timetables for part in one.parts}
    return VisitKind.PROGRAMME if PartKind.PROGRAMME in kinds else VisitKind.ADMISSION


def book_visit(order: VisitOrder, *, centre: CentreFacts, now: datetime) -> Booked:
    """Book the whole plan; call inside a unit of work.

    Confirmed at once, or asked for where one of its programmes or its sender wants the staff's yes: the places are kept
    meanwhile.
    Raises Full or Closed when a place is gone, NotOnSale for a plan of yesterday, BillChanged, AllowanceUsed,
    CodeUnknown, TooManyGroups, ManyVisits; NotYetReleased, OthersFirst, ShareUsed or KeptForOthers where a release day
    has the say.
    """
    plan, groups = order.plan, order.plan.groups
    if plan.arrives_at <= now:
        raise NotOnSale(plan.wants[0].slot_id, None)
    check_groups(groups)
    asked = asked_of(plan, now)
    check_open(asked, now, order.turn)
    rules, school = load_rules(centre.currency), as_known_here(order.school)
    agreements = agreements_for(school, order.code)
    owed = bill_for(groups, plan.arrives_at, school, order.code, centre, kind=kind_of(plan))
    if order.seen is not None and order.seen != owed.in_minor_units():
        raise BillChanged(order.seen)
    basket = basket_of(plan, rules)
    sender = Sender(order.contact.email, order.holder, order.proven, order.code)
    yes = yes_for(wants_a_yes(plan), sender, basket.people, owed, agreements, now)
    held = new_booking(basket, centre, now, plan.arrives_at, order.lang, Channel.SCHOOL, holder="")
    write_lines(held.booking_id, basket, replacing=False)
    (booking,) = lock(held.booking_id)
    booking.group_name = called(order.school.name, groups)
    write_details(booking, Details(order.contact, order.lang), now)
    visit = Visit(
        booking_id=booking.id,
        school_id=write_school(school),
        mobile=order.mobile,
        on_the_day=order.on_the_day,
        order_number=order.order_number,
        invoice_reference=order.invoice_reference,
        code=order.code,
        arrives_at=plan.arrives_at,
        leaves_at=plan.leaves_at,
        year=school_year(centre.local(plan.arrives_at).date()),
        approval=yes.approval,
        asked_for=yes.because,
        terms=as_kept(terms_for(plan.arrives_at, rules, centre)),
        price=kept_price.as_kept(rules.price),
        holder=order.holder,
    )
    db.session.add(visit)
    db.session.flush()
    write_plan(visit, plan)
    write_dues(visit.id, owed.dues)
    if yes.approval is Approval.ASKED:
        move(booking, State.PENDING, now, held_until=plan.arrives_at)
        promise("mail.visit_asked", f"visit_asked:{booking.id}", {"booking_id": booking.id})
    else:
        confirm_locked([booking], now)
    note("buyer", "visit.book", f"booking:{booking.id}", None, {"groups": len(groups), "people": booking.people})
    take_shares(booking.id, visit.school_id, asked, now, order.turn)
    move_allowances((), owed.dues, replace(school, id=visit.school_id), agreements, visit.year)
    kept = _kept(order.held, now)
    claim(booking.id, plan, kept, now, own={one.booking_id for one in kept})
    return Booked(booking.id, booking.secret, yes.approval)


def claim(booking_id: int, plan: Plan, giving: Sequence[Held], now: datetime, own: Collection[int] = ()) -> None:
    """Take all the places of a plan, giving back what the booking had; last before the unit of work ends.

    Raises Full, also where another class has come first into a session that is for one alone; Closed.
    """
    swap(booking_id, plan.wants, Channel.SCHOOL, now, giving, own)
    mine = {want.slot_id: want.places for want in plan.wants}
    parts = [part for one in plan.timetables for part in one.parts if part.kind is PartKind.PROGRAMME]
    named = {slot_id for part in parts for slot_id in part.slot_ids}
    alone = (
        select(Slot.id, Slot.taken)
        .join(Programme, Programme.activity_id == Slot.activity_id)
        .where(Slot.id.in_(sorted(named)), Programme.shared.is_(False))
        .order_by(Slot.id)
    )
    for slot_id, taken in run(alone):
        if taken != mine[slot_id]:
            raise Full(slot_id, 0)


def basket_of(plan: Plan, rules: RulesForSchools) -> Basket:
    """The plan as lines: one for the pupils and one for the adults of each session (or entry), one for lunch.

    A line admits all of its group with one ticket. The price of a group stands where its first session does. Raises
    Nothing for a group that has neither session nor entry.
    """
    titles, kind = _titles(plan), kind_of(plan)
    lines: dict[tuple[int, int], PricedLine] = {}

    def add(slot_id: int, kind: LineType, title: Texts, people: int, price: int) -> None:
        before = lines.get((slot_id, kind.id))
        if before is not None:
            people, price = people + before.admits, price + before.unit_price
        if people:
            line = PricedLine(slot_id, kind.id, title, kind.title, 1, people, price, kind.vat_rate)
            lines[slot_id, kind.id] = line

    for one in plan.timetables:
        whole = price_of(one.taught, kind, rules.price)
        for_adults = whole.for_adults.minor
        is_first, lunch = True, lunch_of(one.taught, rules.price)
        for part in one.parts:
            if part.has_own_slot and part.kind is not PartKind.LUNCH:
                of_pupils, of_adults = (whole.amount.minor - for_adults, for_adults) if is_first else (0, 0)
                add(part.slot_ids[0], rules.pupil, titles[part.slot_ids[0]], one.group.pupils, of_pupils)
                add(part.slot_ids[0], rules.adult, titles[part.slot_ids[0]], one.group.adults, of_adults)
                is_first = False
            elif part.kind is PartKind.LUNCH:
                add(part.slot_ids[0], rules.lunch, titles[part.slot_ids[0]], one.group.people, lunch.minor)
        if is_first:
            raise Nothing
    ordered = tuple(lines[key] for key in sorted(lines))
    people = sum(one.group.people for one in plan.timetables)
    return Basket(ordered, people, sum(line.unit_price for line in ordered), plan.arrives_at)


def write_plan(visit: Visit, plan: Plan) -> None:
    """Write the groups and what each does; call inside a unit of work."""
    for one in plan.timetables:
        group = VisitGroup(
            visit_id=visit.id,
            name=one.group.name,
            grade=one.group.grade,
            pupils=one.group.pupils,
            adults=one.group.adults,
            claims=list(one.claims),
        )
        db.session.add(group)
        db.session.flush()
        rows = [
            {
                "group_id": group.id,
                "kind": part.kind,
                "slot_id": part.slot_ids[0] if part.has_own_slot else None,
                "activity_id": part.activity_id,
                "starts_at": part.starts_at,
                "ends_at": part.ends_at,
            }
            for part in one.parts
        ]
        if rows:
            run(insert(VisitPart), rows)


def write_dues(visit_id: int, dues: Sequence[Due]) -> None:
    """Write who owes what; call inside a unit of work."""
    rows = [
        {
            "visit_id": visit_id,
            "paid_by": due.payer_id,
            "agreement_id": due.agreement_id,
            "group_name": due.group,
            "amount": due.amount.minor,
            "because": due.because,
            "pupils": due.pupils,
            "for_lunch": due.for_lunch,
        }
        for due in dues
    ]
    if rows:
        run(insert(VisitDue), rows)


def wants_of(timetables: Sequence[Timetable]) -> tuple[Want, ...]:
    """All places that groups take in their slots together; each group is a party, which is in the house once."""
    return wants_by_group([(one.group.people, one.claims) for one in timetables])


def called(school: str, groups: Sequence[Group]) -> str:
    """What the party is called at the desk: the school and its classes."""
    return f"{school} {', '.join(group.name for group in groups)}"[:120]


def _kept(secret: str, now: datetime) -> list[Held]:
    """What the waiting list keeps for this teacher: given up in the breath that takes the plan's places."""
    held = lock_by_secret(secret) if secret else None
    if held is None or held.state is not State.HELD or held.channel is not Channel.SCHOOL:
        return []
    places = claims_of([held.id])
    end([held], State.CANCELLED, now)
    return places


def wants_a_yes(plan: Plan) -> bool:
    """Whether a programme of it is booked only when staff have said yes, in one statement."""
    ids = {part.activity_id for one in plan.timetables for part in one.parts if part.activity_id is not None}
    asking = select(Programme.activity_id).where(Programme.activity_id.in_(sorted(ids)), Programme.instant.is_(False))
    return run(asking.limit(1)).first() is not None


def _titles(plan: Plan) -> dict[int, Texts]:
    slots = sorted({slot for one in plan.timetables for part in one.parts for slot in part.slot_ids})
    titled = select(Slot.id, Activity.title).join(Activity, Activity.id == Slot.activity_id)
    return {slot_id: title for slot_id, title in run(titled.where(Slot.id.in_(slots)))}
