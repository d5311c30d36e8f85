"""Payments and refunds that nobody told us of are asked after."""

from __future__ import annotations

from booking.kernel.chores import Shift
from booking.payments.sweep import Places, sweep


class Sweep:
    """Goes through what is due, a piece a round; knows how far it has come."""

    def __init__(self) -> None:
        self.places = Places()

    def __call__(self, shift: Shift) -> None:
        """A round."""
        sweep(shift.now, self.places)
