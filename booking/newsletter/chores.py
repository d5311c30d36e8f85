"""What the worker does for the newsletter of itself."""

from __future__ import annotations

from booking.kernel.chores import Chore, Shift
from booking.kernel.database import unit_of_work
from booking.newsletter import sending, subscribers


def _look_after(shift: Shift) -> None:
    with unit_of_work():
        subscribers.adopt_written_elsewhere()
    with unit_of_work():
        sending.begin_due(shift.now)
    with unit_of_work():
        sending.end_done(shift.now)


NEWSLETTER = Chore("newsletter", 20, _look_after)
