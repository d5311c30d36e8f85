"""Whether the counters tell the truth (I1 and I2 of the design); a few statements over the whole table."""

from __future__ import annotations

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
    rows = db.session.execute(
        select(Slot.id, Slot.taken, places)
        .outerjoin(sums, sums.c.slot_id == Slot.id)
        .where((Slot.taken != places) | (Slot.kept_taken != kept_places) | (Slot.taken > Slot.capacity))
        .order_by(Slot.id)
    )
    return [(slot_id, taken, int(claimed)) for slot_id, taken, claimed in rows]
