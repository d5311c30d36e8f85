"""Files of long lists are deleted when their day is over."""

from __future__ import annotations

from booking.exports import long_lists
from booking.kernel.chores import Chore, Shift


def _forget(shift: Shift) -> None:
    long_lists.forget(shift.now)


EXPORTS = Chore("exports", 3600, _forget)
