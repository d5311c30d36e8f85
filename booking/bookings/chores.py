"""Holds that ran out give their places back."""

from __future__ import annotations

from booking.bookings.hold import expire_run_out
from booking.kernel.chores import Chore, Shift
from booking.kernel.database import unit_of_work


def _expire(shift: Shift) -> None:
    with unit_of_work():
        expire_run_out(shift.now)


EXPIRE = Chore("expire", 1, _expire)
