"""Who you are, time left, and on to the payment."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from booking.bookings.models import Booking, State
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.mail.sending import list_files, read_file
from booking.newsletter.models import Subscriber
from booking.outbox.models import Promise
from booking.running.worker import run_once
from booking.settings import settings_of
from tests.builders import a_sale, taken
from tests.web.browsing import WHO, Visitor, path_of, typed, words


def the_booking() -> Booking:
    db.session.rollback()
    return db.session.scalars(select(Booking).execution_options(populate_existing=True)).one()


WRONG = [
    ({"name": ""}, {"nb": "Skriv navnet ditt", "en": "Enter your name"}),
    ({"name": " \t "}, {"nb": "Skriv navnet ditt", "en": "Enter your name"}),
    ({"name": "Å" * 121}, {"nb": "Høyst 120 tegn", "en": "At most 120"}),
    ({"email": ""}, {"nb": "Skriv e-postadressen din", "en": "Enter your email"}),
    ({"email": "kari"}, {"nb": "ikke ut som en e-postadresse", "en": "does not look like an email"}),
    ({"email": "kari@"}, {"nb": "ikke ut som en e-postadresse", "en": "does not look like an email"}),
    ({"email": "åse@example.org"}, {"nb": "ikke ut som en e-postadresse", "en": "does not look like an email"}),
    ({"email": "a@b@example.org"}, {"nb": "ikke ut som en e-postadresse", "en": "does not look like an email"}),
    ({"email": "k" * 300 + "@example.org"}, {"nb": "e-post", "en": "email"}),
    ({"email": "kari@example.org, per@example.org"}, {"nb": "ikke ut som", "en": "does not look like"}),
    ({"phone": "ring meg"}, {"nb": "ikke ut som et telefonnummer", "en": "does not look like a phone"}),
    ({"phone": "1"}, {"nb": "ikke ut som et telefonnummer", "en": "does not look like a phone"}),
    ({"phone": "٠١٢٣"}, {"nb": "ikke ut som et telefonnummer", "en": "does not look like a phone"}),
    ({"needs": "x" * 401}, {"nb": "Høyst 400 tegn", "en": "At most 400"}),
    ({"terms": ""}, {"nb": "godta vilkårene", "en": "accept the terms"}),
]


@pytest.mark.parametrize("lang", ["nb", "en"])
@pytest.mark.parametrize(("changed", "sentences"), WRONG)
def test_each_mistake_is_named_by_its_field_and_what_was_typed_is_kept(
    app: Flask, visitor: Visitor, changed: dict[str, str], sentences: dict[str, str], lang: str
) -> None:
    _, slot, adult = a_sale()
    checkout = visitor.checkout(slot, adult, 2, lang)
    full = {"name": "Åse Ødegård", "phone": "55 00 00 00", "needs": "Rullestol <b>&</b>"} | changed
    answer = visitor.pay(checkout, **full)
    assert answer.status_code == 422
    assert sentences[lang] in words(answer)
    for name in ("name", "phone", "needs"):
        assert typed(answer, name).strip() == full[name].strip()
    assert the_booking().state is State.HELD
    assert taken(slot) == 2


def test_several_mistakes_are_listed_in_the_order_of_the_fields_and_the_title_says_so(
    app: Flask, visitor: Visitor
) -> None:
    _, slot, adult = a_sale()
    checkout = visitor.checkout(slot, adult)
    answer = visitor.pay(checkout, terms="", name="", phone="ring meg", email="kari", needs="x" * 401)
    page = answer.get_data(as_text=True)
    assert "<title>Feil: " in page
    summary = page[page.index('id="errors"') : page.index('id="name"')]
    assert re.findall(r'href="#(\w+)"', summary) == ["name", "email", "phone", "needs", "terms"]
    assert '<details class="if-you-like" open>' in page  # a mistake is never folded away
    assert "open" not in visitor.get(checkout).get_data(as_text=True).split('class="if-you-like"')[1][:9]


def test_a_press_that_failed_says_so_beside_the_button_too(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    checkout = visitor.checkout(slot, adult)
    answer = visitor.pay(checkout, shown="1")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "<title>Feil: " in page
    beside = page.index('class="error beside-button"')
    assert page.index('id="errors"') < page.index('id="terms"') < beside < page.index('<button class="wide"')
    assert "Nå er det 420" in words(answer)


def test_control_characters_in_a_name_never_reach_a_letter(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    visitor.pay(visitor.checkout(slot, adult), name="Kari\r\nBcc: alle\x00\u202egnp")
    name = the_booking().name
    assert not set(name) & set("\r\n\x00\u202e")
    assert name.startswith("Kari Bcc:")


def test_what_nobody_sees_is_not_kept_and_an_address_is_taken_out_of_its_link(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(price=0)
    checkout = visitor.checkout(slot, adult)
    for unseen in ("\ufeff", "\u200b\u2060", "\u3164\u2800"):
        assert "Skriv navnet ditt" in words(visitor.pay(checkout, name=unseen))
    visitor.pay(checkout, name="\ufeffKari\u200b Nord\u00admann", email="mailto:Kari\u200b@example.org?subject=Hei")
    booking = the_booking()
    assert (booking.name, booking.email) == ("Kari Nordmann", "kari@example.org")
    assert visitor.get(f"/nb/b/{booking.secret}/tickets.pdf").mimetype == "application/pdf"


def test_a_booking_that_has_an_odd_name_already_gets_its_tickets_and_its_letter(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(price=0)
    visitor.pay(visitor.checkout(slot, adult))
    secret = the_booking().secret
    with unit_of_work():
        db.session.execute(update(Booking).values(name="\ufeffKari \U00013000"))
    assert visitor.get(f"/nb/b/{secret}/tickets.pdf").status_code == 200
    run_once(app)
    folder = settings_of(app).instance_dir / "mail"
    letters = [read_file(folder, file.name) for file in list_files(folder)]
    assert [part.get_content_type() for letter in letters if letter for part in letter.iter_attachments()] == [
        "application/pdf", "text/calendar",
    ]  # fmt: skip


def test_a_good_form_goes_on_to_the_till(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    answer = visitor.pay(visitor.checkout(slot, adult), phone="55 00 00 00")
    assert answer.status_code == 303
    assert "/nb/pay/" in answer.location
    booking = the_booking()
    assert (booking.state, booking.email, booking.phone) == (State.PENDING, "kari@example.org", "+4755000000")


def test_what_costs_nothing_is_confirmed_at_once(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(price=0)
    checkout = visitor.checkout(slot, adult)
    assert "Fullfør kjøpet" in words(visitor.get(checkout))
    answer = visitor.pay(checkout)
    assert "/nb/b/" in answer.location
    assert the_booking().state is State.CONFIRMED


def test_the_price_shown_is_the_price_paid_with_its_vat(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(price=21000)
    page = words(visitor.get(visitor.checkout(slot, adult, 3)))
    assert "Betal 630 kr" in page
    assert "herav mva. 12 %: 67,50 kr" in page


def test_more_time_can_be_had_a_limited_number_of_times(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(hold_renewals=2)
    checkout = visitor.checkout(slot, adult)
    statuses = []
    for minutes in (5, 10, 15):
        with time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=False):
            statuses.append(visitor.post(f"{checkout}/renew").status_code)
    assert statuses == [303, 303, 409]
    assert "Mer tid" not in words(visitor.get(checkout))


def test_a_basket_whose_time_ran_out_says_so_and_leads_back_to_the_same_choice(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    checkout = visitor.checkout(slot, adult)
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        page = visitor.get(checkout)
        assert "Tiden gikk ut" in words(page)
        assert f"slot={slot}" in page.get_data(as_text=True)
        answer = visitor.pay(checkout)
    assert answer.status_code in (409, 410)
    assert "gikk ut" in words(answer)


def test_a_checkout_that_does_not_exist_tells_nothing(app: Flask, visitor: Visitor) -> None:
    a_sale()
    for secret in ("4BKC9RC7M7AWJB3W3C1D4JSVCV", "x", "4BKC9RC7M7AWJB3W3C1D4JSVC'", "0" * 200):
        assert visitor.get(f"/nb/checkout/{secret}").status_code == 404
        assert visitor.post(f"/nb/checkout/{secret}", WHO).status_code == 404


def test_letting_go_gives_the_places_back(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    checkout = visitor.checkout(slot, adult, 4)
    assert visitor.post(f"{checkout}/drop").status_code == 303
    assert taken(slot) == 0
    assert visitor.post(f"{checkout}/drop").status_code == 303


def test_going_to_pay_twice_leads_to_the_same_till(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    checkout = visitor.checkout(slot, adult)
    assert visitor.pay(checkout).location == visitor.pay(checkout).location


def test_giving_the_payment_up_gives_the_basket_back(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    checkout = visitor.checkout(slot, adult)
    till = path_of(visitor.pay(checkout).location)
    assert "En betaling er i gang" in words(visitor.get(checkout))
    assert visitor.post(f"{checkout}/back").status_code == 303
    assert the_booking().state is State.HELD
    assert typed(visitor.get(checkout), "name") == "Kari Nordmann"
    assert "avsluttet" in words(visitor.get(till))


def test_only_chosen_and_known_topics_are_asked_about(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    checkout = visitor.checkout(slot, adult)
    visitor.get(checkout)
    till = visitor.post(checkout, WHO | {"topics": ["shows", "viagra"]}).location
    db.session.rollback()
    assert db.session.scalars(select(Subscriber)).all() == []  # nothing is bought yet
    visitor.get(path_of(visitor.post(path_of(till), {"play": "pay"}).location))
    db.session.rollback()
    subscriber = db.session.scalars(select(Subscriber)).one()
    assert (subscriber.topics, subscriber.unconfirmed) == ([], ["shows"])
    assert subscriber.confirmed_at is None
    assert db.session.scalar(select(Promise.kind).where(Promise.kind == "mail.newsletter")) == "mail.newsletter"


def test_the_till_of_a_closed_payment_says_so(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    till = path_of(visitor.pay(visitor.checkout(slot, adult)).location)
    visitor.post(till, {"play": "pay"})
    assert "avsluttet" in words(visitor.get(till))


@pytest.mark.parametrize("play", ["", "all of it", "PAY"])
def test_nonsense_at_the_till_is_refused(app: Flask, visitor: Visitor, play: str) -> None:
    _, slot, adult = a_sale()
    till = path_of(visitor.pay(visitor.checkout(slot, adult)).location)
    assert visitor.post(till, {"play": play}).status_code == 400


def test_a_decline_is_told_and_can_be_tried_again(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    till = path_of(visitor.pay(visitor.checkout(slot, adult)).location)
    declined = visitor.post(till, {"play": "decline"})
    assert declined.status_code == 402
    assert "Kortet ble avvist" in words(declined)
    visitor.get(path_of(visitor.post(till, {"play": "pay"}).location))
    assert the_booking().state is State.CONFIRMED


def test_who_comes_back_without_having_paid_is_told_so_and_keeps_the_basket(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    checkout = visitor.checkout(slot, adult, 2, "nb")
    back = visitor.get(checkout.replace("/checkout/", "/b/"))
    assert back.status_code == 303
    assert "Betalingen ble ikke gjennomført" in words(visitor.get(path_of(back.location)))
    assert "ikke gjennomført" not in words(visitor.get(checkout))


def test_a_closed_slot_stops_at_the_last_moment_with_the_money_untouched(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(price=0)
    checkout = visitor.checkout(slot, adult)
    with unit_of_work():
        db.session.execute(update(Booking).values(held_until=clock.now() - timedelta(seconds=1)))
    assert visitor.pay(checkout).status_code in (409, 410)
    assert the_booking().state in (State.HELD, State.EXPIRED)
