"""A month before a card's last day whoever has it is told, once, and only while there is something to tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.bookings import forgetting as of_bookings
from booking.bookings.confirm import confirm
from booking.bookings.models import Booking
from booking.centre.facts import the_centre
from booking.centre.wording import Wording
from booking.gift_cards import forgetting as of_gift_cards
from booking.gift_cards.by_staff import acts
from booking.gift_cards.chores import GIFT_CARDS
from booking.gift_cards.models import GiftCard, GiftCardOrder
from booking.gift_cards.tell import BEFORE, tell_due
from booking.kernel import clock
from booking.kernel.chores import Shift
from booking.kernel.database import db, end_reading, unit_of_work
from booking.mail import messages
from booking.settings import settings_of
from tests.builders import a_sale
from tests.gift_cards.given import CARD, a_card, an_order, ends_on, sell_cards, sent
from tests.payments.buying import promised


def a_card_that_ends(days: int) -> int:
    """It was sold long ago, and has so many days left."""
    a_sale()
    sell_cards()
    card_id, _code = a_card()
    sold_long_ago(card_id)
    ends_on(card_id, today() + timedelta(days=days))
    return card_id


def sold_long_ago(card_id: int) -> None:
    """A year, say."""
    with unit_of_work():
        sold = clock.now() - timedelta(days=365)
        db.session.execute(update(GiftCard).where(GiftCard.id == card_id).values(issued_at=sold))


def today() -> date:
    """On the centre's wall clock."""
    return the_centre().local(clock.now()).date()


def told(count: int) -> bool:
    """Whether a round of the worker tells of so many."""
    with unit_of_work():
        return tell_due(today(), clock.now()) == count


def test_it_is_said_once_thirty_days_before(app: Flask) -> None:
    card_id = a_card_that_ends(BEFORE.days + 1)
    assert told(0)
    ends_on(card_id, today() + BEFORE)
    assert told(1)
    assert told(0)
    assert promised("mail.gift_card_ends") == [{"card_id": card_id}]


def test_who_gets_more_time_is_told_again_before_the_new_end(app: Flask) -> None:
    card_id = a_card_that_ends(10)
    assert told(1)
    with unit_of_work():
        acts.extend(card_id, today() + timedelta(days=90), "Syk", "account:1", clock.now(), today())
    assert told(0)
    ends_on(card_id, today() + timedelta(days=29))
    assert told(1)


@pytest.mark.parametrize(
    "otherwise",
    [
        {"balance": 0},
        {"blocked_at": clock.now()},
        {"disputed_at": clock.now()},
        {"sent_at": None},
        {"issued_at": clock.now()},
        {"expires_on": date(2020, 1, 1)},
    ],
    ids=lambda otherwise: next(iter(otherwise)),
)
def test_of_a_card_that_pays_nothing_or_has_just_gone_there_is_nothing_to_tell(
    app: Flask, otherwise: dict[str, object]
) -> None:
    card_id = a_card_that_ends(10)
    with unit_of_work():
        db.session.execute(update(GiftCard).where(GiftCard.id == card_id).values(otherwise))
    assert told(0)
    with unit_of_work():
        db.session.execute(update(GiftCard).where(GiftCard.id == card_id).values(balance=50_000))


