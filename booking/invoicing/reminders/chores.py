"""Reminders are promised when their day has come."""

from __future__ import annotations

from booking.centre.facts import the_centre
from booking.invoicing.reminders.due import promise_due
from booking.kernel.chores import Chore, Shift


def _remind_payers(shift: Shift) -> None:
    promise_due(the_centre(), shift.now)


INVOICE_REMINDERS = Chore("invoice_reminders", 600, _remind_payers)
