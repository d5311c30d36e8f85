"""Each payment and each refund has a receipt, numbered without gaps, that says what it was for then."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
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
from booking.outbox.models import Promise
from booking.payments.give_back import give_back
from booking.payments.models import Payment, Refund
from booking.payments.receipts import RECEIPT
from booking.payments.reserved.by_hand import split_off
from booking.receipts.document import ReceiptKind
from booking.receipts.issue import issue
from booking.receipts.models import PaymentReceipt, ReceiptVatShare
from booking.running.check import breaches
from booking.running.upkeep import keep_house
from tests.builders import a_confirmed_booking, a_sale, paid_for
from tests.receipts.given import documents, numbers
from tests.support.unguarded import unguarded

PROMISED = select(Promise.about).where(Promise.kind == RECEIPT)


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


def test_what_an_older_release_took_and_sent_back_has_its_receipts_the_next_night(app: Flask) -> None:
    """It ran beside this one for a while, and promised none."""
    _, slot, adult = a_sale(price=21000)
    held = paid_for(a_confirmed_booking(slot, adult, 2))
    with unit_of_work():
        give_back(held.booking_id, 4000, "", new_secret(), "account:1")
    no_receipt_is_promised()
    with time_machine.travel(clock.now() + timedelta(hours=12)):
        keep_house(clock.now())
        keep_house(clock.now())
    assert [about["booking_id"] for about in db.session.scalars(PROMISED)] == [held.booking_id]
    issue(held.booking_id)
    no_receipt_is_promised()
    with time_machine.travel(clock.now() + timedelta(days=2)):
        keep_house(clock.now())
    assert db.session.scalars(PROMISED).all() == []


def no_receipt_is_promised() -> None:
    """As an older release leaves it."""
    with unit_of_work():
        db.session.execute(delete(Promise).where(Promise.kind == RECEIPT))


def test_a_year_that_is_forgotten_a_batch_at_a_time_has_no_gap(app: Flask) -> None:
    """Six years later, when the first of two has gone and the night asks about the numbers."""
    _, slot, adult = a_sale(price=21000)
    for _ in range(2):
        issue(paid_for(a_confirmed_booking(slot, adult, 1)).booking_id)
    db.session.rollback()
    with db.engine.begin() as connection, unguarded(connection):
        connection.execute(delete(ReceiptVatShare))
        connection.execute(delete(PaymentReceipt).where(PaymentReceipt.number == 1))
    gap = "receipts numbers of receipts with a gap"
    assert [breach for breach in breaches() if breach.startswith(gap)]
    with time_machine.travel(clock.now() + timedelta(days=6 * 366)):
        assert not [breach for breach in breaches() if breach.startswith(gap)]


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
