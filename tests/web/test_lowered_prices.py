"""What takes itself off is seen before the checkout: in the month, beside times and tickets, and in the sum."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from booking.bookings.by_code.beforehand import Beforehand
from booking.discounts.models import Campaign, DiscountWay
from booking.discounts.rules import best, lowest
from booking.kernel.database import db, unit_of_work
from booking.staff.models import Role
from tests.builders import a_sale, a_slot, in_all, tomorrow
from tests.discounts.campaigns import a_campaign
from tests.discounts.test_best import CAMPAIGNS, TODAY, Drawn, campaign, tickets_of
from tests.web.browsing import Visitor, hidden, path_of, statements, words
from tests.web.staffing import a_colleague
from tests.web.test_best_price import a_family_sale
from tests.web.test_choosing_a_day import cell, tile
from tests.web.test_tickets import activity_of, day_of

by_itself = partial(a_campaign, None, 20)


def test_a_day_a_time_a_ticket_and_the_sum_say_what_takes_itself_off(app: Flask, visitor: Visitor) -> None:
    _centre, morning, adult = a_sale(price=20_000)
    evening = a_slot(activity_of(morning), 30, tomorrow(16, days=3))
    by_itself(name=in_all("Kveld"), from_time=tomorrow(15).time())
    page = visitor.get(f"/en/tickets?party=2&date={day_of(morning)}")
    assert "↓ kr 160" in cell(page, day_of(morning)).replace("\N{NO-BREAK SPACE}", " ")
    assert "lowered by: Kveld." in words(page)
    assert "NOK 160 before NOK 200" in tile(page, evening).replace("\N{NO-BREAK SPACE}", " ")
    assert "before" not in tile(page, morning)
    page = visitor.get(f"/en/tickets?party=2&slot={evening}")
    page_words = words(page).replace("\N{NO-BREAK SPACE}", " ")
    assert "NOK 160 before NOK 200 Kveld" in page_words
    assert "Total: NOK 320 before NOK 400 Kveld: NOK 80 off." in page_words
    assert 'data-price="16000"' in page.get_data(as_text=True)
    held = visitor.hold(evening, adult, 2, "en")
    assert hidden(visitor.get(path_of(held.location)), "shown") == "32000"


@pytest.mark.parametrize(
    ("more", "total"),
    [
        ({"way": DiscountWay.ORDER, "amount": 5_000}, "NOK 350"),
        ({"most_tickets": 1}, "NOK 360"),
    ],
)
def test_what_is_for_the_whole_order_stands_in_the_sum_alone(
    app: Flask, visitor: Visitor, more: dict[str, Any], total: str
) -> None:
    _centre, slot, adult = a_sale(price=20_000)
    by_itself(**more)
    page = visitor.get(f"/en/tickets?party=2&slot={slot}")
    assert f"Total: {total} before NOK 400" in words(page).replace("\N{NO-BREAK SPACE}", " ")
    text = page.get_data(as_text=True)
    assert 'data-price="20000"' in text and "data-asks-sum" in text
    counted = visitor.get(f"/en/tickets/best?slot={slot}&q-{slot}-{adult}=2")
    assert total in words(counted).replace("\N{NO-BREAK SPACE}", " ")


def test_the_sum_that_a_counting_page_asks_for_has_what_comes_beside_the_entry(app: Flask, visitor: Visitor) -> None:
    _centre, slot, adult = a_sale(price=20_000)
    other = a_slot(activity_of(slot), 30, tomorrow(14, days=3))
    by_itself(way=DiscountWay.ORDER, amount=5_000)
    fields = f"slot={slot}&q-{slot}-{adult}=1&q-{other}-{adult}=1&q-99999-{adult}=1&q-{slot}-99999=x"
    counted = visitor.get(f"/en/tickets/best?{fields}")
    assert "NOK 350" in words(counted).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    "address",
    [
        "tickets",
        "tickets?date={day}",
        "tickets?slot={slot}",
        "tickets/best?slot={slot}&q-{slot}-{adult}=2",
        "",
        "whats-on",
    ],
)
def test_a_page_pays_a_statement_more_where_there_are_campaigns_and_none_where_not(
    app: Flask, visitor: Visitor, address: str
) -> None:
    _centre, slot, adult = a_sale()
    place = f"/en/{address.format(day=day_of(slot), slot=slot, adult=adult)}"
    visitor.get(place)
    with statements() as plain:
        visitor.get(place)
    assert not [sql for sql in plain if "campaign " in sql]
    by_itself()
    visitor.get(place)
    with statements() as lowered:
        visitor.get(place)
    assert len(lowered) <= len(plain) + 1
    with unit_of_work():
        db.session.execute(delete(Campaign))
        assert db.session.scalar(select(Campaign.id)) is None


def test_cheaper_tickets_save_what_the_whole_order_costs_less(app: Flask, visitor: Visitor) -> None:
    slot, adult, child, _family = a_family_sale()
    by_itself()
    page = visitor.get(f"/nb/tickets?party=4&slot={slot}&q-{slot}-{adult}=2&q-{slot}-{child}=2")
    assert "Bytt og spar 56" in words(page)


def test_the_desk_and_a_booking_that_gets_more_see_it_too(app: Flask, visitor: Visitor) -> None:
    _centre, slot, _adult = a_sale(price=20_000, days=0)
    by_itself(channels=["desk"])
    boss = a_colleague(app, Role.ADMIN, "boss@example.org")
    page = boss.get(f"/staff/desk/sell?slot={slot}")
    assert 'data-price="16000"' in page.get_data(as_text=True)
    assert "before" not in words(visitor.get(f"/en/tickets?slot={slot}"))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 25_000), CAMPAIGNS)
def test_a_ticket_by_itself_costs_what_an_order_of_it_does(price: int, drawn: list[Drawn]) -> None:
    campaigns = [
        campaign(number, way, amount, stacks=stacks, most=None, types=types)
        for number, (way, amount, stacks, _most, types) in enumerate(drawn, 1)
        if way is not DiscountWay.ORDER
    ]
    (ticket,) = tickets_of((price, 1))
    fitting = [each for each in campaigns if each.fits(ticket, TODAY)]
    assert lowest(price, fitting)[0] == best([ticket], campaigns, TODAY).total


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 25_000), st.integers(1, 3)), min_size=1, max_size=3), CAMPAIGNS)
def test_what_is_said_to_add_up_adds_up(prices: list[tuple[int, int]], drawn: list[Drawn]) -> None:
    campaigns = tuple(
        campaign(number, way, amount, stacks=stacks, most=most if way is not DiscountWay.ORDER else None, types=types)
        for number, (way, amount, stacks, most, types) in enumerate(drawn, 1)
    )
    lowering, tickets = Beforehand(campaigns, TODAY), tickets_of(*prices)
    apart = sum(
        lowering.of_ticket(those.activity_id, those.ticket_type_id, those.start, those.price).price * those.quantity
        for those in tickets
    )
    together = lowering.of_order(tickets)
    assert 0 <= together.price <= together.full
    assert together.full - together.price == sum(amount for _name, amount in together.off)
    if lowering.adds_up:
        assert apart == together.price


def test_a_price_that_is_said_once_for_all_times_says_what_it_was_before(app: Flask, visitor: Visitor) -> None:
    _centre, first, _adult = a_sale(price=20_000)
    for hour in (12, 14):
        a_slot(activity_of(first), 30, tomorrow(hour))
    by_itself()
    page = visitor.get(f"/en/tickets?party=2&date={day_of(first)}")
    assert "Same price all day for “" in words(page) and "NOK 160 before NOK 200" in words(page)
    assert "before" not in tile(page, first)