def test_the_worker_tells_from_the_hour_on_at_which_cards_are_sent(app: Flask) -> None:
    a_card_that_ends(10)
    for hour, letters in ((7, 0), (8, 1)):
        now = the_centre().local(clock.now()).replace(hour=hour, minute=0)
        GIFT_CARDS.do(Shift("worker", nights=False, now=now))
        assert len(promised("mail.gift_card_ends")) == letters


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("nb", "gavekortet med kode som slutter på"),
        ("nn", "gåvekortet med kode som sluttar på"),
        ("en", "left on the gift card whose code ends in"),
        ("lv", "līdz 2026. gada 14. novembrim ieskaitot"),
    ],
)
def test_the_letter_says_what_is_left_until_when_and_no_code(app: Flask, lang: str, says: str) -> None:
    card_id = a_card_that_ends(10)
    with unit_of_work():
        db.session.execute(update(GiftCardOrder).values(lang=lang, recipient_email="ola@example.org"))
    letter = messages.write("mail.gift_card_ends", 1, {"card_id": card_id}, settings_of(app))
    assert letter is not None
    assert letter.recipient == "ola@example.org"
    assert says in letter.text.replace("\N{NO-BREAK SPACE}", " ")
    assert says in " ".join(letter.html.split())
    assert "500" in letter.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whoever_was_forgotten_or_has_spent_it_meanwhile_gets_none(app: Flask) -> None:
    card_id = a_card_that_ends(10)
    about = {"card_id": card_id}
    with unit_of_work():
        db.session.execute(update(GiftCardOrder).values(recipient="", recipient_email="", giver=""))
        db.session.execute(update(Booking).values(email=""))
    assert messages.write("mail.gift_card_ends", 1, about, settings_of(app)) is None
    with unit_of_work():
        db.session.execute(update(Booking).values(email="kari@example.org"))
    assert messages.write("mail.gift_card_ends", 1, about, settings_of(app)) is not None
    ends_on(card_id, today() - timedelta(days=1))
    assert messages.write("mail.gift_card_ends", 1, about, settings_of(app)) is None


@pytest.mark.parametrize("given_to", ["ola@example.org", ""])
def test_after_years_the_night_has_forgotten_who_it_was_for_but_not_where_to_tell_that_it_ends(
    app: Flask, given_to: str
) -> None:
    a_sale()
    sell_cards()
    order = an_order(replace(CARD, recipient="Ola", recipient_email=given_to, greeting="Gratulerer!"))
    with unit_of_work():
        confirm(order, clock.now())
    card_id, _code = sent(order)
    sold_long_ago(card_id)
    with unit_of_work():
        long_ago = clock.now() - timedelta(days=365)
        db.session.execute(update(GiftCardOrder).values(ordered_at=long_ago))
        db.session.execute(update(GiftCard).values(sent_at=long_ago))
        db.session.execute(update(Booking).values(starts_at=long_ago, forgotten_as_of=None))
    ends_on(card_id, today() + timedelta(days=20))
    the_night()
    words = select(GiftCardOrder.recipient, GiftCardOrder.giver, GiftCardOrder.greeting, Booking.email)
    words = words.join(Booking, Booking.id == GiftCardOrder.booking_id)
    assert db.session.execute(words).one() == ("", "", "", "")
    letter = messages.write("mail.gift_card_ends", 1, {"card_id": card_id}, settings_of(app))
    assert letter is not None
    assert letter.recipient == (given_to or "kari@example.org")
    ends_on(card_id, today() - timedelta(days=200))
    the_night()
    assert db.session.scalars(select(GiftCardOrder.recipient_email)).one() == ""
    end_reading()


def the_night() -> None:
    """What is over is forgotten."""
    end_reading()
    for forgetting in (*of_gift_cards.FORGETTINGS, *of_bookings.FORGETTINGS):
        forgetting.forget_batch(clock.now())
    end_reading()


def test_latvian_bends_the_day_after_until(app: Flask) -> None:
    a_sale()
    write = Wording.of("lv", the_centre())
    days = [write.until(write.full_date(date(2026, month, 9))) for month in range(1, 13)]
    assert days == [
        f"2026.\N{NO-BREAK SPACE}gada 9.\N{NO-BREAK SPACE}{month}"
        for month in (
            "janvārim", "februārim", "martam", "aprīlim", "maijam", "jūnijam", "jūlijam", "augustam", "septembrim",
            "oktobrim", "novembrim", "decembrim",
        )
    ]  # fmt: skip
    assert write.until(write.moment(clock.now())).startswith(
        "trešdienai, 4.\N{NO-BREAK SPACE}novembrim, plkst.\N{NO-BREAK SPACE}"
    )
    assert Wording.of("nb", the_centre()).until("31. desember 2026") == "31. desember 2026"
