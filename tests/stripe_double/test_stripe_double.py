"""The stand-in against the real SDK: as strict as Stripe where it matters, and able to go wrong when told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe

from tests.stripe_double.client import SECRET_KEY, WEBHOOK_SECRET, Double

Sdk = Any  # not its own type: wrong parameters are sent on purpose


@pytest.fixture(scope="module")
def running_double() -> Iterator[Double]:
    """One stand-in for these tests."""
    double = Double()
    yield double
    double.stop()


@pytest.fixture
def double(running_double: Double) -> Double:
    """A stand-in that remembers nothing."""
    running_double.reset()
    return running_double


@pytest.fixture
def client(double: Double) -> Sdk:
    """The real SDK."""
    return the_client(double)


def the_client(double: Double, key: str = SECRET_KEY, timeout: float = 10, retries: int = 0) -> Sdk:
    """The real SDK with other habits."""
    return stripe.StripeClient(
        key,
        base_addresses={"api": double.base},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=timeout),
    )


def an_order(**more: object) -> dict[str, object]:
    """Two tickets."""
    item = {
        "quantity": 2,
        "price_data": {"currency": "nok", "unit_amount": 21000, "product_data": {"name": "Inngang, voksen"}},
    }
    order = {
        "mode": "payment",
        "line_items": [item],
        "success_url": "http://localhost/thanks?s={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://localhost/back",
        "customer_email": "kari@example.org",
        "expires_at": int(time.time()) + 31 * 60,
        "metadata": {"booking_id": "7"},
        "payment_intent_data": {"metadata": {"booking_id": "7"}},
    }
    return order | more


def a_session(client: Sdk, **more: object) -> Sdk:
    """An open session."""
    return client.v1.checkout.sessions.create(an_order(**more))


def refused(client: Sdk, **more: object) -> str:
    """What Stripe says against an order."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        a_session(client, **more)
    return str(caught.value)


