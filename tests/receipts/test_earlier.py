"""What was paid before there were receipts gets its own, step by step, and what fails of it holds up nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select

from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.payments.receipts import RECEIPT
from booking.receipts import keepers
from booking.receipts.issue import issue
from booking.receipts.keepers import EARLIER, begin_earlier
from booking.running.check import breaches
from booking.running.worker import run_once
from tests.builders import a_confirmed_booking, a_sale, paid_for
from tests.receipts.given import documents

WAITING = select(Promise.kind, Promise.booking_id).where(
    Promise.kind.in_((RECEIPT, EARLIER)), Promise.state == PromiseState.WAITING
)


@pytest.fixture(autouse=True)
def a_payment_in_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many steps as there are payments."""
    monkeypatch.setattr(keepers, "_NEXT", keepers._NEXT.limit(1))


def paid_before(many: int) -> list[int]:
    """Bookings that were paid, of which nobody has promised receipts."""
    _, slot, adult = a_sale(price=21000)
    bookings = [paid_for(a_confirmed_booking(slot, adult, 1)).booking_id for _ in range(many)]
    with unit_of_work():
        db.session.execute(delete(Promise).where(Promise.kind == RECEIPT))
    return bookings


def test_a_booking_whose_receipt_fails_holds_up_no_other_and_has_its_own_later(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, broken, last = paid_before(3)

    def fail(booking_id: int) -> None:
        if booking_id == broken:
            raise ValueError("lines that do not come to the amount")
        issue(booking_id)

    monkeypatch.setattr(keepers, "issue", fail)
    with unit_of_work():
        begin_earlier()
    run_once(app)
    assert [len(documents(booking_id)) for booking_id in (first, broken, last)] == [1, 0, 1]
    assert db.session.execute(WAITING).all() == [(RECEIPT, broken)]
    assert breaches() == []  # it is on its way
    monkeypatch.setattr(keepers, "issue", issue)
    db.session.rollback()
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        run_once(app)
    assert [len(documents(booking_id)) for booking_id in (first, broken, last)] == [1, 1, 1]
    assert db.session.execute(WAITING).all() == []
    assert breaches() == []


def test_what_has_its_receipt_is_passed_over_without_a_unit_of_work(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    has, has_not = paid_before(2)
    issue(has)
    booking_ids: list[int] = []

    def count(booking_id: int) -> None:
        booking_ids.append(booking_id)
        issue(booking_id)

    monkeypatch.setattr(keepers, "issue", count)
    with unit_of_work():
        begin_earlier()
    run_once(app)
    assert booking_ids == [has_not]
    assert db.session.execute(WAITING).all() == []
    assert breaches() == []
