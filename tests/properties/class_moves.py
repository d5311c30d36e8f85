"""What schools do meanwhile: classes come, are more or fewer, move, are answered, stay away; and we go to them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, multiple, rule

from booking.bookings.details import Contact
from booking.capacity.educators import away_space
from booking.capacity.models import Duty
from booking.catalogue.models import Kind
from booking.centre.facts import CentreFacts
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outreach import book as outreach
from booking.outreach import change as trips
from booking.outreach.book import OutreachOrder
from booking.outreach.models import Outreach, Travel
from booking.planner.plans import Part, PartKind, Plan, Timetable
from booking.planner.wish import Group
from booking.programmes.models import Programme
from booking.visits import change as visits
from booking.visits.book import VisitOrder, book_visit, ready_for, wants_of
from tests.builders import a_slot, a_space, a_ticket_type, an_activity
from tests.properties.money_moves import allowed
from tests.school_builders import a_school, an_agreement, school_rules

classes: Bundle[int] = Bundle("classes")
# A rule adds a visit to its bundle, or none.
Visit = int | MultipleResults[int]
pupils = st.sampled_from([1, 2, 2, 4, 7])
actors = st.sampled_from(["buyer", "buyer", "account:1"])
HALF = timedelta(minutes=30)


class ClassMoves(RuleBasedStateMachine):
    """Two sessions that draw on the house, four educators, and a municipality that pays for two visits a year."""

    classes = classes
    centre: CentreFacts
    halves: list[int]
    day: datetime

    def schools_may_come(self) -> None:
        """What schools can book, in the house and at the school."""
        lab, self.programme = a_space(9), an_activity(Kind.PROGRAMME, 9, "Bruer", minutes=30)
        with unit_of_work():
            road = away_space()
        self.trip = an_activity(Kind.PROGRAMME, 9, "Stjerner", minutes=30, space_id=road)
        self.sessions = [
            a_slot(self.programme, 9, self.day + n * HALF, space_id=lab, draws_on=self.halves[n : n + 1])
            for n in (1, 2)
        ]
        pupil, adult = a_ticket_type(self.programme, 11000, "Elev"), a_ticket_type(self.programme, 0, "Lærer")
        rows = [
            Programme(activity_id=self.programme, grade_from=1, grade_to=10, subjects=[], shared=True),
            Outreach(
                activity_id=self.trip, grade_from=1, grade_to=10, price=90000, most_a_day=2, weekdays=127,
                from_time=time(8), until_time=time(16), setup_minutes=0, notice_days=0,
            ),
            Travel(key="bergen", municipality="Bergen", minutes=30),
            Duty(weekdays=127, educators=4),
        ]  # fmt: skip
        with unit_of_work():
            db.session.add_all(rows)
        school_rules(pupil, adult, least_price=33000, free_days=1, number_days=1)
        self.school = a_school(org_number="974760673")
        an_agreement(most_visits=2)

    def plan(self, which: int, group: Group) -> Plan:
        """One class in one session, and in the house for as long."""
        slot, begins = self.sessions[which], self.day + (which + 1) * HALF
        part = Part(PartKind.PROGRAMME, (slot,), begins, begins + HALF, activity_id=self.programme)
        timetable = Timetable(group, (part,), 0, (slot,))
        return Plan(begins.date(), begins, begins + HALF, (timetable,), wants_of([timetable]), is_best=True)

    def who(self, holder: str) -> dict[str, object]:
        """What every order says; who has a mark is nobody that we know, and may have to be asked for."""
        contact = Contact("Kari", f"kari{holder}@example.org", "+4790000000")
        return {"school": self.school, "contact": contact, "lang": "nb", "holder": holder * 32}

    @rule(target=classes, which=st.integers(0, 1), pupils=pupils, holder=st.sampled_from(["", "", "c"]))
    def a_class_books(self, which: int, pupils: int, holder: str) -> Visit:
        """A visit in the house."""
        order = VisitOrder(self.plan(which, Group("5A", pupils, 1, 5)), **self.who(holder))  # type: ignore[arg-type]
        with allowed():
            ready = ready_for(order, self.centre, clock.now())
            with unit_of_work():
                return book_visit(order, centre=self.centre, now=clock.now(), ready=ready).booking_id
        return multiple()

    @rule(target=classes, later=st.integers(0, 3), pupils=pupils, holder=st.sampled_from(["", "", "c"]))
    def a_class_asks_us_to_come(self, later: int, pupils: int, holder: str) -> Visit:
        """A programme at the school; each session and show in the house takes an educator too."""
        group, who = Group("5B", pupils, 1, 5), self.who(holder)
        order = OutreachOrder(self.trip, self.day + later * HALF, group, "Skulevegen 1", **who)  # type: ignore[arg-type]
        with allowed():
            ready = outreach.ready_for(order, self.centre, clock.now())
            with unit_of_work():
                return outreach.book(order, centre=self.centre, now=clock.now(), ready=ready).booking_id
        return multiple()

    @rule(booking=classes, pupils=pupils, later=st.integers(0, 3), actor=actors)
    def a_class_is_another_number_at_another_time(self, booking: int, pupils: int, later: int, actor: str) -> None:
        """More or fewer, and perhaps moved; wherever the visit is held."""
        now, centre = clock.now(), self.centre
        with allowed(), unit_of_work():
            trips.change(booking, self.day + later * HALF, pupils, 1, centre=centre, now=now, actor=actor)
        with allowed(), unit_of_work():
            visits.change_numbers(booking, {0: (pupils, 1)}, centre=centre, now=now, actor=actor)
        group = Group("5A", pupils, 1, 5)
        with allowed(), unit_of_work():
            visits.move_visit(booking, self.plan(later % 2, group), centre=centre, now=now, actor=actor)

    @rule(booking=classes, yes=st.booleans())
    def staff_answer_a_class(self, booking: int, yes: bool) -> None:
        """One that was asked for is approved or declined."""
        now, centre = clock.now(), self.centre
        with allowed(), unit_of_work():
            if yes:
                visits.approve(booking, centre=centre, now=now, actor="account:1")
            else:
                visits.decline(booking, "Fullt", centre=centre, now=now, actor="account:1")

    @rule(booking=classes, waive=st.booleans(), actor=actors)
    def a_class_stays_at_home(self, booking: int, waive: bool, actor: str) -> None:
        """Cancelled by rule, or by staff without the fee."""
        waive = waive and actor != "buyer"
        with allowed(), unit_of_work():
            visits.cancel_visit(booking, centre=self.centre, now=clock.now(), actor=actor, waive=waive)

    def look_after_classes(self) -> None:
        """What the worker does each minute about visits that ended otherwise."""
        with unit_of_work():
            visits.give_back_of_ended(clock.now())
        with unit_of_work():
            trips.end_slots(clock.now())
