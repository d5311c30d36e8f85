"""What the worker does for annual passes of itself: bookings whose day is over are settled."""

from __future__ import annotations

from booking.annual_passes.uses import settle_due
from booking.centre.facts import the_centre
from booking.kernel.chores import Chore, Shift
from booking.kernel.database import unit_of_work


def _settle(shift: Shift) -> None:
    with unit_of_work():
        settle_due(the_centre().local(shift.now).date(), shift.now)


PASSES = Chore("annual_passes", 60, _settle)
