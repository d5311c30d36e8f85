"""The end of what teachers have told of themselves: with the contact of their booking, and with the wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from booking.bookings.privacy import BATCH, CONTACT_KEPT
from booking.kernel.database import db
from booking.schools.models import Visit, VisitWaiting
from booking.schools.release_models import Release, ReleaseTake, ReleaseWish

WISH_KEPT = timedelta(days=30)  # after the opening: whoever got nothing may still ask why
WAITING_KEPT = timedelta(days=150)  # longer than anything is on sale ahead


def purge(now: datetime) -> int:
    """Clear a batch of what is over its time; call in a unit of work, again until it returns 0."""
    told = or_(Visit.mobile != "", Visit.on_the_day != "")
    over = select(Visit.id).where(Visit.arrives_at < now - CONTACT_KEPT, told)
    ids = list(db.session.scalars(over.limit(BATCH)))
    if ids:
        cleared = update(Visit).where(Visit.id.in_(ids)).values(mobile="", on_the_day="")
        db.session.execute(cleared.execution_options(synchronize_session=False))
    old = select(VisitWaiting.id).where(VisitWaiting.created_at < now - WAITING_KEPT).limit(BATCH)
    waits = list(db.session.scalars(old))
    if waits:
        db.session.execute(delete(VisitWaiting).where(VisitWaiting.id.in_(waits)))
    return len(ids) + len(waits) + _purge_wishes(now)


def _purge_wishes(now: datetime) -> int:
    """Who wished is forgotten some time after the opening; the outcome list, which names nobody, stays."""
    over = select(Release.id).where(Release.opens_at < now - WISH_KEPT, Release.id == ReleaseWish.release_id)
    old = select(ReleaseWish.id).where(
        ReleaseWish.email != "", ReleaseWish.prepared_at < now - WISH_KEPT, over.exists()
    )
    ids = list(db.session.scalars(old.limit(BATCH)))
    if ids:
        cleared = update(ReleaseWish).where(ReleaseWish.id.in_(ids))
        nothing = {"name": "", "email": "", "mobile": "", "on_the_day": "", "needs": "", "options": []}
        db.session.execute(cleared.values(**nothing).execution_options(synchronize_session=False))
    past = select(Release.id).where(Release.to_at < now)
    db.session.execute(
        delete(ReleaseTake).where(ReleaseTake.release_id.in_(past)).execution_options(synchronize_session=False)
    )
    return len(ids)
