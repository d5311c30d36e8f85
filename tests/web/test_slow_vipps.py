"""Vipps that takes its time: while it is waited for nobody holds a connection, so that all other pages answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event, Semaphore, Thread

import pytest
import requests
from flask import Flask
from sqlalchemy import QueuePool

from booking.bookings.models import State
from booking.kernel import clock
from booking.kernel.database import db, end_reading
from booking.payments import pay
from booking.payments.provider import PayWay
from booking.payments.providers import tills
from booking.payments.sweep import sweep
from booking.payments.vipps import news
from booking.payments.vipps.epayment import VippsAtDesk, VippsMobilePay
from booking.settings import settings_of
from tests.builders import a_sale
from tests.payments.buying import a_basket_at, cancel_booking, payment_of, payments_of, ref_of, state_of
from tests.payments.vipps.paying import give, keep_captures, keep_refunds
from tests.vipps_double.client import Vipps
from tests.vipps_double.in_use import other_tills
from tests.web.browsing import Visitor, path_of

Asked = Callable[..., requests.Response]
PATIENCE = 60


@pytest.fixture
def vipps(app: Flask, running_vipps: Vipps) -> Iterator[Vipps]:
    """Vipps in use, at the desk too."""
    running_vipps.reset()
    keys = running_vipps.settings(at_desk=True)
    with other_tills(app):
        tills.init_app(
            app, replace(settings_of(app), vipps=keys), tills.provider, VippsMobilePay(keys), VippsAtDesk(keys)
        )
        yield running_vipps


def connections() -> QueuePool:
    """Those of this process."""
    pool = db.engine.pool
    assert isinstance(pool, QueuePool)
    return pool


def test_no_call_to_vipps_is_made_by_whoever_holds_a_connection(
    vipps: Vipps, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the checkout to money back: begun, looked at, heard of, taken, sent back, given up, swept."""
    real, held = requests.request, dict[str, int]()

    def ask(method: str, url: str, **more: object) -> requests.Response:
        held[f"{method} {url.rpartition('/')[2]}"] = connections().checkedout()
        return real(method, url, **more)  # type: ignore[arg-type]  # as it came

    _, slot, adult = a_sale(price=21_000)
    checkout = visitor.checkout(slot, adult)
    end_reading()
    monkeypatch.setattr(requests, "request", ask)
    landing = visitor.pay(checkout, way="vipps").location
    reference = landing.rpartition("/")[2]
    booking = f"/nb/b/{checkout.rpartition('/')[2]}"
    assert visitor.get(booking).status_code == 200
    vipps.answer(reference)
    news.receive(news.VippsNews("vipps:1", "AUTHORIZED", reference))
    visitor.get(booking)
    keep_captures()
    other = a_basket_at(slot, adult)
    pay.begin(other.booking_id, way=PayWay.VIPPS)
    payment = payment_of(other.booking_id)
    pay.withdraw(other.booking_id)
    pay.begin(other.booking_id, at_desk=True)
    vipps.answer(ref_of(payment_of(other.booking_id)))
    sweep(clock.now())
    visitor.get(f"/nb/b/{other.secret}")
    keep_captures()
    give(payment_of(other.booking_id), 5_000)
    keep_refunds()
    cancel_booking(other)
    keep_refunds()
    end_reading()
    assert payment.provider_ref
    assert {"POST get", "POST payments", "POST cancel", "POST capture", "POST refund"} <= held.keys()
    assert set(held.values()) == {0}


def test_more_buyers_than_connections_wait_for_vipps_and_every_page_answers(
    app: Flask, vipps: Vipps, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = connections()
    crowd = pool.size() + pool._max_overflow + 1
    _, slot, adult = a_sale(capacity=2 * crowd, price=21_000)
    baskets = [a_basket_at(slot, adult, 1) for _ in range(crowd)]
    end_reading()
    real, arrived, answers = requests.request, Semaphore(0), Event()

    def ask(method: str, url: str, **more: object) -> requests.Response:
        if url.endswith("/payments"):
            arrived.release()
            assert answers.wait(PATIENCE)
        return real(method, url, **more)  # type: ignore[arg-type]  # as it came

    def go_to_vipps(booking_id: int) -> None:
        with app.app_context():
            try:
                pay.begin(booking_id, way=PayWay.VIPPS)
            finally:
                db.session.remove()

    monkeypatch.setattr(requests, "request", ask)
    buyers = [Thread(target=go_to_vipps, args=(basket.booking_id,)) for basket in baskets]
    for buyer in buyers:
        buyer.start()
    try:
        for _ in buyers:
            assert arrived.acquire(timeout=PATIENCE)
        assert pool.checkedout() == 0
        booking = visitor.buy(slot, adult, 1)  # by card, meanwhile
        pages = ("/nb/", "/nb/tickets", booking, path_of(visitor.checkout(slot, adult, 1)))
        assert [visitor.get(page).status_code for page in pages] == [200] * len(pages)
    finally:
        answers.set()
        for buyer in buyers:
            buyer.join(PATIENCE)
    end_reading()
    assert {state_of(basket.booking_id) for basket in baskets} == {State.PENDING}
    assert len({ref_of(payments_of(basket.booking_id)[0]) for basket in baskets}) == crowd
