"""Withdraw from a gift card on the pages: in two presses, and without the letter; staff see what is on its way."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.bookings.models import Booking
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.mail import messages
from booking.payments.models import Refund, RefundState
from booking.settings import settings_of
from booking.staff.models import Role
from booking.withdrawals.models import Withdrawal
from tests.builders import a_confirmed_booking, a_sale
from tests.gift_cards.given import balance, sell_cards, sent
from tests.payments.buying import promised
from tests.web.browsing import Visitor, hidden, path_of, typed, words
from tests.web.test_desk import signed_in

ORDER = {"suggested": "500", "recipient": "Ola", "greeting": "Gratulerer!", "giver": "Kari"}
WHO = {"name": "Kari Nordmann", "email": "kari@example.org"}


@pytest.fixture
def order(app: Flask, visitor: Visitor) -> str:
    """A gift card that was bought; the address of its order's page."""
    a_sale()
    sell_cards()
    checkout = visitor.post("/en/gift-cards", ORDER).location
    till = path_of(visitor.pay(checkout).location)
    bought = path_of(visitor.post(till, {"play": "pay"}).location)
    assert visitor.get(bought).status_code == 200  # asks the till how it went
    return bought


def booking_id() -> int:
    """That of the one booking there is."""
    end_reading()
    order_id = db.session.scalars(select(Booking.id)).one()
    end_reading()
    return order_id


def test_it_is_said_before_buying_and_stands_on_the_orders_page(visitor: Visitor, order: str) -> None:
    assert "You may withdraw from the purchase for 14 days" in words(visitor.get("/en/gift-cards"))
    checkout = visitor.get(visitor.post("/en/gift-cards", ORDER).location)
    assert "You may withdraw from the purchase until 18 November 2026." in words(checkout)
    page = visitor.get(order)
    assert f"{order}/withdraw" in page.get_data(as_text=True)
    assert "Withdraw from the contract here" in words(page)


def test_who_buys_a_visit_is_told_that_it_has_no_such_right(app: Flask, visitor: Visitor) -> None:
    _centre, slot, adult = a_sale()
    checkout = visitor.get(visitor.checkout(slot, adult, 2, "en"))
    assert "By law there is no right of withdrawal from what is on a set day." in words(checkout)


def test_two_presses_withdraw_and_a_third_changes_nothing(visitor: Visitor, order: str) -> None:
    form = visitor.get(f"{order}/withdraw")
    assert (typed(form, "name"), typed(form, "email")) == ("Kari Nordmann", "kari@example.org")
    assert hidden(form, "shown") == "50000"
    card_id, _code = sent(booking_id())
    for _press in range(2):
        done = visitor.post(f"{order}/withdraw", WHO | {"shown": "50000"})
        assert done.location.endswith(f"{order}#done")
    assert balance(card_id) == 0
    page = words(visitor.get(order))
    assert "You have withdrawn from the contract" in page
    assert "You get back NOK 500" in page
    assert visitor.get(f"{order}/withdraw").location.endswith(order)
    assert len(promised("mail.withdrawal")) == 1


def test_what_is_missing_is_told_at_its_field_and_what_is_typed_is_kept(visitor: Visitor, order: str) -> None:
    answer = visitor.post(f"{order}/withdraw", {"name": "Kari N.", "email": "kari", "shown": "50000"})
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.get_data(as_text=True)
    assert (typed(answer, "name"), typed(answer, "email")) == ("Kari N.", "kari")
    assert visitor.get(order).status_code == 200
    assert promised("mail.withdrawal") == []


def test_who_was_shown_another_sum_looks_once_more(visitor: Visitor, order: str) -> None:
    answer = visitor.post(f"{order}/withdraw", WHO | {"shown": "40000"})
    assert answer.status_code == 409
    assert hidden(answer, "shown") == "50000"
    assert promised("mail.withdrawal") == []


def test_a_visit_has_no_such_right_and_its_page_says_what_it_has(app: Flask, visitor: Visitor) -> None:
    _centre, slot, adult = a_sale()
    sell_cards()
    secret = a_confirmed_booking(slot, adult).secret
    page = visitor.get(f"/en/b/{secret}/withdraw")
    assert "There is no right of withdrawal from this purchase." in words(page)
    assert "Confirm withdrawal" not in words(page)
    assert visitor.post(f"/en/b/{secret}/withdraw", WHO).status_code == 409


