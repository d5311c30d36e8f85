"""What the worker does for gift cards of itself: sends those whose morning has come, tells of their end, ends them."""

from __future__ import annotations

from booking.centre.facts import the_centre
from booking.gift_cards.by_staff.hand_over import end_shown
from booking.gift_cards.expire import expire_due
from booking.gift_cards.issue import SENT_AT, send_due
from booking.gift_cards.tell import tell_due
from booking.kernel.chores import Chore, Shift
from booking.kernel.database import unit_of_work


def _look_after(shift: Shift) -> None:
    local = the_centre().local(shift.now)
    with unit_of_work():
        send_due(shift.now)
    with unit_of_work():
        expire_due(local.date(), shift.now)
    if local.time() >= SENT_AT:
        with unit_of_work():
            tell_due(local.date(), shift.now)
    with unit_of_work():
        end_shown(shift.now)


GIFT_CARDS = Chore("gift_cards", 60, _look_after)
