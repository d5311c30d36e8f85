"""Visits that are over are billed by the heads that the door has counted, or as booked when nobody has counted long.

What was let go follows what is owed in the same round.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true

from booking.agreements.payers import AllowanceUsed
from booking.bookings.models import Booking, State
from booking.centre.facts import the_centre
from booking.door.models import CheckIn
from booking.invoicing.heads import awaits_reckoning, is_invoiced, is_to_claim
from booking.invoicing.let_go import follow_what_is_owed
from booking.kernel.chores import Chore, Shift
from booking.kernel.database import run, unit_of_work
from booking.reckoning.reckon import WORKER, HeadsInvoiced, NotReckoned, count_days, reckon
from booking.visits.models import Reckoning, Visit, VisitDue

LOOKS_BACK = timedelta(days=60)  # what nobody could decide by then is for a person; names are forgotten at ninety
MOST = 200


def ready(now: datetime) -> list[int]:
    """Bookings of visits that can be decided on: counted, long over, or counted otherwise since it was decided."""
    rows = {*run(_out_of_date(now)).scalars(), *run(_undecided(now, count_days())).scalars()}
    return sorted(rows)


def _undecided(now: datetime, days: int) -> Select[int]:
    counted = exists(select(CheckIn.id).where(CheckIn.booking_id == Visit.booking_id, CheckIn.undone_at.is_(None)))
    state = select(Booking.state).where(Booking.id == Visit.booking_id).correlate(Visit).scalar_subquery()
    return (
        select(Visit.booking_id)
        .where(
            Visit.arrives_at > now - LOOKS_BACK,
            Visit.arrives_at <= now,
            Visit.leaves_at <= now,
            awaits_reckoning(),
            or_(Visit.leaves_at <= now - timedelta(days=days), counted),
            is_to_claim(),
            state == State.CONFIRMED,
        )
        .order_by(Visit.arrives_at)
        .limit(MOST)
    )


def _out_of_date(now: datetime) -> Select[int]:
    return (
        select(Visit.booking_id)
        .join(Reckoning, Reckoning.visit_id == Visit.id)
        .where(Reckoning.stale, Visit.arrives_at > now - LOOKS_BACK, ~is_invoiced(), ~_is_let_go_whole())
        .limit(MOST)
    )


def _is_let_go_whole() -> ColumnElement[bool]:
    """Whether all that is owed of a visit without an invoice is let go; of who owes nothing by now nothing is."""
    let_go = exists(select(VisitDue.id).where(VisitDue.visit_id == Visit.id, VisitDue.dealt_with == true()))
    return and_(let_go, ~is_to_claim())


def _reckon(shift: Shift) -> None:
    centre = the_centre()
    follow_what_is_owed(WORKER)
    for booking_id in ready(shift.now):
        try:
            with unit_of_work():
                reckon(booking_id, centre, shift.now)
        except (NotReckoned, HeadsInvoiced, AllowanceUsed):
            continue  # since it was looked for; an allowance that moved meanwhile is asked again in the next round


RECKONING = Chore("reckoning", 60, _reckon)
