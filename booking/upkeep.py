"""What the worker does for the house once a night: check the books, delete rows that have had their day."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from booking import check
from booking.centre.facts import CentreFacts
from booking.kernel import clock, log
from booking.kernel.database import Model, db, unit_of_work
from booking.outbox import long_work
from booking.outbox.long_work import GOING_ON, LongWork, Progress, Work
from booking.outbox.models import Promise, PromiseState
from booking.outbox.promises import promise
from booking.payments.models import ProviderEvent
from booking.payments.providers import tills
from booking.reports.health import keep_check
from booking.staff.models import SignInLink, StaffSession
from booking.staff.sessions import SESSION_LIVES

KIND = "upkeep.check"
NIGHT = (2, 5)  # o'clock, on the centre's wall
KEPT = timedelta(days=30)  # links and sessions: long enough to ask "who was that?"
EVENTS_KEPT = timedelta(days=90)  # a provider sends an event again for a month at most
WORK_KEPT = timedelta(days=90)
BATCH = 1000


def promise_night(centre: CentreFacts, now: datetime) -> None:
    """Promise this night's upkeep, once however many workers there are; call inside a unit of work."""
    local = centre.local(now)
    if NIGHT[0] <= local.hour < NIGHT[1]:
        promise("upkeep", f"night:{local.date()}", {})


def keep_house(now: datetime) -> None:
    """Delete what has had its day, then begin the check of the books. Not inside a unit of work."""
    deleted = 0
    while True:
        with unit_of_work():
            some = forget(now)
        deleted += some
        if not some:
            break
    log.write("upkeep.deleted", rows=deleted)
    with unit_of_work():
        long_work.begin(KIND, {}, None, total=check.questions())


def check_step(work: Work) -> Progress:
    """Ask one question of the books; after the last one the page for operators and the log know what was found."""
    found = [*work.said.get("breaches", ()), *check.ask(work.cursor)]
    db.session.rollback()
    done, total = work.cursor + 1, check.questions()
    if done == total:
        keep_check(Path(tills.settings.instance_dir), found, clock.now())
        log.write("check.breach" if found else "check.well", breaches=len(found), first=found[:5])
    return Progress(done if done < total else None, done, total, {"breaches": found[:100]})


def forget(now: datetime) -> int:
    """Delete a batch of each kind of row that nobody needs any more; call inside a unit of work, until it returns 0.

    The latest session of an account stays: it says when somebody was last here, and that there is an administrator.
    """
    later = aliased(StaffSession)
    replaced = (
        select(later.digest)
        .where(later.account_id == StaffSession.account_id, later.begun_at > StaffSession.begun_at)
        .exists()
    )
    old_work = and_(LongWork.begun_at < now - WORK_KEPT, LongWork.state.not_in(GOING_ON))
    done = and_(
        Promise.kind.in_(("work", "upkeep")),
        Promise.made_at < now - WORK_KEPT,
        Promise.state != PromiseState.WAITING,
    )
    over: list[tuple[type[Model], InstrumentedAttribute[Any], ColumnElement[bool]]] = [
        (StaffSession, StaffSession.digest, and_(StaffSession.begun_at < now - SESSION_LIVES - KEPT, replaced)),
        (SignInLink, SignInLink.digest, SignInLink.expires_at < now - KEPT),
        (ProviderEvent, ProviderEvent.id, ProviderEvent.received_at < now - EVENTS_KEPT),
        (LongWork, LongWork.id, old_work),
        (Promise, Promise.id, done),
    ]
    deleted = 0
    for table, key, is_over in over:
        ids = list(db.session.scalars(select(key).where(is_over).limit(BATCH)))
        if ids:
            gone = delete(table).where(key.in_(ids))
            db.session.execute(gone.execution_options(synchronize_session=False))
        deleted += len(ids)
    return deleted
