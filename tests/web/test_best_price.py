"""Who would pay less with other tickets is told so where they choose, and one press takes them."""

from __future__ import annotations

import re
from html import unescape

from flask import Flask
from sqlalchemy import select, update

from booking.catalogue.models import TicketType
from booking.kernel.database import db, unit_of_work
from booking.staff.models import Role
from tests.builders import a_hold, a_sale, a_ticket_type
from tests.web.browsing import Visitor, statements, typed, words
from tests.web.test_admin_rooms import ticket_form
from tests.web.test_desk import signed_in
from tests.web.test_tickets import activity_of


def a_family_sale(capacity: int = 60) -> tuple[int, int, int, int]:
    """An entry with tickets for adults, children and families: (slot, adult, child, family)."""
    _, slot, adult = a_sale(capacity=capacity, price=21000)
    child = a_ticket_type(activity_of(slot), 17000, "Barn", brings_adult=False)
    family = a_ticket_type(activity_of(slot), 69000, "Familiebillett", places=4)
    slugs = {kind: db.session.get_one(TicketType, kind).slug for kind in (adult, child)}
    ways = [{slugs[adult]: 2, slugs[child]: 2}, {slugs[adult]: 1, slugs[child]: 3}]
    with unit_of_work():
        db.session.execute(update(TicketType).where(TicketType.id == family).values(covers=ways))
    return slot, adult, child, family


def new_ticket(**more: str) -> dict[str, str]:
    return ticket_form(price="100", **more)


def test_a_family_that_would_pay_less_is_told_and_taken_there_by_a_link(app: Flask, visitor: Visitor) -> None:
    slot, adult, child, family = a_family_sale()
    query = f"party=4&slot={slot}&q-{slot}-{adult}=2&q-{slot}-{child}=2"
    page = visitor.get(f"/nb/tickets?{query}")
    assert "760 kr" in words(page).replace("\N{NO-BREAK SPACE}", " ")
    assert "Bytt og spar 70" in words(page)
    link = re.search(r'class="button take-best" href="([^"]+)"', page.get_data(as_text=True))
    assert link
    best = visitor.get(unescape(link[1]))
    chosen = [typed(best, f"q-{slot}-{kind}") for kind in (adult, child, family)]
    assert chosen == ["0", "0", "1"]
    assert "Bytt og spar" not in words(best)


def test_the_words_about_it_come_by_themselves_for_a_page_that_counts(app: Flask, visitor: Visitor) -> None:
    slot, adult, child, _ = a_family_sale()
    with statements() as seen:
        words_of_it = visitor.get(f"/nb/tickets/best?slot={slot}&q-{slot}-{adult}=1&q-{slot}-{child}=3")
    assert "spar 30" in words(words_of_it) and "<html" not in words_of_it.get_data(as_text=True)
    assert len(seen) == 3
    assert words(visitor.get(f"/nb/tickets/best?slot={slot}&q-{slot}-{adult}=1&q-{slot}-{child}=1")) == ""


def test_without_scripting_a_press_counts_what_was_typed(app: Flask, visitor: Visitor) -> None:
    slot, adult, child, _ = a_family_sale()
    values = {"slot": slot, "party": 4, f"q-{slot}-{adult}": 2, f"q-{slot}-{child}": 2}
    answer = visitor.post("/nb/tickets/count", values)
    assert answer.status_code == 303 and "csrf" not in answer.location
    page = visitor.get(answer.location.removeprefix("http://localhost"))
    assert typed(page, f"q-{slot}-{child}") == "2" and "spar 70" in words(page)


def test_a_family_ticket_is_not_proposed_where_its_places_are_gone(app: Flask, visitor: Visitor) -> None:
    slot, adult, child, family = a_family_sale(capacity=5)
    with unit_of_work():
        db.session.execute(update(TicketType).where(TicketType.id == family).values(places=5))
    query = f"party=4&slot={slot}&q-{slot}-{adult}=2&q-{slot}-{child}=2"
    assert "Bytt og spar" in words(visitor.get(f"/nb/tickets?{query}"))
    a_hold(slot, adult, 1)
    assert "Bytt og spar" not in words(visitor.get(f"/nb/tickets?{query}"))


def test_numbers_that_are_none_are_no_trouble(app: Flask, visitor: Visitor) -> None:
    slot, adult, child, _ = a_family_sale()
    for query in (f"slot={slot}&q-{slot}-{adult}=mange", "slot=x", "", f"slot={slot}&q-{slot}-{child}=" + "9" * 30):
        answer = visitor.get(f"/nb/tickets/best?{query}")
        assert (answer.status_code, words(answer)) == (200, "")


def test_staff_say_whom_a_ticket_stands_for_by_the_titles_of_others(app: Flask, visitor: Visitor) -> None:
    a_family_sale()
    signed_in(visitor, Role.ADMIN)
    answer = visitor.post("/staff/tickets/new", new_ticket(places="4", covers="2 barn + 1 VOKSEN; 4 Barn"))
    assert answer.status_code == 303
    covers = db.session.scalars(select(TicketType.covers).order_by(TicketType.id.desc())).first()
    assert covers is not None and [sorted(way.values()) for way in covers] == [[1, 2], [4]]
    for typed_in, why in (("2 dinosaur", "dinosaur"), ("5 Barn", "more people"), ("mange Barn", "mange Barn")):
        refused = visitor.post("/staff/tickets/new", new_ticket(places="4", covers=typed_in))
        assert refused.status_code == 422 and why in words(refused)
        assert typed(refused, "covers") == typed_in
