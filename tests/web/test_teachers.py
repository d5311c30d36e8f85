"""A teacher without scripting: finds a programme, plans, books, changes; what cannot be read is said and kept."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from booking.agreements.models import Agreement
from booking.bookings.models import Booking, State
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from booking.programmes.models import Programme
from booking.running.check import breaches
from booking.running.worker import Worker
from booking.settings import settings_of
from booking.staff.models import Role
from booking.visit_waiting.waiting import offer_next
from booking.visits.links import LIVES, key_for
from booking.visits.models import EndedLinks
from tests.visits.booked import Centre, a_visit
from tests.web.browsing import Visitor, path_of, statements, typed, words
from tests.web.staffing import a_colleague

WHO = {"name": "Kari Nordmann", "email": "kari@example.org", "mobile": "90 00 00 00", "invoice_reference": "12345"}
NONSENSE = ("", "\0", "٢", "1_0", "9" * 30, "-1", "<b>", "2027-02-31", "'\"; DROP")


def wish(centre: Centre, classes: int = 3, **changed: object) -> str:
    """The address of the plans for so many classes."""
    fields: list[tuple[str, object]] = []
    for n in range(classes):
        fields += [("name", f"6{'ABCDEFGH'[n]}"), ("grade", 6), ("pupils", 24), ("adults", 2)]
    values = {"date": centre.on, "arrival": "09:00", "departure": "15:30", "exhibition": 30, "lunch": "y", "plan": 1}
    fields += [(name, value) for name, value in (values | changed).items() if value is not None]
    return "/en/school/visit?" + urlencode([*fields, ("programme", centre.bridges), ("programme", centre.body)])


def hidden(page: str, name: str) -> str:
    field = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', page)
    assert field, f"no hidden {name}"
    return html.unescape(field[1])


def chosen(teacher: Visitor, centre: Centre, **changed: object) -> dict[str, str]:
    """The fields of the booking page of the first plan, with our school found."""
    plan = hidden(teacher.get(wish(centre, **changed)).get_data(as_text=True), "plan")  # type: ignore[arg-type]  # named
    page = teacher.post("/en/school/visit", {"plan": plan, "school_q": "solbakken", "step": "find"})
    text = page.get_data(as_text=True)
    return {name: hidden(text, name) for name in ("plan", "seen", "school")}


def booked(teacher: Visitor, centre: Centre, **changed: object) -> str:
    """The address of a visit just booked."""
    response = teacher.post("/en/school/visit", chosen(teacher, centre, **changed) | WHO | {"step": "book"})
    assert response.status_code == 303, words(response)
    return path_of(response.location)


def test_the_catalogue_shows_free_sessions_in_a_fixed_number_of_statements(teacher: Visitor) -> None:
    with statements() as seen:
        page = teacher.get("/en/school")
    assert "Next available" in words(page)
    assert "3 available times in December" in words(page)
    assert len(seen) <= 6  # programmes, sessions, courses, outreach, releases, and the centre


def test_filters_stand_in_the_address(teacher: Visitor) -> None:
    assert "2 programmes" in words(teacher.get("/en/school?grade=6&subject=science&kind=school"))
    assert "No programme matches all of that" in words(teacher.get("/en/school?grade=1"))


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_in_an_address_breaks_nothing(teacher: Visitor, centre: Centre, nonsense: str) -> None:
    for name in ("grade", "subject", "kind"):
        assert teacher.get("/en/school?" + urlencode({name: nonsense})).status_code == 200
    for name in ("date", "until", "arrival", "departure", "programme", "exhibition", "move", "name", "pupils"):
        answer = teacher.get("/en/school/visit?" + urlencode({name: nonsense, "plan": 1}))
        assert answer.status_code == 422, name


def test_a_programme_says_what_for_whom_and_when(teacher: Visitor) -> None:
    shown = words(teacher.get("/en/school/bridges"))
    assert "Grade 5–7" in shown
    assert "30 places" in shown
    assert "at least NOK 1,650 a class" in shown
    assert teacher.get("/en/school/no-such").status_code == 404


def test_three_classes_are_planned_and_booked_in_one_sitting(teacher: Visitor, centre: Centre) -> None:
    visit = booked(teacher, centre)
    shown = words(teacher.get(visit))
    assert "Your visit is confirmed." in shown
    assert "Bergen kommune NOK 7,920" in shown
    assert "6A" in shown
    assert "Lunch room" in shown
    assert breaches() == []


def test_a_plan_page_reads_a_fixed_number_of_statements(teacher: Visitor, centre: Centre) -> None:
    with statements() as seen:
        teacher.get(wish(centre, classes=1))
    assert len(seen) <= 16  # two of them say what the plans cost, and one when the house opens


def test_what_is_missing_is_said_and_what_was_typed_is_kept(teacher: Visitor, centre: Centre) -> None:
    answer = teacher.get(wish(centre, classes=1, pupils="many", date="yesterday", departure="08:00"))
    shown = words(answer)
    assert answer.status_code == 422
    for text in ("Choose a day from tomorrow on", "The departure must be after"):
        assert text in shown
    assert typed(answer, "name-0") == "6A"


def test_a_day_without_room_says_why_and_what_comes_nearest(teacher: Visitor, centre: Centre) -> None:
    shown = words(teacher.get(wish(centre, departure="12:00")))
    assert "No plan fits all of that" in shown
    assert "What comes nearest" in shown


def test_who_pays_is_shown_before_booking(teacher: Visitor, centre: Centre) -> None:
    fields = chosen(teacher, centre)
    shown = words(teacher.post("/en/school/visit", fields | {"step": "look"}))
    assert "Bergen kommune NOK 7,920" in shown
    assert "by agreement" in shown


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"invoice_reference": "123"}, "references look like 12345"),
        ({"invoice_reference": ""}, "asks for a reference such as 12345"),
        ({"email": "kari@"}, "does not look like an email"),
        ({"mobile": "call me"}, "does not look like a phone number"),
        ({"code": "NO-SUCH"}, "No agreement has this code"),
        ({"school": "999999999999999999", "school_q": "xyzzy"}, "We do not know that school"),
        ({"school": "", "school_name": "Ny skole", "org_number": "12345678"}, "no organisation number"),
        ({"school": "", "school_name": "Ny skole", "org_number": "974760674"}, "A digit in it must be wrong"),
        ({"school": "", "school_name": "Ny skole"}, "Enter the municipality"),
        ({"seen": "0:1"}, "What it costs has changed meanwhile"),
    ],
)
def test_what_is_wrong_is_refused_clearly_and_kept(
    teacher: Visitor, centre: Centre, changed: dict[str, str], text: str
) -> None:
    fields = chosen(teacher, centre, classes=1) | WHO | {"step": "book", "order_number": "PO-77"} | changed
    answer = teacher.post("/en/school/visit", fields)
    assert answer.status_code in (409, 422)
    assert text in words(answer)
    assert typed(answer, "order_number") == "PO-77"
    assert typed(answer, "name") == "Kari Nordmann"
    assert db.session.scalars(select(Booking)).all() == []


def test_a_plan_that_was_tampered_with_books_nothing(teacher: Visitor, centre: Centre) -> None:
    fields = chosen(teacher, centre, classes=1) | WHO | {"step": "book"}
    assert teacher.post("/en/school/visit", fields | {"plan": fields["plan"][:-2] + "xx"}).status_code == 410
    assert teacher.post("/en/school/visit", {"plan": "\0"}).status_code == 410


def test_a_school_that_is_typed_pays_itself_unless_it_has_a_code(teacher: Visitor, centre: Centre) -> None:
    fields = chosen(teacher, centre, classes=1)
    fields |= {"school": "", "school_name": "Ny skole", "municipality": "Bergen", "step": "look"}
    assert "no agreement: the school pays" in words(teacher.post("/en/school/visit", fields))
    assert "Bergen kommune NOK 2,640" in words(teacher.post("/en/school/visit", fields | {"code": " bergen "}))


def test_a_code_is_checked_while_it_is_typed(teacher: Visitor) -> None:
    teacher.get("/en/my")
    assert teacher.post("/en/school/code", {"code": "bergen"}).json == {
        "good": True,
        "text": "Agreement with Bergen kommune.",
    }
    assert teacher.post("/en/school/code", {"code": "\0nothing"}).status_code == 404


def test_the_numbers_are_changed_until_the_deadline(teacher: Visitor, centre: Centre) -> None:
    visit = booked(teacher, centre)
    numbers = {f"{kind}-{n}": value for n in range(3) for kind, value in (("pupils", 20), ("adults", 2))}
    assert teacher.post(f"{visit}/numbers", numbers).status_code == 303
    assert "NOK 6,600" in words(teacher.get(visit))
    for nonsense in NONSENSE:
        answer = teacher.post(f"{visit}/numbers", numbers | {"pupils-1": nonsense})
        assert answer.status_code == 422
    assert teacher.post(f"{visit}/numbers", numbers | {"pupils-1": 50}).status_code == 409
    assert breaches() == []


def test_past_the_deadline_the_number_is_final(
    teacher: Visitor, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = booked(teacher, centre)
    with unit_of_work():
        booking = db.session.scalars(select(Booking)).one()
        late = booking.starts_at.replace(hour=8)
    monkeypatch.setattr("booking.kernel.clock.now", lambda: late)
    teacher.get(visit)  # a form that was opened weeks ago is too old
    answer = teacher.post(f"{visit}/numbers", {f"{k}-{n}": 20 for n in range(3) for k in ("pupils", "adults")})
    assert answer.status_code == 409
    assert "This was possible until" in words(answer)
    assert teacher.post(f"{visit}/late", {"expected_at": "9.40"}).status_code == 303
    assert "The desk sees when you come" in words(teacher.get(f"{visit}?done=late"))
    assert teacher.post(f"{visit}/late", {"expected_at": "soon"}).status_code == 422
    db.session.rollback()
    expected = db.session.scalars(select(Booking.expected_at)).one()
    assert expected is not None
    assert (expected.hour, expected.minute) == (9, 40)
    assert "Cancelling now costs the school NOK 7,920" in words(teacher.get(f"{visit}/cancel"))


def test_a_visit_is_cancelled_with_the_fee_shown_first(teacher: Visitor, centre: Centre) -> None:
    visit = booked(teacher, centre)
    assert "It costs nothing" in words(teacher.get(f"{visit}/cancel"))
    assert teacher.post(f"{visit}/cancel").status_code == 303
    assert teacher.post(f"{visit}/cancel").status_code == 303
    assert "This visit is cancelled." in words(teacher.get(visit))
    assert breaches() == []


def test_a_visit_is_moved_to_a_plan_of_its_own(teacher: Visitor, centre: Centre) -> None:
    visit = booked(teacher, centre)
    secret = visit.rsplit("/", 1)[1]
    form = teacher.get(f"/en/school/visit?move={secret}")
    assert "6A: 24 pupils, 2 adults" in words(form)
    page = teacher.get(wish(centre, classes=1, move=secret)).get_data(as_text=True)
    assert teacher.post(f"{visit}/move", {"plan": hidden(page, "plan")}).status_code == 303
    assert "The visit is moved." in words(teacher.get(f"{visit}?done=moved"))
    assert breaches() == []


def test_a_visit_is_not_moved_by_the_plan_of_another_wish_or_of_another_visit(teacher: Visitor, centre: Centre) -> None:
    visit = booked(teacher, centre, classes=1)
    before = words(teacher.get(visit))
    wished = hidden(teacher.get(wish(centre, classes=1, lunch=None)).get_data(as_text=True), "plan")
    other = a_visit(centre, "7A")
    of_other = hidden(teacher.get(wish(centre, classes=1, move=other.secret)).get_data(as_text=True), "plan")
    for plan in (wished, of_other, ""):
        assert teacher.post(f"{visit}/move", {"plan": plan}).status_code == 410
    assert teacher.post("/en/school/visit", {"plan": of_other}).status_code == 410
    assert words(teacher.get(visit)) == before


def test_a_visit_that_is_moved_keeps_its_classes_and_programmes_whatever_the_address_says(
    teacher: Visitor, centre: Centre
) -> None:
    visit = booked(teacher, centre)
    secret = visit.rsplit("/", 1)[1]
    page = teacher.get(wish(centre, classes=1, move=secret).replace(f"&programme={centre.body}", ""))
    assert teacher.post(f"{visit}/move", {"plan": hidden(page.get_data(as_text=True), "plan")}).status_code == 303
    text = words(teacher.get(visit))
    assert all(name in text for name in ("6A", "6B", "6C", "Bridges", "Body"))
    stale = hidden(page.get_data(as_text=True), "plan")
    assert teacher.post(f"{visit}/move", {"plan": stale}).status_code == 409
    assert breaches() == []


def test_the_bookings_own_page_shows_the_visit(teacher: Visitor, centre: Centre) -> None:
    visit = booked(teacher, centre)
    for page in ("", "/change", "/cancel"):
        assert path_of(teacher.get(visit.replace("/visit/", "/b/") + page).location) == visit
    assert teacher.get(visit.replace("/visit/", "/b/") + "/tickets.pdf").mimetype == "application/pdf"
    assert teacher.get("/en/visit/4BKC9RC7M7AWJB3W3C1D4JSVCV").status_code == 404


def test_a_link_by_mail_opens_ones_own_visits(app: Flask, teacher: Visitor, centre: Centre) -> None:
    booked(teacher, centre)
    assert "Check your inbox" in words(teacher.post("/en/my", {"email": "kari@example.org"}))
    assert db.session.scalars(select(Promise.kind).where(Promise.kind == "mail.my_visits")).all() == ["mail.my_visits"]
    key = key_for("kari@example.org", settings_of(app).secret_key, clock.now())
    assert "Solbakken skole 6A, 6B, 6C" in words(teacher.get(f"/en/my/{key}"))
    assert teacher.get("/en/my/nonsense").status_code == 410
    assert teacher.post("/en/my", {"email": "no address"}).status_code == 422


def test_a_link_to_ones_visits_opens_nothing_once_it_is_ended(app: Flask, teacher: Visitor, centre: Centre) -> None:
    booked(teacher, centre)
    now, secret = clock.now(), settings_of(app).secret_key
    lent, other, of_ola = (
        key_for(email, secret, now - timedelta(minutes=1))
        for email in ("kari@example.org", "kari@example.org", "ola@example.org")
    )
    assert "End it now, on every device" in words(teacher.get(f"/en/my/{lent}"))
    answer = teacher.post(f"/en/my/{lent}/end")
    assert "The links to your visits no longer work" in words(teacher.get(path_of(answer.location)))
    for key in (lent, other):
        assert teacher.get(f"/en/my/{key}").status_code == 410
        assert teacher.post(f"/en/my/{key}/end").status_code == 410
    assert teacher.get(f"/en/my/{of_ola}").status_code == 200
    fresh = key_for("kari@example.org", secret, clock.now() + timedelta(seconds=1))
    assert "Solbakken skole 6A, 6B, 6C" in words(teacher.get(f"/en/my/{fresh}"))
    teacher.post(f"/en/my/{fresh}/end")
    assert "kari" not in str(db.session.execute(select(EndedLinks.digest)).all())


def test_a_link_to_ones_visits_ends_by_itself_after_a_week(app: Flask, teacher: Visitor, centre: Centre) -> None:
    now, secret = clock.now(), settings_of(app).secret_key
    almost, over = (key_for("kari@example.org", secret, now - LIVES + timedelta(minutes=by)) for by in (1, -1))
    assert teacher.get(f"/en/my/{almost}").status_code == 200
    assert teacher.get(f"/en/my/{over}").status_code == 410


def test_letters_tell_the_plan_with_one_group_ticket(app: Flask, teacher: Visitor, centre: Centre) -> None:
    booked(teacher, centre)
    teacher.post("/en/my", {"email": "kari@example.org"})
    Worker(app).round()
    db.session.rollback()
    assert {promise.state.value for promise in db.session.scalars(select(Promise))} == {"done"}


def test_the_payers_contact_sees_what_is_left(teacher: Visitor, centre: Centre) -> None:
    booked(teacher, centre)
    secret = db.session.scalars(select(Agreement.secret)).one()
    assert "Bergen kommune" in words(teacher.get(f"/en/school/agreement/{secret}"))
    assert teacher.get("/en/school/agreement/4BKC9RC7M7AWJB3W3C1D4JSVCV").status_code == 404


def test_the_desk_changes_a_visit_on_the_visits_own_page(app: Flask, teacher: Visitor, centre: Centre) -> None:
    visit = booked(teacher, centre)
    desk = a_colleague(app, Role.DESK)
    booking_id = db.session.scalars(select(Booking.id)).one()
    there = path_of(desk.get(f"/staff/desk/booking/{booking_id}/change").location)
    assert there.rsplit("/", 1)[1] == visit.rsplit("/", 1)[1]
    assert desk.get(f"/staff/desk/booking/{booking_id}").status_code == 200


def test_staff_approve_or_decline_what_was_asked_for(app: Flask, centre: Centre) -> None:
    with unit_of_work():
        db.session.get_one(Programme, centre.body).instant = False
    first, second = a_visit(centre, "6A"), a_visit(centre, "6B")
    desk = a_colleague(app, Role.DESK)
    shown = words(desk.get("/staff/visits"))
    assert "Solbakken skole 6A" in shown
    assert "Bridges" in shown and "Body" in shown
    assert "Needs and allergies Nøtter" in shown
    assert "Who pays Bergen kommune: " in shown
    assert desk.post(f"/staff/visits/{first.booking_id}/approve").status_code == 303
    assert desk.post(f"/staff/visits/{first.booking_id}/approve").status_code == 409
    assert desk.post(f"/staff/visits/{second.booking_id}/decline", reason="").status_code == 422
    assert desk.post(f"/staff/visits/{second.booking_id}/decline", reason="Laben er stengt").status_code == 303
    assert desk.post(f"/staff/visits/{10**18}/decline", reason="x").status_code == 404
    db.session.rollback()
    states = [db.session.get_one(Booking, booking.booking_id).state for booking in (first, second)]
    assert states == [State.CONFIRMED, State.CANCELLED]
    Worker(app).round()
    assert "We cannot receive you then" not in words(desk.get("/staff/visits"))
    assert breaches() == []


def test_a_second_teacher_gets_the_freed_place_from_the_waiting_list(
    app: Flask, teacher: Visitor, centre: Centre
) -> None:
    visit = booked(teacher, centre)
    page = teacher.get("/en/school/bridges").get_data(as_text=True)
    form = html.unescape(re.findall(r'href="(/en/school/waiting-list[^"]*)"', page)[0])
    assert "Waiting list" in words(teacher.get(form))
    slot = form.rpartition("=")[2]
    for typed_people in NONSENSE:
        answer = teacher.post(
            "/en/school/waiting-list", {"slot": slot, "email": "ola@example.org", "people": typed_people}
        )
        assert answer.status_code == 422
        assert typed(answer, "email") == "ola@example.org"
    wanted = {"slot": slot, "email": "ola@example.org", "people": "26"}
    place = path_of(teacher.post("/en/school/waiting-list", wanted).location)
    assert "You are on the waiting list" in words(teacher.get(place))
    assert teacher.post("/en/school/waiting-list", wanted | {"people": "50"}).status_code == 422
    assert teacher.get("/en/school/waiting-list?slot=" + "9" * 17).status_code == 404
    teacher.post(f"{visit}/cancel")
    assert offer_next(centre.facts, clock.now()) == 1
    db.session.rollback()
    kept = db.session.scalars(select(Booking).where(Booking.state == State.HELD)).one()
    plans = teacher.get(wish(centre, classes=1, held=kept.secret)).get_data(as_text=True)
    fields = {"plan": hidden(plans, "plan"), "held": hidden(plans, "held"), "school_q": "solb"}
    seen = hidden(teacher.post("/en/school/visit", fields).get_data(as_text=True), "seen")
    response = teacher.post("/en/school/visit", fields | WHO | {"seen": seen, "step": "book"})
    assert response.status_code == 303
    db.session.rollback()
    assert db.session.get_one(Booking, kept.id).state is State.CANCELLED
    Worker(app).round()
    assert "You are no longer on the list" in words(teacher.get(place))
    assert breaches() == []
