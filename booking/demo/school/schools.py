"""Schools of a demo centre: programmes as teachers see them, made-up schools, agreements, visits ahead."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from booking.agreements.models import Agreement, School, SchoolRules
from booking.agreements.payers import find_schools
from booking.bookings.details import Contact
from booking.bookings.search_words import fold_letters
from booking.capacity.models import Slot
from booking.catalogue.models import Activity, TicketType
from booking.centre.facts import CentreFacts, the_centre
from booking.demo.crowd import no_letters_of_the_past
from booking.demo.school.journeys import book_journeys
from booking.demo.school.values import DemoSchools, DemoVisit
from booking.invoicing.models import InvoicePayer
from booking.invoicing.payers import keep_payer
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.planner.plans import Part, PartKind, Plan, Timetable
from booking.programmes.models import Programme, SchoolShow
from booking.visits.book import VisitOrder, book_visit, wants_of


def write_schools(demo: DemoSchools) -> None:
    """Everything but the visits."""
    activities = dict(iter(db.session.execute(select(Activity.slug, Activity.id))))
    types = dict(iter(db.session.execute(select(TicketType.slug, TicketType.id))))
    with unit_of_work():
        for programme in demo.programmes:
            columns = {
                "activity_id": activities[programme.slug],
                "grade_from": programme.grades[0],
                "grade_to": programme.grades[1],
                "subjects": [subject.value for subject in programme.subjects],
                "aims": programme.aims,
                "before": demo.before,
                "after": demo.after,
                "instant": programme.instant,
                "shared": programme.shared,
            }
            db.session.add(Programme(**columns, **programme.own))
        vat_rates = dict(iter(db.session.execute(select(TicketType.slug, TicketType.vat_rate))))
        db.session.add_all(
            SchoolShow(
                activity_id=activities[show.slug], is_open=True, price=show.price, vat_rate=vat_rates["show-seat"],
                grade_from=show.grades[0], grade_to=show.grades[1],
            )
            for show in demo.shows
        )  # fmt: skip
        db.session.add(
            SchoolRules(
                **demo.rules, material_days=14, pupil_type_id=types["pupil"], adult_type_id=types["group-adult"],
                lunch_type_id=types.get("lunch-seat"),
            )
        )  # fmt: skip
        db.session.add_all(
            School(
                name=school.name, search=fold_letters(school.name), org_number=school.org_number,
                municipality=school.municipality, kind=school.kind, reference_pattern=school.pattern, known=True,
                email=f"post{school.org_number[-3:]}@example.org", active=school.active,
            )
            for school in demo.schools
        )  # fmt: skip
        db.session.add_all(Agreement(secret=new_secret(), **values) for values in demo.agreements)
        for key, values in demo.payers:
            keep_payer(key)
            db.session.execute(update(InvoicePayer).where(InvoicePayer.key == key).values(**values))


def write_visits(demo: DemoSchools) -> None:
    """Some further ahead: a class that its municipality pays for, a request to approve, journeys of their own kind."""
    centre, now = the_centre(), clock.now()
    for visit in demo.ahead:
        _book_ahead(visit, demo.teacher, centre, now)
    book_journeys(demo, centre, now)
    with unit_of_work():
        no_letters_of_the_past()


def _book_ahead(visit: DemoVisit, teacher: Contact, centre: CentreFacts, now: datetime) -> None:
    """In its next session that is free and some weeks away, if there is one."""
    free = (
        select(Slot)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(Activity.slug == visit.slug, Slot.starts_at > now + timedelta(days=20), Slot.taken == 0)
        .order_by(Slot.starts_at)
    )
    days = ((slot, _show_after(slot, visit)) for slot in db.session.scalars(free.limit(40)).all())
    slot, show = next(((slot, show) for slot, show in days if show is not None or not visit.show), (None, None))
    if slot is None:
        return
    parts = [Part(PartKind.PROGRAMME, (slot.id,), slot.starts_at, slot.ends_at, slot.activity_id, slot.space_id)]
    if show is not None:
        parts.append(Part(PartKind.SHOW, (show.id,), show.starts_at, show.ends_at, show.activity_id, show.space_id))
    claims = tuple(sorted(slot_id for part in parts for slot_id in part.slot_ids))
    timetables = (Timetable(visit.group, tuple(parts), 0, claims),)
    arrives, leaves = slot.starts_at - timedelta(minutes=15), parts[-1].ends_at + timedelta(minutes=15)
    plan = Plan(arrives.date(), arrives, leaves, timetables, wants_of(timetables), is_best=False)
    order = VisitOrder(
        plan, school=find_schools(visit.school)[0], contact=teacher, lang=centre.languages[0], mobile=teacher.phone,
        invoice_reference=visit.reference,
    )  # fmt: skip
    with unit_of_work():
        book_visit(order, centre=centre, now=now)


def _show_after(slot: Slot, visit: DemoVisit) -> Slot | None:
    """The first time of the show that they can walk over to, and have places at, while they count in the house."""
    if not visit.show:
        return None
    stay = db.session.get_one(Activity, slot.activity_id).stay_minutes
    query = (
        select(Slot)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(
            Activity.slug == visit.show,
            Slot.starts_at >= slot.ends_at + timedelta(minutes=5),
            Slot.ends_at <= slot.starts_at + timedelta(minutes=stay),
            Slot.taken + visit.group.people <= Slot.capacity,
        )
    )
    return db.session.scalar(query.order_by(Slot.starts_at).limit(1))
