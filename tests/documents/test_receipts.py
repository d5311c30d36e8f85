"""Receipts: they add up whatever happened, say how it was paid, and have a number from one series without gaps."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import insert, update

from booking.bookings.basket import Pick
from booking.bookings.change import cancel, change
from booking.bookings.confirm import confirm
from booking.bookings.hold import Hold
from booking.bookings.queries import BookingFacts
from booking.catalogue.models import Price
from booking.centre.facts import CentreFacts
from booking.centre.wording import Wording
from booking.documents.looks import plain_look
from booking.documents.papers import receipt_paper, vat_shares_of
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.kernel.money import Money
from booking.payments.give_back import give_back
from booking.payments.models import Receipt
from booking.payments.receipts import issue
from booking.payments.statement import statement_of
from tests.builders import a_confirmed_booking, a_sale, paid_for, tomorrow
from tests.documents.test_papers import facts_of


def a_late_change_and_goodwill(now: datetime) -> tuple[CentreFacts, BookingFacts]:
    """Three at 210, paid; late one less at half back, one more added at 300, and 50 of goodwill."""
    centre, slot, adult = a_sale(price=21000, late_refund_percent=50)
    held = paid_for(a_confirmed_booking(slot, adult, 3))
    late = tomorrow() - timedelta(hours=12)
    with unit_of_work():
        change(held.booking_id, [Pick(slot, adult, 2)], centre=centre, now=late)
    with unit_of_work():
        db.session.execute(update(Price).values(minor=30000))
    with unit_of_work():
        more = change(held.booking_id, [Pick(slot, adult, 3)], centre=centre, now=late)
    assert isinstance(more, Hold)
    with unit_of_work():
        confirm(more.booking_id, late)
    paid_for(more)
    with unit_of_work():
        give_back(held.booking_id, 5000, "Strømmen gikk", new_secret(), "account:1")
    return centre, facts_of(held.booking_id)


def minor(written: str) -> int:
    """A sum as it stands in Norwegian, in øre."""
    digits = re.sub(r"[^0-9,\u2212-]", "", written).replace("\u2212", "-")
    whole, _, part = digits.partition(",")
    return int(whole) * 100 + (int(part) if part else 0) * (-1 if whole.startswith("-") else 1)


@pytest.mark.parametrize("cancelled", [False, True], ids=["stands", "cancelled"])
def test_a_receipt_adds_up_whatever_happened(app: Flask, now: datetime, cancelled: bool) -> None:
    """Paid 630 and 300; back 105 and 50: 775 kept for what costs 720, with 105 kept by rule and 50 given.

    Cancelled late, half of the 720 stays with the 105: 465. The 50 given before is taken off what goes back.
    """
    centre, facts = a_late_change_and_goodwill(now)
    if cancelled:
        with unit_of_work():
            cancel(facts.id, centre=centre, now=tomorrow() - timedelta(hours=12))
        facts = facts_of(facts.id)
    paid = statement_of(facts.id)
    with force_locale("nb"):
        write = Wording.of("nb", centre)
        paper = receipt_paper(facts, paid, issue(facts, paid, clock.now()), centre, plain_look(centre.brand), write)
        kept = vat_shares_of(facts, Money(paid.kept, "NOK"))
    total = minor(paper.total)
    assert total == paid.kept == (46500 if cancelled else 77500)
    assert sum(minor(line.amount) for line in paper.lines) == total
    assert sum(minor(line.amount) for line in paper.payments) == total
    assert sum(share.gross.minor for share in kept) == total
    assert all(any(str(now.year + n) in line.when for n in (0, 1)) for line in paper.payments)
    assert paper.seller[-1] == "Org.nr. 974 760 673 MVA"
    assert "på nett" in paper.payments[0].kind


def test_receipts_have_a_series_without_gaps_and_the_same_one_keeps_its_number(app: Flask) -> None:
    centre, slot, adult = a_sale(capacity=40)
    bookings = [facts_of(paid_for(a_confirmed_booking(slot, adult, 2)).booking_id) for _ in range(3)]

    def number(facts: BookingFacts) -> int:
        return issue(facts, statement_of(facts.id), clock.now()).number

    assert [number(booking) for booking in (*bookings, bookings[0])] == [1, 2, 3, 1]
    with unit_of_work():
        give_back(bookings[0].id, 100, "Strømmen gikk", new_secret(), "account:1")
    assert [number(booking) for booking in bookings] == [4, 2, 3]
    given = {"number": 5, "booking_id": bookings[0].id, "version": 9, "paid": 1, "kept": 1, "issued_at": clock.now()}
    with suppress(LookupError), unit_of_work():
        db.session.execute(insert(Receipt).values(**given))
        raise LookupError  # one that is not committed was never given
    with unit_of_work():
        change(bookings[1].id, [Pick(slot, adult, 1)], centre=centre, now=clock.now())
    assert number(facts_of(bookings[1].id)) == 5


def test_receipts_asked_for_at_once_get_a_number_each(app: Flask) -> None:
    _, slot, adult = a_sale(capacity=40)
    bookings = [facts_of(paid_for(a_confirmed_booking(slot, adult, 1)).booking_id) for _ in range(6)]
    db.session.rollback()

    def number(facts: BookingFacts) -> int:
        with app.app_context():
            return issue(facts, statement_of(facts.id), clock.now()).number

    with ThreadPoolExecutor(6) as readers:
        numbers = list(readers.map(number, [*bookings, *bookings]))
    assert sorted(set(numbers)) == [1, 2, 3, 4, 5, 6]
    assert numbers[:6] == numbers[6:]
