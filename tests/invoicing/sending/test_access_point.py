"""Through an access point: a payer gets a document once, whatever becomes of the answers."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.invoicing.sending import access_point as client
from booking.invoicing.sending import by_hand
from booking.invoicing.sending.look import look
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.queries import delivery_facts, delivery_stands
from booking.invoicing.sending.send import SendLater, carry
from booking.invoicing.sending.states import BuyerResponse, DeliveryState, SendingChannel, WhyPerson
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from booking.settings import Settings, settings_of
from tests.access_point_double.client import AccessPointProcess
from tests.invoicing.owed import a_centre_that_invoices
from tests.invoicing.sending.sent import (
    ACTOR,
    TOWN,
    a_note_on,
    an_issued_invoice,
    begun_long_ago,
    delivery,
    no_public_body,
    the_payers_have_a_mailbox,
    the_way,
    way_of,
)

D = DeliveryState


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.AccessPoint.__init__, "__defaults__", ((1.0, 0.5),))


@pytest.fixture
def invoice_id(through_it: Settings) -> int:
    """An invoice to a municipality, on its way to the access point."""
    the_way(SendingChannel.ACCESS_POINT)
    return an_issued_invoice(through_it)


def test_it_is_looked_up_sent_once_and_its_receipt_is_kept(
    invoice_id: int, through_it: Settings, access_point: AccessPointProcess
) -> None:
    carry(invoice_id, through_it)
    carry(invoice_id, through_it)
    (held,) = access_point.held()
    assert (held["to"], delivery().their_ref, delivery().state) == (TOWN, held["id"], D.SENT)
    look(invoice_id, through_it)
    assert delivery().state is D.SENT
    access_point.pull("settle", ref=held["id"], state="delivered")
    look(invoice_id, through_it)
    look(invoice_id, through_it)
    assert (delivery().state, "MLS of" in delivery().receipt, delivery().response) == (
        D.DELIVERED, True, BuyerResponse.NONE,
    )  # fmt: skip
    assert way_of(invoice_id) == ["waiting", "looking_up", "sending", "sent", "delivered"]


def test_what_the_buyer_says_is_another_thing_than_that_it_came(
    invoice_id: int, through_it: Settings, access_point: AccessPointProcess
) -> None:
    carry(invoice_id, through_it)
    access_point.pull("settle", ref=delivery().their_ref, state="delivered")
    look(invoice_id, through_it)
    assert delivery_stands([invoice_id]) == {invoice_id: True}
    access_point.pull("settle", ref=delivery().their_ref, response="rejected", response_why="Feil bestillerkode")
    look(invoice_id, through_it)
    look(invoice_id, through_it)
    facts = delivery_facts(invoice_id)
    assert facts is not None
    assert (facts.state, facts.response, facts.response_said) == (
        D.DELIVERED, BuyerResponse.REJECTED, "Feil bestillerkode",
    )  # fmt: skip
    assert (facts.is_refused, delivery_stands([invoice_id])) == (True, {invoice_id: False})
    assert way_of(invoice_id)[-2:] == ["delivered", "rejected"]


def test_a_refusal_after_it_was_delivered_is_told(
    invoice_id: int, through_it: Settings, access_point: AccessPointProcess
) -> None:
    carry(invoice_id, through_it)
    access_point.pull("settle", ref=delivery().their_ref, state="delivered")
    look(invoice_id, through_it)
    access_point.pull("settle", ref=delivery().their_ref, state="refused", why="Mottaker finnes ikke")
    look(invoice_id, through_it)
    assert (delivery().state, delivery().said) == (D.REFUSED, "Mottaker finnes ikke")


@pytest.mark.parametrize(
    ("what", "after"), [("hang", True), ("500", True), ("cut", True), ("hang", False), ("500", False), ("cut", False)]
)
def test_a_lost_answer_sends_nothing_twice(
    invoice_id: int, through_it: Settings, access_point: AccessPointProcess, what: str, after: bool
) -> None:
    """Whether the document was taken before the answer was lost, or not at all."""
    access_point.fault(what, path="/documents", method="POST", after=after, seconds=1)
    with pytest.raises(SendLater):
        carry(invoice_id, through_it)
    assert delivery().state is D.SENDING
    with pytest.raises(SendLater, match="just now"):  # they may still be at work on it
        carry(invoice_id, through_it)
    begun_long_ago()
    carry(invoice_id, through_it)
    assert (delivery().state, len(access_point.held())) == (D.SENT, 1)
    assert len(access_point.asked("POST /documents")) == (1 if after else 2)


def test_where_nobody_can_be_asked_whether_it_came_a_person_decides(
    invoice_id: int, through_it: Settings, access_point: AccessPointProcess
) -> None:
    access_point.pull("keys", known=False)
    access_point.fault("500", path="/documents", method="POST", after=True)
    with pytest.raises(SendLater):
        carry(invoice_id, through_it)
    begun_long_ago()
    carry(invoice_id, through_it)
    carry(invoice_id, through_it)
    assert (delivery().state, delivery_stands([invoice_id])) == (D.UNKNOWN, {invoice_id: False})
    by_hand.arrived(invoice_id, D.UNKNOWN, clock.now(), ACTOR)
    carry(invoice_id, through_it)
    assert (delivery().state, len(access_point.held())) == (D.DELIVERED, 1)


def test_who_sends_again_what_may_have_come_keeps_its_key(
    invoice_id: int, through_it: Settings, access_point: AccessPointProcess
) -> None:
    access_point.pull("keys", known=False)
    access_point.fault("500", path="/documents", method="POST", after=True)
    with pytest.raises(SendLater):
        carry(invoice_id, through_it)
    begun_long_ago()
    carry(invoice_id, through_it)
    by_hand.send_again(invoice_id, D.UNKNOWN, clock.now(), ACTOR)
    with pytest.raises(by_hand.DeliveryMoved):
        by_hand.send_again(invoice_id, D.UNKNOWN, clock.now(), ACTOR)
    access_point.pull("keys", known=True)
    carry(invoice_id, through_it)
    assert (delivery().state, len(access_point.held())) == (D.SENT, 1)


def test_too_many_at_once_are_sent_later(
    invoice_id: int, through_it: Settings, access_point: AccessPointProcess
) -> None:
    access_point.fault("429", path="/documents", method="POST")
    with pytest.raises(SendLater, match="429"):
        carry(invoice_id, through_it)
    assert delivery().state is D.WAITING
    carry(invoice_id, through_it)
    assert (delivery().state, len(access_point.held())) == (D.SENT, 1)


def test_nobody_who_listens_is_no_reason_to_wait_for_long(
    invoice_id: int, through_it: Settings, access_point: AccessPointProcess
) -> None:
    """A refused connection has left nothing there."""
    nowhere = {**access_point.environment, "ACCESS_POINT_URL": "http://127.0.0.1:9"}
    silent = Settings.from_environment(
        {"DATABASE_URL": through_it.database_url, "INSTANCE_DIR": str(through_it.instance_dir), **nowhere}
    )
    carried_to_look_up(invoice_id, through_it)
    with pytest.raises(SendLater):
        carry(invoice_id, silent)
    assert delivery().state is D.WAITING
    carry(invoice_id, through_it)
    assert delivery().state is D.SENT


def carried_to_look_up(invoice_id: int, settings: Settings) -> None:
    """It is known that the payer can receive."""
    carry(invoice_id, settings)
    by_hand.arrived(invoice_id, D.SENT, clock.now(), ACTOR)
    start_anew()


def start_anew() -> None:
    """As it was before anything was sent."""
    with unit_of_work():
        db.session.execute(update(InvoiceDelivery).values(state=D.WAITING, begun_at=None, their_ref="", attempt=9))


def test_a_public_body_that_cannot_receive_waits_for_a_person(
    invoice_id: int, through_it: Settings, access_point: AccessPointProcess
) -> None:
    access_point.pull("unknown", address=TOWN)
    carry(invoice_id, through_it)
    assert (delivery().state, delivery().why, access_point.held()) == (D.NEEDS_PERSON, WhyPerson.NOT_FOUND, [])
    access_point.pull("known", address=TOWN)
    by_hand.send_again(invoice_id, D.NEEDS_PERSON, clock.now(), ACTOR)
    carry(invoice_id, through_it)
    assert delivery().state is D.SENT


def test_a_company_that_cannot_receive_gets_the_paper_and_the_reason_is_kept(
    invoice_id: int, through_it: Settings, access_point: AccessPointProcess
) -> None:
    no_public_body()
    the_payers_have_a_mailbox()
    access_point.pull("unknown", address=TOWN)
    carry(invoice_id, through_it)
    carry(invoice_id, through_it)
    assert (delivery().state, delivery().why) == (D.BY_MAIL, WhyPerson.NOT_FOUND)
    assert len(db.session.scalars(select(Promise.id).where(Promise.kind == "mail.invoice")).all()) == 1


@pytest.mark.parametrize("what", ["hang", "500", "cut", "429"])
def test_not_known_is_not_no(
    invoice_id: int, through_it: Settings, access_point: AccessPointProcess, what: str
) -> None:
    no_public_body()
    access_point.fault(what, path="/recipients", seconds=1)
    with pytest.raises(SendLater, match="not known"):
        carry(invoice_id, through_it)
    assert delivery().state is D.LOOKING_UP
    carry(invoice_id, through_it)
    assert delivery().state is D.SENT


def test_a_payer_is_looked_up_once_a_day(through_it: Settings, access_point: AccessPointProcess) -> None:
    the_way(SendingChannel.ACCESS_POINT)
    centre = a_centre_that_invoices()
    for name in ("6A", "6B"):
        carry(an_issued_invoice(through_it, centre, name), through_it)
    assert (len(access_point.asked("GET /recipients")), len(access_point.held())) == (1, 2)


def test_a_credit_note_goes_the_same_way(through_it: Settings, access_point: AccessPointProcess) -> None:
    the_way(SendingChannel.ACCESS_POINT)
    centre = a_centre_that_invoices()
    invoice_id = an_issued_invoice(through_it, centre)
    carry(invoice_id, through_it)
    carry(a_note_on(invoice_id, through_it, centre), through_it)
    assert (delivery().state, [held["to"] for held in access_point.held()]) == (D.SENT, [TOWN, TOWN])


def test_what_takes_back_an_invoice_that_never_arrived_stays_here(
    through_it: Settings, access_point: AccessPointProcess
) -> None:
    the_way(SendingChannel.ACCESS_POINT)
    centre = a_centre_that_invoices()
    invoice_id = an_issued_invoice(through_it, centre)
    carry(invoice_id, through_it)
    access_point.pull("settle", ref=delivery().their_ref, state="refused", why="no")
    look(invoice_id, through_it)
    note_id = a_note_on(invoice_id, through_it, centre)
    carry(note_id, through_it)
    assert (delivery().state, delivery().why, len(access_point.held())) == (D.KEPT_BACK, WhyPerson.NEVER_ARRIVED, 1)


def test_an_invoice_that_is_credited_before_it_goes_does_not_go(
    through_it: Settings, access_point: AccessPointProcess
) -> None:
    the_way(SendingChannel.ACCESS_POINT)
    centre = a_centre_that_invoices()
    invoice_id = an_issued_invoice(through_it, centre)
    note_id = a_note_on(invoice_id, through_it, centre)
    with pytest.raises(SendLater):
        carry(note_id, through_it)
    carry(invoice_id, through_it)
    carry(note_id, through_it)
    assert (access_point.held(), delivery().state) == ([], D.KEPT_BACK)


def test_an_invoice_that_is_credited_while_its_payer_is_looked_up_does_not_go(
    through_it: Settings, access_point: AccessPointProcess
) -> None:
    the_way(SendingChannel.ACCESS_POINT)
    centre = a_centre_that_invoices()
    invoice_id = an_issued_invoice(through_it, centre)
    with unit_of_work():
        db.session.execute(update(InvoiceDelivery).values(state=D.LOOKING_UP))
    a_note_on(invoice_id, through_it, centre)
    carry(invoice_id, through_it)
    assert (way_of(invoice_id)[-1], access_point.held()) == ("kept_back", [])


def test_what_they_refuse_is_not_there_and_says_why(
    invoice_id: int, through_it: Settings, access_point: AccessPointProcess
) -> None:
    carried_to_look_up(invoice_id, through_it)
    access_point.pull("reset")
    access_point.pull("unknown", address=TOWN)  # since it was looked up
    carry(invoice_id, through_it)
    assert (delivery().state, delivery().said) == (D.REFUSED, f"receiver {TOWN} is not registered")
    assert access_point.held() == []


def test_a_house_without_keys_waits_for_a_person(app: Flask, invoice_id: int) -> None:
    carry(invoice_id, settings_of(app))
    assert (delivery().state, delivery().why) == (D.NEEDS_PERSON, WhyPerson.NO_ACCESS_POINT)
