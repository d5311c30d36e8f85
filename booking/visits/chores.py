"""Agreements have back what visits took that ended otherwise."""

from __future__ import annotations

from booking.kernel.chores import Chore, Shift
from booking.kernel.database import unit_of_work
from booking.visits.change import give_back_of_ended


def _give_back(shift: Shift) -> None:
    with unit_of_work():
        give_back_of_ended(shift.now)


VISITS = Chore("visits", 60, _give_back)
