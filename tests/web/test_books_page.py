"""The books' pages: set up accounts, see a month, close it."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.staff.models import Role
from tests.books.keeping import a_paid_booking, in_mid_month, keep_books, later
from tests.builders import a_sale
from tests.web.staffing import PASSWORD, a_colleague
from tests.web.test_bank_page import plain

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@in_mid_month()
def test_an_administrator_begins_with_the_usual_accounts_and_finance_closes_the_month(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    a_paid_booking(slot, adult)
    month = this_month()
    admin = a_colleague(app, Role.ADMIN)
    assert "Before the first voucher" in plain(admin.get("/staff/books"))
    page = admin.get("/staff/books/accounts").get_data(as_text=True)
    assert 'name="account-receivable" value="1500"' in page
    assert admin.post("/staff/books/accounts", **fields(page)).status_code == 303
    with later(30):
        finance = a_colleague(app, Role.FINANCE)
        assert finance.post("/staff/books/post").status_code == 303
        page = plain(finance.get(month))
        assert "1960 At the payment provider" in page
        assert "Income of the day, website" in page
        missing = finance.post(f"{month}/close", password="")
        assert (missing.status_code, "Enter your password." in plain(missing)) == (422, True)
        refused = finance.post(f"{month}/close", password="another one altogether")
        assert (refused.status_code, "is not right" in plain(refused)) == (403, True)
        assert finance.post(f"{month}/close", password=PASSWORD).status_code == 303
        assert "Nothing is dated into it any more" in plain(finance.get(month))
        assert "closed" in plain(finance.get("/staff/books"))
        answer = finance.post(f"{month}/close", password=PASSWORD)
        assert answer.status_code == 409
        assert "Somebody else has closed it already" in plain(answer)


def this_month() -> str:
    """The address of the month that it is now."""
    return f"/staff/books/{the_centre().local(clock.now()):%Y-%m}"


def fields(page: str) -> dict[str, str]:
    """What a form of this page would send as it stands."""
    inputs = re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', page)
    return {name: value for name, value in inputs if name != "csrf_token"}


def test_what_is_no_account_is_refused_and_kept_as_typed(app: Flask) -> None:
    a_sale()
    admin = a_colleague(app, Role.ADMIN)
    answer = admin.post("/staff/books/accounts", **{"account-bank": "=1+1", "code-fee": "syv sju"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="=1+1"' in page
    assert "An account has three to eight digits." in page
    assert "A VAT code has at most five letters and digits." in page


def test_of_two_who_save_accounts_the_second_is_told(app: Flask) -> None:
    a_sale()
    keep_books()
    admin = a_colleague(app, Role.ADMIN)
    sent = fields(admin.get("/staff/books/accounts").get_data(as_text=True))
    assert admin.post("/staff/books/accounts", **(sent | {"account-bank": "1921"})).status_code == 303
    answer = admin.post("/staff/books/accounts", **(sent | {"account-bank": "1922"}))
    assert answer.status_code == 409
    assert 'value="1922"' in answer.get_data(as_text=True)


@in_mid_month()
def test_a_missing_account_is_named_on_the_months_page(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    a_paid_booking(slot, adult)
    month = this_month()
    admin = a_colleague(app, Role.ADMIN)
    sent = fields(admin.get("/staff/books/accounts").get_data(as_text=True))
    admin.post("/staff/books/accounts", **(sent | {"account-prepaid": ""}))
    with later(30):
        finance = a_colleague(app, Role.FINANCE)
        finance.post("/staff/books/post")
        assert "Account or VAT code is missing: Paid for days to come." in plain(finance.get(month))
        assert finance.post(f"{month}/close", password=PASSWORD).status_code == 409


@in_mid_month()
def test_numbers_that_are_our_suggestion_say_so_until_somebody_confirms_them(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    a_paid_booking(slot, adult)
    month, admin = this_month(), a_colleague(app, Role.ADMIN)
    sent = fields(admin.get("/staff/books/accounts").get_data(as_text=True))
    assert sent.pop("confirmed") == "y"
    admin.post("/staff/books/accounts", **sent)
    page = plain(admin.get("/staff/books/accounts"))
    assert "nobody has confirmed them" in page
    assert all(f"{role} suggested" in page for role in ("Fees of reminders", "Interest for paying late", "VAT 25%"))
    admin.post("/staff/books/accounts", **(sent | {"version": "1", "account-late_interest": "8055"}))
    page = plain(admin.get("/staff/books/accounts"))
    assert ("Interest for paying late suggested" in page, "Fees of reminders suggested" in page) == (False, True)
    with later(30):
        finance = a_colleague(app, Role.FINANCE)
        finance.post("/staff/books/post")
        told = "account numbers are our suggestions, and nobody has confirmed them"
        assert told in plain(finance.get(month))
        boss = a_colleague(app, Role.ADMIN, email="boss@example.org")
        boss.post("/staff/books/accounts", **(sent | {"version": "2", "confirmed": "y"}))
        assert told not in plain(finance.get(month))
        assert "suggested" not in plain(finance.get("/staff/books/accounts"))
        assert finance.post(f"{month}/close", password=PASSWORD).status_code == 303


@in_mid_month()
def test_suggestions_that_nobody_has_confirmed_stop_no_close(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    a_paid_booking(slot, adult)
    month = this_month()
    keep_books()
    with later(30):
        finance = a_colleague(app, Role.FINANCE)
        finance.post("/staff/books/post")
        assert finance.post(f"{month}/close", password=PASSWORD).status_code == 303


@pytest.mark.parametrize("month", ["2026-13", "nil", "2199-05", "2026-1"])
def test_a_month_that_is_none_or_has_not_come_is_not_there(app: Flask, month: str) -> None:
    a_sale()
    keep_books()
    assert a_colleague(app, Role.FINANCE).get(f"/staff/books/{month}").status_code == 404


@in_mid_month()
def test_a_month_is_read_by_account_number_its_balance_too(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    a_paid_booking(slot, adult)
    month = this_month()
    keep_books()
    with later(30):
        finance = a_colleague(app, Role.FINANCE)
        finance.post("/staff/books/post")
        tables = finance.get(month).get_data(as_text=True).split("<table")[1:3]
    for table in tables:
        numbers = re.findall(r'<td class="code">([0-9]{4})', table)
        assert (len(numbers) > 2, numbers) == (True, sorted(numbers))


def test_who_may_not_change_the_accounts_reads_them_and_is_told_who_may(app: Flask) -> None:
    a_sale()
    page = a_colleague(app, Role.FINANCE).get("/staff/books/accounts")
    assert ("1500" in plain(page), "Only an administrator can change them." in plain(page)) == (True, True)
    assert 'name="account-receivable"' not in page.get_data(as_text=True)
