"""Payments and refunds that nobody told us of are asked after."""

from __future__ import annotations

from booking.kernel.chores import Chore, Shift
from booking.payments.sweep import sweep


def _sweep(shift: Shift) -> None:
    sweep(shift.now)


SWEEP = Chore("sweep", 20, _sweep)
