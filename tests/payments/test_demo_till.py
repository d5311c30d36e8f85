"""The demo till: it plays every way a payment can go, and production refuses it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from booking.bookings.hold import Hold
from booking.bookings.models import State
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.payments import pay, refunds
from booking.payments.demo import DemoTill, Play, play
from booking.payments.fulfil import fulfil
from booking.payments.models import DemoSession, PaymentState, RefundState
from booking.payments.provider import PaymentProgress, Rejected
from booking.payments.providers import make_provider, tills
from booking.payments.sweep import sweep
from booking.running.check import breaches
from booking.settings import Settings
from tests.payments.buying import (
    a_basket,
    begin,
    cancel_booking,
    payment_of,
    ref_of,
    refunds_of,
    state_of,
    tickets_of,
    write_refunds,
)

BANK = timedelta(seconds=21)


@pytest.fixture(autouse=True)
def nothing_amiss(app: Flask) -> Iterator[None]:
    """After every test the invariants hold."""
    yield
    end_reading()
    assert breaches() == []
    end_reading()


def played(held: Hold, what: Play) -> PaymentState:
    """Continue to pay, play at the till, and hear of it."""
    payment = begin(held)
    with unit_of_work():
        play(ref_of(payment), what, clock.now())
    return fulfil(payment.id)


def test_paying_brings_the_tickets(app: Flask) -> None:
    held = a_basket()
    assert played(held, Play.PAY) is PaymentState.PAID
    assert (state_of(held.booking_id), tickets_of(held.booking_id)) == (State.CONFIRMED, 2)


def test_a_declined_card_leaves_the_session_open_for_another(app: Flask) -> None:
    held = a_basket()
    assert played(held, Play.DECLINE) is PaymentState.OPEN
    with unit_of_work():
        play(ref_of(payment_of(held.booking_id)), Play.PAY, clock.now())
    assert fulfil(payment_of(held.booking_id).id) is PaymentState.PAID


@pytest.mark.parametrize(
    ("what", "end", "tickets"),
    [(Play.LATER, PaymentState.PAID, 2), (Play.LATER_FAILS, PaymentState.FAILED, 0)],
)
def test_a_bank_needs_twenty_seconds(app: Flask, what: Play, end: PaymentState, tickets: int) -> None:
    held = a_basket()
    assert played(held, what) is PaymentState.PROCESSING
    with time_machine.travel(clock.now() + BANK, tick=True):
        assert fulfil(payment_of(held.booking_id).id) is end
    assert tickets_of(held.booking_id) == tickets


def test_a_closed_tab_lets_the_places_go_in_the_end(app: Flask) -> None:
    held = a_basket()
    begin(held)
    with time_machine.travel(clock.now() + timedelta(minutes=36), tick=True):
        sweep(clock.now())
    assert state_of(held.booking_id) is State.EXPIRED


def test_giving_up_closes_the_till(app: Flask) -> None:
    held = a_basket()
    payment = begin(held)
    assert pay.withdraw(held.booking_id) is State.HELD
    with unit_of_work():
        play(ref_of(payment), Play.PAY, clock.now())
    assert tills.provider.look(ref_of(payment)).progress is PaymentProgress.EXPIRED


def test_what_is_paid_can_no_longer_be_closed(app: Flask) -> None:
    payment = begin(a_basket())
    with unit_of_work():
        play(ref_of(payment), Play.PAY, clock.now())
    assert tills.provider.close(ref_of(payment)).progress is PaymentProgress.PAID
    fulfil(payment.id)


def test_nothing_can_be_paid_after_its_time(app: Flask) -> None:
    payment = begin(a_basket())
    with time_machine.travel(clock.now() + timedelta(minutes=33), tick=True):
        with unit_of_work():
            play(ref_of(payment), Play.PAY, clock.now())
        assert tills.provider.look(ref_of(payment)).progress is PaymentProgress.EXPIRED


def test_the_same_key_opens_one_session(app: Flask) -> None:
    payment = begin(a_basket())
    order = pay.order_of(payment)
    end_reading()
    assert tills.provider.open(order).ref == payment.provider_ref
    assert db.session.scalar(select(func.count()).select_from(DemoSession)) == 1


def test_demo_money_goes_back_at_once(app: Flask) -> None:
    held = a_basket()
    played(held, Play.PAY)
    cancel_booking(held)
    assert [refunds.send(refund_id) for refund_id in write_refunds()] == [RefundState.DONE]
    (refund,) = refunds_of(held.booking_id)
    refunds.look(refund.provider_ref or "")
    assert refunds_of(held.booking_id)[0].state is RefundState.DONE


def test_a_session_that_is_not_there_is_not_known(app: Flask) -> None:
    with pytest.raises(Rejected):
        tills.provider.look("none")


def test_the_till_page_plays_a_declined_card_and_then_a_payment(client: FlaskClient) -> None:
    held = a_basket()
    payment = begin(held)
    address = payment.url.removeprefix("http://localhost")
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert token is not None
    form = {"csrf_token": token[1]}
    assert client.post(address, data=form | {"play": "decline"}).status_code == 402
    assert client.post(address, data=form | {"play": "steal"}).status_code == 400
    back = client.post(address, data=form | {"play": "pay"})
    assert (back.status_code, back.location) == (303, f"http://localhost/nb/b/{held.secret}")
    assert client.get(f"/nb/b/{held.secret}").status_code == 200
    assert tickets_of(held.booking_id) == 2


def test_the_till_page_of_an_unknown_session_is_not_found(client: FlaskClient) -> None:
    a_basket()
    assert client.get("/nb/pay/UNKNOWN0000000000000000000").status_code == 404


PRODUCTION = {
    "MODE": "production",
    "TRUSTED_PROXIES": "1",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
    "PUBLIC_URL": "https://tickets.example.org",
    "MAIL_SERVER": "mail.example.org",
    "MAIL_SENDER": "post@example.org",
    "DATABASE_URL": "postgresql://localhost/bestill",
}


def test_production_has_no_demo_till(tmp_path: Path) -> None:
    keys = {"STRIPE_SECRET_KEY": "sk_live_x", "STRIPE_WEBHOOK_SECRET": "whsec_x", "INSTANCE_DIR": str(tmp_path)}
    settings = Settings.from_environment(PRODUCTION | keys)
    assert make_provider(settings).name == "stripe"
    without = replace(settings, stripe=None)
    with pytest.raises(RuntimeError, match="production"):
        make_provider(without)


def test_without_keys_the_demo_till_is_in_use(tmp_path: Path) -> None:
    assert isinstance(make_provider(Settings.from_environment({"INSTANCE_DIR": str(tmp_path)})), DemoTill)
