"""Sessions of the four teacher courses: one to come, one full with people waiting, one too small, one over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update

from booking.bookings.details import Contact
from booking.bookings.search_words import fold_letters
from booking.capacity.models import Channel, Slot
from booking.catalogue.models import Activity, Kind, Offer, TicketType
from booking.centre.facts import CentreFacts, the_centre
from booking.courses import certificates, people
from booking.courses.enrol import EnrolmentOrder, NewParticipant, enrol
from booking.courses.models import Participant, Paying
from booking.demo.events.held import hold_at
from booking.door import attend
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.waiting.waiting import wait

AT_ONCE = 127  # whichever weekday it is
STAYED_AWAY = 1
NAMES = (
    "Astrid Lunde", "Bendik Moe", "Camilla Røed", "David Tveit", "Elin Hauge", "Fredrik Solli", "Gro Nygård",
    "Håkon Vestre", "Iselin Bakke", "Jonas Eide", "Kaja Strand", "Linnea Dahl", "Magnus Rye", "Nina Foss",
    "Oda Kleppe", "Petter Aas", "Randi Holm", "Sindre Berge", "Tonje Lid", "Ulrik Myhre",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoCourseDate:
    """One session: how many days from today it is looked for, its clock time, and who comes together."""

    slug: str
    days: int
    clock: str
    weekdays: tuple[int, ...]
    parties: tuple[int, ...]
    waiting: int = 0


MON_TO_FRI, SATURDAY = (1, 2, 3, 4), (5,)
SESSIONS = (
    DemoCourseDate("utforskende-matematikk", -9, "13:15", MON_TO_FRI, (3, 4, 2)),
    DemoCourseDate("programmering-fra-bunnen", 9, "13:15", MON_TO_FRI, (2, 1, 2)),
    DemoCourseDate("skaperverksted", 18, "10:00", SATURDAY, (4, 5, 3, 4), waiting=2),
    DemoCourseDate("havet-i-klasserommet", 32, "10:00", SATURDAY, (5, 4)),
    DemoCourseDate("utforskende-matematikk", 46, "13:15", MON_TO_FRI, (2,)),
    DemoCourseDate("programmering-fra-bunnen", 60, "13:15", MON_TO_FRI, ()),
)
EMPLOYERS = (("Solbakken skole", "998110009"), ("Fjordgløtt skole", "998110017"), ("Havørn skole", "998110033"))


def write_courses(today: date) -> None:
    """Make the sessions and let people enrol, for a centre that has courses."""
    courses = {
        activity.slug: activity for activity in db.session.scalars(select(Activity).where(Activity.kind == Kind.COURSE))
    }
    if not courses:
        return
    centre, now = the_centre(), clock.now()
    with unit_of_work():
        # Teaching that is sold for itself carries no VAT (merverdiavgiftsloven § 3-5).
        sold = select(Offer.ticket_type_id).where(Offer.activity_id.in_([course.id for course in courses.values()]))
        db.session.execute(update(TicketType).where(TicketType.id.in_(sold)).values(vat_rate=0))
    for session in SESSIONS:
        slot = _slot(courses[session.slug], session, today, centre) if session.slug in courses else None
        if slot is not None:
            _fill(slot, session, centre, now)
    with unit_of_work():
        while people.follow_up(now):
            pass
    _end_those_over(centre, now)
    with unit_of_work():
        # These letters are history: nobody waits for them.
        kinds = ("mail.confirmation", "mail.course_place", "mail.certificate")
        db.session.execute(delete(Promise).where(Promise.state == PromiseState.WAITING, Promise.kind.in_(kinds)))


def _slot(activity: Activity, session: DemoCourseDate, today: date, centre: CentreFacts) -> Slot | None:
    """Made on the first day on which the house and the room are free."""
    for later in range(21):
        day = today + timedelta(days=session.days + later)
        if day.weekday() not in session.weekdays or (session.days < 0 <= (day - today).days):
            continue
        made = hold_at(activity, day, [session.clock], centre)
        if made:
            query = select(Slot).where(Slot.activity_id == activity.id, Slot.starts_at == made[0].starts_at)
            return db.session.scalar(query)
    return None


def _fill(slot: Slot, session: DemoCourseDate, centre: CentreFacts, now: datetime) -> None:
    begun = min(now, slot.starts_at - timedelta(days=30))
    with unit_of_work():
        # On sale since before the first of them booked.
        db.session.execute(update(Slot).where(Slot.id == slot.id).values(opens_at=begun))
    first = 0
    for place, size in enumerate(session.parties):
        names = [NAMES[(first + n) % len(NAMES)] for n in range(size)]
        first += size
        employer, number = EMPLOYERS[place % len(EMPLOYERS)]
        order = EnrolmentOrder(
            slot_id=slot.id,
            people=[NewParticipant(name, _address(name)) for name in names],
            contact=Contact(names[0], _address(names[0]), "+4790000000"),
            lang=centre.languages[0],
            pays=Paying.INVOICE,
            employer=employer,
            org_number=number,
            invoice_reference="12345",
        )
        with unit_of_work():
            enrol(order, centre=centre, now=begun)
    if session.waiting:
        _wait(slot, session.waiting, centre, now)


def _wait(slot: Slot, number: int, centre: CentreFacts, now: datetime) -> None:
    kind = db.session.scalars(select(Offer.ticket_type_id).where(Offer.activity_id == slot.activity_id)).one()
    for name in NAMES[-number:]:
        with unit_of_work():
            wait(
                [slot.id], [(kind, 1)], Contact(name, _address(name)), centre=centre, lang=centre.languages[0],
                now=now, channel=Channel.SCHOOL,
            )  # fmt: skip


def _end_those_over(centre: CentreFacts, now: datetime) -> None:
    """All but one were there, and have their certificates."""
    past = select(Participant.id).where(Participant.starts_at < now).order_by(Participant.id)
    with unit_of_work():
        for participant_id in list(db.session.scalars(past))[:-STAYED_AWAY]:
            attend.tick(participant_id, centre=centre, account_id=None, now=now)
    with unit_of_work():
        certificates.issue_due(centre, now)


def _address(name: str) -> str:
    return f"{fold_letters(name).replace(' ', '.')}@example.org"
