"""A class has a plan for its whole day: the slot's page does not pull it out of one session, but leads to its visit."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from booking.agreements.models import SchoolRules
from booking.bookings import queries
from booking.bookings.models import Booking
from booking.capacity.models import Slot
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from booking.records.models import AuditEntry
from booking.running.check import breaches
from booking.staff.models import Role
from booking.visits import read
from tests.visits.booked import a_school_centre, a_visit, taken_of
from tests.web.browsing import Visitor, words
from tests.web.test_capacity import signed_in
from tests.web.test_teachers import hidden, wish


def test_a_class_is_not_moved_out_of_one_session_and_staff_move_its_whole_visit_also_late(
    app: Flask, client: FlaskClient
) -> None:
    centre = a_school_centre()
    with unit_of_work():  # too late for the teacher to move it
        db.session.execute(update(SchoolRules).values(free_days=200))
    booked = a_visit(centre, "6A")
    sessions = select(Slot).where(Slot.activity_id == centre.bridges).order_by(Slot.starts_at)
    slots = [(slot.id, slot.taken) for slot in db.session.scalars(sessions)]
    mine = next(slot_id for slot_id, taken in slots if taken)
    other = next(slot_id for slot_id, taken in slots if not taken)
    boss = signed_in(Visitor(client), Role.ADMIN)
    before = taken_of(centre.bridges)
    refused = boss.post(
        f"/staff/capacity/slot/{mine}/move", {"booking": [str(booked.booking_id)], "target": str(other)}
    )
    assert refused.status_code == 409 and "A class moves with its whole plan" in words(refused)
    assert (taken_of(centre.bridges), breaches()) == (before, [])
    page = boss.get(f"/staff/capacity/slot/{mine}").get_data(as_text=True)
    home = f"/en/visit/{booked.secret}"
    assert f'href="{home}"' in page and f'id="pick-{booked.booking_id}"' not in page
    assert "Move the visit" in words(boss.get(home))
    assert "Move the visit" not in words(Visitor(app.test_client()).get(home))
    late = {"plan": hidden(boss.get(wish(centre, classes=1, move=booked.secret, arrival="10:00")).text, "plan")}
    stranger = Visitor(app.test_client())
    stranger.get(home)
    stranger.post(f"{home}/move", late)
    assert queries.by_id(booked.booking_id).version == 1  # type: ignore[union-attr]  # there is one
    assert boss.post(f"{home}/move", late).status_code == 303
    db.session.rollback()
    facts = queries.by_id(booked.booking_id)
    seen = read.of_booking(booked.booking_id, "NOK")
    assert facts is not None and seen is not None and facts.version == 2
    kinds = select(Promise.kind).join(Booking, Booking.id == booked.booking_id)
    assert "mail.change" in set(db.session.scalars(kinds))
    by = db.session.scalars(select(AuditEntry.actor).where(AuditEntry.action == "visit.change")).all()
    assert len(by) == 1 and by[0].startswith("account:")
    assert breaches() == []
