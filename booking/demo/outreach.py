"""A programme held at schools, where the centre goes, four educators on weekdays, and one day that is booked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, select

from booking.agreements.models import SchoolRules
from booking.agreements.payers import find_schools
from booking.bookings.details import Contact
from booking.bookings.search_words import fold_letters
from booking.capacity.educators import away_space
from booking.capacity.models import Duty
from booking.capacity.planning import at
from booking.catalogue.models import Activity, Kind
from booking.centre.facts import CentreFacts, the_centre
from booking.demo.centres import in_four
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.kernel.refusals import Refusal
from booking.outbox.models import Promise, PromiseState
from booking.outreach.book import OutreachOrder, book
from booking.outreach.models import Outreach, Travel
from booking.planner.wish import Group

SLUG = "mobilt-stjernerom"
WEEKDAYS = 0b0011111
EDUCATORS = 4
WAYS = (("Bergen", 25, 0), ("Askøy", 40, 0), ("Bjørnafjorden", 45, 0), ("Øygarden", 55, 25000), ("Voss", 100, 90000))


def write_outreach(today: date) -> None:
    """Everything, for a centre that has rules for schools."""
    rules = db.session.scalar(select(SchoolRules.id).limit(1))
    if rules is None:
        return
    with unit_of_work():
        db.session.add(Duty(weekdays=WEEKDAYS, educators=EDUCATORS))
        _programme()
        db.session.add_all(
            Travel(key=fold_letters(name), municipality=name, minutes=minutes, fee=fee) for name, minutes, fee in WAYS
        )
    _book(the_centre(), today, clock.now())
    with unit_of_work():
        # The letter is history: nobody waits for it.
        letters = (Promise.state == PromiseState.WAITING, Promise.kind == "mail.confirmation")
        db.session.execute(delete(Promise).where(*letters))


def _programme() -> None:
    activity = Activity(
        slug=SLUG,
        kind=Kind.PROGRAMME,
        title=in_four(
            "Stjernerommet på tur", "Stjernerommet på tur", "The star dome on the road", "Zvaigžņu telts ceļā"
        ),
        summary=in_four(
            "Vi blåser opp et planetarium i gymsalen og tar klassen med ut i solsystemet.",
            "Vi blæs opp eit planetarium i gymsalen og tek klassen med ut i solsystemet.",
            "We inflate a planetarium in your gym and take the class out into the solar system.",
            "Jūsu sporta zālē uzpūšam planetāriju un vedam klasi ceļojumā pa Saules sistēmu.",
        ),
        minutes=60,
        capacity=30,
        space_id=away_space(),
        sort=900,
    )
    db.session.add(activity)
    db.session.flush()
    db.session.add(
        Outreach(
            activity_id=activity.id,
            grade_from=3,
            grade_to=7,
            price=350000,
            vat_rate=0,
            most_a_day=2,
            weekdays=WEEKDAYS,
            from_time=time(8, 30),
            until_time=time(13, 30),
            setup_minutes=45,
            notice_days=7,
            instant=True,
            needs=in_four(
                "6 × 6 meter gulv, 3,5 meter under taket, én stikkontakt.",
                "6 × 6 meter golv, 3,5 meter under taket, éin stikkontakt.",
                "6 × 6 metres of floor, 3.5 metres to the ceiling, one socket.",
                "6 × 6 metri brīvas grīdas, 3,5 metri līdz griestiem, viena kontaktligzda.",
            ),
            before=in_four(
                "Rydd gulvet, og la noen møte oss ved inngangen. Elevene tar av seg skoene.",
                "Rydd golvet, og lat nokon møte oss ved inngangen. Elevane tek av seg skoa.",
                "Clear the floor and have somebody meet us at the entrance. Pupils take off their shoes.",
                "Atbrīvojiet grīdu, un lai kāds mūs sagaida pie ieejas. Skolēni novelk apavus.",
            ),
        )
    )


def _book(centre: CentreFacts, today: date, now: datetime) -> None:
    """The first day from in two weeks on with an educator to spare."""
    (school, *_), activity = find_schools("Havørn skole"), select(Activity.id).where(Activity.slug == SLUG)
    for later in range(14, 40):
        order = OutreachOrder(
            activity_id=db.session.scalars(activity).one(),
            starts_at=at(today + timedelta(days=later), time(10), centre.zone),
            group=Group("5B", 24, 2, 5),
            school=school,
            address="Eksempelvegen 7, 5337 Rong",
            contact=Contact("Ola Nordmann", "ola@example.org", "+4790000000"),
            lang=centre.languages[0],
            room="Gymsalen, inngang fra skolegården",
            mobile="+4790000000",
            invoice_reference="abc-12",
        )
        try:
            with unit_of_work():
                book(order, centre=centre, now=now)
        except Refusal:
            continue
        return
