"""What discounts cost, page by page, counted in statements from the tickets to the booking's page."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.builders import a_sale
from tests.discounts.campaigns import a_campaign
from tests.gift_cards.given import a_card, sell_cards
from tests.web.browsing import Visitor, hidden, path_of, statements

# SQLite sends each row by itself, within the process; a way to a server and back is what costs.
pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


class Counted:
    """A visitor who buys a ticket, and how many statements each page took."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.pages: dict[str, int] = {}

    def get(self, name: str, path: str) -> TestResponse:
        """Open a page that has been opened before."""
        self.visitor.get(path)
        with statements() as seen:
            page = self.visitor.get(path)
        self.pages[name] = len(seen)
        return page

    def buys(self, slot: int, adult: int, codes: tuple[str, ...] = ()) -> dict[str, int]:
        """From the tickets to the booking."""
        self.get("tickets", f"/en/tickets?party=2&slot={slot}")
        with statements() as seen:
            checkout = path_of(self.visitor.hold(slot, adult, 1, "en").location)
        self.pages["hold"] = len(seen)
        for code in codes:
            assert self.visitor.post(f"{checkout}/gift-card", {"gift_code": code}).status_code == 200
        shown = hidden(self.get("checkout", checkout), "shown")
        with statements() as seen:
            till = path_of(self.visitor.pay(checkout, shown=shown).location)
        self.pages["pay"] = len(seen)
        booking = path_of(self.visitor.post(till, {"play": "pay"}).location)
        with statements() as seen:
            assert self.visitor.get(booking).status_code == 200
        self.pages["return"] = len(seen)
        self.get("booking", booking)
        return self.pages


def dearer(pages: dict[str, int], than: dict[str, int], by: int) -> dict[str, int]:
    """The pages that took more statements, by more than so many."""
    return {name: number - than[name] for name, number in pages.items() if number - than[name] > by}


def test_a_campaign_that_takes_itself_off_costs_each_page_one_statement_and_taking_places_two(app: Flask) -> None:
    _centre, slot, adult = a_sale(price=20_000)
    plain = Counted(Visitor(app.test_client())).buys(slot, adult)
    a_campaign(None, 10)
    discounted = Counted(Visitor(app.test_client())).buys(slot, adult)
    assert discounted.pop("hold") <= plain["hold"] + 2  # what there is, unless it is remembered, and that it is taken
    assert dearer(discounted, plain, by=1) == {}


def test_a_code_costs_one_statement_a_page_at_most_and_with_a_gift_card_two(app: Flask) -> None:
    _centre, slot, adult = a_sale(price=20_000)
    sell_cards()
    plain = Counted(Visitor(app.test_client())).buys(slot, adult)
    a_campaign()
    with_code = Counted(Visitor(app.test_client())).buys(slot, adult, ("VINTER20",))
    assert dearer(with_code, plain, by=1) == {}
    with_both = Counted(Visitor(app.test_client())).buys(slot, adult, ("VINTER20", a_card(10_000)[1]))
    assert dearer({name: with_both[name] for name in ("tickets", "checkout", "pay", "booking")}, plain, by=2) == {}
