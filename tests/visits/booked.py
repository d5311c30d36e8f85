"""A centre that schools can book at: two programmes held three times, lunch, one school whose municipality pays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from booking.agreements.payers import SchoolFacts
from booking.bookings.details import Contact
from booking.capacity.models import Slot
from booking.catalogue.models import Activity, Kind
from booking.centre.facts import CentreFacts
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.planner.planner import plan_visit
from booking.planner.plans import Plan
from booking.planner.wish import Group, VisitWish
from booking.programmes.models import Programme
from booking.programmes.offered import programmes
from booking.visits.book import VisitOrder, book_visit
from booking.visits.days import load_days
from booking.visits.write import Booked
from tests.builders import a_centre, a_slot, a_space, a_stretch, a_ticket_type, an_activity
from tests.school_builders import a_school, an_agreement, school_rules
from tests.support.laid_again import laid_again

HALF = timedelta(minutes=30)


@dataclass(frozen=True)
class Centre:
    """What there is to book."""

    facts: CentreFacts
    on: date
    bridges: int
    body: int
    school: SchoolFacts
    agreement: int


def a_monday(weeks: int = 5) -> datetime:
    """Nine o'clock of a Monday some weeks ahead, long before every deadline."""
    ahead = clock.now() + timedelta(weeks=weeks)
    return (ahead - timedelta(days=ahead.weekday())).replace(hour=9, minute=0, second=0, microsecond=0)


@laid_again
def a_school_centre(**agreed: object) -> Centre:
    """Make it all; keywords are columns of the agreement."""
    facts = a_centre()
    nine = a_monday()
    house, hall = a_space(400, is_house=True), a_space(300)
    entry = an_activity(Kind.ADMISSION, 60)
    with unit_of_work():
        admission = db.session.get(Activity, entry)
        assert admission is not None
        admission.space_id = hall
    for n in range(14):
        a_stretch(house, nine + n * HALF, 400)
        a_stretch(hall, nine + n * HALF, 300)
    ids = []
    for title in ("Bridges", "Body"):
        activity, lab = an_activity(Kind.PROGRAMME, 30, title, minutes=60), a_space(32)
        for hour in (0, 2, 4):
            start = nine + timedelta(hours=hour, minutes=15)
            a_slot(activity, 30, start, space_id=lab)
        ids.append(activity)
    lunch, room = an_activity(Kind.LUNCH, 70, "Lunch"), a_space(70)
    for n in range(3, 10):
        a_slot(lunch, 70, nine + n * HALF, space_id=room)
    pupil = a_ticket_type(ids[0], 11000, "Pupil")
    adult, seat = a_ticket_type(ids[0], 0, "Adult"), a_ticket_type(lunch, 0, "Seat")
    with unit_of_work():
        for activity, slug in zip(ids, ("bridges", "body"), strict=True):
            db.session.add(Programme(activity_id=activity, grade_from=5, grade_to=7, subjects=["science"]))
            db.session.get_one(Activity, activity).slug = slug
    school_rules(pupil, adult, lunch_type_id=seat)
    school = a_school(org_number="974760673", reference_pattern="99999")
    agreement = an_agreement(**({"reference_pattern": "99999"} | agreed))
    return Centre(facts, nine.date(), ids[0], ids[1], school, agreement)


def a_plan(centre: Centre, *names: str, programmes_wanted: int = 2, pupils: int = 24, lunch: int = 30) -> Plan:
    """The best plan for these classes of grade 6, with lunch; without a programme they come for the exhibition."""
    offered = programmes()
    wanted = (centre.bridges, centre.body)[:programmes_wanted]
    alone = not programmes_wanted
    days = load_days([centre.on], time(9), time(15, 30), offered, centre.facts, clock.now(), entries=alone)
    groups = tuple(Group(name, pupils, 2, 6) for name in names)
    answer = plan_visit(VisitWish(groups, wanted, 30, lunch), days[0])
    assert answer.plans, answer.reasons
    return answer.plans[0]


def an_order(centre: Centre, plan: Plan, email: str = "kari@example.org", **more: object) -> VisitOrder:
    """A teacher's order of a plan."""
    who = Contact("Kari Nordmann", email, "+4790000000", "Nøtter")
    return VisitOrder(plan, school=centre.school, contact=who, lang="en", **more)  # type: ignore[arg-type]  # named


def a_visit(centre: Centre, *names: str, **more: object) -> Booked:
    """A visit that is booked."""
    plan = a_plan(centre, *(names or ("6A",)))
    with unit_of_work():
        return book_visit(an_order(centre, plan, **more), centre=centre.facts, now=clock.now())  # type: ignore[arg-type]  # named


def taken_of(activity_id: int) -> list[int]:
    """The counters of an activity's slots, in order of time."""
    db.session.rollback()
    return list(db.session.scalars(select(Slot.taken).where(Slot.activity_id == activity_id).order_by(Slot.starts_at)))
