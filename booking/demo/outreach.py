"""A programme held at schools, where the centre goes, four educators on weekdays, and one day that is booked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, select

from booking.agreements.payers import find_schools
from booking.bookings.details import Contact
from booking.bookings.search_words import fold_letters
from booking.capacity.educators import away_space
from booking.capacity.models import Duty
from booking.capacity.planning import at
from booking.catalogue.models import Activity, Kind
from booking.centre.facts import CentreFacts, the_centre
from booking.demo.school.values import DemoOutreach
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.kernel.refusals import Refusal
from booking.outbox.models import Promise, PromiseState
from booking.outreach.book import OutreachOrder, book
from booking.outreach.models import Outreach, Travel

WEEKDAYS = 0b0011111


def write_outreach(demo: DemoOutreach, teacher: Contact, today: date) -> None:
    """Everything."""
    with unit_of_work():
        db.session.add(Duty(weekdays=WEEKDAYS, educators=demo.educators))
        _programme(demo)
        db.session.add_all(
            Travel(key=fold_letters(name), municipality=name, minutes=minutes, fee=fee)
            for name, minutes, fee in demo.ways
        )
    _book(demo, teacher, the_centre(), today, clock.now())
    with unit_of_work():
        # The letter is history: nobody waits for it.
        letters = (Promise.state == PromiseState.WAITING, Promise.kind == "mail.confirmation")
        db.session.execute(delete(Promise).where(*letters))


def _programme(demo: DemoOutreach) -> None:
    activity = Activity(
        slug=demo.slug, kind=Kind.PROGRAMME, title=demo.title, summary=demo.summary, minutes=60, capacity=30,
        space_id=away_space(), sort=900,
    )  # fmt: skip
    db.session.add(activity)
    db.session.flush()
    db.session.add(Outreach(activity_id=activity.id, **demo.facts))


def _book(demo: DemoOutreach, teacher: Contact, centre: CentreFacts, today: date, now: datetime) -> None:
    """The first day from in two weeks on with an educator to spare."""
    (school, *_), activity = find_schools(demo.visit.school), select(Activity.id).where(Activity.slug == demo.slug)
    for later in range(14, 40):
        order = OutreachOrder(
            activity_id=db.session.scalars(activity).one(),
            starts_at=at(today + timedelta(days=later), time(10), centre.zone),
            group=demo.visit.group,
            school=school,
            address=demo.address,
            contact=teacher,
            lang=centre.languages[0],
            room=demo.room,
            mobile=teacher.phone,
            invoice_reference=demo.visit.reference,
        )
        try:
            with unit_of_work():
                book(order, centre=centre, now=now)
        except Refusal:
            continue
        return
