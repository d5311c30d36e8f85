"""All that the worker looks after, in the order in which it has its turn within a round.

What lets go of places comes before what offers them, and letters last: they are the slowest and wait best.
"""

from __future__ import annotations

from booking.annual_passes.chores import PASSES
from booking.bookings.chores import EXPIRE
from booking.books.chores import BOOKS
from booking.centre.facts import the_centre
from booking.closures.chores import CLOSURES
from booking.courses.chores import COURSES
from booking.exports.chores import EXPORTS
from booking.gift_cards.chores import GIFT_CARDS
from booking.invoicing.reminders.chores import INVOICE_REMINDERS
from booking.invoicing.sending.chores import DELIVERIES
from booking.kernel.chores import Chore, Shift
from booking.kernel.database import unit_of_work
from booking.mail.chores import REMINDERS
from booking.newsletter.chores import NEWSLETTER
from booking.outbox.chores import HEARTBEAT
from booking.outreach.chores import OUTREACH
from booking.payments.chores import Sweep
from booking.reckoning.chores import RECKONING
from booking.running import upkeep
from booking.running.forgetting import Round
from booking.running.left_behind import LEFT_BEHIND
from booking.staff.chores import GUESSES
from booking.visit_waiting.chores import VISIT_WAITING, VISIT_WAITING_OVER
from booking.visits.chores import VISITS
from booking.waiting.chores import WAITING
from booking.wishes.chores import RELEASES, SHARES

WITHOUT_A_CENTRE = (HEARTBEAT,)  # looked after even before there is one


def _night(shift: Shift) -> None:
    if shift.nights:
        with unit_of_work():
            upkeep.promise_night(the_centre(), shift.now)


class Purge:
    """Forgets a batch a round, so that letters go out between; knows what has failed until the list is through."""

    def __init__(self) -> None:
        self.round = Round()

    def __call__(self, shift: Shift) -> bool:
        """A batch of each entry; True while there was something."""
        if self.round.forget_batches(shift.now):
            return True
        self.round.end(shift.now)
        self.round = Round()
        return False


NIGHT = Chore("night", 600, _night)


def chores() -> tuple[Chore, ...]:
    """Those that need a centre, for one worker: how far it is with forgetting, and with money, is its own."""
    return (
        EXPIRE,
        Chore("sweep", 20, Sweep()),
        VISITS,
        SHARES,
        OUTREACH,
        COURSES,
        VISIT_WAITING,
        VISIT_WAITING_OVER,
        WAITING,
        RELEASES,
        CLOSURES,
        DELIVERIES,
        RECKONING,
        BOOKS,
        GIFT_CARDS,
        PASSES,
        REMINDERS,
        INVOICE_REMINDERS,
        NEWSLETTER,
        EXPORTS,
        LEFT_BEHIND,
        NIGHT,
        GUESSES,
        Chore("purge", 86_400, Purge()),
    )
