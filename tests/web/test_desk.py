"""The desk's pages without scripting, and with everything that nobody should ever send."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.bookings.models import Booking, State
from booking.capacity.models import Channel
from booking.catalogue.models import Kind
from booking.courses.models import Enrolment
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from booking.records.models import AuditEntry
from booking.running.check import breaches
from booking.staff.models import Role
from booking.staff.sessions import add_account, new_link
from tests.builders import a_centre, a_confirmed_booking, a_slot, a_space, a_ticket_type, an_activity, tomorrow
from tests.courses.enrolled import a_course, an_enrolment
from tests.door.doors import admitted, party_code, soon
from tests.web.browsing import Visitor, words

NONSENSE = ["", " ", "0", "-1", "1.5", "x", "٢", "1_0", "9" * 30, "%00", "<b>", "🎈", "1e9"]


@pytest.fixture
def desk(app: Flask, visitor: Visitor) -> Visitor:
    """Somebody at the desk of a centre."""
    a_centre()
    return signed_in(visitor, Role.DESK)


def signed_in(visitor: Visitor, role: Role) -> Visitor:
    now = clock.now()
    with unit_of_work():
        link = f"/staff/enter/{new_link(add_account(f'{role}@example.org', 'Ada', role, now), now)}"
    visitor.get(link)
    assert visitor.post(link).status_code == 303
    return visitor


def a_party(quantity: int = 2, minutes: int = 10) -> tuple[int, int, int]:
    """A party whose time is soon: (booking, slot, ticket type)."""
    activity = an_activity()
    slot, adult = a_slot(activity, 20, soon(minutes)), a_ticket_type(activity)
    return a_confirmed_booking(slot, adult, quantity, channel=Channel.DESK).booking_id, slot, adult


def test_a_code_typed_without_scripting_lets_in(desk: Visitor) -> None:
    booking, _, _ = a_party()
    page = desk.post("/staff/desk/scan", {"code": f"BST1.{party_code(booking)}"})
    assert page.status_code == 200
    assert "Welcome 2 people" in words(page)
    assert admitted(booking) == 2


def test_a_form_sent_twice_lets_in_once_and_says_the_same(desk: Visitor) -> None:
    booking, _, _ = a_party()
    page = desk.get("/staff/desk/scan").get_data(as_text=True)
    field = re.search(r'name="mark" value="([^"]+)"', page)
    assert field
    sent = {"code": party_code(booking), "mark": field[1]}
    first, second = desk.post("/staff/desk/scan", sent), desk.post("/staff/desk/scan", sent)
    assert (first.status_code, second.status_code) == (200, 200)
    assert "Welcome 2 people" in words(second)
    assert admitted(booking) == 2


def test_another_code_on_a_page_that_was_sent_before_is_another_admission(desk: Visitor) -> None:
    (first, slot, adult), mark = a_party(), new_secret()
    second = a_confirmed_booking(slot, adult, 1, channel=Channel.DESK).booking_id
    for booking in (first, second):  # the second after "back" in the browser: the form's mark is the same
        for _press in range(2):  # the second press says the same, and not that they are in already
            page = desk.post("/staff/desk/scan", {"code": party_code(booking), "mark": mark})
            assert (page.status_code, admitted(booking) > 0) == (200, True)
    assert breaches() == []


@pytest.mark.parametrize("code", [*NONSENSE, "x" * 10_000, "https://example.org/", "BST1.", "' OR 1=1"])
def test_a_foreign_code_is_told_so(desk: Visitor, code: str) -> None:
    page = desk.post("/staff/desk/scan", {"code": code})
    assert page.status_code == 422
    assert "Not our code" in words(page)


def test_an_unknown_code_is_told_so(desk: Visitor) -> None:
    page = desk.post("/staff/desk/scan", {"code": new_secret(), "part": "answer"})
    assert page.status_code == 404
    assert "Unknown code" in words(page)


@pytest.mark.parametrize("odd", NONSENSE)
def test_odd_numbers_let_nobody_in_and_are_kept(desk: Visitor, odd: str) -> None:
    booking, slot, adult = a_party()
    page = desk.post(f"/staff/desk/booking/{booking}/admit", {f"h-{slot}-{adult}": odd})
    assert page.status_code in (409, 422)
    assert admitted(booking) == 0


def test_more_than_were_booked_are_not_let_in(desk: Visitor) -> None:
    booking, slot, adult = a_party()
    page = desk.post(f"/staff/desk/booking/{booking}/admit", {f"h-{slot}-{adult}": 3})
    assert page.status_code == 409
    assert "Only 2 of those" in words(page)


def test_three_latecomers_of_a_class_are_added_to_those_who_are_in(desk: Visitor) -> None:
    activity = an_activity(Kind.PROGRAMME)
    slot, pupil = a_slot(activity, 30, soon()), a_ticket_type(activity, 0, "Elev", most=40)
    booking = a_confirmed_booking(slot, pupil, 26, channel=Channel.SCHOOL).booking_id
    field = f"{slot}-{pupil}"
    first = desk.post(f"/staff/desk/booking/{booking}/admit", {f"h-{field}": 23, f"s-{field}": 0})
    page = desk.get(first.location).get_data(as_text=True)
    assert re.search(rf'name="h-{field}"[^>]*\smin="0"\s+value="0"', page)
    sent = {f"h-{field}": 3, f"s-{field}": 23}
    assert desk.post(f"/staff/desk/booking/{booking}/admit", sent).status_code == 303
    assert admitted(booking) == 26
    evacuation = words(desk.get("/staff/desk/evacuation"))
    assert re.search(r"Kari Nordmann.{0,40} 26 ", evacuation)
    assert evacuation.count("Kari Nordmann") == 1


def test_two_desks_do_not_count_the_same_people_twice(desk: Visitor) -> None:
    booking, slot, adult = a_party(6)
    sent = {f"h-{slot}-{adult}": 3, f"s-{slot}-{adult}": 0}
    assert desk.post(f"/staff/desk/booking/{booking}/admit", sent).status_code == 303
    second = desk.post(f"/staff/desk/booking/{booking}/admit", sent)
    assert second.status_code == 409
    assert "Somebody else has counted" in words(second)
    assert f'name="s-{slot}-{adult}" value="3"' in second.get_data(as_text=True)
    assert admitted(booking) == 3


def test_a_number_that_cannot_be_is_asked_about_once(desk: Visitor) -> None:
    a_space(400, is_house=True)
    answer = desk.post("/staff/desk/house/count", {"people": 1200})
    assert answer.status_code == 422
    assert "(400). Is it right?" in words(answer)
    assert desk.post("/staff/desk/house/count", {"people": 1300, "sure": 1200}).status_code == 422
    assert desk.post("/staff/desk/house/left", {"left": 5}).status_code == 422
    assert desk.post("/staff/desk/house/count", {"people": 1200, "sure": 1200}).status_code == 303
    assert desk.post("/staff/desk/house/left", {"left": 5}).status_code == 303


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
def test_a_booking_that_does_not_exist_is_not_found(desk: Visitor, number: str) -> None:
    for page in ("", "/change", "/tickets.pdf"):
        assert desk.get(f"/staff/desk/booking/{number}{page}").status_code == 404
    for action in ("admit", "send", "address", "cancel", "expected", "change"):
        values = {"email": "a@example.org"}
        assert desk.post(f"/staff/desk/booking/{number}/{action}", values).status_code == 404, action
    assert desk.get(f"/staff/desk/sell/{number}").status_code == 404


def test_an_admission_that_does_not_exist_cannot_be_undone(desk: Visitor) -> None:
    for mark in (new_secret(), "x", "%00"):
        assert desk.post(f"/staff/desk/check-in/{mark}/undo").status_code == 404


@pytest.mark.parametrize("typed", ["25:00", "ten", "9", "10:4", "99" * 40])
def test_an_odd_time_of_arrival_is_told_and_kept(desk: Visitor, typed: str) -> None:
    booking, _, _ = a_party()
    page = desk.post(f"/staff/desk/booking/{booking}/expected", {"expected_at": typed})
    assert page.status_code == 422
    assert "hours and minutes" in words(page)
    assert typed in page.get_data(as_text=True)


def test_a_late_party_is_on_the_board_and_can_be_on_time_again(desk: Visitor) -> None:
    booking, _, _ = a_party()
    with unit_of_work():
        change = update(Booking).where(Booking.id == booking)
        db.session.execute(change.values(channel=Channel.SCHOOL, group_name="Fana skole 5B"))
    assert desk.post(f"/staff/desk/booking/{booking}/expected", {"expected_at": "23.40"}).status_code == 303
    assert "Late: comes at 23:40" in words(desk.get("/staff/desk/"))
    desk.post(f"/staff/desk/booking/{booking}/expected", {"expected_at": ""})
    assert "Late" not in words(desk.get("/staff/desk/"))


@pytest.mark.parametrize("typed", ["", "x", "a@b", "a" * 300 + "@example.org", "a@example.org\r\nBcc: b@example.org"])
def test_an_odd_mail_address_is_told_and_the_old_one_stays(desk: Visitor, typed: str) -> None:
    booking, _, _ = a_party()
    assert desk.post(f"/staff/desk/booking/{booking}/address", {"email": typed}).status_code == 422
    assert db.session.scalars(select(Booking.email).where(Booking.id == booking)).one() == "kari@example.org"


def test_a_mail_address_put_right_is_found_gets_the_tickets_and_is_in_the_log(desk: Visitor) -> None:
    booking, _, _ = a_party()
    assert desk.post(f"/staff/desk/booking/{booking}/address", {"email": "Rett@Example.org"}).status_code == 303
    assert "Kari Nordmann" in words(desk.get("/staff/desk/search?q=rett@example"))
    assert db.session.scalars(select(Promise).where(Promise.key.startswith("desk:"))).one()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "booking.address")).one()
    assert "example" not in json.dumps([entry.before, entry.after])


def test_only_an_administrator_pays_back_beyond_the_rules(app: Flask, visitor: Visitor) -> None:
    a_centre()
    activity = an_activity()
    slot, adult = a_slot(activity, 20, tomorrow()), a_ticket_type(activity)
    booking = a_confirmed_booking(slot, adult, 2).booking_id
    signed_in(visitor, Role.DESK)
    whole = {"refund": "whole", "reason": "Syk"}
    assert visitor.post(f"/staff/desk/booking/{booking}/cancel", whole).status_code == 403
    signed_in(visitor, Role.ADMIN)
    assert visitor.post(f"/staff/desk/booking/{booking}/cancel", {"refund": "whole"}).status_code == 422
    assert visitor.post(f"/staff/desk/booking/{booking}/cancel", whole).status_code == 303
    assert db.session.scalars(select(Booking.state).where(Booking.id == booking)).one() is State.CANCELLED


def test_places_on_a_course_are_cancelled_by_what_was_agreed_on_or_for_nothing_by_an_administrator(
    app: Flask, visitor: Visitor
) -> None:
    slot = a_course(starts_at=tomorrow(days=2))
    by_rule, waived = an_enrolment(slot, "Ada Aas"), an_enrolment(slot, "Bo Berg")
    signed_in(visitor, Role.DESK)
    page = words(visitor.get(f"/staff/desk/booking/{by_rule.booking_id}"))
    assert "Cancelling now costs NOK 475." in page
    assert visitor.post(f"/staff/desk/booking/{by_rule.booking_id}/cancel").status_code == 303
    signed_in(visitor, Role.ADMIN)
    whole = {"refund": "whole", "reason": "Syk"}
    assert visitor.post(f"/staff/desk/booking/{waived.booking_id}/cancel", whole).status_code == 303
    db.session.rollback()
    fees = {enrolment.booking_id: enrolment.fee for enrolment in db.session.scalars(select(Enrolment))}
    assert fees == {by_rule.booking_id: 47500, waived.booking_id: 0}
    assert db.session.scalars(select(Promise.kind).where(Promise.kind == "payment.refund")).all() == []
    assert breaches() == []


def test_who_is_in_cannot_be_cancelled_before_that_is_undone(desk: Visitor) -> None:
    booking, _, _ = a_party()
    desk.post("/staff/desk/scan", {"code": party_code(booking)})
    assert desk.post(f"/staff/desk/booking/{booking}/cancel").status_code == 409


@pytest.mark.parametrize("odd", [text for text in NONSENSE if text != "0"])
def test_an_odd_count_of_the_house_is_told(desk: Visitor, odd: str) -> None:
    for path, field in (("count", "people"), ("left", "left")):
        page = desk.post(f"/staff/desk/house/{path}", {field: odd})
        assert page.status_code == 422
        assert "whole number" in words(page)


def test_a_count_of_the_house_is_shown(desk: Visitor) -> None:
    assert desk.post("/staff/desk/house/count", {"people": "120"}).status_code == 303
    assert "120" in words(desk.get("/staff/desk/house"))


@pytest.mark.parametrize("typed", ["", "%", "' --", "x" * 5000, "\x00", "🎈", "Åse"])
def test_odd_searches_are_answered_kindly(desk: Visitor, typed: str) -> None:
    page = desk.client.get("/staff/desk/search", query_string={"q": typed})
    assert page.status_code == 200
    assert re.search("Nothing fits|at least two characters", words(page))


def test_a_walk_in_is_held_and_sold_in_the_till(desk: Visitor) -> None:
    _, slot, adult = a_party()
    chosen: dict[str, int | str] = {"slot": slot, f"q-{slot}-{adult}": 2, "lang": "lv"}
    held = desk.post("/staff/desk/sell", chosen)
    assert held.status_code == 303
    assert "/lv/checkout/" not in words(desk.get(held.location))  # the address is in the code, not in the words
    refused = desk.post(f"{held.location}/till", {"receipt": ""})
    assert refused.status_code == 422
    odd = desk.post(f"{held.location}/till", {"receipt": "K-1", "email": "nope", "name": "Ola"})
    assert odd.status_code == 422
    assert 'value="K-1"' in odd.get_data(as_text=True)
    assert desk.post(f"{held.location}/till", {"receipt": "K-1"}).status_code == 303
    paid = desk.get(held.location)
    assert "Paid" in words(paid)
    receipt = re.search(r'href="(/lv/b/[^"]+/receipt\.pdf)"', paid.get_data(as_text=True))
    assert receipt and desk.get(receipt[1]).data.startswith(b"%PDF")
    assert desk.post(f"{held.location}/till", {"receipt": "K-2"}).status_code == 409
    assert breaches() == []


@pytest.mark.parametrize("odd", ["x", "-1", "9999999", "٢"])
def test_an_odd_walk_in_is_told(desk: Visitor, odd: str) -> None:
    _, slot, adult = a_party()
    page = desk.post("/staff/desk/sell", {"slot": slot, f"q-{slot}-{adult}": odd})
    assert page.status_code == 422


def test_a_walk_in_of_nobody_or_for_no_time_is_told(desk: Visitor) -> None:
    _, slot, adult = a_party()
    assert desk.post("/staff/desk/sell", {"slot": slot}).status_code == 422
    assert desk.post("/staff/desk/sell", {"slot": 1, f"q-99999-{adult}": 2}).status_code == 422


def test_a_public_booking_is_no_sale_of_the_desk(desk: Visitor) -> None:
    activity = an_activity()
    slot, adult = a_slot(activity, 20, tomorrow()), a_ticket_type(activity)
    booking = a_confirmed_booking(slot, adult, 2).booking_id
    assert desk.get(f"/staff/desk/sell/{booking}").status_code == 404


def test_what_a_device_sends_later_counts_once_and_nonsense_is_let_go(desk: Visitor) -> None:
    booking, _, _ = a_party(3)
    kept = {"mark": new_secret(), "code": party_code(booking), "people": 3, "at": clock.now().isoformat(), "post": None}
    odd: list[object] = [None, 7, "x", {}, kept | {"mark": "x"}, kept | {"people": True}, kept | {"people": 10**9}]
    odd += [kept | {"code": 7}, kept | {"people": "3"}]
    for _ in range(2):
        answers = send_later(desk, [kept, *odd, kept | {"mark": new_secret(), "code": new_secret()}])
        assert [answer["verdict"] for answer in answers] == ["welcome", *["foreign"] * len(odd), "unknown"]
    assert admitted(booking) == 3
    assert breaches() == []


def test_of_a_mark_that_a_device_sends_for_two_parties_the_second_is_let_go_and_the_rest_counts(desk: Visitor) -> None:
    booking, slot, adult = a_party(3)
    others = [a_confirmed_booking(slot, adult, 1, channel=Channel.DESK).booking_id for _each in range(2)]
    kept = {"mark": new_secret(), "code": party_code(booking), "people": 3, "at": clock.now().isoformat(), "post": None}
    wrong = kept | {"code": party_code(others[0])}
    right = wrong | {"code": party_code(others[1]), "mark": new_secret(), "people": 1}
    answers = send_later(desk, [kept, wrong, right])
    assert [answer["verdict"] for answer in answers] == ["welcome", "foreign", "welcome"]


@pytest.mark.parametrize("at", ["2099-01-01T00:00:00+00:00", "1999-01-01T00:00:00+00:00", "x", None, 5])
def test_a_devices_clock_is_believed_only_so_far(desk: Visitor, at: object) -> None:
    booking, _, _ = a_party(1)
    kept = {"mark": new_secret(), "code": party_code(booking), "people": 1, "at": at}
    assert send_later(desk, [kept])[0]["verdict"] == "welcome"
    assert abs((db.session.scalars(select(Booking.starts_at)).one() - clock.now()).total_seconds()) < 86_400


@pytest.mark.parametrize("body", ["", "{}", "null", "[" * 5000, json.dumps([{}] * 1000)])
def test_what_is_no_list_of_admissions_is_refused(desk: Visitor, body: str) -> None:
    desk.get("/staff/desk/scan")
    with desk.client.application.app_context():
        answer = desk.client.post(
            "/staff/desk/later", data=body, headers={"X-CSRFToken": desk.token, "Content-Type": "application/json"}
        )
    assert answer.status_code == 422


@pytest.mark.parametrize(("width", "size"), [("480", 10), ("0", 100), ("x", 100), ("", 100), ("٢", 4), ("9" * 30, 9)])
def test_a_picture_that_is_none_is_refused(desk: Visitor, width: str, size: int) -> None:
    desk.get("/staff/desk/scan")
    with desk.client.application.app_context():
        answer = desk.client.post(
            f"/staff/desk/read?width={width}", data=b"\x00" * size, headers={"X-CSRFToken": desk.token}
        )
    assert answer.status_code == 422


def test_a_picture_without_a_code_says_nothing(desk: Visitor) -> None:
    desk.get("/staff/desk/scan")
    with desk.client.application.app_context():
        answer = desk.client.post(
            "/staff/desk/read?width=480", data=b"\x80" * 480 * 360, headers={"X-CSRFToken": desk.token}
        )
    assert answer.get_json() == {"text": None}


def test_nothing_of_the_desk_is_done_without_the_forms_own_token(desk: Visitor) -> None:
    booking, _, _ = a_party()
    desk.client.post("/staff/desk/scan", data={"code": party_code(booking)})
    desk.client.post("/staff/desk/later", json=[])
    assert admitted(booking) == 0


@pytest.mark.parametrize("role", [Role.FINANCE, Role.EDUCATOR])
def test_each_role_sees_only_its_part(app: Flask, visitor: Visitor, role: Role) -> None:
    a_centre()
    booking, _, _ = a_party()
    signed_in(visitor, role)
    at_the_door = 200 if role is Role.EDUCATOR else 403
    for path in ("", "scan", "house", "search?q=kari", "list.json", f"booking/{booking}", "evacuation", "day"):
        assert visitor.get(f"/staff/desk/{path}").status_code == at_the_door, path
    for path in ("sell", f"booking/{booking}/change", f"booking/{booking}/tickets.pdf"):
        assert visitor.get(f"/staff/desk/{path}").status_code == 403, path
    for path in (f"booking/{booking}/send", f"booking/{booking}/cancel", f"booking/{booking}/address", "sell"):
        assert visitor.post(f"/staff/desk/{path}").status_code == 403, path


def send_later(desk: Visitor, admissions: list[object]) -> list[dict[str, object]]:
    """As the scan page sends what it kept."""
    desk.get("/staff/desk/scan")
    with desk.client.application.app_context():
        answer = desk.client.post(
            "/staff/desk/later", json=admissions, headers={"X-CSRFToken": desk.token, "X-Device": new_secret()}
        )
    assert answer.status_code == 200
    answers: list[dict[str, object]] = answer.get_json()["answers"]
    return answers
