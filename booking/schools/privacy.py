"""The end of what teachers have told of themselves: with the contact of their booking, and with the wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, text, update

from booking.bookings.privacy import BATCH, CONTACT_KEPT
from booking.kernel.database import db
from booking.schools.feedback_models import Feedback
from booking.schools.models import Visit
from booking.schools.release_models import Release, ReleaseTake, ReleaseWish
from booking.schools.waiting_models import VisitWaiting

WISH_KEPT = timedelta(days=30)  # after the opening: whoever got nothing may still ask why
WAITING_KEPT = timedelta(days=1)  # after the last day waited for
ANSWERS_KNOWN_FOR = timedelta(days=31)  # after the visit: so long a teacher can change what they said
WORDS_KEPT = timedelta(days=730)  # of the feedback; its stars stay


def purge(now: datetime) -> int:
    """Clear a batch of what is over its time; call in a unit of work, again until it returns 0."""
    told = or_(Visit.mobile != "", Visit.on_the_day != "")
    over = select(Visit.id).where(Visit.arrives_at < now - CONTACT_KEPT, told)
    ids = list(db.session.scalars(over.limit(BATCH)))
    if ids:
        cleared = update(Visit).where(Visit.id.in_(ids)).values(mobile="", on_the_day="")
        db.session.execute(cleared.execution_options(synchronize_session=False))
    marked = select(Visit.id).where(Visit.arrives_at < now, text("holder <> ''"))
    marks = list(db.session.scalars(marked.limit(BATCH)))
    if marks:
        unmarked = update(Visit).where(Visit.id.in_(marks)).values(holder="")
        db.session.execute(unmarked.execution_options(synchronize_session=False))
    old = select(VisitWaiting.id).where(VisitWaiting.until_at < now - WAITING_KEPT).limit(BATCH)
    waits = list(db.session.scalars(old))
    if waits:
        db.session.execute(delete(VisitWaiting).where(VisitWaiting.id.in_(waits)))
    return len(ids) + len(waits) + _purge_feedback(now) + _purge_wishes(now)


def _purge_feedback(now: datetime) -> int:
    """Cut what leads from an answer to a visit once it is final; later delete its words."""
    final, old = (now - ANSWERS_KNOWN_FOR).date(), (now - WORDS_KEPT).date()
    touched = 0
    # The conditions stand literally, as in the partial indexes that they are found by.
    for which, values in (
        ((Feedback.came_on < final, text("visit_id IS NOT NULL")), {"visit_id": None}),
        ((Feedback.came_on < old, text("said <> ''")), {"said": ""}),
    ):
        ids = list(db.session.scalars(select(Feedback.id).where(*which).limit(BATCH)))
        if ids:
            cleared = update(Feedback).where(Feedback.id.in_(ids)).values(values)
            db.session.execute(cleared.execution_options(synchronize_session=False))
        touched += len(ids)
    return touched


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
