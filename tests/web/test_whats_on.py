"""What is on has a list, a page for each, and a way from there to tickets with it chosen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from booking.catalogue.models import Activity, Kind
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from tests.builders import a_centre, a_slot, a_ticket_type, an_activity, in_all, tomorrow
from tests.web.browsing import Visitor, statements, words


class House:
    """Entry and a show on the same day, at ten and half past ten, and at two."""

    def __init__(self) -> None:
        a_centre(few_left=2)
        self.entry = an_activity()
        self.show = an_activity(Kind.SHOW, 30, "Bobler", summary=in_all("Store såpebobler."))
        with unit_of_work():
            activity = db.session.get_one(Activity, self.show)
            activity.slug, activity.needs_admission, activity.minutes = "bobler", True, 30
            activity.about = in_all("Den første avdelingen.\n\nDen <b>andre</b>.")
        self.adult = a_ticket_type(self.entry, 21000)
        self.seat = a_ticket_type(self.show, 6000, "Plass")
        self.early = a_slot(self.entry, 60, tomorrow(10))
        self.late = a_slot(self.entry, 60, tomorrow(13, 45))
        self.at_two = a_slot(self.show, 30, tomorrow(14))


@pytest.fixture
def house(app: Flask) -> House:
    """The least that has something on."""
    return House()


def test_the_list_tells_of_each_with_its_next_time_and_price(house: House, visitor: Visitor) -> None:
    workshop = an_activity(Kind.WORKSHOP, 20, "Lag en lykt", least_age=8)
    page = words(visitor.get("/nb/whats-on"))
    assert "Bobler Store såpebobler." in page
    assert "60 kr" in page
    assert "fra 8 år" in page  # it has no times yet, and is told of all the same
    assert page.index("Bobler") < page.index("Lag en lykt")
    assert "Ingen tidspunkter nå" in page
    assert workshop


def test_a_day_and_a_kind_are_plain_links_and_empty_days_say_what_is_next(house: House, visitor: Visitor) -> None:
    an_activity(Kind.WORKSHOP, 20, "Lag en lykt")
    day = tomorrow().date()
    there = words(visitor.get(f"/nb/whats-on?day={day}"))
    assert "14:00" in there
    assert "30 plasser igjen" in there
    nothing = visitor.get(f"/nb/whats-on?day={day + timedelta(days=1)}")
    assert nothing.status_code == 200
    assert "Ingenting da" in words(nothing)
    before = words(visitor.get(f"/nb/whats-on?day={day - timedelta(days=1)}"))
    assert "Det neste er Bobler" in before
    assert "Bobler" not in words(visitor.get("/nb/whats-on?kind=workshop"))
    assert 'href="/nb/whats-on?day=today&amp;kind=show"' in visitor.get("/nb/whats-on?kind=show").get_data(as_text=True)


@pytest.mark.parametrize(
    "query", ["kind=admission", "kind=x&day=y", "day=2026-02-31", "day=9999-12-31", "day=2199-12-31"]
)
def test_what_an_address_asks_that_there_is_not_counts_as_not_asked(house: House, visitor: Visitor, query: str) -> None:
    assert visitor.get(f"/nb/whats-on?{query}").status_code == 200


def test_a_house_without_shows_says_that_it_is_open_all_the_same(app: Flask, visitor: Visitor) -> None:
    a_centre()
    assert "Utstillingene er åpne likevel." in words(visitor.get("/nb/whats-on"))


def test_the_page_of_a_show_tells_all_of_it_in_paragraphs(house: House, visitor: Visitor) -> None:
    page = visitor.get("/nb/whats-on/bobler")
    assert "<p>Den første avdelingen.</p><p>Den &lt;b&gt;andre&lt;/b&gt;.</p>" in page.get_data(as_text=True)
    there = words(page)
    for sentence in ("30 minutter", "Alle aldre", "60 kr", "30 plasser igjen", "Har du inngang allerede?"):
        assert sentence in there


def test_a_show_without_times_says_so_and_when_to_look_again(house: House, visitor: Visitor) -> None:
    an_activity(Kind.SHOW, 30, "Lyd", minutes=20)
    with unit_of_work():
        db.session.query(Activity).filter(Activity.minutes == 20).update({"slug": "lyd"})
    page = words(visitor.get("/nb/whats-on/lyd"))
    assert "Det er ingen tidspunkter nå." in page
    assert "Se innom igjen om en uke eller to." in page


def test_what_is_not_offered_any_more_is_a_kind_page_that_is_not_there(house: House, visitor: Visitor) -> None:
    with unit_of_work():
        db.session.get_one(Activity, house.show).active = False
    gone, never = visitor.get("/nb/whats-on/bobler"), visitor.get("/nb/whats-on/inngang")
    assert gone.status_code == never.status_code == 404
    assert "Bobler er ikke på programmet nå" in words(gone)
    assert "Ikke på programmet nå" in words(never)
    assert 'content="noindex"' in gone.get_data(as_text=True)


def test_a_time_leads_to_an_entry_in_good_time_with_a_place_for_each(house: House, visitor: Visitor) -> None:
    answer = visitor.get(f"/nb/tickets/with?show={house.at_two}&party=3")
    assert answer.status_code == 303
    assert f"slot={house.early}" in answer.location  # a quarter of an hour is no good time
    page = visitor.get(answer.location.split("#")[0])
    assert re.search(rf'name="q-{house.at_two}-{house.seat}"[^>]*value="3"', page.get_data(as_text=True), re.DOTALL)
    assert "Bobler kl. 14:00 er med" in words(page)
    assert "810 kr" in words(page).replace("\xa0", " ")


def test_where_only_a_late_entry_is_left_that_is_taken(house: House, visitor: Visitor) -> None:
    with unit_of_work():
        db.session.execute(db.text(f"UPDATE slot SET capacity = 0 WHERE id = {house.early}"))
    assert f"slot={house.late}" in visitor.get(f"/nb/tickets/with?show={house.at_two}").location


def test_a_day_without_entry_keeps_the_show_while_one_chooses(house: House, visitor: Visitor) -> None:
    with unit_of_work():
        db.session.execute(db.text(f"UPDATE slot SET capacity = 0 WHERE id IN ({house.early}, {house.late})"))
    address = visitor.get(f"/nb/tickets/with?show={house.at_two}").location
    assert f"date={tomorrow().date()}" in address
    assert f"show={house.at_two}" in visitor.get(address.split("#")[0]).get_data(as_text=True)


def test_an_entry_after_the_show_says_that_it_does_not_fit(house: House, visitor: Visitor) -> None:
    evening = a_slot(house.entry, 60, tomorrow(15))
    page = words(visitor.get(f"/nb/tickets?slot={evening}&show={house.at_two}"))
    assert "Det du kom for, kan ikke legges til her" in page


@pytest.mark.parametrize("show", ["", "x", "1", "999999999999999999"])
def test_a_show_that_is_not_there_leads_to_what_is_on(house: House, visitor: Visitor, show: str) -> None:
    answer = visitor.get(f"/nb/tickets/with?show={show}")
    assert answer.status_code == 303
    assert answer.location.endswith("/nb/whats-on")


def test_the_entry_in_the_basket_is_the_one_that_is_kept(house: House, visitor: Visitor) -> None:
    visitor.checkout(house.late, house.adult)
    assert f"slot={house.late}" in visitor.get(f"/nb/tickets/with?show={house.at_two}").location


def test_what_is_on_costs_a_fixed_number_of_statements(house: House, visitor: Visitor) -> None:
    for number in range(5):
        other = an_activity(Kind.WORKSHOP, 20, f"Verksted {number}")
        a_ticket_type(other, 9000)
        a_slot(other, 20, clock.now() + timedelta(days=number + 1))
    counted = {}
    for path in ("/nb/whats-on", "/nb/whats-on?day=weekend", "/nb/whats-on/bobler", "/nb/"):
        with statements() as seen:
            visitor.get(path)
        counted[path] = len(seen)
    assert max(counted.values()) <= 5, counted


def test_a_show_on_a_day_without_entry_is_told_as_full(house: House, visitor: Visitor) -> None:
    with unit_of_work():
        db.session.execute(db.text(f"UPDATE slot SET capacity = 0 WHERE id IN ({house.early}, {house.late})"))
    day = tomorrow().date()
    for path in ("/nb/whats-on", f"/nb/whats-on?day={day}", "/nb/whats-on/bobler"):
        page = visitor.get(path)
        assert "Fullt" in words(page), path
        assert "plasser igjen" not in words(page), path
        assert "tickets/with" not in page.get_data(as_text=True).partition("</head>")[2], path
    assert "SoldOut" in visitor.get("/nb/whats-on/bobler").get_data(as_text=True)


def test_what_is_sold_alone_needs_no_entry_and_is_chosen_by_itself(house: House, visitor: Visitor) -> None:
    lecture = an_activity(Kind.LECTURE, 40, "Stjernekveld")
    a_ticket_type(lecture, 19500)
    evening = a_slot(lecture, 40, tomorrow(19))
    with unit_of_work():
        db.session.execute(db.text(f"UPDATE slot SET capacity = 0 WHERE id IN ({house.early}, {house.late})"))
    assert "40 plasser igjen" in words(visitor.get(f"/nb/whats-on?day={tomorrow().date()}&kind=lecture"))
    assert f"slot={evening}" in visitor.get(f"/nb/tickets/with?show={evening}").location
