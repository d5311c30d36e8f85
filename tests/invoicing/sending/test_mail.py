"""By mail: the paper attached, once, in the payer's language; and a mail that does not go waits for a person."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.invoicing.sending import by_hand
from booking.invoicing.sending.look import look, promise_looks
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.send import carry
from booking.invoicing.sending.states import DeliveryState, SendingChannel, WhyPerson
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import revive
from booking.running.worker import run_once
from booking.settings import settings_of
from tests.invoicing.owed import a_centre_that_invoices
from tests.invoicing.sending.sent import (
    ACTOR,
    MAILBOX,
    a_note_on,
    an_issued_invoice,
    delivery,
    no_public_body,
    number_of,
    the_payers_have_a_mailbox,
    the_way,
)

D = DeliveryState


def letters(app: Flask, subject: str) -> list[email.message.EmailMessage]:
    """What was written to payers."""
    folder = settings_of(app).instance_dir / "mail"
    messages = [
        email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in Path(folder).glob("*.eml")
    ]
    return [message for message in messages if subject in str(message["Subject"])]  # type: ignore[misc]


def test_the_paper_and_the_xml_go_to_the_payer_once(app: Flask) -> None:
    the_way(SendingChannel.MAIL)
    invoice_id = an_issued_invoice(settings_of(app))
    the_payers_have_a_mailbox()
    run_once(app)
    run_once(app)
    number = number_of(invoice_id)
    (letter,) = letters(app, str(number))
    assert letter["To"] == MAILBOX
    assert [part.get_filename() for part in letter.iter_attachments()] == [f"{number}.pdf", f"{number}.xml"]
    assert delivery().state is D.SENT
    with app.app_context(), unit_of_work():
        db.session.execute(update(InvoiceDelivery).values(look_at=clock.now()))
    promise_looks(clock.now())
    run_once(app)
    assert (delivery().state, delivery().look_at) == (D.SENT, None)


def test_the_xml_stays_here_where_the_centre_says_so(app: Flask) -> None:
    the_way(SendingChannel.MAIL, attach_xml=False)
    invoice_id = an_issued_invoice(settings_of(app))
    the_payers_have_a_mailbox()
    run_once(app)
    (letter,) = letters(app, str(number_of(invoice_id)))
    assert [part.get_content_type() for part in letter.iter_attachments()] == ["application/pdf"]


def test_a_credit_note_says_what_it_takes_back(app: Flask) -> None:
    the_way(SendingChannel.MAIL)
    centre = a_centre_that_invoices()
    invoice_id = an_issued_invoice(settings_of(app), centre)
    the_payers_have_a_mailbox()
    run_once(app)
    note_id = a_note_on(invoice_id, settings_of(app), centre)
    run_once(app)
    (letter,) = letters(app, str(number_of(note_id)))
    assert str(number_of(invoice_id)) in letter.get_body().get_content()  # type: ignore[union-attr]  # it has text


def test_a_mail_that_never_goes_waits_for_a_person_who_may_try_again(app: Flask) -> None:
    the_way(SendingChannel.MAIL)
    invoice_id = an_issued_invoice(settings_of(app))
    the_payers_have_a_mailbox()
    carry(invoice_id, settings_of(app))
    with unit_of_work():
        db.session.execute(update(Promise).where(Promise.kind == "mail.invoice").values(state=PromiseState.DEAD))
    look(invoice_id, settings_of(app))
    assert (delivery().state, delivery().why) == (D.NEEDS_PERSON, WhyPerson.MAIL_REFUSED)
    by_hand.by_letter(invoice_id, D.NEEDS_PERSON, "They have made room", clock.now(), ACTOR)
    run_once(app)
    assert (delivery().state, delivery().reason) == (D.BY_MAIL, "They have made room")
    assert len(letters(app, str(number_of(invoice_id)))) == 1


def a_dead_letter(app: Flask) -> tuple[int, int]:
    """An invoice whose letter died and which waits for somebody; with the id of the letter's promise."""
    the_way(SendingChannel.MAIL)
    invoice_id = an_issued_invoice(settings_of(app))
    the_payers_have_a_mailbox()
    carry(invoice_id, settings_of(app))
    with unit_of_work():
        db.session.execute(update(Promise).where(Promise.kind == "mail.invoice").values(state=PromiseState.DEAD))
    look(invoice_id, settings_of(app))
    promise_id = db.session.scalars(select(Promise.id).where(Promise.kind == "mail.invoice")).one()
    db.session.rollback()
    return invoice_id, promise_id


