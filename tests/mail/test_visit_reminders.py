"""Teachers are reminded by the date their visit has now, once, and not of what they have just booked; then asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.agreements.deadlines import Deadlines
from booking.bookings.models import Booking
from booking.capacity.models import Slot
from booking.centre.facts import NOT_YET, CentreFacts
from booking.feedback import feedback
from booking.feedback.feedback import AnswersClosed, Opinion
from booking.feedback.forgetting import FORGETTINGS
from booking.feedback.models import Feedback
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.mail import messages
from booking.mail.visit_reminders import Coming, letters_due, promise_visit_letters
from booking.outbox.models import Promise
from booking.settings import settings_of
from booking.visits import change, read
from tests.support.forgetting import forget
from tests.visits.booked import Centre, a_plan, a_school_centre, a_visit

KINDS = ("mail.visit_week", "mail.visit_number", "mail.visit_feedback")
RULE = Deadlines(number_days=3)


@pytest.fixture
def centre(app: Flask) -> Centre:
    return a_school_centre()


def promised() -> list[str]:
    db.session.rollback()
    rows = db.session.scalars(select(Promise.kind).where(Promise.kind.in_(KINDS)).order_by(Promise.id))
    return [kind.removeprefix("mail.visit_") for kind in rows]


def look(centre: CentreFacts, now: datetime) -> None:
    with unit_of_work():
        promise_visit_letters(centre, now)


def booked_long_ago(centre: Centre, *names: str) -> int:
    booking_id = a_visit(centre, *names).booking_id
    with unit_of_work():
        long_ago = clock.now() - timedelta(days=3)
        db.session.execute(update(Booking).where(Booking.id == booking_id).values(confirmed_at=long_ago))
    return booking_id


def arrival_of(booking_id: int) -> datetime:
    db.session.rollback()
    visit = read.of_booking(booking_id, "NOK")
    assert visit is not None
    return visit.arrives_at


def test_the_calendar_of_one_visit() -> None:
    monday = datetime(2027, 3, 15, 9, tzinfo=UTC)
    visit = Coming(1, monday, monday - timedelta(days=40))
    centre, none_closed = NOT_YET, frozenset[date]()

    def due(now: datetime, booked: datetime = visit.confirmed_at) -> list[str]:
        seen = letters_due(Coming(1, monday, booked), centre, RULE, none_closed, now)
        return [letter.kind.removeprefix("mail.visit_") for letter in seen]

    week = monday - timedelta(days=7)
    assert due(week - timedelta(minutes=1)) == []
    assert due(week) == ["week"]
    assert due(week, booked=week + timedelta(minutes=1)) == []
    # Final after Wednesday the 10th: said on Tuesday the 9th at eight on the centre's clock.
    tuesday = datetime(2027, 3, 9, 7, tzinfo=UTC)
    assert due(tuesday) == ["week", "number"]
    assert due(tuesday, booked=tuesday) == []
    assert due(datetime(2027, 3, 10, 22, 59, tzinfo=UTC)) == ["week", "number"]
    assert due(datetime(2027, 3, 10, 23, tzinfo=UTC)) == ["week"]
    assert due(monday - timedelta(days=2)) == []
    assert due(monday) == []
    assert due(datetime(2027, 3, 16, 9, tzinfo=UTC)) == ["feedback"]


def test_each_letter_is_promised_once_and_written_with_the_plan(app: Flask, centre: Centre) -> None:
    booking_id = booked_long_ago(centre, "6A")
    arrives = arrival_of(booking_id)
    for now in (arrives - timedelta(days=7), arrives - timedelta(days=6), arrives + timedelta(hours=26)):
        look(centre.facts, now)
        look(centre.facts, now + timedelta(hours=1))
    assert promised() == ["week", "number", "feedback"]
    letters = [
        messages.write(promise.kind, promise.id, promise.about, settings_of(app))
        for promise in db.session.scalars(select(Promise).where(Promise.kind.in_(KINDS)).order_by(Promise.id)).all()
    ]
    week, number, thanks = letters
    assert week is not None and number is not None and thanks is not None
    assert "Your visit to Prøvesenteret is in a week" in week.subject
    assert "Lunch room" in week.text and "Bring packed lunches" in week.text
    assert number.subject.startswith("You can still change the number until")
    assert "24 pupils" in number.text
    assert "Thank you for coming to us with Solbakken skole 6A." in thanks.text
    assert "/en/school/feedback/" in thanks.text and "/en/school/feedback/" in thanks.html


def test_what_was_booked_or_moved_later_than_that_is_not_reminded_of(centre: Centre) -> None:
    booking_id = a_visit(centre, "6A").booking_id
    arrives = arrival_of(booking_id)
    with unit_of_work():
        late = arrives - timedelta(days=5)
        db.session.execute(update(Booking).where(Booking.id == booking_id).values(confirmed_at=late))
    look(centre.facts, late + timedelta(minutes=1))
    assert promised() == []


def test_a_moved_visit_is_reminded_of_its_new_date_and_a_cancelled_one_of_none(app: Flask, centre: Centre) -> None:
    moved, cancelled = booked_long_ago(centre, "6A"), booked_long_ago(centre, "6B")
    arrives = arrival_of(moved)
    look(centre.facts, arrives - timedelta(days=7))
    assert promised() == ["week", "week"]
    with unit_of_work():
        change.cancel_visit(cancelled, centre=centre.facts, now=clock.now())
    later = timedelta(days=7)
    with unit_of_work():
        for slot in db.session.scalars(select(Slot).order_by(Slot.starts_at.desc())):
            slot.ends_at += later
            slot.starts_at += later
    plan = a_plan(replace(centre, on=centre.on + later), "6A")
    with unit_of_work():
        change.move_visit(moved, plan, centre=centre.facts, now=clock.now())
    week, other = db.session.scalars(
        select(Promise).where(Promise.kind == "mail.visit_week").order_by(Promise.id)
    ).all()
    assert messages.write(week.kind, week.id, week.about, settings_of(app)) is None
    assert messages.write(other.kind, other.id, other.about, settings_of(app)) is None
    look(centre.facts, arrives - timedelta(days=6))
    assert promised() == ["week", "week"]
    look(centre.facts, arrives + later - timedelta(days=7))
    assert promised() == ["week", "week", "week"]


def test_a_visit_says_once_how_it_was_until_that_is_final_and_the_words_are_forgotten(centre: Centre) -> None:
    booking_id = booked_long_ago(centre, "6A")
    visit = read.of_booking(booking_id, "NOK")
    assert visit is not None
    on, now = centre.on, visit.arrives_at + timedelta(days=1)
    assert set(feedback.programmes_of(visit)) == {centre.bridges, centre.body}
    for stars in (2, 5):
        with unit_of_work():
            opinions = {activity_id: Opinion(stars, "Bra!") for activity_id in (centre.bridges, centre.body, 10**9)}
            feedback.answer(visit, on, opinions, on + timedelta(days=1), now)
    assert feedback.answers_of(visit.id) == {
        activity_id: Opinion(5, "Bra!") for activity_id in (centre.bridges, centre.body)
    }
    for day in (on, on + timedelta(days=31)):
        with pytest.raises(AnswersClosed), unit_of_work():
            feedback.answer(visit, on, {}, day, now)
    scores = feedback.scores(on, on)
    assert [(score.answers, score.average, score.counts) for score in scores] == [(1, 5.0, (0, 0, 0, 0, 1))] * 2
    forget(FORGETTINGS, now + timedelta(days=40))
    assert feedback.answers_of(visit.id) == {}
    assert [answer.words for answer in feedback.said_about(centre.bridges, on, on)[0]] == ["Bra!"]
    forget(FORGETTINGS, now + timedelta(days=800))
    assert [(row.stars, row.words, row.visit_id) for row in db.session.scalars(select(Feedback))] == [(5, "", None)] * 2
