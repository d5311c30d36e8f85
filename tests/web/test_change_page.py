"""The page of a change: what each day and time comes to, what a press means before it, what was done after it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from booking.bookings.basket import Pick
from booking.bookings.change import change
from booking.catalogue.models import Kind
from booking.centre.facts import the_centre
from booking.centre.models import Centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.payments.models import Refund
from booking.running.check import breaches
from booking.staff.models import Role
from tests.builders import a_hold, a_slot, an_activity, tomorrow
from tests.web.browsing import Visitor, hidden, path_of, statements, typed, words
from tests.web.test_changing import Visit
from tests.web.test_desk import signed_in


@pytest.fixture
def visit(app: Flask) -> Visit:
    return Visit()


def local(moment: datetime) -> date:
    return the_centre().local(moment).date()


def cell(page: str, day: date) -> str:
    """What the month says of a day."""
    of_day = re.search(rf'date={day}#times"[^>]*><b>.*?</b><span>(.*?)</span>', page, re.DOTALL)
    assert of_day, f"no {day}"
    return " ".join(of_day[1].split())


def next_day(visit: Visit, hour: int = 10, capacity: int = 10) -> int:
    """A time of the entry on the day after their own."""
    return a_slot(visit.facts.lines[0].activity_id, capacity, tomorrow(hour) + timedelta(days=1))


def adult(visit: Visit) -> str:
    return f"q-{visit.ten}-{visit.adult}"


def test_the_month_says_what_the_cheapest_time_of_each_day_costs_more(visit: Visit, visitor: Visitor) -> None:
    next_day(visit, 10), next_day(visit, 11)
    only_dear = a_slot(visit.facts.lines[0].activity_id, 30, tomorrow(12) + timedelta(days=2))
    next_day(visit, 12)
    page = visitor.get(f"{visit.page}/change?date={local(tomorrow(10) + timedelta(days=1))}")
    assert "11:00 +NOK 100 ·" in words(page)  # for both of them
    with unit_of_work():
        db.session.execute(update(Centre).values(few_left=1))
    plain = visitor.get(f"{visit.page}/change").get_data(as_text=True)
    assert cell(plain, local(tomorrow(10) + timedelta(days=1))) == "+kr 0"
    assert cell(plain, local(tomorrow(10) + timedelta(days=2))) == "+kr 100"
    three = visitor.get(f"{visit.page}/change?{adult(visit)}=3&date={local(tomorrow(10))}").get_data(as_text=True)
    assert cell(three, local(tomorrow(10) + timedelta(days=2))) == "+kr 150"
    assert f"{adult(visit)}=3&amp;slot={visit.eleven}#choose" in three  # what was typed goes along
    assert only_dear


def test_their_own_places_count_as_free_for_them_and_for_nobody_else(visit: Visit, visitor: Visitor) -> None:
    a_hold(visit.ten, visit.adult, 8)
    page = words(visitor.get(f"{visit.page}/change"))
    assert "10:00 yours now" in page
    short = words(visitor.get(f"{visit.page}/change?{adult(visit)}=3"))
    assert "The time has no room for 3 people." in short
    assert "These times fit you:" in short
    assert "has no room" not in words(visitor.get(f"{visit.page}/change?{adult(visit)}=1"))


def test_a_full_day_says_so_and_proposes_what_is_near(visit: Visit, visitor: Visitor) -> None:
    full, later = (
        next_day(visit, 10, capacity=1),
        next_day(visit, 12) and a_slot(visit.facts.lines[0].activity_id, 10, tomorrow(13) + timedelta(days=2)),
    )
    with unit_of_work():
        db.session.execute(update(Centre).values(few_left=1))
    page = words(visitor.get(f"{visit.page}/change?slot={full}"))
    assert "The time has no room for 2 people" in page
    assert page.count("12:00 +NOK 100 · 10 places") == 2  # proposed, and among the times of the day, at its price
    assert "only 1 left" in page
    assert "Waiting list" not in page  # who has places waits for none
    assert "These times fit you:" in page
    assert later


def test_a_show_on_another_day_is_taken_off_and_told_so_with_its_price(visit: Visit, visitor: Visitor) -> None:
    other = next_day(visit)
    page = visitor.get(f"{visit.page}/change?slot={other}")
    told = words(page)
    assert "will be removed." in told
    assert "It does not fit the new time." in told
    assert "You get back NOK 60." in told
    form: dict[str, str | int] = {
        "slot": other,
        adult(visit): 2,
        f"q-{visit.noon}-{visit.seat}": hidden(page, f"q-{visit.noon}-{visit.seat}"),
        "shown": hidden(page, "shown"),
        "of": hidden(page, "of"),
    }
    assert visitor.post(f"{visit.page}/change", form).status_code == 303  # told already: it asks no more
    db.session.rollback()
    assert db.session.query(Refund.amount).all() == [(6000,)]
    after = words(visitor.get(visit.page))
    assert "Removed: Bobler" in after
    assert "You get back NOK 60 to the card or account you paid with." in after
    assert breaches() == []


def test_the_sum_that_was_told_counts_only_for_what_it_was_told_of(visit: Visit, visitor: Visitor) -> None:
    page = visitor.get(f"{visit.page}/change?slot={visit.half_past}")
    told_of = {"shown": hidden(page, "shown"), "of": hidden(page, "of")}
    form: dict[str, str | int] = {"slot": visit.half_past, adult(visit): 1} | told_of
    asks = visitor.post(f"{visit.page}/change", form)  # one went on choosing, without scripting
    assert asks.status_code == 200
    assert "Is this right?" in words(asks)
    assert hidden(asks, "shown") == "21000"
    counted = visitor.post(f"{visit.page}/change?count=1", form)
    assert "You get back NOK 210" in words(visitor.get(counted.location))


def test_who_comes_too_late_keeps_what_was_typed_and_sees_what_is_near(visit: Visit, visitor: Visitor) -> None:
    next_day(visit)
    a_hold(visit.half_past, visit.adult, 9)
    answer = visitor.post(f"{visit.page}/change", {"slot": visit.half_past, adult(visit): 2})
    assert answer.status_code == 409
    told, page = words(answer), answer.get_data(as_text=True)
    assert "Your booking is as it was." in told
    assert "These times fit you:" in told
    assert f"slot={visit.eleven}#choose" in page
    assert typed(answer, adult(visit)) == "2"
    assert "<title>Error: Change" in page
    assert page.index('id="errors"') < page.index('class="near"') < page.index('id="press"')
    assert "beside-button" in page


def test_nothing_is_told_to_the_desk_in_the_buyers_words(visit: Visit, visitor: Visitor) -> None:
    signed_in(visitor, Role.DESK)
    desk, other = f"/staff/desk/booking/{visit.id}", next_day(visit)
    fewer = visitor.get(f"{desk}/change?slot={other}&{adult(visit)}=1")
    asks = visitor.post(f"{desk}/change", {"slot": visit.half_past, adult(visit): 1})
    full = visitor.post(f"{desk}/change", {"slot": visit.half_past, adult(visit): 11})
    for page in (visitor.get(f"{desk}/change"), fewer, asks, full):
        main = words(page).split("Desk", 1)[-1]
        assert not re.search(r"\b(you|your|yours)\b", main.lower()), main
    assert "The visitor gets back NOK 270" in words(fewer)
    done = visitor.post(f"{desk}/change", {"slot": visit.half_past, adult(visit): 1, "shown": 21000})
    party = words(visitor.get(done.location))
    assert "The booking is changed." in party
    assert "People 2 → becomes 1" in party
    assert "The visitor gets back NOK 210 to the card or account they paid with." in party


def test_the_page_of_the_booking_says_what_was_done_however_often_it_is_opened(visit: Visit, visitor: Visitor) -> None:
    where = visitor.post(f"{visit.page}/change", {"slot": visit.half_past, adult(visit): 2}).location
    assert path_of(where) == f"{visit.page}#done"
    for _time in range(2):
        page = words(visitor.get(where))
        assert "Your booking is changed." in page
        assert "10:00 → becomes 10:30" in page
        assert "It cost nothing, and nothing comes back." in page
    with unit_of_work():  # the desk, meanwhile
        picks = [Pick(visit.half_past, visit.adult, 1)]
        change(visit.id, picks, centre=the_centre(), now=clock.now(), actor="account:1")
    page = words(visitor.get(where))
    assert "We have changed your booking." in page
    assert "10:00 → becomes" not in page
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        assert "We have changed" not in words(visitor.get(where))


def test_what_was_paid_for_a_change_is_told_when_the_money_has_come(visit: Visit, visitor: Visitor) -> None:
    booking = visitor.buy(visit.ten, visit.adult, 2, lang="en")
    checkout = visitor.post(f"{booking}/change", {"slot": visit.eleven, adult(visit): 2}).location
    assert "the changed tickets come by email at once" in words(visitor.get(checkout))
    till = path_of(visitor.pay(checkout).location)
    back = path_of(visitor.post(till, {"play": "pay"}).location)
    there = visitor.get(back)
    assert path_of(there.location) == f"{booking}#done"
    page = words(visitor.get(there.location))
    assert "10:00 → becomes 11:00" in page
    assert "Paid for the change: NOK 100" in page
    assert breaches() == []


def test_places_that_wait_for_their_money_do_not_stand_in_the_way_of_another_change(
    visit: Visit, visitor: Visitor
) -> None:
    nine = {"slot": visit.half_past, adult(visit): 9}
    assert "/checkout/" in visitor.post(f"{visit.page}/change", nine).location
    page = words(visitor.get(f"{visit.page}/change?{adult(visit)}=9"))
    assert "10:30 +NOK 0 ·10 left" in page.replace("· ", "·")


def test_tickets_sent_again_are_told_of_for_a_while_and_not_for_ever(visit: Visit, visitor: Visitor) -> None:
    where = visitor.post(f"{visit.page}/resend").location
    assert "again." in words(visitor.get(where))
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        assert "again." not in words(visitor.get(where))


def test_a_booking_says_what_to_bring_and_when_one_can_come_in(visit: Visit, visitor: Visitor) -> None:
    page = words(visitor.get(visit.page))
    assert "Before you come" in page
    assert "You can come in between 09:30 and 11:00." in page
    assert "change or cancel it here until" in page


def test_a_cancelled_booking_says_when_and_what_comes_back(visit: Visit, visitor: Visitor) -> None:
    where = visitor.post(f"{visit.page}/cancel").location
    page = visitor.get(where)
    assert "It was cancelled" in words(page)
    assert "NOK 480 is on its way back" in words(page)
    assert 'id="done" tabindex="-1"' in page.get_data(as_text=True)


def test_the_page_costs_no_more_statements_for_more_times(visit: Visit, visitor: Visitor) -> None:
    visitor.get(f"{visit.page}/change")
    with statements() as few:
        visitor.get(f"{visit.page}/change")
    for hour in range(9, 17):
        next_day(visit, hour)
        a_slot(an_activity(Kind.SHOW, title=f"Show {hour}"), starts_at=tomorrow(hour))
    with statements() as many:
        visitor.get(f"{visit.page}/change")
    assert len(many) == len(few)
    assert len(few) <= 16, few
