"""The forms of a change: what can be had besides, what another time costs, and the desk that takes the difference."""

from __future__ import annotations

from datetime import time

import pytest
from flask import Flask
from sqlalchemy import select

from booking.bookings import queries
from booking.bookings.basket import Pick
from booking.bookings.change import Changed, change
from booking.bookings.confirm import confirm
from booking.bookings.hold import hold
from booking.bookings.models import Booking
from booking.bookings.queries import BookingFacts
from booking.capacity.places import Closed
from booking.catalogue.models import Kind, Price
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from booking.payments.statement import MoneyWay, statement_of
from booking.records.models import AuditEntry
from booking.running.check import breaches
from booking.staff.models import Role
from tests.builders import a_centre, a_slot, a_ticket_type, an_activity, paid_for, tomorrow
from tests.web.browsing import Visitor, hidden, words
from tests.web.test_desk import signed_in


class Visit:
    """Two adults at ten with a show at noon for both, paid online; eleven costs fifty more each."""

    def __init__(self) -> None:
        a_centre()
        entry = an_activity()
        self.adult = a_ticket_type(entry, 21000)
        self.ten, self.eleven = a_slot(entry), a_slot(entry, starts_at=tomorrow(11))
        self.half_past = a_slot(entry, starts_at=tomorrow(10, 30))
        self.show_id = an_activity(Kind.SHOW, title="Bobler", needs_admission=True)
        self.seat = a_ticket_type(self.show_id, 6000, "Stol")
        self.bench = a_ticket_type(self.show_id, 4000, "Benk")
        self.noon = a_slot(self.show_id, starts_at=tomorrow(12))
        with unit_of_work():
            db.session.add(Price(ticket_type_id=self.adult, minor=26000, from_time=time(11), rank=5))
        picks = [Pick(self.ten, self.adult, 2), Pick(self.noon, self.seat, 1)]
        with unit_of_work():
            held = hold(picks, centre=the_centre(), now=clock.now(), lang="en")
        with unit_of_work():
            confirm(held.booking_id, clock.now())
        self.id = paid_for(held).booking_id

    @property
    def facts(self) -> BookingFacts:
        db.session.rollback()
        facts = queries.by_id(self.id)
        assert facts is not None
        return facts

    @property
    def page(self) -> str:
        return f"/en/b/{self.facts.secret}"


@pytest.fixture
def visit(app: Flask) -> Visit:
    return Visit()


def test_another_kind_of_ticket_for_a_show_comes_with_a_change_at_todays_price(visit: Visit, visitor: Visitor) -> None:
    page = visitor.get(f"{visit.page}/change").get_data(as_text=True)
    bench = f"q-{visit.noon}-{visit.bench}"
    assert f'name="{bench}"' in page
    answer = visitor.post(f"{visit.page}/change", {"slot": visit.ten, bench: 1})
    assert answer.status_code == 303
    assert "NOK 40" in words(visitor.get(answer.location))


def test_a_dearer_time_says_what_it_costs_more(visit: Visit, visitor: Visitor) -> None:
    assert "11:00 +NOK 100 ·" in words(visitor.get(f"{visit.page}/change"))
    adult = f"q-{visit.ten}-{visit.adult}"
    page = words(visitor.get(f"{visit.page}/change?slot={visit.eleven}"))
    assert "Price NOK 480 → becomes NOK 580" in page
    assert "You pay NOK 100 more Continue to pay" in page
    answer = visitor.post(f"{visit.page}/change", {"slot": visit.eleven, adult: 2})
    assert "NOK 100" in words(visitor.get(answer.location))