def test_without_the_letter_the_answer_hints_at_nothing(app: Flask, visitor: Visitor, order: str) -> None:
    reference = words(visitor.get(order)).rpartition("Reference: ")[2].split()[0]
    answers = []
    for typed_reference, email in ((reference, "kari@example.org"), ("0000-0000", "ola@example.org")):
        answer = visitor.post("/en/withdraw", {"reference": typed_reference.lower(), "email": email})
        assert answer.status_code == 200
        answers.append(words(answer))
    assert answers[0] == answers[1]
    abouts = promised("mail.withdraw_link")
    letters = [messages.write("mail.withdraw_link", 1, about, settings_of(app)) for about in abouts]
    assert [letter.recipient for letter in letters if letter is not None] == ["kari@example.org"]
    assert f"{order}/withdraw" in next(letter for letter in letters if letter is not None).text
    stranger = visitor.post("/en/withdraw", {"reference": reference, "email": "ola@example.org"})
    assert stranger.status_code == 200
    assert messages.write("mail.withdraw_link", 1, promised("mail.withdraw_link")[-1], settings_of(app)) is None


@pytest.mark.parametrize(
    ("field", "text"), [("reference", ""), ("reference", "UUUU"), ("reference", "1" * 500), ("email", "kari")]
)
def test_what_cannot_be_a_reference_is_told_so(visitor: Visitor, order: str, field: str, text: str) -> None:
    answer = visitor.post("/en/withdraw", {"reference": "00000000", "email": "kari@example.org"} | {field: text})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)


def test_the_receipt_says_what_when_and_how_much_and_a_copy_goes_to_the_buyer(
    app: Flask, visitor: Visitor, order: str
) -> None:
    visitor.post(f"{order}/withdraw", {"name": "Ola", "email": "ola@example.org", "shown": "50000"})
    letters = [messages.write("mail.withdrawal", 1, about, settings_of(app)) for about in promised("mail.withdrawal")]
    told = messages.write("mail.withdrawal_told", 1, promised("mail.withdrawal_told")[0], settings_of(app))
    assert told is not None
    assert "senest 18. november 2026" in told.text.replace("\N{NO-BREAK SPACE}", " ")
    assert [letter.recipient for letter in letters if letter] == ["ola@example.org", "kari@example.org"]
    text = letters[0].text.replace("\N{NO-BREAK SPACE}", " ") if letters[0] else ""
    for part in ("Received: ", "gift card of NOK 500", "By: Ola, ola@example.org", "You get back: NOK 500"):
        assert part in text


def test_the_letter_of_the_purchase_says_until_when_and_has_the_link(app: Flask, visitor: Visitor, order: str) -> None:
    letter = messages.write("mail.gift_card_bought", 1, promised("mail.gift_card_bought")[0], settings_of(app))
    assert letter is not None
    assert f"{order}/withdraw" in letter.text
    assert "until 18 November 2026" in letter.text.replace("\N{NO-BREAK SPACE}", " ")


def test_who_opens_the_office_reads_that_the_law_wants_money_back_soon(visitor: Visitor, order: str) -> None:
    visitor.post(f"{order}/withdraw", WHO | {"shown": "50000"})
    office = signed_in(visitor, Role.FINANCE)
    due = "1 withdrawal must by law be paid back within three days."
    assert due not in words(office.get("/staff/"))
    with unit_of_work():
        db.session.execute(update(Withdrawal).values(pay_by=date(2026, 11, 7)))
    assert due in words(office.get("/staff/"))
    with unit_of_work():
        db.session.execute(update(Refund).values(state=RefundState.DONE, done_at=clock.now()))
    assert due not in words(office.get("/staff/"))


def test_staff_see_what_is_on_its_way_and_then_that_it_is_back(visitor: Visitor, order: str) -> None:
    visitor.post(f"{order}/withdraw", WHO | {"shown": "50000"})
    office = signed_in(visitor, Role.FINANCE)
    page = words(office.get("/staff/withdrawals"))
    assert "On its way 18 Nov 2026 NOK 500.00" in page
    with unit_of_work():
        db.session.execute(update(Refund).values(state=RefundState.FAILED))
    assert "Refused by the bank" in words(office.get("/staff/withdrawals"))
    with unit_of_work():
        db.session.execute(update(Refund).values(state=RefundState.DONE, done_at=clock.now()))
    page = words(office.get("/staff/withdrawals"))
    assert "All has gone back." in page
    assert "Paid back 4 Nov 2026" in page
    assert "Purchase withdrawn from" in words(office.get(f"/staff/bookings/{booking_id()}"))
