"""A colleague on a course and a class that is driven to, for whoever listens to what the database is asked."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from booking.bookings.models import Ticket
from booking.centre.facts import the_centre
from booking.courses import certificates, people
from booking.courses.models import Participant
from booking.courses.offered import courses, next_sessions
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outreach.change import end_slots

WHO = {"name": "Kari", "email": "kari@example.org", "mobile": "90000000"}


def go_on_a_course(client: FlaskClient, staff: FlaskClient) -> None:
    """Find, book by invoice, rename, look, cancel; and what the worker and the staff ask meanwhile."""
    now, offered = clock.now(), courses()
    session = next(iter(next_sessions(offered, the_centre(), now).values()))
    slug = next(course.slug for course in offered if course.activity_id == session.slot.activity_id)
    slot = session.slot.slot_id
    for page in ("school/courses", f"school/courses/{slug}", f"school/courses/{slug}/places?slot={slot}"):
        assert client.get(f"/nb/{page}").status_code == 200
    payer = {"pays": "invoice", "employer": "Solbakken skole", "org_number": "998110009", "invoice_reference": "12345"}
    person = {"person_name": "Ola", "person_email": "ola@example.org", "slot": slot, "step": "book"}
    booked = client.post(f"/nb/school/courses/{slug}/places", data=WHO | payer | person)
    assert booked.status_code == 303
    worker()
    assert client.post(f"{booked.location}/names", data=person | {"person_name": "Per"}).status_code == 303
    for address in (booked.location, f"{booked.location}/cancel", f"/nb/certificate/{'0' * 26}"):
        assert client.get(address).status_code in (200, 404), address
    for address in (f"courses/{slot}", f"courses/{slot}/list", "courses", "outreach", "programmes"):
        assert staff.get(f"/staff/{address}").status_code == 200
    assert client.get("/nb/school?q=stjerne&duration=short").status_code == 200
    last = db.session.scalars(select(Participant.id).join(Ticket).order_by(Participant.id.desc())).first()
    staff.post(f"/staff/courses/{slot}/present", data={"participant": last, "there": "yes"})
    assert client.post(f"{booked.location}/cancel").status_code in (200, 303, 409)
    day = the_centre().local(now).date() + timedelta(days=30)
    where = {"municipality": "Bergen", "date": day.isoformat(), "step": "look"}
    assert client.get("/nb/school/outreach").status_code == 200
    assert client.post("/nb/school/outreach/mobilt-stjernerom", data=where).status_code == 200
    assert staff.get("/staff/visits").status_code == 200
    worker()


def worker() -> None:
    """What it asks each few seconds, and each night."""
    now = clock.now()
    for work in (people.follow_up, end_slots):
        with unit_of_work():
            work(now)
    with unit_of_work():
        certificates.issue_due(the_centre(), now)
