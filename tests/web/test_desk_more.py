"""More of a class come than are booked, on the desk's pages without scripting."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from booking.capacity.models import Channel
from booking.running.check import breaches
from booking.staff.models import Role
from tests.builders import a_centre, a_confirmed_booking, a_slot, a_space, a_ticket_type, an_activity
from tests.door.doors import soon
from tests.web.browsing import Visitor, words
from tests.web.test_desk import signed_in


@pytest.fixture
def desk(app: Flask, visitor: Visitor) -> Visitor:
    """Somebody at the desk of a centre."""
    a_centre()
    return signed_in(visitor, Role.DESK)


def test_27_of_a_class_of_24_come_in_by_one_more_press_and_everybody_sees_it(desk: Visitor) -> None:
    a_space(30, is_house=True)
    activity = an_activity()
    slot, pupil = a_slot(activity, 40, soon()), a_ticket_type(activity, 0, "Elev", most=40)
    booking = a_confirmed_booking(slot, pupil, 24, channel=Channel.SCHOOL).booking_id
    there, sent = f"/staff/desk/booking/{booking}", {f"h-{slot}-{pupil}": 27, f"s-{slot}-{pupil}": 0}
    answer = desk.post(f"{there}/admit", sent)
    assert answer.status_code == 409
    assert "27 came, 24 booked: let all 27 in?" in words(answer)
    assert '<button form="let-in" name="more" value="3">' in answer.get_data(as_text=True)
    assert 'value="27"' in answer.get_data(as_text=True)
    full = desk.post(f"{there}/admit", sent | {f"h-{slot}-{pupil}": 31, "more": 7})
    assert "The house is full: 7 more than booked came, and it has room for 6." in words(full)
    assert "/staff/desk/house" in full.get_data(as_text=True)
    done = desk.post(f"{there}/admit", sent | {"more": 3})
    assert done.status_code == 303
    page = desk.get(done.location)
    assert "27 people" in words(page)
    for seen in (page, desk.get("/staff/desk/"), desk.get(f"/staff/bookings/{booking}")):
        assert "3 more than booked" in words(seen)
    mark = re.search(r'id="correct-([0-9A-Z]{26})"', page.get_data(as_text=True))
    assert mark
    more = {f"c-{slot}-{pupil}": 24, f"s-{slot}-{pupil}": 24, "c-more": 4}
    again = desk.post(f"{there}/correct/{mark[1]}", more)
    assert "28 came, 24 booked: let all 28 in?" in words(again)
    assert f'<button form="correct-{mark[1]}" name="more" value="4">' in again.get_data(as_text=True)
    assert desk.post(f"{there}/correct/{mark[1]}", more | {"more": 4}).status_code == 303
    assert "4 more than booked" in words(desk.get(there))
    assert re.search(r"Kari Nordmann.{0,40} 28 ", words(desk.get("/staff/desk/evacuation")))
    assert breaches() == []
