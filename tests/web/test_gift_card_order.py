"""The order of a gift card has no people, no lines and no time: every page that shows bookings lives with it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from booking.bookings import queries
from booking.bookings.confirm import confirm
from booking.bookings.queries import BookingFacts
from booking.kernel import clock
from booking.kernel.database import end_reading, unit_of_work
from booking.staff.models import Role
from tests.builders import a_sale, pay_for
from tests.gift_cards.given import an_order, sell_cards
from tests.web.browsing import Visitor, words
from tests.web.test_at_any_hour import broken
from tests.web.test_desk import signed_in


@dataclass(frozen=True, slots=True)
class CardOrder:
    """A gift card that is paid for."""

    id: int
    facts: BookingFacts


@pytest.fixture
def order(app: Flask) -> CardOrder:
    a_sale()
    sell_cards()
    order_id = an_order()
    with unit_of_work():
        confirm(order_id, clock.now())
    pay_for(order_id, 50_000)
    facts = queries.by_id(order_id)
    end_reading()
    assert facts is not None
    return CardOrder(order_id, facts)


@pytest.mark.parametrize("part", ["/b/<secret>", "/checkout/<secret>"])
def test_its_buyers_pages_answer(app: Flask, visitor: Visitor, order: CardOrder, part: str) -> None:
    assert broken(visitor, app, part, order.facts.secret, order.id) == []


@pytest.mark.parametrize("part", ["/staff/bookings/<int:", "/staff/desk/booking/<int:"])
def test_its_pages_for_staff_answer(app: Flask, visitor: Visitor, order: CardOrder, part: str) -> None:
    assert broken(signed_in(visitor, Role.ADMIN), app, part, order.facts.secret, order.id) == []


def test_nobody_is_let_in_with_it_and_its_page_says_what_it_is(visitor: Visitor, order: CardOrder) -> None:
    office = signed_in(visitor, Role.ADMIN)
    at_the_door = office.get(f"/staff/desk/booking/{order.id}")
    assert at_the_door.location.endswith(f"/staff/bookings/{order.id}")
    page = words(office.get(f"/staff/bookings/{order.id}"))
    assert "Gift card" in page
    assert "Let in, change, cancel, help" not in page
    assert "People" not in page
    hits = words(office.get(f"/staff/desk/search?q={order.facts.reference}"))
    assert order.facts.reference in hits
    assert "0 people" not in hits
