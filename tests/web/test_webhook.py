"""Stripe's events at our door: genuine ones in any order and number, and those that are not."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import requests
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.serving import make_server

from booking.bookings.models import State
from booking.kernel import clock
from booking.kernel.database import db, end_reading
from booking.payments.models import PaymentState, ProviderEvent
from booking.payments.provider import EVENTS
from tests.builders import a_sale, taken
from tests.payments.buying import (
    a_basket,
    a_basket_at,
    begin,
    payment_of,
    promised,
    ref_of,
    state_of,
    tickets_of,
)
from tests.payments.conftest import stripe_in_use
from tests.payments.watched import Steps, Watched
from tests.stripe_double.client import WEBHOOK_SECRET, Double
from tests.stripe_double.webhooks import signature

PATH = "/stripe/webhook"
OURS = {"Host": "localhost"}  # pages are shown by the public address alone


@pytest.fixture(scope="module")
def running_double() -> Iterator[Double]:
    """One stand-in for these tests."""
    double = Double()
    yield double
    double.stop()


@pytest.fixture
def double(running_double: Double) -> Double:
    """A stand-in that remembers nothing and brings no events by itself."""
    running_double.reset()
    return running_double


@pytest.fixture
def stripe(app: Flask, double: Double, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """Stripe in use, watched; afterwards nothing may be amiss."""
    yield from stripe_in_use(app, double, Steps(), monkeypatch)


@pytest.fixture
def shop(app: Flask, stripe: Watched, double: Double) -> Iterator[str]:
    """The shop behind a real port that Stripe brings its events to; its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.port}"
    double.webhooks(url=f"{address}{PATH}")
    yield address
    double.webhooks(url="")
    server.shutdown()
    thread.join()
    server.server_close()


def send(client: FlaskClient, body: bytes, header: str) -> int:
    """Bring a body to the door; returns the status."""
    return client.post(PATH, data=body, headers={"Stripe-Signature": header}).status_code


def signed(event: object) -> tuple[bytes, str]:
    """A body and the header that Stripe would send with it."""
    body = json.dumps(event).encode()
    return body, signature(body, WEBHOOK_SECRET, int(clock.now().timestamp()))


def an_event(kind: str = "checkout.session.completed", ref: str = "evt_1", **subject: object) -> dict[str, object]:
    """An event of Stripe's shape."""
    return {"id": ref, "object": "event", "type": kind, "data": {"object": {"id": "cs_test_none", **subject}}}


