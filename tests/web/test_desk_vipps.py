"""Vipps at the desk: a code on its screen, followed until it is paid, said no to, or left for another way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from booking.bookings.models import State
from booking.documents.qr import qr_link_svg
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.payments import pay
from booking.payments.demo import DemoTill
from booking.payments.models import Payment, PaymentState
from booking.payments.providers import tills
from booking.payments.vipps.epayment import VippsAtDesk, VippsMobilePay
from booking.settings import settings_of
from booking.staff.models import Role
from tests.builders import a_centre, a_slot, a_ticket_type, an_activity
from tests.door.doors import soon
from tests.payments.buying import payment_of, payments_of, ref_of, refunds_of
from tests.payments.buying import state_of as booking_state
from tests.payments.vipps.paying import give, keep_captures, keep_refunds
from tests.vipps_double.client import Vipps
from tests.vipps_double.in_use import other_tills
from tests.web.browsing import Visitor, words
from tests.web.test_desk import signed_in

BUTTON = "Show a code for Vipps"


@pytest.fixture
def vipps(app: Flask, running_vipps: Vipps) -> Iterator[Vipps]:
    """Vipps in use, at the desk too; afterwards nothing may be amiss."""
    running_vipps.reset()
    with other_tills(app):
        use(app, running_vipps, at_desk=True)
        yield running_vipps


def use(app: Flask, vipps: Vipps, *, at_desk: bool) -> None:
    """As the settings have it."""
    keys = vipps.settings(at_desk=at_desk)
    settings = replace(settings_of(app), vipps=keys)
    tills.init_app(app, settings, DemoTill(settings.public_url), VippsMobilePay(keys), VippsAtDesk(keys))


@pytest.fixture
def desk(visitor: Visitor) -> Visitor:
    """Somebody at the desk."""
    a_centre()
    return signed_in(visitor, Role.DESK)


def a_walk_in(desk: Visitor) -> tuple[str, int]:
    """Two who stand there: the sale's address and its booking."""
    activity = an_activity()
    slot, adult = a_slot(activity, 20, soon(10)), a_ticket_type(activity)
    there = desk.post("/staff/desk/sell", {"slot": slot, f"q-{slot}-{adult}": 2}).location
    return there, int(there.rsplit("/", 1)[1])


def look(desk: Visitor, there: str) -> str:
    """The sale's page, some seconds later."""
    with unit_of_work():
        db.session.execute(update(Payment).values(looked_at=clock.now() - timedelta(minutes=1)))
    return words(desk.get(there))


def test_a_walk_in_scans_the_code_from_the_screen_and_is_sold_to(desk: Visitor, vipps: Vipps) -> None:
    there, booking = a_walk_in(desk)
    assert BUTTON in words(desk.get(there))
    assert desk.post(f"{there}/vipps").location == there
    (call,) = vipps.requests("POST", "/payments")
    assert '"userFlow": "QR"' in call["text"] and '"customerInteraction": "CUSTOMER_PRESENT"' in call["text"]
    payment = payment_of(booking)
    shown = desk.get(there).get_data(as_text=True)
    assert qr_link_svg(payment.url, "QR code to pay") in shown
    assert payment.url == f"{vipps.base}/landing/{ref_of(payment)}" and vipps.base not in words(desk.get(there))
    assert "Waiting for approval in Vipps" in look(desk, there)
    vipps.answer(ref_of(payment))
    assert "Paid" in look(desk, there)
    keep_captures()
    assert (payment_of(booking).provider, vipps.money(ref_of(payment))) == ("vipps_desk", (payment.amount, 0, 0))


@pytest.mark.parametrize("ending", ["abort", "expire"])
def test_who_says_no_or_nothing_may_try_again_or_pay_another_way(desk: Visitor, vipps: Vipps, ending: str) -> None:
    there, booking = a_walk_in(desk)
    for _ in range(2):
        desk.post(f"{there}/vipps")
        payment = payments_of(booking)[-1]
        if ending == "abort":
            vipps.answer(ref_of(payment), "abort")
        else:
            vipps.advance(601)
        told = look(desk, there)
        assert "Nothing was paid with Vipps." in told and BUTTON in told
    assert desk.post(f"{there}/till", {"receipt": "K-1"}).status_code == 303
    assert [payment.state for payment in payments_of(booking)] == [PaymentState.EXPIRED] * 2 + [PaymentState.PAID]


