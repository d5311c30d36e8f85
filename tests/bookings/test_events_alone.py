"""What is sold without entry: an evening, a festival with its programme, and who may have what besides."""

from __future__ import annotations

import pytest
from flask import Flask

from booking.bookings.add import add
from booking.bookings.basket import Pick
from booking.bookings.hold import hold
from booking.bookings.models import Booking
from booking.bookings.refusals import NeedsAdmission
from booking.catalogue.models import Kind
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from tests.builders import a_centre, a_confirmed_booking, a_slot, a_ticket_type, an_activity, taken, tomorrow


class Programme:
    """Entry, a show, a festival with a session, and an evening, all on one day."""

    def __init__(self, *, gives_entry: bool = False) -> None:
        a_centre()
        self.entry = self._sold(an_activity(), 10)
        self.show = self._sold(an_activity(Kind.SHOW, needs_admission=True), 12)
        festival = an_activity(Kind.FESTIVAL, gives_entry=gives_entry)
        self.festival = self._sold(festival, 10)
        workshop = an_activity(Kind.WORKSHOP, needs_admission=True, part_of_id=festival)
        self.session = self._sold(workshop, 13)
        self.free_session = Pick(self.session.slot_id, a_ticket_type(workshop, 0), 2)
        self.evening = self._sold(an_activity(Kind.LECTURE), 19)

    def _sold(self, activity_id: int, hour: int) -> Pick:
        return Pick(a_slot(activity_id, 20, tomorrow(hour)), a_ticket_type(activity_id), 2)

    def holds(self, *picks: Pick) -> Booking:
        """As somebody holds them."""
        with unit_of_work():
            held = hold(picks, centre=the_centre(), now=clock.now(), lang="nb")
        return db.session.get_one(Booking, held.booking_id)


def test_an_evening_and_a_festival_are_sold_to_people_without_entry(app: Flask) -> None:
    on = Programme()
    assert on.holds(on.evening).people == 2
    assert on.holds(on.festival).people == 2
    assert (taken(on.evening.slot_id), taken(on.festival.slot_id)) == (2, 2)


def test_who_has_an_evening_alone_has_no_show_in_the_house(app: Flask) -> None:
    on = Programme()
    event = an_activity(Kind.EVENT)
    morning = Pick(a_slot(event, 20, tomorrow(11)), a_ticket_type(event), 2)
    with pytest.raises(NeedsAdmission):
        on.holds(morning, on.show)


@pytest.mark.parametrize("gives_entry", [True, False])
def test_a_festival_ticket_opens_the_house_only_where_it_is_entry_too(app: Flask, gives_entry: bool) -> None:
    on = Programme(gives_entry=gives_entry)
    if gives_entry:
        assert on.holds(on.festival, on.show).people == 2
    else:
        with pytest.raises(NeedsAdmission):
            on.holds(on.festival, on.show)


def test_what_is_on_a_festivals_programme_asks_for_the_festivals_ticket_and_not_for_entry(app: Flask) -> None:
    on = Programme()
    with pytest.raises(NeedsAdmission):
        on.holds(on.entry, on.session)
    with pytest.raises(NeedsAdmission):
        on.holds(on.session)
    assert on.holds(on.festival, on.session).people == 2
    assert taken(on.session.slot_id) == 2


def test_no_more_come_to_a_session_than_have_the_festivals_ticket(app: Flask) -> None:
    on = Programme()
    with pytest.raises(NeedsAdmission):
        on.holds(on.festival, Pick(on.session.slot_id, on.session.ticket_type_id, 3))


def test_a_family_that_has_entry_and_an_evening_is_not_counted_twice(app: Flask) -> None:
    on = Programme()
    assert on.holds(on.entry, on.evening).people == 2
    at_the_same_time = an_activity(Kind.EVENT)
    other = Pick(a_slot(at_the_same_time, 20, tomorrow(19)), a_ticket_type(at_the_same_time), 3)
    assert on.holds(on.entry, on.evening, other).people == 5


def test_who_has_a_festivals_ticket_can_add_a_session_later(app: Flask) -> None:
    on = Programme()
    booking = a_confirmed_booking(on.festival.slot_id, on.festival.ticket_type_id)
    with unit_of_work():
        add(booking.booking_id, [on.free_session], centre=the_centre(), now=clock.now())
    assert taken(on.session.slot_id) == 2
