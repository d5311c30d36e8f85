"""Pages about sending: what finance sees and decides, and news that comes in by the webhook."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from booking.invoicing.sending.look import look
from booking.invoicing.sending.models import InvoiceDelivery, PayerSending, SendingRules
from booking.invoicing.sending.send import carry
from booking.invoicing.sending.states import BuyerResponse, DeliveryState, SendingChannel
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from booking.payments.providers import tills
from booking.settings import settings_of
from booking.staff.models import Role
from tests.access_point_double.server import SECRET
from tests.conftest import settings_for
from tests.invoicing.sending.sent import (
    an_issued_invoice,
    delivery,
    number_of,
    the_payers_have_a_mailbox,
    the_way,
    way_of,
)
from tests.invoicing.write_offs.lost import lose
from tests.web.browsing import words
from tests.web.staffing import Colleague, a_colleague

D = DeliveryState
HOOK = "/access-point/webhook"


@pytest.fixture
def invoice_id(app: Flask) -> int:
    """An invoice that waits for a person: the access point is not set up."""
    the_way(SendingChannel.ACCESS_POINT)
    invoice_id = an_issued_invoice(settings_of(app))
    carry(invoice_id, settings_of(app))
    return invoice_id


@pytest.fixture
def books(app: Flask) -> Colleague:
    """Somebody of the books, signed in."""
    return a_colleague(app, Role.FINANCE)


def stands(**values: object) -> None:
    """As if all that had happened."""
    with unit_of_work():
        db.session.execute(update(InvoiceDelivery).values(**values))


def decide(books: Colleague, invoice_id: int, press: str, seen: str, reason: str = "") -> TestResponse:
    """Press one of the buttons of its way."""
    return books.post(f"/staff/invoices/{invoice_id}/delivery", press=press, seen=seen, way_reason=reason)


def test_what_wants_a_person_is_counted_listed_and_says_why(books: Colleague, invoice_id: int) -> None:
    assert "1 document on its way to the payer needs attention" in words(books.get("/staff/invoices"))
    page = words(books.get("/staff/invoices/sending"))
    assert "The access point is not set up on this machine." in page
    assert str(number_of(invoice_id)) in page
    page = words(books.get(f"/staff/invoices/{invoice_id}"))
    assert all(text in page for text in ("Needs attention", "Waiting to be sent", "Send it again", "In another way"))


def test_what_is_written_off_wants_nobody_on_its_way_any_more(books: Colleague, invoice_id: int) -> None:
    lose(invoice_id)
    assert "to the payer needs attention" not in words(books.get("/staff/invoices"))
    for address in ("/staff/invoices", f"/staff/invoices/{invoice_id}"):
        assert '<span class="mark ">Not sent</span>' in books.get(address).get_data(as_text=True)
    stands(state=D.REFUSED, response=BuyerResponse.NONE)
    for address in ("/staff/invoices", f"/staff/invoices/{invoice_id}"):
        assert '<span class="mark ">Refused</span>' in books.get(address).get_data(as_text=True)


def test_sent_outside_wants_a_reason_which_stays_typed(books: Colleague, invoice_id: int) -> None:
    long = "x" * 201
    answer = decide(books, invoice_id, "outside", "needs_person", long)
    assert (answer.status_code, long in answer.get_data(as_text=True)) == (422, True)
    answer = decide(books, invoice_id, "outside", "needs_person", "Typed into their portal")
    assert answer.status_code == 303
    assert delivery().state is D.OUTSIDE
    page = words(books.get(f"/staff/invoices/{invoice_id}"))
    assert ("Typed into their portal" in page, "Sent in another way · " in page) == (True, True)
    assert "1 document wants" not in words(books.get("/staff/invoices"))


def test_who_presses_on_an_old_page_is_told_how_it_stands(books: Colleague, invoice_id: int) -> None:
    decide(books, invoice_id, "outside", "needs_person", "By hand")
    answer = decide(books, invoice_id, "again", "needs_person")
    assert (answer.status_code, "stands otherwise" in words(answer)) == (409, True)


@pytest.mark.parametrize(("press", "seen"), [("burn", "needs_person"), ("again", "gone"), ("again", "")])
def test_what_no_page_sends_is_not_found(books: Colleague, invoice_id: int, press: str, seen: str) -> None:
    assert decide(books, invoice_id, press, seen).status_code == 404


def test_an_invoice_by_mail_is_chosen_with_a_reason(books: Colleague, invoice_id: int) -> None:
    refused = decide(books, invoice_id, "mail", "needs_person", "They asked for it")
    assert (refused.status_code, "no email address." in words(refused)) == (409, True)
    the_payers_have_a_mailbox()
    assert decide(books, invoice_id, "mail", "needs_person", "They asked for it").status_code == 303
    assert (delivery().state, delivery().reason) == (D.BY_MAIL, "They asked for it")
    assert way_of(invoice_id)[-1] == "by_mail"


def test_a_rejection_after_delivery_leads_to_credit_and_invoice_anew(books: Colleague, invoice_id: int) -> None:
    stands(
        state=D.DELIVERED, delivered_at=clock.now(), why="", response=BuyerResponse.REJECTED,
        response_said="Ukjent bestillerkode <b>", receipt="<receipt/>", channel=SendingChannel.ACCESS_POINT,
    )  # fmt: skip
    answer = books.get(f"/staff/invoices/{invoice_id}")
    page = words(answer)
    assert all(text in page for text in ("The buyer rejects it", "Ukjent bestillerkode <b>", "<receipt/>"))
    assert f'href="/staff/invoices/{invoice_id}/credit"' in answer.get_data(as_text=True)
    assert "The buyer rejects it" in words(books.get("/staff/invoices"))
    assert "The buyer rejects it" in words(books.get("/staff/invoices/sending"))


def test_the_way_of_the_centre_and_of_a_payer_are_set_by_an_administrator(app: Flask) -> None:
    invoice_id = an_issued_invoice(settings_of(app))
    boss = a_colleague(app, Role.ADMIN)
    boss.get("/staff/invoices/sending/rules")
    answer = boss.post(
        "/staff/invoices/sending/rules", channel="mail", paper_instead="y", reports="y", report_days="5", seen=""
    )
    assert answer.status_code == 303, words(answer)
    assert db.session.scalars(select(SendingRules.channel)).one() is SendingChannel.MAIL
    page = boss.get(f"/staff/invoices/{invoice_id}").get_data(as_text=True)
    payer = page.split("/staff/invoices/sending/payers/")[1].split('"')[0]
    assert "Bergen" in words(boss.get(f"/staff/invoices/sending/payers/{payer}"))
    answer = boss.post(f"/staff/invoices/sending/payers/{payer}", channel="folder", public_body="no")
    assert answer.status_code == 303, words(answer)
    db.session.rollback()
    own = db.session.scalars(select(PayerSending)).one()
    assert (own.channel, own.public_body) == (SendingChannel.FOLDER, False)
    assert boss.get("/staff/invoices/sending/payers/999").status_code == 404
    bad = boss.post("/staff/invoices/sending/rules", channel="pigeon", report_days="0")
    assert bad.status_code == 422


def test_what_must_be_reported_is_reported_by_one_press(app: Flask, books: Colleague) -> None:
    the_way(SendingChannel.FOLDER, reports=True)
    invoice_id = an_issued_invoice(settings_of(app))
    assert "To be reported to the tax authority by" in words(books.get(f"/staff/invoices/{invoice_id}"))
    assert decide(books, invoice_id, "reported", "waiting").status_code == 303
    assert "It is reported" not in words(books.get(f"/staff/invoices/{invoice_id}"))


# The webhook


@pytest.fixture
def hooked(app: Flask) -> Iterator[FlaskClient]:
    """A house that an access point may tell."""
    settings = settings_of(app)
    more = {"ACCESS_POINT_URL": "http://127.0.0.1:9", "ACCESS_POINT_KEY": "k", "ACCESS_POINT_WEBHOOK_SECRET": SECRET}
    tills.init_app(app, settings_for(settings.database_url, settings.instance_dir, **more))
    yield app.test_client()
    tills.init_app(app, settings)


def tell(client: FlaskClient, body: bytes, signature: str | None = None) -> int:
    """An event, signed unless something else is said."""
    good = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Signature": good if signature is None else signature, "Host": "localhost"}
    with client.application.app_context():
        return client.post(HOOK, data=body, headers=headers).status_code


def looks() -> int:
    """How many looks are promised."""
    db.session.rollback()
    return len(db.session.scalars(select(Promise.id).where(Promise.kind == "invoice.look")).all())


def test_news_only_makes_us_look_and_twice_at_once_is_once(hooked: FlaskClient, invoice_id: int) -> None:
    stands(state=D.SENT, channel=SendingChannel.ACCESS_POINT, their_ref="ap-1", why="")
    body = json.dumps({"id": "ap-1", "state": "delivered"}).encode()
    assert [tell(hooked, body) for _time in range(3)] == [200, 200, 200]
    assert (looks(), delivery().state) in ((1, D.SENT), (2, D.SENT))  # by the minute


def test_news_of_what_we_do_not_know_does_no_harm(hooked: FlaskClient, invoice_id: int) -> None:
    assert tell(hooked, b'{"id": "nobodys"}') == 200
    assert tell(hooked, b'{"id": ""}') == 200
    assert looks() == 0


def test_late_news_of_what_is_over_changes_nothing(hooked: FlaskClient, app: Flask, invoice_id: int) -> None:
    stands(state=D.OUTSIDE, channel=SendingChannel.ACCESS_POINT, their_ref="ap-1", why="")
    assert tell(hooked, b'{"id": "ap-1"}') == 200
    look(invoice_id, settings_of(app))
    assert delivery().state is D.OUTSIDE


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=00", "sha256=" + "é" * 64, "md5=1"])
def test_who_does_not_know_the_secret_tells_nothing(hooked: FlaskClient, invoice_id: int, signature: str) -> None:
    stands(state=D.SENT, channel=SendingChannel.ACCESS_POINT, their_ref="ap-1", why="")
    assert (tell(hooked, b'{"id": "ap-1"}', signature), looks()) == (400, 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"{", 400), (b"[]", 400), (b'{"id": 7}', 400), (b'{"id": "a\\u0000"}', 400), (b"\xff", 400),
        (b"[" * 60_000, 400), (b" " * 70_000, 413),
    ],
)  # fmt: skip
def test_news_that_make_no_sense_are_refused(hooked: FlaskClient, app: Flask, body: bytes, status: int) -> None:
    assert tell(hooked, body) == status


def test_a_house_without_an_access_point_has_no_such_door(app: Flask) -> None:
    assert tell(app.test_client(), b'{"id": "ap-1"}') == 404


def test_who_may_not_change_the_rules_reads_what_holds_without_a_form(app: Flask, books: Colleague) -> None:
    shown = books.get("/staff/invoices/sending/rules")
    assert ("Invoices go out by Folder" in words(shown), "Only an administrator can change this." in words(shown)) == (
        True,
        True,
    )
    assert 'name="channel"' not in shown.get_data(as_text=True)
    assert "5 working days after the issue" in words(shown)
