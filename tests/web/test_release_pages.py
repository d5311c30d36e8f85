"""Release day by its pages: a teacher prepares a wish, staff write and publish one, nonsense breaks nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.mail import messages
from booking.outbox.models import Promise
from booking.releases.models import Release, ReleaseWay, ReleaseWish
from booking.settings import settings_of
from booking.staff.models import Role
from booking.wishes import answering, wish_facts
from tests.web.browsing import Visitor, path_of, words
from tests.web.staffing import a_colleague
from tests.web.test_teachers import WHO, chosen, hidden, wish
from tests.wishes.releasing import DAY, HOUR, ReleaseDay, a_release_day

pytestmark = pytest.mark.any_day


@pytest.fixture
def teacher(app: Flask, client: FlaskClient) -> Visitor:
    return Visitor(client)


def opened(day: ReleaseDay) -> None:
    with unit_of_work():
        db.session.execute(update(Release).values(opens_at=clock.now()))


def test_a_teacher_prepares_a_wish_adds_a_plan_and_sends_it_with_one_press(teacher: Visitor) -> None:
    day = a_release_day(opens_in=HOUR)
    assert "Release day: new dates open" in words(teacher.get("/en/school"))
    assert "opens " in words(teacher.get("/en/school/bridges"))
    assert "until then this is a wish" in words(teacher.get(wish(day.centre, classes=1)))
    fields = chosen(teacher, day.centre, classes=1)
    answer = teacher.post("/en/school/visit", fields | WHO | {"step": "book"})
    assert answer.status_code == 303, words(answer)
    page = path_of(answer.location)
    assert "Choice 1" in words(teacher.get(page))
    secret = page.rsplit("/", 1)[1]
    more = teacher.get(wish(day.centre, classes=1, wish=secret)).get_data(as_text=True)
    assert teacher.post(f"{page}/option", {"plan": hidden(more, "plan")}).status_code == 303
    assert "Choice 2" in words(teacher.get(page))
    early = teacher.post(f"{page}/send")
    assert early.status_code == 409
    assert "Not yet: it opens" in words(early)
    opened(day)
    assert "You are number 1" in words(teacher.post(f"{page}/send"))
    answering.answer(day.release_id, day.centre.facts)
    assert "Your visit is booked." in words(teacher.get(page))
    assert teacher.get(f"/en/school/release/{day.release_id}").status_code == 200


def test_letters_say_what_was_kept_and_what_is_still_free(app: Flask) -> None:
    day = a_release_day()
    for school in range(2):
        day.send(day.wish(day.slots[0], school=school))
    with unit_of_work():
        db.session.execute(update(ReleaseWish).where(ReleaseWish.turn == 1).values(lang="en"))
    answering.answer(day.release_id, day.centre.facts)
    rows = [
        (promise.kind, promise.id, promise.about)
        for promise in db.session.query(Promise)
        if promise.kind == "mail.wish_answer"
    ]
    ((kind, number, about),) = rows
    letter = messages.write(kind, number, about, settings_of(app))
    assert letter is not None
    assert "full when your turn came" in letter.text
    assert letter.text.count("Bridges, ") == 2


def test_a_drawing_is_put_up_with_its_seed_and_nobody_by_name(teacher: Visitor) -> None:
    day = a_release_day(ReleaseWay.DRAWING)
    day.wish(day.slots[0])
    address = f"/en/school/release/{day.release_id}"
    assert day.facts.seal in teacher.get(address).get_data(as_text=True)
    assert day.facts.seed not in teacher.get(address).get_data(as_text=True)
    assert teacher.get(f"{address}/list.txt").status_code == 404
    with unit_of_work():
        answering.begin_drawing(day.release_id, clock.now(), None)
    answering.answer(day.release_id, day.centre.facts)
    with unit_of_work():
        db.session.execute(update(Release).values(drawn_at=clock.now()))
    page = teacher.get(address).get_data(as_text=True)
    assert day.facts.seed in page
    assert "School 0" not in page
    wish_id = wish_facts.outcomes(day.facts)[0].wish.wish_id
    assert teacher.get(f"{address}/list.txt").get_data(as_text=True).endswith(f" {wish_id} granted\n")


def test_staff_write_a_release_publish_it_and_see_the_wishes(app: Flask) -> None:
    day = a_release_day(opens_in=DAY)
    day.wish(day.slots[0])
    admin = a_colleague(app, Role.ADMIN).browser
    assert "School 0" in words(admin.get(f"/staff/releases/{day.release_id}"))
    first = day.centre.on  # when the programme is held, whatever day it is today
    form: dict[str, str | int] = {
        "programmes": day.centre.body, "first_date": str(first), "last_date": str(first + timedelta(days=20)),
        "opens_date": str(clock.now().date() + timedelta(days=3)), "opens_time": "09:00",
        "prepare_date": str(clock.now().date()), "way": "drawing", "kept_percent": 30, "most_per_school": 2,
        "lately_date": str(clock.now().date() - timedelta(days=300)), "until_date": "",
    }  # fmt: skip
    for name in ("programmes", "first_date", "opens_time", "way", "kept_percent", "until_date", "most_per_school"):
        assert admin.post("/staff/releases/new", form | {name: "\0٢9"}).status_code == 422, name
    made = admin.post("/staff/releases/new", form)
    assert made.status_code == 303, words(made)
    page = path_of(made.location)
    assert admin.get(f"{page}/change").status_code == 200
    assert admin.post(f"{page}/publish").status_code == 303
    assert re.search("[0-9a-f]{64}", admin.get(page).get_data(as_text=True))
    assert admin.post(f"{page}/publish").status_code == 409
    assert admin.post(f"{page}/withdraw").status_code == 303


def test_nonsense_about_release_days_breaks_nothing(teacher: Visitor) -> None:
    day = a_release_day(opens_in=DAY)
    page = f"/en/school/wish/{day.wish(day.slots[0])}"
    for nonsense in ("\0", "٢", "9" * 30, "-1", "<b>"):
        assert teacher.post(f"{page}/order", {"away": nonsense}).status_code == 409
        assert teacher.post(f"{page}/contact", {"name": nonsense, "email": nonsense}).status_code == 422
        assert teacher.post(f"{page}/option", {"plan": nonsense}).status_code == 410
    assert teacher.get(f"/en/school/release/{10**18}").status_code == 404
    assert teacher.post(f"{page}/withdraw").status_code == 303
    assert teacher.get(page).status_code == 404