def test_a_session_has_the_sum_of_its_lines_and_a_page(client: Sdk, double: Double) -> None:
    session = a_session(client)
    assert (session.amount_total, session.status, session.payment_status) == (42000, "open", "unpaid")
    assert "420.00 NOK" in double.http.get(session.url, timeout=5).text


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"payment_method_types": ["card"]}, "unknown parameter: payment_method_types"),
        ({"sucess_url": "http://localhost"}, "unknown parameter: sucess_url"),
        ({"line_items": [{"quantity": 1, "price_data": {"curency": "nok"}}]}, "curency"),
        ({"locale": "klingon"}, "Invalid locale"),
        ({"mode": "gift"}, "Invalid mode"),
        ({"line_items": [{"quantity": "two"}]}, "quantity"),
        ({"line_items": []}, "line items"),
        ({"customer_email": "nobody"}, "Invalid email"),
        ({"success_url": "thanks"}, "valid URL"),
        ({"expires_at": 1}, "30 minutes"),
        ({"metadata": {"note": "x" * 501}}, "Metadata"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_order_is_refused(client: Sdk, wrong: dict[str, object], complaint: str) -> None:
    assert complaint in refused(client, **wrong)


@pytest.mark.parametrize(("minutes", "is_fine"), [(29, False), (31, True), (23 * 60, True), (25 * 60, False)])
def test_a_session_lives_between_half_an_hour_and_a_day(client: Sdk, minutes: int, is_fine: bool) -> None:
    at = int(time.time()) + minutes * 60
    if is_fine:
        assert a_session(client, expires_at=at).expires_at == at
    else:
        assert "30 minutes and 24 hours" in refused(client, expires_at=at)


def test_a_wrong_key_is_refused(double: Double) -> None:
    with pytest.raises(stripe.AuthenticationError):
        a_session(the_client(double, key="sk_wrong"))


def test_the_same_key_gets_the_same_answer(client: Sdk) -> None:
    order = an_order()
    first, second = (client.v1.checkout.sessions.create(order, {"idempotency_key": "k"}) for _ in range(2))
    assert first.id == second.id
    assert len(client.v1.checkout.sessions.list().data) == 1


def test_the_same_key_with_another_order_is_refused(client: Sdk) -> None:
    client.v1.checkout.sessions.create(an_order(), {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError):
        client.v1.checkout.sessions.create(an_order(cancel_url="http://localhost/other"), {"idempotency_key": "k"})


def test_a_refused_order_does_not_use_up_its_key(client: Sdk) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.create(an_order(expires_at=1), {"idempotency_key": "k"})
    assert client.v1.checkout.sessions.create(an_order(), {"idempotency_key": "k"}).status == "open"


def test_the_same_key_at_the_same_time_is_a_conflict(client: Sdk, double: Double) -> None:
    double.fault("hang", seconds=0.5)
    order = an_order()

    def ask(_: int) -> int:
        try:
            client.v1.checkout.sessions.create(order, {"idempotency_key": "k"})
        except stripe.StripeError as error:
            return error.http_status or 0
        return 200

    with ThreadPoolExecutor(2) as two:
        assert 409 in set(two.map(ask, range(2)))


def test_an_error_may_stick_to_its_key(client: Sdk, double: Double) -> None:
    double.fault("500", sticky=True)
    order = an_order()
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            client.v1.checkout.sessions.create(order, {"idempotency_key": "k"})
    assert client.v1.checkout.sessions.create(order, {"idempotency_key": "other"}).status == "open"


def test_paying_by_card_completes_the_session(client: Sdk, double: Double) -> None:
    session = a_session(client)
    answer = double.http.post(session.url, data={"how": "card"}, allow_redirects=False, timeout=5)
    assert answer.headers["Location"] == f"http://localhost/thanks?s={session.id}"
    paid = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (paid.status, paid.payment_status, paid.payment_intent.status) == ("complete", "paid", "succeeded")
    assert paid.payment_intent.metadata["booking_id"] == "7"
    charge = client.v1.charges.retrieve(paid.payment_intent.latest_charge)
    assert (charge.paid, charge.amount_captured) == (True, 42000)


def test_a_declined_card_leaves_the_session_open(client: Sdk, double: Double) -> None:
    session = a_session(client)
    answer = double.http.post(session.url, data={"how": "declined"}, allow_redirects=False, timeout=5)
    assert (answer.status_code, "declined" in answer.text) == (402, True)
    after = client.v1.checkout.sessions.retrieve(session.id)
    intent = client.v1.payment_intents.retrieve(after.payment_intent)
    assert (after.status, intent.status, intent.last_payment_error.code) == (
        "open",
        "requires_payment_method",
        "card_declined",
    )


@pytest.mark.parametrize(
    ("pays", "kind", "payment_status"),
    [
        (True, "checkout.session.async_payment_succeeded", "paid"),
        (False, "checkout.session.async_payment_failed", "unpaid"),
    ],
)
def test_a_bank_answers_later(client: Sdk, double: Double, pays: bool, kind: str, payment_status: str) -> None:
    session = a_session(client)
    double.pay(session.id, "later")
    waiting = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (waiting.status, waiting.payment_status, waiting.payment_intent.status) == (
        "complete",
        "unpaid",
        "processing",
    )
    double.bank(session.id, pays=pays)
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == payment_status
    assert len(client.v1.events.list({"type": kind}).data) == 1


def test_what_is_expired_cannot_be_paid_and_what_is_paid_cannot_expire(client: Sdk, double: Double) -> None:
    expired, paid = a_session(client), a_session(client)
    assert client.v1.checkout.sessions.expire(expired.id).status == "expired"
    assert double.http.post(expired.url, data={"how": "card"}, timeout=5).status_code == 410
    double.pay(paid.id)
    with pytest.raises(stripe.InvalidRequestError, match="Only Checkout Sessions"):
        client.v1.checkout.sessions.expire(paid.id)


def test_a_session_expires_by_itself(client: Sdk, double: Double) -> None:
    session = a_session(client)
    double.advance(32 * 60)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert [event.type for event in client.v1.events.list().data] == ["checkout.session.expired"]


def a_charge(client: Sdk, double: Double) -> str:
    """The payment intent of a paid session."""
    intent: str = double.pay(a_session(client).id)["payment_intent"]
    return intent


def test_no_more_is_refunded_than_was_paid(client: Sdk, double: Double) -> None:
    intent = a_charge(client, double)
    client.v1.refunds.create({"payment_intent": intent, "amount": 40000})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        client.v1.refunds.create({"payment_intent": intent, "amount": 2001})
    assert client.v1.refunds.create({"payment_intent": intent}).amount == 2000
    with pytest.raises(stripe.InvalidRequestError, match="already been refunded"):
        client.v1.refunds.create({"payment_intent": intent})


def test_a_refund_may_fail_later_and_its_money_counts_as_kept_again(client: Sdk, double: Double) -> None:
    intent = a_charge(client, double)
    refund = client.v1.refunds.create({"payment_intent": intent, "amount": 42000})
    double.pull("refund", refund=refund.id, status="failed")
    assert client.v1.refunds.retrieve(refund.id).status == "failed"
    assert client.v1.refunds.create({"payment_intent": intent}).amount == 42000


def test_events_come_in_pages_newest_first(client: Sdk, double: Double) -> None:
    for _ in range(5):
        client.v1.checkout.sessions.expire(a_session(client).id)
    first = client.v1.events.list({"limit": 2})
    assert (len(first.data), first.has_more) == (2, True)
    assert len(list(first.auto_paging_iter())) == 5
    rest = client.v1.events.list({"limit": 10, "starting_after": first.data[-1].id})
    assert (len(rest.data), rest.has_more) == (3, False)


class Inbox(ThreadingHTTPServer):
    """Somebody who takes events, and answers 500 as often as told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), InboxHandler)
        self.taken: list[Any] = []
        self.arrived = threading.Condition()
        self.failures = 0

    def wait_for(self, count: int) -> list[str]:
        """The kinds of the events taken, once there are so many."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.taken) >= count, timeout=10), self.taken
            return [event.type for event in self.taken]


class InboxHandler(BaseHTTPRequestHandler):
    """Verifies with the real SDK and remembers."""

    server: Inbox

    def do_POST(self) -> None:
        """An event."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        event = stripe.Webhook.construct_event(body, self.headers["Stripe-Signature"], WEBHOOK_SECRET)  # type: ignore[no-untyped-call]
        with self.server.arrived:
            fails = self.server.failures > 0
            self.server.failures -= fails
            if not fails:
                self.server.taken.append(event)
                self.server.arrived.notify_all()
        self.send_response(500 if fails else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def inbox(double: Double) -> Iterator[Inbox]:
    """Where events are brought."""
    server = Inbox()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    double.webhooks(url=f"http://127.0.0.1:{server.server_address[1]}/", held=False)
    yield server
    double.reset()
    server.shutdown()
    thread.join()
    server.server_close()


def test_events_are_brought_signed_and_then_count_as_delivered(client: Sdk, double: Double, inbox: Inbox) -> None:
    double.pay(a_session(client).id)
    assert "checkout.session.completed" in inbox.wait_for(3)
    deadline = time.monotonic() + 5
    while client.v1.events.list({"delivery_success": False}).data and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(client.v1.events.list({"delivery_success": True}).data) == 3


def test_an_event_that_was_not_taken_is_brought_again(client: Sdk, inbox: Inbox) -> None:
    inbox.failures = 1
    client.v1.checkout.sessions.expire(a_session(client).id)
    assert inbox.wait_for(1) == ["checkout.session.expired"]


def test_an_event_that_was_lost_is_brought_again(client: Sdk, double: Double, inbox: Inbox) -> None:
    double.webhooks(drops=1)
    client.v1.checkout.sessions.expire(a_session(client).id)
    assert inbox.wait_for(1) == ["checkout.session.expired"]


def test_events_can_come_twice(client: Sdk, double: Double, inbox: Inbox) -> None:
    double.webhooks(copies=2)
    client.v1.checkout.sessions.expire(a_session(client).id)
    inbox.wait_for(2)
    assert inbox.taken[0].id == inbox.taken[1].id


def test_events_can_come_newest_first(client: Sdk, double: Double, inbox: Inbox) -> None:
    double.webhooks(gather=3)
    double.pay(a_session(client).id)
    assert inbox.wait_for(3) == ["checkout.session.completed", "charge.succeeded", "payment_intent.succeeded"]


@pytest.mark.parametrize("status", ["", "under_review", "lost"], ids=["opened", "under review", "lost"])
def test_what_a_bank_holds_cannot_be_refunded(client: Sdk, double: Double, status: str) -> None:
    dispute = double.pull("dispute", payment_intent=(intent := a_charge(client, double)))
    if status:
        double.pull("close-dispute", dispute=dispute["id"], status=status)
    with pytest.raises(stripe.InvalidRequestError, match="charged back") as refused:
        client.v1.refunds.create({"payment_intent": intent})
    assert refused.value.code == "charge_disputed"


@pytest.mark.parametrize("status", ["won", "warning_needs_response"])
def test_what_a_bank_does_not_hold_can_be_refunded(client: Sdk, double: Double, status: str) -> None:
    dispute = double.pull("dispute", payment_intent=(intent := a_charge(client, double)))
    double.pull("close-dispute", dispute=dispute["id"], status=status)
    assert client.v1.refunds.create({"payment_intent": intent}).status == "succeeded"


def test_a_dispute_is_opened_and_closed(client: Sdk, double: Double) -> None:
    dispute = double.pull("dispute", payment_intent=a_charge(client, double))
    double.pull("close-dispute", dispute=dispute["id"], status="lost")
    kinds = ["charge.dispute.created", "charge.dispute.closed"]
    assert [event.type for event in client.v1.events.list({"types": kinds}).data] == kinds[::-1]


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ("500", stripe.APIError),
        ("429", stripe.RateLimitError),
        ("cut", stripe.APIConnectionError),
        ("hang", stripe.APIConnectionError),
    ],
)
@pytest.mark.parametrize("after", [False, True], ids=["undone", "done"])
def test_a_request_can_go_wrong_before_or_after_the_work(
    double: Double, what: str, error: type[Exception], after: bool
) -> None:
    hasty = the_client(double, timeout=0.3)
    double.fault(what, after=after, seconds=0.6)
    with pytest.raises(error):
        hasty.v1.checkout.sessions.create(an_order(), {"idempotency_key": "k"})
    assert len(the_client(double).v1.checkout.sessions.list().data) == int(after)


def test_the_sdk_gets_over_a_short_hiccup_by_itself(double: Double) -> None:
    double.fault("500", again=True)
    assert a_session(the_client(double, retries=1)).status == "open"
    assert len({request["key"] for request in double.requests("POST")}) == 1


def test_a_lever_that_does_not_exist_is_refused(double: Double) -> None:
    answer = double.http.post(f"{double.base}/control/sesame", json={}, timeout=5)
    assert (answer.status_code, "No such lever" in json.dumps(answer.json())) == (404, True)
