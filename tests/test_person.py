"""One person's data, found by address: all of it is handed out, and what nothing keeps is erased."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from booking import person
from booking.bookings.confirm import confirm
from booking.bookings.details import Contact, set_details
from booking.bookings.models import Booking
from booking.discounts.models import DiscountUse
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.mail.sending import list_files
from booking.person import DataSection, KeepReason
from booking.records.models import AuditEntry
from booking.running.check import breaches
from booking.running.worker import run_once
from booking.settings import settings_of
from booking.staff.models import Role
from tests.builders import a_confirmed_booking, a_hold, a_sale
from tests.discounts.campaigns import a_campaign, enter
from tests.gift_cards.given import CARD, an_order, sell_cards, sent
from tests.long_past import MAIL, MARK, WHO, courses, outreach, schools, tickets
from tests.running.test_forgetting import left
from tests.web.browsing import words
from tests.web.staffing import a_colleague


@pytest.mark.parametrize("past", [tickets, courses, outreach], ids=lambda past: past.__name__)
def test_after_the_visit_nothing_is_left_of_who_asks_to_be_erased(
    app: Flask, past: Callable[[Flask], datetime]
) -> None:
    last = past(app)
    with time_machine.travel(last + timedelta(days=3), tick=False):
        held = person.find(MAIL, clock.now())
        assert MARK in str(held.sections)
        with unit_of_work():
            person.erase(MAIL, clock.now(), "account:1")
        again = person.find(MAIL, clock.now())
        kept = {stay.what for stay in again.stays if stay.why is KeepReason.MONEY}
        assert {str(row["reference"]) for row in again.sections[DataSection.BOOKINGS]} <= kept
        assert [mark for mark in left() if mark.startswith("participant")] == []
        assert [breach for breach in breaches() if "overdue" not in breach] == []


def test_what_is_still_to_come_stays_and_says_why(app: Flask) -> None:
    _, slot, adult = a_sale()
    held = a_confirmed_booking(slot, adult, email=MAIL, name=WHO.name)
    with unit_of_work():
        answer = person.erase(MAIL, clock.now(), "account:1")
    (stay,) = [stay for stay in answer.stays if stay.why is KeepReason.TO_COME]
    assert stay.what == answer.sections[DataSection.BOOKINGS][0]["reference"]
    assert db.session.get_one(Booking, held.booking_id).email == MAIL


def test_who_has_used_a_discount_is_no_longer_known_once_erased(app: Flask) -> None:
    _, slot, adult = a_sale()
    a_campaign(most_each=1)
    held = a_hold(slot, adult, 1)
    enter(held.booking_id)
    with unit_of_work():
        set_details(held.booking_id, Contact("Kari", MAIL), "nb", clock.now())
        confirm(held.booking_id, clock.now())
    query = select(DiscountUse.person)
    assert db.session.scalars(query).one()
    db.session.rollback()
    with time_machine.travel(clock.now() + timedelta(days=5), tick=False), unit_of_work():
        person.erase(MAIL, clock.now(), "account:1")
    assert db.session.scalars(query).one() == ""


def test_a_teacher_gets_visits_and_places_in_line(app: Flask) -> None:
    schools(app)
    held = person.find(MAIL, clock.now())
    for section in (DataSection.VISITS, DataSection.WAITING, DataSection.WISHES, DataSection.LETTERS):
        assert held.sections[section], section
    assert any(row["order_number"] == MARK for row in held.sections[DataSection.VISITS])


def test_letters_kept_as_files_are_handed_out_and_go_and_those_to_others_stay(app: Flask) -> None:
    folder = settings_of(app).instance_dir / "mail"
    _, slot, adult = a_sale()
    for address in (MAIL, f"x{MAIL}", MAIL.replace("example", "z" * 60 + ".example")):
        a_confirmed_booking(slot, adult, email=address, name=WHO.name * 6)
    run_once(app)
    mine = {file.name for file in list_files(folder) if file.recipient == MAIL}
    assert mine
    ada = a_colleague(app, role=Role.ADMIN)
    page = words(ada.post("/staff/person", email=MAIL))
    assert "Letters kept as files" in page and "The letters kept as files go too." in page
    file = ada.post("/staff/person/file", email=MAIL).json
    assert file is not None and len(file["held"]["files"]) == len(mine)
    before = {file.name for file in folder.iterdir()}
    assert ada.post("/staff/person/erase", email=MAIL, sure="y").status_code == 200
    assert before - {file.name for file in folder.iterdir()} == mine


def test_staff_look_hand_out_and_erase_and_no_address_stands_in_the_log(app: Flask) -> None:
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult, email=MAIL, name=WHO.name)
    ada = a_colleague(app, role=Role.ADMIN)
    assert ada.get("/staff/person").status_code == 200
    assert ada.post("/staff/person", email="nobody at all").status_code == 422
    assert "Nothing is kept" in words(ada.post("/staff/person", email="nobody@example.org"))
    page = ada.post("/staff/person", email=MAIL)
    assert page.status_code == 200 and WHO.name in words(page)
    assert page.headers["Cache-Control"] == "no-store"
    file = ada.post("/staff/person/file", email=MAIL)
    assert file.json is not None and file.json["held"]["bookings"][0]["name"] == WHO.name
    assert file.json["stays_when_erased"][0]["why"] == "to_come"
    assert ada.post("/staff/person/erase", email=MAIL).status_code == 422  # not sure
    assert ada.post("/staff/person/erase", email=MAIL, sure="y").status_code == 200
    db.session.rollback()
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action.like("person.%"))).all()
    assert {entry.action for entry in entries} == {"person.show", "person.file", "person.erase"}
    assert all(MAIL not in f"{entry.subject}{entry.before}{entry.after}" for entry in entries)


def test_whom_a_gift_card_was_for_is_handed_out_and_erased_once_it_has_gone(app: Flask) -> None:
    a_sale()
    sell_cards()
    order = an_order(replace(CARD, recipient_email="ola@example.org"))
    with unit_of_work():
        confirm(order, clock.now())
    with time_machine.travel(clock.now() + timedelta(days=3), tick=False):
        with unit_of_work():
            person.erase("ola@example.org", clock.now(), "account:1")
        (row,) = person.find("kari@example.org", clock.now()).sections[DataSection.GIFT_CARDS]
        assert (row["recipient"], row["greeting"]) == (CARD.recipient, CARD.greeting)  # it has still to go there
        (stay,) = [stay for stay in person.find("kari@example.org", clock.now()).stays]
        assert stay.why is KeepReason.TO_COME
        sent(order)
        with unit_of_work():
            person.erase("ola@example.org", clock.now(), "account:1")
        assert person.find("ola@example.org", clock.now()).is_nothing
        assert person.find("kari@example.org", clock.now()).sections[DataSection.GIFT_CARDS] == []
