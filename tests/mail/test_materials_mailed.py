"""Files and links are mailed at their time: once for each date a visit has, only where there are some."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.agreements.models import SchoolRules
from booking.bookings.models import Booking
from booking.capacity.models import Slot
from booking.centre.facts import NOT_YET, CentreFacts
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.mail import messages
from booking.mail.letter import Letter
from booking.mail.visit_reminders import Coming, materials_due, promise_visit_letters
from booking.materials.models import MaterialMoment
from booking.outbox.models import Promise
from booking.programmes.models import Programme
from booking.settings import settings_of
from booking.visits import change, read
from tests.materials.sheets import a_material
from tests.visits.booked import Centre, a_plan, a_school_centre, a_visit

DAY = timedelta(days=1)


@pytest.fixture
def centre(app: Flask) -> Centre:
    centre = a_school_centre()
    with unit_of_work():
        db.session.execute(update(SchoolRules).values(material_days=14))
    return centre


def look(centre: CentreFacts, now: datetime) -> None:
    with unit_of_work():
        promise_visit_letters(centre, now)


def promised(kind: str = "mail.visit_before") -> list[Promise]:
    db.session.rollback()
    return list(db.session.scalars(select(Promise).where(Promise.kind == kind).order_by(Promise.id)))


def written(app: Flask, promise: Promise) -> Letter | None:
    return messages.write(promise.kind, promise.id, promise.about, settings_of(app))


def arrival_of(booking_id: int) -> datetime:
    db.session.rollback()
    visit = read.of_booking(booking_id, "NOK")
    assert visit is not None
    return visit.arrives_at


def test_the_calendar_of_one_letter() -> None:
    monday = datetime(2027, 3, 15, 9, tzinfo=UTC)
    long_ago, eight = monday - timedelta(days=40), datetime(2027, 3, 1, 7, tzinfo=UTC)

    def due(now: datetime, days: int | None, booked: datetime = long_ago) -> bool:
        return bool(list(materials_due(Coming(1, monday, booked), NOT_YET, days, now)))

    assert not due(eight - timedelta(minutes=1), 14)
    assert due(eight, 14) and due(monday - timedelta(minutes=1), 14)
    assert not due(monday, 14)
    assert due(monday - DAY, 14, booked=monday - DAY)  # booked late: at once
    assert not due(monday - timedelta(hours=2), None)  # the reminder has brought them
    assert due(monday - timedelta(hours=2), None, booked=monday - timedelta(hours=3))  # too late for a reminder
    for hours, comes in ((18, True), (25, False)):  # within the day before nobody is reminded
        assert due(monday - timedelta(hours=2), None, booked=monday - timedelta(hours=hours)) is comes
    later = Coming(1, monday, monday - timedelta(hours=24), starts_at=monday + timedelta(minutes=30))
    assert not list(materials_due(later, NOT_YET, None, monday - timedelta(hours=2)))  # a day before its first session


def test_they_are_mailed_so_many_days_before_once_in_the_teachers_language(app: Flask, centre: Centre) -> None:
    booking_id = a_visit(centre, "6A").booking_id
    arrives = arrival_of(booking_id)
    look(centre.facts, arrives - 10 * DAY)
    assert promised() == []  # there is nothing to send yet
    a_material(centre.bridges, MaterialMoment.BEFORE, "Paper bridge", lang="nb")
    a_material(centre.body, MaterialMoment.BEFORE, "Curriculum", url="https://udir.example/lk20", lang="en")
    a_material(centre.body, MaterialMoment.AFTER, "Pulse")
    look(centre.facts, arrives - 15 * DAY)
    assert promised() == []
    for hours in range(3):
        look(centre.facts, arrives - 10 * DAY + timedelta(hours=hours))
    (only,) = promised()
    letter = written(app, only)
    assert letter is not None
    assert letter.subject.startswith("Before your visit to") and "Solbakken skole" in letter.text
    assert "/material/1/paper-bridge.pdf" in letter.text and "Norwegian Bokmål" in letter.text
    assert "https://udir.example/lk20" in letter.html and "Curriculum" in letter.html
    assert "Pulse" not in letter.text
    with unit_of_work():
        db.session.execute(update(Booking).where(Booking.id == booking_id).values(lang="nb"))
    in_norwegian = written(app, promised()[0])
    assert in_norwegian is not None and in_norwegian.subject.startswith("Før besøket på")


def test_the_lines_of_what_to_do_stay_lines_and_an_address_is_a_link(app: Flask, centre: Centre) -> None:
    a_material(centre.bridges, MaterialMoment.BEFORE)
    typed = "Fold <paper>\nTest https://a.example/bru\n\nMeasure"
    with unit_of_work():
        columns = {"before": {"en": typed}, "brings": {"en": "Glue\nTape"}}
        db.session.execute(update(Programme).where(Programme.activity_id == centre.bridges).values(**columns))
    booking_id = a_visit(centre, "6A").booking_id
    look(centre.facts, arrival_of(booking_id) - 10 * DAY)
    (only,) = promised()
    letter = written(app, only)
    assert letter is not None and typed in letter.text
    assert "<br>Fold &lt;paper&gt;<br>Test <a href=" in letter.html and "bru</a><br><br>Measure" in letter.html
    assert "Glue<br>Tape" in letter.html


def test_a_change_brings_them_once_they_have_been_mailed(
    app: Flask, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_material(centre.bridges, MaterialMoment.BEFORE, "Paper bridge")
    booking_id = a_visit(centre, "6A").booking_id
    arrives = arrival_of(booking_id)
    for days, brings in ((15, False), (13, True)):
        monkeypatch.setattr(clock, "now", lambda days=days: arrives - days * DAY)
        letter = messages.write("mail.change", 1, {"booking_id": booking_id}, settings_of(app))
        assert letter is not None and ("paper-bridge.pdf" in letter.text) is brings


def test_sixty_days_before_is_not_a_day_late(centre: Centre) -> None:
    with unit_of_work():
        db.session.execute(update(SchoolRules).values(material_days=60))
    a_material(centre.bridges, MaterialMoment.BEFORE)
    arrives = arrival_of(a_visit(centre, "6A").booking_id)
    look(centre.facts, arrives - 61 * DAY)
    assert promised() == []
    look(centre.facts, arrives - 60 * DAY)
    assert len(promised()) == 1


def test_a_moved_visit_gets_them_at_its_new_time_and_a_cancelled_one_never(app: Flask, centre: Centre) -> None:
    a_material(centre.bridges, MaterialMoment.BEFORE)
    moved, cancelled = a_visit(centre, "6A").booking_id, a_visit(centre, "6B").booking_id
    arrives, later = arrival_of(moved), timedelta(days=28)
    look(centre.facts, arrives - 13 * DAY)
    assert len(promised()) == 2
    with unit_of_work():
        change.cancel_visit(cancelled, centre=centre.facts, now=clock.now())
    with unit_of_work():
        for slot in db.session.scalars(select(Slot).order_by(Slot.starts_at.desc())):
            slot.ends_at += later
            slot.starts_at += later
    with unit_of_work():
        plan = a_plan(replace(centre, on=centre.on + later), "6A")
        change.move_visit(moved, plan, centre=centre.facts, now=clock.now())
    assert [written(app, promise) for promise in promised()] == [None, None]
    look(centre.facts, arrives - 12 * DAY)
    assert len(promised()) == 2
    look(centre.facts, arrives + later - 13 * DAY)
    look(centre.facts, arrives + later - 12 * DAY)
    assert len(promised()) == 3
    assert written(app, promised()[-1]) is not None


def test_without_a_number_of_days_the_reminder_brings_them(app: Flask, centre: Centre) -> None:
    with unit_of_work():
        db.session.execute(update(SchoolRules).values(material_days=None))
    a_material(centre.bridges, MaterialMoment.BEFORE, "Paper bridge")
    booking_id = a_visit(centre, "6A").booking_id
    look(centre.facts, arrival_of(booking_id) - timedelta(hours=20))
    assert promised() == []
    with unit_of_work():
        starts_at = db.session.get_one(Booking, booking_id).starts_at
    about = {"booking_id": booking_id, "starts_at": starts_at.isoformat()}
    reminder = messages.write("mail.reminder", 1, about, settings_of(app))
    assert reminder is not None and "paper-bridge.pdf" in reminder.text and "paper-bridge.pdf" in reminder.html
    confirmation = messages.write("mail.confirmation", 2, {"booking_id": booking_id}, settings_of(app))
    assert confirmation is not None and "paper-bridge.pdf" not in confirmation.text


def test_the_day_after_they_come_with_the_question_of_how_it_was(app: Flask, centre: Centre) -> None:
    booking_id = a_visit(centre, "6A").booking_id
    look(centre.facts, arrival_of(booking_id) + timedelta(hours=26))
    (question,) = promised("mail.visit_feedback")
    bare = written(app, question)
    assert bare is not None and bare.subject.startswith("How was your visit")
    a_material(centre.body, MaterialMoment.AFTER, "Pulse at home")
    letter = written(app, question)
    assert letter is not None and letter.subject.startswith("After your visit to")
    assert "pulse-at-home.pdf" in letter.text and "/school/feedback/" in letter.text
    assert "pulse-at-home.pdf" in letter.html and "/school/feedback/" in letter.html
