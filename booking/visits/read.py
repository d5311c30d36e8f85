"""What pages and letters read of visits, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from booking.agreements import kept_price
from booking.agreements.heads import AS_BOOKED, HeadsTerms
from booking.agreements.models import Agreement, AskedFor, School, SchoolKind
from booking.agreements.payers import SchoolFacts
from booking.agreements.prices import Because, Due, SchoolPrice
from booking.agreements.rules import load_rules
from booking.agreements.terms import USUAL, Terms, from_kept
from booking.bookings.models import Booking, State
from booking.catalogue.models import Activity
from booking.kernel.database import Texts, as_values, db, run
from booking.kernel.money import Money
from booking.planner.plans import Part, PartKind, Plan, Timetable
from booking.planner.wish import Group
from booking.visits.models import Approval, Visit, VisitDue, VisitGroup, VisitPart


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit in a list."""

    booking_id: int
    reference: str
    secret: str
    state: State
    group_name: str
    name: str
    people: int
    arrives_at: datetime
    leaves_at: datetime
    approval: Approval
    forgotten_as_of: datetime | None  # when the time that it is kept begins, where its teacher wants it kept for longer


@dataclass(frozen=True, slots=True)
class DuePaid:
    """What one payer owes for one group; `payer` "" is the school itself."""

    due: Due
    payer: str


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """A visit with its groups, their day, and who pays."""

    id: int
    booking_id: int
    school: SchoolFacts
    mobile: str
    on_the_day: str
    order_number: str
    invoice_reference: str
    code: str
    arrives_at: datetime
    leaves_at: datetime
    year: int
    approval: Approval
    reason: str
    fee: int
    timetables: tuple[Timetable, ...]
    titles: dict[int, Texts]
    dues: tuple[DuePaid, ...]
    terms: Terms = USUAL  # as they were agreed on when it was booked
    price: SchoolPrice | None = None  # what held when it was booked
    asked_for: AskedFor | None = None  # why it waits for a yes
    heads: HeadsTerms = AS_BOOKED  # by which number it is billed, where no agreement says otherwise

    @property
    def has_lunch(self) -> bool:
        """Whether anybody eats here."""
        return any(part.kind is PartKind.LUNCH for timetable in self.timetables for part in timetable.parts)

    @property
    def for_lunch(self) -> int:
        """What of it is for the lunch room, in minor units."""
        return sum(due.due.amount.minor for due in self.dues if due.due.for_lunch)

    @property
    def for_shows(self) -> int:
        """What of it is for shows, in minor units."""
        return sum(due.due.amount.minor for due in self.dues if due.due.show_id is not None)

    @property
    def own(self) -> int:
        """What the school itself owes, in minor units."""
        return dict(self.by_payer()).get("", 0)

    def by_payer(self) -> list[tuple[str, int]]:
        """What each payer owes in minor units, the school ("") last."""
        sums: dict[str, int] = {}
        for due in self.dues:
            sums[due.payer] = sums.get(due.payer, 0) + due.due.amount.minor
        return sorted(sums.items(), key=lambda item: (item[0] == "", item[0]))


VISIT_ROW = (  # what VisitRow holds
    Booking.id, Booking.reference, Booking.secret, Booking.state, Booking.group_name, Booking.name, Booking.people,
    Visit.arrives_at, Visit.leaves_at, Visit.approval, Booking.forgotten_as_of,
)  # fmt: skip


def visits_among(booking_ids: Collection[int]) -> dict[int, str]:
    """Which of these bookings are visits, each with the secret that opens its page; in one statement."""
    if not booking_ids:
        return {}
    query = select(Booking.id, Booking.secret).join(Visit, Visit.booking_id == Booking.id)
    return {booking_id: secret for booking_id, secret in run(query.where(Booking.id.in_(sorted(booking_ids))))}


