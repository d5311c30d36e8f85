"""Whether the counters tell the truth (I1 and I2 of the design); a few statements over the whole table."""

from __future__ import annotations

from collections import Counter, defaultdict

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


def counted_twice() -> list[tuple[int, int, int]]:
    """Bookings whose parties are counted otherwise than once in a slot: (booking id, slot id, heads beyond or short).

    Asked of the bookings that name their parties, from who is where: every party is in a stretch once at a time.
    """
    claims: dict[int, dict[int, dict[str, int]]] = defaultdict(dict)
    shared: dict[int, Counter[int]] = defaultdict(Counter)
    columns = select(Claim.booking_id, Claim.slot_id, Claim.parties, Claim.shared)
    for booking_id, slot_id, parties, its_shared in db.session.execute(columns.where(Claim.parties.is_not(None))):
        claims[booking_id][slot_id] = parties or {}
        shared[booking_id].update({int(touched): places for touched, places in (its_shared or {}).items()})
    draws: dict[int, list[int]] = defaultdict(list)
    drawing = select(Draw.slot_id, Draw.on_slot_id).where(
        Draw.slot_id.in_(select(Claim.slot_id).where(Claim.parties.is_not(None)))
    )
    for slot_id, on_slot_id in db.session.execute(drawing):
        draws[slot_id].append(on_slot_id)
    wrong = []
    for booking_id, parties_at in claims.items():
        sums, heads = Counter[int](), Counter[int]()
        present: dict[tuple[int, str], int] = {}
        for slot_id, parties in parties_at.items():
            for touched in (slot_id, *draws[slot_id]):
                for name, people in parties.items():
                    sums[touched] += people
                    present[touched, name] = max(people, present.get((touched, name), 0))
        for (touched, _name), people in present.items():
            heads[touched] += people
        for touched in sorted(heads):
            beyond = sums[touched] - shared[booking_id][touched] - heads[touched]
            if beyond:
                wrong.append((booking_id, touched, beyond))
    return wrong


def _shared() -> tuple[Counter[int], Counter[int]]:
    """Places of people who are counted by another claim already, by slot: all, and those of schools."""
    everybody, schools = Counter[int](), Counter[int]()
    for channel, shared in db.session.execute(select(Claim.channel, Claim.shared).where(Claim.shared.is_not(None))):
        for slot_id, places in (shared or {}).items():
            everybody[int(slot_id)] += places
            schools[int(slot_id)] += places if channel is Channel.SCHOOL else 0
    return everybody, schools
