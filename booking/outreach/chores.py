"""Times at which nobody goes to a school any more keep no educator."""

from __future__ import annotations

from booking.kernel.chores import Chore, Shift
from booking.kernel.database import unit_of_work
from booking.outreach.change import end_slots


def _end(shift: Shift) -> None:
    with unit_of_work():
        end_slots(shift.now)


OUTREACH = Chore("outreach", 60, _end)
