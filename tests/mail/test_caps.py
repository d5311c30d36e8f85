"""Letters to one mailbox are counted by kind and day; staff see what is held back and let it through."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from booking.bookings.models import Booking
from booking.kernel.database import db, unit_of_work
from booking.mail import caps
from booking.mail.forgetting import FORGETTINGS
from booking.mail.models import MailCount
from booking.outbox import promises
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import promise
from booking.running.worker import run_once
from tests.builders import a_confirmed_booking, a_sale
from tests.support.forgetting import forget

KARI, KEY = "kari@example.org", "k" * 40


def goes(number: int, now: datetime, kind: str = "mail.find", to: str = KARI, **about: object) -> bool:
    if not caps.is_counted(kind, about):
        return True
    try:
        with unit_of_work():
            caps.check(number, kind, to, 3, KEY, now)
    except caps.HeldBack:
        return False
    return True


def test_three_of_a_kind_go_in_a_day_and_again_the_day_after(app: Flask, now: datetime) -> None:
    assert [goes(number, now) for number in range(5)] == [True, True, True, False, False]
    assert goes(6, now, to="ola@example.org")
    assert goes(7, now + timedelta(days=1, seconds=1))


def test_a_mailbox_is_one_however_its_address_is_written(app: Flask, now: datetime) -> None:
    addresses = ("Kari@example.org", "kari+1@example.org", "kari+2@example.org", "kari+3@example.org")
    assert [goes(number, now, to=address) for number, address in enumerate(addresses)] == [True, True, True, False]


def test_a_letter_that_is_tried_again_counts_once(app: Flask, now: datetime) -> None:
    assert [goes(1, now) for _ in range(5)] == [True] * 5
    assert [goes(number, now) for number in (2, 3, 4)] == [True, True, False]


def test_kinds_are_counted_apart_but_not_without_end(app: Flask, now: datetime) -> None:
    kinds = ("mail.find", "mail.waiting", "mail.visit_copy", "mail.my_visits")
    gone = [goes(n * 10 + m, now, kind) for n, kind in enumerate(kinds) for m in range(3)]
    assert gone == [True] * 9 + [False] * 3


@pytest.mark.parametrize(
    "kind", ["mail.reminder", "mail.closure", "mail.refund", "mail.invitation", "mail.certificate"]
)
def test_what_the_house_sends_of_itself_always_goes(app: Flask, now: datetime, kind: str) -> None:
    assert all(goes(number, now, kind) for number in range(9))


def test_tickets_that_are_paid_for_always_go(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale()
    paid = a_confirmed_booking(slot, adult).booking_id
    assert all(goes(number, now, "mail.confirmation", booking_id=paid) for number in range(9))
    with unit_of_work():
        db.session.execute(update(Booking).values(total=0))
    assert sum(goes(number, now, "mail.confirmation", booking_id=paid) for number in range(10, 19)) == 3


def test_no_address_is_kept_with_the_count_and_counts_are_dropped(app: Flask, now: datetime) -> None:
    goes(1, now)
    (who,) = db.session.scalars(select(MailCount.who)).all()
    assert (len(who), "kari" in who) == (32, False)
    forget(FORGETTINGS, now + timedelta(days=3))
    assert db.session.scalars(select(MailCount.who)).all() == []


def states() -> list[PromiseState]:
    db.session.rollback()
    return list(db.session.scalars(select(Promise.state).where(Promise.kind == "mail.find").order_by(Promise.id)))


def test_the_worker_holds_back_and_staff_let_through(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale(most_mails=2)
    a_confirmed_booking(slot, adult, email=KARI)
    with unit_of_work():
        for number in range(4):
            promise("mail.find", f"find:{number}", {"email": KARI, "lang": "nb"})
    run_once(app)
    assert states() == [PromiseState.DONE] * 2 + [PromiseState.HELD_BACK] * 2
    held = db.session.scalars(select(Promise.id).where(Promise.state == PromiseState.HELD_BACK)).first() or 0
    with unit_of_work():
        assert promises.revive(held, now)
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        run_once(app)
    assert states() == [PromiseState.DONE] * 3 + [PromiseState.HELD_BACK]
