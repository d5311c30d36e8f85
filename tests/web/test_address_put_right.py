"""The desk puts the address of somebody's places on a course right."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from booking.door.search import search
from booking.kernel import clock
from booking.kernel.database import db
from booking.staff.models import Role
from tests.courses.enrolled import a_course, an_enrolment
from tests.web.browsing import Visitor
from tests.web.test_desk import signed_in


def test_who_comes_on_a_course_is_still_found_by_name_after_the_address_was_put_right(
    app: Flask, visitor: Visitor
) -> None:
    slot = a_course()
    done = an_enrolment(slot, "Kari Nordmann", "Åse Berg")
    desk = signed_in(visitor, Role.DESK)
    address = {"email": "right@example.org"}
    assert desk.post(f"/staff/desk/booking/{done.booking_id}/address", address).status_code == 303
    now = clock.now()
    for typed in ("ase berg", "right@example.org"):
        db.session.rollback()
        assert [hit.booking_id for hit in search(typed, now, now + timedelta(days=1)).hits] == [done.booking_id], typed
