"""What has become of a reminder, in words of the staff."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from booking.invoicing.reminders.coming import ComingReminder
from booking.invoicing.reminders.models import ReminderState, WhyStopped
from booking.invoicing.reminders.queries import ReminderFacts

WHY_STOPPED: Mapping[WhyStopped, LazyString] = {
    WhyStopped.NOTHING_OPEN: lazy_gettext("paid, credited or written off before it went out"),
    WhyStopped.HELD: lazy_gettext("disputed, or with the collector"),
    WhyStopped.NOT_DELIVERED: lazy_gettext("the invoice has not arrived, or nobody knows"),
    WhyStopped.NO_EMAIL: lazy_gettext("the payer has no mailbox"),
    WhyStopped.STEP_GONE: lazy_gettext("the step was taken away"),
}


def words_of_state(reminder: ReminderFacts) -> str:
    """What has become of a reminder."""
    if reminder.state is ReminderState.PROMISED and reminder.left_out_at is not None:
        return str(_("could not be sent, and is left out"))
    match reminder.state:
        case ReminderState.STOPPED:
            return str(_("stopped: %(why)s", why=WHY_STOPPED[reminder.why]))
        case ReminderState.SENT:
            return str(_("sent"))
        case ReminderState.PROMISED:
            return str(_("could not be sent") if reminder.unsent else _("on its way"))


def why_held(coming: ComingReminder) -> str:
    """What holds a reminder back that would come."""
    if coming.why is WhyStopped.HELD:
        return str(_("disputed: %(reason)s", reason=coming.reason))
    return str(WHY_STOPPED[coming.why])
