"""The page of what was issued: filters stand in the address, sums and file follow them, every state can be chosen."""

from __future__ import annotations

import csv
import io
import re

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from booking.invoicing.issue import issue
from booking.invoicing.issued.filters import InvoiceMark
from booking.invoicing.models import Invoice
from booking.invoicing.payer.queries import HowItStands
from booking.invoicing.receivables import open_receivables
from booking.kernel.database import db, unit_of_work
from booking.staff.models import Role
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.web.browsing import words
from tests.web.staffing import Colleague, a_colleague

ROOM = "/staff/invoices/issued"


@pytest.fixture
def books(app: Flask) -> Colleague:
    """Somebody of the books, and two invoices of which one is written off."""
    centre = a_centre_that_invoices()
    a_class(centre, "6A", reference="12345")
    a_class(centre, "6B", reference="54321")
    for receivable in open_receivables(centre.facts, afterwards()):
        issue(receivable.key, centre.facts, afterwards(), "account:1")
    with unit_of_work():
        db.session.execute(update(Invoice).where(Invoice.number == 10_001).values(written_off=Invoice.payable))
    with time_machine.travel(afterwards(), tick=False):
        return a_colleague(app, Role.FINANCE)


def shown(page: str) -> list[str]:
    """The numbers in the list."""
    return re.findall(r'<th scope="row"><a href="[^"]+">(\d+)</a>', page)


def test_what_is_written_off_is_found_its_sums_are_its_own_and_the_file_has_it_alone(books: Colleague) -> None:
    with time_machine.travel(afterwards(), tick=False):
        assert shown(books.get(ROOM).get_data(as_text=True)) == ["10002", "10001"]
        answer = books.get(f"{ROOM}?stands=written_off&q=bergen")
        page = answer.get_data(as_text=True)
        assert (shown(page), "Left to pay NOK 0" in words(answer).replace("\xa0", " ")) == (["10001"], True)
        assert '<option value="written_off" selected>' in page
        (action,) = re.findall(r'action="([^"]+/export[^"]*)"', page)
        assert ("stands=written_off" in action, "q=bergen" in action) == (True, True)
        sent = books.post(action.replace("&amp;", "&"), format="csv").get_data(as_text=True)
        heads, *rows = list(csv.reader(io.StringIO(sent.lstrip("\ufeff"))))
        assert [dict(zip(heads, row, strict=True))["Number"].strip("'") for row in rows] == ["10001"]
        assert books.post(action.replace("&amp;", "&"), format="xlsx").status_code == 200


def test_every_state_and_mark_can_be_chosen(books: Colleague) -> None:
    with time_machine.travel(afterwards(), tick=False):
        page = books.get(ROOM).get_data(as_text=True)
        for value in (*HowItStands, *InvoiceMark):
            assert f'<option value="{value}">' in page
            assert books.get(f"{ROOM}?stands={value}&mark={value}").status_code == 200


def test_nonsense_in_the_address_is_said_or_left_alone(books: Colleague) -> None:
    with time_machine.travel(afterwards(), tick=False):
        for query, told in (("from=x", "Enter the day as"), ("from=2026-02-30", "Enter the day as"),
                            ("from=2026-12-02&until=2026-12-01", "The last day comes before the first.")):  # fmt: skip
            answer = books.get(f"{ROOM}?{query}")
            assert (answer.status_code, told in answer.get_data(as_text=True)) == (422, True)
            assert books.post(f"{ROOM}/export?{query}", format="csv").status_code == 303
        for query in ("stands=x&mark=y&way=z", f"below={'9' * 30}", "q=%00%25%27"):
            assert books.get(f"{ROOM}?{query}").status_code == 200
        page = books.get(f"{ROOM}?q=%3Cb%3Eoslo").get_data(as_text=True)
        assert ("No invoice fits." in page, "<b>oslo" in page) == (True, False)


@pytest.mark.parametrize(
    ("lang", "told"),
    [("nb", "Tapsført, helt eller resten"), ("nn", "Tapsført, heilt eller resten"), ("lv", "Norakstīts")],
)
def test_the_page_speaks_the_readers_language(books: Colleague, lang: str, told: str) -> None:
    with time_machine.travel(afterwards(), tick=False):
        assert told in books.browser.client.get(ROOM, headers={"Accept-Language": lang}).get_data(as_text=True)
