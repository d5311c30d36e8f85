"""Three months of classes that have been here, so that there is something to invoice, to pay and to close."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from booking.agreements.payers import SchoolFacts, find_schools
from booking.agreements.references import example_of
from booking.capacity.models import Slot
from booking.capacity.timetable import at, make_slots
from booking.centre.facts import CentreFacts, the_centre
from booking.demo.centres import DemoCentre
from booking.demo.crowd import SEED
from booking.kernel.database import db, unit_of_work
from booking.kernel.refusals import Refusal
from booking.planner.plans import Part, PartKind, Plan, Timetable
from booking.planner.wish import Group
from booking.programmes.models import Programme
from booking.visits.book import VisitOrder, book_visit, wants_of
from booking.visits.change import approve
from booking.visits.models import Approval

BUS = timedelta(minutes=15)
AHEAD = timedelta(days=20)  # that they book before they come
MONTHS = 3


@dataclass(slots=True)
class PastMonth:
    """The classes of one month: each free session goes to the next school whose grade it is for."""

    schools: Sequence[SchoolFacts]
    most: int
    demo: DemoCentre
    centre: CentreFacts
    chance: random.Random
    came: int = 0
    classes: dict[str, int] = field(default_factory=dict)

    def fill(self, day: date) -> None:
        """Book what is free on this day."""
        for slot, programme in _sessions(day, self.centre):
            if self.came >= self.most:
                return
            school = self.schools[self.came % len(self.schools)]
            self.came += self._book(school, slot, programme)

    def _book(self, school: SchoolFacts, slot: Slot, programme: Programme) -> bool:
        lowest, highest = self.demo.schools.grades_of(school.name)
        grade = max(programme.grade_from, lowest)
        if grade > min(programme.grade_to, highest) or programme.grade_to == 0:
            return False
        number = self.classes[school.name] = self.classes.get(school.name, 0) + 1
        group = Group(self.demo.schools.class_name(grade, number), self.chance.randint(17, 26), 2, grade)
        part = Part(PartKind.PROGRAMME, (slot.id,), slot.starts_at, slot.ends_at, slot.activity_id, slot.space_id)
        timetables = (Timetable(group, (part,), 0, (slot.id,)),)
        arrives, leaves = slot.starts_at - BUS, slot.ends_at + BUS
        plan = Plan(arrives.date(), arrives, leaves, timetables, wants_of(timetables), is_best=False)
        when = arrives - AHEAD
        reference = example_of(school.reference_pattern) if school.reference_pattern else ""
        order_number = "" if reference else f"{self.demo.schools.order_number}{self.chance.randrange(1000, 9999)}"
        teacher = self.demo.people.somebody(self.chance, "laerer")
        order = VisitOrder(
            plan, school=school, contact=teacher, lang=self.centre.languages[0], mobile=teacher.phone,
            invoice_reference=reference, order_number=order_number,
        )  # fmt: skip
        try:
            with unit_of_work():
                booked = book_visit(order, centre=self.centre, now=when)
                if booked.approval is Approval.ASKED:
                    approve(booked.booking_id, centre=self.centre, now=when, actor="demo")
        except Refusal:
            return False  # the house or the session is somebody's already
        return True


def write_past_visits(demo: DemoCentre, today: date) -> None:
    """Classes of the three last months that had school, on a few days of each."""
    centre, chance = the_centre(), random.Random(SEED)  # noqa: S311  (for looks, not for secrets)
    for first, wanted in zip(school_months(today, demo.schools.summer), demo.schools.months, strict=True):
        schools = [find_schools(name)[0] for name in wanted.schools]
        month = PastMonth(schools, wanted.most, demo, centre, chance)
        for day in _school_days(first, today):
            if month.came < month.most:
                make_slots(day, day + timedelta(days=1))
                month.fill(day)


def school_months(today: date, summer: Collection[int]) -> list[date]:
    """The first days of the last months that were over and had weeks of school in them, the earliest first."""
    months: list[date] = []
    first = today.replace(day=1)
    while len(months) < MONTHS:
        first = (first - timedelta(days=1)).replace(day=1)
        if first.month not in summer:
            months.insert(0, first)
    return months


def _school_days(first: date, today: date) -> Iterator[date]:
    """Tuesday to Friday of the second to the fourth week."""
    for offset in range(5, 26):
        day = first + timedelta(days=offset)
        if 1 <= day.weekday() <= 4 and day < today - timedelta(days=14):
            yield day


def _sessions(day: date, centre: CentreFacts) -> list[tuple[Slot, Programme]]:
    begin: datetime = at(day, time(0), centre.zone)
    query = (
        select(Slot, Programme)
        .join(Programme, Programme.activity_id == Slot.activity_id)
        .where(Slot.starts_at >= begin, Slot.starts_at < begin + timedelta(days=1), Slot.taken == 0)
        .order_by(Slot.starts_at, Slot.id)
    )
    sessions = [(row[0], row[1]) for row in db.session.execute(query)]
    db.session.expunge_all()
    return sessions
