"""The end of what teachers wrote about where to go in; the address is the school's own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from booking.bookings.privacy import BATCH, CONTACT_KEPT
from booking.kernel.database import db
from booking.outreach.models import OutreachVisit


def purge(now: datetime) -> int:
    """Clear a batch of what is over its time; call in a unit of work, again until it returns 0."""
    over = select(OutreachVisit.visit_id).where(OutreachVisit.starts_at < now - CONTACT_KEPT, OutreachVisit.room != "")
    ids = list(db.session.scalars(over.limit(BATCH)))
    if ids:
        cleared = update(OutreachVisit).where(OutreachVisit.visit_id.in_(ids)).values(room="")
        db.session.execute(cleared.execution_options(synchronize_session=False))
    return len(ids)
