"""the parties of visits on their claims, so that a class in several sessions is counted in the house once"""

from __future__ import annotations

import json
from collections import defaultdict

import sqlalchemy as sa
from alembic import op


revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

LIVING = """
    SELECT visit.booking_id, visit_group.id, visit_group.pupils + visit_group.adults, visit_group.claims
    FROM visit_group
    JOIN visit ON visit.id = visit_group.visit_id
    JOIN booking ON booking.id = visit.booking_id
    WHERE booking.state IN ('pending', 'confirmed') AND booking.starts_at >= CURRENT_TIMESTAMP
    ORDER BY visit.booking_id, visit_group.id
"""
OLD = "SELECT slot_id, places FROM claim WHERE booking_id = :booking ORDER BY slot_id"
WRITE = "UPDATE claim SET parties = :parties, shared = :shared WHERE booking_id = :booking AND slot_id = :slot"
LESS = "UPDATE slot SET taken = taken - :places, kept_taken = kept_taken - :places WHERE id = :slot"
BACK = """
    SELECT claim.booking_id, claim.slot_id, claim.shared FROM claim
    WHERE claim.parties IS NOT NULL AND claim.shared IS NOT NULL
"""


def upgrade() -> None:
    """Visits to come: their groups are written on the claims, and what was counted twice is given free."""
    run = op.get_bind().execute
    groups = defaultdict(list)
    for booking, _group, people, claims in run(sa.text(LIVING)).all():
        groups[booking].append((people, json.loads(claims or "[]")))
    for booking, of_it in groups.items():
        parties = defaultdict(dict)
        for number, (people, slots) in enumerate(of_it):
            for slot in slots:
                parties[slot][str(number)] = people
        held = dict(iter(run(sa.text(OLD), {"booking": booking}).all()))
        if not held or held != {slot: sum(some.values()) for slot, some in parties.items()}:
            continue  # moved by hand since: it is counted as it was
        beyond = _twice(parties, _draws(run, list(held)))
        for number, slot in enumerate(sorted(held)):
            shared = json.dumps({str(one): places for one, places in beyond.items()}) if beyond and not number else None
            values = {"parties": json.dumps(parties[slot]), "shared": shared, "booking": booking, "slot": slot}
            run(sa.text(WRITE), values)
        for slot, places in sorted(beyond.items()):
            run(sa.text(LESS), {"slot": slot, "places": places})


def downgrade() -> None:
    """Counted as many times as before, where there is room for it."""
    run = op.get_bind().execute
    for booking, slot, shared in run(sa.text(BACK)).all():
        for touched, places in json.loads(shared).items():
            more = sa.text(
                "UPDATE slot SET taken = taken + :places, kept_taken = kept_taken + :places,"
                " capacity = CASE WHEN capacity < taken + :places THEN taken + :places ELSE capacity END WHERE id = :slot"
            )
            run(more, {"slot": int(touched), "places": places})
        run(sa.text("UPDATE claim SET shared = NULL WHERE booking_id = :b AND slot_id = :s"), {"b": booking, "s": slot})
    run(sa.text("UPDATE claim SET parties = NULL"))


def _draws(run, slots):
    asked = sa.text("SELECT slot_id, on_slot_id FROM draw WHERE slot_id IN :slots")
    found = defaultdict(list)
    for slot, on in run(asked.bindparams(sa.bindparam("slots", expanding=True)), {"slots": slots}).all():
        found[slot].append(on)
    return found


def _twice(parties, draws):
    """As booking.capacity.places.twice."""
    there = defaultdict(lambda: defaultdict(list))
    for slot, some in parties.items():
        for touched in (slot, *draws[slot]):
            for name, people in some.items():
                there[touched][name].append(people)
    beyond = {one: sum(sum(counts) - max(counts) for counts in by.values()) for one, by in there.items()}
    return {one: places for one, places in beyond.items() if places}
