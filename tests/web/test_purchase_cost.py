"""What a purchase costs the database: how often each of its requests goes there, so that it does not creep up."""

from __future__ import annotations

import re

from flask import Flask

from booking.kernel.database import db
from tests.builders import a_sale, a_slot, a_space, a_stretch, a_ticket_type, an_activity, tomorrow
from tests.web.browsing import Visitor, path_of, statements

# Of each request the statements on PostgreSQL, where each is a way to the server, and on SQLite, where it is none.
# The centre is read by each of them. The last one is the page that the buyer comes back to: it asks the till, confirms
# and shows the tickets.
MOST = {
    "choosing": (3, 6),
    "looking at the checkout": (2, 2),
    "going to pay": (6, 8),
    "looking at the till": (2, 2),
    "paying": (2, 2),
    "coming back": (7, 11),
}


def test_a_purchase_goes_to_the_database_no_more_often_than_it_must(app: Flask, visitor: Visitor) -> None:
    slot, adult = _in_a_house()
    visitor.get("/nb/my-booking")
    seen = _purchase(visitor, slot, adult)
    most = {step: counts[db.engine.dialect.name == "sqlite"] for step, counts in MOST.items()}
    assert {step: len(sqls) for step, sqls in seen.items()} == most, seen


def test_five_tickets_cost_no_statement_more_than_two(app: Flask, visitor: Visitor) -> None:
    slot, adult = _in_a_house()
    visitor.get("/nb/my-booking")
    first = {step: len(sqls) for step, sqls in _purchase(visitor, slot, adult).items()}
    visitor.client.delete_cookie("basket")
    assert {step: len(sqls) for step, sqls in _purchase(visitor, slot, adult, 5).items()} == first


def test_what_a_buyer_is_shown_at_once_is_what_a_second_look_shows(app: Flask, visitor: Visitor) -> None:
    slot, adult = _in_a_house()
    till = path_of(visitor.pay(visitor.checkout(slot, adult, 3)).location)
    booking = path_of(visitor.post(till, {"play": "pay"}).location)
    pages = [visitor.get(booking).get_data(as_text=True) for _ in range(2)]
    first, second = (re.sub(r'name="csrf_token" value="[^"]+"|id: \w+', "", page) for page in pages)
    assert "ticket" in first
    assert first == second


def _in_a_house() -> tuple[int, int]:
    """A time that draws on the house, as most do: its slot and ticket type."""
    a_sale()
    activity = an_activity(title="Inngang II")
    adult = a_ticket_type(activity)
    house = a_space(capacity=50, is_house=True)
    stretches = [a_stretch(house, tomorrow(hour), 50) for hour in (10, 11)]
    return a_slot(activity, 50, tomorrow(10), draws_on=stretches), adult


def _purchase(visitor: Visitor, slot: int, adult: int, quantity: int = 2) -> dict[str, list[str]]:
    """The statements of each request of a purchase."""
    with statements() as choosing:
        checkout = visitor.checkout(slot, adult, quantity)
    with statements() as looking:
        visitor.get(checkout)
    with statements() as going:
        till = path_of(visitor.pay(checkout).location)
    with statements() as at_the_till:
        visitor.get(till)
    with statements() as paying:
        booking = path_of(visitor.post(till, {"play": "pay"}).location)
    with statements() as coming_back:
        assert visitor.get(booking).status_code == 200
    return dict(zip(MOST, (choosing, looking, going, at_the_till, paying, coming_back), strict=True))
