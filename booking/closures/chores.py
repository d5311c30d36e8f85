"""Who was paying while a time was closed has the letter too."""

from __future__ import annotations

from booking.closures import letters
from booking.kernel.chores import Chore, Shift


def _catch_up(shift: Shift) -> None:
    letters.catch_up(shift.now)


CLOSURES = Chore("closures", 60, _catch_up)
