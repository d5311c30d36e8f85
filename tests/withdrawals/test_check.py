"""What the nightly check finds amiss with withdrawals, and what is forgotten of who withdrew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from booking import person
from booking.bookings.confirm import confirm
from booking.bookings.models import Booking, State
from booking.gift_cards.models import GiftCard
from booking.kernel import clock
from booking.kernel.database import Model, db, end_reading, unit_of_work
from booking.mail import forgetting as letters
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import promise
from booking.person import DataSection
from booking.running.check import breaches
from booking.withdrawals.forgetting import FORGETTINGS
from booking.withdrawals.models import Withdrawal
from tests.builders import a_sale, pay_for
from tests.gift_cards.given import an_order, sell_cards
from tests.withdrawals.bought import withdraw_from, withdrawn

OF_MONEY = "withdrawals withdrawn from, but less promised back than was declared, booking: {order}"
OF_CARD = "withdrawals card of which less was taken than went back for it, card: {card}"
STILL_COUNTS = "withdrawals withdrawn from, and still a booking that counts, booking: {order}"
NOBODYS_WORD = "withdrawals card taken back without a withdrawal, card: {card}"


def an_even_order() -> int:
    """A gift card that is paid for; the id of its booking."""
    a_sale()
    sell_cards()
    order = an_order()
    with unit_of_work():
        confirm(order, clock.now())
    pay_for(order, 50_000)
    return order


@pytest.mark.parametrize(
    ("table", "values", "named"),
    [
        (Withdrawal, {"price": 60_000, "back": 50_001}, [OF_MONEY, OF_CARD]),
        (Booking, {"state": State.CONFIRMED}, [STILL_COUNTS]),
    ],
)
def test_the_nightly_check_names_a_withdrawal_that_went_wrong(
    app: Flask, table: type[Model], values: dict[str, object], named: list[str]
) -> None:
    order = an_even_order()
    withdraw_from(order)
    assert breaches() == []
    with unit_of_work():
        db.session.execute(update(table).values(**values))
    card = db.session.scalar(text("SELECT id FROM gift_card"))
    end_reading()
    assert {words.format(order=order, card=card) for words in named} <= set(breaches())


def test_the_nightly_check_names_a_card_that_was_taken_back_without_a_word(app: Flask) -> None:
    an_even_order()
    with unit_of_work():
        db.session.execute(update(GiftCard).values(withdrawn_at=clock.now()))
    card = db.session.scalar(text("SELECT id FROM gift_card"))
    end_reading()
    assert breaches() == [NOBODYS_WORD.format(card=card)]


def test_who_withdrew_is_forgotten_after_ninety_days_and_what_it_came_to_stays(app: Flask) -> None:
    order = an_even_order()
    withdraw_from(order)
    (entry,) = FORGETTINGS
    now = clock.now()
    assert entry.forget_batch(now + timedelta(days=89)) == 0
    assert entry.forget_batch(now + timedelta(days=91)) == 1
    row = withdrawn(order)
    assert (row.name, row.email, row.back) == ("", "", 50_000)


def test_an_address_that_asked_for_the_link_is_forgotten_after_a_week(app: Flask) -> None:
    an_even_order()
    about = {"email": "ola@example.org", "lang": "nb", "reference": "00000000"}
    with unit_of_work():
        promise("mail.withdraw_link", "withdraw_link:one", about)
        db.session.execute(update(Promise).values(state=PromiseState.DONE))
    asked_for = letters.FORGETTINGS[0]
    assert asked_for.forget_batch(clock.now() + timedelta(days=6)) == 0
    assert asked_for.forget_batch(clock.now() + timedelta(days=8)) == 1
    assert db.session.scalar(select(Promise.id).where(Promise.kind == "mail.withdraw_link")) is None
    end_reading()


def test_who_withdrew_is_told_so_and_stays_until_their_money_is_back(app: Flask) -> None:
    order = an_even_order()
    withdraw_from(order)
    sections = person.find("kari@example.org", clock.now()).sections[DataSection.GIFT_CARDS]
    end_reading()
    assert [row["back"] for row in sections if "back" in row] == [50_000]
    with unit_of_work():
        person.erase("kari@example.org", clock.now(), "command")
    assert withdrawn(order).email == "kari@example.org"
