"""Gift cards on the public pages: bought by the ordinary checkout, and taken there."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from booking.bookings.models import Booking
from booking.kernel.database import db
from tests.builders import a_sale
from tests.discounts.campaigns import a_campaign, enter
from tests.gift_cards.given import a_card, balance, pay_by, sell_cards
from tests.web.browsing import WHO, Visitor, hidden, path_of, statements, typed, words

ORDER = {"suggested": "500", "recipient": "Ola", "greeting": "Gratulerer! 🎉", "giver": "Kari"}


def test_a_house_that_sells_none_has_no_such_pages(app: Flask, visitor: Visitor) -> None:
    _centre, slot, adult = a_sale()
    assert [visitor.get(f"/nb/gift-cards{more}").status_code for more in ("", "/balance")] == [404, 404]
    assert "gift" not in visitor.get("/nb/").get_data(as_text=True)
    assert "gift_code" not in visitor.get(visitor.checkout(slot, adult)).get_data(as_text=True)


def test_a_card_is_bought_by_the_ordinary_checkout(app: Flask, visitor: Visitor) -> None:
    a_sale()
    sell_cards()
    assert visitor.get("/en/gift-cards").status_code == 200
    checkout = visitor.post("/en/gift-cards", ORDER).location
    page = visitor.get(checkout)
    assert page.status_code == 200
    assert "Gift card" in words(page)
    till = path_of(visitor.pay(checkout).location)
    bought = visitor.get(path_of(visitor.post(till, {"play": "pay"}).location))
    assert bought.status_code == 200
    assert "The gift card is paid." in words(bought)
    secret = checkout.rpartition("/")[2]
    assert visitor.get(f"/en/b/{secret}/receipt.pdf").status_code == 200
    for nothing in ("tickets.pdf", "calendar.ics", "cancel", "change"):
        assert visitor.get(f"/en/b/{secret}/{nothing}").status_code == 404


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("amount", "0"), ("amount", "-100"), ("amount", "hundre"), ("amount", "1000000000000"), ("amount", "123"),
        ("amount", "5001"), ("on", "2020-01-01"), ("on", "2099-01-01"), ("on", "i morgen"),
        ("recipient_email", "ola"), ("greeting", "x" * 5000), ("greeting", "se https://example.org/a"),
        ("recipient", "Ola www.example.org"), ("giver", "y" * 81),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_at_its_field_and_kept(app: Flask, visitor: Visitor, field: str, text: str) -> None:
    a_sale()
    sell_cards()
    answer = visitor.post("/en/gift-cards", ORDER | {field: text})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
    assert typed(answer, field) == text
    assert typed(answer, "recipient") == (text if field == "recipient" else "Ola")


def test_markup_and_emoji_in_a_greeting_are_plain_text(app: Flask, visitor: Visitor) -> None:
    a_sale()
    sell_cards()
    checkout = visitor.post("/en/gift-cards", ORDER | {"greeting": "<b>Hei</b> & 🎁\n\nlinje"}).location
    assert "&lt;b&gt;Hei&lt;/b&gt; &amp; 🎁" in visitor.get(checkout).get_data(as_text=True)


def test_a_code_is_taken_at_the_checkout_and_what_is_written_stays(app: Flask, visitor: Visitor) -> None:
    _centre, slot, adult = a_sale(price=20_000)
    sell_cards()
    card_id, code = a_card(30_000)
    checkout = visitor.checkout(slot, adult, 2, "en")
    spelt = " ".join(re.findall("....", code.lower()))
    page = visitor.post(f"{path_of(checkout)}/gift-card", {"name": "Kari", "gift_code": spelt})
    assert (page.status_code, typed(page, "name"), hidden(page, "shown")) == (200, "Kari", "10000")
    assert f"Gift card …{code[-4:]} pays NOK 300, NOK 0 is left on it." in words(page)
    assert balance(card_id) == 0
    till = path_of(visitor.pay(checkout, shown="10000").location)
    booking = path_of(visitor.post(till, {"play": "pay"}).location)
    assert "Paid with a gift card: NOK 300" in words(visitor.get(booking))
    receipts = words(visitor.get(f"{booking}/receipts")).replace("\N{NO-BREAK SPACE}", " ")
    both = "With a gift card: NOK 300 · In a demonstration, no real money: NOK 100"
    assert (receipts.count("Receipt as PDF"), both in receipts) == (1, True)


def test_nobody_pays_before_a_code_that_is_typed_is_taken(app: Flask, visitor: Visitor) -> None:
    _centre, slot, adult = a_sale(price=20_000)
    sell_cards()
    card_id, code = a_card(50_000)
    checkout = visitor.checkout(slot, adult, 2, "en")
    page = visitor.pay(checkout, gift_code=code, shown="40000")
    assert (page.status_code, balance(card_id)) == (200, 10_000)
    assert "You pay nothing more." in words(page)
    assert visitor.pay(checkout, shown="0").location.endswith(f"/b/{checkout.rpartition('/')[2]}")
    assert "Paid with a gift card: NOK 400" in words(visitor.get(f"/en/b/{checkout.rpartition('/')[2]}"))


def test_a_code_that_is_not_right_stays_in_its_field_with_the_reason(app: Flask, visitor: Visitor) -> None:
    _centre, slot, adult = a_sale()
    sell_cards()
    checkout = visitor.checkout(slot, adult, 2, "en")
    for wrong in ("7K2M", "O" * 16 + "1", "%s" * 60):
        page = visitor.pay(checkout, gift_code=wrong)
        assert page.status_code == 422
        assert "We know no gift card with this code" in words(page)
        assert typed(page, "name") == WHO["name"]


def test_cards_can_be_taken_off_again(app: Flask, visitor: Visitor) -> None:
    _centre, slot, adult = a_sale(price=20_000)
    sell_cards()
    card_id, code = a_card(50_000)
    checkout = path_of(visitor.checkout(slot, adult, 2, "en"))
    visitor.post(f"{checkout}/gift-card", {"gift_code": code})
    page = visitor.post(f"{checkout}/gift-card/off", {"name": "Kari"})
    assert (page.status_code, balance(card_id), hidden(page, "shown")) == (200, 50_000, "40000")


def test_what_is_left_is_told_to_whoever_has_the_code(app: Flask, visitor: Visitor) -> None:
    a_sale()
    sell_cards()
    _card_id, code = a_card(30_000)
    page = visitor.post("/en/gift-cards/balance", {"code": code.lower()})
    assert "NOK 300 is left." in words(page)
    wrong = visitor.post("/en/gift-cards/balance", {"code": "nonsense"})
    assert (wrong.status_code, typed(wrong, "code")) == (422, "nonsense")


def test_a_checkout_with_a_card_costs_two_statements_more_and_none_without(app: Flask, visitor: Visitor) -> None:
    _centre, slot, adult = a_sale(price=20_000)
    sell_cards()
    _card_id, code = a_card(500_000)
    visitor.get("/nb/my-booking")
    counts = []
    for with_card in (False, True):
        checkout = visitor.checkout(slot, adult, 2, "en")
        if with_card:
            visitor.post(f"{path_of(checkout)}/gift-card", {"gift_code": code})
        with statements() as looking:
            visitor.get(checkout)
        with statements() as going:
            visitor.pay(checkout, shown="0" if with_card else "40000")
        counts.append((len(looking), len(going)))
        visitor.client.delete_cookie("basket")
    assert counts[1][0] - counts[0][0] <= 1


def test_a_checkout_with_a_card_and_a_code_costs_two_statements_more_than_without(app: Flask, visitor: Visitor) -> None:
    _centre, slot, adult = a_sale(price=20_000)
    sell_cards()
    a_campaign()
    _card_id, code = a_card(20_000)
    visitor.get("/nb/my-booking")
    counts = []
    for with_both in (False, True):
        checkout = visitor.checkout(slot, adult, 2, "en")
        if with_both:
            booking_id = db.session.scalars(select(Booking.id).order_by(Booking.id.desc()).limit(1)).one()
            enter(booking_id)
            pay_by(booking_id, code)
        with statements() as looking:
            visitor.get(checkout)
        with statements() as going:
            till = visitor.pay(checkout, shown="12000" if with_both else "40000").location
        with statements() as paid:
            assert visitor.post(path_of(till), {"play": "pay"}).status_code == 303
        counts.append((len(looking), len(going), len(paid)))
        visitor.client.delete_cookie("basket")
    without, with_both_of_them = counts
    assert [more - less for more, less in zip(with_both_of_them, without, strict=True)] == [2, 1, 0]
