"""Holds that ran out give their places back, and who waits is offered what comes free."""

from __future__ import annotations

from booking.bookings import waiting
from booking.bookings.hold import expire_run_out
from booking.centre.facts import the_centre
from booking.kernel.chores import Chore, Shift
from booking.kernel.database import unit_of_work


def _expire(shift: Shift) -> None:
    with unit_of_work():
        expire_run_out(shift.now)


def _offer(shift: Shift) -> None:
    waiting.offer_places(the_centre(), shift.now)


EXPIRE = Chore("expire", 1, _expire)
WAITING = Chore("waiting", 10, _offer)
