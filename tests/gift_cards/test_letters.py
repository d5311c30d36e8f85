"""The letters: the card with its code and its sheet, and to the giver that it is paid."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from booking.bookings.confirm import confirm
from booking.gift_cards.codes import in_groups, read_code
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.mail import messages
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
