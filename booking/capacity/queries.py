"""What pages read of the rows that slots are made from, and of when slots can be booked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import func, select

from booking.capacity.models import Allotment, Duty, Pattern, Slot, SlotStatus
from booking.catalogue.models import Activity
from booking.kernel.database import Texts, db, run


def patterns_with_titles() -> list[tuple[Pattern, Texts]]:
    """Every weekly pattern with the title of its activity, in the order of lists; one statement."""
    rows = db.session.execute(
        select(Pattern, Activity.title)
        .join(Activity, Activity.id == Pattern.activity_id)
        .order_by(Activity.sort, Activity.id, Pattern.id)
    )
    return [(pattern, title) for pattern, title in rows]


def patterns_of(activity_id: int) -> Sequence[Pattern]:
    """The weekly patterns of one activity; one statement."""
    return db.session.scalars(select(Pattern).where(Pattern.activity_id == activity_id).order_by(Pattern.id)).all()


def allotments() -> Sequence[Allotment]:
    """Every rule that keeps places for schools; one statement."""
    return db.session.scalars(select(Allotment).order_by(Allotment.id)).all()


def duties() -> Sequence[Duty]:
    """How many educators are at work when; one statement."""
    return db.session.scalars(select(Duty).order_by(Duty.id)).all()


def duties_beside(duty_id: int, on_date: date | None) -> Sequence[Duty]:
    """What else is said of that day, or of the ordinary week when it is None; one statement."""
    others = select(Duty).where(Duty.id != duty_id, Duty.on_date.is_not_distinct_from(on_date))
    return db.session.scalars(others).all()


def open_between(activity_ids: Collection[int], start: datetime, end: datetime) -> tuple[int, datetime | None]:
    """How many open slots these activities have in [start, end), and when the last goes on sale; one statement."""
    number, opens_at = run(
        select(func.count(Slot.id), func.max(Slot.opens_at)).where(
            Slot.activity_id.in_(sorted(activity_ids)),
            Slot.starts_at >= start,
            Slot.starts_at < end,
            Slot.status == SlotStatus.OPEN,
        )
    ).one()
    return int(number), opens_at
