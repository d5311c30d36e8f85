"""Counters of wrong tries at signing in that nobody has touched for days are dropped."""

from __future__ import annotations

from booking.kernel.chores import Chore, Shift
from booking.kernel.database import unit_of_work
from booking.staff import lockout


def _forget(shift: Shift) -> None:
    with unit_of_work():
        lockout.forget(shift.now)


GUESSES = Chore("guesses", 86_400, _forget)