def of_booking(booking_id: int, currency: str) -> VisitFacts | None:
    """The visit of a booking, in four statements; None when it is not one."""
    row = db.session.execute(
        select(Visit, School).join(School, School.id == Visit.school_id).where(Visit.booking_id == booking_id)
    ).first()
    if row is None:
        return None
    visit, school = row
    titles: dict[int, Texts] = {}
    return VisitFacts(
        id=visit.id,
        booking_id=booking_id,
        school=SchoolFacts(
            school.id,
            school.name,
            school.org_number,
            school.municipality,
            SchoolKind(school.kind),
            school.reference_pattern,
            school.known,
        ),
        mobile=visit.mobile,
        on_the_day=visit.on_the_day,
        order_number=visit.order_number,
        invoice_reference=visit.invoice_reference,
        code=visit.code,
        arrives_at=visit.arrives_at,
        leaves_at=visit.leaves_at,
        year=visit.year,
        approval=Approval(visit.approval),
        reason=visit.reason,
        fee=visit.fee,
        timetables=_timetables(visit.id, titles),
        titles=titles,
        dues=_dues(visit.id, currency),
        terms=Terms(load_rules().deadlines) if visit.terms is None else from_kept(visit.terms),
        asked_for=visit.asked_for,
        heads=HeadsTerms(visit.heads_rule, visit.floor_percent),
        price=None if visit.price is None else kept_price.from_kept(visit.price, currency),
    )


def is_visit(booking_id: int) -> bool:
    """Whether a booking is a visit."""
    return run(select(Visit.id).where(Visit.booking_id == booking_id)).first() is not None


def plan_of(facts: VisitFacts, timetables: tuple[Timetable, ...] | None = None) -> Plan:
    """The visit as the plan it was made from, with other numbers in its groups if given."""
    from booking.visits.book import wants_of

    stand = facts.timetables if timetables is None else timetables
    return Plan(facts.arrives_at.date(), facts.arrives_at, facts.leaves_at, stand, wants_of(stand), is_best=False)


def of_email(email: str) -> list[VisitRow]:
    """The visits booked with this address that are kept or asked for, latest first."""
    rows = run(
        select(*VISIT_ROW)
        .join(Visit, Visit.booking_id == Booking.id)
        .where(Booking.email == email, Booking.state.in_((State.PENDING, State.CONFIRMED)))
        .order_by(Visit.arrives_at.desc())
        .limit(40)
    )
    return as_values(VisitRow, rows)


def _timetables(visit_id: int, titles: dict[int, Texts]) -> tuple[Timetable, ...]:
    groups = db.session.scalars(select(VisitGroup).where(VisitGroup.visit_id == visit_id).order_by(VisitGroup.id)).all()
    rows = db.session.execute(
        select(VisitPart, Activity.title)
        .join(VisitGroup, VisitGroup.id == VisitPart.group_id)
        .outerjoin(Activity, Activity.id == VisitPart.activity_id)
        .where(VisitGroup.visit_id == visit_id)
        .order_by(VisitPart.starts_at, VisitPart.id)
    )
    parts: dict[int, list[Part]] = {group.id: [] for group in groups}
    for part, title in rows:
        if part.activity_id is not None and title is not None:
            titles[part.activity_id] = title
        slots = () if part.slot_id is None else (part.slot_id,)
        parts[part.group_id].append(Part(PartKind(part.kind), slots, part.starts_at, part.ends_at, part.activity_id))
    return tuple(
        Timetable(
            Group(group.name, group.pupils, group.adults, group.grade), tuple(parts[group.id]), 0, tuple(group.claims)
        )
        for group in groups
    )


def _dues(visit_id: int, currency: str) -> tuple[DuePaid, ...]:
    rows = db.session.execute(
        select(VisitDue, Agreement.payer)
        .outerjoin(Agreement, Agreement.id == VisitDue.paid_by)
        .where(VisitDue.visit_id == visit_id)
        .order_by(VisitDue.id)
    )
    return tuple(
        DuePaid(
            Due(
                due.paid_by,
                due.group_name,
                Money(due.amount, currency),
                Because(due.because),
                due.agreement_id,
                due.pupils,
                due.for_lunch,
                due.show_id,
            ),
            payer or "",
        )
        for due, payer in rows
    )