def remembered() -> int:
    """How many events have been worked on."""
    end_reading()
    number = db.session.scalar(select(func.count()).select_from(ProviderEvent)) or 0
    end_reading()
    return number


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for what other threads do; fails after ten seconds."""
    until = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.02)


def test_the_webhook_brings_the_tickets_before_the_buyer_is_back(shop: str, double: Double) -> None:
    held = a_basket()
    double.pay(ref_of(begin(held)))
    double.deliver()
    assert tickets_of(held.booking_id) == 2
    page = requests.get(f"{shop}/nb/b/{held.secret}", headers=OURS, timeout=10)
    assert page.status_code == 200
    assert len(promised("mail.confirmation")) == 1


def test_the_buyer_is_back_before_the_webhook(shop: str, double: Double) -> None:
    held = a_basket()
    double.pay(ref_of(begin(held)))
    page = requests.get(f"{shop}/nb/b/{held.secret}", headers=OURS, timeout=10)
    assert (page.status_code, state_of(held.booking_id)) == (200, State.CONFIRMED)
    assert {status for delivery in double.deliver() for status in delivery["statuses"]} == {200}
    assert len(promised("mail.confirmation")) == 1


def test_events_that_come_twice_are_worked_on_once(shop: str, double: Double) -> None:
    held = a_basket()
    double.pay(ref_of(begin(held)))
    double.webhooks(copies=3)
    brought = double.deliver()
    assert {status for delivery in brought for status in delivery["statuses"]} == {200}
    assert (remembered(), len(promised("mail.confirmation"))) == (len(brought), 1)


def test_events_in_the_wrong_order_tell_the_same_story(shop: str, double: Double) -> None:
    held = a_basket()
    payment = begin(held)
    double.pay(ref_of(payment), "later")
    double.bank(ref_of(payment), pays=True)
    double.deliver(newest_first=True)
    assert (payment_of(held.booking_id).state, tickets_of(held.booking_id)) == (PaymentState.PAID, 2)


def test_the_bank_says_no_by_webhook(shop: str, double: Double) -> None:
    held = a_basket()
    payment = begin(held)
    double.pay(ref_of(payment), "later")
    double.deliver()
    assert payment_of(held.booking_id).state is PaymentState.PROCESSING
    double.bank(ref_of(payment), pays=False)
    double.deliver()
    assert (state_of(held.booking_id), len(promised("mail.payment_failed"))) == (State.HELD, 1)


def test_a_session_that_ran_out_lets_the_places_go_by_webhook(shop: str, double: Double) -> None:
    _, slot, adult = a_sale()
    held = a_basket_at(slot, adult)
    begin(held)
    later = timedelta(minutes=33)
    with time_machine.travel(clock.now() + later, tick=True):
        double.advance(later.total_seconds())
        double.deliver()
        assert (state_of(held.booking_id), taken(slot)) == (State.EXPIRED, 0)


def test_the_same_event_from_many_sides_at_once_makes_one_booking(shop: str, stripe: Watched, double: Double) -> None:
    held = a_basket()
    double.pay(ref_of(begin(held)))
    (event,) = [waiting for waiting in stripe.real.undelivered() if waiting["type"] == "checkout.session.completed"]
    body, header = signed(event)

    def knock(number: int) -> int:
        if number % 2:
            return requests.get(f"{shop}/nb/b/{held.secret}", headers=OURS, timeout=30).status_code
        return requests.post(f"{shop}{PATH}", data=body, headers={"Stripe-Signature": header}, timeout=30).status_code

    with ThreadPoolExecutor(8) as many:
        assert set(many.map(knock, range(8))) == {200}
    assert (tickets_of(held.booking_id), len(promised("mail.confirmation")), remembered()) == (2, 1, 1)


def test_an_event_that_we_could_not_work_on_is_brought_again(shop: str, double: Double) -> None:
    held = a_basket()
    double.pay(ref_of(begin(held)))
    double.fault("500", path="/v1/checkout/sessions/")
    (first,) = double.deliver(types=["checkout.session.completed"])
    assert (first["statuses"], remembered(), state_of(held.booking_id)) == ([503], 0, State.PENDING)
    (again,) = double.deliver(types=["checkout.session.completed"])
    assert (again["statuses"], state_of(held.booking_id)) == ([200], State.CONFIRMED)


def test_stripe_tries_again_by_itself_when_an_event_is_lost_on_the_way(shop: str, double: Double) -> None:
    held = a_basket()
    payment = begin(held)
    double.webhooks(held=False, drops=1)
    double.pay(ref_of(payment))
    wait_until(lambda: state_of(held.booking_id) is State.CONFIRMED)
    double.webhooks(held=True)


def test_what_an_event_claims_is_not_believed(client: FlaskClient, stripe: Watched) -> None:
    held = a_basket()
    payment = begin(held)
    event = an_event(id=ref_of(payment), payment_status="paid", status="complete")
    assert send(client, *signed(event)) == 200
    assert (state_of(held.booking_id), payment_of(held.booking_id).state) == (State.PENDING, PaymentState.OPEN)


def test_a_body_that_stripe_did_not_sign_is_refused(client: FlaskClient, stripe: Watched) -> None:
    body, header = signed(an_event())
    forged = signature(body, "whsec_guessed", int(clock.now().timestamp()))
    assert [send(client, body, forged), send(client, body + b" ", header)] == [400, 400]
    assert remembered() == 0


@pytest.mark.parametrize(
    "header",
    ["", "t=1", "nonsense", "t=x,v1=y", "v1=abc", "t=,v1=", f"t={'9' * 5000},v1=a", "t=1,v1=\xe6\xf8\xe5", "=,=,,"],
    ids=range(9),
)
def test_a_signature_that_is_none_is_refused(client: FlaskClient, stripe: Watched, header: str) -> None:
    body, _ = signed(an_event())
    assert send(client, body, header) == 400


def test_a_body_without_any_signature_is_refused(client: FlaskClient, stripe: Watched) -> None:
    assert client.post(PATH, json=an_event()).status_code == 400


def test_an_old_body_sent_again_is_refused(client: FlaskClient, stripe: Watched) -> None:
    body, _ = signed(an_event())
    at = int(clock.now().timestamp())
    assert send(client, body, signature(body, WEBHOOK_SECRET, at - 310)) == 400
    assert send(client, body, signature(body, WEBHOOK_SECRET, at - 200)) == 200


@pytest.mark.parametrize("event", [[], {}, "text", None, {"id": 1}, an_event() | {"data": {}}, an_event() | {"id": 7}])
def test_a_signed_body_that_is_no_event_is_refused(client: FlaskClient, stripe: Watched, event: object) -> None:
    assert send(client, *signed(event)) == 400


ODD: list[object] = [
    None, 7, 1.5, True, [], ["x"], {}, "", "\0", "x\0y", "\ud800", "٢", "9" * 40, "x" * 300, "a b", float("nan"),
]  # fmt: skip


@pytest.mark.parametrize("kind", sorted(EVENTS))
@pytest.mark.parametrize("name", ["id", "payment_intent", "metadata", "status"])
def test_a_signed_event_of_an_odd_shape_breaks_nothing(
    client: FlaskClient, stripe: Watched, kind: str, name: str
) -> None:
    for number, odd in enumerate(ODD):
        event = an_event(kind, f"evt_{number}", **{name: odd})
        assert send(client, *signed(event)) in (200, 400), odd
    for number, odd in enumerate(ODD):
        assert send(client, *signed(an_event(kind, metadata={"booking_id": odd}))) in (200, 400), odd
        if not isinstance(odd, str) or not odd.isascii() or "\0" in odd or odd in ("", "a b") or len(odd) > 255:
            assert send(client, *signed(an_event(kind) | {"id": odd})) == 400, odd
            assert send(client, *signed(an_event() | {"type": odd})) == 400, odd
        assert send(client, *signed(an_event(kind) | {"data": {"object": odd}})) in (200, 400), (number, odd)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000], ids=["nothing", "half", "no text", "deep"])
def test_a_signed_body_that_cannot_be_read_is_refused(client: FlaskClient, stripe: Watched, body: bytes) -> None:
    assert send(client, body, signature(body, WEBHOOK_SECRET, int(clock.now().timestamp()))) == 400


def test_an_event_of_a_kind_we_do_not_know_is_taken_and_left(client: FlaskClient, stripe: Watched) -> None:
    assert send(client, *signed(an_event("customer.created"))) == 200


def test_an_event_about_a_session_that_is_not_ours_is_taken_and_left(client: FlaskClient, stripe: Watched) -> None:
    assert send(client, *signed(an_event())) == 200
    assert "before look" not in stripe.steps.done


def test_without_stripe_there_is_no_such_address(client: FlaskClient) -> None:
    assert client.post(PATH, json=an_event()).status_code == 404
