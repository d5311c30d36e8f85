"""The calendar and the times of a day: five weeks from today, what a day costs, and what is near when it is full."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, update
from werkzeug.test import TestResponse

from booking.capacity.models import Slot, SlotStatus
from booking.catalogue.models import Price
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from tests.builders import a_hold, a_sale, a_slot, tomorrow
from tests.web.browsing import Visitor, words
from tests.web.test_tickets import activity_of, change_slot, day_of


def cell(page: TestResponse, day: str) -> str:
    """What the calendar says of a day."""
    there = re.search(rf'date={day}#times"(.*?)</a>', page.get_data(as_text=True), re.DOTALL)
    assert there, day
    return " ".join(re.sub(r"<[^>]+>", " ", there[1]).split())


def tile(page: TestResponse, slot_id: int) -> str:
    """What the list of times says of one."""
    there = re.search(rf'slot={slot_id}[&#"](.*?)</a>', page.get_data(as_text=True), re.DOTALL)
    assert there, slot_id
    return " ".join(re.sub(r"<[^>]+>", " ", there[1]).split())


def make_cheaper_from(hour: int, ticket_type_id: int, minor: int) -> None:
    with unit_of_work():
        start = tomorrow(hour).time()
        db.session.execute(insert(Price).values(ticket_type_id=ticket_type_id, minor=minor, from_time=start, rank=9))


def test_the_lowest_price_of_a_day_stands_in_the_calendar_and_each_times_own_beside_it(
    app: Flask, visitor: Visitor
) -> None:
    _, morning, adult = a_sale(capacity=30, price=21000)
    evening = a_slot(activity_of(morning), 30, tomorrow(15))
    make_cheaper_from(12, adult, 16800)
    page = visitor.get(f"/nb/tickets?party=2&date={day_of(morning)}")
    assert "168 kr" in cell(page, day_of(morning))
    assert "210 kr" in tile(page, morning)
    assert "168 kr" in tile(page, evening)
    assert "168 kr i stedet for 210 kr" in words(page).replace("\N{NO-BREAK SPACE}", " ")


def test_a_price_that_only_a_full_time_has_is_not_promised(app: Flask, visitor: Visitor) -> None:
    _, morning, adult = a_sale(capacity=30, price=21000)
    evening = a_slot(activity_of(morning), 2, tomorrow(15))
    make_cheaper_from(12, adult, 16800)
    a_hold(evening, adult, 2)
    page = visitor.get(f"/nb/tickets?party=2&date={day_of(morning)}")
    assert "210 kr" in cell(page, day_of(morning))
    assert "i stedet for" not in words(page)


def test_five_weeks_are_shown_so_that_the_next_month_is_in_sight(app: Flask, visitor: Visitor) -> None:
    _, slot, _ = a_sale()
    later = a_slot(activity_of(slot), 30, tomorrow(12) + timedelta(days=27))
    page = visitor.get("/nb/tickets")
    assert cell(page, day_of(later))
    beyond = a_slot(activity_of(slot), 30, tomorrow(12) + timedelta(days=60))
    assert f"date={day_of(beyond)}" not in visitor.get("/nb/tickets").get_data(as_text=True)
    assert cell(visitor.get(f"/nb/tickets?from={day_of(beyond)}"), day_of(beyond))


@pytest.mark.parametrize("typed", ["nå", "2026-02-31", "1970-01-01", "9999-12-31", "", "2027-01"])
def test_weeks_that_cannot_be_read_or_are_too_far_are_those_from_today(
    app: Flask, visitor: Visitor, typed: str
) -> None:
    _, slot, _ = a_sale()
    page = visitor.get(f"/nb/tickets?from={typed}")
    assert page.status_code == 200
    assert cell(page, day_of(slot))


def test_times_that_are_over_or_closed_are_left_out_and_full_ones_lead_to_the_waiting_list(
    app: Flask, visitor: Visitor
) -> None:
    _, slot, adult = a_sale(capacity=2)
    closed, full = (a_slot(activity_of(slot), 2, tomorrow(hour)) for hour in (12, 14))
    change_slot(closed, status=SlotStatus.CLOSED)
    a_hold(full, adult, 2)
    page = visitor.get(f"/nb/tickets?party=2&date={day_of(slot)}")
    html = page.get_data(as_text=True)
    assert "12:00" not in html and "stengt" not in tile(page, full)
    assert f"/nb/waiting-list?slot={full}" in html
    assert "Venteliste" in tile(page, full)


def test_on_a_full_day_one_time_before_one_after_and_the_same_weekday_next_week_come_first(
    app: Flask, visitor: Visitor
) -> None:
    _, slot, adult = a_sale(capacity=2)
    change_slot(slot, starts_at=tomorrow(12) + timedelta(days=3), ends_at=tomorrow(13) + timedelta(days=3))
    a_hold(slot, adult, 2)
    activity = activity_of(slot)
    offered = [a_slot(activity, 9, tomorrow(12) + timedelta(days=days)) for days in (2, 4, 10)]
    others = [a_slot(activity, 9, tomorrow(hour) + timedelta(days=days)) for hour, days in ((15, 2), (9, 4), (12, 5))]
    page = visitor.get(f"/nb/tickets?party=2&date={day_of(slot)}").get_data(as_text=True)
    assert [f"slot={other}#choose" in page for other in offered] == [True] * 3
    assert [f"slot={other}#choose" in page for other in others] == [False] * 3
    assert page.index(f"slot={offered[0]}#") < page.index(f"waiting-list?slot={slot}")


def test_the_same_weekday_next_week_is_offered_beyond_the_weeks_that_are_shown(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(capacity=2)
    last = clock.now() + timedelta(days=34 - clock.now().weekday())
    there = last.replace(hour=12, minute=0, second=0, microsecond=0)
    change_slot(slot, starts_at=there, ends_at=there + timedelta(minutes=30))
    a_hold(slot, adult, 2)
    week_after = a_slot(activity_of(slot), 9, there + timedelta(days=7))
    page = visitor.get(f"/nb/tickets?party=2&date={day_of(slot)}").get_data(as_text=True)
    assert f"slot={week_after}#choose" in page


def test_a_chosen_time_is_a_line_and_leads_back_to_its_day(app: Flask, visitor: Visitor) -> None:
    _, slot, _ = a_sale()
    page = visitor.get(f"/nb/tickets?party=2&slot={slot}").get_data(as_text=True)
    assert 'class="month"' not in page and 'class="times"' not in page
    assert f"date={day_of(slot)}#times" in page


def test_a_day_whose_times_are_all_over_says_so(app: Flask, visitor: Visitor) -> None:
    _, slot, _ = a_sale()
    soon = clock.now() + timedelta(hours=1)
    with unit_of_work():
        db.session.execute(
            update(Slot).values(starts_at=soon, ends_at=soon + timedelta(hours=1), closes_at=clock.now())
        )
    assert "ikke flere tidspunkter" in words(visitor.get(f"/nb/tickets?date={day_of(slot)}"))


def test_what_all_times_of_a_day_cost_is_said_once_and_not_at_each(app: Flask, visitor: Visitor) -> None:
    _, first, _ = a_sale(capacity=30, price=21000)
    all_times = [first, *(a_slot(activity_of(first), 30, tomorrow(hour)) for hour in (12, 14))]
    page = visitor.get(f"/nb/tickets?party=2&date={day_of(first)}")
    assert "Samme pris hele dagen" in words(page) and "210 kr" in words(page).split("Samme pris")[1]
    assert not [slot for slot in all_times if "kr" in tile(page, slot)]


def test_a_time_that_costs_less_says_so_beside_those_that_cost_the_same(app: Flask, visitor: Visitor) -> None:
    _, first, adult = a_sale(capacity=30, price=21000)
    for hour in (12, 13):
        a_slot(activity_of(first), 30, tomorrow(hour))
    evening = a_slot(activity_of(first), 30, tomorrow(16))
    make_cheaper_from(15, adult, 16800)
    page = visitor.get(f"/nb/tickets?party=2&date={day_of(first)}")
    assert "168 kr" in tile(page, evening) and "kr" not in tile(page, first)
    assert "168 kr i stedet for 210 kr" in words(page) and "Samme pris" not in words(page)


def test_full_times_stand_together_under_what_they_are(app: Flask, visitor: Visitor) -> None:
    _, first, adult = a_sale(capacity=2)
    later = a_slot(activity_of(first), 2, tomorrow(14))
    a_hold(first, adult, 2)
    page = visitor.get(f"/nb/tickets?party=2&date={day_of(first)}").get_data(as_text=True)
    assert (
        page.index(f"slot={later}#choose")
        < page.index("Fullt. Trykk på et tidspunkt")
        < page.index(f"waiting-list?slot={first}")
    )
