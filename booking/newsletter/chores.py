"""What the worker does for the newsletter of itself."""

from __future__ import annotations

from booking.kernel.chores import Chore, Shift
from booking.kernel.database import unit_of_work
from booking.newsletter import subscribers


def _look_after(_shift: Shift) -> None:
    with unit_of_work():
        subscribers.adopt_written_elsewhere()


NEWSLETTER = Chore("newsletter", 60, _look_after)
