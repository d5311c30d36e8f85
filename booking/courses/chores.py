"""Participants have their tickets and hear what changes for them; certificates are issued when they are due."""

from __future__ import annotations

from booking.centre.facts import the_centre
from booking.courses import certificates, people
from booking.kernel.chores import Chore, Shift
from booking.kernel.database import unit_of_work


def _follow_up(shift: Shift) -> None:
    with unit_of_work():
        people.follow_up(shift.now)
    with unit_of_work():
        certificates.issue_due(the_centre(), shift.now)


COURSES = Chore("courses", 5, _follow_up)
