"""A show or a workshop besides what one has: price, places, payment, and times that do not clash, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from booking.bookings import queries
from booking.bookings.add import add
from booking.bookings.basket import Pick
from booking.bookings.change import Changed, change
from booking.bookings.confirm import confirm
from booking.bookings.hold import Hold
from booking.bookings.models import Ticket
from booking.bookings.refusals import AlreadyUsed, NeedsAdmission, Nothing, NotOnSale, TooLate, TwoAtOnce, Unknown
from booking.capacity.audit import wrong_counters
from booking.capacity.models import Channel, Slot
from booking.capacity.places import Full
from booking.catalogue.models import Kind
from booking.centre.facts import the_centre
from booking.centre.models import Strictness
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.running.check import breaches
from booking.staff.models import Role
from tests.builders import a_centre, a_confirmed_booking, a_slot, a_ticket_type, an_activity, taken
from tests.door.doors import party_code, scan, soon
from tests.web.browsing import Visitor, words
from tests.web.test_desk import signed_in


class Day:
    """A visit that begins soon, and shows to add to it."""

    def __init__(self, people: int = 2, channel: Channel = Channel.PUBLIC, **rules: object) -> None:
        a_centre(change_until_hours=24, **rules)
        activity = an_activity(capacity=20)
        self.entry, self.adult = a_slot(activity, 20, soon(10)), a_ticket_type(activity)
        self.booking = a_confirmed_booking(self.entry, self.adult, people, channel=channel).booking_id
        self.show_id = an_activity(Kind.SHOW, 10, "Bobler", needs_admission=True)
        self.seat = a_ticket_type(self.show_id, 5000, "Plass", vat_rate=0)
        self.show = a_slot(self.show_id, 10, soon(60))

    def add(self, slot: int = 0, quantity: int = 2, seat: int = 0, knows: tuple[str, ...] = ()) -> Changed | Hold:
        with unit_of_work():
            picks = [Pick(slot or self.show, seat or self.seat, quantity)]
            return add(self.booking, picks, centre=the_centre(), now=clock.now(), knows=knows)


@pytest.fixture(autouse=True)
def by_day() -> Iterator[None]:
    """At ten: what comes within hours is of the same day, whatever the hour is now."""
    with time_machine.travel((clock.now() + timedelta(days=1)).replace(hour=10), tick=True):
        yield


@pytest.fixture
def day(app: Flask) -> Day:
    return Day()


def pay(held: Changed | Hold) -> None:
    """As a payment does."""
    assert isinstance(held, Hold)
    with unit_of_work():
        confirm(held.booking_id, clock.now())


def lines_of(booking_id: int) -> list[tuple[int, int, int, int]]:
    db.session.rollback()
    facts = queries.by_id(booking_id)
    assert facts is not None
    return [(line.slot_id, line.quantity, line.unit_price, line.vat_rate) for line in facts.lines]


def test_what_is_added_costs_todays_price_with_its_own_vat_and_is_theirs_once_paid(day: Day) -> None:
    held = day.add()
    assert isinstance(held, Hold)
    waits = queries.by_id(held.booking_id)
    assert waits is not None and (waits.total, taken(day.show), taken(day.entry)) == (10000, 2, 2)
    pay(held)
    assert lines_of(day.booking) == [(day.entry, 2, 21000, 1200), (day.show, 2, 5000, 0)]
    assert (taken(day.show), taken(day.entry)) == (2, 2)
    assert (wrong_counters(), breaches()) == ([], [])


def test_the_deadline_of_changes_does_not_count_for_what_is_added(day: Day) -> None:
    with pytest.raises(TooLate), unit_of_work():
        change(day.booking, [Pick(day.entry, day.adult, 1)], centre=the_centre(), now=clock.now())
    assert isinstance(day.add(), Hold)


def test_people_who_are_in_already_can_add_and_keep_their_admission(day: Day) -> None:
    scan(party_code(day.booking))
    pay(day.add())
    db.session.rollback()
    rows = db.session.execute(select(Ticket.slot_id, Ticket.admitted).where(Ticket.void.is_(False))).all()
    assert sorted(rows) == sorted([(day.entry, 1)] * 2 + [(day.show, 0)] * 2)
    with pytest.raises(AlreadyUsed), unit_of_work():
        change(day.booking, [Pick(day.entry, day.adult, 1)], centre=the_centre(), now=clock.now(), actor="account:1")
    assert breaches() == []


def test_what_costs_nothing_is_theirs_at_once(day: Day) -> None:
    free = a_ticket_type(day.show_id, 0, "Gratis")
    assert isinstance(day.add(seat=free), Changed)
    assert lines_of(day.booking)[1:] == [(day.show, 2, 0, 1200)]
    assert breaches() == []


def beside(day: Day) -> tuple[int, int, int]:
    """A workshop that runs while the show does: its time, its place, and a time after the show."""
    other = an_activity(Kind.WORKSHOP, 10, "Lodding", needs_admission=True)
    return a_slot(other, 10, soon(75)), a_ticket_type(other, 3000, "Plass"), a_slot(other, 10, soon(120))


def test_where_the_centre_refuses_it_nobody_is_at_two_things_at_once_but_a_party_may_part(app: Flask) -> None:
    day = Day(two_at_once=Strictness.REFUSE)
    pay(day.add(quantity=1))
    meanwhile, place, after = beside(day)
    with pytest.raises(TwoAtOnce) as refused:
        day.add(meanwhile, 2, place, knows=("TwoAtOnce",))
    assert not refused.value.warning
    pay(day.add(meanwhile, 1, place))
    pay(day.add(after, 2, place))
    assert breaches() == []


def test_where_the_centre_asks_about_it_two_things_at_once_are_added_on_the_second_press(
    day: Day, visitor: Visitor
) -> None:
    pay(day.add(quantity=1))
    meanwhile, place, _after = beside(day)
    facts = queries.by_id(day.booking)
    assert facts is not None
    wish: dict[str, int | str] = {f"q-{meanwhile}-{place}": 2}
    answer = visitor.post(f"/en/b/{facts.secret}/add", wish)
    assert answer.status_code == 422
    assert "run at the same time" in words(answer)
    assert 'name="knows" value="TwoAtOnce"' in answer.get_data(as_text=True)
    assert visitor.post(f"/en/b/{facts.secret}/add", wish | {"knows": "TwoAtOnce"}).status_code == 303


def test_what_cannot_be_added_is_refused(day: Day) -> None:
    with pytest.raises(Nothing):
        day.add(quantity=0)
    with pytest.raises(Unknown):
        day.add(day.entry, 1, day.adult)
    with pytest.raises(NeedsAdmission):
        day.add(quantity=3)
    with pytest.raises(NeedsAdmission):
        day.add(a_slot(day.show_id, 10, soon(5)))
    with pytest.raises(Full):
        day.add(a_slot(day.show_id, 1, soon(90)))
    over = a_slot(day.show_id, 10, soon(30))
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == over).values(closes_at=clock.now() - timedelta(minutes=1)))
    with pytest.raises(NotOnSale):
        day.add(over)
    assert (wrong_counters(), breaches()) == ([], [])


def test_the_own_page_offers_it_and_goes_on_to_the_checkout(app: Flask, visitor: Visitor) -> None:
    day = Day()
    facts = queries.by_id(day.booking)
    assert facts is not None
    page = f"/en/b/{facts.secret}"
    assert "Add a show or a workshop" in words(visitor.get(page))
    assert "Bobler" in words(visitor.get(f"{page}/add"))
    assert visitor.post(f"{page}/add", {f"q-{day.show}-{day.seat}": "x"}).status_code == 422
    assert visitor.post(f"{page}/add", {}).status_code == 422
    answer = visitor.post(f"{page}/add", {f"q-{day.show}-{day.seat}": 2})
    assert answer.status_code == 303
    assert "NOK 100" in words(visitor.get(answer.location))


def test_the_desk_adds_to_a_party_that_is_in(app: Flask, visitor: Visitor) -> None:
    day = Day(channel=Channel.DESK)
    scan(party_code(day.booking))
    signed_in(visitor, Role.DESK)
    page = f"/staff/desk/booking/{day.booking}"
    assert "Add a show or a workshop" in words(visitor.get(page))
    answer = visitor.post(f"{page}/add", {f"q-{day.show}-{day.seat}": 1})
    assert answer.status_code == 303
    assert "NOK 50" in words(visitor.get(answer.location))
    assert visitor.get("/staff/desk/booking/999999/add").status_code == 404
