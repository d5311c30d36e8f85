"""Who waits is offered what comes free."""

from __future__ import annotations

from booking.centre.facts import the_centre
from booking.kernel.chores import Chore, Shift
from booking.waiting import waiting


def _offer(shift: Shift) -> None:
    waiting.offer_places(the_centre(), shift.now)


WAITING = Chore("waiting", 10, _offer)
