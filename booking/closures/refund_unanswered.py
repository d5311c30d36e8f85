"""Money back to those who never chose: long work that staff begin when the day is over or the phone list is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Select, select

from booking.bookings import queries
from booking.bookings.models import Booking, State
from booking.capacity.models import Channel
from booking.centre.facts import the_centre
from booking.closures import answer
from booking.closures.models import ClosureChoice, ClosureHit
from booking.kernel import clock
from booking.kernel.database import db, run, unit_of_work
from booking.kernel.refusals import Refusal
from booking.outbox import long_work
from booking.outbox.long_work import Progress, Work
from booking.records.audit import note

BATCH = 20
KIND = "closure.refunds"


class _NotAllClosed(Refusal):
    """A class has more that day than what is closed."""


def begin(closure_id: int, account_id: int | None, actor: str) -> int:
    """Have the worker pay back whoever has not chosen; call inside a unit of work. Returns the work's number."""
    waiting = run(_waiting(closure_id, 0)).all()
    note(actor, "closure.refund_rest", f"closure:{closure_id}", None, {"bookings": len(waiting)})
    return long_work.begin(KIND, {"closure_id": closure_id, "actor": actor}, account_id, total=len(waiting))


# Gives up a visit of which nothing is left, at no cost; called inside a unit of work (booking id, now, actor).
GiveUp = Callable[[int, datetime, str], None]


def pay_back(work: Work, give_up_visit: GiveUp) -> Progress:
    """One step: the next few, each in a unit of work of its own. Who has chosen meanwhile is left alone.

    So is a class of which only a part is closed: whether they come all the same is theirs to say.
    """
    closure_id, actor, centre = int(work.about["closure_id"]), str(work.about["actor"]), the_centre()
    batch = list(run(_waiting(closure_id, work.cursor).limit(BATCH)).scalars())
    db.session.rollback()
    counts = {"closure_id": closure_id, "paid_back": 0, "left": 0} | dict(work.outcome)
    for booking_id in batch:
        facts, shut = queries.by_id(booking_id), answer.closed_for(booking_id)
        if facts is None or shut is None:
            continue
        rest_stands = answer.can_stand_alone(facts, shut.slot_ids)
        is_class = facts.channel is Channel.SCHOOL
        try:
            if is_class and any(line.slot_id not in shut.slot_ids for line in facts.lines):
                raise _NotAllClosed
            with unit_of_work():
                if is_class:
                    answer.answered(booking_id, ClosureChoice.ALL_BACK, clock.now())
                    give_up_visit(booking_id, clock.now(), actor)
                elif rest_stands:
                    answer.part_back(facts, shut.slot_ids, centre=centre, now=clock.now(), actor=actor)
                else:
                    answer.all_back(facts, centre=centre, now=clock.now(), actor=actor)
            counts["paid_back"] += 1
        except Refusal:
            counts["left"] += 1  # let in already, or a change is being paid: people must look at it
    done = work.done + len(batch)
    last = batch[-1] if len(batch) == BATCH else None
    return Progress(last, done, max(work.total, done), counts)


def _waiting(closure_id: int, after: int) -> Select[int]:
    return (
        select(ClosureHit.booking_id)
        .join(Booking, Booking.id == ClosureHit.booking_id)
        .where(
            ClosureHit.closure_id == closure_id,
            ClosureHit.booking_id > after,
            ClosureHit.choice.is_(None),
            Booking.state == State.CONFIRMED,
        )
        .order_by(ClosureHit.booking_id)
    )