def test_a_dead_letter_that_is_revived_after_another_was_chosen_does_not_go_too(app: Flask) -> None:
    invoice_id, promise_id = a_dead_letter(app)
    by_hand.by_letter(invoice_id, D.NEEDS_PERSON, "They have made room", clock.now(), ACTOR)
    with unit_of_work():
        assert revive(promise_id, clock.now())
    run_once(app)
    assert len(letters(app, str(number_of(invoice_id)))) == 1
    with unit_of_work():  # nor once it is sent anew after the buyer refused it
        db.session.execute(update(InvoiceDelivery).values(state=D.REFUSED))
        db.session.execute(update(Promise).where(Promise.id == promise_id).values(state=PromiseState.DEAD))
    by_hand.send_again(invoice_id, D.REFUSED, clock.now(), ACTOR)
    with unit_of_work():
        assert revive(promise_id, clock.now())
    run_once(app)
    assert len(letters(app, str(number_of(invoice_id)))) == 2


def test_a_dead_letter_that_is_revived_by_itself_goes_and_wants_nobody_any_more(app: Flask) -> None:
    invoice_id, promise_id = a_dead_letter(app)
    assert delivery().state is D.NEEDS_PERSON
    with unit_of_work():
        assert revive(promise_id, clock.now())
    run_once(app)
    assert (delivery().state, delivery().why) == (D.BY_MAIL, WhyPerson.NOTHING)
    assert len(letters(app, str(number_of(invoice_id)))) == 1


def test_done_outside_keeps_its_reason_and_goes_no_more(app: Flask) -> None:
    the_way(SendingChannel.ACCESS_POINT)
    invoice_id = an_issued_invoice(settings_of(app))
    run_once(app)
    with pytest.raises(by_hand.DecisionReasonMissing):
        by_hand.outside(invoice_id, D.NEEDS_PERSON, "  ", clock.now(), ACTOR)
    by_hand.outside(invoice_id, D.NEEDS_PERSON, "Typed into their portal", clock.now(), ACTOR)
    run_once(app)
    assert (delivery().state, delivery().reason) == (D.OUTSIDE, "Typed into their portal")
    with pytest.raises(by_hand.DeliveryMoved):
        by_hand.send_again(invoice_id, D.OUTSIDE, clock.now(), ACTOR)


def test_what_an_agreement_pays_never_goes_to_whoever_booked(app: Flask) -> None:
    the_way(SendingChannel.MAIL)
    invoice_id = an_issued_invoice(settings_of(app))
    run_once(app)
    assert (delivery().state, delivery().why) == (D.NEEDS_PERSON, WhyPerson.NO_EMAIL)
    with pytest.raises(by_hand.NoLetterAddress):
        by_hand.by_letter(invoice_id, D.NEEDS_PERSON, "They asked for it", clock.now(), ACTOR)
    assert letters(app, str(number_of(invoice_id))) == []
    the_payers_have_a_mailbox("late@bergen.example")
    by_hand.by_letter(invoice_id, D.NEEDS_PERSON, "They have one now", clock.now(), ACTOR)
    run_once(app)
    (letter,) = letters(app, str(number_of(invoice_id)))
    assert (delivery().state, letter["To"]) == (D.BY_MAIL, "late@bergen.example")


def test_nor_does_the_credit_note_on_it(app: Flask) -> None:
    the_way(SendingChannel.MAIL)
    centre = a_centre_that_invoices()
    invoice_id = an_issued_invoice(settings_of(app), centre)
    the_payers_have_a_mailbox()
    run_once(app)
    the_payers_have_a_mailbox("")
    note_id = a_note_on(invoice_id, settings_of(app), centre)
    run_once(app)
    assert (delivery().invoice_id, delivery().state, delivery().why) == (note_id, D.NEEDS_PERSON, WhyPerson.NO_EMAIL)
    assert letters(app, str(number_of(note_id))) == []


def test_a_mailbox_that_is_taken_away_before_the_letter_is_written_leaves_it_to_a_person(app: Flask) -> None:
    the_way(SendingChannel.MAIL)
    invoice_id = an_issued_invoice(settings_of(app))
    the_payers_have_a_mailbox()
    carry(invoice_id, settings_of(app))
    assert delivery().state is D.SENT
    the_payers_have_a_mailbox("")
    run_once(app)
    assert (delivery().state, delivery().why) == (D.NEEDS_PERSON, WhyPerson.NO_EMAIL)
    assert letters(app, str(number_of(invoice_id))) == []


def test_a_school_that_pays_itself_gets_it_where_it_booked(app: Flask) -> None:
    the_way(SendingChannel.MAIL)
    invoice_id = an_issued_invoice(settings_of(app), a_centre_that_invoices(active=False))
    no_public_body()
    run_once(app)
    (letter,) = letters(app, str(number_of(invoice_id)))
    assert letter["To"] == "kari@example.org"
