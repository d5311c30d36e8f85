"""A course that people enrol in, with good defaults."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from booking.bookings.details import Contact
from booking.capacity.models import Slot
from booking.catalogue.models import Kind
from booking.centre.facts import the_centre
from booking.courses.enrol import Enrolled, EnrolmentOrder, NewParticipant, enrol
from booking.courses.models import Participant, Paying
from booking.courses.people import follow_up
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from tests.builders import a_centre, a_slot, a_ticket_type, an_activity, tomorrow

PRICE = 95000


def a_course(capacity: int = 10, price: int = PRICE, starts_at: datetime | None = None) -> int:
    """A course session, some weeks ahead; makes the centre too. Returns the slot."""
    a_centre()
    activity = an_activity(Kind.COURSE, capacity, "Coding", minutes=180, stay_minutes=0)
    a_ticket_type(activity, price, "Participant", vat_rate=0)
    return a_slot(activity, capacity, starts_at or tomorrow(days=40))


def an_order(slot: int, *names: str, pays: Paying = Paying.INVOICE, **more: object) -> EnrolmentOrder:
    """Places for these people, by invoice unless said otherwise."""
    people = [NewParticipant(name, f"{name.split()[0].lower()}@example.org") for name in names]
    values: dict[str, object] = {"employer": "Solbakken skole", "org_number": "974760673"} | more
    return EnrolmentOrder(slot, people, Contact("Boss Person", "boss@example.org"), "en", pays, **values)  # type: ignore[arg-type]  # named


def an_enrolment(slot: int, *names: str, pays: Paying = Paying.INVOICE, **more: object) -> Enrolled:
    """Booked, and everybody told."""
    with unit_of_work():
        done = enrol(an_order(slot, *names, pays=pays, **more), centre=the_centre(), now=clock.now())
    with unit_of_work():
        follow_up(clock.now())
    return done


def it_is_over(slot: int) -> None:
    """The course was held yesterday."""
    then = clock.now() - timedelta(days=1)
    with unit_of_work():
        db.session.execute(
            update(Slot).where(Slot.id == slot).values(starts_at=then, ends_at=then + timedelta(hours=3))
        )
        db.session.execute(update(Participant).where(Participant.slot_id == slot).values(starts_at=then))


def people_of(slot: int) -> dict[str, Participant]:
    """The participants by name, as the database has them now."""
    db.session.rollback()
    participants = select(Participant).where(Participant.slot_id == slot).execution_options(populate_existing=True)
    return {participant.name: participant for participant in db.session.scalars(participants)}


def promised(kind: str) -> int:
    """How many letters of a kind have been promised."""
    db.session.rollback()
    return len(db.session.scalars(select(Promise.id).where(Promise.kind == f"mail.{kind}")).all())
