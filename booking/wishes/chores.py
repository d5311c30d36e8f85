"""Release days: those in line are answered, drawings begin at their time, and visits that ended count no longer."""

from __future__ import annotations

from booking.centre.facts import the_centre
from booking.kernel.chores import Chore, Shift
from booking.wishes import answering


def _give_back(shift: Shift) -> None:
    answering.give_back_of_ended(shift.now)


def _answer(shift: Shift) -> None:
    shift.hurries = answering.look_after(the_centre(), shift.now) > 0


SHARES = Chore("shares", 60, _give_back)
RELEASES = Chore("releases", 0.5, _answer)
