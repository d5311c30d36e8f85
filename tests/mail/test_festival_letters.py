"""The letter of a festival pass: one line with its days, tickets and calendar of each of them."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from booking.kernel.database import db
from booking.mail import messages
from booking.outbox.models import Promise
from booking.settings import settings_of
from tests.bookings.festivals import Festival
from tests.builders import tomorrow


def test_the_letter_with_the_tickets_tells_of_a_pass_once_and_of_all_its_days(app: Flask) -> None:
    on = Festival()
    on.bought()
    db.session.rollback()
    promise = db.session.scalars(select(Promise).where(Promise.kind == "mail.confirmation")).one()
    letter = messages.write(promise.kind, promise.id, promise.about, settings_of(app))
    assert letter is not None
    for told in (letter.text, letter.html):
        assert told.count("2 × Festivalpass") == 1
        days = " ".join(told.split()).split("For alle dagene av festivalen: ")[1][:80]
        assert all(f"{tomorrow(days=3 + day).day}. " in days for day in range(3))
    calendar = next(file.content for file in letter.attachments if file.name.endswith(".ics"))
    assert calendar.count(b"BEGIN:VEVENT") == 3
