"""What the worker does for the house once a night: forget whose time is over, see to receipts, check the books."""

from __future__ import annotations

from datetime import datetime

from booking.centre.facts import CentreFacts
from booking.kernel import clock, log
from booking.kernel.database import db, unit_of_work
from booking.machines.last_runs import keep_check
from booking.outbox import long_work
from booking.outbox.long_work import Progress, Work
from booking.outbox.promises import promise
from booking.receipts.unpromised import promise_missing
from booking.running import check
from booking.running.forgetting import forget_all

KIND = "upkeep.check"
NIGHT = (2, 5)  # o'clock, on the centre's wall


def promise_night(centre: CentreFacts, now: datetime) -> None:
    """Promise this night's upkeep, once however many workers there are; call inside a unit of work."""
    local = centre.local(now)
    if NIGHT[0] <= local.hour < NIGHT[1]:
        promise("upkeep", f"night:{local.date()}", {})


def keep_house(now: datetime) -> None:
    """Forget whose time is over, then begin the check of the books, whatever came of the first. No unit of work."""
    forget_all(now)
    promise_missing(now)
    with unit_of_work():
        long_work.begin(KIND, {}, None, total=check.questions())


def check_step(work: Work) -> Progress:
    """Ask one question of the books; after the last one the page for operators and the log know what was found."""
    breaches = [*work.outcome.get("breaches", ()), *check.ask(work.cursor)]
    db.session.rollback()
    done, total = work.cursor + 1, check.questions()
    if done == total:
        keep_check(breaches, clock.now())
        log.write("check.breach" if breaches else "check.well", breaches=len(breaches), first=breaches[:5])
    return Progress(done if done < total else None, done, total, {"breaches": breaches[:100]})
