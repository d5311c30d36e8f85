"""What has waited with its channel is looked at, whether or not the channel tells us."""

from __future__ import annotations

from booking.invoicing.sending.look import promise_looks
from booking.kernel.chores import Chore, Shift


def _look(shift: Shift) -> bool:
    return promise_looks(shift.now)


DELIVERIES = Chore("deliveries", 60, _look)
