"""The end of why somebody disputed an invoice: the words of staff about it may be about a person."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select

from booking.invoicing.models import Invoice
from booking.invoicing.reminders.models import InvoiceHold
from booking.kernel.forgetting import Clear, Forgetting, Rows

KEPT = timedelta(days=365)


def _over(before: datetime) -> Select[int]:
    """Ended so long ago, or begun so long ago of an invoice that is settled since."""
    settled = select(Invoice.id).where(Invoice.id == InvoiceHold.invoice_id, Invoice.left <= 0).exists()
    over = or_(InvoiceHold.ended_at < before, settled & (InvoiceHold.since < before))
    return select(InvoiceHold.id).where(InvoiceHold.reason != "", over)


FORGETTINGS = (
    Forgetting("why somebody disputed an invoice", KEPT, Rows(_over), Clear(InvoiceHold.id, {"reason": ""})),
)