def test_the_desk_takes_the_difference_of_a_change_in_the_till(visit: Visit, visitor: Visitor) -> None:
    signed_in(visitor, Role.DESK)
    desk = f"/staff/desk/booking/{visit.id}"
    adult = f"q-{visit.ten}-{visit.adult}"
    answer = visitor.post(f"{desk}/change", {"slot": visit.eleven, adult: 2})
    assert "Paid in the till?" in words(visitor.get(answer.location))
    till = f"{answer.location}/till"
    assert visitor.post(till, {"receipt": ""}).status_code == 422
    assert visitor.post(till, {"receipt": "K-77"}).status_code == 303
    facts = visit.facts
    assert [(line.slot_id, line.unit_price) for line in facts.lines] == [(visit.eleven, 26000), (visit.noon, 6000)]
    paid = [(move.way, move.amount, move.receipt) for move in statement_of(visit.id).moved]
    assert paid == [(MoneyWay.DEMO, 48000, ""), (MoneyWay.TILL, 10000, "K-77")]
    noted = select(AuditEntry.subject).where(AuditEntry.action == "door.till_sale")
    assert db.session.scalars(noted).all() == [f"booking:{visit.id}"]
    assert "K-77" in words(visitor.get(desk))
    with unit_of_work():
        back = change(visit.id, [Pick(visit.eleven, visit.adult, 1)], centre=the_centre(), now=clock.now())
    assert isinstance(back, Changed)
    assert back.refund == 32000 == back.sent.online + back.sent.in_till
    assert breaches() == []


def test_a_change_that_is_let_go_leads_back_to_its_party(visit: Visit, visitor: Visitor) -> None:
    signed_in(visitor, Role.DESK)
    more = {"slot": visit.ten, f"q-{visit.ten}-{visit.adult}": 3}
    sale = visitor.post(f"/staff/desk/booking/{visit.id}/change", more).location
    assert visitor.post(f"{sale}/drop", {}).location.endswith(f"/staff/desk/booking/{visit.id}")
    assert db.session.query(Booking).where(Booking.changes_id == visit.id, Booking.held_until.is_not(None)).count() == 0


def test_a_time_that_closes_while_the_sum_becomes_another_is_said_on_the_page(
    visit: Visit, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, form = f"{visit.page}/change", {"slot": visit.half_past, f"q-{visit.ten}-{visit.adult}": 1, "shown": 1}

    def gone(*_of: object, **_how: object) -> None:
        """A moment later the time can no longer be had."""
        raise Closed(visit.half_past)

    asks = visitor.post(page, form)
    assert (asks.status_code, hidden(asks, "shown")) == (409, "21000")
    monkeypatch.setattr("booking.web.visitor.changing.what_if", gone)
    answer = visitor.post(page, form)
    assert answer.status_code == 409
    assert "closed" in words(answer)


def letters_of_changes() -> int:
    return db.session.query(Promise).where(Promise.kind == "mail.change").count()


@pytest.mark.parametrize("place", ["buyer", "desk"])
def test_a_change_that_is_pressed_twice_is_made_once(place: str, visit: Visit, visitor: Visitor) -> None:
    page = f"{visit.page}/change"
    if place == "desk":
        signed_in(visitor, Role.DESK)
        page = f"/staff/desk/booking/{visit.id}/change"
    later = visit.half_past
    form = {"slot": later, f"q-{visit.ten}-{visit.adult}": 2}
    first, second = visitor.post(page, form), visitor.post(page, form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert second.location == first.location
    assert [(line.slot_id, line.quantity) for line in visit.facts.lines] == [(later, 2), (visit.noon, 1)]
    assert letters_of_changes() == 1
    assert breaches() == []


def test_a_smaller_party_that_is_agreed_to_twice_gets_its_money_once(visit: Visit, visitor: Visitor) -> None:
    form = {"slot": visit.ten, f"q-{visit.ten}-{visit.adult}": 1, "shown": 21000}
    for _time in range(2):
        assert visitor.post(f"{visit.page}/change", form).status_code == 303
    assert [move.amount for move in statement_of(visit.id).moved] == [48000, 21000]
    assert letters_of_changes() == 1


def test_a_form_from_before_another_change_adds_nobody_to_the_booking(visit: Visit, visitor: Visitor) -> None:
    old = {"slot": visit.ten, f"q-{visit.ten}-{visit.adult}": 1}
    visitor.post(f"{visit.page}/change", {"slot": visit.half_past, f"q-{visit.ten}-{visit.adult}": 2})
    for slot in (visit.ten, visit.half_past):
        answer = visitor.post(f"{visit.page}/change", old | {"slot": slot})
        assert answer.status_code == 409
        assert "from before the booking was changed" in words(answer)
    assert [(line.slot_id, line.quantity) for line in visit.facts.lines] == [(visit.half_past, 2), (visit.noon, 1)]
    assert db.session.query(Booking).where(Booking.changes_id == visit.id).count() == 0
