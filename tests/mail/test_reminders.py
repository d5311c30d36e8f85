"""Whoever has just bought is not told of it again: the reminder is for those who did so longer than a day before."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.bookings.models import Booking
from booking.kernel.database import db, unit_of_work
from booking.mail.letters.reminders import promise_reminders
from booking.outbox.models import Promise
from tests.builders import a_confirmed_booking, a_sale

HOUR = timedelta(hours=1)


def reminders_at(now: datetime) -> int:
    with unit_of_work():
        promise_reminders(now)
    db.session.rollback()
    return len(db.session.scalars(select(Promise.id).where(Promise.kind == "mail.reminder")).all())


def test_after_a_long_outage_everybody_is_reminded_however_many_are_due(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("booking.mail.letters.reminders.MOST", 2)
    _centre, slot, adult = a_sale()
    bookings = [a_confirmed_booking(slot, adult, 1).booking_id for _time in range(5)]
    begins = db.session.get_one(Booking, bookings[0]).starts_at
    with unit_of_work():
        db.session.execute(update(Booking).values(confirmed_at=begins - 30 * HOUR))
    assert [reminders_at(begins - 3 * HOUR) for _round in range(4)] == [2, 4, 5, 5]


def test_nothing_bought_within_the_day_before_is_reminded_of_however_late_it_gets(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    late, early = (a_confirmed_booking(slot, adult, 1).booking_id for _time in range(2))
    begins = db.session.get_one(Booking, early).starts_at
    for booking_id, hours in ((late, 20), (early, 25)):
        with unit_of_work():
            bought = {"confirmed_at": begins - hours * HOUR}
            db.session.execute(update(Booking).where(Booking.id == booking_id).values(**bought))
    assert reminders_at(begins - 25 * HOUR) == 0
    assert reminders_at(begins - 24 * HOUR) == 1
    assert reminders_at(begins - 2 * HOUR) == 1
    assert db.session.scalars(select(Promise.booking_id).where(Promise.kind == "mail.reminder")).one() == early
