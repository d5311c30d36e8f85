"""Classes in line are offered what comes free, and leave the list when their days are over."""

from __future__ import annotations

from booking.centre.facts import the_centre
from booking.kernel.chores import Chore, Shift
from booking.kernel.database import unit_of_work
from booking.visit_waiting import waiting


def _offer(shift: Shift) -> None:
    waiting.offer_next(the_centre(), shift.now)


def _end(shift: Shift) -> None:
    with unit_of_work():
        waiting.end_over(shift.now)


VISIT_WAITING = Chore("visit_waiting", 3, _offer)
VISIT_WAITING_OVER = Chore("visit_waiting_over", 60, _end)
