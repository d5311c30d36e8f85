"""Classes of the demo's fortnight, booked as teachers book them, through the same function."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from booking.agreements.payers import SchoolFacts, find_schools
from booking.agreements.references import example_of
from booking.bookings.details import Contact
from booking.capacity.models import Slot
from booking.catalogue.models import Activity, Kind
from booking.demo.crowd import Crowd
from booking.demo.school.values import DemoSchools
from booking.kernel.database import db, unit_of_work
from booking.kernel.refusals import Refusal
from booking.planner.plans import Part, PartKind, Plan, Timetable
from booking.planner.wish import Group
from booking.programmes.models import Programme
from booking.visits.book import VisitOrder, book_visit, wants_of
from booking.visits.change import approve
from booking.visits.models import Approval

ADULTS = 2
AHEAD = timedelta(days=21)  # so long before the day they booked
BUS = timedelta(minutes=15)  # before the first thing and after the last
FULL_DAYS = 0.8  # of the sessions on other days than today; today's all have a class
IN_PAIRS = 0.3  # of the classes whose school sends another one with them


@dataclass(frozen=True, slots=True)
class ClassSession:
    """A session or a seating that a class could have."""

    slot_id: int
    activity_id: int
    space_id: int | None
    starts_at: datetime
    ends_at: datetime
    grades: tuple[int, int] = (0, 0)

    def part(self, kind: PartKind) -> Part:
        """What a class does there."""
        return Part(kind, (self.slot_id,), self.starts_at, self.ends_at, self.activity_id, self.space_id)


def book_classes(crowd: Crowd, demo: DemoSchools) -> None:
    """A class in most sessions of the fortnight and in all of today's, some with another class of their school."""
    schools = [find_schools(name)[0] for name in demo.coming]
    lunches = _by_day(crowd, _seatings(crowd))
    for offset, sessions in _by_day(crowd, _sessions(crowd)).items():
        chosen = [session for session in sessions if offset == 0 or crowd.chance.random() < FULL_DAYS]
        while chosen:
            together = [chosen.pop(0)]
            beside = next(
                (session for session in chosen if abs(session.starts_at - together[0].starts_at) <= BUS), None
            )
            if beside is not None and crowd.chance.random() < IN_PAIRS:
                chosen.remove(beside)
                together.append(beside)
            _book(crowd, demo, crowd.chance.choice(schools), together, lunches.get(offset, []))


def _book(
    crowd: Crowd, demo: DemoSchools, school: SchoolFacts, sessions: list[ClassSession], lunches: list[ClassSession]
) -> None:
    """With lunch where there is a table for all of them at once; the demo takes what is free and asks no more."""
    groups = [_group(crowd, demo, number, session) for number, session in enumerate(sessions)]
    teacher, companion = crowd.somebody(), crowd.somebody()
    contact = Contact(teacher.name, teacher.email, teacher.phone, crowd.chance.choice(demo.needs))
    on_the_day = crowd.chance.choice(("", companion.name))
    reference = example_of(school.reference_pattern) if school.reference_pattern else ""
    number = crowd.chance.choice(("", "", f"{demo.order_number}{crowd.chance.randrange(1000, 9999)}"))
    after = max(session.ends_at for session in sessions)
    tables = [lunch for lunch in lunches if lunch.starts_at >= after]
    for table in (*tables[:1], None):
        plan = _plan(groups, sessions, table)
        when = min(crowd.now, plan.arrives_at - AHEAD)
        order = VisitOrder(
            plan,
            school=school,
            contact=contact,
            lang=crowd.centre.languages[0],
            mobile=teacher.phone,
            on_the_day=on_the_day,
            invoice_reference=reference,
            order_number=number,
        )
        try:
            with unit_of_work():
                booked = book_visit(order, centre=crowd.centre, now=when)
                if booked.approval is Approval.ASKED:
                    approve(booked.booking_id, centre=crowd.centre, now=when, actor="demo")
        except Refusal:
            continue  # no table for so many, or the session is somebody's already
        return


def _group(crowd: Crowd, demo: DemoSchools, number: int, session: ClassSession) -> Group:
    grade = crowd.chance.randint(*session.grades)
    return Group(demo.class_name(grade, number), crowd.chance.randint(18, 26), ADULTS, grade)


def _plan(groups: list[Group], sessions: list[ClassSession], table: ClassSession | None) -> Plan:
    timetables = []
    for group, session in zip(groups, sessions, strict=True):
        parts, claims = [session.part(PartKind.PROGRAMME)], [session.slot_id]
        if table is not None:
            parts.append(table.part(PartKind.LUNCH))
            claims.append(table.slot_id)
        timetables.append(Timetable(group, tuple(parts), 0, tuple(claims)))
    ends = [part.ends_at for timetable in timetables for part in timetable.parts]
    arrives, leaves = min(session.starts_at for session in sessions) - BUS, max(ends) + BUS
    return Plan(arrives.date(), arrives, leaves, tuple(timetables), wants_of(timetables), is_best=False)


def _sessions(crowd: Crowd) -> list[ClassSession]:
    query = select(
        Slot.id, Slot.activity_id, Slot.space_id, Slot.starts_at, Slot.ends_at, Programme.grade_from, Programme.grade_to
    ).join(Programme, Programme.activity_id == Slot.activity_id)
    rows = db.session.execute(query.where(Slot.id.in_(crowd.places), Slot.taken == 0).order_by(Slot.starts_at, Slot.id))
    return [
        ClassSession(
            row.id, row.activity_id or 0, row.space_id, row.starts_at, row.ends_at, (row.grade_from, row.grade_to)
        )
        for row in rows
    ]


def _seatings(crowd: Crowd) -> list[ClassSession]:
    query = select(Slot.id, Slot.activity_id, Slot.space_id, Slot.starts_at, Slot.ends_at).join(
        Activity, Activity.id == Slot.activity_id
    )
    rows = db.session.execute(
        query.where(Slot.id.in_(crowd.places), Activity.kind == Kind.LUNCH).order_by(Slot.starts_at, Slot.id)
    )
    return [ClassSession(row.id, row.activity_id or 0, row.space_id, row.starts_at, row.ends_at) for row in rows]


def _by_day(crowd: Crowd, sessions: list[ClassSession]) -> dict[int, list[ClassSession]]:
    by_day: dict[int, list[ClassSession]] = defaultdict(list)
    for session in sessions:
        by_day[(crowd.centre.local(session.starts_at).date() - crowd.today).days].append(session)
    return by_day
