"""The buyer's own requests: what a form says about money is not heard, and trouble is told without losing anything."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from booking.bookings.models import State
from booking.payments.models import PaymentState
from tests.payments.buying import a_basket, payment_of, payments_of, ref_of, state_of, tickets_of
from tests.payments.watched import Watched
from tests.stripe_double.client import Double
from tests.stripe_double.forms import decode

BUYER = {"name": "Kari Nordmann", "email": "kari@example.org", "terms": "y"}
FORGED = {
    "total": "1",
    "amount": "1",
    "unit_amount": "1",
    "price": "1",
    "currency": "eur",
    "quantity": "1",
    "state": "confirmed",
    "success_url": "https://evil.example",
    "line_items[0][price_data][unit_amount]": "1",
}


def press(client: FlaskClient, secret: str, way: str = "", **more: str) -> tuple[int, str]:
    """Press a button of the checkout page; returns status and where to."""
    address = f"/nb/checkout/{secret}"
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert token is not None
    answer = client.post(f"{address}{way}", data=BUYER | more | {"csrf_token": token[1]})
    return answer.status_code, answer.location or ""


def test_what_a_form_says_about_money_is_not_heard(client: FlaskClient, stripe: Watched, double: Double) -> None:
    held = a_basket(quantity=2, price=21000)
    status, target = press(client, held.secret, **FORGED)
    assert (status, target) == (303, payment_of(held.booking_id).url)
    (request,) = double.requests("POST", "/v1/checkout/sessions")
    told = decode(request["text"])
    (item,) = told["line_items"]
    assert (item["price_data"]["unit_amount"], item["quantity"]) == ("21000", "2")
    assert told["success_url"] == f"http://localhost/nb/b/{held.secret}"
    assert state_of(held.booking_id) is State.PENDING


def test_the_pay_page_of_stripe_leads_back_to_the_tickets(client: FlaskClient, stripe: Watched, double: Double) -> None:
    held = a_basket()
    _, page = press(client, held.secret)
    back = double.http.post(page, data={"how": "card"}, allow_redirects=False, timeout=5)
    assert (back.status_code, back.headers["Location"]) == (303, f"http://localhost/nb/b/{held.secret}")
    assert client.get(f"/nb/b/{held.secret}").status_code == 200
    assert (state_of(held.booking_id), tickets_of(held.booking_id)) == (State.CONFIRMED, 2)


@pytest.mark.parametrize("what", ["500", "429"])
def test_a_till_that_does_not_answer_is_told_and_can_be_tried_again(
    client: FlaskClient, stripe: Watched, double: Double, what: str
) -> None:
    held = a_basket()
    double.fault(what)
    assert press(client, held.secret)[0] == 503
    assert press(client, held.secret) == (303, payment_of(held.booking_id).url)
    assert len(payments_of(held.booking_id)) == 1


def test_the_buyer_who_turns_back_has_the_basket_again(client: FlaskClient, stripe: Watched) -> None:
    held = a_basket()
    press(client, held.secret)
    assert press(client, held.secret, "/back")[0] == 303
    assert state_of(held.booking_id) is State.HELD


def test_the_buyer_who_turns_back_after_paying_has_tickets(
    client: FlaskClient, stripe: Watched, double: Double
) -> None:
    held = a_basket()
    press(client, held.secret)
    double.pay(ref_of(payment_of(held.booking_id)))
    assert press(client, held.secret, "/back")[0] == 303
    assert payment_of(held.booking_id).state is PaymentState.PAID
