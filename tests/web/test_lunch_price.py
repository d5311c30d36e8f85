"""What the lunch room costs, as a teacher reads it: at the wish, before booking, on the visit's page, in the letter."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from booking.agreements.models import SchoolRules
from booking.kernel.database import db, unit_of_work
from booking.mail import messages
from booking.outbox.models import Promise
from booking.settings import settings_of
from tests.visits.booked import a_school_centre
from tests.web.browsing import Visitor, path_of, words
from tests.web.test_teachers import WHO, chosen, wish

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_seat_at_lunch_is_a_line_of_its_own_wherever_a_teacher_reads_who_pays(
    app: Flask, client: FlaskClient
) -> None:
    centre, teacher = a_school_centre(), Visitor(client)
    with unit_of_work():
        db.session.execute(update(SchoolRules).values(lunch_price=2000))
    assert "NOK 20 a person" in words(teacher.get(wish(centre, classes=1)))
    fields = chosen(teacher, centre, classes=1)
    shown = words(teacher.post("/en/school/visit", fields | {"step": "look"}))
    assert "6A: NOK 520, the lunch room" in shown and "Solbakken skole NOK 520" in shown
    assert "Bergen kommune NOK 2,640" in shown and "Total, VAT included NOK 3,160" in shown
    booked = teacher.post("/en/school/visit", fields | WHO | {"step": "book"})
    assert booked.status_code == 303, words(booked)
    assert "6A: NOK 520, the lunch room" in words(teacher.get(path_of(booked.location)))
    db.session.rollback()
    promise = db.session.scalars(select(Promise).where(Promise.kind == "mail.confirmation")).one()
    letter = messages.write(promise.kind, promise.id, promise.about, settings_of(app))
    assert letter is not None
    assert "Of this for the lunch room: NOK 520" in letter.text.replace("\xa0", " ")
    assert "for the lunch room: NOK 520" in html.unescape(re.sub(r"<[^>]+>", "", letter.html)).replace("\xa0", " ")
