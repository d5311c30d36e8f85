"""The page on which a class joins the schools' line."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from booking.capacity.models import Slot
from booking.kernel.database import db
from tests.visits.booked import a_school_centre
from tests.web.browsing import Visitor, words


def test_who_would_wait_for_a_session_with_places_is_led_to_book_it(app: Flask, client: FlaskClient) -> None:
    centre, teacher = a_school_centre(), Visitor(client)
    first = select(Slot.id).where(Slot.activity_id == centre.bridges).order_by(Slot.starts_at).limit(1)
    slot = db.session.scalars(first).one()
    teacher.get(f"/en/school/waiting-list?slot={slot}")
    form = {"slot": str(slot), "how": "session", "people": "26", "email": "kari@example.org"}
    page = teacher.post("/en/school/waiting-list", form)
    assert page.status_code == 200 and "No need to wait: these are available now." in words(page)
    assert f"programme={centre.bridges}" in page.text and f"date={centre.on}" in page.text
