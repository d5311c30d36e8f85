"""Vipps' news at our door: genuine ones in any order and number, and those that are not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.bookings.models import State
from booking.kernel import clock
from booking.payments import pay
from booking.payments.models import Payment
from booking.payments.provider import PayWay
from booking.payments.providers import tills
from booking.payments.vipps.epayment import VippsMobilePay
from booking.settings import settings_of
from tests.payments.buying import a_basket, payment_of, ref_of, refunds_of, state_of
from tests.payments.vipps.paying import keep_captures
from tests.vipps_double.client import Vipps
from tests.vipps_double.courier import headers_of
from tests.vipps_double.in_use import other_tills
from tests.vipps_double.keys import MERCHANT, WEBHOOK_SECRET

PATH = "/vipps/webhook"


@pytest.fixture
def vipps(app: Flask, running_vipps: Vipps) -> Iterator[Vipps]:
    """Vipps in use; afterwards nothing may be amiss."""
    running_vipps.reset()
    keys = running_vipps.settings()
    with other_tills(app):
        tills.init_app(app, replace(settings_of(app), vipps=keys), tills.provider, VippsMobilePay(keys))
        yield running_vipps


def waiting(vipps: Vipps) -> Payment:
    """A payment that its buyer has approved, and that we have not heard of."""
    held = a_basket()
    pay.begin(held.booking_id, way=PayWay.VIPPS)
    payment = payment_of(held.booking_id)
    vipps.answer(ref_of(payment))
    return payment


def event(payment: Payment, **other: object) -> dict[str, Any]:
    """What Vipps brings."""
    return {
        "msn": MERCHANT, "reference": payment.provider_ref, "pspReference": "psp-1", "name": "AUTHORIZED",
        "amount": {"currency": "NOK", "value": payment.amount}, "timestamp": "2026-11-04T09:02:00Z",
        "idempotencyKey": "k", "success": True,
    } | other  # fmt: skip


def bring(client: FlaskClient, body: bytes, secret: str = WEBHOOK_SECRET, path: str = PATH, **headers: str) -> int:
    """Bring a body as Vipps does; headers with underscores for dashes replace those that it would have."""
    signed = headers_of(body, secret, f"{tills.settings.public_url}{path}", clock.now().timestamp())
    for name, value in headers.items():
        signed[name.replace("_", "-")] = value
    return client.post(path, data=body, headers=signed).status_code


def test_what_is_brought_makes_the_booking_once(client: FlaskClient, vipps: Vipps) -> None:
    payment = waiting(vipps)
    body = json.dumps(event(payment)).encode()
    assert [bring(client, body) for _ in range(3)] == [200, 200, 200]
    assert state_of(payment.booking_id) is State.CONFIRMED
    looks = [call for call in vipps.requests("GET") if call["path"].endswith(ref_of(payment))]
    assert len(looks) == 1


def test_an_old_one_and_one_out_of_order_say_nothing_that_is_not_so(client: FlaskClient, vipps: Vipps) -> None:
    payment = waiting(vipps)
    for kind in ("ABORTED", "EXPIRED", "TERMINATED", "REFUNDED", "AUTHORIZED", "ABORTED"):
        old = event(payment, name=kind, timestamp="2024-01-01T00:00:00Z", amount={"currency": "NOK", "value": 1})
        assert bring(client, json.dumps(old).encode(), x_ms_date="Mon, 01 Jan 2024 00:00:00 GMT") == 400
        assert bring(client, json.dumps(old).encode()) == 200
    keep_captures()
    assert state_of(payment.booking_id) is State.CONFIRMED
    assert (vipps.money(ref_of(payment)), refunds_of(payment.booking_id)) == ((42000, 0, 0), [])


def test_a_refund_made_in_vipps_own_pages_is_in_our_books_once(client: FlaskClient, vipps: Vipps) -> None:
    payment = waiting(vipps)
    bring(client, json.dumps(event(payment)).encode())
    keep_captures()
    vipps.by_hand("refund", ref_of(payment), 7000)
    for psp in ("a", "b"):
        assert bring(client, json.dumps(event(payment, name="REFUNDED", pspReference=psp)).encode()) == 200
    assert [refund.amount for refund in refunds_of(payment.booking_id)] == [7000]


@pytest.mark.parametrize("place", [0, 17, -1])
def test_one_changed_byte_is_refused(client: FlaskClient, vipps: Vipps, place: int) -> None:
    payment = waiting(vipps)
    body = json.dumps(event(payment)).encode()
    changed = bytearray(body)
    changed[place] ^= 1
    signed = headers_of(body, WEBHOOK_SECRET, f"{tills.settings.public_url}{PATH}", clock.now().timestamp())
    assert client.post(PATH, data=bytes(changed), headers=signed).status_code == 400
    assert state_of(payment.booking_id) is State.PENDING


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": ""}, {"Authorization": "HMAC-SHA256 no"}, {"x_ms_date": ""}, {"Authorization": "æ" * 300}],
)
def test_what_is_not_signed_is_refused(client: FlaskClient, vipps: Vipps, headers: dict[str, str]) -> None:
    payment = waiting(vipps)
    assert bring(client, json.dumps(event(payment)).encode(), **headers) == 400
    assert state_of(payment.booking_id) is State.PENDING


def test_another_secret_is_refused(client: FlaskClient, vipps: Vipps) -> None:
    assert bring(client, json.dumps(event(waiting(vipps))).encode(), secret="another") == 400


def test_the_signature_goes_by_our_public_host_whatever_a_proxy_makes_of_it(client: FlaskClient, vipps: Vipps) -> None:
    payment = waiting(vipps)
    assert bring(client, json.dumps(event(payment)).encode(), Host="10.0.0.7:8000") == 200


@pytest.mark.parametrize(
    "other",
    [
        {"msn": "654321"}, {"msn": None}, {"reference": None}, {"reference": ["a"]}, {"reference": "x" * 65},
        {"reference": "a\x00bcdefgh"}, {"name": 7}, {"name": "x" * 300}, {"name": "authorized'--"},
    ],
)  # fmt: skip
def test_of_another_sales_unit_or_no_event_is_refused(client: FlaskClient, vipps: Vipps, other: dict[str, Any]) -> None:
    payment = waiting(vipps)
    assert bring(client, json.dumps(event(payment, **other)).encode()) == 400
    assert state_of(payment.booking_id) is State.PENDING


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"null", b"\xff\xfe", b"[" * 5000])
def test_a_signed_body_that_is_no_event_is_refused(client: FlaskClient, vipps: Vipps, body: bytes) -> None:
    assert bring(client, body) == 400


def test_ten_megabytes_are_refused_unread(client: FlaskClient, vipps: Vipps) -> None:
    assert bring(client, b"x" * 10_000_000) == 413


def test_one_about_a_payment_that_is_not_ours_is_taken_and_left(client: FlaskClient, vipps: Vipps) -> None:
    payment = waiting(vipps)
    before = len(vipps.requests("GET"))
    assert bring(client, json.dumps(event(payment, reference="UNKNOWN-1234")).encode()) == 200
    assert len(vipps.requests("GET")) == before


def test_another_amount_is_not_believed_but_looked_up(client: FlaskClient, vipps: Vipps) -> None:
    payment = waiting(vipps)
    wrong = event(payment, amount={"currency": "NOK", "value": 1})
    assert bring(client, json.dumps(wrong).encode()) == 200
    assert (state_of(payment.booking_id), payment_of(payment.booking_id).amount) == (State.CONFIRMED, 42000)


def test_when_vipps_does_not_answer_it_is_asked_to_come_again(client: FlaskClient, vipps: Vipps) -> None:
    payment = waiting(vipps)
    body = json.dumps(event(payment)).encode()
    vipps.fault("500", path="/epayment/")
    assert bring(client, body) == 503
    assert bring(client, body) == 200
    assert state_of(payment.booking_id) is State.CONFIRMED


def test_without_vipps_there_is_no_such_address(client: FlaskClient) -> None:
    assert client.post(PATH, data=b"{}").status_code == 404
