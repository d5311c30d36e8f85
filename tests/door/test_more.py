"""More of a class come than are booked: asked about, let in and remembered, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from booking.capacity.models import Channel
from booking.centre.facts import the_centre
from booking.door import admit, board, inside, read
from booking.door.admit import DoorAnswer, Heads
from booking.door.correct import correct
from booking.door.models import CheckIn, Trouble
from booking.door.more import more_by
from booking.door.refusals import MoreThanBooked, NoRoomInHouse, TooManyHeads
from booking.door.rules import DoorVerdict
from booking.door.undo import undo
from booking.exports.sources import SOURCES, bookings_filters
from booking.history import booking_history
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.reports.bookings import BookingFilter
from booking.running.check import breaches
from tests.builders import a_centre, a_confirmed_booking, a_slot, a_space, a_stretch, a_ticket_type, an_activity
from tests.door.doors import admitted, how, let_in, party_code, scan, soon

Key = tuple[int, int]


def a_class(
    pupils: int = 24, house: int = 400, free: int | None = None, channel: Channel = Channel.SCHOOL
) -> tuple[int, Key]:
    """A class that comes now to a house for so many, with so much left to sell: (booking, the key of its heads)."""
    a_centre()
    a_stretch(a_space(house, is_house=True), soon(-5), house if free is None else free)
    activity = an_activity()
    slot, pupil = a_slot(activity, 60, soon()), a_ticket_type(activity, 0, "Elev", most=40)
    return a_confirmed_booking(slot, pupil, pupils, channel=channel).booking_id, (slot, pupil)


def let_all_in(booking: int, heads: Heads, more: int) -> DoorAnswer:
    with unit_of_work():
        return admit.admit(booking, heads, replace(how(), more=more), the_centre())


def put_right(mark: str, heads: Heads, seen: Heads, agreed: int = 0, more: int | None = None) -> str | None:
    with unit_of_work():
        return correct(mark, heads, seen, replace(how(), more=agreed), more)


def in_house() -> int:
    db.session.rollback()
    return sum(party.people for party in inside.parties_now(soon(-600), clock.now() + timedelta(seconds=5)))


def beyond(booking: int) -> int:
    db.session.rollback()
    return more_by([booking]).get(booking, 0)


def test_27_of_a_class_of_24_are_asked_about_and_let_in_with_one_more_press(app: Flask) -> None:
    booking, pupils = a_class()
    with pytest.raises(MoreThanBooked) as refused:
        let_in(booking, {pupils: 27})
    assert (refused.value.came, refused.value.booked, refused.value.more, refused.value.sold_out) == (27, 24, 3, False)
    assert (admitted(booking), in_house()) == (0, 0)
    done = let_all_in(booking, {pupils: 27}, 3)
    assert (done.verdict, done.heads) == (DoorVerdict.WELCOME, 24)
    assert (admitted(booking), beyond(booking), in_house()) == (24, 3, 27)
    (row,) = db.session.scalars(select(CheckIn))
    assert (row.heads, row.uncounted, row.trouble) == (24, 3, Trouble.MORE)
    assert breaches() == []


def test_a_yes_to_three_is_no_yes_to_five(app: Flask) -> None:
    booking, pupils = a_class()
    with pytest.raises(MoreThanBooked):
        let_all_in(booking, {pupils: 29}, 3)
    assert admitted(booking) == 0


def test_latecomers_beyond_the_class_are_asked_about_with_all_who_came(app: Flask) -> None:
    booking, pupils = a_class()
    let_all_in(booking, {pupils: 25}, 1)
    with pytest.raises(MoreThanBooked) as refused:
        let_in(booking, {pupils: 2})
    assert (refused.value.came, refused.value.booked, refused.value.more) == (27, 24, 2)
    let_all_in(booking, {pupils: 2}, 2)
    assert (admitted(booking), beyond(booking), in_house()) == (24, 3, 27)
    assert breaches() == []


def test_a_family_still_buys_tickets_for_more_than_it_booked(app: Flask) -> None:
    booking, adults = a_class(4, channel=Channel.PUBLIC)
    with pytest.raises(TooManyHeads):
        let_all_in(booking, {adults: 5}, 1)
    assert breaches() == []


def test_a_full_house_is_said_first_and_takes_those_who_are_booked(app: Flask) -> None:
    booking, pupils = a_class(house=26)
    with pytest.raises(NoRoomInHouse) as refused:
        let_all_in(booking, {pupils: 27}, 3)
    assert (refused.value.more, refused.value.room) == (3, 2)
    assert let_in(booking, {pupils: 24}).heads == 24
    with unit_of_work():
        inside.count(20, None, clock.now() + timedelta(seconds=1))
    let_all_in(booking, {pupils: 3}, 3)
    assert beyond(booking) == 3


def test_a_house_sold_out_for_the_half_hour_is_said_with_the_question(app: Flask) -> None:
    booking, pupils = a_class(house=100, free=2)
    with pytest.raises(MoreThanBooked) as refused:
        let_in(booking, {pupils: 27})
    assert refused.value.sold_out
    with pytest.raises(MoreThanBooked) as refused:
        let_in(booking, {pupils: 26})
    assert not refused.value.sold_out


def test_a_count_corrected_beyond_the_booking_is_asked_about_and_back_again_is_not(app: Flask) -> None:
    booking, pupils = a_class()
    mark = let_in(booking, {pupils: 24}).mark
    with pytest.raises(MoreThanBooked) as refused:
        put_right(mark, {pupils: 27}, {pupils: 24})
    assert (refused.value.came, refused.value.booked, refused.value.more) == (27, 24, 3)
    assert admitted(booking) == 24
    mark = put_right(mark, {pupils: 27}, {pupils: 24}, agreed=3) or ""
    assert (admitted(booking), beyond(booking), in_house()) == (24, 3, 27)
    mark = put_right(mark, {pupils: 24}, {pupils: 24}, more=2) or ""
    assert (admitted(booking), beyond(booking), in_house()) == (24, 2, 26)
    mark = put_right(mark, {pupils: 23}, {pupils: 24}, more=2) or ""
    assert (admitted(booking), beyond(booking), in_house()) == (24, 1, 25)
    put_right(mark, {pupils: 20}, {pupils: 24}, more=0)
    assert (admitted(booking), beyond(booking), in_house()) == (20, 0, 20)
    assert breaches() == []


def test_undoing_takes_those_beyond_the_booking_back_too(app: Flask) -> None:
    booking, pupils = a_class()
    mark = let_all_in(booking, {pupils: 27}, 3).mark
    with unit_of_work():
        undo(mark, "Feil klasse", None, clock.now())
    assert (admitted(booking), beyond(booking), in_house()) == (0, 0, 0)
    assert breaches() == []


def test_staff_see_three_more_than_booked_on_the_board_in_the_history_and_in_the_file(app: Flask) -> None:
    booking, pupils = a_class()
    let_all_in(booking, {pupils: 27}, 3)
    db.session.rollback()
    (group,) = board.groups_today(soon(-600), soon(600))
    assert (group.arrived, group.more) == (24, 3)
    assert board.troubles_today(soon(-600)) == []
    assert [admission.more for admission in read.admissions_of(booking)] == [3]
    came = [
        happening.facts
        for happening in booking_history.of_booking(booking).happenings
        if happening.sort is booking_history.EventKind.CHECK_IN
    ]
    assert [(facts["people"], facts["more"]) for facts in came] == [(27, 3)]
    source = SOURCES["bookings"]
    with app.test_request_context():
        titles = [column.title for column in source.columns()]
        rows, _ = source.batch(bookings_filters(BookingFilter()), None, 10, "en")
    assert [row[titles.index("More came than booked")] for row in rows] == [3]


def test_without_network_the_device_has_asked_and_more_than_that_came_twice(app: Flask) -> None:
    booking, _ = a_class()
    with unit_of_work():
        answer = admit.admit_later(party_code(booking), 27, replace(how(), more=3))
    assert answer.verdict is DoorVerdict.WELCOME
    assert (admitted(booking), beyond(booking), in_house()) == (24, 3, 27)
    with unit_of_work():
        again = admit.admit_later(party_code(booking), 27, replace(how(), more=3))
    assert again.verdict is DoorVerdict.ALREADY_IN
    db.session.rollback()
    assert [trouble.trouble for trouble in board.troubles_today(soon(-600))] == [Trouble.TWICE]
    assert scan(party_code(booking)).verdict is DoorVerdict.ALREADY_IN
    assert breaches() == []
