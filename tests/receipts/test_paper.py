"""A receipt as PDF: accessible, in words of its language, and the same bytes whatever changes in the house."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import update

from booking.centre.facts import the_centre
from booking.centre.models import Centre
from booking.centre.wording import LOCALES, Wording
from booking.documents.looks import plain_look
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.payments.give_back import give_back
from booking.receipts.additions import AddedTooOften, Addition, AdditionTooLate, NothingAdded, add
from booking.receipts.files import file_of
from booking.receipts.issue import issue
from booking.receipts.paper import AddedByBuyer, receipt_pdf
from booking.receipts.queries import receipts_of
from tests.builders import a_confirmed_booking, a_sale, paid_for
from tests.documents.test_papers import LANGUAGES, root_of, says_it_is_accessible, words
from tests.receipts.given import documents, ids

FIRM = Addition("Fjell & Fjord AS", "Prosjekt 4711")


def text_of(pdf: bytes) -> str:
    """What it says, with ordinary spaces."""
    return words(pdf).replace("\xa0", " ")


def a_receipt(quantity: int = 2) -> int:
    """The booking of one."""
    _, slot, adult = a_sale(price=21000)
    booking_id = paid_for(a_confirmed_booking(slot, adult, quantity)).booking_id
    issue(booking_id)
    return booking_id


@pytest.mark.parametrize("lang", LANGUAGES)
def test_receipts_are_accessible_pdf_in_every_language(app: Flask, lang: str) -> None:
    booking_id = a_receipt()
    with unit_of_work():
        give_back(booking_id, 5000, "Strømmen gikk", new_secret(), "account:1")
    issue(booking_id)
    centre = the_centre()
    for receipt in documents(booking_id):
        with force_locale(LOCALES[lang]):
            added = AddedByBuyer(2, FIRM.company, FIRM.reference, receipt.on)
            spoken = replace(receipt, lang=lang)
            pdf = receipt_pdf(spoken, added, plain_look(centre.brand), Wording.of(lang, centre))
        assert says_it_is_accessible(pdf)
        assert root_of(pdf)["/Lang"] == lang


def test_a_receipt_says_what_was_paid_and_that_it_is_no_invoice(app: Flask) -> None:
    booking_id = a_receipt()
    (receipt,) = documents(booking_id)
    paper = text_of(file_of(ids()[0]))
    for word in (receipt.number, receipt.reference, "420,00 NOK", "45,00", "375,00", "12 %", "2 × Voksen",
                 "ikke en faktura", "ikke en kassalapp", "Org.nr. 974 760 673 MVA"):  # fmt: skip
        assert word in paper
    assert "Kari" not in paper  # who bought is nobody's business that adds up receipts


def test_a_receipt_of_money_back_names_the_first(app: Flask) -> None:
    booking_id = a_receipt()
    with unit_of_work():
        give_back(booking_id, 12345, "Strømmen gikk", new_secret(), "account:1")
    issue(booking_id)
    sale, back = documents(booking_id)
    paper = text_of(file_of(ids()[1]))
    for word in (back.number, f"kvittering {sale.number}", "123,45 NOK", "13,23"):
        assert word in paper
    assert "Strømmen" not in paper


def test_the_same_bytes_come_whatever_the_centre_changes(app: Flask) -> None:
    booking_id = a_receipt()
    with unit_of_work():
        add(ids()[0], FIRM, the_centre(), clock.now())
    first, second = file_of(ids()[0]), file_of(ids()[0], 2)
    assert first != second
    with unit_of_work():
        db.session.execute(
            update(Centre).values(
                name="Noe annet", legal_name="Andre AS", org_number="", brand="#ff0000", accent="#000000"
            )
        )
    with time_machine.travel(clock.now() + timedelta(days=700)):
        assert (file_of(ids()[0]), file_of(ids()[0], 2)) == (first, second)
        assert [receipt.version for receipt in receipts_of(booking_id)] == [2]


def test_who_asks_first_at_the_same_moment_has_the_same_bytes(app: Flask) -> None:
    a_receipt()
    (receipt_id,) = ids()
    db.session.rollback()

    def ask(_n: int) -> bytes:
        with app.app_context():
            return file_of(receipt_id)

    with ThreadPoolExecutor(4) as readers:
        assert len(set(readers.map(ask, range(4)))) == 1


def test_a_company_may_be_added_until_the_end_of_the_day_after_the_sale(app: Flask) -> None:
    booking_id = a_receipt()
    centre = the_centre()
    (receipt_id,) = ids()
    (receipt,) = documents(booking_id)
    last = receipt.on + timedelta(days=1)
    midnight = (clock.now() + timedelta(days=2)).astimezone(centre.zone).replace(hour=0, minute=0, second=0)
    with time_machine.travel(midnight - timedelta(seconds=10)), unit_of_work():
        assert add(receipt_id, FIRM, centre, clock.now()) == 2
        assert add(receipt_id, FIRM, centre, clock.now()) == 2  # pressed twice
    with time_machine.travel(midnight + timedelta(seconds=1)), pytest.raises(AdditionTooLate) as late, unit_of_work():
        add(receipt_id, Addition("Andre AS", ""), centre, clock.now())
    assert late.value.until == last
    paper = text_of(file_of(receipt_id, 2))
    for word in ("Fjell & Fjord AS", "Prosjekt 4711", "VERSJON"):
        assert word in paper
    assert "Fjell" not in text_of(file_of(receipt_id, 1))


def test_nothing_and_too_much_are_refused(app: Flask) -> None:
    a_receipt()
    centre = the_centre()
    (receipt_id,) = ids()
    with pytest.raises(NothingAdded), unit_of_work():
        add(receipt_id, Addition("", ""), centre, clock.now())
    for n in range(5):
        with unit_of_work():
            add(receipt_id, Addition(f"Firma {n}", ""), centre, clock.now())
    with pytest.raises(AddedTooOften), unit_of_work():
        add(receipt_id, FIRM, centre, clock.now())


def test_what_was_added_stands_on_the_receipt_of_money_back(app: Flask) -> None:
    booking_id = a_receipt()
    with unit_of_work():
        add(ids()[0], FIRM, the_centre(), clock.now())
    with unit_of_work():
        give_back(booking_id, 5000, "", new_secret(), "account:1")
    issue(booking_id)
    assert "Fjell & Fjord AS" in text_of(file_of(ids()[1]))


@pytest.mark.parametrize("company", ["#panic[Ild] *x*", "🎈" * 40, "x" * 120, "مرحبا Æ 中文", '"\\n</script>'])
def test_no_name_of_a_company_stops_a_receipt(app: Flask, company: str) -> None:
    a_receipt()
    with unit_of_work():
        add(ids()[0], Addition(company, "y" * 60), the_centre(), clock.now())
    assert says_it_is_accessible(file_of(ids()[0], 2))


def test_a_receipt_says_no_day_of_a_year_that_one_has_to_guess(app: Flask) -> None:
    booking_id = a_receipt()
    (receipt,) = documents(booking_id)
    assert isinstance(receipt.on, date)
    assert str(receipt.on.year) in text_of(file_of(ids()[0]))
