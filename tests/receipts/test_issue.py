"""Each payment and each refund has a receipt, numbered without gaps, that says what it was for then."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from booking.bookings.basket import Pick
from booking.bookings.change import cancel, change
from booking.bookings.confirm import confirm
from booking.bookings.hold import Hold
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.payments.give_back import give_back
from booking.payments.models import Payment, Refund
from booking.payments.reserved.by_hand import split_off
from booking.receipts.document import ReceiptKind
from booking.receipts.issue import issue
from booking.receipts.models import PaymentReceipt
from booking.running.check import breaches
from tests.builders import a_confirmed_booking, a_sale, paid_for
from tests.receipts.given import documents, numbers


def test_a_payment_has_one_receipt_however_often_it_is_asked_for(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(price=21000)
    held = paid_for(a_confirmed_booking(slot, adult, 2))
    for _ in range(2):
        issue(held.booking_id)
    (receipt,) = documents()
    assert (receipt.number, receipt.amount, receipt.rest) == (f"{now.year}-1", 42000, 0)
    (line,) = receipt.lines
    assert (line.quantity, line.unit_price, line.total) == (2, 21000, 42000)
    (share,) = receipt.vat
    assert (share.rate, share.gross, share.tax) == (1200, 42000, 4500)
    assert receipt.seller[0] == centre.legal_name
    assert receipt.seller[-1] == "Org.nr. 974 760 673 MVA"
    assert breaches() == []


def test_nothing_that_cost_nothing_has_a_receipt(app: Flask) -> None:
    _, slot, adult = a_sale(price=0)
    held = a_confirmed_booking(slot, adult, 2)
    issue(held.booking_id)
    assert documents() == []
    assert breaches() == []


def test_what_a_change_costs_has_a_receipt_of_what_was_added(app: Flask) -> None:
    centre, slot, adult = a_sale(price=21000)
    held = paid_for(a_confirmed_booking(slot, adult, 2))
    issue(held.booking_id)
    with unit_of_work():
        more = change(held.booking_id, [Pick(slot, adult, 3)], centre=centre, now=clock.now())
    assert isinstance(more, Hold)
    with unit_of_work():
        confirm(more.booking_id, clock.now())
    paid_for(more)
    issue(held.booking_id)
    _, second = documents(held.booking_id)
    assert [(line.quantity, line.total) for line in second.lines] == [(1, 21000)]
    assert (second.amount, second.rest) == (21000, 0)
    assert breaches() == []


def test_money_back_has_a_receipt_that_names_the_first(app: Flask) -> None:
    centre, slot, adult = a_sale(price=21000, late_refund_percent=50)
    held = paid_for(a_confirmed_booking(slot, adult, 3))
    with unit_of_work():
        change(held.booking_id, [Pick(slot, adult, 2)], centre=centre, now=clock.now())
    with unit_of_work():
        give_back(held.booking_id, 5000, "Strømmen gikk", new_secret(), "account:1")
    with unit_of_work():
        cancel(held.booking_id, centre=centre, now=clock.now())
    issue(held.booking_id)
    sale, fewer, goodwill, cancelled = documents(held.booking_id)
    assert [receipt.kind for receipt in (sale, fewer)] == [ReceiptKind.SALE, ReceiptKind.REFUND]
    assert {receipt.corrects for receipt in (fewer, goodwill, cancelled)} == {sale.number}
    assert [(line.quantity, line.total) for line in fewer.lines] == [(1, 21000)]
    assert (goodwill.lines, goodwill.rest, goodwill.amount) == ((), 5000, 5000)
    assert (cancelled.amount, [line.quantity for line in cancelled.lines], cancelled.rest) == (37000, [2], -5000)
    assert sum(share.tax for share in sale.vat) == sum(
        share.tax for receipt in (fewer, goodwill, cancelled) for share in receipt.vat
    )
    assert breaches() == []


def test_a_receipt_that_the_worker_had_no_time_for_is_of_what_was_bought_not_of_what_it_became(app: Flask) -> None:
    """The worker stood still: the change itself gives the receipt of what was paid before it."""
    centre, slot, adult = a_sale(price=21000)
    held = paid_for(a_confirmed_booking(slot, adult, 3))
    with unit_of_work():
        change(held.booking_id, [Pick(slot, adult, 1)], centre=centre, now=clock.now())
    issue(held.booking_id)
    sale, back = documents(held.booking_id)
    assert [line.quantity for line in sale.lines] == [3]
    assert [line.quantity for line in back.lines] == [2]


def test_what_was_made_good_by_hand_of_a_refund_stands_on_the_receipt_of_that_refund(app: Flask) -> None:
    """Of two refunds that have no receipt yet a part of the second goes a way of its own, tried again or not."""
    _, slot, adult = a_sale(price=21000)
    held = paid_for(a_confirmed_booking(slot, adult, 2))
    for amount in (4000, 6000):
        with unit_of_work():
            give_back(held.booking_id, amount, "", new_secret(), "account:1")
    with unit_of_work():
        refund = db.session.scalars(select(Refund).where(Refund.amount == 6000)).one()
        refund.idempotency_key += "~1"
        split_off(refund, 2500, "10000", clock.now())
        refund.idempotency_key = refund.idempotency_key.replace("~1", "~2")
    issue(held.booking_id)
    assert [receipt.amount for receipt in documents(held.booking_id)] == [42000, 4000, 6000]
    assert breaches() == []


def test_numbers_begin_anew_with_each_year_of_the_centres_clock(app: Flask) -> None:
    """At half past midnight in Bergen it is last year still in Greenwich."""
    _, slot, adult = a_sale(price=21000, capacity=40, timezone="Europe/Oslo")
    bookings = [paid_for(a_confirmed_booking(slot, adult, 1)).booking_id for _ in range(3)]
    moments = (datetime(2026, 12, 31, 22, 30, tzinfo=UTC), datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    for booking_id, paid_at in zip(bookings, (*moments, moments[0]), strict=True):
        with unit_of_work():
            db.session.execute(update(Payment).where(Payment.booking_id == booking_id).values(paid_at=paid_at))
        issue(booking_id)
    assert numbers() == ["2026-1", "2027-1", "2026-2"]


@pytest.mark.parametrize("column", ["number", "amount", "document"])
def test_the_database_changes_no_receipt(app: Flask, column: str) -> None:
    _, slot, adult = a_sale(price=21000)
    held = paid_for(a_confirmed_booking(slot, adult, 1))
    issue(held.booking_id)
    value: object = {} if column == "document" else 7
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.execute(update(PaymentReceipt).values({column: value}))
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.execute(delete(PaymentReceipt))
    db.session.rollback()
    assert len(documents()) == 1


def test_thirty_two_at_once_have_thirty_two_numbers(app: Flask) -> None:
    _, slot, adult = a_sale(capacity=100, price=21000)
    bookings = [paid_for(a_confirmed_booking(slot, adult, 1)).booking_id for _ in range(32)]
    db.session.rollback()

    def give(booking_id: int) -> None:
        with app.app_context():
            issue(booking_id)

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(give, [*bookings, *bookings]))
    assert sorted(int(number.split("-")[1]) for number in numbers()) == list(range(1, 33))
    assert breaches() == []
