"""Letters that nobody asks for are promised when their day has come."""

from __future__ import annotations

from booking.centre.facts import the_centre
from booking.kernel.chores import Chore, Shift
from booking.kernel.database import unit_of_work
from booking.mail.letters.reminders import promise_reminders
from booking.mail.visit_reminders import promise_visit_letters


def _remind(shift: Shift) -> None:
    with unit_of_work():
        promise_reminders(shift.now)
    with unit_of_work():
        promise_visit_letters(the_centre(), shift.now)


REMINDERS = Chore("reminders", 600, _remind)
