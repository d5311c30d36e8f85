"""All that is kept of people and how it ends: one list, each entry by itself, so that one that fails stops no other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from booking.annual_passes import forgetting as annual_passes
from booking.bookings import forgetting as bookings
from booking.capacity import forgetting as capacity
from booking.contests import forgetting as contests
from booking.courses import forgetting as courses
from booking.discounts import forgetting as discounts
from booking.door import forgetting as door
from booking.exports import forgetting as reports
from booking.failures import forgetting as failures
from booking.feedback import forgetting as feedback
from booking.gift_cards import forgetting as gift_cards
from booking.invoicing import forgetting as invoicing
from booking.invoicing.bank import forgetting as bank
from booking.invoicing.reminders import forgetting as reminders
from booking.invoicing.sending import forgetting as sending
from booking.kernel import log
from booking.kernel.database import db
from booking.kernel.forgetting import Forgetting
from booking.kernel.server.outage import outage_in
from booking.machines.last_runs import keep_purge
from booking.mail import forgetting as mail
from booking.newsletter import forgetting as newsletter
from booking.outbox import forgetting as outbox
from booking.outreach import forgetting as outreach
from booking.payments import forgetting as payments
from booking.receipts import forgetting as receipts
from booking.staff import forgetting as staff
from booking.visits import forgetting as visits
from booking.wallet import forgetting as wallet
from booking.withdrawals import forgetting as withdrawals

GRACE = timedelta(days=3)  # nights that may be missed before the books say that somebody was not forgotten

# What hangs on a booking comes before it, and contact before the rows that it is on.
FORGETTINGS: Sequence[Forgetting] = (
    *wallet.FORGETTINGS,
    *outreach.FORGETTINGS,
    *courses.FORGETTINGS,
    *contests.FORGETTINGS,
    *feedback.FORGETTINGS,
    *visits.FORGETTINGS,
    *door.FORGETTINGS,
    *bookings.FORGETTINGS,
    *gift_cards.FORGETTINGS,
    *annual_passes.FORGETTINGS,
    *discounts.FORGETTINGS,
    *withdrawals.FORGETTINGS,
    *newsletter.FORGETTINGS,
    *payments.of_baskets(visits.is_request),
    *payments.FORGETTINGS,
    *mail.FORGETTINGS,
    *reports.FORGETTINGS,
    *capacity.FORGETTINGS,
    *staff.FORGETTINGS,
    *outbox.FORGETTINGS,
    *receipts.FORGETTINGS,
    *invoicing.FORGETTINGS,
    *bank.FORGETTINGS,
    *sending.FORGETTINGS,
    *reminders.FORGETTINGS,
    *failures.FORGETTINGS,
)


class Round:
    """One going through the list, a batch at a time; what has failed is left out until the next."""

    def __init__(self) -> None:
        self.failed: dict[str, str] = {}  # the entry's name and the type of what was raised
        self.rows = 0

    def forget_batches(self, now: datetime) -> int:
        """A batch of each entry; returns how many rows. Not inside a unit of work."""
        touched = 0
        for forgetting in FORGETTINGS:
            if forgetting.name in self.failed:
                continue
            try:
                touched += forgetting.forget_batch(now)
            except Exception as error:
                if outage_in(error):
                    raise  # none of the others would be forgotten either
                self.failed[forgetting.name] = type(error).__name__
                log.write("forgetting.failed", what=forgetting.name, **log.cause(error))
        self.rows += touched
        return touched

    def end(self, now: datetime) -> None:
        """Tell the log and the page for operators how it went."""
        keep_purge(self.failed, now)
        log.write("forgetting.done", rows=self.rows, failed=sorted(self.failed))


def forget_all(now: datetime) -> Round:
    """Forget all whose time is over. Not inside a unit of work."""
    going = Round()
    while going.forget_batches(now):
        pass
    going.end(now)
    return going


def late(now: datetime) -> list[str]:
    """What is still there days after its time: the entry's name and how many rows, a batch at most."""
    overdue = []
    for forgetting in FORGETTINGS:
        try:
            rows = forgetting.late(now, GRACE)
        except Exception as error:
            overdue.append(f"{forgetting.name}: {log.kind_of(error)}")
            db.session.rollback()
        else:
            overdue += [f"{forgetting.name}: {rows}"] if rows else []
    db.session.rollback()
    return overdue