def test_another_way_closes_the_code_first(desk: Visitor, vipps: Vipps) -> None:
    there, booking = a_walk_in(desk)
    desk.post(f"{there}/vipps")
    assert desk.post(f"{there}/vipps/off").location == there
    assert vipps.payment(ref_of(payment_of(booking)))["state"] == "TERMINATED"
    assert booking_state(booking) is State.HELD
    assert desk.post(f"{there}/vipps/off").location == there  # pressed twice
    assert desk.post(f"{there}/till", {"receipt": "K-1"}).status_code == 303


@pytest.mark.parametrize("other", ["vipps/off", "till", "drop"])
def test_a_yes_in_the_second_in_which_we_close_is_sold(desk: Visitor, vipps: Vipps, other: str) -> None:
    there, booking = a_walk_in(desk)
    desk.post(f"{there}/vipps")
    vipps.answer(ref_of(payment_of(booking)))
    desk.post(f"{there}/{other}", {"receipt": "K-1"})
    assert "Paid" in words(desk.get(there))
    assert [(payment.provider, payment.state) for payment in payments_of(booking)] == [
        ("vipps_desk", PaymentState.PAID)
    ]


def test_the_button_pressed_twice_is_one_code(desk: Visitor, vipps: Vipps) -> None:
    there, booking = a_walk_in(desk)
    for _ in range(2):
        assert desk.post(f"{there}/vipps").status_code == 303
    assert len(payments_of(booking)) == len(vipps.pull("payments")["data"]) == 1


def test_vipps_that_does_not_answer_is_told_and_the_places_are_kept(desk: Visitor, vipps: Vipps) -> None:
    there, booking = a_walk_in(desk)
    vipps.fault("500", path="/epayment/v1/payments$", after=True)
    assert desk.post(f"{there}/vipps").status_code == 503
    assert BUTTON in words(desk.get(there))
    assert desk.post(f"{there}/vipps").status_code == 303
    assert len(vipps.pull("payments")["data"]) == 1
    vipps.fault("500", path="/epayment/v1/payments/[^/]+$", times=3)
    assert "Waiting for approval in Vipps" in look(desk, there)
    assert booking_state(booking) is State.PENDING


def test_where_vipps_refuses_it_they_pay_another_way(desk: Visitor, vipps: Vipps) -> None:
    there, _ = a_walk_in(desk)
    vipps.fault("400", path="/epayment/v1/payments$")
    page = desk.post(f"{there}/vipps")
    assert (page.status_code, "could not be started" in words(page)) == (502, True)
    assert desk.post(f"{there}/till", {"receipt": "K-1"}).status_code == 303


def test_a_payment_on_their_own_phone_is_given_up_for_the_code(desk: Visitor, vipps: Vipps) -> None:
    there, booking = a_walk_in(desk)
    pay.begin(booking)
    assert desk.post(f"{there}/vipps").status_code == 303
    assert [(payment.provider, payment.state) for payment in payments_of(booking)] == [
        ("demo", PaymentState.EXPIRED), ("vipps_desk", PaymentState.OPEN),
    ]  # fmt: skip


def test_where_the_sales_unit_may_not_there_is_no_code_and_what_was_begun_goes_on(
    app: Flask, desk: Visitor, vipps: Vipps
) -> None:
    there, booking = a_walk_in(desk)
    desk.post(f"{there}/vipps")
    use(app, vipps, at_desk=False)
    other, _ = a_walk_in(desk)
    assert BUTTON not in words(desk.get(other))
    assert desk.post(f"{other}/vipps").status_code == 409
    vipps.answer(ref_of(payment_of(booking)))
    assert "Paid" in look(desk, there)


def test_nobody_is_sent_to_the_desks_code_from_a_checkout(desk: Visitor, vipps: Vipps) -> None:
    assert [tills.by_way(way, "NOK").name for way in tills.ways("NOK")] == ["demo", "vipps"]
    assert tills.at_desk("EUR") is None


def test_a_sale_by_code_goes_back_by_the_same_way(desk: Visitor, vipps: Vipps) -> None:
    there, booking = a_walk_in(desk)
    desk.post(f"{there}/vipps")
    vipps.answer(ref_of(payment_of(booking)))
    look(desk, there)
    keep_captures()
    give(payment_of(booking), 5000)
    keep_refunds()
    assert [refund.amount for refund in refunds_of(booking)] == [5000]
    assert vipps.money(ref_of(payment_of(booking)))[2] == 5000
