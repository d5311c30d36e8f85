"""What teachers are told when we cannot come."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from booking.outreach.rules import DayIsFull, NobodyGoesThere, NotThen
from booking.web.refusals import plain

plain(NobodyGoesThere, _("We do not go to that municipality yet. Write to us, and we see what we can do."), 422)
plain(NotThen, _("We cannot come then. Choose one of the days and times below."), 422)
plain(DayIsFull, _("That day is full. Please choose another."))
