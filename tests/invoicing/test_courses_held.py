"""A course is invoiced once it has been held; what is cancelled late at once, since nothing more comes of it."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from booking.centre.facts import the_centre
from booking.courses.cancel import cancel
from booking.courses.give_up import give_up
from booking.courses.models import Participant
from booking.invoicing.receivables import open_receivables
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from tests.courses.enrolled import a_course, an_enrolment


def owed_on(days: int) -> list[int]:
    db.session.rollback()
    return [receivable.gross for receivable in open_receivables(the_centre(), clock.now() + timedelta(days=days))]


def test_a_place_given_up_late_is_not_invoiced_before_the_others_have_come(app: Flask) -> None:
    slot = a_course(starts_at=clock.now() + timedelta(days=2))
    booking_id = an_enrolment(slot, "Liv Berg", "Ola Dahl").booking_id
    first = db.session.scalars(select(Participant.id).order_by(Participant.id).limit(1)).one()
    db.session.rollback()
    with unit_of_work():
        give_up(booking_id, first, centre=the_centre(), now=clock.now())
    assert owed_on(1) == []
    (both,) = owed_on(3)
    assert both > 0


def test_a_course_cancelled_late_is_invoiced_at_once(app: Flask) -> None:
    booking_id = an_enrolment(a_course(starts_at=clock.now() + timedelta(days=2)), "Liv Berg").booking_id
    with unit_of_work():
        fee = cancel(booking_id, centre=the_centre(), now=clock.now())
    assert len(owed_on(0)) == 1
    assert fee is not None
