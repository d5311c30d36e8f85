"""Discounts on the pages: the field at the checkout, campaigns in the office."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from booking.bookings.hold import drop
from booking.discounts import edits
from booking.discounts.models import Campaign
from booking.discounts.refusals import NoSuchDiscount
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.receipts.document import Receipt
from booking.receipts.models import PaymentReceipt
from booking.records.frozen import read_back
from booking.running.check import breaches
from booking.staff.lockout import MOST_FROM_ONE_PLACE
from booking.staff.models import Role
from tests.builders import a_hold, a_sale
from tests.discounts.campaigns import a_campaign, enter, used
from tests.gift_cards.given import a_card, balance, sell_cards
from tests.web.browsing import Visitor, hidden, path_of, statements, typed, words
from tests.web.staffing import Colleague, a_colleague

FORM = {
    "name-nb": "Vinterferie", "way": "percent", "amount": "20", "asks_code": "y", "code": "Vinter 20",
    "channels": "public", "weekdays": "5", "days_ahead": "0",
}  # fmt: skip


@pytest.fixture
def boss(app: Flask) -> Colleague:
    """An administrator."""
    return a_colleague(app, Role.ADMIN, "boss@example.org")


def test_a_house_without_campaigns_asks_for_no_code(app: Flask, visitor: Visitor) -> None:
    _centre, slot, adult = a_sale()
    assert "gift_code" not in visitor.get(visitor.checkout(slot, adult)).get_data(as_text=True)


def test_a_code_is_taken_at_the_checkout_to_the_receipt(app: Flask, visitor: Visitor) -> None:
    _centre, slot, adult = a_sale(price=20_000)
    campaign = a_campaign()
    checkout = visitor.checkout(slot, adult, 2, "en")
    assert "Discount code?" in words(visitor.get(checkout))
    page = visitor.post(f"{path_of(checkout)}/gift-card", {"name": "Kari", "gift_code": "vinter 2O"})
    assert (page.status_code, typed(page, "name"), hidden(page, "shown")) == (200, "Kari", "32000")
    assert "Vinter: NOK 80 off." in words(page)
    till = path_of(visitor.pay(checkout, shown="32000").location)
    booking = path_of(visitor.post(till, {"play": "pay"}).location)
    assert "NOK 320" in words(visitor.get(booking))
    assert visitor.get(f"{booking}/receipt.pdf").status_code == 200
    receipt = read_back(Receipt, db.session.scalars(select(PaymentReceipt.document)).one())
    assert [(line.kind, line.total) for line in receipt.lines] == [
        ("Voksen, discount “Vinter”, NOK\N{NO-BREAK SPACE}40 each", 32_000)
    ]
    end_reading()
    assert used(campaign) == 1


def test_one_field_takes_a_code_and_then_a_gift_card_for_the_rest(app: Flask, visitor: Visitor) -> None:
    _centre, slot, adult = a_sale(price=20_000)
    sell_cards()
    a_campaign()
    card_id, code = a_card(30_000)
    checkout = visitor.checkout(slot, adult, 2, "en")
    address = f"{path_of(checkout)}/gift-card"
    assert hidden(visitor.post(address, {"gift_code": code}), "shown") == "10000"
    assert hidden(visitor.post(address, {"gift_code": "VINTER20"}), "shown") == "2000"
    assert balance(card_id) == 0
    page = visitor.post(f"{path_of(checkout)}/discount/off")
    assert hidden(page, "shown") == "10000"


@pytest.mark.parametrize("text", ["x", "🎉🎉🎉", "V" * 5000, "'; DROP TABLE line; --", "VINTER21", "<b>VINTER20</b>"])
def test_what_is_no_code_is_told_at_its_field_and_kept(app: Flask, visitor: Visitor, text: str) -> None:
    _centre, slot, adult = a_sale()
    a_campaign()
    checkout = visitor.checkout(slot, adult, 1, "en")
    page = visitor.post(f"{path_of(checkout)}/gift-card", {"gift_code": text})
    assert page.status_code == 422
    assert "We know no such code." in words(page)
    assert typed(page, "gift_code") == text[:80]


def test_a_hundred_codes_are_slowed_and_one_that_is_right_counts_for_nothing(app: Flask, visitor: Visitor) -> None:
    _centre, slot, adult = a_sale()
    a_campaign(days_ahead=300)
    checkout = visitor.checkout(slot, adult, 1, "en")
    address = f"{path_of(checkout)}/gift-card"
    known = [visitor.post(address, {"gift_code": "VINTER20"}).status_code for _time in range(3)]
    assert known == [409, 409, 409]
    codes = {visitor.post(address, {"gift_code": f"FEIL{n}"}).status_code for n in range(MOST_FROM_ONE_PLACE + 5)}
    assert codes == {422, 429}


def test_the_checkout_costs_one_statement_more_with_a_code_and_none_without_campaigns(
    app: Flask, visitor: Visitor
) -> None:
    _centre, slot, adult = a_sale()
    checkout = visitor.checkout(slot, adult, 1, "en")
    with statements() as plain:
        visitor.get(checkout)
    assert not [sql for sql in plain if "campaign " in sql or "discount_use" in sql]
    a_campaign()
    visitor.post(f"{path_of(checkout)}/gift-card", {"gift_code": "VINTER20"})
    visitor.get(checkout)
    with statements() as with_code:
        visitor.get(checkout)
    assert len(with_code) <= len(plain) + 1


def test_the_office_makes_a_campaign_its_codes_and_ends_it(boss: Colleague) -> None:
    a_sale()
    assert boss.get("/staff/campaigns/new").status_code == 200
    answer = boss.post("/staff/campaigns/new", **FORM)
    assert answer.status_code == 303, words(answer)
    row = db.session.scalars(select(Campaign)).one()
    place = f"/staff/campaigns/{row.id}"
    end_reading()
    assert "Vinterferie" in words(boss.get("/staff/campaigns"))
    assert typed(boss.get(place), "code") == "Vinter 20"
    assert boss.post(f"{place}/codes", number="25").status_code == 303
    lines = boss.post(f"{place}/codes/export", format="csv").get_data(as_text=True).splitlines()
    assert len(lines) == 1 + 1 + 25
    for number in ("0", "-1", "mange", "1000000000000"):
        boss.post(f"{place}/codes", number=number)
    assert len(boss.post(f"{place}/codes/export", format="csv").get_data(as_text=True).splitlines()) == 27
    boss.post(f"{place}/stop")
    assert "Let it go on" in words(boss.get(place))


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("amount", "0"), ("amount", "-20"), ("amount", "101"), ("amount", "tjue"), ("amount", "1000000000000"),
        ("code", "æ"), ("code", "X" * 16), ("most_uses", "0"), ("most_uses", "1.5"), ("visit_until", "2020-13-01"),
        ("name-nb", ""), ("days_ahead", "900"), ("amount", "-5"), ("amount", "-0,01"), ("amount", "1e3"),
        ("sale_until", "2026-02-30"), ("sale_from", "i morgen"), ("visit_from", "99999-01-01"), ("from_time", "25:61"),
        ("most_each", "-1"), ("most_uses", "1000000000000"), ("most_tickets", "mange"), ("way", "everything"),
        ("channels", "moon"), ("activities", "987654"), ("activities", "alle"), ("ticket_types", "0"),
        ("weekdays", "9"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_at_its_field(boss: Colleague, field: str, text: str) -> None:
    a_sale()
    answer = boss.post("/staff/campaigns/new", **FORM | {field: text})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert f'id="{field}-error"' in page
    if field in {"amount", "code", "most_uses", "most_each", "most_tickets", "days_ahead"}:
        assert typed(answer, field) == text


def test_a_campaign_of_days_past_or_far_ahead_is_told_as_such_and_nobody_has_it(
    app: Flask, boss: Colleague, visitor: Visitor
) -> None:
    _centre, slot, adult = a_sale()
    for code, days in (("GAMMEL", {"sale_until": "2020-01-01"}), ("FJERN", {"sale_from": "2099-01-01"})):
        assert boss.post("/staff/campaigns/new", **FORM | days | {"code": code}).status_code == 303
    listed = words(boss.get("/staff/campaigns"))
    assert "from 1 Jan 2099" in listed and "over" in listed
    checkout = path_of(visitor.checkout(slot, adult, 1, "en"))
    for code, why in (("gammel", "The time of this discount is over."), ("FJERN", "1 January 2099")):
        page = visitor.post(f"{checkout}/gift-card", {"gift_code": code})
        assert (page.status_code, typed(page, "gift_code")) == (409, code)
        assert why in words(page)


def test_a_hundred_codes_in_one_field_are_one_that_nobody_knows(app: Flask, visitor: Visitor) -> None:
    _centre, slot, adult = a_sale()
    a_campaign()
    checkout = path_of(visitor.checkout(slot, adult, 1, "en"))
    for between in (" ", ",", "\n", ";"):
        page = visitor.post(f"{checkout}/gift-card", {"gift_code": between.join(["VINTER20"] * 100)})
        assert page.status_code == 422
        assert "We know no such code." in words(page)


def test_a_code_that_an_order_gave_back_can_be_replaced_and_then_nobody_has_it(boss: Colleague) -> None:
    _centre, slot, adult = a_sale()
    assert boss.post("/staff/campaigns/new", **FORM).status_code == 303
    row_id = db.session.scalars(select(Campaign.id)).one()
    place = f"/staff/campaigns/{row_id}"
    bought, dropped = a_hold(slot, adult, 1), a_hold(slot, adult, 1)
    for held in (bought, dropped):
        enter(held.booking_id)
    with unit_of_work():
        drop(dropped.booking_id, clock.now())
    answer = boss.post(place, **FORM | {"code": "VINTER25", "seen": hidden(boss.get(place), "seen")})
    assert answer.status_code == 303, words(answer)
    with unit_of_work():
        drop(bought.booking_id, clock.now())
    late = a_hold(slot, adult, 1)
    with pytest.raises(NoSuchDiscount):
        enter(late.booking_id)
    assert enter(late.booking_id, "VINTER25").amount
    assert "0 made, 0 used" in words(boss.get(place))
    back = boss.post(place, **FORM | {"seen": hidden(boss.get(place), "seen")})
    assert (back.status_code, typed(boss.get(place), "code")) == (303, "Vinter 20")
    assert breaches() == []


def test_a_limit_that_orders_went_past_meanwhile_is_told_at_its_field(
    boss: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    _centre, slot, adult = a_sale()
    assert boss.post("/staff/campaigns/new", **FORM).status_code == 303
    row_id = db.session.scalars(select(Campaign.id)).one()
    place = f"/staff/campaigns/{row_id}"
    for _order in range(2):
        enter(a_hold(slot, adult, 1).booking_id)
    monkeypatch.setattr(edits, "uses_at_least", lambda _campaign: 1)  # as it was a moment ago
    answer = boss.post(place, **FORM | {"most_uses": "1", "seen": hidden(boss.get(place), "seen")})
    assert answer.status_code == 409
    assert "It has been used more often meanwhile" in words(answer)
    assert 'id="most_uses-error"' in answer.get_data(as_text=True)
    assert typed(answer, "most_uses") == "1"
    assert used(row_id) == 2


def test_two_campaigns_have_no_code_that_one_could_take_for_the_other(boss: Colleague) -> None:
    a_sale()
    a_campaign("VINTER20")
    answer = boss.post("/staff/campaigns/new", **FORM | {"code": "v1nter-2o"})
    assert answer.status_code == 422
