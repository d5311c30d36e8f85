"""A programme that is held at schools, with good defaults: half an hour's way, half an hour to set up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from booking.agreements.models import SchoolKind
from booking.agreements.payers import SchoolFacts, find_schools
from booking.bookings.details import Contact
from booking.capacity.educators import away_space
from booking.capacity.models import Duty
from booking.capacity.planning import PlannedSlot
from booking.capacity.timetable import write
from booking.catalogue.models import Kind
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outreach.book import OutreachOrder, book
from booking.outreach.models import Outreach, Travel
from booking.planner.wish import Group
from booking.visits.write import Booked
from tests.builders import a_centre, a_ticket_type, an_activity
from tests.school_builders import a_school, an_agreement, school_rules
from tests.visits.booked import a_monday


@dataclass(frozen=True)
class Road:
    """What there is to book."""

    activity: int
    lab: int
    at_ten: datetime


def a_road(educators: int | None = 1, most_a_day: int = 5, instant: bool = True) -> Road:
    """An outreach programme, a programme in the house, and so many educators on weekdays."""
    a_centre()
    with unit_of_work():
        road = away_space()
    activity = an_activity(Kind.PROGRAMME, 30, "Star dome", minutes=60, space_id=road)
    lab = an_activity(Kind.PROGRAMME, 30, "Bridges", minutes=60)
    pupil, adult = a_ticket_type(lab, 11000, "Pupil"), a_ticket_type(lab, 0, "Adult")
    with unit_of_work():
        if educators is not None:
            db.session.add(Duty(weekdays=31, educators=educators))
        db.session.add(
            Outreach(
                activity_id=activity, grade_from=1, grade_to=10, price=350000, most_a_day=most_a_day,
                from_time=time(8), until_time=time(14), setup_minutes=30, instant=instant,
                needs={"en": "A socket"}, before={"en": "Clear the floor"},
            )
        )  # fmt: skip
        db.session.add(Travel(key="bergen", municipality="Bergen", minutes=30, fee=10000))
    school_rules(pupil, adult)
    return Road(activity, lab, a_monday().replace(hour=10))


def an_order(
    road: Road, starts_at: datetime | None = None, municipality: str = "Bergen", pupils: int = 24
) -> OutreachOrder:
    """A class of Solbakken that wants us at ten; it is the centre's own school once it is among them."""
    school = SchoolFacts(None, "Solbakken skole", "", municipality, SchoolKind.SCHOOL, "", known=False)
    school = next((known for known in find_schools(school.name) if known.municipality == municipality), school)
    contact = Contact("Kari Nordmann", "kari@example.org", "+4790000000")
    group, mobile = Group("5A", pupils, 2, 5), "+4790000000"
    return OutreachOrder(
        road.activity,
        starts_at or road.at_ten,
        group,
        "Skulevegen 1",
        school=school,
        contact=contact,
        lang="en",
        mobile=mobile,
    )


def bergen_pays(**agreed: object) -> int:
    """Bergen pays all of its schools' outreach, and Solbakken is one of them."""
    a_school(org_number="974760673")
    return an_agreement(**({"kinds": ["outreach"], "reference_pattern": "99999"} | agreed))


def away(road: Road, starts_at: datetime | None = None, **more: object) -> Booked:
    """It is booked."""
    order = an_order(road, starts_at, **more)  # type: ignore[arg-type]  # named
    with unit_of_work():
        return book(order, centre=the_centre(), now=clock.now())


def make_session(lab: int, starts_at: datetime) -> None:
    """The timetable makes an hour in the house."""
    end = starts_at + timedelta(hours=1)
    with unit_of_work():
        write([PlannedSlot(lab, None, starts_at, end, 30)], {}, by_hand=True)
