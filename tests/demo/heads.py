"""A count of everybody in the house by the clock alone, to hold against the counters."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from sqlalchemy import select

from booking.bookings.models import LIVING, Booking
from booking.capacity.models import Claim, Slot
from booking.catalogue.models import Activity
from booking.centre.models import Space
from booking.kernel.database import db
from booking.outreach.models import Outreach


def stays() -> dict[int, dict[str, list[tuple[datetime, datetime, int]]]]:
    """When who of each booking is in the house, from the times they have and how long people stay there.

    Of a booking that names its classes they come one by one; of any other, those with entry: a show is in the house.
    """
    stays: dict[int, dict[str, list[tuple[datetime, datetime, int]]]] = defaultdict(lambda: defaultdict(list))
    rows = db.session.execute(
        select(
            Claim.booking_id, Claim.parties, Claim.places, Slot.starts_at, Slot.ends_at, Activity.stay_minutes,
            Activity.needs_admission,
        )
        .join(Slot, Slot.id == Claim.slot_id)
        .join(Activity, Activity.id == Slot.activity_id)
        .join(Booking, Booking.id == Claim.booking_id)
        .where(Booking.state.in_(LIVING), Activity.id.not_in(select(Outreach.activity_id)))
    )  # fmt: skip
    for booking_id, parties, places, starts_at, ends_at, stay, needs_admission in rows:
        until = max(ends_at, starts_at + timedelta(minutes=stay))
        if parties is None and not needs_admission:
            parties = {f"{starts_at}": places}  # who comes at another time is somebody else
        for name, people in (parties or {}).items():
            stays[booking_id][name].append((starts_at, until, people))
    return stays


def by_stretch() -> list[tuple[datetime, int, int]]:
    """Each stretch of the house: when it begins, what its counter says, how many people there are by the clock."""
    stretches = db.session.execute(
        select(Slot.starts_at, Slot.ends_at, Slot.taken)
        .join(Space, Space.id == Slot.space_id)
        .where(Space.is_house, Slot.activity_id.is_(None))
        .order_by(Slot.starts_at)
    ).all()
    naive = Counter[datetime]()
    for groups in stays().values():
        for times in groups.values():
            for begins, ends, _taken in stretches:
                here = [people for start, until, people in times if start < ends and begins < until]
                naive[begins] += max(here, default=0)
    return [(begins, taken, naive[begins]) for begins, _ends, taken in stretches]
