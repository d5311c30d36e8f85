"""The staff's first pages: in by a link that works once, how things stand, demo mails, trying again."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import promise
from booking.records.models import AuditEntry
from booking.running.worker import run_once
from booking.staff.models import Role
from booking.staff.sessions import add_account, new_link
from tests.builders import a_sale
from tests.web.browsing import Visitor, words


def link_for(role: Role = Role.ADMIN) -> str:
    now = clock.now()
    with unit_of_work():
        return f"/staff/enter/{new_link(add_account('ada@example.org', 'Ada', role, now), now)}"


def sign_in(visitor: Visitor, role: Role = Role.ADMIN) -> None:
    link = link_for(role)
    visitor.get(link)
    assert visitor.post(link).status_code == 303


def test_a_link_works_once(app: Flask, visitor: Visitor) -> None:
    a_sale()
    link = link_for()
    visitor.get(link)
    visitor.get(link)  # opening it uses nothing up
    assert visitor.post(link).status_code == 303
    assert visitor.post(link).status_code == 403


@pytest.mark.parametrize("secret", ["x", "4BKC9RC7M7AWJB3W3C1D4JSVCV", "%00"])
def test_a_wrong_link_opens_nothing(app: Flask, visitor: Visitor, secret: str) -> None:
    a_sale()
    assert visitor.post(f"/staff/enter/{secret}").status_code == 403


def test_signing_out_ends_the_session_on_the_server(app: Flask, visitor: Visitor) -> None:
    a_sale()
    sign_in(visitor)
    cookie = visitor.client.get_cookie("staff")
    assert cookie is not None
    visitor.get("/staff/")
    visitor.post("/staff/sign-out")
    visitor.client.set_cookie("staff", cookie.value)
    assert visitor.get("/staff/").status_code == 303


def test_the_cookie_is_out_of_reach_for_scripts(app: Flask, visitor: Visitor) -> None:
    a_sale()
    link = link_for()
    visitor.get(link)
    cookie = visitor.post(link).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite" in cookie


def test_the_mail_that_was_sent_can_be_read_with_its_ticket(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    visitor.buy(slot, adult)
    run_once(app)
    sign_in(visitor)
    page = visitor.get("/staff/").get_data(as_text=True)
    name = page.split('href="/staff/mail/')[1].split('"')[0]
    letter = visitor.get(f"/staff/mail/{name}")
    assert "kari@example.org" in words(letter)
    assert visitor.get(f"/staff/mail/{name}/html").status_code == 200
    assert visitor.get(f"/staff/mail/{name}/0").data.startswith((b"%PDF", b"BEGIN"))


@pytest.mark.parametrize("name", ["..%2f..%2fsecret_key", "..", "nope.eml", "%00"])
def test_nothing_but_mails_can_be_read(app: Flask, visitor: Visitor, name: str) -> None:
    a_sale()
    sign_in(visitor)
    assert visitor.get(f"/staff/mail/{name}").status_code == 404


def test_a_dead_letter_can_be_tried_again_and_that_is_noted(app: Flask, visitor: Visitor) -> None:
    a_sale()
    with unit_of_work():
        promise("mail.find", "dead", {"email": "kari@example.org", "lang": "nb"})
    with unit_of_work():
        db.session.execute(update(Promise).values(state=PromiseState.DEAD, last_error="550 no such user"))
    sign_in(visitor)
    assert "550 no such user" in words(visitor.get("/staff/"))
    number = db.session.scalars(select(Promise.id)).one()
    assert visitor.post(f"/staff/outbox/{number}/again").status_code == 303
    db.session.rollback()
    assert db.session.scalars(select(Promise.state)).one() is PromiseState.WAITING
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-1].startswith("outbox")


def test_the_desk_may_look_but_not_try_again(app: Flask, visitor: Visitor) -> None:
    a_sale()
    sign_in(visitor, Role.DESK)
    assert visitor.get("/staff/").status_code == 200
    assert visitor.post("/staff/outbox/1/again").status_code == 403


def test_a_booking_is_found_by_its_reference_however_it_is_read_out(app: Flask, visitor: Visitor) -> None:
    from booking.bookings.models import Booking

    _, slot, adult = a_sale()
    visitor.buy(slot, adult)
    reference = db.session.scalars(select(Booking.reference)).one()
    sign_in(visitor)
    spoken = f"{reference[:4]} {reference[4:]}".lower().replace("0", "o")
    assert "Kari Nordmann" in words(visitor.get(f"/staff/?reference={spoken}"))
    assert "No booking has that reference" in words(visitor.get("/staff/?reference=finnes+ikke"))
