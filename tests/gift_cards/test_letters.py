"""The letters: the card with its code and its sheet, and to the giver that it is paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from booking.bookings.confirm import confirm
from booking.gift_cards.codes import in_groups, read_code
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.mail import messages, sending
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import revive
from booking.running.worker import run_once
from booking.settings import settings_of
from tests.builders import a_sale
from tests.gift_cards.given import CARD, an_order, card_of, sell_cards

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_the_card_comes_with_its_code_a_greeting_and_a_sheet(app: Flask) -> None:
    a_sale()
    sell_cards()
    order = an_order(replace(CARD, greeting="Kjære Ola 🎉\n<b>Gratulerer</b>", recipient_email="ola@example.org"))
    with unit_of_work():
        confirm(order, clock.now())
    card = card_of(order)
    about = {"card_id": card.id, "asked": 1}
    letter = messages.write("mail.gift_card", 1, about, settings_of(app))
    again = messages.write("mail.gift_card", 1, about, settings_of(app))
    assert letter is not None
    assert again is not None
    assert letter.recipient == "ola@example.org"
    assert letter.text == again.text
    code = next(word for word in letter.text.split() if read_code(word) is not None)
    assert code == in_groups(read_code(code) or "")
    assert code in letter.html
    assert "<b>Gratulerer</b>" in letter.text
    assert "&lt;b&gt;Gratulerer&lt;/b&gt;" in letter.html
    (sheet,) = letter.attachments
    assert sheet.content.startswith(b"%PDF")
    paid = messages.write("mail.gift_card_bought", 2, {"booking_id": order}, settings_of(app))
    assert paid is not None
    assert (paid.recipient, paid.subject) == ("kari@example.org", "Gavekortet ditt er betalt")
    assert code not in paid.text


@pytest.fixture
def unsent(app: Flask) -> int:
    """A card that is paid for, and whose letter is due."""
    a_sale()
    sell_cards()
    order = an_order(replace(CARD, recipient_email="ola@example.org"))
    with unit_of_work():
        confirm(order, clock.now())
    return order


def hours_later(app: Flask, hours: float) -> None:
    """The worker's round, so long after."""
    with time_machine.travel(clock.now() + timedelta(hours=hours), tick=False):
        run_once(app)


@pytest.mark.parametrize(
    ("says", "gives_up_at"), [(sending.Later("ConnectionRefusedError"), 73), (sending.LetterRefused("550"), 0)]
)
def test_a_card_whose_letter_was_given_up_is_marked_and_the_mark_goes_when_it_went_after_all(
    app: Flask, unsent: int, monkeypatch: pytest.MonkeyPatch, says: Exception, gives_up_at: float
) -> None:
    def no_server(*_letter: object) -> None:
        raise says

    with monkeypatch.context() as down:
        down.setattr(sending, "send", no_server)
        if gives_up_at:
            hours_later(app, 0)
            assert card_of(unsent).bounced_at is None  # it is still tried
        hours_later(app, gives_up_at)
    card = card_of(unsent)
    assert card.bounced_at is not None
    assert card.sent_at is None
    waits = select(Promise.id).where(Promise.kind == "mail.gift_card", Promise.state == PromiseState.DEAD)
    (dead,) = db.session.scalars(waits)
    end_reading()
    with unit_of_work():
        revive(dead, clock.now())  # staff press "try again" in the list of what was given up
    hours_later(app, 0)
    card = card_of(unsent)
    assert card.sent_at is not None
    assert card.bounced_at is None
