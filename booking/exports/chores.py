"""Files of long lists are deleted when their day is over."""

from __future__ import annotations

from booking.exports.forgetting import FILES
from booking.kernel.chores import Chore, Shift


def _forget(shift: Shift) -> None:
    FILES.forget_batch(shift.now)


EXPORTS = Chore("exports", 3600, _forget)
