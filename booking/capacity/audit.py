"""Whether the counters tell the truth (I1 and I2 of the design); a few statements over the whole table."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import case, func, select, union_all

from booking.capacity.models import Channel, Claim, Draw, Slot
from booking.kernel.database import db


def wrong_counters() -> list[tuple[int, int, int]]:
    """Slots whose counter is not the sum of the claims on it: (slot id, taken, sum of claims)."""
    kept = case((Claim.channel == Channel.SCHOOL, Claim.places), else_=0)
    touched = union_all(
        select(Claim.slot_id.label("slot_id"), Claim.places.label("places"), kept.label("kept")),
        select(Draw.on_slot_id, Claim.places, kept).join(Claim, Claim.slot_id == Draw.slot_id),
    ).subquery()
    sums = (
        select(
            touched.c.slot_id,
            func.sum(touched.c.places).label("places"),
            func.sum(touched.c.kept).label("kept"),
        )
        .group_by(touched.c.slot_id)
        .subquery()
    )
    places, kept_places = func.coalesce(sums.c.places, 0), func.coalesce(sums.c.kept, 0)
    shared, kept_shared = _shared()
    rows = db.session.execute(
        select(Slot.id, Slot.taken, Slot.kept_taken, Slot.capacity, places, kept_places)
        .outerjoin(sums, sums.c.slot_id == Slot.id)
        .where(
            (Slot.taken != places)
            | (Slot.kept_taken != kept_places)
            | (Slot.taken > Slot.capacity)
            | Slot.id.in_(sorted(shared))
        )
        .order_by(Slot.id)
    )
    wrong = []
    for slot_id, taken, kept_taken, capacity, claimed, kept_claimed in rows:
        counted, kept_counted = int(claimed) - shared[slot_id], int(kept_claimed) - kept_shared[slot_id]
        if taken > capacity or (taken, kept_taken) != (counted, kept_counted):
            wrong.append((slot_id, taken, counted))
    return wrong


def _shared() -> tuple[Counter[int], Counter[int]]:
    """Places that changes waiting for their money share with what they change, by slot: all, and those of schools."""
    everybody, schools = Counter[int](), Counter[int]()
    for channel, shared in db.session.execute(select(Claim.channel, Claim.shared).where(Claim.shared.is_not(None))):
        for slot_id, places in (shared or {}).items():
            everybody[int(slot_id)] += places
            schools[int(slot_id)] += places if channel is Channel.SCHOOL else 0
    return everybody, schools
