"""The receipts of a booking on their page: each as a file, what a buyer adds, what is refused and kept."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select, update

from booking.bookings.confirm import confirm
from booking.bookings.models import Booking
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.payments.give_back import give_back
from booking.payments.models import TILL, Refund
from booking.payments.refunds import paid_out
from booking.receipts.models import PaymentReceipt, ReceiptVatShare
from booking.running.check import breaches
from booking.running.worker import run_once
from tests.builders import a_confirmed_booking, a_sale, paid_for, pay_for
from tests.gift_cards.given import a_card, pay_by, sell_cards
from tests.payments.buying import a_basket_at
from tests.support.unguarded import unguarded
from tests.web.browsing import Visitor, words
from tests.web.test_capacity import boss
from tests.web.test_one_sum import letter

__all__ = ["boss"]
IN_ENGLISH = {"Accept-Language": "en"}


def number_of(n: int = 0) -> tuple[str, int]:
    """The number of the receipt that was given as the n-th, and its id."""
    db.session.rollback()
    row = db.session.scalars(select(PaymentReceipt).order_by(PaymentReceipt.id)).all()[n]
    return f"{row.year}-{row.number}", row.id


@pytest.fixture
def bought(app: Flask, visitor: Visitor) -> str:
    """The address of a booking for two at 210."""
    _, slot, adult = a_sale(price=21000)
    return visitor.buy(slot, adult, 2)


def test_the_page_gives_a_receipt_that_the_worker_has_not_given_yet_and_says_what_it_is_not(
    bought: str, visitor: Visitor
) -> None:
    assert f"{bought}/receipts" in visitor.get(bought).get_data(as_text=True)
    page = words(visitor.get(f"{bought}/receipts")).replace("\xa0", " ")
    number, _id = number_of()
    for word in (number, "420 kr", "ikke en faktura", "ikke en kassalapp"):
        assert word in page
    assert breaches() == []


def test_the_worker_gives_it_once_and_the_page_finds_it(app: Flask, bought: str, visitor: Visitor) -> None:
    run_once(app)
    visitor.get(f"{bought}/receipts")
    db.session.rollback()
    assert len(db.session.scalars(select(PaymentReceipt)).all()) == 1
    waiting = select(Promise.kind).where(Promise.state == PromiseState.WAITING, Promise.kind.startswith("receipt"))
    assert db.session.scalars(waiting).all() == []


def test_a_file_is_the_same_bytes_each_time(bought: str, visitor: Visitor) -> None:
    visitor.get(f"{bought}/receipts")
    number, _id = number_of()
    first = visitor.get(f"{bought}/receipts/{number}-1.pdf")
    assert first.headers["Content-Type"] == "application/pdf"
    assert f"kvittering-{number}.pdf" in first.headers["Content-Disposition"]
    with time_machine.travel(clock.now() + timedelta(days=400)):
        again = visitor.get(f"{bought}/receipts/{number}-1.pdf")
        short = visitor.get(f"{bought}/receipt.pdf")
    assert first.data == again.data == short.data


@pytest.mark.parametrize("name", ["1999-1-1", "2026-999999999999999999999999-1", "2026-1-7", "2026-1-0"])
def test_a_number_of_another_booking_opens_nothing(bought: str, visitor: Visitor, name: str) -> None:
    visitor.get(f"{bought}/receipts")
    assert visitor.get(f"{bought}/receipts/{name}.pdf").status_code == 404


def test_a_company_is_added_as_another_version_and_the_first_stays(bought: str, visitor: Visitor) -> None:
    visitor.get(f"{bought}/receipts")
    number, receipt_id = number_of()
    typed = {f"company-{receipt_id}": " Fjell  & Fjord AS ", f"reference-{receipt_id}": "4711"}
    first = visitor.get(f"{bought}/receipts/{number}-1.pdf").data
    done = visitor.post(f"{bought}/receipts/{number}", typed)
    assert done.status_code == 303
    page = words(visitor.get(done.location))
    assert "Fjell & Fjord AS" in page
    assert "4711" in page
    assert f"Det du la til, står nå på kvittering {number}, versjon 2." in page
    assert "Det du la til" not in words(visitor.get(f"{bought}/receipts?added=1999-1"))
    assert visitor.get(f"{bought}/receipts/{number}-1.pdf").data == first
    assert visitor.get(f"{bought}/receipts/{number}-2.pdf").status_code == 200


@pytest.mark.parametrize(
    ("company", "reference", "says"),
    [
        ("", "", "Skriv inn firma, referanse eller begge deler."),
        ("  \u200b ", "", "Skriv inn firma, referanse eller begge deler."),
        ("x" * 121, "4711", "Skriv høyst 120 tegn."),
        ("Fjell AS", "y" * 61, "Skriv høyst 60 tegn."),
    ],
)
def test_what_cannot_be_added_is_said_at_the_field_and_kept(
    bought: str, visitor: Visitor, company: str, reference: str, says: str
) -> None:
    visitor.get(f"{bought}/receipts")
    number, receipt_id = number_of()
    page = visitor.post(
        f"{bought}/receipts/{number}", {f"company-{receipt_id}": company, f"reference-{receipt_id}": reference}
    )
    assert page.status_code == 422
    assert says in words(page)
    assert 'aria-invalid="true"' in page.get_data(as_text=True)
    if reference:
        assert reference in page.get_data(as_text=True)


def test_after_the_day_after_nothing_is_added(bought: str, visitor: Visitor) -> None:
    visitor.get(f"{bought}/receipts")
    number, receipt_id = number_of()
    with time_machine.travel(clock.now() + timedelta(days=2)):
        assert "Legg til firma" not in words(visitor.get(f"{bought}/receipts"))
        visitor.get("/nb/my-booking")  # the form of before would be over by then
        late = visitor.post(f"{bought}/receipts/{number}", {f"company-{receipt_id}": "Fjell AS"})
    assert late.status_code == 409
    assert "Kvitteringen står som den er" in words(late)


@pytest.mark.parametrize("address", ["receipts", "receipt.pdf", "receipts/{number}-1.pdf"])
def test_after_their_five_years_their_addresses_say_that_they_had_their_time(
    bought: str, visitor: Visitor, address: str
) -> None:
    visitor.get(f"{bought}/receipts")
    number, _id = number_of()
    with db.engine.begin() as connection, unguarded(connection):
        connection.execute(delete(ReceiptVatShare))
        connection.execute(delete(PaymentReceipt))
    with time_machine.travel(clock.now() + timedelta(days=7 * 366)):
        over = visitor.get(f"{bought}/{address.format(number=number)}")
    assert over.status_code == 404
    for word in ("Kvitteringene for denne bestillingen finnes ikke lenger.", "femte året", "Min bestilling"):
        assert word in words(over)
    assert f'href="{bought}"' in over.get_data(as_text=True)
    db.session.rollback()
    assert db.session.scalars(select(PaymentReceipt)).all() == []  # none is given anew


def test_the_numbers_of_the_till_stand_beside_the_receipts_also_of_what_it_paid_out_later(
    app: Flask, boss: Visitor
) -> None:
    _, slot, adult = a_sale(price=21000)
    held = a_confirmed_booking(slot, adult, 2)
    with unit_of_work():
        db.session.execute(update(Booking).values(till_receipt="K-1"))
    paid_for(held, provider=TILL)
    with unit_of_work():
        give_back(held.booking_id, 5000, "Strømmen gikk", new_secret(), "account:1")
    receipts, staffs = f"/en/b/{held.secret}/receipts", f"/staff/bookings/{held.booking_id}"
    assert words(boss.get(receipts)).count("At our desk") == 2
    refund_id = db.session.scalars(select(Refund.id)).one()
    with unit_of_work():
        assert paid_out(refund_id, "K-2", "account:1", clock.now())
    for address, number in ((receipts, "K-1"), (receipts, "K-2"), (staffs, "K-1"), (staffs, "K-2")):
        assert f"receipt {number} from the till" in words(boss.get(address, **IN_ENGLISH))


def test_letters_lead_to_the_receipts(app: Flask, bought: str, visitor: Visitor) -> None:
    assert f"{bought}/receipts" in letter(app, "mail.confirmation")
    visitor.get(f"{bought}/receipts")
    booking_id = db.session.scalars(select(PaymentReceipt.booking_id)).one()
    with unit_of_work():
        give_back(booking_id, 5000, "Strømmen gikk", new_secret(), "account:1")
    assert f"{bought}/receipts" in letter(app, "mail.refund")
    page = words(visitor.get(f"{bought}/receipts"))
    (first, _), (second, _) = number_of(0), number_of(1)
    assert second in page
    assert f"Gjelder kvittering {first}" in page


def test_finance_reads_both_ways_of_one_receipt_in_the_file(app: Flask, boss: Visitor) -> None:
    _, slot, adult = a_sale(price=21000)
    sell_cards()
    held = a_basket_at(slot, adult)
    pay_by(held.booking_id, a_card(30_000)[1])
    with unit_of_work():
        confirm(held.booking_id, clock.now())
        db.session.execute(update(Booking).where(Booking.id == held.booking_id).values(till_receipt="T-7"))
    pay_for(held.booking_id, 12_000, TILL)
    boss.get(f"/nb/b/{held.secret}/receipts")
    file = boss.post("/staff/books/receipts/export", {"format": "csv"}).get_data(as_text=True)
    (row,) = file.replace("\N{NO-BREAK SPACE}", " ").strip().splitlines()[1:]
    assert "With a gift card: NOK 300 · At our desk, receipt T-7 from the till: NOK 120" in row


def test_staff_find_a_booking_by_the_number_of_its_receipt_and_open_it(bought: str, boss: Visitor) -> None:
    boss.get(f"{bought}/receipts")
    number, _id = number_of()
    booking_id = db.session.scalars(select(PaymentReceipt.booking_id)).one()
    search = words(boss.get(f"/staff/desk/search?q={number}"))
    assert "Kari Nordmann" in search
    page = boss.get(f"/staff/bookings/{booking_id}", **IN_ENGLISH).get_data(as_text=True)
    address = re.search(rf"/staff/bookings/{booking_id}/receipts/{number}-1\.pdf", page)
    assert address is not None
    assert boss.get(address[0]).data == boss.get(f"{bought}/receipts/{number}-1.pdf").data
    assert boss.get(f"/staff/bookings/{booking_id + 1}/receipts/{number}-1.pdf").status_code == 404


def test_finance_has_receipts_by_day_and_as_a_file(bought: str, boss: Visitor) -> None:
    boss.get(f"{bought}/receipts")
    number, _id = number_of()
    booking_id = db.session.scalars(select(PaymentReceipt.booking_id)).one()
    with unit_of_work():
        give_back(booking_id, 5000, "Strømmen gikk", new_secret(), "account:1")
    boss.get(f"{bought}/receipts")
    page = words(boss.get("/staff/books/receipts", **IN_ENGLISH)).replace("\xa0", " ")
    for word in ("NOK 420.00", "NOK 50.00", "NOK 370.00", "VAT 12%", "NOK 39.64"):
        assert word in page
    file = boss.post("/staff/books/receipts/export", {"format": "csv"}).get_data(as_text=True)
    assert number in file
    assert len(file.strip().splitlines()) == 3
    wrong = boss.get("/staff/books/receipts?from=2026-13-01&until=2026-11-05")
    assert wrong.status_code == 422
    assert boss.get("/staff/books/receipts?from=2020-01-01&until=2026-11-05").status_code == 422
