"""Gift cards in the staff's rooms: sold and handed over at the desk, found again, and what the office does with one."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from booking.bookings import queries
from booking.centre.facts import the_centre
from booking.gift_cards.codes import in_groups
from booking.gift_cards.expire import expire_due
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.receipts.queries import receipts_of
from booking.running.check import breaches
from booking.staff.models import Role
from tests.builders import a_sale
from tests.gift_cards.given import a_card, balance, ends_on, pay_by, sell_cards
from tests.payments.buying import a_basket
from tests.web.browsing import Visitor, path_of, typed, words
from tests.web.staffing import a_colleague
from tests.web.test_desk import signed_in

CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


@pytest.fixture
def office(app: Flask, visitor: Visitor) -> Visitor:
    a_sale()
    sell_cards()
    browser = signed_in(visitor, Role.FINANCE)
    browser.get("/staff/gift-cards")
    return browser


@pytest.fixture
def desk(app: Flask, visitor: Visitor) -> Visitor:
    a_sale()
    sell_cards()
    browser = signed_in(visitor, Role.DESK)
    browser.get("/staff/desk/sell/gift-card")
    return browser


def english(response: TestResponse) -> str:
    return words(response).replace("\xa0", " ")


def test_a_card_is_sold_in_the_till_handed_over_at_once_and_its_code_shown_only_then(desk: Visitor) -> None:
    assert "/staff/desk/sell/gift-card" in desk.get("/staff/desk/sell").get_data(as_text=True)
    sale = desk.post("/staff/desk/sell/gift-card", {"suggested": "500", "recipient": "Ola", "lang": "nb"}).location
    assert "Gift card" in english(desk.get(sale))
    assert desk.post(f"{sale}/till", {"receipt": "K-1", "name": "Kari", "email": "kari@example.org"}).status_code == 303
    paid = desk.get(sale).get_data(as_text=True)
    hand_over = re.search(r"/staff/gift-cards/([0-9]+)/hand-over", paid)
    assert hand_over
    assert "/receipt.pdf" in paid
    card = f"/staff/gift-cards/{hand_over[1]}"
    code_page = desk.post(f"{card}/hand-over").location
    assert code_page == f"{card}/code"
    code = CODE.search(desk.get(code_page).get_data(as_text=True))
    assert code
    sheet = desk.get(f"{card}/card.pdf")
    assert sheet.data.startswith(b"%PDF")
    assert desk.post(f"{card}/handed").status_code == 303
    assert desk.get(code_page).location == card
    assert desk.get(f"{card}/card.pdf").status_code == 404
    page = desk.get(card).get_data(as_text=True)
    assert code[0] not in page
    assert f"…{code[0][-4:]}" in page
    assert "The card was handed over before" in english(desk.get(path_of(desk.post(f"{card}/hand-over").location)))
    assert "50000" not in page
    receipt = re.search(r'"([^"]*/receipt\.pdf)"', paid)
    assert receipt
    assert desk.get(receipt[1]).data.startswith(b"%PDF")  # the first who wants it gives it its number
    booking_id = int(sale.rpartition("/")[2])
    assert len(receipts_of(booking_id)) == 1
    end_reading()
    assert breaches() == []
    assert desk.post("/en/gift-cards/balance", {"code": code[0]}).status_code == 200


@pytest.mark.parametrize("amount", ["0", "-100", "abc", "101", "1000000000000", ""])
def test_an_odd_amount_is_told_at_its_field_and_what_was_typed_is_kept(desk: Visitor, amount: str) -> None:
    answer = desk.post("/staff/desk/sell/gift-card", {"amount": amount, "greeting": "Hei du", "lang": "nb"})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'id="amount-error"' in page
    assert "Hei du" in page


@pytest.mark.parametrize(
    ("field", "written"),
    [("greeting", "x" * 5000), ("greeting", "se https://example.org/a"), ("giver", "y" * 81), ("recipient", "z" * 81)],
)
def test_an_odd_greeting_or_name_at_the_desk_is_told_at_its_field_and_kept(
    desk: Visitor, field: str, written: str
) -> None:
    answer = desk.post("/staff/desk/sell/gift-card", {"suggested": "500", "lang": "nb", field: written})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
    assert typed(answer, field) == written


def test_markup_in_a_greeting_or_a_reason_is_plain_text_to_staff(desk: Visitor, app: Flask) -> None:
    written = {"suggested": "500", "lang": "nb", "recipient": "<b>Ola</b>", "greeting": "<i>Hei</i> 🎁"}
    sale = desk.post("/staff/desk/sell/gift-card", written)
    assert sale.status_code == 303
    assert "<b>Ola" not in desk.get(sale.location).get_data(as_text=True)
    card_id, _code = a_card()
    card, office = f"/staff/gift-cards/{card_id}", a_colleague(app, Role.FINANCE).browser
    assert office.post(f"{card}/block", {"block_reason": "<script>x</script>"}).status_code == 303
    page = office.get(card).get_data(as_text=True)
    assert "&lt;script&gt;x" in page
    assert "<script>x" not in page
    endless = office.post(f"{card}/unblock", {"unblock_reason": "x" * 5000})
    assert (endless.status_code, "x" * 5000 in endless.get_data(as_text=True)) == (422, True)


def test_a_sale_that_nobody_pays_is_given_up(desk: Visitor) -> None:
    sale = desk.post("/staff/desk/sell/gift-card", {"suggested": "500", "lang": "nb"}).location
    assert desk.post(f"{sale}/drop").status_code == 303
    assert db.session.execute(text("SELECT count(*) FROM gift_card")).scalar_one() == 0


def test_a_card_is_found_by_code_signs_reference_and_address_and_never_shown(app: Flask, visitor: Visitor) -> None:
    held = a_basket(quantity=1, price=20_000)
    sell_cards()
    card_id, code = a_card()
    office = signed_in(visitor, Role.DESK)
    office.get("/staff/gift-cards")
    reference = db.session.execute(
        text("SELECT reference FROM booking JOIN gift_card ON booking.id = gift_card.booking_id")
    ).scalar_one()
    end_reading()
    pay_by(held.booking_id, code)
    used = queries.by_id(held.booking_id)
    end_reading()
    assert used is not None
    ways = (in_groups(code).lower(), f" {code} ", code[-4:], reference, used.reference, "Kari@Example.org")
    for written in ways:
        assert office.post("/staff/gift-cards", {"q": written}).location == f"/staff/gift-cards/{card_id}", written
    for nothing in ("nobody@example.org", "ZZZZ", "7K2M-91QX-0000-0000", "a" * 5000, "'; --", ""):
        answer = office.post("/staff/gift-cards", {"q": nothing})
        assert answer.status_code == 200
        assert "No gift card is known by that" in english(answer), nothing
    page = office.get(f"/staff/gift-cards/{card_id}").get_data(as_text=True)
    assert code not in page
    assert in_groups(code) not in page
    assert "On hold for a basket that is being paid" in page
    assert used.reference in page


def test_the_desk_is_offered_no_acts_of_the_office(desk: Visitor) -> None:
    card_id, _code = a_card()
    page = desk.get(f"/staff/gift-cards/{card_id}").get_data(as_text=True)
    assert "What can be done" not in page
    for act in ("block", "unblock", "extend", "send", "renew"):
        assert desk.post(f"/staff/gift-cards/{card_id}/{act}", {f"{act}_reason": "Mistet"}).status_code == 403


def test_each_act_wants_a_reason_and_stands_in_the_log_in_words(office: Visitor) -> None:
    card_id, code = a_card()
    card = f"/staff/gift-cards/{card_id}"
    for act in ("block", "extend", "send", "renew"):
        answer = office.post(f"{card}/{act}", {"email": "ola@example.org", "until": "2031-01-01"})
        assert answer.status_code == 422
        assert f'id="{act}_reason-error"' in answer.get_data(as_text=True)
    assert office.post(f"{card}/block", {"block_reason": "Mistet på bussen"}).status_code == 303
    page = english(office.get(card))
    for told in ("Blocked", "Gift card blocked", "Mistet på bussen", "Ada"):
        assert told in page
    blocked = office.post("/en/gift-cards/balance", {"code": code})
    assert "blocked" in english(blocked)
    assert office.post(f"{card}/unblock", {"unblock_reason": "Funnet"}).status_code == 303
    assert "Can be used" in english(office.get(card))


@pytest.mark.parametrize("until", ["", "i morgen", "2020-01-01", "2099-01-01", "2026-02-31"])
def test_an_odd_last_day_is_told_and_the_reason_kept(office: Visitor, until: str) -> None:
    card_id, _code = a_card()
    answer = office.post(f"/staff/gift-cards/{card_id}/extend", {"until": until, "extend_reason": "Syk i fjor"})
    assert answer.status_code == 422
    assert "Syk i fjor" in answer.get_data(as_text=True)


def test_what_had_run_out_is_back_with_its_words(office: Visitor) -> None:
    card_id, _code = a_card()
    today = the_centre().local(clock.now()).date()
    end_reading()
    ends_on(card_id, today - timedelta(days=1))
    with unit_of_work():
        expire_due(today, clock.now())
    card, until = f"/staff/gift-cards/{card_id}", today + timedelta(days=90)
    assert "Its last day is past" in english(office.get(card))
    assert office.post(f"{card}/extend", {"until": until.isoformat(), "extend_reason": "Syk"}).status_code == 303
    page = english(office.get(card))
    assert "NOK 500 is back on it" in page
    assert "Given back after its time was over" in page
    assert balance(card_id) == 50_000


def test_a_new_code_is_sent_or_shown_and_the_old_one_opens_nothing(office: Visitor) -> None:
    card_id, old = a_card()
    card = f"/staff/gift-cards/{card_id}"
    odd = office.post(f"{card}/send", {"email": "ola", "send_reason": "Feil"})
    assert odd.status_code == 422
    assert 'id="email-error"' in odd.get_data(as_text=True)
    assert office.post(f"{card}/send", {"email": "ola@example.org", "send_reason": "Feil"}).status_code == 303
    assert office.post("/en/gift-cards/balance", {"code": old}).status_code == 422
    shown = office.post(f"{card}/renew", {"renew_reason": "Vil ha det her"})
    assert shown.location == f"{card}/code"
    code = CODE.search(office.get(shown.location).get_data(as_text=True))
    assert code
    assert "NOK 500" in english(office.post("/en/gift-cards/balance", {"code": code[0]}))


def test_a_letter_that_came_back_stands_first_and_on_the_page_of_how_things_stand(office: Visitor) -> None:
    a_card()
    db.session.execute(text("UPDATE gift_card SET bounced_at = issued_at, sent_at = NULL"))
    db.session.commit()
    assert "1 gift card needs attention." in english(office.get("/staff/"))
    page = english(office.get("/staff/gift-cards"))
    assert "These need attention" in page
    assert "Its email did not arrive" in page


def test_no_card_has_such_a_number(office: Visitor) -> None:
    for number in ("0", "99", "9" * 30):
        assert office.get(f"/staff/gift-cards/{number}").status_code == 404
        assert office.post(f"/staff/gift-cards/{number}/block", {"block_reason": "x"}).status_code == 404
