"""A release day with good defaults: sessions, schools, a release that is published, and wishes for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from booking.agreements.payers import SchoolFacts
from booking.bookings.details import Contact
from booking.capacity.models import Slot
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.planner.plans import Part, PartKind, Plan, Timetable
from booking.planner.wish import Group
from booking.releases import edits, openings
from booking.releases.edits import ReleaseWanted
from booking.releases.models import ReleaseWay, ReleaseWish, WishState
from booking.releases.openings import ReleaseFacts
from booking.visits.book import VisitOrder, wants_of
from booking.wishes import wishes
from tests.builders import a_slot
from tests.school_builders import a_school
from tests.visits.booked import Centre, a_school_centre

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class ReleaseDay:
    """A centre, its released sessions of one programme, and the release."""

    centre: Centre
    slots: list[int]
    release_id: int
    schools: list[SchoolFacts] = field(default_factory=list)
    came: list[int] = field(default_factory=list)  # the schools that have been here lately

    @property
    def facts(self) -> ReleaseFacts:
        """The release as it stands."""
        db.session.rollback()
        release = openings.release_with_id(self.release_id)
        assert release is not None
        return release

    def school(self, number: int) -> SchoolFacts:
        """The school with that number, entered when first asked for."""
        while len(self.schools) <= number:
            self.schools.append(a_school(f"School {len(self.schools)}", municipality="Nowhere"))
        return self.schools[number]

    def plan(self, slot_id: int, name: str = "6A", people: int = 26) -> Plan:
        """One class in one session, without lunch."""
        db.session.rollback()
        slot = db.session.get_one(Slot, slot_id)
        group = Group(name, people - 2, 2, 6)
        part = Part(PartKind.PROGRAMME, (slot.id,), slot.starts_at, slot.ends_at, slot.activity_id, slot.space_id)
        timetables = (Timetable(group, (part,), 0, (slot.id,)),)
        return Plan(slot.starts_at.date(), slot.starts_at, slot.ends_at, timetables, wants_of(timetables), False)

    def order(self, slot_id: int, school: int = 0, name: str = "6A", people: int = 26) -> VisitOrder:
        """A teacher's order of that."""
        who = Contact("Kari Nordmann", f"kari{school}@example.org", "+4790000000", "Nøtter")
        plan, whose = self.plan(slot_id, name, people), self.school(school)
        return VisitOrder(plan, school=whose, contact=who, lang="en", mobile="+4790000000")

    def wish(self, *slots: int, school: int = 0, name: str = "6A", people: int = 26, sizes: Sequence[int] = ()) -> str:
        """A wish that was prepared an hour before the opening: its secret. `sizes` are people by plan, where unlike."""
        now = self.facts.opens_at - HOUR
        first, *rest = zip(slots, sizes or [people] * len(slots), strict=True)
        order, more = self.order(first[0], school, name, first[1]), [self.plan(slot, name, of) for slot, of in rest]
        facts = self.facts
        with unit_of_work():
            secret = wishes.prepare(order, facts, now)
        for plan in more:
            with unit_of_work():
                wishes.add_option(secret, plan, now)
        return secret

    def send(self, secret: str, at: datetime | None = None) -> None:
        """Press the button."""
        with unit_of_work():
            wishes.stand_in_line(secret, at or clock.now())

    def states(self) -> list[WishState]:
        """The wishes' states by turn."""
        db.session.rollback()
        return list(db.session.scalars(select(ReleaseWish.state).order_by(ReleaseWish.turn, ReleaseWish.id)))


def a_release_day(
    way: ReleaseWay = ReleaseWay.FIRST_COME,
    sessions: int = 3,
    opens_in: timedelta = -timedelta(minutes=1),
    **rules: object,
) -> ReleaseDay:
    """Published days ago; opened a minute ago unless said otherwise. Keywords are fields of ReleaseWanted."""
    centre = a_school_centre()
    db.session.rollback()
    first = select(Slot.id).where(Slot.activity_id == centre.bridges).order_by(Slot.starts_at)
    slots = list(db.session.scalars(first))[:sessions]
    start = db.session.get_one(Slot, slots[0]).starts_at
    for number in range(sessions - len(slots)):
        slots.append(a_slot(centre.bridges, 30, start + (number + 1) * DAY))
    opens_at = clock.now() + opens_in
    values: dict[str, object] = {
        "way": way,
        "activity_ids": (centre.bridges,),
        "from_at": start - DAY,
        "to_at": start + (sessions + 1) * DAY,
        "prepare_from": opens_at - 9 * DAY,
        "opens_at": opens_at,
        "until": None,
        "kept_percent": 0,
        "most_per_school": None,
        "lately_since": opens_at - 365 * DAY,
    }
    wanted = ReleaseWanted(**(values | rules))  # type: ignore[arg-type]  # named above
    with unit_of_work():
        release_id = edits.write(None, wanted, "account:1")
    with unit_of_work():
        edits.publish(release_id, opens_at - 10 * DAY, "account:1")
    return ReleaseDay(centre, slots, release_id)


def given(secrets: Sequence[str]) -> list[tuple[WishState, int | None]]:
    """What came of these wishes: state and option."""
    db.session.rollback()
    rows = {
        row.secret: (row.state, row.option)
        for row in db.session.execute(select(ReleaseWish.secret, ReleaseWish.state, ReleaseWish.option))
    }
    return [rows[secret] for secret in secrets]
